// Inside of the capital report: what its terminal page and its JSON are made of. Not for other files.
#ifndef REPORT_CAPITAL_PARTS_H
#define REPORT_CAPITAL_PARTS_H

#include "../base/arena.h"
#include "../twin/financing.h"
#include "../twin/state.h"
#include "capital_report.h"
#include "journal.h"
#include "kinds.h"

// ---- Statements of a party ----------------------------------------------------------------------------------------------

// code, key, title. LEVEL: balances at the end of a month; the others are flows of it.
#define REPORT_STATEMENTS(X)           \
  X(REPORT_INCOME, "income", "Income") \
  X(REPORT_CASH, "cash", "Cash flow")  \
  X(REPORT_BALANCE, "balance", "Balance sheet")
#define REPORT_STATEMENT_ENUM(code, key, title) code,
typedef enum report_statement { REPORT_STATEMENTS(REPORT_STATEMENT_ENUM) REPORT_STATEMENT_COUNT } report_statement;
#undef REPORT_STATEMENT_ENUM
extern const char *const report_statement_key[REPORT_STATEMENT_COUNT],
    *const               report_statement_title[REPORT_STATEMENT_COUNT];

typedef struct report_row {
  report_statement statement;
  bool             total;    // the sum of lines above it
  bool             level;    // a balance; else a flow
  const char      *word;     // "interest": unique within its part of the statement
  const char      *part;     // "revenue", "assets"; for totals the word itself
  int32_t          account;  // whose journal account holds it, with kind; -1: none does
  int32_t          kind;
  int64_t         *cents;          // (n_month)
  int64_t          opening_cents;  // levels: before the first month
} report_row;

enum { REPORT_STATEMENT_ROWS = 5 * KIND_COUNT + LEDGER_ACCOUNT_COUNT + 16 };
typedef struct report_rows {
  int32_t    n;
  report_row row[REPORT_STATEMENT_ROWS];
} report_rows;

// All lines that are not zero throughout, and the totals, in the order of a statement. Memory of cents from `a`.
// False: out of memory.
bool report_statements(const report_capital *c, int32_t party, arena *a, report_rows *out);

// ---- Loans --------------------------------------------------------------------------------------------------------------

// code, key, label, unit (USD, frac, x: a ratio), how months make a year. One row each; what a row reads of a loan stands in capital_loans.c.
#define REPORT_LOAN_ROWS(X)                                                                     \
  X(REPORT_LOAN_COMMITMENT, "commitment", "commitment", "USD", REPORT_LAST)                     \
  X(REPORT_LOAN_DRAWN, "drawn", "drawn", "USD", REPORT_SUM)                                     \
  X(REPORT_LOAN_CAPITALISED, "interest_capitalised", "interest capitalised", "USD", REPORT_SUM) \
  X(REPORT_LOAN_FEES, "fees_paid", "fees paid", "USD", REPORT_SUM)                              \
  X(REPORT_LOAN_INTEREST, "interest_paid", "interest paid", "USD", REPORT_SUM)                  \
  X(REPORT_LOAN_PRINCIPAL, "principal_paid", "principal paid", "USD", REPORT_SUM)               \
  X(REPORT_LOAN_PREPAID, "prepaid", "prepaid", "USD", REPORT_SUM)                               \
  X(REPORT_LOAN_LOST, "written_off", "written off", "USD", REPORT_SUM)                          \
  X(REPORT_LOAN_INSTALMENT, "instalments_due", "instalments due", "USD", REPORT_SUM)            \
  X(REPORT_LOAN_BALLOON, "balloons_due", "balloons due", "USD", REPORT_SUM)                     \
  X(REPORT_LOAN_CALLED, "called", "called in default", "USD", REPORT_SUM)                       \
  X(REPORT_LOAN_ARREARS, "arrears", "due and unpaid", "USD", REPORT_LAST)                       \
  X(REPORT_LOAN_BALANCE, "balance", "balance", "USD", REPORT_LAST)                              \
  X(REPORT_LOAN_RATE, "rate", "rate a year", "frac", REPORT_LAST)
typedef enum report_fold { REPORT_SUM, REPORT_LAST, REPORT_LEAST } report_fold;
typedef enum report_format { REPORT_MONEY, REPORT_RATIO, REPORT_MONTHS } report_format;  // months: 1 in those that count
#define REPORT_LOAN_ENUM(code, key, label, unit, fold) code,
typedef enum report_loan_row { REPORT_LOAN_ROWS(REPORT_LOAN_ENUM) REPORT_LOAN_COUNT } report_loan_row;
#undef REPORT_LOAN_ENUM

typedef struct report_loan_about {
  const char *key, *label, *unit;
  report_fold fold;
} report_loan_about;
extern const report_loan_about report_loan_rows[REPORT_LOAN_COUNT];

typedef struct report_loan {
  int32_t deal, campus;
  double *row[REPORT_LOAN_COUNT];  // (n_month) each
  int32_t called;                  // month in which all of it was called, -1: never
  // As it stood when the borrower's last customer on the campus (so far) had left:
  double *left_due_usd;       // (n_month) its schedule
  bool    repays_since_left;  // it had one
} report_loan;

// A year of months: their sum, the last, or the least that is not NaN.
double report_folded(report_fold fold, const double *row, int32_t first, int32_t last);

// Called at the end of each month of the scenario: notes every loan that has a commitment, reserves and lock-ups.
void report_loans_watch(void *capital, const twin_state *s);

// Whether a contract with this payee covers a campus: it is named, or none is, and the payee owns it or its machines.
bool report_covers_campus(const twin_state *s, int32_t deal, int32_t campus);

// What bound the size of a loan at close: "cover"; NULL: nothing was lent.
const char *report_loan_limit(const report_capital *c, int32_t deal, int32_t campus);

// Cover of a borrower in months first..last: its cash from operation over what fell due to lenders, paid or not. NaN:
// nothing fell due.
double report_cover(const report_capital *c, int32_t borrower, int32_t first_month, int32_t last_month);

// ---- Projects -----------------------------------------------------------------------------------------------------------

report_fold   report_project_fold(int32_t row);  // both of a capital_project_row
report_format report_project_format(int32_t row);

// Why a project could not be computed, and of which contract: "'loan': the cover asked is below 1".
enum { REPORT_WHY = 320 };
void report_project_why(const report_capital *c, const twin_financing *f, char out[REPORT_WHY]);

// ---- Sources and uses ---------------------------------------------------------------------------------------------------

typedef struct report_flow {
  const char *word;
  int64_t     cents;
} report_flow;

typedef struct report_uses {
  int32_t     last_month;  // to the month in which all is commissioned, else to the last
  bool        complete;
  bool        builds;  // the party invests at all
  int32_t     n_source, n_use;
  report_flow source[KIND_COUNT + 2], use[KIND_COUNT + 2];  // both add up to total_cents
  int64_t     total_cents;
} report_uses;

// Of one party, from the first month simulated: what its cash came from and went into, by kind, each kind net; interest
// added to loans is a source and a use. Its affairs beside the programme and the change of its cash are one line.
void report_sources_uses(const report_capital *c, int32_t party, report_uses *out);

// ---- Returns ------------------------------------------------------------------------------------------------------------

// Of a party's dealings in the programme: cash received less cash paid, but for its affairs beside the programme.
typedef struct report_return {
  double  npv_usd, moic;    // at its own rate, from the first month of the report on; received / paid, by month
  double  irr_frac_per_yr;  // NaN: none or several
  int32_t n_root;
  double  root[16];  // (n_root) per year
} report_return;

typedef struct report_returns {
  bool          any;              // it has any dealings
  double        in_usd, out_usd;  // undiscounted
  double        left_usd;       // at the end, by the books: receivables, assets, loans, shares, less what is owed
  report_return without, with;  // what is left
} report_returns;

// scratch: (n_month), the flow with what is left. Rates and multiples are of all months simulated: loans may have been drawn
// before the report begins.
void report_returns_of(const report_capital *c, int32_t party, double *scratch, report_returns *out);

// ---- The whole ----------------------------------------------------------------------------------------------------------

struct report_capital {
  const twin_model *m;
  twin_state       *s;
  arena            *a;
  uint64_t          seed;
  int64_t           k;  // -1: the base case
  int32_t           redrawn;
  report_loan      *loan;  // (n_loan) in the order in which they were first seen
  int32_t           n_loan;
  int32_t          *loan_at;  // (n deal x n campus) its place there, -1: none yet
  twin_financing   *project;  // (n_project) campuses and their borrowers, each as a company of its own
  int32_t           n_project;
  double           *reserve_usd;  // (n party x n_month) of its cash: kept for debt service
  double           *locked;       // (n party x n_month) 1: its distributions are locked
  double           *target_usd;   // (n party x n_month) what its loans want in reserve
  double           *cover;        // (n party x n_month) of twelve months, as covenants are tested; NaN: not tested
  bool              failed;       // out of memory
};

static inline const char *report_party(const report_capital *c, int32_t party) {
  return programme_name(&c->m->p, CLASS_PARTY, party);
}

// "base case" or "scenario 7 of seed 1".
void report_capital_case(const report_capital *c, char out[PHRASE]);

// Change of an account in the books of a party by month, own side, over legs of a kind (-1: all). cents: (n_month).
void report_account_months(const report_capital *c, int32_t party, int32_t account, int32_t kind, int64_t *cents);

#endif
