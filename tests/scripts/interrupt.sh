#!/usr/bin/env bash
# Ctrl-C: what was done is printed and marked, the exit status is 130. Full disk: exit status 2, the old file stays.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
bad=0
expect() { [ "$2" = "$3" ] || { echo "$1: '$2', expected '$3'"; bad=1; }; }

timeout --preserve-status -s INT 3 stargate run programmes/one-campus.yaml --scenarios 10000000 --json "$folder/part.json" \
  >"$folder/out" 2>"$folder/err"
expect "exit status of an interrupted run" $? 130
expect "message" "$(cat "$folder/err")" "stargate: interrupted: what was done until then is shown"
[ -s "$folder/out" ] || { echo "an interrupted run printed nothing"; bad=1; }
python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$folder/part.json" || { echo "its JSON is broken"; bad=1; }

echo old >"$folder/result.json"
(
  ulimit -f 0
  stargate run programmes/one-campus.yaml --scenarios 20 --no-without --json "$folder/result.json" 2>&1 >/dev/null | cat >/dev/null
  exit "${PIPESTATUS[0]}"
)
expect "exit status on a full disk" $? 2
expect "the old file" "$(cat "$folder/result.json")" old
expect "files in the folder" "$(find "$folder" -type f | wc -l)" 4
exit $bad
