// Ensemble: many scenarios, folded into counts that do not depend on the order in which they came.
#ifndef TWIN_ENSEMBLE_H
#define TWIN_ENSEMBLE_H

#include "chronicle.h"

struct twin_ensemble;

typedef struct twin_run_opts {
  uint64_t seed;
  uint32_t scenarios;
  int      threads;
  int      without;           // 1: also with each cause removed
  int    (*progress)(void *user, const sg_progress *now);
  void    *user;
  const uint32_t *steps;       // (n_steps) numbers of scenarios, each above the one before; those at or beyond the end are left out
  size_t   n_steps;
  int    (*step)(void *user, struct twin_ensemble *so_far);  // between the workers' work, with so many folded; not 0: stop
} twin_run_opts;

enum { TWIN_JOINT_COSTS = 24, TWIN_TILE = 16 };  // a tile: months whose counters of one bin fill a line of the cache

typedef struct twin_promise_odds {
  uint64_t  kept;
  uint32_t *month;                      // (n_month + 1) scenarios that first reach the threshold in that month; last: never
  uint64_t  kept_without[CAUSE_COUNT];  // with the cause removed, same draws; from `compared` scenarios, spread over all
  uint64_t  kept_compared, compared_without[CAUSE_COUNT];  // among those: as it is, and with the cause removed
  int32_t   planned_month;              // of the plan run; -1: never
  int32_t   planned_kept;
} twin_promise_odds;

typedef struct twin_ensemble {
  const twin_model *m;
  uint64_t  seed;
  uint32_t  scenarios, done;
  int       cancelled, without;
  uint64_t  compared;          // scenarios that were also run with each cause removed: the first 2,000 at most
  uint64_t  unmatched;         // scenarios in which no attempt agreed with the facts: the last attempt stands
  uint64_t  redrawn;           // attempts that contradicted a fact
  bins_layout *series_layout;  // (n_series)
  bins_cell *series;           // (n_series x n_month), row-major
  uint32_t **series_count;     // (n_series) counters: (tiles of reported months x bins_size x TWIN_TILE)
  uint32_t  *series_block;     // all of them
  twin_cell *metric;           // (n_series): level at the end, sum of a flow, last of a cumulative; months of the report
  twin_cell *scalar;           // (SCALAR_COUNT)
  bins_layout scalar_layout[SCALAR_COUNT];
  twin_cell *party_in, *party_out, *party_npv;  // (n party)
  twin_promise_odds *promise;  // (n promise)
  twin_chronicle chronicle;    // buildings and payments
  int64_t  *late;              // (n campus x years of the report x (CAUSE_COUNT + 1)) thousandths of MW-days; last: none

  uint32_t *joint;             // (TWIN_JOINT_COSTS x (n_month + 1)) scenarios by total capital cost and month of completion
  double    joint_cost_usd[TWIN_JOINT_COSTS];  // upper ends of the cost classes
  void     *sensitivity;       // inputs against promises
  arena    *a;
} twin_ensemble;

sg_err twin_ensemble_run(const twin_model *m, const twin_run_opts *opts, twin_ensemble **out);
void   twin_ensemble_free(twin_ensemble *e);  // NULL is fine

static inline bins_cell *twin_series_cell(const twin_ensemble *e, int32_t series, int32_t month) {
  return &e->series[(size_t)series * (size_t)e->m->n_month + (size_t)month];
}

// Counters of a month, TWIN_TILE apart.
static inline uint32_t *twin_series_count(const twin_ensemble *e, int32_t series, int32_t month) {
  size_t t = (size_t)(month - e->m->report0);
  return e->series_count[series] + t / TWIN_TILE * TWIN_TILE * bins_size(&e->series_layout[series]) + t % TWIN_TILE;
}

double twin_series_mean(const twin_ensemble *e, int32_t series, int32_t month);
double twin_series_quantile(const twin_ensemble *e, int32_t series, int32_t month, double p);
void   twin_series_quantiles(const twin_ensemble *e, int32_t series, int32_t month, const double *p, size_t n, double *out);  // p rising
double twin_cell_mean(const twin_cell *c, bins_layout layout);
double twin_cell_quantile(const twin_cell *c, bins_layout layout, double p);

// Month by which a share p of all scenarios had reached the promise's threshold; -1: fewer ever did.
int32_t twin_promise_month(const twin_ensemble *e, int32_t promise, double p);

// Share of the scenarios that completed everything for at most cost class `cost` by month `month`.
double twin_joint_odds(const twin_ensemble *e, int32_t cost, int32_t month);

// Megawatt-days that a campus lost to a cause (CAUSE_COUNT: none), in thousandths, over all scenarios; year -1: in all years.
int64_t twin_late(const twin_ensemble *e, int32_t campus, int32_t year, int which);

// Month by which a share p of all scenarios had come to what count (n_month + 1) tells of; -1: fewer ever did.
int32_t twin_month_by(const twin_ensemble *e, const uint32_t *count, double p);

// What a campus lost to each cause, as shares that add up to 1; share[CAUSE_COUNT]: none.
void twin_delay_shares(const twin_ensemble *e, int32_t campus, double share[CAUSE_COUNT + 1]);

// Most influential inputs for a promise: up to n rows of (value index, first-order share), largest first. Returns how many.
typedef struct twin_influence { int32_t value; double share, trend; } twin_influence;
int32_t twin_promise_influence(const twin_ensemble *e, int32_t promise, twin_influence *out, int32_t n);

#endif
