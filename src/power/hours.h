// Hours: a month as two dozen representative hours, and what a campus draws, pays and lacks in it.
//
// A year's hours are sorted by price, and by load where prices are equal; each month is cut into groups, small ones where prices or
// loads are extreme, and each group is the mean of its hours. So the month's energy, heat and bill of all it takes are exact, a spike
// keeps its size, and merit order on the groups is nearly that of the hours: docs/validation-power.md says how nearly. Pure, no
// allocation.
#ifndef POWER_HOURS_H
#define POWER_HOURS_H

#include "weather.h"

enum { POWER_GROUPS = 24 };  // of a month; the first is its hour of most load, alone

// One month. Weights sum to 1, and weighted means are those of the hours (of prices: by load). A group without hours weighs 0 and repeats another.
typedef struct power_groups {
  double weight_frac[POWER_GROUPS];
  double price_frac[POWER_GROUPS];  // price over its level, as the year was given
  double load_frac[POWER_GROUPS];   // facility load over the month's mean
  double hot_frac[POWER_GROUPS];    // of the way from 15 to 38 degC; more beyond, 0 below
  double paid_frac;                 // price over its level, mean by load
  double from_frac[POWER_GROUPS],
      to_frac[POWER_GROUPS];  // of the year's hours, the dearest first: where its hours begin, end
} power_groups;

// Hours of a year, arrays (n_h). Any number of hours a month, but at least one.
typedef struct power_hours_of_year {
  int32_t        n_h;
  const int32_t *month;       // 0 .. 11
  const double  *price_frac;  // over a level; NULL: 1
  const double  *load;        // facility load at a flat IT load, > 0, any scale
  const double  *dry_degc;
  const int32_t *order;  // (n_h) its hours by falling price, where the caller knows; NULL: found here
} power_hours_of_year;

typedef struct power_hour {
  double  price_frac, load, hot_frac;
  int32_t hour, rank;
} power_hour;

// scratch: (2 n_h). Ties: more load first, then the earlier hour.
void power_groups_fill(const power_hours_of_year *year, power_hour *scratch, power_groups out[POWER_MONTHS]);

// ---- The month --------------------------------------------------------------------------------------------

// What work would go where power is short, all of one campus: first what idles is switched off, then all slow down, then
// training pauses, then service is shed (power_shortage). Shares of the load, GPU-hours and what one of them earns.
typedef struct power_at_stake {
  double train_frac, serve_frac;  // of the load; the rest idles
  double gpus;                    // that the whole load runs
  double train_usd_per_gpu_h, serve_usd_per_gpu_h;
} power_at_stake;

// Inputs of one month. All finite, powers and prices >= 0 but for energy_usd_per_mwh and price_frac.
typedef struct power_month_in {
  const power_groups *groups;
  double              it_mw;  // mean IT load
  double              hours_h;
  double              pue_frac, wue_l_per_kwh;  // of the month
  double              grid_mw;                  // import limit
  double              withheld_mw;              // of it, what the utility may withhold
  double              withheld_frac;            // share of the year's hours in which it does: the dearest
  double              onsite_mw;                // on-site power to be expected at 15 degC and below
  double              onsite_hot_mw;            // at 38 degC; in between and beyond by a straight line
  double              onsite_limit_mw;          // that permits allow; HUGE_VAL: all
  double              energy_usd_per_mwh;       // the level: an hour's price is that x price_frac + delivery
  double              delivery_usd_per_mwh;
  double              demand_usd_per_mw_month;
  double              minimum_mw;  // least billed demand
  double              gas_usd_per_mmbtu;
  double              grid_co2_kg_per_mwh;
  double              heat_rate_mmbtu_per_mwh, om_usd_per_mwh, onsite_co2_kg_per_mwh;
  power_at_stake      work;
} power_month_in;

typedef struct power_month_out {
  double load_mw;       // facility load wanted, mean
  double it_served_mw;  // IT load that was supplied
  double load_mwh;      // energy wanted = grid + onsite + curtailed
  double grid_mwh, onsite_mwh, curtailed_mwh;
  double it_mwh, overhead_mwh;    // energy used: it + overhead = grid + onsite
  double peak_mw;                 // most that a group draws from the grid
  double coincident_mw;           // drawn from it in the month's hour of most load
  double energy_usd, demand_usd;  // paid to the utility
  double fuel_usd, om_usd;        // of on-site generation
  double water_m3;
  double co2_t;
  double throttled_gpu_h, paused_gpu_h, shed_gpu_h;  // lost for want of power
  double lost_usd;                                   // what they would have earned
} power_month_out;

// Energy, bill and losses of a month.
//   load = it pue load_frac; on-site power = min(limit, cool - (cool - hot) hot_frac)
//   group by group the cheaper source serves first up to its limit, the other next, the rest is lacking;
//   withheld hours are apart from the others in each group; billed demand = max(minimum, peak).
// Identities to rounding: grid + onsite + curtailed = load, it + overhead = grid + onsite. Means of heat rate are at full
// load; batteries and the demand charge do not steer the dispatch: assumptions, see docs/assumptions.md#dispatch.
// Losses: power_shortage with POWER_THROTTLE_*. Under 50 ns where nothing is withheld or lacking.
void power_month(const power_month_in *in, power_month_out *out);

// Clocks may fall until running work draws a fifth less; that takes a tenth of the work, as chips are least efficient at
// their highest clocks: assumption, see docs/assumptions.md#shortage.
#define POWER_THROTTLE_FRAC      0.20
#define POWER_THROTTLE_LOSS_FRAC 0.5  // work lost over power saved

#endif
