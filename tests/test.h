// A test file lists its tests once: TEST_LIST("units", reads_power, refuses_energy).  (Check unit test framework)
#ifndef TESTS_TEST_H
#define TESTS_TEST_H

#include <check.h>
#include <stdint.h>
#include <stdlib.h>

static inline int test_run(const char *name, const TTest **tests, size_t n) {
  Suite *suite = suite_create(name);
  TCase *all = tcase_create(name);
  tcase_set_timeout(all, 120);
  for (size_t i = 0; i < n; i++) tcase_add_test(all, tests[i]);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define TEST_LIST(name, ...)                                         \
  int main(void) {                                                   \
    const TTest *tests[] = {__VA_ARGS__};                            \
    return test_run(name, tests, sizeof(tests) / sizeof(tests[0]));  \
  }

// How many random cases to try: a fifth where a sanitizer makes each many times slower (scripts/check.sh sets SLOW).
static inline uint64_t test_cases(uint64_t n) { return getenv("SLOW") ? (n + 4) / 5 : n; }

#define test_near(got, want, tolerance) ck_assert_double_eq_tol((got), (want), (tolerance))

#endif
