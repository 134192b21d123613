// Tests of cluster_events.c and of the settings: what caps, partitions and maintenance do to starts; failures keep the
// books, follow their seed, cost more the more there are, and agree with the exact form.
#include "cluster_events.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/text.h"

enum { MOST_WORDS = 12 };

static int keep(void *user, const char *at, size_t n) {
  text_add(user, at, n);
  return 1;
}

// Replays a trace under "policy=easy capacity=8 ...", with caps (NULL: none); starts may be NULL.
static sg_err replay(const char *trace, const char *words, const char *caps, uint64_t seed, text_buffer *starts,
                     sg_diags *d, twin_cluster **c) {
  const char       *key[MOST_WORDS], *value[MOST_WORDS];
  char              copy[400];
  size_t            n = 0;
  operations_unread u = {trace, strlen(trace)};
  const diag_source source = {"caps.csv", caps, caps ? strlen(caps) : 0};
  snprintf(copy, sizeof copy, "%s", words);
  for (char *at = strtok(copy, " "); at && n < MOST_WORDS; at = strtok(NULL, " ")) {
    char *equals = strchr(at, '=');
    *equals = '\0';
    key[n] = at;
    value[n++] = equals + 1;
  }
  diag_init(d);
  const twin_cluster_with with = {seed, caps ? &source : NULL, starts ? keep : NULL, starts};
  return twin_cluster_replay(operations_read_text, &u, "t", key, value, n, &with, d, c);
}

#define HEAD "job_id,submit_s,duration_s,gpus,partition\n"
#define HOUR "hour,cap_frac\n"

// clang-format off
static const struct { const char *what, *words, *caps, *trace, *starts; } rows[] = {
  { "a partition has its own queue", "capacity=8 partition=x=4", NULL, HEAD "a,0,10,4,\nb,0,10,4,\nc,0,10,4,x\n",
    "a,0,0,10,4,1,done\nb,0,10,20,4,1,done\nc,0,0,10,4,1,done\n" },
  { "and of nodes", "nodes=2x4 partition=x=4", NULL, HEAD "a,0,10,8,\nb,0,10,4,x\n",
    "a,0,,,8,0,too large\nb,0,0,10,4,1,done\n" },
  { "a reservation waits for its hour, nobody runs into it", "capacity=8 partition=x=4@1-2", NULL,
    HEAD "a,0,100,8,\nb,0,4000,8,\nc,1,600,4,x\n",
    "a,0,0,100,8,1,done\nb,0,7200,11200,8,1,done\nc,1,3600,4200,4,1,done\n" },
  { "maintenance is announced in a pool", "capacity=8 maintenance=8@1-2 checkpoint=1e6", NULL,
    HEAD "a,0,3000,8,\nb,1,3000,8,\n", "a,0,0,3001,8,1,done\nb,1,7200,10201,8,1,done\n" },
  { "on nodes it drains", "nodes=2x4 maintenance=4@1-2 checkpoint=1e6", NULL, HEAD "a,0,5000,8,\nb,4000,10,4,\nc,4001,10,8,\n",
    "a,0,0,5001,8,1,done\nb,4000,5001,5012,4,1,done\nc,4001,7200,7211,8,1,done\n" },
  { "a throttled job takes longer", "capacity=8", HOUR "0,0.25\n1,1\n", HEAD "a,0,1000,8,\n", "a,0,0,2001,8,1,done\n" },
  { "below a quarter of the power GPUs stop as well", "capacity=8", HOUR "0,0.125\n", HEAD "a,0,1000,8,\nb,0,1000,4,\n",
    "a,0,3600,4601,8,1,done\nb,0,4601,5602,4,1,done\n" },
  { "jobs are stopped under a cap, the latest first", "capacity=8 response=stop restart=1 checkpoint=1e6", HOUR "0,1\n1,0.5\n2,1\n",
    HEAD "a,0,5000,4,\nb,0,5000,4,\n", "a,0,0,5001,4,1,done\nb,0,0,10062,4,2,done\n" },
  { "announced, no job starts that would run into it", "capacity=8 response=announced checkpoint=1e6", HOUR "1,0.5\n",
    HEAD "a,0,5000,4,\nb,0,5000,4,\n", "a,0,0,5001,4,1,done\nb,0,5001,10002,4,1,done\n" },
  { "caps in MW, on the trace's clock", "capacity=8 response=stop restart=1 checkpoint=1e6", "start_s,cap_mw,full_mw\n1000,0,2\n2000,2,2\n",
    HEAD "a,900,200,8,\n", "a,900,900,2261,8,2,done\n" },
  { "as power writes it", "capacity=8 response=announced checkpoint=1e6", "hour,facility_mw,curtailed_mw\n0,10,10\n1,0,0\n",
    HEAD "a,0,200,8,\n", "a,0,3600,3801,8,1,done\n" },
};

static const struct { const char *what, *words, *caps; sg_err err; int line; const char *says; } bad[] = {
  { "no time", "capacity=8", "cap_frac\n1\n", SG_ERR_KEY, 1, "hour or start_s" },
  { "no power", "capacity=8", "hour\n1\n", SG_ERR_KEY, 1, "how much power" },
  { "no full power", "capacity=8", "hour,cap_mw\n1,1\n", SG_ERR_KEY, 1, "full_mw" },
  { "no rows", "capacity=8", "hour,cap_frac\n", SG_ERR_KEY, 1, "without rows" },
  { "no number", "capacity=8", "hour,cap_frac\n0,1\n1,high\n", SG_ERR_TYPE, 3, "'high' is no number" },
  { "more than all", "capacity=8", "hour,cap_frac\n0,1.5\n", SG_ERR_RANGE, 2, "not from 0 to 1" },
  { "negative hour", "capacity=8", "hour,cap_frac\n-1,1\n", SG_ERR_RANGE, 2, "'-1'" },
  { "not sorted", "capacity=8", "hour,cap_frac\n1,1\n1,0.5\n", SG_ERR_RANGE, 3, "not after" },
  { "short row", "capacity=8", "hour,cap_frac\n1\n", SG_ERR_TYPE, 2, "no number" },
  { "empty", "capacity=8", "", SG_ERR_KEY, 0, "" },
  { "announced on nodes", "nodes=1x8 response=announced", HOUR "0,1\n", SG_ERR_RANGE, 0, "for one pool" },
  { "response without caps", "capacity=8 response=stop", NULL, SG_ERR_KEY, 0, "needs a file" },
  { "no such response", "capacity=8 response=wait", HOUR "0,1\n", SG_ERR_NAME, 0, "'wait'" },
  { "failures in a pool", "capacity=8 failures=1", NULL, SG_ERR_RANGE, 0, "one pool" },
  { "failures that are no number", "nodes=1x8 failures=many", NULL, SG_ERR_RANGE, 0, "'many'" },
  { "spares without failures", "nodes=1x8 spares=1", NULL, SG_ERR_KEY, 0, "for failures" },
  { "part of no node", "nodes=1x8 partition=x=4", NULL, SG_ERR_RANGE, 0, "on nodes" },
  { "reservation on nodes", "nodes=2x8 partition=x=8@1-2", NULL, SG_ERR_RANGE, 0, "on nodes" },
  { "part larger than all", "capacity=8 partition=x=9", NULL, SG_ERR_RANGE, 0, "what is left" },
  { "part twice", "capacity=8 partition=x=1 partition=x=2", NULL, SG_ERR_KEY, 0, "twice" },
  { "part of nobody", "capacity=8 partition=y=4", NULL, SG_ERR_NAME, 0, "no job is in partition 'y'" },
  { "part without size", "capacity=8 partition=x", NULL, SG_ERR_RANGE, 0, "'x'" },
  { "hours backwards", "capacity=8 maintenance=4@2-1", NULL, SG_ERR_RANGE, 0, "'4@2-1'" },
  { "maintenance of more than all", "capacity=8 maintenance=9@1-2", NULL, SG_ERR_RANGE, 0, "larger than" },
  { "failures beyond repair", "nodes=64x8 failures=300", NULL, SG_ERR_RANGE, 0, "faster than repairs" },
  { "no such interval", "nodes=1x8 failures=1 checkpoint=often", NULL, SG_ERR_RANGE, 0, "'often'" },
  { "negative restart", "nodes=1x8 failures=1 restart=-1", NULL, SG_ERR_RANGE, 0, "'-1'" },
};
// clang-format on

START_TEST(jobs_start_when_they_should) {
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    text_buffer   starts = {0};
    sg_diags      d;
    twin_cluster *c = NULL;
    const sg_err  err = replay(rows[i].trace, rows[i].words, rows[i].caps, 1, &starts, &d, &c);
    ck_assert_msg(!err, "%s: %s", rows[i].what, d.n ? d.item[0].message : "");
    ck_assert_msg(!strcmp(strchr(starts.at, '\n') + 1, rows[i].starts), "%s: %s", rows[i].what, starts.at);
    text_buffer_free(&starts);
    twin_cluster_free(c);
  }
}
END_TEST

START_TEST(mistakes_are_named_where_they_stand) {
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    sg_diags      d;
    twin_cluster *c = NULL;
    const sg_err  err = replay(HEAD "a,0,10,1,x\n", bad[i].words, bad[i].caps, 1, NULL, &d, &c);
    ck_assert_msg(err == bad[i].err, "%s: %d", bad[i].what, err);
    ck_assert_ptr_null(c);
    ck_assert_msg(d.n == 1 && strstr(d.item[0].message, bad[i].says), "%s: %s", bad[i].what, d.item[0].message);
    if (bad[i].line) ck_assert_int_eq(d.item[0].line, bad[i].line);
  }
}
END_TEST

// A mix of sizes on 64 nodes of 8, asking for three quarters of them for `days`.
static void make_trace(text_buffer *out, int days) {
  text_puts(out, "job_id,submit_s,duration_s,gpus\n");
  for (int i = 0; i < 24 * days; i++)
    text_addf(out, "%d,%d,%d,%d\n", i, 3600 * i, 1800 + 7919 * i % 50000, i % 5 == 0 ? 128 : 1 << i % 6);
}

START_TEST(every_gpu_second_is_booked_once) {
  static const char *const words[] = {"policy=easy nodes=64x8 failures=20 crews=3",
                                      "policy=easy-rackfit racks=16x4x8 failures=30 spares=1 checkpoint=daly",
                                      "policy=fcfs nodes=64x8 failures=40 checkpoint=60 restart=5",
                                      "policy=easy nodes=64x8 failures=20 maintenance=64@24-48",
                                      "policy=easy nodes=64x8 failures=20 response=stop"};
  text_buffer              trace = {0};
  make_trace(&trace, 20);
  for (size_t i = 0; i < 5; i++) {
    sg_diags      d;
    twin_cluster *c = NULL;
    ck_assert_int_eq(replay(trace.at, words[i], i == 4 ? HOUR "30,0.4\n60,1\n" : NULL, 3, NULL, &d, &c), SG_OK);
    const operations_metrics *m = &c->m;
    int64_t                   lost_gpu_s = 0, stopped = 0;
    for (int k = 0; k < TWIN_CLUSTER_CAUSES; k++) lost_gpu_s += c->lost_gpu_s[k], stopped += c->stopped[k];
    ck_assert_int_eq(m->work_gpu_s + m->rework_gpu_s + m->restart_gpu_s + m->slow_gpu_s + m->idle_gpu_s + m->down_gpu_s,
                     m->capacity_gpus * m->makespan_s);
    ck_assert_int_eq(lost_gpu_s, m->rework_gpu_s + m->restart_gpu_s);
    ck_assert_int_eq(stopped, m->stops + m->preemptions);
    ck_assert_int_gt(m->stops, 20);
    ck_assert_int_eq(m->jobs, 480);
    twin_cluster_free(c);
  }
  text_buffer_free(&trace);
}
END_TEST

START_TEST(failures_follow_their_seed) {
  text_buffer trace = {0}, starts[4] = {{0}};
  make_trace(&trace, 10);
  text_buffer longer = {0};
  make_trace(&longer, 10);
  text_puts(&longer, "z,9000000,10,1\n");  // past the outages that are drawn first
  for (int i = 0; i < 4; i++) {
    sg_diags      d;
    twin_cluster *c = NULL;
    ck_assert_int_eq(replay(i == 3 ? longer.at : trace.at, "policy=easy nodes=64x8 failures=20", NULL, i == 2 ? 8 : 7,
                            &starts[i], &d, &c),
                     SG_OK);
    twin_cluster_free(c);
  }
  ck_assert_str_eq(starts[0].at, starts[1].at);
  ck_assert_str_ne(starts[0].at, starts[2].at);
  ck_assert_msg(!strncmp(starts[0].at, starts[3].at, starts[0].n), "outages of a day depend on what comes later");
  for (int i = 0; i < 4; i++) text_buffer_free(&starts[i]);
  text_buffer_free(&trace);
  text_buffer_free(&longer);
}
END_TEST

// Common random numbers: an outage more may let one job pass another, so a single run can gain by it; the mean cannot.
START_TEST(more_failures_never_raise_mean_goodput) {
  static const char *const times[] = {"0", "1", "4", "10", "20", "40"};
  enum { SEEDS = 8 };
  text_buffer trace = {0};
  double      last = 1.0;
  make_trace(&trace, 30);
  for (int k = 0; k < 6; k++) {
    double sum = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      char          words[100];
      sg_diags      d;
      twin_cluster *c = NULL;
      snprintf(words, sizeof words, "policy=easy nodes=64x8 failures=%s", times[k]);
      ck_assert_int_eq(replay(trace.at, words, NULL, seed, NULL, &d, &c), SG_OK);
      sum += (double)c->m.work_gpu_s / ((double)c->m.capacity_gpus * (double)c->m.makespan_s) / SEEDS;
      twin_cluster_free(c);
    }
    ck_assert_msg(sum <= last + 1e-12, "%s x: %.6f after %.6f", times[k], sum, last);
    last = sum;
  }
  text_buffer_free(&trace);
}
END_TEST

// One run on 16,384 GPUs with nodes to spare: the share of the time it held GPUs that was progress is the exact form's.
START_TEST(a_long_run_meets_the_exact_form) {
  const operations_practice p = operations_practice_standard();
  operations_expectation    e;
  double                    sum = 0.0;
  operations_expect(&operations_shape_hgx, 1.0, 1.0, &p, 16384.0, &e);
  for (uint64_t seed = 1; seed <= 4; seed++) {
    sg_diags      d;
    twin_cluster *c = NULL;
    ck_assert_int_eq(replay("job_id,submit_s,duration_s,gpus\nrun,0,5184000,16384\n", "nodes=2200x8 failures=1", NULL,
                            seed, NULL, &d, &c),
                     SG_OK);
    const operations_metrics *m = &c->m;
    ck_assert_int_gt(m->stops, 350);
    sum += (double)m->work_gpu_s / (double)(m->work_gpu_s + m->rework_gpu_s + m->restart_gpu_s + m->slow_gpu_s) / 4;
    twin_cluster_free(c);
  }
  test_near(sum, operations_ettr(&e.job), 0.01);
}
END_TEST

TEST_LIST("cluster events", jobs_start_when_they_should, mistakes_are_named_where_they_stand,
          every_gpu_second_is_booked_once, failures_follow_their_seed, more_failures_never_raise_mean_goodput,
          a_long_run_meets_the_exact_form)
