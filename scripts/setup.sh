#!/usr/bin/env bash
# Installs the Debian packages that are missing; does nothing, and needs no network, when all are there.
#
#   scripts/setup.sh build      what a plain build needs
#   scripts/setup.sh check      that, and what the tests need
#   scripts/setup.sh format     clang-format
set -euo pipefail

build="gcc libc6-dev make cmake ninja-build pkg-config libyaml-dev librandom123-dev libxlsxwriter-dev zlib1g-dev coinor-libclp-dev libcivetweb-dev libjansson-dev"
check="$build chromium fonts-dejavu-core clang check libsubunit-dev libudunits2-dev binutils python3 python3-yaml python3-jsonschema git hledger beancount libreoffice-calc-nogui python3-openpyxl slurmctld"
case "${1:-build}" in
  build) wanted=$build ;;
  check) wanted=$check ;;
  format) wanted=clang-format ;;
  *) echo "usage: setup.sh build|check|format" >&2; exit 2 ;;
esac

die() { printf 'setup: %s\n' "$@" >&2; exit 1; }

# Names of `$@` that are not installed. A package of another name that provides it counts.
missing() {
  local have p
  have=" $(dpkg-query -W -f '${db:Status-Abbrev}|${Package} ${Provides}\n' 2>/dev/null |
    sed -n 's/^ii *|//p' | sed 's/([^)]*)//g; s/,/ /g' | tr '\n' ' ') "
  for p in "$@"; do
    case "$have" in *" $p "*) ;; *) printf '%s ' "$p" ;; esac
  done
}

# Sanitizers and libFuzzer come in a package that is named after clang's version.
runtime() {
  local version
  version=$(clang -dumpversion 2>/dev/null | cut -d. -f1)
  [ -n "$version" ] && echo "libclang-rt-$version-dev"
}

install() {
  local root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "missing packages: $*" \
      "you are not root and there is no sudo; ask an administrator for: apt-get install $*"
    root=(sudo)
  fi
  echo "setup: installing $*"
  local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
  if ! "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null 2>&1; then
    # A new machine has no package lists, an old one has stale ones.
    "${apt[@]}" update || die "apt-get update failed (no network, or no right to use sudo?); install by hand: $*"
    "${apt[@]}" install -y --no-install-recommends "$@" >/dev/null || die "apt-get could not install: $*"
  fi
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  for tool in cc cmake ninja pkg-config; do
    command -v $tool >/dev/null || die "'$tool' is missing and this is not Debian; install the equivalents of: $wanted"
  done
  echo "setup: not Debian; taking it that these are there: $wanted"
  exit 0
fi

# Debian's npm conflicts with a node from elsewhere: both are left to whoever installed one.
command -v node >/dev/null && command -v npm >/dev/null || [ "${1:-build}" = format ] || wanted="$wanted nodejs npm"
lacking=$(missing $wanted)
[ -z "$lacking" ] || install $lacking
if [ "${1:-build}" = check ]; then
  lacking=$(missing "$(runtime)")
  [ -z "$lacking" ] || install $lacking
fi
