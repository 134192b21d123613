set -o pipefail; $STARGATE check programmes/stargate-2025.yaml --json | python3 -c "
import json, sys
r = json.load(sys.stdin)
print(sorted(r))
print(r[\"schema\"], r[\"programme\"], r[\"errors\"], len(r[\"contradictions\"]), len(r[\"notes\"]))
for c in r[\"contradictions\"]: print(c)
"
