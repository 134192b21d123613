// Machines of the catalogue: every accelerator in every fabric makes sense, and tests/machines.h has the same rows.
#include <math.h>

#include "../../tests/machines.h"
#include "../../tests/twin_run.h"
#include "../compute/compute.h"

static const char *const chips[] = {"A100-40", "A100",   "A800",      "H100",   "H100-96", "H800",   "H200",
                                    "GH200",   "B200",   "GB200",     "B300",   "GB300",   "Rubin",  "MI250X",
                                    "MI300X",  "MI325X", "MI355X",    "TPUv3",  "TPUv4",   "TPUv5e", "TPUv5p",
                                    "TPUv6e",  "TPU7x",  "Trainium2", "Gaudi2", "Gaudi3"};
static const char *const fabrics[] = {"infiniband-200",  "infiniband-400",  "infiniband-800",  "roce-400",
                                      "roce-llama3-24k", "fat-tree-1-to-2", "fat-tree-1-to-3", "efa-v1",
                                      "efa-v2",          "efa-v4",          "efa-v4-800",      "nvl72-cx7",
                                      "nvl72-cx8",       "nvl72-split-8",   "tpu-dcn"};
enum { CHIPS = sizeof chips / sizeof chips[0], FABRICS = sizeof fabrics / sizeof fabrics[0] };

// A programme that names all rows, and one accelerator and fabric of a user's own in few lines.
static twin_model *named(const char *more) {
  char   text[4000];
  size_t n =
      (size_t)snprintf(text, sizeof text,
                       "programme: P\nas_of: 2026-08-31\nhorizon: 2 years\nparties:\n  Own: {role: owner, cash: $1B}\n"
                       "campuses:\n  a: {works_start: 2027-06, buildings: {count: 1, it: 20 MW}}\naccelerators:\n%s",
                       more);
  for (int i = 0; i < CHIPS; i++) n += (size_t)snprintf(text + n, sizeof text - n, "  %s: {}\n", chips[i]);
  n += (size_t)snprintf(text + n, sizeof text - n, "fabrics:\n  mine: {nic: 200 Gbps}\n");
  for (int i = 0; i < FABRICS; i++) n += (size_t)snprintf(text + n, sizeof text - n, "  %s: {}\n", fabrics[i]);
  return twin_must(text, NULL);
}

static compute_machine machine_of(const twin_model *m, const char *chip, const char *fabric) {
  const int32_t a = programme_find(&m->p, CLASS_ACCELERATOR, chip), f = programme_find(&m->p, CLASS_FABRIC, fabric);
  ck_assert_msg(a >= 0 && f >= 0, "no %s or %s", chip, fabric);
  compute_machine out;
  compute_machine_of(programme_row(&m->p, CLASS_ACCELERATOR, a), programme_row(&m->p, CLASS_FABRIC, f), &out);
  return out;
}

START_TEST(all_rows_make_machines) {
  twin_model *m = named("");
  for (int i = 0; i < CHIPS; i++) {
    for (int j = 0; j < FABRICS; j++) {
      const compute_machine c = machine_of(m, chips[i], fabrics[j]);
      char                  why[200] = "";
      ck_assert_msg(compute_machine_check(&c, why, sizeof why) == SG_OK, "%s in %s: %s", chips[i], fabrics[j], why);
      const double s = compute_collective_s(&c, COMPUTE_ALL_REDUCE, 1e9, 16384, 1);
      ck_assert_msg(s > 1e-4 && s < 10, "%s in %s: 1 GB over 16,384 in %g s", chips[i], fabrics[j], s);
    }
  }
  const compute_machine thin = machine_of(m, "H100", "roce-llama3-24k"),
                        split = machine_of(m, "GB200", "nvl72-split-8");
  ck_assert(thin.n_tier == 3 && thin.tier[1].gpus == 3072 && thin.tier[2].gpus == INT32_MAX);
  test_near(thin.tier[1].bytes_per_s / thin.tier[2].bytes_per_s, 7, 1e-12);
  ck_assert_int_eq(split.tier[0].gpus, 8);
  twin_model_free(m);
}
END_TEST

START_TEST(same_as_the_literals_of_tests) {
  static const char *const both[] = {"A100-40", "A100", "H100", "H200", "B200", "GB200", "B300", "GB300"};
  twin_model              *m = named("");
  for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
    const compute_machine row = machine_of(m, both[i], "fat-tree-1-to-2"), literal = test_machine(both[i], 0);
    ck_assert_msg(memcmp(row.matrix_efficiency, literal.matrix_efficiency, sizeof row.matrix_efficiency) == 0, "%s",
                  both[i]);
    for (int p = 0; p < COMPUTE_PRECISION_COUNT; p++) {
      const double a = row.matrix_flop_per_s[p], b = literal.matrix_flop_per_s[p];
      ck_assert_msg((isnan(a) && isnan(b)) || fabs(a - b) < 1, "%s", both[i]);
    }
    ck_assert_msg(row.memory_bytes == literal.memory_bytes && row.memory_bytes_per_s == literal.memory_bytes_per_s,
                  "%s", both[i]);
    ck_assert_msg(row.tier[0].gpus == literal.tier[0].gpus && row.tier[0].bytes_per_s == literal.tier[0].bytes_per_s,
                  "%s", both[i]);
    ck_assert_msg(row.tier[1].bytes_per_s == literal.tier[1].bytes_per_s, "%s", both[i]);
    for (int32_t members = 2; members <= 512; members *= 2) {  // within a pod
      test_near(compute_collective_s(&row, COMPUTE_ALL_GATHER, 1e8, members, 1) /
                    compute_collective_s(&literal, COMPUTE_ALL_GATHER, 1e8, members, 1),
                1, 1e-12);
    }
    test_near(row.power_w, literal.power_w, 1e-9);
  }
  twin_model_free(m);
}
END_TEST

START_TEST(a_few_lines_are_enough) {
  twin_model *m =
      named("  own: {bf16: 1000 TFLOP/s, hbm: 100 GB, hbm_rate: 4 TB/s, scaleup: 500 GB/s, nic: 400 Gbps}\n");
  const compute_machine c = machine_of(m, "own", "mine");
  char                  why[200] = "";
  ck_assert_msg(compute_machine_check(&c, why, sizeof why) == SG_OK, "%s", why);
  test_near(c.tier[1].bytes_per_s, 25e9, 1);  // the fabric's rate goes before the accelerator's
  test_near(compute_curve_at(&c.matrix_efficiency[COMPUTE_BF16], 1e15), 0.78, 1e-12);
  twin_model_free(m);
  m = named("  own: {bf16: 1000 TFLOP/s, hbm: 100 GB, hbm_rate: 4 TB/s}\n");  // nothing said of the domain's rate
  const compute_machine mute = machine_of(m, "own", "mine");
  ck_assert_int_eq(compute_machine_check(&mute, why, sizeof why), SG_ERR_RANGE);
  twin_model_free(m);
}
END_TEST

TEST_LIST("machines", all_rows_make_machines, same_as_the_literals_of_tests, a_few_lines_are_enough)
