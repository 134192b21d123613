// Network: see network.h. One pass over the activities in plan order is one month.
#include "../base/number.h"
#include "network.h"

#include <math.h>
#include <stdbool.h>

// While a month runs, a crew that is kept back for an activity that has not started bears this mark in crew_user.
static int32_t crew_hidden(int32_t user) { return -3 - user; }  // user >= -1 gives <= -2; its own inverse
static bool    crew_is_kept(int32_t user) { return user <= -2; }

void build_clear(const build_network *net, build_state *state) {
  state->waited = 0;
  for (int32_t i = 0; i < net->n_activity; i++) {
    state->start_day[i] = state->finish_day[i] = state->ready_day[i] = HUGE_VAL;
    state->pause_day[i] = 0.0;
    state->driver[i] = state->crew[i] = -1;
    state->wait_cause[i] = CAUSE_NONE;
  }
  for (int32_t c = 0; c < net->n_crew; c++) {
    state->free_day[c] = -HUGE_VAL;
    state->crew_user[c] = -1;
  }
}

// What one activity's start stands on, as far as it is known.
typedef struct start_limits {
  double  day;     // the latest of all; HUGE_VAL where something is not known
  double  ready;   // when its predecessors are done
  int32_t cause;   // cause of the wait beyond `ready`; CAUSE_NONE: no wait
  int32_t driver;  // activity whose finish is `day`, -1: none
  int32_t crew;    // crew that it would take, -1: none left or none needed
} start_limits;

// The crew of a pool that is free first, among those not kept back; the lowest slot of equals. -1: none.
static int32_t first_free_crew(const build_network *net, const build_state *state, int32_t pool) {
  int32_t best = -1;
  double  best_day = HUGE_VAL;  // a crew whose day is infinite is none
  int32_t end = net->pool_first[pool] + net->pool_n[pool];
  for (int32_t c = net->pool_first[pool]; c < end; c++) {
    double day = crew_is_kept(state->crew_user[c]) ? HUGE_VAL : state->free_day[c];
    bool   sooner = day < best_day;
    best = sooner ? c : best;
    best_day = sooner ? day : best_day;
  }
  return best;
}

// Claims on the crews of each pool that one pass over a month has counted but not granted: most are those of activities
// whose turn has not come, and nobody need know which crew is kept back for them until somebody asks for one.
enum { PASS_POOLS = 64, ALL_KEPT = 1 << 30 };  // pools counted, the rest is granted at once; no crew of the pool is left
typedef struct pass {
  double  day0, day1;
  bool    changed;             // anything of what follows, or an activity has started
  bool    news;                // of what activities wait for
  bool    paused;              // something was: days that hung on its finish have moved
  uint64_t started;            // bit per pool counted of which something took a crew: fewer claim those that are left
  int32_t base;                // the first pool counted
  int32_t claims[PASS_POOLS];
} pass;

static bool     is_counted(const pass *p, int32_t pool) { return (uint32_t)(pool - p->base) < PASS_POOLS; }  // -1: no
static uint64_t pool_bit(const pass *p, int32_t pool) { return is_counted(p, pool) ? (uint64_t)1 << (pool - p->base) : 0; }

// Keeps back the crew that is free first; false: none is left.
static bool keep_crew(const build_network *net, build_state *state, int32_t pool) {
  int32_t crew = first_free_crew(net, state, pool);
  if (crew >= 0) state->crew_user[crew] = crew_hidden(state->crew_user[crew]);
  return crew >= 0;
}

static inline void claim_crew(const build_network *net, build_state *state, pass *p, int32_t pool) {
  if (is_counted(p, pool)) p->claims[pool - p->base]++;
  else if (pool >= 0) keep_crew(net, state, pool);
}

// Grants the claims on a pool: before a crew is asked for, and before a crew's day changes. False: none is left.
static bool grant_claims(const build_network *net, build_state *state, pass *p, int32_t pool) {
  if (!is_counted(p, pool)) return true;  // granted already; there may be none left all the same
  int32_t *claims = &p->claims[pool - p->base];
  while (*claims > 0 && *claims < ALL_KEPT) *claims = keep_crew(net, state, pool) ? *claims - 1 : ALL_KEPT;
  return *claims < ALL_KEPT;
}

// What its predecessors say: `ready`, and which of them was the last. Returns one that has not started; -1: none.
static int32_t limit_by_preds(const build_network *net, const build_state *state, int32_t i, start_limits *s) {
  for (int32_t k = net->pred_first[i]; k < net->pred_first[i] + net->pred_n[i]; k++) {
    int32_t p = net->pred[k];
    if (state->start_day[p] == HUGE_VAL) return p;
    if (state->finish_day[p] > s->ready) {
      s->ready = state->finish_day[p];
      s->driver = p;
    }
  }
  s->day = s->ready;
  return -1;
}

static void limit_by_supplies(const build_network *net, const build_draw *draw, int32_t i, start_limits *s) {
  if (draw->available_day[i] > s->day) {
    s->day = draw->available_day[i];
    s->cause = net->supply_cause[i];
    s->driver = -1;
  }
  int32_t gate = net->gate[i];
  if (gate >= 0 && draw->gate_open_day[gate] > s->day) {
    s->day = draw->gate_open_day[gate];
    s->cause = net->gate_cause[gate];
    s->driver = -1;
  }
}

static void limit_by_crews(const build_network *net, pass *at, build_state *state, int32_t pool, start_limits *s) {
  s->crew = grant_claims(net, state, at, pool) ? first_free_crew(net, state, pool) : -1;
  double free_day = s->crew < 0 ? HUGE_VAL : state->free_day[s->crew];
  if (free_day > s->day) {
    s->day = free_day;
    s->cause = CAUSE_CREWS;
    s->driver = s->crew < 0 ? -1 : state->crew_user[s->crew];
  }
}

static void start_activity(const build_draw *draw, start_limits s, double day0, int32_t i, build_state *state) {
  if (s.day < day0) {
    // It was held back until now by what no date tells: money, or news of a date that came after the date. The cause
    // logged then stands; only behind a lack of money does the chain of drivers go on.
    if (state->wait_cause[i] != CAUSE_MONEY && state->wait_cause[i] != CAUSE_NONE) s.driver = -1;
    s.day = day0;
  } else {
    state->wait_cause[i] = s.cause;
    if (s.cause >= 0) state->waited |= 1u << s.cause;
  }
  state->start_day[i] = s.day;
  state->finish_day[i] = s.day + draw->work_day[i];
  state->driver[i] = s.driver;
  if (s.crew >= 0) {
    state->crew[i] = s.crew;
    state->crew_user[s.crew] = i;
    state->free_day[s.crew] = state->finish_day[i];
  }
}

// Starts an activity if it can start before day1; else logs what it waits for and claims a crew. Sets the day before
// which the same would be found again. Returns the day before which, as far as is known, it cannot start; -INFINITY when
// it started.
static double consider(const build_network *net, const build_draw *draw, pass *at, bool go, build_open *open,
                       build_state *state) {
  int32_t      i = open->activity;
  start_limits s = {-HUGE_VAL, -HUGE_VAL, CAUSE_NONE, -1, -1};
  open->same_until_day = -HUGE_VAL;
  open->blocker = limit_by_preds(net, state, i, &s);
  if (open->blocker >= 0) {
    claim_crew(net, state, at, open->pool);
    return open->same_until_day = HUGE_VAL;
  }
  state->ready_day[i] = s.ready;
  open->ready = s.ready < at->day1;
  if (!open->ready) {  // it has not even come to its turn: whatever else it needs is asked for then
    claim_crew(net, state, at, open->pool);
    return open->same_until_day = s.ready;
  }
  limit_by_supplies(net, draw, i, &s);
  bool crew = open->pool >= 0 && s.day < HUGE_VAL;
  if (crew) limit_by_crews(net, at, state, open->pool, &s);
  if (s.day < at->day1 && go) {
    start_activity(draw, s, at->day0, i, state);
    at->started |= pool_bit(at, open->pool);
    at->changed = true;
    return -HUGE_VAL;
  }
  state->wait_cause[i] = s.day < at->day1 ? (int32_t)CAUSE_MONEY : s.cause;
  if (state->wait_cause[i] >= 0) state->waited |= 1u << state->wait_cause[i];
  state->driver[i] = s.driver;
  claim_crew(net, state, at, open->pool);
  // With a crew in prospect it must be looked at again: crews' days move. Without one it waits until a claim is settled.
  if (!crew || (s.crew < 0 && pool_bit(at, open->pool))) open->same_until_day = s.day;
  return s.day < at->day1 ? HUGE_VAL : s.day;  // only money stops it
}

// The whole month is lost to a running activity.
static void pause_activity(const build_network *net, pass *at, int32_t i, build_state *state) {
  at->paused = at->changed = true;
  state->pause_day[i] += at->day1 - at->day0;
  state->finish_day[i] += at->day1 - at->day0;
  if (state->crew[i] < 0) return;
  grant_claims(net, state, at, net->pool[i]);  // by the days as they were
  state->free_day[state->crew[i]] = state->finish_day[i];
}

// One activity's month. Returns as consider does; INFINITY too while it runs.
static double advance(const build_network *net, const build_draw *draw, pass *at, bool go, build_open *open,
                      build_state *state) {
  if (state->start_day[open->activity] == HUGE_VAL) return consider(net, draw, at, go, open, state);
  if (go) return HUGE_VAL;
  pause_activity(net, at, open->activity, state);
  return -HUGE_VAL;
}

static void give_back_crews(build_state *state, int32_t first, int32_t last) {
  for (int32_t c = first; c < last; c++)
    if (crew_is_kept(state->crew_user[c])) state->crew_user[c] = crew_hidden(state->crew_user[c]);
}

void build_part_clear(const build_network *net, int32_t first, build_part *part) {
  for (int32_t k = 0; k < part->n_open; k++)
    part->open[k] = (build_open){first + k, net->building[first + k], net->pool[first + k], -1, false, -HUGE_VAL};
  part->n_begun = 0;
  build_part_tell(part);
}

// Whether an activity that has not started still waits for what it waited for, though something has changed.
static bool waits_all_the_same(const build_open *open, const pass *at, const build_state *state) {
  if (open->blocker >= 0) return state->start_day[open->blocker] == HUGE_VAL;
  bool moved = at->paused && !open->ready;  // what it comes after may have been paused
  return !at->news && !moved && (at->started & pool_bit(at, open->pool)) == 0;
}

void build_month_part(const build_network *net, const build_draw *draw, double day0, double day1, const unsigned char *go,
                      build_part *part, build_state *state) {
  if (day1 <= part->quiet_until_day) return;
  double  next = HUGE_VAL;
  int32_t n = 0, n_begun = 0;
  pass    at = {.day0 = day0, .day1 = day1, .news = part->news, .changed = part->news, .base = part->pool_first};
  for (int32_t k = 0; k < part->n_open; k++) {
    build_open *open = &part->open[k];
    if (day1 <= open->same_until_day && (!at.changed || waits_all_the_same(open, &at, state))) {  // the common case, quickly
      claim_crew(net, state, &at, open->pool);
      next = number_least(next, open->same_until_day);
    } else {
      if (state->finish_day[open->activity] <= day0) continue;  // done: it leaves the list
      next = number_least(next, advance(net, draw, &at, go[open->building] != 0, open, state));
      if (state->start_day[open->activity] < HUGE_VAL) n_begun = n + 1;
    }
    if (n < k) part->open[n] = *open;
    n++;
  }
  part->n_open = n;
  part->n_begun = n_begun;
  part->news = false;
  part->quiet_until_day = next;
  give_back_crews(state, part->crew_first, part->crew_last);
}

void build_month(const build_network *net, const build_draw *draw, double day0, double day1, const unsigned char *go,
                 build_state *state) {
  pass at = {.day0 = day0, .day1 = day1, .base = 0};
  for (int32_t i = 0; i < net->n_activity; i++) {
    build_open open = {i, net->building[i], net->pool[i], -1, false, -HUGE_VAL};
    if (state->finish_day[i] > day0) advance(net, draw, &at, go[net->building[i]] != 0, &open, state);
  }
  give_back_crews(state, 0, net->n_crew);
}

void build_spend(const build_network *net, const build_draw *draw, const build_state *state, const double *cost_usd,
                 double day0, double day1, const unsigned char *go, double *out) {
  for (int32_t i = 0; i < net->n_activity; i++) {
    int32_t b = net->building[i];
    double  start = state->start_day[i], finish = state->finish_day[i], work = draw->work_day[i];
    if (!go[b] || start >= day1 || finish < day0) continue;
    if (work <= 0.0) {
      if (start >= day0) out[b] += cost_usd[i];
      continue;
    }
    double from = number_most(start, day0), to = number_least(finish, day1);
    if (to > from) out[b] += cost_usd[i] * ((to - from) / work);
  }
}

// ---- Delay by cause ---------------------------------------------------------------------------------------

static const double tie_day = 1e-6;            // starts nearer than this are the same moment
static const double least_share = 1.0 / 64.0;  // below it a tie is no longer split

typedef struct blame {
  const build_network *net;
  const build_draw    *draw, *plan_draw;
  const build_state   *state, *plan;
  double               now;
  double              *by_cause;  // (CAUSE_COUNT) days lost, before scaling
} blame;

static void blame_add(const blame *w, int32_t why, double days) {
  if (days > 0.0 && why >= 0 && why < CAUSE_COUNT) w->by_cause[why] += days;
}

static bool is_pred(const build_network *net, int32_t i, int32_t p) {
  for (int32_t k = net->pred_first[i]; k < net->pred_first[i] + net->pred_n[i]; k++)
    if (net->pred[k] == p) return true;
  return false;
}

static void blame_chain(const blame *w, int32_t i, double share);

// Follows the last user of the crew that i took or waits for. What made it late is passed on; a crew that even by plan
// came later than i's planned start is short of its own account.
static void blame_crew(const blame *w, int32_t i, int32_t user, double share) {
  blame_add(w, CAUSE_CREWS, share * (w->plan->finish_day[user] - w->plan->start_day[i]));
  blame_chain(w, user, share);
}

// Shares the day `ready` among the predecessors that reached it (all that have not started, where it is not known).
static void blame_preds(const blame *w, int32_t i, double ready, int32_t n, double share) {
  const build_network *net = w->net;
  bool                 split = share / n >= least_share;
  for (int32_t k = net->pred_first[i]; k < net->pred_first[i] + net->pred_n[i]; k++) {
    if (w->state->finish_day[net->pred[k]] < ready - tie_day) continue;
    blame_chain(w, net->pred[k], split ? share / n : share);
    if (!split) return;
  }
}

static int32_t count_preds(const blame *w, int32_t i, double ready) {
  int32_t n = 0, first = w->net->pred_first[i];
  for (int32_t k = first; k < first + w->net->pred_n[i]; k++)
    n += w->state->finish_day[w->net->pred[k]] >= ready - tie_day;
  return n;
}

// Shares what set the day `limit` among all that reached it: predecessors, the crew's last user, supplies, the gate.
static void blame_limit(const blame *w, int32_t i, double limit, double share) {
  const build_network *net = w->net;
  int32_t              driver = w->state->driver[i], gate = net->gate[i];
  bool                 supply = w->draw->available_day[i] >= limit - tie_day;
  bool                 shut = gate >= 0 && w->draw->gate_open_day[gate] >= limit - tie_day;
  bool                 crew = driver >= 0 && !is_pred(net, i, driver);
  int32_t              n_pred = count_preds(w, i, limit), n = n_pred + supply + shut + crew;
  if (n == 0) return;
  bool   split = share / n >= least_share;
  double part = split ? share / n : share, late = limit - w->plan->start_day[i];
  if (supply) blame_add(w, net->supply_cause[i], part * late);
  if (supply && !split) return;
  if (shut) blame_add(w, net->gate_cause[gate], part * late);
  if (shut && !split) return;
  if (crew) blame_crew(w, i, driver, part);
  if (crew && !split) return;
  if (n_pred > 0) blame_preds(w, i, limit, n_pred, part * n_pred);
}

// Adds what activity i lost itself, then goes on to what set its start.
static void blame_chain(const blame *w, int32_t i, double share) {
  const build_state *state = w->state;
  bool               started = state->start_day[i] < HUGE_VAL;
  double             plan_start = w->plan->start_day[i];
  if (started) {
    blame_add(w, w->net->own_cause[i], share * (w->draw->work_day[i] - w->plan_draw->work_day[i]));
    blame_add(w, CAUSE_MONEY, share * state->pause_day[i]);
  }
  double start = started ? state->start_day[i] : w->now;
  double ready = state->ready_day[i];
  if (!started && ready >= w->now) {  // not its turn yet
    blame_preds(w, i, ready, count_preds(w, i, ready), share);
    return;
  }
  int32_t why = state->wait_cause[i], driver = state->driver[i], gate = w->net->gate[i];
  double  limit = number_most(ready, w->draw->available_day[i]);
  if (gate >= 0) limit = number_most(limit, w->draw->gate_open_day[gate]);
  if (driver >= 0) limit = number_most(limit, state->finish_day[driver]);
  if (why == CAUSE_MONEY) {
    blame_add(w, CAUSE_MONEY, share * (start - number_most(limit, plan_start)));
    blame_limit(w, i, limit, share);
  } else if (!started && why == CAUSE_CREWS && driver >= 0) {
    blame_crew(w, i, driver, share);
  } else if (!started || limit < start - tie_day) {
    // Still waiting, or started only when something became known: the cause logged bears it all.
    blame_add(w, why == CAUSE_NONE ? w->net->own_cause[i] : why, share * (start - plan_start));
  } else {
    blame_limit(w, i, start, share);
  }
}

double build_delay(const build_network *net, const build_draw *draw, const build_state *state,
                   const build_draw *plan_draw, const build_state *plan, int32_t building, double now,
                   double by_cause[CAUSE_COUNT]) {
  for (int c = 0; c < CAUSE_COUNT; c++) by_cause[c] = 0.0;
  int32_t last = net->last[building];
  double  late = number_least(state->finish_day[last], now) - plan->finish_day[last];
  if (!(late > 0.0)) return 0.0;
  blame w = {net, draw, plan_draw, state, plan, now, by_cause};
  blame_chain(&w, last, 1.0);
  double sum = 0.0;
  for (int c = 0; c < CAUSE_COUNT; c++) sum += by_cause[c];
  if (!(sum > 0.0 && sum < HUGE_VAL)) {
    for (int c = 0; c < CAUSE_COUNT; c++) by_cause[c] = 0.0;
    by_cause[net->own_cause[last]] = late;
    return late;
  }
  for (int c = 0; c < CAUSE_COUNT; c++) by_cause[c] *= late / sum;
  return late;
}
