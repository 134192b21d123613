// Tests of goodput.c.
#include "goodput.h"

#include <math.h>
#include <stddef.h>

#include "../../tests/test.h"

static operations_gang job_of(double nodes, double per_node_day, double u_min, double q_min, double w_min,
                              double t_min) {
  return (operations_gang){nodes * per_node_day / 86400, 60 * t_min, 60 * w_min, 0, 60 * u_min, 60 * q_min};
}

// data/validation/cluster/ettr-reference.csv
static const struct {
  const char *what;
  double      x[6], first, exact;
} reference_rows[] = {
    {"small",                {128, 0.0065, 5, 0, 5, 60},       0.904410,  0.903239},
    {"with a queue",         {1536, 0.0065, 5, 30, 1, 20},     0.655238,  0.707437},
    {"a million",            {125000, 0.00234, 1, 0, 0.02, 5}, 0.287911,  0.467706},
    {"negative first order", {12500, 0.0065, 20, 0, 5, 60},    -1.681090, 0.028706},
};

START_TEST(reference_values) {
  for (size_t i = 0; i < sizeof reference_rows / sizeof reference_rows[0]; i++) {
    const double   *x = reference_rows[i].x;
    operations_gang j = job_of(x[0], x[1], x[2], x[3], x[4], x[5]);
    ck_assert_msg(fabs(operations_ettr(&j) - reference_rows[i].exact) < 1e-6, "%s", reference_rows[i].what);
    ck_assert_msg(fabs(operations_ettr_first_order(&j) - reference_rows[i].first) < 1e-6, "%s", reference_rows[i].what);
  }
}
END_TEST

START_TEST(simulation_agrees) {
  for (int k = 0; k < 60; k++) {
    operations_gang j = job_of(100 * pow(1.1, k), 0.005, 1 + k % 7, k % 3, 0.1 * (k % 5), 5 + k);
    j.save_s = k % 4 * 60.0;  // asynchronous
    operations_ratio e = operations_ettr_simulate(&j, (stream){7, (uint32_t)k, 0}, 20000);
    ck_assert_msg(fabs(e.mean - operations_ettr(&j)) < 3 * e.stderr_mean, "%d: %g %g", k, e.mean, operations_ettr(&j));
  }
  operations_gang hopeless = job_of(1e7, 0.01, 60, 0, 1, 5);
  ck_assert(isnan(operations_ettr_simulate(&hopeless, (stream){7, 0, 0}, 100).mean));
  ck_assert_double_eq(operations_ettr(&(operations_gang){1, 1e6, 1e6, 0, 1e6, 0}), 0);
}
END_TEST

START_TEST(best_interval_is_best) {
  for (double l = 1e-7; l < 1e-1; l *= 10)
    for (double w = 0.01; w < 1e4; w *= 10) {
      double          best = operations_best_interval_s(l, w);
      operations_gang j = {l, best, w, 0, 100, 10};
      double          at = operations_ettr(&j);
      for (int k = -1; k <= 1; k += 2) {
        j.interval_s = best * (1 + 0.02 * k);
        ck_assert(operations_ettr(&j) <= at);
      }
      j.interval_s = operations_daly_s(w, 1 / l);
      ck_assert(operations_ettr(&j) <= at * (1 + 1e-12));
      if (w * l < 1e-3) test_near(best / operations_daly_s(w, 1 / l), 1, 1e-3);
    }
  ck_assert_double_eq(operations_best_interval_s(1e-3, 0), 0);
  ck_assert(isinf(operations_best_interval_s(0, 1)));
}
END_TEST

// Which field of operations_gang to raise by a tenth.
static const struct {
  const char *what;
  size_t      at;
} worse_rows[] = {
    {"failures", offsetof(operations_gang, failures_per_s)},
    {"restart",  offsetof(operations_gang, restart_s)     },
    {"queue",    offsetof(operations_gang, queue_s)       },
    {"save",     offsetof(operations_gang, save_s)        },
    {"write",    offsetof(operations_gang, write_s)       },
};

START_TEST(more_of_anything_bad_is_worse) {
  operations_gang j = job_of(2000, 0.004, 10, 1, 1, 20);
  j.save_s = 60;
  for (size_t i = 0; i < sizeof worse_rows / sizeof worse_rows[0]; i++) {
    operations_gang k = j;
    *(double *)((char *)&k + worse_rows[i].at) *= 1.1;
    ck_assert_msg(operations_ettr(&k) < operations_ettr(&j), "%s", worse_rows[i].what);
  }
  j.failures_per_s = 0;
  test_near(operations_ettr(&j), 20.0 / 21.0, 1e-12);
}
END_TEST

START_TEST(elastic_loses_less) {
  ck_assert_double_eq(operations_elastic_frac(0, 10, 1000, 60), 1);
  test_near(operations_elastic_frac(1e-3, 1, 1000, 0), 0.5, 1e-12);
  operations_practice    p = operations_practice_standard(), q = p;
  operations_expectation gang, elastic;
  q.replicas = 64;
  for (double gpus = 1e4; gpus < 2e6; gpus *= 3) {
    operations_expect(&operations_shape_nvl72, 1, 1, &p, gpus, &gang);
    operations_expect(&operations_shape_nvl72, 1, 1, &q, gpus, &elastic);
    ck_assert(elastic.useful_frac > gang.useful_frac);
  }
}
END_TEST

START_TEST(expectation_adds_up) {
  for (int plain = 0; plain < 2; plain++) {
    operations_practice p = plain ? operations_practice_plain() : operations_practice_standard();
    double              before = 1;
    for (double gpus = 8; gpus < 1e7; gpus *= 2) {
      operations_expectation e;
      operations_expect(&operations_shape_hgx, 1, 1, &p, gpus, &e);
      test_near(e.useful_frac + e.planned_frac + e.straggler_frac + e.write_frac + e.restart_frac + e.rework_frac, 1,
                1e-9);
      ck_assert(e.useful_frac >= 0 && e.useful_frac <= before && e.cover_frac >= 0.99 && e.rework_frac >= 0);
      before = e.useful_frac + 0.002;  // whole spares make small steps
    }
  }
  operations_practice    p = operations_practice_standard();
  operations_expectation llama, slow;
  operations_expect(&operations_shape_hgx, operations_reading_multiplier(&operations_fleet_readings[0]), 1, &p, 16384,
                    &llama);
  ck_assert(llama.useful_frac > 0.90);  // "higher than 90 %", arXiv:2407.21783 sec. 3.3.4
  test_near(llama.mtbf_h, 54 * 24 / 419.0, 1e-3);
  p.extra_detect_s = 3600;
  operations_expect(&operations_shape_hgx, 1, 1, &p, 16384, &slow);
  ck_assert(slow.useful_frac < llama.useful_frac - 0.1);
  test_near(operations_state_write_s(530e9, 20) / 60, 42, 0.5);  // Gemini, SOSP 2023
}
END_TEST

// Practices of the catalogue's kinds and of none.
static const struct {
  const char            *what;
  operations_reliability how;
} practice_rows[] = {
    {"asynchronous, best interval", {0, 10, 51, (double)NAN, 1, 600, 540, 2.44e-3, 1, 60, 0, 0, 0.03} },
    {"blocking, best interval",     {0, 300, 0, (double)NAN, 0, 600, 600, 0, 1, 60, 0, 0, 0.05}       },
    {"blocking, hourly",            {0, 300, 0, 3600, 0, 600, 600, 2.44e-3, 1, 60, 0, 0, 0}           },
    {"no cost of writing",          {0, 0, 0, (double)NAN, 1, 200, 100, 0, 1, 60, 0, 0, 0.08}         },
    {"replicas",                    {0, 10, 51, (double)NAN, 1, 600, 540, 2.44e-3, 32, 40, 0, 0, 0.03}},
};
enum { PRACTICES = sizeof practice_rows / sizeof practice_rows[0] };

// As the twin asks: rates of one GPU from the shape, failures by multiplier and age.
static double by_tables(const operations_interval_table *t, const operations_shape *shape, double times,
                        const operations_reliability *how, double gpus, double queue_s) {
  const operations_notice notice = operations_notice_of(shape);
  const operations_run run = {how, times * operations_all_per_day(shape, 1) / 86400, operations_notice_s(&notice, how),
                              queue_s};
  return operations_goodput_at(t, &run, gpus);
}

START_TEST(tables_follow_the_exact_form) {
  static operations_interval_table t;
  const operations_shape *const    shapes[] = {&operations_shape_hgx, &operations_shape_nvl72};
  double                           worst = 0;
  operations_interval_table_make(&t);
  for (int i = 0; i < PRACTICES; i++)
    for (int k = 0; k < 2; k++)
      for (double times = 0.01; times < 100; times *= 1.9)
        for (double gpus = 8; gpus < 1e7; gpus *= 2.7) {
          operations_practice    p = operations_practice_of(&practice_rows[i].how);
          operations_expectation e;
          operations_expect(shapes[k], times, 1, &p, gpus, &e);
          const double got = by_tables(&t, shapes[k], times, &practice_rows[i].how, gpus, e.job.queue_s);
          worst = fmax(worst, fabs(got - e.useful_frac));
          ck_assert_msg(fabs(got - e.useful_frac) < 1e-6, "%s, %g GPUs, %g times: %.9f, exactly %.9f",
                        practice_rows[i].what, gpus, times, got, e.useful_frac);
        }
  ck_assert_msg(worst > 0, "nothing was interpolated");
  for (double c = 1e-25; c < 1e7; c *= 1.37) {  // the interval itself; Newton's runs out of digits below 1e-12
    const double best_s = c > 1e-12 ? operations_best_interval_s(1e-3, 1e3 * c) : 1e3 * sqrt(2 * c);
    test_near(operations_interval_at_s(&t, 1e-3, 1e3 * c) / best_s, 1, 1e-3);
  }
  ck_assert_double_eq(operations_interval_at_s(&t, 1e-3, 0), 0);
}
END_TEST

START_TEST(more_failures_never_give_more) {
  static operations_interval_table t;
  operations_interval_table_make(&t);
  for (int i = 0; i < PRACTICES; i++) {
    double last = 1;
    for (double times = 1e-9; times < 1e4; times *= 1.03) {
      const double got = by_tables(&t, &operations_shape_nvl72, times, &practice_rows[i].how, 1e5, 0);
      ck_assert_msg(got >= 0 && got <= last + 1e-7, "%s, %g times: %g after %g", practice_rows[i].what, times, got,
                    last);
      last = got;
    }
    // With hardly a failure stragglers are left, and the writes of a stated interval.
    const double left = isnan(practice_rows[i].how.checkpoint_interval_s) ? 1 : 3600.0 / 3900;
    test_near(by_tables(&t, &operations_shape_nvl72, 1e-12, &practice_rows[i].how, 1e5, 0),
              (1 - practice_rows[i].how.slow_frac) * left, 1e-4);
  }
}
END_TEST

START_TEST(a_wait_for_spares) {
  ck_assert_double_eq(operations_queue_s(0.25, 10, 1000, 86400), 0);
  test_near(operations_queue_s(0.25, 1, 0, 86400), 0.25 * (1 - exp(-1)) * 86400, 1e-6);
  double last = HUGE_VAL;
  for (int64_t spares = 0; spares < 60; spares++) {
    const double wait_s = operations_queue_s(0.27, 30, spares, 86400);
    ck_assert(wait_s < last && wait_s > 0);
    last = wait_s;
  }
}
END_TEST

TEST_LIST("goodput", reference_values, simulation_agrees, best_interval_is_best, more_of_anything_bad_is_worse,
          elastic_loses_less, expectation_adds_up, tables_follow_the_exact_form, more_failures_never_give_more,
          a_wait_for_spares)
