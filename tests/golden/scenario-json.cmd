set -o pipefail; $STARGATE run programmes/one-campus.yaml --scenario 7 --json - | python3 -c "
import json, sys
r = json.load(sys.stdin)
print(sorted(r))
print(r[\"schema\"], r[\"programme\"], r[\"scenario\"], r[\"seed\"])
"
