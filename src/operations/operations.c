#include "operations.h"

#include <math.h>

#include "spares.h"

double operations_young_s(double write_s, double mtbf_s) { return sqrt(2.0 * write_s * mtbf_s); }

double operations_daly_s(double write_s, double mtbf_s) {
  const double half = write_s / (2.0 * mtbf_s);
  if (half >= 1.0) return mtbf_s;
  return operations_young_s(write_s, mtbf_s) * (1.0 + sqrt(half) / 3.0 + half / 9.0) - write_s;
}

double operations_job_gpus(const operations_reliability *reliability, int32_t trays, double availability,
                           double schedulable_gpus) {
  const double gpus = schedulable_gpus * (1.0 - reliability->spare_frac);
  const int32_t used = trays - reliability->spare_trays;
  if (used == trays) return gpus;
  return gpus * used / trays * operations_at_least(trays, used, availability) / availability;
}

// clang-format off
#define ASSUMED "assumption, see docs/assumptions.md#operations"
#define S operations_reliability
static const field_row reliability_rows[] = {
  ROW_NUMBER(S, checkpoint_write_s, "checkpoint_write", "s", "10 s", 0, HUGE_VAL, "Time that training stands still for one checkpoint.", ASSUMED),
  ROW_NUMBER(S, checkpoint_save_s, "checkpoint_save", "s", "0 s", 0, HUGE_VAL, "From then until it can be used: saving in the background.", "none: a blocking checkpoint"),
  ROW_NUMBER(S, checkpoint_interval_s, "checkpoint_interval", "s", "", 0, HUGE_VAL, "Computing between checkpoints, at least as long as saving; unset: the best.", NULL),
  ROW_FLAG(S, inspects, "inspection", "yes", "Each cause is noticed after its own time, most within seconds; no: all by the timeout."),
  ROW_NUMBER(S, timeout_s, "timeout", "s", "10 min", 150, HUGE_VAL, "Until a stall is noticed that nothing reports.", "ByteRobust, arXiv:2509.16293, 2025-09; the default of PyTorch's collectives"),
  ROW_NUMBER(S, restart_s, "restart", "s", "9 min", 0, HUGE_VAL, "From notice to computing again, on few GPUs: tests, replacement, loading.",
    "MegaScale, arXiv:2402.15627 sec. 6.3, 2024-02: detection and tests below 10 min; ByteCheckpoint, arXiv:2407.20143, 2024-07: loading 129 s"),
  ROW_NUMBER(S, restart_s_per_gpu, "restart_per_gpu", "s", "2.44 ms", 0, HUGE_VAL, "What each GPU adds to it: communicators.",
    "MegaScale, arXiv:2402.15627, 2024-02: below 5 s on 2,048 GPUs; linear beyond: " ASSUMED),
  ROW_COUNT(S, replicas, "replicas", "1", 1, 100000, "Copies of the model that may be lost one by one while the others go on; 1: a gang that stops as a whole."),
  ROW_NUMBER(S, pause_s, "pause", "s", "60 s", 0, HUGE_VAL, "That the others stand still when a replica is lost.", ASSUMED),
  ROW_NUMBER(S, spare_frac, "spare", "frac", "3 %", 0, 0.9, "Share of the schedulable GPUs kept free as replacements.", ASSUMED),
  ROW_COUNT(S, spare_trays, "spare_trays", "0", 0, 1000, "Trays of each rack that training does not hold, for those that fail in it."),
  ROW_NUMBER(S, slow_frac, "slow", "frac", "3 %", 0, 0.9, "Share of speed lost to stragglers and maintenance.", ASSUMED),
};
const class_row operations_reliability_class = { "reliability", "reliabilities", sizeof(S), FIELD_TABLE(reliability_rows), CLASS_CATALOGUE,
  "How a cluster is run: checkpoints, restarts, spares, gang or replicas." };
#undef S
// clang-format on
