// Cluster: settings from words, the replay of a trace, the expectation of a run. See cluster.h.
#include "cluster.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../operations/operations.h"
#include "../operations/policy.h"

// ---- Settings -------------------------------------------------------------------------------------------------------

typedef struct settings {
  const char *const *key, *const *value;
  size_t    n;
  sg_diags *diags;
} settings;

static sg_err refuse(const settings *s, sg_err code, const char *hint, const char *what, const char *word) {
  return diag_add(s->diags, SG_ERROR, code, (diag_place){0}, hint, what, word);
}

static const char *setting(const settings *s, const char *name) {
  const char *found = NULL;
  for (size_t i = 0; i < s->n; i++)
    if (!strcmp(s->key[i], name)) found = s->value[i];
  return found;
}

static sg_err only(const settings *s, const char *const *known, size_t n_known) {
  for (size_t i = 0; i < s->n; i++) {
    size_t k = 0;
    while (k < n_known && strcmp(known[k], s->key[i]) != 0) k++;
    if (k == n_known) return refuse(s, SG_ERR_KEY, NULL, "'%.60s' has no meaning here", s->key[i]);
  }
  return SG_OK;
}

// "8x18x4": up to most positive whole numbers. Returns how many; 0: not so.
static int numbers(const char *word, int most, int64_t out[]) {
  int n = 0;
  for (const char *at = word;;) {
    int64_t v = 0;
    bool    digit = false;
    for (; *at; at++) {
      if ((*at == '_' || *at == ',') && digit) continue;
      if (*at < '0' || *at > '9' || v > OPERATIONS_MAX_GPUS) break;
      v = 10 * v + (*at - '0');
      digit = true;
    }
    if (!digit || v < 1 || v > OPERATIONS_MAX_GPUS || n == most) return 0;
    out[n++] = v;
    if (!*at) return n;
    if (*at++ != 'x') return 0;
  }
}

// ---- The machine ----------------------------------------------------------------------------------------------------

static sg_err too_large(const settings *s, const char *word) {
  return refuse(s, SG_ERR_RANGE, "ten million GPUs is the most", "a machine of %.60s is too large", word);
}

static sg_err read_racks(const settings *s, const char *word, operations_partition *out) {
  int64_t d[4];
  int     n = numbers(word, 4, d);
  if (n < 3)
    return refuse(s, SG_ERR_RANGE,
                  "racks, nodes of a rack, GPUs of a node: 8x18x4; before them, if you like, blocks of racks: 4x8x18x4",
                  "racks cannot be '%.60s'", word);
  int64_t blocks = n == 4 ? d[0] : 1, racks = d[n - 3], nodes = d[n - 2], gpus = d[n - 1];
  // each is at most 10^7, so four of them are multiplied in doubles
  if ((double)blocks * (double)racks * (double)nodes * (double)gpus > OPERATIONS_MAX_GPUS) return too_large(s, word);
  *out = (operations_partition){.n_node = (int32_t)(blocks * racks * nodes),
                                .gpus_per_node = (int32_t)gpus,
                                .nodes_per_rack = (int32_t)nodes,
                                .racks_per_block = n == 4 ? (int32_t)racks : 0};
  return SG_OK;
}

static sg_err read_machine(const settings *s, operations_partition *out) {
  const char *capacity = setting(s, "capacity"), *nodes = setting(s, "nodes"), *racks = setting(s, "racks");
  int64_t     d[2];
  int         given = !!capacity + !!nodes + !!racks;
  if (given > 1)
    return refuse(s, SG_ERR_KEY, "capacity, nodes or racks", "the machine's size is given %s", "more than once");
  if (!given)
    return refuse(s, SG_ERR_KEY, "--capacity 512, --nodes 64x8 or --racks 8x18x4", "the machine's size is %s",
                  "missing");
  *out = (operations_partition){0};
  if (racks) return read_racks(s, racks, out);
  if (capacity) {
    if (numbers(capacity, 1, d) != 1)
      return refuse(s, SG_ERR_RANGE, "a whole number of GPUs, at most ten million; nodes go by --nodes 64x8",
                    "capacity cannot be '%.60s'", capacity);
    out->gpus = d[0];
    return SG_OK;
  }
  if (numbers(nodes, 2, d) != 2)
    return refuse(s, SG_ERR_RANGE, "nodes and the GPUs of each: 64x8", "nodes cannot be '%.60s'", nodes);
  if ((double)d[0] * (double)d[1] > OPERATIONS_MAX_GPUS) return too_large(s, nodes);
  out->n_node = (int32_t)d[0];
  out->gpus_per_node = (int32_t)d[1];
  return SG_OK;
}

static sg_err read_policy(const settings *s, const operations_partition *machine, operations_policy *out) {
  static const char *const known[] = {"fcfs",      "easy",     "sjbf",    "easy-sjbf", "conservative", "batch",
                                      "pyss-ties", "priority", "preempt", "firstfit",  "bestfit",      "rackfit"};
  const char              *words = setting(s, "policy");
  operations_partition     named = {0};
  text_slice               bad;
  char                     hint[200] =
      "fcfs, easy, easy-sjbf, conservative; joined by '-': batch, pyss-ties, priority, "
      "preempt, firstfit, bestfit, rackfit",
       word[64];
  if (!operations_policy_parse(text_of(words ? words : "fcfs"), out, &named, &bad)) {
    const char *near = text_nearest(bad, known, sizeof known / sizeof known[0]);
    (void)snprintf(word, sizeof word, "%.*s", bad.n < 60 ? (int)bad.n : 60, bad.at);
    if (near) (void)snprintf(hint, sizeof hint, "did you mean '%s'?", near);
    return refuse(s, SG_ERR_NAME, hint, "there is no policy '%s'", word);
  }
  if (named.n_node)
    return refuse(s, SG_ERR_KEY, "the machine is told by --nodes 64x8", "policy '%.60s' names nodes", words);
  if (out->fit != OPERATIONS_FIRST_FIT && !machine->n_node)
    return refuse(s, SG_ERR_RANGE, "give --nodes 64x8 or --racks 8x18x4 in place of --capacity",
                  "policy '%.60s' places jobs on nodes, but there is one pool", words);
  if (out->backfill == OPERATIONS_CONSERVATIVE && machine->n_node)
    return refuse(s, SG_ERR_RANGE, "give --capacity, or another policy",
                  "policy '%.60s' is for one pool, not for nodes", words);
  return SG_OK;
}

static twin_cluster *make(const settings *s) {
  arena        *a = arena_create();
  twin_cluster *c = a ? ARENA_NEW(a, twin_cluster, 1) : NULL;
  const char   *policy = setting(s, "policy");
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
  int32_t        gpus, stays;
  char           name[OPERATIONS_JOB_NAME];
  operations_end how;
} pending;

enum { FLUSH_BYTES = 1 << 16 };

typedef struct replay {
  twin_cluster     *c;
  operations_trace *trace;
  const settings   *s;
  pending          *ring;  // (capacity), a power of two; row r stands at r % capacity
  int64_t           capacity, first_row, next_row;
  sg_write         *write;
  void             *writer;
  text_buffer       text;
  bool              unwritten;
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

// The scheduler's source: the trace, with all of its partitions as one machine.
static sg_err next_job(void *user, operations_job *job, bool *more) {
  replay *r = user;
  if (r->unwritten) return SG_ERR_IO;
  sg_err err = operations_trace_next(r->trace, job, more);
  if (err || !*more) return err;
  job->partition = 0;
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
  p->how = stay->how;
  p->ended = stay->how != OPERATIONS_STOPPED && stay->how != OPERATIONS_PREEMPTED;
  if (p->ended && stay->job->row == r->first_row) advance(r);
}

static sg_err run(replay *r, const operations_policy *policy) {
  twin_cluster       *c = r->c;
  operations_schedule with = {.policy = *policy,
                              .partition = &c->machine,
                              .n_partition = 1,
                              .next_job = next_job,
                              .jobs = r,
                              .sink = take_stay,
                              .sink_user = r};
  if (r->write) text_puts(&r->text, "job_id,submit_s,start_s,end_s,gpus,stays,how\n");
  sg_err err = operations_schedule_run(&with, c->a, &c->m);
  if (!err && r->write) flush(r);
  if (r->unwritten) err = SG_ERR_IO;
  c->format = operations_trace_format(r->trace);
  c->counts = operations_trace_count(r->trace);
  if (!err && c->counts.jobs == 0)
    err = refuse(r->s, SG_ERR_RANGE, "rows without run time or without GPUs are left out",
                 "%.100s holds no job that ran", c->name);
  return err;
}

sg_err twin_cluster_replay(operations_read *read, void *reader, const char *name, const char *const *key,
                           const char *const *value, size_t n, sg_write *write, void *writer, sg_diags *diags,
                           twin_cluster **out) {
  static const char *const known[] = {"policy", "capacity", "nodes", "racks"};
  const settings           s = {key, value, n, diags};
  operations_policy        policy;
  twin_cluster            *c = make(&s);
  if (!c) return SG_ERR_MEMORY;
  replay r = {.c = c, .s = &s, .write = write, .writer = writer};
  (void)snprintf(c->name, sizeof c->name, "%s", name);
  c->replayed = true;
  sg_err err = only(&s, known, sizeof known / sizeof known[0]);
  if (!err) err = read_machine(&s, &c->machine);
  if (!err) err = read_policy(&s, &c->machine, &policy);
  know_size(c);
  if (!err) err = operations_trace_open(read, reader, c->name, c->a, diags, &r.trace);
  if (!err) err = run(&r, &policy);
  free(r.ring);
  text_buffer_free(&r.text);
  return give(c, err, out);
}

sg_err twin_cluster_machine(const char *const *key, const char *const *value, size_t n, sg_diags *diags,
                            twin_cluster **out) {
  static const char *const known[] = {"nodes", "racks"};
  const settings           s = {key, value, n, diags};
  twin_cluster            *c = make(&s);
  if (!c) return SG_ERR_MEMORY;
  sg_err err = only(&s, known, sizeof known / sizeof known[0]);
  if (!err) err = read_machine(&s, &c->machine);
  know_size(c);
  return give(c, err, out);
}

// ---- Expectation ------------------------------------------------------------------------------------------------------

enum { SIMULATED_FAILURES = 100000 };

static sg_err read_practice(const settings *s, operations_practice *out) {
  const char *word = setting(s, "checkpoint");
  double      minutes = 0.0;
  *out = operations_practice_standard();
  if (!word || !strcmp(word, "auto")) return SG_OK;
  if (!text_number(text_of(word), &minutes) || !(minutes > 0.0 && minutes <= 1e6))
    return refuse(s, SG_ERR_RANGE, "auto, or minutes between checkpoints, such as 30", "checkpoint cannot be '%.60s'",
                  word);
  out->interval = OPERATIONS_INTERVAL_FIXED;
  out->interval_s = 60.0 * minutes;
  return SG_OK;
}

static sg_err read_run(const settings *s, twin_cluster_goodput *g, const operations_shape **shape) {
  const char *gpus = setting(s, "gpus"), *word = setting(s, "shape");
  int64_t     d[1];
  bool        racks = word && !strcmp(word, "nvl72");
  if (!gpus) return refuse(s, SG_ERR_KEY, "how many GPUs the run has, such as --gpus 16384", "%s is missing", "--gpus");
  if (numbers(gpus, 1, d) != 1)
    return refuse(s, SG_ERR_RANGE, "a whole number from 1 to ten million", "gpus cannot be '%.60s'", gpus);
  if (word && !racks && strcmp(word, "hgx") != 0)
    return refuse(s, SG_ERR_NAME, "hgx (servers of 8) or nvl72 (racks of 18 trays of 4)", "shape cannot be '%.60s'",
                  word);
  g->gpus = (double)d[0];
  g->shape = racks ? "nvl72" : "hgx";
  *shape = racks ? &operations_shape_nvl72 : &operations_shape_hgx;
  return SG_OK;
}

static void expect(twin_cluster_goodput *g, const operations_shape *shape, const operations_practice *practice,
                   uint64_t seed) {
  static const operations_interval rule[3] = {OPERATIONS_INTERVAL_YOUNG, OPERATIONS_INTERVAL_DALY,
                                              OPERATIONS_INTERVAL_BEST};
  operations_expect(shape, 1.0, 1.0, practice, g->gpus, &g->best);
  g->exact_frac = operations_ettr(&g->best.job);
  g->simulated = operations_ettr_simulate(&g->best.job, (stream){.seed = seed}, SIMULATED_FAILURES);
  for (int i = 0; i < 3; i++) {
    operations_practice other = *practice;
    operations_gang     job = g->best.job;
    other.interval = rule[i];
    job.interval_s = g->interval_s[i] = operations_interval_of(&other, job.failures_per_s);
    g->interval_ettr_frac[i] = operations_ettr(&job);
  }
  operations_practice    late = *practice;
  operations_expectation then;
  late.extra_detect_s = 3600.0;
  operations_expect(shape, 1.0, 1.0, &late, g->gpus, &then);
  g->late_frac = then.useful_frac;
  for (int i = 0; i < OPERATIONS_CAUSES; i++)
    g->cause_per_day[i] = operations_cause_per_day(shape, (operations_cause_id)i, g->gpus);
}

sg_err twin_cluster_expect(const char *const *key, const char *const *value, size_t n, uint64_t seed, sg_diags *diags,
                           twin_cluster **out) {
  static const char *const known[] = {"gpus", "shape", "checkpoint"};
  const settings           s = {key, value, n, diags};
  const operations_shape  *shape = NULL;
  operations_practice      practice;
  twin_cluster            *c = make(&s);
  if (!c) return SG_ERR_MEMORY;
  c->expects = true;
  sg_err err = only(&s, known, sizeof known / sizeof known[0]);
  if (!err) err = read_run(&s, &c->goodput, &shape);
  if (!err) err = read_practice(&s, &practice);
  if (!err) expect(&c->goodput, shape, &practice, seed);
  return give(c, err, out);
}
