$STARGATE train $FILE --on A100 --gpus 64 --across 3x1000
