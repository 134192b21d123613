// Tests of the chronicle: buildings against promises and series, delay by year against the total, flows against the ledger.
#include "chronicle.h"

#include <string.h>

#include "../../tests/random_programme.h"
#include "../../tests/twin_run.h"
#include "../base/calendar.h"

enum { PROGRAMMES = 12, SCENARIOS = 60 };

static twin_ensemble *ensemble_of(const twin_model *m, int threads) {
  twin_run_opts  o = {.seed = 3, .scenarios = SCENARIOS, .threads = threads};
  twin_ensemble *e = NULL;
  ck_assert_int_eq(twin_ensemble_run(m, &o, &e), SG_OK);
  return e;
}

static twin_model *random_model(uint64_t seed) {
  static random_programme p;
  text_buffer             text = {0};
  random_programme_make(&p, seed, seed % 2 ? RANDOM_MORE : 0);
  random_programme_write(&p, 0, &text);
  twin_model *m = twin_must(text.at, NULL);
  text_buffer_free(&text);
  return m;
}

// What is to hold in every random programme, of its model and an ensemble.
static void in_random_programmes(void (*holds)(const twin_model *m, const twin_ensemble *e)) {
  for (uint64_t seed = 1; seed <= PROGRAMMES; seed++) {
    twin_model    *m = random_model(seed);
    twin_ensemble *e = ensemble_of(m, 1 + (int)(seed % 3));
    holds(m, e);
    twin_ensemble_free(e);
    twin_model_free(m);
  }
}

// ---- Buildings ----------------------------------------------------------------------------------------------------------

// Scenarios that have come to a milestone by the end of a month.
static uint32_t reached_by(const twin_ensemble *e, int32_t b, twin_milestone milestone, int32_t month) {
  uint32_t sum = 0;
  for (int32_t t = 0; t <= month; t++) sum += twin_reached(&e->chronicle, b, milestone)[t];
  return sum;
}

static void buildings_are_those_of_the_series(const twin_model *m, const twin_ensemble *e) {
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    char name[120];
    snprintf(name, sizeof name, "campus.%s.buildings", programme_name(&m->p, CLASS_CAMPUS, c));
    int32_t series = twin_series_find(m, name);
    ck_assert_int_ge(series, 0);
    for (int32_t t = m->report0; t < m->n_month; t++) {
      double sum = 0;
      for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++)
        sum += reached_by(e, m->of_campus[k], MILESTONE_DONE, t);
      MUST(fabs(twin_series_mean(e, series, t) * SCENARIOS - sum) < 1e-6, "%s, month %d: %g of %g", name, t, sum,
           twin_series_mean(e, series, t) * SCENARIOS);
    }
  }
}

START_TEST(done_adds_up_to_the_series) { in_random_programmes(buildings_are_those_of_the_series); }
END_TEST

static int32_t last_month_of(const twin_model *m, int32_t year) {
  int32_t t = m->n_month - 1;
  while (twin_report_year(m, t) > year) t--;
  return t;
}

static void states_agree(const twin_model *m, const twin_ensemble *e) {
  for (int32_t b = 0; b < m->net.n_building; b++)
    for (int32_t y = 0; y < twin_report_years(m); y++) {
      const uint32_t *at = twin_stood(&e->chronicle, b, y);
      int32_t         month = last_month_of(m, y);
      uint32_t        all = 0, done = at[TRANCHE_OPERATING] + at[TRANCHE_RELET];
      for (int k = 0; k < TRANCHE_COUNT; k++) all += at[k];
      ck_assert_uint_eq(all, SCENARIOS);
      ck_assert_uint_eq(done, reached_by(e, b, MILESTONE_DONE, month));
      ck_assert_uint_eq(at[TRANCHE_CONSTRUCTION] + at[TRANCHE_ENERGISED] + done,
                        reached_by(e, b, MILESTONE_BEGIN, month));
      ck_assert_uint_ge(at[TRANCHE_ENERGISED] + done, reached_by(e, b, MILESTONE_POWER, month));
    }
}

START_TEST(states_agree_with_milestones) { in_random_programmes(states_agree); }
END_TEST

// A promise of the one building of a campus tells the same dates as the building itself.
START_TEST(dates_are_those_of_promises) {
  twin_model *m = twin_must(
      "programme: One\nas_of: 2025-01-21\nhorizon: 5 years\n"
      "parties: {Owner: {role: owner, cash: $4B}}\n"
      "campuses:\n  mesa: {works_start: 2025-03, weather: dallas_fort_worth_tx, tariff: ercot-large-load,\n"
      "    buildings: {count: 1, type: hyperscale-liquid, it: 35 MW}, grid: {limit: 110 MW, from: 2026-06 to "
      "2027-06}}\n"
      "promises: {on: {metric: campus.mesa.buildings, at_least: 1, by: 2027-12}}\n",
      NULL);
  twin_ensemble *e = ensemble_of(m, 2);
  ck_assert(!memcmp(e->promise[0].month, twin_reached(&e->chronicle, 0, MILESTONE_DONE),
                    (size_t)(m->n_month + 1) * sizeof(uint32_t)));
  int32_t last[MILESTONE_COUNT] = {-1, -1, -1};
  for (double p = 0.1; p < 1; p += 0.1) {
    ck_assert_int_eq(twin_promise_month(e, 0, p), twin_month_by(e, twin_reached(&e->chronicle, 0, MILESTONE_DONE), p));
    for (int k = 0; k < MILESTONE_COUNT; k++) {
      int32_t month = twin_month_by(e, twin_reached(&e->chronicle, 0, (twin_milestone)k), p);
      if (month < 0) continue;
      ck_assert_int_ge(month, last[k]);
      if (k) ck_assert_int_ge(month, last[k - 1]);
      last[k] = month;
    }
  }
  ck_assert_int_gt(last[MILESTONE_DONE], last[MILESTONE_BEGIN]);
  ck_assert_int_eq(e->promise[0].planned_month, twin_planned_month(m, 0, MILESTONE_DONE));
  test_near(twin_planned_it_mw(m, 0), 35, 1e-9);
  twin_ensemble_free(e);
  twin_model_free(m);
}
END_TEST

// ---- Delay --------------------------------------------------------------------------------------------------------------

static void years_add_up(const twin_model *m, const twin_ensemble *e) {
  double all = 0;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
    for (int32_t y = 0; y < twin_report_years(m); y++) {
      int64_t late = 0;
      bool    due = false;
      for (int k = 0; k <= CAUSE_COUNT; k++) late += twin_late(e, c, y, k);
      for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++) {
        int32_t planned = twin_planned_month(m, m->of_campus[k], MILESTONE_DONE);
        due |= planned < m->n_month && twin_report_year(m, planned) <= y;
      }
      ck_assert_int_ge(late, 0);
      ck_assert(due || late == 0);  // nothing is late before it was to be done
      all += (double)late;
    }
  double mean = twin_cell_mean(&e->scalar[SCALAR_LATE_MW_MONTHS], e->scalar_layout[SCALAR_LATE_MW_MONTHS]);
  all /= 1000 * CALENDAR_DAYS_PER_MONTH * SCENARIOS;
  MUST(fabs(all - mean) <= 1e-3 + 1e-6 * mean, "%g MW-months by year, %g in all", all, mean);
}

START_TEST(delay_by_year_adds_up) { in_random_programmes(years_add_up); }
END_TEST

// ---- Flows --------------------------------------------------------------------------------------------------------------

static __int128 cents_of(const twin_cell *c) { return ((__int128)c->cell.sum_high << 64) + (uint64_t)c->cell.sum_low; }

// To the cent: what parties get and pay is counted month by month, flows are summed leg by leg.
static void flows_add_up(const twin_model *m, const twin_ensemble *e) {
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    __int128 in = 0, paid = 0;
    for (int32_t i = 0; i < e->chronicle.n_flow; i++) {
      if (e->chronicle.flow[i].payee == p) in += cents_of(&e->chronicle.paid[i]);
      if (e->chronicle.flow[i].payer == p) paid += cents_of(&e->chronicle.paid[i]);
    }
    MUST(in == cents_of(&e->party_in[p]), "%s gets another sum", programme_name(&m->p, CLASS_PARTY, p));
    MUST(paid == cents_of(&e->party_out[p]), "%s pays another sum", programme_name(&m->p, CLASS_PARTY, p));
  }
}

START_TEST(flows_add_up_to_the_cash_of_parties) { in_random_programmes(flows_add_up); }
END_TEST

START_TEST(flows_are_those_of_the_ledger) {
  for (uint64_t seed = 1; seed <= PROGRAMMES; seed++) {
    twin_model    *m = random_model(seed);
    twin_state    *s = twin_state_create(m);
    arena         *a = arena_create();
    twin_chronicle c;
    twin_entry     entry;
    size_t         n = (size_t)m->n[CLASS_PARTY];
    int64_t       *want = calloc(n * n, sizeof *want);
    ck_assert(twin_chronicle_take(m, a, &c) && twin_entry_take(&c, a, &entry) && want);
    twin_scenario_run(s, MODE_SCENARIO, 5, 0, CAUSE_NONE, m->n_month);
    twin_entry_read(&c, s, &entry);
    ledger_paid_all(&s->ledger, m->report0, m->n_month - 1, want);
    for (int32_t i = 0; i < c.n_flow; i++) {
      want[(size_t)c.flow[i].payer * n + (size_t)c.flow[i].payee] -= entry.paid_cents[i];
      ck_assert(!i || memcmp(&c.flow[i], &c.flow[i - 1], sizeof *c.flow));
    }
    for (size_t k = 0; k < n * n; k++) ck_assert_int_eq(want[k], 0);
    free(want);
    arena_free(a);
    twin_state_free(s);
    twin_model_free(m);
  }
}
END_TEST

TEST_LIST("chronicle", done_adds_up_to_the_series, states_agree_with_milestones, dates_are_those_of_promises,
          delay_by_year_adds_up, flows_add_up_to_the_cash_of_parties, flows_are_those_of_the_ledger)
