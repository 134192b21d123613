// Machines for tests: rows of data/catalogue/accelerators.yaml and fabrics.yaml as literals, so that tests of domains need
// no reader. src/twin/machines_test.c checks that they equal the catalogue.
#ifndef TESTS_MACHINES_H
#define TESTS_MACHINES_H

#include <math.h>
#include <string.h>

#include "../src/compute/compute.h"
#include "../src/compute/machine.h"

// What the class "accelerator" sets where a row is silent (0 here).
static inline compute_accelerator test_accelerator(compute_accelerator row) {
  double *const unset[] = {&row.fp8_tflops,
                           &row.fp4_tflops,
                           &row.fp16_tflops,
                           &row.fp32_tflops,
                           &row.mxfp8_tflops,
                           &row.vector_tflops,
                           &row.bf16_achievable_tflops,
                           &row.fp8_achievable_tflops,
                           &row.fp4_achievable_tflops,
                           &row.hbm_usable_gb,
                           &row.system_w};
  for (size_t i = 0; i < sizeof unset / sizeof unset[0]; i++) {
    if (!(*unset[i] > 0)) *unset[i] = (double)NAN;
  }
  row.hbm_achievable_frac = 0.9, row.idle_frac = 0.25, row.scaleup_latency_s = 3.3e-6, row.scaleup_axes = 1;
  return row;
}

// A100-40, A100 (80 GB), H100, H200, B200, GB200, B300, GB300 between domains by `nic_gbps` of InfiniBand per GPU (0: the
// usual node's), the whole fabric at full rate.
static inline compute_machine test_machine(const char *name, double nic_gbps) {
  static const struct {
    const char         *name;
    compute_accelerator of;
  } rows[] = {
      {"A100-40",
       {.bf16_tflops = 312,
        .bf16_achievable_tflops = 271.2,
        .hbm_gb = 40,
        .hbm_tb_per_s = 1.555,
        .power_w = 400,
        .scaleup_gpus = 8,
        .scaleup_gb_per_s = 300,
        .scaleup_frac = 0.78,
        .nic_gbps = 200}},
      {"A100",
       {.bf16_tflops = 312,
        .bf16_achievable_tflops = 271.2,
        .hbm_gb = 80,
        .hbm_tb_per_s = 2.039,
        .power_w = 400,
        .scaleup_gpus = 8,
        .scaleup_gb_per_s = 300,
        .scaleup_frac = 0.78,
        .nic_gbps = 200}},
      {"H100",
       {.bf16_tflops = 989.5,
        .fp8_tflops = 1979,
        .bf16_achievable_tflops = 794.5,
        .fp8_achievable_tflops = 1402.6,
        .hbm_gb = 80,
        .hbm_tb_per_s = 3.35,
        .hbm_usable_gb = 85.5,
        .power_w = 700,
        .system_w = 1389,
        .scaleup_gpus = 8,
        .scaleup_gb_per_s = 450,
        .scaleup_frac = 0.81,
        .scaleup_reduces = 1,
        .nic_gbps = 400}},
      {"H200",
       {.bf16_tflops = 989.5,
        .fp8_tflops = 1979,
        .bf16_achievable_tflops = 794.5,
        .fp8_achievable_tflops = 1453.4,
        .hbm_gb = 141,
        .hbm_tb_per_s = 4.8,
        .hbm_usable_gb = 150.8,
        .power_w = 700,
        .system_w = 1406,
        .scaleup_gpus = 8,
        .scaleup_gb_per_s = 450,
        .scaleup_frac = 0.81,
        .scaleup_reduces = 1,
        .nic_gbps = 400}},
      {"B200",
       {.bf16_tflops = 2250,
        .fp8_tflops = 4500,
        .fp4_tflops = 9000,
        .bf16_achievable_tflops = 1745,
        .fp8_achievable_tflops = 3432.5,
        .hbm_gb = 180,
        .hbm_tb_per_s = 8,
        .hbm_usable_gb = 192.3,
        .power_w = 1000,
        .scaleup_gpus = 8,
        .scaleup_gb_per_s = 900,
        .scaleup_frac = 0.76,
        .scaleup_reduces = 1,
        .nic_gbps = 400}},
      {"GB200",
       {.bf16_tflops = 2500,
        .fp8_tflops = 5000,
        .fp4_tflops = 10000,
        .bf16_achievable_tflops = 1822,
        .fp8_achievable_tflops = 3615.6,
        .hbm_gb = 186,
        .hbm_tb_per_s = 8,
        .hbm_usable_gb = 198.7,
        .power_w = 1200,
        .system_w = 1833,
        .scaleup_gpus = 72,
        .scaleup_gb_per_s = 900,
        .scaleup_frac = 0.66,
        .scaleup_reduces = 1,
        .nic_gbps = 400}},
      {"B300",
       {.bf16_tflops = 2250,
        .fp8_tflops = 4500,
        .fp4_tflops = 13500,
        .bf16_achievable_tflops = 1769,
        .fp8_achievable_tflops = 3353.3,
        .hbm_gb = 270,
        .hbm_tb_per_s = 8,
        .hbm_usable_gb = 288.4,
        .power_w = 1000,
        .scaleup_gpus = 8,
        .scaleup_gb_per_s = 900,
        .scaleup_frac = 0.76,
        .scaleup_reduces = 1,
        .nic_gbps = 800}},
      {"GB300",
       {.bf16_tflops = 2500,
        .fp8_tflops = 5000,
        .fp4_tflops = 15000,
        .bf16_achievable_tflops = 1979,
        .fp8_achievable_tflops = 3751,
        .hbm_gb = 288,
        .hbm_tb_per_s = 8,
        .hbm_usable_gb = 298.0,
        .power_w = 1400,
        .system_w = 2014,
        .scaleup_gpus = 72,
        .scaleup_gb_per_s = 900,
        .scaleup_frac = 0.66,
        .scaleup_reduces = 1,
        .nic_gbps = 800}},
  };
  const compute_fabric fabric = {.domain_gpus = -1,
                                 .nic_gbps = nic_gbps > 0 ? nic_gbps : (double)NAN,
                                 .reached_frac = 0.97,
                                 .latency_s = 8e-6,
                                 .contention_frac = 0.06,
                                 .pod_gpus = -1,
                                 .oversubscription = 1,
                                 .cost_usd = (double)NAN,
                                 .power_w = (double)NAN};
  compute_machine      m = {.n_tier = 0};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    if (!strcmp(rows[i].name, name)) {
      const compute_accelerator accelerator = test_accelerator(rows[i].of);
      compute_machine_of(&accelerator, &fabric, &m);
    }
  }
  return m;  // n_tier 0: no such name; compute_machine_check refuses it
}

#endif
