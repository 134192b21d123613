// Tests of validate_sites.c.
#include "validate_sites.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

static diag_source text_source(const char *name, const char *text) { return (diag_source){name, text, strlen(text)}; }

START_TEST(reads_columns_in_any_order) {
  diag_source s = text_source("sites.csv",
                              "planned_buildings,site,works_start,colour,planned_facility_mw\r\n"
                              "3,\"Bee, North\",2024-05-31,blue,120.5\r\n\r\n1,Ay,2023-01-02,red,40\r\n");
  diag_source o = text_source(
      "observations.csv", "site,date,facility_mw\nAy,2024-03-01,20\nAy,2023-06-01,0\n\"Bee, North\",2025-01-01,60.25");
  sg_diags       d;
  validate_sites got;
  arena         *a = arena_create();
  diag_init(&d);
  ck_assert_int_eq(validate_sites_read(&s, &o, a, &d, &got), SG_OK);
  ck_assert_uint_eq(d.n, 0);
  ck_assert_int_eq(got.n, 2);
  ck_assert_str_eq(got.site[0].name, "Bee, North");
  ck_assert_int_eq(got.site[0].buildings, 3);
  test_near(got.site[0].planned_mw, 120.5, 1e-12);
  test_near(got.site[0].works_start_day, 19874.0, 1e-9);  // date -d 2024-05-31 +%s / 86400
  ck_assert_int_eq(got.site[1].n_reading, 2);
  test_near(validate_site_frac(&got.site[1], 19874.0), 0.5, 1e-12);
  test_near(validate_site_frac(&got.site[1], got.site[1].reading[0].day), 0.0, 1e-12);
  test_near(validate_site_frac(&got.site[0], 1e6), 0.5, 1e-12);
  arena_free(a);
}
END_TEST

static const struct {
  const char *what, *sites, *observations;
  sg_err      want;
  int         bad;  // sites marked
  size_t      findings;
} broken_rows[] = {
    {"no file content",     "",                                                                                             NULL, SG_ERR_KEY,   0, 1},
    {"a column is missing", "site,works_start,planned_buildings\nA,2024-01-01,1\n",                                         NULL, SG_ERR_KEY,   0, 1},
    {"no site",             "site,works_start,planned_facility_mw,planned_buildings\n",                                     NULL, SG_ERR_RANGE, 0, 1},
    {"not a date",          "site,works_start,planned_facility_mw,planned_buildings\nA,soon,5,1\n",                         NULL, SG_OK,        1, 1},
    {"no power",            "site,works_start,planned_facility_mw,planned_buildings\nA,2024-01-01,0,1\n",                   NULL, SG_OK,        1, 1},
    {"no buildings",        "site,works_start,planned_facility_mw,planned_buildings\nA,2024-01-01,5,0\n",                   NULL, SG_OK,        1, 1},
    {"too short a line",    "site,works_start,planned_facility_mw,planned_buildings\nA,2024-01-01\n",                       NULL, SG_OK,        1, 1},
    {"twice",               "site,works_start,planned_facility_mw,planned_buildings\nA,2024-01-01,5,1\nA,2024-01-01,5,1\n", NULL,
     SG_OK,                                                                                                                                     1, 1},
    {"negative reading",    "site,works_start,planned_facility_mw,planned_buildings\nA,2024-01-01,5,1\n",
     "site,date,facility_mw\nA,2025-01-01,-3\n",                                                                                  SG_OK,        1, 1},
    {"reading of nobody",   "site,works_start,planned_facility_mw,planned_buildings\nA,2024-01-01,5,1\n",
     "site,date,facility_mw\nB,2025-01-01,3\n",                                                                                   SG_OK,        0, 1},
};

START_TEST(broken_files_are_reported) {
  for (size_t r = 0; r < sizeof broken_rows / sizeof broken_rows[0]; r++) {
    diag_source    s = text_source("sites.csv", broken_rows[r].sites), o = {0};
    sg_diags       d;
    validate_sites got;
    arena         *a = arena_create();
    int            bad = 0;
    diag_init(&d);
    if (broken_rows[r].observations) o = text_source("observations.csv", broken_rows[r].observations);
    sg_err err = validate_sites_read(&s, o.text ? &o : NULL, a, &d, &got);
    ck_assert_msg(err == broken_rows[r].want, "%s", broken_rows[r].what);
    ck_assert_msg(d.n == broken_rows[r].findings, "%s: %zu findings", broken_rows[r].what, d.n);
    for (int32_t i = 0; i < got.n && !err; i++) bad += got.site[i].bad;
    ck_assert_msg(bad == broken_rows[r].bad, "%s", broken_rows[r].what);
    arena_free(a);
  }
}
END_TEST

TEST_LIST("validate_sites", reads_columns_in_any_order, broken_files_are_reported)
