#include "equity.h"

#include <math.h>

#include "../../tests/test.h"
#include "returns.h"

static uint64_t next_u64(uint64_t *s) {  // splitmix64
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}
static double next_unit(uint64_t *s) { return ((double)(next_u64(s) >> 11) + 0.5) * 0x1p-53; }

// ---- Tiers, by hand to the cent ---------------------------------------------------------------------------

// Fund (0) pays 90 %, sponsor (1) 10 %. To the fund's 8 % as paid in, to its 12 % 80/20, then 60/40.
static const capital_equity_terms promote = {
    .n_owner = 2,
    .n_tier = 3,
    .call_frac = {0.9,                                                    0.1  },
    .tier = { {.hurdle_frac_per_yr = 0.08, .share_frac = {0.9, 0.1}},
                  {.hurdle_frac_per_yr = 0.12, .share_frac = {0.8, 0.2}},
                  {.hurdle_frac_per_yr = (double)NAN, .share_frac = {0.6, 0.4}}}
};
// 95 / 5 %. To 8 % on all that was paid in, then the sponsor catches up by 20/80 to 10 %, then 80/20:
// the last tier has no end, whatever its hurdle.
static const capital_equity_terms catch_up = {
    .n_owner = 2,
    .n_tier = 3,
    .call_frac = {0.95,                                                                  0.05},
    .tier = { {.hurdle_frac_per_yr = 0.08, .measured = -1, .share_frac = {0.95, 0.05}},
                  {.hurdle_frac_per_yr = 0.1, .measured = -1, .share_frac = {0.2, 0.8}},
                  {.hurdle_frac_per_yr = 0.15, .share_frac = {0.8, 0.2}}}
};
// The owner of the land pays nothing in and has a quarter of the profit.
static const capital_equity_terms carried = {
    .n_owner = 3,
    .n_tier = 1,
    .call_frac = {0.7, 0.3, 0},
    .tier = {{.hurdle_frac_per_yr = (double)NAN, .share_frac = {0.5, 0.25, 0.25}} }
};
// The tier pays nothing to the owner whose hurdle it waits for: it never ends.
static const capital_equity_terms starved = {
    .n_owner = 2,
    .n_tier = 2,
    .call_frac = {1,                                                  0    },
    .tier = {{.hurdle_frac_per_yr = 0.05, .share_frac = {0, 1}},
                  {.hurdle_frac_per_yr = (double)NAN, .share_frac = {1, 0}}}
};

// A tier without a hurdle has no end: what follows gets nothing.
static const capital_equity_terms endless = {
    .n_owner = 2,
    .n_tier = 2,
    .call_frac = {0.5,                                                           0.5},
    .tier = {{.hurdle_frac_per_yr = (double)NAN, .share_frac = {0.9, 0.1}},
                  {.hurdle_frac_per_yr = 0.1, .share_frac = {0, 1}}                 }
};

// clang-format off
typedef struct tier_row {
  double year, call, cash;
  double paid[3], got[3];
} tier_row;

// promote: lacking to 8 and 12 %: 972,000 and 1,008,000 after a year; 758,160 and 826,560 after two: 842,400 of cash
// bring the fund to 8 %, (826,560 - 758,160) / 0.8 = 85,500 to 12 %, 72,100 are left. It is then 111,660 and 43,260
// above them; a year later the call of 90,000 leaves it 30,592.80 above 8 % and 41,548.80 below 12 %: 51,936 of cash.
// catch up: 2,160,000 and 2,200,000 after a year: tiers of 2,160,000, 40,000 and 300,000.
static const struct {
  const char                 *what;
  const capital_equity_terms *k;
  int                         n;
  tier_row                    row[4];
} tier_rows[] = {
    {"promote", &promote, 4,
     {{0, 1000000, 0, {900000, 100000}, {0, 0}},
      {1, 0, 300000, {0, 0}, {270000, 30000}},
      {1, 0, 1000000, {0, 0}, {869820, 130180}},
      {1, 100000, 60000, {90000, 10000}, {46387.20, 13612.80}}}},
    {"catch up", &catch_up, 2,
     {{0, 2000000, 0, {1900000, 100000}, {0, 0}}, {1, 0, 2500000, {0, 0}, {2300000, 200000}}}},
    {"catch up, a month and eleven", &catch_up, 3,
     {{0, 2000000, 0, {1900000, 100000}, {0, 0}},
      {1.0 / 12, 0, 0, {0, 0}, {0, 0}},
      {11.0 / 12, 0, 2500000, {0, 0}, {2300000, 200000}}}},
    {"calls unlike profit", &carried, 2,
     {{0, 400000, 0, {280000, 120000, 0}, {0, 0, 0}}, {1, 0, 123456.80, {0, 0, 0}, {61728.40, 30864.20, 30864.20}}}},
    {"a tier that never ends", &starved, 2, {{0, 100, 0, {100, 0}, {0, 0}}, {30, 0, 1000000, {0, 0}, {0, 1000000}}}},
    {"no hurdle, no end", &endless, 2, {{0, 100, 0, {50, 50}, {0, 0}}, {1, 0, 1000, {0, 0}, {900, 100}}}},
    {"profit before any call", &promote, 2, {{1, 0, 100, {0, 0}, {60, 40}}, {1, 0, 100, {0, 0}, {60, 40}}}},
};
// clang-format on

START_TEST(tiers_by_hand) {
  for (size_t i = 0; i < sizeof tier_rows / sizeof *tier_rows; i++) {
    capital_equity_state s;
    capital_equity_open(tier_rows[i].k, &s);
    for (int t = 0; t < tier_rows[i].n; t++) {
      const tier_row *row = &tier_rows[i].row[t];
      double          paid[CAPITAL_OWNERS], got[CAPITAL_OWNERS];
      capital_equity_accrue(tier_rows[i].k, &s, row->year);
      capital_equity_call(tier_rows[i].k, &s, row->call, paid);
      capital_equity_distribute(tier_rows[i].k, &s, row->cash, got);
      for (int32_t o = 0; o < tier_rows[i].k->n_owner; o++)
        ck_assert_msg(fabs(paid[o] - row->paid[o]) < 1e-8 && fabs(got[o] - row->got[o]) < 1e-8,
                      "%s: row %d, owner %d paid %.4f and got %.4f", tier_rows[i].what, t, (int)o, paid[o], got[o]);
    }
  }
}
END_TEST

// ---- Properties -------------------------------------------------------------------------------------------

static void shares_of(uint64_t *s, int32_t n, double *share) {
  double sum = 0;
  for (int32_t i = 0; i < n; i++) sum += share[i] = next_unit(s);
  for (int32_t i = 0; i < n; i++) share[i] /= sum;
}

static capital_equity_terms terms_of(uint64_t *s) {
  capital_equity_terms k = {.n_owner = 1 + (int32_t)(next_u64(s) % CAPITAL_OWNERS),
                            .n_tier = 1 + (int32_t)(next_u64(s) % CAPITAL_TIERS)};
  shares_of(s, k.n_owner, k.call_frac);
  for (int32_t t = 0; t < k.n_tier; t++) {
    k.tier[t].hurdle_frac_per_yr = t + 1 < k.n_tier ? 0.05 * (t + 1) + 0.04 * next_unit(s) : (double)NAN;
    k.tier[t].measured = (int32_t)(next_u64(s) % (uint64_t)(k.n_owner + 1)) - 1;
    shares_of(s, k.n_owner, k.tier[t].share_frac);
  }
  return k;
}

enum { PERIODS = 24 };

typedef struct life {
  double call[PERIODS], cash[PERIODS];
  double flow[CAPITAL_OWNERS][PERIODS];
  double lacks[PERIODS][CAPITAL_TIERS];  // after each period
} life;

static void live(const capital_equity_terms *k, life *l, double scale) {
  capital_equity_state s;
  capital_equity_open(k, &s);
  for (int t = 0; t < PERIODS; t++) {
    double paid[CAPITAL_OWNERS], got[CAPITAL_OWNERS];
    capital_equity_accrue(k, &s, t ? 0.25 : 0);
    capital_equity_call(k, &s, scale * l->call[t], paid);
    capital_equity_distribute(k, &s, scale * l->cash[t], got);
    for (int32_t i = 0; i < k->n_owner; i++) l->flow[i][t] = got[i] - paid[i];
    for (int32_t i = 0; i + 1 < k->n_tier; i++) l->lacks[t][i] = s.balance_usd[i];
  }
}

static void life_of(uint64_t *s, life *l) {
  for (int t = 0; t < PERIODS; t++) {
    l->call[t] = t < 4 || t % 7 == 0 ? 1000 * next_unit(s) : 0;
    l->cash[t] = t > 2 ? 600 * next_unit(s) : 0;
  }
}

START_TEST(sums_are_conserved) {
  uint64_t s = 2;
  for (int round = 0; round < 2000; round++) {
    capital_equity_terms k = terms_of(&s);
    life                 l;
    life_of(&s, &l);
    live(&k, &l, 1);
    for (int t = 0; t < PERIODS; t++) {
      double sum = 0;
      for (int32_t i = 0; i < k.n_owner; i++) sum += l.flow[i][t];
      test_near(sum, l.cash[t] - l.call[t], 1e-11);
    }
  }
}
END_TEST

// A balance is what the measured owner's flows, compounded at the hurdle, still lack: NPV(hurdle) = 0 where it is 0.
// And no later tier pays its owners a cent before that.
START_TEST(balances_are_present_values) {
  uint64_t s = 3;
  int      met = 0;
  for (int round = 0; round < 2000; round++) {
    capital_equity_terms k = terms_of(&s);
    life                 l;
    life_of(&s, &l);
    live(&k, &l, 1);
    for (int32_t tier = 0; tier + 1 < k.n_tier; tier++) {
      double worth = 0, quarter = pow(1 + k.tier[tier].hurdle_frac_per_yr, 0.25);
      for (int t = 0; t < PERIODS; t++) {
        worth *= quarter;
        for (int32_t i = 0; i < k.n_owner; i++)
          if (k.tier[tier].measured < 0 || k.tier[tier].measured == i) worth -= l.flow[i][t];
        test_near(l.lacks[t][tier], worth, 1e-8);
        if (worth < 1e-9) {
          met++;
          continue;
        }
        if (tier > 0 || l.cash[t] <= 0) continue;  // not met: all of it went by the shares of the first tier
        for (int32_t i = 0; i < k.n_owner; i++)
          test_near(l.flow[i][t], k.tier[0].share_frac[i] * l.cash[t] - k.call_frac[i] * l.call[t], 1e-11);
      }
    }
  }
  ck_assert_int_gt(met, 10000);
}
END_TEST

START_TEST(twice_the_money_twice_the_flows) {
  uint64_t s = 4;
  for (int round = 0; round < 300; round++) {
    capital_equity_terms k = terms_of(&s);
    life                 one, two;
    life_of(&s, &one);
    two = one;
    live(&k, &one, 1);
    live(&k, &two, 2);
    for (int32_t i = 0; i < k.n_owner; i++)
      for (int t = 0; t < PERIODS; t++) ck_assert(two.flow[i][t] == 2 * one.flow[i][t]);  // a power of two: exact
  }
}
END_TEST

// ---- Flip -------------------------------------------------------------------------------------------------

// Cases P01 and P02 computed with ssc (NREL, System Advisor Model, commit e97a19f, module levpartflip): cash of the
// project before tax, its taxes (received), the investor's flow after tax, its IRR to date in percent, exact by
// bisection.
enum { LIFE = 21 };
// clang-format off
static const struct {
  const char  *what;
  capital_flip k;
  int32_t      flip;  // year in which the target is first reached
  struct {
    double cash, state, federal, investor, irr;
  } year[LIFE];
} flip_rows[] = {
    {"P01", {0.09, 0.8, 0.8, 0.8, 0.3, 0.3}, 13,
     {{-540000000, 0, 0, -432000000, 0},
      {63429254.1155, 8993940, 29590062.6, 81610605.3724, -81.1086561638},
      {64179064.1155, 17480130.6768, 57509629.9266, 111335059.775, -38.9169271428},
      {64921372.2155, 8103371.6584, 26660092.7562, 79747869.3041, -20.0233772074},
      {65655728.3965, 2405586.75896, 7914380.43696, 60780556.474, -10.1549149138},
      {66381668.7644, 2229466.40835, 7334944.48348, 60756863.725, -3.2191981494},
      {67098715.1765, -2102334.65205, -6916681.00523, 46463759.6154, 0.645177337544},
      {67806374.8593, -6443199.83144, -21198127.4454, 32132038.066, 2.75255981338},
      {68504140.0159, -6646553.31994, -21867160.4226, 31992341.0186, 4.46112733865},
      {69191487.4227, -6860262.89884, -22570264.9372, 31808767.6693, 5.83932540008},
      {69867878.0172, -7085042.94295, -23309791.2823, 31578435.0336, 6.95154389015},
      {70532756.4743, -7321657.62818, -24088253.5967, 31298276.1995, 7.85194433455},
      {71185550.7713, -7570924.35831, -24908341.1388, 30965028.2194, 8.58398470783},
      {71825671.7432, -7833717.42584, -25772930.331, 30575219.1891, 9.18185116577},
      {72452512.6249, -8110971.92299, -26685097.6266, 11296932.9226, 9.3709624409},
      {73065448.5831, -8403687.91973, -27648133.2559, 11104088.2222, 9.53524107776},
      {145215582.12, -8712934.92718, -28665555.9104, 32351127.3846, 9.94619077841},
      {145798759.041, -8747925.54246, -28780675.0347, 32481047.5391, 10.2912712463},
      {146366043.259, -8781962.59554, -28892656.9393, 32607427.1172, 10.5826930574},
      {146916732.735, -8815003.96409, -29001363.0419, 32730109.7187, 10.83003771},
      {147450104.832, -8847006.2899, -29106650.6938, 32848934.3544, 11.0409092583}}},
    {"P02", {0.125, 0.6, 0.65, 0.75, 0.1, 0.1}, 16,
     {{-421073813.167, 0, 0, -252644287.9, 0},
      {35869510.7143, 8646545.13722, 115139715.098, 116154877.14, -54.0243406626},
      {36329992.125, 15658886.8156, 30222958.3942, 58025878.7886, -23.8597247207},
      {36795674.4094, 7778821.8692, 11683899.2581, 38514229.2116, -9.81450496922},
      {37266598.0409, 2957493.28674, 188238.214075, 26582587.3522, -2.80127010123},
      {37742803.2742, 2729984.24905, -719522.846299, 26040668.1803, 2.26871014148},
      {38224330.1238, -968686.054324, -9671137.35675, 16865947.0221, 4.77312419671},
      {38711218.3417, -4683566.90152, -18687431.9371, 7634042.79316, 5.71783699014},
      {39203507.3948, -4959780.82801, -19789525.5038, 6920300.05775, 6.46355714715},
      {39701236.4407, -5254528.75146, -20965569.7183, 6140729.83413, 7.04001967391},
      {40204444.304, -5569095.45526, -22220690.8665, 5290549.05625, 7.47454899404},
      {40713169.4501, -5904855.45592, -23560373.2691, 4364638.59878, 7.79035930296},
      {41227449.96, -6263279.28104, -24990484.3314, 3357519.76474, 8.00625615757},
      {41747323.5029, -6645940.18674, -26517301.3451, 2263329.12804, 8.13691634458},
      {95446375.0313, -7054521.34522, -28147540.1674, 35638597.6358, 9.73197986622},
      {148885933.624, -7444296.6812, -29702743.758, 68915576.5262, 11.7014559392},
      {150748989.576, -7537449.47878, -30074423.4203, 69777938.5498, 12.9974330245},
      {152631846.239, -7631592.31195, -30450053.3247, 11455020.0602, 13.1604977003},
      {154534621.433, -7726731.07163, -30829656.9758, 11597823.3385, 13.3015930706},
      {156457430.799, -7822871.53995, -31213257.4444, 11742130.1815, 13.4238152495},
      {158400387.687, -7920019.38435, -31600877.3435, 11887949.0959, 13.5298176742}}},
};
// clang-format on

START_TEST(flips_like_a_lender_grade_model) {
  for (size_t i = 0; i < sizeof flip_rows / sizeof *flip_rows; i++) {
    double cash[LIFE], tax[LIFE], investor[LIFE], developer[LIFE], irr[LIFE];
    for (int t = 0; t < LIFE; t++)
      cash[t] = flip_rows[i].year[t].cash, tax[t] = flip_rows[i].year[t].state + flip_rows[i].year[t].federal;
    int32_t flip = capital_flip_run(&flip_rows[i].k, cash, tax, LIFE, investor, developer, irr);
    ck_assert_msg(flip == flip_rows[i].flip + 1, "%s: flips in %d", flip_rows[i].what, (int)flip);
    ck_assert(isnan(irr[0]));
    for (int t = 0; t < LIFE; t++) {
      ck_assert_msg(fabs(investor[t] - flip_rows[i].year[t].investor) < 1e-9 * 1.2e9, "%s, year %d: %.3f",
                    flip_rows[i].what, t, investor[t]);
      test_near(investor[t] + developer[t], cash[t] + tax[t], 1e-6);
      if (t == 0) continue;
      ck_assert_msg(fabs(100 * irr[t] - flip_rows[i].year[t].irr) < 1e-7, "%s, year %d: %.9f %%", flip_rows[i].what, t,
                    100 * irr[t]);
      ck_assert((irr[t] >= flip_rows[i].k.target_frac) == (t + 1 >= flip));
    }
  }
}
END_TEST

// Investor pays 100 of 200; half of cash and all of tax before, a tenth of cash and nothing of tax after.
static const struct {
  const char *what;
  double      target, equity;
  double      cash[4], tax[4], investor[4];
  int32_t     flip;
} hand_rows[] = {
    {"reached to the cent",         0.1, 0.5, {-200, 200, 100, 50}, {0, 10, -5, -5},  {-100, 110, 10, 5},    2},
    {"a millionth of a cent short",
     0.1,                                0.5,
     {-200, 200, 100, 50},
     {0, 9.99999999, -5, -5},
     {-100, 109.99999999, 10, 5},
     2                                                                                                        },
    {"a cent short, then met",      0.1, 0.5, {-200, 200, 100, 50}, {0, 9.99, -5, 0}, {-100, 109.99, 45, 5}, 3},
    {"never",                       0.1, 0.5, {-200, 20, 20, 20},   {0, 5, 5, 5},     {-100, 15, 15, 15},    4},
    {"in the last year",            0,   0.5, {-200, 60, 60, 60},   {0, 0, 0, 10},    {-100, 30, 30, 40},    4},
    {"falls below again",           0.1, 0.5, {-200, 220, -90, 50}, {0, 0, 0, 0},     {-100, 110, -9, 5},    2},
    {"paid nothing",                0.1, 0,   {-200, 100, 100, 50}, {0, 0, 0, 0},     {0, 50, 10, 5},        2},
};

START_TEST(flips_by_hand) {
  for (size_t i = 0; i < sizeof hand_rows / sizeof *hand_rows; i++) {
    capital_flip k = {hand_rows[i].target, hand_rows[i].equity, 0.5, 1, 0.1, 0};
    double       investor[4], developer[4];
    int32_t      flip = capital_flip_run(&k, hand_rows[i].cash, hand_rows[i].tax, 4, investor, developer, NULL);
    ck_assert_msg(flip == hand_rows[i].flip, "%s: flips in %d", hand_rows[i].what, (int)flip);
    for (int t = 0; t < 4; t++) {
      ck_assert_msg(fabs(investor[t] - hand_rows[i].investor[t]) < 1e-11, "%s: flow %d is %.4f", hand_rows[i].what, t,
                    investor[t]);
      test_near(developer[t], hand_rows[i].cash[t] + hand_rows[i].tax[t] - hand_rows[i].investor[t], 1e-11);
    }
  }
}
END_TEST

TEST_LIST("equity", tiers_by_hand, sums_are_conserved, balances_are_present_values, twice_the_money_twice_the_flows,
          flips_like_a_lender_grade_model, flips_by_hand)
