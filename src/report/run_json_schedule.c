// Run JSON: when each building begins, has power and is done; what is late year by year; who pays whom.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/calendar.h"
#include "kinds.h"
#include "run_json_parts.h"

// ---- Buildings ----------------------------------------------------------------------------------------------------------

static const char *const milestone_key[MILESTONE_COUNT] = {"begin", "power", "done"};

#define TRANCHE_WORD(code, word, meaning) #word,
static const char *const tranche_word[TRANCHE_COUNT] = {TRANCHE_LIST(TRANCHE_WORD)};

static void put_year_key(json_writer *w, const twin_model *m, int32_t year) {
  char text[12];
  (void)snprintf(text, sizeof text, "%d", (int)((m->month0 + m->report0) / 12 + 1970 + year));
  json_key(w, text);
}

static void put_planned(json_writer *w, const twin_model *m, int32_t b) {
  json_key(w, "planned");
  json_object(w);
  for (int k = 0; k < MILESTONE_COUNT; k++) {
    json_key(w, milestone_key[k]);
    report_month(w, m, twin_planned_month(m, b, (twin_milestone)k));
  }
  json_end(w);
}

static void put_milestone(json_writer *w, const twin_ensemble *e, int32_t b, twin_milestone milestone) {
  static const struct {
    const char *key;
    double      p;
  } rows[] = {
      {"p10", 0.1},
      {"p50", 0.5},
      {"p90", 0.9}
  };
  json_key(w, milestone_key[milestone]);
  json_object(w);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    json_key(w, rows[i].key);
    report_month(w, e->m, twin_month_by(e, twin_reached(&e->chronicle, b, milestone), rows[i].p));
  }
  json_end(w);
}

// Shares of the scenarios by state; states in which the building never stands are left out.
static void put_states(json_writer *w, const twin_ensemble *e, int32_t b, int32_t year) {
  const uint32_t *count = twin_stood(&e->chronicle, b, year);
  json_object(w);
  for (int k = 0; k < TRANCHE_COUNT; k++)
    if (count[k]) json_put_number(w, tranche_word[k], (double)count[k] / e->done);
  json_end(w);
}

static void put_building(json_writer *w, const twin_ensemble *e, int32_t b) {
  const twin_model    *m = e->m;
  const twin_building *building = &m->building[b];
  int32_t              years = twin_report_years(m);
  json_object(w);
  json_put_string(w, "campus", programme_name(&m->p, CLASS_CAMPUS, building->campus));
  json_put_int(w, "building", building->number + 1);
  json_put_string(w, "type", programme_name(&m->p, CLASS_BUILDING_TYPE, building->type));
  json_put_number(w, "it_mw", twin_planned_it_mw(m, b));
  put_planned(w, m, b);
  for (int k = 0; k < MILESTONE_COUNT; k++) put_milestone(w, e, b, (twin_milestone)k);
  json_key(w, "state");
  put_states(w, e, b, years - 1);
  json_key(w, "state_by_year");
  json_object(w);
  for (int32_t y = 0; y < years; y++) {
    put_year_key(w, m, y);
    put_states(w, e, b, y);
  }
  json_end(w);
  json_end(w);
}

// ---- Delay by year ------------------------------------------------------------------------------------------------------

// Mean megawatt-months late by cause, a row of years each; campus -1: of all.
static void put_late(json_writer *w, const twin_ensemble *e, int32_t campus) {
  const twin_model *m = e->m;
  int32_t           first = campus < 0 ? 0 : campus, last = campus < 0 ? m->n[CLASS_CAMPUS] - 1 : campus;
  json_object(w);
  for (int c = 0; c <= CAUSE_COUNT; c++) {
    json_key(w, cause_word(c < CAUSE_COUNT ? c : CAUSE_NONE));
    json_row(w);
    for (int32_t y = 0; y < twin_report_years(m); y++) {
      int64_t sum = 0;
      for (int32_t k = first; k <= last; k++) sum += twin_late(e, k, y, c);
      json_number(w, e->done ? (double)sum / 1000 / CALENDAR_DAYS_PER_MONTH / e->done : (double)NAN);
    }
    json_end(w);
  }
  json_end(w);
}

static void put_delay_by_year(json_writer *w, const twin_ensemble *e) {
  const twin_model *m = e->m;
  json_key(w, "delay_by_year");
  json_object(w);
  json_key(w, "year");
  json_row(w);
  for (int32_t y = 0; y < twin_report_years(m); y++) json_int(w, (m->month0 + m->report0) / 12 + 1970 + y);
  json_end(w);
  json_key(w, "mw_months");
  put_late(w, e, -1);
  json_key(w, "campus");
  json_object(w);
  for (int32_t k = 0; k < m->n[CLASS_CAMPUS]; k++) {
    json_key(w, programme_name(&m->p, CLASS_CAMPUS, k));
    put_late(w, e, k);
  }
  json_end(w);
  json_end(w);
}

void report_schedule(json_writer *w, const twin_ensemble *e) {
  const twin_model *m = e->m;
  json_key(w, "schedule");
  json_array(w);
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
    for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++) put_building(w, e, m->of_campus[k]);
  json_end(w);
  put_delay_by_year(w, e);
}

// ---- Flows --------------------------------------------------------------------------------------------------------------

typedef struct ranked_flow {
  double  mean_usd;
  int32_t flow;
} ranked_flow;

static int compare_ranked(const void *a, const void *b) {
  const ranked_flow *x = a, *y = b;
  if (x->mean_usd != y->mean_usd) return x->mean_usd > y->mean_usd ? -1 : 1;
  return (x->flow > y->flow) - (x->flow < y->flow);
}

static void put_flow(json_writer *w, const twin_ensemble *e, int32_t i) {
  const twin_transfer *flow = &e->chronicle.flow[i];
  const twin_cell     *paid = &e->chronicle.paid[i];
  bins_layout          money = twin_output_layout("USD");
  json_object(w);
  json_put_string(w, "from", programme_name(&e->m->p, CLASS_PARTY, flow->payer));
  json_put_string(w, "to", programme_name(&e->m->p, CLASS_PARTY, flow->payee));
  json_put_string(w, "kind", report_kind_word(flow->kind));
  json_put_number(w, "mean_usd", twin_cell_mean(paid, money));
  json_put_number(w, "p10_usd", twin_cell_quantile(paid, money, 0.1));
  json_put_number(w, "p90_usd", twin_cell_quantile(paid, money, 0.9));
  json_end(w);
}

// Those that were ever paid, the biggest first.
void report_flows(json_writer *w, const twin_ensemble *e) {
  const twin_chronicle *c = &e->chronicle;
  ranked_flow          *rank = malloc(((size_t)c->n_flow + 1) * sizeof *rank);
  bins_layout           money = twin_output_layout("USD");
  int32_t               n = 0;
  if (!rank) w->out->failed = true;
  for (int32_t i = 0; i < c->n_flow && rank; i++)
    if (c->paid[i].cell.least < 0 || c->paid[i].cell.greatest > 0)
      rank[n++] = (ranked_flow){twin_cell_mean(&c->paid[i], money), i};
  if (n > 1) qsort(rank, (size_t)n, sizeof *rank, compare_ranked);
  json_key(w, "flows");
  json_array(w);
  for (int32_t i = 0; i < n; i++) put_flow(w, e, rank[i].flow);
  json_end(w);
  free(rank);
}
