"""Parts of the second model: repayment, a loan, owners, tax. Written from the text of debt.h, equity.h and tax.h."""
import math

NONE, INF = math.nan, math.inf
TINY = 1e-6  # USD: what rounding leaves


def given(x):
    return x is not None and not math.isnan(x)


def plus(x):
    return max(x, 0.0)


# ---- Repayment -----------------------------------------------------------------------------------------------------------

def profile_of(repays, n, grace, balloon, rate, year, service):
    """Principal of n periods as shares of the balance, and how much of the last one is the balloon."""
    if repays == "bullet":
        return [0.0] * (n - 1) + [1.0], 1.0
    if repays == "sculpted":  # service as wanted, in proportion; the present value of it all is the loan
        factor, value = 1.0, 0.0
        for r, y, s in zip(rate, year, service):
            factor /= 1.0 + r * y
            value += s * factor
        if value <= 0.0:
            return [0.0] * (n - 1) + [1.0], 0.0
        left, principal = 1.0, []
        for r, y, s in zip(rate, year, service):
            principal.append(s * (1.0 - balloon) / value - (left - balloon) * r * y)
            left -= principal[-1]
        principal[-1] += balloon
        return principal, balloon
    pays = n - grace
    if repays == "constant":
        principal = [0.0] * grace + [(1.0 - balloon) / pays] * pays
    else:  # level: equal payments of interest and principal on what is not balloon
        r, y = rate[grace], year[grace]
        annuity = r * y / (1.0 - (1.0 + r * y) ** -pays) if r * y > 0.0 else 1.0 / pays
        left, principal = 1.0 - balloon, [0.0] * grace
        for _ in range(pays):
            principal.append((1.0 - balloon) * annuity - left * r * y)
            left -= principal[-1]
    principal[-1] += balloon
    return principal, balloon


class Loan:
    """A facility in a run: balances, schedule, what is due."""

    def __init__(self, f, n, commitment):
        self.f, self.n, self.commitment = f, n, commitment
        self.used = 0.0            # of the commitment: draws and capitalised interest
        self.balance = self.unconverted = 0.0
        self.due_at = [0.0] * n    # schedule
        self.balloon_at = [0.0] * n
        self.beyond = 0.0          # scheduled after the last period
        self.fee = self.interest = self.principal = 0.0  # due now, arrears included
        self.overdue = 0.0         # of fee and interest
        self.share_converted = 0.0
        self.called = False
        self.missed = 0            # periods in a row that ended with something unpaid

    def undrawn(self, t):
        return 0.0 if self.called or t >= self.f.draws_end else plus(self.commitment - self.used)

    def open_for_draws(self, t):
        last = self.f.draws_end - 1 if self.f.draw_tenor else min(self.f.draws_end - 1, self.f.conversion)
        return not self.called and not self.f.drawn_at_close and self.f.close <= t <= last

    def schedule(self, first, usd, shares, balloon):
        for j, share in enumerate(shares):
            if first + j < self.n:
                self.due_at[first + j] += usd * share
            else:
                self.beyond += usd * share
        if first + len(shares) - 1 < self.n:
            self.balloon_at[first + len(shares) - 1] += usd * balloon

    def pay_interest(self, usd):
        fee = min(usd, self.fee)
        interest = min(usd - fee, self.interest)
        self.fee -= fee
        self.interest -= interest
        return fee, interest

    def prepay(self, t, usd):
        """What is not on the schedule and what lies beyond the horizon first, then the last instalment, and so on."""
        usd = min(usd, self.balance - self.principal)
        left = usd
        later = self.unconverted + self.beyond + sum(self.due_at[t + 1:])
        if self.f.prepays_pro_rata and later > 0.0:
            keep = 1.0 - usd / later
            self.unconverted *= keep
            self.beyond *= keep
            for s in range(t + 1, self.n):
                self.due_at[s] *= keep
                self.balloon_at[s] *= keep
        else:
            for pot in ("unconverted", "beyond"):
                cut = min(left, getattr(self, pot))
                setattr(self, pot, getattr(self, pot) - cut)
                left -= cut
            for s in range(self.n - 1, t, -1):
                cut = min(left, plus(self.due_at[s]))
                self.due_at[s] -= cut
                self.balloon_at[s] = min(self.balloon_at[s], self.due_at[s])
                left -= cut
        self.balance -= usd
        return usd


# ---- Equity --------------------------------------------------------------------------------------------------------------

class Owners:
    def __init__(self, p):
        self.p, self.lacks = p, [0.0] * len(p.tier)

    def measured(self, tier, by_owner):
        return sum(by_owner) if tier.measured < 0 else by_owner[tier.measured]

    def accrue(self, year):
        for i, tier in enumerate(self.p.tier):
            if given(tier.hurdle_frac_per_yr):
                self.lacks[i] *= (1.0 + tier.hurdle_frac_per_yr) ** year

    def call(self, usd):
        paid = [usd * o.call_frac for o in self.p.owner]
        for i, tier in enumerate(self.p.tier):
            self.lacks[i] += self.measured(tier, paid)
        return paid

    def distribute(self, usd):
        got, left = [0.0] * len(self.p.owner), usd
        for i, tier in enumerate(self.p.tier):
            cash = left
            if i + 1 < len(self.p.tier) and given(tier.hurdle_frac_per_yr):
                share = self.measured(tier, tier.share_frac)
                cash = min(left, plus(self.lacks[i]) / share) if share > 0.0 else left if self.lacks[i] > 0.0 else 0.0
            part = [cash * s for s in tier.share_frac]
            got = [a + b for a, b in zip(got, part)]
            for k, other in enumerate(self.p.tier):
                self.lacks[k] -= self.measured(other, part)
            left -= cash
        return got


# ---- Tax -----------------------------------------------------------------------------------------------------------------

MACRS = {"macrs-5": [0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576],
         "macrs-15": [0.05, 0.095, 0.0855, 0.077, 0.0693, 0.0623, 0.059, 0.059, 0.0591, 0.059, 0.0591, 0.059, 0.0591, 0.059,
                      0.0591, 0.0295]}


def write_off_frac(kind, year):
    if year < 0 or kind == "never":
        return 0.0
    if kind in MACRS:
        return MACRS[kind][year] if year < len(MACRS[kind]) else 0.0
    life = int(kind.rpartition("-")[2])  # straight: half a year, whole years, half a year
    return 0.5 / life if year in (0, life) else 1.0 / life if year < life else 0.0


class Tax:
    def __init__(self, p):
        years = max(p.tax_year) + 1
        self.p = p
        self.federal, self.state, self.credit = [0.0] * years, [0.0] * years, [0.0] * years
        self.ebitda = self.other = self.interest = 0.0  # of the tax year so far
        self.loss_federal = self.loss_state = self.interest_carried = self.credit_carried = 0.0

    def put_in_service(self, usd, t, kind, bonus_federal, bonus_state, credit):
        year0 = max(self.p.tax_year[t], 0)
        basis = usd * (1.0 - credit / 2.0) if kind != "never" else 0.0
        self.credit[year0] += usd * credit
        self.federal[year0] += bonus_federal * basis
        self.state[year0] += bonus_state * basis
        for year in range(year0, len(self.federal)):
            self.federal[year] += (1.0 - bonus_federal) * basis * write_off_frac(kind, year - year0)
            self.state[year] += (1.0 - bonus_state) * basis * write_off_frac(kind, year - year0)

    def income(self, income, loss):
        """Taxable income and losses carried on."""
        if self.p.losses == "refund":
            return income, loss
        if income < 0.0:
            return 0.0, loss - income
        used = min(loss, self.p.loss_limit_frac * income)
        return income - used, loss - used

    def settle(self, year):
        """State tax, federal tax after credits, credit used."""
        p = self.p
        adjusted = self.ebitda - (self.federal[year] if p.interest_base_ebit else 0.0)
        wanted = self.interest + self.interest_carried
        allowed = wanted
        if given(p.interest_limit_frac):
            allowed = min(wanted, self.other + p.interest_limit_frac * plus(adjusted))
        self.interest_carried = wanted - allowed
        before = self.ebitda + self.other - allowed
        state_income, self.loss_state = self.income(before - self.state[year], self.loss_state)
        state_tax = p.state_frac * state_income
        federal_income, self.loss_federal = self.income(before - self.federal[year] - state_tax, self.loss_federal)
        federal_tax = p.federal_frac * federal_income
        credit = self.credit[year] + self.credit_carried
        used = credit if p.losses == "refund" else min(credit, plus(federal_tax))
        self.credit_carried = credit - used
        self.ebitda = self.other = self.interest = 0.0
        return state_tax, federal_tax - used, used
