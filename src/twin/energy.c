// Steps of the month: capacity (what stands and can be powered) and energy (what it draws, from where, at what price).
#include <math.h>

#include "../base/calendar.h"
#include "../base/number.h"
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
      twin_supply_on(&s->v, m, c, day1_of(s), &now->onsite, &now->grid_mw, &now->supply_mw);
      s->supply_until_day[c] = twin_supply_until_day(&s->v, m, c, day1_of(s));
    }
    now->firm_mw = now->supply_mw;
  }
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    twin_campus_now *now = &s->campus[c];
    const twin_campus *campus = &s->v.campus[c];
    const compute_rack *rack = &s->v.rack[campus->racks];
    const double *delivered = s->delivered + (size_t)c * (size_t)(m->n_month + 2);
    if (delivered[s->month + 1] > 0) compute_fleet_in(rack, delivered, s->month, &now->fleet);
    double up = 1 - campus->outage_frac, racks_mw = now->fleet.racks * rack->it_kw * 1e-3;
    now->it_limit_mw = up * number_least(number_least(now->it_shell_mw, racks_mw), now->firm_mw / campus->facility_frac);
    now->power_frac = racks_mw > 0 ? number_least(1, now->it_limit_mw / racks_mw) : 0;
    now->gpus = now->fleet.installed_gpus;
    now->schedulable_gpus = now->fleet.schedulable_gpus * now->power_frac;
    now->gpu_h = now->schedulable_gpus * 24 * (day1_of(s) - day0_of(s));
    if (isinf(now->firm_mw)) now->firm_mw = now->capacity_mw;
  }
}

// ---- 5. Energy ----------------------------------------------------------------------------------------------------------

void twin_step_energy(twin_state *s) {
  const twin_model *m = s->m;
  int32_t season = calendar_month_of_year(m->month0 + s->month);
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    twin_campus_now *now = &s->campus[c];
    if (!(now->fleet.racks > 0)) { now->energy = (power_month_out){0}; continue; }
    const power_tariff *tariff = &s->v.tariff[s->v.campus[c].tariff];
    int32_t market = m->tariff_market[s->v.campus[c].tariff];
    double energy = market < 0 ? 1 : s->v.market[market].level * s->market_path[(size_t)market * (size_t)m->n_month + (size_t)s->month];
    power_month_in in = {
      .it_mw = now->fleet.it_mw * now->power_frac, .hours_h = 24 * (day1_of(s) - day0_of(s)), .pue_frac = s->pue[12 * c + season],
      .wue_l_per_kwh = s->wue[12 * c + season], .grid_mw = isinf(now->grid_mw) ? now->capacity_mw + 1 : now->grid_mw, .onsite_mw = now->onsite.mean_mw,
      .energy_usd_per_mwh = tariff->energy_usd_per_mwh * energy + tariff->delivery_usd_per_mwh,
      .demand_usd_per_mw_month = tariff->demand_usd_per_mw_month,
      .minimum_mw = isinf(now->grid_mw) ? 0 : tariff->minimum_frac * now->grid_mw, .demand_peak_frac = 1,
      .gas_usd_per_mmbtu = tariff->gas_usd_per_mmbtu * s->markets.level[PATH_GAS], .grid_co2_kg_per_mwh = tariff->grid_co2_kg_per_mwh,
      .heat_rate_mmbtu_per_mwh = now->onsite.heat_rate_mmbtu_per_mwh, .om_usd_per_mwh = now->onsite.om_usd_per_mwh,
      .onsite_co2_kg_per_mwh = now->onsite.co2_kg_per_mwh };
    power_month(&in, &now->energy);
  }
}
