$STARGATE validate training --cases tests/golden; $STARGATE validate build --cases $TMP/none
