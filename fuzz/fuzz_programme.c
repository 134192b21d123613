// Fuzzes everything behind a programme file: any text must yield a model or findings, never a crash or a hang; what
// loads is checked, and run twice with two scenarios, which must give the same bytes.
//
// Programmes that would take long (many buildings, a long horizon) are only loaded: a unit stays under a second.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../include/stargate.h"
#include "../src/report/api.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { MOST_BYTES = 16 * 1024, MOST_BUILDINGS = 60, MOST_MONTHS = 144, MOST_CAMPUSES = 12 };

static void hold(int truth) {
  if (!truth) __builtin_trap();
}

// Every finding can be shown; an error has one, and only then is there no model.
static void check_findings(const sg_diags *d, sg_err err, const sg_model *model) {
  hold((err == SG_OK) == (model != NULL));
  hold(err == SG_OK || err == SG_ERR_MEMORY || d->n_errors > 0);
  hold(err != SG_OK || d->n_errors == 0);
  for (size_t i = 0; i < d->n; i++) {
    char out[2048];
    hold(d->item[i].message[0] != '\0');
    hold(sg_diag_render(&d->item[i], 0, out, sizeof out) > 0);
  }
}

static int is_small(const sg_model *model) {
  const twin_model *m = model->twin;
  return m->net.n_building <= MOST_BUILDINGS && m->n_month <= MOST_MONTHS && m->n[CLASS_CAMPUS] <= MOST_CAMPUSES;
}

static sg_text run_json(const sg_model *model, int threads) {
  sg_run_opts opts = sg_run_opts_default();
  sg_result  *result = NULL;
  sg_text     json = {0}, summary = {0};
  opts.scenarios = 2;
  opts.threads = threads;
  opts.without = 0;
  sg_err err = sg_run(model, &opts, &result);
  hold((err == SG_OK) == (result != NULL));
  if (!err && !sg_result_json(result, &json)) hold(json.n > 0 && strlen(json.at) == json.n);
  if (!err && !sg_result_summary(result, sg_style_default(), &summary)) hold(summary.n > 0);
  sg_text_free(&summary);
  sg_result_free(result);
  return json;
}

static void use(const sg_model *model, const sg_diags *d) {
  sg_text text = {0}, json = {0}, trace = {0};
  int     contradictions = 0;
  if (!sg_check(model, sg_style_default(), &text, &contradictions)) hold(text.n > 0 && contradictions >= 0);
  if (!sg_check_json(model, d, &json)) hold(json.n > 0);
  if (!sg_scenario_trace(model, 1, 0, sg_style_default(), &trace)) hold(trace.n > 0);
  sg_text_free(&text);
  sg_text_free(&json);
  sg_text_free(&trace);
  sg_text first = run_json(model, 1), again = run_json(model, 1);
  hold(first.n == again.n && (first.n == 0 || memcmp(first.at, again.at, first.n) == 0));
  sg_text_free(&first);
  sg_text_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  if (n > MOST_BYTES) return 0;
  sg_diags *d = calloc(1, sizeof *d);
  char     *text = malloc(n ? n : 1);  // exact size: AddressSanitizer sees one byte too far
  sg_model *model = NULL;
  if (!d || !text) abort();
  if (n) memcpy(text, bytes, n);
  sg_input file = {"fuzz.yaml", text, n};
  sg_err   err = sg_model_load(&file, NULL, 0, d, &model);
  check_findings(d, err, model);
  if (model && is_small(model)) use(model, d);
  sg_model_free(model);
  free(text);
  free(d);
  return 0;
}
