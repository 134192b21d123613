#include "weather.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/calendar.h"

// A year in the form of the typical files; row `skip` is left out, row `odd` has `text` for its temperatures (-1: none).
static char *year_text(int32_t rows, int32_t skip, int32_t odd, const char *text, const char *head) {
  static const int32_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  char                *out = malloc(600000), *at = out;
  at += sprintf(at, "# site=Nowhere; lat_deg=32.5; lon_deg=-99.7; elev_m=530; utc_offset_h=-6.0\n%s\n", head);
  int32_t i = 0;
  for (int32_t m = 0; m < 12; m++)
    for (int32_t d = 1; d <= days[m]; d++)
      for (int32_t h = 1; h <= 24; h++, i++) {
        if (i == skip || i >= rows) continue;
        if (i == odd) at += sprintf(at, "%d,%d,%d,%s\n", m + 1, d, h, text);
        else at += sprintf(at, "%d,%d,%d,%d.5,%d.0\n", m + 1, d, h, m + 1, m);
      }
  return out;
}

static const char head[] = "month,day,hour_end_lst,dry_bulb_C,wet_bulb_C";

static sg_err read_text(const char *text, arena *a, sg_diags *diags, power_hours *out) {
  diag_source *source = ARENA_NEW(a, diag_source, 1);
  *source = (diag_source){"here.csv", text, strlen(text)};
  diag_init(diags);
  return power_hours_read(source, a, diags, out);
}

START_TEST(a_typical_year_is_read) {
  arena      *a = arena_create();
  char       *text = year_text(8760, -1, -1, "", head);
  power_hours h;
  sg_diags    diags;
  ck_assert_int_eq(read_text(text, a, &diags, &h), SG_OK);
  ck_assert_int_eq(h.n, 8760);
  test_near(h.elevation_m, 530, 1e-12);
  test_near(h.lat_deg, 32.5, 1e-12);
  test_near(h.utc_offset_h, -6, 1e-12);
  ck_assert_int_eq(h.month[0], 0);
  ck_assert_int_eq(h.month[31 * 24], 1);
  ck_assert_int_eq(h.month[8759], 11);
  test_near(h.dry_degc[8759], 12.5, 1e-12);
  test_near(h.wet_degc[0], 0, 1e-12);
  ck_assert_ptr_null(h.wind_m_s);
  ck_assert_int_eq(power_hours_year(&h, 2021).n, 0);
  free(text);
  arena_free(a);
}
END_TEST

START_TEST(bad_years_are_refused) {
  static const struct {
    const char *what;
    int32_t     rows, skip, odd;
    const char *text, *head;
    sg_err      want;
    int32_t     line;
    const char *says;
  } rows[] = {
      {"an hour is missing",     8760, 100, -1, "",         NULL,                                           SG_ERR_RANGE, 103,  "month 1, day 5, hour ending 5"},
      {"too short",              8759, -1,  -1, "",         NULL,                                           SG_ERR_RANGE, 8761, "8759 hours"                   },
      {"no row at all",          0,    -1,  -1, "",         NULL,                                           SG_ERR_RANGE, 2,    "0 hours"                      },
      {"Fahrenheit in the head", 8760, -1,  -1, "",         "month,day,hour_end_lst,dry_bulb_F,wet_bulb_C", SG_ERR_UNIT,  2,
       "dry_bulb_F"                                                                                                                                            },
      {"no wet bulb",            8760, -1,  -1, "",         "month,day,hour_end_lst,dry_bulb_C,x",          SG_ERR_KEY,   2,    "wet_bulb_C"                   },
      {"no clock",               8760, -1,  -1, "",         "month,day,hour,dry_bulb_C,wet_bulb_C",         SG_ERR_KEY,   2,    "which hour"                   },
      {"Fahrenheit in a cell",   8760, -1,  7,  "98,70",    NULL,                                           SG_ERR_RANGE, 10,   "outside"                      },
      {"a filler",               8760, -1,  7,  "-9999,-5", NULL,                                           SG_ERR_RANGE, 10,   "outside"                      },
      {"no number",              8760, -1,  7,  "warm,5",   NULL,                                           SG_ERR_TYPE,  10,   "warm"                         },
      {"nothing there",          8760, -1,  7,  ",5",       NULL,                                           SG_ERR_TYPE,  10,   "no number"                    },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    arena *a = arena_create();
    char  *text = year_text(rows[i].rows, rows[i].skip, rows[i].odd, rows[i].text, rows[i].head ? rows[i].head : head);
    power_hours h;
    sg_diags    diags;
    sg_err      err = read_text(text, a, &diags, &h);
    ck_assert_msg(err == rows[i].want, "%s: code %d", rows[i].what, (int)err);
    ck_assert_msg(diags.n > 0 && strstr(diags.item[0].message, rows[i].says), "%s: %s", rows[i].what,
                  diags.item[0].message);
    ck_assert_msg(diags.item[0].line == rows[i].line, "%s: line %d", rows[i].what, (int)diags.item[0].line);
    free(text);
    arena_free(a);
  }
}
END_TEST

// Hours of 2020 and 2021 as the actual files have them, beginning at 05:00 UTC.
static char *actual_text(int32_t rows, int32_t skip) {
  char *out = malloc(1200000), *at = out;
  at += sprintf(at,
                "# Dallas TX (32.794,-96.822, elev 142 m), actual; "
                "UTC\ntime_utc,dry_bulb_C,rel_humidity_pct,wind_speed_10m_m_s\n");
  for (int32_t i = 0; i < rows; i++) {
    const calendar_date d = calendar_of_day(18262 + (i + 5) / 24);  // 2020-01-01
    if (i != skip) at += sprintf(at, "%04d-%02d-%02dT%02d:00Z,20,50,3.5\n", d.year, d.month, d.day, (i + 5) % 24);
  }
  return out;
}

START_TEST(actual_years_are_read) {
  arena      *a = arena_create();
  char       *text = actual_text(8784 + 8760, -1);
  power_hours h;
  sg_diags    diags;
  ck_assert_int_eq(read_text(text, a, &diags, &h), SG_OK);
  ck_assert_int_eq(h.n, 8784 + 8760);
  ck_assert_int_eq(h.first_year, 2020);
  test_near(h.elevation_m, 142, 1e-12);
  test_near(h.wind_m_s[5], 3.5, 1e-12);
  // 20 degC and half humidity: wet bulb 13.7 degC (ASHRAE psychrometric chart no. 1, sea level)
  test_near(h.wet_degc[0], 13.7, 0.15);
  const power_span leap = power_hours_year(&h, 2020), next = power_hours_year(&h, 2021);
  ck_assert_int_eq(leap.first, 0);
  ck_assert_int_eq(leap.n, 8784);
  ck_assert_int_eq(next.first, 8784);
  ck_assert_int_eq(next.n, 8760);
  ck_assert_int_eq(power_hours_year(&h, 2022).n, 0);
  ck_assert_int_eq(power_hours_year(&h, 2019).n, 0);
  free(text);
  text = actual_text(8784, 5000);
  ck_assert_int_eq(read_text(text, a, &diags, &h), SG_ERR_RANGE);
  ck_assert_msg(strstr(diags.item[0].message, "2020-07-27T13:00Z") != NULL, "%s", diags.item[0].message);
  free(text);
  text = actual_text(5000, -1);
  ck_assert_int_eq(read_text(text, a, &diags, &h), SG_ERR_RANGE);
  free(text);
  arena_free(a);
}
END_TEST

START_TEST(air_by_the_tables) {
  test_near(power_pressure_hpa(0), 1013.25, 1e-9);
  test_near(power_pressure_hpa(1500), 845.56, 0.15);  // ASHRAE Fundamentals 2017, ch. 1, table 1: 84.556 kPa
  test_near(power_saturation_hpa(20), 23.39, 0.12);   // table 3: 2.3392 kPa
  test_near(power_saturation_hpa(40), 73.84, 0.3);    // 7.3838 kPa
  test_near(power_wet_bulb_degc(30, 1.0, 1013.25), 30, 1e-6);
  for (double t = -20; t <= 45; t += 5)
    for (double rh = 0.05; rh <= 1.0; rh += 0.05) {  // between dew point and dry bulb, rising with humidity
      const double wet = power_wet_bulb_degc(t, rh, 900), wetter = power_wet_bulb_degc(t, fmin(1.0, rh + 0.05), 900);
      ck_assert(wet <= t + 1e-6 && wetter >= wet - 1e-9 && wet > t - 30);
    }
}
END_TEST

START_TEST(months_become_hours) {
  arena              *a = arena_create();
  power_weather_month month[POWER_MONTHS];
  power_hours         h;
  for (int m = 0; m < POWER_MONTHS; m++) month[m] = (power_weather_month){m, 2.0 * m, 5, 2.0 * m - 6, 3};
  ck_assert_int_eq(power_hours_of_months(month, 300, 64, a, &h), SG_OK);
  for (int m = 0; m < POWER_MONTHS; m++) {
    double sum = 0, square = 0;
    for (int k = 0; k < 64; k++) {
      const double x = h.dry_degc[64 * m + k];
      ck_assert_int_eq(h.month[64 * m + k], m);
      ck_assert(h.wet_degc[64 * m + k] <= x);
      sum += x / 64, square += x * x / 64;
    }
    test_near(sum, 2.0 * m, 1e-9);
    test_near(sqrt(square - sum * sum), 5, 0.06);
  }
  arena_free(a);
}
END_TEST

START_TEST(design_is_passed_in_35_hours) {
  double degc[8760], scratch[8760];
  for (int i = 0; i < 8760; i++) degc[i] = (i * 7919) % 8760;
  test_near(power_design_degc(degc, 8760, scratch), 8724, 1e-12);  // 35 hours are warmer: 0.4 %
}
END_TEST

TEST_LIST("weather", a_typical_year_is_read, bad_years_are_refused, actual_years_are_read, air_by_the_tables,
          months_become_hours, design_is_passed_in_35_hours)
