// Project: one borrower from financial close to the last period: draw-down, debt, waterfall, tax, equity.
//
// The composition of debt.h, tax.h and equity.h over periods of any length: an annual case with all cost in one instant
// and a monthly programme of many buildings run through the same code. Period 0 may be an instant (length 0: close).
// In each period: cost falls due and is funded; interest and fees arise; receipts run down the waterfall:
//   operating cost, tax, fees, then by rank of the facilities interest, principal; debt service reserve; maintenance
//   reserve; junior facilities; lock-up test; sweep; distribution.
// A shortfall is met by the reserve, then equity cure, then deferral (unpaid sums age); past the cure period it is a default:
// all facilities are called (cross-default), distributions stop, the assets are sold by `recovery`, by rank.
// Money in USD; flows positive in the direction of their name. Arrays of n belong to the caller.
#ifndef CAPITAL_PROJECT_H
#define CAPITAL_PROJECT_H

#include <stddef.h>
#include <stdint.h>

#include "debt.h"
#include "equity.h"
#include "tax.h"

enum { CAPITAL_FACILITIES = 12, CAPITAL_COSTS = 12 };

#define CAPITAL_FUNDING "pro-rata|equity-first|debt-first"
typedef enum capital_funding { CAPITAL_FUND_PRO_RATA, CAPITAL_FUND_EQUITY_FIRST, CAPITAL_FUND_DEBT_FIRST } capital_funding;

// Cost of one class, as it falls due. in_service: period from which it is depreciated; what is spent later starts in its own.
typedef struct capital_cost {
  const double      *usd;         // (n) actual
  double             budget_usd;  // what was foreseen at close: sizes the debt; NaN: the sum of usd
  int32_t            in_service;
  double             life_years;  // straight line in the books
  capital_tax_class  tax;
} capital_cost;

typedef enum capital_reserve_rule { CAPITAL_RESERVE_AHEAD, CAPITAL_RESERVE_NEXT } capital_reserve_rule;

typedef struct capital_facility {
  capital_debt_terms terms;
  int32_t       rank;             // 0 senior; higher ranks are paid after the senior debt's reserve
  int32_t       repays, tenor, grace;  // periods after conversion; capital_repays
  double        balloon_frac;
  const double *rate_frac_per_yr; // (n) all in: capital_debt_rate
  const double *dscr;             // (n) cover wanted, by period; NULL: not sized by cover
  double        llcr, leverage_frac, commitment_usd;  // NaN: not tested; commitment: at most
  double        advance_frac;     // of each cost, at most; NaN: its share of what all facilities together fund
  int32_t       close, draws_end; // periods; nothing is drawn before close or conditions precedent
  int32_t       conversion;       // period at whose end it turns to repayment; with several completion dates the last
  int32_t       n_completion;     // completion dates before that: share of the balance that converts at each
  const int32_t *completion;      // (n_completion) periods, ascending
  const double *completion_frac;  // (n_completion) cumulative share of the facility
  int32_t       drawn_at_close;   // 1: bond: all drawn at close, proceeds held and earning `reserve_rate` until spent
  double        reserve_months;   // debt service reserve
  double        sweep_frac;       // of cash after reserves
  double        lockup_dscr, default_dscr;  // NaN: no test
  int32_t       cure_periods;     // unpaid for longer is a default
  int32_t       refinanced;       // 1: a balance left at maturity is refinanced, if refinancing_usd allows; else it is due
  double        refinancing_usd;  // what the market will lend then
} capital_facility;

typedef struct capital_project {
  int32_t       n;                // periods
  const double *year;             // (n) length in years
  const int32_t *tax_year;        // (n) 0, 0, .., 1, ..: ascending; -1: before tax (close)
  int32_t       n_cost;
  capital_cost  cost[CAPITAL_COSTS];
  double        basis_extra_usd;  // cost in the tax basis that is no spending here (financing cost paid before), split like cost
  double        close_cost_usd, close_cost_basis_usd;  // closing and other cost in period of close; of it in the tax basis

  const double *receipts_usd;     // (n)
  const double *output;           // (n) sold at price; NULL: none
  double        price_usd;        // receipts = receipts_usd + price * output
  const double *opex_usd;         // (n) property tax and insurance included
  const double *other_income_usd; // (n) or NULL: grants
  double        working_months;   // of operating cost of the next period, held as working capital

  const double *maintenance_usd;  // (n) or NULL: major spending
  const double *maintenance_fund_usd;  // (n) or NULL: what is put aside for it
  capital_tax_class maintenance_tax;

  int32_t       n_facility;
  capital_facility facility[CAPITAL_FACILITIES];
  const double *lender_cfads_usd; // (n) the lender's own case; NULL: this project's
  int32_t       cfads_after_tax;  // 1: lenders' way; 0: before tax
  int32_t       reserve_rule;     // capital_reserve_rule
  int32_t       reserve_at_close; // 1: funded at close with sources; 0: from cash
  double        reserve_rate_frac_per_yr;  // earned on reserves, on proceeds held and on trapped cash

  int32_t       funding;          // capital_funding
  double        equity_usd;       // committed; NaN: as much as is needed
  double        contingent_usd;   // beyond it, for overruns
  double        cure_usd;         // for shortfalls of operation; HUGE_VAL: owners make good whatever is missing
  const double *recovery_frac;    // (n) or NULL: what assets bring in default, of their book value
  capital_equity_terms equity;

  capital_tax_terms tax;
  const double *federal_frac, *state_frac;  // (tax years) rates by year, or NULL: as in tax
} capital_project;

// Series of a result: name, meaning.
#define CAPITAL_PROJECT_SERIES(X)                                                                     \
  X(PROJECT_RECEIPTS, "receipts", "cash from customers and tenants")                                  \
  X(PROJECT_OPEX, "operating cost", "operating cost, property tax and insurance")                     \
  X(PROJECT_CAPEX, "construction", "cost of construction, equipment and close")                       \
  X(PROJECT_CFADS, "cash for debt service", "receipts less operating cost, maintenance put aside and tax")  \
  X(PROJECT_TAX_STATE, "state tax", "paid; negative: received")                                       \
  X(PROJECT_TAX_FEDERAL, "federal tax", "paid after credits; negative: received")                     \
  X(PROJECT_CREDIT, "tax credit", "used this period")                                                 \
  X(PROJECT_WRITE_OFF_STATE, "state depreciation", "tax depreciation")                                \
  X(PROJECT_WRITE_OFF_FEDERAL, "federal depreciation", "tax depreciation")                            \
  X(PROJECT_LOSSES, "losses carried", "federal losses carried forward, end of period")                \
  X(PROJECT_FEES, "fees", "upfront, commitment and agency fees, paid")                                \
  X(PROJECT_INTEREST, "interest", "paid in cash")                                                     \
  X(PROJECT_CAPITALISED, "interest capitalised", "added to debt during construction")                 \
  X(PROJECT_PRINCIPAL, "principal", "repaid as scheduled")                                            \
  X(PROJECT_SWEPT, "prepaid", "principal prepaid by sweep")                                           \
  X(PROJECT_SERVICE, "debt service", "interest and scheduled principal due this period")              \
  X(PROJECT_DRAWS, "draws", "debt drawn")                                                             \
  X(PROJECT_EQUITY, "equity paid in", "calls, overrun and cure included")                             \
  X(PROJECT_OVERRUN, "contingent equity", "of it for cost beyond the budget")                         \
  X(PROJECT_CURE, "equity cure", "of it for shortfalls of operation")                                 \
  X(PROJECT_REFINANCED, "refinancing", "new debt at maturity")                                        \
  X(PROJECT_RESERVE, "debt service reserve", "balance, end of period")                                \
  X(PROJECT_MAINTENANCE, "maintenance reserve", "balance, end of period")                             \
  X(PROJECT_WORKING, "working capital", "balance, end of period")                                     \
  X(PROJECT_HELD, "proceeds held", "bond proceeds not spent, end of period")                          \
  X(PROJECT_RESERVE_INTEREST, "interest received", "on reserves, proceeds and cash")                  \
  X(PROJECT_CASH, "cash", "cash kept, end of period: trapped by lock-up or waiting")                  \
  X(PROJECT_DISTRIBUTION, "distributions", "to owners")                                               \
  X(PROJECT_DEBT, "debt", "all facilities, end of period")                                            \
  X(PROJECT_ARREARS, "arrears", "due and unpaid, end of period")                                      \
  X(PROJECT_GAP, "funding gap", "cost that nobody funded")                                            \
  X(PROJECT_DSCR, "DSCR", "cash for debt service / senior debt service")                              \
  X(PROJECT_LLCR, "LLCR", "loan life cover")                                                          \
  X(PROJECT_PLCR, "PLCR", "project life cover")                                                       \
  X(PROJECT_ICR, "interest cover", "cash for debt service / interest")                                \
  X(PROJECT_LOCKED, "lock-up", "1: distributions are locked")                                         \
  X(PROJECT_DEFAULT, "default", "1: in default")                                                      \
  X(PROJECT_RECOVERED, "recovered", "from the sale of assets in default")                             \
  X(PROJECT_ASSETS, "fixed assets", "net book value, end of period")                                  \
  X(PROJECT_BOOK_DEPRECIATION, "depreciation", "straight line, in the books")                         \
  X(PROJECT_PROFIT, "profit", "after tax, in the books")                                              \
  X(PROJECT_PRETAX, "pre-tax flow", "to and from owners before income tax")                           \
  X(PROJECT_FLOW, "owners' flow", "distributions less equity paid in")

#define CAPITAL_PROJECT_ENUM(code, name, about) code,
typedef enum capital_project_row { CAPITAL_PROJECT_SERIES(CAPITAL_PROJECT_ENUM) CAPITAL_PROJECT_ROWS } capital_project_row;
#undef CAPITAL_PROJECT_ENUM
extern const char *const capital_project_name[CAPITAL_PROJECT_ROWS];
extern const char *const capital_project_about[CAPITAL_PROJECT_ROWS];

#define CAPITAL_FACILITY_SERIES(X)                                         \
  X(FACILITY_DRAW, "draw", "drawn")                                        \
  X(FACILITY_CAPITALISED, "capitalised", "interest added to the balance")  \
  X(FACILITY_INTEREST_DUE, "interest due", "arisen this period")           \
  X(FACILITY_FEE, "fees paid", "upfront, commitment, agency")              \
  X(FACILITY_INTEREST, "interest paid", "in cash")                         \
  X(FACILITY_PRINCIPAL_DUE, "principal due", "scheduled this period")      \
  X(FACILITY_PRINCIPAL, "principal paid", "as scheduled")                  \
  X(FACILITY_SWEPT, "prepaid", "by sweep or refinancing")                  \
  X(FACILITY_RECOVERED, "recovered", "in default")                         \
  X(FACILITY_LOST, "written off", "in default")                            \
  X(FACILITY_UNDRAWN, "undrawn", "end of period")                          \
  X(FACILITY_BALANCE, "balance", "end of period")                          \
  X(FACILITY_ARREARS, "arrears", "due and unpaid, end of period")          \
  X(FACILITY_RATE, "rate", "all in, per year")
#define CAPITAL_FACILITY_ENUM(code, name, about) code,
typedef enum capital_facility_row { CAPITAL_FACILITY_SERIES(CAPITAL_FACILITY_ENUM) CAPITAL_FACILITY_ROWS } capital_facility_row;
#undef CAPITAL_FACILITY_ENUM
extern const char *const capital_facility_name[CAPITAL_FACILITY_ROWS];
extern const char *const capital_facility_about[CAPITAL_FACILITY_ROWS];

typedef struct capital_result {
  int32_t n, n_facility, n_owner;
  double *row[CAPITAL_PROJECT_ROWS];                        // (n) each
  double *facility[CAPITAL_FACILITIES][CAPITAL_FACILITY_ROWS];  // (n) each
  double *call[CAPITAL_OWNERS], *got[CAPITAL_OWNERS];       // (n) by owner
  capital_size size[CAPITAL_FACILITIES];                    // what bound the size at close
  double  dscr_used[CAPITAL_FACILITIES];                    // factor on the cover asked: > 1 where another test was the binding one
  double  uses_usd, debt_usd, equity_usd;                   // at completion: cost, fees, interest, reserves; drawn and capitalised; paid in
  double  interest_construction_usd, fees_construction_usd, reserve_close_usd, working_close_usd;
  double  cfads_pv_usd;
  double *scratch;                                          // used by the run
} capital_result;

size_t capital_result_bytes(const capital_project *p);                     // SIZE_MAX: overflow
void   capital_result_bind(const capital_project *p, void *memory, capital_result *out);  // aligned to 8; capital_result_bytes

// Checks what a user could get wrong: names what is wrong and what would be right. Errors: SG_ERR_RANGE; *why is a static
// sentence ("the cover asked is below 1", "the cap is 0", "the rate of facility 2 is 10,000 % a year or more").
sg_err capital_project_check(const capital_project *p, const char **why, int32_t *facility);

// Runs all periods. out: bound. Cost O(n (facilities + costs)). No value in out is NaN but ratios where there is nothing to
// cover. Errors: those of capital_project_check, SG_ERR_NUMERIC: sizing does not settle.
sg_err capital_project_run(const capital_project *p, capital_result *out);

// Price at which the owners' flow of periods 0 .. target_period has an NPV of 0 at `target` per year; price_usd of p is
// set to it and p is run. Errors: SG_ERR_NUMERIC: no price does (in *why).
sg_err capital_project_price(capital_project *p, capital_result *out, double target_frac_per_yr, int32_t target_period, const char **why);

// What a lender or sponsor looks for; NaN where it does not exist.
typedef struct capital_metrics {
  double npv_usd, npv_pretax_usd, irr_frac_per_yr, moic, payback_years;
  double dscr_least, dscr_average, llcr_least, plcr_least, icr_least;
  double debt_frac;          // debt / uses
  double cost_pv_usd;        // of owners' cost per unit: levelised cost = cost_pv / output_pv
  double output_pv, levelised_cost_usd;
  double effective_rate_frac_per_yr[CAPITAL_FACILITIES];  // IRR of the lender's flows, fees included
} capital_metrics;
void capital_project_metrics(const capital_project *p, const capital_result *r, double discount_frac_per_yr, capital_metrics *out);

// Sums that must be zero, as a share of all uses: the greatest over periods. For checks on screen, in the workbook, in tests.
typedef struct capital_identities { double balance_sheet, sources_uses, parties, debt_end; } capital_identities;
capital_identities capital_project_identities(const capital_project *p, const capital_result *r);

#endif
