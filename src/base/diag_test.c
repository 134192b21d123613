// Tests of diagnostics: the words of the codes, the exact rendering, awkward lines, a full list.
#include "diag.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "text.h"

static const diag_source plan = {
    .name = "plan.yaml",
    .text = "1\n2\n3\n4\n5\n6\n7\n8\n    capacity: 300 MWh\n",
    .bytes = sizeof "1\n2\n3\n4\n5\n6\n7\n8\n    capacity: 300 MWh\n" - 1,
};

static sg_diags list;

// Adds one finding about `text` and returns it.
static const sg_diag *add_about(const char *text, int32_t line, int32_t column, int32_t span) {
  diag_source source = {.name = "f", .text = text, .bytes = strlen(text)};
  diag_init(&list);
  diag_add(&list, SG_ERROR, SG_ERR_KEY, (diag_place){&source, line, column, span}, NULL, "m");
  return &list.item[0];
}

START_TEST(codes_have_words) {
  ck_assert_str_eq(sg_err_word(SG_OK), "ok");
  ck_assert_str_eq(sg_err_word(SG_ERR_UNIT), "unit");
  ck_assert_str_eq(sg_err_word(SG_ERR_CANCELLED), "cancelled");
  ck_assert_str_eq(sg_err_meaning(SG_ERR_MEMORY), "out of memory");
  ck_assert_str_eq(sg_err_word((sg_err)999), "unknown");
  ck_assert_str_eq(sg_err_word((sg_err)-1), "unknown");
  ck_assert_ptr_nonnull(sg_err_meaning((sg_err)999));
}
END_TEST

START_TEST(renders_exactly) {
  char out[1024];
  diag_init(&list);
  sg_err code = diag_add(&list, SG_ERROR, SG_ERR_UNIT, (diag_place){&plan, 9, 15, 7}, "did you mean 300 MW?",
                         "'%s' is energy, but %s is needed", "capacity", "power");
  ck_assert_int_eq(code, SG_ERR_UNIT);
  size_t n = diag_render(&list.item[0], 0, out, sizeof out);
  ck_assert_str_eq(out,
                   "plan.yaml:9:15: error[unit]: 'capacity' is energy, but power is needed\n"
                   "  9 |     capacity: 300 MWh\n"
                   "    |               ^^^^^^^\n"
                   "  hint: did you mean 300 MW?\n");
  ck_assert_uint_eq(n, strlen(out));
}
END_TEST

START_TEST(renders_in_colour) {
  char out[1024];
  diag_init(&list);
  diag_add(&list, SG_WARNING, SG_ERR_AS_OF, (diag_place){&plan, 9, 5, 8}, NULL, "late");
  (void)diag_render(&list.item[0], 1, out, sizeof out);
  ck_assert_str_eq(out,
                   "\x1b[1mplan.yaml:9:5: \x1b[0m\x1b[1;35mwarning[as-of]:\x1b[0m late\n"
                   "  9 |     capacity: 300 MWh\n"
                   "    |     \x1b[1;35m^^^^^^^^\x1b[0m\n");
}
END_TEST

START_TEST(renders_without_a_place) {
  char out[256];
  diag_init(&list);
  diag_add(&list, SG_NOTE, SG_ERR_USAGE, (diag_place){0}, NULL, "no place");
  diag_add(&list, SG_ERROR, SG_ERR_IO, (diag_place){&plan, 0, 0, 0}, NULL, "whole file");
  diag_add(&list, SG_ERROR, SG_ERR_IO, (diag_place){&plan, 400, 3, 1}, NULL, "behind the end");
  (void)diag_render(&list.item[0], 0, out, sizeof out);
  ck_assert_str_eq(out, "note[usage]: no place\n");
  (void)diag_render(&list.item[1], 0, out, sizeof out);
  ck_assert_str_eq(out, "plan.yaml: error[io]: whole file\n");
  (void)diag_render(&list.item[2], 0, out, sizeof out);
  ck_assert_str_eq(out, "plan.yaml:400:3: error[io]: behind the end\n");
}
END_TEST

START_TEST(size_query_and_short_buffers) {
  char whole[512], part[512];
  diag_init(&list);
  diag_add(&list, SG_ERROR, SG_ERR_UNIT, (diag_place){&plan, 9, 15, 7}, "hint", "message");
  size_t n = diag_render(&list.item[0], 0, whole, sizeof whole);
  ck_assert_uint_eq(diag_render(&list.item[0], 0, NULL, 0), n);
  for (size_t capacity = 1; capacity <= n + 1; capacity++) {
    memset(part, 'x', sizeof part);
    ck_assert_uint_eq(diag_render(&list.item[0], 0, part, capacity), n);
    ck_assert_uint_eq(strlen(part), capacity - 1);
    ck_assert_int_eq(memcmp(part, whole, capacity - 1), 0);
    ck_assert_int_eq(part[capacity], 'x');
  }
}
END_TEST

START_TEST(excerpts_of_awkward_lines) {
  const struct {
    const char *what, *text;
    int32_t     line, column;
    const char *excerpt;
    int32_t     excerpt_column;
  } rows[] = {
      {"tabs become one space each",         "\ta:\tb",              1, 5,          " a: b",                5},
      {"columns are characters",             "\xC3\xA9t\xC3\xA9: 3", 1, 6,          "\xC3\xA9t\xC3\xA9: 3", 6},
      {"controls are replaced",              "a\x1b[31m\x01z",       1, 2,          "a?[31m?z",             2},
      {"so are C1 controls and turned text",
       "\xC2\x9B"
       "3\xE2\x80\xAE"
       "x",                                                          1, 3,          "?3?x",                 3},
      {"a bad byte is one character",
       "a\xFF\xC3"
       "b",                                                          1, 4,          "a??b",                 4},
      {"a byte order mark has no column",    "\xEF\xBB\xBFkey: 1",   1, 1,          "key: 1",               1},
      {"CRLF",                               "one\r\ntwo\r\nthree",  2, 1,          "two",                  1},
      {"CR alone",                           "one\rtwo",             2, 2,          "two",                  2},
      {"NEL, LS, PS end lines in YAML 1.1",
       "1\xC2\x85"
       "2\xE2\x80\xA8"
       "3\xE2\x80\xA9"
       "four",                                                       4, 1,          "four",                 1},
      {"spaces at the end are dropped",      "a   \nb",              1, 1,          "a",                    1},
      {"behind the end of the line",         "key:\n",               1, 5,          "key:",                 5},
      {"far behind the end of the line",     "key:\n",               1, 2000000000, "key:",                 5},
      {"an empty line shows nothing",        "\n\n",                 2, 1,          "",                     1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const sg_diag *d = add_about(rows[i].text, rows[i].line, rows[i].column, 1);
    ck_assert_msg(strcmp(d->excerpt, rows[i].excerpt) == 0, "%s: '%s'", rows[i].what, d->excerpt);
    ck_assert_msg(d->excerpt_column == rows[i].excerpt_column, "%s: %d", rows[i].what, d->excerpt_column);
  }
}
END_TEST

// A line of 1000 characters of 1 to 4 bytes, all 'pad' but one marked character: wherever the mark stands, the excerpt
// shows it at excerpt_column, fits, is valid UTF-8 and is dotted where it was cut.
START_TEST(long_lines_are_cut_around_the_column) {
  const char *const pads[] = {"-", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
  static char       line[5000];
  for (size_t p = 0; p < 4; p++)
    for (int32_t column = 1; column <= 1000; column += 37) {
      line[0] = '\0';
      for (int32_t c = 1; c <= 1000; c++) strcat(line, c == column ? "#" : pads[p]);
      const sg_diag *d = add_about(line, 1, column, 1000);
      ck_assert(text_utf8_valid(d->excerpt, strlen(d->excerpt), NULL));
      const char *at = d->excerpt;
      for (int32_t c = 1; c < d->excerpt_column; c++) {
        size_t bytes;
        (void)text_utf8_next(at, strlen(at), &bytes);
        at += bytes;
      }
      ck_assert_int_eq(*at, '#');
      ck_assert((column > 31) == (strncmp(d->excerpt, "...", 3) == 0));
      bool dotted = strcmp(d->excerpt + strlen(d->excerpt) - 3, "...") == 0;
      ck_assert(dotted || column > 900);
      char out[2000];  // and the underline stays under the excerpt
      ck_assert_uint_lt(diag_render(d, 0, out, sizeof out), sizeof out);
      ck_assert_uint_le(strlen(strrchr(out, '|')), 3 + 96);
    }
}
END_TEST

START_TEST(long_messages_end_in_dots_at_a_character) {
  char text[400];
  for (size_t shift = 0; shift < 4; shift++) {
    text[0] = '\0';
    for (size_t i = 0; i < shift; i++) strcat(text, "a");
    while (strlen(text) < 390) strcat(text, "\xE2\x82\xAC");
    diag_init(&list);
    diag_add(&list, SG_ERROR, SG_ERR_KEY, (diag_place){0}, text, "%s", text);
    const char *const got[] = {list.item[0].message, list.item[0].hint};
    const size_t      size[] = {sizeof list.item[0].message, sizeof list.item[0].hint};
    for (size_t k = 0; k < 2; k++) {
      size_t n = strlen(got[k]);
      ck_assert(n < size[k] && n > size[k] - 8);
      ck_assert_str_eq(got[k] + n - 3, "...");
      ck_assert(text_utf8_valid(got[k], n, NULL));
    }
  }
}
END_TEST

START_TEST(controls_in_messages_are_replaced) {
  diag_init(&list);
  diag_add(&list, SG_ERROR, SG_ERR_KEY, (diag_place){0}, NULL, "unknown key '%s'", "a\x1b[2J\nb");
  ck_assert_str_eq(list.item[0].message, "unknown key 'a?[2J?b'");
}
END_TEST

START_TEST(a_full_list_counts_on) {
  diag_init(&list);
  for (int i = 0; i < SG_DIAGS_MAX + 7; i++)
    diag_add(&list, i % 2 ? SG_WARNING : SG_ERROR, SG_ERR_KEY, (diag_place){0}, NULL, "%d", i);
  ck_assert_uint_eq(list.n, SG_DIAGS_MAX);
  ck_assert_uint_eq(list.n_more, 7);
  ck_assert_uint_eq(list.n_errors, (SG_DIAGS_MAX + 8) / 2);
  ck_assert_str_eq(list.item[SG_DIAGS_MAX - 1].message, "99");
  ck_assert_int_eq(diag_add(NULL, SG_ERROR, SG_ERR_NAME, (diag_place){0}, NULL, "kept nowhere"), SG_ERR_NAME);
}
END_TEST

TEST_LIST("diag", codes_have_words, renders_exactly, renders_in_colour, renders_without_a_place,
          size_query_and_short_buffers, excerpts_of_awkward_lines, long_lines_are_cut_around_the_column,
          long_messages_end_in_dots_at_a_character, controls_in_messages_are_replaced, a_full_list_counts_on)
