// Goodput: share of a gang job's time that is lasting progress, exactly and by simulation.
//
// A gang job computes for an interval, stands still while a checkpoint is written, and computes again; the checkpoint
// can be used once its background save has ended. Failures are exponential in scheduled time, also while it restarts
// and writes. After one the job waits in a queue (no failures there), restarts, and goes on from the last checkpoint
// that can be used. Pure, no allocation. Rates per second, times in seconds.
#ifndef OPERATIONS_GOODPUT_H
#define OPERATIONS_GOODPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "../uncertainty/stream.h"
#include "hazard.h"
#include "operations.h"

typedef struct operations_gang {
  double failures_per_s;  // L >= 0
  double interval_s;      // t, computing between checkpoints, > 0
  double write_s;         // w, standing still for one, >= 0
  double save_s;          // s, from its end until the checkpoint can be used, 0 .. interval + write
  double restart_s;       // u, from failure to computing, >= 0
  double queue_s;         // q, wait before each restart, >= 0
} operations_gang;

// Expected training time ratio, in [0, 1]:
//   t exp(-L s) / ((exp(L (t + w)) - 1) (1/L + X)),   X = q exp(L u) + (exp(L u) - 1) / L
// Between restarts the job runs for an exponential time, in which floor((time - s) / (t + w)) checkpoints become
// usable; X is the mean time from a failure to computing again. Renewal-reward; with s = 0 the form of
// validation/cluster, with q = 0 as well that of Daly, FGCS 22(3), 2006. 0 where it is smaller than a double can say.
double operations_ettr(const operations_gang *job);

// First order: (1 - L (u + q + t / 2)) / (1 + w / t); may be negative. Kokolis et al., arXiv:2410.21680, 2024-10.
double operations_ettr_first_order(const operations_gang *job);

// Interval that maximises operations_ettr, whatever restart, queue and save are: L t = 1 - exp(-L (t + w)), that is
// (1 + W(-exp(-1 - L w))) / L with Lambert's W. 0 for w = 0; HUGE_VAL for L = 0.
double operations_best_interval_s(double failures_per_s, double write_s);

typedef struct operations_ratio {
  double mean, stderr_mean;  // of the ratio, by the delta method
} operations_ratio;

// The same by simulation: that many failures of one job; n >= 2. L > 0. NaN for L u above
// OPERATIONS_MOST_HOPELESS: such a job needs a hundred thousand attempts to get going once.
#define OPERATIONS_MOST_HOPELESS 12.0
operations_ratio operations_ettr_simulate(const operations_gang *job, stream s, uint32_t n);

// A job in `replicas` copies of the model that loses only the replica hit: all stop for pause_s, the rest go on, and
// the replica is back after recover_s. a / (1 + L a p) with a = 1 / (1 + L r / replicas), the share of time that a
// replica is there. Assumes that no two causes hit at once. Source: alternating renewal process; the practice:
// FT-HSDP, arXiv:2602.00277.
double operations_elastic_frac(double failures_per_s, double replicas, double recover_s, double pause_s);

typedef enum operations_interval {
  OPERATIONS_INTERVAL_FIXED,
  OPERATIONS_INTERVAL_YOUNG,
  OPERATIONS_INTERVAL_DALY,
  OPERATIONS_INTERVAL_BEST
} operations_interval;

// How jobs are kept running.
typedef struct operations_practice {
  operations_interval interval;
  double              interval_s;       // of FIXED
  double              write_s, save_s;  // a checkpoint: standing still, then until it can be used
  double              timeout_s;        // until a stall is noticed that nothing else reports
  double              extra_detect_s;   // delay of detection on top, of every cause
  bool                inspects;         // causes are noticed as operations_cause.detect_s says, else all by the timeout
  double              diagnose_s, load_s;   // tests and replacement; loading a checkpoint
  double              load_gpus;            // so many can load at once; a storm of restarts takes longer
  double              start_s_per_gpu;      // communicators: grows with the job
  double              planned_per_day;      // planned stops of a job, each a restart without loss of work
  double              straggler_frac;       // share of nodes that are slow before they are removed
  double              straggler_loss_frac;  // of speed while at least one of them is in the job
  double              replicas;             // copies that may be lost one by one; 1: a gang that stops as a whole
  double              pause_s;              // for regrouping, with replicas > 1
  int64_t             spare_nodes;          // -1: as many as are enough in 99 % of the time
} operations_practice;

operations_practice operations_practice_standard(void);  // asynchronous checkpoints, best interval, inspection
operations_practice operations_practice_plain(void);     // blocking, every hour, found by timeout

// Interval by policy, at least as long as the save that it must not overtake (save_s - write_s).
double operations_interval_of(const operations_practice *practice, double failures_per_s);

// From failure to computing again for one cause and for the mean of all, at this size.
double operations_detect_s(const operations_practice *practice, operations_cause_id id);
double operations_restart_s(const operations_practice *practice, const operations_shape *shape, double gpus);
double operations_restart_own_s(const operations_practice *practice, double gpus);  // once the failure is noticed

// Writing a model's state to storage: 12 bytes per parameter, master weights and two moments of 4 each.
// Source: Wang et al., "Gemini: fast failure recovery in distributed training with in-memory checkpoints", SOSP 2023.
double operations_state_write_s(double params, double gbit_per_s);

// What a run of this size can expect. Shares of its time sum to 1.
typedef struct operations_expectation {
  double          failures_per_day, mtbf_h;
  double          down_nodes;  // mean, out for repair
  double          cover_frac;  // P(no more than the spares are down)
  int64_t         spare_nodes;
  operations_gang job;          // as given to the exact form
  double          useful_frac;  // effective training time
  double          planned_frac, straggler_frac, write_frac, restart_frac, rework_frac;
} operations_expectation;

// multiplier, age_factor: see hazard.h, > 0. gpus > 0. Where spares run out a job waits for the first of the repairs
// under way: share of failures that need a spare x P(none left) x repair / (spares + 1). About 2 us.
void operations_expect(const operations_shape *shape, double multiplier, double age_factor,
                       const operations_practice *practice, double gpus, operations_expectation *out);

// Mean hours that a node which hardware took out is away.
double operations_node_repair_h(void);

// ---- For the twin ---------------------------------------------------------------------------------------------------
//
// Size, age, multiplier and rack enter the exact form only through the interruptions of the job; every member of a
// practice may be drawn. So what is costly stands in tables of one variable each, made once: the best interval here, the
// factor of age by month and the time until a failure is noticed by shape in the twin. The rest is evaluated.

// The practice that a user states: stragglers and maintenance are slow_frac, spares are not counted (spare_nodes 0).
operations_practice operations_practice_of(const operations_reliability *reliability);

// Mean time until a failure is noticed: seen_s + unseen_frac x timeout, over the causes of a shape under inspection. Exact
// for timeouts above the slowest cause that is noticed (150 s).
typedef struct operations_notice {
  double seen_s, unseen_frac;
} operations_notice;
operations_notice operations_notice_of(const operations_shape *shape);
double            operations_notice_s(const operations_notice *notice, const operations_reliability *reliability);

// L t of the best interval t by c = L w, cells of an eighth of an octave from 2^-64 to 2^16, linear between; below them
// sqrt(2 c), above 1. At the optimum an error of 5e-4 in t costs less than 1e-7 of goodput (goodput_test.c).
enum { OPERATIONS_TABLE_OCTAVES = 80, OPERATIONS_TABLE_CELLS = 8 };
typedef struct operations_interval_table {
  double lt[OPERATIONS_TABLE_OCTAVES * OPERATIONS_TABLE_CELLS + 1];
} operations_interval_table;
void   operations_interval_table_make(operations_interval_table *out);
double operations_interval_at_s(const operations_interval_table *table, double failures_per_s, double write_s);

// A training run that is interrupted failures_per_s_gpu x GPUs times a second.
typedef struct operations_run {
  const operations_reliability *practice;
  double                        failures_per_s_gpu;  // > 0
  double                        notice_s, queue_s;   // until a failure is noticed; mean wait for a spare
} operations_run;

// Share of what a run on so many GPUs holds that is progress. About 0.1 us.
double operations_goodput_at(const operations_interval_table *table, const operations_run *run, double gpus);

// Mean wait of a failure for a spare: share of failures that take a node out x P(no spare left) x repair / (spares + 1),
// the last for the first of the repairs under way. taken_out_frac of all failures; down_nodes: mean out for repair.
double operations_queue_s(double taken_out_frac, double down_nodes, int64_t spare_nodes, double repair_s);

// Shares of GPU-hours by kind of work; frontier + research + evaluation + serving = 1.
typedef struct operations_mix {
  double frontier, research, evaluation, serving;
} operations_mix;

#endif
