$STARGATE power programmes/one-campus.yaml
