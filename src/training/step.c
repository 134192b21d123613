// Step: pipeline, data parallelism, optimizer and the rest, on top of a prepared block.
#include <math.h>

#include "../base/number.h"
#include "plan_parts.h"

// ---- Layout ------------------------------------------------------------------------------------------------

// Layers of each kind on a stage.
typedef struct stage {
  double layers[TRAINING_LAYER_KINDS];
} stage;

// Time of a stage for one micro-batch by part.
typedef struct stage_time {
  double        forward_s, backward_s, weights_s, recompute_s;
  training_move move[TRAINING_MOVES];
  double        total_s;
} stage_time;

typedef struct run {
  const training_block *b;
  const training_plan  *p;
  double                micro_batches, again_frac;  // again_frac: share of layers that recompute
  stage                 first, middle, last, whole;
  stage_time            slowest;
  double                sum_s;  // of all stages
  training_step        *out;
} run;

static stage_time time_of(const run *r, const stage *n, const training_layer *extra, double count) {
  stage_time t = {0};
  for (int32_t k = 0; k < TRAINING_LAYER_KINDS; k++) {
    const training_layer *l = &r->b->layer[k];
    const double          x = n->layers[k], again = x * r->again_frac;
    if (!(x > 0.0)) continue;
    t.forward_s += x * l->forward_s, t.backward_s += x * l->backward_s, t.weights_s += x * l->weights_s;
    t.recompute_s += again * l->recompute_s;
    for (int32_t i = 0; i < TRAINING_MOVES; i++) {
      t.move[i].link_s += x * l->move[i].link_s + again * l->again[i].link_s;
      t.move[i].exposed_s += x * l->move[i].exposed_s + again * l->again[i].exposed_s;
    }
  }
  if (extra)
    t.forward_s += count * extra->forward_s, t.backward_s += count * extra->backward_s,
        t.weights_s += count * extra->weights_s;
  t.total_s = t.forward_s + t.backward_s + t.recompute_s;
  for (int32_t i = 0; i < TRAINING_MOVES; i++) t.total_s += t.move[i].exposed_s;
  return t;
}

// Dense layers come first in the model; chunk c of the model, `per_chunk` layers, is on stage c mod pp. Dense layers on a
// stage, `from` 0 the first .. pp - 1 the last; of a model without experts all are.
static double dense_on(const run *r, double per_chunk, double from) {
  const training_plan *p = r->p;
  const double         dense = r->b->shape.dense_layers;
  if (r->b->shape.experts == 0) return HUGE_VAL;
  const double cycle = per_chunk * p->pp, full = floor(dense / cycle), rest = dense - full * cycle;
  return full * per_chunk + number_least(per_chunk, number_most(0.0, rest - from * per_chunk));
}

static stage stage_of(double layers, double dense) {
  const double d = number_least(layers, dense);
  return (stage){
      {d, layers - d}
  };
}

// Chunks hold equally many layers, rounded up; what is missing then is taken from first and last stage, so that these, with
// embedding and logits, come out even (as Megatron-Core's layouts that count both as layers do).
static void lay_out(run *r) {
  const training_shape *s = &r->b->shape;
  const training_plan  *p = r->p;
  const double          chunks = (double)p->pp * p->vp, per_chunk = ceil(s->layers / chunks), each = per_chunk * p->vp;
  const double          dense = s->experts > 0 ? s->dense_layers : s->layers, missing = chunks * per_chunk - s->layers;
  const double          layer_s = time_of(r,
                                          &(stage){
                                              {s->experts == 0, s->experts > 0}
  },
                                          NULL, 0.0)
                             .total_s;
  const double ends_s = r->b->embedding.forward_s + r->b->embedding.backward_s -
                        (1.0 + s->mtp_layers) * (r->b->logits.forward_s + r->b->logits.backward_s) -
                        s->mtp_layers * layer_s;
  double from_first = number_most(0.0, number_least(missing, (missing + ends_s / layer_s) / 2.0));
  from_first = number_least(from_first, each);
  const double from_last = number_least(missing - from_first, each);
  r->first = stage_of(each - from_first, dense_on(r, per_chunk, 0.0));
  r->middle = stage_of(each, dense_on(r, per_chunk, number_most(0.0, p->pp - 2.0)));
  r->last = stage_of(each - from_last, dense_on(r, per_chunk, p->pp - 1.0));
  if (s->mtp_layers > 0) r->last.layers[s->experts > 0] += s->mtp_layers;
  r->whole = stage_of(s->layers, dense);
  r->whole.layers[s->experts > 0] += s->mtp_layers;
}

// The slowest stage sets the pace; the bubble is one pass through all the others.
static void time_stages(run *r) {
  const training_layer *e = &r->b->embedding, *l = &r->b->logits;
  const double          heads = 1.0 + r->b->shape.mtp_layers;
  const training_layer  both = {.forward_s = e->forward_s + heads * l->forward_s,
                                .backward_s = e->backward_s + heads * l->backward_s,
                                .weights_s = e->weights_s + heads * l->weights_s};
  const stage_time      whole = time_of(r, &r->whole, &both, 1.0);
  r->sum_s = whole.total_s;
  if (r->p->pp == 1) {
    r->slowest = whole;
    return;
  }
  const stage_time ends[2] = {time_of(r, &r->first, e, 1.0), time_of(r, &r->last, l, heads)};
  r->slowest = ends[0].total_s > ends[1].total_s ? ends[0] : ends[1];
  if (r->p->pp <= 2) return;
  const stage_time middle = time_of(r, &r->middle, NULL, 0.0);
  if (middle.total_s > r->slowest.total_s) r->slowest = middle;
}

// ---- Pipeline ------------------------------------------------------------------------------------------------

// 1F1B: the first micro-batch passes all stages, sent from one to the next, before the slowest is filled, and again at the end;
// interleaving cuts their time by vp (Narayanan 2021, sec. 2.2). Zero-bubble: gradients of the weights fill it: forward +
// backward - 2 weights is left of forward + backward (Qi et al. 2023, arXiv:2401.10241, ZB-H1).
static void pipeline(run *r) {
  const training_plan *p = r->p;
  training_step       *out = r->out;
  const stage_time    *t = &r->slowest;
  const double         m = r->micro_batches;
  out->forward_s = m * t->forward_s, out->backward_s = m * t->backward_s, out->recompute_s = m * t->recompute_s;
  out->tp_s = m * t->move[TRAINING_TENSOR].exposed_s, out->tp_link_s = m * t->move[TRAINING_TENSOR].link_s;
  out->cp_s = m * t->move[TRAINING_CONTEXT].exposed_s, out->cp_link_s = m * t->move[TRAINING_CONTEXT].link_s;
  out->ep_s = m * t->move[TRAINING_EXPERT].exposed_s, out->ep_link_s = m * t->move[TRAINING_EXPERT].link_s;
  if (p->pp == 1) return;
  double left = 1.0;
  if (p->schedule == TRAINING_ZERO_BUBBLE) left = number_most(0.0, 1.0 - 2.0 * t->weights_s / t->total_s);
  const int32_t stride = p->tp * p->cp * p->dp;
  const double  send_s =
      training_collective_s(&r->b->software, &r->b->machine, COMPUTE_SEND, r->b->send_bytes, 2, stride);
  out->bubble_s = number_most(0.0, r->sum_s - t->total_s) / p->vp * left + 2.0 * send_s * (p->pp - 1.0);
  out->pp_link_s = 2.0 * send_s * m * p->vp;
  out->pp_s = out->pp_link_s * (1.0 - p->overlap_pp_frac * r->b->software.overlap_frac);
}

// ---- Data parallelism ------------------------------------------------------------------------------------------

// Bytes of a gradient and of a weight on the wire. Assumption, see docs/assumptions.md#gradients-on-the-wire
static const double wire_bytes = 2.0;

// Of `link_s`, all but the last of `pieces` can hide beside `window_s`.
static double tail_s(double link_s, double window_s, double overlap_frac, double pieces) {
  const double hidden_s = number_least(link_s * (1.0 - 1.0 / pieces), window_s);
  return link_s - hidden_s * overlap_frac;
}

// Gradients are reduced over `members` `stride` apart, weights gathered again where states are cut. The window: backward
// of the last micro-batch; interleaved, a chunk is final while pp micro-batches of each chunk before it still run.
static void reduce(run *r, double parameters, int32_t members, int32_t stride) {
  const training_plan   *p = r->p;
  const compute_machine *m = &r->b->machine;
  const double           bytes = parameters * wire_bytes, overlap = p->overlap_dp_frac * r->b->software.overlap_frac;
  const double wider = (1.0 + (p->vp - 1.0) * p->pp) / p->vp, pieces = r->middle.layers[0] + r->middle.layers[1];
  if (p->zero == 0) {
    const double link_s = training_collective_s(&r->b->software, m, COMPUTE_ALL_REDUCE, bytes, members, stride);
    r->out->dp_link_s += link_s;
    r->out->dp_s += tail_s(link_s, wider * r->slowest.backward_s, overlap, pieces);
    return;
  }
  const double scatter_s = training_collective_s(&r->b->software, m, COMPUTE_REDUCE_SCATTER, bytes, members, stride);
  const double gather_s = training_collective_s(&r->b->software, m, COMPUTE_ALL_GATHER, bytes, members, stride);
  r->out->dp_link_s += scatter_s + gather_s;
  r->out->dp_s += tail_s(scatter_s, wider * r->slowest.backward_s, overlap, pieces) +
                  tail_s(gather_s, wider * r->slowest.forward_s, overlap, pieces);
}

// ZeRO-3 and FSDP gather each layer's weights before its forward and its backward pass and scatter its gradients, for each
// micro-batch; replicas of the shards add theirs up at the end.
static void fetch(run *r, int32_t members, int32_t stride) {
  const training_plan   *p = r->p;
  const compute_machine *m = &r->b->machine;
  const double           overlap = p->overlap_dp_frac * r->b->software.overlap_frac;
  for (int32_t k = 0; k < TRAINING_LAYER_KINDS; k++) {
    const training_layer *l = &r->b->layer[k];
    const double          x = r->micro_batches * r->whole.layers[k] / p->pp;
    if (!(x > 0.0)) continue;
    const double bytes = (l->parameters + l->expert_parameters) * wire_bytes;
    const double gather_s = training_collective_s(&r->b->software, m, COMPUTE_ALL_GATHER, bytes, members, stride);
    const double back_s =
        gather_s + training_collective_s(&r->b->software, m, COMPUTE_REDUCE_SCATTER, bytes, members, stride);
    r->out->dp_link_s += x * (gather_s + back_s);
    r->out->dp_s += x * (tail_s(gather_s, l->forward_s, overlap, 1e9) +
                         tail_s(back_s, l->backward_s + l->recompute_s, overlap, 1e9));
  }
}

static double parameters_of(const stage *n, const training_block *b, int32_t expert) {
  double sum = 0.0;
  for (int32_t k = 0; k < TRAINING_LAYER_KINDS; k++)
    sum += n->layers[k] * (expert ? b->layer[k].expert_parameters : b->layer[k].parameters);
  return sum;
}

// Data parallelism and optimizer. Adam: gradient 2 and 4 for its norm, weight and two moments in 32 bits read and written 24,
// weight in 16 bits written 2: 32 bytes for each parameter that this GPU updates, in a few kernels over long lists, which reach
// the memory's ceiling. Source: Kingma, Ba 2014, arXiv:1412.6980; NVIDIA Apex, multi-tensor Adam, 2019.
static void data_parallel(run *r) {
  static const double    adam_bytes = 32.0;
  const training_plan   *p = r->p;
  const training_block  *b = r->b;
  const compute_machine *m = &b->machine;
  const int32_t          members = p->dp * p->cp, cut = p->shard > 0 ? p->shard : members;
  const int32_t          of_expert = p->tp * members / (p->ep * p->etp);
  const double           first = parameters_of(&r->first, b, 0) + b->embedding.parameters;
  const double           last = parameters_of(&r->last, b, 0) + b->logits.parameters;
  const double dense = p->pp == 1 ? parameters_of(&r->whole, b, 0) + b->embedding.parameters + b->logits.parameters
                                  : number_most(number_most(first, last), parameters_of(&r->middle, b, 0));
  const double expert = parameters_of(p->pp == 1 ? &r->whole : &r->middle, b, 1);
  if (p->zero == 3) {
    fetch(r, cut, p->flat_gather ? m->tier[0].gpus : p->tp);
    if (cut < members) {
      training_plan flat = *p;
      flat.zero = 0;
      run replicas = *r;
      replicas.p = &flat;
      reduce(&replicas, dense / cut, members / cut, p->tp * cut);
    }
  } else {
    reduce(r, dense, members, p->tp);
    if (expert > 0.0) reduce(r, expert, of_expert, p->ep * p->etp);
  }
  const double own = p->zero ? dense / cut + expert / number_least(cut, of_expert) : dense + expert,
               bytes = own * adam_bytes;
  r->out->optimizer_s = bytes / (m->memory_bytes_per_s * compute_curve_at(&m->memory_efficiency, bytes));
}

// ---- Sum -----------------------------------------------------------------------------------------------------

static void add_up(run *r) {
  const training_plan  *p = r->p;
  const training_block *b = r->b;
  training_step        *out = r->out;
  const double          gpus = training_plan_gpus(p), domain = b->machine.tier[0].gpus;
  const double run_s = out->forward_s + out->backward_s + out->recompute_s + out->bubble_s + out->tp_s + out->cp_s +
                       out->ep_s + out->pp_s + out->dp_s + out->optimizer_s;
  out->straggler_s = run_s * b->software.straggler_frac * (gpus > domain ? log2(gpus / domain) : 0.0);
  out->other_s = b->software.step_overhead_s;
  out->step_s = run_s + out->straggler_s + out->other_s;
  out->model_flop = b->model_flop * p->batch;
  const double copies = r->micro_batches * p->dp * p->cp * p->tp;
  for (int32_t k = 0; k < TRAINING_LAYER_KINDS; k++)
    out->hardware_flop +=
        copies * r->whole.layers[k] * (b->layer[k].hardware_flop + r->again_frac * b->layer[k].again_flop);
  out->hardware_flop += copies * (1.0 + b->shape.mtp_layers) * b->logits.hardware_flop;
  const double peak = out->step_s * gpus * b->machine.matrix_flop_per_s[COMPUTE_BF16];
  out->mfu_frac = out->model_flop / peak, out->hfu_frac = out->hardware_flop / peak;
  out->tokens_per_s = (double)p->batch * p->seq_tokens / out->step_s;
  const double busy_s = out->forward_s + out->backward_s + out->recompute_s + out->optimizer_s;
  out->energy_j = gpus * (b->machine.idle_w * (out->step_s - busy_s) + b->machine.power_w * busy_s);
}

void training_step_run(const training_block *b, const training_plan *p, training_step *out) {
  *out = (training_step){0};
  run r = {.b = b,
           .p = p,
           .out = out,
           .micro_batches = (double)p->batch / ((double)p->dp * p->micro_batch),
           .again_frac = 1.0};
  if (p->recompute_layers > 0) r.again_frac = number_least(1.0, p->recompute_layers * (double)p->pp / b->shape.layers);
  lay_out(&r);
  time_stages(&r);
  pipeline(&r);
  data_parallel(&r);
  add_up(&r);
  training_memory_of(&b->shape, p, &out->memory);
}
