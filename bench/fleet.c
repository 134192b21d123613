// How fast a fleet is: a month of 1,000,000 GPUs with failures, crews, spares and some 10,000 jobs; then lost GPU-hours.
//
//   build/bench/fleet [MULTIPLIER]      default: 1, the hazards of Llama 3's fleet
//
// One thread; processor time of this process.
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../src/operations/workload.h"

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void print(const operations_fleet_result *r) {
  const double all = r->capacity_gpu_h;
  printf("  %.0f GPU-h: useful %.3f, idle %.3f, spare %.3f, checkpoints %.4f; goodput %.4f\n", all,
         r->useful_gpu_h / all, r->idle_gpu_h / all, r->spare_gpu_h / all, r->write_gpu_h / all, r->goodput_frac);
  for (int i = 0; i <= OPERATIONS_CAUSES; i++)
    printf("  %-26s %8lld interruptions %12.0f GPU-h lost\n",
           i < OPERATIONS_CAUSES ? operations_cause_of((operations_cause_id)i).name : "maintenance",
           (long long)r->interruptions[i], r->lost_gpu_h[i]);
}

int main(int argc, char **argv) {
  const double               gpus = 1e6;
  operations_fleet           fleet = operations_fleet_of(&operations_shape_nvl72, gpus);
  operations_practice        practice = operations_practice_standard();
  operations_mix             mix = {.frontier = 0.3, .research = 0.25, .evaluation = 0.02, .serving = 0.3};
  operations_workload_scale  scale = {gpus, 1.0, 600.0, OPERATIONS_LONGEST_S, fleet.days};
  operations_outage         *outage;
  operations_capacity_event *event;
  operations_fleet_job      *job;
  operations_fleet_result    result;
  int32_t                    n_outage, n_event, n_job;
  stream                     s = {2025, 0, 0};
  arena                     *a = arena_create();
  practice.replicas = 64.0;
  if (argc > 1) fleet.multiplier = strtod(argv[1], NULL);
  double t0 = now_s();
  if (!a || operations_fleet_outages(&fleet, s, a, &outage, &n_outage)) return 2;
  double t1 = now_s();
  if (operations_fleet_capacity(outage, n_outage, a, &event, &n_event)) return 2;
  if (operations_workload_mixed(&operations_workload_philly, &scale, &mix, s, a, &job, &n_job)) return 2;
  double t2 = now_s();
  if (operations_fleet_run(&fleet, &practice, outage, n_outage, job, n_job, a, &result)) return 2;
  double t3 = now_s();
  printf("a month of %.0f GPUs: %.3f s (outages, repair, spares %.3f, workload %.3f, jobs %.3f)\n", gpus, t3 - t0,
         t1 - t0, t2 - t1, t3 - t2);
  printf("  %d outages, %d capacity events, %d jobs, %lld started, %lld finished, %lld rejected, %.1f MB\n", n_outage,
         n_event, n_job, (long long)result.started, (long long)result.finished, (long long)result.rejected,
         (double)arena_bytes(a) / 1e6);
  print(&result);
  arena_free(a);
  return 0;
}
