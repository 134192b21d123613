// Dispatch: who serves each hour's load, at least cost, and what is left unserved.
//
// One campus on hourly arrays: a grid with its price, sources of constant marginal cost with hourly availability
// (turbines, engines, cells, solar, wind, diesel, interruptible load, in any order), one battery, shedding. The rule here
// sees two days ahead, as an operator does; optimise.h computes what a planner who knew the year would have paid.
// No allocation and no I/O: memory is the caller's. Powers are MW at the campus's meter, hours are whole (dt_h = 1).
#ifndef POWER_DISPATCH_H
#define POWER_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/diag.h"

enum {
  POWER_SOURCES = 8,
  POWER_BILL_MONTHS = 12,
  POWER_LOOKAHEAD_H = 48,  // the rule plans so many hours
  POWER_STEP_H = 24        // and carries out so many of them
};

// Anything with a constant cost per MWh.
typedef struct power_source {
  const char   *name;         // for messages
  double        mw;           // most it can give at availability 1; not read where it is to be sized
  double        usd_per_mwh;  // fuel, carbon and variable O&M, or the price of the contract; may be negative (credits)
  const double *avail_frac;   // (n_h), >= 0; NULL: 1
  bool          extendable;   // sized by power_optimise within 0 .. max_mw (HUGE_VAL: no limit)
  double        max_mw, annual_usd_per_mw;
  double        co2_kg_per_mwh;  // counted, not priced: the price of carbon is part of usd_per_mwh
} power_source;

typedef struct power_battery {
  double mw;                         // of charge and of discharge, each at the meter; 0: none
  double hours_h;                    // energy over power
  double store_frac, dispatch_frac;  // efficiency of each way, (0, 1]
  double usd_per_mwh_out;            // wear
  bool   extendable;
  double max_mw, annual_usd_per_mw;  // per MW of power, its hours included
} power_battery;

typedef struct power_supply {
  size_t         n_h;
  const int32_t *month;                // (n_h) 0 .. 11, of the demand charge
  const double  *load_mw;              // (n_h) >= 0
  const double  *grid_usd_per_mwh;     // (n_h) all that a MWh from the grid costs, basis, adders and carbon included
  const double  *grid_frac;            // (n_h) share of the limit that may be drawn, 0 .. 1 (curtailment); NULL: 1
  const double  *grid_co2_kg_per_mwh;  // (n_h) counted, not priced; NULL: none
  double         grid_mw;              // import limit
  double         demand_usd_per_mw_month;
  double         demand_least_mw;  // billed at least, every month; within grid_mw
  int32_t        n_source;
  power_source   source[POWER_SOURCES];
  power_battery  battery;
  double         shed_usd_per_mwh;  // value of load not served; HUGE_VAL: none may be shed
} power_supply;

// Results; the arrays are the caller's and may be NULL.
typedef struct power_dispatch {
  double  energy_usd;  // of all MWh, shed ones included
  double  demand_usd;
  double  co2_t;  // of grid and sources
  double  grid_mwh, source_mwh[POWER_SOURCES], shed_mwh, charge_mwh, discharge_mwh, load_mwh;
  double  peak_mw[POWER_BILL_MONTHS];  // highest grid draw of the month
  size_t  worst_h;                     // hour of the most shedding
  double  worst_mw;                    // 0: none
  double *grid_mw, *shed_mw;           // (n_h)
  double *source_mw;                   // (n_source x n_h), row-major
  double *charge_mw, *discharge_mw;    // (n_h)
  double *soc_mwh;                     // (n_h) at the end of the hour
} power_dispatch;

// Checks what neither rule nor programme could use. Errors, the first to diags with its hour: SG_ERR_RANGE (load negative
// or not finite, price not finite, availability negative or not finite, sizes, efficiencies, months out of range),
// SG_ERR_LIMIT (too many sources). A negative price is valid.
sg_err power_supply_check(const power_supply *supply, sg_diags *diags);

// Whether every hour could be served without battery and shedding; else the hour with the largest gap and that gap.
bool power_supply_suffices(const power_supply *supply, size_t *worst_h, double *gap_mw);

// A step of a convex curve: so much width at that slope.
typedef struct power_dispatch_step {
  double slope, width;
} power_dispatch_step;

// What the rule needs while it runs; contents mean nothing between calls.
enum { POWER_CURVE_STEPS = 2 * (POWER_SOURCES + 2) + 4, POWER_VALUE_STEPS = POWER_LOOKAHEAD_H * POWER_CURVE_STEPS + 1 };
typedef struct power_dispatch_memory {
  int32_t             n_curve[POWER_LOOKAHEAD_H], n_value[POWER_STEP_H + 1];
  power_dispatch_step curve[POWER_LOOKAHEAD_H][POWER_CURVE_STEPS];
  power_dispatch_step value[POWER_STEP_H + 1][POWER_VALUE_STEPS];
  power_dispatch_step spare[POWER_VALUE_STEPS];
} power_dispatch_memory;

// The rule. Without battery: merit order, hour by hour. With one: every 24 hours the cheapest plan for the next 48 by
// dynamic programming over convex, piecewise linear values of the stored energy (exact for that window), of which the
// first 24 are carried out. Looking only 24 hours ahead empties the battery each midnight. The battery begins empty,
// never charges and discharges in one hour, and is empty at the end of the year, since the last window sees nothing
// behind it. The demand charge is billed but not planned for: power_optimise does.
// supply: as power_supply_check allows. memory may be NULL where there is no battery. Source: reference in
// docs/validation-power-supply.md; inf-convolution of convex functions, Rockafellar, Convex Analysis, 1970, sec. 5.
void power_dispatch_run(const power_supply *supply, power_dispatch_memory *memory, power_dispatch *out);

#endif
