// A pass over a queue: who starts now. Rules: docs/validation-operations.md#policies.
#include <stdlib.h>

#include "schedule_parts.h"

static bool windows_ahead(const operations_pool *p) { return p->next_edge < p->n_edge; }

// Whether a job could run from now to its estimated end beside what runs and what is planned.
static bool may_start(const operations_engine *e, const operations_pool *p, int32_t gpus, int64_t estimate_s) {
  if (!operations_fits(p, gpus)) return false;
  return !windows_ahead(p) || operations_profile_earliest(&p->profile, e->now_s, estimate_s, gpus) == e->now_s;
}

static void begin(operations_engine *e, operations_pool *p, size_t at, bool chosen) {
  const int64_t estimate_s = p->queue.estimate_s[at];
  const int32_t gpus = p->queue.gpus[at];
  if (windows_ahead(p)) operations_profile_take(e, &p->profile, e->now_s, e->now_s + estimate_s, gpus);
  operations_start(e, operations_dequeue(e, p, at), chosen);
}

static void start_heads(operations_engine *e, operations_pool *p) {
  const operations_queue *q = &p->queue;
  while (!operations_queue_empty(q) && may_start(e, p, q->gpus[q->first], q->estimate_s[q->first])) {
    begin(e, p, q->first, false);
    p->changed = true;  // another head: what was known of the old one's start is void
  }
}

// ---- Stopping others ----------------------------------------------------------------------------------------------------

// Of two running jobs the one that stops first: lower priority, later start.
static bool yields_before(const operations_active *a, const operations_active *b) {
  return a->job.priority < b->job.priority || (a->job.priority == b->job.priority && a->order > b->order);
}

// Running job to stop next, of those of lower priority than the head that would also wait behind it; -1: none.
// head NULL: of all.
static int32_t next_to_yield(const operations_engine *e, const operations_pool *p, const operations_active *head) {
  int32_t best = -1;
  for (int32_t slot = 0; slot < e->n_active; slot++) {
    const operations_active *job = &e->active[slot];
    if (job->order < 0 || job->leaving || operations_pool_of(e, slot) != p) continue;
    if (head && (job->job.priority >= head->job.priority || job->key <= head->key)) continue;
    if (best < 0 || yields_before(job, &e->active[best])) best = slot;
  }
  return best;
}

void operations_stop_down_to(operations_engine *e, operations_pool *p, int64_t gpus) {
  while (p->used_gpus > gpus) {
    const int32_t slot = next_to_yield(e, p, NULL);
    if (slot < 0) return;
    operations_stop(e, slot, OPERATIONS_STOPPED);
  }
}

// Marks jobs as leaving until the head would fit; pool and nodes are as if they had left. Returns how many.
static int32_t mark_leaving(operations_engine *e, operations_pool *p, const operations_active *head) {
  int32_t n = 0;
  for (int32_t slot; !operations_fits(p, head->job.gpus) && (slot = next_to_yield(e, p, head)) >= 0; n++) {
    operations_active *job = &e->active[slot];
    job->leaving = true;
    p->used_gpus -= job->job.gpus;
    if (p->placed) operations_hold(&p->nodes, p, job, -1);
  }
  return n;
}

static void unmark_leaving(operations_engine *e, operations_pool *p, bool stop) {
  for (int32_t slot = 0; slot < e->n_active; slot++) {
    operations_active *job = &e->active[slot];
    if (job->order < 0 || !job->leaving || operations_pool_of(e, slot) != p) continue;
    job->leaving = false;
    p->used_gpus += job->job.gpus;
    if (p->placed) operations_hold(&p->nodes, p, job, 1);
    if (stop) operations_stop(e, slot, OPERATIONS_PREEMPTED);
  }
}

// Lets the head start by stopping others, if stopping those of lower priority is enough.
static bool preempt(operations_engine *e, operations_pool *p) {
  const operations_queue *q = &p->queue;
  if (operations_queue_empty(q)) return false;
  const operations_active *head = &e->active[q->slot[q->first]];
  const int32_t            n = mark_leaving(e, p, head);
  if (n && windows_ahead(p)) operations_profile_build(e, p);
  const bool enough = n > 0 && may_start(e, p, head->job.gpus, head->estimate_s);
  unmark_leaving(e, p, enough);
  if (n && windows_ahead(p)) operations_profile_build(e, p);
  return enough;
}

// ---- Backfill -----------------------------------------------------------------------------------------------------------

// Expected end of entry i, never in the past: a job that overran its estimate is taken to end in the next second.
static int64_t expected_end(const operations_engine *e, const operations_pool *p, size_t i) {
  return p->expected[i].end_s > e->now_s ? p->expected[i].end_s : e->now_s + 1;
}

// When the head can start by the estimates (shadow_s), and how many GPUs will then be left (extra_gpus); on nodes: the
// nodes as they will be then.
static void find_shadow(operations_engine *e, operations_pool *p, int32_t gpus) {
  int64_t room = operations_room(p);
  size_t  i = 0;
  bool    fits = false;
  if (p->placed) operations_nodes_foresee(&p->shadow, &p->nodes);
  while (!fits && i < p->n_expected) {
    for (p->shadow_s = expected_end(e, p, i); i < p->n_expected && expected_end(e, p, i) == p->shadow_s; i++) {
      room += p->expected[i].gpus;
      if (p->placed) operations_hold(&p->shadow, p, &e->active[p->expected[i].slot], -1);
    }
    fits = room >= gpus && (!p->placed || operations_nodes_fits(&p->shadow, gpus));
  }
  p->extra_gpus = room - gpus;
  if (!fits) p->shadow_s = INT64_MAX, p->extra_gpus = 0;  // GPUs are out of service: nobody delays the head
}

// On nodes: whether the head still fits at the shadow time when this job then still runs. Its nodes are left in `chosen`,
// and taken in the shadow if so.
static bool leaves_head_its_nodes(const operations_engine *e, operations_pool *p, int32_t gpus, int32_t head_gpus) {
  const int32_t n = operations_nodes_needed(&p->nodes, gpus);
  if (gpus > p->extra_gpus) return false;
  operations_nodes_choose(&p->nodes, gpus, e->policy->fit, p->chosen);
  for (int32_t i = 0; i < n; i++) operations_nodes_hold(&p->shadow, p->chosen[i], gpus, 1);
  if (operations_nodes_fits(&p->shadow, head_gpus)) return true;
  for (int32_t i = 0; i < n; i++) operations_nodes_hold(&p->shadow, p->chosen[i], gpus, -1);
  return false;
}

static bool may_pass_head(const operations_engine *e, const operations_pool *p, size_t at) {
  return e->now_s + p->queue.estimate_s[at] <= p->shadow_s || p->queue.gpus[at] <= p->extra_gpus;
}

// Starts the job if it does not delay the head.
static void try_backfill(operations_engine *e, operations_pool *p, size_t at) {
  const int32_t gpus = p->queue.gpus[at];
  bool          chosen = false;
  if (windows_ahead(p)) {
    if (may_start(e, p, gpus, p->queue.estimate_s[at])) begin(e, p, at, false);
    return;
  }
  if (!operations_fits(p, gpus) || !may_pass_head(e, p, at)) return;
  const bool stays = p->shadow_s != INT64_MAX && e->now_s + p->queue.estimate_s[at] > p->shadow_s;
  if (stays && p->placed) {
    chosen = leaves_head_its_nodes(e, p, gpus, p->queue.gpus[p->queue.first]);
    if (!chosen) return;
  }
  if (stays) p->extra_gpus -= gpus;
  begin(e, p, at, chosen);
}

static int by_estimate(const void *a, const void *b) {
  const operations_candidate *x = a, *y = b;
  if (x->estimate_s != y->estimate_s) return x->estimate_s < y->estimate_s ? -1 : 1;
  return x->at < y->at ? -1 : x->at > y->at;
}

// Shortest estimate first. Whoever cannot start now cannot later in the pass either, so few are sorted.
static void backfill_sorted(operations_engine *e, operations_pool *p, size_t from) {
  const operations_queue *q = &p->queue;
  const int64_t           room = operations_room(p);
  size_t                  n = 0;
  if (q->end > e->candidate_capacity) {
    if (!operations_grow(e, (void **)&e->candidate, sizeof *e->candidate, 0, q->capacity)) return;
    e->candidate_capacity = q->capacity;
  }
  for (size_t i = from; i < q->end; i++)
    if (q->gpus[i] <= room && (windows_ahead(p) || may_pass_head(e, p, i)))
      e->candidate[n++] = (operations_candidate){q->estimate_s[i], i};
  qsort(e->candidate, n, sizeof *e->candidate, by_estimate);
  for (size_t i = 0; i < n && operations_room(p) > 0; i++) try_backfill(e, p, e->candidate[i].at);
}

static void backfill(operations_engine *e, operations_pool *p) {
  const operations_queue *q = &p->queue;
  const bool              all = p->changed || windows_ahead(p);
  const int32_t           gpus = q->gpus[q->first];
  if (windows_ahead(p)) {
    const int64_t at_s = operations_profile_earliest(&p->profile, e->now_s, q->estimate_s[q->first], gpus);
    if (at_s != INT64_MAX) operations_profile_take(e, &p->profile, at_s, at_s + q->estimate_s[q->first], gpus);
  } else if (all) {
    find_shadow(e, p, gpus);
  }
  const size_t from = all ? q->first + 1 : p->fresh;
  if (e->policy->backfill == OPERATIONS_EASY_SJBF) {
    backfill_sorted(e, p, from);
    return;
  }
  for (size_t i = from; i < q->end && operations_room(p) > 0; i++)
    if (q->gpus[i] <= operations_room(p)) try_backfill(e, p, i);
}

void operations_pass(operations_engine *e, operations_pool *p) {
  const operations_queue *q = &p->queue;
  p->touched = false;
  if (operations_queue_empty(q)) return;
  if (e->policy->backfill == OPERATIONS_CONSERVATIVE) {
    operations_conservative_pass(e, p);
    return;
  }
  // The promise to the head may move with the clock where jobs overrun their estimates.
  if (!e->policy->limit_stops) p->changed = true;
  if (windows_ahead(p)) operations_profile_build(e, p);
  start_heads(e, p);
  while (e->policy->preempt && preempt(e, p)) start_heads(e, p);
  // With nothing free the head's start is not looked for: the next pass that finds some does so, and scans the whole queue.
  if (e->policy->backfill == OPERATIONS_NO_BACKFILL || operations_queue_empty(q) || operations_room(p) <= 0) return;
  backfill(e, p);
  p->changed = false;
  p->fresh = q->end;
}
