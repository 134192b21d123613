// Names of series; promises, facts and shocks by those names.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/units.h"
#include "../uncertainty/stream.h"
#include "parts.h"

static const twin_class scope_class[SCOPE_COUNT] = { CLASS_TOP, CLASS_CAMPUS, CLASS_PARTY, CLASS_PERIMETER, CLASS_RUN };
static const size_t scope_bytes[SCOPE_COUNT] = { sizeof(twin_programme_month), sizeof(twin_campus_month),
  sizeof(twin_party_month), sizeof(twin_perimeter_month), sizeof(twin_run_month) };

// The outside world's cash is no news: it has sums over the horizon, but no series.
static bool has_series(const twin_model *m, int scope, int32_t instance) {
  return scope != SCOPE_PARTY || !m->plan_view.party[instance].deep;
}

sg_err twin_make_series(twin_load *load) {
  twin_model *m = load->m;
  for (int s = 0; s < SCOPE_COUNT; s++) {
    m->scope_at[s] = m->record;
    m->scope_size[s] = scope_bytes[s] / sizeof(double);
    m->record += m->scope_size[s] * (size_t)m->n[scope_class[s]];
    for (int32_t i = 0; i < m->n[scope_class[s]]; i++)
      if (has_series(m, s, i)) m->n_series += (int32_t)twin_scope_outputs((twin_scope)s);
  }
  m->series = ARENA_NEW(m->a, twin_series, m->n_series + 1);
  if (!m->series) return SG_ERR_MEMORY;
  int32_t k = 0;
  for (int s = 0; s < SCOPE_COUNT; s++)
    for (int32_t i = 0; i < m->n[scope_class[s]]; i++) {
      if (!has_series(m, s, i)) continue;
      for (size_t o = twin_scope_first((twin_scope)s); o < twin_scope_first((twin_scope)s) + twin_scope_outputs((twin_scope)s); o++, k++) {
        const twin_output *row = &twin_output_rows[o];
        const char *name = s == SCOPE_PROGRAMME ? "" : programme_name(&m->p, scope_class[s], i);
        char full[300];
        snprintf(full, sizeof full, "%s%s%s.%s", twin_scope_word((twin_scope)s), *name ? "." : "", name, row->name);
        m->series[k] = (twin_series){ row, arena_text(m->a, full, strlen(full)),
          m->scope_at[s] + (size_t)i * m->scope_size[s] + row->offset / sizeof(double), i };
        if (!m->series[k].name) return SG_ERR_MEMORY;
      }
    }
  return SG_OK;
}

int32_t twin_series_find(const twin_model *m, const char *name) {
  for (int32_t i = 0; i < m->n_series; i++)
    if (!strcmp(m->series[i].name, name)) return i;
  return -1;
}

const char *twin_series_nearest(const twin_model *m, const char *name) {
  const char *names[4096];
  size_t n = 0;
  for (int32_t i = 0; i < m->n_series && n < 4096; i++) names[n++] = m->series[i].name;
  return text_nearest(text_of(name), names, n);
}

// ---- Quantities whose unit is that of a metric -----------------------------------------------------------------------

static void keep_first(sg_err *first, sg_err err) {
  if (!*first) *first = err;
}

// "campus.abilene.capacity_mw" where no campus bears that name: says so; false: the name is not what is wrong.
static bool unknown_owner(const twin_load *load, const char *metric, char hint[200]) {
  const twin_model *m = load->m;
  const char *names[1024];
  size_t n = 0;
  for (int s = SCOPE_CAMPUS; s < SCOPE_COUNT; s++) {
    const char *word = twin_scope_word((twin_scope)s), *last = strrchr(metric, '.');
    size_t length = strlen(word), name_n;
    if (strncmp(metric, word, length) || metric[length] != '.' || last <= metric + length) continue;
    name_n = (size_t)(last - metric) - length - 1;
    for (int32_t i = 0; i < m->n[scope_class[s]] && n < 1024; i++) {
      names[n] = programme_name(&m->p, scope_class[s], i);
      if (strlen(names[n]) == name_n && !memcmp(names[n], metric + length + 1, name_n)) return false;
      n++;
    }
    const char *near = text_nearest((text_slice){ metric + length + 1, name_n }, names, n);
    if (near) snprintf(hint, 200, "there is no %s of that name: did you mean %s.%.80s%.60s?", word, word, near, last);
    else if (!n) snprintf(hint, 200, "the file names no %s", word);
    else snprintf(hint, 200, "there is no %s of that name; known: %.50s%s%.50s%s", word, names[0], n > 1 ? ", " : "", n > 1 ? names[1] : "", n > 2 ? ", ..." : "");
    return true;
  }
  return false;
}

static sg_err find_metric(twin_load *load, twin_class class, const char *name, const char *key, const char *metric, int32_t *series) {
  *series = twin_series_find(load->m, metric);
  if (*series >= 0) return SG_OK;
  const char *near = twin_series_nearest(load->m, metric);
  char hint[200];
  if (near) snprintf(hint, sizeof hint, "did you mean %s?", near);
  else if (!unknown_owner(load, metric, hint)) snprintf(hint, sizeof hint, "`stargate explain metrics` lists them");
  return diag_add(load->diags, SG_ERROR, SG_ERR_NAME, twin_row_place(load, class, name, key), hint, "there is no metric '%s'", metric);
}

static sg_err read_in_unit(twin_load *load, twin_class class, const char *name, const char *key, const char *text, const char *want, double *out) {
  diag_place place = twin_row_place(load, class, name, key);
  unit_quantity q;
  unit u;
  text_slice bad = {0};
  unit_parse(text_of(want), &u, &bad);
  unit_result r = unit_read(text_trim(text_of(text)), &q, &bad);
  char hint[120];
  snprintf(hint, sizeof hint, "the metric is in %s", *want ? want : "plain numbers");
  if (r == UNIT_NO_NUMBER || r == UNIT_NOT_FINITE)
    return diag_add(load->diags, SG_ERROR, SG_ERR_TYPE, place, hint, "'%s': '%s' is not a quantity", key, text);
  if (r == UNIT_UNKNOWN)
    return diag_add(load->diags, SG_ERROR, SG_ERR_UNIT, place, hint, "'%.*s' is not a unit", (int)bad.n, bad.at);
  if (!q.has_unit) { *out = q.number; if (!*want || !strcmp(want, "frac")) return SG_OK; }
  if (!unit_convert(q.number, &q.of, &u, out)) {
    // A count of things may be written without the thing's name.
    if (!q.has_unit && (!strcmp(want, "GPU") || !strcmp(want, "job") || !strcmp(want, "token"))) { *out = q.number; return SG_OK; }
    return diag_add(load->diags, SG_ERROR, SG_ERR_UNIT, place, hint, "'%s' is %s, but the metric is %s", key, unit_dimension_word(&q.of), unit_dimension_word(&u));
  }
  return SG_OK;
}

// ---- Promises -----------------------------------------------------------------------------------------------------------

// Last simulated month that has ended by `day`.
static int32_t month_by(const twin_model *m, double day) {
  int32_t k = -1;
  while (k + 1 < m->n_month && m->day0[k + 2] <= day + 1 + 0.5) k++;
  return k;
}

static sg_err make_promise(twin_load *load, int32_t row) {
  twin_model *m = load->m;
  const twin_promise *p = &m->plan_view.promise[row];
  const char *name = programme_name(&m->p, CLASS_PROMISE, row), *metric = programme_text(&m->p, p->metric);
  twin_promise_rule *rule = &m->promise[row];
  *rule = (twin_promise_rule){ .row = row, .also = -1 };
  char perimeter[300];
  if (p->perimeter >= 0 && !strncmp(metric, "programme.", 10)) {  // the perimeter's own money and megawatts
    snprintf(perimeter, sizeof perimeter, "perimeter.%s.%s", programme_name(&m->p, CLASS_PERIMETER, p->perimeter), metric + 10);
    if (twin_series_find(m, perimeter) >= 0) metric = perimeter;
  }
  sg_err err = find_metric(load, CLASS_PROMISE, name, "metric", metric, &rule->series);
  if (!err) rule->unit = m->series[rule->series].output->unit;
  bool known = !err, least = p->at_least >= 0, most = p->at_most >= 0;
  if (p->also >= 0) keep_first(&err, find_metric(load, CLASS_PROMISE, name, "also", programme_text(&m->p, p->also), &rule->also));
  diag_place place = twin_row_place(load, CLASS_PROMISE, name, NULL);
  rule->at_most = most;
  if (least && most)
    keep_first(&err, diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "keep one, and make the other a promise of its own", "promise '%s' has both at_least and at_most", name));
  else if (!least && !most)
    keep_first(&err, diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "at_least: 1 GW, in the unit of the metric", "promise '%s' has neither at_least nor at_most", name));
  else if (known)
    keep_first(&err, read_in_unit(load, CLASS_PROMISE, name, most ? "at_most" : "at_least", programme_text(&m->p, most ? p->at_most : p->at_least), rule->unit, &rule->threshold));
  if (!isnan(p->made_day) && p->made_day > m->p.as_of_day)
    keep_first(&err, diag_add(load->diags, SG_ERROR, SG_ERR_AS_OF, twin_row_place(load, CLASS_PROMISE, name, "made"),
                              "a file holds what was said by its as_of; a month stands for its last day", "promise '%s' was made after as_of", name));
  rule->by_month = isnan(p->by_day) ? m->n_month - 1 : month_by(m, p->by_day);
  if (rule->by_month < 0 || (!isnan(p->by_day) && p->by_day > m->day0[m->n_month] + 0.5)) {
    char first[8], last[8];
    calendar_month_text(m->month0, first);
    calendar_month_text(m->month0 + m->n_month - 1, last);
    keep_first(&err, diag_add(load->diags, SG_ERROR, SG_ERR_RANGE, twin_row_place(load, CLASS_PROMISE, name, "by"), "choose a longer horizon, or another date",
                              "the date of promise '%s' is outside what is simulated, %s to %s", name, first, last));
  }
  return err;
}

static sg_err make_fact(twin_load *load, int32_t row) {
  twin_model *m = load->m;
  const twin_fact *f = &m->plan_view.fact[row];
  const char *name = programme_name(&m->p, CLASS_FACT, row);
  twin_fact_rule rule = { .row = row };
  sg_err err = SG_OK;
  if (f->date_day > m->p.as_of_day)
    err = diag_add(load->diags, SG_ERROR, SG_ERR_AS_OF, twin_row_place(load, CLASS_FACT, name, "date"),
                   "keep later facts for scoring, not in the programme; a month stands for its last day", "fact '%s' is later than as_of", name);
  keep_first(&err, find_metric(load, CLASS_FACT, name, "metric", programme_text(&m->p, f->metric), &rule.series));
  if (rule.series < 0) return err;
  const char *in_unit = m->series[rule.series].output->unit;
  keep_first(&err, read_in_unit(load, CLASS_FACT, name, "value", programme_text(&m->p, f->value), in_unit, &rule.value));
  if (err) return err;
  rule.month = month_by(m, f->date_day + 31);
  if (rule.month < 0 || rule.month >= m->n_month) return SG_OK;  // before the first works: nothing to condition on
  while (rule.month > 0 && m->day0[rule.month + 1] > f->date_day + 1) rule.month--;  // the last month that had ended by then
  rule.tolerance = fmax(f->tolerance_frac * fabs(rule.value), twin_output_layout(in_unit).least);
  m->fact[m->n_fact++] = rule;
  return SG_OK;
}

// ---- Shocks ---------------------------------------------------------------------------------------------------------------

// Pattern of dotted parts against a path; `*` stands for any one part.
static bool matches(const char *pattern, const char *path) {
  while (*pattern && *path) {
    size_t a = strcspn(pattern, "."), b = strcspn(path, ".");
    if (!(a == 1 && *pattern == '*') && (a != b || memcmp(pattern, path, a))) return false;
    pattern += a;
    path += b;
    if (*pattern == '.') pattern++;
    if (*path == '.') path++;
  }
  return !*pattern && !*path;
}

static sg_err make_moves(twin_load *load, int32_t shock) {
  twin_model *m = load->m;
  field_span effects = m->plan_view.shock[shock].effects;
  const char *shock_name = programme_name(&m->p, CLASS_SHOCK, shock);
  const spec_node *written = twin_row_node(load, CLASS_SHOCK, shock_name), *all = written ? spec_get(written, "effects") : NULL;
  sg_err err = SG_OK;
  for (int32_t e = effects.first; e < effects.first + effects.n; e++) {
    const twin_effect *effect = &m->plan_view.effect[e];
    const char *pattern = programme_text(&m->p, effect->path);
    const char *name = programme_name(&m->p, CLASS_EFFECT, e);
    const spec_node *one = all ? spec_get(all, name) : NULL, *path = one ? spec_get(one, "path") : all ? spec_get(all, "path") : NULL;
    diag_place place = path ? path->place : twin_row_place(load, CLASS_SHOCK, shock_name, NULL);
    bool none = isnan(effect->factor) && isnan(effect->set), both = !isnan(effect->factor) && !isnan(effect->set);
    if (none || both)
      keep_first(&err, diag_add(load->diags, SG_ERROR, SG_ERR_KEY, one ? one->key_place : place, both ? "keep one: factor multiplies, set replaces" : "factor: 50 %",
                                both ? "effect '%s' has both factor and set" : "effect '%s' has neither factor nor set", name));
    int32_t found = 0;
    for (int32_t i = 0; i < m->p.n_value; i++) {
      if (!matches(pattern, m->p.value[i].path)) continue;
      m->move[m->n_move++] = (twin_move){ shock, e, m->p.value[i].slot, m->p.value[i].field->type == FIELD_DATE ? -1e9 : m->p.value[i].field->low,
        m->p.value[i].field->type == FIELD_DATE ? 1e9 : m->p.value[i].field->high };
      found++;
    }
    if (found) continue;
    const char *names[4096];
    size_t n = 0;
    for (int32_t i = 0; i < m->p.n_value && n < 4096; i++) names[n++] = m->p.value[i].path;
    const char *near = text_nearest(text_of(pattern), names, n);
    char hint[200] = "an input path as for --set; `stargate explain` lists the fields";
    if (near) snprintf(hint, sizeof hint, "did you mean %s?", near);
    keep_first(&err, diag_add(load->diags, SG_ERROR, SG_ERR_NAME, place, hint, "the shock moves '%s', which is no input of this programme", pattern));
  }
  return err;
}

static sg_err check_shock(twin_load *load, int32_t shock) {
  const twin_shock *s = &load->m->plan_view.shock[shock];
  const char *name = programme_name(&load->m->p, CLASS_SHOCK, shock);
  diag_place place = twin_row_place(load, CLASS_SHOCK, name, NULL);
  bool dated = !isnan(s->from_day), often = !isnan(s->hazard_yr);
  sg_err err = SG_OK;
  if (!dated && !often)
    err = diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "from: 2026-01 to 2027-06, or hazard: 0.2 1/yr", "shock '%s' has neither from nor hazard", name);
  if (dated && often)
    err = diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "keep one: from dates it, hazard lets it come at any time", "shock '%s' has both from and hazard", name);
  if (!s->effects.n)
    keep_first(&err, diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "effects: {halls: {path: campuses.*.outage, set: 0.3}}", "shock '%s' moves nothing", name));
  return err;
}

// ---- Training runs -----------------------------------------------------------------------------------------------------------

// Runs that wait for each other, by `after`: a chain of as many steps as there are runs never ended.
static sg_err check_runs(twin_load *load) {
  const twin_model *m = load->m;
  const training_run *run = m->plan_view.run;
  int32_t n = m->n[CLASS_RUN];
  sg_err err = SG_OK;
  for (int32_t r = 0; r < n; r++) {
    int32_t at = run[r].after;
    for (int32_t step = 0; step < n && at >= 0 && at != r; step++) at = run[at].after;
    const char *name = programme_name(&m->p, CLASS_RUN, r);
    if (at == r)
      keep_first(&err, diag_add(load->diags, SG_ERROR, SG_ERR_CYCLE, twin_row_place(load, CLASS_RUN, name, "after"), "let one of them come first",
                                run[r].after == r ? "run '%s' waits for itself" : "run '%s' waits for itself, through others", name));
  }
  return err;
}

sg_err twin_make_rules(twin_load *load) {
  twin_model *m = load->m;
  m->promise = ARENA_NEW(m->a, twin_promise_rule, m->n[CLASS_PROMISE] + 1);
  m->fact = ARENA_NEW(m->a, twin_fact_rule, m->n[CLASS_FACT] + 1);
  m->move = ARENA_NEW(m->a, twin_move, (size_t)m->n[CLASS_EFFECT] * (size_t)m->p.n_value + 1);
  m->shock_key = ARENA_NEW(m->a, uint64_t, m->n[CLASS_SHOCK] + 1);
  if (!m->promise || !m->fact || !m->move || !m->shock_key) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < m->n[CLASS_SHOCK]; i++) m->shock_key[i] = stream_key_join(stream_key("shocks"), stream_key(programme_name(&m->p, CLASS_SHOCK, i)));
  sg_err first = SG_OK;
  for (int32_t i = 0; i < m->n[CLASS_PROMISE]; i++) keep_first(&first, make_promise(load, i));
  for (int32_t i = 0; i < m->n[CLASS_FACT]; i++) keep_first(&first, make_fact(load, i));
  for (int32_t i = 0; i < m->n[CLASS_SHOCK]; i++) {
    keep_first(&first, check_shock(load, i));
    keep_first(&first, make_moves(load, i));
  }
  keep_first(&first, check_runs(load));
  return first;
}
