// Tests of what the capital report tells lenders: contracts of use, re-letting, terms and cost of loans, cover, principal
// by year, levelised costs; against the books and the record of the scenario.
#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/calendar.h"
#include "../capital/returns.h"
#include "api.h"
#include "capital_lender.h"
#include "probe.h"

// A landlord, a cloud company that rents two halls for eight years and lets compute for two, and lenders to both.
#define CHAIN_HEAD                                                                                             \
  "programme: Chain\nas_of: 2025-01-21\nhorizon: 8 years\n"                                                    \
  "parties:\n"                                                                                                 \
  "  Landlord: {role: owner, cash: $2B}\n"                                                                     \
  "  Cloud: {role: construction, cash: $5B, rate: 10 %/yr}\n"                                                  \
  "  Lab: {role: operation, cash: $400M, income: $2B/yr}\n"                                                    \
  "campuses:\n"                                                                                                \
  "  east: {works_start: 2025-03, owner: Landlord, buyer: Cloud, operator: Cloud, renews: no,\n"               \
  "         weather: dallas_fort_worth_tx, tariff: ercot-large-load, consent: [Landlord, Cloud],\n"            \
  "         buildings: {count: 1, type: hyperscale-liquid, it: 35 MW}, grid: {limit: 60 MW, from: 2026-06}}\n" \
  "  west: {like: east, works_start: 2025-06}\n"
#define CHAIN_USE                                                                                  \
  "contracts:\n"                                                                                   \
  "  halls: {type: lease, from: Cloud, to: Landlord, rent: 110000 USD/MW-month, tenor: 8 years}\n" \
  "  compute: {type: compute, from: Lab, to: Cloud, price: 3 USD/GPU-h, minimum_take: 100 %, tenor: 2 years}\n"
#define CHAIN_LOANS                                                                                                   \
  "  mortgage: {type: loan, from: lenders, to: Landlord, advance: 60 %, margin: 3 %/yr, tenor: 4 years, hedged: 100 " \
  "%, upfront_fee: 0 %, commitment_fee: 0 %/yr, balloon: 40 %, reserve: 6 months}\n"                                  \
  "  chips: {type: loan, from: lenders, to: Cloud, advance: 60 %, margin: 4 %/yr, tenor: 4 years, upfront_fee: 2 %, " \
  "lockup_dscr: 1.3}\n"
#define CHAIN CHAIN_HEAD CHAIN_USE CHAIN_LOANS

static sg_model       *model;
static report_capital *told(const char *text, int64_t k) {
  report_capital *c = NULL;
  model = probe_model(text);
  ck_assert_int_eq(report_capital_run(model->twin, 1, k, &c), SG_OK);
  return c;
}

static void done(report_capital *c) {
  report_capital_free(c);
  sg_model_free(model);
}

static int32_t party_of(const report_capital *c, const char *name) {
  int32_t p = programme_find(&c->m->p, CLASS_PARTY, name);
  ck_assert_int_ge(p, 0);
  return p;
}

static int32_t deal_of(const report_capital *c, const char *name) {
  int32_t k = programme_find(&c->m->p, CLASS_CONTRACT, name);
  for (int32_t d = 0; d < c->m->n_deal; d++)
    if (c->m->deal[d].contract == k) return d;
  ck_abort_msg("no contract %s", name);
  return -1;
}

static const twin_campus_month *campus_at(const report_capital *c, int32_t campus, int32_t t) {
  double *record = c->s->record + (size_t)t * c->m->record;
  return (const twin_campus_month *)(const void *)twin_record_at(record, c->m, SCOPE_CAMPUS, campus);
}

static double of_kind(const report_capital *c, int32_t party, int kind, int32_t t) {
  ledger_query q = {party, -1, kind, -1, -1, t, t};
  return (double)ledger_sum(&c->s->ledger, &q, LEDGER_CASH) / 100;
}

// ---- Contracts of use ---------------------------------------------------------------------------------------------------

START_TEST(contracts_say_what_the_books_say) {
  report_capital *c = told(CHAIN, -1);
  int32_t         seen = 0;
  for (int32_t d = 0; d < c->m->n_deal; d++) {
    report_use use;
    if (!report_use_is(c, d)) continue;
    ck_assert(report_use_of(c, d, &use));
    const twin_deal *deal = &c->m->deal[d];
    int32_t          last = -1;
    for (int32_t t = 0; t < c->m->n_month; t++) {
      ledger_query q = {deal->payee, deal->payer, -1, deal->contract, -1, t, t};
      ck_assert_int_eq(use.billed_cents[t], ledger_sum(&c->s->ledger, &q, LEDGER_REVENUE));
      if (use.billed_cents[t] > 0) last = t;
      ck_assert(use.relet_cents[t] == 0 || t >= use.ends);
    }
    ck_assert_int_eq(use.ends, use.begun + (int32_t)ceil(use.term_months - 1e-9));
    if (use.ends <= c->m->n_month) ck_assert_int_eq(last, use.ends - 1);
    else ck_assert_int_eq(last, c->m->n_month - 1);
    ck_assert(!use.failed);
    seen++;
  }
  ck_assert_int_eq(seen, 2);
  done(c);
}
END_TEST

START_TEST(customer_that_fails_ends_its_contract) {
  report_capital *c = told(CHAIN
                           "shocks:\n  broke: {from: 2025-03, odds: 100 %, effects: {income: {path: "
                           "parties.Lab.income, factor: 0}}}\n",
                           0);
  report_use      use;
  int32_t         d = deal_of(c, "compute");
  ck_assert(report_use_of(c, d, &use));
  ck_assert(use.failed);
  ck_assert_int_lt(use.ends, use.begun + 24);
  for (int32_t t = use.ends; t < c->m->n_month; t++) ck_assert_int_eq(use.billed_cents[t], 0);
  report_gap *gap;
  int32_t     n;
  ck_assert(report_gaps(c, &gap, &n));
  for (int32_t i = 0; i < n; i++) ck_assert_int_eq(gap[i].first, use.ends);
  ck_assert_int_gt(n, 0);
  done(c);
}
END_TEST

// ---- Re-letting ---------------------------------------------------------------------------------------------------------

static double month_rate(const report_capital *c, int32_t party) {
  return pow(1 + c->s->v.party[party].rate_frac_per_yr, 1.0 / 12) - 1;
}

START_TEST(gap_is_rent_that_no_customer_pays) {
  report_capital *c = told(CHAIN, -1);
  report_gap     *gap;
  report_use      lease, compute;
  int32_t         n, cloud = party_of(c, "Cloud");
  double          all = 0, rest = 0;
  ck_assert(report_gaps(c, &gap, &n));
  ck_assert_int_eq(n, 2);  // a campus each
  ck_assert(report_use_of(c, deal_of(c, "halls"), &lease) && report_use_of(c, deal_of(c, "compute"), &compute));
  for (int32_t i = 0; i < n; i++) {
    const report_gap *g = &gap[i];
    ck_assert_int_eq(g->party, cloud);
    ck_assert_int_eq(g->first, compute.ends);
    ck_assert_int_eq(g->months, c->m->n_month - compute.ends);
    ck_assert_int_eq(g->beyond, lease.ends - c->m->n_month);
    // The same megawatts all the time: re-letting them for the rent itself pays for it.
    test_near(g->price.usd_per_mw_month, 110000, 0.01);
    // Break-even times what the machines let, discounted by hand, is what is due; the market's mean is what was earned.
    double              r = month_rate(c, cloud), due = 0, let = 0, earned = 0, gpu_h = 0;
    const revenue_rent *rent = &c->s->v.rent[c->s->v.rack[c->s->v.campus[g->campus].racks].rent];
    for (int32_t t = g->first; t < c->m->n_month; t++) {
      double factor = pow(1 + r, -(t - c->m->report0)),
             hours = campus_at(c, g->campus, t)->gpu_hours * rent->occupancy_frac;
      due += 110000 * campus_at(c, g->campus, t)->capacity_mw * factor;
      let += hours * factor;
      gpu_h += hours;
      earned += hours > 0 ? g->price.market_usd_per_gpu_h * hours : 0;
    }
    test_near(g->value_usd / due, 1, 1e-9);
    test_near(g->price.usd_per_gpu_h * let / due, 1, 1e-9);
    test_near(g->relet_usd / earned, 1, 1e-6);
    ck_assert_double_gt(gpu_h, 0);
    all += g->due_usd;
  }
  for (int32_t t = compute.ends; t < c->m->n_month; t++) rest += (double)lease.billed_cents[t] / 100;
  test_near(all / rest, 1, 1e-12);
  done(c);
}
END_TEST

START_TEST(no_gap_where_customers_stay) {
  report_capital *c = told(PROBE_FILE, -1);  // six years of compute, five of horizon
  report_gap     *gap;
  report_tail    *tail;
  int32_t         gaps, tails;
  ck_assert(report_gaps(c, &gap, &gaps) && report_tails(c, &tail, &tails));
  ck_assert_int_eq(gaps, 0);
  ck_assert_int_eq(tails, 0);
  done(c);
}
END_TEST

START_TEST(debt_outlasts_customers) {
  report_capital *c = told(CHAIN, -1);
  report_tail    *tail;
  int32_t         n, cloud = party_of(c, "Cloud");
  ck_assert(report_tails(c, &tail, &n));
  ck_assert_int_eq(n, 2);  // the landlord's tenant stays to the horizon
  for (int32_t i = 0; i < n; i++) {
    const report_tail *t = &tail[i];
    double             paid = 0, debt = 0, r = month_rate(c, cloud), value = 0, let = 0;
    int32_t            last = t->first + t->months - 1;
    ck_assert_int_eq(t->party, cloud);
    ck_assert_ptr_null(t->why);
    for (int32_t k = 0; k < c->n_loan; k++) {
      const report_loan *loan = &c->loan[k];
      if (loan->campus != t->campus || c->m->deal[loan->deal].payee != cloud) continue;
      debt += loan->row[REPORT_LOAN_BALANCE][t->first - 1];
      for (int32_t m = t->first; m < c->m->n_month; m++) {
        double service = loan->row[REPORT_LOAN_INTEREST][m] + loan->row[REPORT_LOAN_PRINCIPAL][m];
        paid += service;
        value += service * pow(1 + r, -(m - c->m->report0));
      }
    }
    for (int32_t m = t->first; m <= last; m++)
      let += campus_at(c, t->campus, m)->capacity_mw * pow(1 + r, -(m - c->m->report0));
    test_near(t->debt_usd, debt, 0.01);
    test_near(t->service_usd, paid, 1);  // nobody fails, rates are fixed: as scheduled
    test_near(t->value_usd / value, 1, 1e-8);
    test_near(t->price.usd_per_mw_month * let / value, 1, 1e-8);
    ck_assert_double_eq(t->left_usd, 0);
  }
  done(c);
}
END_TEST

// ---- Loans --------------------------------------------------------------------------------------------------------------

START_TEST(terms_say_what_bound_the_size) {
  report_capital *c = told(CHAIN, -1);
  for (int32_t i = 0; i < c->n_loan; i++) {
    report_terms k = report_terms_of(c, &c->loan[i]);
    ck_assert(isnan(k.limit_usd[CAPITAL_SIZE_DSCR]) && isnan(k.limit_usd[CAPITAL_SIZE_COMMITMENT]));
    test_near(k.limit_usd[CAPITAL_SIZE_LEVERAGE], k.now->debt.commitment_usd, 0.01);
    ck_assert_int_eq(k.tenor_months, 48);
    ck_assert_int_eq(k.last, k.now->converted_month + 47);
    ck_assert_int_eq(k.called, -1);
    ck_assert_double_gt(k.lender_case.cash_usd, 0);
  }
  ck_assert_int_eq(c->n_loan, 4);
  done(c);
}
END_TEST

START_TEST(loan_without_fees_costs_its_rate) {
  report_capital *c = told(CHAIN, -1);
  int32_t         mortgage = deal_of(c, "mortgage"), chips = deal_of(c, "chips"), free_of_fees = 0, with_fees = 0;
  for (int32_t i = 0; i < c->n_loan; i++) {
    report_terms k = report_terms_of(c, &c->loan[i]);
    double       rate = c->loan[i].row[REPORT_LOAN_RATE][c->m->n_month - 1];
    ck_assert_ptr_null(k.why);
    test_near(pow(1 + k.nominal_frac_per_yr / 12, 12) - 1, k.effective_frac_per_yr, 1e-12);
    if (c->loan[i].deal == mortgage) {
      test_near(k.nominal_frac_per_yr, rate, 1e-9);
      free_of_fees++;
    }
    if (c->loan[i].deal == chips) {
      ck_assert_double_gt(k.nominal_frac_per_yr, rate + 0.002);
      with_fees++;
    }
  }
  ck_assert_int_eq(free_of_fees, 2);
  ck_assert_int_eq(with_fees, 2);
  done(c);
}
END_TEST

START_TEST(loan_never_drawn_has_no_rate) {
  report_capital *c = told(CHAIN, -1);
  report_loan     loan = c->loan[0];
  double          none[TWIN_MAX_MONTHS] = {0};
  for (int r = 0; r < REPORT_LOAN_COUNT; r++) loan.row[r] = none;
  report_terms k = report_terms_of(c, &loan);
  ck_assert(isnan(k.effective_frac_per_yr) && isnan(k.cash_frac_per_yr));
  ck_assert_str_eq(k.why, "nothing was drawn");
  done(c);
}
END_TEST

START_TEST(principal_by_year_adds_up) {
  report_capital *c = told(CHAIN, -1);
  int32_t         landlord = party_of(c, "Landlord"), n = c->m->n_month;
  report_wall     w;
  double          balloons = 0, converted = 0, balance = 0;
  ck_assert(report_wall_of(c, landlord, &w));
  for (int32_t i = 0; i < c->n_loan; i++) {
    const report_loan *loan = &c->loan[i];
    if (c->m->deal[loan->deal].payee != landlord) continue;
    int32_t turned = twin_loan_of(c->s, loan->deal, loan->campus)->converted_month;
    converted += loan->row[REPORT_LOAN_BALANCE][turned - 1];
    for (int32_t t = 0; t < n; t++) {  // what falls due is what lowers the balance: all is paid on the day
      double before = t ? loan->row[REPORT_LOAN_BALANCE][t - 1] : 0;
      test_near(before + loan->row[REPORT_LOAN_DRAWN][t] + loan->row[REPORT_LOAN_CAPITALISED][t] -
                    loan->row[REPORT_LOAN_BALANCE][t],
                loan->row[REPORT_LOAN_INSTALMENT][t] + loan->row[REPORT_LOAN_BALLOON][t], 1);
    }
  }
  for (int32_t t = 0; t < n; t++) {
    balloons += w.balloons_usd[t];
    ledger_sheet sheet = ledger_sheet_at(&c->s->ledger, landlord, t);
    test_near(w.balance_usd[t], (double)sheet.account_cents[LEDGER_LOANS_OWED] / 100, 0.01);
    balance = fmax(balance, w.balance_usd[t]);
  }
  test_near(balloons / (0.4 * converted), 1, 1e-6);
  test_near(w.left_usd, w.balance_usd[n - 1], 1e-6);
  test_near(w.overdue_usd, 0, 1e-6);
  ck_assert_double_gt(balance, 1e8);
  done(c);
}
END_TEST

START_TEST(bullets_are_balloons) {
  report_capital *c = told(CHAIN_HEAD CHAIN_USE
                           "  bullet: {type: loan, from: lenders, to: Landlord, advance: 40 %, margin: 3 %/yr, tenor: "
                           "3 years, repays: bullet}\n",
                           -1);
  report_wall     w;
  double          instalments = 0, balloons = 0;
  ck_assert(report_wall_of(c, party_of(c, "Landlord"), &w));
  for (int32_t t = 0; t < c->m->n_month; t++) {
    instalments += w.instalments_usd[t];
    balloons += w.balloons_usd[t];
  }
  test_near(instalments, 0, 1);
  ck_assert_double_gt(balloons, 1e8);
  done(c);
}
END_TEST

// ---- Cover --------------------------------------------------------------------------------------------------------------

START_TEST(campuses_share_the_cash_of_a_party) {
  report_capital          *c = told(CHAIN, -1);
  static const char *const name[] = {"Landlord", "Cloud", "Lab"};
  for (size_t i = 0; i < 3; i++) {
    int32_t party = party_of(c, name[i]);
    double  east[TWIN_MAX_MONTHS], west[TWIN_MAX_MONTHS], sum = 0;
    report_campus_cash(c, party, 0, east);
    report_campus_cash(c, party, 1, west);
    for (int32_t t = 0; t < c->m->n_month; t++) {
      double cash = 0;
      for (int32_t kind = 0; kind < KIND_COUNT; kind++)
        if (report_kind_section(kind) == REPORT_OPERATING && kind != KIND_EARNED) cash += of_kind(c, party, kind, t);
      test_near(east[t] + west[t], cash, 0.01);
      sum += fabs(cash);
    }
    ck_assert_double_gt(sum, 1e7);
  }
  done(c);
}
END_TEST

START_TEST(cover_is_as_tested) {
  report_capital *c = told(CHAIN, -1);
  int32_t         cloud = party_of(c, "Cloud"), n = c->m->n_month, tested = 0, below = 0;
  report_covers   all = report_borrower_covers(c, cloud);
  const double   *cover = c->cover + (size_t)cloud * (size_t)n;
  double          least = HUGE_VAL, sum = 0;
  for (int32_t t = 0; t < n; t++) {
    if (isnan(cover[t])) continue;
    least = fmin(least, cover[t]);
    sum += cover[t];
    tested++;
  }
  test_near(all.dscr.least, least, 1e-12);
  test_near(all.dscr.average, sum / tested, 1e-12);
  // Each of the two loans alone is covered by its campus; together they are what the borrower shows, between the two.
  int32_t seen = 0;
  double  most = 0, lowest = HUGE_VAL;
  for (int32_t i = 0; i < c->n_loan; i++) {
    const report_loan *loan = &c->loan[i];
    if (c->m->deal[loan->deal].payee != cloud) continue;
    report_covers k = report_facility_covers(c, loan);
    most = fmax(most, k.llcr.average);
    lowest = fmin(lowest, k.llcr.average);
    report_terms terms = report_terms_of(c, loan);
    below = 0;
    for (int32_t t = 1; t < n; t++) below += cover[t] < 1.3 && loan->row[REPORT_LOAN_BALANCE][t - 1] > 0;
    ck_assert_int_eq(terms.lockup_months, below);
    seen++;
  }
  ck_assert_int_eq(seen, 2);
  ck_assert_double_ge(most, lowest);
  // Nothing asked of the landlord: no test to fail.
  for (int32_t i = 0; i < c->n_loan; i++)
    if (c->m->deal[c->loan[i].deal].payee != cloud) ck_assert_int_eq(report_terms_of(c, &c->loan[i]).lockup_months, -1);
  done(c);
}
END_TEST

START_TEST(life_cover_of_level_cash_is_its_value) {
  report_capital *c =
      told(CHAIN_HEAD CHAIN_USE
           "  mortgage: {type: loan, from: lenders, to: Landlord, advance: 60 %, margin: 3 %/yr, tenor: "
           "4 years, hedged: 100 %, upfront_fee: 0 %, commitment_fee: 0 %/yr}\n",
           -1);
  // Level rent over level payments at one rate: DSCR and LLCR are the same number, and stay it.
  for (int32_t i = 0; i < c->n_loan; i++) {
    report_covers k = report_facility_covers(c, &c->loan[i]);
    ck_assert_ptr_null(k.dscr.why);
    test_near(k.dscr.average / k.dscr.least, 1, 2e-3);
    test_near(k.llcr.least / k.dscr.least, 1, 2e-3);
    test_near(k.llcr.average / k.dscr.average, 1, 2e-3);
    ck_assert_double_gt(k.icr.least, k.dscr.least);
  }
  ck_assert_int_eq(c->n_loan, 2);
  done(c);
}
END_TEST

START_TEST(called_loans_say_so) {
  report_capital *c =
      told(CHAIN_HEAD CHAIN_USE
           "  chips: {type: loan, from: lenders, to: Cloud, advance: 60 %, margin: 4 %/yr, tenor: 4 years, "
           "default_dscr: 0.8}\n",
           -1);
  int32_t cloud = party_of(c, "Cloud"), called = 0;
  for (int32_t i = 0; i < c->n_loan; i++) {
    const report_loan *loan = &c->loan[i];
    if (c->m->deal[loan->deal].payee != cloud) continue;
    double due = 0, given = 0;
    ck_assert_int_ge(loan->called, 0);
    for (int32_t t = 0; t <= loan->called; t++) {
      due +=
          loan->row[REPORT_LOAN_INSTALMENT][t] + loan->row[REPORT_LOAN_BALLOON][t] + loan->row[REPORT_LOAN_CALLED][t];
      given +=
          loan->row[REPORT_LOAN_DRAWN][t] + loan->row[REPORT_LOAN_CAPITALISED][t] - loan->row[REPORT_LOAN_PREPAID][t];
    }
    test_near(due / given, 1, 1e-9);  // all that was lent has fallen due
    ck_assert_str_eq(report_facility_covers(c, loan).llcr.why, "a loan was called");
    called++;
  }
  ck_assert_int_eq(called, 2);
  done(c);
}
END_TEST

START_TEST(reserve_stands_against_its_target) {
  report_capital *c = told(CHAIN, -1);
  report_reserve  landlord = report_reserve_of(c, party_of(c, "Landlord")),
                 lab = report_reserve_of(c, party_of(c, "Lab"));
  ck_assert_int_gt(landlord.months, 36);
  ck_assert_double_gt(landlord.least_frac, 0);
  ck_assert_int_eq(lab.months, 0);
  ck_assert(isnan(lab.least_frac));
  done(c);
}
END_TEST

// ---- Levelised costs ----------------------------------------------------------------------------------------------------

START_TEST(levelised_cost_is_what_outsiders_are_paid) {
  report_capital  *c = told(CHAIN, -1);
  report_levelised k[3];
  int32_t          landlord = party_of(c, "Landlord");
  double           r = month_rate(c, landlord), cost = 0, gpu_h = 0, mwh = 0, energy = 0;
  ck_assert(report_levelised_of(c, k));
  static const int kinds[] = {KIND_CONSTRUCTION, KIND_GENERATION, KIND_RACKS, KIND_ENERGY, KIND_FUEL, KIND_OPEX};
  for (int32_t t = 0; t < c->m->n_month; t++) {
    double factor = pow(1 + r, -(t - c->m->report0));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
      ledger_query q = {-1, -1, kinds[i], -1, -1, t, t};  // billed: revenue of whoever is paid
      double       usd = (double)ledger_sum(&c->s->ledger, &q, LEDGER_REVENUE) / 100 * factor;
      cost += usd;
      if (kinds[i] == KIND_ENERGY || kinds[i] == KIND_FUEL) energy += usd;
    }
    for (int32_t campus = 0; campus < 2; campus++) {
      const twin_campus_month *at = campus_at(c, campus, t);
      gpu_h += at->gpu_hours * factor;
      mwh += at->energy_mwh / at->pue_frac * factor;
    }
  }
  test_near(k[2].cost_usd / cost, 1, 1e-9);
  test_near(k[2].usd_per_gpu_h / (cost / gpu_h), 1, 1e-9);
  test_near(k[2].usd_per_mwh_it / (cost / mwh), 1, 1e-9);
  test_near(k[2].energy_frac, energy / cost, 1e-9);
  for (int i = 0; i < 3; i++) {
    test_near(k[i].capital_frac + k[i].energy_frac + k[i].operation_frac + k[i].tax_frac, 1, 1e-9);
    ck_assert_double_lt(k[i].net_usd_per_gpu_h, k[i].usd_per_gpu_h);
    ck_assert(isnan(k[i].usd_per_mtok));  // nothing is served
  }
  ck_assert_double_ge(k[2].usd_per_gpu_h, fmin(k[0].usd_per_gpu_h, k[1].usd_per_gpu_h));
  ck_assert_double_le(k[2].usd_per_gpu_h, fmax(k[0].usd_per_gpu_h, k[1].usd_per_gpu_h));
  done(c);
}
END_TEST

// ---- Page and JSON ------------------------------------------------------------------------------------------------------

START_TEST(page_and_json_hold_it_all) {
  for (int64_t k = -1; k < 3; k++) {
    report_capital *c = told(CHAIN, k);
    text_buffer     json = {0};
    ck_assert_int_eq(report_capital_json(c, &json), SG_OK);
    ck_assert(probe_json_valid(json.at));
    ck_assert(probe_text_is(json.at, "contracts/0/contract", "compute"));
    ck_assert(probe_text_is(json.at, "levelised/0/campus", "east"));
    if (k < 0) {
      ck_assert(probe_text_is(json.at, "reletting/rent/0/party", "Cloud"));
      test_near(probe_number_at(json.at, "reletting/rent/0/break_even/usd_per_mw_month"), 110000, 0.01);
      ck_assert(probe_text_is(json.at, "borrowers/0/borrower", "Cloud"));
    }
    static const int widths[] = {60, 80};
    for (size_t i = 0; i < 2; i++) {
      text_buffer text = {0};
      sg_style    style = {0, widths[i]};
      ck_assert_int_eq(report_capital_text(c, style, &text), SG_OK);
      ck_assert_int_le(probe_widest(text.at), widths[i]);
      static const char *const said[] = {"Contracts of use",      "limits at close", "effective rate", "Cover\n",
                                         "Principal falling due", "Re-letting:",     "Levelised costs"};
      for (size_t j = 0; j < sizeof said / sizeof said[0]; j++)
        ck_assert_msg(strstr(text.at, said[j]) != NULL, "%s", said[j]);
      ck_assert_ptr_null(strstr(text.at, " nan"));
      text_buffer_free(&text);
    }
    text_buffer_free(&json);
    done(c);
  }
}
END_TEST

TEST_LIST("capital_lender", contracts_say_what_the_books_say, customer_that_fails_ends_its_contract,
          gap_is_rent_that_no_customer_pays, no_gap_where_customers_stay, debt_outlasts_customers,
          terms_say_what_bound_the_size, loan_without_fees_costs_its_rate, loan_never_drawn_has_no_rate,
          principal_by_year_adds_up, bullets_are_balloons, campuses_share_the_cash_of_a_party, cover_is_as_tested,
          life_cover_of_level_cash_is_its_value, called_loans_say_so, reserve_stands_against_its_target,
          levelised_cost_is_what_outsiders_are_paid, page_and_json_hold_it_all)
