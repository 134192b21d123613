// Flows of a financing: what was billed and paid, as quantities times prices.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "financing_parts.h"
#include "parts.h"

double twin_flow_usd(const twin_flow *f, int32_t t) {
  double price = f->price_path ? f->price_path[t] : f->price, grown = 1;
  if (f->escalates_frac_per_yr > 0 && t > f->begins) grown = pow(1 + f->escalates_frac_per_yr, floor((t - f->begins) / 12.0));
  return f->quantity[t] * price * f->part * grown * (f->factor ? f->factor[t] : 1);
}

double *financing_series(financing_fill *b) {
  double *x = ARENA_NEW(b->a, double, b->n + 1);
  b->failed |= !x;
  return x;
}

// ---- One flow -------------------------------------------------------------------------------------------------------------

// Inputs stand in the block of rows; anything else is no input.
static size_t slot_of(const financing_fill *b, const double *input) {
  uintptr_t at = (uintptr_t)input, from = (uintptr_t)b->s->block;
  return input && at >= from && at < from + b->s->m->p.block_bytes ? (size_t)(at - from) : SIZE_MAX;
}

// A flow as it is asked for: pointers to inputs, NULL where there is none.
typedef struct ask {
  twin_flow_kind kind;
  int32_t        of;
  const char    *of_what, *what, *unit, *price_unit;  // name: "OF_WHAT: WHAT"
  const double  *price, *price_path, *part, *escalates, *factor;
  const char    *part_name, *factor_name;
  int32_t        begins;
} ask;

// Adds a flow that comes to `usd` (n) in every month. Where its price is nothing and yet something was paid, all of it is one
// sum and the quantity a share of that.
static void add(financing_fill *b, const ask *k, const double *usd) {
  double sum = 0, *quantity = financing_series(b);
  bool   priced = true, any = false;
  if (b->failed || b->f->n_flow >= b->most) return;
  twin_flow *f = &b->f->flow[b->f->n_flow];
  *f = (twin_flow){ .kind = k->kind, .of = k->of, .unit = k->unit, .quantity = quantity, .price_unit = k->price_unit,
                    .price = k->price ? *k->price : 0, .price_path = k->price_path, .part = k->part ? *k->part : 1, .part_name = k->part ? k->part_name : NULL,
                    .escalates_frac_per_yr = k->escalates && *k->escalates > 0 ? *k->escalates : 0, .begins = k->begins, .factor = k->factor, .factor_name = k->factor_name,
                    .price_slot = slot_of(b, k->price), .part_slot = slot_of(b, k->part), .escalates_slot = slot_of(b, k->escalates) };
  (void)snprintf(f->name, sizeof f->name, "%.60s: %.30s", k->of_what, k->what);
  for (int32_t t = 0; t < b->n; t++) {
    sum += usd[t];
    any |= usd[t] != 0;
    quantity[t] = 1;
    double one = twin_flow_usd(f, t);
    quantity[t] = usd[t] != 0 && one != 0 ? usd[t] / one : 0;
    priced &= usd[t] == 0 || one > 0;
  }
  if (!any) return;
  b->f->n_flow++;
  if (priced) return;
  f->price_path = f->factor = NULL;
  f->price = sum != 0 ? sum : 1;
  f->part = 1;
  f->part_name = NULL;
  f->escalates_frac_per_yr = 0;
  f->price_slot = f->part_slot = f->escalates_slot = SIZE_MAX;
  f->unit = "share";
  f->price_unit = "USD";
  for (int32_t t = 0; t < b->n; t++) quantity[t] = usd[t] / f->price;
}

// ---- The books --------------------------------------------------------------------------------------------------------------

static double leg_usd(const financing_fill *b, int32_t leg, int32_t t) {
  return leg < 0 ? 0 : financing_usd(b->s->ledger.amount_cents[(size_t)leg * (size_t)b->s->m->n_month + (size_t)t]);
}

// Bills of a line of the campus; NULL: it is not the borrower who pays it, or there are none.
static double *bills(financing_fill *b, int32_t line) {
  bool any = false;
  if (line < 0 || b->s->m->line[line].payer != b->f->borrower) return NULL;
  double *usd = financing_series(b);
  for (int32_t t = 0; usd && t < b->n; t++) any |= (usd[t] = leg_usd(b, b->s->m->line[line].bill_leg, t)) != 0;
  return any ? usd : NULL;
}

static const char *campus_name(const financing_fill *b) { return programme_name(&b->s->m->p, CLASS_CAMPUS, b->f->campus); }

// This campus's part of what a contract bills in a month: by megawatts under a lease, by GPU-hours under any other.
static double part_of(const financing_fill *b, const twin_deal *deal, int32_t t) {
  const twin_state       *s = b->s;
  const capital_contract *k = &s->v.contract[deal->contract];
  double                  here = 0, all = 0;
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
    int32_t at = 2 * c + s->variant[c];
    if (!twin_contract_covers(&s->v, k, c) || (s->m->owner[at] != deal->payee && s->m->buyer[at] != deal->payee)) continue;
    double size = deal->rule == CAPITAL_RULE_LEASE ? financing_campus(s, c, t)->capacity_mw : financing_campus(s, c, t)->gpu_hours;
    all += size;
    if (c == b->f->campus) here = size;
  }
  return all > 0 ? here / all : 0;
}

// ---- Contracts of use ---------------------------------------------------------------------------------------------------------

// What a contract billed, apart from a sum at its end (damages, guarantee), and how much of a bill was paid.
typedef struct use { double *billed, *at_end, *paid_frac; } use;

static use use_of(financing_fill *b, const twin_deal *deal, twin_flow_kind kind) {
  const twin_deal_now *now = &b->s->deal[deal - b->s->m->deal];
  const twin_line     *line = &b->s->m->line[deal->line];
  use                  u = { financing_series(b), financing_series(b), financing_series(b) };
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    double part = part_of(b, deal, t), bill = part * leg_usd(b, line->bill_leg, t), pay = part * leg_usd(b, line->pay_leg, t);
    u.paid_frac[t] = 1;
    if (kind == TWIN_FLOW_RECEIPT && bill > 0) u.paid_frac[t] = pay / bill;
    if (kind == TWIN_FLOW_RECEIPT && !(bill > 0)) bill = pay;  // what is paid late
    double usual = t != now->ended_month ? bill : now->failed ? number_least(bill, part * now->monthly_usd) : 0;
    u.billed[t] = usual;
    u.at_end[t] = bill - usual;
  }
  return u;
}

static double *demand_least(financing_fill *b) {
  double *x = financing_series(b);
  for (int32_t t = 0; x && t < b->n; t++) x[t] = number_least(1, financing_programme(b->s, t)->demand_index);
  return x;
}

static void add_use(financing_fill *b, const twin_deal *deal, twin_flow_kind kind) {
  const twin_state       *s = b->s;
  const capital_contract *k = &s->v.contract[deal->contract];
  const twin_deal_now    *now = &s->deal[deal - s->m->deal];
  const double           *share = &s->v.share[deal->share].frac;
  bool                    lease = deal->rule == CAPITAL_RULE_LEASE, priced = !isnan(k->price_usd_per_gpu_h);
  use                     u = use_of(b, deal, kind);
  if (b->failed) return;
  ask a = { .kind = kind, .of_what = programme_name(&s->m->p, CLASS_CONTRACT, deal->contract), .what = "billed",
            .unit = lease ? "MW" : priced ? "GPU-h" : "share of total", .price_unit = lease ? "USD/MW-month" : priced ? "USD/GPU-h" : "USD",
            .price = lease ? &k->rent_usd_per_mw_month : priced ? &k->price_usd_per_gpu_h : &k->total_usd,
            .part = *share == 1 ? NULL : share, .part_name = "share of the contract", .escalates = &k->escalates_frac_per_yr, .begins = now->begun_month,
            .factor = kind == TWIN_FLOW_RECEIPT ? u.paid_frac : NULL, .factor_name = "share paid" };
  if (!lease && !priced) a.escalates = NULL;
  add(b, &a, u.billed);
  a.part = now->failed ? &k->termination_frac : k->residual_frac > 0 ? &k->residual_frac : NULL;
  a.part_name = now->failed ? "termination" : "residual guarantee";
  a.what = now->failed ? "termination" : "residual value";
  double cost = s->construction_usd[b->f->campus];
  if (!now->failed) {
    a.unit = "share of guarantee";
    a.price_unit = "USD";
    a.price = &cost;
    a.escalates = NULL;
  }
  add(b, &a, u.at_end);
  if (kind != TWIN_FLOW_RECEIPT) return;
  double *relet = financing_series(b), *path = financing_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    double hours = financing_campus(s, b->f->campus, t)->gpu_hours;
    relet[t] = part_of(b, deal, t) * leg_usd(b, deal->relet_leg, t);
    path[t] = hours > 0 ? relet[t] / hours / *share : 0;
  }
  a = (ask){ .kind = kind, .of_what = a.of_what, .what = "let again", .unit = lease ? "MW" : "GPU-h", .price_unit = lease ? "USD/MW-month" : "USD/GPU-h",
             .price = lease ? &k->rent_usd_per_mw_month : NULL, .price_path = lease ? NULL : path, .part = *share == 1 ? NULL : share, .part_name = "share of the contract",
             .escalates = lease ? &k->escalates_frac_per_yr : NULL, .begins = now->begun_month,
             .factor = lease ? demand_least(b) : NULL, .factor_name = "demand index, at most 1" };
  if (!b->failed) add(b, &a, relet);
}

// ---- Operating cost -----------------------------------------------------------------------------------------------------------

// The bill of the utility in its parts: demand as the month had it, delivery, and the rest energy, whose price in the hours drawn
// over the tariff's is the factor.
static void add_energy(financing_fill *b, const double *usd) {
  const twin_state   *s = b->s;
  const power_tariff *tariff = &s->v.tariff[s->v.campus[b->f->campus].tariff];
  bool                peaks = tariff->coincident_usd_per_mw_yr > tariff->demand_usd_per_mw_month;
  double *energy = financing_series(b), *delivery = financing_series(b), *demand = financing_series(b), *index = financing_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    const twin_campus_month *month = financing_campus(s, b->f->campus, t);
    double own = month->grid_mwh * tariff->energy_usd_per_mwh;
    demand[t] = number_least(usd[t], month->demand_usd);
    delivery[t] = number_least(usd[t] - demand[t], month->grid_mwh * tariff->delivery_usd_per_mwh);
    energy[t] = usd[t] - delivery[t] - demand[t];
    index[t] = own > 0 && energy[t] > 0 ? energy[t] / own : 1;
  }
  if (b->failed) return;
  ask a = { .kind = TWIN_FLOW_OPEX, .of_what = "energy", .what = "from the grid", .unit = "MWh", .price_unit = "USD/MWh", .price = &tariff->energy_usd_per_mwh,
            .factor = index, .factor_name = "power price index" };
  add(b, &a, energy);
  add(b, &(ask){ .kind = TWIN_FLOW_OPEX, .of_what = "energy", .what = "delivery", .unit = "MWh", .price_unit = "USD/MWh", .price = &tariff->delivery_usd_per_mwh }, delivery);
  add(b, &(ask){ .kind = TWIN_FLOW_OPEX, .of_what = "energy", .what = "demand", .unit = peaks ? "MW-yr" : "MW", .price_unit = peaks ? "USD/MW-yr" : "USD/MW-month",
                .price = peaks ? &tariff->coincident_usd_per_mw_yr : &tariff->demand_usd_per_mw_month }, demand);
}

static void add_own_power(financing_fill *b, const double *usd) {
  double *path = financing_series(b);
  for (int32_t t = 0; path && t < b->n; t++) {
    double mwh = financing_campus(b->s, b->f->campus, t)->onsite_mwh;
    path[t] = mwh > 0 ? usd[t] / mwh : 0;
  }
  if (path) add(b, &(ask){ .kind = TWIN_FLOW_OPEX, .of_what = "own power", .what = "fuel, upkeep", .unit = "MWh", .price_unit = "USD/MWh", .price_path = path }, usd);
}

static void add_upkeep(financing_fill *b, const double *usd) {
  const twin_state *s = b->s;
  int32_t           line = s->m->campus_lines[b->at].opex, contract = s->m->line[line].contract;
  bool              rented = contract >= 0 && !isnan(s->v.contract[contract].rent_usd_per_mw_month);
  ask a = { .kind = TWIN_FLOW_OPEX, .of_what = "operation", .what = "of the campus", .unit = rented ? "MW" : "MW-yr", .price_unit = rented ? "USD/MW-month" : "USD/MW-yr",
            .price = rented ? &s->v.contract[contract].rent_usd_per_mw_month : &s->v.campus[b->f->campus].opex_usd_per_mw_yr };
  add(b, &a, usd);
}

// Sales of tokens, this campus's part of them by GPU-hours, and what they cost.
static void add_service(financing_fill *b, int32_t k) {
  const twin_state      *s = b->s;
  const revenue_service *service = &s->v.service[k];
  double  from = isnan(service->from_day) ? s->m->day0[s->m->report0] : service->from_day;
  double *sales = financing_series(b), *cost = financing_series(b), *index = financing_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    double here = financing_campus(s, b->f->campus, t)->gpu_hours, all = 0;
    for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++)
      if (s->m->operator_[2 * c + s->variant[c]] == b->f->borrower) all += financing_campus(s, c, t)->gpu_hours;
    double part = all > 0 ? here / all : 0;
    sales[t] = part * leg_usd(b, s->m->sales_leg[k], t);
    cost[t] = part * leg_usd(b, s->m->service_line[k] < 0 ? -1 : s->m->line[s->m->service_line[k]].bill_leg, t);
    index[t] = revenue_growth_factor(-service->price_decline_frac_per_yr, service->fade_frac_per_yr, (0.5 * (s->m->day0[t] + s->m->day0[t + 1]) - from) / CALENDAR_DAYS_PER_YEAR);
  }
  if (b->failed) return;
  ask a = { .kind = TWIN_FLOW_RECEIPT, .of_what = programme_name(&s->m->p, CLASS_SERVICE, k), .what = "sold", .unit = "Mtok", .price_unit = "USD/Mtok",
            .price = &service->price_usd_per_mtok, .factor = index, .factor_name = "price of tokens" };
  add(b, &a, sales);
  a.kind = TWIN_FLOW_OPEX;
  a.what = "running cost";
  a.part = &service->opex_frac;
  a.part_name = "running cost";
  add(b, &a, cost);
}

static void add_operation(financing_fill *b) {
  const twin_model        *m = b->s->m;
  const twin_campus_lines *lines = &m->campus_lines[b->at];
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    if (deal->rule != CAPITAL_RULE_LEASE && deal->rule != CAPITAL_RULE_COMPUTE) continue;
    if (deal->payee == b->f->borrower) add_use(b, deal, TWIN_FLOW_RECEIPT);
    if (deal->payer == b->f->borrower) add_use(b, deal, TWIN_FLOW_OPEX);
  }
  const double *energy = bills(b, lines->energy), *fuel = bills(b, lines->fuel), *opex = bills(b, lines->opex);
  if (energy) add_energy(b, energy);
  if (fuel) add_own_power(b, fuel);
  if (opex) add_upkeep(b, opex);
  for (int32_t k = 0; k < m->n[CLASS_SERVICE] && m->operator_[b->at] == b->f->borrower; k++)
    if (b->s->v.service[k].by == b->f->borrower) add_service(b, k);
}

// ---- Cost of construction -------------------------------------------------------------------------------------------------------

static int32_t add_whole(financing_fill *b, const double *usd, const char *what, int32_t of) {
  double sum = 0;
  for (int32_t t = 0; usd && t < b->n; t++) sum += usd[t];
  if (!(sum > 0)) return -1;
  add(b, &(ask){ .kind = TWIN_FLOW_COST, .of = of, .of_what = campus_name(b), .what = what, .unit = "progress", .price_unit = "USD", .price = &sum }, usd);
  return of;
}

void financing_flows(financing_fill *b, int32_t *racks, int32_t *construction, int32_t *generation) {
  const twin_state        *s = b->s;
  const twin_campus_lines *lines = &s->m->campus_lines[b->at];
  const compute_rack      *rack = &s->v.rack[s->v.campus[b->f->campus].racks];
  const double            *machines = bills(b, lines->racks);
  int32_t                  of = 0;
  b->most = 8 + 6 * s->m->n_deal + 2 * s->m->n[CLASS_SERVICE];
  b->f->flow = ARENA_NEW(b->a, twin_flow, b->most);
  b->failed |= !b->f->flow;
  *racks = *construction = *generation = -1;
  if (b->failed) return;
  if ((*construction = add_whole(b, bills(b, lines->construction), "construction", of)) >= 0) of++;
  if ((*generation = add_whole(b, bills(b, lines->generation), "generation", of)) >= 0) of++;
  if (machines && !b->failed) {
    double *net = financing_series(b), *network = financing_series(b);
    for (int32_t t = 0; !b->failed && t < b->n; t++) {
      net[t] = rack->network_frac > 0 ? machines[t] / (1 + rack->network_frac) : machines[t];
      network[t] = machines[t] - net[t];
    }
    *racks = of;
    ask a = { .kind = TWIN_FLOW_COST, .of = of, .of_what = programme_name(&s->m->p, CLASS_RACK, s->v.campus[b->f->campus].racks), .what = "racks", .unit = "rack", .price_unit = "USD/rack", .price = &rack->price_usd };
    if (!b->failed) add(b, &a, net);
    a.what = "network";
    a.part = &rack->network_frac;
    a.part_name = "network";
    if (!b->failed) add(b, &a, network);
  }
  if (!b->failed) add_operation(b);
}
