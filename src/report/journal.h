// Journal: the books of a finished scenario as plain-text accounting, for hledger or beancount.
//
// One journal holds the books of all parties: each party has accounts of its own ("Assets:Prairie-Compute:Cash"),
// revenue and expense by kind ("Income:Prairie-Compute:Compute"). Each amount that the engine posts becomes one
// transaction in the books of each party that it touches, on the last day of its month, in whole cents; opening
// balances stand on the day before the first month. At the end of each year the cash of every party is asserted, to
// the cent, so that the readers check the engine's balances by themselves. Order: month, leg, party; the same books
// give the same bytes.
#ifndef REPORT_JOURNAL_H
#define REPORT_JOURNAL_H

#include "../../include/stargate.h"
#include "../base/text.h"
#include "../capital/ledger.h"
#include "../twin/model.h"

// Adds the journal to *out. l: books of a scenario of m. title: one line. Errors: SG_ERR_MEMORY; SG_ERR_NUMERIC: a
// posting was refused (ledger.error).
sg_err report_journal(const twin_model *m, const ledger *l, const char *title, sg_journal_syntax syntax,
                      text_buffer *out);

// Names of the parties as parts of account names: ASCII, capitalised, without blanks, no two alike ("Prairie-Compute").
enum { REPORT_ACCOUNT_PART = 48 };
typedef char report_part[REPORT_ACCOUNT_PART];
void         report_party_parts(const twin_model *m, report_part *out);  // (n party)

// Full name of an account: kind counts for revenue and expense only.
enum { REPORT_ACCOUNT_NAME = 128 };
void report_account_name(const char *party, int32_t account, int32_t kind, char out[REPORT_ACCOUNT_NAME]);

#endif
