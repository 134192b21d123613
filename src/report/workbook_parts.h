// Inside of the workbook. Internal to workbook*.c.
#ifndef REPORT_WORKBOOK_PARTS_H
#define REPORT_WORKBOOK_PARTS_H

#include <xlsxwriter.h>

#include "capital_parts.h"
#include "workbook.h"
#include "workbook_formula.h"

typedef enum report_book_sheet_id { SHEET_INPUTS, SHEET_SCENARIO, SHEET_CONSTRUCTION, SHEET_OPERATION, SHEET_DEBT, SHEET_TAX, SHEET_EQUITY, SHEET_CHECKS, SHEET_CHARTS, SHEET_ENGINE, SHEET_COUNT } report_book_sheet_id;

typedef enum report_book_look { LOOK_USD, LOOK_FRAC, LOOK_RATIO, LOOK_NUMBER, LOOK_WHOLE, LOOK_DATE, LOOK_CENTS, LOOK_COUNT } report_book_look;

typedef struct report_book_sheet {
  lxw_worksheet *at;
  const char    *quoted;
  int32_t        next;  // first free row
  bool           yearly;
} report_book_sheet;

// A formula that waits until all rows of its project have their place.
typedef struct report_book_pending {
  report_book_place place;
  lxw_worksheet *at;
  int32_t        row, column, n;  // column of the first period
  const char    *formula;
  const double  *value, *when;    // (n); when NULL: always
  double         one;             // where value is NULL
  lxw_format    *format;
} report_book_pending;

typedef struct report_book {
  const report_capital *c;
  arena                *a;
  lxw_workbook         *file;
  lxw_format           *title, *head, *note, *label, *bold, *input[LOOK_COUNT], *frozen[LOOK_COUNT], *formula[LOOK_COUNT], *total[LOOK_COUNT], *engine[LOOK_COUNT], *date_head, *good, *alarm;
  report_book_sheet        sheet[SHEET_COUNT];
  report_book_place        place;
  report_book_row         *row;      // (place.n_row of most)
  const char          **input_name;
  report_book_pending     *pending;  // (n_pending of most)
  int32_t               most_row, most_input, n_pending, most_pending;
  int32_t               n;        // months
  double               *year_end; // (n) 1: last month of a tax year
  int32_t               here;     // sheet that is being filled
  bool                  failed;   // memory, or a key that no row has
  const char           *bad_formula;  // NULL: none; for debuggers
  // of the project that is being filled
  const twin_financing *f;
  int32_t               project, upto;  // from 1; first month of default, n: none
  char                  title_of[200];
} report_book;

// ---- workbook.c -----------------------------------------------------------------------------------------------------------
double *report_book_series(report_book *b);  // (months + 1) zeros
void    report_book_turn_to(report_book *b, report_book_sheet_id id);
void    report_book_heading(report_book *b, const char *text);
void    report_book_note(report_book *b, const char *text);
// An input with its name; slot: where its value stands in the block of rows, SIZE_MAX: none; note: what the engine has made
// it of.
void report_book_input(report_book *b, const char *key, const char *label, const char *unit, double value, size_t slot, const char *note);
void report_book_input_at(report_book *b, const char *key, const char *label, const char *unit, const double *value);  // of the block of rows
// A row: formula by template, NULL: frozen numbers. `sums`: its total is the sum of its periods.
void report_book_line(report_book *b, const char *key, const char *label, const char *unit, bool sums, const double *value, const char *formula);
// The same with one formula where `when` is 1, else 0.
void report_book_line_when(report_book *b, const char *key, const char *label, const char *unit, bool sums, const double *value, const char *formula, const double *when);
// One cell with a label; formula by template of column 0.
void report_book_cell(report_book *b, const char *key, const char *label, const char *unit, double value, const char *formula);
void report_book_named(report_book *b, const char *name_key, const char *label, const char *unit, double value, const char *formula);  // that cell with a defined name
char *report_book_text(report_book *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

// ---- one project ----------------------------------------------------------------------------------------------------------
void report_book_project_inputs(report_book *b);
void report_book_project_scenario(report_book *b);
void report_book_project_operation(report_book *b);
void report_book_project_construction(report_book *b);
void report_book_project_debt(report_book *b);
void report_book_project_tax(report_book *b);
void report_book_project_equity(report_book *b);
void report_book_project_checks(report_book *b);
void report_book_project_charts(report_book *b);
void report_book_all_checks(report_book *b);

static inline const double *report_book_result(const report_book *b, int32_t row) { return b->f->result.row[row]; }
static inline const double *report_book_facility(const report_book *b, int32_t j, int32_t row) { return b->f->result.facility[j][row]; }
static inline double report_book_before(const double *x, int32_t t) { return t > 0 ? x[t - 1] : 0; }

#endif
