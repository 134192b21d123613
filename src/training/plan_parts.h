// Plan, parts: what block.c prepares and step.c sums. Internal to src/training.
#ifndef TRAINING_PLAN_PARTS_H
#define TRAINING_PLAN_PARTS_H

#include "plan.h"

// A layer with a dense part, and one with experts.
enum { TRAINING_LAYER_DENSE, TRAINING_LAYER_EXPERTS, TRAINING_LAYER_KINDS };

// What moves within a stage.
enum { TRAINING_TENSOR, TRAINING_CONTEXT, TRAINING_EXPERT, TRAINING_MOVES };
typedef struct training_move {
  double link_s, exposed_s;  // on the link; of that not hidden beside kernels
} training_move;

// Times of one layer, or of embedding or logits, for one micro-batch on one GPU, in s.
typedef struct training_layer {
  double        forward_s, backward_s, recompute_s;  // kernels; recompute: what runs again before the backward pass
  double        weights_s;                           // of backward_s: gradients of the weights, which can wait
  training_move move[TRAINING_MOVES],
      again[TRAINING_MOVES];             // forward and backward; before the backward pass once more
  double hardware_flop, again_flop;      // multiplied forward and backward; before it once more
  double parameters, expert_parameters;  // of one GPU, before states are sharded
} training_layer;

struct training_block {
  training_shape    shape;
  compute_machine   machine;
  training_software software;
  training_layer    layer[TRAINING_LAYER_KINDS], embedding, logits;
  double            send_bytes;  // activations of a micro-batch between stages, of one GPU
  double            model_flop;  // of one sequence, forward and backward, causal half
};

// Collective under the software's convention; compute_collective_s where it has none.
double training_collective_s(const training_software *w, const compute_machine *m, compute_collective kind,
                             double bytes, int32_t members, int32_t stride);

#endif
