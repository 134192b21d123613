// Classes: everything that a programme file may name, in one list; the structs that belong to no single domain.
#ifndef TWIN_CLASSES_H
#define TWIN_CLASSES_H

#include "../base/field.h"
#include "../programme/model.h"

// Order of twin_classes. TOP and SHARE stand first, as `programme` expects.
typedef enum twin_class {
  CLASS_TOP, CLASS_SHARE, CLASS_PARTY, CLASS_ASSET, CLASS_CONTRACT, CLASS_CONTRACT_TYPE, CLASS_GATE_KIND, CLASS_GATE,
  CLASS_PERIMETER, CLASS_CAMPUS, CLASS_BUILDINGS, CLASS_BUILDING_TYPE, CLASS_ACTIVITY, CLASS_CREW, CLASS_SUPPLY, CLASS_WEATHER,
  CLASS_WEATHER_MONTH, CLASS_COOLING, CLASS_GRID, CLASS_PLANT, CLASS_GENERATION, CLASS_TARIFF, CLASS_ACCELERATOR,
  CLASS_FABRIC, CLASS_RACK, CLASS_MODEL, CLASS_RUN, CLASS_RELIABILITY, CLASS_SERVICE, CLASS_RENT, CLASS_MARKET, CLASS_SHOCK, CLASS_EFFECT,
  CLASS_PROMISE, CLASS_FACT, CLASS_BATTERY, CLASS_STORAGE, CLASS_COUNT
} twin_class;

extern const class_row *const twin_class_rows[CLASS_COUNT];

static inline programme_classes twin_classes(void) { return (programme_classes){ twin_class_rows, CLASS_COUNT, NULL }; }

// Top of the file.
typedef struct twin_top {
  int32_t    name;          // empty: the top has no name of its own
  int32_t    programme;     // text
  double     as_of_day;     // last day of what was known
  double     start_day;     // first month of the report; NaN: month of as_of
  double     horizon_day;   // length of the report
  int32_t    about;         // text list read by the compiler; here so that help and schema know it
  int32_t    owner;         // party that builds and borrows where a campus names none
  int32_t    operator_;     // party that runs the machine and sells services where a campus names none
  double     contingency_frac;
  field_span parties_inside; // parties whose money counts as the programme's; empty: all that are not outside parties
} twin_top;

typedef struct twin_campus {
  int32_t    name;
  int32_t    copy;             // 0, or 1.. among copies of one row
  int32_t    like;             // row of the campus whose dates are shifted to this one's start; -1
  double     works_start_day;  // first site work
  double     first_day;        // first site work of the first copy
  double     every_day;        // between copies
  field_span buildings, grid, generation, storage;
  int32_t    weather, cooling, racks, tariff;
  double     facility_frac;    // peak facility over IT: design and firm supply; explicit, uncertain
  double     permit_mw;        // on-site generation that permits allow; NaN: no limit
  double     nonfirm_frac;     // share of the load that may stand on supply that is not firm
  double     permit_t_yr;      // carbon dioxide of it in any twelve months; NaN: no limit
  double     lost_load_usd_per_mwh;  // above which load is rather shed than served; NaN: never
  double     step_mw;          // of load within seconds that the grid's operator allows; NaN: not stated
  double     capital_frac_yr;  // cost of capital of on-site supply, where sizes are compared
  double     cost_frac;        // construction cost at tender over the estimate
  double     rework_frac;      // durations at this campus over the catalogue's
  int32_t    crews;            // of each trade on site; -1: as the trade says
  int32_t    owner, operator_, buyer, otherwise;  // parties
  field_span consent;          // parties that must agree on the site
  double     min_demand_frac;  // demand path, against its start, below which nothing new is begun
  double     opex_usd_per_mw_yr;     // staff, maintenance, insurance per MW of IT
  double     jobs_build_per_mw, jobs_run_per_mw;
  double     outage_frac;      // share of capacity that an event keeps down; shocks move it
  int32_t    renews;           // 1: racks at the end of their life are replaced by new ones of the same kind
  double     long_stop_day;    // after the planned start of works: what has not begun by then is given up
  double     cancel_frac;      // of the budget, paid when a building is given up after orders were placed
  double     restart_frac;     // of the budget, paid when paused works begin again
  double     hold_flag;        // > 0: the site is in dispute and nothing new starts; shocks move it
} twin_campus;

// A group of equal buildings.
typedef struct twin_buildings {
  int32_t name;
  int32_t count;
  int32_t type;          // building type
  double  it_mw;         // design IT load of each; NaN: from facility_mw
  double  facility_mw;   // design peak of each at the meter; NaN: from it_mw
  double  from_day;      // not begun before; NaN: with the campus
} twin_buildings;

// What one kind of consent asks of those who decide (build domain gives the arithmetic).
typedef struct twin_gate {
  int32_t    name;
  int32_t    kind;       // gate kind
  field_span campuses;   // empty: all
  field_span deciders;   // parties
  double     takes_day, disagrees_frac;  // NaN: as the kind says
  int32_t    rounds;     // -1: as the kind says
} twin_gate;

typedef struct twin_perimeter {
  int32_t    name;
  field_span parties, campuses;
} twin_perimeter;

// A monthly path. x: logarithm of level over mean; x' = x (1 - reversion dt) + volatility sqrt(dt) z, level grows by drift.
typedef struct twin_market {
  int32_t name;
  double  level;               // of the first month; index 1 where the path scales other prices
  double  drift_frac_yr, volatility_frac_yr, reversion_yr, demand_frac;  // demand_frac: correlation with demand
} twin_market;

typedef struct twin_shock {
  int32_t    name;
  double     from_day;         // NaN: by hazard
  double     hazard_yr;        // events per year; NaN: dated
  double     odds_frac;        // of a dated one
  double     lasts_day;        // NaN: to the end
  field_span effects;
} twin_shock;

typedef struct twin_effect {
  int32_t name;
  int32_t path;                // input path, `*` stands for any part
  double  factor, set;         // times; or set to (in the field's own unit)
} twin_effect;

typedef struct twin_promise {
  int32_t name;
  int32_t who, says, metric, at_least, at_most, source, also;  // texts
  int32_t perimeter;
  double  by_day;
  double  made_day;
} twin_promise;

typedef struct twin_fact {
  int32_t name;
  int32_t metric, value, source;  // texts
  double  date_day;
  double  tolerance_frac;
} twin_fact;

#endif
