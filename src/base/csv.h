// CSV: a table of text fields, as spreadsheets and scripts write it (RFC 4180; lines may end in LF alone).
//
// The first line names the columns. Fields are trimmed; quoted ones may hold commas, line breaks and doubled quotes.
// Blank lines are passed over, a byte order mark as well. Numbers stay text: the caller knows what a field should be.
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>

#include "arena.h"
#include "diag.h"
#include "text.h"

enum { CSV_MAX_COLUMNS = 1000, CSV_MAX_FIELDS = 8000000 };

typedef struct csv_table {
  const diag_source *source;
  int32_t            n_column, n_row;
  text_slice        *head;   // (n_column)
  text_slice        *field;  // row by row; in the source's text, but for fields with doubled quotes
  int32_t           *first;  // (n_row + 1) first field of each row
  int32_t           *line;   // (n_row) line of the file, from 1
  int32_t            head_line;
} csv_table;

// Reads a whole file; all memory from the arena. Every mistake is in diags; the first is returned. Errors: SG_ERR_KEY
// (nothing in it, a column stands twice), SG_ERR_SYNTAX (a quote is never closed, text behind one),
// SG_ERR_LIMIT, SG_ERR_MEMORY. Rows of too few or too many fields are kept: see csv_row_fields.
sg_err csv_read(const diag_source *source, arena *a, sg_diags *diags, csv_table *out);

int32_t    csv_column(const csv_table *t, const char *name);               // -1: no such column
int32_t    csv_row_fields(const csv_table *t, int32_t row);                // that the line had
text_slice csv_field(const csv_table *t, int32_t row, int32_t column);     // empty where the line had no such field
diag_place csv_place(const csv_table *t, int32_t row, int32_t column);     // row -1: the head; column -1: the line

#endif
