#include "weather.h"

#include <math.h>
#include <stdio.h>

#include "../../tests/packed.h"
#include "../../tests/twin_run.h"

static const char *const typical[] = {
    "abilene_tx", "cheyenne_wy",   "dallas_fort_worth_tx", "detroit_willow_run_mi", "dulles_va",
    "el_paso_tx", "las_cruces_nm", "memphis_tn",           "milwaukee_wi",          "phoenix_az",
    "waco_tx",    "youngstown_oh"};

// Summary statistics of the typical files as their source states them: mean and largest dry bulb of three.
START_TEST(every_site_has_its_year) {
  static const struct {
    const char *name;
    double      mean, most, elevation;
  } stated[] = {
      {"abilene_tx",    17.09, 41.1, 530 },
      {"cheyenne_wy",   7.52,  33.9, 1867},
      {"youngstown_oh", 9.19,  32.8, 360 },
  };
  for (size_t i = 0; i < sizeof typical / sizeof typical[0]; i++) {
    arena      *a = arena_create();
    sg_diags    diags;
    power_hours h;
    diag_init(&diags);
    ck_assert_msg(twin_station_hours(typical[i], a, &diags, &h) == SG_OK, "%s", typical[i]);
    ck_assert_int_eq(h.n, POWER_YEAR_HOURS);
    double sum = 0, most = -99;
    for (int t = 0; t < h.n; t++) {
      sum += h.dry_degc[t], most = fmax(most, h.dry_degc[t]);
      MUST(h.wet_degc[t] <= h.dry_degc[t] && h.ghi_w_m2[t] >= 0 && h.wind_m_s[t] >= 0, "%s hour %d", typical[i], t);
    }
    for (size_t k = 0; k < sizeof stated / sizeof stated[0]; k++) {
      if (strcmp(stated[k].name, typical[i]) != 0) continue;
      test_near(sum / h.n, stated[k].mean, 0.006);
      test_near(most, stated[k].most, 0.001);
      test_near(h.elevation_m, stated[k].elevation, 0.5);
    }
    arena_free(a);
  }
}
END_TEST

// Hours of a file of data/weather that is not built in: the hubs' files are made of it.
static void hours_on_disk(const char *name, text_buffer *text, arena *a, power_hours *out) {
  char     path[120];
  sg_diags diags;
  snprintf(path, sizeof path, "data/weather/%s.csv", name);
  ck_assert_msg(packed_read(path, text), "%s", path);
  const diag_source source = {name, text->at, text->n};
  diag_init(&diags);
  ck_assert_int_eq(power_hours_read(&source, a, &diags, out), SG_OK);
}

START_TEST(actual_years_hold_the_freeze) {
  static const char *const names[] = {"dallas_tx_actual_2020_2024", "philadelphia_pa_actual_2020_2024",
                                      "santa_clara_ca_actual_2020_2024"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    arena      *a = arena_create();
    text_buffer text = {0};
    power_hours h;
    hours_on_disk(names[i], &text, a, &h);
    ck_assert_int_eq(h.n, 43848);
    ck_assert_int_eq(h.first_year, 2020);
    for (int year = 2020, first = 0; year <= 2024; year++) {
      const power_span span = power_hours_year(&h, year);
      ck_assert_int_eq(span.first, first);
      ck_assert_int_eq(span.n, year % 4 ? 8760 : 8784);
      first += span.n;
    }
    if (i == 0) {  // Uri: -18.8 degC in Dallas in February 2021
      const power_span span = power_hours_year(&h, 2021);
      int              least = span.first;
      for (int t = span.first; t < span.first + span.n; t++)
        if (h.dry_degc[t] < h.dry_degc[least]) least = t;
      test_near(h.dry_degc[least], -18.8, 1e-9);
      ck_assert_int_eq(h.month[least], 1);
    }
    arena_free(a);
    text_buffer_free(&text);
  }
}
END_TEST

static const char *programme(void) {
  static char text[40000];
  FILE       *file = fopen("programmes/one-campus.yaml", "rb");
  ck_assert_ptr_nonnull(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  return text;
}

// The twin's months are those of 8,760 hours, at plan values and where a scenario has drawn others.
START_TEST(months_of_a_campus_are_the_hours) {
  twin_model          *m = twin_must(programme(), NULL);
  const twin_campus   *campus = &m->plan_view.campus[0];
  const power_weather *site = &m->plan_view.weather[campus->weather];
  power_cooling        drawn = m->plan_view.cooling[campus->cooling];
  twin_view            view = m->plan_view;
  arena               *a = arena_create();
  power_hours          h;
  sg_diags             diags;
  static double        it[POWER_YEAR_HOURS], pue[POWER_YEAR_HOURS], water[POWER_YEAR_HOURS];
  ck_assert_int_eq(campus->cooling, 0);
  diag_init(&diags);
  ck_assert_int_eq(twin_station_hours("dallas_fort_worth_tx", a, &diags, &h), SG_OK);
  for (int t = 0; t < h.n; t++) it[t] = 1;
  for (int variant = 0; variant < 3; variant++) {
    double month_pue[POWER_MONTHS], month_wue[POWER_MONTHS], sum[POWER_MONTHS] = {0}, n[POWER_MONTHS] = {0};
    if (variant == 1) drawn.base_pue_frac += 0.02, drawn.carnot_frac *= 0.9, drawn.liquid_frac -= 0.1;
    if (variant == 2) drawn.supply_degc -= 3;  // a new table
    view.cooling = &drawn;
    twin_campus_cooling(m, &view, 0, month_pue, month_wue);
    power_cooling_hours(&drawn, site, h.dry_degc, h.wet_degc, it, 1.0, h.n, pue, water, NULL);
    for (int t = 0; t < h.n; t++) sum[h.month[t]] += pue[t], n[h.month[t]] += 1;
    for (int k = 0; k < POWER_MONTHS; k++) test_near(month_pue[k], sum[k] / n[k], 1e-11);
    ck_assert(month_pue[6] > month_pue[0]);
  }
  arena_free(a);
  twin_model_free(m);
}
END_TEST

// A summer that a programme writes itself counts, though the station has hours.
START_TEST(own_months_count) {
  static const char *const set[] = {"weather_sites.dallas_fort_worth_tx.months.jul.dry_mean", "36 degC", NULL};
  twin_model              *plain = twin_must(programme(), NULL), *hot = twin_must(programme(), set);
  double                   pue[2][POWER_MONTHS], water[POWER_MONTHS];
  twin_campus_cooling(plain, &plain->plan_view, 0, pue[0], water);
  twin_campus_cooling(hot, &hot->plan_view, 0, pue[1], water);
  ck_assert_msg(pue[1][6] > pue[0][6] + 0.02, "July: %g, %g", pue[0][6], pue[1][6]);
  for (int k = 0; k < POWER_MONTHS; k++)
    if (k != 6) test_near(pue[1][k], pue[0][k], 0.004);  // normal months for hours
  twin_model_free(plain);
  twin_model_free(hot);
}
END_TEST

TEST_LIST("weather", every_site_has_its_year, actual_years_hold_the_freeze, months_of_a_campus_are_the_hours,
          own_months_count)
