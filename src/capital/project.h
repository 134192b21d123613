// Project: one borrower from financial close to the last period: draw-down, debt, waterfall, tax, equity.
//
// The composition of debt.h, tax.h and equity.h over periods of any length: an annual case with all cost in one instant
// and a monthly programme of many buildings run through the same code. Period 0 may be an instant (length 0: close).
// Money in USD; flows positive in the direction of their name. Arrays of n belong to the caller.
//
// Words: t = 0 .. n-1 a period, y_t its length in years, r_t a facility's rate; x(t-1) a balance at the end of the period
// before, 0 for t = 0; plus(x) = max(x, 0). close = the first close of a facility (0 without any). built = the last
// `conversion` of a facility (without any: the first `in_service` of a cost): periods up to built are construction,
// those after it operation. A facility builds in t while t <= its conversion.
//
// THE PERIOD, in this order:
//
//  1 What is due. Cost: C_t = sum of the classes (+ close_cost in t = close). Overrun O_t: of each class, cumulative cost
//    above its budget, this period's increase (a class is a budget line: savings of another do not pay for it).
//    A facility opens at the start of its close period: fee upfront_frac * commitment. Then, with B its balance and U its
//    balance that has not converted, both at t-1 (a facility with draw_tenor: all of B is U while it builds):
//      interest = B * plus(r_t) * y_t;  fees = commitment fee on what is undrawn at t-1 (in the close period: all of it), agency
//      while it builds:  building interest = U * plus(r_t) * y_t, of it capitalised k (within the commitment, where the terms
//                        say so); K = building interest - k + fees is a use of funds of construction
//      the rest (interest on what has converted, fees after conversion, the instalment of t) is paid by operation
//    A bond (drawn_at_close) draws its whole commitment in its close period into proceeds held; nothing accrues in it then.
//    A facility gives draws from close to min(draws_end - 1, conversion); with draw_tenor to draws_end - 1.
//    Refinancing: of an instalment that is a balloon (BULLET: all principal at maturity; balloon_frac: that share), the
//    market lends min(refinancing_usd, balloon due) anew, repaid level over all periods that are left at r_t. The rest is due.
//  2 Operating cash.
//      earned_t   = reserve_rate * y_t * (reserve + maintenance + working + held + cash)(t-1)
//      receipts_t = receipts_usd_t + price * output_t
//      tax_t      = 0 but in the last period of a tax year (below)
//      pool = cash(t-1) + receipts + other income + earned - opex - tax - (major spending beyond the maintenance reserve(t-1))
//    Balances wanted at the end of t, what is above them is released into the pool at once:
//      debt service reserve: over facilities with reserve_months, by reserve_rule
//        NEXT   months/12 / y_(t+1) * service_(t+1)
//        AHEAD  service of t+1, t+2, .. until their lengths sum to months/12, of the last of them its part
//        service_s = scheduled instalment without balloon + r_s * y_s * scheduled balance, as the schedule stands after the
//        instalment of t; 0 after the horizon. With reserve_at_close, in a period t in which a share f of the facility
//        completes: plus the same for commitment * f, as it will be repaid (so it is filled for debt drawn in full).
//      working capital: working_months/12 * opex_(t+1) / y_(t+1); 0 in the last period or where y_(t+1) = 0
//      maintenance reserve: plan_t = plus(plan_(t-1) + fund_t - spending_t); 0 in the last period
//    In operation, if pool < 0: working capital, then cure (step 9), then it stays owed to suppliers (row GAP); pool = 0.
//  3 Senior debt (rank 0): fees, interest, principal that operation owes, arrears included. Out of the pool; if that does not
//    do: the reserve (if a facility of the rank has reserve_months), then cure. Short of the whole: fees and interest of all
//    facilities of the rank in proportion, then principal in proportion; the rest stays due (arrears, debt.h).
//  4 Filled from the pool, in this order: debt service reserve; working capital (operation only); maintenance reserve.
//    With reserve_at_close the reserve is not filled here in construction periods in which debt completes: step 6 does.
//  5 Junior debt, rank by rank, as in 3.
//  6 Cost.
//      operation:     need = C_t - O_t, after what is owed to suppliers has been paid from the pool alone
//      construction:  need = owed to suppliers + plus(-pool) + C_t - O_t + sum K + plus(working wanted - working)
//                            + (reserve_at_close and debt completes in t: plus(reserve wanted - reserve))
//    The pool pays need, then O_t; proceeds held pay need; contingent equity pays O_t up to contingent_usd (over the project's
//    life), never debt. What is left of need, N_t, by `funding`:
//      pro-rata      each facility s_j * N_t (with an advance: advance_frac * C_t instead), at most what is undrawn; all cut
//                    alike where the sum exceeds N_t; the rest from equity
//      equity-first  equity until it has given equity_usd (NaN: what close has planned), then debt, then equity
//      debt-first    debt, then equity
//    where "debt" = facilities in proportion to commitments, each at most what is undrawn (and its advance), repeated while
//    any has room. Equity in all: equity_usd; NaN: without limit. In construction nothing is drawn while the cost to complete
//    (sum over classes of plus(budget falling due up to built - cumulative cost(t-1))) exceeds pool + held + undrawn + equity
//    and contingent equity not called yet (tested only where equity_usd is a number; close in the future counts in full).
//    What nobody funds goes short in this order: reserve, working capital, suppliers (row GAP, cost and operating cost due
//    and unpaid), then K (arrears).
//  7 Completion, at the end of t: completion dates convert (completion_frac - share before) * commitment, conversion the whole
//    rest; cut to the balance that has not converted. What converts is repaid from t+1 on by the facility's profile (`tenor` periods of
//    its own from each date). In t = built, proceeds not spent become cash.
//  8 Covenants, on senior debt: trailing DSCR = CFADS / senior service over the periods of the last twelve months (those that
//    fit in 1 year + 1e-6), from the first period with senior service on. Service without balloon. Below lockup_dscr of any
//    facility with a balance: locked. Below default_dscr of one, or something unpaid at the end of more than cure_periods
//    periods in a row: default (a miss is less than covenant * (1 - 1e-9)).
//  9 Cure: owners pay what is missing in 2, 3, 5 up to cure_usd over the project's life. HUGE_VAL: owners make good
//    whatever is missing, before working capital and the reserve are touched, filling of reserves in 4 included.
// 10 Default: all facilities are called (cross-default), draws and calls of equity end.
//    recovery_frac given: the project is sold in that period: recovery_frac_t * book value of fixed assets, with pool and all
//    balances, is paid by rank (fees and interest, then principal, in proportion), the rest of debt is written off; then
//    suppliers; what is left goes to owners. All later periods are 0.
//    NULL: lenders step in: operation goes on, the reserve is released, the whole balance is due in each period, nothing is
//    distributed until all debt is paid; then it is as before.
// 11 Rest of the pool: in construction, locked or in default it is kept (row CASH) and enters the next pool. Else sweep:
//    sweep_frac of it to each facility at once (all cut alike where they sum to more than 1), at most its balance; the
//    rest is distributed. Owners: accrue, call, distribute by equity.h, in this order.
//
// CFADS_t = receipts - opex - (plan_t + spending_t - plan_(t-1), plan not cut to 0 at the end) - (cfads_after_tax: tax_t).
// Fees, earned and other income are not in it; neither are releases of reserves.
//
// BOOKS. All cost, close cost, building interest and fees are fixed assets when due; close cost, interest and fees are split
// over classes like cost up to in_service (as budgeted). Straight line over life_years from the start of in_service, cost due
// later from the start of its own period. Major spending is an expense. Tax is booked as paid. profit = receipts + other +
// earned - opex - major spending - fees and interest of operation as they arise - depreciation - tax (default: - book value
// + proceeds + debt, interest and fees written off).
//
// TAX YEAR, settled in its last period (periods of tax year -1 count in year 0): EBITDA = receipts - opex - fees of operation;
// other = other income + earned; interest as it arises, capitalised included; building interest only where basis_interest
// is 0. Basis, put in service in the tax year of in_service (later cost: of its own period): cost, plus in the split above
// close_cost_basis + basis_extra (in t = close) + building interest (basis_interest) + building fees (basis_fees; 0: they are
// never deducted). Major spending: a class of its own, in service when spent. Rates: federal_frac[year], state_frac[year].
// Sale and write-off in default have no tax.
//
// CLOSE fixes commitments D_j, shares s_j, planned equity and profiles, in the lender's case: cost as budgeted (budget spread
// over time as the actual cost), owners bring whatever is needed, no covenant, no sweep; cash = lender_cfads, else this
// project's CFADS in that case (after tax: of that case's debt). Facilities by rank; within a rank those without cover tests
// first; cash of the next = cash - service (without balloon) of those before. Those of one rank that are sized by cover share
// its cash in proportion to their commitments, where all have one, else evenly.
//   profile     debt.h on tenor periods from conversion + 1, lender's rates; sculpted: at most to the horizon, on plus(cash)/dscr (dscr
//               NULL: 1; no cash at all: all at the end); beyond the horizon rates and lengths as in the last period
//   DSCR        sculpted without grace and balloon: value of plus(cash)/dscr; else least of plus(cash)/dscr/service of one
//               dollar, without balloon, within the horizon
//   LLCR        value of plus(cash) over the tenor / llcr
//   leverage    leverage_frac * uses; commitment: commitment_usd; the least binds
//   uses        up to built: cost + building interest (capitalised or paid) + fees + plus(-pool) + reserve and working capital
//               in t = built, all of this project with this debt
//   share s_j   such that draws and capitalised interest sum to D_j in t = built: (D_j - capitalised) / sum of N_t while it can
//               be drawn; planned equity = sum of N_t - sum of draws
// These depend on each other; rounds until nothing changes by more than 1e-10 of uses, then once more. So with one
// facility, pro rata or equity first, debt drawn is D, and with a binding cap D = leverage_frac * uses. A cap below the
// sculpted size raises the cover by size / cap (capital_debt_capped_dscr). D above uses is drawn only as far as it is needed.
//
// ALSO. Covers: interest cover counts interest of operation only, without what negative instalments relend; LLCR and PLCR are of
// senior debt at its balance-weighted rate (with none left, the first senior loan's). Rows: undrawn is what can be drawn in
// the next period; a rate is 0 before close and once nothing is left. A facility applies what it is paid to fees, interest and
// principal due, unpaid K included. What is left of O_t short of pool and contingent equity goes short like the rest. In the
// last period nothing is refinanced. Draws with a tenor of their own do not capitalise or complete; their bullet is no
// balloon; for the cash of later ranks they count as drawn at conversion. In the lender's case owners fill reserves
// only where cure_usd is HUGE_VAL; facilities of a rank without cover tests all see the same cash. Committed equity is still
// called while draws are stopped. After step-in the reserve is released in the next period and owners do not cure any more.
// After a sale DEFAULT stays 1 and GAP keeps what suppliers lost; a facility's "recovered" has its fees and interest in it.
//
// Sources: Yescombe, Principles of Project Finance, 2nd ed. 2014, ch. 12-14 (waterfall, cover, reserves, covenants);
// Bodmer, Corporate and Project Finance Modeling, 2014 (funding at close); conventions where lenders differ are stated here.
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
  double             budget_usd;  // what was foreseen at close: sizes the debt; NaN: the sum of usd, no overrun
  int32_t            in_service;
  double             life_years;  // straight line in the books, > 0; HUGE_VAL: land
  capital_tax_class  tax;
} capital_cost;

typedef enum capital_reserve_rule { CAPITAL_RESERVE_AHEAD, CAPITAL_RESERVE_NEXT } capital_reserve_rule;

typedef struct capital_facility {
  capital_debt_terms terms;
  int32_t       rank;             // 0 senior; higher ranks are paid after the senior debt's reserve
  int32_t       repays, tenor, grace;  // periods after conversion; capital_repays
  double        balloon_frac;
  const double *rate_frac_per_yr; // (n) all in: capital_debt_rate
  const double *lender_rate_frac_per_yr; // (n) as the lender foresaw it at close: sizes and schedules; NULL: rate
  const double *dscr;             // (n) cover wanted, by period; NULL: not sized by cover
  double        llcr, leverage_frac, commitment_usd;  // NaN: not tested; commitment: at most
  double        advance_frac;     // of each period's cost, at most; NaN: its share as close has found it
  int32_t       close, draws_end; // periods; nothing is drawn before close or conditions precedent
  int32_t       conversion;       // period at whose end it turns to repayment; with several completion dates the last
  int32_t       n_completion;     // completion dates before that (not for sculpted debt)
  const int32_t *completion;      // (n_completion) periods, ascending
  const double *completion_frac;  // (n_completion) cumulative share of the facility
  int32_t       drawn_at_close;   // 1: bond: all drawn at close, proceeds held and earning `reserve_rate` until spent
  double        reserve_months;   // debt service reserve; one account for all facilities
  double        sweep_frac;       // of cash that could be distributed
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
  int32_t       basis_interest, basis_fees;  // 1: interest, fees before completion join the tax basis, split like cost
  double        basis_extra_usd;  // cost in the tax basis that is no spending here (financing cost paid before), split like cost
  double        close_cost_usd, close_cost_basis_usd;  // closing and other cost in period of close; of it in the tax basis

  const double *receipts_usd;     // (n)
  const double *output;           // (n) sold at price; NULL: none
  double        price_usd;        // receipts = receipts_usd + price * output
  const double *opex_usd;         // (n) property tax and insurance included
  const double *other_income_usd; // (n) or NULL: grants
  double        working_months;   // of operating cost of the next period, held as working capital; a use of construction

  const double *maintenance_usd;  // (n) or NULL: major spending
  const double *maintenance_fund_usd;  // (n) or NULL: what is put aside for it
  capital_tax_class maintenance_tax;

  int32_t       n_facility;
  capital_facility facility[CAPITAL_FACILITIES];
  const double *lender_cfads_usd; // (n) the lender's own case; NULL: this project's
  int32_t       cfads_after_tax;  // 1: lenders' way; 0: before tax
  int32_t       reserve_rule;     // capital_reserve_rule
  int32_t       reserve_at_close; // 1: filled with sources when debt converts (annual cases: at close); 0: from cash
  double        reserve_rate_frac_per_yr;  // earned on reserves, on proceeds held and on trapped cash

  int32_t       funding;          // capital_funding
  double        equity_usd;       // committed for cost; NaN: as much as is needed (overruns apart)
  double        contingent_usd;   // beyond it, for overruns; HUGE_VAL: all of them
  double        cure_usd;         // for shortfalls of operation; HUGE_VAL: owners make good whatever is missing
  const double *recovery_frac;    // (n) what assets bring in default, of their book value; NULL: lenders step in
  capital_equity_terms equity;

  capital_tax_terms tax;
  const double *federal_frac, *state_frac;  // (tax years) rates by year, or NULL: as in tax
} capital_project;

// Series of a result: name, meaning.
#define CAPITAL_PROJECT_SERIES(X)                                                                     \
  X(PROJECT_RECEIPTS, "receipts", "cash from customers and tenants")                                  \
  X(PROJECT_OTHER, "other income", "grants")                                                           \
  X(PROJECT_OPEX, "operating cost", "operating cost, property tax and insurance")                     \
  X(PROJECT_MAINTAINED, "major spending", "maintenance and replacement, paid from what was put aside, then cash") \
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
  X(PROJECT_SWEPT, "prepaid", "principal prepaid by sweep, or replaced by refinancing")               \
  X(PROJECT_SERVICE, "debt service", "of operation: interest and scheduled principal arisen this period, all ranks") \
  X(PROJECT_DRAWS, "draws", "debt drawn, refinancing apart")                                          \
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
  X(PROJECT_OWED, "fees and interest owed", "of it beside debt: fees and interest, end of period")    \
  X(PROJECT_GAP, "funding gap", "cost and operating cost due that nobody has paid, end of period")    \
  X(PROJECT_DSCR, "DSCR", "cash for debt service / senior debt service of the period, without balloon") \
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
  X(FACILITY_DRAW, "draw", "drawn, refinancing included")                  \
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
  double  dscr_used[CAPITAL_FACILITIES];                    // factor on the cover asked: > 1 where another test binds; 1: none asked
  double  uses_usd, debt_usd, equity_usd;                   // at completion: cost, fees, interest, reserves; drawn and capitalised; paid in
  double  interest_construction_usd, fees_construction_usd, reserve_close_usd, working_close_usd;
  double *scratch;                                          // used by the run and by metrics
} capital_result;

size_t capital_result_bytes(const capital_project *p);                     // SIZE_MAX: overflow
void   capital_result_bind(const capital_project *p, void *memory, capital_result *out);  // aligned to 8; capital_result_bytes

// Checks what a user could get wrong: names what is wrong and what would be right. Errors: SG_ERR_RANGE; *why is a static
// sentence ("the cover asked is below 1", "the cap is 0", "the rate of facility 2 is 10,000 % a year or more").
sg_err capital_project_check(const capital_project *p, const char **why, int32_t *facility);

// Runs all periods. out: bound. Cost O(n (facilities + costs)); cover after tax takes a dozen rounds of it. No value in out is
// NaN but ratios where there is nothing to cover; after an error out holds nothing. Errors: those of capital_project_check;
// SG_ERR_NUMERIC: sizing does not settle, or unpaid sums grow beyond what is finite.
sg_err capital_project_run(const capital_project *p, capital_result *out);

// Price at which the owners' flow of periods 0 .. target_period has an NPV of 0 at `target` per year (a flow counts at the
// end of its period), to 1e-13 of the sum of absolute discounted flows; price_usd of p is set to it and p is run.
// Errors: those of a run; SG_ERR_NUMERIC: no price does (in *why).
sg_err capital_project_price(capital_project *p, capital_result *out, double target_frac_per_yr, int32_t target_period, const char **why);

// What a lender or sponsor looks for; NaN where it does not exist. Present values are at the start of period 0, a flow
// counts at the end of its period. IRR: of flows in equal periods (but an instant at first), compounded to a year; else on days.
typedef struct capital_metrics {
  double npv_usd, npv_pretax_usd, irr_frac_per_yr, moic, payback_years;
  double dscr_least, dscr_average, llcr_least, plcr_least, icr_least;
  double debt_frac;          // debt / uses
  double cost_pv_usd;        // of price * output - owners' flow: levelised cost = cost_pv / output_pv
  double output_pv, levelised_cost_usd;
  double effective_rate_frac_per_yr[CAPITAL_FACILITIES];  // IRR of the lender's flows, fees included; a balance at the end counts as paid
} capital_metrics;
void capital_project_metrics(const capital_project *p, const capital_result *r, double discount_frac_per_yr, capital_metrics *out);

// Sums that must be zero, as a share of all uses: the greatest over periods. For checks on screen, in the workbook, in tests.
//   balance_sheet  fixed assets + reserves + working + held + cash - debt - fees and interest owed - GAP - (paid in -
//                  distributed + profit so far)
//   sources_uses   cash in - cash out - change of what is kept, of each period
//   parties        project against its facilities and owners, one by one
//   debt_end       balance after the last maturity, where nothing is overdue; balance against draws and payments
typedef struct capital_identities { double balance_sheet, sources_uses, parties, debt_end; } capital_identities;
capital_identities capital_project_identities(const capital_project *p, const capital_result *r);

#endif
