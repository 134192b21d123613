// How fast clusters are scheduled: jobs a second by policy on a real log, whether time is linear in the jobs, how fast
// traces are read, and a month of a million GPUs.
//
//   build/bench/cluster [TRACE.csv[.gz] CAPACITY]       data/traces/kth-sp2-1996.csv.gz 100 where none is named
//
// One thread; processor time of this process; best of five.
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../src/operations/policy.h"
#include "../src/operations/trace.h"
#include "../tests/packed.h"

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Jobs of a log, over and over, each time after the last.
typedef struct joblog {
  operations_job *job;
  size_t          n, next, times;
  int64_t         span_s;
} joblog;

static sg_err next_job(void *user, operations_job *job, bool *more) {
  joblog      *l = user;
  const size_t turn = l->next / l->n;
  *more = turn < l->times;
  if (!*more) return SG_OK;
  *job = l->job[l->next % l->n];
  job->row = (int64_t)l->next++;
  job->submit_s += (int64_t)turn * l->span_s;
  return SG_OK;
}

static bool read_log(const text_buffer *text, const char *name, joblog *l) {
  arena            *a = arena_create();
  operations_unread u = {text->at, text->n};
  operations_trace *t;
  sg_diags          d;
  bool              more = true;
  size_t            capacity = 1 << 16;
  diag_init(&d);
  l->job = malloc(capacity * sizeof *l->job);
  sg_err err = operations_trace_open(operations_read_text, &u, name, a, &d, &t);
  while (!err && more) {
    if (l->n == capacity) l->job = realloc(l->job, (capacity *= 2) * sizeof *l->job);
    err = operations_trace_next(t, &l->job[l->n], &more);
    if (!err && more) l->job[l->n++].partition = 0;
  }
  if (err) fprintf(stderr, "%s: %s\n", name, d.item[0].message);
  if (l->n) l->span_s = l->job[l->n - 1].submit_s + 30 * 86400;
  arena_free(a);
  return !err && l->n > 0;
}

// Seconds of processor time, the best of five; memory that it took in *bytes.
static double time_of(joblog *l, const char *words, int64_t capacity, size_t times, size_t *bytes) {
  operations_partition pool = {.gpus = capacity, .nodes_per_rack = 8, .racks_per_block = 8};
  operations_schedule  s = {.partition = &pool, .n_partition = 1, .next_job = next_job, .jobs = l};
  text_slice           bad;
  double               best = HUGE_VAL;
  if (!operations_policy_parse(text_of(words), &s.policy, &pool, &bad)) return HUGE_VAL;
  for (int i = 0; i < 5; i++) {
    arena             *a = arena_create();
    operations_metrics m;
    l->next = 0;
    l->times = times;
    const double from = now_s();
    if (operations_schedule_run(&s, a, &m)) printf("failed: %s\n", words);
    best = fmin(best, now_s() - from);
    *bytes = arena_bytes(a);
    arena_free(a);
  }
  return best;
}

static void policies(joblog *l, int64_t capacity) {
  static const char *const words[] = {"fcfs", "easy", "easy-pyss-ties", "easy-sjbf", "conservative"};
  printf("%-24s %14s %14s %14s   time of 1 x jobs : 4 x : 16 x (linear: 1 : 4 : 16)\n", "policy", "jobs/s", "16 times",
         "kB held");
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    size_t       bytes;
    const double one = time_of(l, words[i], capacity, 1, &bytes), four = time_of(l, words[i], capacity, 4, &bytes);
    const double many = time_of(l, words[i], capacity, 16, &bytes);
    printf("%-24s %14.0f %14.0f %14zu   1 : %.1f : %.1f\n", words[i], (double)l->n / one, 16.0 * (double)l->n / many,
           bytes / 1024, four / one, many / one);
  }
}

static void reading(const text_buffer *text, const joblog *l) {
  double best = HUGE_VAL;
  for (int i = 0; i < 5; i++) {
    joblog       again = {0};
    const double from = now_s();
    read_log(text, "trace", &again);
    best = fmin(best, now_s() - from);
    free(again.job);
  }
  printf("%-24s %14.0f\n", "reading text", (double)l->n / best);
}

// 10,000 jobs in a month on 125,000 nodes of 8 GPUs, one of which fails every 100 s and is repaired in a day: 7 a day of
// 1,000, as Kokolis et al., arXiv:2410.21680, 2024-10, report of one cluster.
typedef struct failures {
  uint64_t state;
  int64_t  at_s;
  int32_t  down[4096];  // ring of nodes out of service
  int64_t  up_s[4096];
  size_t   first, n;
  int64_t  failed;
} failures;

static uint32_t draw(uint64_t *state, uint32_t below) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33) % below;
}

static bool next_failure(void *user, operations_event *event) {
  failures *f = user;
  if (f->n && f->up_s[f->first] <= f->at_s) {
    *event = (operations_event){
        .at_s = f->up_s[f->first], .kind = OPERATIONS_NODES_UP, .first_node = f->down[f->first], .n_node = 1};
    f->first = (f->first + 1) % 4096;
    f->n--;
    return true;
  }
  const int32_t node = (int32_t)draw(&f->state, 125000);
  *event = (operations_event){.at_s = f->at_s, .kind = OPERATIONS_NODES_DOWN, .first_node = node, .n_node = 1};
  f->down[(f->first + f->n) % 4096] = node;
  f->up_s[(f->first + f->n++) % 4096] = f->at_s + 86400;
  f->at_s += 1 + draw(&f->state, 200);
  f->failed++;
  return true;
}

static void million(void) {
  enum { JOBS = 10000 };
  joblog               l = {.job = calloc(JOBS, sizeof *l.job), .n = JOBS, .times = 1};
  operations_partition at = {.n_node = 125000, .gpus_per_node = 8, .nodes_per_rack = 9, .racks_per_block = 64};
  operations_metrics   m;
  uint64_t             s = 3;
  for (int i = 0; i < JOBS; i++) {
    const double size = pow(2.0, 3.0 + 0.1 * draw(&s, 115));
    l.job[i] = (operations_job){.submit_s = 259 * (int64_t)i,
                                .run_s = 600 + draw(&s, 150000),
                                .limit_s = 259200,
                                .gpus = 8 * (int32_t)(size / 8.0)};
  }
  static const char *const words[] = {"fcfs", "easy", "easy-rackfit"};
  for (size_t i = 0; i < 3; i++) {
    arena              *a = arena_create();
    failures            f = {.state = 9, .at_s = 100};
    operations_schedule run = {
        .partition = &at, .n_partition = 1, .next_job = next_job, .jobs = &l, .next_event = next_failure, .events = &f};
    text_slice bad;
    operations_policy_parse(text_of(words[i]), &run.policy, &at, &bad);
    run.policy.checkpoint_s = 1800;
    run.policy.most_stops = 100000;
    l.next = 0;
    const double from = now_s();
    const sg_err err = operations_schedule_run(&run, a, &m);
    printf(
        "a million GPUs, %-12s %6.2f s: %lld jobs in %.0f days, %lld node failures, %lld stops, utilisation %.3f%s\n",
        words[i], now_s() - from, (long long)m.jobs, (double)m.makespan_s / 86400.0, (long long)f.failed,
        (long long)m.stops, m.utilisation_frac, err ? ": failed" : "");
    arena_free(a);
  }
  free(l.job);
}

int main(int argc, char **argv) {
  const char *path = argc > 2 ? argv[1] : "data/traces/kth-sp2-1996.csv.gz";
  text_buffer text = {0};
  joblog      l = {0};
  if (!packed_read(path, &text) || !read_log(&text, path, &l)) {
    fprintf(stderr, "%s cannot be read\n", path);
    return 1;
  }
  printf("%s, %zu jobs\n", path, l.n);
  policies(&l, argc > 2 ? atol(argv[2]) : 100);
  reading(&text, &l);
  million();
  text_buffer_free(&text);
  free(l.job);
  return 0;
}
