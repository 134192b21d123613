$STARGATE power $FILE --it 70MW
