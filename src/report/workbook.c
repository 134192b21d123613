#include "workbook.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "workbook_parts.h"

// ---- Looks ------------------------------------------------------------------------------------------------------------------

static const char *const number_look[LOOK_COUNT] = {
  [LOOK_USD] = "#,##0;[Red]-#,##0;\"-\"", [LOOK_FRAC] = "0.00%", [LOOK_RATIO] = "0.00\"x\";-0.00\"x\";\"-\"",
  [LOOK_NUMBER] = "#,##0.00;-#,##0.00;\"-\"", [LOOK_WHOLE] = "#,##0", [LOOK_DATE] = "mmm yyyy", [LOOK_CENTS] = "#,##0.00;[Red]-#,##0.00" };

enum { BLUE = 0x0000C0, GREY = 0x606060, PALE = 0xFFF9E5, BAND = 0x1F3864 };

static report_book_look look_of(const char *unit) {
  if (!strncmp(unit, "frac", 4)) return LOOK_FRAC;
  if (!strcmp(unit, "USD")) return LOOK_USD;
  if (!strcmp(unit, "x")) return LOOK_RATIO;
  if (!strcmp(unit, "0/1") || !strcmp(unit, "month") || !strcmp(unit, "months") || !strcmp(unit, "period") || !strcmp(unit, "year")) return LOOK_WHOLE;
  return !strcmp(unit, "date") ? LOOK_DATE : LOOK_NUMBER;
}

static lxw_format *look(lxw_workbook *file, const char *number, int32_t colour, int32_t fill, bool bold) {
  lxw_format *f = workbook_add_format(file);
  if (number) format_set_num_format(f, number);
  if (colour) format_set_font_color(f, (lxw_color_t)colour);
  if (fill) format_set_bg_color(f, (lxw_color_t)fill);
  if (bold) format_set_bold(f);
  format_set_font_name(f, "Arial");
  format_set_font_size(f, 9);
  return f;
}

static void make_looks(report_book *b) {
  for (int i = 0; i < LOOK_COUNT; i++) {
    b->input[i] = look(b->file, number_look[i], BLUE, PALE, false);
    b->frozen[i] = look(b->file, number_look[i], BLUE, 0, false);
    b->formula[i] = look(b->file, number_look[i], 0, 0, false);
    b->engine[i] = look(b->file, number_look[i], GREY, 0, false);
    b->total[i] = look(b->file, number_look[i], 0, 0, true);
    format_set_right(b->total[i], LXW_BORDER_THIN);
  }
  b->title = look(b->file, NULL, BAND, 0, true);
  format_set_font_size(b->title, 14);
  b->head = look(b->file, NULL, 0xFFFFFF, BAND, true);
  b->date_head = look(b->file, "mmm yy", 0xFFFFFF, BAND, true);
  format_set_align(b->date_head, LXW_ALIGN_RIGHT);
  b->note = look(b->file, NULL, GREY, 0, false);
  b->label = look(b->file, NULL, 0, 0, false);
  b->bold = look(b->file, NULL, 0, 0, true);
  b->alarm = look(b->file, NULL, 0xC00000, 0, true);
  b->good = look(b->file, NULL, 0, 0, true);
}

// ---- Sheets -----------------------------------------------------------------------------------------------------------------

double *report_book_series(report_book *b) {
  double *x = ARENA_NEW(b->a, double, b->n + 2);
  b->failed |= !x;
  return x;
}

char *report_book_text(report_book *b, const char *format, ...) {
  char    text[2000];
  va_list list;
  va_start(list, format);
  int n = vsnprintf(text, sizeof text, format, list);
  va_end(list);
  char *out = arena_text(b->a, text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
  b->failed |= !out;
  return out ? out : (char *)(uintptr_t)"";
}

static double excel_date(const twin_model *m, int32_t t) { return floor(m->day0[t + 1]) - 1 + 25569; }  // 1970-01-01 is day 25569

static void put_axis(report_book *b, bool yearly) {
  report_book_sheet *s = &b->sheet[b->here];
  const char     *label[] = { yearly ? "Tax year" : "Month" };
  worksheet_write_string(s->at, 3, 0, label[0], b->head);
  worksheet_write_string(s->at, 3, 1, "Unit", b->head);
  worksheet_write_string(s->at, 3, REPORT_BOOK_TOTAL, "Total", b->head);
  worksheet_write_blank(s->at, 3, REPORT_BOOK_OPENING, b->head);
  for (int32_t t = 0; t < b->place.n; t++) {
    int32_t month = t;
    while (yearly && month < b->n - 1 && (b->place.year_of[month] < t || b->place.year_of[month + 1] == t)) month++;
    worksheet_write_number(s->at, 3, (lxw_col_t)(REPORT_BOOK_FIRST + t), excel_date(b->c->m, month), b->date_head);
  }
  worksheet_set_column(s->at, 0, 0, 46, NULL);
  worksheet_set_column(s->at, 1, 1, 12, NULL);
  worksheet_set_column(s->at, REPORT_BOOK_TOTAL, REPORT_BOOK_TOTAL, 17, NULL);
  worksheet_set_column(s->at, REPORT_BOOK_OPENING, REPORT_BOOK_OPENING, 2, NULL);
  worksheet_set_column(s->at, REPORT_BOOK_FIRST, (lxw_col_t)(REPORT_BOOK_FIRST + b->place.n), 14, NULL);
  worksheet_freeze_panes(s->at, 4, REPORT_BOOK_FIRST);
  worksheet_repeat_rows(s->at, 0, 3);
  worksheet_repeat_columns(s->at, 0, REPORT_BOOK_TOTAL);
}

static void open_sheet(report_book *b, report_book_sheet_id id, const char *name, const char *title, const char *of, bool yearly) {
  report_book_sheet *s = &b->sheet[id];
  *s = (report_book_sheet){ .at = workbook_add_worksheet(b->file, name), .next = 4, .yearly = yearly };
  s->quoted = report_book_text(b, "%s%s%s", strchr(name, ' ') ? "'" : "", name, strchr(name, ' ') ? "'" : "");
  b->failed |= !s->at;
  if (b->failed) return;
  worksheet_write_string(s->at, 0, 0, title, b->title);
  worksheet_write_string(s->at, 1, 0, of, b->note);
  worksheet_gridlines(s->at, LXW_HIDE_ALL_GRIDLINES);
  worksheet_set_landscape(s->at);
  worksheet_set_paper(s->at, 8);  // A3
  worksheet_set_print_scale(s->at, 60);
  worksheet_set_footer(s->at, "&L&F&C&A&RPage &P of &N");
  report_book_turn_to(b, id);
  if (id != SHEET_INPUTS && id != SHEET_CHECKS) put_axis(b, yearly);
}

void report_book_turn_to(report_book *b, report_book_sheet_id id) {
  b->here = (int32_t)id;
  b->place.sheet = b->sheet[id].quoted;
  b->place.yearly = b->sheet[id].yearly;
  b->place.n = b->sheet[id].yearly ? b->place.year_of[b->n - 1] + 1 : b->n;
}

void report_book_heading(report_book *b, const char *text) {
  report_book_sheet *s = &b->sheet[b->here];
  s->next++;
  worksheet_write_string(s->at, (lxw_row_t)s->next++, 0, text, b->bold);
}

void report_book_note(report_book *b, const char *text) {
  report_book_sheet *s = &b->sheet[b->here];
  worksheet_write_string(s->at, (lxw_row_t)s->next++, 0, text, b->note);
}

// ---- Rows -------------------------------------------------------------------------------------------------------------------

static void *more_room(report_book *b, void *old, int32_t n, int32_t *most, size_t size) {
  if (n < *most) return old;
  int32_t wanted = *most ? 2 * *most : 256;
  void   *more = arena_take(b->a, (size_t)wanted, size);
  b->failed |= !more;
  if (!more) return old;
  if (old) memcpy(more, old, (size_t)n * size);
  *most = wanted;
  return more;
}

static report_book_row *keep_row(report_book *b, const char *key, const double *value) {
  report_book_place *p = &b->place;
  b->row = more_room(b, b->row, p->n_row, &b->most_row, sizeof *b->row);
  if (b->failed) return NULL;
  p->row = b->row;
  report_book_row *r = &b->row[p->n_row++];
  *r = (report_book_row){ .sheet = p->sheet, .row = b->sheet[b->here].next, .yearly = p->yearly, .value = value };
  (void)snprintf(r->key, sizeof r->key, "%.32s%s", key, p->facility[0] ? p->facility : p->project);
  return r;
}

static void put_later(report_book *b, int32_t row, int32_t column, int32_t n, const char *formula, const double *value, double one, const double *when, lxw_format *format) {
  b->pending = more_room(b, b->pending, b->n_pending, &b->most_pending, sizeof *b->pending);
  if (b->failed) return;
  b->pending[b->n_pending++] = (report_book_pending){ b->place, b->sheet[b->here].at, row, column, n, formula, value, when, one, format };
}

static void put_pending(report_book *b) {
  for (int32_t i = 0; i < b->n_pending; i++) {
    report_book_pending *w = &b->pending[i];
    w->place.row = b->row;
    w->place.n_row = b->place.n_row;
    w->place.input = b->input_name;
    w->place.n_input = b->place.n_input;
    for (int32_t t = 0; t < w->n && !b->failed; t++) {
      text_buffer text = {0};
      double      value = w->value ? w->value[t] : w->one;
      w->place.t = t;
      if (!report_book_expand(&w->place, w->when && !(w->when[t] > 0) ? "=0" : w->formula, &text) || text.failed) b->failed = true;
      if (b->failed && text.at) b->bad_formula = report_book_text(b, "%s", text.at);
      else worksheet_write_formula_num(w->at, (lxw_row_t)w->row, (lxw_col_t)(w->column + t), text.at, w->format, isfinite(value) ? value : 0);
      text_buffer_free(&text);
    }
  }
  b->n_pending = 0;
}

void report_book_line_when(report_book *b, const char *key, const char *label, const char *unit, bool sums, const double *value, const char *formula, const double *when) {
  report_book_sheet *s = &b->sheet[b->here];
  report_book_look   l = look_of(unit);
  double          sum = 0;
  if (b->failed || !value || !keep_row(b, key, value)) return;
  worksheet_write_string(s->at, (lxw_row_t)s->next, 0, label, b->label);
  worksheet_write_string(s->at, (lxw_row_t)s->next, 1, unit, b->note);
  for (int32_t t = 0; t < b->place.n; t++) {
    double x = isfinite(value[t]) ? value[t] : 0;
    sum += x;
    if (!formula) worksheet_write_number(s->at, (lxw_row_t)s->next, (lxw_col_t)(REPORT_BOOK_FIRST + t), x, b->frozen[l]);
  }
  if (formula) put_later(b, s->next, REPORT_BOOK_FIRST, b->place.n, formula, value, 0, when, b->formula[l]);
  if (sums) {
    char first[8], last[8];
    report_book_column(REPORT_BOOK_FIRST, first);
    report_book_column(REPORT_BOOK_FIRST + b->place.n - 1, last);
    put_later(b, s->next, REPORT_BOOK_TOTAL, 1, report_book_text(b, "=SUM(%s%d:%s%d)", first, (int)s->next + 1, last, (int)s->next + 1), NULL, sum, NULL, b->total[l]);
  }
  s->next++;
}

void report_book_line(report_book *b, const char *key, const char *label, const char *unit, bool sums, const double *value, const char *formula) {
  report_book_line_when(b, key, label, unit, sums, value, formula, NULL);
}

void report_book_cell(report_book *b, const char *key, const char *label, const char *unit, double value, const char *formula) {
  report_book_sheet *s = &b->sheet[b->here];
  if (b->failed || !keep_row(b, key, NULL)) return;
  worksheet_write_string(s->at, (lxw_row_t)s->next, 0, label, b->label);
  worksheet_write_string(s->at, (lxw_row_t)s->next, 1, unit, b->note);
  put_later(b, s->next, REPORT_BOOK_TOTAL, 1, formula, NULL, value, NULL, b->total[look_of(unit)]);
  s->next++;
}

void report_book_named(report_book *b, const char *name_key, const char *label, const char *unit, double value, const char *formula) {
  report_book_place *p = &b->place;
  char            name[REPORT_BOOK_KEY];
  b->input_name = more_room(b, b->input_name, p->n_input, &b->most_input, sizeof *b->input_name);
  if (b->failed) return;
  (void)snprintf(name, sizeof name, "%.32s%s", name_key, p->facility[0] ? p->facility : p->project);
  p->input = b->input_name;
  b->input_name[p->n_input++] = report_book_text(b, "%s", name);
  workbook_define_name(b->file, name, report_book_text(b, "=%s!$C$%d", p->sheet, (int)b->sheet[b->here].next + 1));
  report_book_cell(b, name_key, label, unit, value, formula);
}

// ---- Inputs -----------------------------------------------------------------------------------------------------------------

static const programme_value *value_at(const report_book *b, size_t slot) {
  const programme_model *p = &b->c->m->p;
  for (int32_t i = 0; slot != SIZE_MAX && i < p->n_value; i++)
    if (p->value[i].slot == slot) return &p->value[i];
  return NULL;
}

static void put_origin(report_book *b, int32_t row, size_t slot, const char *note) {
  static const char *const origin[] = { "the programme's file", "the catalogue", "default" };
  lxw_worksheet         *at = b->sheet[SHEET_INPUTS].at;
  const programme_value *v = value_at(b, slot);
  if (!v) {
    worksheet_write_string(at, (lxw_row_t)row, 5, note ? note : "", b->note);
    return;
  }
  worksheet_write_string(at, (lxw_row_t)row, 5, report_book_text(b, "%s: %.200s%s%.120s%s", origin[v->origin], v->text ? v->text : "", note ? " (" : "", note ? note : "", note ? ")" : ""), b->note);
  worksheet_write_string(at, (lxw_row_t)row, 6, v->path, b->note);
  worksheet_write_string(at, (lxw_row_t)row, 7, report_book_text(b, "%.400s%s%.20s", v->source ? v->source : "an assumption of the file", v->as_of ? ", " : "", v->as_of ? v->as_of : ""), b->note);
}

void report_book_input(report_book *b, const char *key, const char *label, const char *unit, double value, size_t slot, const char *note) {
  report_book_sheet *s = &b->sheet[SHEET_INPUTS];
  report_book_place *p = &b->place;
  report_book_look   l = look_of(unit);
  char            name[REPORT_BOOK_KEY];
  if (b->failed) return;
  b->input_name = more_room(b, b->input_name, p->n_input, &b->most_input, sizeof *b->input_name);
  if (b->failed) return;
  (void)snprintf(name, sizeof name, "%.32s%s", key, p->facility[0] ? p->facility : p->project);
  p->input = b->input_name;
  b->input_name[p->n_input++] = report_book_text(b, "%s", name);
  worksheet_write_string(s->at, (lxw_row_t)s->next, 0, label, b->label);
  worksheet_write_string(s->at, (lxw_row_t)s->next, 1, name, b->note);
  worksheet_write_string(s->at, (lxw_row_t)s->next, 2, unit, b->note);
  worksheet_write_number(s->at, (lxw_row_t)s->next, 3, value, b->input[l]);
  worksheet_write_number(s->at, (lxw_row_t)s->next, 4, value, b->engine[l]);
  put_origin(b, s->next, slot, note);
  workbook_define_name(b->file, name, report_book_text(b, "=Inputs!$D$%d", (int)s->next + 1));
  s->next++;
}

void report_book_input_at(report_book *b, const char *key, const char *label, const char *unit, const double *value) {
  report_book_input(b, key, label, unit, isnan(*value) ? 0 : *value, (size_t)((const unsigned char *)value - b->c->s->block), NULL);
}

static void inputs_head(report_book *b) {
  static const char *const head[] = { "Input", "Name", "Unit", "Value", "Engine's", "Origin", "Path in the programme", "Source" };
  static const double      width[] = { 46, 20, 14, 18, 14, 52, 44, 80 };
  report_book_sheet *s = &b->sheet[SHEET_INPUTS];
  for (int i = 0; i < 8; i++) {
    worksheet_write_string(s->at, 3, (lxw_col_t)i, head[i], b->head);
    worksheet_set_column(s->at, (lxw_col_t)i, (lxw_col_t)i, width[i], NULL);
  }
  worksheet_freeze_panes(s->at, 4, 1);
  worksheet_repeat_rows(s->at, 0, 3);
  report_book_note(b, "Cells on yellow may be changed; all that follows is recalculated. Names are defined names. Physical series stay as the scenario has them.");
}

// ---- The whole --------------------------------------------------------------------------------------------------------------

static void scenario_series(report_book *b) {
  const twin_state *s = b->c->s;
  double *t = report_book_series(b), *year = report_book_series(b), *base = report_book_series(b), *power = report_book_series(b), *demand = report_book_series(b);
  b->year_end = report_book_series(b);
  if (b->failed) return;
  for (int32_t i = 0; i < b->n; i++) {
    const twin_programme_month *all = (const twin_programme_month *)(const void *)(s->record + (size_t)i * s->m->record);
    t[i] = i;
    year[i] = b->place.year_of[i];
    b->year_end[i] = i + 1 == b->n || b->place.year_of[i + 1] != b->place.year_of[i];
    base[i] = all->interest_frac;
    power[i] = all->power_index;
    demand[i] = all->demand_index;
  }
  report_book_heading(b, "Time and markets");
  report_book_line(b, "t", "Period", "period", false, t, NULL);
  report_book_line(b, "tax_year", "Tax year, from 0", "year", false, year, NULL);
  report_book_line(b, "year_end", "Last month of a tax year", "0/1", false, b->year_end, NULL);
  report_book_line(b, "base", "Benchmark interest", "frac/yr", false, base, NULL);
  report_book_line(b, "power", "Power price index", "index", false, power, NULL);
  report_book_line(b, "demand", "Demand index", "index", false, demand, NULL);
}

static void general_inputs(report_book *b) {
  report_book_heading(b, "General");
  report_book_input(b, "months", "Months in a year", "months", 12, SIZE_MAX, "periods are months of equal length in interest, as the engine has it");
  report_book_input(b, "tolerance", "Tolerance of checks of money", "USD a period", 0.05, SIZE_MAX, "greatest difference in any period");
  report_book_input(b, "tolerance_x", "Tolerance of checks of ratios", "x 1e-6", 1, SIZE_MAX, "greatest difference in any period");
  report_book_input(b, "irr_guess", "First guess of internal rates", "frac/month", 0.01, SIZE_MAX, NULL);
}

static int32_t first_default(const twin_financing *f) {
  int32_t t = 0;
  while (t < f->result.n && !(f->result.row[PROJECT_DEFAULT][t] > 0)) t++;
  return t;
}

static void name_project(report_book *b, int32_t i) {
  char which[PHRASE];
  b->f = &b->c->project[i];
  b->project = i + 1;
  b->upto = b->f->why ? 0 : first_default(b->f);
  report_capital_case(b->c, which);
  (void)snprintf(b->title_of, sizeof b->title_of, "%.60s, %.60s, %.50s; USD unless said otherwise", programme_name(&b->c->m->p, CLASS_CAMPUS, b->f->campus), report_party(b->c, b->f->borrower), which);
}

enum { PROJECT_SHEETS = SHEET_EQUITY - SHEET_CONSTRUCTION + 1 };

static void open_sheets(report_book *b, report_book_sheet *of_project) {
  static const char *const name[PROJECT_SHEETS] = { "Construction", "Operation", "Debt", "Tax", "Equity" };
  char which[PHRASE];
  report_capital_case(b->c, which);
  const char *title = report_book_text(b, "%.150s, %.50s", programme_text(&b->c->m->p, b->c->m->plan_view.top->programme), which);
  open_sheet(b, SHEET_INPUTS, "Inputs", "Inputs", title, false);
  open_sheet(b, SHEET_SCENARIO, "Scenario", "Scenario: what is physical, and markets; frozen", title, false);
  for (int32_t i = 0; i < b->c->n_project && !b->failed; i++) {
    name_project(b, i);
    if (b->f->why) continue;
    for (int k = 0; k < PROJECT_SHEETS && !b->failed; k++) {
      const char *one = b->c->n_project > 1 ? report_book_text(b, "%s %d", name[k], (int)i + 1) : name[k];
      open_sheet(b, (report_book_sheet_id)(SHEET_CONSTRUCTION + k), one, one, b->title_of, SHEET_CONSTRUCTION + k == SHEET_TAX);
      if (b->upto < b->n)
        worksheet_write_string(b->sheet[SHEET_CONSTRUCTION + k].at, 2, 0, report_book_text(b, "In default from period %d (%d-%02d) on: from there formulas go on as if no loan had been called, and are not the engine's.", (int)b->upto,
          (int)((b->c->m->month0 + b->upto) / 12 + 1970), (int)((b->c->m->month0 + b->upto) % 12 + 1)), b->alarm);
      of_project[i * PROJECT_SHEETS + k] = b->sheet[SHEET_CONSTRUCTION + k];
    }
  }
  open_sheet(b, SHEET_CHECKS, "Checks", "Checks", title, false);
  open_sheet(b, SHEET_CHARTS, "Charts", "Charts and years", title, true);
  open_sheet(b, SHEET_ENGINE, "Engine", "What the engine computed, for the checks alone", title, false);
}

// A project that could not be computed: its name, and why, where its inputs and its checks would be.
static void no_project(report_book *b) {
  static const report_book_sheet_id told[] = { SHEET_INPUTS, SHEET_CHECKS };
  char why[REPORT_WHY];
  report_project_why(b->c, b->f, why);
  for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
    report_book_turn_to(b, told[i]);
    report_book_heading(b, report_book_text(b, "%d. %s", (int)b->project, b->title_of));
    report_book_note(b, report_book_text(b, "n/a, because %s%s", b->f->why_facility < 0 ? "" : "of ", why));
  }
}

static void one_project(report_book *b, int32_t i) {
  void (*const fill[PROJECT_SHEETS])(report_book *) = { report_book_project_construction, report_book_project_operation, report_book_project_debt, report_book_project_tax, report_book_project_equity };
  (void)snprintf(b->place.project, sizeof b->place.project, "_%d", (int)i + 1);
  report_book_turn_to(b, SHEET_INPUTS);
  report_book_heading(b, report_book_text(b, "%d. %s", (int)i + 1, b->title_of));
  report_book_project_inputs(b);
  report_book_turn_to(b, SHEET_SCENARIO);
  report_book_heading(b, report_book_text(b, "%d. %s", (int)i + 1, b->title_of));
  report_book_project_scenario(b);
  for (int k = 0; k < PROJECT_SHEETS && !b->failed; k++) {
    report_book_turn_to(b, (report_book_sheet_id)(SHEET_CONSTRUCTION + k));
    fill[k](b);
  }
  report_book_project_checks(b);
  report_book_project_charts(b);
  put_pending(b);
  b->place.project[0] = '\0';
}

static void fill(report_book *b) {
  report_book_sheet *of_project = ARENA_NEW(b->a, report_book_sheet, b->c->n_project * PROJECT_SHEETS + 1);
  int32_t        *year_of = ARENA_NEW(b->a, int32_t, b->n + 1);
  b->failed |= !of_project || !year_of;
  if (b->failed) return;
  for (int32_t t = 0; t < b->n; t++) year_of[t] = (b->c->m->month0 + t) / 12 - b->c->m->month0 / 12;
  b->place.year_of = year_of;
  b->place.n_month = b->n;
  make_looks(b);
  open_sheets(b, of_project);
  if (b->failed) return;
  inputs_head(b);
  report_book_turn_to(b, SHEET_INPUTS);
  general_inputs(b);
  report_book_turn_to(b, SHEET_SCENARIO);
  scenario_series(b);
  for (int32_t i = 0; i < b->c->n_project && !b->failed; i++) {
    name_project(b, i);
    if (b->f->why) {
      no_project(b);
      continue;
    }
    memcpy(&b->sheet[SHEET_CONSTRUCTION], of_project + i * PROJECT_SHEETS, PROJECT_SHEETS * sizeof *of_project);
    one_project(b, i);
  }
  report_book_all_checks(b);
  put_pending(b);
}

sg_err report_workbook(const report_capital *c, const char *path) {
  if (!c->n_project) return SG_ERR_RANGE;
  arena *a = arena_create();
  if (!a) return SG_ERR_MEMORY;
  report_book b = { .c = c, .a = a, .n = c->s->month + 1, .file = workbook_new(path) };
  b.failed = !b.file;
  if (!b.failed) fill(&b);
  // Days since 1970: the date of the programme, so that the same programme gives the same file.
  lxw_doc_properties about = { .title = "Project finance", .comments = "Written by stargate " SG_VERSION, .created = (time_t)(c->m->p.as_of_day * 86400) };
  if (b.file) workbook_set_properties(b.file, &about);
  lxw_error wrong = b.file ? workbook_close(b.file) : LXW_ERROR_MEMORY_MALLOC_FAILED;
  sg_err    err = b.failed ? SG_ERR_NUMERIC : !wrong ? SG_OK : wrong == LXW_ERROR_MEMORY_MALLOC_FAILED ? SG_ERR_MEMORY : SG_ERR_IO;
  arena_free(a);
  return err;
}
