#!/usr/bin/env bash
# Runs every fuzzer for its part of a time budget: fuzz.sh BUILD_DIR [SECONDS, 60 in all]
#   fuzz/corpus/NAME/       starting inputs; never written to (new ones go to BUILD_DIR/corpus/NAME)
#   fuzz/dict/NAME.dict     words of the language, if present
# NAME is the fuzzer's without "fuzz_". An input that fails is kept in BUILD_DIR/findings and printed; run the fuzzer
# with that file as its argument to see it again.
set -u
build=$1 seconds=${2:-60}
cores=$(nproc)
shopt -s nullglob
fuzzers=()
for source in fuzz/fuzz_*.c; do fuzzers+=("$build/fuzzers/$(basename "$source" .c)"); done
n=${#fuzzers[@]}
[ "$n" -gt 0 ] || { echo "FAIL fuzz: there is no fuzz/fuzz_*.c"; exit 1; }
[ "$cores" -le "$n" ] || cores=$n
each=$((seconds * cores / n))
[ "$each" -ge 1 ] || each=1
mkdir -p "$build/findings" "$build/fuzz-logs"

one() {
  local exe=$1 build=$2 each=$3 full=${1##*/}
  local name=${full#fuzz_} log rc
  local work=$build/corpus/$name inputs=() options=()
  [ -x "$exe" ] || { echo "FAIL fuzz $name: was not built"; return; }
  log=$build/fuzz-logs/$name.txt
  mkdir -p "$work"
  for given in "fuzz/corpus/$name" "fuzz/corpus/$full"; do [ ! -d "$given" ] || inputs+=("$given"); done
  for given in "fuzz/dict/$name.dict" "fuzz/dict/$full.dict"; do [ ! -f "$given" ] || options+=("-dict=$given"); done
  timeout -k 5 $((each + 120)) "$exe" -max_total_time="$each" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -verbosity=1 -artifact_prefix="$build/findings/$name-" "${options[@]}" "$work" "${inputs[@]}" >"$log" 2>&1
  rc=$?
  local runs
  runs=$(sed -nE 's/^stat::number_of_executed_units: *//p' "$log")
  if [ $rc -eq 0 ] && [ "${runs:-0}" -gt 0 ]; then
    echo "ok fuzz $name ($runs inputs in $each s)"
  else
    echo "FAIL fuzz $name: exit status $rc"; grep -aE 'ERROR|SUMMARY|runtime error|Test unit|#[0-9] 0x' "$log" | head -n 20 | sed 's/^/    /'
    grep -aq ERROR "$log" || tail -n 5 "$log" | sed 's/^/    /'
  fi
}
export -f one

printf '%s\n' "${fuzzers[@]}" | xargs -P "$cores" -I{} bash -c 'out=$(one "$1" "$2" "$3"); printf "%s\n" "$out"' _ {} "$build" "$each" |
  tee "$build/fuzz-logs/verdict"
! grep -q '^FAIL' "$build/fuzz-logs/verdict"
