$STARGATE run programmes/one-campus.yaml --scenarios 100 --seed 2 --no-without | tail -n 25
