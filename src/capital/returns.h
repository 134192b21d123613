// Returns: present value, internal rate, multiple, payback, levelised cost, of flows in equal periods or on dates.
//
// Flows are in dollars, positive = received. Rates are effective per period (per year for dates) and above -1.
#ifndef CAPITAL_RETURNS_H
#define CAPITAL_RETURNS_H

#include <stddef.h>
#include <stdint.h>

#include "../../include/stargate.h"

#define CAPITAL_YEAR_DAYS 365.0  // actual/365 fixed, as spreadsheets' XNPV and XIRR (Microsoft support page "XIRR")

// NPV at the time of flow 0.
//   npv = sum_t flow[t] / (1 + rate)^t, t = 0 .. n-1; NaN where rate <= -1
// Source: Brealey, Myers, Allen, Principles of Corporate Finance, 13th ed. 2020, ch. 2.
double capital_npv(const double *flow_usd, size_t n, double rate_frac);

// NPV at day[0]; days in any order (the reader's calendar days), rate per year of 365 days.
double capital_npv_dates(const double *flow_usd, const double *day, size_t n, double rate_frac_per_yr);

// Sum of |flow| discounted: the scale against which an NPV counts as zero. day may be NULL (periods).
double capital_npv_scale(const double *flow_usd, const double *day, size_t n, double rate_frac);

enum { CAPITAL_IRR_ROOTS = 16 };

typedef struct capital_irr_result {
  double  rate_frac;               // the rate, where there is exactly one; else NaN
  int32_t n_root;                  // rates found: 0 where flows have one sign
  int32_t n_change;                // changes of sign in the flows in order of time: n_root <= n_change, same parity
                                   // with multiplicity (Descartes)
  int32_t complete;                // 1: no other root exists; 0: more than 12 changes, found on a grid
                                   // of rates from -99 % to 1e6 %, so a close pair may be missed
  double root[CAPITAL_IRR_ROOTS];  // ascending
} capital_irr_result;

// All internal rates: NPV(rate) = 0 with rate > -1.
// With u = ln(1 + rate), f(u) = sum_t flow_t exp(-u t). One change of sign: f has exactly one root, its sign far left
// and far right is known, so a bracket always exists. More: d/du (exp(u T) f) has coefficients flow_t (T - t), which for
// T at a change of sign has one change less; its roots, found first, cut the line into pieces where f is monotone up to a
// positive factor. So every root is found, by a bracket each time; a touching (double) root counts once.
// Pieces are solved by Chandrupatla, "A new hybrid quadratic/bisection algorithm ...", Adv. Eng. Software 28(3), 1997.
// Flows need be finite; n up to 10^6. Near -100 % a rate keeps few digits of 1 + rate, and NPV there fewer still.
// Errors: SG_ERR_NUMERIC: no root, several (see root[]), or a flow is not finite.
sg_err capital_irr(const double *flow_usd, size_t n, capital_irr_result *out);

// The same on dates, ascending; per year of 365 days. Flows of one day are one flow. Errors: also SG_ERR_RANGE where
// days fall or are not finite.
sg_err capital_irr_dates(const double *flow_usd, const double *day, size_t n, capital_irr_result *out);

// Multiple on invested capital: received / paid in. NaN where nothing was paid in.
double capital_moic(const double *flow_usd, size_t n);

// Periods until the running sum is not negative any more for good, linear within a period (a flow arrives evenly over
// the period that ends with it); 0 where it never is negative; NaN: not paid back by the end.
double capital_payback(const double *flow_usd, size_t n);

// Levelised cost: the constant price at which output pays its cost.
//   sum_t cost[t] / (1+rate)^t  /  sum_t output[t] / (1+rate)^t, in USD per unit of output; NaN where output is 0
// Source: IEA/NEA, Projected Costs of Generating Electricity 2020, ch. 1 (LCOE).
double capital_levelised_cost(const double *cost_usd, const double *output, size_t n, double rate_frac);

#endif
