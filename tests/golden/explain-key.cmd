$STARGATE explain limit
