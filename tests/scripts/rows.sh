#!/usr/bin/env bash
# A trace of ten million jobs from a pipe is scheduled in 64 MB of address space: memory follows the jobs on hand, not
# the rows. Jobs ask for 3.75 of 4 GPUs on average, so that some wait.
set -euo pipefail
rows=10000000
out=$(awk -v n=$rows 'BEGIN { print "submit_s,duration_s,gpus"; for (i = 0; i < n; i++) print 40 * i ",100," 1 + i % 2 }' |
  (ulimit -v 65536; ${STARGATE:-stargate} cluster - --policy easy --capacity 4 --json -))
for line in '"rows": 10000000' '"jobs": 10000000' '"left_out_no_run": 0' '"work_gpu_s": 1500000000'; do
  grep -q -- "$line" <<<"$out" || { echo "$line is missing"; head -n 40 <<<"$out"; exit 1; }
done
