// Power sizing: what a campus's year of power would have cost at the least, and with which sizes of turbines, engines,
// batteries, sun, wind and grid.
//
// A fresh choice for the load that a study found: every kind of plant that the programme names or the catalogue offers and
// that can serve in time, within the grid's limit and the permit, by the exact programme of power/optimise.h. It knows the
// whole year beforehand, sizes are not whole units, and no reserve is held for the loss of one: the plan's own cost beside it
// carries both.
#ifndef TWIN_POWER_SIZING_H
#define TWIN_POWER_SIZING_H

#include "power_study.h"

enum { POWER_SIZING_ITEMS = POWER_SOURCES + 1 };  // plants, and a battery

typedef struct twin_power_item {
  const char *name;
  bool        in_time;     // could serve by then if ordered at the programme's as_of, or does
  double      serves_day;  // from which, ordered at as_of
  double      mw;
  double      owning_usd_per_mw_yr;  // recovered cost and fixed upkeep
  double      worth_usd_per_mw_yr;   // what the next MW would save in a year, its own cost aside; NaN: not in time
  double      running_usd_per_mwh;   // at full load; of a battery: wear
  double      mwh, owning_usd, running_usd;
} twin_power_item;

typedef struct twin_power_sizing {
  arena          *a;
  int32_t         n_item;
  twin_power_item item[POWER_SIZING_ITEMS];
  double          grid_limit_mw, grid_peak_mw, grid_mwh;  // limit NaN: none
  double          grid_worth_usd_per_mw_yr;               // of a MW more of that limit; 0 where it does not bind
  double          permit_mw, permit_worth_usd_per_mw_yr;  // NaN: none
  double          energy_usd, demand_usd, running_usd, owning_usd, lost_usd;
  double          cost_usd;   // their sum
  double          bound_usd;  // no plan of these costs less
  double          load_mwh, shed_mwh, co2_t;
  double          plan_usd;  // the study's, in the same parts
} twin_power_sizing;

// Sizes for the load, the prices and the grid of `study`, made from the same model and options. Findings go to diags.
// Errors: SG_ERR_LIMIT (the load cannot be served in some hour, and nothing may be shed: which, by how much; too many kinds);
// those of power_optimise; SG_ERR_MEMORY. Seconds. The study must outlive *out, which is NULL on error.
sg_err twin_power_sizing_run(const twin_model *m, const twin_power_opts *opts, const twin_power_study *study,
                             sg_diags *diags, twin_power_sizing **out);
void   twin_power_sizing_free(twin_power_sizing *z);  // NULL is fine

#endif
