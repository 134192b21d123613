// Tests of validate_score.c.
#include "validate_score.h"

#include <math.h>
#include <stdint.h>

#include "../../tests/test.h"
#include "../uncertainty/dist.h"
#include "../uncertainty/stream.h"

static double crps_by_pairs(const double *x, size_t n, double y) {
  double away = 0.0, apart = 0.0;
  for (size_t i = 0; i < n; i++) {
    away += fabs(x[i] - y) / (double)n;
    for (size_t j = 0; j < n; j++) apart += fabs(x[i] - x[j]) / (double)(n * n);
  }
  return away - apart / 2.0;
}

START_TEST(crps_equals_the_sum_over_pairs) {
  double x[40];
  for (uint32_t r = 0; r < 50; r++) {
    size_t n = 1 + r % 40;
    for (uint32_t i = 0; i < n; i++) x[i] = floor(8.0 * stream_uniform((stream){1, r, 0}, 5, i)) / 8.0;
    score_sort(x, n);
    double y = stream_uniform((stream){1, r, 0}, 6, 0);
    test_near(score_crps(x, n, y), crps_by_pairs(x, n, y), 1e-12);
  }
}
END_TEST

static const struct {
  const char *what;
  size_t      n;
  double      x[4], y, want;
} crps_rows[] = {
    {"one member: the distance",       1, {0.3},           0.8, 0.5 },
    {"certain and right",              3, {0.4, 0.4, 0.4}, 0.4, 0.0 },
    {"half and half, truth at an end", 2, {0, 1},          0,   0.25},
    {"half and half, truth between",   2, {0, 1},          0.5, 0.25},
};

START_TEST(crps_by_hand) {
  for (size_t r = 0; r < sizeof crps_rows / sizeof crps_rows[0]; r++)
    ck_assert_msg(fabs(score_crps(crps_rows[r].x, crps_rows[r].n, crps_rows[r].y) - crps_rows[r].want) < 1e-12, "%s",
                  crps_rows[r].what);
}
END_TEST

// CRPS of a standard normal at its mean: (sqrt 2 - 1) / sqrt pi = 0.23370 (Gneiting and Raftery 2007, eq. 5).
START_TEST(crps_of_a_normal) {
  enum { N = 2001 };
  double x[N];
  for (int i = 0; i < N; i++) x[i] = normal_quantile((i + 0.5) / N);
  test_near(score_crps(x, N, 0.0), 0.2336949772551, 1e-3);
}
END_TEST

START_TEST(quantiles_interpolate) {
  const double x[] = {0.0, 1.0, 3.0};
  test_near(score_quantile(x, 3, 0.0), 0.0, 1e-12);
  test_near(score_quantile(x, 3, 0.25), 0.5, 1e-12);
  test_near(score_quantile(x, 3, 0.75), 2.0, 1e-12);
  test_near(score_quantile(x, 3, 1.0), 3.0, 1e-12);
  test_near(score_quantile(x, 1, 0.4), 0.0, 1e-12);
}
END_TEST

// Truths drawn from the forecast give a uniform transform, ties and all; too wide a forecast does not.
START_TEST(pit_is_uniform_where_calibrated) {
  double right[20] = {0}, wide[20] = {0};
  for (uint32_t r = 0; r < 20000; r++) {
    stream s = {3, r, 0};
    double x[30], far[30];
    for (uint32_t i = 0; i < 30; i++) x[i] = floor(4.0 * stream_uniform(s, 1, i));
    double y = floor(4.0 * stream_uniform(s, 2, 0)), v = stream_uniform(s, 3, 0);
    for (int i = 0; i < 30; i++) far[i] = 1.5 + 3.0 * (x[i] - 1.5);
    score_sort(x, 30);
    score_sort(far, 30);
    right[(size_t)(20.0 * score_pit(x, 30, y, v))] += 1.0;
    wide[(size_t)(20.0 * score_pit(far, 30, y, v))] += 1.0;
  }
  ck_assert_double_lt(score_uniform_distance(right, 20), 0.02);
  ck_assert_double_gt(score_uniform_distance(wide, 20), 0.1);
}
END_TEST

START_TEST(distance_by_hand) {
  const double all_first[] = {5, 0, 0, 0}, even[] = {2, 2, 2, 2}, none[] = {0, 0};
  test_near(score_uniform_distance(all_first, 4), 0.75, 1e-12);
  test_near(score_uniform_distance(even, 4), 0.0, 1e-12);
  test_near(score_uniform_distance(none, 2), 0.0, 1e-12);
}
END_TEST

TEST_LIST("validate_score", crps_equals_the_sum_over_pairs, crps_by_hand, crps_of_a_normal, quantiles_interpolate,
          pit_is_uniform_where_calibrated, distance_by_hand)
