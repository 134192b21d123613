#!/usr/bin/env bash
# Everything that can be checked: check.sh [REGEX OF STAGES]. Closes with one line, "N passed, N failed".
#
# A stage is a command that prints `ok NAME` and `FAIL NAME: why` (details indented below); its whole output stands
# in build/check/STAGE.log. A stage that fails without saying so, or that ran nothing, is a failure too.
set -u
cd "$(dirname "$0")/.." || exit 2
only=${1:-.}
logs=build/check
mkdir -p "$logs"
passed=0 failed=0

stage() {
  local name=$1 log=$logs/$1.log began=$SECONDS rc ok bad
  shift
  [[ $name =~ $only ]] || return 0
  "$@" >"$log" 2>&1 </dev/null
  rc=$?
  ok=$(grep -ac '^ok ' "$log") bad=$(grep -ac '^FAIL ' "$log")
  if [ "$bad" -eq 0 ] && [ $rc -ne 0 ]; then
    bad=1; tail -n 25 "$log" | sed 's/^/    /' >"$log.tail"
    { echo "FAIL $name: exit status $rc"; cat "$log.tail"; } >>"$log"; rm -f "$log.tail"
  elif [ "$ok" -eq 0 ] && [ "$bad" -eq 0 ]; then
    bad=1; echo "FAIL $name: nothing ran" >>"$log"
  fi
  passed=$((passed + ok)) failed=$((failed + bad))
  printf '%-14s %5d ok %4d failed %5d s\n' "$name" "$ok" "$bad" $((SECONDS - began))
  # Failures with their details, each cut to what a screen can hold.
  awk '/^FAIL / { show = 25 } /^(ok|skip) / { show = 0 } /^FAIL / || (show > 0 && /^    /) { print "  " $0; show-- }' "$log"
}

build() {  # preset, directory, targets...
  local preset=$1 folder=$2
  shift 2
  cmake --preset "$preset" -DSTARGATE_WERROR=ON --log-level=NOTICE && cmake --build "$folder" --target "$@" -- -k 0 &&
    echo "ok build $preset"
}

setup() { scripts/setup.sh check && echo "ok setup"; }

# TSan and ASan of clang 14 need address space that newer kernels' randomisation takes from them.
fixed=()
! setarch "$(uname -m)" -R true 2>/dev/null || fixed=(setarch "$(uname -m)" -R)

# Sanitizers end with 99, which no test expects.
sanitized() {
  CK_TIMEOUT_MULTIPLIER=10 SLOW=1 \
    ASAN_OPTIONS=exitcode=99:detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1 \
    LSAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 \
    TSAN_OPTIONS=exitcode=99:halt_on_error=1:second_deadlock_stack=1 "${fixed[@]}" "$@"
}

threads() {
  # Unit tests that start threads, then whole ensembles.
  local rc=0 tests
  tests=$(grep -lE 'threads|pthread' src/*/*_test.c | sed -E 's#^src/(.*)/(.*)\.c$#\1_\2#' | paste -sd '|')
  sanitized scripts/unit.sh build/tsan "/($tests)$" || rc=1
  sanitized python3 scripts/golden.py --build build/tsan --threads || rc=1
  return $rc
}

# The loops below run where the program was built; each prints a verdict for each file.
examples() {
  local rc=0 file out what
  for file in programmes/*.yaml programmes/*/*.yaml; do
    for what in check run capital; do
      local words=("$what" "$file")
      [ $what != run ] || words+=(--scenarios 50)
      local status=0
      out=$(timeout 300 build/stargate "${words[@]}" 2>&1) || status=$?
      # `check` says 1 when a programme contradicts itself: what an example contains, it may show.
      if [ $status -eq 0 ] || { [ $what = check ] && [ $status -eq 1 ]; }; then
        echo "ok stargate ${words[*]}"
      else
        echo "FAIL stargate ${words[*]}: exit status $status"; tail -n 15 <<<"$out" | sed 's/^/    /'; rc=1
      fi
    done
  done
  return $rc
}

# Anything that needs more than one command: tests/scripts/*.sh with the program as `stargate` in the path.
scripts_of_tests() {
  local rc=0 file out
  for file in tests/scripts/*.sh; do
    if out=$(PATH=$PWD/build:$PATH STARGATE=stargate timeout 300 bash "$file" 2>&1 </dev/null); then
      echo "ok $file"
    else
      echo "FAIL $file: exit status $?"; tail -n 20 <<<"$out" | sed 's/^/    /'; rc=1
    fi
  done
  return $rc
}

# Types and units of the front end.
web_tests() { scripts/web.sh --tests && (cd web && node_modules/.bin/tsc --noEmit) && echo "ok types of web" && (cd web && node test/run.mjs); }

began=$SECONDS
stage setup setup
stage build-gcc build release build stargate tests benches
stage build-clang build clang build/clang stargate tests benches
stage build-asan build asan build/asan stargate tests
stage build-tsan build tsan build/tsan stargate tests
stage build-fuzz build fuzz build/fuzz fuzzers
stage layers scripts/layers.sh
stage hygiene scripts/hygiene.sh build
stage unit-gcc scripts/unit.sh build
stage unit-clang scripts/unit.sh build/clang
stage unit-asan sanitized scripts/unit.sh build/asan
stage golden-gcc python3 scripts/golden.py --build build
stage golden-clang python3 scripts/golden.py --build build/clang
stage golden-asan sanitized python3 scripts/golden.py --build build/asan
stage threads-tsan threads
stage examples examples
stage snippets python3 scripts/snippets.py --build build
stage web web_tests
stage browser scripts/browser.sh build
if compgen -G 'tests/scripts/*.sh' >/dev/null; then stage scripts scripts_of_tests; fi
stage fuzz sanitized scripts/fuzz.sh build/fuzz "${FUZZ_SECONDS:-60}"

echo "logs: $logs/*.log, $((SECONDS - began)) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
