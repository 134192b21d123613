// Validation of the capital kernel: see validate_capital.h.
#include "validate_capital.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "validate_capital_map.h"

// A file of published figures: columns by figure, and which lines belonged to a case.
typedef struct published {
  bool           there;
  bool           flip, by_year;
  csv_table      t;
  const char    *file;
  int32_t        of_case, of_year;      // columns
  int32_t        column[ANNUAL_COUNT];  // by figure_result or figure_annual; -1: none
  unsigned char *used;                  // (rows)
  int32_t        next;                  // row to look at first
} published;

_Static_assert((int)ANNUAL_COUNT >= (int)RESULT_COUNT, "one array of columns serves both");

typedef struct validation {
  arena           *a;
  sg_diags        *diags;
  validate_report *report;
  validate_cases   cases;
  published        results[2], annual[2];  // [flip]
} validation;

static const figure_rule *rule_of(const published *f, int k) {
  return f->by_year ? &figure_annual_rule[k] : &figure_result_rule[k];
}
static int figures_of(const published *f) { return f->by_year ? (int)ANNUAL_COUNT : (int)RESULT_COUNT; }

// ---- Published figures --------------------------------------------------------------------------------------------------

static void note_unknown(const published *f, validate_report *report) {
  for (int32_t c = 0; c < f->t.n_column; c++) {
    bool known = c == f->of_case || c == f->of_year || text_equal(f->t.head[c], "title");
    char name[48];
    for (int k = 0; k < figures_of(f) && !known; k++) known = c == f->column[k];
    snprintf(name, sizeof name, "%.*s", f->t.head[c].n < 47 ? (int)f->t.head[c].n : 47, f->t.head[c].at);
    if (!known) validate_note(report, "all", name, "skipped", "%s: the column is not known: not compared", f->file);
  }
}

static sg_err read_published(validation *r, const diag_source *source, bool by_year, bool flip, const char *file,
                             published *f) {
  *f = (published){.flip = flip, .by_year = by_year, .file = file, .of_year = -1};
  if (!source) return SG_OK;
  sg_err err = validate_table_read(source, r->a, r->diags, &f->t);
  if (err) return err;
  f->there = true;
  f->of_case = csv_column(&f->t, "case");
  if (by_year) f->of_year = csv_column(&f->t, "year");
  if (f->of_case < 0 || (by_year && f->of_year < 0))
    return diag_add(r->diags, SG_ERROR, SG_ERR_KEY, csv_place(&f->t, -1, -1), "the first line names the columns",
                    "column '%s' is missing", f->of_case < 0 ? "case" : "year");
  for (int k = 0; k < figures_of(f); k++) f->column[k] = csv_column(&f->t, rule_of(f, k)->name);
  f->used = ARENA_NEW(r->a, unsigned char, f->t.n_row + 1);
  if (!f->used) return SG_ERR_MEMORY;
  note_unknown(f, r->report);
  return SG_OK;
}

static bool row_is_of(const published *f, int32_t row, const char *name, double year) {
  double x;
  if (!text_equal(csv_field(&f->t, row, f->of_case), name)) return false;
  return !f->by_year || (text_number(csv_field(&f->t, row, f->of_year), &x) && x == year);
}

// The line of a case (and year), -1: none. Lines mostly stand in the order in which they are asked for.
static int32_t find_row(published *f, const char *name, double year) {
  for (int32_t i = 0; f->there && i < f->t.n_row; i++) {
    int32_t row = (f->next + i) % f->t.n_row;
    if (f->used[row] || !row_is_of(f, row, name, year)) continue;
    f->used[row] = 1;
    f->next = row + 1;
    return row;
  }
  return -1;
}

// Lines that no case asked for: of no case of the inputs, of a year outside the analysis, or twice.
static void note_unused(const published *f, const validate_cases *cases, validate_report *report) {
  for (int32_t row = 0; f->there && row < f->t.n_row; row++) {
    if (f->used[row]) continue;
    text_slice           name = csv_field(&f->t, row, f->of_case);
    const validate_case *c = validate_cases_find(cases, name);
    char                 who[64];
    if (c && c->bad) continue;
    snprintf(who, sizeof who, "%.*s", name.n < 63 ? (int)name.n : 63, name.at);
    validate_note(report, who, f->file, "input", "line %d: %s", f->t.line[row],
                  !c || c->flip != f->flip ? "the inputs have no such case"
                  : f->by_year             ? "no year of the analysis, or twice"
                                           : "the case stands twice");
  }
}

// ---- Comparison ---------------------------------------------------------------------------------------------------------

static double tolerance_of(const figure_rule *rule, double expected, double installed_usd) {
  switch (rule->tolerance) {
    case FIGURE_USD: return 1e-9 * installed_usd;
    case FIGURE_RELATIVE: return 1e-9 * fabs(expected);
    case FIGURE_RATIO: return 1e-9 * fmax(1.0, fabs(expected));
    case FIGURE_POINTS: return 1e-7;
    case FIGURE_EXACT: return 0.0;
    case FIGURE_SHOWN: break;
  }
  return (double)NAN;
}

static void judge(validate_report *report, validate_row *row, const figure_rule *rule, double installed_usd) {
  row->tolerance = tolerance_of(rule, row->expected, installed_usd);
  row->rel_error = row->expected != 0.0 ? row->computed / row->expected - 1.0 : (double)NAN;
  if (isnan(row->tolerance)) {
    snprintf(row->why, sizeof row->why, "the reference's solver stops early: irr_exact is the figure to meet");
    return;
  }
  bool ok = fabs(row->computed - row->expected) <= row->tolerance;
  row->status = ok ? "ok" : "off";
  if (ok) return;
  report->holds = false;
  if (isnan(row->computed)) snprintf(row->why, sizeof row->why, "there is no such figure here, or more than one");
}

// One quantity; line -1: nothing published. Nothing is said where neither side has a figure, nor where the file is there
// and has no such column.
static void compare(validation *r, const validate_case *c, const published *f, int k, int32_t line, int32_t year,
                    double computed) {
  const figure_rule *rule = rule_of(f, k);
  text_slice         s = line >= 0 ? csv_field(&f->t, line, f->column[k]) : (text_slice){"", 0};
  char               quantity[48];
  if (s.n == 0 && (isnan(computed) || (f->there && f->column[k] < 0))) return;
  if (f->by_year) snprintf(quantity, sizeof quantity, "%s, year %d", rule->name, year);
  else snprintf(quantity, sizeof quantity, "%s", rule->name);
  validate_row *row = validate_add_row(r->report, c->name, quantity, rule->unit);
  if (!row) return;
  row->computed = computed;
  if (s.n == 0) {
    snprintf(row->why, sizeof row->why, "nothing published: computed only");
  } else if (!text_number(s, &row->expected)) {
    row->status = "input";
    snprintf(row->why, sizeof row->why, "%s, line %d: '%.*s' is no number", f->file, f->t.line[line],
             s.n < 40 ? (int)s.n : 40, s.at);
    r->report->holds = false;
  } else {
    judge(r->report, row, rule, c->number[CASE_total_installed_cost]);
  }
}

static void compare_case(validation *r, const validate_case *c, const validate_figures *ours) {
  published *results = &r->results[c->flip], *annual = &r->annual[c->flip];
  int32_t    line = find_row(results, c->name, 0.0);
  for (int k = 0; k < RESULT_COUNT; k++) compare(r, c, results, k, line, 0, ours->result[k]);
  for (int32_t t = 0; t <= c->n; t++) {
    line = find_row(annual, c->name, t);
    for (int k = 0; k < ANNUAL_COUNT; k++)
      compare(r, c, annual, k, line, t, ours->annual[k] ? ours->annual[k][t] : (double)NAN);
  }
}

static sg_err do_case(validation *r, validate_case *c) {
  arena_mark       mark = arena_mark_get(r->a);
  validate_figures ours;
  const char      *why;
  sg_err           err = validate_case_compute(c, r->a, r->report, &ours, &why);
  if (err && err != SG_ERR_MEMORY) {
    validate_note(r->report, c->name, "case", "input", "%s", why);
    c->bad = true;
    err = SG_OK;
  } else if (!err) {
    compare_case(r, c, &ours);
  }
  arena_release(r->a, mark);
  return err;
}

static void summarise(validate_report *report, double cases) {
  double held = 0.0, ok = 0.0, worst = 0.0;
  for (size_t i = 0; i < report->n_row; i++) {
    const validate_row *row = &report->row[i];
    bool                is_ok = !strcmp(row->status, "ok");
    if (!is_ok && strcmp(row->status, "off") != 0) continue;
    held++;
    ok += is_ok;
    double share = row->tolerance > 0.0 ? fabs(row->computed - row->expected) / row->tolerance : is_ok ? 0.0 : HUGE_VAL;
    if (isnan(share)) share = HUGE_VAL;
    if (share > worst) worst = share;
  }
  validate_add_value(report, "cases", cases);
  validate_add_value(report, "figures", held);
  validate_add_value(report, "figures_within_tolerance", ok);
  if (held > 0.0) validate_add_value(report, "worst_error_of_tolerance", worst);
}

static sg_err run(validation *r, const validate_capital_files *files) {
  sg_err err =
      validate_cases_read(files->inputs, files->flip_inputs, files->schedules, r->a, r->diags, r->report, &r->cases);
  if (!err) err = read_published(r, files->results, false, false, "results.csv", &r->results[0]);
  if (!err) err = read_published(r, files->annual, true, false, "annual.csv", &r->annual[0]);
  if (!err) err = read_published(r, files->flip_results, false, true, "flip_results.csv", &r->results[1]);
  if (!err) err = read_published(r, files->flip_annual, true, true, "flip_annual.csv", &r->annual[1]);
  if (err) return err;
  if (r->cases.n == 0)
    return diag_add(r->diags, SG_ERROR, SG_ERR_RANGE, (diag_place){files->inputs, 1, 1, 1}, NULL, "there is no case");
  for (int32_t i = 0; i < r->cases.n && !err; i++)
    if (!r->cases.at[i].bad) err = do_case(r, &r->cases.at[i]);
  for (int flip = 0; flip < 2; flip++) {
    note_unused(&r->results[flip], &r->cases, r->report);
    note_unused(&r->annual[flip], &r->cases, r->report);
  }
  summarise(r->report, r->cases.n);
  return err;
}

sg_err validate_capital(const validate_capital_files *files, sg_diags *diags, validate_report *out) {
  out->domain = "capital";
  out->holds = true;
  arena      *a = arena_create();
  validation *r = a ? ARENA_NEW(a, validation, 1) : NULL;
  sg_err      err = SG_ERR_MEMORY;
  if (r) {
    r->a = a;
    r->diags = diags;
    r->report = out;
    err = run(r, files);
  }
  if (!err && out->failed) err = SG_ERR_MEMORY;
  if (err) out->holds = false;
  arena_free(a);
  return err;
}
