for c in rnu simulate plan.yaml --versoin "help chekc"; do $STARGATE $c; echo $?; done
