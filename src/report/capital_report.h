// Capital: one scenario as lenders and sponsors read it: statements of every party, loans, sources and uses, returns; on a
// terminal, as JSON (schema stargate.capital/1), or as a journal.
#ifndef REPORT_CAPITAL_REPORT_H
#define REPORT_CAPITAL_REPORT_H

#include "../twin/model.h"
#include "page.h"

typedef struct report_capital report_capital;  // a finished scenario and its months

// Runs scenario k of the ensemble with this seed, or with k = -1 the base case: every uncertain input at its median, no
// shocks, markets at their level, money and supplies scarce as stated. The model must outlive *out. Errors: SG_ERR_MEMORY,
// SG_ERR_RANGE: k.
sg_err report_capital_run(const twin_model *m, uint64_t seed, int64_t k, report_capital **out);
void   report_capital_free(report_capital *c);  // NULL is fine

// Errors: SG_ERR_MEMORY; SG_ERR_NUMERIC: the books do not balance (an amount beyond what they can hold).
sg_err report_capital_text(const report_capital *c, sg_style style, text_buffer *out);
sg_err report_capital_json(const report_capital *c, text_buffer *out);
sg_err report_capital_journal(const report_capital *c, sg_journal_syntax syntax, text_buffer *out);

#endif
