$STARGATE check $FILE --set 'campuses..weather=abilene_tx'
