for c in capital power train cluster check explain schema validate --version; do $STARGATE help -- $c; echo; done
