// Journal: account names, declarations, entries, assertions.
#include "journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "kinds.h"

// ---- Names of accounts --------------------------------------------------------------------------------------------------

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

// A name as one part of an account's name. Both readers take letters, digits and dashes after a capital or a digit.
static void put_part(const char *name, size_t most, char *out) {
  size_t n = 0;
  for (const char *c = name; *c && n < most; c++) {
    if (is_letter(*c) || is_digit(*c)) out[n++] = *c;
    else if (n > 0 && out[n - 1] != '-') out[n++] = '-';
  }
  while (n > 0 && out[n - 1] == '-') n--;
  out[n] = '\0';
  out[0] = upper(out[0]);
  if (n == 0) memcpy(out, "Party", sizeof "Party");  // nothing of the name can be written there
}

void report_party_parts(const twin_model *m, report_part *out) {
  enum { ROOM_FOR_NUMBER = 12 };
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    report_part base;
    put_part(programme_name(&m->p, CLASS_PARTY, p), sizeof base - ROOM_FOR_NUMBER, base);
    memcpy(out[p], base, sizeof base);
    for (int32_t k = 0, number = 2; k < p; k++) {
      if (strcmp(out[k], out[p]) != 0) continue;
      (void)snprintf(out[p], sizeof out[p], "%.*s-%" PRId32, (int)sizeof base - ROOM_FOR_NUMBER, base, number++);
      k = -1;  // the new name may be another's
    }
  }
}

static const char *root_of(int32_t account) {
  if (account < LEDGER_FIRST_LIABILITY) return "Assets";
  if (account < LEDGER_FIRST_EQUITY) return "Liabilities";
  return account == LEDGER_REVENUE ? "Income" : account == LEDGER_EXPENSE ? "Expenses" : "Equity";
}

void report_account_name(const char *party, int32_t account, int32_t kind, char out[REPORT_ACCOUNT_NAME]) {
  report_part last;
  put_part(report_by_kind(account) ? report_kind_word(kind) : ledger_account_word(account), sizeof last - 1, last);
  (void)snprintf(out, REPORT_ACCOUNT_NAME, "%s:%s:%s", root_of(account), party, last);
}

// ---- Writing ------------------------------------------------------------------------------------------------------------

typedef struct journal {
  const twin_model *m;
  const ledger     *l;
  sg_journal_syntax syntax;
  text_buffer      *out;
  report_part      *part;  // (n party)
  unsigned char    *used;  // (n party x accounts x kinds) 1: the account has an entry
} journal;

static bool is_bean(const journal *j) { return j->syntax == SG_JOURNAL_BEANCOUNT; }

static const char *party_name(const journal *j, int32_t party) {
  return party < 0 ? "" : programme_name(&j->m->p, CLASS_PARTY, party);
}

// Text of the file's author. Beancount: within quotes. Hledger: characters that mean something there become dashes.
static void put_text(const journal *j, const char *text) {
  for (const char *c = text; *c; c++) {
    char at = (unsigned char)*c < 0x20 || *c == 0x7F ? ' ' : *c;
    if (is_bean(j) && (at == '"' || at == '\\')) text_add(j->out, "\\", 1);
    if (!is_bean(j) && strchr(";|,:()[]", at)) at = '-';
    text_add(j->out, &at, 1);
  }
}

static void put_date(const journal *j, int32_t day) {
  char date[11];
  calendar_day_text(day, date);
  text_puts(j->out, date);
}

static int32_t last_day_of(const journal *j, int32_t month) { return calendar_first_day(j->m->month0 + month + 1) - 1; }

static void put_amount(const journal *j, int64_t cents, const char *currency) {
  uint64_t size = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;
  text_addf(j->out, "%s%" PRIu64 ".%02" PRIu64 " %s\n", cents < 0 ? "-" : "", size / 100, size % 100, currency);
}

static void put_posting(const journal *j, int32_t party, int32_t account, int32_t kind, int64_t cents) {
  char name[REPORT_ACCOUNT_NAME];
  report_account_name(j->part[party], account, kind, name);
  text_addf(j->out, "    %s  ", name);
  put_amount(j, cents, "USD");
}

// First line of a transaction: its date, whom it is with, what it is.
static void put_head(const journal *j, int32_t day, const char *with, const char *what) {
  put_date(j, day);
  text_puts(j->out, is_bean(j) ? " * \"" : " * ");
  put_text(j, with);
  text_puts(j->out, is_bean(j) ? "\" \"" : with[0] ? " | " : "");
  put_text(j, what);
  text_puts(j->out, is_bean(j) ? "\"\n" : "\n");
}

// Labels of a transaction that a query can go by.
static void put_labels(const journal *j, int32_t party, const ledger_leg *leg) {
  const char *contract = leg->contract < 0 ? "" : programme_name(&j->m->p, CLASS_CONTRACT, leg->contract);
  const char *campus = leg->campus < 0 ? "" : programme_name(&j->m->p, CLASS_CAMPUS, leg->campus);
  const struct {
    const char *key, *value;
  } label[] = {
      {"party", party_name(j, party)},
      {"contract",       contract         },
      {"campus",       campus  },
      {"kind",       report_kind_word(leg->kind)           },
  };
  bool first = true;
  if (!is_bean(j)) text_puts(j->out, "    ;");
  for (size_t i = 0; i < sizeof label / sizeof label[0]; i++) {
    if (!label[i].value[0]) continue;
    text_addf(j->out, is_bean(j) ? "  %s: \"" : first ? " %s: " : ", %s: ", label[i].key);
    put_text(j, label[i].value);
    if (is_bean(j)) text_puts(j->out, "\"\n");
    first = false;
  }
  if (!is_bean(j)) text_puts(j->out, "\n");
}

// ---- What is used -------------------------------------------------------------------------------------------------------

static unsigned char *used_at(const journal *j, int32_t party, int32_t account, int32_t kind) {
  size_t at = ((size_t)party * LEDGER_ACCOUNT_COUNT + (size_t)account) * (KIND_COUNT + 1);
  bool   named = report_by_kind(account) && kind >= 0 && kind < KIND_COUNT;
  return &j->used[at + (named ? (size_t)kind : KIND_COUNT)];
}

static bool is_moved(const ledger *l, int32_t leg) {
  for (int32_t t = 0; t < l->n_month; t++)
    if (l->amount_cents[(size_t)leg * (size_t)l->n_month + (size_t)t]) return true;
  return false;
}

static int64_t opening_of(const journal *j, int32_t party, int32_t account) {
  return j->l->opening_cents[(size_t)party * LEDGER_ACCOUNT_COUNT + (size_t)account];
}

static void find_used(const journal *j) {
  for (int32_t p = 0; p < j->l->n_party; p++)
    for (int32_t a = 0; a < LEDGER_ACCOUNT_COUNT; a++)
      if (opening_of(j, p, a)) *used_at(j, p, a, -1) = 1;
  for (int32_t i = 0; i < j->l->n_leg; i++) {
    const ledger_leg *g = &j->l->leg[i];
    if (!is_moved(j->l, i)) continue;
    *used_at(j, g->party_a, g->debit_a, g->kind) = *used_at(j, g->party_a, g->credit_a, g->kind) = 1;
    if (g->party_b < 0) continue;
    *used_at(j, g->party_b, g->debit_b, g->kind) = *used_at(j, g->party_b, g->credit_b, g->kind) = 1;
  }
}

// ---- Parts of the text --------------------------------------------------------------------------------------------------

static void put_title(const journal *j, const char *title) {
  if (is_bean(j)) {
    text_puts(j->out, "option \"title\" \"");
    put_text(j, title);
    text_puts(j->out, "\"\noption \"operating_currency\" \"USD\"\n\n");
  } else {
    text_puts(j->out, "; ");
    for (const char *c = title; *c; c++) text_add(j->out, (unsigned char)*c < 0x20 ? " " : c, 1);
    text_puts(j->out, "\n\ncommodity 1000.00 USD\n\n");
  }
}

static void put_account(const journal *j, int32_t party, int32_t account, int32_t kind) {
  char name[REPORT_ACCOUNT_NAME];
  report_account_name(j->part[party], account, kind, name);
  if (is_bean(j)) {
    put_date(j, last_day_of(j, -1));
    text_addf(j->out, " open %s USD\n  party: \"", name);
    put_text(j, party_name(j, party));
    text_puts(j->out, "\"\n");
  } else {
    text_addf(j->out, "account %s  ; party: ", name);
    put_text(j, party_name(j, party));
    text_puts(j->out, "\n");
  }
}

static void put_accounts(const journal *j) {
  for (int32_t p = 0; p < j->l->n_party; p++)
    for (int32_t a = 0; a < LEDGER_ACCOUNT_COUNT; a++) {
      bool other = false;  // kinds without a word share one account
      for (int32_t k = 0; k <= KIND_COUNT; k++) {
        int32_t kind = k < KIND_COUNT ? k : -1;
        if (!*used_at(j, p, a, kind)) continue;
        bool unnamed = report_by_kind(a) && !strcmp(report_kind_word(kind), "other");
        if (!(unnamed && other)) put_account(j, p, a, kind);
        other |= unnamed;
        if (!report_by_kind(a)) break;
      }
    }
  text_puts(j->out, "\n");
}

static void put_opening(const journal *j, int32_t party) {
  bool any = false;
  for (int32_t a = 0; a < LEDGER_ACCOUNT_COUNT; a++) {
    int64_t cents = opening_of(j, party, a);
    if (!cents) continue;
    if (!any) put_head(j, last_day_of(j, -1), party_name(j, party), "opening balance");
    put_posting(j, party, a, -1, cents);
    any = true;
  }
  if (any) text_puts(j->out, "\n");
}

static void put_entry(const journal *j, const ledger_leg *leg, int32_t month, bool of_a, int64_t cents) {
  int32_t party = of_a ? leg->party_a : leg->party_b, other = of_a ? leg->party_b : leg->party_a;
  put_head(j, last_day_of(j, month), party_name(j, other), report_kind_word(leg->kind));
  put_labels(j, party, leg);
  put_posting(j, party, of_a ? leg->debit_a : leg->debit_b, leg->kind, cents);
  put_posting(j, party, of_a ? leg->credit_a : leg->credit_b, leg->kind, -cents);
  text_puts(j->out, "\n");
}

// Cash of all parties at the end of a month. Beancount asserts at the beginning of a day, and allows a cent unless it
// is told otherwise.
static void put_assertions(const journal *j, int32_t month) {
  if (!is_bean(j)) put_head(j, last_day_of(j, month), "", "cash at the end of the year");
  for (int32_t p = 0; p < j->l->n_party; p++) {
    char name[REPORT_ACCOUNT_NAME];
    if (!*used_at(j, p, LEDGER_CASH, -1)) continue;
    report_account_name(j->part[p], LEDGER_CASH, -1, name);
    int64_t cents = ledger_sheet_at(j->l, p, month).account_cents[LEDGER_CASH];
    if (is_bean(j)) {
      put_date(j, last_day_of(j, month) + 1);
      text_addf(j->out, " balance %s  ", name);
      put_amount(j, cents, "~ 0 USD");
    } else {
      text_addf(j->out, "    %s  0.00 USD = ", name);
      put_amount(j, cents, "USD");
    }
  }
  text_puts(j->out, "\n");
}

static void put_month(const journal *j, int32_t month) {
  const ledger *l = j->l;
  for (int32_t i = 0; i < l->n_leg; i++) {
    int64_t cents = l->amount_cents[(size_t)i * (size_t)l->n_month + (size_t)month];
    if (!cents) continue;
    put_entry(j, &l->leg[i], month, true, cents);
    if (l->leg[i].party_b >= 0) put_entry(j, &l->leg[i], month, false, cents);
  }
  if (calendar_month_of_year(j->m->month0 + month) == 11 || month == l->n_month - 1) put_assertions(j, month);
}

sg_err report_journal(const twin_model *m, const ledger *l, const char *title, sg_journal_syntax syntax,
                      text_buffer *out) {
  if (l->error) return SG_ERR_NUMERIC;
  size_t  n = (size_t)l->n_party;
  journal j = {m, l, syntax, out, calloc(n + 1, sizeof *j.part), NULL};
  j.used = calloc(n * LEDGER_ACCOUNT_COUNT + 1, KIND_COUNT + 1);
  if (j.part && j.used) {
    report_party_parts(m, j.part);
    find_used(&j);
    put_title(&j, title);
    put_accounts(&j);
    for (int32_t p = 0; p < l->n_party; p++) put_opening(&j, p);
    for (int32_t t = 0; t < l->n_month; t++) put_month(&j, t);
  }
  sg_err err = j.part && j.used && !out->failed ? SG_OK : SG_ERR_MEMORY;
  free(j.part);
  free(j.used);
  return err;
}
