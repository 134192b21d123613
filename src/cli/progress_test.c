// Tests of the progress line and of durations.
#include "progress.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

START_TEST(durations) {
  static const struct {
    double      s;
    const char *want;
  } rows[] = {
      {0,                "0.0 s"          },
      {3.44,             "3.4 s"          },
      {59.9,             "59.9 s"         },
      {59.96,            "1 min 0 s"      },
      {125,              "2 min 5 s"      },
      {4320,             "1 h 12 min"     },
      {-1,               "0.0 s"          },
      {(double)NAN,      "0.0 s"          },
      {(double)INFINITY, "277777 h 46 min"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char out[40];
    cli_duration(rows[i].s, out, sizeof out);
    ck_assert_str_eq(out, rows[i].want);
  }
}
END_TEST

START_TEST(lines) {
  static const struct {
    sg_progress now;
    double      elapsed_s;
    const char *want;
  } rows[] = {
      {{0, 10000, 0, NULL},         0.1,   "0 of 10,000"                                  },
      {{0, 10000, 0, NULL},         9,     "0 of 10,000"                                  }, // no rate yet
      {{3412, 10000, 0.043, "A31"}, 3.345, "3,412 of 10,000 | 1,020/s | 7 s left | A31 4%"},
      {{5, 10, 0, NULL},            10,    "5 of 10 | 0.5/s | 10 s left"                  },
      {{10, 10, 1, "P"},            10,    "10 of 10 | 1/s | 0 s left | P 100%"           },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char out[200];
    cli_progress_line(&rows[i].now, rows[i].elapsed_s, out, sizeof out);
    ck_assert_str_eq(out, rows[i].want);
  }
}
END_TEST

START_TEST(tick_passes_the_wish_to_stop) {
  volatile sig_atomic_t stop = 0;
  cli_progress          p = {.show = false, .width = 80, .stop = &stop};
  sg_progress           now = {1, 2, 0, NULL};
  ck_assert_int_eq(cli_progress_tick(&p, &now), 0);
  stop = 1;
  ck_assert_int_eq(cli_progress_tick(&p, &now), 1);
  ck_assert(!p.shown);
}
END_TEST

TEST_LIST("progress", durations, lines, tick_passes_the_wish_to_stop)
