#define _POSIX_C_SOURCE 200809L  // inet_pton
#include "options.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../server/server.h"
#include "../twin/train.h"
#include "cases.h"

#define ONLY(command) (1u << (command))
#define ALL_COMMANDS  (~0u)

enum { EXAMPLES_MAX = 8 };

// ---- The two tables -------------------------------------------------------------------------------------

typedef struct command_row {
  const char *word, *argument;  // argument: "FILE", "[PATH]", NULL for none
  const char *summary;          // in the list of commands
  const char *text;             // paragraphs, lines as they are
  const char *example[EXAMPLES_MAX];
} command_row;

// clang-format off
static const command_row commands[CLI_COMMANDS] = {
  [CLI_RUN] = { "run", "FILE", "simulate a programme and print what came out",
    "Reads a programme, simulates many scenarios of it month by month, and prints the\n"
    "odds of each promise, money, power, compute, training, who wins and who loses,\n"
    "and what breaks first. The same seed gives the same answer for any number of\n"
    "threads. Ctrl-C stops a run; what was done until then is printed and marked.\n",
    { "stargate run programmes/stargate-2025.yaml",
      "stargate run plan.yaml --scenarios 1000 --seed 7 --json result.json",
      "stargate run plan.yaml --html report.html    charts, in one file",
      "stargate run plan.yaml --set 'campuses.abilene.grid.main.limit=800 MW'",
      "stargate run plan.yaml --scenario 4711      why one scenario went as it did" } },
  [CLI_CAPITAL] = { "capital", "FILE", "the books of one scenario: statements, loans, returns",
    "Simulates one scenario and prints what lenders and sponsors ask for:\n"
    "  statements   income, cash flow and balance sheet of each party, by year\n"
    "  contracts    leases and compute: price, term, what was billed\n"
    "  loans        limits at close, terms, effective rate, covenants; by year\n"
    "  cover        DSCR, LLCR and interest cover, least and average; reserves\n"
    "  principal    what falls due by year: instalments, balloons, what is left\n"
    "  re-letting   rent and debt beyond customers' contracts, break-even rent\n"
    "  projects     each campus as a company of its own\n"
    "  levelised    cost of a GPU-hour, of a MWh of IT load, of a million tokens\n"
    "  sources and uses until all is commissioned, and returns of every party\n"
    "Without --scenario it is the base case: every uncertain input at its median, no\n"
    "shocks, markets at their level, money and supplies scarce as the file states.\n\n"
    "--journal writes the same books as double-entry accounting in plain text, in the\n"
    "language that the ending of PATH names: .journal, .ledger or .hledger for\n"
    "hledger, .beancount for beancount. Both check the balances while they read.\n"
    "--xlsx writes every campus that has loans as a project in an Excel workbook of\n"
    "live formulas.\n",
    { "stargate capital programmes/one-campus.yaml",
      "stargate capital plan.yaml --scenario 7 --json books.json",
      "stargate capital plan.yaml --journal plan.journal",
      "hledger -f plan.journal balancesheet --yearly    what hledger makes of it" } },
  [CLI_POWER] = { "power", "FILE [CAMPUS]", "a campus's year by hour: load, cooling, sources, bill",
    "Runs the campus through a year by hour, as far as it is built by plan: load of\n"
    "its racks while they train, PUE and water by the weather of its place, grid and\n"
    "units of its own in order of cost within their limits, the bill of its tariff,\n"
    "carbon, and the worst hours by heat, cost and shortage. Without CAMPUS: the one\n"
    "with the most IT. Nothing is drawn at random but, with --prices drawn, the hours\n"
    "of the market. --optimise asks what the same load would have cost at the least,\n"
    "with sizes chosen anew by one who knew the year; it takes seconds. Exit status\n"
    "2: no size can serve some hour.\n",
    { "stargate power programmes/stargate-2025.yaml abilene",
      "stargate power plan.yaml --year 2027 --hourly hours.csv",
      "stargate power plan.yaml --optimise --set campuses.west.permit=100MW",
      "stargate power plan.yaml --prices 2021 --json -" } },
  [CLI_TRAIN] = { "train", "MODEL", "the best way to train a model: plan, time, memory, cost",
    "Finds the fastest ways to spread the training of MODEL over N GPUs, or with\n"
    "--plan computes that one: time of a step by part, MFU, tokens per second, memory\n"
    "of the fullest GPU, exposed communication, energy; and of the whole run its\n"
    "duration, cost and expected loss. Exit status 2: no such plan, or none fits.\n"
    "MODEL is a name of the catalogue or a YAML file with `models:` and, if you like,\n"
    "`accelerators:` and `fabrics:`; of several models FILE:NAME takes one.\n",
    { "stargate train llama-3-405b --on H100 --gpus 16384",
      "stargate train gpt-3 --on A100 --gpus 1024 --batch 1536 --seq 2048 \\\n    --plan tp=8,pp=8,mbs=1,recompute=selective",
      "stargate train llama-3-70b --on H100 --gpus 1024 --emit megatron",
      "stargate train mine.yaml --on GB200 --gpus 4608 --json -",
      "stargate train --list accelerators" } },
  [CLI_CLUSTER] = { "cluster", "[TRACE]", "run a cluster's jobs, or see what one long run can expect",
    "Schedules the jobs of TRACE on a machine, exactly, and prints who waited and how\n"
    "long, which jobs were rejected and why, where the GPU-hours went, and use over\n"
    "time. TRACE is CSV (submit_s, duration_s, gpus), a Standard Workload Format log,\n"
    "or what `sacct --parsable2` prints of your own cluster; packed with gzip or not;\n"
    "- is standard input.\n\n"
    "Policies, words joined by '-' in any order: fcfs, easy, easy-sjbf, conservative;\n"
    "batch or pyss-ties (ties); priority, preempt; firstfit, bestfit or rackfit\n"
    "(which nodes). docs/operations.md tells more.\n\n"
    "--failures lets nodes, switches, racks, cooling loops, power feeds and the site\n"
    "fail meanwhile: jobs stop, go back to their last checkpoint and wait again.\n"
    "--caps limits power by hour. --generate needs no trace, or one to draw from: it\n"
    "prints a trace for a cluster of any size.\n\n"
    "--goodput needs no trace: it prints which share of its time one run on N GPUs\n"
    "trains, by the exact form and by simulation, how often it is interrupted, the\n"
    "best interval between checkpoints, and the spares that are enough in 99 % of\n"
    "the time.\n",
    { "stargate cluster data/traces/kth-sp2-1996.csv.gz --policy easy --capacity 100",
      "stargate cluster jobs.swf --policy easy-rackfit --racks 8x18x4 --starts s.csv",
      "sacct -a --parsable2 -o ALL | stargate cluster - --nodes 64x8 --json -",
      "stargate cluster --goodput --gpus 16384",
      "stargate cluster jobs.csv --policy easy --racks 64x4x8 --failures 2 --seed 7",
      "stargate cluster jobs.csv --capacity 512 --caps hours.csv --response announced",
      "stargate cluster jobs.csv --generate 30 --gpus 100000 > month.csv",
      "stargate cluster --racks 8x18x4 --emit slurm /etc/slurm/planned" } },
  [CLI_CHECK] = { "check", "FILE", "what a programme contradicts in itself, or misses by plan",
    "Reads a programme without simulating it, and says what is wrong in the file,\n"
    "what it contradicts in itself, which promises even its plan misses, and every\n"
    "value that has no source. Exit status 1: there are contradictions.\n",
    { "stargate check programmes/stargate-2025.yaml",
      "stargate check plan.yaml --json | jq .",
      "stargate check - < plan.yaml" } },
  [CLI_EXPLAIN] = { "explain", "[PATH]", "what an input, an output or a row of the catalogue means",
    "Without PATH: all that a programme file may hold.\n",
    { "stargate explain campuses.grid.limit    one key: unit, range, default, source",
      "stargate explain campuses               all keys of a campus",
      "stargate explain racks.GB200-NVL72      a row of the catalogue",
      "stargate explain metrics                what promises may be held against",
      "stargate explain distributions          how uncertain values are written" } },
  [CLI_SCHEMA] = { "schema", NULL, "JSON Schema of a programme file, for editors",
    "Prints a JSON Schema (draft-07). An editor that knows it completes keys and\n"
    "marks mistakes while one types; for the YAML language server, put this on the\n"
    "first line of a programme:\n\n"
    "  # yaml-language-server: $schema=stargate.schema.json\n",
    { "stargate schema > stargate.schema.json" } },
  [CLI_VALIDATE] = { "validate", "[WHAT]", "hold a model against what was built or computed",
    "build: forecasts the build-out of sites of which only the row in sites.csv is\n"
    "known, and scores it against observations.csv where that is there.\n"
    "capital: computes the project-finance cases of inputs.csv and flip_inputs.csv,\n"
    "and holds every figure against results.csv and annual.csv where those are there.\n"
    "training: computes the measured training runs of published.csv and vtrain_*.csv,\n"
    "and what another model predicts (calculon.csv with systems/*.json).\n"
    "multisite: computes the published runs and bandwidth tables of training across\n"
    "campuses.\n"
    "operations: schedules every trace as each *.starts.csv.gz says, and holds every\n"
    "start against it; and published reliability, goodput and spares. Traces stand in\n"
    "the folder, in ../../traces or in ../../data/job-traces.\n"
    "Exit status 1: the score misses its bar, or a figure its tolerance.\n",
    { "stargate validate build --cases data/validation/build",
      "stargate validate build --cases DIR --json scores.json",
      "stargate validate capital --cases data/validation/finance",
      "stargate validate training --cases DIR --json -",
      "stargate validate operations" } },
  [CLI_SERVE] = { "serve", "[FILE]", "a page on this machine: change inputs, see the odds move",
    "Serves a page that runs FILE, and runs it again whenever an input is changed.\n"
    "The first line it prints is the address to open in a browser. Only this machine\n"
    "can reach it, unless --host says otherwise; nothing is written but in the folder\n"
    "of --out. Ctrl-C ends it.\n",
    { "stargate serve programmes/stargate-2025.yaml",
      "stargate serve plan.yaml --port 8080 --out saved",
      "stargate serve plan.yaml --host 192.0.2.7 --token $(openssl rand -hex 16)" } },
  [CLI_HELP] = { "help", "[COMMAND]", "this list, or more about one command", "", { "stargate help run" } },
  [CLI_VERSION] = { "--version", NULL, "the version of the program", "", { "stargate --version" } },
};

typedef enum option_id { OPT_SCENARIOS, OPT_SEED, OPT_THREADS, OPT_SET, OPT_SCENARIO, OPT_JSON, OPT_HTML, OPT_JOURNAL, OPT_XLSX, OPT_JSON_FLAG, OPT_NO_WITHOUT, OPT_CASES, OPT_LIST, OPT_EMIT, OPT_EMIT_SLURM, OPT_STARTS, OPT_CAPS, OPT_GENERATE, OPT_GOODPUT, OPT_TOP, OPT_YEAR, OPT_PRICES, OPT_HOURLY, OPT_OPTIMISE, OPT_IT,
               OPT_PLAN, OPT_INPUT, OPT_PORT, OPT_HOST, OPT_TOKEN, OPT_OUT, OPT_HELP } option_id;

typedef struct option_row {
  const char *name, *argument;  // argument NULL: takes none
  unsigned    commands;
  option_id   id;
  const char *help;             // lines of at most 54 columns
} option_row;

static const option_row options[] = {
  { "--scenarios", "N", ONLY(CLI_RUN), OPT_SCENARIOS, "how many to simulate, 1 to 10,000,000 [10,000]" },
  { "--seed", "S", ONLY(CLI_RUN) | ONLY(CLI_CAPITAL) | ONLY(CLI_POWER) | ONLY(CLI_CLUSTER) | ONLY(CLI_VALIDATE), OPT_SEED, "a whole number; another one draws anew [1]" },
  { "--threads", "T", ONLY(CLI_RUN) | ONLY(CLI_SERVE), OPT_THREADS, "1 to 256 [as many as there are processors]" },
  { "--set", "PATH=VALUE", ONLY(CLI_RUN) | ONLY(CLI_CAPITAL) | ONLY(CLI_POWER) | ONLY(CLI_CHECK), OPT_SET, "overrides an input of the file; may be repeated" },
  { "--scenario", "K", ONLY(CLI_RUN), OPT_SCENARIO, "tells scenario K alone, month by month" },
  { "--scenario", "K", ONLY(CLI_CAPITAL), OPT_SCENARIO, "scenario K, the same as that of 'run' [the base case]" },
  { "--journal", "PATH", ONLY(CLI_CAPITAL), OPT_JOURNAL, "also writes the journal to PATH; its ending says for\nwhich program: .journal, .ledger, .hledger, .beancount" },
  { "--xlsx", "PATH", ONLY(CLI_CAPITAL), OPT_XLSX, "also writes an Excel workbook of all projects, made of\nformulas, to PATH" },
  { "--year", "Y", ONLY(CLI_POWER), OPT_YEAR, "as built by the end of that year [the last simulated]" },
  { "--prices", "Y", ONLY(CLI_POWER), OPT_PRICES, "year whose hours of the market are paid, with the weather\nof these hours, 2020 to 2024; or drawn: by the seed, like\nthose of all five [prices of 2024, typical weather]" },
  { "--it", "MW", ONLY(CLI_POWER), OPT_IT, "IT load in place of what stands by plan" },
  { "--optimise", NULL, ONLY(CLI_POWER), OPT_OPTIMISE, "also sizes of least cost for turbines, engines, battery,\nsun, wind and grid, by linear programme" },
  { "--hourly", "PATH", ONLY(CLI_POWER), OPT_HOURLY, "also writes every hour as CSV to PATH" },
  { "--on", "ACCELERATOR", ONLY(CLI_TRAIN), OPT_INPUT, "what it runs on; --list accelerators shows them" },
  { "--gpus", "N", ONLY(CLI_TRAIN), OPT_INPUT, "how many of them" },
  { "--tokens", "T", ONLY(CLI_TRAIN), OPT_INPUT, "of the whole run, such as 15T [the model's]" },
  { "--batch", "B", ONLY(CLI_TRAIN), OPT_INPUT, "sequences of a step [about 16 million tokens]" },
  { "--seq", "S", ONLY(CLI_TRAIN), OPT_INPUT, "tokens of a sequence [8192]" },
  { "--precision", "P", ONLY(CLI_TRAIN), OPT_INPUT, "of matrix products: fp16, bf16, fp8, mxfp8, nvfp4 [bf16]" },
  { "--fabric", "NAME", ONLY(CLI_TRAIN), OPT_INPUT, "network; --list fabrics shows them [the accelerator's\nusual one]" },
  { "--rent", "USD", ONLY(CLI_TRAIN), OPT_INPUT, "of a GPU-hour [the catalogue's market rent]" },
  { "--rent", "USD", ONLY(CLI_CLUSTER), OPT_INPUT, "with --goodput: of a GPU-hour [the catalogue's, 2.449 for\nhgx and 4.441 for nvl72]" },
  { "--days", "N", ONLY(CLI_CLUSTER), OPT_INPUT, "with --goodput: of the run [90]" },
  { "--replicas", "N", ONLY(CLI_CLUSTER), OPT_INPUT, "with --goodput: copies of the model, lost one by one, to\nhold the gang against [64]" },
  { "--price", "USD", ONLY(CLI_TRAIN), OPT_INPUT, "of a GPU with its share of server and network\n[the catalogue's]" },
  { "--plan", "WORDS", ONLY(CLI_TRAIN), OPT_PLAN, "one plan instead of a search: tp=8,pp=16,...; words below" },
  { "--across", "SITES", ONLY(CLI_TRAIN), OPT_INPUT, "GPUs on several campuses: 3x1000km, or\nNAME:GPUS@KM,... with the distance to the first" },
  { "--top", "N", ONLY(CLI_TRAIN), OPT_TOP, "plans shown, 1 to 64 [10]" },
  { "--emit", "FRAMEWORK", ONLY(CLI_TRAIN), OPT_EMIT, "prints the plan as launch arguments of megatron, nemo or\ntorchtitan, alone" },
  { "--list", "WHAT", ONLY(CLI_TRAIN), OPT_LIST, "models, accelerators or fabrics of the catalogue" },
  { "--policy", "WORDS", ONLY(CLI_CLUSTER), OPT_INPUT, "how jobs are scheduled [fcfs]" },
  { "--capacity", "N", ONLY(CLI_CLUSTER), OPT_INPUT, "one pool of N GPUs, where place plays no part" },
  { "--nodes", "NxG", ONLY(CLI_CLUSTER), OPT_INPUT, "N nodes of G GPUs: 64x8" },
  { "--racks", "RxNxG", ONLY(CLI_CLUSTER), OPT_INPUT, "R racks of N nodes of G GPUs: 8x18x4; or BxRxNxG,\nB blocks of them" },
  { "--starts", "PATH", ONLY(CLI_CLUSTER), OPT_STARTS, "also writes CSV with a line for each job: job_id,\nsubmit_s, start_s, end_s, gpus, stays, how" },
  { "--emit", "slurm DIR", ONLY(CLI_CLUSTER), OPT_EMIT_SLURM, "writes slurm.conf, gres.conf, topology.conf and\ntopology-block.conf of the machine into a folder" },
  { "--partition", "P=GPUS", ONLY(CLI_CLUSTER), OPT_INPUT, "GPUs that jobs of partition P have for themselves; in a\npool also P=GPUS@FROM-TO, hours since the first job is\nsubmitted; may be repeated" },
  { "--maintenance", "WHEN", ONLY(CLI_CLUSTER), OPT_INPUT, "GPUS@FROM-TO out of service by plan, hours as above:\nannounced in a pool, drained on nodes; may be repeated" },
  { "--failures", "[M]", ONLY(CLI_CLUSTER), OPT_INPUT, "M times the failures of Llama 3's fleet hit the nodes\nfrom --seed, or the run of --goodput [1]" },
  { "--spares", "RACKS", ONLY(CLI_CLUSTER), OPT_INPUT, "with --failures: beside the machine, they stand in for\nwhat is out [0]" },
  { "--crews", "N", ONLY(CLI_CLUSTER), OPT_INPUT, "with --failures: repairs under way at once [one to\n12,500 GPUs]" },
  { "--restart", "MINUTES", ONLY(CLI_CLUSTER), OPT_INPUT, "until a stopped job computes again, once its failure is\nnoticed [by size: 9 min and 2.4 s per 1,000 GPUs]" },
  { "--caps", "PATH", ONLY(CLI_CLUSTER), OPT_CAPS, "CSV: hour (or start_s), cap_frac (or cap_mw, full_mw);\nor what `stargate power --hourly` writes" },
  { "--response", "WORD", ONLY(CLI_CLUSTER), OPT_INPUT, "to caps: throttle, stop, or announced (pools: no job\nstarts that would run into one) [throttle]" },
  { "--generate", "DAYS", ONLY(CLI_CLUSTER), OPT_GENERATE, "prints a trace of so many days for --gpus N, drawn like\nTRACE [like Philly's]" },
  { "--load", "FRAC", ONLY(CLI_CLUSTER), OPT_INPUT, "with --generate: work asked for over capacity [0.9]" },
  { "--sizes", "FACTOR", ONLY(CLI_CLUSTER), OPT_INPUT, "with --generate: of the GPUs of each job [1]" },
  { "--mix", "F/R/E/S", ONLY(CLI_CLUSTER), OPT_INPUT, "with --generate: shares of one frontier run, research,\nevaluation and serving, such as 0.7/0.15/0.05/0.1" },
  { "--goodput", NULL, ONLY(CLI_CLUSTER), OPT_GOODPUT, "what one long run can expect, in place of a trace" },
  { "--gpus", "N", ONLY(CLI_CLUSTER), OPT_INPUT, "with --goodput: of the run; with --generate: of the\ncluster" },
  { "--shape", "WORD", ONLY(CLI_CLUSTER), OPT_INPUT, "with --goodput: hgx (servers of 8) or nvl72 [hgx]" },
  { "--checkpoint", "WORD", ONLY(CLI_CLUSTER), OPT_INPUT, "minutes between them, or young, daly, auto [auto with\n--goodput, --failures and --caps, else none]" },
  { "--html", "PATH", ONLY(CLI_RUN), OPT_HTML, "also writes a report to PATH: one file with charts, for\nany browser, without a network" },
  { "--json", "PATH", ONLY(CLI_RUN) | ONLY(CLI_CAPITAL) | ONLY(CLI_POWER) | ONLY(CLI_TRAIN) | ONLY(CLI_CLUSTER) | ONLY(CLI_VALIDATE), OPT_JSON, "also writes JSON to PATH; -: JSON alone, to stdout" },
  { "--json", NULL, ONLY(CLI_CHECK), OPT_JSON_FLAG, "prints JSON instead of text" },
  { "--no-without", NULL, ONLY(CLI_RUN), OPT_NO_WITHOUT, "leaves out the odds with each cause of delay removed,\nwhich takes most of the time" },
  { "--cases", "DIR", ONLY(CLI_VALIDATE), OPT_CASES, "folder with the files to hold the model against\n[the one of its name in data/validation]" },
  { "--port", "P", ONLY(CLI_SERVE), OPT_PORT, "port to listen on; 0: any that is free [7827]" },
  { "--host", "ADDRESS", ONLY(CLI_SERVE), OPT_HOST, "IPv4 address of this machine to listen on; other\nmachines may reach it, so --token must be given\n[127.0.0.1]" },
  { "--token", "SECRET", ONLY(CLI_SERVE), OPT_TOKEN, "asked of every request: 16 to 128 letters, digits, - or _" },
  { "--out", "DIR", ONLY(CLI_SERVE), OPT_OUT, "folder that the page may save to; it must be there\n[none]" },
  { "--help", NULL, ALL_COMMANDS, OPT_HELP, "prints this" },
};
// clang-format on

enum { OPTIONS = sizeof options / sizeof options[0] };

const char *cli_command_word(cli_command command) { return commands[command].word; }

// ---- Mistakes -------------------------------------------------------------------------------------------

static bool mistaken(cli_mistake *m, cli_command command, const char *what, const char *word, const char *hint) {
  m->command = command;
  snprintf(m->message, sizeof m->message, what, word);
  snprintf(m->hint, sizeof m->hint, "%s", hint ? hint : "");
  return false;
}

static bool ends_in(const char *s, const char *suffix) {
  size_t n = strlen(s), k = strlen(suffix);
  return n >= k && !strcmp(s + n - k, suffix);
}

bool cli_journal_syntax(const char *path, sg_journal_syntax *out) {
  static const char *const hledger[] = {".journal", ".ledger", ".hledger"};
  *out = SG_JOURNAL_BEANCOUNT;
  if (ends_in(path, ".beancount")) return true;
  *out = SG_JOURNAL_HLEDGER;
  for (size_t i = 0; i < sizeof hledger / sizeof hledger[0]; i++)
    if (ends_in(path, hledger[i])) return true;
  return false;
}

static bool unknown_command(cli_mistake *m, const char *word) {
  const char *known[CLI_COMMANDS];
  char        hint[200] = "";
  for (int i = 0; i < CLI_COMMANDS; i++) known[i] = commands[i].word;
  const char *near = text_nearest(text_of(word), known, CLI_COMMANDS);
  if (near) snprintf(hint, sizeof hint, "did you mean '%s'?", near);
  else if (ends_in(word, ".yaml") || ends_in(word, ".yml"))
    snprintf(hint, sizeof hint, "did you mean 'stargate run %.150s'?", word);
  return mistaken(m, CLI_HELP, word[0] == '-' ? "unknown option '%.200s'" : "unknown command '%.200s'", word, hint);
}

static bool unknown_option(cli_mistake *m, cli_command command, const char *word) {
  const char *known[OPTIONS];
  size_t      n = 0, other = OPTIONS;
  char        name[100], hint[200] = "";
  snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
  for (size_t i = 0; i < OPTIONS; i++) {
    if (options[i].commands & ONLY(command)) known[n++] = options[i].name;
    else if (!strcmp(options[i].name, name)) other = i;
  }
  const char *near = text_nearest(text_of(name), known, n);
  if (other < OPTIONS) {
    for (int k = 0; k < CLI_COMMANDS && !hint[0]; k++)
      if (options[other].commands & ONLY(k))
        snprintf(hint, sizeof hint, "it is an option of 'stargate %s'", commands[k].word);
  } else if (near) {
    snprintf(hint, sizeof hint, "did you mean %s?", near);
  }
  m->command = command;
  snprintf(m->message, sizeof m->message, "'%s' has no option '%.200s'", commands[command].word, name);
  snprintf(m->hint, sizeof m->hint, "%s", hint);
  return false;
}

// ---- Values of options ----------------------------------------------------------------------------------

// Decimal digits, with "_" or "," between thousands if one likes.
static bool whole(const char *s, uint64_t low, uint64_t high, uint64_t *out) {
  uint64_t v = 0;
  bool     digit = false;
  for (; *s; s++) {
    if ((*s == '_' || *s == ',') && digit && s[1]) continue;
    if (*s < '0' || *s > '9') return false;
    uint64_t d = (uint64_t)(*s - '0');
    if (v > (UINT64_MAX - d) / 10) return false;
    v = 10 * v + d;
    digit = true;
  }
  if (!digit || v < low || v > high) return false;
  *out = v;
  return true;
}

static bool take_number(cli_options *o, const option_row *row, const char *value, cli_mistake *m) {
  static const struct {
    option_id   id;
    uint64_t    low, high;
    const char *hint;
  } ranges[] = {
      {OPT_SCENARIOS, 1, 10000000,   "a whole number from 1 to 10,000,000"          },
      {OPT_SEED,      0, UINT64_MAX, "a whole number from 0 to 18446744073709551615"},
      {OPT_THREADS,   1, 256,        "a whole number from 1 to 256"                 },
      {OPT_TOP,       1, 64,         "a whole number from 1 to 64"                  },
      {OPT_SCENARIO,  0, 9999999,    "a whole number from 0 to 9,999,999"           },
      {OPT_YEAR,      1970, 2200,    "a calendar year, such as 2028"                },
      {OPT_IT,        1,    20000,   "whole megawatts from 1 to 20,000"             },
      {OPT_PRICES,    2020, 2024,    "a year from 2020 to 2024, or drawn"           },
      {OPT_PORT,      0, 65535,      "a whole number from 0 to 65535"               },
  };
  uint64_t v = 0;
  for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
    if (ranges[i].id != row->id || whole(value, ranges[i].low, ranges[i].high, &v)) continue;
    char what[100];
    snprintf(what, sizeof what, "%s cannot be '%%.150s'", row->name);
    return mistaken(m, o->command, what, value, ranges[i].hint);
  }
  if (row->id == OPT_SCENARIOS) o->scenarios = (uint32_t)v;
  if (row->id == OPT_SEED) o->seed = v;
  if (row->id == OPT_THREADS) o->threads = (int)v;
  if (row->id == OPT_TOP) o->top = (int)v;
  if (row->id == OPT_PORT) o->port = (unsigned)v;
  if (row->id == OPT_YEAR) o->year = (int)v;
  if (row->id == OPT_IT) o->it_mw = (int)v;
  if (row->id == OPT_PRICES) o->price_year = (int)v;
  if (row->id == OPT_SCENARIO) o->scenario = (uint32_t)v, o->one = true;
  return true;
}

// Keeps path (n bytes) and value (n_value bytes, then `behind`) as one block.
static bool keep_set(cli_options *o, const char *path, size_t n, const char *value, size_t n_value, const char *behind,
                     cli_mistake *m) {
  char *at = malloc(n + n_value + strlen(behind) + 2);
  if (!at) return mistaken(m, o->command, "out of memory%s", "", NULL);
  memcpy(at, path, n);
  at[n] = '\0';
  memcpy(at + n + 1, value, n_value);
  memcpy(at + n + 1 + n_value, behind, strlen(behind) + 1);
  o->set[o->n_set++] = (sg_set){at, at + n + 1};
  return true;
}

// Splits at the first '=' that is not within quotes: "a.b".c=1.
static bool take_set(cli_options *o, const char *value, cli_mistake *m) {
  bool   quoted = false;
  size_t n = 0;
  for (; value[n] && (quoted || value[n] != '='); n++) quoted ^= value[n] == '"';
  if (!n || value[n] != '=')
    return mistaken(m, o->command, "--set takes PATH=VALUE, not '%.200s'", value,
                    "for example --set 'horizon=5 years'");
  return keep_set(o, value, n, value + n + 1, strlen(value + n + 1), "", m);
}

// What train and cluster are told by an option is a key of theirs: "--gpus 8" is "gpus: 8". Some may go without their unit.
static bool take_input(cli_options *o, const option_row *row, const char *value, cli_mistake *m) {
  static const struct {
    const char *name, *has, *unit;
  } units[] = {
      {"--tokens", "tok", " tokens"   },
      {"--rent",   "USD", " USD/GPU-h"},
      {"--price",  "USD", " USD"      },
  };
  const char *behind = "";
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
    if (!strcmp(row->name, units[i].name) && !strstr(value, units[i].has) && value[0] != '$') behind = units[i].unit;
  return keep_set(o, row->name + 2, strlen(row->name) - 2, value, strlen(value), behind, m);
}

// "tp=8,pp=16": a key of `plan` for each.
static bool take_plan(cli_options *o, const char *value, cli_mistake *m) {
  for (const char *at = value; *at; at += strspn(at, ", ")) {
    size_t n = strcspn(at, ","), name = strcspn(at, "=,");
    char   path[80], word[80];
    snprintf(word, sizeof word, "%.*s", (int)(n < 79 ? n : 79), at);
    if (name == n || !name || name > 60)
      return mistaken(m, o->command, "--plan takes WORD=VALUE, not '%.79s'", word,
                      "for example --plan tp=8,pp=16,mbs=1");
    snprintf(path, sizeof path, "plan.%.*s", (int)name, at);
    if (!keep_set(o, path, strlen(path), at + name + 1, n - name - 1, "", m)) return false;
    at += n;
  }
  return true;
}

// One of a few words.
static bool take_word(cli_options *o, const option_row *row, const char *const *known, size_t n, const char *value,
                      cli_mistake *m) {
  char what[100], hint[200] = "one of";
  for (size_t i = 0; i < n; i++)
    if (!strcmp(known[i], value)) return true;
  const char *near = text_nearest(text_of(value), known, n);
  if (near) snprintf(hint, sizeof hint, "did you mean %s?", near);
  for (size_t i = 0; i < n && !near; i++)
    snprintf(hint + strlen(hint), sizeof hint - strlen(hint), "%s %s", i ? "," : "", known[i]);
  snprintf(what, sizeof what, "%s cannot be '%%.150s'", row->name);
  return mistaken(m, o->command, what, value, hint);
}

static const char *const lists[] = {"models", "accelerators", "fabrics"};
static const char *const schedulers[] = {"slurm"};
static const char *const frameworks[] = {"megatron", "nemo", "torchtitan"};

// One address, not all of them: a browser must say which, or any name that leads here would do.
static bool take_host(cli_options *o, const char *value, cli_mistake *m) {
  struct in_addr address;
  o->host = value;
  if (inet_pton(AF_INET, value, &address) != 1)
    return mistaken(m, o->command, "--host cannot be '%.150s'", value, "an IPv4 address in digits, such as 192.0.2.7");
  if (address.s_addr == INADDR_ANY)
    return mistaken(m, o->command, "--host cannot be '%.150s', which means every address", value, "name one that this machine has");
  return true;
}

// What can stand in the address of a page as it is. The secret is not repeated in the message.
static bool take_token(cli_options *o, const char *value, cli_mistake *m) {
  size_t n = strlen(value);
  o->token = value;
  if (n >= SERVER_TOKEN_MIN && n <= SERVER_TOKEN_MAX &&
      strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == n)
    return true;
  return mistaken(m, o->command, "--token is %s", n < SERVER_TOKEN_MIN ? "too short" : "too long or has other characters",
                  "16 to 128 letters, digits, - or _, such as `openssl rand -hex 16` prints");
}

static bool take(cli_options *o, const option_row *row, const char *value, bool *help, cli_mistake *m) {
  switch (row->id) {
    case OPT_SCENARIOS:
    case OPT_SEED:
    case OPT_THREADS:
    case OPT_TOP:
    case OPT_IT:
    case OPT_YEAR:
    case OPT_PORT:
    case OPT_SCENARIO: return take_number(o, row, value, m);
    case OPT_PRICES: o->drawn = !strcmp(value, "drawn"); return o->drawn || take_number(o, row, value, m);
    case OPT_SET: return take_set(o, value, m);
    case OPT_JSON: o->json = value; break;
    case OPT_HTML: o->html = value; break;
    case OPT_JOURNAL:
      o->journal = value;
      if (value[0] && !cli_journal_syntax(value, &(sg_journal_syntax){0}))
        return mistaken(m, o->command, "no program is known by the ending of '%.200s'", value,
                        "end it in .journal, .ledger or .hledger for hledger, in .beancount for beancount");
      break;
    case OPT_XLSX:
      o->xlsx = value;
      if (value[0] && !ends_in(value, ".xlsx"))
        return mistaken(m, o->command, "'%.200s' does not end in .xlsx", value,
                        "Excel and LibreOffice go by the ending");
      break;
    case OPT_JSON_FLAG: o->json = "-"; break;
    case OPT_NO_WITHOUT: o->without = 0; break;
    case OPT_CASES: o->cases = value; break;
    case OPT_LIST: o->list = value; return take_word(o, row, lists, sizeof lists / sizeof lists[0], value, m);
    case OPT_EMIT:
      o->emit = value;
      return take_word(o, row, frameworks, sizeof frameworks / sizeof frameworks[0], value, m);
    case OPT_EMIT_SLURM:
      o->emit = value;
      return take_word(o, row, schedulers, sizeof schedulers / sizeof schedulers[0], value, m);
    case OPT_STARTS: o->starts = value; break;
    case OPT_HOURLY: o->hourly = value; break;
    case OPT_OPTIMISE: o->optimise = true; break;
    case OPT_CAPS: o->caps = value; break;
    case OPT_GENERATE:
      o->generate = true;
      if (value[0]) return take_input(o, row, value, m);
      break;
    case OPT_GOODPUT: o->goodput = true; break;
    case OPT_HOST: return take_host(o, value, m);
    case OPT_TOKEN: return take_token(o, value, m);
    case OPT_OUT: o->out = value; break;
    case OPT_PLAN:
      if (value[0]) return take_plan(o, value, m);
      break;
    case OPT_INPUT:
      if (value[0]) return take_input(o, row, value, m);
      break;
    case OPT_HELP: *help = true; break;
  }
  if (value && !value[0]) return mistaken(m, o->command, "%s takes a name that is not empty", row->name, NULL);
  return true;
}

// ---- Parsing --------------------------------------------------------------------------------------------

static const option_row *option_named(cli_command command, const char *word, size_t n) {
  for (size_t i = 0; i < OPTIONS; i++)
    if ((options[i].commands & ONLY(command)) && strlen(options[i].name) == n && !memcmp(options[i].name, word, n))
      return &options[i];
  return NULL;
}

// One option at argv[*i]; moves *i over its value.
static bool parse_option(int argc, char *const *argv, int *i, cli_options *o, bool *help, cli_mistake *m) {
  const char       *word = argv[*i];
  size_t            n = strcspn(word, "=");
  const option_row *row =
      !strcmp(word, "-h") ? option_named(o->command, "--help", 6) : option_named(o->command, word, n);
  if (!row) return unknown_option(m, o->command, word);
  const char *value = word[n] == '=' ? word + n + 1 : NULL;
  const bool may = row->argument && row->argument[0] == '[';  // a number may follow
  if (may && !value && (*i + 1 >= argc || argv[*i + 1][0] < '0' || argv[*i + 1][0] > '9')) value = "1";
  if (!row->argument && value) return mistaken(m, o->command, "%s takes no value", row->name, NULL);
  if (row->argument && !value) {
    if (*i + 1 >= argc) {
      char hint[100];
      snprintf(hint, sizeof hint, "write %s %s", row->name, row->argument);
      return mistaken(m, o->command, "%s needs a value", row->name, hint);
    }
    value = argv[++*i];
  }
  if (!take(o, row, value, help, m)) return false;
  if (row->id != OPT_EMIT_SLURM) return true;
  if (*i + 1 >= argc || !argv[*i + 1][0])
    return mistaken(m, o->command, "%s needs a folder", row->name, "such as --emit slurm DIR; DIR must be there");
  o->folder = argv[++*i];
  return true;
}

static bool parse_word(cli_options *o, const char *word, cli_mistake *m) {
  char what[120];
  if (!commands[o->command].argument) {
    snprintf(what, sizeof what, "'%s' takes no '%%.150s'", commands[o->command].word);
    return mistaken(m, o->command, what, word, NULL);
  }
  if (o->file && o->command == CLI_POWER && !o->campus) {
    o->campus = word;
    return true;
  }
  if (o->file) {
    snprintf(what, sizeof what, "'%s' takes one %s, so what is '%%.150s'?", commands[o->command].word,
             commands[o->command].argument);
    return mistaken(m, o->command, what, word, NULL);
  }
  o->file = word;
  return true;
}

static bool is_yaml(const char *word, size_t n) {
  return (n >= 5 && !memcmp(word + n - 5, ".yaml", 5)) || (n >= 4 && !memcmp(word + n - 4, ".yml", 4));
}

size_t cli_model_path(const char *word) {
  const char *colon = strrchr(word, ':');
  size_t      n = strlen(word), head = colon ? (size_t)(colon - word) : 0;
  if (is_yaml(word, n)) return n;
  if (is_yaml(word, head)) return head;
  return strchr(word, '/') || !strcmp(word, "-") ? n : 0;
}

static bool has_set(const cli_options *o, const char *path) {
  for (size_t i = 0; i < o->n_set; i++)
    if (!strcmp(o->set[i].path, path)) return true;
  return false;
}

// A name becomes the key `model`; a path stays the file to read. A file may say the rest itself.
static bool complete_train(cli_options *o, cli_mistake *m) {
  if (o->list && o->file)
    return mistaken(m, o->command, "--list needs no '%.150s'", o->file, "it shows all of the catalogue");
  if (o->list) return true;
  if (!o->file)
    return mistaken(m, o->command, "'%s' needs a model", commands[o->command].word,
                    "a name that `stargate train --list models` shows, or a YAML file");
  size_t path = cli_model_path(o->file), whole_word = strlen(o->file);
  if (path < whole_word) {
    const char *name = path ? o->file + path + 1 : o->file;
    if (!keep_set(o, "model", 5, name, strlen(name), "", m)) return false;
  }
  if (path) return true;
  o->file = NULL;
  if (!has_set(o, "on"))
    return mistaken(m, o->command, "%s is missing", "--on", "`stargate train --list accelerators` shows what there is");
  if (!has_set(o, "gpus"))
    return mistaken(m, o->command, "%s is missing", "--gpus", "how many GPUs, such as --gpus 1024");
  return true;
}

// One of a trace, --goodput, --generate, or a machine alone that is emitted.
static bool complete_cluster(cli_options *o, cli_mistake *m) {
  const char *output = o->starts ? "--starts" : o->caps ? "--caps" : o->folder ? "--emit" : o->json ? "--json" : NULL;
  if (o->generate && (o->goodput || output))
    return mistaken(m, o->command, "--generate prints a trace: %s has no meaning with it",
                    o->goodput ? "--goodput" : output, NULL);
  if (o->generate) return true;
  if (o->goodput && o->file)
    return mistaken(m, o->command, "--goodput takes no trace, so what is '%.150s'?", o->file, NULL);
  if (o->goodput && output && strcmp(output, "--json") != 0)
    return mistaken(m, o->command, "--goodput schedules nothing: %s has no meaning with it", output, NULL);
  if (o->goodput) return true;
  if (!o->file && !o->folder)
    return mistaken(m, o->command, "'%s' needs a trace", commands[o->command].word,
                    "a path, or - for standard input; or --goodput --gpus N");
  const char *of_trace = o->starts ? "--starts" : o->caps ? "--caps" : o->json ? "--json" : NULL;
  if (!o->file && of_trace) return mistaken(m, o->command, "%s needs a trace", of_trace, NULL);
  if (o->folder && !has_set(o, "nodes") && !has_set(o, "racks"))
    return mistaken(m, o->command, "%s needs a machine with nodes", "--emit", "--nodes 64x8 or --racks 8x18x4");
  return true;
}

// "did you mean 'build'?", or which domains there are.
static const char *known_domains(const char *word, char hint[200]) {
  const char *known[CASES_DOMAINS];
  for (int i = 0; i < CASES_DOMAINS; i++) known[i] = cases_domains[i].word;
  const char *near = text_nearest(text_of(word), known, CASES_DOMAINS);
  snprintf(hint, 200, near ? "did you mean '%s'?" : "one of", near);
  for (int i = 0; i < CASES_DOMAINS && !near; i++) {
    size_t n = strlen(hint);
    snprintf(hint + n, 200 - n, "%s %s", i ? "," : "", known[i]);
  }
  return hint;
}

// What must be there once all words were read.
static bool complete(cli_options *o, cli_mistake *m) {
  char hint[200];
  if (o->command == CLI_TRAIN) return complete_train(o, m);
  if (o->command == CLI_CLUSTER) return complete_cluster(o, m);
  if (o->html && o->one)
    return mistaken(m, o->command, "%s shows an ensemble", "--html", "leave out --scenario, which tells one scenario alone");
  bool needs_file = o->command == CLI_RUN || o->command == CLI_CAPITAL || o->command == CLI_POWER || o->command == CLI_CHECK;
  if (needs_file && !o->file)
    return mistaken(m, o->command, "'%s' needs a programme file", commands[o->command].word,
                    "a path, or - for standard input");
  if (o->command == CLI_SERVE && o->host && !o->token)
    return mistaken(m, o->command, "--host needs %s: other machines could reach the page", "--token",
                    "for example --token $(openssl rand -hex 16)");
  if (o->command == CLI_VALIDATE && o->file && !cases_named(o->file))
    return mistaken(m, o->command, "'%.150s' cannot be validated by this program", o->file,
                    known_domains(o->file, hint));
  if (o->command == CLI_HELP && o->file) {
    for (int k = 0; k < CLI_COMMANDS; k++)
      if (!strcmp(commands[k].word, o->file)) return true;
    return unknown_command(m, o->file);
  }
  return true;
}

static bool find_command(const char *word, cli_command *out) {
  if (!strcmp(word, "--help") || !strcmp(word, "-h")) return *out = CLI_HELP, true;
  for (int k = 0; k < CLI_COMMANDS; k++)
    if (!strcmp(commands[k].word, word)) return *out = (cli_command)k, true;
  return false;
}

bool cli_options_parse(int argc, char *const *argv, cli_options *out, cli_mistake *m) {
  sg_run_opts usual = sg_run_opts_default();
  *out = (cli_options){
      .command = CLI_HELP, .seed = usual.seed, .scenarios = usual.scenarios, .without = usual.without, .top = 10, .port = SERVER_PORT};
  if (argc < 2) return mistaken(m, CLI_HELP, "a command is missing%s", "", NULL);
  if (!find_command(argv[1], &out->command)) return unknown_command(m, argv[1]);
  size_t most = (size_t)argc + 1;  // of a plan each comma begins another
  for (int i = 2; i < argc; i++)
    for (const char *c = argv[i]; *c; c++) most += *c == ',';
  out->set = calloc(most, sizeof *out->set);
  if (!out->set) return mistaken(m, out->command, "out of memory%s", "", NULL);
  bool help = false, only_words = false;
  for (int i = 2; i < argc; i++) {
    const char *word = argv[i];
    bool        fine;
    if (!only_words && !strcmp(word, "--")) {
      only_words = true;
      continue;
    }
    if (!only_words && word[0] == '-' && word[1]) fine = parse_option(argc, argv, &i, out, &help, m);
    else fine = parse_word(out, word, m);
    if (!fine) return false;
    if (help) break;
  }
  if (help) {
    out->file = out->command == CLI_HELP ? NULL : commands[out->command].word;
    out->command = CLI_HELP;
    return true;
  }
  return complete(out, m);
}

void cli_options_free(cli_options *o) {
  for (size_t i = 0; i < o->n_set; i++) free((char *)(uintptr_t)o->set[i].path);
  free(o->set);
  o->set = NULL;
  o->n_set = 0;
}

// ---- Help -----------------------------------------------------------------------------------------------

static void help_all(text_buffer *out) {
  text_puts(out,
            "stargate: what will really happen to a gigawatt-scale AI programme\n\n"
            "usage: stargate COMMAND [ARGUMENTS]\n\n");
  for (int k = 0; k < CLI_COMMANDS; k++) {
    char label[40];
    snprintf(label, sizeof label, "%s%s%s", commands[k].word, commands[k].argument ? " " : "",
             commands[k].argument ? commands[k].argument : "");
    text_addf(out, "  %-16s %s\n", label, commands[k].summary);
  }
  text_puts(out,
            "\nexamples:\n"
            "  stargate run programmes/stargate-2025.yaml\n"
            "  stargate run plan.yaml --scenarios 1000 --set 'horizon=5 years'\n"
            "  stargate check plan.yaml\n"
            "  stargate train llama-3-70b --on H100 --gpus 1024\n"
            "  stargate cluster --goodput --gpus 16384\n"
            "  stargate explain campuses.grid.limit\n"
            "\n`stargate help COMMAND` has the options of each. FILE may be - for stdin.\n"
            "Exit status: 0 fine; 1 something was found; 2 bad usage, input or output;\n"
            "130 interrupted. NO_COLOR=1 leaves out colours.\n");
}

static void help_option(const option_row *row, text_buffer *out) {
  char label[40];
  snprintf(label, sizeof label, "%s%s%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
  text_addf(out, "  %-18s ", label);
  for (const char *c = row->help; *c; c++) {
    text_add(out, c, 1);
    if (*c == '\n') text_addf(out, "%21s", "");
  }
  text_puts(out, "\n");
}

// The words of --plan, from the table that reads them.
static void help_plan(text_buffer *out) {
  text_puts(out, "\nwords of --plan:\n");
  for (size_t i = 0; i < twin_train_plan_class.n_field; i++) {
    const field_row *f = &twin_train_plan_class.field[i];
    text_addf(out, "  %-16s %s\n", f->name, f->meaning);
  }
}

void cli_help(cli_command command, text_buffer *out) {
  const command_row *row = &commands[command];
  if (command == CLI_HELP) {
    help_all(out);
    return;
  }
  bool has_options = false;
  for (size_t i = 0; i < OPTIONS; i++)
    has_options |= (options[i].commands & ONLY(command)) && options[i].id != OPT_HELP;
  text_addf(out, "stargate %s: %s\n\nusage: stargate %s%s%s%s\n", row->word, row->summary, row->word,
            row->argument ? " " : "", row->argument ? row->argument : "", has_options ? " [OPTIONS]" : "");
  if (row->text[0]) text_addf(out, "\n%s", row->text);
  if (has_options) text_puts(out, "\noptions:\n");
  for (size_t i = 0; i < OPTIONS && has_options; i++)
    if (options[i].commands & ONLY(command)) help_option(&options[i], out);
  if (command == CLI_TRAIN) help_plan(out);
  text_puts(out, "\nexamples:\n");
  for (int i = 0; i < EXAMPLES_MAX && row->example[i]; i++) text_addf(out, "  %s\n", row->example[i]);
}
