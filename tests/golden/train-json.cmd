$STARGATE train llama-3-8b --on H100 --gpus 8 --batch 64 --plan tp=2,pp=2 --json -
