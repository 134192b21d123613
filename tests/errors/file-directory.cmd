$STARGATE check tests/errors
