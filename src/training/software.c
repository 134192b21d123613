// Software: how well a stack uses a machine; the constants, their bounds, and where they come from.
#include <stddef.h>

#include "plan.h"

// Values: fitted on 2026-11-23 to all runs of data/validation/training whose plan is complete (published.csv 244, vtrain_multi.csv
// 109, vtrain_single.csv each 24th): least mean of |log(measured / predicted)|, less the median of the stack at its precision, and of the same
// within groups; random search. `stargate validate training` repeats the fit without each group in turn. Bounds: what the part
// can be in reason; a value at its bound says that the data do not tell it apart from its neighbours.
//   matrix_frac  of the best product measured on the part; above 1 for 8 and 4 bits: libraries became better since (ml-engineering
//                tables, 2024 - 2025), and ceilings for 4 bits are an assumption of the catalogue
//   lost_depth   130 on A100 and 170 on B200 by products alone (see block.c); more in training, where it also holds what
//                surrounds a product: output that is read again, clocks under load
//   attention_frac  FlashAttention-3 reaches 0.75 of the H100's peak (arXiv:2407.08608, 2024): 0.93 of its ceiling
//   memory_frac  with the catalogue's 0.9: 0.66 of the rated bandwidth; SimuMax measured 0.67 on B200, 0.75 on A100
//   cast_bytes   the kernel before a quantisation has the number at hand: only what is written shows
static const struct {
  const char *name;
  size_t      at;
  double      value, least, most;
} constants[TRAINING_CONSTANTS] = {
#define CONSTANT(field, value, least, most) \
  { #field, offsetof(training_software, field), value, least, most }
    CONSTANT(matrix_frac[0], 0.98, 0.8, 1.02), CONSTANT(matrix_frac[1], 1.07, 0.7, 1.15),
    CONSTANT(matrix_frac[2], 1.2, 0.5, 1.3),   CONSTANT(lost_depth, 335.0, 80.0, 600.0),
    CONSTANT(attention_frac, 0.82, 0.5, 1.0),  CONSTANT(memory_frac, 0.74, 0.5, 1.0),
    CONSTANT(kernel_s, 25e-6, 3e-6, 50e-6),    CONSTANT(step_overhead_s, 0.009, 0.0, 0.1),
    CONSTANT(overlap_frac, 0.68, 0.2, 1.0),    CONSTANT(straggler_frac, 0.004, 0.0, 0.02),
    CONSTANT(cast_bytes, 1.4, 1.0, 8.0),
#undef CONSTANT
};

// Experts that nothing balances: the fullest has a tenth more than the mean. Assumption, see
// docs/assumptions.md#expert-imbalance
training_software training_software_default(void) {
  training_software w = {.speed_frac = 1.0, .imbalance_frac = 0.1};
  for (int32_t k = 0; k < TRAINING_CONSTANTS; k++) training_software_set(&w, k, constants[k].value);
  return w;
}

training_software training_software_reference(void) {
  return (training_software){
      .speed_frac = 1.0,
      .matrix_frac = {1.0,              1.0, 1.0},
      .attention_frac = 1.0,
      .memory_frac = 1.0,
      .overlap_frac = 1.0,
      .convention = { .full_square = 1,
                      .times_add = 1,
                      .by_size = 1,
                      .separate = 1,
                      .blocks_only = 1,
                      .staged = 1,
                      .whole_sends = 1},
  };
}

const char *training_software_name(int32_t k) { return constants[k].name; }

double training_software_get(const training_software *w, int32_t k) {
  return *(const double *)(const void *)((const char *)w + constants[k].at);
}

void training_software_set(training_software *w, int32_t k, double value) {
  *(double *)(void *)((char *)w + constants[k].at) = value;
}

void training_software_range(int32_t k, double *least, double *most) {
  *least = constants[k].least;
  *most = constants[k].most;
}
