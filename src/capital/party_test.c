#include "party.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

static uint64_t next_u64(uint64_t *s) {  // splitmix64
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static double next_unit(uint64_t *s) { return ((double)(next_u64(s) >> 11) + 0.5) * 0x1p-53; }

#define UNSET ((double)NAN)
static const double year_day = 365.2425;

// worth, haircut, pace, impact, beta; demand, need; proceeds, sold
static const struct {
  const char   *what;
  capital_asset a;
  double        demand, need_usd, proceeds_usd, sold_frac;
} sale_rows[] = {
    {"a small sale, no loss",             {0, 100, 0, UNSET, 0, 0},   1,   10,               10,               0.1},
    {"a haircut: more is sold",           {0, 100, 0.2, UNSET, 0, 0}, 1,   8,                8,                0.1},
    {"the pace binds",                    {0, 100, 0.2, 30, 0, 0},    1,   90,               24,               0.3},
    {"everything",                        {0, 100, 0, UNSET, 0, 0},   1,   500,              100,              1  },
    {"everything, against its own price", {0, 100, 0, UNSET, 1, 0},   1,   500,              63.2120558828558, 1  }, // 100 (1 - 1/e)
    {"half of it, against its own price", {0, 100, 0, UNSET, 2, 0},   1,   31.6060279414279, 31.6060279414279, 0.5},
    {"a market at half, beta 2",          {0, 100, 0, UNSET, 0, 2},   0.5, 500,              25,               1  },
    {"no need",                           {0, 100, 0, UNSET, 0, 0},   1,   0,                0,                0  },
    {"a negative need",                   {0, 100, 0, UNSET, 0, 0},   1,   -5,               0,                0  },
    {"worthless",                         {0, 0, 0, UNSET, 1, 0},     1,   5,                0,                0  },
    {"all lost to the haircut: kept",     {0, 100, 1, UNSET, 1, 0},   1,   5,                0,                0  },
};

START_TEST(sells) {
  for (size_t i = 0; i < sizeof sale_rows / sizeof *sale_rows; i++) {
    capital_asset_state s = {0};
    capital_sale got = capital_asset_sale(&sale_rows[i].a, &s, sale_rows[i].demand, year_day, sale_rows[i].need_usd);
    ck_assert_msg(fabs(got.proceeds_usd - sale_rows[i].proceeds_usd) < 1e-9, "%s: %.12f", sale_rows[i].what,
                  got.proceeds_usd);
    ck_assert_msg(fabs(s.sold_frac - sale_rows[i].sold_frac) < 1e-9, "%s: sold %.12f", sale_rows[i].what, s.sold_frac);
  }
}
END_TEST

static capital_asset random_asset(uint64_t *s) {
  capital_asset a = {0, 1e9 * next_unit(s), 0.5 * next_unit(s), UNSET, 3 * next_unit(s), 2 * next_unit(s) - 1};
  if (next_u64(s) % 2) a.pace_usd_per_yr = 1e9 * next_unit(s);
  return a;
}

START_TEST(proceeds_rise_with_need) {
  uint64_t s = 1;
  for (int round = 0; round < 2000; round++) {
    capital_asset       a = random_asset(&s);
    double              demand = 0.2 + 2 * next_unit(&s), before = 0, sold = 0;
    capital_asset_state from = {.sold_frac = 0.5 * next_unit(&s)};
    for (int k = 0; k < 40; k++) {
      capital_asset_state state = from;
      double              need = 1e9 * k / 30.0;
      capital_sale        got = capital_asset_sale(&a, &state, demand, 30, need);
      ck_assert_double_le(got.proceeds_usd, need);
      ck_assert_double_ge(got.proceeds_usd, before);
      ck_assert_double_ge(state.sold_frac, sold);
      ck_assert_double_le(state.sold_frac, 1.0);
      before = got.proceeds_usd, sold = state.sold_frac;
    }
    double most = capital_asset_capacity(&a, &from, demand, 30), need = 1.3e9;
    test_near(before, most < need ? most : need, 1e-3);
  }
}
END_TEST

// One sale, or the same sale in ten steps, bring the same; and what was held is what is held, sold, or lost.
START_TEST(steps_change_nothing_and_value_is_accounted_for) {
  uint64_t s = 2;
  for (int round = 0; round < 1000; round++) {
    capital_asset a = random_asset(&s);
    a.pace_usd_per_yr = UNSET;
    capital_asset_state one = {0}, ten = {0};
    double              need = 1.2 * a.worth_usd * next_unit(&s), left = need, lost = 0;
    capital_sale        got = capital_asset_sale(&a, &one, 1, 30, need);
    for (int k = 10; k > 0; k--) {
      capital_sale step = capital_asset_sale(&a, &ten, 1, 30, left / k);
      left -= step.proceeds_usd, lost += step.impact_usd;
    }
    double tolerance = 1e-9 * a.worth_usd;
    if (got.proceeds_usd == need) test_near(ten.raised_usd, one.raised_usd, tolerance);
    if (got.proceeds_usd == need) test_near(ten.sold_frac, one.sold_frac, 1e-9);
    test_near(capital_asset_worth(&a, &one, 1) + got.proceeds_usd + got.haircut_usd + got.impact_usd, a.worth_usd,
              tolerance);
    test_near(capital_asset_worth(&a, &ten, 1) + ten.gross_usd + lost, a.worth_usd, tolerance);
  }
}
END_TEST

static capital_contract blank(void) {
  capital_contract c;
  memset(&c, 0, sizeof c);
  c.rank = -1;
  c.total_usd = c.price_usd_per_gpu_h = c.rent_usd_per_mw_month = c.margin_frac_per_yr = UNSET;
  c.advance_frac = c.dscr = c.tenor_day = c.starts_day = c.tax_frac = c.cure_day = UNSET;
  return c;
}

static const struct {
  int32_t     rule;
  const char *missing;
} missing_rows[] = {
    {CAPITAL_RULE_EQUITY,    "total" },
    {CAPITAL_RULE_LOAN,      "margin"},
    {CAPITAL_RULE_LEASE,     "rent"  },
    {CAPITAL_RULE_COMPUTE,   "price" },
    {CAPITAL_RULE_OPERATION, "rent"  },
    {CAPITAL_RULE_TAX,       "tax"   },
    {CAPITAL_RULE_PURCHASE,  NULL    },
    {CAPITAL_RULE_ENERGY,    NULL    },
};

START_TEST(names_what_a_rule_lacks) {
  for (size_t i = 0; i < sizeof missing_rows / sizeof *missing_rows; i++) {
    capital_contract c = blank();
    const char      *got = capital_contract_missing(&c, missing_rows[i].rule);
    ck_assert_pstr_eq(got, missing_rows[i].missing);
  }
  capital_contract c = blank();
  c.margin_frac_per_yr = 0.03;
  ck_assert_str_eq(capital_contract_missing(&c, CAPITAL_RULE_LOAN), "tenor");
  c.tenor_day = 3650;
  ck_assert_str_eq(capital_contract_missing(&c, CAPITAL_RULE_LOAN), "advance");
  c.dscr = 1.3;
  ck_assert_ptr_null(capital_contract_missing(&c, CAPITAL_RULE_LOAN));

  capital_contract_type type = {.rank = 2, .cure_day = 5};
  ck_assert_int_eq(capital_contract_rank(&c, &type), 2);
  test_near(capital_contract_cure_day(&c, &type), 5, 1e-12);
  c.rank = 0, c.cure_day = 30;
  ck_assert_int_eq(capital_contract_rank(&c, &type), 0);
  test_near(capital_contract_cure_day(&c, &type), 30, 1e-12);
}
END_TEST

static int words_in(const char *of) {
  int n = 1;
  for (; *of; of++) n += *of == '|';
  return n;
}

// Tables agree with their structs: fields lie inside, do not overlap, names differ, words match the enums.
START_TEST(tables_are_sound) {
  ck_assert_int_eq(words_in(CAPITAL_ROLES), CAPITAL_ROLE_COUNT);
  ck_assert_int_eq(words_in(CAPITAL_RULES), CAPITAL_RULE_COUNT);
  ck_assert_int_eq(words_in(CAPITAL_BOOKS), CAPITAL_BOOKS_COUNT);
  ck_assert_int_eq(words_in(CAPITAL_CALLS), CAPITAL_CALLS_COUNT);
  for (int c = 0; c < CAPITAL_CLASSES; c++) {
    const class_row *k = &capital_classes[c];
    for (size_t i = 0; i < k->n_field; i++) {
      const field_row *f = &k->field[i];
      ck_assert_msg(f->offset >= sizeof(int32_t) && f->offset < k->size, "%s.%s", k->name, f->name);
      ck_assert_msg(f->meaning && f->meaning[0], "%s.%s says nothing", k->name, f->name);
      ck_assert_msg(f->type != FIELD_NUMBER || f->low < f->high, "%s.%s has no range", k->name, f->name);
      for (size_t j = 0; j < i; j++) {
        ck_assert_msg(strcmp(f->name, k->field[j].name) != 0, "%s.%s twice", k->name, f->name);
        ck_assert_msg(f->offset != k->field[j].offset, "%s.%s and %s share a place", k->name, f->name,
                      k->field[j].name);
      }
    }
  }
}
END_TEST

TEST_LIST("party", sells, proceeds_rise_with_need, steps_change_nothing_and_value_is_accounted_for,
          names_what_a_rule_lacks, tables_are_sound)
