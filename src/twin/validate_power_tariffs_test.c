#include "validate_power_tariffs.h"

#include <string.h>

#include "../../tests/packed.h"
#include "../../tests/test.h"

START_TEST(every_known_bill_is_met_to_the_cent) {
  static const char *const path[2] = {"data/validation/power/tariffs/cases.json",
                                      "data/validation/power/tariffs/expected.csv"};
  for (size_t n = 1; n <= 2; n++) {  // with and without expected.csv
    text_buffer     text[2] = {{0}};
    diag_source     file[2];
    validate_report r = {.holds = true};
    for (size_t i = 0; i < n; i++) {
      ck_assert(packed_read(path[i], &text[i]));
      file[i] = (diag_source){path[i], text[i].at, text[i].n};
    }
    ck_assert_int_eq(validate_power_tariffs(file, n, NULL, &r), SG_OK);
    for (size_t i = 0; i < r.n_row; i++)
      ck_assert_msg(!strcmp(r.row[i].status, "ok"), "%s %s: %.17g, expected %.17g", r.row[i].case_name,
                    r.row[i].quantity, r.row[i].computed, r.row[i].expected);
    ck_assert(r.holds);
    ck_assert_uint_eq(r.n_row, 9 + 3 * 12);
    validate_report_free(&r);
    for (size_t i = 0; i < n; i++) text_buffer_free(&text[i]);
  }
}
END_TEST

#define CASE(load, tariff, usd) \
  "{\"cases\": [{\"id\": \"A\", \"load\": {" load "}, \"tariff\": {" tariff "}, \"expected_usd\": {" usd "}}]}"
#define LOAD   "\"year\": 2022, \"base_kw\": 2"
#define TARIFF "\"energy_usd_per_kwh_tiers\": [{\"rate\": 0.5}]"

static const struct {
  const char *what, *text;
  sg_err      want;
  bool        holds;
  const char *says;
} rows[] = {
    {"as it should be",         CASE(LOAD,                          TARIFF,                                          "\"energy\": 8760"),                                                                                                 SG_OK,                                                                                                                                                                                                                              true, ""},
    {"another bill",                       CASE(LOAD,                                                         TARIFF,                                                                                           "\"energy\": 8760.02"),                                                                                                                                                                               SG_OK,                                                                                                                                                                                                                                                                                                                                                   false, ""},
    {"a part that is none",                    CASE(LOAD,                                                 TARIFF,                                                                                              "\"engery\": 8760"),                                   SG_ERR_RANGE,false, "'engery'"},
    {"a key that is not known",                   CASE(LOAD,"\"energy_usd_per_kwh\": 1","\"energy\": 1"),    SG_ERR_KEY,                                                                                                                                                                                                                                                                                                                              false,
     "not known"},
    {"negative load", CASE("\"year\": 2022, \"base_kw\": -2",        TARIFF,                                           "\"energy\": 1"),                                                                                                                                                                                                                       SG_ERR_RANGE,                                                                                                                                                                                                                                                                                                                                                                                                                                            false,
     "'base_kw'"},
    {"a leap year",               CASE("\"year\": 2024, \"base_kw\": 2",                                                 TARIFF,                                                                                  "\"energy\": 1"),                                                                                                                                                               SG_ERR_RANGE,                                                                                                                                                                                                                                                                                                                                                                                    false, "'year'"},
    {"hour 9000",             CASE(LOAD ", \"set\": {\"9000\": 1}",                                          TARIFF,                                                                                                    "\"energy\": 1"),                                                                                                                                                                                                                       SG_ERR_RANGE,                                                                                                                                                                                                                                                                                                                                                                                                                                             false, "'set'"},
    {"eleven rates",                   CASE(LOAD,"\"demand_usd_per_kw_month\": [1,1,1,1,1,1,1,1,1,1,1]","\"demand\": 1"),SG_ERR_RANGE,
     false, "12 rates"},
    {"blocks that fall",
     CASE(LOAD, "\"energy_usd_per_kwh_tiers\": [{\"rate\": 1, \"up_to\": 9}, {\"rate\": 1, \"up_to\": 8}]",
     "\"energy\": 1"),
     SG_ERR_RANGE, false, "block"},
    {"no cases",                  "{\"case\": []}",                                                    SG_ERR_KEY,                                                                                      false,                                                                                                                                                                              "'cases'"                                                                                                                                                                                                                                                                                                                                                                     },
};

START_TEST(what_is_wrong_is_said) {
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const diag_source file = {"tariffs/cases.json", rows[i].text, strlen(rows[i].text)};
    sg_diags          d;
    validate_report   r = {.holds = true};
    diag_init(&d);
    ck_assert_msg(validate_power_tariffs(&file, 1, &d, &r) == rows[i].want, "%s: %s", rows[i].what,
                  d.n ? d.item[0].message : "");
    ck_assert_msg(r.holds == rows[i].holds, "%s", rows[i].what);
    if (rows[i].want) ck_assert_msg(strstr(d.item[0].message, rows[i].says), "%s: %s", rows[i].what, d.item[0].message);
    validate_report_free(&r);
  }
  ck_assert_int_eq(validate_power_tariffs(NULL, 0, NULL, &(validate_report){0}), SG_ERR_KEY);
}
END_TEST

TEST_LIST("validate_power_tariffs", every_known_bill_is_met_to_the_cent, what_is_wrong_is_said)
