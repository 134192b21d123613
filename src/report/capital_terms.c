// Facilities in a scenario: terms, what bound their size, what they cost, cover, covenants, principal by year.
#include <math.h>
#include <string.h>

#include "../base/calendar.h"
#include "../capital/returns.h"
#include "capital_lender.h"

static const capital_contract *contract_of(const report_capital *c, int32_t deal) {
  return &c->s->v.contract[c->m->deal[deal].contract];
}

// ---- Effective rate -----------------------------------------------------------------------------------------------------

// What the lender gets less what it gives, by month. False: nothing was lent.
static bool lender_flow(const report_capital *c, const report_loan *loan, double *flow_usd) {
  int32_t last = c->m->n_month - 1;
  double  drawn = 0;
  for (int32_t t = 0; t <= last; t++) {
    flow_usd[t] = loan->row[REPORT_LOAN_FEES][t] + loan->row[REPORT_LOAN_INTEREST][t] +
                  loan->row[REPORT_LOAN_PRINCIPAL][t] + loan->row[REPORT_LOAN_PREPAID][t] -
                  loan->row[REPORT_LOAN_DRAWN][t];
    drawn += loan->row[REPORT_LOAN_DRAWN][t];
  }
  return drawn > 0;
}

// Per month; of several rates the one next to `month`: a fee long before the first draw gives a second root, of thousands
// of per cent. Where less comes back than was lent, only a negative one counts.
static double nearest_rate(const double *flow_usd, int32_t n, double month, int32_t *n_rate) {
  capital_irr_result irr = {0};
  double             best = (double)NAN, sum = 0;
  (void)capital_irr(flow_usd, (size_t)n, &irr);
  *n_rate = irr.n_root < CAPITAL_IRR_ROOTS ? irr.n_root : CAPITAL_IRR_ROOTS;
  for (int32_t t = 0; t < n; t++) sum += flow_usd[t];
  for (int32_t i = 0; i < *n_rate; i++) {
    bool counts = sum < 0 ? irr.root[i] <= 0 : irr.root[i] >= 0;
    if (counts && (isnan(best) || fabs(irr.root[i] - month) < fabs(best - month))) best = irr.root[i];
  }
  return best;
}

static void effective_rate(const report_capital *c, const report_loan *loan, report_terms *out) {
  int32_t last = c->m->n_month - 1, ignored;
  double  flow_usd[TWIN_MAX_MONTHS], month = loan->row[REPORT_LOAN_RATE][last] / 12;
  out->effective_frac_per_yr = out->nominal_frac_per_yr = out->cash_frac_per_yr = (double)NAN;
  out->left_usd = loan->row[REPORT_LOAN_BALANCE][last];
  if (!lender_flow(c, loan, flow_usd)) {
    out->why = "nothing was drawn";
    return;
  }
  out->cash_frac_per_yr = expm1(12 * log1p(nearest_rate(flow_usd, last + 1, month, &ignored)));
  flow_usd[last] += out->left_usd;
  double rate = nearest_rate(flow_usd, last + 1, month, &out->n_rate);
  out->effective_frac_per_yr = expm1(12 * log1p(rate));
  out->nominal_frac_per_yr = 12 * rate;
  if (isnan(rate)) out->why = "no rate makes the lender's flows worth nothing";
}

// ---- Terms --------------------------------------------------------------------------------------------------------------

// Months in which the cover that covenants look at was below what is asked, from close until all is repaid; -1: nothing is
// asked.
static int32_t months_below(const report_capital *c, const report_loan *loan, double asked) {
  const double *cover = c->cover + (size_t)c->m->deal[loan->deal].payee * (size_t)c->m->n_month;
  int32_t       n = 0, repaid = c->m->n_month;
  if (isnan(asked)) return -1;
  while (repaid > 0 && !(loan->row[REPORT_LOAN_BALANCE][repaid - 1] > 0)) repaid--;
  for (int32_t t = 0; t < c->m->n_month && t <= repaid; t++)
    n += cover[t] < asked && loan->row[REPORT_LOAN_COMMITMENT][t] > 0;
  return n;
}

report_terms report_terms_of(const report_capital *c, const report_loan *loan) {
  const capital_contract *k = contract_of(c, loan->deal);
  const twin_loan_now    *now = twin_loan_of(c->s, loan->deal, loan->campus);
  double                  frac = c->s->v.share[c->m->deal[loan->deal].share].frac;
  report_terms            out = {.contract = k, .now = now, .called = loan->called};
  for (int i = 0; i < CAPITAL_SIZE_LIMITS; i++)
    out.limit_usd[i] = isfinite(now->size.limit_usd[i]) ? fmax(0, now->size.limit_usd[i]) * frac : (double)NAN;
  out.lender_case = *twin_lender_case_of(c->m, loan->deal, loan->campus, c->s->variant[loan->campus]);
  out.tenor_months = (int32_t)floor(k->tenor_day / CALENDAR_DAYS_PER_MONTH + 0.5);
  double draws = floor(k->draws_day / CALENDAR_DAYS_PER_MONTH + 0.5);
  out.draws_end = now->open_month + (int32_t)fmax(1, draws);
  if (now->converted_month >= 0 && now->converted_month < out.draws_end) out.draws_end = now->converted_month;
  bool called = loan->called >= 0;
  if (called && loan->called < out.draws_end) out.draws_end = loan->called + 1;
  out.last = called                               ? -1
             : k->matures == CAPITAL_MATURES_EACH ? now->debt.last
             : now->converted_month < 0           ? -1
                                        : now->converted_month + (out.tenor_months > 1 ? out.tenor_months : 1) - 1;
  out.lockup_months = months_below(c, loan, k->lockup_dscr);
  out.default_months = months_below(c, loan, k->default_dscr);
  effective_rate(c, loan, &out);
  return out;
}

report_reserve report_reserve_of(const report_capital *c, int32_t party) {
  const double  *target = c->target_usd + (size_t)party * (size_t)c->m->n_month;
  const double  *has = c->reserve_usd + (size_t)party * (size_t)c->m->n_month;
  report_reserve out = {0, 0, (double)NAN};
  for (int32_t t = 0; t < c->m->n_month; t++) {
    if (!(target[t] > 0)) continue;
    out.months++;
    out.short_months += has[t] < target[t] - 0.005;
    out.least_frac = isnan(out.least_frac) ? has[t] / target[t] : fmin(out.least_frac, has[t] / target[t]);
  }
  return out;
}

// ---- Cover --------------------------------------------------------------------------------------------------------------

// Cash and what it has to cover, by month; debt service without balloons.
typedef struct covered {
  int32_t n;
  double  cash[TWIN_MAX_MONTHS], interest[TWIN_MAX_MONTHS], principal[TWIN_MAX_MONTHS], balance[TWIN_MAX_MONTHS],
      rate[TWIN_MAX_MONTHS], year[TWIN_MAX_MONTHS], llcr[TWIN_MAX_MONTHS], other[3][TWIN_MAX_MONTHS];
  int32_t from, until;  // months that count: from the first repayment to before the one in which a loan was called
} covered;

static covered *new_covered(const report_capital *c, covered *x) {
  memset(x, 0, sizeof *x);
  x->n = x->from = x->until = c->m->n_month;
  for (int32_t t = 0; t < x->n; t++) x->year[t] = 1.0 / 12;
  return x;
}

static int32_t repays_from(const report_capital *c, const report_loan *loan) {
  int32_t t = twin_loan_of(c->s, loan->deal, loan->campus)->converted_month;
  if (t >= 0) return t;
  for (t = 0; t < c->m->n_month; t++)
    if (loan->row[REPORT_LOAN_INSTALMENT][t] + loan->row[REPORT_LOAN_BALLOON][t] > 0) break;
  return t;
}

static void add_loan(const report_capital *c, const report_loan *loan, covered *x) {
  int32_t from = repays_from(c, loan);
  if (from < x->from) x->from = from;
  for (int32_t t = 0; t < x->n; t++) {
    double before = t ? loan->row[REPORT_LOAN_BALANCE][t - 1] : 0, rate = fmax(0, loan->row[REPORT_LOAN_RATE][t]);
    double all = x->balance[t] + loan->row[REPORT_LOAN_BALANCE][t];
    // What falls due, paid or not: interest on the balance less what was capitalised, fees as paid, instalments.
    if (t >= from)
      x->interest[t] +=
          fmax(0, before * rate / 12 - loan->row[REPORT_LOAN_CAPITALISED][t]) + loan->row[REPORT_LOAN_FEES][t];
    x->principal[t] += loan->row[REPORT_LOAN_INSTALMENT][t];
    if (all > 0) x->rate[t] = (x->balance[t] * x->rate[t] + loan->row[REPORT_LOAN_BALANCE][t] * rate) / all;
    x->balance[t] = all;
  }
  if (loan->called >= 0 && loan->called < x->until) x->until = loan->called;
}

static const char *const NO_YEAR = "no twelve months of debt service in a row";

// Cash of twelve months over what it has to cover, where each of the twelve had debt service due.
static report_ratio yearly(const covered *x, bool with_principal) {
  report_ratio out = {(double)NAN, 0, NO_YEAR};
  int32_t      counted = 0;
  for (int32_t t = x->from + 11; t < x->until; t++) {
    double cash = 0, due = 0;
    bool   whole = true;
    for (int32_t k = t - 11; k <= t; k++) {
      whole &= x->principal[k] + x->interest[k] > 0;
      cash += x->cash[k];
      due += x->interest[k] + (with_principal ? x->principal[k] : 0);
    }
    if (!whole || !(due > 0)) continue;
    double ratio = cash / due;
    out.least = counted ? fmin(out.least, ratio) : ratio;
    out.average += ratio;
    counted++;
  }
  out.average = counted ? out.average / counted : (double)NAN;
  if (counted) out.why = NULL;
  return out;
}

// From the first month of repayment to the last: where a balance is left, cash behind the horizon is missing.
static report_ratio loan_life(covered *x) {
  report_ratio  out = {(double)NAN, 0, NULL};
  capital_cover to = {x->other[0], x->llcr, x->other[1], x->other[2]};
  int32_t       counted = 0;
  if (x->until < x->n) out.why = "a loan was called";
  else if (x->balance[x->n - 1] > 0.005) out.why = "debt is left at the horizon";
  capital_cover_run(x->cash, x->interest, x->principal, x->balance, x->rate, x->year, x->n, &to);
  for (int32_t t = x->from; t < x->n && !out.why; t++) {
    if (isnan(x->llcr[t])) continue;
    out.least = counted ? fmin(out.least, x->llcr[t]) : x->llcr[t];
    out.average += x->llcr[t];
    counted++;
  }
  out.average = counted ? out.average / counted : (double)NAN;
  if (!counted && !out.why) out.why = "nothing is repaid";
  return out;
}

static report_covers covers_of(covered *x) { return (report_covers){yearly(x, true), loan_life(x), yearly(x, false)}; }

// As covenants are tested: of loans in repayment, on what was paid of operation in the month.
static report_ratio tested(const report_capital *c, int32_t party, int32_t until) {
  const double *cover = c->cover + (size_t)party * (size_t)c->m->n_month;
  report_ratio  out = {capital_cover_least(cover, until), capital_cover_average(cover, until), NULL};
  if (isnan(out.least)) out.why = NO_YEAR;
  return out;
}

report_covers report_borrower_covers(const report_capital *c, int32_t party) {
  int64_t month[TWIN_MAX_MONTHS];
  covered x, *to = new_covered(c, &x);
  for (int32_t i = 0; i < c->n_loan; i++)
    if (c->m->deal[c->loan[i].deal].payee == party) add_loan(c, &c->loan[i], to);
  for (int32_t kind = 0; kind < KIND_COUNT; kind++) {
    if (report_kind_section(kind) != REPORT_OPERATING) continue;
    report_account_months(c, party, LEDGER_CASH, kind, month);
    for (int32_t t = 0; t < x.n; t++) x.cash[t] += (double)month[t] / 100;
  }
  report_covers out = covers_of(to);
  out.dscr = tested(c, party, x.until);
  return out;
}

static int32_t rank_of(const report_capital *c, int32_t deal) {
  const capital_contract *k = contract_of(c, deal);
  return capital_contract_rank(k, &c->s->v.contract_type[k->type]);
}

report_covers report_facility_covers(const report_capital *c, const report_loan *loan) {
  covered x, *to = new_covered(c, &x);
  int32_t borrower = c->m->deal[loan->deal].payee;
  report_campus_cash(c, borrower, loan->campus, x.cash);
  for (int32_t i = 0; i < c->n_loan; i++)
    if (c->loan[i].campus == loan->campus && c->m->deal[c->loan[i].deal].payee == borrower &&
        rank_of(c, c->loan[i].deal) <= rank_of(c, loan->deal))
      add_loan(c, &c->loan[i], to);
  return covers_of(to);
}

// ---- Principal by year --------------------------------------------------------------------------------------------------

bool report_wall_of(const report_capital *c, int32_t party, report_wall *out) {
  static const int row[] = {REPORT_LOAN_INSTALMENT, REPORT_LOAN_BALLOON, REPORT_LOAN_CALLED, REPORT_LOAN_PREPAID,
                            REPORT_LOAN_BALANCE};
  int32_t          n = c->m->n_month;
  double          *sum[5];
  for (int i = 0; i < 5; i++)
    if (!(sum[i] = ARENA_NEW(c->a, double, n + 1))) return false;
  *out = (report_wall){sum[0], sum[1], sum[2], sum[3], sum[4], 0, 0};
  for (int32_t i = 0; i < c->n_loan; i++) {
    if (c->m->deal[c->loan[i].deal].payee != party) continue;
    for (int r = 0; r < 5; r++)
      for (int32_t t = 0; t < n; t++) sum[r][t] += c->loan[i].row[row[r]][t];
    out->left_usd += c->loan[i].row[REPORT_LOAN_BALANCE][n - 1];
    out->overdue_usd += capital_debt_due(&twin_loan_of(c->s, c->loan[i].deal, c->loan[i].campus)->debt).principal_usd;
  }
  return true;
}
