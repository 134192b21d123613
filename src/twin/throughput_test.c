// Throughput: the tables are the planner's answers, and months read them between sizes.
#include "throughput.h"

#include <math.h>
#include <string.h>

#include "../../tests/twin_run.h"
#include "../compute/machine.h"
#include "../training/search.h"

static twin_model *programme(const char *runs) {
  char text[1200];
  snprintf(text, sizeof text,
           "programme: P\nas_of: 2025-12-31\nhorizon: 2 years\nparties:\n  Own: {role: owner, cash: $1B}\n"
           "campuses:\n  a: {works_start: 2026-06, racks: GB200-NVL72, buildings: {count: 1, it: 20 MW}}\nruns:\n%s",
           runs);
  return twin_must(text, NULL);
}

static int32_t rack_of(const twin_model *m) { return m->plan_view.campus[0].racks; }

START_TEST(tables_are_what_a_search_finds) {
  twin_model *m = programme("  llama: {model: llama-3-405b}\n");
  int32_t     model = m->plan_view.run[0].model;
  ck_assert_int_ge(model, 0);
  const compute_rack        *rack = &m->plan_view.rack[rack_of(m)];
  const compute_accelerator *of = &m->plan_view.accelerator[rack->accelerator];
  compute_machine            machine;
  compute_machine_of(of, programme_row(&m->p, CLASS_FABRIC, rack->fabric), &machine);
  training_software      software = training_software_default();
  training_space         space = training_space_default(16384, 8192, 8192, COMPUTE_BF16);
  static training_search wide;
  wide.n_wanted = 1;
  space.fixed.cp = 1;
  ck_assert_int_eq(training_search_run(&m->plan_view.model[model].shape, &machine, &software, &space, 0, 1, &wide),
                   SG_OK);
  double best = 6 * 405e9 * wide.best[0].step.tokens_per_s / compute_peak_flops(of, 16384),
         table = twin_throughput_mfu(m, 0, rack_of(m), 16384);
  ck_assert_msg(table <= best * (1 + 1e-9) && table > 0.93 * best, "table %.4f, the whole space %.4f", table, best);
  twin_model_free(m);
}
END_TEST

START_TEST(between_sizes_it_is_linear_and_outside_it_stays) {
  twin_model   *m = programme("  one: {params: 70 billion, tokens: 2 Ttok}\n");
  const double *mfu = m->throughput[rack_of(m)].mfu_frac;
  ck_assert_double_gt(mfu[4], 0.1);
  test_near(twin_throughput_mfu(m, 0, rack_of(m), 64 * 256), mfu[4], 1e-12);
  test_near(twin_throughput_mfu(m, 0, rack_of(m), 64 * 512), (mfu[4] + mfu[5]) / 2, 1e-12);
  ck_assert_double_eq(twin_throughput_mfu(m, 0, rack_of(m), 1), mfu[0]);
  test_near(twin_throughput_mfu(m, 0, rack_of(m), 1e9), mfu[TWIN_THROUGHPUT_SIZES - 1], 1e-12);
  for (int32_t i = 0; i < TWIN_THROUGHPUT_SIZES; i++)
    ck_assert_msg(mfu[i] >= 0 && mfu[i] < 0.9, "size %d: %g", i, mfu[i]);
  ck_assert_msg(mfu[TWIN_THROUGHPUT_SIZES - 1] < mfu[3], "four million GPUs are no worse than four thousand");
  twin_model_free(m);
}
END_TEST

START_TEST(what_does_not_fit_reaches_nothing) {
  twin_model   *m = programme("  huge: {params: 40 trillion, active: 6 trillion, tokens: 2 Ttok}\n");
  const double *mfu = m->throughput[rack_of(m)].mfu_frac;
  ck_assert_double_eq(mfu[0], 0);  // 64 GPUs
  ck_assert_double_gt(mfu[6], 0.02);
  twin_model_free(m);
}
END_TEST

START_TEST(a_stated_mfu_needs_no_table) {
  twin_model *m = programme(
      "  one: {params: 70 billion, tokens: 2 Ttok, mfu: 40 %}\n  two: {params: 70 billion, tokens: 2 Ttok}\n");
  int32_t stated = programme_find(&m->p, CLASS_RUN, "one"), planned = programme_find(&m->p, CLASS_RUN, "two");
  ck_assert_double_eq(twin_throughput_mfu(m, stated, rack_of(m), 16384), 0);
  ck_assert_double_gt(twin_throughput_mfu(m, planned, rack_of(m), 16384), 0.1);
  twin_model_free(m);
}
END_TEST

// What was searched for another model serves where the work is the same, and only there.
START_TEST(takes_over_what_is_the_same) {
  twin_model *m = programme("  one: {params: 70 billion, tokens: 2 Ttok}\n"),
             *other = programme("  one: {params: 71 billion, tokens: 2 Ttok}\n  same: {params: 70 billion, tokens: 3 Ttok}\n");
  twin_throughput *of_m = &m->throughput[rack_of(m)], searched = *of_m, differs;
  ck_assert_int_eq(searched.work.known, 1);
  for (int32_t r = 0; r < 2; r++) {
    bool same = r == programme_find(&other->p, CLASS_RUN, "same");
    differs = other->throughput[r * other->n[CLASS_RACK] + rack_of(other)];
    ck_assert_msg(same == !memcmp(differs.mfu_frac, searched.mfu_frac, sizeof searched.mfu_frac), "run %d", r);
  }
  of_m->mfu_frac[0] = 0.125;  // so that it can be told where it came from
  ck_assert_int_eq(twin_make_throughput(other, m), SG_OK);
  for (int32_t r = 0; r < 2; r++) {
    bool same = r == programme_find(&other->p, CLASS_RUN, "same");
    ck_assert_int_eq(other->throughput[r * other->n[CLASS_RACK] + rack_of(other)].mfu_frac[0] == 0.125, same);
  }
  twin_model_free(m);
  twin_model_free(other);
}
END_TEST

TEST_LIST("throughput", takes_over_what_is_the_same, tables_are_what_a_search_finds, between_sizes_it_is_linear_and_outside_it_stays,
          what_does_not_fit_reaches_nothing, a_stated_mfu_needs_no_table)
