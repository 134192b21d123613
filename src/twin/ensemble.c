// Ensemble: workers take blocks of scenarios, simulate them one by one and fold them into shared counts.
//
// Everything folded is an integer count or an integer sum, a least or a greatest: the order does not matter, so any
// number of threads yields the same bytes. A worker keeps a block's records and folds them series by series, a stripe of
// series at a time, so that counters stay in cache and workers seldom wait for each other. Counters of a series lie
// bin by bin, some months of a bin side by side: what changes slowly raises its neighbours.
#include "ensemble.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../uncertainty/sensitivity.h"
#include "check.h"
#include "state.h"

enum { COMPARED = 2000, BLOCK = 64, FEW = 4, GROUP = 16, STRIPES = 16, MAX_OUTCOMES = 64 };

typedef struct shared {
  const twin_model    *m;
  const twin_run_opts *opts;
  twin_ensemble       *e;
  sensitivity         *sens;
  pthread_mutex_t      stripe[STRIPES], lock;
  atomic_uint          next;      // first scenario not yet taken
  uint32_t             limit, at_once;  // scenarios to take now, all before `limit`, so many at a time
  atomic_int           stop;
  int32_t              last_by;   // months that counterfactuals need
} shared;

// What one scenario leaves for folding.
typedef struct leaving {
  double    scalar[SCALAR_COUNT];
  int32_t  *reached;              // (n promise)
  unsigned char *without;         // (n promise x CAUSE_COUNT) kept
  double   *party;                // (n party x 3)
  double   *late;                 // (n campus x years x (CAUSE_COUNT + 1))
  twin_entry entry;
  double   *z;
  int32_t   attempts;
  bool      compared;              // counterfactuals were run
} leaving;

typedef struct worker {
  shared     *sh;
  twin_state *state;
  double     *records;            // (BLOCK x n_month x record)
  leaving     block[BLOCK];
  pthread_t   thread;
} worker;

// Month in which a promise is first kept in a record of n months; n_month: never.
static int32_t reached(const twin_model *m, int32_t p, const double *record, int32_t n) {
  return twin_reading_within(m, &m->promise[p], m->promise[p].series, record, n);
}

static size_t late_size(const twin_model *m) { return (size_t)m->n[CLASS_CAMPUS] * (size_t)twin_report_years(m) * (CAUSE_COUNT + 1); }

// ---- One scenario ---------------------------------------------------------------------------------------------------------

static void run_without(worker *w, uint32_t k, uint32_t seen, leaving *out) {
  const twin_model *m = w->sh->m;
  int32_t n = m->n[CLASS_PROMISE];
  for (int32_t p = 0; p < n; p++)
    for (int c = 0; c < CAUSE_COUNT; c++) out->without[p * CAUSE_COUNT + c] = out->reached[p] <= m->promise[p].by_month;
  for (int c = 0; c < CAUSE_COUNT; c++) {
    if (!(seen & (1u << c))) continue;  // what nothing waited for changes nothing
    twin_scenario_run(w->state, MODE_SCENARIO, w->sh->opts->seed, k, c, w->sh->last_by + 1);
    for (int32_t p = 0; p < n; p++)
      out->without[p * CAUSE_COUNT + c] = reached(m, p, w->state->record, w->sh->last_by + 1) <= m->promise[p].by_month;
  }
}

static void run_one(worker *w, uint32_t k, double *record, leaving *out) {
  const twin_model *m = w->sh->m;
  twin_state *s = w->state;
  double *own = s->record;
  s->record = record;  // written in place
  out->attempts = twin_scenario_run(s, MODE_SCENARIO, w->sh->opts->seed, k, CAUSE_NONE, m->n_month);
  memcpy(out->scalar, s->scalar, sizeof out->scalar);
  memcpy(out->late, s->late, late_size(m) * sizeof(double));
  twin_entry_read(&w->sh->e->chronicle, s, &out->entry);
  memcpy(out->z, s->z, (size_t)m->p.n_draw * sizeof(double));
  for (int32_t p = 0; p < m->n[CLASS_PROMISE]; p++) out->reached[p] = reached(m, p, s->record, m->n_month);
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    double in = 0, paid = 0;
    for (int32_t t = m->report0; t < m->n_month; t++) {
      const twin_party_month *at = (const twin_party_month *)(const void *)twin_record_at(s->record + (size_t)t * m->record, m, SCOPE_PARTY, p);
      in += at->cash_in_usd;
      paid += at->cash_out_usd;
    }
    out->party[3 * p] = in;
    out->party[3 * p + 1] = paid;
    out->party[3 * p + 2] = twin_party_npv_usd(s, p);
  }
  s->record = own;
  out->compared = w->sh->opts->without && k < COMPARED;
  if (out->compared) run_without(w, k, s->causes_seen | 1u << CAUSE_MONEY, out);
}

// ---- Folding ------------------------------------------------------------------------------------------------------------------

// One month's values of some series, by series: from records that lie `scenario` doubles apart. The month to come lies
// `next` doubles on.
static void gather(const twin_model *m, int32_t first, int32_t n_series, const double *records, size_t scenario, int32_t n,
                   size_t next, double value[][BLOCK]) {
  size_t at[GROUP];
  for (int32_t i = 0; i < n_series; i++) at[i] = m->series[first + i].at;
  for (int32_t b = 0; b < n; b++, records += scenario) {
    for (int32_t i = 0; i < n_series; i += 8) __builtin_prefetch(&records[next + at[i]]);
    for (int32_t i = 0; i < n_series; i++) value[i][b] = records[at[i]];
  }
}

// Up to GROUP series from `first` on, some months at a time. Values are gathered scenario by scenario, so that a line of
// the records is read once, and counted series by series, so that those counters stay at hand.
static void fold_group(shared *sh, int32_t first, int32_t n_series, const double *records, int32_t n) {
  const twin_model *m = sh->m;
  twin_ensemble *e = sh->e;
  size_t scenario = (size_t)m->n_month * m->record;
  double value[TWIN_TILE][GROUP][BLOCK], sum[GROUP][BLOCK] = {{0}};
  int32_t months = 0;
  for (int32_t t0 = m->report0; t0 < m->n_month; t0 += TWIN_TILE) {
    months = m->n_month - t0 < TWIN_TILE ? m->n_month - t0 : TWIN_TILE;
    for (int32_t k = 0; k < months; k++)
      gather(m, first, n_series, records + (size_t)(t0 + k) * m->record, scenario, n, t0 + k + 1 < m->n_month ? m->record : 0, value[k]);
    for (int32_t i = 0; i < n_series; i++) {
      bool flow = m->series[first + i].output->kind == OUTPUT_FLOW;
      for (int32_t k = 0; k < months; k++) {
        bins_add_all(twin_series_cell(e, first + i, t0 + k), twin_series_count(e, first + i, t0 + k), TWIN_TILE, &e->series_layout[first + i], value[k][i], (size_t)n);
        for (int32_t b = 0; b < n && flow; b++) sum[i][b] += value[k][i][b];
      }
    }
  }
  for (int32_t i = 0; i < n_series; i++) {
    twin_cell *cell = &e->metric[first + i];
    bool flow = m->series[first + i].output->kind == OUTPUT_FLOW;
    bins_add_all(&cell->cell, cell->count, 1, &e->series_layout[first + i], flow ? sum[i] : value[months - 1][i], (size_t)n);
  }
}

static void fold_series(shared *sh, int32_t first, int32_t last, const double *records, int32_t n) {
  for (int32_t i = first; i < last; i += GROUP) fold_group(sh, i, last - i < GROUP ? last - i : GROUP, records, n);
}

static int32_t cost_class(const twin_ensemble *e, double usd) {
  int32_t k = 0;
  while (k < TWIN_JOINT_COSTS - 1 && usd > e->joint_cost_usd[k]) k++;
  return k;
}

static void fold_rest(shared *sh, const leaving *l) {
  const twin_model *m = sh->m;
  twin_ensemble *e = sh->e;
  bins_layout money = twin_output_layout("USD");
  for (int i = 0; i < SCALAR_COUNT; i++) bins_add(&e->scalar[i].cell, e->scalar[i].count, &e->scalar_layout[i], l->scalar[i]);
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    twin_cell *const cells[3] = { &e->party_in[p], &e->party_out[p], &e->party_npv[p] };
    for (int i = 0; i < 3; i++) bins_add(&cells[i]->cell, cells[i]->count, &money, l->party[3 * p + i]);
  }
  double outcome[MAX_OUTCOMES];
  for (int32_t p = 0; p < m->n[CLASS_PROMISE]; p++) {
    bool kept = l->reached[p] <= m->promise[p].by_month;
    e->promise[p].kept += kept;
    e->promise[p].month[l->reached[p]]++;
    if (l->compared) e->promise[p].kept_compared += kept;
    for (int c = 0; c < CAUSE_COUNT && l->compared; c++) e->promise[p].compared_without[c] += l->without[p * CAUSE_COUNT + c];
    if (p < MAX_OUTCOMES) outcome[p] = kept;
  }
  sensitivity_add(sh->sens, l->z, outcome);
  for (size_t i = 0; i < late_size(m); i++) e->late[i] += (int64_t)llround(l->late[i] * 1000);
  twin_chronicle_fold(&e->chronicle, &l->entry);
  int32_t month = (int32_t)l->scalar[SCALAR_COMPLETE];
  if (month > m->n_month) month = m->n_month;
  e->joint[(size_t)cost_class(e, l->scalar[SCALAR_CAPEX]) * (size_t)(m->n_month + 1) + (size_t)month]++;
  e->redrawn += (uint64_t)l->attempts;
  e->unmatched += l->attempts >= TWIN_MAX_ATTEMPTS;
  e->compared += l->compared;
  e->done++;
}

static void report(shared *sh) {
  if (!sh->opts->progress) return;
  const twin_ensemble *e = sh->e;
  sg_progress now = { e->done, e->scenarios, 0, NULL };
  for (int32_t p = 0; p < sh->m->n[CLASS_PROMISE] && !now.promise; p++) {
    if (!e->promise[p].kept || e->promise[p].kept == e->done) continue;
    now.promise = programme_name(&sh->m->p, CLASS_PROMISE, p);
    now.odds_frac = (double)e->promise[p].kept / e->done;
  }
  if (sh->opts->progress(sh->opts->user, &now)) atomic_store(&sh->stop, 1);
}

static void fold(worker *w, int32_t n, int32_t turn) {
  shared *sh = w->sh;
  for (int32_t i = 0; i < STRIPES; i++) {
    int32_t stripe = (i + turn) % STRIPES;
    pthread_mutex_lock(&sh->stripe[stripe]);
    fold_series(sh, sh->m->n_series * stripe / STRIPES, sh->m->n_series * (stripe + 1) / STRIPES, w->records, n);
    pthread_mutex_unlock(&sh->stripe[stripe]);
  }
  pthread_mutex_lock(&sh->lock);
  for (int32_t b = 0; b < n; b++) fold_rest(sh, &w->block[b]);
  report(sh);
  pthread_mutex_unlock(&sh->lock);
}

static void *work(void *at) {
  worker *w = at;
  shared *sh = w->sh;
  for (int32_t turn = 0; !atomic_load(&sh->stop); turn++) {
    uint32_t first = atomic_fetch_add(&sh->next, sh->at_once);
    if (first >= sh->limit) break;
    int32_t n = (int32_t)(sh->limit - first < sh->at_once ? sh->limit - first : sh->at_once);
    for (int32_t b = 0; b < n; b++) run_one(w, first + (uint32_t)b, w->records + (size_t)b * (size_t)sh->m->n_month * sh->m->record, &w->block[b]);
    fold(w, n, turn);
  }
  return NULL;
}

// ---- Memory -----------------------------------------------------------------------------------------------------------------------

// Counters of all series in one block, straight from the system: it hands out zeros page by page as they are needed, and
// most bins stay empty for ever.
static bool take_series(twin_ensemble *e) {
  const twin_model *m = e->m;
  size_t tiles = (size_t)(m->n_month - m->report0 + TWIN_TILE - 1) / TWIN_TILE, all = 0;
  for (int32_t i = 0; i < m->n_series; i++) all += tiles * TWIN_TILE * bins_size(&e->series_layout[i]);
  uint32_t *count = e->series_block = calloc(all + 1, sizeof *count);
  if (!count) return false;
  for (int32_t i = 0; i < m->n_series; i++) {
    e->series_count[i] = count;
    count += tiles * TWIN_TILE * bins_size(&e->series_layout[i]);
    for (int32_t t = m->report0; t < m->n_month; t++) bins_cell_clear(twin_series_cell(e, i, t));
  }
  return true;
}

static twin_ensemble *take_ensemble(const twin_model *m, const twin_run_opts *opts) {
  arena *a = arena_create();
  twin_ensemble *e = a ? ARENA_NEW(a, twin_ensemble, 1) : NULL;
  if (!e) { arena_free(a); return NULL; }
  *e = (twin_ensemble){ .m = m, .seed = opts->seed, .scenarios = opts->scenarios, .without = opts->without, .a = a };
  size_t months = (size_t)m->n_month, n = (size_t)m->n_series, parties = (size_t)m->n[CLASS_PARTY];
  bins_layout money = twin_output_layout("USD");
  bool ok = (e->series_layout = ARENA_NEW(a, bins_layout, n + 1)) && (e->series = ARENA_NEW(a, bins_cell, n * months + 1)) && (e->series_count = ARENA_NEW(a, uint32_t *, n + 1)) &&
            (e->metric = ARENA_NEW(a, twin_cell, n + 1)) && (e->scalar = ARENA_NEW(a, twin_cell, SCALAR_COUNT)) &&
            (e->party_in = ARENA_NEW(a, twin_cell, parties + 1)) && (e->party_out = ARENA_NEW(a, twin_cell, parties + 1)) &&
            (e->party_npv = ARENA_NEW(a, twin_cell, parties + 1)) && (e->promise = ARENA_NEW(a, twin_promise_odds, m->n[CLASS_PROMISE] + 1)) &&
            (e->late = ARENA_NEW(a, int64_t, late_size(m) + 1)) && twin_chronicle_take(m, a, &e->chronicle) &&
            (e->joint = ARENA_NEW(a, uint32_t, TWIN_JOINT_COSTS * (months + 1)));
  for (size_t i = 0; ok && i < n; i++) {
    e->series_layout[i] = twin_output_layout(m->series[i].output->unit);
    ok = twin_take_cells(a, &e->metric[i], 1, &e->series_layout[i]);
  }
  ok = ok && take_series(e);
#define UNIT_OF(code, name, unit, meaning) unit,
  static const char *const scalar_unit[SCALAR_COUNT] = { TWIN_SCALAR_LIST(UNIT_OF) };
#undef UNIT_OF
  for (int i = 0; ok && i < SCALAR_COUNT; i++) {
    e->scalar_layout[i] = twin_output_layout(scalar_unit[i]);
    ok = twin_take_cells(a, &e->scalar[i], 1, &e->scalar_layout[i]);
  }
  ok = ok && twin_take_cells(a, e->party_in, parties, &money) && twin_take_cells(a, e->party_out, parties, &money) && twin_take_cells(a, e->party_npv, parties, &money);
  for (int32_t p = 0; ok && p < m->n[CLASS_PROMISE]; p++) {
    int32_t month = reached(m, p, m->plan_record, m->n_month);
    ok = (e->promise[p].month = ARENA_NEW(a, uint32_t, months + 1)) != NULL;
    e->promise[p].planned_month = month < m->n_month ? month : -1;
    e->promise[p].planned_kept = month <= m->promise[p].by_month;
  }
  double plan = m->plan_scalar[SCALAR_CAPEX] > 0 ? m->plan_scalar[SCALAR_CAPEX] : 1e9;
  for (int k = 0; k < TWIN_JOINT_COSTS; k++) e->joint_cost_usd[k] = plan * 0.5 * pow(2, k / 8.0);
  if (ok) return e;
  twin_ensemble_free(e);
  return NULL;
}

void twin_ensemble_free(twin_ensemble *e) {
  if (!e) return;
  free(e->series_block);
  arena_free(e->a);
}

static bool take_worker(worker *w, shared *sh, arena *a) {
  const twin_model *m = sh->m;
  w->sh = sh;
  w->state = twin_state_create(m);
  w->records = ARENA_NEW(a, double, (size_t)BLOCK * (size_t)m->n_month * m->record + 1);
  bool ok = w->state && w->records;
  for (int b = 0; ok && b < BLOCK; b++) {
    leaving *l = &w->block[b];
    ok = (l->reached = ARENA_NEW(a, int32_t, m->n[CLASS_PROMISE] + 1)) &&
         (l->without = ARENA_NEW(a, unsigned char, m->n[CLASS_PROMISE] * CAUSE_COUNT + 1)) && (l->party = ARENA_NEW(a, double, 3 * m->n[CLASS_PARTY] + 1)) &&
         (l->late = ARENA_NEW(a, double, late_size(m) + 1)) && twin_entry_take(&sh->e->chronicle, a, &l->entry) && (l->z = ARENA_NEW(a, double, m->p.n_draw + 1));
  }
  return ok;
}

// ---- The run ------------------------------------------------------------------------------------------------------------------------

// Odds with a cause removed, as a count of all scenarios: the odds as they are plus the mean difference over those that
// were run both ways with the same draws. Source: control variates, e.g. Glasserman, Monte Carlo Methods in Financial
// Engineering, 2003, sec. 4.1.
static void spread_differences(twin_ensemble *e) {
  for (int32_t p = 0; p < e->m->n[CLASS_PROMISE] && e->compared > 0; p++)
    for (int c = 0; c < CAUSE_COUNT; c++) {
      twin_promise_odds *o = &e->promise[p];
      double difference = ((double)o->compared_without[c] - (double)o->kept_compared) / (double)e->compared;
      double count = (double)o->kept + difference * (double)e->done;
      o->kept_without[c] = (uint64_t)llround(count < 0 ? 0 : count > e->done ? e->done : count);
    }
}

// All scenarios before `limit` that are not folded yet, `most` at a time; fewer, where progress stops it. Workers keep their
// states.
static void run_part(shared *sh, worker *w, int threads, uint32_t limit, uint32_t most) {
  int      started = 1;
  uint32_t from = sh->e->done, each = (limit - from + (uint32_t)threads - 1) / (uint32_t)threads;
  atomic_store(&sh->next, from);
  sh->limit = limit;
  sh->at_once = each < most ? each : most;
  for (int i = 1; i < threads; i++, started++)
    if (pthread_create(&w[i].thread, NULL, work, &w[i])) break;  // fewer threads do the same work
  work(&w[0]);
  for (int i = 1; i < started; i++) pthread_join(w[i].thread, NULL);
  spread_differences(sh->e);
}

// Compared scenarios take ten times as long as others: few at a time, since whoever stops a run waits for what is begun.
static void run_to(shared *sh, worker *w, int threads, uint32_t limit) {
  if (sh->opts->without && sh->e->done < COMPARED) run_part(sh, w, threads, limit < COMPARED ? limit : COMPARED, FEW);
  if (sh->e->done < limit && !atomic_load(&sh->stop)) run_part(sh, w, threads, limit, BLOCK);
}

static sg_err run_workers(shared *sh, worker *w, int threads) {
  const twin_run_opts *o = sh->opts;
  twin_ensemble *e = sh->e;
  bool stopped = false;
  for (size_t i = 0; i < o->n_steps && o->steps[i] < e->scenarios && !stopped; i++) {
    run_to(sh, w, threads, o->steps[i]);
    stopped = atomic_load(&sh->stop) || o->step(o->user, e);
  }
  if (!stopped) run_to(sh, w, threads, e->scenarios);
  e->cancelled = e->done < e->scenarios;
  return e->cancelled ? SG_ERR_CANCELLED : SG_OK;
}

static bool opts_in_range(const twin_run_opts *o) {
  bool ok = o->scenarios >= 1 && o->scenarios <= 10000000 && o->threads >= 1 && o->threads <= 256 && (!o->n_steps || (o->steps && o->step));
  for (size_t i = 0; ok && i < o->n_steps; i++) ok = o->steps[i] > (i ? o->steps[i - 1] : 0);
  return ok;
}

sg_err twin_ensemble_run(const twin_model *m, const twin_run_opts *opts, twin_ensemble **out) {
  *out = NULL;
  if (!opts_in_range(opts)) return SG_ERR_RANGE;
  shared sh = { .m = m, .opts = opts, .e = take_ensemble(m, opts) };
  if (!sh.e) return SG_ERR_MEMORY;
  arena *a = arena_create();
  int32_t outcomes = m->n[CLASS_PROMISE] < MAX_OUTCOMES ? m->n[CLASS_PROMISE] : MAX_OUTCOMES;
  sh.e->sensitivity = sh.sens = ARENA_NEW(sh.e->a, sensitivity, 1);
  sensitivity_scale *scale = ARENA_NEW(sh.e->a, sensitivity_scale, MAX_OUTCOMES);
  void *table = arena_take(sh.e->a, sensitivity_bytes(m->p.n_draw, outcomes) + 8, 1);
  int threads = opts->threads;
  worker *w = a ? ARENA_NEW(a, worker, threads) : NULL;
  bool ok = w && sh.sens && scale && table;
  for (int i = 0; ok && i < threads; i++) ok = take_worker(&w[i], &sh, a);
  sg_err err = SG_ERR_MEMORY;
  if (ok) {
    for (int i = 0; i < MAX_OUTCOMES; i++) scale[i] = (sensitivity_scale){ 0, 1 };
    sensitivity_init(sh.sens, table, m->p.n_draw, outcomes, scale);
    for (int32_t p = 0; p < m->n[CLASS_PROMISE]; p++)
      if (m->promise[p].by_month > sh.last_by) sh.last_by = m->promise[p].by_month;
    for (int i = 0; i < STRIPES; i++) pthread_mutex_init(&sh.stripe[i], NULL);
    pthread_mutex_init(&sh.lock, NULL);
    err = run_workers(&sh, w, threads);
    for (int i = 0; i < STRIPES; i++) pthread_mutex_destroy(&sh.stripe[i]);
    pthread_mutex_destroy(&sh.lock);
  }
  for (int i = 0; w && i < threads; i++) twin_state_free(w[i].state);
  arena_free(a);
  if (err && err != SG_ERR_CANCELLED) twin_ensemble_free(sh.e);
  else *out = sh.e;
  return err;
}

// ---- Reading ------------------------------------------------------------------------------------------------------------------------

double twin_cell_mean(const twin_cell *c, bins_layout layout) { return bins_mean(&c->cell, &layout); }
double twin_cell_quantile(const twin_cell *c, bins_layout layout, double p) { return bins_quantile(&c->cell, c->count, &layout, p); }

double twin_series_mean(const twin_ensemble *e, int32_t series, int32_t month) {
  return bins_mean(twin_series_cell(e, series, month), &e->series_layout[series]);
}

void twin_series_quantiles(const twin_ensemble *e, int32_t series, int32_t month, const double *p, size_t n, double *out) {
  bins_quantiles(twin_series_cell(e, series, month), twin_series_count(e, series, month), TWIN_TILE, &e->series_layout[series], p, n, out);
}

double twin_series_quantile(const twin_ensemble *e, int32_t series, int32_t month, double p) {
  double out;
  twin_series_quantiles(e, series, month, &p, 1, &out);
  return out;
}

int32_t twin_month_by(const twin_ensemble *e, const uint32_t *count, double p) {
  uint64_t need = (uint64_t)ceil(p * e->done), sum = 0;
  for (int32_t t = 0; t < e->m->n_month; t++) {
    sum += count[t];
    if (sum >= need && sum > 0) return t;
  }
  return -1;
}

int32_t twin_promise_month(const twin_ensemble *e, int32_t promise, double p) { return twin_month_by(e, e->promise[promise].month, p); }

double twin_joint_odds(const twin_ensemble *e, int32_t cost, int32_t month) {
  uint64_t sum = 0;
  for (int32_t k = 0; k <= cost; k++)
    for (int32_t t = 0; t <= month - e->m->report0; t++) sum += e->joint[(size_t)k * (size_t)(e->m->n_month + 1) + (size_t)t];
  return e->done ? (double)sum / e->done : 0;
}

int64_t twin_late(const twin_ensemble *e, int32_t campus, int32_t year, int which) {
  int32_t years = twin_report_years(e->m), first = year < 0 ? 0 : year, last = year < 0 ? years - 1 : year;
  int64_t sum = 0;
  for (int32_t y = first; y <= last; y++) sum += e->late[((size_t)campus * (size_t)years + (size_t)y) * (CAUSE_COUNT + 1) + (size_t)which];
  return sum;
}

void twin_delay_shares(const twin_ensemble *e, int32_t campus, double share[CAUSE_COUNT + 1]) {
  int64_t late[CAUSE_COUNT + 1], sum = 0;
  for (int c = 0; c <= CAUSE_COUNT; c++) sum += late[c] = twin_late(e, campus, -1, c);
  for (int c = 0; c <= CAUSE_COUNT; c++) share[c] = sum > 0 ? (double)late[c] / (double)sum : c == CAUSE_COUNT;
}

int32_t twin_promise_influence(const twin_ensemble *e, int32_t promise, twin_influence *out, int32_t n) {
  int32_t found = 0;
  if (promise >= MAX_OUTCOMES || !e->sensitivity) return 0;
  for (int32_t i = 0; i < e->m->p.n_draw; i++) {
    sensitivity_effect effect = sensitivity_of(e->sensitivity, i, promise);
    if (!(effect.share_frac > effect.noise_frac)) continue;
    int32_t at = found < n ? found++ : n;
    while (at > 0 && out[at - 1].share < effect.share_frac) {
      if (at < n) out[at] = out[at - 1];
      at--;
    }
    if (at < n) out[at] = (twin_influence){ e->m->p.draw[i].value, effect.share_frac, effect.trend };
  }
  return found;
}
