// Cluster: the replay of a trace, the expectation of a run. See cluster.h.
#include "cluster.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/number.h"
#include "../base/text.h"
#include "../operations/operations.h"
#include "cluster_events.h"
#include "cluster_settings.h"

static twin_cluster *make(const twin_cluster_settings *s) {
  arena        *a = arena_create();
  twin_cluster *c = a ? ARENA_NEW(a, twin_cluster, 1) : NULL;
  const char   *policy = twin_cluster_setting(s, "policy");
  if (!c) {
    arena_free(a);
    return NULL;
  }
  c->a = a;
  (void)snprintf(c->policy, sizeof c->policy, "%s", policy ? policy : "fcfs");
  return c;
}

static void know_size(twin_cluster *c) {
  c->placed = c->machine.n_node > 0;
  c->capacity_gpus = c->placed ? (int64_t)c->machine.n_node * c->machine.gpus_per_node : c->machine.gpus;
}

// Hands c over, or gives it back.
static sg_err give(twin_cluster *c, sg_err err, twin_cluster **out) {
  if (err) twin_cluster_free(c);
  else *out = c;
  return err;
}

void twin_cluster_free(twin_cluster *c) {
  if (c) arena_free(c->a);
}

const char *twin_cluster_cause(int i) {
  static const char *const word[] = {"power cap", "announced window", "preemption"};
  return i < OPERATIONS_CAUSES ? operations_cause_of((operations_cause_id)i).name : word[i - OPERATIONS_CAUSES];
}

const char *twin_cluster_format(operations_format format) {
  static const char *const word[] = {"CSV", "Standard Workload Format", "sacct"};
  return word[format];
}

// ---- Time line --------------------------------------------------------------------------------------------------------

static void halve(double bin[TWIN_CLUSTER_BINS]) {
  for (int32_t i = 0; i < TWIN_CLUSTER_BINS / 2; i++) bin[i] = bin[2 * i] + bin[2 * i + 1];
  memset(bin + TWIN_CLUSTER_BINS / 2, 0, TWIN_CLUSTER_BINS / 2 * sizeof *bin);
}

// Books gpus from from_s to to_s, neither before the first submission.
static void book(twin_cluster_timeline *t, double bin[TWIN_CLUSTER_BINS], int64_t from_s, int64_t to_s, int32_t gpus) {
  if (to_s <= from_s) return;
  for (; to_s - t->from_s > TWIN_CLUSTER_BINS * t->step_s; t->step_s *= 2) {
    halve(t->held_gpu_s);
    halve(t->waiting_gpu_s);
    t->n = (t->n + 1) / 2;
  }
  int32_t last = (int32_t)((to_s - 1 - t->from_s) / t->step_s);
  for (int32_t i = (int32_t)((from_s - t->from_s) / t->step_s); i <= last; i++) {
    int64_t low = t->from_s + i * t->step_s, high = low + t->step_s;
    bin[i] += (double)((high < to_s ? high : to_s) - (low > from_s ? low : from_s)) * gpus;
  }
  if (last >= t->n) t->n = last + 1;
}

// ---- Replay -----------------------------------------------------------------------------------------------------------

// A row of the trace between the oldest job that has not ended and the newest.
typedef struct pending {
  bool           absent, ended;  // absent: the row is no job
  int64_t        submit_s, start_s, end_s;
  int32_t        gpus, stays, cause;  // cause: of its last stop
  char           name[OPERATIONS_JOB_NAME];
  operations_end how;
} pending;

// A run on 100,000 GPUs is stopped thousands of times and is not given up for that.
enum { FLUSH_BYTES = 1 << 16, MOST_STOPS = 1000000 };

typedef struct replay {
  twin_cluster                *c;
  operations_trace            *trace;
  const twin_cluster_settings *s;
  pending                     *ring;  // (capacity), a power of two; row r stands at r % capacity
  int64_t                      capacity, first_row, next_row;
  sg_write                    *write;
  void                        *writer;
  text_buffer                  text;
  bool                         unwritten;
  operations_job               first;  // read ahead: its submission sets the clock of all that is told in hours
  bool                         has_first, more;
  twin_cluster_events         *events;
  operations_practice          practice;   // where c->disturbed
  double                       restart_s;  // NaN: by size
} replay;

static pending *at_row(const replay *r, int64_t row) { return &r->ring[row & (r->capacity - 1)]; }

static bool grow(replay *r) {
  int64_t  capacity = r->capacity ? 2 * r->capacity : 1024;
  pending *ring = calloc((size_t)capacity, sizeof *ring);
  if (!ring) return false;
  for (int64_t i = r->first_row; i < r->next_row; i++) ring[i & (capacity - 1)] = *at_row(r, i);
  free(r->ring);
  r->ring = ring;
  r->capacity = capacity;
  return true;
}

// The part that has the name of the job's partition, else what is left.
static int32_t part_of(const replay *r, const operations_job *job) {
  const char *name = operations_trace_partition(r->trace, job->partition);
  for (int32_t i = 1; i < r->c->n_part; i++)
    if (!strcmp(r->c->part[i].name, name)) return i;
  return 0;
}

// How the job is kept running: interval between checkpoints by its failures, restart by its size. The interval is that
// of the usual hazard where it is lower: jobs are also stopped by others, and by caps.
static void keep_running(const replay *r, operations_job *job) {
  const operations_shape *shape = twin_cluster_events_shape(r->events);
  const double            per_s =
      number_most(1.0, r->c->failures.multiplier) * operations_all_per_day(shape, (double)job->gpus) / 86400.0;
  const double interval_s = operations_interval_of(&r->practice, per_s);
  const double restart_s =
      isnan(r->restart_s) ? operations_restart_own_s(&r->practice, (double)job->gpus) : r->restart_s;
  const bool never = !(interval_s < (double)OPERATIONS_MAX_TIME_S);
  job->checkpoint_s = never ? OPERATIONS_NO_CHECKPOINT : interval_s < 1.0 ? 1 : (int64_t)(interval_s + 0.5);
  job->slow_frac = never ? 0.0 : r->practice.write_s / (interval_s + r->practice.write_s);
  job->restart_s = (int64_t)(restart_s + 0.5);
}

// The scheduler's source: the trace, with its partitions as parts of one machine.
static sg_err next_job(void *user, operations_job *job, bool *more) {
  replay *r = user;
  sg_err  err = r->unwritten ? SG_ERR_IO : SG_OK;
  *more = r->more;
  if (r->has_first) *job = r->first;
  else if (!err) err = operations_trace_next(r->trace, job, more);
  r->has_first = false;
  if (err || !*more) return err;
  job->partition = part_of(r, job);
  if (r->c->disturbed) keep_running(r, job);
  if (r->c->use.n == 0 && r->next_row == 0) r->c->use = (twin_cluster_timeline){.from_s = job->submit_s, .step_s = 1};
  while (r->next_row <= job->row) {
    if (r->next_row - r->first_row >= r->capacity && !grow(r)) return SG_ERR_MEMORY;
    *at_row(r, r->next_row++) = (pending){.absent = true};
  }
  pending *p = at_row(r, job->row);
  *p = (pending){.submit_s = job->submit_s, .gpus = job->gpus};
  memcpy(p->name, job->name, sizeof p->name);
  return SG_OK;
}

static void flush(replay *r) {
  r->unwritten = r->unwritten || r->text.failed || (r->text.n && !r->write(r->writer, r->text.at, r->text.n));
  r->text.n = 0;
}

static void line(replay *r, const pending *p) {
  bool quoted = strpbrk(p->name, ",\"") != NULL;
  if (quoted) text_puts(&r->text, "\"");
  for (const char *c = p->name; *c; c++) text_add(&r->text, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
  text_addf(&r->text, quoted ? "\",%lld," : ",%lld,", (long long)p->submit_s);
  if (p->stays) text_addf(&r->text, "%lld,%lld", (long long)p->start_s, (long long)p->end_s);
  else text_puts(&r->text, ",");
  text_addf(&r->text, ",%d,%d,%s\n", p->gpus, p->stays, operations_end_word(p->how));
  if (r->text.n > FLUSH_BYTES) flush(r);
}

// Writes and forgets the oldest rows as far as they are known.
static void advance(replay *r) {
  for (; r->first_row < r->next_row; r->first_row++) {
    const pending *p = at_row(r, r->first_row);
    if (!p->absent && !p->ended) return;
    if (!p->absent && r->write) line(r, p);
  }
}

// What a stop cost is charged to what stopped the job: the work that was lost with it, and the restart after it.
static void charge(twin_cluster *c, pending *p, const operations_stay *stay) {
  const operations_end how = stay->how;
  c->lost_gpu_s[p->cause] += stay->restart_s * p->gpus;
  if (how != OPERATIONS_STOPPED && how != OPERATIONS_PREEMPTED && how != OPERATIONS_GIVEN_UP) return;
  p->cause = stay->cause;
  if (stay->cause == OPERATIONS_NO_CAUSE)
    p->cause = how == OPERATIONS_PREEMPTED ? TWIN_CLUSTER_PREEMPTED : TWIN_CLUSTER_WINDOW;
  c->stopped[p->cause]++;
  c->lost_gpu_s[p->cause] += stay->rework_s * p->gpus;
}

static void take_stay(void *user, const operations_stay *stay) {
  replay       *r = user;
  twin_cluster *c = r->c;
  pending      *p = at_row(r, stay->job->row);
  bool          ran = stay->end_s > stay->start_s || stay->how == OPERATIONS_DONE || stay->how == OPERATIONS_TIMED_OUT;
  c->ends[stay->how]++;
  if (stay->how == OPERATIONS_TOO_LARGE && stay->job->gpus > c->largest_gpus) c->largest_gpus = stay->job->gpus;
  if (ran) {
    book(&c->use, c->use.waiting_gpu_s, p->stays ? p->end_s : p->submit_s, stay->start_s, p->gpus);
    book(&c->use, c->use.held_gpu_s, stay->start_s, stay->end_s, p->gpus);
    if (c->placed) c->tier[stay->tier]++;
    if (p->stays++ == 0) p->start_s = stay->start_s;
    p->end_s = stay->end_s;
  }
  charge(c, p, stay);
  p->how = stay->how;
  p->ended = stay->how != OPERATIONS_STOPPED && stay->how != OPERATIONS_PREEMPTED;
  if (p->ended && stay->job->row == r->first_row) advance(r);
}

// A partition that no job asks for is a slip.
static sg_err check_parts(const replay *r) {
  char hint[200] = "the trace names";
  for (int32_t i = 1; i < r->c->n_part; i++) {
    const char *name;
    int32_t     k = 0;
    for (; (name = operations_trace_partition(r->trace, k)) && strcmp(name, r->c->part[i].name) != 0; k++)
      if (strlen(hint) + strlen(name) + 4 < sizeof hint) {
        strcat(hint, k ? ", " : " ");
        strcat(hint, name[0] ? name : "none");
      }
    if (!name)
      return twin_cluster_refuse(r->s, SG_ERR_NAME, hint, "no job is in partition '%.60s'", r->c->part[i].name);
  }
  return SG_OK;
}

// Reads the first job, which sets the clock.
static sg_err begin(replay *r) {
  sg_err err = operations_trace_next(r->trace, &r->first, &r->more);
  r->has_first = !err && r->more;
  return err ? err : twin_cluster_events_begin(r->events, r->has_first ? r->first.submit_s : 0);
}

static sg_err run(replay *r, const operations_policy *policy) {
  twin_cluster        *c = r->c;
  operations_partition part[TWIN_CLUSTER_PARTS];
  sg_err               err = begin(r);
  if (err) return err;
  for (int32_t i = 0; i < c->n_part; i++) part[i] = c->part[i].of;
  operations_schedule with = {.policy = *policy,
                              .partition = part,
                              .n_partition = c->n_part,
                              .next_job = next_job,
                              .jobs = r,
                              .next_event = twin_cluster_events_next,
                              .events = r->events,
                              .sink = take_stay,
                              .sink_user = r};
  with.window = twin_cluster_events_windows(r->events, &with.n_window);
  if (r->write) text_puts(&r->text, "job_id,submit_s,start_s,end_s,gpus,stays,how\n");
  err = operations_schedule_run(&with, c->a, &c->m);
  if (!err && r->write) flush(r);
  if (r->unwritten) err = SG_ERR_IO;
  c->format = operations_trace_format(r->trace);
  c->counts = operations_trace_count(r->trace);
  if (!err && c->counts.jobs == 0)
    err = twin_cluster_refuse(r->s, SG_ERR_RANGE, "rows without run time or without GPUs are left out",
                              "%.100s holds no job that ran", c->name);
  if (!err) err = twin_cluster_events_result(r->events, r->first.submit_s + c->m.makespan_s);
  if (err == SG_ERR_LIMIT && c->failures.on)
    twin_cluster_refuse(
        r->s, err, "a shorter trace, or a lower multiple",
        "failures are drawn for ten years and two million outages at most, and jobs of %.60s ran beyond", c->name);
  return err ? err : check_parts(r);
}

sg_err twin_cluster_replay(operations_read *read, void *reader, const char *name, const char *const *key,
                           const char *const *value, size_t n, const twin_cluster_with *with, sg_diags *diags,
                           twin_cluster **out) {
  static const char *const    known[] = {"policy",   "capacity", "nodes", "racks",      "partition", "maintenance",
                                         "failures", "spares",   "crews", "checkpoint", "restart",   "response"};
  const twin_cluster_settings s = {key, value, n, diags};
  operations_policy           policy;
  twin_cluster               *c = make(&s);
  if (!c) return SG_ERR_MEMORY;
  double restart_min = (double)NAN;
  replay r = {.c = c, .s = &s, .write = with->write, .writer = with->writer};
  (void)snprintf(c->name, sizeof c->name, "%s", name);
  c->replayed = true;
  sg_err err = twin_cluster_only(&s, known, sizeof known / sizeof known[0]);
  if (!err) err = twin_cluster_read_machine(&s, &c->machine);
  if (!err) err = twin_cluster_read_policy(&s, &c->machine, &policy);
  know_size(c);
  if (!err) err = twin_cluster_read_parts(&s, c);
  if (!err) err = twin_cluster_read_practice(&s, &r.practice, &restart_min);
  if (!err) err = twin_cluster_events_make(&s, with, &r.practice, c, &r.events);
  r.restart_s = 60.0 * restart_min;
  if (c->failures.on) policy.most_stops = MOST_STOPS;
  if (!err) err = operations_trace_open(read, reader, c->name, c->a, diags, &r.trace);
  if (!err) err = run(&r, &policy);
  twin_cluster_events_free(r.events);
  free(r.ring);
  text_buffer_free(&r.text);
  return give(c, err, out);
}

sg_err twin_cluster_machine(const char *const *key, const char *const *value, size_t n, sg_diags *diags,
                            twin_cluster **out) {
  static const char *const    known[] = {"nodes", "racks"};
  const twin_cluster_settings s = {key, value, n, diags};
  twin_cluster               *c = make(&s);
  if (!c) return SG_ERR_MEMORY;
  sg_err err = twin_cluster_only(&s, known, sizeof known / sizeof known[0]);
  if (!err) err = twin_cluster_read_machine(&s, &c->machine);
  know_size(c);
  return give(c, err, out);
}

sg_err twin_cluster_expect(const char *const *key, const char *const *value, size_t n, uint64_t seed, sg_diags *diags,
                           twin_cluster **out) {
  const twin_cluster_settings s = {key, value, n, diags};
  twin_cluster               *c = make(&s);
  if (!c) return SG_ERR_MEMORY;
  c->expects = true;
  return give(c, twin_cluster_goodput_make(&s, seed, &c->goodput), out);
}
