// Rules: shocks move inputs in their window and at their rate, facts are met, and a cause removed makes nothing less likely.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/random_programme.h"
#include "../../tests/twin_run.h"
#include "../base/calendar.h"
#include "parts.h"

#define UNSET ((double)NAN)

enum { DRAWS = 2000, PROGRAMMES = 120, SCENARIOS = 6 };

static const char *file_with(const char *more) {
  static char text[4000];
  snprintf(text, sizeof text,
           "programme: P\nas_of: 2025-02-20\nhorizon: 5 years\nparties:\n  Own: {role: owner, cash: $9B}\n"
           "campuses:\n  a: {works_start: 2024-09, buildings: {count: 2, it: 20 MW}}\n  b: {works_start: 2026-01, "
           "buildings: {count: 1, it: 10 MW}}\n%s",
           more);
  return text;
}

static double input(const twin_state *s, const char *path) {
  double v;
  for (int32_t i = 0; i < s->m->p.n_value; i++)
    if (!strcmp(s->m->p.value[i].path, path)) {
      memcpy(&v, s->block + s->m->p.value[i].slot, sizeof v);
      return v;
    }
  ck_abort_msg("there is no %s", path);
  return UNSET;
}

static int32_t month_at(const twin_model *m, int year, int month) { return 12 * (year - 1970) + month - 1 - m->month0; }

// ---- Shocks -------------------------------------------------------------------------------------------------------------------

static const struct {
  const char *what, *shock, *path;
  int         first_year, first_month, last_year, last_month;
  double      factor, set;
} windows[] = {
    {"three months",                     "from: 2026-03, lasts: 91 days, effects: {x: {path: campuses.a.outage, set: 0.4}}",
     "campuses.a.outage",                                                                                                                                    2026, 3,  2026, 5,  UNSET, 0.4  },
    {"to the end",                       "from: 2026-03, effects: {x: {path: campuses.a.outage, set: 0.4}}",                            "campuses.a.outage", 2026, 3,
     2030,                                                                                                                                                                   1,  UNSET, 0.4  },
    {"a day in a month takes the month",
     "from: 2026-03-20, lasts: 1 day, effects: {x: {path: campuses.a.outage, set: 0.4}}",                                               "campuses.a.outage", 2026, 3,
     2026,                                                                                                                                                                   3,  UNSET, 0.4  },
    {"over the turn of a month",         "from: 2026-03-20, lasts: 20 days, effects: {x: {path: campuses.a.outage, set: 0.4}}",
     "campuses.a.outage",                                                                                                                                    2026, 3,  2026, 4,  UNSET, 0.4  },
    {"before the forecast",              "from: 2024-10, lasts: 31 days, effects: {x: {path: campuses.a.outage, set: 0.4}}",
     "campuses.a.outage",                                                                                                                                    2024, 10, 2024, 10, UNSET, 0.4  },
    {"times",                            "from: 2026-03, lasts: 31 days, effects: {x: {path: racks.GB200-NVL72.price, factor: 150 %}}",
     "racks.GB200-NVL72.price",                                                                                                                              2026, 3,  2026, 3,  1.5,   UNSET},
    {"kept to what is allowed",          "from: 2026-03, lasts: 31 days, effects: {x: {path: campuses.a.outage, set: 7}}",
     "campuses.a.outage",                                                                                                                                    2026, 3,  2026, 3,  UNSET, 1    },
    {"two effects on one input",
     "from: 2026-03, lasts: 31 days, effects: {x: {path: campuses.a.opex, factor: 2}, y: {path: campuses.*.opex, "
     "factor: 3}}",                                                                                                                     "campuses.a.opex",   2026, 3,  2026, 3,  6,     UNSET},
};

START_TEST(a_dated_shock_moves_its_window) {
  char more[600];
  snprintf(more, sizeof more, "shocks:\n  s: {%s}\n", windows[_i].shock);
  twin_model *m = twin_must(file_with(more), NULL);
  twin_state *s = twin_state_create(m);
  int32_t     first = month_at(m, windows[_i].first_year, windows[_i].first_month),
          last = month_at(m, windows[_i].last_year, windows[_i].last_month);
  for (uint32_t k = 0; k < 20; k++) {
    twin_scenario_prepare(s, MODE_SCENARIO, (stream){1, k, 0}, CAUSE_NONE);
    double before = input(s, windows[_i].path), other = input(s, "campuses.b.outage");
    for (s->month = 0; s->month < m->n_month; s->month++) {
      twin_month(s);
      bool   on = s->month >= first && s->month <= last;
      double want = !on                      ? before
                    : isnan(windows[_i].set) ? before * windows[_i].factor
                                             : windows[_i].set,
             got = input(s, windows[_i].path);
      MUST(fabs(got - want) <= 1e-12 * fabs(want), "%s: month %d: %.17g, wanted %.17g", windows[_i].what, s->month, got,
           want);
      MUST(input(s, "campuses.b.outage") == other, "%s: moves a stranger", windows[_i].what);
    }
  }
  twin_state_free(s);
  twin_model_free(m);
}
END_TEST

START_TEST(a_star_stands_for_any_part) {
  twin_model *m = twin_must(
      file_with("shocks:\n  s: {from: 2026-03, lasts: 31 days, effects: {x: {path: campuses.*.outage, set: 0.2}}}\n"),
      NULL);
  ck_assert_int_eq(m->n_move, 2);
  twin_model_free(m);
}
END_TEST

// 4 standard errors of a share over DRAWS scenarios.
static void share_near(const char *what, double got, double want) {
  ck_assert_msg(fabs(got - want) <= 4 * sqrt(want * (1 - want) / DRAWS) + 1e-12, "%s: %.4f, wanted %.4f", what, got,
                want);
}

START_TEST(odds_are_kept) {
  twin_model *m =
      twin_must(file_with("shocks:\n  s: {from: 2026-03, odds: 30 %, effects: {x: {path: campuses.a.outage, set: 1}}}\n"
                          "  never: {from: 2026-03, odds: 0 %, effects: {x: {path: campuses.b.outage, set: 1}}}\n"),
                NULL);
  twin_state *s = twin_state_create(m);
  int         seen = 0;
  for (uint32_t k = 0; k < DRAWS; k++) {
    twin_scenario_prepare(s, MODE_SCENARIO, (stream){1, k, 0}, CAUSE_NONE);
    s->month = m->n_month - 1;
    twin_scenario_shocks(s);
    seen += input(s, "campuses.a.outage") == 1;
    ck_assert(input(s, "campuses.b.outage") == 0);
  }
  share_near("odds", seen / (double)DRAWS, 0.3);
  twin_state_free(s);
  twin_model_free(m);
}
END_TEST

// Events of a hazard h that each last one month: none begins before as_of, and in n months later a share
// 1 - exp(-h / 12) of the months has one.
START_TEST(a_hazard_has_its_rate) {
  twin_model *m = twin_must(
      file_with("shocks:\n  s: {hazard: 0.6 1/yr, lasts: 28 days, effects: {x: {path: campuses.a.outage, set: 1}}}\n"),
      NULL);
  twin_state *s = twin_state_create(m);
  double      months = 0, on = 0;
  for (uint32_t k = 0; k < DRAWS; k++) {
    twin_scenario_prepare(s, MODE_SCENARIO, (stream){1, k, 0}, CAUSE_NONE);
    for (s->month = 0; s->month < m->n_month; s->month++) {
      twin_scenario_shocks(s);
      bool now = input(s, "campuses.a.outage") == 1;
      MUST(!now || s->month >= m->as_of_month, "an event in history");
      months += s->month >= m->as_of_month;
      on += now;
    }
  }
  double want = 1 - exp(-0.6 / 12);
  ck_assert_msg(fabs(on / months - want) <= 4 * sqrt(want * (1 - want) / months), "%.5f of the months, wanted %.5f",
                on / months, want);
  twin_state_free(s);
  twin_model_free(m);
}
END_TEST

START_TEST(the_plan_knows_no_shock) {
  static const char *const shock = "shocks:\n  s: {from: 2025-01, effects: {x: {path: campuses.*.outage, set: 1}}}\n";
  twin_model              *m = twin_must(file_with(shock), NULL), *n = twin_must(file_with(""), NULL);
  ck_assert(m->record == n->record &&
            !memcmp(m->plan_record, n->plan_record, (size_t)m->n_month * m->record * sizeof(double)));
  twin_model_free(m);
  twin_model_free(n);
}
END_TEST

// ---- Facts ----------------------------------------------------------------------------------------------------------------------

// Of two facts that leave about a third of the scenarios: every survivor agrees, and is one of the redraws of its number.
START_TEST(survivors_agree_with_the_facts) {
  static const char *const facts =
      "facts:\n  f: {metric: campus.a.capex_usd, date: 2025-01-31, value: $60M, tolerance: 20 %}\n";
  twin_model *m = twin_must(file_with(facts), NULL), *free_of = twin_must(file_with(""), NULL);
  twin_state *s = twin_state_create(m), *t = twin_state_create(free_of);
  int32_t     month = month_at(m, 2025, 1);
  int         redrawn = 0, agree = 0;
  for (uint32_t k = 0; k < 300; k++) {
    int32_t attempts = twin_scenario_run(s, MODE_SCENARIO, 1, k, CAUSE_NONE, m->n_month);
    double  v = twin_value(s, "campus.a.capex_usd", month);
    MUST(fabs(v - 60e6) <= 12e6 + 1e5, "scenario %u: %.0f", k, v);
    redrawn += attempts > 0;
    twin_scenario_run(t, MODE_SCENARIO, 1, k, CAUSE_NONE, m->n_month);
    bool fits = fabs(twin_value(t, "campus.a.capex_usd", month) - 60e6) <= 12e6;
    agree += fits;
    MUST(fits == (attempts == 0), "scenario %u: %d attempts", k, attempts);
    if (fits)
      MUST(!memcmp(s->record, t->record, (size_t)m->n_month * m->record * sizeof(double)), "scenario %u is another", k);
  }
  ck_assert_msg(redrawn > 30 && agree > 30, "%d redrawn, %d agree", redrawn, agree);
  twin_state_free(s);
  twin_state_free(t);
  twin_model_free(m);
  twin_model_free(free_of);
}
END_TEST

// A counterfactual starts from the draws that the facts left standing.
START_TEST(a_counterfactual_has_the_same_draws) {
  twin_model *m = twin_must(
      file_with("facts:\n  f: {metric: campus.a.capex_usd, date: 2025-01-31, value: $60M, tolerance: 20 %}\n"), NULL);
  twin_state *s = twin_state_create(m);
  double     *z = calloc((size_t)m->p.n_draw + 1, sizeof *z);
  for (uint32_t k = 0; k < 100; k++) {
    twin_scenario_run(s, MODE_SCENARIO, 1, k, CAUSE_NONE, m->n_month);
    memcpy(z, s->z, (size_t)m->p.n_draw * sizeof *z);
    for (int c = 0; c < CAUSE_COUNT; c++) {
      twin_scenario_run(s, MODE_SCENARIO, 1, k, c, m->n_month);
      MUST(!memcmp(z, s->z, (size_t)m->p.n_draw * sizeof *z), "scenario %u without %s", k, cause_word(c));
    }
  }
  free(z);
  twin_state_free(s);
  twin_model_free(m);
}
END_TEST

// ---- Counterfactuals ------------------------------------------------------------------------------------------------------------

static void each_programme(void (*check)(twin_state *s, twin_state *t, uint32_t k, uint64_t seed), int flags,
                           const char *const *set) {
  static random_programme p;
  for (uint64_t seed = 1; seed <= PROGRAMMES; seed++) {
    text_buffer text = {0};
    random_programme_make(&p, seed + 5000, flags);
    random_programme_write(&p, 0, &text);
    twin_model *m = twin_must(text.at, set);
    twin_state *s = twin_state_create(m), *t = twin_state_create(m);
    for (uint32_t k = 0; k < SCENARIOS; k++) {
      twin_scenario_run(s, MODE_SCENARIO, 1, k, CAUSE_NONE, m->n_month);
      t->attempt = s->attempt;
      check(s, t, k, seed + 5000);
    }
    twin_state_free(s);
    twin_state_free(t);
    twin_model_free(m);
    text_buffer_free(&text);
  }
}

// A loan that closes earlier closes at another day's rate, and shares are sold at another day's price: both are held still.
static const char *const still[] = {"markets.interest.volatility", "0 %", "markets.shares.volatility", "0 %", NULL};

// A party that went on bilaterally may have had more money than those who agree when consent is no question.
static bool other_owner(const twin_state *s, const twin_state *t) {
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++)
    if (s->variant[c] != t->variant[c]) return true;
  return false;
}

// No megawatt comes later because a cause is gone.
static void nothing_is_later(twin_state *s, twin_state *t, uint32_t k, uint64_t seed) {
  for (int c = 0; c < CAUSE_COUNT; c++) {
    twin_scenario_run(t, MODE_SCENARIO, 1, k, c, s->m->n_month);
    if (c == CAUSE_CONSENT && other_owner(s, t)) continue;
    if (t->defaults > 0) continue;  // what comes earlier must be paid earlier, and a tenant may fail sooner
    for (int32_t month = 0; month < s->m->n_month; month++) {
      double before = twin_programme_at(s, month)->buildings, after = twin_programme_at(t, month)->buildings;
      MUST(after >= before - 1e-9, "programme %llu scenario %u without %s: month %d has %.0f buildings, with it %.0f",
           (unsigned long long)seed, k, cause_word(c), month, after, before);
    }
  }
}

// What nothing waited for changes nothing: running without it gives the same bytes (money decides more than dates).
static void unseen_is_idle(twin_state *s, twin_state *t, uint32_t k, uint64_t seed) {
  for (int c = 0; c < CAUSE_COUNT; c++) {
    if (c == CAUSE_MONEY || (s->causes_seen & (1u << c))) continue;
    twin_scenario_run(t, MODE_SCENARIO, 1, k, c, s->m->n_month);
    for (int32_t i = 0; i < s->m->n_series; i++)
      for (int32_t month = 0; month < s->m->n_month; month++) {
        size_t at = (size_t)month * s->m->record + s->m->series[i].at;
        MUST(s->record[at] == t->record[at],
             "programme %llu scenario %u: nothing waited for %s, yet without it %s in month %d is %.17g, not %.17g",
             (unsigned long long)seed, k, cause_word(c), s->m->series[i].name, month, t->record[at], s->record[at]);
      }
  }
}

START_TEST(a_cause_removed_delays_nothing) { each_programme(nothing_is_later, RANDOM_CALM | RANDOM_PLANNED, still); }
END_TEST
START_TEST(a_cause_not_seen_changes_nothing) { each_programme(unseen_is_idle, 0, NULL); }
END_TEST

int main(void) {
  Suite *suite = suite_create("rules");
  TCase *all = tcase_create("rules");
  tcase_set_timeout(all, 120);
  tcase_add_loop_test(all, a_dated_shock_moves_its_window, 0, (int)(sizeof windows / sizeof windows[0]));
  tcase_add_test(all, a_star_stands_for_any_part);
  tcase_add_test(all, odds_are_kept);
  tcase_add_test(all, a_hazard_has_its_rate);
  tcase_add_test(all, the_plan_knows_no_shock);
  tcase_add_test(all, survivors_agree_with_the_facts);
  tcase_add_test(all, a_counterfactual_has_the_same_draws);
  tcase_add_test(all, a_cause_removed_delays_nothing);
  tcase_add_test(all, a_cause_not_seen_changes_nothing);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
