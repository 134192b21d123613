// Hubs: what hourly markets and the weather of the same hours make of a campus's months.
//
// A market with hourly history has its prices of 2020 to 2024 and the weather of a city in it, hour by hour. For each place (a
// station, a cooling design, a market) the five years become representative hours: weather moved to the site's monthly means,
// prices over the level of their month. A scenario repeats one of these years in each calendar year, prices and weather
// together, so that what met then meets again; the level follows gas and season with an error that lasts (power/price.h).
#ifndef TWIN_HUBS_H
#define TWIN_HUBS_H

#include "../power/hours.h"
#include "../power/price.h"
#include "model.h"

enum { TWIN_HUB_FIRST_YEAR = 2020, TWIN_HUB_YEARS = 5, TWIN_PLACE_YEARS = 1 + TWIN_HUB_YEARS };

// A month at a place, in one year. Over the typical year's month of the same cooling design: ratios of what is above PUE 1, of
// water.
typedef struct twin_place_month {
  power_groups groups;
  double       overhead_frac, water_frac;
} twin_place_month;

// year[0]: of the plan and of what is past: typical weather and, with a hub, the hours of its middle year, each month's mean
// price 1. year[1 ..]: 2020 .. 2024, over the programme's own price: their mean is 1.
typedef struct twin_place {
  int32_t          weather, cooling, hub, n_year;  // n_year 1: without a hub
  twin_place_month year[TWIN_PLACE_YEARS][POWER_MONTHS];
} twin_place;

// Fills m->place, by campus (campuses alike share one), and m->hub_process, of which only levels are fitted. Errors: those of the
// files' readers, SG_ERR_MEMORY. About 10 ms for each market, 2 ms for each place.
sg_err twin_make_places(twin_model *m, sg_diags *diags);

// Which year of a place a scenario repeats in a calendar year: 1 .. TWIN_HUB_YEARS, the same at all places.
int32_t twin_hub_year(stream s, int32_t calendar_year);

// Hours of a year that was not, like the market's five: the process of power/price.h, fitted to all their hours, under the
// offer cap as it stands, with gas in each month at its mean of these years; who scales the year to a mean of his own is left
// with gas only in what the cap cuts. hub: not POWER_HUB_NONE. usd_per_mwh: (POWER_YEAR_HOURS), no leap day.
// Errors: those of the files' readers, SG_ERR_MEMORY. About 15 ms.
sg_err twin_hub_draw(int32_t hub, uint64_t seed, sg_diags *diags, double *usd_per_mwh);

// Level of a hub's price over the programme's own, months from..n (before `from`: 1, what is known).
//   f = exp(b x + e - v / 2),   e' = phi e + sd sqrt(1 - phi^2) (rho demand_z + sqrt(1 - rho^2) z)
// x: logarithm of gas over its own path (n), 0 at `from`; v: variance of b x + e, so that the mean of f is 1. z, demand_z: (n)
// normals of the steps; gas_z of x' = (1 - k) x + s (gas_demand demand_z + ...): k, s of a month. factor: (n), may be z.
typedef struct twin_hub_walk {
  double gas_reversion, gas_step, gas_demand;  // k, s, correlation with demand
  double demand;                               // rho
} twin_hub_walk;
void twin_hub_levels(const power_price_process *p, const twin_hub_walk *walk, const double *x, const double *demand_z,
                     const double *z, int32_t from, int32_t n, double *factor);

#endif
