$STARGATE run programmes/one-campus.yaml --scenario 0 --set "horizon=6 years" --set "horizon=5 years" | grep -E "^  20[0-9-]+$" | tail -n 1
