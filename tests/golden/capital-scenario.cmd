$STARGATE capital programmes/one-campus.yaml --scenario 7 --seed 3 --set 'horizon=5 years' --set 'parties.Fund.honours=50 %' | sed -n '1,3p; /^Loans/,$p'
