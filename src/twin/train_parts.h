// Inside of `train`: what its two files share. Not for other modules.
#ifndef TWIN_TRAIN_PARTS_H
#define TWIN_TRAIN_PARTS_H

#include "../programme/catalogue.h"
#include "train.h"

// Keys of the file.
typedef struct train_top {
  int32_t    name;
  int32_t    model, on, fabric;
  int32_t    gpus, batch, seq_tokens, precision;  // gpus, batch: -1: not given
  double     tokens;                              // NaN: the model's
  double     rent_usd_per_gpu_h, price_usd;       // NaN: the catalogue's
  double     mtbf_h;
  int32_t    rack;  // row
  int32_t    across;             // text
  double     campus_up_frac;
  field_span plan;
} train_top;

// Words of a plan; -1 and NaN: not given.
typedef struct train_plan_row {
  int32_t       name;
  training_plan at;
} train_plan_row;

typedef struct train_reading {
  twin_train                *t;
  spec_node                 *user;
  sg_diags                  *diags;
  const twin_train_opts     *opts;
  training_plan              fixed;  // batch, seq_tokens, precision; the rest as usual
  const training_plan       *given;  // NULL: searched for
  const train_top           *top;
  const programme_catalogue *catalogue;
} train_reading;

// Adds a finding at `key` of the section (NULL: of the top) and returns `code`.
sg_err train_complain(const train_reading *r, sg_err code, const char *section, const char *key, const char *hint,
                      const char *what);

// Share of the time that so many GPUs hold that is progress: failures, restarts, stragglers.
// Share of held time that computes, with failures, of a run on so many GPUs: as one gang, or where a lost replica of `dp` is
// left out until it is back, whichever is more; *gang_frac (may be NULL): as one gang.
double train_effective_frac(const train_reading *r, int32_t gpus, int32_t dp, double *gang_frac);

// The plan that was given with what follows from the rest, checked.
sg_err train_given_plan(train_reading *r, training_plan *out);

// The `wanted` fastest plans on so many GPUs with so large a batch.
sg_err train_search(const train_reading *r, int32_t gpus, int32_t batch, int32_t wanted, training_search *out);

sg_err train_sites(train_reading *r);

// Plans, sizes and the account (train_run.c).
sg_err train_compute(train_reading *r);

#endif
