// Text: slices, UTF-8, numbers, suggestions, the growing buffer. Quantities for people are in text_quantity.c.
#include "text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- Slices ---------------------------------------------------------------------------------------------

text_slice text_of(const char *s) { return (text_slice){s, strlen(s)}; }

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

text_slice text_trim(text_slice s) {
  while (s.n > 0 && is_space(s.at[0])) s.at++, s.n--;
  while (s.n > 0 && is_space(s.at[s.n - 1])) s.n--;
  return s;
}

bool text_equal(text_slice a, const char *b) {
  size_t n = strlen(b);
  return a.n == n && (n == 0 || memcmp(a.at, b, n) == 0);
}

// ---- UTF-8 ----------------------------------------------------------------------------------------------

// Source: RFC 3629 (2003), section 4: no overlong forms, no surrogates, nothing above U+10FFFF.
long text_utf8_next(const char *at, size_t n, size_t *bytes) {
  unsigned lead = (unsigned char)at[0];
  *bytes = 1;
  if (lead < 0x80) return (long)lead;
  size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || length > n) return -1;
  long code = (long)(lead & (0x7Fu >> length));
  for (size_t i = 1; i < length; i++) {
    unsigned byte = (unsigned char)at[i];
    if ((byte & 0xC0) != 0x80) return -1;
    code = code << 6 | (long)(byte & 0x3F);
  }
  if ((length == 3 && code < 0x800) || (length == 4 && code < 0x10000)) return -1;
  if ((code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) return -1;
  *bytes = length;
  return code;
}

bool text_utf8_valid(const char *at, size_t n, size_t *bad_byte) {
  for (size_t i = 0, bytes; i < n; i += bytes) {
    if (text_utf8_next(at + i, n - i, &bytes) >= 0) continue;
    if (bad_byte) *bad_byte = i;
    return false;
  }
  return true;
}

// ---- Numbers --------------------------------------------------------------------------------------------

// Between neighbouring doubles lies a midpoint k * 2^-1075 (k < 2^54) or one with fewer digits: k * 5^1075 has at
// most 768 digits. So 770 digits, and whether anything but zeros follows, settle the nearest double.
enum { MOST_DIGITS = 770, MOST_EXPONENT = 100000000 };

typedef struct decimal {  // digits * 10^exponent
  char   digit[MOST_DIGITS + 1];
  size_t n;
  long   exponent;
  bool   more;  // non-zero digits beyond those kept
} decimal;

static void decimal_digit(decimal *d, char digit, bool fraction) {
  if (d->n == 0 && digit == '0') {
    if (fraction) d->exponent--;
  } else if (d->n < MOST_DIGITS) {
    d->digit[d->n++] = digit;
    if (fraction) d->exponent--;
  } else {
    d->more = d->more || digit != '0';
    if (!fraction) d->exponent++;
  }
}

// Reads digits with single underscores between them; returns the bytes read.
static size_t scan_digits(text_slice s, size_t from, decimal *d, bool fraction) {
  size_t i = from;
  while (i < s.n) {
    if (s.at[i] == '_' && i > from && is_digit(s.at[i - 1]) && i + 1 < s.n && is_digit(s.at[i + 1])) i++;
    if (!is_digit(s.at[i])) break;
    decimal_digit(d, s.at[i++], fraction);
  }
  return i - from;
}

// Reads "e-12"; returns the bytes read, 0 when there is no whole exponent.
static size_t scan_exponent(text_slice s, size_t from, long *exponent) {
  size_t i = from;
  if (i >= s.n || (s.at[i] != 'e' && s.at[i] != 'E')) return 0;
  i++;
  bool negative = i < s.n && s.at[i] == '-';
  if (i < s.n && (s.at[i] == '-' || s.at[i] == '+')) i++;
  if (i >= s.n || !is_digit(s.at[i])) return 0;
  long value = 0;
  for (; i < s.n && is_digit(s.at[i]); i++)
    if (value < MOST_EXPONENT) value = value * 10 + (s.at[i] - '0');
  *exponent = negative ? -value : value;
  return i - from;
}

// strtod is correctly rounded, but its point is the locale's. An integer with an exponent has no point.
static double decimal_value(const decimal *d, bool negative) {
  char written[MOST_DIGITS + 40];
  if (d->n == 0) return negative ? -0.0 : 0.0;
  (void)snprintf(written, sizeof written, "%.*s%se%ld", (int)d->n, d->digit, d->more ? "1" : "",
                 d->exponent - (d->more ? 1 : 0));
  double value = strtod(written, NULL);
  return negative ? -value : value;
}

size_t text_number_scan(text_slice s, double *out) {
  decimal d = {.n = 0, .exponent = 0, .more = false};
  size_t  i = s.n > 0 && (s.at[0] == '-' || s.at[0] == '+') ? 1 : 0;
  bool    negative = i > 0 && s.at[0] == '-';
  size_t  whole = scan_digits(s, i, &d, false), fraction = 0;
  i += whole;
  if (i < s.n && s.at[i] == '.') {
    fraction = scan_digits(s, i + 1, &d, true);
    if (whole + fraction > 0) i += 1 + fraction;
  }
  if (whole + fraction == 0) return 0;
  long exponent = 0;
  i += scan_exponent(s, i, &exponent);
  d.exponent += exponent;
  *out = decimal_value(&d, negative);
  return i;
}

bool text_number(text_slice s, double *out) {
  double value;
  if (s.n == 0 || text_number_scan(s, &value) != s.n || !isfinite(value)) return false;
  *out = value;
  return true;
}

// A number between 1e-4 and 10^digits, where "%g" writes no exponent; returns 0 for what is left to snprintf. A value scaled to
// nine digits before the point errs there by less than 1e-6, so that its rounding can go wrong near a half only.
static size_t write_plainly(double value, int digits, char out[32]) {
  static const double power[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13};
  double              size = fabs(value);
  bool                is_whole = size == floor(size);
  int                 after = is_whole ? 0 : digits - 1;  // digits behind the point
  if (digits > (is_whole ? 13 : 9) || !(size >= 1e-4 && size < power[digits] - 1)) return 0;
  if (size >= 1)
    while (after > 0 && size >= power[digits - after]) after--;
  else
    while (size * power[after - digits + 4] < 1e3) after++;
  double scaled = size * power[after], rest = scaled - floor(scaled);
  if (fabs(rest - 0.5) < 1e-6) return 0;
  uint64_t whole = (uint64_t)(scaled + 0.5);
  while (after > 0 && whole % 10 == 0) whole /= 10, after--;
  char   reversed[24];
  size_t n = 0, at = 0;
  for (int i = 0; whole > 0 || i <= after; i++, whole /= 10) {
    if (i == after && i > 0) reversed[n++] = '.';
    reversed[n++] = (char)('0' + whole % 10);
  }
  if (value < 0) out[at++] = '-';
  while (n > 0) out[at++] = reversed[--n];
  out[at] = '\0';
  return at;
}

size_t text_number_write(double value, int digits, char out[32]) {
  char   local[40];
  if (isnan(value)) return (size_t)snprintf(out, 32, "nan");
  if (isinf(value)) return (size_t)snprintf(out, 32, value < 0 ? "-inf" : "inf");
  int    precision = digits < 1 ? 1 : digits > 17 ? 17 : digits;
  size_t n = value == 0 ? (size_t)snprintf(out, 32, "0") : write_plainly(value, precision, out);
  if (n > 0) return n;
  (void)snprintf(local, sizeof local, "%.*g", precision, value);
  bool   point = false;
  for (const char *c = local; *c; c++) {  // what is neither digit, sign nor exponent is the locale's point
    bool part = is_digit(*c) || *c == '-' || *c == '+' || *c == 'e';
    if (part) out[n++] = *c;
    else if (!point) out[n++] = '.', point = true;
  }
  out[n] = '\0';
  return n;
}

// ---- Suggestions ----------------------------------------------------------------------------------------

enum { DISTANCE_BYTES = 64 };

static char fold(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool equal_folded(text_slice a, text_slice b) {
  if (a.n != b.n) return false;
  for (size_t i = 0; i < a.n; i++)
    if (fold(a.at[i]) != fold(b.at[i])) return false;
  return true;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

// Optimal string alignment (Damerau 1964; Wagner and Fischer 1974) in three rolling rows.
size_t text_distance(text_slice a, text_slice b, size_t most) {
  size_t row[3][DISTANCE_BYTES + 1];
  size_t apart = a.n > b.n ? a.n - b.n : b.n - a.n;
  if (equal_folded(a, b)) return 0;
  if (apart > most || a.n > DISTANCE_BYTES || b.n > DISTANCE_BYTES) return most + 1;
  for (size_t k = 0; k <= b.n; k++) row[0][k] = k;
  for (size_t i = 1; i <= a.n; i++) {
    size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
    now[0] = i;
    for (size_t k = 1; k <= b.n; k++) {
      char x = fold(a.at[i - 1]), y = fold(b.at[k - 1]);
      now[k] = least(least(before[k], now[k - 1]) + 1, before[k - 1] + (x != y));
      if (i > 1 && k > 1 && x == fold(b.at[k - 2]) && y == fold(a.at[i - 2]))
        now[k] = least(now[k], earlier[k - 2] + 1);
    }
  }
  return least(row[a.n % 3][b.n], most + 1);
}

// One or two letters may only differ in case; longer words may have a third of their letters wrong, at most three.
static size_t likely_distance(size_t n) { return n < 3 ? 0 : n < 5 ? 1 : n < 9 ? 2 : 3; }

const char *text_nearest(text_slice wanted, const char *const *candidate, size_t n) {
  const char *best = NULL;
  size_t      best_distance = likely_distance(wanted.n) + 1;
  for (size_t i = 0; i < n; i++) {
    if (text_equal(wanted, candidate[i])) return candidate[i];
    size_t distance = text_distance(wanted, text_of(candidate[i]), best_distance);
    if (distance >= best_distance || distance >= wanted.n) continue;
    best = candidate[i];
    best_distance = distance;
  }
  return best;
}

// ---- Buffer ---------------------------------------------------------------------------------------------

// Room for `more` bytes and a NUL; false (and failed) when there is none.
static bool buffer_room(text_buffer *b, size_t more) {
  if (b->failed) return false;
  if (more < b->capacity && b->n < b->capacity - more) return true;
  if (more > SIZE_MAX / 4 || b->n > SIZE_MAX / 4) {
    b->failed = true;
    return false;
  }
  size_t capacity = b->capacity < 64 ? 64 : b->capacity * 2;
  if (capacity < b->n + more + 1) capacity = b->n + more + 1;
  char *at = realloc(b->at, capacity);
  if (!at) {
    b->failed = true;
    return false;
  }
  b->at = at;
  b->capacity = capacity;
  return true;
}

void text_add(text_buffer *b, const char *at, size_t n) {
  if (!buffer_room(b, n)) return;
  if (n > 0) memcpy(b->at + b->n, at, n);
  b->n += n;
  b->at[b->n] = '\0';
}

void text_puts(text_buffer *b, const char *s) { text_add(b, s, strlen(s)); }

void text_addf(text_buffer *b, const char *format, ...) {
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (n < 0) b->failed = true;
  else if (buffer_room(b, (size_t)n)) {
    (void)vsnprintf(b->at + b->n, (size_t)n + 1, format, again);
    b->n += (size_t)n;
  }
  va_end(again);
}

void text_add_number(text_buffer *b, double value, int digits) {
  char   out[32];
  size_t n = text_number_write(value, digits, out);
  text_add(b, out, n);
}

void text_buffer_free(text_buffer *b) {
  free(b->at);
  *b = (text_buffer){0};
}
