$STARGATE run $FILE --scenarios 0
