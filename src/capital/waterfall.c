// Waterfall of operation: operating cost, debt service by rank, reserves, covenants, sweep, distribution, default.
#include <math.h>

#include "../base/number.h"
#include "project_parts.h"

void capital_waterfall_pay(capital_run *x, capital_tranche *f, double usd) {
  capital_debt_paid paid = capital_debt_pay(&f->debt, usd);
  f->row[FACILITY_FEE][x->t] += paid.fee_usd;
  f->row[FACILITY_INTEREST][x->t] += paid.interest_usd;
  f->row[FACILITY_PRINCIPAL][x->t] += paid.principal_usd;
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
  x->row[PROJECT_EQUITY][x->t] += usd;
  x->row[PROJECT_CURE][x->t] += usd;
  return usd;
}

// ---- Operating cash -----------------------------------------------------------------------------------------

// Service of the months ahead of t: whole periods, and of the last one its part. principal: from t + 1 on, times scale.
static double months_ahead(const capital_run *x, const capital_facility *k, int32_t t, double balance_usd,
                           const double *principal, const double *balloon, double scale, int32_t m) {
  const capital_project *p = x->p;
  int32_t                end = p->n - t - 1 < m ? p->n : t + 1 + m, next = p->reserve_rule == CAPITAL_RESERVE_NEXT;
  double                 left = k->reserve_months / 12.0, sum = 0.0;
  for (int32_t s = t + 1; s < end && left > 1e-9; s++) {
    double year = p->year[s], due = scale * principal[s - t - 1];
    double service = balance_usd * k->rate_frac_per_yr[s] * year + due - (balloon ? balloon[s] : 0.0);
    if (service > 0.0) sum += next || year > left ? service * left / year : service;
    balance_usd -= due;
    left = next ? 0.0 : left - year;
  }
  return sum;
}

// What the debt service reserve should hold at the end of t; where it is filled with sources, counting what converts now.
static double reserve_wanted(const capital_run *x, int32_t t) {
  double usd = 0.0;
  if (x->in_default) return 0.0;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    const capital_tranche *f = &x->tranche[j];
    const capital_debt    *d = &f->debt;
    if (!f->open || !(f->k->reserve_months > 0.0)) continue;
    double scheduled = d->converted_usd - d->due_principal_usd;
    if (scheduled > 0.0)
      usd += months_ahead(x, f->k, t, scheduled, d->due_usd + t + 1,
                          f->k->balloon_frac > 0.0 || f->k->repays == CAPITAL_REPAYS_BULLET ? f->balloon_usd : NULL,
                          1.0, x->p->n);
    double converts = x->p->reserve_at_close && x->completes ? capital_fund_converting(f, t) * f->commitment_usd : 0.0;
    if (converts > 0.0) usd += months_ahead(x, f->k, t, converts, f->served_frac, NULL, converts, f->profile_n);
  }
  return usd;
}

static void wanted(capital_run *x, int32_t t) {
  const capital_project *p = x->p;
  x->completes = 0;
  for (int32_t j = 0; t <= x->built && j < p->n_facility; j++)
    x->completes |= capital_fund_converting(&x->tranche[j], t) > 0.0;
  x->reserve_want_usd = reserve_wanted(x, t);
  x->working_want_usd = 0.0;
  if (p->working_months > 0.0 && t + 1 < p->n && p->year[t + 1] > 0.0)
    x->working_want_usd = p->working_months / 12.0 * p->opex_usd[t + 1] / p->year[t + 1];
}

// Major spending is paid out of what was put aside for it. Returns what cash has to add at once.
static double maintain(capital_run *x, int32_t t, double *aside_usd) {
  const capital_project *p = x->p;
  double                 fund = p->maintenance_fund_usd ? p->maintenance_fund_usd[t] : 0.0;
  double                 spend = p->maintenance_usd ? p->maintenance_usd[t] : 0.0, before = x->maintenance_plan_usd;
  x->maintenance_plan_usd = t + 1 < p->n ? capital_above(before + fund - spend) : 0.0;
  *aside_usd = capital_above(before + fund - spend) + spend - before;
  x->maintained_usd += spend;
  x->row[PROJECT_MAINTAINED][t] = spend;
  x->row[PROJECT_PROFIT][t] -= spend;
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

void capital_waterfall_idle(capital_run *x, int32_t t) {
  double tax = x->tax_usd[t] = capital_books_tax(x, t);
  x->row[PROJECT_CFADS][t] = x->p->cfads_after_tax ? -tax : 0.0;
  x->row[PROJECT_PROFIT][t] -= tax;
  x->completes = 0;
  x->reserve_want_usd = x->working_want_usd = 0.0;
  x->pool_usd = -tax;
}

void capital_waterfall_operate(capital_run *x, int32_t t) {
  const capital_project *p = x->p;
  double                 kept = x->reserve_usd + x->maintenance_usd + x->working_usd + x->held_usd + x->cash_usd, aside;
  double                 earned = p->reserve_rate_frac_per_yr * p->year[t] * kept;
  double receipts = p->receipts_usd[t] + (p->output ? p->price_usd * p->output[t] : 0.0), opex = p->opex_usd[t];
  double other = p->other_income_usd ? p->other_income_usd[t] : 0.0;

  double at_once = maintain(x, t, &aside);
  x->tax_year.ebitda_usd += receipts - opex;
  x->tax_year.other_income_usd += other + earned;
  double tax = x->tax_usd[t] = capital_books_tax(x, t);
  x->row[PROJECT_RECEIPTS][t] = receipts;
  x->row[PROJECT_OPEX][t] = opex;
  x->row[PROJECT_OTHER][t] = other;
  x->row[PROJECT_RESERVE_INTEREST][t] = earned;
  x->row[PROJECT_CFADS][t] = receipts - opex - aside - (p->cfads_after_tax ? tax : 0.0);
  x->row[PROJECT_PROFIT][t] += receipts + other + earned - opex - tax;

  wanted(x, t);
  x->pool_usd = x->cash_usd + receipts + other + earned - opex - tax - at_once;
  x->pool_usd += take(&x->reserve_usd, x->reserve_usd - x->reserve_want_usd);
  x->pool_usd += take(&x->working_usd, x->working_usd - x->working_want_usd);
  x->pool_usd += take(&x->maintenance_usd, x->maintenance_usd - x->maintenance_plan_usd);
  x->cash_usd = 0.0;
  if (t > x->built && x->pool_usd < 0.0) cover_deficit(x);
}

// ---- Debt service -------------------------------------------------------------------------------------------

// What a facility is due from operation: interest with fees, principal.
static double interest_due(const capital_tranche *f) {
  return capital_rest(f->debt.due_fee_usd + f->debt.due_interest_usd, f->building_usd);
}

static void serve_rank(capital_run *x, int32_t rank) {
  double  interest = 0.0, principal = 0.0;
  int32_t reserved = 0;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    const capital_tranche *f = &x->tranche[j];
    if (f->k->rank != rank || !f->open) continue;
    interest += interest_due(f);
    principal += f->debt.due_principal_usd;
    reserved |= f->k->reserve_months > 0.0;
  }
  double want = interest + principal, have = take(&x->pool_usd, want);
  if (have < want) {
    if (makes_good(x)) have += cure(x, want - have);
    if (reserved) have += take(&x->reserve_usd, want - have);
    have += cure(x, want - have);
  }
  // Short of the whole, interest and fees of all come before principal of any, each in proportion.
  double pays = have < interest ? have / interest : 1.0;
  double repays = have < want ? capital_above(have - interest) / principal : 1.0;
  if (!(want > 0.0)) return;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    capital_tranche *f = &x->tranche[j];
    if (f->k->rank != rank || !f->open) continue;
    capital_waterfall_pay(x, f, pays * interest_due(f) + (pays < 1.0 ? 0.0 : repays * f->debt.due_principal_usd));
  }
}

void capital_waterfall_serve(capital_run *x, int32_t from_rank, int32_t to_rank) {
  for (int32_t rank = from_rank; rank < to_rank; rank++) serve_rank(x, rank);
}

// ---- Reserves -----------------------------------------------------------------------------------------------

static void fill(capital_run *x, double *balance_usd, double want_usd) {
  double lacks = want_usd - *balance_usd;
  if (!(lacks > 0.0)) return;
  double usd = take(&x->pool_usd, lacks);
  if (x->p->cure_usd >= HUGE_VAL) usd += cure(x, lacks - usd);
  *balance_usd += usd;
}

void capital_waterfall_reserve(capital_run *x, int32_t t) {
  int with_sources = t <= x->built;  // project_fund.c fills these
  if (!(with_sources && x->p->reserve_at_close && x->completes)) fill(x, &x->reserve_usd, x->reserve_want_usd);
  if (!with_sources) fill(x, &x->working_usd, x->working_want_usd);
  fill(x, &x->maintenance_usd, x->maintenance_plan_usd);
}

// ---- Covenants and default ----------------------------------------------------------------------------------

// Cover over the twelve months that end with t, from the first debt service on; NaN: none yet.
static double trailing_dscr(capital_run *x, int32_t t, double service_usd) {
  const double *cfads = x->r->row[PROJECT_CFADS];
  if (!x->served && service_usd > 0.0) x->served = 1, x->trail_from = t;
  if (!x->served) return (double)NAN;
  x->trail_cfads_usd += x->row[PROJECT_CFADS][t];
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
  x->row[PROJECT_PROFIT][t] += proceeds - x->book_usd + forgiven;
  x->book_usd = 0.0;
  x->pool_usd = pot;
  x->sold = 1;
}

static void call_default(capital_run *x, int32_t t) {
  x->in_default = 1;
  for (int32_t j = 0; j < x->p->n_facility; j++)
    if (x->tranche[j].open) capital_debt_accelerate(&x->tranche[j].debt);
  if (x->p->recovery_frac) liquidate(x, t);
}

// The senior debt of period t: what it is due, and its rate, weighted by opening balance.
static double note_senior(capital_run *x, int32_t t) {
  double interest = 0.0, principal = 0.0, balance = 0.0, opening = 0.0, weighted = 0.0, plain = 0.0;
  for (int32_t j = x->p->n_facility; j-- > 0;) {
    capital_tranche *f = &x->tranche[j];
    if (f->k->rank > 0) continue;
    plain = f->k->rate_frac_per_yr[t];
    if (!f->open) continue;
    double before = t > 0 ? x->r->facility[j][FACILITY_BALANCE][t - 1] : 0.0;
    interest += f->served_interest_usd;
    principal += f->served_principal_usd;
    balance += f->debt.balance_usd;
    opening += before;
    weighted += before * f->row[FACILITY_RATE][t];
  }
  x->senior_interest_usd[t] = interest;
  x->senior_principal_usd[t] = principal;
  x->senior_balance_usd[t] = balance;
  x->senior_rate[t] = opening > 0.0 ? weighted / opening : plain;
  return interest + principal;
}

void capital_waterfall_test(capital_run *x, int32_t t) {
  double service = note_senior(x, t), owed = 0.0, dscr = x->tested ? trailing_dscr(x, t, service) : (double)NAN;
  int    defaults = 0, locks = 0;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    capital_tranche *f = &x->tranche[j];
    if (!f->open) continue;
    double due = f->debt.due_fee_usd + f->debt.due_interest_usd + f->debt.due_principal_usd;
    f->late = due > 0.0 ? f->late + 1 : 0;
    owed += due + f->debt.balance_usd;
    defaults |= f->late > f->k->cure_periods || (f->debt.balance_usd > 0.0 && misses(dscr, f->k->default_dscr));
    locks |= f->debt.balance_usd > 0.0 && misses(dscr, f->k->lockup_dscr);
  }
  if (x->in_default && !(owed > 0.0)) x->in_default = 0;  // lenders who stepped in have been paid
  x->row[PROJECT_LOCKED][t] = locks;
  x->row[PROJECT_DEFAULT][t] = defaults || x->in_default;
  if (defaults && !x->in_default) call_default(x, t);
}

// ---- Owners ---------------------------------------------------------------------------------------------------

static void sweep(capital_run *x, int32_t t) {
  double asked = 0.0, cash = x->pool_usd;
  for (int32_t j = 0; j < x->p->n_facility; j++)
    if (x->tranche[j].open) asked += x->tranche[j].k->sweep_frac;
  for (int32_t j = 0; asked > 0.0 && j < x->p->n_facility; j++) {
    capital_tranche *f = &x->tranche[j];
    if (!f->open) continue;
    double usd = capital_debt_prepay(&f->debt, &f->k->terms, t, cash * f->k->sweep_frac / number_most(asked, 1.0));
    f->row[FACILITY_SWEPT][t] += usd;
    x->pool_usd -= usd;
  }
}

void capital_waterfall_distribute(capital_run *x, int32_t t) {
  if (t <= x->built || x->row[PROJECT_LOCKED][t] > 0.0 || (x->in_default && !x->sold)) {
    x->cash_usd = x->pool_usd;
  } else {
    sweep(x, t);
    x->row[PROJECT_DISTRIBUTION][t] = x->pool_usd;
  }
  x->pool_usd = 0.0;
}
