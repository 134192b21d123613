// Steps of the month: capacity (what stands and can be powered) and energy (what it draws, from where, at what price).
#include <math.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "goodput.h"
#include "hubs.h"
#include "../power/storage.h"
#include "parts.h"
#include "state.h"

static double day0_of(const twin_state *s) { return s->m->day0[s->month]; }
static double day1_of(const twin_state *s) { return s->m->day0[s->month + 1]; }

// ---- 4. Capacity --------------------------------------------------------------------------------------------------------

// Racks that reach the end of their life this month are replaced, if demand carries it and the tenant pays.
static void renew_racks(twin_state *s) {
  const twin_model *m = s->m;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    s->renewed_racks[c] = 0;
    int32_t life = (int32_t)floor(s->v.rack[s->v.campus[c].racks].life_day / CALENDAR_DAYS_PER_MONTH + 0.5), born = s->month - life;
    if (!s->v.campus[c].renews || born < 0 || s->tenant_failed[c]) continue;
    if (!twin_demand_allows(s, c)) {
      s->causes_seen |= 1u << CAUSE_DEMAND;
      continue;
    }
    double *prefix = s->delivered + (size_t)c * (size_t)(m->n_month + 2);
    s->renewed_racks[c] = prefix[born + 1] - prefix[born];
    prefix[s->month + 1] += s->renewed_racks[c];
  }
}

static void deliver_racks(twin_state *s) {
  const twin_model *m = s->m;
  double day0 = day0_of(s), day1 = day1_of(s);
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    double *prefix = s->delivered + (size_t)c * (size_t)(m->n_month + 2);
    prefix[s->month + 1] = prefix[s->month];
    // What was done by the end of the month in which all was paid for may arrive on the first day of the next.
    if (s->start_day[c] >= day1 || s->month - 1 > s->settled_month[c]) continue;
    for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++) {
      const twin_building *building = &m->building[m->of_campus[k]];
      double finish = building->racks_activity < 0 ? HUGE_VAL : s->build.finish_day[building->racks_activity];
      if (finish >= day0 && finish < day1) prefix[s->month + 1] += twin_building_racks(&s->v, building);
    }
  }
  renew_racks(s);
}

void twin_step_capacity(twin_state *s) {
  const twin_model *m = s->m;
  deliver_racks(s);
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    twin_campus_now *now = &s->campus[c];
    if (day1_of(s) >= s->supply_until_day[c]) {  // it changes with a step of the grid, a unit on site, or a shock
      const twin_campus *campus = &s->v.campus[c];
      twin_supply_on(&s->v, m, c, day1_of(s), &now->onsite, &now->grid_mw, &now->supply_mw);
      now->usable_mw = twin_usable_mw(campus, &now->onsite, now->grid_mw, now->supply_mw);
      twin_withheld_on(&s->v, m, c, day1_of(s), &now->withheld_mw, &now->withheld_frac);
      s->supply_until_day[c] = twin_supply_until_day(&s->v, m, c, day1_of(s));
    }
    now->firm_mw = now->supply_mw;
  }
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    twin_campus_now *now = &s->campus[c];
    const twin_campus *campus = &s->v.campus[c];
    const compute_rack *rack = &s->v.rack[campus->racks];
    const double *delivered = s->delivered + (size_t)c * (size_t)(m->n_month + 2);
    if (delivered[s->month + 1] > 0) compute_fleet_in(rack, delivered, m->goodput->by_age, s->month, &now->fleet);
    double up = 1 - campus->outage_frac, racks_mw = now->fleet.racks * rack->it_kw * 1e-3;
    now->it_limit_mw = up * number_least(number_least(now->it_shell_mw, racks_mw), now->usable_mw / campus->facility_frac);
    now->power_frac = racks_mw > 0 ? number_least(1, now->it_limit_mw / racks_mw) : 0;
    now->gpus = now->fleet.installed_gpus;
    now->schedulable_gpus = now->fleet.schedulable_gpus * now->power_frac;
    now->gpu_h = now->schedulable_gpus * 24 * (day1_of(s) - day0_of(s));
    if (isinf(now->firm_mw)) now->firm_mw = now->capacity_mw;
  }
}

// ---- 5. Energy ----------------------------------------------------------------------------------------------------------

// The month of a place that this one repeats: what is past, or has no hub, is typical.
static const twin_place_month *place_month(const twin_state *s, int32_t c) {
  const twin_model *m = s->m;
  int32_t at = m->month0 + s->month, year = 0;
  if (s->hub_drawn[s->v.campus[c].tariff] && s->month >= m->as_of_month) year = s->hub_year[at / 12 - m->month0 / 12];
  return &m->place[c]->year[year][calendar_month_of_year(at)];
}

// Level of the energy price over the tariff's own.
static double price_factor(const twin_state *s, int32_t tariff) {
  const twin_model *m = s->m;
  int32_t market = m->tariff_market[tariff];
  const double *path = s->v.tariff[tariff].hub ? s->hub_path + (size_t)tariff * (size_t)m->n_month
                       : market >= 0           ? s->market_path + (size_t)market * (size_t)m->n_month
                                               : NULL;
  return (market < 0 ? 1 : s->v.market[market].level) * (path ? path[s->month] : 1);
}

// What a shortage would cost: work as it was last month; an hour of training is worth what an hour of any machine costs, one of
// service what it sells. Assumption, see docs/assumptions.md#shortage.
static power_at_stake at_stake(const twin_state *s, const twin_campus_now *now) {
  const twin_programme_month *last = (const twin_programme_month *)(const void *)(s->record + (size_t)(s->month - 1) * s->m->record);
  power_at_stake w = { .gpus = now->schedulable_gpus };
  double hours = s->month > 0 ? 24 * (s->m->day0[s->month] - s->m->day0[s->month - 1]) : 0, gpu_h = now->schedulable_gpus * hours;
  if (!(gpu_h > 0)) return w;
  w.train_frac = number_least(1, now->training_gpu_h / gpu_h);
  w.serve_frac = number_least(1 - w.train_frac, (now->used_gpu_h - now->training_gpu_h) / gpu_h);
  w.train_usd_per_gpu_h = last->cost_usd_per_gpu_h;
  w.serve_usd_per_gpu_h = last->service_gpu_hours > 0 ? last->sales_usd / last->service_gpu_hours : 0;
  return w;
}

// Peak hours of the system, June to September, as far as a campus can tell: its own month's hour of most load. The mean of four
// is billed from the next January on: ERCOT Nodal Protocols, section 9.2 (four coincident peaks).
static void bill_coincident(twin_state *s, int32_t c, int32_t season, double usd_per_mw_yr) {
  twin_campus_now *now = &s->campus[c];
  if (season == 0) {
    now->coincident_mw = now->summer_mw;
    now->summer_mw = 0;
  }
  if (season >= 5 && season <= 8) now->summer_mw += now->energy.coincident_mw / 4;
  now->energy.demand_usd += usd_per_mw_yr / 12 * now->coincident_mw;
}

// What units on site may give: within the permit in MW, and evenly within that in tonnes, so that no twelve months exceed it.
static double onsite_limit_mw(const twin_campus *c, const power_onsite *onsite) {
  double mw = isnan(c->permit_mw) ? HUGE_VAL : c->permit_mw;
  if (isnan(c->permit_t_yr) || !(onsite->co2_kg_per_mwh > 0)) return mw;
  return number_least(mw, c->permit_t_yr * 1000 / onsite->co2_kg_per_mwh / (24 * CALENDAR_DAYS_PER_YEAR));
}

void twin_step_energy(twin_state *s) {
  const twin_model *m = s->m;
  int32_t season = calendar_month_of_year(m->month0 + s->month);
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    twin_campus_now *now = &s->campus[c];
    if (!(now->fleet.racks > 0)) { now->energy = (power_month_out){0}; continue; }
    const twin_campus *campus = &s->v.campus[c];
    const power_tariff *tariff = &s->v.tariff[campus->tariff];
    const twin_place_month *place = place_month(s, c);
    bool limited = !isinf(now->grid_mw);
    power_month_in in = {
      .groups = &place->groups, .it_mw = now->fleet.it_mw * now->power_frac, .hours_h = 24 * (day1_of(s) - day0_of(s)),
      .pue_frac = 1 + (s->pue[12 * c + season] - 1) * place->overhead_frac, .wue_l_per_kwh = s->wue[12 * c + season] * place->water_frac,
      .grid_mw = now->grid_mw, .withheld_mw = limited ? now->withheld_mw : 0, .withheld_frac = now->withheld_frac,
      .onsite_mw = now->onsite.cool_mw, .onsite_hot_mw = now->onsite.mean_mw,
      .onsite_limit_mw = onsite_limit_mw(campus, &now->onsite),
      .energy_usd_per_mwh = tariff->energy_usd_per_mwh * price_factor(s, campus->tariff), .delivery_usd_per_mwh = tariff->delivery_usd_per_mwh,
      .demand_usd_per_mw_month = tariff->demand_usd_per_mw_month, .minimum_mw = limited ? tariff->minimum_frac * now->grid_mw : 0,
      .gas_usd_per_mmbtu = tariff->gas_usd_per_mmbtu * s->markets.level[PATH_GAS], .grid_co2_kg_per_mwh = tariff->grid_co2_kg_per_mwh,
      .heat_rate_mmbtu_per_mwh = now->onsite.heat_rate_mmbtu_per_mwh, .om_usd_per_mwh = now->onsite.om_usd_per_mwh,
      .onsite_co2_kg_per_mwh = now->onsite.co2_kg_per_mwh, .work = at_stake(s, now) };
    power_month(&in, &now->energy);
    if (campus->storage.n) {
      power_battery b = power_storage_on(s->v.storage + campus->storage.first, campus->storage.n, s->v.battery, day1_of(s) - twin_shift_day(&s->v, m, c));
      power_month_store(&in, &b, &now->energy);
    }
    if (tariff->coincident_usd_per_mw_yr > 0) bill_coincident(s, c, season, tariff->coincident_usd_per_mw_yr);
  }
}
