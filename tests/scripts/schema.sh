#!/usr/bin/env bash
# The schema against programmes and the catalogue: all are valid, and each of these mistakes is not.
set -euo pipefail
cd "$(dirname "$0")/../.."
stargate schema | python3 <(cat <<'PYTHON'
import copy, glob, json, sys
import jsonschema, yaml

# YAML as the program reads it: dates are text.
class Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {k: [(tag, regex) for tag, regex in v if tag != "tag:yaml.org,2002:timestamp"]
                               for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}

schema = json.load(sys.stdin)
jsonschema.Draft7Validator.check_schema(schema)
whole = jsonschema.Draft7Validator(schema)
part = jsonschema.Draft7Validator({k: v for k, v in schema.items() if k != "required"})
read = lambda path: yaml.load(open(path), Loader)
failed = 0

def verdict(name, fine, why=""):
    global failed
    failed += not fine
    if not fine:
        print("wrong:", name, why)

def first(validator, document):
    error = next(validator.iter_errors(document), None)
    return "" if error is None else f"{list(error.absolute_path)}: {error.message[:300]}"

programmes = sorted(glob.glob("programmes/**/*.yaml", recursive=True))
verdict("there are programmes", bool(programmes))
for path in programmes:
    verdict(path, whole.is_valid(read(path)), first(whole, read(path)))
for path in sorted(glob.glob("data/catalogue/*.yaml")):
    verdict(path, part.is_valid(read(path)), first(part, read(path)))

base = {"programme": "P", "as_of": "2025-01-21", "campuses": {"a": {"works_start": "2025-01", "grid": {"limit": "300 MW", "from": "2025-06"}}}}
def change(what, right, **paths):
    document = copy.deepcopy(base)
    for path, value in paths.items():
        at = document
        *head, last = path.split("__")
        for key in head:
            at = at.setdefault(key, {})
        at[last] = value
    verdict(what, whole.is_valid(document) == right, first(whole, document))

change("the base", True)
change("unknown key at the top", False, campusses={})
change("unknown key in a campus", False, campuses__a__gird={})
change("unknown key in a step alone", False, campuses__a__grid__limt="300 MW")
change("steps by name", True, campuses__a__grid={"one": {"limit": "300 MW", "from": "2025-06"}, "two": {"limit": "1 GW", "from": 2026}})
change("unknown key in a named step", False, campuses__a__grid={"one": {"limit": "300 MW", "form": "2025-06"}})
change("value with its source", True, campuses__a__permit={"value": "300 to 450 MW", "source": "S", "as_of": "2024-12", "share": {"programme": "30 %", "campus": "70 %"}})
change("unknown key of a value", False, campuses__a__permit={"value": "300 MW", "sauce": "S"})
change("a map that is no value", False, campuses__a__permit={"source": "S"})
change("unknown level of a share", False, campuses__a__permit={"value": "1 MW", "share": {"planet": "100 %"}})
change("distribution", True, campuses__a__permit={"distribution": "triangular", "low": "1 MW", "mode": "2 MW", "high": "4 MW"})
change("unknown distribution", False, campuses__a__permit={"distribution": "triangle", "low": "1 MW"})
change("mixture", True, campuses__a__permit={"mixture": [{"weight": 0.5, "value": "1 MW"}, {"weight": 0.5, "value": "1 to 2 MW"}]})
change("mixture without weights", False, campuses__a__permit={"mixture": [{"value": "1 MW"}]})
change("list for a number", False, campuses__a__permit=["1 MW"])
change("not a date", False, as_of="21 January 2025")
change("uncertain date", True, campuses__a__works_start="2025-01 to 2025-09")
change("half a range of dates", False, campuses__a__works_start="2025-01 to soon")
change("copies", True, campuses__b={"like": "a", "count": 3})
change("no copies", False, campuses__b={"like": "a", "count": "some"})
change("count out of range", False, campuses__a__crews=100000)
change("count with its source", True, campuses__a__crews={"value": 3, "source": "S"})
change("count with an unknown key", False, campuses__a__crews={"value": 3, "sauce": "S"})
change("role", True, parties__X={"role": "lender"})
change("unknown role", False, parties__X={"role": "lendre"})
change("flag", True, parties__X={"role": "lender", "deep": "yes"})
change("no flag", False, parties__X={"role": "lender", "deep": "perhaps"})
change("names", True, campuses__a__consent=["X", "Y"])
change("shares", True, contracts__C={"type": "equity", "from": {"X": "40 %", "Y": "60 %"}, "to": "Z"})
change("a contract without its type", False, contracts__C={"from": "X", "to": "Z"})
change("inputs", True, inputs={"price": "2 to 3 USD"})
change("empty key takes the default", True, campuses__a__permit=None)
for key in ("programme", "as_of"):
    verdict(f"without {key}", not whole.is_valid({k: v for k, v in base.items() if k != key}))
sys.exit(1 if failed else 0)
PYTHON
)
