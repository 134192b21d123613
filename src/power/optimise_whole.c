// Optimise: all hours in one linear programme.
#include <coin/Clp_C_Interface.h>
#include <math.h>
#include <stdlib.h>

#include "../base/number.h"
#include "optimise_parts.h"

// Columns of an hour; the sources follow. Behind all hours: sizes of the sources, of the battery, peaks.
enum { GRID, SHED, CHARGE, DISCHARGE, SOC, FIRST_SOURCE };

typedef struct programme {
  const power_supply *s;
  int                 per_hour, sizes, n;  // columns: of an hour, where sizes begin, all
  double             *low, *high, *usd;    // (n)
  int                 n_row;
  CoinBigIndex       *start;               // (rows + 1)
  double             *row_low, *row_high;  // (rows)
  int                *column;              // (elements)
  double             *value;
} programme;

static int col_hour(const programme *p, size_t t, int what) { return (int)t * p->per_hour + what; }
static int col_source(const programme *p, int32_t i) { return p->sizes + i; }
static int col_battery(const programme *p) { return p->sizes + p->s->n_source; }
static int col_peak(const programme *p, int32_t month) { return p->sizes + p->s->n_source + 1 + month; }

static void row(programme *p, double low, double high) {
  p->row_low[p->n_row] = low;
  p->row_high[p->n_row] = high;
  p->n_row++;
  p->start[p->n_row] = p->start[p->n_row - 1];
}

static void term(programme *p, int column, double value) {
  const CoinBigIndex at = p->start[p->n_row]++;
  p->column[at] = column;
  p->value[at] = value;
}

static void bound(programme *p, int column, double low, double high, double usd) {
  p->low[column] = low;
  p->high[column] = high;
  p->usd[column] = usd;
}

static void within(programme *p, int column, int size, double per_mw) {  // column <= per_mw x size
  row(p, -HUGE_VAL, 0.0);
  term(p, column, 1.0);
  term(p, size, -per_mw);
}

static void hour_columns(programme *p, size_t t) {
  const power_supply  *s = p->s;
  const power_battery *b = &s->battery;
  const double         mw = b->extendable ? b->max_mw : b->mw, frac = s->grid_frac ? s->grid_frac[t] : 1.0;
  bound(p, col_hour(p, t, GRID), 0.0, s->grid_mw * frac, s->grid_usd_per_mwh[t]);
  bound(p, col_hour(p, t, SHED), 0.0, HUGE_VAL, power_shed_price(s));
  bound(p, col_hour(p, t, CHARGE), 0.0, mw, 0.0);
  bound(p, col_hour(p, t, DISCHARGE), 0.0, mw, b->usd_per_mwh_out);
  bound(p, col_hour(p, t, SOC), 0.0, mw > 0.0 ? mw * b->hours_h : 0.0, 0.0);
  for (int32_t i = 0; i < s->n_source; i++) {
    const power_source *source = &s->source[i];
    const double        avail = source->avail_frac ? source->avail_frac[t] : 1.0;
    const double        most = source->extendable ? source->max_mw : source->mw;
    bound(p, col_hour(p, t, FIRST_SOURCE + i), 0.0, avail > 0.0 ? most * avail : 0.0, source->usd_per_mwh);
  }
}

static void hour_rows(programme *p, size_t t) {
  const power_supply  *s = p->s;
  const power_battery *b = &s->battery;
  const bool           battery = b->extendable || b->mw > 0.0;
  row(p, s->load_mw[t], s->load_mw[t]);
  term(p, col_hour(p, t, GRID), 1.0);
  term(p, col_hour(p, t, SHED), 1.0);
  for (int32_t i = 0; i < s->n_source; i++) term(p, col_hour(p, t, FIRST_SOURCE + i), 1.0);
  if (battery) {
    term(p, col_hour(p, t, CHARGE), -1.0);
    term(p, col_hour(p, t, DISCHARGE), 1.0);
    row(p, 0.0, 0.0);
    if (s->n_h > 1) term(p, col_hour(p, t, SOC), 1.0);
    if (s->n_h > 1) term(p, col_hour(p, t ? t - 1 : s->n_h - 1, SOC), -1.0);
    term(p, col_hour(p, t, CHARGE), -b->store_frac);
    term(p, col_hour(p, t, DISCHARGE), 1.0 / b->dispatch_frac);
  }
  for (int32_t i = 0; i < s->n_source; i++) {
    const double avail = s->source[i].avail_frac ? s->source[i].avail_frac[t] : 1.0;
    if (s->source[i].extendable && avail > 0.0) within(p, col_hour(p, t, FIRST_SOURCE + i), col_source(p, i), avail);
  }
  if (b->extendable) {
    within(p, col_hour(p, t, CHARGE), col_battery(p), 1.0);
    within(p, col_hour(p, t, DISCHARGE), col_battery(p), 1.0);
    within(p, col_hour(p, t, SOC), col_battery(p), b->hours_h);
  }
  if (s->demand_usd_per_mw_month > 0.0) within(p, col_hour(p, t, GRID), col_peak(p, s->month[t]), 1.0);
}

static void size_columns(programme *p) {
  const power_supply *s = p->s;
  for (int32_t i = 0; i < s->n_source; i++)
    bound(p, col_source(p, i), 0.0, s->source[i].extendable ? s->source[i].max_mw : 0.0,
          s->source[i].annual_usd_per_mw);
  bound(p, col_battery(p), 0.0, s->battery.extendable ? s->battery.max_mw : 0.0, s->battery.annual_usd_per_mw);
  for (int32_t m = 0; m < POWER_BILL_MONTHS; m++) bound(p, col_peak(p, m), s->demand_least_mw, s->grid_mw, s->demand_usd_per_mw_month);
}

static bool allocate(programme *p) {
  const size_t n_source = (size_t)p->s->n_source, n_h = p->s->n_h;
  const size_t rows = n_h * (6 + n_source), elements = n_h * (18 + 3 * n_source);
  p->per_hour = FIRST_SOURCE + p->s->n_source;
  p->sizes = (int)n_h * p->per_hour;
  p->n = p->sizes + p->s->n_source + 1 + POWER_BILL_MONTHS;
  p->low = calloc((size_t)p->n, 3 * sizeof *p->low);
  p->start = calloc(rows + 1, sizeof *p->start);
  p->row_low = calloc(rows, 2 * sizeof *p->row_low);
  p->column = calloc(elements, sizeof *p->column);
  p->value = calloc(elements, sizeof *p->value);
  if (!p->low || !p->start || !p->row_low || !p->column || !p->value) return false;
  p->high = p->low + p->n;
  p->usd = p->high + p->n;
  p->row_high = p->row_low + rows;
  return true;
}

static void release(programme *p) {
  free(p->low);
  free(p->start);
  free(p->row_low);
  free(p->column);
  free(p->value);
}

static void record_hour(const programme *p, const double *x, size_t t, power_dispatch *out) {
  const power_supply *s = p->s;
  power_stack         stack;
  // The programme's own powers, not a merit order: as a stack of these steps the hour is recorded like any other.
  const double *at = x + (size_t)p->per_hour * t;
  stack.n = 0;
  stack.below_mw[0] = 0.0;
  for (int32_t i = -2; i < s->n_source; i++) {
    const int32_t k = stack.n++;
    stack.of[k] = i == -2 ? POWER_OF_GRID : i == -1 ? POWER_OF_SHED : i;
    stack.usd_per_mwh[k] = i == -2 ? s->grid_usd_per_mwh[t] : i == -1 ? power_shed_price(s) : s->source[i].usd_per_mwh;
    stack.below_mw[k + 1] = stack.below_mw[k] + number_most(0.0, i == -2   ? at[GRID]
                                                                 : i == -1 ? at[SHED]
                                                                           : at[FIRST_SOURCE + i]);
  }
  const power_point point = {at[CHARGE], at[DISCHARGE], stack.below_mw[stack.n]};
  power_hour_record(s, &stack, t, &point, at[SOC], out);
}

static sg_err solve(programme *p, sg_diags *diags, power_optimum *out) {
  const power_supply *s = p->s;
  Clp_Simplex        *clp = Clp_newModel();
  if (!clp) return SG_ERR_MEMORY;
  Clp_setLogLevel(clp, 0);
  Clp_resize(clp, 0, p->n);
  Clp_chgColumnLower(clp, p->low);
  Clp_chgColumnUpper(clp, p->high);
  Clp_chgObjCoefficients(clp, p->usd);
  Clp_addRows(clp, p->n_row, p->row_low, p->row_high, p->start, p->column, p->value);
  Clp_initialSolve(clp);
  const int status = Clp_status(clp);
  if (status == 0) {
    const double *x = Clp_primalColumnSolution(clp);
    power_dispatch_clear(&out->dispatch);
    for (size_t t = 0; t < s->n_h; t++) record_hour(p, x, t, &out->dispatch);
    power_dispatch_close(s, &out->dispatch);
    optimise_sizes sizes;
    optimise_fixed_sizes(s, &sizes);
    for (int32_t i = 0; i < s->n_source; i++)
      if (s->source[i].extendable) sizes.source_mw[i] = x[col_source(p, i)];
    if (s->battery.extendable) sizes.battery_mw = x[col_battery(p)];
    for (int32_t i = 0; i < POWER_SOURCES; i++) out->source_mw[i] = sizes.source_mw[i];
    for (int m = 0; m < POWER_BILL_MONTHS; m++) out->peak_mw[m] = out->dispatch.peak_mw[m];
    out->battery_mw = sizes.battery_mw;
    out->size_usd = optimise_size_usd(s, &sizes);
    out->cost_usd = out->bound_usd = Clp_objectiveValue(clp);
    out->rounds = 0;
  }
  Clp_deleteModel(clp);
  if (status == 2)
    return diag_add(diags, SG_ERROR, SG_ERR_LIMIT, (diag_place){0}, "give it a largest size or a yearly cost",
                    "a size without limit grows without end: more of it always pays");
  if (status != 0)
    return diag_add(diags, SG_ERROR, SG_ERR_RANGE, (diag_place){0}, NULL, "CLP gave up (status %d)", status);
  return SG_OK;
}

sg_err optimise_whole(const power_supply *supply, sg_diags *diags, power_optimum *out) {
  programme p = {.s = supply};
  sg_err    err = SG_ERR_MEMORY;
  if (allocate(&p)) {
    for (size_t t = 0; t < supply->n_h; t++) hour_columns(&p, t);
    size_columns(&p);
    for (size_t t = 0; t < supply->n_h; t++) hour_rows(&p, t);
    err = solve(&p, diags, out);
  }
  release(&p);
  return err;
}
