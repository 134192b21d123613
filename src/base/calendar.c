// Calendar: days and months by integer arithmetic; years begin in March inside, so that the leap day comes last.
#include "calendar.h"

#include <math.h>

enum {
  DAYS_PER_ERA = 146097,       // of 400 years
  DAYS_BEFORE_EPOCH = 719468,  // from 0000-03-01 to 1970-01-01
  MONTHS_BEFORE_EPOCH = 1970 * 12
};

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

static int32_t clamp_int32(int64_t v) { return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : (int32_t)v; }

// Source: Hinnant 2013, days_from_civil.
static int64_t day_of(int64_t year, int64_t month, int64_t day) {
  int64_t y = month <= 2 ? year - 1 : year;
  int64_t era = floor_div(y, 400);
  int64_t year_of_era = y - era * 400;
  int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * DAYS_PER_ERA + day_of_era - DAYS_BEFORE_EPOCH;
}

int32_t calendar_day(calendar_date date) { return clamp_int32(day_of(date.year, date.month, date.day)); }

// Source: Hinnant 2013, civil_from_days.
calendar_date calendar_of_day(int32_t day) {
  int64_t       z = (int64_t)day + DAYS_BEFORE_EPOCH;
  int64_t       era = floor_div(z, DAYS_PER_ERA);
  int64_t       day_of_era = z - era * DAYS_PER_ERA;
  int64_t       year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t       day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t       m = (5 * day_of_year + 2) / 153;  // from March
  calendar_date out = {.day = (int32_t)(day_of_year - (153 * m + 2) / 5 + 1),
                       .month = (int32_t)(m < 10 ? m + 3 : m - 9)};
  out.year = (int32_t)(year_of_era + era * 400 + (out.month <= 2));
  return out;
}

int32_t calendar_month_of_day(double day) {
  if (isnan(day)) return INT32_MIN;
  if (isinf(day)) return day > 0 ? INT32_MAX : INT32_MIN;
  double        whole = fmax(fmin(floor(day), INT32_MAX), INT32_MIN);
  calendar_date date = calendar_of_day((int32_t)whole);
  return date.year * 12 - MONTHS_BEFORE_EPOCH + date.month - 1;
}

static int64_t first_day(int64_t month) {
  int64_t absolute = month + MONTHS_BEFORE_EPOCH;
  int64_t year = floor_div(absolute, 12);
  return day_of(year, absolute - year * 12 + 1, 1);
}

int32_t calendar_first_day(int32_t month) { return clamp_int32(first_day(month)); }

int32_t calendar_days_in_month(int32_t month) { return (int32_t)(first_day((int64_t)month + 1) - first_day(month)); }

int32_t calendar_month_of_year(int32_t month) { return (int32_t)(month - floor_div(month, 12) * 12); }

// n digits at `at` as a number, or -1.
static int32_t digits(const char *at, size_t n) {
  int32_t value = 0;
  for (size_t i = 0; i < n; i++) {
    if (at[i] < '0' || at[i] > '9') return -1;
    value = value * 10 + (at[i] - '0');
  }
  return value;
}

bool calendar_parse(text_slice s, int32_t *first, int32_t *last) {
  if (s.n != 4 && s.n != 7 && s.n != 10) return false;
  if ((s.n > 4 && s.at[4] != '-') || (s.n > 7 && s.at[7] != '-')) return false;
  int32_t year = digits(s.at, 4);
  int32_t month = s.n > 4 ? digits(s.at + 5, 2) : 1;
  int32_t day = s.n > 7 ? digits(s.at + 8, 2) : 1;
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  int32_t month_number = year * 12 - MONTHS_BEFORE_EPOCH + month - 1;
  if (day > calendar_days_in_month(month_number)) return false;
  *first = calendar_first_day(month_number) + day - 1;
  *last = s.n == 4   ? calendar_first_day(month_number + 12) - 1
          : s.n == 7 ? calendar_first_day(month_number + 1) - 1
                     : *first;
  return true;
}

// `value` as n digits with leading zeros.
static void put_digits(int32_t value, int n, char *at) {
  for (int i = n - 1; i >= 0; i--, value /= 10) at[i] = (char)('0' + value % 10);
}

static int32_t clamp_year(int64_t year) { return year < 0 ? 0 : year > 9999 ? 9999 : (int32_t)year; }

void calendar_month_text(int32_t month, char out[8]) {
  put_digits(clamp_year(floor_div((int64_t)month + MONTHS_BEFORE_EPOCH, 12)), 4, out);
  out[4] = '-';
  put_digits(calendar_month_of_year(month) + 1, 2, out + 5);
  out[7] = '\0';
}

void calendar_day_text(int32_t day, char out[11]) {
  calendar_date date = calendar_of_day(day);
  put_digits(clamp_year(date.year), 4, out);
  out[4] = out[7] = '-';
  put_digits(date.month, 2, out + 5);
  put_digits(date.day, 2, out + 8);
  out[10] = '\0';
}
