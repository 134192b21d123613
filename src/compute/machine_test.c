#include "machine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/machines.h"
#include "../../tests/test.h"

static const char *const chips[] = {"A100-40", "A100", "H100", "H200", "B200", "GB200", "B300", "GB300"};
enum { CHIPS = sizeof chips / sizeof chips[0] };

// Machines of all kinds: chips in a full fabric, one under a thin top, a mesh, two tori.
static compute_machine machine(int32_t i) {
  if (i < CHIPS) return test_machine(chips[i], 0);
  compute_machine m = test_machine(i == CHIPS ? "H100" : "A100", 0);
  if (i == CHIPS) {  // pods of 3,072 and 1:7 above (Llama 3, arXiv:2407.21783 sec. 3.3.1)
    m.tier[2] = m.tier[1];
    m.tier[1].gpus = 3072;
    m.tier[2].bytes_per_s /= 7;
    m.n_tier = 3;
  } else {
    m.tier[0].wiring = i == CHIPS + 1 ? COMPUTE_MESH : COMPUTE_TORUS;
    m.tier[0].axes = i == CHIPS + 2 ? 2 : 3;
    if (i > CHIPS + 1) m.tier[0].gpus = i == CHIPS + 2 ? 256 : 4096;
  }
  return m;
}
enum { MACHINES = CHIPS + 4 };

START_TEST(numbers_take_bytes) {
  static const double want[COMPUTE_PRECISION_COUNT] = {4, 2, 2, 1, 33.0 / 32, 9.0 / 16};
  for (int p = 0; p < COMPUTE_PRECISION_COUNT; p++)
    test_near(compute_precision_bytes((compute_precision)p), want[p], 1e-15);
}
END_TEST

START_TEST(curves_by_hand) {
  const compute_curve smooth = {
      .n = 3, .at = {1,   100, 10000},
           .frac = {0.2, 0.6, 0.8  }
  };
  compute_curve steps = smooth;
  steps.stepped = 1;
  steps.at[0] = 0;  // below the first step there is nothing
  const compute_curve flat = {.n = 1, .frac = {0.7}};
  static const struct {
    const char *what;
    double      size, smooth, stepped;
  } rows[] = {
      {"below all",    0.5,   0.2, 0.2},
      {"first point",  1,     0.2, 0.2},
      {"between",      10,    0.4, 0.2},
      {"second point", 100,   0.6, 0.6},
      {"between",      1000,  0.7, 0.6},
      {"last point",   10000, 0.8, 0.8},
      {"beyond",       1e9,   0.8, 0.8},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    test_near(compute_curve_at(&smooth, rows[i].size), rows[i].smooth, 1e-12);
    test_near(compute_curve_at(&steps, rows[i].size), rows[i].stepped, 1e-12);
    test_near(compute_curve_at(&flat, rows[i].size), 0.7, 1e-15);
  }
}
END_TEST

// One flat tier of 1 GB/s without latency, or eight joined at 8 GB/s inside it: what crosses is counted by hand.
static compute_machine plain(double reduction_frac) {
  const compute_curve one = {.n = 1, .frac = {1}};
  compute_machine     m = {.n_tier = 2};
  m.tier[0] = (compute_tier){.gpus = 8, .bytes_per_s = 1e12, .efficiency = one, .reduction_frac = reduction_frac};
  m.tier[1] = (compute_tier){.gpus = INT32_MAX, .bytes_per_s = 1e9, .efficiency = one, .reduction_frac = 1};
  return m;
}

START_TEST(collectives_by_hand) {  // 0.15 of the time inside the domain shows
  static const struct {
    const char        *what;
    compute_collective kind;
    int32_t            members, stride;
    double             reduction_frac, inner, outer;  // bytes over the buffer
  } rows[] = {
      {"one member",                  COMPUTE_ALL_REDUCE,     1,  1, 1,   0,         0                },
      {"ring of 8",                   COMPUTE_ALL_REDUCE,     8,  1, 1,   1.75,      0                },
      {"8 in the switch",             COMPUTE_ALL_REDUCE,     8,  1, 0.5, 1.125,     0                },
      {"2 in the switch: ring less",  COMPUTE_ALL_REDUCE,     2,  1, 0.5, 1,         0                },
      {"two domains: tree",           COMPUTE_ALL_REDUCE,     16, 1, 1,   1.75,      1.0 / 8          },
      {"three domains: tree",         COMPUTE_ALL_REDUCE,     24, 1, 1,   1.75,      1.5 / 8          },
      {"eight domains: ring",         COMPUTE_ALL_REDUCE,     64, 1, 1,   1.75,      2 * 63.0 / 64 / 8},
      {"one of each domain",          COMPUTE_ALL_REDUCE,     4,  8, 1,   0,         1.5              },
      {"two of each domain",          COMPUTE_ALL_REDUCE,     4,  4, 1,   1,         0.5              },
      {"gather in a domain",          COMPUTE_ALL_GATHER,     8,  1, 1,   0.875,     0                },
      {"gather over two",             COMPUTE_ALL_GATHER,     16, 1, 1,   0.875,     15.0 / 16 / 8    },
      {"scatter over two",            COMPUTE_REDUCE_SCATTER, 16, 1, 1,   0.875,     15.0 / 16 / 8    },
      {"all to all in a domain",      COMPUTE_ALL_TO_ALL,     8,  1, 1,   0.875,     0                },
      {"all to all: half leaves",     COMPUTE_ALL_TO_ALL,     16, 1, 1,   15.0 / 16, 0.5              },
      {"send to a neighbour",         COMPUTE_SEND,           2,  1, 1,   1,         0                },
      {"send over the domain's edge", COMPUTE_SEND,           2,  8, 1,   0,         1                },
      {"stages beyond a domain",      COMPUTE_SEND,           4,  4, 1,   0,         1                },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const compute_machine m = plain(rows[i].reduction_frac);
    const double          bytes = 1e9, inner_s = rows[i].inner * bytes / 1e12, outer_s = rows[i].outer * bytes / 1e9;
    const double          want_s = outer_s > 0 ? outer_s + 0.15 * inner_s : inner_s;
    const double          got_s = compute_collective_s(&m, rows[i].kind, bytes, rows[i].members, rows[i].stride);
    ck_assert_msg(fabs(got_s - want_s) <= 1e-12 + 1e-9 * want_s, "%s: %g s, by hand %g s", rows[i].what, got_s, want_s);
  }
}
END_TEST

START_TEST(torus_and_mesh_by_hand) {
  compute_machine m = plain(1);
  m.tier[0].wiring = COMPUTE_TORUS, m.tier[0].axes = 3, m.tier[0].gpus = 4096;  // 16 x 16 x 16, six links
  m.n_tier = 1;
  const double line_s = compute_collective_s(&m, COMPUTE_ALL_GATHER, 1e9, 16, 1);
  test_near(line_s, 15.0 / 16 * 1e9 / (1e12 / 3), 1e-12);  // two of six links
  test_near(compute_collective_s(&m, COMPUTE_ALL_GATHER, 1e9, 256, 1), 255.0 / 256 * 1e9 / (1e12 * 2 / 3), 1e-12);
  test_near(compute_collective_s(&m, COMPUTE_SEND, 1e9, 2, 1), 6e-3, 1e-12);  // one link
  // Bisection of a cube of side 16: 2 x 256 links carry half of what half of the chips send (Dally and Towles 2004, ch. 5).
  test_near(compute_collective_s(&m, COMPUTE_ALL_TO_ALL, 1e9, 4096, 1),
            4095.0 / 4096 * 2048 * 0.5 * 1e9 / (512 * 1e12 / 6), 1e-9);
  m.tier[0].wiring = COMPUTE_MESH, m.tier[0].gpus = 8;
  test_near(compute_collective_s(&m, COMPUTE_SEND, 1e9, 2, 1), 7e-3, 1e-12);  // one of seven links
  test_near(compute_collective_s(&m, COMPUTE_ALL_REDUCE, 1e9, 4, 1), 1.5e9 / (1e12 * 3 / 7), 1e-12);
}
END_TEST

// What must hold on every machine, at every size, for every collective. More members are never faster, with two exceptions:
// in a mesh or torus they bring links, and of a sum in the switch each sends n + 1 shares of n (eight are quicker than four, as
// measured on the H200).
START_TEST(never_faster_with_more_to_do) {
  for (int32_t i = 0; i < MACHINES; i++) {
    compute_machine m = machine(i);
    m.tier[0].reduction_frac = i % 2 ? 0.6 : 1;
    compute_machine quick = m, prompt = m;
    for (int32_t k = 0; k < m.n_tier; k++) quick.tier[k].bytes_per_s *= 2, prompt.tier[k].latency_s *= 0.5;
    for (int32_t kind = 0; kind < COMPUTE_COLLECTIVE_COUNT; kind++) {
      const compute_collective c = (compute_collective)kind;
      for (int32_t stride = 1; stride <= 64; stride *= 4) {
        ck_assert(compute_collective_s(&m, c, 1e9, 1, stride) == 0 && compute_collective_s(&m, c, 0, 64, stride) == 0);
        double fewer_s[24] = {0};
        for (int32_t members = 2; members <= 16384; members *= 2) {
          double less_s = 0;
          int    j = 0;
          for (double bytes = 1024; bytes < 1e10; bytes *= 2.1, j++) {
            const double s = compute_collective_s(&m, c, bytes, members, stride);
            ck_assert_msg(isfinite(s) && s > 0 && s > less_s,
                          "machine %d kind %d members %d: %g bytes take %g s after %g s", i, kind, members, bytes, s,
                          less_s);
            ck_assert_msg(s >= fewer_s[j] * (1 - 1e-12) || i > CHIPS || (c == COMPUTE_ALL_REDUCE && i % 2),
                          "machine %d kind %d stride %d: %d members take %g s, half of them %g s", i, kind, stride,
                          members, s, fewer_s[j]);
            ck_assert(compute_collective_s(&quick, c, bytes, members, stride) <= s);
            ck_assert(compute_collective_s(&prompt, c, bytes, members, stride) <= s);
            less_s = fewer_s[j] = s;
          }
        }
      }
    }
  }
}
END_TEST

START_TEST(inside_never_slower_than_across) {
  for (int32_t i = 0; i <= CHIPS; i++) {
    const compute_machine m = machine(i);
    for (int32_t kind = 0; kind < COMPUTE_COLLECTIVE_COUNT; kind++) {
      for (double bytes = 1024; bytes < 1e10; bytes *= 3) {
        for (int32_t members = 2; members <= 8; members *= 2) {
          const double in_s = compute_collective_s(&m, (compute_collective)kind, bytes, members, 1);
          const double out_s = compute_collective_s(&m, (compute_collective)kind, bytes, members, 72);
          ck_assert_msg(in_s <= out_s, "machine %d kind %d, %d members, %g bytes: %g s inside, %g s across", i, kind,
                        members, bytes, in_s, out_s);
        }
      }
    }
  }
}
END_TEST

// ---- Measured -----------------------------------------------------------------------------------------------------

static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// The machine of a row of data/validation/collectives/nccl.csv; latencies and rates as in data/catalogue/fabrics.yaml.
static compute_machine measured_machine(const char *chip, const char *fabric, const char *algorithm, int32_t domain) {
  static const struct {
    const char *name;
    double      nic_gbps, latency_s;
  } fabrics[] = {
      {"efa-v1",         50,  99e-6},
      {"efa-v2",         400, 50e-6},
      {"efa-v4",         400, 75e-6},
      {"efa-v4-800",     800, 75e-6},
      {"infiniband-400", 400, 8e-6 }
  };
  compute_machine m = test_machine(chip, 0);
  for (size_t i = 0; i < sizeof fabrics / sizeof fabrics[0]; i++) {
    if (strcmp(fabrics[i].name, fabric)) continue;
    m.tier[1].bytes_per_s = fabrics[i].nic_gbps * 1e9 / 8;
    m.tier[1].latency_s = fabrics[i].latency_s;
  }
  m.tier[0].gpus = domain;
  if (strcmp(algorithm, "default") && strcmp(algorithm, "nvls")) m.tier[0].reduction_frac = 1;
  return m;
}

START_TEST(nccl_measured) {
  static double all[256], large[256];  // relative errors; the test is one process
  int           n_all = 0, n_large = 0;
  FILE         *f = fopen("data/validation/collectives/nccl.csv", "r");
  char          line[1000], chip[32], fabric[32], kind[32], algorithm[32], payload[32];
  int           domain, gpus;
  double        busbw;
  ck_assert_ptr_nonnull(f);
  ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
  while (fgets(line, sizeof line, f)) {
    ck_assert_int_eq(sscanf(line, "%*[^,],%31[^,],%31[^,],%d,%d,%31[^,],%31[^,],%31[^,],%lf", chip, fabric, &domain,
                            &gpus, kind, algorithm, payload, &busbw),
                     8);
    const compute_collective c = !strcmp(kind, "all_reduce")   ? COMPUTE_ALL_REDUCE
                                 : !strcmp(kind, "all_to_all") ? COMPUTE_ALL_TO_ALL
                                 : !strcmp(kind, "all_gather") ? COMPUTE_ALL_GATHER
                                                               : COMPUTE_REDUCE_SCATTER;
    const double             bytes = !strcmp(payload, "peak") ? 16e9 : strtod(payload, NULL);
    const double             want_s = (c == COMPUTE_ALL_REDUCE ? 2 : 1) * (gpus - 1.0) / gpus * bytes / (1e9 * busbw);
    const compute_machine    m = measured_machine(chip, fabric, algorithm, domain);
    const double             error = fabs(compute_collective_s(&m, c, bytes, gpus, 1) / want_s - 1);
    all[n_all++] = error;
    if (bytes >= 1 << 24) large[n_large++] = error;
  }
  fclose(f);
  ck_assert_int_eq(n_all, 149);
  qsort(all, (size_t)n_all, sizeof all[0], by_size);
  qsort(large, (size_t)n_large, sizeof large[0], by_size);
  ck_assert_msg(all[n_all / 2] < 0.065, "median error %g", all[n_all / 2]);
  ck_assert_msg(all[n_all * 9 / 10] < 0.30, "90th percentile %g", all[n_all * 9 / 10]);
  ck_assert_msg(large[n_large / 2] < 0.05, "median error from 16 MiB on %g", large[n_large / 2]);
  ck_assert_msg(large[n_large * 9 / 10] < 0.20, "90th percentile from 16 MiB on %g", large[n_large * 9 / 10]);
}
END_TEST

// ---- Machines of rows, and those that make no sense ----------------------------------------------------------------

START_TEST(machines_of_rows) {
  const compute_machine h100 = test_machine("H100", 0), a100 = test_machine("A100", 0),
                        gb300 = test_machine("GB300", 0);
  test_near(h100.matrix_flop_per_s[COMPUTE_BF16], 989.5e12, 1);
  test_near(compute_curve_at(&h100.matrix_efficiency[COMPUTE_FP8], 1e15) * 1979, 1402.6, 1e-9);  // the measured ceiling
  ck_assert(isnan(a100.matrix_flop_per_s[COMPUTE_FP8]) && isnan(h100.matrix_flop_per_s[COMPUTE_MXFP8]));
  test_near(gb300.matrix_flop_per_s[COMPUTE_NVFP4], 15000e12, 1);
  test_near(gb300.matrix_flop_per_s[COMPUTE_MXFP8], 5000e12, 1);
  test_near(a100.memory_bytes / 1073741824, 79.6, 0.01);
  ck_assert(gb300.tier[0].gpus == 72 && h100.n_tier == 2 && h100.power_w == 1389);
  const compute_accelerator silent =
      test_accelerator((compute_accelerator){.bf16_tflops = 100, .power_w = (double)NAN, .nic_gbps = (double)NAN});
  const compute_fabric no_nic = {.domain_gpus = -1, .nic_gbps = (double)NAN, .pod_gpus = -1};
  compute_machine      derived;
  compute_machine_of(&silent, &no_nic, &derived);
  test_near(derived.power_w, 140, 1e-9);
  ck_assert_int_eq(derived.n_tier, 1);
  for (int32_t i = 0; i < MACHINES; i++) {
    const compute_machine m = machine(i);
    char                  why[200] = "";
    ck_assert_msg(compute_machine_check(&m, why, sizeof why) == SG_OK, "%s", why);
    for (double flop = 1e6; flop < 1e15; flop *= 2) {  // the time of an operation grows with it
      const double before = flop / 2 / compute_curve_at(&m.matrix_efficiency[COMPUTE_BF16], flop / 2);
      ck_assert(flop / compute_curve_at(&m.matrix_efficiency[COMPUTE_BF16], flop) > before);
    }
  }
}
END_TEST

START_TEST(nonsense_is_refused) {
  for (int i = 0; i < 12; i++) {
    compute_machine m = test_machine("H100", 0);
    const char     *word = NULL;
    switch (i) {
      case 0: m.tier[1].bytes_per_s = -1, word = "rate above 0"; break;
      case 1: m.tier[0].gpus = 0, word = "joins 0 GPUs"; break;
      case 2: m.tier[1].gpus = 8, word = "not more than"; break;
      case 3: m.n_tier = 0, word = "tiers"; break;
      case 4: m.memory_bytes = 0, word = "memory"; break;
      case 5: m.matrix_flop_per_s[COMPUTE_BF16] = (double)NAN, word = "BF16"; break;
      case 6: m.tier[0].efficiency.frac[2] = -0.1, word = "efficiency"; break;
      case 7: m.tier[0].efficiency.at[2] = 1, word = "efficiency"; break;
      case 8: m.tier[0].latency_s = (double)NAN, word = "latency"; break;
      case 9: m.tier[0].reduction_frac = 0.2, word = "reduction_frac"; break;
      case 10: m.memory_bytes_per_s = HUGE_VAL, word = "memory"; break;
      default: m.tier[0].bytes_per_s = (double)NAN, word = "rate above 0"; break;
    }
    char why[200] = "";
    ck_assert_int_eq(compute_machine_check(&m, why, sizeof why), SG_ERR_RANGE);
    ck_assert_msg(strstr(why, word) != NULL, "case %d says: %s", i, why);
  }
  const compute_machine h100 = test_machine("H100", 0), none = test_machine("nobody", 0);
  char                  why[200] = "";
  ck_assert_int_eq(compute_machine_check(&none, why, sizeof why), SG_ERR_RANGE);
  ck_assert_int_eq(compute_machine_has(&h100, COMPUTE_FP8, why, sizeof why), SG_OK);
  ck_assert_int_eq(compute_machine_has(&h100, COMPUTE_NVFP4, why, sizeof why), SG_ERR_RANGE);
  ck_assert_str_eq(why, "the accelerator has no matrix units for nvfp4");
}
END_TEST

TEST_LIST("machine", numbers_take_bytes, curves_by_hand, collectives_by_hand, torus_and_mesh_by_hand,
          never_faster_with_more_to_do, inside_never_slower_than_across, nccl_measured, machines_of_rows,
          nonsense_is_refused)
