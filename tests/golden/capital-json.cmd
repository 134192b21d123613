set -o pipefail; $STARGATE capital programmes/one-campus.yaml --scenario 2 --json - | python3 -c "
import json, sys
b = json.load(sys.stdin)
print(sorted(b))
print(b[\"schema\"], b[\"programme\"], b[\"case\"], b[\"scenario\"], b[\"seed\"], b[\"month\"][0], b[\"month\"][-1], len(b[\"month\"]))
for p in b[\"parties\"]:
    print(p[\"name\"], p[\"inside\"], p[\"unlimited_cash\"], *(len(p[k]) for k in (\"income\", \"cash\", \"balance\")))
print(sorted(b[\"parties\"][0]), sorted(b[\"loans\"][0][\"rows\"]))
"
