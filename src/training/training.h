// Training: how many GPU-hours a run takes, how far it gets in a month, what loss to expect, what it costs.
//
// Compute-level arithmetic: FLOP of a run, model-FLOP utilisation, several campuses at once. Pure, no allocation.
#ifndef TRAINING_TRAINING_H
#define TRAINING_TRAINING_H

#include <stdint.h>

#include "../base/field.h"
#include "transformer.h"

// A model to train (catalogue). Dense models: all parameters are active.
typedef struct training_model {
  int32_t        name;
  double         params;         // in all
  double         active_params;  // used for one token; NaN: all
  double         tokens;         // that it is trained on
  training_shape shape;          // layers 0: not published
} training_model;

// The shape that a model is planned with: its own, or where it has none a usual one of its size. 1: its own.
int32_t training_model_shape(const training_model *model, training_shape *out);

// A training run of the programme.
typedef struct training_run {
  int32_t    name;
  int32_t    model;                          // row of class "model"; -1: the next three say it
  double     params, active_params, tokens;  // NaN: the model's
  double     passes_frac;    // FLOP of the whole run over those of its final pass: restarts, later stages
  field_span at;             // refs to campuses that it may use; empty: all
  double     share_frac;     // of the schedulable GPUs of each
  double     needs_gpus;     // it does not run on fewer
  int32_t    after;          // row of class "run" that must be done first; -1: none
  double     from_day;       // not before; NaN: at once
  double     mfu_frac;       // model FLOP over peak BF16 FLOP while computing; NaN: what the best plan reaches
  double     achieved_frac;  // speed of the run over that of the best plan
  int32_t    batch_tokens, seq_tokens, precision;  // of the plan: tokens of a step, of a sequence; compute_precision
  double     across_frac;                          // speed kept when the GPUs stand on more than one campus
  double     release_demand_frac;                  // jump of demand when the model is released
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

// GPU-hours while computing on one campus. flops: model FLOP/s that one GPU gives: peak x MFU.
double training_gpu_h(const training_run *run, const training_model *model, double flops);

// What a month gave a run.
typedef struct training_month {
  double  flop;      // done this month
  double  gpu_h;     // held, also while failed or waiting for checkpoints
  double  gpus;      // that it ran on, mean over the time it ran
  double  end_frac;  // share of the month after which it was done; 1 if it is not
  int32_t done;      // 1: finished this month
} training_month;

// One month of a run that has `flop_left` to do. gpus[i]: schedulable GPUs of the campus i that it may use (n), each at
// flops[i] of the model; it holds share_frac of each. effective_frac: of held time that computes (goodput). hours_h: of the
// month. Below needs_gpus in all it does nothing. across_frac applies when more than one campus gives GPUs.
void training_run_month(const training_run *run, double flop_left, const double *gpus, const double *flops, int32_t n,
                        double effective_frac, double hours_h, training_month *out);

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

// L(N, D) of Kaplan et al. 2020, arXiv:2001.08361, eq. 1.5, with the parameters of its table 2; params without embedding.
// Its optimum for a budget, N = 1.3e9 (C / PF-day)^0.73, sec. 6.1: fitted under a fixed schedule of the learning rate, since
// corrected by Hoffmann et al. 2022. For comparison with plans of its time.
double training_loss_kaplan(double params, double tokens);
double training_optimal_params_kaplan(double flop);

// ---- Efficiency of algorithms -----------------------------------------------------------------------------

// A discovery that saves at once, such as an architecture: `gain` times fewer FLOP from `at_yr` on.
typedef struct training_jump {
  double at_yr, gain;
} training_jump;

// How many times fewer FLOP reach the same loss `years` from now (negative: before): 2^(years / doubling_yr) and the jumps (n)
// between now and then. Ho et al. 2024, arXiv:2403.05812: the FLOP to a given loss halve every 8 months (95 %: 5 to 14).
double training_efficiency(double years, double doubling_yr, const training_jump *jump, int32_t n);
double training_doubling_yr(void);  // 8 months

// ---- Cost -------------------------------------------------------------------------------------------------

typedef struct training_cost {
  double gpu_h, energy_mwh, usd;
} training_cost;

// Cost of a run: GPU-hours held (computing / effective_frac) at a price, and the energy at the meter.
void training_run_cost(const training_run *run, const training_model *model, double flops, double effective_frac,
                       double usd_per_gpu_h, double it_kw_per_gpu, double pue_frac, training_cost *out);

// What stands behind the headline figure of a run. Cottier et al. 2024, arXiv:2405.21015, sec. 2 and 3.
typedef struct training_terms {
  double usd_per_gpu_h;      // rent: what headline figures multiply GPU-hours by
  double usd_per_gpu;        // bought, with its share of server and network
  double age_yr;             // of the hardware when the run starts, since it came to market
  double value_loss_per_yr;  // of hardware, continuous
  double it_kw_per_gpu, pue_frac, usd_per_kwh;
  double research_frac;  // compute of all runs, experiments and failures over that of the final run; >= 1
  double staff_frac;     // of the whole cost of development that goes to research staff
} training_terms;

// value_loss_per_yr 0.14 ln 10 (price-performance of accelerators), research_frac 2.2 (1.2 to 4), staff_frac 0.39 (0.29 to
// 0.49, equity included); Cottier et al. 2024. Power, PUE, electricity: 0.07 USD/kWh of the same. Prices of GPUs: NaN.
training_terms training_terms_default(void);

typedef struct training_bill {
  double rent_usd;       // GPU-hours at the rent: the headline; its price stands for hardware, energy and operation
  double hardware_usd;   // loss of value of owned hardware over the GPU-hours of the final run
  double energy_usd;     // of the final run, at the meter
  double amortised_usd;  // of the final run: hardware + energy, Cottier's main figure
  double research_usd;   // the same for experiments and failed runs
  double staff_usd;
  double development_usd;  // amortised + research + staff
  double left_out_usd;     // development_usd less the headline; below 0: the rent was dearer than owning
  double purchase_usd;     // of the GPUs: cash, not cost of one run
} training_bill;

// The parts of the cost of a run of gpu_h GPU-hours on `gpus` GPUs. usd_per_gpu NaN: only rent and energy are known, the
// rest NaN; terms otherwise finite.
void training_run_bill(double gpu_h, double gpus, const training_terms *terms, training_bill *out);

extern const class_row training_model_class, training_run_class;

#endif
