// One scenario: memory, draws, shocks, and the run of months.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/number.h"
#include "../base/calendar.h"
#include "../build/supply.h"
#include "hubs.h"
#include "loans.h"
#include "parts.h"
#include "state.h"
#include "weather.h"

// ---- Memory -----------------------------------------------------------------------------------------------------------

// One list of everything that a state holds: pointer, count, size.
#define STATE_ARRAYS(X)                                                                                                 \
  X(z, m->p.n_draw) X(shock_from, m->n[CLASS_SHOCK]) X(shock_to, m->n[CLASS_SHOCK]) X(move_base, m->n_move)              \
  X(shock_on, m->n[CLASS_SHOCK]) X(draw.work_day, m->net.n_activity) X(draw.available_day, m->net.n_activity)            \
  X(draw.gate_open_day, m->net.n_gate) X(build.start_day, m->net.n_activity) X(build.finish_day, m->net.n_activity)      \
  X(build.ready_day, m->net.n_activity) X(build.pause_day, m->net.n_activity) X(build.driver, m->net.n_activity)         \
  X(build.wait_cause, m->net.n_activity) X(build.free_day, m->net.n_crew) X(build.crew, m->net.n_activity)               \
  X(build.crew_user, m->net.n_crew) X(net.supply_cause, m->net.n_activity) X(work_cost_usd, m->net.n_activity)           \
  X(rack_cost_usd, m->net.n_activity) X(go, m->net.n_building) X(commissioned, m->net.n_building)                        \
  X(dropped, m->net.n_building) X(failed_tenant, m->net.n_building) X(budget_owner_usd, m->net.n_building)               \
  X(budget_buyer_usd, m->net.n_building) X(building_mw, m->net.n_building) X(building_it_mw, m->net.n_building)          \
  X(campus_owner_usd, m->n[CLASS_CAMPUS]) X(campus_buyer_usd, m->n[CLASS_CAMPUS]) X(campus_mw, m->n[CLASS_CAMPUS]) X(campus_it_mw, m->n[CLASS_CAMPUS])        \
  X(variant, m->n[CLASS_CAMPUS]) X(start_day, m->n[CLASS_CAMPUS]) X(order_day, m->n[CLASS_CAMPUS]) X(work_left, m->n[CLASS_CAMPUS]) X(settled_month, m->n[CLASS_CAMPUS]) X(funded, m->n[CLASS_CAMPUS]) X(first_live, m->n[CLASS_CAMPUS]) X(first_plan_day, m->n[CLASS_CAMPUS]) X(need_owner_usd, m->net.n_building) X(need_buyer_usd, m->net.n_building) X(campus_z, m->p.n_draw) X(campus_z_key, m->p.n_draw) X(part, m->n[CLASS_CAMPUS]) X(open, m->net.n_activity) X(supply_until_day, m->n[CLASS_CAMPUS])                       \
  X(gate_ready_day, m->net.n_gate) X(first_order_day, m->n[CLASS_SUPPLY])                 \
  X(hub_path, m->n[CLASS_TARIFF] * m->n_month) X(hub_drawn, m->n[CLASS_TARIFF]) X(hub_year, m->n_year)                   \
  X(pue, 12 * m->n[CLASS_CAMPUS]) X(wue, 12 * m->n[CLASS_CAMPUS])                                                        \
  X(delivered, m->n[CLASS_CAMPUS] * (m->n_month + 2)) X(renewed_racks, m->n[CLASS_CAMPUS]) X(extra_usd, m->n[CLASS_CAMPUS]) X(deposit_usd, m->n[CLASS_CAMPUS]) X(rack_rest_frac, m->n[CLASS_CAMPUS]) \
  X(paused, m->net.n_building) X(market_path, m->n[CLASS_MARKET] * m->n_month) X(tenant_failed, m->n[CLASS_CAMPUS]) X(depreciated_usd, m->n[CLASS_CAMPUS]) X(construction_usd, m->n[CLASS_CAMPUS])                           \
  X(campus, m->n[CLASS_CAMPUS]) X(run_left_flop, m->n[CLASS_RUN]) X(run_total_flop, m->n[CLASS_RUN])                     \
  X(run_done_month, m->n[CLASS_RUN]) X(service_sales_usd, m->n[CLASS_SERVICE]) X(service_cost_usd, m->n[CLASS_SERVICE])  \
  X(owed_cents, m->n_line) X(paid_cents, m->n_line) X(line_paid_cents, m->n_line) X(funds_usd, m->n[CLASS_PARTY])        \
  X(retained_usd, m->n[CLASS_PARTY]) X(raisable_usd, m->n[CLASS_PARTY])        \
  X(income_usd, m->n[CLASS_PARTY]) X(party_last_income_usd, m->n[CLASS_PARTY])           \
  X(asset, m->n[CLASS_ASSET]) X(asset_booked_usd, m->n[CLASS_ASSET]) X(asset_could, m->n[CLASS_ASSET]) X(asset_span_day, m->n[CLASS_ASSET])                                           \
  X(loan, m->n_deal * m->n[CLASS_CAMPUS]) X(deal, m->n_deal)               \
  X(schedule_usd, m->n_deal * m->n[CLASS_CAMPUS] * m->n_month) X(repay_scratch, 5 * TWIN_MAX_MONTHS)                     \
  X(service_cents, m->n[CLASS_PARTY]) X(operating_cents, m->n[CLASS_PARTY]) X(capital_cents, m->n[CLASS_PARTY]) X(reserve_cents, m->n[CLASS_PARTY])          \
  X(cover_cash_usd, 12 * m->n[CLASS_PARTY]) X(cover_due_usd, 12 * m->n[CLASS_PARTY]) X(locked, m->n[CLASS_PARTY])        \
  X(cover_frac, m->n[CLASS_PARTY])                                                                                       \
  X(renewal_usd, m->n[CLASS_CAMPUS]) X(equity_terms, m->n[CLASS_PARTY]) X(equity_state, m->n[CLASS_PARTY])               \
  X(tax, m->n[CLASS_PARTY]) X(federal_write_off_usd, m->n[CLASS_PARTY] * m->n_year) X(state_write_off_usd, m->n[CLASS_PARTY] * m->n_year) \
  X(taxed_profit_usd, m->n[CLASS_PARTY]) X(year_interest_usd, m->n[CLASS_PARTY]) X(year_depreciation_usd, m->n[CLASS_PARTY]) \
  X(machines_usd, m->n[CLASS_CAMPUS]) X(placed_buildings_usd, m->n[CLASS_CAMPUS]) X(placed_machines_usd, m->n[CLASS_CAMPUS]) \
  X(paid_in_usd, m->n_deal) X(month_in_cents, m->n[CLASS_PARTY]) X(month_out_cents, m->n[CLASS_PARTY])                   \
  X(leaves, m->n_line * (m->n[CLASS_PERIMETER] + 1)) X(spent_usd, m->n[CLASS_PERIMETER] + 1) X(capex_usd, m->n[CLASS_PERIMETER] + 1) X(dscr_cash, 12) X(dscr_due, 12)       \
  X(claim, m->n_line) X(claim_paid, m->n_line) X(claim_line, m->n_line) X(cash_cents, m->n[CLASS_PARTY])                 \
  X(late, m->n[CLASS_CAMPUS] * twin_report_years(m) * (CAUSE_COUNT + 1)) X(stood, m->net.n_building * twin_report_years(m))

twin_state *twin_state_create(const twin_model *m) {
  arena *a = arena_create();
  if (!a) return NULL;
  twin_state *s = ARENA_NEW(a, twin_state, 1);
  if (!s) { arena_free(a); return NULL; }
  s->m = m;
  s->a = a;
  s->net = m->net;
  bool ok = true;
#define TAKE(field, count) ok &= (s->field = arena_take(a, (size_t)(count) + 1, sizeof *s->field)) != NULL;
  STATE_ARRAYS(TAKE)
#undef TAKE
  for (int i = 0; i < PATH_COUNT; i++) ok &= (s->path[i] = ARENA_NEW(a, double, m->n_month + 1)) != NULL;
  ok &= (s->block = ARENA_NEW(a, unsigned char, m->p.block_bytes + 1)) != NULL;
  ok &= (s->record = ARENA_NEW(a, double, (size_t)m->n_month * m->record + 1)) != NULL;
  ok &= (s->clear_scratch = arena_take(a, capital_clearing_bytes((size_t)m->n[CLASS_PARTY], (size_t)m->n_line + 1), 1)) != NULL;
  void *books = arena_take(a, ledger_bytes(m->n[CLASS_PARTY], m->n_leg, m->n_month), 1);
  ok &= books && ledger_init(&s->ledger, m->leg, m->n_leg, m->n_month, m->n[CLASS_PARTY], books, NULL) == SG_OK;
  if (!ok) { arena_free(a); return NULL; }
  twin_view_bind(&m->p, s->block, &s->v);
  memcpy(s->block, m->p.block, m->p.block_bytes);
  twin_perimeter_lines(s);
  return s;
}

void twin_state_free(twin_state *s) {
  if (s) arena_free(s->a);
}

// ---- Trace -------------------------------------------------------------------------------------------------------------

void twin_note(twin_state *s, const char *format, ...) {
  if (!s->trace) return;
  if (s->trace->last_month != s->month) {
    char month[8];
    calendar_month_text(s->m->month0 + s->month, month);
    text_addf(&s->trace->text, "%s\n", month);
    s->trace->last_month = s->month;
  }
  char line[400];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  text_addf(&s->trace->text, "  %s\n", line);
}

// ---- Draws --------------------------------------------------------------------------------------------------------------

// Part of a normal that the factors explain; the rest keeps variance 1.
static double with_factors(const twin_model *m, const programme_draw *d, const double *factor, double own) {
  double sum = 0, square = 0;
  for (int32_t f = 0; f < m->p.n_factor; f++) {
    sum += d->loading[f] * factor[f];
    square += d->loading[f] * d->loading[f];
  }
  return square > 0 ? sum + sqrt(number_most(0, 1 - square)) * own : own;
}

static double in_range(const programme_model *p, const programme_draw *d, double v) {
  const field_row *f = p->value[d->value].field;
  if (f->type == FIELD_DATE) return v;
  return v < f->low ? f->low : v > f->high ? f->high : v;
}

static void draw_plain(twin_state *s, const double *factor) {
  const twin_model *m = s->m;
  for (int32_t i = 0; i < m->n_plain; i++) {
    const programme_draw *d = &m->p.draw[m->plain_draw[i]];
    double z = with_factors(m, d, factor, stream_normal(s->s, d->key, 0));
    double v = in_range(&m->p, d, dist_of_normal(&d->of, &m->p.pool, z));
    s->z[m->plain_draw[i]] = z;
    memcpy(s->block + d->slot, &v, sizeof v);
  }
}

// A path in logarithms around a growing centre, in the place of its normals. Demand's own are shared through the correlation.
static void draw_path(twin_state *s, int32_t row, const double *demand_z, double *path) {
  const twin_model *m = s->m;
  const twin_market *k = row < 0 ? NULL : &s->v.market[row];
  double dt = 1.0 / 12, x = 0;
  bool drawn = k && s->mode == MODE_SCENARIO && k->volatility_frac_yr > 0;
  double own = k ? sqrt(number_most(0, 1 - k->demand_frac * k->demand_frac)) : 0, step = k ? k->volatility_frac_yr * sqrt(dt) : 0;
  for (int32_t t = 0; t < m->n_month; t++) {
    double years = (t - m->report0) * dt, z = path[t];
    path[t] = k ? exp(x + (years > 0 ? k->drift_frac_yr * years : 0)) : 1;
    if (!drawn || t < m->as_of_month) continue;
    double e = demand_z == path ? z : k->demand_frac * demand_z[t] + own * z;
    x += -k->reversion_yr * dt * x + step * e;
  }
}

static const char *const path_names[PATH_COUNT] = { "markets.demand", "markets.power", "markets.gas", "markets.interest", "markets.shares" };

// The factors, and the normals of the markets: they stand in the place of the paths until these are drawn.
static void draw_factors(twin_state *s, double *factor) {
  const twin_model *m = s->m;
  if (s->mode == MODE_PLAN) return;
  for (int i = 0; i < PATH_COUNT; i++) stream_normals(s->s, stream_key(path_names[i]), 0, (uint32_t)m->n_month, s->path[i]);
  // The demand factor: what the first two years of the path bring, as one standard normal.
  int32_t first = m->as_of_month, last = first + 24 < m->n_month ? first + 24 : m->n_month;
  double sum = 0;
  for (int32_t t = first; t < last; t++) sum += s->path[PATH_DEMAND][t];
  factor[0] = last > first ? sum / sqrt(last - first) : 0;
  for (int32_t f = 1; f < m->p.n_factor; f++)
    factor[f] = stream_normal(s->s, stream_key_join(stream_key("factors"), stream_key(m->p.factor[f])), 0);
}

// Normals of a row's steps.
static void market_normals(const twin_state *s, int32_t row, double *z) {
  const char    *name = programme_name(&s->m->p, CLASS_MARKET, row);
  const int32_t  standing[PATH_COUNT] = { s->m->market_demand, s->m->market_power, s->m->market_gas, s->m->market_interest, s->m->market_shares };
  uint64_t       key = stream_key_join(stream_key("markets"), stream_key(name));
  for (int i = 0; i < PATH_COUNT; i++)
    if (standing[i] == row) key = stream_key(path_names[i]);
  stream_normals(s->s, key, 0, (uint32_t)s->m->n_month, z);
}

// Tariffs that follow a hub: the drift of their market, around which the hub's level moves with gas. Demand's normals must stand.
static void draw_hubs(twin_state *s) {
  const twin_model *m = s->m;
  const twin_market *gas = m->market_gas < 0 ? NULL : &s->v.market[m->market_gas];
  double x[TWIN_MAX_MONTHS], dt = 1.0 / 12;
  bool   known = false;
  for (int32_t i = 0; i < m->n_year; i++) s->hub_year[i] = s->mode == MODE_SCENARIO ? twin_hub_year(s->s, 1970 + m->month0 / 12 + i) : 0;
  for (int32_t k = 0; k < m->n[CLASS_TARIFF]; k++) {
    const int32_t hub = s->v.tariff[k].hub, row = m->tariff_market[k];
    const twin_market *own = row < 0 ? NULL : &s->v.market[row];
    double *path = s->hub_path + (size_t)k * (size_t)m->n_month;
    s->hub_drawn[k] = hub && s->mode == MODE_SCENARIO && own && own->volatility_frac_yr > 0;
    if (!hub) continue;
    for (int32_t t = 0; t < m->n_month && !s->hub_drawn[k]; t++) path[t] = 1;
    if (s->hub_drawn[k]) {
      for (int32_t t = 0; t < m->n_month && !known; t++)
        x[t] = log(s->path[PATH_GAS][t]) - (gas ? gas->drift_frac_yr : 0) * number_most(0, (t - m->report0) * dt);
      known = true;
      market_normals(s, row, path);
      bool moves = gas && gas->volatility_frac_yr > 0;
      twin_hub_walk walk = { .gas_reversion = moves ? gas->reversion_yr * dt : 0, .gas_step = moves ? gas->volatility_frac_yr * sqrt(dt) : 0,
                             .gas_demand = moves ? gas->demand_frac : 0, .demand = own->demand_frac };
      twin_hub_levels(&m->hub_process[hub], &walk, x, s->path[PATH_DEMAND], path, m->as_of_month, m->n_month, path);
    }
    for (int32_t t = m->report0 + 1; own && own->drift_frac_yr != 0 && t < m->n_month; t++) path[t] *= exp(own->drift_frac_yr * (t - m->report0) * dt);
  }
}

static void draw_markets(twin_state *s) {
  const twin_model *m = s->m;
  const int32_t rows[PATH_COUNT] = { m->market_demand, m->market_power, m->market_gas, m->market_interest, m->market_shares };
  size_t n = (size_t)m->n_month;
  for (int32_t r = 0; r < m->n[CLASS_MARKET]; r++) {  // any other row that the file names is a path as well
    uint64_t key = stream_key_join(stream_key("markets"), stream_key(programme_name(&m->p, CLASS_MARKET, r)));
    double *path = s->market_path + (size_t)r * n;
    bool standing = false;
    for (int i = 0; i < PATH_COUNT; i++) standing |= rows[i] == r;
    if (standing) continue;
    if (s->mode == MODE_SCENARIO) stream_normals(s->s, key, 0, (uint32_t)n, path);
    draw_path(s, r, s->path[PATH_DEMAND], path);
  }
  for (int i = PATH_COUNT; i-- > 0;) {  // demand, the first, last: the others need its normals
    if (i == PATH_DEMAND) draw_hubs(s);
    draw_path(s, rows[i], s->path[PATH_DEMAND], s->path[i]);
    if (rows[i] >= 0) memcpy(s->market_path + (size_t)rows[i] * n, s->path[i], n * sizeof(double));
  }
}

// Standard normal of a draw of one activity on one building: shares of the programme, the campus and the building.
static double work_normal(twin_state *s, int32_t draw, const double *factor, const twin_building *b) {
  const programme_draw *d = &s->m->p.draw[draw];
  double z = 0;
  if (d->share_programme > 0) z += sqrt(d->share_programme) * s->z[draw];
  if (d->share_campus > 0) z += sqrt(d->share_campus) * s->campus_z[draw];
  if (d->share_building > 0) z += sqrt(d->share_building) * stream_normal(s->s, s->campus_z_key[draw], (uint32_t)b->number + 1);
  return with_factors(s->m, d, factor, z);
}

static void draw_campus_work(twin_state *s, int32_t campus) {
  const twin_model *m = s->m;
  if (s->mode == MODE_PLAN) return;
  for (int32_t i = 0; i < 2 * m->n[CLASS_ACTIVITY]; i++) {
    int32_t draw = m->work_draw[i];
    if (draw < 0) continue;
    s->campus_z_key[draw] = stream_key_join(m->p.draw[draw].key, m->campus_key[campus]);
    if (m->p.draw[draw].share_campus > 0) s->campus_z[draw] = stream_normal(s->s, s->campus_z_key[draw], 0);
  }
}

static double work_value(twin_state *s, int32_t draw, double at_rest, const double *factor, const twin_building *b) {
  if (draw < 0 || s->mode == MODE_PLAN) return at_rest;
  const programme_draw *d = &s->m->p.draw[draw];
  return in_range(&s->m->p, d, dist_of_normal(&d->of, &s->m->p.pool, work_normal(s, draw, factor, b)));
}

static void draw_building_work(twin_state *s, const double *factor, int32_t b) {
  const twin_model *m = s->m;
  const twin_view *v = &s->v;
  double months = 1 / CALENDAR_DAYS_PER_MONTH;
  const twin_building *building = &m->building[b];
  const twin_campus *campus = &v->campus[building->campus];
  double it_mw = s->building_it_mw[b] = twin_building_it_mw(v, building), owner_usd = 0;
  s->building_mw[b] = it_mw * campus->facility_frac;
  for (int32_t j = m->building_first[b]; j < m->building_first[b + 1]; j++) {
    int32_t i = m->of_building[j], row = m->work[i].row;
    const build_activity *act = &v->activity[row];
    double takes = work_value(s, m->work_draw[2 * row], act->takes_day, factor, building) * m->work[i].scale * campus->rework_frac;
    double plan = m->plan_view.activity[row].takes_day * m->work[i].scale * m->plan_view.campus[building->campus].rework_frac;
    if (m->net.own_cause[i] == s->removed && takes > plan) takes = plan;
    if (takes > plan * 1.0001) s->causes_seen |= 1u << m->net.own_cause[i];
    s->draw.work_day[i] = takes;
    double fixed = work_value(s, m->work_draw[2 * row + 1], act->fixed_usd_per_mw, factor, building);
    double cost = (fixed + act->monthly_usd_per_mw_month * takes * months) * it_mw * campus->cost_frac;
    s->work_cost_usd[i] = cost;
    s->rack_cost_usd[i] = 0;
    owner_usd += cost;
  }
  double racks_usd = twin_building_racks(v, building) * compute_rack_cost_usd(&v->rack[campus->racks]);
  if (building->racks_activity >= 0) s->rack_cost_usd[building->racks_activity] = racks_usd;
  else racks_usd = 0;
  s->budget_owner_usd[b] = owner_usd * (1 + v->top->contingency_frac);
  s->budget_buyer_usd[b] = racks_usd;
}

static void draw_work(twin_state *s, const double *factor) {
  const twin_model *m = s->m;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    draw_campus_work(s, c);
    for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++) draw_building_work(s, factor, m->of_campus[k]);
  }
}

// A construction or purchase contract for a sum in all: what it covers costs that sum, whatever the estimate was.
static void fix_prices(twin_state *s, int rule, double *cost_usd, double *budget_usd, double over) {
  const twin_model *m = s->m;
  for (int32_t k = 0; k < m->n[CLASS_CONTRACT]; k++) {
    const capital_contract *at = &s->v.contract[k];
    if (s->v.contract_type[at->type].rule != rule || isnan(at->total_usd)) continue;
    double sum = 0;
    for (int pass = 0; pass < 2; pass++)
      for (int32_t b = 0; b < m->net.n_building; b++) {
        int32_t c = m->building[b].campus, line = rule == CAPITAL_RULE_PURCHASE ? m->campus_lines[2 * c].racks : m->campus_lines[2 * c].construction;
        if (line < 0 || m->line[line].contract != k) continue;
        double own = 0;
        for (int32_t j = m->building_first[b]; j < m->building_first[b + 1]; j++) {
          double *cost = &cost_usd[m->of_building[j]];
          if (pass) *cost *= sum > 0 ? at->total_usd / sum : 0;
          own += *cost;
        }
        if (pass) budget_usd[b] = own * over;
        else sum += own;
      }
  }
}

// On-site generation is paid by the owner; each building of the campus bears its share of the budget. And the sums.
static void share_generation(twin_state *s) {
  const twin_model *m = s->m;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    const twin_campus *campus = &s->v.campus[c];
    int32_t first = m->campus_first[c], last = m->campus_first[c + 1];
    double usd = 0;
    for (int32_t g = campus->generation.first; g < campus->generation.first + campus->generation.n; g++) {
      const power_plant *plant = &s->v.plant[s->v.generation[g].plant];
      usd += plant->capex_usd_per_mw * plant->unit_mw * s->v.generation[g].units;
    }
    for (int32_t b = campus->storage.first; b < campus->storage.first + campus->storage.n; b++)
      usd += power_storage_capex_usd(&s->v.storage[b], &s->v.battery[s->v.storage[b].kind]);
    s->campus_owner_usd[c] = s->campus_buyer_usd[c] = s->campus_mw[c] = s->campus_it_mw[c] = 0;
    for (int32_t k = first; k < last; k++) {
      int32_t b = m->of_campus[k];
      s->budget_owner_usd[b] += usd / (last - first);
      s->campus_owner_usd[c] += s->budget_owner_usd[b];
      s->campus_buyer_usd[c] += s->budget_buyer_usd[b];
      s->campus_mw[c] += s->building_mw[b];
      s->campus_it_mw[c] += s->building_it_mw[b];
    }
  }
}

static void draw_shocks(twin_state *s) {
  const twin_model *m = s->m;
  for (int32_t k = 0; k < m->n[CLASS_SHOCK]; k++) {
    const twin_shock *shock = &s->v.shock[k];
    s->shock_from[k] = HUGE_VAL;
    s->shock_to[k] = -HUGE_VAL;
    if (isnan(shock->from_day) || s->mode != MODE_SCENARIO) continue;
    uint64_t key = m->shock_key[k];
    if (stream_uniform(s->s, key, 0) > shock->odds_frac) continue;
    s->shock_from[k] = shock->from_day;
    s->shock_to[k] = isnan(shock->lasts_day) ? HUGE_VAL : shock->from_day + shock->lasts_day;
  }
}

void twin_scenario_shocks(twin_state *s) {
  const twin_model *m = s->m;
  if (!m->n_move || s->mode != MODE_SCENARIO) return;
  double day0 = m->day0[s->month], day1 = m->day0[s->month + 1];
  bool change = false;
  for (int32_t k = 0; k < m->n[CLASS_SHOCK]; k++) {
    const twin_shock *shock = &s->v.shock[k];
    if (!isnan(shock->hazard_yr) && s->month >= m->as_of_month && day0 >= s->shock_to[k]) {
      uint64_t key = m->shock_key[k];
      if (stream_uniform(s->s, key, (uint32_t)s->month + 1) < 1 - exp(-shock->hazard_yr / 12)) {
        s->shock_from[k] = day0;
        s->shock_to[k] = isnan(shock->lasts_day) ? HUGE_VAL : day0 + shock->lasts_day;
      }
    }
    unsigned char on = s->shock_from[k] < day1 && s->shock_to[k] > day0;
    change |= on != s->shock_on[k];
    if (on && !s->shock_on[k]) twin_note(s, "shock: %s begins", programme_name(&m->p, CLASS_SHOCK, k));
    if (!on && s->shock_on[k]) twin_note(s, "shock: %s ends", programme_name(&m->p, CLASS_SHOCK, k));
    s->shock_on[k] = on;
  }
  if (!change) return;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) s->supply_until_day[c] = -HUGE_VAL;
  for (int32_t i = 0; i < m->n_move; i++) memcpy(s->block + m->move[i].slot, &s->move_base[i], sizeof(double));
  for (int32_t i = 0; i < m->n_move; i++) {
    if (!s->shock_on[m->move[i].shock]) continue;
    const twin_effect *e = &s->v.effect[m->move[i].effect];
    double v;
    memcpy(&v, s->block + m->move[i].slot, sizeof v);
    v = isnan(e->set) ? v * e->factor : e->set;
    v = v < m->move[i].low ? m->move[i].low : v > m->move[i].high ? m->move[i].high : v;
    memcpy(s->block + m->move[i].slot, &v, sizeof v);
  }
}

// ---- Clearing the state ------------------------------------------------------------------------------------------------

static void clear_physical(twin_state *s) {
  const twin_model *m = s->m;
  build_clear(&s->net, &s->build);
  for (int32_t i = 0; i < m->net.n_activity; i++) {
    bool waits = m->work[i].supply >= 0 || m->building[m->net.building[i]].energise_activity == i;
    s->draw.available_day[i] = waits ? HUGE_VAL : -HUGE_VAL;
    s->net.supply_cause[i] = m->net.supply_cause[i];
  }
  for (int32_t g = 0; g < m->net.n_gate; g++) s->draw.gate_open_day[g] = s->gate_ready_day[g] = HUGE_VAL;
  memset(s->go, 1, (size_t)m->net.n_building);
  memset(s->commissioned, 0, (size_t)m->net.n_building);
  memset(s->paused, 0, (size_t)m->net.n_building);
  memset(s->dropped, 0, (size_t)m->net.n_building);
  memset(s->failed_tenant, 0, (size_t)m->net.n_building);
  memset(s->campus, 0, (size_t)m->n[CLASS_CAMPUS] * sizeof *s->campus);
  memset(s->delivered, 0, (size_t)m->n[CLASS_CAMPUS] * (size_t)(m->n_month + 2) * sizeof(double));
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    s->variant[c] = 0;
    s->depreciated_usd[c] = s->construction_usd[c] = s->machines_usd[c] = s->renewal_usd[c] = 0;
    s->placed_buildings_usd[c] = s->placed_machines_usd[c] = 0;
    s->order_day[c] = HUGE_VAL;
    s->tenant_failed[c] = 0;
    s->extra_usd[c] = s->deposit_usd[c] = 0;
    s->rack_rest_frac[c] = 1;
    s->supply_until_day[c] = -HUGE_VAL;
    s->work_left[c] = 0;
    s->funded[c] = (twin_funded){ .work_left = -1 };
    s->settled_month[c] = INT32_MAX;
    s->first_plan_day[c] = HUGE_VAL;
    for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++)
      s->first_plan_day[c] = number_least(s->first_plan_day[c], m->plan_begin_day[m->of_campus[k]]);
    s->part[c] = m->part[c];
    s->part[c].open = s->open + m->part_first[c];
    build_part_clear(&s->net, m->part_first[c], &s->part[c]);
    s->start_day[c] = twin_campus_start_day(&s->v, m, c);
    double plan = twin_campus_start_day(&m->plan_view, m, c);
    if (s->removed == CAUSE_CONSENT && s->start_day[c] > plan) s->start_day[c] = plan;
    if (s->start_day[c] > plan) s->causes_seen |= 1u << CAUSE_CONSENT;
    twin_campus_cooling(m, &s->v, c, s->pue + 12 * c, s->wue + 12 * c);
  }
  for (int32_t b = 0; b < m->net.n_building; b++) s->work_left[m->building[b].campus]++;
  for (int32_t i = 0; i < m->n[CLASS_SUPPLY]; i++) s->first_order_day[i] = HUGE_VAL;
  for (int32_t r = 0; r < m->n[CLASS_RUN]; r++) {
    s->run_total_flop[r] = s->run_left_flop[r] = training_flop(&s->v.run[r], s->v.run[r].model < 0 ? NULL : &s->v.model[s->v.run[r].model]);
    s->run_done_month[r] = -1;
  }
  s->release_factor = 1;
  s->needs_known = false;
}

static void clear_money(twin_state *s) {
  const twin_model *m = s->m;
  size_t parties = (size_t)m->n[CLASS_PARTY] * sizeof(double);
  ledger_clear(&s->ledger);
  memset(s->owed_cents, 0, (size_t)m->n_line * sizeof(int64_t));
  memset(s->line_paid_cents, 0, (size_t)m->n_line * sizeof(int64_t));
  double *const per_party[] = { s->funds_usd, s->retained_usd, s->raisable_usd, s->income_usd, s->party_last_income_usd,
                               s->taxed_profit_usd, s->year_interest_usd, s->year_depreciation_usd };
  for (size_t i = 0; i < sizeof per_party / sizeof per_party[0]; i++) memset(per_party[i], 0, parties);
  memset(s->asset, 0, (size_t)m->n[CLASS_ASSET] * sizeof *s->asset);
  memset(s->asset_could, 0, (size_t)m->n[CLASS_ASSET] * sizeof *s->asset_could);
  memset(s->asset_span_day, 0, (size_t)m->n[CLASS_ASSET] * sizeof(double));
  for (int32_t i = 0; i < m->n_deal * m->n[CLASS_CAMPUS]; i++) s->loan[i] = (twin_loan_now){ .converted_month = -1 };
  size_t years = (size_t)m->n[CLASS_PARTY] * (size_t)m->n_year * sizeof(double);
  memset(s->federal_write_off_usd, 0, years);
  memset(s->state_write_off_usd, 0, years);
  memset(s->tax, 0, (size_t)m->n[CLASS_PARTY] * sizeof *s->tax);
  memset(s->reserve_cents, 0, (size_t)m->n[CLASS_PARTY] * sizeof(int64_t));
  memset(s->cover_cash_usd, 0, 12 * parties);
  memset(s->cover_due_usd, 0, 12 * parties);
  memset(s->capital_cents, 0, (size_t)m->n[CLASS_PARTY] * sizeof(int64_t));
  memset(s->locked, 0, (size_t)m->n[CLASS_PARTY]);
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) s->cover_frac[p] = HUGE_VAL;
  twin_equity_open(s);
  memset(s->paid_in_usd, 0, (size_t)m->n_deal * sizeof(double));
  memset(s->spent_usd, 0, (size_t)(m->n[CLASS_PERIMETER] + 1) * sizeof(double));
  memset(s->capex_usd, 0, (size_t)(m->n[CLASS_PERIMETER] + 1) * sizeof(double));
  memset(s->dscr_cash, 0, 12 * sizeof(double));
  memset(s->dscr_due, 0, 12 * sizeof(double));
  for (int32_t d = 0; d < m->n_deal; d++) s->deal[d] = (twin_deal_now){ .begun_month = -1, .ended_month = -1 };
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    const capital_party *party = &s->v.party[p];
    if (party->deep) continue;
    ledger_open(&s->ledger, p, LEDGER_CASH, capital_cents(isnan(party->cash_usd) ? 0 : party->cash_usd));
    for (int32_t i = party->sells.first; i < party->sells.first + party->sells.n; i++) {
      ledger_open(&s->ledger, p, LEDGER_LISTED_ASSETS, capital_cents(s->v.asset[i].worth_usd));
      s->asset_booked_usd[i] = s->v.asset[i].worth_usd;
    }
  }
  s->defaults = 0;
  s->equity_usd = 0;
}

void twin_scenario_prepare(twin_state *s, twin_mode mode, stream draws, int removed) {
  const twin_model *m = s->m;
  s->mode = mode;
  s->s = draws;
  s->removed = removed;
  s->causes_seen = 0;
  memcpy(s->block, m->p.block, m->p.block_bytes);
  if (mode != MODE_PLAN)
    for (int32_t i = 0; i < 2 * m->n[CLASS_ACTIVITY]; i++)  // of what each building draws, the programme's part
      if (m->work_draw[i] >= 0) s->z[m->work_draw[i]] = stream_normal(draws, m->p.draw[m->work_draw[i]].key, 0);
  double factor[PROGRAMME_MAX_FACTORS] = {0};
  s->net.pool = mode == MODE_PLAN || removed == CAUSE_CREWS ? m->no_pool : m->net.pool;
  draw_factors(s, factor);
  if (mode != MODE_PLAN) draw_plain(s, factor);
  draw_markets(s);  // the rows of the markets may themselves be uncertain
  draw_work(s, factor);
  fix_prices(s, CAPITAL_RULE_CONSTRUCTION, s->work_cost_usd, s->budget_owner_usd, 1 + s->v.top->contingency_frac);
  fix_prices(s, CAPITAL_RULE_PURCHASE, s->rack_cost_usd, s->budget_buyer_usd, 1);
  share_generation(s);
  draw_shocks(s);
  for (int32_t i = 0; i < m->n_move; i++) memcpy(&s->move_base[i], s->block + m->move[i].slot, sizeof(double));
  memset(s->shock_on, 0, (size_t)m->n[CLASS_SHOCK]);
  clear_physical(s);
  clear_money(s);
  memset(s->late, 0, (size_t)m->n[CLASS_CAMPUS] * (size_t)twin_report_years(m) * (CAUSE_COUNT + 1) * sizeof(double));
  if (s->trace) s->trace->last_month = -1;
}

// ---- The run of months ----------------------------------------------------------------------------------------------------

static bool contradicts(const twin_state *s, int32_t month) {
  for (int32_t i = 0; i < s->m->n_fact; i++) {
    const twin_fact_rule *f = &s->m->fact[i];
    if (f->month != month) continue;
    double v = s->record[(size_t)month * s->m->record + s->m->series[f->series].at];
    if (fabs(v - f->value) > f->tolerance) return true;
  }
  return false;
}

static bool run_months(twin_state *s, int32_t n) {
  for (s->month = 0; s->month < n; s->month++) {
    twin_scenario_shocks(s);
    twin_step_markets(s);
    twin_step_decide(s);
    twin_step_build(s);
    twin_step_capacity(s);
    twin_step_energy(s);
    twin_step_work(s);
    twin_step_accrue(s);
    twin_step_clear(s);
    twin_step_observe(s);
    if (s->watch) s->watch(s->watch_user, s);
    if (s->mode == MODE_SCENARIO && s->removed == CAUSE_NONE && contradicts(s, s->month)) return false;
  }
  s->month = n - 1;
  return true;
}

int32_t twin_scenario_run(twin_state *s, twin_mode mode, uint64_t seed, uint32_t scenario, int removed, int32_t n_months) {
  int32_t attempt = removed == CAUSE_NONE ? 0 : s->attempt;  // a counterfactual has the draws that the facts left standing
  size_t trace = s->trace ? s->trace->text.n : 0;
  do {
    if (s->trace) s->trace->text.n = trace;
    twin_scenario_prepare(s, mode, (stream){ seed, scenario, mode == MODE_BASE ? STREAM_MIDDLE : (uint32_t)attempt }, removed);
  } while (!run_months(s, n_months) && ++attempt < TWIN_MAX_ATTEMPTS);
  if (removed == CAUSE_NONE) s->attempt = attempt;
  if (removed == CAUSE_NONE) twin_step_delays(s);
  return attempt;
}
