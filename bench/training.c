// How fast plans are priced, and how long the whole space of GPT-3 175B on 4,096 A100 takes, with and without cutting off.
//
//   build/bench/training
//
// The space holds every tensor, context, pipeline, interleaving and data degree, micro-batch, schedule, ZeRO stage and shard,
// recompute with every number of layers, sequence parallelism, and each overlap on and off.
#define _POSIX_C_SOURCE 200809L
#include "../src/training/search.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../tests/machines.h"

enum { THREADS = 2, PARTS = 64 };

static double now_s(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const training_shape gpt3 = {.layers = 96,
                                    .hidden = 12288,
                                    .heads = 96,
                                    .kv_heads = 96,
                                    .ffn = 49152,
                                    .activation = TRAINING_GELU,
                                    .vocab = 51200,
                                    .tied = 1,
                                    .biases = 1,
                                    .positions = 2048,
                                    .capacity_frac = (double)NAN};

typedef struct job {
  const compute_machine *m;
  const training_space  *space;
  int32_t                first;
  training_search        found;
} job;

static void *work(void *user) {
  job                                 *j = user;
  const training_software              w = training_software_default();
  static _Thread_local training_search piece;
  for (int32_t part = j->first; part < PARTS; part += THREADS) {
    training_search *to = part == j->first ? &j->found : &piece;
    to->n_wanted = 10;
    if (training_search_run(&gpt3, j->m, &w, j->space, part, PARTS, to)) exit(2);
    if (part != j->first) training_search_merge(&j->found, to);
  }
  return NULL;
}

// Returns the time of the wall; *processor_s: of all threads together.
static double search(const compute_machine *m, const training_space *space, training_search *out, double *processor_s) {
  static job jobs[THREADS];
  pthread_t  thread[THREADS];
  double     began = now_s(CLOCK_MONOTONIC), busy = now_s(CLOCK_PROCESS_CPUTIME_ID);
  for (int32_t i = 0; i < THREADS; i++) {
    jobs[i] = (job){.m = m, .space = space, .first = i};
    if (pthread_create(&thread[i], NULL, work, &jobs[i])) exit(2);
  }
  for (int32_t i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
  *out = jobs[0].found;
  for (int32_t i = 1; i < THREADS; i++) training_search_merge(out, &jobs[i].found);
  *processor_s = now_s(CLOCK_PROCESS_CPUTIME_ID) - busy;
  return now_s(CLOCK_MONOTONIC) - began;
}

static void print_best(const training_search *r) {
  const training_plan *p = &r->best[0].plan;
  printf(
      "  best: tp %d cp %d pp %d vp %d dp %d micro-batch %d zero %d recompute %d of %d layers: %.4f s, MFU %.1f %%\n",
      p->tp, p->cp, p->pp, p->vp, p->dp, p->micro_batch, p->zero, p->recompute, p->recompute_layers,
      r->best[0].step.step_s, 100 * r->best[0].step.mfu_frac);
}

int main(void) {
  const compute_machine  m = test_machine("A100", 0);
  training_space         space = training_space_default(4096, 4096, 2048, COMPUTE_FP16);
  static training_search found[2];
  space.free_overlap = 1;
  for (int32_t brute = 1; brute >= 0; brute--) {
    space.brute = brute;
    double processor_s, took_s = search(&m, &space, &found[brute], &processor_s);
    printf("GPT-3 175B on 4,096 A100, %s: %.2f s on %d threads (%.2f s of processor); %llu plans priced, %llu cut off",
           brute ? "brute force" : "search", took_s, THREADS, processor_s, (unsigned long long)found[brute].n_priced,
           (unsigned long long)found[brute].n_cut);
    if (brute) printf("; %.2f million a second and core", (double)found[brute].n_priced / processor_s / 1e6);
    printf("\n");
    print_best(&found[brute]);
  }
  int same = found[0].n == found[1].n;
  for (int32_t i = 0; same && i < found[0].n; i++) same = found[0].best[i].number == found[1].best[i].number;
  printf("the ten best plans are %s\n", same ? "the same" : "NOT the same");
  return same ? 0 : 1;
}
