$STARGATE check ''
