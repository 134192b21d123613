// Chronicle: what an ensemble keeps of buildings and of payments: in which month each building began, had power and was
// done, in which state it stood at the end of each year, and who paid whom for what.
//
// Counts and integer sums, so that the order of the scenarios does not matter. Memory, whatever the number of scenarios:
// 4 bytes for each building, milestone and month simulated, and for each building, year and state; some 7 kB for each
// flow (payer, payee, kind), of which there are at most as many as the ledger has legs.
#ifndef TWIN_CHRONICLE_H
#define TWIN_CHRONICLE_H

#include "state.h"

// A quantity, counted.
typedef struct twin_cell {
  bins_cell cell;
  uint32_t *count;  // bins_size(layout)
} twin_cell;

bool twin_take_cells(arena *a, twin_cell *cell, size_t n, const bins_layout *layout);  // false: out of memory

typedef enum twin_milestone {
  MILESTONE_BEGIN,  // first work
  MILESTONE_POWER,  // connected; never, where the building's type has no such step
  MILESTONE_DONE,   // commissioned: it counts in campus.*.buildings from then on
  MILESTONE_COUNT
} twin_milestone;

typedef struct twin_transfer {
  int32_t payer, payee, kind;
} twin_transfer;  // parties, twin_kind

typedef struct twin_chronicle {
  const twin_model *m;
  int32_t           n_flow;
  twin_transfer    *flow;         // (n_flow) in order of payer, payee, kind
  twin_cell        *paid;         // (n_flow) USD over the months of the report
  int32_t          *flow_of_leg;  // (m->n_leg) -1: no cash
  uint32_t *reached;  // (n_building x MILESTONE_COUNT x (n_month + 1)) scenarios by month; last: not within them
  uint32_t *stood;    // (n_building x years of the report x TRANCHE_COUNT) scenarios
} twin_chronicle;

// What one scenario leaves for it.
typedef struct twin_entry {
  int32_t       *month;       // (n_building x MILESTONE_COUNT); n_month: not within the months simulated
  unsigned char *stood;       // (n_building x years of the report)
  int64_t       *paid_cents;  // (n_flow)
} twin_entry;

bool twin_chronicle_take(const twin_model *m, arena *a, twin_chronicle *out);  // false: out of memory
bool twin_entry_take(const twin_chronicle *c, arena *a, twin_entry *out);
void twin_entry_read(const twin_chronicle *c, const twin_state *s, twin_entry *out);  // after a scenario's last month
void twin_chronicle_fold(twin_chronicle *c, const twin_entry *entry);

// Scenarios by the month of a milestone: (n_month + 1).
static inline uint32_t *twin_reached(const twin_chronicle *c, int32_t building, twin_milestone milestone) {
  return c->reached + ((size_t)building * MILESTONE_COUNT + milestone) * (size_t)(c->m->n_month + 1);
}

// Scenarios by state at the end of a year of the report (the last: of the horizon): (TRANCHE_COUNT).
static inline uint32_t *twin_stood(const twin_chronicle *c, int32_t building, int32_t year) {
  return c->stood + ((size_t)building * (size_t)twin_report_years(c->m) + (size_t)year) * TRANCHE_COUNT;
}

int32_t twin_planned_month(const twin_model *m, int32_t building, twin_milestone milestone);  // by plan; n_month: never
double  twin_planned_it_mw(const twin_model *m, int32_t building);

#endif
