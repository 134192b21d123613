// Power: what a campus draws, who supplies it, what it costs, and the water and carbon that go with it.
//
// Arithmetic of one campus and one month on plain structs: grid steps and on-site units -> megawatts that can be had;
// load -> energy by source, curtailment, bill. Weather, cooling and load by hour: weather.h, cooling.h, load.h. Pure, no allocation.
// Temperatures are degrees Celsius, dates days since 1970-01-01, prices nominal USD of the month concerned.
#ifndef POWER_POWER_H
#define POWER_POWER_H

#include <stdint.h>

#include "../base/field.h"
#include "cooling.h"
#include "load.h"
#include "weather.h"

// ---- Supply -----------------------------------------------------------------------------------------------

// One step of a campus's grid connection. Limits are totals, not additions: the largest step in force counts.
typedef struct power_grid {
  int32_t name;
  double  limit_mw;  // import limit from that day on
  double  from_day;
  double  firm_frac;  // share that can be counted on at any hour
} power_grid;

// A kind of on-site generation (catalogue).
typedef struct power_plant {
  int32_t name;
  double  unit_mw;                  // ISO output of one unit
  double  heat_rate_mmbtu_per_mwh;  // higher heating value, net; 0 where no fuel burns
  double  derate_frac;              // share of ISO output left on a hot day at the site
  double  forced_outage_frac;       // share of hours that a unit is out unplanned
  double  capex_usd_per_mw;
  double  om_usd_per_mwh;
  double  co2_kg_per_mwh;
  double  lead_day;  // from order to first power
} power_plant;

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
  double mean_mw;                  // derated less forced outages: what can be expected of an hour
  double heat_rate_mmbtu_per_mwh;  // the next three: means weighted by mean_mw; 0 where there is nothing
  double om_usd_per_mwh;
  double co2_kg_per_mwh;
} power_onsite;

// Grid megawatts in force on `day`: total limit and firm part. grid: (n). Returns 0 before the first step.
double power_grid_limit_mw(const power_grid *grid, int32_t n, double day);
double power_grid_firm_mw(const power_grid *grid, int32_t n, double day);

// Day on which the units serve.
double power_generation_day(const power_generation *generation, const power_plant *plant);

// On-site supply on `day`. generation: (n); plant: all rows of class "plant", generation[i].plant in range.
void power_onsite_on(const power_generation *generation, int32_t n, const power_plant *plant, double day,
                     power_onsite *out);

// Firm supply: grid firm + on-site with the largest unit out, the on-site part within permit_mw (NaN: no permit limit).
double power_firm_mw(double grid_firm_mw, double onsite_firm_mw, double permit_mw);

// ---- Tariff and the month ---------------------------------------------------------------------------------

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
} power_tariff;

// Inputs of one month. All finite, powers and prices >= 0 except energy_usd_per_mwh, which may be negative.
typedef struct power_month_in {
  double it_mw;  // mean IT load
  double hours_h;
  double pue_frac;
  double wue_l_per_kwh;
  double grid_mw;             // import limit
  double onsite_mw;           // expected on-site power
  double energy_usd_per_mwh;  // grid energy delivered, in the month's market
  double demand_usd_per_mw_month;
  double minimum_mw;        // least billed demand
  double demand_peak_frac;  // peak over mean of the grid draw, >= 1
  double gas_usd_per_mmbtu;
  double grid_co2_kg_per_mwh;
  double heat_rate_mmbtu_per_mwh, om_usd_per_mwh, onsite_co2_kg_per_mwh;
} power_month_in;

typedef struct power_month_out {
  double load_mw;       // facility load wanted
  double it_served_mw;  // IT load that was supplied
  double load_mwh;      // energy wanted = grid + onsite + curtailed
  double grid_mwh, onsite_mwh, curtailed_mwh;
  double it_mwh, overhead_mwh;    // energy used: it + overhead = grid + onsite
  double energy_usd, demand_usd;  // paid to the utility
  double fuel_usd, om_usd;        // of on-site generation
  double water_m3;
  double co2_t;
} power_month_out;

// Energy and bill of a month.
//   load = it pue; the cheaper source serves first up to its limit, the other next, the rest is curtailed;
//   billed demand = max(minimum, min(grid limit, peak_frac x mean grid draw)).
// Means of the month, so hourly price spreads are not harvested: assumption, see docs/assumptions.md#dispatch.
// Identities to rounding: grid + onsite + curtailed = load, it + overhead = grid + onsite. About 20 ns.
void power_month(const power_month_in *in, power_month_out *out);

// ---- Field tables -----------------------------------------------------------------------------------------

extern const class_row power_grid_class, power_plant_class, power_generation_class, power_tariff_class;

#endif
