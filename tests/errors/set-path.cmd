$STARGATE check $FILE --set 'campuses.mesa.wether=abilene_tx'
