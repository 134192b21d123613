$STARGATE power $FILE --it 70 --optimise
