#include "training.h"

#include <math.h>

// ---- Compute ----------------------------------------------------------------------------------------------

double training_active_params(const training_run *run, const training_model *model) {
  if (!isnan(run->active_params)) return run->active_params;
  if (!isnan(run->params)) return run->params;  // another size than the model's: dense unless it says more
  if (!model) return (double)NAN;
  return isnan(model->active_params) ? model->params : model->active_params;
}

double training_tokens(const training_run *run, const training_model *model) {
  if (!isnan(run->tokens)) return run->tokens;
  return model ? model->tokens : (double)NAN;
}

double training_flop(const training_run *run, const training_model *model) {
  return 6.0 * training_active_params(run, model) * training_tokens(run, model) * run->passes_frac;
}

double training_gpu_h(const training_run *run, const training_model *model, double peak_flops) {
  return training_flop(run, model) / (peak_flops * run->mfu_frac) / 3600.0;
}

void training_run_month(const training_run *run, double flop_left, const double *gpus, const double *peak_flops,
                        int32_t n, double effective_frac, double hours_h, training_month *out) {
  *out = (training_month){.end_frac = 1.0};
  double  held = 0.0, rate = 0.0;  // GPUs; FLOP/s at peak
  int32_t campuses = 0;
  for (int32_t i = 0; i < n; i++) {
    const double taken = gpus[i] * run->share_frac;
    held += taken;
    rate += taken * peak_flops[i];
    campuses += taken > 0.0;
  }
  rate *= run->mfu_frac * effective_frac * (campuses > 1 ? run->across_frac : 1.0);
  if (held < run->needs_gpus || !(rate > 0.0) || flop_left <= 0.0) return;

  const double whole_month = rate * 3600.0 * hours_h;
  out->done = whole_month >= flop_left;
  if (out->done) out->end_frac = flop_left / whole_month;
  out->flop = out->done ? flop_left : whole_month;
  out->gpus = held;
  out->gpu_h = held * hours_h * out->end_frac;
}

// ---- Loss -------------------------------------------------------------------------------------------------

training_law training_law_hoffmann(void) {
  return (training_law){.e = 1.69, .a = 406.4, .b = 410.7, .alpha = 0.34, .beta = 0.28};
}

training_law training_law_besiroglu(void) {
  return (training_law){.e = 1.8172, .a = 482.01, .b = 2085.43, .alpha = 0.3478, .beta = 0.3658};
}

double training_loss(const training_law *law, double params, double tokens) {
  return law->e + law->a * pow(params, -law->alpha) + law->b * pow(tokens, -law->beta);
}

double training_optimal_params(const training_law *law, double flop) {
  const double both = law->alpha + law->beta;
  const double g = pow(law->alpha * law->a / (law->beta * law->b), 1.0 / both);
  return g * pow(flop / 6.0, law->beta / both);
}

// ---- Cost -------------------------------------------------------------------------------------------------

void training_run_cost(const training_run *run, const training_model *model, double peak_flops, double effective_frac,
                       double usd_per_gpu_h, double it_kw_per_gpu, double pue_frac, training_cost *out) {
  out->gpu_h = training_gpu_h(run, model, peak_flops) / effective_frac;
  out->energy_mwh = out->gpu_h * it_kw_per_gpu / 1000.0 * pue_frac;
  out->usd = out->gpu_h * usd_per_gpu_h;
}

// ---- Field tables -----------------------------------------------------------------------------------------

// clang-format off
#define S training_model
static const field_row model_rows[] = {
  ROW_NUMBER(S, params, "params", "x", NULL, 1, HUGE_VAL, "Parameters in all.", NULL),
  ROW_NUMBER(S, active_params, "active", "x", "", 1, HUGE_VAL, "Parameters used for one token; unset: all (a dense model).", NULL),
  ROW_NUMBER(S, tokens, "tokens", "token", NULL, 1, HUGE_VAL, "Tokens that it is trained on.", NULL),
};
const class_row training_model_class = { "model", "models", sizeof(S), FIELD_TABLE(model_rows), CLASS_CATALOGUE,
  "A language model, dense or a mixture of experts." };
#undef S

#define S training_run
static const field_row run_rows[] = {
  ROW_REF(S, model, "model", "model", "", "What is trained; unset: params and tokens say it."),
  ROW_NUMBER(S, params, "params", "x", "", 1, HUGE_VAL, "Parameters in all; unset: the model's.", NULL),
  ROW_NUMBER(S, active_params, "active", "x", "", 1, HUGE_VAL, "Parameters used for one token; unset: the model's, or all.", NULL),
  ROW_NUMBER(S, tokens, "tokens", "token", "", 1, HUGE_VAL, "Tokens; unset: the model's.", NULL),
  ROW_NUMBER(S, passes_frac, "passes", "x", "1", 1, HUGE_VAL, "FLOP of the whole run over those of its final pass: restarts, later stages.", "definition of a single pass"),
  ROW_REFS(S, at, "at", "campus", "", "Campuses that it may use; unset: all."),
  ROW_NUMBER(S, share_frac, "gpu_share", "frac", "100 %", 0, 1, "Share of the schedulable GPUs of each that it holds.", "assumption, see docs/assumptions.md#training"),
  ROW_NUMBER(S, needs_gpus, "needs", "GPU", "0 GPU", 0, HUGE_VAL, "It waits while it would hold fewer GPUs.", "assumption, see docs/assumptions.md#training"),
  ROW_REF(S, after, "after", "run", "", "Run that must be done first."),
  ROW_DATE(S, from_day, "from", "", "Not before this day.", NULL),
  ROW_NUMBER(S, mfu_frac, "mfu", "frac", "35 % to 43 %", 0.05, 0.7, "Model FLOP over peak BF16 FLOP while computing.",
    "Llama 3 405B, arXiv:2407.21783 sec. 3.3, 2024-07: 38 to 43 % on 8,192 to 16,384 H100; DeepSeek-V3, arXiv:2412.19437, 2024-12: 6 N D over its GPU-hours is 35 % of the BF16 peak"),
  ROW_NUMBER(S, across_frac, "across", "frac", "83 % to 96 %", 0.3, 1, "Speed kept when the GPUs stand on more than one campus.",
    "INTELLECT-1, arXiv:2412.01152, 2024-12: 83 % across continents, 41.4 of 43.3 % MFU within the USA; OpenDiLoCo, arXiv:2407.07852, 2024-07: 90 to 95 %"),
  ROW_NUMBER(S, release_demand_frac, "release_demand", "frac", "0", 0, HUGE_VAL, "Jump of demand for services when the model is released.", "assumption, see docs/assumptions.md#demand"),
};
const class_row training_run_class = { "run", "runs", sizeof(S), FIELD_TABLE(run_rows), CLASS_PLAIN,
  "A training run." };
#undef S
// clang-format on
