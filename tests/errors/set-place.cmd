$STARGATE check $FILE --set 'campuses.messa.weather=abilene_tx'
