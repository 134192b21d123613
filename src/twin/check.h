// Check: what a programme contradicts in itself, what even its plan misses, what it assumes.
#ifndef TWIN_CHECK_H
#define TWIN_CHECK_H

#include "model.h"

enum { TWIN_FINDINGS_MAX = 200 };

typedef enum twin_finding_kind {
  FINDING_MISSED_BY_PLAN,  // a promise that the plan run misses
  FINDING_BEYOND_DESIGN,   // a promise of more than everything planned can ever give
  FINDING_UNFUNDED,        // shares given out, pledges short of the total
  FINDING_READING,         // the same words read by another metric come out differently
  FINDING_TOTALS           // statements about one total that differ
} twin_finding_kind;

typedef struct twin_finding {
  twin_finding_kind kind;
  int32_t           contradiction;  // 1: counts for the exit status; 0: worth knowing
  char              about[96];      // id of the promise or contract
  char              text[400];      // one or two sentences with figures
} twin_finding;

typedef struct twin_findings {
  int32_t      n, n_contradictions;
  twin_finding item[TWIN_FINDINGS_MAX];
} twin_findings;

void twin_check(const twin_model *m, twin_findings *out);

// Month in which a reading of a promise (its series, or the other one) first holds in a record (n_month x m->record);
// n_month: never. One that sets a limit holds at its date or not at all.
int32_t twin_reading_within(const twin_model *m, const twin_promise_rule *rule, int32_t series, const double *record,
                            int32_t n);  // of which only the first n months have been simulated
static inline int32_t twin_reading_month(const twin_model *m, const twin_promise_rule *rule, int32_t series, const double *record) {
  return twin_reading_within(m, rule, series, record, m->n_month);
}

// Values without a source, or whose source says that it is an assumption, by path: indices into m->p.value; returns how many there are (writes at most n).
int32_t twin_assumptions(const twin_model *m, int32_t *out, int32_t n);

#endif
