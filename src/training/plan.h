// Plan: how one model is spread over GPUs, and what a step of it takes: time by part, memory by part.
//
// One evaluation has two halves: training_block_prepare does what depends on model, machine, tp, cp, ep, micro-batch,
// recompute and precision (a few microseconds); training_step_run adds pipeline, data parallelism, memory (well under a
// microsecond): a search keeps blocks and runs steps. Pure, no allocation.
#ifndef TRAINING_PLAN_H
#define TRAINING_PLAN_H

#include "../compute/machine.h"
#include "transformer.h"

#define TRAINING_RECOMPUTES "none|attention|selective|full"
typedef enum training_recompute {
  TRAINING_RECOMPUTE_NONE,
  TRAINING_RECOMPUTE_ATTENTION,  // core attention only (Korthikanti 2022)
  TRAINING_RECOMPUTE_SELECTIVE,  // also norms, activations, up-projections of latent attention
  TRAINING_RECOMPUTE_FULL,
  TRAINING_RECOMPUTE_COUNT
} training_recompute;

#define TRAINING_SCHEDULES "1f1b|interleaved|zero-bubble"
typedef enum training_schedule {
  TRAINING_1F1B,
  TRAINING_INTERLEAVED,  // vp > 1
  TRAINING_ZERO_BUBBLE,
  TRAINING_SCHEDULE_COUNT
} training_schedule;

typedef struct training_plan {
  int32_t tp, cp, pp, vp, dp;  // dp = gpus / (tp cp pp)
  int32_t ep, etp;             // experts over ep of the tp x cp x dp GPUs of a stage, each cut in etp
  int32_t zero, shard;         // 0 .. 3 (3 = FSDP); shard: GPUs that share states, 0: all dp x cp
  int32_t batch, micro_batch;  // sequences: of a step, of a micro-batch
  int32_t seq_tokens;
  int32_t sequence_parallel;            // 1: with tp, norms are cut along the sequence
  int32_t recompute, recompute_layers;  // training_recompute; layers of a stage it applies to, 0: all
  int32_t schedule;                     // training_schedule
  int32_t precision;       // compute_precision of the matrix multiplications of layers (logits, attention: 16 bits)
  int32_t unfused;         // 1: kernels before FlashAttention (2022-05): scores go to memory; dropout
  int32_t flash1, flash2;  // 1: fused attention is FlashAttention-1 (2022), -2 (2023-07), both written for A100;
                           // both 0: written for the machine
  int32_t cuda_graphs;     // 1: kernels are launched as a graph, all but those of experts
  int32_t flat_gather;     // 1: ZeRO-3 as in 2021: each GPU fetches every weight through its own port
  double  overlap_tp_frac, overlap_cp_frac, overlap_pp_frac, overlap_dp_frac,
      overlap_ep_frac;  // of what could be hidden
} training_plan;
training_plan training_plan_default(void);  // one GPU, sequence 8192, bf16, batch 1, usual overlaps

int32_t training_plan_gpus(const training_plan *p);  // tp cp pp dp

// Why a plan cannot be: GPUs not divisible, more stages than layers, heads not divisible by tp, batch not divisible ...
sg_err training_plan_check(const training_shape *s, const training_plan *p, char *why, int32_t n);

typedef struct training_memory {  // of the fullest GPU
  double weights_bytes, gradients_bytes, optimizer_bytes, activations_bytes, buffers_bytes;
  double context_bytes;  // outside the framework's allocator: measured peaks of PyTorch do not contain it
  double total_bytes;    // of all six
} training_memory;

typedef struct training_step {
  double          step_s;  // sum of the next ones
  double          forward_s, backward_s, recompute_s, optimizer_s, bubble_s;
  double          tp_s, cp_s, pp_s, dp_s, ep_s;  // exposed communication
  double          straggler_s, other_s;
  double          tp_link_s, cp_link_s, pp_link_s, dp_link_s, ep_link_s;  // all of it, exposed or not
  double          model_flop, hardware_flop;                              // of the step; hardware: with recompute
  double          mfu_frac, hfu_frac;  // over the peak of BF16, causal attention counted
  double          tokens_per_s, energy_j;
  training_memory memory;
} training_step;

// Whose counts and times: all 0 is this model's own. The rest switches on an assumption of Calculon (Isaev et al. 2023, SC'23;
// code at commit caa4b11), so that the two can be compared term by term (docs/validation-training.md).
typedef struct training_link {
  // Bytes on the wire: scale (n + offset) / n of the buffer, one latency; scale 0: compute_collective_s.
  double scale, offset;
} training_link;

typedef struct training_convention {
  int32_t full_square;  // causal attention multiplies the whole square
  int32_t times_add;    // a kernel takes its time of computing plus that of memory, not the longer
  int32_t by_size;      // efficiency of matrix multiplications by FLOP alone: the machine's curve, no loss by shape
  int32_t separate;  // each step is a kernel of its own: query, key, value; softmax, dropout, residual; and gradients
                     // of weights are written in 16 bits
  int32_t blocks_only;  // embedding, logits and their optimizer take no time
  int32_t staged;  // tensor-parallel collectives move their buffer through memory unless hidden, add on vector units;
                   // what is gathered again hides no more than the plan says
  double        kept_frac;    // of what sequence parallelism gathers forward: not gathered again backward
  int32_t       whole_sends;  // without sequence parallelism the same activations leave every tensor-parallel GPU
  training_link all_reduce[2], gather[2];  // within a domain, beyond; gather: reduce-scatter too
} training_convention;

// How well a software stack uses a machine: constants calibrated on measured runs (docs/validation-training.md), each with
// its source in software.c. One `speed_frac` per stack and precision may stand on top of the default.
typedef struct training_software {
  double speed_frac;       // of all kernels, against the default stack: 1
  double matrix_frac[3];   // of the machine's ceiling that large matrix multiplications reach: 16, 8, 4 bits
  double lost_depth;       // steps of the inner dimension that its start and end cost, at 312 TFLOP/s
  double attention_frac;   // of the matrix ceiling: fused attention, forward, long sequences
  double memory_frac;      // of the memory's ceiling, for kernels bound by it
  double kernel_s;         // of the processor of the host, for each kernel: shows where kernels are shorter
  double step_overhead_s;  // of a step: data, logging, optimizer launch
  double overlap_frac;     // of what overlaps could hide that they do hide
  double straggler_frac;   // of a step, for each doubling of the GPUs beyond a domain
  double imbalance_frac;   // of expert work: the fullest over the mean, less 1, where routing is free
  double cast_bytes;       // moved for each number that is quantised below 16 bits
  training_convention convention;
} training_software;
training_software training_software_default(void);
training_software training_software_reference(
    void);  // Calculon's: all of the convention but links and kept_frac; no losses

// The constants that a fit may move, by number: name, value, bounds.
enum { TRAINING_CONSTANTS = 11 };
const char *training_software_name(int32_t k);
double      training_software_get(const training_software *w, int32_t k);
void        training_software_set(training_software *w, int32_t k, double value);
void        training_software_range(int32_t k, double *least, double *most);

// One evaluation. Errors: SG_ERR_RANGE: the plan cannot be (training_plan_check says why). A plan that does not fit in memory
// is evaluated all the same: compare out->memory.total_bytes with machine->memory_bytes.
sg_err training_plan_evaluate(const training_shape *s, const compute_machine *m, const training_software *w,
                              const training_plan *p, training_step *out);

// ---- In two halves, for searches -------------------------------------------------------------------------

// What depends on shape, machine, software, tp, cp, ep, etp, micro-batch, sequence, recompute, precision and overlaps of
// tp, cp, ep: times of a layer for one micro-batch. Plans that share these share the block. Defined in plan_parts.h.
typedef struct training_block training_block;

sg_err training_block_prepare(const training_shape *s, const compute_machine *m, const training_software *w,
                              const training_plan *p, training_block *out);

// The rest. p: a plan that training_plan_check accepts and that agrees with the block.
void training_step_run(const training_block *b, const training_plan *p, training_step *out);

// Memory of a plan on the fullest GPU (memory.c). Source: Korthikanti 2022 sec. 4; Rajbhandari et al. 2020, arXiv:1910.02054.
void training_memory_of(const training_shape *s, const training_plan *p, training_memory *out);

#endif
