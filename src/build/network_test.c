// Tests of network.c: dates of small networks by hand; properties on random ones.
#include "network.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

enum { MAX = 128 };

// A network in fixed arrays; activities are added in plan order.
typedef struct fixture {
  build_network net;
  build_draw    draw;
  build_state   state;
  int32_t       building[MAX], pred_first[MAX], pred_n[MAX], pred[8 * MAX], gate[MAX], pool[MAX], own_cause[MAX];
  int32_t       supply_cause[MAX], pool_first[MAX], pool_n[MAX], gate_cause[MAX], last[MAX];
  double        work_day[MAX], available_day[MAX], gate_open_day[MAX];
  double        start_day[MAX], finish_day[MAX], ready_day[MAX], pause_day[MAX], free_day[MAX];
  int32_t       driver[MAX], wait_cause[MAX], crew[MAX], crew_user[MAX];
} fixture;

static void fixture_bind(fixture *f) {
  f->net.building = f->building;
  f->net.pred_first = f->pred_first;
  f->net.pred_n = f->pred_n;
  f->net.pred = f->pred;
  f->net.gate = f->gate;
  f->net.pool = f->pool;
  f->net.own_cause = f->own_cause;
  f->net.supply_cause = f->supply_cause;
  f->net.pool_first = f->pool_first;
  f->net.pool_n = f->pool_n;
  f->net.gate_cause = f->gate_cause;
  f->net.last = f->last;
  f->draw = (build_draw){f->work_day, f->available_day, f->gate_open_day};
  f->state = (build_state){f->start_day,  f->finish_day, f->ready_day, f->pause_day, f->driver,
                           f->wait_cause, f->free_day,   f->crew,      f->crew_user, 0};
}

static fixture *fixture_new(void) {
  fixture *f = calloc(1, sizeof *f);
  ck_assert_ptr_nonnull(f);
  fixture_bind(f);
  return f;
}

static fixture *fixture_copy(const fixture *from) {
  fixture *f = fixture_new();
  *f = *from;
  fixture_bind(f);
  return f;
}

static int32_t add_pool(fixture *f, int32_t crews) {
  int32_t p = f->net.n_pool++;
  f->pool_first[p] = f->net.n_crew;
  f->pool_n[p] = crews;
  f->net.n_crew += crews;
  return p;
}

static int32_t add_gate(fixture *f, int32_t why, double open_day) {
  int32_t g = f->net.n_gate++;
  f->gate_cause[g] = why;
  f->gate_open_day[g] = open_day;
  return g;
}

// after: one predecessor or -1; more through add_pred.
static int32_t add(fixture *f, int32_t building, double work_day, int32_t after, int32_t pool, int32_t gate) {
  int32_t i = f->net.n_activity++;
  if (building >= f->net.n_building) f->net.n_building = building + 1;
  f->building[i] = building;
  f->work_day[i] = work_day;
  f->available_day[i] = -HUGE_VAL;
  f->pred_first[i] = f->net.n_pred;
  if (after >= 0) {
    f->pred[f->net.n_pred++] = after;
    f->pred_n[i] = 1;
  }
  f->pool[i] = pool;
  f->gate[i] = gate;
  f->own_cause[i] = CAUSE_WORK;
  f->supply_cause[i] = CAUSE_GRID;
  f->last[building] = i;
  return i;
}

static void add_pred(fixture *f, int32_t pred) {  // to the activity added last
  f->pred[f->net.n_pred++] = pred;
  f->pred_n[f->net.n_activity - 1]++;
}

static const unsigned char all_go[MAX] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                          1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                          1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static void run(fixture *f, double from, double step, int months) {
  build_clear(&f->net, &f->state);
  for (int m = 0; m < months; m++)
    build_month(&f->net, &f->draw, from + m * step, from + (m + 1) * step, all_go, &f->state);
}

START_TEST(chain_of_two_by_hand) {
  fixture *f = fixture_new();
  int32_t  a = add(f, 0, 45.5, -1, -1, -1), b = add(f, 0, 10.0, a, -1, -1);
  f->available_day[a] = 12.0;
  run(f, 0.0, 30.0, 3);
  test_near(f->start_day[a], 12.0, 1e-12);
  test_near(f->start_day[b], 57.5, 1e-12);
  test_near(f->finish_day[b], 67.5, 1e-12);
  ck_assert_int_eq(f->driver[b], a);
  ck_assert_int_eq(f->wait_cause[b], CAUSE_NONE);
  ck_assert_int_eq(f->wait_cause[a], CAUSE_GRID);
  free(f);
}
END_TEST

START_TEST(nothing_starts_beyond_the_month) {
  fixture *f = fixture_new();
  int32_t  a = add(f, 0, 30.0, -1, -1, -1), b = add(f, 0, 10.0, a, -1, -1);
  run(f, 0.0, 30.0, 1);
  ck_assert(f->finish_day[a] == 30.0);
  ck_assert(f->start_day[b] == HUGE_VAL);
  ck_assert(f->ready_day[b] == 30.0);
  free(f);
}
END_TEST

START_TEST(one_crew_makes_buildings_follow_each_other) {
  fixture *f = fixture_new();
  int32_t  pool = add_pool(f, 1);
  for (int32_t b = 0; b < 3; b++) add(f, b, 50.0, -1, pool, -1);
  run(f, 0.0, 30.0, 6);
  for (int32_t b = 0; b < 3; b++) test_near(f->start_day[b], 50.0 * b, 1e-12);
  ck_assert_int_eq(f->driver[2], 1);
  ck_assert_int_eq(f->wait_cause[2], CAUSE_CREWS);
  free(f);
}
END_TEST

START_TEST(plan_order_beats_arrival) {
  // The first building's permit comes on day 100; the second must not take the only crew before it.
  fixture *f = fixture_new();
  int32_t  pool = add_pool(f, 1), gate = add_gate(f, CAUSE_PERMIT, 100.0);
  int32_t  a = add(f, 0, 10.0, -1, pool, gate), b = add(f, 1, 10.0, -1, pool, -1);
  run(f, 0.0, 30.0, 6);
  test_near(f->start_day[a], 100.0, 1e-12);
  test_near(f->start_day[b], 110.0, 1e-12);
  ck_assert_int_eq(f->wait_cause[a], CAUSE_PERMIT);
  ck_assert_int_eq(f->crew_user[0], b);
  free(f);
}
END_TEST

START_TEST(second_crew_serves_the_next_in_line) {
  fixture *f = fixture_new();
  int32_t  pool = add_pool(f, 2), gate = add_gate(f, CAUSE_PERMIT, HUGE_VAL);
  add(f, 0, 10.0, -1, pool, gate);
  int32_t b = add(f, 1, 10.0, -1, pool, -1), c = add(f, 2, 10.0, -1, pool, -1);
  run(f, 0.0, 30.0, 6);
  ck_assert(f->start_day[0] == HUGE_VAL);
  test_near(f->start_day[b], 0.0, 1e-12);
  test_near(f->start_day[c], 10.0, 1e-12);
  ck_assert_int_eq(f->wait_cause[0], CAUSE_PERMIT);
  free(f);
}
END_TEST

START_TEST(news_that_comes_late_takes_effect_late) {
  fixture *f = fixture_new();
  int32_t  gate = add_gate(f, CAUSE_CONSENT, HUGE_VAL);
  add(f, 0, 10.0, -1, -1, gate);
  run(f, 0.0, 30.0, 2);
  ck_assert_int_eq(f->wait_cause[0], CAUSE_CONSENT);
  f->gate_open_day[gate] = 20.0;  // said in the third month, of the first
  build_month(&f->net, &f->draw, 60.0, 90.0, all_go, &f->state);
  test_near(f->start_day[0], 60.0, 1e-12);
  ck_assert_int_eq(f->wait_cause[0], CAUSE_CONSENT);
  free(f);
}
END_TEST

START_TEST(pause_holds_crew_and_costs_sum) {
  fixture      *f = fixture_new();
  int32_t       pool = add_pool(f, 1);
  unsigned char stop[MAX] = {0};
  stop[1] = 1;
  add(f, 0, 75.0, -1, pool, -1);
  add(f, 1, 0.0, -1, pool, -1);
  double cost_usd[2] = {150.0, 7.0}, month_usd[8][2] = {{0}}, sum = 0.0;
  build_clear(&f->net, &f->state);
  for (int m = 0; m < 8; m++) {
    const unsigned char *go = m == 1 || m == 2 ? stop : all_go;
    build_month(&f->net, &f->draw, 30.0 * m, 30.0 * (m + 1), go, &f->state);
    build_spend(&f->net, &f->draw, &f->state, cost_usd, 30.0 * m, 30.0 * (m + 1), go, month_usd[m]);
    sum += month_usd[m][0] + month_usd[m][1];
  }
  test_near(f->finish_day[0], 135.0, 1e-12);
  test_near(f->pause_day[0], 60.0, 1e-12);
  test_near(f->start_day[1], 135.0, 1e-12);
  test_near(month_usd[0][0], 60.0, 1e-9);
  test_near(month_usd[1][0], 0.0, 1e-12);
  test_near(month_usd[4][0], 30.0, 1e-9);
  test_near(month_usd[4][1], 7.0, 1e-12);
  test_near(sum, 157.0, 1e-9);
  free(f);
}
END_TEST

START_TEST(no_money_no_start) {
  fixture      *f = fixture_new();
  unsigned char stop[MAX] = {0};
  add(f, 0, 10.0, -1, -1, -1);
  build_clear(&f->net, &f->state);
  build_month(&f->net, &f->draw, 0.0, 30.0, stop, &f->state);
  ck_assert(f->start_day[0] == HUGE_VAL);
  ck_assert_int_eq(f->wait_cause[0], CAUSE_MONEY);
  build_month(&f->net, &f->draw, 30.0, 60.0, all_go, &f->state);
  test_near(f->start_day[0], 30.0, 1e-12);
  ck_assert_int_eq(f->wait_cause[0], CAUSE_MONEY);
  free(f);
}
END_TEST

// ---- Random networks ----------------------------------------------------------------------------------------

static double next_uniform(uint64_t *s) {  // splitmix64: Steele, Lea, Flood 2014
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) / 9007199254740992.0;
}

static fixture *random_network(uint64_t seed) {
  fixture *f = fixture_new();
  uint64_t s = seed;
  for (int p = 0; p < 3; p++) add_pool(f, 1 + (int32_t)(3.0 * next_uniform(&s)));
  for (int g = 0; g < 3; g++) add_gate(f, CAUSE_PERMIT, 400.0 * next_uniform(&s));
  int32_t n = 20 + (int32_t)(40.0 * next_uniform(&s));
  for (int32_t i = 0; i < n; i++) {
    int32_t after = i > 0 && next_uniform(&s) < 0.7 ? (int32_t)(i * next_uniform(&s)) : -1;
    int32_t pool = next_uniform(&s) < 0.7 ? (int32_t)(3.0 * next_uniform(&s)) : -1;
    int32_t gate = next_uniform(&s) < 0.2 ? (int32_t)(3.0 * next_uniform(&s)) : -1;
    add(f, i % 5, 200.0 * next_uniform(&s), after, pool, gate);
    if (i > 0 && next_uniform(&s) < 0.4) add_pred(f, (int32_t)(i * next_uniform(&s)));
    if (next_uniform(&s) < 0.3) f->available_day[i] = 500.0 * next_uniform(&s);
  }
  return f;
}

START_TEST(length_of_the_step_does_not_matter) {
  for (uint64_t seed = 1; seed <= 200; seed++) {
    fixture *f = random_network(seed), *g = fixture_copy(f);
    run(f, 0.0, 7.0, 4000);
    run(g, 0.0, 28000.0, 1);
    for (int32_t i = 0; i < f->net.n_activity; i++) {
      ck_assert(f->start_day[i] < HUGE_VAL);
      ck_assert_msg(f->start_day[i] == g->start_day[i], "seed %d activity %d: %g, %g", (int)seed, (int)i,
                    f->start_day[i], g->start_day[i]);
    }
    free(f);
    free(g);
  }
}
END_TEST

// More of anything delays nothing: shorter work, earlier supplies and gates, one more crew.
START_TEST(more_of_anything_delays_nothing) {
  for (uint64_t seed = 1; seed <= 300; seed++) {
    fixture *f = random_network(seed), *g = fixture_copy(f);
    uint64_t s = seed + 1000;
    for (int32_t i = 0; i < g->net.n_activity; i++) {
      if (next_uniform(&s) < 0.3) g->work_day[i] *= next_uniform(&s);
      if (next_uniform(&s) < 0.3) g->available_day[i] -= 100.0 * next_uniform(&s);
    }
    if (next_uniform(&s) < 0.5) g->gate_open_day[1] *= 0.5;
    if (next_uniform(&s) < 0.5) {  // one more crew in the last pool
      g->pool_n[2]++;
      g->net.n_crew++;
    }
    run(f, 0.0, 30.0, 900);
    run(g, 0.0, 30.0, 900);
    for (int32_t i = 0; i < f->net.n_activity; i++) ck_assert(g->finish_day[i] <= f->finish_day[i]);
    free(f);
    free(g);
  }
}
END_TEST

START_TEST(no_crew_works_twice_at_once) {
  for (uint64_t seed = 1; seed <= 100; seed++) {
    fixture *f = random_network(seed);
    run(f, 0.0, 30.0, 900);
    for (int32_t i = 0; i < f->net.n_activity; i++)
      for (int32_t j = 0; j < i; j++) {
        if (f->crew[i] < 0 || f->crew[i] != f->crew[j]) continue;
        ck_assert(f->start_day[i] >= f->finish_day[j] || f->start_day[j] >= f->finish_day[i]);
      }
    free(f);
  }
}
END_TEST

// Two networks side by side, each advanced as a part, go on as each would alone.
START_TEST(parts_that_share_nothing_go_on_alone) {
  fixture   *f = fixture_new(), *one[2];
  build_open open[2][MAX];
  build_part part[2];
  int32_t    first = 0, crew = 0, pool_first = 0;
  for (int side = 0; side < 2; side++) {
    one[side] = fixture_new();
    fixture *into[] = {f, one[side]};
    for (int k = 0; k < 2; k++) {
      int32_t pool = add_pool(into[k], 2), before = -1;
      for (int32_t i = 0; i < 9; i++) {
        before = add(into[k], side, 20.0 + 7.0 * i + 11.0 * side, i % 3 ? before : -1, i % 3 == 1 ? pool : -1, -1);
      }
    }
    part[side] = (build_part){.open = open[side], .n_open = f->net.n_activity - first, .crew_first = crew, .crew_last = f->net.n_crew,
                              .pool_first = pool_first, .pool_n = f->net.n_pool - pool_first};
    build_part_clear(&f->net, first, &part[side]);
    first = f->net.n_activity, crew = f->net.n_crew, pool_first = f->net.n_pool;
    run(one[side], 0.0, 30.0, 60);
  }
  build_clear(&f->net, &f->state);
  for (int side = 1; side >= 0; side--)
    for (int m = 0; m < 60; m++)
      build_month_part(&f->net, &f->draw, 30.0 * m, 30.0 * (m + 1), all_go,
                       &part[side], &f->state);
  for (int side = 0; side < 2; side++) {
    for (int32_t k = 0; k < part[side].n_open; k++) ck_assert(f->finish_day[open[side][k].activity] < 1800.0);
    for (int32_t i = 0; i < one[side]->net.n_activity; i++)
      test_near(f->finish_day[side * one[0]->net.n_activity + i], one[side]->finish_day[i], 1e-9);
  }
  for (int side = 0; side < 2; side++) {
    free(one[side]);
  }
  free(f);
}
END_TEST

// What changes from one month to the next: money, and now and then a gate or a supply that becomes known or moves.
static void change_month(uint64_t *s, fixture *f, double day0, unsigned char *go, bool *money, bool *news) {
  *money = *news = false;
  for (int32_t b = 0; b < f->net.n_building; b++)
    if (next_uniform(s) < 0.1) go[b] = !go[b], *money = true;
  if (next_uniform(s) < 0.2) f->gate_open_day[(int)(3.0 * next_uniform(s))] = day0 + 100.0 * next_uniform(s), *news = true;
  int32_t i = (int32_t)(f->net.n_activity * next_uniform(s));
  if (next_uniform(s) < 0.2) f->available_day[i] = day0 + 200.0 * next_uniform(s), *news = true;
}

static void same_state(const fixture *f, const fixture *g, uint64_t seed, int month) {
  ck_assert_uint_eq(f->state.waited, g->state.waited);
  for (int32_t i = 0; i < f->net.n_activity; i++) {
    bool same = f->start_day[i] == g->start_day[i] && f->finish_day[i] == g->finish_day[i] && f->ready_day[i] == g->ready_day[i] &&
                f->pause_day[i] == g->pause_day[i] && f->driver[i] == g->driver[i] && f->wait_cause[i] == g->wait_cause[i] &&
                f->crew[i] == g->crew[i];
    ck_assert_msg(same, "seed %d month %d activity %d", (int)seed, month, (int)i);
  }
}

// A part looks only at what may have changed: month by month it is where looking at everything leads.
START_TEST(part_leaves_out_nothing) {
  for (uint64_t seed = 1; seed <= 300; seed++) {
    fixture      *f = random_network(seed), *g = fixture_copy(f);
    uint64_t      s = seed, t = seed;
    unsigned char go[MAX], go_too[MAX];
    build_open    open[MAX];
    build_part    part = {.open = open, .n_open = g->net.n_activity, .crew_last = g->net.n_crew, .pool_n = g->net.n_pool};
    bool          money, news;
    memset(go, 1, sizeof go);
    memset(go_too, 1, sizeof go_too);
    for (int k = 0; k < 3; k++) f->gate_open_day[k] = g->gate_open_day[k] = HUGE_VAL;
    build_clear(&f->net, &f->state);
    build_clear(&g->net, &g->state);
    build_part_clear(&g->net, 0, &part);
    for (int m = 0; m < 80; m++) {
      change_month(&s, f, 30.0 * m, go, &money, &news);
      change_month(&t, g, 30.0 * m, go_too, &money, &news);
      if (money) build_part_wake(&part);
      if (news) build_part_tell(&part);
      build_month(&f->net, &f->draw, 30.0 * m, 30.0 * (m + 1), go, &f->state);
      build_month_part(&g->net, &g->draw, 30.0 * m, 30.0 * (m + 1), go_too, &part, &g->state);
      same_state(f, g, seed, m);
    }
    free(f);
    free(g);
  }
}
END_TEST

// ---- Delay by cause -----------------------------------------------------------------------------------------

START_TEST(delay_sums_to_lateness) {
  for (uint64_t seed = 1; seed <= 200; seed++) {
    fixture *plan = random_network(seed), *f = fixture_copy(plan);
    uint64_t s = seed + 5000;
    for (int32_t i = 0; i < f->net.n_activity; i++) f->work_day[i] *= 0.8 + 1.5 * next_uniform(&s);
    f->gate_open_day[0] += 300.0;
    run(plan, 0.0, 30.0, 300);
    int months = 1 + (int)(60.0 * next_uniform(&s));
    run(f, 0.0, 30.0, months);
    for (int32_t b = 0; b < f->net.n_building; b++) {
      double now = 30.0 * months, by[CAUSE_COUNT], sum = 0.0;
      double late = build_delay(&f->net, &f->draw, &f->state, &plan->draw, &plan->state, b, now, by);
      double want = fmin(f->finish_day[f->last[b]], now) - plan->finish_day[plan->last[b]];
      test_near(late, want > 0.0 ? want : 0.0, 1e-9);
      for (int c = 0; c < CAUSE_COUNT; c++) {
        ck_assert(by[c] >= 0.0);
        sum += by[c];
      }
      test_near(sum, late, 1e-6);
    }
    free(plan);
    free(f);
  }
}
END_TEST

// Two buildings, shell then commissioning; one crew commissions. What is changed, and who bears building 1's lateness.
static const struct {
  const char *what;
  double      shell_day, shell2_day, supply_day, gate_day, want_late;
  int32_t     cause, cause2;
  double      want, want2;
} delay_rows[] = {
    {"as planned",                            100, 100, 0,   0,   0,   CAUSE_SHELL,  CAUSE_GRID,  0,   0 },
    {"own shell overruns",                    100, 150, 0,   0,   30,  CAUSE_SHELL,  CAUSE_GRID,  30,  0 },
    {"the crew comes late from a late shell", 160, 100, 0,   0,   60,  CAUSE_SHELL,  CAUSE_CREWS, 60,  0 },
    {"supply late, ends the chain",           110, 100, 190, 0,   70,  CAUSE_GRID,   CAUSE_SHELL, 70,  0 },
    {"gate late",                             100, 100, 0,   240, 120, CAUSE_PERMIT, CAUSE_SHELL, 120, 0 },
    {"gate and supply tie",                   100, 100, 240, 240, 120, CAUSE_PERMIT, CAUSE_GRID,  60,  60},
};

// Building 0's shell takes shell_day; building 1's shell2_day; building 1's commissioning has the supply and the gate.
static fixture *two_buildings(double shell_day, double shell2_day, double supply_day, double gate_day) {
  fixture *f = fixture_new();
  int32_t  pool = add_pool(f, 1), gate = add_gate(f, CAUSE_PERMIT, gate_day);
  int32_t  a = add(f, 0, shell_day, -1, -1, -1);
  f->own_cause[a] = CAUSE_SHELL;
  int32_t b = add(f, 1, shell2_day, -1, -1, -1);
  f->own_cause[b] = CAUSE_SHELL;
  add(f, 0, 20.0, a, pool, -1);
  int32_t d = add(f, 1, 20.0, b, pool, gate);
  f->available_day[d] = supply_day;
  return f;
}

START_TEST(delay_goes_to_its_cause) {
  for (size_t r = 0; r < sizeof delay_rows / sizeof delay_rows[0]; r++) {
    fixture *plan = two_buildings(100, 100, 0, 0);
    fixture *f = two_buildings(delay_rows[r].shell_day, delay_rows[r].shell2_day, delay_rows[r].supply_day,
                               delay_rows[r].gate_day);
    run(plan, 0.0, 30.0, 40);
    run(f, 0.0, 30.0, 40);
    double by[CAUSE_COUNT];
    double late = build_delay(&f->net, &f->draw, &f->state, &plan->draw, &plan->state, 1, 1200.0, by);
    ck_assert_msg(fabs(late - delay_rows[r].want_late) < 1e-9, "%s: late %g", delay_rows[r].what, late);
    ck_assert_msg(fabs(by[delay_rows[r].cause] - delay_rows[r].want) < 1e-9, "%s: %g", delay_rows[r].what,
                  by[delay_rows[r].cause]);
    ck_assert_msg(fabs(by[delay_rows[r].cause2] - delay_rows[r].want2) < 1e-9, "%s: %g", delay_rows[r].what,
                  by[delay_rows[r].cause2]);
    free(plan);
    free(f);
  }
}
END_TEST

START_TEST(lack_of_money_bears_pauses_and_refusals) {
  fixture      *plan = two_buildings(90, 90, 0, 0), *f = two_buildings(90, 90, 0, 0);
  unsigned char stop[MAX] = {0};
  run(plan, 0.0, 30.0, 40);
  build_clear(&f->net, &f->state);
  for (int m = 0; m < 20; m++)  // two months lost while the shells rise, one before commissioning may start
    build_month(&f->net, &f->draw, 30.0 * m, 30.0 * (m + 1), m == 1 || m == 2 || m == 5 ? stop : all_go, &f->state);
  double by[CAUSE_COUNT];
  double late = build_delay(&f->net, &f->draw, &f->state, &plan->draw, &plan->state, 1, 600.0, by);
  test_near(late, 90.0, 1e-9);
  test_near(by[CAUSE_MONEY], 90.0, 1e-9);
  free(plan);
  free(f);
}
END_TEST

START_TEST(still_waiting_counts_to_now) {
  fixture *plan = two_buildings(100, 100, 0, 0), *f = two_buildings(100, 100, HUGE_VAL, 0);
  run(plan, 0.0, 30.0, 40);
  run(f, 0.0, 30.0, 10);
  double by[CAUSE_COUNT];
  double late = build_delay(&f->net, &f->draw, &f->state, &plan->draw, &plan->state, 1, 300.0, by);
  test_near(late, 160.0, 1e-9);
  test_near(by[CAUSE_GRID], 160.0, 1e-9);
  free(plan);
  free(f);
}
END_TEST

TEST_LIST("network", chain_of_two_by_hand, nothing_starts_beyond_the_month, one_crew_makes_buildings_follow_each_other,
          plan_order_beats_arrival, second_crew_serves_the_next_in_line, news_that_comes_late_takes_effect_late,
          pause_holds_crew_and_costs_sum, no_money_no_start, length_of_the_step_does_not_matter,
          more_of_anything_delays_nothing, no_crew_works_twice_at_once, parts_that_share_nothing_go_on_alone,
          part_leaves_out_nothing,
          delay_sums_to_lateness, delay_goes_to_its_cause, lack_of_money_bears_pauses_and_refusals,
          still_waiting_counts_to_now)
