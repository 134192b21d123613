// Schedule: see schedule.h. This file: the clock, jobs and events coming in, the order of things at one time.
#include "schedule.h"

#include <math.h>
#include <stdlib.h>

#include "schedule_parts.h"

#define LAST_S       (10 * OPERATIONS_MAX_TIME_S)  // no schedule goes on for longer
#define IDLE_EVENTS  1000000  // so many events in a row with nothing running: nothing will run any more
#define SLOWEST_FRAC 0.01     // of a job's pace, by throttling or spread

operations_policy operations_policy_default(void) {
  return (operations_policy){.limit_stops = true, .checkpoint_s = OPERATIONS_NO_CHECKPOINT, .most_stops = 1000};
}

const char *operations_end_word(operations_end how) {
  static const char *const word[OPERATIONS_ENDS] = {"done",     "timed out", "stopped", "preempted",
                                                    "given up", "too large", "never"};
  return (unsigned)how < OPERATIONS_ENDS ? word[how] : "unknown";
}

// What comes next from outside.
typedef struct incoming {
  operations_job   job;
  operations_event event;
  bool             more_jobs, more_events;
  int64_t          idle_events;
} incoming;

// ---- Setting up -----------------------------------------------------------------------------------------------------------

static bool policy_makes_sense(const operations_policy *p) {
  bool sense = p->ageing_per_s >= 0.0 && isfinite(p->ageing_per_s) && p->checkpoint_s >= 0 && p->restart_s >= 0 &&
               p->restart_s <= OPERATIONS_MAX_TIME_S && p->most_stops >= 0 && (!p->preempt || p->by_priority) &&
               !(p->preempt && p->backfill == OPERATIONS_CONSERVATIVE);
  for (int i = 0; i < OPERATIONS_TIERS; i++)
    sense = sense && p->tier_slow_frac[i] >= 0.0 && p->tier_slow_frac[i] <= 1.0 - SLOWEST_FRAC;
  return sense;
}

static int by_time(const void *a, const void *b) {
  const operations_edge *x = a, *y = b;
  return x->at_s < y->at_s ? -1 : x->at_s > y->at_s;
}

static sg_err make_edges(operations_engine *e, operations_pool *p, int32_t partition) {
  const operations_schedule *w = e->with;
  p->edge = ARENA_NEW(e->a, operations_edge, 2 * w->n_window + 1);
  if (!p->edge) return SG_ERR_MEMORY;
  for (size_t i = 0; i < w->n_window; i++) {
    const operations_window *x = &w->window[i];
    if (x->partition != partition) continue;
    if (p->placed || x->to_s <= x->from_s || llabs(x->from_s) > OPERATIONS_MAX_TIME_S ||
        llabs(x->to_s) > OPERATIONS_MAX_TIME_S || llabs(x->gpus_change) > OPERATIONS_MAX_GPUS)
      return SG_ERR_USAGE;
    p->edge[p->n_edge++] = (operations_edge){x->from_s, x->gpus_change};
    p->edge[p->n_edge++] = (operations_edge){x->to_s, -x->gpus_change};
  }
  qsort(p->edge, p->n_edge, sizeof *p->edge, by_time);
  p->planned = p->planned || p->n_edge > 0;
  return SG_OK;
}

static sg_err make_pool(operations_engine *e, int32_t i) {
  const operations_partition *as = &e->with->partition[i];
  operations_pool            *p = &e->pool[i];
  p->placed = as->n_node > 0;
  p->planned = e->policy->backfill != OPERATIONS_NO_BACKFILL;
  p->base_gpus = p->placed ? (int64_t)as->n_node * as->gpus_per_node : as->gpus;
  p->capacity_gpus = p->base_gpus;
  p->cap_gpus = INT64_MAX;
  p->speed_frac = 1.0;
  p->changed = true;
  if (p->base_gpus < 0 || p->base_gpus > OPERATIONS_MAX_GPUS || as->n_node < 0 ||
      (p->placed && as->gpus_per_node < 1) || (p->placed && e->policy->backfill == OPERATIONS_CONSERVATIVE))
    return SG_ERR_USAGE;
  if (p->placed) {
    const bool made =
        operations_nodes_make(&p->nodes, as->n_node, as->gpus_per_node, as->nodes_per_rack, as->racks_per_block,
                              e->a) &&
        operations_nodes_make(&p->shadow, as->n_node, as->gpus_per_node, as->nodes_per_rack, as->racks_per_block, e->a);
    p->next_node = ARENA_NEW(e->a, int32_t, as->n_node);
    p->owner = ARENA_NEW(e->a, int32_t, as->n_node);
    p->chosen = ARENA_NEW(e->a, int32_t, as->n_node);
    if (!made || !p->next_node || !p->owner || !p->chosen) return SG_ERR_MEMORY;
    for (int32_t node = 0; node < as->n_node; node++) p->owner[node] = -1;
  }
  e->tally.m.capacity_gpus += p->base_gpus;
  return make_edges(e, p, i);
}

static sg_err make_engine(operations_engine *e, const operations_schedule *with, arena *a) {
  *e = (operations_engine){.with = with, .policy = &with->policy, .a = a, .spare = -1};
  operations_tally_start(&e->tally);
  if (with->n_partition < 1 || !policy_makes_sense(&with->policy)) return SG_ERR_USAGE;
  e->pool = ARENA_NEW(a, operations_pool, with->n_partition);
  if (!e->pool) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < with->n_partition; i++) {
    const sg_err err = make_pool(e, i);
    if (err) return err;
  }
  return e->tally.m.capacity_gpus <= OPERATIONS_MAX_GPUS ? SG_OK : SG_ERR_USAGE;
}

// ---- Jobs come in -----------------------------------------------------------------------------------------------------------

static bool in_range(int64_t time_s) { return time_s >= -OPERATIONS_MAX_TIME_S && time_s <= OPERATIONS_MAX_TIME_S; }

static sg_err read_job(const operations_engine *e, incoming *in) {
  const int64_t last_s = in->job.submit_s;
  const sg_err  err = e->with->next_job(e->with->jobs, &in->job, &in->more_jobs);
  if (err || !in->more_jobs) return err;
  const operations_job *j = &in->job;
  const bool            good = in_range(j->submit_s) && j->submit_s >= last_s && j->run_s >= 0 && in_range(j->run_s) &&
                    j->limit_s >= -1 && in_range(j->limit_s) && j->checkpoint_s >= 0 && j->restart_s >= 0 &&
                    in_range(j->restart_s) && j->slow_frac >= 0.0 && j->slow_frac <= 1.0 - SLOWEST_FRAC &&
                    isfinite(j->priority) && j->gpus >= 1 && j->gpus <= OPERATIONS_MAX_GPUS && j->partition >= 0 &&
                    j->partition < e->with->n_partition;
  return good ? SG_OK : SG_ERR_RANGE;
}

// A slot for one more job; -1: out of memory.
static int32_t new_slot(operations_engine *e) {
  if (e->spare >= 0) {
    const int32_t slot = e->spare;
    e->spare = e->active[slot].next_spare;
    return slot;
  }
  if (e->n_active == e->active_capacity) {
    const int32_t capacity = e->n_active ? 2 * e->n_active : 64;
    if (!operations_grow(e, (void **)&e->active, sizeof *e->active, (size_t)e->n_active, (size_t)capacity)) return -1;
    e->active_capacity = capacity;
  }
  return e->n_active++;
}

// Whether the partition will ever have so many GPUs, if nothing breaks.
static bool ever_fits(const operations_pool *p, int32_t gpus) {
  if (p->placed) return operations_nodes_needed(&p->nodes, gpus) <= p->nodes.n_node;
  int64_t now = p->capacity_gpus, most = now;
  for (size_t i = p->next_edge; i < p->n_edge; i++) {
    now += p->edge[i].change;
    if (now > most) most = now;
  }
  return gpus <= most;
}

static int32_t submit(operations_engine *e, const operations_job *job) {
  const int32_t slot = new_slot(e);
  if (slot < 0) return slot;
  operations_active *x = &e->active[slot];
  *x = (operations_active){.job = *job, .first_start_s = INT64_MIN, .order = -1, .reserved_s = INT64_MIN};
  if (!ever_fits(operations_pool_of(e, slot), job->gpus)) {
    operations_leave(e, slot, OPERATIONS_TOO_LARGE);
    return -1;
  }
  // All wait from submission on and age alike, so the order among them never changes.
  if (e->policy->by_priority) x->key = e->policy->ageing_per_s * (double)job->submit_s - job->priority;
  if (job->submit_s < e->tally.first_submit_s) e->tally.first_submit_s = job->submit_s;
  operations_estimate(e, x);
  operations_enqueue(e, slot);
  return slot;
}

// ---- Events -----------------------------------------------------------------------------------------------------------------

static sg_err read_event(const operations_engine *e, incoming *in) {
  const int64_t last_s = in->event.at_s;
  in->more_events = e->with->next_event && e->with->next_event(e->with->events, &in->event);
  if (!in->more_events) return SG_OK;
  const operations_event *x = &in->event;
  if (!in_range(x->at_s) || x->at_s < last_s || x->found_s < 0 || !in_range(x->found_s) || x->partition < 0 ||
      x->partition >= e->with->n_partition)
    return SG_ERR_RANGE;
  const operations_pool *p = &e->pool[x->partition];
  switch (x->kind) {
    case OPERATIONS_NODES_DOWN:
    case OPERATIONS_NODES_DRAIN:
    case OPERATIONS_NODES_UP:
      return p->placed && x->first_node >= 0 && x->n_node >= 1 && x->n_node <= p->nodes.n_node - x->first_node
                 ? SG_OK
                 : SG_ERR_RANGE;
    case OPERATIONS_CAP: return x->cap_gpus >= 0 ? SG_OK : SG_ERR_RANGE;
    case OPERATIONS_SPEED: return x->speed_frac >= SLOWEST_FRAC && x->speed_frac <= 1.0 ? SG_OK : SG_ERR_RANGE;
  }
  return SG_ERR_RANGE;
}

// Stops gangs by the owner of a node, and then jobs of one node, of which several may stand on each.
static void stop_jobs_on(operations_engine *e, const operations_pool *p, int32_t first, int32_t end) {
  bool held = false;
  for (int32_t i = first; i < end; i++) {
    if (p->owner[i] >= 0) operations_stop(e, p->owner[i], OPERATIONS_STOPPED);
    held = held || p->nodes.held[i] > 0;
  }
  for (int32_t slot = 0; held && slot < e->n_active; slot++) {
    const operations_active *job = &e->active[slot];
    if (job->order >= 0 && operations_pool_of(e, slot) == p && job->first_node >= first && job->first_node < end)
      operations_stop(e, slot, OPERATIONS_STOPPED);
  }
}

static sg_err apply_event(operations_engine *e, const operations_event *x) {
  operations_pool *p = &e->pool[x->partition];
  p->changed = p->touched = p->stale = true;
  if (x->kind == OPERATIONS_CAP) {
    p->cap_gpus = x->cap_gpus;
    operations_stop_down_to(e, p, p->cap_gpus);
    return SG_OK;
  }
  if (x->kind == OPERATIONS_SPEED) {
    operations_pace(e, p, x->speed_frac);
    return SG_OK;
  }
  const int32_t end = x->first_node + x->n_node;
  for (int32_t i = x->first_node; i < end; i++) {
    if (x->kind == OPERATIONS_NODES_UP && p->nodes.closed[i] == 0) return SG_ERR_RANGE;
    operations_nodes_close(&p->nodes, i, x->kind == OPERATIONS_NODES_UP ? -1 : 1);
  }
  if (x->kind == OPERATIONS_NODES_DOWN) stop_jobs_on(e, p, x->first_node, end);
  return SG_OK;
}

static void pass_edges(operations_engine *e, operations_pool *p) {
  for (; p->next_edge < p->n_edge && p->edge[p->next_edge].at_s <= e->now_s; p->next_edge++) {
    p->capacity_gpus += p->edge[p->next_edge].change;
    p->changed = p->touched = true;
  }
  if (p->used_gpus > p->capacity_gpus) operations_stop_down_to(e, p, p->capacity_gpus);
}

// ---- The clock --------------------------------------------------------------------------------------------------------------

// GPUs of a pool that are in service, in use or not.
static int64_t in_service(const operations_pool *p) {
  int64_t gpus = p->placed ? p->base_gpus - p->nodes.closed_gpus : p->capacity_gpus;
  if (gpus > p->cap_gpus) gpus = p->cap_gpus;
  if (gpus < 0) gpus = 0;
  return gpus > p->used_gpus ? gpus : p->used_gpus;
}

// Moves the clock, booking what stood idle or out of service since the first submission.
static void advance(operations_engine *e, int64_t time_s) {
  const int64_t from_s = e->now_s > e->tally.first_submit_s ? e->now_s : e->tally.first_submit_s;
  for (int32_t i = 0; i < e->with->n_partition && time_s > from_s; i++) {
    const operations_pool *p = &e->pool[i];
    e->idle_gpu_s += (in_service(p) - p->used_gpus) * (time_s - from_s);
    e->down_gpu_s += (p->base_gpus - in_service(p)) * (time_s - from_s);
  }
  e->now_s = time_s;
}

static int64_t next_time(operations_engine *e, const incoming *in) {
  int64_t time_s = in->more_jobs ? in->job.submit_s : INT64_MAX;
  if (operations_ending_top(e) && e->ending[0].end_s < time_s) time_s = e->ending[0].end_s;
  if (in->more_events && in->event.at_s < time_s) time_s = in->event.at_s;
  for (int32_t i = 0; i < e->with->n_partition; i++) {
    const operations_pool *p = &e->pool[i];
    if (p->next_edge < p->n_edge && p->edge[p->next_edge].at_s < time_s) time_s = p->edge[p->next_edge].at_s;
  }
  return time_s;
}

static void pass_where_touched(operations_engine *e) {
  for (int32_t i = 0; i < e->with->n_partition; i++)
    if (e->pool[i].touched) operations_pass(e, &e->pool[i]);
}

// Ends of now: jobs stop there and then, but with single ties those that end before their estimate wait in e->done.
static void take_endings(operations_engine *e, bool single) {
  e->n_done = 0;
  while (operations_ending_top(e) && e->ending[0].end_s == e->now_s) {
    const operations_ending top = e->ending[0];
    operations_ending_pop(e);
    if (single) {
      if (e->n_done == e->done_capacity) {
        const size_t capacity = e->n_done ? 2 * e->n_done : 64;
        if (!operations_grow(e, (void **)&e->done, sizeof *e->done, e->n_done, capacity)) return;
        e->done_capacity = capacity;
      }
      e->done[e->n_done++] = top;
    }
    if (!single || e->active[top.slot].expected_end_s == e->now_s) operations_finish(e, top.slot);
  }
}

static sg_err take_jobs(operations_engine *e, incoming *in, bool single) {
  sg_err err = SG_OK;
  while (!err && !e->failed && in->more_jobs && in->job.submit_s == e->now_s) {
    const int32_t slot = submit(e, &in->job);
    if (single && slot >= 0 && operations_fits(operations_pool_of(e, slot), in->job.gpus))
      operations_pass(e, operations_pool_of(e, slot));
    err = read_job(e, in);
  }
  return err;
}

// All that happens at one time, in order: ends, planned changes, events, submissions; then passes.
static sg_err step(operations_engine *e, incoming *in) {
  const bool single = e->policy->ties == OPERATIONS_TIES_SINGLE;
  bool       outside = false;
  sg_err     err = SG_OK;
  take_endings(e, single);
  for (int32_t i = 0; i < e->with->n_partition; i++) {
    const size_t before = e->pool[i].next_edge;
    pass_edges(e, &e->pool[i]);
    outside = outside || e->pool[i].next_edge != before;
  }
  for (; !err && in->more_events && in->event.at_s == e->now_s; outside = true) {
    in->idle_events = e->n_running ? 0 : in->idle_events + 1;
    e->event = &in->event;
    err = apply_event(e, e->event);
    e->event = NULL;
    if (!err) err = read_event(e, in);
  }
  if (single && outside) pass_where_touched(e);
  if (!err) err = take_jobs(e, in, single);
  for (size_t i = 0; i < e->n_done && !e->failed; i++) {
    const operations_ending *x = &e->done[i];
    const operations_active *job = &e->active[x->slot];
    if (job->order == x->order && job->end_s == x->end_s) operations_finish(e, x->slot);
    pass_where_touched(e);
  }
  if (!single) pass_where_touched(e);
  return e->failed ? SG_ERR_MEMORY : err;
}

// Nothing more happens: whoever still waits never runs.
static void turn_away(operations_engine *e) {
  for (int32_t i = 0; i < e->with->n_partition; i++)
    while (!operations_queue_empty(&e->pool[i].queue))
      operations_leave(e, operations_dequeue(e, &e->pool[i], e->pool[i].queue.first), OPERATIONS_NEVER);
}

sg_err operations_schedule_run(const operations_schedule *schedule, arena *a, operations_metrics *out) {
  operations_engine e;
  incoming          in = {.job.submit_s = INT64_MIN, .event.at_s = INT64_MIN};
  *out = (operations_metrics){0};
  sg_err err = make_engine(&e, schedule, a);
  if (!err) err = read_job(&e, &in);
  if (!err) err = read_event(&e, &in);
  e.now_s = INT64_MIN;
  while (!err && (in.more_jobs || e.n_waiting || e.n_running)) {
    const int64_t time_s = next_time(&e, &in);
    if (time_s == INT64_MAX || in.idle_events > IDLE_EVENTS) {
      turn_away(&e);
      if (time_s == INT64_MAX || !in.more_jobs) break;
      in.idle_events = 0;
    }
    if (time_s > LAST_S) err = SG_ERR_LIMIT;
    if (err) break;
    advance(&e, time_s);
    err = step(&e, &in);
  }
  if (err) return err;
  operations_tally_finish(&e.tally, out);
  return e.failed ? SG_ERR_MEMORY : SG_OK;
}
