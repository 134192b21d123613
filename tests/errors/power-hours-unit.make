zcat data/validation/power/dispatch/abilene_dispatch_2023_hourly_inputs.csv.gz | sed '1s/load_MW/load_kW/'
