// Loan: one construction loan, from sizing at close to the last payment, in whole cents.
//
// Conventions, stated because lenders differ:
//   - interest of a month = balance at the accrual * nominal annual rate / 12, whatever the days in the month, to the
//     nearest cent (halves to even). Draws made before the accrual of a month bear interest for that whole month.
//   - construction: interest is capitalised, within the limit (interest during construction is part of the commitment);
//     what no longer fits is due in cash. The commitment fee on what is undrawn is due in cash.
//   - repayment: level payments from conversion over the tenor; the last one takes whatever is left, so the closing
//     balance is exactly zero. What is not paid stays due and its principal goes on bearing interest; unpaid interest
//     bears none. Whoever pays early is due less next, not later less.
// Month by month: draw, accrue, due, pay.
#ifndef CAPITAL_LOAN_H
#define CAPITAL_LOAN_H

#include <stdint.h>

#include "../../include/stargate.h"

// What the lender knows at close; NaN or NULL switches a test off.
typedef struct capital_loan_case {
  double        advance_frac;      // of the budget, 0..1
  double        budget_usd;        // cost to complete that the loan may finance
  double        cap_usd;           // commitment cap
  double        dscr;              // cover that the lender wants, > 0
  double        rate_frac_per_yr;  // loan rate, nominal, > -1
  int32_t       tenor_month;       // months of repayment; cfads beyond count nothing
  int32_t       n_cfads;           // months of cfads given
  const double *cfads_usd;  // (n_cfads) cash flow available for debt service, lender's case; first: first payment
} capital_loan_case;

typedef struct capital_loan_limits {                // infinite where switched off
  double advance_usd, dscr_usd, cap_usd, size_usd;  // size = the least of the three
} capital_loan_limits;

// Size at close.
//   size = min(advance_frac * budget, sum_t max(cfads_t, 0) / dscr / (1 + rate/12)^t, cap), t = 1 .. tenor; >= 0
// A month with negative cfads carries no debt service. The sum is the debt that a sculpted service would repay; level
// payments out of uneven cash have a cover below `dscr` in lean months, and the twin's covenants see that.
// Errors: SG_ERR_RANGE: dscr <= 0, rate <= -1, or no test is on (size infinite).
// Source: Yescombe, Principles of Project Finance, 2nd ed., Academic Press 2014, ch. 12 (cover ratios, debt capacity).
sg_err capital_loan_size(const capital_loan_case *c, capital_loan_limits *out);

typedef struct capital_loan {
  double  rate_frac_per_yr;  // all-in nominal rate
  double  fee_frac_per_yr;   // commitment fee on what is undrawn
  int64_t limit_cents;       // draws + capitalised interest stay within it

  int64_t drawn_cents, capitalised_cents, balance_cents;
  int64_t repaid_cents, interest_paid_cents, fee_paid_cents;
  int64_t due_fee_cents, due_interest_cents, due_principal_cents;  // due now and not yet paid
  int64_t level_cents;                                             // payment per month after conversion
  int64_t scheduled_cents;                                         // balance if everything is paid when due
  int32_t months_left;                                             // of the schedule; 0 and converted: matured
  int32_t converted;                                               // 1: repaying
} capital_loan;

// Opens a loan. Errors: SG_ERR_RANGE: limit < 0 or >= 2^53 cents (9e13 USD), a rate that is not in [0, 10].
sg_err capital_loan_open(capital_loan *l, int64_t limit_cents, double rate_frac_per_yr, double fee_frac_per_yr);

int64_t capital_loan_undrawn(const capital_loan *l);  // limit - draws - capitalised; 0 once converted

// Draws up to want_cents; returns what was granted (0 where nothing is left, after conversion, or want < 0).
int64_t capital_loan_draw(capital_loan *l, int64_t want_cents);

// End of a month: interest and fee arise, and principal falls due if the loan repays.
void capital_loan_accrue(capital_loan *l);

// Construction ends: level payments over tenor_month.
//   level = balance * i / (1 - (1 + i)^-n), i = rate / 12; balance / n where i = 0; to the cent
// Errors: SG_ERR_USAGE: already converted; SG_ERR_RANGE: tenor < 1.
sg_err capital_loan_convert(capital_loan *l, int32_t tenor_month);

// The whole balance falls due (acceleration, or maturity of a bullet).
void capital_loan_accelerate(capital_loan *l);

typedef struct capital_loan_sum {
  int64_t fee_cents, interest_cents, principal_cents, total_cents;
} capital_loan_sum;
capital_loan_sum capital_loan_due(const capital_loan *l);

// Pays: fee, interest, principal due, then principal ahead of time, up to the balance. Returns how it was applied;
// total < cents: the rest was not needed. cents <= 0 pays nothing.
capital_loan_sum capital_loan_pay(capital_loan *l, int64_t cents);

#endif
