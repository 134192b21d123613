// Optimise: see optimise.h.
#include "optimise.h"

#include <math.h>

#include "../base/number.h"
#include "optimise_parts.h"

double optimise_size_usd(const power_supply *s, const optimise_sizes *sizes) {
  double usd = s->battery.extendable ? sizes->battery_mw * s->battery.annual_usd_per_mw : 0.0;
  for (int32_t i = 0; i < s->n_source; i++)
    if (s->source[i].extendable) usd += sizes->source_mw[i] * s->source[i].annual_usd_per_mw;
  return usd;
}

void optimise_fixed_sizes(const power_supply *s, optimise_sizes *out) {
  *out = (optimise_sizes){.battery_mw = s->battery.extendable ? 0.0 : s->battery.mw};
  for (int32_t i = 0; i < s->n_source; i++) out->source_mw[i] = s->source[i].extendable ? 0.0 : s->source[i].mw;
}

double optimise_scale_mw(const power_supply *s) {
  double mw = 1.0;
  for (size_t t = 0; t < s->n_h; t++) mw = number_most(mw, s->load_mw[t]);
  return mw;
}

static bool anything_sized(const power_supply *s) {
  bool sized = s->battery.extendable;
  for (int32_t i = 0; i < s->n_source; i++) sized |= s->source[i].extendable;
  return sized;
}

// Shedding that was not allowed: the programme was infeasible.
static sg_err served(const power_supply *s, sg_diags *diags, const power_optimum *out) {
  const power_dispatch *d = &out->dispatch;
  if (s->shed_usd_per_mwh < HUGE_VAL || d->worst_mw <= 1e-6 * optimise_scale_mw(s)) return SG_OK;
  return diag_add(diags, SG_ERROR, SG_ERR_LIMIT, (diag_place){0},
                  "raise a limit, add a source, or give load not served a price",
                  "the limits cannot serve the load: hour %zu lacks %.6g MW, the year %.6g MWh", d->worst_h,
                  d->worst_mw, d->shed_mwh);
}

sg_err power_optimise(const power_supply *supply, power_method method, sg_diags *diags, power_optimum *out) {
  sg_err err = power_supply_check(supply, diags);
  if (err) return err;
  const bool sized = anything_sized(supply) || supply->demand_usd_per_mw_month > 0.0;
  bool       closed = false;
  if (method == POWER_METHOD_CUTS || (method == POWER_METHOD_AUTO && sized)) {
    err = optimise_cuts(supply, diags, out, &closed);
    if (err) return err;
  }
  if (!closed && method != POWER_METHOD_CUTS) err = optimise_whole(supply, diags, out);
  return err ? err : served(supply, diags, out);
}
