// Tests of validate_campus.c.
#include "validate_campus.h"

#include <math.h>
#include <stdio.h>

#include "../../tests/test.h"
#include "../base/calendar.h"

static const campus_parameters plain = {
    {3.4, 0.0, 0.3, 0.1}
};

static validate_site site_of(const char *name, int32_t buildings, double start_day) {
  validate_site s = {.works_start_day = start_day, .planned_mw = 100, .buildings = buildings};
  snprintf(s.name, sizeof s.name, "%s", name);
  s.first_month = calendar_month_of_day(start_day);
  return s;
}

START_TEST(shares_sum_to_the_time_to_first_power) {
  double sum = CAMPUS_SHARE_LAND + CAMPUS_SHARE_CIVIL + CAMPUS_SHARE_SHELL +
               fmax(CAMPUS_SHARE_ELECTRICAL + fmax(CAMPUS_SHARE_ENERGISE, CAMPUS_SHARE_RACKS),
                    CAMPUS_SHARE_COOLING + CAMPUS_SHARE_RACKS) +
               CAMPUS_SHARE_COMMISSION;
  test_near(sum, 1.0, 1e-12);
}
END_TEST

// One building, no spread: first power after exp(3.4) months; all of it after at most two halls more.
START_TEST(no_spread_gives_the_median) {
  arena            *a = arena_create();
  campus_work      *w = campus_work_create(1, a);
  validate_site     s = site_of("one", 1, 19723.0);
  campus_draws     *d = campus_draws_create(&s, 1, 200, a);
  campus_parameters p = {
      {3.4, 0.0, 0.0, 0.0}
  };
  int in_steps = 0;
  for (int32_t m = 0; m < 200; m++) {
    campus_curve c = campus_run(&s, d, m, &p, w);
    double       sum = 0.0;
    for (int32_t h = 0; h < c.n; h++) sum += c.frac[h];
    test_near(sum, 1.0, 1e-12);
    in_steps += c.n > 1;
    if (c.n == 1) test_near((c.first_day - s.works_start_day) / CALENDAR_DAYS_PER_MONTH, exp(3.4), 1e-9);
  }
  ck_assert_int_gt(in_steps, 35);  // 30 % of 200, sd 6.5
  ck_assert_int_lt(in_steps, 85);
  arena_free(a);
}
END_TEST

START_TEST(site_pace_has_the_stated_median_and_spread) {
  enum { N = 500 };
  arena            *a = arena_create();
  campus_work      *w = campus_work_create(1, a);
  validate_site     s = site_of("spread", 1, 19723.0);
  campus_draws     *d = campus_draws_create(&s, 7, N, a);
  campus_parameters p = {
      {3.4, 0.0, 0.3, 0.0}
  };
  double sum = 0.0, square = 0.0;
  for (int32_t m = 0; m < N; m++) {
    double z = log((campus_run(&s, d, m, &p, w).first_day - s.works_start_day) / CALENDAR_DAYS_PER_MONTH);
    sum += z / N;
    square += z * z / N;
  }
  test_near(sum, 3.4, 0.01);
  test_near(sqrt(square - sum * sum), 0.3, 0.01);
  arena_free(a);
}
END_TEST

START_TEST(trend_stops_at_its_ends) {
  const campus_parameters p = {
      {3.4, -0.2, 0.0, 0.0}
  };
  const struct {
    const char *what;
    double      start_day, want_log;
  } rows[] = {
      {"2015 counts as 2021", 16436.0, 3.4 + 0.2 * 1095.0 / 365.2425},
      {"2024-01",             19723.0, 3.4                          },
      {"2024-07",             19905.0, 3.4 - 0.2 * 182.0 / 365.2425 },
      {"2030 counts as 2025", 21915.0, 3.4 - 0.2 * 366.0 / 365.2425 }
  };
  arena       *a = arena_create();
  campus_work *w = campus_work_create(1, a);
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    validate_site s = site_of("trend", 1, rows[r].start_day);
    campus_draws *d = campus_draws_create(&s, 1, 40, a);
    double        latest = 0.0;  // that of a member with one hall
    for (int32_t m = 0; m < 40; m++) {
      campus_curve c = campus_run(&s, d, m, &p, w);
      if (c.n == 1) latest = c.first_day;
    }
    double got = log((latest - s.works_start_day) / CALENDAR_DAYS_PER_MONTH);
    ck_assert_msg(fabs(got - rows[r].want_log) < 1e-9, "%s: %g", rows[r].what, got);
  }
  arena_free(a);
}
END_TEST

// Two crews or so for nine buildings: the last comes well after the first; crews never hasten the first.
START_TEST(crews_make_buildings_follow) {
  arena            *a = arena_create();
  campus_work      *w = campus_work_create(9, a);
  validate_site     s = site_of("nine", 9, 19723.0);
  campus_draws     *d = campus_draws_create(&s, 1, 300, a);
  campus_parameters p = {
      {3.4, 0.0, 0.0, 0.0}
  };
  double gap = 0.0;
  for (int32_t m = 0; m < 300; m++) {
    campus_curve c = campus_run(&s, d, m, &p, w);
    double       last = 0.0;
    for (int32_t h = 0; h < c.n; h++) last = fmax(last, c.day[h]);
    ck_assert_double_ge(c.first_day, s.works_start_day + exp(3.4) * CALENDAR_DAYS_PER_MONTH - 1e-6);
    gap += (last - c.first_day) / CALENDAR_DAYS_PER_MONTH / 300;
  }
  ck_assert_double_gt(gap, 0.4 * CAMPUS_SHARE_SHELL * exp(3.4));
  arena_free(a);
}
END_TEST

START_TEST(months_follow_the_curve) {
  validate_site s = site_of("months", 2, 19874.0);  // 2024-05-31, after the 28th
  double        day[] = {campus_month_day(&s, 3), campus_month_day(&s, 1) + 0.5}, frac[] = {0.75, 0.25}, out[6];
  campus_curve  c = {2, day, frac, day[1]};
  campus_months(&s, &c, 6, out);
  const double want[] = {0, 0, 0.25, 1, 1, 1};
  for (int k = 0; k < 6; k++) test_near(out[k], want[k], 1e-12);
}
END_TEST

START_TEST(members_do_not_depend_on_others) {
  arena        *a = arena_create();
  campus_work  *w = campus_work_create(5, a);
  validate_site s = site_of("alone", 5, 19723.0), t = site_of("else", 5, 19723.0);
  campus_draws *few = campus_draws_create(&s, 1, 20, a), *many = campus_draws_create(&s, 1, 60, a);
  campus_draws *other = campus_draws_create(&t, 1, 20, a);
  int           same = 0;
  for (int32_t m = 0; m < 20; m++) {
    double x = campus_run(&s, few, m, &plain, w).first_day;
    ck_assert(x == campus_run(&s, many, m, &plain, w).first_day);
    same += x == campus_run(&t, other, m, &plain, w).first_day;
  }
  ck_assert_int_eq(same, 0);
  arena_free(a);
}
END_TEST

// Sites made by the model itself: the search finds the pace that made them.
START_TEST(fit_recovers_its_own_pace) {
  enum { N = 40, M = 100 };
  arena               *a = arena_create();
  campus_work         *w = campus_work_create(1, a);
  validate_site       *s = ARENA_NEW(a, validate_site, N);
  const validate_site *site[N];
  campus_draws        *d[N];
  unsigned char        use[N];
  campus_parameters    truth =
                        {
                            {3.0, 0.0, 0.2, 0.05}
  },
                    got;
  for (int i = 0; i < N; i++) {
    char name[32];
    snprintf(name, sizeof name, "made %d", i);
    s[i] = site_of(name, 1, 19528.0 + 10.0 * i);
    d[i] = campus_draws_create(&s[i], 11, M, a);
    campus_curve c = campus_run(&s[i], campus_draws_create(&s[i], 99, 1, a), 0, &truth, w);
    s[i].reading = ARENA_NEW(a, validate_reading, 1);
    s[i].reading[0] = (validate_reading){c.first_day, 100.0};
    s[i].n_reading = 1;
    site[i] = &s[i];
    use[i] = 1;
  }
  campus_fit_options options = {21500.0, HUGE_VAL, 8};
  campus_fit(site, d, use, N, M, &options, w, &got);
  test_near(got.value[CAMPUS_MONTHS], 3.0, 0.15);
  ck_assert_double_lt(got.value[CAMPUS_SITE], 0.4);
  arena_free(a);
}
END_TEST

TEST_LIST("validate_campus", shares_sum_to_the_time_to_first_power, no_spread_gives_the_median,
          site_pace_has_the_stated_median_and_spread, trend_stops_at_its_ends, crews_make_buildings_follow,
          months_follow_the_curve, members_do_not_depend_on_others, fit_recovers_its_own_pace)
