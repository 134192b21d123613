$STARGATE check $FILE --set 'parties.Owner.cash=300 MW'
