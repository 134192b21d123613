#include "cooling.h"

#include <math.h>
#include <string.h>

#include "../../tests/cooling_design.h"
#include "../../tests/test.h"

static const power_weather site = {.elevation_m = 530, .design_dry_degc = 36.7, .design_wet_degc = 23.4};

static double pue_at(const power_cooling *c, const power_weather *at, double dry, double wet, double load) {
  double pue;
  power_cooling_hours(c, at, &dry, &wet, &load, 1.0, 1, &pue, NULL, NULL);
  return pue;
}

static double water_at(const power_cooling *c, double dry, double wet) {
  double pue, water, load = 1;
  power_cooling_hours(c, &site, &dry, &wet, &load, 1.0, 1, &pue, &water, NULL);
  return water;
}

// One stream, all of it by liquid, worked by hand.
START_TEST(hours_by_hand) {
  power_cooling c = cooling_design(POWER_SINK_DRY);
  c.liquid_frac = 1, c.freeze_frac = 0, c.moving_frac = 0;
  const power_weather sea = {.elevation_m = 0, .design_dry_degc = 40, .design_wet_degc = 25};
  static const struct {
    const char *what;
    double      dry, load, want;
  } rows[] = {
  // free up to 21: fans at the speed (7 + 10) / (28 + 10 - 21) = 1
      {"just free",                  21,  1,   1.12 + 0.025                                                            },
      {"colder: slower fans, cubed", 4,   1,   1.12 + 0.025 * 0.125                                                    },
      {"never slower than a fifth",  -60, 1,   1.12 + 0.025 * 0.008                                                    },
 // half of it left: lift 26 - 28 + 15 = 13 K on an evaporator at 28 - 5 = 23 degC
      {"half is left to chillers",   26,  1,   1.12 + 0.5 * 13 / 296.15 / 0.55 + 0.025 * (1 + 0.5 * 13 / 296.15 / 0.55)},
      {"all of it",                  41,  1,   1.12 + 28 / 296.15 / 0.55 + 0.025 * (1 + 28 / 296.15 / 0.55)            },
 // losses at half load: 0.12 (0.25 / 0.5 + 0.35 + 0.2) = 0.12 x 1.05
      {"half load",                  21,  0.5, 1 + 0.126 + 0.025                                                       },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const double got = pue_at(&c, &sea, rows[i].dry, rows[i].dry - 5, rows[i].load);
    ck_assert_msg(fabs(got - rows[i].want) < 1e-12, "%s: %.12f, not %.12f", rows[i].what, got, rows[i].want);
  }
}
END_TEST

START_TEST(pue_is_never_below_one_and_rises_with_heat) {
  for (int k = POWER_SINK_NONE; k <= POWER_SINK_SPRAY; k++) {
    power_cooling c = cooling_design((power_sink)k);
    c.freeze_frac = 0, c.evaporates_above_degc = c.freeze_degc = -60;  // sprayed throughout
    for (int thin = 0; thin < 2; thin++) {
      c.base_pue_frac = thin ? 1.0 : 1.12;
      for (double load = 0.05; load <= 1.0; load += 0.19) {
        double last = 0;
        for (double t = -40; t <= 55; t += 0.5) {
          const double pue = pue_at(&c, &site, t, t - 6, load);
          ck_assert_msg(pue >= 1.0 && pue >= last && isfinite(pue), "sink %d, %g degC, load %g: %g", k, t, load, pue);
          last = pue;
        }
      }
    }
  }
}
END_TEST

START_TEST(designs_differ_as_they_should) {
  power_cooling dry = cooling_design(POWER_SINK_DRY), tower = cooling_design(POWER_SINK_TOWER), spray = cooling_design(POWER_SINK_SPRAY);
  const double  hot[2] = {38, 21};
  ck_assert(pue_at(&tower, &site, hot[0], hot[1], 1) < pue_at(&spray, &site, hot[0], hot[1], 1));
  ck_assert(pue_at(&spray, &site, hot[0], hot[1], 1) < pue_at(&dry, &site, hot[0], hot[1], 1));
  test_near(pue_at(&spray, &site, 10, 5, 1), pue_at(&dry, &site, 10, 5, 1), 1e-15);  // not wetted
  power_cooling warm = dry;
  warm.supply_degc = 40;  // warmer water needs less
  ck_assert(pue_at(&warm, &site, 36, 20, 1) < pue_at(&dry, &site, 36, 20, 1) - 0.05);
  power_weather high = site;
  high.elevation_m = 1900;  // thin air takes more to move
  ck_assert(pue_at(&dry, &high, 15, 10, 1) > pue_at(&dry, &site, 15, 10, 1) + 0.01);
  power_cooling icy = tower;
  icy.freeze_frac = 0;
  test_near(pue_at(&tower, &site, -12, -13, 0.5) - pue_at(&icy, &site, -12, -13, 0.5), 0.01,
            1e-12);  // half a percent of design
  test_near(pue_at(&tower, &site, 0, -2, 0.5), pue_at(&icy, &site, 0, -2, 0.5), 1e-15);
}
END_TEST

START_TEST(heat_beyond_the_design_throttles) {
  const power_cooling c = cooling_design(POWER_SINK_DRY);
  const double        dry[4] = {30, 39.7, 44.7, 70}, wet[4] = {20, 20, 20, 30}, it[4] = {1, 1, 1, 1};
  const double        want[4] = {1, 1, 0.8, 0};
  double              pue[4], limit[4];
  power_cooling_hours(&c, &site, dry, wet, it, 1.0, 4, pue, NULL, limit);
  for (int i = 0; i < 4; i++) test_near(limit[i], want[i], 1e-12);
}
END_TEST

START_TEST(water_goes_where_it_should) {
  power_cooling tower = cooling_design(POWER_SINK_TOWER), spray = cooling_design(POWER_SINK_SPRAY), dry = cooling_design(POWER_SINK_DRY);
  test_near(water_at(&dry, 35, 20), 0, 1e-12);
  test_near(water_at(&spray, 19, 12), 0, 1e-12);
  ck_assert(water_at(&spray, 35, 20) > 0.3);
  ck_assert(water_at(&tower, 35, 20) > water_at(&tower, 5, 2));
  power_cooling twice = tower;
  twice.cycles = 2;  // twice what evaporates, against 4 / 3 of it
  test_near(water_at(&twice, 20, 15) / water_at(&tower, 20, 15), 1.5, 1e-12);
  // 3.6 MJ of heat evaporate at most 1.467 kg (latent heat 2.454 MJ/kg), less what leaves as warm air
  ck_assert(water_at(&tower, 20, 15) < 1.467 * 4 / 3 * 1.2 && water_at(&tower, 20, 15) > 1.467 * 0.6);
}
END_TEST

// The plane for a tower's vapour against the balance of air that leaves saturated at wet bulb + 9 K.
START_TEST(vapour_by_the_balance) {
  power_cooling tower = cooling_design(POWER_SINK_TOWER);
  double        square = 0;
  int           n = 0;
  tower.cycles = 1e12, tower.carnot_frac = 1e12;  // no blow-down, no chiller work
  for (double wet = -10; wet <= 26; wet += 2)
    for (double gap = 1; gap <= 12; gap += 1) {
      const double dry = wet + gap, out = wet + 9, p = 960;
      const double s_wet = 0.621945 * power_saturation_hpa(wet) / (p - power_saturation_hpa(wet));
      const double s_out = 0.621945 * power_saturation_hpa(out) / (p - power_saturation_hpa(out));
      const double w = ((2501 - 2.326 * wet) * s_wet - 1.006 * gap) / (2501 + 1.86 * dry - 4.186 * wet);
      if (w < 0.0005) continue;  // drier than air gets
      const double h = 1.006 * dry + w * (2501 + 1.86 * dry), h_out = 1.006 * out + s_out * (2501 + 1.86 * out);
      const double share = 2454 * (s_out - w) / (h_out - h), got = water_at(&tower, dry, wet) / (3.6 / 2.454);
      square += (got - share) * (got - share);
      n++;
    }
  ck_assert_int_gt(n, 150);
  ck_assert_msg(sqrt(square / n) < 0.07, "deviation %g", sqrt(square / n));
}
END_TEST

// A year with days, seasons and weather of its own.
static void made_up_year(power_hours *h, int32_t *month, double *dry, double *wet) {
  for (int32_t t = 0; t < POWER_YEAR_HOURS; t++) {
    const double day = t / 24.0;
    month[t] = (int32_t)((t / 24) / 30.4375);  // of whole days
    dry[t] =
        15 - 15 * cos(day / 365 * 6.2831853) + 7 * sin(t / 24.0 * 6.2831853) + 4 * sin(t * 0.0317) + 3 * sin(t * 0.7);
    wet[t] = dry[t] - 1 - 0.25 * fabs(dry[t]) - 2 * sin(t * 0.011) * sin(t * 0.011);
  }
  *h = (power_hours){.n = POWER_YEAR_HOURS, .clock = 1, .month = month, .dry_degc = dry, .wet_degc = wet};
}

START_TEST(tables_equal_hours) {
  static int32_t month[POWER_YEAR_HOURS];
  static double  dry[POWER_YEAR_HOURS], wet[POWER_YEAR_HOURS], it[POWER_YEAR_HOURS], pue[POWER_YEAR_HOURS],
      water[POWER_YEAR_HOURS];
  power_hours h;
  made_up_year(&h, month, dry, wet);
  for (int k = POWER_SINK_NONE; k <= POWER_SINK_SPRAY; k++)
    for (int part = 0; part < 6; part++) {
      const double        load = 0.25 + part / 2 * 0.25, swing = part % 2 * 0.3;
      power_cooling       c = cooling_design((power_sink)k);
      power_cooling_table table;
      double              day[24], sum[POWER_MONTHS] = {0}, litres[POWER_MONTHS] = {0}, n[POWER_MONTHS] = {0};
      for (int i = 0; i < 24; i++) day[i] = load * (1 + swing * sin(i * 6.2831853071795862 / 24));
      power_cooling_table_fill(&c, &site, &h, day, &table);
      c.carnot_frac = 0.63, c.liquid_frac = 0.71, c.base_pue_frac = 1.09, c.cycles = 3,
      c.reject_frac = 0.031;  // drawn later
      for (int32_t t = 0; t < h.n; t++) it[t] = day[t % 24];
      power_cooling_hours(&c, &site, dry, wet, it, 1.0, h.n, pue, water, NULL);
      for (int32_t t = 0; t < h.n; t++) {
        sum[month[t]] += it[t] * pue[t], litres[month[t]] += it[t] * water[t], n[month[t]] += it[t];
      }
      for (int m = 0; m < POWER_MONTHS; m++) {
        test_near(power_table_pue(&c, &table, m, load), sum[m] / n[m], 1e-11);
        test_near(power_table_wue_l_per_kwh(&c, &table, m), litres[m] / n[m], 1e-11);
      }
    }
}
END_TEST

START_TEST(only_temperatures_need_a_new_table) {
  const power_cooling a = cooling_design(POWER_SINK_SPRAY);
  power_cooling       b = a;
  b.base_pue_frac = 1.2, b.liquid_frac = 0.1, b.carnot_frac = 0.7, b.reject_frac = 0.1, b.cycles = 9,
  b.freeze_frac = 0.1, b.moving_frac = 0;
  ck_assert_int_eq(power_cooling_table_differs(&a, &b), 0);
  b.supply_degc += 1;
  ck_assert_int_eq(power_cooling_table_differs(&a, &b), 1);
}
END_TEST

START_TEST(design_day_and_months) {
  const power_cooling dry = cooling_design(POWER_SINK_DRY), tower = cooling_design(POWER_SINK_TOWER);
  test_near(power_design_day_pue(&dry, &site), pue_at(&dry, &site, 36.7, 23.4, 1), 1e-15);
  power_weather_month july = {.dry_mean_degc = 28.2, .dry_sd_degc = 4.8, .wet_mean_degc = 20.2, .wet_sd_degc = 1.8};
  ck_assert(power_design_day_pue(&dry, &site) > power_pue(&dry, &july, site.elevation_m));
  july.dry_sd_degc = july.wet_sd_degc = 0;  // no spread: one hour
  test_near(power_pue(&dry, &july, site.elevation_m), pue_at(&dry, &site, 28.2, 20.2, 1), 1e-12);
  test_near(power_wue_l_per_kwh(&tower, &july), water_at(&tower, 28.2, 20.2), 1e-12);
}
END_TEST

TEST_LIST("cooling", hours_by_hand, pue_is_never_below_one_and_rises_with_heat, designs_differ_as_they_should,
          heat_beyond_the_design_throttles, water_goes_where_it_should, vapour_by_the_balance, tables_equal_hours,
          only_temperatures_need_a_new_table, design_day_and_months)
