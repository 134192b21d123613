$STARGATE explain distributions
