// Traces: what a measured run says about the power of others.
//
// Five numbers are fitted on one run; chip, nodes, meter and cooling of another, and the times at which its nodes work or
// pause, give its mean, load factor and largest step. Levels are predicted, times are not: the logs that hold them are
// not published with the readings. What happens within a sample is not observed.
#ifndef POWER_TRACES_H
#define POWER_TRACES_H

#include <stdint.h>

// How a run was measured.
typedef struct power_meter {
  double  gpu_w;  // rated power of the chip
  int32_t gpus, nodes;
  double  conversion_frac;  // DC over the reading: 1 where the reading is DC
  double  fan_frac;         // fans of the server over the rest: 0 where liquid or oil cools
  double  step_s;           // between samples
  double  iteration_s;      // of the training step
  double  response_s;       // over which the meter averages; below step_s: a sample
} power_meter;

// Levels per GPU, DC, without fans.
typedef struct power_trace_law {
  double host_w;       // what a server draws beside its GPUs, per GPU: largest of the run less the chips' rating
  double idle_frac;    // of the chip's rating, between jobs
  double mean_frac;    // mean over largest with more than one node: the network makes dips
  double median_frac;  // the same without dips: median over largest
  double step_frac;    // largest step over mean, iterations longer than two samples
  double noise_frac;   // deviation of steps on the plateau (the highest quarter of samples) over mean
} power_trace_law;

typedef struct power_trace_figures {
  double mean_w, load_factor_frac,
      step_frac;  // of the whole run; load factor mean over largest; largest step over mean
} power_trace_figures;

// sum_w: (n) readings of the run, least_node_w: (n) least of its nodes; n >= 2, all > 0. scratch: (n), overwritten.
void power_trace_fit(const double *sum_w, const double *least_node_w, int32_t n, const power_meter *meter,
                     double *scratch, power_trace_law *out);

// Levels of another run by that law, W per GPU as its meter reads them.
//   full = (host + rating) / conversion (1 + fans), idle = (host + idle rating) / conversion (1 + fans),
//   mean = full x (mean_frac, or median_frac on one node)
// Source: assumption that hosts draw alike and chips reach their rating, see docs/validation-power.md.
typedef struct power_trace_levels {
  double full_w, mean_w, idle_w;
} power_trace_levels;
power_trace_levels power_trace_levels_of(const power_trace_law *law, const power_meter *meter);

// node_w: readings (n x streams), row-major; a stream is a node, or all of them. They serve to tell work from pause, by the
// middle of idle and full, and for nothing else. The largest step is
//   that of the run fitted on, where iterations last two samples or more and nodes wait for one another;
//   else that of the pauses; else, without any, that of n draws of noise: noise sqrt(2 ln n)
// (source of the last: expected largest of n normals to leading order, Cramer 1946, sec. 28.6).
void power_trace_predict(const power_trace_law *law, const power_meter *meter, const double *node_w, int32_t n,
                         int32_t streams, power_trace_figures *out);

void power_trace_measure(const double *sum_w, int32_t n, power_trace_figures *out);

#endif
