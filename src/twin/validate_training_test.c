// Tests of the training validation: synthetic runs with a known truth, a system's description, broken directories.
#include "validate_training.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "validate_training_reference.h"
#include "validate_training_rows.h"
#include "validate_training_score.h"
#include "validate_training_system.h"

static diag_source text_source(const char *name, const char *text) { return (diag_source){name, text, strlen(text)}; }

// ---- Scores on synthetic runs -------------------------------------------------------------------------------------------

static const char head[] =
    "id,group,layers,hidden,heads,kv_heads,head_dim,ffn,act,vocab,seq,hardware,scaleup_domain,nic_gbps_per_gpu,n_gpus,"
    "tp,pp,dp,zero,mbs,gbs,precision,recompute,step_time_s,stack,stack_date,plan_complete\n";

enum { GROUPS = 6, SIZES = 3 };

static void add_line(text_buffer *b, int group, int size, double step_s) {
  int tp = 1 << (group % 3), dp = 4 << size;
  text_addf(b, "r%d-%d,g%d,32,4096,32,8,128,14336,swiglu,128256,8192,H100,8,400,%d,%d,1,%d,1,1,%d,bf16,none,", group,
            size, group, tp * dp, tp, dp, 16 * dp);
  text_add_number(b, step_s, 12);
  text_puts(b, ",nemo1,2024-07,1\n");
}

static sg_err read_runs(const diag_source *source, arena *a, validate_runs *out) {
  validate_machines *machines = validate_machines_create(a, NULL);
  ck_assert_ptr_nonnull(machines);
  return validate_runs_read(source, RUNS_PUBLISHED, machines, a, NULL, out);
}

// Runs whose times are the model's own with a stack that is `slow` times slower in all kernels: the score finds the speed.
static void score_synthetic(double speed, double noise, validate_report *report) {
  arena        *a = arena_create();
  validate_runs blank = {0}, runs = {0};
  text_buffer   first = {0}, second = {0};
  text_puts(&first, head);
  text_puts(&second, head);
  for (int i = 0; i < GROUPS * SIZES; i++) add_line(&first, i / SIZES, i % SIZES, 1.0);
  diag_source source = {"published.csv", first.at, first.n};
  ck_assert_int_eq(read_runs(&source, a, &blank), SG_OK);
  training_software w = training_software_default();
  w.speed_frac = speed;
  for (int i = 0; i < GROUPS * SIZES; i++) {
    const validate_run *r = &blank.at[i];
    training_step       step;
    ck_assert_msg(!r->status, "%s", r->why);
    ck_assert_int_eq(training_plan_evaluate(&r->shape, r->machine, &w, &r->plan, &step), SG_OK);
    add_line(&second, i / SIZES, i % SIZES, step.step_s * (i % 2 ? 1.0 + noise : 1.0 - noise));
  }
  diag_source again = {"published.csv", second.at, second.n};
  ck_assert_int_eq(read_runs(&again, a, &runs), SG_OK);
  report->holds = true;
  ck_assert_int_eq(validate_training_score(&runs, runs.n, a, report), SG_OK);
  text_buffer_free(&first);
  text_buffer_free(&second);
  arena_free(a);
}

START_TEST(runs_of_the_model_itself_are_met) {
  validate_report r = {0};
  score_synthetic(0.8, 0.0, &r);
  ck_assert(r.holds);
  test_near(validate_value_of(&r, "dense16.n"), GROUPS * SIZES, 1e-9);
  ck_assert_double_lt(validate_value_of(&r, "dense16.median"), 0.01);
  ck_assert_double_lt(validate_value_of(&r, "ratio.median"), 0.01);
  test_near(validate_value_of(&r, "ratio.n"), GROUPS * 3, 1e-9);
  test_near(validate_value_of(&r, "dense16.within10"), 1.0, 1e-12);
  validate_report_free(&r);
}
END_TEST

// Half of the runs 20 % slower, half faster: nothing can explain that, and no bar is met.
START_TEST(noise_is_not_fitted) {
  validate_report r = {0};
  score_synthetic(1.0, 0.2, &r);
  ck_assert(!r.holds);
  ck_assert_double_gt(validate_value_of(&r, "dense16.median"), 0.12);
  ck_assert_double_gt(validate_value_of(&r, "ratio.median"), 0.1);
  validate_report_free(&r);
}
END_TEST

// A run's own time never enters its prediction: neither the constants, nor the speed.
START_TEST(a_prediction_does_not_see_its_group) {
  double got[2] = {0};
  for (int k = 0; k < 2; k++) {
    arena        *a = arena_create();
    validate_runs runs = {0};
    text_buffer   b = {0};
    text_puts(&b, head);
    for (int i = 0; i < GROUPS * SIZES; i++)
      add_line(&b, i / SIZES, i % SIZES, 20.0 * (i / SIZES == 2 && k ? 7.0 : 1.0));
    diag_source     source = {"published.csv", b.at, b.n};
    validate_report r = {0};
    ck_assert_int_eq(read_runs(&source, a, &runs), SG_OK);
    ck_assert_int_eq(validate_training_score(&runs, runs.n, a, &r), SG_OK);
    for (size_t i = 0; i < r.n_row; i++)
      if (!strcmp(r.row[i].case_name, "r2-1") && !strcmp(r.row[i].quantity, "step_time")) got[k] = r.row[i].computed;
    validate_report_free(&r);
    text_buffer_free(&b);
    arena_free(a);
  }
  ck_assert_double_gt(got[0], 0.0);
  ck_assert_msg(got[0] == got[1], "%g %g", got[0], got[1]);
}
END_TEST

// ---- Systems ------------------------------------------------------------------------------------------------------------

static const char small_system[] =
    "{\"matrix\": {\"float16\": {\"tflops\": 312, \"gflops_efficiency\": [[128, 0.99], [16, 0.9], [0, 0.1]]}},\n"
    " \"vector\": {\"float16\": {\"tflops\": 78, \"gflops_efficiency\": [[0, 0.5]]}},\n"
    " \"mem1\": {\"GiB\": 80, \"GBps\": 2048, \"MB_efficiency\": [[100, 0.95], [0, 0.3]]},\n"
    " \"networks\": [\n"
    "  {\"bandwidth\": 300, \"efficiency\": 0.65, \"size\": 8, \"latency\": 0.00001, \"processor_usage\": 0.15,\n"
    "   \"ops\": {\"p2p\": [1.0, null], \"reduce_scatter\": [1.5, -1], \"all_gather\": [1.5, -1], \"all_reduce\": "
    "[2.0, -1]}},\n"
    "  {\"bandwidth\": 25, \"efficiency\": 0.9, \"size\": 65536, \"latency\": 0.00002, \"processor_usage\": 0.02,\n"
    "   \"ops\": {\"p2p\": [1.0, null], \"reduce_scatter\": [1.0, 0], \"all_gather\": [1.0, 0], \"all_reduce\": [1.0, "
    "0]}}]}\n";

START_TEST(a_system_becomes_a_machine) {
  arena             *a = arena_create();
  diag_source        s = text_source("systems/a.json", small_system);
  system_description d;
  ck_assert_int_eq(validate_system_read(&s, a, NULL, &d), SG_OK);
  test_near(d.machine.matrix_flop_per_s[COMPUTE_FP16], 312e12, 1.0);
  test_near(compute_curve_at(&d.machine.matrix_efficiency[COMPUTE_FP16], 20e9), 0.9, 1e-12);
  test_near(compute_curve_at(&d.machine.matrix_efficiency[COMPUTE_FP16], 200e9), 0.99, 1e-12);
  test_near(compute_curve_at(&d.machine.memory_efficiency, 99e6), 0.3, 1e-12);
  test_near(d.machine.tier[1].bytes_per_s, 25e9, 1.0);
  test_near(d.all_reduce[0].scale, 2.0, 1e-12);
  test_near(d.all_reduce[0].offset, -1.0, 1e-12);
  ck_assert(isnan(d.machine.matrix_flop_per_s[COMPUTE_FP8]));
  arena_free(a);
}
END_TEST

static const struct {
  const char *what, *from, *to;
  sg_err      err;
} system_rows[] = {
    {"a key is missing",    "\"mem1\"",          "\"mem3\"",             SG_ERR_KEY  },
    {"a word for a number", "\"tflops\": 312",   "\"tflops\": \"many\"", SG_ERR_RANGE},
    {"negative bandwidth",  "\"bandwidth\": 25", "\"bandwidth\": -25",   SG_ERR_RANGE},
    {"no pair",             "[[0, 0.5]]",        "[[0, 0.5, 1]]",        SG_ERR_RANGE},
    {"no list",             "[[0, 0.5]]",        "0.5",                  SG_ERR_RANGE},
};

START_TEST(broken_systems_are_refused) {
  for (size_t i = 0; i < sizeof system_rows / sizeof *system_rows; i++) {
    arena      *a = arena_create();
    text_buffer b = {0};
    const char *at = strstr(small_system, system_rows[i].from);
    ck_assert_ptr_nonnull(at);
    text_add(&b, small_system, (size_t)(at - small_system));
    text_puts(&b, system_rows[i].to);
    text_puts(&b, at + strlen(system_rows[i].from));
    diag_source        s = {"a.json", b.at, b.n};
    sg_diags           d;
    system_description out;
    diag_init(&d);
    ck_assert_msg(validate_system_read(&s, a, &d, &out) == system_rows[i].err, "%s", system_rows[i].what);
    ck_assert_uint_gt(d.n, 0);
    text_buffer_free(&b);
    arena_free(a);
  }
}
END_TEST

// ---- Directories --------------------------------------------------------------------------------------------------------

START_TEST(nothing_to_do_is_an_error) {
  validate_training_files files = {0};
  validate_report         r = {0};
  sg_diags                d;
  diag_init(&d);
  ck_assert_int_eq(validate_training(&files, &d, &r), SG_ERR_RANGE);
  ck_assert(!r.holds);
  ck_assert_uint_eq(d.n, 1);
  validate_report_free(&r);
}
END_TEST

START_TEST(a_broken_directory_is_an_error) {
  diag_source bad = text_source("published.csv", "id,group\na,b\n"), none = text_source("published.csv", head);
  validate_training_files files = {.published = &bad};
  validate_report         r = {0};
  sg_diags                d;
  diag_init(&d);
  ck_assert_int_eq(validate_training(&files, &d, &r), SG_ERR_KEY);
  files.published = &none;
  ck_assert_int_eq(validate_training(&files, &d, &r), SG_ERR_RANGE);
  validate_report_free(&r);
}
END_TEST

// Runs of a directory that hold nothing to predict, or cannot be read, are rows with a reason.
START_TEST(every_run_is_listed) {
  text_buffer b = {0};
  text_puts(&b, head);
  add_line(&b, 0, 0, 20.0);
  text_puts(&b,
            "x,gx,32,4096,32,8,128,14336,swiglu,128256,8192,H100,8,400,8,1,1,8,1,,64,bf16,none,2,nemo1,2024-07,0\n");
  text_puts(&b,
            "y,gy,0,4096,32,8,128,14336,swiglu,128256,8192,H100,8,400,8,1,1,8,1,1,64,bf16,none,2,nemo1,2024-07,1\n");
  diag_source             source = {"published.csv", b.at, b.n};
  validate_training_files files = {.published = &source};
  validate_report         r = {0};
  ck_assert_int_eq(validate_training(&files, NULL, &r), SG_OK);
  ck_assert(!r.holds);  // y
  int seen = 0;
  for (size_t i = 0; i < r.n_row; i++) {
    const validate_row *row = &r.row[i];
    if (!strcmp(row->case_name, "x")) seen |= !strcmp(row->status, "skipped") && row->why[0];
    if (!strcmp(row->case_name, "y")) seen |= (!strcmp(row->status, "input") && strstr(row->why, "layers")) ? 2 : 0;
    if (!strcmp(row->case_name, "r0-0") && !strcmp(row->quantity, "step_time")) seen |= row->computed > 0.0 ? 4 : 0;
  }
  ck_assert_int_eq(seen, 7);
  validate_report_free(&r);
  text_buffer_free(&b);
}
END_TEST

TEST_LIST("validate_training", runs_of_the_model_itself_are_met, noise_is_not_fitted,
          a_prediction_does_not_see_its_group, a_system_becomes_a_machine, broken_systems_are_refused,
          nothing_to_do_is_an_error, a_broken_directory_is_an_error, every_run_is_listed)
