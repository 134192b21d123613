$STARGATE power programmes/abilene-power.yaml --year 2026 --it 425 --optimise --json - | head -n 170
