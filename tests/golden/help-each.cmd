for c in capital power train cluster check explain schema validate serve --version; do $STARGATE help -- $c; echo; done
