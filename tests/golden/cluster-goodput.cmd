$STARGATE cluster --goodput --gpus 16384; $STARGATE cluster --goodput --gpus 100000 --shape nvl72 --checkpoint 30 --json - | head -12
