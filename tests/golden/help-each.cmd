for c in check explain schema validate --version; do $STARGATE help -- $c; echo; done
