// Tests of the fit: it finds planted constants, keeps within its box, and its medians are medians.
#include "validate_training_fit.h"

#include <math.h>

#include "../../tests/test.h"

enum { POINTS = 40 };

// y = x0 exp(-x1 t) + x2 max(t, 1), absolute errors; every fifth point is off by half.
static double       planted(const double *x, double t) { return x[0] * exp(-x[1] * t) + x[2] * fmax(t, 1.0); }
static const double truth[3] = {2.0, 0.7, 0.25};

static double planted_loss(const double *x, void *of) {
  int32_t *calls = of;
  double   sum = 0.0;
  (*calls)++;
  for (int i = 0; i < POINTS; i++) {
    double t = 0.1 * i, y = planted(truth, t) * (i % 5 == 2 ? 1.5 : 1.0);
    sum += fabs(log(planted(x, t) / y));
  }
  return sum / POINTS;
}

static const fit_box planted_box = {
    .n = 3, .least = {0.1, 0.0, 0.0},
         .most = {5.0, 2.0, 1.0}
};

START_TEST(planted_constants_are_found) {
  static const double starts[][3] = {
      {1.0, 1.0, 0.5},
      {5.0, 0.1, 0.9},
      {0.1, 2.0, 0.0}
  };
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
    double  x[3] = {starts[i][0], starts[i][1], starts[i][2]};
    int32_t calls = 0;
    fit_search(planted_loss, &calls, &planted_box, 5000, x);
    for (int k = 0; k < 3; k++) ck_assert_double_eq_tol(x[k], truth[k], 0.03 * truth[k]);
  }
}
END_TEST

START_TEST(the_loss_falls_and_calls_are_bounded) {
  double  x[3] = {9.0, -1.0, 0.5};  // outside: clamped
  int32_t calls = 0;
  double  before = planted_loss((double[]){5.0, 0.0, 0.5}, &calls);
  calls = 0;
  double after = fit_search(planted_loss, &calls, &planted_box, 50, x);
  ck_assert_int_le(calls, 50);
  ck_assert_double_lt(after, before);
  test_near(after, planted_loss(x, &calls), 1e-12);
  for (int k = 0; k < 3; k++) ck_assert(x[k] >= planted_box.least[k] && x[k] <= planted_box.most[k]);
}
END_TEST

static double outside(const double *x, void *of) {
  (void)of;
  return x[0] < 0.3 ? (double)NAN : x[0];
}

START_TEST(a_nan_is_no_improvement) {
  fit_box box = {.n = 1, .least = {0.0}, .most = {1.0}};
  double  x[1] = {0.9};
  test_near(fit_search(outside, NULL, &box, 1000, x), 0.3, 0.02);
}
END_TEST

START_TEST(medians) {
  double x[] = {9, 1, 5, 3};
  test_near(fit_median(x, 4), 4.0, 1e-15);
  ck_assert(isnan(fit_median(x, 0)));
  fit_weighted even[] =
      {
          {9, 1},
          {1, 1},
          {5, 1}
  },
               heavy[] = {{9, 10}, {1, 1}, {5, 1}};
  test_near(fit_weighted_median(even, 3), 5.0, 1e-15);
  test_near(fit_weighted_median(heavy, 3), 9.0, 1e-15);
  ck_assert(isnan(fit_weighted_median(even, 0)));
}
END_TEST

TEST_LIST("validate_training_fit", planted_constants_are_found, the_loss_falls_and_calls_are_bounded,
          a_nan_is_no_improvement, medians)
