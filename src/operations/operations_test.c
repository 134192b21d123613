#include "operations.h"

#include <math.h>

#include "../../tests/test.h"

// Goodput of gangs of 8-GPU nodes: renewal form evaluated apart from this code and confirmed by Monte Carlo (|z| <
// 3.5). Rates: Kokolis et al., arXiv:2410.21680 (6.5 and 2.34 failures per 1,000 node-days); Llama 3, arXiv:2407.21783.
START_TEST(goodput_of_published_rates) {
  static const struct {
    const char *what;
    double      nodes, per_node_day, restart_min, write_min, every_min, want;
  } rows[] = {
      {"1,024 GPUs, no write",              128,   0.0065,    5,  0,   60, 0.979932},
      {"1,024 GPUs, slow write",            128,   0.0065,    20, 5,   60, 0.895445},
      {"4,096 GPUs, no write",              512,   0.0065,    5,  0,   60, 0.921558},
      {"4,096 GPUs, frequent",              512,   0.0065,    2,  0.1, 2,  0.945690},
      {"12,288 GPUs, slow",                 1536,  0.0065,    20, 5,   60, 0.636042},
      {"16,384 GPUs, Llama 3 rate",         2048,  0.0037886, 5,  0,   5,  0.960365},
      {"16,384 GPUs, Llama 3 rate, hourly", 2048,  0.0037886, 20, 5,   60, 0.692096},
      {"100,000 GPUs",                      12500, 0.00234,   5,  5,   60, 0.401170},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const double mtbf_s = 86400 / (rows[i].nodes * rows[i].per_node_day);
    const double got =
        operations_goodput(60 * rows[i].every_min, 60 * rows[i].write_min, 60 * rows[i].restart_min, mtbf_s);
    ck_assert_msg(fabs(got - rows[i].want) < 2e-5, "%s: %.6f", rows[i].what, got);  // printed digits of the inputs
  }
}
END_TEST

START_TEST(intervals_of_young_and_daly) {
  static const struct {
    double mtbf_h, write_min, young_min, daly_min;
  } rows[] = {
      {28.8462,  5,   131.5587, 128.2465},
      {7.21154,  0.1, 9.3026,   9.2361  },
      {0.820513, 5,   22.1880,  18.9799 }
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    test_near(operations_young_s(60 * rows[i].write_min, 3600 * rows[i].mtbf_h) / 60, rows[i].young_min, 1e-3);
    test_near(operations_daly_s(60 * rows[i].write_min, 3600 * rows[i].mtbf_h) / 60, rows[i].daly_min, 1e-3);
  }
  test_near(operations_daly_s(300, 100), 100, 1e-12);  // writes longer than twice the MTBF: the stated other branch
}
END_TEST

START_TEST(dalys_interval_is_near_the_best) {
  for (double mtbf_s = 1000; mtbf_s < 1e6; mtbf_s *= 2.3) {
    for (double write_s = 1; write_s < mtbf_s / 4; write_s *= 3) {
      const double best = operations_goodput((double)NAN, write_s, 600, mtbf_s);
      for (double t = 0.1; t < 10; t *= 1.3)
        ck_assert(operations_goodput(t * operations_daly_s(write_s, mtbf_s), write_s, 600, mtbf_s) <= best * 1.005);
    }
  }
}
END_TEST

START_TEST(more_failures_give_less) {
  const operations_reliability how = {.checkpoint_write_s = 10,
                                      .checkpoint_interval_s = (double)NAN,
                                      .restart_s = 600,
                                      .spare_frac = 0.03,
                                      .slow_frac = 0.03};
  double                       last = 1;
  for (double gpus = 0; gpus < 1e6; gpus = gpus * 1.7 + 8) {
    const double share = operations_effective_frac(&how, 50676, gpus);
    ck_assert(share >= 0 && share <= last + 1e-12 && share <= 0.97);
    last = share;
  }
  ck_assert(last < 0.1);  // a gang of a million GPUs at this rate and ten minutes' restart stands still
  // Llama 3 405B: effective training time above 90 % on 16,384 H100 at one failure per 3.1 h (arXiv:2407.21783).
  const double llama = operations_effective_frac(&how, 50676, 16384);
  ck_assert_msg(llama > 0.85 && llama < 0.95, "%.3f", llama);
  test_near(operations_job_gpus(&how, 1000), 970, 1e-9);
  test_near(operations_goodput(600, 0, 600, HUGE_VAL), 1, 1e-12);
  test_near(operations_goodput(600, 60, 600, HUGE_VAL), 600.0 / 660, 1e-15);
}
END_TEST

TEST_LIST("operations", goodput_of_published_rates, intervals_of_young_and_daly, dalys_interval_is_near_the_best,
          more_failures_give_less)
