// Tests of workload.c.
#include "workload.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

static const stream seed = {5, 0, 0};

static operations_workload_scale scale_of(double gpus) {
  return (operations_workload_scale){gpus, 0.8, 1, OPERATIONS_LONGEST_S, 98};
}

START_TEST(draws_carry_the_load_asked_for) {
  for (int k = 0; k < 3; k++) {
    operations_workload_scale s = scale_of(100000);
    operations_fleet_job     *job;
    int32_t                   n;
    double                    gpu_s = 0;
    arena                    *a = arena_create();
    s.size_factor = pow(4, k);
    ck_assert_int_eq(operations_workload_draw(&operations_workload_philly, &s, OPERATIONS_RESEARCH, seed, a, &job, &n),
                     SG_OK);
    for (int32_t i = 0; i < n; i++) {
      ck_assert(i == 0 || job[i].submit_s >= job[i - 1].submit_s);
      ck_assert(job[i].gpus >= 1 && job[i].gpus <= s.gpus && job[i].work_s >= 0 && job[i].work_s <= s.longest_s);
      gpu_s += job[i].gpus * job[i].work_s;
    }
    test_near(gpu_s / (s.gpus * s.days * 86400), s.load_frac, 0.03);
    arena_free(a);
  }
}
END_TEST

// What was drawn from a fit gives the fit back.
START_TEST(a_fit_of_draws_is_the_fit) {
  const operations_workload *w = &operations_workload_philly;
  operations_workload_scale  s = scale_of(20000);
  operations_fleet_job      *job;
  operations_workload        back;
  int32_t                    n;
  arena                     *a = arena_create();
  s.longest_s = 1e9;
  ck_assert_int_eq(operations_workload_draw(w, &s, OPERATIONS_RESEARCH, seed, a, &job, &n), SG_OK);
  double  *submit = ARENA_NEW(a, double, n), *run = ARENA_NEW(a, double, n);
  int32_t *gpus = ARENA_NEW(a, int32_t, n), *user = ARENA_NEW(a, int32_t, n);
  for (int32_t i = 0; i < n; i++) {
    submit[i] = job[i].submit_s, run[i] = job[i].work_s, gpus[i] = job[i].gpus, user[i] = job[i].user;
  }
  ck_assert_int_eq(operations_workload_fit(submit, run, gpus, user, n, a, &back), SG_OK);
  for (int h = 0; h < 24; h++) test_near(back.hour_frac[h], w->hour_frac[h], 0.004);
  for (int d = 0; d < 7; d++) test_near(back.day_frac[d], w->day_frac[d], 0.006);
  for (int k = 0; k < 6; k++) {
    test_near(back.size_frac[k], w->size_frac[k], 0.012);
    test_near(back.run_s[k][10] / w->run_s[k][10], 1, 0.25);  // the median
  }
  test_near(back.same_user_frac, w->same_user_frac, 0.06);  // by chance the same one comes again, on top
  test_near(back.user_frac[0], w->user_frac[0], 0.02);
  test_near(back.mean_gpus / (s.gpus * s.load_frac), 1, 0.03);
  arena_free(a);
}
END_TEST

START_TEST(mixes_are_sorted_and_whole) {
  operations_workload_scale s = scale_of(100000);
  operations_mix            mix = {0.6, 0.1, 0.01, 0.2};
  operations_fleet_job     *job;
  int32_t                   n, of[OPERATIONS_KINDS] = {0};
  arena                    *a = arena_create();
  s.size_factor = 30;
  ck_assert_int_eq(operations_workload_mixed(&operations_workload_philly, &s, &mix, seed, a, &job, &n), SG_OK);
  for (int32_t i = 0; i < n; i++) {
    ck_assert(i == 0 || job[i].submit_s >= job[i - 1].submit_s);
    of[job[i].kind]++;
    if (job[i].kind == OPERATIONS_FRONTIER) ck_assert_int_eq(job[i].gpus, 60000);
    if (job[i].kind == OPERATIONS_EVALUATION) ck_assert(job[i].work_s <= OPERATIONS_EVALUATION_S);
  }
  ck_assert(of[OPERATIONS_FRONTIER] == 1 && of[OPERATIONS_SERVING] == 1 && of[OPERATIONS_RESEARCH] > 100 &&
            of[OPERATIONS_EVALUATION] > 100);
  arena_free(a);
}
END_TEST

START_TEST(bad_input) {
  double                submit[20], run[20];
  int32_t               gpus[20], n;
  operations_workload   w;
  operations_fleet_job *job;
  arena                *a = arena_create();
  for (int i = 0; i < 20; i++) submit[i] = 100 * i, run[i] = i < 10 ? 50 : (double)NAN, gpus[i] = 1;
  ck_assert_int_eq(operations_workload_fit(submit, run, gpus, NULL, 20, a, &w), SG_OK);
  ck_assert_int_eq(w.users, 0);
  test_near(w.run_s[0][10], 50, 1e-12);
  run[0] = -1;
  ck_assert_int_eq(operations_workload_fit(submit, run, gpus, NULL, 20, a, &w), SG_ERR_RANGE);  // 9 are left
  run[0] = 1, submit[3] = 1e9;
  ck_assert_int_eq(operations_workload_fit(submit, run, gpus, NULL, 20, a, &w), SG_ERR_RANGE);  // not sorted
  submit[3] = 300, gpus[5] = 0;
  ck_assert_int_eq(operations_workload_fit(submit, run, gpus, NULL, 20, a, &w), SG_ERR_RANGE);
  ck_assert_int_eq(operations_workload_fit(submit, run, gpus, NULL, 0, a, &w), SG_ERR_RANGE);
  operations_workload_scale s = scale_of((double)NAN);
  ck_assert_int_eq(operations_workload_draw(&operations_workload_philly, &s, OPERATIONS_RESEARCH, seed, a, &job, &n),
                   SG_ERR_RANGE);
  s = scale_of(1e9), s.days = 9e4;
  ck_assert_int_eq(operations_workload_draw(&operations_workload_philly, &s, OPERATIONS_RESEARCH, seed, a, &job, &n),
                   SG_ERR_LIMIT);
  arena_free(a);
}
END_TEST

TEST_LIST("workload", draws_carry_the_load_asked_for, a_fit_of_draws_is_the_fit, mixes_are_sorted_and_whole, bad_input)
