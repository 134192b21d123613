$STARGATE run $FILE --scenarios 10 --json $TMP/no-such-folder/out.json
