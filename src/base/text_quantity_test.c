// Tests of quantities for people: one row per form, and reading back what was written.
#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "text.h"
#include "units.h"

START_TEST(forms) {
  // clang-format off
  const struct {
    double      value;
    const char *unit, *want;
  } rows[] = {
      {1200, "MW", "1.2 GW"}, {35, "MW", "35 MW"}, {0.5, "MW", "500 kW"}, {999.7, "MW", "1 GW"}, {0, "MW", "0 W"},
      {-3100, "MW", "-3.1 GW"}, {12.3e6, "MWh", "12.3 TWh"}, {300, "MWh", "300 MWh"}, {0.132, "kW", "132 W"},
      {38e9, "USD", "$38.0B"}, {412e6, "USD", "$412M"}, {-2.5e9, "USD", "-$2.50B"}, {500e9, "USD", "$500B"},
      {999.9e6, "USD", "$1.00B"}, {950, "USD", "$950"}, {12.5, "USD", "$12.5"}, {12345, "USD", "$12.3k"},
      {0, "USD", "$0"},
      {1.2e15, "USD", "$1,200T"}, {2.6, "USD/GPU-h", "$2.60/GPU-h"}, {45, "USD/MWh", "$45.0/MWh"},
      {11.8e6, "USD/MW", "$11.8M/MW"}, {130000, "USD per MW-month", "$130k per MW-month"},
      {100800, "GPU", "100,800 GPUs"}, {1, "GPU", "1 GPU"}, {12.3e6, "GPU", "12.3 million GPUs"},
      {64, "rack", "64 racks"},
      {0.45, "frac", "45 %"}, {0.0012, "frac", "0.12 %"}, {1, "frac", "100 %"}, {0.99952, "frac", "100 %"},
      {3.1, "L/kWh", "3.1 L/kWh"}, {12345, "m3", "12,345 m3"}, {12.34e6, "m3", "12.3 million m3"},
      {0.02, "m3", "0.02 m3"},
      {12345, "", "12,345"}, {12345, NULL, "12,345"}, {1.25, "x", "1.25 x"}, {15.2e12, "token", "15.2T tokens"},
      {950, "token", "950 tokens"}, {1, "token", "1 token"}, {12300, "t", "12.3 kt"}, {2.5e6, "tCO2", "2.5 MtCO2"},
      {820, "kg", "820 kg"}, {8200, "kg", "8.2 t"}, {45, "day", "45 days"}, {1, "day", "1 day"},
      {0.5, "day", "0.5 days"},
      {547.86, "day", "18 months"}, {3652.425, "day", "10 years"}, {3.8e25, "FLOP", "38 YFLOP"},
      {2.5e15, "FLOP/s", "2.5 PFLOP/s"}, {400, "Gbit/s", "400 Gbit/s"}, {20109, "date", "2025-01-21"},
      {(double)NAN, "MW", "n/a"}, {(double)INFINITY, "USD", "infinite"}, {-(double)INFINITY, "USD", "-infinite"},
      {1e-9, "USD", "$1e-09"}, {9.995, "L/kWh", "9.99 L/kWh"}, {9.996, "L/kWh", "10 L/kWh"},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char out[64];
    text_quantity(rows[i].value, rows[i].unit, out, sizeof out);
    ck_assert_msg(strcmp(out, rows[i].want) == 0, "%.17g %s: got '%s', want '%s'", rows[i].value,
                  rows[i].unit ? rows[i].unit : "-", out, rows[i].want);
  }
}
END_TEST

START_TEST(short_buffers_are_respected) {
  char out[8];
  memset(out, 'x', sizeof out);
  text_quantity(100800, "GPU", out, 5);
  ck_assert_str_eq(out, "100,");
  ck_assert_int_eq(out[5], 'x');
  text_quantity(1, "MW", out, 0);
  ck_assert_int_eq(out[0], '1');
}
END_TEST

// What people read means what was meant: within half of the third digit, over 30 powers of ten and every inside unit.
START_TEST(is_read_back) {
  const char *const units[] = {"MW",     "MWh",   "USD", "GPU",   "day", "frac",  "USD/GPU-h", "USD/MWh",
                               "USD/MW", "m3",    "t",   "token", "kg",  "L/kWh", "tCO2",      "rack",
                               "FLOP/s", "bit/s", "x",   "degC",  "job", "m2",    "kg/MWh",    "USD per MW-month"};
  for (size_t u = 0; u < sizeof units / sizeof units[0]; u++)
    for (double v = 1e-5; v < 1e14; v *= 3.7) {
      char          out[64], plain[64], *to = plain;
      unit          inside;
      unit_quantity q;
      double        got;
      text_quantity(v, units[u], out, sizeof out);
      for (const char *c = out; *c; c++)
        if (*c != ',') *to++ = *c;
      *to = '\0';
      ck_assert(unit_parse(text_of(units[u]), &inside, NULL));
      ck_assert_msg(unit_read(text_of(plain), &q, NULL) == UNIT_OK, "%g %s: %s", v, units[u], out);
      ck_assert_msg(unit_convert(q.number, &q.of, &inside, &got), "%g %s: %s", v, units[u], out);
      ck_assert_msg(fabs(got - v) <= 0.00501 * v, "%g %s: %s is %g", v, units[u], out, got);
    }
}
END_TEST

TEST_LIST("text_quantity", forms, short_buffers_are_respected, is_read_back)
