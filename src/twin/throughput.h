// Throughput: what share of its peak a training run reaches on a rack, by number of GPUs: tables of the best plans.
//
// Made once when a programme is loaded, for each run on each kind of rack of its campuses: the fastest plan at sizes a factor
// of four apart, searched coarsely. Months look up and interpolate; no plan is priced in a scenario.
#ifndef TWIN_THROUGHPUT_H
#define TWIN_THROUGHPUT_H

#include "../compute/machine.h"
#include "../training/transformer.h"
#include "model.h"

enum { TWIN_THROUGHPUT_SIZES = 9 };  // 64, 256, ... 4,194,304 GPUs

// All that a table follows from.
typedef struct twin_throughput_work {
  training_shape  shape;
  compute_machine machine;
  double          active_params, bf16_tflops;  // the latter of one GPU
  int32_t         sequences, seq_tokens, precision;
  int32_t         known;  // 0: no table was made
} twin_throughput_work;

typedef struct twin_throughput {
  double mfu_frac[TWIN_THROUGHPUT_SIZES];  // 6 N FLOP a token over the peak in BF16; 0 where the model does not fit
  twin_throughput_work work;
} twin_throughput;

// Fills m->throughput: (n run x n rack). Runs whose MFU is stated, and racks that no campus has, keep zeros. Tables of the
// same work are taken over from `like`, a model that was loaded before, or NULL: the search takes half of the time of loading.
// Errors: SG_ERR_MEMORY.
sg_err twin_make_throughput(twin_model *m, const twin_model *like);

// MFU of run r on `gpus` of a rack's kind, of its plan alone: linear in the logarithm of the number between sizes.
double twin_throughput_mfu(const twin_model *m, int32_t r, int32_t rack, double gpus);

#endif
