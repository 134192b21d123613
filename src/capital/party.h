// Party: what a user writes about parties, the assets that they can sell, contracts, and templates of contracts.
//
// Structs are one row of a class each; the tables that describe their fields stand in party.c (capital_classes).
// Unset: NaN for numbers and dates, -1 for counts, choices and references, empty spans.
#ifndef CAPITAL_PARTY_H
#define CAPITAL_PARTY_H

#include <stddef.h>
#include <stdint.h>

#include "../base/field.h"
#include "debt.h"
#include "tax.h"

#define CAPITAL_ROLES "finance|operation|construction|capital|vendor|utility|lender|tax|customers|staff|markets|owner"
typedef enum capital_role {
  CAPITAL_FINANCE,
  CAPITAL_OPERATION,
  CAPITAL_CONSTRUCTION,
  CAPITAL_CAPITAL,
  CAPITAL_VENDOR,
  CAPITAL_UTILITY,
  CAPITAL_LENDER,
  CAPITAL_TAX_AUTHORITY,
  CAPITAL_CUSTOMERS,
  CAPITAL_STAFF,
  CAPITAL_MARKETS,
  CAPITAL_OWNER,
  CAPITAL_ROLE_COUNT
} capital_role;

// Billing rules: how a contract of a template bills.
#define CAPITAL_RULES "equity|loan|lease|compute|purchase|construction|energy|operation|tax|sales"
typedef enum capital_rule {
  CAPITAL_RULE_EQUITY,
  CAPITAL_RULE_LOAN,
  CAPITAL_RULE_LEASE,
  CAPITAL_RULE_COMPUTE,
  CAPITAL_RULE_PURCHASE,
  CAPITAL_RULE_CONSTRUCTION,
  CAPITAL_RULE_ENERGY,
  CAPITAL_RULE_OPERATION,
  CAPITAL_RULE_TAX,
  CAPITAL_RULE_SALES,
  CAPITAL_RULE_COUNT
} capital_rule;

// What a payment is in the payer's books: cost of the period, an asset, equity, or debt.
#define CAPITAL_BOOKS "expense|asset|equity|loan"
typedef enum capital_books {
  CAPITAL_BOOKS_EXPENSE,
  CAPITAL_BOOKS_ASSET,
  CAPITAL_BOOKS_EQUITY,
  CAPITAL_BOOKS_LOAN,
  CAPITAL_BOOKS_COUNT
} capital_books;

// Interest until a loan turns to repayment: added to the loan, or paid.
#define CAPITAL_BEFORE "capitalised|paid"
typedef enum capital_before { CAPITAL_BEFORE_CAPITALISED, CAPITAL_BEFORE_PAID } capital_before;

// What a tenor runs from: completion, for all that was drawn, or each draw for itself.
#define CAPITAL_MATURES "together|each-draw"
typedef enum capital_matures { CAPITAL_MATURES_TOGETHER, CAPITAL_MATURES_EACH } capital_matures;

// When a loan is drawn: as bills fall due, or all at close, as a bond is, with the proceeds held.
#define CAPITAL_DRAWN "as-needed|at-close"
typedef enum capital_drawn { CAPITAL_DRAWN_AS_NEEDED, CAPITAL_DRAWN_AT_CLOSE } capital_drawn;

// How equity is called beside debt.
#define CAPITAL_CALLS "pro-rata|first"
typedef enum capital_calls { CAPITAL_CALLS_PRO_RATA, CAPITAL_CALLS_FIRST, CAPITAL_CALLS_COUNT } capital_calls;

typedef struct capital_party {
  int32_t    name;
  int32_t    role;               // capital_role
  int32_t    deep;               // 1: cash without limit
  double     cash_usd;           // at the start of the simulation
  double     pledges_usd;        // promised to the programme in all
  double     honours_frac;       // of the pledge, that is paid when called
  field_span sells;              // rows of capital_asset
  double     income_usd_per_yr;  // net of its other costs, from business beside the programme; may be negative
  double     income_growth_frac_per_yr;
  double     liquidity_frac;    // loading of the honoured share on the market path: 0 none .. 1 all
  double     rate_frac_per_yr;  // discount rate
} capital_party;

typedef struct capital_asset {
  int32_t name;
  double  worth_usd;        // market value of the holding at the start
  double  haircut_frac;     // lost on each sale: fees, discount of a block
  double  pace_usd_per_yr;  // market value that can be sold per year; NaN: no limit
  double  impact;           // relative price fall per fraction of the holding sold, for small sales
  double  beta;             // price follows (demand path)^beta
} capital_asset;

typedef struct capital_contract_type {
  int32_t name;
  int32_t rule;      // capital_rule
  int32_t rank;      // 0 is paid first
  int32_t books;     // capital_books
  double  cure_day;  // days unpaid before it is a default
} capital_contract_type;

typedef struct capital_contract {
  int32_t    name;
  int32_t    type;      // row of capital_contract_type
  field_span from;      // rows of field_share: payers (equity: investors; loan: lenders) and their shares
  int32_t    to;        // party
  field_span campuses;  // empty: all of payee and payer
  int32_t    rank;      // -1: that of the type
  double     total_usd;  // equity: intended; loan: cap; purchase, compute, construction: a sum in all
  double     tenor_day;  // of the contract; loan: of repayment
  double     starts_day;            // NaN: when what it bills is there
  double     escalates_frac_per_yr;  // of price and rent
  double     cure_day;              // NaN: that of the type
  // lease, compute, operation, purchase
  double price_usd_per_gpu_h;    // compute, sales
  double rent_usd_per_mw_month;  // lease, operation
  double minimum_take_frac;      // compute, lease, energy: paid whether used or not
  double deposit_frac;           // of total, paid at signing
  double due_day, late_usd_per_mw_month;  // lease, compute: promised date of all megawatts, damages for each that is late
  double termination_frac;       // lease, compute: of what would still fall due, when the customer fails
  double residual_frac;          // lease: of the cost of construction, guaranteed by the tenant at the end of the term
  // loan: size
  double advance_frac;  // of the budget
  double dscr, llcr;    // cover wanted at close
  double case_frac;     // percentile of uncertain prices in the lender's own case; costs at 1 - it; NaN: plan values
  // loan: price
  double margin_frac_per_yr;          // over the benchmark
  double hedged_frac;                 // of the balance, at the benchmark of the close
  double upfront_frac;                // of the commitment
  double commitment_fee_frac_per_yr;  // on what is undrawn
  double agency_usd_per_yr;
  // loan: draws and repayment
  int32_t before;             // capital_before
  int32_t matures;            // capital_matures
  int32_t drawn;              // capital_drawn
  double  draws_day;          // how long after close draws last
  int32_t repays;             // capital_repays
  double  grace_day;          // interest only, after completion
  double  balloon_frac;       // left to the end of the tenor
  // loan: security
  double reserve_day;               // debt service reserve
  double sweep_frac;                // of cash left after debt service and reserve
  double lockup_dscr, default_dscr;  // no distributions below; in default below
  double recovery_frac;             // of book value, when the assets are sold in default
  // equity
  int32_t    calls;                   // capital_calls
  double     contingent_usd;          // beyond total, for cost overruns
  double     preferred_frac_per_yr;   // return before profits are shared otherwise
  field_span profits;                 // rows of field_share: of distributions beyond it; empty: as paid in
  // tax
  double  tax_frac, state_frac;       // of taxable income
  int32_t write_off;                  // of buildings: capital_write_off
  int32_t machines_write_off;
  double  interest_limit_frac;        // of income before interest that interest may take off; NaN: no limit
} capital_contract;

enum { CAPITAL_CLASS_PARTY, CAPITAL_CLASS_ASSET, CAPITAL_CLASS_CONTRACT_TYPE, CAPITAL_CLASS_CONTRACT, CAPITAL_CLASSES };
extern const class_row capital_classes[CAPITAL_CLASSES];

// Name of the first field without which a contract under this rule cannot bill, or NULL where nothing is missing.
// `equity` needs total; `loan` margin, tenor and one of advance, dscr, total; `lease` rent and tenor; `compute` price
// or total, and tenor; `operation` rent; `tax` tax. The others take their amounts from what they pay for.
const char *capital_contract_missing(const capital_contract *contract, int32_t rule);

int32_t capital_contract_rank(const capital_contract *contract, const capital_contract_type *type);
double  capital_contract_cure_day(const capital_contract *contract, const capital_contract_type *type);

// ---- Selling assets -------------------------------------------------------------------------------------

typedef struct capital_asset_state {
  double sold_frac;   // of the original holding
  double gross_usd;   // market value sold so far, before the haircut
  double raised_usd;  // proceeds so far
} capital_asset_state;

typedef struct capital_sale {
  double proceeds_usd;  // cash received
  double haircut_usd;   // lost to the haircut
  double impact_usd;    // fall of the holding's market value, sold part and rest, that the sale itself caused
  double sold_frac;     // of the original holding
} capital_sale;

// Market value of what is still held.
//   worth * demand^beta * exp(-impact * sold) * (1 - sold)
// demand: market path, 1 at the start, > 0.
double capital_asset_worth(const capital_asset *asset, const capital_asset_state *state, double demand);

// The most that one call of capital_asset_sale with an endless need would bring, in span_day days.
double capital_asset_capacity(const capital_asset *asset, const capital_asset_state *state, double demand,
                              double span_day);

// Sells as much as `need_usd` takes, within the pace, and moves the state on. A sale from sold to sold + q brings
//   gross = worth * demand^beta * (exp(-impact*sold) - exp(-impact*(sold+q))) / impact
//   proceeds = gross * (1 - haircut)
// so that price falls as it goes and stays down, and one sale or the same sale in steps bring the same. Proceeds
// never exceed the need and never fall when need, worth, demand^beta, pace or days grow. need <= 0, NaN: nothing sold.
// The exponential form of lasting impact is an assumption, see docs/assumptions.md#asset-sales.
capital_sale capital_asset_sale(const capital_asset *asset, capital_asset_state *state, double demand, double span_day,
                                double need_usd);

#endif
