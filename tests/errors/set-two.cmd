$STARGATE check $FILE --set horizon=3 --set 'parties.Owner.role=boss'
