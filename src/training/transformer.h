// Transformer: what a model is made of, and what a token costs: parameters, FLOP, bytes, by part.
//
// Counts are exact for the architecture as described; no efficiency here. Pure, no allocation.
#ifndef TRAINING_TRANSFORMER_H
#define TRAINING_TRANSFORMER_H

#include <stdint.h>

#include "../../include/stargate.h"

#define TRAINING_ACTIVATIONS "gelu|relu2|swiglu|geglu"
typedef enum training_activation {
  TRAINING_GELU,
  TRAINING_RELU2,
  TRAINING_SWIGLU,  // gated: three matrices
  TRAINING_GEGLU,
  TRAINING_ACTIVATION_COUNT
} training_activation;

// The architecture (fields of a model in the catalogue). Counts are 0 where a model has no such part.
typedef struct training_shape {
  int32_t layers, hidden, heads, kv_heads, head_dim;  // kv_heads < heads: grouped queries; head_dim 0: hidden / heads
  int32_t ffn, activation;                            // of a dense layer; training_activation
  int32_t vocab, tied;                                // tied: 1: one matrix for embedding and logits
  int32_t window_tokens, window_every;                // sliding window in all but every n-th layer (0: none; 1: in all)
  int32_t q_rank, kv_rank, rope_dim, v_dim;           // multi-head latent attention; kv_rank 0: none
  int32_t experts, top_k, expert_ffn, shared_experts;  // mixture of experts
  int32_t dense_layers;                                // that come before the layers with experts
  double  capacity_frac;                               // tokens an expert takes over an even share; NaN: all that come
  int32_t mtp_layers;                                  // multi-token prediction modules
  int32_t biases;                                      // 1: linear layers and norms have biases (GPT)
  int32_t positions;                                   // learned position embeddings (GPT); 0: rotary or none
} training_shape;

// ---- Sizes that follow from the shape ---------------------------------------------------------------------

int32_t training_gated(const training_shape *s);            // 1: the activation has a gate, three matrices
int32_t training_value_dim(const training_shape *s);        // of a head's values
int32_t training_query_dim(const training_shape *s);        // of a head's queries and keys, rotary part included
int32_t training_moe_layers(const training_shape *s);       // layers with experts
int32_t training_windowed_layers(const training_shape *s);  // layers with a sliding window
double  training_query_columns(const training_shape *s);    // of the query projection, over all heads
// Query-key pairs of one sequence in one layer: n^2 or n w, with `causal` their lower half n^2 / 2 or n w - w^2 / 2.
double training_attention_pairs(const training_shape *s, int32_t seq_tokens, int32_t causal, int32_t windowed);

// The shape with what a row may leave out: as many heads of keys and values as of queries.
training_shape training_shape_filled(const training_shape *s);

// What makes no sense in the shape: writes the first fault to `why` (n bytes, with a hint) and returns SG_ERR_RANGE.
// 0 heads, heads not divisible by kv_heads, hidden not divisible by heads with no head_dim, top_k > experts, ...
sg_err training_shape_check(const training_shape *s, char *why, int32_t n);

// A shape of the usual kind for a size of which no shape is known; `active` < `params`: a mixture of experts.
//   layers = hidden / 128, heads 128 wide with 8 for keys and values, gated; hidden from 12 layers hidden^2 = active
//   experts: 8 of them and one shared for each token, as wide as makes up `active`, as many as make up `params`
// Aspect: Kaplan et al., arXiv:2001.08361, 2020-01, sec. 3.1 (loss hardly depends on it); GPT-3 96 x 12,288, Llama 3 405B
// 126 x 16,384, DeepSeek-V3 61 x 7,168 (active 37e9: 57 x 7,296 by this rule). params, active: 1e6 .. 1e16.
void training_shape_typical(double params, double active, training_shape *out);

typedef struct training_params {
  double embedding, logits;                               // embedding with learned positions; logits 0 where tied
  double attention, dense, expert, shared, router, norm;  // of all layers; norm with the last one
  double total, active;  // active: total less the experts that a token does not meet (OpenAI: less the embedding too)
  double mtp;            // multi-token prediction modules, not in total: inference drops them
} training_params;
void training_count_params(const training_shape *s, training_params *out);

// The same of a single layer: `moe` 1: with experts. Embedding, logits, mtp are 0.
void training_count_layer(const training_shape *s, int32_t moe, training_params *out);

// Forward FLOP of one sequence by part; a backward pass is twice as much. Attention counts the causal half where `causal`
// is 1, the full square where 0 (conventions differ: Megatron 2021 counts full, Megatron-Core's later logs half).
// Source: Narayanan et al. 2021, arXiv:2104.04473, appendix; Korthikanti et al. 2022, arXiv:2205.05198, appendix A.
typedef struct training_flops {
  double projections, attention, mlp, experts, shared, router, logits;
  double mtp;    // multi-token prediction modules with their logits
  double total;  // of all these
} training_flops;
void training_count_flops(const training_shape *s, int32_t seq_tokens, int32_t causal, training_flops *out);

#endif
