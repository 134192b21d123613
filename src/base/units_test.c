// Tests of units: udunits2 as oracle for what it knows, a table for what it does not ($, GPU, MWh as we mean it),
// quantities as people write them, refusals, suggestions.
//
// UDUNITS-2 (UCAR/Unidata, a permissive licence) is linked by this test only.
#include "units.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <udunits2.h>

#include "../../tests/test.h"
#include "calendar.h"

static unit must_parse(const char *text) {
  unit       u = {0};
  text_slice bad = {"", 0};
  ck_assert_msg(unit_parse(text_of(text), &u, &bad), "'%s': '%.*s' is not known", text, (int)bad.n, bad.at);
  return u;
}

static double convert(double number, const char *from, const char *to) {
  unit   a = must_parse(from), b = must_parse(to);
  double out = (double)NAN;
  ck_assert_msg(unit_convert(number, &a, &b, &out), "%s to %s", from, to);
  return out;
}

// ours: from, to; theirs: the same in the language of udunits2. Relative tolerance 1e-12.
START_TEST(agrees_with_udunits2) {
  // clang-format off
  const struct {
    const char *from, *to, *their_from, *their_to;
  } rows[] = {
      {"GW", "MW", "GW", "MW"}, {"kWh", "MJ", "kW.hour", "MJ"}, {"TWh", "GJ", "TW.hour", "GJ"},
      {"MMBtu", "GJ", "1e6 Btu", "GJ"},
      {"kBtu", "kWh", "kBtu", "kW.hour"}, {"ft2", "m2", "ft2", "m2"}, {"sqft", "m2", "ft2", "m2"},
      {"ha", "m2", "hectare", "m2"},
      {"ft3", "L", "ft3", "L"}, {"km2", "m2", "km2", "m2"}, {"mile", "km", "mile", "km"},
      {"mm", "cm", "mm", "cm"}, {"lb", "kg", "lb", "kg"}, {"t", "kg", "t", "kg"}, {"Mt", "g", "Mt", "g"},
      {"degF", "degC", "degF", "degC"}, {"degC", "K", "degC", "K"}, {"degF", "K", "degF", "K"},
      {"week", "h", "week", "hour"},
      {"day", "min", "day", "min"}, {"h", "s", "hour", "s"}, {"ms", "us", "ms", "us"}, {"%", "frac", "%", "1"},
      {"Gbit/s", "Mbps", "Gbit/s", "Mbit/s"}, {"GB", "Gbit", "1e9 byte", "1e9 bit"},
      {"kg/m3", "t/km3", "kg/m3", "t/km3"},
      {"W/m2", "kW/ft2", "W/m2", "kW/ft2"}, {"L/kWh", "m3/MWh", "L/(kW.hour)", "m3/(MW.hour)"},
      {"kg/h", "t/day", "kg/hour", "t/day"},
      {"kW/degC", "W/K", "kW/K", "W/K"},
  };
  // clang-format on
  ut_set_error_message_handler(ut_ignore);
  ut_system *theirs = ut_read_xml(NULL);
  ck_assert_ptr_nonnull(theirs);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    ut_unit *a = ut_parse(theirs, rows[i].their_from, UT_UTF8), *b = ut_parse(theirs, rows[i].their_to, UT_UTF8);
    ck_assert_msg(a && b, "udunits2 knows %s and %s", rows[i].their_from, rows[i].their_to);
    cv_converter *c = ut_get_converter(a, b);
    ck_assert_msg(c != NULL, "%s to %s", rows[i].their_from, rows[i].their_to);
    for (double x = -40; x < 2000; x = x * 1.7 + 51) {
      double want = cv_convert_double(c, x), got = convert(x, rows[i].from, rows[i].to);
      ck_assert_msg(fabs(got - want) <= 1e-12 * fmax(fabs(want), 1), "%.9g %s is %.15g %s, udunits2 says %.15g", x,
                    rows[i].from, got, rows[i].to, want);
    }
    cv_free(c), ut_free(a), ut_free(b);
  }
  ut_free_system(theirs);
}
END_TEST

// Where udunits2 has no word, another meaning, or another calendar (its year is tropical, 365.242198781 days; its
// acre is of the US survey foot, retired at the end of 2022: 85 FR 62698; its gallon is rounded).
START_TEST(what_udunits2_does_not_know) {
  // clang-format off
  const struct {
    double      number;
    const char *from, *to;
    double      want;
  } rows[] = {
      {1, "MWh", "kWh", 1000}, {1, "MWh", "J", 3.6e9}, {300, "MW-h", "MWh", 300},
      {8766, "MWh/yr", "MW", 8766 / 8765.82},
      {1, "MW-month", "MWh", CALENDAR_HOURS_PER_MONTH}, {12, "months", "year", 1}, {1, "year", "day", 365.2425},
      {1, "month", "day", CALENDAR_DAYS_PER_MONTH}, {1, "quarter", "months", 3}, {1, "yr", "h", 8765.82},
      {1, "$/kWh", "$/MWh", 1000}, {3.5, "cent/kWh", "USD/MWh", 35},
      {1, "USD per MW-month", "USD/MWh", 1 / CALENDAR_HOURS_PER_MONTH},
      {11.8, "M$/MW", "USD/MW", 11.8e6}, {11.8, "M$/MW", "USD/kW", 11800}, {1, "B$", "USD", 1e9},
      {1, "GUSD", "USD", 1e9},
      {1, "T$", "B$", 1000}, {1, "BUSD", "MUSD", 1000}, {19, "B USD", "USD", 19e9}, {19, "bn USD", "USD", 19e9},
      {1.2, "billion USD", "M$", 1200}, {15, "T tokens", "Mtok", 15e6}, {100, "k GPUs", "GPU", 1e5},
      {405, "B", "x", 405e9},
      {2, "million", "", 2e6}, {12.3, "million m3", "m3", 12.3e6}, {2.6, "USD/GPU-h", "USD per GPU-h", 2.6},
      {62.4, "USD/GPU-day", "USD/GPU-h", 2.6}, {1, "USD/MW/h", "USD/MWh", 1}, {45, "%", "frac", 0.45},
      {250, "bp", "%", 2.5},
      {2, "x", "percent", 200}, {7.5, "%/yr", "frac/yr", 0.075}, {3, "per year", "1/yr", 3}, {3, "/yr", "1/yr", 3},
      {1, "YFLOP", "FLOP", 1e24}, {2.5, "PFLOP/s", "TFLOP/s", 2500}, {1, "ZFLOP", "EFLOP", 1000},
      {400, "Gbps", "bit/s", 4e11},
      {8, "TB/s", "Gbit/s", 64000}, {192, "GiB", "byte", 192.0 * 1073741824}, {72, "GPU/rack", "GPUs/rack", 72},
      {3, "jobs/day", "job/h", 0.125}, {1, "kt", "tCO2", 1000}, {350, "kgCO2/MWh", "tCO2/GWh", 350},
      {4, "USD/MMBtu", "USD/GJ", 4 / 1.05505585262},
      {5, "m\xC2\xB2", "m^2", 5}, {5, "m3/MWh", "L/kWh", 5}, {1, "acre", "m2", 4046.8564224},
      {1, "gallon", "L", 3.785411784}, {20, "\xC2\xB0" "C", "degC", 20},
      {130, "USD / kW-month", "USD per kW-month", 130},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    double got = convert(rows[i].number, rows[i].from, rows[i].to);
    ck_assert_msg(fabs(got - rows[i].want) <= 1e-14 * fabs(rows[i].want), "%g %s is %.17g %s, want %.17g",
                  rows[i].number, rows[i].from, got, rows[i].to, rows[i].want);
  }
}
END_TEST

START_TEST(plain_factors_are_exact) {
  for (int i = 0; i <= 1000; i++) {
    char text[16];
    (void)snprintf(text, sizeof text, "%d.%02d", i / 100, i % 100);
    ck_assert(convert(i, "%", "frac") == strtod(text, NULL));
    ck_assert(convert(i, "kW", "MW") == i / 1000.0);
    ck_assert(convert(i, "GW", "kW") == i * 1e6);
    ck_assert(convert(i, "USD/kWh", "USD/MWh") == i * 1000.0);
    ck_assert(convert(i, "week", "h") == i * 168.0);
    ck_assert(convert(i, "USD/MWh", "$/MWh") == i);
    ck_assert(convert(i, "year", "months") == i * 12.0);
  }
}
END_TEST

START_TEST(reads_quantities) {
  // clang-format off
  const struct {
    const char *text;
    double      want;
    const char *to;  // NULL: it has no unit
  } rows[] = {
      {"1.2 GW", 1200, "MW"}, {"35MW", 35, "MW"}, {"$38B", 38e9, "USD"}, {"$ 38 B", 38e9, "USD"},
      {"$38 billion", 38e9, "USD"},
      {"$38bn", 38e9, "USD"}, {"US$38B", 38e9, "USD"}, {"USD 38B", 38e9, "USD"}, {"-$3B", -3e9, "USD"},
      {"$-3B", -3e9, "USD"},
      {"$500k", 5e5, "USD"}, {"$500K", 5e5, "USD"}, {"$1.5T", 1.5e12, "USD"}, {"$12", 12, "USD"},
      {"$10B/yr", 10e9, "USD/yr"},
      {"$2.60/GPU-h", 2.6, "USD/GPU-h"}, {"$45 per MWh", 45, "USD/MWh"}, {"$11.8M/MW", 11.8e6, "USD/MW"},
      {"12 $", 12, "USD"},
      {"19 B USD", 19e9, "USD"}, {"19B USD", 19e9, "USD"}, {"100k GPUs", 1e5, "GPU"}, {"500000 ft2", 46451.52, "m2"},
      {"7.5 %/yr", 0.075, "1/yr"}, {"7.5%", 0.075, "frac"}, {"18 months", 547.86375, "day"}, {"-3", -3, NULL},
      {"1_000", 1000, NULL},
      {" 5e3 W ", 5, "kW"}, {"2.6 USD/GPU-h", 2.6, "USD/GPU-h"}, {"1.3", 1.3, NULL}, {"+4 x", 4, "frac"},
      {"5 EFLOP", 5e18, "FLOP"},
      {"68 degF", 20, "degC"}, {"2\tyears", 730.485, "day"}, {"1e-3 GW", 1, "MW"}, {"15T tokens", 15e12, "token"},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    unit_quantity q;
    text_slice    bad;
    double        got = (double)NAN;
    ck_assert_msg(unit_read(text_of(rows[i].text), &q, &bad) == UNIT_OK, "'%s'", rows[i].text);
    unit to = must_parse(rows[i].to ? rows[i].to : "");
    ck_assert_msg(q.has_unit == (rows[i].to != NULL), "'%s'", rows[i].text);
    ck_assert_msg(unit_convert(q.number, &q.of, &to, &got), "'%s'", rows[i].text);
    ck_assert_msg(fabs(got - rows[i].want) <= 1e-13 * fabs(rows[i].want), "'%s' is %.17g", rows[i].text, got);
  }
}
END_TEST

START_TEST(tells_number_from_unit) {
  unit_quantity q;
  ck_assert_int_eq(unit_read(text_of("  1.2 GW/yr "), &q, NULL), UNIT_OK);
  ck_assert(text_equal(q.number_text, "1.2"));
  ck_assert(text_equal(q.unit_text, "GW/yr"));
  ck_assert_int_eq(unit_read(text_of("$38B"), &q, NULL), UNIT_OK);
  ck_assert(text_equal(q.number_text, "38"));
  ck_assert(text_equal(q.unit_text, "B"));
}
END_TEST

START_TEST(refuses_what_is_no_quantity) {
  // clang-format off
  const struct {
    const char *text;
    unit_result want;
    const char *bad;
  } rows[] = {
      {"", UNIT_NO_NUMBER, ""}, {"MW", UNIT_NO_NUMBER, "MW"}, {"$", UNIT_NO_NUMBER, "$"}, {"-", UNIT_NO_NUMBER, "-"},
      {"soon", UNIT_NO_NUMBER, "soon"}, {"1,200 MW", UNIT_NO_NUMBER, "1,200"}, {"1.2.3", UNIT_NO_NUMBER, "1.2.3"},
      {"inf MW", UNIT_NO_NUMBER, "inf MW"}, {"nan", UNIT_NO_NUMBER, "nan"}, {"-$-3", UNIT_NO_NUMBER, "-$-3"},
      {"1e400 MW", UNIT_NOT_FINITE, "1e400"}, {"0x10", UNIT_UNKNOWN, "x10"}, {"3 mw", UNIT_UNKNOWN, "mw"},
      {"3 MWH", UNIT_UNKNOWN, "MWH"},
      {"2 USD/GPU-hou", UNIT_UNKNOWN, "hou"}, {"2 USD/", UNIT_UNKNOWN, "/"}, {"2 USD//h", UNIT_UNKNOWN, "/h"},
      {"2 MW h", UNIT_UNKNOWN, "h"}, {"2 per", UNIT_UNKNOWN, "per"}, {"2 kg-", UNIT_UNKNOWN, ""},
      {"2 -h", UNIT_UNKNOWN, "-h"},
      {"2025-01", UNIT_UNKNOWN, "-01"}, {"1 200", UNIT_UNKNOWN, "200"}, {"1 1", UNIT_UNKNOWN, "1"},
      {"300 to 450 MW", UNIT_UNKNOWN, "to"},
      {"19 B MW", UNIT_UNKNOWN, "B"}, {"5 k W", UNIT_UNKNOWN, "k"}, {"$38B USD", UNIT_UNKNOWN, "USD"},
      {"$5 m", UNIT_UNKNOWN, "m"},
      {"5 bps", UNIT_UNKNOWN, "bps"}, {"5 PFLOPS", UNIT_UNKNOWN, "PFLOPS"}, {"5 kg2", UNIT_UNKNOWN, "kg2"},
      {"5 ft4", UNIT_UNKNOWN, "ft4"},
      {"1 m3-m3-m3-m3", UNIT_UNKNOWN, "m3"},
      {"1 YFLOP-YFLOP-YFLOP-TW-TW-TW-TW-TW-TW-TW-TW-TW-B$-B$-B$-B$-B$-B$-B$-B$-B$-GB-GB-GB-GB-GB-GB-GB-GB",
       UNIT_UNKNOWN, "GB"},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    unit_quantity q;
    text_slice    bad = {"(unset)", 7};
    unit_result   got = unit_read(text_of(rows[i].text), &q, &bad);
    ck_assert_msg(got == rows[i].want, "'%s' gave %d", rows[i].text, (int)got);
    ck_assert_msg(text_equal(bad, rows[i].bad), "'%s': bad is '%.*s'", rows[i].text, (int)bad.n, bad.at);
  }
}
END_TEST

START_TEST(power_is_not_energy) {
  // clang-format off
  const char *const apart[][2] = {{"MW", "MWh"}, {"USD", "frac"}, {"USD/MWh", "USD/MW"}, {"GPU", "rack"},
  {"FLOP", "FLOP/s"},
                                  {"m2", "m3"},  {"day", "1/day"}, {"token", "bit"},     {"kg", "m3"}};
  // clang-format on
  for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
    unit   a = must_parse(apart[i][0]), b = must_parse(apart[i][1]);
    double out = 7;
    ck_assert(!unit_same_dimension(&a, &b));
    ck_assert(!unit_convert(1, &a, &b, &out));
    ck_assert(out == 7);
  }
}
END_TEST

START_TEST(dimensions_have_words) {
  // clang-format off
  const char *const rows[][2] = {
      {"", "a plain number"}, {"%", "a plain number"}, {"GW", "power"}, {"MWh", "energy"}, {"USD", "money"},
      {"months", "time"},
      {"ft2", "area"}, {"L", "volume"}, {"tCO2", "mass"}, {"degC", "temperature"}, {"GPUs", "GPUs"},
      {"GPU-h", "GPU time"},
      {"MW/M$", "power per money"}, {"USD/MWh", "money per energy"}, {"USD per MW-month", "money per energy"},
      {"USD/GPU-h", "money per GPU time"}, {"M$/MW", "money per power"}, {"L/kWh", "volume per energy"},
      {"W/m2", "power per area"},
      {"kgCO2/MWh", "mass per energy"}, {"Gbps", "data per time (a rate)"}, {"%/yr", "a rate per time"},
      {"PFLOP/s", "computation per time (a rate)"},
      {"$/Mtok", "money per tokens"}, {"GPU/rack", "GPUs per racks"}, {"1/MW", "a number per power"},
      {"kg-m/job", "a compound of other dimensions"},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    unit u = must_parse(rows[i][0]);
    ck_assert_str_eq(unit_dimension_word(&u), rows[i][1]);
  }
}
END_TEST

START_TEST(every_suggestion_is_a_unit) {
  for (size_t i = 0; i < unit_names(); i++) {
    (void)must_parse(unit_name(i));
    ck_assert_str_eq(unit_nearest(text_of(unit_name(i))), unit_name(i));
  }
}
END_TEST

START_TEST(suggests_near_names) {
  // clang-format off
  const char *const rows[][2] = {{"mw", "MW"},       {"MWH", "MWh"},   {"Gw", "GW"},         {"mnths", "months"},
  {"dyas", "days"},
                                 {"tokns", "tokens"}, {"usd", "USD"},  {"gpu", "GPU"},       {"percnt", "percent"},
                                 {"PFLOPS", "PFLOP/s"}, {"mmbtu", "MMBtu"}, {"gallns", "gallons"}, {"kwh", "kWh"}};
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *got = unit_nearest(text_of(rows[i][0]));
    ck_assert_msg(got && strcmp(got, rows[i][1]) == 0, "%s gave %s", rows[i][0], got ? got : "nothing");
  }
  ck_assert_ptr_null(unit_nearest(text_of("to")));
  ck_assert_ptr_null(unit_nearest(text_of("bananas")));
}
END_TEST

TEST_LIST("units", agrees_with_udunits2, what_udunits2_does_not_know, plain_factors_are_exact, reads_quantities,
          tells_number_from_unit, refuses_what_is_no_quantity, power_is_not_energy, dimensions_have_words,
          every_suggestion_is_a_unit, suggests_near_names)
