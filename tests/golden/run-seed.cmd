for s in 1 1 2; do $STARGATE run programmes/one-campus.yaml --scenarios 60 --seed $s --json - | md5sum; done | uniq | wc -l
