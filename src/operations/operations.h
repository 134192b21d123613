// Operations: what of a cluster's time becomes progress of a job that fails, restarts and writes checkpoints.
//
// A gang job on n GPUs stops when any of them fails, falls back to its last checkpoint and starts again. Failures are
// exponential in time, independent between GPUs. Pure, no allocation.
#ifndef OPERATIONS_OPERATIONS_H
#define OPERATIONS_OPERATIONS_H

#include <stdint.h>

#include "../base/field.h"

// How a cluster is run.
typedef struct operations_reliability {
  int32_t name;
  double  checkpoint_write_s;     // time that training stands still for one checkpoint
  double  checkpoint_interval_s;  // computing between checkpoints; NaN: Daly's optimum
  double  restart_s;              // from failure to computing again: detection, replacement, loading
  double  spare_frac;             // share of the schedulable GPUs kept free as replacements
  double  slow_frac;              // share of speed lost to stragglers and daily maintenance
} operations_reliability;

// Mean time between failures of a job on n GPUs, hours: mtbf_h / gpus. INFINITY for no GPUs.
double operations_job_mtbf_h(double gpu_mtbf_h, double gpus);

// Computing time between checkpoints that loses least.
//   Young:  t = sqrt(2 w M)
//           Young, "A first order approximation to the optimum checkpoint interval", CACM 17(9), 1974
//   Daly:   t = sqrt(2 w M) (1 + sqrt(w / 2M) / 3 + (w / 2M) / 9) - w for w < 2M, else M
//           Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps", FGCS 22(3), 2006,
//           eq. 37
// w = write_s, M = mtbf_s; all in seconds, > 0.
double operations_young_s(double write_s, double mtbf_s);
double operations_daly_s(double write_s, double mtbf_s);

// Share of scheduled time that is lasting progress, in [0, 1]:
//   (t / M) / (exp(R / M) (exp((t + w) / M) - 1))       Daly 2006, complete model with exponential failures
// interval_s t (NaN: Daly's), write_s w >= 0, restart_s R >= 0, mtbf_s M > 0. 1 for M infinite and w = 0. About 60 ns.
double operations_goodput(double interval_s, double write_s, double restart_s, double mtbf_s);

// Share of the schedulable GPUs that a job may hold: 1 - spare.
// Share of a job's holding that is progress: goodput at its size less what stragglers take.
double operations_job_gpus(const operations_reliability *reliability, double schedulable_gpus);
double operations_effective_frac(const operations_reliability *reliability, double gpu_mtbf_h, double job_gpus);

extern const class_row operations_reliability_class;

#endif
