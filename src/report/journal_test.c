// Tests of the journal: names of accounts, entries that balance in each party's books, sums that are the ledger's.
#include <string.h>

#include "../../tests/test.h"
#include "api.h"
#include "capital_parts.h"
#include "probe.h"

// Names that collide once they are written as parts of account names, or mean something to a reader.
#define ODD_NAMES                                                                                                 \
  "programme: \"Odd; \\\"names\\\" | \\\\ and\\ttabs\"\nas_of: 2025-01-21\nhorizon: 3 years\n"                    \
  "parties:\n"                                                                                                    \
  "  Owner: {role: owner, cash: $900M}\n"                                                                         \
  "  \"A b\": {role: finance, cash: $2B}\n"                                                                       \
  "  \"a b\": {role: finance, cash: $2B}\n"                                                                       \
  "  \"A-b\": {role: finance, cash: $2B}\n"                                                                       \
  "  \"A-b-2\": {role: finance, cash: $2B}\n"                                                                     \
  "  \"9 lives\": {role: finance, cash: $2B}\n"                                                                   \
  "  \"\\u65e5\\u672c\": {role: finance, cash: $2B}\n"                                                            \
  "  \"(x); y | z: \\\"q\\\" \\\\ [2025-01-01], k\": {role: operation, cash: $2B, income: $1B/yr}\n"              \
  "contracts:\n"                                                                                                  \
  "  rent: {type: compute, from: \"(x); y | z: \\\"q\\\" \\\\ [2025-01-01], k\", to: Owner, price: 3 USD/GPU-h, " \
  "tenor: 5 years}\n"                                                                                             \
  "campuses:\n"                                                                                                   \
  "  mesa: {works_start: 2025-03, weather: dallas_fort_worth_tx, tariff: ercot-large-load,\n"                     \
  "         buildings: {count: 1, type: hyperscale-liquid, it: 5 MW}, grid: {limit: 110 MW, from: 2025-06}}\n"

static report_capital *told(const sg_model *model, int64_t k) {
  report_capital *c = NULL;
  ck_assert_int_eq(report_capital_run(model->twin, 1, k, &c), SG_OK);
  return c;
}

static text_buffer journal_of(const report_capital *c, sg_journal_syntax syntax) {
  text_buffer b = {0};
  ck_assert_int_eq(report_capital_journal(c, syntax, &b), SG_OK);
  return b;
}

static bool part_is_valid(const char *part) {
  if (!(part[0] >= 'A' && part[0] <= 'Z') && !(part[0] >= '0' && part[0] <= '9')) return false;
  return strspn(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == strlen(part);
}

START_TEST(names_are_valid_and_differ) {
  sg_model         *model = probe_model(ODD_NAMES);
  const twin_model *m = model->twin;
  report_part      *part = calloc((size_t)m->n[CLASS_PARTY], sizeof *part);
  report_party_parts(m, part);
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    ck_assert_msg(part_is_valid(part[p]), "%s", part[p]);
    for (int32_t k = 0; k < p; k++) ck_assert_str_ne(part[p], part[k]);
  }
  ck_assert_str_eq(part[programme_find(&m->p, CLASS_PARTY, "Owner")], "Owner");
  ck_assert_str_eq(part[programme_find(&m->p, CLASS_PARTY, "9 lives")], "9-lives");
  ck_assert_str_eq(part[programme_find(&m->p, CLASS_PARTY, "\u65e5\u672c")], "Party");
  char name[REPORT_ACCOUNT_NAME];
  static const struct {
    const char *what;
    int32_t     account, kind;
    const char *want;
  } rows[] = {
      {"an asset",    LEDGER_FIXED_ASSETS, -1,                "Assets:Owner:Fixed-assets"   },
      {"a liability", LEDGER_LOANS_OWED,   KIND_PRINCIPAL,    "Liabilities:Owner:Loans-owed"},
      {"equity",      LEDGER_CONTRIBUTED,  KIND_EQUITY,       "Equity:Owner:Contributed"    },
      {"revenue",     LEDGER_REVENUE,      KIND_RELET,        "Income:Owner:Re-letting"     },
      {"expense",     LEDGER_EXPENSE,      KIND_SERVICE_COST, "Expenses:Owner:Service-cost" },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    report_account_name("Owner", rows[i].account, rows[i].kind, name);
    ck_assert_msg(!strcmp(name, rows[i].want), "%s: %s", rows[i].what, name);
  }
  free(part);
  sg_model_free(model);
}
END_TEST

// ---- Reading a journal --------------------------------------------------------------------------------------------------

typedef struct read_journal {
  int32_t entries, postings, assertions, declared;
  int64_t cash_cents;  // of the account asked for
} read_journal;

static bool is_posting(const char *line) {
  return !strncmp(line, "    Assets:", 11) || !strncmp(line, "    Liabilities:", 16) ||
         !strncmp(line, "    Equity:", 11) || !strncmp(line, "    Income:", 11) || !strncmp(line, "    Expenses:", 13);
}

static int64_t cents_in(const char *amount) {
  bool    negative = *amount == '-';
  int64_t whole = 0;
  for (amount += negative; *amount != ' '; amount++)
    if (*amount != '.') whole = 10 * whole + (*amount - '0');
  return negative ? -whole : whole;
}

// Reads all lines; each entry must balance and keep to the books of one party, and dates never fall.
static read_journal read_text(const char *text, const char *account) {
  read_journal out = {0};
  char         date[11] = "", party[REPORT_ACCOUNT_PART] = "";
  int64_t      sum = 0;
  for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
    bool dated = line[0] >= '0' && line[0] <= '9',
         asserts = strstr(line, " = ") && strstr(line, " = ") < line + strcspn(line, "\n");
    out.declared += !strncmp(line, "account ", 8) || !strncmp(line + 10, " open ", 6);
    out.assertions += asserts || (dated && !strncmp(line + 10, " balance ", 9));
    if (dated) {
      ck_assert_int_eq(sum, 0);
      ck_assert_msg(strncmp(line, date, 10) >= 0 || !strncmp(line + 10, " open ", 6), "%.40s after %s", line, date);
      if (strncmp(line + 10, " balance ", 9) != 0) memcpy(date, line, 10);
      party[0] = '\0';
      out.entries += line[11] == '*';
    }
    if (!is_posting(line) || asserts) continue;
    const char *of = strchr(line, ':') + 1, *amount = strstr(line + 4, "  ") + 2;
    size_t      n = strcspn(of, ":");
    ck_assert_msg(!party[0] || (strlen(party) == n && !strncmp(party, of, n)), "two parties in one entry: %.80s", line);
    memcpy(party, of, n);
    party[n] = '\0';
    sum += cents_in(amount);
    out.postings++;
    if (!strncmp(line + 4, account, strlen(account)) && line[4 + strlen(account)] == ' ')
      out.cash_cents += cents_in(amount);
  }
  ck_assert_int_eq(sum, 0);
  return out;
}

START_TEST(entries_balance_and_add_up) {
  sg_model *model = probe_model(PROBE_FILE);
  for (int64_t k = -1; k < 3; k++) {
    report_capital *c = told(model, k);
    text_buffer     hledger = journal_of(c, SG_JOURNAL_HLEDGER), bean = journal_of(c, SG_JOURNAL_BEANCOUNT);
    read_journal    a = read_text(hledger.at, "Assets:Owner:Cash"), b = read_text(bean.at, "Assets:Owner:Cash");
    int64_t         cash = ledger_balance(&c->s->ledger, programme_find(&c->m->p, CLASS_PARTY, "Owner"), LEDGER_CASH);
    ck_assert_int_eq(a.cash_cents, cash);
    ck_assert_int_eq(b.cash_cents, cash);
    ck_assert_int_gt(a.postings, 400);
    ck_assert_int_eq(a.postings, b.postings);
    ck_assert_int_eq(a.declared, b.declared);
    ck_assert_int_eq(a.assertions, b.assertions);
    ck_assert_int_eq(a.entries, b.entries + 5);  // beancount's assertions are no entries: five ends of years
    ck_assert_int_ge(a.assertions, 5 * 3);
    text_buffer_free(&hledger);
    text_buffer_free(&bean);
    report_capital_free(c);
  }
  sg_model_free(model);
}
END_TEST

START_TEST(odd_names_do_no_harm) {
  sg_model       *model = probe_model(ODD_NAMES);
  report_capital *c = told(model, -1);
  text_buffer     hledger = journal_of(c, SG_JOURNAL_HLEDGER), bean = journal_of(c, SG_JOURNAL_BEANCOUNT);
  (void)read_text(hledger.at, "");
  (void)read_text(bean.at, "");
  ck_assert_ptr_nonnull(strstr(bean.at, "\"(x); y | z: \\\"q\\\" \\\\ [2025-01-01], k\""));
  ck_assert_ptr_nonnull(strstr(hledger.at, " * -x-- y - z- \"q\" \\ -2025-01-01-- k | "));
  ck_assert_ptr_null(strchr(hledger.at, '\t'));
  text_buffer_free(&hledger);
  text_buffer_free(&bean);
  report_capital_free(c);
  sg_model_free(model);
}
END_TEST

START_TEST(same_books_same_bytes) {
  sg_model       *model = probe_model(PROBE_FILE);
  report_capital *c = told(model, 2), *again = told(model, 2);
  text_buffer     a = journal_of(c, SG_JOURNAL_BEANCOUNT), b = journal_of(again, SG_JOURNAL_BEANCOUNT);
  ck_assert_uint_eq(a.n, b.n);
  ck_assert_int_eq(memcmp(a.at, b.at, a.n), 0);
  text_buffer_free(&a);
  text_buffer_free(&b);
  report_capital_free(c);
  report_capital_free(again);
  sg_model_free(model);
}
END_TEST

START_TEST(refuses_books_that_refused) {
  sg_model       *model = probe_model(PROBE_FILE);
  report_capital *c = told(model, -1);
  text_buffer     b = {0};
  c->s->ledger.error = LEDGER_OVERFLOW;
  ck_assert_int_eq(report_capital_journal(c, SG_JOURNAL_HLEDGER, &b), SG_ERR_NUMERIC);
  ck_assert_int_eq(report_capital_text(c, sg_style_default(), &b), SG_ERR_NUMERIC);
  ck_assert_int_eq(report_capital_json(c, &b), SG_ERR_NUMERIC);
  text_buffer_free(&b);
  report_capital_free(c);
  sg_model_free(model);
}
END_TEST

TEST_LIST("journal", names_are_valid_and_differ, entries_balance_and_add_up, odd_names_do_no_harm,
          same_books_same_bytes, refuses_books_that_refused)
