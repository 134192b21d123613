head -c 9000000 /dev/zero | tr "\\0" "#" >$TMP/large; for f in nowhere.yaml src $TMP/large; do $STARGATE check $f; echo $?; done; $STARGATE check - </dev/zero; echo $?
