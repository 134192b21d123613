$STARGATE train $FILE --on GB20 --gpus 64 --fabric infinband-400
