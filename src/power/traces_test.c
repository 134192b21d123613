#include "traces.h"

#include <math.h>

#include "../../tests/test.h"

static const power_meter oil = {
    .gpu_w = 700, .gpus = 16, .nodes = 2, .conversion_frac = 1, .step_s = 2, .iteration_s = 10};

// Two nodes of eight: full 900 W a GPU, dips to 800 each fifth sample, one start at 300 on one node.
static void made_up(double *sum, double *least, int n) {
  for (int i = 0; i < n; i++) {
    sum[i] = 16 * (i % 5 == 4 ? 800 : 900);
    least[i] = sum[i] / 2;
  }
  least[0] = 8 * 300;
  sum[0] = 8 * 900 + 8 * 300;
}

START_TEST(the_law_is_read_off) {
  double          sum[100], least[100], scratch[100];
  power_trace_law law;
  made_up(sum, least, 100);
  power_trace_fit(sum, least, 100, &oil, scratch, &law);
  test_near(law.host_w, 200, 1e-9);
  test_near(law.idle_frac, 100.0 / 700, 1e-12);
  test_near(law.median_frac, 1, 1e-12);
  const double mean = (16 * 900 * 79 + 16 * 800 * 20 + 16 * 600) / 100.0;
  test_near(law.mean_frac, mean / (16 * 900), 1e-12);
  test_near(law.step_frac, 16 * 300 / mean, 1e-12);
  test_near(law.noise_frac, 0, 1e-12);
}
END_TEST

START_TEST(levels_of_other_machines) {
  const power_trace_law law = {.host_w = 200, .idle_frac = 0.2, .mean_frac = 0.9, .median_frac = 0.95};
  static const struct {
    const char *what;
    power_meter meter;
    double      full, mean, idle;
  } rows[] = {
      {"the same",              {.gpu_w = 700, .nodes = 2, .conversion_frac = 1},                  900,  810,  340      },
      {"read in front of 90 %", {.gpu_w = 700, .nodes = 2, .conversion_frac = 0.9},                1000, 900,  340 / 0.9},
      {"with a tenth of fans",  {.gpu_w = 700, .nodes = 2, .conversion_frac = 1, .fan_frac = 0.1}, 990,  891,  374      },
      {"a larger chip, alone",  {.gpu_w = 1000, .nodes = 1, .conversion_frac = 1},                 1200, 1140, 400      },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const power_trace_levels at = power_trace_levels_of(&law, &rows[i].meter);
    ck_assert_msg(fabs(at.full_w - rows[i].full) < 1e-9, "%s: full %g", rows[i].what, at.full_w);
    ck_assert_msg(fabs(at.mean_w - rows[i].mean) < 1e-9, "%s: mean %g", rows[i].what, at.mean_w);
    ck_assert_msg(fabs(at.idle_w - rows[i].idle) < 1e-9, "%s: idle %g", rows[i].what, at.idle_w);
  }
}
END_TEST

START_TEST(pauses_make_the_figures) {
  const power_trace_law law = {
      .host_w = 200, .idle_frac = 0.2, .mean_frac = 0.9, .median_frac = 0.95, .step_frac = 0.3, .noise_frac = 0.01};
  power_meter meter = {
      .gpu_w = 700, .gpus = 8, .nodes = 1, .conversion_frac = 1, .step_s = 1, .iteration_s = 0.1, .response_s = 1};
  double              w[100];
  power_trace_figures f;
  for (int i = 0; i < 100; i++) w[i] = i >= 90 ? 8 * 100 : 8 * 888;  // whatever they read: works, then pauses
  power_trace_predict(&law, &meter, w, 100, 1, &f);
  test_near(f.mean_w, 8 * (0.9 * 855 + 0.1 * 340), 1e-9);
  test_near(f.load_factor_frac, (0.9 * 855 + 0.1 * 340) / 900, 1e-12);
  test_near(f.step_frac, (855 - 340) / (0.9 * 855 + 0.1 * 340), 1e-12);
  meter.response_s = 2;  // a slower meter halves the step
  power_trace_figures slow;
  power_trace_predict(&law, &meter, w, 100, 1, &slow);
  test_near(slow.step_frac * slow.mean_w, 0.5 * f.step_frac * f.mean_w, 1e-9);
  for (int i = 0; i < 100; i++) w[i] = 8 * 888;  // no pause: noise
  power_trace_predict(&law, &meter, w, 100, 1, &f);
  test_near(f.step_frac, 0.01 * sqrt(2 * log(100)), 1e-12);
  meter.nodes = 2, meter.iteration_s = 2;  // iterations that the samples resolve
  power_trace_predict(&law, &meter, w, 50, 2, &f);
  test_near(f.step_frac, 0.3, 1e-12);
}
END_TEST

START_TEST(a_run_is_measured) {
  const double        w[] = {100, 300, 200};
  power_trace_figures f;
  power_trace_measure(w, 3, &f);
  test_near(f.mean_w, 200, 1e-12);
  test_near(f.load_factor_frac, 2.0 / 3.0, 1e-12);
  test_near(f.step_frac, 1, 1e-12);
}
END_TEST

TEST_LIST("traces", the_law_is_read_off, levels_of_other_machines, pauses_make_the_figures, a_run_is_measured)
