#include "ledger.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define ACCOUNT_WORD(code, word, side) word,
static const char *const account_word[] = {LEDGER_ACCOUNTS(ACCOUNT_WORD)};
#undef ACCOUNT_WORD

#define ACCOUNT_SIDE(code, word, side) side,
static const int8_t account_side[] = {LEDGER_ACCOUNTS(ACCOUNT_SIDE)};
#undef ACCOUNT_SIDE

static const int64_t most_cents =
    INT64_C(9000000000000000000);  // below INT64_MAX, so that marks of "cannot be held" stand out

const char *ledger_account_word(int account) {
  return account >= 0 && account < LEDGER_ACCOUNT_COUNT ? account_word[account] : "?";
}

// ---- Cents and saturating sums --------------------------------------------------------------------------

int64_t capital_round_cents(double cents) {
  if (!(cents > -9e18)) return INT64_MIN;  // NaN too
  if (!(cents < 9e18)) return INT64_MAX;
  double  low = floor(cents), rest = cents - low;  // exact: rest has no more bits than cents
  int64_t whole = (int64_t)low;
  if (rest > 0.5 || (rest == 0.5 && (whole & 1))) whole++;
  return whole;
}

int64_t capital_cents(double usd) { return capital_round_cents(usd * 100.0); }

static int64_t add_capped(int64_t a, int64_t b) {
  int64_t sum;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

static int64_t subtract_capped(int64_t a, int64_t b) {
  int64_t rest;
  if (!__builtin_sub_overflow(a, b, &rest)) return rest;
  return a < 0 ? INT64_MIN : INT64_MAX;
}

static int64_t own_side(int account, int64_t debit_cents) {
  return account_side[account] > 0 ? debit_cents : subtract_capped(0, debit_cents);
}

// ---- Set-up ---------------------------------------------------------------------------------------------

static bool cells(int32_t rows, int32_t columns, size_t *out) {
  if (rows < 0 || columns < 0) return false;
  return !__builtin_mul_overflow((size_t)rows, (size_t)columns, out);
}

size_t ledger_bytes(int32_t n_party, int32_t n_leg, int32_t n_month) {
  size_t amounts, books, all, bytes;
  if (!cells(n_leg, n_month, &amounts) || !cells(n_party, LEDGER_ACCOUNT_COUNT, &books)) return SIZE_MAX;
  if (__builtin_add_overflow(amounts, 2 * books, &all)) return SIZE_MAX;
  return __builtin_mul_overflow(all, sizeof(int64_t), &bytes) ? SIZE_MAX : bytes;
}

static int cash_change(int32_t debit, int32_t credit) { return (debit == LEDGER_CASH) - (credit == LEDGER_CASH); }

static bool entry_sound(int32_t party, int32_t debit, int32_t credit, int32_t n_party) {
  return party >= 0 && party < n_party && debit >= 0 && debit < LEDGER_ACCOUNT_COUNT && credit >= 0 &&
         credit < LEDGER_ACCOUNT_COUNT && debit != credit;
}

int32_t ledger_legs_check(const ledger_leg *leg, int32_t n_leg, int32_t n_party) {
  for (int32_t i = 0; i < n_leg; i++) {
    const ledger_leg *g = &leg[i];
    if (!entry_sound(g->party_a, g->debit_a, g->credit_a, n_party)) return i;
    int cash = cash_change(g->debit_a, g->credit_a);
    if (g->party_b != -1) {
      if (g->party_b == g->party_a || !entry_sound(g->party_b, g->debit_b, g->credit_b, n_party)) return i;
      cash += cash_change(g->debit_b, g->credit_b);
    }
    if (cash != 0) return i;
  }
  return -1;
}

sg_err ledger_init(ledger *l, const ledger_leg *leg, int32_t n_leg, int32_t n_month, int32_t n_party, void *memory,
                   int32_t *bad_leg) {
  int32_t bad = ledger_legs_check(leg, n_leg, n_party);
  if (bad_leg) *bad_leg = bad;
  if (bad >= 0) return SG_ERR_RANGE;
  size_t books = (size_t)n_party * LEDGER_ACCOUNT_COUNT;
  *l = (ledger){.n_party = n_party, .n_leg = n_leg, .n_month = n_month, .leg = leg};
  l->balance_cents = memory;
  l->opening_cents = l->balance_cents + books;
  l->amount_cents = l->opening_cents + books;
  ledger_clear(l);
  return SG_OK;
}

void ledger_clear(ledger *l) {
  size_t books = (size_t)l->n_party * LEDGER_ACCOUNT_COUNT * sizeof(int64_t);
  size_t amounts = (size_t)l->n_leg * (size_t)l->n_month * sizeof(int64_t);
  if (books) memset(l->balance_cents, 0, books);
  if (books) memset(l->opening_cents, 0, books);
  if (amounts) memset(l->amount_cents, 0, amounts);
  l->error = 0;
}

// ---- Posting --------------------------------------------------------------------------------------------

static int64_t *book_of(int64_t *books, int32_t party) { return books + (size_t)party * LEDGER_ACCOUNT_COUNT; }

void ledger_open(ledger *l, int32_t party, int account, int64_t cents) {
  if (party < 0 || party >= l->n_party || account < 0 || account >= LEDGER_FIRST_EQUITY) {
    l->error |= LEDGER_PLACE;
    return;
  }
  if (cents > most_cents || cents < -most_cents) {
    l->error |= LEDGER_OVERFLOW;
    return;
  }
  int64_t  debit = account_side[account] * cents, kept, own, opened, opened_own;
  int64_t *balance = book_of(l->balance_cents, party), *opening = book_of(l->opening_cents, party);
  if (__builtin_add_overflow(balance[account], debit, &kept) ||
      __builtin_sub_overflow(balance[LEDGER_CONTRIBUTED], debit, &own) ||
      __builtin_add_overflow(opening[account], debit, &opened) ||
      __builtin_sub_overflow(opening[LEDGER_CONTRIBUTED], debit, &opened_own)) {
    l->error |= LEDGER_OVERFLOW;
    return;
  }
  balance[account] = kept, balance[LEDGER_CONTRIBUTED] = own;
  opening[account] = opened, opening[LEDGER_CONTRIBUTED] = opened_own;
}

void ledger_post(ledger *l, int32_t leg, int32_t month, int64_t cents) {
  if (leg < 0 || leg >= l->n_leg || month < 0 || month >= l->n_month) {
    l->error |= LEDGER_PLACE;
    return;
  }
  const ledger_leg *g = &l->leg[leg];
  int64_t          *amount = &l->amount_cents[(size_t)leg * (size_t)l->n_month + (size_t)month];
  int64_t          *a = book_of(l->balance_cents, g->party_a), *b = NULL;
  int64_t           posted, debit_a, credit_a, debit_b = 0, credit_b = 0;
  bool              over = cents > most_cents || cents < -most_cents;
  over |= __builtin_add_overflow(*amount, cents, &posted);
  over |= __builtin_add_overflow(a[g->debit_a], cents, &debit_a);
  over |= __builtin_sub_overflow(a[g->credit_a], cents, &credit_a);
  if (g->party_b >= 0) {
    b = book_of(l->balance_cents, g->party_b);
    over |= __builtin_add_overflow(b[g->debit_b], cents, &debit_b);
    over |= __builtin_sub_overflow(b[g->credit_b], cents, &credit_b);
  }
  if (over) {  // nothing has been written: a refused posting leaves the books balanced
    l->error |= LEDGER_OVERFLOW;
    return;
  }
  *amount = posted;
  a[g->debit_a] = debit_a;
  a[g->credit_a] = credit_a;
  if (!b) return;
  b[g->debit_b] = debit_b;
  b[g->credit_b] = credit_b;
}

int64_t ledger_balance(const ledger *l, int32_t party, int account) {
  if (party < 0 || party >= l->n_party || account < 0 || account >= LEDGER_ACCOUNT_COUNT) return 0;
  return own_side(account, book_of(l->balance_cents, party)[account]);
}

// ---- Sums over the table --------------------------------------------------------------------------------

static int64_t leg_sum(const ledger *l, int32_t leg, int32_t first, int32_t last) {
  if (first < 0) first = 0;
  if (last >= l->n_month) last = l->n_month - 1;
  const int64_t *amount = l->amount_cents + (size_t)leg * (size_t)l->n_month;
  int64_t        sum = 0;
  for (int32_t m = first; m <= last; m++) sum = add_capped(sum, amount[m]);
  return sum;
}

static bool fits_add(int64_t *to, int64_t by) { return !__builtin_add_overflow(*to, by, to); }
static bool fits_subtract(int64_t *to, int64_t by) { return !__builtin_sub_overflow(*to, by, to); }

// Adds months first..last of every leg to books (n_party x accounts, debit positive). False: something did not fit.
static bool add_to_books(const ledger *l, int32_t first, int32_t last, int64_t *books) {
  bool fits = true;
  for (int32_t i = 0; i < l->n_leg; i++) {
    const ledger_leg *g = &l->leg[i];
    int64_t           sum = leg_sum(l, i, first, last), *a = book_of(books, g->party_a);
    fits &= sum != INT64_MAX && sum != INT64_MIN;
    fits &= fits_add(&a[g->debit_a], sum);
    fits &= fits_subtract(&a[g->credit_a], sum);
    if (g->party_b < 0) continue;
    int64_t *b = book_of(books, g->party_b);
    fits &= fits_add(&b[g->debit_b], sum);
    fits &= fits_subtract(&b[g->credit_b], sum);
  }
  return fits;
}

static ledger_sheet sheet_of(const int64_t *book) {
  ledger_sheet s = {0};
  for (int i = 0; i < LEDGER_ACCOUNT_COUNT; i++) s.account_cents[i] = own_side(i, book[i]);
  s.retained_cents = subtract_capped(s.account_cents[LEDGER_REVENUE], s.account_cents[LEDGER_EXPENSE]);
  for (int i = 0; i < LEDGER_FIRST_LIABILITY; i++) s.assets_cents = add_capped(s.assets_cents, s.account_cents[i]);
  for (int i = LEDGER_FIRST_LIABILITY; i < LEDGER_FIRST_EQUITY; i++)
    s.liabilities_cents = add_capped(s.liabilities_cents, s.account_cents[i]);
  s.equity_cents = add_capped(s.account_cents[LEDGER_CONTRIBUTED], s.account_cents[LEDGER_REVALUATION]);
  s.equity_cents = add_capped(s.equity_cents, s.retained_cents);
  return s;
}

// ---- Proof ----------------------------------------------------------------------------------------------

static ledger_finding fault_of(ledger_fault fault, int32_t party, int32_t account, int64_t off_cents) {
  return (ledger_finding){fault, party, account, off_cents};
}

// Balance sheets of all parties and the sum of cash.
static ledger_finding check_books(const ledger *l, const int64_t *books) {
  int64_t cash = 0;
  for (int32_t p = 0; p < l->n_party; p++) {
    const int64_t *book = books + (size_t)p * LEDGER_ACCOUNT_COUNT;
    ledger_sheet   s = sheet_of(book);
    int64_t        off = subtract_capped(s.assets_cents, add_capped(s.liabilities_cents, s.equity_cents));
    if (off != 0) return fault_of(LEDGER_FAULT_SHEET, p, -1, off);
    int64_t change = subtract_capped(book[LEDGER_CASH], book_of(l->opening_cents, p)[LEDGER_CASH]);
    if (!fits_add(&cash, change)) return fault_of(LEDGER_FAULT_OVERFLOW, p, LEDGER_CASH, 0);
  }
  return cash ? fault_of(LEDGER_FAULT_CASH, -1, LEDGER_CASH, cash) : fault_of(LEDGER_SOUND, -1, -1, 0);
}

ledger_finding ledger_check(const ledger *l, int32_t month, int64_t *scratch) {
  if (l->error) return fault_of(LEDGER_FAULT_ERROR, -1, -1, l->error);
  size_t books = (size_t)l->n_party * LEDGER_ACCOUNT_COUNT;
  if (books) memcpy(scratch, l->opening_cents, books * sizeof *scratch);
  if (!add_to_books(l, 0, month, scratch)) return fault_of(LEDGER_FAULT_OVERFLOW, -1, -1, 0);
  ledger_finding found = check_books(l, scratch);
  if (found.fault != LEDGER_SOUND) return found;

  int32_t rest = month < -1 ? 0 : month < l->n_month ? month + 1 : l->n_month;
  if (!add_to_books(l, rest, l->n_month - 1, scratch)) return fault_of(LEDGER_FAULT_OVERFLOW, -1, -1, 0);
  for (size_t i = 0; i < books; i++) {
    if (scratch[i] == l->balance_cents[i]) continue;
    return fault_of(LEDGER_FAULT_BALANCE, (int32_t)(i / LEDGER_ACCOUNT_COUNT), (int32_t)(i % LEDGER_ACCOUNT_COUNT),
                    subtract_capped(l->balance_cents[i], scratch[i]));
  }
  return found;
}

// ---- Queries --------------------------------------------------------------------------------------------

ledger_sheet ledger_sheet_at(const ledger *l, int32_t party, int32_t month) {
  int64_t book[LEDGER_ACCOUNT_COUNT] = {0};
  if (party < 0 || party >= l->n_party) return sheet_of(book);
  memcpy(book, book_of(l->opening_cents, party), sizeof book);
  for (int32_t i = 0; i < l->n_leg; i++) {
    const ledger_leg *g = &l->leg[i];
    bool              is_a = g->party_a == party;
    if (!is_a && g->party_b != party) continue;
    int64_t sum = leg_sum(l, i, 0, month);
    int32_t debit = is_a ? g->debit_a : g->debit_b, credit = is_a ? g->credit_a : g->credit_b;
    book[debit] = add_capped(book[debit], sum);
    book[credit] = subtract_capped(book[credit], sum);
  }
  return sheet_of(book);
}

ledger_query ledger_query_default(void) { return (ledger_query){-1, -1, -1, -1, -1, 0, INT32_MAX}; }

static bool any_or(int32_t wanted, int32_t is) { return wanted == -1 || wanted == is; }

static bool leg_fits(const ledger_leg *g, const ledger_query *q) {
  return any_or(q->kind, g->kind) && any_or(q->contract, g->contract) && any_or(q->campus, g->campus);
}

int64_t ledger_sum(const ledger *l, const ledger_query *query, int account) {
  if (account < 0 || account >= LEDGER_ACCOUNT_COUNT) return 0;
  int64_t sum = 0;  // debit positive
  for (int32_t i = 0; i < l->n_leg; i++) {
    const ledger_leg *g = &l->leg[i];
    if (!leg_fits(g, query)) continue;
    int sign = 0;
    if (any_or(query->party, g->party_a) && any_or(query->other, g->party_b))
      sign += (g->debit_a == account) - (g->credit_a == account);
    if (g->party_b >= 0 && any_or(query->party, g->party_b) && any_or(query->other, g->party_a))
      sign += (g->debit_b == account) - (g->credit_b == account);
    if (sign == 0) continue;
    int64_t amount = leg_sum(l, i, query->first_month, query->last_month);
    for (; sign > 0; sign--) sum = add_capped(sum, amount);
    for (; sign < 0; sign++) sum = subtract_capped(sum, amount);
  }
  return own_side(account, sum);
}

// Payer and payee of a leg that moves cash; false: it moves none.
static bool cash_ends(const ledger_leg *g, int32_t *payer, int32_t *payee) {
  int change = cash_change(g->debit_a, g->credit_a);
  if (change == 0 || g->party_b < 0) return false;
  *payer = change < 0 ? g->party_a : g->party_b;
  *payee = change < 0 ? g->party_b : g->party_a;
  return true;
}

void ledger_cash(const ledger *l, const ledger_query *query, int64_t *in_cents, int64_t *out_cents) {
  *in_cents = *out_cents = 0;
  for (int32_t i = 0; i < l->n_leg; i++) {
    int32_t payer, payee;
    if (!leg_fits(&l->leg[i], query) || !cash_ends(&l->leg[i], &payer, &payee)) continue;
    bool pays = payer == query->party && any_or(query->other, payee);
    bool gets = payee == query->party && any_or(query->other, payer);
    if (!pays && !gets) continue;
    int64_t *to = pays ? out_cents : in_cents;
    *to = add_capped(*to, leg_sum(l, i, query->first_month, query->last_month));
  }
}

int64_t ledger_paid(const ledger *l, int32_t payer, int32_t payee, int32_t first_month, int32_t last_month) {
  ledger_query q = ledger_query_default();
  q.party = payer, q.other = payee, q.first_month = first_month, q.last_month = last_month;
  int64_t in, out;
  ledger_cash(l, &q, &in, &out);
  return out;
}

void ledger_paid_all(const ledger *l, int32_t first_month, int32_t last_month, int64_t *out_cents) {
  size_t n = (size_t)l->n_party;
  if (n) memset(out_cents, 0, n * n * sizeof *out_cents);
  for (int32_t i = 0; i < l->n_leg; i++) {
    int32_t payer, payee;
    if (!cash_ends(&l->leg[i], &payer, &payee)) continue;
    int64_t *to = &out_cents[(size_t)payer * n + (size_t)payee];
    *to = add_capped(*to, leg_sum(l, i, first_month, last_month));
  }
}

void ledger_cash_all(const ledger *l, int64_t *in_cents, int64_t *out_cents) {
  size_t months = (size_t)l->n_month, n = (size_t)l->n_party * months;
  if (n) memset(in_cents, 0, n * sizeof *in_cents);
  if (n) memset(out_cents, 0, n * sizeof *out_cents);
  for (int32_t i = 0; i < l->n_leg; i++) {
    int32_t payer, payee;
    if (!cash_ends(&l->leg[i], &payer, &payee)) continue;
    const int64_t *amount = l->amount_cents + (size_t)i * months;
    int64_t       *in = in_cents + (size_t)payee * months, *out = out_cents + (size_t)payer * months;
    for (size_t m = 0; m < months; m++) in[m] = add_capped(in[m], amount[m]);
    for (size_t m = 0; m < months; m++) out[m] = add_capped(out[m], amount[m]);
  }
}

ledger_income ledger_income_of(const ledger *l, int32_t party, int32_t first_month, int32_t last_month) {
  ledger_query q = ledger_query_default();
  q.party = party, q.first_month = first_month, q.last_month = last_month;
  ledger_income income = {ledger_sum(l, &q, LEDGER_REVENUE), ledger_sum(l, &q, LEDGER_EXPENSE), 0};
  income.result_cents = subtract_capped(income.revenue_cents, income.expense_cents);
  return income;
}
