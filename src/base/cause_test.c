// Tests of causes: every cause has its own word, and the list for field tables agrees with the enum.
#include "cause.h"

#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

START_TEST(words_follow_the_enum) {
  ck_assert_str_eq(cause_word(CAUSE_MONEY), "money");
  ck_assert_str_eq(cause_word(CAUSE_GRID), "grid");
  ck_assert_str_eq(cause_word(CAUSE_WORK), "work");
  ck_assert_str_eq(cause_meaning(CAUSE_CREWS), "no crew was free");
}
END_TEST

START_TEST(choice_words_are_the_same_list) {
  char joined[256] = "";
  for (int c = 0; c < CAUSE_COUNT; c++) {
    if (c > 0) strcat(joined, "|");
    strcat(joined, cause_word(c));
  }
  ck_assert_str_eq(joined, CAUSE_WORDS);
}
END_TEST

START_TEST(anything_else_is_none) {
  const int outside[] = {CAUSE_NONE, CAUSE_COUNT, -7, 1000};
  for (size_t i = 0; i < 4; i++) {
    ck_assert_str_eq(cause_word(outside[i]), "none");
    ck_assert_str_eq(cause_meaning(outside[i]), "nothing held it up");
  }
}
END_TEST

TEST_LIST("cause", words_follow_the_enum, choice_words_are_the_same_list, anything_else_is_none)
