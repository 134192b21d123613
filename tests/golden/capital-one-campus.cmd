$STARGATE capital programmes/one-campus.yaml
