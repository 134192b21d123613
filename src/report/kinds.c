// Kinds of transaction: one row each.
#include "kinds.h"

#include <stddef.h>

#include "../twin/model.h"

typedef struct kind_row {
  int32_t        kind;
  const char    *word;
  report_section section;
} kind_row;

// In the order of statements: what comes in, what goes out, capital, debt, equity, affairs beside the programme.
static const kind_row rows[] = {
    {KIND_SALES,        "sales",                REPORT_OPERATING},
    {KIND_COMPUTE,      "compute",              REPORT_OPERATING},
    {KIND_LEASE,        "lease",                REPORT_OPERATING},
    {KIND_RELET,        "re-letting",           REPORT_OPERATING},
    {KIND_DAMAGES,      "damages",              REPORT_OPERATING},
    {KIND_SERVICE_COST, "service cost",         REPORT_OPERATING},
    {KIND_ENERGY,       "energy",               REPORT_OPERATING},
    {KIND_FUEL,         "fuel",                 REPORT_OPERATING},
    {KIND_OPEX,         "operation",            REPORT_OPERATING},
    {KIND_TAX,          "tax",                  REPORT_OPERATING},
    {KIND_EARNED,       "interest received",    REPORT_OPERATING},
    {KIND_CONSTRUCTION, "construction",         REPORT_INVESTING},
    {KIND_GENERATION,   "generation",           REPORT_INVESTING},
    {KIND_RACKS,        "racks",                REPORT_INVESTING},
    {KIND_PURCHASE,     "purchase",             REPORT_INVESTING},
    {KIND_DEPRECIATION, "depreciation",         REPORT_INVESTING},
    {KIND_DRAW,         "loan draws",           REPORT_FINANCING},
    {KIND_CAPITALISED,  "interest capitalised", REPORT_FINANCING},
    {KIND_INTEREST,     "interest",             REPORT_FINANCING},
    {KIND_PRINCIPAL,    "principal",            REPORT_FINANCING},
    {KIND_EQUITY,       "equity",               REPORT_FINANCING},
    {KIND_DISTRIBUTION, "distributions",        REPORT_FINANCING},
    {KIND_INCOME,       "other income",         REPORT_OWN      },
    {KIND_OUTGO,        "other outgo",          REPORT_OWN      },
    {KIND_ASSET_SALE,   "asset sale",           REPORT_OWN      },
    {KIND_ASSET_LOSS,   "asset loss",           REPORT_OWN      },
    {KIND_REVALUATION,  "revaluation",          REPORT_OWN      },
    {KIND_FOUNDING,     "founding",             REPORT_OWN      },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static const kind_row *row_of(int32_t kind) {
  for (size_t i = 0; i < ROWS; i++)
    if (rows[i].kind == kind) return &rows[i];
  return NULL;
}

const char *report_kind_word(int32_t kind) { return row_of(kind) ? row_of(kind)->word : "other"; }

report_section report_kind_section(int32_t kind) { return row_of(kind) ? row_of(kind)->section : REPORT_OPERATING; }

int32_t report_kind_ordered(int32_t place) {
  if (place < ROWS) return rows[place].kind;
  int32_t rest = place - ROWS;  // kinds without a row come last
  for (int32_t kind = 0; kind < KIND_COUNT; kind++)
    if (!row_of(kind) && rest-- == 0) return kind;
  return -1;
}
