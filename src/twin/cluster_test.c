// Tests of cluster.c: starts in order of the trace, time lines that add up, settings. Run from the root of the repository.
#include "cluster.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/text.h"

static int keep(void *user, const char *at, size_t n) {
  text_add(user, at, n);
  return 1;
}

static int refuse(void *user, const char *at, size_t n) {
  (void)user, (void)at, (void)n;
  return 0;
}

#define HEAD "job_id,submit_s,duration_s,gpus\n"

// clang-format off
static const struct { const char *what, *policy, *size_key, *size, *trace, *starts; } rows[] = {
  { "a long job ends last and stands first", "easy", "capacity", "8", HEAD "a,0,100,4\nb,1,10,4\n",
    "a,0,0,100,4,1,done\nb,1,1,11,4,1,done\n" },
  { "nobody passes the head", "fcfs", "capacity", "8", HEAD "a,0,100,6\nb,1,10,8\nc,2,5,2\n",
    "a,0,0,100,6,1,done\nb,1,100,110,8,1,done\nc,2,110,115,2,1,done\n" },
  { "easy lets one pass", "easy", "capacity", "8", HEAD "a,0,100,6\nb,1,10,8\nc,2,5,2\n",
    "a,0,0,100,6,1,done\nb,1,100,110,8,1,done\nc,2,2,7,2,1,done\n" },
  { "one that is too large has no times", "fcfs", "capacity", "8", HEAD "a,0,9,9\nb,1,1,1\n",
    "a,0,,,9,0,too large\nb,1,1,2,1,1,done\n" },
  { "gangs take whole nodes", "fcfs", "nodes", "2x4", HEAD "a,0,10,1\nb,0,10,8\n",
    "a,0,0,10,1,1,done\nb,0,10,20,8,1,done\n" },
  { "names with commas are quoted", "fcfs", "capacity", "1", HEAD "\"a,\"\"1\"\"\",0,1,1\n",
    "\"a,\"\"1\"\"\",0,0,1,1,1,done\n" },
};
// clang-format on

static void hold(size_t i) {
  const char             *key[2] = {"policy", rows[i].size_key}, *value[2] = {rows[i].policy, rows[i].size};
  operations_unread       u = {rows[i].trace, strlen(rows[i].trace)};
  text_buffer             text = {0};
  sg_diags                d;
  twin_cluster           *c = NULL;
  double                  held = 0.0;
  const twin_cluster_with with = {.write = keep, .writer = &text};
  diag_init(&d);
  ck_assert_int_eq(twin_cluster_replay(operations_read_text, &u, "t", key, value, 2, &with, &d, &c), SG_OK);
  const char *body = strchr(text.at, '\n');
  ck_assert_msg(!strcmp(body + 1, rows[i].starts), "%s: %s", rows[i].what, text.at);
  for (int32_t k = 0; k < c->use.n; k++) held += c->use.held_gpu_s[k];
  ck_assert_double_eq(held, (double)c->m.work_gpu_s);
  text_buffer_free(&text);
  twin_cluster_free(c);
}

START_TEST(starts_are_those_of_the_policy) {
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) hold(i);
}
END_TEST

START_TEST(time_line_keeps_its_sums_when_bins_double) {
  const char   *key[1] = {"capacity"}, *value[1] = {"64"};
  text_buffer   trace = {0};
  sg_diags      d;
  twin_cluster *c = NULL;
  double        held = 0.0, waited = 0.0;
  text_puts(&trace, HEAD);
  for (int i = 0; i < 3000; i++) text_addf(&trace, "%d,%d,%d,%d\n", i, 61 * i, 1 + 977 * i % 5000, 1 + i % 64);
  operations_unread u = {trace.at, trace.n};
  diag_init(&d);
  ck_assert_int_eq(twin_cluster_replay(operations_read_text, &u, "t", key, value, 1, &(twin_cluster_with){0}, &d, &c),
                   SG_OK);
  for (int32_t i = 0; i < c->use.n; i++) held += c->use.held_gpu_s[i], waited += c->use.waiting_gpu_s[i];
  ck_assert_int_gt(c->use.step_s, 1);
  ck_assert_double_eq(held, (double)c->m.work_gpu_s);
  ck_assert_double_gt(waited, 0.0);
  ck_assert_int_ge(c->use.n * c->use.step_s, c->m.makespan_s);
  for (int32_t i = 0; i < c->use.n; i++) ck_assert_double_le(c->use.held_gpu_s[i], 64.0 * (double)c->use.step_s);
  text_buffer_free(&trace);
  twin_cluster_free(c);
}
END_TEST

START_TEST(starts_that_cannot_be_written_end_the_run) {
  const char       *key[1] = {"capacity"}, *value[1] = {"8"};
  operations_unread u = {HEAD "a,0,1,1\n", strlen(HEAD "a,0,1,1\n")};
  sg_diags          d;
  twin_cluster     *c = NULL;
  diag_init(&d);
  ck_assert_int_eq(
      twin_cluster_replay(operations_read_text, &u, "t", key, value, 1, &(twin_cluster_with){.write = refuse}, &d, &c),
      SG_ERR_IO);
  ck_assert_ptr_null(c);
}
END_TEST

START_TEST(simulation_meets_the_exact_form) {
  static const char *const gpus[] = {"1024", "16384", "100000"}, *const shape[] = {"hgx", "nvl72"};
  double last = 1.0;
  for (int i = 0; i < 6; i++) {
    const char   *key[2] = {"gpus", "shape"}, *value[2] = {gpus[i % 3], shape[i / 3]};
    sg_diags      d;
    twin_cluster *c = NULL;
    diag_init(&d);
    ck_assert_int_eq(twin_cluster_expect(key, value, 2, 1, &d, &c), SG_OK);
    const twin_cluster_goodput *g = &c->goodput;
    ck_assert_double_lt(fabs(g->simulated.mean - g->exact_frac), 4.0 * g->simulated.stderr_mean);
    if (i % 3) ck_assert_double_lt(g->best.useful_frac, last);  // a larger run trains less of its time
    ck_assert_double_lt(g->late_frac, g->best.useful_frac);
    last = g->best.useful_frac;
    twin_cluster_free(c);
  }
}
END_TEST

TEST_LIST("cluster", starts_are_those_of_the_policy, time_line_keeps_its_sums_when_bins_double,
          starts_that_cannot_be_written_end_the_run, simulation_meets_the_exact_form)
