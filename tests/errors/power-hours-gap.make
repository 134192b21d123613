zcat data/validation/power/dispatch/abilene_dispatch_2023_hourly_inputs.csv.gz | grep -v '^100,'
