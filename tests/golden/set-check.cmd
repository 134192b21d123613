$STARGATE check programmes/one-campus.yaml --set "horizon=3 years" --set "promises={all-on: {metric: campus.mesa.buildings, at_least: 3, by: 2026-12}}" | head -n 12
