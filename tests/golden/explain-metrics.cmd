$STARGATE explain metrics
