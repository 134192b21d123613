// Values as they are written: certain, ranges, named distributions, shares, loads, names; and what is refused.
#include "value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/calendar.h"

#define UNSET ((double)NAN)

static const field_row fields[] = {
    {"limit",  FIELD_NUMBER, "MW",      0, "", 0,         HUGE_VAL, NULL, "power",        NULL},
    {"share",  FIELD_NUMBER, "frac",    0, "", 0,         1,        NULL, "bounded",      NULL},
    {"growth", FIELD_NUMBER, "frac/yr", 0, "", -HUGE_VAL, HUGE_VAL, NULL, "real",         NULL},
    {"from",   FIELD_DATE,   "date",    0, "", 0,         0,        NULL, "first day",    NULL},
    {"by",     FIELD_DATE,   "date",    0, "", 1,         0,        NULL, "last day",     NULL},
    {"life",   FIELD_NUMBER, "day",     0, "", 30,        HUGE_VAL, NULL, "duration",     NULL},
    {"cost",   FIELD_NUMBER, "USD",     0, "", 0,         HUGE_VAL, NULL, "money",        NULL},
    {"ratio",  FIELD_NUMBER, NULL,      0, "", 0,         HUGE_VAL, NULL, "plain number", NULL},
    {"margin", FIELD_NUMBER, "frac/yr", 0, "", 0,         1,        NULL, "rate, cut",    NULL},
};
enum { POWER, SHARE, GROWTH, FROM, BY, LIFE, COST, RATIO, MARGIN };

static const char *const catalogue_text =
    "base_rates:\n"
    "  grid-queue: {value: 100 to 400 MW, plan: 150 MW, source: LBNL, as_of: 2024-04}\n"
    "  late: {value: 100 to 400 MW, as_of: 2026-03}\n"
    "  ours: {value: 100 to 400 MW, tells_of: [abilene, epoch]}\n"
    "  theirs: {value: 100 to 400 MW, tells_of: memphis}\n"
    "  spread: {distribution: lognormal, median: 100 MW, p95: 200 MW, share: {programme: 20 %, campus: 30 %, building: "
    "50 %}}\n"
    "  nested: grid-queue\n";
static const char *const user_text =
    "base_rates:\n  grid-queue-own: 5 MW\n"
    "inputs:\n  demand-level: {value: 10 to 20 MW, loads: {demand: 60 %}}\n  fixed: 7 MW\n";

typedef struct reading {
  arena     *a;
  value_pool pool;
  sg_diags   diags;
  value_read out;
  sg_err     err;
} reading;

static const spec_node *tree(arena *a, const char *text) {
  diag_source *source = ARENA_NEW(a, diag_source, 1);
  spec_node   *root = NULL;
  sg_diags     diags;
  ck_assert_ptr_nonnull(source);
  *source = (diag_source){"test", text, strlen(text)};
  diag_init(&diags);
  ck_assert_msg(spec_read(source, a, &diags, &root) == SG_OK, "%s: %s", text, diags.item[0].message);
  return root;
}

static void read_as(reading *r, const field_row *field, const char *text) {
  static const char *const tags[] = {"stargate", "abilene"}, *const factors[] = {"demand", "rates"};
  char whole[600];
  *r = (reading){.a = arena_create()};
  snprintf(whole, sizeof whole, "v: %s\n", text);
  const spec_node *node = spec_get(tree(r->a, arena_text(r->a, whole, strlen(whole))), "v"),
                  *own = tree(r->a, user_text);
  value_context context = {.a = r->a,
                           .diags = &r->diags,
                           .pool = &r->pool,
                           .base_rates = spec_get(own, "base_rates"),
                           .catalogue_rates = spec_get(tree(r->a, catalogue_text), "base_rates"),
                           .inputs = spec_get(own, "inputs"),
                           .as_of_day = calendar_day((calendar_date){2025, 1, 21}),
                           .tags = tags,
                           .n_tag = 2,
                           .factor = factors,
                           .n_factor = 2};
  diag_init(&r->diags);
  r->err = value_parse(&context, field, node, &r->out);
}

static dist_pool pool_of(const reading *r) { return (dist_pool){r->pool.value, r->pool.weight, r->pool.component}; }

// ---- What is read -----------------------------------------------------------------------------------------------------------

static const struct {
  const char *what, *text;
  int         field;
  dist_kind   kind;
  double      p05, median, p95;
} reads[] = {
    {"a number",                               "300 MW",                                                                  POWER,  DIST_CONSTANT,    300,           300,                300         },
    {"another unit",                           "1.2 GW",                                                                  POWER,  DIST_CONSTANT,    1200,          1200,               1200        },
    {"zero without unit",                      "0",                                                                       POWER,  DIST_CONSTANT,    0,             0,                  0           },
    {"zero money",                             "$0",                                                                      COST,   DIST_CONSTANT,    0,             0,                  0           },
    {"a sign of money",                        "$1.5B",                                                                   COST,   DIST_CONSTANT,    1.5e9,         1.5e9,              1.5e9       },
    {"underscores",                            "1_000 MW",                                                                POWER,  DIST_CONSTANT,    1000,          1000,               1000        },
    {"in quotes",                              "\"40 MW\"",                                                               POWER,  DIST_CONSTANT,    40,            40,                 40          },
    {"a map with a value",                     "{value: 3 MW, source: S}",                                                POWER,  DIST_CONSTANT,    3,             3,                  3           },
    {"a percentage",                           "40 %",                                                                    SHARE,  DIST_CONSTANT,    0.4,           0.4,                0.4         },
    {"a fraction without unit",                "0.4",                                                                     SHARE,  DIST_CONSTANT,    0.4,           0.4,                0.4         },
    {"all of it",                              "100 %",                                                                   SHARE,  DIST_CONSTANT,    1,             1,                  1           },
    {"a negative rate",                        "-5 %/yr",                                                                 GROWTH, DIST_CONSTANT,    -0.05,         -0.05,              -0.05       },
    {"a plain number",                         "1.3",                                                                     RATIO,  DIST_CONSTANT,    1.3,           1.3,                1.3         },
    {"months of life",                         "36524 days",                                                              LIFE,   DIST_CONSTANT,    36524,         36524,              36524       },
    {"a range of power: lognormal",            "100 to 400 MW",                                                           POWER,  DIST_LOGNORMAL,   100,           200,                400         },
    {"units at both ends",                     "100 MW to 0.4 GW",                                                        POWER,  DIST_LOGNORMAL,   100,           200,                400         },
    {"a range of a fraction: bounded",         "20 % to 80 %",                                                            SHARE,  DIST_BOUNDED,     0.2,           0.5,                0.8         },
    {"a rate has no natural upper end",        "1 %/yr to 4 %/yr",                                                        MARGIN, DIST_LOGNORMAL,   0.01,          0.02,               0.04        },
    {"a range of a real number: normal",       "-5 %/yr to 15 %/yr",                                                      GROWTH, DIST_NORMAL,      -0.05,         0.05,               0.15        },
    {"the first lends no unit, the last does", "1 to 2 GW",                                                               POWER,  DIST_LOGNORMAL,   1000,          1414.2135623730951, 2000        },
    {"normal",                                 "{distribution: normal, mean: 100 MW, sd: 10 MW}",                         POWER,  DIST_NORMAL,      83.551463730,  100,                116.44853627},
    {"lognormal",                              "{distribution: lognormal, median: 100 MW, p95: 200 MW}",                  POWER,  DIST_LOGNORMAL,   50,            100,                200         },
    {"uniform",                                "{distribution: uniform, low: 10 MW, high: 30 MW}",                        POWER,  DIST_UNIFORM,     11,            20,                 29          },
    {"triangular",                             "{distribution: triangular, low: 0 MW, mode: 10 MW, high: 20 MW}",         POWER,  DIST_TRIANGULAR,
     3.16227766,                                                                                                                                                   10,                 16.83772234 },
    {"exponential",                            "{distribution: exponential, mean: 10 MW}",                                POWER,  DIST_EXPONENTIAL, 0.5129329439,  6.931471806,
     29.95732274                                                                                                                                                                                   },
    {"weibull",                                "{distribution: weibull, scale: 10 MW, shape: 2}",                         POWER,  DIST_WEIBULL,     2.26480229573, 8.325546112,
     17.30818383                                                                                                                                                                                   },
    {"pareto",                                 "{distribution: pareto, scale: 10 MW, tail: 2}",                           POWER,  DIST_PARETO,      10.259783521,  14.14213562,
     44.72135955                                                                                                                                                                                   },
    {"beta over the whole",                    "{distribution: beta, alpha: 1, beta: 1, low: 0, high: 1}",                SHARE,  DIST_BETA,        0.05,          0.5,
     0.95                                                                                                                                                                                          },
    {"an event",                               "{distribution: event, odds: 0.3}",                                        RATIO,  DIST_EVENT,       0,             0,                  1           },
    {"a table",                                "{values: [30 MW, 10 MW, 20 MW]}",                                         POWER,  DIST_TABLE,       10,            20,                 30          },
    {"a mixture",                              "{mixture: [{weight: 50 %, value: 10 MW}, {weight: 50 %, value: 30 MW}]}", POWER,  DIST_MIXTURE,     10,
     10,                                                                                                                                                                               30          },
    {"a base rate",                            "grid-queue",                                                              POWER,  DIST_LOGNORMAL,   100,           200,                400         },
    {"a base rate in a map",                   "{value: grid-queue, plan: 120 MW}",                                       POWER,  DIST_LOGNORMAL,   100,           200,                400         },
    {"the user's own base rate",               "grid-queue-own",                                                          POWER,  DIST_CONSTANT,    5,             5,                  5           },
    {"a base rate of someone else",            "theirs",                                                                  POWER,  DIST_LOGNORMAL,   100,           200,                400         },
    {"an input",                               "demand-level",                                                            POWER,  DIST_LOGNORMAL,   10,            14.142135623730951, 20          },
    {"a certain input",                        "fixed",                                                                   POWER,  DIST_CONSTANT,    7,             7,                  7           },
};

START_TEST(is_read) {
  static reading r;
  read_as(&r, &fields[reads[_i].field], reads[_i].text);
  ck_assert_msg(r.err == SG_OK, "%s: %s: %s", reads[_i].what, reads[_i].text, r.diags.n ? r.diags.item[0].message : "");
  ck_assert_msg(r.out.of.kind == reads[_i].kind, "%s: kind %d", reads[_i].what, (int)r.out.of.kind);
  dist_pool    pool = pool_of(&r);
  const double want[3] = {reads[_i].p05, reads[_i].median, reads[_i].p95}, u[3] = {0.05, 0.5, 0.95};
  ck_assert_msg(dist_valid(&r.out.of, &pool), "%s", reads[_i].what);
  for (int k = 0; k < 3; k++) {
    double got = dist_quantile(&r.out.of, &pool, u[k]);
    bool   middle = reads[_i].kind == DIST_MIXTURE && k == 1;  // between the two: either
    ck_assert_msg(middle || fabs(got - want[k]) <= 1e-8 * fmax(1, fabs(want[k])),
                  "%s: quantile %.2f is %.12g, not %.12g", reads[_i].what, u[k], got, want[k]);
  }
  arena_free(r.a);
}
END_TEST

// ---- Plan, shares, loads, provenance ------------------------------------------------------------------------------------------

static const struct {
  const char *what, *text;
  double      plan, share[3], loading[2];
  const char *source, *as_of, *input;
} details[] = {
    {"a certain value is its plan",                       "300 MW",                                   300,   {1, 0, 0},       {0, 0},   NULL,   NULL,      NULL          },
    {"no plan: the median, later",                        "100 to 400 MW",                            UNSET, {1, 0, 0},       {0, 0},   NULL,   NULL,      NULL          },
    {"a stated plan",                                     "{value: 100 to 400 MW, plan: 120 MW}",     120,   {1, 0, 0},       {0, 0},   NULL,   NULL,      NULL          },
    {"source and date",                                   "{value: 3 MW, source: X, as_of: 2024-05}", 3,     {1, 0, 0},       {0, 0},   "X",    "2024-05", NULL          },
    {"shares",
     "{value: 1 to 2 MW, share: {programme: 20 %, building: 80 %}}",                                  UNSET,
     {0.2, 0, 0.8},
     {0, 0},
     NULL,                                                                                                                                      NULL,
     NULL                                                                                                                                                                },
    {"loads",
     "{value: 1 to 2 MW, loads: {demand: 60 %, rates: -80 %}}",                                       UNSET,
     {1, 0, 0},
     {0.6, -0.8},
     NULL,                                                                                                                                      NULL,
     NULL                                                                                                                                                                },
    {"a base rate brings its plan and source",            "grid-queue",                               150,   {1, 0, 0},       {0, 0},   "LBNL", "2024-04", NULL          },
    {"a base rate under another plan",
     "{value: grid-queue, plan: 120 MW}",                                                             120,
     {1, 0, 0},
     {0, 0},
     "LBNL",                                                                                                                                    "2024-04",
     NULL                                                                                                                                                                },
    {"a base rate keeps its plan in a map with a source",
     "{value: grid-queue, source: mine}",                                                             150,
     {1, 0, 0},
     {0, 0},
     "mine",                                                                                                                                    "2024-04",
     NULL                                                                                                                                                                },
    {"a base rate brings its shares",                     "spread",                                   UNSET, {0.2, 0.3, 0.5}, {0, 0},   NULL,   NULL,      NULL          },
    {"a base rate in a map brings its shares",
     "{value: spread, source: mine}",                                                                 UNSET,
     {0.2, 0.3, 0.5},
     {0, 0},
     "mine",                                                                                                                                    NULL,
     NULL                                                                                                                                                                },
    {"an input brings its name and loads",                "demand-level",                             UNSET, {1, 0, 0},       {0.6, 0}, NULL,   NULL,      "demand-level"},
};

static bool same_text(const char *a, const char *b) { return a == b || (a && b && !strcmp(a, b)); }

START_TEST(details_are_read) {
  static reading r;
  read_as(&r, &fields[POWER], details[_i].text);
  ck_assert_msg(r.err == SG_OK, "%s: %s", details[_i].what, r.diags.n ? r.diags.item[0].message : "");
  ck_assert_msg(isnan(details[_i].plan) ? isnan(r.out.plan) : r.out.plan == details[_i].plan, "%s: plan %g",
                details[_i].what, r.out.plan);
  for (int k = 0; k < 3; k++)
    ck_assert_msg(fabs(r.out.share[k] - details[_i].share[k]) < 1e-12, "%s: share %d is %g", details[_i].what, k,
                  r.out.share[k]);
  for (int k = 0; k < 2; k++)
    ck_assert_msg(fabs(r.out.loading[k] - details[_i].loading[k]) < 1e-12, "%s: loading %d is %g", details[_i].what, k,
                  r.out.loading[k]);
  ck_assert_msg(same_text(r.out.source, details[_i].source), "%s: source %s", details[_i].what, r.out.source);
  ck_assert_msg(same_text(r.out.as_of, details[_i].as_of), "%s: as_of %s", details[_i].what, r.out.as_of);
  ck_assert_msg(same_text(r.out.input, details[_i].input), "%s: input %s", details[_i].what, r.out.input);
  arena_free(r.a);
}
END_TEST

// ---- Dates ------------------------------------------------------------------------------------------------------------------

static const struct {
  const char *what, *text;
  int         field, year, month, day;
} dates[] = {
    {"a month begins",               "2025-06",    FROM, 2025, 6,  1 },
    {"a month ends",                 "2025-06",    BY,   2025, 6,  30},
    {"a year begins",                "2025",       FROM, 2025, 1,  1 },
    {"a year ends",                  "2025",       BY,   2025, 12, 31},
    {"a day",                        "2025-06-15", FROM, 2025, 6,  15},
    {"a leap day",                   "2024-02-29", BY,   2024, 2,  29},
    {"February of a leap year ends", "2024-02",    BY,   2024, 2,  29},
};

START_TEST(dates_are_read) {
  static reading r;
  read_as(&r, &fields[dates[_i].field], dates[_i].text);
  ck_assert_msg(r.err == SG_OK && r.out.of.kind == DIST_CONSTANT, "%s", dates[_i].what);
  ck_assert_msg(r.out.of.a == calendar_day((calendar_date){dates[_i].year, dates[_i].month, dates[_i].day}), "%s: %g",
                dates[_i].what, r.out.of.a);
  arena_free(r.a);
}
END_TEST

START_TEST(a_range_of_dates_keeps_its_percentiles) {
  static reading r;
  read_as(&r, &fields[FROM], "2025-06 to 2026-06");
  ck_assert_int_eq(r.err, SG_OK);
  double early = dist_quantile(&r.out.of, NULL, 0.05), late = dist_quantile(&r.out.of, NULL, 0.95);
  test_near(early, calendar_day((calendar_date){2025, 6, 1}), 1e-6);
  test_near(late, calendar_day((calendar_date){2026, 6, 1}), 1e-6);
  arena_free(r.a);
}
END_TEST

// ---- What is refused ----------------------------------------------------------------------------------------------------------

static const struct {
  const char *what, *text;
  int         field;
  sg_err      err;
  const char *says;
} refused[] = {
    {"energy for power",                      "300 MWh",                                                                        POWER,  SG_ERR_UNIT,  "energy"      },
    {"money for power",                       "$3",                                                                             POWER,  SG_ERR_UNIT,  ""            },
    {"no unit",                               "300",                                                                            POWER,  SG_ERR_UNIT,  "unit"        },
    {"an unknown unit",                       "300 MQ",                                                                         POWER,  SG_ERR_UNIT,  "MQ"          },
    {"too large for a number",                "1e400 MW",                                                                       POWER,  SG_ERR_RANGE, "1e400"       },
    {"too large after a sign",                "-1e999 %/yr",                                                                    GROWTH, SG_ERR_RANGE, "1e999"       },
    {"infinite",                              "inf MW",                                                                         POWER,  SG_ERR_TYPE,  ""            },
    {"not a number",                          "nan MW",                                                                         POWER,  SG_ERR_TYPE,  ""            },
    {"below its range",                       "-3 MW",                                                                          POWER,  SG_ERR_RANGE, "-3 MW"       },
    {"over 100 percent",                      "120 %",                                                                          SHARE,  SG_ERR_RANGE, "120 %"       },
    {"a negative share",                      "-1 %",                                                                           SHARE,  SG_ERR_RANGE, "-1 %"        },
    {"a negative life",                       "-6 yr",                                                                          LIFE,   SG_ERR_RANGE, "-6 yr"       },
    {"a life below the least",                "20 days",                                                                        LIFE,   SG_ERR_RANGE, "20 days"     },
    {"a range that falls",                    "400 to 100 MW",                                                                  POWER,  SG_ERR_RANGE, "no range"    },
    {"a range of nothing",                    "100 to 100 MW",                                                                  POWER,  SG_ERR_RANGE, "no range"    },
    {"a range from zero of what is positive", "0 to 100 MW",                                                                    POWER,  SG_ERR_RANGE, "no range"    },
    {"a range over 100 percent",              "50 % to 150 %",                                                                  SHARE,  SG_ERR_RANGE, ""            },
    {"a range of two kinds",                  "1 MW to 2 MWh",                                                                  POWER,  SG_ERR_UNIT,  ""            },
    {"a plan out of range",                   "{value: 20 % to 40 %, plan: 130 %}",                                             SHARE,  SG_ERR_RANGE, ""            },
    {"a plan of another kind",                "{value: 1 to 2 MW, plan: 3 days}",                                               POWER,  SG_ERR_UNIT,  ""            },
    {"a list",                                "[1 MW, 2 MW]",                                                                   POWER,  SG_ERR_TYPE,  "single value"},
    {"a map without a value",                 "{source: S}",                                                                    POWER,  SG_ERR_KEY,   "value"       },
    {"an unknown key",                        "{value: 1 MW, sourse: S}",                                                       POWER,  SG_ERR_KEY,   "sourse"      },
    {"an unknown name",                       "grid-queu",                                                                      POWER,  SG_ERR_NAME,  "grid-queu"   },
    {"a name inside a name",                  "nested",                                                                         POWER,  SG_ERR_TYPE,  ""            },
    {"not known then",                        "late",                                                                           POWER,  SG_ERR_AS_OF, "2026-03"     },
    {"tells of the programme",                "ours",                                                                           POWER,  SG_ERR_AS_OF, "abilene"     },
    {"not known then, in a map",              "{value: late}",                                                                  POWER,  SG_ERR_AS_OF, "2026-03"     },
    {"shares of less than all",               "{value: 1 to 2 MW, share: {programme: 20 %, campus: 30 %}}",                     POWER,  SG_ERR_RANGE,
     "50 %"                                                                                                                                                         },
    {"shares of more than all",               "{value: 1 to 2 MW, share: {programme: 80 %, campus: 30 %}}",                     POWER,  SG_ERR_RANGE,
     "110 %"                                                                                                                                                        },
    {"a negative share of variance",          "{value: 1 to 2 MW, share: {programme: 150 %, campus: -50 %}}",                   POWER,
     SG_ERR_RANGE,                                                                                                                                    ""            },
    {"a share of an unknown level",           "{value: 1 to 2 MW, share: {region: 100 %}}",                                     POWER,  SG_ERR_KEY,   "region"      },
    {"shares that are no map",                "{value: 1 to 2 MW, share: 40 %}",                                                POWER,  SG_ERR_TYPE,  "map"         },
    {"a load on an unknown factor",           "{value: 1 to 2 MW, loads: {weather: 50 %}}",                                     POWER,  SG_ERR_KEY,   "weather"     },
    {"loads that explain too much",           "{value: 1 to 2 MW, loads: {demand: 90 %, rates: 90 %}}",                         POWER,  SG_ERR_RANGE,
     "1.62"                                                                                                                                                         },
    {"a load over one",                       "{value: 1 to 2 MW, loads: {demand: 120 %}}",                                     POWER,  SG_ERR_RANGE, ""            },
    {"an unknown distribution",               "{distribution: gauss, mean: 1 MW, sd: 1 MW}",                                    POWER,  SG_ERR_NAME,  "gauss"       },
    {"a distribution without its spread",     "{distribution: normal, mean: 1 MW}",                                             POWER,  SG_ERR_KEY,   "sd"          },
    {"a negative spread",                     "{distribution: normal, mean: 1 MW, sd: -1 MW}",                                  POWER,  SG_ERR_RANGE, ""            },
    {"a lognormal that falls",                "{distribution: lognormal, median: 2 MW, p95: 1 MW}",                             POWER,  SG_ERR_RANGE, ""            },
    {"a triangle inside out",                 "{distribution: triangular, low: 3 MW, mode: 2 MW, high: 4 MW}",                  POWER,  SG_ERR_RANGE, ""            },
    {"odds over one",                         "{distribution: event, odds: 1.5}",                                               RATIO,  SG_ERR_RANGE, ""            },
    {"a uniform outside the field's range",   "{distribution: uniform, low: -20 MW, high: -10 MW}",                             POWER,  SG_ERR_RANGE,
     ""                                                                                                                                                             },
    {"an empty table",                        "{values: []}",                                                                   POWER,  SG_ERR_TYPE,  "list"        },
    {"a table with a stranger",               "{values: [1 MW, 2 days]}",                                                       POWER,  SG_ERR_UNIT,  ""            },
    {"a table out of range",                  "{values: [1 MW, -2 MW]}",                                                        POWER,  SG_ERR_RANGE, ""            },
    {"weights that do not add up",            "{mixture: [{weight: 50 %, value: 1 MW}, {weight: 40 %, value: 2 MW}]}",          POWER,
     SG_ERR_RANGE,                                                                                                                                    "90 %"        },
    {"a negative weight",                     "{mixture: [{weight: 150 %, value: 1 MW}, {weight: -50 %, value: 2 MW}]}",        POWER,
     SG_ERR_RANGE,                                                                                                                                    ""            },
    {"a part without a weight",               "{mixture: [{value: 1 MW}]}",                                                     POWER,  SG_ERR_KEY,   "weight"      },
    {"a mixture in a mixture",                "{mixture: [{weight: 100 %, value: {mixture: [{weight: 100 %, value: 1 MW}]}}]}", POWER,
     SG_ERR_TYPE,                                                                                                                                     ""            },
    {"no date",                               "soon",                                                                           FROM,   SG_ERR_TYPE,  "soon"        },
    {"a month that does not exist",           "2025-13",                                                                        FROM,   SG_ERR_TYPE,  "not a date"  },
    {"a day that does not exist",             "2025-02-29",                                                                     FROM,   SG_ERR_TYPE,  "not a date"  },
    {"dates in falling order",                "2026 to 2025",                                                                   FROM,   SG_ERR_RANGE, "no range"    },
    {"a quantity for a date",                 "3 MW",                                                                           FROM,   SG_ERR_TYPE,  "not a date"  },
};

START_TEST(is_refused) {
  static reading r;
  read_as(&r, &fields[refused[_i].field], refused[_i].text);
  ck_assert_msg(r.err != SG_OK, "%s: %s is taken", refused[_i].what, refused[_i].text);
  ck_assert_msg(r.err == refused[_i].err, "%s: %s, not %s: %s", refused[_i].what, sg_err_word(r.err),
                sg_err_word(refused[_i].err), r.diags.item[0].message);
  ck_assert_msg(r.diags.n >= 1 && r.diags.item[0].line >= 1 && strstr(r.diags.item[0].message, refused[_i].says),
                "%s: %s", refused[_i].what, r.diags.item[0].message);
  arena_free(r.a);
}
END_TEST

#define EACH(rows) (int)(sizeof(rows) / sizeof((rows)[0]))

int main(void) {
  Suite *suite = suite_create("value");
  TCase *all = tcase_create("value");
  tcase_add_loop_test(all, is_read, 0, EACH(reads));
  tcase_add_loop_test(all, details_are_read, 0, EACH(details));
  tcase_add_loop_test(all, dates_are_read, 0, EACH(dates));
  tcase_add_test(all, a_range_of_dates_keeps_its_percentiles);
  tcase_add_loop_test(all, is_refused, 0, EACH(refused));
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
