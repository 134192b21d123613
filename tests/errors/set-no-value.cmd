$STARGATE check $FILE --set campuses.mesa.weather
