$STARGATE explain campuses
