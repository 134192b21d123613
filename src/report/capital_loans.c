// Loans of a scenario, month by month: what the state of a loan says, and what follows from it.
#include <math.h>

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
  *loan = (report_loan){.deal = deal, .campus = campus};
  for (int i = 0; i < REPORT_LOAN_COUNT; i++)
    if (!(loan->row[i] = ARENA_NEW(c->a, double, c->m->n_month + 1))) {
      c->failed = true;
      return NULL;
    }
  c->loan_at[deal * c->m->n[CLASS_CAMPUS] + campus] = c->n_loan++;
  return loan;
}

// Sums stand in the rows as what was so far; report_capital_run takes the differences at the end.
void report_loans_watch(void *capital, const twin_state *s) {
  report_capital *c = capital;
  for (int32_t p = 0; p < s->m->n[CLASS_PARTY]; p++) {
    size_t at = (size_t)p * (size_t)s->m->n_month + (size_t)s->month;
    c->reserve_usd[at] = (double)s->reserve_cents[p] / 100;
    c->locked[at] = s->locked[p];
  }
  for (int32_t d = 0; d < s->m->n_deal && !c->failed; d++)
    for (int32_t k = 0; k < s->m->n[CLASS_CAMPUS] && !c->failed; k++) {
      const twin_loan_now *now = twin_loan_of(s, d, k);
      int32_t              at = c->loan_at[d * s->m->n[CLASS_CAMPUS] + k];
      if (at < 0 && !is_committed(now)) continue;
      report_loan            *loan = at >= 0 ? &c->loan[at] : new_loan(c, d, k);
      double                  value[REPORT_LOAN_COUNT];
      const capital_contract *terms = &s->v.contract[s->m->deal[d].contract];
      read_loan(now,
                capital_debt_rate(s->markets.level[PATH_INTEREST], 0, terms->margin_frac_per_yr, terms->hedged_frac,
                                  now->swap_frac),
                value);
      for (int i = 0; i < REPORT_LOAN_COUNT && loan; i++) loan->row[i][s->month] = value[i];
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
