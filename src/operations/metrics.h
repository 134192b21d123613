// Metrics of a schedule: sums and quantiles that are built up job by job, in memory that does not grow with the jobs.
#ifndef OPERATIONS_METRICS_H
#define OPERATIONS_METRICS_H

#include "schedule.h"

// Sum of doubles whose rounding error does not grow with their number.
// Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974), IV.
typedef struct operations_sum {
  double sum, lost;
} operations_sum;
void   operations_sum_add(operations_sum *s, double x);
double operations_sum_get(const operations_sum *s);

// Counts of whole seconds 0 .. 2^32-1 (longer ones count there), in pages of 1024 that are taken as they are needed.
typedef struct operations_counts {
  uint32_t **page;  // (n_page), NULL where nothing was counted
  size_t     n_page;
  int64_t    n;
} operations_counts;
bool   operations_counts_add(operations_counts *c, int64_t value_s, arena *a);  // false: out of memory
double operations_counts_rank(const operations_counts *c, int64_t rank);        // rank-th smallest, from 1

typedef struct operations_tally {
  operations_counts  waits;
  int64_t            first_submit_s, last_end_s;
  double             max_slowdown, max_wait_s;
  operations_sum     wait_s, flow_s, slowdown, area, area_wait;
  operations_metrics m;  // counts and GPU-seconds, filled as they come
} operations_tally;

void operations_tally_start(operations_tally *t);

// A job that ended done or timed out. run_s: progress it made, the weight of its area.
bool operations_tally_job(operations_tally *t, const operations_job *job, int64_t first_start_s, int64_t end_s,
                          int64_t run_s,
                          arena  *a);  // false: out of memory

void operations_tally_finish(operations_tally *t, operations_metrics *out);

#endif
