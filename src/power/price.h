// Price: hourly prices of a market that were not, drawn like those that were.
//
// Fitted to hourly histories and monthly gas of the same months. A month's level follows gas and season with an error that
// lasts; an hour's price is the level times the season's shape of the day plus an hourly error that lasts; now and then
// prices spike, in runs, to a multiple with a heavy tail, up to the market's cap. Negative prices come from shape and error.
//   ln level = a + b ln gas + season[month] + e,   e = phi e' + sd sqrt(1 - phi^2) N(0,1)
//   price    = level (shape[month][hour] + r),     r = quantile of the month's errors at z, z = rho z' + sqrt(1 - rho^2) N(0,1)
//   spike    = level x POWER_SPIKE x u^(-1/alpha) for a run of geometric length
// Weather does not enter: for what happens when cold, demand and price meet (February 2021) use a real year for both, see
// power_price_paired_year. Model: mean reversion with jumps, e.g. Weron, International Journal of Forecasting 30 (2014) 1030,
// sec. 3.4; regimes and numbers fitted here.
#ifndef POWER_PRICE_H
#define POWER_PRICE_H

#include <stddef.h>
#include <stdint.h>

#include "../base/diag.h"
#include "../uncertainty/stream.h"

enum { POWER_ERRORS = 13 };
#define POWER_SPIKE 4.0  // an hour above so many times the month's median is a spike

// Hours in order, from 1 January 00:00 of the first year; whole years (8,760 or 8,784 hours each).
typedef struct power_price_history {
  int32_t       first_year, n_year;
  const double *usd_per_mwh;        // all hours of all years
  const double *gas_usd_per_mmbtu;  // (12 n_year) > 0
} power_price_history;

typedef struct power_price_process {
  double intercept, gas_slope;     // a, b
  double season[12];               // of ln level; their mean is 0
  double level_phi, level_sd;      // e, monthly
  double shape[12][24];            // mean of an ordinary hour over the level
  double hour_rho;                 // of z, from hour to hour
  double error[12][POWER_ERRORS];  // r at z = -3, -2.5 .. 3; beyond: the ends
  double spike_start[12];          // chance that a run begins in an hour
  double spike_stay;               // chance that it goes on
  double spike_alpha;              // tail of the multiple
  double cap_usd_per_mwh;
} power_price_process;

// Hours of the year's first to last month; returns 8,760 or 8,784.
size_t power_year_hours(int32_t year);

// scratch: (744 (n_year + 1)). cap_usd_per_mwh: the market's offer cap (ERCOT 5,000 since 2022, 9,000 before; PJM 3,700; CAISO 2,000).
// Errors: SG_ERR_RANGE (no whole year, a price that is not finite, gas that is not above 0: which hour or month).
sg_err power_price_fit(const power_price_history *history, double cap_usd_per_mwh, double *scratch, sg_diags *diags,
                       power_price_process *out);

// Of it only what levels need: intercept, gas_slope, season, level_phi, level_sd; the rest of *out stays. scratch: (744).
sg_err power_price_fit_levels(const power_price_history *history, double *scratch, sg_diags *diags,
                              power_price_process *out);

// Level of one month's hours: the mean of those that are no spike, at least 1. scratch: (n_h).
double power_price_level(const double *usd_per_mwh, size_t n_h, double *scratch);

// Levels of n months, the first being month_of_year 0 .. 11. gas: (n). level_usd_per_mwh: (n).
void power_price_levels(const power_price_process *p, const double *gas_usd_per_mmbtu, int32_t month_of_year, int32_t n,
                        stream s, uint64_t key, double *level_usd_per_mwh);

// Hours of one month (n_h = 24 x days), drawn with steps of `key` joined with `month`. usd_per_mwh: (n_h). carry: z
// at the end of the month before and whether a run goes on; zeroed before the first month.
typedef struct power_price_carry {
  double  z;
  int32_t in_spike;
} power_price_carry;
void power_price_hours(const power_price_process *p, double level_usd_per_mwh, int32_t month_of_year, size_t n_h,
                       stream s, uint64_t key, uint32_t month, power_price_carry *carry, double *usd_per_mwh);

// Mean of an hour of that month at that level, spikes included: what the levels are scaled with.
double power_price_mean(const power_price_process *p, double level_usd_per_mwh, int32_t month_of_year);

// Which of n_year histories a scenario's year repeats: the same for price and weather, so that what met then meets now.
int32_t power_price_paired_year(stream s, uint64_t key, uint32_t year, int32_t n_year);

#endif
