// Dispatch: see dispatch.h.
#include "dispatch.h"

#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "dispatch_parts.h"

// ---- Checks ---------------------------------------------------------------------------------------------------

#define COMPLAIN(code, hint, ...) diag_add(diags, SG_ERROR, (code), (diag_place){0}, (hint), __VA_ARGS__)

// A series of n hours: finite and not below `least`.
static sg_err check_series(const char *what, const double *at, size_t n, double least, sg_diags *diags) {
  for (size_t t = 0; at && t < n; t++)
    if (!(at[t] >= least && at[t] < HUGE_VAL))
      return COMPLAIN(SG_ERR_RANGE, NULL, "hour %zu: %s is %g; it must be a number%s", t, what, at[t],
                      least == 0.0 ? " of at least 0" : "");
  return SG_OK;
}

static sg_err check_battery(const power_battery *b, sg_diags *diags) {
  if (!b->extendable && b->mw == 0.0) return SG_OK;
  if (!(b->store_frac > 0.0 && b->store_frac <= 1.0 && b->dispatch_frac > 0.0 && b->dispatch_frac <= 1.0))
    return COMPLAIN(SG_ERR_RANGE, "each way has its own, such as 0.927",
                    "the battery's efficiencies lie within 0 and 1");
  if (!(b->hours_h > 0.0 && b->hours_h < HUGE_VAL && b->usd_per_mwh_out >= 0.0 &&
        (b->extendable || (b->mw >= 0.0 && b->mw < HUGE_VAL))))
    return COMPLAIN(SG_ERR_RANGE, NULL,
                    "the battery's power, hours and cost of cycling are at least 0, its hours above 0");
  if (b->extendable && !(b->annual_usd_per_mw >= 0.0 && b->max_mw >= 0.0))
    return COMPLAIN(SG_ERR_RANGE, NULL, "the battery's yearly cost and largest size are at least 0");
  return SG_OK;
}

static sg_err check_source(const power_source *s, size_t n_h, sg_diags *diags) {
  const bool sized = s->extendable ? s->max_mw >= 0.0 && s->annual_usd_per_mw >= 0.0 : s->mw >= 0.0 && s->mw < HUGE_VAL;
  if (!sized) return COMPLAIN(SG_ERR_RANGE, NULL, "%s: sizes and yearly costs are at least 0", s->name);
  if (!isfinite(s->usd_per_mwh)) return COMPLAIN(SG_ERR_RANGE, NULL, "%s: its cost per MWh is no number", s->name);
  return check_series(s->name, s->avail_frac, n_h, 0.0, diags);
}

sg_err power_supply_check(const power_supply *supply, sg_diags *diags) {
  if (supply->n_h == 0) return COMPLAIN(SG_ERR_RANGE, NULL, "there is no hour");
  if (supply->n_source < 0 || supply->n_source > POWER_SOURCES)
    return COMPLAIN(SG_ERR_LIMIT, NULL, "%d sources; at most %d are possible", supply->n_source, POWER_SOURCES);
  if (!(supply->grid_mw >= 0.0 && supply->grid_mw < HUGE_VAL && supply->demand_usd_per_mw_month >= 0.0 &&
        supply->demand_usd_per_mw_month < HUGE_VAL && supply->demand_least_mw >= 0.0 &&
        supply->demand_least_mw <= supply->grid_mw))
    return COMPLAIN(SG_ERR_RANGE, NULL,
                    "the grid's limit and demand charge are at least 0, the least demand within that limit");
  if (!(supply->shed_usd_per_mwh >= 0.0)) return COMPLAIN(SG_ERR_RANGE, NULL, "the price of shedding is at least 0");
  sg_err err = check_series("load", supply->load_mw, supply->n_h, 0.0, diags);
  if (!err) err = check_series("price", supply->grid_usd_per_mwh, supply->n_h, -HUGE_VAL, diags);
  if (!err) err = check_series("share of the grid's limit", supply->grid_frac, supply->n_h, 0.0, diags);
  for (size_t t = 0; t < supply->n_h && !err; t++)
    if (supply->month[t] < 0 || supply->month[t] >= POWER_BILL_MONTHS)
      err = COMPLAIN(SG_ERR_RANGE, NULL, "hour %zu: month %d is none of a year", t, supply->month[t] + 1);
  for (int32_t i = 0; i < supply->n_source && !err; i++) err = check_source(&supply->source[i], supply->n_h, diags);
  return err ? err : check_battery(&supply->battery, diags);
}

bool power_supply_suffices(const power_supply *supply, size_t *worst_h, double *gap_mw) {
  *gap_mw = 0.0;
  *worst_h = 0;
  for (size_t t = 0; t < supply->n_h; t++) {
    double gap = supply->load_mw[t] - supply->grid_mw * (supply->grid_frac ? supply->grid_frac[t] : 1.0);
    for (int32_t i = 0; i < supply->n_source; i++)
      gap -= supply->source[i].mw * (supply->source[i].avail_frac ? supply->source[i].avail_frac[t] : 1.0);
    if (gap > *gap_mw) *gap_mw = gap, *worst_h = t;
  }
  return !(*gap_mw > 0.0);
}

// ---- Merit order without battery ------------------------------------------------------------------------------------

enum { BLOCK_H = 64 };

// Hours side by side, so that the compiler works on several at once; every loop over h is free of branches.
typedef struct merit_block {
  double cap_mw[POWER_SOURCES][BLOCK_H], source_mw[POWER_SOURCES][BLOCK_H];
  double grid_mw[BLOCK_H], left_mw[BLOCK_H], usd[BLOCK_H];
} merit_block;

// Sum in four lanes: the order is fixed, and the compiler may use vectors without changing it.
static double block_sum(const double *at, size_t n) {
  double lane[4] = {0};
  size_t h = 0;
  for (; h + 4 <= n; h += 4)
    for (size_t k = 0; k < 4; k++) lane[k] += at[h + k];
  for (; h < n; h++) lane[0] += at[h];
  return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

static double block_most(const double *at, size_t n, double most) {
  double lane[4] = {most, most, most, most};
  size_t h = 0;
  for (; h + 4 <= n; h += 4)
    for (size_t k = 0; k < 4; k++) lane[k] = at[h + k] > lane[k] ? at[h + k] : lane[k];
  for (; h < n; h++) lane[0] = at[h] > lane[0] ? at[h] : lane[0];
  return number_most(number_most(lane[0], lane[1]), number_most(lane[2], lane[3]));
}

// What a source can give, and what of it stands before the grid in the order, taken from what is left for the grid.
static void block_cap(const power_source *source, double shed_usd, const double *restrict price, size_t t, size_t n,
                      double *restrict cap, double *restrict left) {
  const double  usd = source->usd_per_mwh, mw = usd < shed_usd ? source->mw : 0.0;
  const double *avail = source->avail_frac ? source->avail_frac + t : NULL;
  for (size_t h = 0; h < n; h++) cap[h] = mw;
  for (size_t h = 0; avail && h < n; h++) cap[h] = mw * avail[h];
  for (size_t h = 0; h < n; h++) {
    const double all = cap[h], first = usd < price[h] ? all : 0.0;
    left[h] -= first;
  }
}

// Grid power: what cheaper sources leave of the load, within the limit.
static void block_grid(const power_supply *supply, const power_order *order, size_t t, size_t n, merit_block *b) {
  const double *restrict price = supply->grid_usd_per_mwh + t;
  const double *restrict share = supply->grid_frac ? supply->grid_frac + t : NULL;
  double *restrict g = b->grid_mw, *restrict most = b->usd;
  const double limit = supply->grid_mw, shed_usd = power_shed_price(supply);
  memcpy(g, supply->load_mw + t, n * sizeof *g);
  for (int32_t k = 0; k < order->n; k++)
    block_cap(&supply->source[order->at[k]], shed_usd, price, t, n, b->cap_mw[k], g);
  for (size_t h = 0; h < n; h++) most[h] = price[h] < shed_usd ? limit : 0.0;
  for (size_t h = 0; share && h < n; h++) most[h] *= share[h];
  for (size_t h = 0; h < n; h++) {
    const double wanted = g[h] > 0.0 ? g[h] : 0.0, cap = most[h];
    g[h] = wanted < cap ? wanted : cap;
  }
}

static void block_hours(const power_supply *supply, size_t t, size_t n, const power_order *order, const merit_block *b,
                        power_dispatch *out) {
  if (out->grid_mw) memcpy(out->grid_mw + t, b->grid_mw, n * sizeof(double));
  if (out->shed_mw) memcpy(out->shed_mw + t, b->left_mw, n * sizeof(double));
  if (out->charge_mw) memset(out->charge_mw + t, 0, n * sizeof(double));
  if (out->discharge_mw) memset(out->discharge_mw + t, 0, n * sizeof(double));
  if (out->soc_mwh) memset(out->soc_mwh + t, 0, n * sizeof(double));
  for (int32_t k = 0; out->source_mw && k < order->n; k++)
    memcpy(out->source_mw + (size_t)order->at[k] * supply->n_h + t, b->source_mw[k], n * sizeof(double));
}

// n <= BLOCK_H hours of one month.
static void merit_run(const power_supply *supply, const power_order *order, size_t t, size_t n, merit_block *b,
                      power_dispatch *out) {
  block_grid(supply, order, t, n, b);
  const double *load = supply->load_mw + t, *price = supply->grid_usd_per_mwh + t;
  double *restrict left = b->left_mw;
  for (size_t h = 0; h < n; h++) {
    left[h] = load[h] - b->grid_mw[h];
    b->usd[h] = b->grid_mw[h] * price[h];
  }
  double usd = block_sum(b->usd, n);
  for (int32_t k = 0; k < order->n; k++) {
    const double *restrict cap = b->cap_mw[k];
    double *restrict mw = b->source_mw[k];
    for (size_t h = 0; h < n; h++) {
      const double wanted = left[h], can = cap[h], given = wanted < can ? wanted : can;
      mw[h] = given;
      left[h] = wanted - given;
    }
    const double mwh = block_sum(mw, n);
    out->source_mwh[order->at[k]] += mwh;
    usd += mwh * supply->source[order->at[k]].usd_per_mwh;
    out->co2_t += mwh * supply->source[order->at[k]].co2_kg_per_mwh / 1000.0;
  }
  const double shed_mwh = block_sum(left, n), worst_mw = block_most(left, n, 0.0);
  out->shed_mwh += shed_mwh;
  out->energy_usd += usd + shed_mwh * power_shed_price(supply);
  out->grid_mwh += block_sum(b->grid_mw, n);
  if (supply->grid_co2_kg_per_mwh) {
    for (size_t h = 0; h < n; h++) b->usd[h] = b->grid_mw[h] * supply->grid_co2_kg_per_mwh[t + h];
    out->co2_t += block_sum(b->usd, n) / 1000.0;
  }
  out->load_mwh += block_sum(load, n);
  double *peak_mw = &out->peak_mw[supply->month[t]];
  *peak_mw = block_most(b->grid_mw, n, *peak_mw);
  for (size_t h = 0; h < n && worst_mw > out->worst_mw; h++)
    if (left[h] == worst_mw) out->worst_mw = worst_mw, out->worst_h = t + h;
  block_hours(supply, t, n, order, b, out);
}

static void merit_order(const power_supply *supply, const power_order *order, power_dispatch *out) {
  merit_block b;
  for (size_t t = 0; t < supply->n_h;) {
    // A block is of one month; mostly one look at all its hours says so.
    size_t  n = supply->n_h - t < BLOCK_H ? supply->n_h - t : BLOCK_H, same = 0;
    int32_t other = 0;
    for (size_t h = 0; h < n; h++) other |= supply->month[t + h] ^ supply->month[t];
    while (other && same < n && supply->month[t + same] == supply->month[t]) same++;
    if (other) n = same;
    merit_run(supply, order, t, n, &b, out);
    t += n;
  }
}

// ---- Rolling look-ahead with a battery ------------------------------------------------------------------------------

typedef struct rolling {
  const power_supply    *supply;
  power_order            order;
  double                 size_mw[POWER_SOURCES], charge_mwh, energy_mwh;
  power_dispatch_memory *memory;
} rolling;

static void hour_curve(rolling *r, size_t t) {
  power_stack  stack;
  const size_t slot = t % POWER_LOOKAHEAD_H;
  power_stack_of(r->supply, &r->order, r->size_mw, r->supply->grid_mw, t, &stack);
  r->memory->n_curve[slot] = power_hour_walk(&stack, r->supply->load_mw[t], &r->supply->battery, false, HUGE_VAL,
                                             r->memory->curve[slot], NULL);
}

// Value of stored energy at the end of each hour of [from, from + n) that will be carried out. Behind `to` nothing is
// worth anything.
static void plan(rolling *r, size_t from, size_t n, size_t to) {
  power_dispatch_memory *m = r->memory;
  // value[k] holds the value at the end of hour from + k - 1; hours behind the step share two arrays in turn.
  power_dispatch_step *after = m->spare, *other = m->value[0];
  int32_t              n_after = 1;
  after[0] = (power_dispatch_step){0.0, r->energy_mwh};
  if (to == from + n) {
    m->value[n][0] = after[0];
    m->n_value[n] = 1;
    after = m->value[n];
  }
  for (size_t t = to - 1; t > from; t--) {
    const size_t         slot = t % POWER_LOOKAHEAD_H, k = t - from;
    power_dispatch_step *before = k <= n ? m->value[k] : other;
    const int32_t        n_before =
        power_value_before(after, n_after, m->curve[slot], m->n_curve[slot], r->charge_mwh, r->energy_mwh, before);
    if (k <= n) m->n_value[k] = n_before;
    else other = after;
    after = before;
    n_after = n_before;
  }
}

static double act(rolling *r, size_t t, size_t k, double soc_mwh, power_dispatch *out) {
  const power_dispatch_memory *m = r->memory;
  const power_battery         *battery = &r->supply->battery;
  const size_t                 slot = t % POWER_LOOKAHEAD_H;
  const double u = power_hour_choice(m->value[k], m->n_value[k], m->curve[slot], m->n_curve[slot], r->charge_mwh,
                                     r->energy_mwh, soc_mwh);
  power_stack  stack;
  power_point  at;
  power_stack_of(r->supply, &r->order, r->size_mw, r->supply->grid_mw, t, &stack);
  power_hour_walk(&stack, r->supply->load_mw[t], battery, false, u, NULL, &at);
  soc_mwh += at.charge_mw * battery->store_frac - at.discharge_mw / battery->dispatch_frac;
  soc_mwh = number_most(0.0, number_least(r->energy_mwh, soc_mwh));  // rounding only
  power_hour_record(r->supply, &stack, t, &at, soc_mwh, out);
  return soc_mwh;
}

static void look_ahead(rolling *r, power_dispatch *out) {
  const size_t n_h = r->supply->n_h;
  double       soc_mwh = 0.0;
  size_t       known = 0;  // hours whose curve is in the ring
  for (size_t from = 0; from < n_h; from += POWER_STEP_H) {
    const size_t to = n_h - from < POWER_LOOKAHEAD_H ? n_h : from + POWER_LOOKAHEAD_H;
    const size_t n = n_h - from < POWER_STEP_H ? n_h - from : POWER_STEP_H;
    for (; known < to; known++) hour_curve(r, known);
    plan(r, from, n, to);
    for (size_t k = 0; k < n; k++) soc_mwh = act(r, from + k, k + 1, soc_mwh, out);
  }
}

void power_dispatch_run(const power_supply *supply, power_dispatch_memory *memory, power_dispatch *out) {
  power_dispatch_clear(out);
  const power_order order = power_order_of(supply);
  if (supply->battery.mw > 0.0) {
    rolling r = {.supply = supply,
                 .order = order,
                 .charge_mwh = supply->battery.mw * supply->battery.store_frac,
                 .energy_mwh = supply->battery.mw * supply->battery.hours_h,
                 .memory = memory};
    for (int32_t i = 0; i < supply->n_source; i++) r.size_mw[i] = supply->source[i].mw;
    look_ahead(&r, out);
  } else {
    merit_order(supply, &order, out);
  }
  power_dispatch_close(supply, out);
}
