// Options: the commands of the program and what each takes, in two tables; parsing, help and suggestions follow from
// them.
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "../../include/stargate.h"
#include "../base/text.h"

typedef enum cli_command {
  CLI_RUN,
  CLI_CAPITAL,
  CLI_POWER,
  CLI_TRAIN,
  CLI_CLUSTER,
  CLI_CHECK,
  CLI_EXPLAIN,
  CLI_SCHEMA,
  CLI_VALIDATE,
  CLI_SERVE,
  CLI_HELP,
  CLI_VERSION,
  CLI_COMMANDS
} cli_command;

typedef struct cli_options {
  cli_command command;
  const char *file;  // FILE of run, capital, power, check and serve, file of train, TRACE of cluster, PATH of explain, what to validate, command to help
                     // with; NULL: none
  uint64_t    seed;
  uint32_t    scenarios;
  int         threads;  // 0: as many as there are processors
  bool        one;      // --scenario
  uint32_t    scenario;
  int         without;  // 1: with counterfactuals
  const char *json;     // path, "-" for stdout; NULL: none
  const char *html;     // path; NULL: none
  const char *journal;  // path; NULL: none
  const char *xlsx;     // path; NULL: none
  const char *campus;   // of power; NULL: the largest
  const char *hourly;   // of power: path; NULL: none
  int         year, price_year;  // of power; 0: as sg_power_opts
  bool        drawn;             // of power: prices are, with seed
  int         it_mw;             // of power; 0: as the plan
  bool        optimise;          // of power
  const char *cases;    // folder
  const char *list;     // of train: "models", "accelerators", "fabrics"; NULL: none
  const char *emit;     // of train: a framework; NULL: none
  int         top;      // of train: plans shown
  bool        goodput;  // of cluster
  const char *starts;   // of cluster: path; NULL: none
  const char *caps;     // of cluster: path; NULL: none
  bool        generate; // of cluster: a trace is drawn
  const char *folder;   // of cluster: where --emit writes; NULL: nothing is emitted
  unsigned    port;     // of serve; 0: any
  const char *host, *token, *out;  // of serve: IPv4 address, secret, folder; NULL: none
  sg_set     *set;      // (n_set), owned: --set, and what train and cluster are told; each path with its value behind it is one block
  size_t      n_set;
} cli_options;

// What is wrong with a command line.
typedef struct cli_mistake {
  char        message[300], hint[200];  // hint may be empty
  cli_command command;                  // whose help to point to; CLI_HELP: the general one
} cli_mistake;

// Reads a command line; argv[0] is the program. Strings in *out point into argv. False: *mistake says why.
// cli_options_free in either case.
bool cli_options_parse(int argc, char *const *argv, cli_options *out, cli_mistake *mistake);
void cli_options_free(cli_options *options);

// Help on one command, or (CLI_HELP) on all; 80 columns.
void cli_help(cli_command command, text_buffer *out);

// Whether MODEL of train is the path of a file (it has a slash or ends in .yaml or .yml, perhaps with ":NAME" behind it)
// and how long that path is; 0: it is a name of the catalogue.
size_t cli_model_path(const char *word);

const char *cli_command_word(cli_command command);  // "run"

// For which program a journal is to be written, by the ending of its path. False: the ending tells of none.
bool cli_journal_syntax(const char *path, sg_journal_syntax *out);

#endif
