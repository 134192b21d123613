$STARGATE run programmes/stargate-2025.yaml --scenarios 64 --threads 4
