#!/usr/bin/env python3
"""Makes data/catalogue/weather.yaml from typical-year files (NREL TMY3).

    weather.py FOLDER > data/catalogue/weather.yaml
    weather.py --check FOLDER      how well a normal distribution per month stands for the hours

FOLDER holds *.csv with a first line of `# key=value; ...` (station, usaf, elev_m), then columns month, dry_bulb_C,
wet_bulb_C and 8,760 rows. Only the standard library is needed.
"""

import csv
import math
import pathlib
import sys

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DESIGN = 0.996  # the share of hours that the design temperatures are not exceeded, as in the ASHRAE handbook


def hours(path):
    """Yields (month 1..12, dry bulb, wet bulb) for each hour, and the notes of the first line."""
    with open(path, encoding="utf-8", newline="") as file:
        parts = file.readline().lstrip("# ").split(";")
        notes = dict(part.strip().split("=", 1) for part in parts if "=" in part)
        rows = [(int(r["month"]), float(r["dry_bulb_C"]), float(r["wet_bulb_C"])) for r in csv.DictReader(file)]
    if len(rows) != 8760:
        raise SystemExit(f"{path}: {len(rows)} rows, 8760 expected")
    return notes, rows


def mean(values):
    return math.fsum(values) / len(values)


def deviation(values):
    centre = mean(values)
    return math.sqrt(math.fsum((v - centre) ** 2 for v in values) / len(values))


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def write(folder):
    print("# Monthly dry and wet bulb of typical years. Made by scripts/weather.py; do not edit.")
    print("# Origin: National Solar Radiation Data Base, NREL TMY3 (1991-2005), free to use with credit to NREL;")
    print("# Wilcox and Marion, Users Manual for TMY3 Data Sets, NREL/TP-581-43156, 2008. Wet bulb derived from dry bulb,")
    print("# dew point and station pressure. design_dry, design_wet: exceeded in 0.4 % of the hours of the typical year.")
    print("# A typical year is not an extreme one, and 1991-2005 was cooler than the present.")
    print("weather_sites:")
    for path in sorted(pathlib.Path(folder).glob("*.csv")):
        if path.name == "sites.csv":
            continue
        notes, rows = hours(path)
        dry, wet = [r[1] for r in rows], [r[2] for r in rows]
        print(f"  {path.stem}:")
        print(f'    source: "NREL TMY3 1991-2005, {notes["station"]}, USAF {notes["usaf"]}; Wilcox and Marion 2008"')
        print("    as_of: 2008-05")
        print(f'    elevation: {notes["elev_m"]} m')
        print(f"    design_dry: {percentile(dry, DESIGN):.1f} degC")
        print(f"    design_wet: {percentile(wet, DESIGN):.1f} degC")
        print("    months:")
        for m, name in enumerate(MONTHS, 1):
            d, w = [r[1] for r in rows if r[0] == m], [r[2] for r in rows if r[0] == m]
            print(
                f"      {name}: {{dry_mean: {mean(d):.2f} degC, dry_sd: {deviation(d):.2f} degC, "
                f"wet_mean: {mean(w):.2f} degC, wet_sd: {deviation(w):.2f} degC}}"
            )


def excess(centre, spread, limit):
    """E[max(0, T - limit)] of a normal T: what the engine computes."""
    z = (centre - limit) / spread
    return (centre - limit) * 0.5 * math.erfc(-z / math.sqrt(2)) + spread * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def check(folder):
    print("site                       limit  hours'  normal  worst month   (mean excess of dry bulb over the limit, degC)")
    for path in sorted(pathlib.Path(folder).glob("*.csv")):
        if path.name == "sites.csv":
            continue
        _, rows = hours(path)
        for limit in (15.0, 24.0, 30.0):
            true, normal, worst = 0.0, 0.0, 0.0
            for m in range(1, 13):
                d = [r[1] for r in rows if r[0] == m]
                a = mean([max(0.0, v - limit) for v in d])
                b = excess(mean(d), deviation(d), limit)
                true, normal, worst = true + a / 12, normal + b / 12, max(worst, abs(a - b))
            print(f"{path.stem:26s} {limit:5.1f} {true:7.3f} {normal:7.3f} {worst:8.3f}")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        check(sys.argv[2])
    elif len(sys.argv) == 2:
        write(sys.argv[1])
    else:
        raise SystemExit(__doc__)
