// What a user can get wrong in a project: each finding a sentence that says what would be right.
#include <math.h>

#include "project.h"

static const double MOST_USD = 1e15;  // of one period: keeps all sums finite

static int all_within(const double *values, int32_t n, double least, double most) {
  double outside = 0.0;  // counted to the end, as a double: so compilers look at several values at once
  for (int32_t t = 0; t < n; t++) outside += values[t] >= least && values[t] <= most ? 0.0 : 1.0;
  return outside == 0.0;
}

static int within(double x, double least, double most) { return x >= least && x <= most; }
static int within_or_nan(double x, double least, double most) { return isnan(x) || within(x, least, most); }
static int money(const double *usd, int32_t n) { return !usd || all_within(usd, n, -MOST_USD, MOST_USD); }
static int spending(const double *usd, int32_t n) { return !usd || all_within(usd, n, 0.0, MOST_USD); }

// ---- Periods, cost, operation -----------------------------------------------------------------------------

static const char *check_periods(const capital_project *p) {
  if (!within(p->n, 1, 1000000)) return "a project has 1 to 1,000,000 periods";
  if (!p->year || !p->tax_year) return "lengths and tax years of the periods are missing";
  if (!all_within(p->year, p->n, 0.0, 100.0)) return "a period has a length of 0 to 100 years";
  int bad = !within(p->tax_year[0], -1, 0);
  for (int32_t t = 1; t < p->n; t++) {
    int32_t step = p->tax_year[t] - p->tax_year[t - 1];
    bad |= (step != 0) & (step != 1);
  }
  return bad ? "tax years count up by one from 0, or from -1 before tax" : NULL;
}

static int class_ok(const capital_tax_class *k) {
  int custom = k->write_off == CAPITAL_CUSTOM;
  return within(k->write_off, 0, CAPITAL_WRITE_OFF_COUNT - 1) && within(k->bonus_federal_frac, 0.0, 1.0) &&
         within(k->bonus_state_frac, 0.0, 1.0) && within(k->credit_frac, 0.0, 1.0) &&
         (!custom || (k->custom_frac && k->n_custom >= 0 && all_within(k->custom_frac, k->n_custom, 0.0, 1.0)));
}

static const char *check_costs(const capital_project *p) {
  if (!within(p->n_cost, 0, CAPITAL_COSTS)) return "there are more than 12 classes of cost";
  for (int32_t i = 0; i < p->n_cost; i++) {
    const capital_cost *c = &p->cost[i];
    if (!c->usd || !spending(c->usd, p->n)) return "a cost is negative, missing, or above 1e15 USD in one period";
    if (!within_or_nan(c->budget_usd, 0.0, MOST_USD)) return "a budget is negative or above 1e15 USD";
    if (!within(c->in_service, 0, p->n - 1)) return "a cost is put in service outside the project's periods";
    if (!(c->life_years > 0.0)) return "the life of a cost in the books is above 0 years";
    if (!class_ok(&c->tax)) return "shares of a tax class are between 0 and 1";
  }
  if (!within(p->basis_extra_usd, 0.0, MOST_USD) || !within(p->close_cost_usd, 0.0, MOST_USD) ||
      !within(p->close_cost_basis_usd, 0.0, MOST_USD))
    return "closing cost is negative or above 1e15 USD";
  return NULL;
}

static const char *check_operation(const capital_project *p) {
  if (!p->receipts_usd || !p->opex_usd) return "receipts or operating cost are missing";
  if (!money(p->receipts_usd, p->n) || !money(p->opex_usd, p->n) || !money(p->other_income_usd, p->n))
    return "receipts and operating cost are numbers of up to 1e15 USD a period";
  if (p->output && (!money(p->output, p->n) || !within(p->price_usd, -1e6, 1e9)))
    return "output is a number of up to 1e15, its price one of up to 1e9 USD";
  if (!spending(p->maintenance_usd, p->n) || !spending(p->maintenance_fund_usd, p->n))
    return "major spending, or what is put aside for it, is negative";
  if (!class_ok(&p->maintenance_tax)) return "shares of a tax class are between 0 and 1";
  if (!within(p->working_months, 0.0, 1200.0)) return "working capital is 0 to 1200 months of operating cost";
  if (!within(p->reserve_rate_frac_per_yr, -0.99, 10.0)) return "the rate earned on reserves is 1000 % a year or more";
  return NULL;
}

static const char *check_owners(const capital_project *p) {
  const capital_equity_terms *k = &p->equity;
  double                      calls = 0.0;
  if (!within(p->funding, CAPITAL_FUND_PRO_RATA, CAPITAL_FUND_DEBT_FIRST)) return "the order of funding is not known";
  if (!isnan(p->equity_usd) && !(p->equity_usd >= 0.0)) return "equity is negative";
  if (!(p->contingent_usd >= 0.0) || !(p->cure_usd >= 0.0))
    return "contingent equity, or what cures a shortfall, is negative";
  if (p->recovery_frac && !all_within(p->recovery_frac, p->n, 0.0, 100.0))
    return "recovery is a share of book value, 0 or more";
  if (!within(k->n_owner, 0, CAPITAL_OWNERS) || (k->n_owner && !within(k->n_tier, 1, CAPITAL_TIERS)))
    return "there are up to 16 owners and 1 to 6 tiers";
  for (int32_t i = 0; i < k->n_owner; i++) calls += k->call_frac[i];
  if (k->n_owner && !(fabs(calls - 1.0) <= 1e-9)) return "shares of the owners in calls do not sum to 1";
  for (int32_t t = 0; k->n_owner && t < k->n_tier; t++) {
    double shares = 0.0;
    for (int32_t i = 0; i < k->n_owner; i++) shares += k->tier[t].share_frac[i];
    if (!(fabs(shares - 1.0) <= 1e-9)) return "shares of the owners in a tier do not sum to 1";
    if (!within_or_nan(k->tier[t].hurdle_frac_per_yr, -0.99, 99.0)) return "a hurdle is between -99 and 9,900 % a year";
    if (!within(k->tier[t].measured, -1, k->n_owner - 1)) return "a tier measures an owner that there is not";
  }
  return NULL;
}

static const char *check_tax(const capital_project *p) {
  const capital_tax_terms *k = &p->tax;
  int32_t                  n = p->tax_year[p->n - 1] + 1;
  if (!within(k->federal_frac, 0.0, 0.99) || !within(k->state_frac, 0.0, 0.99))
    return "tax rates are between 0 and 99 %";
  if ((p->federal_frac && !all_within(p->federal_frac, n, 0.0, 0.99)) ||
      (p->state_frac && !all_within(p->state_frac, n, 0.0, 0.99)))
    return "tax rates are between 0 and 99 %";
  if (!within(k->losses, CAPITAL_LOSSES_CARRY, CAPITAL_LOSSES_REFUND)) return "losses are carried or refunded";
  if (!within(k->loss_limit_frac, 0.0, 1.0)) return "losses cover a share of income between 0 and 1";
  if (!within_or_nan(k->interest_limit_frac, 0.0, 1.0)) return "the limit on interest is a share between 0 and 1";
  return NULL;
}

// ---- Facilities -------------------------------------------------------------------------------------------------

static const char *check_size(const capital_facility *k, int32_t n) {
  int by_cover = k->dscr != NULL || !isnan(k->llcr);
  if (k->dscr && !all_within(k->dscr, n, 1.0, 1e6)) return "the cover asked is below 1";
  if (!within_or_nan(k->llcr, 1.0, 1e6)) return "the loan life cover asked is below 1";
  if (k->leverage_frac <= 0.0) return "the cap is 0: without debt there is no facility";
  if (k->leverage_frac > 1.0) return "the cap is above 100 % of the uses";
  if (!within_or_nan(k->commitment_usd, 0.0, MOST_USD)) return "a commitment is negative or above 1e15 USD";
  if (!within_or_nan(k->advance_frac, 0.0, 1.0)) return "an advance is a share of cost between 0 and 1";
  if (!by_cover && isnan(k->leverage_frac) && isnan(k->commitment_usd))
    return "nothing limits the size: cover, loan life cover, a cap or a commitment does";
  if (by_cover && k->terms.draw_tenor > 0)
    return "draws with a tenor of their own are sized by a cap or a commitment, not by cover";
  return NULL;
}

static const char *check_terms(const capital_facility *k, int32_t n) {
  const capital_debt_terms *d = &k->terms;
  const double             *rates[] = {k->rate_frac_per_yr, k->lender_rate_frac_per_yr};
  if (!k->rate_frac_per_yr) return "the rate is missing";
  for (size_t i = 0; i < 2; i++)
    if (rates[i] && !all_within(rates[i], n, -0.99, 99.9999))
      return all_within(rates[i], n, -0.99, HUGE_VAL) ? "the rate is 10,000 % a year or more"
                                                      : "a rate is not a number, or below -99 % a year";
  if (!within(d->commitment_fee_frac_per_yr, 0.0, 1.0) || !within(d->upfront_frac, 0.0, 0.99) ||
      !within(d->agency_usd_per_yr, 0.0, MOST_USD) || !within(d->default_margin_frac_per_yr, 0.0, 10.0))
    return "a fee is negative, or 100 % and more";
  if (d->draw_tenor < 0 || (d->draw_tenor > 0 && !within(d->draw_repays, CAPITAL_REPAYS_LEVEL, CAPITAL_REPAYS_BULLET)))
    return "draws of their own tenor are repaid level, constant or as a bullet";
  if (!within(k->rank, 0, CAPITAL_FACILITIES - 1)) return "a rank is between 0 (senior) and 11";
  if (!within(k->reserve_months, 0.0, 1200.0)) return "a reserve is 0 to 1200 months of debt service";
  if (!within(k->sweep_frac, 0.0, 1.0)) return "a sweep is a share between 0 and 1";
  if (!within_or_nan(k->lockup_dscr, 0.0, 1e6) || !within_or_nan(k->default_dscr, 0.0, 1e6))
    return "a covenant is negative";
  if (k->cure_periods < 0) return "the cure period is negative";
  if (k->refinanced && !(k->refinancing_usd >= 0.0)) return "what is lent anew at maturity is negative";
  return NULL;
}

static const char *check_dates(const capital_facility *k, int32_t n) {
  if (!within(k->repays, 0, CAPITAL_REPAYS_COUNT - 1)) return "the kind of repayment is not known";
  if (!within(k->tenor, 1, 1000000)) return "the tenor is one period at least";
  if (!within(k->grace, 0, k->tenor - 1)) return "the grace is as long as the tenor, or longer";
  if (!within(k->balloon_frac, 0.0, 1.0)) return "a balloon is a share between 0 and 1";
  if (!within(k->close, 0, n - 1) || !within(k->conversion, k->close, n - 1))
    return "close and completion are periods of the project, in this order";
  if (k->draws_end <= k->close) return "draws end before the facility has closed";
  if (k->n_completion < 0 || (k->n_completion && (!k->completion || !k->completion_frac)))
    return "completion dates are missing";
  if (k->n_completion && k->repays == CAPITAL_REPAYS_SCULPTED) return "a sculpted facility has one completion date";
  for (int32_t i = 0; i < k->n_completion; i++) {
    int32_t before = i ? k->completion[i - 1] + 1 : k->close;
    if (!within(k->completion[i], before, k->conversion - 1)) return "completion dates ascend, before the last one";
    if (!within(k->completion_frac[i], i ? k->completion_frac[i - 1] : 0.0, 1.0))
      return "shares that complete ascend from 0 to 1";
  }
  return NULL;
}

sg_err capital_project_check(const capital_project *p, const char **why, int32_t *facility) {
  static const char *(*const parts[])(const capital_project *) = {check_periods, check_costs, check_operation,
                                                                  check_owners, check_tax};
  *facility = -1;
  *why = NULL;
  for (size_t i = 0; i < sizeof parts / sizeof *parts && !*why; i++) *why = parts[i](p);
  if (!*why && !within(p->n_facility, 0, CAPITAL_FACILITIES)) *why = "there are more than 12 facilities";
  if (!*why && !money(p->lender_cfads_usd, p->n)) *why = "the lender's cash flow is not a number of up to 1e15 USD";
  for (int32_t j = 0; !*why && j < p->n_facility; j++) {
    const capital_facility *k = &p->facility[j];
    *why = check_dates(k, p->n);
    if (!*why) *why = check_terms(k, p->n);
    if (!*why) *why = check_size(k, p->n);
    if (*why) *facility = j;
  }
  return *why ? SG_ERR_RANGE : SG_OK;
}
