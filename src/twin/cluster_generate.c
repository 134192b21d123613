// Generate: a trace drawn like another, for a cluster of any size. See cluster.h.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/text.h"
#include "cluster_settings.h"

// A trace in columns, as operations_workload_fit takes it.
typedef struct columns {
  double   *submit_s, *run_s;
  int32_t  *gpus, *user;
  uint64_t *hash;
  size_t    n, capacity;
} columns;

static bool grow(columns *t, arena *a) {
  const columns was = *t;
  t->capacity = t->capacity ? 2 * t->capacity : 4096;
  t->submit_s = ARENA_NEW(a, double, t->capacity);
  t->run_s = ARENA_NEW(a, double, t->capacity);
  t->gpus = ARENA_NEW(a, int32_t, t->capacity);
  t->user = ARENA_NEW(a, int32_t, t->capacity);
  t->hash = ARENA_NEW(a, uint64_t, t->capacity);
  if (!t->submit_s || !t->run_s || !t->gpus || !t->user || !t->hash) return false;
  if (!was.n) return true;
  memcpy(t->submit_s, was.submit_s, was.n * sizeof *t->submit_s);
  memcpy(t->run_s, was.run_s, was.n * sizeof *t->run_s);
  memcpy(t->gpus, was.gpus, was.n * sizeof *t->gpus);
  memcpy(t->hash, was.hash, was.n * sizeof *t->hash);
  return true;
}

static int by_hash(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

// Users numbered from 0 on; -1: not known.
static bool number_users(columns *t, arena *a) {
  uint64_t *sorted = ARENA_NEW(a, uint64_t, t->n + 1);
  size_t    n = 0;
  if (!sorted) return false;
  if (t->n) memcpy(sorted, t->hash, t->n * sizeof *sorted);
  qsort(sorted, t->n, sizeof *sorted, by_hash);
  for (size_t i = 0; i < t->n; i++)
    if (sorted[i] && (!n || sorted[n - 1] != sorted[i])) sorted[n++] = sorted[i];
  for (size_t i = 0; i < t->n; i++) {
    const uint64_t *at = bsearch(&t->hash[i], sorted, n, sizeof *sorted, by_hash);
    t->user[i] = at ? (int32_t)(at - sorted) : -1;
  }
  return true;
}

static sg_err fit(operations_read *read, void *reader, const char *name, const twin_cluster_settings *s, arena *a,
                  operations_workload *out) {
  enum { MOST_ROWS = 20000000 };
  columns           t = {0};
  operations_trace *trace;
  operations_job    job;
  bool              more = true;
  sg_err            err = operations_trace_open(read, reader, name, a, s->diags, &trace);
  while (!err && (err = operations_trace_next(trace, &job, &more)) == SG_OK && more) {
    if (t.n == MOST_ROWS)
      return twin_cluster_refuse(s, SG_ERR_LIMIT, "fit to a part of it", "%.100s has more than 20 million jobs", name);
    if (t.n == t.capacity && !grow(&t, a)) return SG_ERR_MEMORY;
    t.submit_s[t.n] = (double)job.submit_s;
    t.run_s[t.n] = (double)job.run_s;
    t.gpus[t.n] = job.gpus;
    t.hash[t.n++] = job.user;
  }
  if (!err && !number_users(&t, a)) err = SG_ERR_MEMORY;
  if (err) return err;
  err = operations_workload_fit(t.submit_s, t.run_s, t.gpus, t.user, (int32_t)t.n, a, out);
  if (err != SG_ERR_RANGE) return err;
  return twin_cluster_refuse(s, err, "leave it out to draw like Philly's",
                             "%.100s has fewer than ten jobs, or all at one time", name);
}

// "0.7/0.15/0.05/0.1".
static sg_err read_mix(const twin_cluster_settings *s, operations_mix *out, bool *given) {
  const char *word = twin_cluster_setting(s, "mix"), *at = word;
  double      share[4] = {0}, sum = 0.0;
  bool        good = true;
  *given = word != NULL;
  for (int i = 0; i < 4 && word && good; i++) {
    const size_t n = strcspn(at, "/");
    good = text_number((text_slice){at, n}, &share[i]) && share[i] >= 0.0 && at[n] == (i < 3 ? '/' : '\0');
    sum += share[i];
    if (good) at += n + (i < 3);
  }
  if (!good || sum > 1.0 + 1e-9)
    return twin_cluster_refuse(
        s, SG_ERR_RANGE, "frontier/research/evaluation/serving of capacity, at most 1 together: 0.7/0.15/0.05/0.1",
        "mix cannot be '%.60s'", word);
  *out = (operations_mix){share[0], share[1], share[2], share[3]};
  return SG_OK;
}

static sg_err read_scale(const twin_cluster_settings *s, operations_workload_scale *out) {
  int64_t     d[1];
  const char *gpus = twin_cluster_setting(s, "gpus");
  *out = (operations_workload_scale){.load_frac = 0.9, .size_factor = 1.0, .longest_s = OPERATIONS_LONGEST_S};
  if (!gpus)
    return twin_cluster_refuse(s, SG_ERR_KEY, "how many GPUs the cluster has, such as --gpus 16384", "%s is missing",
                               "--gpus");
  if (twin_cluster_numbers(gpus, 1, d) != 1)
    return twin_cluster_refuse(s, SG_ERR_RANGE, "a whole number from 1 to ten million", "gpus cannot be '%.60s'", gpus);
  out->gpus = (double)d[0];
  sg_err err = twin_cluster_number(s, "generate", 0.01, 3660.0, "days, 0.01 to 3660", &out->days);
  if (!err)
    err = twin_cluster_number(s, "load", 0.0, 10.0, "work asked for over capacity, such as 0.9", &out->load_frac);
  if (!err) err = twin_cluster_number(s, "sizes", 1e-3, 1e6, "a factor, such as 10", &out->size_factor);
  return err;
}

// ---- Writing ----------------------------------------------------------------------------------------------------------

// Serving comes in replicas that stand and fail on their own.
enum { SERVING_GPUS = 8, FLUSH_BYTES = 1 << 16 };

static const struct {
  const char *partition;
  int         priority;
} kinds[OPERATIONS_KINDS] = {
    [OPERATIONS_FRONTIER] = {"frontier",   3},
    [OPERATIONS_RESEARCH] = {"research",   0},
    [OPERATIONS_EVALUATION] = {"evaluation", 1},
    [OPERATIONS_SERVING] = {"serving",    2},
};

typedef struct output {
  sg_write   *write;
  void       *writer;
  text_buffer text;
  int64_t     rows;
  bool        broken;
} output;

static void put(output *o, const operations_fleet_job *j, int32_t gpus) {
  text_addf(&o->text, "%lld,%.0f,%.0f,%d,", (long long)++o->rows, floor(j->submit_s), ceil(j->work_s), (int)gpus);
  if (j->user >= 0) text_addf(&o->text, "u%d", (int)j->user);
  text_addf(&o->text, ",%d,%s\n", kinds[j->kind].priority, kinds[j->kind].partition);
  if (o->text.n < FLUSH_BYTES) return;
  o->broken = o->broken || o->text.failed || !o->write(o->writer, o->text.at, o->text.n);
  o->text.n = 0;
}

static sg_err write_jobs(output *o, const operations_fleet_job *job, int32_t n) {
  text_puts(&o->text, "job_id,submit_s,duration_s,gpus,user,priority,partition\n");
  for (int32_t i = 0; i < n && !o->broken; i++) {
    int32_t left = job[i].gpus;
    for (; job[i].kind == OPERATIONS_SERVING && left > SERVING_GPUS && !o->broken; left -= SERVING_GPUS)
      put(o, &job[i], SERVING_GPUS);
    put(o, &job[i], left);
  }
  const bool fine = !o->broken && !o->text.failed && o->write(o->writer, o->text.at, o->text.n);
  text_buffer_free(&o->text);
  return fine ? SG_OK : SG_ERR_IO;
}

sg_err twin_cluster_generate(operations_read *read, void *reader, const char *name, const char *const *key,
                             const char *const *value, size_t n, uint64_t seed, sg_write *write, void *writer,
                             sg_diags *diags) {
  static const char *const    known[] = {"generate", "gpus", "load", "sizes", "mix"};
  const twin_cluster_settings s = {key, value, n, diags};
  operations_workload         fitted;
  operations_workload_scale   scale;
  operations_mix              mix;
  operations_fleet_job       *job = NULL;
  int32_t                     n_job = 0;
  bool                        mixed = false;
  output                      o = {.write = write, .writer = writer};
  arena                      *a = arena_create();
  if (!a) return SG_ERR_MEMORY;
  sg_err err = twin_cluster_only(&s, known, sizeof known / sizeof known[0]);
  if (!err) err = read_scale(&s, &scale);
  if (!err) err = read_mix(&s, &mix, &mixed);
  if (!err && read) err = fit(read, reader, name, &s, a, &fitted);
  const operations_workload *w = read ? &fitted : &operations_workload_philly;
  const stream               draws = {.seed = seed};
  if (!err && mixed) err = operations_workload_mixed(w, &scale, &mix, draws, a, &job, &n_job);
  else if (!err) err = operations_workload_draw(w, &scale, OPERATIONS_RESEARCH, draws, a, &job, &n_job);
  if (err == SG_ERR_LIMIT && !diags->n_errors)
    twin_cluster_refuse(&s, err, "larger jobs (--sizes 10), or fewer days", "more than ten million %s would be drawn",
                        "jobs");
  if (!err) err = write_jobs(&o, job, n_job);
  arena_free(a);
  return err;
}
