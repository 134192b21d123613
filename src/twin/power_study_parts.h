// Power study, inside: what its parts share. Not for other files than power_study*.c and power_sizing.c.
#ifndef TWIN_POWER_STUDY_PARTS_H
#define TWIN_POWER_STUDY_PARTS_H

#include "power_study.h"

// What the steps of one study share.
typedef struct study_in {
  const twin_model   *m;
  const twin_view    *v;
  const twin_campus  *row;
  const power_tariff *tariff;
  int32_t             campus, index;  // index: simulated month of the state
  double              day;            // its end, on the clock of the campus's own dates
  double              elevation_m;
  double              it_mw;   // asked for in place of the plan's; 0: the plan's
  bool                paired;  // the weather is that of the prices' hours
  int32_t             price_year;
  bool                drawn;  // the prices' hours, with price_seed
  uint64_t            price_seed;
  sg_diags           *diags;
} study_in;

#define STUDY_REFUSE(in, code, hint, ...) diag_add((in)->diags, SG_ERROR, (code), (diag_place){0}, (hint), __VA_ARGS__)

// Which month and campus are meant, and their rows. Errors: those of twin_power_study_run.
sg_err study_find(const twin_model *m, const twin_power_opts *opts, sg_diags *diags, study_in *in);

// Factor of a row of markets by plan in calendar month `month` of the study's year.
double study_market_factor(const study_in *in, int32_t market, int32_t month);

// Units, batteries and grid through the year: who serves each hour, fuel by part load, permits; N+k, seconds, ride-through.
sg_err study_supply(const study_in *in, twin_power_study *s);
void   study_peaks(const study_in *in, twin_power_study *s);  // after the supply

// Share of its size that a plant can give in each hour: machines by heat, height and outages; sun and wind by the station's sky,
// where it has one. avail_frac: (n_h).
void study_availability(const study_in *in, const twin_power_study *s, const power_plant *plant, double *avail_frac);

// What a MWh of it costs to run at full load, and a MW of it a year: recovered cost and fixed upkeep.
double study_running_usd_per_mwh(const twin_power_study *s, const power_plant *plant);
double study_owning_usd_per_mw_yr(const study_in *in, const power_plant *plant);
double study_battery_usd_per_mw_yr(const study_in *in, const power_battery_kind *kind);

#endif
