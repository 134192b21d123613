// Operations: how a cluster is run, as a user states it, and the classic intervals between checkpoints.
//
// Pure, no allocation.
#ifndef OPERATIONS_OPERATIONS_H
#define OPERATIONS_OPERATIONS_H

#include <stdint.h>

#include "../base/field.h"

// How a cluster is run. What follows from it: operations_practice_of (goodput.h).
typedef struct operations_reliability {
  int32_t name;
  double  checkpoint_write_s;     // time that training stands still for one checkpoint
  double  checkpoint_save_s;      // from then until it can be used; 0: at once
  double  checkpoint_interval_s;  // computing between checkpoints; NaN: the best
  int32_t inspects;               // 1: most failures are noticed within seconds; 0: all by the timeout
  double  timeout_s;              // until a stall is noticed that nothing reports
  double  restart_s;              // from notice to computing again, on few GPUs: tests, replacement, loading
  double  restart_s_per_gpu;      // what each GPU adds: communicators
  int32_t replicas;               // copies of the model that may be lost one by one; 1: a gang that stops as a whole
  double  pause_s;                // of all others when a replica is lost
  double  spare_frac;             // share of the schedulable GPUs kept free as replacements
  int32_t spare_trays;            // trays of each rack that no training run holds
  double  slow_frac;              // share of speed lost to stragglers and maintenance
} operations_reliability;

// Computing time between checkpoints that loses least.
//   Young:  t = sqrt(2 w M)
//           Young, "A first order approximation to the optimum checkpoint interval", CACM 17(9), 1974
//   Daly:   t = sqrt(2 w M) (1 + sqrt(w / 2M) / 3 + (w / 2M) / 9) - w for w < 2M, else M
//           Daly, "A higher order estimate of the optimum checkpoint interval for restart dumps", FGCS 22(3), 2006,
//           eq. 37
// w = write_s, M = mtbf_s; all in seconds, > 0.
double operations_young_s(double write_s, double mtbf_s);
double operations_daly_s(double write_s, double mtbf_s);

// GPUs that training may hold of so many schedulable ones in racks of so many trays, each in working order with that
// availability: what is left beside the spares, and with spare trays of those racks that have enough trays in order
// (binomial). trays > spare_trays.
double operations_job_gpus(const operations_reliability *reliability, int32_t trays, double availability,
                           double schedulable_gpus);

extern const class_row operations_reliability_class;

#endif
