$STARGATE train $FILE --on A100 --gpus 64 --plan pp=32
