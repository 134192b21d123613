// Project: identities on random projects, what close promises, and what bad input brings.
#include "project.h"

#include <math.h>
#include <string.h>

#include "../../tests/plain_facility.h"
#include "../../tests/test.h"

enum { LONGEST = 400 };

// A project with memory of its own.
typedef struct world {
  capital_project p;
  capital_result  r;
  void           *memory;
  double          year[LONGEST], receipts[LONGEST], output[LONGEST], opex[LONGEST], other[LONGEST], spend[LONGEST],
      fund[LONGEST];
  double  cost[3][LONGEST], rate[4][LONGEST], dscr[LONGEST], recovery[LONGEST], cfads[LONGEST];
  int32_t tax_year[LONGEST], completion[4];
  double  completion_frac[4];
} world;

// The instant of close and `years` years of operation, one class of cost, one loan.
static world *annual(int32_t years, double cost_usd, double receipts_usd, double opex_usd) {
  world *w = calloc(1, sizeof *w);
  ck_assert_ptr_nonnull(w);
  w->p.n = years + 1;
  for (int32_t t = 0; t <= years; t++) {
    w->year[t] = t > 0;
    w->tax_year[t] = t - 1;
    w->receipts[t] = t > 0 ? receipts_usd : 0.0;
    w->opex[t] = t > 0 ? opex_usd : 0.0;
    w->rate[0][t] = w->rate[1][t] = 0.07;
    w->dscr[t] = 1.3;
  }
  w->cost[0][0] = cost_usd;
  w->p.year = w->year;
  w->p.tax_year = w->tax_year;
  w->p.n_cost = 1;
  w->p.cost[0] = (capital_cost){w->cost[0], (double)NAN, 0, 20.0, {.write_off = CAPITAL_MACRS_5}};
  w->p.receipts_usd = w->receipts;
  w->p.opex_usd = w->opex;
  w->p.n_facility = 1;
  w->p.facility[0] = plain_facility(w->rate[0], 0, years < 15 ? years : 15);
  w->p.equity_usd = (double)NAN;
  w->p.tax = (capital_tax_terms){0.21, 0.06, CAPITAL_LOSSES_CARRY, 0.8, (double)NAN, 0};
  return w;
}

static void bind(world *w) {
  free(w->memory);
  w->memory = malloc(capital_result_bytes(&w->p));
  ck_assert_ptr_nonnull(w->memory);
  capital_result_bind(&w->p, w->memory, &w->r);
}

static sg_err try_run(world *w) {
  bind(w);
  return capital_project_run(&w->p, &w->r);
}

static void run(world *w) {
  const char *why;
  int32_t     facility;
  (void)capital_project_check(&w->p, &why, &facility);
  ck_assert_msg(!why, "%s", why ? why : "");
  ck_assert_int_eq(try_run(w), SG_OK);
}

static void drop(world *w) {
  free(w->memory);
  free(w);
}

// ---- Random projects ------------------------------------------------------------------------------------------

typedef struct dice {
  uint64_t at;
} dice;
static double roll(dice *d, double least, double most) {
  d->at = d->at * 6364136223846793005u + 1442695040888963407u;
  return least + (most - least) * (double)(d->at >> 11) / 9007199254740992.0;
}
static int32_t pick(dice *d, int32_t n) { return (int32_t)roll(d, 0.0, n - 1e-9); }
static int     likely(dice *d, double frac) { return roll(d, 0.0, 1.0) < frac; }

static void random_facility(world *w, dice *d, int32_t j, double cost_usd) {
  capital_facility *k = &w->p.facility[j];
  int32_t           n = w->p.n, built = n / 8 + pick(d, n / 8 + 1);
  *k = plain_facility(w->rate[j], built, 1 + pick(d, n - built));
  for (int32_t t = 0; t < n; t++) w->rate[j][t] = 0.05 + 0.02 * j + 0.01 * sin(t / 9.0);
  k->repays = pick(d, CAPITAL_REPAYS_COUNT);
  k->grace = pick(d, k->tenor);
  if (likely(d, 0.3)) k->balloon_frac = roll(d, 0.0, 0.5);
  if (likely(d, 0.5)) k->dscr = w->dscr;
  if (likely(d, 0.2)) k->llcr = roll(d, 1.2, 1.6);
  if (likely(d, 0.3)) k->leverage_frac = roll(d, 0.1, 0.8 / w->p.n_facility);
  if (likely(d, 0.5) || (!k->dscr && isnan(k->llcr) && isnan(k->leverage_frac)))
    k->commitment_usd = cost_usd * roll(d, 0.1, 0.4);
  if (likely(d, 0.2)) k->advance_frac = roll(d, 0.1, 0.5);
  if (likely(d, 0.3)) k->rank = pick(d, 3);
  k->close = pick(d, built / 2 + 1);
  k->terms = (capital_debt_terms){.commitment_fee_frac_per_yr = 0.005,
                                  .agency_usd_per_yr = 1e4,
                                  .upfront_frac = 0.02,
                                  .default_margin_frac_per_yr = 0.02,
                                  .capitalises = likely(d, 0.5),
                                  .prepays_pro_rata = likely(d, 0.5)};
  if (likely(d, 0.15)) {
    k->terms.draw_tenor = 1 + pick(d, n / 2);
    k->terms.draw_repays = pick(d, 3);
    k->dscr = NULL;
    k->llcr = (double)NAN;
    k->commitment_usd = cost_usd * roll(d, 0.1, 0.3);
    if (likely(d, 0.5)) k->draws_end = n;
  }
  k->drawn_at_close = likely(d, 0.1);
  if (likely(d, 0.5)) k->reserve_months = roll(d, 1.0, 12.0);
  if (likely(d, 0.3)) k->sweep_frac = roll(d, 0.0, 1.0);
  if (likely(d, 0.3)) k->lockup_dscr = roll(d, 1.0, 1.5);
  if (likely(d, 0.2)) k->default_dscr = roll(d, 0.5, 1.05);
  k->cure_periods = pick(d, 4);
  k->refinanced = likely(d, 0.5);
  k->refinancing_usd = cost_usd * roll(d, 0.0, 0.2);
  if (k->repays != CAPITAL_REPAYS_SCULPTED && k->conversion > k->close + 2 && likely(d, 0.3)) {
    k->n_completion = 1;
    w->completion[j] = k->close + 1;
    w->completion_frac[j] = 0.4;
    k->completion = w->completion + j;
    k->completion_frac = w->completion_frac + j;
  }
}

// strain: how far receipts may fall short of what debt expects.
static world *random_project(uint64_t seed, double strain) {
  dice                die = {seed * 7919 + 1}, *d = &die;
  world              *w = annual(20, 0.0, 0.0, 0.0);
  static const double lengths[] = {1.0, 0.5, 0.25, 1.0 / 12.0};
  double              year = lengths[pick(d, 4)], cost_usd = roll(d, 1e8, 1e10);
  int32_t per_year = (int32_t)(1.0 / year + 0.5), n = w->p.n = per_year * (10 + pick(d, 20)) + likely(d, 0.5);
  double  yearly = cost_usd * roll(d, 0.10, 0.2);
  for (int32_t t = 0; t < n; t++) {
    w->year[t] = t == 0 && n % per_year ? 0.0 : year;
    w->tax_year[t] = (t - (n % per_year ? 1 : 0)) / per_year - (n % per_year && t == 0);
    if (n % per_year && per_year == 1) w->tax_year[t] = t - 1;
    int works = t >= n / 8;
    w->receipts[t] =
        works ? yearly * year * (1.0 + 0.2 * sin(t)) * (strain > 0.0 && likely(d, 0.2) ? 1.0 - strain : 1.0) : 0.0;
    w->output[t] = works ? 1e6 * year : 0.0;
    w->opex[t] = works ? yearly * 0.2 * year : 0.0;
    w->other[t] = likely(d, 0.05) ? 1e5 : 0.0;
    w->spend[t] = t % (3 * per_year) == 0 && works ? cost_usd * 0.01 : 0.0;
    w->fund[t] = works ? cost_usd * 0.01 / (3 * per_year) : 0.0;
    w->recovery[t] = 0.4;
    w->dscr[t] = 1.3 + 0.1 * sin(t / 5.0);
    for (int i = 0; i < 3; i++)
      w->cost[i][t] = t <= n / 8 ? cost_usd / 3 / (n / 8 + 1) * (1.0 + 0.5 * cos(t + i)) : 0.0;
    if (t > n / 2 && likely(d, 0.1)) w->cost[2][t] = cost_usd * 0.01;
  }
  w->p.n_cost = 3;
  for (int i = 0; i < 3; i++)
    w->p.cost[i] = (capital_cost){
        w->cost[i],
        likely(d, 0.3) ? cost_usd / 3 * roll(d, 0.8, 1.2) : (double)NAN,
        pick(d, n / 6 + 1),
        roll(d, 3.0, 40.0),
        {.write_off = pick(d, 6), .bonus_federal_frac = roll(d, 0.0, 1.0), .credit_frac = likely(d, 0.3) ? 0.3 : 0.0}
    };
  w->p.cost[0].tax.write_off = CAPITAL_NEVER;
  w->p.cost[0].life_years = HUGE_VAL;
  if (likely(d, 0.3)) w->p.output = w->output, w->p.price_usd = yearly * 1e-7;
  if (likely(d, 0.3)) w->p.other_income_usd = w->other;
  if (likely(d, 0.5)) w->p.maintenance_usd = w->spend;
  if (likely(d, 0.5)) w->p.maintenance_fund_usd = w->fund;
  w->p.close_cost_usd = cost_usd * 0.01;
  w->p.close_cost_basis_usd = cost_usd * 0.005;
  w->p.basis_interest = likely(d, 0.5);
  w->p.basis_fees = likely(d, 0.5);
  w->p.working_months = likely(d, 0.5) ? 2.0 : 0.0;
  w->p.cfads_after_tax = likely(d, 0.5);
  w->p.reserve_rule = pick(d, 2);
  w->p.reserve_at_close = likely(d, 0.5);
  w->p.reserve_rate_frac_per_yr = 0.02;
  w->p.funding = pick(d, 3);
  if (strain > 0.0 && likely(d, 0.5)) w->p.equity_usd = cost_usd * roll(d, 0.1, 0.9);
  w->p.contingent_usd = cost_usd * roll(d, 0.0, 0.2);
  w->p.cure_usd = strain == 0.0 || likely(d, 0.2) ? HUGE_VAL : cost_usd * roll(d, 0.0, 0.1);
  if (likely(d, 0.7)) w->p.recovery_frac = w->recovery;
  if (likely(d, 0.5)) w->p.tax.losses = CAPITAL_LOSSES_REFUND;
  if (likely(d, 0.3)) w->p.tax.interest_limit_frac = 0.3;
  w->p.equity = (capital_equity_terms){
      .n_owner = 2,
      .n_tier = 2,
      .call_frac = {0.7,                   0.3                          },
      .tier = {{0.08, 0, {0.8, 0.2}}, {(double)NAN, -1, {0.4, 0.6}}}
  };
  w->p.n_facility = pick(d, 5);
  for (int32_t j = 0; j < w->p.n_facility; j++) random_facility(w, d, j, cost_usd);
  return w;
}

static void expect_identities(world *w, uint64_t seed) {
  capital_identities e = capital_project_identities(&w->p, &w->r);
  ck_assert_msg(e.balance_sheet < 1e-9 && e.sources_uses < 1e-9 && e.parties < 1e-9 && e.debt_end < 1e-9,
                "seed %d: balance sheet %.2e, sources and uses %.2e, parties %.2e, debt at its end %.2e", (int)seed,
                e.balance_sheet, e.sources_uses, e.parties, e.debt_end);
}

static void expect_numbers(world *w, uint64_t seed) {
  for (int32_t i = 0; i < CAPITAL_PROJECT_ROWS; i++) {
    if (i == PROJECT_DSCR || i == PROJECT_LLCR || i == PROJECT_PLCR || i == PROJECT_ICR) continue;
    for (int32_t t = 0; t < w->p.n; t++)
      ck_assert_msg(isfinite(w->r.row[i][t]), "seed %d: %s in period %d", (int)seed, capital_project_name[i], (int)t);
  }
  for (int32_t j = 0; j < w->p.n_facility; j++)
    for (int32_t i = 0; i < CAPITAL_FACILITY_ROWS; i++)
      for (int32_t t = 0; t < w->p.n; t++)
        ck_assert_msg(isfinite(w->r.facility[j][i][t]), "seed %d: facility %d, %s in period %d", (int)seed, (int)j,
                      capital_facility_name[i], (int)t);
}

enum { SEEDS = 1500 };

START_TEST(identities_hold) {
  static const int32_t rows[] = {PROJECT_ARREARS,    PROJECT_DEFAULT, PROJECT_LOCKED, PROJECT_OVERRUN,   PROJECT_GAP,
                                 PROJECT_REFINANCED, PROJECT_SWEPT,   PROJECT_CURE,   PROJECT_RECOVERED, PROJECT_HELD};
  enum { ROWS = sizeof rows / sizeof *rows };
  int seen[ROWS] = {0}, unsettled = 0;
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    world      *w = random_project(seed, (double)(seed % 3) * 0.4);
    const char *why;
    int32_t     facility;
    ck_assert_msg(!capital_project_check(&w->p, &why, &facility), "seed %d: facility %d: %s", (int)seed, (int)facility,
                  why ? why : "");
    sg_err err = try_run(w);
    unsettled += err == SG_ERR_NUMERIC;
    ck_assert_msg(err == SG_OK || err == SG_ERR_NUMERIC, "seed %d does not run", (int)seed);
    if (err == SG_OK) {
      expect_numbers(w, seed);
      expect_identities(w, seed);
      for (size_t i = 0; i < ROWS; i++) {
        int some = 0;
        for (int32_t t = 0; t < w->p.n; t++) some |= w->r.row[rows[i]][t] > 0.0;
        seen[i] += some;
      }
    }
    drop(w);
  }
  ck_assert_int_le(unsettled, SEEDS / 500);  // of projects that make no sense
  for (size_t i = 0; i < ROWS; i++) ck_assert_msg(seen[i] > 50, "%s: only %d", capital_project_name[rows[i]], seen[i]);
}
END_TEST

// ---- Close ------------------------------------------------------------------------------------------------------

// A year of monthly construction and ten years of operation, with one facility of everything that makes uses.
static world *building(int32_t repays) {
  world  *w = annual(10, 0.0, 0.0, 0.0);
  int32_t n = w->p.n = 132;
  for (int32_t t = 0; t < n; t++) {
    w->year[t] = 1.0 / 12.0;
    w->tax_year[t] = t / 12;
    w->cost[0][t] = t < 12 ? 1e8 * (1.0 + 0.3 * sin(t)) : 0.0;
    w->receipts[t] = t < 12 ? 0.0 : 2.2e7 * (1.0 + 0.1 * sin(t));
    w->opex[t] = t < 12 ? 0.0 : 2e6;
    w->rate[0][t] = 0.06;
    w->dscr[t] = t < 60 ? 1.3 : 1.4;
  }
  w->p.cost[0].in_service = 12;
  w->p.facility[0] = plain_facility(w->rate[0], 11, 96);
  w->p.facility[0].repays = repays;
  w->p.facility[0].dscr = w->dscr;
  w->p.facility[0].terms =
      (capital_debt_terms){.commitment_fee_frac_per_yr = 0.01, .agency_usd_per_yr = 2e5, .upfront_frac = 0.02};
  w->p.facility[0].reserve_months = 6.0;
  w->p.reserve_at_close = 1;
  w->p.working_months = 2.0;
  w->p.reserve_rate_frac_per_yr = 0.02;
  w->p.close_cost_usd = 5e6;
  w->p.cure_usd = HUGE_VAL;
  return w;
}

// Service is cash over cover times the factor that is reported, in every period of the tenor.
static void expect_sculpted(const world *w) {
  double factor = w->r.dscr_used[0];
  for (int32_t t = 12; t < 12 + 96; t++) test_near(w->r.row[PROJECT_DSCR][t] / (w->dscr[t] * factor), 1.0, 1e-9);
}

START_TEST(sculpted_debt_keeps_its_cover) {
  for (int after_tax = 0; after_tax < 2; after_tax++)
    for (int interest = 0; interest < 2; interest++) {
      world *w = building(CAPITAL_REPAYS_SCULPTED);
      w->p.cfads_after_tax = after_tax;
      w->p.facility[0].terms.capitalises = interest;
      run(w);
      ck_assert_int_eq(w->r.size[0].binds, CAPITAL_SIZE_DSCR);
      test_near(w->r.dscr_used[0], 1.0, 1e-12);
      test_near(w->r.row[PROJECT_DEBT][11], w->r.size[0].usd, 1e-11 * w->r.size[0].usd);
      ck_assert(w->r.row[PROJECT_DEBT][12 + 95] == 0.0);
      if (!after_tax) expect_sculpted(w);
      else  // months in which tax leaves less than nothing carry no service
        for (int32_t t = 12; t < 12 + 96; t++)
          if (w->r.row[PROJECT_CFADS][t] > 0.0) test_near(w->r.row[PROJECT_DSCR][t] / w->dscr[t], 1.0, 1e-8);
      drop(w);
    }
}
END_TEST

START_TEST(capped_debt_is_its_share_of_uses) {
  static const struct {
    const char *what;
    int32_t     repays, funding, capitalises;
  } rows[] = {
      {"sculpted, pro rata",                       CAPITAL_REPAYS_SCULPTED, CAPITAL_FUND_PRO_RATA,     0},
      {"sculpted, pro rata, interest capitalised", CAPITAL_REPAYS_SCULPTED, CAPITAL_FUND_PRO_RATA,     1},
      {"sculpted, equity first",                   CAPITAL_REPAYS_SCULPTED, CAPITAL_FUND_EQUITY_FIRST, 0},
      {"sculpted, debt first",                     CAPITAL_REPAYS_SCULPTED, CAPITAL_FUND_DEBT_FIRST,   0},
      {"level, pro rata",                          CAPITAL_REPAYS_LEVEL,    CAPITAL_FUND_PRO_RATA,     0},
      {"constant, equity first",                   CAPITAL_REPAYS_CONSTANT, CAPITAL_FUND_EQUITY_FIRST, 1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    world *w = building(rows[i].repays);
    w->p.funding = rows[i].funding;
    w->p.facility[0].terms.capitalises = rows[i].capitalises;
    w->p.facility[0].leverage_frac = 0.55;
    run(w);
    ck_assert_msg(w->r.size[0].binds == CAPITAL_SIZE_LEVERAGE, "%s: %d binds", rows[i].what, (int)w->r.size[0].binds);
    ck_assert_msg(fabs(w->r.debt_usd / w->r.uses_usd - 0.55) < 1e-11, "%s: %.15f", rows[i].what,
                  w->r.debt_usd / w->r.uses_usd);
    test_near(w->r.debt_usd + w->r.equity_usd, w->r.uses_usd, 1e-11 * w->r.uses_usd);
    if (rows[i].repays == CAPITAL_REPAYS_SCULPTED) {
      ck_assert_double_gt(w->r.dscr_used[0], 1.01);
      expect_sculpted(w);
    }
    drop(w);
  }
}
END_TEST

START_TEST(commitment_alone_is_the_debt) {
  static const int32_t kinds[] = {CAPITAL_REPAYS_LEVEL, CAPITAL_REPAYS_SCULPTED};
  for (size_t i = 0; i < 2; i++)
    for (int32_t funding = 0; funding < 3; funding++) {
      world *w = building(kinds[i]);
      w->p.funding = funding;
      w->p.facility[0].dscr = NULL;
      w->p.facility[0].commitment_usd = 5e8;
      run(w);
      test_near(w->r.debt_usd, 5e8, 1e-3);
      test_near(w->r.row[PROJECT_DEBT][11], 5e8, 1e-3);
      drop(w);
    }
}
END_TEST

// Uses of an annual case by hand: cost 1000, closing 10, fee 2 % of 600, reserve half the next level service,
// working capital a quarter of 40.
START_TEST(uses_by_hand) {
  world            *w = annual(10, 1000.0, 200.0, 40.0);
  capital_facility *k = &w->p.facility[0];
  k->tenor = 8;
  k->commitment_usd = 600.0;
  k->terms.upfront_frac = 0.02;
  k->reserve_months = 6.0;
  w->p.reserve_rule = CAPITAL_RESERVE_NEXT;
  w->p.reserve_at_close = 1;
  w->p.working_months = 3.0;
  w->p.close_cost_usd = 10.0;
  w->p.cure_usd = HUGE_VAL;
  run(w);
  double service = 600.0 * 0.07 / (1.0 - pow(1.07, -8.0));
  test_near(w->r.uses_usd, 1000.0 + 10.0 + 12.0 + service / 2.0 + 10.0, 1e-9);
  test_near(w->r.equity_usd, w->r.uses_usd - 600.0, 1e-9);
  test_near(w->r.row[PROJECT_RESERVE][7], service / 2.0, 1e-9);
  ck_assert(w->r.row[PROJECT_RESERVE][8] == 0.0);
  test_near(w->r.row[PROJECT_SERVICE][3], service, 1e-9);
  drop(w);
}
END_TEST

// ---- Properties ---------------------------------------------------------------------------------------------------

static void scale_money(world *w, double by) {
  double *rows[] = {w->receipts, w->opex, w->other, w->spend, w->fund, w->cost[0], w->cost[1], w->cost[2]};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int32_t t = 0; t < LONGEST; t++) rows[i][t] *= by;
  double *values[] = {&w->p.price_usd,  &w->p.close_cost_usd, &w->p.close_cost_basis_usd,
                      &w->p.equity_usd, &w->p.contingent_usd, &w->p.cure_usd};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) *values[i] *= by;
  for (int32_t i = 0; i < w->p.n_cost; i++) w->p.cost[i].budget_usd *= by;
  for (int32_t j = 0; j < w->p.n_facility; j++) {
    w->p.facility[j].commitment_usd *= by;
    w->p.facility[j].refinancing_usd *= by;
    w->p.facility[j].terms.agency_usd_per_yr *= by;
  }
}

static double greatest(const double *row, int32_t n) {
  double most = 0.0;
  for (int32_t t = 0; t < n; t++) most = fmax(most, fabs(row[t]));
  return most;
}

// Powers of two change no digit: every row of money is exactly twice.
START_TEST(doubling_doubles) {
  for (uint64_t seed = 0; seed < 200; seed++) {
    world *one = random_project(seed, 0.4), *two = random_project(seed, 0.4);
    scale_money(two, 2.0);
    sg_err err = try_run(one);
    ck_assert_int_eq(try_run(two), err);
    for (int32_t i = 0; !err && i < CAPITAL_PROJECT_ROWS; i++) {
      int plain = i == PROJECT_DSCR || i == PROJECT_LLCR || i == PROJECT_PLCR || i == PROJECT_ICR ||
                  i == PROJECT_LOCKED || i == PROJECT_DEFAULT;
      double scale = 1e-9 * greatest(one->r.row[i], one->p.n);
      for (int32_t t = 0; t < one->p.n; t++) {
        double x = one->r.row[i][t], y = two->r.row[i][t];
        if (isnan(x)) ck_assert(isnan(y));
        else
          ck_assert_msg(fabs(y - (plain ? x : 2.0 * x)) <= scale, "seed %d, %s in %d: %g, %g", (int)seed,
                        capital_project_name[i], (int)t, x, y);
      }
    }
    drop(one);
    drop(two);
  }
}
END_TEST

// Facilities in any order give the same project, where none is sized by what an equal one leaves to chance.
START_TEST(order_of_facilities_does_not_matter) {
  int compared = 0;
  for (uint64_t seed = 0; seed < 300; seed++) {
    world *one = random_project(seed, 0.4), *two = random_project(seed, 0.4);
    for (int32_t j = 0; j < one->p.n_facility; j++) two->p.facility[j] = one->p.facility[one->p.n_facility - 1 - j];
    sg_err err = try_run(one), other = try_run(two);
    double scale = 1e-7 * fmax(one->r.uses_usd, 1.0);
    for (int32_t t = 0; !err && !other && t < one->p.n; t++)
      ck_assert_msg(fabs(one->r.row[PROJECT_FLOW][t] - two->r.row[PROJECT_FLOW][t]) <= scale,
                    "seed %d, flow in %d: %.9g, %.9g", (int)seed, (int)t, one->r.row[PROJECT_FLOW][t],
                    two->r.row[PROJECT_FLOW][t]);
    compared += !err && !other && one->p.n_facility > 1;
    drop(one);
    drop(two);
  }
  ck_assert_int_gt(compared, 150);
}
END_TEST

START_TEST(price_meets_the_target) {
  for (int after_tax = 0; after_tax < 2; after_tax++)
    for (int cap = 0; cap < 2; cap++) {
      world      *w = annual(20, 1.2e9, 0.0, 4e7);
      const char *why = "";
      for (int32_t t = 1; t <= 20; t++) w->output[t] = 7e8 * pow(0.995, t);
      w->p.output = w->output;
      w->p.facility[0].repays = CAPITAL_REPAYS_SCULPTED;
      w->p.facility[0].dscr = w->dscr;
      if (cap) w->p.facility[0].leverage_frac = 0.5;
      w->p.cfads_after_tax = after_tax;
      w->p.cure_usd = HUGE_VAL;
      bind(w);
      ck_assert_msg(capital_project_price(&w->p, &w->r, 0.12, 15, &why) == SG_OK, "%s", why);
      double value = 0.0;
      for (int32_t t = 0; t <= 15; t++) value += w->r.row[PROJECT_FLOW][t] / pow(1.12, t);
      test_near(value, 0.0, 1e-2);
      drop(w);
    }
}
END_TEST

// ---- Bad input ------------------------------------------------------------------------------------------------------

typedef void change_fn(world *w);
static void  no_cover(world *w) { w->dscr[3] = 0.99; }
static void  no_cap(world *w) { w->p.facility[0].leverage_frac = 0.0; }
static void  high_cap(world *w) { w->p.facility[0].leverage_frac = 1.01; }
static void  high_rate(world *w) { w->rate[0][5] = 100.0; }
static void  no_rate(world *w) { w->rate[0][5] = (double)NAN; }
static void  no_limit(world *w) { w->p.facility[0].dscr = NULL; }
static void  no_receipts(world *w) { w->receipts[2] = HUGE_VAL; }
static void  negative_cost(world *w) { w->cost[0][0] = -1.0; }
static void  no_tenor(world *w) { w->p.facility[0].tenor = 0; }
static void  long_grace(world *w) { w->p.facility[0].grace = 15; }
static void  late_completion(world *w) { w->p.facility[0].conversion = 21; }
static void  shares(world *w) {
   w->p.equity =
       (capital_equity_terms){.n_owner = 1, .n_tier = 1, .call_frac = {0.9}, .tier = {{(double)NAN, -1, {1.0}}}};
}
static void years(world *w) { w->tax_year[4] = 9; }

START_TEST(bad_input_is_named) {
  static const struct {
    const char *says;
    change_fn  *change;
    int32_t     facility;
  } rows[] = {
      {"cover asked is below 1",      no_cover,        0 },
      {"cap is 0",                    no_cap,          0 },
      {"above 100 %",                 high_cap,        0 },
      {"10,000 % a year or more",     high_rate,       0 },
      {"not a number",                no_rate,         0 },
      {"nothing limits the size",     no_limit,        0 },
      {"receipts and operating cost", no_receipts,     -1},
      {"cost is negative",            negative_cost,   -1},
      {"one period at least",         no_tenor,        0 },
      {"grace",                       long_grace,      0 },
      {"close and completion",        late_completion, 0 },
      {"do not sum to 1",             shares,          -1},
      {"tax years count up",          years,           -1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    world      *w = annual(20, 1e9, 2e8, 5e7);
    const char *why = NULL;
    int32_t     facility = 9;
    w->p.facility[0].dscr = w->dscr;
    rows[i].change(w);
    ck_assert_int_eq(capital_project_check(&w->p, &why, &facility), SG_ERR_RANGE);
    ck_assert_msg(strstr(why, rows[i].says) != NULL, "'%s' says nothing of '%s'", why, rows[i].says);
    ck_assert_int_eq(facility, rows[i].facility);
    ck_assert_int_eq(try_run(w), SG_ERR_RANGE);
    drop(w);
  }
}
END_TEST

static void losing(world *w) {
  for (int32_t t = 1; t <= 20; t++) w->receipts[t] = 1e7;
}
static void losing_sculpted(world *w) {
  losing(w);
  w->p.facility[0].repays = CAPITAL_REPAYS_SCULPTED;
}
static void losing_committed(world *w) {
  losing_sculpted(w);
  w->p.facility[0].dscr = NULL;
  w->p.facility[0].commitment_usd = 5e8;
}
static void beyond(world *w) { w->p.facility[0].tenor = 40; }
static void beyond_sculpted(world *w) {
  beyond(w);
  w->p.facility[0].repays = CAPITAL_REPAYS_SCULPTED;
}
static void usury(world *w) {
  for (int32_t t = 0; t <= 20; t++) w->rate[0][t] = 99.0;
}
static void usury_committed(world *w) {
  usury(w);
  w->p.facility[0].dscr = NULL;
  w->p.facility[0].commitment_usd = 5e8;
  w->p.facility[0].cure_periods = 30;
}
static void nothing_sold(world *w) {
  for (int32_t t = 1; t <= 20; t++) w->receipts[t] = w->opex[t] = 0.0;
}
static void nothing_built(world *w) { w->cost[0][0] = 0.0; }
static void no_time(world *w) {
  for (int32_t t = 0; t <= 20; t++) w->year[t] = 0.0;
}

// Strange, but answers exist: no value is NaN but ratios with nothing below the line.
START_TEST(strange_input_gives_numbers) {
  static const struct {
    const char *what;
    change_fn  *change;
  } rows[] = {
      {"cash flow below 0",                 losing          },
      {"below 0, sculpted",                 losing_sculpted },
      {"below 0, debt all the same",        losing_committed},
      {"tenor beyond the horizon",          beyond          },
      {"beyond, sculpted",                  beyond_sculpted },
      {"9,900 % a year",                    usury           },
      {"9,900 % a year, debt all the same", usury_committed },
      {"nothing sold",                      nothing_sold    },
      {"nothing built",                     nothing_built   },
      {"periods without length",            no_time         },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int cures = 0; cures < 2; cures++) {
      world *w = annual(20, 1e9, 2e8, 5e7);
      w->p.facility[0].dscr = w->dscr;
      w->p.cure_usd = cures ? HUGE_VAL : 0.0;
      w->p.cfads_after_tax = 1;
      rows[i].change(w);
      sg_err err = try_run(w);
      ck_assert_msg(err == SG_OK, "%s: %d", rows[i].what, (int)err);
      expect_numbers(w, i);
      capital_metrics m;
      capital_project_metrics(&w->p, &w->r, 0.08, &m);
      ck_assert(isfinite(m.npv_usd));
      drop(w);
    }
}
END_TEST

START_TEST(balance_beyond_the_horizon_is_shown) {
  world *w = annual(20, 1e9, 2e8, 5e7);
  w->p.facility[0].commitment_usd = 4e8;
  w->p.facility[0].tenor = 30;
  w->p.cure_usd = HUGE_VAL;
  run(w);
  // What 10 more level payments would repay.
  double left = 4e8 * (1.0 - pow(1.07, -10.0)) / (1.0 - pow(1.07, -30.0));
  test_near(w->r.facility[0][FACILITY_BALANCE][20], left, 1e-3);
  drop(w);
}
END_TEST

TEST_LIST("project", identities_hold, sculpted_debt_keeps_its_cover, capped_debt_is_its_share_of_uses,
          commitment_alone_is_the_debt, uses_by_hand, doubling_doubles, order_of_facilities_does_not_matter,
          price_meets_the_target, bad_input_is_named, strange_input_gives_numbers, balance_beyond_the_horizon_is_shown)
