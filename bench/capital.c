// How fast projects are: a run, a price for a target IRR, and how time grows with periods and facilities.
//
//   build/bench/capital
//
// One thread; processor time of this process.
#define _POSIX_C_SOURCE 200809L
#include "../src/capital/project.h"
#include "../tests/plain_facility.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 1441, CLOCKED = 32 };  // runs between two looks at the clock, which takes a tenth of the shortest

static double now_s(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct world {
  capital_project p;
  double  year[MOST], cost[MOST], receipts[MOST], output[MOST], opex[MOST], senior[MOST], junior[MOST], dscr[MOST];
  int32_t tax_year[MOST];
} world;

static void fill(world *w, int32_t n, double year, int32_t built) {
  *w = (world){0};
  w->p = (capital_project){
      .n = n,
      .year = w->year,
      .tax_year = w->tax_year,
      .n_cost = 1,
      .receipts_usd = w->receipts,
      .output = w->output,
      .price_usd = 0.2,
      .opex_usd = w->opex,
      .equity_usd = (double)NAN,
      .cure_usd = HUGE_VAL,
      .tax = {0.21, 0.06, CAPITAL_LOSSES_CARRY, 0.8, (double)NAN, 0}
  };
  w->p.cost[0] = (capital_cost){w->cost, (double)NAN, built, 20.0, {.write_off = CAPITAL_MACRS_5}};
  for (int32_t t = 0; t < n; t++) {
    w->year[t] = year;
    w->tax_year[t] = (int32_t)((t + 0.5) * year);
    w->cost[t] = t <= built ? 1.2e9 / (built + 1) : 0.0;
    w->output[t] = t > built ? 744.6e6 * year * pow(1.015, t * year) : 0.0;
    w->opex[t] = t > built ? 42e6 * year * pow(1.025, t * year) : 0.0;
    w->senior[t] = 0.065;
    w->junior[t] = 0.09;
    w->dscr[t] = 1.35;
  }
}

// The instant of close and 25 years: sculpted debt, reserves, fees.
static void annual(world *w) {
  fill(w, 26, 1.0, 0);
  w->year[0] = 0.0;
  for (int32_t t = 0; t < 26; t++) w->tax_year[t] = t - 1;
  w->p.n_facility = 1;
  w->p.facility[0] = plain_facility(w->senior, 0, 18);
  w->p.facility[0].repays = CAPITAL_REPAYS_SCULPTED;
  w->p.facility[0].dscr = w->dscr;
  w->p.facility[0].reserve_months = 6.0;
  w->p.facility[0].terms.upfront_frac = 0.02;
  w->p.reserve_rule = CAPITAL_RESERVE_NEXT;
  w->p.reserve_at_close = 1;
  w->p.working_months = 1.0;
  w->p.reserve_rate_frac_per_yr = 0.0175;
  w->p.tax.losses = CAPITAL_LOSSES_REFUND;
}

// Two years of construction: senior debt sculpted to its cover, with a cap, behind it others, level; reserve, lock-up.
static void monthly(world *w, int32_t n, int32_t facilities, int after_tax) {
  fill(w, n, 1.0 / 12.0, 24);
  w->p.price_usd = 0.25;
  w->p.n_facility = facilities;
  w->p.cfads_after_tax = after_tax;
  w->p.reserve_at_close = 1;
  w->p.reserve_rate_frac_per_yr = 0.02;
  w->p.working_months = 2.0;
  for (int32_t j = 0; j < facilities; j++) {
    capital_facility *k = &w->p.facility[j];
    *k = plain_facility(j ? w->junior : w->senior, 24, n > 300 ? 240 : n - 60);
    k->terms = (capital_debt_terms){.commitment_fee_frac_per_yr = 0.005, .upfront_frac = 0.02, .capitalises = 1};
    k->rank = j > 0;
    k->reserve_months = 6.0;
    k->commitment_usd = j ? 0.1e9 / (facilities - 1) : (double)NAN;
    if (j) continue;
    k->repays = CAPITAL_REPAYS_SCULPTED;
    k->dscr = w->dscr;
    k->leverage_frac = 0.7;
    k->lockup_dscr = 1.1;
  }
}

static double time_us(world *w, double target, int32_t period) {
  capital_result r;
  const char    *why = "";
  void          *memory = malloc(capital_result_bytes(&w->p));
  if (!memory) exit(2);
  capital_result_bind(&w->p, memory, &r);
  double least_s = HUGE_VAL, first = w->p.price_usd;
  for (int batch = 0; batch < 20; batch++) {  // the least of them: what others do on the machine only adds
    double began = now_s();
    int    times = 0;
    for (; times % CLOCKED || now_s() - began < 0.01; times++) {
      w->p.price_usd = first;
      if (isnan(target) ? capital_project_run(&w->p, &r) : capital_project_price(&w->p, &r, target, period, &why)) {
        fprintf(stderr, "does not run: %s\n", why);
        exit(2);
      }
    }
    least_s = fmin(least_s, (now_s() - began) / times);
  }
  free(memory);
  return 1e6 * least_s;
}

// Time for `size` and how it has grown from the size before, half as large; 0: that is the first. Returns it.
static double print_growth(int size, double us, double before_us) {
  printf(" %d: %.1f us", size, us);
  if (before_us > 0.0) printf(" (x %.2f)", us / before_us);
  return us;
}

int main(void) {
  world *w = malloc(sizeof *w);
  if (!w) return 2;
  annual(w);
  printf("annual, 25 years, sculpted debt, reserves and tax: %.2f us\n", time_us(w, (double)NAN, 0));
  printf("the same with the price for an IRR of 12 %% in year 20: %.2f us\n", time_us(w, 0.12, 20));
  monthly(w, 360, 2, 0);
  printf("monthly, 30 years, two facilities, cover before tax: %.1f us\n", time_us(w, (double)NAN, 0));
  monthly(w, 360, 2, 1);
  printf("monthly, 30 years, two facilities, cover after tax: %.1f us\n", time_us(w, (double)NAN, 0));
  double us = 0.0;
  printf("by periods (two facilities; growth per doubling):");
  for (int32_t n = 180; n <= 1440; n *= 2) {
    monthly(w, n, 2, 0);
    us = print_growth((int)n, time_us(w, (double)NAN, 0), us);
  }
  us = 0.0;
  printf("\nby facilities (360 periods; growth per doubling):");
  for (int32_t j = 1; j <= 8; j *= 2) {
    monthly(w, 360, j, 0);
    us = print_growth((int)j, time_us(w, (double)NAN, 0), us);
  }
  printf("\n");
  free(w);
  return 0;
}
