// Validation of electricity bills: see validate_power_tariffs.h.
#include "validate_power_tariffs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/calendar.h"
#include "../base/number.h"
#include "../power/tariff.h"
#include "../programme/spec.h"
#include "validate_capital_case.h"

enum { YEAR_H = 8760, NAME_BYTES = 48, MONTHS = POWER_BILL_MONTHS };

typedef struct tariff_case {
  arena             *a;
  const diag_source *source;
  sg_diags          *diags;
  sg_err             err;  // the first
  char               name[NAME_BYTES];
  double            *load_kw;  // (YEAR_H)
  int32_t           *month;    // (YEAR_H)
  power_terms        terms;
} tariff_case;

// ---- Reading --------------------------------------------------------------------------------------------------------

static void complain(tariff_case *c, const spec_node *node, sg_err code, const char *key, const char *what) {
  const diag_place place = node ? node->place : (diag_place){c->source, 1, 1, 1};
  diag_add(c->diags, SG_ERROR, code, place, NULL, "'%s' %s", key, what);
  if (!c->err) c->err = code;
}

static double number_of(tariff_case *c, const spec_node *node, const char *key) {
  double x = 0.0;
  if (!node) complain(c, node, SG_ERR_KEY, key, "is missing");
  else if (node->kind != SPEC_SCALAR || !text_number(node->text, &x) || x < 0.0)
    complain(c, node, SG_ERR_RANGE, key, "must be a number of at least 0");
  return x;
}

// A whole number of low .. high.
static int32_t whole_of(tariff_case *c, const spec_node *node, const char *key, double low, double high) {
  const double x = number_of(c, node, key);
  if (x >= low && x <= high && x == floor(x)) return (int32_t)x;
  complain(c, node, SG_ERR_RANGE, key, "must be a whole number in its range");
  return (int32_t)low;
}

// Keys of a tariff or a load that mean nothing here would change the bill if they did: an error.
static void only(tariff_case *c, const spec_node *map, const char *const *known, size_t n) {
  for (const spec_node *child = map ? map->first : NULL; child; child = child->next) {
    size_t k = 0;
    while (k < n && !text_equal(child->key, known[k])) k++;
    if (k < n) continue;
    const char *near = text_nearest(child->key, known, n);
    char        hint[80];
    snprintf(hint, sizeof hint, "did you mean '%s'?", near ? near : "");
    diag_add(c->diags, SG_ERROR, SG_ERR_KEY, child->key_place, near ? hint : NULL, "'%s' is not known here",
             child->key.at);
    if (!c->err) c->err = SG_ERR_KEY;
  }
}
#define ONLY(c, map, ...) \
  only((c), (map), (const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

static void read_blocks(tariff_case *c, const spec_node *tariff, const char *key, power_blocks *out) {
  const spec_node *list = spec_get(tariff, key);
  if (!list) return;
  if (list->kind != SPEC_LIST || list->n < 1 || list->n > POWER_BLOCKS) {
    complain(c, list, SG_ERR_RANGE, key, "must be a list of 1 to 8 blocks");
    return;
  }
  for (const spec_node *block = list->first; block; block = block->next) {
    ONLY(c, block, "rate", "up_to");
    out->usd[out->n] = number_of(c, spec_get(block, "rate"), "rate");
    out->up_to[out->n++] = spec_get(block, "up_to") ? number_of(c, spec_get(block, "up_to"), "up_to") : HUGE_VAL;
  }
}

static void read_demand(tariff_case *c, const spec_node *tariff) {
  const spec_node *rates = spec_get(tariff, "demand_usd_per_kw_month"), *lookback = spec_get(tariff, "demand_lookback");
  if (rates && (rates->kind != SPEC_LIST || rates->n != MONTHS))
    complain(c, rates, SG_ERR_RANGE, "demand_usd_per_kw_month", "must be a list of 12 rates");
  int m = 0;
  for (const spec_node *rate = rates ? rates->first : NULL; rate && m < MONTHS; rate = rate->next)
    c->terms.demand_usd_per_kw[m++] = number_of(c, rate, "demand_usd_per_kw_month");
  read_blocks(c, tariff, "demand_usd_per_kw_tiers", &c->terms.demand);
  if (!lookback) return;
  ONLY(c, lookback, "fraction", "previous_months", "months");
  c->terms.ratchet_frac = number_of(c, spec_get(lookback, "fraction"), "fraction");
  const spec_node *before = spec_get(lookback, "previous_months"), *named = spec_get(lookback, "months");
  if (!before == !named) complain(c, lookback, SG_ERR_KEY, "demand_lookback", "needs previous_months or months");
  if (before) c->terms.ratchet_months = whole_of(c, before, "previous_months", 1, 12);
  for (const spec_node *month = named ? named->first : NULL; month; month = month->next)
    c->terms.ratchet_named |= 1u << (whole_of(c, month, "months", 1, 12) - 1);
}

static void read_coincident(tariff_case *c, const spec_node *tariff) {
  const spec_node *list = spec_get(tariff, "coincident_peak");
  if (list && (list->kind != SPEC_LIST || list->n > POWER_COINCIDENT)) {
    complain(c, list, SG_ERR_RANGE, "coincident_peak", "must be a list of at most 8");
    return;
  }
  for (const spec_node *one = list ? list->first : NULL; one; one = one->next) {
    ONLY(c, one, "hours", "usd_per_kw");
    const spec_node  *hours = spec_get(one, "hours");
    const size_t      n = hours && hours->kind == SPEC_LIST ? hours->n : 0;
    int32_t          *hour = ARENA_NEW(c->a, int32_t, n + 1);
    power_coincident *out = &c->terms.coincident[c->terms.n_coincident++];
    if (n == 0 || !hour) complain(c, one, n ? SG_ERR_MEMORY : SG_ERR_KEY, "hours", "must be a list");
    if (n == 0 || !hour) return;
    *out = (power_coincident){.hour = hour, .usd_per_kw = number_of(c, spec_get(one, "usd_per_kw"), "usd_per_kw")};
    for (const spec_node *h = hours->first; h; h = h->next) hour[out->n++] = whole_of(c, h, "hours", 1, YEAR_H) - 1;
  }
}

static void read_load(tariff_case *c, const spec_node *load) {
  if (!load) complain(c, load, SG_ERR_KEY, "load", "is missing");
  if (!load) return;
  ONLY(c, load, "year", "base_kw", "set");
  const int32_t year = whole_of(c, spec_get(load, "year"), "year", 1900, 2200);
  const double  base_kw = number_of(c, spec_get(load, "base_kw"), "base_kw");
  const int32_t first = calendar_day((calendar_date){year, 1, 1});
  if (calendar_day((calendar_date){year + 1, 1, 1}) - first != 365)
    complain(c, spec_get(load, "year"), SG_ERR_RANGE, "year", "must have 365 days");
  for (int32_t h = 0; h < YEAR_H; h++) {
    c->load_kw[h] = base_kw;
    c->month[h] = calendar_of_day(first + h / 24).month - 1;
  }
  const spec_node *set = spec_get(load, "set");
  for (const spec_node *one = set ? set->first : NULL; one; one = one->next) {
    double hour;
    if (!text_number(one->key, &hour) || !(hour >= 1.0 && hour <= YEAR_H) || hour != floor(hour))
      complain(c, one, SG_ERR_RANGE, "set", "names an hour that is not 1 to 8760");
    else c->load_kw[(size_t)hour - 1] = number_of(c, one, "set");
  }
}

static void read_tariff(tariff_case *c, const spec_node *tariff) {
  if (!tariff) complain(c, tariff, SG_ERR_KEY, "tariff", "is missing");
  if (!tariff) return;
  ONLY(c, tariff, "energy_usd_per_kwh_tiers", "demand_usd_per_kw_month", "demand_usd_per_kw_tiers", "demand_lookback",
       "coincident_peak");
  read_blocks(c, tariff, "energy_usd_per_kwh_tiers", &c->terms.energy);
  read_demand(c, tariff);
  read_coincident(c, tariff);
}

// ---- Comparison -----------------------------------------------------------------------------------------------------

static void compare(validate_report *report, const char *name, const char *part, const char *unit, double expected,
                    double computed, double tolerance) {
  validate_row *row = validate_add_row(report, name, part, unit);
  if (!row) return;
  row->expected = expected;
  row->computed = computed;
  if (expected != 0.0) row->rel_error = computed / expected - 1.0;
  row->tolerance = tolerance;
  const bool ok = fabs(computed - expected) <= tolerance;
  row->status = ok ? "ok" : "off";
  if (!ok) report->holds = false;
}

static double part_of(const power_bill *bill, text_slice part) {
  if (text_equal(part, "energy")) return bill->energy_usd;
  if (text_equal(part, "demand")) return bill->demand_usd;
  if (text_equal(part, "coincident_peak")) return bill->coincident_usd;
  if (text_equal(part, "total")) return bill->total_usd;
  return (double)NAN;
}

static void compare_part(tariff_case *c, validate_report *report, const power_bill *bill, text_slice part,
                         text_slice usd, double tolerance, diag_place place) {
  char   name[40];
  double expected;
  snprintf(name, sizeof name, "%.*s", part.n < 39 ? (int)part.n : 39, part.at);
  const double computed = part_of(bill, part);
  if (isnan(computed) || !text_number(usd, &expected)) {
    diag_add(c->diags, SG_ERROR, SG_ERR_RANGE, place, "parts are energy, demand, coincident_peak and total",
             "'%s' is no part of a bill with a number", name);
    if (!c->err) c->err = SG_ERR_RANGE;
  } else {
    compare(report, c->name, name, "USD", expected, computed, number_least(0.01, tolerance));
  }
}

static void compare_bill(tariff_case *c, const spec_node *node, const csv_table *t, validate_report *report,
                         const power_bill *bill) {
  const spec_node *tolerance = spec_get(node, "tolerance_usd"), *parts = spec_get(node, "expected_usd");
  const spec_node *billed = spec_get(node, "billed_kw_by_month");
  double           usd = 0.01;
  if (tolerance) usd = number_of(c, tolerance, "tolerance_usd");
  for (const spec_node *p = !t && parts ? parts->first : NULL; p; p = p->next)
    compare_part(c, report, bill, p->key, p->text, usd, p->place);
  for (int32_t row = 0; t && row < t->n_row; row++) {
    if (!text_equal(csv_field(t, row, csv_column(t, "case")), c->name)) continue;
    compare_part(c, report, bill, csv_field(t, row, csv_column(t, "part")),
                 csv_field(t, row, csv_column(t, "usd_per_year")), usd, csv_place(t, row, -1));
  }
  int m = 0;
  for (const spec_node *kw = billed && billed->n == MONTHS ? billed->first : NULL; kw; kw = kw->next, m++) {
    char quantity[48];
    snprintf(quantity, sizeof quantity, "billed demand, month %d", m + 1);
    compare(report, c->name, quantity, "kW", number_of(c, kw, "billed_kw_by_month"), bill->billed_kw[m], 1e-6);
  }
}

static sg_err do_case(tariff_case *c, const spec_node *node, const csv_table *t, validate_report *report) {
  power_bill       bill;
  const spec_node *id = spec_get(node, "id");
  if (!id) complain(c, node, SG_ERR_KEY, "id", "is missing");
  if (id) snprintf(c->name, sizeof c->name, "%s", id->text.at);
  c->load_kw = ARENA_NEW(c->a, double, YEAR_H);
  c->month = ARENA_NEW(c->a, int32_t, YEAR_H);
  if (!c->load_kw || !c->month) return SG_ERR_MEMORY;
  read_load(c, spec_get(node, "load"));
  read_tariff(c, spec_get(node, "tariff"));
  if (!c->err) c->err = power_bill_run(&c->terms, c->load_kw, c->month, YEAR_H, c->diags, &bill);
  if (!c->err) compare_bill(c, node, t, report, &bill);
  return c->err;
}

static const diag_source *named(const diag_source *files, size_t n, const char *name) {
  const size_t k = strlen(name);
  for (size_t i = 0; i < n; i++) {
    const size_t m = strlen(files[i].name);
    if (m >= k && !strcmp(files[i].name + m - k, name) && (m == k || files[i].name[m - k - 1] == '/')) return &files[i];
  }
  return NULL;
}

static sg_err run(const diag_source *source, const diag_source *expected, arena *a, sg_diags *diags,
                  validate_report *out) {
  static const char *const needed[] = {"case", "part", "usd_per_year"};
  spec_node               *root = NULL;
  csv_table                t;
  sg_err                   err = spec_read(source, a, diags, &root), first = SG_OK;
  if (!err && expected) err = validate_table_read(expected, a, diags, &t);
  if (err) return err;
  for (size_t k = 0; expected && k < 3; k++)
    if (csv_column(&t, needed[k]) < 0)
      return diag_add(diags, SG_ERROR, SG_ERR_KEY, csv_place(&t, -1, -1), NULL, "column '%s' is missing", needed[k]);
  const spec_node *list = root ? spec_get(root, "cases") : NULL;
  if (!list || list->kind != SPEC_LIST)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, (diag_place){source, 1, 1, 1}, NULL, "'cases' is missing or no list");
  for (const spec_node *node = list->first; node; node = node->next) {
    tariff_case c = {.a = a, .source = source, .diags = diags};
    err = do_case(&c, node, expected ? &t : NULL, out);
    if (!first) first = err;
  }
  validate_add_value(out, "tariff_cases", (double)list->n);
  return first;
}

sg_err validate_power_tariffs(const diag_source *files, size_t n, sg_diags *diags, validate_report *out) {
  const diag_source *source = named(files, n, "tariffs/cases.json");
  if (!source)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, (diag_place){0}, NULL, "there is no cases.json in tariffs/");
  arena *a = arena_create();
  sg_err err = a ? run(source, named(files, n, "tariffs/expected.csv"), a, diags, out) : SG_ERR_MEMORY;
  arena_free(a);
  if (!err && out->failed) err = SG_ERR_MEMORY;
  if (err) out->holds = false;
  return err;
}
