$STARGATE validate build --cases data/validation/build
