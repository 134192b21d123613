#!/usr/bin/env bash
# stargate serve: every route, what it refuses, slow and broken clients, 1,000 requests at 64 at once, Ctrl-C in mid-run; where
# there is a build with sanitizers, that too with fewer requests.
set -euo pipefail
cd "$(dirname "$0")/../.."
python3 tests/scripts/server_check.py "$(readlink -f "$(command -v stargate)")"
asan=build/asan/stargate
if [ -x $asan ]; then
  SERVER_SLOW=8 SERVER_REQUESTS=200 ASAN_OPTIONS=exitcode=99 LSAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 \
    python3 tests/scripts/server_check.py "$(readlink -f $asan)"
fi
