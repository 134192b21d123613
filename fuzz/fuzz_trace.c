// Fuzzes the trace reader and the scheduler behind it: the first byte chooses the policy, the second the GPUs, the third
// how much is read at once. Whatever is read must be scheduled, with books that add up.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/operations/policy.h"
#include "../src/operations/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void hold(int truth) {
  if (!truth) __builtin_trap();
}

typedef struct unread {
  const uint8_t *at;
  size_t         n, most;
} unread;

static int64_t read_bytes(void *user, char *buffer, size_t capacity) {
  unread *u = user;
  size_t  n = u->n < capacity ? u->n : capacity;
  if (n > u->most) n = u->most;
  memcpy(buffer, u->at, n);
  u->at += n;
  u->n -= n;
  return (int64_t)n;
}

static sg_err next_of_one_pool(void *trace, operations_job *job, bool *more) {
  const sg_err err = operations_trace_next(trace, job, more);
  if (!err && *more) {
    hold(job->run_s >= 0 && job->limit_s >= -1 && job->gpus >= 1 && isfinite(job->priority));
    hold(memchr(job->name, '\0', sizeof job->name) != NULL &&
         operations_trace_partition(trace, job->partition) != NULL);
    job->partition = 0;
  }
  return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  static const char *const words[] = {
      "fcfs", "easy", "easy-sjbf-pyss-ties", "conservative", "priority-easy-preempt", "easy-nodes8x4-rackfit"};
  if (n < 3) return 0;
  unread               u = {bytes + 3, n - 3, 1 + (size_t)bytes[2] * 16};
  arena               *a = arena_create();
  sg_diags            *d = malloc(sizeof *d);
  operations_trace    *trace;
  operations_metrics   m;
  operations_partition pool = {.gpus = bytes[1]};
  operations_schedule  s = {.partition = &pool, .n_partition = 1, .next_job = next_of_one_pool};
  text_slice           bad;
  if (!a || !d) abort();
  diag_init(d);
  hold(operations_policy_parse(text_of(words[bytes[0] % 6]), &s.policy, &pool, &bad));
  sg_err err = operations_trace_open(read_bytes, &u, "trace", a, d, &trace);
  s.jobs = trace;
  if (!err) err = operations_schedule_run(&s, a, &m);
  hold(!err || err == SG_ERR_LIMIT || d->n_errors == 1);
  if (!err) {
    hold(m.jobs + m.rejected + m.never == operations_trace_count(trace).jobs);
    hold(m.work_gpu_s + m.idle_gpu_s ==
         m.capacity_gpus * m.makespan_s - m.rework_gpu_s - m.restart_gpu_s - m.slow_gpu_s);
    hold(m.idle_gpu_s >= 0 && m.down_gpu_s == 0);
  }
  free(d);
  arena_free(a);
  return 0;
}
