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

double power_grid_withheld_h(const power_grid *grid, int32_t n, double day) {
  double limit_mw = 0.0, withheld_h = 0.0;
  for (int32_t i = 0; i < n; i++) {
    if (!(grid[i].from_day <= day && grid[i].limit_mw > limit_mw)) continue;
    limit_mw = grid[i].limit_mw;
    withheld_h = grid[i].withheld_h_per_yr;
  }
  return withheld_h;
}

static double service_day(double from_day, double ordered_day, double lead_day) {
  if (isnan(ordered_day)) return from_day;
  const double soonest_day = ordered_day + lead_day;
  if (isnan(from_day)) return soonest_day;
  return from_day > soonest_day ? from_day : soonest_day;
}

double power_generation_day(const power_generation *generation, const power_plant *plant) {
  return service_day(generation->from_day, generation->ordered_day, plant->lead_day);
}

double power_storage_day(const power_storage *storage, const power_battery_kind *kind) {
  return service_day(storage->from_day, storage->ordered_day, kind->lead_day);
}

double power_storage_capex_usd(const power_storage *storage, const power_battery_kind *kind) {
  return storage->mw * kind->hours_h * kind->capex_usd_per_mwh;
}

power_battery power_storage_on(const power_storage *storage, int32_t n, const power_battery_kind *kind, double day) {
  power_battery all = {0};
  double        mwh = 0.0, loss_mwh = 0.0;
  for (int32_t i = 0; i < n; i++) {
    const power_battery_kind *of = &kind[storage[i].kind];
    const double              age_day = day - power_storage_day(&storage[i], of);
    if (!(age_day >= 0.0) || !(storage[i].mw > 0.0)) continue;  // NaN: never
    const power_ageing ageing = {of->calendar_frac, of->cycle_frac};
    const double       left = power_battery_left_frac(&ageing, age_day / 365.2425, age_day);
    const double       own_mwh = storage[i].mw * of->hours_h * left;
    all.mw += storage[i].mw;
    mwh += own_mwh;
    loss_mwh += own_mwh * of->efficiency_frac;
    all.usd_per_mwh_out += own_mwh * of->wear_usd_per_mwh;
  }
  if (!(mwh > 0.0)) return (power_battery){0};
  all.hours_h = mwh / all.mw;
  all.usd_per_mwh_out /= mwh;
  all.store_frac = all.dispatch_frac = sqrt(loss_mwh / mwh);
  return all;
}

void power_onsite_on(const power_generation *generation, int32_t n, const power_plant *plant, double day,
                     power_onsite *out) {
  *out = (power_onsite){0};
  for (int32_t i = 0; i < n; i++) {
    const power_plant *kind = &plant[generation[i].plant];
    const bool         machine = kind->kind < POWER_MACHINES;
    if (kind->kind == POWER_STANDBY) continue;
    if (!(power_generation_day(&generation[i], kind) <= day) || generation[i].units <= 0) continue;  // NaN: never
    const double unit_mw = kind->unit_mw * kind->derate_frac;
    const double all_mw = unit_mw * generation[i].units;
    const double mean_mw = all_mw * (1.0 - kind->forced_outage_frac) * (machine ? 1.0 : kind->yield_frac);
    if (machine && unit_mw > out->unit_mw_max) out->unit_mw_max = unit_mw;
    if (machine) out->derated_mw += all_mw;
    out->mean_mw += mean_mw;
    if (kind->derate_frac > 0.0) out->cool_mw += mean_mw / kind->derate_frac;
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

// ---- Field tables -----------------------------------------------------------------------------------------

#define NO_LIMIT        HUGE_VAL

// clang-format off
#define S power_grid
static const field_row grid_rows[] = {
  ROW_NUMBER(S, limit_mw, "limit", "MW", NULL, 0, NO_LIMIT, "Total import limit from that day on; the largest step in force counts.", NULL),
  ROW_DATE(S, from_day, "from", NULL, "Day from which the utility delivers it.", NULL),
  ROW_NUMBER(S, firm_frac, "firm", "frac", "1", 0, 1, "Share of the limit that can be counted on at any hour.", "assumption, see docs/assumptions.md#grid"),
  ROW_NUMBER(S, withheld_h_per_yr, "withheld", "h/yr", "100 h/yr", 0, 8784, "Hours a year, those of highest price, in which the utility withholds what is not firm.", "assumption, see docs/assumptions.md#grid"),
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
  ROW_CHOICE(S, kind, "kind", "simple-cycle|combined-cycle|engine|fuel-cell|sun|wind|stand-by", "simple-cycle", "What it is: decides how heat, height and part load act, and whether it follows the weather or waits for the grid to fail."),
  ROW_NUMBER(S, yield_frac, "yield", "frac", "25 %", 0, 1, "Sun and wind: mean output over size in the twin's months; `stargate power` takes that of the site's hours where they are known.", "assumption, see docs/assumptions.md#sun-and-wind"),
  ROW_NUMBER(S, fixed_usd_per_mw_yr, "fixed", "USD/MW-yr", "0 USD/MW-yr", 0, NO_LIMIT, "Operation and maintenance a year, however much it runs.", "assumption, see docs/assumptions.md#plants"),
  ROW_NUMBER(S, life_day, "life", "day", "20 years", 365, NO_LIMIT, "Years over which its cost is recovered where sizes are compared.", "assumption, see docs/assumptions.md#cost-of-capital"),
  ROW_CHOICE(S, contract, "contract", "as-produced|taken|owned", "owned", "Owned, or by contract at `om` a MWh: for what is taken, or for all that is produced."),
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

#define S power_battery_kind
static const field_row battery_rows[] = {
  ROW_NUMBER(S, hours_h, "hours", "h", NULL, 0.01, 1000, "Energy over power when new.", NULL),
  ROW_NUMBER(S, efficiency_frac, "efficiency", "frac", NULL, 0.05, 1, "Energy out over energy in, both at the meter.", NULL),
  ROW_NUMBER(S, wear_usd_per_mwh, "wear", "USD/MWh", "0 USD/MWh", 0, NO_LIMIT, "Cost of cycling per MWh given.", "assumption, see docs/assumptions.md#battery-ageing"),
  ROW_NUMBER(S, capex_usd_per_mwh, "capex", "USD/MWh", NULL, 0, NO_LIMIT, "Installed cost per MWh it holds when new, converters included.", NULL),
  ROW_NUMBER(S, fixed_usd_per_mw_yr, "fixed", "USD/MW-yr", "0 USD/MW-yr", 0, NO_LIMIT, "Operation and maintenance a year.", "assumption, see docs/assumptions.md#battery-ageing"),
  ROW_NUMBER(S, life_day, "life", "day", "15 years", 365, NO_LIMIT, "Years over which its cost is recovered where sizes are compared.", "assumption, see docs/assumptions.md#cost-of-capital"),
  ROW_NUMBER(S, lead_day, "lead", "day", NULL, 0, NO_LIMIT, "Time from order to service.", NULL),
  ROW_NUMBER(S, calendar_frac, "fade", "frac", "3 %", 0, 0.5, "Energy lost with the square root of years: after one year this share.", "assumption, see docs/assumptions.md#battery-ageing"),
  ROW_NUMBER(S, cycle_frac, "cycle_fade", "frac", "0.003 %", 0, 0.01, "Energy lost per full cycle.", "assumption, see docs/assumptions.md#battery-ageing"),
};
const class_row power_battery_class = { "battery", "batteries", sizeof(S), FIELD_TABLE(battery_rows), CLASS_CATALOGUE,
  "A kind of battery." };
#undef S

#define S power_storage
static const field_row storage_rows[] = {
  ROW_REF(S, kind, "battery", "battery", NULL, "Kind of battery."),
  ROW_NUMBER(S, mw, "power", "MW", NULL, 0, NO_LIMIT, "Of charge and of discharge, at the meter.", NULL),
  ROW_DATE(S, from_day, "from", "", "Day from which it serves; unset: ordered + lead.", NULL),
  ROW_DATE(S, ordered_day, "ordered", "", "Day of the order; it serves no earlier than order + lead.", NULL),
};
const class_row power_storage_class = { "storage", NULL, sizeof(S), FIELD_TABLE(storage_rows), CLASS_PLAIN,
  "Batteries of one kind on a campus." };
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
  ROW_CHOICE(S, hub, "hub", POWER_HUB_WORDS, "none", "Market whose hourly history the energy price follows, with the weather of the same hours."),
  ROW_NUMBER(S, coincident_usd_per_mw_yr, "coincident", "USD/MW-yr", "0 USD/MW-yr", 0, NO_LIMIT, "Per MW drawn in the peak hours of June to September, mean of the four, paid in the year after (ERCOT's four coincident peaks).", "assumption, see docs/assumptions.md#tariffs"),
};
const class_row power_tariff_class = { "tariff", "tariffs", sizeof(S), FIELD_TABLE(tariff_rows), CLASS_CATALOGUE,
  "What grid energy, demand and gas cost." };
#undef S
// clang-format on
