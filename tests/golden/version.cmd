$STARGATE --version
