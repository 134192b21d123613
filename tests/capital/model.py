"""The second model of a project, written from the text of src/capital/project.h: steps 1 to 11 of a period, then close.

Where that text leaves a choice, the model takes the kernel's:
  - interest cover is on interest of operation that is not lent again; LLCR and PLCR are of the senior debt, at the rate that it
    bears together, where there is none at that of the first senior loan
  - "undrawn" at the end of a period is what can be drawn in the next; "rate" is 0 before close and when nothing is left
  - what a loan is paid goes to all that is due of it: fees, interest, principal; so an unpaid part of K ends up as principal
  - overrun that nobody funds goes short in the same order as the rest
  - nothing is refinanced in the last period
  - draws of their own tenor: a bullet is an ordinary instalment, no balloon; nothing is capitalised, nothing completes; for
    the cash left to later ranks they count as drawn at conversion
  - in the lender's case owners fill reserves only where their cure is unlimited
  - step-in: the reserve is no longer wanted, so it is released in the next period, and owners cure nothing
  - after a sale the project stays in default, and what suppliers have lost stays owed
"""
from model_parts import INF, NONE, TINY, Loan, Owners, Tax, given, plus, profile_of

# ---- The project, period by period ---------------------------------------------------------------------------------------

PROJECT_ROWS = """receipts,other income,operating cost,major spending,construction,cash for debt service,state tax,federal tax,
tax credit,state depreciation,federal depreciation,losses carried,fees,interest,interest capitalised,principal,prepaid,debt service,
draws,equity paid in,contingent equity,equity cure,refinancing,debt service reserve,maintenance reserve,working capital,
proceeds held,interest received,cash,distributions,debt,arrears,fees and interest owed,funding gap,DSCR,LLCR,PLCR,interest cover,
lock-up,default,recovered,fixed assets,depreciation,profit,pre-tax flow,owners' flow""".replace("\n", "").split(",")
FACILITY_ROWS = """draw,capitalised,interest due,fees paid,interest paid,principal due,principal paid,prepaid,recovered,
written off,undrawn,balance,arrears,rate""".replace("\n", "").split(",")
RATIOS = {"DSCR", "LLCR", "PLCR", "interest cover", "lock-up", "default", "rate"}


class Plan:
    """What close has fixed: size, share and profile of each facility, planned equity."""

    def __init__(self, p):
        j = range(len(p.facility))
        self.size, self.share, self.profile, self.balloon = [0.0 for _ in j], [0.0 for _ in j], [[] for _ in j], [0.0 for _ in j]
        self.factor = [1.0 for _ in j]
        self.equity = 0.0


class Life:
    """One run. `lender`: the lender's case: cost as budgeted, owners bring what is needed, no covenants, no sweep."""

    def __init__(self, p, plan, lender):
        self.p, self.plan, self.lender, n = p, plan, lender, p.n
        self.loans = [Loan(f, n, size) for f, size in zip(p.facility, plan.size)]
        self.rate = [(f.lender_rate_frac_per_yr if lender and f.lender_rate_frac_per_yr else f.rate_frac_per_yr) for f in p.facility]
        self.row = {name: [0.0] * n for name in PROJECT_ROWS}
        self.of = [{name: [0.0] * n for name in FACILITY_ROWS} for _ in p.facility]
        self.paid, self.got = [[[0.0] * n for _ in p.owner] for _ in range(2)]
        self.first_close = min([f.close for f in p.facility], default=0)
        self.built = max([f.conversion for f in p.facility], default=min([c.in_service for c in p.cost], default=0))
        self.owners, self.tax = Owners(p), Tax(p)
        self.reserve = self.maintenance = self.working = self.held = self.cash = 0.0
        self.plan_maintenance = self.held_before = 0.0
        self.owed = 0.0                       # to suppliers
        self.equity_given = self.contingent_given = self.cure_given = 0.0
        self.spent = [0.0] * len(p.cost)      # cumulative, by class
        self.assets = []                      # [usd, first period of depreciation, life, written down so far]
        self.senior_service, self.senior_interest, self.first_service = [0.0] * n, [0.0] * n, None
        self.uses = self.interest_construction = self.fees_construction = 0.0
        self.needs = [0.0] * n                # N_t
        self.stepped_in = self.sold = False
        for t in range(n):
            if self.sold:  # all later periods are 0; it stays a default, and what suppliers have lost stays owed
                self.row["default"][t], self.row["funding gap"][t] = 1.0, self.owed
            else:
                self.period(t)
        self.cover()

    # -- small things the steps use

    def cost(self, c, t):
        total = sum(c.usd)
        return c.usd[t] if not self.lender or not given(c.budget_usd) or total == 0.0 else c.budget_usd * c.usd[t] / total

    def budget(self, c):
        return c.budget_usd if given(c.budget_usd) else sum(c.usd)

    def split(self):
        """Shares of the classes in close cost, interest and fees: cost up to in_service, as budgeted."""
        weight = [self.budget(c) * sum(c.usd[:c.in_service + 1]) / sum(c.usd) if sum(c.usd) else 0.0 for c in self.p.cost]
        return [w / sum(weight) for w in weight] if sum(weight) else [1.0 / len(weight)] * len(weight)

    def cure(self, missing):
        if self.stepped_in:  # calls of equity have ended
            return 0.0
        cure = missing if self.lender else min(missing, self.p.cure_usd - self.cure_given)
        self.cure_given += cure
        self.cured += cure
        return cure

    # -- 1 what is due

    def accrue(self, j, t):
        """Returns what of fees and interest is a use of construction (K)."""
        p, f, loan, y = self.p, self.p.facility[j], self.loans[j], self.p.year[t]
        row, r = self.of[j], plus(self.rate[j][t])
        builds = t <= f.conversion and not loan.called
        unconverted = loan.balance if f.draw_tenor and builds else loan.unconverted
        overdue_interest = loan.overdue * plus(self.rate[j][t] + f.default_margin_frac_per_yr) * y
        bond_opens = f.drawn_at_close and t == f.close
        fee = 0.0
        if t == f.close:
            fee += f.upfront_frac * loan.commitment
        if not bond_opens:
            fee += f.commitment_fee_frac_per_yr * loan.undrawn(t) * y
            if loan.balance > TINY or loan.undrawn(t) > 0.0:
                fee += f.agency_usd_per_yr * y
        building = unconverted * r * y if builds else 0.0
        interest = loan.balance * r * y + overdue_interest
        # (Close finds the share at which all of it finds room.)
        by_share = self.lender and p.funding == "pro-rata" and not given(f.advance_frac) and not f.drawn_at_close
        room = INF if by_share else plus(loan.commitment - loan.used)
        capitalised = min(building, room) if f.capitalises and builds and not f.draw_tenor else 0.0
        loan.used += capitalised
        loan.balance += capitalised
        loan.unconverted += capitalised
        loan.fee += fee
        loan.interest += interest - capitalised
        row["interest due"][t], row["capitalised"][t] = interest, capitalised
        # Principal; a balloon may be refinanced.
        instalment, balloon = loan.due_at[t], loan.balloon_at[t]
        loan.due_at[t] = loan.balloon_at[t] = 0.0
        if loan.called:
            instalment = balloon = 0.0
            loan.principal = loan.balance
        left = p.n - 1 - t
        if f.refinanced and balloon > 0.0 and left > 0:  # nobody lends for no period at all
            new = min(f.refinancing_usd, balloon)
            row["draw"][t] += new
            row["prepaid"][t] += new
            instalment -= new
            balloon -= new
            self.row["refinancing"][t] += new
            shares, _ = profile_of("level", left, 0, 0.0, [self.rate[j][t]] * left, p.year[t + 1:], None)
            loan.schedule(t + 1, new, shares, 0.0)
        # A negative instalment lends interest of its period again.
        relent = min(plus(-instalment), loan.interest)
        loan.interest -= relent
        loan.balance += relent
        row["capitalised"][t] += relent
        loan.principal += plus(instalment)
        row["principal due"][t] = plus(instalment)
        # What of it is service of operation.
        self.service[j] = interest - building - relent + plus(instalment)
        self.balloon[j] = balloon
        self.interest_operation[j] = interest - building
        self.interest_served[j] = interest - building - relent
        self.fee_operation[j] = 0.0 if builds else fee
        self.building_interest += building
        self.building_fees += fee if builds else 0.0
        self.row["interest capitalised"][t] += row["capitalised"][t]
        k = building - capitalised + (fee if builds else 0.0)
        self.k[j] = k
        return k

    # -- 2 balances wanted

    def service_ahead(self, j, t, s):
        """Scheduled service of period s, without balloon, as the schedule stands after the instalment of t."""
        loan = self.loans[j]
        if s >= self.p.n:
            return 0.0
        return loan.due_at[s] - loan.balloon_at[s] + plus(self.rate[j][s]) * self.p.year[s] * (sum(loan.due_at[s:]) + loan.beyond)

    def completes(self, j, t):
        """Share of the facility that completes at the end of t."""
        f = self.p.facility[j]
        if f.draw_tenor:  # each draw is on its own schedule from the start
            return 0.0
        if t == f.conversion:
            return 1.0 - self.loans[j].share_converted
        if f.completion and t in [int(x) for x in f.completion]:
            return f.completion_frac[[int(x) for x in f.completion].index(t)] - self.loans[j].share_converted
        return 0.0

    def reserve_wanted(self, t):
        p, total = self.p, 0.0
        for j, f in enumerate(p.facility):
            if f.reserve_months == 0.0 or self.loans[j].called:
                continue
            fraction = self.completes(j, t) if p.reserve_at_close else 0.0
            shadow = Loan(f, p.n, 0.0)  # what completes now, as it will be repaid
            if fraction > 0.0:
                shadow.schedule(t + 1, self.plan.size[j] * fraction, self.plan.profile[j], self.plan.balloon[j])

            def service(s):
                if s >= p.n:
                    return 0.0
                later = sum(shadow.due_at[s:]) + shadow.beyond
                return (self.service_ahead(j, t, s) + shadow.due_at[s] - shadow.balloon_at[s]
                        + plus(self.rate[j][s]) * p.year[s] * later)

            if p.reserve_rule == "next":
                if t + 1 < p.n and p.year[t + 1] > 0.0:
                    total += f.reserve_months / 12.0 / p.year[t + 1] * service(t + 1)
            else:
                left, s = f.reserve_months / 12.0, t + 1
                while s < p.n and left > 1e-12:
                    part = min(1.0, left / p.year[s]) if p.year[s] > 0.0 else 1.0
                    total += part * service(s)
                    left -= part * p.year[s]
                    s += 1
        return total

    # -- 3, 5 debt of a rank

    def pay_rank(self, rank, pool, t):
        """Pays what operation owes: returns what is left of the pool."""
        loans = [(j, l) for j, l in enumerate(self.loans) if l.f.rank == rank and t >= l.f.close]
        # What construction owes in this period (K) is paid in step 6.
        interest_due = {j: l.fee + l.interest - self.k[j] for j, l in loans}
        due = sum(interest_due[j] + l.principal for j, l in loans)
        if due <= 0.0:
            return pool
        cash = min(due, plus(pool))
        pool -= cash
        if self.p.cure_usd == INF or self.lender:
            cash += self.cure(due - cash)
        if any(l.f.reserve_months > 0.0 for _, l in loans):
            take = min(due - cash, self.reserve)
            self.reserve -= take
            cash += take
        cash += self.cure(due - cash)
        share = {j: 0.0 for j, _ in loans}
        for owed in (interest_due, {j: l.principal for j, l in loans}):
            total = sum(owed.values())
            part = min(1.0, cash / total) if total > 0.0 else 0.0
            for j in share:
                share[j] += owed[j] * part
            cash -= total * part
        for j, usd in share.items():
            self.pay(j, usd, t)
        return pool

    def pay(self, j, usd, t):
        """A facility takes what it is paid for its fees, its interest, its principal, in this order (capital_debt_pay)."""
        loan, of = self.loans[j], self.of[j]
        fee, interest = loan.pay_interest(usd)
        principal = min(usd - fee - interest, loan.principal)
        loan.principal -= principal
        loan.balance -= principal
        if loan.balance < 1e-13 * loan.commitment:
            loan.balance = 0.0
        of["fees paid"][t] += fee
        of["interest paid"][t] += interest
        of["principal paid"][t] += principal

    # -- 6 funding of N

    def may_draw(self, t, pool):
        """Cost to complete against the funds there are."""
        p = self.p
        if self.lender or t > self.built or not given(p.equity_usd):
            return True
        to_complete = 0.0
        for i, c in enumerate(p.cost):
            total = sum(c.usd)
            due = self.budget(c) * sum(c.usd[:self.built + 1]) / total if total else 0.0
            to_complete += plus(due - self.spent_before[i])
        undrawn = 0.0
        for loan in self.loans:
            if t < loan.f.close:
                undrawn += loan.commitment
            elif not loan.f.drawn_at_close:
                undrawn += loan.undrawn(t)
        funds = plus(pool) + self.held + undrawn + p.equity_usd - self.equity_given + p.contingent_usd - self.contingent_given
        return to_complete <= funds * (1.0 + 1e-9)

    def fund(self, t, need, cost, draws_allowed):
        """Draws by facility and equity for `need`."""
        p, m = self.p, len(self.loans)
        draw, equity = [0.0] * m, 0.0
        room = [l.undrawn(t) if l.open_for_draws(t) and draws_allowed else 0.0 for l in self.loans]
        limit = INF if self.lender or not given(p.equity_usd) else plus(p.equity_usd - self.equity_given)

        def debt(want):
            """Facilities in proportion to commitments, each within its room and its advance, until want or no room is left."""
            top = [min(r, l.f.advance_frac * cost) if given(l.f.advance_frac) else r for r, l in zip(room, self.loans)]
            while want > 1e-9:
                open_ = [j for j in range(m) if top[j] - draw[j] > 1e-9]
                weight = sum(self.loans[j].commitment for j in open_)
                if not open_ or weight <= 0.0:
                    break
                given_now = 0.0
                for j in open_:
                    take = min(want * self.loans[j].commitment / weight, top[j] - draw[j])
                    draw[j] += take
                    given_now += take
                want -= given_now
            return want

        if p.funding == "pro-rata":
            for j, l in enumerate(self.loans):
                draw[j] = min(l.f.advance_frac * cost if given(l.f.advance_frac) else self.plan.share[j] * need, room[j])
            if sum(draw) > need:
                draw = [d * need / sum(draw) for d in draw]
            equity = min(limit, need - sum(draw))
        elif p.funding == "equity-first":
            committed = p.equity_usd if given(p.equity_usd) else self.plan.equity
            equity = min(limit, need, plus(committed - self.equity_given))
            left = debt(need - equity)
            equity += min(limit - equity, left)
        else:
            equity = min(limit, debt(need))
        return draw, equity

    # -- the books

    def add_asset(self, usd, t, i):
        if usd:
            self.assets.append([usd, max(t, self.p.cost[i].in_service), self.p.cost[i].life_years, 0.0])

    def depreciate(self, t):
        total = 0.0
        for a in self.assets:
            if t >= a[1]:
                step = min(a[0] * self.p.year[t] / a[2], a[0] - a[3])
                a[3] += step
                total += step
        return total

    # -- the period

    def period(self, t):
        p, y, row, m = self.p, self.p.year[t], self.row, len(self.loans)
        construction = t <= self.built
        self.cured = 0.0
        # 1 What is due.
        self.spent_before = self.spent[:]
        cost = overrun = 0.0
        split = self.split() if p.cost else []
        for i, c in enumerate(p.cost):
            usd = self.cost(c, t)
            before = plus(self.spent[i] - self.budget(c))
            self.spent[i] += usd
            cost += usd
            overrun += plus(self.spent[i] - self.budget(c)) - before
            self.add_asset(usd, t, i)
            self.tax_cost(i, usd, t)
        close_cost = p.close_cost_usd if t == self.first_close else 0.0
        cost += close_cost
        if overrun < 1e-9 * cost:
            overrun = 0.0
        self.service, self.balloon, self.interest_operation, self.interest_served, self.fee_operation, self.k = (
            [0.0] * m for _ in range(6))
        self.building_interest = self.building_fees = 0.0
        drawn = [0.0] * m
        for j, l in enumerate(self.loans):
            if t >= l.f.close:
                self.accrue(j, t)
                if l.f.drawn_at_close and t == l.f.close:
                    drawn[j] += l.commitment
                    self.held += l.commitment
        for i in range(len(p.cost)):
            self.add_asset(split[i] * (close_cost + self.building_interest + self.building_fees), t, i)
            extra = (p.close_cost_basis_usd + p.basis_extra_usd) if t == self.first_close else 0.0
            extra += self.building_interest if p.basis_interest else 0.0
            extra += self.building_fees if p.basis_fees else 0.0
            self.tax_cost(i, split[i] * extra, t)
        # 2 Operating cash.
        earned = p.reserve_rate_frac_per_yr * y * (self.reserve + self.maintenance + self.working + self.held_before + self.cash) \
            if t else 0.0
        receipts = p.receipts_usd[t] + (p.price_usd * p.output[t] if p.output else 0.0)
        other = p.other_income_usd[t] if p.other_income_usd else 0.0
        opex = p.opex_usd[t]
        spending = p.maintenance_usd[t] if p.maintenance_usd else 0.0
        aside = p.maintenance_fund_usd[t] if p.maintenance_fund_usd else 0.0
        if spending:
            self.tax.put_in_service(spending, t, p.maintenance_write_off, 0.0, 0.0, 0.0)
        self.tax.ebitda += receipts - opex - sum(self.fee_operation)
        self.tax.other += other + earned
        interest_arisen = sum(self.interest_operation) + (0.0 if p.basis_interest else self.building_interest)
        self.tax.interest += interest_arisen
        tax = 0.0
        if p.tax_year[t] >= 0 and (t + 1 == p.n or p.tax_year[t + 1] != p.tax_year[t]):
            year = p.tax_year[t]
            state, federal, credit = self.tax.settle(year)
            tax = state + federal
            row["state tax"][t], row["federal tax"][t], row["tax credit"][t] = state, federal, credit
            row["state depreciation"][t], row["federal depreciation"][t] = self.tax.state[year], self.tax.federal[year]
        row["losses carried"][t] = self.tax.loss_federal
        from_maintenance = min(spending, self.maintenance)
        self.maintenance -= from_maintenance
        pool = self.cash + receipts + other + earned - opex - tax - (spending - from_maintenance)
        self.cash = 0.0
        plan_before = self.plan_maintenance
        plan_uncut = plus(plan_before + aside - spending)
        self.plan_maintenance = plan_uncut if t + 1 < p.n else 0.0
        cfads = receipts - opex - (plan_uncut + spending - plan_before) - (tax if p.cfads_after_tax else 0.0)
        want_reserve = self.reserve_wanted(t)
        want_working = 0.0
        if t + 1 < p.n and p.year[t + 1] > 0.0:
            want_working = p.working_months / 12.0 * p.opex_usd[t + 1] / p.year[t + 1]
        for pot, want in (("reserve", want_reserve), ("working", want_working), ("maintenance", self.plan_maintenance)):
            release = plus(getattr(self, pot) - want)
            setattr(self, pot, getattr(self, pot) - release)
            pool += release
        if not construction and pool < 0.0:
            if p.cure_usd == INF or self.lender:
                pool += self.cure(-pool)
            take = min(self.working, -pool)
            self.working -= take
            pool += take
            pool += self.cure(plus(-pool))
            owed_now, pool = plus(-pool), 0.0
        else:
            owed_now = 0.0
        # 3 Senior debt.
        pool = self.pay_rank(0, pool, t)
        # 4 Filled from the pool.
        completes = construction and p.reserve_at_close and any(self.completes(j, t) > 0.0 for j in range(m))
        for pot, want, now in (("reserve", want_reserve, not completes), ("working", want_working, not construction),
                               ("maintenance", self.plan_maintenance, True)):
            if now:
                missing = plus(want - getattr(self, pot))
                fill = min(missing, plus(pool))
                pool -= fill
                if p.cure_usd == INF:
                    fill += self.cure(missing - fill)
                setattr(self, pot, getattr(self, pot) + fill)
        # 5 Junior debt.
        for rank in sorted({l.f.rank for l in self.loans} - {0}):
            pool = self.pay_rank(rank, pool, t)
        # 6 Cost.
        self.uses += plus(-pool) if construction else 0.0
        draws_allowed = self.may_draw(t, pool)
        fill_reserve = fill_working = 0.0
        if construction:
            fill_working = plus(want_working - self.working)
            fill_reserve = plus(want_reserve - self.reserve) if completes else 0.0
            suppliers = self.owed + plus(-pool) + cost - overrun
            need = suppliers + sum(self.k) + fill_working + fill_reserve
            pool = plus(pool)
            self.owed = 0.0
        else:
            paid = min(pool, self.owed)
            pool -= paid
            self.owed -= paid
            suppliers = need = cost - overrun
        paid = min(pool, need)
        pool -= paid
        funds = paid
        paid_overrun = min(pool, overrun)
        pool -= paid_overrun
        held = min(self.held, need - funds)
        self.held -= held
        funds += held
        contingent = overrun - paid_overrun if self.lender else min(overrun - paid_overrun, p.contingent_usd - self.contingent_given)
        if self.stepped_in:
            contingent = 0.0
        self.contingent_given += contingent
        left = self.needs[t] = need - funds
        draw, equity = ([0.0] * m, 0.0) if self.stepped_in else self.fund(t, left, cost, draws_allowed)
        for j, usd in enumerate(draw):
            drawn[j] += usd
        self.equity_given += equity
        short = left - sum(draw) - equity + overrun - paid_overrun - contingent
        for pot, fill in (("reserve", fill_reserve), ("working", fill_working)):
            cut = min(short, fill)
            short -= cut
            setattr(self, pot, getattr(self, pot) + fill - cut)
        cut = min(short, suppliers + overrun)
        short -= cut
        self.owed += owed_now + cut
        total_k = sum(self.k)
        for j in range(m):
            if self.k[j]:
                self.pay(j, self.k[j] * (1.0 - short / total_k), t)
        # 7 Completion.
        for j, l in enumerate(self.loans):
            l.balance += drawn[j]
            l.used += drawn[j]
            if drawn[j] and l.f.draw_tenor:
                k = l.f.draw_tenor
                shares, _ = profile_of(l.f.draw_repays, k, 0, 0.0, [self.rate[j][t]] * k, [y] * k, None)
                l.schedule(t + 1, drawn[j], shares, 0.0)  # an ordinary instalment, even where it is all of the draw
            else:
                l.unconverted += drawn[j]
            fraction = self.completes(j, t)
            if fraction > 0.0 and not l.called:
                usd = l.unconverted if t == l.f.conversion else min(fraction * l.commitment, l.unconverted)
                l.unconverted -= usd
                l.schedule(t + 1, usd, self.plan.profile[j], self.plan.balloon[j])
                l.share_converted += fraction
            self.of[j]["draw"][t] += drawn[j]
        if t == self.built:
            pool += self.held
            self.held = 0.0
        if construction:
            self.uses += cost + self.building_interest + self.building_fees
            self.interest_construction += self.building_interest
            self.fees_construction += self.building_fees
            if t == self.built:
                self.uses += self.reserve + self.working
        # 8 Covenants.
        for l in self.loans:
            l.missed = l.missed + 1 if l.fee + l.interest + l.principal > 1e-9 * max(l.commitment, 1.0) else 0
        self.senior_service[t] = sum(self.service[j] - self.balloon[j] for j, l in enumerate(self.loans) if l.f.rank == 0)
        self.senior_interest[t] = sum(self.interest_served[j] for j, l in enumerate(self.loans) if l.f.rank == 0)
        row["cash for debt service"][t] = cfads
        if self.first_service is None and self.senior_service[t] > 0.0:
            self.first_service = t
        locked, default = False, False
        if not self.lender:
            locked, default = self.covenants(t)
        # 10 Default.
        depreciation = self.depreciate(t)
        book = sum(a[0] - a[3] for a in self.assets)
        written_off = recovered = 0.0
        fell = default and not self.stepped_in
        if fell and p.recovery_frac:
            recovered = p.recovery_frac[t] * book
            pool, written_off = self.sell(t, pool + recovered)
        elif fell:
            self.stepped_in = True
            for l in self.loans:  # the reserve is no longer wanted: it is released at once in the next period
                l.called = True
                l.principal = l.balance
        in_default = self.sold or self.stepped_in
        # 11 Rest of the pool.
        distribution = 0.0
        if (construction or locked or self.stepped_in) and not self.sold:
            self.cash = pool
        else:
            if not self.sold and not self.lender:
                wish = [l.f.sweep_frac * pool if l.balance > TINY else 0.0 for l in self.loans]
                cut = min(1.0, pool / sum(wish)) if sum(wish) > 0.0 else 0.0
                for j, l in enumerate(self.loans):
                    usd = l.prepay(t, wish[j] * cut) if wish[j] else 0.0
                    self.of[j]["prepaid"][t] += usd
                    pool -= usd
            distribution = pool
        called = equity + contingent + self.cured
        self.owners.accrue(y)
        for o, usd in enumerate(self.owners.call(called)):
            self.paid[o][t] = usd
        for o, usd in enumerate(self.owners.distribute(distribution)):
            self.got[o][t] = usd
        self.held_before = self.held
        # What of the due is overdue from now on.
        for l in self.loans:
            l.overdue = l.fee + l.interest
        # Rows.
        interest_operation, fee_operation = sum(self.interest_operation), sum(self.fee_operation)
        profit = receipts + other + earned - opex - spending - fee_operation - interest_operation - depreciation - tax
        if self.sold:
            profit += -book + recovered + written_off
            self.assets, book = [], 0.0
        for name, value in {
                "receipts": receipts, "other income": other, "operating cost": opex, "major spending": spending,
                "construction": cost, "debt service": sum(self.service),
                "draws": sum(drawn), "equity paid in": called, "contingent equity": contingent, "equity cure": self.cured,
                "debt service reserve": self.reserve, "maintenance reserve": self.maintenance, "working capital": self.working,
                "proceeds held": self.held, "interest received": earned, "cash": self.cash, "distributions": distribution,
                "debt": sum(l.balance for l in self.loans),
                "arrears": sum(l.fee + l.interest + l.principal for l in self.loans),
                "fees and interest owed": sum(l.fee + l.interest for l in self.loans), "funding gap": self.owed,
                "lock-up": float(locked), "default": float(in_default), "recovered": recovered, "fixed assets": book,
                "depreciation": depreciation, "profit": profit, "owners' flow": distribution - called,
                "pre-tax flow": distribution - called + tax}.items():
            row[name][t] = value
        for j, l in enumerate(self.loans):
            self.of[j]["undrawn"][t] = l.undrawn(t + 1) if t >= l.f.close else 0.0
            self.of[j]["balance"][t] = l.balance
            self.of[j]["arrears"][t] = l.fee + l.interest + l.principal
            if t >= l.f.close and (t <= l.f.conversion or self.of[j]["balance"][t - 1] > TINY or l.undrawn(t) > 0.0 or self.of[j]["interest due"][t] > TINY):
                self.of[j]["rate"][t] = self.rate[j][t]
        for name, source in (("fees", "fees paid"), ("interest", "interest paid"), ("principal", "principal paid"), ("prepaid", "prepaid")):
            row[name][t] = sum(of[source][t] for of in self.of)

    def tax_cost(self, i, usd, t):
        c = self.p.cost[i]
        if usd:
            self.tax.put_in_service(usd, max(t, c.in_service), c.write_off, c.bonus_federal_frac, c.bonus_state_frac, c.credit_frac)

    def covenants(self, t):
        locked = default = False
        ratio = NONE
        if self.first_service is not None:
            length, s, cash, service = 0.0, t, 0.0, 0.0
            while s >= self.first_service and length + self.p.year[s] <= 1.0 + 1e-6:
                length += self.p.year[s]
                cash += self.row["cash for debt service"][s]
                service += self.senior_service[s]
                s -= 1
            if service > 0.0:
                ratio = cash / service
        for l in self.loans:
            f = l.f
            if l.balance > 0.0 and given(ratio):
                locked |= given(f.lockup_dscr) and ratio < f.lockup_dscr * (1.0 - 1e-9)
                default |= given(f.default_dscr) and ratio < f.default_dscr * (1.0 - 1e-9)
            default |= l.missed > f.cure_periods
        if self.stepped_in and all(l.balance + l.fee + l.interest <= 1e-6 for l in self.loans):
            self.stepped_in = False
            default = False
        return locked, default

    def sell(self, t, cash):
        """Recovery by rank; returns what is left for owners, and what lenders lose."""
        cash += self.reserve + self.maintenance + self.working + self.held
        self.reserve = self.maintenance = self.working = self.held = 0.0
        lost = 0.0
        for rank in sorted({l.f.rank for l in self.loans}):
            loans = [(j, l) for j, l in enumerate(self.loans) if l.f.rank == rank]
            for what in ("interest", "principal"):
                owed = {j: l.fee + l.interest if what == "interest" else l.balance for j, l in loans}
                share = min(1.0, cash / sum(owed.values())) if sum(owed.values()) > 0.0 else 0.0
                for j, l in loans:
                    usd = owed[j] * share
                    cash -= usd
                    self.of[j]["recovered"][t] += usd
                    if what == "interest":
                        l.pay_interest(usd)
                        lost += l.fee + l.interest
                        l.fee = l.interest = 0.0
                    else:
                        self.of[j]["written off"][t] = l.balance - usd
                        lost += l.balance - usd
                        l.balance = l.principal = 0.0
        for l in self.loans:
            l.called = True
        paid = min(cash, self.owed)
        self.owed -= paid
        self.sold = True
        return cash - paid, lost

    # -- ratios, when all is known

    def cover(self):
        p, row, n = self.p, self.row, self.p.n
        senior = [j for j, l in enumerate(self.loans) if l.f.rank == 0]
        cfads, service, interest = row["cash for debt service"], self.senior_service, self.senior_interest
        balance = [sum(self.of[j]["balance"][t] for j in senior) for t in range(n)]
        # Several loans are discounted at the rate that they bear together on what is outstanding; without any, at that of the first.
        rate = [plus(p.facility[senior[0]].rate_frac_per_yr[t]) if senior else 0.0 for t in range(n)]
        for t in range(1, n):
            if balance[t - 1] > TINY:
                rate[t] = sum(plus(self.rate[j][t]) * self.of[j]["balance"][t - 1] for j in senior) / balance[t - 1]
        life = n - 1 if balance[n - 1] > TINY else max([t for t in range(n) if service[t] > TINY], default=-1)
        for t in range(n):
            row["DSCR"][t] = cfads[t] / service[t] if service[t] > TINY else NONE
            row["interest cover"][t] = cfads[t] / interest[t] if interest[t] > TINY else NONE
            row["LLCR"][t] = row["PLCR"][t] = NONE
            if t and balance[t - 1] > TINY:
                factor, loan, project = 1.0, 0.0, 0.0
                for s in range(t, n):
                    factor /= 1.0 + rate[s] * p.year[s]
                    project += cfads[s] * factor
                    loan += cfads[s] * factor if s <= life else 0.0
                row["LLCR"][t], row["PLCR"][t] = loan / balance[t - 1], project / balance[t - 1]


# ---- Close ---------------------------------------------------------------------------------------------------------------

def size(p, j, plan, uses, cash):
    """Fixes size and profile of facility j on the cash that is left for it; returns its service without balloon, by period."""
    f, n = p.facility[j], p.n
    rate = f.lender_rate_frac_per_yr or f.rate_frac_per_yr
    repays, first, tenor, grace, balloon = f.repays, f.conversion + 1, f.tenor, f.grace, f.balloon_frac
    if f.draw_tenor:  # for the cash of those that come after: as if drawn at conversion
        repays, tenor, grace, balloon = f.draw_repays, f.draw_tenor, 0, 0.0
    if repays == "sculpted":
        tenor = min(tenor, n - first)
    at = [min(first + k, n - 1) for k in range(tenor)]
    r, y = [plus(rate[s]) for s in at], [p.year[s] for s in at]
    wanted = [plus(cash[s]) / (f.dscr[s] if f.dscr else 1.0) for s in at]
    plan.profile[j], plan.balloon[j] = profile_of(repays, tenor, grace, balloon, r, y, wanted)
    limits, by_cover = [], INF
    if f.dscr and f.repays == "sculpted" and f.grace == 0 and f.balloon_frac == 0.0:
        factor, by_cover = 1.0, 0.0
        for k in range(tenor):
            factor /= 1.0 + r[k] * y[k]
            by_cover += wanted[k] * factor
    elif f.dscr:
        left = 1.0
        for k in range(tenor):
            service = plan.profile[j][k] + left * r[k] * y[k] - (plan.balloon[j] if k + 1 == tenor else 0.0)
            left -= plan.profile[j][k]
            if first + k < n and service > 0.0:
                by_cover = min(by_cover, wanted[k] / service)
    limits.append(by_cover)
    if given(f.llcr):
        factor, value = 1.0, 0.0
        for k in range(tenor):
            factor /= 1.0 + r[k] * y[k]
            value += plus(cash[at[k]]) * factor if first + k < n else 0.0
        limits.append(value / f.llcr)
    if given(f.leverage_frac):
        limits.append(f.leverage_frac * uses)
    if given(f.commitment_usd):
        limits.append(f.commitment_usd)
    plan.size[j] = min(limits)
    plan.factor[j] = max(1.0, by_cover / plan.size[j]) if f.dscr and plan.size[j] > 0.0 else 1.0
    service = [0.0] * n
    dates = list(zip([int(t) for t in f.completion or []] + [f.conversion], (f.completion_frac or []) + [1.0]))
    for (at, frac), before in zip(dates, [0.0] + [frac for _, frac in dates]):
        part = left = plan.size[j] * (frac - before)
        for k, principal in enumerate(plan.profile[j]):
            t = at + 1 + k
            if t < n:
                service[t] += part * principal + left * plus(rate[t]) * p.year[t] - (part * plan.balloon[j] if k + 1 == tenor else 0.0)
            left -= part * principal
    return service


def at_close(p):
    """Rounds until sizes, shares and planned equity no longer change."""
    plan = Plan(p)
    for turn in range(500):
        before = plan.size + plan.share + [plan.equity]
        life = Life(p, plan, True)
        cash = p.lender_cfads_usd or life.row["cash for debt service"]
        for rank in sorted({f.rank for f in p.facility}):
            group = [j for j, f in enumerate(p.facility) if f.rank == rank]
            by_cover = [j for j in group if p.facility[j].dscr or given(p.facility[j].llcr)]
            services = [size(p, j, plan, life.uses, cash) for j in group if j not in by_cover]
            for service in services:
                cash = [c - s for c, s in zip(cash, service)]
            # Those sized by cover share what is left: by commitment, where all have one.
            weight = [p.facility[j].commitment_usd for j in by_cover]
            if not all(given(w) for w in weight) or sum(weight) == 0.0:
                weight = [1.0] * len(by_cover)
            shares = [[c * w / sum(weight) for c in cash] for w in weight]
            for j, share in zip(by_cover, shares):
                service = size(p, j, plan, life.uses, share)
                cash = [c - s for c, s in zip(cash, service)]
        drawn = capitalised = 0.0
        for j, f in enumerate(p.facility):
            last = f.draws_end - 1 if f.draw_tenor else min(f.draws_end - 1, f.conversion)
            window = range(f.close, min(last, life.built) + 1)
            needs, added = sum(life.needs[t] for t in window), sum(life.of[j]["capitalised"][:life.built + 1])
            plan.share[j] = plus(plan.size[j] - added) / needs if needs > 0.0 else 0.0
            if not f.drawn_at_close:
                drawn += plan.size[j] - added
        plan.equity = plus(sum(life.needs[:life.built + 1]) - drawn)
        after = plan.size + plan.share + [plan.equity]
        if turn > 3 and max(abs(a - b) for a, b in zip(before, after)) < 1e-9:
            return plan
        if turn > 50:  # swings about the answer: half a step
            plan.share = [(a + b) / 2.0 for a, b in zip(before[len(plan.size):], plan.share)]
            plan.equity = (before[-1] + plan.equity) / 2.0
    raise ArithmeticError(f"{p.name}: close does not settle")


def project(p):
    plan = at_close(p)
    life = Life(p, plan, False)
    out = []
    for name in PROJECT_ROWS:
        out.append(("project", name, life.row[name]))
    for f, of, loan_size, factor in zip(p.facility, life.of, plan.size, plan.factor):
        out += [(f.name, name, of[name]) for name in FACILITY_ROWS]
        out += [(f.name, "size", [loan_size]), (f.name, "cover factor", [factor])]
    for o, paid, got in zip(p.owner, life.paid, life.got):
        out += [(o.name, "paid in", paid), (o.name, "received", got)]
    return out
