// Chronicle: milestones and states of buildings, and flows of money.
#include "chronicle.h"

#include <string.h>

#include "../base/calendar.h"
#include "parts.h"

bool twin_take_cells(arena *a, twin_cell *cell, size_t n, const bins_layout *layout) {
  size_t    size = bins_size(layout);
  uint32_t *count = arena_take(a, n * size, sizeof *count);
  for (size_t i = 0; count && i < n; i++) {
    cell[i].count = count + i * size;
    bins_clear(&cell[i].cell, cell[i].count, layout);
  }
  return count != NULL;
}

// ---- Milestones ---------------------------------------------------------------------------------------------------------

static int32_t month_of_day(const twin_model *m, double day) {
  if (day < m->day0[0]) return 0;
  return day < m->day0[m->n_month] ? calendar_month_of_day(day) - m->month0 : m->n_month;
}

static int32_t month_reached(const twin_model *m, const build_state *build, int32_t building,
                             twin_milestone milestone) {
  const twin_building *b = &m->building[building];
  if (milestone == MILESTONE_BEGIN) return month_of_day(m, build->start_day[b->begin_activity]);
  int32_t last = milestone == MILESTONE_DONE ? m->net.last[building] : b->energise_activity;
  return last < 0 ? m->n_month : month_of_day(m, build->finish_day[last]);
}

int32_t twin_planned_month(const twin_model *m, int32_t building, twin_milestone milestone) {
  return month_reached(m, &m->plan_build, building, milestone);
}

double twin_planned_it_mw(const twin_model *m, int32_t building) {
  return twin_building_it_mw(&m->plan_view, &m->building[building]);
}

// ---- Flows --------------------------------------------------------------------------------------------------------------

// Who pays whom when a leg is posted; false: no cash changes hands.
static bool flow_of(const ledger_leg *leg, twin_transfer *out) {
  if (leg->party_b < 0 || (leg->debit_a != LEDGER_CASH && leg->credit_a != LEDGER_CASH)) return false;
  bool a_pays = leg->credit_a == LEDGER_CASH;
  *out = (twin_transfer){a_pays ? leg->party_a : leg->party_b, a_pays ? leg->party_b : leg->party_a, leg->kind};
  return true;
}

static int compare_flows(const twin_transfer *a, const twin_transfer *b) {
  if (a->payer != b->payer) return a->payer < b->payer ? -1 : 1;
  if (a->payee != b->payee) return a->payee < b->payee ? -1 : 1;
  return (a->kind > b->kind) - (a->kind < b->kind);
}

// Where a flow stands among those known, or is to stand.
static int32_t place_of(const twin_chronicle *c, const twin_transfer *flow) {
  int32_t low = 0, high = c->n_flow;
  while (low < high) {
    int32_t middle = (low + high) / 2;
    if (compare_flows(&c->flow[middle], flow) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void list_flows(twin_chronicle *c) {
  const twin_model *m = c->m;
  twin_transfer     flow;
  for (int32_t i = 0; i < m->n_leg; i++) {
    if (!flow_of(&m->leg[i], &flow)) continue;
    int32_t at = place_of(c, &flow);
    if (at < c->n_flow && !compare_flows(&c->flow[at], &flow)) continue;
    memmove(&c->flow[at + 1], &c->flow[at], (size_t)(c->n_flow++ - at) * sizeof flow);
    c->flow[at] = flow;
  }
  for (int32_t i = 0; i < m->n_leg; i++) c->flow_of_leg[i] = flow_of(&m->leg[i], &flow) ? place_of(c, &flow) : -1;
}

// Cash that a scenario has moved in the months of the report; what was taken back counts off.
static void read_flows(const twin_chronicle *c, const twin_state *s, int64_t *paid_cents) {
  const twin_model *m = c->m;
  memset(paid_cents, 0, (size_t)c->n_flow * sizeof *paid_cents);
  for (int32_t i = 0; i < m->n_leg; i++) {
    if (c->flow_of_leg[i] < 0) continue;
    const int64_t *amount_cents = s->ledger.amount_cents + (size_t)i * (size_t)m->n_month;
    int64_t        sum = 0;
    for (int32_t t = m->report0; t < m->n_month; t++) sum += amount_cents[t];
    paid_cents[c->flow_of_leg[i]] += sum;
  }
}

// ---- The whole ----------------------------------------------------------------------------------------------------------

bool twin_chronicle_take(const twin_model *m, arena *a, twin_chronicle *out) {
  size_t      buildings = (size_t)m->net.n_building, legs = (size_t)m->n_leg + 1;
  bins_layout money = twin_output_layout("USD");
  *out = (twin_chronicle){.m = m};
  out->reached = ARENA_NEW(a, uint32_t, buildings * MILESTONE_COUNT * (size_t)(m->n_month + 1) + 1);
  out->stood = ARENA_NEW(a, uint32_t, buildings * (size_t)twin_report_years(m) * TRANCHE_COUNT + 1);
  out->flow = ARENA_NEW(a, twin_transfer, legs);
  out->flow_of_leg = ARENA_NEW(a, int32_t, legs);
  if (!out->reached || !out->stood || !out->flow || !out->flow_of_leg) return false;
  list_flows(out);
  out->paid = ARENA_NEW(a, twin_cell, out->n_flow + 1);
  return out->paid && twin_take_cells(a, out->paid, (size_t)out->n_flow, &money);
}

bool twin_entry_take(const twin_chronicle *c, arena *a, twin_entry *out) {
  size_t buildings = (size_t)c->m->net.n_building;
  out->month = ARENA_NEW(a, int32_t, buildings * MILESTONE_COUNT + 1);
  out->stood = ARENA_NEW(a, unsigned char, buildings *(size_t)twin_report_years(c->m) + 1);
  out->paid_cents = ARENA_NEW(a, int64_t, c->n_flow + 1);
  return out->month && out->stood && out->paid_cents;
}

void twin_entry_read(const twin_chronicle *c, const twin_state *s, twin_entry *out) {
  const twin_model *m = c->m;
  for (int32_t b = 0; b < m->net.n_building; b++)
    for (int k = 0; k < MILESTONE_COUNT; k++)
      out->month[b * MILESTONE_COUNT + k] = month_reached(m, &s->build, b, (twin_milestone)k);
  memcpy(out->stood, s->stood, (size_t)m->net.n_building * (size_t)twin_report_years(m));
  read_flows(c, s, out->paid_cents);
}

void twin_chronicle_fold(twin_chronicle *c, const twin_entry *entry) {
  bins_layout money = twin_output_layout("USD");
  int32_t     years = twin_report_years(c->m);
  for (int32_t b = 0; b < c->m->net.n_building; b++) {
    for (int k = 0; k < MILESTONE_COUNT; k++)
      twin_reached(c, b, (twin_milestone)k)[entry->month[b * MILESTONE_COUNT + k]]++;
    for (int32_t y = 0; y < years; y++) twin_stood(c, b, y)[entry->stood[b * years + y]]++;
  }
  for (int32_t i = 0; i < c->n_flow; i++)
    bins_add(&c->paid[i].cell, c->paid[i].count, &money, (double)entry->paid_cents[i] / 100);
}
