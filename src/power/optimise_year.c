// Optimise: a year at given sizes, exactly, by dynamic programming, and the duals that prove it.
//
// Values of stored energy are convex and piecewise linear, so one backward pass over the curves of the hours gives the
// best plan, and the plan's slopes are the duals of the linear programme: any duals give a valid cut, these a tight one.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/number.h"
#include "optimise_parts.h"

struct optimise_year {
  const power_supply  *supply;
  power_order          order;
  power_stack         *stack;    // (n_h)
  power_dispatch_step *curve;    // (n_h x POWER_CURVE_STEPS)
  int32_t             *n_curve;  // (n_h)
  power_dispatch_step *value;    // pool: values at the end of each hour, one behind the other
  size_t               n_value, value_capacity;
  size_t              *first;      // (n_h + 1) where the value at the end of hour t - 1 begins, [n_h]: of the last
  int32_t             *n_of;       // (n_h + 1) its steps
  double              *taken_mwh;  // (n_h) energy taken from the store
  double              *soc_mwh;    // (n_h) at the end of the hour
  double              *low, *high, *slope;  // (n_h) slopes the hour allows; the one chosen
};

optimise_year *optimise_year_create(const power_supply *supply) {
  optimise_year *y = calloc(1, sizeof *y);
  const size_t   n = supply->n_h;
  if (!y) return NULL;
  y->supply = supply;
  y->order = power_order_of(supply);
  y->stack = calloc(n, sizeof *y->stack);
  y->curve = calloc(n, POWER_CURVE_STEPS * sizeof *y->curve);
  y->n_curve = calloc(n, sizeof *y->n_curve);
  y->first = calloc(n + 1, sizeof *y->first);
  y->n_of = calloc(n + 1, sizeof *y->n_of);
  y->taken_mwh = calloc(n, 5 * sizeof *y->taken_mwh);
  if (!y->stack || !y->curve || !y->n_curve || !y->first || !y->n_of || !y->taken_mwh) {
    optimise_year_free(y);
    return NULL;
  }
  y->soc_mwh = y->taken_mwh + n;
  y->low = y->soc_mwh + n;
  y->high = y->low + n;
  y->slope = y->high + n;
  return y;
}

void optimise_year_free(optimise_year *y) {
  if (!y) return;
  free(y->stack);
  free(y->curve);
  free(y->n_curve);
  free(y->value);
  free(y->first);
  free(y->n_of);
  free(y->taken_mwh);
  free(y);
}

// ---- Plan ---------------------------------------------------------------------------------------------------------

// Room for a value that follows one of n_after steps. False: out of memory.
static bool reserve(optimise_year *y, int32_t n_after) {
  const size_t need = y->n_value + (size_t)n_after + POWER_CURVE_STEPS + 1;
  if (need <= y->value_capacity) return true;
  const size_t         more = need < 1024 ? 65536 : 2 * need;
  power_dispatch_step *at = realloc(y->value, more * sizeof *at);
  if (!at) return false;
  y->value = at;
  y->value_capacity = more;
  return true;
}

// Backward over the year from the value in value[first[n_h]]; leaves the value before the first hour in first[0].
static bool value_pass(optimise_year *y, const power_battery *battery) {
  const double charge = battery->mw * battery->store_frac, energy = battery->mw * battery->hours_h;
  for (size_t t = y->supply->n_h; t-- > 0;) {
    if (!reserve(y, y->n_of[t + 1])) return false;
    y->first[t] = y->n_value;
    y->n_of[t] = power_value_before(y->value + y->first[t + 1], y->n_of[t + 1], y->curve + t * POWER_CURVE_STEPS,
                                    y->n_curve[t], charge, energy, y->value + y->n_value);
    y->n_value += (size_t)y->n_of[t];
  }
  return true;
}

// The year repeats: what is stored at its end is worth what it is worth at its beginning. Two passes: values forget
// their end as soon as the store is once full and once empty.
static bool values(optimise_year *y, const power_battery *battery) {
  const size_t n = y->supply->n_h;
  y->n_value = 0;
  if (!reserve(y, 1)) return false;
  y->value[0] = (power_dispatch_step){0.0, battery->mw * battery->hours_h};
  for (int pass = 0; pass < 2; pass++) {
    const size_t kept = pass ? (size_t)y->n_of[0] : 1;
    if (pass) memmove(y->value, y->value + y->first[0], kept * sizeof *y->value);
    y->first[n] = 0;
    y->n_of[n] = (int32_t)kept;
    y->n_value = kept;
    if (!value_pass(y, battery)) return false;
  }
  return true;
}

// Forward from a stored energy; returns that at the end.
static double follow(optimise_year *y, const power_battery *battery, double soc_mwh) {
  const double charge = battery->mw * battery->store_frac, energy = battery->mw * battery->hours_h;
  for (size_t t = 0; t < y->supply->n_h; t++) {
    double u = power_hour_choice(y->value + y->first[t + 1], y->n_of[t + 1], y->curve + t * POWER_CURVE_STEPS,
                                 y->n_curve[t], charge, energy, soc_mwh);
    soc_mwh -= u;
    // Within rounding of full or empty it is full or empty: the duals below look at that.
    if (soc_mwh < 1e-10 * energy) u += soc_mwh, soc_mwh = 0.0;
    if (soc_mwh > energy * (1.0 - 1e-10)) u += soc_mwh - energy, soc_mwh = energy;
    y->taken_mwh[t] = u;
    y->soc_mwh[t] = soc_mwh;
  }
  return soc_mwh;
}

// ---- Duals --------------------------------------------------------------------------------------------------------

// Slopes of the hour's curve left and right of what was taken.
static void slopes_at(optimise_year *y, size_t t, const power_battery *battery) {
  const power_dispatch_step *curve = y->curve + t * POWER_CURVE_STEPS;
  const double               near = 1e-9 * battery->mw;
  double                     u = -battery->mw * battery->store_frac, low = -HUGE_VAL, high = HUGE_VAL;
  for (int32_t c = 0; c < y->n_curve[t]; c++) {
    if (u < y->taken_mwh[t] - near) low = curve[c].slope;
    u += curve[c].width;
    if (u > y->taken_mwh[t] + near) {
      high = curve[c].slope;
      break;
    }
  }
  y->low[t] = low;
  y->high[t] = high;
}

// One slope for every hour that its curve allows, unchanged from hour to hour unless the store is full (it may fall) or
// empty (it may rise): intervals that can be reached forward, then back from the end; around the year twice.
static void choose_slopes(optimise_year *y, const power_battery *battery) {
  const size_t n = y->supply->n_h;
  const double energy = battery->mw * battery->hours_h;
  double       low = -HUGE_VAL, high = HUGE_VAL;
  for (size_t t = 0; t < n; t++) slopes_at(y, t, battery);
  for (size_t k = 0; k < 2 * n; k++) {
    const size_t t = k % n;
    low = number_most(low, y->low[t]);
    high = number_least(high, y->high[t]);
    if (low > high) low = high = 0.5 * (low + high);  // rounding
    if (k >= n) y->low[t] = low, y->high[t] = high;
    if (y->soc_mwh[t] <= 0.0) high = HUGE_VAL;
    else if (y->soc_mwh[t] >= energy) low = -HUGE_VAL;
  }
  double next = isfinite(low) ? low : isfinite(high) ? high : 0.0;
  for (size_t k = 2 * n; k-- > 0;) {
    const size_t t = k % n;
    if (y->soc_mwh[t] <= 0.0) next = number_least(next, y->high[t]);
    else if (y->soc_mwh[t] >= energy) next = number_most(next, y->low[t]);
    y->slope[t] = next;
  }
}

// The price at which the hour clears: sources, discharge at its cost and energy's value, charge that gives way.
static double clearing_price(const power_stack *stack, double load_mw, const power_battery *battery,
                             double discharge_usd, double charge_usd) {
  const double first = number_least(discharge_usd, charge_usd), second = number_most(discharge_usd, charge_usd);
  double       left = load_mw + battery->mw;  // to be met: load and full charge
  int          used = battery->mw > 0.0 ? 0 : 2;
  for (int32_t i = 0; i < stack->n;) {
    const double battery_usd = used == 0 ? first : second;
    const bool   of_battery = used < 2 && battery_usd <= stack->usd_per_mwh[i];
    left -= of_battery ? battery->mw : stack->below_mw[i + 1] - stack->below_mw[i];
    if (left <= 0.0) return of_battery ? battery_usd : stack->usd_per_mwh[i];
    if (of_battery) used++;
    else i++;
  }
  return stack->usd_per_mwh[stack->n - 1];
}

static void cut_hour(const optimise_year *y, size_t t, const optimise_sizes *sizes, const power_battery *battery,
                     optimise_cut *cut) {
  const power_supply *s = y->supply;
  const double        value = -y->slope[t], next = -y->slope[(t + 1) % s->n_h];  // USD per MWh stored
  const double discharge_usd = battery->usd_per_mwh_out + (battery->mw > 0.0 ? value / battery->dispatch_frac : 0.0);
  const double charge_usd = value * battery->store_frac;
  const double price = clearing_price(&y->stack[t], s->load_mw[t], battery, discharge_usd, charge_usd);
  cut->at_zero_usd += price * s->load_mw[t];
  for (int32_t i = 0; i < s->n_source; i++) {
    const double gain = number_most(0.0, price - s->source[i].usd_per_mwh);
    cut->saved.source_mw[i] += s->source[i].avail_frac ? gain * s->source[i].avail_frac[t] : gain;
  }
  const double gain = number_most(0.0, price - s->grid_usd_per_mwh[t]);
  const double limit = s->grid_frac ? s->grid_mw * s->grid_frac[t] : s->grid_mw;
  if (s->demand_usd_per_mw_month > 0.0 && sizes->peak_mw[s->month[t]] < limit) cut->saved.peak_mw[s->month[t]] += gain;
  else cut->at_zero_usd -= gain * limit;
  if (battery->mw > 0.0)
    cut->saved.battery_mw += number_most(0.0, price - discharge_usd) + number_most(0.0, charge_usd - price) +
                             battery->hours_h * number_most(0.0, next - value);
}

// ---- The year -----------------------------------------------------------------------------------------------------

bool optimise_year_solve(optimise_year *y, const optimise_sizes *sizes, power_dispatch *out, optimise_cut *cut) {
  const power_supply *s = y->supply;
  power_battery       battery = s->battery;
  battery.mw = sizes->battery_mw;
  for (size_t t = 0; t < s->n_h; t++) {
    // The limit of the month's peak and that of the hour: power_stack_of applies the hour's share, so undo it here.
    const double frac = s->grid_frac ? s->grid_frac[t] : 1.0;
    double       grid_mw = s->grid_mw;
    if (s->demand_usd_per_mw_month > 0.0 && frac > 0.0)
      grid_mw = number_least(grid_mw, sizes->peak_mw[s->month[t]] / frac);
    power_stack_of(s, &y->order, sizes->source_mw, grid_mw, t, &y->stack[t]);
    if (battery.mw > 0.0)
      y->n_curve[t] = power_hour_walk(&y->stack[t], s->load_mw[t], &battery, true, HUGE_VAL,
                                      y->curve + t * POWER_CURVE_STEPS, NULL);
  }
  double soc_mwh = 0.0;
  if (battery.mw > 0.0) {
    if (!values(y, &battery)) return false;
    for (int round = 0; round < 4; round++) {
      const double end = follow(y, &battery, soc_mwh);
      if (end == soc_mwh) break;
      soc_mwh = end;
    }
    choose_slopes(y, &battery);
  }
  power_dispatch_clear(out);
  *cut = (optimise_cut){0};
  for (size_t t = 0; t < s->n_h; t++) {
    power_point at = {0.0, 0.0, s->load_mw[t]};
    if (battery.mw > 0.0) power_hour_walk(&y->stack[t], s->load_mw[t], &battery, true, y->taken_mwh[t], NULL, &at);
    power_hour_record(s, &y->stack[t], t, &at, battery.mw > 0.0 ? y->soc_mwh[t] : 0.0, out);
    cut_hour(y, t, sizes, &battery, cut);
  }
  power_dispatch_close(s, out);
  return true;
}
