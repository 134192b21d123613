#include "tax.h"

#include <math.h>

#include "../../tests/test.h"
#include "../base/calendar.h"

static uint64_t next_u64(uint64_t *s) {  // splitmix64
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static double next_unit(uint64_t *s) { return ((double)(next_u64(s) >> 11) + 0.5) * 0x1p-53; }

// ---- Depreciation -----------------------------------------------------------------------------------------

// In percent as printed: IRS Publication 946 (2024), table A-1 (MACRS) and A-8 (straight line, half-year convention),
// to the 0.01 that it rounds to; 39 years: half of 1/39 in the first and the last.
static const struct {
  const char *what;
  int32_t     write_off, year;
  double      percent, tolerance;
} share_rows[] = {
    {"5 years, first",                CAPITAL_MACRS_5,     0,  20.00,      1e-12},
    {"5 years, second",               CAPITAL_MACRS_5,     1,  32.00,      1e-12},
    {"5 years, third",                CAPITAL_MACRS_5,     2,  19.20,      1e-12},
    {"5 years, fourth",               CAPITAL_MACRS_5,     3,  11.52,      1e-12},
    {"5 years, fifth",                CAPITAL_MACRS_5,     4,  11.52,      1e-12},
    {"5 years, sixth",                CAPITAL_MACRS_5,     5,  5.76,       1e-12},
    {"5 years, seventh",              CAPITAL_MACRS_5,     6,  0,          0    },
    {"5 years, before service",       CAPITAL_MACRS_5,     -1, 0,          0    },
    {"15 years, first",               CAPITAL_MACRS_15,    0,  5.00,       1e-12},
    {"15 years, second",              CAPITAL_MACRS_15,    1,  9.50,       1e-12},
    {"15 years, third",               CAPITAL_MACRS_15,    2,  8.55,       1e-12},
    {"15 years, fourth",              CAPITAL_MACRS_15,    3,  7.70,       1e-12},
    {"15 years, fifth",               CAPITAL_MACRS_15,    4,  6.93,       1e-12},
    {"15 years, sixth",               CAPITAL_MACRS_15,    5,  6.23,       1e-12},
    {"15 years, eighth",              CAPITAL_MACRS_15,    7,  5.90,       1e-12},
    {"15 years, ninth",               CAPITAL_MACRS_15,    8,  5.91,       1e-12},
    {"15 years, fifteenth",           CAPITAL_MACRS_15,    14, 5.91,       1e-12},
    {"15 years, sixteenth",           CAPITAL_MACRS_15,    15, 2.95,       1e-12},
    {"straight 5, first",             CAPITAL_STRAIGHT_5,  0,  10.00,      1e-12},
    {"straight 5, second",            CAPITAL_STRAIGHT_5,  1,  20.00,      1e-12},
    {"straight 5, sixth",             CAPITAL_STRAIGHT_5,  5,  10.00,      1e-12},
    {"straight 15, first",            CAPITAL_STRAIGHT_15, 0,  3.33,       0.005},
    {"straight 15, second",           CAPITAL_STRAIGHT_15, 1,  6.67,       0.005},
    {"straight 15, sixteenth",        CAPITAL_STRAIGHT_15, 15, 3.33,       0.005},
    {"straight 20, first",            CAPITAL_STRAIGHT_20, 0,  2.50,       1e-12},
    {"straight 20, tenth",            CAPITAL_STRAIGHT_20, 9,  5.00,       1e-12},
    {"straight 20, twenty-first",     CAPITAL_STRAIGHT_20, 20, 2.50,       1e-12},
    {"straight 39, first",            CAPITAL_STRAIGHT_39, 0,  100.0 / 78, 1e-12},
    {"straight 39, second",           CAPITAL_STRAIGHT_39, 1,  100.0 / 39, 1e-12},
    {"straight 39, fortieth",         CAPITAL_STRAIGHT_39, 39, 100.0 / 78, 1e-12},
    {"straight 39, forty-first",      CAPITAL_STRAIGHT_39, 40, 0,          0    },
    {"land",                          CAPITAL_NEVER,       0,  0,          0    },
    {"custom, second",                CAPITAL_CUSTOM,      1,  40,         1e-12},
    {"custom, beyond what was given", CAPITAL_CUSTOM,      2,  0,          0    },
};

static const double custom_rows[] = {0.6, 0.4};

START_TEST(shares_by_year) {
  for (size_t i = 0; i < sizeof share_rows / sizeof *share_rows; i++) {
    capital_tax_class k = {.write_off = share_rows[i].write_off, .custom_frac = custom_rows, .n_custom = 2};
    double            got = 100 * capital_write_off_frac(&k, share_rows[i].year);
    ck_assert_msg(fabs(got - share_rows[i].percent) <= share_rows[i].tolerance, "%s: %.9f", share_rows[i].what, got);
  }
}
END_TEST

// 1,000,000 USD by hand. Credit 30 %: basis 850,000, of which bonus, then 5-year table on the rest.
// clang-format off
static const struct {
  const char       *what;
  capital_tax_class k;
  int32_t           year0, n_year;
  double            credit, federal[4], state[4];
} add_rows[] = {
    {"plain table", {.write_off = CAPITAL_MACRS_5}, 0, 4, 0,
     {200000, 320000, 192000, 115200}, {200000, 320000, 192000, 115200}},
    {"starts a year later", {.write_off = CAPITAL_MACRS_5}, 1, 4, 0,
     {0, 200000, 320000, 192000}, {0, 200000, 320000, 192000}},
    {"half of the credit off", {.write_off = CAPITAL_MACRS_5, .credit_frac = 0.3}, 0, 4, 300000,
     {170000, 272000, 163200, 97920}, {170000, 272000, 163200, 97920}},
    // federal year 0: 340,000 + 510,000 * 0.2; then 510,000 * 0.32 and on
    {"bonus, federal only", {.write_off = CAPITAL_MACRS_5, .bonus_federal_frac = 0.4, .credit_frac = 0.3}, 0, 4, 300000,
     {442000, 163200, 97920, 58752}, {170000, 272000, 163200, 97920}},
    {"all at once, state a fifth", {.write_off = CAPITAL_MACRS_15, .bonus_federal_frac = 1, .bonus_state_frac = 0.2},
     0, 4, 0, {1000000, 0, 0, 0}, {240000, 76000, 68400, 61600}},
    {"land has no bonus", {.write_off = CAPITAL_NEVER, .bonus_federal_frac = 1}, 0, 4, 0, {0, 0, 0, 0}, {0, 0, 0, 0}},
    {"beyond the horizon", {.write_off = CAPITAL_STRAIGHT_5, .credit_frac = 0.1}, 4, 4, 100000,
     {0, 0, 0, 0}, {0, 0, 0, 0}},
};
// clang-format on

START_TEST(costs_written_off) {
  for (size_t i = 0; i < sizeof add_rows / sizeof *add_rows; i++) {
    double federal[4] = {0}, state[4] = {0};
    double credit = capital_write_off_add(&add_rows[i].k, 1e6, add_rows[i].year0, add_rows[i].n_year, federal, state);
    ck_assert_msg(fabs(credit - add_rows[i].credit) < 1e-8, "%s: credit %.2f", add_rows[i].what, credit);
    for (int t = 0; t < 4; t++) {
      ck_assert_msg(fabs(federal[t] - add_rows[i].federal[t]) < 1e-8, "%s: federal %d %.2f", add_rows[i].what, t,
                    federal[t]);
      ck_assert_msg(fabs(state[t] - add_rows[i].state[t]) < 1e-8, "%s: state %d %.2f", add_rows[i].what, t, state[t]);
    }
  }
}
END_TEST

// A state that writes off over another time has its own table; the federal one stays.
START_TEST(states_have_their_own_class) {
  capital_tax_class k = {.write_off = CAPITAL_MACRS_5, .state_write_off = 1 + CAPITAL_STRAIGHT_5};
  double            federal[6] = {0}, state[6] = {0};
  capital_write_off_add(&k, 1000.0, 0, 6, federal, state);
  test_near(federal[0], 200.0, 1e-9);
  test_near(federal[1], 320.0, 1e-9);
  test_near(state[0], 100.0, 1e-9);
  test_near(state[1], 200.0, 1e-9);
  test_near(state[5], 100.0, 1e-9);
}
END_TEST

START_TEST(write_offs_sum_to_the_basis) {
  uint64_t s = 5;
  for (int round = 0; round < 700; round++) {
    double            federal[60] = {0}, state[60] = {0}, sum_federal = 0, sum_state = 0, cost = 1e9 * next_unit(&s);
    capital_tax_class k = {.write_off = round % 7,
                           .bonus_federal_frac = next_unit(&s),
                           .bonus_state_frac = next_unit(&s),
                           .credit_frac = 0.5 * next_unit(&s),
                           .custom_frac = custom_rows,
                           .n_custom = 2};
    double            credit = capital_write_off_add(&k, cost, round % 20, 60, federal, state);
    double            basis = cost * (1 - k.credit_frac / 2);
    test_near(credit, cost * k.credit_frac, 1e-15 * cost);
    for (int t = 0; t < 60; t++) {
      ck_assert(federal[t] >= 0 && state[t] >= 0 && (t >= round % 20 || federal[t] + state[t] == 0));
      sum_federal += federal[t], sum_state += state[t];
    }
    test_near(sum_federal, basis, 1e-14 * cost);
    test_near(sum_state, basis, 1e-14 * cost);
  }
}
END_TEST

// 26 USC 168(k) and Pub. L. 119-21, sec. 70301, on their boundary days.
static const struct {
  const char   *what;
  int32_t       write_off;
  calendar_date acquired, service;
  double        after_h;  // hours into the day of acquisition
  double        want;
} bonus_rows[] = {
    {"last day under older rules",           CAPITAL_MACRS_5,     {2017, 9, 27}, {2018, 6, 1},   23, 0  },
    {"first day of the 2017 act",            CAPITAL_MACRS_5,     {2017, 9, 28}, {2018, 6, 1},   0,  1  },
    {"in service on the last day of 2022",   CAPITAL_MACRS_5,     {2022, 3, 1},  {2022, 12, 31}, 0,  1  },
    {"in service on the first of 2023",      CAPITAL_MACRS_5,     {2022, 3, 1},  {2023, 1, 1},   0,  0.8},
    {"in service on the last day of 2023",   CAPITAL_MACRS_15,    {2023, 3, 1},  {2023, 12, 31}, 0,  0.8},
    {"in service on the first of 2024",      CAPITAL_MACRS_15,    {2023, 3, 1},  {2024, 1, 1},   0,  0.6},
    {"in service on the last day of 2024",   CAPITAL_MACRS_15,    {2024, 3, 1},  {2024, 12, 31}, 0,  0.6},
    {"in service on the first of 2025",      CAPITAL_STRAIGHT_20, {2024, 3, 1},  {2025, 1, 1},   0,  0.4},
    {"contract the day before the new rule", CAPITAL_MACRS_5,     {2025, 1, 19}, {2025, 12, 31}, 23, 0.4},
    {"the same, in service in 2026",         CAPITAL_MACRS_5,     {2025, 1, 19}, {2026, 1, 1},   0,  0.2},
    {"the same, on the last day of 2026",    CAPITAL_MACRS_5,     {2025, 1, 19}, {2026, 12, 31}, 0,  0.2},
    {"the same, in service in 2027",         CAPITAL_MACRS_5,     {2025, 1, 19}, {2027, 1, 1},   0,  0  },
    {"first day of the new rule",            CAPITAL_MACRS_5,     {2025, 1, 20}, {2025, 1, 20},  0,  1  },
    {"years later",                          CAPITAL_STRAIGHT_5,  {2031, 1, 1},  {2032, 1, 1},   0,  1  },
    {"a building of 39 years",               CAPITAL_STRAIGHT_39, {2025, 6, 1},  {2026, 1, 1},   0,  0  },
    {"a life of its own",                    CAPITAL_CUSTOM,      {2025, 6, 1},  {2026, 1, 1},   0,  0  },
    {"land",                                 CAPITAL_NEVER,       {2025, 6, 1},  {2026, 1, 1},   0,  0  },
};

START_TEST(bonus_by_day) {
  for (size_t i = 0; i < sizeof bonus_rows / sizeof *bonus_rows; i++) {
    double got =
        capital_bonus_frac(bonus_rows[i].write_off, calendar_day(bonus_rows[i].acquired) + bonus_rows[i].after_h / 24,
                           calendar_day(bonus_rows[i].service));
    ck_assert_msg(got == bonus_rows[i].want, "%s: %g", bonus_rows[i].what, got);
  }
}
END_TEST

// ---- Income tax -------------------------------------------------------------------------------------------

typedef struct due_row {
  capital_tax_year in;
  double           state, federal, credit, allowed, loss_used;   // due
  double           loss_federal, loss_state, interest, carried;  // left at the end of the year; carried: credit
} due_row;

// By hand, rates 21 % and 5 %: state tax 5 % of its income, federal 21 % of the same less state tax. The year carries
// what the one before left.
#define TERMS   .federal_frac = 0.21, .loss_limit_frac = 0.8, .interest_limit_frac = (double)NAN
#define LIMITED .federal_frac = 0.21, .loss_limit_frac = 0.8, .interest_limit_frac = 0.3
#define WORN    .federal_write_off_usd = 40, .state_write_off_usd = 40
// clang-format off
static const struct {
  const char       *what;
  capital_tax_terms k;
  int               n;
  due_row           year[3];
} settle_rows[] = {
    {"income: 5, then 21 % of 95", {TERMS, .state_frac = 0.05}, 1,
     {{.in = {.ebitda_usd = 100}, .state = 5, .federal = 19.95}}},
    {"each deducts its own: 100 + 10 - 20 - 30, state 40", {TERMS, .state_frac = 0.05}, 1,
     {{.in = {.ebitda_usd = 100, .other_income_usd = 10, .interest_usd = 20,
              .federal_write_off_usd = 30, .state_write_off_usd = 50},
       .state = 2, .federal = 12.18, .allowed = 20}}},
    {"a grant taxed by the state alone", {TERMS, .state_frac = 0.05}, 1,
     {{.in = {.ebitda_usd = 100, .state_only_income_usd = 60}, .state = 8, .federal = 19.32}}},
    {"a grant taxed federally alone", {TERMS, .state_frac = 0.05}, 1,
     {{.in = {.ebitda_usd = 100, .federal_only_income_usd = 60}, .state = 5, .federal = 32.55}}},
    {"refund: loss of 100 and credit paid at once", {TERMS, .state_frac = 0.05, .losses = CAPITAL_LOSSES_REFUND}, 1,
     {{.in = {.ebitda_usd = -100, .credit_usd = 30}, .state = -5, .federal = -19.95, .credit = 30}}},
    // 26 USC 172(a)(2): of 50, losses cover 40; then the 60 left are fewer than 80 % of 200
    {"losses carried, four fifths", {TERMS}, 3,
     {{.in = {.ebitda_usd = -100}, .loss_federal = 100, .loss_state = 100},
      {.in = {.ebitda_usd = 50}, .federal = 2.1, .loss_used = 40, .loss_federal = 60, .loss_state = 60},
      {.in = {.ebitda_usd = 200}, .federal = 29.4, .loss_used = 60}}},
    {"a state loss does not cover federal income", {TERMS, .state_frac = 0.05}, 2,
     {{.in = {.ebitda_usd = 100, .state_write_off_usd = 130}, .federal = 21, .loss_state = 30},
      {.in = {.ebitda_usd = 100}, .state = 3.5, .federal = 20.265}}},  // 100 - 30; 21 % of 96.5
    // 26 USC 163(j): interest received 5 + 30 % of 100 = 35 of 50; the year after, 30 of 15 carried + 10
    {"interest limit before depreciation", {LIMITED}, 2,
     {{.in = {.ebitda_usd = 100, .other_income_usd = 5, .interest_usd = 50, WORN},
       .federal = 6.3, .allowed = 35, .interest = 15},
      {.in = {.ebitda_usd = 100, .interest_usd = 10}, .federal = 15.75, .allowed = 25}}},
    {"after depreciation: 5 + 30 % of 60", {LIMITED, .interest_base_ebit = 1}, 1,
     {{.in = {.ebitda_usd = 100, .other_income_usd = 5, .interest_usd = 50, WORN},
       .federal = 8.82, .allowed = 23, .interest = 27}}},
    {"a grant counts: 30 % of 160", {LIMITED}, 1,
     {{.in = {.ebitda_usd = 100, .federal_only_income_usd = 60, .interest_usd = 50}, .federal = 23.52, .allowed = 48,
       .interest = 2}}},
    {"no adjusted income: only interest received", {LIMITED}, 2,
     {{.in = {.ebitda_usd = -20, .other_income_usd = 5, .interest_usd = 50},
       .allowed = 5, .interest = 45, .loss_federal = 20, .loss_state = 20},
      {.in = {.ebitda_usd = 0, .interest_usd = 10}, .interest = 55, .loss_federal = 20, .loss_state = 20}}},
    // credit 30: 21 of 100 now, none in a loss, 4.20 of 20 (80 % of 100 covered by the loss) after it
    {"credit carried", {TERMS}, 3,
     {{.in = {.ebitda_usd = 100, .credit_usd = 30}, .federal = 21, .credit = 21, .carried = 9},
      {.in = {.ebitda_usd = -80}, .carried = 9, .loss_federal = 80, .loss_state = 80},
      {.in = {.ebitda_usd = 100}, .federal = 4.2, .credit = 4.2, .carried = 4.8, .loss_used = 80}}},
};
// clang-format on

START_TEST(years_settled) {
  for (size_t i = 0; i < sizeof settle_rows / sizeof *settle_rows; i++) {
    capital_tax_state state = {0};
    for (int t = 0; t < settle_rows[i].n; t++) {
      const due_row  *row = &settle_rows[i].year[t];
      capital_tax_due due;
      capital_tax_settle(&settle_rows[i].k, &state, &row->in, &due);
      double got[] = {due.state_usd,     due.federal_usd,        due.credit_usd,       due.interest_allowed_usd,
                      due.loss_used_usd, state.loss_federal_usd, state.loss_state_usd, state.interest_usd,
                      state.credit_usd};
      double want[] = {row->state,        row->federal,    row->credit,   row->allowed, row->loss_used,
                       row->loss_federal, row->loss_state, row->interest, row->carried};
      for (size_t j = 0; j < sizeof got / sizeof *got; j++)
        ck_assert_msg(fabs(got[j] - want[j]) < 1e-11, "%s: year %d, figure %zu is %.6f, not %.6f", settle_rows[i].what,
                      t, j, got[j], want[j]);
    }
  }
}
END_TEST

// Cases P01 and P02 computed with ssc (NREL, System Advisor Model, commit e97a19f, module levpartflip): 1.2 billion of
// 5-year property, losses refunded. ssc gives tax as received. P01: 660 million at 6.8 %; P02: 836 million at 7 %,
// federal bonus 40 %, six months of service in reserve at 1.75 %.
enum { LIFE = 20 };
typedef struct flip_row {
  double ebitda, service, state, federal;
} flip_row;
// clang-format off
static const struct {
  const char *what;
  double      federal_frac, state_frac, bonus, debt, rate, reserve_months, reserve_rate;
  flip_row    year[LIFE];
} ssc_rows[] = {
    {"P01", 0.21, 0.06, 0, 660000000, 0.068, 0, 0,
     {{134981000, 71551745.8845, 8993940, 29590062.6},
      {135730810, 71551745.8845, 17480130.6768, 57509629.9266},
      {136473118.1, 71551745.8845, 8103371.6584, 26660092.7562},
      {137207474.281, 71551745.8845, 2405586.75896, 7914380.43696},
      {137933414.649, 71551745.8845, 2229466.40835, 7334944.48348},
      {138650461.061, 71551745.8845, -2102334.65205, -6916681.00523},
      {139358120.744, 71551745.8845, -6443199.83144, -21198127.4454},
      {140055885.9, 71551745.8845, -6646553.31994, -21867160.4226},
      {140743233.307, 71551745.8845, -6860262.89884, -22570264.9372},
      {141419623.902, 71551745.8845, -7085042.94295, -23309791.2823},
      {142084502.359, 71551745.8845, -7321657.62818, -24088253.5967},
      {142737296.656, 71551745.8845, -7570924.35831, -24908341.1388},
      {143377417.628, 71551745.8845, -7833717.42584, -25772930.331},
      {144004258.509, 71551745.8845, -8110971.92299, -26685097.6266},
      {144617194.468, 71551745.8845, -8403687.91973, -27648133.2559},
      {145215582.12, 0, -8712934.92718, -28665555.9104},
      {145798759.041, 0, -8747925.54246, -28780675.0347},
      {146366043.259, 0, -8781962.59554, -28892656.9393},
      {146916732.735, 0, -8815003.96409, -29001363.0419},
      {147450104.832, 0, -8847006.2899, -29106650.6938}}},
    {"P02", 0.21, 0.05, 0.4, 836042539.207, 0.07, 6, 0.0175,
     {{124812000, 89151428.5714, 8646545.13722, 115139715.098},
      {126411180, 90293700, 15658886.8156, 30222958.3942},
      {128028341.7, 91448815.5, 7778821.8692, 11683899.2581},
      {129663622.693, 92616873.3525, 2957493.28674, 188238.214075},
      {131317159.731, 93797971.2364, 2729984.24905, -719522.846299},
      {132989088.643, 94992206.1739, -968686.054324, -9671137.35675},
      {134679544.263, 96199674.4735, -4683566.90152, -18687431.9371},
      {136388660.341, 97420471.6721, -4959780.82801, -19789525.5038},
      {138116569.464, 98654692.4745, -5254528.75146, -20965569.7183},
      {139863402.967, 99902430.691, -5569095.45526, -22220690.8665},
      {141629290.842, 101163779.173, -5904855.45592, -23560373.2691},
      {143414361.645, 102438829.747, -6263279.28104, -24990484.3314},
      {145218742.402, 103727673.144, -6645940.18674, -26517301.3451},
      {147042558.508, 105030398.934, -7054521.34522, -28147540.1674},
      {148885933.624, 0, -7444296.6812, -29702743.758},
      {150748989.576, 0, -7537449.47878, -30074423.4203},
      {152631846.239, 0, -7631592.31195, -30450053.3247},
      {154534621.433, 0, -7726731.07163, -30829656.9758},
      {156457430.799, 0, -7822871.53995, -31213257.4444},
      {158400387.687, 0, -7920019.38435, -31600877.3435}}},
};
// clang-format on

START_TEST(agrees_with_a_lender_grade_model) {
  for (size_t i = 0; i < sizeof ssc_rows / sizeof *ssc_rows; i++) {
    double            federal[LIFE] = {0}, state[LIFE] = {0}, balance = ssc_rows[i].debt;
    capital_tax_class k = {.write_off = CAPITAL_MACRS_5, .bonus_federal_frac = ssc_rows[i].bonus};
    capital_tax_terms terms = {.federal_frac = ssc_rows[i].federal_frac,
                               .state_frac = ssc_rows[i].state_frac,
                               .losses = CAPITAL_LOSSES_REFUND,
                               .interest_limit_frac = (double)NAN};
    capital_tax_state carried = {0};
    ck_assert(capital_write_off_add(&k, 1.2e9, 0, LIFE, federal, state) == 0);
    for (int t = 0; t < LIFE; t++) {
      const flip_row  *row = &ssc_rows[i].year[t];
      capital_tax_year in = {
          .ebitda_usd = row->ebitda,
          .other_income_usd = ssc_rows[i].reserve_rate * ssc_rows[i].reserve_months / 12 * row->service,
          .interest_usd = ssc_rows[i].rate * balance,
          .federal_write_off_usd = federal[t],
          .state_write_off_usd = state[t]};
      capital_tax_due due;
      capital_tax_settle(&terms, &carried, &in, &due);
      balance += in.interest_usd - row->service;
      double off = fmax(fabs(due.state_usd + row->state), fabs(due.federal_usd + row->federal));
      ck_assert_msg(off < 1e-9 * 1.2e9, "%s, year %d: off by %.3f", ssc_rows[i].what, t + 1, off);
    }
  }
}
END_TEST

// A life of 30 years with big losses early, settled one way; returns the present value of what is paid.
static double life_of(const capital_tax_terms *k, uint64_t seed, double discount, capital_tax_state *state) {
  uint64_t          s = seed;
  double            federal[30] = {0}, local[30] = {0}, paid = 0, interest = 0, allowed = 0, credit = 0, used = 0;
  double            cost = 1e9 * next_unit(&s), margin = 0.3 * next_unit(&s), leverage = next_unit(&s);
  capital_tax_class plant = {.write_off = (int32_t)(next_u64(&s) % 6),
                             .bonus_federal_frac = next_unit(&s),
                             .credit_frac = 0.3 * next_unit(&s)};
  double            first_credit = capital_write_off_add(&plant, cost, 1, 30, federal, local);
  *state = (capital_tax_state){0};
  for (int t = 0; t < 30; t++) {
    capital_tax_year in = {.ebitda_usd = cost * margin * (next_unit(&s) * 1.5 - 0.3),
                           .other_income_usd = 1e-3 * cost * next_unit(&s),
                           .interest_usd = 0.08 * leverage * cost * (30 - t) / 30,
                           .federal_write_off_usd = federal[t],
                           .state_write_off_usd = local[t],
                           .state_only_income_usd = t == 1 ? 0.01 * cost : 0,
                           .credit_usd = t == 1 ? first_credit : 0};
    capital_tax_due  due;
    capital_tax_settle(k, state, &in, &due);
    ck_assert(
        isfinite(due.state_usd + due.federal_usd + due.credit_usd + due.federal_income_usd + due.state_income_usd));
    ck_assert(due.credit_usd >= 0 && due.interest_allowed_usd >= 0 && due.loss_used_usd >= 0);
    ck_assert(state->loss_federal_usd >= 0 && state->loss_state_usd >= 0 && state->interest_usd >= 0 &&
              state->credit_usd >= 0);
    if (k->losses == CAPITAL_LOSSES_CARRY) ck_assert(due.state_usd >= 0 && due.federal_usd >= due.credit_usd);
    paid += (due.state_usd + due.federal_usd - due.credit_usd) * pow(1 + discount, -t);
    interest += in.interest_usd, allowed += due.interest_allowed_usd, credit += in.credit_usd, used += due.credit_usd;
  }
  test_near(allowed + state->interest_usd, interest, 1e-12 * cost);  // nothing is lost on the way
  test_near(used + state->credit_usd, credit, 1e-12 * cost);
  return paid / cost;
}

START_TEST(waiting_never_pays) {
  uint64_t s = 6;
  int      waited = 0;
  for (int round = 0; round < 3000; round++) {
    capital_tax_terms k = {.federal_frac = 0.4 * next_unit(&s),
                           .state_frac = 0.12 * next_unit(&s),
                           .loss_limit_frac = round % 3 ? 0.8 : next_unit(&s),
                           .interest_limit_frac = round % 2 ? 0.3 : (double)NAN,
                           .interest_base_ebit = round % 4 == 1};
    capital_tax_terms refund = k;
    refund.losses = CAPITAL_LOSSES_REFUND;
    capital_tax_state left;
    uint64_t          seed = next_u64(&s);
    double            discount = 0.2 * next_unit(&s);
    double            at_once = life_of(&refund, seed, discount, &left), carried = life_of(&k, seed, discount, &left);
    ck_assert_msg(carried >= at_once - 1e-12, "round %d: %g below %g", round, carried, at_once);
    waited += carried > at_once + 1e-6;
  }
  ck_assert_int_gt(waited, 2000);
}
END_TEST

// A loss that is made good later, all limits off and one rate: without discounting, both ways pay the same.
START_TEST(waiting_costs_only_time) {
  double paid[2] = {0}, ebitda[] = {-300, -40, 10, 200, 250, 90};
  for (int losses = 0; losses < 2; losses++) {
    capital_tax_terms k = {.federal_frac = 0.21,
                           .state_frac = 0.06,
                           .losses = losses,
                           .loss_limit_frac = 1,
                           .interest_limit_frac = (double)NAN};
    capital_tax_state state = {0};
    for (int t = 0; t < 6; t++) {
      capital_tax_due  due;
      capital_tax_year in = {.ebitda_usd = ebitda[t], .credit_usd = t == 0 ? 20 : 0};
      capital_tax_settle(&k, &state, &in, &due);
      paid[losses] += due.state_usd + due.federal_usd - due.credit_usd;
    }
    test_near(state.loss_federal_usd + state.loss_state_usd + state.credit_usd, 0, 1e-12);
  }
  test_near(paid[0], paid[1], 1e-12);
  test_near(paid[0], 210 * (0.06 + 0.21 * 0.94) - 20, 1e-12);
}
END_TEST

// ---- Property tax -----------------------------------------------------------------------------------------

// 10,000,000 USD at 2 %, by hand.
#define TWO .rate_frac = 0.02
// clang-format off
static const struct {
  const char          *what;
  capital_property_tax k;
  int32_t              year;
  double               want;
} property_rows[] = {
    {"plain", {TWO, .assessed_frac = 1}, 7, 200000},
    {"assessed at four fifths", {TWO, .assessed_frac = 0.8}, 0, 160000},
    {"falls 5 points a year", {TWO, .assessed_frac = 1, .decline_frac_per_yr = 0.05}, 3, 170000},
    {"and ends", {TWO, .assessed_frac = 1, .decline_frac_per_yr = 0.05}, 21, 0},
    {"last abated year, 85 % off", {TWO, .assessed_frac = 1, .abated_frac = 0.85, .abated_years = 10}, 9, 30000},
    {"first year after", {TWO, .assessed_frac = 1, .abated_frac = 0.85, .abated_years = 10}, 10, 200000},
    {"all of it together",
     {TWO, .assessed_frac = 0.5, .decline_frac_per_yr = 0.1, .abated_frac = 0.5, .abated_years = 3}, 2, 40000},
};
// clang-format on

START_TEST(property_tax) {
  for (size_t i = 0; i < sizeof property_rows / sizeof *property_rows; i++) {
    double got = capital_property_tax_usd(&property_rows[i].k, 1e7, property_rows[i].year);
    ck_assert_msg(fabs(got - property_rows[i].want) < 1e-8, "%s: %.2f", property_rows[i].what, got);
  }
}
END_TEST

TEST_LIST("tax", shares_by_year, costs_written_off, states_have_their_own_class, write_offs_sum_to_the_basis, bonus_by_day, years_settled,
          agrees_with_a_lender_grade_model, waiting_never_pays, waiting_costs_only_time, property_tax)
