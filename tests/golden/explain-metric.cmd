$STARGATE explain campus.abilene.capacity_mw; $STARGATE explain programme.spent_usd
