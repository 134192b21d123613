$STARGATE check $TMP/no-such-plan.yaml
