// Traces: see traces.h.
#include "traces.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/number.h"

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

void power_trace_measure(const double *sum_w, int32_t n, power_trace_figures *out) {
  double total = 0.0, most = 0.0, step = 0.0;
  for (int32_t i = 0; i < n; i++) {
    total += sum_w[i];
    most = number_most(most, sum_w[i]);
    if (i) step = number_most(step, fabs(sum_w[i] - sum_w[i - 1]));
  }
  *out = (power_trace_figures){total / n, total / n / most, step / (total / n)};
}

void power_trace_fit(const double *sum_w, const double *least_node_w, int32_t n, const power_meter *meter,
                     double *scratch, power_trace_law *out) {
  const double        to_dc = meter->conversion_frac / (1.0 + meter->fan_frac);
  power_trace_figures seen;
  double              least_w = least_node_w[0], noise = 0.0;
  int32_t             quiet = 0;
  power_trace_measure(sum_w, n, &seen);
  for (int32_t i = 0; i < n; i++) least_w = number_least(least_w, least_node_w[i]);
  memcpy(scratch, sum_w, (size_t)n * sizeof *scratch);
  qsort(scratch, (size_t)n, sizeof *scratch, by_value);
  const double most = scratch[n - 1], plateau = scratch[3 * n / 4];
  for (int32_t i = 1; i < n; i++) {
    if (sum_w[i] < plateau || sum_w[i - 1] < plateau) continue;
    noise += (sum_w[i] - sum_w[i - 1]) * (sum_w[i] - sum_w[i - 1]);
    quiet++;
  }
  const double idle_w = least_w / meter->gpus * meter->nodes * to_dc;
  out->host_w = most / meter->gpus * to_dc - meter->gpu_w;
  out->idle_frac = (idle_w - out->host_w) / meter->gpu_w;
  out->mean_frac = seen.load_factor_frac;
  out->median_frac = scratch[n / 2] / most;
  out->step_frac = seen.step_frac;
  out->noise_frac = quiet ? sqrt(noise / quiet) / seen.mean_w : 0.0;
}

power_trace_levels power_trace_levels_of(const power_trace_law *law, const power_meter *meter) {
  const double       reads = (1.0 + meter->fan_frac) / meter->conversion_frac;
  power_trace_levels out = {.full_w = (law->host_w + meter->gpu_w) * reads,
                            .idle_w = (law->host_w + law->idle_frac * meter->gpu_w) * reads};
  out.mean_w = out.full_w * (meter->nodes > 1 ? law->mean_frac : law->median_frac);
  return out;
}

// Share of the samples t - window + 1 .. t in which a stream works.
static double activity(const double *node_w, int32_t t, int32_t streams, int32_t s, int32_t window, double middle_w) {
  const int32_t first = t + 1 > window ? t + 1 - window : 0;
  int32_t       works = 0;
  for (int32_t i = first; i <= t; i++) works += node_w[(size_t)i * (size_t)streams + (size_t)s] > middle_w;
  return (double)works / (t + 1 - first);
}

void power_trace_predict(const power_trace_law *law, const power_meter *meter, const double *node_w, int32_t n,
                         int32_t streams, power_trace_figures *out) {
  const power_trace_levels at = power_trace_levels_of(law, meter);
  const double             gpus = (double)meter->gpus / streams;  // of a stream
  const double             middle_w = 0.5 * (at.full_w + at.idle_w) * gpus;
  const int32_t            window = (int32_t)number_most(1.0, meter->response_s / meter->step_s + 0.5);
  double                   total = 0.0, step = 0.0, before = 0.0;
  for (int32_t t = 0; t < n; t++) {
    double now = 0.0;
    for (int32_t s = 0; s < streams; s++)
      now += gpus * (at.idle_w + (at.mean_w - at.idle_w) * activity(node_w, t, streams, s, window, middle_w));
    if (t) step = number_most(step, fabs(now - before));
    total += now;
    before = now;
  }
  const double mean = total / n;
  *out = (power_trace_figures){mean, mean / (at.full_w * meter->gpus), step / mean};
  if (meter->nodes > 1 && meter->iteration_s >= 2.0 * meter->step_s) out->step_frac = law->step_frac;
  else if (!(step > 0.0)) out->step_frac = law->noise_frac * sqrt(2.0 * log(n));
}
