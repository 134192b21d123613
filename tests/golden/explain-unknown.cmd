for p in campusses campuses.abilene.grid.main.limt campus.capcity_mw racks.GB20-NVL72 programme.spend_usd campuses.racks.it qqqqqqqq a..b; do $STARGATE explain $p; echo $?; done
