#include "operations.h"

#include <math.h>

double operations_job_mtbf_h(double gpu_mtbf_h, double gpus) { return gpus > 0.0 ? gpu_mtbf_h / gpus : HUGE_VAL; }

double operations_young_s(double write_s, double mtbf_s) { return sqrt(2.0 * write_s * mtbf_s); }

double operations_daly_s(double write_s, double mtbf_s) {
  const double half = write_s / (2.0 * mtbf_s);
  if (half >= 1.0) return mtbf_s;
  return operations_young_s(write_s, mtbf_s) * (1.0 + sqrt(half) / 3.0 + half / 9.0) - write_s;
}

double operations_goodput(double interval_s, double write_s, double restart_s, double mtbf_s) {
  if (isinf(mtbf_s)) return isnan(interval_s) ? 1.0 : interval_s / (interval_s + write_s);
  if (isnan(interval_s)) interval_s = operations_daly_s(write_s, mtbf_s);
  const double computing = interval_s / mtbf_s;
  if (computing < 1e-12) return write_s > 0.0 ? 0.0 : exp(-restart_s / mtbf_s);  // checkpoints without cost or pause
  return computing / (exp(restart_s / mtbf_s) * expm1(computing + write_s / mtbf_s));
}

double operations_job_gpus(const operations_reliability *reliability, double schedulable_gpus) {
  return schedulable_gpus * (1.0 - reliability->spare_frac);
}

double operations_effective_frac(const operations_reliability *reliability, double gpu_mtbf_h, double job_gpus) {
  const double mtbf_s = 3600.0 * operations_job_mtbf_h(gpu_mtbf_h, job_gpus);
  return (1.0 - reliability->slow_frac) * operations_goodput(reliability->checkpoint_interval_s,
                                                             reliability->checkpoint_write_s, reliability->restart_s,
                                                             mtbf_s);
}

// clang-format off
#define S operations_reliability
static const field_row reliability_rows[] = {
  ROW_NUMBER(S, checkpoint_write_s, "checkpoint_write", "s", "10 s", 0, HUGE_VAL, "Time that training stands still for one checkpoint.",
    "assumption, see docs/assumptions.md#operations"),
  ROW_NUMBER(S, checkpoint_interval_s, "checkpoint_interval", "s", "", 0, HUGE_VAL, "Computing between checkpoints; unset: the optimum of Daly 2006.", NULL),
  ROW_NUMBER(S, restart_s, "restart", "s", "10 min", 0, HUGE_VAL, "From failure to computing again: detection, replacement, loading.",
    "MegaScale, arXiv:2402.15627 sec. 6.3, 2024-02: detection and diagnosis below 10 min; Kokolis et al., arXiv:2410.21680, 2024-10: restart 5 to 20 min"),
  ROW_NUMBER(S, spare_frac, "spare", "frac", "3 %", 0, 0.9, "Share of the schedulable GPUs kept free as replacements.",
    "assumption, see docs/assumptions.md#operations"),
  ROW_NUMBER(S, slow_frac, "slow", "frac", "3 %", 0, 0.9, "Share of speed lost to stragglers and maintenance.",
    "assumption, see docs/assumptions.md#operations"),
};
const class_row operations_reliability_class = { "reliability", "reliabilities", sizeof(S), FIELD_TABLE(reliability_rows), CLASS_CATALOGUE,
  "How a cluster is run: checkpoints, restarts, spares." };
#undef S
// clang-format on
