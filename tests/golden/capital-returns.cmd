$STARGATE capital programmes/stargate-2025.yaml | sed -n '/^Returns/,$p'
