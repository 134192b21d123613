// Tests of supply.c.
#include "supply.h"

#include <math.h>

#include "../../tests/test.h"

#define MONTH CALENDAR_DAYS_PER_MONTH

static const struct {
  const char  *what;
  build_supply supply;
  double       order_day, before, need, want_day;
} rows[] = {
    {"nothing needed",                             {100, -HUGE_VAL, 10, 0},       0, 5,   0,    -HUGE_VAL      },
    {"lead and one month's deliveries",            {100, -HUGE_VAL, 10, 0},       7, 0,   10,   107 + MONTH    },
    {"those before go first",                      {100, -HUGE_VAL, 10, 0},       7, 20,  10,   107 + 3 * MONTH},
    {"earliest date rules",                        {100, 500, 10, 0},             0, 0,   10,   500 + MONTH    },
    {"no limit to the rate",                       {100, -HUGE_VAL, HUGE_VAL, 0}, 0, 1e6, 1e6,  100            },
    {"never",                                      {100, -HUGE_VAL, 0, 0},        0, 0,   1,    HUGE_VAL       },
    {"end of the ramp: half of a month's plateau", {0, 0, 10, MONTH},             0, 0,   5,    MONTH          },
    {"after the ramp",                             {0, 0, 10, MONTH},             0, 5,   10,   2 * MONTH      },
    {"within the ramp: quarter at half time",      {0, 0, 10, MONTH},             0, 0,   1.25, MONTH / 2      },
};

START_TEST(rows_by_hand) {
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    double got = build_supply_ready_day(&rows[r].supply, rows[r].order_day, rows[r].before, rows[r].need);
    ck_assert_msg(got == rows[r].want_day || fabs(got - rows[r].want_day) < 1e-9, "%s: %g", rows[r].what, got);
  }
}
END_TEST

START_TEST(ready_day_inverts_deliveries) {
  build_supply s = {90, 200, 12.5, 240};
  for (double need = 0.01; need < 500; need *= 1.3) {
    double day = build_supply_ready_day(&s, 30, 0.5 * need, 0.5 * need);
    test_near(build_supply_delivered(&s, 30, day), need, 1e-9 * need);
  }
}
END_TEST

START_TEST(more_delays_nobody) {
  build_supply s = {90, 200, 12.5, 240};
  double       base = build_supply_ready_day(&s, 30, 40, 10);
  build_supply faster = s, sooner = s, steeper = s;
  faster.rate_per_month *= 1.1;
  sooner.earliest_day -= 10;
  steeper.ramp_day *= 0.5;
  ck_assert(build_supply_ready_day(&faster, 30, 40, 10) < base);
  ck_assert(build_supply_ready_day(&sooner, 30, 40, 10) < base);
  ck_assert(build_supply_ready_day(&steeper, 30, 40, 10) < base);
  ck_assert(build_supply_ready_day(&s, 30, 39, 10) < base);
  ck_assert(build_supply_ready_day(&s, 30, 40, 11) > base);
}
END_TEST

START_TEST(continuous_at_the_end_of_the_ramp) {
  build_supply s = {0, 0, 10, 100};
  double       plateau = 10 / MONTH * 100 / 2;
  test_near(build_supply_ready_day(&s, 0, 0, plateau * (1 - 1e-9)),
            build_supply_ready_day(&s, 0, 0, plateau * (1 + 1e-9)), 1e-5);
}
END_TEST

TEST_LIST("supply", rows_by_hand, ready_day_inverts_deliveries, more_delays_nobody, continuous_at_the_end_of_the_ramp)
