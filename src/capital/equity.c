#include "equity.h"

#include <math.h>

#include "returns.h"

// ---- Tiers ------------------------------------------------------------------------------------------------

// Of what each owner paid or got, the part that counts for a tier.
static double measured_usd(const capital_equity_terms *k, int32_t tier, const double *usd) {
  int32_t owner = k->tier[tier].measured;
  if (owner >= 0) return usd[owner];
  double sum = 0.0;
  for (int32_t i = 0; i < k->n_owner; i++) sum += usd[i];
  return sum;
}

void capital_equity_open(const capital_equity_terms *k, capital_equity_state *s) {
  for (int32_t t = 0; t < k->n_tier; t++) s->balance_usd[t] = 0.0;
}

void capital_equity_accrue(const capital_equity_terms *k, capital_equity_state *s, double year) {
  for (int32_t t = 0; t + 1 < k->n_tier; t++)
    if (s->balance_usd[t] != 0.0) s->balance_usd[t] *= pow(1.0 + k->tier[t].hurdle_frac_per_yr, year);
}

void capital_equity_call(const capital_equity_terms *k, capital_equity_state *s, double usd, double *paid_usd) {
  for (int32_t i = 0; i < k->n_owner; i++) paid_usd[i] = k->call_frac[i] * usd;
  for (int32_t t = 0; t + 1 < k->n_tier; t++) s->balance_usd[t] += measured_usd(k, t, paid_usd);
}

// Cash that meets a tier's hurdle, at most `left`.
static double tier_takes(const capital_equity_terms *k, const capital_equity_state *s, int32_t tier, double got_usd,
                         double left_usd) {
  if (tier + 1 == k->n_tier || isnan(k->tier[tier].hurdle_frac_per_yr)) return left_usd;
  double lacks = s->balance_usd[tier] - got_usd;
  double share = k->tier[tier].measured < 0 ? 1.0 : k->tier[tier].share_frac[k->tier[tier].measured];
  if (!(lacks > 0.0)) return 0.0;
  return lacks < left_usd * share ? lacks / share : left_usd;
}

void capital_equity_distribute(const capital_equity_terms *k, capital_equity_state *s, double usd, double *got_usd) {
  double left = usd;
  for (int32_t i = 0; i < k->n_owner; i++) got_usd[i] = 0.0;
  for (int32_t t = 0; t < k->n_tier && left > 0.0; t++) {
    double takes = tier_takes(k, s, t, measured_usd(k, t, got_usd), left);
    for (int32_t i = 0; i < k->n_owner; i++) got_usd[i] += k->tier[t].share_frac[i] * takes;
    left -= takes;
  }
  for (int32_t t = 0; t + 1 < k->n_tier; t++) s->balance_usd[t] -= measured_usd(k, t, got_usd);
}

// ---- Flip -------------------------------------------------------------------------------------------------

#define REACHED 1e-9  // of all flows: what a price solved for the target leaves by rounding must not cost a period

int32_t capital_flip_run(const capital_flip *k, const double *cash_usd, const double *tax_usd, int32_t n,
                         double *investor_usd, double *developer_usd, double *irr_to_date) {
  int32_t flip = n;
  double  worth = 0.0, size = 0.0;  // of the investor's flows so far, compounded at the target: the sign of their NPV
  for (int32_t t = 0; t < n; t++) {
    double cash_share = t == 0 ? k->equity_frac : t < flip ? k->cash_before_frac : k->cash_after_frac;
    double tax_share = t < flip ? k->tax_before_frac : k->tax_after_frac;
    investor_usd[t] = cash_share * cash_usd[t] + tax_share * tax_usd[t];
    developer_usd[t] = cash_usd[t] + tax_usd[t] - investor_usd[t];
    worth = worth * (1.0 + k->target_frac) + investor_usd[t];
    size = size * (1.0 + k->target_frac) + fabs(investor_usd[t]);
    if (t > 0 && flip == n && worth >= -REACHED * size) flip = t + 1;
    if (!irr_to_date) continue;
    capital_irr_result irr;
    (void)capital_irr(investor_usd, (size_t)t + 1, &irr);  // no IRR or several: NaN
    irr_to_date[t] = irr.rate_frac;
  }
  return flip;
}
