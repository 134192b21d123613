#include "power.h"

#include <math.h>

// ---- Weather and cooling ----------------------------------------------------------------------------------

static double normal_share(double z) { return 0.5 * erfc(-z * 0.70710678118654752440); }

double power_mean_excess(double mean_degc, double sd_degc, double limit_degc) {
  const double over = mean_degc - limit_degc;
  if (sd_degc <= 0.0) return over > 0.0 ? over : 0.0;
  const double z = over / sd_degc;
  if (z < -8.0) return 0.0;  // less than 1e-16 of a degree: spares two calls of libm in winter
  if (z > 8.0) return over;
  const double density = 0.39894228040143267794 * exp(-0.5 * z * z);
  const double excess = over * normal_share(z) + sd_degc * density;
  return excess > 0.0 ? excess : 0.0;
}

double power_share_above(double mean_degc, double sd_degc, double limit_degc) {
  const double over = mean_degc - limit_degc;
  if (sd_degc <= 0.0) return over > 0.0 ? 1.0 : 0.0;
  return normal_share(over / sd_degc);
}

// What one sink (dry or wet bulb) adds to PUE: heat by air above `limit`, heat by liquid above `liquid_limit`.
static double sink_rise(double rise, double liquid_frac, double mean, double sd, double limit, double liquid_limit) {
  if (rise <= 0.0) return 0.0;
  double excess = 0.0;
  if (liquid_frac < 1.0) excess += (1.0 - liquid_frac) * power_mean_excess(mean, sd, limit);
  if (liquid_frac > 0.0) excess += liquid_frac * power_mean_excess(mean, sd, liquid_limit);
  return rise * excess;
}

double power_pue(const power_cooling *cooling, const power_weather_month *month) {
  const double liquid_limit = cooling->supply_degc - cooling->approach_degc;
  double       pue = cooling->base_pue_frac;
  pue += sink_rise(cooling->dry_rise_per_degc, cooling->liquid_frac, month->dry_mean_degc, month->dry_sd_degc,
                   cooling->dry_limit_degc, liquid_limit);
  pue += sink_rise(cooling->wet_rise_per_degc, cooling->liquid_frac, month->wet_mean_degc, month->wet_sd_degc,
                   cooling->wet_limit_degc, liquid_limit);
  return pue > 1.0 ? pue : 1.0;
}

double power_wue_l_per_kwh(const power_cooling *cooling, const power_weather_month *month) {
  if (cooling->water_l_per_kwh <= 0.0) return 0.0;
  return cooling->water_l_per_kwh *
         power_share_above(month->dry_mean_degc, month->dry_sd_degc, cooling->evaporates_above_degc);
}

double power_design_day_pue(const power_cooling *cooling, const power_weather *weather) {
  const power_weather_month design = {.dry_mean_degc = weather->design_dry_degc,
                                      .wet_mean_degc = weather->design_wet_degc};
  return power_pue(cooling, &design);
}

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
#define COOLING_ASSUMED "assumption, see docs/assumptions.md#cooling"

// clang-format off
#define S power_weather_month
static const field_row weather_month_rows[] = {
  ROW_NUMBER(S, dry_mean_degc, "dry_mean", "degC", NULL, -60, 60, "Mean dry bulb of the month's hours.", NULL),
  ROW_NUMBER(S, dry_sd_degc, "dry_sd", "degC", NULL, 0, 30, "Standard deviation of dry bulb.", NULL),
  ROW_NUMBER(S, wet_mean_degc, "wet_mean", "degC", NULL, -60, 40, "Mean wet bulb of the month's hours.", NULL),
  ROW_NUMBER(S, wet_sd_degc, "wet_sd", "degC", NULL, 0, 30, "Standard deviation of wet bulb.", NULL),
};
const class_row power_weather_month_class = { "weather_month", NULL, sizeof(S), FIELD_TABLE(weather_month_rows), CLASS_PLAIN,
  "Temperatures of one calendar month, jan to dec." };
#undef S

#define S power_weather
static const field_row weather_rows[] = {
  ROW_NUMBER(S, elevation_m, "elevation", "m", "0 m", -450, 5000, "Height above the sea.", "assumption, see docs/assumptions.md#weather"),
  ROW_NUMBER(S, design_dry_degc, "design_dry", "degC", NULL, -20, 60, "Dry bulb exceeded in 0.4 % of the hours of a year.", NULL),
  ROW_NUMBER(S, design_wet_degc, "design_wet", "degC", NULL, -20, 40, "Wet bulb exceeded in 0.4 % of the hours of a year.", NULL),
  ROW_CHILDREN(S, months, "months", "weather_month", "Temperatures by calendar month, jan to dec in this order."),
};
const class_row power_weather_class = { "weather", "weather_sites", sizeof(S), FIELD_TABLE(weather_rows), CLASS_CATALOGUE,
  "Typical temperatures of a place." };
#undef S

#define S power_cooling
static const field_row cooling_rows[] = {
  ROW_NUMBER(S, base_pue_frac, "base_pue", "x", NULL, 1, NO_LIMIT, "Facility over IT power while all cooling is free: electrical losses, pumps, fans, lighting.", NULL),
  ROW_NUMBER(S, dry_rise_per_degc, "dry_rise", "x", "0", 0, NO_LIMIT, "Added to PUE per degC of dry bulb above the limit.", COOLING_ASSUMED),
  ROW_NUMBER(S, wet_rise_per_degc, "wet_rise", "x", "0", 0, NO_LIMIT, "Added to PUE per degC of wet bulb above the limit.", COOLING_ASSUMED),
  ROW_NUMBER(S, dry_limit_degc, "dry_limit", "degC", "20 degC", -40, 60, "Dry bulb above which heat carried by air needs machine work.", COOLING_ASSUMED),
  ROW_NUMBER(S, wet_limit_degc, "wet_limit", "degC", "16 degC", -40, 60, "Wet bulb above which heat carried by air needs machine work.", COOLING_ASSUMED),
  ROW_NUMBER(S, liquid_frac, "liquid_share", "frac", "0", 0, 1, "Share of the IT heat that liquid carries off.", COOLING_ASSUMED),
  ROW_NUMBER(S, supply_degc, "supply", "degC", "30 degC", 5, 60, "Temperature of the liquid supplied to the racks.", "ASHRAE TC 9.9 liquid cooling class W32, Thermal Guidelines 5th ed. 2021, rounded down"),
  ROW_NUMBER(S, approach_degc, "approach", "degC", "8 degC", 0, 30, "Supply temperature less the outside temperature at which free cooling just suffices.", COOLING_ASSUMED),
  ROW_NUMBER(S, water_l_per_kwh, "water", "L/kWh", "0 L/kWh", 0, NO_LIMIT, "Water consumed per kWh of IT while evaporating.", COOLING_ASSUMED),
  ROW_NUMBER(S, evaporates_above_degc, "evaporates_above", "degC", "-60 degC", -60, 60, "Dry bulb above which water evaporates.", COOLING_ASSUMED),
};
const class_row power_cooling_class = { "cooling", "coolings", sizeof(S), FIELD_TABLE(cooling_rows), CLASS_CATALOGUE,
  "A cooling design." };
#undef S

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
