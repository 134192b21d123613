$STARGATE check tests/errors/all-at-once.yaml --json
