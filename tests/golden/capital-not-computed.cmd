P="programmes/stargate-2025.yaml --scenario 1"; $STARGATE capital $P --json $TMP/a.json --xlsx $TMP/a.xlsx | sed -n '/^Projects/,/^Levelised/p' | grep -A1 ', of '; echo $?; python3 -c "
import json, zipfile
for p in json.load(open('$TMP/a.json'))['projects']:
    print(p['campus'], p['not_computed'], p['metrics'] and len(p['metrics']), p['rows'] and len(p['rows']))
z = zipfile.ZipFile('$TMP/a.xlsx')
print(z.read('xl/workbook.xml').decode().count('<sheet '), z.read('xl/sharedStrings.xml').decode().count('n/a, because of '))
"; P="programmes/one-campus.yaml --set contracts.loan.upfront_fee=99.5%"; $STARGATE capital $P --xlsx $TMP/b.xlsx | sed -n '/^Projects/,/^Levelised/p'; $STARGATE capital $P --json - | python3 -c "
import json, sys
print(json.load(sys.stdin)['projects'])
"
