for c in capital train cluster check explain schema validate --version; do $STARGATE help -- $c; echo; done
