// What one run can expect: rents are the catalogue's, more failures and later notice cost more, spares follow the exact form.
#include <math.h>

#include "../../tests/twin_run.h"
#include "cluster.h"

// Settings in pairs, NULL at the end; to be freed.
static twin_cluster *expect(const char *const *set) {
  const char   *key[8], *value[8];
  size_t        n = 0;
  sg_diags      d;
  twin_cluster *c = NULL;
  for (; set[2 * n]; n++) key[n] = set[2 * n], value[n] = set[2 * n + 1];
  diag_init(&d);
  ck_assert_msg(twin_cluster_expect(key, value, n, 1, &d, &c) == SG_OK, "%s", d.n ? d.item[0].message : "");
  return c;
}

START_TEST(rents_are_the_catalogues) {
  twin_model *m = twin_must(
      "programme: P\nas_of: 2026-03-31\nhorizon: 2 years\nparties:\n  Own: {role: owner, cash: $1B}\n"
      "campuses:\n  a: {works_start: 2026-06, racks: GB200-NVL72, buildings: {count: 1, it: 20 MW}}\n"
      "  b: {works_start: 2026-06, racks: H100-HGX, buildings: {count: 1, it: 20 MW}}\n",
      NULL);
  static const char *const shape[] = {"nvl72", "hgx"};
  for (int i = 0; i < 2; i++) {
    const compute_rack *rack = &m->plan_view.rack[m->plan_view.campus[i].racks];
    twin_cluster       *c = expect((const char *const[]){"gpus", "1000", "shape", shape[i], NULL});
    test_near(c->goodput.rent_usd_per_gpu_h / m->plan_view.rent[rack->rent].rent_usd_per_gpu_h, 1, 1e-3);
    twin_cluster_free(c);
  }
  twin_model_free(m);
}
END_TEST

START_TEST(abilene_for_ninety_days) {
  twin_cluster               *c = expect((const char *const[]){"gpus", "100000", "shape", "nvl72", NULL});
  const twin_cluster_goodput *g = &c->goodput;
  // Llama 3: 419 in 54 days on 16,384 GPUs, with hosts of 4 GPUs and switches of 72, and Dean's racks and above.
  const double alike = 419.0 / 54 / 16384 * 1e5 * 90;
  ck_assert_msg(g->days * g->best.failures_per_day > 0.9 * alike && g->days * g->best.failures_per_day < 1.2 * alike,
                "%g interruptions", g->days * g->best.failures_per_day);
  ck_assert(g->racks == 1563 && g->spare_racks >= 1 && g->short_racks < 1);
  ck_assert(g->replicas_frac > g->best.useful_frac && g->replicas_late_frac < g->replicas_frac);
  ck_assert(g->late_frac < g->best.useful_frac);
  twin_cluster_free(c);
}
END_TEST

START_TEST(more_failures_cost_more) {
  static const char *const times[] = {"0.1", "0.44", "1", "1.74", "6.97", "40"};
  double                   gang = 1, replicas = 1, short_racks = -1;
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
    twin_cluster *c =
        expect((const char *const[]){"gpus", "50000", "shape", "nvl72", "failures", times[i], "replicas", "32", NULL});
    const twin_cluster_goodput *g = &c->goodput;
    ck_assert(g->best.useful_frac < gang && g->replicas_frac < replicas && g->short_racks > short_racks);
    gang = g->best.useful_frac, replicas = g->replicas_frac, short_racks = g->short_racks;
    twin_cluster_free(c);
  }
}
END_TEST

static const struct {
  const char *key, *value;
} bad_rows[] = {
    {"failures", "0"    },
    {"failures", "-1"   },
    {"replicas", "1"    },
    {"replicas", "x"    },
    {"days",     "0"    },
    {"rent",     "-2"   },
    {"rent",     "nan"  },
    {"gpus",     "0"    },
    {"gpus",     "12x"  },
    {"shape",    "nvl"  },
    {"racks",    "1x2x3"},
};

START_TEST(what_makes_no_sense_is_refused) {
  for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
    const char   *key[] = {"gpus", bad_rows[i].key}, *value[] = {"1000", bad_rows[i].value};
    sg_diags      d;
    twin_cluster *c = NULL;
    diag_init(&d);
    ck_assert_msg(twin_cluster_expect(key, value, 2, 1, &d, &c) != SG_OK && !c && d.n == 1, "%s %s", bad_rows[i].key,
                  bad_rows[i].value);
  }
}
END_TEST

TEST_LIST("cluster goodput", rents_are_the_catalogues, abilene_for_ninety_days, more_failures_cost_more,
          what_makes_no_sense_is_refused)
