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
  if (!isnan(row->tolerance)) {  // as many digits as it takes to see the difference
    got[text_number_write(row->computed, 12, got)] = '\0';
    want[text_number_write(row->expected, 12, want)] = '\0';
  }
  if (isnan(row->expected) && isnan(row->computed))
    page_wrapf(p, 2, LOOK_PLAIN, "%s %s: %s", row->case_name, row->quantity, row->why[0] ? row->why : row->status);
  else
    page_wrapf(p, 2, LOOK_PLAIN, "%s %s: %s, expected %s %s%s%s", row->case_name, row->quantity, got, want, row->unit,
               row->why[0] ? ": " : "", row->why);
}

static bool is_off(const validate_row *row) {
  return strcmp(row->status, "ok") != 0 && strcmp(row->status, "skipped") != 0;
}

// Skipped for a reason of its own, not for want of an observation.
static bool is_left_out(const validate_row *row) {
  return !strcmp(row->status, "skipped") && isnan(row->expected) && isnan(row->computed) && row->why[0];
}

static void case_list(const page *p, const validate_report *r, const char *title,
                      bool (*wanted)(const validate_row *)) {
  enum { MOST = 20 };
  size_t n = 0;
  for (size_t i = 0; i < r->n_row; i++) {
    if (!wanted(&r->row[i])) continue;
    if (n++ == 0) page_title(p, title);
    if (n <= MOST) case_line(p, &r->row[i]);
  }
  if (n > MOST) page_wrapf(p, 2, LOOK_DIM, "and %zu more; `--json` has all.", n - MOST);
}

// ---- Cases with tolerances ----------------------------------------------------------------------------------------------

typedef struct case_score {
  size_t              held, within;  // figures with a tolerance, those that keep it
  double              worst;         // error as a share of the tolerance
  const validate_row *worst_row;
} case_score;

static double share_of_tolerance(const validate_row *row) {
  double error = fabs(row->computed - row->expected);
  return isnan(error) ? HUGE_VAL : error > 0.0 ? error / row->tolerance : 0.0;
}

// Scores the rows from `first` on that are of one case; returns the row behind them.
static size_t score_case(const validate_report *r, size_t first, case_score *out) {
  size_t i = first;
  *out = (case_score){.worst_row = NULL};
  for (; i < r->n_row && !strcmp(r->row[i].case_name, r->row[first].case_name); i++) {
    const validate_row *row = &r->row[i];
    if (isnan(row->tolerance)) continue;
    double share = share_of_tolerance(row);
    out->held++;
    out->within += !strcmp(row->status, "ok");
    if (out->worst_row && !(share > out->worst)) continue;
    out->worst = share;
    out->worst_row = row;
  }
  return i;
}

static void case_row(const page *p, int columns, const char *name, const char *within, const char *of, const char *worst,
                     const char *where, page_look look) {
  page_gap(p, 2);
  page_cell(p, name, columns, false, look);
  page_cell(p, within, 8, true, look);
  page_cell(p, of, 8, true, look);
  page_cell(p, worst, 18, true, look);
  page_gap(p, 2);
  page_cell(p, where, 42 - columns, false, look);
  page_end(p);
}

// Columns for the names of cases.
static int case_columns(const validate_report *r) {
  int most = 10;
  for (size_t i = 0; i < r->n_row; i++) {
    int n = page_columns(r->row[i].case_name);
    if (n > most) most = n > 24 ? 24 : n;
  }
  return most;
}

static void case_scores(const page *p, const validate_report *r) {
  enum { MOST = 60 };
  case_score score;
  bool       titled = false;
  int        columns = case_columns(r);
  size_t     n = 0;
  for (size_t i = 0, next; i < r->n_row; i = next) {
    char within[24], of[24], worst[PHRASE] = "";
    next = score_case(r, i, &score);
    if (!score.held || n++ >= MOST) continue;
    if (!titled) {
      page_title(p, "Figures by case");
      case_row(p, columns, "case", "within", "of", "worst / tolerance", "which", LOOK_DIM);
      titled = true;
    }
    snprintf(within, sizeof within, "%zu", score.within);
    snprintf(of, sizeof of, "%zu", score.held);
    if (score.worst < HUGE_VAL) worst[text_number_write(score.worst, 2, worst)] = '\0';
    else snprintf(worst, sizeof worst, "no figure");
    case_row(p, columns, r->row[i].case_name, within, of, worst, score.worst > 0.0 ? score.worst_row->quantity : "", LOOK_PLAIN);
  }
  if (n > MOST) page_wrapf(p, 2, LOOK_DIM, "and %zu more; `--json` has all.", n - MOST);
}

void report_validate_summary(const validate_report *report, sg_style style, text_buffer *out) {
  page p = page_begin(out, style);
  char line[200];
  snprintf(line, sizeof line, "validate %s: %s | %zu ok, %zu off, %zu not readable, %zu skipped",
           report->domain ? report->domain : "", report->holds ? "the bar is met" : "the bar is NOT met",
           count(report, "ok"), count(report, "off"), count(report, "input"), count(report, "skipped"));
  page_wrap(&p, 0, LOOK_BOLD, line);
  for (size_t i = 0; i < report->n_summary; i++) {
    char   value[PHRASE];
    double x = report->summary[i].value;
    value[text_number_write(x, x == floor(x) && fabs(x) < 1e9 ? 9 : 4, value)] = '\0';  // counts in full
    page_gap(&p, 2);
    page_cell(&p, report->summary[i].name, 48, false, LOOK_PLAIN);
    page_cell(&p, value, 10, true, LOOK_PLAIN);
    page_end(&p);
  }
  case_scores(&p, report);
  case_list(&p, report, "Cases that are off", is_off);
  case_list(&p, report, "Left out", is_left_out);
  if (report->n_forecast) page_wrapf(&p, 0, LOOK_PLAIN, "%zu sites forecast.", report->n_forecast);
}
