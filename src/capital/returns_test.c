#include "returns.h"

#include <math.h>
#include <stdbool.h>

#include "../../tests/test.h"

static uint64_t next_u64(uint64_t *s) {  // splitmix64
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static double next_unit(uint64_t *s) { return ((double)(next_u64(s) >> 11) + 0.5) * 0x1p-53; }

static const struct {
  const char *what;
  double      rate;
  size_t      n;
  double      flow[6];
  double      want;
  double      tolerance;
} npv_rows[] = {
    {"zero rate is a sum",     0,    4, {-100, 40, 40, 40},            20,      1e-12},
    {"all up front",           0.1,  4, {-100, 0, 0, 0},               -100,    1e-12},
    {"one period",             0.1,  2, {-100, 110},                   0,       1e-12},
    {"a negative rate",        -0.5, 2, {0, 1},                        2,       1e-12},
 // Microsoft support, function NPV, example 1: 1,188.44 with the first flow a year away
    {"published: NPV at 10 %", 0.1,  5, {0, -10000, 3000, 4200, 6800}, 1188.44, 0.005},
};

START_TEST(net_present_value) {
  for (size_t i = 0; i < sizeof npv_rows / sizeof *npv_rows; i++) {
    double got = capital_npv(npv_rows[i].flow, npv_rows[i].n, npv_rows[i].rate);
    ck_assert_msg(fabs(got - npv_rows[i].want) <= npv_rows[i].tolerance, "%s: %.9f", npv_rows[i].what, got);
  }
  ck_assert(isnan(capital_npv(npv_rows[0].flow, 4, -1)));
}
END_TEST

// The days and flows of XNPV and XIRR on Microsoft's support pages: 2008-01-01, 03-01, 10-30, 2009-02-15, 04-01, since
// 1970.
#define PUBLISHED_DAYS \
  { 13879, 13939, 14182, 14290, 14335 }
#define PUBLISHED_FLOWS \
  { -10000, 2750, 4250, 3250, 2750 }

// Worth on the day of the first flow named, whatever its date.
static const struct {
  const char *what;
  double      rate;
  size_t      n;
  double      day[5], flow[5], want, tolerance;
} dated_npv_rows[] = {
    {"years of 365 days are periods",         0.1,     3, {0, 365, 730},     {-100, 55, 60.5}, 0,       1e-12},
    {"days before 1970",                      0.1,     3, {-800, -435, -70}, {-100, 55, 60.5}, 0,       1e-12},
    {"a fifth of a year",                     0.61051, 2, {10, 83},          {0, 110},         100,     1e-12},
    {"a flow before the first is compounded", 0.1,     2, {365, 0},          {5, 100},         115,     1e-12},
    {"any order: two years back, one on",     0.1,     3, {730, 0, 1095},    {1, 100, 11},     132,     1e-12},
    {"two on one day",                        0.1,     3, {7, 372, 372},     {-100, 60, 50},   0,       1e-12},
    {"nothing beside one flow",               3,       3, {0, 100, 200},     {0, 0, 0},        0,       0    },
    {"at -50 % a year late is twice",         -0.5,    2, {0, 365},          {0, 1},           2,       1e-12},
    {"published: XNPV at 9 %",                0.09,    5, PUBLISHED_DAYS,    PUBLISHED_FLOWS,  2086.65, 0.005},
};

START_TEST(net_present_value_on_dates) {
  for (size_t i = 0; i < sizeof dated_npv_rows / sizeof *dated_npv_rows; i++) {
    double got =
        capital_npv_dates(dated_npv_rows[i].flow, dated_npv_rows[i].day, dated_npv_rows[i].n, dated_npv_rows[i].rate);
    ck_assert_msg(fabs(got - dated_npv_rows[i].want) <= dated_npv_rows[i].tolerance, "%s: %.9f", dated_npv_rows[i].what,
                  got);
  }
  double day[] = {0, 365}, flow[] = {-3, 4};
  ck_assert(isnan(capital_npv_dates(flow, day, 2, -1)));
  test_near(capital_npv_scale(flow, day, 2, 1), 5, 1e-12);
  test_near(capital_npv_scale(flow, NULL, 2, 1), 5, 1e-12);
  ck_assert(isnan(capital_npv_scale(flow, day, 2, -1)));
}
END_TEST

static const struct {
  const char *what;
  size_t      n;
  double      flow[8];
  int32_t     n_root;
  double      root[3];
  double      tolerance;
} irr_rows[] = {
    {"a loan of one period",            2, {-100, 110},                                 1, {0.1},                1e-14},
    {"money back",                      3, {-100, 0, 100},                              1, {0},                  1e-14},
    {"a loss of nine tenths",           2, {-100, 10},                                  1, {-0.9},               1e-14},
    {"sixfold",                         2, {-1, 6},                                     1, {5},                  1e-13},
    {"a millionfold",                   2, {-1, 1e6},                                   1, {999999},             1e-6 },
    {"the borrower's side",             3, {100, -50, -60},                             1, {0.0639410298049853}, 1e-13},
    {"leading and trailing nothing",    6, {0, -100, 110, 0, 0, 0},                     1, {0.1},                1e-14},
 // Microsoft support, function IRR: -2.1 % after four years, 8.7 % after five
    {"published: four years",           5, {-70000, 12000, 15000, 18000, 21000},        1, {-0.0212448482},      1e-9 },
    {"published: five years",           6, {-70000, 12000, 15000, 18000, 21000, 26000}, 1, {0.0866309480},       1e-9 },
 // Lorie, Savage, "Three problems in rationing capital", J. Business 28(4), 1955: the pump has 25 % and 400 %
    {"published: the oil pump has two", 3, {-1600, 10000, -10000},                      2, {0.25, 4},            1e-12},
    {"three rates: 0, 100, 200 %",      4, {-1, 6, -11, 6},                             3, {0, 1, 2},            1e-9 },
    {"a double rate counts once",       3, {-1, 4, -4},                                 1, {1},                  1e-7 },
    {"two changes of sign and none",    3, {1, -1, 1},                                  0, {0},                  0    },
    {"all received",                    3, {1, 2, 3},                                   0, {0},                  0    },
    {"one flow",                        1, {1},                                         0, {0},                  0    },
    {"nothing",                         3, {0, 0, 0},                                   0, {0},                  0    },
    {"zeros between",                   5, {-100, 0, 0, 0, 146.41},                     1, {0.1},                1e-14},
    {"zeros around three rates",        7, {0, 0, -1, 6, -11, 6, 0},                    3, {0, 1, 2},            1e-9 },
};

START_TEST(internal_rates) {
  for (size_t i = 0; i < sizeof irr_rows / sizeof *irr_rows; i++) {
    capital_irr_result got;
    sg_err             err = capital_irr(irr_rows[i].flow, irr_rows[i].n, &got);
    ck_assert_msg(got.n_root == irr_rows[i].n_root, "%s: %d roots", irr_rows[i].what, got.n_root);
    ck_assert_msg((err == SG_OK) == (got.n_root == 1), "%s: %s", irr_rows[i].what, err ? "error" : "no error");
    ck_assert_msg(isnan(got.rate_frac) == (got.n_root != 1), "%s: rate", irr_rows[i].what);
    for (int32_t k = 0; k < got.n_root; k++)
      ck_assert_msg(fabs(got.root[k] - irr_rows[i].root[k]) <= irr_rows[i].tolerance, "%s: %.15f", irr_rows[i].what,
                    got.root[k]);
  }
  double             bad[] = {-1, HUGE_VAL};
  capital_irr_result got;
  ck_assert_int_eq(capital_irr(bad, 2, &got), SG_ERR_NUMERIC);
  ck_assert_int_eq(capital_irr(NULL, 0, &got), SG_ERR_NUMERIC);
}
END_TEST

static const struct {
  const char *what;
  size_t      n;
  double      day[5], flow[5];
  int32_t     n_root;
  double      root[3];
  double      tolerance;
} dated_irr_rows[] = {
  // Microsoft support, function XIRR: 0.373362535, as far as the spreadsheet's iteration went
    {"published: XIRR",                  5, PUBLISHED_DAYS,              PUBLISHED_FLOWS,              1, {0.373362535}, 1.1e-8},
    {"a fifth of a year",                2, {0, 73},                     {-100, 110},                  1, {0.61051},     1e-13 },
    {"days before 1970, and after",      3, {-365, 0, 365},              {-100, 0, 121},               1, {0.1},         1e-14 },
    {"zero flows before and after",      5, {-9000, 5, 370, 900, 20000}, {0, -100, 110, 0, 0},         1, {0.1},         1e-14 },
    {"two on one day, one against",      3, {0, 365, 365},               {-100, 150, -40},             1, {0.1},         1e-13 },
    {"two on one day net to nothing",    4, {0, 100, 100, 365},          {-100, 7, -7, 110},           1, {0.1},         1e-14 },
    {"nothing on the first day",         4, {0, 0, 5, 370},              {3, -3, -100, 110},           1, {0.1},         1e-14 },
    {"nothing but rounding on the last", 5, {0, 365, 730, 730, 730},     {-100, 110, -0.1, -0.2, 0.3}, 1, {0.1},         1e-14 },
    {"all back on one day",              3, {0, 365, 365},               {-100, 60, 50},               1, {0.1},         1e-14 },
    {"loses nine tenths in half a year", 2, {0, 182.5},                  {-100, 10},                   1, {-0.99},       1e-14 },
 // The oil pump of Lorie and Savage 1955, dated
    {"published: the pump has two",      3, {100, 465, 830},             {-1600, 10000, -10000},       2, {0.25, 4},     1e-12 },
    {"three rates: 0, 100, 200 %",       4, {-730, -365, 0, 365},        {-1, 6, -11, 6},              3, {0, 1, 2},     1e-9  },
    {"two changes of sign and none",     3, {0, 365, 730},               {1, -1, 1},                   0, {0},           0     },
    {"all paid",                         3, {0, 1, 2},                   {-1, -2, -3},                 0, {0},           0     },
    {"one day",                          2, {5, 5},                      {-1, 2},                      0, {0},           0     },
    {"nothing",                          3, {0, 1, 2},                   {0, 0, 0},                    0, {0},           0     },
};

START_TEST(internal_rates_on_dates) {
  for (size_t i = 0; i < sizeof dated_irr_rows / sizeof *dated_irr_rows; i++) {
    capital_irr_result got;
    sg_err err = capital_irr_dates(dated_irr_rows[i].flow, dated_irr_rows[i].day, dated_irr_rows[i].n, &got);
    ck_assert_msg(got.n_root == dated_irr_rows[i].n_root, "%s: %d roots", dated_irr_rows[i].what, got.n_root);
    ck_assert_msg(err == (got.n_root == 1 ? SG_OK : SG_ERR_NUMERIC), "%s: error", dated_irr_rows[i].what);
    ck_assert_msg(isnan(got.rate_frac) == (got.n_root != 1), "%s: rate", dated_irr_rows[i].what);
    for (int32_t k = 0; k < got.n_root; k++)
      ck_assert_msg(fabs(got.root[k] - dated_irr_rows[i].root[k]) <= dated_irr_rows[i].tolerance, "%s: %.15f",
                    dated_irr_rows[i].what, got.root[k]);
  }
  double             back[] = {2, 1}, never[] = {0, HUGE_VAL}, flow[] = {-1, 2};
  capital_irr_result got;
  ck_assert_int_eq(capital_irr_dates(flow, back, 2, &got), SG_ERR_RANGE);
  ck_assert_int_eq(capital_irr_dates(flow, never, 2, &got), SG_ERR_RANGE);
}
END_TEST

// Where powers of 1 + rate leave the range of a double: a long tail of nothing, and centuries at -90 %.
START_TEST(extremes_do_not_overflow) {
  double             flow[800] = {-100, 10};
  capital_irr_result got;
  ck_assert_int_eq(capital_irr(flow, 800, &got), SG_OK);
  test_near(got.rate_frac, -0.9, 1e-14);
  double day[] = {0, 365 * 299, 365 * 300, 365 * 301}, tail[] = {-1, -1e-300, 1e-300, 1e-300};
  ck_assert_int_eq(capital_irr_dates(tail, day, 4, &got), SG_OK);
  double off = capital_npv_dates(tail, day, 4, got.rate_frac) / capital_npv_scale(tail, day, 4, got.rate_frac);
  test_near(off, 0, 1e-11);
}
END_TEST

// Case F01 of 18 reference cases computed with ssc (NREL, System Advisor Model, Single Owner): 1.2 billion dollars, ten
// years of 198.272 million. All 18 agree: rate to 2e-10 percentage points, NPV to 0.03 USD, levelised cost to 4e-12.
START_TEST(agrees_with_a_lender_grade_model) {
  double flow[11] = {-1.2e9}, cost[11] = {1.2e9}, energy_kwh[11] = {0};
  for (int t = 1; t <= 10; t++) flow[t] = 198272000, cost[t] = 40000000, energy_kwh[t] = 744600000;
  capital_irr_result got;
  ck_assert_int_eq(capital_irr(flow, 11, &got), SG_OK);
  test_near(100 * got.rate_frac, 10.3537409822, 1e-9);
  test_near(capital_npv(flow, 11, 0.08), 130421259.131, 1e-2);
  test_near(100 * capital_levelised_cost(cost, energy_kwh, 11, 0.08), 29.3896570557, 1e-9);
}
END_TEST

// Flows with one change of sign and a known rate: spending, then receipts scaled so that NPV(rate) = 0. day may be
// NULL.
static size_t flows_of(uint64_t *s, double rate, double *flow, double *day) {
  size_t n = 2 + next_u64(s) % 239, build = 1 + next_u64(s) % (n - 1);
  double scale = pow(10, 12 * next_unit(s));
  for (size_t t = 0; t < n; t++) flow[t] = scale * next_unit(s) * (t < build ? -1 : 1);
  flow[0] = -scale;
  for (size_t t = 0; day && t < n; t++)  // from 1915 to 2024, then a day to four months apart
    day[t] = t ? day[t - 1] + 1 + (double)(next_u64(s) % 120) : (double)(next_u64(s) % 40000) - 20000;
  double wait = day ? (day[build] - day[0]) / CAPITAL_YEAR_DAYS : (double)build, later = pow(1 + rate, wait);
  double spent = day ? capital_npv_dates(flow, day, build, rate) : capital_npv(flow, build, rate);
  double got =
      day ? capital_npv_dates(flow + build, day + build, n - build, rate) : capital_npv(flow + build, n - build, rate);
  for (size_t t = build; t < n; t++) flow[t] *= -spent * later / got;
  return n;
}

enum { RANDOM_FLOWS = 300000, DATED_EVERY = 10 };

// The rate itself is found again: with one change of sign, at a time T, |d NPV / d ln(1 + rate)| = sum |t - T| |flow_t|
// v^t is at least half the shortest step (a period, or a day) times the scale, so an error of 1e-11 of the scale in NPV
// is one of 2e-11 / step in ln(1 + rate). Steps of a day carry 730 times that.
START_TEST(random_flows_never_fail) {
  uint64_t s = 1;
  double   flow[256], day[256], worst = 0, worst_rate = 0;
  for (int round = 0; round < RANDOM_FLOWS; round++) {
    double             rate = round % 2 ? -0.9 + 5.9 * next_unit(&s) : expm1(log(0.1) + log(60) * next_unit(&s)), off;
    capital_irr_result got;
    bool               dated = round % DATED_EVERY < 2;
    size_t             n = flows_of(&s, rate, flow, dated ? day : NULL);
    ck_assert_int_eq(dated ? capital_irr_dates(flow, day, n, &got) : capital_irr(flow, n, &got), SG_OK);
    if (dated) off = capital_npv_dates(flow, day, n, got.rate_frac) / capital_npv_scale(flow, day, n, got.rate_frac);
    else off = capital_npv(flow, n, got.rate_frac) / capital_npv_scale(flow, NULL, n, got.rate_frac);
    double off_rate = fabs(log1p(got.rate_frac) - log1p(rate)) / (dated ? 365 : 1);
    if (!(fabs(off) <= worst)) worst = fabs(off);
    if (!(off_rate <= worst_rate)) worst_rate = off_rate;
  }
  ck_assert_msg(worst < 1e-11, "worst %.3g", worst);
  ck_assert_msg(worst_rate < 2e-11, "worst rate %.3g", worst_rate);
}
END_TEST

// Products of known factors: every rate is found, however many.
START_TEST(all_rates_are_found) {
  uint64_t s = 4;
  for (int round = 0; round < 2000; round++) {
    int    n = 1 + (int)(next_u64(&s) % 6);
    double want[6], flow[8] = {-1};
    for (int k = 0; k < n; k++) want[k] = (k ? want[k - 1] : -0.9) + 0.1 + 0.5 * next_unit(&s);
    for (int k = 0; k < n; k++)  // in v = 1/(1+r): times (1 - v (1 + want))
      for (int t = k + 1; t > 0; t--) flow[t] -= flow[t - 1] * (1 + want[k]);
    capital_irr_result got;
    capital_irr(flow, (size_t)n + 1, &got);
    ck_assert_int_eq(got.n_change, n);
    ck_assert_msg(got.n_root == n, "%d of %d", got.n_root, n);
    for (int k = 0; k < n; k++) test_near(got.root[k], want[k], 1e-6);
  }
}
END_TEST

START_TEST(many_changes_of_sign_are_searched) {
  double   flow[120];
  uint64_t s = 8;
  for (int t = 0; t < 120; t++) flow[t] = (t ? 12 : -1000) + 40 * (next_unit(&s) - 0.5);
  capital_irr_result got;
  ck_assert_int_eq(capital_irr(flow, 120, &got), SG_OK);
  ck_assert_int_gt(got.n_change, 12);
  ck_assert_int_eq(got.complete, 0);
  test_near(capital_npv(flow, 120, got.rate_frac), 0, 1e-8);
}
END_TEST

static const struct {
  const char *what;
  size_t      n;
  double      flow[6];
  double      moic, payback;
} multiple_rows[] = {
    {"twice the money in two periods", 3, {-100, 100, 100},          2,           1          },
    {"within a period",                3, {-100, 80, 40},            1.2,         1.5        },
    {"falls back and recovers",        5, {-100, 150, -100, 20, 60}, 1.15,        3.5        },
    {"never",                          2, {-100, 99},                0.99,        (double)NAN},
    {"nothing was paid in",            2, {5, 5},                    (double)NAN, 0          },
};

START_TEST(multiples_and_payback) {
  for (size_t i = 0; i < sizeof multiple_rows / sizeof *multiple_rows; i++) {
    double moic = capital_moic(multiple_rows[i].flow, multiple_rows[i].n);
    double back = capital_payback(multiple_rows[i].flow, multiple_rows[i].n);
    ck_assert_msg(isnan(multiple_rows[i].moic) ? isnan(moic) : fabs(moic - multiple_rows[i].moic) < 1e-12, "%s: %g",
                  multiple_rows[i].what, moic);
    ck_assert_msg(isnan(multiple_rows[i].payback) ? isnan(back) : fabs(back - multiple_rows[i].payback) < 1e-12,
                  "%s: payback %g", multiple_rows[i].what, back);
  }
}
END_TEST

START_TEST(levelised_cost_pays_the_cost) {
  double cost[] = {1000, 10, 10, 10, 10}, output[] = {0, 90, 100, 100, 80}, flow[5];
  double price = capital_levelised_cost(cost, output, 5, 0.08);
  for (int t = 0; t < 5; t++) flow[t] = price * output[t] - cost[t];
  test_near(capital_npv(flow, 5, 0.08), 0, 1e-10);
  test_near(capital_levelised_cost(cost, output, 5, 0), 1040.0 / 370.0, 1e-12);
  ck_assert(isnan(capital_levelised_cost(cost, output, 1, 0.08)));
}
END_TEST

TEST_LIST("returns", net_present_value, net_present_value_on_dates, internal_rates, internal_rates_on_dates,
          extremes_do_not_overflow, agrees_with_a_lender_grade_model, random_flows_never_fail, all_rates_are_found,
          many_changes_of_sign_are_searched, multiples_and_payback, levelised_cost_pays_the_cost)
