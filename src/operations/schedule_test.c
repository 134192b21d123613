// Tests of the scheduler: cases worked out by hand, and properties of random traces under every policy. Its starts against
// reference schedules: src/twin/validate_operations_test.c.
#include "schedule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "metrics.h"
#include "policy.h"

enum { MOST_JOBS = 400, MOST_STAYS = 20000, MOST_EVENTS = 64 };

// A cluster's inputs in memory, and what was told of it.
typedef struct world {
  operations_schedule  with;
  operations_partition partition[3];
  operations_window    window[8];
  operations_event     event[MOST_EVENTS];
  size_t               n_event, next_event;
  operations_job       job[MOST_JOBS];
  size_t               n_job, next_job;
  struct {
    int64_t        row, start_s, end_s;
    int32_t        gpus, partition, n_node, node[64];
    operations_end how;
  } stay[MOST_STAYS];
  size_t             n_stay;
  int64_t            start_s[MOST_JOBS], end_s[MOST_JOBS];  // of the last stay
  operations_metrics m;
} world;

static sg_err next_job(void *user, operations_job *job, bool *more) {
  world *w = user;
  *more = w->next_job < w->n_job;
  if (*more) *job = w->job[w->next_job++];
  return SG_OK;
}

static bool next_event(void *user, operations_event *event) {
  world *w = user;
  if (w->next_event == w->n_event) return false;
  *event = w->event[w->next_event++];
  return true;
}

static void keep_stay(void *user, const operations_stay *s) {
  world *w = user;
  ck_assert_uint_lt(w->n_stay, MOST_STAYS);
  const size_t i = w->n_stay++;
  w->stay[i].row = s->job->row, w->stay[i].start_s = s->start_s, w->stay[i].end_s = s->end_s, w->stay[i].how = s->how;
  w->stay[i].gpus = s->job->gpus, w->stay[i].partition = s->job->partition, w->stay[i].n_node = s->n_node;
  ck_assert_int_le(s->n_node, 64);
  for (int32_t k = 0; k < s->n_node; k++) w->stay[i].node[k] = s->node[k];
  w->start_s[s->job->row] = s->start_s;
  w->end_s[s->job->row] = s->end_s;
}

static world *make_world(const char *policy) {
  world     *w = calloc(1, sizeof *w);
  text_slice bad;
  w->with = (operations_schedule){.partition = w->partition,
                                  .n_partition = 1,
                                  .window = w->window,
                                  .next_job = next_job,
                                  .jobs = w,
                                  .next_event = next_event,
                                  .events = w,
                                  .sink = keep_stay,
                                  .sink_user = w};
  ck_assert_msg(operations_policy_parse(text_of(policy), &w->with.policy, &w->partition[0], &bad), "%s", policy);
  return w;
}

static sg_err run(world *w) {
  arena *a = arena_create();
  w->next_job = w->next_event = w->n_stay = 0;
  const sg_err err = operations_schedule_run(&w->with, a, &w->m);
  arena_free(a);
  return err;
}

static operations_job *add(world *w, int64_t submit_s, int32_t gpus, int64_t run_s, int64_t limit_s) {
  operations_job *job = &w->job[w->n_job];
  *job = (operations_job){
      .row = (int64_t)w->n_job, .submit_s = submit_s, .run_s = run_s, .limit_s = limit_s, .gpus = gpus};
  snprintf(job->name, sizeof job->name, "j%zu", w->n_job++);
  return job;
}

// ---- Random worlds ------------------------------------------------------------------------------------------------------

static uint32_t draw(uint64_t *state, uint32_t below) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33) % below;
}

static void random_jobs(world *w, uint64_t *s, size_t n, int32_t most_gpus) {
  int64_t at_s = 0;
  for (size_t i = 0; i < n; i++) {
    at_s += draw(s, 3) ? 0 : draw(s, 40);
    const int64_t   run_s = draw(s, 4) ? 5 * (1 + (int64_t)draw(s, 20)) : (int64_t)draw(s, 100);
    const int64_t   limit_s = draw(s, 5) ? run_s + (draw(s, 2) ? 10 * (int64_t)draw(s, 10) : -(run_s / 4)) : -1;
    operations_job *job =
        add(w, at_s, 1 + (int32_t)draw(s, (uint32_t)(draw(s, 3) ? (most_gpus + 3) / 4 : most_gpus)), run_s, limit_s);
    job->priority = draw(s, 4);
  }
}

// Nodes that go down and come back, one after the other; and a cap and a throttle that come and go.
static void random_events(world *w, uint64_t *s) {
  const bool placed = w->partition[0].n_node > 0;
  for (int64_t at_s = 20; w->n_event + 4 <= MOST_EVENTS; at_s += 1 + draw(s, 40)) {
    operations_event x = {.at_s = at_s, .first_node = (int32_t)draw(s, 3), .n_node = 1 + (int32_t)draw(s, 2)};
    if (placed && draw(s, 2)) {
      x.kind = draw(s, 3) ? OPERATIONS_NODES_DOWN : OPERATIONS_NODES_DRAIN;
      w->event[w->n_event++] = x;
      x.kind = OPERATIONS_NODES_UP;
    } else if (draw(s, 2)) {
      x.kind = OPERATIONS_CAP, x.cap_gpus = 10 + draw(s, 20);
      w->event[w->n_event++] = x;
      x.cap_gpus = INT64_MAX;
    } else {
      x.kind = OPERATIONS_SPEED, x.speed_frac = 0.3 + 0.1 * draw(s, 7);
      w->event[w->n_event++] = x;
      x.speed_frac = 1.0;
    }
    x.at_s = at_s += draw(s, 30);
    w->event[w->n_event++] = x;
  }
}

// ---- Properties of any schedule -----------------------------------------------------------------------------------------

// GPUs in use never exceed the partition, on any node, at any time at which something starts.
static void check_use(const world *w, const char *what) {
  for (size_t i = 0; i < w->n_stay; i++) {
    const int64_t t = w->stay[i].start_s;
    const int32_t p = w->stay[i].partition, per = w->partition[p].gpus_per_node;
    int64_t       used = 0, limit = per ? (int64_t)per * w->partition[p].n_node : w->partition[p].gpus;
    int32_t       on[64] = {0};
    for (size_t k = 0; k < 8 && k < w->with.n_window; k++)
      if (w->window[k].partition == p && w->window[k].from_s <= t && t < w->window[k].to_s)
        limit += w->window[k].gpus_change;
    for (size_t k = 0; k < w->n_stay; k++) {
      if (w->stay[k].partition != p || w->stay[k].start_s > t || w->stay[k].end_s <= t) continue;
      used += w->stay[k].gpus;
      for (int32_t n = 0; n < w->stay[k].n_node; n++)
        on[w->stay[k].node[n]] += w->stay[k].n_node > 1 ? per : w->stay[k].gpus;
    }
    ck_assert_msg(used <= limit, "%s: %d GPUs of %d at %d", what, (int)used, (int)limit, (int)t);
    for (int n = 0; n < 64; n++) ck_assert_msg(on[n] <= per, "%s: node %d holds %d GPUs", what, n, on[n]);
  }
}

// Every job has one end, stays in order and no earlier than it came; time is accounted for to the second.
static void check_books(const world *w, const char *what) {
  const operations_metrics *m = &w->m;
  int64_t                   busy = 0;
  int                       ends[MOST_JOBS] = {0};
  int64_t                   last_s[MOST_JOBS];
  for (size_t i = 0; i < w->n_job; i++) last_s[i] = w->job[i].submit_s;
  for (size_t i = 0; i < w->n_stay; i++) {
    const int64_t row = w->stay[i].row;
    const bool    goes_on = w->stay[i].how == OPERATIONS_STOPPED || w->stay[i].how == OPERATIONS_PREEMPTED;
    ck_assert_msg(w->stay[i].start_s >= last_s[row] && w->stay[i].end_s >= w->stay[i].start_s, "%s: job %d", what,
                  (int)row);
    last_s[row] = w->stay[i].end_s;
    ends[row] += !goes_on;
    busy += (w->stay[i].end_s - w->stay[i].start_s) * w->stay[i].gpus;
  }
  for (size_t i = 0; i < w->n_job; i++) ck_assert_msg(ends[i] == 1, "%s: job %zu ended %d times", what, i, ends[i]);
  ck_assert_int_eq(m->jobs + m->rejected + m->never + m->given_up, (int64_t)w->n_job);
  const int64_t part[] = {m->work_gpu_s, m->rework_gpu_s, m->restart_gpu_s, m->slow_gpu_s, m->idle_gpu_s};
  int64_t       sum = m->down_gpu_s;
  for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
    ck_assert_msg(part[i] >= 0, "%s: part %zu is negative", what, i);
    sum += part[i];
  }
  ck_assert_msg(sum == m->capacity_gpus * m->makespan_s, "%s: %lld of %lld GPU-seconds", what, (long long)sum,
                (long long)(m->capacity_gpus * m->makespan_s));
  ck_assert_msg(busy == part[0] + part[1] + part[2] + part[3], "%s: busy", what);
}

static const char *const policies[] = {"fcfs",
                                       "easy",
                                       "easy-pyss-ties",
                                       "easy-sjbf",
                                       "easy-sjbf-pyss-ties",
                                       "conservative",
                                       "conservative-pyss-ties",
                                       "priority",
                                       "priority-easy",
                                       "priority-easy-preempt",
                                       "priority-conservative",
                                       "fcfs-nodes4x8",
                                       "easy-nodes8x4-bestfit",
                                       "easy-sjbf-pyss-ties-nodes4x8-rackfit",
                                       "priority-easy-preempt-nodes8x4-rackfit"};
enum { POLICIES = sizeof policies / sizeof policies[0] };

static world *random_world(const char *policy, uint64_t seed, bool events, bool windows) {
  world   *w = make_world(policy);
  uint64_t s = seed;
  w->partition[0].gpus = 32;
  w->partition[0].nodes_per_rack = 2;
  w->partition[0].racks_per_block = 2;
  w->with.policy.ageing_per_s = 0.01;
  w->with.policy.checkpoint_s = (int64_t[]){0, 7, OPERATIONS_NO_CHECKPOINT}[draw(&s, 3)];
  w->with.policy.restart_s = draw(&s, 5);
  w->with.policy.most_stops = 4;
  w->with.policy.tier_slow_frac[OPERATIONS_ACROSS] = 0.2;
  random_jobs(w, &s, 60 + draw(&s, 60), 34);  // some are too large
  if (events) random_events(w, &s);
  for (int64_t at_s = 50; windows && !w->partition[0].n_node && w->with.n_window < 8; at_s += 100)
    w->window[w->with.n_window++] =
        (operations_window){.from_s = at_s, .to_s = at_s + 50, .gpus_change = -(int64_t)draw(&s, 20)};
  return w;
}

START_TEST(no_gpu_is_used_twice_and_all_time_is_accounted_for) {
  for (uint64_t seed = 1; seed <= 40; seed++)
    for (int k = 0; k < POLICIES; k++) {
      char   what[96];
      world *w = random_world(policies[k], seed, seed % 2, seed % 4 > 1);
      snprintf(what, sizeof what, "%s, seed %d", policies[k], (int)seed);
      ck_assert_msg(run(w) == SG_OK, "%s", what);
      check_use(w, what);
      check_books(w, what);
      free(w);
    }
}
END_TEST

START_TEST(names_play_no_part_and_a_run_repeats) {
  for (int k = 0; k < POLICIES; k++) {
    world *a = random_world(policies[k], 7, true, true), *b = random_world(policies[k], 7, true, true);
    for (size_t i = 0; i < b->n_job; i++) snprintf(b->job[i].name, sizeof b->job[i].name, "%zu", (i * 7919) % 1000);
    ck_assert_int_eq(run(a), SG_OK);
    ck_assert_int_eq(run(b), SG_OK);
    ck_assert_mem_eq(a->start_s, b->start_s, sizeof a->start_s);
    ck_assert_mem_eq(a->end_s, b->end_s, sizeof a->end_s);
    ck_assert_mem_eq(&a->m, &b->m, sizeof a->m);
    free(a);
    free(b);
  }
}
END_TEST

// Nodes of one GPU are a pool; and a window in which nothing changes has the same jobs planned by the general way.
START_TEST(pools_nodes_and_profiles_agree) {
  static const char *const policy[] = {"fcfs",      "easy",          "easy-pyss-ties",
                                       "easy-sjbf", "priority-easy", "priority-easy-preempt"};
  for (uint64_t seed = 1; seed <= 60; seed++)
    for (int k = 0; k < 6; k++) {
      world *pool = random_world(policy[k], seed, false, false), *nodes = random_world(policy[k], seed, false, false);
      world *planned = random_world(policy[k], seed, false, false);
      if (seed % 2)
        pool->with.policy.limit_stops = nodes->with.policy.limit_stops = planned->with.policy.limit_stops = false;
      nodes->partition[0] = (operations_partition){.n_node = 32, .gpus_per_node = 1};
      nodes->with.policy.tier_slow_frac[OPERATIONS_ACROSS] = 0.0;
      planned->window[planned->with.n_window++] = (operations_window){.from_s = 1000000, .to_s = 1000001};
      ck_assert_int_eq(run(pool), SG_OK);
      ck_assert_int_eq(run(nodes), SG_OK);
      ck_assert_int_eq(run(planned), SG_OK);
      for (size_t i = 0; i < pool->n_job; i++) {
        ck_assert_msg(pool->start_s[i] == nodes->start_s[i], "%s, seed %d, job %zu: nodes", policy[k], (int)seed, i);
        ck_assert_msg(pool->start_s[i] == planned->start_s[i], "%s, seed %d, job %zu: planned", policy[k], (int)seed,
                      i);
      }
      free(pool);
      free(nodes);
      free(planned);
    }
}
END_TEST

// With exact estimates: FCFS starts in order, backfilling never delays anybody conservatively.
START_TEST(conservative_delays_nobody_and_fcfs_keeps_order) {
  for (uint64_t seed = 1; seed <= 60; seed++) {
    world *fcfs = random_world("fcfs", seed, false, false),
          *conservative = random_world("conservative", seed, false, false);
    for (size_t i = 0; i < fcfs->n_job; i++) fcfs->job[i].limit_s = conservative->job[i].limit_s = -1;
    ck_assert_int_eq(run(fcfs), SG_OK);
    ck_assert_int_eq(run(conservative), SG_OK);
    int64_t last_s = 0;
    for (size_t i = 0; i < fcfs->n_job; i++) {
      if (fcfs->job[i].gpus > 32) continue;
      ck_assert_int_ge(fcfs->start_s[i], last_s);
      ck_assert_int_le(conservative->start_s[i], fcfs->start_s[i]);
      last_s = fcfs->start_s[i];
    }
    free(fcfs);
    free(conservative);
  }
}
END_TEST

// ---- Worked by hand -----------------------------------------------------------------------------------------------------

#define NO (-1)

// clang-format off
static const struct {
  const char *what, *policy;
  struct {
    int64_t submit_s;
    int32_t gpus;
    int64_t run_s, limit_s;
    double  priority;
  } job[5];
  operations_event  event[3];
  operations_window window;
  int64_t           start_s[5], end_s[5];  // of the last stay
  int64_t           rework_gpu_s, restart_gpu_s, slow_gpu_s, down_gpu_s;
} cases[] = {
    {"head of line blocks", "fcfs", {{0, 6, 10, NO, 0}, {1, 6, 10, NO, 0}, {2, 2, 5, NO, 0}}, {{0}}, {0}, {0, 10, 10}, {10, 20, 15}, 0, 0, 0, 0},
    {"the small one passes", "easy", {{0, 6, 10, NO, 0}, {1, 6, 10, NO, 0}, {2, 2, 5, NO, 0}}, {{0}}, {0}, {0, 10, 2}, {10, 20, 7}, 0, 0, 0, 0},
    {"a limit cuts the run", "fcfs", {{0, 8, 10, 6, 0}, {0, 8, 1, NO, 0}}, {{0}}, {0}, {0, 6}, {6, 7}, 0, 0, 0, 0},
    {"priority goes first", "priority", {{0, 8, 10, NO, 0}, {1, 8, 10, NO, 0}, {2, 8, 10, NO, 5}}, {{0}}, {0}, {0, 20, 10}, {10, 30, 20}, 0, 0, 0, 0},
    {"preempted at 4 of 10, begins anew", "preempt", {{0, 8, 10, NO, 0}, {4, 8, 3, NO, 5}}, {{0}}, {0}, {7, 4}, {18, 7}, 32, 8, 0, 0},
    {"a cap stops the later job", "fcfs", {{0, 4, 10, NO, 0}, {1, 4, 10, NO, 0}}, {{.at_s = 5, .kind = OPERATIONS_CAP, .cap_gpus = 6}, {.at_s = 8, .kind = OPERATIONS_CAP, .cap_gpus = 8}}, {0}, {0, 8}, {10, 19}, 16, 4, 0, 6},
    {"half speed for 4 s", "fcfs", {{0, 8, 10, NO, 0}}, {{.at_s = 2, .kind = OPERATIONS_SPEED, .speed_frac = 0.5}, {.at_s = 6, .kind = OPERATIONS_SPEED, .speed_frac = 1.0}}, {0}, {0}, {12}, 0, 0, 16, 0},
    {"throttled into its limit", "fcfs", {{0, 8, 10, 10, 0}}, {{.at_s = 0, .kind = OPERATIONS_SPEED, .speed_frac = 0.5}}, {0}, {0}, {10}, 0, 0, 40, 0},
    {"a node fails under a gang", "fcfs-nodes4x2", {{0, 4, 10, NO, 0}}, {{.at_s = 5, .kind = OPERATIONS_NODES_DOWN, .first_node = 1, .n_node = 1}}, {0}, {5}, {16}, 20, 4, 0, 22},
    {"a drained node runs out", "fcfs-nodes4x2", {{0, 8, 4, NO, 0}, {0, 8, 4, NO, 0}}, {{.at_s = 1, .kind = OPERATIONS_NODES_DRAIN, .first_node = 0, .n_node = 1}, {.at_s = 6, .kind = OPERATIONS_NODES_UP, .first_node = 0, .n_node = 1}}, {0}, {0, 6}, {4, 10}, 0, 0, 0, 4},
    {"GPUs are left over, but not the head's nodes", "easy-nodes3x4", {{0, 4, 10, NO, 0}, {0, 4, 5, NO, 0}, {0, 2, 20, NO, 0}, {6, 8, 5, NO, 0}, {7, 1, 100, NO, 0}}, {{0}}, {0}, {0, 0, 0, 10, 10}, {10, 5, 20, 15, 110}, 0, 0, 0, 0},
    {"on another node it may pass", "easy-nodes3x4-bestfit", {{0, 4, 10, NO, 0}, {0, 4, 5, NO, 0}, {0, 2, 20, NO, 0}, {6, 8, 5, NO, 0}, {7, 1, 100, NO, 0}}, {{0}}, {0}, {0, 0, 0, 10, 7}, {10, 5, 20, 15, 107}, 0, 0, 0, 0},
    {"nobody starts into maintenance", "fcfs", {{0, 8, 10, NO, 0}, {0, 8, 4, NO, 0}}, {{0}}, {.from_s = 12, .to_s = 15, .gpus_change = -4}, {0, 15}, {10, 19}, 0, 0, 0, 12},
    {"but what ends before it does", "easy", {{0, 8, 10, NO, 0}, {0, 8, 4, NO, 0}, {0, 8, 2, NO, 0}}, {{0}}, {.from_s = 12, .to_s = 15, .gpus_change = -4}, {0, 15, 10}, {10, 19, 12}, 0, 0, 0, 12},
    {"promises go round maintenance", "conservative", {{0, 8, 10, NO, 0}, {0, 8, 4, NO, 0}, {0, 8, 2, NO, 0}}, {{0}}, {.from_s = 12, .to_s = 15, .gpus_change = -4}, {0, 15, 10}, {10, 19, 12}, 0, 0, 0, 12},
};
// clang-format on

START_TEST(cases_worked_by_hand) {
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    world *w = make_world(cases[c].policy);
    w->partition[0].gpus = 8;
    w->with.policy.restart_s = 1;
    for (int i = 0; i < 5 && cases[c].job[i].gpus; i++)
      add(w, cases[c].job[i].submit_s, cases[c].job[i].gpus, cases[c].job[i].run_s, cases[c].job[i].limit_s)->priority =
          cases[c].job[i].priority;
    for (int i = 0; i < 3 && (cases[c].event[i].at_s || cases[c].event[i].speed_frac > 0.0); i++)
      w->event[w->n_event++] = cases[c].event[i];
    w->window[0] = cases[c].window;
    w->with.n_window = cases[c].window.to_s > 0;
    ck_assert_msg(run(w) == SG_OK, "%s", cases[c].what);
    for (size_t i = 0; i < w->n_job; i++)
      ck_assert_msg(w->start_s[i] == cases[c].start_s[i] && w->end_s[i] == cases[c].end_s[i],
                    "%s: job %zu ran %d to %d", cases[c].what, i, (int)w->start_s[i], (int)w->end_s[i]);
    check_books(w, cases[c].what);
    ck_assert_msg(w->m.rework_gpu_s == cases[c].rework_gpu_s && w->m.restart_gpu_s == cases[c].restart_gpu_s &&
                      w->m.slow_gpu_s == cases[c].slow_gpu_s && w->m.down_gpu_s == cases[c].down_gpu_s,
                  "%s: rework %d, restart %d, slow %d, down %d", cases[c].what, (int)w->m.rework_gpu_s,
                  (int)w->m.restart_gpu_s, (int)w->m.slow_gpu_s, (int)w->m.down_gpu_s);
    free(w);
  }
}
END_TEST

// A job of 100 s with a checkpoint every 30 s is stopped 50 s after each start, each restart takes 5 s: 30, then 75 kept.
START_TEST(a_stopped_job_falls_back_to_its_checkpoint) {
  world *w = make_world("fcfs-nodes1x8");
  w->with.policy.checkpoint_s = 30;
  w->with.policy.restart_s = 5;
  add(w, 0, 8, 100, NO);
  for (int64_t at_s = 50; at_s <= 100; at_s += 50)
    for (int up = 0; up < 2; up++)
      w->event[w->n_event++] =
          (operations_event){.at_s = at_s, .kind = up ? OPERATIONS_NODES_UP : OPERATIONS_NODES_DOWN, .n_node = 1};
  ck_assert_int_eq(run(w), SG_OK);
  ck_assert_uint_eq(w->n_stay, 3);
  ck_assert_int_eq(w->m.stops, 2);
  ck_assert_int_eq(w->end_s[0], 100 + 5 + (100 - 60));  // 50 of which 30 kept; 5 + 45 to 75, 60 kept
  ck_assert_int_eq(w->m.rework_gpu_s, 8 * (20 + 15));
  ck_assert_int_eq(w->m.restart_gpu_s, 8 * 10);
  ck_assert_int_eq(w->m.work_gpu_s, 8 * 100);
  w->with.policy.most_stops = 1;
  ck_assert_int_eq(run(w), SG_OK);
  ck_assert_int_eq(w->m.given_up, 1);
  ck_assert_int_eq(w->m.jobs, 0);
  ck_assert_int_eq(w->m.work_gpu_s, 0);
  ck_assert(isnan(w->m.mean_wait_s));
  check_books(w, "given up");
  free(w);
}
END_TEST

// Reservation: 4 of 8 GPUs are taken from the pool between 10 and 20 for a partition of their own.
START_TEST(a_reservation_is_two_windows) {
  world *w = make_world("easy");
  w->partition[0].gpus = 8;
  w->with.n_partition = 2;
  w->window[0] = (operations_window){.from_s = 10, .to_s = 20, .gpus_change = -4, .partition = 0};
  w->window[1] = (operations_window){.from_s = 10, .to_s = 20, .gpus_change = 4, .partition = 1};
  w->with.n_window = 2;
  add(w, 0, 8, 15, NO);                 // would reach into the reservation
  add(w, 0, 4, 12, NO);                 // fits beside it
  add(w, 0, 4, 8, NO)->partition = 1;   // has it
  add(w, 0, 4, 11, NO)->partition = 1;  // is too long for it
  add(w, 0, 5, 1, NO)->partition = 1;   // is larger
  ck_assert_int_eq(run(w), SG_OK);
  ck_assert_int_eq(w->start_s[0], 20);
  ck_assert_int_eq(w->start_s[1], 0);
  ck_assert_int_eq(w->start_s[2], 10);
  ck_assert_int_eq(w->m.never, 1);
  ck_assert_int_eq(w->m.rejected, 1);
  check_use(w, "reservation");
  check_books(w, "reservation");
  free(w);
}
END_TEST

// Old jobs overtake more important new ones when they age by a point each 10 s.
START_TEST(ageing_makes_up_for_priority) {
  world *w = make_world("priority");
  w->partition[0].gpus = 1;
  w->with.policy.ageing_per_s = 0.1;
  add(w, 0, 1, 100, NO);
  add(w, 10, 1, 5, NO)->priority = 1.0;
  add(w, 20, 1, 5, NO)->priority = 1.5;  // 1 point younger, half a point more important
  add(w, 30, 1, 5, NO)->priority = 9.0;
  ck_assert_int_eq(run(w), SG_OK);
  ck_assert_int_eq(w->start_s[3], 100);
  ck_assert_int_eq(w->start_s[1], 105);
  ck_assert_int_eq(w->start_s[2], 110);
  free(w);
}
END_TEST

// Nobody is stopped for a job that would wait behind it, however much more important: it would start again at once.
START_TEST(nobody_is_stopped_for_one_who_goes_after) {
  world *w = make_world("preempt");
  w->partition[0].gpus = 1;
  w->with.policy.ageing_per_s = 0.1;
  add(w, 0, 1, 100, NO);
  add(w, 20, 1, 5, NO)->priority = 1.0;  // 2 points younger
  add(w, 30, 1, 5, NO)->priority = 9.0;
  ck_assert_int_eq(run(w), SG_OK);
  ck_assert_int_eq(w->m.preemptions, 1);
  ck_assert_int_eq(w->start_s[2], 30);
  ck_assert_int_eq(w->start_s[0], 35);
  ck_assert_int_eq(w->start_s[1], 135);
  free(w);
}
END_TEST

// ---- Inputs that cannot be used -------------------------------------------------------------------------------------------

START_TEST(what_makes_no_sense_is_refused) {
  for (int k = 0; k < 12; k++) {
    world *w = make_world(k == 0 ? "conservative-nodes4x8" : k == 1 ? "easy-nodes4x8" : "easy");
    sg_err want = SG_ERR_USAGE;
    w->partition[0].gpus = 8;
    add(w, 5, 4, 10, NO);
    add(w, 6, 4, 10, NO);
    if (k == 1) w->window[w->with.n_window++] = (operations_window){.to_s = 5};
    if (k == 2) w->with.policy.preempt = true;
    if (k == 3) w->with.policy.ageing_per_s = (double)NAN;
    if (k == 4) w->partition[0].gpus = OPERATIONS_MAX_GPUS + 1;
    if (k == 5) w->window[w->with.n_window++] = (operations_window){.from_s = 5, .to_s = 5};
    if (k >= 6) want = SG_ERR_RANGE;
    if (k == 6) w->job[1].submit_s = 4;
    if (k == 7) w->job[1].run_s = -1;
    if (k == 8) w->job[1].gpus = 0;
    if (k == 9) w->job[1].partition = 1;
    if (k == 10) w->event[w->n_event++] = (operations_event){.at_s = 5, .kind = OPERATIONS_SPEED};
    if (k == 11) w->event[w->n_event++] = (operations_event){.at_s = 5, .kind = OPERATIONS_NODES_UP, .n_node = 1};
    const sg_err err = run(w);
    ck_assert_msg(err == want, "%d: %d", k, err);
    free(w);
  }
}
END_TEST

START_TEST(nothing_to_do_is_no_error) {
  world *w = make_world("easy");
  ck_assert_int_eq(run(w), SG_OK);
  ck_assert_int_eq(w->m.makespan_s, 0);
  ck_assert(isnan(w->m.mean_wait_s) && isnan(w->m.utilisation_frac));
  add(w, 3, 1, 10, NO);  // in a cluster without GPUs
  ck_assert_int_eq(run(w), SG_OK);
  ck_assert_int_eq(w->m.rejected, 1);
  ck_assert_int_eq(w->stay[0].how, OPERATIONS_TOO_LARGE);
  free(w);
}
END_TEST

// ---- Metrics and policy words ---------------------------------------------------------------------------------------------

START_TEST(counts_give_exact_ranks) {
  arena               *a = arena_create();
  operations_counts    c = {0};
  static const int64_t value[] = {5, 0, 5000000, 7, 7, 1023, 1024, 99999999999};
  for (int i = 0; i < 8; i++) ck_assert(operations_counts_add(&c, value[i], a));
  static const double sorted[] = {0, 5, 7, 7, 1023, 1024, 5000000, 4294967295.0};
  for (int i = 0; i < 8; i++) ck_assert_double_eq(operations_counts_rank(&c, i + 1), sorted[i]);
  ck_assert(isnan(operations_counts_rank(&c, 9)));
  operations_sum s = {0.0, 0.0};
  operations_sum_add(&s, 1e16);
  for (int i = 0; i < 10; i++) operations_sum_add(&s, 0.3);
  operations_sum_add(&s, -1e16);
  test_near(operations_sum_get(&s), 3.0, 1e-12);
  arena_free(a);
}
END_TEST

START_TEST(policies_are_read_from_words) {
  operations_policy    p;
  operations_partition at = {.gpus = 5};
  text_slice           bad;
  ck_assert(operations_policy_parse(text_of("easy-sjbf-pyss-ties-nodes64x8-bestfit"), &p, &at, &bad));
  ck_assert(p.backfill == OPERATIONS_EASY_SJBF && p.ties == OPERATIONS_TIES_SINGLE && p.fit == OPERATIONS_BEST_FIT);
  ck_assert(at.n_node == 64 && at.gpus_per_node == 8 && at.gpus == 5 && !p.by_priority && p.limit_stops);
  static const char *const wrong[] = {
      "", "easy-", "eazy", "nodes8", "nodesx8", "nodes8x", "nodes0x8", "nodes99999999999x8", "nodes8x8y"};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    ck_assert_msg(!operations_policy_parse(text_of(wrong[i]), &p, &at, &bad), "'%s'", wrong[i]);
  for (int i = 0; i < OPERATIONS_ENDS; i++) ck_assert_str_ne(operations_end_word((operations_end)i), "unknown");
}
END_TEST

TEST_LIST("schedule", no_gpu_is_used_twice_and_all_time_is_accounted_for, names_play_no_part_and_a_run_repeats,
          pools_nodes_and_profiles_agree, conservative_delays_nobody_and_fcfs_keeps_order, cases_worked_by_hand,
          a_stopped_job_falls_back_to_its_checkpoint, a_reservation_is_two_windows, ageing_makes_up_for_priority,
          nobody_is_stopped_for_one_who_goes_after, what_makes_no_sense_is_refused, nothing_to_do_is_no_error,
          counts_give_exact_ranks, policies_are_read_from_words)
