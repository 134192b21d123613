#include "operations.h"

#include <math.h>

#include "../../tests/test.h"
#include "goodput.h"

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
    const operations_gang job = {.failures_per_s = rows[i].nodes * rows[i].per_node_day / 86400,
                                 .interval_s = 60 * rows[i].every_min,
                                 .write_s = 60 * rows[i].write_min,
                                 .restart_s = 60 * rows[i].restart_min};
    const double          got = operations_ettr(&job);
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

START_TEST(spare_trays_leave_whole_racks) {
  operations_reliability how = {.spare_frac = 0.03};
  test_near(operations_job_gpus(&how, 18, 0.99, 1000), 970, 1e-9);
  how = (operations_reliability){.spare_trays = 2};
  test_near(operations_job_gpus(&how, 18, 1, 1800), 1600, 1e-9);
  // Out of 25 racks of 72 each tray is up in 98 of 100 months: a rack counts while at most two of 18 are down.
  double enough = 0, ways[3] = {1, 18, 153};
  for (int down = 0; down < 3; down++) enough += ways[down] * pow(0.98, 18 - down) * pow(0.02, down);
  test_near(operations_job_gpus(&how, 18, 0.98, 0.98 * 1800), 1600 * enough, 1e-9);
  double last = 1e9;
  for (double up = 1; up > 0.5; up -= 0.01) {
    const double held = operations_job_gpus(&how, 18, up, 1000 * up);
    ck_assert(held >= 0 && held <= last && held <= 1000 * up);
    last = held;
  }
}
END_TEST

TEST_LIST("operations", goodput_of_published_rates, intervals_of_young_and_daly, spare_trays_leave_whole_racks)
