// Cluster: what one long run can expect. See cluster.h.
#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "../operations/spares.h"
#include "cluster_settings.h"

enum { SIMULATED_FAILURES = 100000 };

// Medians of market_rents in data/catalogue/racks.yaml (cluster_test.c holds them): 2.0 to 3.0 USD for H100, on demand at
// Lambda 2.99 (2024-09-01); 3.4 to 5.8 USD for GB200, scaled from it. See docs/assumptions.md#rents.
#define RENT_H100_USD  2.449
#define RENT_GB200_USD 4.441

// Data parallelism of Llama 3 405B on 8,192 GPUs, arXiv:2407.21783, table 4, 2024-07.
#define REPLICAS 64.0

static sg_err read_shape(const twin_cluster_settings *s, twin_cluster_goodput *g, const operations_shape **shape) {
  const char *gpus = twin_cluster_setting(s, "gpus"), *word = twin_cluster_setting(s, "shape");
  int64_t     d[1];
  bool        racks = word && !strcmp(word, "nvl72");
  if (!gpus)
    return twin_cluster_refuse(s, SG_ERR_KEY, "how many GPUs the run has, such as --gpus 16384", "%s is missing",
                               "--gpus");
  if (twin_cluster_numbers(gpus, 1, d) != 1)
    return twin_cluster_refuse(s, SG_ERR_RANGE, "a whole number from 1 to ten million", "gpus cannot be '%.60s'", gpus);
  if (word && !racks && strcmp(word, "hgx") != 0)
    return twin_cluster_refuse(s, SG_ERR_NAME, "hgx (servers of 8) or nvl72 (racks of 18 trays of 4)",
                               "shape cannot be '%.60s'", word);
  g->gpus = (double)d[0];
  g->shape = racks ? "nvl72" : "hgx";
  g->rent_usd_per_gpu_h = racks ? RENT_GB200_USD : RENT_H100_USD;
  *shape = racks ? &operations_shape_nvl72 : &operations_shape_hgx;
  return SG_OK;
}

static sg_err read_run(const twin_cluster_settings *s, twin_cluster_goodput *g) {
  sg_err err = twin_cluster_number(s, "failures", 0.001, 1000.0,
                                   "a multiple of the failures of Llama 3's fleet, 0.001 to 1000", &g->multiplier);
  if (!err)
    err = twin_cluster_number(s, "replicas", 2.0, 100000.0, "copies of the model that are lost one by one, from 2",
                              &g->replicas);
  if (!err) err = twin_cluster_number(s, "days", 0.01, 36500.0, "how long the run is, such as 90", &g->days);
  if (!err) err = twin_cluster_number(s, "rent", 0.0, 1e6, "USD of a GPU-hour, such as 2.50", &g->rent_usd_per_gpu_h);
  return err;
}

// Training as a gang or in replicas, with what is noticed so much later.
static double useful_frac(const twin_cluster_goodput *g, const operations_shape *shape, operations_practice practice,
                          double replicas, double later_s) {
  operations_expectation e;
  practice.replicas = replicas;
  practice.extra_detect_s = later_s;
  operations_expect(shape, g->multiplier, 1.0, &practice, g->gpus, &e);
  return e.useful_frac;
}

// Racks that keep trays to spare replace what fails in them; one is short while more are out, or it is out itself. Loops,
// feeds and the site take many at once: no number of single racks helps.
static void spare_racks(twin_cluster_goodput *g, const operations_shape *shape) {
  const int32_t trays = (int32_t)shape->nodes_per_rack, used = trays - (int32_t)shape->spare_trays;
  if (used == trays) return;
  const double rack_gpus = shape->gpus_per_node * used;
  const double out_per_day = g->multiplier * operations_node_out_per_day(shape, shape->gpus_per_node);
  const double tray = operations_unit_availability(out_per_day, operations_node_repair_h() / 24.0);
  const double per_day = g->multiplier * operations_cause_of(OPERATIONS_CAUSE_RACK).per_unit_day;
  const double rack = operations_unit_availability(per_day, operations_cause_of(OPERATIONS_CAUSE_RACK).repair_h / 24.0);
  g->racks = ceil(g->gpus / rack_gpus);
  g->short_racks = g->racks * (1.0 - rack * operations_at_least(trays, used, tray));
  g->spare_racks = operations_spares(g->short_racks, 0.99);
}

static void intervals(twin_cluster_goodput *g, const operations_practice *practice) {
  static const operations_interval rule[3] = {OPERATIONS_INTERVAL_YOUNG, OPERATIONS_INTERVAL_DALY,
                                              OPERATIONS_INTERVAL_BEST};
  for (int i = 0; i < 3; i++) {
    operations_practice other = *practice;
    operations_gang     job = g->best.job;
    other.interval = rule[i];
    job.interval_s = g->interval_s[i] = operations_interval_of(&other, job.failures_per_s);
    g->interval_ettr_frac[i] = operations_ettr(&job);
  }
}

sg_err twin_cluster_goodput_make(const twin_cluster_settings *s, uint64_t seed, twin_cluster_goodput *g) {
  static const char *const known[] = {"gpus", "shape", "checkpoint", "failures", "replicas", "days", "rent"};
  const operations_shape  *shape = NULL;
  operations_practice      practice;
  double                   restart_min;
  *g = (twin_cluster_goodput){.multiplier = 1.0, .replicas = REPLICAS, .days = 90.0};
  sg_err err = twin_cluster_only(s, known, sizeof known / sizeof known[0]);
  if (!err) err = read_shape(s, g, &shape);
  if (!err) err = read_run(s, g);
  if (!err) err = twin_cluster_read_practice(s, &practice, &restart_min);
  if (err) return err;
  operations_expect(shape, g->multiplier, 1.0, &practice, g->gpus, &g->best);
  g->exact_frac = operations_ettr(&g->best.job);
  g->simulated = operations_ettr_simulate(&g->best.job, (stream){.seed = seed}, SIMULATED_FAILURES);
  intervals(g, &practice);
  g->late_frac = useful_frac(g, shape, practice, 1.0, 3600.0);
  g->replicas_frac = useful_frac(g, shape, practice, g->replicas, 0.0);
  g->replicas_late_frac = useful_frac(g, shape, practice, g->replicas, 3600.0);
  spare_racks(g, shape);
  for (int i = 0; i < OPERATIONS_CAUSES; i++)
    g->cause_per_day[i] = g->multiplier * operations_cause_per_day(shape, (operations_cause_id)i, g->gpus);
  return SG_OK;
}
