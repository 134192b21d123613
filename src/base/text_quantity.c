// Quantities as people read them. The inside unit decides the form: power and energy get a prefix, money a currency
// sign and a letter, counts are whole, fractions become percent, days become months or years.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "calendar.h"
#include "text.h"

static const char *const magnitude_letter[] = {"", "k", "M", "B", "T"};
static const char *const magnitude_word[] = {"", " thousand", " million", " billion", " trillion"};

// v rounded to three significant digits, so that 999.9 MW becomes 1 GW and not 1,000 MW.
static double round_3(double v) {
  char   out[32];
  double rounded = v;
  size_t n = text_number_write(v, 3, out);
  (void)text_number((text_slice){out, n}, &rounded);
  return rounded;
}

// Copies the whole digits of an integer-valued |v| < 1e15 with commas; returns the length.
static size_t put_grouped(double v, char out[32]) {
  char   digits[24];
  int    n = snprintf(digits, sizeof digits, "%lld", (long long)v);
  size_t k = 0;
  for (int i = 0; i < n; i++) {
    if (i > 0 && (n - i) % 3 == 0) out[k++] = ',';
    out[k++] = digits[i];
  }
  out[k] = '\0';
  return k;
}

// |v| to three significant digits, without exponent; fixed: zeros at the end stay ("38.0").
static void put_3(double v, bool fixed, char out[32]) {
  double value = round_3(v);
  if (value >= 1e15 || (value > 0 && value < 1e-6)) {
    (void)text_number_write(value, 3, out);
    return;
  }
  int decimals = value == 0 ? 0 : (int)(2 - floor(log10(value) + 1e-9));
  if (decimals < 0) decimals = 0;
  double whole = floor(value + 1e-9);
  if (decimals == 0) {
    (void)put_grouped(nearbyint(value), out);
    return;
  }
  size_t    n = put_grouped(whole, out);
  double    power = pow(10, decimals);
  long long part = llround((value - whole) * power);
  if (part < 0) part = 0;
  n += (size_t)snprintf(out + n, 32 - n, ".%0*lld", decimals, part);
  while (!fixed && out[n - 1] == '0') out[--n] = '\0';
  if (out[n - 1] == '.') out[--n] = '\0';
}

// The power of 1000 under which v reads as 1 to 999, between 0 and `most`.
static int thousands(double v, int most) {
  int k = 0;
  for (double x = round_3(v); x >= 1000 && k < most; x /= 1000) k++;
  return k;
}

static double thousand_to(int k) {
  double x = 1;
  for (; k > 0; k--) x *= 1000;
  return x;
}

// Units that take prefixes, and the greatest power of 1000 that people use with them.
typedef struct stem {
  const char *name;
  int         most;
} stem;

static const stem stems[] = {
    {"t",      3},
    {"tCO2",   3},
    {"W",      6},
    {"Wh",     6},
    {"FLOP/s", 8},
    {"FLOP",   8},
    {"bit/s",  6},
    {"bit",    6}
};

// The stem of a unit, and the power of 1000 of the prefix that it has ("MWh": "Wh", 2); NULL when there is none.
static const stem *prefixed_stem(const char *unit, int *k) {
  static const char prefix[] = "kMGTPEZY";
  const char       *at = unit[0] ? strchr(prefix, unit[0]) : NULL;
  for (size_t i = 0; i < sizeof stems / sizeof stems[0]; i++) {
    *k = 0;
    if (strcmp(unit, stems[i].name) == 0) return &stems[i];
    *k = at ? (int)(at - prefix) + 1 : 0;
    if (at && strcmp(unit + 1, stems[i].name) == 0) return &stems[i];
  }
  return NULL;
}

static void put_prefixed(double v, const stem *of, const char *sign, char *out, size_t n) {
  static const char prefix[][2] = {"", "k", "M", "G", "T", "P", "E", "Z", "Y"};
  char              number[32];
  int               k = thousands(v, of->most);
  put_3(v / thousand_to(k), false, number);
  (void)snprintf(out, n, "%s%s %s%s", sign, number, prefix[k], of->name);
}

// rest: "/MWh" of "USD/MWh".
static void put_money(double v, const char *rest, const char *sign, char *out, size_t n) {
  char number[32];
  int  k = thousands(v, 4);
  put_3(v / thousand_to(k), v < 1000 ? v != nearbyint(v) || rest[0] != '\0' : true, number);
  (void)snprintf(out, n, "%s$%s%s%s", sign, number, magnitude_letter[k], rest);
}

// Whole up to ten million, then "12.3 million"; below 100 three digits.
static void put_plain(double v, const char *sign, const char *tail, char *out, size_t n) {
  char number[32];
  int  k = v < 1e7 ? 0 : thousands(v, 4);
  if (k == 0 && v >= 1000) (void)put_grouped(nearbyint(v), number);
  else put_3(v / thousand_to(k), false, number);
  (void)snprintf(out, n, "%s%s%s%s%s", sign, number, magnitude_word[k], tail[0] ? " " : "", tail);
}

// Things that are counted; their plural.
static const char *counted(const char *unit, bool one) {
  static const char *const names[][2] = {
      {"GPU",  "GPUs" },
      {"rack", "racks"},
      {"job",  "jobs" }
  };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (strcmp(unit, names[i][0]) == 0) return names[i][one ? 0 : 1];
  return NULL;
}

static void put_tokens(double v, const char *sign, char *out, size_t n) {
  char number[32];
  int  k = thousands(v, 4);
  put_3(v / thousand_to(k), false, number);
  (void)snprintf(out, n, "%s%s%s token%s", sign, number, magnitude_letter[k], round_3(v) == 1 ? "" : "s");
}

static void put_days(double v, const char *sign, char *out, size_t n) {
  char        number[32];
  bool        days = v < 60, months = !days && v < 3 * CALENDAR_DAYS_PER_YEAR;
  double      in_unit = days ? v : months ? v / CALENDAR_DAYS_PER_MONTH : v / CALENDAR_DAYS_PER_YEAR;
  const char *word = days ? "day" : months ? "month" : "year";
  put_3(in_unit, false, number);
  (void)snprintf(out, n, "%s%s %s%s", sign, number, word, strcmp(number, "1") == 0 ? "" : "s");
}

static void put_date(double value, char *out, size_t n) {
  char day[11];
  calendar_day_text((int32_t)fmax(fmin(floor(value), INT32_MAX), INT32_MIN), day);
  (void)snprintf(out, n, "%s", day);
}

void text_quantity(double value, const char *unit, char *out, size_t n) {
  const char *sign = value < 0 ? "-" : "", *u = unit ? unit : "", *count;
  const stem *of;
  double      v = fabs(value);
  int         k;
  if (n == 0) return;
  if (isnan(value)) (void)snprintf(out, n, "n/a");
  else if (isinf(value)) (void)snprintf(out, n, "%sinfinite", sign);
  else if (strcmp(u, "date") == 0) put_date(value, out, n);
  else if (strncmp(u, "USD", 3) == 0) put_money(v, u + 3, sign, out, n);
  else if (strcmp(u, "frac") == 0) put_plain(v * 100, sign, "%", out, n);
  else if (strcmp(u, "token") == 0) put_tokens(v, sign, out, n);
  else if (strcmp(u, "day") == 0) put_days(v, sign, out, n);
  else if (strcmp(u, "kg") == 0 && v >= 1000) put_prefixed(v / 1000, &stems[0], sign, out, n);
  else if ((of = prefixed_stem(u, &k)) != NULL) put_prefixed(v * thousand_to(k), of, sign, out, n);
  else if ((count = counted(u, v == 1)) != NULL) put_plain(v, sign, count, out, n);
  else put_plain(v, sign, u, out, n);
}
