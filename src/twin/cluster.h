// Cluster: what `stargate cluster` computes: a trace scheduled on a machine, with what breaks and what power is there;
// what one long run on it can expect; a trace drawn like another.
#ifndef TWIN_CLUSTER_H
#define TWIN_CLUSTER_H

#include "../base/arena.h"
#include "../base/diag.h"
#include "../operations/fleet.h"
#include "../operations/goodput.h"
#include "../operations/schedule.h"
#include "../operations/trace.h"
#include "../operations/workload.h"

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
  double                 multiplier;                            // of the failures of Llama 3's fleet
  double                 replicas, replicas_frac, replicas_late_frac;  // the same two where a lost replica is left out
  double                 days, rent_usd_per_gpu_h;
  double  racks, short_racks;  // with trays to spare: racks that it takes; mean of those with too few left
  int64_t spare_racks;         // enough in 99 % of the time
} twin_cluster_goodput;

// GPUs that a partition of the trace has for itself; the first has no name and is what is left.
enum { TWIN_CLUSTER_PARTS = 16 };
typedef struct twin_cluster_part {
  char                 name[OPERATIONS_JOB_NAME];
  operations_partition of;
  int32_t              first_node;     // of the whole machine's
  int64_t              reserved_gpus;  // taken from the rest of a pool between from_h and to_h; 0: `of` for ever
  double               from_h, to_h;   // since the first submission
} twin_cluster_part;
int64_t twin_cluster_part_gpus(const twin_cluster_part *part);  // for ever

// GPUs of the rest out of service by plan: in pools announced, in machines with nodes drained (running jobs stay).
typedef struct twin_cluster_service {
  int64_t gpus;
  double  from_h, to_h;
} twin_cluster_service;

// What stopped jobs: causes of hazard.h, and these.
enum {
  TWIN_CLUSTER_CAP = OPERATIONS_CAUSES,  // of power
  TWIN_CLUSTER_WINDOW,                   // an announced one: a job without limit, or beyond what it asked for
  TWIN_CLUSTER_PREEMPTED,                // by a job of higher priority
  TWIN_CLUSTER_CAUSES
};
const char *twin_cluster_cause(int i);  // "power cap"

typedef struct twin_cluster_failures {
  bool     on;
  double   multiplier;
  uint64_t seed;
  int32_t  spare_racks, crews;
  int64_t  outages;  // until the last job had ended
} twin_cluster_failures;

typedef struct twin_cluster {
  arena                  *a;
  bool                    replayed, placed;
  char                    name[128], policy[80];  // of the trace; words as given
  operations_partition    machine;
  twin_cluster_part       part[TWIN_CLUSTER_PARTS];
  twin_cluster_service    service[TWIN_CLUSTER_PARTS];
  int32_t                 n_part, n_service;
  int64_t                 capacity_gpus;
  operations_format       format;
  operations_trace_counts counts;
  operations_metrics      m;
  int64_t                 ends[OPERATIONS_ENDS];   // stays and jobs by how they ended
  int64_t                 tier[OPERATIONS_TIERS];  // stays by how far apart their nodes stood; machines with nodes only
  int32_t                 largest_gpus;            // of jobs that were rejected
  twin_cluster_timeline   use;
  bool                    disturbed;  // there were failures, caps or checkpoints: the following holds
  twin_cluster_failures   failures;
  int64_t                 capped_s;                         // with less power than all GPUs take
  int64_t                 stopped[TWIN_CLUSTER_CAUSES];     // stays that ended so
  int64_t                 lost_gpu_s[TWIN_CLUSTER_CAUSES];  // by what had stopped the job; sums to rework + restart
  bool                    expects;                          // goodput holds
  twin_cluster_goodput    goodput;
} twin_cluster;

// What comes with a trace.
typedef struct twin_cluster_with {
  uint64_t           seed;    // of failures
  const diag_source *caps;    // CSV, see cluster_events.h; NULL: none
  sg_write          *write;   // NULL: no list of starts
  void              *writer;  // its user
} twin_cluster_with;

// Schedules a trace. Settings, by name: policy ("easy-rackfit"; fcfs); one of capacity ("512"), nodes ("64x8": nodes, GPUs
// of each), racks ("8x18x4": racks, nodes, GPUs; with a number before them blocks of racks). Also, as docs/operations.md
// tells: partition, maintenance (each as often as one likes), failures, spares, crews, checkpoint, restart, response. The list is
// CSV with one line a job in order of the trace: job_id, submit_s, start_s (the first), end_s (the last), gpus, stays,
// how. Memory grows with the rows between the oldest job that has not ended and the newest. Every mistake is in diags;
// *out is NULL on error. Errors: those of operations_trace_next; SG_ERR_KEY (no such setting, or one is missing);
// SG_ERR_NAME (no such policy or partition); SG_ERR_RANGE (a size, or a policy that the machine cannot have); SG_ERR_LIMIT
// (more failures than can be drawn); SG_ERR_IO; SG_ERR_MEMORY.
sg_err twin_cluster_replay(operations_read *read, void *reader, const char *name, const char *const *key,
                           const char *const *value, size_t n, const twin_cluster_with *with, sg_diags *diags,
                           twin_cluster **out);

// Writes jobs for a cluster as CSV that _replay reads, drawn like those of a trace (read NULL: of Philly's), or a mix of
// frontier, research, evaluation and serving. Settings: generate (days), gpus, load, sizes, mix. Errors: as above.
sg_err twin_cluster_generate(operations_read *read, void *reader, const char *name, const char *const *key,
                             const char *const *value, size_t n, uint64_t seed, sg_write *write, void *writer,
                             sg_diags *diags);

// What one run on the whole machine can expect. Settings: gpus; shape ("hgx", "nvl72"; hgx); checkpoint ("auto",
// "young", "daly" or minutes between checkpoints; auto). Errors: KEY, NAME, RANGE, MEMORY.
sg_err twin_cluster_expect(const char *const *key, const char *const *value, size_t n, uint64_t seed, sg_diags *diags,
                           twin_cluster **out);

// A machine with nodes alone, from `nodes` or `racks`. Errors as of twin_cluster_replay.
sg_err twin_cluster_machine(const char *const *key, const char *const *value, size_t n, sg_diags *diags,
                            twin_cluster **out);

void twin_cluster_free(twin_cluster *c);  // NULL is fine

const char *twin_cluster_format(operations_format format);  // "Standard Workload Format"

#endif
