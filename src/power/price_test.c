#include "price.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/packed.h"
#include "../../tests/test.h"

enum { FIRST = 2020, YEARS = 5, HOURS = 3 * 8760 + 2 * 8784 };

static double history[HOURS], drawn[744], scratch[744 * (YEARS + 1)], gas[12 * YEARS];

// Numbers of the last column, one a line, behind lines that begin with none; `from`: lines whose text begins before it are left out.
static size_t numbers(const char *path, const char *from, double *out, size_t most) {
  text_buffer b = {0};
  ck_assert_msg(packed_read(path, &b), "%s", path);
  size_t n = 0;
  for (char *line = strtok(b.at, "\n"); line && n < most; line = strtok(NULL, "\n")) {
    const char *last = strrchr(line, ',');
    if (text_number(text_of(last ? last + 1 : line), &out[n]) && (!from || strcmp(line, from) >= 0)) n++;
  }
  text_buffer_free(&b);
  return n;
}

static power_price_process fitted(const char *market, double cap_usd) {
  size_t n = 0;
  char   path[80];
  for (int y = FIRST; y < FIRST + YEARS; y++) {
    snprintf(path, sizeof path, "data/prices/%s_%d.csv", market, y);
    const size_t got = numbers(path, NULL, history + n, HOURS - n);
    ck_assert_uint_eq(got, power_year_hours(y));
    n += got;
  }
  ck_assert_uint_eq(numbers("data/prices/henry_hub_monthly.csv", "2020-01", gas, 12 * YEARS), 12 * YEARS);
  power_price_process p;
  ck_assert_int_eq(power_price_fit(&(power_price_history){FIRST, YEARS, history, gas}, cap_usd, scratch, NULL, &p),
                   SG_OK);
  return p;
}

static int rising(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct summary {
  double mean, median, p95, below_zero, above_500;
} summary;

static summary summary_of(double *price, size_t n) {
  summary s = {0};
  for (size_t h = 0; h < n; h++) {
    s.mean += price[h] / (double)n;
    s.below_zero += (price[h] < 0.0) / (double)n;
    s.above_500 += (price[h] > 500.0) / (double)n;
  }
  qsort(price, n, sizeof *price, rising);
  s.median = price[n / 2];
  s.p95 = price[n - n / 20];
  return s;
}

static const struct {
  const char *market;
  double      cap_usd;
} markets[] = {
    {"ercot_dam_hb_hubavg", 9000.0},
    {"pjm_rt_dom",          3700.0},
    {"caiso_dam_np15",      2000.0}
};

// 60 draws of the same five years of gas, against what happened. ERCOT's mean is mostly one week of 2021, so mean and
// tail are asked for within a factor only; the middle of the distribution within 15 %.
START_TEST(drawn_years_are_like_those_that_were) {
  enum { DRAWS = 60 };
  double *all = malloc((size_t)DRAWS * YEARS * 12 * 744 * sizeof *all);
  ck_assert_ptr_nonnull(all);
  for (size_t k = 0; k < 3; k++) {
    const power_price_process p = fitted(markets[k].market, markets[k].cap_usd);
    size_t                    n = 0;
    for (uint32_t d = 0; d < DRAWS; d++) {
      const stream      s = {.seed = 4, .scenario = d};
      double            level[12 * YEARS];
      power_price_carry carry = {0};
      power_price_levels(&p, gas, 0, 12 * YEARS, s, stream_key("level"), level);
      for (uint32_t m = 0; m < 12 * YEARS; m++) {
        power_price_hours(&p, level[m], (int32_t)m % 12, 720, s, stream_key("hours"), m, &carry, all + n);
        n += 720;
      }
    }
    const summary got = summary_of(all, n), was = summary_of(history, HOURS);
    ck_assert_msg(fabs(got.median / was.median - 1.0) < 0.15, "%s: median %g, was %g", markets[k].market, got.median,
                  was.median);
    ck_assert_msg(fabs(got.p95 / was.p95 - 1.0) < 0.25, "%s: p95 %g, was %g", markets[k].market, got.p95, was.p95);
    ck_assert_msg(got.mean / was.mean > 0.67 && got.mean / was.mean < 1.5, "%s: mean %g, was %g", markets[k].market,
                  got.mean, was.mean);
    ck_assert_msg(got.above_500 < 3.0 * was.above_500 && got.above_500 > was.above_500 / 3.0,
                  "%s: above 500 %g, was %g", markets[k].market, got.above_500, was.above_500);
    ck_assert_msg(fabs(got.below_zero - was.below_zero) < 0.006, "%s: below zero %g, was %g", markets[k].market,
                  got.below_zero, was.below_zero);
    ck_assert_msg(p.gas_slope > 0.3 && p.gas_slope < 1.5, "%s: power follows gas by %g", markets[k].market,
                  p.gas_slope);
    ck_assert(all[n - 1] <= markets[k].cap_usd);
  }
  free(all);
}
END_TEST

START_TEST(the_mean_is_that_of_the_draws) {
  const power_price_process p = fitted("pjm_rt_dom", 3700.0);
  for (int32_t m = 0; m < 12; m += 3) {
    double sum = 0.0;
    for (uint32_t d = 0; d < 1000; d++) {
      power_price_carry carry = {0};
      power_price_hours(&p, 40.0, m, 720, (stream){.seed = 9, .scenario = d}, stream_key("x"), 0, &carry, drawn);
      for (int h = 0; h < 720; h++) sum += drawn[h] / (720.0 * 1000.0);
    }
    test_near(sum / power_price_mean(&p, 40.0, m), 1.0, 0.02);
  }
}
END_TEST

START_TEST(a_month_alone_is_the_same_month) {
  const power_price_process p = fitted("caiso_dam_np15", 2000.0);
  double                    again[744];
  power_price_carry         a = {0}, b = {0};
  const stream              s = {.seed = 2, .scenario = 17};
  power_price_hours(&p, 50.0, 6, 744, s, stream_key("k"), 30, &a, drawn);
  power_price_hours(&p, 50.0, 6, 744, s, stream_key("k"), 30, &b, again);
  ck_assert_mem_eq(drawn, again, sizeof drawn);
  int seen[YEARS] = {0};
  for (uint32_t y = 0; y < 200; y++) seen[power_price_paired_year(s, stream_key("year"), y, YEARS)]++;
  for (int y = 0; y < YEARS; y++) ck_assert_int_gt(seen[y], 15);
}
END_TEST

START_TEST(bad_histories_are_refused) {
  power_price_process p = fitted("pjm_rt_dom", 3700.0);
  sg_diags            d;
  diag_init(&d);
  history[5000] = HUGE_VAL;
  ck_assert_int_eq(power_price_fit(&(power_price_history){FIRST, YEARS, history, gas}, 1e4, scratch, &d, &p),
                   SG_ERR_RANGE);
  ck_assert_ptr_nonnull(strstr(d.item[0].message, "hour 5000"));
  history[5000] = -30.0;
  ck_assert_int_eq(power_price_fit(&(power_price_history){FIRST, YEARS, history, gas}, 1e4, scratch, NULL, &p), SG_OK);
  gas[3] = 0.0;
  ck_assert_int_eq(power_price_fit(&(power_price_history){FIRST, YEARS, history, gas}, 1e4, scratch, NULL, &p),
                   SG_ERR_RANGE);
}
END_TEST

TEST_LIST("price", drawn_years_are_like_those_that_were, the_mean_is_that_of_the_draws, a_month_alone_is_the_same_month,
          bad_histories_are_refused)
