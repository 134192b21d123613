// Tests of the run JSON and of the summary, on a small programme.
#include <string.h>

#include "../../tests/test.h"
#include "../base/cause.h"
#include "probe.h"

enum { SCENARIOS = 120 };

static sg_text json_of(const sg_result *r) {
  sg_text t = {0};
  ck_assert_int_eq(sg_result_json(r, &t), SG_OK);
  ck_assert_uint_eq(strlen(t.at), t.n);
  return t;
}

static sg_text summary_of(const sg_result *r, int width, int colour) {
  sg_text t = {0};
  ck_assert_int_eq(sg_result_summary(r, (sg_style){colour, width}, &t), SG_OK);
  return t;
}

typedef struct ran {
  sg_model  *model;
  sg_result *result;
  sg_text    json;
} ran;

static ran run(const char *file) {
  ran r = {.model = probe_model(file)};
  r.result = probe_run(r.model, 1, SCENARIOS, 1);
  r.json = json_of(r.result);
  return r;
}

static void done(ran *r) {
  sg_text_free(&r->json);
  sg_result_free(r->result);
  sg_model_free(r->model);
}

START_TEST(json_is_valid_and_says_what_was_run) {
  ran r = run(PROBE_FILE);
  ck_assert(probe_json_valid(r.json.at));
  ck_assert(probe_text_is(r.json.at, "schema", "stargate.run/1"));
  ck_assert(probe_text_is(r.json.at, "programme", "Probe"));
  ck_assert(probe_text_is(r.json.at, "as_of", "2025-01-21"));
  ck_assert_double_eq(probe_number_at(r.json.at, "seed"), 1);
  ck_assert_double_eq(probe_number_at(r.json.at, "scenarios"), SCENARIOS);
  ck_assert_ptr_null(probe_at(r.json.at, "cancelled"));
  ck_assert_ptr_null(strstr(r.json.at, " nan"));  // as a number; a word may hold it
  ck_assert_ptr_null(strstr(r.json.at, " inf"));
  done(&r);
}
END_TEST

START_TEST(promises_are_as_written) {
  ran r = run(PROBE_FILE);
  static const struct {
    const char *path, *want;
  } rows[] = {
      {"promises/0/id",        "all-on"                        },
      {"promises/0/who",       "Owner"                         },
      {"promises/0/perimeter", "programme"                     },
      {"promises/0/says",      "both \\\"buildings\\\" by 2028"},
      {"promises/0/metric",    "campus.mesa.buildings"         },
      {"promises/0/by",        "2027-12"                       },
      {"promises/1/unit",      "MW"                            },
      {"promises/3/kind",      "at_most"                       },
      {"promises/2/by",        "2029-12"                       },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    ck_assert_msg(probe_text_is(r.json.at, rows[i].path, rows[i].want), "%s", rows[i].path);
  test_near(probe_number_at(r.json.at, "promises/2/threshold"), 80000, 1e-9);
  done(&r);
}
END_TEST

START_TEST(dates_agree_with_odds) {
  static const char *const key[3] = {"p10_date", "p50_date", "p90_date"};
  static const double      share[3] = {0.1, 0.5, 0.9};
  ran                      r = run(PROBE_FILE);
  for (int i = 0; i < 2; i++) {
    char path[60], by[8] = "", before[8] = "0000-00";
    snprintf(path, sizeof path, "promises/%d/probability", i);
    double odds = probe_number_at(r.json.at, path);
    ck_assert(odds >= 0 && odds <= 1);
    test_near(odds * SCENARIOS, round(odds * SCENARIOS), 1e-6);
    snprintf(path, sizeof path, "promises/%d/by", i);
    strncpy(by, probe_at(r.json.at, path) + 1, 7);
    for (int k = 0; k < 3; k++) {
      snprintf(path, sizeof path, "promises/%d/%s", i, key[k]);
      const char *at = probe_at(r.json.at, path);
      bool        in_time = *at == '"' && strncmp(at + 1, by, 7) <= 0;
      ck_assert_msg(in_time == (odds >= share[k] - 1e-9), "%s", path);
      if (*at != '"') continue;
      ck_assert_int_ge(strncmp(at + 1, before, 7), 0);
      strncpy(before, at + 1, 7);
    }
  }
  ck_assert_int_eq(strncmp(probe_at(r.json.at, "promises/2/p10_date"), "null", 4), 0);
  ck_assert_int_eq(strncmp(probe_at(r.json.at, "promises/2/planned_date"), "null", 4), 0);
  ck_assert_double_eq(probe_number_at(r.json.at, "promises/2/probability"), 0);
  done(&r);
}
END_TEST

START_TEST(series_have_a_value_for_each_month_and_quantiles_in_order) {
  static const char *const order[] = {"p5", "p10", "p50", "p90", "p95"};
  static const char *const names[] = {"programme.capacity_mw", "programme.spent_usd", "party.Tenant.cash_usd",
                                      "campus.mesa.gpus"};
  ran                      r = run(PROBE_FILE);
  for (size_t n = 0; n < sizeof names / sizeof names[0]; n++)
    for (int t = 0; t < 60; t++) {
      double last = -HUGE_VAL;
      char   path[120];
      for (size_t q = 0; q < 5; q++) {
        snprintf(path, sizeof path, "series/%s/%s/%d", names[n], order[q], t);
        double v = probe_number_at(r.json.at, path);
        ck_assert_msg(v >= last - 1e-6 * fabs(last), "%s", path);
        last = v;
      }
    }
  ck_assert(probe_text_is(r.json.at, "series/programme.capacity_mw/month/0", "2025-01"));
  ck_assert(probe_text_is(r.json.at, "series/programme.capacity_mw/month/59", "2029-12"));
  ck_assert_ptr_null(probe_at(r.json.at, "series/programme.capacity_mw/month/60"));
  ck_assert_ptr_null(probe_at(r.json.at, "series/programme.capacity_mw/p50/60"));
  // A metric of a level is its last month; of a flow the sum.
  test_near(probe_number_at(r.json.at, "metrics/programme.capacity_mw/mean"),
            probe_number_at(r.json.at, "series/programme.capacity_mw/mean/59"), 1e-6);
  double sum = 0;
  for (int t = 0; t < 60; t++) {
    char path[80];
    snprintf(path, sizeof path, "series/programme.energy_mwh/mean/%d", t);
    sum += probe_number_at(r.json.at, path);
  }
  ck_assert_double_gt(sum, 0);
  test_near(probe_number_at(r.json.at, "metrics/programme.energy_mwh/mean") / sum, 1, 1e-6);
  done(&r);
}
END_TEST

START_TEST(delay_shares_name_every_cause_and_add_up_to_one) {
  ran    r = run(PROBE_FILE);
  double sum = probe_number_at(r.json.at, "delay/mesa/share/none");
  for (int c = 0; c < CAUSE_COUNT; c++) {
    char path[80];
    snprintf(path, sizeof path, "delay/mesa/share/%s", cause_word(c));
    sum += probe_number_at(r.json.at, path);
    snprintf(path, sizeof path, "delay/mesa/without/%s/all-on", cause_word(c));
    double odds = probe_number_at(r.json.at, path);
    ck_assert(odds >= 0 && odds <= 1);
  }
  test_near(sum, 1, 1e-9);
  done(&r);
}
END_TEST

START_TEST(joint_odds_rise_with_time_and_cost) {
  ran    r = run(PROBE_FILE);
  double corner = 0;
  for (int k = 0; k < 24; k += 4)
    for (int t = 0; t < 60; t++) {
      char path[60];
      snprintf(path, sizeof path, "joint/odds/%d/%d", k, t);
      double v = probe_number_at(r.json.at, path);
      if (t) snprintf(path, sizeof path, "joint/odds/%d/%d", k, t - 1);
      if (t) ck_assert_double_ge(v, probe_number_at(r.json.at, path));
      if (k) snprintf(path, sizeof path, "joint/odds/%d/%d", k - 4, t);
      if (k) ck_assert_double_ge(v, probe_number_at(r.json.at, path));
      corner = v;
    }
  ck_assert_double_gt(corner, 0);
  done(&r);
}
END_TEST

START_TEST(parties_have_accounts) {
  ran r = run(PROBE_FILE);
  ck_assert_double_gt(probe_number_at(r.json.at, "parties/Owner/cash_out_usd/p50"), 0);
  ck_assert_double_gt(probe_number_at(r.json.at, "parties/Tenant/rate"), 0);
  double in = probe_number_at(r.json.at, "parties/builders/cash_in_usd/mean");
  ck_assert_double_gt(in, 0);
  ck_assert_int_eq(strncmp(probe_at(r.json.at, "parties/builders/inside"), "false", 5), 0);
  done(&r);
}
END_TEST

START_TEST(any_number_of_threads_yields_the_same_bytes) {
  sg_model  *model = probe_model(PROBE_FILE);
  sg_result *one = probe_run(model, 7, 50, 1), *three = probe_run(model, 7, 50, 3);
  sg_text    a = json_of(one), b = json_of(three), c = summary_of(one, 80, 0), d = summary_of(three, 80, 0);
  ck_assert_uint_eq(a.n, b.n);
  ck_assert_int_eq(memcmp(a.at, b.at, a.n), 0);
  ck_assert_str_eq(c.at, d.at);
  sg_text_free(&a);
  sg_text_free(&b);
  sg_text_free(&c);
  sg_text_free(&d);
  sg_result_free(one);
  sg_result_free(three);
  sg_model_free(model);
}
END_TEST

// ---- Stopped runs -------------------------------------------------------------------------------------------------------

static int stop_soon(void *user, const sg_progress *now) { return now->done >= *(uint32_t *)user; }

START_TEST(a_stopped_run_is_marked) {
  sg_model   *model = probe_model(PROBE_FILE);
  sg_run_opts opts = sg_run_opts_default();
  uint32_t    after = 10;
  opts.scenarios = 5000;
  opts.progress = stop_soon;
  opts.user = &after;
  sg_result *result = NULL;
  ck_assert_int_eq(sg_run(model, &opts, &result), SG_ERR_CANCELLED);
  sg_text json = json_of(result), text = summary_of(result, 80, 0);
  double  ran_through = probe_number_at(json.at, "scenarios");
  ck_assert(probe_json_valid(json.at));
  ck_assert(ran_through >= after && ran_through < 5000);
  ck_assert_int_eq(strncmp(probe_at(json.at, "cancelled"), "true", 4), 0);
  ck_assert_double_eq(probe_number_at(json.at, "scenarios_wanted"), 5000);
  ck_assert_ptr_nonnull(strstr(text.at, "STOPPED EARLY"));
  ck_assert_ptr_nonnull(strstr(text.at, "5,000"));
  sg_text_free(&json);
  sg_text_free(&text);
  sg_result_free(result);
  sg_model_free(model);
}
END_TEST

START_TEST(without_counterfactuals_there_are_none) {
  sg_model   *model = probe_model(PROBE_FILE);
  sg_run_opts opts = sg_run_opts_default();
  opts.scenarios = 20;
  opts.without = 0;
  sg_result *result = NULL;
  ck_assert_int_eq(sg_run(model, &opts, &result), SG_OK);
  sg_text json = json_of(result), text = summary_of(result, 80, 0);
  ck_assert(probe_json_valid(json.at));
  ck_assert_ptr_nonnull(probe_at(json.at, "delay/mesa/without"));
  ck_assert_ptr_null(probe_at(json.at, "delay/mesa/without/money"));
  ck_assert_ptr_null(strstr(text.at, "as it is"));
  sg_text_free(&json);
  sg_text_free(&text);
  sg_result_free(result);
  sg_model_free(model);
}
END_TEST

// ---- Summary ------------------------------------------------------------------------------------------------------------

START_TEST(no_line_is_wider_than_the_terminal) {
  static const char *const files[] = {
      PROBE_FILE, PROBE_HEAD PROBE_CONTRACTS,
      PROBE_HEAD PROBE_CONTRACTS
      "promises: {a-very-long-name-of-a-promise-that-does-not-fit: {says: \xE6\x98\x9F\xE9\x97\xA8 "
      "wordwithoutanyblankwordwithoutanyblankwordwithoutanyblank, metric: programme.gpus, at_least: 30000}}\n"};
  for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
    sg_model  *model = probe_model(files[f]);
    sg_result *result = probe_run(model, 1, 30, 1);
    for (int width = 60; width <= 200; width += 20)
      for (int colour = 0; colour < 2; colour++) {
        sg_text text = summary_of(result, width, colour);
        ck_assert_msg(probe_widest(text.at) <= width, "%d columns of %d", probe_widest(text.at), width);
        ck_assert_ptr_null(strstr(text.at, " \n"));
        ck_assert_int_eq(strchr(text.at, '\033') != NULL, colour);
        sg_text_free(&text);
      }
    sg_result_free(result);
    sg_model_free(model);
  }
}
END_TEST

START_TEST(summary_has_every_section_and_promise) {
  static const char *const want[] = {"Probe as known on 2025-01-21 | 120 scenarios | seed 1",
                                     "all-on",
                                     "early",
                                     "never",
                                     "rent",
                                     "<1%",
                                     ">2029-12",
                                     "held back by",
                                     "Money",
                                     "Power and capacity",
                                     "Compute and training",
                                     "Who wins and who loses",
                                     "What breaks first",
                                     "On time and within budget",
                                     "median (10-90%)",
                                     "Owner",
                                     "Tenant",
                                     "Next:"};
  ran                      r = run(PROBE_FILE);
  sg_text                  text = summary_of(r.result, 80, 0);
  for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
    ck_assert_msg(strstr(text.at, want[i]) != NULL, "'%s' is missing", want[i]);
  ck_assert_ptr_null(strstr(text.at, " nan"));
  sg_text_free(&text);
  done(&r);
}
END_TEST

START_TEST(summary_and_json_tell_the_same_odds) {
  ran                      r = run(PROBE_FILE);
  sg_text                  text = summary_of(r.result, 80, 0);
  static const char *const id[] = {"all-on", "early", "never", "rent"};
  for (int i = 0; i < 4; i++) {
    char path[40], want[12], line[90] = "";
    snprintf(path, sizeof path, "promises/%d/probability", i);
    double odds = probe_number_at(r.json.at, path);
    int    percent = (int)floor(100 * odds + 0.5);
    snprintf(want, sizeof want, percent <= 0 ? "  <1%%" : percent >= 100 ? " >99%%" : " %d%%", percent);
    snprintf(path, sizeof path, "\n  %s ", id[i]);
    const char *at = strstr(text.at, path);
    ck_assert_ptr_nonnull(at);
    strncpy(line, at + 1, strcspn(at + 1, "\n"));
    ck_assert_msg(strstr(line, want) != NULL, "'%s' not in '%s'", want, line);
  }
  sg_text_free(&text);
  done(&r);
}
END_TEST

TEST_LIST("run_json", json_is_valid_and_says_what_was_run, promises_are_as_written, dates_agree_with_odds,
          series_have_a_value_for_each_month_and_quantiles_in_order, delay_shares_name_every_cause_and_add_up_to_one,
          joint_odds_rise_with_time_and_cost, parties_have_accounts, any_number_of_threads_yields_the_same_bytes,
          a_stopped_run_is_marked, without_counterfactuals_there_are_none, no_line_is_wider_than_the_terminal,
          summary_has_every_section_and_promise, summary_and_json_tell_the_same_odds)
