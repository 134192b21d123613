#include "compute.h"

#include <math.h>

#include "../../tests/test.h"
#include "../base/calendar.h"

static compute_rack nvl72(void) {
  return (compute_rack){.gpus = 72,
                        .superchip_gpus = 2,
                        .failure_gpus = 4,
                        .it_kw = 132,
                        .idle_frac = 0.25,
                        .price_usd = 3e6,
                        .network_frac = 0.24,
                        .acceptance_day = 75,
                        .life_day = 365.2425 * 5,
                        .mtbf_h = 50676,
                        .repair_h = 48,
                        .taken_out_frac = 0.25};
}

START_TEST(racks_by_hand) {
  const compute_rack rack = nvl72();
  test_near(compute_rack_cost_usd(&rack), 3.72e6, 1e-6);
  const compute_accelerator h100 = {.bf16_tflops = 989.5};
  test_near(compute_peak_flops(&h100, 16384) / 1.6212e19, 1, 1e-4);
  test_near(compute_availability(&rack, 1), 1 / (1 + 48 / 50676.0), 1e-15);
  test_near(compute_availability(&rack, 3), 1 / (1 + 3 * 48 / 50676.0), 1e-15);
  // Llama 3: 419 interruptions in 54 days on 16,384 H100 = one per 50,676 GPU-hours (arXiv:2407.21783 sec. 3.3.4).
  test_near(16384 * 54 * 24.0 / 419, 50676, 5);
  compute_rack poor = rack;
  poor.repair_h = 480;
  ck_assert(compute_availability(&poor, 1) < compute_availability(&rack, 1) && compute_availability(&poor, 1) > 0);
}
END_TEST

START_TEST(cohorts_against_quadrature) {  // midpoint rule over delivery and observation
  enum { STEPS = 400 };
  static const struct {
    const char *what;
    double      acceptance_day, life_day;
  } rows[] = {
      {"no ramp",               0,   1e6},
      {"half a month",          15,  1e6},
      {"75 days",               75,  1e6},
      {"ramp meets retirement", 200, 250},
      {"short life",            45,  400}
  };
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    compute_rack rack = nvl72();
    rack.acceptance_day = rows[r].acceptance_day, rack.life_day = rows[r].life_day;
    for (int32_t age = 0; age < 16; age++) {
      double standing = 0, accepted = 0;
      for (int i = 0; i < STEPS; i++) {
        for (int j = 0; j < STEPS; j++) {
          const double old_day = CALENDAR_DAYS_PER_MONTH * (age + (i - j + 0.0) / STEPS);
          if (old_day < 0 || old_day >= rack.life_day) continue;
          standing += 1;
          accepted += old_day >= rack.acceptance_day ? 1 : old_day / rack.acceptance_day;
        }
      }
      double stands, accepts;
      compute_cohort(&rack, age, &stands, &accepts);
      ck_assert_msg(fabs(stands - standing / STEPS / STEPS) < 2e-3, "%s, age %d", rows[r].what, age);
      // Racks that retire within their ramp count as wholly accepted when they go: an approximation, see the header.
      if (rack.acceptance_day < rack.life_day - 2 * CALENDAR_DAYS_PER_MONTH)
        ck_assert_msg(fabs(accepts - accepted / STEPS / STEPS) < 2e-3, "%s, age %d", rows[r].what, age);
      ck_assert(accepts >= 0 && accepts <= stands && stands <= 1);
    }
  }
}
END_TEST

START_TEST(fleet_is_the_sum_of_its_cohorts) {
  enum { MONTHS = 140 };
  static const double lives_day[] = {30, 100, 730, 1826.2, 1e9};
  for (size_t l = 0; l < sizeof lives_day / sizeof lives_day[0]; l++) {
    for (double ramp_day = 0; ramp_day < 400; ramp_day = ramp_day * 2 + 20) {
      compute_rack rack = nvl72();
      rack.life_day = lives_day[l], rack.acceptance_day = ramp_day;
      double delivered[MONTHS + 1] = {0}, by_age[MONTHS];
      for (int m = 0; m < MONTHS; m++) by_age[m] = 1 + 0.01 * m + 1.0 / (1 + m);
      for (int m = 0; m < MONTHS; m++) delivered[m + 1] = delivered[m] + (m * 7 % 5) * 10;
      for (int32_t m = 0; m < MONTHS; m++) {
        double standing = 0, accepted = 0, worn = 0;
        for (int32_t k = 0; k <= m; k++) {
          double stands, accepts;
          compute_cohort(&rack, m - k, &stands, &accepts);
          standing += (delivered[k + 1] - delivered[k]) * stands;
          accepted += (delivered[k + 1] - delivered[k]) * accepts;
          worn += (delivered[k + 1] - delivered[k]) * accepts * by_age[m - k];
        }
        compute_fleet fleet;
        compute_fleet_in(&rack, delivered, by_age, m, &fleet);
        test_near(fleet.racks, standing, 1e-9 * (1 + standing));
        test_near(fleet.accepted_gpus, 72 * accepted, 1e-9 * (1 + 72 * accepted));
        test_near(fleet.wear_frac, accepted > 0 ? worn / accepted : 1, 1e-9);
        test_near(fleet.schedulable_gpus, fleet.accepted_gpus * compute_availability(&rack, fleet.wear_frac),
                  1e-9 * (1 + standing));
        ck_assert(fleet.schedulable_gpus <= fleet.installed_gpus + 1e-9);
      }
    }
  }
}
END_TEST

START_TEST(a_hundred_thousand_gpus) {  // delivered evenly over ten months, then left alone
  const compute_rack rack = nvl72();
  double             delivered[41] = {0}, by_age[40];
  for (int m = 0; m < 40; m++) by_age[m] = 1;
  for (int m = 0; m < 40; m++) delivered[m + 1] = delivered[m] + (m < 10 ? 100800 / 72.0 / 10 : 0);
  compute_fleet fleet;
  compute_fleet_in(&rack, delivered, by_age, 5, &fleet);
  ck_assert(fleet.accepted_gpus < fleet.installed_gpus && fleet.accepted_gpus > 0);
  compute_fleet_in(&rack, delivered, by_age, 39, &fleet);
  test_near(fleet.installed_gpus, 100800, 1e-6);
  test_near(fleet.accepted_gpus, 100800, 1e-6);
  test_near(fleet.it_mw, 100800 / 72.0 * 0.132, 1e-6);  // 185 MW of IT
}
END_TEST

TEST_LIST("compute", racks_by_hand, cohorts_against_quadrature, fleet_is_the_sum_of_its_cohorts,
          a_hundred_thousand_gpus)
