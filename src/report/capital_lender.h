// What lenders look for in a scenario beside the statements: contracts of use, what happens when customers leave before
// rent and loans end, terms and size of each facility, cover and covenants, principal by year, levelised costs.
//
// Part of the capital report; not for other files. NaN: the figure does not exist, and `why` says why not. Months are
// indices of simulated months, -1: never. Present values are at the first month of the report, as in Returns.
#ifndef REPORT_CAPITAL_LENDER_H
#define REPORT_CAPITAL_LENDER_H

#include "../base/json.h"
#include "capital_parts.h"

// ---- Contracts of use ---------------------------------------------------------------------------------------------------

// A lease or compute contract with one payer. Ended: the first month that it does not bill any more.
typedef struct report_use {
  int32_t  deal;
  double   term_months;  // NaN: without end
  int32_t  begun, ends;  // -1: not begun in this scenario; ends may lie behind the horizon; INT32_MAX: no end
  bool     failed;       // its customer defaulted and it ended early
  int64_t *billed_cents, *relet_cents,
      *damages_cents;  // (n_month) from the books; relet: let again on the market since
} report_use;

bool report_use_is(const report_capital *c, int32_t deal);  // a lease or compute contract
// False: out of memory; arrays from the report's arena.
bool report_use_of(const report_capital *c, int32_t deal, report_use *out);

// What a party is paid for a campus less what it pays to run it, by month: leases, compute, re-letting, damages, services,
// energy, operation, tax. What contracts on several campuses pay is split by megawatts (leases) or GPU-hours, and where
// there are none, evenly. Over all campuses: the party's cash from operation, but for interest received. out: (n_month)
void report_campus_cash(const report_capital *c, int32_t party, int32_t campus, double *out);

// Share of a campus in what a party pays to build, equip and run campuses: what its tax is split by.
double report_tax_part(const report_capital *c, int32_t campus, int32_t party);

// ---- When customers leave -----------------------------------------------------------------------------------------------

// What a level price would have to be from the month in which the last customer leaves: present value at the party's own
// rate of what is due over that of what can be let. Per GPU-hour let: what the machines offer, less what the market leaves
// empty. Per MW-month: of the campus at the meter, whether machines stand in it or not.
typedef struct report_price {
  double usd_per_gpu_h, usd_per_mw_month;  // NaN: there is nothing to let
  double market_usd_per_gpu_h,
      market_usd_per_mw_month;  // mean over the same months, as the scenario had it; NaN: no customer has paid so
  double  occupancy_frac;       // of the market; NaN: no market of GPUs
  int32_t gpu_months;           // months in which there are GPU-hours to let
} report_price;

// A party that owes rent or use payments for a campus beyond the end of what its customers owe it there.
typedef struct report_gap {
  int32_t party, campus, customer, supplier;  // deals: the last customer's contract, the longest of those it owes under
  int32_t first, last;                        // months; last within the horizon
  int32_t months, beyond;                     // in which something was due; more of the term behind the horizon
  double  due_usd, value_usd;                 // in these months, and its present value
  double  relet_usd;                          // what re-letting has earned in them
  report_price price;
} report_gap;

// An owner whose loans on a campus outlast its customers there.
typedef struct report_tail {
  int32_t      party, campus, customer;
  int32_t      first;                   // month in which the last customer has left
  double       debt_usd;                // owed at the end of the month before
  double       service_usd, value_usd;  // from then on as scheduled, to the horizon: interest and principal
  int32_t      months;                  // in which any is due
  double       left_usd;                // scheduled behind the horizon
  const char  *why;                     // NULL, or why there is no service to be told
  double       relet_usd;
  report_price price;
} report_tail;

// (n campus x n party) at most, in the order of campuses; memory of `out` from the report's arena. False: out of memory.
bool report_gaps(const report_capital *c, report_gap **out, int32_t *n);
bool report_tails(const report_capital *c, report_tail **out, int32_t *n);

// ---- Facilities ---------------------------------------------------------------------------------------------------------

typedef struct report_ratio {
  double      least, average;  // NaN: n/a
  const char *why;             // then: why
} report_ratio;

// Cash over debt service (DSCR) and over interest and fees (interest cover) of twelve months, for months by whose end
// something fell due in each of twelve; value of cash to the last payment over debt (LLCR), in months of repayment.
// Service without balloons, of loans in repayment; until loans are called.
typedef struct report_covers {
  report_ratio dscr, llcr, icr;
} report_covers;

report_covers report_borrower_covers(const report_capital *c, int32_t party);
// Of what the campus leaves its borrower, over service of its loans on it that rank with the facility or before it.
report_covers report_facility_covers(const report_capital *c, const report_loan *loan);

typedef struct report_terms {
  const capital_contract *contract;
  const twin_loan_now    *now;                             // size at close, benchmark, dates
  double                  limit_usd[CAPITAL_SIZE_LIMITS];  // the lender's share; NaN: not asked
  twin_lender_case        lender_case;
  int32_t                 tenor_months, draws_end,
      last;  // draws_end: month from which nothing is drawn; last: of the last instalment, -1: none yet, or called
  int32_t called;  // month in which the loan was called, -1: never
  double  effective_frac_per_yr,
      nominal_frac_per_yr;                 // of the lender's flows: a balance at the horizon counts as paid then
  double      cash_frac_per_yr, left_usd;  // on cash alone, and the balance at the horizon
  int32_t     n_rate;  // rates that make their value zero; of several the one next to the loan's own
  const char *why;     // no rate: why
  int32_t     lockup_months, default_months;  // in which a test was failed; -1: there is none
} report_terms;

report_terms report_terms_of(const report_capital *c, const report_loan *loan);

// Reserve of a borrower against its target over months in which there is one.
typedef struct report_reserve {
  int32_t months, short_months;  // with a target; below it by a cent or more
  double  least_frac;            // the least share of the target that was there; NaN: no target ever
} report_reserve;
report_reserve report_reserve_of(const report_capital *c, int32_t party);

// ---- Principal by year --------------------------------------------------------------------------------------------------

// By month, over all loans of a borrower.
typedef struct report_wall {
  double *instalments_usd, *balloons_usd, *called_usd, *prepaid_usd, *balance_usd;  // (n_month)
  double  left_usd, overdue_usd;  // balance at the horizon, and principal of it that is due
} report_wall;
bool report_wall_of(const report_capital *c, int32_t party, report_wall *out);  // false: out of memory

// ---- Levelised costs ----------------------------------------------------------------------------------------------------

// All that owner, buyer and operator of a campus pay to others to build, equip and run it, at the owner's rate, over what
// comes out of it up to the horizon. Tax of a party is split over campuses by what else it pays for them.
typedef struct report_levelised {
  int32_t campus;                                               // -1: all of them together, each at its owner's rate
  double  rate_frac_per_yr;                                     // NaN: several
  double  usd_per_gpu_h, usd_per_mwh_it, usd_per_mtok;          // NaN: none
  double  capital_frac, energy_frac, operation_frac, tax_frac;  // of the present value of cost
  double  net_usd_per_gpu_h;                                    // less the book value that is left at the horizon
  double  cost_usd, left_usd, gpu_h, mwh_it, mtok;  // present values; mtok and the hours that serve: of the programme
} report_levelised;
bool report_levelised_of(const report_capital *c, report_levelised *out);  // (n campus + 1): the last is the programme

// ---- On the page and in JSON --------------------------------------------------------------------------------------------

bool report_lender_json(json_writer *w, const report_capital *c);  // keys of the top object; false: out of memory
void report_terms_json(json_writer *w, const report_capital *c, const report_loan *loan);

#endif
