// Kinds of transaction, as statements and journals name and group them.
#ifndef REPORT_KINDS_H
#define REPORT_KINDS_H

#include <stdint.h>

#include "../capital/ledger.h"

// Sections of a cash flow statement. OWN: a party's affairs beside the programme.
#define REPORT_SECTIONS(X)                                 \
  X(REPORT_OPERATING, "operating", "Cash from operation")  \
  X(REPORT_INVESTING, "investing", "Cash from investment") \
  X(REPORT_FINANCING, "financing", "Cash from financing")  \
  X(REPORT_OWN, "own", "Cash from affairs beside the programme")
#define REPORT_SECTION_ENUM(code, key, label) code,
typedef enum report_section { REPORT_SECTIONS(REPORT_SECTION_ENUM) REPORT_SECTION_COUNT } report_section;
#undef REPORT_SECTION_ENUM

const char    *report_kind_word(int32_t kind);      // "asset sale": of a twin_kind; "other" where it has none
report_section report_kind_section(int32_t kind);   // of its cash
int32_t        report_kind_ordered(int32_t place);  // kinds in the order of statements; place: 0 .. KIND_COUNT - 1

// Whether an account's amounts tell by kind in statements: revenue and expense.
static inline int report_by_kind(int32_t account) { return account == LEDGER_REVENUE || account == LEDGER_EXPENSE; }

#endif
