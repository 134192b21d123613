// Revenue: what services on the GPUs sell, and what re-let GPUs earn.
//
// Demand, price and speed move along smooth curves from a start; the twin multiplies in its market paths. Pure, no
// allocation. Mtok: a million tokens, input and output together.
#ifndef REVENUE_REVENUE_H
#define REVENUE_REVENUE_H

#include <stdint.h>

#include "../base/field.h"

// A service: tokens sold.
typedef struct revenue_service {
  int32_t    name;
  int32_t    by;                     // row of class "party" that sells
  field_span at;                     // refs to campuses that serve it; empty: all
  double     from_day;               // the start; NaN: start of the programme
  double     demand_mtok_per_month;  // at the start, asked for at its price
  double     growth_frac_per_yr;     // of demand, at the start
  double     price_usd_per_mtok;     // at the start, mean over input, output and cached tokens
  double     price_decline_frac_per_yr;
  double     paid_frac;                 // share of tokens served that somebody pays for
  double     speed_mtok_per_gpu_h;      // served by one GPU in an hour at the start, at mean load
  double     speed_growth_frac_per_yr;  // better software and models for the same answers
  double     fade_frac_per_yr;          // growth, decline and speed-up slow by this share a year
  double     share_frac;                // of the schedulable GPUs that it may use at most
  double     opex_frac;                 // running cost beside compute, as a share of sales
} revenue_service;

// exp of the integral of ln(1 + rate) e^(-k t) over 0..years, k = -ln(1 - fade): a factor that starts at `rate` per
// year and slows. rate > -1; 0 <= fade < 1; fade = 0 gives (1 + rate)^years; years < 0 counts as 0.
// An assumption of form, see docs/assumptions.md#demand.
double revenue_growth_factor(double rate_per_yr, double fade_per_yr, double years);

// What one GPU can serve in an hour after `years`, Mtok. speed_factor: of the GPU against the one that the service's
// speed is stated for (1: the same).
double revenue_speed_mtok_per_gpu_h(const revenue_service *service, double years, double speed_factor);

// Inputs of a month.
typedef struct revenue_month_in {
  double years;          // from the service's start to the middle of the month; < 0: not begun, nothing is sold
  double demand_factor;  // market path times releases
  double price_factor;   // market path
  double speed_factor;   // of the GPUs at hand
  double gpu_h;          // GPU-hours that it may use: share, availability and goodput taken off
} revenue_month_in;

typedef struct revenue_month_out {
  double demand_mtok, served_mtok;  // served <= demand
  double gpu_h;                     // used <= allowed
  double price_usd_per_mtok;
  double sales_usd, opex_usd;
} revenue_month_out;

// One month of a service: served = min(demand, gpu_h x speed); sales = served x paid x price. About 150 ns.
void revenue_service_month(const revenue_service *service, const revenue_month_in *in, revenue_month_out *out);

// GPU-hours per month that would serve the whole demand at `years`.
double revenue_wanted_gpu_h(const revenue_service *service, double years, double demand_factor, double speed_factor);

// Rent of a GPU on the market, by generation (catalogue; a rack names its row): for re-letting.
typedef struct revenue_rent {
  int32_t name;
  double  rent_usd_per_gpu_h;  // on the day `from`
  double  from_day;
  double  decline_frac_per_yr;  // as newer generations come
  double  floor_usd_per_gpu_h;  // below it owners switch off
  double  occupancy_frac;       // share of hours that are let
} revenue_rent;

// Rent on `day`: max(floor, rent (1 - decline)^years x market_factor); before `from` as on `from`.
double revenue_rent_usd_per_gpu_h(const revenue_rent *rent, double day, double market_factor);

// Earned by gpu_h GPU-hours offered on the market: gpu_h x occupancy x rent.
double revenue_relet_usd(const revenue_rent *rent, double day, double market_factor, double gpu_h);

extern const class_row revenue_service_class, revenue_rent_class;

#endif
