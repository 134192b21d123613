// Run JSON: what repeats the run, what the programme states, and what the models were held against.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/csv.h"
#include "../programme/embedded.h"
#include "run_json_parts.h"

// ---- The run ------------------------------------------------------------------------------------------------------------

static void put_command(json_writer *w, const twin_ensemble *e) {
  const twin_model *m = e->m;
  json_key(w, "command");
  json_object(w);
  json_put_string(w, "file", m->file);
  report_seed(w, "seed", e->seed);
  json_put_int(w, "scenarios", e->cancelled ? e->scenarios : e->done);
  json_key(w, "set");
  json_array(w);
  for (size_t i = 0; i < m->n_set; i++) {
    json_object(w);
    json_put_string(w, "path", m->set_path[i]);
    json_put_string(w, "value", m->set_value[i]);
    json_end(w);
  }
  json_end(w);
  json_put_string(w, "version", SG_VERSION);
  json_end(w);
}

void report_origin(json_writer *w, const twin_ensemble *e) {
  const twin_model *m = e->m;
  put_command(w, e);
  json_key(w, "horizon");
  json_object(w);
  json_key(w, "from");
  report_month(w, m, m->report0);
  json_key(w, "to");
  report_month(w, m, m->n_month - 1);
  json_end(w);
}

// ---- The programme ------------------------------------------------------------------------------------------------------

// The month of any day, simulated or not; null: none.
static void put_month_of_day(json_writer *w, const char *key, double day) {
  char text[8];
  json_key(w, key);
  if (!isfinite(day)) {
    json_null(w);
    return;
  }
  calendar_month_text(calendar_month_of_day(day), text);
  json_string(w, text);
}

static void put_name(json_writer *w, const twin_model *m, const char *key, twin_class class, int32_t row) {
  json_put_string(w, key, row < 0 ? NULL : programme_name(&m->p, class, row));
}

static void put_supply(json_writer *w, const twin_model *m, int32_t c) {
  const twin_view   *v = &m->plan_view;
  const twin_campus *campus = &v->campus[c];
  double             shift = twin_shift_day(v, m, c);
  json_key(w, "grid");
  json_array(w);
  for (int32_t i = campus->grid.first; i < campus->grid.first + campus->grid.n; i++) {
    json_object(w);
    put_name(w, m, "name", CLASS_GRID, i);
    json_put_number(w, "limit_mw", v->grid[i].limit_mw);
    put_month_of_day(w, "from", v->grid[i].from_day + shift);
    json_end(w);
  }
  json_end(w);
  json_key(w, "generation");
  json_array(w);
  for (int32_t i = campus->generation.first; i < campus->generation.first + campus->generation.n; i++) {
    const power_generation *g = &v->generation[i];
    json_object(w);
    put_name(w, m, "name", CLASS_GENERATION, i);
    put_name(w, m, "plant", CLASS_PLANT, g->plant);
    json_put_int(w, "units", g->units);
    json_put_number(w, "mw", g->plant < 0 ? (double)NAN : g->units * v->plant[g->plant].unit_mw);
    put_month_of_day(w, "from", g->from_day + shift);
    json_end(w);
  }
  json_end(w);
}

static void put_campus(json_writer *w, const twin_model *m, int32_t c) {
  const twin_campus *campus = &m->plan_view.campus[c];
  double             it_mw = 0, begin_day = (double)NAN;
  for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++) {
    it_mw += twin_planned_it_mw(m, m->of_campus[k]);
    begin_day = fmin(begin_day, m->plan_begin_day[m->of_campus[k]]);
  }
  json_key(w, programme_name(&m->p, CLASS_CAMPUS, c));
  json_object(w);
  json_put_int(w, "buildings", m->campus_first[c + 1] - m->campus_first[c]);
  json_put_number(w, "it_mw", it_mw);
  json_put_number(w, "capacity_mw", it_mw * campus->facility_frac);
  put_name(w, m, "racks", CLASS_RACK, campus->racks);
  put_name(w, m, "weather", CLASS_WEATHER, campus->weather);
  put_name(w, m, "cooling", CLASS_COOLING, campus->cooling);
  put_name(w, m, "tariff", CLASS_TARIFF, campus->tariff);
  put_name(w, m, "owner", CLASS_PARTY, m->owner[2 * c]);
  put_name(w, m, "operator", CLASS_PARTY, m->operator_[2 * c]);
  put_name(w, m, "buyer", CLASS_PARTY, m->buyer[2 * c]);
  put_name(w, m, "otherwise", CLASS_PARTY, campus->otherwise);
  put_month_of_day(w, "works_start", begin_day);
  put_supply(w, m, c);
  json_end(w);
}

static void put_covenants(json_writer *w, const twin_model *m) {
  const twin_view *v = &m->plan_view;
  json_key(w, "covenants");
  json_array(w);
  for (int32_t k = 0; k < m->n[CLASS_CONTRACT]; k++) {
    const capital_contract *contract = &v->contract[k];
    if (v->contract_type[contract->type].rule != CAPITAL_RULE_LOAN) continue;
    json_object(w);
    put_name(w, m, "loan", CLASS_CONTRACT, k);
    put_name(w, m, "borrower", CLASS_PARTY, contract->to);
    json_put_number(w, "dscr_lock_up", contract->lockup_dscr);
    json_put_number(w, "dscr_default", contract->default_dscr);
    json_end(w);
  }
  json_end(w);
}

static void put_known_facts(json_writer *w, const twin_model *m) {
  json_key(w, "facts_known");
  json_array(w);
  for (int32_t i = 0; i < m->n_fact; i++) {
    const twin_fact_rule *rule = &m->fact[i];
    const twin_fact      *fact = &m->plan_view.fact[rule->row];
    char                  date[11];
    calendar_day_text((int32_t)fact->date_day, date);
    json_object(w);
    put_name(w, m, "id", CLASS_FACT, rule->row);
    json_put_string(w, "metric", programme_text(&m->p, fact->metric));
    json_put_string(w, "series", m->series[rule->series].name);
    json_put_string(w, "unit", m->series[rule->series].output->unit);
    json_put_string(w, "date", date);
    json_put_number(w, "value", rule->value);
    json_put_number(w, "tolerance", rule->tolerance);
    json_put_string(w, "source", fact->source < 0 ? NULL : programme_text(&m->p, fact->source));
    json_end(w);
  }
  json_end(w);
}

void report_programme(json_writer *w, const twin_model *m) {
  json_key(w, "campuses");
  json_object(w);
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) put_campus(w, m, c);
  json_end(w);
  put_covenants(w, m);
  put_known_facts(w, m);
}

// ---- Inputs -------------------------------------------------------------------------------------------------------------

// A quantity in its field's unit; a date as a day.
static void put_value(json_writer *w, const char *key, const field_row *field, double value) {
  char text[11];
  json_key(w, key);
  if (field->type != FIELD_DATE || !isfinite(value)) {
    json_number(w, value);
    return;
  }
  calendar_day_text((int32_t)floor(value), text);
  json_string(w, text);
}

static const char *distribution_word(const twin_model *m, const programme_value *v) {
  static const char *const words[] = {[DIST_CONSTANT] = "constant",
                                      [DIST_NORMAL] = "normal",
                                      [DIST_LOGNORMAL] = "lognormal",
                                      [DIST_UNIFORM] = "uniform",
                                      [DIST_TRIANGULAR] = "triangular",
                                      [DIST_BOUNDED] = "bounded",
                                      [DIST_WEIBULL] = "weibull",
                                      [DIST_EXPONENTIAL] = "exponential",
                                      [DIST_BETA] = "beta",
                                      [DIST_PARETO] = "pareto",
                                      [DIST_EVENT] = "event",
                                      [DIST_TABLE] = "table",
                                      [DIST_MIXTURE] = "mixture"};
  return words[v->draw < 0 ? DIST_CONSTANT : m->p.draw[v->draw].of.kind];
}

typedef struct ranked {
  twin_influence item[REPORT_INFLUENCES];
  int32_t        n;
} ranked;

static void put_influences(json_writer *w, const twin_model *m, const ranked *of, int32_t value) {
  json_key(w, "influence");
  json_object(w);
  for (int32_t p = 0; p < m->n[CLASS_PROMISE] && of; p++)
    for (int32_t i = 0; i < of[p].n; i++)
      if (of[p].item[i].value == value) json_put_number(w, programme_name(&m->p, CLASS_PROMISE, p), of[p].item[i].share);
  json_end(w);
}

static void put_input(json_writer *w, const twin_model *m, int32_t i, const ranked *of) {
  static const struct {
    const char *key;
    double      p;
  } q[] = {
      {"p5",  0.05},
      {"p50", 0.5 },
      {"p95", 0.95}
  };
  const programme_value *v = &m->p.value[i];
  double                 at;
  memcpy(&at, m->p.block + v->slot, sizeof at);
  json_object(w);
  json_put_string(w, "path", v->path);
  json_put_string(w, "text", v->text);
  json_put_string(w, "unit", v->field->unit);
  put_value(w, "plan", v->field, at);
  for (size_t k = 0; k < sizeof q / sizeof q[0]; k++)
    put_value(w, q[k].key, v->field,
              v->draw < 0 ? (double)NAN : dist_quantile(&m->p.draw[v->draw].of, &m->p.pool, q[k].p));
  json_put_string(w, "distribution", distribution_word(m, v));
  json_put_string(w, "source", v->source);
  json_put_string(w, "as_of", v->as_of);
  json_put_flag(w, "given", v->origin == ORIGIN_FILE);
  put_influences(w, m, of, i);
  json_end(w);
}

void report_inputs(json_writer *w, const twin_model *m, const twin_ensemble *e) {
  ranked *of = e ? calloc((size_t)m->n[CLASS_PROMISE] + 1, sizeof *of) : NULL;
  if (e && !of) w->out->failed = true;
  for (int32_t p = 0; p < m->n[CLASS_PROMISE] && of; p++)
    of[p].n = twin_promise_influence(e, p, of[p].item, REPORT_INFLUENCES);
  json_key(w, "inputs");
  json_array(w);
  for (int32_t i = 0; i < m->p.n_value; i++)
    if (m->p.value[i].draw >= 0 || m->p.value[i].origin == ORIGIN_FILE) put_input(w, m, i, of);
  json_end(w);
  free(of);
}

// ---- Validation ---------------------------------------------------------------------------------------------------------

static void put_score(json_writer *w, const csv_table *t, int32_t row) {
  static const char *const key[] = {"domain", "what", "figure", "unit", "bar", "met", "command"};
  json_object(w);
  for (size_t i = 0; i < sizeof key / sizeof key[0]; i++) {
    text_slice at = csv_field(t, row, csv_column(t, key[i]));
    double     figure;
    json_key(w, key[i]);
    if (!at.n) json_null(w);
    else if (!strcmp(key[i], "met")) json_bool(w, text_equal(at, "yes"));
    else if (!strcmp(key[i], "figure") && text_number(at, &figure)) json_number(w, figure);
    else json_text(w, at);
  }
  json_end(w);
}

void report_validation(json_writer *w) {
  arena      *a = arena_create();
  diag_source source = {0};
  csv_table   t = {0};
  if (!a || (programme_embedded_find("validation/scores.csv", &source) && csv_read(&source, a, NULL, &t))) w->out->failed = true;
  json_key(w, "validation");
  json_array(w);
  for (int32_t i = 0; i < t.n_row; i++) put_score(w, &t, i);
  json_end(w);
  arena_free(a);
}
