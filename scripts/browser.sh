#!/usr/bin/env bash
# Report and page in a browser: browser.sh BUILD_DIR [report|page]. Prints `ok NAME` and `FAIL NAME: why`.
#
# The server runs on a port of its own and ends with this script; nothing leaves the machine.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
scripts/web.sh --tests
folder=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill -INT "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
mkdir "$folder/out"
"$build/stargate" serve programmes/stargate-2025.yaml --port 0 --out "$folder/out" >"$folder/address" 2>"$folder/server.log" &
server=$!
for _ in {1..100}; do
  [ -s "$folder/address" ] && break
  kill -0 "$server" 2>/dev/null || { echo "FAIL browser: the server does not start: $(cat "$folder/server.log")"; exit 1; }
  sleep 0.1
done
node tests/browser/main.mjs "$build/stargate" programmes/stargate-2025.yaml "$folder" "$(head -1 "$folder/address")" "${2:-}"
