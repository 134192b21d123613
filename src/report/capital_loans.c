// Loans of a scenario, month by month: what the state of a loan says, and what follows from it.
#include <math.h>
#include <string.h>

#include "../base/calendar.h"
#include "../twin/loans.h"
#include "capital_parts.h"

#define LOAN_ABOUT(code, key, label, unit, fold) {key, label, unit, fold},
const report_loan_about report_loan_rows[REPORT_LOAN_COUNT] = {REPORT_LOAN_ROWS(LOAN_ABOUT)};

// The one place that knows how the twin keeps a loan: rows that are summed hold what was so far.
static void read_loan(const twin_loan_now *now, double rate_frac_per_yr, double value[REPORT_LOAN_COUNT]) {
  const capital_debt     *l = &now->debt;
  const capital_debt_paid due = capital_debt_due(l);
  value[REPORT_LOAN_COMMITMENT] = l->commitment_usd;
  value[REPORT_LOAN_DRAWN] = l->drawn_usd;
  value[REPORT_LOAN_CAPITALISED] = l->capitalised_usd;
  value[REPORT_LOAN_FEES] = l->fee_usd;
  value[REPORT_LOAN_INTEREST] = l->interest_usd;
  value[REPORT_LOAN_PRINCIPAL] = l->principal_usd;
  value[REPORT_LOAN_PREPAID] = l->prepaid_usd;
  value[REPORT_LOAN_LOST] = l->lost_usd;
  value[REPORT_LOAN_ARREARS] = due.fee_usd + due.interest_usd + due.principal_usd;
  value[REPORT_LOAN_BALANCE] = l->balance_usd;
  value[REPORT_LOAN_RATE] = rate_frac_per_yr;
}

static bool is_committed(const twin_loan_now *now) { return now->open && now->debt.commitment_usd > 0; }

static report_loan *new_loan(report_capital *c, int32_t deal, int32_t campus) {
  report_loan *loan = &c->loan[c->n_loan];
  *loan = (report_loan){.deal = deal, .campus = campus, .called = -1};
  c->failed |= !(loan->left_due_usd = ARENA_NEW(c->a, double, c->m->n_month + 1));
  for (int i = 0; i < REPORT_LOAN_COUNT; i++) c->failed |= !(loan->row[i] = ARENA_NEW(c->a, double, c->m->n_month + 1));
  if (c->failed) return NULL;
  c->loan_at[deal * c->m->n[CLASS_CAMPUS] + campus] = c->n_loan++;
  return loan;
}

// The part of an instalment that is a balloon: all of a bullet; at the end of the tenor the share that was left to it.
static double balloon_usd(const report_loan *loan, const twin_loan_now *now, const capital_contract *k, int32_t t) {
  double  due = now->debt.due_usd[t];
  int32_t turned = now->converted_month;
  if (k->repays == CAPITAL_REPAYS_BULLET) return due;
  int32_t n = (int32_t)floor(k->tenor_day / CALENDAR_DAYS_PER_MONTH + 0.5);
  if (turned < 1 || t != turned + (n > 1 ? n : 1) - 1) return 0;
  return fmin(due, k->balloon_frac * loan->row[REPORT_LOAN_BALANCE][turned - 1]);
}

// What falls due of the principal, by the schedule as it stands when the month comes; all the rest when it is called.
static void read_due(report_loan *loan, const twin_loan_now *now, const capital_contract *k, int32_t t,
                     double value[REPORT_LOAN_COUNT]) {
  double due = loan->called >= 0 ? 0 : fmax(0, now->debt.due_usd[t]),
         balloon = due > 0 ? balloon_usd(loan, now, k, t) : 0;
  for (int r = REPORT_LOAN_INSTALMENT; r <= REPORT_LOAN_CALLED; r++) value[r] = t ? loan->row[r][t - 1] : 0;
  value[REPORT_LOAN_INSTALMENT] += due - balloon;
  value[REPORT_LOAN_BALLOON] += balloon;
  if (!now->debt.accelerated || loan->called >= 0) return;
  double overdue = value[REPORT_LOAN_INSTALMENT] + value[REPORT_LOAN_BALLOON] - now->debt.principal_usd;
  loan->called = t;
  value[REPORT_LOAN_CALLED] += fmax(0, now->debt.balance_usd - fmax(0, overdue));
}

bool report_covers_campus(const twin_state *s, int32_t deal, int32_t campus) {
  const twin_deal        *d = &s->m->deal[deal];
  const capital_contract *k = &s->v.contract[d->contract];
  int32_t                 at = 2 * campus + s->variant[campus];
  bool                    named = !k->campuses.n;
  for (int32_t i = 0; i < k->campuses.n; i++) named |= s->v.ref[k->campuses.first + i] == campus;
  return named && (s->m->owner[at] == d->payee || s->m->buyer[at] == d->payee);
}

// Keeps the schedule of the day on which a customer of the borrower leaves the campus.
static void keep_schedule(const twin_state *s, report_loan *loan, const twin_loan_now *now) {
  bool leaves = false;
  for (int32_t d = 0; d < s->m->n_deal; d++) {
    const twin_deal *deal = &s->m->deal[d];
    bool             use = deal->rule == CAPITAL_RULE_LEASE || deal->rule == CAPITAL_RULE_COMPUTE;
    leaves |= use && deal->payee == s->m->deal[loan->deal].payee && s->deal[d].ended_month == s->month &&
              report_covers_campus(s, d, loan->campus);
  }
  if (!leaves) return;
  loan->repays_since_left = now->converted_month >= 0 || now->debt.last >= 0;
  memcpy(loan->left_due_usd, now->debt.due_usd, (size_t)s->m->n_month * sizeof(double));
}

static void watch_parties(report_capital *c, const twin_state *s) {
  for (int32_t p = 0; p < s->m->n[CLASS_PARTY]; p++) {
    size_t at = (size_t)p * (size_t)s->m->n_month + (size_t)s->month;
    c->reserve_usd[at] = (double)s->reserve_cents[p] / 100;
    c->target_usd[at] = s->m->borrows[p] ? (double)twin_reserve_target_cents(s, p) / 100 : 0;
    c->locked[at] = s->locked[p];
    c->cover[at] = s->m->borrows[p] && isfinite(s->cover_frac[p]) ? s->cover_frac[p] : (double)NAN;
  }
}

// Sums stand in the rows as what was so far; report_capital_run takes the differences at the end.
void report_loans_watch(void *capital, const twin_state *s) {
  report_capital *c = capital;
  watch_parties(c, s);
  for (int32_t i = 0; i < c->n_loan && !s->month; i++) c->loan[i].called = -1;  // the scenario was drawn anew
  for (int32_t d = 0; d < s->m->n_deal && !c->failed; d++)
    for (int32_t k = 0; k < s->m->n[CLASS_CAMPUS] && !c->failed; k++) {
      const twin_loan_now *now = twin_loan_of(s, d, k);
      int32_t              at = c->loan_at[d * s->m->n[CLASS_CAMPUS] + k];
      if (at < 0 && !is_committed(now)) continue;
      report_loan            *loan = at >= 0 ? &c->loan[at] : new_loan(c, d, k);
      double                  value[REPORT_LOAN_COUNT] = {0};
      const capital_contract *terms = &s->v.contract[s->m->deal[d].contract];
      if (!loan) return;
      read_loan(now,
                capital_debt_rate(s->markets.level[PATH_INTEREST], 0, terms->margin_frac_per_yr, terms->hedged_frac,
                                  now->swap_frac),
                value);
      if (is_committed(now)) {
        read_due(loan, now, terms, s->month, value);
        keep_schedule(s, loan, now);
      }
      for (int i = 0; i < REPORT_LOAN_COUNT; i++) loan->row[i][s->month] = value[i];
    }
}

const char *report_loan_limit(const report_capital *c, int32_t deal, int32_t campus) {
  static const char *const word[CAPITAL_SIZE_LIMITS] = {"cover", "loan life cover", "leverage", "commitment"};
  int32_t                  binds = twin_loan_of(c->s, deal, campus)->size.binds;
  return binds < 0 ? NULL : word[binds];
}

double report_folded(report_fold fold, const double *row, int32_t first, int32_t last) {
  double sum = 0, least = (double)NAN;
  for (int32_t t = first; t <= last; t++) {
    sum += row[t];
    if (isnan(least) || row[t] < least) least = row[t];
  }
  return fold == REPORT_SUM ? sum : fold == REPORT_LAST ? row[last] : least;
}

// What fell due to the lenders of one loan in a month: what was paid, and what was not.
static double service_usd(const report_loan *loan, int32_t t) {
  double before = t ? loan->row[REPORT_LOAN_ARREARS][t - 1] : 0;
  return loan->row[REPORT_LOAN_FEES][t] + loan->row[REPORT_LOAN_INTEREST][t] + loan->row[REPORT_LOAN_PRINCIPAL][t] +
         loan->row[REPORT_LOAN_ARREARS][t] - before;
}

double report_cover(const report_capital *c, int32_t borrower, int32_t first_month, int32_t last_month) {
  int64_t month[TWIN_MAX_MONTHS];
  double  due = 0, cash = 0;
  for (int32_t i = 0; i < c->n_loan; i++)
    for (int32_t t = first_month; t <= last_month && c->m->deal[c->loan[i].deal].payee == borrower; t++)
      due += service_usd(&c->loan[i], t);
  if (!(due > 0.005)) return (double)NAN;
  for (int32_t kind = 0; kind < KIND_COUNT; kind++) {
    if (report_kind_section(kind) != REPORT_OPERATING) continue;
    report_account_months(c, borrower, LEDGER_CASH, kind, month);
    for (int32_t t = first_month; t <= last_month; t++) cash += (double)month[t] / 100;
  }
  return cash / due;
}
