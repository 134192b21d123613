// Tests of check: each kind of finding on a small programme, and programmes without any.
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/test.h"

// What all rows share. The plan: two campuses, of one and of two buildings of 40 MW of IT, on grids that are there in time.
#define HEAD                                                                                                        \
  "programme: Probe\nas_of: 2025-01-21\nhorizon: 6 years\n"                                                         \
  "parties:\n"                                                                                                      \
  "  Owner: {role: owner, cash: $9B}\n"                                                                             \
  "  A: {role: finance, cash: $1B, pledges: $19B}\n"                                                                \
  "  B: {role: finance, cash: $1B, pledges: $19B}\n"                                                                \
  "campuses:\n"                                                                                                     \
  "  one: {works_start: 2025-03, weather: dallas_fort_worth_tx, facility_to_it: 1.25, grid: {limit: 300 MW, from: " \
  "2025-09},\n"                                                                                                     \
  "        buildings: {count: 1, it: 40 MW}}\n"                                                                     \
  "  two: {works_start: 2025-06, weather: dallas_fort_worth_tx, facility_to_it: 1.25, grid: {limit: 300 MW, from: " \
  "2025-12},\n"                                                                                                     \
  "        buildings: {count: 2, it: 40 MW}}\n"

static twin_model *load(const char *rest) {
  sg_diags *diags = calloc(1, sizeof *diags);
  char     *text = malloc(strlen(HEAD) + strlen(rest) + 1);
  sprintf(text, "%s%s", HEAD, rest);
  diag_source source = {"check.yaml", text, strlen(text)};
  twin_model *m = NULL;
  sg_err      err = twin_model_load(&source, NULL, NULL, 0, diags, &m);
  ck_assert_msg(err == SG_OK, "%s", diags->n ? diags->item[0].message : "does not load");
  free(text);
  free(diags);
  return m;
}

typedef struct check_row {
  const char *what, *rest;
  int         kind;  // -1: no finding at all
  int         contradiction;
  const char *about, *says[4];  // parts of the sentence
} check_row;

static const check_row rows[] = {
    {"nothing promised",                                    "",                                                         -1,                     0, NULL,      {NULL}},
    {"a promise that the plan keeps",
     "promises: {P: {metric: programme.capacity_mw, at_least: 150 MW, by: 2029-12}}\n",                                 -1,
     0,                                                                                                                                            NULL,
     {NULL}                                                                                                                                                         },
    {"missed by the plan, kept later",
     "promises: {P: {says: power at once, metric: programme.capacity_mw, at_least: 100 MW, by: 2025-06}}\n",            FINDING_MISSED_BY_PLAN,
     1,                                                                                                                                            "P",
     {"\"power at once\" needs 100 MW by 2025-06", "the plan has 0 W by then", "months late"}                                                                       },
    {"missed by the plan for good",
     "promises: {P: {metric: programme.spent_usd, at_least: $500B, by: 2028-12}}\n",                                    FINDING_MISSED_BY_PLAN,
     1,                                                                                                                                            "P",
     {"\"programme.spent_usd\" needs $500B by 2028-12", "never more than", "until 2030-12"}                                                                         },
    {"a limit that the plan breaks",
     "promises: {P: {metric: programme.spent_usd, at_most: $1, by: 2028-12}}\n",                                        FINDING_MISSED_BY_PLAN,
     1,                                                                                                                                            "P",
     {"allows $1 until 2028-12"}                                                                                                                                    },
    {"a limit that the plan keeps",
     "promises: {P: {metric: programme.spent_usd, at_most: $500B, by: 2028-12}}\n",                                     -1,
     0,                                                                                                                                            NULL,
     {NULL}                                                                                                                                                         },
    {"beyond design: said once, with what each would need",
     "promises: {P: {metric: programme.capacity_mw, at_least: 9 GW, by: 2028-12}}\n",                                   FINDING_BEYOND_DESIGN,
     1,                                                                                                                                            "P",
     {"needs 9 GW", "the 2 campuses with their 3 buildings give 150 MW", "(75 MW each)", "each would need 4.5 GW"}                                                  },
    {"beyond the design of one campus",
     "promises: {P: {metric: campus.one.capacity_mw, at_least: 60 MW, by: 2028-12}}\n",                                 FINDING_BEYOND_DESIGN,
     1,                                                                                                                                            "P",
     {"needs 60 MW", "1 campus with 1 building, gives 50 MW"}                                                                                                       },
    {"beyond the design of a perimeter",
     "perimeters: {club: {campuses: [one]}}\npromises: {P: {metric: programme.capacity_mw, perimeter: club, at_least: "
     "60 MW, by: 2028-12}}\n",                                                                                          FINDING_BEYOND_DESIGN,
     1,                                                                                                                                            "P",
     {"gives 50 MW"}                                                                                                                                                },
    {"too many buildings",
     "promises: {P: {metric: programme.buildings, at_least: 20, by: 2028-12}}\n",                                       FINDING_BEYOND_DESIGN,
     1,                                                                                                                                            "P",
     {"needs 20", "3 buildings give 3"}                                                                                                                             },
    {"exactly the design is no contradiction",
     "promises: {P: {metric: programme.capacity_mw, at_least: 150 MW, by: 2030-12}}\n",                                 -1,
     0,                                                                                                                                            NULL,
     {NULL}                                                                                                                                                         },
    {"shares given out for 38 of 100",
     "contracts: {venture: {type: equity, from: {A: 40 %, B: 40 %}, to: Owner, total: $100B}}\n",                       FINDING_UNFUNDED,
     1,                                                                                                                                            "venture",
     {"$38.0B of $100B is pledged", "for 80 % of the shares", "$62.0B is nobody's"}                                                                                 },
    {"pledges that meet the total",
     "contracts: {venture: {type: equity, from: {A: 50 %, B: 50 %}, to: Owner, total: $38B}}\n",                        -1,
     0,                                                                                                                                            NULL,
     {NULL}                                                                                                                                                         },
    {"pledges beyond the total are a note",
     "contracts: {venture: {type: equity, from: {A: 50 %, B: 50 %}, to: Owner, total: $30B}}\n",                        FINDING_UNFUNDED,
     0,                                                                                                                                            "venture",
     {"$38.0B is pledged where $30.0B is wanted"}                                                                                                                   },
    {"two readings that differ in the outcome",
     "promises: {P: {says: three, metric: programme.buildings, at_least: 3, by: 2029-12, also: programme.campuses}}\n", FINDING_READING,
     1,                                                                                                                                            "P",
     {"As programme.buildings the plan has, by 2029-12, 3", "as programme.campuses it has 2 and never gets there",
      "One reading is kept, the other is not."}                                                                                                                     },
    {"packages or superchips: twofold",
     "promises: {P: {metric: programme.gpus, at_least: 100, by: 2029-12, also: programme.superchips}}\n",               FINDING_READING,
     1,                                                                                                                                            "P",
     {"As programme.gpus", "as programme.superchips"}                                                                                                               },
    {"readings close together are a note",
     "promises: {P: {metric: programme.spent_usd, at_least: $10M, by: 2029-12, also: programme.capex_usd}}\n",          FINDING_READING,
     0,                                                                                                                                            "P",
     {"As programme.spent_usd", "(kept)"}                                                                                                                           },
    {"one total, two dates",
     "promises:\n  P: {metric: programme.capacity_mw, at_least: 100 MW, by: 2028-12}\n  Q: {metric: "
     "programme.capacity_mw, at_least: 100 MW, by: 2029-12}\n",                                                         FINDING_TOTALS,
     1,                                                                                                                                            "P, Q",
     {"Two dates for 100 MW of programme.capacity_mw: 2028-12", "2029-12"}                                                                                          },
    {"two totals, one date",
     "promises:\n  P: {metric: programme.capacity_mw, at_least: 100 MW, by: 2029-12}\n  Q: {metric: "
     "programme.capacity_mw, at_least: 120 MW, by: 2029-12}\n",                                                         FINDING_TOTALS,
     1,                                                                                                                                            "P, Q",
     {"Two totals for programme.capacity_mw in 2029-12: 100 MW", "120 MW"}                                                                                          },
    {"milestones for one date",
     "promises:\n  P: {metric: programme.capacity_mw, at_least: 50 MW, by: 2029-12}\n  Q: {metric: "
     "programme.capacity_mw, at_least: 120 MW, by: 2029-12}\n",                                                         FINDING_TOTALS,
     0,                                                                                                                                            "P, Q",
     {"50 MW", "120 MW"}                                                                                                                                            },
    {"said again later with another date",
     "promises:\n  P: {metric: programme.capacity_mw, at_least: 100 MW, by: 2028-12, made: 2024-10}\n"
     "  Q: {metric: programme.capacity_mw, at_least: 100 MW, by: 2029-12, made: 2024-12}\n",                            FINDING_TOTALS,
     0,                                                                                                                                            "P, Q",
     {"One was said later."}                                                                                                                                        },
    {"steps on one path",
     "promises:\n  P: {metric: programme.capacity_mw, at_least: 50 MW, by: 2028-12}\n  Q: {metric: "
     "programme.capacity_mw, at_least: 120 MW, by: 2029-12}\n",                                                         -1,
     0,                                                                                                                                            NULL,
     {NULL}                                                                                                                                                         },
};

START_TEST(findings) {
  const check_row *r = &rows[_i];
  twin_model      *m = load(r->rest);
  twin_findings   *found = calloc(1, sizeof *found);
  twin_check(m, found);
  ck_assert_msg(found->n == (r->kind < 0 ? 0 : 1), "%s: %d findings: %s", r->what, found->n,
                found->n ? found->item[found->n - 1].text : "");
  if (found->n) {
    const twin_finding *f = &found->item[0];
    ck_assert_msg(
        (int)f->kind == r->kind && f->contradiction == r->contradiction && found->n_contradictions == r->contradiction,
        "%s: kind %d, %d: %s", r->what, f->kind, f->contradiction, f->text);
    ck_assert_msg(!strcmp(f->about, r->about), "%s: about %s", r->what, f->about);
    for (int i = 0; i < 4 && r->says[i]; i++)
      ck_assert_msg(strstr(f->text, r->says[i]) != NULL, "%s: '%s' is not in: %s", r->what, r->says[i], f->text);
  }
  free(found);
  twin_model_free(m);
}
END_TEST

START_TEST(long_words_are_cut_in_whole_characters) {
  char rest[2000] = "promises: {P: {says: \"";
  for (int i = 0; i < 200; i++) strcat(rest, "\xE6\x98\x9F");
  strcat(rest, "\", metric: programme.capacity_mw, at_least: 9 GW, by: 2028-12}}\n");
  twin_model    *m = load(rest);
  twin_findings *found = calloc(1, sizeof *found);
  twin_check(m, found);
  ck_assert_int_eq(found->n, 1);
  ck_assert(text_utf8_valid(found->item[0].text, strlen(found->item[0].text), NULL));
  ck_assert_ptr_nonnull(strstr(found->item[0].text, "needs 9 GW"));
  free(found);
  twin_model_free(m);
}
END_TEST

START_TEST(more_findings_than_are_kept_are_counted) {
  char *rest = calloc(1, 100 * 400 + 100), *at = rest + sprintf(rest, "promises:\n");
  for (int i = 0; i < 25; i++)
    at += sprintf(at, "  P%d: {metric: programme.capacity_mw, at_least: %d MW, by: 2029-12}\n", i, 50 + i);
  twin_model    *m = load(rest);
  twin_findings *found = calloc(1, sizeof *found);
  twin_check(m, found);
  ck_assert_int_eq(found->n, TWIN_FINDINGS_MAX);
  ck_assert_int_eq(found->n_contradictions, 25 * 24 / 2);
  free(found);
  free(rest);
  twin_model_free(m);
}
END_TEST

static bool assumed(const twin_model *m, const char *path) {
  int32_t *value = calloc((size_t)m->p.n_value + 1, sizeof *value), n = twin_assumptions(m, value, m->p.n_value);
  bool     found = false;
  for (int32_t i = 0; i < n; i++) found |= !strcmp(m->p.value[value[i]].path, path);
  free(value);
  return found;
}

START_TEST(assumptions_are_values_without_a_source) {
  twin_model *m = load(
      "contracts: {venture: {type: equity, from: {A: 50 %, B: 50 %}, to: Owner, total: {value: $38B, source: press "
      "release, as_of: 2025-01-21}}}\n"
      "promises: {P: {metric: programme.capacity_mw, at_least: 10 MW, by: 2029-12}}\n");
  ck_assert(assumed(m, "parties.A.pledges"));
  ck_assert(assumed(m, "campuses.one.pace"));  // its default says that it is an assumption
  ck_assert(!assumed(m, "contracts.venture.total"));
  ck_assert(!assumed(m, "as_of"));
  ck_assert(!assumed(m, "promises.P.by"));
  int32_t first;
  ck_assert_int_gt(twin_assumptions(m, &first, 1), 1);  // counts all, writes one
  twin_model_free(m);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("check");
  TCase *all = tcase_create("check");
  tcase_set_timeout(all, 120);
  tcase_add_loop_test(all, findings, 0, (int)(sizeof rows / sizeof rows[0]));
  tcase_add_test(all, long_words_are_cut_in_whole_characters);
  tcase_add_test(all, more_findings_than_are_kept_are_counted);
  tcase_add_test(all, assumptions_are_values_without_a_source);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
