// Tests of validate_build.c, on the shipped set and on directories of others' making.
#include "validate_build.h"


#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "../programme/embedded.h"

static diag_source shipped(const char *name) {
  diag_source source;
  ck_assert_msg(programme_embedded_find(name, &source), "%s is not built in", name);
  return source;
}

static diag_source text_source(const char *name, const char *text) { return (diag_source){name, text, strlen(text)}; }

static const char few_sites[] =
    "site,works_start,planned_facility_mw,planned_it_mw,planned_buildings\n"
    "North Field,2024-05-31,1180,843,8\nSouth Field,2026-06-01,90,70,1\n";

// The one full run: 23 calibrations.
START_TEST(shipped_set_meets_the_bar) {
  diag_source     s = shipped("validation/build/sites.csv"), o = shipped("validation/build/observations.csv");
  sg_diags        d;
  validate_report r = {0};
  diag_init(&d);
  ck_assert_int_eq(validate_build(&s, &o, 1, &d, &r), SG_OK);
  ck_assert_uint_eq(d.n, 0);
  ck_assert(r.holds);
  test_near(validate_value_of(&r, "pairs"), 1720.0, 1e-9);
  test_near(validate_value_of(&r, "crps_climatology"), 0.1166, 5e-5);  // as published with the set
  ck_assert_double_le(validate_value_of(&r, "crps"), 0.92 * validate_value_of(&r, "crps_climatology"));
  ck_assert_double_lt(validate_value_of(&r, "crps_difference_p975"), 0.0);
  ck_assert_double_gt(validate_value_of(&r, "pit_p"), 0.05);
  ck_assert_double_gt(validate_value_of(&r, "first_power_pit_p"), 0.05);
  test_near(validate_value_of(&r, "first_power_observed_months"), 25.0, 0.5);
  ck_assert_uint_eq(r.n_forecast, 43);
  validate_report_free(&r);
}
END_TEST

static void check_forecast(const validate_forecast *f) {
  for (int32_t k = 0; k < f->n_month; k++)
    for (int q = 0; q < VALIDATE_QUANTILES; q++) {
      double x = f->quantile[k * VALIDATE_QUANTILES + q];
      ck_assert(x >= 0.0 && x <= 1.0);
      if (q > 0) ck_assert(x >= f->quantile[k * VALIDATE_QUANTILES + q - 1]);
      if (k > 0) ck_assert(x >= f->quantile[(k - 1) * VALIDATE_QUANTILES + q]);  // what was built stays
    }
}

START_TEST(without_observations_it_forecasts) {
  diag_source     s = text_source("sites.csv", few_sites);
  validate_report r = {0};
  ck_assert_int_eq(validate_build(&s, NULL, 1, NULL, &r), SG_OK);
  ck_assert(r.holds);
  ck_assert_uint_eq(r.n_forecast, 2);
  ck_assert_int_eq(r.forecast[0].n_month, 28);  // 2024-05 .. 2026-08
  ck_assert_int_eq(r.forecast[1].n_month, 3);
  for (size_t i = 0; i < r.n_forecast; i++) check_forecast(&r.forecast[i]);
  for (size_t i = 0; i < r.n_row; i++) {
    ck_assert_str_eq(r.row[i].status, "skipped");
    ck_assert(isnan(r.row[i].expected));
  }
  ck_assert(isnan(validate_value_of(&r, "crps")));
  validate_report_free(&r);
}
END_TEST

START_TEST(few_observed_sites_are_scored_blind) {
  diag_source s = text_source("sites.csv", few_sites);
  diag_source o =
      text_source("observations.csv", "site,date,facility_mw\nNorth Field,2024-05-31,0\nNorth Field,2025-10-01,147\n");
  validate_report r = {0};
  ck_assert_int_eq(validate_build(&s, &o, 1, NULL, &r), SG_OK);
  test_near(validate_value_of(&r, "folds"), 0.0, 1e-12);
  test_near(validate_value_of(&r, "pairs"), 28.0, 1e-9);
  ck_assert_double_gt(validate_value_of(&r, "crps"), 0.0);
  ck_assert_double_gt(validate_value_of(&r, "crps_climatology"), 0.0);
  validate_report_free(&r);
}
END_TEST

static void write_report(uint64_t seed, text_buffer *out) {
  diag_source     s = text_source("sites.csv", few_sites);
  validate_report r = {0};
  ck_assert_int_eq(validate_build(&s, NULL, seed, NULL, &r), SG_OK);
  json_writer w = json_begin(out, 1);
  validate_report_json(&r, &w);
  ck_assert(json_finish(&w));
  validate_report_free(&r);
}

START_TEST(same_seed_same_bytes) {
  text_buffer a = {0}, b = {0}, c = {0};
  write_report(5, &a);
  write_report(5, &b);
  write_report(6, &c);
  ck_assert_uint_eq(a.n, b.n);
  ck_assert_int_eq(memcmp(a.at, b.at, a.n), 0);
  ck_assert(a.n != c.n || memcmp(a.at, c.at, a.n) != 0);
  text_buffer_free(&a);
  text_buffer_free(&b);
  text_buffer_free(&c);
}
END_TEST

// A shipped site that the directory names is not calibrated on, whatever the directory says of it.
START_TEST(a_site_is_never_calibrated_on_itself) {
  diag_source s =
      text_source("sites.csv", "site,works_start,planned_facility_mw,planned_buildings\nColossus 1,2024-04-24,442,1\n");
  diag_source t =
      text_source("sites.csv", "site,works_start,planned_facility_mw,planned_buildings\nColossus 9,2024-04-24,442,1\n");
  validate_report r = {0}, q = {0};
  ck_assert_int_eq(validate_build(&s, NULL, 1, NULL, &r), SG_OK);
  ck_assert_int_eq(validate_build(&t, NULL, 1, NULL, &q), SG_OK);
  int differ = 0;
  for (size_t i = 0; i < r.n_summary; i++)
    if (strncmp(r.summary[i].name, "fit_listed.", 11) == 0) differ += r.summary[i].value != q.summary[i].value;
  ck_assert_int_gt(differ, 0);
  validate_report_free(&r);
  validate_report_free(&q);
}
END_TEST

START_TEST(a_bad_line_fails_the_verdict_only) {
  diag_source s = text_source(
      "sites.csv", "site,works_start,planned_facility_mw,planned_buildings\nGood,2025-04-24,442,1\nBad,x,4,1\n");
  sg_diags        d;
  validate_report r = {0};
  diag_init(&d);
  ck_assert_int_eq(validate_build(&s, NULL, 1, &d, &r), SG_OK);
  ck_assert_uint_eq(d.n, 1);
  ck_assert(!r.holds);
  ck_assert_uint_eq(r.n_forecast, 1);
  ck_assert_str_eq(r.row[0].status, "input");
  ck_assert_str_eq(r.row[0].case_name, "Bad");
  validate_report_free(&r);
}
END_TEST

START_TEST(a_missing_column_is_an_error) {
  diag_source     s = text_source("sites.csv", "site,works_start\nA,2024-01-01\n");
  validate_report r = {0};
  ck_assert_int_eq(validate_build(&s, NULL, 1, NULL, &r), SG_ERR_KEY);
  ck_assert(!r.holds);
  validate_report_free(&r);
}
END_TEST

TEST_LIST("validate_build", shipped_set_meets_the_bar, without_observations_it_forecasts,
          few_observed_sites_are_scored_blind, same_seed_same_bytes, a_site_is_never_calibrated_on_itself,
          a_bad_line_fails_the_verdict_only, a_missing_column_is_an_error)
