// Plan: defaults, what cannot be, and one evaluation.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "plan_parts.h"

training_plan training_plan_default(void) {
  return (training_plan){
      .tp = 1,
      .cp = 1,
      .pp = 1,
      .vp = 1,
      .dp = 1,
      .ep = 1,
      .etp = 1,
      .zero = 1,
      .batch = 1,
      .micro_batch = 1,
      .seq_tokens = 8192,
      .sequence_parallel = 1,
      .recompute = TRAINING_RECOMPUTE_NONE,
      .schedule = TRAINING_1F1B,
      .precision = COMPUTE_BF16,
      .overlap_tp_frac = 1.0,
      .overlap_cp_frac = 1.0,
      .overlap_pp_frac = 1.0,
      .overlap_dp_frac = 1.0,
      .overlap_ep_frac = 0.0,
  };
}

int32_t training_plan_gpus(const training_plan *p) { return p->tp * p->cp * p->pp * p->dp; }

// ---- Check ------------------------------------------------------------------------------------------------

static sg_err refuse(char *why, int32_t n, const char *format, ...) {
  va_list list;
  va_start(list, format);
  vsnprintf(why, (size_t)n, format, list);
  va_end(list);
  return SG_ERR_RANGE;
}

static sg_err check_degrees(const training_plan *p, char *why, int32_t n) {
  enum { MOST = 1 << 24 };
  const struct {
    const char *name;
    int32_t     value, least;
  } degrees[] = {
      {"tp",               p->tp,               1},
      {"cp",               p->cp,               1},
      {"pp",               p->pp,               1},
      {"vp",               p->vp,               1},
      {"dp",               p->dp,               1},
      {"ep",               p->ep,               1},
      {"etp",              p->etp,              1},
      {"batch",            p->batch,            1},
      {"micro_batch",      p->micro_batch,      1},
      {"seq_tokens",       p->seq_tokens,       1},
      {"shard",            p->shard,            0},
      {"recompute_layers", p->recompute_layers, 0},
  };
  for (size_t i = 0; i < sizeof degrees / sizeof degrees[0]; i++)
    if (degrees[i].value < degrees[i].least || degrees[i].value > MOST)
      return refuse(why, n, "%s is %d, must be %d to %d", degrees[i].name, degrees[i].value, degrees[i].least, MOST);
  if ((double)p->tp * p->cp * p->pp * p->dp > MOST)
    return refuse(why, n, "tp x cp x pp x dp is more than %d GPUs", MOST);
  const struct {
    const char *name;
    int32_t     value, most;
  } choices[] = {
      {"zero",              p->zero,              3                           },
      {"recompute",         p->recompute,         TRAINING_RECOMPUTE_COUNT - 1},
      {"schedule",          p->schedule,          TRAINING_SCHEDULE_COUNT - 1 },
      {"precision",         p->precision,         COMPUTE_PRECISION_COUNT - 1 },
      {"sequence_parallel", p->sequence_parallel, 1                           },
      {"unfused",           p->unfused,           1                           },
      {"flash1",            p->flash1,            1                           },
      {"flash2",            p->flash2,            1                           },
      {"cuda_graphs",       p->cuda_graphs,       1                           },
      {"flat_gather",       p->flat_gather,       1                           },
  };
  for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
    if (choices[i].value < 0 || choices[i].value > choices[i].most)
      return refuse(why, n, "%s is %d, must be 0 to %d", choices[i].name, choices[i].value, choices[i].most);
  const double overlaps[] = {p->overlap_tp_frac, p->overlap_cp_frac, p->overlap_pp_frac, p->overlap_dp_frac,
                             p->overlap_ep_frac};
  for (size_t i = 0; i < sizeof overlaps / sizeof overlaps[0]; i++)
    if (!(overlaps[i] >= 0.0 && overlaps[i] <= 1.0))
      return refuse(why, n, "an overlap is %g, must be 0 to 1", overlaps[i]);
  return SG_OK;
}

static sg_err check_model(const training_shape *s, const training_plan *p, char *why, int32_t n) {
  const int32_t chunks = p->pp * p->vp;
  if (s->heads < 1 || s->heads % p->tp)
    return refuse(why, n, "%d attention heads cannot be cut by tp %d", s->heads, p->tp);
  if (s->kv_heads > p->tp ? s->kv_heads % p->tp : p->tp % (s->kv_heads > 0 ? s->kv_heads : 1))
    return refuse(why, n, "%d key-value heads can be neither cut nor copied evenly for tp %d", s->kv_heads, p->tp);
  if (s->hidden % p->tp) return refuse(why, n, "hidden size %d is not divisible by tp %d", s->hidden, p->tp);
  if ((s->experts == 0 || s->dense_layers > 0) && s->ffn % p->tp)
    return refuse(why, n, "ffn %d is not divisible by tp %d", s->ffn, p->tp);
  if (p->pp > s->layers)
    return refuse(why, n, "%d pipeline stages for %d layers: at most one stage a layer", p->pp, s->layers);
  if (chunks > s->layers + 2)
    return refuse(why, n, "pp %d x vp %d = %d chunks for %d layers", p->pp, p->vp, chunks, s->layers);
  return SG_OK;
}

static sg_err check_experts(const training_shape *s, const training_plan *p, char *why, int32_t n) {
  const double ranks = (double)p->tp * p->cp * p->dp;
  if (s->experts == 0 && (p->ep > 1 || p->etp > 1))
    return refuse(why, n, "ep %d, etp %d: the model has no experts", p->ep, p->etp);
  if (s->experts == 0) return SG_OK;
  if (s->experts % p->ep) return refuse(why, n, "%d experts are not divisible by ep %d", s->experts, p->ep);
  if (s->expert_ffn % p->etp)
    return refuse(why, n, "expert width %d is not divisible by etp %d", s->expert_ffn, p->etp);
  if (fmod(ranks, (double)p->ep * p->etp) != 0.0)
    return refuse(why, n, "ep %d x etp %d does not divide the %.0f GPUs of a stage (tp x cp x dp)", p->ep, p->etp,
                  ranks);
  return SG_OK;
}

static sg_err check_batch(const training_plan *p, char *why, int32_t n) {
  const double each = (double)p->dp * p->micro_batch;
  if (fmod(p->batch, each) != 0.0)
    return refuse(why, n, "batch %d is not divisible by dp %d x micro-batch %d", p->batch, p->dp, p->micro_batch);
  const int32_t micro_batches = p->batch / (int32_t)each;
  if (p->vp > 1 && p->pp == 1) return refuse(why, n, "vp %d: one stage has nothing to interleave", p->vp);
  if (p->vp > 1 && p->schedule != TRAINING_INTERLEAVED)
    return refuse(why, n, "vp %d needs the interleaved schedule", p->vp);
  if (p->schedule == TRAINING_INTERLEAVED && p->vp > 1 && micro_batches < p->pp)
    return refuse(why, n, "interleaving needs as many micro-batches as stages: %d for pp %d", micro_batches, p->pp);
  if (p->seq_tokens % (p->cp > 1 ? 2 * p->cp : 1))
    return refuse(why, n, "sequence of %d tokens is not divisible by 2 x cp %d", p->seq_tokens, p->cp);
  if (p->sequence_parallel && p->seq_tokens / p->cp % p->tp)
    return refuse(why, n, "sequence of %d tokens over cp %d cannot be cut by tp %d", p->seq_tokens, p->cp, p->tp);
  const int32_t members = p->dp * p->cp;
  if (p->shard > 0 && (p->shard > members || members % p->shard))
    return refuse(why, n, "shard %d does not divide dp x cp = %d", p->shard, members);
  return SG_OK;
}

sg_err training_plan_check(const training_shape *s, const training_plan *p, char *why, int32_t n) {
  if (check_degrees(p, why, n) || check_model(s, p, why, n) || check_experts(s, p, why, n)) return SG_ERR_RANGE;
  return check_batch(p, why, n);
}

// ---- Evaluation ---------------------------------------------------------------------------------------------

sg_err training_plan_evaluate(const training_shape *s, const compute_machine *m, const training_software *w,
                              const training_plan *p, training_step *out) {
  char           why[160];
  training_block block;
  *out = (training_step){0};
  if (training_plan_check(s, p, why, sizeof why) || training_block_prepare(s, m, w, p, &block)) return SG_ERR_RANGE;
  training_step_run(&block, p, out);
  return SG_OK;
}
