// Schedule: who runs when on a cluster, exactly, event by event.
//
// Jobs come from a callback in order of submission and leave through another when they stop, so that a trace may be of
// any length: memory grows with the jobs that wait or run, not with those that were. Times are whole seconds. The same
// inputs give the same schedule; a job's name plays no part. Policies and tie rules: docs/validation-operations.md.
#ifndef OPERATIONS_SCHEDULE_H
#define OPERATIONS_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../include/stargate.h"
#include "../base/arena.h"
#include "placement.h"

enum { OPERATIONS_JOB_NAME = 32 };
#define OPERATIONS_MAX_TIME_S ((int64_t)10000000000)  // times and durations; a schedule may last ten times as long
enum { OPERATIONS_MAX_GPUS = 10000000 };              // of all partitions: GPU-seconds fit in int64

// One job as submitted. All of its GPUs start and stop together.
typedef struct operations_job {
  int64_t  row;               // place in the trace, from 0: breaks ties
  int64_t  submit_s;          // within +- OPERATIONS_MAX_TIME_S, as the following
  int64_t  run_s;             // what it would run undisturbed, >= 0
  int64_t  limit_s;           // walltime asked for, which is what the scheduler expects; -1: none, it knows run_s
  int64_t  recorded_start_s;  // what really happened; INT64_MIN: unknown. For comparison only
  double   priority;          // higher goes first where the policy looks at it; finite
  int64_t  checkpoint_s, restart_s;  // of its own, as of operations_policy; 0: the policy's
  double   slow_frac;                // pace lost to writing checkpoints, in [0, 0.99]
  int32_t  gpus;                     // >= 1
  int32_t  partition;                // row of the cluster's partitions
  uint64_t user;                     // hash of who submitted it, 0: unknown; the schedule does not look at it
  char     name[OPERATIONS_JOB_NAME];
} operations_job;

// ---- Cluster --------------------------------------------------------------------------------------------------------

// GPUs that share a queue. n_node 0: one pool of `gpus` where place plays no part; else nodes (gpus is not read).
typedef struct operations_partition {
  int64_t gpus;
  int32_t n_node, gpus_per_node;
  int32_t nodes_per_rack, racks_per_block;  // 0: all in one
} operations_partition;

// What is known to change ahead of time: between from_s and to_s a pool has gpus_change more or fewer GPUs. No job
// starts that would, by its limit, need GPUs that will be gone. Maintenance and caps by hour are windows; a reservation
// is two: fewer GPUs in the pool it is taken from, more in a pool of its own (of 0 GPUs otherwise).
typedef struct operations_window {
  int64_t from_s, to_s;
  int64_t gpus_change;
  int32_t partition;  // a pool
} operations_window;

// What happens to the cluster unannounced.
typedef enum operations_event_kind {
  OPERATIONS_NODES_DOWN,   // nodes stop, with the jobs on them
  OPERATIONS_NODES_DRAIN,  // nodes take no new job
  OPERATIONS_NODES_UP,     // takes back one earlier DOWN or DRAIN of each node
  OPERATIONS_CAP,   // at most cap_gpus may be in use; jobs beyond it stop, lowest priority and latest start first
  OPERATIONS_SPEED  // jobs progress at speed_frac of their own pace from now on (throttling); in (0, 1]
} operations_event_kind;

typedef struct operations_event {
  int64_t               at_s;
  operations_event_kind kind;
  int32_t               partition;
  int32_t               first_node, n_node;  // NODES_*: of a partition with nodes
  int64_t               cap_gpus;
  double                speed_frac;
  int64_t               found_s;  // DOWN: until it is noticed; the jobs that it stops restart by so much later. >= 0
  int32_t               cause;    // of the caller's: handed on with the stays that it ends
} operations_event;
#define OPERATIONS_NO_CAUSE (-1)

// ---- Policy ---------------------------------------------------------------------------------------------------------

typedef enum operations_backfill {
  OPERATIONS_NO_BACKFILL,  // first come, first served: nobody passes the head of the queue
  OPERATIONS_EASY,         // a job may pass the head if by its limit it does not delay it; in queue order
  OPERATIONS_EASY_SJBF,    // the same, shortest limit first
  OPERATIONS_CONSERVATIVE  // every waiting job holds a reservation; pools only
} operations_backfill;

typedef enum operations_ties {
  OPERATIONS_TIES_BATCH,  // at each time: all ends, all submissions, one pass
  OPERATIONS_TIES_SINGLE  // a pass after each submission that fits and each end ("pyss-ties" of the reference)
} operations_ties;

#define OPERATIONS_NO_CHECKPOINT INT64_MAX

typedef struct operations_policy {
  operations_backfill backfill;
  operations_ties     ties;
  operations_fit      fit;
  bool                by_priority;   // the queue goes by priority plus ageing, not by submission
  double              ageing_per_s;  // priority that a job gains each second since its submission, >= 0
  bool                preempt;       // the head stops running jobs of lower priority when that lets it start
  bool                limit_stops;   // a job that reaches its walltime limit is ended
  int64_t             checkpoint_s;  // a stopped job falls back to a multiple of this much progress; 0: loses nothing;
                                     // OPERATIONS_NO_CHECKPOINT: begins anew
  int64_t restart_s;                 // before a stopped job goes on, each time
  int32_t most_stops;                // then it is given up, >= 0
  double  tier_slow_frac[OPERATIONS_TIERS];  // pace lost when spread so far in the fabric, in [0, 1)
} operations_policy;

// FCFS in arrival order, batch ties, first fit, limits enforced, no checkpoints, no restart time, 1000 stops, no slowing.
operations_policy operations_policy_default(void);

// ---- Running --------------------------------------------------------------------------------------------------------

typedef enum operations_end {
  OPERATIONS_DONE,
  OPERATIONS_TIMED_OUT,  // ended at its limit, short of its own end
  OPERATIONS_STOPPED,    // node lost or cap: waits again
  OPERATIONS_PREEMPTED,  // waits again
  OPERATIONS_GIVEN_UP,   // stopped or preempted once too often
  OPERATIONS_TOO_LARGE,  // never ran: larger than its partition ever is
  OPERATIONS_NEVER,      // never ran, or not again: nothing more happens and it does not fit
  OPERATIONS_ENDS
} operations_end;

const char *operations_end_word(operations_end how);  // "done"

// One stay of a job on the machine, or the news that it has none.
typedef struct operations_stay {
  const operations_job *job;
  int64_t               start_s, end_s;  // no stay: both the time at which that was known
  operations_end        how;
  operations_tier       tier;
  int32_t               n_node;               // 0 in pools
  const int32_t        *node;                 // (n_node), valid during the call
  int64_t               restart_s, rework_s;  // of each of its GPUs: before it went on; progress that its end lost
  int32_t cause;  // STOPPED, GIVEN_UP: of the event that ended it; OPERATIONS_NO_CAUSE: a window, preemption
} operations_stay;

// Gives the next job, submit_s never falling, or *more = false. Anything but SG_OK ends the run with that.
typedef sg_err operations_job_source(void *user, operations_job *job, bool *more);
// Gives the next event, at_s never falling; false: no more come. Asked one ahead, while jobs wait or run.
typedef bool operations_event_source(void *user, operations_event *event);
typedef void operations_stay_sink(void *user, const operations_stay *stay);

typedef struct operations_schedule {
  operations_policy           policy;
  const operations_partition *partition;  // (n_partition)
  int32_t                     n_partition;
  const operations_window    *window;  // (n_window), any order
  size_t                      n_window;
  operations_job_source      *next_job;
  void                       *jobs;
  operations_event_source    *next_event;  // NULL: nothing happens
  void                       *events;
  operations_stay_sink       *sink;  // NULL: only the metrics
  void                       *sink_user;
} operations_schedule;

// What came of it. Waits, slowdowns and flows are of the jobs that ended done or timed out; a wait lasts to the first
// start. GPU-seconds: work + rework + restart + slow + idle + down = capacity x makespan, exactly.
// Definitions of the first block: validation/cluster/README.md. NaN where there is no job.
typedef struct operations_metrics {
  int64_t jobs, rejected, never, given_up, stops, preemptions, timed_out, jobs_waiting;
  double  mean_wait_s, median_wait_s, p99_wait_s, max_wait_s, area_weighted_wait_s;
  double  mean_flow_s, mean_bounded_slowdown, max_bounded_slowdown;
  double  utilisation_frac;        // work / (capacity x makespan)
  int64_t makespan_s;              // last end - first submission, of jobs that were not rejected
  int64_t capacity_gpus;           // of all partitions, windows apart
  int64_t work_gpu_s;              // progress that was kept
  int64_t rework_gpu_s;            // progress that was lost when jobs stopped
  int64_t restart_gpu_s;           // before stopped jobs went on
  int64_t slow_gpu_s;              // lost to throttling and spread
  int64_t idle_gpu_s, down_gpu_s;  // down: GPUs out of service, windows below the base included; negative where above
} operations_metrics;

// Runs until no job is left. All memory from the arena, O(partitions + nodes + most jobs waiting or running at once).
// Cost: O(log jobs running) a job for FCFS on pools, and for backfill O(jobs waiting) at each end.
// Errors: SG_ERR_MEMORY; SG_ERR_USAGE: a policy or cluster that makes no sense (conservative or windows on nodes, numbers
// out of their ranges above); SG_ERR_RANGE: a job or event out of order or range; what next_job returns.
sg_err operations_schedule_run(const operations_schedule *schedule, arena *a, operations_metrics *out);

#endif
