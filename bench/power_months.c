// What a campus's month of power costs by representative hours, and what ten years, ten campuses and 10,000 scenarios would.
//
//   cmake --build build --target benches && build/bench/power_months [SECONDS]
//
// Processor time of one thread, best of several rounds; the projection divides by two cores. Prices, loads and fuel change from call
// to call, and the tables of six years take turns, so that neither branches nor caches learn them.
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../src/power/hours.h"

enum { YEARS = 6, KINDS = 360, ROUNDS = 2000 };

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// A year of prices with spikes, load that follows a warm summer.
static void fill_year(uint64_t x, power_hour *scratch, power_groups out[POWER_MONTHS]) {
  static double  price[POWER_YEAR_HOURS], load[POWER_YEAR_HOURS], dry[POWER_YEAR_HOURS];
  static int32_t month[POWER_YEAR_HOURS];
  for (int h = 0; h < POWER_YEAR_HOURS; h++) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    const double u = (double)(x >> 11) * 0x1p-53;
    month[h] = h / 731 < 11 ? h / 731 : 11;
    dry[h] = 16.0 + 14.0 * sin(7.17e-4 * h - 1.9) + 6.0 * sin(0.2618 * h);
    load[h] = 1.1 + 0.006 * fmax(0.0, dry[h] - 18.0);
    price[h] = u > 0.995 ? 60.0 : 2.0 * u - 0.05;
  }
  power_groups_fill(&(power_hours_of_year){POWER_YEAR_HOURS, month, price, load, dry, NULL}, scratch, out);
}

// A month of a campus that is like no other of the 360.
static power_month_in month_of(const power_groups *groups, int i, double onsite_mw, double withheld_mw,
                               double grid_mw) {
  return (power_month_in){
      .groups = groups,
      .it_mw = 700.0 + i % 97,
      .hours_h = 730.0,
      .pue_frac = 1.15,
      .wue_l_per_kwh = 1.0,
      .grid_mw = grid_mw,
      .withheld_mw = withheld_mw,
      .withheld_frac = 0.01,
      .onsite_mw = onsite_mw,
      .onsite_hot_mw = 0.85 * onsite_mw,
      .onsite_limit_mw = HUGE_VAL,
      .energy_usd_per_mwh = 25.0 + i % 31,
      .delivery_usd_per_mwh = 4.0,
      .demand_usd_per_mw_month = 5000.0,
      .gas_usd_per_mmbtu = 2.0 + 0.1 * (i % 23),
      .grid_co2_kg_per_mwh = 350.0,
      .heat_rate_mmbtu_per_mwh = 9.1,
      .om_usd_per_mwh = 4.7,
      .onsite_co2_kg_per_mwh = 484.0,
      .work = {0.4, 0.5, 5e5, 3.0, 4.0}
  };
}

// Nanoseconds a call.
static double best(power_groups groups[YEARS][POWER_MONTHS], double onsite_mw, double withheld_mw, double grid_mw,
                   double budget_s, double *sum_usd) {
  static power_month_in in[KINDS];
  const double          began = seconds();
  double                least = HUGE_VAL;
  for (int i = 0; i < KINDS; i++) in[i] = month_of(&groups[i / 12 % YEARS][i % 12], i, onsite_mw, withheld_mw, grid_mw);
  for (int round = 0; round < 3 || seconds() - began < budget_s; round++) {
    const double start = seconds();
    for (int i = 0; i < ROUNDS * KINDS; i++) {
      power_month_out out;
      power_month(&in[i % KINDS], &out);
      *sum_usd += out.energy_usd + out.fuel_usd + out.lost_usd;
    }
    least = fmin(least, (seconds() - start) / (ROUNDS * KINDS));
  }
  return 1e9 * least;
}

int main(int argc, char **argv) {
  const double        budget_s = argc > 1 ? atof(argv[1]) : 1.0;
  static power_groups groups[YEARS][POWER_MONTHS];
  power_hour         *scratch = malloc(2 * POWER_YEAR_HOURS * sizeof *scratch);
  double              sum_usd = 0.0;
  if (!scratch) return 1;
  const double start = seconds();
  for (int y = 0; y < YEARS; y++) fill_year(88172645463325252u + (uint64_t)y, scratch, groups[y]);
  const double fill_s = (seconds() - start) / YEARS;
  const double two_ns = best(groups, 360.5, 0.0, 900.0, budget_s, &sum_usd),
               grid_ns = best(groups, 0.0, 0.0, 1200.0, budget_s, &sum_usd);
  const double short_ns = best(groups, 100.0, 300.0, 800.0, budget_s, &sum_usd);
  const double months = 10.0 * 12 * 10 * 10000, projected_s = months * 1e-9 * two_ns / 2.0;
  printf("a year into representative hours     %7.2f ms\n", 1e3 * fill_s);
  printf("campus-month, grid and turbines      %7.1f ns; bound 50 ns\n", two_ns);
  printf("campus-month, grid alone             %7.1f ns\n", grid_ns);
  printf("campus-month, withheld and short     %7.1f ns\n", short_ns);
  printf("projected: %.3g hours in %.3g campus-months, two cores  %6.2f s (%.2g hours a second); bound 30 s\n",
         months * 730.5, months, projected_s, 2.0 * 730.5e9 / two_ns);
  printf("check: %.6g USD\n", sum_usd);
  free(scratch);
  return two_ns <= 50.0 && projected_s <= 30.0 ? 0 : 1;
}
