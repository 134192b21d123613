// Validation summary: the verdict, the scores, and the cases that are off or could not be read.
#include "validate_summary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static size_t count(const validate_report *r, const char *status) {
  size_t n = 0;
  for (size_t i = 0; i < r->n_row; i++) n += !strcmp(r->row[i].status, status);
  return n;
}

static void case_line(const page *p, const validate_row *row) {
  char want[PHRASE], got[PHRASE];
  phrase_number(row->expected, want);
  phrase_number(row->computed, got);
  if (isnan(row->expected) && isnan(row->computed))
    page_wrapf(p, 2, LOOK_PLAIN, "%s %s: %s", row->case_name, row->quantity, row->why[0] ? row->why : row->status);
  else
    page_wrapf(p, 2, LOOK_PLAIN, "%s %s: %s, expected %s %s%s%s", row->case_name, row->quantity, got, want, row->unit,
               row->why[0] ? ": " : "", row->why);
}

void report_validate_summary(const validate_report *report, sg_style style, text_buffer *out) {
  enum { MOST = 20 };
  page p = page_begin(out, style);
  char line[200];
  snprintf(line, sizeof line, "validate %s: %s | %zu ok, %zu off, %zu not readable, %zu skipped",
           report->domain ? report->domain : "", report->holds ? "the bar is met" : "the bar is NOT met",
           count(report, "ok"), count(report, "off"), count(report, "input"), count(report, "skipped"));
  page_wrap(&p, 0, LOOK_BOLD, line);
  for (size_t i = 0; i < report->n_summary; i++) {
    char   value[PHRASE];
    size_t n = text_number_write(report->summary[i].value, 4, value);
    value[n] = '\0';
    page_gap(&p, 2);
    page_cell(&p, report->summary[i].name, 48, false, LOOK_PLAIN);
    page_cell(&p, value, 10, true, LOOK_PLAIN);
    page_end(&p);
  }
  size_t shown = 0, bad = 0;
  for (size_t i = 0; i < report->n_row; i++) {
    if (!strcmp(report->row[i].status, "ok") || !strcmp(report->row[i].status, "skipped")) continue;
    if (bad++ == 0) page_title(&p, "Cases that are off");
    if (shown < MOST) case_line(&p, &report->row[i]), shown++;
  }
  if (bad > shown) page_wrapf(&p, 2, LOOK_DIM, "and %zu more; `--json` has all.", bad - shown);
  if (report->n_forecast) page_wrapf(&p, 0, LOOK_PLAIN, "%zu sites forecast.", report->n_forecast);
}
