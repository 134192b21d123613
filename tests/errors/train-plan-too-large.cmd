$STARGATE train $FILE --on H100 --gpus 32 --batch 64 --plan tp=8
