#!/usr/bin/env bash
# Workbooks of one campus and of all deals: LibreOffice, given wrong results in every formula cell, calculates what the engine
# computed; and after a change of financial inputs in the workbook, what the engine computes after the same change.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/profile/user" "$folder/in" "$folder/out" "$folder/want"

# openpyxl may belong to the system's Python alone.
python=python3
"$python" -c 'import openpyxl' 2>/dev/null || python=/usr/bin/python3
check=("$python" tests/scripts/workbook_check.py)

# OOXMLRecalcMode 0: always; else LibreOffice shows what the file has cached.
cat >"$folder/profile/user/registrymodifications.xcu" <<'XML'
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
XML

write() {  # OUT FILE SETS...
  local out=$1
  shift
  stargate capital "$@" --xlsx "$out" >/dev/null
}

# As it is.
for file in programmes/one-campus.yaml programmes/deals/*.yaml; do
  name=$(basename "$file" .yaml)
  write "$folder/want/$name.xlsx" "$file"
  "${check[@]}" spoil "$folder/want/$name.xlsx" "$folder/in/$name.xlsx"
done

# Other loans: constant principal after a grace with a balloon, a reserve and a sweep; a bullet with a lock-up and a preferred
# return; equity first.
variant() { local name=$1; shift; write "$folder/want/$name.xlsx" programmes/one-campus.yaml "$@"; "${check[@]}" spoil "$folder/want/$name.xlsx" "$folder/in/$name.xlsx"; }
variant constant --set 'contracts.loan.repays=constant' --set 'contracts.loan.grace=6 months' --set 'contracts.loan.balloon=30 %' \
  --set 'contracts.loan.reserve=4 months' --set 'contracts.loan.sweep=50 %' --set 'contracts.loan.hedged=60 %'
variant bullet --set 'contracts.loan.repays=bullet' --set 'contracts.loan.tenor=3 years' --set 'contracts.loan.before_completion=paid' \
  --set 'contracts.loan.lockup_dscr=1.9' --set 'contracts.equity.preferred=9 %/yr'
variant first --set 'contracts.loan.repays=sculpted' --set 'contracts.loan.reserve=70 days' --set 'contracts.loan.agency_fee=100000 USD/yr' \
  --set 'contracts.equity.calls=first' --scenario 3

# After a change of inputs: in the workbook by their names, in the programme by their paths. What a lender's case has come to
# is the engine's own and taken from it.
changed() {  # NAME FILE CHANGES-OF-THE-BOOK -- SETS
  local name=$1 file=$2 changes=() book
  shift 2
  while [ "$1" != -- ]; do changes+=("${1//@/@$folder/want/changed-$name.xlsx}"); shift; done
  shift
  book=$(basename "$file" .yaml)
  write "$folder/want/changed-$name.xlsx" "$file" "$@"
  "${check[@]}" spoil "$folder/want/$book.xlsx" "$folder/in/changed-$name.xlsx" "${changes[@]}"
}
changed campus programmes/one-campus.yaml margin_1a=0.045 capacity_billed_price_1=3.1 operation_of_the_campus_price_1=200000 case_cash_1a@ -- \
  --set 'contracts.loan.margin=4.5 %/yr' --set 'contracts.capacity.price=3.1 USD/GPU-h' --set 'campuses.mesa.opex=200000 USD/MW-yr'
changed bond programmes/deals/campus-bond.yaml margin_1a=0.025 lease_billed_price_1=105000 -- \
  --set 'contracts.bonds.margin=2.5 %/yr' --set 'contracts.lease.rent=105000 USD/MW-month'
changed draws programmes/deals/delayed-draw-gpu-loan.yaml margin_1a=0.11 federal_1=0.25 federal_2=0.25 reserve_months_1a=5 reserve_months_2a=5 \
  sweep_1a=0.3 sweep_2a=0.3 -- \
  --set 'contracts.ddtl-1.margin=11 %/yr' --set 'contracts.tax.tax=25 %' --set 'contracts.ddtl-1.reserve=5 months' --set 'contracts.ddtl-1.sweep=30 %'

said=$(soffice "-env:UserInstallation=file://$folder/profile" --headless --convert-to "xlsx:Calc MS Excel 2007 XML" --outdir "$folder/out" "$folder"/in/*.xlsx 2>&1 >/dev/null |
  grep -v javaldx || true)
[ -z "$said" ] || { echo "LibreOffice says: $said"; exit 1; }
result=0
for file in "$folder"/want/*.xlsx; do
  name=$(basename "$file")
  how=same
  [[ $name != changed-* ]] || how=follows
  "${check[@]}" $how "$file" "$folder/out/$name" || result=1
done
# A comparison that cannot fail would prove nothing.
if "${check[@]}" same "$folder/want/one-campus.xlsx" "$folder/out/changed-campus.xlsx" >/dev/null; then
  echo "a workbook with other inputs calculates the same"
  result=1
fi
exit $result
