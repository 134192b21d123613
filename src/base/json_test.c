// Tests of the JSON writer: layout, escapes, numbers, misuse.
#include "json.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

static void write_sample(json_writer *w) {
  const double odds[] = {0.38, (double)NAN, 1e21};
  json_object(w);
  json_key(w, "name");
  json_string(w, "Stargate");
  json_key(w, "odds");
  json_numbers(w, odds, 3);
  json_key(w, "empty");
  json_object(w);
  json_end(w);
  json_key(w, "list");
  json_array(w);
  json_int(w, -7);
  json_bool(w, true);
  json_row(w);
  json_string(w, "MW");
  json_object(w);
  json_key(w, "x");
  json_null(w);
  json_end(w);
  json_end(w);
  json_end(w);
  json_end(w);
}

START_TEST(indented_text_is_readable) {
  text_buffer b = {0};
  json_writer w = json_begin(&b, 2);
  write_sample(&w);
  ck_assert(json_finish(&w));
  ck_assert_str_eq(b.at,
                   "{\n"
                   "  \"name\": \"Stargate\",\n"
                   "  \"odds\": [0.38, null, 1e+21],\n"
                   "  \"empty\": {},\n"
                   "  \"list\": [\n"
                   "    -7,\n"
                   "    true,\n"
                   "    [\"MW\", {\"x\": null}]\n"
                   "  ]\n"
                   "}\n");
  text_buffer_free(&b);
}
END_TEST

START_TEST(compact_text_has_no_spaces) {
  text_buffer b = {0};
  json_writer w = json_begin(&b, 0);
  write_sample(&w);
  ck_assert(json_finish(&w));
  ck_assert_str_eq(b.at,
                   "{\"name\":\"Stargate\",\"odds\":[0.38,null,1e+21],\"empty\":{},"
                   "\"list\":[-7,true,[\"MW\",{\"x\":null}]]}\n");
  text_buffer_free(&b);
}
END_TEST

START_TEST(strings_are_escaped) {
  const struct {
    const char *what, *text;
    size_t      n;
    const char *want;
  } rows[] = {
      {"empty",                         "",                         0,  "\"\""                        },
      {"quote and backslash",           "a\"b\\c",                  5,  "\"a\\\"b\\\\c\""             },
      {"short escapes",                 "\n\r\t",                   3,  "\"\\n\\r\\t\""               },
      {"other controls",                "\x01\x1f\x7f",             3,  "\"\\u0001\\u001f\\u007f\""   },
      {"NUL inside",                    "a\0b",                     3,  "\"a\\u0000b\""               },
      {"UTF-8 stays",                   "\xC3\xA9\xF0\x9F\x98\x80", 6,  "\"\xC3\xA9\xF0\x9F\x98\x80\""},
      {"bad bytes are replaced",
       "a\xFF"
       "b\xC3",                                                     4,
       "\"a\xEF\xBF\xBD"
       "b\xEF\xBF\xBD\""                                                                              },
      {"line separators of JavaScript", "\xE2\x80\xA8\xE2\x80\xA9", 6,  "\"\\u2028\\u2029\""          },
      {"no end of a script element",    "</script> 1/2",            13, "\"<\\/script> 1/2\""         },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    text_buffer b = {0};
    json_writer w = json_begin(&b, 0);
    json_text(&w, (text_slice){rows[i].text, rows[i].n});
    ck_assert(json_finish(&w));
    b.at[b.n - 1] = '\0';
    ck_assert_msg(strcmp(b.at, rows[i].want) == 0, "%s: %s", rows[i].what, b.at);
    text_buffer_free(&b);
  }
}
END_TEST

START_TEST(numbers_are_short_and_whole_ones_exact) {
  const double  value[] = {0.1, -0.0, 1.0 / 3, 1e-7, 123456789012.0, (double)INFINITY};
  const int64_t whole[] = {INT64_MIN, 0, INT64_MAX};
  text_buffer   b = {0};
  json_writer   w = json_begin(&b, 0);
  json_array(&w);
  json_numbers(&w, value, 6);
  json_ints(&w, whole, 3);
  json_numbers(&w, NULL, 0);
  json_string(&w, NULL);
  json_end(&w);
  ck_assert(json_finish(&w));
  ck_assert_str_eq(b.at,
                   "[[0.1,0,0.333333333333,1e-07,123456789012,null],"
                   "[-9223372036854775808,0,9223372036854775807],[],null]\n");
  text_buffer_free(&b);
}
END_TEST

static void value_without_key(json_writer *w) { json_object(w), json_int(w, 1), json_end(w); }
static void key_in_array(json_writer *w) { json_array(w), json_key(w, "k"), json_int(w, 1), json_end(w); }
static void two_keys(json_writer *w) {
  json_object(w), json_key(w, "a"), json_key(w, "b"), json_int(w, 1), json_end(w);
}
static void key_without_value(json_writer *w) { json_object(w), json_key(w, "a"), json_end(w); }
static void two_at_top(json_writer *w) { json_int(w, 1), json_int(w, 2); }
static void end_too_many(json_writer *w) { json_array(w), json_end(w), json_end(w); }
static void left_open(json_writer *w) { json_array(w); }
static void nothing(json_writer *w) { (void)w; }
static void too_deep(json_writer *w) {
  for (int i = 0; i <= JSON_MAX_DEPTH; i++) json_array(w);
  for (int i = 0; i <= JSON_MAX_DEPTH; i++) json_end(w);
}

START_TEST(digits_are_as_many_as_asked_for) {
  text_buffer  b = {0};
  json_writer  w = json_begin(&b, 0);
  const double pi[] = {3.14159265358979, 314159265.358979};
  json_array(&w);
  json_numbers(&w, pi, 2);
  w.digits = 6;
  json_numbers(&w, pi, 2);
  json_end(&w);
  ck_assert(json_finish(&w));
  ck_assert_str_eq(b.at, "[[3.14159265359,314159265.359],[3.14159,3.14159e+08]]\n");
  text_buffer_free(&b);
}
END_TEST

START_TEST(misuse_fails_and_stays_failed) {
  void (*const misuse[])(json_writer *) = {value_without_key, key_in_array, two_keys, key_without_value, two_at_top,
                                           end_too_many,      left_open,    nothing,  too_deep};
  for (size_t i = 0; i < sizeof misuse / sizeof misuse[0]; i++) {
    text_buffer b = {0};
    json_writer w = json_begin(&b, 2);
    misuse[i](&w);
    ck_assert_msg(!json_finish(&w), "case %zu", i);
    ck_assert(b.failed);
    text_buffer_free(&b);
  }
}
END_TEST

TEST_LIST("json", indented_text_is_readable, compact_text_has_no_spaces, strings_are_escaped,
          numbers_are_short_and_whole_ones_exact, digits_are_as_many_as_asked_for, misuse_fails_and_stays_failed)
