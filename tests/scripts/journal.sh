#!/usr/bin/env bash
# The journals of all programmes, read by hledger and by beancount: both accept them, both come to the engine's own balances
# to the cent, at the end and half-way; and both refuse a journal in which one amount was changed by a cent.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export folder

check() { hledger -f "$1" check --strict ordereddates commodities accounts; }

for file in programmes/*.yaml programmes/*/*.yaml; do
  [ -f "$file" ] || continue
  for case in "" "--scenario=1"; do
    stargate capital "$file" $case --json "$folder/books.json" --journal "$folder/books.journal" >/dev/null 2>&1
    stargate capital "$file" $case --journal "$folder/books.beancount" >/dev/null 2>&1
    check "$folder/books.journal"
    bean-check "$folder/books.beancount"
    python3 - "$file $case" <<'PY'
import collections, csv, io, json, os, subprocess, sys

folder = os.environ["folder"]
books = json.load(open(f"{folder}/books.json"))


def cents(text):
    """Whole cents of "-1234.56 USD", "0" or nothing."""
    number = text.replace("USD", "").strip() or "0"
    sign, number = (-1, number[1:]) if number.startswith("-") else (1, number)
    whole, _, part = number.partition(".")
    assert len(part) in (0, 2), text
    return sign * (int(whole) * 100 + int(part or 0))


def engine(months):
    """Account -> cents, debit positive, after so many months."""
    out = collections.Counter()
    for party in books["parties"]:
        for row in party["balance"] + party["income"]:
            if not row["account"]:
                continue
            level = "opening_cents" in row
            value = row["cents"][months - 1] if level else sum(row["cents"][:months])
            out[row["account"]] += value if row["account"].split(":")[0] in ("Assets", "Expenses") else -value
    return {k: v for k, v in out.items() if v}


def table(command):
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(done.stdout))][1:]


def named(rows):
    return {account: cents(amount) for account, amount in rows if cents(amount)}


n = len(books["month"])
assert n > 12 and len(engine(n)) > 8, "next to nothing was posted"
for months in (n // 2, n):
    year, month = map(int, books["month"][months - 1].split("-"))
    end = f"{year + month // 12}-{month % 12 + 1:02d}-01"
    want = engine(months)
    got = {
        "hledger": named(table(["hledger", "-f", f"{folder}/books.journal", "balance", "--flat", "-N", "-e", end, "-O", "csv"])),
        "beancount": named(table(["bean-query", "-q", "-f", "csv", f"{folder}/books.beancount",
                                  f"SELECT account, sum(number) WHERE date < {end} GROUP BY account"])),
    }
    for reader, balances in got.items():
        wrong = {k: (want.get(k), balances.get(k)) for k in want.keys() | balances.keys() if want.get(k) != balances.get(k)}
        assert not wrong, f"{sys.argv[1]}, before {end}: engine and {reader} differ: {dict(list(wrong.items())[:5])}"
PY
  done
done

# A cent more in both postings of a transaction still balances: then an assertion must fail. In one posting it does not.
tamper() {  # FILE POSTINGS OUT
  python3 - "$@" <<'PY'
import re, sys
lines, left = open(sys.argv[1]).read().split("\n"), int(sys.argv[2])
head = next(i for i, line in enumerate(lines) if re.match(r"2025-\d\d-\d\d \* .*compute|2025-\d\d-\d\d \* .*income", line))
for i in range(head, len(lines)):
    found = re.match(r"(    \S+  )(-?)(\d+)\.(\d\d)( USD)$", lines[i])
    if found and left:
        size = int(found[3] + found[4]) + 1
        lines[i] = f"{found[1]}{found[2]}{size // 100}.{size % 100:02d}{found[5]}"
        left -= 1
assert left == 0, "found nothing to change"
open(sys.argv[3], "w").write("\n".join(lines))
PY
}

for ending in journal beancount; do
  stargate capital programmes/one-campus.yaml --journal "$folder/true.$ending" >/dev/null
  for postings in 1 2; do
    tamper "$folder/true.$ending" $postings "$folder/false.$ending"
    if [ $ending = journal ]; then reader=check; else reader=bean-check; fi
    $reader "$folder/true.$ending" || { echo "$reader refuses the true $ending"; exit 1; }
    if $reader "$folder/false.$ending" >/dev/null 2>&1; then
      echo "$reader takes a $ending in which $postings amounts of a transaction are a cent off"; exit 1
    fi
  done
done
