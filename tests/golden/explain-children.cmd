$STARGATE explain campuses.grid
