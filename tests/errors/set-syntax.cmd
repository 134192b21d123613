$STARGATE check $FILE --set 'campuses.mesa.buildings={count: 2'
