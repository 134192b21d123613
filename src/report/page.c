// Page: columns, cells, wrapping, phrases.
#include "page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// ---- Columns ------------------------------------------------------------------------------------------------------------

typedef struct range {
  long from, to;
} range;

static bool in_ranges(long code, const range *r, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (code >= r[i].from && code <= r[i].to) return true;
  return false;
}

// Wide characters, in blocks. Source: Unicode Standard Annex 11, East Asian Width, revision 41 (2023), classes W and F.
static bool is_wide(long code) {
  static const range wide[] = {
      {0x1100,  0x115F },
      {0x2E80,  0x303E },
      {0x3041,  0x33FF },
      {0x3400,  0x4DBF },
      {0x4E00,  0xA4CF },
      {0xAC00,  0xD7A3 },
      {0xF900,  0xFAFF },
      {0xFE30,  0xFE6F },
      {0xFF00,  0xFF60 },
      {0xFFE0,  0xFFE6 },
      {0x1F300, 0x1FAFF},
      {0x20000, 0x3FFFD}
  };
  return in_ranges(code, wide, sizeof wide / sizeof wide[0]);
}

static bool is_mark(long code) {  // takes no column
  static const range marks[] = {
      {0x0300, 0x036F},
      {0x1AB0, 0x1AFF},
      {0x20D0, 0x20FF},
      {0x200B, 0x200D},
      {0xFE00, 0xFE0F}
  };
  return in_ranges(code, marks, sizeof marks / sizeof marks[0]);
}

static bool is_unsafe(long code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

static int columns_of(long code) { return is_unsafe(code) ? 1 : is_mark(code) ? 0 : is_wide(code) ? 2 : 1; }

static int slice_columns(text_slice s) {
  int columns = 0;
  for (size_t i = 0, bytes; i < s.n; i += bytes) columns += columns_of(text_utf8_next(s.at + i, s.n - i, &bytes));
  return columns;
}

int page_columns(const char *text) { return slice_columns(text_of(text)); }

// Bytes of the longest beginning of s that takes at most `columns`.
static size_t fitting(text_slice s, int columns) {
  size_t i = 0, bytes;
  for (int used = 0; i < s.n; i += bytes) {
    used += columns_of(text_utf8_next(s.at + i, s.n - i, &bytes));
    if (used > columns) break;
  }
  return i;
}

static void put_safe(const page *p, text_slice s) {
  size_t bytes;
  for (size_t i = 0; i < s.n; i += bytes) {
    long code = text_utf8_next(s.at + i, s.n - i, &bytes);
    if (code == '\t' || code == '\n' || code == '\r') text_puts(p->out, " ");
    else if (is_unsafe(code)) text_puts(p->out, "?");
    else text_add(p->out, s.at + i, bytes);
  }
}

static void put_looked(const page *p, text_slice s, page_look look) {
  bool on = p->colour && look != LOOK_PLAIN && s.n > 0;
  if (on) text_puts(p->out, look == LOOK_BOLD ? "\033[1m" : "\033[2m");
  put_safe(p, s);
  if (on) text_puts(p->out, "\033[0m");
}

// ---- Lines --------------------------------------------------------------------------------------------------------------

page page_begin(text_buffer *out, sg_style style) {
  int width = style.width < PAGE_MIN_WIDTH   ? PAGE_MIN_WIDTH
              : style.width > PAGE_MAX_WIDTH ? PAGE_MAX_WIDTH
                                             : style.width;
  return (page){out, width, style.colour != 0};
}

void page_gap(const page *p, int columns) {
  for (int i = 0; i < columns; i++) text_add(p->out, " ", 1);
}

void page_cell(const page *p, const char *text, int columns, bool right, page_look look) {
  text_slice s = text_of(text);
  bool       cut = slice_columns(s) > columns;
  if (cut) s.n = fitting(s, columns > 3 ? columns - 3 : columns);
  while (cut && s.n > 0 && s.at[s.n - 1] == ' ') s.n--;
  int dots = cut && columns > 3 ? 3 : 0, blank = columns - slice_columns(s) - dots;
  if (right) page_gap(p, blank);
  put_looked(p, s, look);
  if (dots) put_looked(p, text_of("..."), look);
  if (!right) page_gap(p, blank);
}

void page_end(const page *p) {
  text_buffer *out = p->out;
  while (out->n > 0 && out->at[out->n - 1] == ' ') out->at[--out->n] = '\0';
  text_puts(out, "\n");
}

void page_blank(const page *p) { text_puts(p->out, "\n"); }

void page_title(const page *p, const char *text) {
  page_blank(p);
  page_cell(p, text, p->width, false, LOOK_BOLD);
  page_end(p);
}

text_slice page_next_line(const char **rest, int columns) {
  const char *at = *rest;
  while (*at == ' ' || *at == '\n') at++;
  text_slice  left = text_of(at);
  const char *end_of_line = strchr(at, '\n');
  if (end_of_line) left.n = (size_t)(end_of_line - at);
  size_t n = fitting(left, columns);
  if (n == 0 && left.n > 0) (void)text_utf8_next(left.at, left.n, &n);  // a wide character in a column of one
  if (n < left.n && left.at[n] != ' ') {
    size_t word = n;
    while (word > 0 && left.at[word - 1] != ' ') word--;
    if (word > 0) n = word;
  }
  *rest = at + n;
  while (n > 0 && left.at[n - 1] == ' ') n--;
  return (text_slice){left.at, n};
}

void page_wrap(const page *p, int indent, page_look look, const char *text) {
  const char *rest = text;
  for (text_slice line = page_next_line(&rest, p->width - indent); line.n > 0;
       line = page_next_line(&rest, p->width - indent)) {
    page_gap(p, indent);
    put_looked(p, line, look);
    page_end(p);
  }
}

void page_wrapf(const page *p, int indent, page_look look, const char *format, ...) {
  char    text[1200];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  page_wrap(p, indent, look, text);
}

// ---- Phrases ------------------------------------------------------------------------------------------------------------

void phrase_share(double frac, char out[PHRASE]) {
  int percent = isnan(frac) ? 0 : (int)floor(100 * frac + 0.5);
  if (isnan(frac)) (void)snprintf(out, PHRASE, "n/a");
  else if (percent <= 0) (void)snprintf(out, PHRASE, "<1%%");
  else if (percent >= 100) (void)snprintf(out, PHRASE, ">99%%");
  else (void)snprintf(out, PHRASE, "%d%%", percent);
}

void phrase_odds(uint64_t kept, uint64_t done, char out[PHRASE]) {
  if (done == 0) (void)snprintf(out, PHRASE, "n/a");
  else if (done < 100) (void)snprintf(out, PHRASE, "%u/%u", (unsigned)kept, (unsigned)done);
  else phrase_share((double)kept / (double)done, out);
}

// Whole digits with commas.
static void put_whole(double v, char out[PHRASE]) {
  char digits[32];
  int  n = snprintf(digits, sizeof digits, "%lld", (long long)v), k = 0;
  for (int i = 0; i < n && k < PHRASE - 2; i++) {
    if (i > 0 && (n - i) % 3 == 0) out[k++] = ',';
    out[k++] = digits[i];
  }
  out[k] = '\0';
}

void phrase_number(double value, char out[PHRASE]) {
  double v = fabs(value);
  if (isnan(value)) {
    (void)snprintf(out, PHRASE, "n/a");
    return;
  }
  if (isinf(value)) {
    (void)snprintf(out, PHRASE, value < 0 ? "-infinite" : "infinite");
    return;
  }
  if (v > 9e15) {
    (void)text_number_write(value, 3, out);
    return;
  }
  // Whole part and decimals apart: printf's point is the locale's.
  int       decimals = v >= 99.95 ? 0 : v >= 9.995 ? 1 : 2;
  long long power = decimals == 0 ? 1 : decimals == 1 ? 10 : 100, parts = llround(v * (double)power);
  char      whole[PHRASE];
  put_whole((double)(parts / power), whole);
  const char *sign = value < 0 && parts > 0 ? "-" : "";
  if (decimals == 0 || parts == 0) (void)snprintf(out, PHRASE, "%.1s%.40s", sign, whole);
  else (void)snprintf(out, PHRASE, "%.1s%.40s.%0*lld", sign, whole, decimals, parts % power);
}

void phrase_band(double middle, double low, double high, char out[PHRASE]) {
  char m[PHRASE], l[PHRASE], h[PHRASE];
  phrase_number(middle, m);
  phrase_number(low, l);
  phrase_number(high, h);
  if (!strcmp(l, h)) (void)snprintf(out, PHRASE, "%.14s", m);
  else (void)snprintf(out, PHRASE, low < 0 ? "%.13s (%.13s to %.13s)" : "%.13s (%.13s-%.13s)", m, l, h);
}

void phrase_quantity(double value, const char *unit, char out[PHRASE]) {
  bool yearly = unit && !strcmp(unit, "frac/yr");
  text_quantity(value, yearly ? "frac" : unit, out, PHRASE - 4);
  if (yearly && isfinite(value)) strcat(out, "/yr");
}

phrase_unit phrase_unit_of(const char *unit, double greatest) {
  static const struct {
    const char *unit;
    double      from, per;
    const char *word;
  } rows[] = {
      {"USD",   1e8,  1e9,  "$B"       },
      {"USD",   0,    1e6,  "$M"       },
      {"MW",    1000, 1000, "GW"       },
      {"MW",    0,    1,    "MW"       },
      {"frac",  0,    0.01, "%"        },
      {"GPU",   1e4,  1e3,  "1000s"    },
      {"GPU",   0,    1,    ""         },
      {"GPU-h", 0,    1e6,  "millions" },
      {"token", 0,    1e12, "trillions"},
      {"MWh",   0,    1000, "GWh"      },
      {"job",   1e4,  1e3,  "1000s"    },
      {"job",   0,    1,    ""         },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (!strcmp(rows[i].unit, unit) && fabs(greatest) >= rows[i].from) return (phrase_unit){rows[i].per, rows[i].word};
  return (phrase_unit){1, unit};
}
