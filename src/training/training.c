#include "training.h"

#include <math.h>

#include "../compute/machine.h"

int32_t training_model_shape(const training_model *model, training_shape *out) {
  *out = training_shape_filled(&model->shape);
  if (out->layers > 0) return 1;
  training_shape_typical(model->params, isnan(model->active_params) ? model->params : model->active_params, out);
  return 0;
}

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

double training_gpu_h(const training_run *run, const training_model *model, double flops) {
  return training_flop(run, model) / flops / 3600.0;
}

void training_run_month(const training_run *run, double flop_left, const double *gpus, const double *flops, int32_t n,
                        double effective_frac, double hours_h, training_month *out) {
  *out = (training_month){.end_frac = 1.0};
  double  held = 0.0, rate = 0.0;  // GPUs; FLOP/s
  int32_t campuses = 0;
  for (int32_t i = 0; i < n; i++) {
    const double taken = gpus[i] * run->share_frac;
    held += taken;
    rate += taken * flops[i];
    campuses += taken > 0.0;
  }
  rate *= effective_frac * (campuses > 1 ? run->across_frac : 1.0);
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

double training_loss_kaplan(double params, double tokens) {
  const double alpha_n = 0.076, alpha_d = 0.095, most_n = 8.8e13, most_d = 5.4e13;
  return pow(pow(most_n / params, alpha_n / alpha_d) + most_d / tokens, alpha_d);
}

double training_optimal_params_kaplan(double flop) { return 1.3e9 * pow(flop / (1e15 * 86400.0), 0.73); }

// ---- Efficiency of algorithms -----------------------------------------------------------------------------

double training_doubling_yr(void) { return 8.0 / 12.0; }

double training_efficiency(double years, double doubling_yr, const training_jump *jump, int32_t n) {
  double gain = exp2(years / doubling_yr);
  for (int32_t i = 0; i < n; i++) {
    if (jump[i].at_yr > 0.0 && jump[i].at_yr <= years) gain *= jump[i].gain;
    if (jump[i].at_yr <= 0.0 && jump[i].at_yr > years) gain /= jump[i].gain;  // not yet found back then
  }
  return gain;
}

// ---- Cost -------------------------------------------------------------------------------------------------

void training_run_cost(const training_run *run, const training_model *model, double flops, double effective_frac,
                       double usd_per_gpu_h, double it_kw_per_gpu, double pue_frac, training_cost *out) {
  out->gpu_h = training_gpu_h(run, model, flops) / effective_frac;
  out->energy_mwh = out->gpu_h * it_kw_per_gpu / 1000.0 * pue_frac;
  out->usd = out->gpu_h * usd_per_gpu_h;
}

training_terms training_terms_default(void) {
  return (training_terms){.usd_per_gpu_h = (double)NAN,
                          .usd_per_gpu = (double)NAN,
                          .value_loss_per_yr = 0.14 * 2.302585092994046,  // 0.14 orders of magnitude a year
                          .it_kw_per_gpu = 1.0,  // a server of 8 with its network, A100 0.8 to H100 1.3 kW
                          .pue_frac = 1.12,
                          .usd_per_kwh = 0.07,
                          .research_frac = 2.2,
                          .staff_frac = 0.39};
}

// Owned hardware loses value_loss_per_yr of what it is still worth when the run starts; a run bears it by its GPU-hours.
void training_run_bill(double gpu_h, double gpus, const training_terms *terms, training_bill *out) {
  const double worth_usd = terms->usd_per_gpu * exp(-terms->value_loss_per_yr * terms->age_yr);
  const double hours_per_yr = 24.0 * 365.2425;
  *out = (training_bill){
      .rent_usd = gpu_h * terms->usd_per_gpu_h,
      .hardware_usd = gpu_h / hours_per_yr * terms->value_loss_per_yr * worth_usd,
      .energy_usd = gpu_h * terms->it_kw_per_gpu * terms->pue_frac * terms->usd_per_kwh,
      .purchase_usd = gpus * terms->usd_per_gpu,
  };
  out->amortised_usd = out->hardware_usd + out->energy_usd;
  out->research_usd = (terms->research_frac - 1.0) * out->amortised_usd;
  const double compute_usd = out->amortised_usd + out->research_usd;
  out->staff_usd = compute_usd * terms->staff_frac / (1.0 - terms->staff_frac);
  out->development_usd = compute_usd + out->staff_usd;
  out->left_out_usd = out->development_usd - out->rent_usd;
}

// ---- Field tables -----------------------------------------------------------------------------------------

// clang-format off
#define S training_model
static const field_row model_rows[] = {
  ROW_NUMBER(S, params, "params", "x", NULL, 1, HUGE_VAL, "Parameters in all.", NULL),
  ROW_NUMBER(S, active_params, "active", "x", "", 1, HUGE_VAL, "Parameters used for one token; unset: all (a dense model).", NULL),
  ROW_NUMBER(S, tokens, "tokens", "token", NULL, 1, HUGE_VAL, "Tokens that it is trained on.", NULL),
  ROW_COUNT(S, shape.layers, "layers", "0", 0, 100000, "Layers; 0: not published, it is planned as one of the usual shape for its size."),
  ROW_COUNT(S, shape.hidden, "hidden", "0", 0, 1 << 24, "Width of the state that passes from layer to layer."),
  ROW_COUNT(S, shape.heads, "heads", "0", 0, 1 << 20, "Attention heads of a layer."),
  ROW_COUNT(S, shape.kv_heads, "kv_heads", "0", 0, 1 << 20, "Heads of keys and values; fewer than heads: several queries share them."),
  ROW_COUNT(S, shape.head_dim, "head_dim", "0", 0, 1 << 20, "Width of a head; 0: hidden / heads."),
  ROW_COUNT(S, shape.ffn, "ffn", "0", 0, 1 << 24, "Inner width of the feed-forward part of a dense layer."),
  ROW_CHOICE(S, shape.activation, "activation", TRAINING_ACTIVATIONS, "swiglu", "What bends the feed-forward part; swiglu and geglu have a gate, a third matrix."),
  ROW_COUNT(S, shape.vocab, "vocab", "0", 0, 1 << 24, "Different tokens, as trained (padded)."),
  ROW_FLAG(S, shape.tied, "tied", "no", "One matrix serves as embedding and for the logits."),
  ROW_COUNT(S, shape.window_tokens, "window", "0", 0, 1 << 24, "Tokens back that a layer with a sliding window sees; 0: no layer has one."),
  ROW_COUNT(S, shape.window_every, "window_every", "0", 0, 100000, "Every n-th layer sees all tokens, the others the window; 1: all have the window."),
  ROW_COUNT(S, shape.q_rank, "q_rank", "0", 0, 1 << 20, "Latent attention: numbers that queries are compressed to; 0: not compressed."),
  ROW_COUNT(S, shape.kv_rank, "kv_rank", "0", 0, 1 << 20, "Latent attention: numbers that keys and values are compressed to; 0: another attention."),
  ROW_COUNT(S, shape.rope_dim, "rope_dim", "0", 0, 1 << 20, "Latent attention: numbers of a head that tell positions, beside head_dim."),
  ROW_COUNT(S, shape.v_dim, "v_dim", "0", 0, 1 << 20, "Width of a head's values; 0: head_dim."),
  ROW_COUNT(S, shape.experts, "experts", "0", 0, 1 << 20, "Experts of a layer among which tokens choose; 0: a dense model."),
  ROW_COUNT(S, shape.top_k, "top_k", "0", 0, 1 << 20, "Experts that a token goes to."),
  ROW_COUNT(S, shape.expert_ffn, "expert_ffn", "0", 0, 1 << 24, "Inner width of an expert."),
  ROW_COUNT(S, shape.shared_experts, "shared_experts", "0", 0, 1 << 20, "Experts that every token passes, beside those it chooses."),
  ROW_COUNT(S, shape.dense_layers, "dense_layers", "0", 0, 100000, "Layers without experts, the first ones."),
  ROW_NUMBER(S, shape.capacity_frac, "capacity", "x", "", 0.01, 1000, "Tokens that an expert takes at most, over an even share; unset: all that come.", NULL),
  ROW_COUNT(S, shape.mtp_layers, "mtp_layers", "0", 0, 1000, "Modules that predict tokens further ahead while training."),
  ROW_FLAG(S, shape.biases, "biases", "no", "Linear layers and norms have biases."),
  ROW_COUNT(S, shape.positions, "positions", "0", 0, 1 << 24, "Learned embeddings of positions; 0: positions are told otherwise."),
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
  ROW_NUMBER(S, mfu_frac, "mfu", "frac", "", 0.02, 1, "Model FLOP over peak BF16 FLOP while computing; unset: what the best plan for model, rack and number of GPUs reaches.", NULL),
  ROW_NUMBER(S, achieved_frac, "achieved", "frac", "80 % to 105 %", 0.2, 1.3, "Speed of the run over that of the best plan; with `mfu` it is 1.", "assumption, see docs/assumptions.md#achieved"),
  ROW_COUNT(S, batch_tokens, "batch", "67108864", 1, 1 << 30, "Tokens of one step."),
  ROW_COUNT(S, seq_tokens, "sequence", "8192", 1, 1 << 24, "Tokens of one sequence."),
  ROW_CHOICE(S, precision, "precision", COMPUTE_PRECISIONS, "bf16", "Of the matrix multiplications."),
  ROW_NUMBER(S, across_frac, "across", "frac", "83 % to 96 %", 0.3, 1, "Speed kept when the GPUs stand on more than one campus.",
    "INTELLECT-1, arXiv:2412.01152, 2024-12: 83 % across continents, 41.4 of 43.3 % MFU within the USA; OpenDiLoCo, arXiv:2407.07852, 2024-07: 90 to 95 %"),
  ROW_NUMBER(S, release_demand_frac, "release_demand", "frac", "0", 0, HUGE_VAL, "Jump of demand for services when the model is released.", "assumption, see docs/assumptions.md#demand"),
};
const class_row training_run_class = { "run", "runs", sizeof(S), FIELD_TABLE(run_rows), CLASS_PLAIN,
  "A training run." };
#undef S
// clang-format on
