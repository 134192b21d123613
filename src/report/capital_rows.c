// Statements, sources and uses, returns: sums over the ledger.
#include <math.h>
#include <string.h>

#include "../capital/returns.h"
#include "capital_parts.h"

#define STATEMENT_KEY(code, key, title)   key,
#define STATEMENT_TITLE(code, key, title) title,
const char *const report_statement_key[REPORT_STATEMENT_COUNT] = {REPORT_STATEMENTS(STATEMENT_KEY)};
const char *const report_statement_title[REPORT_STATEMENT_COUNT] = {REPORT_STATEMENTS(STATEMENT_TITLE)};

#define SECTION_KEY(code, key, label) key,
static const char *const section_key[REPORT_SECTION_COUNT] = {REPORT_SECTIONS(SECTION_KEY)};

// ---- Sums by month ------------------------------------------------------------------------------------------------------

static int side_of(int32_t account, int32_t debit, int32_t credit) { return (debit == account) - (credit == account); }

// Whether an account grows by debit: assets and expense.
static bool by_debit(int32_t account) { return account < LEDGER_FIRST_LIABILITY || account == LEDGER_EXPENSE; }

void report_account_months(const report_capital *c, int32_t party, int32_t account, int32_t kind, int64_t *cents) {
  const ledger *l = &c->s->ledger;
  size_t        n = (size_t)l->n_month;
  memset(cents, 0, n * sizeof *cents);
  for (int32_t i = 0; i < l->n_leg; i++) {
    const ledger_leg *g = &l->leg[i];
    if (kind >= 0 && g->kind != kind) continue;
    int side = 0;
    if (g->party_a == party) side = side_of(account, g->debit_a, g->credit_a);
    if (g->party_b == party) side = side_of(account, g->debit_b, g->credit_b);
    if (!by_debit(account)) side = -side;
    const int64_t *amount = l->amount_cents + (size_t)i * n;
    for (size_t t = 0; t < n && side; t++) cents[t] += side * amount[t];
  }
}

static int64_t sum_months(const int64_t *cents, int32_t first, int32_t last) {
  int64_t sum = 0;
  for (int32_t t = first; t <= last; t++) sum += cents[t];
  return sum;
}

// ---- Statements ---------------------------------------------------------------------------------------------------------

typedef struct builder {
  const report_capital *c;
  int32_t               party, n_month;
  arena                *a;
  report_rows          *out;
  bool                  failed;
} builder;

// A new line, zero in all months; NULL: out of memory.
static report_row *add_row(builder *b, report_statement statement, const char *part, const char *word, bool level) {
  int64_t *cents = ARENA_NEW(b->a, int64_t, b->n_month + 1);
  if (!cents || b->out->n >= REPORT_STATEMENT_ROWS) {
    b->failed = true;
    return NULL;
  }
  report_row *r = &b->out->row[b->out->n++];
  *r = (report_row){statement, !strcmp(part, word), level, word, part, -1, -1, cents, 0};
  return r;
}

static void fold(const builder *b, report_row *to, const report_row *from, int sign) {
  if (!to || !from) return;
  to->opening_cents += sign * from->opening_cents;
  for (int32_t t = 0; t < b->n_month; t++) to->cents[t] += sign * from->cents[t];
}

// The sum of the lines from `first` on.
static report_row *add_total(builder *b, report_statement statement, const char *word, int32_t first, bool level) {
  int32_t     last = b->out->n;
  report_row *sum = add_row(b, statement, word, word, level);
  for (int32_t i = first; i < last && sum; i++) fold(b, sum, &b->out->row[i], 1);
  return sum;
}

// Takes the last line away where it is zero throughout.
static void drop_if_zero(builder *b) {
  const report_row *r = &b->out->row[b->out->n - 1];
  bool              zero = r->opening_cents == 0;
  for (int32_t t = 0; t < b->n_month && zero; t++) zero = r->cents[t] == 0;
  if (zero) b->out->n--;
}

// Flows into balances, from the opening on.
static void accumulate(const builder *b, report_row *r) {
  for (int32_t t = 0; t < b->n_month; t++) r->cents[t] += t ? r->cents[t - 1] : r->opening_cents;
}

// Lines by kind of one account, of one section of cash (-1: all).
static void add_kinds(builder *b, report_statement statement, const char *part, int32_t account, int section) {
  for (int32_t i = 0; i < KIND_COUNT; i++) {
    int32_t kind = report_kind_ordered(i);
    if (section >= 0 && report_kind_section(kind) != (report_section)section) continue;
    report_row *r = add_row(b, statement, part, report_kind_word(kind), false);
    if (!r) return;
    r->account = report_by_kind(account) ? account : -1;
    r->kind = kind;
    report_account_months(b->c, b->party, account, kind, r->cents);
    drop_if_zero(b);
  }
}

static void add_balance(builder *b, const char *part, int32_t account) {
  report_row *r = add_row(b, REPORT_BALANCE, part, ledger_account_word(account), true);
  if (!r) return;
  int64_t opening = b->c->s->ledger.opening_cents[(size_t)b->party * LEDGER_ACCOUNT_COUNT + (size_t)account];
  r->account = account;
  r->opening_cents = by_debit(account) ? opening : -opening;
  report_account_months(b->c, b->party, account, -1, r->cents);
  accumulate(b, r);
  drop_if_zero(b);
}

static const report_row *add_income(builder *b) {
  int32_t first = b->out->n;
  add_kinds(b, REPORT_INCOME, "revenue", LEDGER_REVENUE, -1);
  const report_row *revenue = add_total(b, REPORT_INCOME, "revenue", first, false);
  first = b->out->n;
  add_kinds(b, REPORT_INCOME, "expense", LEDGER_EXPENSE, -1);
  const report_row *expense = add_total(b, REPORT_INCOME, "expense", first, false);
  report_row       *result = add_row(b, REPORT_INCOME, "result", "result", false);
  fold(b, result, revenue, 1);
  fold(b, result, expense, -1);
  return result;
}

static void add_cash(builder *b) {
  for (int section = 0; section < REPORT_SECTION_COUNT; section++) {
    int32_t first = b->out->n;
    add_kinds(b, REPORT_CASH, section_key[section], LEDGER_CASH, section);
    if (b->out->n > first) (void)add_total(b, REPORT_CASH, section_key[section], first, false);
  }
  report_row *change = add_row(b, REPORT_CASH, "change", "change", false);
  if (change) report_account_months(b->c, b->party, LEDGER_CASH, -1, change->cents);
}

static void add_sheet(builder *b, const report_row *result) {
  int32_t first = b->out->n;
  for (int32_t a = 0; a < LEDGER_FIRST_LIABILITY; a++) add_balance(b, "assets", a);
  (void)add_total(b, REPORT_BALANCE, "assets", first, true);
  first = b->out->n;
  for (int32_t a = LEDGER_FIRST_LIABILITY; a < LEDGER_FIRST_EQUITY; a++) add_balance(b, "liabilities", a);
  (void)add_total(b, REPORT_BALANCE, "liabilities", first, true);
  first = b->out->n;
  for (int32_t a = LEDGER_FIRST_EQUITY; a < LEDGER_ACCOUNT_COUNT; a++)
    if (!report_by_kind(a)) add_balance(b, "equity", a);
  report_row *retained = add_row(b, REPORT_BALANCE, "equity", "retained", true);
  fold(b, retained, result, 1);
  if (retained) accumulate(b, retained);
  (void)add_total(b, REPORT_BALANCE, "equity", first, true);
}

bool report_statements(const report_capital *c, int32_t party, arena *a, report_rows *out) {
  builder b = {c, party, c->m->n_month, a, out, false};
  out->n = 0;
  const report_row *result = add_income(&b);
  add_cash(&b);
  add_sheet(&b, result);
  return !b.failed;
}

// ---- Sources and uses ---------------------------------------------------------------------------------------------------

static void put_flow(report_uses *out, const char *word, int64_t cents) {
  if (cents > 0) out->source[out->n_source++] = (report_flow){word, cents};
  if (cents < 0) out->use[out->n_use++] = (report_flow){word, -cents};
  if (cents > 0) out->total_cents += cents;
}

void report_sources_uses(const report_capital *c, int32_t party, report_uses *out) {
  const twin_model *m = c->m;
  int64_t           month[TWIN_MAX_MONTHS], own = 0;
  *out = (report_uses){.last_month = m->report0 + (int32_t)c->s->scalar[SCALAR_COMPLETE]};
  out->complete = out->last_month < m->n_month;
  if (!out->complete) out->last_month = m->n_month - 1;
  for (int32_t i = 0; i < KIND_COUNT; i++) {
    int32_t kind = report_kind_ordered(i);
    report_account_months(c, party, LEDGER_CASH, kind, month);
    int64_t cents = sum_months(month, 0, out->last_month);
    if (report_kind_section(kind) == REPORT_INVESTING && cents < 0) out->builds = true;
    if (report_kind_section(kind) == REPORT_OWN) own += cents;
    else put_flow(out, report_kind_word(kind), cents);
  }
  report_account_months(c, party, LEDGER_LOANS_OWED, KIND_CAPITALISED, month);
  int64_t added = sum_months(month, 0, out->last_month);
  put_flow(out, "interest added to loans", added);
  put_flow(out, "interest added to loans", -added);
  report_account_months(c, party, LEDGER_CASH, -1, month);
  own -= sum_months(month, 0, out->last_month);
  put_flow(out, own > 0 ? "own means" : "kept as cash", own);
}

// ---- Returns ------------------------------------------------------------------------------------------------------------

static double per_year(double monthly) { return expm1(12 * log1p(monthly)); }

// flow: (n), of which the report begins with month `from`: a rate or a multiple of half a story would be none.
static report_return return_of(const double *flow_usd, size_t n, size_t from, double rate_frac_per_yr) {
  report_return      out = {.npv_usd = capital_npv(flow_usd + from, n - from, expm1(log1p(rate_frac_per_yr) / 12)),
                            .moic = capital_moic(flow_usd, n),
                            .irr_frac_per_yr = (double)NAN};
  capital_irr_result irr = {0};
  (void)capital_irr(flow_usd, n, &irr);
  out.n_root = irr.n_root < CAPITAL_IRR_ROOTS ? irr.n_root : CAPITAL_IRR_ROOTS;
  for (int32_t i = 0; i < out.n_root; i++) out.root[i] = per_year(irr.root[i]);
  if (out.n_root == 1) out.irr_frac_per_yr = out.root[0];
  return out;
}

static int64_t paid_in(const ledger *l, int32_t payer, int32_t payee) {
  ledger_query q = ledger_query_default();
  q.party = payee, q.other = payer, q.kind = KIND_EQUITY;
  return ledger_sum(l, &q, LEDGER_CONTRIBUTED);
}

// By the books: all but cash, which has been counted, and listed assets, which are the party's own affair. Equity of
// another party counts as a share in what that one has, not as what was paid for it: part of that may have come back.
static double left_usd(const report_capital *c, int32_t party) {
  const ledger *l = &c->s->ledger;
  int32_t       end = c->m->n_month - 1;
  ledger_sheet  at = ledger_sheet_at(l, party, end);
  int64_t       cents = at.assets_cents - at.liabilities_cents;
  double        left = (double)(cents - at.account_cents[LEDGER_CASH] - at.account_cents[LEDGER_LISTED_ASSETS]) / 100;
  for (int32_t of = 0; of < c->m->n[CLASS_PARTY] && at.account_cents[LEDGER_INVESTMENTS]; of++) {
    int64_t paid = of == party ? 0 : paid_in(l, party, of);
    if (paid <= 0) continue;
    double worth = fmax(0, (double)ledger_sheet_at(l, of, end).equity_cents / 100);
    left += worth * (double)paid / (double)paid_in(l, -1, of) - (double)paid / 100;
  }
  return left;
}

void report_returns_of(const report_capital *c, int32_t party, double *scratch, report_returns *out) {
  const twin_model *m = c->m;
  int64_t           month[TWIN_MAX_MONTHS];
  int32_t           n = m->n_month;
  size_t            months = (size_t)n, from = (size_t)m->report0;
  double            rate = c->s->v.party[party].rate_frac_per_yr;
  *out = (report_returns){0};
  memset(scratch, 0, months * sizeof *scratch);
  for (int32_t kind = 0; kind < KIND_COUNT; kind++) {
    if (report_kind_section(kind) == REPORT_OWN) continue;
    report_account_months(c, party, LEDGER_CASH, kind, month);
    for (int32_t t = 0; t < n; t++) scratch[t] += (double)month[t] / 100;
  }
  for (int32_t t = 0; t < n; t++) {
    out->any |= scratch[t] != 0;
    *(scratch[t] > 0 ? &out->in_usd : &out->out_usd) += fabs(scratch[t]);
  }
  out->left_usd = left_usd(c, party);
  out->without = return_of(scratch, months, from, rate);
  scratch[n - 1] += out->left_usd;
  out->with = return_of(scratch, months, from, rate);
}
