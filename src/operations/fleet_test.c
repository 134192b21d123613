// Tests of fleet.c and fleet_run.c: the identities of a cluster's life.
#include "fleet.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "workload.h"

static const stream seed = {11, 0, 0};

typedef struct world {
  operations_fleet          fleet;
  operations_practice       practice;
  operations_mix            mix;
  operations_workload_scale scale;
} world;

static world world_of(const operations_shape *shape, double gpus, double multiplier) {
  world w = {
      operations_fleet_of(shape, gpus),
      operations_practice_standard(),
      {0.3, 0.3, 0.02,                 0.2},
      { gpus,  1,  20, OPERATIONS_LONGEST_S,  30}
  };
  w.fleet.multiplier = multiplier;
  return w;
}

static operations_fleet_result live(const world *w) {
  operations_outage      *o;
  operations_fleet_job   *job;
  operations_fleet_result r;
  int32_t                 n, n_job;
  arena                  *a = arena_create();
  ck_assert_int_eq(operations_fleet_outages(&w->fleet, seed, a, &o, &n), SG_OK);
  ck_assert_int_eq(operations_workload_mixed(&operations_workload_philly, &w->scale, &w->mix, seed, a, &job, &n_job),
                   SG_OK);
  ck_assert_int_eq(operations_fleet_run(&w->fleet, &w->practice, o, n, job, n_job, a, &r), SG_OK);
  arena_free(a);
  return r;
}

static double lost_gpu_h(const operations_fleet_result *r) {
  double sum = 0;
  for (int i = 0; i <= OPERATIONS_CAUSES; i++) {
    ck_assert(r->lost_gpu_h[i] >= 0);
    sum += r->lost_gpu_h[i];
  }
  return sum;
}

static const struct {
  const char             *what;
  const operations_shape *shape;
  double                  gpus, multiplier, replicas, window_h, shift_h;
} lives[] = {
    {"servers",              &operations_shape_hgx,   20000,  1,  1,  0, 24},
    {"racks",                &operations_shape_nvl72, 50000,  1,  1,  0, 24},
    {"many failures",        &operations_shape_nvl72, 20000,  20, 1,  0, 24},
    {"elastic",              &operations_shape_nvl72, 200000, 2,  32, 0, 24},
    {"long windows, shifts", &operations_shape_hgx,   20000,  3,  8,  6, 8 },
    {"one rack",             &operations_shape_nvl72, 60,     50, 1,  1, 10},
};
enum { LIVES = sizeof lives / sizeof lives[0] };

static world life(int i) {
  world w = world_of(lives[i].shape, lives[i].gpus, lives[i].multiplier);
  w.practice.replicas = lives[i].replicas;
  w.fleet.window_h = lives[i].window_h;
  w.fleet.shift_h = lives[i].shift_h;
  w.fleet.shift_start_h = lives[i].shift_h < 24 ? 20 : 0;
  return w;
}

START_TEST(every_gpu_hour_has_one_place) {
  for (int i = 0; i < LIVES; i++) {
    world                   w = life(i);
    operations_fleet_result r = live(&w);
    double sum = r.useful_gpu_h + r.slow_gpu_h + r.write_gpu_h + lost_gpu_h(&r) + r.idle_gpu_h + r.spare_gpu_h;
    ck_assert_msg(fabs(sum / r.capacity_gpu_h - 1) < 1e-9, "%s: %.12g", lives[i].what, sum / r.capacity_gpu_h);
    double held = 0;
    for (int k = 0; k < OPERATIONS_KINDS; k++) held += r.held_gpu_h[k];
    ck_assert_msg(fabs(held / (sum - r.idle_gpu_h - r.spare_gpu_h) - 1) < 1e-9, "%s", lives[i].what);
    ck_assert_msg(r.useful_gpu_h > 0 && r.idle_gpu_h >= 0 && r.goodput_frac <= 1, "%s", lives[i].what);
  }
}
END_TEST

START_TEST(a_higher_hazard_never_raises_goodput) {
  for (int i = 0; i < LIVES; i++) {
    double before = 2;
    for (double times = 0; times < 5; times += 0.55) {
      world w = life(i);
      w.fleet.multiplier *= times;
      operations_fleet_result r = live(&w);
      ck_assert_msg(r.goodput_frac <= before + 1e-12, "%s at %g: %.15g after %.15g", lives[i].what, times,
                    r.goodput_frac, before);
      before = r.goodput_frac;
    }
  }
}
END_TEST

START_TEST(without_failures_only_checkpoints_cost) {
  world w = world_of(&operations_shape_nvl72, 50000, 0);
  w.fleet.window_every_day = 0;
  operations_fleet_result r = live(&w);
  ck_assert_int_eq(r.outages, 0);
  ck_assert_double_eq(lost_gpu_h(&r), 0);
  double held = 0;
  for (int k = 0; k < OPERATIONS_KINDS; k++) held += r.held_gpu_h[k];
  test_near(r.useful_gpu_h + r.write_gpu_h, held, 1e-9 * held);
  w.practice.write_s = 0;
  r = live(&w);
  ck_assert_double_eq(r.write_gpu_h, 0);
}
END_TEST

// A job on the whole fleet for a long time, failures as the exact forms take them: independent, no want of spares.
START_TEST(a_job_agrees_with_the_exact_form) {
  world w = world_of(&operations_shape_hgx, 16384, 1 / operations_age_factor(365, 3365));
  w.fleet.days = 3000;
  w.fleet.window_every_day = 0;
  w.fleet.spare_racks = 500;
  w.fleet.crews = 400;
  w.fleet.shape.racks_per_loop = w.fleet.shape.racks_per_feed = w.fleet.shape.racks_per_site = 1e6;  // hardly ever
  w.practice.planned_per_day = 0;
  w.practice.spare_nodes = 1000;
  for (int elastic = 0; elastic < 2; elastic++) {
    operations_fleet_job    job = {0, 3000 * 86400.0, 16384, -1, OPERATIONS_FRONTIER};
    operations_outage      *o;
    int32_t                 n;
    arena                  *a = arena_create();
    operations_fleet_result r;
    operations_expectation  e;
    w.practice.replicas = elastic ? 64 : 1;
    ck_assert_int_eq(operations_fleet_outages(&w.fleet, seed, a, &o, &n), SG_OK);
    ck_assert_int_eq(operations_fleet_run(&w.fleet, &w.practice, o, n, &job, 1, a, &r), SG_OK);
    operations_expect(&w.fleet.shape, 1, 1, &w.practice, 16384, &e);
    const double failures = e.failures_per_day * 3000;
    test_near(n, failures, 4 * sqrt(failures));
    test_near(1 - r.goodput_frac, 1 - e.useful_frac, 0.06 * (1 - e.useful_frac));
    arena_free(a);
  }
}
END_TEST

START_TEST(outages_make_sense) {
  for (int i = 0; i < LIVES; i++) {
    world                      w = life(i);
    operations_outage         *o;
    operations_capacity_event *e;
    int32_t                    n, m, down = 0;
    arena                     *a = arena_create();
    const int32_t              places = operations_fleet_places(&w.fleet);
    ck_assert_int_eq(operations_fleet_outages(&w.fleet, seed, a, &o, &n), SG_OK);
    for (int32_t k = 0; k < n; k++) {
      ck_assert(k == 0 || o[k].time_s >= o[k - 1].time_s);
      ck_assert(o[k].granted_s >= o[k].time_s && o[k].granted_s <= o[k].back_s);
      ck_assert(o[k].first >= 0 && o[k].n >= 1 && o[k].first + o[k].n <= places);
    }
    ck_assert_int_eq(operations_fleet_capacity(o, n, a, &e, &m), SG_OK);
    for (int32_t k = 0; k < m; k++) {
      ck_assert(k == 0 || e[k].time_s >= e[k - 1].time_s);
      down += e[k].up ? -e[k].n : e[k].n;
    }
    ck_assert_int_eq(down, 0);
    arena_free(a);
  }
}
END_TEST

// Two nodes of a rack with one spare tray fail; then a third, while two are out. No spare racks.
START_TEST(spare_trays_and_crews) {
  world              with = world_of(&operations_shape_nvl72, 2000, 30), without = with;
  operations_outage *o, *p;
  int32_t            n, m, at_once = 0, waited = 0;
  arena             *a = arena_create();
  with.fleet.spare_racks = without.fleet.spare_racks = 0;
  with.fleet.crews = 50;
  without.fleet.crews = 1;
  ck_assert_int_eq(operations_fleet_outages(&with.fleet, seed, a, &o, &n), SG_OK);
  ck_assert_int_eq(operations_fleet_outages(&without.fleet, seed, a, &p, &m), SG_OK);
  ck_assert_int_eq(n, m);
  for (int32_t k = 0; k < n; k++) {
    ck_assert(p[k].time_s == o[k].time_s && p[k].back_s >= o[k].back_s &&
              p[k].granted_s >= o[k].granted_s);  // fewer crews
    at_once += o[k].back_s > o[k].time_s && o[k].granted_s == o[k].time_s && o[k].n == 1;
    waited += o[k].n == 1 && o[k].granted_s > o[k].time_s;
  }
  ck_assert_int_gt(at_once, 0);
  ck_assert_int_gt(waited, 0);
  arena_free(a);
}
END_TEST

START_TEST(a_name_changes_nothing) {
  operations_fleet_job job[2] = {
      {0, 1e6, 64, 1, OPERATIONS_RESEARCH},
      {0, 1e6, 64, 2, OPERATIONS_RESEARCH}
  };
  world                   w = world_of(&operations_shape_nvl72, 2000, 30);
  operations_outage      *o;
  operations_fleet_result r[2];
  int32_t                 n;
  arena                  *a = arena_create();
  ck_assert_int_eq(operations_fleet_outages(&w.fleet, seed, a, &o, &n), SG_OK);
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(operations_fleet_run(&w.fleet, &w.practice, o, n, job, 2, a, &r[i]), SG_OK);
    job[0].user = 77;
  }
  ck_assert(!memcmp(&r[0], &r[1], sizeof r[0]));
  arena_free(a);
}
END_TEST

static const struct {
  const char *what;
  double      submit_s, work_s;
  int32_t     gpus;
  sg_err      want;
  int         rejected;
} bad_rows[] = {
    {"good",       5,           10,       8,     SG_OK,        0},
    {"too large",  5,           10,       30000, SG_OK,        1},
    {"not sorted", 1,           10,       8,     SG_ERR_RANGE, 0},
    {"no time",    (double)NAN, 10,       8,     SG_ERR_RANGE, 0},
    {"negative",   5,           -1,       8,     SG_ERR_RANGE, 0},
    {"for ever",   5,           HUGE_VAL, 8,     SG_ERR_RANGE, 0},
    {"no GPU",     5,           10,       0,     SG_ERR_RANGE, 0},
};

START_TEST(bad_jobs_and_fleets) {
  world                   w = world_of(&operations_shape_hgx, 20000, 1);
  operations_fleet_result r;
  const char             *why;
  arena                  *a = arena_create();
  for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
    operations_fleet_job job[2] = {
        {2,                    1,                  8,                0, OPERATIONS_RESEARCH},
        {bad_rows[i].submit_s, bad_rows[i].work_s, bad_rows[i].gpus, 0, OPERATIONS_RESEARCH}
    };
    ck_assert_msg(operations_fleet_run(&w.fleet, &w.practice, NULL, 0, job, 2, a, &r) == bad_rows[i].want, "%s",
                  bad_rows[i].what);
    if (!bad_rows[i].want) ck_assert_int_eq(r.rejected, bad_rows[i].rejected);
  }
  w.fleet.multiplier = (double)NAN;
  ck_assert_int_eq(operations_fleet_check(&w.fleet, &why), SG_ERR_RANGE);
  ck_assert(strlen(why) > 0);
  arena_free(a);
}
END_TEST

// With a crew for each repair an outage lasts as long as its repair, of which a crew has its hands on a known share.
START_TEST(crews_have_the_work_that_is_drawn) {
  operations_fleet   f = operations_fleet_of(&operations_shape_hgx, 100000);
  operations_outage *o;
  int32_t            n;
  arena             *a = arena_create();
  f.days = 365;
  const double load = operations_fleet_crew_load(&f) * f.crews;
  f.crews *= 500;
  test_near(operations_fleet_crew_load(&f) * f.crews, load, 1e-12 * load);
  f.spare_racks = 0;
  f.multiplier = 1.0 / operations_age_factor(f.from_day, f.from_day + f.days);
  ck_assert_int_eq(operations_fleet_outages(&f, seed, a, &o, &n), SG_OK);
  double hours = 0.0;
  for (int32_t i = 0; i < n; i++) {
    if (o[i].cause == OPERATIONS_PLANNED) continue;
    const operations_cause c = operations_cause_of((operations_cause_id)o[i].cause);
    const bool             crew = c.hardware || (c.level >= OPERATIONS_LEVEL_LINK && c.level <= OPERATIONS_LEVEL_RACK);
    if (crew) hours += (o[i].back_s - o[i].time_s) / 3600.0 * fmin(1.0, f.hands_on_h / c.repair_h);
  }
  test_near(hours / (24.0 * f.days), load, 0.05 * load);
  arena_free(a);
}
END_TEST

TEST_LIST("fleet", crews_have_the_work_that_is_drawn, every_gpu_hour_has_one_place,
          a_higher_hazard_never_raises_goodput, without_failures_only_checkpoints_cost,
          a_job_agrees_with_the_exact_form, outages_make_sense, spare_trays_and_crews, a_name_changes_nothing,
          bad_jobs_and_fleets)
