// Power study: one campus as the plan leaves it, through a year of 8,760 hours: load, cooling, sources, bill, carbon.
//
// Where the twin takes means of a month, here every hour of the site's year is priced and limited. All numbers are those of
// the plan; nothing is drawn.
#ifndef TWIN_POWER_STUDY_H
#define TWIN_POWER_STUDY_H

#include "../power/dispatch.h"
#include "../power/tariff.h"
#include "model.h"

enum { POWER_STUDY_HOURS = POWER_YEAR_HOURS, POWER_STUDY_WORST = 5, POWER_STUDY_WHOLE = POWER_MONTHS };

typedef struct twin_power_opts {
  const char *campus;      // name; NULL or "": the one with the most IT load
  int32_t     year;        // as it stands at the end of that calendar year; 0: at the last simulated month
  int32_t     price_year;  // whose hours of the market shape the price; 0: the last one built in
} twin_power_opts;

// One month, or the whole year: sums and means of its hours.
typedef struct twin_power_sum {
  double hours_h;
  double it_mwh;         // wanted by the racks, less what cooling cannot carry
  double it_served_mwh;  // of it supplied
  double facility_mwh;   // wanted = grid + onsite + curtailed
  double grid_mwh, onsite_mwh, curtailed_mwh;
  double throttled_mwh;   // of IT, above what cooling can carry
  double pue_frac;        // facility_mwh over it_mwh
  double table_pue_frac;  // the same by the twin's monthly table
  double water_m3, wue_l_per_kwh;
  double peak_mw;                  // largest hour of the facility
  double grid_peak_mw, billed_mw;  // the year: largest month
  double energy_usd, demand_usd;   // to the utility
  double fuel_usd, om_usd;         // of on-site units
  double total_usd;                // these four
  double usd_per_mwh;              // total over energy supplied, 0 where none is
  double co2_t;
} twin_power_sum;

// What one kind of on-site unit gives over the year; the grid's are in the sums.
typedef struct twin_power_unit {
  const char *name;  // of the plant
  double      mw;    // expected: derated, less forced outages, within the permit
  double      fuel_usd_per_mwh, om_usd_per_mwh, co2_kg_per_mwh;  // fuel: mean over the months
  double      mwh, fuel_usd, om_usd, co2_t;
} twin_power_unit;

// Hours of the year, 0 .. n - 1, that stand out, the worst first.
typedef struct twin_power_worst {
  int32_t n, hour[POWER_STUDY_WORST];
} twin_power_worst;

// Everything; names point into the model, arrays of (n_h) and (n_unit x n_h) into the study.
typedef struct twin_power_study {
  arena           *a;
  const char      *campus, *weather, *cooling, *tariff;
  const char      *market;        // whose hours shape the price: "ERCOT"; NULL: one price a month
  int32_t          price_year;    // 0 where market is NULL
  int32_t          state_month;   // calendar month (1970-01: 0) at whose end the campus is taken
  int32_t          year;          // calendar year whose prices are paid
  bool             clock;         // false: the hours are quantiles of months, rising within each
  double           design_it_mw;  // of racks in commissioned halls
  double           load_frac;     // mean draw over it
  double           gpus;
  double           design_peak_mw;  // facility at the site's design day and full load
  double           grid_limit_mw;   // NaN: no limit is stated
  double           firm_mw;         // NaN: without limit
  int32_t          n_h, n_unit;
  int32_t         *month;  // 0 .. 11
  double          *dry_degc, *it_mw, *pue_frac, *wue_l_per_kwh, *facility_mw;
  double          *grid_mw, *curtailed_mw;
  double          *unit_mw;            // (n_unit x n_h), row-major
  double          *price_usd_per_mwh;  // of a MWh from the grid, delivery included
  double          *energy_usd, *fuel_usd, *om_usd, *co2_kg;
  double          *demand_usd;  // the month's charge, spread evenly over its hours
  twin_power_unit  unit[POWER_SOURCES];
  power_bill       bill;                        // of the utility
  twin_power_sum   sum[POWER_MONTHS + 1];       // [POWER_STUDY_WHOLE]: the year
  twin_power_worst hottest, dearest, shortest;  // by dry bulb, by cost, by power lacking (none lacks: n 0)
} twin_power_study;

// Month, day and hour (0 .. 23) in which hour t of the year begins. No leap day.
typedef struct twin_power_clock {
  int32_t month, day, hour;  // 0 .. 11, 1 .. 31
} twin_power_clock;
twin_power_clock twin_power_clock_of(int32_t t);

double twin_power_units_mw(const twin_power_study *s, int32_t t);  // what all units on site give in hour t

// Runs the year. The model must outlive *out, which is NULL on error. Findings go to diags. Errors: SG_ERR_NAME (no such
// campus); SG_ERR_RANGE (no racks stand by then; a year that is not simulated; a price year that is not built in); SG_ERR_LIMIT
// (more kinds of unit than POWER_SOURCES); SG_ERR_MEMORY. About 1 ms.
sg_err twin_power_study_run(const twin_model *m, const twin_power_opts *opts, sg_diags *diags, twin_power_study **out);
void   twin_power_study_free(twin_power_study *s);  // NULL is fine

#endif
