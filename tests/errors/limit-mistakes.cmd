$STARGATE check $FILE 2>&1 >/dev/null | tail -n 5 >&2; exit ${PIPESTATUS[0]}
