#include "debt.h"

#include <math.h>

#include "../../tests/test.h"

#define OFF ((double)NAN)
enum { MOST = 360 };

static uint64_t next_u64(uint64_t *s) {  // splitmix64
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static double  uniform(uint64_t *s, double a, double b) { return a + (b - a) * (double)(next_u64(s) >> 11) * 0x1p-53; }
static int32_t below(uint64_t *s, uint64_t n) { return (int32_t)(next_u64(s) % n); }

static const double whole[6] = {1, 1, 1, 1, 1, 1}, half[4] = {.5, .5, .5, .5};
static const double ten[6] = {.1, .1, .1, .1, .1, .1}, twenty[4] = {.2, .2, .2, .2}, rising[2] = {.1, .2};
static const double hundredfold[3] = {100, 100, 100}, nought[4] = {0, 0, 0, 0}, ruin[2] = {.1, -1};

// ---- At close -------------------------------------------------------------------------------------------

// clang-format off
static const struct {
  const char *what;
  double base, floor, margin, hedged, swap, want;
} rate_rows[] = {
  {"floating",                  .04, OFF, .02, 0,   OFF, .06 },
  {"the floor holds",           .01, .03, .02, 0,   OFF, .05 },
  {"the floor does not bind",   .04, .03, .02, 0,   OFF, .06 },
  {"all hedged",                OFF, OFF, .02, 1,   .05, .07 },
  {"three quarters hedged",     .03, .00, .02, .75, .05, .065},  // .75 * .07 + .25 * .05
  {"hedged above a floor",      .01, .03, .02, .5,  .05, .06 },  // .5 * .07 + .5 * .05
  {"negative base, no floor",  -.01, OFF, .02, 0,   OFF, .01 },
};

static const double service[2] = {132, 145.2}, back[2] = {0, 121}, covers[2] = {1.2, 1.2}, mixed[2] = {.6, 1.2};
static const double mixed_cash[2] = {66, 145.2};  // the same service as `service` at 1.2

static const struct {
  const char        *what;
  capital_repay_plan plan;
  double             want[4];
  int32_t            negative;
} profile_rows[] = {
  // payment 1 / (1/1.1 + 1/1.21) = .5761905
  {"level",                  {CAPITAL_REPAYS_LEVEL, 2, 0, 0, whole, ten, NULL, NULL},        {.1 / .21, .11 / .21},            0},
  {"level, half years",      {CAPITAL_REPAYS_LEVEL, 2, 0, 0, half, twenty, NULL, NULL},      {.1 / .21, .11 / .21},            0},
  {"level, no interest",     {CAPITAL_REPAYS_LEVEL, 4, 0, 0, whole, nought, NULL, NULL},     {.25, .25, .25, .25},             0},
  {"level after grace",      {CAPITAL_REPAYS_LEVEL, 3, 1, 0, whole, ten, NULL, NULL},        {0, .1 / .21, .11 / .21},         0},
  {"level with balloon",     {CAPITAL_REPAYS_LEVEL, 2, 0, .5, whole, ten, NULL, NULL},       {.05 / .21, .5 + .055 / .21},     0},
  // payment 1 / (1/1.1 + 1/1.32) = .6: interest .1, then .1 on the half that is left
  {"level, rates differ",    {CAPITAL_REPAYS_LEVEL, 2, 0, 0, whole, rising, NULL, NULL},     {.5, .5},                         0},
  {"level, all a balloon",   {CAPITAL_REPAYS_LEVEL, 3, 0, 1, whole, ten, NULL, NULL},        {0, 0, 1},                        0},
  {"level, 10,000 % a year", {CAPITAL_REPAYS_LEVEL, 3, 0, 0, whole, hundredfold, NULL, NULL},{1 / 10303., 101 / 10303., 10201 / 10303.}, 0},
  {"constant",               {CAPITAL_REPAYS_CONSTANT, 4, 0, 0, whole, ten, NULL, NULL},     {.25, .25, .25, .25},             0},
  {"constant, grace, balloon", {CAPITAL_REPAYS_CONSTANT, 4, 1, .4, whole, ten, NULL, NULL},  {0, .2, .2, .6},                  0},
  {"bullet",                 {CAPITAL_REPAYS_BULLET, 3, 0, 0, whole, ten, NULL, NULL},       {0, 0, 1},                        0},
  {"one period",             {CAPITAL_REPAYS_LEVEL, 1, 0, 0, whole, ten, NULL, NULL},        {1},                              0},
  // service 110 and 121 are worth 100 each: 90 and 110 of 200 are principal
  {"sculpted",               {CAPITAL_REPAYS_SCULPTED, 2, 0, 0, whole, ten, service, covers},{.45, .55},                       0},
  {"sculpted, covers differ",{CAPITAL_REPAYS_SCULPTED, 2, 0, 0, whole, ten, mixed_cash, mixed}, {.45, .55},                    0},
  // half of the balance as above, half as a balloon whose interest is paid from the same service: scale .586777 / 200
  {"sculpted, balloon",      {CAPITAL_REPAYS_SCULPTED, 2, 0, .5, whole, ten, service, covers},
                             {110 * (1 - .5 / 1.21) / 200 - .1, 1.1 - 110 * (1 - .5 / 1.21) / 200}, 0},
  {"sculpted, first year dry", {CAPITAL_REPAYS_SCULPTED, 2, 0, 0, whole, ten, back, covers}, {-.1, 1.1},                       1},
};

static const struct {
  const char        *what;
  capital_repay_plan plan;
} bad_plans[] = {
  {"no period",          {CAPITAL_REPAYS_LEVEL, 0, 0, 0, whole, ten, NULL, NULL}},
  {"grace to the end",   {CAPITAL_REPAYS_LEVEL, 2, 2, 0, whole, ten, NULL, NULL}},
  {"negative grace",     {CAPITAL_REPAYS_LEVEL, 2, -1, 0, whole, ten, NULL, NULL}},
  {"balloon above all",  {CAPITAL_REPAYS_CONSTANT, 2, 0, 1.01, whole, ten, NULL, NULL}},
  {"balloon below none", {CAPITAL_REPAYS_CONSTANT, 2, 0, -.01, whole, ten, NULL, NULL}},
  {"balloon unknown",    {CAPITAL_REPAYS_CONSTANT, 2, 0, OFF, whole, ten, NULL, NULL}},
  {"rate of -100 %",     {CAPITAL_REPAYS_LEVEL, 2, 0, 0, whole, ruin, NULL, NULL}},
  {"cover of zero",      {CAPITAL_REPAYS_SCULPTED, 2, 0, 0, whole, ten, service, nought}},
  {"no service",         {CAPITAL_REPAYS_SCULPTED, 2, 0, 0, whole, ten, nought, covers}},
  {"no such profile",    {CAPITAL_REPAYS_COUNT, 2, 0, 0, whole, ten, NULL, NULL}},
};

static const double even[2] = {.5, .5}, cash[2] = {120, 99}, first_wide[2] = {1.5, 1.2}, last_wide[2] = {1.2, 1.5};
static const double first_only[2] = {1.2, OFF}, loss[2] = {-50, 145.2}, none[2] = {OFF, OFF};

static const struct {
  const char       *what;
  capital_size_case c;
  double            usd;
  int32_t           binds;
  sg_err            err;
} size_rows[] = {
  {"cover, sculpted: 110/1.1 + 121/1.21",    {2, whole, ten, service, covers, OFF, NULL, OFF, OFF, OFF},      200, CAPITAL_SIZE_DSCR, SG_OK},
  {"cover, a loss carries nothing",          {2, whole, ten, loss, covers, OFF, NULL, OFF, OFF, OFF},         100, CAPITAL_SIZE_DSCR, SG_OK},
  {"cover, sculpted, one period tested",     {2, whole, ten, service, first_only, OFF, NULL, OFF, OFF, OFF},  100, CAPITAL_SIZE_DSCR, SG_OK},
  // service of a dollar .6, .55: 120 / 1.5 / .6 = 133.3 and 99 / 1.2 / .55 = 150
  {"cover, by profile, first period",        {2, whole, ten, cash, first_wide, OFF, even, OFF, OFF, OFF},     400 / 3., CAPITAL_SIZE_DSCR, SG_OK},
  // 120 / 1.2 / .6 = 166.7 and 99 / 1.5 / .55 = 120
  {"cover, by profile, last period",         {2, whole, ten, cash, last_wide, OFF, even, OFF, OFF, OFF},      120, CAPITAL_SIZE_DSCR, SG_OK},
  {"cover, by profile, the last not tested", {2, whole, ten, cash, first_only, OFF, even, OFF, OFF, OFF},     500 / 3., CAPITAL_SIZE_DSCR, SG_OK},
  {"loan life: (120 + 120) / 1.5",           {2, whole, ten, service, covers, 1.5, NULL, .9, 300, 400},       160, CAPITAL_SIZE_LLCR, SG_OK},
  {"leverage",                               {2, whole, ten, service, covers, 1.2, NULL, .6, 300, 400},       180, CAPITAL_SIZE_LEVERAGE, SG_OK},
  {"commitment",                             {2, whole, ten, service, covers, 1.2, NULL, .6, 300, 150},       150, CAPITAL_SIZE_COMMITMENT, SG_OK},
  {"cover and all the others",               {2, whole, ten, service, covers, 1.1, NULL, .9, 300, 400},       200, CAPITAL_SIZE_DSCR, SG_OK},
  {"no cash known: leverage",                {0, NULL, NULL, NULL, NULL, 1.2, NULL, .6, 300, OFF},            180, CAPITAL_SIZE_LEVERAGE, SG_OK},
  {"negative uses",                          {0, NULL, NULL, NULL, NULL, OFF, NULL, .6, -1, OFF},             0, CAPITAL_SIZE_LEVERAGE, SG_OK},
  {"nothing on offer",                       {2, whole, ten, service, covers, OFF, NULL, OFF, OFF, 0},        0, CAPITAL_SIZE_COMMITMENT, SG_OK},
  {"no test",                                {2, whole, ten, service, NULL, OFF, NULL, .6, OFF, OFF},         0, -1, SG_ERR_RANGE},
  {"no test: covers unknown",                {2, whole, ten, service, none, OFF, NULL, OFF, OFF, OFF},        0, -1, SG_ERR_RANGE},
  {"cover of zero",                          {2, whole, ten, service, nought, OFF, NULL, OFF, OFF, 9},        0, -1, SG_ERR_RANGE},
  {"loan life cover of zero",                {2, whole, ten, service, NULL, 0, NULL, OFF, OFF, 9},            0, -1, SG_ERR_RANGE},
  {"rate of -100 %",                         {2, whole, ruin, service, covers, OFF, NULL, OFF, OFF, 9},       0, -1, SG_ERR_RANGE},
  {"cover without a period",                 {0, whole, ten, service, covers, 1.2, NULL, OFF, OFF, 9},        0, -1, SG_ERR_RANGE},
};
// clang-format on

#define ROWS(table) (sizeof(table) / sizeof *(table))

START_TEST(rates_mix_hedge_floor_margin) {
  for (size_t i = 0; i < ROWS(rate_rows); i++) {
    double got = capital_debt_rate(rate_rows[i].base, rate_rows[i].floor, rate_rows[i].margin, rate_rows[i].hedged,
                                   rate_rows[i].swap);
    ck_assert_msg(fabs(got - rate_rows[i].want) < 1e-15, "%s: %.17g", rate_rows[i].what, got);
  }
}
END_TEST

START_TEST(profiles_by_hand) {
  for (size_t i = 0; i < ROWS(profile_rows); i++) {
    double  got[4] = {9, 9, 9, 9};
    int32_t negative = -1;
    ck_assert_msg(capital_repay_profile(&profile_rows[i].plan, got, &negative) == SG_OK, "%s", profile_rows[i].what);
    for (int32_t t = 0; t < profile_rows[i].plan.n; t++)
      ck_assert_msg(fabs(got[t] - profile_rows[i].want[t]) < 1e-14, "%s, %d: %.17g", profile_rows[i].what, t, got[t]);
    ck_assert_msg(negative == profile_rows[i].negative, "%s: negative", profile_rows[i].what);
  }
  for (size_t i = 0; i < ROWS(bad_plans); i++) {
    double got[4];
    ck_assert_msg(capital_repay_profile(&bad_plans[i].plan, got, NULL) == SG_ERR_RANGE, "%s", bad_plans[i].what);
  }
}
END_TEST

START_TEST(sizes_at_close) {
  for (size_t i = 0; i < ROWS(size_rows); i++) {
    capital_size got;
    ck_assert_msg(capital_debt_size(&size_rows[i].c, &got) == size_rows[i].err, "%s: error", size_rows[i].what);
    ck_assert_msg(fabs(got.usd - size_rows[i].usd) < 1e-11, "%s: %.12f", size_rows[i].what, got.usd);
    ck_assert_msg(got.binds == size_rows[i].binds, "%s: %d binds", size_rows[i].what, got.binds);
  }
}
END_TEST

// Random terms over up to 360 periods, all of them fixed at close.
typedef struct close_case {
  int32_t n;
  double  year[MOST], rate[MOST], cfads[MOST], dscr[MOST], profile[MOST];
} close_case;

static void draw_case(close_case *c, uint64_t *s) {
  double year = below(s, 2) ? 1.0 / 12 : 0.25;
  c->n = 1 + below(s, MOST);
  for (int32_t t = 0; t < c->n; t++) {
    c->year[t] = year;
    c->rate[t] = uniform(s, 0, 0.15);
    c->cfads[t] = below(s, 10) ? uniform(s, 1e6, 5e7) : 0.0;  // some dry periods: negative principal
    c->dscr[t] = uniform(s, 1.05, 2.5);
  }
  c->cfads[c->n - 1] = 3e7;
}

// Every profile repays all, whatever the terms; level pays the same each period, sculpted in proportion to cfads / dscr.
START_TEST(profiles_repay_all) {
  uint64_t s = 11;
  for (int round = 0; round < 2000; round++) {
    close_case c;
    draw_case(&c, &s);
    int32_t            repays = round % CAPITAL_REPAYS_COUNT, grace = below(&s, (uint64_t)c.n) / 4;
    double             balloon = below(&s, 2) ? uniform(&s, 0, 1) : 0.0;
    capital_repay_plan plan = {repays, c.n, grace, balloon, c.year, c.rate, c.cfads, c.dscr};
    ck_assert_int_eq(capital_repay_profile(&plan, c.profile, NULL), SG_OK);
    double balance = 1.0, scale = OFF;
    for (int32_t t = 0; t < c.n; t++) {
      double payment = balance * c.rate[t] * c.year[t] + c.profile[t] - (t == c.n - 1 ? balloon : 0.0);
      double shape = repays == CAPITAL_REPAYS_SCULPTED ? c.cfads[t] / c.dscr[t] / 1e7 : 1.0;
      balance -= c.profile[t];
      if (t < grace) ck_assert_double_eq(c.profile[t], 0.0);
      if (t < grace || repays == CAPITAL_REPAYS_CONSTANT || repays == CAPITAL_REPAYS_BULLET) continue;
      if (shape > 0.0 && isnan(scale)) scale = payment / shape;
      if (!isnan(scale)) test_near(payment, scale * shape, 1e-11);
    }
    test_near(balance, 0.0, 1e-13);
  }
}
END_TEST

// Sized by cover, sculpted and paid as due: service / cfads = 1 / dscr in every period, and the loan ends at exactly 0.
START_TEST(sculpted_service_is_cash_over_cover) {
  uint64_t           s = 9;
  capital_debt_terms k = {0};
  for (int round = 0; round < 500; round++) {
    close_case c;
    draw_case(&c, &s);
    capital_size size;
    ck_assert_int_eq(
        capital_debt_size(&(capital_size_case){c.n, c.year, c.rate, c.cfads, c.dscr, OFF, NULL, OFF, OFF, OFF}, &size),
        SG_OK);
    capital_repay_plan plan = {CAPITAL_REPAYS_SCULPTED, c.n, 0, 0, c.year, c.rate, c.cfads, c.dscr};
    ck_assert_int_eq(capital_repay_profile(&plan, c.profile, NULL), SG_OK);
    capital_debt d;
    double       schedule[MOST + 1];
    capital_debt_open(&d, size.usd, schedule, c.n + 1, 1);
    capital_debt_draw(&d, &k, 0, 0, 0, HUGE_VAL);
    capital_debt_convert(&d, 0, HUGE_VAL, c.profile, c.n);
    for (int32_t t = 0; t < c.n; t++) {
      capital_debt_accrue(&d, &k, t + 1, c.rate[t], c.year[t]);
      test_near(d.due_interest_usd + d.due_principal_usd, c.cfads[t] / c.dscr[t], 1e-11 * size.usd);
      capital_debt_pay(&d, d.due_interest_usd + d.due_principal_usd);
    }
    ck_assert_double_eq(d.balance_usd, 0.0);
    test_near(d.principal_usd, size.usd + d.capitalised_usd, 1e-12 * (size.usd + d.capitalised_usd));
  }
}
END_TEST

// Cover that differs by period is raised by one factor; the size is then the cap itself.
START_TEST(capped_cover_gives_the_cap) {
  uint64_t s = 5;
  for (int round = 0; round < 200; round++) {
    close_case c;
    draw_case(&c, &s);
    capital_size_case by = {c.n, c.year, c.rate, c.cfads, c.dscr, OFF, NULL, OFF, OFF, OFF};
    capital_size      size;
    capital_debt_size(&by, &size);
    double cap_usd = size.usd * uniform(&s, 0.1, 0.99), free_usd = size.usd;
    for (int32_t t = 0; t < c.n; t++) c.dscr[t] = capital_debt_capped_dscr(c.dscr[t], free_usd, cap_usd);
    capital_debt_size(&by, &size);
    test_near(size.usd, cap_usd, 1e-12 * cap_usd);
  }
  test_near(capital_debt_capped_dscr(1.3, 200, 160), 1.625, 1e-15);
  ck_assert_double_eq(capital_debt_capped_dscr(1.3, 200, 200), 1.3);
}
END_TEST

// ---- Life -----------------------------------------------------------------------------------------------

static double due_total(const capital_debt *d) { return d->due_fee_usd + d->due_interest_usd + d->due_principal_usd; }

static double pay_due(capital_debt *d) {
  double due = due_total(d);
  capital_debt_pay(d, due);
  return due;
}

// 100,000 at 8.125 % over 360 months pays 742.50 a month; interest of the first is 677.08.
// Fabozzi, Handbook of Mortgage-Backed Securities, level-payment example (6th ed. 2006, ch. 1).
START_TEST(published_level_payment) {
  double year[MOST], rate[MOST], profile[MOST], schedule[MOST + 1];
  for (int t = 0; t < MOST; t++) {
    year[t] = 1.0 / 12;
    rate[t] = 0.08125;
  }
  capital_repay_plan plan = {CAPITAL_REPAYS_LEVEL, MOST, 0, 0, year, rate, NULL, NULL};
  ck_assert_int_eq(capital_repay_profile(&plan, profile, NULL), SG_OK);
  capital_debt       d;
  capital_debt_terms k = {0};
  capital_debt_open(&d, 100000, schedule, MOST + 1, 1);
  capital_debt_draw(&d, &k, 0, 0, 0, 100000);
  capital_debt_convert(&d, 0, HUGE_VAL, profile, MOST);
  for (int t = 1; t <= MOST; t++) {
    capital_debt_accrue(&d, &k, t, 0.08125, 1.0 / 12);
    if (t == 1) test_near(d.due_interest_usd, 677.08, 0.005);
    test_near(pay_due(&d), 742.50, 0.005);
  }
  ck_assert_double_eq(d.balance_usd, 0.0);
}
END_TEST

static const struct {
  const char *what;
  int32_t     repays;
  double      due[6], paid[6];  // principal scheduled; cash paid, at 10 %
} draw_rows[] = {
  // 100 at 0 and 200 at 1 over two periods each: 57.619 at 1, 2 and 115.238 at 2, 3
    {"level",    CAPITAL_REPAYS_LEVEL,    {0, 10 / .21, 31 / .21, 22 / .21}, {0, 12.1 / .21, 36.3 / .21, 24.2 / .21}},
    {"constant", CAPITAL_REPAYS_CONSTANT, {0, 50, 150, 100},                 {0, 60, 175, 110}                      },
    {"bullet",   CAPITAL_REPAYS_BULLET,   {0, 0, 100, 200},                  {0, 10, 130, 220}                      },
};

START_TEST(each_draw_has_its_own_maturity) {
  for (size_t i = 0; i < ROWS(draw_rows); i++) {
    capital_debt       d;
    capital_debt_terms k = {.draw_tenor = 2, .draw_repays = draw_rows[i].repays, .capitalises = 1};
    double             schedule[6];
    capital_debt_open(&d, 1000, schedule, 6, 2);
    for (int32_t t = 0; t < 6; t++) {
      ck_assert_double_eq(capital_debt_accrue(&d, &k, t, .1, 1), 0.0);  // converted as drawn: nothing to capitalise
      ck_assert_double_eq(capital_debt_draw(&d, &k, t, .1, 1, 100.0 * (t + 1)), t < 2 ? 100.0 * (t + 1) : 0.0);
      double paid = pay_due(&d);
      ck_assert_msg(fabs(paid - draw_rows[i].paid[t]) < 1e-11, "%s, %d: paid %.12f", draw_rows[i].what, t, paid);
    }
    for (int32_t t = 0; t < 6; t++)
      ck_assert_msg(fabs(schedule[t] - draw_rows[i].due[t]) < 1e-11, "%s, %d: due", draw_rows[i].what, t);
    ck_assert_double_eq(d.balance_usd, 0.0);
  }
}
END_TEST

// 400 drawn at 0, 100 at 1; two completion dates: 240 converts at 1, the rest at 2. 10 % a period.
START_TEST(converts_at_several_completion_dates) {
  capital_debt       d;
  capital_debt_terms k = {.capitalises = 1};
  double             schedule[6], third[3] = {1. / 3, 1. / 3, 1. / 3};
  capital_debt_open(&d, 1000, schedule, 6, 2);
  capital_debt_draw(&d, &k, 0, .1, 1, 400);
  test_near(capital_debt_accrue(&d, &k, 1, .1, 1), 40, 1e-12);  // 10 % of 400
  capital_debt_draw(&d, &k, 1, .1, 1, 100);
  capital_debt_convert(&d, 1, 240, even, 2);
  test_near(capital_debt_accrue(&d, &k, 2, .1, 1), 30, 1e-12);  // on the 300 that are not converted
  test_near(d.due_interest_usd, 24, 1e-12);
  test_near(d.due_principal_usd, 120, 1e-12);
  pay_due(&d);
  capital_debt_convert(&d, 2, HUGE_VAL, third, 3);  // 330
  test_near(d.converted_usd, 450, 1e-12);
  static const double want_usd[6] = {0, 0, 0, 230 + 45, 110 + 22, 110 + 11};
  for (int32_t t = 3; t < 6; t++) {
    ck_assert_double_eq(capital_debt_accrue(&d, &k, t, .1, 1), 0.0);
    test_near(pay_due(&d), want_usd[t], 1e-11);
  }
  ck_assert_double_eq(d.balance_usd, 0.0);
  test_near(d.principal_usd, 570, 1e-11);
  capital_debt_convert(&d, 5, 100, even, 2);  // nothing is left to convert
  ck_assert_double_eq(d.converted_usd, 0.0);
}
END_TEST

// 600 of 1000 drawn at 0, draws end at 2: 1 % on the undrawn, 5 a year for the agent, 10 %, 2 % more on what is overdue.
START_TEST(fees_and_overdue_sums) {
  capital_debt       d;
  capital_debt_terms k = {.commitment_fee_frac_per_yr = .01, .agency_usd_per_yr = 5, .default_margin_frac_per_yr = .02};
  double             schedule[6];
  capital_debt_open(&d, 1000, schedule, 6, 2);
  ck_assert_double_eq(capital_debt_undrawn(&d, 0), 1000);
  ck_assert_double_eq(capital_debt_draw(&d, &k, 0, .1, 1, 600), 600);
  ck_assert_double_eq(capital_debt_undrawn(&d, 1), 400);
  ck_assert_double_eq(capital_debt_undrawn(&d, 2), 0);

  capital_debt_accrue(&d, &k, 1, .1, 1);
  test_near(d.due_fee_usd, 9, 1e-12);
  test_near(d.due_interest_usd, 60, 1e-12);
  capital_debt_paid paid = capital_debt_pay(&d, 30);
  test_near(paid.fee_usd, 9, 1e-12);
  test_near(paid.interest_usd, 21, 1e-12);
  ck_assert_double_eq(d.overdue_usd, 0);

  capital_debt_accrue(&d, &k, 2, .1, 1);
  test_near(d.overdue_usd, 39, 1e-12);
  test_near(d.due_fee_usd, 5, 1e-12);            // nothing is undrawn any more
  test_near(d.due_interest_usd, 103.68, 1e-12);  // 39 + 60 + 12 % of 39
  capital_debt_pay(&d, 25);
  test_near(d.overdue_usd, 14, 1e-12);  // the oldest is paid first

  capital_debt_accrue(&d, &k, 3, .1, 1);
  test_near(d.due_interest_usd, 153.7216, 1e-11);  // 83.68 + 60 + 12 % of 83.68
  ck_assert_double_eq(d.balance_usd, 600);
  test_near(pay_due(&d), 158.7216, 1e-11);
  test_near(d.fee_usd, 19, 1e-12);
  test_near(d.interest_usd, 60 * 3 + 4.68 + 10.0416, 1e-11);
  ck_assert_double_eq(capital_debt_pay(&d, 1000).principal_usd, 0.0);  // nothing is due
  ck_assert_double_eq(capital_debt_pay(&d, OFF).fee_usd, 0.0);
}
END_TEST

START_TEST(capitalisation_stops_at_the_commitment) {
  capital_debt       d;
  capital_debt_terms k = {.capitalises = 1};
  double             schedule[4];
  capital_debt_open(&d, 115, schedule, 4, 1);
  capital_debt_draw(&d, &k, 0, .1, 1, 100);
  test_near(capital_debt_accrue(&d, &k, 1, .1, 1), 10, 1e-12);  // after draws end too
  ck_assert_double_eq(d.due_interest_usd, 0);
  test_near(capital_debt_accrue(&d, &k, 2, .1, 1), 5, 1e-12);
  test_near(d.due_interest_usd, 6, 1e-12);
  test_near(d.balance_usd, 115, 1e-12);
  ck_assert_double_eq(capital_debt_accrue(&d, &k, 3, .1, 1), 0);
  test_near(d.balance_usd, 115, 1e-12);

  capital_debt_open(&d, 115, schedule, 4, 1);
  capital_debt_draw(&d, &k, 0, .1, 1, 100);
  ck_assert_double_eq(capital_debt_accrue(&d, &k, 1, -.1, 1), 0.0);  // a negative rate is none
  ck_assert_double_eq(d.due_interest_usd, 0.0);
}
END_TEST

// A facility of 100 in four instalments of 25 at 1 .. 4, no interest.
static const double quarters[4] = {.25, .25, .25, .25};
static void         open_quarters(capital_debt *d, double *schedule, int32_t n) {
          capital_debt_terms k = {0};
          capital_debt_open(d, 100, schedule, n, 1);
          capital_debt_draw(d, &k, 0, 0, 1, 100);
          capital_debt_convert(d, 0, HUGE_VAL, quarters, 4);
}

static const struct {
  const char *what;
  int32_t     pro_rata, n;
  double      usd, taken, due[6], left;  // prepaid in 1 after its instalment; left: balance at the end
} prepay_rows[] = {
    {"from the end",            0, 6, 30,  30, {0, 25, 25, 20, 0, 0},  0 },
    {"an instalment whole",     0, 6, 25,  25, {0, 25, 25, 25, 0, 0},  0 },
    {"pro rata",                1, 6, 30,  30, {0, 25, 15, 15, 15, 0}, 0 },
    {"more than there is",      0, 6, 500, 75, {0, 25, 0, 0, 0, 0},    0 },
    {"more, pro rata",          1, 6, 500, 75, {0, 25, 0, 0, 0, 0},    0 },
    {"nothing",                 0, 6, 0,   0,  {0, 25, 25, 25, 25, 0}, 0 },
    {"less than nothing",       0, 6, -10, 0,  {0, 25, 25, 25, 25, 0}, 0 },
    {"beyond the end first",    0, 4, 10,  10, {0, 25, 25, 25},        15},
    {"then within it",          0, 4, 30,  30, {0, 25, 25, 20},        0 },
    {"pro rata beyond the end", 1, 4, 30,  30, {0, 25, 15, 15},        15},
    {"a short horizon",         0, 3, 0,   0,  {0, 25, 25},            50},
};

START_TEST(prepayment_shortens_or_lowers) {
  for (size_t i = 0; i < ROWS(prepay_rows); i++) {
    capital_debt       d;
    capital_debt_terms k = {.prepays_pro_rata = prepay_rows[i].pro_rata};
    double             schedule[6];
    int32_t            n = prepay_rows[i].n;
    open_quarters(&d, schedule, n);
    for (int32_t t = 1; t < n; t++) {
      capital_debt_accrue(&d, &k, t, 0, 1);
      double due = pay_due(&d), want = prepay_rows[i].due[t];
      ck_assert_msg(fabs(due - want) < 1e-12, "%s, %d: %.12f", prepay_rows[i].what, t, due);
      if (t != 1) continue;
      double taken = capital_debt_prepay(&d, &k, t, prepay_rows[i].usd);
      ck_assert_msg(fabs(taken - prepay_rows[i].taken) < 1e-12, "%s: took %.12f", prepay_rows[i].what, taken);
    }
    for (int32_t t = 1; t < n; t++) test_near(schedule[t], prepay_rows[i].due[t], 1e-12);
    ck_assert_msg(fabs(d.balance_usd - prepay_rows[i].left) < 1e-12, "%s: %.12f", prepay_rows[i].what, d.balance_usd);
  }
}
END_TEST

START_TEST(prepayment_takes_the_unconverted_first) {
  capital_debt       d;
  capital_debt_terms inverse = {0}, pro_rata = {.prepays_pro_rata = 1};
  for (int round = 0; round < 2; round++) {
    double schedule[4];
    capital_debt_open(&d, 100, schedule, 4, 1);
    capital_debt_draw(&d, &inverse, 0, 0, 1, 100);
    capital_debt_convert(&d, 0, 60, even, 2);
    ck_assert_double_eq(capital_debt_prepay(&d, round ? &pro_rata : &inverse, 0, 50), 50);
    test_near(schedule[1], round ? 15 : 30, 1e-12);
    test_near(schedule[2], round ? 15 : 20, 1e-12);
    test_near(d.converted_usd, round ? 30 : 50, 1e-12);  // 20 are left to convert pro rata, none in inverse order
  }
}
END_TEST

// Sculpted 50, -10, 60: the dry second year relends 10 of its interest. Rates are 20 %, at 100.
static const double dry[3] = {.5, -.1, .6};
START_TEST(dry_years_relend_interest) {
  capital_debt       d;
  capital_debt_terms k = {0};
  double             schedule[4];
  static const struct {
    const char *what;
    double      rate, relent, interest, last;
  } rows[] = {
      {"as foreseen",                            .2,  10, 0, 60},
      {"more interest: the rest in cash",        .3,  10, 5, 60},
      {"less interest: no more than it is lent", .06, 3,  0, 53},
  };
  for (size_t i = 0; i < ROWS(rows); i++) {
    capital_debt_open(&d, 100, schedule, 4, 1);
    capital_debt_draw(&d, &k, 0, 0, 1, 100);
    capital_debt_convert(&d, 0, HUGE_VAL, dry, 3);
    capital_debt_accrue(&d, &k, 1, .2, 1);
    test_near(pay_due(&d), 70, 1e-12);
    ck_assert_msg(fabs(capital_debt_accrue(&d, &k, 2, rows[i].rate, 1) - rows[i].relent) < 1e-12, "%s", rows[i].what);
    test_near(d.due_interest_usd, rows[i].interest, 1e-12);
    ck_assert_double_eq(d.due_principal_usd, 0);
    pay_due(&d);
    capital_debt_accrue(&d, &k, 3, 0, 1);
    ck_assert_msg(fabs(pay_due(&d) - rows[i].last) < 1e-12, "%s: last", rows[i].what);
    ck_assert_double_eq(d.balance_usd, 0.0);
  }
  // Beside 50 that are still building, whose interest of 5 is capitalised: no more than the other 5 is relent.
  static const double deep[2] = {-.2, 1.2};
  capital_debt_terms  builds = {.capitalises = 1};
  capital_debt_open(&d, 200, schedule, 4, 1);
  capital_debt_draw(&d, &builds, 0, 0, 1, 100);
  capital_debt_convert(&d, 0, 50, deep, 2);
  test_near(capital_debt_accrue(&d, &builds, 1, .1, 1), 10, 1e-12);
  test_near(d.due_interest_usd, 0, 1e-12);
  test_near(schedule[2], 55, 1e-12);
  // What repaid the relent part is prepaid: nothing is relent any more.
  capital_debt_open(&d, 100, schedule, 4, 1);
  capital_debt_draw(&d, &k, 0, 0, 1, 100);
  capital_debt_convert(&d, 0, HUGE_VAL, dry, 3);
  ck_assert_double_eq(capital_debt_prepay(&d, &k, 0, 60), 60);
  test_near(schedule[1], 40, 1e-12);
  ck_assert_double_eq(schedule[2], 0.0);
  ck_assert_double_eq(schedule[3], 0.0);
}
END_TEST

START_TEST(arrears_acceleration_write_off) {
  capital_debt       d;
  capital_debt_terms k = {0};
  double             schedule[6];
  open_quarters(&d, schedule, 6);
  capital_debt_accrue(&d, &k, 1, .1, 1);
  capital_debt_pay(&d, 20);  // 10 of interest, 10 of principal
  test_near(d.due_principal_usd, 15, 1e-12);
  capital_debt_accrue(&d, &k, 2, .1, 1);
  test_near(d.due_principal_usd, 40, 1e-12);
  test_near(d.due_interest_usd, 9, 1e-12);  // on 90: overdue principal bears interest as balance
  capital_debt_accelerate(&d);
  test_near(capital_debt_due(&d).principal_usd, 90, 1e-12);
  ck_assert_double_eq(capital_debt_prepay(&d, &k, 2, 50), 0.0);  // all of it is due
  capital_debt_pay(&d, 49);
  capital_debt_accrue(&d, &k, 3, .1, 1);
  test_near(d.due_principal_usd, 50, 1e-12);
  test_near(d.due_interest_usd, 5, 1e-12);
  test_near(capital_debt_write_off(&d), 50, 1e-12);
  test_near(d.lost_usd, 50, 1e-12);
  ck_assert_double_eq(d.balance_usd + due_total(&d), 0.0);
  capital_debt_accrue(&d, &k, 4, .1, 1);
  ck_assert_double_eq(due_total(&d), 0.0);

  capital_debt_open(&d, 100, schedule, 6, 6);
  capital_debt_draw(&d, &k, 0, 0, 1, 30);
  capital_debt_accelerate(&d);
  ck_assert_double_eq(capital_debt_draw(&d, &k, 1, 0, 1, 30), 0.0);
}
END_TEST

// ---- Random lives ---------------------------------------------------------------------------------------

static void check_books(const capital_debt *d, int32_t t) {
  double tol = 1e-10 * d->commitment_usd, later = 0.0;
  test_near(d->drawn_usd + d->capitalised_usd, d->principal_usd + d->prepaid_usd + d->lost_usd + d->balance_usd, tol);
  ck_assert_double_ge(d->balance_usd, 0.0);
  ck_assert_double_ge(d->due_principal_usd, 0.0);
  ck_assert_double_le(d->due_principal_usd, d->converted_usd + tol);
  ck_assert_double_le(d->converted_usd, d->balance_usd + tol);
  ck_assert_double_ge(d->due_interest_usd, 0.0);
  for (int32_t s = t + 1; s < d->n; s++) later += d->due_usd[s];
  if (d->accelerated) return;  // no schedule any more
  test_near(d->later_usd, later, tol);
  ck_assert_double_le(later, d->converted_usd - d->due_principal_usd + tol);
}

// A life of random terms, draws, completion dates, payments, prepayments and, where it is not a diligent borrower, arrears
// and default. All money is in units of `unit`.
static void live(capital_debt *d, double *schedule, uint64_t seed, double unit, int diligent) {
  uint64_t           s = seed;
  capital_debt_terms k = {.commitment_fee_frac_per_yr = .01,
                          .agency_usd_per_yr = unit,
                          .default_margin_frac_per_yr = .02,
                          .capitalises = below(&s, 2),
                          .draw_tenor = below(&s, 3) ? 0 : 1 + below(&s, 20),
                          .draw_repays = below(&s, CAPITAL_REPAYS_SCULPTED),
                          .prepays_pro_rata = below(&s, 2)};
  int32_t            build = 5 + below(&s, 15), tenor = 1 + below(&s, 60), n = build + tenor + 1 + 20;
  int32_t            halfway = below(&s, (uint64_t)build), fall = diligent ? n : below(&s, 3 * (uint64_t)n);
  double             profile[61], year[61], rate[61], cfads[61], dscr[61], year_now = 1.0 / 12;
  for (int32_t j = 0; j < tenor; j++) {
    year[j] = year_now;
    rate[j] = .08;
    cfads[j] = below(&s, 8) ? uniform(&s, 0, 1) : 0.0;
    dscr[j] = 1.3;
  }
  cfads[tenor - 1] = 1;
  capital_repay_plan plan = {below(&s, CAPITAL_REPAYS_COUNT), tenor, 0, uniform(&s, 0, .5), year, rate, cfads, dscr};
  ck_assert_int_eq(capital_repay_profile(&plan, profile, NULL), SG_OK);

  int32_t horizon = diligent ? n : 1 + below(&s, (uint64_t)n);
  capital_debt_open(d, 1000 * unit, schedule, horizon, build);
  for (int32_t t = 0; t < horizon; t++) {
    double rate_now = diligent ? .08 : uniform(&s, -.02, .3);
    capital_debt_accrue(d, &k, t, rate_now, year_now);
    if (t < build) capital_debt_draw(d, &k, t, rate_now, year_now, unit * uniform(&s, -20, 200));
    if (t == halfway) capital_debt_convert(d, t, unit * uniform(&s, 0, 500), profile, tenor);
    if (t == build) capital_debt_convert(d, t, HUGE_VAL, profile, tenor);
    capital_debt_pay(d, due_total(d) * (diligent ? 1.0 : uniform(&s, 0, 1.2)));
    if (below(&s, 6) == 0) capital_debt_prepay(d, &k, t, unit * uniform(&s, -5, 60));
    if (t == fall) capital_debt_accelerate(d);
    if (t == fall + 5) capital_debt_write_off(d);
    check_books(d, t);
  }
}

START_TEST(random_lives_add_up) {
  for (uint64_t seed = 0; seed < 4000; seed++) {
    capital_debt d;
    double       schedule[128];
    int          diligent = seed % 2 == 0;
    live(&d, schedule, seed, 1e6, diligent);
    if (!diligent) continue;
    ck_assert_double_eq(d.balance_usd, 0.0);  // who pays what is due ends at exactly zero
    ck_assert_double_eq(due_total(&d), 0.0);
    test_near(d.principal_usd + d.prepaid_usd, d.drawn_usd + d.capitalised_usd, 1e-4);
  }
}
END_TEST

START_TEST(twice_the_money_twice_the_loan) {
  for (uint64_t seed = 0; seed < 300; seed++) {
    capital_debt one, two;
    double       first[128], second[128];
    live(&one, first, seed, 1e6, (int)(seed % 2));
    live(&two, second, seed, 2e6, (int)(seed % 2));
    ck_assert_double_eq(two.balance_usd, 2 * one.balance_usd);
    ck_assert_double_eq(two.drawn_usd, 2 * one.drawn_usd);
    ck_assert_double_eq(two.capitalised_usd, 2 * one.capitalised_usd);
    ck_assert_double_eq(two.interest_usd, 2 * one.interest_usd);
    ck_assert_double_eq(two.fee_usd, 2 * one.fee_usd);
    ck_assert_double_eq(two.principal_usd, 2 * one.principal_usd);
    ck_assert_double_eq(two.prepaid_usd, 2 * one.prepaid_usd);
    ck_assert_double_eq(two.lost_usd, 2 * one.lost_usd);
    for (int32_t t = 0; t < one.n; t++) ck_assert_double_eq(second[t], 2 * first[t]);
  }
}
END_TEST

// ---- Cover, margin --------------------------------------------------------------------------------------

// 200 drawn at 0, repaid by 110 and 121 at 10 %; cash of 132, 145.2 and then 50.
START_TEST(cover_by_hand) {
  static const double cfads[4] = {-30, 132, 145.2, 50}, interest[4] = {0, 20, 11, 0}, principal[4] = {0, 90, 110, 0};
  static const double balance[4] = {200, 110, 0, 0};
  static const double want_icr[4] = {OFF, 6.6, 13.2, OFF}, want_llcr[4] = {OFF, 1.2, 1.2, OFF};
  static const double want_plcr[4] = {OFF, 1.2 + 50 / 1.331 / 200, 1.2 + 50 / 1.21 / 110, OFF};
  double              dscr[4], llcr[4], plcr[4], icr[4];
  capital_cover       cover = {dscr, llcr, plcr, icr};
  capital_cover_run(cfads, interest, principal, balance, ten, whole, 4, &cover);
  for (int t = 0; t < 4; t++) {
    if (t == 0 || t == 3) {
      ck_assert(isnan(dscr[t]) && isnan(llcr[t]) && isnan(plcr[t]) && isnan(icr[t]));
      continue;
    }
    test_near(dscr[t], 1.2, 1e-14);
    test_near(icr[t], want_icr[t], 1e-14);
    test_near(llcr[t], want_llcr[t], 1e-14);
    test_near(plcr[t], want_plcr[t], 1e-14);
  }
  test_near(capital_cover_least(plcr, 4), want_plcr[1], 1e-14);
  test_near(capital_cover_average(icr, 4), 9.9, 1e-14);
  ck_assert(isnan(capital_cover_least(icr, 1)) && isnan(capital_cover_average(icr, 1)));

  // The horizon cuts the loan: what is left at its end is covered by the cash seen so far.
  static const double open_end[2] = {200, 110};
  capital_cover_run(cfads, interest, principal, open_end, ten, whole, 2, &cover);
  test_near(llcr[1], 120 / 200., 1e-14);
  test_near(plcr[1], 120 / 200., 1e-14);

  // Nothing is served, but owed: the loan lives.
  static const double nothing[2] = {0, 0};
  capital_cover_run(cfads, nothing, nothing, open_end, ten, whole, 2, &cover);
  test_near(llcr[1], 120 / 200., 1e-14);
  ck_assert(isnan(dscr[1]) && isnan(icr[1]));
}
END_TEST

static const struct {
  const char *what;
  double      balance, worth, haircut, call, sale;
} margin_rows[] = {
    {"at the limit: no call",           70, 100, .1, 0,  10 / .3}, // above what a sale would restore, though
    {"falls to 90: 70 - .6 * 90",       70, 90,  .1, 16, 16 / .3}, // 53.3 sold bring 48; 22 = .6 * 36.7 are owed
    {"no haircut",                      70, 90,  0,  16, 40     }, // 30 owed on 50
    {"all must go",                     70, 50,  .1, 40, 50     },
    {"haircut as deep as what is lent", 70, 90,  .4, 16, 90     },
    {"worthless",                       70, 0,   .1, 70, 0      },
    {"well covered",                    50, 100, .1, 0,  0      },
};

START_TEST(margin_calls_and_sales) {
  capital_margin k = {.lend_frac = .5, .call_frac = .7, .restore_frac = .6};
  for (size_t i = 0; i < ROWS(margin_rows); i++) {
    double call = capital_margin_call(&k, margin_rows[i].balance, margin_rows[i].worth);
    double sale = capital_margin_sale(&k, margin_rows[i].balance, margin_rows[i].worth, margin_rows[i].haircut);
    ck_assert_msg(fabs(call - margin_rows[i].call) < 1e-12, "%s: call %.12f", margin_rows[i].what, call);
    ck_assert_msg(fabs(sale - margin_rows[i].sale) < 1e-12, "%s: sale %.12f", margin_rows[i].what, sale);
  }
}
END_TEST

TEST_LIST("debt", rates_mix_hedge_floor_margin, profiles_by_hand, sizes_at_close, profiles_repay_all,
          sculpted_service_is_cash_over_cover, capped_cover_gives_the_cap, published_level_payment,
          each_draw_has_its_own_maturity, converts_at_several_completion_dates, fees_and_overdue_sums,
          capitalisation_stops_at_the_commitment, prepayment_shortens_or_lowers, prepayment_takes_the_unconverted_first,
          dry_years_relend_interest, arrears_acceleration_write_off, random_lives_add_up,
          twice_the_money_twice_the_loan, cover_by_hand, margin_calls_and_sales)
