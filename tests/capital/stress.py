#!/usr/bin/env python3
"""The stress cases of the project kernel, worked by a second model.

    python3 tests/capital/stress.py > tests/capital/stress_expected.csv

The second model (model.py, model_parts.py) was written from the text of src/capital/project.h, debt.h, tax.h and equity.h, not
from the code behind them, in the plainest way: one period after the other, every step under its number in project.h.
src/capital/project_stress_test.c runs the kernel on the same files and compares every series in every period to the cent.

A case is tests/capital/stress/NAME.case: `key = values`, in sections [cost NAME], [facility NAME], [owner NAME], [tier NAME],
[claim NAME], [party NAME]; what stands before the first section belongs to the project. Keys are the fields of the headers.
`5*3` is 5 5 5. Left out: 0, or what DEFAULTS below says. # starts a comment, and a comment

    #= debt balance 3: 600000 - 150000 = 450000.00

is a figure worked by hand: this script computes the left side and fails unless it is the right side, and the model's too.

Printed: case, whom it concerns, series, then one value for each period. Money with 2 decimals, ratios with 6; a ratio that
does not exist is n/a. A series that is 0 throughout is left out, and must be 0 in the kernel.
"""
import ast
import math
import operator
import pathlib
import sys

sys.dont_write_bytecode = True
from model import RATIOS, project  # noqa: E402
from model_parts import INF, NONE  # noqa: E402

FOLDER = pathlib.Path(__file__).parent / "stress"

# ---- Cases ---------------------------------------------------------------------------------------------------------------

# Keys, by section: an array over periods is None by default, everything else as here. Words are the enums of the headers.
DEFAULTS = {
    "project": dict(
        year=None, tax_year=None, receipts_usd=None, output=None, price_usd=0.0, opex_usd=None, other_income_usd=None,
        working_months=0.0, maintenance_usd=None, maintenance_fund_usd=None, maintenance_write_off="never", basis_interest=0,
        basis_fees=0, basis_extra_usd=0.0, close_cost_usd=0.0, close_cost_basis_usd=0.0, lender_cfads_usd=None, cfads_after_tax=0,
        reserve_rule="ahead", reserve_at_close=0, reserve_rate_frac_per_yr=0.0, funding="pro-rata", equity_usd=NONE,
        contingent_usd=0.0, cure_usd=0.0, recovery_frac=None, federal_frac=0.0, state_frac=0.0, losses="carry",
        loss_limit_frac=0.8, interest_limit_frac=NONE, interest_base_ebit=0,
        shares=0.0, price_usd_per_share=None, cash_usd=None, lend_frac=0.0, call_frac=0.0, restore_frac=0.0, haircut_frac=0.0),
    "cost": dict(usd=None, budget_usd=NONE, in_service=0, life_years=INF, write_off="never", bonus_federal_frac=0.0,
                 bonus_state_frac=0.0, credit_frac=0.0),
    "facility": dict(
        commitment_fee_frac_per_yr=0.0, agency_usd_per_yr=0.0, upfront_frac=0.0, default_margin_frac_per_yr=0.0, capitalises=0,
        draw_tenor=0, draw_repays="level", prepays_pro_rata=0, rank=0, repays="level", tenor=1, grace=0, balloon_frac=0.0,
        rate_frac_per_yr=None, lender_rate_frac_per_yr=None, dscr=None, llcr=NONE, leverage_frac=NONE, commitment_usd=NONE,
        advance_frac=NONE, close=0, draws_end=-1, conversion=0, completion=None, completion_frac=None, drawn_at_close=0,
        reserve_months=0.0, sweep_frac=0.0, lockup_dscr=NONE, default_dscr=NONE, cure_periods=0, refinanced=0,
        refinancing_usd=0.0),
    "owner": dict(call_frac=0.0),
    "tier": dict(hurdle_frac_per_yr=NONE, measured=-1, share_frac=None),
    "claim": dict(payer=0, payee=0, rank=0, order=0, owed_usd=None),
    "party": dict(cash_usd=0.0, deep=0),
}


def numbers(text):
    out = []
    for word in text.split():
        value, _, times = word.partition("*")
        out += [float(value)] * int(times or 1)
    return out


class Case:
    """One section of a file; those inside it are lists: .cost, .facility, ..."""

    def __init__(self, kind, name):
        self.name = name
        for key, value in DEFAULTS[kind].items():
            setattr(self, key, value)


def read(path):
    project = Case("project", path.stem)
    for kind in DEFAULTS:
        setattr(project, kind, [])
    at, kind, by_hand = project, "project", []
    for line in path.read_text().splitlines():
        if line.startswith("#="):
            by_hand.append(line[2:].strip())
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            kind, _, name = line.strip("[]").partition(" ")
            at = Case(kind, name)
            getattr(project, kind).append(at)
        elif line:
            key, text = (part.strip() for part in line.split("="))
            default = DEFAULTS[kind][key]
            value = numbers(text) if default is None else text if isinstance(default, str) else type(default)(float(text))
            setattr(at, key, value)
    if project.year:
        n = project.n = len(project.year)
        project.tax_year = [int(x) for x in project.tax_year or [0] * n]
        project.receipts_usd = project.receipts_usd or [0.0] * n
        project.opex_usd = project.opex_usd or [0.0] * n
        for f in project.facility:
            f.draws_end = f.draws_end if f.draws_end >= 0 else f.conversion + 1
    return project, by_hand


# ---- Margin loan and clearing --------------------------------------------------------------------------------------------

def margin(p):
    """A loan on listed shares: lent at the first price; each period pays interest and meets the call out of the cash it has."""
    shares, rate = p.shares, p.facility[0].rate_frac_per_yr
    balance, saved = p.lend_frac * shares * p.price_usd_per_share[0], 0.0
    rows = {name: [] for name in ("interest", "call", "paid", "sold", "proceeds", "balance", "worth", "cash")}
    for t, price in enumerate(p.price_usd_per_share):
        saved += p.cash_usd[t]
        interest = balance * rate[t] * p.year[t] if t else 0.0
        saved -= interest
        worth = shares * price
        call = balance - p.restore_frac * worth if balance > p.call_frac * worth else 0.0
        paid = min(call, saved)
        saved -= paid
        balance -= paid
        sold = proceeds = 0.0
        if paid < call:  # sell s: balance - s (1 - haircut) = restore (worth - s)
            sold = min(worth, (balance - p.restore_frac * worth) / (1.0 - p.haircut_frac - p.restore_frac))
            proceeds = min(balance, sold * (1.0 - p.haircut_frac))
            balance -= proceeds
            worth -= sold
            shares -= sold / price
        for name, value in zip(rows, (interest, call, paid, sold, proceeds, balance, worth, saved)):
            rows[name].append(value)
    return [("loan", name, values) for name, values in rows.items()]


def split_cents(owed, budget):
    """Each takes budget * owed / (owed of itself and those after), to the nearest cent, out of what is left."""
    out = []
    for k, mine in enumerate(owed):
        after = sum(owed[k:])
        part = (2 * budget * mine + after) // (2 * after) if after else 0
        out.append(part)
        budget -= part
    return out


def clear(claims, owed, cash):
    """Greatest payments: from all paid downwards until nobody pays more than it has."""
    paid = owed[:]
    while True:
        new = paid[:]
        for party, own in enumerate(cash):
            if own is None:  # deep
                continue
            budget = own + sum(x for c, x in zip(claims, paid) if int(c.payee) == party)
            mine = [k for k, c in enumerate(claims) if int(c.payer) == party]
            for rank in sorted({claims[k].rank for k in mine}):
                these = [k for k in mine if claims[k].rank == rank]
                these.sort(key=lambda k: (-owed[k], claims[k].order, claims[k].payee))
                total = sum(owed[k] for k in these)
                share = split_cents([owed[k] for k in these], max(0, min(budget, total)))
                for k, x in zip(these, share):
                    new[k] = min(new[k], x)
                budget -= total
        if new == paid:
            return paid
        paid = new


def clearing(p):
    """Months one after the other; a party keeps its cash."""
    cash = [None if q.deep else round(q.cash_usd * 100) for q in p.party]
    months = len(p.claim[0].owed_usd)
    paid_rows, flow_rows, cash_rows = ([[] for _ in p.claim], [[] for _ in p.party], [[] for _ in p.party])
    for t in range(months):
        owed = [round(c.owed_usd[t] * 100) for c in p.claim]
        paid = clear(p.claim, owed, cash)
        for k, x in enumerate(paid):
            paid_rows[k].append(x / 100)
        for party in range(len(p.party)):
            flow = sum(x * ((int(c.payee) == party) - (int(c.payer) == party)) for c, x in zip(p.claim, paid))
            flow_rows[party].append(flow / 100)
            if cash[party] is not None:
                cash[party] += flow
            cash_rows[party].append((cash[party] or 0) / 100)
        assert abs(sum(rows[t] for rows in flow_rows)) < 1e-6, "what one pays another gets"
    out = [(c.name, "paid", row) for c, row in zip(p.claim, paid_rows)]
    for q, flow, rest in zip(p.party, flow_rows, cash_rows):
        out += [(q.name, "flow", flow), (q.name, "cash", rest)]
    return out


# ---- By hand, and out ----------------------------------------------------------------------------------------------------

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow}


def arithmetic(text):
    """A sum as one types it into a pocket calculator."""
    def value(node):
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.UnaryOp):
            return -value(node.operand)
        return OPERATORS[type(node.op)](value(node.left), value(node.right))
    return value(ast.parse(text.strip(), mode="eval").body)


def check_hand(case, lines, out):
    """`WHO SERIES PERIOD: SUM = FIGURE`"""
    series = {f"{who} {name}": values for who, name, values in out}
    wrong = 0
    for line in lines:
        label, _, rest = line.partition(":")
        name, _, t = label.strip().rpartition(" ")
        worked, _, figure = rest.rpartition("=")
        hand, want = arithmetic(worked), float(figure)
        half = 0.5 * 10.0 ** -len(figure.strip().partition(".")[2]) + 1e-9
        model = series[name][int(t)]
        if abs(hand - want) > half or not abs(model - want) <= half:
            print(f"{case}: {line}: by hand {hand:.6f}, by the model {model:.6f}", file=sys.stderr)
            wrong += 1
    if not lines:
        print(f"{case}: nothing is worked by hand", file=sys.stderr)
    return wrong + (not lines)


def show(value, name):
    if math.isnan(value):
        return "n/a"
    text = f"{value:.6f}" if name in RATIOS or name == "cover factor" else f"{value:.2f}"
    return "0" if float(text) == 0.0 else text


def main():
    wrong = 0
    lines = ["# By tests/capital/stress.py: case, whom it concerns, series, value in each period"]
    for path in sorted(FOLDER.glob("*.case")):
        p, by_hand = read(path)
        out = clearing(p) if p.claim else margin(p) if p.shares else project(p)
        wrong += check_hand(path.stem, by_hand, out)
        for who, name, values in out:
            shown = [show(v, name) for v in values]
            if any(x != "0" for x in shown):
                lines.append(",".join([path.stem, who, name] + shown))
    print("\n".join(lines))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
