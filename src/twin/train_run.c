// Train: plans priced or searched for, other sizes, the account of the run.
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "train_parts.h"

// ---- Search -----------------------------------------------------------------------------------------------

// The space is cut in so many parts whatever the threads, so that counts are the same as well.
enum { PARTS = 64 };

typedef struct part {
  training_search found;
  sg_err          err;
} part;

typedef struct crew {
  const twin_train     *t;
  const training_space *space;
  part                 *parts;  // (PARTS)
  atomic_int            next;
} crew;

static void *search_parts(void *at) {
  crew *c = at;
  for (int i; (i = atomic_fetch_add(&c->next, 1)) < PARTS;) {
    part *p = &c->parts[i];
    p->err = training_search_run(&c->t->shape, &c->t->machine, &c->t->software, c->space, i, PARTS, &p->found);
  }
  return NULL;
}

// Whoever is free takes the next part; a thread that cannot be had is done without.
sg_err train_search(const train_reading *r, int32_t gpus, int32_t batch, int32_t wanted, training_search *out) {
  training_space space = training_space_default(gpus, batch, r->fixed.seq_tokens, r->fixed.precision);
  crew           c = {.t = r->t, .space = &space, .parts = ARENA_NEW(r->t->a, part, PARTS)};
  pthread_t      thread[TRAIN_THREADS];
  int32_t        n = 0;
  sg_err         err = SG_OK;
  if (!c.parts) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < PARTS; i++) c.parts[i].found.n_wanted = wanted;
  while (n + 1 < r->opts->threads && pthread_create(&thread[n], NULL, search_parts, &c) == 0) n++;
  search_parts(&c);
  for (int32_t i = 0; i < n; i++) pthread_join(thread[i], NULL);
  *out = (training_search){.n_wanted = wanted};
  for (int32_t i = 0; i < PARTS; i++) {
    if (!err) err = c.parts[i].err;
    training_search_merge(out, &c.parts[i].found);
  }
  return err;
}

// ---- A plan that does not fit -------------------------------------------------------------------------------

static bool fits(const twin_train *t, const training_step *s) {
  return s->memory.total_bytes <= t->machine.memory_bytes;
}

// How many words two plans differ in.
static int32_t distance(const training_plan *a, const training_plan *b) {
  return (a->tp != b->tp) + (a->pp != b->pp) + (a->zero != b->zero) + (a->recompute != b->recompute) +
         (a->micro_batch != b->micro_batch);
}

// The plan nearest to `from` that fits: fewest words changed, then the fastest. False: none of those that were tried.
static bool nearest_that_fits(const twin_train *t, const training_plan *from, training_found *out) {
  int32_t best = 99;
  for (int32_t tp = from->tp; tp <= 64; tp *= 2)
    for (int32_t pp = from->pp; pp <= 64; pp *= 2)
      for (int32_t zero = from->zero; zero <= 3; zero++)
        for (int32_t recompute = from->recompute; recompute < TRAINING_RECOMPUTE_COUNT; recompute++)
          for (int32_t mbs = from->micro_batch; mbs > 0; mbs /= 2) {
            training_plan p = *from;
            training_step s;
            int32_t       cells = tp * pp * p.cp;
            p.tp = tp, p.pp = pp, p.zero = zero, p.recompute = recompute, p.micro_batch = mbs;
            if (t->gpus % cells) continue;
            p.dp = t->gpus / cells;
            int32_t far = distance(&p, from);
            if (far > best || training_plan_evaluate(&t->shape, &t->machine, &t->software, &p, &s) || !fits(t, &s))
              continue;
            if (far == best && s.step_s >= out->step.step_s) continue;
            best = far;
            *out = (training_found){.plan = p, .step = s};
          }
  return best < 99;
}

static void gb(double bytes, char out[32]) { out[text_number_write(bytes / 1e9, bytes < 1e12 ? 3 : 6, out)] = '\0'; }

// Why it does not fit, by part, and what would.
static sg_err too_large(const train_reading *r, const training_found *f) {
  const training_memory *m = &f->step.memory;
  training_found         near;
  char                   words[200], what[240], hint[200], need[32], has[32], part_gb[5][32];
  const double           bytes[5] = {m->weights_bytes, m->gradients_bytes, m->optimizer_bytes, m->activations_bytes,
                                     m->buffers_bytes + m->context_bytes};
  for (int i = 0; i < 5; i++) gb(bytes[i], part_gb[i]);
  gb(m->total_bytes, need);
  gb(r->t->machine.memory_bytes, has);
  snprintf(what, sizeof what,
           "the plan needs %.9s GB on a GPU that has %.9s: weights %.9s, gradients %.9s, optimizer %.9s, activations "
           "%.9s, the rest %.9s",
           need, has, part_gb[0], part_gb[1], part_gb[2], part_gb[3], part_gb[4]);
  snprintf(hint, sizeof hint, "take more GPUs: no plan near this one fits on %d", r->t->gpus);
  if (nearest_that_fits(r->t, &f->plan, &near)) {
    twin_train_plan_words(&near.plan, words, sizeof words);
    snprintf(hint, sizeof hint, "the nearest that fits: --plan %.160s", words);
  }
  return train_complain(r, SG_ERR_RANGE, NULL, "plan", hint, what);
}

static sg_err nothing_fits(const train_reading *r, const training_search *s) {
  char what[240], hint[200] = "the batch must be shared out evenly: choose --batch as a multiple of powers of two",
                  words[150], need[32], has[32];
  if (s->nearest.plan.tp < 1) {
    snprintf(what, sizeof what, "%d GPUs and a batch of %d sequences allow no plan at all", r->t->gpus, r->fixed.batch);
    return train_complain(r, SG_ERR_RANGE, NULL, "gpus", hint, what);
  }
  gb(s->nearest.step.memory.total_bytes, need);
  gb(r->t->machine.memory_bytes, has);
  twin_train_plan_words(&s->nearest.plan, words, sizeof words);
  snprintf(what, sizeof what, "no plan fits on %d GPUs: the smallest (%.120s) needs %.9s GB on a GPU that has %.9s",
           r->t->gpus, words, need, has);
  return train_complain(r, SG_ERR_RANGE, NULL, "gpus", "take more GPUs, or such with more memory", what);
}

// ---- The run ------------------------------------------------------------------------------------------------

// NaN: there are so many GPUs that one fails before the others have begun again.
static double duration_day(const train_reading *r, const training_plan *plan, double computing_day) {
  double effective_frac = train_effective_frac(r, training_plan_gpus(plan), plan->dp, NULL);
  return effective_frac < TRAIN_LEAST_FRAC ? (double)NAN : computing_day / effective_frac;
}

// Steps of the plan until all tokens have passed, held for as long as failures and restarts take on top.
static void account(const train_reading *r) {
  twin_train           *t = r->t;
  twin_train_account   *run = &t->run;
  const training_found *f = &t->search.best[0];
  const training_law    law = training_law_besiroglu();
  run->steps = ceil(run->tokens / ((double)f->plan.batch * f->plan.seq_tokens));
  run->computing_day = run->steps * f->step.step_s / 86400.0;
  run->effective_frac = train_effective_frac(r, t->gpus, f->plan.dp, &run->gang_frac);
  run->duration_day = duration_day(r, &f->plan, run->computing_day);
  run->gpu_h = 24.0 * run->duration_day * t->gpus;
  run->energy_mwh = run->gpu_h * run->terms.it_kw_per_gpu * run->terms.pue_frac / 1000.0;
  run->flop = run->steps * f->step.model_flop;
  run->loss = training_loss(&law, t->params.active, run->tokens);
  const double budget_flop = 6.0 * t->params.active * run->tokens;  // as the law counts it
  run->optimal_params = training_optimal_params(&law, budget_flop);
  run->optimal_tokens = budget_flop / (6.0 * run->optimal_params);
  run->optimal_loss = training_loss(&law, run->optimal_params, run->optimal_tokens);
  run->next_year_frac = 1.0 / training_efficiency(1.0, training_doubling_yr(), NULL, 0);
  training_run_bill(run->gpu_h, t->gpus, &run->terms, &run->bill);
}

// ---- Plans and sizes ----------------------------------------------------------------------------------------

static sg_err price_given(train_reading *r) {
  training_found *f = &r->t->search.best[0];
  sg_err          err = train_given_plan(r, &f->plan);
  if (!err) err = training_plan_evaluate(&r->t->shape, &r->t->machine, &r->t->software, &f->plan, &f->step);
  if (err) return err;
  r->t->search.n = r->t->search.n_wanted = 1;
  return fits(r->t, &f->step) ? SG_OK : too_large(r, f);
}

static sg_err find_best(train_reading *r) {
  r->t->searched = true;
  sg_err err = train_search(r, r->t->gpus, r->fixed.batch, r->opts->top, &r->t->search);
  if (err) return err;
  return r->t->search.n ? SG_OK : nothing_fits(r, &r->t->search);
}

// The same batch on fewer and more GPUs, by factors of two.
static sg_err other_sizes(train_reading *r) {
  twin_train *t = r->t;
  for (int32_t k = -2; k <= 2; k++) {
    double gpus = ldexp(t->gpus, k);
    if (gpus < 1 || gpus != floor(gpus) || gpus > (1 << 24)) continue;
    twin_train_size *size = &t->size[t->n_size++];
    size->gpus = (int32_t)gpus;
    training_search found = t->search;
    sg_err          err = k ? train_search(r, size->gpus, r->fixed.batch, 1, &found) : SG_OK;
    if (err) return err;
    if (found.n) size->found = found.best[0];
    size->duration_day = found.n
                             ? duration_day(r, &found.best[0].plan, t->run.steps * found.best[0].step.step_s / 86400.0)
                             : (double)NAN;
  }
  return SG_OK;
}

// ---- Limits of a plan ---------------------------------------------------------------------------------------

double twin_train_roofline_s(const twin_train *t, const training_found *f) {
  return f->step.model_flop / (t->machine.matrix_flop_per_s[f->plan.precision] * training_plan_gpus(&f->plan));
}

int32_t twin_train_causes(const twin_train *t, const training_found *f, twin_train_cause out[TRAIN_CAUSES]) {
  const training_step   *s = &f->step;
  const twin_train_cause all[TRAIN_CAUSES] = {
      {"kernels", s->forward_s + s->backward_s - twin_train_roofline_s(t, f)},
      {"recompute",         s->recompute_s                                                    },
      {"bubble",         s->bubble_s   },
      {"tp",         s->tp_s                                                        },
      {"cp",         s->cp_s   },
      {"pp",         s->pp_s                                                        },
      {"dp",         s->dp_s   },
      {"ep",         s->ep_s                                                        },
      {"optimizer",         s->optimizer_s},
      {"stragglers",         s->straggler_s                                                       },
      {"other",         s->other_s },
  };
  int32_t n = 0;
  for (int32_t i = 0; i < TRAIN_CAUSES; i++) {
    if (!all[i].what || !(all[i].share_frac > 0)) continue;
    int32_t k = n++;
    for (; k > 0 && out[k - 1].share_frac < all[i].share_frac / s->step_s; k--) out[k] = out[k - 1];
    out[k] = (twin_train_cause){all[i].what, all[i].share_frac / s->step_s};
  }
  return n;
}

sg_err train_compute(train_reading *r) {
  sg_err err = r->given ? price_given(r) : find_best(r);
  if (!err) account(r);
  if (!err && r->top->across >= 0) err = train_sites(r);
  if (!err && r->t->searched) err = other_sizes(r);
  return err;
}
