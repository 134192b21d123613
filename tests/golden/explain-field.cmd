$STARGATE explain campuses.abilene.grid.main.limit; $STARGATE explain campuses.cost_overrun
