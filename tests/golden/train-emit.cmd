for f in megatron nemo torchtitan; do $STARGATE train llama-3-70b --on H100 --gpus 1024 --plan tp=8,pp=4,vp=2,mbs=1 --emit $f; echo; done
