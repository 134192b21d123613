#include "goodput.h"

#include <math.h>

#include "../base/number.h"
#include "operations.h"
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

double operations_interval_of(const operations_practice *practice, double failures_per_s) {
  double at = practice->interval_s;
  if (practice->interval == OPERATIONS_INTERVAL_YOUNG) at = operations_young_s(practice->write_s, 1.0 / failures_per_s);
  if (practice->interval == OPERATIONS_INTERVAL_DALY) at = operations_daly_s(practice->write_s, 1.0 / failures_per_s);
  if (practice->interval == OPERATIONS_INTERVAL_BEST)
    at = operations_best_interval_s(failures_per_s, practice->write_s);
  return number_most(at, number_most(practice->save_s - practice->write_s, 1e-3));  // 1 ms: a checkpoint without cost
}

double operations_detect_s(const operations_practice *practice, operations_cause_id id) {
  const double seen_s = operations_cause_of(id).detect_s;
  const bool   timeout = isnan(seen_s) || !practice->inspects;
  return practice->extra_detect_s + (timeout ? practice->timeout_s : number_least(seen_s, practice->timeout_s));
}

double operations_restart_s(const operations_practice *practice, const operations_shape *shape, double gpus) {
  double sum = 0.0, weight = 0.0;
  for (int i = 0; i < OPERATIONS_CAUSES; i++) {
    const double rate = operations_cause_per_day(shape, (operations_cause_id)i, gpus);
    sum += rate * operations_detect_s(practice, (operations_cause_id)i);
    weight += rate;
  }
  return sum / weight + practice->diagnose_s + practice->load_s + practice->start_s_per_gpu * gpus;
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
  const double short_frac = (1.0 - out->cover_frac) / OPERATIONS_ALL_OVER_NODE;
  out->job = (operations_gang){.failures_per_s = l,
                               .interval_s = operations_interval_of(practice, l),
                               .write_s = practice->write_s,
                               .save_s = practice->save_s,
                               .restart_s = operations_restart_s(practice, shape, gpus),
                               .queue_s = short_frac * repair_day * 86400.0 / ((double)out->spare_nodes + 1.0)};
  const double stop_s = practice->diagnose_s + practice->load_s + practice->start_s_per_gpu * gpus;
  out->planned_frac = 1.0 - 1.0 / (1.0 + practice->planned_per_day * stop_s / 86400.0);
  const double any_slow = 1.0 - pow(1.0 - practice->straggler_frac, nodes);
  out->straggler_frac = (1.0 - out->planned_frac) * practice->straggler_loss_frac * any_slow;
  const double left_frac = 1.0 - out->planned_frac - out->straggler_frac;
  if (practice->replicas > 1.0) elastic_shares(out, practice, left_frac);
  else gang_shares(out, left_frac);
}

// ---- Table ---------------------------------------------------------------------------------------------------------

#define TABLE_LEAST_GPUS 8.0
#define TABLE_DECADES    6.0
#define TABLE_YEARS      8.0

void operations_goodput_table_make(const operations_shape *shape, double multiplier,
                                   const operations_practice *practice, operations_goodput_table *out) {
  const double out_per_day = multiplier * operations_node_out_per_day(shape, shape->gpus_per_node);
  for (int a = 0; a < OPERATIONS_TABLE_AGES; a++) {
    const double part = (double)a / (OPERATIONS_TABLE_AGES - 1), day = part * part * TABLE_YEARS * 365.25;
    const double factor = operations_age_factor(day, day + 30.0);
    out->availability_frac[a] = operations_unit_availability(factor * out_per_day, operations_node_repair_h() / 24.0);
    for (int k = 0; k < OPERATIONS_TABLE_SIZES; k++) {
      operations_expectation e;
      const double           gpus = TABLE_LEAST_GPUS * pow(10.0, TABLE_DECADES * k / (OPERATIONS_TABLE_SIZES - 1));
      operations_expect(shape, multiplier, factor, practice, gpus, &e);
      out->gang_frac[a][k] = e.useful_frac;
    }
  }
}

// Place among n entries that span 0 .. 1: the entry below and the share of the one above.
static double place(double at_frac, int n, int *below) {
  const double at = number_most(0.0, number_least(1.0, at_frac)) * (n - 1);
  *below = at < n - 1 ? (int)at : n - 2;
  return at - *below;
}

static double place_of_age(double age_day, int *below) {
  return place(sqrt(number_most(0.0, age_day) / (TABLE_YEARS * 365.25)), OPERATIONS_TABLE_AGES, below);
}

double operations_goodput_at(const operations_goodput_table *table, double gpus, double age_day) {
  int          a, k;
  const double y = place_of_age(age_day, &a);
  const double x =
      place(log10(number_most(gpus, TABLE_LEAST_GPUS) / TABLE_LEAST_GPUS) / TABLE_DECADES, OPERATIONS_TABLE_SIZES, &k);
  const double *young = table->gang_frac[a], *old = table->gang_frac[a + 1];
  return (1.0 - y) * ((1.0 - x) * young[k] + x * young[k + 1]) + y * ((1.0 - x) * old[k] + x * old[k + 1]);
}

double operations_availability_at(const operations_goodput_table *table, double age_day) {
  int          a;
  const double y = place_of_age(age_day, &a);
  return (1.0 - y) * table->availability_frac[a] + y * table->availability_frac[a + 1];
}

double operations_mix_goodput_at(const operations_goodput_table *table, const operations_mix *mix, double frontier_gpus,
                                 double age_day) {
  return mix->frontier * operations_goodput_at(table, frontier_gpus, age_day) +
         (mix->research + mix->evaluation) * operations_goodput_at(table, OPERATIONS_RESEARCH_GPUS, age_day) +
         mix->serving * operations_availability_at(table, age_day);
}
