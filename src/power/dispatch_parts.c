// Dispatch, inside: see dispatch_parts.h.
#include "dispatch_parts.h"

#include <math.h>
#include <string.h>

#include "../base/number.h"

double power_shed_price(const power_supply *supply) {
  return number_least(supply->shed_usd_per_mwh, POWER_NO_SHED_USD_PER_MWH);
}

power_order power_order_of(const power_supply *supply) {
  power_order order = {.n = supply->n_source};
  for (int32_t i = 0; i < order.n; i++) {
    int32_t k = i;
    for (; k > 0 && supply->source[order.at[k - 1]].usd_per_mwh > supply->source[i].usd_per_mwh; k--)
      order.at[k] = order.at[k - 1];
    order.at[k] = i;
  }
  return order;
}

static void stack_add(power_stack *stack, int32_t of, double usd_per_mwh, double mw) {
  if (mw <= 0.0) return;
  stack->of[stack->n] = of;
  stack->usd_per_mwh[stack->n] = usd_per_mwh;
  stack->below_mw[stack->n + 1] = stack->below_mw[stack->n] + mw;
  stack->n++;
}

void power_stack_of(const power_supply *supply, const power_order *order, const double *size_mw, double grid_mw,
                    size_t t, power_stack *out) {
  out->n = 0;
  out->below_mw[0] = 0.0;
  const double grid_usd = supply->grid_usd_per_mwh[t], shed_usd = power_shed_price(supply);
  const double limit_mw = supply->grid_frac ? grid_mw * supply->grid_frac[t] : grid_mw;
  bool         grid_in = grid_usd >= shed_usd, shed_in = false;  // dearer than shedding: never used
  for (int32_t k = 0; k < order->n && !shed_in; k++) {
    const power_source *source = &supply->source[order->at[k]];
    if (!grid_in && grid_usd <= source->usd_per_mwh) {
      stack_add(out, POWER_OF_GRID, grid_usd, limit_mw);
      grid_in = true;
    }
    shed_in = source->usd_per_mwh >= shed_usd;
    const double mw = source->avail_frac ? size_mw[order->at[k]] * source->avail_frac[t] : size_mw[order->at[k]];
    if (!shed_in) stack_add(out, order->at[k], source->usd_per_mwh, mw);
  }
  if (!grid_in) stack_add(out, POWER_OF_GRID, grid_usd, limit_mw);
  stack_add(out, POWER_OF_SHED, shed_usd, HUGE_VAL);
}

// Pools steps whose slopes fall into their mean, so that the curve is its own lower convex hull at its ends.
static int32_t pool(power_dispatch_step *step, int32_t n) {
  int32_t kept = 0;
  for (int32_t i = 0; i < n; i++) {
    power_dispatch_step s = step[i];
    while (kept > 0 && step[kept - 1].slope > s.slope) {
      const power_dispatch_step *back = &step[--kept];
      const double               width = back->width + s.width;
      s = (power_dispatch_step){(back->slope * back->width + s.slope * s.width) / width, width};
    }
    step[kept++] = s;
  }
  return kept;
}

int32_t power_hour_walk(const power_stack *stack, double load_mw, const power_battery *battery, bool both,
                        double stop_mwh, power_dispatch_step *curve, power_point *at) {
  const double in = battery->store_frac, out = 1.0 / battery->dispatch_frac, mw = battery->mw;
  double       charge = mw, discharge = 0.0, x = load_mw + mw, u = -in * mw;
  int32_t      i = 0, n = 0;
  while (i + 1 < stack->n && stack->below_mw[i + 1] < x) i++;
  while (u < stop_mwh) {
    while (i > 0 && x <= stack->below_mw[i]) i--;
    const double room = x - stack->below_mw[i], usd = stack->usd_per_mwh[i];
    // The three moves: charge less, discharge more, more of both (which burns energy: only in a linear programme).
    double  slope = HUGE_VAL, most = 0.0, per_mw = 1.0;
    int32_t move = 0;
    if (charge > 0.0 && room > 0.0) slope = -usd / in, most = number_least(charge, room), per_mw = in, move = 1;
    if (discharge < mw && room > 0.0 && (both || charge <= 0.0)) {
      const double other = (battery->usd_per_mwh_out - usd) / out;
      if (other < slope) slope = other, most = number_least(mw - discharge, room), per_mw = out, move = 2;
    }
    if (both && charge < mw && discharge < mw && out - in > 1e-9) {
      const double other = battery->usd_per_mwh_out / (out - in);
      if (other < slope) slope = other, most = number_least(mw - charge, mw - discharge), per_mw = out - in, move = 3;
    }
    if (!move) break;
    const bool   last = u + most * per_mw >= stop_mwh;
    const double step = last ? (stop_mwh - u) / per_mw : most;
    if (curve && n < POWER_CURVE_STEPS) curve[n++] = (power_dispatch_step){slope, step * per_mw};
    if (move != 2) charge = move == 3 ? number_least(mw, charge + step) : number_most(0.0, charge - step);
    if (move != 1) discharge = mw - discharge == step ? mw : number_least(mw, discharge + step);
    if (move != 3) x = step == room ? stack->below_mw[i] : x - step;
    u += step * per_mw;
    if (last) break;
  }
  if (at) *at = (power_point){charge, discharge, load_mw + charge - discharge};
  return curve && !both ? pool(curve, n) : n;
}

int32_t power_value_before(const power_dispatch_step *after, int32_t n_after, const power_dispatch_step *curve,
                           int32_t n_curve, double charge_mwh, double energy_mwh, power_dispatch_step *before) {
  double  skip = charge_mwh, keep = energy_mwh;
  int32_t n = 0, a = 0, c = 0;
  while (keep > 0.0 && (a < n_after || c < n_curve)) {
    const bool          from_curve = a >= n_after || (c < n_curve && curve[c].slope < after[a].slope);
    power_dispatch_step s = from_curve ? curve[c++] : after[a++];
    if (skip >= s.width) {
      skip -= s.width;
      continue;
    }
    s.width = number_least(s.width - skip, keep);
    skip = 0.0;
    keep -= s.width;
    if (n > 0 && before[n - 1].slope == s.slope) before[n - 1].width += s.width;
    else before[n++] = s;
  }
  // What rounding lost of the width, so that it cannot add up over a year.
  if (n > 0 && keep > 0.0) before[n - 1].width += keep;
  return n;
}

double power_hour_choice(const power_dispatch_step *after, int32_t n_after, const power_dispatch_step *curve,
                         int32_t n_curve, double charge_mwh, double energy_mwh, double soc_mwh) {
  double  u = -charge_mwh, left = 0.0;  // left: of the step of `after` below the energy that would remain
  int32_t a = n_after, c = 0;
  double  end = soc_mwh + charge_mwh, need = end - energy_mwh;  // need > 0: would not fit, so it must not be charged
  if (need < 0.0) {
    // Down from full to what would remain.
    double down = -need;
    while (a > 0 && down >= after[a - 1].width) down -= after[--a].width;
    left = a > 0 ? after[a - 1].width - down : 0.0;
    need = 0.0;
  } else if (a > 0) {
    left = after[a - 1].width;
  }
  for (; c < n_curve; c++) {
    double width = curve[c].width;
    if (need > 0.0) {
      const double forced = number_least(width, need);
      need -= forced;
      u += forced;
      width -= forced;
    }
    while (width > 0.0 && a > 0) {
      if (left <= 0.0) {
        if (--a == 0) break;
        left = after[a - 1].width;
      }
      if (curve[c].slope >= after[a - 1].slope) return u;
      const double step = number_least(width, left);
      u += step;
      width -= step;
      left -= step;
    }
    if (a == 0) break;
  }
  return u;
}

void power_hour_record(const power_supply *supply, const power_stack *stack, size_t t, const power_point *at,
                       double soc_mwh, power_dispatch *out) {
  double of[POWER_STACK] = {0}, usd = at->discharge_mw * supply->battery.usd_per_mwh_out;
  for (int32_t i = 0; i < stack->n && stack->below_mw[i] < at->x_mw; i++) {
    const double mw = number_least(at->x_mw, stack->below_mw[i + 1]) - stack->below_mw[i];
    of[stack->of[i]] = mw;
    usd += mw * stack->usd_per_mwh[i];
  }
  out->energy_usd += usd;
  out->grid_mwh += of[POWER_OF_GRID];
  out->shed_mwh += of[POWER_OF_SHED];
  out->charge_mwh += at->charge_mw;
  out->discharge_mwh += at->discharge_mw;
  out->load_mwh += supply->load_mw[t];
  double *peak_mw = &out->peak_mw[supply->month[t]];
  *peak_mw = number_most(*peak_mw, of[POWER_OF_GRID]);
  if (of[POWER_OF_SHED] > out->worst_mw) out->worst_mw = of[POWER_OF_SHED], out->worst_h = t;
  if (supply->grid_co2_kg_per_mwh) out->co2_t += of[POWER_OF_GRID] * supply->grid_co2_kg_per_mwh[t] / 1000.0;
  for (int32_t i = 0; i < supply->n_source; i++) {
    out->source_mwh[i] += of[i];
    out->co2_t += of[i] * supply->source[i].co2_kg_per_mwh / 1000.0;
  }
  if (out->grid_mw) out->grid_mw[t] = of[POWER_OF_GRID];
  if (out->shed_mw) out->shed_mw[t] = of[POWER_OF_SHED];
  if (out->charge_mw) out->charge_mw[t] = at->charge_mw;
  if (out->discharge_mw) out->discharge_mw[t] = at->discharge_mw;
  if (out->soc_mwh) out->soc_mwh[t] = soc_mwh;
  for (int32_t i = 0; out->source_mw && i < supply->n_source; i++) out->source_mw[(size_t)i * supply->n_h + t] = of[i];
}

void power_dispatch_clear(power_dispatch *out) {
  const power_dispatch was = *out;
  *out = (power_dispatch){.grid_mw = was.grid_mw,
                          .shed_mw = was.shed_mw,
                          .source_mw = was.source_mw,
                          .charge_mw = was.charge_mw,
                          .discharge_mw = was.discharge_mw,
                          .soc_mwh = was.soc_mwh};
}

void power_dispatch_close(const power_supply *supply, power_dispatch *out) {
  out->demand_usd = 0.0;
  for (int m = 0; m < POWER_BILL_MONTHS; m++) 
    out->demand_usd += number_most(supply->demand_least_mw, out->peak_mw[m]) * supply->demand_usd_per_mw_month;
}
