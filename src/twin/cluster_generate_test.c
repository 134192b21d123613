// Tests of cluster_generate.c: what is drawn is read again, asks for the work it should, and is like what it was drawn from.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/text.h"
#include "cluster.h"

static int keep(void *user, const char *at, size_t n) {
  text_add(user, at, n);
  return 1;
}

static int refuse(void *user, const char *at, size_t n) {
  (void)user, (void)at, (void)n;
  return 0;
}

enum { MOST_WORDS = 8 };

// trace NULL: of Philly's.
static sg_err generate(const char *trace, const char *words, uint64_t seed, text_buffer *out, sg_diags *d) {
  const char       *key[MOST_WORDS], *value[MOST_WORDS];
  char              copy[200];
  size_t            n = 0;
  operations_unread u = {trace, trace ? strlen(trace) : 0};
  snprintf(copy, sizeof copy, "%s", words);
  for (char *at = strtok(copy, " "); at && n < MOST_WORDS; at = strtok(NULL, " ")) {
    char *equals = strchr(at, '=');
    *equals = '\0';
    key[n] = at;
    value[n++] = equals + 1;
  }
  diag_init(d);
  return twin_cluster_generate(trace ? operations_read_text : NULL, &u, "t", key, value, n, seed, keep, out, d);
}

typedef struct sums {
  int64_t jobs, largest, users;
  double  gpu_s;
  int64_t kind_gpus[4], kind_jobs[4];  // by priority
} sums;

// Reads it as a trace, which also checks its order and numbers.
static sums add_up(const text_buffer *text) {
  operations_unread u = {text->at, text->n};
  arena            *a = arena_create();
  operations_trace *t;
  operations_job    job;
  sg_diags          d;
  bool              more = true;
  sums              s = {0};
  diag_init(&d);
  ck_assert_int_eq(operations_trace_open(operations_read_text, &u, "t", a, &d, &t), SG_OK);
  while (operations_trace_next(t, &job, &more) == SG_OK && more) {
    s.jobs++;
    s.users += job.user != 0;
    s.gpu_s += (double)job.run_s * job.gpus;
    if (job.gpus > s.largest) s.largest = job.gpus;
    s.kind_gpus[(int)job.priority] += job.gpus;
    s.kind_jobs[(int)job.priority]++;
  }
  ck_assert_msg(d.n == 0, "%s", d.item[0].message);
  arena_free(a);
  return s;
}

START_TEST(work_asked_for_is_the_load) {
  static const struct {
    const char *what, *words;
    double      load, tolerance;
  } rows[] = {
      {"a rack",     "generate=200 gpus=512",              0.9, 0.1  },
      {"less of it", "generate=200 gpus=512 load=0.3",     0.3, 0.05 },
      {"a campus",   "generate=30 gpus=100000 sizes=10",   0.9, 0.05 },
      {"a million",  "generate=30 gpus=1000000 sizes=600", 0.9, 0.1  },
      {"nothing",    "generate=30 gpus=512 load=0",        0.0, 1e-12},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    text_buffer out = {0};
    sg_diags    d;
    double      gpus = 0, days = 0;
    ck_assert_int_eq(sscanf(rows[i].words, "generate=%lf gpus=%lf", &days, &gpus), 2);
    ck_assert_int_eq(generate(NULL, rows[i].words, 1, &out, &d), SG_OK);
    const sums s = add_up(&out);
    ck_assert_msg(fabs(s.gpu_s / (gpus * days * 86400.0) - rows[i].load) <= rows[i].tolerance, "%s: %g", rows[i].what,
                  s.gpu_s / (gpus * days * 86400.0));
    ck_assert_int_le(s.largest, (int64_t)gpus);
    ck_assert_int_eq(s.users, s.jobs);
    text_buffer_free(&out);
  }
}
END_TEST

START_TEST(a_mix_has_its_shares) {
  text_buffer out = {0};
  sg_diags    d;
  ck_assert_int_eq(generate(NULL, "generate=10 gpus=10000 mix=0.7/0.15/0.02/0.1", 1, &out, &d), SG_OK);
  const sums s = add_up(&out);
  ck_assert_int_eq(s.kind_jobs[3], 1);
  ck_assert_int_eq(s.kind_gpus[3], 7000);
  ck_assert_int_eq(s.kind_gpus[2], 1000);
  ck_assert_int_eq(s.kind_jobs[2], 125);  // replicas of 8, which fail one by one
  ck_assert_int_gt(s.kind_jobs[1], 100);
  ck_assert_int_gt(s.kind_jobs[0], 100);
  text_buffer_free(&out);
}
END_TEST

START_TEST(drawn_jobs_are_like_those_of_the_trace) {
  text_buffer trace = {0}, out = {0};
  sg_diags    d;
  text_puts(&trace, "job_id,submit_s,duration_s,gpus,user\n");
  for (int i = 0; i < 500; i++) text_addf(&trace, "%d,%d,600,4,%s\n", i, 86400 * (i / 5) + 36000 + 60 * (i % 5), "ann");
  ck_assert_int_eq(generate(trace.at, "generate=50 gpus=64 load=0.5", 1, &out, &d), SG_OK);
  int n = 0;
  for (const char *at = strchr(out.at, '\n') + 1; *at; at = strchr(at, '\n') + 1, n++) {
    long long id, submit_s;
    int       run_s, gpus;
    ck_assert_int_eq(sscanf(at, "%lld,%lld,%d,%d,u0,0,research", &id, &submit_s, &run_s, &gpus), 4);
    ck_assert_int_eq(run_s, 600);
    ck_assert_int_eq(gpus, 4);
    ck_assert_int_eq(submit_s % 86400 / 3600, 10);  // the only hour at which anybody submits
  }
  ck_assert_int_gt(n, 50);
  text_buffer_free(&out);
  text_buffer_free(&trace);
}
END_TEST

START_TEST(the_same_seed_draws_the_same) {
  text_buffer out[3] = {{0}};
  sg_diags    d;
  for (int i = 0; i < 3; i++)
    ck_assert_int_eq(generate(NULL, "generate=10 gpus=2048 mix=0.5/0.3/0.1/0.1", i == 2 ? 5 : 4, &out[i], &d), SG_OK);
  ck_assert_str_eq(out[0].at, out[1].at);
  ck_assert_str_ne(out[0].at, out[2].at);
  for (int i = 0; i < 3; i++) text_buffer_free(&out[i]);
}
END_TEST

// clang-format off
static const struct { const char *what, *trace, *words; sg_err err; const char *says; } bad[] = {
  { "no size",        NULL, "generate=10",                     SG_ERR_KEY,   "--gpus" },
  { "no number",      NULL, "generate=10 gpus=many",           SG_ERR_RANGE, "'many'" },
  { "no days",        NULL, "generate=0 gpus=8",               SG_ERR_RANGE, "'0'" },
  { "negative load",  NULL, "generate=1 gpus=8 load=-1",       SG_ERR_RANGE, "'-1'" },
  { "three shares",   NULL, "generate=1 gpus=8 mix=1/0/0",     SG_ERR_RANGE, "'1/0/0'" },
  { "too much",       NULL, "generate=1 gpus=8 mix=1/0/0/0.1", SG_ERR_RANGE, "mix" },
  { "not a setting",  NULL, "generate=1 gpus=8 policy=easy",   SG_ERR_KEY,   "'policy'" },
  { "too many jobs",  NULL, "generate=3660 gpus=10000000",     SG_ERR_LIMIT, "ten million" },
  { "too few jobs",   "submit_s,duration_s,gpus\n0,1,1\n", "generate=1 gpus=8", SG_ERR_RANGE, "fewer than ten" },
  { "broken trace",   "submit_s,duration_s,gpus\n0,x,1\n", "generate=1 gpus=8", SG_ERR_TYPE,  "'x'" },
};
// clang-format on

START_TEST(mistakes_are_named) {
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    text_buffer out = {0};
    sg_diags    d;
    ck_assert_msg(generate(bad[i].trace, bad[i].words, 1, &out, &d) == bad[i].err, "%s", bad[i].what);
    ck_assert_msg(d.n == 1 && strstr(d.item[0].message, bad[i].says), "%s: %s", bad[i].what, d.item[0].message);
    ck_assert_uint_eq(out.n, 0);
    text_buffer_free(&out);
  }
}
END_TEST

START_TEST(a_full_disk_is_an_error) {
  const char *key[2] = {"generate", "gpus"}, *value[2] = {"10", "512"};
  sg_diags    d;
  diag_init(&d);
  ck_assert_int_eq(twin_cluster_generate(NULL, NULL, "", key, value, 2, 1, refuse, NULL, &d), SG_ERR_IO);
}
END_TEST

TEST_LIST("cluster generate", work_asked_for_is_the_load, a_mix_has_its_shares, drawn_jobs_are_like_those_of_the_trace,
          the_same_seed_draws_the_same, mistakes_are_named, a_full_disk_is_an_error)
