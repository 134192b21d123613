// Loans of the twin: see loans.c. Money of one month, in whole cents.
#ifndef TWIN_LOANS_H
#define TWIN_LOANS_H

#include "state.h"

capital_debt_terms twin_loan_terms(const capital_contract *k);

void    twin_loan_accrue(twin_state *s, int32_t deal);  // interest, fees and principal fall due
int64_t twin_loans_draw(twin_state *s, int32_t borrower, int64_t want_cents, bool share_only);  // returns what came; share_only: each its share of the cost
void    twin_loan_pay(twin_state *s, int32_t deal, int64_t interest_cents, int64_t principal_cents);  // what clearing paid
void    twin_loans_earn(twin_state *s);  // interest on reserves and held proceeds; before the month's bills
int64_t twin_reserve_release(twin_state *s, int32_t borrower, int64_t short_cents);  // from the reserve, for debt service; returns how much
int64_t twin_reserve_target_cents(const twin_state *s, int32_t borrower);  // debt service of the months that its loans want kept, at the balance of today
void    twin_loan_fail(twin_state *s, int32_t deal, const char *why);
void    twin_loans_settle(twin_state *s, bool free_money);  // after clearing: cover; unless money is free, covenants, reserve, sweep, distributions

void twin_equity_open(twin_state *s);    // terms of owners of this scenario
void twin_equity_accrue(twin_state *s);  // preferred returns of a month

#endif
