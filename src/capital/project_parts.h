// What the files of the project share: the state of a run, and the steps of a period. See project.h for the rules.
// Internal to project*.c and waterfall.c.
#ifndef CAPITAL_PROJECT_PARTS_H
#define CAPITAL_PROJECT_PARTS_H

#include "project.h"

// Scheduled service of the periods ahead, kept from one period to the next for the reserve.
typedef struct capital_ahead {
  int32_t from, end;      // first period of it, period after the last one that counts in full
  double  usd;            // of these
  double  years_left;     // what the periods from `end` on still have to cover
  double  scheduled_usd;  // balance on schedule, at the start of `from`
  double  after_usd;      // the same at the start of `end`
} capital_ahead;

// What a facility writes to its rows in a period.
typedef struct capital_lent {
  double            drawn_usd, capitalised_usd, swept_usd;
  double            interest_due_usd, principal_due_usd;  // arisen
  capital_debt_paid paid;
} capital_lent;

// One facility in a run.
typedef struct capital_tranche {
  // what close has fixed
  const capital_facility *k;
  double                  commitment_usd;
  double                  share_frac;  // of each need, pro rata funding
  int32_t                 sized;      // 1: profile and limits by cover do not change from round to round, and are known
  int32_t                 profile_n;  // periods of repayment
  double                 *profile_frac;      // (profile_n) principal after a conversion, as a share of what converts
  double                 *served_frac;       // (profile_n) the same without the balloon: what cover and reserve look at
  double *const          *row;               // of the result
  int32_t                 has_balloon;       // 1: balloon_usd is used
  double                 *balloon_usd;       // (n) of the instalment in each period, what is balloon
  const double           *rate_frac_per_yr;  // (n) of this run: while it is budgeted, as the lender foresaw it
  double                  reserve_years;     // of debt service, in reserve
  double                 *schedule_usd;      // (n) of debt
  // as it stands: zero before close
  int32_t       open;            // 1: it has closed and is not over
  int32_t       opened, over;    // periods: first one that it was open in, first one after it was
  int32_t       completed;       // completion dates passed
  int32_t       late;            // periods in a row with arrears
  double        converted_frac;  // of the commitment, so far
  double        building_usd;    // due this period and a use of funds: fees and interest before completion
  double        claim_usd;       // fees and interest that operation owes, arrears included
  double        served_interest_usd, served_principal_usd;  // due this period from operation; no balloon
  double        drawn_usd;                                  // for cost, in this period
  capital_debt  debt;
  capital_lent  now;
  capital_ahead ahead;
  double        built_drawn_usd, built_capitalised_usd;  // up to completion of the project
  double        need_usd;  // what was to be funded while it could be drawn: what the share is of
} capital_tranche;

// What arises in a period.
typedef struct capital_period {
  double cost_usd, overrun_usd, building_usd, building_interest_usd, building_fee_usd;
  double earned_usd, service_usd, profit_usd, refinanced_usd;
  double senior_interest_usd, senior_principal_usd;  // arisen, of operation; no balloon
  double equity_usd, contingent_usd, cure_usd;       // paid in: all; of it for overruns, for shortfalls
} capital_period;

// Cost of one class, as it stands.
typedef struct capital_class {
  double  spent_usd;
  double  waits_book_usd, waits_tax_usd;  // for service
  double  placed_tax_usd;                 // in service, waits for the end of the tax year
  int32_t book_end;                       // period in which the latest life so far ends
} capital_class;

typedef struct capital_run {
  // what close has fixed
  const capital_project *p;
  capital_result        *r;
  double *const         *row;                               // of the result
  int32_t                n_rank, close, built, n_tax_year;  // first close, last completion
  int32_t                starts;     // before it nothing operates: no receipts, no debt on its schedule, nothing kept
  int32_t                budgeted;   // 1: close: cost as budgeted, owners bring what is needed, no rows are written
  int32_t                flow_only;  // 1: of the rows, only what values the owners' flow is written
  int32_t                books;      // 1: depreciation in the books is wanted
  int32_t                cost_ends;  // last period in which cost is due or put in service
  int32_t                tested, sweeps, reserves;  // 1: a facility has a covenant, a sweep, a reserve
  int32_t                by_rank[CAPITAL_FACILITIES], rank_from[CAPITAL_FACILITIES + 1];  // facilities, senior first
  size_t                 tranche_bytes;       // to clear; no constant: compilers write out a known size, more slowly
  double                 working_years;       // of operating cost, in working capital
  double                 planned_equity_usd;  // equity first: what comes before debt
  double budget_frac[CAPITAL_COSTS];          // by class: budget over the sum of actual cost, scales cost when budgeted
  double budget_usd[CAPITAL_COSTS];           // HUGE_VAL: none
  double budget_built_usd[CAPITAL_COSTS];     // of it, up to completion
  double share_frac[CAPITAL_COSTS];           // of close cost, interest and fees of construction
  capital_tranche tranche[CAPITAL_FACILITIES];

  // scratch
  double *years;                                        // (n + 1) years before each period
  double *write_off_federal_usd, *write_off_state_usd;  // (n_tax_year)
  double *book_step_usd_per_yr, *book_last_usd;  // (n + 1) change of depreciation; what a life's last period adds
  double *lender_cfads_usd;                      // (n) what the size at close is made of
  double *cash_left_usd, *part_usd;              // (n) of it: for a rank, for a facility
  double *guess_usd, *change_usd,
      *step_usd;               // rounds of close: (n + CAPITAL_FACILITIES + 2), the last one CAPITAL_STEPS times
  double *tax_usd;             // (n) paid
  double *working_wanted_usd;  // (n) working capital, end of period
  double *ones;                // (n)
  double *senior_interest_usd, *senior_principal_usd, *senior_balance_usd, *senior_rate;  // (n)
  double *long_year, *long_rate;  // (longest tenor) of a repayment: beyond the horizon as in the last period

  // as it stands: zero before close
  int32_t ends;             // period before which it stops: what converts after that matters to nobody
  double  maintained_usd;   // major spending that waits for the end of the tax year
  int32_t writes_off;       // 1: that or cost in service waits for it
  double  to_complete_usd;  // budget to completion that had not fallen due before this period
  double  book_usd, book_rate_usd_per_yr;
  // money
  double               pool_usd;  // what is left of the period's cash
  double               cash_usd, reserve_usd, maintenance_usd, working_usd, held_usd, payable_usd;
  double               maintenance_plan_usd;                // what the maintenance reserve should hold
  double               reserve_want_usd, working_want_usd;  // balances wanted at the end of the period
  double               equity_called_usd, contingent_called_usd, cure_called_usd;
  capital_period       now;
  double               cfads_usd, depreciation_usd, distributed_usd;  // of this period
  int32_t              locked, defaults;                              // 1: rows LOCKED, DEFAULT
  int32_t              fell_short;                                  // 1: something due has not been paid, now or before
  int32_t              n_open;                                      // facilities that are open
  double               uses_usd, need_usd, interest_usd, fees_usd;  // up to completion; need: left to debt and equity
  int32_t              completes;                                   // 1: debt converts at the end of this period
  int32_t              in_default, sold;                            // sold: first period after the sale
  double               trail_cfads_usd, trail_service_usd;          // of the last twelve months
  int32_t              trail_from, served;                          // first period of them; 1: debt service has begun
  capital_equity_state equity;
  capital_tax_state    tax;
  capital_tax_year     tax_year;
  capital_class        cost[CAPITAL_COSTS];  // last: only those there are are cleared
} capital_run;

static inline double capital_above(double x) { return x > 0.0 ? x : 0.0; }
// whole - part, 0 where that is only the rounding of the two
static inline double capital_rest(double whole, double part) {
  return whole - part > 1e-12 * whole ? whole - part : 0.0;
}

// Ready for period 0: what close has fixed stays.
void capital_run_reset(capital_run *x);
void capital_run_periods(capital_run *x, int32_t to);  // 0 .. to - 1

// project_books.c: cost, depreciation, tax
double capital_books_cost(const capital_run *x, int32_t i, int32_t t);
void   capital_books_place(capital_run *x, int32_t t);  // to cost_ends: what is due goes to the books, into service
double capital_books_depreciate(capital_run *x, int32_t t);  // in the books
double capital_books_tax(capital_run *x, int32_t t);  // paid in t, credit taken off; takes in what operation earns

// project_fund.c: construction
void   capital_fund_open(capital_run *x, int32_t t);  // closes, accrues: what is due of each facility, and of cost
void   capital_fund_over(capital_run *x, capital_tranche *f, int32_t t);  // nothing is left of it, from t on
void   capital_fund_need(capital_run *x, int32_t t);  // pays for cost out of pool, proceeds, debt and equity
void   capital_fund_convert(capital_run *x, int32_t t);
double capital_fund_converting(const capital_tranche *f, int32_t t);  // share of the commitment that converts in t

// waterfall.c: operation
void capital_waterfall_operate(capital_run *x, int32_t t, double tax_usd);
void capital_waterfall_idle(capital_run *x, double tax_usd);  // the same where nothing operates yet and nothing is kept
void capital_waterfall_serve(capital_run *x, int32_t from_rank, int32_t to_rank);
void capital_waterfall_reserve(capital_run *x, int32_t t);
void capital_waterfall_test(capital_run *x, int32_t t);
void capital_waterfall_distribute(capital_run *x, int32_t t);
void capital_waterfall_pay(capital_tranche *f, double usd);

// project_size.c: close. Fixes commitments, profiles and shares.
enum { CAPITAL_STEPS = 12 };  // rounds that are remembered
sg_err capital_close(capital_run *x);

#endif
