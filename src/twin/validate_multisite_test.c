// Tests of validate_multisite*.c: the shipped rows, rows of others' making, files that cannot be read.
#include "validate_multisite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "validate_multisite_parts.h"

#define HEAD "id,group,quantity,value,value_hi,unit,conditions,tol_rel,source,read,confidence\n"

static char shipped_text[200000];

static diag_source shipped(void) {
  FILE *in = fopen("data/validation/multisite/published.csv", "rb");
  ck_assert_msg(in != NULL, "run from the top of the repository");
  size_t n = fread(shipped_text, 1, sizeof shipped_text, in);
  fclose(in);
  ck_assert_uint_lt(n, sizeof shipped_text);
  return (diag_source){"published.csv", shipped_text, n};
}

static validate_report validated(const char *rows, sg_err want, size_t findings) {
  static char     text[8192];
  sg_diags        d;
  validate_report r = {0};
  snprintf(text, sizeof text, "%s", rows);
  diag_source s = {"published.csv", text, strlen(text)};
  diag_init(&d);
  ck_assert_int_eq(validate_multisite(&s, &d, &r), want);
  ck_assert_uint_eq(d.n, findings);
  return r;
}

static void check_one(const char *row, const char *status, double computed) {
  char text[2048];
  snprintf(text, sizeof text, HEAD "%s\n", row);
  validate_report r = validated(text, SG_OK, 0);
  ck_assert_uint_eq(r.n_row, 1);
  ck_assert_msg(!strcmp(r.row[0].status, status), "%s: %s (%s), %g", row, r.row[0].status, r.row[0].why,
                r.row[0].computed);
  if (isnan(computed)) ck_assert_msg(isnan(r.row[0].computed) && r.row[0].why[0], "%s", row);
  else ck_assert_msg(fabs(r.row[0].computed / computed - 1.0) < 1e-3, "%s: %.9g", row, r.row[0].computed);
  ck_assert_int_eq(r.holds, strcmp(status, "off") != 0 && strcmp(status, "input") != 0);
  validate_report_free(&r);
}

// ---- The shipped rows ---------------------------------------------------------------------------------------------------

START_TEST(shipped_rows_meet_the_bar) {
  diag_source     s = shipped();
  sg_diags        d;
  validate_report r = {0};
  diag_init(&d);
  ck_assert_int_eq(validate_multisite(&s, &d, &r), SG_OK);
  ck_assert_uint_eq(d.n, 0);
  ck_assert(r.holds);
  ck_assert_uint_eq(r.n_row, 247);
  for (size_t i = 0; i < r.n_row; i++)
    if (isnan(r.row[i].computed)) ck_assert_msg(r.row[i].why[0] != '\0', "%s", r.row[i].case_name);
  test_near(validate_value_of(&r, "losses"), 54.0, 1e-9);
  ck_assert_double_le(validate_value_of(&r, "losses_worst_error"), 0.004);
  ck_assert_double_ge(validate_value_of(&r, "losses_out_of_fold_within"), 0.9);
  ck_assert_double_le(validate_value_of(&r, "losses_out_of_fold_median_error"), 0.002);
  test_near(validate_value_of(&r, "bandwidths"), 100.0, 1e-9);
  ck_assert_double_ge(validate_value_of(&r, "bandwidths_within_a_step"), 0.8);
  ck_assert_double_ge(validate_value_of(&r, "bandwidths_out_of_fold_within"), 0.8);
  test_near(validate_value_of(&r, "runs_within"), 1.0, 1e-9);
  validate_report_free(&r);
}
END_TEST

// A third of the rows alone, as a user may have them: every row gives the same figure as among the others.
START_TEST(rows_do_not_lean_on_each_other) {
  diag_source     s = shipped();
  validate_report all = {0}, some = {0};
  static char     text[200000];
  size_t          n = 0, line = 0;
  for (const char *at = s.text, *end = s.text + s.bytes; at < end; line++) {
    const char *next = memchr(at, '\n', (size_t)(end - at));
    size_t      length = next ? (size_t)(next - at) + 1 : (size_t)(end - at);
    if (line == 0 || line % 3 == 1) {
      memcpy(text + n, at, length);
      n += length;
    }
    at += length;
  }
  diag_source few = {"few.csv", text, n};
  ck_assert_int_eq(validate_multisite(&s, NULL, &all), SG_OK);
  ck_assert_int_eq(validate_multisite(&few, NULL, &some), SG_OK);
  ck_assert_uint_eq(some.n_row, (all.n_row + 2) / 3);
  for (size_t i = 0; i < some.n_row; i++) {
    const validate_row *a = &all.row[3 * i], *b = &some.row[i];
    ck_assert_str_eq(a->case_name, b->case_name);
    if (!strcmp(a->quantity, "sync_time")) continue;  // takes two rows of its study
    ck_assert(isnan(a->computed) ? isnan(b->computed) : a->computed == b->computed);
  }
  validate_report_free(&all);
  validate_report_free(&some);
}
END_TEST

// ---- Rows ---------------------------------------------------------------------------------------------------------------

START_TEST(rows_are_computed) {
  check_one("a,diloco_loss,eval_loss,3.485,,,N=3.5e+07; alg=dp; H=30; D=20N; data=C4; tuned,,,,", "ok", 3.4889);
  check_one("a,diloco_loss,eval_loss,3.485,,,N=3.5e+07; alg=diloco; M=8; H=30; D=20N; data=C4,,,,", "off", 3.6283);
  check_one(
      "a,streaming_bw,inter_site_bandwidth_for_CU,16.0,,,N=1e+10; layers=48; step_s=0.8; alg=diloco; H=100; "
      "fragment_layers=3; CU=0.9; simulated,,,,",
      "ok", 15.999);
  check_one("a,diloco_bw,inter_site_bandwidth_for_CU,5,,,N=1e10; layers=48; step_s=0.8; alg=dp; CU=0.9,,,,", "off",
            222.3);
  check_one("a,measured_runs,compute_utilization,0.8,0.9,,t_compute=3 min; t_comm=20 s,0.01,,,", "ok", 0.9);
  check_one("a,measured_runs,compute_utilization,0.8,,,t_compute=3 min; t_comm=20 s,0.01,,,", "off", 0.9);
  check_one("a,measured_runs,compression_ratio,146,,,top-k 64 of 4096; 2-bit values,0.1,,,", "ok", 4096.0 * 32 / 896);
}
END_TEST

START_TEST(rows_without_a_law_are_skipped) {
  check_one("a,measured_runs,compute_utilization,0.8,,,somewhere; t_compute=3 min,0.01,,,", "skipped", (double)NAN);
  check_one("a,measured_runs,some_new_thing,0.8,,,anything,,,,", "skipped", (double)NAN);
  check_one("a,wan_facts,fibre_delay,4.9,,us/km,n=1.468,,,,", "skipped", (double)NAN);
  check_one("a,diloco_loss,eval_loss,2.2,,,N=1e9; alg=dp; D=1e12; data=C4,,,,", "skipped", (double)NAN);
}
END_TEST

START_TEST(rows_that_cannot_be_read_say_why) {
  static const char *const rows[] = {
      "a,new_group,eval_loss,2.2,,,N=1e9,,,,",
      "a,diloco_loss,train_loss,2.2,,,N=1e9; alg=dp; D=20N; data=C4,,,,",
      "a,diloco_loss,eval_loss,about two,,,N=1e9; alg=dp; D=20N; data=C4,,,,",
      "a,diloco_loss,eval_loss,2.2,1.2,,N=1e9; alg=dp; D=20N; data=C4,,,,",
      "a,diloco_loss,eval_loss,2.2,,,N=1e9; alg=dp; D=20N; data=Pile,,,,",
      "a,diloco_loss,eval_loss,2.2,,,N=-1e9; alg=dp; D=20N; data=C4,,,,",
      "a,diloco_loss,eval_loss,2.2,,,N=1e9; alg=gossip; M=2; H=30; D=20N; data=C4,,,,",
      "a,diloco_loss,eval_loss,2.2,,,N=1e9; alg=diloco; M=2.5; H=30; D=20N; data=C4,,,,",
      "a,diloco_loss,eval_loss,2.2,,,N=1e9; alg=diloco; H=30; D=20N; data=C4,,,,",
      "a,diloco_loss,eval_loss,2.2,,,N=1e9; alg=dp; D=20N; data=C4; on the moon,,,,",
      "a,diloco_bw,inter_site_bandwidth_for_CU,5,,,N=1e10; layers=0; step_s=0.8; alg=dp; CU=0.9,,,,",
      "a,diloco_bw,inter_site_bandwidth_for_CU,5,,,N=1e10; layers=48; step_s=0.8; alg=diloco; CU=0.9,,,,",
      "a,streaming_bw,inter_site_bandwidth_for_CU,5,,,N=1e10; layers=48; step_s=0.8; alg=streaming; H=9; CU=0.9,,,,",
      "a,streaming_overtrain,data_exchanged,5,,,N=1e9; alg=dp; H=100; data=Dolma,,,,",
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) check_one(rows[i], "input", (double)NAN);
}
END_TEST

START_TEST(bad_files_are_refused) {
  validate_report r = validated("", SG_ERR_KEY, 1);
  validate_report_free(&r);
  r = validated(HEAD, SG_ERR_RANGE, 1);
  validate_report_free(&r);
  r = validated("id,group,value,conditions\na,b,1,\n", SG_ERR_KEY, 1);
  ck_assert(!r.holds);
  validate_report_free(&r);
  r = validated(HEAD "a,b\n", SG_ERR_SYNTAX, 1);
  validate_report_free(&r);
}
END_TEST

// ---- Laws ---------------------------------------------------------------------------------------------------------------

START_TEST(sizes_are_those_of_the_family) {
  // Charles et al. 2025, table 3: nominal sizes; 12 L w^2 + 32768 w
  test_near(multisite_family_params(35e6, true), 35651584.0, 1.0);
  test_near(multisite_family_params(1e8, true), 88866816.0, 1.0);
  test_near(multisite_family_params(1e9, true), 1275068416.0, 1.0);
  test_near(multisite_family_params(1e9, false), 1207959552.0, 1.0);
  test_near(multisite_family_params(1e10, true), 9797894144.0, 1.0);
}
END_TEST

// Rows made by a law with other constants: the fit comes back to their losses.
START_TEST(the_fit_finds_what_made_the_rows) {
  static const double sizes[] = {35e6, 90e6, 335e6, 1.3e9, 4e9, 1e10};
  multisite_loss_row  row[96];
  multisite_law       truth = multisite_law_published(), found = truth;
  size_t              n = 0;
  truth.irreducible = 1.4;
  truth.reducible = 1.1;
  truth.sites.c = 0.004;
  truth.sites.k = 0.03;
  for (size_t i = 0; i < 6; i++)
    for (int sites = 0; sites <= 8; sites = sites ? 2 * sites : 1)
      for (int streaming = 0; streaming < (sites > 1 ? 2 : 1); streaming++) {
        multisite_loss_row *r = &row[n++];
        *r = (multisite_loss_row){.streaming_paper = streaming,
                                  .family_params = multisite_family_params(sizes[i], true)};
        r->at.method = !sites      ? TRAINING_SITES_SYNCHRONOUS
                       : streaming ? TRAINING_SITES_STREAMING
                                   : TRAINING_SITES_DILOCO;
        r->at.sites = sites;
        r->at.inner_steps = sites == 4 ? 100 : 30;
        r->loss = multisite_loss(&truth, r);
      }
  ck_assert_uint_eq(multisite_fit(row, n, 0.0, &found), n);
  for (size_t i = 0; i < n; i++) test_near(multisite_loss(&found, &row[i]) / row[i].loss, 1.0, 1e-5);
  ck_assert_uint_lt(multisite_fit(row, n, row[0].family_params, &found), n);
}
END_TEST

TEST_LIST("validate_multisite", shipped_rows_meet_the_bar, rows_do_not_lean_on_each_other, rows_are_computed,
          rows_without_a_law_are_skipped, rows_that_cannot_be_read_say_why, bad_files_are_refused,
          sizes_are_those_of_the_family, the_fit_finds_what_made_the_rows)
