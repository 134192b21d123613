// Tariff: a year's electricity bill from hourly draw, part by part and month by month.
//
// Energy in monthly blocks, by hour, or both; demand with seasonal rates, blocks, ratchet and contract minimum; coincident
// peaks; interruptible blocks with credit and penalty; riders; a least bill. kW is the mean over an hour; months are 0 .. 11.
// Utilities bill in kW and kWh, so this module does too. Pure: memory and series are the caller's.
#ifndef POWER_TARIFF_H
#define POWER_TARIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/diag.h"
#include "dispatch.h"

enum { POWER_BLOCKS = 8, POWER_COINCIDENT = 8, POWER_INTERRUPTIBLE = 4 };

// Blocks of a month, marginal: each holds from where the one before ends up to `up_to` (kWh or kW; the last: HUGE_VAL).
typedef struct power_blocks {
  int32_t n;
  double  up_to[POWER_BLOCKS], usd[POWER_BLOCKS];  // usd per kWh or kW
} power_blocks;

// A charge on the draw in named hours: the highest of them, or their mean (ERCOT: mean of the four summer peaks, known
// only afterwards and billed over the next year).
typedef struct power_coincident {
  const int32_t *hour;  // (n), each 0 .. n_h - 1
  int32_t        n;
  bool           mean;
  double         usd_per_kw;  // once a year
} power_coincident;

// Load above firm_kw that may be called off, block by block from the top: credit for each month, penalty where a call was
// not followed.
typedef struct power_interruptible {
  double               firm_kw;             // what remains when this block is called
  double               credit_usd_per_kw;   // a month, of the peak between firm_kw and the next higher block
  double               penalty_usd_per_kw;  // a month, of the highest draw above firm_kw in hours called
  const unsigned char *called;              // (n_h) 1: called; NULL: never
} power_interruptible;

typedef struct power_terms {
  double              fixed_usd_per_month;
  power_blocks        energy;              // of the month's kWh
  const double       *energy_usd_per_kwh;  // (n_h) by hour, may be negative; NULL: none
  double              basis_usd_per_kwh;   // hub to node, per kWh; may be negative
  double              rider_usd_per_kwh;   // may be negative
  double              rider_frac;          // on energy, demand and coincident peak together
  double              demand_usd_per_kw[POWER_BILL_MONTHS];
  power_blocks        demand;                     // on top of the above, or instead
  double              ratchet_frac;               // billed kW is at least this share of the reference peak
  int32_t             ratchet_months;             // reference: highest of so many months before; 0: none
  uint32_t            ratchet_named;              // reference: highest of these months, bit 0 = January; whole year
  const double       *past_peak_kw;               // (12) the year before, January first; NULL: the year repeats
  double              contract_kw, minimum_frac;  // billed kW is at least minimum_frac x contract_kw
  double              minimum_usd_per_month;      // least bill, credits apart
  int32_t             n_coincident, n_interruptible;
  power_coincident    coincident[POWER_COINCIDENT];
  power_interruptible interruptible[POWER_INTERRUPTIBLE];  // firm_kw falls
} power_terms;

typedef struct power_bill {
  double energy_usd, demand_usd, coincident_usd, rider_usd, fixed_usd;
  double minimum_usd;              // what the least bill adds
  double credit_usd, penalty_usd;  // credit: positive, taken off
  double total_usd;                // energy + demand + coincident + rider + fixed + minimum + penalty - credit
  double month_usd[POWER_BILL_MONTHS];
  double peak_kw[POWER_BILL_MONTHS], billed_kw[POWER_BILL_MONTHS], energy_kwh[POWER_BILL_MONTHS];
} power_bill;

// load_kw: (n_h) >= 0; month: (n_h) 0 .. 11. Coincident charges are spread over the twelve months. Errors to diags:
// SG_ERR_RANGE (a load below 0 or not finite, an hour or month out of range, blocks that do not rise), SG_ERR_LIMIT.
// Ratchets of real contracts look back at bills of the past (past_peak_kw); a repeating year is the steady state.
sg_err power_bill_run(const power_terms *terms, const double *load_kw, const int32_t *month, size_t n_h,
                      sg_diags *diags, power_bill *out);

#endif
