// Debt: one facility, from sizing at close to its last payment, over periods of any length.
//
// What a lender fixes at close (commitment, profile of repayment) is computed by the functions of the first part from the
// lender's own case. The facility then lives period by period: draw, accrue, pay. A project (project.h) and the months of
// the twin drive the same steps.
//
// Conventions, stated because lenders differ:
//   - interest of a period = balance at its start (draws of the period bear interest from the next one) * rate * length in
//     years: nominal rates, no day count within a period
//   - what is not paid when due stays due; overdue principal goes on bearing interest as part of the balance, overdue
//     interest and fees bear the rate plus `default_margin`
//   - prepayment shortens from the end (inverse order of maturity), unless it says pro rata; what is not on the schedule yet
//     and what lies beyond the horizon count as latest
//   - a negative instalment (sculpting where the interest exceeds the service) relends interest of its period: it is
//     capitalised, never more than that interest, even above the commitment
//   - sums below 1e-13 of the commitment are rounding and become 0, so a loan ends at exactly 0; the last instalment takes the
//     rounding of those before it
//   - a negative rate earns the borrower nothing: interest is 0
// Money in USD as double; callers who keep books in cents round at the ledger.
#ifndef CAPITAL_DEBT_H
#define CAPITAL_DEBT_H

#include <stddef.h>
#include <stdint.h>

#include "../../include/stargate.h"

#define CAPITAL_REPAYS "level|constant|bullet|sculpted"
typedef enum capital_repays {
  CAPITAL_REPAYS_LEVEL,     // equal payments of interest and principal at the rate of conversion
  CAPITAL_REPAYS_CONSTANT,  // equal principal
  CAPITAL_REPAYS_BULLET,    // all at the end
  CAPITAL_REPAYS_SCULPTED,  // service in proportion to the lender's cash flow: cfads / dscr
  CAPITAL_REPAYS_COUNT
} capital_repays;

// ---- At close -----------------------------------------------------------------------------------------------------------

// Rate of a period.
//   hedged * (swap + margin) + (1 - hedged) * (max(base, floor) + margin)
// NaN swap where nothing is hedged is fine, so are NaN base where all is, and NaN floor (none).
double capital_debt_rate(double base_frac, double floor_frac, double margin_frac, double hedged_frac, double swap_frac);

// Profile of repayment: principal due in each of n periods after conversion as a share of the balance converted; the sum
// is 1 (the balloon is in the last one; BULLET has no other). year: (n) lengths; rate: (n) per year, nominal; grace: periods in which only
// interest is due; balloon_frac: share of the balance left to the last period, beside that period's instalment.
// SCULPTED needs cfads and dscr (n each): principal_t = cfads_t / dscr_t - interest_t, scaled so that all is repaid; a
// negative principal (interest above the service) is allowed only where it is made up later and is reported in
// *n_negative (may be NULL). principal_frac may not alias. Errors: SG_ERR_RANGE: n < 1, grace >= n, balloon outside [0,1],
// rate <= -1, dscr <= 0, no positive service.
// Source: Yescombe, Principles of Project Finance, 2nd ed. 2014, ch. 14 (repayment profile, sculpting).
typedef struct capital_repay_plan {
  int32_t       repays;  // capital_repays
  int32_t       n, grace;
  double        balloon_frac;
  const double *year, *rate_frac_per_yr;  // (n)
  const double *cfads_usd, *dscr;         // (n), sculpted only
} capital_repay_plan;
sg_err capital_repay_profile(const capital_repay_plan *plan, double *principal_frac, int32_t *n_negative);

// What limits the size at close. NaN or NULL switches a test off. A NaN in dscr switches it off for that period (a balloon
// that is refinanced): sculpted, it carries no service then.
typedef struct capital_size_case {
  int32_t       n;                        // periods of repayment
  const double *year, *rate_frac_per_yr;  // (n)
  const double *cfads_usd;                // (n) lender's own case, first = first payment; NULL: cover is not tested
  const double *dscr;                     // (n) cover wanted; NULL: not tested
  double        llcr;                     // loan life cover wanted
  const double *profile_frac;             // (n) principal profile; NULL: sculpted to dscr (pv of cfads / dscr)
  double        leverage_frac, uses_usd;  // size <= leverage * uses
  double        commitment_usd;           // what the lender will give at most
} capital_size_case;

typedef enum capital_size_limit {
  CAPITAL_SIZE_DSCR,
  CAPITAL_SIZE_LLCR,
  CAPITAL_SIZE_LEVERAGE,
  CAPITAL_SIZE_COMMITMENT,
  CAPITAL_SIZE_LIMITS
} capital_size_limit;

typedef struct capital_size {
  double  limit_usd[CAPITAL_SIZE_LIMITS];  // HUGE_VAL where switched off
  double  usd;                             // the least, >= 0
  int32_t binds;                           // capital_size_limit; -1: none is on (then usd is 0 and SG_ERR_RANGE)
} capital_size;

// Size at close: the least of the tests that are on.
//   DSCR, sculpted:    sum_t max(cfads_t, 0) / dscr_t * discount_t
//   DSCR, by profile:  min_t max(cfads_t, 0) / dscr_t / (service of one dollar in t)    over periods with service
//   LLCR:              sum_t max(cfads_t, 0) * discount_t / llcr        discount_t = prod_{s<=t} 1 / (1 + rate_s year_s)
// Of equal limits the first binds. Errors: SG_ERR_RANGE: dscr or llcr <= 0, rate <= -1, cover tested on n < 1, no test is on.
// Negative cfads carries no service.
sg_err capital_debt_size(const capital_size_case *c, capital_size *out);

// Cover at which the sculpted size is the cap (> 0), where a cover of `dscr` would size above it.
//   dscr * size / cap where size > cap, else dscr. (Raise DSCR to what the cap allows: Bodmer, "Repayments with debt to
//   capital constraint and constant DSCR".)
double capital_debt_capped_dscr(double dscr, double sculpted_usd, double cap_usd);

// ---- Life ---------------------------------------------------------------------------------------------------------------

typedef struct capital_debt_terms {
  double  commitment_fee_frac_per_yr;   // on what is undrawn, until draws end
  double  agency_usd_per_yr;
  double  upfront_frac;                 // of the commitment, at close: a use of funds that the caller charges
  double  default_margin_frac_per_yr;   // on overdue interest and fees
  int32_t capitalises;                  // 1: interest on what is not converted is added to the balance, within the commitment
                                        // (after draws_end too); the rest is due in cash
  int32_t draw_tenor;                   // > 0: each draw is repaid over so many periods of its own (delayed draw)
  int32_t draw_repays;                  // of such draws: level, constant or bullet
  int32_t prepays_pro_rata;             // 1: prepayment lowers all instalments alike
} capital_debt_terms;

typedef struct capital_debt {
  double  commitment_usd;
  double  drawn_usd, capitalised_usd;         // so far
  double  balance_usd, converted_usd;         // converted: the part of the balance that is on its schedule
  double  held_usd;                           // proceeds drawn and not spent yet (bonds)
  double  due_fee_usd, due_interest_usd, due_principal_usd;  // now, overdue included
  double  overdue_usd;                        // of due fee and interest: left from earlier periods
  double  interest_usd, fee_usd, principal_usd, prepaid_usd, lost_usd;  // paid so far; lost: written off
  double *due_usd;                            // (n) principal falling due in each period: the schedule; past ones stay
  double  later_usd;                          // sum of the instalments after the period accrued last
  int32_t n;                                  // periods
  int32_t draws_end;                          // period from which nothing is drawn
  int32_t last;                               // period of the last instalment; -1: none
  int32_t accelerated;                        // 1: all of it is due
} capital_debt;

// Opens a facility over n periods. commitment: finite. schedule: (n) memory of the caller, cleared here. Draws end at
// draws_end (n: never).
void capital_debt_open(capital_debt *d, double commitment_usd, double *schedule_usd, int32_t n, int32_t draws_end);

double capital_debt_undrawn(const capital_debt *d, int32_t t);  // 0 from draws_end on
// Draws up to want; returns what was granted. With draw_tenor the draw's own instalments enter the schedule; level ones
// at `rate` and `year` (its period's), from period t + 1 on.
double capital_debt_draw(capital_debt *d, const capital_debt_terms *k, int32_t t, double rate_frac_per_yr, double year, double want_usd);

// Interest and fees of period t arise on the opening balance, and scheduled principal falls due. Call once a period,
// before the draws and payments of that period. The commitment fee is on what is undrawn at the start of the period, the
// agency fee due while anything is drawn or can be. Returns what was capitalised.
double capital_debt_accrue(capital_debt *d, const capital_debt_terms *k, int32_t t, double rate_frac_per_yr, double year);

// Puts `usd` of the unconverted balance on the schedule: principal_frac[j] * usd falls due in period t + 1 + j, j < m;
// what lies beyond the horizon stays as closing balance. usd is cut to the unconverted balance (HUGE_VAL: all of it).
void capital_debt_convert(capital_debt *d, int32_t t, double usd, const double *principal_frac, int32_t m);

typedef struct capital_debt_paid { double fee_usd, interest_usd, principal_usd; } capital_debt_paid;
capital_debt_paid capital_debt_due(const capital_debt *d);
capital_debt_paid capital_debt_pay(capital_debt *d, double usd);  // fee, interest, principal that are due, in this order
double capital_debt_prepay(capital_debt *d, const capital_debt_terms *k, int32_t t, double usd);  // of what is not due; returns what was taken
void   capital_debt_accelerate(capital_debt *d);                  // the whole balance is due, now and later; draws end, the schedule is void
double capital_debt_write_off(capital_debt *d);                   // the balance is lost, unpaid interest and fees go; returns the balance

// ---- Cover --------------------------------------------------------------------------------------------------------------

// Ratios per period; NaN where there is nothing to cover. All arrays (n), may not alias.
//   dscr_t = cfads_t / service_t;  icr_t = cfads_t / interest_t
//   llcr_t = PV at the loan rate of cfads over the loan's remaining life / balance at the end of t-1;  plcr_t: to the last period
//   (PV at the start of t; the life ends with the last service, with the last period where a balance is left; NaN in t = 0)
// Source: Yescombe 2014, ch. 12.
typedef struct capital_cover { double *dscr, *llcr, *plcr, *icr; } capital_cover;
void capital_cover_run(const double *cfads_usd, const double *interest_usd, const double *principal_usd, const double *balance_usd,
                       const double *rate_frac_per_yr, const double *year, int32_t n, capital_cover *out);
double capital_cover_least(const double *ratio, int32_t n);    // over what is not NaN; NaN: nothing
double capital_cover_average(const double *ratio, int32_t n);

// ---- Margin loan --------------------------------------------------------------------------------------------------------

// A loan on listed shares: its balance may be at most call_frac of their market value.
typedef struct capital_margin { double lend_frac, call_frac, restore_frac; } capital_margin;  // restore <= call
// Cash the borrower must pay in so that balance <= restore * worth, when balance > call * worth; else 0.
double capital_margin_call(const capital_margin *k, double balance_usd, double worth_usd);
// Worth of shares to sell, at a haircut, so that the rest carries what stays owed:
//   sell s: balance - s (1 - haircut) = restore * (worth - s); all, where even that does not suffice
// For a call that was not met in full: it does not look at call_frac.
double capital_margin_sale(const capital_margin *k, double balance_usd, double worth_usd, double haircut_frac);

#endif
