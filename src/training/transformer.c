#include "transformer.h"

#include <math.h>
#include <stdio.h>

#include "../base/number.h"

// ---- Sizes ------------------------------------------------------------------------------------------------

int32_t training_gated(const training_shape *s) {
  return s->activation == TRAINING_SWIGLU || s->activation == TRAINING_GEGLU;
}

static int32_t head_dim(const training_shape *s) { return s->head_dim > 0 ? s->head_dim : s->hidden / s->heads; }

int32_t training_value_dim(const training_shape *s) { return s->v_dim > 0 ? s->v_dim : head_dim(s); }

// Only latent attention has rotary numbers beside the head's own. Source: DeepSeek-AI, arXiv:2405.04434, 2024-05, sec. 2.1.3.
int32_t training_query_dim(const training_shape *s) { return head_dim(s) + (s->kv_rank > 0 ? s->rope_dim : 0); }

int32_t training_moe_layers(const training_shape *s) { return s->experts > 0 ? s->layers - s->dense_layers : 0; }

int32_t training_windowed_layers(const training_shape *s) {
  if (s->window_tokens <= 0 || s->window_every <= 0) return 0;
  return s->window_every == 1 ? s->layers : s->layers - s->layers / s->window_every;
}

double training_query_columns(const training_shape *s) { return (double)s->heads * training_query_dim(s); }

static double kv_columns(const training_shape *s) {
  return (double)s->kv_heads * (training_query_dim(s) + training_value_dim(s));
}

double training_attention_pairs(const training_shape *s, int32_t seq_tokens, int32_t causal, int32_t windowed) {
  const double n = seq_tokens, w = windowed ? number_least(n, s->window_tokens) : n;
  return causal ? n * w - w * w / 2 : n * w;
}

// ---- Check ------------------------------------------------------------------------------------------------

typedef struct bound {
  const char *name;
  int32_t     value, low, high;
} bound;

static sg_err check_bounds(const training_shape *s, char *why, int32_t n) {
  enum { MOST = 1 << 24 };  // of any single count: keeps every product below 2^53
  const bound bounds[] = {
      {"layers",         s->layers,         1, MOST                         },
      {"hidden",         s->hidden,         1, MOST                         },
      {"heads",          s->heads,          1, MOST                         },
      {"kv_heads",       s->kv_heads,       1, MOST                         },
      {"head_dim",       s->head_dim,       0, MOST                         },
      {"ffn",            s->ffn,            0, MOST                         },
      {"activation",     s->activation,     0, TRAINING_ACTIVATION_COUNT - 1},
      {"vocab",          s->vocab,          1, MOST                         },
      {"tied",           s->tied,           0, 1                            },
      {"window_tokens",  s->window_tokens,  0, INT32_MAX                    },
      {"window_every",   s->window_every,   0, MOST                         },
      {"q_rank",         s->q_rank,         0, MOST                         },
      {"kv_rank",        s->kv_rank,        0, MOST                         },
      {"rope_dim",       s->rope_dim,       0, MOST                         },
      {"v_dim",          s->v_dim,          0, MOST                         },
      {"experts",        s->experts,        0, MOST                         },
      {"top_k",          s->top_k,          0, MOST                         },
      {"expert_ffn",     s->expert_ffn,     0, MOST                         },
      {"shared_experts", s->shared_experts, 0, MOST                         },
      {"dense_layers",   s->dense_layers,   0, MOST                         },
      {"mtp_layers",     s->mtp_layers,     0, MOST                         },
      {"biases",         s->biases,         0, 1                            },
      {"positions",      s->positions,      0, INT32_MAX                    },
  };
  for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
    const bound *b = &bounds[i];
    if (b->value >= b->low && b->value <= b->high) continue;
    (void)snprintf(why, (size_t)n, "%s is %d; a model needs %d to %d", b->name, (int)b->value, (int)b->low,
                   (int)b->high);
    return SG_ERR_RANGE;
  }
  return SG_OK;
}

static sg_err check_attention(const training_shape *s, char *why, int32_t n) {
  if (s->head_dim == 0 && s->hidden % s->heads != 0)
    (void)snprintf(why, (size_t)n,
                   "hidden (%d) is not divisible by heads (%d); say head_dim if heads have another width",
                   (int)s->hidden, (int)s->heads);
  else if (s->heads % s->kv_heads != 0)
    (void)snprintf(why, (size_t)n, "heads (%d) is not divisible by kv_heads (%d): groups of queries would differ",
                   (int)s->heads, (int)s->kv_heads);
  else if (s->kv_rank == 0 && (s->q_rank > 0 || s->rope_dim > 0))
    (void)snprintf(why, (size_t)n, "q_rank and rope_dim belong to latent attention; kv_rank is 0, so there is none");
  else if (s->kv_rank > 0 && s->kv_heads != s->heads)
    (void)snprintf(why, (size_t)n, "latent attention gives each head its own keys; kv_heads (%d) must equal heads (%d)",
                   (int)s->kv_heads, (int)s->heads);
  else if ((s->window_tokens > 0) != (s->window_every > 0))
    (void)snprintf(why, (size_t)n, "a sliding window needs both window_tokens and window_every; one of them is 0");
  else return SG_OK;
  return SG_ERR_RANGE;
}

static sg_err check_experts(const training_shape *s, char *why, int32_t n) {
  const int32_t dense = s->layers - training_moe_layers(s);
  if (s->experts == 0 && (s->top_k > 0 || s->expert_ffn > 0 || s->shared_experts > 0 || s->dense_layers > 0))
    (void)snprintf(why, (size_t)n, "top_k, expert_ffn, shared_experts or dense_layers without experts; say how many");
  else if (s->experts > 0 && (s->top_k < 1 || s->top_k > s->experts))
    (void)snprintf(why, (size_t)n, "top_k is %d; a token needs 1 to %d of the %d experts", (int)s->top_k,
                   (int)s->experts, (int)s->experts);
  else if (s->experts > 0 && s->expert_ffn < 1) (void)snprintf(why, (size_t)n, "expert_ffn is 0; experts need a width");
  else if (s->dense_layers > s->layers)
    (void)snprintf(why, (size_t)n, "dense_layers (%d) exceeds layers (%d)", (int)s->dense_layers, (int)s->layers);
  else if (dense > 0 && s->ffn < 1)
    (void)snprintf(why, (size_t)n, "ffn is 0; a dense layer needs a width (usual: 4 x hidden)");
  else if (s->capacity_frac <= 0)  // false for NaN: all tokens that come
    (void)snprintf(why, (size_t)n, "capacity must be above 0");
  else return SG_OK;
  return SG_ERR_RANGE;
}

training_shape training_shape_filled(const training_shape *s) {
  training_shape out = *s;
  if (!out.kv_heads) out.kv_heads = out.heads;
  return out;
}

sg_err training_shape_check(const training_shape *s, char *why, int32_t n) {
  sg_err err = check_bounds(s, why, n);
  if (!err) err = check_attention(s, why, n);
  if (!err) err = check_experts(s, why, n);
  return err;
}

// ---- Parameters -------------------------------------------------------------------------------------------

// Weights of the projections of one attention. Norms on queries and keys (2 head_dim) are left out: below 1e-6.
// Latent attention: hidden -> q_rank -> queries; hidden -> kv_rank + rope_dim; kv_rank -> keys without rotary part, values.
// Source: DeepSeek-AI, arXiv:2405.04434, 2024-05, sec. 2.1 and table 1.
static double attention_weights(const training_shape *s) {
  const double h = s->hidden, q = training_query_columns(s), o = (double)s->heads * training_value_dim(s) * h;
  if (s->kv_rank == 0) return h * q + h * kv_columns(s) + o;
  const double down_q = s->q_rank > 0 ? s->q_rank * (h + q) : h * q;
  const double up_kv = (double)s->kv_rank * s->heads * (head_dim(s) + training_value_dim(s));
  return down_q + h * (s->kv_rank + s->rope_dim) + up_kv + o;
}

static double mlp_weights(const training_shape *s, double ffn) {
  return (training_gated(s) ? 3.0 : 2.0) * s->hidden * ffn;
}

static double mlp_biases(const training_shape *s, double ffn) {
  return s->biases ? (training_gated(s) ? 2.0 : 1.0) * ffn + s->hidden : 0.0;
}

static double mlp_params(const training_shape *s, double ffn) { return mlp_weights(s, ffn) + mlp_biases(s, ffn); }

static void add_up(training_params *p, const training_shape *s) {
  const double idle_frac = s->experts > 0 ? 1.0 - (double)s->top_k / s->experts : 0.0;
  p->total = p->embedding + p->logits + p->attention + p->dense + p->expert + p->shared + p->router + p->norm;
  p->active = p->total - idle_frac * p->expert;
}

void training_count_layer(const training_shape *s, int32_t moe, training_params *out) {
  const double h = s->hidden;
  *out = (training_params){.attention = attention_weights(s), .norm = 2 * h * (1 + s->biases) + s->q_rank + s->kv_rank};
  if (s->biases) out->attention += training_query_columns(s) + kv_columns(s) + h;
  if (moe) {
    out->expert = s->experts * mlp_params(s, s->expert_ffn);
    out->shared = s->shared_experts * mlp_params(s, s->expert_ffn);
    out->router = (h + s->biases) * s->experts;
  } else {
    out->dense = mlp_params(s, s->ffn);
  }
  add_up(out, s);
}

static int32_t rounded(double x, int32_t to) { return (int32_t)number_most(to, floor(x / to + 0.5) * to); }

void training_shape_typical(double params, double active, training_shape *out) {
  const double per_hidden = 128.0;  // layers are hidden / 128, a head is 128 wide
  *out = (training_shape){.hidden = rounded(cbrt(active * per_hidden / 12.0), 1024), .kv_heads = 8, .activation = TRAINING_SWIGLU,
                          .vocab = 131072, .capacity_frac = (double)NAN};
  out->heads = rounded(out->hidden / per_hidden, 8);
  out->layers = rounded(active / (12.0 * out->hidden * out->hidden), 1);
  training_params layer;
  training_count_layer(out, 0, &layer);
  const double own = active / out->layers - layer.attention, column = 3.0 * out->hidden;
  if (!(active < params)) {
    out->ffn = rounded(own / column, 1024);
    return;
  }
  out->top_k = 8, out->shared_experts = 1;
  out->expert_ffn = rounded(own / column / (out->top_k + out->shared_experts), 64);
  out->experts = rounded(((params - active) / out->layers + out->top_k * column * out->expert_ffn) / (column * out->expert_ffn), 8);
}

// A module of multi-token prediction: two norms, a projection of hidden state and embedding to the hidden width, one
// layer like the last. Embedding and logits are shared. Source: DeepSeek-AI, arXiv:2412.19437, 2024-12, sec. 2.2.
static double mtp_module_weights(const training_shape *s) { return 2.0 * s->hidden * s->hidden; }

void training_count_params(const training_shape *s, training_params *out) {
  training_params dense, moe;
  const double    h = s->hidden, n_moe = training_moe_layers(s), n_dense = s->layers - n_moe;
  training_count_layer(s, 0, &dense);
  training_count_layer(s, 1, &moe);
  *out = (training_params){
      .embedding = h * s->vocab + h * s->positions,
      .logits = s->tied ? 0 : h * s->vocab,
      .attention = s->layers * dense.attention,
      .dense = n_dense * dense.dense,
      .expert = n_moe * moe.expert,
      .shared = n_moe * moe.shared,
      .router = n_moe * moe.router,
      .norm = s->layers * dense.norm + h * (1 + s->biases),
  };
  add_up(out, s);
  out->mtp = s->mtp_layers * (mtp_module_weights(s) + 3 * h * (1 + s->biases) + (n_moe > 0 ? moe.total : dense.total));
}

// ---- FLOP -------------------------------------------------------------------------------------------------

// A matrix multiplication is 2 FLOP per weight and token; attention 2 (query_dim + value_dim) per head and pair.
void training_count_flops(const training_shape *s, int32_t seq_tokens, int32_t causal, training_flops *out) {
  const double two = 2.0 * seq_tokens, n_moe = training_moe_layers(s), n_dense = s->layers - n_moe;
  const double kept_frac = isnan(s->capacity_frac) ? 1.0 : number_least(1.0, s->capacity_frac);
  const double per_pair = 2.0 * s->heads * (training_query_dim(s) + training_value_dim(s));
  const double n_window = training_windowed_layers(s), n_full = s->layers - n_window;
  const double full = per_pair * training_attention_pairs(s, seq_tokens, causal, 0);
  const double windowed = per_pair * training_attention_pairs(s, seq_tokens, causal, 1);
  const double experts = two * s->top_k * kept_frac * mlp_weights(s, s->expert_ffn);
  const double shared = two * s->shared_experts * mlp_weights(s, s->expert_ffn);
  const double router = two * s->hidden * s->experts, mlp = two * mlp_weights(s, s->ffn);
  *out = (training_flops){
      .projections = s->layers * two * attention_weights(s),
      .attention = n_full * full + n_window * windowed,
      .mlp = n_dense * mlp,
      .experts = n_moe * experts,
      .shared = n_moe * shared,
      .router = n_moe * router,
      .logits = two * s->hidden * s->vocab,
  };
  const double last = two * attention_weights(s) + full + (n_moe > 0 ? experts + shared + router : mlp);
  out->mtp = s->mtp_layers * (two * mtp_module_weights(s) + last + out->logits);
  out->total =
      out->projections + out->attention + out->mlp + out->experts + out->shared + out->router + out->logits + out->mtp;
}
