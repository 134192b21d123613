#!/usr/bin/env python3
"""Where observed outcomes fall in the forecasts of the programmes that are shipped: score_facts.py [STARGATE] [SCENARIOS]

For each observation: the 10th, 50th and 90th percentile forecast for the end of its month, and the share of scenarios that have at
least as much by then. Quantities only grow, so an observation from the middle of a month is compared generously.

Observations: Epoch AI, "AI Data Centers", https://epoch.ai/data/ai-data-centers, CC BY 4.0; power is a reading of imagery, permits and
statements, right within a factor 1.4 about four times in five (data/validation/build/README.md).
"""
import json
import subprocess
import sys

# programme, metric, unit, [(date, observed)]
OBSERVED = [
    ("programmes/stargate-2025.yaml", "campus.abilene.capacity_mw", "MW", [("2025-09-26", 147), ("2025-12-24", 295), ("2026-05-23", 590)]),
    ("programmes/stargate-2025.yaml", "campus.abilene.gpus", "GPU", [("2025-12-24", 100800)]),
    ("programmes/colossus-1.yaml", "campus.memphis.capacity_mw", "MW", [("2024-08-11", 45), ("2024-09-02", 181), ("2025-02-17", 361)]),
    ("programmes/colossus-1.yaml", "campus.memphis.gpus", "GPU", [("2024-08-24", 100000)]),  # 122 days after 2024-04-24
]


def forecast(stargate, programme, rows, scenarios):
    """One run with a promise for each observation; [(p10, p50, p90, share at least as much)]."""
    words = [stargate, "run", programme, "--no-without", "--json", "-", "--scenarios", scenarios]
    for i, (metric, unit, date, value) in enumerate(rows):
        for key, text in (("who", "seen"), ("metric", metric), ("at_least", f"{value} {unit}"), ("by", date[:7])):
            words += ["--set", f"promises.seen-{i}.{key}={text}"]
    result = json.loads(subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout)
    odds = {p["id"]: p["probability"] for p in result["promises"]}
    out = []
    for i, (metric, _, date, _) in enumerate(rows):
        series = result["series"][metric]
        at = series["month"].index(date[:7])
        out.append((*(series[q][at] for q in ("p10", "p50", "p90")), odds[f"seen-{i}"]))
    return out


def main():
    stargate = sys.argv[1] if len(sys.argv) > 1 else "build/stargate"
    scenarios = sys.argv[2] if len(sys.argv) > 2 else "10000"
    print(f"{'metric':<28}{'date':<12}{'observed':>10}{'10 %':>9}{'50 %':>9}{'90 %':>9}{'as much':>9}  in 10-90 %")
    for programme in dict.fromkeys(row[0] for row in OBSERVED):
        rows = [(metric, unit, date, value) for of, metric, unit, seen in OBSERVED if of == programme for date, value in seen]
        for (metric, _, date, value), (low, mid, high, share) in zip(rows, forecast(stargate, programme, rows, scenarios)):
            verdict = "yes" if low <= value <= high else "no: more" if value > high else "no: less"
            print(f"{metric:<28}{date:<12}{value:>10,}{low:>9,.0f}{mid:>9,.0f}{high:>9,.0f}{share:>9.2%}  {verdict}")


main()
