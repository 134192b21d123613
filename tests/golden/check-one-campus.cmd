$STARGATE check programmes/one-campus.yaml
