// Repeats: the same seed gives the same bytes, whatever the order of the file, the number of threads or what else is in it.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/random_programme.h"
#include "../../tests/twin_run.h"
#include "parts.h"

enum { SHUFFLED = 250, ORDERS = 3, ENSEMBLES = 12, GROWN = 150, SCENARIOS = 3 };

static char *text_of_programme(const random_programme *p, uint64_t order) {
  text_buffer text = {0};
  random_programme_write(p, order, &text);
  ck_assert(!text.failed);
  return text.at;
}

static size_t late_size(const twin_model *m) {
  return (size_t)m->n[CLASS_CAMPUS] * (size_t)twin_report_years(m) * (CAUSE_COUNT + 1);
}

static size_t record_bytes(const twin_model *m) { return (size_t)m->n_month * m->record * sizeof(double); }

// Name of the first series in which two records differ.
static const char *differs(const twin_model *m, const double *a, const double *b, int32_t *month) {
  for (*month = 0; *month < m->n_month; (*month)++)
    for (int32_t i = 0; i < m->n_series; i++)
      if (memcmp(&a[(size_t)*month * m->record + m->series[i].at], &b[(size_t)*month * m->record + m->series[i].at],
                 sizeof(double)))
        return m->series[i].name;
  return "(cash of the outside world)";
}

// ---- Order of the file -----------------------------------------------------------------------------------------------------

START_TEST(order_of_the_file_changes_nothing) {
  static random_programme p;
  for (uint64_t seed = 1; seed <= test_cases(SHUFFLED); seed++) {
    random_programme_make(&p, seed, seed % 2 ? RANDOM_MORE : 0);
    char       *text = text_of_programme(&p, 0);
    twin_model *m = twin_must(text, NULL);
    twin_state *s = twin_state_create(m);
    for (uint64_t order = 1; order <= ORDERS; order++) {
      char       *other = text_of_programme(&p, seed * 1000 + order);
      twin_model *n = twin_must(other, NULL);
      twin_state *t = twin_state_create(n);
      ck_assert(m->record == n->record && m->n_month == n->n_month);
      for (uint32_t k = 0; k < SCENARIOS; k++) {
        int32_t month;
        twin_scenario_run(s, MODE_SCENARIO, 5, k, CAUSE_NONE, m->n_month);
        twin_scenario_run(t, MODE_SCENARIO, 5, k, CAUSE_NONE, n->n_month);
        const char *what =
            memcmp(s->record, t->record, record_bytes(m)) ? differs(m, s->record, t->record, &month) : NULL;
        MUST(!what, "programme %llu scenario %u: %s differs in month %d", (unsigned long long)seed, k, what, month);
        ck_assert(!memcmp(s->scalar, t->scalar, sizeof s->scalar));
        ck_assert(!memcmp(s->late, t->late, late_size(m) * sizeof(double)));
        ck_assert(!memcmp(s->stood, t->stood, (size_t)m->net.n_building * (size_t)twin_report_years(m)));
        ck_assert_uint_eq(s->causes_seen, t->causes_seen);
      }
      twin_state_free(t);
      twin_model_free(n);
      free(other);
    }
    twin_state_free(s);
    twin_model_free(m);
    free(text);
  }
}
END_TEST

// ---- Threads ---------------------------------------------------------------------------------------------------------------

static twin_ensemble *run(const twin_model *m, uint32_t scenarios, int threads, int without) {
  twin_run_opts  o = {.seed = 9, .scenarios = scenarios, .threads = threads, .without = without};
  twin_ensemble *e = NULL;
  ck_assert_int_eq(twin_ensemble_run(m, &o, &e), SG_OK);
  ck_assert_uint_eq(e->done, scenarios);
  return e;
}

static void same_cell(const twin_cell *a, const twin_cell *b, bins_layout layout, const char *what) {
  MUST(!memcmp(&a->cell, &b->cell, sizeof a->cell), "%s", what);
  MUST(!memcmp(a->count, b->count, bins_size(&layout) * sizeof *a->count), "%s", what);
}

static void same_chronicle(const twin_chronicle *a, const twin_chronicle *b) {
  size_t buildings = (size_t)a->m->net.n_building, years = (size_t)twin_report_years(a->m);
  ck_assert(!memcmp(a->reached, b->reached, buildings * MILESTONE_COUNT * (size_t)(a->m->n_month + 1) * sizeof(uint32_t)));
  ck_assert(!memcmp(a->stood, b->stood, buildings * years * TRANCHE_COUNT * sizeof(uint32_t)));
  for (int32_t i = 0; i < a->n_flow; i++) same_cell(&a->paid[i], &b->paid[i], twin_output_layout("USD"), "flow");
}

static void same_ensemble(const twin_ensemble *a, const twin_ensemble *b) {
  const twin_model *m = a->m;
  bins_layout       money = twin_output_layout("USD");
  for (int32_t i = 0; i < m->n_series; i++) {
    for (int32_t t = m->report0; t < m->n_month; t++) {
      MUST(!memcmp(twin_series_cell(a, i, t), twin_series_cell(b, i, t), sizeof(bins_cell)), "%s", m->series[i].name);
    }
    size_t counters = bins_size(&a->series_layout[i]) * (size_t)((m->n_month - m->report0 + TWIN_TILE - 1) / TWIN_TILE * TWIN_TILE);
    MUST(!memcmp(a->series_count[i], b->series_count[i], counters * sizeof(uint32_t)), "%s", m->series[i].name);
    same_cell(&a->metric[i], &b->metric[i], a->series_layout[i], m->series[i].name);
  }
  for (int i = 0; i < SCALAR_COUNT; i++) same_cell(&a->scalar[i], &b->scalar[i], a->scalar_layout[i], "scalar");
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    same_cell(&a->party_in[p], &b->party_in[p], money, "in");
    same_cell(&a->party_out[p], &b->party_out[p], money, "out");
    same_cell(&a->party_npv[p], &b->party_npv[p], money, "npv");
  }
  for (int32_t p = 0; p < m->n[CLASS_PROMISE]; p++) {
    ck_assert_uint_eq(a->promise[p].kept, b->promise[p].kept);
    ck_assert(!memcmp(a->promise[p].month, b->promise[p].month, (size_t)(m->n_month + 1) * sizeof(uint32_t)));
    ck_assert(!memcmp(a->promise[p].kept_without, b->promise[p].kept_without, sizeof a->promise[p].kept_without));
    twin_influence x[8], y[8];
    int32_t        n = twin_promise_influence(a, p, x, 8);
    ck_assert_int_eq(n, twin_promise_influence(b, p, y, 8));
    for (int32_t k = 0; k < n; k++)
      ck_assert(x[k].value == y[k].value && x[k].share == y[k].share && x[k].trend == y[k].trend);
  }
  ck_assert(!memcmp(a->late, b->late, late_size(m) * sizeof(int64_t)));
  same_chronicle(&a->chronicle, &b->chronicle);
  ck_assert(!memcmp(a->joint, b->joint, (size_t)TWIN_JOINT_COSTS * (size_t)(m->n_month + 1) * sizeof(uint32_t)));
  ck_assert_uint_eq(a->redrawn, b->redrawn);
}

START_TEST(threads_change_no_byte) {
  static random_programme p;
  for (uint64_t seed = 1; seed <= ENSEMBLES; seed++) {
    random_programme_make(&p, seed, seed % 2 ? RANDOM_MORE : 0);
    char          *text = text_of_programme(&p, 0);
    twin_model    *m = twin_must(text, NULL);
    twin_ensemble *one = run(m, 150, 1, seed % 2 == 0), *two = run(m, 150, 2, seed % 2 == 0),
                  *seven = run(m, 150, 7, seed % 2 == 0);
    same_ensemble(one, two);
    same_ensemble(one, seven);
    twin_ensemble_free(one);
    twin_ensemble_free(two);
    twin_ensemble_free(seven);
    twin_model_free(m);
    free(text);
  }
}
END_TEST

// ---- One scenario alone ------------------------------------------------------------------------------------------------------

// Scenario k run alone, in any order and after any other run, is what an ensemble of k + 1 holds more than one of k.
START_TEST(a_scenario_alone_is_the_one_of_the_ensemble) {
  static random_programme p;
  for (uint64_t seed = 1; seed <= ENSEMBLES; seed++) {
    random_programme_make(&p, seed, seed % 2 ? RANDOM_MORE : 0);
    char          *text = text_of_programme(&p, 0);
    twin_model    *m = twin_must(text, NULL);
    uint32_t       k = 17;
    twin_ensemble *less = run(m, k, 1, 0), *more = run(m, k + 1, 2, 0);
    twin_state    *s = twin_state_create(m), *t = twin_state_create(m);
    twin_scenario_run(s, MODE_SCENARIO, 9, 3, CAUSE_GRID, m->n_month);  // leaves nothing behind
    twin_scenario_run(s, MODE_PLAN, 9, 3, CAUSE_NONE, m->n_month);
    twin_scenario_run(s, MODE_SCENARIO, 9, k, CAUSE_NONE, m->n_month);
    twin_scenario_run(t, MODE_SCENARIO, 9, k, CAUSE_NONE, m->n_month);
    ck_assert(!memcmp(s->record, t->record, record_bytes(m)));
    for (int32_t i = 0; i < m->n_series; i++)
      for (int32_t month = m->report0; month < m->n_month; month++) {
        bins_layout      layout = less->series_layout[i];
        const bins_cell *a = twin_series_cell(less, i, month), *b = twin_series_cell(more, i, month);
        double           v = s->record[(size_t)month * m->record + m->series[i].at];
        int64_t          quanta = (int64_t)((uint64_t)b->sum_low - (uint64_t)a->sum_low);
        MUST(b->n == a->n + 1, "count");
        MUST(fabs((double)quanta - v / layout.quantum) <= 0.5 + 1e-9 * fabs((double)quanta),
             "programme %llu %s month %d: %.17g", (unsigned long long)seed, m->series[i].name, month, v);
        MUST(b->least == fmin(a->least, v) && b->greatest == fmax(a->greatest, v), "least, greatest");
      }
    twin_state_free(s);
    twin_state_free(t);
    twin_ensemble_free(less);
    twin_ensemble_free(more);
    twin_model_free(m);
    free(text);
  }
}
END_TEST

// ---- More in the file -------------------------------------------------------------------------------------------------------

// What is added has uncertain numbers of its own and touches nothing that is there.
static const struct {
  const char *what, *section, *name, *text;
} additions[] = {
    {"an input",             "inputs",    "fresh", "value: 10 to 20 %"                                               },
    {"a party",              "parties",   "Aaa",   "role: finance, cash: $1B to $2B, honours: 20 % to 80 %"          },
    {"a party, last",        "parties",   "Zzz",   "role: finance, cash: $1B to $2B, sells: {x: {worth: $1B to $2B}}"},
    {"a promise",            "promises",  "aaa",   "who: Own, says: more, metric: programme.gpus, at_least: 1000 GPU"},
    {"a contract of others", "contracts", "aaa",
     "type: compute, from: markets, to: builders, price: 1 to 2 USD/GPU-h, tenor: 12 months"                         },
    {"a campus",             "campuses",  "aaa",
     "works_start: 2026-01 to 2026-06, owner: Own, buildings: {count: 1, type: retrofit-hall, it: 5 to 6 MW}, pace: "
     "100 % to 150 %"                                                                                                },
    {"a campus, last",       "campuses",  "zzz",
     "works_start: 2026-01 to 2026-06, owner: Own, buildings: {count: 1, type: retrofit-hall, it: 5 MW}"             },
    {"a shock elsewhere",    "shocks",    "aaa",
     "hazard: 0.1 to 0.5 1/yr, lasts: 2 months, effects: {x: {path: markets.gas.level, factor: 101 %}}"              },
    {"a gate",               "gates",     "aaa",   "kind: go, takes: 10 to 20 days, campuses: [c0]"                  },
};

static double value_at(const twin_state *s, size_t slot) {
  double v;
  memcpy(&v, s->block + slot, sizeof v);
  return v;
}

static void compare_draws(const twin_state *s, const twin_state *t, const char *what, uint64_t seed) {
  const programme_model *a = &s->m->p, *b = &t->m->p;
  for (int32_t i = 0; i < a->n_draw; i++) {
    const char *path = a->value[a->draw[i].value].path;
    int32_t     j = 0;
    while (j < b->n_draw && strcmp(path, b->value[b->draw[j].value].path)) j++;
    MUST(j < b->n_draw, "%s: %s is no draw any more", what, path);
    MUST(s->z[i] == t->z[j], "programme %llu: %s moves the draw of %s: %.17g, %.17g", (unsigned long long)seed, what,
         path, s->z[i], t->z[j]);
    MUST(value_at(s, a->draw[i].slot) == value_at(t, b->draw[j].slot), "programme %llu: %s moves %s",
         (unsigned long long)seed, what, path);
  }
  for (int i = 0; i < PATH_COUNT; i++)
    for (int32_t month = 0; month < s->m->n_month && month < t->m->n_month; month++)
      if (s->m->month0 == t->m->month0) MUST(s->path[i][month] == t->path[i][month], "%s moves path %d", what, i);
}

// Work of the campuses that both models have, by campus, number of the building and activity.
static void compare_work(const twin_state *s, const twin_state *t, const char *what, uint64_t seed) {
  const twin_model *a = s->m, *b = t->m;
  for (int32_t i = 0; i < a->net.n_activity; i++) {
    const twin_building *x = &a->building[a->work[i].building];
    int32_t              found = -1;
    for (int32_t j = 0; j < b->net.n_activity && found < 0; j++) {
      const twin_building *y = &b->building[b->work[j].building];
      bool                 same =
          x->number == y->number &&
          !strcmp(programme_name(&a->p, CLASS_CAMPUS, x->campus), programme_name(&b->p, CLASS_CAMPUS, y->campus)) &&
          !strcmp(programme_name(&a->p, CLASS_ACTIVITY, a->work[i].row),
                  programme_name(&b->p, CLASS_ACTIVITY, b->work[j].row));
      if (same) found = j;
    }
    MUST(found >= 0, "%s removes work", what);
    MUST(s->draw.work_day[i] == t->draw.work_day[found], "programme %llu: %s moves work %d: %.17g, %.17g",
         (unsigned long long)seed, what, i, s->draw.work_day[i], t->draw.work_day[found]);
  }
}

START_TEST(what_is_new_moves_no_draw) {
  static random_programme p;
  for (uint64_t seed = 1; seed <= test_cases(GROWN); seed++) {
    random_programme_make(&p, seed, seed % 2 ? RANDOM_MORE : 0);
    char       *text = text_of_programme(&p, 0);
    twin_model *m = twin_must(text, NULL);
    twin_state *s = twin_state_create(m);
    size_t      i = seed % (sizeof additions / sizeof additions[0]);
    random_entry(&p, additions[i].section, additions[i].name);
    random_add(&p, "%s", additions[i].text);
    char       *more = text_of_programme(&p, 0);
    twin_model *n = twin_must(more, NULL);
    twin_state *t = twin_state_create(n);
    for (uint32_t k = 0; k < SCENARIOS; k++) {
      twin_scenario_prepare(s, MODE_SCENARIO, (stream){3, k, 0}, CAUSE_NONE);
      twin_scenario_prepare(t, MODE_SCENARIO, (stream){3, k, 0}, CAUSE_NONE);
      compare_draws(s, t, additions[i].what, seed);
      compare_work(s, t, additions[i].what, seed);
    }
    twin_state_free(s);
    twin_state_free(t);
    twin_model_free(m);
    twin_model_free(n);
    free(text);
    free(more);
  }
}
END_TEST

TEST_LIST("repeat", order_of_the_file_changes_nothing, threads_change_no_byte,
          a_scenario_alone_is_the_one_of_the_ensemble, what_is_new_moves_no_draw)
