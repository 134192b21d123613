$STARGATE capital programmes/deals/abilene-chain.yaml | awk '/^[A-Z]/{on=0} /^(Contracts|Cover|Principal|Re-letting|Levelised)/{on=1} on'
