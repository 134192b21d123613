// Tests of pages: columns, cells, wrapping, phrases.
#include "page.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "probe.h"

START_TEST(columns_are_what_a_terminal_shows) {
  static const struct {
    const char *what, *text;
    int         want;
  } rows[] = {
      {"nothing",                  "",                         0},
      {"ASCII",                    "GPU",                      3},
      {"accents in one character", "D\xC3\xBCrnstein",         9},
      {"a combining accent",       "e\xCC\x81",                1},
      {"Chinese",                  "\xE6\x98\x9F\xE9\x97\xA8", 4},
      {"Hangul",                   "\xED\x95\x9C",             2},
      {"a broken byte",            "\xFF",                     1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    ck_assert_msg(page_columns(rows[i].text) == rows[i].want, "%s: %d", rows[i].what, page_columns(rows[i].text));
}
END_TEST

START_TEST(cells_cut_pad_and_align) {
  static const struct {
    const char *what, *text;
    int         columns;
    bool        right;
    const char *want;
  } rows[] = {
      {"left",                           "ab",                                   4, false, "ab  |"           },
      {"right",                          "ab",                                   4, true,  "  ab|"           },
      {"just fits",                      "abcd",                                 4, false, "abcd|"           },
      {"is cut",                         "abcdef",                               5, false, "ab...|"          },
      {"is cut behind a word",           "ab cdef",                              6, false, "ab... |"         },
      {"wide characters are not halved", "\xE6\x98\x9F\xE9\x97\xA8\xE6\x98\x9F", 5, false, "\xE6\x98\x9F...|"},
      {"escapes are not passed on",      "a\033[2Jb",                            8, false, "a?[2Jb  |"       },
      {"nor is writing turned round",
       "a\xE2\x80\xAE"
       "b",                                                                      3, false, "a?b|"            },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    text_buffer b = {0};
    page        p = page_begin(&b, (sg_style){0, 80});
    page_cell(&p, rows[i].text, rows[i].columns, rows[i].right, LOOK_PLAIN);
    text_puts(&b, "|");
    ck_assert_msg(!strcmp(b.at, rows[i].want), "%s: '%s'", rows[i].what, b.at);
    text_buffer_free(&b);
  }
}
END_TEST

START_TEST(lines_end_without_blanks_and_colour_takes_no_room) {
  text_buffer b = {0};
  page        p = page_begin(&b, (sg_style){1, 80});
  page_cell(&p, "bold", 8, false, LOOK_BOLD);
  page_end(&p);
  ck_assert_str_eq(b.at, "\033[1mbold\033[0m\n");
  text_buffer_free(&b);
}
END_TEST

START_TEST(wrapping_keeps_words_and_width) {
  static const char text[] =
      "Odds that everything is complete by a date, and "
      "oneveryverylongwordthatdoesnotfitanywhereatallbecauseithasnospaces, \xE6\x98\x9F\xE9\x97\xA8";
  for (int width = 60; width <= 130; width += 7)
    for (int indent = 0; indent <= 40; indent += 8) {
      text_buffer b = {0};
      char        joined[400] = "";
      page        p = page_begin(&b, (sg_style){0, width});
      page_wrap(&p, indent, LOOK_PLAIN, text);
      ck_assert_int_le(probe_widest(b.at), width);
      for (const char *line = strtok(b.at, "\n"); line; line = strtok(NULL, "\n")) {
        ck_assert_int_eq((int)strspn(line, " "), indent);
        ck_assert_int_le(page_columns(line), width);
        for (line += indent; *line; line++)
          if (*line != ' ') strncat(joined, line, 1);
      }
      const char *want = text;
      for (const char *at = joined; *at; at++, want++) {  // every character but the blanks comes through, in order
        while (*want == ' ') want++;
        ck_assert_int_eq(*at, *want);
      }
      ck_assert_int_eq(*want, '\0');
      text_buffer_free(&b);
    }
}
END_TEST

START_TEST(wrapping_nothing_writes_nothing) {
  text_buffer b = {0};
  page        p = page_begin(&b, (sg_style){0, 80});
  page_wrap(&p, 4, LOOK_PLAIN, "");
  ck_assert_uint_eq(b.n, 0);
}
END_TEST

START_TEST(width_is_kept_to_what_can_be_laid_out) {
  text_buffer b = {0};
  ck_assert_int_eq(page_begin(&b, (sg_style){0, 0}).width, PAGE_MIN_WIDTH);
  ck_assert_int_eq(page_begin(&b, (sg_style){0, 80}).width, 80);
  ck_assert_int_eq(page_begin(&b, (sg_style){0, 100000}).width, PAGE_MAX_WIDTH);
}
END_TEST

START_TEST(odds_say_no_more_than_was_counted) {
  static const struct {
    const char *what;
    uint64_t    kept, done;
    const char *want;
  } rows[] = {
      {"plain",                     3810,  10000, "38%"  },
      {"half rounds up",            385,   1000,  "39%"  },
      {"one percent",               50,    10000, "1%"   },
      {"less",                      49,    10000, "<1%"  },
      {"none is not never",         0,     10000, "<1%"  },
      {"nearly all",                9949,  10000, "99%"  },
      {"more",                      9950,  10000, ">99%" },
      {"all is not always",         10000, 10000, ">99%" },
      {"few scenarios are counted", 3,     10,    "3/10" },
      {"99 are few",                99,    99,    "99/99"},
      {"100 are not",               50,    100,   "50%"  },
      {"nothing was run",           0,     0,     "n/a"  },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char out[PHRASE];
    phrase_odds(rows[i].kept, rows[i].done, out);
    ck_assert_msg(!strcmp(out, rows[i].want), "%s: %s", rows[i].what, out);
  }
}
END_TEST

START_TEST(numbers_have_three_digits) {
  static const struct {
    double      value;
    const char *want;
  } rows[] = {
      {0,       "0"        },
      {0.004,   "0"        },
      {-0.001,  "0"        },
      {0.005,   "0.01"     },
      {1.234,   "1.23"     },
      {9.994,   "9.99"     },
      {9.996,   "10.0"     },
      {12.34,   "12.3"     },
      {99.94,   "99.9"     },
      {99.96,   "100"      },
      {123.4,   "123"      },
      {1234567, "1,234,567"},
      {-12.34,  "-12.3"    },
      {-0.5,    "-0.50"    },
      {1e18,    "1e+18"    },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char out[PHRASE];
    phrase_number(rows[i].value, out);
    ck_assert_msg(!strcmp(out, rows[i].want), "%g: %s", rows[i].value, out);
  }
  char out[PHRASE];
  phrase_number((double)NAN, out);
  ck_assert_str_eq(out, "n/a");
  phrase_number(HUGE_VAL, out);
  ck_assert_str_eq(out, "infinite");
}
END_TEST

START_TEST(bands_name_both_ends_unless_they_are_one) {
  char out[PHRASE];
  phrase_band(12.3, 8.1, 20.4, out);
  ck_assert_str_eq(out, "12.3 (8.10-20.4)");
  phrase_band(110, 110, 110, out);
  ck_assert_str_eq(out, "110");
  phrase_band(1, -2, 3, out);
  ck_assert_str_eq(out, "1.00 (-2.00 to 3.00)");
}
END_TEST

START_TEST(units_of_columns_fit_their_values) {
  static const struct {
    const char *unit;
    double      greatest, per;
    const char *word;
  } rows[] = {
      {"USD",       5e10,  1e9,  "$B"       },
      {"USD",       5e7,   1e6,  "$M"       },
      {"USD",       -5e10, 1e9,  "$B"       },
      {"MW",        999,   1,    "MW"       },
      {"MW",        1000,  1000, "GW"       },
      {"frac",      0.4,   0.01, "%"        },
      {"GPU",       4e5,   1e3,  "1000s"    },
      {"USD/GPU-h", 2,     1,    "USD/GPU-h"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    phrase_unit u = phrase_unit_of(rows[i].unit, rows[i].greatest);
    ck_assert_msg(u.per == rows[i].per && !strcmp(u.word, rows[i].word), "%s %g: %g %s", rows[i].unit, rows[i].greatest,
                  u.per, u.word);
  }
}
END_TEST

START_TEST(rates_are_percent_a_year) {
  char out[PHRASE];
  phrase_quantity(0.03, "frac/yr", out);
  ck_assert_str_eq(out, "3 %/yr");
  phrase_quantity(1.2e3, "MW", out);
  ck_assert_str_eq(out, "1.2 GW");
}
END_TEST

TEST_LIST("page", columns_are_what_a_terminal_shows, cells_cut_pad_and_align,
          lines_end_without_blanks_and_colour_takes_no_room, wrapping_keeps_words_and_width,
          wrapping_nothing_writes_nothing, width_is_kept_to_what_can_be_laid_out, odds_say_no_more_than_was_counted,
          numbers_have_three_digits, bands_name_both_ends_unless_they_are_one, units_of_columns_fit_their_values,
          rates_are_percent_a_year)
