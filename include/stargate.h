// stargate: what will really happen to a gigawatt-scale AI programme.
//
// The public face of the engine: load a programme, run an ensemble of scenarios, write what came out.
// The library reads and writes memory only: files, clock, terminal and environment belong to the caller.
// It keeps no global state: any number of models, runs and results may live in one process.
#ifndef STARGATE_H
#define STARGATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SG_VERSION "0.1.0"

// ---- Errors ---------------------------------------------------------------------------------------------

// code, word in brackets, meaning. 0 is success.
#define SG_ERR_LIST(X)                                                                                   \
  X(SG_OK, "ok", "no error")                                                                             \
  X(SG_ERR_MEMORY, "memory", "out of memory")                                                            \
  X(SG_ERR_IO, "io", "a file could not be read or written")                                              \
  X(SG_ERR_SYNTAX, "syntax", "the text is not a programme file")                                         \
  X(SG_ERR_LIMIT, "limit", "too large or too deep")                                                      \
  X(SG_ERR_KEY, "key", "unknown, missing or repeated key")                                               \
  X(SG_ERR_TYPE, "type", "a value of another kind was expected")                                         \
  X(SG_ERR_UNIT, "unit", "unit missing, unknown or of the wrong dimension")                              \
  X(SG_ERR_RANGE, "range", "value outside its allowed range")                                            \
  X(SG_ERR_NAME, "name", "a name that nothing bears")                                                    \
  X(SG_ERR_CYCLE, "cycle", "things that wait for each other")                                            \
  X(SG_ERR_AS_OF, "as-of", "not known at the programme's date, or tells of the programme itself")        \
  X(SG_ERR_USAGE, "usage", "the call makes no sense")                                                    \
  X(SG_ERR_NUMERIC, "numeric", "no finite answer exists")                                                \
  X(SG_ERR_CANCELLED, "cancelled", "stopped before the end; what was done is kept")

#define SG_ERR_ENUM(code, word, meaning) code,
typedef enum sg_err { SG_ERR_LIST(SG_ERR_ENUM) SG_ERR_COUNT } sg_err;
#undef SG_ERR_ENUM

const char *sg_err_word(sg_err code);     // "unit"; never NULL
const char *sg_err_meaning(sg_err code);  // one line; never NULL

typedef enum sg_severity { SG_ERROR, SG_WARNING, SG_NOTE } sg_severity;

// One finding about the user's text. Lines and columns count from 1 (columns in characters); 0 = no place.
typedef struct sg_diag {
  sg_err      code;
  sg_severity severity;
  int32_t     line, column, span;  // span: characters underlined, at least 1 where there is a place
  char        file[128];           // name as the caller gave it
  char        message[240];        // what was found, what was expected
  char        hint[200];           // what to do; may be empty
  char        excerpt[168];        // the line of the file, tabs as spaces, cut around the column; may be empty
  int32_t     excerpt_column;      // where the underline starts in excerpt, from 1
} sg_diag;

// A list that keeps the first SG_DIAGS_MAX findings and counts the rest.
enum { SG_DIAGS_MAX = 100 };
typedef struct sg_diags {
  size_t  n, n_errors, n_more;  // kept; errors among all; not kept
  sg_diag item[SG_DIAGS_MAX];
} sg_diags;

// ---- Text in and out --------------------------------------------------------------------------------------

// A text that the caller has read: `name` is shown in findings; the bytes must outlive the model made from them.
typedef struct sg_input {
  const char *name, *text;
  size_t      bytes;
} sg_input;

// A text that the library made. Give it back with sg_text_free; a zeroed sg_text is fine there.
typedef struct sg_text {
  char  *at;  // n bytes and a NUL
  size_t n;
} sg_text;
void sg_text_free(sg_text *text);

// How text for people is laid out.
typedef struct sg_style {
  int colour;  // 1: ANSI colours
  int width;   // columns, 60 at least
} sg_style;
sg_style sg_style_default(void);  // no colour, 80 columns

// One finding as it is shown to a user, several lines. Returns the bytes that the whole needs, as snprintf does.
size_t sg_diag_render(const sg_diag *diag, int colour, char *out, size_t capacity);

// ---- Model ------------------------------------------------------------------------------------------------

typedef struct sg_model  sg_model;   // const once loaded: any number of threads may use it
typedef struct sg_result sg_result;

// `--set path=value`: overrides one input of the file.
typedef struct sg_set { const char *path, *value; } sg_set;

// Reads, checks and compiles a programme and makes its plan run. Every mistake is in diags (never NULL), up to its cap.
// *out is NULL on error. Errors: all of SG_ERR_LIST but IO and CANCELLED; the first one found is returned.
sg_err sg_model_load(const sg_input *file, const sg_set *set, size_t n_set, sg_diags *diags, sg_model **out);
// The same model, sooner: what costs most to load is taken over from `like`, one that was loaded before (NULL: none), wherever it
// follows from the same inputs. For a programme that is loaded again and again with other values; `like` may be freed after.
sg_err sg_model_load_like(const sg_input *file, const sg_set *set, size_t n_set, const sg_model *like, sg_diags *diags,
                          sg_model **out);
void   sg_model_free(sg_model *model);  // NULL is fine

// ---- Runs -------------------------------------------------------------------------------------------------

typedef struct sg_progress {
  uint32_t done, total;      // scenarios
  double   odds_frac;        // running estimate for the first promise that is neither sure nor lost
  const char *promise;       // its id; NULL: none
} sg_progress;

typedef struct sg_run_opts {
  uint64_t seed;
  uint32_t scenarios;        // 1 .. 10,000,000
  int      threads;          // 1 .. 256
  int      without;          // 1: also the odds with each cause of delay removed
  int    (*progress)(void *user, const sg_progress *now);  // called about ten times a second; not 0: stop. NULL: none
  void    *user;
  const uint32_t *steps;     // (n_steps) each above the one before; those at or beyond `scenarios` are passed over
  size_t   n_steps;
  // Called on the calling thread while all workers stand still, when exactly steps[i] scenarios are done. so_far tells the same
  // as a run of so many with the same seed, for sg_result_json and the like, and only until it returns. Not 0: stop.
  int    (*step)(void *user, const sg_result *so_far);
} sg_run_opts;
sg_run_opts sg_run_opts_default(void);  // seed 1, 10,000 scenarios, 1 thread, with counterfactuals

// Runs an ensemble. The same seed gives the same bytes for any number of threads. Stopped by progress or by step: what was
// done is kept and marked, and SG_ERR_CANCELLED is returned with *out set. Errors: MEMORY, RANGE (also of steps).
sg_err sg_run(const sg_model *model, const sg_run_opts *opts, sg_result **out);
void   sg_result_free(sg_result *result);  // NULL is fine; the model must outlive it

sg_err sg_result_json(const sg_result *result, sg_text *out);                               // schema stargate.run/1: docs/json.md
// One file that a browser shows without a network: the run's JSON, packed, and the views of web/.
sg_err sg_result_html(const sg_result *result, sg_text *out);
sg_err sg_result_summary(const sg_result *result, sg_style style, sg_text *out);            // for a terminal

// Scenario k of the ensemble with this seed, alone: month by month, why each went as it did; and its numbers.
sg_err sg_scenario_trace(const sg_model *model, uint64_t seed, uint32_t k, sg_style style, sg_text *out);
sg_err sg_scenario_json(const sg_model *model, uint64_t seed, uint32_t k, sg_text *out);    // schema stargate.scenario/1

// ---- Capital ----------------------------------------------------------------------------------------------

// One scenario as a lender or a sponsor reads it: statements of every party, loans, sources and uses, returns.
typedef struct sg_capital sg_capital;

// Scenario k of the ensemble with this seed, or with k = -1 the base case: every uncertain input at its median, no shocks,
// markets at their level, money and supplies scarce as stated. The model must outlive *out. Errors: MEMORY, RANGE.
sg_err sg_capital_run(const sg_model *model, uint64_t seed, int64_t k, sg_capital **out);
void   sg_capital_free(sg_capital *capital);  // NULL is fine

typedef enum sg_journal_syntax { SG_JOURNAL_HLEDGER, SG_JOURNAL_BEANCOUNT } sg_journal_syntax;

// Errors: MEMORY; NUMERIC: an amount is beyond what the books can hold.
sg_err sg_capital_text(const sg_capital *capital, sg_style style, sg_text *out);
sg_err sg_capital_json(const sg_capital *capital, sg_text *out);                             // schema stargate.capital/1
sg_err sg_capital_journal(const sg_capital *capital, sg_journal_syntax syntax, sg_text *out);  // double entry, all parties
// Workbook of all projects (.xlsx), all of formulas, written to `path`: the one call that writes a file itself, because
// libxlsxwriter does. Errors: also IO; RANGE: no campus has loans or outside owners.
sg_err sg_capital_xlsx(const sg_capital *capital, const char *path);

// ---- Training ---------------------------------------------------------------------------------------------

// The fastest plans for training one model on one cluster, or one plan that was given; and what a run of it takes.
typedef struct sg_training sg_training;

typedef struct sg_train_opts {
  int top;      // plans wanted, 1 .. 64
  int threads;  // 1 .. 64; the answer is the same for any number
} sg_train_opts;
sg_train_opts sg_train_opts_default(void);  // 10 plans, 1 thread

// file: YAML with `models:` and, as needed, `accelerators:` and `fabrics:`, and the keys below; NULL: the catalogue alone.
// set: (n_set) keys laid over it, as the command line does: model, on (accelerator), gpus, fabric, tokens, batch (sequences),
// seq (tokens), precision, across, and plan.tp, plan.pp, ... (`stargate help train` lists them). Without a plan all are searched.
// Every mistake is in diags (never NULL); *out is NULL on error. Errors: SYNTAX, KEY, TYPE, UNIT, NAME, LIMIT, MEMORY;
// RANGE: a model, machine or plan that cannot be, or that does not fit in memory.
sg_err sg_train(const sg_input *file, const sg_set *set, size_t n_set, const sg_train_opts *opts, sg_diags *diags,
                sg_training **out);
void   sg_training_free(sg_training *training);  // NULL is fine

sg_err sg_training_text(const sg_training *training, sg_style style, sg_text *out);
sg_err sg_training_json(const sg_training *training, sg_text *out);  // schema stargate.train/1
// The first plan as launch arguments of "megatron", "nemo" or "torchtitan". Errors: NAME, MEMORY.
sg_err sg_training_emit(const sg_training *training, const char *framework, sg_text *out);

// What the catalogue has: "models", "accelerators" or "fabrics". Errors: NAME, MEMORY.
sg_err sg_train_list(const char *what, sg_style style, sg_text *out);

// ---- Cluster ----------------------------------------------------------------------------------------------

// A trace of jobs scheduled on a machine, or what one long run on many GPUs can expect.
typedef struct sg_cluster sg_cluster;

// Fills buffer with up to capacity > 0 bytes. Returns how many; 0: the end; negative: it could not be read.
typedef int64_t sg_read(void *user, char *buffer, size_t capacity);
// Takes n bytes. Returns 1; 0: they could not be written.
typedef int sg_write(void *user, const char *at, size_t n);

// Schedules a trace: CSV (submit_s, duration_s, gpus), Standard Workload Format or what `sacct --parsable2` prints, told
// apart by its first line and not packed. name: shown in findings. set: (n_set) of policy, and one of capacity, nodes,
// racks, and what else `stargate help cluster` lists. opts: NULL is sg_cluster_opts_default().
// Memory does not grow with the trace, but with the rows between the oldest job that has not ended and the newest.
// Every mistake is in diags (never NULL); *out is NULL on error. Errors: IO, SYNTAX, TYPE, KEY, NAME, RANGE, LIMIT, MEMORY.
typedef struct sg_cluster_opts {
  uint64_t        seed;    // of failures; the same seed gives the same answer
  const sg_input *caps;    // CSV of power by hour (docs/operations.md#power); NULL: none
  sg_write       *starts;  // takes a CSV with a line for each job, in order of the trace; NULL: none
  void           *writer;  // its user
} sg_cluster_opts;
sg_cluster_opts sg_cluster_opts_default(void);  // seed 1, no caps, no starts
sg_err sg_cluster_replay(const char *name, sg_read *read, void *reader, const sg_set *set, size_t n_set,
                         const sg_cluster_opts *opts, sg_diags *diags, sg_cluster **out);
// Writes a trace that sg_cluster_replay reads, drawn like the one that is read (read NULL: one of Philly's) for a cluster
// of any size. set: generate (days), gpus, load, sizes, mix (docs/operations.md#a-trace-of-your-own). Errors as above.
sg_err sg_cluster_generate(const char *name, sg_read *read, void *reader, const sg_set *set, size_t n_set, uint64_t seed,
                           sg_write *write, void *writer, sg_diags *diags);
// What one run on all of `gpus` can expect. set: gpus; shape (hgx, nvl72), checkpoint (auto, minutes), failures (times Llama
// 3's), replicas, days, rent (USD of a GPU-hour). seed: of the
// simulation beside the exact form. Errors: KEY, NAME, RANGE, MEMORY.
sg_err sg_cluster_goodput(const sg_set *set, size_t n_set, uint64_t seed, sg_diags *diags, sg_cluster **out);
// A machine alone, to emit. set: nodes or racks. Errors: KEY, RANGE, MEMORY.
sg_err sg_cluster_machine(const sg_set *set, size_t n_set, sg_diags *diags, sg_cluster **out);
void   sg_cluster_free(sg_cluster *cluster);  // NULL is fine

sg_err sg_cluster_text(const sg_cluster *cluster, sg_style style, sg_text *out);
sg_err sg_cluster_json(const sg_cluster *cluster, sg_text *out);  // schema stargate.cluster/1
// One file of Slurm's configuration: "slurm.conf", "gres.conf", "topology.conf", "topology-block.conf".
// Errors: NAME; USAGE: the machine has no nodes; MEMORY.
sg_err sg_cluster_emit(const sg_cluster *cluster, const char *file, sg_text *out);

// ---- Power ------------------------------------------------------------------------------------------------

// One campus as the plan leaves it, through a year of 8,760 hours: load, cooling, sources, bill, carbon.
typedef struct sg_power sg_power;

typedef struct sg_power_opts {
  const char *campus;      // NULL or "": the one with the most IT load
  int         year;        // as it stands at the end of that calendar year; 0: at the last simulated month
  int         price_year;  // whose hourly prices shape the tariff's, 2020 .. 2024, where its market has any, with the
                           // weather of the same hours; 0: those of the last year, with the site's typical weather
  int         prices_drawn;  // 1: hours that were not, drawn like those of 2020 to 2024 with price_seed, in place of a
  uint64_t    price_seed;    // year's, with typical weather; an error where the tariff has no market
  double      it_mw;       // IT load that its racks are made for; 0: what stands by plan
  int         optimise;    // 1: also the sizes of least cost; takes seconds
} sg_power_opts;
sg_power_opts sg_power_opts_default(void);  // NULL, all else 0

// The model must outlive *out, which is NULL on error. Every mistake is in diags (never NULL). Errors: MEMORY; NAME (no such
// campus); RANGE (no racks stand there by then, a year that is not simulated, prices that are not built in, hours to be
// drawn without a market); LIMIT (more than eight kinds of on-site unit; sizes of least cost: an hour that no size can
// serve, which and by how much).
sg_err sg_power_run(const sg_model *model, const sg_power_opts *opts, sg_diags *diags, sg_power **out);
void   sg_power_free(sg_power *power);  // NULL is fine

sg_err sg_power_text(const sg_power *power, sg_style style, sg_text *out);
sg_err sg_power_json(const sg_power *power, sg_text *out);    // schema stargate.power/1
sg_err sg_power_hourly(const sg_power *power, sg_text *out);  // CSV, a line for each hour

// ---- Checks and help --------------------------------------------------------------------------------------

// What the file contradicts in itself, what even the plan run misses, and every assumption without a source.
sg_err sg_check(const sg_model *model, sg_style style, sg_text *out, int *n_contradictions);
sg_err sg_check_json(const sg_model *model, const sg_diags *diags, sg_text *out);           // model may be NULL

// What a path means: an input ("campuses.grid.limit"), an output ("campus.capacity_mw"), a class, a catalogue row
// ("racks.GB200-NVL72"), "metrics", "distributions"; NULL or "": the overview. SG_ERR_NAME: unknown, *out says so with hints.
sg_err sg_explain(const char *path, sg_style style, sg_text *out);
sg_err sg_schema(sg_text *out);  // JSON Schema draft-07 of a programme file

// Holds a domain against what was built, measured or computed elsewhere. domain: "build", "capital", "training",
// "multisite", "power" or "operations"; files: (n_files) those of its folder that are there, unpacked, known by the end of their
// names ("sites.csv", "systems/a100.json"). seed matters to "build" alone. Texts: for a terminal, and JSON of schema stargate.validate/1.
// *met: 1 when the domain's bar is met and every case could be read. On an error both texts stay empty.
// Errors: USAGE (no such domain), SYNTAX, KEY (a file or a column is missing), LIMIT, RANGE (no case), MEMORY.
sg_err sg_validate(const char *domain, const sg_input *files, size_t n_files, uint64_t seed, sg_diags *diags,
                   sg_style style, sg_text *summary, sg_text *json, int *met);

#ifdef __cplusplus
}
#endif
#endif
