$STARGATE train gpt-3 --on A100 --gpus 1024 --batch 1536 --seq 2048 --plan tp=8,pp=8,mbs=1,recompute=selective --rent 2 --price 20000
