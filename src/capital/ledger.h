// Ledger: double entry in whole cents for every party of a programme, month by month.
//
// A leg is a kind of transaction, fixed when the model is compiled: one amount is posted as a debit and a credit in the
// books of party a and, where there is a party b, as a debit and a credit in the books of b. A scenario fills the table
// leg x month; all else (balance sheets, income statements, who paid whom) is a sum over that table, hence exact.
// All sums are of int64 cents: up to 9e18 cents = 9e16 USD, a hundred times the wealth of the world.
#ifndef CAPITAL_LEDGER_H
#define CAPITAL_LEDGER_H

#include <stddef.h>
#include <stdint.h>

#include "../../include/stargate.h"

// account, word in output, side: +1 grows by debit (assets, expense), -1 grows by credit.
#define LEDGER_ACCOUNTS(X)                    \
  X(LEDGER_CASH, "cash", 1)                   \
  X(LEDGER_RECEIVABLE, "receivable", 1)       \
  X(LEDGER_FIXED_ASSETS, "fixed assets", 1)   \
  X(LEDGER_INVESTMENTS, "investments", 1)     \
  X(LEDGER_LOANS_GIVEN, "loans given", 1)     \
  X(LEDGER_LISTED_ASSETS, "listed assets", 1) \
  X(LEDGER_PREPAID, "prepaid", 1)             \
  X(LEDGER_PAYABLE, "payable", -1)            \
  X(LEDGER_LOANS_OWED, "loans owed", -1)      \
  X(LEDGER_CONTRIBUTED, "contributed", -1)    \
  X(LEDGER_REVALUATION, "revaluation", -1)    \
  X(LEDGER_REVENUE, "revenue", -1)            \
  X(LEDGER_EXPENSE, "expense", 1)

#define LEDGER_ACCOUNT_ENUM(code, word, side) code,
typedef enum ledger_account { LEDGER_ACCOUNTS(LEDGER_ACCOUNT_ENUM) LEDGER_ACCOUNT_COUNT } ledger_account;
#undef LEDGER_ACCOUNT_ENUM

enum { LEDGER_FIRST_LIABILITY = LEDGER_PAYABLE, LEDGER_FIRST_EQUITY = LEDGER_CONTRIBUTED };

const char *ledger_account_word(int account);  // "loans owed"; "?" outside the list

// One kind of transaction. party_b = -1: only a's books are touched (depreciation, revaluation, accruals within one
// party); its accounts are then ignored. campus, contract, kind: labels for queries, -1 = none.
typedef struct ledger_leg {
  int32_t party_a, debit_a, credit_a;
  int32_t party_b, debit_b, credit_b;
  int32_t campus, contract, kind;
} ledger_leg;

// What went wrong since ledger_clear; the posting concerned was refused whole, so the books still balance.
enum { LEDGER_OVERFLOW = 1, LEDGER_PLACE = 2 };  // bits of ledger.error; PLACE: no such leg, month or party

typedef struct ledger {
  int32_t           n_party, n_leg, n_month;
  const ledger_leg *leg;            // (n_leg), const for a whole ensemble, owned by the caller
  int64_t          *amount_cents;   // (n_leg x n_month), row-major: what was posted
  int64_t          *balance_cents;  // (n_party x LEDGER_ACCOUNT_COUNT), debit positive, kept as posted
  int64_t          *opening_cents;  // (n_party x LEDGER_ACCOUNT_COUNT), debit positive: before the first month
  int32_t           error;          // LEDGER_* bits
} ledger;

// Cents of a sum in dollars: usd * 100 in double, then to the nearest whole, halves to even (so that rounding has no
// bias). Where it cannot be told (NaN) or held (beyond 9e18 cents) the result is INT64_MIN, or INT64_MAX for large
// positive sums, which ledger_post refuses with LEDGER_OVERFLOW.
int64_t capital_cents(double usd);

// The same of a number of cents: to the nearest whole, halves to even, whatever the rounding mode of the processor.
int64_t capital_round_cents(double cents);

// Memory that a ledger needs; SIZE_MAX: the product overflows.
size_t ledger_bytes(int32_t n_party, int32_t n_leg, int32_t n_month);

// Puts the arrays into memory (ledger_bytes, aligned to 8) and clears them. The leg table must outlive the ledger.
// Errors: SG_ERR_RANGE: a leg is not sound, its index in *bad_leg (may be NULL).
sg_err ledger_init(ledger *l, const ledger_leg *leg, int32_t n_leg, int32_t n_month, int32_t n_party, void *memory,
                   int32_t *bad_leg);

// Index of the first leg that is not sound, or -1. Sound: parties and accounts exist, a != b, debit and credit differ
// in each book, and cash is conserved: a cash debit of one party is a cash credit of the other.
int32_t ledger_legs_check(const ledger_leg *leg, int32_t n_leg, int32_t n_party);

void ledger_clear(ledger *l);  // all amounts, openings, balances and errors to zero

// Opening balance of an asset (positive) or a liability (positive), against contributed capital, before month 0.
void ledger_open(ledger *l, int32_t party, int account, int64_t cents);

// Posts an amount; negative = reversal. Refused whole, with a bit in l->error, where any sum would overflow.
void ledger_post(ledger *l, int32_t leg, int32_t month, int64_t cents);

// Balance as posted, on the account's own side: positive cash, positive loans owed, positive revenue.
int64_t ledger_balance(const ledger *l, int32_t party, int account);

// ---- Proof ----------------------------------------------------------------------------------------------

typedef enum ledger_fault {
  LEDGER_SOUND,           // nothing found
  LEDGER_FAULT_ERROR,     // l->error is set
  LEDGER_FAULT_OVERFLOW,  // a sum does not fit
  LEDGER_FAULT_SHEET,     // assets != liabilities + equity at the end of the month
  LEDGER_FAULT_CASH,      // cash of all parties changed
  LEDGER_FAULT_BALANCE    // the balance kept differs from the sum of amounts
} ledger_fault;

typedef struct ledger_finding {
  ledger_fault fault;
  int32_t      party, account;  // -1: none in particular
  int64_t      off_cents;       // by how much
} ledger_finding;

// Recomputes everything from openings and leg amounts: per party assets = liabilities + equity at the end of `month`,
// cash over all parties unchanged since the opening, and balances kept = all amounts posted.
// scratch: (n_party x LEDGER_ACCOUNT_COUNT). Cost O(n_leg x n_month). Returns the first fault.
ledger_finding ledger_check(const ledger *l, int32_t month, int64_t *scratch);

// ---- Queries. Months first..last, both included, are clipped to the ledger's; sums saturate. ------------------------

typedef struct ledger_sheet {  // balance sheet, cents, each on its own side
  int64_t account_cents[LEDGER_ACCOUNT_COUNT];
  int64_t retained_cents;                                 // revenue - expense since the opening
  int64_t assets_cents, liabilities_cents, equity_cents;  // equity: contributed + revaluation + retained
} ledger_sheet;
ledger_sheet ledger_sheet_at(const ledger *l, int32_t party, int32_t month);  // end of month; -1: the opening

// What a query selects; -1 = any. party: whose books; other: the counterparty in the leg.
typedef struct ledger_query {
  int32_t party, other, kind, contract, campus, first_month, last_month;
} ledger_query;
ledger_query ledger_query_default(void);  // everything: -1, months 0 .. INT32_MAX

// Change of an account, on its own side, over the legs and months selected; party -1: over all books.
int64_t ledger_sum(const ledger *l, const ledger_query *query, int account);

// Gross cash movements over what is selected: *in received by the party, *out paid by it (reversals count negative in
// the direction that they reverse, so in - out is the change of cash). party must be given.
void ledger_cash(const ledger *l, const ledger_query *query, int64_t *in_cents, int64_t *out_cents);

// Cash that payer paid to payee in the months selected.
int64_t ledger_paid(const ledger *l, int32_t payer, int32_t payee, int32_t first_month, int32_t last_month);

// The same for all pairs at once: out (n_party x n_party), row = payer; overwritten.
void ledger_paid_all(const ledger *l, int32_t first_month, int32_t last_month, int64_t *out_cents);

// Cash in and out of all parties by month: (n_party x n_month) each, row-major; overwritten.
void ledger_cash_all(const ledger *l, int64_t *in_cents, int64_t *out_cents);

typedef struct ledger_income {
  int64_t revenue_cents, expense_cents, result_cents;
} ledger_income;
ledger_income ledger_income_of(const ledger *l, int32_t party, int32_t first_month, int32_t last_month);

#endif
