// Tests of the public face: errors, scenario reports, check reports, help.
#include <string.h>

#include "../../tests/test.h"
#include "probe.h"

static sg_err load(const char *text, const sg_set *set, size_t n, sg_diags *diags, sg_model **out) {
  sg_input file = {"plan.yaml", text, strlen(text)};
  return sg_model_load(&file, set, n, diags, out);
}

START_TEST(every_failure_has_a_finding) {
  static const struct {
    const char *what, *text;
    sg_err      want;
  } rows[] = {
      {"nothing",           "",                                                                                             SG_OK        },
      {"no programme",      "a: b",                                                                                         SG_OK        },
      {"broken",            "parties: {",                                                                                   SG_ERR_SYNTAX},
      {"a wrong unit",      PROBE_HEAD PROBE_CONTRACTS "promises: {P: {metric: programme.capacity_mw, at_least: 5 MWh}}\n",
       SG_ERR_UNIT                                                                                                                       },
      {"an unknown metric", PROBE_HEAD PROBE_CONTRACTS "promises: {P: {metric: programme.capacity, at_least: 5 MW}}\n",
       SG_ERR_NAME                                                                                                                       },
  };
  sg_diags *diags = calloc(1, sizeof *diags);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    sg_model *model = (sg_model *)diags;
    sg_err    err = load(rows[i].text, NULL, 0, diags, &model);
    ck_assert_msg(err != SG_OK && (!rows[i].want || err == rows[i].want), "%s: %s", rows[i].what, sg_err_word(err));
    ck_assert_ptr_null(model);
    ck_assert_uint_ge(diags->n_errors, 1);
    char shown[1000];
    ck_assert_uint_gt(sg_diag_render(&diags->item[0], 0, shown, sizeof shown), 10);
  }
  free(diags);
}
END_TEST

START_TEST(set_overrides_the_file) {
  static const sg_set set[] = {
      {"promises.early.at_least",    "10 GW"},
      {"campuses.mesa.buildings.it", "40 MW"}
  };
  sg_diags *diags = calloc(1, sizeof *diags);
  sg_model *model;
  sg_text   json;
  ck_assert_int_eq(load(PROBE_FILE, set, 2, diags, &model), SG_OK);
  ck_assert_int_eq(sg_check_json(model, diags, &json), SG_OK);
  const char *at = strstr(json.at, "\"campuses.mesa.buildings.it\",\n");
  ck_assert_ptr_nonnull(at);
  ck_assert_ptr_nonnull(strstr(json.at, "\"text\": \"40 MW\""));
  ck_assert_ptr_nonnull(strstr(json.at, "needs 10 GW"));
  sg_text_free(&json);
  sg_model_free(model);
  free(diags);
}
END_TEST

START_TEST(runs_refuse_what_makes_no_sense) {
  sg_model *model = probe_model(PROBE_FILE);
  static const struct {
    uint32_t scenarios;
    int      threads;
  } rows[] = {
      {0,        1  },
      {10000001, 1  },
      {10,       0  },
      {10,       257}
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    sg_run_opts opts = sg_run_opts_default();
    sg_result  *result = (sg_result *)model;
    opts.scenarios = rows[i].scenarios;
    opts.threads = rows[i].threads;
    ck_assert_int_eq(sg_run(model, &opts, &result), SG_ERR_RANGE);
    ck_assert_ptr_null(result);
  }
  sg_model_free(model);
}
END_TEST

START_TEST(nothing_may_be_given_back) {
  sg_text text = {0};
  sg_model_free(NULL);
  sg_result_free(NULL);
  sg_text_free(NULL);
  sg_text_free(&text);
  ck_assert_ptr_null(text.at);
  ck_assert_uint_eq(text.n, 0);
}
END_TEST

// ---- One scenario -------------------------------------------------------------------------------------------------------

START_TEST(a_scenario_alone_is_the_scenario_of_the_ensemble) {
  sg_model *model = probe_model(PROBE_FILE);
  for (uint64_t seed = 1; seed <= 3; seed++) {
    sg_result *result = probe_run(model, seed, 1, 1);
    sg_text    many = {0}, one = {0};
    ck_assert_int_eq(sg_result_json(result, &many), SG_OK);
    ck_assert_int_eq(sg_scenario_json(model, seed, 0, &one), SG_OK);
    ck_assert(probe_json_valid(one.at));
    ck_assert(probe_text_is(one.at, "schema", "stargate.scenario/1"));
    static const char *const names[] = {"programme.capacity_mw", "programme.spent_usd",     "programme.energy_mwh",
                                        "campus.mesa.gpus",      "party.Owner.cash_usd",    "programme.capex_total_usd",
                                        "programme.npv_usd",     "programme.late_mw_months"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
      char a[80], b[80];
      snprintf(a, sizeof a, "metrics/%s", names[i]);
      snprintf(b, sizeof b, "metrics/%s/mean", names[i]);
      double got = probe_number_at(one.at, a), want = probe_number_at(many.at, b);
      ck_assert_msg(fabs(got - want) <= 1e-6 * fmax(1, fabs(want)), "%s: %.12g, %.12g", names[i], got, want);
    }
    for (int i = 0; i < 4; i++) {
      char path[40];
      snprintf(path, sizeof path, "promises/%d/kept", i);
      bool kept = !strncmp(probe_at(one.at, path), "true", 4);
      snprintf(path, sizeof path, "promises/%d/probability", i);
      ck_assert_double_eq(probe_number_at(many.at, path), kept);
      snprintf(path, sizeof path, "promises/%d/reached", i);
      const char *reached = probe_at(one.at, path);
      snprintf(path, sizeof path, "promises/%d/p50_date", i);
      ck_assert_int_eq(strncmp(reached, probe_at(many.at, path), 4), 0);
    }
    sg_text_free(&many);
    sg_text_free(&one);
    sg_result_free(result);
  }
  sg_model_free(model);
}
END_TEST

START_TEST(a_trace_tells_draws_months_and_promises) {
  static const char *const want[] = {"Probe as known on 2025-01-21 | scenario 3 | seed 1",
                                     "Drawn furthest from the plan",
                                     "Month by month",
                                     "  2025-03\n",
                                     "mesa",
                                     "Promises",
                                     "missed  never",
                                     "kept    rent",
                                     "never reached"};
  sg_model                *model = probe_model(PROBE_FILE);
  for (int width = 60; width <= 120; width += 20) {
    sg_text text;
    ck_assert_int_eq(sg_scenario_trace(model, 1, 3, (sg_style){0, width}, &text), SG_OK);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
      ck_assert_msg(strstr(text.at, want[i]) != NULL, "'%s' is missing", want[i]);
    ck_assert_int_le(probe_widest(text.at), width);
    sg_text_free(&text);
  }
  sg_model_free(model);
}
END_TEST

START_TEST(another_scenario_is_another_story) {
  sg_model *model = probe_model(PROBE_FILE);
  sg_text   a, b, again;
  ck_assert_int_eq(sg_scenario_json(model, 1, 3, &a), SG_OK);
  ck_assert_int_eq(sg_scenario_json(model, 1, 4, &b), SG_OK);
  ck_assert_int_eq(sg_scenario_json(model, 1, 3, &again), SG_OK);
  ck_assert_str_eq(a.at, again.at);
  ck_assert_str_ne(a.at, b.at);
  sg_text_free(&a);
  sg_text_free(&b);
  sg_text_free(&again);
  sg_model_free(model);
}
END_TEST

// ---- Check --------------------------------------------------------------------------------------------------------------

START_TEST(check_lists_findings_and_assumptions) {
  static const char *const want[] = {"Probe as known on 2025-01-21 | 1 contradiction, 0 notes",
                                     "Contradictions",
                                     "never: more than what is planned can give",
                                     "80 GW",
                                     "Assumed:",
                                     "80 % to 100 %",
                                     "and "};
  sg_model                *model = probe_model(PROBE_FILE);
  for (int width = 60; width <= 140; width += 40) {
    sg_text text;
    int     n = -1;
    ck_assert_int_eq(sg_check(model, (sg_style){0, width}, &text, &n), SG_OK);
    ck_assert_int_eq(n, 1);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
      ck_assert_msg(strstr(text.at, want[i]) != NULL, "'%s' is missing in\n%s", want[i], text.at);
    ck_assert_int_le(probe_widest(text.at), width);
    sg_text_free(&text);
  }
  sg_model_free(model);
}
END_TEST

START_TEST(check_json_has_every_value_with_its_place) {
  sg_model *model = probe_model(PROBE_FILE);
  sg_text   json;
  ck_assert_int_eq(sg_check_json(model, NULL, &json), SG_OK);
  ck_assert(probe_json_valid(json.at));
  ck_assert(probe_text_is(json.at, "schema", "stargate.check/1"));
  ck_assert(probe_text_is(json.at, "contradictions/0/about", "never"));
  ck_assert(probe_text_is(json.at, "contradictions/0/kind", "beyond_design"));
  bool found = false;
  for (int i = 0; i < 2000 && !found; i++) {
    char path[60];
    snprintf(path, sizeof path, "values/%d", i);
    const char *value = probe_at(json.at, path);
    if (!value) break;
    if (!probe_text_is(value, "path", "parties.Fund.honours")) continue;
    found = true;
    ck_assert(probe_text_is(value, "text", "80 % to 100 %"));
    ck_assert(probe_text_is(value, "origin", "file"));
    ck_assert(probe_text_is(value, "file", "probe.yaml"));
    ck_assert_double_eq(probe_number_at(value, "line"), 6);
    test_near(probe_number_at(value, "p5"), 0.8, 1e-9);
    test_near(probe_number_at(value, "p95"), 1, 1e-9);
  }
  ck_assert(found);
  sg_text_free(&json);
  sg_model_free(model);
}
END_TEST

START_TEST(check_json_of_a_broken_file_has_the_findings) {
  sg_diags *diags = calloc(1, sizeof *diags);
  sg_model *model;
  sg_text   json;
  ck_assert_int_ne(load(PROBE_HEAD PROBE_CONTRACTS "promises: {P: {metric: programme.capacity, at_least: 5 MW}}\n",
                        NULL, 0, diags, &model),
                   SG_OK);
  ck_assert_int_eq(sg_check_json(NULL, diags, &json), SG_OK);
  ck_assert(probe_json_valid(json.at));
  ck_assert(probe_text_is(json.at, "diagnostics/0/severity", "error"));
  ck_assert(probe_text_is(json.at, "diagnostics/0/code", "name"));
  ck_assert(probe_text_is(json.at, "diagnostics/0/file", "plan.yaml"));
  ck_assert_double_ge(probe_number_at(json.at, "diagnostics/0/line"), 1);
  ck_assert_double_ge(probe_number_at(json.at, "errors"), 1);
  sg_text_free(&json);
  free(diags);
}
END_TEST

// ---- Help ---------------------------------------------------------------------------------------------------------------

START_TEST(explain_knows_outputs_of_months_and_of_the_whole) {
  static const struct {
    const char *path;
    sg_err      want;
    const char *says;
  } rows[] = {
      {NULL,                        SG_OK,       "campuses"                             },
      {"campus.capacity_mw",        SG_OK,       "design peak of commissioned buildings"},
      {"programme.capex_total_usd", SG_OK,       "over the horizon"                     },
      {"no-such-thing-anywhere",    SG_ERR_NAME, "no-such-thing-anywhere"               },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    sg_text     text;
    sg_err      err = sg_explain(rows[i].path, sg_style_default(), &text);
    const char *shown = rows[i].path ? rows[i].path : "the overview";
    ck_assert_msg(err == rows[i].want, "%s: %s", shown, sg_err_word(err));
    bool  found = false;  // wrapped lines: look for the words without regard to blanks
    char *flat = calloc(1, text.n + 1);
    for (size_t k = 0, n = 0; k < text.n; k++)
      if (!(n && (text.at[k] == '\n' || text.at[k] == ' ') && flat[n - 1] == ' '))
        flat[n++] = text.at[k] == '\n' ? ' ' : text.at[k];
    for (char *c = flat; *c; c++) *c = (char)tolower((unsigned char)*c);
    found = strstr(flat, rows[i].says) != NULL;
    ck_assert_msg(found, "%s: %s", shown, text.at);
    free(flat);
    sg_text_free(&text);
  }
}
END_TEST

START_TEST(the_schema_is_json) {
  sg_text text;
  ck_assert_int_eq(sg_schema(&text), SG_OK);
  ck_assert(probe_json_valid(text.at));
  ck_assert_ptr_nonnull(probe_at(text.at, "properties/campuses"));
  sg_text_free(&text);
}
END_TEST

// ---- Validation ---------------------------------------------------------------------------------------------------------

START_TEST(sites_that_cannot_be_read_are_an_error_with_a_place) {
  static const char csv[] = "these,are,not,the,columns\n1,2,3,4,5\n";
  sg_input          sites = {"sites.csv", csv, sizeof csv - 1};
  sg_diags         *diags = calloc(1, sizeof *diags);
  sg_text           summary, json;
  int               met = 1;
  ck_assert_int_ne(sg_validate("build", &sites, 1, 1, diags, sg_style_default(), &summary, &json, &met), SG_OK);
  ck_assert_uint_ge(diags->n_errors, 1);
  ck_assert_ptr_null(summary.at);
  ck_assert_ptr_null(json.at);
  ck_assert_int_eq(met, 0);
  free(diags);
}
END_TEST

TEST_LIST("api", every_failure_has_a_finding, set_overrides_the_file, runs_refuse_what_makes_no_sense,
          nothing_may_be_given_back, a_scenario_alone_is_the_scenario_of_the_ensemble,
          a_trace_tells_draws_months_and_promises, another_scenario_is_another_story,
          check_lists_findings_and_assumptions, check_json_has_every_value_with_its_place,
          check_json_of_a_broken_file_has_the_findings, explain_knows_outputs_of_months_and_of_the_whole,
          the_schema_is_json, sites_that_cannot_be_read_are_an_error_with_a_place)
