// Power: what a campus can have, from whom and on which terms.
//
// Arithmetic on plain structs: grid steps and on-site units -> megawatts that can be had; tariffs. The month that is supplied and
// billed: hours.h. Weather, cooling and load by hour: weather.h, cooling.h, load.h. Pure, no allocation.
// Temperatures are degrees Celsius, dates days since 1970-01-01, prices nominal USD of the month concerned.
#ifndef POWER_POWER_H
#define POWER_POWER_H

#include <stdint.h>

#include "../base/field.h"
#include "cooling.h"
#include "dispatch.h"
#include "load.h"
#include "plant.h"
#include "weather.h"

// ---- Supply -----------------------------------------------------------------------------------------------

// One step of a campus's grid connection. Limits are totals, not additions: the largest step in force counts.
typedef struct power_grid {
  int32_t name;
  double  limit_mw;  // import limit from that day on
  double  from_day;
  double  firm_frac;  // share that can be counted on at any hour
  double  withheld_h_per_yr;  // hours in which the utility withholds the rest
} power_grid;

// What a plant is: a machine (power_machine_kind), what follows the weather, or engines that wait for the grid to fail.
enum { POWER_SUN = POWER_MACHINES, POWER_WIND, POWER_STANDBY };

// A kind of on-site generation (catalogue).
typedef struct power_plant {
  int32_t name;
  int32_t kind;                     // power_machine_kind, POWER_SUN, POWER_WIND, POWER_STANDBY
  double  unit_mw;                  // ISO output of one unit
  double  heat_rate_mmbtu_per_mwh;  // higher heating value, net; 0 where no fuel burns
  double  derate_frac;              // share of ISO output left on a hot day at the site
  double  forced_outage_frac;       // share of hours that a unit is out unplanned
  double  capex_usd_per_mw;
  double  om_usd_per_mwh;
  double  co2_kg_per_mwh;
  double  lead_day;  // from order to first power
  double  yield_frac;               // of sun and wind: mean output over size, where no hours say it
  double  fixed_usd_per_mw_yr;      // operation and maintenance whatever it runs
  double  life_day;
  int32_t contract;                 // power_contract_kind: who owns it, and what is paid for
} power_plant;

// A kind of battery (catalogue).
typedef struct power_battery_kind {
  int32_t name;
  double  hours_h;          // energy over power, new
  double  efficiency_frac;  // out over in, both at the meter
  double  wear_usd_per_mwh;
  double  capex_usd_per_mwh;  // installed, converters included
  double  fixed_usd_per_mw_yr;
  double  life_day, lead_day;
  double  calendar_frac;  // of the energy, lost with the square root of years
  double  cycle_frac;     // lost per full cycle
} power_battery_kind;

// Batteries of one kind on a campus.
typedef struct power_storage {
  int32_t name;
  int32_t kind;                   // row of class "battery"
  double  mw;                     // of charge and of discharge
  double  from_day, ordered_day;  // as of a power_generation
} power_storage;

// Units of one kind on a campus. In service from from_day, or, where ordered_day is set, not before ordered + lead.
typedef struct power_generation {
  int32_t name;
  int32_t plant;  // row of class "plant"
  int32_t units;
  double  from_day;     // NaN: ordered + lead
  double  ordered_day;  // NaN: not said
} power_generation;

// What stands on site on a day, all kinds together.
typedef struct power_onsite {
  double unit_mw_max;              // largest unit in service, derated
  double derated_mw;               // all units, derated
  double firm_mw;                  // derated, the largest unit out
  double mean_mw;                  // derated less forced outages: what can be expected of an hour on a hot day
  double cool_mw;                  // the same at 15 degC (ISO) and below
  double heat_rate_mmbtu_per_mwh;  // the next three: means weighted by mean_mw; 0 where there is nothing
  double om_usd_per_mwh;
  double co2_kg_per_mwh;
} power_onsite;

// Grid megawatts in force on `day`: total limit and firm part. grid: (n). Returns 0 before the first step.
double power_grid_limit_mw(const power_grid *grid, int32_t n, double day);
double power_grid_firm_mw(const power_grid *grid, int32_t n, double day);
double power_grid_withheld_h(const power_grid *grid, int32_t n, double day);  // a year, of the step with the largest limit

// Day on which the units, the batteries serve.
double power_generation_day(const power_generation *generation, const power_plant *plant);
double power_storage_day(const power_storage *storage, const power_battery_kind *kind);

double power_storage_capex_usd(const power_storage *storage, const power_battery_kind *kind);

// All batteries of a campus on `day` as one, aged since they serve at a full cycle a day: powers add, energies add, losses
// and wear are means by energy. storage: (n); kind: all rows of class "battery". mw 0: none serves.
power_battery power_storage_on(const power_storage *storage, int32_t n, const power_battery_kind *kind, double day);

// On-site supply on `day`: what waits for the grid to fail is left out; sun and wind are expected at their mean, and
// nothing of them is firm. generation: (n); plant: all rows of class "plant", generation[i].plant in range.
void power_onsite_on(const power_generation *generation, int32_t n, const power_plant *plant, double day,
                     power_onsite *out);

// Firm supply: grid firm + on-site with the largest unit out, the on-site part within permit_mw (NaN: no permit limit).
double power_firm_mw(double grid_firm_mw, double onsite_firm_mw, double permit_mw);

// ---- Tariff -------------------------------------------------------------------------------------------

// What grid energy, gas and demand cost on a campus.
typedef struct power_tariff {
  int32_t name;
  int32_t market;                   // text: name of the price path that scales the energy price; -1: none
  double  energy_usd_per_mwh;       // wholesale or contract energy
  double  delivery_usd_per_mwh;     // added per MWh: losses, ancillary services, riders
  double  demand_usd_per_mw_month;  // per MW of billed demand
  double  minimum_frac;             // billed demand is at least this share of the grid limit
  double  gas_usd_per_mmbtu;        // delivered
  double  grid_co2_kg_per_mwh;
  int32_t hub;                      // power_hub: whose hours its energy price follows
  double  coincident_usd_per_mw_yr; // per MW drawn in the hours of June to September that count, in the year after
} power_tariff;

// Markets with hourly history in data/prices.
enum power_hub { POWER_HUB_NONE, POWER_HUB_ERCOT, POWER_HUB_PJM, POWER_HUB_CAISO, POWER_HUBS };
#define POWER_HUB_WORDS "none|ercot|pjm|caiso"

// ---- Field tables -----------------------------------------------------------------------------------------

extern const class_row power_grid_class, power_plant_class, power_generation_class, power_tariff_class,
    power_battery_class, power_storage_class;

#endif
