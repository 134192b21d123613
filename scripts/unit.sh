#!/usr/bin/env bash
# Runs the unit tests of a build, several at a time: unit.sh BUILD_DIR [REGEX]
# Prints `ok NAME` or `FAIL NAME`, one line for each test, from what Check writes as TAP.
set -u
build=$1 regex=${2:-.}
logs=$build/test-logs
rm -rf "$logs" && mkdir -p "$logs"

one() {
  local exe=$1 logs=$2 name=${1##*/} rc
  [ -x "$exe" ] || { echo "FAIL $name: was not built" | tee "$logs/$name.out"; return; }
  CK_TAP_LOG_FILE_NAME=$logs/$name.tap CK_VERBOSITY=minimal timeout -k 5 900 "$exe" >"$logs/$name.txt" 2>&1
  rc=$?
  [ -f "$logs/$name.tap" ] || : >"$logs/$name.tap"
  {
    # TAP: "ok 1 - units_test.c:units:reads_power: Passed"
    sed -nE "s|^ok [0-9]+ - [^:]*:[^:]*:([^:]*): .*|ok $name \1|p; s|^not ok [0-9]+ - ([^:]*):[^:]*:([^:]*): (.*)|FAIL $name \2: \1: \3|p" \
      "$logs/$name.tap"
    # A sanitizer or a crash may end the program after, or instead of, its tests.
    if [ $rc -ne 0 ] && ! grep -q '^not ok' "$logs/$name.tap"; then echo "FAIL $name: exit status $rc"; fi
    if [ $rc -eq 0 ] && ! grep -q '^ok' "$logs/$name.tap"; then echo "FAIL $name: no test ran"; fi
    if [ $rc -ne 0 ]; then  # the head of each sanitizer's report, else the last words
      { grep -aE -A 10 'ERROR: |WARNING: ThreadSanitizer|runtime error: ' "$logs/$name.txt" || tail -n 8 "$logs/$name.txt"; } |
        head -n 60 | sed 's/^/    /'
    fi
  } >"$logs/$name.out"
  cat "$logs/$name.out"
}
export -f one

# From the sources, not from the folder of the build: that may hold programs whose source is gone.
for source in src/*/*_test.c; do
  [ -f "$source" ] || continue
  folder=$(basename "$(dirname "$source")")
  echo "$build/test/${folder}_$(basename "$source" .c)"
done | grep -E "$regex" |
  xargs -r -P "$(nproc)" -I{} bash -c 'out=$(one "$1" "$2"); printf "%s\n" "$out"' _ {} "$logs"
! grep -qs '^FAIL' "$logs"/*.out
