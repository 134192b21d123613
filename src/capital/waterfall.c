// Waterfall of operation: operating cost, debt service by rank, reserves, covenants, sweep, distribution, default.
#include <math.h>

#include "../base/number.h"
#include "project_parts.h"

void capital_waterfall_pay(capital_tranche *f, double usd) {
  capital_debt_paid paid = capital_debt_pay(&f->debt, usd);
  f->now.paid.fee_usd += paid.fee_usd;
  f->now.paid.interest_usd += paid.interest_usd;
  f->now.paid.principal_usd += paid.principal_usd;
}

static double take(double *from_usd, double want_usd) {
  double usd = number_least(capital_above(*from_usd), capital_above(want_usd));
  *from_usd -= usd;
  return usd;
}

// Owners who make good whatever is missing come before the reserve; the others after it. Close assumes that all is paid.
static int makes_good(const capital_run *x) { return (x->budgeted || x->p->cure_usd >= HUGE_VAL) && !x->in_default; }

static double cure(capital_run *x, double want_usd) {
  if (x->in_default || !(want_usd > 0.0)) return 0.0;
  double usd = x->budgeted ? want_usd : number_least(want_usd, capital_above(x->p->cure_usd - x->cure_called_usd));
  x->cure_called_usd += usd;
  x->now.equity_usd += usd;
  x->now.cure_usd += usd;
  return usd;
}

// ---- Operating cash -----------------------------------------------------------------------------------------

// Service of the months ahead of t, of `usd` that convert then: whole periods, and of the last one its part.
static double months_ahead(const capital_run *x, const capital_tranche *f, int32_t t, double usd) {
  const capital_project *p = x->p;
  int32_t                end = p->n - t - 1 < f->profile_n ? p->n : t + 1 + f->profile_n;
  int                    next = p->reserve_rule == CAPITAL_RESERVE_NEXT;
  double                 left = f->reserve_years, sum = 0.0, balance = usd;
  for (int32_t s = t + 1; s < end && left > 1e-9; s++) {
    double year = p->year[s], due = usd * f->served_frac[s - t - 1];
    double service = balance * f->rate_frac_per_yr[s] * year + due;
    if (service > 0.0) sum += next || year > left ? service * left / year : service;
    balance -= due;
    left = next ? 0.0 : left - year;
  }
  return sum;
}

// Scheduled service of period s without balloon, with the scheduled balance at its start.
static double service_of(const capital_run *x, const capital_tranche *f, int32_t s, double scheduled_usd) {
  double interest = scheduled_usd * f->rate_frac_per_yr[s] * x->p->year[s];
  return capital_above(interest + f->debt.due_usd[s] - (f->has_balloon ? f->balloon_usd[s] : 0.0));
}

// The same of the schedule, by the sum of the period before: what was ahead then and is due now leaves, what comes into
// reach joins. Where the balance shows that the schedule has changed since, the sum is made anew.
static double schedule_ahead(const capital_run *x, capital_tranche *f, int32_t t, double scheduled_usd) {
  const double  *year = x->p->year, *due = f->debt.due_usd;
  capital_ahead *a = &f->ahead;
  if (a->from == t && a->end > t && scheduled_usd == a->scheduled_usd - due[t]) {
    a->usd -= service_of(x, f, t, a->scheduled_usd);
    a->years_left += year[t];
  } else {
    *a = (capital_ahead){.end = t + 1, .years_left = f->reserve_years, .after_usd = scheduled_usd};
  }
  a->from = t + 1;
  a->scheduled_usd = scheduled_usd;
  for (; a->end < x->p->n && a->years_left > 1e-9 && year[a->end] <= a->years_left + 1e-9; a->end++) {
    a->usd += service_of(x, f, a->end, a->after_usd);
    a->after_usd -= due[a->end];
    a->years_left -= year[a->end];
  }
  double usd = capital_above(a->usd);
  if (a->end == x->p->n || !(a->years_left > 1e-9)) return usd;
  return usd + service_of(x, f, a->end, a->after_usd) * a->years_left / year[a->end];
}

// What the debt service reserve should hold at the end of t; where it is filled with sources, counting what converts now.
static double reserve_wanted(const capital_run *x, capital_tranche *f, int32_t t) {
  const capital_debt *d = &f->debt;
  double              scheduled = d->converted_usd - d->due_principal_usd, usd = 0.0;
  if (scheduled > 0.0 && x->p->reserve_rule == CAPITAL_RESERVE_AHEAD) usd = schedule_ahead(x, f, t, scheduled);
  else if (scheduled > 0.0 && t + 1 < x->p->n)
    usd = service_of(x, f, t + 1, scheduled) * f->reserve_years / x->p->year[t + 1];
  double converts = x->p->reserve_at_close && x->completes ? capital_fund_converting(f, t) * f->commitment_usd : 0.0;
  return converts > 0.0 ? usd + months_ahead(x, f, t, converts) : usd;
}

static void wanted(capital_run *x, int32_t t) {
  const capital_project *p = x->p;
  double                 reserve = 0.0;
  int32_t                n = x->n_open > 0 ? p->n_facility : 0;
  x->completes = 0;
  if (t <= x->built)
    for (int32_t j = 0; j < n; j++) x->completes |= capital_fund_converting(&x->tranche[j], t) > 0.0;
  if (x->reserves && !x->in_default)
    for (int32_t j = 0; j < n; j++)
      if (x->tranche[j].open && x->tranche[j].reserve_years > 0.0) reserve += reserve_wanted(x, &x->tranche[j], t);
  x->reserve_want_usd = reserve;
  x->working_want_usd = x->working_wanted_usd[t];
}

// Major spending is paid out of what was put aside for it. Returns what cash has to add at once.
static double maintain(capital_run *x, int32_t t, double *aside_usd) {
  const capital_project *p = x->p;
  double                 fund = p->maintenance_fund_usd ? p->maintenance_fund_usd[t] : 0.0;
  double                 spend = p->maintenance_usd ? p->maintenance_usd[t] : 0.0, before = x->maintenance_plan_usd;
  x->maintenance_plan_usd = t + 1 < p->n ? capital_above(before + fund - spend) : 0.0;
  *aside_usd = capital_above(before + fund - spend) + spend - before;
  x->now.profit_usd -= spend;
  return spend - take(&x->maintenance_usd, spend);
}

// What operation cannot pay itself, debt service apart: owners or working capital, else it stays owed to suppliers.
static void cover_deficit(capital_run *x) {
  double lacks = capital_above(-x->pool_usd);
  if (makes_good(x)) lacks -= cure(x, lacks);
  lacks -= take(&x->working_usd, lacks);
  lacks -= cure(x, lacks);
  x->payable_usd += lacks;
  x->pool_usd = capital_above(x->pool_usd);
}

void capital_waterfall_idle(capital_run *x, double tax_usd) {
  x->cfads_usd = x->p->cfads_after_tax ? -tax_usd : 0.0;
  x->now.profit_usd -= tax_usd;
  x->completes = 0;
  x->reserve_want_usd = x->working_want_usd = 0.0;
  x->pool_usd = -tax_usd;
}

// What a balance holds above what is wanted.
static void release(capital_run *x, double *balance_usd, double want_usd) {
  if (!(*balance_usd > want_usd)) return;
  x->pool_usd += *balance_usd - want_usd;
  *balance_usd = want_usd;
}

void capital_waterfall_operate(capital_run *x, int32_t t, double tax_usd) {
  const capital_project *p = x->p;
  double                 earned = x->now.earned_usd, aside = 0.0, at_once = 0.0;
  double                 receipts = x->row[PROJECT_RECEIPTS][t], opex = p->opex_usd[t];
  double                 other = p->other_income_usd ? p->other_income_usd[t] : 0.0;

  if (p->maintenance_usd || p->maintenance_fund_usd) at_once = maintain(x, t, &aside);
  x->cfads_usd = receipts - opex - aside - (p->cfads_after_tax ? tax_usd : 0.0);
  x->now.profit_usd += receipts + other + earned - opex - tax_usd;

  wanted(x, t);
  x->pool_usd = x->cash_usd + receipts + other + earned - opex - tax_usd - at_once;
  release(x, &x->reserve_usd, x->reserve_want_usd);
  release(x, &x->working_usd, x->working_want_usd);
  release(x, &x->maintenance_usd, x->maintenance_plan_usd);
  x->cash_usd = 0.0;
  if (t > x->built && x->pool_usd < 0.0) cover_deficit(x);
}

// ---- Debt service -------------------------------------------------------------------------------------------

// What a facility is due from operation: interest with fees, principal.
static double interest_due(const capital_tranche *f) {
  return capital_rest(f->debt.due_fee_usd + f->debt.due_interest_usd, f->building_usd);
}

static int reserved(const capital_run *x, int32_t rank) {
  for (int32_t i = x->rank_from[rank]; i < x->rank_from[rank + 1]; i++)
    if (x->tranche[x->by_rank[i]].open && x->tranche[x->by_rank[i]].reserve_years > 0.0) return 1;
  return 0;
}

static void serve_rank(capital_run *x, int32_t rank) {
  double interest = 0.0, principal = 0.0;
  for (int32_t i = x->rank_from[rank]; i < x->rank_from[rank + 1]; i++) {
    capital_tranche *f = &x->tranche[x->by_rank[i]];
    if (!f->open) continue;
    f->claim_usd = interest_due(f);
    interest += f->claim_usd;
    principal += f->debt.due_principal_usd;
  }
  double want = interest + principal;
  if (!(want > 0.0)) return;
  double have = take(&x->pool_usd, want);
  if (have < want) {
    if (makes_good(x)) have += cure(x, want - have);
    if (reserved(x, rank)) have += take(&x->reserve_usd, want - have);
    have += cure(x, want - have);
    x->fell_short |= have < want;
  }
  // Short of the whole, interest and fees of all come before principal of any, each in proportion.
  double pays = have < interest ? have / interest : 1.0;
  double repays = have < want ? capital_above(have - interest) / principal : 1.0;
  for (int32_t i = x->rank_from[rank]; i < x->rank_from[rank + 1]; i++) {
    capital_tranche *f = &x->tranche[x->by_rank[i]];
    if (f->open)
      capital_waterfall_pay(f, pays * f->claim_usd + (pays < 1.0 ? 0.0 : repays * f->debt.due_principal_usd));
  }
}

void capital_waterfall_serve(capital_run *x, int32_t from_rank, int32_t to_rank) {
  for (int32_t rank = from_rank; x->n_open > 0 && rank < to_rank; rank++) serve_rank(x, rank);
}

// ---- Reserves -----------------------------------------------------------------------------------------------

static void fill(capital_run *x, double *balance_usd, double want_usd) {
  double lacks = want_usd - *balance_usd;
  double usd = take(&x->pool_usd, lacks);
  if (usd < lacks && x->p->cure_usd >= HUGE_VAL) usd += cure(x, lacks - usd);
  *balance_usd += usd;
}

void capital_waterfall_reserve(capital_run *x, int32_t t) {
  int with_sources = t <= x->built;  // project_fund.c fills these
  if (x->reserve_want_usd > x->reserve_usd && !(with_sources && x->p->reserve_at_close && x->completes))
    fill(x, &x->reserve_usd, x->reserve_want_usd);
  if (x->working_want_usd > x->working_usd && !with_sources) fill(x, &x->working_usd, x->working_want_usd);
  if (x->maintenance_plan_usd > x->maintenance_usd) fill(x, &x->maintenance_usd, x->maintenance_plan_usd);
}

// ---- Covenants and default ----------------------------------------------------------------------------------

// Cover over the twelve months that end with t, from the first debt service on; NaN: none yet.
static double trailing_dscr(capital_run *x, int32_t t, double service_usd) {
  const double *cfads = x->row[PROJECT_CFADS];
  if (!x->served && service_usd > 0.0) x->served = 1, x->trail_from = t;
  if (!x->served) return (double)NAN;
  x->trail_cfads_usd += x->cfads_usd;
  x->trail_service_usd += service_usd;
  for (; x->years[t + 1] - x->years[x->trail_from] > 1.0 + 1e-6; x->trail_from++) {
    x->trail_cfads_usd -= cfads[x->trail_from];
    x->trail_service_usd -= x->senior_interest_usd[x->trail_from] + x->senior_principal_usd[x->trail_from];
  }
  return x->trail_service_usd > 1e-9 * fabs(x->trail_cfads_usd) ? x->trail_cfads_usd / x->trail_service_usd
                                                                : (double)NAN;
}

static int misses(double dscr, double covenant) { return dscr < covenant * (1.0 - 1e-9); }

// Sells everything and pays the lenders by rank, then suppliers; what is left is the owners'.
static void liquidate(capital_run *x, int32_t t) {
  double proceeds = x->p->recovery_frac[t] * x->book_usd, forgiven = 0.0;
  double pot = proceeds + x->pool_usd + x->reserve_usd + x->maintenance_usd + x->working_usd + x->held_usd;
  x->reserve_usd = x->maintenance_usd = x->working_usd = x->held_usd = 0.0;
  for (int32_t rank = 0; rank < x->n_rank; rank++) {
    double interest = 0.0, principal = 0.0;
    for (int32_t j = 0; j < x->p->n_facility; j++)
      if (x->tranche[j].k->rank == rank) {
        capital_debt_paid due = capital_debt_due(&x->tranche[j].debt);
        interest += due.fee_usd + due.interest_usd;
        principal += due.principal_usd;
      }
    double pays = take(&pot, interest), repays = take(&pot, principal);
    for (int32_t j = 0; j < x->p->n_facility; j++) {
      capital_tranche *f = &x->tranche[j];
      if (f->k->rank != rank || !f->open) continue;
      capital_debt_paid due = capital_debt_due(&f->debt);
      double            own = due.fee_usd + due.interest_usd, usd = interest > 0.0 ? own * (pays / interest) : 0.0;
      if (principal > 0.0) usd += due.principal_usd * (repays / principal);
      capital_debt_paid got = capital_debt_pay(&f->debt, usd);
      f->row[FACILITY_RECOVERED][t] = got.fee_usd + got.interest_usd + got.principal_usd;
      due = capital_debt_due(&f->debt);
      forgiven += due.fee_usd + due.interest_usd;
      f->row[FACILITY_LOST][t] = capital_debt_write_off(&f->debt);
      forgiven += f->row[FACILITY_LOST][t];
    }
  }
  x->payable_usd -= take(&pot, x->payable_usd);  // what suppliers lose stays owed
  x->row[PROJECT_RECOVERED][t] = proceeds;
  x->now.profit_usd += proceeds - x->book_usd + forgiven;
  x->book_usd = 0.0;
  x->pool_usd = pot;
  x->sold = t + 1;
}

static void call_default(capital_run *x, int32_t t) {
  x->in_default = 1;
  for (int32_t j = 0; j < x->p->n_facility; j++)
    if (x->tranche[j].open) capital_debt_accelerate(&x->tranche[j].debt);
  if (x->p->recovery_frac) liquidate(x, t);
}

void capital_waterfall_test(capital_run *x, int32_t t) {
  x->row[PROJECT_CFADS][t] = x->cfads_usd;
  x->locked = x->defaults = 0;
  x->senior_interest_usd[t] = x->now.senior_interest_usd;
  x->senior_principal_usd[t] = x->now.senior_principal_usd;
  int quiet = x->n_open == 0 || !(x->tested || x->fell_short);  // all has been repaid; or is paid, with no covenant
  if (quiet && t > x->built && !x->in_default) return;
  double service = x->now.senior_interest_usd + x->now.senior_principal_usd, owed = 0.0;
  double dscr = x->tested ? trailing_dscr(x, t, service) : (double)NAN;
  int    defaults = 0, locks = 0;
  for (int32_t j = 0; x->n_open > 0 && j < x->p->n_facility; j++) {
    capital_tranche    *f = &x->tranche[j];
    const capital_debt *d = &f->debt;
    if (!f->open) continue;
    double due = d->due_fee_usd + d->due_interest_usd + d->due_principal_usd;
    f->late = due > 0.0 ? f->late + 1 : 0;
    x->fell_short |= f->late;
    owed += due + d->balance_usd;
    defaults |= f->late > f->k->cure_periods;
    if (!x->tested || !(d->balance_usd > 0.0)) continue;
    defaults |= misses(dscr, f->k->default_dscr);
    locks |= misses(dscr, f->k->lockup_dscr);
  }
  if (x->in_default && !(owed > 0.0)) x->in_default = 0;  // lenders who stepped in have been paid
  x->locked = locks;
  x->defaults = defaults || x->in_default;
  if (defaults && !x->in_default) call_default(x, t);
}

// ---- Owners ---------------------------------------------------------------------------------------------------

static void sweep(capital_run *x, int32_t t) {
  double asked = 0.0, cash = x->pool_usd;
  if (!x->sweeps || x->n_open == 0) return;
  for (int32_t j = 0; j < x->p->n_facility; j++)
    if (x->tranche[j].open && x->tranche[j].debt.balance_usd > 0.0) asked += x->tranche[j].k->sweep_frac;
  for (int32_t j = 0; asked > 0.0 && j < x->p->n_facility; j++) {
    capital_tranche *f = &x->tranche[j];
    if (!f->open) continue;
    double usd = capital_debt_prepay(&f->debt, &f->k->terms, t, cash * f->k->sweep_frac / number_most(asked, 1.0));
    f->now.swept_usd += usd;
    x->pool_usd -= usd;
  }
}

void capital_waterfall_distribute(capital_run *x, int32_t t) {
  if (!x->sold && (t <= x->built || x->locked || x->in_default)) {
    x->cash_usd = x->pool_usd;
    x->distributed_usd = 0.0;
  } else {
    sweep(x, t);
    x->distributed_usd = x->pool_usd;
  }
  x->pool_usd = 0.0;
}
