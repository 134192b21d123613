// Tests of explain with a small programme of its own: sites with lines, racks of the real catalogue.
#include "explain.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

typedef struct site {
  int32_t    name, copy;
  field_span lines;
  double     power_mw, opens_day;
  int32_t    rack;
  field_span from;
  int32_t    mood;
} site;
typedef struct line {
  int32_t name;
  double  limit_mw;
} line;
typedef struct rack {
  int32_t name;
  int32_t gpus;
  double  price_usd;
} rack;
typedef struct top {
  int32_t name, programme;
} top;

// clang-format off
static const field_row top_rows[] = { ROW_TEXT(top, programme, "programme", NULL, "Name of the programme.") };
static const field_row share_rows[] = { { "share", FIELD_NUMBER, "frac", FIELD_AT(field_share, frac, double), "100 %", 0, 1, NULL, "Share.", NULL } };
static const field_row site_rows[] = {
  ROW_COUNT(site, copy, "copy", "", 0, 9, "Number of this copy."),
  ROW_CHILDREN(site, lines, "lines", "line", "Lines to the grid."),
  ROW_NUMBER(site, power_mw, "power", "MW", "10 MW to 20 MW", 0, HUGE_VAL, "most power", "A Study, 2024-03, table 2"),
  ROW_DATE(site, opens_day, "opens", "", "When it opens.", NULL),
  ROW_REF(site, rack, "racks", "rack", "GB200-NVL72", "What stands there."),
  ROW_SHARES(site, from, "from", "site", "", "Who feeds it."),
  ROW_CHOICE(site, mood, "mood", "calm|cross|lost", "calm", "How it feels."),
};
static const field_row line_rows[] = { ROW_NUMBER(line, limit_mw, "limit", "MW", NULL, 0, 500, "Greatest import.", NULL) };
static const field_row rack_rows[] = {
  ROW_COUNT(rack, gpus, "gpus", NULL, 1, 1000, "Packages."),
  ROW_NUMBER(rack, price_usd, "price", "USD", NULL, 0, HUGE_VAL, "Price.", NULL),
};
static const class_row class_top = { "programme", NULL, sizeof(top), FIELD_TABLE(top_rows), CLASS_PLAIN, "The programme itself." };
static const class_row class_share = { "share", NULL, sizeof(field_share), FIELD_TABLE(share_rows), CLASS_PLAIN, "A share." };
static const class_row class_site = { "site", "sites", sizeof(site), FIELD_TABLE(site_rows), CLASS_PLAIN, "A place." };
static const class_row class_line = { "line", NULL, sizeof(line), FIELD_TABLE(line_rows), CLASS_PLAIN, "A line." };
static const class_row class_rack = { "rack", "racks", sizeof(rack), FIELD_TABLE(rack_rows), CLASS_CATALOGUE, "A rack." };
static const class_row *const rows[] = { &class_top, &class_share, &class_site, &class_line, &class_rack };
static const programme_metric metrics[] = {
  { "spent_usd", "programme", "USD", "cumulative", "cash that left" },
  { "capacity_mw", "site", "MW", "level", "power of what stands there" },
};
// clang-format on
static const programme_classes classes = {.class = rows, .n = sizeof rows / sizeof rows[0]};

static sg_err explain(const char *path, int colour, text_buffer *out) {
  *out = (text_buffer){0};
  return programme_explain(classes, metrics, 2, path, 80, colour, out);
}

START_TEST(pages) {
  static const struct {
    const char *what, *path, *has[4];
  } cases[] = {
      {"overview",                NULL,                      {"programme", "sites", "racks", "base_rates"}                                                          },
      {"class",                   "sites",                   {"sites.NAME", "Lines to the grid.", "default 10 MW to 20 MW", "count"}                                },
      {"class by its singular",   "site",                    {"sites.NAME", "A place."}                                                                             },
      {"child class",             "sites.lines",             {"sites.NAME.lines.NAME", "quantity in MW, 0 W to 500 MW; required"}                                   },
      {"field",
       "sites.power",                                        {"Most power.", "power, in MW", "A Study, 2024-03, table 2", "--set 'sites.NAME.power=10 MW to 20 MW'"}},
      {"as for --set",
       "sites.alpha.lines.main.limit",                       {"sites.NAME.lines.NAME.limit", "none: it is required", "0 W to 500 MW"}                               },
      {"without the names",       "sites.lines.limit",       {"sites.NAME.lines.NAME.limit"}                                                                        },
      {"quoted name with dots",   "sites.\"a.b\".power",     {"sites.NAME.power"}                                                                                   },
      {"key of a value",          "sites.alpha.power.share", {"sites.NAME.power"}                                                                                   },
      {"one share",               "sites.alpha.from.beta",   {"sites.NAME.from", "shares: {a: 40 %, b: 60 %}"}                                                      },
      {"choice",                  "sites.mood",              {"one of calm, cross or lost", "calm"}                                                                 },
      {"date",                    "sites.opens",             {"shifted lognormal", "first day"}                                                                     },
      {"name of the user's",      "sites.alpha",             {"'alpha' is a name that a file gives.", "sites.NAME"}                                                 },
      {"common key",              "sites.alpha.count",       {"sites.NAME.count", "copies"}                                                                         },
      {"top",                     "programme",               {"Name of the programme."}                                                                             },
      {"output",                  "site.capacity_mw",        {"site.NAME.capacity_mw", "level: the state", "Power of what stands there."}                           },
      {"output of one",           "site.alpha.capacity_mw",  {"site.NAME.capacity_mw"}                                                                              },
      {"output of the programme", "programme.spent_usd",     {"programme.spent_usd", "cumulative"}                                                                  },
      {"outputs",                 "metrics",                 {"programme.*", "site.NAME.*", "MW, level"}                                                            },
      {"distributions",           "distributions",           {"300 to 450 MW", "weibull", "mixture", "base rate"}                                                   },
      {"row of the catalogue",    "racks.GB200-NVL72",       {"gpus   72", "source:", "as of 2024"}                                                                 },
      {"value of a row",          "racks.GB200-NVL72.price", {"racks.NAME.price", "In the catalogue", "source:"}                                                    },
      {"rows of a class",         "racks",                   {"In the catalogue", "H100-HGX", "GB200-NVL72"}                                                        },
      {"a key somewhere",         "limit",                   {"sites.NAME.lines.NAME.limit", "Greatest import."}                                                    },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    text_buffer b;
    sg_err      err = explain(cases[i].path, 0, &b);
    ck_assert_msg(err == SG_OK, "%s: %s", cases[i].what, b.at);
    for (size_t k = 0; k < 4 && cases[i].has[k]; k++)
      ck_assert_msg(strstr(b.at, cases[i].has[k]) != NULL, "%s lacks '%s':\n%s", cases[i].what, cases[i].has[k], b.at);
    text_buffer_free(&b);
  }
}
END_TEST

START_TEST(suggestions) {
  static const struct {
    const char *path, *says;
  } cases[] = {
      {"stes",                         "Did you mean sites?"                       },
      {"sites.alpha.powr",             "Did you mean sites.alpha.power?"           },
      {"sites.alpha.lnies.main.limit", "Did you mean sites.alpha.lines.main.limit?"},
      {"sites.lines.limt",             "Did you mean sites.lines.limit?"           },
      {"site.capcity_mw",              "Did you mean site.capacity_mw?"            },
      {"programme.spend_usd",          "Did you mean programme.spent_usd?"         },
      {"racks.GB20-NVL72",             "Did you mean racks.GB200-NVL72?"           },
      {"racks.zzz",                    "lists its rows"                            },
      {"metric",                       "Did you mean metrics?"                     },
      {"qqqqqqqqqq",                   "`stargate explain` alone"                  },
      {"sites.power.qqqqqq",           "has no keys of its own"                    },
      {"copy",                         "`stargate explain` alone"                  },
      {"base_rates.qqqqqqqq",          "`stargate explain base_rates`"             },
      {"a..b",                         "That is no path"                           },
      {".",                            "That is no path"                           },
      {"\"a",                          "That is no path"                           },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    text_buffer b;
    sg_err      err = explain(cases[i].path, 0, &b);
    ck_assert_msg(err == SG_ERR_NAME, "%s: %s", cases[i].path, b.at);
    ck_assert_msg(strstr(b.at, cases[i].says) != NULL, "%s: %s", cases[i].path, b.at);
    text_buffer_free(&b);
  }
}
END_TEST

// Every page of every class: no line is wider than asked for, unless it is one word; colour only where it was asked for.
START_TEST(lines_fit) {
  static const char *const paths[] = {"",        "sites",         "sites.lines",       "sites.power",
                                      "metrics", "distributions", "racks.GB200-NVL72", "base_rates"};
  for (int width = 60; width <= 80; width += 20)
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
      text_buffer b = {0};
      ck_assert_int_eq(programme_explain(classes, metrics, 2, paths[i], width, 0, &b), SG_OK);
      ck_assert_ptr_null(strchr(b.at, '\033'));
      for (const char *at = b.at; *at; at += strcspn(at, "\n") + 1) {
        size_t      n = strcspn(at, "\n"), blank = strspn(at, " ");
        const char *word = memchr(at + blank, ' ', n - blank);
        ck_assert_msg(n <= (size_t)width || !word || (size_t)(word - at) > (size_t)width / 2, "%s: %.*s", paths[i],
                      (int)n, at);
        ck_assert_msg(n == 0 || at[n - 1] != ' ', "%s: blank at the end: %.*s", paths[i], (int)n, at);
        ck_assert(at[n] == '\n');
      }
      ck_assert_msg(strstr(b.at, "\n\n\n") == NULL, "%s", paths[i]);
      text_buffer_free(&b);
    }
  text_buffer b;
  ck_assert_int_eq(explain("sites", 1, &b), SG_OK);
  ck_assert_ptr_nonnull(strstr(b.at, "\033[1m"));
  text_buffer_free(&b);
}
END_TEST

START_TEST(long_paths_are_refused) {
  char path[4096];
  memset(path, 'a', sizeof path);
  path[sizeof path - 1] = '\0';
  text_buffer b;
  ck_assert_int_eq(explain(path, 0, &b), SG_ERR_NAME);
  text_buffer_free(&b);
  for (size_t i = 1; i < sizeof path - 1; i += 2) path[i] = '.';
  ck_assert_int_eq(explain(path, 0, &b), SG_ERR_NAME);
  text_buffer_free(&b);
  path[100] = 'a', path[101] = '\0';  // 51 parts
  ck_assert_int_eq(explain(path, 0, &b), SG_ERR_NAME);
  text_buffer_free(&b);
}
END_TEST

TEST_LIST("explain", pages, suggestions, lines_fit, long_paths_are_refused)
