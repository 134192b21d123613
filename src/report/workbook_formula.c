#include "workbook_formula.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void report_book_column(int32_t column, char out[8]) {
  char    reversed[8];
  int32_t n = 0;
  for (int32_t left = column + 1; left > 0 && n < 7; left = (left - 1) / 26) reversed[n++] = (char)('A' + (left - 1) % 26);
  for (int32_t i = 0; i < n; i++) out[i] = reversed[n - 1 - i];
  out[n] = '\0';
}

// ---- Where things stand ---------------------------------------------------------------------------------------------------

// Key with the scope of the facility, of the project, of neither.
static void scoped(const report_book_place *p, const char *key, int scope, char out[REPORT_BOOK_KEY]) {
  (void)snprintf(out, REPORT_BOOK_KEY, "%.32s%s", key, scope == 0 ? p->facility : scope == 1 ? p->project : "");
}

const report_book_row *report_book_find_row(const report_book_place *p, const char *key) {
  char full[REPORT_BOOK_KEY];
  for (int scope = 0; scope < 3; scope++) {
    scoped(p, key, scope, full);
    for (int32_t i = p->n_row; i-- > 0;)
      if (!strcmp(p->row[i].key, full)) return &p->row[i];
  }
  return NULL;
}

const char *report_book_find_input(const report_book_place *p, const char *key) {
  char full[REPORT_BOOK_KEY];
  for (int scope = 0; scope < 3; scope++) {
    scoped(p, key, scope, full);
    for (int32_t i = 0; i < p->n_input; i++)
      if (!strcmp(p->input[i], full)) return p->input[i];
  }
  return NULL;
}

// ---- References -----------------------------------------------------------------------------------------------------------

static void put_cell(text_buffer *out, const char *mark, int32_t column, int32_t row, const char *row_mark) {
  char letters[8];
  report_book_column(column, letters);
  text_addf(out, "%s%s%s%d", mark, letters, row_mark, (int)row + 1);
}

static void put_range(text_buffer *out, const char *first_mark, int32_t first, const char *last_mark, int32_t last, int32_t row, const char *row_mark) {
  put_cell(out, first_mark, first, row, row_mark);
  text_puts(out, ":");
  put_cell(out, last_mark, last, row, row_mark);
}

// Months of year `t`; a month's year.
static void put_year(const report_book_place *p, const report_book_row *r, text_buffer *out) {
  if (r->yearly && !p->yearly) {
    put_cell(out, "", REPORT_BOOK_FIRST + p->year_of[p->t], r->row, "");
    return;
  }
  int32_t first = 0, last;
  while (first < p->n_month && p->year_of[first] < p->t) first++;
  for (last = first; last + 1 < p->n_month && p->year_of[last + 1] == p->t;) last++;
  put_range(out, "", REPORT_BOOK_FIRST + first, "", REPORT_BOOK_FIRST + last, r->row, "");
}

static void put_reference(const report_book_place *p, const report_book_row *r, const char *rest, text_buffer *out) {
  int32_t n = r->yearly == p->yearly ? p->n : r->yearly ? p->year_of[p->n_month - 1] + 1 : p->n_month;
  int32_t shift = (int32_t)strtol(*rest == '<' ? rest + 1 : rest, NULL, 10);
  if (r->sheet != p->sheet && strcmp(r->sheet, p->sheet) != 0) text_addf(out, "%s!", r->sheet);
  if (*rest == '*') put_range(out, "$", REPORT_BOOK_FIRST, "$", REPORT_BOOK_FIRST + n - 1, r->row, "$");
  else if (*rest == '$') put_cell(out, "$", REPORT_BOOK_TOTAL, r->row, "$");
  else if (*rest == '>') put_range(out, "", REPORT_BOOK_FIRST + n - 1 - p->t, "$", REPORT_BOOK_FIRST + n - 1, r->row, "");
  else if (*rest == '@') put_year(p, r, out);
  else if (*rest == '<') put_range(out, "$", shift < 0 ? REPORT_BOOK_OPENING : REPORT_BOOK_FIRST, "", REPORT_BOOK_FIRST + p->t + shift, r->row, "");
  else put_cell(out, "", REPORT_BOOK_FIRST + p->t + shift, r->row, "");
}

bool report_book_expand(const report_book_place *p, const char *template_text, text_buffer *out) {
  bool known = true;
  for (const char *c = template_text; *c;) {
    size_t plain = strcspn(c, "[{");
    text_add(out, c, plain);
    c += plain;
    if (!*c) break;
    const char *end = strchr(c, *c == '[' ? ']' : '}');
    size_t      n = strspn(c + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
    char        key[REPORT_BOOK_KEY];
    if (!end) return false;
    (void)snprintf(key, sizeof key, "%.*s", (int)n, c + 1);
    const report_book_row *row = *c == '[' ? report_book_find_row(p, key) : NULL;
    const char         *input = *c == '{' ? report_book_find_input(p, key) : NULL;
    if (row) put_reference(p, row, c + 1 + n, out);
    else if (input) text_puts(out, input);
    else text_addf(out, "?%s", key), known = false;
    c = end + 1;
  }
  return known;
}
