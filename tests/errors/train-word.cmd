$STARGATE train $FILE --on A100 --gpus 64 --plan tpp=8,recompute=ful
