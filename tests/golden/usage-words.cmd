$STARGATE run; echo $?; $STARGATE run a b; echo $?; $STARGATE schema x; echo $?; $STARGATE validate power; echo $?; $STARGATE check a.yaml --seed 3; echo $?
