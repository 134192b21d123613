$STARGATE train; $STARGATE train gpt-3 --on A100 --gpus 8 --emit jax; $STARGATE help train
