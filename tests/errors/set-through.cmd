$STARGATE check $FILE --set 'horizon.years=5'
