#include "renewable.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/test.h"

static const double degrees = 180 / 3.14159265358979;

static power_hours read_station(arena *a, const char *path) {
  FILE *file = fopen(path, "rb");
  ck_assert_ptr_nonnull(file);
  char  *text = ARENA_NEW(a, char, 2000000);
  size_t n = fread(text, 1, 2000000, file);
  fclose(file);
  diag_source *source = ARENA_NEW(a, diag_source, 1);
  *source = (diag_source){path, text, n};
  sg_diags diags;
  diag_init(&diags);
  power_hours hours;
  ck_assert_int_eq(power_hours_read(source, a, &diags, &hours), SG_OK);
  return hours;
}

// Elevation of the sun at its highest: 90 - latitude + declination; due south and half way through a solar day.
START_TEST(noon_is_high_and_south) {
  static const struct {
    const char *what;
    int32_t     day;
    double      declination_deg;
  } rows[] = {
      {"summer solstice", 171, 23.45 },
      {"winter solstice", 354, -23.45},
      {"equinox",         80,  0.0   },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    double highest = -90, azimuth = 9;
    for (int k = 0; k < 24 * 60; k++) {
      const power_sun sun = power_sun_at(32.4, -97.5, -6.0, rows[i].day, k / 60.0);
      if (sun.elevation_rad * degrees > highest) highest = sun.elevation_rad * degrees, azimuth = sun.azimuth_rad;
    }
    ck_assert_msg(fabs(highest - (90 - 32.4 + rows[i].declination_deg)) < 0.6, "%s: %g", rows[i].what, highest);
    ck_assert_msg(fabs(azimuth) < 0.02, "%s: azimuth %g", rows[i].what, azimuth);
  }
  const power_sun morning = power_sun_at(32.4, -97.5, -6.0, 80, 8.0);
  ck_assert(morning.azimuth_rad < 0 && morning.elevation_rad > 0);
  ck_assert(power_sun_at(32.4, -97.5, -6.0, 80, 0.0).elevation_rad < 0);
}
END_TEST

// Capacity factors of new plants: trackers in Texas 0.25 to 0.33 (LBNL, Utility-Scale Solar 2023), onshore wind 0.25 to 0.50
// (DOE, Land-Based Wind Market Report 2023); dark at night, calm below 3 m/s at the hub.
START_TEST(years_of_abilene) {
  arena            *a = arena_create();
  const power_hours h = read_station(a, "data/weather/abilene_tx.csv");
  double           *sun = ARENA_NEW(a, double, h.n), *wind = ARENA_NEW(a, double, h.n), mean[2] = {0};
  ck_assert(power_solar_hours(&h, sun) && power_wind_hours(&h, wind));
  for (int32_t t = 0; t < h.n; t++) {
    ck_assert_msg(sun[t] >= 0 && sun[t] <= 1 && wind[t] >= 0 && wind[t] <= 0.85, "hour %d", t);
    if (h.ghi_w_m2[t] <= 0) ck_assert_msg(sun[t] <= 1e-9, "hour %d: %g in the dark", t, sun[t]);
    if (h.wind_m_s[t] < 2.1) ck_assert_msg(wind[t] <= 1e-9, "hour %d", t);
    mean[0] += sun[t] / h.n, mean[1] += wind[t] / h.n;
  }
  ck_assert_msg(mean[0] > 0.25 && mean[0] < 0.35, "sun %g", mean[0]);
  ck_assert_msg(mean[1] > 0.25 && mean[1] < 0.50, "wind %g", mean[1]);
  arena_free(a);
}
END_TEST

START_TEST(no_sky_no_sun) {
  power_hours h = {.n = 1, .lat_deg = (double)NAN};
  double      out;
  ck_assert(!power_solar_hours(&h, &out) && !power_wind_hours(&h, &out));
  double wind[4] = {2.0, 5.0, 30.0, 12.0}, give[4];
  h = (power_hours){.n = 4, .elevation_m = 0, .wind_m_s = wind};
  ck_assert(power_wind_hours(&h, give));
  ck_assert(give[0] <= 0 && give[1] > 0 && give[1] < 0.85 && give[2] <= 0);
  test_near(give[3], 0.85, 1e-12);
}
END_TEST

TEST_LIST("renewable", noon_is_high_and_south, years_of_abilene, no_sky_no_sun)
