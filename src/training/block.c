// Block: the kernels of a layer and what they take on one GPU for one micro-batch; its communication within the stage.
//
// A kernel takes the longer of its time of computing and its time of memory (Williams et al. 2009, roofline); a layer the
// longer of its kernels and of what the host needs to launch them.
#include <math.h>
#include <stdbool.h>

#include "../base/number.h"
#include "plan_parts.h"

// Passes of a layer. Gradients of the weights are apart: nothing waits for them within the stage.
enum { FORWARD, BACKWARD, WEIGHTS, PASSES };

// Of a forward kernel, for recompute: the attention itself; what is cheap to do again; the rest.
enum { CORE, CHEAP, PLAIN, PARTS };

typedef struct tally {
  double s[PASSES], launches[PASSES], flop[PASSES];
  double part_s[PARTS], part_flop[PARTS];  // of the forward pass
  double captured[PASSES];                 // launches that a graph replaces
} tally;

typedef struct kit {
  const training_shape    *shape;
  const compute_machine   *machine;
  const training_software *software;
  const training_plan     *plan;
  double                   tokens, own_tokens;  // of a micro-batch: on this GPU; after the cut along the sequence
  double                   tp;
} kit;

// ---- Kernels ----------------------------------------------------------------------------------------------

static void add(tally *t, int32_t pass, int32_t part, double seconds, double launches, double flop) {
  t->s[pass] += seconds;
  t->launches[pass] += launches;
  t->flop[pass] += flop;
  if (pass == FORWARD) t->part_s[part] += seconds, t->part_flop[part] += flop;
}

static double joined_s(const kit *k, double compute_s, double memory_s) {
  return k->software->convention.times_add ? compute_s + memory_s : number_most(compute_s, memory_s);
}

static double memory_s(const kit *k, double bytes) {
  const compute_machine *m = k->machine;
  if (!(bytes > 0.0)) return 0.0;
  return bytes / (m->memory_bytes_per_s * compute_curve_at(&m->memory_efficiency, bytes) * k->software->memory_frac);
}

static double ceiling_flop_per_s(const compute_machine *m, int32_t precision) {
  const compute_curve *c = &m->matrix_efficiency[precision];
  return m->matrix_flop_per_s[precision] * c->frac[c->n - 1];
}

static const double lost_rows = 100.0;

// `count` products of (rows x depth) by (depth x columns). Tiles, the last wave and the start and end of each tile's inner
// loop waste what so many more rows, columns and steps would take:
//   s = 2 count (rows + r)(columns + r)(depth + d) / ceiling,  d in proportion to the rate
// Source of the form and of r: 183 shapes measured on an A100 and 514 on a B200, MooreThreads/SimuMax commit 4dcaae5, 2025,
// which it meets with a mean error of 4 % and 10 %.
static double product_s(const kit *k, int32_t precision, double rows, double columns, double depth, double count,
                        double extra_bytes) {
  const compute_machine   *m = k->machine;
  const training_software *w = k->software;
  const double             flop = 2.0 * rows * columns * depth * count,
               bytes = compute_precision_bytes((compute_precision)precision);
  const double moved = count * ((rows + columns) * depth * bytes + rows * columns * (2.0 + extra_bytes));
  double       compute_s;
  if (w->convention.by_size) {
    compute_s = flop / (m->matrix_flop_per_s[precision] * compute_curve_at(&m->matrix_efficiency[precision], flop));
  } else {
    const double rate =
        ceiling_flop_per_s(m, precision) * w->matrix_frac[precision >= COMPUTE_NVFP4 ? 2 : precision >= COMPUTE_FP8];
    const double lost = lost_rows, start = w->lost_depth * m->matrix_flop_per_s[precision] / 312e12;
    compute_s = flop * (1.0 + lost / rows) * (1.0 + lost / columns) * (1.0 + start / depth) / rate;
  }
  return joined_s(k, compute_s, memory_s(k, moved));
}

// Kernels on each number of a tensor: bytes moved and FLOP of the vector units for each, forward and backward.
typedef struct step_cost {
  double bytes, bytes_back, flop, flop_back;
} step_cost;

static double element_s(const kit *k, double bytes, double flop) {
  const compute_machine *m = k->machine;
  const double           compute_s =
      flop > 0.0 ? flop / (m->vector_flop_per_s * compute_curve_at(&m->vector_efficiency, flop)) : 0.0;
  return joined_s(k, compute_s, memory_s(k, bytes));
}

static void elements(const kit *k, tally *t, int32_t part, double numbers, step_cost c) {
  if (!(numbers > 0.0)) return;
  add(t, FORWARD, part, element_s(k, numbers * c.bytes, numbers * c.flop), c.bytes > 0.0, 0.0);
  add(t, BACKWARD, part, element_s(k, numbers * c.bytes_back, numbers * c.flop_back), c.bytes_back > 0.0, 0.0);
}

// Costs of a number in 16 bits: each is read and written once forward; backward the gradient is read, saved inputs too, and
// written. FLOP: Calculon, commit caa4b11, 2023, layers.py.
static const step_cost normed = {4.0, 8.0, 9.0, 14.0};  // layer norm, RMS norm; its gradient is added to the residual's
static const step_cost turned = {4.0, 4.0, 3.0, 3.0};   // rotary positions
static const step_cost added = {6.0, 2.0, 1.0, 0.0};    // residual
static const step_cost dropped_added = {7.0, 5.0, 2.0, 1.0};  // dropout with its mask and residual in one kernel
static const step_cost dropped = {4.0, 4.0, 1.0, 1.0};        // dropout alone
static const step_cost softened = {4.0, 6.0, 5.0, 8.0};       // scale, mask, softmax
static const step_cost softened_dropped = {9.0, 12.0, 6.0, 9.0};

// Kernels that quantise one tensor: numbers and their scale; with a scale for each block both orders of the tensor, each with
// its scales arranged for the unit. Source: Transformer Engine 2.x, Apache-2.0, 2025.
static double cast_launches(int32_t precision) { return precision == COMPUTE_FP8 ? 1.0 : 3.0; }

// A linear layer, `count` of it with weights of their own: forward, gradient of the input, gradient of the weights, which is
// added to a sum in 32 bits (8 bytes each). Below 16 bits inputs and gradients of outputs are quantised first.
static void linear(const kit *k, tally *t, int32_t part, int32_t precision, double rows, double in, double out,
                   double count) {
  const double flop = 2.0 * rows * in * out * count,
               cast = precision >= COMPUTE_FP8 ? k->software->cast_bytes * count : 0.0;
  add(t, FORWARD, part, product_s(k, precision, rows, out, in, count, 0.0), count, flop);
  add(t, BACKWARD, part, product_s(k, precision, rows, in, out, count, 0.0), count, flop);
  add(t, WEIGHTS, part, product_s(k, precision, in, out, rows, count, k->software->convention.separate ? 0.0 : 6.0),
      count, flop);
  if (cast > 0.0) elements(k, t, part, rows, (step_cost){.bytes = in * cast, .bytes_back = out * cast});
  if (cast > 0.0) t->launches[FORWARD] += cast_launches(precision) * count - 1.0;
  if (cast > 0.0) t->launches[BACKWARD] += cast_launches(precision) * count - 1.0;
}

// ---- Attention --------------------------------------------------------------------------------------------

// Fused attention keeps scores on the chip. FLOP: 2 (query + value width) per pair forward; backward computes the scores
// again: 2 (3 query + 2 value). Heads narrower than 128 leave the unit idle while exponentials are taken: 0.8 at 64.
// FlashAttention-2 knows Ampere's instructions alone: 0.35 of an H100's peak at best; -1 is half as fast (Dao 2023, abstract).
// Backward runs at 0.78 of the pace of forward (Shah et al. fig. 5 and 6: 740 and 580 TFLOP/s).
// Source: Dao 2023, arXiv:2307.08691 sec. 3; Shah et al. 2024, arXiv:2407.08608 abstract, fig. 5 and 6.
// Start, end and the uneven blocks of the diagonal cost as much as so many more queries: MooreThreads/SimuMax commit 4dcaae5,
// 2025, B200, width 128, 4,096 against 32,768 tokens.
static const double attention_pace[2] = {1.0, 0.78}, lost_tokens[2] = {3000.0, 900.0}, narrow_width = 40.0,
                    flash2_flop_per_s[2] = {0.35 * 989.5e12, 0.31 * 989.5e12};

static void fused_attention(const kit *k, tally *t, double pairs) {
  const training_shape *s = k->shape;
  const double          q = training_query_dim(s), v = training_value_dim(s), heads = s->heads / k->tp;
  const double          rows = (double)k->plan->seq_tokens / k->plan->cp, io = k->tokens * heads * (q + v) * 2.0 * 2.0;
  const double          reached = q / (q + narrow_width) * (128.0 + narrow_width) / 128.0;
  const double          flop[2] = {2.0 * (q + v) * heads * pairs, 2.0 * (3.0 * q + 2.0 * v) * heads * pairs};
  for (int32_t back = 0; back < 2; back++) {
    double rate = ceiling_flop_per_s(k->machine, COMPUTE_BF16) * k->software->attention_frac * attention_pace[back];
    if (k->plan->flash1 || k->plan->flash2) rate = number_least(rate, flash2_flop_per_s[back]);
    if (k->plan->flash1) rate *= 0.5;
    add(t, back ? BACKWARD : FORWARD, CORE,
        joined_s(k, flop[back] * (1.0 + lost_tokens[back] / rows) / (rate * reached),
                 memory_s(k, (back ? 3.0 : 1.0) * io)),
        back ? 3.0 : 1.0, flop[back]);
  }
}

// Attention of 2021: two batched products over the whole square, the scores in memory between them. Per score: product out 2,
// scale, mask and softmax in one kernel 4, dropout 5 with its mask; backward as much again, and the products' operands.
// Source: Korthikanti 2022, arXiv:2205.05198 sec. 4.1 (what is stored); fused softmax: Shoeybi et al. 2019, Megatron-LM.
static void unfused_attention(const kit *k, tally *t) {
  const training_shape *s = k->shape;
  const double          q = training_query_dim(s), v = training_value_dim(s);
  const double          n = k->plan->seq_tokens, count = k->plan->micro_batch * s->heads / k->tp;
  const double          rows = n / k->plan->cp, flop = 2.0 * rows * n * (q + v) * count;
  add(t, FORWARD, CORE,
      product_s(k, COMPUTE_BF16, rows, n, q, count, 0.0) + product_s(k, COMPUTE_BF16, rows, v, n, count, 0.0), 2.0,
      flop);
  add(t, BACKWARD, CORE,
      2.0 * product_s(k, COMPUTE_BF16, rows, q, n, count, 0.0) + product_s(k, COMPUTE_BF16, rows, n, v, count, 0.0) +
          product_s(k, COMPUTE_BF16, n, v, rows, count, 0.0),
      4.0, 2.0 * flop);
  if (k->software->convention.separate)
    elements(k, t, CORE, rows * n * count, softened), elements(k, t, CORE, rows * n * count, dropped);
  else elements(k, t, CORE, rows * n * count, softened_dropped);
  t->launches[FORWARD] += 24.0, t->launches[BACKWARD] += 40.0;  // transposes, biases, copies: small kernels
}

static void residual(const kit *k, tally *t) {
  const double numbers = k->own_tokens * k->shape->hidden;
  if (k->software->convention.separate) elements(k, t, PLAIN, numbers, dropped), elements(k, t, PLAIN, numbers, added);
  else elements(k, t, PLAIN, numbers, k->plan->unfused ? dropped_added : added);
}

static double mean_pairs(const kit *k) {
  const training_shape *s = k->shape;
  const double          windowed = (double)training_windowed_layers(s) / s->layers,
               causal = !k->software->convention.full_square;
  const double pairs =
      (1.0 - windowed) * training_attention_pairs(s, k->plan->seq_tokens, causal > 0.0, 0) +
      (windowed > 0.0 ? windowed * training_attention_pairs(s, k->plan->seq_tokens, causal > 0.0, 1) : 0.0);
  return pairs * k->plan->micro_batch / k->plan->cp;
}

// Projections of latent attention: ranks are not cut by tensor parallelism. Source: DeepSeek-AI, arXiv:2405.04434, sec. 2.1.
static void latent_projections(const kit *k, tally *t, int32_t precision) {
  const training_shape *s = k->shape;
  const double          heads = s->heads / k->tp, q = training_query_dim(s), v = training_value_dim(s), h = s->hidden;
  if (s->q_rank > 0) {
    linear(k, t, PLAIN, precision, k->own_tokens, h, s->q_rank, 1.0);
    elements(k, t, CHEAP, k->own_tokens * s->q_rank, normed);
  }
  linear(k, t, s->q_rank > 0 ? CHEAP : PLAIN, precision, k->tokens, s->q_rank > 0 ? s->q_rank : h, heads * q, 1.0);
  linear(k, t, PLAIN, precision, k->own_tokens, h, s->kv_rank + s->rope_dim, 1.0);
  elements(k, t, CHEAP, k->own_tokens * s->kv_rank, normed);
  linear(k, t, CHEAP, precision, k->tokens, s->kv_rank, heads * (q - s->rope_dim + v), 1.0);
  elements(k, t, CHEAP, k->tokens * heads * (2.0 * q + v), turned);  // rotary part turned, spread over heads and joined
}

static double kv_heads_here(const kit *k) {
  return number_most(1.0, k->shape->kv_heads / k->tp);
}  // fewer than tp: copied

static void attention(const kit *k, tally *t) {
  const training_shape *s = k->shape;
  const int32_t         precision = k->plan->precision;
  const double          h = s->hidden, heads = s->heads / k->tp, q = training_query_dim(s), v = training_value_dim(s);
  elements(k, t, CHEAP, k->own_tokens * h, normed);
  if (s->kv_rank > 0) {
    latent_projections(k, t, precision);
  } else {
    const double kv = kv_heads_here(k);
    if (k->software->convention.separate) {
      linear(k, t, PLAIN, precision, k->tokens, h, heads * q, 1.0),
          linear(k, t, PLAIN, precision, k->tokens, h, kv * q, 1.0);
      linear(k, t, PLAIN, precision, k->tokens, h, kv * v, 1.0);
    } else {
      linear(k, t, PLAIN, precision, k->tokens, h, heads * q + kv * (q + v), 1.0);
    }
    if (!s->biases) elements(k, t, CHEAP, k->tokens * (heads + kv) * q, turned);  // rotary positions
  }
  if (k->plan->unfused) unfused_attention(k, t);
  else fused_attention(k, t, mean_pairs(k));
  linear(k, t, PLAIN, precision, k->tokens, heads * v, h, 1.0);
  residual(k, t);
}

// ---- Feed-forward and experts ------------------------------------------------------------------------------

// `count` multi-layer perceptrons of width ffn, each on `rows`.
static void perceptron(const kit *k, tally *t, double rows, double ffn, double count) {
  const training_shape *s = k->shape;
  const double          gate = training_gated(s) ? 2.0 : 1.0;
  linear(k, t, PLAIN, k->plan->precision, rows, s->hidden, gate * ffn, count);
  elements(k, t, CHEAP, rows * ffn * count, (step_cost){2.0 * gate + 2.0, 4.0 * gate + 2.0, 8.0, 13.0});
  linear(k, t, PLAIN, k->plan->precision, rows, ffn, s->hidden, count);
}

// Rows that one GPU's experts work on: its own tokens top_k times, those of its expert tensor group, and what the fullest
// expert has above the mean where nothing forces balance.
static double expert_rows(const kit *k) {
  const training_shape *s = k->shape;
  const double          more = isnan(s->capacity_frac) ? 1.0 + k->software->imbalance_frac : s->capacity_frac;
  return k->tokens / k->tp * s->top_k * k->plan->etp * more;
}

// Router, permutation by expert and back (every copy of a token written, then read; sorted again among local experts),
// grouped products, weighted sum. Source: Megatron-Core's dispatcher, arXiv:2504.14960, 2025.
static void experts(const kit *k, tally *t) {
  const training_shape *s = k->shape;
  const double local = (double)s->experts / k->plan->ep, own = k->tokens / k->tp, rows = expert_rows(k), h = s->hidden;
  linear(k, t, PLAIN, COMPUTE_BF16, own, h, s->experts, 1.0);
  elements(k, t, PLAIN, own * s->experts, (step_cost){.bytes = 16.0, .bytes_back = 16.0});
  const step_cost spread = {.bytes = 2.0 * s->top_k + 2.0, .bytes_back = 2.0 * s->top_k + 2.0},
                  sorted = {.bytes = 4.0, .bytes_back = 4.0};
  elements(k, t, PLAIN, own * h, spread);
  if (local > 1.0) elements(k, t, PLAIN, rows * h, sorted);
  elements(k, t, PLAIN, own * h, spread);
  perceptron(k, t, rows / local, (double)s->expert_ffn / k->plan->etp, local);
  if (s->shared_experts > 0) perceptron(k, t, k->tokens, (double)s->shared_experts * s->expert_ffn / k->tp, 1.0);
  t->launches[FORWARD] += 30.0, t->launches[BACKWARD] += 20.0;  // top-k, counts, masks: small kernels
}

// ---- Communication within a stage ---------------------------------------------------------------------------

double training_collective_s(const training_software *w, const compute_machine *m, compute_collective kind,
                             double bytes, int32_t members, int32_t stride) {
  const int32_t        tier = (int64_t)members * stride > m->tier[0].gpus;
  const training_link *link =
      kind == COMPUTE_ALL_REDUCE ? &w->convention.all_reduce[tier] : &w->convention.gather[tier];
  if (link->scale == 0.0 || kind == COMPUTE_SEND || kind == COMPUTE_ALL_TO_ALL || members <= 1)
    return compute_collective_s(m, kind, bytes, members, stride);
  const compute_tier *t = &m->tier[tier];
  const double        sent = bytes * link->scale * (members + link->offset) / members;
  return t->latency_s + sent / (t->bytes_per_s * compute_curve_at(&t->efficiency, sent));
}

// Hides a transfer beside kernels of `beside_s`; what is hidden takes a share of the processor.
static training_move hide(double link_s, double beside_s, double overlap_frac, double stolen_frac) {
  const double hidden_s = number_least(link_s, beside_s) * overlap_frac;
  return (training_move){link_s, link_s - hidden_s + stolen_frac * hidden_s};
}

static training_move both(training_move a, training_move b) {
  return (training_move){a.link_s + b.link_s, a.exposed_s + b.exposed_s};
}

// A move of the layer: forward and backward; full recompute does the forward one again.
static void set_move(const kit *k, training_layer *l, int32_t move, training_move forward, training_move backward) {
  l->move[move] = both(forward, backward);
  if (k->plan->recompute == TRAINING_RECOMPUTE_FULL) l->again[move] = forward;
}

// Tensor parallelism joins and cuts activations twice a layer and pass: all-reduce, or all-gather and reduce-scatter with
// sequence parallelism, when the backward pass gathers both inputs again. Backward, what is summed, and what is gathered again,
// runs beside the gradients of the weights whether or not the rest overlaps. What is gathered is quantised before; sums are in
// 16 bits. Source: Korthikanti 2022, sec. 4.2.2; Megatron-LM v3, 2022 (asynchronous all-reduce of the input's gradient);
// Transformer Engine 1.0, 2023 (gather of quantised inputs).
typedef struct tensor_times {
  double sum_s, gather_s;  // of one piece
} tensor_times;

static tensor_times tensor_once(const kit *k) {
  const compute_machine   *m = k->machine;
  const training_software *w = k->software;
  const training_plan     *p = k->plan;
  const double             bytes = k->tokens * k->shape->hidden * 2.0;
  if (!p->sequence_parallel)
    return (tensor_times){training_collective_s(w, m, COMPUTE_ALL_REDUCE, bytes, p->tp, 1), 0.0};
  const double gathered = bytes * number_least(1.0, compute_precision_bytes((compute_precision)p->precision) / 2.0);
  return (tensor_times){training_collective_s(w, m, COMPUTE_REDUCE_SCATTER, bytes, p->tp, 1),
                        training_collective_s(w, m, COMPUTE_ALL_GATHER, gathered, p->tp, 1)};
}

// Calculon's collectives read and write their buffer in memory, unless they overlap, and sums are taken by the vector units;
// those done again for recompute are not. Source: Calculon, commit caa4b11, 2023, layers.py.
static training_move staged_moves(const kit *k, double pieces) {
  const training_plan *p = k->plan;
  const double         numbers = k->tokens * k->shape->hidden, shown = 1.0 - p->overlap_tp_frac;
  if (!k->software->convention.staged || p->tp <= 1) return (training_move){0};
  const double sums_s = 2.0 * pieces * element_s(k, 0.0, numbers * (p->tp - 1.0) / p->tp);
  const double moved_s = 2.0 * pieces * (p->sequence_parallel ? 2.0 : 1.0) * memory_s(k, 4.0 * numbers) * shown;
  return (training_move){moved_s + sums_s, moved_s + sums_s * shown};
}

static void tensor_parallel(const kit *k, const tally *t, double pieces, training_layer *l) {
  const training_plan       *p = k->plan;
  const training_convention *c = &k->software->convention;
  const tensor_times         once = tensor_once(k);
  const double               sum_s = pieces * once.sum_s, gather_s = pieces * once.gather_s,
               again_s = gather_s * (1.0 - c->kept_frac);
  const double stolen = k->machine->tier[0].stolen_frac, most = k->software->overlap_frac,
               told = p->overlap_tp_frac * most;
  const double  always = c->staged ? told : most, beside_s = t->s[WEIGHTS] / 2.0;
  training_move back = both(hide(gather_s, t->s[BACKWARD], told, stolen), hide(sum_s, beside_s, always, stolen));
  back = both(back, hide(again_s, beside_s, always, stolen));
  back = both(back, staged_moves(k, pieces));
  set_move(k, l, TRAINING_TENSOR, hide(sum_s + gather_s, t->s[FORWARD], told, stolen), back);
}

// Keys and values travel around the ring while attention works on the piece before; backward also their gradients.
// Source: Liu et al. 2023, arXiv:2310.01889; balanced halves: Llama 3, arXiv:2407.21783, sec. 3.3.2.
static void context_parallel(const kit *k, double core_s, double core_back_s, training_layer *l) {
  const training_plan *p = k->plan;
  if (p->cp <= 1) return;
  const training_shape *s = k->shape;
  const double          width = s->kv_rank > 0 ? s->heads / k->tp * (training_query_dim(s) + training_value_dim(s))
                                               : kv_heads_here(k) * (training_query_dim(s) + training_value_dim(s));
  const double          piece = k->tokens * width * 2.0, steps = p->cp - 1.0;
  const double once_s = steps * training_collective_s(k->software, k->machine, COMPUTE_SEND, piece, p->cp, p->tp);
  const double overlap = p->overlap_cp_frac * k->software->overlap_frac, stolen = k->machine->tier[0].stolen_frac;
  set_move(k, l, TRAINING_CONTEXT, hide(once_s, core_s * steps / p->cp, overlap, stolen),
           hide(2.0 * once_s, core_back_s * steps / p->cp, overlap, stolen));
}

// Tokens go to their experts and come back, in both passes; one copy goes to each other domain, to be copied there: of u
// domains u (1 - (1 - 1 / u)^k) see a token (DeepSeek-AI, arXiv:2412.19437 sec. 3.2.2; its DeepEP, 2025-02). Expert tensor
// parallelism gathers and scatters them.
static void expert_parallel(const kit *k, const tally *t, training_layer *l) {
  const training_plan *p = k->plan;
  const double domains = number_most(1.0, (double)p->ep * p->etp / k->machine->tier[0].gpus), top_k = k->shape->top_k;
  const double copies = domains > 1.0 ? domains * (1.0 - pow(1.0 - 1.0 / domains, top_k)) / top_k : 1.0;
  const double bytes = expert_rows(k) / p->etp * k->shape->hidden * 2.0 * copies;
  double       once_s = 2.0 * training_collective_s(k->software, k->machine, COMPUTE_ALL_TO_ALL, bytes, p->ep, p->etp);
  once_s += training_collective_s(k->software, k->machine, COMPUTE_ALL_GATHER, bytes * p->etp, p->etp, 1) +
            training_collective_s(k->software, k->machine, COMPUTE_REDUCE_SCATTER, bytes * p->etp, p->etp, 1);
  const double overlap = p->overlap_ep_frac * k->software->overlap_frac, stolen = k->machine->tier[0].stolen_frac;
  set_move(k, l, TRAINING_EXPERT, hide(once_s, t->s[FORWARD], overlap, stolen),
           hide(once_s, t->s[BACKWARD] + t->s[WEIGHTS], overlap, stolen));
}

// ---- Layers ------------------------------------------------------------------------------------------------

static double shown_s(const kit *k, const tally *t, int32_t pass) {
  const double host_s = (t->launches[pass] - (k->plan->cuda_graphs ? t->captured[pass] : 0.0)) * k->software->kernel_s;
  return number_most(t->s[pass], host_s) / k->software->speed_frac;
}

static void close_layer(const kit *k, const tally *t, training_layer *l) {
  l->forward_s = shown_s(k, t, FORWARD);
  const double both_s = t->s[BACKWARD] + t->s[WEIGHTS];
  tally        back = *t;
  back.s[BACKWARD] = both_s, back.launches[BACKWARD] += t->launches[WEIGHTS],
  back.captured[BACKWARD] += t->captured[WEIGHTS];
  l->backward_s = shown_s(k, &back, BACKWARD);
  l->weights_s = both_s > 0.0 ? l->backward_s * t->s[WEIGHTS] / both_s : 0.0;
  l->hardware_flop = t->flop[FORWARD] + t->flop[BACKWARD] + t->flop[WEIGHTS];
}

// What runs again before the backward pass.
static void recompute(const kit *k, const tally *t, training_layer *l) {
  static const int32_t parts[TRAINING_RECOMPUTE_COUNT] = {0, CORE + 1, CHEAP + 1, PARTS};
  double               seconds = 0.0, all = 0.0;
  for (int32_t i = 0; i < PARTS; i++) all += t->part_s[i];
  for (int32_t i = 0; i < parts[k->plan->recompute]; i++) seconds += t->part_s[i], l->again_flop += t->part_flop[i];
  l->recompute_s = all > 0.0 ? l->forward_s * seconds / all : 0.0;
}

static void prepare_layer(const kit *k, int32_t kind, training_block *out) {
  const training_shape *s = k->shape;
  training_layer       *l = &out->layer[kind];
  tally                 t = {0};
  *l = (training_layer){0};
  attention(k, &t);
  context_parallel(k, t.part_s[CORE], 2.5 * t.part_s[CORE], l);
  elements(k, &t, CHEAP, k->own_tokens * s->hidden, normed);
  if (kind == TRAINING_LAYER_DENSE) perceptron(k, &t, k->tokens, s->ffn / k->tp, 1.0);
  for (int32_t i = 0; i < PASSES; i++)
    t.captured[i] = t.launches[i];  // how many tokens an expert gets the host must know
  if (kind == TRAINING_LAYER_EXPERTS) experts(k, &t);
  residual(k, &t);
  tensor_parallel(k, &t, kind == TRAINING_LAYER_DENSE || s->shared_experts > 0 ? 2.0 : 1.0, l);
  if (kind == TRAINING_LAYER_EXPERTS) expert_parallel(k, &t, l);
  close_layer(k, &t, l);
  recompute(k, &t, l);
  training_params n;
  training_count_layer(s, kind == TRAINING_LAYER_EXPERTS, &n);
  l->parameters = (n.total - n.expert - n.router - n.norm) / k->tp + n.router + n.norm;
  l->expert_parameters = n.expert / k->plan->ep / k->plan->etp;
}

// Embedding reads rows of its table; logits are a product in 16 bits and a cross-entropy in 32 (read 2, written 4, read and
// exponentiated 4 and 4; backward 4 and 2 bytes a logit), cut over the vocabulary.
static void prepare_ends(const kit *k, training_block *out) {
  const training_shape *s = k->shape;
  const double          vocab = s->vocab / k->tp, h = s->hidden;
  tally                 first = {0}, last = {0};
  out->embedding = out->logits = (training_layer){0};
  if (k->software->convention.blocks_only) return;
  elements(k, &first, PLAIN, k->own_tokens * h, (step_cost){.bytes = 6.0, .bytes_back = 10.0});
  close_layer(k, &first, &out->embedding);
  elements(k, &last, PLAIN, k->own_tokens * h, normed);
  linear(k, &last, PLAIN, COMPUTE_BF16, k->tokens, h, vocab, 1.0);
  elements(k, &last, PLAIN, k->tokens * vocab, (step_cost){.bytes = 14.0, .bytes_back = 6.0});
  close_layer(k, &last, &out->logits);
  out->embedding.parameters = vocab * h;
  out->logits.parameters = s->tied ? 0.0 : vocab * h;
}

sg_err training_block_prepare(const training_shape *s, const compute_machine *m, const training_software *w,
                              const training_plan *p, training_block *out) {
  if (!(m->matrix_flop_per_s[p->precision] > 0.0) || !(m->matrix_flop_per_s[COMPUTE_BF16] > 0.0)) return SG_ERR_RANGE;
  kit k = {.shape = s, .machine = m, .software = w, .plan = p, .tp = p->tp};
  k.tokens = (double)p->micro_batch * p->seq_tokens / p->cp;
  k.own_tokens = p->sequence_parallel ? k.tokens / k.tp : k.tokens;
  *out = (training_block){.shape = *s, .machine = *m, .software = *w};
  prepare_layer(&k, TRAINING_LAYER_DENSE, out);
  if (s->experts > 0) prepare_layer(&k, TRAINING_LAYER_EXPERTS, out);
  prepare_ends(&k, out);
  // Pieces are scattered over tensor-parallel GPUs before they are sent (Narayanan 2021, sec. 4.1; sequence parallelism).
  out->send_bytes = k.tokens / (w->convention.whole_sends && !p->sequence_parallel ? 1.0 : k.tp) * s->hidden * 2.0;
  training_flops f;
  training_count_flops(s, p->seq_tokens, 1, &f);
  out->model_flop = 3.0 * f.total;
  return SG_OK;
}
