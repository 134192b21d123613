// Metrics of a schedule: see metrics.h.
#include "metrics.h"

#include <math.h>
#include <string.h>

enum { PAGE = 1024 };
#define MOST_S ((int64_t)UINT32_MAX)

void operations_sum_add(operations_sum *s, double x) {
  const double sum = s->sum + x;
  s->lost += fabs(s->sum) >= fabs(x) ? (s->sum - sum) + x : (x - sum) + s->sum;
  s->sum = sum;
}

double operations_sum_get(const operations_sum *s) { return s->sum + s->lost; }

static bool grow(operations_counts *c, size_t wanted, arena *a) {
  size_t n = c->n_page ? c->n_page : 64;
  while (n <= wanted) n *= 2;
  uint32_t **page = ARENA_NEW(a, uint32_t *, n);
  if (!page) return false;
  if (c->n_page) memcpy(page, c->page, c->n_page * sizeof *page);
  c->page = page;
  c->n_page = n;
  return true;
}

bool operations_counts_add(operations_counts *c, int64_t value_s, arena *a) {
  const int64_t kept = value_s < 0 ? 0 : value_s > MOST_S ? MOST_S : value_s;
  const size_t  page = (size_t)(kept / PAGE);
  if (page >= c->n_page && !grow(c, page, a)) return false;
  if (!c->page[page]) c->page[page] = ARENA_NEW(a, uint32_t, PAGE);
  if (!c->page[page]) return false;
  c->page[page][kept % PAGE]++;
  c->n++;
  return true;
}

double operations_counts_rank(const operations_counts *c, int64_t rank) {
  int64_t seen = 0;
  for (size_t p = 0; p < c->n_page; p++)
    for (int i = 0; c->page[p] && i < PAGE; i++) {
      seen += c->page[p][i];
      if (seen >= rank) return (double)p * PAGE + i;
    }
  return (double)NAN;
}

void operations_tally_start(operations_tally *t) {
  *t = (operations_tally){.first_submit_s = INT64_MAX, .last_end_s = INT64_MIN};
}

bool operations_tally_job(operations_tally *t, const operations_job *job, int64_t first_start_s, int64_t end_s,
                          int64_t run_s, arena *a) {
  const double wait_s = (double)(first_start_s - job->submit_s), flow_s = (double)(end_s - job->submit_s);
  const double slowdown = fmax(1.0, flow_s / fmax((double)run_s, 10.0)), area = (double)run_s * job->gpus;
  operations_sum_add(&t->wait_s, wait_s);
  operations_sum_add(&t->flow_s, flow_s);
  operations_sum_add(&t->slowdown, slowdown);
  operations_sum_add(&t->area, area);
  operations_sum_add(&t->area_wait, area * wait_s);
  if (slowdown > t->max_slowdown) t->max_slowdown = slowdown;
  if (wait_s > t->max_wait_s) t->max_wait_s = wait_s;
  t->m.jobs++;
  t->m.jobs_waiting += first_start_s > job->submit_s;
  return operations_counts_add(&t->waits, first_start_s - job->submit_s, a);
}

void operations_tally_finish(operations_tally *t, operations_metrics *out) {
  *out = t->m;
  const int64_t n = t->m.jobs;
  const double  jobs = n ? (double)n : (double)NAN, area = operations_sum_get(&t->area);
  out->mean_wait_s = operations_sum_get(&t->wait_s) / jobs;
  out->mean_flow_s = operations_sum_get(&t->flow_s) / jobs;
  out->mean_bounded_slowdown = operations_sum_get(&t->slowdown) / jobs;
  out->max_bounded_slowdown = n ? t->max_slowdown : (double)NAN;
  out->max_wait_s = n ? t->max_wait_s : (double)NAN;
  out->area_weighted_wait_s = area > 0.0 ? operations_sum_get(&t->area_wait) / area : (double)NAN;
  out->median_wait_s =
      n ? 0.5 * (operations_counts_rank(&t->waits, (n + 1) / 2) + operations_counts_rank(&t->waits, n / 2 + 1))
        : (double)NAN;
  out->p99_wait_s = n ? operations_counts_rank(&t->waits, (99 * n + 99) / 100) : (double)NAN;
  out->makespan_s = t->last_end_s > t->first_submit_s ? t->last_end_s - t->first_submit_s : 0;
  const double all = (double)out->capacity_gpus * (double)out->makespan_s;
  out->utilisation_frac = all > 0.0 ? (double)out->work_gpu_s / all : (double)NAN;
}
