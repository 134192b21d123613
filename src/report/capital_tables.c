// Tables of the capital page.
#include "capital_tables.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "../base/calendar.h"

// printf's point is the locale's: whole and decimals apart.
void report_fixed(double v, int decimals, const char *end, char out[PHRASE]) {
  long long power = decimals == 2 ? 100 : 10, parts = fabs(v) < 1e12 ? llround(fabs(v) * (double)power) : -1;
  if (parts < 0) (void)snprintf(out, PHRASE, "%s", isnan(v) ? "n/a" : v < 0 ? "-huge" : "huge");
  else
    (void)snprintf(out, PHRASE, "%s%lld.%0*lld%.8s", v < 0 && parts ? "-" : "", parts / power, decimals, parts % power,
                   end);
}

void report_rate(double frac_per_yr, char out[PHRASE]) {
  if (frac_per_yr > 100) (void)snprintf(out, PHRASE, ">10,000%%");
  else report_fixed(100 * frac_per_yr, 2, "%", out);
}

// By how much cash is below zero says nothing of cover.
void report_ratio_text(double v, const char *end, char out[PHRASE]) {
  if (v > 999 || v <= -REPORT_SHOWN) (void)snprintf(out, PHRASE, v > 0 ? ">999" : "<0");
  else report_fixed(v, 2, end, out);
}

static void put_cell(const report_sheet *s, const report_line *line, int32_t year) {
  char   text[PHRASE];
  double v = line->value[year];
  if (isnan(v)) (void)snprintf(text, sizeof text, "-");
  else if (line->format == REPORT_RATIO) report_ratio_text(v, "", text);
  else if (line->format == REPORT_MONTHS) (void)snprintf(text, sizeof text, "%.0f", v);
  else phrase_number(v, text);
  page_cell(&s->p, text, REPORT_COLUMN, true, line->look);
}

// Years in blocks of equal size, so that the last one is not a lonely column.
void report_put_table(const report_sheet *s, const report_table *t) {
  int32_t room = (s->p.width - 2 - REPORT_LABEL) / REPORT_COLUMN, blocks = (s->n_year + room - 1) / room;
  int32_t wide = (s->n_year + blocks - 1) / blocks;
  for (int32_t from = 0; from < s->n_year && t->n; from += wide) {
    int32_t before = from + wide < s->n_year ? from + wide : s->n_year;
    page_gap(&s->p, 2);
    page_cell(&s->p, t->head, REPORT_LABEL, false, LOOK_DIM);
    for (int32_t y = from; y < before; y++) {
      char year[16];
      (void)snprintf(year, sizeof year, "%d", (int)s->year[y]);
      page_cell(&s->p, year, REPORT_COLUMN, true, LOOK_DIM);
    }
    page_end(&s->p);
    for (int32_t i = 0; i < t->n; i++) {
      page_gap(&s->p, 2);
      page_cell(&s->p, t->line[i].label, REPORT_LABEL, false, t->line[i].look);
      for (int32_t y = from; y < before; y++) put_cell(s, &t->line[i], y);
      page_end(&s->p);
    }
  }
}

phrase_unit report_money_unit(double greatest_usd) {
  return greatest_usd < 9.9995e9 ? (phrase_unit){1e6, "$M"} : (phrase_unit){1e9, "$B"};
}

void report_add_series(const report_sheet *s, const char *label, report_format format, report_fold fold,
                       const double *row, double per, report_table *t) {
  report_line *line = &t->line[t->n];
  bool         any = false;
  *line = (report_line){.format = format};
  (void)snprintf(line->label, sizeof line->label, "%s", label);
  for (int32_t y = 0; y < s->n_year; y++) {
    line->value[y] = report_folded(fold, row, s->first[y], s->last[y]) / per;
    any |= fabs(line->value[y]) >= REPORT_SHOWN;
  }
  t->n += any;
}

void report_month_text(const report_capital *c, int32_t month, char out[16]) {
  char text[8];
  calendar_month_text(c->m->month0 + month, text);
  (void)snprintf(out, 16, "%s", text);
}

void report_item(const report_sheet *s, const char *label, const char *format, ...) {
  char        text[600];
  const char *rest = text;
  va_list     args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  int room = s->p.width - 2 - REPORT_LABEL;
  for (text_slice line = page_next_line(&rest, room); line.n > 0; line = page_next_line(&rest, room)) {
    char cell[600];
    (void)snprintf(cell, sizeof cell, "%.*s", (int)line.n, line.at);
    page_gap(&s->p, 2);
    page_cell(&s->p, label, REPORT_LABEL, false, LOOK_PLAIN);
    page_cell(&s->p, cell, room, false, LOOK_PLAIN);
    page_end(&s->p);
    label = "";
  }
}
