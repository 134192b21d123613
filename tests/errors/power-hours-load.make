zcat data/validation/power/dispatch/abilene_dispatch_2023_hourly_inputs.csv.gz | awk -F, -v OFS=, 'NR == 102 { $3 = -5 } 1'
