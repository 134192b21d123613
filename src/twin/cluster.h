// Cluster: what `stargate cluster` computes: a trace scheduled on a machine, or what one long run on it can expect.
#ifndef TWIN_CLUSTER_H
#define TWIN_CLUSTER_H

#include "../base/arena.h"
#include "../base/diag.h"
#include "../operations/goodput.h"
#include "../operations/schedule.h"
#include "../operations/trace.h"

// GPU-seconds over time, in bins that double in width whenever the schedule outgrows them.
enum { TWIN_CLUSTER_BINS = 512 };
typedef struct twin_cluster_timeline {
  int64_t from_s, step_s;                    // from_s: the first submission
  int32_t n;                                 // bins that time has reached
  double  held_gpu_s[TWIN_CLUSTER_BINS];     // GPUs that jobs had
  double  waiting_gpu_s[TWIN_CLUSTER_BINS];  // GPUs that jobs waited for, of jobs that ran
} twin_cluster_timeline;

// What one long run can expect, by the exact form and by simulation.
typedef struct twin_cluster_goodput {
  double                 gpus;
  const char            *shape;  // "hgx", "nvl72"
  operations_expectation best;   // at the interval asked for
  operations_ratio       simulated;
  double                 exact_frac;                            // ETTR by the exact form, of best.job
  double                 interval_s[3], interval_ettr_frac[3];  // Young, Daly, best found
  double                 late_frac;                             // useful_frac if all causes were noticed an hour later
  double                 cause_per_day[OPERATIONS_CAUSES];      // interruptions
} twin_cluster_goodput;

typedef struct twin_cluster {
  arena                  *a;
  bool                    replayed, placed;
  char                    name[128], policy[80];  // of the trace; words as given
  operations_partition    machine;
  int64_t                 capacity_gpus;
  operations_format       format;
  operations_trace_counts counts;
  operations_metrics      m;
  int64_t                 ends[OPERATIONS_ENDS];   // stays and jobs by how they ended
  int64_t                 tier[OPERATIONS_TIERS];  // stays by how far apart their nodes stood; machines with nodes only
  int32_t                 largest_gpus;            // of jobs that were rejected
  twin_cluster_timeline   use;
  bool                    expects;  // goodput holds
  twin_cluster_goodput    goodput;
} twin_cluster;

// Schedules a trace. Settings, by name: policy ("easy-rackfit"; fcfs); one of capacity ("512"), nodes ("64x8": nodes, GPUs
// of each), racks ("8x18x4": racks, nodes, GPUs; with a number before them blocks of racks). write NULL: no list; else
// CSV with one line a job in order of the trace: job_id, submit_s, start_s (the first), end_s (the last), gpus, stays,
// how. Memory grows with the rows between the oldest job that has not ended and the newest. Every mistake is in diags;
// *out is NULL on error. Errors: those of operations_trace_next; SG_ERR_KEY (no such setting, or one is missing);
// SG_ERR_NAME (no such policy); SG_ERR_RANGE (a size, or a policy that the machine cannot have); SG_ERR_IO; SG_ERR_MEMORY.
sg_err twin_cluster_replay(operations_read *read, void *reader, const char *name, const char *const *key,
                           const char *const *value, size_t n, sg_write *write, void *writer, sg_diags *diags,
                           twin_cluster **out);

// What one run on the whole machine can expect. Settings: gpus; shape ("hgx", "nvl72"; hgx); checkpoint ("auto" or
// minutes between checkpoints; auto). Errors: KEY, NAME, RANGE, MEMORY.
sg_err twin_cluster_expect(const char *const *key, const char *const *value, size_t n, uint64_t seed, sg_diags *diags,
                           twin_cluster **out);

// A machine with nodes alone, from `nodes` or `racks`. Errors as of twin_cluster_replay.
sg_err twin_cluster_machine(const char *const *key, const char *const *value, size_t n, sg_diags *diags,
                            twin_cluster **out);

void twin_cluster_free(twin_cluster *c);  // NULL is fine

const char *twin_cluster_format(operations_format format);  // "Standard Workload Format"

#endif
