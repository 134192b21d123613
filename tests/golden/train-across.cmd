$STARGATE train llama-3-70b --on H100 --gpus 2048 --across 2x800km --plan tp=8,pp=4,recompute=full | sed -n "/^Across/,\$p"
