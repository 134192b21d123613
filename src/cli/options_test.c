// Tests of the command line: a row for each form, right and wrong.
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/test.h"

enum { WORDS = 10 };

static bool parse(const char *const words[WORDS], cli_options *o, cli_mistake *m) {
  char *argv[WORDS + 2] = {(char *)(uintptr_t) "stargate"};
  int   argc = 1;
  for (int i = 0; i < WORDS && words[i]; i++) argv[argc++] = (char *)(uintptr_t)words[i];
  memset(m, 0, sizeof *m);
  return cli_options_parse(argc, argv, o, m);
}

START_TEST(reads) {
  static const struct {
    const char *what, *words[WORDS];
    cli_command command;
    const char *file;
    uint64_t    seed;
    uint32_t    scenarios;
    int         threads, without;
    const char *json;
  } rows[] = {
      {"defaults",                  {"run", "a.yaml"},                              CLI_RUN,      "a.yaml",   1,          10000,   0, 1, NULL },
      {"stdin",                     {"run", "-"},                                   CLI_RUN,      "-",        1,          10000,   0, 1, NULL },
      {"options after",             {"run", "a", "--seed", "7", "--threads", "3"},  CLI_RUN,      "a",        7,          10000,   3, 1, NULL },
      {"options before",            {"run", "--scenarios", "12", "a"},              CLI_RUN,      "a",        1,          12,      0, 1, NULL },
      {"equals sign",               {"run", "--scenarios=12", "--json=out", "a"},   CLI_RUN,      "a",        1,          12,      0, 1, "out"},
      {"thousands",                 {"run", "a", "--scenarios", "1,000,000"},       CLI_RUN,      "a",        1,          1000000, 0, 1, NULL },
      {"underscores",               {"run", "a", "--scenarios", "1_000"},           CLI_RUN,      "a",        1,          1000,    0, 1, NULL },
      {"largest seed",              {"run", "a", "--seed", "18446744073709551615"}, CLI_RUN,      "a",        UINT64_MAX, 10000,   0, 1, NULL },
      {"json to stdout",            {"run", "a", "--json", "-"},                    CLI_RUN,      "a",        1,          10000,   0, 1, "-"  },
      {"no counterfactuals",        {"run", "a", "--no-without"},                   CLI_RUN,      "a",        1,          10000,   0, 0, NULL },
      {"end of options",            {"run", "--", "--seed"},                        CLI_RUN,      "--seed",   1,          10000,   0, 1, NULL },
      {"power",                     {"power", "a", "b", "--optimise", "--it=70"},   CLI_POWER,    "a",        1,          10000,   0, 1, NULL },
      {"power with a seed",         {"power", "a", "--prices=drawn", "--seed=7"},   CLI_POWER,    "a",        7,          10000,   0, 1, NULL },
      {"check json takes no value", {"check", "--json", "a"},                       CLI_CHECK,    "a",        1,          10000,   0, 1, "-"  },
      {"capital",                   {"capital", "a", "--seed=5", "--json=-"},       CLI_CAPITAL,  "a",        5,          10000,   0, 1, "-"  },
      {"explain alone",             {"explain"},                                    CLI_EXPLAIN,  NULL,       1,          10000,   0, 1, NULL },
      {"explain a path",            {"explain", "campuses"},                        CLI_EXPLAIN,  "campuses", 1,          10000,   0, 1, NULL },
      {"schema",                    {"schema"},                                     CLI_SCHEMA,   NULL,       1,          10000,   0, 1, NULL },
      {"validate",                  {"validate", "build", "--seed", "2"},           CLI_VALIDATE, "build",    2,          10000,   0, 1, NULL },
      {"train a name",              {"train", "gpt-3", "--on", "A100", "--gpus=8"}, CLI_TRAIN,    NULL,       1,          10000,   0, 1, NULL },
      {"train a file",              {"train", "a/mine", "--json", "-"},             CLI_TRAIN,    "a/mine",   1,          10000,   0, 1, "-"  },
      {"train lists",               {"train", "--list", "models"},                  CLI_TRAIN,    NULL,       1,          10000,   0, 1, NULL },
      {"help",                      {"help"},                                       CLI_HELP,     NULL,       1,          10000,   0, 1, NULL },
      {"help on",                   {"help", "run"},                                CLI_HELP,     "run",      1,          10000,   0, 1, NULL },
      {"--help",                    {"--help"},                                     CLI_HELP,     NULL,       1,          10000,   0, 1, NULL },
      {"-h",                        {"-h"},                                         CLI_HELP,     NULL,       1,          10000,   0, 1, NULL },
      {"run --help",                {"run", "--help"},                              CLI_HELP,     "run",      1,          10000,   0, 1, NULL },
      {"check -h",                  {"check", "x", "-h"},                           CLI_HELP,     "check",    1,          10000,   0, 1, NULL },
      {"--version",                 {"--version"},                                  CLI_VERSION,  NULL,       1,          10000,   0, 1, NULL },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    cli_options o;
    cli_mistake m;
    ck_assert_msg(parse(rows[i].words, &o, &m), "%s: %s", rows[i].what, m.message);
    ck_assert_msg(o.command == rows[i].command, "%s: command %d", rows[i].what, o.command);
    ck_assert_msg((!o.file && !rows[i].file) || (o.file && rows[i].file && !strcmp(o.file, rows[i].file)), "%s: file",
                  rows[i].what);
    ck_assert_msg((!o.json && !rows[i].json) || (o.json && rows[i].json && !strcmp(o.json, rows[i].json)), "%s: json",
                  rows[i].what);
    ck_assert_msg(o.seed == rows[i].seed && o.scenarios == rows[i].scenarios && o.threads == rows[i].threads &&
                      o.without == rows[i].without,
                  "%s: numbers", rows[i].what);
    cli_options_free(&o);
  }
}
END_TEST

START_TEST(sets_and_scenario) {
  cli_options o;
  cli_mistake m;
  const char *words[WORDS] = {"run", "a", "--set", "x.y=1 = 2", "--set=\"a=b\".c=", "--scenario", "0"};
  ck_assert_msg(parse(words, &o, &m), "%s", m.message);
  ck_assert_uint_eq(o.n_set, 2);
  ck_assert_str_eq(o.set[0].path, "x.y");
  ck_assert_str_eq(o.set[0].value, "1 = 2");
  ck_assert_str_eq(o.set[1].path, "\"a=b\".c");
  ck_assert_str_eq(o.set[1].value, "");
  ck_assert(o.one);
  ck_assert_uint_eq(o.scenario, 0);
  cli_options_free(&o);
}
END_TEST

START_TEST(mistakes) {
  static const struct {
    const char *words[WORDS], *says, *hint;
    cli_command of;
  } rows[] = {
      {{NULL},                                         "a command is missing",                     "",                                                                                 CLI_HELP   },
      {{"rnu"},                                        "unknown command 'rnu'",                    "did you mean 'run'?",                                                              CLI_HELP   },
      {{"simulate"},                                   "unknown command 'simulate'",               "",                                                                                 CLI_HELP   },
      {{"plan.yaml"},                                  "unknown command 'plan.yaml'",              "did you mean 'stargate run plan.yaml'?",                                           CLI_HELP   },
      {{"--versoin"},                                  "unknown option '--versoin'",               "did you mean '--version'?",                                                        CLI_HELP   },
      {{"help", "chekc"},                              "unknown command 'chekc'",                  "did you mean 'check'?",                                                            CLI_HELP   },
      {{"run"},                                        "'run' needs a programme file",             "a path, or - for standard input",                                                  CLI_RUN    },
      {{"check"},                                      "'check' needs a programme file",           "a path, or - for standard input",                                                  CLI_CHECK  },
      {{"capital"},                                    "'capital' needs a programme file",         "a path, or - for standard input",                                                  CLI_CAPITAL},
      {{"capital", "a", "--jurnal=b"},                 "'capital' has no option '--jurnal'",       "did you mean --journal?",                                                          CLI_CAPITAL},
      {{"capital", "a", "--journal="},                 "--journal takes a name that is not empty", "",                                                                                 CLI_CAPITAL},
      {{"capital", "a", "--xlsx", "b.xls"},
       "'b.xls' does not end in .xlsx",                                                            "Excel and LibreOffice go by the ending",
       CLI_CAPITAL                                                                                                                                                                                },
      {{"run", "a", "--journal=b.journal"},
       "'run' has no option '--journal'",                                                          "it is an option of 'stargate capital'",
       CLI_RUN                                                                                                                                                                                    },
      {{"capital", "a", "--journal", "b.txt"},
       "no program is known by the ending of 'b.txt'",                                             "end it in .journal, .ledger or .hledger for hledger, in .beancount for beancount",
       CLI_CAPITAL                                                                                                                                                                                },
      {{"run", "a", "b"},                              "'run' takes one FILE, so what is 'b'?",    "",                                                                                 CLI_RUN    },
      {{"schema", "a"},                                "'schema' takes no 'a'",                    "",                                                                                 CLI_SCHEMA },
      {{"run", "a", "--sceanrios", "3"},               "'run' has no option '--sceanrios'",        "did you mean --scenarios?",                                                        CLI_RUN    },
      {{"run", "a", "--wokers=3"},                     "'run' has no option '--wokers'",           "",                                                                                 CLI_RUN    },
      {{"check", "a", "--seed", "3"},                  "'check' has no option '--seed'",           "it is an option of 'stargate run'",                                                CLI_CHECK  },
      {{"run", "a", "-x"},                             "'run' has no option '-x'",                 "",                                                                                 CLI_RUN    },
      {{"run", "a", "--seed"},                         "--seed needs a value",                     "write --seed S",                                                                   CLI_RUN    },
      {{"run", "a", "--no-without=1"},                 "--no-without takes no value",              "",                                                                                 CLI_RUN    },
      {{"run", "a", "--json="},                        "--json takes a name that is not empty",    "",                                                                                 CLI_RUN    },
      {{"run", "a", "--scenarios", "0"},               "--scenarios cannot be '0'",                "a whole number from 1 to 10,000,000",                                              CLI_RUN    },
      {{"run", "a", "--scenarios", "10000001"},
       "--scenarios cannot be '10000001'",                                                         "a whole number from 1 to 10,000,000",
       CLI_RUN                                                                                                                                                                                    },
      {{"run", "a", "--scenarios", "-5"},              "--scenarios cannot be '-5'",               "a whole number from 1 to 10,000,000",                                              CLI_RUN    },
      {{"run", "a", "--scenarios", "1e4"},
       "--scenarios cannot be '1e4'",                                                              "a whole number from 1 to 10,000,000",
       CLI_RUN                                                                                                                                                                                    },
      {{"run", "a", "--seed", "18446744073709551616"},
       "--seed cannot be '18446744073709551616'",                                                  "a whole number from 0 to 18446744073709551615",
       CLI_RUN                                                                                                                                                                                    },
      {{"run", "a", "--threads", "257"},               "--threads cannot be '257'",                "a whole number from 1 to 256",                                                     CLI_RUN    },
      {{"run", "a", "--threads", ","},                 "--threads cannot be ','",                  "a whole number from 1 to 256",                                                     CLI_RUN    },
      {{"run", "a", "--scenario", "10000000"},
       "--scenario cannot be '10000000'",                                                          "a whole number from 0 to 9,999,999",
       CLI_RUN                                                                                                                                                                                    },
      {{"run", "a", "--set", "x"},                     "--set takes PATH=VALUE, not 'x'",          "for example --set 'horizon=5 years'",                                              CLI_RUN    },
      {{"run", "a", "--set", "=x"},                    "--set takes PATH=VALUE, not '=x'",         "for example --set 'horizon=5 years'",                                              CLI_RUN    },
      {{"train"},
       "'train' needs a model",                                                                    "a name that `stargate train --list models` shows, or a YAML file",
       CLI_TRAIN                                                                                                                                                                                  },
      {{"train", "gpt-3", "--gpus", "8"},
       "--on is missing",                                                                          "`stargate train --list accelerators` shows what there is",
       CLI_TRAIN                                                                                                                                                                                  },
      {{"train", "gpt-3", "--on", "A100"},             "--gpus is missing",                        "how many GPUs, such as --gpus 1024",                                               CLI_TRAIN  },
      {{"train", "gpt-3", "--plan", "tp8"},
       "--plan takes WORD=VALUE, not 'tp8'",                                                       "for example --plan tp=8,pp=16,mbs=1",
       CLI_TRAIN                                                                                                                                                                                  },
      {{"train", "gpt-3", "--plan", "tp=8,=2"},
       "--plan takes WORD=VALUE, not '=2'",                                                        "for example --plan tp=8,pp=16,mbs=1",
       CLI_TRAIN                                                                                                                                                                                  },
      {{"train", "gpt-3", "--plan="},                  "--plan takes a name that is not empty",    "",                                                                                 CLI_TRAIN  },
      {{"train", "gpt-3", "--emit", "megatorn"},       "--emit cannot be 'megatorn'",              "did you mean megatron?",                                                           CLI_TRAIN  },
      {{"train", "gpt-3", "--emit", "jax"},            "--emit cannot be 'jax'",                   "one of megatron, nemo, torchtitan",                                                CLI_TRAIN  },
      {{"train", "--list", "gpus"},                    "--list cannot be 'gpus'",                  "one of models, accelerators, fabrics",                                             CLI_TRAIN  },
      {{"train", "gpt-3", "--list", "models"},         "--list needs no 'gpt-3'",                  "it shows all of the catalogue",                                                    CLI_TRAIN  },
      {{"train", "gpt-3", "--top", "65"},              "--top cannot be '65'",                     "a whole number from 1 to 64",                                                      CLI_TRAIN  },
      {{"train", "gpt-3", "--gpsu", "65"},             "'train' has no option '--gpsu'",           "did you mean --gpus?",                                                             CLI_TRAIN  },
      {{"power", "a", "--it", "70MW"},                 "--it cannot be '70MW'",                    "whole megawatts from 1 to 20,000",                                                 CLI_POWER  },
      {{"power", "a", "--prices", "drwan"},            "--prices cannot be 'drwan'",               "a year from 2020 to 2024, or drawn",                                               CLI_POWER  },
      {{"run", "a", "--optimise"},
       "'run' has no option '--optimise'",                                                         "it is an option of 'stargate power'",
       CLI_RUN                                                                                                                                                                                    },
      {{"validate", "weather"},
       "'weather' cannot be validated by this program",                                              "one of build, capital, training, multisite, power, operations",
       CLI_VALIDATE                                                                                                                                                                               },
      {{"validate", "trainin"},
       "'trainin' cannot be validated by this program",                                            "did you mean 'training'?",
       CLI_VALIDATE                                                                                                                                                                               },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    cli_options o;
    cli_mistake m;
    ck_assert_msg(!parse(rows[i].words, &o, &m), "%s", rows[i].says);
    ck_assert_str_eq(m.message, rows[i].says);
    ck_assert_str_eq(m.hint, rows[i].hint);
    ck_assert_int_eq(m.command, rows[i].of);
    cli_options_free(&o);
  }
}
END_TEST

START_TEST(train_becomes_keys) {
  static const struct {
    const char *word, *path, *value;
  } rows[] = {
      {"--on=A100",              "on",             "A100"         },
      {"--tokens=15T",           "tokens",         "15T tokens"   },
      {"--tokens=15 Ttok",       "tokens",         "15 Ttok"      },
      {"--rent=2.5",             "rent",           "2.5 USD/GPU-h"},
      {"--rent=2 USD/GPU-h",     "rent",           "2 USD/GPU-h"  },
      {"--plan=recompute=full,", "plan.recompute", "full"         },
      {"--across=3x1000km",      "across",         "3x1000km"     },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    cli_options o;
    cli_mistake m;
    const char *words[WORDS] = {"train", "a.yaml", rows[i].word};
    ck_assert_msg(parse(words, &o, &m), "%s: %s", rows[i].word, m.message);
    ck_assert_uint_eq(o.n_set, 1);
    ck_assert_str_eq(o.set[0].path, rows[i].path);
    ck_assert_str_eq(o.set[0].value, rows[i].value);
    cli_options_free(&o);
  }
  cli_options o;
  cli_mistake m;
  const char *words[WORDS] = {"train", "gpt-3",  "--on",           "A100",  "--gpus",
                              "64",    "--plan", "tp=8,pp=2,dp=4", "--top", "3"};
  ck_assert_msg(parse(words, &o, &m), "%s", m.message);
  ck_assert_uint_eq(o.n_set, 6);
  ck_assert_str_eq(o.set[3].path, "plan.pp");
  ck_assert_str_eq(o.set[3].value, "2");
  ck_assert_str_eq(o.set[5].path, "model");
  ck_assert_str_eq(o.set[5].value, "gpt-3");
  ck_assert_int_eq(o.top, 3);
  cli_options_free(&o);
}
END_TEST

START_TEST(model_or_file) {
  static const struct {
    const char *word;
    size_t      path;
  } rows[] = {
      {"gpt-3",           0 },
      {"llama-3.1-405b",  0 },
      {"mine.yaml",       9 },
      {"mine.yml",        8 },
      {"mine.yaml:big",   9 },
      {"a:b/mine.yaml",   13},
      {"a:b/mine.yaml:c", 13},
      {"a/mine",          6 },
      {"-",               1 },
      {"yaml",            0 },
      {".yml",            4 },
      {"",                0 },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    ck_assert_msg(cli_model_path(rows[i].word) == rows[i].path, "%s: %zu", rows[i].word, cli_model_path(rows[i].word));
}
END_TEST

START_TEST(journal_by_ending) {
  static const struct {
    const char       *path;
    bool              known;
    sg_journal_syntax syntax;
  } rows[] = {
      {"a.journal",     true,  SG_JOURNAL_HLEDGER  },
      {"b/a.ledger",    true,  SG_JOURNAL_HLEDGER  },
      {"a.hledger",     true,  SG_JOURNAL_HLEDGER  },
      {"a.beancount",   true,  SG_JOURNAL_BEANCOUNT},
      {"a.beancount.x", false, SG_JOURNAL_HLEDGER  },
      {"journal",       false, SG_JOURNAL_HLEDGER  },
      {"-",             false, SG_JOURNAL_HLEDGER  },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    sg_journal_syntax syntax;
    ck_assert_msg(cli_journal_syntax(rows[i].path, &syntax) == rows[i].known, "%s", rows[i].path);
    ck_assert_int_eq(syntax, rows[i].syntax);
  }
  cli_options o;
  cli_mistake m;
  const char *words[WORDS] = {"capital", "a", "--scenario", "12", "--journal", "a.ledger"};
  ck_assert(parse(words, &o, &m));
  ck_assert(o.one);
  ck_assert_uint_eq(o.scenario, 12);
  ck_assert_str_eq(o.journal, "a.ledger");
  cli_options_free(&o);
}
END_TEST

// Long words from outside must not run over the messages.
START_TEST(long_words) {
  static char word[5000];
  memset(word, 'x', sizeof word - 1);
  const char *rows[][WORDS] = {
      {word  },
      {     "run",   "a", word},
      { "help", word},
      {"run",  "a", "--set", word},
      {  "run",  "a", "--seed", word},
      {      "schema",  word}
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    cli_options o;
    cli_mistake m;
    ck_assert(!parse(rows[i], &o, &m));
    ck_assert_uint_gt(strlen(m.message), 20);
    cli_options_free(&o);
  }
}
END_TEST

START_TEST(help_fits) {
  for (int k = 0; k < CLI_COMMANDS; k++) {
    text_buffer b = {0};
    cli_help((cli_command)k, &b);
    ck_assert_msg(strstr(b.at, "\nexamples:\n  stargate ") != NULL, "%s", cli_command_word((cli_command)k));
    for (const char *at = b.at; *at; at += strcspn(at, "\n") + 1) {
      size_t n = strcspn(at, "\n");
      ck_assert_msg(n <= 80, "%s: %.*s", cli_command_word((cli_command)k), (int)n, at);
      ck_assert_msg(at[n] == '\n', "the last line has no end");
    }
    text_buffer_free(&b);
  }
}
END_TEST

START_TEST(cluster_becomes_keys) {
  static const struct {
    const char *what, *words[WORDS], *file, *path[3], *value[3];
    bool        generate;
  } rows[] = {
      {"failures alone",      {"cluster", "t", "--failures"},                     "t",  {"failures"},               {"1"},          false},
      {"before a trace",      {"cluster", "--failures", "t"},                     "t",  {"failures"},               {"1"},          false},
      {"before an option",    {"cluster", "--failures", "--nodes", "8x8", "t"},   "t",  {"failures", "nodes"},      {"1", "8x8"},   false},
      {"with a number",       {"cluster", "--failures", "2.5", "t"},              "t",  {"failures"},               {"2.5"},        false},
      {"with an equals sign", {"cluster", "t", "--failures=many"},                "t",  {"failures"},               {"many"},       false},
      {"parts repeat",        {"cluster", "t", "--partition", "a=1", "--partition=b=2@1-3"}, "t", {"partition", "partition"}, {"a=1", "b=2@1-3"}, false},
      {"no trace to draw",    {"cluster", "--generate", "30", "--gpus", "8"},     NULL, {"generate", "gpus"},       {"30", "8"},    true },
      {"a trace to draw",     {"cluster", "t", "--generate=30"},                  "t",  {"generate"},               {"30"},         true },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    cli_options o;
    cli_mistake m;
    size_t      n = 0;
    ck_assert_msg(parse(rows[i].words, &o, &m), "%s: %s", rows[i].what, m.message);
    ck_assert_msg((!o.file && !rows[i].file) || (o.file && rows[i].file && !strcmp(o.file, rows[i].file)), "%s: file",
                  rows[i].what);
    ck_assert_int_eq(o.generate, rows[i].generate);
    for (; n < 3 && rows[i].path[n]; n++) {
      ck_assert_uint_gt(o.n_set, n);
      ck_assert_str_eq(o.set[n].path, rows[i].path[n]);
      ck_assert_str_eq(o.set[n].value, rows[i].value[n]);
    }
    ck_assert_uint_eq(o.n_set, n);
    cli_options_free(&o);
  }
}
END_TEST

TEST_LIST("options", reads, sets_and_scenario, mistakes, cluster_becomes_keys, train_becomes_keys, model_or_file, journal_by_ending,
          long_words, help_fits)
