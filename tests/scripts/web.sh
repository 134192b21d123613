#!/usr/bin/env bash
# The front end by itself: types, unit tests, how a report is used and what it says when something is missing; the same sources
# give the same bytes; sizes; a lock file that names no registry.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

scripts/web.sh --tests
(cd web && node_modules/.bin/tsc --noEmit)
(cd web && node test/run.mjs) >"$folder/tests" 2>&1 || { cat "$folder/tests"; exit 1; }
grep -q '^# pass [1-9]' "$folder/tests" || grep -q 'pass [1-9]' "$folder/tests" || { cat "$folder/tests"; exit 1; }

scripts/web.sh "$folder/one"
scripts/web.sh "$folder/two"
diff -r "$folder/one" "$folder/two"

# Nothing is interpreted as code or markup but the bundle itself.
if grep -nE 'innerHTML|insertAdjacentHTML|document\.write|new Function|[^a-zA-Z.]eval\(' web/src -r; then exit 1; fi
page=0
for file in app.js app.css index.html favicon.svg; do page=$((page + $(gzip -9 -c "$folder/one/$file" | wc -c))); done
[ "$page" -lt 300000 ] || { echo "the page is $page bytes, compressed"; exit 1; }
! grep -n 'https\?://' web/package-lock.json || { echo "the lock file names a registry"; exit 1; }

# A report of the program fits and is the bundle with three places filled.
stargate run programmes/stargate-2025.yaml --scenarios 200 --html "$folder/report.html" >/dev/null
[ "$(wc -c <"$folder/report.html")" -lt 1500000 ] || { ls -l "$folder/report.html"; exit 1; }
grep -q "default-src 'none'" "$folder/report.html"
node web/test/report.mjs "$folder/report.html"
