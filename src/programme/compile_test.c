// From a whole file to the model: catalogue and overrides, like, count, --set, inputs with one draw, dates of knowledge.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/twin_run.h"
#include "../base/calendar.h"

static const char *const head =
    "programme: P\nas_of: 2025-02-20\nhorizon: 5 years\nabout: [abilene]\n"
    "parties:\n  Own: {role: owner, cash: $1B}\n"
    "base_rates:\n  mine: {value: 10 to 20 MW, plan: 12 MW}\n  later: {value: 10 to 20 MW, as_of: 2026-01}\n  told: "
    "{value: 10 to 20 MW, tells_of: abilene}\n"
    "inputs:\n  common: 30 to 60 MW\n";

static char *file_with(const char *more) {
  static char text[6000];
  snprintf(text, sizeof text, "%s%s", head, more);
  return text;
}

#define CAMPUS(extra) "campuses:\n  a: {works_start: 2025-06, buildings: {count: 2, it: 20 MW}" extra "}\n"

static const programme_value *value_of(const twin_model *m, const char *path) {
  for (int32_t i = 0; i < m->p.n_value; i++)
    if (!strcmp(m->p.value[i].path, path)) return &m->p.value[i];
  ck_abort_msg("there is no %s", path);
  return NULL;
}

static double rest(const twin_model *m, const char *path) {
  double v;
  memcpy(&v, m->p.block + value_of(m, path)->slot, sizeof v);
  return v;
}

static double drawn(const twin_state *s, const char *path) {
  double v;
  memcpy(&v, s->block + value_of(s->m, path)->slot, sizeof v);
  return v;
}

// ---- Values at rest ---------------------------------------------------------------------------------------------------------

static const struct {
  const char *what, *more, *set[3], *path;
  double      want;
} rests[] = {
    {"a value of the file",                       CAMPUS(", needs_demand: 40 %"),                                  {NULL},                              "campuses.a.needs_demand", 0.4 },
    {"a default",                                 CAMPUS(""),                                                      {NULL},                              "campuses.a.needs_demand", 0.6 },
    {"an empty key is the default",               CAMPUS(", needs_demand: "),                                      {NULL},                              "campuses.a.needs_demand", 0.6 },
    {"zero without a unit",                       CAMPUS(", opex: 0"),                                             {NULL},                              "campuses.a.opex",         0   },
    {"--set replaces",
     CAMPUS(", needs_demand: 40 %"),
     {"campuses.a.needs_demand", "70 %"},
     "campuses.a.needs_demand",                                                                                                                                                    0.7 },
    {"--set adds",                                CAMPUS(""),                                                      {"campuses.a.needs_demand", "70 %"}, "campuses.a.needs_demand", 0.7 },
    {"--set reaches the catalogue",               CAMPUS(""),                                                      {"racks.GB200-NVL72.price", "$5M"},  "racks.GB200-NVL72.price", 5e6 },
    {"the catalogue's row",                       CAMPUS(""),                                                      {NULL},                              "racks.GB200-NVL72.price", 3e6 },
    {"a row of the catalogue, one value changed",
     CAMPUS("") "racks:\n  GB200-NVL72: {price: $4M}\n",
     {NULL},
     "racks.GB200-NVL72.price",                                                                                                                                                    4e6 },
    {"what was not changed stays",
     CAMPUS("") "racks:\n  GB200-NVL72: {price: $4M}\n",
     {NULL},
     "racks.GB200-NVL72.it",                                                                                                                                                       132 },
    {"a new row like one of the catalogue",
     CAMPUS(", racks: own") "racks:\n  own: {like: GB200-NVL72, price: $6M}\n",
     {NULL},
     "racks.own.price",                                                                                                                                                            6e6 },
    {"and the rest of it",
     CAMPUS(", racks: own") "racks:\n  own: {like: GB200-NVL72, price: $6M}\n",
     {NULL},
     "racks.own.it",                                                                                                                                                               132 },
    {"like what is like another",
     CAMPUS(", racks: third") "racks:\n  own: {like: GB200-NVL72, price: $6M}\n  third: {like: own, it: 99 kW}\n",
     {NULL},
     "racks.third.price",                                                                                                                                                          6e6 },
    {"a range at rest is its median",
     CAMPUS(", grid: {limit: 100 to 400 MW, from: 2025}"),
     {NULL},
     "campuses.a.grid.limit",                                                                                                                                                      200 },
    {"or its plan",
     CAMPUS(", grid: {limit: {value: 100 to 400 MW, plan: 150 MW}, from: 2025}"),
     {NULL},
     "campuses.a.grid.limit",                                                                                                                                                      150 },
    {"a base rate's plan",                        CAMPUS(", grid: {limit: mine, from: 2025}"),                     {NULL},                              "campuses.a.grid.limit",   12  },
    {"a child by name",
     CAMPUS(", grid: {x: {limit: 7 MW, from: 2025}, y: {limit: 9 MW, from: 2026}}"),
     {NULL},
     "campuses.a.grid.y.limit",                                                                                                                                                    9   },
    {"a copy has the row's value",
     "campuses:\n  a: {first: 2025-06, count: 3, buildings: {it: 20 MW}, needs_demand: 40 %}\n",                   {NULL},
     "campuses.a-3.needs_demand",                                                                                                                                                  0.4 },
    {"one copy keeps its name",
     "campuses:\n  a: {first: 2025-06, count: 1, buildings: {it: 20 MW}, needs_demand: 40 %}\n",                   {NULL},
     "campuses.a.needs_demand",                                                                                                                                                    0.4 },
    {"like a campus",
     CAMPUS(", needs_demand: 33 %") "  b: {like: a, works_start: 2026-01}\n",
     {NULL},
     "campuses.b.needs_demand",                                                                                                                                                    0.33},
};

START_TEST(values_at_rest) {
  const char *text = file_with(rests[_i].more);
  twin_model *m = twin_must(text, rests[_i].set);
  test_near(rest(m, rests[_i].path), rests[_i].want, 1e-9 * fmax(1, fabs(rests[_i].want)));
  twin_model_free(m);
}
END_TEST

// ---- Refusals ---------------------------------------------------------------------------------------------------------------

static const struct {
  const char *what, *more, *set[3];
  sg_err      err;
  const char *says;
} refused[] = {
    {"a rate that was not known",                 CAMPUS(", grid: {limit: later, from: 2025}"),                     {NULL},                       SG_ERR_AS_OF, "2026-01"          },
    {"a rate that tells of the programme",
     CAMPUS(", grid: {limit: told, from: 2025}"),
     {NULL},
     SG_ERR_AS_OF,                                                                                                                                              "abilene"          },
    {"a value that was not known",
     CAMPUS(", grid: {limit: {value: 3 MW, as_of: 2025-03}, from: 2025}"),
     {NULL},
     SG_ERR_AS_OF,                                                                                                                                              "2025-03"          },
    {"a row of the catalogue that was not known", CAMPUS(", racks: VR-NVL72"),                                      {NULL},                       SG_ERR_AS_OF, "VR-NVL72"         },
    {"a row that does not exist",                 CAMPUS(", racks: GB200-NVL7"),                                    {NULL},                       SG_ERR_NAME,  "GB200-NVL7"       },
    {"an unknown key",                            CAMPUS(", rack: GB200-NVL72"),                                    {NULL},                       SG_ERR_KEY,   "rack"             },
    {"an unknown section",                        CAMPUS("") "campus:\n  a: {}\n",                                  {NULL},                       SG_ERR_KEY,   "campus"           },
    {"--set of an unknown key",                   CAMPUS(""),                                                       {"campuses.a.colour", "red"}, SG_ERR_KEY,   "colour"           },
    {"--set of a wrong unit",                     CAMPUS(""),                                                       {"campuses.a.opex", "3 MW"},  SG_ERR_UNIT,  "opex"             },
    {"over 100 percent",                          CAMPUS(", outage: 120 %"),                                        {NULL},                       SG_ERR_RANGE, "120 %"            },
    {"a negative life",                           CAMPUS("") "racks:\n  GB200-NVL72: {life: -1 yr}\n",              {NULL},                       SG_ERR_RANGE, "-1 yr"            },
    {"too large",                                 CAMPUS(", opex: 1e400 USD/MW-yr"),                                {NULL},                       SG_ERR_RANGE, "1e400"            },
    {"half a building",
     "campuses:\n  a: {works_start: 2025-06, buildings: {count: 1.5, it: 20 MW}}\n",                                {NULL},
     SG_ERR_TYPE,                                                                                                                                               "count"            },
    {"no building",
     "campuses:\n  a: {works_start: 2025-06, buildings: {count: 0, it: 20 MW}}\n",                                  {NULL},
     SG_ERR_RANGE,                                                                                                                                              "count"            },
    {"half a copy",
     "campuses:\n  a: {first: 2025-06, count: 1.5, buildings: {it: 20 MW}}\n",                                      {NULL},
     SG_ERR_RANGE,                                                                                                                                              "count"            },
    {"like nobody",                               CAMPUS("") "  b: {like: c, works_start: 2026}\n",                 {NULL},                       SG_ERR_NAME,  "'c'"              },
    {"like itself",
     "campuses:\n  a: {like: b, works_start: 2025-06}\n  b: {like: a}\n",                                           {NULL},
     SG_ERR_CYCLE,                                                                                                                                              "like itself"      },
    {"shares over 100 percent",
     CAMPUS("") "contracts:\n  e: {type: equity, from: {lenders: 60 %, markets: 50 %}, to: Own, total: $1B}\n",
     {NULL},
     SG_ERR_RANGE,                                                                                                                                              "110 %"            },
    {"a contract with itself",
     CAMPUS("") "contracts:\n  e: {type: equity, from: Own, to: Own, total: $1B}\n",
     {NULL},
     SG_ERR_RANGE,                                                                                                                                              "itself"           },
    {"a contract that cannot bill",
     CAMPUS("") "contracts:\n  e: {type: lease, from: markets, to: Own, tenor: 1 yr}\n",
     {NULL},
     SG_ERR_KEY,                                                                                                                                                "rent"             },
    {"a campus without buildings",                "campuses:\n  a: {works_start: 2025-06}\n",                       {NULL},                       SG_ERR_KEY,   "buildings"        },
    {"a building of two sizes",
     "campuses:\n  a: {works_start: 2025-06, buildings: {it: 20 MW, facility: 30 MW}}\n",                           {NULL},
     SG_ERR_KEY,                                                                                                                                                "both"             },
    {"works that never start",                    "campuses:\n  a: {buildings: {it: 20 MW}}\n",                     {NULL},                       SG_ERR_KEY,   "start"            },
    {"activities that wait for each other",
     CAMPUS(", racks: GB200-NVL72") "building_types:\n  hyperscale-liquid: {activities: {land: {after: [commission], "
                                    "takes: 3 days}}}\n",                                                           {NULL},
     SG_ERR_CYCLE,                                                                                                                                              "wait"             },
    {"a promise about nothing",
     CAMPUS("") "promises:\n  p: {who: x, says: y, metric: campus.a.capacity, at_least: 3 MW}\n",
     {NULL},
     SG_ERR_NAME,                                                                                                                                               "campus.a.capacity"},
    {"a promise of another kind",
     CAMPUS("") "promises:\n  p: {who: x, says: y, metric: campus.a.capacity_mw, at_least: $3}\n",
     {NULL},
     SG_ERR_UNIT,                                                                                                                                               "at_least"         },
    {"a promise of nothing",
     CAMPUS("") "promises:\n  p: {who: x, says: y, metric: campus.a.capacity_mw}\n",
     {NULL},
     SG_ERR_KEY,                                                                                                                                                "at_least"         },
    {"a promise made later",
     CAMPUS("") "promises:\n  p: {who: x, says: y, metric: campus.a.capacity_mw, at_least: 3 MW, made: 2025-05}\n",
     {NULL},
     SG_ERR_AS_OF,                                                                                                                                              "made"             },
    {"a promise beyond the horizon",
     CAMPUS("") "promises:\n  p: {who: x, says: y, metric: campus.a.capacity_mw, at_least: 3 MW, by: 2050}\n",
     {NULL},
     SG_ERR_RANGE,                                                                                                                                              "outside"          },
    {"a fact of later",
     CAMPUS("") "facts:\n  f: {metric: campus.a.capacity_mw, date: 2025-05, value: 0 MW}\n",
     {NULL},
     SG_ERR_AS_OF,                                                                                                                                              "later"            },
    {"a shock on nothing",
     CAMPUS("") "shocks:\n  s: {from: 2026, effects: {x: {path: campuses.b.outage, set: 1}}}\n",
     {NULL},
     SG_ERR_NAME,                                                                                                                                               "campuses.b.outage"},
    {"a shock without a date",
     CAMPUS("") "shocks:\n  s: {effects: {x: {path: campuses.a.outage, set: 1}}}\n",
     {NULL},
     SG_ERR_KEY,                                                                                                                                                "hazard"           },
    {"a shock that does two things",
     CAMPUS("") "shocks:\n  s: {from: 2026, effects: {x: {path: campuses.a.outage, set: 1, factor: 2}}}\n",
     {NULL},
     SG_ERR_KEY,                                                                                                                                                "both"             },
    {"sixty years",                               CAMPUS("") "horizon: 60 years\n",                                 {NULL},                       SG_ERR_KEY,   "horizon"          },
};

START_TEST(is_refused) {
  static sg_diags diags;
  twin_model     *m = NULL;
  sg_err          err = twin_try(file_with(refused[_i].more), refused[_i].set, &diags, &m);
  ck_assert_msg(err != SG_OK && !m, "%s is taken", refused[_i].what);
  ck_assert_msg(err == refused[_i].err, "%s: %s, not %s: %s", refused[_i].what, sg_err_word(err),
                sg_err_word(refused[_i].err), diags.n ? diags.item[0].message : "");
  bool says = false;
  for (size_t i = 0; i < diags.n; i++) says |= strstr(diags.item[i].message, refused[_i].says) != NULL;
  ck_assert_msg(says && diags.n_errors > 0, "%s: %s", refused[_i].what, diags.n ? diags.item[0].message : "");
  for (size_t i = 0; i < diags.n; i++)
    ck_assert_msg(diags.item[i].line > 0 || diags.item[i].severity != SG_ERROR, "%s: no place: %s", refused[_i].what,
                  diags.item[i].message);
}
END_TEST

// ---- Draws ------------------------------------------------------------------------------------------------------------------

static twin_state *scenario(const twin_model *m, uint32_t k) {
  twin_state *s = twin_state_create(m);
  ck_assert_ptr_nonnull(s);
  twin_scenario_prepare(s, MODE_SCENARIO, (stream){1, k, 0}, CAUSE_NONE);
  return s;
}

// path, other path, whether both are one draw in every scenario.
static const struct {
  const char *what, *more, *one, *other;
  bool        same;
} pairs[] = {
    {"an input used twice is one draw",
     "campuses:\n  a: {works_start: 2025-06, buildings: {it: 20 MW}, grid: {x: {limit: common, from: 2025}, y: {limit: "
     "common, from: 2026}}}\n",                                                                    "campuses.a.grid.x.limit", "campuses.a.grid.y.limit", true },
    {"and so in a map with a plan",
     "campuses:\n  a: {works_start: 2025-06, buildings: {it: 20 MW}, grid: {x: {limit: common, from: 2025}, y: {limit: "
     "{value: common, plan: 40 MW}, from: 2026}}}\n",                                              "campuses.a.grid.x.limit", "campuses.a.grid.y.limit", true },
    {"a base rate used twice is two",
     "campuses:\n  a: {works_start: 2025-06, buildings: {it: 20 MW}, grid: {x: {limit: mine, from: 2025}, y: {limit: "
     "mine, from: 2026}}}\n",                                                                      "campuses.a.grid.x.limit", "campuses.a.grid.y.limit", false},
    {"two ranges alike are two",
     "campuses:\n  a: {works_start: 2025-06, buildings: {it: 20 MW}, grid: {x: {limit: 10 to 20 MW, from: 2025}, y: "
     "{limit: 10 to 20 MW, from: 2026}}}\n",                                                       "campuses.a.grid.x.limit", "campuses.a.grid.y.limit", false},
    {"copies share what the row writes",
     "campuses:\n  a: {first: 2025-06, every: 2 to 9 months, count: 3, buildings: {it: 20 MW}}\n", "campuses.a-1.every",
     "campuses.a-3.every",                                                                                                                               true },
    {"campuses alike draw what both inherit",
     CAMPUS(", needs_demand: 30 % to 60 %") "  b: {like: a, works_start: 2026-01}\n",              "campuses.a.needs_demand",
     "campuses.b.needs_demand",                                                                                                                          false},
};

START_TEST(one_name_is_one_draw) {
  twin_model *m = twin_must(file_with(pairs[_i].more), NULL);
  int         equal = 0;
  for (uint32_t k = 0; k < 40; k++) {
    twin_state *s = scenario(m, k);
    equal += drawn(s, pairs[_i].one) == drawn(s, pairs[_i].other);
    twin_state_free(s);
  }
  ck_assert_msg(pairs[_i].same ? equal == 40 : equal == 0, "%s: %d of 40 are equal", pairs[_i].what, equal);
  twin_model_free(m);
}
END_TEST

START_TEST(copies_start_one_after_the_other) {
  twin_model *m = twin_must(
      file_with("campuses:\n  a: {first: 2025-06, every: 2 to 9 months, count: 3, buildings: {it: 20 MW}}\n"), NULL);
  twin_state *s = scenario(m, 5);
  double      every = drawn(s, "campuses.a-1.every"), first = calendar_day((calendar_date){2025, 6, 1});
  for (int i = 0; i < 3; i++) test_near(s->start_day[i], first + i * every, 1e-9);
  twin_state_free(s);
  twin_model_free(m);
}
END_TEST

// Draws follow their distributions: 5th and 95th percentile of what 2,000 scenarios draw. 4 standard errors: 1.95 %.
START_TEST(draws_follow_their_range) {
  twin_model *m = twin_must(file_with(CAMPUS(", grid: {limit: 100 to 400 MW, from: 2026-01 to 2026-12}, needs_demand: "
                                             "{value: 20 % to 40 %, loads: {demand: 70 %}}")),
                            NULL);
  static const struct {
    const char *path;
    double      low, high;
  } rows[] = {
      {"campuses.a.grid.limit",   100,   400  },
      {"campuses.a.needs_demand", 0.2,   0.4  },
      {"campuses.a.grid.from",    20454, 20788}
  };
  twin_state *s = twin_state_create(m);
  int         below[3] = {0}, above[3] = {0};
  for (uint32_t k = 0; k < 2000; k++) {
    twin_scenario_prepare(s, MODE_SCENARIO, (stream){1, k, 0}, CAUSE_NONE);
    for (int i = 0; i < 3; i++) {
      below[i] += drawn(s, rows[i].path) < rows[i].low;
      above[i] += drawn(s, rows[i].path) > rows[i].high;
    }
  }
  for (int i = 0; i < 3; i++) {
    test_near(below[i] / 2000.0, 0.05, 0.0195);
    test_near(above[i] / 2000.0, 0.05, 0.0195);
  }
  twin_state_free(s);
  twin_model_free(m);
}
END_TEST

// ---- Provenance ---------------------------------------------------------------------------------------------------------------

START_TEST(values_know_where_they_come_from) {
  twin_model *m = twin_must(
      file_with(CAMPUS(", needs_demand: {value: 40 %, source: S, as_of: 2024-05}, opex: 100000 USD/MW-yr")), NULL);
  const programme_value *own = value_of(m, "campuses.a.needs_demand"), *bare = value_of(m, "campuses.a.opex"),
                        *standard = value_of(m, "campuses.a.pace"), *row = value_of(m, "racks.GB200-NVL72.price");
  ck_assert_str_eq(own->source, "S");
  ck_assert_str_eq(own->as_of, "2024-05");
  ck_assert_int_eq(own->origin, ORIGIN_FILE);
  ck_assert_int_eq(own->place.line, 14);
  ck_assert_ptr_null(bare->source);
  ck_assert_int_eq(standard->origin, ORIGIN_DEFAULT);
  ck_assert_ptr_nonnull(standard->source);
  ck_assert_int_eq(row->origin, ORIGIN_CATALOGUE);
  ck_assert_ptr_nonnull(strstr(row->source, "HSBC"));
  for (int32_t i = 1; i < m->p.n_draw; i++)
    ck_assert_msg(m->p.draw[i].key != m->p.draw[i - 1].key, "two draws of one stream: %s",
                  m->p.value[m->p.draw[i].value].path);
  twin_model_free(m);
}
END_TEST

#define EACH(rows) (int)(sizeof(rows) / sizeof((rows)[0]))

int main(void) {
  Suite *suite = suite_create("compile");
  TCase *all = tcase_create("compile");
  tcase_set_timeout(all, 60);
  tcase_add_loop_test(all, values_at_rest, 0, EACH(rests));
  tcase_add_loop_test(all, is_refused, 0, EACH(refused));
  tcase_add_loop_test(all, one_name_is_one_draw, 0, EACH(pairs));
  tcase_add_test(all, copies_start_one_after_the_other);
  tcase_add_test(all, draws_follow_their_range);
  tcase_add_test(all, values_know_where_they_come_from);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
