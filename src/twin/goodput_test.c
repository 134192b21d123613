// Goodput of the twin: the catalogue says what the published fleets say, worse machines and practices never train more.
#include "goodput.h"

#include <math.h>
#include <stdio.h>

#include "../../tests/twin_run.h"
#include "../base/calendar.h"

// One campus that stands from the first year on, a run too long to end, and what else is said.
static twin_model *programme(const char *more, const char *const *set) {
  char text[2000];
  snprintf(text, sizeof text,
           "programme: P\nas_of: 2026-03-31\nhorizon: 9 years\nparties:\n  Own: {role: owner, cash: $90B}\n"
           "campuses:\n  a: {works_start: 2026-04, racks: GB200-NVL72, buildings: {count: 2, it: 100 MW}}\n"
           "runs:\n  big: {params: 2 trillion, tokens: 100000 Ttok, mfu: 35 %%, gpu_share: 80 %%}\n%s",
           more);
  return twin_must(text, set);
}

START_TEST(the_catalogue_has_the_spread_of_the_fleets) {
  twin_model         *m = programme("", NULL);
  const compute_rack *rack = &m->plan_view.rack[m->plan_view.campus[0].racks];
  double              mean_ln, sd_ln;
  bool                drawn = false;
  operations_multiplier_spread(OPERATIONS_READINGS_2024, &mean_ln, &sd_ln);
  for (int32_t i = 0; i < m->p.n_draw; i++) {
    const programme_draw *d = &m->p.draw[i];
    if (strcmp(m->p.value[d->value].path, "racks.GB200-NVL72.mtbf") != 0) continue;
    drawn = true;
    for (double z = -2; z <= 2; z += 0.5) {
      const double hours = dist_of_normal(&d->of, NULL, z);
      const double multiplier = operations_multiplier_of_mtbf(&operations_shape_hgx, hours);
      ck_assert_msg(fabs(log(multiplier) - (mean_ln - sd_ln * z)) < 0.005, "at %g: %g, published %g", z, multiplier,
                    exp(mean_ln - sd_ln * z));
    }
  }
  ck_assert_msg(drawn, "mtbf is certain");
  // The plan has Llama 3's: 419 interruptions in 54 days on 16,384 GPUs. And one structure of what takes a node out.
  test_near(rack->mtbf_h, 16384 * 54 * 24 / 419.0, 5);
  test_near(rack->taken_out_frac * OPERATIONS_ALL_OVER_NODE, 1, 1e-3);
  test_near(operations_multiplier_of_mtbf(&operations_shape_hgx, rack->mtbf_h),
            operations_reading_multiplier(&operations_fleet_readings[0]), 1e-3);
  twin_model_free(m);
}
END_TEST

typedef struct outcome {
  double flop, gpu_h, training_gpu_h, goodput;
} outcome;

// Of one scenario, the same draws.
static outcome run(const char *more, const char *const *set) {
  twin_model *m = programme(more, set);
  twin_state *s = twin_state_create(m);
  outcome     o = {0, 0, 0, 0};
  twin_scenario_run(s, MODE_BASE, 3, 1, CAUSE_NONE, m->n_month);
  const int32_t last = m->n_month - 1;
  o.flop = twin_value(s, "run.big.done_frac", last);
  for (int32_t t = 0; t < m->n_month; t++) o.gpu_h += twin_value(s, "programme.gpu_hours", t);
  o.goodput = twin_value(s, "programme.goodput_frac", last - 24);
  twin_state_free(s);
  twin_model_free(m);
  return o;
}

// Each row is worse than the programme as it is.
static const struct {
  const char *what, *set[3];
} worse_rows[] = {
    {"more failures",    {"racks.GB200-NVL72.mtbf", "10000 h", NULL}                },
    {"longer repairs",   {"racks.GB200-NVL72.repair", "900 h", NULL}                },
    {"slower restarts",  {"reliabilities.standard.restart", "40 min", NULL}         },
    {"restarts by size", {"reliabilities.standard.restart_per_gpu", "20 ms", NULL}  },
    {"no inspection",    {"reliabilities.standard.inspection", "no", NULL}          },
    {"a long timeout",   {"reliabilities.standard.timeout", "5 h", NULL}            },
    {"long writes",      {"reliabilities.standard.checkpoint_write", "10 min", NULL}},
    {"long saves",       {"reliabilities.standard.checkpoint_save", "20 min", NULL} },
    {"rare checkpoints", {"reliabilities.standard.checkpoint_interval", "9 h", NULL}},
    {"stragglers",       {"reliabilities.standard.slow", "20 %", NULL}              },
    {"more spares",      {"reliabilities.standard.spare", "30 %", NULL}             },
    {"trays kept free",  {"reliabilities.standard.spare_trays", "3", NULL}          },
};

START_TEST(worse_never_trains_more) {
  const outcome usual = run("", NULL);
  ck_assert(usual.flop > 0 && usual.flop < 1 && usual.goodput > 0.3 && usual.goodput < 1);
  for (size_t i = 0; i < sizeof worse_rows / sizeof worse_rows[0]; i++) {
    const outcome o = run("", worse_rows[i].set);
    ck_assert_msg(o.flop < usual.flop, "%s: %.6f, without %.6f", worse_rows[i].what, o.flop, usual.flop);
    ck_assert_msg(o.gpu_h <= usual.gpu_h, "%s: %g GPU-hours, without %g", worse_rows[i].what, o.gpu_h, usual.gpu_h);
  }
}
END_TEST

START_TEST(replicas_train_more_and_hardly_a_failure_leaves_stragglers) {
  const char *const elastic[] = {"racks.GB200-NVL72.reliability", "elastic", NULL};
  const outcome     gang = run("", NULL), replicas = run("reliabilities:\n  elastic: {}\n", elastic);
  ck_assert_msg(replicas.goodput > gang.goodput, "%g, gang %g", replicas.goodput, gang.goodput);
  const char *const sound[] = {"racks.GB200-NVL72.mtbf", "1e15 h", "reliabilities.standard.slow", "4 %", NULL};
  const outcome     never = run("", sound);
  test_near(never.goodput, 0.96, 1e-4);
}
END_TEST

START_TEST(young_and_old_machines_fail_more) {
  twin_model         *m = programme("", NULL);
  const twin_goodput *g = m->goodput;
  ck_assert(g->by_age[0] > g->by_age[3] && g->by_age[3] > g->by_age[12]);
  for (int32_t a = 37; a < m->n_month; a++) ck_assert(g->by_age[a] > g->by_age[a - 1]);
  test_near(g->by_age[12], 1, 0.01);
  double mean = 0;  // months join without gap: the mean of two years is that of their months
  for (int32_t a = 1; a < 25; a++) mean += g->by_age[a] / 24;
  test_near(mean, operations_age_factor(0.5 * CALENDAR_DAYS_PER_MONTH, 24.5 * CALENDAR_DAYS_PER_MONTH), 1e-9);
  twin_model_free(m);
}
END_TEST

START_TEST(a_practice_must_leave_trays) {
  static const char text[] =
      "programme: P\nas_of: 2026-03-31\nhorizon: 2 years\nparties:\n  Own: {role: owner, cash: $1B}\n"
      "campuses:\n  a: {works_start: 2026-06, racks: GB200-NVL72, buildings: {count: 1, it: 20 MW}}\n"
      "reliabilities:\n  standard: {spare_trays: 18}\n";
  sg_diags    d;
  twin_model *m = NULL;
  ck_assert_int_eq(twin_try(text, NULL, &d, &m), SG_ERR_RANGE);
  ck_assert(d.n == 1 && d.item[0].line == 9 && strstr(d.item[0].message, "18 trays"));
}
END_TEST

TEST_LIST("twin goodput", the_catalogue_has_the_spread_of_the_fleets, worse_never_trains_more,
          replicas_train_more_and_hardly_a_failure_leaves_stragglers, young_and_old_machines_fail_more,
          a_practice_must_leave_trays)
