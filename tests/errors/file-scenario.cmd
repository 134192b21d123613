$STARGATE run $FILE --scenario seven
