#include "goodput.h"

#include <math.h>

#include "../base/number.h"
#include "spares.h"

// ---- One job -------------------------------------------------------------------------------------------------------

// Mean time from a failure to computing again.
static double recovery_s(const operations_gang *j) {
  const double at = j->failures_per_s * j->restart_s;
  return j->queue_s * exp(at) + (at > 0.0 ? expm1(at) / j->failures_per_s : j->restart_s);
}

double operations_ettr(const operations_gang *job) {
  const double l = job->failures_per_s, cycle_s = job->interval_s + job->write_s;
  if (!(l > 0.0)) return job->interval_s / cycle_s;
  const double share = job->interval_s * exp(-l * job->save_s) / (expm1(l * cycle_s) * (1.0 / l + recovery_s(job)));
  return share > 0.0 ? share : 0.0;  // also where exponentials overflow
}

double operations_ettr_first_order(const operations_gang *job) {
  return (1.0 - job->failures_per_s * (job->restart_s + job->queue_s + 0.5 * job->interval_s)) /
         (1.0 + job->write_s / job->interval_s);
}

// Newton on g(x) = x - 1 + exp(-x - c), x = L t, c = L w: g is convex, so from x = 1, where g > 0, the steps fall
// monotonically to the root.
double operations_best_interval_s(double failures_per_s, double write_s) {
  if (!(failures_per_s > 0.0)) return HUGE_VAL;
  if (!(write_s > 0.0)) return 0.0;
  const double c = failures_per_s * write_s;
  double       x = 1.0;
  for (int i = 0; i < 200; i++) {
    const double left = exp(-x - c), less = (x - 1.0 + left) / (1.0 - left);
    x -= less;
    if (!(less > 1e-15 * x)) break;
  }
  return x / failures_per_s;
}

// One failure to the next: what it brought, and how long it took.
typedef struct renewal {
  double useful_s, length_s;
} renewal;

static renewal simulate_one(const operations_gang *j, stream s, uint64_t restart_key, double up_s, uint32_t *restarts) {
  renewal      r = {0.0, up_s};
  const double cycles = floor((up_s - j->save_s) / (j->interval_s + j->write_s));
  if (cycles > 0.0) r.useful_s = cycles * j->interval_s;
  for (;;) {
    const double next_s = -log(stream_uniform(s, restart_key, (*restarts)++)) / j->failures_per_s;
    r.length_s += j->queue_s + number_least(next_s, j->restart_s);
    if (next_s >= j->restart_s) return r;
  }
}

// Times between failures are drawn one from each n-th of their distribution: their order does not matter, and the
// error is then less than stated, which is that of independent draws.
operations_ratio operations_ettr_simulate(const operations_gang *job, stream s, uint32_t n) {
  const uint64_t run_key = stream_key("operations.ettr.run"), restart_key = stream_key("operations.ettr.restart");
  double         useful = 0.0, length = 0.0, uu = 0.0, ul = 0.0, ll = 0.0;
  uint32_t       restarts = 0;
  if (!(job->failures_per_s * job->restart_s <= OPERATIONS_MOST_HOPELESS))
    return (operations_ratio){(double)NAN, (double)NAN};
  for (uint32_t i = 0; i < n; i++) {
    const double  up_s = -log((i + stream_uniform(s, run_key, i)) / n) / job->failures_per_s;
    const renewal r = simulate_one(job, s, restart_key, up_s, &restarts);
    useful += r.useful_s;
    length += r.length_s;
    uu += r.useful_s * r.useful_s;
    ul += r.useful_s * r.length_s;
    ll += r.length_s * r.length_s;
  }
  const double mean = useful / length, square = uu - 2.0 * mean * ul + mean * mean * ll;  // sum of (u - mean l)^2
  return (operations_ratio){mean, sqrt(number_most(0.0, square) * n / (n - 1.0)) / length};
}

double operations_elastic_frac(double failures_per_s, double replicas, double recover_s, double pause_s) {
  const double there = 1.0 / (1.0 + failures_per_s * recover_s / replicas);
  return there / (1.0 + failures_per_s * there * pause_s);
}

// ---- Practice ------------------------------------------------------------------------------------------------------

// Blocked 0.59 s, saved in 51.06 s, loaded in 129.49 s: 405B on 8,960 GPUs, ByteCheckpoint, arXiv:2407.20143 v4,
// 2025. Timeout: 10 min, ByteRobust, arXiv:2509.16293, 2025-09. Detection and tests below 10 min, 0.5 % of hosts
// slow, 0.7 points of an MFU of 55.2 % regained by removing them: MegaScale, arXiv:2402.15627, sec. 6.3, 2024-02.
// Communicators: below 5 s on 2,048 GPUs and below 30 s on more than 10,000, the same. Planned: 47 stops in 54 days,
// Llama 3, arXiv:2407.21783, 2024-07. diagnose, pause, load_gpus: assumption, see
// docs/validation-reliability.md#assumptions.
operations_practice operations_practice_standard(void) {
  return (operations_practice){.interval = OPERATIONS_INTERVAL_BEST,
                               .write_s = 0.59,
                               .save_s = 51.06,
                               .timeout_s = 600.0,
                               .inspects = true,
                               .diagnose_s = 420.0,
                               .load_s = 129.49,
                               .load_gpus = 100000.0,
                               .start_s_per_gpu = 5.0 / 2048.0,
                               .planned_per_day = 47.0 / 54.0,
                               .straggler_frac = 0.0,
                               .straggler_loss_frac = 0.007 / 0.552,
                               .replicas = 1.0,
                               .pause_s = 60.0,
                               .spare_nodes = -1};
}

// Written in 5 min every hour, restarted within 20 min of which the timeout takes 10: Kokolis et al.,
// arXiv:2410.21680, 2024-10. Stragglers stay.
operations_practice operations_practice_plain(void) {
  operations_practice p = operations_practice_standard();
  p.interval = OPERATIONS_INTERVAL_FIXED;
  p.interval_s = 3600.0;
  p.write_s = 300.0;
  p.save_s = 0.0;
  p.inspects = false;
  p.straggler_frac = 0.005;
  return p;
}

// No shorter than the save that it must not overtake; 1 ms: a checkpoint without cost.
static double interval_after_save_s(double interval_s, double write_s, double save_s) {
  return number_most(interval_s, number_most(save_s - write_s, 1e-3));
}

double operations_interval_of(const operations_practice *practice, double failures_per_s) {
  double at = practice->interval_s;
  if (practice->interval == OPERATIONS_INTERVAL_YOUNG) at = operations_young_s(practice->write_s, 1.0 / failures_per_s);
  if (practice->interval == OPERATIONS_INTERVAL_DALY) at = operations_daly_s(practice->write_s, 1.0 / failures_per_s);
  if (practice->interval == OPERATIONS_INTERVAL_BEST)
    at = operations_best_interval_s(failures_per_s, practice->write_s);
  return interval_after_save_s(at, practice->write_s, practice->save_s);
}

double operations_detect_s(const operations_practice *practice, operations_cause_id id) {
  const double seen_s = operations_cause_of(id).detect_s;
  const bool   timeout = isnan(seen_s) || !practice->inspects;
  return practice->extra_detect_s + (timeout ? practice->timeout_s : number_least(seen_s, practice->timeout_s));
}

double operations_restart_own_s(const operations_practice *practice, double gpus) {
  return practice->diagnose_s + practice->load_s + practice->start_s_per_gpu * gpus;
}

double operations_restart_s(const operations_practice *practice, const operations_shape *shape, double gpus) {
  double sum = 0.0, weight = 0.0;
  for (int i = 0; i < OPERATIONS_CAUSES; i++) {
    const double rate = operations_cause_per_day(shape, (operations_cause_id)i, gpus);
    sum += rate * operations_detect_s(practice, (operations_cause_id)i);
    weight += rate;
  }
  return sum / weight + operations_restart_own_s(practice, gpus);
}

double operations_state_write_s(double params, double gbit_per_s) { return params * 12.0 * 8.0 / (gbit_per_s * 1e9); }

double operations_node_repair_h(void) { return operations_cause_of(OPERATIONS_CAUSE_GPU).repair_h; }

// ---- Expectation ---------------------------------------------------------------------------------------------------

// Losses of a gang by what they are; they and useful_frac sum to what is left after planned stops and stragglers.
static void gang_shares(operations_expectation *e, double left_frac) {
  const operations_gang *j = &e->job;
  const double           up_s = 1.0 / j->failures_per_s, away_s = recovery_s(j), useful = operations_ettr(j);
  e->useful_frac = left_frac * useful;
  e->write_frac = left_frac * useful * j->write_s / j->interval_s;
  e->restart_frac = isinf(away_s) ? left_frac : left_frac * away_s / (up_s + away_s);
  e->rework_frac = number_most(0.0, left_frac - e->useful_frac - e->write_frac - e->restart_frac);
}

static void elastic_shares(operations_expectation *e, const operations_practice *p, double left_frac) {
  const operations_gang *j = &e->job;
  const double           recover_s = j->restart_s + j->queue_s;
  e->useful_frac = left_frac * operations_elastic_frac(j->failures_per_s, p->replicas, recover_s, p->pause_s);
  e->restart_frac = left_frac - e->useful_frac;
}

double operations_queue_s(double taken_out_frac, double down_nodes, int64_t spare_nodes, double repair_s) {
  const double none_left = 1.0 - operations_spares_cover(down_nodes, spare_nodes);
  return taken_out_frac * none_left * repair_s / ((double)spare_nodes + 1.0);
}

void operations_expect(const operations_shape *shape, double multiplier, double age_factor,
                       const operations_practice *practice, double gpus, operations_expectation *out) {
  const double times = multiplier * age_factor, repair_day = operations_node_repair_h() / 24.0;
  const double nodes = gpus / shape->gpus_per_node;
  *out = (operations_expectation){.failures_per_day = times * operations_all_per_day(shape, gpus)};
  out->mtbf_h = 24.0 / out->failures_per_day;
  out->down_nodes = times * operations_node_out_per_day(shape, gpus) * repair_day;
  out->spare_nodes = practice->spare_nodes < 0 ? operations_spares(out->down_nodes, 0.99) : practice->spare_nodes;
  out->cover_frac = operations_spares_cover(out->down_nodes, out->spare_nodes);
  const double l = out->failures_per_day / 86400.0;
  out->job = (operations_gang){.failures_per_s = l,
                               .interval_s = operations_interval_of(practice, l),
                               .write_s = practice->write_s,
                               .save_s = practice->save_s,
                               .restart_s = operations_restart_s(practice, shape, gpus),
                               .queue_s = operations_queue_s(1.0 / OPERATIONS_ALL_OVER_NODE, out->down_nodes,
                                                             out->spare_nodes, repair_day * 86400.0)};
  const double stop_s = operations_restart_own_s(practice, gpus);
  out->planned_frac = 1.0 - 1.0 / (1.0 + practice->planned_per_day * stop_s / 86400.0);
  const double any_slow = 1.0 - pow(1.0 - practice->straggler_frac, nodes);
  out->straggler_frac = (1.0 - out->planned_frac) * practice->straggler_loss_frac * any_slow;
  const double left_frac = 1.0 - out->planned_frac - out->straggler_frac;
  if (practice->replicas > 1.0) elastic_shares(out, practice, left_frac);
  else gang_shares(out, left_frac);
}

// ---- For the twin --------------------------------------------------------------------------------------------------

operations_practice operations_practice_of(const operations_reliability *how) {
  return (operations_practice){
      .interval = isnan(how->checkpoint_interval_s) ? OPERATIONS_INTERVAL_BEST : OPERATIONS_INTERVAL_FIXED,
      .interval_s = how->checkpoint_interval_s,
      .write_s = how->checkpoint_write_s,
      .save_s = how->checkpoint_save_s,
      .timeout_s = how->timeout_s,
      .inspects = how->inspects,
      .diagnose_s = how->restart_s,
      .start_s_per_gpu = how->restart_s_per_gpu,
      .straggler_frac = 1.0,
      .straggler_loss_frac = how->slow_frac,
      .replicas = how->replicas,
      .pause_s = how->pause_s};
}

operations_notice operations_notice_of(const operations_shape *shape) {
  operations_notice sum = {0.0, 0.0};
  double            all = 0.0;
  for (int i = 0; i < OPERATIONS_CAUSES; i++) {
    const double rate = operations_cause_per_day(shape, (operations_cause_id)i, 1.0);
    const double seen_s = operations_cause_of((operations_cause_id)i).detect_s;
    all += rate;
    if (isnan(seen_s)) sum.unseen_frac += rate;
    else sum.seen_s += rate * seen_s;
  }
  return (operations_notice){sum.seen_s / all, sum.unseen_frac / all};
}

double operations_notice_s(const operations_notice *notice, const operations_reliability *how) {
  return how->inspects ? notice->seen_s + notice->unseen_frac * how->timeout_s : how->timeout_s;
}

#define TABLE_LEAST_EXPONENT (-63)  // of frexp: the first octave begins at 2^-64

void operations_interval_table_make(operations_interval_table *out) {
  for (int i = 0; i <= OPERATIONS_TABLE_OCTAVES * OPERATIONS_TABLE_CELLS; i++) {
    const double part = 0.5 + 0.5 * (i % OPERATIONS_TABLE_CELLS) / OPERATIONS_TABLE_CELLS;
    const double c = ldexp(part, TABLE_LEAST_EXPONENT + i / OPERATIONS_TABLE_CELLS);
    out->lt
        [i] =  // the rounding of 1 - exp(-x - c) is too coarse for Newton where x is small; the series has x^2 / 2 = c + ...
        c < 1e-8 ? sqrt(2.0 * c) : operations_best_interval_s(1.0, c);
  }
}

double operations_interval_at_s(const operations_interval_table *table, double failures_per_s, double write_s) {
  const double c = failures_per_s * write_s;
  int          octave;
  const double part = frexp(c, &octave);
  octave -= TABLE_LEAST_EXPONENT;
  if (octave < 0 || !(c > 0.0)) return sqrt(2.0 * c) / failures_per_s;
  if (octave >= OPERATIONS_TABLE_OCTAVES) return 1.0 / failures_per_s;
  const double  x = (2.0 * part - 1.0) * OPERATIONS_TABLE_CELLS;
  const int     cell = (int)x;
  const double *at = &table->lt[octave * OPERATIONS_TABLE_CELLS + cell];
  return (at[0] + (x - cell) * (at[1] - at[0])) / failures_per_s;
}

double operations_goodput_at(const operations_interval_table *table, const operations_run *run, double gpus) {
  const operations_reliability *how = run->practice;
  operations_gang               job = {.failures_per_s = run->failures_per_s_gpu * gpus,
                                       .interval_s = how->checkpoint_interval_s,
                                       .write_s = how->checkpoint_write_s,
                                       .save_s = how->checkpoint_save_s,
                                       .restart_s = run->notice_s + how->restart_s + how->restart_s_per_gpu * gpus,
                                       .queue_s = run->queue_s};
  if (how->replicas > 1)
    return (1.0 - how->slow_frac) *
           operations_elastic_frac(job.failures_per_s, how->replicas, job.restart_s + job.queue_s, how->pause_s);
  if (isnan(job.interval_s)) job.interval_s = operations_interval_at_s(table, job.failures_per_s, job.write_s);
  job.interval_s = interval_after_save_s(job.interval_s, job.write_s, job.save_s);
  return (1.0 - how->slow_frac) * operations_ettr(&job);
}
