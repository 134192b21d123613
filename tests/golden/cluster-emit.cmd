$STARGATE cluster --racks 2x2x3x4 --emit slurm $TMP && head -50 $TMP/*.conf
