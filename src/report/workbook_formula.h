// Formulas of the workbook: where rows and inputs stand, and templates that become formulas cell by cell. Pure text.
//
// A template refers to rows by key and to inputs by name; scopes (one of a project, one of a facility) keep equal keys apart:
//   {margin}      the defined name of an input: "margin_1a", "margin_1" or "margin", the innermost that exists
//   [rate]        cell of that row in this column    [rate-1], [rate+2]   in another column
//   [rate*]       all periods                        [rate<], [rate<-1]   from the first to this, to the one before
//   [rate>]       as many periods at the end as there are to this one
//   [rate$]       its total                          [rate@]  months of this year; or, in a month, the year's column
// Before the first period stands an empty column, so that every period of a row has the same formula.
#ifndef REPORT_WORKBOOK_FORMULA_H
#define REPORT_WORKBOOK_FORMULA_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/text.h"

enum { REPORT_BOOK_TOTAL = 2, REPORT_BOOK_OPENING = 3, REPORT_BOOK_FIRST = 4, REPORT_BOOK_KEY = 48, REPORT_BOOK_SCOPE = 12 };  // columns; bytes

void report_book_column(int32_t column, char out[8]);  // 0: "A", 26: "AA"; to 16383: "XFD"

typedef struct report_book_row {
  char        key[REPORT_BOOK_KEY];  // with its scope
  const char *sheet;              // as formulas write it: "'Debt 1'"
  int32_t     row;                // from 0
  bool        yearly;
  const double *value;            // (periods)
} report_book_row;

typedef struct report_book_place {
  const report_book_row *row;       // (n_row)
  int32_t             n_row;
  const char *const  *input;     // (n_input) defined names
  int32_t             n_input;
  char                project[REPORT_BOOK_SCOPE], facility[REPORT_BOOK_SCOPE];  // "_1", "_1a"; may be empty
  const char         *sheet;     // that the formula stands on
  int32_t             t, n;      // period; periods of the sheet
  bool                yearly;
  int32_t             n_month;
  const int32_t      *year_of;   // (n_month) year of each month, from 0, ascending
} report_book_place;

const report_book_row *report_book_find_row(const report_book_place *p, const char *key);  // NULL: none
const char         *report_book_find_input(const report_book_place *p, const char *key);

// The formula, "=" first. False: a key is unknown; it stands in *out after a question mark then.
bool report_book_expand(const report_book_place *p, const char *template_text, text_buffer *out);

#endif
