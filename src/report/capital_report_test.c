// Tests of the capital report: identities of the statements of all parties, loans, sources and uses, returns; which
// scenario it tells of; the page and the JSON.
#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "../capital/returns.h"
#include "api.h"
#include "capital_tables.h"
#include "probe.h"

// A shock that is certain, and a fund that may not pay: what the base case must leave out, and what it must keep.
#define PROBE_SHOCKS                                                                                               \
  "shocks:\n  halt: {from: 2028-01, odds: 100 %, lasts: 1 year, effects: {take: {path: contracts.capacity.price, " \
  "factor: 0.1}}}\n"

static report_capital *told(const sg_model *model, uint64_t seed, int64_t k) {
  report_capital *c = NULL;
  ck_assert_int_eq(report_capital_run(model->twin, seed, k, &c), SG_OK);
  return c;
}

static const report_row *find(const report_rows *rows, report_statement statement, const char *part, const char *word) {
  for (int32_t i = 0; i < rows->n; i++)
    if (rows->row[i].statement == statement && !strcmp(rows->row[i].part, part) && !strcmp(rows->row[i].word, word))
      return &rows->row[i];
  return NULL;
}

static int64_t at(const report_row *r, int32_t t) { return !r ? 0 : t < 0 ? r->opening_cents : r->cents[t]; }

static int32_t party_of(const report_capital *c, const char *name) {
  int32_t p = programme_find(&c->m->p, CLASS_PARTY, name);
  ck_assert_int_ge(p, 0);
  return p;
}

// ---- Statements ---------------------------------------------------------------------------------------------------------

// Every line of a part adds up to its total, in each month; months of them all were counted.
static int32_t parts_add_up(const report_rows *rows, int32_t n_month) {
  int32_t counted = 0;
  for (int32_t i = 0; i < rows->n; i++) {
    const report_row *total = &rows->row[i];
    bool              sums = false;
    for (int32_t k = 0; k < rows->n; k++)
      sums |=
          !rows->row[k].total && rows->row[k].statement == total->statement && !strcmp(rows->row[k].part, total->word);
    if (!total->total || !sums) continue;
    for (int32_t t = total->level ? -1 : 0; t < n_month; t++, counted++) {
      int64_t sum = 0;
      for (int32_t k = 0; k < rows->n; k++)
        if (!rows->row[k].total && rows->row[k].statement == total->statement &&
            !strcmp(rows->row[k].part, total->word))
          sum += at(&rows->row[k], t);
      ck_assert_msg(sum == at(total, t), "%s in month %d", total->word, (int)t);
    }
  }
  return counted;
}

static void statements_hold(const report_rows *rows, int32_t n_month) {
  const report_row *assets = find(rows, REPORT_BALANCE, "assets", "assets");
  const report_row *debts = find(rows, REPORT_BALANCE, "liabilities", "liabilities");
  const report_row *equity = find(rows, REPORT_BALANCE, "equity", "equity");
  const report_row *retained = find(rows, REPORT_BALANCE, "equity", "retained");
  const report_row *cash = find(rows, REPORT_BALANCE, "assets", "cash");
  const report_row *change = find(rows, REPORT_CASH, "change", "change");
  const report_row *result = find(rows, REPORT_INCOME, "result", "result");
  const report_row *revenue = find(rows, REPORT_INCOME, "revenue", "revenue");
  const report_row *expense = find(rows, REPORT_INCOME, "expense", "expense");
  ck_assert(assets && debts && equity && retained && change && result && revenue && expense);
  for (int32_t t = -1; t < n_month; t++) ck_assert_int_eq(at(assets, t), at(debts, t) + at(equity, t));
  for (int32_t t = 0; t < n_month; t++) {
    int64_t sections = 0;
    for (int32_t i = 0; i < rows->n; i++)
      if (rows->row[i].statement == REPORT_CASH && rows->row[i].total && &rows->row[i] != change)
        sections += at(&rows->row[i], t);
    ck_assert_int_eq(at(change, t), sections);
    ck_assert_int_eq(at(cash, t), at(cash, t - 1) + at(change, t));
    ck_assert_int_eq(at(retained, t), at(retained, t - 1) + at(result, t));
    ck_assert_int_eq(at(result, t), at(revenue, t) - at(expense, t));
  }
}

START_TEST(statements_balance_each_month) {
  sg_model *model = probe_model(PROBE_FILE);
  for (int64_t k = -1; k < 4; k++) {
    report_capital *c = told(model, 1, k);
    arena          *a = arena_create();
    report_rows    *rows = ARENA_NEW(a, report_rows, 1);
    int64_t        *all = ARENA_NEW(a, int64_t, c->m->n_month);
    for (int32_t p = 0; p < c->m->n[CLASS_PARTY]; p++) {
      ck_assert(report_statements(c, p, a, rows));
      statements_hold(rows, c->m->n_month);
      int32_t counted = parts_add_up(rows, c->m->n_month);
      if (k < 0 && p == party_of(c, "Owner")) ck_assert_int_ge(counted, 6 * c->m->n_month);
      const report_row *change = find(rows, REPORT_CASH, "change", "change");
      for (int32_t t = 0; t < c->m->n_month; t++) all[t] += at(change, t);
      for (int account = 0; account < LEDGER_ACCOUNT_COUNT; account++) {
        if (report_by_kind(account)) continue;
        const char       *part = account < LEDGER_FIRST_LIABILITY ? "assets"
                                 : account < LEDGER_FIRST_EQUITY  ? "liabilities"
                                                                  : "equity";
        const report_row *r = find(rows, REPORT_BALANCE, part, ledger_account_word(account));
        ck_assert_int_eq(at(r, c->m->n_month - 1), ledger_balance(&c->s->ledger, p, account));
      }
    }
    for (int32_t t = 0; t < c->m->n_month; t++) ck_assert_int_eq(all[t], 0);  // cash of all parties is never made
    arena_free(a);
    report_capital_free(c);
  }
  sg_model_free(model);
}
END_TEST

START_TEST(every_kind_has_a_word_and_one_place) {
  for (int32_t kind = 0; kind < KIND_COUNT; kind++) {
    int32_t places = 0, words = 0;
    for (int32_t i = 0; i < KIND_COUNT; i++) {
      places += report_kind_ordered(i) == kind;
      words += !strcmp(report_kind_word(i), report_kind_word(kind));
    }
    ck_assert_msg(strcmp(report_kind_word(kind), "other") != 0, "kind %d has no row in kinds.c", (int)kind);
    ck_assert_int_eq(places, 1);
    ck_assert_int_eq(words, 1);
  }
}
END_TEST

// ---- Which scenario -----------------------------------------------------------------------------------------------------

START_TEST(scenario_is_that_of_run) {
  sg_model *model = probe_model(PROBE_FILE);
  for (uint32_t k = 0; k < 3; k++) {
    report_capital *c = told(model, 7, k);
    sg_text         json = {0};
    ck_assert_int_eq(sg_scenario_json(model, 7, k, &json), SG_OK);
    test_near(c->s->scalar[SCALAR_NPV], probe_number_at(json.at, "metrics/programme.npv_usd"), 1e-2);
    test_near(c->s->scalar[SCALAR_CAPEX], probe_number_at(json.at, "metrics/programme.capex_total_usd"), 1e-2);
    sg_text_free(&json);
    report_capital_free(c);
  }
  sg_model_free(model);
}
END_TEST

START_TEST(base_case_draws_nothing) {
  sg_model       *model = probe_model(PROBE_FILE PROBE_SHOCKS), *calm = probe_model(PROBE_FILE);
  report_capital *c = told(model, 1, -1), *again = told(model, 99, -1), *without = told(calm, 1, -1),
                 *drawn = told(model, 1, 0);
  report_capital   *unshocked = told(calm, 1, 0);
  const twin_model *m = c->m;
  size_t            bytes = (size_t)m->n_month * m->record * sizeof(double);
  ck_assert_int_gt(m->n_plain, 0);
  for (int32_t i = 0; i < m->n_plain; i++) {
    const programme_draw *d = &m->p.draw[m->plain_draw[i]];
    double                used;
    memcpy(&used, c->s->block + d->slot, sizeof used);
    ck_assert_double_eq(c->s->z[m->plain_draw[i]], 0);
    test_near(used, dist_median(&d->of, &m->p.pool), 1e-9 * (1 + fabs(used)));
  }
  ck_assert_int_eq(memcmp(c->s->record, again->s->record, bytes), 0);  // whatever the seed
  ck_assert_int_ne(memcmp(c->s->record, drawn->s->record, bytes), 0);
  // The shock takes most of what scenarios earn for a year, and is not there in the base case.
  int32_t owner = party_of(c, "Owner");
  ck_assert_double_eq(twin_party_npv_usd(c->s, owner), twin_party_npv_usd(without->s, owner));
  ck_assert_double_lt(twin_party_npv_usd(drawn->s, owner), twin_party_npv_usd(unshocked->s, owner));
  for (int32_t t = 0; t < m->n_month; t++) {  // markets at their level: their growth, and nothing drawn
    double years = t > m->report0 ? (t - m->report0) / 12.0 : 0;
    test_near(c->s->path[PATH_DEMAND][t], exp(c->s->v.market[m->market_demand].drift_frac_yr * years), 1e-12);
  }
  // Money is scarce as stated: the fund honours the median of 80 % to 100 % of its pledge, by plan all of it.
  int32_t fund = party_of(c, "Fund");
  ck_assert_double_lt(c->s->v.party[fund].honours_frac, 0.99);
  report_capital_free(c);
  report_capital_free(again);
  report_capital_free(without);
  report_capital_free(drawn);
  report_capital_free(unshocked);
  sg_model_free(model);
  sg_model_free(calm);
}
END_TEST

START_TEST(refuses_scenarios_that_are_none) {
  sg_model       *model = probe_model(PROBE_FILE);
  report_capital *c = (report_capital *)model;
  ck_assert_int_eq(report_capital_run(model->twin, 1, -2, &c), SG_ERR_RANGE);
  ck_assert_ptr_null(c);
  ck_assert_int_eq(report_capital_run(model->twin, 1, (int64_t)UINT32_MAX + 1, &c), SG_ERR_RANGE);
  report_capital_free(NULL);
  sg_model_free(model);
}
END_TEST

// ---- Loans --------------------------------------------------------------------------------------------------------------

START_TEST(loans_agree_with_the_books) {
  sg_model       *model = probe_model(PROBE_FILE);
  report_capital *c = told(model, 1, -1);
  int32_t         owner = party_of(c, "Owner"), n = c->m->n_month;
  ck_assert_int_eq(c->n_loan, 1);
  const report_loan *loan = &c->loan[0];
  ck_assert_int_eq(c->m->deal[loan->deal].payee, owner);
  double drawn = 0, interest = 0;
  for (int32_t t = 0; t < n; t++) {
    const double *const *row = (const double *const *)loan->row;
    double               before = t ? row[REPORT_LOAN_BALANCE][t - 1] : 0;
    test_near(row[REPORT_LOAN_BALANCE][t],
              before + row[REPORT_LOAN_DRAWN][t] + row[REPORT_LOAN_CAPITALISED][t] - row[REPORT_LOAN_PRINCIPAL][t] -
                  row[REPORT_LOAN_PREPAID][t] - row[REPORT_LOAN_LOST][t],
              0.005);
    ledger_sheet sheet = ledger_sheet_at(&c->s->ledger, owner, t);
    test_near(row[REPORT_LOAN_BALANCE][t], (double)sheet.account_cents[LEDGER_LOANS_OWED] / 100, 0.005);
    ck_assert_double_le(row[REPORT_LOAN_BALANCE][t], row[REPORT_LOAN_COMMITMENT][t] + 0.005);
    drawn += row[REPORT_LOAN_DRAWN][t];
    interest += row[REPORT_LOAN_INTEREST][t] + row[REPORT_LOAN_FEES][t];
  }
  ck_assert_double_gt(drawn, 1e6);
  int64_t paid =
      ledger_sum(&c->s->ledger, &(ledger_query){owner, -1, KIND_INTEREST, -1, -1, 0, INT32_MAX}, LEDGER_CASH);
  test_near(interest, -(double)paid / 100, 0.005);
  report_capital_free(c);
  sg_model_free(model);
}
END_TEST

START_TEST(cover_is_cash_over_what_fell_due) {
  sg_model          *model = probe_model(PROBE_FILE);
  report_capital    *c = told(model, 1, -1);
  const twin_model  *m = c->m;
  const report_loan *loan = &c->loan[0];
  int32_t            owner = party_of(c, "Owner"), last = m->n_month - 1, first = last - 11;
  double             cash = 0, due = 0;
  for (int kind = KIND_ENERGY; kind <= KIND_COMPUTE; kind++) {  // energy .. tax, lease, compute
    ledger_query q = {owner, -1, kind, -1, -1, first, last};
    cash += (double)ledger_sum(&c->s->ledger, &q, LEDGER_CASH) / 100;
  }
  for (int32_t t = first; t <= last; t++)
    due += loan->row[REPORT_LOAN_FEES][t] + loan->row[REPORT_LOAN_INTEREST][t] + loan->row[REPORT_LOAN_PRINCIPAL][t];
  due += loan->row[REPORT_LOAN_ARREARS][last] - loan->row[REPORT_LOAN_ARREARS][first - 1];
  ck_assert_double_gt(due, 0);
  test_near(report_cover(c, owner, first, last), cash / due, 1e-9);
  ck_assert(isnan(report_cover(c, owner, 0, 0)));  // nothing is owed yet
  ck_assert(isnan(report_cover(c, party_of(c, "Tenant"), first, last)));
  report_capital_free(c);
  sg_model_free(model);
}
END_TEST

// ---- Projects -----------------------------------------------------------------------------------------------------------

START_TEST(years_are_folded) {
  const double none = (double)NAN, row[5] = {2, none, -1, 4, none};
  static const struct {
    const char *what;
    report_fold fold;
    int32_t     first, last;
    double      want;
  } rows[] = {
      {"a sum",                    REPORT_SUM,   2, 3, 3 },
      {"the last",                 REPORT_LAST,  0, 3, 4 },
      {"the least but for NaN",    REPORT_LEAST, 0, 4, -1},
      {"of one",                   REPORT_LEAST, 3, 3, 4 },
      {"NaN first is no obstacle", REPORT_LEAST, 1, 2, -1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    ck_assert_msg(report_folded(rows[i].fold, row, rows[i].first, rows[i].last) == rows[i].want, "%s", rows[i].what);
  ck_assert(isnan(report_folded(REPORT_LEAST, row, 4, 4)));
  for (int32_t r = 0; r < CAPITAL_PROJECT_ROWS; r++)
    ck_assert_msg(report_project_format(r) != REPORT_RATIO || report_project_fold(r) == REPORT_LEAST, "%s",
                  capital_project_name[r]);
}
END_TEST

START_TEST(projects_are_told) {
  sg_model       *model = probe_model(PROBE_FILE);
  report_capital *c = told(model, 1, -1);
  text_buffer     json = {0}, text = {0};
  ck_assert_int_eq(c->n_project, 1);
  const twin_financing *f = &c->project[0];
  ck_assert_ptr_null(f->why);
  ck_assert_int_eq(f->borrower, party_of(c, "Owner"));
  ck_assert_int_eq(f->result.n, c->m->n_month);
  ck_assert_int_eq(report_capital_json(c, &json), SG_OK);
  ck_assert(probe_text_is(json.at, "projects/0/campus", "mesa"));
  ck_assert(probe_text_is(json.at, "projects/0/loans/0/contract", "loan"));
  ck_assert_ptr_nonnull(strstr(json.at, "\"not_computed\": null"));
  test_near(probe_number_at(json.at, "projects/0/metrics/irr"), f->metrics.irr_frac_per_yr, 1e-9);
  test_near(probe_number_at(json.at, "projects/0/rows/debt/value/40"), f->result.row[PROJECT_DEBT][40], 1);
  ck_assert_int_eq(report_capital_text(c, sg_style_default(), &text), SG_OK);
  ck_assert_ptr_nonnull(strstr(text.at, "  mesa, of Owner\n"));
  ck_assert_ptr_nonnull(strstr(text.at, "DSCR, x"));
  text_buffer_free(&json);
  text_buffer_free(&text);
  report_capital_free(c);
  sg_model_free(model);
}
END_TEST

// ---- Sources and uses, returns ------------------------------------------------------------------------------------------

// Half built at the horizon.
#define LATE                                                                                                         \
  "programme: Late\nas_of: 2025-01-21\nhorizon: 2 years\nparties:\n  Owner: {role: owner, cash: $2B}\n"              \
  "campuses:\n  mesa: {works_start: 2025-03, weather: dallas_fort_worth_tx, tariff: ercot-large-load, consent: "     \
  "[],\n         buildings: {count: 3, type: hyperscale-liquid, it: 35 MW}, grid: {limit: 150 MW, from: 2026-06}}\n" \
  "contracts:\n  loan: {type: loan, from: lenders, to: Owner, advance: 65 %, margin: 4 %/yr, tenor: 6 years}\n"

// A project that cannot be computed takes nothing else with it.
START_TEST(projects_say_why_not) {
  sg_model       *model = probe_model(LATE);
  report_capital *c = told(model, 1, -1);
  text_buffer     json = {0}, text = {0};
  char            why[REPORT_WHY];
  ck_assert_int_eq(c->n_project, 1);
  report_project_why(c, &c->project[0], why);
  ck_assert_str_eq(why, "'loan': what it pays for is not complete at the horizon");
  ck_assert_int_eq(report_capital_json(c, &json), SG_OK);
  ck_assert(probe_json_valid(json.at));
  ck_assert(probe_text_is(json.at, "projects/0/campus", "mesa"));
  ck_assert(probe_text_is(json.at, "projects/0/not_computed", why));
  ck_assert_ptr_nonnull(strstr(json.at, "\"metrics\": null"));
  ck_assert(probe_text_is(json.at, "loans/0/contract", "loan"));
  ck_assert_int_eq(report_capital_text(c, sg_style_default(), &text), SG_OK);
  ck_assert_ptr_nonnull(
      strstr(text.at, "  mesa, of Owner\n  n/a, because of 'loan': what it pays for is not complete at"));
  ck_assert_ptr_nonnull(strstr(text.at, "\nReturns\n"));
  text_buffer_free(&json);
  text_buffer_free(&text);
  report_capital_free(c);
  sg_model_free(model);
}
END_TEST

START_TEST(sources_equal_uses) {
  sg_model *model = probe_model(PROBE_FILE);
  int32_t   builders = 0;
  for (int64_t k = -1; k < 4; k++) {
    report_capital *c = told(model, 1, k);
    for (int32_t p = 0; p < c->m->n[CLASS_PARTY]; p++) {
      report_uses u;
      int64_t     in = 0, out = 0;
      report_sources_uses(c, p, &u);
      for (int32_t i = 0; i < u.n_source; i++) in += u.source[i].cents;
      for (int32_t i = 0; i < u.n_use; i++) out += u.use[i].cents;
      ck_assert_int_eq(in, u.total_cents);
      ck_assert_int_eq(out, u.total_cents);
      builders += u.builds;
    }
    report_capital_free(c);
  }
  ck_assert_int_eq(builders, 5);  // the owner, each time
  sg_model_free(model);
}
END_TEST

START_TEST(returns_are_those_of_the_cash) {
  sg_model         *model = probe_model(PROBE_FILE);
  report_capital   *c = told(model, 1, -1);
  const twin_model *m = c->m;
  int32_t           n = m->n_month, lenders = party_of(c, "lenders"), fund = party_of(c, "Fund");
  double            flow[TWIN_MAX_MONTHS], sum = 0;
  report_returns    r;
  report_returns_of(c, lenders, flow, &r);
  ck_assert(r.any);
  // The lenders' dealings are all they do: what the record says of their cash is the same flow.
  test_near(r.without.npv_usd, twin_party_npv_usd(c->s, lenders), 1);
  for (int32_t t = 0; t < n; t++) sum += flow[t];
  test_near(sum, r.in_usd - r.out_usd + r.left_usd, 0.01);
  ledger_sheet end = ledger_sheet_at(&c->s->ledger, lenders, m->n_month - 1);
  test_near(r.left_usd, (double)(end.account_cents[LEDGER_LOANS_GIVEN] + end.account_cents[LEDGER_RECEIVABLE]) / 100,
            0.005);
  ck_assert_int_eq(r.with.n_root, 1);
  double monthly = pow(1 + r.with.irr_frac_per_yr, 1.0 / 12) - 1;
  test_near(capital_npv(flow, (size_t)n, monthly) / r.out_usd, 0, 1e-9);
  // A lender at its loan's rate, fees on top, all of it left or paid back: somewhat above 12 months of rate / 12.
  double nominal = c->loan[0].row[REPORT_LOAN_RATE][m->n_month - 1];
  ck_assert_double_gt(r.with.irr_frac_per_yr, pow(1 + nominal / 12, 12) - 1 - 1e-6);
  ck_assert_double_lt(r.with.irr_frac_per_yr, nominal + 0.03);
  // The fund alone paid in equity: all that its company has is left to it.
  report_returns_of(c, fund, flow, &r);
  double worth = (double)ledger_sheet_at(&c->s->ledger, party_of(c, "Owner"), m->n_month - 1).equity_cents / 100;
  ck_assert_double_gt(worth, 0);
  test_near(r.left_usd, worth, 0.01);
  test_near(r.with.moic, (r.in_usd + worth) / r.out_usd, 1e-9);
  test_near(capital_npv(flow, (size_t)n, pow(1 + r.with.irr_frac_per_yr, 1.0 / 12) - 1) / r.out_usd, 0, 1e-9);
  report_capital_free(c);
  sg_model_free(model);
}
END_TEST

// A loan drawn before the report begins: the lenders' rate is that of the loan, not of what came back since.
START_TEST(returns_know_what_was_before) {
  sg_model *model = probe_model(
      "programme: Begun\nas_of: 2025-09-01\nhorizon: 8 years\nparties:\n  Owner: {role: owner, cash: $2B}\n"
      "  Tenant: {role: operation, deep: yes}\n"
      "campuses:\n  mesa: {works_start: 2023-09, weather: dallas_fort_worth_tx, tariff: ercot-large-load, consent: "
      "[],\n"
      "         buildings: {count: 1, type: hyperscale-liquid, it: 35 MW}, grid: {limit: 110 MW, from: 2024-06}}\n"
      "contracts:\n  loan: {type: loan, from: lenders, to: Owner, advance: 65 %, margin: 4 %/yr, tenor: 5 years}\n"
      "  rent: {type: compute, from: Tenant, to: Owner, price: 3 USD/GPU-h, minimum_take: 100 %, tenor: 7 years}\n");
  report_capital *c = told(model, 1, -1);
  double          flow[TWIN_MAX_MONTHS], before = 0;
  report_returns  r;
  ck_assert_int_gt(c->m->report0, 0);
  ck_assert_int_eq(c->n_loan, 1);
  for (int32_t t = 0; t < c->m->report0; t++) before += c->loan[0].row[REPORT_LOAN_DRAWN][t];
  ck_assert_double_gt(before, 1e6);
  report_returns_of(c, party_of(c, "lenders"), flow, &r);
  report_terms terms = report_terms_of(c, &c->loan[0]);
  ck_assert_ptr_null(terms.why);
  test_near(r.with.irr_frac_per_yr, terms.effective_frac_per_yr, 1e-6);
  test_near(r.without.npv_usd, twin_party_npv_usd(c->s, party_of(c, "lenders")), 1);
  report_capital_free(c);
  sg_model_free(model);
}
END_TEST

START_TEST(ratios_read_as_a_lender_reads_them) {
  static const struct {
    const char *what;
    double      ratio;
    const char *want;
  } rows[] = {
      {"two decimals",          1.304,       "1.30x"},
      {"nothing at all",        0,           "0.00x"},
      {"a cent short of it",    -1e-6,       "0.00x"},
      {"cash is paid",          -16.63,      "<0"   },
      {"hardly any service",    1e5,         ">999" },
      {"nothing to be covered", (double)NAN, "n/a"  },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char text[PHRASE];
    report_ratio_text(rows[i].ratio, "x", text);
    ck_assert_msg(!strcmp(text, rows[i].want), "%s: %s", rows[i].what, text);
  }
}
END_TEST

// ---- Page and JSON ------------------------------------------------------------------------------------------------------

START_TEST(page_keeps_its_width) {
  sg_model   *model = probe_model(PROBE_FILE);
  sg_capital *capital = NULL;
  for (int64_t k = -1; k < 3; k++) {
    ck_assert_int_eq(sg_capital_run(model, 1, k, &capital), SG_OK);
    static const int widths[] = {60, 80, 132};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
      sg_text text = {0};
      ck_assert_int_eq(sg_capital_text(capital, (sg_style){0, widths[i]}, &text), SG_OK);
      ck_assert_int_le(probe_widest(text.at), widths[i]);
      static const char *const said[] = {"Owner",
                                         "Income, $",
                                         "Cash flow, $",
                                         "Balance sheet, $",
                                         "Loans",
                                         "cover of borrower",
                                         "Sources and uses of Owner",
                                         "Returns"};
      for (size_t j = 0; j < sizeof said / sizeof said[0]; j++)
        ck_assert_msg(strstr(text.at, said[j]) != NULL, "%s", said[j]);
      ck_assert_ptr_null(strchr(text.at, '\033'));
      ck_assert_ptr_null(strstr(text.at, " nan"));
      sg_text_free(&text);
    }
    sg_capital_free(capital);
  }
  sg_capital_free(NULL);
  sg_model_free(model);
}
END_TEST

START_TEST(json_is_valid_and_exact) {
  sg_model   *model = probe_model(PROBE_FILE);
  sg_capital *capital = NULL;
  sg_text     json = {0};
  ck_assert_int_eq(sg_capital_run(model, 1, -1, &capital), SG_OK);
  ck_assert_int_eq(sg_capital_json(capital, &json), SG_OK);
  ck_assert(probe_json_valid(json.at));
  ck_assert(probe_text_is(json.at, "schema", "stargate.capital/1"));
  ck_assert(probe_text_is(json.at, "case", "base"));
  ck_assert_ptr_null(strstr(json.at, " nan"));
  ck_assert_ptr_null(strstr(json.at, " inf"));
  // Party 0 is the fund: two billion dollars of cash to begin with.
  ck_assert(probe_text_is(json.at, "parties/0/name", "Fund"));
  ck_assert(probe_text_is(json.at, "parties/0/balance/0/account", "Assets:Fund:Cash"));
  ck_assert_double_eq(probe_number_at(json.at, "parties/0/balance/0/opening_cents"), 2e11);
  sg_text_free(&json);
  sg_capital_free(capital);
  ck_assert_int_eq(sg_capital_run(model, 1, 3, &capital), SG_OK);
  ck_assert_int_eq(sg_capital_json(capital, &json), SG_OK);
  ck_assert(probe_text_is(json.at, "case", "scenario"));
  ck_assert_double_eq(probe_number_at(json.at, "scenario"), 3);
  sg_text_free(&json);
  sg_capital_free(capital);
  sg_model_free(model);
}
END_TEST

TEST_LIST("capital_report", statements_balance_each_month, every_kind_has_a_word_and_one_place, scenario_is_that_of_run,
          base_case_draws_nothing, refuses_scenarios_that_are_none, loans_agree_with_the_books,
          cover_is_cash_over_what_fell_due, years_are_folded, projects_are_told, projects_say_why_not,
          sources_equal_uses, returns_are_those_of_the_cash, returns_know_what_was_before,
          ratios_read_as_a_lender_reads_them, page_keeps_its_width, json_is_valid_and_exact)
