// Tariff: see tariff.h.
#include "tariff.h"

#include <math.h>

#include "../base/number.h"

enum { MONTHS = POWER_BILL_MONTHS };

#define COMPLAIN(code, ...) diag_add(diags, SG_ERROR, (code), (diag_place){0}, NULL, __VA_ARGS__)

static sg_err check_blocks(const power_blocks *b, const char *of, sg_diags *diags) {
  if (b->n < 0 || b->n > POWER_BLOCKS)
    return COMPLAIN(SG_ERR_LIMIT, "%d blocks of %s; at most %d", b->n, of, POWER_BLOCKS);
  for (int32_t i = 0; i < b->n; i++)
    if (!(b->up_to[i] > (i ? b->up_to[i - 1] : 0.0)) || !isfinite(b->usd[i]))
      return COMPLAIN(SG_ERR_RANGE, "block %d of %s: blocks rise and have a rate", i + 1, of);
  if (b->n > 0 && b->up_to[b->n - 1] < HUGE_VAL) return COMPLAIN(SG_ERR_RANGE, "the last block of %s has no end", of);
  return SG_OK;
}

static sg_err check(const power_terms *t, const double *load_kw, const int32_t *month, size_t n_h, sg_diags *diags) {
  if (t->n_coincident < 0 || t->n_coincident > POWER_COINCIDENT || t->n_interruptible < 0 ||
      t->n_interruptible > POWER_INTERRUPTIBLE)
    return COMPLAIN(SG_ERR_LIMIT, "at most %d coincident charges and %d interruptible blocks", POWER_COINCIDENT,
                    POWER_INTERRUPTIBLE);
  for (size_t h = 0; h < n_h; h++) {
    if (!(load_kw[h] >= 0.0 && load_kw[h] < HUGE_VAL))
      return COMPLAIN(SG_ERR_RANGE, "hour %zu: load is %g kW; it must be a number of at least 0", h, load_kw[h]);
    if (month[h] < 0 || month[h] >= MONTHS)
      return COMPLAIN(SG_ERR_RANGE, "hour %zu: month %d is none", h, month[h] + 1);
    if (t->energy_usd_per_kwh && !isfinite(t->energy_usd_per_kwh[h]))
      return COMPLAIN(SG_ERR_RANGE, "hour %zu: no price", h);
  }
  for (int32_t k = 0; k < t->n_coincident; k++)
    for (int32_t i = 0; i < t->coincident[k].n; i++)
      if (t->coincident[k].hour[i] < 0 || (size_t)t->coincident[k].hour[i] >= n_h)
        return COMPLAIN(SG_ERR_RANGE, "coincident charge %d: hour %d is not of the year", k + 1,
                        t->coincident[k].hour[i]);
  for (int32_t k = 1; k < t->n_interruptible; k++)
    if (!(t->interruptible[k].firm_kw < t->interruptible[k - 1].firm_kw))
      return COMPLAIN(SG_ERR_RANGE, "interruptible block %d: firm power falls from block to block", k + 1);
  const sg_err err = check_blocks(&t->energy, "energy", diags);
  return err ? err : check_blocks(&t->demand, "demand", diags);
}

static double blocks_usd(const power_blocks *b, double amount) {
  double usd = 0.0, from = 0.0;
  for (int32_t i = 0; i < b->n && amount > from; i++) {
    usd += (number_least(amount, b->up_to[i]) - from) * b->usd[i];
    from = b->up_to[i];
  }
  return usd;
}

// Highest peak that the ratchet of `month` looks at.
static double reference_kw(const power_terms *t, const double *peak_kw, int month) {
  double kw = 0.0;
  for (int m = 0; m < MONTHS; m++)
    if (t->ratchet_named >> m & 1u) kw = number_most(kw, peak_kw[m]);
  for (int back = 1; back <= t->ratchet_months && back <= MONTHS; back++) {
    const int m = month - back;
    kw = number_most(kw, m >= 0 ? peak_kw[m] : t->past_peak_kw ? t->past_peak_kw[m + MONTHS] : peak_kw[m + MONTHS]);
  }
  return kw;
}

static double coincident_usd(const power_coincident *c, const double *load_kw) {
  double sum = 0.0, most = 0.0;
  for (int32_t i = 0; i < c->n; i++) {
    sum += load_kw[c->hour[i]];
    most = number_most(most, load_kw[c->hour[i]]);
  }
  return c->n > 0 ? (c->mean ? sum / c->n : most) * c->usd_per_kw : 0.0;
}

// Credit and penalty of one block.
static void interruptible(const power_terms *t, int32_t k, const double *load_kw, const int32_t *month, size_t n_h,
                          power_bill *out) {
  const power_interruptible *b = &t->interruptible[k];
  double                     over_kw[MONTHS] = {0};
  for (size_t h = 0; b->called && h < n_h; h++)
    if (b->called[h]) over_kw[month[h]] = number_most(over_kw[month[h]], load_kw[h] - b->firm_kw);
  for (int m = 0; m < MONTHS; m++) {
    const double top_kw = k ? number_least(out->peak_kw[m], t->interruptible[k - 1].firm_kw) : out->peak_kw[m];
    const double credit = number_most(0.0, top_kw - b->firm_kw) * b->credit_usd_per_kw;
    const double penalty = over_kw[m] * b->penalty_usd_per_kw;
    out->credit_usd += credit;
    out->penalty_usd += penalty;
    out->month_usd[m] += penalty - credit;
  }
}

static void bill_month(const power_terms *t, int m, double hourly_usd, double coincident, power_bill *out) {
  const double kwh = out->energy_kwh[m];
  out->billed_kw[m] = number_most(number_most(out->peak_kw[m], t->ratchet_frac * reference_kw(t, out->peak_kw, m)),
                                  t->minimum_frac * t->contract_kw);
  const double energy = blocks_usd(&t->energy, kwh) + hourly_usd + kwh * t->basis_usd_per_kwh;
  const double demand = out->billed_kw[m] * t->demand_usd_per_kw[m] + blocks_usd(&t->demand, out->billed_kw[m]);
  const double rider = kwh * t->rider_usd_per_kwh + t->rider_frac * (energy + demand + coincident);
  const double bill = t->fixed_usd_per_month + energy + demand + coincident + rider;
  out->energy_usd += energy;
  out->demand_usd += demand;
  out->coincident_usd += coincident;
  out->rider_usd += rider;
  out->fixed_usd += t->fixed_usd_per_month;
  out->minimum_usd += number_most(0.0, t->minimum_usd_per_month - bill);
  out->month_usd[m] = number_most(bill, t->minimum_usd_per_month);
}

sg_err power_bill_run(const power_terms *terms, const double *load_kw, const int32_t *month, size_t n_h,
                      sg_diags *diags, power_bill *out) {
  *out = (power_bill){0};
  const sg_err err = check(terms, load_kw, month, n_h, diags);
  if (err) return err;
  double hourly_usd[MONTHS] = {0}, coincident = 0.0;
  for (size_t h = 0; h < n_h; h++) {
    const int32_t m = month[h];
    out->energy_kwh[m] += load_kw[h];
    out->peak_kw[m] = number_most(out->peak_kw[m], load_kw[h]);
    if (terms->energy_usd_per_kwh) hourly_usd[m] += load_kw[h] * terms->energy_usd_per_kwh[h];
  }
  for (int32_t k = 0; k < terms->n_coincident; k++) coincident += coincident_usd(&terms->coincident[k], load_kw);
  for (int m = 0; m < MONTHS; m++) bill_month(terms, m, hourly_usd[m], coincident / MONTHS, out);
  for (int32_t k = 0; k < terms->n_interruptible; k++) interruptible(terms, k, load_kw, month, n_h, out);
  for (int m = 0; m < MONTHS; m++) out->total_usd += out->month_usd[m];
  return SG_OK;
}
