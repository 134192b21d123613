#!/usr/bin/env bash
# Builds the page and the report into FOLDER: web.sh FOLDER. Packages of web/package-lock.json are installed only when they are
# older than it; one build at a time does so, others wait.
#
#   web.sh --tests     installs what the tests of the front end need as well, and builds nothing
set -euo pipefail
into=${1:?usage: web.sh FOLDER | --tests}
case "$into" in --tests | /*) ;; *) into=$PWD/$into ;; esac
cd "$(dirname "$0")/../web"
exec 9<package-lock.json
flock 9

# npm writes this file last. What the tests need holds what a build needs.
installed=node_modules/.package-lock.json
fresh() { [ -e $installed ] && [ ! package-lock.json -nt $installed ]; }
install() { npm ci --ignore-scripts --no-audit --no-fund --loglevel=error "$@" 9<&- || { echo "web: npm could not install the packages of web/package-lock.json" >&2; exit 1; }; }

if [ "$into" = --tests ]; then
  if ! fresh || [ ! -d node_modules/typescript ]; then install; fi
  exit 0
fi
fresh || install --omit=dev
node build.mjs "$into"
