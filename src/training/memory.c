// Memory of one GPU: states by the tables of ZeRO, activations by Korthikanti 2022 carried over to today's layers.
//
// No constant is fitted: every term is a tensor that a framework holds. Which tensors those are beyond the two papers
// (bytes of the loss, placeholders of gradients) was settled with 27 measured peaks in view. Two families differ:
//   Megatron  own backward passes: logits once in fp32, gradients accumulated in fp32 beside 16-bit weights
//   PyTorch   (ZeRO 2 and 3: FSDP) weights and gradients as shards in fp32, automatic differentiation of the loss
#include <math.h>

#include "../base/number.h"
#include "plan.h"

// Of a process on a GPU, beside the allocator: CUDA context with loaded kernels and NCCL's communicators and channels.
// Assumption, see docs/assumptions.md#gpu-context.
#define CONTEXT_BYTES (1.5 * 1024 * 1024 * 1024)

enum { HALF_BYTES = 2, FLOAT_BYTES = 4 };

// Everything that does not depend on the stage.
typedef struct memory_parts {
  const training_shape *s;
  const training_plan  *p;
  double                native;         // 1: PyTorch's FSDP and loss
  double                tokens;         // of a micro-batch on one GPU of a tensor group: sequence over cp
  double                tp, norm_cut;   // norm_cut: tp with sequence parallelism, else 1
  double                experts_local;  // experts of a layer on one GPU, each cut in etp
  double                etp;
  training_params       dense, moe;  // of a layer, whole
} memory_parts;

static double at_least_one(int32_t n) { return n > 1 ? n : 1.0; }

// ---- Stages -----------------------------------------------------------------------------------------------

// Layers of stage i of pp. Where pp does not divide them, the first and the last stage, which hold embedding and
// logits, are the first to get one fewer: Llama 3 405B gives them 7 of 126 and the others 8 (arXiv:2407.21783 sec.
// 3.3.2).
static double stage_layers(const memory_parts *m, int32_t stage) {
  const int32_t pp = m->p->pp, fewer = m->s->layers / pp, extra = m->s->layers % pp;
  if (extra == 0) return fewer;
  if (stage == 0) return fewer;
  if (stage == pp - 1) return extra > pp - 2 ? fewer + 1 : fewer;
  return fewer + 1;
}

static double micro_batches(const training_plan *p) {
  return number_most(1.0, (double)p->batch / ((double)p->dp * p->micro_batch));
}

// Micro-batches whose activations a stage holds at once, as a multiple of one pass through its layers.
//   1F1B          pp - i                            Narayanan et al. 2021, arXiv:2104.04473, sec. 2.2
//   interleaved   (2 (pp - i - 1) + (vp - 1) pp + 1) / vp     chunks in flight of Megatron's warm-up; first stage:
//                 pp (1 + (pp - 1) / (pp vp)), Korthikanti 2022, sec. 4.2.3
//   zero-bubble   pp on every stage: what 1F1B holds on its first (ZB-H1, Qi et al. 2023, arXiv:2401.10241, sec. 2.3)
static double in_flight(const training_plan *p, int32_t stage) {
  const double vp = at_least_one(p->vp);
  double       held = p->pp - stage;
  if (p->schedule == TRAINING_ZERO_BUBBLE) held = p->pp;
  if (vp > 1) held = (2.0 * (p->pp - stage - 1) + (vp - 1) * p->pp + 1) / vp;
  return number_least(number_most(held, 1.0), micro_batches(p));
}

// ---- Activations of a layer ---------------------------------------------------------------------------------

// What recompute leaves of a layer, for each token of a micro-batch.
typedef struct layer_activations {
  double kept;   // held until the backward pass
  double whole;  // as if nothing were recomputed
} layer_activations;

// Inputs of matrix multiplications are kept in the precision that they were cast to (Transformer Engine keeps the cast
// ones for the gradient of weights; torchao's float8 casts again).
static double input_bytes(const memory_parts *m) {
  const double bytes = compute_precision_bytes((compute_precision)m->p->precision);
  return m->native > 0 ? number_most(bytes, HALF_BYTES) : bytes;
}

// Attention without norms, bytes per token before tensor parallelism. Of scores and their dropout, 5 a s b per token,
// FlashAttention keeps the logarithm of the sums alone. Latent attention keeps its compressed vectors; what is
// expanded from them can be recomputed. Korthikanti 2022, sec. 4.1; Dao et al. 2022, arXiv:2205.14135.
typedef struct attention_activations {
  double cut, whole;  // parts that tensor parallelism cuts; that stay whole on each GPU (latent vectors)
  double expanded;    // of cut: queries, keys, values of latent attention
  double scores;      // of cut: the square, and what follows from it
} attention_activations;

static attention_activations attention_of(const memory_parts *m) {
  const training_shape *s = m->s;
  const double          q = training_query_columns(s), v = (double)s->heads * training_value_dim(s);
  const double          kv = (double)s->kv_heads * (training_query_dim(s) + training_value_dim(s));
  attention_activations a = {.cut = HALF_BYTES * (q + kv) + input_bytes(m) * v};
  if (m->p->unfused) a.scores = 5.0 * s->heads * m->p->seq_tokens;
  else a.scores = FLOAT_BYTES * (double)s->heads;
  if (s->kv_rank > 0) {
    a.expanded = HALF_BYTES * (q + kv);
    a.whole = (HALF_BYTES + input_bytes(m)) * (s->q_rank + s->kv_rank) + HALF_BYTES * s->rope_dim;
  }
  a.cut += a.scores;
  return a;
}

// Both multilayer perceptrons, bytes per token: wide: outputs of the up-projections; out: input of the down-projection.
typedef struct mlp_activations {
  double wide, out, in;  // in: a copy of the hidden state for each expert that a token goes to
} mlp_activations;

static mlp_activations mlp_of(const memory_parts *m, int32_t moe) {
  const training_shape *s = m->s;
  const double          up = HALF_BYTES * (1.0 + training_gated(s)), in = input_bytes(m);
  if (!moe) return (mlp_activations){.wide = up * s->ffn / m->tp, .out = in * s->ffn / m->tp};
  const double shared = (double)s->shared_experts * s->expert_ffn / m->tp;
  // Balanced experts: each GPU gets the copies of as many tokens as it sends, whatever ep; tp cuts the tokens.
  const double routed = s->top_k * (isnan(s->capacity_frac) ? 1.0 : s->capacity_frac) / m->tp;
  return (mlp_activations){.wide = up * (shared + routed * s->expert_ffn),
                           .out = in * (shared + routed * s->expert_ffn),
                           .in = in * routed * m->etp * s->hidden + 2.0 * FLOAT_BYTES * s->experts / m->norm_cut};
}

// Bytes of one layer for one token. GPT without recompute: (34 + 5 a s / h) h, cut by tp but for 10 h, or all of it
// with sequence parallelism (Korthikanti 2022, eq. 1, 2 and 4).
static layer_activations layer_of(const memory_parts *m, int32_t moe) {
  const double                h = m->s->hidden, stays = HALF_BYTES * h / m->norm_cut;
  const attention_activations a = attention_of(m);
  const mlp_activations       f = mlp_of(m, moe);
  const double                normed = 2.0 * input_bytes(m) * h / m->norm_cut;
  const double                masks = m->p->unfused ? 2.0 * h / m->norm_cut : 0.0;
  const double                all = 2.0 * stays + normed + masks + a.cut / m->tp + a.whole + f.wide + f.out + f.in;
  switch ((training_recompute)m->p->recompute) {
    case TRAINING_RECOMPUTE_ATTENTION: return (layer_activations){all - a.scores / m->tp, all};
    case TRAINING_RECOMPUTE_SELECTIVE:
      // torchtitan keeps the input, attention's output and every second product: q, v, first up-projection, down-
      // projection.
      if (m->native > 0) {
        const double v = (double)m->s->kv_heads * training_value_dim(m->s);
        const double q_v_out =
            HALF_BYTES * (training_query_columns(m->s) + v + (double)m->s->heads * training_value_dim(m->s));
        return (layer_activations){2.0 * stays + q_v_out / m->tp + f.wide / (1.0 + training_gated(m->s)) + f.in, all};
      }
      return (layer_activations){all - a.scores / m->tp - a.expanded / m->tp - normed - f.out, all};
    case TRAINING_RECOMPUTE_FULL: return (layer_activations){stays, all};
    default: return (layer_activations){all, all};
  }
}

// ---- Parameters of a stage ----------------------------------------------------------------------------------

typedef struct stage_params {
  double plain, expert;  // on one GPU, before states are sharded
  double matrices;       // of plain and expert: what low precision keeps copies of
} stage_params;

static void add_layers(const memory_parts *m, const training_params *one, double n, stage_params *out) {
  const double plain = (one->attention + one->dense + one->shared) / m->tp;
  const double expert = m->s->experts > 0 ? one->expert / m->s->experts * m->experts_local / m->etp : 0.0;
  out->plain += n * (plain + one->router + one->norm);
  out->expert += n * expert;
  out->matrices += n * (plain + expert);
}

// Layers with experts follow the dense ones; embedding is on the first stage, logits and prediction modules on the
// last.
static stage_params params_of(const memory_parts *m, int32_t stage, double n, double n_dense) {
  const double embedding = (double)m->s->hidden * m->s->vocab / m->tp;
  const int    last = stage == m->p->pp - 1;
  stage_params out = {0};
  if (stage == 0) out.plain += embedding + (double)m->s->hidden * m->s->positions;
  if (last) out.plain += (m->s->tied && stage == 0 ? 0.0 : embedding) + m->s->hidden * (1.0 + m->s->biases);
  add_layers(m, &m->dense, n_dense, &out);
  if (n > n_dense) add_layers(m, &m->moe, n - n_dense, &out);
  if (last && m->s->mtp_layers > 0) {
    add_layers(m, m->s->experts > 0 ? &m->moe : &m->dense, m->s->mtp_layers, &out);
    out.plain += m->s->mtp_layers * 2.0 * m->s->hidden * m->s->hidden / m->tp;
  }
  return out;
}

// ---- States -------------------------------------------------------------------------------------------------

// Mixed-precision Adam holds 2 bytes of weights, 12 of fp32 weights and moments, and gradients: 2 in fp16 and where
// they are sharded at once (ZeRO 2, 3), 4 in Megatron with bf16. Stage 1 shares the 12, stage 2 gradients as well,
// stage 3 all. FSDP holds the same 16 as 4 + 4 + 8. Source: Rajbhandari et al. 2020, arXiv:1910.02054, sec. 3.1 and
// 5; Megatron-LM, docs of the distributed optimizer, 2023: 6 + 12 / d.
static void add_states(const memory_parts *m, double params, double shards, training_memory *out) {
  const int32_t zero = m->p->zero;
  const double  gradient = m->p->precision == COMPUTE_FP16 || zero >= 2 ? HALF_BYTES : FLOAT_BYTES;
  out->weights_bytes += HALF_BYTES * params / (zero >= 3 ? shards : 1.0);
  out->gradients_bytes += gradient * params / (zero >= 2 ? shards : 1.0);
  out->optimizer_bytes += 12.0 * params / (zero >= 1 ? shards : 1.0);
}

// Casts of the weights, one by rows and one by columns, live from the first micro-batch to the step's end.
// Source: NVIDIA Transformer Engine, user guide, weight caching over micro-batches. FSDP casts when it gathers.
static double cast_copies(const memory_parts *m, double matrices) {
  const int32_t precision = m->p->precision;
  if (m->native > 0 || precision < COMPUTE_FP8) return 0.0;
  return 2.0 * compute_precision_bytes((compute_precision)precision) * matrices;
}

static void states_of(const memory_parts *m, const stage_params *n, training_memory *out) {
  const training_plan *p = m->p;
  const double         all = (double)p->dp * p->cp, shards = p->shard > 0 ? number_least(p->shard, all) : all;
  // Replicas of an expert: the stage's GPUs over those that hold different parts of the experts.
  const double replicas = number_most(1.0, all * m->tp / (at_least_one(p->ep) * m->etp));
  add_states(m, n->plain, shards, out);
  add_states(m, n->expert, number_least(replicas, p->shard > 0 ? shards : replicas), out);
  out->weights_bytes += cast_copies(m, n->matrices);
}

// ---- Buffers ------------------------------------------------------------------------------------------------

// Bytes for each logit while the loss is formed.
//   Megatron: fp32 once, changed in place (Korthikanti 2022, sec. 4.3).
//   PyTorch, counted from its operations (2.4, 2024-07): 16-bit logits 2, in fp32 4, log-softmax 4, its gradient 4;
// over a vocabulary cut
//   by tensor parallelism its backward pass is written in single operations: 2, log-softmax 4, and four of 4 at once.
static double loss_bytes(const memory_parts *m) { return m->native > 0 ? (m->tp > 1 ? 22.0 : 14.0) : FLOAT_BYTES; }

// Weights beside the states. Megatron: a 16-bit placeholder of the gradient of each matrix, by shape: one layer's and
// the logits' (Transformer Engine, gradients fused into fp32). ZeRO 3: two gathered layers, gradients of one, logits'
// both.
static double weight_buffers(const memory_parts *m, int32_t last) {
  const training_shape *s = m->s;
  if (m->p->unfused) return 0.0;
  const double logits = last ? HALF_BYTES * (double)s->hidden * s->vocab / m->tp : 0.0;
  double       one = (m->dense.attention + m->dense.dense) / m->tp;
  if (s->experts > 0) {
    const double expert = m->moe.expert / s->experts / m->etp;
    one = m->moe.attention / m->tp + m->moe.shared / m->tp + expert * (m->native > 0 ? m->experts_local : 1.0);
  }
  return m->p->zero >= 3 ? 3.0 * HALF_BYTES * one + 2.0 * logits : HALF_BYTES * one + logits;
}

// One layer at work in the backward pass, bytes per token: the hidden state gathered along the sequence and its
// gradient, gradients of the widest pair of tensors; with recompute the layer's activations again.
static double working_bytes(const memory_parts *m, int32_t moe, const layer_activations *a) {
  const double          h = m->s->hidden, gathered = m->norm_cut > 1 ? 2.0 * HALF_BYTES * h : 0.0;
  const mlp_activations f = mlp_of(m, moe);
  return gathered + f.wide + f.out + f.in + (a->whole - a->kept);
}

// ---- A stage ------------------------------------------------------------------------------------------------

// Held of a layer of a stage of n, on the mean: recompute_layers of them are recomputed.
static double held_bytes(const training_plan *p, double n, const layer_activations *a) {
  const double again_frac = p->recompute_layers > 0 && n > 0 ? number_least(1.0, p->recompute_layers / n) : 1.0;
  return again_frac * a->kept + (1.0 - again_frac) * a->whole;
}

static void stage_of(const memory_parts *m, int32_t stage, double n, double before, training_memory *out) {
  const training_plan    *p = m->p;
  const training_shape   *s = m->s;
  const int               last = stage == p->pp - 1;
  const double            dense_in_all = s->layers - training_moe_layers(s);
  const double            n_dense = number_most(0.0, number_least(n, dense_in_all - before)), n_moe = n - n_dense;
  const layer_activations dense = layer_of(m, 0), moe = n_moe > 0 ? layer_of(m, 1) : dense;
  const stage_params      params = params_of(m, stage, n, n_dense);
  *out = (training_memory){.context_bytes = CONTEXT_BYTES};
  states_of(m, &params, out);

  const double flight = in_flight(p, stage), hidden = (double)s->hidden * m->tokens / m->norm_cut;
  out->activations_bytes = flight * m->tokens * (n_dense * held_bytes(p, n, &dense) + n_moe * held_bytes(p, n, &moe));
  if (stage == 0 && p->unfused)  // mask of the dropout behind the embedding
    out->activations_bytes += number_least(p->pp, micro_batches(p)) * hidden;
  const double outputs = last ? 1.0 + s->mtp_layers : 0.0;  // each: inputs of the last norm and of the logits
  out->activations_bytes += outputs * 2.0 * HALF_BYTES * hidden;
  if (last) out->activations_bytes += s->mtp_layers * moe.whole * m->tokens;

  // Loss and a layer's backward pass follow each other: the larger counts. Korthikanti counts the loss as an
  // activation.
  const double loss = outputs * loss_bytes(m) * m->tokens * s->vocab / m->tp;
  const double work = m->tokens * (n_moe > 0 ? working_bytes(m, 1, &moe) : working_bytes(m, 0, &dense));
  if (p->unfused) out->activations_bytes += loss;
  out->buffers_bytes = weight_buffers(m, last) + (p->unfused ? work : number_most(loss, work));
  out->total_bytes = out->weights_bytes + out->gradients_bytes + out->optimizer_bytes + out->activations_bytes +
                     out->buffers_bytes + out->context_bytes;
}

void training_memory_of(const training_shape *s, const training_plan *p, training_memory *out) {
  const double gpus = (double)p->tp * p->cp * p->dp;
  memory_parts m = {.s = s, .p = p, .tp = p->tp, .etp = at_least_one(p->etp)};
  m.native = p->zero >= 2 && !p->unfused;
  m.tokens = (double)p->seq_tokens * p->micro_batch / p->cp;
  m.norm_cut = p->sequence_parallel ? p->tp : 1.0;
  m.experts_local = s->experts / number_least(at_least_one(p->ep), gpus);
  training_count_layer(s, 0, &m.dense);
  if (s->experts > 0) training_count_layer(s, 1, &m.moe);

  // The first stage holds most micro-batches, the last the logits, the one after the first may hold more or other
  // layers.
  const int32_t candidates[] = {0, p->pp > 2 ? 1 : 0, p->pp - 1};
  const double  n_first = stage_layers(&m, 0);
  for (int32_t i = 0; i < 3; i++) {
    const int32_t   stage = candidates[i];
    const double    n = stage_layers(&m, stage);
    const double    before = stage == 0 ? 0.0 : stage == 1 ? n_first : s->layers - n;
    training_memory one;
    if (i > 0 && stage == candidates[i - 1]) continue;
    stage_of(&m, stage, n, before, &one);
    if (i == 0 || one.total_bytes > out->total_bytes) *out = one;
  }
}
