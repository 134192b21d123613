// Weather: see weather.h.
#include "weather.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"

// ---- Air ------------------------------------------------------------------------------------------------------

double power_pressure_hpa(double elevation_m) { return 1013.25 * pow(1.0 - 2.25577e-5 * elevation_m, 5.2559); }

double power_density_frac(double elevation_m) { return power_pressure_hpa(elevation_m) / 1013.25; }

double power_saturation_hpa(double degc) { return 6.112 * exp(17.62 * degc / (243.12 + degc)); }

static double humidity_ratio(double vapour_hpa, double pressure_hpa) {
  return 0.621945 * vapour_hpa / (pressure_hpa - vapour_hpa);
}

double power_wet_bulb_degc(double dry_degc, double rel_humidity_frac, double pressure_hpa) {
  const double w = humidity_ratio(rel_humidity_frac * power_saturation_hpa(dry_degc), pressure_hpa);
  double       low = dry_degc - 60.0, high = dry_degc;
  for (int i = 0; i < 40; i++) {
    const double t = 0.5 * (low + high);
    const double saturated = humidity_ratio(power_saturation_hpa(t), pressure_hpa);
    const double at_t =
        ((2501.0 - 2.326 * t) * saturated - 1.006 * (dry_degc - t)) / (2501.0 + 1.86 * dry_degc - 4.186 * t);
    if (at_t > w) high = t;
    else low = t;
  }
  return 0.5 * (low + high);
}

// ---- Tables -------------------------------------------------------------------------------------------------------

sg_err power_table_read(const diag_source *source, arena *a, sg_diags *diags, csv_table *out, text_slice *note) {
  size_t  at = 0;
  int32_t skipped = 0;
  *note = (text_slice){"", 0};
  while (at < source->bytes && source->text[at] == '#') {
    const char *end = memchr(source->text + at, '\n', source->bytes - at);
    size_t      next = end ? (size_t)(end - source->text) + 1 : source->bytes;
    if (skipped++ == 0) *note = text_trim((text_slice){source->text + at + 1, next - at - 1});
    at = next;
  }
  diag_source rest = {source->name, source->text + at, source->bytes - at};
  sg_err      err = csv_read(&rest, a, diags, out);
  // The slices are of the same text: only the lines have to be those of the whole.
  out->source = source;
  out->head_line += skipped;
  for (int32_t i = 0; i < out->n_row; i++) out->line[i] += skipped;
  return err;
}

sg_err power_table_column(const csv_table *t, const char *name, const char *unit, sg_diags *diags, int32_t *column) {
  const size_t n = strlen(name), u = strlen(unit);
  int32_t      other = -1;
  for (int32_t c = 0; c < t->n_column; c++) {
    const text_slice head = t->head[c];
    if (head.n <= n || memcmp(head.at, name, n) != 0 || head.at[n] != '_') continue;
    if (head.n == n + 1 + u && !memcmp(head.at + n + 1, unit, u)) {
      *column = c;
      return SG_OK;
    }
    other = c;
  }
  *column = -1;
  if (other < 0)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1), "the line behind the comments names the columns",
                    "column '%s_%s' is missing", name, unit);
  return diag_add(diags, SG_ERROR, SG_ERR_UNIT, csv_place(t, -1, other),
                  "convert the values, then name the column by its unit", "column '%.*s' is not in the unit '%s'",
                  t->head[other].n < 60 ? (int)t->head[other].n : 60, t->head[other].at, unit);
}

// text_number for what nearly all cells are, "-12.5": sign, digits, a point, 15 digits at most in all. Whole number and power
// of ten are then exact and their quotient correctly rounded (Clinger, PLDI 1990). False: let text_number see.
static bool plain_number(text_slice s, double *out) {
  static const double ten_to[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const bool          minus = s.n > 0 && s.at[0] == '-';
  size_t              digits = 0, behind = 0;
  double              whole = 0.0;
  bool                point = false;
  for (size_t i = minus; i < s.n; i++) {
    const char c = s.at[i];
    if (c == '.' && !point && digits) {
      point = true;
    } else if (c >= '0' && c <= '9' && digits < 15) {
      whole = 10.0 * whole + (c - '0');
      digits++;
      behind += point;
    } else {
      return false;
    }
  }
  *out = (minus ? -whole : whole) / ten_to[behind];
  return digits > 0 && !(point && behind == 0);
}

sg_err power_table_number(const csv_table *t, int32_t row, int32_t column, double low, double high, sg_diags *diags,
                          double *out) {
  const text_slice s = csv_field(t, row, column), head = t->head[column];
  const int        n = head.n < 40 ? (int)head.n : 40;
  if (!plain_number(s, out) && !text_number(s, out))
    return diag_add(diags, SG_ERROR, SG_ERR_TYPE, csv_place(t, row, column), NULL, "%.*s: '%.*s' is no number", n,
                    head.at, s.n < 40 ? (int)s.n : 40, s.at);
  if (*out >= low && *out <= high) return SG_OK;
  return diag_add(diags, SG_ERROR, SG_ERR_RANGE, csv_place(t, row, column), "look for a wrong unit or a filler value",
                  "%.*s: %g is outside %g to %g", n, head.at, *out, low, high);
}

// ---- The hours ----------------------------------------------------------------------------------------------------

// "key=number" in the first line; NaN: it is not there.
static double noted(text_slice note, const char *key) {
  const size_t n = strlen(key);
  for (size_t i = 0; i + n < note.n; i++) {
    const bool starts = i == 0 || note.at[i - 1] == ' ' || note.at[i - 1] == ';' || note.at[i - 1] == '(';
    if (!starts || memcmp(note.at + i, key, n) != 0) continue;
    double x;
    size_t from = i + n;
    while (from < note.n && (note.at[from] == '=' || note.at[from] == ' ')) from++;
    if (text_number_scan((text_slice){note.at + from, note.n - from}, &x) > 0) return x;
  }
  return (double)NAN;
}

typedef struct hour_columns {
  int32_t month, day, hour, time;  // time -1: a typical year
  int32_t dry, wet, humidity, wind, ghi, dni, dhi;
} hour_columns;

static sg_err take_arrays(arena *a, int32_t n, const hour_columns *c, power_hours *out) {
  out->n = n;
  out->month = ARENA_NEW(a, int32_t, n + 1);
  out->dry_degc = ARENA_NEW(a, double, n + 1);
  out->wet_degc = ARENA_NEW(a, double, n + 1);
  if (!out->month || !out->dry_degc || !out->wet_degc) return SG_ERR_MEMORY;
  const struct {
    int32_t  column;
    double **at;
  } extra[] = {
      {c->wind, &out->wind_m_s},
      {c->ghi,  &out->ghi_w_m2},
      {c->dni,  &out->dni_w_m2},
      {c->dhi,  &out->dhi_w_m2}
  };
  for (size_t i = 0; i < sizeof extra / sizeof extra[0]; i++) {
    *extra[i].at = NULL;
    if (extra[i].column >= 0 && !(*extra[i].at = ARENA_NEW(a, double, n + 1))) return SG_ERR_MEMORY;
  }
  return SG_OK;
}

static sg_err find_columns(const csv_table *t, sg_diags *diags, hour_columns *c) {
  sg_err err;
  *c = (hour_columns){.month = csv_column(t, "month"),
                      .day = csv_column(t, "day"),
                      .hour = csv_column(t, "hour_end_lst"),
                      .time = csv_column(t, "time_utc"),
                      .wet = -1,
                      .humidity = -1,
                      .wind = csv_column(t, "wind_speed_m_s"),
                      .ghi = csv_column(t, "ghi_W_m2"),
                      .dni = csv_column(t, "dni_W_m2"),
                      .dhi = csv_column(t, "dhi_W_m2")};
  if (c->wind < 0) c->wind = csv_column(t, "wind_speed_10m_m_s");
  if (c->time < 0 && (c->month < 0 || c->day < 0 || c->hour < 0))
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1),
                    "a typical year has month, day, hour_end_lst; an actual one time_utc",
                    "no column says which hour a row is");
  if ((err = power_table_column(t, "dry_bulb", "C", diags, &c->dry))) return err;
  if (c->time < 0) return power_table_column(t, "wet_bulb", "C", diags, &c->wet);
  return power_table_column(t, "rel_humidity", "pct", diags, &c->humidity);
}

static sg_err misplaced(const csv_table *t, int32_t row, int32_t column, sg_diags *diags, const char *wanted) {
  return diag_add(diags, SG_ERROR, SG_ERR_RANGE, csv_place(t, row, column),
                  "every hour stands once and in order; fill gaps before",
                  "an hour is missing or stands twice: %s expected", wanted);
}

// Day and hour of row `i` of a year without leap day, against what it says.
static sg_err check_typical(const csv_table *t, const hour_columns *c, int32_t i, sg_diags *diags, int32_t *month) {
  double              m, d, h;
  char                wanted[48];
  const int32_t       day0 = calendar_day((calendar_date){2023, 1, 1});
  const calendar_date date = calendar_of_day(day0 + i / 24 % 365);
  const int32_t       hour = i % 24 + 1;
  sg_err              err = power_table_number(t, i, c->month, 1, 12, diags, &m);
  if (!err) err = power_table_number(t, i, c->day, 1, 31, diags, &d);
  if (!err) err = power_table_number(t, i, c->hour, 1, 24, diags, &h);
  if (err) return err;
  *month = date.month - 1;
  if ((int32_t)m == date.month && (int32_t)d == date.day && (int32_t)h == hour) return SG_OK;
  snprintf(wanted, sizeof wanted, "month %d, day %d, hour ending %d", date.month, date.day, hour);
  return misplaced(t, i, c->month, diags, wanted);
}

// "2020-01-01T05:00Z" as hours since 1970; false: it is none.
static bool hour_of(text_slice s, int64_t *hour) {
  int32_t first, last;
  double  h;
  if (s.n < 13 || s.at[10] != 'T' || !calendar_parse((text_slice){s.at, 10}, &first, &last)) return false;
  if (!text_number((text_slice){s.at + 11, 2}, &h) || h < 0.0 || h > 23.0) return false;
  *hour = (int64_t)first * 24 + (int64_t)h;
  return true;
}

static sg_err check_actual(const csv_table *t, const hour_columns *c, int32_t i, int64_t *first, sg_diags *diags,
                           int32_t *month) {
  const text_slice s = csv_field(t, i, c->time);
  int64_t          hour;
  char             wanted[48], day[11];
  if (!hour_of(s, &hour))
    return diag_add(diags, SG_ERROR, SG_ERR_TYPE, csv_place(t, i, c->time), "write 2021-02-14T05:00Z",
                    "'%.*s' is no hour", s.n < 40 ? (int)s.n : 40, s.at);
  if (i == 0) *first = hour;
  *month = calendar_of_day((int32_t)(hour / 24)).month - 1;
  if (hour == *first + i) return SG_OK;
  calendar_day_text((int32_t)((*first + i) / 24), day);
  snprintf(wanted, sizeof wanted, "%sT%02d:00Z", day, (int)((*first + i) % 24));
  return misplaced(t, i, c->time, diags, wanted);
}

static sg_err read_row(const csv_table *t, const hour_columns *c, int32_t i, double pressure_hpa, sg_diags *diags,
                       power_hours *out) {
  double x;
  sg_err err = power_table_number(t, i, c->dry, -70, 60, diags, &out->dry_degc[i]);
  if (!err && c->wet >= 0) {
    err = power_table_number(t, i, c->wet, -70, 60, diags, &x);
    out->wet_degc[i] = x < out->dry_degc[i] ? x : out->dry_degc[i];
  } else if (!err) {
    err = power_table_number(t, i, c->humidity, 0, 100, diags, &x);
    out->wet_degc[i] = power_wet_bulb_degc(out->dry_degc[i], x / 100.0, pressure_hpa);
  }
  if (!err && out->wind_m_s) err = power_table_number(t, i, c->wind, 0, 100, diags, &out->wind_m_s[i]);
  if (!err && out->ghi_w_m2) err = power_table_number(t, i, c->ghi, 0, 1500, diags, &out->ghi_w_m2[i]);
  if (!err && out->dni_w_m2) err = power_table_number(t, i, c->dni, 0, 1500, diags, &out->dni_w_m2[i]);
  if (!err && out->dhi_w_m2) err = power_table_number(t, i, c->dhi, 0, 1500, diags, &out->dhi_w_m2[i]);
  return err;
}

static bool whole_years(const csv_table *t, const hour_columns *c, int64_t first) {
  if (c->time < 0) return t->n_row == POWER_YEAR_HOURS;
  const calendar_date from = calendar_of_day((int32_t)(first / 24)),
                      to = calendar_of_day((int32_t)((first + t->n_row) / 24));
  // A file may begin up to a day after the year does, where its clock was local; it ends as much later or earlier.
  return t->n_row >= POWER_YEAR_HOURS && from.month == 1 && from.day == 1 &&
         ((to.month == 1 && to.day == 1) || (to.month == 12 && to.day == 31));
}

sg_err power_hours_read(const diag_source *source, arena *a, sg_diags *diags, power_hours *out) {
  csv_table    t;
  text_slice   note;
  hour_columns c;
  int64_t      first = 0;
  sg_err       err = power_table_read(source, a, diags, &t, &note);
  if (!err) err = find_columns(&t, diags, &c);
  if (err) return err;
  *out = (power_hours){.elevation_m = noted(note, "elev_m"),
                       .lat_deg = noted(note, "lat_deg"),
                       .lon_deg = noted(note, "lon_deg"),
                       .clock = 1,
                       .utc_offset_h = c.time < 0 ? noted(note, "utc_offset_h") : 0.0};
  if (isnan(out->elevation_m)) out->elevation_m = noted(note, "elev");
  if ((err = take_arrays(a, t.n_row, &c, out))) return err;
  const double pressure_hpa = power_pressure_hpa(isnan(out->elevation_m) ? 0.0 : out->elevation_m);
  for (int32_t i = 0; i < t.n_row && !err; i++) {
    err = c.time < 0 ? check_typical(&t, &c, i, diags, &out->month[i])
                     : check_actual(&t, &c, i, &first, diags, &out->month[i]);
    if (!err) err = read_row(&t, &c, i, pressure_hpa, diags, out);
  }
  if (err) return err;
  if (!whole_years(&t, &c, first))
    return diag_add(diags, SG_ERROR, SG_ERR_RANGE, csv_place(&t, t.n_row ? t.n_row - 1 : -1, -1),
                    c.time < 0 ? "a typical year has 8,760 hours and no leap day" : "give whole calendar years",
                    "the file has %d hours, which is not a year", t.n_row);
  // The clock may run a few hours into the last day of the year before or start late: the year of its middle counts.
  if (c.time >= 0) out->first_year = calendar_of_day((int32_t)((first + 24) / 24)).year;
  return SG_OK;
}

power_span power_hours_year(const power_hours *hours, int32_t year) {
  power_span out = {0, 0};
  for (int32_t y = hours->first_year; y && y <= year; y++) {
    const int32_t days = calendar_day((calendar_date){y + 1, 1, 1}) - calendar_day((calendar_date){y, 1, 1});
    out.first += out.n;
    out.n = 24 * days;
  }
  if (year < hours->first_year || out.n == 0 || out.first >= hours->n) return (power_span){0, 0};
  if (out.first + out.n > hours->n) out.n = hours->n - out.first;
  return out;
}

// ---- From months ----------------------------------------------------------------------------------------------------

// Inverse of the standard normal distribution by bisection on erfc; called a few dozen times.
static double normal_quantile(double p) {
  double low = -9.0, high = 9.0;
  for (int i = 0; i < 60; i++) {
    const double z = 0.5 * (low + high);
    if (0.5 * erfc(-z * 0.70710678118654752440) > p) high = z;
    else low = z;
  }
  return 0.5 * (low + high);
}

sg_err power_hours_of_months(const power_weather_month *month, double elevation_m, int32_t per_month, arena *a,
                             power_hours *out) {
  const hour_columns none = {.wind = -1, .ghi = -1, .dni = -1, .dhi = -1};
  *out = (power_hours){.elevation_m = elevation_m, .lat_deg = (double)NAN, .lon_deg = (double)NAN};
  sg_err err = take_arrays(a, POWER_MONTHS * per_month, &none, out);
  if (err) return err;
  for (int32_t k = 0; k < per_month; k++) {
    const double z = normal_quantile((k + 0.5) / per_month);
    for (int32_t m = 0; m < POWER_MONTHS; m++) {
      const int32_t i = m * per_month + k;
      const double  dry = month[m].dry_mean_degc + z * month[m].dry_sd_degc;
      const double  wet = month[m].wet_mean_degc + z * month[m].wet_sd_degc;
      out->month[i] = m;
      out->dry_degc[i] = dry;
      out->wet_degc[i] = wet < dry ? wet : dry;
    }
  }
  return SG_OK;
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

double power_design_degc(const double *degc, int32_t n, double *scratch) {
  memcpy(scratch, degc, (size_t)n * sizeof *scratch);
  qsort(scratch, (size_t)n, sizeof *scratch, by_value);
  const int32_t at = (int32_t)(0.996 * n);
  return scratch[at < n ? at : n - 1];
}

// ---- Field tables -----------------------------------------------------------------------------------------

// clang-format off
#define S power_weather_month
static const field_row weather_month_rows[] = {
  ROW_NUMBER(S, dry_mean_degc, "dry_mean", "degC", NULL, -60, 60, "Mean dry bulb of the month's hours.", NULL),
  ROW_NUMBER(S, dry_sd_degc, "dry_sd", "degC", NULL, 0, 30, "Standard deviation of dry bulb.", NULL),
  ROW_NUMBER(S, wet_mean_degc, "wet_mean", "degC", NULL, -60, 40, "Mean wet bulb of the month's hours.", NULL),
  ROW_NUMBER(S, wet_sd_degc, "wet_sd", "degC", NULL, 0, 30, "Standard deviation of wet bulb.", NULL),
};
const class_row power_weather_month_class = { "weather_month", NULL, sizeof(S), FIELD_TABLE(weather_month_rows), CLASS_PLAIN,
  "Temperatures of one calendar month, jan to dec." };
#undef S

#define S power_weather
static const field_row weather_rows[] = {
  ROW_NUMBER(S, elevation_m, "elevation", "m", "0 m", -450, 5000, "Height above the sea.", "assumption, see docs/assumptions.md#weather"),
  ROW_NUMBER(S, design_dry_degc, "design_dry", "degC", NULL, -20, 60, "Dry bulb exceeded in 0.4 % of the hours of a year.", NULL),
  ROW_NUMBER(S, design_wet_degc, "design_wet", "degC", NULL, -20, 40, "Wet bulb exceeded in 0.4 % of the hours of a year.", NULL),
  ROW_CHILDREN(S, months, "months", "weather_month", "Temperatures by calendar month, jan to dec in this order."),
};
const class_row power_weather_class = { "weather", "weather_sites", sizeof(S), FIELD_TABLE(weather_rows), CLASS_CATALOGUE,
  "Typical temperatures of a place." };
#undef S
// clang-format on
