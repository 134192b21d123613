// Supply: something limited that everyone waits for: transformers, turbines, racks.
//
// Deliveries begin a lead time after the order, never before an earliest date, and grow in a straight line to a monthly
// rate. They are granted in plan order, so need is counted cumulatively: more rate, a shorter lead or less need before
// one delays nobody.
#ifndef BUILD_SUPPLY_H
#define BUILD_SUPPLY_H

#include "../base/calendar.h"

typedef struct build_supply {
  double lead_day;        // from order to first delivery, >= 0
  double earliest_day;    // no delivery before this day number; -HUGE_VAL: none
  double rate_per_month;  // at the plateau, units a month (of 365.2425 / 12 days); HUGE_VAL: no limit; <= 0: nothing comes
  double ramp_day;        // from first delivery to the plateau, >= 0
} build_supply;

// Day at which the first unit can be there: max(order_day + lead_day, earliest_day).
double build_supply_first_day(const build_supply *supply, double order_day);

// Cumulative deliveries by `day`, units. With t days since the first delivery, r units a day, ramp T:
//   r t^2 / (2 T)  for t < T,   r (t - T / 2)  from then on
double build_supply_delivered(const build_supply *supply, double order_day, double day);

// The day by which deliveries cover need_before + need (units): the inverse of the above. need <= 0: -HUGE_VAL, nothing is
// waited for. HUGE_VAL: never. order_day: when the programme's first order was placed.
double build_supply_ready_day(const build_supply *supply, double order_day, double need_before, double need);

#endif
