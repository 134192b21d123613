// Power study: one campus as the plan leaves it, through a year of 8,760 hours: load, cooling, sources, bill, carbon.
//
// Where the twin takes means of a month, here every hour of the site's year is priced and limited. All numbers are those of
// the plan; nothing is drawn but, where asked for, the hours of the market.
#ifndef TWIN_POWER_STUDY_H
#define TWIN_POWER_STUDY_H

#include "../power/dispatch.h"
#include "../power/plant.h"
#include "../power/tariff.h"
#include "model.h"

enum {
  POWER_STUDY_HOURS = POWER_YEAR_HOURS,
  POWER_STUDY_WORST = 5,
  POWER_STUDY_WHOLE = POWER_MONTHS,
  POWER_STUDY_OUT = 3,        // N, N+1, N+2
  POWER_STUDY_COINCIDENT = 4  // peaks of ERCOT: June to September
};

typedef struct twin_power_opts {
  const char *campus;      // name; NULL or "": the one with the most IT load
  int32_t     year;        // as it stands at the end of that calendar year; 0: at the last simulated month
  int32_t     price_year;  // whose hours of the market shape the price; 0: the last one built in, with
                           // the site's typical weather; else the weather of the same hours
  bool     drawn;          // the hours are drawn, see twin_hub_draw, in place of those of a year; typical weather
  uint64_t price_seed;     // of the draw
  double   it_mw;          // IT load that racks are made for; 0: what stands by plan
} twin_power_opts;

// One month, or the whole year: sums and means of its hours.
typedef struct twin_power_sum {
  double hours_h;
  double it_mwh;         // wanted by the racks, less what cooling cannot carry
  double it_served_mwh;  // of it supplied
  double facility_mwh;   // wanted = grid + onsite + discharge - charge + curtailed
  double grid_mwh, onsite_mwh, charge_mwh, discharge_mwh, curtailed_mwh;
  double firm_it_mw;      // that grid and machines carry in every hour with the largest out; NaN: no limit
  double throttled_mwh;   // of IT, above what cooling can carry
  double pue_frac;        // facility_mwh over it_mwh
  double table_pue_frac;  // the same by the twin's monthly table
  double water_m3, wue_l_per_kwh;
  double peak_mw;                  // largest hour of the facility
  double grid_peak_mw, billed_mw;  // the year: largest month
  double energy_usd, demand_usd;   // to the utility
  double fuel_usd, om_usd;         // of on-site units, wear of batteries included
  double total_usd;                // these four
  double usd_per_mwh;              // total over energy supplied, 0 where none is
  double co2_t;
} twin_power_sum;

// What one kind of on-site unit gives over the year; the grid's are in the sums.
typedef struct twin_power_unit {
  const char        *name;  // of the plant
  const power_plant *plant;
  int32_t            units;
  double             mw;          // of all units at ISO conditions
  double            *avail_frac;  // (n_h) of mw: by heat, height and outages, or by sun and wind, within permits
  double             mean_mw;     // expected of an hour, over the year
  double             heat_rate_mmbtu_per_mwh;  // over the year, part load included; 0 where none runs
  double             mwh, fuel_usd, om_usd, co2_t;
} twin_power_unit;

// The four summer peaks of ERCOT, with the dearest hour of each of these months in place of the system's highest.
typedef struct twin_power_peaks {
  int32_t n, hour[POWER_STUDY_COINCIDENT];  // the dearest of each month
  double  mean_mw;                          // drawn from the grid in them
  double  usd;  // of the year, as the tariff charges them, or if its demand charge went by their mean
  double  battery_mw, battery_usd;  // what batteries could take off that mean, and off that charge
} twin_power_peaks;

// Hours of the year, 0 .. n - 1, that stand out, the worst first.
typedef struct twin_power_worst {
  int32_t n, hour[POWER_STUDY_WORST];
} twin_power_worst;

// Everything; names point into the model, arrays of (n_h) and (n_unit x n_h) into the study.
typedef struct twin_power_study {
  arena           *a;
  const char      *campus, *weather, *cooling, *tariff;
  const char      *city;        // whose weather of the price year was moved to the site; NULL: a typical year
  const char      *market;      // whose hours shape the price: "ERCOT"; NULL: one price a month
  int32_t          price_year;  // 0 where market is NULL or its hours are drawn
  bool             drawn;       // from those of all years, with price_seed
  uint64_t         price_seed;
  int32_t          state_month;   // calendar month (1970-01: 0) at whose end the campus is taken
  int32_t          year;          // calendar year whose prices are paid
  bool             clock;         // false: the hours are quantiles of months, rising within each
  double           design_it_mw;  // of racks in commissioned halls
  double           load_frac;     // mean draw over it
  double           gpus;
  double           design_peak_mw;  // facility at the site's design day and full load
  double           grid_limit_mw;   // NaN: no limit is stated
  double           firm_mw;         // NaN: without limit
  double           withheld_mw;     // of the grid's, in the dearest hours: so many
  int32_t          withheld_h;
  double          *grid_frac;                     // (n_h) share of the limit that may be drawn; NULL: all
  double           machines_mw[POWER_STUDY_OUT];  // of machines in the hottest hour: all, less the largest, less two
  double           permit_frac;                   // share of machines that their permit of tonnes leaves; 1: all
  power_battery    battery;                       // mw 0: none
  power_swing      swing;                         // of one run of all racks, within seconds
  double           step_mw;                       // that the grid's operator allows; NaN: not stated
  power_ride       ride;                          // when the grid fails; engines 0: nothing stands by
  int32_t          engines;
  twin_power_peaks peaks;
  double           lost_load_usd_per_mwh;  // NaN: all that can be served is
  double           lost_usd;               // what was not served at that price; 0 where there is none
  double           capital_usd;            // a year of units and batteries: recovery of their cost, and fixed upkeep
  double           gas_usd_per_mmbtu[POWER_MONTHS];
  power_supply     supply;  // what was dispatched; its arrays are those of this study
  int32_t          n_h, n_unit;
  int32_t         *month;  // 0 .. 11
  double          *dry_degc, *it_mw, *pue_frac, *wue_l_per_kwh, *facility_mw;
  double          *grid_mw, *curtailed_mw, *charge_mw, *discharge_mw, *soc_mwh;
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
// campus); SG_ERR_RANGE (no racks stand by then; a year that is not simulated; a price year that is not built in; hours to
// be drawn without a market or a clock); SG_ERR_LIMIT (more kinds of unit than POWER_SOURCES); SG_ERR_MEMORY. About 5 ms.
sg_err twin_power_study_run(const twin_model *m, const twin_power_opts *opts, sg_diags *diags, twin_power_study **out);
void   twin_power_study_free(twin_power_study *s);  // NULL is fine

#endif
