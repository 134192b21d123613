// Project: identities on random projects, what close promises, and what bad input brings.
#include "project.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

enum { LONGEST = 400 };

// A project with memory of its own.
typedef struct world {
  capital_project p;
  capital_result  r;
  void           *memory;
  double  year[LONGEST], receipts[LONGEST], output[LONGEST], opex[LONGEST], other[LONGEST], spend[LONGEST], fund[LONGEST];
  double  cost[3][LONGEST], rate[4][LONGEST], dscr[LONGEST], recovery[LONGEST], cfads[LONGEST];
  int32_t tax_year[LONGEST], completion[4];
  double  completion_frac[4];
} world;

static capital_facility plain_facility(const double *rate, int32_t conversion, int32_t tenor) {
  return (capital_facility){.repays = CAPITAL_REPAYS_LEVEL,
                            .tenor = tenor,
                            .rate_frac_per_yr = rate,
                            .llcr = (double)NAN,
                            .leverage_frac = (double)NAN,
                            .commitment_usd = (double)NAN,
                            .advance_frac = (double)NAN,
                            .draws_end = conversion + 1,
                            .conversion = conversion,
                            .lockup_dscr = (double)NAN,
                            .default_dscr = (double)NAN};
}

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

typedef struct dice { uint64_t at; } dice;
static double roll(dice *d, double least, double most) {
  d->at = d->at * 6364136223846793005u + 1442695040888963407u;
  return least + (most - least) * (double)(d->at >> 11) / 9007199254740992.0;
}
static int32_t pick(dice *d, int32_t n) { return (int32_t)roll(d, 0.0, n - 1e-9); }
static int likely(dice *d, double frac) { return roll(d, 0.0, 1.0) < frac; }

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
  if (likely(d, 0.5) || (!k->dscr && isnan(k->llcr) && isnan(k->leverage_frac))) k->commitment_usd = cost_usd * roll(d, 0.1, 0.4);
  if (likely(d, 0.2)) k->advance_frac = roll(d, 0.1, 0.5);
  if (likely(d, 0.3)) k->rank = pick(d, 3);
  k->close = pick(d, built / 2 + 1);
  k->terms = (capital_debt_terms){.commitment_fee_frac_per_yr = 0.005, .agency_usd_per_yr = 1e4, .upfront_frac = 0.02, .default_margin_frac_per_yr = 0.02,
                                  .capitalises = likely(d, 0.5), .prepays_pro_rata = likely(d, 0.5)};
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
  dice   die = {seed * 7919 + 1}, *d = &die;
  world *w = annual(20, 0.0, 0.0, 0.0);
  static const double lengths[] = {1.0, 0.5, 0.25, 1.0 / 12.0};
  double  year = lengths[pick(d, 4)], cost_usd = roll(d, 1e8, 1e10);
  int32_t per_year = (int32_t)(1.0 / year + 0.5), n = w->p.n = per_year * (10 + pick(d, 20)) + likely(d, 0.5);
  double  yearly = cost_usd * roll(d, 0.10, 0.2);
  for (int32_t t = 0; t < n; t++) {
    w->year[t] = t == 0 && n % per_year ? 0.0 : year;
    w->tax_year[t] = (t - (n % per_year ? 1 : 0)) / per_year - (n % per_year && t == 0);
    if (n % per_year && per_year == 1) w->tax_year[t] = t - 1;
    int works = t >= n / 8;
    w->receipts[t] = works ? yearly * year * (1.0 + 0.2 * sin(t)) * (strain > 0.0 && likely(d, 0.2) ? 1.0 - strain : 1.0) : 0.0;
    w->output[t] = works ? 1e6 * year : 0.0;
    w->opex[t] = works ? yearly * 0.2 * year : 0.0;
    w->other[t] = likely(d, 0.05) ? 1e5 : 0.0;
    w->spend[t] = t % (3 * per_year) == 0 && works ? cost_usd * 0.01 : 0.0;
    w->fund[t] = works ? cost_usd * 0.01 / (3 * per_year) : 0.0;
    w->recovery[t] = 0.4;
    w->dscr[t] = 1.3 + 0.1 * sin(t / 5.0);
    for (int i = 0; i < 3; i++) w->cost[i][t] = t <= n / 8 ? cost_usd / 3 / (n / 8 + 1) * (1.0 + 0.5 * cos(t + i)) : 0.0;
    if (t > n / 2 && likely(d, 0.1)) w->cost[2][t] = cost_usd * 0.01;
  }
  w->p.n_cost = 3;
  for (int i = 0; i < 3; i++)
    w->p.cost[i] = (capital_cost){w->cost[i], likely(d, 0.3) ? cost_usd / 3 * roll(d, 0.8, 1.2) : (double)NAN, pick(d, n / 6 + 1), roll(d, 3.0, 40.0),
                                  {.write_off = pick(d, 6), .bonus_federal_frac = roll(d, 0.0, 1.0), .credit_frac = likely(d, 0.3) ? 0.3 : 0.0}};
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
  w->p.equity = (capital_equity_terms){.n_owner = 2, .n_tier = 2, .call_frac = {0.7, 0.3},
                                       .tier = {{0.08, 0, {0.8, 0.2}}, {(double)NAN, -1, {0.4, 0.6}}}};
  w->p.n_facility = pick(d, 5);
  for (int32_t j = 0; j < w->p.n_facility; j++) random_facility(w, d, j, cost_usd);
  return w;
}

static void expect_identities(world *w, uint64_t seed) {
  capital_identities e = capital_project_identities(&w->p, &w->r);
  ck_assert_msg(e.balance_sheet < 1e-9 && e.sources_uses < 1e-9 && e.parties < 1e-9 && e.debt_end < 1e-9,
                "seed %d: balance sheet %.2e, sources and uses %.2e, parties %.2e, debt at its end %.2e", (int)seed, e.balance_sheet,
                e.sources_uses, e.parties, e.debt_end);
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
        ck_assert_msg(isfinite(w->r.facility[j][i][t]), "seed %d: facility %d, %s in period %d", (int)seed, (int)j, capital_facility_name[i], (int)t);
}

START_TEST(identities_hold) {
  int ran = 0, short_of_cash = 0, defaults = 0, locked = 0, overrun = 0, gap = 0, refinanced = 0, swept = 0;
  for (uint64_t seed = 0; seed < 1500; seed++) {
    world *w = random_project(seed, (double)(seed % 3) * 0.4);
    const char *why;
    int32_t     facility;
    ck_assert_msg(!capital_project_check(&w->p, &why, &facility), "seed %d: facility %d: %s", (int)seed, (int)facility, why ? why : "");
    ck_assert_msg(try_run(w) == SG_OK, "seed %d does not run", (int)seed);
    expect_numbers(w, seed);
    expect_identities(w, seed);
    ran++;
    int seen[7] = {0};
    for (int32_t t = 0; t < w->p.n; t++) {
      seen[0] |= w->r.row[PROJECT_ARREARS][t] > 0.0;
      seen[1] |= w->r.row[PROJECT_DEFAULT][t] > 0.0;
      seen[2] |= w->r.row[PROJECT_LOCKED][t] > 0.0;
      seen[3] |= w->r.row[PROJECT_OVERRUN][t] > 0.0;
      seen[4] |= w->r.row[PROJECT_GAP][t] > 0.0;
      seen[5] |= w->r.row[PROJECT_REFINANCED][t] > 0.0;
      seen[6] |= w->r.row[PROJECT_SWEPT][t] > 0.0;
    }
    short_of_cash += seen[0], defaults += seen[1], locked += seen[2], overrun += seen[3], gap += seen[4], refinanced += seen[5], swept += seen[6];
    drop(w);
  }
  // Every branch has been there.
  ck_assert_int_gt(short_of_cash, 50);
  ck_assert_int_gt(defaults, 50);
  ck_assert_int_gt(locked, 50);
  ck_assert_int_gt(overrun, 50);
  ck_assert_int_gt(gap, 50);
  ck_assert_int_gt(refinanced, 50);
  ck_assert_int_gt(swept, 50);
}
END_TEST

TEST_LIST("project", identities_hold)
