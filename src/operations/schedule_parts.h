// Parts of the scheduler that its own files share: jobs on hand, queues, pools.
#ifndef OPERATIONS_SCHEDULE_PARTS_H
#define OPERATIONS_SCHEDULE_PARTS_H

#include "metrics.h"
#include "schedule.h"

// A job that waits or runs.
typedef struct operations_active {
  operations_job  job;
  double          key;            // least goes first, then by row
  int64_t         saved_s;        // progress that a stop leaves
  int64_t         estimate_s;     // what the scheduler takes it for
  int64_t         first_start_s;  // INT64_MIN: not yet
  int64_t         order;          // of this start among all; -1: waits
  int64_t         start_s, end_s, expected_end_s;
  int64_t         since_s;  // progress_s was right then; later: the stay begins to progress only then
  double          progress_s, pace;
  int64_t         reserved_s;                     // start that a conservative scheduler promised; INT64_MIN: none
  int64_t         found_s;                        // delay of the next restart: until the last stop was noticed
  int64_t         stay_restart_s, stay_rework_s;  // of the stay that ends
  int32_t         cause;                          // of its end
  int32_t         stops, first_node, n_node, next_spare;
  operations_tier tier;
  bool            limited;  // the limit ends it, not its run
  bool            leaving;  // chosen to be stopped
} operations_active;

// Waiting jobs in order, as arrays that a scan can run through. A job that left is a gap of GAP_GPUS until compaction.
enum { OPERATIONS_GAP_GPUS = INT32_MAX };
typedef struct operations_queue {
  int64_t *estimate_s;
  int32_t *gpus, *slot;
  size_t   first, end, capacity, gaps;  // first: no gap, the head
} operations_queue;

// Running jobs by the end that the scheduler expects.
typedef struct operations_expected {
  int64_t end_s;
  int32_t gpus, slot;
} operations_expected;

typedef struct operations_edge {
  int64_t at_s, change;
} operations_edge;

// GPUs free over time, as the scheduler plans: free[i] from time_s[i] to time_s[i+1], the last for ever.
typedef struct operations_profile {
  int64_t *time_s, *free;
  size_t   first, end, capacity;
} operations_profile;

typedef struct operations_pool {
  int64_t              base_gpus, capacity_gpus, cap_gpus, used_gpus;
  double               speed_frac;
  operations_queue     queue;
  operations_expected *expected;  // (n_expected), by end; kept where `planned`
  size_t               n_expected, expected_capacity;
  operations_edge     *edge;  // (n_edge), by time
  size_t               n_edge, next_edge;
  bool                 placed, planned;
  bool                 changed;  // since the last pass something else happened than that jobs joined the queue's end
  bool                 touched;  // a pass is due
  bool                 early, stale;          // conservative: a job ended before its time; the promises no longer hold
  int64_t              shadow_s, extra_gpus;  // of the head, from the last pass
  size_t               fresh;                 // first of the queue that no pass has seen
  operations_profile   profile;
  operations_nodes     nodes, shadow;  // shadow: as they will be at shadow_s
  int32_t             *next_node;      // of the same job; not read for its last
  int32_t             *owner;          // slot that holds a node as one of several; -1: none
  int32_t             *chosen;         // scratch (n_node)
} operations_pool;

typedef struct operations_ending {
  int64_t end_s, order;
  int32_t slot;
} operations_ending;

// A place in a queue whose job might pass the head.
typedef struct operations_candidate {
  int64_t estimate_s;
  size_t  at;
} operations_candidate;

typedef struct operations_engine {
  const operations_schedule *with;
  const operations_policy   *policy;
  arena                     *a;
  bool                       failed;  // out of memory
  int64_t                    now_s, orders;
  operations_active         *active;  // (n_active) slots; spare ones in a list
  int32_t                    n_active, active_capacity, spare, n_waiting, n_running;
  operations_ending         *ending;  // heap by end, then start; stale entries are passed over
  size_t                     n_ending, ending_capacity;
  operations_ending         *done;  // scratch: what ends now
  size_t                     n_done, done_capacity;
  operations_candidate      *candidate;  // scratch
  size_t                     candidate_capacity;
  operations_pool           *pool;
  const operations_event    *event;  // that is happening; NULL: none
  operations_tally           tally;
  int64_t                    idle_gpu_s, down_gpu_s;  // up to now
} operations_engine;

// Replaces an array by a larger copy. Returns false, and notes it, when memory ran out.
bool operations_grow(operations_engine *e, void **array, size_t size, size_t used, size_t capacity);

// ---- Queue and stays (schedule_stay.c) --------------------------------------------------------------------------------

static inline operations_pool *operations_pool_of(const operations_engine *e, int32_t slot) {
  return &e->pool[e->active[slot].job.partition];
}

// GPUs that may still be given out, wherever they are.
static inline int64_t operations_room(const operations_pool *p) {
  return (p->cap_gpus < p->capacity_gpus ? p->cap_gpus : p->capacity_gpus) - p->used_gpus;
}

// Whether the job could start now if nothing were planned.
static inline bool operations_fits(const operations_pool *p, int32_t gpus) {
  return gpus <= operations_room(p) && (!p->placed || operations_nodes_fits(&p->nodes, gpus));
}

static inline bool operations_queue_empty(const operations_queue *q) { return q->first == q->end; }

void    operations_enqueue(operations_engine *e, int32_t slot);
int32_t operations_dequeue(operations_engine *e, operations_pool *p, size_t at);  // slot that stood there
void    operations_estimate(const operations_engine *e, operations_active *job);  // what the next stay is taken for
void    operations_start(operations_engine *e, int32_t slot, bool chosen);  // chosen: its nodes stand in pool->chosen
void    operations_finish(operations_engine *e, int32_t slot);
void    operations_stop(operations_engine *e, int32_t slot, operations_end how);
void    operations_pace(operations_engine *e, operations_pool *p, double speed_frac);
void    operations_leave(operations_engine *e, int32_t slot, operations_end how);  // without a stay
void    operations_hold(operations_nodes *nodes, const operations_pool *p, const operations_active *job, int sign);
bool    operations_ending_top(operations_engine *e);  // drops stale entries; false: none is left
void    operations_ending_pop(operations_engine *e);

// ---- Passes (schedule_pass.c) and profiles (schedule_profile.c) ----------------------------------------------------------

void operations_pass(operations_engine *e, operations_pool *p);
void operations_stop_down_to(operations_engine *e, operations_pool *p, int64_t gpus);  // until no more are in use

void operations_profile_build(operations_engine *e, operations_pool *p);  // running jobs that do not leave, and windows
int64_t operations_profile_earliest(const operations_profile *f, int64_t from_s, int64_t estimate_s,
                                    int32_t gpus);  // INT64_MAX: never
void operations_profile_take(operations_engine *e, operations_profile *f, int64_t from_s, int64_t to_s, int64_t gpus);
void operations_conservative_pass(operations_engine *e, operations_pool *p);

#endif
