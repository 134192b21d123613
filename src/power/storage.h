// Storage: what a battery makes of a month of representative hours (hours.h). By the hour: dispatch.h.
#ifndef POWER_STORAGE_H
#define POWER_STORAGE_H

#include "dispatch.h"
#include "hours.h"

// What a battery moves in a month between groups of hours (power/hours.h): from the cheapest to the dearest, one full cycle a
// day at most and its power in any hour, while a MWh given is worth more than what it took and its wear.
typedef struct power_shift {
  double charge_mwh, discharge_mwh;  // at the meter
  double saved_usd;                  // on the grid's bill, less wear
} power_shift;

// weight_frac, price_usd_per_mwh: (n), n <= 64, weights of sum 1; hours_h: of the month. Groups do not know days, so several dear
// hours in a row count as if spread out: an upper estimate. Source: definitions. About 1 us.
power_shift power_battery_shift(const power_battery *battery, const double *weight_frac, const double *price_usd_per_mwh,
                                int32_t n, double hours_h);

// Lays a battery over a month that power_month has made of `in`. It first gives what hours lack, as far as a full cycle a day, its
// power and what the grid has left allow; what remains moves from cheap to dear hours; and it is full when the hour of most load comes.
// Its losses count as load and overhead, its wear as O&M, so that grid + onsite + curtailed = load and it + overhead = grid + onsite hold as
// before. The demand charge stays that of the month without it. Groups know no days: an upper estimate. Source: definitions. 1 to 2 us.
void power_month_store(const power_month_in *in, const power_battery *battery, power_month_out *inout);

#endif
