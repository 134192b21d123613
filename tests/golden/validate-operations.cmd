$STARGATE validate operations --cases data/validation/cluster | head -12
