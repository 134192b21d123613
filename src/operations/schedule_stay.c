// Stays: jobs join a queue, start, progress, stop, end; and what of their time counts as work.
#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "schedule_parts.h"

bool operations_grow(operations_engine *e, void **array, size_t size, size_t used, size_t capacity) {
  void *larger = arena_take(e->a, capacity, size);
  if (!larger) e->failed = true;
  else if (used) memcpy(larger, *array, used * size);
  if (larger) *array = larger;
  return larger != NULL;
}

// ---- Queue --------------------------------------------------------------------------------------------------------------

// Closes the gaps, in place or in larger arrays.
static bool queue_tidy(operations_engine *e, operations_pool *p) {
  const operations_queue *q = &p->queue;
  operations_queue        to = *q;
  if (2 * (q->end - q->first - q->gaps) >= q->capacity) {
    to.capacity = q->capacity ? 2 * q->capacity : 256;
    to.estimate_s = ARENA_NEW(e->a, int64_t, to.capacity);
    to.gpus = ARENA_NEW(e->a, int32_t, to.capacity);
    to.slot = ARENA_NEW(e->a, int32_t, to.capacity);
    e->failed = e->failed || !to.estimate_s || !to.gpus || !to.slot;
    if (e->failed) return false;
  }
  to.first = to.end = to.gaps = 0;
  for (size_t i = q->first; i < q->end; i++) {
    if (q->gpus[i] == OPERATIONS_GAP_GPUS) continue;
    to.estimate_s[to.end] = q->estimate_s[i];
    to.gpus[to.end] = q->gpus[i];
    to.slot[to.end++] = q->slot[i];
  }
  p->queue = to;
  p->changed = true;  // places in the queue are others now
  return true;
}

static bool goes_before(const operations_active *a, const operations_active *b) {
  return a->key < b->key || (a->key == b->key && a->job.row < b->job.row);
}

// Makes room before place `at`.
static void queue_open(operations_queue *q, size_t at) {
  const size_t n = q->end - at;
  memmove(q->estimate_s + at + 1, q->estimate_s + at, n * sizeof *q->estimate_s);
  memmove(q->gpus + at + 1, q->gpus + at, n * sizeof *q->gpus);
  memmove(q->slot + at + 1, q->slot + at, n * sizeof *q->slot);
  q->end++;
}

void operations_enqueue(operations_engine *e, int32_t slot) {
  operations_pool         *p = operations_pool_of(e, slot);
  operations_queue        *q = &p->queue;
  const operations_active *job = &e->active[slot];
  while (q->end > q->first && q->gpus[q->end - 1] == OPERATIONS_GAP_GPUS) q->end--, q->gaps--;
  if (p->fresh > q->end) p->fresh = q->end;
  if (q->end == q->capacity && !queue_tidy(e, p)) return;
  size_t at = q->end;
  while (at > q->first && (q->gpus[at - 1] == OPERATIONS_GAP_GPUS || goes_before(job, &e->active[q->slot[at - 1]])))
    at--;
  if (at < q->end) {
    p->changed = true;
    queue_open(q, at);
  } else {
    q->end++;
  }
  q->estimate_s[at] = job->estimate_s;
  q->gpus[at] = job->job.gpus;
  q->slot[at] = slot;
  p->touched = true;
  e->n_waiting++;
}

int32_t operations_dequeue(operations_engine *e, operations_pool *p, size_t at) {
  operations_queue *q = &p->queue;
  q->gpus[at] = OPERATIONS_GAP_GPUS;
  q->gaps++;
  while (q->first < q->end && q->gpus[q->first] == OPERATIONS_GAP_GPUS) q->first++, q->gaps--;
  if (operations_queue_empty(q)) q->first = q->end = p->fresh = 0;
  e->n_waiting--;
  return q->slot[at];
}

// ---- Jobs by their expected end, and by their end -----------------------------------------------------------------------

// First place whose end is not before end_s.
static size_t expected_at(const operations_pool *p, int64_t end_s) {
  size_t low = 0, high = p->n_expected;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (p->expected[middle].end_s < end_s) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void expect(operations_engine *e, operations_pool *p, int32_t slot) {
  const operations_active *job = &e->active[slot];
  if (!p->planned) return;
  if (p->n_expected == p->expected_capacity) {
    const size_t capacity = p->n_expected ? 2 * p->n_expected : 64;
    if (!operations_grow(e, (void **)&p->expected, sizeof *p->expected, p->n_expected, capacity)) return;
    p->expected_capacity = capacity;
  }
  const size_t at = expected_at(p, job->expected_end_s);
  memmove(p->expected + at + 1, p->expected + at, (p->n_expected++ - at) * sizeof *p->expected);
  p->expected[at] = (operations_expected){job->expected_end_s, job->job.gpus, slot};
}

static void expect_no_more(const operations_engine *e, operations_pool *p, int32_t slot) {
  if (!p->planned) return;
  size_t at = expected_at(p, e->active[slot].expected_end_s);
  while (p->expected[at].slot != slot) at++;
  memmove(p->expected + at, p->expected + at + 1, (--p->n_expected - at) * sizeof *p->expected);
}

static bool ends_before(const operations_ending *a, const operations_ending *b) {
  return a->end_s < b->end_s || (a->end_s == b->end_s && a->order < b->order);
}

static void ending_push(operations_engine *e, int32_t slot) {
  if (e->n_ending == e->ending_capacity) {
    const size_t capacity = e->n_ending ? 2 * e->n_ending : 64;
    if (!operations_grow(e, (void **)&e->ending, sizeof *e->ending, e->n_ending, capacity)) return;
    e->ending_capacity = capacity;
  }
  const operations_ending is = {e->active[slot].end_s, e->active[slot].order, slot};
  size_t                  at = e->n_ending++;
  for (; at > 0 && ends_before(&is, &e->ending[(at - 1) / 2]); at = (at - 1) / 2)
    e->ending[at] = e->ending[(at - 1) / 2];
  e->ending[at] = is;
}

void operations_ending_pop(operations_engine *e) {
  const operations_ending last = e->ending[--e->n_ending];
  size_t                  at = 0, child;
  while ((child = 2 * at + 1) < e->n_ending) {
    if (child + 1 < e->n_ending && ends_before(&e->ending[child + 1], &e->ending[child])) child++;
    if (!ends_before(&e->ending[child], &last)) break;
    e->ending[at] = e->ending[child];
    at = child;
  }
  if (e->n_ending) e->ending[at] = last;
}

bool operations_ending_top(operations_engine *e) {
  while (e->n_ending) {
    const operations_active *job = &e->active[e->ending[0].slot];
    if (job->order == e->ending[0].order && job->end_s == e->ending[0].end_s) return true;
    operations_ending_pop(e);  // it was stopped, or ends at another time
  }
  return false;
}

// ---- A stay -------------------------------------------------------------------------------------------------------------

static int64_t restart_of(const operations_engine *e, const operations_active *job) {
  if (job->stops == 0) return 0;
  return (job->job.restart_s ? job->job.restart_s : e->policy->restart_s) + job->found_s;
}

// Progress that the job makes in all, if no stop and no slowing keeps it from it.
static int64_t work_of(const operations_engine *e, const operations_active *job) {
  const bool cut = e->policy->limit_stops && job->job.limit_s >= 0 && job->job.limit_s < job->job.run_s;
  return cut ? job->job.limit_s : job->job.run_s;
}

void operations_estimate(const operations_engine *e, operations_active *job) {
  const bool    known = job->job.limit_s < 0;
  const int64_t all_s = known ? job->job.run_s : job->job.limit_s;
  int64_t       left_s = all_s - job->saved_s;
  if (known && job->job.slow_frac > 0.0) left_s = (int64_t)ceil((double)left_s / (1.0 - job->job.slow_frac));
  job->estimate_s = (left_s > 0 ? left_s : 0) + restart_of(e, job);
}

// Sets the end of a stay from its progress and pace.
static void set_end(operations_engine *e, operations_pool *p, int32_t slot) {
  operations_active *job = &e->active[slot];
  const int64_t      work_s = work_of(e, job) - job->saved_s, latest_s = job->start_s + job->estimate_s;
  const double       left_s = number_most((double)work_s - job->progress_s, 0.0);
  job->end_s = job->since_s + (job->pace == 1.0 ? (int64_t)left_s : (int64_t)ceil(left_s / job->pace));
  job->limited = e->policy->limit_stops && job->job.limit_s >= 0 && job->end_s > latest_s;
  if (job->limited) job->end_s = latest_s > e->now_s ? latest_s : e->now_s;
  job->expected_end_s = job->job.limit_s >= 0 ? latest_s : job->end_s;
  if (job->expected_end_s != latest_s) p->stale = true;
  ending_push(e, slot);
  expect(e, p, slot);
}

void operations_hold(operations_nodes *nodes, const operations_pool *p, const operations_active *job, int sign) {
  for (int32_t node = job->first_node, i = 0; i < job->n_node; i++, node = p->next_node[node])
    operations_nodes_hold(nodes, node, job->job.gpus, sign);
}

static void set_owner(const operations_pool *p, const operations_active *job, int32_t slot) {
  for (int32_t node = job->first_node, i = 0; job->n_node > 1 && i < job->n_node; i++, node = p->next_node[node])
    p->owner[node] = slot;
}

static void take_nodes(operations_engine *e, operations_pool *p, int32_t slot, bool chosen) {
  operations_active *job = &e->active[slot];
  if (!chosen) operations_nodes_choose(&p->nodes, job->job.gpus, e->policy->fit, p->chosen);
  job->n_node = operations_nodes_needed(&p->nodes, job->job.gpus);
  job->first_node = p->chosen[0];
  job->tier = operations_nodes_tier(&p->nodes, p->chosen, job->n_node);
  for (int32_t i = 0; i + 1 < job->n_node; i++) p->next_node[p->chosen[i]] = p->chosen[i + 1];
  operations_hold(&p->nodes, p, job, 1);
  set_owner(p, job, slot);
}

static double pace_of(const operations_engine *e, const operations_pool *p, const operations_active *job) {
  const double kept = p->speed_frac * (1.0 - (p->placed ? e->policy->tier_slow_frac[job->tier] : 0.0));
  return kept * (1.0 - job->job.slow_frac);
}

void operations_start(operations_engine *e, int32_t slot, bool chosen) {
  operations_active *job = &e->active[slot];
  operations_pool   *p = operations_pool_of(e, slot);
  if (p->placed) take_nodes(e, p, slot, chosen);
  p->used_gpus += job->job.gpus;
  job->order = e->orders++;
  job->start_s = e->now_s;
  if (job->first_start_s == INT64_MIN) job->first_start_s = e->now_s;
  job->since_s = e->now_s + restart_of(e, job);
  job->progress_s = 0.0;
  job->pace = pace_of(e, p, job);
  e->n_running++;
  set_end(e, p, slot);
}

static double progress_now(const operations_engine *e, const operations_active *job) {
  return job->progress_s + (e->now_s > job->since_s ? (double)(e->now_s - job->since_s) * job->pace : 0.0);
}

void operations_pace(operations_engine *e, operations_pool *p, double speed_frac) {
  p->speed_frac = speed_frac;
  p->changed = p->touched = p->stale = true;
  for (int32_t slot = 0; slot < e->n_active; slot++) {
    operations_active *job = &e->active[slot];
    if (job->order < 0 || operations_pool_of(e, slot) != p) continue;
    job->progress_s = progress_now(e, job);
    if (job->since_s < e->now_s) job->since_s = e->now_s;
    job->pace = pace_of(e, p, job);
    expect_no_more(e, p, slot);
    set_end(e, p, slot);
  }
}

// ---- The end of a stay --------------------------------------------------------------------------------------------------

static void tell(const operations_engine *e, const operations_active *job, int64_t start_s, operations_end how) {
  operations_pool *p = &e->pool[job->job.partition];
  if (!e->with->sink) return;
  operations_stay stay = {.job = &job->job, .start_s = start_s, .end_s = e->now_s, .how = how, .tier = job->tier};
  stay.cause = OPERATIONS_NO_CAUSE;
  if (start_s != INT64_MIN) {
    stay.restart_s = job->stay_restart_s;
    stay.rework_s = job->stay_rework_s;
    stay.cause = job->cause;
  }
  if (start_s != INT64_MIN && p->placed) {
    stay.n_node = job->n_node;
    stay.node = p->chosen;
    for (int32_t i = 0, node = job->first_node; i < job->n_node; i++, node = p->next_node[node]) p->chosen[i] = node;
  }
  if (start_s == INT64_MIN) stay.start_s = e->now_s;
  e->with->sink(e->with->sink_user, &stay);
}

static void give_back_slot(operations_engine *e, int32_t slot) {
  e->active[slot].order = -1;
  e->active[slot].job.partition = -1;
  e->active[slot].next_spare = e->spare;
  e->spare = slot;
}

// Takes the job off the machine and books its time; returns the progress of this stay.
static int64_t end_stay(operations_engine *e, int32_t slot, bool whole) {
  operations_active *job = &e->active[slot];
  operations_pool   *p = operations_pool_of(e, slot);
  const int64_t stay_s = e->now_s - job->start_s, due_s = restart_of(e, job), work_s = work_of(e, job) - job->saved_s;
  const int64_t restart_s = due_s < stay_s ? due_s : stay_s;
  int64_t       progress_s = whole ? work_s : (int64_t)progress_now(e, job);
  if (progress_s > work_s) progress_s = work_s;
  expect_no_more(e, p, slot);
  if (p->placed) {
    operations_hold(&p->nodes, p, job, -1);
    set_owner(p, job, -1);
  }
  p->used_gpus -= job->job.gpus;
  p->changed = p->touched = true;
  e->n_running--;
  operations_metrics *m = &e->tally.m;
  job->stay_restart_s = restart_s;
  job->stay_rework_s = 0;
  job->cause = OPERATIONS_NO_CAUSE;
  m->restart_gpu_s += restart_s * job->job.gpus;
  m->slow_gpu_s += (stay_s - restart_s - progress_s) * job->job.gpus;
  m->work_gpu_s += progress_s * job->job.gpus;
  e->tally.last_end_s = e->now_s;
  m->idle_gpu_s = e->idle_gpu_s;
  m->down_gpu_s = e->down_gpu_s;
  return progress_s;
}

void operations_finish(operations_engine *e, int32_t slot) {
  operations_active *job = &e->active[slot];
  operations_pool   *p = operations_pool_of(e, slot);
  const int64_t      run_s = end_stay(e, slot, !job->limited) + job->saved_s;
  const bool         short_of = job->limited || run_s < job->job.run_s;
  const int64_t      promised_s = job->expected_end_s > job->start_s ? job->expected_end_s : job->start_s + 1;
  if (promised_s > e->now_s && e->policy->backfill == OPERATIONS_CONSERVATIVE) {  // more than it needed
    operations_profile_take(e, &p->profile, e->now_s, promised_s, -(int64_t)job->job.gpus);
    p->early = true;
  }
  e->tally.m.timed_out += short_of;
  if (!operations_tally_job(&e->tally, &job->job, job->first_start_s, e->now_s, run_s, e->a)) e->failed = true;
  tell(e, job, job->start_s, short_of ? OPERATIONS_TIMED_OUT : OPERATIONS_DONE);
  give_back_slot(e, slot);
}

void operations_stop(operations_engine *e, int32_t slot, operations_end how) {
  operations_active  *job = &e->active[slot];
  operations_metrics *m = &e->tally.m;
  operations_pool_of(e, slot)->stale = true;
  const operations_event *event = how == OPERATIONS_STOPPED ? e->event : NULL;
  const int64_t           own_s = job->job.checkpoint_s, every_s = own_s ? own_s : e->policy->checkpoint_s;
  const int64_t           reached_s = end_stay(e, slot, false) + job->saved_s;
  const bool              gives_up = job->stops >= e->policy->most_stops;
  int64_t                 kept_s = every_s == 0 ? reached_s : reached_s / every_s * every_s;
  if (kept_s < job->saved_s) kept_s = job->saved_s;
  if (gives_up) kept_s = 0;
  job->stay_rework_s = reached_s - kept_s;
  job->cause = event ? event->cause : OPERATIONS_NO_CAUSE;
  job->found_s = event ? event->found_s : 0;
  m->work_gpu_s -= (reached_s - kept_s) * job->job.gpus;
  m->rework_gpu_s += (reached_s - kept_s) * job->job.gpus;
  m->stops += how == OPERATIONS_STOPPED;
  m->preemptions += how == OPERATIONS_PREEMPTED;
  m->given_up += gives_up;
  tell(e, job, job->start_s, gives_up ? OPERATIONS_GIVEN_UP : how);
  if (gives_up) {
    give_back_slot(e, slot);
    return;
  }
  job->saved_s = kept_s;
  job->stops++;
  job->order = -1;
  job->leaving = false;
  job->reserved_s = INT64_MIN;
  operations_estimate(e, job);
  operations_enqueue(e, slot);
}

void operations_leave(operations_engine *e, int32_t slot, operations_end how) {
  e->tally.m.rejected += how == OPERATIONS_TOO_LARGE;
  e->tally.m.never += how == OPERATIONS_NEVER;
  tell(e, &e->active[slot], INT64_MIN, how);
  give_back_slot(e, slot);
}
