#include "power.h"

#include <math.h>

// ---- Supply -----------------------------------------------------------------------------------------------

double power_grid_limit_mw(const power_grid *grid, int32_t n, double day) {
  double limit_mw = 0.0;
  for (int32_t i = 0; i < n; i++)
    if (grid[i].from_day <= day && grid[i].limit_mw > limit_mw) limit_mw = grid[i].limit_mw;
  return limit_mw;
}

double power_grid_firm_mw(const power_grid *grid, int32_t n, double day) {
  double firm_mw = 0.0;
  for (int32_t i = 0; i < n; i++) {
    const double step_mw = grid[i].limit_mw * grid[i].firm_frac;
    if (grid[i].from_day <= day && step_mw > firm_mw) firm_mw = step_mw;
  }
  return firm_mw;
}

double power_generation_day(const power_generation *generation, const power_plant *plant) {
  if (isnan(generation->ordered_day)) return generation->from_day;
  const double soonest_day = generation->ordered_day + plant->lead_day;
  if (isnan(generation->from_day)) return soonest_day;
  return generation->from_day > soonest_day ? generation->from_day : soonest_day;
}

void power_onsite_on(const power_generation *generation, int32_t n, const power_plant *plant, double day,
                     power_onsite *out) {
  *out = (power_onsite){0};
  for (int32_t i = 0; i < n; i++) {
    const power_plant *kind = &plant[generation[i].plant];
    if (!(power_generation_day(&generation[i], kind) <= day) || generation[i].units <= 0) continue;  // NaN: never
    const double unit_mw = kind->unit_mw * kind->derate_frac;
    const double all_mw = unit_mw * generation[i].units;
    const double mean_mw = all_mw * (1.0 - kind->forced_outage_frac);
    if (unit_mw > out->unit_mw_max) out->unit_mw_max = unit_mw;
    out->derated_mw += all_mw;
    out->mean_mw += mean_mw;
    out->heat_rate_mmbtu_per_mwh += mean_mw * kind->heat_rate_mmbtu_per_mwh;
    out->om_usd_per_mwh += mean_mw * kind->om_usd_per_mwh;
    out->co2_kg_per_mwh += mean_mw * kind->co2_kg_per_mwh;
  }
  out->firm_mw = out->derated_mw - out->unit_mw_max;
  if (out->mean_mw > 0.0) {
    out->heat_rate_mmbtu_per_mwh /= out->mean_mw;
    out->om_usd_per_mwh /= out->mean_mw;
    out->co2_kg_per_mwh /= out->mean_mw;
  }
}

double power_firm_mw(double grid_firm_mw, double onsite_firm_mw, double permit_mw) {
  const double onsite_mw = onsite_firm_mw > permit_mw ? permit_mw : onsite_firm_mw;  // false for NaN: no limit
  return grid_firm_mw + onsite_mw;
}

// ---- The month --------------------------------------------------------------------------------------------

static double least(double a, double b) { return a < b ? a : b; }
static double most(double a, double b) { return a > b ? a : b; }

void power_month(const power_month_in *in, power_month_out *out) {
  // Who serves what: the cheaper first; at equal prices the grid.
  const double load_mw = in->it_mw * in->pue_frac;
  const double onsite_usd_per_mwh = in->heat_rate_mmbtu_per_mwh * in->gas_usd_per_mmbtu + in->om_usd_per_mwh;
  double       grid_mw, onsite_mw;
  if (onsite_usd_per_mwh < in->energy_usd_per_mwh) {
    onsite_mw = least(load_mw, in->onsite_mw);
    grid_mw = least(load_mw - onsite_mw, in->grid_mw);
  } else {
    grid_mw = least(load_mw, in->grid_mw);
    onsite_mw = least(load_mw - grid_mw, in->onsite_mw);
  }
  const double served_mw = grid_mw + onsite_mw;

  // Energy.
  out->load_mw = load_mw;
  out->it_served_mw = in->pue_frac > 0.0 ? served_mw / in->pue_frac : 0.0;
  out->load_mwh = load_mw * in->hours_h;
  out->grid_mwh = grid_mw * in->hours_h;
  out->onsite_mwh = onsite_mw * in->hours_h;
  out->curtailed_mwh = (load_mw - served_mw) * in->hours_h;
  out->it_mwh = out->it_served_mw * in->hours_h;
  out->overhead_mwh = (served_mw - out->it_served_mw) * in->hours_h;

  // Money, water, carbon. 1 MWh at 1 L/kWh is 1 m3.
  const double peak_mw = least(in->grid_mw, grid_mw * most(1.0, in->demand_peak_frac));
  out->energy_usd = out->grid_mwh * in->energy_usd_per_mwh;
  out->demand_usd = most(in->minimum_mw, peak_mw) * in->demand_usd_per_mw_month;
  out->fuel_usd = out->onsite_mwh * in->heat_rate_mmbtu_per_mwh * in->gas_usd_per_mmbtu;
  out->om_usd = out->onsite_mwh * in->om_usd_per_mwh;
  out->water_m3 = out->it_mwh * in->wue_l_per_kwh;
  out->co2_t = (out->grid_mwh * in->grid_co2_kg_per_mwh + out->onsite_mwh * in->onsite_co2_kg_per_mwh) / 1000.0;
}

// ---- Field tables -----------------------------------------------------------------------------------------

#define NO_LIMIT        HUGE_VAL

// clang-format off
#define S power_grid
static const field_row grid_rows[] = {
  ROW_NUMBER(S, limit_mw, "limit", "MW", NULL, 0, NO_LIMIT, "Total import limit from that day on; the largest step in force counts.", NULL),
  ROW_DATE(S, from_day, "from", NULL, "Day from which the utility delivers it.", NULL),
  ROW_NUMBER(S, firm_frac, "firm", "frac", "1", 0, 1, "Share of the limit that can be counted on at any hour.", "assumption, see docs/assumptions.md#grid"),
};
const class_row power_grid_class = { "grid", NULL, sizeof(S), FIELD_TABLE(grid_rows), CLASS_PLAIN,
  "A step of a campus's grid connection." };
#undef S

#define S power_plant
static const field_row plant_rows[] = {
  ROW_NUMBER(S, unit_mw, "unit", "MW", NULL, 0, NO_LIMIT, "Output of one unit at ISO conditions.", NULL),
  ROW_NUMBER(S, heat_rate_mmbtu_per_mwh, "heat_rate", "MMBtu/MWh", "0 MMBtu/MWh", 0, NO_LIMIT, "Fuel per MWh, higher heating value; 0 where no fuel burns.", "definition"),
  ROW_NUMBER(S, derate_frac, "derate", "frac", "1", 0, 1, "Share of the ISO output left on a hot day at the site.", "assumption, see docs/assumptions.md#plants"),
  ROW_NUMBER(S, forced_outage_frac, "forced_outage", "frac", "5 %", 0, 0.5, "Share of hours that a unit is out unplanned.", "assumption, see docs/assumptions.md#plants"),
  ROW_NUMBER(S, capex_usd_per_mw, "capex", "USD/MW", NULL, 0, NO_LIMIT, "Installed cost.", NULL),
  ROW_NUMBER(S, om_usd_per_mwh, "om", "USD/MWh", "0 USD/MWh", 0, NO_LIMIT, "Operation and maintenance per MWh.", "assumption, see docs/assumptions.md#plants"),
  ROW_NUMBER(S, co2_kg_per_mwh, "co2", "kg/MWh", "0 kg/MWh", 0, NO_LIMIT, "Carbon dioxide emitted per MWh.", "assumption, see docs/assumptions.md#plants"),
  ROW_NUMBER(S, lead_day, "lead", "day", NULL, 0, NO_LIMIT, "Time from order to first power.", NULL),
};
const class_row power_plant_class = { "plant", "plants", sizeof(S), FIELD_TABLE(plant_rows), CLASS_CATALOGUE,
  "A kind of on-site generation." };
#undef S

#define S power_generation
static const field_row generation_rows[] = {
  ROW_REF(S, plant, "plant", "plant", NULL, "Kind of unit."),
  ROW_COUNT(S, units, "units", NULL, 0, 10000, "How many."),
  ROW_DATE(S, from_day, "from", "", "Day from which they serve; unset: ordered + lead.", NULL),
  ROW_DATE(S, ordered_day, "ordered", "", "Day of the order; they serve no earlier than order + lead.", NULL),
};
const class_row power_generation_class = { "generation", NULL, sizeof(S), FIELD_TABLE(generation_rows), CLASS_PLAIN,
  "On-site units of one kind on a campus." };
#undef S

#define S power_tariff
static const field_row tariff_rows[] = {
  ROW_TEXT(S, market, "market", "", "Price path that scales the energy price."),
  ROW_NUMBER(S, energy_usd_per_mwh, "energy", "USD/MWh", NULL, -500, NO_LIMIT, "Price of grid energy at the start of the price path.", NULL),
  ROW_NUMBER(S, delivery_usd_per_mwh, "delivery", "USD/MWh", "0 USD/MWh", 0, NO_LIMIT, "Added per MWh: losses, ancillary services, riders.", "assumption, see docs/assumptions.md#tariffs"),
  ROW_NUMBER(S, demand_usd_per_mw_month, "demand", "USD/MW-month", "0 USD/MW-month", 0, NO_LIMIT, "Per MW of billed demand and month.", "assumption, see docs/assumptions.md#tariffs"),
  ROW_NUMBER(S, minimum_frac, "minimum", "frac", "0", 0, 1, "Billed demand is at least this share of the grid limit.", "assumption, see docs/assumptions.md#tariffs"),
  ROW_NUMBER(S, gas_usd_per_mmbtu, "gas", "USD/MMBtu", NULL, 0, NO_LIMIT, "Delivered price of natural gas.", NULL),
  ROW_NUMBER(S, grid_co2_kg_per_mwh, "co2", "kg/MWh", NULL, 0, NO_LIMIT, "Carbon dioxide per MWh of grid energy.", NULL),
};
const class_row power_tariff_class = { "tariff", "tariffs", sizeof(S), FIELD_TABLE(tariff_rows), CLASS_CATALOGUE,
  "What grid energy, demand and gas cost." };
#undef S
// clang-format on
