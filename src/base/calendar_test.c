// Tests of the calendar: known dates, every day of a long span, what is and is not a date.
#include "calendar.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

static int is_leap(int32_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

// Golden values: `date -u -d 2025-01-21 +%s` / 86400 (GNU coreutils 9); 0001-01-01 is Rata Die 1, i.e. -719162.
START_TEST(known_days) {
  const struct {
    const char   *what;
    calendar_date date;
    int32_t       day;
  } rows[] = {
      {"epoch",                              {1970, 1, 1},   0      },
      {"day before",                         {1969, 12, 31}, -1     },
      {"leap day of a century that has one", {2000, 2, 29},  11016  },
      {"announcement",                       {2025, 1, 21},  20109  },
      {"after the missing leap day of 1900", {1900, 3, 1},   -25508 },
      {"first day of the era",               {1, 1, 1},      -719162},
      {"last day of four digits",            {9999, 12, 31}, 2932896},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    ck_assert_msg(calendar_day(rows[i].date) == rows[i].day, "%s", rows[i].what);
    calendar_date back = calendar_of_day(rows[i].day);
    ck_assert_msg(memcmp(&back, &rows[i].date, sizeof back) == 0, "%s", rows[i].what);
  }
}
END_TEST

START_TEST(every_day_from_1890_to_2210_by_counting) {
  const int32_t length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int32_t       day = calendar_day((calendar_date){1890, 1, 1});
  for (int32_t y = 1890; y <= 2210; y++)
    for (int32_t m = 1; m <= 12; m++) {
      int32_t n = length[m - 1] + (m == 2 && is_leap(y)), month = (y - 1970) * 12 + m - 1;
      ck_assert_int_eq(calendar_first_day(month), day);
      ck_assert_int_eq(calendar_days_in_month(month), n);
      ck_assert_int_eq(calendar_month_of_year(month), m - 1);
      for (int32_t d = 1; d <= n; d++, day++) {
        calendar_date got = calendar_of_day(day);
        ck_assert(got.year == y && got.month == m && got.day == d);
        ck_assert_int_eq(calendar_day(got), day);
        ck_assert_int_eq(calendar_month_of_day(day), month);
        ck_assert_int_eq(calendar_month_of_day(day + 0.999), month);
      }
    }
}
END_TEST

START_TEST(month_660_is_january_2025) {
  char text[8];
  calendar_month_text(660, text);
  ck_assert_str_eq(text, "2025-01");
  calendar_month_text(-1, text);
  ck_assert_str_eq(text, "1969-12");
  calendar_month_text(INT32_MAX, text);  // kept to four digits
  ck_assert_int_eq((int)strlen(text), 7);
  ck_assert_int_eq(memcmp(text, "9999-", 5), 0);
}
END_TEST

START_TEST(days_that_are_not_finite) {
  ck_assert_int_eq(calendar_month_of_day((double)INFINITY), INT32_MAX);
  ck_assert_int_eq(calendar_month_of_day(-(double)INFINITY), INT32_MIN);
  ck_assert_int_eq(calendar_month_of_day((double)NAN), INT32_MIN);
  ck_assert_int_gt(calendar_month_of_day(1e300), 12 * 5000000);
  ck_assert_int_eq(calendar_first_day(INT32_MAX), INT32_MAX);
  ck_assert_int_eq(calendar_first_day(INT32_MIN), INT32_MIN);
  ck_assert_int_ge(calendar_days_in_month(INT32_MAX), 28);
}
END_TEST

START_TEST(reads_dates) {
  const struct {
    const char *text;
    const char *first, *last;  // NULL: not a date
  } rows[] = {
      {"2025",        "2025-01-01", "2025-12-31"},
      {"2025-02",     "2025-02-01", "2025-02-28"},
      {"2024-02",     "2024-02-01", "2024-02-29"},
      {"2024-12",     "2024-12-01", "2024-12-31"},
      {"2025-01-21",  "2025-01-21", "2025-01-21"},
      {"2024-02-29",  "2024-02-29", "2024-02-29"},
      {"9999-12-31",  "9999-12-31", "9999-12-31"},
      {"2025-02-29",  NULL,         NULL        },
      {"2025-00",     NULL,         NULL        },
      {"2025-13",     NULL,         NULL        },
      {"2025-01-00",  NULL,         NULL        },
      {"2025-04-31",  NULL,         NULL        },
      {"0000",        NULL,         NULL        },
      {"2025-1",      NULL,         NULL        },
      {"2025/01",     NULL,         NULL        },
      {"2025-01/02",  NULL,         NULL        },
      {"+025",        NULL,         NULL        },
      {"20 5",        NULL,         NULL        },
      {"",            NULL,         NULL        },
      {"2025-01-21 ", NULL,         NULL        },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    int32_t first, last;
    char    text[11];
    bool    ok = calendar_parse(text_of(rows[i].text), &first, &last);
    ck_assert_msg(ok == (rows[i].first != NULL), "%s", rows[i].text);
    if (!ok) continue;
    calendar_day_text(first, text);
    ck_assert_str_eq(text, rows[i].first);
    calendar_day_text(last, text);
    ck_assert_str_eq(text, rows[i].last);
  }
}
END_TEST

START_TEST(mean_lengths_are_those_of_the_400_year_cycle) {
  double days = calendar_day((calendar_date){2400, 1, 1}) - calendar_day((calendar_date){2000, 1, 1});
  test_near(days / 400, CALENDAR_DAYS_PER_YEAR, 1e-12);
  test_near(days / 4800, CALENDAR_DAYS_PER_MONTH, 1e-12);
  test_near(days * 24 / 4800, CALENDAR_HOURS_PER_MONTH, 1e-10);
}
END_TEST

TEST_LIST("calendar", known_days, every_day_from_1890_to_2210_by_counting, month_660_is_january_2025,
          days_that_are_not_finite, reads_dates, mean_lengths_are_those_of_the_400_year_cycle)
