// Power study: the supply side of a campus's year.
#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "../power/renewable.h"
#include "parts.h"
#include "power_study_parts.h"
#include "weather.h"

enum { PERMIT_STEPS = 20 };

// Largest step of a run within seconds over its mean: fitted on GPT-3 on 512 H100, docs/validation-power.md.
#define TRAINING_STEP_FRAC 0.342
#define SWING_PERIOD_S     60.0  // between steps of one sign: assumption, see docs/assumptions.md#load-step

static bool burns(const power_plant *plant) { return plant->kind < POWER_MACHINES; }

// ---- What units can give ------------------------------------------------------------------------------------

// Sun and wind of the station's year, where the study's hours are those of a clock. False: not known.
static bool read_sky(const twin_power_study *s, bool sun, double *out_frac) {
  arena      *scratch = arena_create();
  sg_diags   *quiet = scratch ? ARENA_NEW(scratch, sg_diags, 1) : NULL;
  power_hours read;
  bool        known = false;
  if (quiet && s->clock) {
    diag_init(quiet);
    known = !twin_station_hours(s->weather, scratch, quiet, &read) && read.n == s->n_h &&
            (sun ? power_solar_hours(&read, out_frac) : power_wind_hours(&read, out_frac));
  }
  arena_free(scratch);
  return known;
}

void study_availability(const study_in *in, const twin_power_study *s, const power_plant *plant, double *avail_frac) {
  const double runs = 1.0 - plant->forced_outage_frac;
  const bool   sky = !burns(plant) && plant->kind != POWER_STANDBY;
  const bool   known = sky && read_sky(s, plant->kind == POWER_SUN, avail_frac);
  for (int32_t t = 0; t < s->n_h; t++) {
    if (burns(plant))
      avail_frac[t] = power_machine_output_frac(&power_machines[plant->kind], s->dry_degc[t], in->elevation_m);
    else if (!known) avail_frac[t] = sky ? plant->yield_frac : 1.0;
    avail_frac[t] *= runs;
  }
}

static double mean_of(const double *at, int32_t n) {
  double sum = 0.0;
  for (int32_t t = 0; t < n; t++) sum += at[t];
  return n ? sum / n : 0.0;
}

double study_running_usd_per_mwh(const twin_power_study *s, const power_plant *plant) {
  const power_contract paid = {(power_contract_kind)plant->contract, plant->om_usd_per_mwh, 0.0};
  return power_fuel_usd_per_mwh(plant->heat_rate_mmbtu_per_mwh, mean_of(s->gas_usd_per_mmbtu, POWER_MONTHS), 0.0, 0.0) +
         power_contract_marginal_usd(&paid);
}

static double owning_usd_per_mw_yr(const study_in *in, double capex_usd_per_mw, double life_day, double fixed) {
  return capex_usd_per_mw * power_capital_recovery_frac(in->row->capital_frac_yr, life_day / 365.2425) + fixed;
}

double study_owning_usd_per_mw_yr(const study_in *in, const power_plant *plant) {
  return owning_usd_per_mw_yr(in, plant->capex_usd_per_mw, plant->life_day, plant->fixed_usd_per_mw_yr);
}

double study_battery_usd_per_mw_yr(const study_in *in, const power_battery_kind *kind) {
  return owning_usd_per_mw_yr(in, kind->capex_usd_per_mwh * kind->hours_h, kind->life_day, kind->fixed_usd_per_mw_yr);
}

// Kinds of unit in service, those that stand by last.
static sg_err find_units(const study_in *in, twin_power_study *s) {
  for (int standby = 0; standby < 2; standby++)
    for (int32_t i = 0; i < in->row->generation.n; i++) {
      const power_generation *g = &in->v->generation[in->row->generation.first + i];
      const power_plant      *plant = &in->v->plant[g->plant];
      if ((plant->kind == POWER_STANDBY) != standby || g->units <= 0) continue;
      if (!(power_generation_day(g, plant) <= in->day)) continue;  // NaN: never
      if (s->n_unit == POWER_SOURCES)
        return STUDY_REFUSE(in, SG_ERR_LIMIT, NULL, "more than %d kinds of unit on '%.80s'", POWER_SOURCES, s->campus);
      twin_power_unit *u = &s->unit[s->n_unit++];
      *u = (twin_power_unit){.name = programme_name(&in->m->p, CLASS_PLANT, g->plant),
                             .plant = plant,
                             .units = g->units,
                             .mw = g->units * plant->unit_mw,
                             .avail_frac = ARENA_NEW(s->a, double, s->n_h)};
      if (!u->avail_frac) return SG_ERR_MEMORY;
      study_availability(in, s, plant, u->avail_frac);
      s->capital_usd += u->mw * study_owning_usd_per_mw_yr(in, plant);
    }
  return SG_OK;
}

// Machines together give no more than their permit allows.
static void keep_permit(const study_in *in, twin_power_study *s) {
  for (int32_t t = 0; t < s->n_h; t++) {
    double all_mw = 0.0;
    for (int32_t i = 0; i < s->n_unit; i++)
      if (burns(s->unit[i].plant)) all_mw += s->unit[i].mw * s->unit[i].avail_frac[t];
    for (int32_t i = 0; i < s->n_unit && all_mw > in->row->permit_mw; i++)
      if (burns(s->unit[i].plant)) s->unit[i].avail_frac[t] *= in->row->permit_mw / all_mw;
  }
}

// The utility withholds what is not firm in the dearest hours, as many as the grid's step says.
static sg_err withhold(const study_in *in, twin_power_study *s) {
  double withheld_mw = 0.0, withheld_frac = 0.0;
  if (isnan(s->grid_limit_mw)) return SG_OK;
  twin_withheld_on(in->v, in->m, in->campus, in->m->day0[in->index + 1], &withheld_mw, &withheld_frac);
  s->withheld_h = (int32_t)floor(withheld_frac * s->n_h + 0.5);
  if (!(withheld_mw > 0.0) || s->withheld_h < 1) return SG_OK;
  double *scratch = ARENA_NEW(s->a, double, s->n_h);
  s->grid_frac = ARENA_NEW(s->a, double, s->n_h);
  if (!s->grid_frac || !scratch) return SG_ERR_MEMORY;
  s->withheld_mw = withheld_mw;
  power_curtailed_hours(s->price_usd_per_mwh, (size_t)s->n_h, (size_t)s->withheld_h,
                        1.0 - withheld_mw / s->grid_limit_mw, s->grid_frac, scratch);
  return SG_OK;
}

// What stands by may run so many hours beyond emergencies: those that lack most without it, then the dearest.
static sg_err ration_standby(twin_power_study *s, double grid_mw) {
  const power_backup of = power_standby_of(1, 1.0);
  double            *stress = ARENA_NEW(s->a, double, s->n_h), *scratch = ARENA_NEW(s->a, double, s->n_h);
  double            *idle = ARENA_NEW(s->a, double, s->n_h);
  if (!stress || !scratch || !idle) return SG_ERR_MEMORY;
  for (int32_t t = 0; t < s->n_h; t++) {
    double lacks = s->facility_mw[t] - grid_mw * (s->grid_frac ? s->grid_frac[t] : 1.0);
    for (int32_t i = 0; i < s->n_unit; i++)
      if (s->unit[i].plant->kind != POWER_STANDBY) lacks -= s->unit[i].mw * s->unit[i].avail_frac[t];
    stress[t] = number_most(0.0, lacks) * 1e6 + s->price_usd_per_mwh[t];
  }
  power_curtailed_hours(stress, (size_t)s->n_h, (size_t)of.permit_h, 0.0, idle, scratch);
  for (int32_t i = 0; i < s->n_unit; i++)
    for (int32_t t = 0; t < s->n_h && s->unit[i].plant->kind == POWER_STANDBY; t++)
      s->unit[i].avail_frac[t] *= 1.0 - idle[t];
  return SG_OK;
}

// ---- Dispatch -----------------------------------------------------------------------------------------------

static void set_supply(const study_in *in, double grid_mw, twin_power_study *s) {
  s->lost_load_usd_per_mwh = in->row->lost_load_usd_per_mwh;
  s->supply =
      (power_supply){.n_h = (size_t)s->n_h,
                     .month = s->month,
                     .load_mw = s->facility_mw,
                     .grid_usd_per_mwh = s->price_usd_per_mwh,
                     .grid_mw = grid_mw,
                     .grid_frac = s->grid_frac,
                     .demand_usd_per_mw_month = in->tariff->demand_usd_per_mw_month,
                     .demand_least_mw = isnan(s->grid_limit_mw) ? 0.0 : in->tariff->minimum_frac * s->grid_limit_mw,
                     .n_source = s->n_unit,
                     .battery = s->battery,
                     .shed_usd_per_mwh = isnan(s->lost_load_usd_per_mwh) ? HUGE_VAL : s->lost_load_usd_per_mwh};
  for (int32_t i = 0; i < s->n_unit; i++)
    s->supply.source[i] = (power_source){.name = s->unit[i].name,
                                         .mw = s->unit[i].mw,
                                         .usd_per_mwh = study_running_usd_per_mwh(s, s->unit[i].plant),
                                         .avail_frac = s->unit[i].avail_frac};
}

// Fuel of a unit's hour: as few as carry it and one more, so that the loss of one is borne.
static double hour_fuel_mmbtu(const study_in *in, const twin_power_study *s, int32_t i, int32_t t) {
  const twin_power_unit *u = &s->unit[i];
  const double           mw = s->unit_mw[(size_t)i * (size_t)s->n_h + (size_t)t];
  if (!burns(u->plant)) return mw * u->plant->heat_rate_mmbtu_per_mwh;
  const power_fleet fleet = {(power_machine_kind)u->plant->kind, u->units, u->plant->unit_mw,
                             u->plant->heat_rate_mmbtu_per_mwh};
  return power_fleet_fuel_mmbtu(&fleet, mw, u->units > 1, s->dry_degc[t], in->elevation_m);
}

static double hour_co2_kg(const twin_power_study *s, int32_t i, int32_t t, double fuel_mmbtu) {
  const power_plant *plant = s->unit[i].plant;
  const double       mw = s->unit_mw[(size_t)i * (size_t)s->n_h + (size_t)t];
  const double       full_mmbtu = mw * plant->heat_rate_mmbtu_per_mwh;
  return mw * plant->co2_kg_per_mwh * (full_mmbtu > 0.0 ? fuel_mmbtu / full_mmbtu : 1.0);
}

static double machines_t(const study_in *in, const twin_power_study *s) {
  double kg = 0.0;
  for (int32_t i = 0; i < s->n_unit; i++)
    for (int32_t t = 0; t < s->n_h && burns(s->unit[i].plant); t++)
      kg += hour_co2_kg(s, i, t, hour_fuel_mmbtu(in, s, i, t));
  return kg * 1e-3;
}

static sg_err dispatch(const study_in *in, twin_power_study *s) {
  power_dispatch         of = {.grid_mw = s->grid_mw,
                               .shed_mw = s->curtailed_mw,
                               .source_mw = s->unit_mw,
                               .charge_mw = s->charge_mw,
                               .discharge_mw = s->discharge_mw,
                               .soc_mwh = s->soc_mwh};
  power_dispatch_memory *memory = s->battery.mw > 0.0 ? ARENA_NEW(s->a, power_dispatch_memory, 1) : NULL;
  if (s->battery.mw > 0.0 && !memory) return SG_ERR_MEMORY;
  sg_err err = power_supply_check(&s->supply, in->diags);
  if (err) return err;
  power_dispatch_run(&s->supply, memory, &of);
  // Tonnes of the year: where they are too many, all machines are held to one share of what they can give.
  double low = 0.0, high = 1.0;
  s->permit_frac = 1.0;
  if (isnan(in->row->permit_t_yr) || machines_t(in, s) <= in->row->permit_t_yr) return SG_OK;
  for (int k = 0; k < PERMIT_STEPS; k++) {
    s->permit_frac = k == PERMIT_STEPS - 1 ? low : 0.5 * (low + high);
    for (int32_t i = 0; i < s->n_unit; i++)
      if (burns(s->unit[i].plant)) s->supply.source[i].mw = s->unit[i].mw * s->permit_frac;
    power_dispatch_run(&s->supply, memory, &of);
    if (machines_t(in, s) <= in->row->permit_t_yr) low = s->permit_frac;
    else high = s->permit_frac;
  }
  return SG_OK;
}

static void account_units(const study_in *in, twin_power_study *s) {
  for (int32_t t = 0; t < s->n_h; t++)
    if (s->curtailed_mw[t] < 1e-10) s->curtailed_mw[t] = 0.0;  // rounding
  for (int32_t i = 0; i < s->n_unit; i++) {
    twin_power_unit *u = &s->unit[i];
    const power_contract paid = {(power_contract_kind)u->plant->contract, u->plant->om_usd_per_mwh, 0.0};
    double           fuel = 0.0;
    for (int32_t t = 0; t < s->n_h; t++) {
      const double mw = s->unit_mw[(size_t)i * (size_t)s->n_h + (size_t)t], mmbtu = hour_fuel_mmbtu(in, s, i, t);
      const double made = u->mw * u->avail_frac[t];
      const double om = power_contract_usd(&paid, made, mw);
      const double usd = mmbtu * s->gas_usd_per_mmbtu[s->month[t]], kg = hour_co2_kg(s, i, t, mmbtu);
      s->fuel_usd[t] += usd;
      s->om_usd[t] += om;
      s->co2_kg[t] += kg;
      u->mwh += mw;
      u->fuel_usd += usd;
      u->om_usd += om;
      u->co2_t += kg * 1e-3;
      fuel += mmbtu;
    }
    u->heat_rate_mmbtu_per_mwh = u->mwh > 0.0 ? fuel / u->mwh : 0.0;
    u->mean_mw = u->mw * mean_of(u->avail_frac, s->n_h) * (burns(u->plant) ? s->permit_frac : 1.0);
  }
  for (int32_t t = 0; t < s->n_h; t++) s->om_usd[t] += s->discharge_mw[t] * s->battery.usd_per_mwh_out;
}

// ---- Beside the hours ---------------------------------------------------------------------------------------

// Machines in the hottest hour with none, one and two of the largest out, within the permit; and the IT load that grid and
// machines carry in every hour of a month with the largest out. Sun, wind, batteries and what stands by are not counted on.
static void count_machines(const study_in *in, twin_power_study *s) {
  power_fleet fleet[POWER_SOURCES];
  int32_t     n = 0, hottest = 0;
  for (int32_t i = 0; i < s->n_unit; i++)
    if (burns(s->unit[i].plant))
      fleet[n++] =
          (power_fleet){(power_machine_kind)s->unit[i].plant->kind, s->unit[i].units, s->unit[i].plant->unit_mw, 0};
  for (int32_t k = 0; k < POWER_MONTHS; k++) s->sum[k].firm_it_mw = isnan(s->grid_limit_mw) ? (double)NAN : HUGE_VAL;
  for (int32_t t = 0; t < s->n_h; t++) {
    const double one_out_mw = power_fleet_firm_mw(fleet, n, 1, s->dry_degc[t], in->elevation_m);
    const double grid_mw = s->grid_limit_mw * (s->grid_frac ? s->grid_frac[t] : 1.0);
    double      *firm_mw = &s->sum[s->month[t]].firm_it_mw;
    *firm_mw = number_least(*firm_mw, power_firm_mw(grid_mw, one_out_mw, in->row->permit_mw) / s->pue_frac[t]);
    if (s->dry_degc[t] > s->dry_degc[hottest]) hottest = t;
  }
  for (int32_t k = 0; k < POWER_STUDY_OUT; k++)
    s->machines_mw[k] =
        power_firm_mw(0.0, power_fleet_firm_mw(fleet, n, k, s->dry_degc[hottest], in->elevation_m), in->row->permit_mw);
}

static void look_at_seconds(const study_in *in, twin_power_study *s) {
  double standby_mw = 0.0;
  s->step_mw = in->row->step_mw;
  s->swing = power_swing_of(&(power_swing_in){.training_mw = mean_of(s->facility_mw, s->n_h),
                                              .step_frac = TRAINING_STEP_FRAC,
                                              .jobs = 1,
                                              .period_s = SWING_PERIOD_S,
                                              .grid_step_mw = isnan(s->step_mw) ? HUGE_VAL : s->step_mw,
                                              .battery_mw = s->battery.mw,
                                              .battery_mwh = s->battery.mw * s->battery.hours_h});
  for (int32_t i = 0; i < s->n_unit; i++)
    if (s->unit[i].plant->kind == POWER_STANDBY) s->engines += s->unit[i].units, standby_mw += s->unit[i].mw;
  const power_backup backup = power_standby_of(s->engines, s->engines ? standby_mw / s->engines : 0.0);
  s->ride = power_ride_through(&backup, s->design_peak_mw, 0.0);
}

static void find_batteries(const study_in *in, twin_power_study *s) {
  const field_span b = in->row->storage;
  s->battery = power_storage_on(in->v->storage + b.first, b.n, in->v->battery, in->day);
  for (int32_t i = b.first; i < b.first + b.n; i++) {
    const power_battery_kind *kind = &in->v->battery[in->v->storage[i].kind];
    if (power_storage_day(&in->v->storage[i], kind) <= in->day)
      s->capital_usd += in->v->storage[i].mw * study_battery_usd_per_mw_yr(in, kind);
  }
}

sg_err study_supply(const study_in *in, twin_power_study *s) {
  power_onsite onsite;
  double       grid_mw, firm_mw, most_mw = 0.0;
  twin_supply_on(in->v, in->m, in->campus, in->m->day0[in->index + 1], &onsite, &grid_mw, &firm_mw);
  s->grid_limit_mw = isinf(grid_mw) ? (double)NAN : grid_mw;
  s->firm_mw = isinf(firm_mw) ? (double)NAN : firm_mw;
  for (int32_t k = 0; k < POWER_MONTHS; k++)
    s->gas_usd_per_mmbtu[k] = in->tariff->gas_usd_per_mmbtu * study_market_factor(in, in->m->market_gas, k);
  for (int32_t t = 0; t < s->n_h; t++) most_mw = number_most(most_mw, s->facility_mw[t]);
  sg_err err = find_units(in, s);
  if (err) return err;
  find_batteries(in, s);
  if (isinf(grid_mw)) grid_mw = most_mw + s->battery.mw + 1.0;
  keep_permit(in, s);
  err = withhold(in, s);
  if (!err) err = ration_standby(s, grid_mw);
  if (err) return err;
  set_supply(in, grid_mw, s);
  err = dispatch(in, s);
  if (err) return err;
  account_units(in, s);
  count_machines(in, s);
  look_at_seconds(in, s);
  return SG_OK;
}

void study_peaks(const study_in *in, twin_power_study *s) {
  twin_power_peaks *p = &s->peaks;
  for (int32_t k = 5; k < 5 + POWER_STUDY_COINCIDENT; k++) {
    int32_t at = -1;
    for (int32_t t = 0; t < s->n_h; t++)
      if (s->month[t] == k && (at < 0 || s->price_usd_per_mwh[t] > s->price_usd_per_mwh[at])) at = t;
    p->hour[p->n++] = at;
    p->mean_mw += s->grid_mw[at] / POWER_STUDY_COINCIDENT;
    const double spare_mw = number_most(0.0, s->battery.mw - s->discharge_mw[at]);
    p->battery_mw += number_least(s->grid_mw[at], spare_mw) / POWER_STUDY_COINCIDENT;
  }
  const double own = in->tariff->coincident_usd_per_mw_yr;
  const double usd_per_mw_yr = own > 0.0 ? own : 12.0 * in->tariff->demand_usd_per_mw_month;
  p->usd = p->mean_mw * usd_per_mw_yr;
  p->battery_usd = p->battery_mw * usd_per_mw_yr;
}
