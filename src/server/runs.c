#define _POSIX_C_SOURCE 200809L
#include "runs.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../report/api.h"
#include "../report/run_json.h"

enum { ITEMS = 2 * RUNS_AT_ONCE + RUNS_KEPT };

struct runs_document {
  size_t      users;
  text_buffer text;
};

struct run {
  uint64_t       id;
  runs          *all;
  char           page[ORDER_PAGE + 1];
  order          of;
  sg_model      *model;
  pthread_t      thread;
  bool           begun, cancel, over;  // over: the thread has nothing left to do
  bool           left;                 // cancelled, and nobody waits for what was done
  run_event_kind state;                // RUN_PROGRESS until it has ended
  sg_err         err;
  uint32_t       done;
  double         began_s, took_s;
  size_t         users, listeners;
  uint64_t       version;  // of the document; counts up
  runs_document *document;
  sg_result     *result;  // once it has ended
};

struct runs {
  pthread_mutex_t mutex;
  pthread_cond_t  news;
  int             threads;
  bool            stopping;
  uint64_t        last_id;
  size_t          listeners;
  run            *item[ITEMS];  // oldest first; those behind the last are NULL
};

static double now_s(void) {
  struct timespec t;
  return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? (double)t.tv_sec + 1e-9 * (double)t.tv_nsec : 0;
}

static struct timespec at_time(double s) {
  time_t whole = (time_t)s;
  return (struct timespec){.tv_sec = whole, .tv_nsec = (long)((s - (double)whole) * 1e9)};
}

runs *runs_create(int threads) {
  pthread_condattr_t forward;
  runs              *all = calloc(1, sizeof *all);
  if (!all) return NULL;
  all->threads = threads;
  pthread_mutex_init(&all->mutex, NULL);
  pthread_condattr_init(&forward);
  pthread_condattr_setclock(&forward, CLOCK_MONOTONIC);
  pthread_cond_init(&all->news, &forward);
  pthread_condattr_destroy(&forward);
  return all;
}

// ---- Whoever uses a run or a document counts ---------------------------------------------------------------

static void document_drop(runs_document *d) {
  if (!d || --d->users) return;
  text_buffer_free(&d->text);
  free(d);
}

void runs_document_release(runs *all, runs_document *d) {
  pthread_mutex_lock(&all->mutex);
  document_drop(d);
  pthread_mutex_unlock(&all->mutex);
}

const char *runs_document_text(const runs_document *d, size_t *n) {
  *n = d->text.n;
  return d->text.at;
}

// With the mutex held. Returns the run when nobody uses it any more: then bury() it without the mutex.
static run *drop(run *r) { return --r->users ? NULL : r; }

static void bury(run *r) {
  if (!r) return;
  sg_result_free(r->result);
  sg_model_free(r->model);
  order_free(&r->of);
  document_drop(r->document);
  free(r);
}

void runs_release(runs *all, run *r) {
  if (!r) return;
  pthread_mutex_lock(&all->mutex);
  run *last = drop(r);
  pthread_mutex_unlock(&all->mutex);
  bury(last);
}

run *runs_find(runs *all, uint64_t id) {
  run *found = NULL;
  pthread_mutex_lock(&all->mutex);
  for (size_t i = 0; i < ITEMS && all->item[i]; i++)
    if (all->item[i]->id == id && all->item[i]->begun) found = all->item[i];
  if (found) found->users++;
  pthread_mutex_unlock(&all->mutex);
  return found;
}

run *runs_last(runs *all) {
  run *found = NULL;
  pthread_mutex_lock(&all->mutex);
  for (size_t i = 0; i < ITEMS && all->item[i]; i++)
    if (all->item[i]->begun) found = all->item[i];
  if (found) found->users++;
  pthread_mutex_unlock(&all->mutex);
  return found;
}

uint64_t        run_id(const run *r) { return r->id; }
const order    *run_order(const run *r) { return &r->of; }
const sg_model *run_model(const run *r) { return r->model; }

const sg_result *runs_result(runs *all, const run *r) {
  pthread_mutex_lock(&all->mutex);
  const sg_result *result = r->over ? r->result : NULL;
  pthread_mutex_unlock(&all->mutex);
  return result;
}

runs_document *runs_newest(runs *all, run *r) {
  pthread_mutex_lock(&all->mutex);
  runs_document *d = r->document;
  if (d) d->users++;
  pthread_mutex_unlock(&all->mutex);
  return d;
}

// ---- Simulating -----------------------------------------------------------------------------------------

// Writes the document of a result, without the mutex, and shows it to whoever listens.
static sg_err publish(run *r, const sg_result *result) {
  runs_document *d = calloc(1, sizeof *d);
  if (!d || !report_run_json(result->runs, 0, &d->text)) {
    if (d) text_buffer_free(&d->text);
    free(d);
    return SG_ERR_MEMORY;
  }
  while (d->text.n && d->text.at[d->text.n - 1] == '\n') d->text.n--;
  d->users = 1;
  pthread_mutex_lock(&r->all->mutex);
  document_drop(r->document);
  r->document = d;
  r->version++;
  pthread_cond_broadcast(&r->all->news);
  pthread_mutex_unlock(&r->all->mutex);
  return SG_OK;
}

static int on_progress(void *user, const sg_progress *now) {
  run *r = user;
  pthread_mutex_lock(&r->all->mutex);
  if (now->done > r->done) r->done = now->done;
  bool stop = r->cancel;
  pthread_mutex_unlock(&r->all->mutex);
  return stop;
}

static bool is_cancelled(run *r) {
  pthread_mutex_lock(&r->all->mutex);
  bool cancelled = r->cancel;
  pthread_mutex_unlock(&r->all->mutex);
  return cancelled;
}

static int on_step(void *user, const sg_result *so_far) {
  run   *r = user;
  sg_err err = is_cancelled(r) ? SG_OK : publish(r, so_far);
  if (err) r->err = err;  // of this thread alone until it is over
  return err || is_cancelled(r);
}

// Counterfactuals take most of the time, so that the first answer does without: a small ensemble of its own.
static sg_err answer_at_once(run *r, sg_run_opts opts) {
  sg_result *first = NULL;
  opts.scenarios = RUNS_FIRST;
  opts.without = 0;
  opts.n_steps = 0;
  sg_err err = sg_run(r->model, &opts, &first);
  if (!err) err = publish(r, first);
  sg_result_free(first);
  return err;
}

static sg_err simulate(run *r, sg_result **result) {
  static const uint32_t step[] = {RUNS_FIRST, 500, 2000, 5000, 20000, 100000, 500000};
  sg_run_opts           opts = sg_run_opts_default();
  opts.seed = r->of.seed;
  opts.scenarios = r->of.scenarios;
  opts.without = r->of.without;
  opts.threads = r->all->threads;
  opts.progress = on_progress;
  opts.user = r;
  opts.step = on_step;
  bool   at_once = opts.without && opts.scenarios > RUNS_FIRST;
  size_t steps = sizeof step / sizeof step[0] - at_once;  // the first of them has then been told
  opts.steps = step + at_once;
  while (opts.n_steps < steps && opts.steps[opts.n_steps] < opts.scenarios) opts.n_steps++;
  sg_err err = at_once ? answer_at_once(r, opts) : SG_OK;
  if (!err) err = sg_run(r->model, &opts, result);
  return err;
}

static void *work(void *user) {
  run       *r = user;
  sg_result *result = NULL;
  sg_err     err = simulate(r, &result);
  // Of a run that a user cancelled what was done is shown; nobody looks at one that was left or followed by a newer one.
  pthread_mutex_lock(&r->all->mutex);
  bool wanted = !r->left && result && result->runs->done;
  pthread_mutex_unlock(&r->all->mutex);
  if (wanted) {
    sg_err wrong = publish(r, result);
    if (wrong) err = wrong;
  }
  pthread_mutex_lock(&r->all->mutex);
  r->result = result;
  r->err = r->err ? r->err : err;
  r->state = !r->err ? RUN_DONE : r->cancel ? RUN_CANCELLED : RUN_FAILED;
  r->took_s = now_s() - r->began_s;
  r->over = true;
  pthread_cond_broadcast(&r->all->news);
  pthread_mutex_unlock(&r->all->mutex);
  return NULL;
}

// ---- Beginning and ending -------------------------------------------------------------------------------

// Takes the run at i out of the list, with the mutex held.
static run *take_out(runs *all, size_t i) {
  run *r = all->item[i];
  memmove(&all->item[i], &all->item[i + 1], (ITEMS - 1 - i) * sizeof *all->item);
  all->item[ITEMS - 1] = NULL;
  return r;
}

// The end of a run that is in no list any more; its thread is over, or about to be.
static void forget(runs *all, run *r) {
  if (!r) return;
  if (r->begun) pthread_join(r->thread, NULL);
  runs_release(all, r);
}

// Counts what is not over; `alone`: only what is not being cancelled.
static size_t active(const runs *all, bool alone) {
  size_t n = 0;
  for (size_t i = 0; i < ITEMS && all->item[i]; i++) n += !all->item[i]->over && !(alone && all->item[i]->cancel);
  return n;
}

// The run that nobody will miss: one that was cancelled rather than one that is complete, and then the oldest. With the mutex held.
static run *surplus(runs *all) {
  size_t over = 0, worst = ITEMS;
  for (size_t i = 0; i < ITEMS && all->item[i]; i++) {
    if (!all->item[i]->over) continue;
    over++;
    if (worst == ITEMS || (all->item[worst]->state == RUN_DONE && all->item[i]->state != RUN_DONE)) worst = i;
  }
  return over >= RUNS_KEPT ? take_out(all, worst) : NULL;
}

static run *add(runs *all, const char *page) {
  run *r = calloc(1, sizeof *r);
  if (!r) return NULL;
  size_t i = 0;
  while (all->item[i]) i++;
  strncpy(r->page, page, ORDER_PAGE);
  r->all = all;
  r->id = ++all->last_id;
  r->state = RUN_PROGRESS;
  r->began_s = now_s();
  r->users = 2;  // the list, and whoever asked
  all->item[i] = r;
  return r;
}

static void cancel(runs *all, run *r, bool left) {
  r->cancel = true;
  r->left |= left;
  pthread_cond_broadcast(&all->news);
}

run *runs_reserve(runs *all, const char *page) {
  run            *r = NULL, *old[ITEMS];
  size_t          n_old = 0;
  struct timespec until = at_time(now_s() + 2);  // a run that is cancelled ends soon
  pthread_mutex_lock(&all->mutex);
  for (size_t i = 0; i < ITEMS && all->item[i]; i++)
    if (page[0] && !strcmp(all->item[i]->page, page)) cancel(all, all->item[i], true);
  while (!all->stopping && active(all, true) < RUNS_AT_ONCE && active(all, false) >= RUNS_AT_ONCE)
    if (pthread_cond_timedwait(&all->news, &all->mutex, &until)) break;
  if (!all->stopping && active(all, false) < RUNS_AT_ONCE) {
    while ((old[n_old] = surplus(all))) n_old++;
    r = add(all, page);
  }
  pthread_mutex_unlock(&all->mutex);
  for (size_t i = 0; i < n_old; i++) forget(all, old[i]);
  return r;
}

bool runs_begin(runs *all, run *r, order *of, sg_model *model) {
  pthread_mutex_lock(&all->mutex);
  r->of = *of;
  r->model = model;
  r->begun = !all->stopping && !r->cancel && pthread_create(&r->thread, NULL, work, r) == 0;
  if (r->begun) *of = (order){0};
  else r->of = (order){0}, r->model = NULL;
  pthread_mutex_unlock(&all->mutex);
  return r->begun;
}

void runs_abandon(runs *all, run *r) {
  pthread_mutex_lock(&all->mutex);
  for (size_t i = 0; i < ITEMS; i++)
    if (all->item[i] == r) (void)drop(take_out(all, i));
  pthread_cond_broadcast(&all->news);
  pthread_mutex_unlock(&all->mutex);
  runs_release(all, r);
}

void runs_cancel(runs *all, run *r) {
  pthread_mutex_lock(&all->mutex);
  cancel(all, r, false);
  pthread_mutex_unlock(&all->mutex);
}

void runs_stop(runs *all) {
  for (run *r = NULL;; r = NULL) {
    pthread_mutex_lock(&all->mutex);
    all->stopping = true;
    for (size_t i = 0; i < ITEMS && all->item[i]; i++) cancel(all, all->item[i], true);
    for (size_t i = ITEMS; i-- > 0 && !r;)
      if (all->item[i] && all->item[i]->begun) r = take_out(all, i);
    pthread_mutex_unlock(&all->mutex);
    if (!r) return;
    forget(all, r);
  }
}

void runs_free(runs *all) {
  if (!all) return;
  runs_stop(all);
  pthread_cond_destroy(&all->news);
  pthread_mutex_destroy(&all->mutex);
  free(all);
}

// ---- Listening ------------------------------------------------------------------------------------------

bool runs_listen(runs *all, run *r) {
  pthread_mutex_lock(&all->mutex);
  bool fine = all->listeners < RUNS_LISTENERS && !all->stopping;
  all->listeners += fine;
  r->listeners += fine;
  pthread_mutex_unlock(&all->mutex);
  return fine;
}

void runs_leave(runs *all, run *r) {
  pthread_mutex_lock(&all->mutex);
  all->listeners--;
  if (!--r->listeners) cancel(all, r, true);  // of a run that is over this means nothing
  pthread_mutex_unlock(&all->mutex);
}

// With the mutex held.
static run_event news_of(const run *r, run_told *told) {
  run_event e = {.kind = RUN_QUIET, .done = r->done, .total = r->of.scenarios};
  if (r->document && r->version != told->version) {
    e.kind = RUN_RESULT;
    e.document = r->document;
    e.document->users++;
    told->version = r->version;
  } else if (r->over) {
    e.kind = r->state;
    e.took_s = r->took_s;
    e.err = r->err;
  }
  return e;
}

run_event runs_next(runs *all, run *r, run_told *told, double most_s) {
  struct timespec until = at_time(now_s() + most_s);
  pthread_mutex_lock(&all->mutex);
  run_event e = news_of(r, told);
  while (e.kind == RUN_QUIET && pthread_cond_timedwait(&all->news, &all->mutex, &until) == 0) e = news_of(r, told);
  if (e.kind == RUN_QUIET && r->done != told->done) {  // by the clock, not by the scenario
    e.kind = RUN_PROGRESS;
    told->done = r->done;
  }
  pthread_mutex_unlock(&all->mutex);
  return e;
}
