#!/usr/bin/env bash
# Arrows point down only: checks every #include "..." in src/ against the order of the folders. layers.sh [ROOT]
# Domains (level 2) know nothing of each other, but `training` stands on `compute`: a step is one of a machine. Within a
# folder anything goes.
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2

declare -A level=([base]=0 [uncertainty]=1
  [capital]=2 [build]=2 [power]=2 [compute]=2 [operations]=2 [revenue]=2
  [training]=3 [programme]=4 [twin]=5 [report]=6 [cli]=7 [server]=7)
bad=0

for folder in src/*/; do
  folder=$(basename "$folder") wrong=0
  if [ -z "${level[$folder]+set}" ]; then
    echo "FAIL layers $folder: src/$folder has no place in the order of layers"; bad=1; continue
  fi
  while IFS=: read -r file line text; do
    include=$(sed -E 's/^[^"]*"([^"]*)".*/\1/' <<<"$text")
    found=
    for at in "$(dirname "$file")" src include .; do
      if [ -f "$at/$include" ]; then found=$(realpath --relative-to=. "$at/$include"); break; fi
    done
    case "$found" in
      "") reason="\"$include\" is not there" ;;
      include/*) continue ;;
      tests/*) case "$file" in *_test.c) continue ;; esac; reason="only a test may include $found" ;;
      src/*/*)
        to=${found#src/} to=${to%%/*}
        [ "$to" != "$folder" ] || continue
        if [ "$folder" = training ] && [ "${level[$to]:-9}" = 2 ] && [ "$to" != compute ]; then :
        elif [ "${level[$to]:-9}" -lt "${level[$folder]}" ]; then continue; fi
        if [ "$folder-$to" = cli-server ]; then continue; fi  # the command line starts the server
        reason="$folder (${level[$folder]}) may not know $to (${level[$to]:-?})" ;;
      *) reason="$found is outside src/ and include/" ;;
    esac
    [ $wrong -ne 0 ] || echo "FAIL layers $folder"
    echo "    $file:$line: $reason"
    wrong=1 bad=1
  done < <(grep -rnE '^[[:space:]]*#[[:space:]]*include[[:space:]]+"' --include='*.[ch]' "src/$folder")
  [ $wrong -ne 0 ] || echo "ok layers $folder"
done
exit $bad
