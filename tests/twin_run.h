// Loading a text as a model of the twin, and running one scenario month by month. Header only, for tests.
#ifndef TESTS_TWIN_RUN_H
#define TESTS_TWIN_RUN_H

#include <stdio.h>
#include <string.h>

#include "../src/twin/ensemble.h"
#include "../src/twin/state.h"
#include "test.h"

// As ck_assert_msg, for what is asked millions of times: Check writes to a file at each of its assertions that holds.
#define MUST(what, ...)                     \
  do {                                      \
    if (!(what)) ck_abort_msg(__VA_ARGS__); \
  } while (0)

// --set pairs end in NULL. Returns the error; *out is NULL then.
static inline sg_err twin_try(const char *text, const char *const *set, sg_diags *diags, twin_model **out) {
  const char *path[16], *value[16];
  size_t      n = 0;
  for (; set && set[2 * n] && n < 16; n++) {
    path[n] = set[2 * n];
    value[n] = set[2 * n + 1];
  }
  diag_source source = {"test.yaml", text, strlen(text)};
  diag_init(diags);
  return twin_model_load(&source, path, value, n, diags, out);
}

// Of a text that must load. Shows the text and the first finding when it does not.
static inline twin_model *twin_must(const char *text, const char *const *set) {
  static sg_diags diags;
  twin_model     *m = NULL;
  sg_err          err = twin_try(text, set, &diags, &m);
  MUST(err == SG_OK, "%s: %s (%s) line %d\n%.300s", sg_err_word(err), diags.n ? diags.item[0].message : "",
       diags.n ? diags.item[0].hint : "", diags.n ? diags.item[0].line : 0, text);
  return m;
}

// What twin_scenario_run does in a month, in its order.
static inline void twin_month(twin_state *s) {
  twin_scenario_shocks(s);
  twin_step_markets(s);
  twin_step_decide(s);
  twin_step_build(s);
  twin_step_capacity(s);
  twin_step_energy(s);
  twin_step_work(s);
  twin_step_accrue(s);
  twin_step_clear(s);
  twin_step_observe(s);
}

static inline double twin_value(const twin_state *s, const char *name, int32_t month) {
  int32_t i = twin_series_find(s->m, name);
  MUST(i >= 0, "no series %s", name);
  return s->record[(size_t)month * s->m->record + s->m->series[i].at];
}

static inline const twin_campus_month *twin_campus_at(const twin_state *s, int32_t campus, int32_t month) {
  return (const twin_campus_month *)(const void *)twin_record_at(s->record + (size_t)month * s->m->record, s->m,
                                                                 SCOPE_CAMPUS, campus);
}

static inline const twin_programme_month *twin_programme_at(const twin_state *s, int32_t month) {
  return (const twin_programme_month *)(const void *)(s->record + (size_t)month * s->m->record);
}

static inline const twin_party_month *twin_party_at(const twin_state *s, int32_t party, int32_t month) {
  return (const twin_party_month *)(const void *)twin_record_at(s->record + (size_t)month * s->m->record, s->m,
                                                                SCOPE_PARTY, party);
}

#endif
