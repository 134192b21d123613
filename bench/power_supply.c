// What a year of dispatch costs, and what 8.8e9 hours would: ten years, ten campuses, 10,000 scenarios.
//
//   cmake --build build --target benches && build/bench/power_supply [SECONDS]
//
// Measured on the processor's clock of one thread, best of several rounds; the projection divides by two cores.
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../src/power/dispatch.h"

enum { YEAR_H = 8760 };

static double  load_mw[YEAR_H], price[YEAR_H], sun[YEAR_H], gas[YEAR_H];
static int32_t month[YEAR_H];

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// A campus like Abilene: 600 MW of grid, 360.5 MW of turbines, 500 MW of sun; prices without a pattern that a branch
// predictor could learn.
static power_supply campus(void) {
  uint64_t x = 88172645463325252u;
  for (int h = 0; h < YEAR_H; h++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    const double u = (double)(x >> 11) * 0x1p-53;
    month[h] = h / 731 < 11 ? h / 731 : 11;
    load_mw[h] = 900.0 + 60.0 * sin(0.26 * h);
    price[h] = u > 0.99 ? 900.0 : 60.0 * u;
    sun[h] = fmax(0.0, sin(0.2617993877991494 * (h % 24 - 6)));
    gas[h] = 1.0 - 0.15 * sun[h];
  }
  power_supply s = {.n_h = YEAR_H,
                    .month = month,
                    .load_mw = load_mw,
                    .grid_usd_per_mwh = price,
                    .grid_mw = 600.0,
                    .n_source = 2,
                    .shed_usd_per_mwh = 5000.0};
  s.source[0] = (power_source){.name = "gas", .mw = 360.5, .usd_per_mwh = 32.6, .avail_frac = gas};
  s.source[1] = (power_source){.name = "sun", .mw = 500.0, .avail_frac = sun};
  return s;
}

// Best seconds a year over rounds of `years`; the sum of costs keeps the work from being dropped.
static double best(const power_supply *s, power_dispatch_memory *memory, int years, double budget_s, double *sum_usd) {
  const double began = seconds();
  double       least = HUGE_VAL;
  for (int round = 0; round < 3 || seconds() - began < budget_s; round++) {
    const double start = seconds();
    for (int y = 0; y < years; y++) {
      power_dispatch d = {0};
      power_dispatch_run(s, memory, &d);
      *sum_usd += d.energy_usd;
    }
    least = fmin(least, (seconds() - start) / years);
  }
  return least;
}

int main(int argc, char **argv) {
  const double           budget_s = argc > 1 ? atof(argv[1]) : 1.0;
  power_supply           s = campus();
  power_dispatch_memory *memory = malloc(sizeof *memory);
  double                 sum_usd = 0.0;
  if (!memory) return 1;
  const double merit_s = best(&s, NULL, 200, budget_s, &sum_usd);
  s.battery =
      (power_battery){.mw = 400.0, .hours_h = 4.0, .store_frac = 0.927, .dispatch_frac = 0.927, .usd_per_mwh_out = 2.0};
  const double battery_s = best(&s, memory, 10, budget_s, &sum_usd);
  const double hours = 10.0 * 10.0 * 10000.0 * YEAR_H;
  printf("three sources, no battery   %8.1f us a year (%.2f ns an hour); bound 60 us\n", 1e6 * merit_s,
         1e9 * merit_s / YEAR_H);
  printf("with battery, 48 h ahead    %8.2f ms a year; bound 5 ms\n", 1e3 * battery_s);
  printf("projected: %.3g hours, two cores, no battery  %6.1f s; bound 30 s\n", hours, merit_s / YEAR_H * hours / 2.0);
  printf("check: %.6g USD\n", sum_usd);
  free(memory);
  return merit_s <= 60e-6 && battery_s <= 5e-3 && merit_s / YEAR_H * hours / 2.0 <= 30.0 ? 0 : 1;
}
