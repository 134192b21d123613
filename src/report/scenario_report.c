// One scenario: run it, and tell what was drawn, what happened month by month, and which promises were kept.
#include "scenario_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "../twin/check.h"
#include "../twin/state.h"
#include "run_json.h"

// ---- What was drawn -----------------------------------------------------------------------------------------------------

typedef struct drawn {
  int32_t draw;
  double  z, value;
} drawn;

// Value of a draw as the scenario began, before any shock moved it: inside its allowed range, as it was used.
static double drawn_value(const twin_state *s, int32_t i) {
  const programme_draw *d = &s->m->p.draw[i];
  const field_row      *f = s->m->p.value[d->value].field;
  double                v = dist_of_normal(&d->of, &s->m->p.pool, s->z[i]);
  if (f->type == FIELD_DATE) return v;
  return v < f->low ? f->low : v > f->high ? f->high : v;
}

// The n draws furthest from their median, furthest first. Inputs that share one draw are told once.
static int32_t furthest(const twin_state *s, drawn *out, int32_t n) {
  const twin_model *m = s->m;
  int32_t           found = 0;
  for (int32_t i = 0; i < m->n_plain; i++) {
    drawn d = {m->plain_draw[i], s->z[m->plain_draw[i]], drawn_value(s, m->plain_draw[i])};
    bool  told = false;
    for (int32_t k = 0; k < found; k++) told |= m->p.draw[out[k].draw].key == m->p.draw[d.draw].key;
    if (told) continue;
    int32_t at = found < n ? found++ : n;
    while (at > 0 && fabs(out[at - 1].z) < fabs(d.z)) {
      if (at < n) out[at] = out[at - 1];
      at--;
    }
    if (at < n) out[at] = d;
  }
  return found;
}

static void put_drawn(const page *p, const twin_state *s) {
  enum { MOST = 12, NUMBER = 14 };
  drawn   top[MOST];
  int32_t n = furthest(s, top, MOST);
  page_title(p, "Drawn furthest from the plan");
  int path = p->width - 2 - 2 * NUMBER - 10;
  page_gap(p, 2);
  page_cell(p, "input", path, false, LOOK_DIM);
  page_cell(p, "drawn", NUMBER, true, LOOK_DIM);
  page_cell(p, "plan", NUMBER, true, LOOK_DIM);
  page_cell(p, "beyond", 10, true, LOOK_DIM);
  page_end(p);
  for (int32_t i = 0; i < n; i++) {
    const programme_draw  *d = &s->m->p.draw[top[i].draw];
    const programme_value *v = &s->m->p.value[d->value];
    const char            *unit = v->field->unit ? v->field->unit : "";
    char                   value[PHRASE], plan[PHRASE], beyond[PHRASE];
    phrase_quantity(top[i].value, unit, value);
    phrase_quantity(d->plan, unit, plan);
    phrase_share(normal_cdf(top[i].z), beyond);
    page_gap(p, 2);
    page_cell(p, v->path, path, false, LOOK_PLAIN);
    page_cell(p, value, NUMBER, true, LOOK_PLAIN);
    page_cell(p, plan, NUMBER, true, LOOK_PLAIN);
    page_cell(p, beyond, 10, true, LOOK_DIM);
    page_end(p);
  }
  page_wrap(p, 2, LOOK_DIM,
            n ? "Beyond: share of draws that are lower. Draws of single activities are not listed."
              : "Nothing is uncertain outside single activities.");
}

// ---- Month by month -----------------------------------------------------------------------------------------------------

static void put_months(const page *p, const char *notes) {
  page_title(p, "Month by month");
  char line[512];
  while (*notes) {
    size_t n = strcspn(notes, "\n"), from = 0;
    while (from < n && notes[from] == ' ') from++;
    snprintf(line, sizeof line, "%.*s", (int)(n - from), notes + from);
    if (from) page_wrap(p, 4, line[0] == '=' ? LOOK_DIM : LOOK_PLAIN, line);
    else page_wrap(p, 2, LOOK_BOLD, line);
    notes += n + (notes[n] == '\n');
  }
}

// ---- Promises -----------------------------------------------------------------------------------------------------------

static void put_promises(const page *p, const twin_state *s) {
  const twin_model *m = s->m;
  page_title(p, "Promises");
  for (int32_t i = 0; i < m->n[CLASS_PROMISE]; i++) {
    const twin_promise_rule *rule = &m->promise[i];
    const char              *says = programme_text(&m->p, m->plan_view.promise[rule->row].says);
    int32_t                  month = twin_reading_month(m, rule, rule->series, s->record);
    char                     by[8], when[8], then[PHRASE], need[PHRASE], end[60];
    bool                     kept = month <= rule->by_month;
    calendar_month_text(m->month0 + rule->by_month, by);
    calendar_month_text(m->month0 + month, when);
    text_quantity(s->record[(size_t)rule->by_month * m->record + m->series[rule->series].at], rule->unit, then,
                  sizeof then);
    text_quantity(rule->threshold, rule->unit, need, sizeof need);
    if (rule->at_most) snprintf(end, sizeof end, "%s", "");
    else if (month < m->n_month) snprintf(end, sizeof end, "; reached %s", when);
    else snprintf(end, sizeof end, "; never reached");
    const char *series = m->series[rule->series].name;
    page_wrapf(p, 2, kept ? LOOK_PLAIN : LOOK_BOLD, "%s  %s: %s", kept ? "kept  " : "missed",
               programme_name(&m->p, CLASS_PROMISE, rule->row), says[0] ? says : series);
    page_wrapf(p, 10, LOOK_DIM, "%s %s %s by %s: has %s%s", series, rule->at_most ? "at most" : "at least", need, by,
               then, end);
  }
  if (!m->n[CLASS_PROMISE]) page_wrap(p, 2, LOOK_PLAIN, "The file holds none.");
}

static void put_header(const page *p, const twin_state *s, uint64_t seed, uint32_t k, int32_t attempts) {
  const twin_model *m = s->m;
  char              as_of[11], line[240];
  calendar_day_text((int32_t)m->p.as_of_day, as_of);
  snprintf(line, sizeof line, "%.100s as known on %s | scenario %u | seed %llu",
           programme_text(&m->p, m->plan_view.top->programme), as_of, k, (unsigned long long)seed);
  page_cell(p, line, p->width, false, LOOK_BOLD);
  page_end(p);
  if (attempts > 0)
    page_wrapf(p, 0, LOOK_DIM, "Drawn anew %d time%s: earlier draws contradicted what was observed.", attempts,
               attempts == 1 ? "" : "s");
}

sg_err report_scenario_trace(const twin_model *m, uint64_t seed, uint32_t k, sg_style style, text_buffer *out) {
  twin_state *s = twin_state_create(m);
  if (!s) return SG_ERR_MEMORY;
  twin_trace trace = {.last_month = -1};
  s->trace = &trace;
  int32_t attempts = twin_scenario_run(s, MODE_SCENARIO, seed, k, CAUSE_NONE, m->n_month);
  page    p = page_begin(out, style);
  put_header(&p, s, seed, k, attempts);
  put_drawn(&p, s);
  put_months(&p, trace.text.at ? trace.text.at : "");
  put_promises(&p, s);
  bool ok = !trace.text.failed && !out->failed;
  text_buffer_free(&trace.text);
  twin_state_free(s);
  return ok ? SG_OK : SG_ERR_MEMORY;
}

// ---- JSON ---------------------------------------------------------------------------------------------------------------

static void json_promises(json_writer *w, const twin_state *s) {
  const twin_model *m = s->m;
  json_key(w, "promises");
  json_array(w);
  for (int32_t i = 0; i < m->n[CLASS_PROMISE]; i++) {
    const twin_promise_rule *rule = &m->promise[i];
    int32_t                  month = twin_reading_month(m, rule, rule->series, s->record);
    json_object(w);
    json_key(w, "id");
    json_string(w, programme_name(&m->p, CLASS_PROMISE, rule->row));
    json_key(w, "kept");
    json_bool(w, month <= rule->by_month);
    json_key(w, "reached");
    report_month(w, m, month);
    json_end(w);
  }
  json_end(w);
}

// Numbers of the whole scenario as the ensemble counts them: a level or a running sum at the end, a flow summed.
static void json_metrics(json_writer *w, const twin_state *s) {
  const twin_model *m = s->m;
  json_key(w, "metrics");
  json_object(w);
  for (int32_t i = 0; i < m->n_series; i++) {
    double v = 0;
    if (m->series[i].output->kind == OUTPUT_FLOW)
      for (int32_t t = m->report0; t < m->n_month; t++) v += s->record[(size_t)t * m->record + m->series[i].at];
    else v = s->record[(size_t)(m->n_month - 1) * m->record + m->series[i].at];
    json_key(w, m->series[i].name);
    json_number(w, v);
  }
  for (int i = 0; i < SCALAR_COUNT; i++) {
    json_key(w, report_scalar_name[i]);
    json_number(w, s->scalar[i]);
  }
  json_end(w);
}

static void json_column(json_writer *w, const twin_model *m, const char *key, const double *record, int32_t series) {
  double row[TWIN_MAX_MONTHS];
  size_t n = (size_t)(m->n_month - m->report0);
  for (size_t t = 0; t < n; t++) row[t] = record[((size_t)m->report0 + t) * m->record + m->series[series].at];
  json_key(w, key);
  json_numbers(w, row, n);
}

static void json_series(json_writer *w, const twin_state *s) {
  const twin_model *m = s->m;
  json_key(w, "series");
  json_object(w);
  for (int32_t i = 0; i < m->n_series; i++) {
    json_key(w, m->series[i].name);
    json_object(w);
    json_key(w, "unit");
    json_string(w, m->series[i].output->unit);
    json_column(w, m, "plan", m->plan_record, i);
    json_column(w, m, "value", s->record, i);
    json_end(w);
  }
  json_end(w);
}

static void json_inputs(json_writer *w, const twin_state *s) {
  const twin_model *m = s->m;
  json_key(w, "inputs");
  json_object(w);
  for (int32_t i = 0; i < m->n_plain; i++) {
    const programme_draw *d = &m->p.draw[m->plain_draw[i]];
    json_key(w, m->p.value[d->value].path);
    json_row(w);
    json_number(w, drawn_value(s, m->plain_draw[i]));
    json_number(w, d->plan);
    json_end(w);
  }
  json_end(w);
}

sg_err report_scenario_json(const twin_model *m, uint64_t seed, uint32_t k, text_buffer *out) {
  twin_state *s = twin_state_create(m);
  if (!s) return SG_ERR_MEMORY;
  int32_t     attempts = twin_scenario_run(s, MODE_SCENARIO, seed, k, CAUSE_NONE, m->n_month);
  json_writer w = json_begin(out, 1);
  json_object(&w);
  json_key(&w, "schema");
  json_string(&w, "stargate.scenario/1");
  json_key(&w, "version");
  json_string(&w, SG_VERSION);
  json_key(&w, "programme");
  json_string(&w, programme_text(&m->p, m->plan_view.top->programme));
  report_seed(&w, "seed", seed);
  json_key(&w, "scenario");
  json_int(&w, k);
  json_key(&w, "redrawn");
  json_int(&w, attempts);
  json_promises(&w, s);
  json_metrics(&w, s);
  json_key(&w, "month");
  report_plan_months(&w, m);
  json_series(&w, s);
  json_inputs(&w, s);
  json_end(&w);
  bool ok = json_finish(&w);
  twin_state_free(s);
  return ok ? SG_OK : SG_ERR_MEMORY;
}
