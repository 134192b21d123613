for c in capital check explain schema validate --version; do $STARGATE help -- $c; echo; done
