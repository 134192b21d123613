// Run JSON: promises, metrics, series, delay, parties, joint odds.
#include "run_json_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "../base/calendar.h"

#define SCALAR_NAME(code, name, unit, meaning) name,
#define SCALAR_UNIT(code, name, unit, meaning) unit,
const char *const report_scalar_name[SCALAR_COUNT] = {TWIN_SCALAR_LIST(SCALAR_NAME)};
const char *const report_scalar_unit[SCALAR_COUNT] = {TWIN_SCALAR_LIST(SCALAR_UNIT)};

enum { QUANTILES = 5 };
static const char *const quantile_key[QUANTILES] = {"p5", "p10", "p50", "p90", "p95"};
static const double      quantile[QUANTILES] = {0.05, 0.1, 0.5, 0.9, 0.95};

void report_month(json_writer *w, const twin_model *m, int32_t month) {
  char text[8];
  if (month < 0 || month >= m->n_month) {
    json_null(w);
    return;
  }
  calendar_month_text(m->month0 + month, text);
  json_string(w, text);
}

void report_seed(json_writer *w, const char *key, uint64_t seed) {
  char text[24];
  json_key(w, key);
  if (seed <= INT64_MAX) {
    json_int(w, (int64_t)seed);
    return;
  }
  (void)snprintf(text, sizeof text, "%" PRIu64, seed);
  json_string(w, text);
}

void report_plan_months(json_writer *w, const twin_model *m) {
  json_row(w);
  for (int32_t t = m->report0; t < m->n_month; t++) report_month(w, m, t);
  json_end(w);
}

static double share_of(uint64_t part, const twin_ensemble *e) {
  return e->done ? (double)part / (double)e->done : (double)NAN;
}

// ---- Promises -----------------------------------------------------------------------------------------------------------

static void put_influence(json_writer *w, const twin_ensemble *e, int32_t promise) {
  twin_influence top[REPORT_INFLUENCES];
  int32_t        n = twin_promise_influence(e, promise, top, REPORT_INFLUENCES);
  json_key(w, "influence");
  json_row(w);
  for (int32_t i = 0; i < n; i++) {
    const programme_value *v = &e->m->p.value[top[i].value];
    json_object(w);
    json_put_string(w, "input", v->path);
    json_put_number(w, "share", top[i].share);
    json_put_number(w, "trend", top[i].trend);
    json_put_string(w, "source", v->source);
    json_end(w);
  }
  json_end(w);
}

static void put_promise(json_writer *w, const twin_ensemble *e, int32_t i) {
  const twin_model        *m = e->m;
  const twin_promise_rule *rule = &m->promise[i];
  const twin_promise      *p = &m->plan_view.promise[rule->row];
  const twin_promise_odds *odds = &e->promise[i];
  char                     by[8];
  calendar_month_text(isnan(p->by_day) ? m->month0 + rule->by_month : calendar_month_of_day(p->by_day), by);
  json_object(w);
  json_put_string(w, "id", programme_name(&m->p, CLASS_PROMISE, rule->row));
  json_put_string(w, "who", programme_text(&m->p, p->who));
  json_put_string(w, "says", programme_text(&m->p, p->says));
  json_put_string(w, "perimeter", p->perimeter < 0 ? "programme" : programme_name(&m->p, CLASS_PERIMETER, p->perimeter));
  json_put_string(w, "metric", programme_text(&m->p, p->metric));
  json_put_string(w, "series", m->series[rule->series].name);
  json_put_string(w, "kind", rule->at_most ? "at_most" : "at_least");
  json_put_number(w, "threshold", rule->threshold);
  json_put_string(w, "unit", rule->unit);
  json_put_string(w, "by", by);
  json_put_string(w, "source", p->source < 0 ? NULL : programme_text(&m->p, p->source));
  json_put_number(w, "probability", share_of(odds->kept, e));
  json_put_flag(w, "planned_kept", odds->planned_kept);
  json_key(w, "planned_date");
  report_month(w, m, odds->planned_month);
  static const struct {
    const char *key;
    double      p;
  } dates[] = {
      {"p10_date", 0.1},
      {"p50_date", 0.5},
      {"p90_date", 0.9}
  };
  for (size_t k = 0; k < sizeof dates / sizeof dates[0]; k++) {
    json_key(w, dates[k].key);
    report_month(w, m, twin_promise_month(e, i, dates[k].p));
  }
  put_influence(w, e, i);
  json_end(w);
}

// ---- Quantities ---------------------------------------------------------------------------------------------------------

static void put_quantiles(json_writer *w, const twin_cell *cell, bins_layout layout) {
  json_put_number(w, "mean", twin_cell_mean(cell, layout));
  for (int q = 0; q < QUANTILES; q++) json_put_number(w, quantile_key[q], twin_cell_quantile(cell, layout, quantile[q]));
}

static void put_metrics(json_writer *w, const twin_ensemble *e) {
  const twin_model *m = e->m;
  json_key(w, "metrics");
  json_object(w);
  for (int32_t i = 0; i < m->n_series; i++) {
    json_key(w, m->series[i].name);
    json_object(w);
    json_put_string(w, "unit", m->series[i].output->unit);
    put_quantiles(w, &e->metric[i], e->series_layout[i]);
    json_end(w);
  }
  for (int i = 0; i < SCALAR_COUNT; i++) {
    json_key(w, report_scalar_name[i]);
    json_object(w);
    json_put_string(w, "unit", report_scalar_unit[i]);
    put_quantiles(w, &e->scalar[i], e->scalar_layout[i]);
    json_put_number(w, "plan", m->plan_scalar[i]);
    json_end(w);
  }
  json_end(w);
}

static void put_series(json_writer *w, const twin_ensemble *e, int32_t i) {
  const twin_model *m = e->m;
  double            row[TWIN_MAX_MONTHS], at[TWIN_MAX_MONTHS][QUANTILES];
  size_t            n = (size_t)(m->n_month - m->report0);
  json_key(w, m->series[i].name);
  json_object(w);
  json_put_string(w, "unit", m->series[i].output->unit);
  json_key(w, "month");
  report_plan_months(w, m);
  json_key(w, "plan");
  for (size_t t = 0; t < n; t++) row[t] = m->plan_record[((size_t)m->report0 + t) * m->record + m->series[i].at];
  json_numbers(w, row, n);
  json_key(w, "mean");
  for (size_t t = 0; t < n; t++) row[t] = twin_series_mean(e, i, m->report0 + (int32_t)t);
  json_numbers(w, row, n);
  for (size_t t = 0; t < n; t++) twin_series_quantiles(e, i, m->report0 + (int32_t)t, quantile, QUANTILES, at[t]);
  for (int q = 0; q < QUANTILES; q++) {
    json_key(w, quantile_key[q]);
    for (size_t t = 0; t < n; t++) row[t] = at[t][q];
    json_numbers(w, row, n);
  }
  json_end(w);
}

// ---- Delay --------------------------------------------------------------------------------------------------------------

static void put_without(json_writer *w, const twin_ensemble *e) {
  const twin_model *m = e->m;
  json_key(w, "without");
  json_object(w);
  for (int c = 0; c < CAUSE_COUNT && e->without; c++) {
    json_key(w, cause_word(c));
    json_object(w);
    for (int32_t i = 0; i < m->n[CLASS_PROMISE]; i++)
      json_put_number(w, programme_name(&m->p, CLASS_PROMISE, i), share_of(e->promise[i].kept_without[c], e));
    json_end(w);
  }
  json_end(w);
}

static void put_delay(json_writer *w, const twin_ensemble *e) {
  const twin_model *m = e->m;
  json_key(w, "delay");
  json_object(w);
  for (int32_t k = 0; k < m->n[CLASS_CAMPUS]; k++) {
    double share[CAUSE_COUNT + 1];
    twin_delay_shares(e, k, share);
    json_key(w, programme_name(&m->p, CLASS_CAMPUS, k));
    json_object(w);
    json_key(w, "share");
    json_object(w);
    json_put_number(w, cause_word(CAUSE_NONE), share[CAUSE_COUNT]);
    for (int c = 0; c < CAUSE_COUNT; c++) json_put_number(w, cause_word(c), share[c]);
    json_end(w);
    put_without(w, e);
    json_end(w);
  }
  json_end(w);
}

// ---- Parties and joint odds ---------------------------------------------------------------------------------------------

static void put_party(json_writer *w, const twin_ensemble *e, int32_t p) {
  const twin_model *m = e->m;
  const struct {
    const char      *key;
    const twin_cell *cell;
  } rows[] = {
      {"cash_in_usd",  &e->party_in[p] },
      {"cash_out_usd", &e->party_out[p]},
      {"npv_usd",      &e->party_npv[p]}
  };
  bins_layout money = twin_output_layout("USD");
  json_key(w, programme_name(&m->p, CLASS_PARTY, p));
  json_object(w);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    json_key(w, rows[i].key);
    json_object(w);
    put_quantiles(w, rows[i].cell, money);
    json_end(w);
  }
  json_put_number(w, "rate", m->plan_view.party[p].rate_frac_per_yr);
  json_put_flag(w, "inside", m->inside[p]);
  json_key(w, "perimeter");
  json_row(w);
  for (int32_t q = 0; q < m->n[CLASS_PERIMETER]; q++) {
    field_span of = m->plan_view.perimeter[q].parties;
    for (int32_t i = 0; i < of.n; i++)
      if (m->plan_view.ref[of.first + i] == p) json_string(w, programme_name(&m->p, CLASS_PERIMETER, q));
  }
  json_end(w);
  json_end(w);
}

// Odds that all is complete by a month at no more than a cost: a row for each cost; the last cost has no limit.
static void put_joint(json_writer *w, const twin_ensemble *e) {
  const twin_model *m = e->m;
  json_key(w, "joint");
  json_object(w);
  json_key(w, "month");
  report_plan_months(w, m);
  json_key(w, "capex_usd");
  json_row(w);
  for (int k = 0; k < TWIN_JOINT_COSTS - 1; k++) json_number(w, e->joint_cost_usd[k]);
  json_null(w);
  json_end(w);
  json_key(w, "odds");
  json_array(w);
  double row[TWIN_MAX_MONTHS];
  for (int32_t k = 0; k < TWIN_JOINT_COSTS; k++) {
    for (int32_t t = m->report0; t < m->n_month; t++) row[t - m->report0] = twin_joint_odds(e, k, t);
    json_numbers(w, row, (size_t)(m->n_month - m->report0));
  }
  json_end(w);
  json_end(w);
}

// ---- The whole ----------------------------------------------------------------------------------------------------------

static void put_head(json_writer *w, const twin_ensemble *e) {
  const twin_model *m = e->m;
  char              as_of[11];
  calendar_day_text((int32_t)m->p.as_of_day, as_of);
  json_put_string(w, "schema", "stargate.run/1");
  json_put_string(w, "version", SG_VERSION);
  json_put_string(w, "programme", programme_text(&m->p, m->plan_view.top->programme));
  json_put_string(w, "as_of", as_of);
  report_seed(w, "seed", e->seed);
  json_put_int(w, "scenarios", e->done);
  if (e->cancelled) {
    json_put_flag(w, "cancelled", true);
    json_put_int(w, "scenarios_wanted", e->scenarios);
  }
}

static void put_facts(json_writer *w, const twin_ensemble *e) {
  json_key(w, "facts");
  json_object(w);
  json_put_int(w, "held", e->m->n_fact);
  json_put_int(w, "redrawn", (int64_t)e->redrawn);
  json_put_int(w, "unmatched", (int64_t)e->unmatched);
  json_put_int(w, "compared", (int64_t)e->compared);  // scenarios behind `without`
  json_end(w);
}

bool report_run_json(const twin_ensemble *e, int indent, text_buffer *out) {
  const twin_model *m = e->m;
  json_writer       w = json_begin(out, indent);
  json_object(&w);
  put_head(&w, e);
  report_origin(&w, e);
  json_key(&w, "promises");
  json_array(&w);
  for (int32_t i = 0; i < m->n[CLASS_PROMISE]; i++) put_promise(&w, e, i);
  json_end(&w);
  put_metrics(&w, e);
  w.digits = REPORT_DIGITS;
  json_key(&w, "series");
  json_object(&w);
  for (int32_t i = 0; i < m->n_series; i++) put_series(&w, e, i);
  json_end(&w);
  report_schedule(&w, e);
  put_joint(&w, e);
  w.digits = REPORT_DIGITS_EXACT;
  put_delay(&w, e);
  json_key(&w, "parties");
  json_object(&w);
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) put_party(&w, e, p);
  json_end(&w);
  report_flows(&w, e);
  report_programme(&w, m);
  report_inputs(&w, m, e);
  report_validation(&w);
  put_facts(&w, e);
  json_end(&w);
  return json_finish(&w);
}
