// Tests of the financing: against the ledger where both must say the same, and its flows against what they are made of.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/twin_run.h"
#include "financing.h"

// One owner without cash of its own, nothing uncertain, nothing scarce, all money at hand: the ledger of the party and its
// campus as a company of its own are the same.
#define CERTAIN                                                                                                              \
  "programme: certain\nas_of: 2025-02-01\nstart: 2025-02\nhorizon: 8 years\n"                                                \
  "parties:\n  O: {role: owner, cash: 0 USD}\n  F: {role: finance, deep: yes}\n  T: {role: operation, deep: yes}\n"          \
  "contracts:\n  equity: {type: equity, from: F, to: O, total: 9 B USD}\n"                                                   \
  "  loan: {type: loan, from: lenders, to: O, advance: 60 %, margin: 4 %/yr, tenor: 4 years, upfront_fee: 1 %, hedged: 100 %, reserve: 0 days}\n"        \
  "  rent: {type: compute, from: T, to: O, price: 3 USD/GPU-h, minimum_take: 100 %, tenor: 7 years, starts: 2027-06}\n"                       \
  "markets: {interest: {level: 4 %, volatility: 0 frac}}\n"                                                                       \
  "campuses:\n  a: {works_start: 2025-03, weather: dallas_fort_worth_tx, tariff: ercot-large-load, consent: [], renews: no,\n" \
  "    buildings: {count: 1, type: hyperscale-liquid, it: 20 MW}, grid: {limit: 60 MW, from: 2025-01}}\n"

typedef struct run {
  twin_model     *m;
  twin_state     *s;
  arena          *a;
  twin_financing *f;
  int32_t         n;
} run;

static run run_of(const char *text, const char *const *set) {
  run r = {.m = twin_must(text, set), .a = arena_create()};
  r.s = twin_state_create(r.m);
  ck_assert(r.s && r.a);
  (void)twin_scenario_run(r.s, MODE_BASE, 1, 0, CAUSE_NONE, r.m->n_month);
  r.f = ARENA_NEW(r.a, twin_financing, 2 * r.m->n[CLASS_CAMPUS] + 1);
  ck_assert(r.f != NULL);
  ck_assert_int_eq(twin_financings(r.s, r.a, r.f, &r.n), SG_OK);
  return r;
}

static void end(run *r) {
  twin_state_free(r->s);
  twin_model_free(r->m);
  arena_free(r->a);
}

static double posted_usd(const twin_state *s, int32_t leg, int32_t t) {
  return leg < 0 ? 0 : (double)s->ledger.amount_cents[(size_t)leg * (size_t)s->m->n_month + (size_t)t] / 100;
}

// Cash that moved in a month on all lines of a kind, and its legs.
static double of_kind(const twin_state *s, int32_t kind, int32_t t) {
  double sum = 0;
  for (int32_t l = 0; l < s->m->n_leg; l++) {
    const ledger_leg *leg = &s->m->leg[l];
    bool              cash = leg->debit_a == LEDGER_CASH || leg->credit_a == LEDGER_CASH;
    if (leg->kind == kind && cash) sum += posted_usd(s, l, t);
  }
  return sum;
}

static const struct {
  const char *what, *set[7];
} cases[] = {
    {"level, interest added to the loan", {NULL}},
    {"level, interest paid", {"contracts.loan.before_completion", "paid", NULL}},
    {"constant principal with a balloon", {"contracts.loan.repays", "constant", "contracts.loan.balloon", "20 %", NULL}},
    {"bullet after grace", {"contracts.loan.repays", "bullet", "contracts.loan.tenor", "3 years", NULL}},
    {"sculpted to the lender's case", {"contracts.loan.repays", "sculpted", "contracts.loan.dscr", "1.3", NULL}},
    {"each draw on its own", {"contracts.loan.matures", "each-draw", "contracts.loan.draws", "2 years", NULL}},
};

// To the cent: the books round every posting to half a cent, and what a loan is from month to month keeps those.
// Equity while it is built; later the twin's owner keeps some cash back, and the project pays all of it out.
START_TEST(is_what_the_ledger_says) {
  run r = run_of(CERTAIN, cases[_i].set);
  ck_assert_int_eq(r.n, 1);
  ck_assert_msg(!r.f->why, "%s: %s", cases[_i].what, r.f->why ? r.f->why : "");
  const capital_result *p = &r.f->result;
  double                drawn = 0, repaid = 0, paid_in = 0;
  for (int32_t t = 0; t < p->n; t++) {
    const struct {
      const char *what;
      double      ledger, project;
    } row[] = {
        {"draws", of_kind(r.s, KIND_DRAW, t), p->row[PROJECT_DRAWS][t]},
        {"interest and fees", of_kind(r.s, KIND_INTEREST, t), p->row[PROJECT_INTEREST][t] + p->row[PROJECT_FEES][t]},
        {"principal", of_kind(r.s, KIND_PRINCIPAL, t), p->row[PROJECT_PRINCIPAL][t]},
        {"equity", of_kind(r.s, KIND_EQUITY, t), p->row[PROJECT_EQUITY][t]},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
      ck_assert_msg((i == 3 && t > r.f->built) || fabs(row[i].ledger - row[i].project) <= 0.01 + 0.005 * t, "%s, month %d, %s: ledger %.4f, project %.4f", cases[_i].what, (int)t,
                    row[i].what, row[i].ledger, row[i].project);
    drawn += row[0].ledger;
    repaid += row[2].ledger;
    paid_in += row[3].ledger;
  }
  ck_assert_msg(drawn > 1e8 && repaid > 1e7 && paid_in > 1e8, "%s: %.0f drawn, %.0f repaid, %.0f paid in", cases[_i].what, drawn, repaid, paid_in);
  end(&r);
}
END_TEST

// Receipts, operating cost and cost are sums of their flows, and those are what the books have.
START_TEST(flows_add_up) {
  run r = run_of(CERTAIN, NULL);
  for (int32_t t = 0; t < r.f->result.n; t++) {
    double sum[3] = {0};
    for (int32_t i = 0; i < r.f->n_flow; i++) sum[r.f->flow[i].kind] += twin_flow_usd(&r.f->flow[i], t);
    test_near(sum[TWIN_FLOW_RECEIPT], of_kind(r.s, KIND_COMPUTE, t), 1e-6);
    test_near(sum[TWIN_FLOW_RECEIPT], r.f->result.row[PROJECT_RECEIPTS][t], 1e-6);
    test_near(sum[TWIN_FLOW_OPEX], of_kind(r.s, KIND_ENERGY, t) + of_kind(r.s, KIND_FUEL, t) + of_kind(r.s, KIND_OPEX, t), 1e-6);
    test_near(sum[TWIN_FLOW_COST], of_kind(r.s, KIND_CONSTRUCTION, t) + of_kind(r.s, KIND_RACKS, t) + of_kind(r.s, KIND_GENERATION, t), 1e-6);
  }
  end(&r);
}
END_TEST

// A price is one that the programme knows, and the hours are those of the scenario.
START_TEST(prices_are_inputs) {
  run r = run_of(CERTAIN, NULL);
  int seen = 0;
  for (int32_t i = 0; i < r.f->n_flow; i++) {
    const twin_flow *f = &r.f->flow[i];
    if (strcmp(f->name, "rent: billed") != 0) continue;
    seen++;
    ck_assert_double_eq(f->price, 3);
    ck_assert(f->price_slot == (size_t)((const unsigned char *)&r.s->v.contract[programme_find(&r.m->p, CLASS_CONTRACT, "rent")].price_usd_per_gpu_h - r.s->block));
    for (int32_t t = f->begins; t < r.f->result.n; t++) test_near(f->quantity[t], twin_campus_at(r.s, 0, t)->gpu_hours, 0.01);
    ck_assert_int_gt(f->begins, 12);
  }
  ck_assert_int_eq(seen, 1);
  end(&r);
}
END_TEST

// Who only buys the machines of another's halls is a borrower as well.
START_TEST(buyers_are_borrowers) {
  const char *set[] = {"campuses.a.owner", "T", "campuses.a.buyer", "O", "campuses.a.operator", "O", NULL};
  run         r = run_of(CERTAIN, set);
  ck_assert_int_eq(r.n, 1);
  ck_assert_int_eq(r.f->borrower, programme_find(&r.m->p, CLASS_PARTY, "O"));
  ck_assert_int_eq(r.f->project.n_cost, 1);
  ck_assert_str_eq(r.f->cost_name[0], "racks");
  end(&r);
}
END_TEST

// Beside the campus that can be computed one that is half built at the horizon.
#define WITH_LATE                                                                                                                      \
  CERTAIN                                                                                                                              \
  "  late: {works_start: 2031-09, weather: dallas_fort_worth_tx, tariff: ercot-large-load, consent: [], renews: no,\n"                 \
  "    buildings: {count: 1, type: hyperscale-liquid, it: 20 MW}, grid: {limit: 60 MW, from: 2025-01}}\n"

static const struct {
  const char *what, *text, *set[5];
  int32_t     n;
  const char *why[2];  // (n) by project; NULL: computed
} refusals[] = {
    {"all can be", CERTAIN, {NULL}, 1, {NULL}},
    {"a fee of all that is lent", CERTAIN, {"contracts.loan.upfront_fee", "99.5 %", NULL}, 1, {"a fee is negative, or 100 % and more"}},
    {"not built by the horizon", WITH_LATE, {NULL}, 2, {NULL, "what it pays for is not complete at the horizon"}},
};

START_TEST(says_why_not) {
  run r = run_of(refusals[_i].text, refusals[_i].set);
  ck_assert_int_eq(r.n, refusals[_i].n);
  for (int32_t i = 0; i < r.n; i++) {
    const twin_financing *f = &r.f[i];
    const char           *want = refusals[_i].why[i];
    ck_assert_msg(!f->why == !want && (!want || !strcmp(want, f->why)), "%s, project %d: %s", refusals[_i].what, (int)i, f->why ? f->why : "computed");
    ck_assert_int_eq(f->why_facility, want ? 0 : -1);
    ck_assert(want || f->result.row[PROJECT_DEBT] != NULL);
  }
  end(&r);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("financing");
  TCase *all = tcase_create("financing");
  tcase_add_loop_test(all, is_what_the_ledger_says, 0, (int)(sizeof cases / sizeof *cases));
  tcase_add_test(all, flows_add_up);
  tcase_add_test(all, prices_are_inputs);
  tcase_add_test(all, buyers_are_borrowers);
  tcase_add_loop_test(all, says_why_not, 0, (int)(sizeof refusals / sizeof *refusals));
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
