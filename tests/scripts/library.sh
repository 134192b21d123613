#!/usr/bin/env bash
# The library as others use it: the program of README.md builds against the public header alone, without a warning, and prints
# the very JSON that the command line writes. The header needs nothing before it, and is fine for C++ where a compiler is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$(dirname "$(readlink -f "$(command -v stargate)")")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sed -n '/^```c$/,/^```$/p' README.md | sed '/^```/d' >"$folder/example.c"
grep -q 'main(' "$folder/example.c" || { echo "README.md shows no program"; exit 1; }
mkdir "$folder/include"
cp include/stargate.h "$folder/include/"
read -ra libraries < <(pkg-config --libs yaml-0.1 xlsxwriter zlib)
# Without link-time optimisation: warnings of the library's own code are its own build's matter.
gcc -std=c17 -Wall -Wextra -Wconversion -Wshadow -pedantic -Werror -fno-lto -I"$folder/include" "$folder/example.c" \
  "$build/libstargate.a" "${libraries[@]}" -lClp -lm -lpthread -o "$folder/example"

"$folder/example" >"$folder/library.json"
stargate run programmes/one-campus.yaml --scenarios 200 --json "$folder/command.json" >/dev/null
cmp "$folder/library.json" "$folder/command.json"
[ "$(wc -c <"$folder/library.json")" -gt 1000 ] || { echo "it prints next to nothing"; exit 1; }

echo '#include <stargate.h>' >"$folder/alone.c"
gcc -std=c17 -Wall -Wextra -pedantic -Werror -I"$folder/include" -fsyntax-only "$folder/alone.c"
if command -v g++ >/dev/null; then g++ -std=c++17 -Wall -Wextra -Werror -I"$folder/include" -fsyntax-only -x c++ "$folder/alone.c"; fi
