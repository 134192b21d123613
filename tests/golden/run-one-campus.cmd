$STARGATE run programmes/one-campus.yaml --scenarios 200 --seed 1
