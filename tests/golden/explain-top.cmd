$STARGATE explain as_of; $STARGATE explain contracts.senior.from
