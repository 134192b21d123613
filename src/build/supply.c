// Supply: see supply.h.
#include "supply.h"

#include <math.h>

double build_supply_first_day(const build_supply *supply, double order_day) {
  return fmax(order_day + fmax(supply->lead_day, 0.0), supply->earliest_day);
}

double build_supply_delivered(const build_supply *supply, double order_day, double day) {
  double t = day - build_supply_first_day(supply, order_day), ramp = fmax(supply->ramp_day, 0.0);
  if (!(t >= 0.0) || !(supply->rate_per_month > 0.0)) return 0.0;
  double rate = supply->rate_per_month / CALENDAR_DAYS_PER_MONTH;
  return t < ramp ? rate * t * t / (2.0 * ramp) : rate * (t - ramp / 2.0);
}

double build_supply_ready_day(const build_supply *supply, double order_day, double need_before, double need) {
  if (!(need > 0.0)) return -HUGE_VAL;
  double total = fmax(need_before, 0.0) + need, ramp = fmax(supply->ramp_day, 0.0);
  double first = build_supply_first_day(supply, order_day);
  if (!(supply->rate_per_month > 0.0)) return HUGE_VAL;
  if (supply->rate_per_month == HUGE_VAL) return first;
  double full_day = total * CALENDAR_DAYS_PER_MONTH / supply->rate_per_month;  // at the plateau's rate
  // The ramp delivers what half its length at the plateau would.
  return full_day < ramp / 2.0 ? first + sqrt(2.0 * ramp * full_day) : first + full_day + ramp / 2.0;
}
