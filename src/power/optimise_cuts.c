// Optimise: sizes by cuts. A small linear programme proposes sizes, the year at these sizes answers with its cost and a
// cut, until cost and bound meet.
#include <coin/Clp_C_Interface.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "../base/number.h"
#include "optimise_parts.h"

enum { MOST_COLUMNS = POWER_SOURCES + 1 + POWER_BILL_MONTHS + 1, MOST_ROUNDS = 2000 };

// Cost in millions, so that coefficients are near one.
#define USD 1e-6

// Artificial limits of sizes that have none, in highest loads.
#define NO_LIMIT_LOADS 1000.0

// Columns of the small programme: what is sized, and last the energy cost in units of the scale.
typedef struct master {
  const power_supply *supply;
  Clp_Simplex        *clp;
  int                 n;                 // columns, the energy cost last
  size_t              at[MOST_COLUMNS];  // which number of optimise_sizes
  double              low[MOST_COLUMNS], high[MOST_COLUMNS], cost[MOST_COLUMNS];
  bool                unlimited[MOST_COLUMNS];
  double              x[MOST_COLUMNS], centre[MOST_COLUMNS], radius_mw;
} master;

static double *slot(optimise_sizes *sizes, size_t i) { return (double *)(void *)sizes + i; }
#define SLOT_OF(member) (offsetof(optimise_sizes, member) / sizeof(double))

static void column(master *m, size_t at, double low, double high, double usd, double scale_mw) {
  const int j = m->n++;
  m->at[j] = at;
  m->unlimited[j] = !(high < NO_LIMIT_LOADS * scale_mw);
  m->low[j] = number_least(low, high);
  m->high[j] = number_least(high, NO_LIMIT_LOADS * scale_mw);
  m->cost[j] = usd * USD;
}

static void columns(master *m, double scale_mw) {
  const power_supply *s = m->supply;
  for (int32_t i = 0; i < s->n_source; i++)
    if (s->source[i].extendable)
      column(m, SLOT_OF(source_mw) + (size_t)i, 0.0, s->source[i].max_mw, s->source[i].annual_usd_per_mw, scale_mw);
  // A trace of a battery, so that its duals say what more of it would save: 1e-9 of the load, nothing in money.
  if (s->battery.extendable && s->battery.max_mw > 0.0)
    column(m, SLOT_OF(battery_mw), 1e-9 * scale_mw, s->battery.max_mw, s->battery.annual_usd_per_mw, scale_mw);
  for (size_t k = 0; k < POWER_BILL_MONTHS && s->demand_usd_per_mw_month > 0.0; k++)
    column(m, SLOT_OF(peak_mw) + k, s->demand_least_mw, s->grid_mw, s->demand_usd_per_mw_month, scale_mw);
}

static bool open_master(master *m) {
  m->clp = Clp_newModel();
  if (!m->clp) return false;
  Clp_setLogLevel(m->clp, 0);
  Clp_scaling(m->clp, 0);  // scales of the first rows are wrong for later ones: CLP then calls optimal what is not
  Clp_setPrimalTolerance(m->clp, 1e-9);
  Clp_setDualTolerance(m->clp, 1e-9);
  Clp_resize(m->clp, 0, m->n + 1);
  m->cost[m->n] = 1.0;
  Clp_chgObjCoefficients(m->clp, m->cost);
  return true;
}

static void add_cut(master *m, const optimise_sizes *fixed, const optimise_cut *cut) {
  optimise_cut c = *cut;
  double       value[MOST_COLUMNS], from = c.at_zero_usd;
  int          index[MOST_COLUMNS];
  for (size_t i = 0; i < sizeof c.saved / sizeof(double); i++) {
    optimise_sizes f = *fixed;
    from -= *slot(&c.saved, i) * *slot(&f, i);
  }
  for (int j = 0; j < m->n; j++) index[j] = j, value[j] = *slot(&c.saved, m->at[j]) * USD;
  index[m->n] = m->n;
  value[m->n] = 1.0;
  const CoinBigIndex start[2] = {0, m->n + 1};
  const double       low = from * USD, high = HUGE_VAL;
  Clp_addRows(m->clp, 1, &low, &high, start, index, value);
}

// Least cost that the cuts allow within the radius of the centre (HUGE_VAL: anywhere); the sizes in m->x. NaN: CLP failed.
static double propose(master *m, double radius_mw) {
  double low[MOST_COLUMNS], high[MOST_COLUMNS];
  for (int j = 0; j < m->n; j++) {
    low[j] = number_most(m->low[j], m->centre[j] - radius_mw);
    high[j] = number_least(m->high[j], m->centre[j] + radius_mw);
  }
  low[m->n] = -1e12;
  high[m->n] = HUGE_VAL;
  Clp_chgColumnLower(m->clp, low);
  Clp_chgColumnUpper(m->clp, high);
  Clp_dual(m->clp, 0);
  if (Clp_status(m->clp) != 0) Clp_primal(m->clp, 0);
  if (Clp_status(m->clp) != 0) return (double)NAN;
  const double *x = Clp_primalColumnSolution(m->clp);
  for (int j = 0; j < m->n; j++) m->x[j] = number_most(low[j], number_least(high[j], x[j]));
  return Clp_objectiveValue(m->clp) / USD;
}

typedef struct search {
  master          m;
  optimise_year  *year;
  optimise_sizes  fixed, best;
  power_dispatch *out;
  double          best_usd, bound_usd, gap_frac;
} search;

// Cost at m->x, with its cut; NaN: out of memory.
static double try_sizes(search *s, optimise_sizes *sizes) {
  optimise_cut cut;
  *sizes = s->fixed;
  for (int j = 0; j < s->m.n; j++) *slot(sizes, s->m.at[j]) = s->m.x[j];
  if (!optimise_year_solve(s->year, sizes, s->out, &cut)) return (double)NAN;
  add_cut(&s->m, &s->fixed, &cut);
  double usd = s->out->energy_usd + optimise_size_usd(s->m.supply, sizes);
  for (int k = 0; k < POWER_BILL_MONTHS; k++) usd += sizes->peak_mw[k] * s->m.supply->demand_usd_per_mw_month;
  return usd;
}

static void accept(search *s, const optimise_sizes *sizes, double usd) {
  s->best = *sizes;
  s->best_usd = usd;
  memcpy(s->m.centre, s->m.x, sizeof s->m.centre);
}

static bool met(const search *s) {
  return fabs(s->best_usd - s->bound_usd) <= POWER_OPTIMUM_ENOUGH * fabs(s->best_usd);
}

// Runs until cost and bound meet. Returns rounds, 0 when they do not; -1: out of memory; -2: CLP gave up.
static int run(search *s) {
  master        *m = &s->m;
  optimise_sizes sizes;
  double         usd = try_sizes(s, &sizes);
  if (isnan(usd)) return -1;
  accept(s, &sizes, usd);
  for (int round = 1; round <= MOST_ROUNDS; round++) {
    const double close = s->gap_frac * fabs(s->best_usd);
    double       model = propose(m, m->radius_mw);
    if (isnan(model)) return -2;
    if (s->best_usd - model <= close) {
      model = s->bound_usd = propose(m, HUGE_VAL);
      if (isnan(model)) return -2;
      if (fabs(s->best_usd - model) <= close) return round;
      if (model > s->best_usd) return met(s) ? round : 0;  // a bound above the cost is none, rounding apart
      m->radius_mw *= 4.0;
    }
    usd = try_sizes(s, &sizes);
    if (isnan(usd)) return -1;
    const double gained = s->best_usd - usd, hoped = s->best_usd - model;
    if (gained > 0.0) accept(s, &sizes, usd);
    if (gained > 0.5 * hoped) m->radius_mw *= 2.0;
    else if (gained < 0.0) m->radius_mw = number_most(0.8 * m->radius_mw, 1e-9);
  }
  return met(s) ? MOST_ROUNDS : 0;
}

static sg_err finish(search *s, sg_diags *diags, power_optimum *out) {
  optimise_cut  cut;
  const master *m = &s->m;
  for (int j = 0; j < m->n; j++)
    if (m->unlimited[j] && m->centre[j] > 0.99 * m->high[j])
      return diag_add(diags, SG_ERROR, SG_ERR_LIMIT, (diag_place){0}, "give it a largest size or a yearly cost",
                      "a size without limit grows beyond %g MW: more of it always pays", 0.99 * m->high[j]);
  if (!optimise_year_solve(s->year, &s->best, &out->dispatch, &cut)) return SG_ERR_MEMORY;
  out->bound_usd = s->bound_usd;
  out->size_usd = optimise_size_usd(m->supply, &s->best);
  out->cost_usd = out->dispatch.energy_usd + out->dispatch.demand_usd + out->size_usd;
  memcpy(out->source_mw, s->best.source_mw, sizeof out->source_mw);
  memcpy(out->peak_mw, out->dispatch.peak_mw, sizeof out->peak_mw);
  out->battery_mw = s->best.battery_mw;
  return SG_OK;
}

sg_err optimise_cuts(const power_supply *supply, sg_diags *diags, power_optimum *out, bool *closed) {
  const double   scale_mw = optimise_scale_mw(supply);
  power_dispatch trial = {0};
  search         s = {.m = {.supply = supply}, .out = &trial, .bound_usd = -HUGE_VAL};
  s.gap_frac = out->gap_frac > 0.0 ? out->gap_frac : POWER_OPTIMUM_GAP;
  optimise_fixed_sizes(supply, &s.fixed);
  columns(&s.m, scale_mw);
  s.year = optimise_year_create(supply);
  if (!s.year || !open_master(&s.m)) {
    optimise_year_free(s.year);
    return SG_ERR_MEMORY;
  }
  // From the middle: half a load of everything.
  s.m.radius_mw = 0.5 * scale_mw;
  for (int j = 0; j < s.m.n; j++) s.m.x[j] = number_least(s.m.high[j], 0.5 * scale_mw);
  const int rounds = run(&s);
  sg_err    err = rounds == -1 ? SG_ERR_MEMORY : SG_OK;
  if (rounds > 0) err = finish(&s, diags, out);
  *closed = rounds > 0;
  out->rounds = rounds > 0 ? rounds : 0;
  Clp_deleteModel(s.m.clp);
  optimise_year_free(s.year);
  return err;
}
