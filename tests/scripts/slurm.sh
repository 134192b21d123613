#!/usr/bin/env bash
# Debian's slurmctld reads what `stargate cluster --emit slurm` writes: nodes, GPUs and the tree of switches.
set -euo pipefail
command -v slurmctld >/dev/null || { echo "slurmctld is missing: scripts/setup.sh check installs it"; exit 1; }
at=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true; rm -rf "$at"' EXIT

# ours MACHINE... : the whole configuration of a controller that includes the emitted lines
ours() {
  rm -rf "$at/etc"; mkdir -p "$at/etc/state"
  ${STARGATE:-stargate} cluster "$@" --emit slurm "$at/etc" >/dev/null
  mv "$at/etc/slurm.conf" "$at/etc/nodes.conf"
  cat >"$at/etc/slurm.conf" <<END
ClusterName=planned
SlurmctldHost=$(hostname -s)
AuthType=auth/none
CredType=cred/none
SlurmUser=$(id -un)
StateSaveLocation=$at/etc/state
SlurmctldPidFile=$at/etc/pid
SlurmctldPort=$((20000 + $$ % 10000))
ProctrackType=proctrack/linuxproc
MailProg=/bin/true
include nodes.conf
END
}

# read_by_slurm LINE...: slurmctld starts, its log has each line and no error of configuration
read_by_slurm() {
  slurmctld -Dvvv -f "$at/etc/slurm.conf" >"$at/log" 2>&1 </dev/null &
  pid=$!
  for _ in $(seq 100); do
    if grep -q 'switches_dist\|fatal' "$at/log" || ! kill -0 "$pid" 2>/dev/null; then break; fi
    sleep 0.1
  done
  sleep 0.5
  kill -9 "$pid" 2>/dev/null || { echo "slurmctld ended by itself"; tail -n 15 "$at/log"; exit 1; }
  wait "$pid" 2>/dev/null || true
  pid=
  for line in "$@"; do
    grep -qF -- "$line" "$at/log" || { echo "slurmctld did not say: $line"; tail -n 15 "$at/log"; exit 1; }
  done
  # PMIx is a plugin for MPI that a controller can do without, and the planned nodes have no addresses yet.
  if grep -E 'fatal|error' "$at/log" | grep -viE 'mpi|get_addr_info|slurm_set_addr|resolve'; then exit 1; fi
}

ours --racks 2x8x18x4
read_by_slurm 'name:rack15 nodes:node[270-287]' 'name:block1 nodes:node[144-287] switches:rack[8-15]' \
  'name:core nodes:node[0-287] switches:block[0-1]'
ours --nodes 64x8
read_by_slurm 'name:rack0 nodes:node[0-63]'
