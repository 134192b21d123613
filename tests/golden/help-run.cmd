$STARGATE help run; $STARGATE run --help | cmp - <($STARGATE help run)
