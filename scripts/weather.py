#!/usr/bin/env python3
"""Makes data/catalogue/weather.yaml from typical-year files (NREL TMY3).

    weather.py FOLDER > data/catalogue/weather.yaml
    weather.py --check FOLDER      how well a normal distribution per month stands for the hours
    weather.py --hub FILE PRICES > data/weather/hub_NAME_2020_2024.csv
                                   hours of FILE (*_actual_2020_2024.csv) that begin when a row of the market's prices
                                   does; PRICES is the first year's file, whose first line has the first hour

FOLDER holds *.csv with a first line of `# key=value; ...` (station, usaf, elev_m), then columns month, dry_bulb_C,
wet_bulb_C and 8,760 rows. Only the standard library is needed.
"""

import csv
import datetime
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


def saturation(degc):
    """Vapour pressure over water, hPa: WMO-No. 8 (2018), annex 4.B, as src/power/weather.c."""
    return 6.112 * math.exp(17.62 * degc / (243.12 + degc))


def wet_bulb(dry, humidity, pressure):
    """ASHRAE Handbook Fundamentals 2017, ch. 1, eq. 33, by bisection, as src/power/weather.c."""

    def ratio(vapour):
        return 0.621945 * vapour / (pressure - vapour)

    have, low, high = ratio(humidity * saturation(dry)), dry - 60.0, dry
    while high - low > 1e-4:
        middle = 0.5 * (low + high)
        full = ratio(saturation(middle))
        if ((2501 - 2.326 * middle) * full - 1.006 * (dry - middle)) / (2501 + 1.86 * dry - 4.186 * middle) > have:
            high = middle
        else:
            low = middle
    return 0.5 * (low + high)


def hub(path, prices):
    with open(prices, encoding="utf-8") as file:
        first = datetime.datetime.fromisoformat(file.readline().split("begins ")[1].strip().replace("Z", ""))
    with open(path, encoding="utf-8", newline="") as file:
        site = file.readline().lstrip("# ").strip()
        height = float(site.split("elev ")[1].split(" m")[0])
        pressure = 1013.25 * (1 - 2.25577e-5 * height) ** 5.2559
        rows = {r["time_utc"]: (float(r["dry_bulb_C"]), float(r["rel_humidity_pct"]) / 100) for r in csv.DictReader(file)}
    print(f"# {site.split(',')[0].split('(')[0].strip()}, hours of 2020 to 2024 from {first:%Y-%m-%dT%H:%MZ}, one row each, as the rows of {pathlib.Path(prices).name}")
    print("dry_bulb_C,wet_bulb_C")
    hours = (datetime.datetime(2025, 1, 1) - datetime.datetime(2020, 1, 1)).days * 24
    for i in range(hours):
        key = f"{first + datetime.timedelta(hours=i):%Y-%m-%dT%H:%MZ}"
        last = rows.get(key, None) or last  # the last hour of prices has no weather: that of the hour before
        dry, humidity = last
        print(f"{dry:.1f},{min(dry, wet_bulb(dry, humidity, pressure)):.1f}")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--check":
        check(sys.argv[2])
    elif len(sys.argv) == 4 and sys.argv[1] == "--hub":
        hub(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 2:
        write(sys.argv[1])
    else:
        raise SystemExit(__doc__)
