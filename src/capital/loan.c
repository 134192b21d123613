#include "loan.h"

#include <math.h>

#include "ledger.h"

static double least_of(double a, double b) { return a < b ? a : b; }

// Present value, at close, of the debt service that cfads / dscr allows.
static double dscr_capacity_usd(const capital_loan_case *c) {
  int32_t n = c->n_cfads < c->tenor_month ? c->n_cfads : c->tenor_month;
  double  growth = 1.0 + c->rate_frac_per_yr / 12.0, value_usd = 0.0;
  for (int32_t t = n; t-- > 0;) {  // Horner from the last month
    double cash_usd = c->cfads_usd[t];
    value_usd = (value_usd + (cash_usd > 0.0 ? cash_usd : 0.0)) / growth;
  }
  return value_usd / c->dscr;
}

sg_err capital_loan_size(const capital_loan_case *c, capital_loan_limits *out) {
  *out = (capital_loan_limits){(double)INFINITY, (double)INFINITY, (double)INFINITY, (double)INFINITY};
  if (!isnan(c->advance_frac) && !isnan(c->budget_usd)) out->advance_usd = c->advance_frac * c->budget_usd;
  if (!isnan(c->cap_usd)) out->cap_usd = c->cap_usd;
  if (c->cfads_usd && !isnan(c->dscr)) {
    if (!(c->dscr > 0.0) || !(c->rate_frac_per_yr > -1.0)) return SG_ERR_RANGE;
    out->dscr_usd = dscr_capacity_usd(c);
  }
  double size = least_of(out->advance_usd, least_of(out->dscr_usd, out->cap_usd));
  out->size_usd = size > 0.0 ? size : 0.0;
  return isfinite(size) ? SG_OK : SG_ERR_RANGE;
}

// ---- One loan -------------------------------------------------------------------------------------------

static int64_t least_cents(int64_t a, int64_t b) { return a < b ? a : b; }

// A month of rate on a sum, to the cent, halves to even.
static int64_t monthly_cents(int64_t base_cents, double rate_frac_per_yr) {
  return capital_round_cents((double)base_cents * rate_frac_per_yr / 12.0);  // base < 2^53: exact in double
}

sg_err capital_loan_open(capital_loan *l, int64_t limit_cents, double rate_frac_per_yr, double fee_frac_per_yr) {
  if (limit_cents < 0 || limit_cents >= (INT64_C(1) << 53)) return SG_ERR_RANGE;
  if (!(rate_frac_per_yr >= 0.0 && rate_frac_per_yr <= 10.0)) return SG_ERR_RANGE;
  if (!(fee_frac_per_yr >= 0.0 && fee_frac_per_yr <= 10.0)) return SG_ERR_RANGE;
  *l = (capital_loan){
      .rate_frac_per_yr = rate_frac_per_yr, .fee_frac_per_yr = fee_frac_per_yr, .limit_cents = limit_cents};
  return SG_OK;
}

int64_t capital_loan_undrawn(const capital_loan *l) {
  return l->converted ? 0 : l->limit_cents - l->drawn_cents - l->capitalised_cents;
}

int64_t capital_loan_draw(capital_loan *l, int64_t want_cents) {
  int64_t granted = least_cents(want_cents, capital_loan_undrawn(l));
  if (granted <= 0) return 0;
  l->drawn_cents += granted;
  l->balance_cents += granted;
  return granted;
}

static void accrue_construction(capital_loan *l) {
  int64_t interest = monthly_cents(l->balance_cents, l->rate_frac_per_yr);
  int64_t undrawn = capital_loan_undrawn(l), capitalised = least_cents(interest, undrawn);
  l->due_fee_cents += monthly_cents(undrawn, l->fee_frac_per_yr);
  l->capitalised_cents += capitalised;
  l->balance_cents += capitalised;
  l->due_interest_cents += interest - capitalised;
}

// The schedule moves on by one payment; what the balance is above it is due. So arrears stay due and early payments
// count towards the next instalments without a record of either.
static void accrue_repayment(capital_loan *l) {
  l->due_interest_cents += monthly_cents(l->balance_cents, l->rate_frac_per_yr);
  if (l->months_left > 0) {
    int64_t principal = l->level_cents - monthly_cents(l->scheduled_cents, l->rate_frac_per_yr);
    if (principal < 0) principal = 0;
    l->months_left--;
    if (l->months_left == 0) principal = l->scheduled_cents;
    l->scheduled_cents -= least_cents(principal, l->scheduled_cents);
  }
  int64_t over = l->balance_cents - l->scheduled_cents;
  if (over > l->due_principal_cents) l->due_principal_cents = over;  // never less: acceleration is not undone
  l->due_principal_cents = least_cents(l->due_principal_cents, l->balance_cents);
}

void capital_loan_accrue(capital_loan *l) {
  if (l->converted) accrue_repayment(l);
  else accrue_construction(l);
}

sg_err capital_loan_convert(capital_loan *l, int32_t tenor_month) {
  if (l->converted) return SG_ERR_USAGE;
  if (tenor_month < 1) return SG_ERR_RANGE;
  double i = l->rate_frac_per_yr / 12.0, n = (double)tenor_month, balance = (double)l->balance_cents;
  double level = i > 0.0 ? balance * i / -expm1(-n * log1p(i)) : balance / n;
  l->converted = 1;
  l->months_left = tenor_month;
  l->level_cents = capital_round_cents(level);
  l->scheduled_cents = l->balance_cents;
  return SG_OK;
}

void capital_loan_accelerate(capital_loan *l) {
  l->converted = 1;
  l->months_left = 0;
  l->scheduled_cents = 0;
  l->due_principal_cents = l->balance_cents;
}

capital_loan_sum capital_loan_due(const capital_loan *l) {
  capital_loan_sum due = {l->due_fee_cents, l->due_interest_cents, l->due_principal_cents, 0};
  due.total_cents = due.fee_cents + due.interest_cents + due.principal_cents;
  return due;
}

// Takes up to *due out of *cents.
static int64_t take(int64_t *due, int64_t *cents) {
  int64_t paid = least_cents(*due, *cents);
  *due -= paid;
  *cents -= paid;
  return paid;
}

capital_loan_sum capital_loan_pay(capital_loan *l, int64_t cents) {
  capital_loan_sum paid = {0};
  if (cents <= 0) return paid;
  paid.fee_cents = take(&l->due_fee_cents, &cents);
  paid.interest_cents = take(&l->due_interest_cents, &cents);
  paid.principal_cents = take(&l->due_principal_cents, &cents);
  l->balance_cents -= paid.principal_cents;
  // What is left pays ahead; principal that is due has been taken already, so due stays within the balance.
  paid.principal_cents += take(&l->balance_cents, &cents);
  paid.total_cents = paid.fee_cents + paid.interest_cents + paid.principal_cents;
  l->fee_paid_cents += paid.fee_cents;
  l->interest_paid_cents += paid.interest_cents;
  l->repaid_cents += paid.principal_cents;
  return paid;
}
