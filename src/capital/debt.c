#include "debt.h"

#include <math.h>

// Less than this share of the commitment is rounding, not money: 360 roundings of half a unit in the last place are
// 4e-14, twice (profile, balance); half a cent of 50 billion dollars.
static const double DUST_FRAC = 1e-13;

static double least_of(double a, double b) { return a < b ? a : b; }
static double positive(double x) { return x > 0.0 ? x : 0.0; }  // NaN counts as nothing

// ---- At close -------------------------------------------------------------------------------------------

double capital_debt_rate(double base_frac, double floor_frac, double margin_frac, double hedged_frac,
                         double swap_frac) {
  double rate = 0.0;  // a side that carries nothing may be NaN
  if (hedged_frac > 0.0) rate += hedged_frac * (swap_frac + margin_frac);
  if (hedged_frac < 1.0)
    rate += (1.0 - hedged_frac) * ((base_frac < floor_frac ? floor_frac : base_frac) + margin_frac);
  return rate;
}

// Growth of a balance over period t; <= 0 or NaN: out of range.
static double growth_of(const double *rate_frac_per_yr, const double *year, int32_t t) {
  return rate_frac_per_yr[t] > -1.0 ? 1.0 + rate_frac_per_yr[t] * year[t] : 0.0;
}

// Value at the start of t of a dollar at its end. A product is much quicker than a quotient along a chain of periods.
static double discount_of(const double *rate_frac_per_yr, const double *year, int32_t t) {
  return 1.0 / (1.0 + rate_frac_per_yr[t] * year[t]);
}

static int rates_ok(const double *rate_frac_per_yr, const double *year, int32_t n) {
  for (int32_t t = 0; t < n; t++)
    if (!(growth_of(rate_frac_per_yr, year, t) > 0.0)) return 0;
  return 1;
}

// Shape of the service in t, before it is scaled to repay the balance.
static double service_shape(const capital_repay_plan *plan, int32_t t) {
  return plan->repays == CAPITAL_REPAYS_SCULPTED ? positive(plan->cfads_usd[t]) / plan->dscr[t] : 1.0;
}

// Principal under a service of given shape. With A_t the value at the start of t of the shape from t on, after the grace,
// and Z_t that of the balloon,
//   scale = (1 - Z) / A at the first payment;  B_{t-1} = scale A_t + Z_t;  principal_t = B_{t-1} - B_t, B_n = balloon
// Backwards, because there errors shrink by the growth of a period; forwards they would grow by it.
static sg_err shaped_profile(const capital_repay_plan *plan, double *principal_frac) {
  double shape_value = 0.0, balloon_value = plan->balloon_frac;
  for (int32_t t = plan->n; t-- > plan->grace;) {
    double discount = discount_of(plan->rate_frac_per_yr, plan->year, t);
    shape_value = principal_frac[t] = (shape_value + service_shape(plan, t)) * discount;  // A_t, kept for below
    balloon_value *= discount;
  }
  double scale = (1.0 - balloon_value) / shape_value, after = plan->balloon_frac, balloon = plan->balloon_frac;
  if (!(shape_value > 0.0) || !isfinite(scale)) return SG_ERR_RANGE;
  for (int32_t t = plan->n; t-- > plan->grace;) {
    if (balloon > 0.0) balloon *= discount_of(plan->rate_frac_per_yr, plan->year, t);
    double before = scale * principal_frac[t] + balloon;
    principal_frac[t] = before - after;
    after = before;
  }
  principal_frac[plan->n - 1] += plan->balloon_frac;
  return SG_OK;
}

static sg_err check_plan(const capital_repay_plan *plan) {
  if (plan->n < 1 || plan->grace < 0 || plan->grace >= plan->n) return SG_ERR_RANGE;
  if (plan->repays < 0 || plan->repays >= CAPITAL_REPAYS_COUNT) return SG_ERR_RANGE;
  if (!(plan->balloon_frac >= 0.0 && plan->balloon_frac <= 1.0)) return SG_ERR_RANGE;
  if (!rates_ok(plan->rate_frac_per_yr, plan->year, plan->n)) return SG_ERR_RANGE;
  if (plan->repays != CAPITAL_REPAYS_SCULPTED) return SG_OK;
  for (int32_t t = plan->grace; t < plan->n; t++)
    if (!(plan->dscr[t] > 0.0)) return SG_ERR_RANGE;
  return SG_OK;
}

sg_err capital_repay_profile(const capital_repay_plan *plan, double *principal_frac, int32_t *n_negative) {
  sg_err  err = check_plan(plan);
  int32_t negative = 0, pays_from = plan->repays == CAPITAL_REPAYS_BULLET ? plan->n - 1 : plan->grace;
  if (err) return err;
  for (int32_t t = 0; t < pays_from; t++) principal_frac[t] = 0.0;
  if (plan->repays == CAPITAL_REPAYS_BULLET) {
    principal_frac[plan->n - 1] = 1.0;
  } else if (plan->repays == CAPITAL_REPAYS_CONSTANT) {
    for (int32_t t = plan->grace; t < plan->n; t++)
      principal_frac[t] = (1.0 - plan->balloon_frac) / (double)(plan->n - plan->grace);
    principal_frac[plan->n - 1] += plan->balloon_frac;
  } else {
    err = shaped_profile(plan, principal_frac);
    if (err) return err;
  }
  if (!n_negative) return SG_OK;
  for (int32_t t = 0; t < plan->n; t++) negative += principal_frac[t] < -DUST_FRAC;
  *n_negative = negative;
  return SG_OK;
}

// Value at close of the cash above zero, divided by the cover wanted in each period where there is one.
static double cash_value_usd(const capital_size_case *c, const double *dscr) {
  double value_usd = 0.0;
  for (int32_t t = c->n; t-- > 0;) {
    double cash_usd = positive(c->cfads_usd[t]);
    if (dscr) cash_usd = isnan(dscr[t]) ? 0.0 : cash_usd / dscr[t];
    value_usd = (value_usd + cash_usd) * discount_of(c->rate_frac_per_yr, c->year, t);
  }
  return value_usd;
}

// The period whose cash carries the least decides.
static double profile_capacity_usd(const capital_size_case *c) {
  double balance = 1.0, capacity_usd = HUGE_VAL;
  for (int32_t t = 0; t < c->n; t++) {
    double service = balance * c->rate_frac_per_yr[t] * c->year[t] + c->profile_frac[t];
    balance -= c->profile_frac[t];
    if (service > DUST_FRAC && !isnan(c->dscr[t]))
      capacity_usd = least_of(capacity_usd, positive(c->cfads_usd[t]) / c->dscr[t] / service);
  }
  return capacity_usd;
}

static sg_err size_by_cover(const capital_size_case *c, double *limit_usd) {
  int by_llcr = !isnan(c->llcr), by_dscr = 0;
  if (!c->cfads_usd) return SG_OK;
  for (int32_t t = 0; c->dscr && t < c->n; t++) {
    if (c->dscr[t] <= 0.0) return SG_ERR_RANGE;
    by_dscr |= !isnan(c->dscr[t]);
  }
  if (!by_llcr && !by_dscr) return SG_OK;
  if (c->n < 1 || c->llcr <= 0.0 || !rates_ok(c->rate_frac_per_yr, c->year, c->n)) return SG_ERR_RANGE;
  if (by_dscr) limit_usd[CAPITAL_SIZE_DSCR] = c->profile_frac ? profile_capacity_usd(c) : cash_value_usd(c, c->dscr);
  if (by_llcr) limit_usd[CAPITAL_SIZE_LLCR] = cash_value_usd(c, NULL) / c->llcr;
  return SG_OK;
}

sg_err capital_debt_size(const capital_size_case *c, capital_size *out) {
  *out = (capital_size){.binds = -1};
  for (int32_t i = 0; i < CAPITAL_SIZE_LIMITS; i++) out->limit_usd[i] = HUGE_VAL;
  sg_err err = size_by_cover(c, out->limit_usd);
  if (err) return err;
  double leverage_usd = c->leverage_frac * c->uses_usd;
  if (!isnan(leverage_usd)) out->limit_usd[CAPITAL_SIZE_LEVERAGE] = leverage_usd;
  if (!isnan(c->commitment_usd)) out->limit_usd[CAPITAL_SIZE_COMMITMENT] = c->commitment_usd;

  double least_usd = HUGE_VAL;
  for (int32_t i = 0; i < CAPITAL_SIZE_LIMITS; i++) {
    if (!(out->limit_usd[i] < least_usd)) continue;
    least_usd = out->limit_usd[i];
    out->binds = i;
  }
  if (out->binds < 0) return SG_ERR_RANGE;
  out->usd = positive(least_usd);
  return SG_OK;
}

double capital_debt_capped_dscr(double dscr, double sculpted_usd, double cap_usd) {
  return sculpted_usd > cap_usd ? dscr * sculpted_usd / cap_usd : dscr;
}

// ---- Life -----------------------------------------------------------------------------------------------

void capital_debt_open(capital_debt *d, double commitment_usd, double *schedule_usd, int32_t n, int32_t draws_end) {
  for (int32_t t = 0; t < n; t++) schedule_usd[t] = 0.0;
  *d = (capital_debt){
      .commitment_usd = commitment_usd, .due_usd = schedule_usd, .n = n, .draws_end = draws_end, .last = -1};
}

// 0 instead of what is only rounding, of either sign.
static double swept(const capital_debt *d, double usd) {
  return fabs(usd) <= DUST_FRAC * d->commitment_usd ? 0.0 : usd;
}

static double unused_usd(const capital_debt *d) {
  return positive(swept(d, d->commitment_usd - d->drawn_usd - d->capitalised_usd));
}

static double unconverted_usd(const capital_debt *d) { return positive(swept(d, d->balance_usd - d->converted_usd)); }

double capital_debt_undrawn(const capital_debt *d, int32_t t) {
  return d->accelerated || t >= d->draws_end ? 0.0 : unused_usd(d);
}

// Puts an instalment on the schedule; beyond the horizon there is none.
static void add_instalment(capital_debt *d, int32_t t, double usd) {
  if (t >= d->n) return;
  d->due_usd[t] += usd;
  d->later_usd += usd;
  if (t > d->last) d->last = t;
}

// Cuts instalments after t by usd in all, from the end. A negative one that has come last relends what nothing repays
// any more: it goes, and an earlier one is cut for it.
static void cut_from_end(capital_debt *d, int32_t t, double usd) {
  while (d->last > t) {
    double *due = &d->due_usd[d->last];
    if (*due > usd) {
      *due -= usd;
      d->later_usd -= usd;
      break;
    }
    d->later_usd -= *due;
    usd -= *due;
    *due = 0.0;
    d->last--;
  }
  d->later_usd = d->last > t ? swept(d, d->later_usd) : 0.0;
}

// Instalments of a draw of its own. Level: those of an annuity, each 1 / (1 + r) of the next.
//   last = usd * r / (1 + r) / (1 - (1 + r)^-m)
static void schedule_draw(capital_debt *d, const capital_debt_terms *k, int32_t t, double period_rate, double usd) {
  int32_t m = k->draw_tenor;
  d->converted_usd += usd;
  if (k->draw_repays == CAPITAL_REPAYS_BULLET) {
    add_instalment(d, t + m, usd);
    return;
  }
  int    level = k->draw_repays == CAPITAL_REPAYS_LEVEL && period_rate > 0.0;
  double discount = level ? 1.0 / (1.0 + period_rate) : 1.0, due_usd = usd / (double)m;
  if (level) due_usd = usd * period_rate * discount / -expm1(-(double)m * log1p(period_rate));
  for (int32_t j = m; j >= 1; j--) {
    add_instalment(d, t + j, due_usd);
    due_usd *= discount;
  }
}

double capital_debt_draw(capital_debt *d, const capital_debt_terms *k, int32_t t, double rate_frac_per_yr, double year,
                         double want_usd) {
  double granted_usd = least_of(positive(want_usd), capital_debt_undrawn(d, t));
  if (!(granted_usd > 0.0)) return 0.0;
  d->drawn_usd += granted_usd;
  d->balance_usd += granted_usd;
  if (k->draw_tenor > 0) schedule_draw(d, k, t, rate_frac_per_yr * year, granted_usd);
  return granted_usd;
}

// The instalment of period t falls due. A negative one relends interest of the period, as sculpting foresaw; where the
// interest is less than was foreseen, later instalments shrink by the rest. Returns what was relent.
static double fall_due(capital_debt *d, int32_t t, double interest_usd) {
  double due_usd = d->due_usd[t], relent_usd = 0.0;
  d->later_usd = swept(d, d->later_usd - due_usd);
  if (due_usd < 0.0) {
    relent_usd = least_of(-due_usd, interest_usd);
    d->converted_usd += relent_usd;
    if (-due_usd > interest_usd) cut_from_end(d, t, -due_usd - interest_usd);
  } else {
    d->due_principal_usd += due_usd;
  }
  return relent_usd;
}

double capital_debt_accrue(capital_debt *d, const capital_debt_terms *k, int32_t t, double rate_frac_per_yr,
                           double year) {
  double undrawn_usd = capital_debt_undrawn(d, t), rate = positive(rate_frac_per_yr) * year;
  double interest_usd = d->balance_usd * rate, capitalised_usd = 0.0;

  d->overdue_usd = d->due_fee_usd + d->due_interest_usd;
  if (undrawn_usd > 0.0 || d->balance_usd > 0.0)
    d->due_fee_usd += (undrawn_usd * k->commitment_fee_frac_per_yr + k->agency_usd_per_yr) * year;

  if (!d->accelerated) {
    double building_usd = d->balance_usd == d->converted_usd ? 0.0 : unconverted_usd(d) * rate;
    if (k->capitalises && building_usd > 0.0) capitalised_usd = least_of(building_usd, unused_usd(d));
    if (d->due_usd[t] != 0.0) capitalised_usd += fall_due(d, t, interest_usd - building_usd);
  }
  if (capitalised_usd != 0.0) {
    d->capitalised_usd += capitalised_usd;
    d->balance_usd += capitalised_usd;
  }
  double arisen_usd = positive(interest_usd - capitalised_usd);
  if (d->overdue_usd > 0.0)
    arisen_usd += d->overdue_usd * (positive(rate_frac_per_yr + k->default_margin_frac_per_yr) * year);
  d->due_interest_usd += arisen_usd;
  // The last instalment takes the rounding of all before it.
  if (!(swept(d, d->balance_usd - d->due_principal_usd) > 0.0)) d->due_principal_usd = d->balance_usd;
  return capitalised_usd;
}

void capital_debt_convert(capital_debt *d, int32_t t, double usd, const double *principal_frac, int32_t m) {
  double converted_usd = least_of(positive(usd), unconverted_usd(d));
  if (!(converted_usd > 0.0)) return;
  d->converted_usd += converted_usd;
  int32_t last = m < d->n - t ? t + m : d->n - 1;  // beyond the horizon there is no schedule
  double  later_usd = d->later_usd;
  for (int32_t s = t + 1; s <= last; s++) {
    double instalment_usd = principal_frac[s - t - 1] * converted_usd;
    d->due_usd[s] += instalment_usd;
    later_usd += instalment_usd;
  }
  d->later_usd = later_usd;
  if (last > t && last > d->last) d->last = last;
}

capital_debt_paid capital_debt_due(const capital_debt *d) {
  return (capital_debt_paid){d->due_fee_usd, d->due_interest_usd, d->due_principal_usd};
}

// Takes what is due out of *usd. A hair that is left, because sums of doubles do not split exactly, is no arrears.
static double take(const capital_debt *d, double *due_usd, double *usd) {
  double paid_usd = least_of(*due_usd, *usd);
  *due_usd = swept(d, *due_usd - paid_usd);
  *usd -= paid_usd;
  return paid_usd;
}

// The balance falls by usd, `converted_usd` of it on schedule; rounding that is left at the end goes.
static void reduce(capital_debt *d, double usd, double converted_usd) {
  int all_converted = d->converted_usd == d->balance_usd && converted_usd == usd;
  d->balance_usd = positive(swept(d, d->balance_usd - usd));
  d->converted_usd =
      all_converted ? d->balance_usd : least_of(positive(swept(d, d->converted_usd - converted_usd)), d->balance_usd);
  d->due_principal_usd = least_of(d->due_principal_usd, d->balance_usd);
}

capital_debt_paid capital_debt_pay(capital_debt *d, double usd) {
  capital_debt_paid paid = capital_debt_due(d);
  if (!(usd > 0.0)) return (capital_debt_paid){0.0, 0.0, 0.0};
  if (usd >= paid.fee_usd + paid.interest_usd + paid.principal_usd) {  // the rule: all of it, to the last bit
    d->due_fee_usd = d->due_interest_usd = d->due_principal_usd = d->overdue_usd = 0.0;
  } else {
    paid.fee_usd = take(d, &d->due_fee_usd, &usd);
    paid.interest_usd = take(d, &d->due_interest_usd, &usd);
    paid.principal_usd = take(d, &d->due_principal_usd, &usd);
    d->overdue_usd = positive(swept(d, d->overdue_usd - paid.fee_usd - paid.interest_usd));  // oldest first
  }
  d->fee_usd += paid.fee_usd;
  d->interest_usd += paid.interest_usd;
  if (!(paid.principal_usd > 0.0)) return paid;
  reduce(d, paid.principal_usd, paid.principal_usd);
  d->principal_usd += paid.principal_usd;
  return paid;
}

double capital_debt_prepay(capital_debt *d, const capital_debt_terms *k, int32_t t, double usd) {
  double open_usd = swept(d, d->balance_usd - d->due_principal_usd), unconverted = unconverted_usd(d);
  double taken_usd = least_of(positive(usd), open_usd);
  if (!(taken_usd > 0.0)) return 0.0;
  if (k->prepays_pro_rata) {
    double left_frac = 1.0 - taken_usd / open_usd;
    for (int32_t s = t + 1; s <= d->last; s++) d->due_usd[s] *= left_frac;
    d->later_usd *= left_frac;
    reduce(d, taken_usd, taken_usd - unconverted * (1.0 - left_frac));
  } else {  // latest first: what is not on the schedule yet, what lies beyond the horizon, then the last instalments
    double unscheduled_usd = positive(swept(d, open_usd - d->later_usd));
    if (taken_usd > unscheduled_usd) cut_from_end(d, t, taken_usd - unscheduled_usd);
    reduce(d, taken_usd, positive(taken_usd - unconverted));
  }
  d->prepaid_usd += taken_usd;
  return taken_usd;
}

void capital_debt_accelerate(capital_debt *d) {
  d->accelerated = 1;
  d->later_usd = 0.0;
  d->converted_usd = d->due_principal_usd = d->balance_usd;
}

double capital_debt_write_off(capital_debt *d) {
  double loss_usd = d->balance_usd;
  capital_debt_accelerate(d);
  d->lost_usd += loss_usd;
  d->balance_usd = d->converted_usd = d->due_principal_usd = 0.0;
  d->due_fee_usd = d->due_interest_usd = d->overdue_usd = 0.0;
  return loss_usd;
}

// ---- Cover ----------------------------------------------------------------------------------------------

static double ratio_of(double cash_usd, double claim_usd) {
  return claim_usd > 0.0 ? cash_usd / claim_usd : (double)NAN;
}

void capital_cover_run(const double *cfads_usd, const double *interest_usd, const double *principal_usd,
                       const double *balance_usd, const double *rate_frac_per_yr, const double *year, int32_t n,
                       capital_cover *out) {
  double loan_usd = 0.0, project_usd = 0.0;  // values at the start of t
  int    alive = 0;                          // within the loan's life, seen from the end
  for (int32_t t = n; t-- > 0;) {
    double opening_usd = t > 0 ? balance_usd[t - 1] : 0.0, discount = discount_of(rate_frac_per_yr, year, t);
    double service_usd = interest_usd[t] + principal_usd[t];
    alive |= service_usd > 0.0 || opening_usd > 0.0;
    project_usd = (project_usd + cfads_usd[t]) * discount;
    if (alive) loan_usd = (loan_usd + cfads_usd[t]) * discount;
    out->dscr[t] = ratio_of(cfads_usd[t], service_usd);
    out->icr[t] = ratio_of(cfads_usd[t], interest_usd[t]);
    out->llcr[t] = ratio_of(loan_usd, opening_usd);
    out->plcr[t] = ratio_of(project_usd, opening_usd);
  }
}

double capital_cover_least(const double *ratio, int32_t n) {
  double least = (double)NAN;
  for (int32_t t = 0; t < n; t++)
    if (!(ratio[t] >= least)) least = isnan(ratio[t]) ? least : ratio[t];
  return least;
}

double capital_cover_average(const double *ratio, int32_t n) {
  double  sum = 0.0;
  int32_t counted = 0;
  for (int32_t t = 0; t < n; t++) {
    if (isnan(ratio[t])) continue;
    sum += ratio[t];
    counted++;
  }
  return counted ? sum / (double)counted : (double)NAN;
}

// ---- Margin loan ----------------------------------------------------------------------------------------

double capital_margin_call(const capital_margin *k, double balance_usd, double worth_usd) {
  return balance_usd > k->call_frac * worth_usd ? positive(balance_usd - k->restore_frac * worth_usd) : 0.0;
}

double capital_margin_sale(const capital_margin *k, double balance_usd, double worth_usd, double haircut_frac) {
  double excess_usd = balance_usd - k->restore_frac * worth_usd, relief = 1.0 - haircut_frac - k->restore_frac;
  if (!(excess_usd > 0.0)) return 0.0;
  return relief > 0.0 ? least_of(excess_usd / relief, positive(worth_usd)) : positive(worth_usd);
}
