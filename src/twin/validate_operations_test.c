// Tests of validate_operations.c: the shipped references, and references that are wrong. Run from the root of the repository.
#include "validate_operations.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/packed.h"
#include "../../tests/test.h"

enum { MOST = 64 };

typedef struct folder {
  text_buffer text[MOST];
  diag_source source[MOST];
  size_t      n;
  glob_t      names;
} folder;

static void read_folder(const char *pattern, folder *f) {
  *f = (folder){.n = 0};
  ck_assert_int_eq(glob(pattern, 0, NULL, &f->names), 0);
  ck_assert_uint_le(f->names.gl_pathc, MOST);
  for (; f->n < f->names.gl_pathc; f->n++) {
    const char *path = f->names.gl_pathv[f->n];
    ck_assert_msg(packed_read(path, &f->text[f->n]), "%s", path);
    f->source[f->n] = (diag_source){path, f->text[f->n].at, f->text[f->n].n};
  }
}

static void free_folder(folder *f) {
  for (size_t i = 0; i < f->n; i++) text_buffer_free(&f->text[i]);
  globfree(&f->names);
}

static size_t rows_with(const validate_report *r, const char *status) {
  size_t n = 0;
  for (size_t i = 0; i < r->n_row; i++) n += !strcmp(r->row[i].status, status);
  return n;
}

static const validate_row *row_of(const validate_report *r, const char *name, const char *quantity) {
  for (size_t i = 0; i < r->n_row; i++)
    if (!strcmp(r->row[i].case_name, name) && !strcmp(r->row[i].quantity, quantity)) return &r->row[i];
  return NULL;
}

START_TEST(every_reference_start_and_figure_is_met) {
  folder          starts, traces, tables;
  sg_diags        d;
  validate_report r = {0};
  read_folder("data/validation/cluster/*.starts.csv.gz", &starts);
  read_folder("data/traces/*.csv.gz", &traces);
  read_folder("data/validation/cluster/[pst][cui][hmnb]*.csv", &tables);  // published, scheduler-summary, tiny-cases
  ck_assert_uint_eq(tables.n, 3);
  diag_init(&d);
  ck_assert_int_eq(validate_operations(&(validate_operations_files){.published = &tables.source[0],
                                                                    .summary = &tables.source[1],
                                                                    .tiny = &tables.source[2],
                                                                    .starts = starts.source,
                                                                    .n_starts = starts.n,
                                                                    .trace = traces.source,
                                                                    .n_trace = traces.n},
                                       &d, &r),
                   SG_OK);
  for (size_t i = 0; i < r.n_row; i++)
    ck_assert_msg(!strcmp(r.row[i].status, "ok"), "%s %s: %.17g, expected %.17g %s", r.row[i].case_name,
                  r.row[i].quantity, r.row[i].computed, r.row[i].expected, r.row[i].why);
  ck_assert(r.holds);
  // 17 files with 13 figures each, 5 published, 6 tiny cases by 4 policies.
  ck_assert_uint_eq(starts.n, 17);
  ck_assert_uint_eq(r.n_row, 17 * 14 + 5 + 6 * 4);
  ck_assert_double_eq(validate_value_of(&r, "starts_identical"), validate_value_of(&r, "starts"));
  validate_report_free(&r);
  free_folder(&starts);
  free_folder(&traces);
  free_folder(&tables);
}
END_TEST

#define TRACE   "job_id,submit_s,duration_s,gpus\na,0,10,4\nb,1,10,8\n"
#define SUMMARY "file,capacity,mean_wait_s\nt.fcfs.starts.csv.gz,8,4.5\n"
#define STARTS  "job_id,start_s\na,0\nb,10\n"

// clang-format off
static const struct {
  const char *what, *trace, *summary, *file, *starts, *status, *why;
  sg_err      want;
} rows[] = {
    {"as it should be", TRACE, SUMMARY, "t.fcfs.starts.csv", STARTS, "ok", "", SG_OK},
    {"in another order", TRACE, SUMMARY, "x/t.fcfs.starts.csv.gz", "job_id,start_s\nb,10\na,0\n", "ok", "", SG_OK},
    {"one differs", TRACE, SUMMARY, "t.fcfs.starts.csv", "job_id,start_s\na,0\nb,11\n", "off", "line 3", SG_OK},
    {"one is missing", TRACE, SUMMARY, "t.fcfs.starts.csv", "job_id,start_s\na,0\n", "off", "", SG_OK},
    {"a job nobody knows", TRACE, SUMMARY, "t.fcfs.starts.csv", "job_id,start_s\na,0\nc,10\n", "off", "line 3", SG_OK},
    {"no trace", NULL, SUMMARY, "t.fcfs.starts.csv", STARTS, "input", "trace", SG_OK},
    {"no capacity", TRACE, "file,capacity\n", "t.fcfs.starts.csv", STARTS, "input", "capacity", SG_OK},
    {"an unknown policy", TRACE, SUMMARY, "t.lottery.starts.csv", STARTS, "input", "'lottery'", SG_OK},
    {"nodes that are none", TRACE, SUMMARY, "t.fcfs-nodes0x8.starts.csv", STARTS, "input", "'nodes0x8'", SG_OK},
    {"a name of no kind", TRACE, SUMMARY, "starts.csv", STARTS, "input", "TRACE.POLICY", SG_OK},
    {"no column of starts", TRACE, SUMMARY, "t.fcfs.starts.csv", "job_id\na\n", NULL, NULL, SG_ERR_KEY},
    {"a trace out of order", "job_id,submit_s,duration_s,gpus\na,5,1,1\nb,4,1,1\n", SUMMARY, "t.fcfs.starts.csv", STARTS, NULL, NULL, SG_ERR_RANGE},
};
// clang-format on

START_TEST(what_differs_or_is_missing_is_said) {
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const diag_source trace = {"t.csv", rows[i].trace, rows[i].trace ? strlen(rows[i].trace) : 0};
    const diag_source summary = {"scheduler-summary.csv", rows[i].summary, strlen(rows[i].summary)};
    const diag_source starts = {rows[i].file, rows[i].starts, strlen(rows[i].starts)};
    sg_diags          d;
    validate_report   r = {0};
    diag_init(&d);
    const sg_err err = validate_operations(
        &(validate_operations_files){
            .summary = &summary, .starts = &starts, .n_starts = 1, .trace = &trace, .n_trace = rows[i].trace != NULL},
        &d, &r);
    ck_assert_msg(err == rows[i].want, "%s: %d", rows[i].what, err);
    ck_assert_msg((d.n_errors > 0) == (err != SG_OK), "%s", rows[i].what);
    if (!err) {
      ck_assert_msg(!strcmp(r.row[0].status, rows[i].status), "%s: %s", rows[i].what, r.row[0].status);
      ck_assert_msg(strstr(r.row[0].why, rows[i].why) != NULL, "%s: %s", rows[i].what, r.row[0].why);
      ck_assert_msg(r.holds == !strcmp(rows[i].status, "ok"), "%s", rows[i].what);
    }
    validate_report_free(&r);
  }
}
END_TEST

START_TEST(a_figure_that_differs_in_its_last_digit_is_off) {
  const diag_source trace = {"t.csv", TRACE, strlen(TRACE)}, starts = {"t.fcfs.starts.csv", STARTS, strlen(STARTS)};
  const char       *figures = "file,capacity,mean_wait_s,max_wait_s\nt.fcfs.starts.csv.gz,8,4.50000001,9\n";
  const diag_source summary = {"s.csv", figures, strlen(figures)};
  sg_diags          d;
  validate_report   r = {0};
  diag_init(&d);
  ck_assert_int_eq(validate_operations(
                       &(validate_operations_files){
                           .summary = &summary, .starts = &starts, .n_starts = 1, .trace = &trace, .n_trace = 1},
                       &d, &r),
                   SG_OK);
  ck_assert_str_eq(row_of(&r, "t.fcfs", "mean_wait_s")->status, "off");
  ck_assert_str_eq(row_of(&r, "t.fcfs", "max_wait_s")->status, "ok");
  ck_assert_uint_eq(rows_with(&r, "off"), 1);
  ck_assert(!r.holds);
  validate_report_free(&r);
  ck_assert_int_eq(validate_operations(&(validate_operations_files){0}, &d, &r), SG_ERR_RANGE);
  validate_report_free(&r);
}
END_TEST

TEST_LIST("validate_operations", every_reference_start_and_figure_is_met, what_differs_or_is_missing_is_said,
          a_figure_that_differs_in_its_last_digit_is_off)
