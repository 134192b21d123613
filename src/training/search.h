// Search: the best plans for a model on a machine, out of every plan there is.
//
// Enumerates the plans of a space, prices each with the model of plan.h, keeps the fastest that fit in memory. Plans that
// share a block (plan.h) share its times, and a block whose layers alone take longer than the plans already kept is cut off:
// no plan of it could have been kept, so the answer is that of brute force (search_test.c and bench/training.c hold it
// against that). Of plans that differ only in how many layers recompute in full, the one with fewest that fits is the best; the
// others count as cut off. Work is cut in parts that may run on any threads; the merged answer is the same for any number of them.
// Pure, no allocation.
#ifndef TRAINING_SEARCH_H
#define TRAINING_SEARCH_H

#include "plan.h"

// What is searched. `fixed` says everything that is not free: gpus, batch, sequence, precision always; of the others 0
// means free for tp, cp, pp, vp, ep, etp, micro_batch and shard; the flags free the rest.
typedef struct training_space {
  int32_t       gpus;
  training_plan fixed;
  int32_t       free_zero, free_recompute, free_schedule, free_sequence_parallel;  // 1: searched; 0: as in `fixed`
  int32_t       free_overlap;                                                      // 1: each overlap also switched off
  int32_t       coarse;  // 1: degrees and micro-batch are powers of two, all or nothing recomputes: for tables
  int32_t       brute;   // 1: nothing is cut off
} training_space;
// All free but overlaps, which are the usual ones. precision: compute_precision.
training_space training_space_default(int32_t gpus, int32_t batch, int32_t seq_tokens, int32_t precision);

typedef struct training_found {
  training_plan plan;
  training_step step;
  uint64_t      number;  // of the plan in the enumeration: decides between equal times
} training_found;

enum { TRAINING_BEST = 64 };
typedef struct training_search {
  int32_t        n_wanted;  // in: 1 .. TRAINING_BEST
  int32_t        n;         // plans kept, fastest first
  training_found best[TRAINING_BEST];
  training_found nearest;          // where none fits: the plan that lacks least memory; else plan.tp is 0
  uint64_t       n_priced, n_cut;  // plans priced, and cut off unpriced: together all plans of the space
  uint64_t       n_too_large;      // of those priced: do not fit in memory
} training_search;

// Part `part` of `parts`. Of *out only n_wanted is read. Errors: SG_ERR_RANGE: shape or machine make no sense, gpus, batch or
// seq_tokens < 1, n_wanted out of range. A space without a plan is no error: nothing is priced.
sg_err training_search_run(const training_shape *s, const compute_machine *m, const training_software *w,
                           const training_space *space, int32_t part, int32_t parts, training_search *out);

// Joins the answer of another part of the same search into *out.
void training_search_merge(training_search *out, const training_search *other);

#endif
