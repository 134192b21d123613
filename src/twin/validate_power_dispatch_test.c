#include "validate_power_dispatch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/packed.h"
#include "../../tests/test.h"

#define FOLDER "data/validation/power/dispatch/"

static const char *const shipped[] = {
    FOLDER "abilene_dispatch_2023_params.json",         FOLDER "abilene_dispatch_2023_hourly_inputs.csv.gz",
    FOLDER "abilene_dispatch_2023_result.json",         FOLDER "dulles_capacity_2022_params.json",
    FOLDER "dulles_capacity_2022_hourly_inputs.csv.gz", FOLDER "dulles_capacity_2022_result.json",
    FOLDER "el_paso_capacity_2021_params.json",         FOLDER "el_paso_capacity_2021_hourly_inputs.csv.gz"};
enum { SHIPPED = sizeof shipped / sizeof shipped[0] };

START_TEST(every_reference_optimum_is_met) {
  text_buffer     text[SHIPPED] = {{0}};
  diag_source     file[SHIPPED];
  validate_report r = {.holds = true};
  sg_diags        d;
  diag_init(&d);
  for (size_t i = 0; i < SHIPPED; i++) {
    ck_assert_msg(packed_read(shipped[i], &text[i]), "%s", shipped[i]);
    file[i] = (diag_source){shipped[i], text[i].at, text[i].n};
  }
  ck_assert_int_eq(validate_power_dispatch(file, SHIPPED, &d, &r), SG_OK);
  size_t ok = 0;
  for (size_t i = 0; i < r.n_row; i++) {
    ck_assert_msg(strcmp(r.row[i].status, "off") != 0 && isfinite(r.row[i].computed), "%s %s: %.17g, expected %.17g",
                  r.row[i].case_name, r.row[i].quantity, r.row[i].computed, r.row[i].expected);
    ok += !strcmp(r.row[i].status, "ok");
  }
  ck_assert(r.holds);
  ck_assert_uint_eq(ok, 7);  // two costs, three sizes, rule, merit order
  ck_assert_double_eq(validate_value_of(&r, "dispatch_cases"), 3.0);
  validate_report_free(&r);
  for (size_t i = 0; i < SHIPPED; i++) text_buffer_free(&text[i]);
}
END_TEST

static const char params[] =
    "{\"name\": \"x\", \"grid\": {\"limit_MW\": 100, \"energy_adder_usd_per_mwh\": 0, \"demand_usd_per_kw_month\": 0, "
    "\"co2_price_usd_per_t\": 0},\n"
    "\"gas\": {\"MW\": 10, \"extendable\": false, \"annual_usd_per_kw\": 0, \"heat_rate_mmbtu_per_mwh_hhv\": 9, "
    "\"fuel_usd_per_mmbtu\": 3, \"vom_usd_per_mwh\": 5, \"co2_kg_per_mmbtu\": 53.06},\n"
    "\"solar\": {\"MW\": 0, \"extendable\": false, \"annual_usd_per_kw\": 0},\n"
    "\"wind\": {\"MW\": 0, \"extendable\": false, \"annual_usd_per_kw\": 0},\n"
    "\"battery\": {\"MW\": 0, \"hours\": 4, \"extendable\": false, \"annual_usd_per_kw\": 0, \"efficiency_store\": "
    "0.9, "
    "\"efficiency_dispatch\": 0.9, \"cycling_cost_usd_per_mwh_out\": 2},\n"
    "\"flex\": {\"MW\": 0, \"usd_per_mwh\": 0},\n"
    "\"shed_usd_per_mwh\": 5000}\n";
static const char head[] = "hour,month,load_MW,price_usd_per_mwh,gas_avail_pu,solar_avail_pu,wind_avail_pu\n";

// One change to a sound case: in the parameters, the head, or one hour's line (NULL: left out).
static const struct {
  const char *what, *from, *to, *from_head, *to_head;
  int         hour;
  const char *line;
  sg_err      want;
  const char *says;
} rows[] = {
    {"as it should be",             "",                                                                     "",                                                                                                    "",              "",                -1, "",                    SG_OK,         ""                                },
    {"negative price",              "",                                                                     "",                                                                                                    "",              "",                50, "50,1,80,-30.5,1,0,0", SG_OK,         ""                                },
    {"negative load",               "",                                                                     "",                                                                                                    "",              "",                50, "50,1,-80,30,1,0,0",   SG_ERR_RANGE,  "hour 50: load_MW is -80"         },
    {"an hour is missing",          "",                                                                     "",                                                                                                    "",              "",                50, NULL,                  SG_ERR_RANGE,  "hour 50: missing or out of order"          },
    {"an hour stands twice",        "",                                                                     "",                                                                                                    "",              "",                50, "49,1,80,30,1,0,0",    SG_ERR_RANGE,  "hour 50: missing or out of order"},
    {"a price is no number",        "",                                                                     "",                                                                                                    "",              "",                50, "50,1,80,nan,1,0,0",   SG_ERR_RANGE,
     "hour 50: price_usd_per_mwh is no number"                                                                                                                                                                                                                                                                                     },
    {"month 13",                    "",                                                                     "",                                                                                                    "",              "",                50, "50,13,80,30,1,0,0",   SG_ERR_RANGE,  "hour 50: months"                 },
    {"units in the head are wrong", "",                                                                     "",                                                                                                    "load_MW",       "load_kW",         -1, "",                    SG_ERR_KEY,    "'load_MW' is missing"            },
    {"a column that is not known",  "",                                                                     "",                                                                                                    "wind_avail_pu", "wind_avail_pu,x", -1, "",                    SG_ERR_SYNTAX, ""                                },
    {"a key is missing",            "\"limit_MW\"",                                                         "\"limit\"",                                                                                           "",              "",                -1, "",                    SG_ERR_KEY,    "'limit_MW' is missing"           },
    {"a negative limit",            "100",                                                                  "-100",                                                                                                "",              "",                -1, "",                    SG_ERR_RANGE,  "'limit_MW' must be"              },
    {"a flag that is none",         "false",                                                                "maybe",                                                                                               "",              "",                -1, "",                    SG_ERR_RANGE,  "'extendable' must be"            },
    {"CO2 costs, and no column",    "_per_t\": 0",                                                          "_per_t\": 30",                                                                                        "",              "",                -1, "",                    SG_ERR_KEY,
     "'grid_co2_kg_per_mwh' is missing"                                                                                                                                                                                                                                                                                            },
    {"short, and none may be shed", "5000",                                                                 "null",                                                                                                "",              "",                50, "50,1,143,30,1,0,0",   SG_ERR_LIMIT,
     "hour 50 lacks 33 MW"                                                                                                                                                                                                                                                                                                         },
    {"short, with a price",         "",                                                                     "",                                                                                                    "",              "",                50, "50,1,143,30,1,0,0",   SG_OK,         ""                                },
    {"efficiency above 1",
     "\"MW\": 0, \"hours\": 4, \"extendable\": false, \"annual_usd_per_kw\": 0, \"efficiency_store\": 0.9", "\"MW\": 5, \"hours\": 4, \"extendable\": false, \"annual_usd_per_kw\": 0, \"efficiency_store\": 1.9", "",              "",                -1,
     "",                                                                                                                                                                                                                                                                          SG_ERR_RANGE,  "efficiencies"                    },
};

static void add_changed(text_buffer *b, const char *text, const char *from, const char *to) {
  const char *at = from[0] ? strstr(text, from) : NULL;
  ck_assert(at || !from[0]);
  text_add(b, text, at ? (size_t)(at - text) : strlen(text));
  if (at) text_puts(b, to), text_puts(b, at + strlen(from));
}

START_TEST(a_bad_case_is_refused_with_its_place) {
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    text_buffer p = {0}, h = {0};
    add_changed(&p, params, rows[i].from, rows[i].to);
    add_changed(&h, head, rows[i].from_head, rows[i].to_head);
    for (int t = 0; t < 8760; t++) {
      if (t != rows[i].hour) text_addf(&h, "%d,%d,80,30,1,0,0\n", t, t / 731 + 1);
      else if (rows[i].line) text_addf(&h, "%s\n", rows[i].line);
    }
    const diag_source file[2] = {
        {"dispatch/x_params.json",       p.at, p.n},
        {"dispatch/x_hourly_inputs.csv", h.at, h.n}
    };
    sg_diags        d;
    validate_report r = {.holds = true};
    diag_init(&d);
    const sg_err err = validate_power_dispatch(file, 2, &d, &r);
    ck_assert_msg(err == rows[i].want, "%s: %d %s", rows[i].what, (int)err, d.n ? d.item[0].message : "");
    if (err)
      ck_assert_msg(d.n > 0 && strstr(d.item[0].message, rows[i].says), "%s: %s", rows[i].what, d.item[0].message);
    ck_assert_int_eq(r.holds, !err);
    validate_report_free(&r);
    text_buffer_free(&p);
    text_buffer_free(&h);
  }
}
END_TEST

START_TEST(parameters_without_hours_are_refused) {
  const diag_source file = {"dispatch/x_params.json", params, sizeof params - 1};
  sg_diags          d;
  validate_report   r = {.holds = true};
  diag_init(&d);
  ck_assert_int_eq(validate_power_dispatch(&file, 1, &d, &r), SG_ERR_KEY);
  ck_assert_ptr_nonnull(strstr(d.item[0].message, "x_hourly_inputs.csv"));
  validate_report_free(&r);
}
END_TEST

TEST_LIST("validate_power_dispatch", every_reference_optimum_is_met, a_bad_case_is_refused_with_its_place,
          parameters_without_hours_are_refused)
