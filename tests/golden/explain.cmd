$STARGATE explain
