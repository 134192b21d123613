$STARGATE run programmes/one-campus.yaml --scenario 7
