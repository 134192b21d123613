// Tests of gate.c.
#include "gate.h"

#include <math.h>
#include <stdlib.h>

#include "../../tests/test.h"

static double uniform(uint64_t *s) {  // splitmix64: Steele, Lea, Flood 2014
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *s) {  // Box and Muller 1958
  return sqrt(-2.0 * log(uniform(s))) * cos(6.283185307179586 * uniform(s));
}

typedef struct gate_mean {
  double delay_day, rounds, bilateral_frac;
} gate_mean;

static gate_mean mean_of(build_gate_terms t, int runs) {
  gate_mean m = {0, 0, 0};
  uint64_t  s = 7;
  size_t    nz = build_gate_normals(&t), nu = build_gate_uniforms(&t);
  double   *z = calloc(nz + 1, sizeof *z), *u = calloc(nu + 1, sizeof *u);
  for (int k = 0; k < runs; k++) {
    for (size_t i = 0; i < nz; i++) z[i] = normal(&s);
    for (size_t i = 0; i < nu; i++) u[i] = uniform(&s);
    build_gate_result r = build_gate_run(&t, z, u);
    m.delay_day += r.delay_day / runs;
    m.rounds += (double)r.rounds / runs;
    m.bilateral_frac += (double)r.bilateral / runs;
  }
  free(z);
  free(u);
  return m;
}

static const struct {
  const char       *what;
  build_gate_terms  terms;
  double            z[6], u[6];
  build_gate_result want;
} gate_rows[] = {
    {"nobody asked",                            {0, 3, 30, 0.5, 0.5}, {0},                       {0},             {0, 0, 0} },
    {"one decider never disagrees with itself", {1, 3, 30, 0.0, 1.0}, {0},                       {0},             {30, 1, 0}},
    {"the slowest sets the round",              {2, 1, 10, 1.0, 0.0}, {0.0, 0.6931471805599453}, {0.5},           {20, 1, 0}},
    {"one disagreement, two rounds",            {2, 3, 10, 0.0, 0.3}, {0},                       {0.1, 0.9, 0.9}, {20, 2, 0}},
    {"never agree: bilateral after the last",   {2, 3, 10, 0.0, 0.3}, {0},                       {0.1, 0.2, 0.0}, {30, 3, 1}},
    {"a chance of nought never strikes",        {2, 3, 10, 0.0, 0.0}, {0},                       {0.0, 0.0, 0.0}, {10, 1, 0}},
};

START_TEST(rows_by_hand) {
  for (size_t r = 0; r < sizeof gate_rows / sizeof gate_rows[0]; r++) {
    build_gate_result got = build_gate_run(&gate_rows[r].terms, gate_rows[r].z, gate_rows[r].u);
    ck_assert_msg(fabs(got.delay_day - gate_rows[r].want.delay_day) < 1e-9, "%s", gate_rows[r].what);
    ck_assert_msg(got.rounds == gate_rows[r].want.rounds, "%s", gate_rows[r].what);
    ck_assert_msg(got.bilateral == gate_rows[r].want.bilateral, "%s", gate_rows[r].what);
  }
}
END_TEST

START_TEST(expected_delay_grows_with_deciders) {
  double before_day = 0.0, before_rounds = 0.0;
  for (int32_t n = 1; n <= 8; n++) {
    build_gate_terms t = {n, 6, 30.0, 0.5, 0.1};
    gate_mean        m = mean_of(t, 4000);
    ck_assert(m.delay_day > before_day);
    ck_assert(build_gate_expected_rounds(&t) > before_rounds);
    before_day = m.delay_day;
    before_rounds = build_gate_expected_rounds(&t);
  }
}
END_TEST

START_TEST(sampled_rounds_match_closed_form) {
  build_gate_terms t = {3, 4, 10.0, 0.0, 0.2};
  gate_mean        m = mean_of(t, 40000);
  test_near(m.rounds, build_gate_expected_rounds(&t), 0.02);  // sd of the mean about 0.005
  test_near(m.bilateral_frac, build_gate_bilateral_frac(&t), 0.006);
  test_near(m.delay_day, 10.0 * m.rounds, 1e-6);
  // By hand: consent 0.8^3 = 0.512; 1 + 0.488 + 0.488^2 + 0.488^3
  test_near(build_gate_expected_rounds(&t), 1.842358272, 1e-9);
}
END_TEST

START_TEST(plan_is_one_round) {
  build_gate_terms t = {5, 4, 45.0, 0.7, 0.9}, nobody = {0, 4, 45.0, 0.7, 0.9};
  test_near(build_gate_plan_day(&t), 45.0, 1e-12);
  test_near(build_gate_plan_day(&nobody), 0.0, 1e-12);
}
END_TEST

START_TEST(more_discord_never_hastens) {
  uint64_t s = 3;
  double   z[24], u[60];
  for (int k = 0; k < 500; k++) {
    for (int i = 0; i < 24; i++) z[i] = normal(&s);
    for (int i = 0; i < 60; i++) u[i] = uniform(&s);
    double before = 0.0;
    for (double q = 0.0; q <= 1.0; q += 0.25) {
      build_gate_terms t = {4, 6, 20.0, 0.4, q};
      double           got = build_gate_run(&t, z, u).delay_day;
      ck_assert(got >= before);
      before = got;
    }
  }
}
END_TEST

TEST_LIST("gate", rows_by_hand, expected_delay_grows_with_deciders, sampled_rounds_match_closed_form, plan_is_one_round,
          more_discord_never_hastens)
