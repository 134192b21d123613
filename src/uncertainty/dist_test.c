#include "dist.h"

#include <float.h>
#include <math.h>

#include "../../tests/test.h"
#include "stream.h"

#define ROWS(t) (sizeof(t) / sizeof((t)[0]))

static void assert_close(const char *what, double got, double want, double tolerance) {
  const double error = fabs(got - want), scale = fmax(fabs(want), DBL_MIN);
  ck_assert_msg(got == want || error <= tolerance * scale, "%s: got %.17g, want %.17g, relative error %.2g", what, got,
                want, error / scale);
}

// ---- Normal ---------------------------------------------------------------------------------------------

START_TEST(normal_quantile_meets_published_values) {
  // Wichura 1988 (AS 241), test values of PPND16; Fisher, Statistical Methods for Research Workers (1925), table I.
  static const struct {
    const char *what;
    double      p, want, tolerance;
  } rows[] = {
      {"AS 241, p = 0.25",  0.25,  -0.67448975019608171, 1e-15},
      {"AS 241, p = 0.001", 0.001, -3.0902323061678132,  1e-15},
      {"AS 241, p = 1e-20", 1e-20, -9.2623400897984083,  1e-15},
      {"Fisher, P = 0.20",  0.9,   1.281552,             4e-7 },
      {"Fisher, P = 0.10",  0.95,  1.644854,             4e-7 },
      {"Fisher, P = 0.05",  0.975, 1.959964,             4e-7 },
      {"median",            0.5,   0.0,                  0.0  },
  };
  for (size_t i = 0; i < ROWS(rows); i++)
    assert_close(rows[i].what, normal_quantile(rows[i].p), rows[i].want, rows[i].tolerance);
  ck_assert(isinf(normal_quantile(0.0)) && normal_quantile(0.0) < 0.0);
  ck_assert(isinf(normal_quantile(1.0)) && normal_quantile(1.0) > 0.0);
  ck_assert(isnan(normal_quantile(-0.1)) && isnan(normal_quantile(1.1)));
}
END_TEST

START_TEST(normal_cdf_meets_published_values) {
  // Abramowitz & Stegun (1964), table 26.1, fifteen decimals.
  assert_close("z = 0", normal_cdf(0.0), 0.5, 0.0);
  assert_close("z = 1", normal_cdf(1.0), 0.841344746068543, 1e-15);
  assert_close("z = 2", normal_cdf(2.0), 0.977249868051821, 1e-15);
  assert_close("z = 3", normal_cdf(3.0), 0.998650101968370, 1e-15);
}
END_TEST

START_TEST(normal_quantile_inverts_the_cdf_in_all_three_branches) {
  for (double z = -37.0; z <= 8.0; z += 0.01) {
    const double p = normal_cdf(z);
    // A rounding error of p moves z by eps p / density; two of them and one of z are allowed.
    const double density = exp(-0.5 * z * z) / sqrt(2.0 * 3.14159265358979324);
    const double allowed = 4.0 * DBL_EPSILON * (fabs(z) + 1.0) + 4.0 * DBL_EPSILON * p / density * (1.0 + z * z);
    ck_assert_msg(fabs(normal_quantile(p) - z) <= allowed, "z = %g: %g off", z, normal_quantile(p) - z);
  }
  for (double p = 0x1p-10; p < 0.5; p += 0x1p-10) ck_assert(normal_quantile(p) == -normal_quantile(1.0 - p));
}
END_TEST

// ---- Beta -----------------------------------------------------------------------------------------------

static const double some_p[] = {1e-12, 1e-6, 0.001, 0.01, 0.05, 0.2, 0.5, 0.7, 0.95, 0.99, 0.999999};

START_TEST(beta_quantile_meets_closed_forms) {
  for (size_t i = 0; i < ROWS(some_p); i++) {
    const double p = some_p[i], pi = 3.14159265358979324;
    const double allowed = p > 0.999 ? 1e-10 : 1e-12;  // so near 1, a rounding of p alone moves x by 1e-11
    for (int n = 1; n <= 200; n = 3 * n + 1) {
      assert_close("Beta(n, 1) = p^(1/n)", beta_quantile(p, n, 1.0), pow(p, 1.0 / n), allowed);
      assert_close("Beta(1, n) = 1 - (1 - p)^(1/n)", beta_quantile(p, 1.0, n), -expm1(log1p(-p) / n), allowed);
    }
    const double s = sin(0.5 * pi * p);
    assert_close("Beta(1/2, 1/2), the arcsine law", beta_quantile(p, 0.5, 0.5), s * s, 2e-14);
    if (p > 1e-4) {  // the closed form loses its digits below
      const double x = 0.5 - sin(asin(1.0 - 2.0 * p) / 3.0);
      assert_close("Beta(2, 2), the root of 3 x^2 - 2 x^3", beta_quantile(p, 2.0, 2.0), x, 1e-12);
    }
  }
}
END_TEST

START_TEST(beta_quantile_meets_published_t_and_f_tables) {
  // Abramowitz & Stegun (1964), table 26.10, Student's t, two-sided 5 %: x = n / (n + t^2), I_x(n/2, 1/2) = 0.05.
  static const struct {
    double n, t;
  } t_rows[] = {
      {1,   12.706},
      {2,   4.303 },
      {5,   2.571 },
      {10,  2.228 },
      {30,  2.042 },
      {120, 1.980 }
  };
  for (size_t i = 0; i < ROWS(t_rows); i++) {
    const double n = t_rows[i].n, x = beta_quantile(0.05, 0.5 * n, 0.5);
    ck_assert_double_eq_tol(sqrt(n * (1.0 - x) / x), t_rows[i].t, 0.0005001);
  }
  // Table 26.9: upper 5 % points of F; x = n1 F / (n1 F + n2), I_x(n1/2, n2/2) = 0.95.
  static const struct {
    double n1, n2, f;
  } f_rows[] = {
      {5,  10, 3.33 },
      {10, 5,  4.74 },
      {20, 20, 2.12 },
      {1,  60, 4.00 },
      {60, 2,  19.48}
  };
  for (size_t i = 0; i < ROWS(f_rows); i++) {
    const double n1 = f_rows[i].n1, n2 = f_rows[i].n2, x = beta_quantile(0.95, 0.5 * n1, 0.5 * n2);
    ck_assert_double_eq_tol(n2 * x / (n1 * (1.0 - x)), f_rows[i].f, 0.00501);
  }
}
END_TEST

START_TEST(beta_quantile_inverts_the_cdf) {
  static const double shapes[] = {0.05, 0.3, 0.9, 1.0, 1.5, 4.0, 30.0, 1000.0};
  for (size_t i = 0; i < ROWS(shapes); i++)
    for (size_t j = 0; j < ROWS(shapes); j++) {
      double last = -1.0;
      for (size_t k = 0; k < ROWS(some_p); k++) {
        const double a = shapes[i], b = shapes[j], p = some_p[k], x = beta_quantile(p, a, b);
        ck_assert_msg(x >= last && x >= 0.0 && x <= 1.0, "Beta(%g, %g) falls or leaves [0, 1] at p = %g", a, b, p);
        last = x;
        // Near the upper end the spacing of doubles allows no better than a few steps.
        const double up = beta_cdf(x * (1.0 + 4e-16), a, b), down = beta_cdf(x * (1.0 - 4e-16), a, b);
        const bool   near = fabs(beta_cdf(x, a, b) - p) <= 1e-11 * p;
        ck_assert_msg(near || (down <= p && p <= up), "Beta(%g, %g), p = %g: %.17g", a, b, p, beta_cdf(x, a, b));
      }
    }
}
END_TEST

// ---- Ranges ---------------------------------------------------------------------------------------------

START_TEST(ranges_meet_both_percentiles) {
  static const struct {
    const char *what;
    double      p5, p95;
    dist_scale  scale;
    double      low, high;
  } rows[] = {
      {"megawatts",       300,   450,   DIST_SCALE_POSITIVE, 0.0,               (double)INFINITY},
      {"dollars, wide",   1e3,   1e12,  DIST_SCALE_POSITIVE, (double)NAN,       (double)NAN     },
      {"fraction",        0.4,   1.0,   DIST_SCALE_BOUNDED,  0.0,               1.0             },
      {"fraction, inner", 0.1,   0.4,   DIST_SCALE_BOUNDED,  0.0,               1.0             },
      {"date, no bounds", 20423, 21366, DIST_SCALE_DATE,     0.0,               0.0             },
      {"real",            -0.02, 0.05,  DIST_SCALE_REAL,     -(double)INFINITY, (double)INFINITY},
  };
  for (size_t i = 0; i < ROWS(rows); i++) {
    dist d;
    ck_assert_msg(dist_from_range(rows[i].p5, rows[i].p95, rows[i].scale, rows[i].low, rows[i].high, &d), "%s",
                  rows[i].what);
    ck_assert_msg(dist_valid(&d, NULL), "%s", rows[i].what);
    assert_close(rows[i].what, dist_quantile(&d, NULL, 0.05), rows[i].p5, 1e-14);
    assert_close(rows[i].what, dist_quantile(&d, NULL, 0.95), rows[i].p95, 1e-14);
  }
}
END_TEST

START_TEST(a_date_slips_more_than_it_gains) {
  dist d;
  ck_assert(dist_from_range(20000, 20100, DIST_SCALE_DATE, 0, 0, &d));
  double low, high;
  dist_support(&d, NULL, &low, &high);
  ck_assert_double_eq_tol(low, 19900.0, 1e-9);
  ck_assert_double_eq_tol(dist_median(&d, NULL), 20000.0 + 100.0 * (sqrt(2.0) - 1.0), 1e-9);
  ck_assert_double_gt(dist_mean(&d, NULL), dist_median(&d, NULL));
}
END_TEST

START_TEST(impossible_ranges_are_refused) {
  static const struct {
    const char *what;
    double      p5, p95;
    dist_scale  scale;
    double      low, high;
  } rows[] = {
      {"equal",                             3,           3,                DIST_SCALE_REAL,     0, 0               },
      {"reversed",                          4,           3,                DIST_SCALE_POSITIVE, 0, (double)INFINITY},
      {"not a number",                      (double)NAN, 3,                DIST_SCALE_REAL,     0, 0               },
      {"infinite",                          1,           (double)INFINITY, DIST_SCALE_POSITIVE, 0, 0               },
      {"positive from zero",                0,           3,                DIST_SCALE_POSITIVE, 0, (double)INFINITY},
      {"below the bound",                   -0.1,        0.5,              DIST_SCALE_BOUNDED,  0, 1               },
      {"above the bound",                   0.5,         1.1,              DIST_SCALE_BOUNDED,  0, 1               },
      {"above the bound of a positive one", 5,           50,               DIST_SCALE_POSITIVE, 0, 20              },
      {"bounded without bounds",            0.5,         0.9,              DIST_SCALE_BOUNDED,  0, (double)INFINITY},
  };
  for (size_t i = 0; i < ROWS(rows); i++) {
    dist d = {.kind = DIST_CONSTANT, .a = 77.0};
    ck_assert_msg(!dist_from_range(rows[i].p5, rows[i].p95, rows[i].scale, rows[i].low, rows[i].high, &d), "%s",
                  rows[i].what);
    ck_assert_msg(d.kind == DIST_CONSTANT && d.a == 77.0, "%s: touched the result", rows[i].what);
  }
}
END_TEST

// ---- All kinds ------------------------------------------------------------------------------------------

static const double values[] = {-1.0, 0.0, 0.0, 2.0, 10.0};
static const double weights[] = {0.5, 0.3, 0.2, 0.7, 0.3};
static const dist   parts[] = {
      {.kind = DIST_LOGNORMAL, .a = 1.0,  .b = 0.5},
      {.kind = DIST_NORMAL,    .a = 10.0, .b = 2.0},
      {.kind = DIST_CONSTANT,  .a = 4.0 },
      {.kind = DIST_UNIFORM,              .a = 0.0,  .b = 1.0        },
      {.kind = DIST_UNIFORM,              .a = 3.0,  .b = 5.0},
};
static const dist_pool pool = {values, weights, parts};

// What is smooth enough for the mean to follow from many quantiles: error allowed there.
static const struct {
  const char *what;
  dist        d;
  bool        jumps;
  double      mean_error;
} kinds[] = {
    {"constant",                   {.kind = DIST_CONSTANT, .a = 5.0},                              true,  1e-12},
    {"normal",                     {.kind = DIST_NORMAL, .a = 5.0, .b = 2.0},                      false, 1e-5 },
    {"lognormal",                  {.kind = DIST_LOGNORMAL, .a = 1.0, .b = 0.5},                   false, 1e-3 },
    {"lognormal, shifted",         {.kind = DIST_LOGNORMAL, .a = 1.0, .b = 0.5, .c = 100.0},       false, 1e-3 },
    {"lognormal without spread",   {.kind = DIST_LOGNORMAL, .a = 0.0},                             true,  1e-12},
    {"uniform",                    {.kind = DIST_UNIFORM, .a = -1.0, .b = 3.0},                    false, 1e-9 },
    {"triangular",                 {.kind = DIST_TRIANGULAR, .a = 1.0, .b = 2.0, .c = 5.0},        false, 1e-5 },
    {"triangular, mode at an end", {.kind = DIST_TRIANGULAR, .a = 1.0, .b = 5.0, .c = 5.0},        false, 1e-5 },
    {"bounded",                    {.kind = DIST_BOUNDED, .a = 0.0, .b = 0.3, .c = 0.8, .d = 1.0}, false, 1e-5 },
    {"bounded, p5 at the bound",   {.kind = DIST_BOUNDED, .a = 0.0, .b = 0.0, .c = 0.8, .d = 1.0}, true,  1e-5 },
    {"Weibull",                    {.kind = DIST_WEIBULL, .a = 3.0, .b = 1.7},                     false, 1e-4 },
    {"Weibull, early failures",    {.kind = DIST_WEIBULL, .a = 3.0, .b = 0.7},                     false, 1e-2 },
    {"exponential",                {.kind = DIST_EXPONENTIAL, .a = 3.0},                           false, 1e-3 },
    {"beta",                       {.kind = DIST_BETA, .a = 2.0, .b = 5.0, .c = -1.0, .d = 1.0},   false, 1e-5 },
    {"Pareto",                     {.kind = DIST_PARETO, .a = 2.0, .b = 4.0},                      false, 1e-2 },
    {"event",                      {.kind = DIST_EVENT, .a = 0.3},                                 true,  1e-3 },
    {"table",                      {.kind = DIST_TABLE, .first = 0, .n = 5},                       true,  1e-3 },
    {"table of one",               {.kind = DIST_TABLE, .first = 3, .n = 1},                       true,  1e-12},
    {"mixture",                    {.kind = DIST_MIXTURE, .first = 0, .n = 3},                     true,  1e-3 },
    {"mixture with a gap",         {.kind = DIST_MIXTURE, .first = 3, .n = 2},                     false, 1e-3 },
};

START_TEST(every_kind_is_valid_and_bad_ones_are_not) {
  static const double unsorted[] = {1.0, 3.0, 2.0}, half[] = {0.5, 0.4};
  static const dist   nested[] = {
        {.kind = DIST_MIXTURE, .first = 0, .n = 1},
        {.kind = DIST_CONSTANT             }
  };
  static const struct {
    const char *what;
    dist        d;
  } bad[] = {
      {"negative sd",           {.kind = DIST_NORMAL, .b = -1.0}                              },
      {"infinite",              {.kind = DIST_UNIFORM, .a = 0.0, .b = (double)INFINITY}       },
      {"uniform reversed",      {.kind = DIST_UNIFORM, .a = 1.0, .b = 0.0}                    },
      {"mode outside",          {.kind = DIST_TRIANGULAR, .a = 0.0, .b = 2.0, .c = 1.0}       },
      {"bounded not in order",  {.kind = DIST_BOUNDED, .a = 0.0, .b = 0.5, .c = 0.4, .d = 1.0}},
      {"Weibull without shape", {.kind = DIST_WEIBULL, .a = 1.0}                              },
      {"beta without shape",    {.kind = DIST_BETA, .a = 1.0, .d = 1.0}                       },
      {"probability above 1",   {.kind = DIST_EVENT, .a = 1.1}                                },
      {"empty table",           {.kind = DIST_TABLE}                                          },
      {"unsorted table",        {.kind = DIST_TABLE, .n = 3}                                  },
      {"nested mixture",        {.kind = DIST_MIXTURE, .n = 1}                                },
      {"weights not 1",         {.kind = DIST_MIXTURE, .first = 0, .n = 2}                    },
  };
  const dist_pool wrong = {unsorted, half, nested};
  for (size_t i = 0; i < ROWS(kinds); i++) ck_assert_msg(dist_valid(&kinds[i].d, &pool), "%s", kinds[i].what);
  for (size_t i = 0; i < ROWS(bad); i++) ck_assert_msg(!dist_valid(&bad[i].d, &wrong), "%s", bad[i].what);
}
END_TEST

START_TEST(quantile_never_falls_and_stays_in_the_support) {
  for (size_t i = 0; i < ROWS(kinds); i++) {
    const dist *d = &kinds[i].d;
    double      low, high, last = -(double)INFINITY;
    dist_support(d, &pool, &low, &high);
    for (int k = 0; k < 2000; k++) {
      const double x = dist_quantile(d, &pool, (k + 0.5) / 2000.0);
      ck_assert_msg(x >= last && x >= low && x <= high, "%s at %d: %.17g after %.17g", kinds[i].what, k, x, last);
      last = x;
    }
    const double least = dist_quantile(d, &pool, 0x1p-53), most = dist_quantile(d, &pool, 1.0 - 0x1p-53);
    ck_assert_msg(isfinite(least) && isfinite(most) && least >= low && most <= high, "%s: ends", kinds[i].what);
  }
}
END_TEST

START_TEST(cdf_and_quantile_are_inverse) {
  for (size_t i = 0; i < ROWS(kinds); i++) {
    const dist *d = &kinds[i].d;
    for (int k = 0; k < 1000; k++) {
      const double u = (k + 0.5) / 1000.0, x = dist_quantile(d, &pool, u), f = dist_cdf(d, &pool, x);
      // The quantile is the least x whose probability reaches u: at a jump f may exceed u, just below x it must not.
      const double below = dist_cdf(d, &pool, x - 1e-9 * (1.0 + fabs(x)));
      ck_assert_msg(f >= u - 1e-11 && below <= u + 1e-11, "%s, u = %g: x = %.17g, f = %.17g", kinds[i].what, u, x, f);
      if (!kinds[i].jumps) ck_assert_msg(fabs(f - u) <= 1e-11, "%s, u = %g: f = %.17g", kinds[i].what, u, f);
    }
  }
}
END_TEST

START_TEST(of_normal_is_the_quantile_of_phi) {
  for (size_t i = 0; i < ROWS(kinds); i++)
    for (double z = -6.0; z <= 5.0; z += 0.0371) {
      const double got = dist_of_normal(&kinds[i].d, &pool, z);
      const double want = dist_quantile(&kinds[i].d, &pool, normal_cdf(z));
      ck_assert_msg(fabs(got - want) <= 1e-9 * (1.0 + fabs(want)), "%s, z = %g: %.17g, %.17g", kinds[i].what, z, got,
                    want);
    }
}
END_TEST

START_TEST(extreme_normals_stay_finite) {
  for (size_t i = 0; i < ROWS(kinds); i++) {
    ck_assert_msg(isfinite(dist_of_normal(&kinds[i].d, &pool, 40.0)), "%s", kinds[i].what);
    ck_assert_msg(isfinite(dist_of_normal(&kinds[i].d, &pool, -40.0)), "%s", kinds[i].what);
  }
}
END_TEST

START_TEST(mean_is_the_average_of_the_quantiles) {
  for (size_t i = 0; i < ROWS(kinds); i++) {
    const int n = 4000;
    double    sum = 0.0;
    for (int k = 0; k < n; k++) sum += dist_quantile(&kinds[i].d, &pool, (k + 0.5) / n);
    const double mean = dist_mean(&kinds[i].d, &pool);
    ck_assert_msg(fabs(sum / n - mean) <= kinds[i].mean_error * fabs(mean) + 1e-4, "%s: %.12g, mean %.12g",
                  kinds[i].what, sum / n, mean);
  }
  ck_assert(isinf(dist_mean(&(dist){.kind = DIST_PARETO, .a = 1.0, .b = 1.0}, NULL)));
}
END_TEST

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

START_TEST(draws_follow_the_distribution) {
  enum { N = 4000 };
  static double x[N];
  for (size_t i = 0; i < ROWS(kinds); i++) {
    const dist *d = &kinds[i].d;
    for (uint32_t k = 0; k < N; k++)
      x[k] = dist_of_normal(d, &pool, stream_normal((stream){.seed = 5, .scenario = k}, stream_key(kinds[i].what), 0));
    qsort(x, N, sizeof x[0], by_value);
    // Kolmogorov-Smirnov, either side of each jump of the sample; 1.95 / sqrt(n) is exceeded once in a thousand.
    double most = 0.0;
    for (int k = 0; k < N; k++) {
      const bool   last_of_ties = k + 1 == N || x[k + 1] > x[k];
      const double f = dist_cdf(d, &pool, x[k]);
      if (last_of_ties) most = fmax(most, fabs((k + 1.0) / N - f));
    }
    ck_assert_msg(most <= 1.95 / sqrt(N), "%s: distance %g", kinds[i].what, most);
  }
}
END_TEST

START_TEST(quantiles_meet_closed_forms) {
  // clang-format off
  static const struct {
    const char *what;
    dist        d;
    double      u, want;
  } rows[] = {
      {"median of an exponential: ln 2", {.kind = DIST_EXPONENTIAL, .a = 1.0}, 0.5, 0.69314718055994531},
      {"Weibull scale at 1 - 1/e", {.kind = DIST_WEIBULL, .a = 7.0, .b = 2.3}, 0.63212055882855768, 7.0},
      {"Pareto 80/20 index: upper quarter", {.kind = DIST_PARETO, .a = 1.0, .b = 2.0}, 0.75, 2.0},
      {"median of a lognormal", {.kind = DIST_LOGNORMAL, .a = 0.0, .b = 1.0, .c = 3.0}, 0.5, 4.0},
      {"triangular at its mode", {.kind = DIST_TRIANGULAR, .a = 0.0, .b = 1.0, .c = 4.0}, 0.25, 1.0},
      {"bounded, centre", {.kind = DIST_BOUNDED, .a = 0.0, .b = 0.2, .c = 0.6, .d = 1.0}, 0.5, 0.4},
      {"bounded, beyond p95", {.kind = DIST_BOUNDED, .a = 0.0, .b = 0.2, .c = 0.6, .d = 1.0}, 0.975, 0.8},
      {"no event", {.kind = DIST_EVENT, .a = 0.3}, 0.69, 0.0},
      {"event", {.kind = DIST_EVENT, .a = 0.3}, 0.71, 1.0},
      {"impossible event", {.kind = DIST_EVENT, .a = 0.0}, 1.0 - 0x1p-53, 0.0},
      {"sure event", {.kind = DIST_EVENT, .a = 1.0}, 0x1p-53, 1.0},
      {"table: middle value", {.kind = DIST_TABLE, .first = 0, .n = 5}, 0.5, 0.0},
      {"table: between the last two", {.kind = DIST_TABLE, .first = 0, .n = 5}, 0.8, 6.0},
      {"table: beyond the last", {.kind = DIST_TABLE, .first = 0, .n = 5}, 0.95, 10.0},
      {"mixture with a gap: within the first", {.kind = DIST_MIXTURE, .first = 3, .n = 2}, 0.35, 0.5},
      {"mixture with a gap: within the second", {.kind = DIST_MIXTURE, .first = 3, .n = 2}, 0.85, 4.0},
  };
  // clang-format on
  for (size_t i = 0; i < ROWS(rows); i++)
    assert_close(rows[i].what, dist_quantile(&rows[i].d, &pool, rows[i].u), rows[i].want, 4e-14);
}
END_TEST

START_TEST(a_mixture_meets_its_constant_exactly) {
  const dist  *d = &(dist){.kind = DIST_MIXTURE, .first = 0, .n = 3};
  const double below = dist_cdf(d, &pool, 4.0 - 1e-12);
  ck_assert(dist_quantile(d, &pool, below + 0.01) == 4.0);
  ck_assert(dist_quantile(d, &pool, below + 0.19) == 4.0);
  ck_assert(dist_quantile(d, &pool, below + 0.21) > 4.0);
}
END_TEST

TEST_LIST("dist", normal_quantile_meets_published_values, normal_cdf_meets_published_values,
          normal_quantile_inverts_the_cdf_in_all_three_branches, beta_quantile_meets_closed_forms,
          beta_quantile_meets_published_t_and_f_tables, beta_quantile_inverts_the_cdf, ranges_meet_both_percentiles,
          a_date_slips_more_than_it_gains, impossible_ranges_are_refused, every_kind_is_valid_and_bad_ones_are_not,
          quantile_never_falls_and_stays_in_the_support, cdf_and_quantile_are_inverse, of_normal_is_the_quantile_of_phi,
          extreme_normals_stay_finite, mean_is_the_average_of_the_quantiles, draws_follow_the_distribution,
          quantiles_meet_closed_forms, a_mixture_meets_its_constant_exactly)
