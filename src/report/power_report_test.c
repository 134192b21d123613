// Tests of what power reports look like: width, figures, JSON, hours.
#include <string.h>

#include "../../tests/test.h"
#include "probe.h"

static sg_power *power_of(const sg_model *model, const sg_power_opts *opts) {
  sg_diags *diags = calloc(1, sizeof *diags);
  sg_power *out = NULL;
  ck_assert_msg(sg_power_run(model, opts, diags, &out) == SG_OK, "%s", diags->item[0].message);
  free(diags);
  return out;
}

START_TEST(text_keeps_to_its_width) {
  sg_model *model = probe_model(PROBE_FILE);
  sg_power *power = power_of(model, &(sg_power_opts){.optimise = 1});
  for (int width = 60; width <= 100; width += 20) {
    sg_text text;
    ck_assert_int_eq(sg_power_text(power, (sg_style){0, width}, &text), SG_OK);
    for (const char *line = text.at; *line; line += strcspn(line, "\n"), line += *line == '\n')
      ck_assert_msg((int)strcspn(line, "\n") <= width, "width %d: %.110s", width, line);
    static const char *const says[] = {"PUE",     "L/kWh",          "GWh",   "USD/MWh",    "Month by month",
                                       "Hottest", "Dearest",        "ERCOT", "least cost", "owning",
                                       "solar",   "plan as written"};
    for (size_t i = 0; i < sizeof says / sizeof says[0]; i++)
      ck_assert_msg(strstr(text.at, says[i]) != NULL, "%s is missing", says[i]);
    ck_assert_ptr_null(strstr(text.at, "nan"));
    sg_text_free(&text);
  }
  sg_power_free(power);
  sg_model_free(model);
}
END_TEST

START_TEST(json_is_json) {
  sg_model *model = probe_model(PROBE_FILE);
  sg_power *power = power_of(model, NULL);
  sg_text   text;
  ck_assert_int_eq(sg_power_json(power, &text), SG_OK);
  ck_assert(probe_json_valid(text.at));
  ck_assert_ptr_nonnull(strstr(text.at, "\"schema\": \"stargate.power/1\""));
  ck_assert_ptr_null(strstr(text.at, "nan"));
  ck_assert_ptr_null(strstr(text.at, "inf"));
  static const char *const unknown[] = {"weather_moved_from", "allowed_mw", "lost_load_usd_per_mwh", "optimum",
                                        "price_seed"};
  int                      nulls = 0;
  for (const char *at = text.at; (at = strstr(at, ": null")) != NULL; at++) nulls++;
  ck_assert_int_eq(nulls, (int)(sizeof unknown / sizeof unknown[0]));  // all else is known
  for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
    char want[60];
    snprintf(want, sizeof want, "\"%s\": null", unknown[i]);
    ck_assert_msg(strstr(text.at, want) != NULL, "%s", want);
  }
  sg_text_free(&text);
  sg_power_free(power);
  sg_model_free(model);
}
END_TEST

// Drawn hours name no year but a seed, which beyond 63 bits is a string.
START_TEST(drawn_prices_name_their_seed) {
  static const struct {
    uint64_t    seed;
    const char *json, *text;
  } rows[] = {
      {7,          "\"price_seed\": 7,",                        "(seed 7)"                   },
      {UINT64_MAX, "\"price_seed\": \"18446744073709551615\",", "(seed 18446744073709551615)"},
  };
  sg_model *model = probe_model(PROBE_FILE);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    sg_power *power = power_of(model, &(sg_power_opts){.prices_drawn = 1, .price_seed = rows[i].seed});
    sg_text   json, text;
    ck_assert_int_eq(sg_power_json(power, &json), SG_OK);
    ck_assert_int_eq(sg_power_text(power, (sg_style){0, 200}, &text), SG_OK);
    ck_assert(probe_json_valid(json.at));
    ck_assert_ptr_nonnull(strstr(json.at, rows[i].json));
    ck_assert_ptr_nonnull(strstr(json.at, "\"price_year\": null"));
    ck_assert_ptr_nonnull(strstr(text.at, rows[i].text));
    sg_text_free(&json);
    sg_text_free(&text);
    sg_power_free(power);
  }
  sg_model_free(model);
}
END_TEST

// Every line has the columns of the head, each a number, and the columns add up.
START_TEST(hours_are_a_table) {
  enum { FACILITY = 7, GRID = 8, CURTAILED = 9, COLUMNS = 20 };
  sg_model *model = probe_model(PROBE_FILE);
  sg_power *power = power_of(model, &(sg_power_opts){.campus = "mesa", .price_year = 2023});
  sg_text   text;
  int       lines = 0;
  ck_assert_int_eq(sg_power_hourly(power, &text), SG_OK);
  for (char *line = text.at, *end; (end = strchr(line, '\n')) != NULL; line = end + 1, lines++) {
    double value[COLUMNS] = {0};
    int    n = 0;
    *end = '\0';
    if (!lines) {
      for (const char *c = line; *c; c++) n += *c == ',';
      ck_assert_int_eq(n + 1, COLUMNS);
      continue;
    }
    for (char *at = line, *rest; n < COLUMNS; at = rest + 1, n++) {
      value[n] = strtod(at, &rest);
      ck_assert_msg(rest > at && *rest == (n == COLUMNS - 1 ? '\0' : ','), "line %d: %s", lines, line);
    }
    ck_assert_int_eq((int)value[0], lines - 1);
    test_near(value[FACILITY], value[GRID] + value[CURTAILED], 1e-9);
  }
  ck_assert_int_eq(lines, 8761);
  sg_text_free(&text);
  sg_power_free(power);
  sg_model_free(model);
}
END_TEST

START_TEST(what_is_not_there_has_a_finding) {
  sg_model           *model = probe_model(PROBE_FILE);
  sg_diags           *diags = calloc(1, sizeof *diags);
  sg_power           *power = (sg_power *)diags;
  const sg_power_opts nowhere = {.campus = "nowhere"};
  ck_assert_int_eq(sg_power_run(model, &nowhere, diags, &power), SG_ERR_NAME);
  ck_assert_ptr_null(power);
  ck_assert_ptr_nonnull(strstr(diags->item[0].message, "nowhere"));
  sg_power_free(NULL);
  free(diags);
  sg_model_free(model);
}
END_TEST

TEST_LIST("power_report", text_keeps_to_its_width, json_is_json, drawn_prices_name_their_seed, hours_are_a_table,
          what_is_not_there_has_a_finding)
