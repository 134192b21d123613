// CSV: see csv.h.
#include "csv.h"

#include <string.h>

typedef struct csv_reader {
  const diag_source *source;
  arena             *a;
  sg_diags          *diags;
  size_t             at;
  int32_t            line;
  sg_err             err;  // the first
} csv_reader;

static sg_err wrong(csv_reader *r, sg_err code, const char *at, size_t n, const char *hint, const char *what) {
  const char *start = at;
  int32_t     column = 1;
  while (start > r->source->text && start[-1] != '\n') start--;
  for (size_t bytes; start < at; start += bytes, column++) (void)text_utf8_next(start, (size_t)(at - start), &bytes);
  diag_add(r->diags, SG_ERROR, code, (diag_place){r->source, r->line, column, n ? (int32_t)n : 1}, hint, "%s", what);
  if (!r->err) r->err = code;
  return code;
}

static bool more(const csv_reader *r) { return r->at < r->source->bytes; }
static char now(const csv_reader *r) { return r->source->text[r->at]; }

// A copy in which two quotes are one.
static text_slice undouble(csv_reader *r, text_slice s) {
  char *copy = arena_text(r->a, s.at, s.n);
  if (!copy) {
    r->err = SG_ERR_MEMORY;
    return s;
  }
  size_t n = 0;
  for (size_t i = 0; i < s.n; i++) {
    copy[n++] = s.at[i];
    i += s.at[i] == '"';
  }
  return (text_slice){copy, n};
}

// From behind the opening quote to behind the closing one.
static text_slice quoted(csv_reader *r) {
  const char *start = r->source->text + r->at;
  int32_t     opened = r->line;
  bool        doubled = false;
  for (; more(r); r->at++) {
    r->line += now(r) == '\n';
    if (now(r) != '"') continue;
    if (r->at + 1 < r->source->bytes && r->source->text[r->at + 1] == '"') {
      doubled = true;
      r->at++;
      continue;
    }
    text_slice inside = {start, (size_t)(r->source->text + r->at - start)};
    r->at++;
    return doubled ? undouble(r, inside) : inside;
  }
  r->line = opened;
  wrong(r, SG_ERR_SYNTAX, start - 1, 1, "close it with another \", and double those inside", "a quote is never closed");
  return (text_slice){start, (size_t)(r->source->text + r->source->bytes - start)};
}

static bool ends_field(char c) { return c == ',' || c == '\n'; }

// Takes one field and the comma behind it; *last: the line ends here.
static text_slice take_field(csv_reader *r, bool *last) {
  text_slice out = {"", 0};
  while (more(r) && (now(r) == ' ' || now(r) == '\t')) r->at++;
  bool quote = more(r) && now(r) == '"';
  if (quote) {
    r->at++;
    out = quoted(r);
  }
  const char *start = r->source->text + r->at;
  while (more(r) && !ends_field(now(r))) r->at++;
  text_slice rest = text_trim((text_slice){start, (size_t)(r->source->text + r->at - start)});
  if (!quote) out = rest;
  else if (rest.n)
    wrong(r, SG_ERR_SYNTAX, rest.at, rest.n, "quotes go around the whole field",
          "there is text behind a closing quote");
  *last = !more(r) || now(r) == '\n';
  if (more(r)) r->at++;
  return text_trim(out);
}

static bool skip_blank_lines(csv_reader *r) {
  for (size_t at = r->at; at < r->source->bytes; at++) {
    char c = r->source->text[at];
    if (c == '\n') {
      r->at = at + 1;
      r->line++;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      return true;
    }
  }
  return false;
}

// Takes the fields of the next line; how many, and *line where it begins.
static int32_t take_line(csv_reader *r, text_slice *field, int32_t *line) {
  int32_t n = 0;
  *line = r->line;
  for (bool last = false; !last && !r->err;) field[n++] = take_field(r, &last);
  r->line++;
  return n;
}

static sg_err check_head(csv_reader *r, const csv_table *t) {
  for (int32_t c = 0; c < t->n_column; c++)
    for (int32_t b = 0; b < c && t->head[c].n; b++)
      if (t->head[b].n == t->head[c].n && !memcmp(t->head[b].at, t->head[c].at, t->head[c].n))
        r->err = diag_add(r->diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, c), "drop or rename one of the two",
                          "column '%.*s' stands twice", t->head[c].n < 100 ? (int)t->head[c].n : 100, t->head[c].at);
  return r->err;
}

// No more fields than separators, no more rows than line ends.
static sg_err take_memory(csv_reader *r, csv_table *out) {
  size_t fields = 2, rows = 2;
  for (size_t i = 0; i < r->source->bytes; i++) {
    fields += ends_field(r->source->text[i]);
    rows += r->source->text[i] == '\n';
  }
  if (fields > CSV_MAX_FIELDS) return wrong(r, SG_ERR_LIMIT, r->source->text, 1, NULL, "more than 8,000,000 fields");
  out->field = ARENA_NEW(r->a, text_slice, fields);
  out->first = ARENA_NEW(r->a, int32_t, rows);
  out->line = ARENA_NEW(r->a, int32_t, rows);
  return out->field && out->first && out->line ? SG_OK : SG_ERR_MEMORY;
}

sg_err csv_read(const diag_source *source, arena *a, sg_diags *diags, csv_table *out) {
  csv_reader r = {source, a, diags, 0, 1, SG_OK};
  int32_t    line, n = 0;
  *out = (csv_table){.source = source};
  if (source->bytes >= 3 && !memcmp(source->text, "\xef\xbb\xbf", 3)) r.at = 3;
  if (!skip_blank_lines(&r))
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, (diag_place){source, 1, 1, 1}, NULL, "the file is empty");
  sg_err err = take_memory(&r, out);
  if (err) return err;
  out->head = out->field;
  out->n_column = n = take_line(&r, out->field, &out->head_line);
  if (n > CSV_MAX_COLUMNS) return wrong(&r, SG_ERR_LIMIT, source->text, 1, NULL, "more than 1,000 columns");
  if (r.err || check_head(&r, out)) return r.err;
  out->first[0] = n;
  while (!r.err && skip_blank_lines(&r)) {
    n += take_line(&r, out->field + n, &line);
    out->line[out->n_row++] = line;
    out->first[out->n_row] = n;
  }
  return r.err;
}

int32_t csv_column(const csv_table *t, const char *name) {
  for (int32_t c = 0; c < t->n_column; c++)
    if (text_equal(t->head[c], name)) return c;
  return -1;
}

int32_t csv_row_fields(const csv_table *t, int32_t row) { return t->first[row + 1] - t->first[row]; }

text_slice csv_field(const csv_table *t, int32_t row, int32_t column) {
  if (column < 0 || column >= csv_row_fields(t, row)) return (text_slice){"", 0};
  return t->field[t->first[row] + column];
}

diag_place csv_place(const csv_table *t, int32_t row, int32_t column) {
  int32_t     line = row < 0 ? t->head_line : t->line[row];
  text_slice  s = row < 0 && column >= 0 ? t->head[column] : row < 0 ? (text_slice){"", 0} : csv_field(t, row, column);
  const char *text = t->source->text, *start = s.at;
  // A field without text of its own in the file (empty, or with doubled quotes) is shown as its line.
  if (s.n == 0 || s.at < text || s.at >= text + t->source->bytes) return (diag_place){t->source, line, 1, 1};
  int32_t at = 1;
  while (start > text && start[-1] != '\n') start--;
  for (size_t bytes; start < s.at; start += bytes, at++) (void)text_utf8_next(start, (size_t)(s.at - start), &bytes);
  return (diag_place){t->source, line, at, (int32_t)s.n};
}
