// How fast load and cooling are: a year by hours, the table of a campus, the lookup of a campus-month.
//
//   build/bench/power_load
//
// One thread; processor time of this process; the best of some rounds. Hours are made up, which changes nothing.
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "../src/power/power.h"
#include "../tests/cooling_design.h"

enum { ROUNDS = 200, LOOKUPS = 2000000 };

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int32_t month[POWER_YEAR_HOURS];
static double  dry[POWER_YEAR_HOURS], wet[POWER_YEAR_HOURS], it[POWER_YEAR_HOURS], pue[POWER_YEAR_HOURS],
    water[POWER_YEAR_HOURS], limit[POWER_YEAR_HOURS], facility[POWER_YEAR_HOURS];

int main(void) {
  static const char *const names[] = {"none", "dry", "tower", "spray"};
  const power_weather      site = {.elevation_m = 530, .design_dry_degc = 36.7, .design_wet_degc = 23.4};
  const power_work         work = power_work_default(1000);
  power_hours hours = {.n = POWER_YEAR_HOURS, .clock = 1, .month = month, .dry_degc = dry, .wet_degc = wet};
  double      sum = 0.0;
  for (int32_t t = 0; t < POWER_YEAR_HOURS; t++) {
    month[t] = (int32_t)(t / 24 / 30.4375);
    dry[t] = 15 - 15 * cos(t * 7.1726e-4) + 7 * sin(t * 0.2618) + 4 * sin(t * 0.0317);
    wet[t] = dry[t] - 1 - 0.25 * fabs(dry[t]);
  }
  printf("sink     8,760 hours of load and cooling   table of a campus   lookup of a month\n");
  for (int32_t sink = POWER_SINK_NONE; sink <= POWER_SINK_SPRAY; sink++) {
    power_cooling       c = cooling_design((power_sink)sink);
    power_cooling_table table;
    power_year          year;
    double              best_year = HUGE_VAL, best_table = HUGE_VAL;
    for (int k = 0; k < ROUNDS; k++) {
      const double start = now_s();
      power_it_hours(&work, 0, POWER_YEAR_HOURS, it);
      power_cooling_hours(&c, &site, dry, wet, it, 1000, POWER_YEAR_HOURS, pue, water, limit);
      power_facility_hours(it, pue, water, NULL, 1.0, POWER_YEAR_HOURS, facility, &year);
      const double middle = now_s();
      power_cooling_table_fill(&c, &site, &hours, NULL, &table);
      const double end = now_s();
      best_year = fmin(best_year, middle - start);
      best_table = fmin(best_table, end - middle);
      sum += year.facility_mwh + table.month[6].stream[0].lift;
    }
    const double start = now_s();
    for (int32_t i = 0, m = 0; i < LOOKUPS; i++, m = m == 11 ? 0 : m + 1) {
      c.carnot_frac += 1e-9;  // a number that a scenario draws
      sum += power_table_pue(&c, &table, m, 0.9) + power_table_wue_l_per_kwh(&c, &table, m);
    }
    const double each_ns = (now_s() - start) / LOOKUPS * 1e9;
    printf("%-8s %22.1f us %20.1f us %18.1f ns\n", names[sink], best_year * 1e6, best_table * 1e6, each_ns);
  }
  printf("(checksum %.6g)\n", sum);
  return 0;
}
