// Training: how many GPU-hours a run takes, how far it gets in a month, what loss to expect, what it costs.
//
// Compute-level arithmetic: FLOP of a run, model-FLOP utilisation, several campuses at once. Pure, no allocation.
#ifndef TRAINING_TRAINING_H
#define TRAINING_TRAINING_H

#include <stdint.h>

#include "../base/field.h"

// A model to train (catalogue). Dense models: all parameters are active.
typedef struct training_model {
  int32_t name;
  double  params;         // in all
  double  active_params;  // used for one token; NaN: all
  double  tokens;         // that it is trained on
} training_model;

// A training run of the programme.
typedef struct training_run {
  int32_t    name;
  int32_t    model;                          // row of class "model"; -1: the next three say it
  double     params, active_params, tokens;  // NaN: the model's
  double     passes_frac;          // FLOP of the whole run over those of its final pass: restarts, later stages
  field_span at;                   // refs to campuses that it may use; empty: all
  double     share_frac;           // of the schedulable GPUs of each
  double     needs_gpus;           // it does not run on fewer
  int32_t    after;                // row of class "run" that must be done first; -1: none
  double     from_day;             // not before; NaN: at once
  double     mfu_frac;             // model FLOP over peak BF16 FLOP while computing
  double     across_frac;          // speed kept when the GPUs stand on more than one campus
  double     release_demand_frac;  // jump of demand when the model is released
} training_run;

// ---- Compute ----------------------------------------------------------------------------------------------

// What the run says, else what its model says, else NaN; active: all parameters where neither says. model: NULL is
// fine.
double training_active_params(const training_run *run, const training_model *model);
double training_tokens(const training_run *run, const training_model *model);

// FLOP of a run: 6 N D passes, N active parameters, D tokens.
// Source: Kaplan et al., arXiv:2001.08361, 2020-01, sec. 2.1 (6 N per token, forward and backward); Hoffmann et al.,
// arXiv:2203.15556, 2022-03, appendix F. Attention over the context is left out: below 10 % at 8,192 tokens and 405B.
double training_flop(const training_run *run, const training_model *model);

// GPU-hours while computing: FLOP / (peak mfu) / 3600, on one campus. peak_flops: of one GPU, BF16 dense, FLOP/s.
double training_gpu_h(const training_run *run, const training_model *model, double peak_flops);

// What a month gave a run.
typedef struct training_month {
  double  flop;      // done this month
  double  gpu_h;     // held, also while failed or waiting for checkpoints
  double  gpus;      // that it ran on, mean over the time it ran
  double  end_frac;  // share of the month after which it was done; 1 if it is not
  int32_t done;      // 1: finished this month
} training_month;

// One month of a run that has `flop_left` to do. gpus[i]: schedulable GPUs of the campus i that it may use (n), each at
// peak_flops[i]; it holds share_frac of each. effective_frac: of held time that computes (goodput). hours_h: of the
// month. Below needs_gpus in all it does nothing. across_frac applies when more than one campus gives GPUs.
void training_run_month(const training_run *run, double flop_left, const double *gpus, const double *peak_flops,
                        int32_t n, double effective_frac, double hours_h, training_month *out);

// ---- Loss -------------------------------------------------------------------------------------------------

// L(N, D) = e + a / N^alpha + b / D^beta, nats per token.
typedef struct training_law {
  double e, a, b, alpha, beta;
} training_law;

// Hoffmann et al. 2022, arXiv:2203.15556, sec. 3.3, approach 3; Besiroglu et al. 2024, arXiv:2404.10102, refit of it.
training_law training_law_hoffmann(void);
training_law training_law_besiroglu(void);

// For a mixture of experts N is the active count: an approximation that understates it, see docs/assumptions.md#loss.
double training_loss(const training_law *law, double params, double tokens);

// Parameters that minimise the loss for a budget C = 6 N D: N = G (C / 6)^(beta / (alpha + beta)),
// G = (alpha a / (beta b))^(1 / (alpha + beta)); D = C / (6 N). Hoffmann 2022, eq. 4.
double training_optimal_params(const training_law *law, double flop);

// ---- Cost -------------------------------------------------------------------------------------------------

typedef struct training_cost {
  double gpu_h, energy_mwh, usd;
} training_cost;

// Cost of a run: GPU-hours held (computing / effective_frac) at a price, and the energy at the meter.
void training_run_cost(const training_run *run, const training_model *model, double peak_flops, double effective_frac,
                       double usd_per_gpu_h, double it_kw_per_gpu, double pue_frac, training_cost *out);

extern const class_row training_model_class, training_run_class;

#endif
