// Profiles: GPUs free over time, as the scheduler plans; and the conservative policy, which is made of them.
#include <string.h>

#include "schedule_parts.h"

// Makes room for n more steps at the end.
static bool profile_room(operations_engine *e, operations_profile *f, size_t n) {
  if (f->end + n <= f->capacity) return true;
  const size_t used = f->end - f->first;
  if (f->first > f->capacity / 2) {
    memmove(f->time_s, f->time_s + f->first, used * sizeof *f->time_s);
    memmove(f->free, f->free + f->first, used * sizeof *f->free);
  } else {
    const size_t capacity = 2 * (f->capacity + n) + 64;
    int64_t     *time_s = ARENA_NEW(e->a, int64_t, capacity), *free = ARENA_NEW(e->a, int64_t, capacity);
    if (!time_s || !free) return e->failed = true, false;
    if (used) {
      memcpy(time_s, f->time_s + f->first, used * sizeof *time_s);
      memcpy(free, f->free + f->first, used * sizeof *free);
    }
    *f = (operations_profile){.time_s = time_s, .free = free, .capacity = capacity};
  }
  f->first = 0;
  f->end = used;
  return true;
}

static int64_t in_future(const operations_engine *e, int64_t end_s) { return end_s > e->now_s ? end_s : e->now_s + 1; }

void operations_profile_build(operations_engine *e, operations_pool *p) {
  operations_profile *f = &p->profile;
  f->first = f->end = 0;
  if (!profile_room(e, f, p->n_expected + (p->n_edge - p->next_edge) + 1)) return;
  int64_t capacity = p->capacity_gpus, used = p->used_gpus, time_s = e->now_s;
  size_t  i = 0, k = p->next_edge;
  for (;;) {
    f->time_s[f->end] = time_s;
    f->free[f->end++] = (capacity < p->cap_gpus ? capacity : p->cap_gpus) - used;
    while (i < p->n_expected && e->active[p->expected[i].slot].leaving) i++;  // not counted in used_gpus
    if (i == p->n_expected && k == p->n_edge) return;
    time_s = i < p->n_expected ? in_future(e, p->expected[i].end_s) : INT64_MAX;
    if (k < p->n_edge && p->edge[k].at_s < time_s) time_s = p->edge[k].at_s;
    for (; i < p->n_expected && in_future(e, p->expected[i].end_s) <= time_s; i++)
      if (!e->active[p->expected[i].slot].leaving) used -= p->expected[i].gpus;
    for (; k < p->n_edge && p->edge[k].at_s == time_s; k++) capacity += p->edge[k].change;
  }
}

// Last step that begins at or before time_s >= time_s[first].
static size_t step_at(const operations_profile *f, int64_t time_s) {
  size_t low = f->first, high = f->end;
  while (high - low > 1) {
    const size_t middle = low + (high - low) / 2;
    if (f->time_s[middle] <= time_s) low = middle;
    else high = middle;
  }
  return low;
}

int64_t operations_profile_earliest(const operations_profile *f, int64_t from_s, int64_t estimate_s, int32_t gpus) {
  size_t        i = step_at(f, from_s);
  int64_t       start_s = from_s;
  const int64_t length_s = estimate_s > 0 ? estimate_s : 1;
  for (size_t k = i; k < f->end; k++) {
    if (f->time_s[k] >= start_s + length_s && k > i) return start_s;
    if (f->free[k] >= gpus) continue;
    if (k + 1 == f->end) return INT64_MAX;
    i = k + 1;
    start_s = f->time_s[i];
  }
  return start_s;
}

// A step that begins at time_s, split off where there is none.
static size_t split_at(operations_profile *f, int64_t time_s) {
  const size_t at = step_at(f, time_s);
  if (f->time_s[at] == time_s) return at;
  memmove(f->time_s + at + 2, f->time_s + at + 1, (f->end - at - 1) * sizeof *f->time_s);
  memmove(f->free + at + 2, f->free + at + 1, (f->end - at - 1) * sizeof *f->free);
  f->time_s[at + 1] = time_s;
  f->free[at + 1] = f->free[at];
  f->end++;
  return at + 1;
}

// A job of no length takes a second, so that what is promised to it is kept free.
void operations_profile_take(operations_engine *e, operations_profile *f, int64_t from_s, int64_t to_s, int64_t gpus) {
  if (to_s <= from_s) to_s = from_s + 1;
  if (!profile_room(e, f, 2)) return;
  const size_t first = split_at(f, from_s), end = split_at(f, to_s);
  for (size_t i = first; i < end; i++) f->free[i] -= gpus;
}

// ---- Conservative -------------------------------------------------------------------------------------------------------

static void promise(operations_engine *e, operations_pool *p, operations_active *job) {
  job->reserved_s = operations_profile_earliest(&p->profile, e->now_s, job->estimate_s, job->job.gpus);
  if (job->reserved_s != INT64_MAX)
    operations_profile_take(e, &p->profile, job->reserved_s, job->reserved_s + job->estimate_s, job->job.gpus);
}

// Drops steps that lie in the past, so that the first begins now.
static void forget_past(operations_engine *e, operations_profile *f) {
  f->first = step_at(f, e->now_s);
  f->time_s[f->first] = e->now_s;
}

// Promises are kept over passes: a job's start never moves back, but when GPUs are lost.
void operations_conservative_pass(operations_engine *e, operations_pool *p) {
  operations_queue *q = &p->queue;
  const bool        anew = p->stale || p->profile.end == p->profile.first || !e->policy->limit_stops;
  p->stale = false;
  if (anew) operations_profile_build(e, p);
  else forget_past(e, &p->profile);
  if (e->failed) return;
  for (size_t i = q->first; i < q->end; i++) {
    if (q->gpus[i] == OPERATIONS_GAP_GPUS) continue;
    operations_active *job = &e->active[q->slot[i]];
    const bool         held = job->reserved_s != INT64_MIN && job->reserved_s != INT64_MAX;
    if (!anew && held && !p->early) continue;
    if (!anew && held)
      operations_profile_take(e, &p->profile, job->reserved_s, job->reserved_s + job->estimate_s,
                              -(int64_t)job->job.gpus);
    if (anew || p->early || job->reserved_s == INT64_MIN) promise(e, p, job);
  }
  p->early = false;
  for (size_t i = q->first; i < q->end; i++)
    if (q->gpus[i] != OPERATIONS_GAP_GPUS && e->active[q->slot[i]].reserved_s == e->now_s &&
        q->gpus[i] <= operations_room(p))
      operations_start(e, operations_dequeue(e, p, i), false);
}
