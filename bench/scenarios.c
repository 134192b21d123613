// How fast scenarios are: scenarios per second and core, nanoseconds per building-month, share of time by step, memory.
//
//   build/bench/scenarios [FILE [SCENARIOS]]      default: programmes/stargate-2025.yaml 2000
//
// One thread; processor time of this process, so that a busy machine disturbs little. The ensemble line keeps all series
// and folds them, without counterfactuals; the second ensemble is ten times as large, to show that memory does not grow.
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "../src/twin/ensemble.h"
#include "../src/twin/state.h"

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peak_mb(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (double)u.ru_maxrss / 1024;
}

typedef void step_fn(twin_state *);
static const struct { const char *name; step_fn *run; } steps[] = {
  { "shocks", twin_scenario_shocks }, { "markets", twin_step_markets }, { "decide", twin_step_decide },
  { "build", twin_step_build }, { "capacity", twin_step_capacity }, { "energy", twin_step_energy },
  { "operations and work", twin_step_work }, { "accrue", twin_step_accrue }, { "clear", twin_step_clear },
  { "observe", twin_step_observe },
};
enum { STEPS = sizeof steps / sizeof steps[0] };

static twin_model *load(const char *path) {
  FILE *f = fopen(path, "rb");
  static char text[1 << 20];
  size_t n = f ? fread(text, 1, sizeof text, f) : 0;
  if (f) fclose(f);
  diag_source source = { path, text, n };
  static sg_diags diags;
  twin_model *m = NULL;
  diag_init(&diags);
  if (twin_model_load(&source, NULL, NULL, 0, &diags, &m)) {
    fprintf(stderr, "%s: %s\n", path, diags.n ? diags.item[0].message : "cannot be loaded");
    exit(2);
  }
  return m;
}

// Months of whole scenarios, one step at a time for all of a month: the clock costs about as much as a short step, so
// its own cost, measured, is taken off.
static void by_step(const twin_model *m, int scenarios) {
  twin_state *s = twin_state_create(m);
  double spent[STEPS + 2] = {0}, clock_s = now_s();
  for (int i = 0; i < 10000; i++) now_s();
  clock_s = (now_s() - clock_s) / 10000;
  for (int k = 0; k < scenarios; k++) {
    double t = now_s();
    twin_scenario_prepare(s, MODE_SCENARIO, (stream){ 1, (uint32_t)k, 0 }, CAUSE_NONE);
    spent[STEPS] += now_s() - t - clock_s;
    for (s->month = 0; s->month < m->n_month; s->month++)
      for (int i = 0; i < STEPS; i++) {
        t = now_s();
        steps[i].run(s);
        spent[i] += now_s() - t - clock_s;
      }
    s->month = m->n_month - 1;
    t = now_s();
    twin_step_delays(s);
    spent[STEPS + 1] += now_s() - t - clock_s;
  }
  double sum = 0;
  for (int i = 0; i < STEPS + 2; i++) sum += spent[i];
  printf("\nshare of a scenario's time by step (%.0f us in all, without folding)\n", 1e6 * sum / scenarios);
  for (int i = 0; i < STEPS + 2; i++)
    printf("  %-20s %5.1f %%\n", i == STEPS ? "draw and clear" : i > STEPS ? "delays" : steps[i].name, 100 * spent[i] / sum);
  twin_state_free(s);
}

static double ensemble(const twin_model *m, uint32_t n, int without) {
  twin_run_opts opts = { .seed = 1, .scenarios = n, .threads = 1, .without = without };
  twin_ensemble *e = NULL;
  double t = now_s();
  if (twin_ensemble_run(m, &opts, &e)) exit(2);
  t = now_s() - t;
  twin_ensemble_free(e);
  return t;
}

int main(int argc, char **argv) {
  const char *path = argc > 1 ? argv[1] : "programmes/stargate-2025.yaml";
  int n = argc > 2 ? atoi(argv[2]) : 2000;
  twin_model *m = load(path);
  printf("%s: %d months, %d campuses, %d buildings, %d activities, %d series kept\n", path, m->n_month, m->n[CLASS_CAMPUS],
         m->net.n_building, m->net.n_activity, m->n_series);
  ensemble(m, 64, 0);
  double s = ensemble(m, (uint32_t)n, 0), mb = peak_mb();
  printf("%d scenarios, all series kept: %.0f scenarios/s and core, %.0f ns per building-month, %.0f MB at most\n", n, n / s,
         1e9 * s / n / m->n_month / m->net.n_building, mb);
  double ten = ensemble(m, 10 * (uint32_t)n, 0);
  printf("%d scenarios: %.0f scenarios/s and core, %.0f MB at most\n", 10 * n, 10 * n / ten, peak_mb());
  double with = ensemble(m, (uint32_t)n / 4, 1);
  printf("with every cause of delay removed in turn: %.0f scenarios/s and core\n", n / 4 / with);
  by_step(m, n / 4);
  twin_model_free(m);
  return 0;
}
