#include "ledger.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

// A small fixed generator (splitmix64, Steele, Lea, Flood 2014), so that tests repeat.
static uint64_t next_u64(uint64_t *s) {
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

enum { BANK, VENTURE, BUILDER, PARTIES };
enum { DRAW, WORKS, BILL, DEPRECIATION, INTEREST, LEGS, MONTHS = 12 };
enum { KIND_DEBT, KIND_WORKS, KIND_BOOK };

static const ledger_leg legs[LEGS] = {
    {BANK,    LEDGER_LOANS_GIVEN,  LEDGER_CASH,         VENTURE, LEDGER_CASH,       LEDGER_LOANS_OWED, -1, 0,  KIND_DEBT },
    {VENTURE, LEDGER_PAYABLE,      LEDGER_CASH,         BUILDER, LEDGER_CASH,       LEDGER_RECEIVABLE, 0,  1,  KIND_WORKS},
    {VENTURE, LEDGER_FIXED_ASSETS, LEDGER_PAYABLE,      BUILDER, LEDGER_RECEIVABLE, LEDGER_REVENUE,    0,  1,  KIND_WORKS},
    {VENTURE, LEDGER_EXPENSE,      LEDGER_FIXED_ASSETS, -1,      0,                 0,                 0,  -1, KIND_BOOK },
    {VENTURE, LEDGER_EXPENSE,      LEDGER_CASH,         BANK,    LEDGER_CASH,       LEDGER_REVENUE,    -1, 0,  KIND_DEBT },
};

static ledger books(int64_t *memory, size_t bytes) {
  ck_assert_uint_ge(bytes, ledger_bytes(PARTIES, LEGS, MONTHS));
  ledger l;
  ck_assert_int_eq(ledger_init(&l, legs, LEGS, MONTHS, PARTIES, memory, NULL), SG_OK);
  return l;
}

static const struct {
  const char *what;
  double      usd;
  int64_t     cents;
} cents_rows[] = {
    {"nothing",                    0,          0             },
    {"a whole number",             12,         1200          },
    {"half up to even",            0.375,      38            },
    {"half down to even",          0.125,      12            },
    {"negative half to even",      -0.125,     -12           },
    {"negative half away to even", -0.375,     -38           },
    {"below half",                 0.3749999,  37            },
    {"above half",                 -0.3750001, -38           },
    {"five hundred billion",       5e11,       50000000000000},
    {"too large",                  1e18,       INT64_MAX     },
    {"too small",                  -1e18,      INT64_MIN     },
    {"infinite",                   HUGE_VAL,   INT64_MAX     },
};

START_TEST(rounds_to_cents) {
  for (size_t i = 0; i < sizeof cents_rows / sizeof *cents_rows; i++)
    ck_assert_msg(capital_cents(cents_rows[i].usd) == cents_rows[i].cents, "%s: %lld", cents_rows[i].what,
                  (long long)capital_cents(cents_rows[i].usd));
  ck_assert_int_eq(capital_cents((double)NAN), INT64_MIN);
}
END_TEST

START_TEST(posts_and_reports) {
  int64_t memory[400], scratch[PARTIES * LEDGER_ACCOUNT_COUNT];
  ledger  l = books(memory, sizeof memory);
  ledger_open(&l, BANK, LEDGER_CASH, 100000);
  ledger_post(&l, DRAW, 0, 60000);
  ledger_post(&l, BILL, 1, 50000);
  ledger_post(&l, WORKS, 2, 40000);
  ledger_post(&l, DEPRECIATION, 3, 1000);
  ledger_post(&l, INTEREST, 3, 500);
  ledger_post(&l, INTEREST, 4, -100);  // a reversal

  ck_assert_int_eq(ledger_balance(&l, VENTURE, LEDGER_CASH), 60000 - 40000 - 400);
  ck_assert_int_eq(ledger_balance(&l, VENTURE, LEDGER_LOANS_OWED), 60000);
  ck_assert_int_eq(ledger_balance(&l, VENTURE, LEDGER_PAYABLE), 10000);
  ck_assert_int_eq(ledger_balance(&l, BANK, LEDGER_CONTRIBUTED), 100000);

  ledger_sheet s = ledger_sheet_at(&l, VENTURE, 3);
  ck_assert_int_eq(s.assets_cents, 19500 + 49000);
  ck_assert_int_eq(s.liabilities_cents, 70000);
  ck_assert_int_eq(s.equity_cents, -1500);
  ck_assert_int_eq(s.retained_cents, -1500);
  ck_assert_int_eq(ledger_sheet_at(&l, BANK, -1).assets_cents, 100000);

  ledger_income income = ledger_income_of(&l, VENTURE, 0, MONTHS - 1);
  ck_assert_int_eq(income.expense_cents, 1400);
  ck_assert_int_eq(income.result_cents, -1400);
  ck_assert_int_eq(ledger_income_of(&l, BANK, 4, 4).revenue_cents, -100);

  ck_assert_int_eq(ledger_paid(&l, VENTURE, BUILDER, 0, 11), 40000);
  ck_assert_int_eq(ledger_paid(&l, BANK, VENTURE, 1, 11), 0);
  ledger_query q = ledger_query_default();
  q.party = VENTURE, q.kind = KIND_DEBT;
  int64_t in, out;
  ledger_cash(&l, &q, &in, &out);
  ck_assert_int_eq(in, 60000);
  ck_assert_int_eq(out, 400);
  ck_assert_int_eq(ledger_sum(&l, &q, LEDGER_CASH), in - out);
  q.kind = KIND_WORKS;
  ck_assert_int_eq(ledger_sum(&l, &q, LEDGER_FIXED_ASSETS), 50000);
  q.party = -1;  // cash of everyone: moves, but sums to nothing
  ck_assert_int_eq(ledger_sum(&l, &q, LEDGER_CASH), 0);
  for (int32_t m = -1; m < MONTHS; m++) ck_assert_int_eq(ledger_check(&l, m, scratch).fault, LEDGER_SOUND);
}
END_TEST

START_TEST(check_finds_what_was_tampered_with) {
  int64_t memory[400], scratch[PARTIES * LEDGER_ACCOUNT_COUNT];
  ledger  l = books(memory, sizeof memory);
  ledger_post(&l, DRAW, 0, 700);
  l.balance_cents[VENTURE * LEDGER_ACCOUNT_COUNT + LEDGER_CASH] += 3;
  ledger_finding f = ledger_check(&l, 0, scratch);
  ck_assert_int_eq(f.fault, LEDGER_FAULT_BALANCE);
  ck_assert_int_eq(f.party, VENTURE);
  ck_assert_int_eq(f.account, LEDGER_CASH);
  ck_assert_int_eq(f.off_cents, 3);
  l.balance_cents[VENTURE * LEDGER_ACCOUNT_COUNT + LEDGER_CASH] -= 3;
  l.opening_cents[BANK * LEDGER_ACCOUNT_COUNT + LEDGER_CASH] = 5;
  ck_assert_int_eq(ledger_check(&l, 0, scratch).fault, LEDGER_FAULT_SHEET);

  ledger_leg leak[LEGS];
  memcpy(leak, legs, sizeof legs);
  leak[DRAW].debit_b = LEDGER_RECEIVABLE;  // cash leaves the bank and reaches nobody
  ledger_clear(&l);
  l.leg = leak;
  ledger_post(&l, DRAW, 0, 700);
  f = ledger_check(&l, 0, scratch);
  ck_assert_int_eq(f.fault, LEDGER_FAULT_CASH);
  ck_assert_int_eq(f.off_cents, -700);
}
END_TEST

START_TEST(refuses_bad_legs_and_places) {
  static const struct {
    const char *what;
    ledger_leg  leg;
  } rows[] = {
      {"no such party",     {PARTIES, LEDGER_CASH, LEDGER_REVENUE, BANK, LEDGER_EXPENSE, LEDGER_CASH, 0, 0, 0}},
      {"both the same",     {BANK, LEDGER_CASH, LEDGER_REVENUE, BANK, LEDGER_EXPENSE, LEDGER_CASH, 0, 0, 0}   },
      {"no such account",   {BANK, 99, LEDGER_CASH, VENTURE, LEDGER_CASH, LEDGER_REVENUE, 0, 0, 0}            },
      {"debit is credit",   {BANK, LEDGER_EXPENSE, LEDGER_EXPENSE, -1, 0, 0, 0, 0, 0}                         },
      {"cash from nowhere", {BANK, LEDGER_CASH, LEDGER_REVENUE, -1, 0, 0, 0, 0, 0}                            },
      {"cash twice",        {BANK, LEDGER_CASH, LEDGER_REVENUE, VENTURE, LEDGER_CASH, LEDGER_REVENUE, 0, 0, 0}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ck_assert_msg(ledger_legs_check(&rows[i].leg, 1, PARTIES) == 0, "%s was let through", rows[i].what);
  ck_assert_int_eq(ledger_legs_check(legs, LEGS, PARTIES), -1);

  int64_t memory[400];
  ledger  l = books(memory, sizeof memory);
  ledger_post(&l, LEGS, 0, 1);
  ck_assert_int_eq(l.error, LEDGER_PLACE);
  ledger_clear(&l);
  ledger_post(&l, 0, MONTHS, 1);
  ck_assert_int_eq(l.error, LEDGER_PLACE);
  ck_assert_uint_eq(ledger_bytes(INT32_MAX, INT32_MAX, INT32_MAX), SIZE_MAX);
}
END_TEST

START_TEST(overflow_is_refused_whole) {
  int64_t memory[400], scratch[PARTIES * LEDGER_ACCOUNT_COUNT];
  ledger  l = books(memory, sizeof memory);
  ledger_post(&l, DRAW, 0, INT64_C(8000000000000000000));
  ledger_post(&l, DRAW, 0, INT64_C(2000000000000000000));
  ck_assert_int_eq(l.error, LEDGER_OVERFLOW);
  ck_assert_int_eq(ledger_balance(&l, VENTURE, LEDGER_CASH), INT64_C(8000000000000000000));
  ck_assert_int_eq(ledger_check(&l, 0, scratch).fault, LEDGER_FAULT_ERROR);
  l.error = 0;  // but for the flag the books are sound
  ck_assert_int_eq(ledger_check(&l, 0, scratch).fault, LEDGER_SOUND);
  ledger_post(&l, DRAW, 1, capital_cents((double)NAN));
  ck_assert_int_eq(l.error, LEDGER_OVERFLOW);
}
END_TEST

// Random legs and random postings: always balanced, and every query agrees with every other.
START_TEST(random_books_balance) {
  enum { P = 7, L = 60, M = 24 };
  static ledger_leg leg[L];
  static int64_t    memory[L * M + 2 * P * LEDGER_ACCOUNT_COUNT], scratch[P * LEDGER_ACCOUNT_COUNT];
  static int64_t    paid[P * P], in[P * M], out[P * M];
  uint64_t          s = 20250121;
  for (int round = 0; round < 50; round++) {
    for (int i = 0; i < L;) {
      int32_t f[9];
      for (int k = 0; k < 9; k++) f[k] = (int32_t)(next_u64(&s) % LEDGER_ACCOUNT_COUNT);
      leg[i] = (ledger_leg){f[0] % P, f[1], f[2], f[3] % (P + 1) - 1, f[4], f[5], f[6] % 3, f[7], f[8] % 4};
      if (i % 2) leg[i].credit_a = LEDGER_CASH, leg[i].debit_b = LEDGER_CASH;
      if (ledger_legs_check(&leg[i], 1, P) < 0) i++;
    }
    ledger l;
    ck_assert_int_eq(ledger_init(&l, leg, L, M, P, memory, NULL), SG_OK);
    for (int i = 0; i < 1000; i++)
      ledger_post(&l, (int32_t)(next_u64(&s) % L), (int32_t)(next_u64(&s) % M),
                  (int64_t)(next_u64(&s) >> 14) - (1LL << 49));
    for (int32_t m = 0; m < M; m += 5) ck_assert_int_eq(ledger_check(&l, m, scratch).fault, LEDGER_SOUND);
    ledger_paid_all(&l, 0, M, paid);
    ledger_cash_all(&l, in, out);
    for (int32_t p = 0; p < P; p++) {
      int64_t by_pair = 0, by_month = 0;
      for (int32_t k = 0; k < P; k++) by_pair += paid[k * P + p] - paid[p * P + k];
      for (int32_t m = 0; m < M; m++) by_month += in[p * M + m] - out[p * M + m];
      ck_assert_int_eq(by_pair, ledger_balance(&l, p, LEDGER_CASH));
      ck_assert_int_eq(by_month, by_pair);
      ck_assert_int_eq(paid[p * P + (p + 1) % P], ledger_paid(&l, p, (p + 1) % P, 0, M));
      int64_t by_kind = 0;
      for (int32_t kind = 0; kind < 4; kind++) {
        ledger_query q = ledger_query_default();
        q.party = p, q.kind = kind;
        by_kind += ledger_sum(&l, &q, LEDGER_PAYABLE);
      }
      ck_assert_int_eq(by_kind, ledger_balance(&l, p, LEDGER_PAYABLE));
    }
  }
}
END_TEST

TEST_LIST("ledger", rounds_to_cents, posts_and_reports, check_finds_what_was_tampered_with, refuses_bad_legs_and_places,
          overflow_is_refused_whole, random_books_balance)
