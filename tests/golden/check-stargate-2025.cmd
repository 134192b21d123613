$STARGATE check programmes/stargate-2025.yaml
