$STARGATE capital programmes/deals/campus-bond.yaml --scenario 2 | awk '/^[A-Z]/{on=0} /^(Cover|Principal|Re-letting)/{on=1} on || /^  (called|effective|limits)/'
