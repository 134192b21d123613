// Tests of the run JSON and of the summary, on a small programme.
#include <string.h>

#include "../../tests/test.h"
#include "../base/cause.h"
#include "api.h"
#include "probe.h"
#include "run_json.h"

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
            probe_number_at(r.json.at, "series/programme.capacity_mw/mean/59"), 5e-4);  // six digits
  double sum = 0;
  for (int t = 0; t < 60; t++) {
    char path[80];
    snprintf(path, sizeof path, "series/programme.energy_mwh/mean/%d", t);
    sum += probe_number_at(r.json.at, path);
  }
  ck_assert_double_gt(sum, 0);
  test_near(probe_number_at(r.json.at, "metrics/programme.energy_mwh/mean") / sum, 1, 5e-6);  // six digits each
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

// ---- Steps --------------------------------------------------------------------------------------------------------------

typedef struct steps_seen {
  const sg_model *model;
  sg_text         json[8];
  size_t          n, stop_at;  // so many calls; the one that asks to stop
} steps_seen;

static int keep_step(void *user, const sg_result *so_far) {
  steps_seen *seen = user;
  seen->json[seen->n++] = json_of(so_far);
  return seen->n == seen->stop_at;
}

static sg_err run_steps(steps_seen *seen, const uint32_t *steps, size_t n, int threads, sg_result **out) {
  sg_run_opts opts = sg_run_opts_default();
  opts.seed = 5;
  opts.scenarios = 120;
  opts.threads = threads;
  opts.steps = steps;
  opts.n_steps = n;
  opts.step = keep_step;
  opts.user = seen;
  return sg_run(seen->model, &opts, out);
}

static void ck_same_text(const sg_text *a, const sg_text *b) {
  ck_assert_uint_eq(a->n, b->n);
  ck_assert_int_eq(memcmp(a->at, b->at, a->n), 0);
}

START_TEST(a_step_tells_what_a_run_of_so_many_tells) {
  static const uint32_t steps[] = {1, 30, 64, 100, 120, 500};  // the end needs no step, what is beyond has none
  sg_model             *model = probe_model(PROBE_FILE);
  for (int threads = 1; threads <= 3; threads += 2) {
    steps_seen seen = {.model = model};
    sg_result *stepped = NULL;
    ck_assert_int_eq(run_steps(&seen, steps, 6, threads, &stepped), SG_OK);
    ck_assert_uint_eq(seen.n, 4);
    for (size_t i = 0; i <= 4; i++) {
      sg_result *alone = probe_run(model, 5, i < 4 ? steps[i] : 120, 1);
      sg_text    want = json_of(alone), last = json_of(stepped);
      ck_same_text(i < 4 ? &seen.json[i] : &last, &want);
      if (i < 4) sg_text_free(&seen.json[i]);
      sg_text_free(&want);
      sg_text_free(&last);
      sg_result_free(alone);
    }
    sg_result_free(stepped);
  }
  sg_model_free(model);
}
END_TEST

START_TEST(a_step_may_stop_the_run) {
  static const uint32_t steps[] = {30, 64};
  steps_seen            seen = {.model = probe_model(PROBE_FILE), .stop_at = 2};
  sg_result            *result = NULL;
  ck_assert_int_eq(run_steps(&seen, steps, 2, 3, &result), SG_ERR_CANCELLED);
  sg_text json = json_of(result);
  ck_assert_double_eq(probe_number_at(json.at, "scenarios"), 64);
  ck_assert_int_eq(strncmp(probe_at(json.at, "cancelled"), "true", 4), 0);
  ck_assert_double_eq(probe_number_at(json.at, "promises/0/probability"),
                      probe_number_at(seen.json[1].at, "promises/0/probability"));
  ck_assert_double_eq(probe_number_at(json.at, "command/scenarios"), 120);
  for (size_t i = 0; i < seen.n; i++) sg_text_free(&seen.json[i]);
  sg_text_free(&json);
  sg_result_free(result);
  sg_model_free((sg_model *)seen.model);
}
END_TEST

typedef struct stopping {
  uint32_t after;
  int      steps;
} stopping;

static int stop_after(void *user, const sg_progress *now) { return now->done >= ((stopping *)user)->after; }

static int count_step(void *user, const sg_result *so_far) {
  (void)so_far;
  ((stopping *)user)->steps++;
  return 0;
}

START_TEST(a_run_may_be_stopped_between_steps) {
  static const uint32_t steps[] = {20, 4000};
  sg_model             *model = probe_model(PROBE_FILE);
  stopping              stop = {.after = 21};
  sg_run_opts           opts = sg_run_opts_default();
  sg_result            *result = NULL;
  opts.scenarios = 5000;
  opts.without = 0;
  opts.steps = steps;
  opts.n_steps = 2;
  opts.progress = stop_after;
  opts.step = count_step;
  opts.user = &stop;
  ck_assert_int_eq(sg_run(model, &opts, &result), SG_ERR_CANCELLED);
  sg_text json = json_of(result);
  ck_assert_int_eq(stop.steps, 1);
  ck_assert(probe_number_at(json.at, "scenarios") > 20 && probe_number_at(json.at, "scenarios") < 4000);
  sg_text_free(&json);
  sg_result_free(result);
  sg_model_free(model);
}
END_TEST

START_TEST(steps_rise) {
  static const struct {
    const char *what;
    uint32_t    steps[2];
  } rows[] = {
      {"equal",   {50, 50}},
      {"falling", {50, 20}},
      {"none",    {0, 20} }
  };
  steps_seen seen = {.model = probe_model(PROBE_FILE)};
  sg_result *result = NULL;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    ck_assert_msg(run_steps(&seen, rows[i].steps, 2, 1, &result) == SG_ERR_RANGE && !result, "%s", rows[i].what);
  ck_assert_int_eq(run_steps(&seen, NULL, 2, 1, &result), SG_ERR_RANGE);
  ck_assert_uint_eq(seen.n, 0);
  sg_model_free((sg_model *)seen.model);
}
END_TEST

// ---- The document that reports and pages are made of --------------------------------------------------------------------

// Takes blanks between values out of a JSON text, in place.
static void squeeze(char *s) {
  bool  quoted = false;
  char *to = s;
  for (; *s; s++) {
    if (*s == '"') quoted = !quoted;
    if (quoted && *s == '\\') *to++ = *s++;
    if (quoted || !strchr(" \n", *s)) *to++ = *s;
  }
  *to = '\0';
}

START_TEST(compact_form_says_the_same) {
  ran         r = run(PROBE_FILE);
  text_buffer compact = {0};
  ck_assert(report_run_json(r.result->runs, 0, &compact));
  ck_assert_int_eq(compact.at[compact.n - 1], '\n');
  compact.at[compact.n - 1] = '\0';
  ck_assert_ptr_null(strchr(compact.at, '\n'));
  squeeze(r.json.at);
  ck_assert_str_eq(compact.at, r.json.at);
  text_buffer_free(&compact);
  done(&r);
}
END_TEST

START_TEST(series_bear_no_useless_digits) {
  ran         r = run(PROBE_FILE);
  const char *at = probe_at(r.json.at, "series"), *end = probe_value(at);
  int         most = 0;
  bool        quoted = false;
  for (int digits = 0; at < end; at++) {
    if (*at == '"') quoted = !quoted;
    if (!quoted && isdigit((unsigned char)*at)) digits += digits > 0 || *at != '0';
    else if (quoted || *at != '.') digits = 0;
    if (!quoted && *at == 'e') at += 3;
    most = digits > most ? digits : most;
  }
  ck_assert_int_eq(most, 6);
  done(&r);
}
END_TEST

START_TEST(document_repeats_the_run) {
  const char *text =
      PROBE_FILE "facts: {nothing: {metric: campus.mesa.capacity_mw, date: 2025-01-20, value: 0 MW, source: seen}}\n";
  sg_input  file = {"probe.yaml", text, strlen(text)};
  sg_set    set = {"contracts.capacity.price", "3 USD/GPU-h"};
  sg_diags *diags = calloc(1, sizeof *diags);
  ran       r = {0};
  ck_assert_int_eq(sg_model_load(&file, &set, 1, diags, &r.model), SG_OK);
  r.result = probe_run(r.model, 7, 40, 2);
  r.json = json_of(r.result);
  static const struct {
    const char *path, *want;
  } rows[] = {
      {"command/file",           "probe.yaml"              },
      {"command/set/0/path",     "contracts.capacity.price"},
      {"command/set/0/value",    "3 USD/GPU-h"             },
      {"command/version",        SG_VERSION                },
      {"horizon/from",           "2025-01"                 },
      {"horizon/to",             "2029-12"                 },
      {"facts_known/0/id",       "nothing"                 },
      {"facts_known/0/series",   "campus.mesa.capacity_mw" },
      {"facts_known/0/date",     "2025-01-20"              },
      {"facts_known/0/source",   "seen"                    },
      {"covenants/0/loan",       "loan"                    },
      {"covenants/0/borrower",   "Owner"                   },
      {"campuses/mesa/owner",    "Owner"                   },
      {"campuses/mesa/operator", "Owner"                   },
      {"campuses/mesa/weather",  "dallas_fort_worth_tx"    },
      {"schedule/1/campus",      "mesa"                    },
      {"schedule/1/type",        "hyperscale-liquid"       },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    ck_assert_msg(probe_text_is(r.json.at, rows[i].path, rows[i].want), "%s", rows[i].path);
  ck_assert_double_eq(probe_number_at(r.json.at, "command/seed"), 7);
  ck_assert_double_eq(probe_number_at(r.json.at, "command/scenarios"), 40);
  ck_assert_double_eq(probe_number_at(r.json.at, "campuses/mesa/it_mw"), 70);
  ck_assert_double_eq(probe_number_at(r.json.at, "campuses/mesa/grid/0/limit_mw"), 110);
  ck_assert_double_eq(probe_number_at(r.json.at, "schedule/1/building"), 2);
  ck_assert_ptr_null(probe_at(r.json.at, "schedule/2"));
  const char *begin = probe_at(r.json.at, "schedule/0/planned/begin"),
             *power = probe_at(r.json.at, "schedule/0/planned/power");
  ck_assert_int_ge(strncmp(begin, "\"2025-03", 8), 0);
  ck_assert_int_lt(strncmp(begin, power, 8), 0);
  ck_assert_int_le(strncmp(power, probe_at(r.json.at, "schedule/0/planned/done"), 8), 0);
  free(diags);
  done(&r);
}
END_TEST

START_TEST(flows_of_the_document_add_up) {
  static const char *const parties[] = {"Owner", "Fund", "Tenant", "builders", "customers"};
  ran                      r = run(PROBE_FILE);
  for (size_t k = 0; k < sizeof parties / sizeof parties[0]; k++) {
    double in = 0, paid = 0, last = HUGE_VAL;
    char   path[60], name[40];
    for (int i = 0;; i++) {
      snprintf(path, sizeof path, "flows/%d/mean_usd", i);
      if (!probe_at(r.json.at, path)) break;
      double mean = probe_number_at(r.json.at, path);
      ck_assert_double_le(mean, last);
      last = mean;
      snprintf(path, sizeof path, "flows/%d/to", i);
      if (probe_text_is(r.json.at, path, parties[k])) in += mean;
      snprintf(path, sizeof path, "flows/%d/from", i);
      if (probe_text_is(r.json.at, path, parties[k])) paid += mean;
    }
    snprintf(name, sizeof name, "parties/%s/cash_in_usd/mean", parties[k]);
    test_near(in, probe_number_at(r.json.at, name), 1);
    snprintf(name, sizeof name, "parties/%s/cash_out_usd/mean", parties[k]);
    test_near(paid, probe_number_at(r.json.at, name), 1);
    ck_assert_double_gt(in + paid, 1e6);
  }
  done(&r);
}
END_TEST

START_TEST(inputs_have_distribution_and_influence) {
  ran  r = run(PROBE_FILE);
  int  uncertain = 0, stated = 0, ranked = 0, listed = 0;
  char path[80];
  for (int i = 0;; i++) {
    snprintf(path, sizeof path, "inputs/%d/distribution", i);
    if (!probe_at(r.json.at, path)) break;
    bool certain = probe_text_is(r.json.at, path, "constant");
    snprintf(path, sizeof path, "inputs/%d/given", i);
    bool given = !strncmp(probe_at(r.json.at, path), "true", 4);
    ck_assert(given || !certain);
    uncertain += !certain;
    stated += given;
    snprintf(path, sizeof path, "inputs/%d/p5", i);
    ck_assert_int_eq(!strncmp(probe_at(r.json.at, path), "null", 4), certain);
    snprintf(path, sizeof path, "inputs/%d/influence/all-on", i);
    ranked += probe_at(r.json.at, path) != NULL;
  }
  for (;; listed++) {
    snprintf(path, sizeof path, "promises/0/influence/%d/share", listed);
    if (!probe_at(r.json.at, path)) break;
  }
  ck_assert_int_gt(uncertain, 20);
  ck_assert_int_gt(stated, 10);
  ck_assert_int_gt(listed, 0);
  ck_assert_int_eq(ranked, listed);
  done(&r);
}
END_TEST

START_TEST(validation_scores_are_shown) {
  ran  r = run(PROBE_FILE);
  char path[60];
  int  n = 0;
  for (;; n++) {
    snprintf(path, sizeof path, "validation/%d/met", n);
    const char *met = probe_at(r.json.at, path);
    if (!met) break;
    snprintf(path, sizeof path, "validation/%d/bar", n);
    ck_assert_int_eq(!strncmp(met, "null", 4), !strncmp(probe_at(r.json.at, path), "null", 4));
    snprintf(path, sizeof path, "validation/%d/figure", n);
    ck_assert(isfinite(probe_number_at(r.json.at, path)));
  }
  ck_assert_int_ge(n, 20);
  ck_assert(probe_text_is(r.json.at, "validation/0/domain", "build"));
  ck_assert(probe_text_is(r.json.at, "validation/0/command", "stargate validate build"));
  done(&r);
}
END_TEST

START_TEST(schedule_and_delay_tell_of_every_year) {
  ran    r = run(PROBE_FILE);
  double late = 0;
  for (int y = 0; y < 5; y++) {
    char path[80];
    snprintf(path, sizeof path, "schedule/0/state_by_year/%d/operating", 2025 + y);
    if (y == 0) ck_assert_ptr_null(probe_at(r.json.at, path));
    snprintf(path, sizeof path, "delay_by_year/mw_months/none/%d", y);
    late += probe_number_at(r.json.at, path);
    for (int c = 0; c < CAUSE_COUNT; c++) {
      snprintf(path, sizeof path, "delay_by_year/mw_months/%s/%d", cause_word(c), y);
      double all = probe_number_at(r.json.at, path);
      snprintf(path, sizeof path, "delay_by_year/campus/mesa/%s/%d", cause_word(c), y);
      ck_assert_double_eq(probe_number_at(r.json.at, path), all);
      late += all;
    }
  }
  ck_assert_double_gt(late, 0);
  test_near(late / probe_number_at(r.json.at, "metrics/programme.late_mw_months/mean"), 1, 1e-5);
  ck_assert_double_eq(probe_number_at(r.json.at, "delay_by_year/year/4"), 2029);
  ck_assert_ptr_null(probe_at(r.json.at, "delay_by_year/year/5"));
  done(&r);
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
          a_stopped_run_is_marked, a_step_tells_what_a_run_of_so_many_tells, a_step_may_stop_the_run,
          a_run_may_be_stopped_between_steps, steps_rise, compact_form_says_the_same, series_bear_no_useless_digits,
          document_repeats_the_run, flows_of_the_document_add_up, inputs_have_distribution_and_influence,
          validation_scores_are_shown, schedule_and_delay_tell_of_every_year, without_counterfactuals_there_are_none,
          no_line_is_wider_than_the_terminal, summary_has_every_section_and_promise,
          summary_and_json_tell_the_same_odds)
