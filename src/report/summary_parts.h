// Inside of the summary: its sections. Not for other files.
#ifndef REPORT_SUMMARY_PARTS_H
#define REPORT_SUMMARY_PARTS_H

#include "summary.h"

typedef struct summary {
  page                 p;
  const twin_ensemble *e;
  const twin_model    *m;
  int32_t              date[4];  // months that the tables show: year-ends about 1, 2 and 4 years on, and the last one
  int32_t              n_date;
} summary;

void summary_promises(const summary *s);
void summary_money(const summary *s);
void summary_power(const summary *s);
void summary_compute(const summary *s);
void summary_parties(const summary *s);
void summary_breaks(const summary *s);
void summary_joint(const summary *s);

#endif
