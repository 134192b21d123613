// Cluster for people: who waited, where the GPU-hours went, use over time; or what a long run can expect.
#include "cluster_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAR = 24, CHART_ROWS = 8, CHART_LEFT = 10 };

// ---- Phrases ----------------------------------------------------------------------------------------------------------

static void duration(double s, char out[PHRASE]) {
  char                     number[PHRASE];
  double                   size = fabs(s);
  int                      unit = size < 120 ? 0 : size < 7200 ? 1 : size < 172800 ? 2 : 3;
  static const double      per[] = {1, 60, 3600, 86400};
  static const char *const word[] = {"s", "min", "h", "days"};
  phrase_number(s / per[unit], number);
  (void)snprintf(out, PHRASE, "%.30s %s", number, word[unit]);
  if (isnan(s)) (void)snprintf(out, PHRASE, "n/a");
}

// "38.4 %": shares of which tenths matter.
static void percent(double frac, char out[PHRASE]) {
  long tenths = isnan(frac) ? 0 : lround(1000 * frac);
  (void)snprintf(out, PHRASE, "%s%ld.%ld %%", tenths < 0 ? "-" : "", labs(tenths) / 10, labs(tenths) % 10);
}

static void count(double n, char out[PHRASE]) {
  if (n < 1000) (void)snprintf(out, PHRASE, "%.0f", n);
  else phrase_number(n, out);
}

static void row(const page *p, const char *label, const char *value, const char *note) {
  page_gap(p, 2);
  page_cell(p, label, 26, false, LOOK_PLAIN);
  page_cell(p, value, 12, true, LOOK_PLAIN);
  page_gap(p, 2);
  page_cell(p, note, p->width - 42, false, LOOK_DIM);
  page_end(p);
}

static void row_count(const page *p, const char *label, int64_t n, const char *note) {
  char value[PHRASE];
  if (!n) return;
  count((double)n, value);
  row(p, label, value, note);
}

static void row_time(const page *p, const char *label, double s, const char *note) {
  char value[PHRASE];
  duration(s, value);
  row(p, label, value, note);
}

// A share with a bar of it.
static void row_share(const page *p, const char *label, double amount, double frac) {
  char number[PHRASE], share[PHRASE], bar[BAR + 1];
  int  n = frac > 0 ? (int)lround(frac * BAR) : 0;
  memset(bar, '#', BAR);
  bar[n > BAR ? BAR : n] = '\0';
  if (amount == floor(amount)) count(amount, number);
  else phrase_number(amount, number);
  percent(frac, share);
  page_gap(p, 2);
  page_cell(p, label, 26, false, LOOK_PLAIN);
  page_cell(p, number, 14, true, LOOK_PLAIN);
  page_cell(p, share, 10, true, LOOK_PLAIN);
  page_gap(p, 2);
  page_cell(p, bar, BAR, false, LOOK_DIM);
  page_end(p);
}

// ---- Replay -----------------------------------------------------------------------------------------------------------

static void machine_words(const twin_cluster *c, char *out, size_t n) {
  const operations_partition *m = &c->machine;
  char                        all[PHRASE], nodes[PHRASE];
  count((double)c->capacity_gpus, all);
  count(m->n_node, nodes);
  if (!c->placed) (void)snprintf(out, n, "%s GPUs", all);
  else if (!m->nodes_per_rack) (void)snprintf(out, n, "%s GPUs: %s nodes of %d", all, nodes, m->gpus_per_node);
  else
    (void)snprintf(out, n, "%s GPUs: %d racks of %d nodes of %d", all, m->n_node / m->nodes_per_rack, m->nodes_per_rack,
                   m->gpus_per_node);
}

static void head(const page *p, const twin_cluster *c) {
  char machine[200], jobs[PHRASE], span[PHRASE];
  machine_words(c, machine, sizeof machine);
  count((double)c->counts.jobs, jobs);
  duration((double)c->m.makespan_s, span);
  page_wrapf(p, 0, LOOK_BOLD, "%s on %s | %s", c->name, machine, c->policy);
  page_wrapf(p, 2, LOOK_PLAIN, "%s, %s job%s; %s from the first submission to the last end",
             twin_cluster_format(c->format), jobs, c->counts.jobs == 1 ? "" : "s", span);
}

// What was laid over the trace: partitions, failures, caps.
static void conditions(const page *p, const twin_cluster *c) {
  const twin_cluster_failures *f = &c->failures;
  char                         gpus[PHRASE], times[PHRASE], outages[PHRASE], capped[PHRASE];
  for (int32_t i = 1; i < c->n_part; i++) {
    const twin_cluster_part *part = &c->part[i];
    count((double)(part->reserved_gpus ? part->reserved_gpus : twin_cluster_part_gpus(part)), gpus);
    if (part->reserved_gpus)
      page_wrapf(p, 2, LOOK_PLAIN, "%s GPUs are reserved for partition %s from hour %g to %g", gpus, part->name,
                 part->from_h, part->to_h);
    else page_wrapf(p, 2, LOOK_PLAIN, "%s GPUs are partition %s's", gpus, part->name);
  }
  if (f->on) {
    phrase_number(f->multiplier, times);
    count((double)f->outages, outages);
    page_wrapf(p, 2, LOOK_PLAIN,
               "failures at %s x the rate of Llama 3's fleet, seed %llu: %s outages; %d repair crew%s, %d spare rack%s",
               times, (unsigned long long)f->seed, outages, f->crews, f->crews == 1 ? "" : "s", f->spare_racks,
               f->spare_racks == 1 ? "" : "s");
  }
  if (!c->capped_s) return;
  duration((double)c->capped_s, capped);
  page_wrapf(p, 2, LOOK_PLAIN, "power was short for %s", capped);
}

static void waits(const page *p, const twin_cluster *c) {
  const operations_metrics *m = &c->m;
  char                      mean[PHRASE], most[PHRASE], text[80], waiting[PHRASE];
  page_title(p, "Waiting");
  count((double)m->jobs_waiting, waiting);
  (void)snprintf(text, sizeof text, "%.20s jobs waited at all", waiting);
  row_time(p, "mean wait", m->mean_wait_s, text);
  row_time(p, "median", m->median_wait_s, "");
  row_time(p, "99th percentile", m->p99_wait_s, "");
  row_time(p, "longest", m->max_wait_s, "");
  row_time(p, "mean, by GPU-seconds", m->area_weighted_wait_s, "large and long jobs count more");
  row_time(p, "mean from submission", m->mean_flow_s, "to end (flow time)");
  phrase_number(m->mean_bounded_slowdown, mean);
  phrase_number(m->max_bounded_slowdown, most);
  (void)snprintf(text, sizeof text, "most %.20s; run times from 10 s on", most);
  row(p, "mean bounded slowdown", mean, text);
}

static void jobs(const page *p, const twin_cluster *c) {
  char hint[80], largest[PHRASE];
  page_title(p, "Jobs");
  count(c->largest_gpus, largest);
  (void)snprintf(hint, sizeof hint, "the machine is smaller; at most %.12s", largest);
  row_count(p, "ended", c->m.jobs, "");
  row_count(p, "of them at their limit", c->m.timed_out, "they asked for less than they ran");
  row_count(p, "rejected", c->ends[OPERATIONS_TOO_LARGE], hint);
  row_count(p, "never started", c->ends[OPERATIONS_NEVER], "nothing more happened and they did not fit");
  row_count(p, "given up", c->m.given_up, "stopped too often");
  row_count(p, "stops", c->m.stops, "by the machine");
  row_count(p, "preemptions", c->m.preemptions, "for a job of higher priority");
  row_count(p, "without a limit", c->counts.no_limit, "the scheduler then knows the run time");
  row_count(p, "left out of the trace", c->counts.no_run, "never ran, or had not ended");
  row_count(p, "left out of the trace", c->counts.no_gpus, "asked for no GPU");
}

static void hours(const page *p, const twin_cluster *c) {
  const operations_metrics *m = &c->m;
  const double              all = (double)m->capacity_gpus * (double)m->makespan_s;
  const struct {
    const char *what;
    int64_t     gpu_s;
    bool        always;
  } rows[] = {
      {"work",                                                   m->work_gpu_s,    true },
      {"work lost at stops",                                     m->rework_gpu_s,  false},
      {"restarts",                                               m->restart_gpu_s, false},
      {c->disturbed ? "writing, throttled" : "slowed by spread", m->slow_gpu_s,    false},
      {"idle",                                                   m->idle_gpu_s,    true },
      {"out of service",                                         m->down_gpu_s,    false},
  };
  double held = 0;
  page_title(p, "Where the GPU-hours went");
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    if (i < 4) held += (double)rows[i].gpu_s;
    if (rows[i].always || rows[i].gpu_s)
      row_share(p, rows[i].what, (double)rows[i].gpu_s / 3600, all > 0 ? (double)rows[i].gpu_s / all : 0);
  }
  row_share(p, "all", all / 3600, all > 0);
  if (!(held > 0)) return;
  char         scheduling[PHRASE], runtime[PHRASE], program[PHRASE], both[PHRASE];
  const double made = (double)m->work_gpu_s + (double)m->slow_gpu_s;
  percent(held / all, scheduling);
  percent(made / held, runtime);
  percent(made > 0 ? (double)m->work_gpu_s / made : 0, program);
  percent((double)m->work_gpu_s / all, both);
  if (c->disturbed) {
    page_wrapf(p, 2, LOOK_PLAIN,
               "goodput %s = scheduling %s (GPUs that jobs held) x runtime %s (of that, lasting progress) x program %s "
               "(its pace against an undisturbed one; MFU is `stargate train`'s)",
               both, scheduling, runtime, program);
    return;
  }
  page_wrapf(
      p, 2, LOOK_PLAIN,
      "goodput %s = scheduling %s (GPUs that jobs held) x runtime %s (of that, lasting progress); the programs' own "
      "share is `stargate train`'s",
      both, scheduling, runtime);
}

// Every stop and its cost by what caused it, dearest first.
static void stops(const page *p, const twin_cluster *c) {
  double lost = 0;
  bool   shown[TWIN_CLUSTER_CAUSES] = {false};
  for (int i = 0; i < TWIN_CLUSTER_CAUSES; i++) lost += (double)c->lost_gpu_s[i];
  if (!c->disturbed || !(c->m.stops + c->m.preemptions)) return;
  page_title(p, "What stopped jobs: how often, GPU-hours of work lost and restarts, share");
  for (;;) {
    int  most = -1;
    char times[PHRASE], hours[PHRASE], share[PHRASE], note[80];
    for (int i = 0; i < TWIN_CLUSTER_CAUSES; i++)
      if (!shown[i] && c->stopped[i] && (most < 0 || c->lost_gpu_s[i] > c->lost_gpu_s[most])) most = i;
    if (most < 0) return;
    shown[most] = true;
    count((double)c->stopped[most], times);
    phrase_number((double)c->lost_gpu_s[most] / 3600, hours);
    percent(lost > 0 ? (double)c->lost_gpu_s[most] / lost : 0, share);
    (void)snprintf(note, sizeof note, "%10.20s %10.20s", hours, share);
    row(p, twin_cluster_cause(most), times, note);
  }
}

static void tiers(const page *p, const twin_cluster *c) {
  static const char *const word[OPERATIONS_TIERS] = {"in one node", "in one rack", "in one block", "across blocks"};
  double                   all = 0;
  for (int i = 0; i < OPERATIONS_TIERS; i++) all += (double)c->tier[i];
  if (!c->placed || !(all > 0)) return;
  page_title(p, "Where jobs stood");
  for (int i = 0; i < OPERATIONS_TIERS; i++)
    if (c->tier[i]) row_share(p, word[i], (double)c->tier[i], (double)c->tier[i] / all);
}

// Mean of a time line over one column of a chart, in GPUs. The last bin may reach beyond the end.
static double column_mean(const twin_cluster_timeline *t, const double *bin, double end_s, int column, int columns) {
  double low_s = end_s * column / columns, high_s = end_s * (column + 1) / columns, step_s = (double)t->step_s, sum = 0;
  for (int32_t i = (int32_t)(low_s / step_s); i < t->n && i * step_s < high_s; i++) {
    double from_s = i * step_s, to_s = from_s + step_s < end_s ? from_s + step_s : end_s;
    double overlap_s = (to_s < high_s ? to_s : high_s) - (from_s > low_s ? from_s : low_s);
    if (overlap_s > 0 && to_s > from_s) sum += bin[i] * overlap_s / (to_s - from_s);
  }
  return high_s > low_s ? sum / (high_s - low_s) : 0;
}

static void chart(const page *p, const twin_cluster *c, const char *title, const double *bin, double top_gpus) {
  double end_s = (double)c->m.makespan_s, value[PAGE_MAX_WIDTH];
  int    columns = p->width - CHART_LEFT - 2;
  char   text[PAGE_MAX_WIDTH + 1], label[PHRASE];
  for (int i = 0; i < columns; i++) {
    value[i] = column_mean(&c->use, bin, end_s, i, columns);
    if (!(top_gpus > 0) || value[i] > top_gpus) top_gpus = value[i];
  }
  if (!(top_gpus > 0)) return;
  page_title(p, title);
  for (int r = CHART_ROWS; r > 0; r--) {
    for (int i = 0; i < columns; i++) {
      double filled = value[i] / top_gpus * CHART_ROWS - (r - 1);
      text[i] = filled >= 0.75 ? '#' : filled >= 0.25 ? ':' : filled > 0 && r == 1 ? '.' : ' ';
    }
    text[columns] = '\0';
    label[0] = '\0';
    if (r == CHART_ROWS || r == CHART_ROWS / 2) count(top_gpus * r / CHART_ROWS, label);
    page_cell(p, label, CHART_LEFT - 1, true, LOOK_DIM);
    page_cell(p, " |", 2, false, LOOK_DIM);
    page_cell(p, text, columns, false, LOOK_PLAIN);
    page_end(p);
  }
  duration(end_s, label);
  memset(text, '-', (size_t)columns);
  page_cell(p, "0 +", CHART_LEFT + 1, true, LOOK_DIM);
  page_cell(p, text, columns, false, LOOK_DIM);
  page_end(p);
  page_gap(p, CHART_LEFT + 1);
  page_cell(p, "first submission", columns - PHRASE / 2, false, LOOK_DIM);
  page_cell(p, label, PHRASE / 2, true, LOOK_DIM);
  page_end(p);
}

static void replay(const page *p, const twin_cluster *c) {
  head(p, c);
  conditions(p, c);
  waits(p, c);
  jobs(p, c);
  hours(p, c);
  stops(p, c);
  tiers(p, c);
  chart(p, c, "GPUs in use", c->use.held_gpu_s, (double)c->capacity_gpus);
  chart(p, c, "GPUs that jobs wait for", c->use.waiting_gpu_s, 0);
}

// ---- Expectation ------------------------------------------------------------------------------------------------------

static void times(const page *p, const twin_cluster_goodput *g) {
  const operations_expectation *e = &g->best;
  const struct {
    const char *what;
    double      frac;
  } rows[] = {
      {"training",            e->useful_frac   },
      {"standing for writes", e->write_frac    },
      {"work done again",     e->rework_frac   },
      {"noticing, restarts",  e->restart_frac  },
      {"planned stops",       e->planned_frac  },
      {"stragglers",          e->straggler_frac},
  };
  page_title(p, "Where the time goes, hours of a day");
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].frac > 0) row_share(p, rows[i].what, 24 * rows[i].frac, rows[i].frac);
}

static void ratio(const page *p, const twin_cluster_goodput *g) {
  static const char *const rule[3] = {"Young 1974", "Daly 2006", "best found"};
  char                     exact[PHRASE], simulated[PHRASE], error[PHRASE], interval[PHRASE], share[PHRASE], cell[120];
  page_title(p, "Expected training time ratio");
  (void)snprintf(exact, sizeof exact, "%.4f", g->exact_frac);
  row(p, "exact form", exact, "without planned stops and stragglers");
  if (isnan(g->simulated.mean)) {
    row(p, "simulated", "n/a", "a restart hardly ever succeeds at this size");
  } else {
    (void)snprintf(simulated, sizeof simulated, "%.4f", g->simulated.mean);
    (void)snprintf(error, sizeof error, "standard error %.1g", g->simulated.stderr_mean);
    row(p, "simulated", simulated, error);
  }
  duration(g->best.job.interval_s, interval);
  row(p, "checkpoint every", interval, "");
  for (int i = 0; i < 3; i++) {
    duration(g->interval_s[i], interval);
    percent(g->interval_ettr_frac[i], share);
    (void)snprintf(cell, sizeof cell, "would give %.30s", share);
    row(p, rule[i], interval, cell);
  }
}

static void interruptions(const page *p, const twin_cluster_goodput *g) {
  double left = g->best.failures_per_day;
  bool   shown[OPERATIONS_CAUSES] = {false};
  char   title[80], days[PHRASE];
  count(g->days, days);
  (void)snprintf(title, sizeof title, "Interruptions of %.20s days, most frequent first", days);
  page_title(p, title);
  for (int k = 0; k < 6; k++) {
    int most = -1;
    for (int i = 0; i < OPERATIONS_CAUSES; i++)
      if (!shown[i] && (most < 0 || g->cause_per_day[i] > g->cause_per_day[most])) most = i;
    shown[most] = true;
    left -= g->cause_per_day[most];
    row_share(p, operations_cause_of((operations_cause_id)most).name, g->days * g->cause_per_day[most],
              g->cause_per_day[most] / g->best.failures_per_day);
  }
  row_share(p, "all others", g->days * left, left / g->best.failures_per_day);
  row_share(p, "all", g->days * g->best.failures_per_day, 1);
}

// What is lost, in GPU-hours and money.
static void row_loss(const page *p, const twin_cluster_goodput *g, const char *label, double gpu_h) {
  char number[PHRASE], usd[PHRASE], note[120];
  count(gpu_h, number);
  phrase_quantity(gpu_h * g->rent_usd_per_gpu_h, "USD", usd);
  (void)snprintf(note, sizeof note, "GPU-hours, %.40s", usd);
  row(p, label, number, note);
}

// Gang against replicas: what trains, and what an hour of not noticing costs.
static void stopping(const page *p, const twin_cluster_goodput *g) {
  const double run_gpu_h = 24 * g->days * g->gpus;
  const struct {
    const char *what;
    double      stopped_gpus, frac, late_frac;
  } rows[] = {
      {"one gang", g->gpus,               g->best.useful_frac, g->late_frac         },
      {"replicas", g->gpus / g->replicas, g->replicas_frac,    g->replicas_late_frac},
  };
  char title[120], copies[PHRASE], rent[PHRASE], label[60];
  count(g->replicas, copies);
  phrase_number(g->rent_usd_per_gpu_h, rent);
  (void)snprintf(title, sizeof title, "Hours of a day that train: one gang, or %.20s replicas lost one by one", copies);
  page_title(p, title);
  for (int i = 0; i < 2; i++) {
    row_share(p, rows[i].what, 24 * rows[i].frac, rows[i].frac);
    row_share(p, "noticed an hour later", 24 * rows[i].late_frac, rows[i].late_frac);
  }
  (void)snprintf(title, sizeof title, "What an hour until a failure is noticed costs, at %.20s USD a GPU-hour", rent);
  page_title(p, title);
  for (int i = 0; i < 2; i++) {
    (void)snprintf(label, sizeof label, "%s: one failure", rows[i].what);
    row_loss(p, g, label, rows[i].stopped_gpus);
    row_loss(p, g, "each failure of the run", run_gpu_h * (rows[i].frac - rows[i].late_frac));
  }
}

static void racks(const page *p, const twin_cluster_goodput *g) {
  char all[PHRASE], out[PHRASE], spares[PHRASE];
  if (!(g->racks > 0)) return;
  count(g->racks, all);
  phrase_number(g->short_racks, out);
  count((double)g->spare_racks, spares);
  page_wrapf(p, 2, LOOK_PLAIN,
             "%s racks of 18 trays, 16 of them used: %s on average have too few in order; spare racks that are enough "
             "in 99 %% "
             "of the time: %s",
             all, out, spares);
}

static void expectation(const page *p, const twin_cluster_goodput *g) {
  const operations_expectation *e = &g->best;
  char gpus[PHRASE], useful[PHRASE], mtbf[PHRASE], per_day[PHRASE], down[PHRASE], spares[PHRASE], again[PHRASE];
  count(g->gpus, gpus);
  percent(e->useful_frac, useful);
  duration(3600 * e->mtbf_h, mtbf);
  phrase_number(e->failures_per_day, per_day);
  phrase_number(e->down_nodes, down);
  count((double)e->spare_nodes, spares);
  duration(e->job.restart_s, again);
  page_wrapf(p, 0, LOOK_BOLD, "one run on %s GPUs (%s) | %s of its time is training", gpus, g->shape, useful);
  page_wrapf(
      p, 2, LOOK_PLAIN,
      "an interruption every %s, %s a day; %s from one to training again; %s nodes out for repair on average, %s "
      "spares are enough in 99 %% of the time",
      mtbf, per_day, again, down, spares);
  racks(p, g);
  ratio(p, g);
  times(p, g);
  interruptions(p, g);
  stopping(p, g);
}

sg_err report_cluster_text(const twin_cluster *c, sg_style style, text_buffer *out) {
  page p = page_begin(out, style);
  if (c->replayed) replay(&p, c);
  if (!c->replayed && !c->expects) {
    char machine[200];
    machine_words(c, machine, sizeof machine);
    page_wrapf(&p, 0, LOOK_BOLD, "%s", machine);
  }
  if (c->expects) expectation(&p, &c->goodput);
  return out->failed ? SG_ERR_MEMORY : SG_OK;
}
