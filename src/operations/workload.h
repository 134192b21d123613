// Workload: jobs for a cluster of any size, drawn like those of a trace.
//
// Fitted: arrivals by hour of the day and day of the week, sizes in octaves, run times by size as quantiles, and how
// users come in runs of like jobs. Drawn: arrivals as a Poisson process of that rate, scaled so that the work asked
// for is a given share of the cluster.
#ifndef OPERATIONS_WORKLOAD_H
#define OPERATIONS_WORKLOAD_H

#include "fleet.h"

enum { OPERATIONS_SIZES = 24, OPERATIONS_QUANTILES = 21, OPERATIONS_USERS = 64 };

typedef struct operations_workload {
  double  jobs_per_day, mean_gpus;                        // mean_gpus: GPUs busy at once if nothing waited
  double  hour_frac[24], day_frac[7];                     // of arrivals; each sums to 1. Days from the trace's own zero
  double  size_frac[OPERATIONS_SIZES];                    // of jobs with 2^k .. 2^(k+1) - 1 GPUs; sums to 1
  double  size_gpus[OPERATIONS_SIZES];                    // their mean
  double  run_s[OPERATIONS_SIZES][OPERATIONS_QUANTILES];  // 0 %, 5 % .. 100 %
  double  same_user_frac, same_size_frac;  // a job is by the user of the one before; is then of the same size
  double  user_frac[OPERATIONS_USERS];     // the most active; the others share the rest evenly
  int32_t users;                           // 0: not known
} operations_workload;

// A trace: (n) each, sorted by submit_s. run_s < 0 or NaN: no run time, the job is left out. user may be NULL or hold
// -1 (not known). Errors: SG_ERR_RANGE (fewer than 10 jobs that can be used, not sorted, gpus < 1), SG_ERR_MEMORY.
sg_err operations_workload_fit(const double *submit_s, const double *run_s, const int32_t *gpus, const int32_t *user,
                               int32_t n, arena *a, operations_workload *out);

// Virtual cluster 2 of Philly as fitted by operations_workload_fit (Jeon et al., "Analysis of large-scale
// multi-tenant GPU clusters for DNN training workloads", ATC 2019), users as of KTH SP2 1996 (Parallel Workloads
// Archive): Philly's are not kept.
extern const operations_workload operations_workload_philly;

typedef struct operations_workload_scale {
  double gpus;         // of the cluster
  double load_frac;    // work asked for over capacity
  double size_factor;  // of a job's GPUs
  double longest_s;    // jobs are cut to this run time; 7 days: RSC, Kokolis et al., arXiv:2410.21680, 2024-10
  double days;
} operations_workload_scale;
#define OPERATIONS_LONGEST_S     (7.0 * 86400.0)
#define OPERATIONS_PREEMPTIBLE_S 7200.0  // a job may be preempted once it has run so long: the same
// Longest evaluation: assumption, see docs/validation-reliability.md#assumptions.
#define OPERATIONS_EVALUATION_S  3600.0

// Mean GPU-seconds of a job so scaled.
double operations_workload_mean_gpu_s(const operations_workload *w, const operations_workload_scale *scale);

// Draws jobs of one kind, by submit_s; *out from the arena. Each draw is a function of the stream and `kind`. Errors:
// SG_ERR_RANGE (scale not positive or not finite), SG_ERR_LIMIT (more than 20 million), SG_ERR_MEMORY.
sg_err operations_workload_draw(const operations_workload *w, const operations_workload_scale *scale,
                                operations_kind kind, stream s, arena *a, operations_fleet_job **out, int32_t *n);

// A mix on one cluster: the frontier's share as one gang for all the time, serving's as one reservation, research and
// evaluation drawn from w; sorted. The shares are of capacity and may sum to less than 1. Errors as above.
sg_err operations_workload_mixed(const operations_workload *w, const operations_workload_scale *scale,
                                 const operations_mix *mix, stream s, arena *a, operations_fleet_job **out, int32_t *n);

#endif
