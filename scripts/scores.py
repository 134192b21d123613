#!/usr/bin/env python3
"""How the models did against what was built, measured or computed elsewhere: data/validation/scores.csv, which `run --json` and the
pages made of it show.

    scores.py DIR     reads DIR/build.json, capital.json, ... as `stargate validate DOMAIN --json` writes them (`make validate`)

A score without a bar is shown, and holds nothing. Needs nothing but Python.
"""
import csv
import json
import pathlib
import sys

OUT = pathlib.Path(__file__).resolve().parent.parent / "data" / "validation" / "scores.csv"

TRAINING = {
    "dense16": "median error of step time: dense models in 16 bit",
    "dense8": "median error of step time: 8 bit and below, or Blackwell",
    "moe": "median error of step time: mixtures of experts",
    "long": "median error of step time: long sequences",
    "multi": "median error of step time: vTrain's runs on several servers",
    "single": "median error of step time: vTrain's runs on one server",
    "memory": "median error of peak memory",
    "seqpar22, mean": "mean error of step time: the four runs that Calculon was validated on",
    "ratio": "median error of ratios within an experiment",
}


def scores(domain, told):
    """Rows of (what, figure, unit, bar or None, met or None)."""
    s, rows = told["summary"], told["rows"]

    def share(part, whole, least=1.0):
        figure = s[part] / s[whole] if whole else s[part]
        return figure, "frac", f">= {least:g}", figure >= least

    def within(of):  # among those that are held to something
        held = [r for r in rows if of(r["case"]) and r["status"] in ("ok", "off")]
        figure = sum(r["status"] == "ok" for r in held) / len(held)
        return figure, "frac", ">= 1", figure >= 1

    if domain == "build":
        verdict = next(r for r in rows if r["case"] == "all sites")
        yield "error of megawatts by month (CRPS) over that of climatology, 43 AI campuses out of fold", s["crps_ratio"], "frac", "<= 0.92", verdict["status"] == "ok"
        yield "readings inside the 80 % band", s["band80_frac"], "frac", None, None
    elif domain == "capital":
        yield "figures of 20 project-finance cases within tolerance", *share("figures_within_tolerance", "figures")
    elif domain == "training":
        for r in rows:
            if r["case"] == "bar":
                yield TRAINING[r["quantity"]], r["computed"], "frac", f"<= {r['tolerance']:g}", r["status"] == "ok"
    elif domain == "multisite":
        yield "published losses of training across sites within 0.4 %", *share("losses_within", None)
        yield "losses on Dolma within tolerance", *share("losses_dolma_within", None)
        yield "bandwidths for a share of computing time within a step of the published grid", *share("bandwidths_within_a_step", None, 0.8)
        yield "published runs across sites within tolerance", *share("runs_within", None)
    elif domain == "power":
        yield "mean absolute error of PUE of buildings", s["pue_mean_absolute_error"], "frac", "<= 0.03", s["pue_mean_absolute_error"] <= 0.03
        yield "largest error of the table that months use, against its hours", s["pue_table_error"], "frac", "<= 0.0001", s["pue_table_error"] <= 1e-4
        yield "buildings and water reproduced within tolerance", s["reproduce_within"] / s["reproduce_computed"], "frac", None, None
        yield "dispatch and sizes against linear programmes, figures within tolerance", *within(lambda c: "_dispatch_" in c or "_capacity_" in c)
        yield "electricity bills worked out elsewhere, figures within tolerance", *within(lambda c: c[0] == "T" and c[1:].isdigit())
    else:
        yield "jobs that start in the same second as in reference schedules", *share("starts_identical", "starts")
        yield "figures of failures, goodput and spares within tolerance", *share("figures_within_tolerance", "figures")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = []
    for domain in ("build", "capital", "training", "multisite", "power", "operations"):
        told = json.loads((pathlib.Path(sys.argv[1]) / f"{domain}.json").read_text())
        found = list(scores(domain, told))
        if all(met is not False for *_, met in found) != told["holds"]:
            sys.exit(f"scores.py: {domain}: the verdict of `stargate validate` is another")
        for what, figure, unit, bar, met in found:
            out.append([domain, what, f"{figure:.4g}", unit, bar or "", "" if met is None else "yes" if met else "no", f"stargate validate {domain}"])
    with OUT.open("w", newline="") as f:
        write = csv.writer(f, lineterminator="\n")
        write.writerow(["domain", "what", "figure", "unit", "bar", "met", "command"])
        write.writerows(out)


main()
