// Search: loops over plans, the plans kept, and the bound.
#include "search.h"

#include <stdbool.h>
#include <string.h>

#include "../base/number.h"
#include "plan_parts.h"

training_space training_space_default(int32_t gpus, int32_t batch, int32_t seq_tokens, int32_t precision) {
  training_space space = {.gpus = gpus,
                          .fixed = training_plan_default(),
                          .free_zero = 1,
                          .free_recompute = 1,
                          .free_schedule = 1,
                          .free_sequence_parallel = 1};
  training_plan *p = &space.fixed;
  p->tp = p->cp = p->pp = p->vp = p->ep = p->etp = p->micro_batch = p->shard = 0;
  p->batch = batch;
  p->seq_tokens = seq_tokens;
  p->precision = precision;
  return space;
}

// Values of a dimension: all up to `most`, or the one that is fixed.
static int32_t from_of(int32_t fixed) { return fixed > 0 ? fixed : 1; }
static int32_t to_of(int32_t fixed, int32_t most) { return fixed > 0 ? fixed : most > 1 ? most : 1; }

// The next value of a dimension.
static int32_t after(const training_space *space, int32_t value) { return space->coarse ? 2 * value : value + 1; }

// ---- What is kept -----------------------------------------------------------------------------------------

static bool comes_before(const training_found *a, const training_found *b) {
  if (a->step.step_s != b->step.step_s) return a->step.step_s < b->step.step_s;
  return a->number < b->number;
}

static bool lacks_less(const training_found *a, const training_found *b) {
  const double x = a->step.memory.total_bytes, y = b->step.memory.total_bytes;
  return b->plan.tp == 0 || x < y || (x == y && comes_before(a, b));
}

static void keep(training_search *out, const training_found *f) {
  if (out->n == out->n_wanted && !comes_before(f, &out->best[out->n - 1])) return;
  int32_t at = out->n < out->n_wanted ? out->n++ : out->n - 1;
  for (; at > 0 && comes_before(f, &out->best[at - 1]); at--) out->best[at] = out->best[at - 1];
  out->best[at] = *f;
}

void training_search_merge(training_search *out, const training_search *other) {
  for (int32_t i = 0; i < other->n; i++) keep(out, &other->best[i]);
  if (other->nearest.plan.tp > 0 && lacks_less(&other->nearest, &out->nearest)) out->nearest = other->nearest;
  if (out->n > 0) out->nearest.plan.tp = 0;
  out->n_priced += other->n_priced;
  out->n_cut += other->n_cut;
  out->n_too_large += other->n_too_large;
}

// ---- One block ----------------------------------------------------------------------------------------------

// State of a search: the plan that the loops have reached.
typedef struct hunt {
  const training_shape    *s;
  const compute_machine   *m;
  const training_software *w;
  const training_space    *space;
  training_search         *out;
  training_block           block;
  training_plan            plan;
  uint64_t                 number;
  int32_t                  cut;  // 1: plans of this block are only counted
} hunt;

// Prices the plan as it stands, with `layers` of the `stage` on each GPU recomputed (all: as the plan says it). true: it fits.
static bool price(hunt *h, int32_t layers, int32_t stage, training_found *f) {
  h->plan.recompute_layers = layers < stage ? layers : 0;
  f->plan = h->plan;
  f->number = h->number + (uint64_t)layers;
  training_step_run(&h->block, &f->plan, &f->step);
  h->out->n_priced++;
  const bool fits = f->step.memory.total_bytes <= h->m->memory_bytes;
  if (!fits) h->out->n_too_large++;
  if (!fits && h->out->n == 0 && lacks_less(f, &h->out->nearest)) h->out->nearest = *f;
  return fits;
}

// Of plans that differ only in how many layers of a stage recompute in full, the one with fewest that fits is kept: each
// layer more takes time and frees memory. Brute force looks at all of them, and keeps any that were faster.
static void price_recomputed(hunt *h, int32_t stage) {
  const bool     parts = h->space->free_recompute && !h->space->coarse && h->plan.recompute == TRAINING_RECOMPUTE_FULL;
  const int32_t  n = parts ? stage : 1, fixed = h->plan.recompute_layers;
  const uint64_t before = h->out->n_priced;
  training_found f, least;
  if (!parts) {
    f.plan = h->plan;
    if (h->cut) h->out->n_cut++;
    else if (price(h, fixed > 0 ? fixed : stage, stage, &f)) keep(h->out, &f);
  } else if (h->cut) {
    h->out->n_cut += (uint64_t)n;
  } else if (h->space->brute) {
    bool found = false;
    for (int32_t layers = 1; layers <= n; layers++) {
      if (!price(h, layers, stage, &f) || (found && f.step.step_s >= least.step.step_s)) continue;
      keep(h->out, &f);
      if (!found) least = f;
      found = true;
    }
  } else {
    int32_t too_few = 0, enough = n;
    bool    fits = price(h, n, stage, &least);
    for (; fits && enough - too_few > 1;) {
      const int32_t middle = too_few + (enough - too_few) / 2;
      if (price(h, middle, stage, &f)) enough = middle, least = f;
      else too_few = middle;
    }
    if (fits) keep(h->out, &least);
    h->out->n_cut += (uint64_t)n - (h->out->n_priced - before);
  }
  h->plan.recompute_layers = fixed;
  h->number += (uint64_t)stage + 1;
}

// Least time of any plan of the block: each layer of each micro-batch is computed, and talks, on tp x cp of the GPUs, so
//   gpus step_s >= tp cp (batch / micro_batch) sum over layers of layer_s
// whatever the stages are: the slowest stage of pp takes at least the mean. Where few layers may recompute, none are counted.
static double least_s(const hunt *h) {
  const training_shape *s = h->s;
  const training_plan  *p = &h->plan;
  const double          again =
      p->recompute_layers > 0 || (h->space->free_recompute && p->recompute == TRAINING_RECOMPUTE_FULL) ? 0.0 : 1.0;
  double sum_s = 0.0;
  for (int32_t k = 0; k < TRAINING_LAYER_KINDS; k++) {
    const training_layer *l = &h->block.layer[k];
    const double          dense = s->experts > 0 ? s->dense_layers : s->layers,
                 layers = k == TRAINING_LAYER_DENSE ? dense : s->layers - dense;
    if (!(layers > 0.0)) continue;
    sum_s += layers * (l->forward_s + l->backward_s + again * l->recompute_s);
    for (int32_t i = 0; i < TRAINING_MOVES; i++)
      sum_s += layers * (l->move[i].exposed_s + again * l->again[i].exposed_s);
  }
  const double share = (double)p->tp * p->cp / h->space->gpus;
  return sum_s * share * ((double)p->batch / p->micro_batch) * (1.0 - 1e-9);  // less what sums may round
}

static bool block_is_hopeless(const hunt *h) {
  const training_search *out = h->out;
  return !h->space->brute && out->n == out->n_wanted && least_s(h) > out->best[out->n - 1].step.step_s;
}

// ---- Plans of a block ---------------------------------------------------------------------------------------

static void try_overlaps(hunt *h) {
  training_plan *p = &h->plan;
  const double   dp = p->overlap_dp_frac, pp = p->overlap_pp_frac;
  for (int32_t off = 0; off < (h->space->free_overlap ? 4 : 1); off++) {
    if ((off & 1 && p->dp * p->cp == 1) || (off & 2 && p->pp == 1)) continue;  // nothing to hide
    p->overlap_dp_frac = off & 1 ? 0.0 : dp;
    p->overlap_pp_frac = off & 2 ? 0.0 : pp;
    price_recomputed(h, (h->s->layers + p->pp - 1) / p->pp);
  }
  p->overlap_dp_frac = dp;
  p->overlap_pp_frac = pp;
}

static void try_states(hunt *h) {
  training_plan *p = &h->plan;
  const int32_t  members = p->dp * p->cp, domain = h->m->tier[0].gpus / p->tp;
  const int32_t  zero = p->zero, shard = p->shard;
  for (int32_t z = h->space->free_zero ? 0 : zero; z <= (h->space->free_zero ? 3 : zero); z++) {
    if (h->space->free_zero && z > 0 && members == 1) continue;  // nobody to share states with
    if (h->space->free_zero && z == 3 && p->pp > 1)
      continue;  // weights fetched for each micro-batch and stage: no framework does
    p->zero = z;
    p->shard = shard;
    try_overlaps(h);
    // States kept in each scale-up domain, copied over the domains.
    if (shard > 0 || z == 0 || domain < 2 || domain >= members || members % domain) continue;
    p->shard = domain;
    try_overlaps(h);
  }
  p->zero = zero;
  p->shard = shard;
}

// Chunks of equally many layers, or so that embedding and logits count as one each (Llama 3 405B: 126 layers as 128).
static bool can_interleave(const hunt *h, int32_t vp) {
  const int32_t chunks = h->plan.pp * vp, layers = h->s->layers;
  return (vp > 1 || !h->space->free_schedule) && (layers % chunks == 0 || (layers + 2) % chunks == 0);
}

static void try_schedules(hunt *h) {
  training_plan *p = &h->plan;
  const int32_t  schedule = p->schedule, vp = p->vp, most = h->s->layers / p->pp;
  char           why[8];
  for (int32_t kind = 0; kind < TRAINING_SCHEDULE_COUNT; kind++) {
    if (h->space->free_schedule ? kind > 0 && p->pp == 1 : kind != schedule) continue;
    for (int32_t v = 1; v <= most || v == 1; v = after(h->space, v)) {
      if (vp > 0 ? v != vp : kind == TRAINING_INTERLEAVED ? !can_interleave(h, v) : v > 1) continue;
      p->schedule = kind;
      p->vp = v;
      if (training_plan_check(h->s, p, why, sizeof why) == SG_OK) try_states(h);
    }
  }
  p->schedule = schedule;
  p->vp = vp;
}

static void try_stages(hunt *h) {
  training_plan *p = &h->plan;
  const int32_t  pp = p->pp, left = h->space->gpus / (p->tp * p->cp);
  for (int32_t n = from_of(pp); n <= to_of(pp, h->s->layers); n = after(h->space, n)) {
    if (left % n) continue;
    p->pp = n;
    p->dp = left / n;
    if (p->batch % ((int64_t)p->dp * p->micro_batch) == 0) try_schedules(h);
  }
  p->pp = pp;
}

// ---- Blocks ---------------------------------------------------------------------------------------------------

static void try_block(hunt *h, int32_t *n_block, int32_t part, int32_t parts) {
  const training_plan *p = &h->plan;
  const uint64_t       first = (uint64_t)(*n_block)++ << 32;  // numbers are the same whatever the parts
  if ((int32_t)((first >> 32) % (uint64_t)parts) != part) return;
  if (training_block_prepare(h->s, h->m, h->w, p, &h->block)) return;
  h->number = first;
  h->cut = block_is_hopeless(h);
  try_stages(h);
}

enum { LEAST_SLICE_TOKENS = 256 };  // of a sequence that context parallelism cuts: one tile of fused attention

typedef struct odometer {
  int32_t tp, cp, ep, etp, micro, sequence;
} odometer;

// Whether GPUs, heads, experts and batch can be cut so, as far as it is known before the stages.
static bool tensor_can_be(const training_shape *s, const training_space *space, const odometer *o) {
  const int32_t seq = space->fixed.seq_tokens;
  if (space->coarse && o->tp & (o->tp - 1) && !space->fixed.tp) return false;
  return space->gpus % ((int64_t)o->tp * o->cp) == 0 && s->heads % o->tp == 0 && s->hidden % o->tp == 0 &&
         (o->cp == 1 || seq % (2 * o->cp) == 0);
}

static bool experts_can_be(const training_shape *s, const training_space *space, const odometer *o) {
  if (s->experts == 0) return o->ep == 1 && o->etp == 1;
  if (s->experts % o->ep || s->expert_ffn % o->etp || space->gpus % ((int64_t)o->ep * o->etp)) return false;
  return o->etp == 1 || o->etp == o->tp || o->etp == space->fixed.etp;
}

static void try_variants(hunt *h, const odometer *o, int32_t *n_block, int32_t part, int32_t parts) {
  const training_space *space = h->space;
  const training_plan  *fixed = &space->fixed;
  const int32_t         first = space->free_recompute ? 0 : fixed->recompute;
  const int32_t         last = space->free_recompute ? TRAINING_RECOMPUTE_COUNT - 1 : fixed->recompute;
  for (int32_t recompute = first; recompute <= last; recompute += space->coarse ? TRAINING_RECOMPUTE_FULL : 1)
    for (int32_t off = 0; off < (space->free_overlap ? 8 : 1); off++) {
      if ((off & 1 && o->tp == 1) || (off & 2 && o->cp == 1) || (off & 4 && o->ep == 1)) continue;
      h->plan = *fixed;
      h->plan.tp = o->tp, h->plan.cp = o->cp, h->plan.ep = o->ep, h->plan.etp = o->etp, h->plan.micro_batch = o->micro;
      h->plan.sequence_parallel = o->sequence;
      h->plan.recompute = recompute;
      if (off & 1) h->plan.overlap_tp_frac = 0.0;
      if (off & 2) h->plan.overlap_cp_frac = 0.0;
      if (off & 4) h->plan.overlap_ep_frac = 0.0;
      try_block(h, n_block, part, parts);
    }
}

static void try_batches(hunt *h, odometer *o, int32_t *n_block, int32_t part, int32_t parts) {
  const training_plan *f = &h->space->fixed;
  const bool           both = o->tp > 1 && h->space->free_sequence_parallel;
  for (o->micro = from_of(f->micro_batch); o->micro <= to_of(f->micro_batch, f->batch);
       o->micro = after(h->space, o->micro)) {
    if (f->batch % o->micro) continue;
    for (o->sequence = both ? 0 : f->sequence_parallel; o->sequence <= (both ? 1 : f->sequence_parallel); o->sequence++)
      if (!o->sequence || f->seq_tokens / o->cp % o->tp == 0) try_variants(h, o, n_block, part, parts);
  }
}

sg_err training_search_run(const training_shape *s, const compute_machine *m, const training_software *w,
                           const training_space *space, int32_t part, int32_t parts, training_search *out) {
  const int32_t        wanted = out->n_wanted;
  const training_plan *f = &space->fixed;
  char                 why[8];
  memset(out, 0, sizeof *out);
  out->n_wanted = wanted;
  if (wanted < 1 || wanted > TRAINING_BEST || parts < 1 || part < 0 || part >= parts) return SG_ERR_RANGE;
  if (space->gpus < 1 || f->batch < 1 || f->seq_tokens < 1 || training_shape_check(s, why, sizeof why))
    return SG_ERR_RANGE;
  hunt     h = {.s = s, .m = m, .w = w, .space = space, .out = out};
  int32_t  n_block = 0;
  odometer o;
  // Large pieces first: what fits is known early, and much of the rest is cut off.
  for (o.tp = to_of(f->tp, (int32_t)number_least(s->heads, space->gpus)); o.tp >= from_of(f->tp); o.tp--)
    for (o.cp = from_of(f->cp);
         o.cp <= to_of(f->cp, (int32_t)number_least(f->seq_tokens / LEAST_SLICE_TOKENS, space->gpus / o.tp));
         o.cp = after(space, o.cp)) {
      if (!tensor_can_be(s, space, &o)) continue;
      for (o.ep = from_of(f->ep); o.ep <= to_of(f->ep, s->experts); o.ep = after(space, o.ep))
        for (o.etp = from_of(f->etp); o.etp <= to_of(f->etp, s->experts > 0 ? o.tp : 1); o.etp++)
          if (experts_can_be(s, space, &o)) try_batches(&h, &o, &n_block, part, parts);
    }
  if (out->n > 0) out->nearest.plan.tp = 0;
  return SG_OK;
}
