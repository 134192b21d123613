#include "storage.h"

#include <math.h>

#include "../base/number.h"

enum { SHIFT_GROUPS = 64 };

power_shift power_battery_shift(const power_battery *b, const double *weight_frac, const double *price_usd_per_mwh,
                                int32_t n, double hours_h) {
  power_shift  out = {0};
  const double both_frac = b->store_frac * b->dispatch_frac;
  double       given_mwh[SHIFT_GROUPS] = {0}, left_mwh = b->mw * b->hours_h * b->dispatch_frac * hours_h / 24.0;
  for (; b->mw > 0.0 && n <= SHIFT_GROUPS && left_mwh > 1e-9;) {
    // The dearest and the cheapest group that are not used up; a group either gives or takes.
    int32_t dear = -1, cheap = -1;
    for (int32_t i = 0; i < n; i++) {
      const double room_mwh = weight_frac[i] * hours_h * b->mw - fabs(given_mwh[i]);
      if (!(room_mwh > 1e-9)) continue;
      if (given_mwh[i] >= 0.0 && (dear < 0 || price_usd_per_mwh[i] > price_usd_per_mwh[dear])) dear = i;
      if (given_mwh[i] <= 0.0 && (cheap < 0 || price_usd_per_mwh[i] < price_usd_per_mwh[cheap])) cheap = i;
    }
    if (dear < 0 || cheap < 0 || dear == cheap) break;
    const double gain = price_usd_per_mwh[dear] - price_usd_per_mwh[cheap] / both_frac - b->usd_per_mwh_out;
    if (!(gain > 0.0)) break;
    double       move_mwh = weight_frac[dear] * hours_h * b->mw - given_mwh[dear];
    const double can_take_mwh = (weight_frac[cheap] * hours_h * b->mw + given_mwh[cheap]) * both_frac;
    if (can_take_mwh < move_mwh) move_mwh = can_take_mwh;
    if (left_mwh < move_mwh) move_mwh = left_mwh;
    given_mwh[dear] += move_mwh;
    given_mwh[cheap] -= move_mwh / both_frac;
    left_mwh -= move_mwh;
    out.discharge_mwh += move_mwh;
    out.charge_mwh += move_mwh / both_frac;
    out.saved_usd += move_mwh * gain;
  }
  return out;
}

void power_month_store(const power_month_in *in, const power_battery *b, power_month_out *out) {
  const double both_frac = b->store_frac * b->dispatch_frac;
  const double spare_mwh = number_most(0.0, in->grid_mw * in->hours_h - out->grid_mwh);
  double       cycles_mwh = b->mw * b->hours_h * b->dispatch_frac * in->hours_h / 24.0, price[POWER_GROUPS];
  if (!(cycles_mwh > 0.0)) return;

  // Hours that lack power first: what they would lose is worth more than any price.
  const double cover_mwh = number_least(number_least(out->curtailed_mwh, cycles_mwh),
                                        number_least(spare_mwh * both_frac, b->mw * in->hours_h));
  double charge_mwh = cover_mwh / both_frac, discharge_mwh = cover_mwh;
  if (cover_mwh > 0.0) {
    const double left_frac = 1.0 - cover_mwh / out->curtailed_mwh, it_mwh = cover_mwh / in->pue_frac;
    out->curtailed_mwh -= cover_mwh;
    out->it_mwh += it_mwh;
    out->overhead_mwh += cover_mwh - it_mwh;
    out->it_served_mw = out->it_mwh / in->hours_h;
    out->water_m3 = out->it_mwh * in->wue_l_per_kwh;
    out->throttled_gpu_h *= left_frac, out->paused_gpu_h *= left_frac;
    out->shed_gpu_h *= left_frac, out->lost_usd *= left_frac;
    out->energy_usd += charge_mwh * (in->energy_usd_per_mwh * in->groups->paid_frac + in->delivery_usd_per_mwh);
    out->om_usd += cover_mwh * b->usd_per_mwh_out;
  }

  // What is left of its cycles and of the grid moves from cheap to dear hours.
  power_battery rest = *b;
  rest.hours_h *= 1.0 - cover_mwh / cycles_mwh;
  rest.mw = number_least(b->mw, (spare_mwh - charge_mwh) / in->hours_h);
  for (int k = 0; k < POWER_GROUPS; k++)
    price[k] = in->energy_usd_per_mwh * in->groups->price_frac[k] + in->delivery_usd_per_mwh;
  const power_shift moved = power_battery_shift(&rest, in->groups->weight_frac, price, POWER_GROUPS, in->hours_h);
  charge_mwh += moved.charge_mwh;
  discharge_mwh += moved.discharge_mwh;
  out->energy_usd -= moved.saved_usd + moved.discharge_mwh * b->usd_per_mwh_out;
  out->om_usd += moved.discharge_mwh * b->usd_per_mwh_out;
  out->load_mwh += charge_mwh - discharge_mwh;
  out->overhead_mwh += charge_mwh - discharge_mwh;
  out->grid_mwh += charge_mwh - moved.discharge_mwh;
  out->co2_t += (charge_mwh - moved.discharge_mwh) * in->grid_co2_kg_per_mwh / 1000.0;
  out->coincident_mw = number_most(0.0, out->coincident_mw - number_least(b->mw, b->mw * b->hours_h));
}
