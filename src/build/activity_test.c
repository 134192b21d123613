// Tests of activity.c: the working time, and what the field tables promise.
#include "activity.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

static const struct {
  const char *what;
  double      exponent, learning, it_mw;
  int32_t     k;
  double      want_day;
} rows[] = {
    {"reference size",                   0.5, 0.0, 50,  0, 100},
    {"four times the size, square root", 0.5, 0.0, 200, 0, 200},
    {"size does not matter",             0.0, 0.0, 800, 3, 100},
    {"second building, a tenth learned", 0.0, 0.1, 50,  1, 90 },
    {"fourth building, twice a tenth",   0.0, 0.1, 50,  3, 81 },
};

START_TEST(working_time) {
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    build_activity a = {.takes_day = 100, .size_exponent = rows[r].exponent};
    build_type     t = {.reference_mw = 50, .learning_frac = rows[r].learning};
    double         got = build_activity_work_day(&a, &t, rows[r].it_mw, rows[r].k);
    ck_assert_msg(fabs(got - rows[r].want_day) < 1e-9, "%s: %g", rows[r].what, got);
  }
}
END_TEST

static const class_row *const classes[] = {&build_class_activity, &build_class_type, &build_class_crew,
                                           &build_class_supply, &build_class_gate};

START_TEST(tables_fit_their_structs) {
  for (size_t c = 0; c < sizeof classes / sizeof classes[0]; c++)
    for (size_t i = 0; i < classes[c]->n_field; i++) {
      const field_row *f = &classes[c]->field[i];
      ck_assert_msg(f->offset >= sizeof(int32_t) && f->offset < classes[c]->size, "%s.%s", classes[c]->name, f->name);
      ck_assert_msg(f->low <= f->high, "%s.%s", classes[c]->name, f->name);
      ck_assert_msg(strlen(f->meaning) > 8, "%s.%s", classes[c]->name, f->name);
      for (size_t j = 0; j < i; j++) {
        ck_assert_str_ne(f->name, classes[c]->field[j].name);
        ck_assert_uint_ne(f->offset, classes[c]->field[j].offset);
      }
    }
}
END_TEST

START_TEST(gate_words_follow_the_enum) {
  static const char *const want[] = {"none", "site", "permit", "offtake", "close", "go"};
  const char              *at = BUILD_GATE_WORDS;
  for (int k = 0; k <= BUILD_GATE_GO; k++) {
    size_t n = strcspn(at, "|");
    ck_assert_uint_eq(n, strlen(want[k]));
    ck_assert_int_eq(strncmp(at, want[k], n), 0);
    at += n + (at[n] == '|');
  }
  ck_assert_int_eq(*at, 0);
}
END_TEST

TEST_LIST("activity", working_time, tables_fit_their_structs, gate_words_follow_the_enum)
