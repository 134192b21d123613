// Validation of power supply against reference optima: see validate_power_dispatch.h.
#include "validate_power_dispatch.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/arena.h"
#include "../power/optimise.h"
#include "../programme/spec.h"
#include "validate_capital_case.h"

enum { NAME_BYTES = 80 };
enum { GAS, SOLAR, WIND, FLEX, KINDS };  // sources in the supply, in this order

typedef struct dispatch_case {
  arena             *a;
  sg_diags          *diags;
  validate_report   *report;
  char               name[NAME_BYTES];
  const diag_source *params, *hours, *result;
  power_supply       supply;
  double             co2_usd_per_t, adder_usd_per_mwh;
  power_optimum      optimum;
} dispatch_case;

// ---- Files ------------------------------------------------------------------------------------------------------------

// Whether a name is DIR/dispatch/STEM + suffix, ".gz" apart; the stem is cut out.
static bool is_named(const char *path, const char *suffix, char stem[NAME_BYTES]) {
  static const char folder[] = "dispatch/";
  const size_t      f = sizeof folder - 1, k = strlen(suffix);
  const char       *slash = strrchr(path, '/');
  if (!slash) return false;
  const char *base = slash + 1;
  if ((size_t)(base - path) < f || memcmp(base - f, folder, f) != 0) return false;
  if ((size_t)(base - path) > f && base[-(ptrdiff_t)f - 1] != '/') return false;
  size_t n = strlen(base);
  if (n > 3 && !strcmp(base + n - 3, ".gz")) n -= 3;
  if (n <= k || memcmp(base + n - k, suffix, k) != 0 || n - k >= NAME_BYTES) return false;
  memcpy(stem, base, n - k);
  stem[n - k] = 0;
  return true;
}

static const diag_source *file_of(const diag_source *files, size_t n, const char *name, const char *suffix) {
  char stem[NAME_BYTES];
  for (size_t i = 0; i < n; i++)
    if (is_named(files[i].name, suffix, stem) && !strcmp(stem, name)) return &files[i];
  return NULL;
}

// ---- Parameters -----------------------------------------------------------------------------------------------------

typedef struct params_reader {
  dispatch_case *c;
  sg_err         err;  // the first
} params_reader;

static void complain(params_reader *r, const spec_node *node, sg_err code, const char *key, const char *what) {
  const diag_place place = node ? node->place : (diag_place){r->c->params, 1, 1, 1};
  diag_add(r->c->diags, SG_ERROR, code, place, NULL, "'%s' %s", key, what);
  if (!r->err) r->err = code;
}

static bool is_null(const spec_node *node) {
  return node->kind == SPEC_SCALAR && !node->quoted && text_equal(node->text, "null");
}

static double number_at(params_reader *r, const spec_node *map, const char *key) {
  const spec_node *node = map ? spec_get(map, key) : NULL;
  double           x = 0.0;
  if (!node) complain(r, map, SG_ERR_KEY, key, "is missing");
  else if (node->kind != SPEC_SCALAR || !text_number(node->text, &x) || x < 0.0)
    complain(r, node, SG_ERR_RANGE, key, "must be a number of at least 0");
  return x;
}

static double number_or(params_reader *r, const spec_node *map, const char *key, double otherwise) {
  const spec_node *node = map ? spec_get(map, key) : NULL;
  return !node || is_null(node) ? otherwise : number_at(r, map, key);
}

static bool flag_at(params_reader *r, const spec_node *map, const char *key) {
  const spec_node *node = map ? spec_get(map, key) : NULL;
  const bool       yes = node && text_equal(node->text, "true");
  if (map && !node) complain(r, map, SG_ERR_KEY, key, "is missing");
  else if (node && !yes && !text_equal(node->text, "false"))
    complain(r, node, SG_ERR_RANGE, key, "must be true or false");
  return yes;
}

static const spec_node *map_at(params_reader *r, const spec_node *root, const char *key) {
  const spec_node *node = spec_get(root, key);
  if (!node) complain(r, root, SG_ERR_KEY, key, "is missing");
  else if (node->kind != SPEC_MAP) complain(r, node, SG_ERR_RANGE, key, "must be a map");
  return node && node->kind == SPEC_MAP ? node : NULL;
}

// Keys that mean nothing here are said, not passed over: one may have been meant to change the answer.
static void note_unknown(params_reader *r, const spec_node *map, const char *const *known) {
  for (const spec_node *child = map ? map->first : NULL; child; child = child->next) {
    int k = 0;
    while (known[k] && !text_equal(child->key, known[k])) k++;
    if (known[k]) continue;
    validate_note(r->c->report, r->c->name, "parameters", "skipped", "line %d: '%.*s' is not known: not used",
                  (int)child->key_place.line, child->key.n < 40 ? (int)child->key.n : 40, child->key.at);
  }
}

static void read_source(params_reader *r, const spec_node *root, const char *key, int kind) {
  static const char *const known[] = {"MW",
                                      "extendable",
                                      "max_MW",
                                      "annual_usd_per_kw",
                                      "heat_rate_mmbtu_per_mwh_hhv",
                                      "fuel_usd_per_mmbtu",
                                      "vom_usd_per_mwh",
                                      "co2_kg_per_mmbtu",
                                      NULL};
  const spec_node         *map = map_at(r, root, key);
  power_source            *s = &r->c->supply.source[kind];
  s->name = key;
  s->extendable = flag_at(r, map, "extendable");
  if (s->extendable) s->max_mw = number_or(r, map, "max_MW", HUGE_VAL);
  else s->mw = number_at(r, map, "MW");
  s->annual_usd_per_mw = 1000.0 * number_at(r, map, "annual_usd_per_kw");
  if (kind == GAS)
    s->usd_per_mwh = number_at(r, map, "vom_usd_per_mwh") +
                     number_at(r, map, "heat_rate_mmbtu_per_mwh_hhv") *
                         (number_at(r, map, "fuel_usd_per_mmbtu") +
                          number_at(r, map, "co2_kg_per_mmbtu") * r->c->co2_usd_per_t / 1000.0);
  note_unknown(r, map, known);
}

static void read_grid(params_reader *r, const spec_node *root) {
  static const char *const known[] = {
      "limit_MW", "energy_adder_usd_per_mwh", "demand_usd_per_kw_month", "co2_price_usd_per_t", "co2_column", NULL};
  const spec_node *map = map_at(r, root, "grid");
  dispatch_case   *c = r->c;
  c->supply.grid_mw = number_at(r, map, "limit_MW");
  c->adder_usd_per_mwh = number_at(r, map, "energy_adder_usd_per_mwh");
  c->supply.demand_usd_per_mw_month = 1000.0 * number_at(r, map, "demand_usd_per_kw_month");
  c->co2_usd_per_t = number_at(r, map, "co2_price_usd_per_t");
  note_unknown(r, map, known);
}

static void read_battery(params_reader *r, const spec_node *root) {
  static const char *const known[] = {"MW",
                                      "hours",
                                      "extendable",
                                      "max_MW",
                                      "annual_usd_per_kw",
                                      "efficiency_store",
                                      "efficiency_dispatch",
                                      "cycling_cost_usd_per_mwh_out",
                                      NULL};
  const spec_node         *map = map_at(r, root, "battery");
  power_battery           *b = &r->c->supply.battery;
  b->extendable = flag_at(r, map, "extendable");
  if (b->extendable) b->max_mw = number_or(r, map, "max_MW", HUGE_VAL);
  else b->mw = number_at(r, map, "MW");
  b->hours_h = number_at(r, map, "hours");
  b->annual_usd_per_mw = 1000.0 * number_at(r, map, "annual_usd_per_kw");
  b->store_frac = number_at(r, map, "efficiency_store");
  b->dispatch_frac = number_at(r, map, "efficiency_dispatch");
  b->usd_per_mwh_out = number_at(r, map, "cycling_cost_usd_per_mwh_out");
  note_unknown(r, map, known);
}

static sg_err read_params(dispatch_case *c) {
  static const char *const known[] = {"name",  "kind", "weather", "price", "it_load_MW",       "grid", "gas",
                                      "solar", "wind", "battery", "flex",  "shed_usd_per_mwh", NULL};
  static const char *const flex_known[] = {"MW", "usd_per_mwh", NULL};
  params_reader            r = {.c = c};
  spec_node               *root = NULL;
  sg_err                   err = spec_read(c->params, c->a, c->diags, &root);
  if (err || !root) return err ? err : SG_ERR_SYNTAX;
  c->supply.n_source = KINDS;
  read_grid(&r, root);
  read_source(&r, root, "gas", GAS);
  read_source(&r, root, "solar", SOLAR);
  read_source(&r, root, "wind", WIND);
  read_battery(&r, root);
  const spec_node *flex = map_at(&r, root, "flex");
  c->supply.source[FLEX] = (power_source){
      .name = "flex", .mw = number_at(&r, flex, "MW"), .usd_per_mwh = number_at(&r, flex, "usd_per_mwh")};
  note_unknown(&r, flex, flex_known);
  if (!spec_get(root, "shed_usd_per_mwh")) complain(&r, root, SG_ERR_KEY, "shed_usd_per_mwh", "is missing");
  else c->supply.shed_usd_per_mwh = number_or(&r, root, "shed_usd_per_mwh", HUGE_VAL);  // null: none may be shed
  note_unknown(&r, root, known);
  return r.err;
}

// ---- Hours ----------------------------------------------------------------------------------------------------------

enum { HOUR, MONTH, LOAD, PRICE, GAS_AVAIL, SOLAR_AVAIL, WIND_AVAIL, GRID_CO2, COLUMNS };
static const char *const column_names[COLUMNS + 1] = {"hour",
                                                      "month",
                                                      "load_MW",
                                                      "price_usd_per_mwh",
                                                      "gas_avail_pu",
                                                      "solar_avail_pu",
                                                      "wind_avail_pu",
                                                      "grid_co2_kg_per_mwh",
                                                      NULL};

static sg_err find_columns(dispatch_case *c, const csv_table *t, int32_t column[COLUMNS]) {
  for (int k = 0; k < COLUMNS; k++) {
    column[k] = csv_column(t, column_names[k]);
    if (column[k] >= 0 || (k == GRID_CO2 && c->co2_usd_per_t == 0.0)) continue;
    char hint[160];
    snprintf(hint, sizeof hint, "names hold the units: hour, month, load_MW, price_usd_per_mwh, gas_avail_pu, ...%s",
             k == GRID_CO2 ? " (there is a price of CO2)" : "");
    return diag_add(c->diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1), hint, "column '%s' is missing",
                    column_names[k]);
  }
  for (int32_t k = 0; k < t->n_column; k++) {
    int known = 0;
    while (column_names[known] && !text_equal(t->head[k], column_names[known])) known++;
    if (column_names[known]) continue;
    const char *near = text_nearest(t->head[k], column_names, COLUMNS);
    char        hint[120];
    snprintf(hint, sizeof hint, "did you mean '%s'?", near ? near : "");
    return diag_add(c->diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, k), near ? hint : NULL,
                    "column '%.*s' is not known", t->head[k].n < 60 ? (int)t->head[k].n : 60, t->head[k].at);
  }
  return SG_OK;
}

static sg_err bad_hour(dispatch_case *c, const csv_table *t, int32_t row, int32_t column, const char *hint,
                       const char *what) {
  return diag_add(c->diags, SG_ERROR, SG_ERR_RANGE, csv_place(t, row, column), hint, "hour %d: %s", row, what);
}

// One line; values by column.
static sg_err read_hour(dispatch_case *c, const csv_table *t, int32_t row, const int32_t column[COLUMNS],
                        double value[COLUMNS]) {
  for (int k = 0; k < COLUMNS; k++) {
    value[k] = 0.0;
    if (column[k] < 0) continue;
    char what[80];
    snprintf(what, sizeof what, "%s is no number", column_names[k]);
    if (!text_number(csv_field(t, row, column[k]), &value[k])) return bad_hour(c, t, row, column[k], NULL, what);
    snprintf(what, sizeof what, "%s is %g; it must be at least 0", column_names[k], value[k]);
    if (k != PRICE && k != GRID_CO2 && value[k] < 0.0)
      return bad_hour(c, t, row, column[k], "prices may be negative, loads and availabilities not", what);
  }
  if (value[HOUR] != row)
    return bad_hour(c, t, row, column[HOUR], "hours run from 0 without a gap", "missing or out of order");
  if (!(value[MONTH] >= 1.0 && value[MONTH] <= 12.0) || value[MONTH] != floor(value[MONTH]))
    return bad_hour(c, t, row, column[MONTH], NULL, "months are 1 to 12");
  return SG_OK;
}

static sg_err read_hours(dispatch_case *c) {
  csv_table t;
  int32_t   column[COLUMNS];
  sg_err    err = validate_table_read(c->hours, c->a, c->diags, &t);
  if (!err) err = find_columns(c, &t, column);
  if (err) return err;
  const bool whole = t.n_row == 8760 || t.n_row == 8784;
  for (int32_t row = 0; row < t.n_row && !whole; row++) {  // the first that is out of place says more than their number
    double hour;
    if (text_number(csv_field(&t, row, column[HOUR]), &hour) && hour != row)
      return bad_hour(c, &t, row, column[HOUR], "hours run from 0 without a gap", "missing or out of order");
  }
  if (!whole)
    return diag_add(c->diags, SG_ERROR, SG_ERR_RANGE, csv_place(&t, -1, -1), "a year has 8760 hours, a leap year 8784",
                    "%d hours are no year", t.n_row);
  const size_t n = (size_t)t.n_row;
  double      *load = ARENA_NEW(c->a, double, n), *price = ARENA_NEW(c->a, double, n), *avail[KINDS] = {NULL};
  int32_t     *month = ARENA_NEW(c->a, int32_t, n);
  for (int k = GAS; k <= WIND; k++) avail[k] = ARENA_NEW(c->a, double, n);
  if (!load || !price || !month || !avail[GAS] || !avail[SOLAR] || !avail[WIND]) return SG_ERR_MEMORY;
  for (int32_t row = 0; row < t.n_row && !err; row++) {
    double value[COLUMNS];
    err = read_hour(c, &t, row, column, value);
    if (err) return err;
    load[row] = value[LOAD];
    price[row] = value[PRICE] + c->adder_usd_per_mwh + c->co2_usd_per_t * value[GRID_CO2] / 1000.0;
    month[row] = (int32_t)value[MONTH] - 1;
    for (int k = GAS; k <= WIND; k++) avail[k][row] = value[GAS_AVAIL + k];
  }
  c->supply.n_h = n;
  c->supply.load_mw = load;
  c->supply.grid_usd_per_mwh = price;
  c->supply.month = month;
  for (int k = GAS; k <= WIND; k++) c->supply.source[k].avail_frac = avail[k];
  return SG_OK;
}

// ---- Comparison -----------------------------------------------------------------------------------------------------

static void compare(dispatch_case *c, const char *quantity, const char *unit, double expected, double computed,
                    double tolerance, const char *why) {
  validate_row *row = validate_add_row(c->report, c->name, quantity, unit);
  if (!row) return;
  row->expected = expected;
  row->computed = computed;
  if (isfinite(expected) && expected != 0.0) row->rel_error = computed / expected - 1.0;
  snprintf(row->why, sizeof row->why, "%s", why);
  if (!isfinite(expected) || isnan(tolerance)) return;
  row->tolerance = tolerance;
  const bool ok = fabs(computed - expected) <= tolerance;
  row->status = ok ? "ok" : "off";
  if (!ok) c->report->holds = false;
}

// A number of the results; NaN: nothing published.
static double published(const spec_node *map, const char *key) {
  const spec_node *node = map ? spec_get(map, key) : NULL;
  double           x;
  return node && node->kind == SPEC_SCALAR && text_number(node->text, &x) ? x : (double)NAN;
}

static sg_err compare_rule(dispatch_case *c, const spec_node *rules) {
  power_dispatch_memory *memory = ARENA_NEW(c->a, power_dispatch_memory, 1);
  power_dispatch         d = {0};
  power_supply           supply = c->supply;
  if (!memory) return SG_ERR_MEMORY;
  bool sized = supply.battery.extendable;
  for (int k = 0; k < KINDS; k++) {
    sized |= supply.source[k].extendable;
    supply.source[k].mw = c->optimum.source_mw[k];
  }
  supply.battery.mw = c->optimum.battery_mw;
  power_dispatch_run(&supply, memory, &d);
  const double optimal = c->optimum.dispatch.energy_usd + c->optimum.dispatch.demand_usd;
  const bool   bound = !sized && supply.demand_usd_per_mw_month == 0.0;
  compare(c, "rule: energy and demand", "USD", optimal, d.energy_usd + d.demand_usd,
          bound ? 1e-3 * optimal : (double)NAN,
          bound ? "" : "the rule has no foresight of the month's peak: shown only");
  if (sized) return SG_OK;
  supply.battery.mw = 0.0;
  power_dispatch_run(&supply, NULL, &d);
  const double merit = published(rules, "merit_order_without_battery");
  compare(c, "merit order without battery", "USD", merit, d.energy_usd + d.demand_usd, 1e-6 * merit,
          isnan(merit) ? "nothing published: computed only" : "");
  return SG_OK;
}

static sg_err compare_case(dispatch_case *c) {
  static const char *const of[KINDS] = {"gas", "solar", "wind", "flex"};
  spec_node               *root = NULL;
  sg_err                   err = c->result ? spec_read(c->result, c->a, c->diags, &root) : SG_OK;
  if (err) return err;
  const power_optimum *o = &c->optimum;
  const double         cost = published(root, "optimal_cost_usd");
  if (c->result && isnan(cost))
    return diag_add(c->diags, SG_ERROR, SG_ERR_KEY, (diag_place){c->result, 1, 1, 1}, NULL,
                    "'optimal_cost_usd' is missing or no number");
  const char *none = c->result ? "" : "nothing published: computed only";
  compare(c, "optimal cost", "USD", cost, o->cost_usd, 1e-6 * fabs(cost), none);
  const spec_node *capacity = root ? spec_get(root, "capacity_MW") : NULL;
  for (int k = 0; k <= KINDS; k++) {
    const double mw = k < KINDS ? o->source_mw[k] : o->battery_mw;
    const char  *name = k < KINDS ? of[k] : "battery";
    const double want = published(capacity, name);
    const bool   sized = k < KINDS ? c->supply.source[k].extendable : c->supply.battery.extendable;
    if (!sized || (c->result && isnan(want))) continue;
    char quantity[48];
    snprintf(quantity, sizeof quantity, "capacity of %s", name);
    compare(c, quantity, "MW", want, mw, 1e-3 * fmax(1.0, fabs(want)), none);
  }
  return compare_rule(c, root ? spec_get(root, "operating_rules_on_same_inputs_usd") : NULL);
}

static sg_err do_case(dispatch_case *c) {
  if (!c->hours)
    return diag_add(c->diags, SG_ERROR, SG_ERR_KEY, (diag_place){c->params, 1, 1, 1}, NULL,
                    "there is no %s_hourly_inputs.csv beside it", c->name);
  sg_err err = read_params(c);
  if (!err) err = read_hours(c);
  if (!err) err = power_optimise(&c->supply, POWER_METHOD_AUTO, c->diags, &c->optimum);
  return err ? err : compare_case(c);
}

sg_err validate_power_dispatch(const diag_source *files, size_t n, sg_diags *diags, validate_report *out) {
  double cases = 0.0;
  sg_err first = SG_OK;
  for (size_t i = 0; i < n; i++) {
    dispatch_case c = {.diags = diags, .report = out, .params = &files[i]};
    if (!is_named(files[i].name, "_params.json", c.name)) continue;
    c.a = arena_create();
    if (!c.a) return SG_ERR_MEMORY;
    c.hours = file_of(files, n, c.name, "_hourly_inputs.csv");
    c.result = file_of(files, n, c.name, "_result.json");
    const sg_err err = do_case(&c);
    arena_free(c.a);
    if (!first) first = err;
    cases++;
  }
  validate_add_value(out, "dispatch_cases", cases);
  if (first) out->holds = false;
  return first ? first : out->failed ? SG_ERR_MEMORY : SG_OK;
}
