#include "sensitivity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/test.h"
#include "dist.h"
#include "stream.h"

#define NONE ((double)NAN)

enum { N_INPUT = 4, N_OUTCOME = 6, N = 40000 };

// Outcomes of four independent inputs z, u = Phi(z); the fourth does nothing.
typedef enum outcome { LINEAR_U, LINEAR_Z, PROMISE, PRODUCT, HUMP, SOMETIMES } outcome;

static const sensitivity_scale scale[N_OUTCOME] = {
    {0.0,     1e-6},
    {0.0,     1e-6},
    {0.0,     1.0 },
    {0.0,     1e-6},
    {0.0,     1e-6},
    {20000.0, 0.01}
};

static void scenario_of(uint32_t i, double z[N_INPUT], double y[N_OUTCOME]) {
  double u[N_INPUT];
  for (uint64_t k = 0; k < N_INPUT; k++) {
    z[k] = stream_normal((stream){.seed = 1, .scenario = i}, stream_key_join(stream_key("input"), k), 0);
    u[k] = normal_cdf(z[k]);
  }
  y[LINEAR_U] = u[0] + 2.0 * u[1];
  y[LINEAR_Z] = z[0] - 2.0 * z[1];
  y[PROMISE] = u[2] < 0.3;
  y[PRODUCT] = (u[0] - 0.5) * (u[1] - 0.5);
  y[HUMP] = fabs(u[0] - 0.5);
  y[SOMETIMES] = u[0] < 0.55 ? 20000.0 + 100.0 * u[1] : NONE;
}

static sensitivity *tally_new(void) {
  sensitivity *s = malloc(sizeof *s);
  void        *memory = malloc(sensitivity_bytes(N_INPUT, N_OUTCOME));
  ck_assert(s && memory);
  sensitivity_init(s, memory, N_INPUT, N_OUTCOME, scale);
  return s;
}

static void tally_free(sensitivity *s) {
  free(s->sum);
  free(s);
}

static void tally_add(sensitivity *s, uint32_t first, uint32_t end) {
  for (uint32_t i = first; i < end; i++) {
    double z[N_INPUT], y[N_OUTCOME];
    scenario_of(i, z, y);
    sensitivity_add(s, z, y);
  }
}

// ---- Known shares ---------------------------------------------------------------------------------------

START_TEST(shares_are_those_of_the_formula) {
  // Deciles of u hold 99 % of its variance; those of z 95.9 % (sum of squares of the ten means of a cut normal, / 10).
  const double of_u = 0.99, of_z = 0.95905;
  const struct {
    const char *what;
    int32_t     input;
    outcome     of;
    double      share, trend;  // correlation with the decile: of u sqrt(0.99), of z 0.96715
  } rows[] = {
      {"u0 + 2 u1, first",                   0, LINEAR_U,  of_u / 5.0,       sqrt(of_u / 5.0)          },
      {"u0 + 2 u1, second",                  1, LINEAR_U,  of_u * 4.0 / 5.0, sqrt(of_u * 4.0 / 5.0)    },
      {"u0 + 2 u1, other",                   3, LINEAR_U,  0.0,              0.0                       },
      {"z0 - 2 z1, first",                   0, LINEAR_Z,  of_z / 5.0,       0.96715 * sqrt(1.0 / 5.0) },
      {"z0 - 2 z1, second",                  1, LINEAR_Z,  of_z * 4.0 / 5.0, -0.96715 * sqrt(4.0 / 5.0)},
      {"a promise that one input decides",   2, PROMISE,   1.0,              -1.05 / sqrt(8.25 * 0.21) },
      {"a promise, other input",             0, PROMISE,   0.0,              0.0                       },
      {"a product has no first-order share", 0, PRODUCT,   0.0,              0.0                       },
      {"a hump has a share but no trend",    0, HUMP,      0.96,             0.0                       },
      {"missing in some scenarios",          1, SOMETIMES, of_u,             sqrt(of_u)                },
  };
  sensitivity *s = tally_new();
  tally_add(s, 0, N);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const sensitivity_effect e = sensitivity_of(s, rows[i].input, (int32_t)rows[i].of);
    ck_assert_msg(fabs(e.share_frac - rows[i].share) <= 0.015, "%s: share %g", rows[i].what, e.share_frac);
    ck_assert_msg(fabs(e.trend - rows[i].trend) <= 0.02, "%s: trend %g", rows[i].what, e.trend);
  }
  tally_free(s);
}
END_TEST

START_TEST(low_and_high_are_means_of_the_outer_deciles) {
  sensitivity *s = tally_new();
  tally_add(s, 0, N);
  const sensitivity_effect u = sensitivity_of(s, 0, LINEAR_U), p = sensitivity_of(s, 2, PROMISE);
  ck_assert_double_eq_tol(u.low, 1.05, 0.05);  // 0.05 + 2 * 0.5
  ck_assert_double_eq_tol(u.high, 1.95, 0.05);
  ck_assert(p.low == 1.0 && p.high == 0.0);
  const sensitivity_effect d = sensitivity_of(s, 1, SOMETIMES), gone = sensitivity_of(s, 0, SOMETIMES);
  ck_assert_double_eq_tol(d.low, 20005.0, 0.5);
  ck_assert(isnan(gone.high) && !isnan(gone.low));  // never there where the first input is high
  tally_free(s);
}
END_TEST

START_TEST(an_idle_input_exceeds_the_noise_once_in_twenty) {
  int    above = 0;
  double sum = 0.0;
  for (uint32_t k = 0; k < 400; k++) {
    sensitivity *s = tally_new();
    tally_add(s, 200 * k, 200 * (k + 1));
    const sensitivity_effect e = sensitivity_of(s, 3, LINEAR_Z);
    above += e.share_frac > e.noise_frac;
    sum += e.share_frac;
    tally_free(s);
  }
  // 20 expected, sd 4.4; five sds either way. The cut at zero leaves a small mean share.
  ck_assert_int_ge(above, 1);
  ck_assert_int_le(above, 42);
  ck_assert_double_lt(sum / 400.0, 0.02);
}
END_TEST

// ---- The same for any order -------------------------------------------------------------------------------

START_TEST(order_and_parts_do_not_matter) {
  sensitivity *all = tally_new(), *sum = tally_new();
  tally_add(all, 0, 1000);
  static const uint32_t cut[][2] = {
      {600, 1000},
      {0,   0   },
      {1,   600 },
      {0,   1   }
  };  // out of order, one empty
  for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
    sensitivity *part = tally_new();
    for (uint32_t k = cut[i][1]; k > cut[i][0]; k--) tally_add(part, k - 1, k);
    sensitivity_merge(sum, part);
    tally_free(part);
  }
  const size_t cells = N_INPUT * SENSITIVITY_DECILES * N_OUTCOME;
  ck_assert(memcmp(all->sum, sum->sum, (cells + 3 * N_OUTCOME) * sizeof(int64_t)) == 0);  // totals and squares follow
  ck_assert(memcmp(all->n, sum->n, cells * sizeof(uint32_t)) == 0);
  tally_free(all);
  tally_free(sum);
}
END_TEST

// ---- Edges ----------------------------------------------------------------------------------------------

START_TEST(deciles_are_those_of_the_normal) {
  const sensitivity_scale one = {0.0, 1.0};
  void                   *memory = malloc(sensitivity_bytes(1, 1));
  for (int d = 1; d < SENSITIVITY_DECILES; d++) {
    sensitivity s;
    sensitivity_init(&s, memory, 1, 1, &one);
    const double end = normal_quantile(d / 10.0), y = 1.0;
    sensitivity_add(&s, &(double){end - 1e-9}, &y);
    sensitivity_add(&s, &(double){end + 1e-9}, &y);
    ck_assert_msg(s.n[d - 1] == 1 && s.n[d] == 1, "decile %d", d);
  }
  free(memory);
}
END_TEST

START_TEST(no_answer_without_enough_or_without_variation) {
  sensitivity *s = tally_new();
  ck_assert(isnan(sensitivity_of(s, 0, 0).share_frac));
  tally_add(s, 0, 10);
  ck_assert(isnan(sensitivity_of(s, 0, LINEAR_U).share_frac));
  for (int i = 0; i < 50; i++)
    sensitivity_add(s, (double[N_INPUT]){0}, (double[N_OUTCOME]){NONE, NONE, NONE, NONE, NONE, 20005.0});
  ck_assert(!isnan(sensitivity_of(s, 0, SOMETIMES).share_frac));
  ck_assert(isnan(sensitivity_of(s, 0, LINEAR_U).share_frac));
  tally_free(s);
  s = tally_new();
  for (int i = 0; i < 50; i++) sensitivity_add(s, (double[N_INPUT]){0}, (double[N_OUTCOME]){1, 1, 1, 1, 1, 1});
  ck_assert(isnan(sensitivity_of(s, 0, PROMISE).share_frac) && isnan(sensitivity_of(s, 0, PROMISE).trend));
  tally_free(s);
}
END_TEST

START_TEST(infinite_outcomes_saturate) {
  sensitivity *s = tally_new();
  for (uint32_t i = 0; i < 1000; i++) {
    double z[N_INPUT], y[N_OUTCOME];
    scenario_of(i, z, y);
    y[PROMISE] = z[2] > 0.0 ? (double)INFINITY : -(double)INFINITY;
    sensitivity_add(s, z, y);
  }
  const sensitivity_effect e = sensitivity_of(s, 2, PROMISE);
  ck_assert_double_eq_tol(e.share_frac, 1.0, 1e-12);
  ck_assert(e.high == 2147483647.0 && e.low == -2147483647.0);
  tally_free(s);
}
END_TEST

START_TEST(sizes_that_cannot_be_are_refused) {
  ck_assert_uint_eq(sensitivity_bytes(-1, 3), 0);
  ck_assert_uint_eq(sensitivity_bytes(3, -1), 0);
  ck_assert_uint_eq(sensitivity_bytes(INT32_MAX, INT32_MAX), 0);
  ck_assert_uint_gt(sensitivity_bytes(0, 0), 0);
}
END_TEST

TEST_LIST("sensitivity", shares_are_those_of_the_formula, low_and_high_are_means_of_the_outer_deciles,
          an_idle_input_exceeds_the_noise_once_in_twenty, order_and_parts_do_not_matter,
          deciles_are_those_of_the_normal, no_answer_without_enough_or_without_variation, infinite_outcomes_saturate,
          sizes_that_cannot_be_are_refused)
