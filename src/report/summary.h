// Summary of a run for a terminal: promises first, then money, power, compute, who wins and who loses, what breaks first,
// and the odds of being on time and within budget.
#ifndef REPORT_SUMMARY_H
#define REPORT_SUMMARY_H

#include "../twin/ensemble.h"
#include "page.h"

bool report_summary(const twin_ensemble *e, sg_style style, text_buffer *out);  // false: out of memory

#endif
