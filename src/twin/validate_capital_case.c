// Cases: see validate_capital_case.h.
#include "validate_capital_case.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct column_rule {
  const char *name;
  case_kind   kind;
  double      usual, least, most;
} column_rule;

#define COLUMN_RULE(name, kind, usual, least, most) [CASE_##name] = {#name, kind, usual, least, most},
static const column_rule rules[CASE_COUNT] = {CASE_COLUMNS(COLUMN_RULE)};

enum { MAX_CASES = 10000, NAME_SHOWN = 60 };

typedef struct case_reader {
  arena           *a;
  sg_diags        *diags;
  validate_report *report;
  validate_cases  *cases;
} case_reader;

static int shown(text_slice s) { return s.n < NAME_SHOWN ? (int)s.n : NAME_SHOWN; }

void validate_note(validate_report *report, const char *case_name, const char *quantity, const char *status,
                   const char *format, ...) {
  validate_row *row = validate_add_row(report, case_name, quantity, "");
  va_list       args;
  if (!strcmp(status, "input")) report->holds = false;
  if (!row) return;
  row->status = status;
  va_start(args, format);
  vsnprintf(row->why, sizeof row->why, format, args);
  va_end(args);
}

sg_err validate_table_read(const diag_source *source, arena *a, sg_diags *diags, csv_table *out) {
  sg_err err = csv_read(source, a, diags, out);
  if (err) return err;
  for (int32_t row = 0; row < out->n_row; row++)
    if (csv_row_fields(out, row) != out->n_column)
      err = diag_add(diags, SG_ERROR, SG_ERR_SYNTAX, csv_place(out, row, -1),
                     "a field that holds a comma stands in quotes", "the line has %d fields, the first line names %d",
                     csv_row_fields(out, row), out->n_column);
  return err;
}

validate_case *validate_cases_find(const validate_cases *cases, text_slice name) {
  for (int32_t i = 0; i < cases->n; i++)
    if (text_equal(name, cases->at[i].name)) return &cases->at[i];
  return NULL;
}

// ---- Cells --------------------------------------------------------------------------------------------------------------

static void reject(const case_reader *r, validate_case *c, const char *quantity, const char *why) {
  validate_note(r->report, c->name, quantity, "input", "%s", why);
  c->bad = true;
}

// Memory for a schedule, to be filled from schedules.csv.
static sg_err expect_schedule(const case_reader *r, validate_case *c, case_column k) {
  double *year = ARENA_NEW(r->a, double, CASE_MAX_YEARS);
  if (!year) return SG_ERR_MEMORY;
  for (int t = 0; t < CASE_MAX_YEARS; t++) year[t] = (double)NAN;
  c->year[k] = year;
  return SG_OK;
}

// "20|32|19.2", brackets and blanks allowed.
static bool read_percents(const case_reader *r, validate_case *c, text_slice s) {
  double *value = ARENA_NEW(r->a, double, CASE_MAX_YEARS);
  if (!value) return false;
  while (s.n > 0) {
    double x;
    if (strchr("|,;:/[]() \t", s.at[0])) {
      s.at++, s.n--;
      continue;
    }
    size_t n = text_number_scan(s, &x);
    if (n == 0 || !isfinite(x) || c->n_custom == CASE_MAX_YEARS) return false;
    value[c->n_custom++] = x;
    s.at += n, s.n -= n;
  }
  c->custom_percent = value;
  return true;
}

static const char *wrong_number(const column_rule *rule, double x) {
  if (rule->kind == CASE_FIXED) return x == rule->usual ? NULL : "only its usual value can be represented";
  if (!(x >= rule->least)) return "the value is too low";
  if (!(x <= rule->most)) return "the value is too high";
  return rule->kind == CASE_WHOLE && x != floor(x) ? "a whole number is needed" : NULL;
}

static void not_a_number(const case_reader *r, validate_case *c, const csv_table *t, int32_t row, int32_t column,
                         const column_rule *rule) {
  static const char *const hint[] = {
      [CASE_NUMBER] = "a number stands here",
      [CASE_WHOLE] = "a whole number stands here",
      [CASE_YEARLY] = "a number, or SCHED and a value per year in schedules.csv",
      [CASE_PERCENTS] = "percents by year, such as 20|32|19.2|11.52|11.52|5.76",
      [CASE_IDC] = "a number, or IDC: it follows from the construction loans",
      [CASE_FIXED] = "a number stands here",
  };
  text_slice s = csv_field(t, row, column);
  diag_add(r->diags, SG_ERROR, SG_ERR_TYPE, csv_place(t, row, column), hint[rule->kind], "%s: %s: '%.*s' is no number",
           c->name, rule->name, shown(s), s.at);
  char why[100];
  snprintf(why, sizeof why, "'%.*s' is no number", shown(s), s.at);
  reject(r, c, rule->name, why);
}

static sg_err read_cell(const case_reader *r, validate_case *c, const csv_table *t, int32_t row, int32_t column,
                        case_column k) {
  const column_rule *rule = &rules[k];
  text_slice         s = csv_field(t, row, column);
  bool               of_flip = k >= CASE_tax_investor_equity_percent && k <= CASE_tax_investor_postflip_tax_percent;
  c->number[k] = rule->usual;
  if (s.n == 0) {
    if (isnan(rule->usual) && (c->flip || !of_flip)) reject(r, c, rule->name, "the value is missing");
    return SG_OK;
  }
  if (text_equal(s, "SCHED")) {
    if (rule->kind == CASE_YEARLY || rule->kind == CASE_PERCENTS) return expect_schedule(r, c, k);
    reject(r, c, rule->name, "SCHED, but a value per year cannot be represented here");
    return SG_OK;
  }
  if (rule->kind == CASE_IDC && text_equal(s, "IDC")) return c->idc = true, SG_OK;
  if (rule->kind == CASE_PERCENTS) {
    if (!read_percents(r, c, s)) not_a_number(r, c, t, row, column, rule);
  } else if (!text_number(s, &c->number[k])) {
    not_a_number(r, c, t, row, column, rule);
  } else if (wrong_number(rule, c->number[k])) {
    char why[120];
    snprintf(why, sizeof why, "%.*s: %s", shown(s), s.at, wrong_number(rule, c->number[k]));
    reject(r, c, rule->name, why);
  }
  return SG_OK;
}

// ---- A file of inputs ---------------------------------------------------------------------------------------------------

static bool blank(text_slice s) {
  double x;
  return s.n == 0 || (text_number(s, &x) && x == 0.0);
}

// Columns that mean nothing to us: one row of the report each, and one for each case that has something in it.
static void note_unknown(const case_reader *r, const csv_table *t, int32_t first_case) {
  for (int32_t column = 0; column < t->n_column; column++) {
    text_slice name = t->head[column];
    bool       known = text_equal(name, "case") || text_equal(name, "title");
    char       quantity[48];
    int32_t    filled = 0;
    for (int k = 0; k < CASE_COUNT && !known; k++) known = text_equal(name, rules[k].name);
    if (known) continue;
    snprintf(quantity, sizeof quantity, "%.*s", shown(name), name.at);
    for (int32_t row = 0; row < t->n_row; row++) {
      if (blank(csv_field(t, row, column))) continue;
      validate_note(r->report, r->cases->at[first_case + row].name, quantity, "skipped",
                    "the column is not known: the case was computed without it");
      filled++;
    }
    if (!filled) validate_note(r->report, "all", quantity, "skipped", "the column is not known; it is 0 everywhere");
  }
}

static sg_err find_columns(const case_reader *r, const csv_table *t, int32_t column[CASE_COUNT]) {
  sg_err err = SG_OK;
  for (int k = 0; k < CASE_COUNT; k++) {
    bool of_flip = k >= CASE_tax_investor_equity_percent && k <= CASE_tax_investor_postflip_tax_percent;
    column[k] = csv_column(t, rules[k].name);
    if (column[k] < 0 && isnan(rules[k].usual) && !of_flip)
      err = diag_add(r->diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1), "the first line names the columns",
                     "column '%s' is missing", rules[k].name);
  }
  if (csv_column(t, "case") < 0)
    err = diag_add(r->diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1), "the first line names the columns",
                   "column 'case' is missing");
  return err;
}

// A name that tells the case from all others; made up where there is none.
static void name_case(const case_reader *r, const csv_table *t, int32_t row, validate_case *c) {
  text_slice  name = csv_field(t, row, csv_column(t, "case"));
  const char *wrong = name.n == 0                           ? "the case has no name"
                      : name.n >= sizeof c->name            ? "the name has more than 63 bytes"
                      : validate_cases_find(r->cases, name) ? "a case of this name stands before"
                      : memchr(name.at, '\0', name.n)       ? "the name holds a NUL"
                                                            : NULL;
  if (wrong) {
    snprintf(c->name, sizeof c->name, "line %d", t->line[row]);
    diag_add(r->diags, SG_ERROR, SG_ERR_NAME, csv_place(t, row, csv_column(t, "case")), NULL, "%s", wrong);
    reject(r, c, "case", wrong);
  } else {
    snprintf(c->name, sizeof c->name, "%.*s", (int)name.n, name.at);
  }
}

static sg_err read_inputs(case_reader *r, const csv_table *t, bool flip) {
  int32_t column[CASE_COUNT], first_case = r->cases->n;
  sg_err  err = find_columns(r, t, column);
  if (err) return err;
  for (int32_t row = 0; row < t->n_row; row++) {
    validate_case *c = &r->cases->at[r->cases->n];
    *c = (validate_case){.flip = flip};
    name_case(r, t, row, c);
    r->cases->n++;
    for (int k = 0; k < CASE_COUNT && !err; k++) err = read_cell(r, c, t, row, column[k], (case_column)k);
    if (err) return err;
    c->n = c->bad ? 0 : (int32_t)c->number[CASE_analysis_period];
  }
  note_unknown(r, t, first_case);
  return SG_OK;
}

// ---- Schedules ----------------------------------------------------------------------------------------------------------

enum { SCHEDULE_CASE, SCHEDULE_NAME, SCHEDULE_YEAR, SCHEDULE_VALUE, SCHEDULE_COLUMNS };

// One line of schedules.csv. What is wrong with it; NULL: nothing.
static const char *take_schedule(const csv_table *t, int32_t row, const int32_t *column, validate_case *c, int *k) {
  text_slice name = csv_field(t, row, column[SCHEDULE_NAME]);
  double     year, value;
  for (*k = 0; *k < CASE_COUNT && !text_equal(name, rules[*k].name);) ++*k;
  if (*k == CASE_COUNT) return "no column of the inputs has this name";
  if (!c->year[*k]) return "the inputs do not say SCHED there";
  if (!text_number(csv_field(t, row, column[SCHEDULE_YEAR]), &year) || year != floor(year) || !(year >= 1.0) ||
      !(year <= CASE_MAX_YEARS))
    return "the year is no whole number from 1 to 200";
  if (!text_number(csv_field(t, row, column[SCHEDULE_VALUE]), &value)) return "the value is no number";
  if (wrong_number(&rules[*k], value)) return wrong_number(&rules[*k], value);
  double *at = (double *)&c->year[*k][(int)year - 1];
  if (!isnan(*at)) return "the year stands twice";
  *at = value;
  return NULL;
}

static bool same_field(const csv_table *t, int32_t row, int32_t other, int32_t column) {
  text_slice a = csv_field(t, row, column), b = csv_field(t, other, column);
  return a.n == b.n && memcmp(a.at, b.at, a.n) == 0;
}

// What is wrong with a line: of a schedule that is used, the case cannot be; of others, said once for all their lines.
static void note_schedule(const case_reader *r, const csv_table *t, int32_t row, const int32_t *column,
                          validate_case *c, int k, const char *wrong) {
  text_slice of = csv_field(t, row, column[SCHEDULE_CASE]), name = csv_field(t, row, column[SCHEDULE_NAME]);
  bool       used = c && k < CASE_COUNT && c->year[k];
  char       who[64], what[48];
  if (!used && row > 0 && same_field(t, row, row - 1, column[SCHEDULE_CASE]) &&
      same_field(t, row, row - 1, column[SCHEDULE_NAME]))
    return;
  snprintf(who, sizeof who, "%.*s", shown(of), of.at);
  snprintf(what, sizeof what, "%.*s", name.n < 47 ? (int)name.n : 47, name.at);
  validate_note(r->report, who, what, used ? "input" : "skipped", "schedules.csv, line %d: %s", t->line[row], wrong);
  if (!used) return;
  c->bad = true;
  diag_add(r->diags, SG_ERROR, SG_ERR_RANGE, csv_place(t, row, -1), NULL, "%s: %s: %s", who, what, wrong);
}

static sg_err read_schedules(const case_reader *r, const csv_table *t) {
  static const char *const name[] = {"case", "name", "year", "value"};
  int32_t                  column[SCHEDULE_COLUMNS];
  sg_err                   err = SG_OK;
  validate_case           *c = NULL;
  for (int w = 0; w < SCHEDULE_COLUMNS; w++)
    if ((column[w] = csv_column(t, name[w])) < 0)
      err = diag_add(r->diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1), "the columns are case, name, year and value",
                     "column '%s' is missing", name[w]);
  for (int32_t row = 0; row < t->n_row && !err; row++) {
    text_slice of = csv_field(t, row, column[SCHEDULE_CASE]);
    int        k = CASE_COUNT;
    if (!c || !text_equal(of, c->name)) c = validate_cases_find(r->cases, of);
    const char *wrong = c ? take_schedule(t, row, column, c, &k) : "no case of the inputs has this name";
    if (wrong) note_schedule(r, t, row, column, c, k, wrong);
  }
  return err;
}

// Whether every schedule has a value for every year; the first year's stands for it as a number.
static void check_schedules(const case_reader *r, validate_case *c) {
  for (int k = 0; k < CASE_COUNT; k++) {
    if (!c->year[k] || c->bad) continue;
    int32_t last = CASE_MAX_YEARS, n = rules[k].kind == CASE_PERCENTS ? 1 : c->n;
    while (last > 0 && isnan(c->year[k][last - 1])) last--;
    if (last > n) n = last;
    for (int32_t t = 0; t < n; t++) {
      if (!isnan(c->year[k][t])) continue;
      validate_note(r->report, c->name, rules[k].name, "input", "SCHED, but schedules.csv has no value for year %d",
                    t + 1);
      c->bad = true;
      break;
    }
    c->number[k] = c->year[k][0];
    if (rules[k].kind == CASE_PERCENTS) c->custom_percent = c->year[k], c->n_custom = n;
    else if (last > c->n)
      validate_note(r->report, c->name, rules[k].name, "skipped", "the schedule goes on after year %d, the last", c->n);
  }
}

sg_err validate_cases_read(const diag_source *inputs, const diag_source *flip_inputs, const diag_source *schedules,
                           arena *a, sg_diags *diags, validate_report *report, validate_cases *out) {
  case_reader r = {a, diags, report, out};
  csv_table   plain = {0}, flip = {0}, years = {0};
  sg_err      err = inputs ? validate_table_read(inputs, a, diags, &plain) : SG_OK, other = SG_OK;
  *out = (validate_cases){0};
  if (flip_inputs) other = validate_table_read(flip_inputs, a, diags, &flip);
  if (!err) err = other;
  if (schedules) other = validate_table_read(schedules, a, diags, &years);
  if (!err) err = other;
  if (err) return err;
  if (plain.n_row + flip.n_row > MAX_CASES)
    return diag_add(diags, SG_ERROR, SG_ERR_LIMIT, (diag_place){0}, NULL, "more than %d cases", MAX_CASES);
  out->at = ARENA_NEW(a, validate_case, plain.n_row + flip.n_row + 1);
  if (!out->at) return SG_ERR_MEMORY;
  if (inputs) err = read_inputs(&r, &plain, false);
  if (!err && flip_inputs) err = read_inputs(&r, &flip, true);
  if (!err && schedules) err = read_schedules(&r, &years);
  for (int32_t i = 0; i < out->n && !err; i++) check_schedules(&r, &out->at[i]);
  return err;
}
