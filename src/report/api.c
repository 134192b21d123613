// The public face: thin; what it does is done below. See include/stargate.h.
#include "api.h"

#include <stdlib.h>
#include <string.h>

#include "../base/diag.h"
#include "../programme/explain.h"
#include "../programme/schema.h"
#include "../twin/validate_build.h"
#include "../twin/validate_capital.h"
#include "../twin/validate_multisite.h"
#include "../twin/validate_operations.h"
#include "../twin/validate_power.h"
#include "../twin/validate_reliability.h"
#include "../twin/validate_training.h"
#include "capital_report.h"
#include "check_report.h"
#include "cluster_report.h"
#include "html.h"
#include "power_report.h"
#include "run_json.h"
#include "scenario_report.h"
#include "summary.h"
#include "train_report.h"
#include "validate_summary.h"
#include "workbook.h"

// ---- Text ---------------------------------------------------------------------------------------------------------------

void sg_text_free(sg_text *text) {
  if (!text) return;
  free(text->at);
  *text = (sg_text){0};
}

// Hands a buffer over to the caller; on error nothing is handed over.
static sg_err give(text_buffer *from, sg_err err, sg_text *out) {
  if (!err && !from->failed) text_add(from, "", 0);  // an empty text is a text
  if (!err && from->failed) err = SG_ERR_MEMORY;
  if (err) text_buffer_free(from);
  *out = (sg_text){from->at, from->n};
  return err;
}

sg_style sg_style_default(void) { return (sg_style){.colour = 0, .width = 80}; }

size_t sg_diag_render(const sg_diag *diag, int colour, char *out, size_t capacity) {
  return diag_render(diag, colour, out, capacity);
}

// ---- Model --------------------------------------------------------------------------------------------------------------

static diag_source source_of(const sg_input *file) {
  return (diag_source){file->name ? file->name : "", file->text ? file->text : "", file->text ? file->bytes : 0};
}

// Every failure has at least one finding.
static void explain_failure(sg_diags *diags, sg_err err) {
  if (err && diags->n_errors == 0) diag_add(diags, SG_ERROR, err, (diag_place){0}, NULL, "%s", sg_err_meaning(err));
}

// Paths of the settings, then their values; NULL: out of memory. Give back with free().
static const char **split(const sg_set *set, size_t n) {
  const char **at = calloc(2 * n + 1, sizeof *at);
  for (size_t i = 0; at && i < n; i++) {
    at[i] = set[i].path ? set[i].path : "";
    at[n + i] = set[i].value ? set[i].value : "";
  }
  return at;
}

static sg_err load(const sg_input *file, const sg_set *set, size_t n_set, const twin_model *like, sg_diags *diags,
                   twin_model **out) {
  const char **path = split(set, n_set);
  diag_source  source = source_of(file);
  sg_err       err = path ? twin_model_load_like(&source, path, path + n_set, n_set, like, diags, out) : SG_ERR_MEMORY;
  free(path);
  return err;
}

sg_err sg_model_load(const sg_input *file, const sg_set *set, size_t n_set, sg_diags *diags, sg_model **out) {
  return sg_model_load_like(file, set, n_set, NULL, diags, out);
}

sg_err sg_model_load_like(const sg_input *file, const sg_set *set, size_t n_set, const sg_model *like, sg_diags *diags,
                          sg_model **out) {
  *out = NULL;
  diag_init(diags);
  sg_model *model = calloc(1, sizeof *model);
  sg_err    err = model ? load(file, set, n_set, like ? like->twin : NULL, diags, &model->twin) : SG_ERR_MEMORY;
  explain_failure(diags, err);
  if (err) free(model);
  else *out = model;
  return err;
}

void sg_model_free(sg_model *model) {
  if (!model) return;
  twin_model_free(model->twin);
  free(model);
}

// ---- Runs ---------------------------------------------------------------------------------------------------------------

sg_run_opts sg_run_opts_default(void) {
  return (sg_run_opts){.seed = 1, .scenarios = 10000, .threads = 1, .without = 1};
}

// What the twin calls back, in terms of the public face.
typedef struct stepping {
  const sg_run_opts *opts;
  sg_result         *result;
} stepping;

static int step_progress(void *user, const sg_progress *now) {
  const stepping *s = user;
  return s->opts->progress(s->opts->user, now);
}

static int step_over(void *user, twin_ensemble *so_far) {
  const stepping *s = user;
  s->result->runs = so_far;
  return s->opts->step(s->opts->user, s->result);
}

sg_err sg_run(const sg_model *model, const sg_run_opts *opts, sg_result **out) {
  *out = NULL;
  sg_run_opts o = opts ? *opts : sg_run_opts_default();
  sg_result  *result = calloc(1, sizeof *result);
  if (!result) return SG_ERR_MEMORY;
  result->model = model;
  stepping      steps = {&o, result};
  twin_run_opts run = {.seed = o.seed, .scenarios = o.scenarios, .threads = o.threads, .without = o.without,
                       .progress = o.progress ? step_progress : NULL, .user = &steps,
                       .steps = o.steps, .n_steps = o.step ? o.n_steps : 0, .step = step_over};
  sg_err        err = twin_ensemble_run(model->twin, &run, &result->runs);
  if (result->runs) *out = result;
  else free(result);
  return err;
}

void sg_result_free(sg_result *result) {
  if (!result) return;
  twin_ensemble_free(result->runs);
  free(result);
}

sg_err sg_result_json(const sg_result *result, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_run_json(result->runs, 1, &b) ? SG_OK : SG_ERR_MEMORY, out);
}

sg_err sg_result_html(const sg_result *result, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_html(result->runs, &b) ? SG_OK : SG_ERR_MEMORY, out);
}

sg_err sg_result_summary(const sg_result *result, sg_style style, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_summary(result->runs, style, &b) ? SG_OK : SG_ERR_MEMORY, out);
}

sg_err sg_scenario_trace(const sg_model *model, uint64_t seed, uint32_t k, sg_style style, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_scenario_trace(model->twin, seed, k, style, &b), out);
}

sg_err sg_scenario_json(const sg_model *model, uint64_t seed, uint32_t k, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_scenario_json(model->twin, seed, k, &b), out);
}

// ---- Capital ------------------------------------------------------------------------------------------------------------

struct sg_capital {
  report_capital *of;
};

sg_err sg_capital_run(const sg_model *model, uint64_t seed, int64_t k, sg_capital **out) {
  *out = NULL;
  sg_capital *capital = calloc(1, sizeof *capital);
  sg_err      err = capital ? report_capital_run(model->twin, seed, k, &capital->of) : SG_ERR_MEMORY;
  if (err) free(capital);
  else *out = capital;
  return err;
}

void sg_capital_free(sg_capital *capital) {
  if (!capital) return;
  report_capital_free(capital->of);
  free(capital);
}

sg_err sg_capital_text(const sg_capital *capital, sg_style style, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_capital_text(capital->of, style, &b), out);
}

sg_err sg_capital_json(const sg_capital *capital, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_capital_json(capital->of, &b), out);
}

sg_err sg_capital_journal(const sg_capital *capital, sg_journal_syntax syntax, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_capital_journal(capital->of, syntax, &b), out);
}

sg_err sg_capital_xlsx(const sg_capital *capital, const char *path) { return report_workbook(capital->of, path); }

// ---- Training -----------------------------------------------------------------------------------------------------------

struct sg_training {
  twin_train *of;
};

sg_train_opts sg_train_opts_default(void) { return (sg_train_opts){.top = 10, .threads = 1}; }

sg_err sg_train(const sg_input *file, const sg_set *set, size_t n_set, const sg_train_opts *opts, sg_diags *diags,
                sg_training **out) {
  sg_train_opts   o = opts ? *opts : sg_train_opts_default();
  diag_source     source = file ? source_of(file) : (diag_source){0};
  twin_train_opts train = {o.top, o.threads};
  *out = NULL;
  diag_init(diags);
  if (o.top < 1 || o.top > TRAINING_BEST || o.threads < 1 || o.threads > TRAIN_THREADS) return SG_ERR_RANGE;
  sg_training *training = calloc(1, sizeof *training);
  const char **path = split(set, n_set);
  sg_err       err = SG_ERR_MEMORY;
  if (training && path)
    err = twin_train_run(file ? &source : NULL, path, path + n_set, n_set, &train, diags, &training->of);
  explain_failure(diags, err);
  free(path);
  if (err) free(training);
  else *out = training;
  return err;
}

void sg_training_free(sg_training *training) {
  if (!training) return;
  twin_train_free(training->of);
  free(training);
}

sg_err sg_training_text(const sg_training *training, sg_style style, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_train_text(training->of, style, &b), out);
}

sg_err sg_training_json(const sg_training *training, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_train_json(training->of, &b), out);
}

sg_err sg_training_emit(const sg_training *training, const char *framework, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_train_emit(training->of, framework, &b), out);
}

sg_err sg_train_list(const char *what, sg_style style, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_train_list(what, style, &b), out);
}

// ---- Cluster ------------------------------------------------------------------------------------------------------------

struct sg_cluster {
  twin_cluster *of;
};

// What a call of the twin left: *out, or findings.
static sg_err give_cluster(twin_cluster *of, sg_err err, sg_diags *diags, sg_cluster **out) {
  *out = err ? NULL : calloc(1, sizeof **out);
  if (!err && !*out) {
    twin_cluster_free(of);
    err = SG_ERR_MEMORY;
  }
  explain_failure(diags, err);
  if (!err) (*out)->of = of;
  return err;
}

sg_cluster_opts sg_cluster_opts_default(void) { return (sg_cluster_opts){.seed = 1}; }

sg_err sg_cluster_replay(const char *name, sg_read *read, void *reader, const sg_set *set, size_t n_set,
                         const sg_cluster_opts *opts, sg_diags *diags, sg_cluster **out) {
  const sg_cluster_opts   o = opts ? *opts : sg_cluster_opts_default();
  const diag_source       caps = o.caps ? (diag_source){o.caps->name, o.caps->text, o.caps->bytes} : (diag_source){0};
  const twin_cluster_with with = {o.seed, o.caps ? &caps : NULL, o.starts, o.writer};
  twin_cluster           *of = NULL;
  const char            **key = split(set, n_set);
  diag_init(diags);
  sg_err err = key ? twin_cluster_replay(read, reader, name ? name : "", key, key + n_set, n_set, &with, diags, &of)
                   : SG_ERR_MEMORY;
  free(key);
  return give_cluster(of, err, diags, out);
}

sg_err sg_cluster_generate(const char *name, sg_read *read, void *reader, const sg_set *set, size_t n_set, uint64_t seed,
                           sg_write *write, void *writer, sg_diags *diags) {
  const char **key = split(set, n_set);
  diag_init(diags);
  sg_err err = key ? twin_cluster_generate(read, reader, name ? name : "", key, key + n_set, n_set, seed, write, writer,
                                           diags)
                   : SG_ERR_MEMORY;
  free(key);
  explain_failure(diags, err);
  return err;
}

sg_err sg_cluster_goodput(const sg_set *set, size_t n_set, uint64_t seed, sg_diags *diags, sg_cluster **out) {
  twin_cluster *of = NULL;
  const char  **key = split(set, n_set);
  diag_init(diags);
  sg_err err = key ? twin_cluster_expect(key, key + n_set, n_set, seed, diags, &of) : SG_ERR_MEMORY;
  free(key);
  return give_cluster(of, err, diags, out);
}

sg_err sg_cluster_machine(const sg_set *set, size_t n_set, sg_diags *diags, sg_cluster **out) {
  twin_cluster *of = NULL;
  const char  **key = split(set, n_set);
  diag_init(diags);
  sg_err err = key ? twin_cluster_machine(key, key + n_set, n_set, diags, &of) : SG_ERR_MEMORY;
  free(key);
  return give_cluster(of, err, diags, out);
}

void sg_cluster_free(sg_cluster *cluster) {
  if (!cluster) return;
  twin_cluster_free(cluster->of);
  free(cluster);
}

sg_err sg_cluster_text(const sg_cluster *cluster, sg_style style, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_cluster_text(cluster->of, style, &b), out);
}

sg_err sg_cluster_json(const sg_cluster *cluster, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_cluster_json(cluster->of, &b), out);
}

sg_err sg_cluster_emit(const sg_cluster *cluster, const char *file, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_cluster_emit(cluster->of, file, &b), out);
}

// ---- Power --------------------------------------------------------------------------------------------------------------

struct sg_power {
  twin_power_study  *of;
  twin_power_sizing *sizing;  // NULL: not asked for
};

sg_power_opts sg_power_opts_default(void) { return (sg_power_opts){0}; }

sg_err sg_power_run(const sg_model *model, const sg_power_opts *opts, sg_diags *diags, sg_power **out) {
  sg_power_opts   o = opts ? *opts : sg_power_opts_default();
  twin_power_opts power = {o.campus, o.year, o.price_year, o.prices_drawn != 0, o.price_seed, o.it_mw};
  sg_power       *made = calloc(1, sizeof *made);
  *out = NULL;
  diag_init(diags);
  sg_err err = made ? twin_power_study_run(model->twin, &power, diags, &made->of) : SG_ERR_MEMORY;
  if (!err && o.optimise) err = twin_power_sizing_run(model->twin, &power, made->of, diags, &made->sizing);
  explain_failure(diags, err);
  if (err) sg_power_free(made);
  else *out = made;
  return err;
}

void sg_power_free(sg_power *power) {
  if (!power) return;
  twin_power_sizing_free(power->sizing);
  twin_power_study_free(power->of);
  free(power);
}

sg_err sg_power_text(const sg_power *power, sg_style style, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_power_text(power->of, power->sizing, style, &b), out);
}

sg_err sg_power_json(const sg_power *power, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_power_json(power->of, power->sizing, &b), out);
}

sg_err sg_power_hourly(const sg_power *power, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_power_hourly(power->of, &b), out);
}

// ---- Checks and help ----------------------------------------------------------------------------------------------------

sg_err sg_check(const sg_model *model, sg_style style, sg_text *out, int *n_contradictions) {
  text_buffer b = {0};
  return give(&b, report_check(model->twin, style, &b, n_contradictions), out);
}

sg_err sg_check_json(const sg_model *model, const sg_diags *diags, sg_text *out) {
  text_buffer b = {0};
  return give(&b, report_check_json(model ? model->twin : NULL, diags, &b), out);
}

enum { SCALARS_ARE_OF = SCOPE_PROGRAMME };

// Output rows as the help pages want them; those of the whole scenario stand with the programme's.
static size_t metrics_of(programme_metric *out) {
  static const char *const kind[] = {"level", "flow", "cumulative"};
#define SCALAR_ROW(code, name, unit, meaning) {name, unit, meaning},
  static const struct { const char *name, *unit, *meaning; } scalar[SCALAR_COUNT] = {TWIN_SCALAR_LIST(SCALAR_ROW)};
#undef SCALAR_ROW
  size_t n = 0;
  for (int s = 0; s < SCOPE_COUNT; s++) {
    size_t first = twin_scope_first((twin_scope)s);
    for (size_t i = first; i < first + twin_scope_outputs((twin_scope)s); i++) {
      const twin_output *o = &twin_output_rows[i];
      out[n++] = (programme_metric){o->name, twin_scope_word(o->scope), o->unit, kind[o->kind], o->meaning};
    }
    for (int k = 0; k < SCALAR_COUNT && s == SCALARS_ARE_OF; k++)
      out[n++] = (programme_metric){strchr(scalar[k].name, '.') + 1, twin_scope_word((twin_scope)s), scalar[k].unit,
                                    "whole", scalar[k].meaning};
  }
  return n;
}

sg_err sg_explain(const char *path, sg_style style, sg_text *out) {
  text_buffer       b = {0};
  sg_err            err = SG_ERR_MEMORY;
  programme_metric *metric = calloc(twin_output_count + SCALAR_COUNT, sizeof *metric);
  if (metric)
    err = programme_explain(twin_classes(), metric, metrics_of(metric), path,
                            style.width < PAGE_MIN_WIDTH ? PAGE_MIN_WIDTH : style.width, style.colour, &b);
  free(metric);
  sg_err given = give(&b, err == SG_ERR_NAME ? SG_OK : err, out);  // of an unknown path the text is the answer
  return given ? given : err;
}

sg_err sg_schema(sg_text *out) {
  text_buffer b = {0};
  return give(&b, programme_schema(twin_classes(), &b), out);
}

// ---- Validation ---------------------------------------------------------------------------------------------------------

// Writes both texts of a report and gives it back.
static sg_err tell(validate_report *report, sg_err err, sg_diags *diags, sg_style style, sg_text *summary,
                   sg_text *json, int *met) {
  text_buffer words = {0}, values = {0};
  if (!err && report->failed) err = SG_ERR_MEMORY;
  if (!err) {
    json_writer w = json_begin(&values, 1);
    validate_report_json(report, &w);
    if (!json_finish(&w)) err = SG_ERR_MEMORY;
    report_validate_summary(report, style, &words);
    *met = report->holds;
  }
  explain_failure(diags, err);
  validate_report_free(report);
  sg_err one = give(&words, err, summary), two = give(&values, err ? err : one, json);
  if (two) sg_text_free(summary);
  return two;
}

// The file that bears this name, whatever folder it stands in; NULL: none.
static const diag_source *file_named(const diag_source *files, size_t n, const char *name) {
  size_t length = strlen(name);
  for (size_t i = 0; i < n; i++) {
    size_t      whole = strlen(files[i].name);
    const char *end = whole >= length ? files[i].name + whole - length : "";
    if (!strcmp(end, name) && (end == files[i].name || end[-1] == '/')) return &files[i];
  }
  return NULL;
}

static sg_err build(const diag_source *files, size_t n, uint64_t seed, sg_diags *diags, validate_report *out) {
  const diag_source *sites = file_named(files, n, "sites.csv");
  if (!sites)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, (diag_place){0},
                    "one row a site; data/validation/build has an example", "there is no sites.csv");
  return validate_build(sites, file_named(files, n, "observations.csv"), seed, diags, out);
}

static sg_err capital(const diag_source *files, size_t n, uint64_t seed, sg_diags *diags, validate_report *out) {
  (void)seed;
  validate_capital_files cases = {file_named(files, n, "inputs.csv"),      file_named(files, n, "schedules.csv"),
                                  file_named(files, n, "results.csv"),     file_named(files, n, "annual.csv"),
                                  file_named(files, n, "flip_inputs.csv"), file_named(files, n, "flip_results.csv"),
                                  file_named(files, n, "flip_annual.csv")};
  if (!cases.inputs && !cases.flip_inputs)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, (diag_place){0},
                    "one row a case; data/validation/finance has examples",
                    "there is neither inputs.csv nor flip_inputs.csv");
  return validate_capital(&cases, diags, out);
}

static sg_err training(const diag_source *files, size_t n, uint64_t seed, sg_diags *diags, validate_report *out) {
  (void)seed;
  validate_training_files cases = {.published = file_named(files, n, "published.csv"),
                                   .multi = file_named(files, n, "vtrain_multi.csv"),
                                   .single = file_named(files, n, "vtrain_single.csv"),
                                   .calculon = file_named(files, n, "calculon.csv"),
                                   .systems = files,
                                   .n_systems = n};
  if (!cases.published && !cases.multi && !cases.single && !cases.calculon)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, (diag_place){0}, "data/validation/training has examples of all",
                    "there is none of published.csv, vtrain_multi.csv, vtrain_single.csv and calculon.csv");
  return validate_training(&cases, diags, out);
}

static sg_err multisite(const diag_source *files, size_t n, uint64_t seed, sg_diags *diags, validate_report *out) {
  (void)seed;
  const diag_source *published = file_named(files, n, "published.csv");
  if (!published)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, (diag_place){0}, "data/validation/multisite has an example",
                    "there is no published.csv");
  return validate_multisite(published, diags, out);
}

static bool ends_in(const char *name, const char *end) {
  size_t n = strlen(name), k = strlen(end);
  return n >= k && !strcmp(name + n - k, end);
}

static bool is_starts(const char *name) { return ends_in(name, ".starts.csv") || ends_in(name, ".starts.csv.gz"); }

// What is neither starts nor a table known by name is a trace. sorted: (n), takes starts, then traces.
static sg_err schedules(const diag_source *files, size_t n, diag_source *sorted, const diag_source *const *table,
                        size_t n_table, sg_diags *diags, validate_report *out) {
  validate_operations_files cases = {.summary = table[0], .tiny = table[1], .published = table[2], .starts = sorted};
  for (size_t i = 0; i < n; i++)
    if (is_starts(files[i].name)) sorted[cases.n_starts++] = files[i];
  cases.trace = sorted + cases.n_starts;
  for (size_t i = 0; i < n; i++) {
    bool known = is_starts(files[i].name);
    for (size_t k = 0; k < n_table; k++) known = known || table[k] == &files[i];
    if (!known) sorted[cases.n_starts + cases.n_trace++] = files[i];
  }
  return cases.n_starts || cases.tiny ? validate_operations(&cases, diags, out) : SG_OK;
}

static sg_err operations(const diag_source *files, size_t n, uint64_t seed, sg_diags *diags, validate_report *out) {
  (void)seed;
  static const char *const name[] = {"scheduler-summary.csv", "tiny-cases.csv",     "published.csv",
                                     "reliability.csv",       "ettr-reference.csv", "spares-reference.csv"};
  const diag_source *table[6];
  bool               any = false;
  for (size_t i = 0; i < 6; i++) table[i] = file_named(files, n, name[i]), any = any || (i != 0 && i != 2 && table[i]);
  for (size_t i = 0; i < n; i++) any = any || is_starts(files[i].name);
  if (!any)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, (diag_place){0}, "data/validation/cluster has examples of all",
                    "there is none of *.starts.csv.gz, tiny-cases.csv, reliability.csv, ettr-reference.csv and "
                    "spares-reference.csv");
  diag_source *sorted = calloc(n + 1, sizeof *sorted);
  if (!sorted) return SG_ERR_MEMORY;
  out->domain = "operations";
  out->holds = true;
  sg_err err = schedules(files, n, sorted, table, 6, diags, out);
  free(sorted);
  return err ? err : validate_reliability(table[3], table[4], table[5], diags, out);
}

static sg_err power(const diag_source *files, size_t n, uint64_t seed, sg_diags *diags, validate_report *out) {
  (void)seed;
  return validate_power(&(validate_power_files){files, n}, diags, out);
}

typedef struct validation {
  const char *domain;
  sg_err (*run)(const diag_source *files, size_t n, uint64_t seed, sg_diags *diags, validate_report *out);
} validation;

static const validation validations[] = {
    {"build",     build    },
    {"capital",   capital  },
    {"training",  training },
    {"multisite", multisite},
    {"operations", operations},
    {"power", power},
};

sg_err sg_validate(const char *domain, const sg_input *files, size_t n_files, uint64_t seed, sg_diags *diags,
                   sg_style style, sg_text *summary, sg_text *json, int *met) {
  validate_report   report = {0};
  const validation *of = NULL;
  sg_err            err = SG_ERR_MEMORY;
  diag_source      *source = calloc(n_files + 1, sizeof *source);
  diag_init(diags);
  *summary = *json = (sg_text){0};
  *met = 0;
  for (size_t i = 0; i < sizeof validations / sizeof validations[0]; i++)
    if (domain && !strcmp(validations[i].domain, domain)) of = &validations[i];
  for (size_t i = 0; source && i < n_files; i++) source[i] = source_of(&files[i]);
  if (source) err = of ? of->run(source, n_files, seed, diags, &report) : SG_ERR_USAGE;
  sg_err told = tell(&report, err, diags, style, summary, json, met);
  free(source);
  return told;
}
