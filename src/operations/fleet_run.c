// Fleet, second pass: the jobs run over the outages. See fleet.h.
#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "fleet.h"

#define DAY_S 86400.0

// Places first .. first + n - 1: when the plan, and when what really happened, has them free.
typedef struct stretch {
  int32_t first, n;
  double  plan_s, free_s;
} stretch;

// An outage of an elastic job that is not over.
typedef struct absence {
  double  end_s, parts;  // replicas or nodes that are away
  int32_t cause;
} absence;

typedef struct fleet_state {
  const operations_fleet    *f;
  const operations_practice *p;
  const operations_outage   *o;
  int32_t                    n_o;
  double                     end_s, longest_s;  // longest_s: from an outage to its grant
  stretch                   *at;                // (n), by place, without gaps
  int32_t                    n;
  absence                   *away;
  operations_fleet_result   *out;
} fleet_state;

// A job on its places.
typedef struct placed {
  const operations_fleet_job *job;
  int32_t                     first, n;
  double                      submit_s, start_s, end_s;                // end_s: of the stretch simulated
  double                      interval_s, write_s, speed_frac, gpu_h;  // gpu_h: of one second
  bool                        done;
} placed;

// ---- Places --------------------------------------------------------------------------------------------------------

// The row of places that is free first, the foremost of equals. Returns the stretch in which it begins.
static int32_t find_row(const fleet_state *s, int32_t n, double submit_s, double *start_s) {
  int32_t best = -1;
  *start_s = HUGE_VAL;
  for (int32_t i = 0; i<s->n && * start_s> submit_s; i++) {
    double  from_s = submit_s;
    int32_t have = 0;
    for (int32_t k = i; k < s->n && have < n && from_s < *start_s; k++) {
      have += s->at[k].n;
      from_s = number_most(from_s, s->at[k].plan_s);
    }
    if (have < n || !(from_s < *start_s)) continue;
    best = i;
    *start_s = from_s;
  }
  return best;
}

// Takes n places from the beginning of stretch i on; they become one stretch; the time they stood free is booked.
static void take_row(fleet_state *s, int32_t i, placed *j) {
  int32_t have = 0, k = i;
  double  free_s = 0.0;
  for (; have < j->n; k++) {
    have += s->at[k].n;
    free_s = number_most(free_s, s->at[k].free_s);
  }
  j->first = s->at[i].first;
  j->start_s = number_most(j->submit_s, free_s);
  const double gpus = s->f->shape.gpus_per_node, until_s = number_least(j->start_s, s->end_s);
  double       idle_s = 0.0;
  for (int32_t m = i; m < k; m++) {
    const int32_t used = m < k - 1 ? s->at[m].n : s->at[m].n - (have - j->n);
    idle_s += used * number_most(0.0, until_s - s->at[m].free_s);
  }
  s->out->idle_gpu_h += idle_s * gpus / 3600.0;
  stretch rest = s->at[k - 1];
  rest.n = have - j->n;
  rest.first += s->at[k - 1].n - rest.n;
  const int32_t new_n = rest.n ? 2 : 1;
  memmove(s->at + i + new_n, s->at + k, (size_t)(s->n - k) * sizeof *s->at);
  s->n += new_n - (k - i);
  s->at[i] = (stretch){j->first, j->n, 0.0, 0.0};
  if (rest.n) s->at[i + 1] = rest;
}

// ---- Outages of a job ----------------------------------------------------------------------------------------------

static int32_t overlap(const operations_outage *o, const placed *j) {
  const int32_t from = o->first > j->first ? o->first : j->first;
  const int32_t a = o->first + o->n, b = j->first + j->n;
  return (a < b ? a : b) - from;
}

// When a job that this outage hit computes again. A storm, in which more restart than can load at once, takes longer.
static double ready_s(const fleet_state *s, const placed *j, const operations_outage *o) {
  const operations_practice *p = s->p;
  const double hit_gpus = o->n * s->f->shape.gpus_per_node, storm = number_most(1.0, hit_gpus / p->load_gpus);
  const double seen_s = o->lossless ? 0.0 : operations_detect_s(p, (operations_cause_id)o->cause);
  return number_most(o->time_s + seen_s, o->granted_s) + p->diagnose_s + p->load_s * storm +
         p->start_s_per_gpu * j->job->gpus;
}

// First outage that can still hold a job back which starts at start_s.
static int32_t first_outage(const fleet_state *s, const placed *j, double start_s) {
  const operations_practice *p = s->p;
  const double               all_gpus = operations_fleet_places(s->f) * s->f->shape.gpus_per_node;
  const double               reach_s = s->longest_s + p->timeout_s + p->extra_detect_s + p->diagnose_s +
                         p->start_s_per_gpu * j->job->gpus + p->load_s * number_most(1.0, all_gpus / p->load_gpus);
  int32_t low = 0, high = s->n_o;
  while (low < high) {
    const int32_t mid = low + (high - low) / 2;
    if (s->o[mid].time_s < start_s - reach_s) low = mid + 1;
    else high = mid;
  }
  return low;
}

// ---- Gangs ---------------------------------------------------------------------------------------------------------

// Computing in the first `at_s` seconds of computing and writing in turn.
static double computed_s(const placed *j, double at_s) {
  const double cycle_s = j->interval_s + j->write_s, cycles = floor(at_s / cycle_s);
  return cycles * j->interval_s + number_least(at_s - cycles * cycle_s, j->interval_s);
}

typedef struct gang {
  double  at_s, kept_s;  // progress, computing and writing; that of the last checkpoint which can be used
  double  since_s;       // the job stands still (ready_s in the future), or has run since
  double  ready_s;
  int32_t cause;  // of standing still; -1: none
} gang;

// Books the time up to now_s. Returns true when the job ended before.
static bool gang_advance(fleet_state *s, placed *j, gang *g, double needs_s, double now_s) {
  const double still_s = number_least(now_s, g->ready_s);
  if (still_s > g->since_s) {
    if (g->cause >= 0) s->out->lost_gpu_h[g->cause] += (still_s - g->since_s) * j->gpu_h;
    g->since_s = still_s;
  }
  if (now_s <= g->since_s) return false;
  const double left_s = needs_s - g->at_s, run_s = now_s - g->since_s;
  const bool   done = left_s <= run_s;
  g->at_s = done ? needs_s : g->at_s + run_s;
  g->since_s = done ? g->since_s + left_s : now_s;
  return done;
}

static void gang_hit(fleet_state *s, const placed *j, gang *g, const operations_outage *o, double ready) {
  s->out->interruptions[o->cause]++;
  if (!o->lossless) {
    const double cycle_s = j->interval_s + j->write_s;
    const double kept_s = number_most(g->kept_s, cycle_s * floor((g->at_s - s->p->save_s) / cycle_s));
    s->out->lost_gpu_h[o->cause] += (g->at_s - kept_s) * j->gpu_h;
    g->at_s = g->kept_s = kept_s;
  }
  if (ready > g->ready_s) {
    g->ready_s = ready;
    g->cause = o->cause;
  }
}

static void run_gang(fleet_state *s, placed *j) {
  const double work_s = j->job->work_s / j->speed_frac;
  const double needs_s = work_s + j->write_s * floor(work_s / j->interval_s);
  gang         g = {.since_s = j->start_s, .ready_s = j->start_s, .cause = -1};
  for (int32_t i = first_outage(s, j, j->start_s); i < s->n_o && !j->done && s->o[i].time_s < s->end_s; i++) {
    const operations_outage *o = &s->o[i];
    if (overlap(o, j) <= 0) continue;
    const double ready = ready_s(s, j, o);
    if (o->time_s < j->start_s) {  // its nodes are not ready yet
      if (ready > g.ready_s) g.ready_s = ready, g.cause = o->cause;
      continue;
    }
    j->done = gang_advance(s, j, &g, needs_s, o->time_s);
    if (!j->done) gang_hit(s, j, &g, o, ready);
  }
  if (!j->done) j->done = gang_advance(s, j, &g, needs_s, s->end_s);
  j->end_s = j->done ? g.since_s : s->end_s;
  const double computing_s = computed_s(j, g.at_s);
  s->out->write_gpu_h += (g.at_s - computing_s) * j->gpu_h;
  s->out->slow_gpu_h += computing_s * (1.0 - j->speed_frac) * j->gpu_h;
  s->out->useful_of_gpu_h[j->job->kind] += computing_s * j->speed_frac * j->gpu_h;
}

// ---- Jobs that lose only the parts hit -------------------------------------------------------------------------------

typedef struct elastic {
  double  parts, pause_s, pause_until_s, now_s, done_s, needs_s;  // done_s: at full speed
  int32_t n_away, pause_cause;
} elastic;

// Books a time in which nothing changes, at most to_s; returns false when the job ended.
static bool elastic_stretch(fleet_state *s, const placed *j, elastic *e, double to_s) {
  double away = 0.0;
  for (int32_t i = 0; i < e->n_away; i++) away += s->away[i].parts;
  const bool   paused = e->now_s < e->pause_until_s;
  const double rate = paused ? 0.0 : number_most(0.0, 1.0 - away / e->parts);
  double       dt_s = to_s - e->now_s;
  bool         goes_on = true;
  if (rate * dt_s >= e->needs_s - e->done_s) {
    dt_s = (e->needs_s - e->done_s) / rate;
    goes_on = false;
  }
  e->done_s = goes_on ? e->done_s + rate * dt_s : e->needs_s;
  e->now_s = goes_on ? to_s : e->now_s + dt_s;
  const double lost_gpu_h = (1.0 - rate) * dt_s * j->gpu_h;
  if (paused) s->out->lost_gpu_h[e->pause_cause] += lost_gpu_h;
  else
    for (int32_t i = 0; i < e->n_away; i++)
      s->out->lost_gpu_h[s->away[i].cause] += lost_gpu_h * s->away[i].parts / away;
  return goes_on;
}

static bool elastic_advance(fleet_state *s, const placed *j, elastic *e, double to_s) {
  while (e->now_s < to_s) {
    double next_s = e->now_s < e->pause_until_s ? number_least(to_s, e->pause_until_s) : to_s;
    for (int32_t i = 0; i < e->n_away; i++) next_s = number_least(next_s, s->away[i].end_s);
    if (next_s > e->now_s && !elastic_stretch(s, j, e, next_s)) return false;
    for (int32_t i = 0; i < e->n_away;)
      if (s->away[i].end_s <= e->now_s) s->away[i] = s->away[--e->n_away];
      else i++;
  }
  return true;
}

static void run_elastic(fleet_state *s, placed *j) {
  const bool serving = j->job->kind == OPERATIONS_SERVING;
  elastic    e = {.parts = serving ? j->n : s->p->replicas,
                  .pause_s = serving ? 0.0 : s->p->pause_s,
                  .now_s = j->start_s,
                  .pause_until_s = j->start_s,
                  .needs_s = serving ? HUGE_VAL : j->job->work_s / j->speed_frac};
  for (int32_t i = first_outage(s, j, j->start_s); i < s->n_o && !j->done && s->o[i].time_s < s->end_s; i++) {
    const operations_outage *o = &s->o[i];
    const int32_t            hit = overlap(o, j);
    const double             end_s = o->lossless ? o->granted_s : ready_s(s, j, o);
    if (hit <= 0 || end_s <= number_most(o->time_s, j->start_s)) continue;
    if (o->time_s >= j->start_s) {
      j->done = !elastic_advance(s, j, &e, o->time_s);
      if (j->done) break;
      s->out->interruptions[o->cause]++;
      if (e.pause_s > 0.0) e.pause_until_s = o->time_s + e.pause_s, e.pause_cause = o->cause;
    }
    s->away[e.n_away++] = (absence){end_s, ceil(hit * e.parts / j->n), o->cause};
  }
  if (!j->done) j->done = !elastic_advance(s, j, &e, s->end_s);
  j->end_s = e.now_s;
  s->out->slow_gpu_h += e.done_s * (1.0 - j->speed_frac) * j->gpu_h;
  s->out->useful_of_gpu_h[j->job->kind] += e.done_s * j->speed_frac * j->gpu_h;
}

// ---- All jobs ------------------------------------------------------------------------------------------------------

static void run_job(fleet_state *s, const operations_fleet_job *job) {
  const operations_shape *shape = &s->f->shape;
  const bool              serving = job->kind == OPERATIONS_SERVING;
  placed                  j = {.job = job,
                               .n = (int32_t)ceil(job->gpus / shape->gpus_per_node),
                               .submit_s = job->submit_s,
                               .gpu_h = job->gpus / 3600.0,
                               .write_s = s->p->write_s};
  if (j.n > operations_fleet_places(s->f)) {
    s->out->rejected++;
    return;
  }
  const double l = operations_all_per_day(shape, job->gpus) / DAY_S;
  const double any_slow = 1.0 - pow(1.0 - s->p->straggler_frac, j.n);
  j.interval_s = operations_interval_of(s->p, l);
  j.speed_frac = serving ? 1.0 : 1.0 - s->p->straggler_loss_frac * any_slow;
  double        plan_s;
  const int32_t i = find_row(s, j.n, job->submit_s, &plan_s);
  take_row(s, i, &j);
  const double run_s = job->work_s / j.speed_frac * (1.0 + j.write_s / j.interval_s);
  s->at[i].plan_s = serving ? number_most(plan_s, s->end_s) : plan_s + run_s;
  j.end_s = j.start_s;
  if (j.start_s < s->end_s) {
    s->out->started++;
    if (serving || (job->kind == OPERATIONS_FRONTIER && s->p->replicas > 1.0)) run_elastic(s, &j);
    else run_gang(s, &j);
    s->out->finished += j.done;
    s->out->held_gpu_h[job->kind] += (j.end_s - j.start_s) * j.gpu_h;
    s->out->idle_gpu_h += (j.end_s - j.start_s) * (j.n * shape->gpus_per_node - job->gpus) / 3600.0;
  }
  s->at[i].free_s = j.end_s;
}

static sg_err check_jobs(const operations_fleet_job *job, int32_t n) {
  for (int32_t i = 0; i < n; i++) {
    const operations_fleet_job *j = &job[i];
    const bool                  good =
        j->submit_s >= 0.0 && j->submit_s < HUGE_VAL && j->work_s >= 0.0 && j->work_s < HUGE_VAL && j->gpus >= 1;
    if (!good || (i > 0 && j->submit_s < job[i - 1].submit_s)) return SG_ERR_RANGE;
  }
  return SG_OK;
}

static void totals(const fleet_state *s, operations_fleet_result *out) {
  const operations_shape *shape = &s->f->shape;
  const double            spare_trays = s->f->racks * shape->spare_trays + s->f->spare_racks * shape->nodes_per_rack;
  const double            node_h = shape->gpus_per_node * s->end_s / 3600.0, places = operations_fleet_places(s->f);
  for (int32_t i = 0; i < s->n; i++)
    out->idle_gpu_h += s->at[i].n * shape->gpus_per_node * number_most(0.0, s->end_s - s->at[i].free_s) / 3600.0;
  for (int i = 0; i < OPERATIONS_KINDS; i++) out->useful_gpu_h += out->useful_of_gpu_h[i];
  out->spare_gpu_h = spare_trays * node_h;
  out->capacity_gpu_h = places * node_h + out->spare_gpu_h;
  out->goodput_frac = out->useful_gpu_h / (places * node_h);
}

sg_err operations_fleet_run(const operations_fleet *fleet, const operations_practice *practice,
                            const operations_outage *outage, int32_t n_outage, const operations_fleet_job *job,
                            int32_t n_job, arena *a, operations_fleet_result *out) {
  const char *why;
  fleet_state s = {.f = fleet, .p = practice, .o = outage, .n_o = n_outage, .end_s = fleet->days * DAY_S, .out = out};
  *out = (operations_fleet_result){.outages = n_outage};
  sg_err err = operations_fleet_check(fleet, &why);
  if (!err) err = check_jobs(job, n_job);
  if (err) return err;
  s.at = ARENA_NEW(a, stretch, 2 * (size_t)n_job + 2);
  s.away = ARENA_NEW(a, absence, (size_t)n_outage + 1);
  if (!s.at || !s.away) return SG_ERR_MEMORY;
  s.at[s.n++] = (stretch){0, operations_fleet_places(fleet), 0.0, 0.0};
  for (int32_t i = 0; i < n_outage; i++) s.longest_s = number_most(s.longest_s, outage[i].granted_s - outage[i].time_s);
  for (int32_t i = 0; i < n_job; i++) run_job(&s, &job[i]);
  totals(&s, out);
  return SG_OK;
}
