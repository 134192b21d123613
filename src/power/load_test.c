#include "load.h"

#include <math.h>

#include "../../tests/test.h"

START_TEST(four_megawatts) {
  const power_chain  chain = power_chain_default();
  const power_ladder at = power_ladder_of(100000, 1.2, &chain, 1.25);
  test_near(at.gpu_mw, 120, 1e-9);
  test_near(at.server_mw, 120 * 1.53, 1e-9);
  test_near(at.it_mw, 120 * 1.53 * 1.14, 1e-9);
  test_near(at.facility_mw, 120 * 1.53 * 1.14 * 1.25, 1e-9);
}
END_TEST

START_TEST(training_is_steady_and_service_is_not) {
  power_work work = power_work_default(100);
  double     it[48];
  power_it_hours(&work, 0, 48, it);
  for (int t = 0; t < 48; t++) test_near(it[t], 90, 1e-12);
  work.training_frac = 0.5, work.serving_frac = 0.3;
  power_it_hours(&work, 0, 48, it);
  double sum = 0, most = 0, least = 1e9;
  for (int t = 0; t < 24; t++) {
    test_near(it[t], it[t + 24], 1e-12);
    sum += it[t] / 24, most = fmax(most, it[t]), least = fmin(least, it[t]);
  }
  test_near(sum, 100 * (0.5 * 0.9 + 0.3 * 0.65 + 0.2 * 0.3), 1e-9);
  test_near(most, it[14], 1e-9);  // 14:00 to 15:00 and the next hour are alike
  ck_assert(most - least > 100 * 0.3 * 0.65 * 0.25 * 1.9);
  double later[24];
  power_it_hours(&work, 6, 24, later);
  for (int t = 0; t < 24; t++) test_near(later[t], it[(t + 6) % 24], 1e-12);
  work.serving_swing_frac = 1;  // nights do not fall below idling
  power_it_hours(&work, 0, 24, it);
  for (int t = 0; t < 24; t++) ck_assert(it[t] >= 100 * (0.5 * 0.9 + 0.3 * 0.3 + 0.2 * 0.3) - 1e-9);
}
END_TEST

START_TEST(a_year_adds_up) {
  const double it[4] = {10, 20, 30, 40}, pue[4] = {1.1, 1.2, 1.3, 1.4}, water[4] = {0, 1, 2, 0},
               limit[4] = {99, 99, 25, 99};
  double     facility[4];
  power_year y;
  power_facility_hours(it, pue, water, limit, 0.5, 4, facility, &y);
  test_near(y.it_mwh, 0.5 * (10 + 20 + 25 + 40), 1e-12);
  test_near(y.throttled_mwh, 2.5, 1e-12);
  test_near(y.facility_mwh, 0.5 * (11 + 24 + 32.5 + 56), 1e-12);
  test_near(y.facility_mwh, 0.5 * (facility[0] + facility[1] + facility[2] + facility[3]), 1e-12);
  test_near(y.pue_frac, y.facility_mwh / y.it_mwh, 1e-15);
  test_near(y.water_m3, 0.5 * (20 + 50), 1e-12);
  test_near(y.peak_mw, 56, 1e-12);
  ck_assert_int_eq(y.peak_hour, 3);
  test_near(y.load_factor_frac, (11 + 24 + 32.5 + 56) / 4 / 56, 1e-12);
  power_facility_hours(it, pue, NULL, NULL, 1, 0, NULL, &y);
  test_near(y.pue_frac + y.load_factor_frac + y.wue_l_per_kwh, 0, 1e-12);  // no hours, no NaN
  test_near(power_design_peak_mw(100, 1.4), 140, 1e-12);
}
END_TEST

START_TEST(steps_and_what_takes_them) {
  static const struct {
    const char    *what;
    power_swing_in in;
    double         step, battery, grid, excess, training;
  } rows[] = {
      {"the grid takes it all",                 {1000, 0.3, 1, 10, 400, 0, 0, 0},      300, 0,   300, 0,   1        },
      {"half is too much",                      {1000, 0.3, 1, 10, 150, 0, 0, 0},      300, 0,   300, 150, 0.5      },
      {"four runs move apart",                  {1000, 0.3, 4, 10, 150, 0, 0, 0},      150, 0,   150, 0,   1        },
      {"a battery takes the rest",              {1000, 0.3, 1, 10, 150, 200, 100, 0},  300, 200, 100, 0,   1        },
      {"a battery of few megawatts",            {1000, 0.3, 1, 10, 150, 50, 100, 0},   300, 50,  250, 100, 2.0 / 3.0},
      {"of few megawatt-hours: 0.1 / (30 min)", {1000, 0.3, 1, 3600, 150, 200, 25, 0}, 300, 50,  250, 100, 2.0 / 3.0},
      {"software fills half",                   {1000, 0.3, 1, 10, 150, 0, 0, 0.5},    300, 0,   150, 0,   1        },
      {"nothing is trained",                    {0, 0.3, 1, 10, 0, 0, 0, 0},           0,   0,   0,   0,   1        },
      {"nothing takes it",                      {1000, 0.3, 1, 10, 0, 0, 0, 0},        300, 0,   300, 300, 0        },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const power_swing s = power_swing_of(&rows[i].in);
    ck_assert_msg(fabs(s.step_mw - rows[i].step) < 1e-9, "%s: step %g", rows[i].what, s.step_mw);
    ck_assert_msg(fabs(s.battery_mw - rows[i].battery) < 1e-9, "%s: battery %g", rows[i].what, s.battery_mw);
    ck_assert_msg(fabs(s.grid_mw - rows[i].grid) < 1e-9, "%s: grid %g", rows[i].what, s.grid_mw);
    ck_assert_msg(fabs(s.excess_mw - rows[i].excess) < 1e-9, "%s: excess %g", rows[i].what, s.excess_mw);
    ck_assert_msg(fabs(s.training_frac - rows[i].training) < 1e-9, "%s: training %g", rows[i].what, s.training_frac);
    test_near(s.filled_mw + s.battery_mw + s.grid_mw, s.step_mw, 1e-9);
  }
}
END_TEST

START_TEST(with_that_much_training_nothing_is_in_excess) {
  for (int i = 0; i < 500; i++) {
    power_swing_in in = {100.0 + i % 17 * 60, 0.05 + i % 5 * 0.15, 1 + i % 3,   2 + i % 7 * 100,
                         i % 11 * 40.0,       i % 6 * 50.0,        i % 4 * 3.0, i % 3 * 0.3};
    power_swing    s = power_swing_of(&in);
    in.training_mw *= s.training_frac;
    s = power_swing_of(&in);
    ck_assert_msg(s.excess_mw < 1e-9, "case %d: %g", i, s.excess_mw);
  }
}
END_TEST

TEST_LIST("load", four_megawatts, training_is_steady_and_service_is_not, a_year_adds_up, steps_and_what_takes_them,
          with_that_much_training_nothing_is_in_excess)
