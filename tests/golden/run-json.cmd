set -o pipefail; $STARGATE run programmes/one-campus.yaml --scenarios 50 --json - | python3 -c "
import json, sys
r = json.load(sys.stdin)
print(sorted(r))
for k in (\"schema\", \"programme\", \"as_of\", \"seed\", \"scenarios\"): print(k, r[k])
for p in r[\"promises\"]: print({k: p[k] for k in (\"id\", \"metric\", \"kind\", \"threshold\", \"unit\", \"by\", \"probability\", \"planned_kept\", \"planned_date\")})
for m in (\"programme.spent_usd\", \"campus.mesa.capacity_mw\", \"party.Tenant.arrears_usd\"): print(m, r[\"metrics\"][m])
"
