// Checks of the workbook against the engine, the engine's own figures, years and charts.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "workbook_parts.h"

// ---- Checks -------------------------------------------------------------------------------------------------------------------

// Rows of a project that both have.
static const struct { int32_t row; const char *key; } pairs[] = {
  { PROJECT_RECEIPTS, "receipts" }, { PROJECT_OPEX, "opex" }, { PROJECT_CAPEX, "cost" }, { PROJECT_CFADS, "cfads" }, { PROJECT_FEES, "fees" }, { PROJECT_INTEREST, "interests" },
  { PROJECT_CAPITALISED, "all_capitalised" }, { PROJECT_PRINCIPAL, "principals" }, { PROJECT_SWEPT, "swept" }, { PROJECT_DRAWS, "draws" }, { PROJECT_EQUITY, "equity" }, { PROJECT_CURE, "cure" },
  { PROJECT_RESERVE, "reserve" }, { PROJECT_HELD, "held" }, { PROJECT_RESERVE_INTEREST, "earned" }, { PROJECT_CASH, "cash" }, { PROJECT_DISTRIBUTION, "distribution" }, { PROJECT_DEBT, "debt" },
  { PROJECT_DSCR, "dscr" }, { PROJECT_LLCR, "llcr" }, { PROJECT_PLCR, "plcr" }, { PROJECT_ICR, "icr" }, { PROJECT_LOCKED, "locked" }, { PROJECT_ASSETS, "assets" }, { PROJECT_BOOK_DEPRECIATION, "written" },
  { PROJECT_PROFIT, "profit" }, { PROJECT_FLOW, "flow" } };
static const struct { int32_t row; const char *key; } facility_pairs[] = {
  { FACILITY_DRAW, "draw" }, { FACILITY_CAPITALISED, "capitalised" }, { FACILITY_INTEREST_DUE, "interest" }, { FACILITY_FEE, "fee" }, { FACILITY_PRINCIPAL, "due" }, { FACILITY_SWEPT, "swept" },
  { FACILITY_BALANCE, "balance" }, { FACILITY_RATE, "rate" } };

enum { CHECK_ENGINE = 2, CHECK_BOOK, CHECK_WORST, CHECK_VERDICT };

static void put_text_formula(report_book *b, int32_t row, int32_t column, const char *formula, const char *value, lxw_format *format) {
  worksheet_write_formula_str(b->sheet[SHEET_CHECKS].at, (lxw_row_t)row, (lxw_col_t)column, formula, format, value);
}

// Range of a row from its first period to the last that counts.
static const char *range_of(report_book *b, const char *key) {
  const report_book_row *r = report_book_find_row(&b->place, key);
  char                last[8];
  if (!r) return b->failed = true, "";
  report_book_column(REPORT_BOOK_FIRST + (b->upto < b->n ? b->upto : b->n) - 1, last);
  return report_book_text(b, "%s!$E$%d:$%s$%d", r->sheet, (int)r->row + 1, last, (int)r->row + 1);
}

static double sum_to(const report_book *b, const double *x) {
  double sum = 0;
  for (int32_t t = 0; t < b->n && t < b->upto; t++) sum += isfinite(x[t]) ? x[t] : 0;
  return sum;
}

// One line: the engine's sum beside the workbook's, and the greatest difference in any period.
static void put_check(report_book *b, const char *label, const char *engine_key, const char *key, const double *value, bool ratio) {
  report_book_sheet *s = &b->sheet[SHEET_CHECKS];
  int32_t         row = s->next;
  const char     *engine = engine_key ? range_of(b, engine_key) : NULL, *book = range_of(b, key);
  if (b->failed) return;
  lxw_format *look = b->formula[ratio ? LOOK_NUMBER : LOOK_USD];
  double      sum = engine ? sum_to(b, value) : 0;
  worksheet_write_string(s->at, (lxw_row_t)row, 0, label, b->label);
  worksheet_write_string(s->at, (lxw_row_t)row, 1, ratio ? "sum of x" : "USD", b->note);
  if (engine) worksheet_write_formula_num(s->at, (lxw_row_t)row, CHECK_ENGINE, report_book_text(b, "=SUM(%s)", engine), look, sum);
  worksheet_write_formula_num(s->at, (lxw_row_t)row, CHECK_BOOK, report_book_text(b, "=SUM(%s)", book), look, sum);
  worksheet_write_formula_num(s->at, (lxw_row_t)row, CHECK_WORST, engine ? report_book_text(b, "=SUMPRODUCT(MAX(ABS(%s-%s)))", book, engine) : report_book_text(b, "=SUMPRODUCT(MAX(ABS(%s)))", book), b->formula[ratio ? LOOK_RATIO : LOOK_CENTS], 0);
  put_text_formula(b, row, CHECK_VERDICT, report_book_text(b, "=IF(ISNUMBER(E%d),IF(E%d<=tolerance%s,\"OK\",\"DIFFERS\"),\"DIFFERS\")", (int)row + 1, (int)row + 1, ratio ? "_x*1E-6" : ""), "OK", b->good);
  s->next++;
}

void report_book_project_checks(report_book *b) {
  report_book_turn_to(b, SHEET_ENGINE);
  report_book_heading(b, report_book_text(b, "%d. %s", (int)b->project, b->title_of));
  report_book_turn_to(b, SHEET_CHECKS);
  report_book_heading(b, report_book_text(b, "%d. %s", (int)b->project, b->title_of));
  if (b->upto < b->n)
    report_book_note(b, report_book_text(b, "From period %d on n/a, because the engine has the loans in default there: formulas hold, and are checked, to the period before. (%s)", (int)b->upto, capital_project_about[PROJECT_DEFAULT]));
  if (b->upto == 0) return;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs && !b->failed; i++) {
    bool        ratio = report_project_format(pairs[i].row) != REPORT_MONEY;
    const char *key = report_book_text(b, "engine%d", (int)pairs[i].row);
    report_book_turn_to(b, SHEET_ENGINE);
    report_book_line(b, key, capital_project_name[pairs[i].row], ratio ? "x" : "USD", false, report_book_result(b, pairs[i].row), NULL);
    report_book_turn_to(b, SHEET_CHECKS);
    bool ahead = pairs[i].row == PROJECT_LLCR || pairs[i].row == PROJECT_PLCR;
    if (ahead && b->upto < b->n) report_book_note(b, report_book_text(b, "%s: n/a, because it looks beyond the default", capital_project_name[pairs[i].row]));
    else put_check(b, capital_project_name[pairs[i].row], key, pairs[i].key, report_book_result(b, pairs[i].row), ratio);
  }
  for (int32_t j = 0; j < b->f->project.n_facility; j++)
    for (size_t i = 0; i < sizeof facility_pairs / sizeof *facility_pairs && !b->failed; i++) {
      int32_t     row = facility_pairs[i].row;
      const char *name = report_book_text(b, "%s: %s", programme_name(&b->c->m->p, CLASS_CONTRACT, b->c->m->deal[b->f->loan[j]].contract), capital_facility_name[row]), *key = report_book_text(b, "engine%c%d", (char)('a' + j), (int)row);
      report_book_turn_to(b, SHEET_ENGINE);
      const double *value = report_book_facility(b, j, row);
      double       *shown = report_book_series(b);
      // The engine notes no rate before close.
      for (int32_t t = 0; shown && t < b->n; t++) shown[t] = row == FACILITY_RATE ? b->f->project.facility[j].rate_frac_per_yr[t] : value[t];
      report_book_line(b, key, name, row == FACILITY_RATE ? "frac/yr" : "USD", false, shown, NULL);
      report_book_turn_to(b, SHEET_CHECKS);
      put_check(b, name, key, report_book_text(b, "%s%s%c", facility_pairs[i].key, b->place.project, (char)('a' + j)), shown, row == FACILITY_RATE);
    }
  put_check(b, "balance sheet: assets = debt + owners' capital", NULL, "balance_check", NULL, false);
  put_check(b, "sources = uses: cash in = cash out + what is kept", NULL, "cash_check", NULL, false);
  put_check(b, "owners' flows add up", NULL, "parties_check", NULL, false);
}

void report_book_all_checks(report_book *b) {
  static const char *const head[] = { "Check", "Unit", "Engine", "Workbook", "Greatest difference in any period", "" };
  lxw_worksheet *at = b->sheet[SHEET_CHECKS].at;
  int32_t        last = b->sheet[SHEET_CHECKS].next, inputs = b->sheet[SHEET_INPUTS].next;
  for (int i = 0; i < 6; i++) worksheet_write_string(at, 3, (lxw_col_t)i, head[i], b->head);
  worksheet_set_column(at, 0, 0, 52, NULL);
  worksheet_set_column(at, 1, 1, 10, NULL);
  worksheet_set_column(at, 2, 4, 22, NULL);
  worksheet_set_column(at, 5, 5, 12, NULL);
  worksheet_freeze_panes(at, 4, 1);
  worksheet_write_string(at, 2, 0, "All checks", b->bold);
  bool any = false;
  for (int32_t i = 0; i < b->c->n_project; i++) any |= !b->c->project[i].why;
  if (!any) worksheet_write_string(at, 2, 1, "n/a, because no project could be computed", b->good);
  else put_text_formula(b, 2, 1, report_book_text(b, "=IF(D3>0,\"n/a\",IF(COUNTIF(F5:F%d,\"DIFFERS\")=0,\"ALL OK\",\"DIFFERS\"))", (int)last + 1), "ALL OK", b->good);
  worksheet_write_string(at, 2, 2, "Inputs changed:", b->label);
  worksheet_write_formula_num(at, 2, 3, report_book_text(b, "=SUMPRODUCT(--(Inputs!$D$6:$D$%d<>Inputs!$E$6:$E$%d))", (int)inputs, (int)inputs), b->formula[LOOK_WHOLE], 0);
  put_text_formula(b, 2, 4, "=IF(D3>0,\"n/a, because the engine's figures are of the original inputs\",\"inputs are the engine's\")", "inputs are the engine's", b->label);
  workbook_define_name(b->file, "all_ok", "=Checks!$B$3");
  lxw_conditional_format bad = { .type = LXW_CONDITIONAL_TYPE_TEXT, .criteria = LXW_CONDITIONAL_CRITERIA_TEXT_CONTAINING, .value_string = "DIFFERS" };
  bad.format = workbook_add_format(b->file);
  format_set_bg_color(bad.format, 0xFFC7CE);
  worksheet_conditional_format_range(at, 2, 0, (lxw_row_t)last, 5, &bad);
}

// ---- Years and charts -----------------------------------------------------------------------------------------------------------

static void add_series(report_book *b, lxw_chart *chart, const char *key, const char *name) {
  text_buffer values = {0};
  const report_book_row *r = report_book_find_row(&b->place, key);
  char last[8];
  if (!r || !report_book_expand(&b->place, report_book_text(b, "=[%s*]", key), &values)) { b->failed = true; return; }
  int32_t n = r->yearly ? b->place.year_of[b->n - 1] + 1 : b->n;
  report_book_column(REPORT_BOOK_FIRST + n - 1, last);
  // A chart wants the sheet even where it is its own.
  const char *range = strchr(values.at, '!') ? values.at : report_book_text(b, "=%s!%s", r->sheet, values.at + 1);
  lxw_chart_series *s = chart_add_series(chart, report_book_text(b, "=%s!$E$4:$%s$4", r->sheet, last), range);
  if (s) chart_series_set_name(s, name);
  text_buffer_free(&values);
}

static void place_chart(report_book *b, lxw_chart *chart, const char *title, bool money, int32_t place) {
  report_book_sheet   *s = &b->sheet[SHEET_CHARTS];
  lxw_chart_options size = { .x_scale = 1.7, .y_scale = 1.25 };
  chart_title_set_name(chart, title);
  chart_axis_set_name(chart->y_axis, money ? "USD" : "x");
  chart_axis_set_num_format(chart->x_axis, "yyyy");
  if (money) chart_axis_set_num_format(chart->y_axis, "#,##0,,\"M\"");
  chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
  worksheet_insert_chart_opt(s->at, (lxw_row_t)s->next, (lxw_col_t)(place == 0 ? 0 : 8), chart, &size);
}

void report_book_project_charts(report_book *b) {
  static const struct { const char *key, *label, *of; int32_t row; } years[] = {
    { "y_receipts", "Receipts", "receipts", PROJECT_RECEIPTS }, { "y_opex", "Operating cost", "opex", PROJECT_OPEX }, { "y_cfads", "Cash for debt service", "cfads", PROJECT_CFADS },
    { "y_interest", "Interest paid", "interests", PROJECT_INTEREST }, { "y_principal", "Principal paid", "principals", PROJECT_PRINCIPAL }, { "y_swept", "Cash sweep", "swept", PROJECT_SWEPT },
    { "y_distribution", "Distributions", "distribution", PROJECT_DISTRIBUTION }, { "y_cost", "Construction and machines", "cost", PROJECT_CAPEX }, { "y_draws", "Debt drawn", "draws", PROJECT_DRAWS }, { "y_equity", "Equity paid in", "equity", PROJECT_EQUITY } };
  report_book_turn_to(b, SHEET_CHARTS);
  report_book_heading(b, report_book_text(b, "%d. %s", (int)b->project, b->title_of));
  for (size_t i = 0; i < sizeof years / sizeof *years && !b->failed; i++) {
    double *sum = report_book_series(b);
    for (int32_t t = 0; sum && t < b->n; t++) sum[b->place.year_of[t]] += report_book_result(b, years[i].row)[t];
    report_book_line(b, years[i].key, years[i].label, "USD", true, sum, report_book_text(b, "=SUM([%s@])", years[i].of));
  }
  b->sheet[SHEET_CHARTS].next++;
  if (b->failed) return;
  lxw_chart *debt = workbook_add_chart(b->file, LXW_CHART_AREA_STACKED), *cover = workbook_add_chart(b->file, LXW_CHART_LINE), *cash = workbook_add_chart(b->file, LXW_CHART_COLUMN_STACKED), *build = workbook_add_chart(b->file, LXW_CHART_COLUMN_STACKED);
  for (int32_t j = 0; j < b->f->project.n_facility; j++)
    add_series(b, debt, report_book_text(b, "balance%s%c", b->place.project, (char)('a' + j)), programme_name(&b->c->m->p, CLASS_CONTRACT, b->c->m->deal[b->f->loan[j]].contract));
  if (!b->f->project.n_facility) add_series(b, debt, "debt", "debt");
  place_chart(b, debt, "Balance of debt", true, 0);
  add_series(b, cover, "dscr", "DSCR");
  for (int32_t j = 0; j < b->f->project.n_facility; j++)
    if (!isnan(b->f->project.facility[j].lockup_dscr)) add_series(b, cover, report_book_text(b, "covenant%s%c", b->place.project, (char)('a' + j)), "lock-up");
  add_series(b, cover, "dscr12", "DSCR of twelve months");
  chart_axis_set_min(cover->y_axis, 0);
  chart_axis_set_max(cover->y_axis, 4);  // in a loan's last months cover is beyond any scale
  place_chart(b, cover, "DSCR and covenants", false, 1);
  b->sheet[SHEET_CHARTS].next += 20;
  static const char *const uses[][2] = { { "y_opex", "operating cost" }, { "y_interest", "interest" }, { "y_principal", "principal" }, { "y_swept", "sweep" }, { "y_distribution", "distributions" } };
  static const char *const funds[][2] = { { "y_draws", "debt drawn" }, { "y_equity", "equity paid in" } };
  for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) add_series(b, cash, uses[i][0], uses[i][1]);
  place_chart(b, cash, "Where cash goes, by tax year", true, 0);
  for (size_t i = 0; i < sizeof funds / sizeof *funds; i++) add_series(b, build, funds[i][0], funds[i][1]);
  place_chart(b, build, "What construction is paid with, by tax year", true, 1);
  b->sheet[SHEET_CHARTS].next += 21;
}
