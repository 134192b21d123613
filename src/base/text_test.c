// Tests of text: slices, UTF-8, numbers against strtod and exact cases, distances, suggestions, the buffer.
#include "text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

#define NONE ((double)NAN)  // clang warns of the float in NAN

START_TEST(trims_ascii_white_space) {
  ck_assert(text_equal(text_trim(text_of(" \t\r\n a b \v\f ")), "a b"));
  ck_assert(text_equal(text_trim(text_of("   ")), ""));
  ck_assert(text_equal(text_trim((text_slice){NULL, 0}), ""));
  ck_assert(!text_equal(text_of("abc"), "ab"));
  ck_assert(!text_equal(text_of("ab"), "abc"));
}
END_TEST

// Cases after RFC 3629 (2003), sections 3, 4 and 10.
START_TEST(utf8_is_checked) {
  // clang-format off
  const struct {
    const char *what, *text;
    int         bad;  // first bad byte, -1: valid
  } rows[] = {
      {"ASCII", "plain", -1},
      {"two bytes, least", "\xC2\x80", -1},
      {"three bytes, least", "\xE0\xA0\x80", -1},
      {"four bytes, least", "\xF0\x90\x80\x80", -1},
      {"U+10FFFF", "\xF4\x8F\xBF\xBF", -1},
      {"last before the surrogates", "\xED\x9F\xBF", -1},
      {"surrogate", "a\xED\xA0\x80", 1},
      {"overlong slash in two", "\xC0\xAF", 0},
      {"overlong in three", "ab\xE0\x9F\xBF", 2},
      {"overlong in four", "\xF0\x8F\xBF\xBF", 0},
      {"above U+10FFFF", "\xF4\x90\x80\x80", 0},
      {"lone continuation", "a\x80", 1},
      {"cut short", "abc\xE2\x82", 3},
      {"FF", "\xFF", 0},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    size_t bad = 99;
    bool   ok = text_utf8_valid(rows[i].text, strlen(rows[i].text), &bad);
    ck_assert_msg(ok == (rows[i].bad < 0), "%s", rows[i].what);
    if (!ok) ck_assert_msg(bad == (size_t)rows[i].bad, "%s", rows[i].what);
  }
  size_t bytes;
  ck_assert_int_eq(text_utf8_next("\xF0\x9F\x98\x80", 4, &bytes), 0x1F600);
  ck_assert_uint_eq(bytes, 4);
}
END_TEST

START_TEST(reads_numbers) {
  // clang-format off
  const struct {
    const char *text;
    double      want;  // NONE: not a number
  } rows[] = {
      {"0", 0}, {"-3", -3}, {"+7", 7}, {"1.5", 1.5}, {".5", 0.5}, {"5.", 5}, {"1e3", 1000}, {"1.2E-3", 0.0012},
      {"1_000", 1000}, {"1_000_000.000_1", 1000000.0001}, {"1e400", NONE}, {"1e-400", 0}, {"0e999999999999", 0},
      {"-1e400", NONE}, {"1,000", NONE}, {"", NONE}, {"-", NONE}, {".", NONE}, {"e3", NONE}, {"1e", NONE},
      {"1e+", NONE},
      {"_1", NONE}, {"1_", NONE}, {"1__0", NONE}, {"1_.5", NONE}, {"1._5", NONE}, {"0x10", NONE}, {"inf", NONE},
      {"nan", NONE},
      {" 1", NONE}, {"1 ", NONE}, {"--1", NONE}, {"1.2.3", NONE}, {"1e1_0", NONE},
      {"9007199254740993", 9007199254740992.0},          // halfway: to even
      {"9007199254740993.0000000000000000001", 9007199254740994.0},
      {"2.2250738585072011e-308", 2.2250738585072011e-308},  // the case that hung PHP and Java, 2011
      {"4.9406564584124654e-324", 4.9406564584124654e-324},
      {"1.7976931348623157e308", 1.7976931348623157e308},
      {"1.7976931348623159e308", NONE},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    double got = NONE;
    bool   ok = text_number(text_of(rows[i].text), &got);
    ck_assert_msg(ok == !isnan(rows[i].want), "%s", rows[i].text);
    if (ok) ck_assert_msg(got == rows[i].want, "%s is %.17g", rows[i].text, got);
  }
}
END_TEST

// Any double written with 17 digits is read back bit for bit, and as strtod (in the C locale) reads it.
START_TEST(numbers_survive_the_round_trip) {
  uint64_t bits = 88172645463325252u;
  for (int i = 0; i < 20000; i++) {
    bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
    double value, got;
    char   out[32];
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value)) continue;
    size_t n = text_number_write(value, 17, out);
    ck_assert(text_number((text_slice){out, n}, &got));
    ck_assert_msg(memcmp(&got, &value, sizeof got) == 0, "%s", out);
    ck_assert(strtod(out, NULL) == got);
  }
}
END_TEST

// Every way of writing yields what printf does: of all sizes and digits, near halves, next to powers of ten.
START_TEST(numbers_are_those_of_printf) {
  uint64_t bits = 88172645463325252u;
  for (int i = 0; i < 300000; i++) {
    bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
    int    digits = 1 + (int)(bits % 17);
    double value = ldexp((double)(bits >> 11), -53) * pow(10, (double)(bits % 40) - 12);
    char   want[40], got[32];
    if ((bits >> 7) % 5 == 0) value = round(value * 100) / 100;
    if ((bits >> 10) % 7 == 0) value = round(value);
    if ((bits >> 14) % 9 == 0) value = ((double)(bits % 1000000) + 0.5) / pow(10, (double)(bits >> 20 & 7));
    if ((bits >> 17) % 11 == 0) value = nextafter(pow(10, (double)(bits % 14) - 5), bits & 1 << 20 ? 0 : 1e20);
    if (bits & 64 && value > 0) value = -value;  // no -0: it is written as 0
    (void)snprintf(want, sizeof want, "%.*g", digits, value);
    ck_assert_uint_eq(text_number_write(value, digits, got), strlen(want));
    if (strcmp(got, want)) ck_abort_msg("%.17g with %d digits: %s", value, digits, got);
  }
}
END_TEST

// A midpoint of 1000 digits, and the same with a last digit that decides: beyond what a buffer of any fixed size holds.
START_TEST(digits_without_end_still_decide) {
  static char text[1200] = "9007199254740993.";
  double      got;
  size_t      n = strlen(text);
  memset(text + n, '0', 1000);
  ck_assert(text_number((text_slice){text, n + 1000}, &got));
  ck_assert(got == 9007199254740992.0);
  text[n + 999] = '1';
  ck_assert(text_number((text_slice){text, n + 1000}, &got));
  ck_assert(got == 9007199254740994.0);
  memset(text, '0', 1100);
  memcpy(text + 1100, "12e-1", 5);
  ck_assert(text_number((text_slice){text, 1105}, &got));
  ck_assert(got == 1.2);
}
END_TEST

START_TEST(scans_the_number_that_a_text_begins_with) {
  // clang-format off
  const struct {
    const char *text;
    size_t      n;
    double      want;
  } rows[] = {
      {"1.2 GW", 3, 1.2}, {"35MW", 2, 35}, {"5EFLOP", 1, 5}, {"5e3W", 3, 5000}, {"3e", 1, 3}, {"GW", 0, 0},
      {"-x", 0, 0},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    double got = 0;
    ck_assert_msg(text_number_scan(text_of(rows[i].text), &got) == rows[i].n, "%s", rows[i].text);
    ck_assert_msg(got == rows[i].want, "%s", rows[i].text);
  }
}
END_TEST

START_TEST(writes_numbers) {
  // clang-format off
  const struct {
    double      value;
    int         digits;
    const char *want;
  } rows[] = {
      {0.1, 12, "0.1"}, {1.0 / 3, 12, "0.333333333333"}, {-0.0, 12, "0"}, {1e21, 12, "1e+21"},
      {1234567, 12, "1234567"},
      {NONE, 12, "nan"}, {-(double)INFINITY, 12, "-inf"}, {0.1, 17, "0.10000000000000001"}, {2, 99, "2"},
      {25, -1, "2e+01"},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char out[32];
    ck_assert_uint_eq(text_number_write(rows[i].value, rows[i].digits, out), strlen(rows[i].want));
    ck_assert_str_eq(out, rows[i].want);
  }
}
END_TEST

START_TEST(distances) {
  // clang-format off
  const struct {
    const char *a, *b;
    size_t      most, want;
  } rows[] = {
      {"", "", 3, 0}, {"capacity", "CAPACITY", 3, 0}, {"capcity", "capacity", 3, 1}, {"capactiy", "capacity", 3, 1},
      {"kitten", "sitting", 5, 3}, {"kitten", "sitting", 2, 3}, {"abc", "", 5, 3}, {"ca", "abc", 5, 3},
      {"a", "xyz", 1, 2},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    ck_assert_uint_eq(text_distance(text_of(rows[i].a), text_of(rows[i].b), rows[i].most), rows[i].want);
    ck_assert_uint_eq(text_distance(text_of(rows[i].b), text_of(rows[i].a), rows[i].most), rows[i].want);
  }
  char long_text[80];
  memset(long_text, 'a', sizeof long_text);
  text_slice all = {long_text, 80}, less = {long_text, 79};
  ck_assert_uint_eq(text_distance(all, all, 4), 0);
  ck_assert_uint_eq(text_distance(all, less, 4), 5);
}
END_TEST

START_TEST(suggests_what_was_probably_meant) {
  static const char *const keys[] = {"capacity", "contracts", "campuses", "parties", "promises", "as_of", "MW", "mw"};
  // clang-format off
  const struct {
    const char *wanted, *want;
  } rows[] = {
      {"capcity", "capacity"}, {"Campuses", "campuses"}, {"promisses", "promises"}, {"asof", "as_of"}, {"mw", "mw"},
      {"MW", "MW"}, {"Mw", "MW"}, {"weather", NULL}, {"x", NULL}, {"", NULL}, {"revenue", NULL},
  };
  // clang-format on
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const char *got = text_nearest(text_of(rows[i].wanted), keys, sizeof keys / sizeof keys[0]);
    if (!rows[i].want) ck_assert_msg(got == NULL, "%s gave %s", rows[i].wanted, got);
    else ck_assert_msg(got && strcmp(got, rows[i].want) == 0, "%s gave %s", rows[i].wanted, got ? got : "nothing");
  }
}
END_TEST

START_TEST(buffers_grow) {
  text_buffer b = {0};
  for (int i = 0; i < 1000; i++) {
    text_addf(&b, "%d,", i);
    ck_assert_uint_eq(strlen(b.at), b.n);
  }
  ck_assert_uint_eq(b.n, 10 * 2 + 90 * 3 + 900 * 4);
  ck_assert_int_eq(memcmp(b.at + b.n - 8, "998,999,", 9), 0);
  text_add(&b, "a\0b", 3);
  ck_assert_int_eq(b.at[b.n - 2], '\0');
  text_add_number(&b, 0.25, 12);
  ck_assert_str_eq(b.at + b.n - 4, "0.25");
  size_t n = b.n;
  text_add(&b, "x", SIZE_MAX - 4);  // cannot be had: fails before it reads
  ck_assert(b.failed);
  text_puts(&b, "more");
  ck_assert_uint_eq(b.n, n);
  text_buffer_free(&b);
  ck_assert(b.at == NULL && b.n == 0 && !b.failed);
}
END_TEST

TEST_LIST("text", trims_ascii_white_space, utf8_is_checked, reads_numbers, numbers_survive_the_round_trip,
          numbers_are_those_of_printf,
          digits_without_end_still_decide, scans_the_number_that_a_text_begins_with, writes_numbers, distances,
          suggests_what_was_probably_meant, buffers_grow)
