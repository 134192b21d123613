// The public face: thin; what it does is done below. See include/stargate.h.
#include "api.h"

#include <stdlib.h>
#include <string.h>

#include "../base/diag.h"
#include "../programme/explain.h"
#include "../programme/schema.h"
#include "../twin/validate_build.h"
#include "../twin/validate_capital.h"
#include "capital_report.h"
#include "check_report.h"
#include "run_json.h"
#include "scenario_report.h"
#include "summary.h"
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

static sg_err load(const sg_input *file, const sg_set *set, size_t n_set, sg_diags *diags, twin_model **out) {
  const char **path = calloc(n_set + 1, sizeof *path), **value = calloc(n_set + 1, sizeof *value);
  sg_err       err = SG_ERR_MEMORY;
  if (path && value) {
    for (size_t i = 0; i < n_set; i++) {
      path[i] = set[i].path ? set[i].path : "";
      value[i] = set[i].value ? set[i].value : "";
    }
    diag_source source = source_of(file);
    err = twin_model_load(&source, path, value, n_set, diags, out);
  }
  free(path);
  free(value);
  return err;
}

sg_err sg_model_load(const sg_input *file, const sg_set *set, size_t n_set, sg_diags *diags, sg_model **out) {
  *out = NULL;
  diag_init(diags);
  sg_model *model = calloc(1, sizeof *model);
  sg_err    err = model ? load(file, set, n_set, diags, &model->twin) : SG_ERR_MEMORY;
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

sg_err sg_run(const sg_model *model, const sg_run_opts *opts, sg_result **out) {
  *out = NULL;
  sg_run_opts o = opts ? *opts : sg_run_opts_default();
  if (o.scenarios < 1 || o.scenarios > 10000000 || o.threads < 1 || o.threads > 256) return SG_ERR_RANGE;
  sg_result *result = calloc(1, sizeof *result);
  if (!result) return SG_ERR_MEMORY;
  result->model = model;
  twin_run_opts run = {o.seed, o.scenarios, o.threads, o.without, o.progress, o.user};
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
  return give(&b, report_run_json(result->runs, &b) ? SG_OK : SG_ERR_MEMORY, out);
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

sg_err sg_validate_build(const sg_input *sites, const sg_input *observations, uint64_t seed, sg_diags *diags,
                         sg_style style, sg_text *summary, sg_text *json, int *met) {
  validate_report report = {0};
  diag_source     sites_csv = source_of(sites), seen_csv = observations ? source_of(observations) : (diag_source){0};
  diag_init(diags);
  *summary = *json = (sg_text){0};
  *met = 0;
  sg_err err = validate_build(&sites_csv, observations ? &seen_csv : NULL, seed, diags, &report);
  return tell(&report, err, diags, style, summary, json, met);
}

sg_err sg_validate_capital(const sg_capital_cases *files, sg_diags *diags, sg_style style, sg_text *summary,
                           sg_text *json, int *met) {
  const sg_input *given[] = {files->inputs,      files->schedules,    files->results,    files->annual,
                             files->flip_inputs, files->flip_results, files->flip_annual};
  diag_source     text[7], *at[7];
  validate_report report = {0};
  for (int i = 0; i < 7; i++) {
    text[i] = given[i] ? source_of(given[i]) : (diag_source){0};
    at[i] = given[i] ? &text[i] : NULL;
  }
  validate_capital_files cases = {at[0], at[1], at[2], at[3], at[4], at[5], at[6]};
  diag_init(diags);
  *summary = *json = (sg_text){0};
  *met = 0;
  return tell(&report, validate_capital(&cases, diags, &report), diags, style, summary, json, met);
}
