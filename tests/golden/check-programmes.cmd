for p in programmes/*.yaml; do $STARGATE check $p | head -n 1; done
