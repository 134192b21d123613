// Tests of validate_reliability.c and validate_reliability_rows.c.
#include "validate_reliability.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "validate_reliability_rows.h"

#define CASES "data/validation/cluster/"

static char        space[3][1 << 17];
static diag_source file_of(int slot, const char *path) {
  FILE *f = fopen(path, "rb");
  ck_assert_ptr_nonnull(f);
  size_t n = fread(space[slot], 1, sizeof space[slot], f);
  fclose(f);
  return (diag_source){path, space[slot], n};
}

static size_t with_status(const validate_report *r, const char *status) {
  size_t n = 0;
  for (size_t i = 0; i < r->n_row; i++) n += !strcmp(r->row[i].status, status);
  return n;
}

START_TEST(published_cases_hold) {
  diag_source     a = file_of(0, CASES "reliability.csv"), b = file_of(1, CASES "ettr-reference.csv");
  diag_source     c = file_of(2, CASES "spares-reference.csv");
  sg_diags        d;
  validate_report r = {.domain = "operations", .holds = true};
  diag_init(&d);
  ck_assert_int_eq(validate_reliability(&a, &b, &c, &d, &r), SG_OK);
  for (size_t i = 0; i < r.n_row; i++)
    ck_assert_msg(strcmp(r.row[i].status, "off") && strcmp(r.row[i].status, "input"), "%s %s: %g %g %s",
                  r.row[i].case_name, r.row[i].quantity, r.row[i].expected, r.row[i].computed, r.row[i].why);
  ck_assert(r.holds);
  size_t inputs = 0;
  for (size_t i = 0; i < r.n_row; i++) {
    ck_assert(!isinf(r.row[i].computed) && (r.row[i].why[0] || strcmp(r.row[i].status, "skipped")));
    inputs += !strncmp(r.row[i].why, "input:", 6) && (i == 0 || strcmp(r.row[i].case_name, r.row[i - 1].case_name));
  }
  ck_assert_uint_eq(inputs, 37);  // README-reliability.md
  validate_report_free(&r);
}
END_TEST

#define HEAD "id,quantity,value,unit,cluster_size,conditions,source,read_as,use\n"
static const struct {
  const char *what, *rows, *status;
  bool        holds;
} other_rows[] = {
    {"a fleet in the spread",   "X1,failure rate of ours,4,1/1000 node-day,,,,,input\n",                       "ok",      true },
    {"a fleet far outside",     "X1,interruption rate of ours,4000,1/1000 node-day,,,,,input\n",               "off",     false},
    {"a wrong count",           "X1,unexpected interruptions by cause: SSD,4,count,,,,,input\n",               "off",     false},
    {"no number",               "X1,failure rate RSC-1,high,1/1000 node-day,,,,,input\n",                      "input",   false},
    {"an input nothing takes",  "X1,colour of the racks,3,m,,,,,input\n",                                      "input",   false},
    {"unknown context",         "X1,colour of the racks,3,m,,,,,context\n",                                    "skipped", true },
    {"ETTR of other sizes",     "X1,average ETTR of 512-1024-GPU job runs,>0.9,fraction,RSC-1,,,,reproduce\n", "ok",      true },
    {"ETTR that cannot be",     "X1,average ETTR of 16384-GPU job runs,>0.99,fraction,RSC-1,,,,reproduce\n",   "off",     false},
    {"a write of another size", "X1,write of GPT-3 state to remote storage,14,min,20 Gbps,,,,reproduce\n",     "ok",      true },
    {"a write of stated size",  "X1,write of 405B state,324,s,,over 120 Gbps,,,reproduce\n",                   "ok",      true },
    {"a write without rate",    "X1,write of 405B state,324,s,,,,,reproduce\n",                                "input",   false},
    {"no formula",              "X1,price,3,USD,,,,,reproduce\n",                                              "input",   false},
};

START_TEST(other_files_of_the_format) {
  for (size_t i = 0; i < sizeof other_rows / sizeof other_rows[0]; i++) {
    char            text[1000];
    sg_diags        d;
    validate_report r = {.holds = true};
    diag_init(&d);
    snprintf(text, sizeof text, HEAD "%s", other_rows[i].rows);
    diag_source s = {"reliability.csv", text, strlen(text)};
    ck_assert_int_eq(validate_reliability(&s, NULL, NULL, &d, &r), SG_OK);
    ck_assert_msg(r.n_row >= 1 && !strcmp(r.row[0].status, other_rows[i].status), "%s: %s %g", other_rows[i].what,
                  r.n_row ? r.row[0].status : "", r.n_row ? r.row[0].computed : 0.0);
    ck_assert_msg(r.holds == other_rows[i].holds, "%s", other_rows[i].what);
    validate_report_free(&r);
  }
}
END_TEST

START_TEST(a_missing_row_fails) {
  diag_source     a = file_of(0, CASES "reliability.csv");
  sg_diags        d;
  validate_report r = {.holds = true};
  char           *cut = strstr(space[0], "R28,"), *end = strstr(space[0], "R29,");
  diag_init(&d);
  memmove(cut, end, a.bytes - (size_t)(end - space[0]));
  a.bytes -= (size_t)(end - cut);
  ck_assert_int_eq(validate_reliability(&a, NULL, NULL, &d, &r), SG_OK);
  ck_assert(!r.holds);
  ck_assert_uint_eq(with_status(&r, "input"), 1);
  validate_report_free(&r);
}
END_TEST

static const struct {
  const char *what, *ettr, *spares;
  sg_err      want;
} broken_rows[] = {
    {"nothing in it",       "",                    NULL,         SG_ERR_KEY},
    {"a column is missing", "case,n_nodes\na,1\n", NULL,         SG_ERR_KEY},
    {"spares without kind", NULL,                  "units\n1\n", SG_ERR_KEY},
};

START_TEST(broken_files_are_errors) {
  for (size_t i = 0; i < sizeof broken_rows / sizeof broken_rows[0]; i++) {
    diag_source     e = {"e.csv", broken_rows[i].ettr, 0}, s = {"s.csv", broken_rows[i].spares, 0};
    sg_diags        d;
    validate_report r = {.holds = true};
    diag_init(&d);
    if (e.text) e.bytes = strlen(e.text);
    if (s.text) s.bytes = strlen(s.text);
    ck_assert_msg(validate_reliability(NULL, e.text ? &e : NULL, s.text ? &s : NULL, &d, &r) == broken_rows[i].want,
                  "%s", broken_rows[i].what);
    ck_assert(!r.holds && d.n == 1);
    validate_report_free(&r);
  }
}
END_TEST

START_TEST(fields_of_numbers) {
  reliability_values v = reliability_values_of(text_of("1,047 / <5"));
  ck_assert(v.n == 2 && v.at[0] == 1047 && v.sign[0] == '=' && v.at[1] == 5 && v.sign[1] == '<');
  v = reliability_values_of(text_of(">0.90"));
  ck_assert(v.n == 1 && v.at[0] == 0.9 && v.sign[0] == '>');
  ck_assert_int_eq(reliability_values_of(text_of("no large-scale run yet")).n, 0);
  ck_assert_int_eq(reliability_values_of(text_of("1/2/3/4/5/6/7/8/9/10")).n, RELIABILITY_VALUES);
  ck_assert_int_le(reliability_known(), RELIABILITY_KNOWN_MOST);
}
END_TEST

TEST_LIST("validate_reliability", published_cases_hold, other_files_of_the_format, a_missing_row_fails,
          broken_files_are_errors, fields_of_numbers)
