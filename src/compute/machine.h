// Machine: what one accelerator computes, remembers and sends; what a kernel and a collective take on it.
//
// A machine is an accelerator in a fabric: matrix and vector units by precision, memory, and tiers of network from the
// scale-up domain outwards. Efficiencies are curves over the size of the operation. Pure, no allocation.
#ifndef COMPUTE_MACHINE_H
#define COMPUTE_MACHINE_H

#include <stdint.h>

#include "../../include/stargate.h"

#define COMPUTE_PRECISIONS "fp32|fp16|bf16|fp8|mxfp8|nvfp4"
typedef enum compute_precision {
  COMPUTE_FP32,
  COMPUTE_FP16,
  COMPUTE_BF16,
  COMPUTE_FP8,    // per-tensor scales
  COMPUTE_MXFP8,  // a scale for every 32 numbers
  COMPUTE_NVFP4,
  COMPUTE_PRECISION_COUNT
} compute_precision;
double compute_precision_bytes(compute_precision p);  // of one stored number, scales included

// Efficiency by size of the operation: frac[i] from at[i] on. Points ascend in `at`.
enum { COMPUTE_CURVE_POINTS = 8 };
typedef struct compute_curve {
  int32_t n;        // 1 ..
  int32_t stepped;  // 1: constant between points; 0: linear in log(at), flat outside
  double  at[COMPUTE_CURVE_POINTS], frac[COMPUTE_CURVE_POINTS];
} compute_curve;
double compute_curve_at(const compute_curve *c, double size);

// How the GPUs of a tier are joined.
#define COMPUTE_WIRINGS "switched|mesh|torus"
typedef enum compute_wiring {
  COMPUTE_SWITCHED,  // any pair at the full rate
  COMPUTE_MESH,      // a link to each other GPU: a group uses the links inside it (xGMI)
  COMPUTE_TORUS,     // rings along axes: a group uses as many axes as it fills (TPU)
  COMPUTE_WIRING_COUNT
} compute_wiring;

// One tier of network. Tier 0 is the scale-up domain; each further tier joins groups of the one before; the last joins all.
enum { COMPUTE_TIERS = 4 };
typedef struct compute_tier {
  int32_t       gpus;         // joined at this rate; INT32_MAX: all
  double        bytes_per_s;  // of one GPU, one direction, all its links; an oversubscribed tier: what is left for each
  compute_curve efficiency;   // of the rate, by bytes of the buffer's share: buffer over members within the tier below
                              // (tier 0: over members in the domain; all-to-all, sends: all of it)
  double latency_s;           // of one step of an algorithm
  double reduction_frac;      // 1: all-reduce by ring; below 1: in the switch, 2 x this x (n+1)/n of the buffer per GPU
                              // (0.5: no overhead), or by ring where that is less
  double  contention_frac;    // time that an all-to-all loses with each doubling of the number of groups
  double  stolen_frac;        // share of the processor that a transfer takes from kernels beside it
  int32_t wiring, axes;       // compute_wiring; axes of a torus
} compute_tier;

typedef struct compute_machine {
  double        matrix_flop_per_s[COMPUTE_PRECISION_COUNT];  // peak, dense; NaN: has none
  compute_curve matrix_efficiency[COMPUTE_PRECISION_COUNT];  // by FLOP of the operation
  double        vector_flop_per_s;
  compute_curve vector_efficiency;
  double        memory_bytes, memory_bytes_per_s;
  compute_curve memory_efficiency;  // by bytes moved
  double        launch_s;           // of one kernel
  int32_t       n_tier;
  compute_tier  tier[COMPUTE_TIERS];
  double        power_w, idle_w;  // of one GPU with its share of server and network
} compute_machine;

typedef enum compute_collective {
  COMPUTE_ALL_REDUCE,
  COMPUTE_ALL_GATHER,
  COMPUTE_REDUCE_SCATTER,
  COMPUTE_ALL_TO_ALL,
  COMPUTE_SEND,
  COMPUTE_COLLECTIVE_COUNT
} compute_collective;

// Time of a collective over `members` GPUs that stand `stride` apart in the machine (stride 1: neighbours; tensor
// parallelism has stride 1, data parallelism behind it tp); every other GPU works on a collective of its own at the same
// time. bytes: of the whole buffer on one GPU (all-gather: of the result, reduce-scatter: of the input, all-to-all: of
// what one GPU sends to all, itself included, send: of the message). 0 for one member or no bytes. Equations in machine.c.
double compute_collective_s(const compute_machine *m, compute_collective kind, double bytes, int32_t members,
                            int32_t stride);

// A machine that makes no sense: writes the first reason to `why` (n bytes) and returns SG_ERR_RANGE:
// no memory, a rate that is not above 0, a curve that does not ascend, domains that do not grow ...
sg_err compute_machine_check(const compute_machine *m, char *why, int32_t n);

// The same for a precision that is to be used: SG_ERR_RANGE where the machine has no unit for it.
sg_err compute_machine_has(const compute_machine *m, compute_precision p, char *why, int32_t n);

// The machine of an accelerator in a fabric (rows of the catalogue); what a row leaves out is filled as its field says.
struct compute_accelerator;
struct compute_fabric;
void compute_machine_of(const struct compute_accelerator *accelerator, const struct compute_fabric *fabric,
                        compute_machine *out);

#endif
