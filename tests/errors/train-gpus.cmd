$STARGATE train $FILE --on A100 --gpus 100 --plan tp=8,pp=2
