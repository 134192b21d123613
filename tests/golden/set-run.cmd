$STARGATE run programmes/one-campus.yaml --scenarios 100 --set "campuses.mesa.grid.limit=60 MW" --set promises.all-on.at_least=1 --set "parties.Fund.honours=100 %" | sed -n 3,9p
