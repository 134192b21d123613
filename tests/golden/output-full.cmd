$STARGATE help >/dev/full; echo $?; $STARGATE schema >&-; echo $?; ($STARGATE schema; echo $? >&2) | true
