$STARGATE train llama-3-8b --on H100 --gpus 64 --top 3
