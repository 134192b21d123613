// Tables of the capital page: a year a column, as many columns as the page holds, then the next years below; and figures
// as its lines write them. Not for files outside the capital report.
#ifndef REPORT_CAPITAL_TABLES_H
#define REPORT_CAPITAL_TABLES_H

#include "capital_lender.h"
#include "page.h"

enum { REPORT_LABEL = 22, REPORT_COLUMN = 7, REPORT_YEARS_MOST = TWIN_MAX_MONTHS / 12 + 2 };

typedef struct report_sheet {
  page                  p;
  const report_capital *c;
  int32_t               n_year;
  int32_t year[REPORT_YEARS_MOST], first[REPORT_YEARS_MOST], last[REPORT_YEARS_MOST];  // calendar year; its months
  arena  *a;
} report_sheet;

// A table: head, and lines of a value a year; NaN is left out.
typedef struct report_line {
  char          label[64];
  page_look     look;
  report_format format;
  double        value[REPORT_YEARS_MOST];
} report_line;

typedef struct report_table {
  const char *head;  // over the labels: what, in which unit
  int32_t     n;
  report_line line[REPORT_STATEMENT_ROWS];
} report_table;

void report_put_table(const report_sheet *s, const report_table *t);

// What reads 0 in a table is less than this, in its unit.
#define REPORT_SHOWN 0.005

// A line out of a row by month; nothing where it would read 0 in all years.
void report_add_series(const report_sheet *s, const char *label, report_format format, report_fold fold,
                       const double *row, double per, report_table *t);

// Money of a table in millions, from ten billion on in billions: no number is too long for its column.
phrase_unit report_money_unit(double greatest_usd);

// One or two decimals; "n/a" of NaN, "huge" from 1e12 on. `end` follows the number.
void report_fixed(double v, int decimals, const char *end, char out[PHRASE]);
void report_rate(double frac_per_yr, char out[PHRASE]);               // "8.71%"
void report_ratio_text(double v, const char *end, char out[PHRASE]);  // cover: "1.30x"; "<0", ">999"; "n/a" of NaN
void report_month_text(const report_capital *c, int32_t month, char out[16]);  // "2027-08", behind the horizon too

// A label, and words beside it, wrapped in their column.
void report_item(const report_sheet *s, const char *label, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Blocks of the page for lenders.
void report_put_contracts(const report_sheet *s, report_table *t);
void report_put_terms(const report_sheet *s, const report_loan *loan);
void report_put_covers(const report_sheet *s);
void report_put_walls(const report_sheet *s, report_table *t);
void report_put_gaps(const report_sheet *s);
void report_put_levelised(const report_sheet *s);

#endif
