#include "loan.h"

#include <math.h>

#include "../../tests/test.h"

static uint64_t next_u64(uint64_t *s) {  // splitmix64
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

#define OFF ((double)NAN)
static const double level_cfads[4] = {130, 130, 130, 130}, lean_cfads[4] = {130, -50, 130, 130};

static const struct {
  const char       *what;
  capital_loan_case c;
  double            size_usd;
  sg_err            err;
} size_rows[] = {
    {"the advance binds",                 {.65, 1000, 800, OFF, .06, 4, 0, NULL},        650,          SG_OK       },
    {"the cap binds",                     {.65, 1000, 400, OFF, .06, 4, 0, NULL},        400,          SG_OK       },
    {"cover binds: 4 x 100, no interest", {.65, 1000, 800, 1.3, 0, 4, 4, level_cfads},   400,          SG_OK       },
 // 100 * (1 - 1.01^-4) / 0.01 = 390.1965552...: present value of an annuity at 1 % a month
    {"cover binds, with interest",        {.65, 1000, 800, 1.3, .12, 4, 4, level_cfads}, 390.19655520, SG_OK       },
    {"a shorter tenor carries less",      {.65, 1000, 800, 1.3, 0, 2, 4, level_cfads},   200,          SG_OK       },
    {"a lean month carries nothing",      {.65, 1000, 800, 1.3, 0, 4, 4, lean_cfads},    300,          SG_OK       },
    {"no months of cash, no loan",        {.65, 1000, 800, 1.3, 0, 4, 0, level_cfads},   0,            SG_OK       },
    {"negative budget",                   {.65, -1, OFF, OFF, .06, 4, 0, NULL},          0,            SG_OK       },
    {"no test at all",                    {OFF, 1000, OFF, OFF, .06, 4, 0, NULL},        0,            SG_ERR_RANGE},
    {"cover of zero",                     {OFF, 0, OFF, 0, .06, 4, 4, level_cfads},      0,            SG_ERR_RANGE},
};

START_TEST(sizes_at_close) {
  for (size_t i = 0; i < sizeof size_rows / sizeof *size_rows; i++) {
    capital_loan_limits got;
    ck_assert_msg(capital_loan_size(&size_rows[i].c, &got) == size_rows[i].err, "%s: error", size_rows[i].what);
    if (size_rows[i].err) continue;
    ck_assert_msg(fabs(got.size_usd - size_rows[i].size_usd) < 1e-7, "%s: %.9f", size_rows[i].what, got.size_usd);
  }
}
END_TEST

// 100,000 at 8.125 % over 360 months pays 742.50 a month; interest of the first is 677.08.
// Fabozzi, Handbook of Mortgage-Backed Securities, level-payment example (6th ed. 2006, ch. 1).
START_TEST(published_level_payment) {
  capital_loan l;
  ck_assert_int_eq(capital_loan_open(&l, 10000000, 0.08125, 0), SG_OK);
  ck_assert_int_eq(capital_loan_draw(&l, 10000000), 10000000);
  ck_assert_int_eq(capital_loan_convert(&l, 360), SG_OK);
  ck_assert_int_eq(l.level_cents, 74250);
  for (int month = 1; month <= 360; month++) {
    capital_loan_accrue(&l);
    capital_loan_sum due = capital_loan_due(&l);
    if (month == 1) ck_assert_int_eq(due.interest_cents, 67708);
    if (month == 1) ck_assert_int_eq(due.principal_cents, 6542);
    if (month < 360) ck_assert_int_eq(due.total_cents, 74250);
    // the last takes up the rounding of 360 payments: half a cent each, with interest at most 13 USD
    if (month == 360) test_near((double)due.total_cents, 74250, 1300);
    capital_loan_pay(&l, due.total_cents);
  }
  ck_assert_int_eq(l.balance_cents, 0);
}
END_TEST

START_TEST(construction_capitalises_within_the_limit) {
  capital_loan l;
  capital_loan_open(&l, 10000, 0.12, 0.006);
  ck_assert_int_eq(capital_loan_draw(&l, 8000), 8000);
  capital_loan_accrue(&l);  // 1 % of 8000; fee 0.05 % of 2000
  ck_assert_int_eq(l.balance_cents, 8080);
  ck_assert_int_eq(l.due_fee_cents, 1);
  ck_assert_int_eq(capital_loan_draw(&l, 5000), 1920);
  ck_assert_int_eq(capital_loan_undrawn(&l), 0);
  capital_loan_accrue(&l);  // no room: due in cash
  ck_assert_int_eq(l.balance_cents, 10000);
  ck_assert_int_eq(capital_loan_due(&l).interest_cents, 100);
  ck_assert_int_eq(capital_loan_draw(&l, 1), 0);
  ck_assert_int_eq(capital_loan_draw(&l, -5), 0);
  ck_assert_int_eq(capital_loan_convert(&l, 0), SG_ERR_RANGE);
  ck_assert_int_eq(capital_loan_convert(&l, 12), SG_OK);
  ck_assert_int_eq(capital_loan_convert(&l, 12), SG_ERR_USAGE);
}
END_TEST

static const struct {
  const char *what;
  int64_t     limit;
  double      rate, fee;
} open_rows[] = {
    {"negative limit",    -1,        .1,  0 },
    {"limit too large",   INT64_MAX, .1,  0 },
    {"negative rate",     1,         -.1, 0 },
    {"rate not a number", 1,         OFF, 0 },
    {"negative fee",      1,         .1,  -1},
};

START_TEST(refuses_bad_terms) {
  for (size_t i = 0; i < sizeof open_rows / sizeof *open_rows; i++) {
    capital_loan l;
    ck_assert_msg(capital_loan_open(&l, open_rows[i].limit, open_rows[i].rate, open_rows[i].fee) == SG_ERR_RANGE, "%s",
                  open_rows[i].what);
  }
}
END_TEST

START_TEST(arrears_prepayment_acceleration) {
  capital_loan l;
  capital_loan_open(&l, 120000, 0, 0);
  capital_loan_draw(&l, 120000);
  capital_loan_convert(&l, 12);
  capital_loan_accrue(&l);
  capital_loan_pay(&l, 4000);  // 10000 due
  ck_assert_int_eq(capital_loan_due(&l).principal_cents, 6000);
  capital_loan_accrue(&l);
  ck_assert_int_eq(capital_loan_due(&l).principal_cents, 16000);
  capital_loan_pay(&l, 31000);  // 15000 ahead
  capital_loan_accrue(&l);
  ck_assert_int_eq(capital_loan_due(&l).total_cents, 0);
  capital_loan_accrue(&l);
  ck_assert_int_eq(capital_loan_due(&l).principal_cents, 5000);
  capital_loan_accelerate(&l);
  ck_assert_int_eq(capital_loan_due(&l).principal_cents, 85000);
  capital_loan_accrue(&l);
  ck_assert_int_eq(capital_loan_due(&l).principal_cents, 85000);
  ck_assert_int_eq(capital_loan_pay(&l, 90000).total_cents, 85000);  // the rest was not needed
  ck_assert_int_eq(l.balance_cents, 0);
}
END_TEST

// Random loans paid as due: the balance follows the closed form of an annuity, ends at exactly zero, and principal repaid
// = draws + capitalised interest. Some pay in part: then what is owed is never lost.
START_TEST(random_loans_add_up) {
  uint64_t s = 42;
  for (int round = 0; round < 3000; round++) {
    capital_loan l;
    double       rate = (double)(next_u64(&s) % 2000) / 10000.0;
    int64_t      limit = 1000 + (int64_t)(next_u64(&s) % 4000000000000);
    capital_loan_open(&l, limit, rate, 0.005);
    int build = (int)(next_u64(&s) % 40), tenor = 1 + (int)(next_u64(&s) % 240), lazy = round % 3 == 0;
    for (int m = 0; m < build; m++) {
      capital_loan_draw(&l, (int64_t)(next_u64(&s) % (uint64_t)limit) / 20);
      capital_loan_accrue(&l);
      ck_assert_int_eq(l.balance_cents, l.drawn_cents + l.capitalised_cents);
      ck_assert_int_le(l.balance_cents, limit);
      capital_loan_pay(&l, l.due_fee_cents + l.due_interest_cents);
    }
    capital_loan_convert(&l, tenor);
    double start = (double)l.balance_cents, i = rate / 12;
    for (int m = 1; m <= tenor; m++) {
      capital_loan_accrue(&l);
      int64_t due = capital_loan_due(&l).total_cents;
      capital_loan_pay(&l, lazy && m < tenor ? due / 2 : due);
      double left = i > 0 ? start * -expm1((m - tenor) * log1p(i)) / -expm1(-tenor * log1p(i))
                          : start * (1.0 - (double)m / tenor);
      double bound = 2.0 + (i > 0 ? expm1(m * log1p(i)) / i : m);  // a cent a month, with interest
      if (!lazy) test_near((double)l.balance_cents, left, bound);
      if (lazy) ck_assert_int_ge(l.balance_cents, l.scheduled_cents);
      ck_assert_int_eq(l.balance_cents, l.drawn_cents + l.capitalised_cents - l.repaid_cents);
    }
    ck_assert_int_eq(l.balance_cents, 0);
    ck_assert_int_eq(capital_loan_due(&l).total_cents, 0);
    ck_assert_int_eq(l.repaid_cents, l.drawn_cents + l.capitalised_cents);
  }
}
END_TEST

// The sized loan is served by the cash that sized it: sculpted service cfads / dscr repays it exactly.
START_TEST(capacity_is_what_the_cash_repays) {
  uint64_t s = 9;
  for (int round = 0; round < 200; round++) {
    double cfads[60], rate = 0.01 + (double)(next_u64(&s) % 1000) / 5000.0;
    for (int t = 0; t < 60; t++) cfads[t] = (double)(next_u64(&s) % 1000000);
    capital_loan_case   c = {OFF, OFF, OFF, 1.4, rate, 60, 60, cfads};
    capital_loan_limits got;
    ck_assert_int_eq(capital_loan_size(&c, &got), SG_OK);
    double balance = got.size_usd;
    for (int t = 0; t < 60; t++) balance = balance * (1 + rate / 12) - cfads[t] / 1.4;
    test_near(balance, 0.0, 1e-6 * got.size_usd);
  }
}
END_TEST

TEST_LIST("loan", sizes_at_close, published_level_payment, construction_capitalises_within_the_limit, refuses_bad_terms,
          arrears_prepayment_acceleration, random_loans_add_up, capacity_is_what_the_cash_repays)
