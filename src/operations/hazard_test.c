// Tests of hazard.c.
#include "hazard.h"

#include <math.h>

#include "../../tests/test.h"

static const operations_shape *const shapes[] = {&operations_shape_hgx, &operations_shape_nvl72};

START_TEST(causes_sum_to_the_published_run) {
  double sum = 0;
  for (int i = 0; i < OPERATIONS_CAUSES; i++) {
    operations_cause c = operations_cause_of((operations_cause_id)i);
    if (c.level < OPERATIONS_LEVEL_RACK) sum += c.count;
    ck_assert_msg(c.per_unit_day > 0 && c.repair_h >= 0 && c.name[0], "%s", c.name);
  }
  test_near(sum, 419, 1e-9);  // arXiv:2407.21783, table 5
  double all = operations_all_per_day(&operations_shape_hgx, 16384) * 54;
  ck_assert(all > 419 && all < 1.06 * 419);  // correlated causes come on top
}
END_TEST

START_TEST(all_causes_over_node_failures) {
  for (int i = 0; i < 2; i++) {
    double ratio = operations_all_per_day(shapes[i], 1e5) / operations_node_out_per_day(shapes[i], 1e5);
    ck_assert(ratio >= 3 && ratio <= 4);
    ck_assert(operations_node_out_frac(shapes[i]) > 0 && operations_node_out_frac(shapes[i]) < 1);
  }
}
END_TEST

START_TEST(rates_are_in_proportion_to_nodes) {
  for (int i = 0; i < 2; i++)
    for (double gpus = 72; gpus < 2e6; gpus *= 7)
      test_near(operations_all_per_day(shapes[i], gpus) / operations_all_per_day(shapes[i], 1), gpus, 1e-9 * gpus);
}
END_TEST

START_TEST(readings_have_their_own_rate_back) {
  double mean, sd;
  for (int i = 0; i < OPERATIONS_READINGS; i++) {
    const operations_fleet_reading *r = &operations_fleet_readings[i];
    operations_shape                shape = operations_shape_hgx;
    if (r->a100) shape.memory_factor = OPERATIONS_A100_MEMORY;
    double rate = (r->node_only ? operations_node_out_per_day : operations_all_per_day)(&shape, 8);
    test_near(1000 * rate * operations_reading_multiplier(r), r->per_1000_node_day, 1e-9);
  }
  operations_multiplier_spread(OPERATIONS_READINGS, &mean, &sd);
  ck_assert(sd > 0.5 && sd < 2);
  // The default of racks in the catalogue, 50,676 h for one GPU, is Llama 3's fleet.
  test_near(operations_multiplier_of_mtbf(&operations_shape_hgx, 50676),
            operations_reading_multiplier(&operations_fleet_readings[0]), 1e-3);
}
END_TEST

START_TEST(age_is_a_bathtub) {
  double first = operations_age_factor(0, 30), young = operations_age_factor(180, 210),
         old = operations_age_factor(2200, 2230);
  test_near(operations_age_factor(364.25, 366.25), 1, 1e-9);
  ck_assert(first > 1.3 && first > young && old > 1.5);
  double halves = (operations_age_factor(0, 50) + operations_age_factor(50, 100)) / 2;  // a mean of means
  test_near(halves, operations_age_factor(0, 100), 1e-12);
}
END_TEST

TEST_LIST("hazard", causes_sum_to_the_published_run, all_causes_over_node_failures, rates_are_in_proportion_to_nodes,
          readings_have_their_own_rate_back, age_is_a_bathtub)
