#include "bins.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/test.h"
#include "stream.h"

#define INF  ((double)INFINITY)
#define NONE ((double)NAN)

enum { N = 20000, MOST_COUNTS = 2 * (40 * 32 + 1) + 1 };

// A cell with its counters.
typedef struct filled {
  bins_cell cell;
  uint32_t  count[MOST_COUNTS];
} filled;

static void fill(filled *f, const bins_layout *layout, const double *value, size_t n) {
  ck_assert_uint_le(bins_size(layout), MOST_COUNTS);
  bins_clear(&f->cell, f->count, layout);
  for (size_t i = 0; i < n; i++) bins_add(&f->cell, f->count, layout, value[i]);
}

static bool same(const filled *a, const filled *b, const bins_layout *layout) {
  return a->cell.sum_high == b->cell.sum_high && a->cell.sum_low == b->cell.sum_low && a->cell.n == b->cell.n &&
         memcmp(&a->cell.least, &b->cell.least, sizeof(double)) == 0 &&
         memcmp(&a->cell.greatest, &b->cell.greatest, sizeof(double)) == 0 &&
         memcmp(a->count, b->count, bins_size(layout) * sizeof a->count[0]) == 0;
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Definition 7 of Hyndman & Fan on sorted values.
static double exact_quantile(const double *sorted, size_t n, double p) {
  const double at = p * (double)(n - 1);
  const size_t i = (size_t)at;
  return i + 1 < n ? sorted[i] + (sorted[i + 1] - sorted[i]) * (at - (double)i) : sorted[i];
}

// ---- Kinds of quantities, drawn ---------------------------------------------------------------------------

typedef enum shape { LOGNORMAL, WIDE, NORMAL, WHOLE, LOW_EDGES, TOP_EDGES, SHAPES } shape;
static const char *const shape_word[] = {"lognormal",     "twenty octaves", "normal",
                                         "whole numbers", "lower edges",    "upper edges"};

static double value_of(shape kind, uint32_t i) {
  const stream s = {.seed = 1, .scenario = i};
  const double z = stream_normal(s, stream_key("bins"), 0), u = stream_uniform(s, stream_key("bins"), 1);
  switch (kind) {
    case LOGNORMAL: return exp(5.0 + 0.3 * z);
    case WIDE: return exp2(20.0 * u - 5.0);
    case NORMAL: return 100.0 + 150.0 * z;
    case WHOLE: return floor(7.0 * u);
    case LOW_EDGES: return ldexp(1.0 + floor(32.0 * u) / 32.0, (int)(i % 5));
    case TOP_EDGES: return nextafter(ldexp(1.0 + (floor(32.0 * u) + 1.0) / 32.0, (int)(i % 5)), 0.0);
    default: return 0.0;
  }
}

static const bins_layout signed_layout = {.least = 0.01, .quantum = 1e-6, .octaves = 40, .sign = 1};

START_TEST(quantiles_err_by_less_than_one_bin) {
  static double x[N];
  static filled f;
  for (int kind = 0; kind < SHAPES; kind++) {
    for (uint32_t i = 0; i < N; i++) x[i] = value_of((shape)kind, i);
    fill(&f, &signed_layout, x, N);
    qsort(x, N, sizeof x[0], by_value);
    for (int k = 0; k <= 1000; k++) {
      const double want = exact_quantile(x, N, k / 1000.0);
      const double got = bins_quantile(&f.cell, f.count, &signed_layout, k / 1000.0);
      ck_assert_msg(fabs(got - want) <= fabs(want) / 32.0 + signed_layout.least, "%s, p = %g: %.17g for %.17g",
                    shape_word[kind], k / 1000.0, got, want);
    }
  }
}
END_TEST

START_TEST(smooth_values_err_far_less) {
  static double x[N];
  static filled f;
  for (uint32_t i = 0; i < N; i++) x[i] = value_of(LOGNORMAL, i);
  fill(&f, &signed_layout, x, N);
  qsort(x, N, sizeof x[0], by_value);
  for (int k = 5; k <= 95; k++) {
    const double want = exact_quantile(x, N, k / 100.0);
    ck_assert_double_eq_tol(bins_quantile(&f.cell, f.count, &signed_layout, k / 100.0), want, want / 300.0);
  }
}
END_TEST

START_TEST(many_quantiles_are_those_of_one_by_one) {
  static double       x[N];
  static filled       f;
  static const double p[] = {0, 0, 0.003, 0.1, 0.1, 0.5, 0.77, 0.9, 0.999, 1, 1};
  enum { MANY = sizeof p / sizeof p[0] };
  for (int kind = 0; kind < SHAPES; kind++)
    for (size_t n = 0; n <= N; n = n * 7 + 1) {
      double got[MANY];
      for (uint32_t i = 0; i < n; i++) x[i] = value_of((shape)kind, i);
      fill(&f, &signed_layout, x, n);
      bins_quantiles(&f.cell, f.count, 1, &signed_layout, p, MANY, got);
      for (size_t i = 0; i < MANY; i++) {
        double one = bins_quantile(&f.cell, f.count, &signed_layout, p[i]);
        ck_assert_msg(got[i] == one || (n == 0 && isnan(got[i]) && isnan(one)), "%s, %zu values, p = %g: %.17g, alone %.17g",
                      shape_word[kind], n, p[i], got[i], one);
      }
    }
}
END_TEST

START_TEST(quantiles_never_fall_and_end_in_the_extremes) {
  static double x[N];
  static filled f;
  for (int kind = 0; kind < SHAPES; kind++) {
    for (uint32_t i = 0; i < N; i++) x[i] = value_of((shape)kind, i);
    fill(&f, &signed_layout, x, 301);
    qsort(x, 301, sizeof x[0], by_value);
    ck_assert(bins_quantile(&f.cell, f.count, &signed_layout, 0.0) == x[0]);
    ck_assert(bins_quantile(&f.cell, f.count, &signed_layout, 1.0) == x[300]);
    double last = -INF;
    for (int k = 0; k <= 20000; k++) {
      const double q = bins_quantile(&f.cell, f.count, &signed_layout, k / 20000.0);
      ck_assert_msg(q >= last && q >= x[0] && q <= x[300], "%s, %d: %.17g after %.17g", shape_word[kind], k, q, last);
      last = q;
    }
  }
}
END_TEST

START_TEST(order_does_not_matter) {
  static double x[N];
  static filled there, back, sorted;
  for (int kind = 0; kind < SHAPES; kind++) {
    for (uint32_t i = 0; i < N; i++) x[i] = value_of((shape)kind, i);
    x[7] = 0.0, x[N - 7] = -0.0, x[9] = 1e300, x[11] = NONE;
    fill(&there, &signed_layout, x, N);
    for (size_t i = 0; i < N / 2; i++) {
      const double kept = x[i];
      x[i] = x[N - 1 - i], x[N - 1 - i] = kept;
    }
    fill(&back, &signed_layout, x, N);
    qsort(x, N, sizeof x[0], by_value);
    fill(&sorted, &signed_layout, x, N);
    ck_assert_msg(same(&there, &back, &signed_layout) && same(&there, &sorted, &signed_layout), "%s", shape_word[kind]);
  }
}
END_TEST

START_TEST(merged_is_as_added_one_by_one) {
  static double x[N];
  static filled all, part, sum;
  for (uint32_t i = 0; i < N; i++) x[i] = value_of(NORMAL, i);
  fill(&all, &signed_layout, x, N);
  bins_clear(&sum.cell, sum.count, &signed_layout);
  static const size_t cut[] = {0, 0, 1, 700, 13000, N};  // an empty part among them
  for (size_t i = 1; i < sizeof cut / sizeof cut[0]; i++) {
    fill(&part, &signed_layout, x + cut[i - 1], cut[i] - cut[i - 1]);
    bins_merge(&sum.cell, sum.count, &part.cell, part.count, &signed_layout);
  }
  ck_assert(same(&all, &sum, &signed_layout));
}
END_TEST

// ---- Cases ----------------------------------------------------------------------------------------------

START_TEST(small_cases_by_hand) {
  static const struct {
    const char *what;
    double      value[4];
    size_t      n;
    double      p, want, mean;
  } rows[] = {
      {"nothing",                          {0},                    0, 0.5,  NONE, NONE       },
      {"one value",                        {42.5},                 1, 0.3,  42.5, 42.5       },
      {"two values: half way",             {10.0, 20.0},           2, 0.5,  15.0, 15.0       },
      {"two values: a quarter",            {20.0, 10.0},           2, 0.25, 12.5, 15.0       },
      {"both signs",                       {-8.0, 8.0},            2, 0.5,  0.0,  0.0        },
      {"all zero",                         {0.0, 0.0, -0.0},       3, 0.7,  0.0,  0.0        },
      {"equal values",                     {3.3, 3.3, 3.3, 3.3},   4, 0.4,  3.3,  3.3        },
      {"below the least magnitude",        {0.001, -0.002, 0.003}, 3, 0.5,  0.0,  0.002 / 3.0},
      {"p above 1 is cut",                 {1.0, 2.0},             2, 1.7,  2.0,  1.5        },
      {"p below 0 is cut",                 {1.0, 2.0},             2, -3.0, 1.0,  1.5        },
      {"beyond the last bin",              {1e30, 3e30},           2, 0.5,  2e30, NONE       },
      {"never, mostly",                    {1.0, INF, INF},        3, 0.5,  INF,  INF        },
      {"never, rarely: a rank next to it", {1.0, 2.0, INF},        3, 0.75, INF,  INF        },
      {"both infinities",                  {-INF, INF},            2, 0.0,  -INF, NONE       },
      {"NaN is not counted",               {NONE, 6.0, NONE},      3, 0.5,  6.0,  6.0        },
  };
  static filled f;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    fill(&f, &signed_layout, rows[i].value, rows[i].n);
    const double got = bins_quantile(&f.cell, f.count, &signed_layout, rows[i].p);
    const double mean = bins_mean(&f.cell, &signed_layout), scale = 1e-12 * (1.0 + fabs(rows[i].want));
    const bool right = got == rows[i].want || fabs(got - rows[i].want) <= scale || (isnan(got) && isnan(rows[i].want));
    ck_assert_msg(right, "%s: %.17g for %.17g", rows[i].what, got, rows[i].want);
    if (isnan(rows[i].mean)) ck_assert_msg(isnan(mean) || fabs(mean) > 1e11, "%s: mean %g", rows[i].what, mean);
    else ck_assert_msg(mean == rows[i].mean || fabs(mean - rows[i].mean) <= 1e-6, "%s: mean %g", rows[i].what, mean);
  }
}
END_TEST

START_TEST(mean_is_that_of_rounded_values) {
  static double x[N];
  static filled f;
  double        sum = 0.0;
  for (uint32_t i = 0; i < N; i++) x[i] = value_of(NORMAL, i), sum += x[i];
  fill(&f, &signed_layout, x, N);
  ck_assert_double_eq_tol(bins_mean(&f.cell, &signed_layout), sum / N, signed_layout.quantum / 2.0);
}
END_TEST

START_TEST(sum_carries_past_64_bits_and_saturates_per_value) {
  const bins_layout cents = {.least = 1.0, .quantum = 0.01, .octaves = 40, .sign = 1};
  static filled     f;
  bins_clear(&f.cell, f.count, &cents);
  for (int i = 0; i < 1000; i++) bins_add(&f.cell, f.count, &cents, 4e16);  // 4e18 cents each: 64 bits end at the third
  ck_assert_double_eq_tol(bins_mean(&f.cell, &cents), 4e16, 16.0);
  for (int i = 0; i < 1000; i++) bins_add(&f.cell, f.count, &cents, -4e16);
  ck_assert(f.cell.sum_high == 0 && f.cell.sum_low == 0);
  bins_add(&f.cell, f.count, &cents, -1.0);
  ck_assert(f.cell.sum_high == -1 && f.cell.sum_low == -100);

  bins_clear(&f.cell, f.count, &cents);
  bins_add(&f.cell, f.count, &cents, -1e200);
  ck_assert(f.cell.sum_high == -1 && f.cell.sum_low == -((int64_t)1 << 62));
  ck_assert(f.cell.least == -1e200);
}
END_TEST

START_TEST(without_sign_negative_values_count_as_zero) {
  const bins_layout layout = {.least = 0.3, .quantum = 0.1, .octaves = 12, .sign = 0};
  const double      x[] = {-5.0, -4.0, -3.0, 1.0, 2.0};
  static filled     f;
  fill(&f, &layout, x, 5);
  ck_assert_uint_eq(bins_size(&layout), 12 * 32 + 2);
  ck_assert_uint_eq(f.count[0], 3);
  ck_assert(bins_quantile(&f.cell, f.count, &layout, 0.0) == -5.0);
  ck_assert(bins_quantile(&f.cell, f.count, &layout, 0.25) == 0.0);
  ck_assert_double_eq_tol(bins_mean(&f.cell, &layout), -1.8, 1e-12);
}
END_TEST

START_TEST(every_value_counts_once) {
  static filled f;
  const double  x[] = {0.01, nextafter(0.01, 0.0), 5e-324, 1e308, -1e308, -0.01, 1.0, 0.0};
  fill(&f, &signed_layout, x, 8);
  uint64_t sum = 0;
  for (size_t i = 0; i < bins_size(&signed_layout); i++) sum += f.count[i];
  ck_assert_uint_eq(sum, 8);
  const size_t side = 40 * 32 + 1;
  ck_assert_uint_eq(f.count[side], 3);      // zero, a denormal, and just below the least magnitude
  ck_assert_uint_eq(f.count[side + 1], 1);  // the least magnitude itself
  ck_assert_uint_eq(f.count[side - 1], 1);
  ck_assert_uint_eq(f.count[0], 1);  // beyond the last bin, either way
  ck_assert_uint_eq(f.count[2 * side], 1);
}
END_TEST

TEST_LIST("bins", quantiles_err_by_less_than_one_bin, smooth_values_err_far_less,
          many_quantiles_are_those_of_one_by_one,
          quantiles_never_fall_and_end_in_the_extremes, order_does_not_matter, merged_is_as_added_one_by_one,
          small_cases_by_hand, mean_is_that_of_rounded_values, sum_carries_past_64_bits_and_saturates_per_value,
          without_sign_negative_values_count_as_zero, every_value_counts_once)
