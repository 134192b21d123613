#!/usr/bin/env bash
# What a compiler does not check: hygiene.sh BUILD_DIR [FOLDER FOR LOGS]. Looks at the sources and at libstargate.a.
set -u
cd "$(dirname "$0")/.." || exit 2
library=$1/libstargate.a
bad=0

# verdict NAME: FAIL with what stands on stdin, ok if that is empty.
verdict() {
  local found
  found=$(head -n 40)
  if [ -z "$found" ]; then echo "ok hygiene $1"; else echo "FAIL hygiene $1"; sed 's/^/    /' <<<"$found"; return 1; fi
}

files() {
  git ls-files -z -co --exclude-standard 2>/dev/null || find . \( -path ./build -o -path ./.git \) -prune -o -type f -print0
}
present() { files | while IFS= read -r -d '' f; do [ ! -f "$f" ] || printf '%s\0' "$f"; done; }

# Every symbol of writable memory; tables of constants with pointers in them live in .data.rel.ro, sealed after loading.
mutable() {
  objdump -t "$library" | awk '
    /^[^ ]*\.o: / { object = $1; sub(/:$/, "", object) }
    / O / || /\*COM\*/ {
      for (i = 1; i <= NF; i++)
        if ($i ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && $i !~ /^\.data\.rel\.ro/)
          print object ": " $NF " lies in " $i
    }'
}

# The library never prints, exits, reads files, clock, locale or environment.
forbidden() {
  local calls='exit|_exit|quick_exit|abort|v?printf|v?fprintf|puts|fputs|putchar|putc|fputc|fwrite|perror|stdin|stdout|stderr'
  calls="$calls|fopen|freopen|fdopen|open|openat|read|write|system|popen|getenv|secure_getenv|setenv|setlocale|newlocale"
  calls="$calls|time|clock|clock_gettime|gettimeofday|localtime|localtime_r|mktime|strftime|rand|srand|random|drand48|signal"
  nm -A --undefined-only "$library" | awk -v calls="^(__)?($calls)(64)?(_chk)?(@.*)?$" '
    $NF ~ calls { n = split($1, part, ":"); print part[2] ": " $NF }' | sort -u
}

if [ -f "$library" ]; then
  mutable | verdict "no mutable globals" || bad=1
  forbidden | verdict "no printing, exiting, files, clock, environment in the library" || bad=1
else
  echo "FAIL hygiene: $library was not built"; bad=1
fi
present | xargs -0 -r grep -InE '[.][.]/shared|(^|[^A-Za-z0-9_./-])/wor[k]/' 2>/dev/null |
  cut -c1-160 | verdict "no path of the machine it was written on" || bad=1
present | grep -zE '^(\./)?(src|include|fuzz|bench|tests|scripts|cmake)/' | xargs -0 -r grep -InwE 'TOD[O]|FIXM[E]' 2>/dev/null |
  cut -c1-160 | verdict "nothing left to do" || bad=1
present | grep -zE '\.(c|h|py|sh|cmake|md|yaml)$' | xargs -0 -r grep -InE $'\r$' 2>/dev/null | cut -c1-160 |
  verdict "no carriage returns" || bad=1
exit $bad
