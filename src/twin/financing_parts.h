// What the files of the financing share. Internal to financing*.c.
#ifndef TWIN_FINANCING_PARTS_H
#define TWIN_FINANCING_PARTS_H

#include <stdbool.h>

#include "financing.h"

// What is being filled: one campus, its borrower, and arrays of one double a month.
typedef struct financing_fill {
  const twin_state *s;
  arena            *a;
  int32_t           n, at;  // months; 2 * campus + variant
  twin_financing   *f;
  int32_t           most;   // flows that there is room for
  bool              failed; // memory
} financing_fill;

static inline double financing_usd(int64_t cents) { return (double)cents / 100; }

static inline const twin_campus_month *financing_campus(const twin_state *s, int32_t campus, int32_t t) {
  return (const twin_campus_month *)(const void *)twin_record_at(s->record + (size_t)t * s->m->record, s->m, SCOPE_CAMPUS, campus);
}

static inline const twin_programme_month *financing_programme(const twin_state *s, int32_t t) {
  return (const twin_programme_month *)(const void *)(s->record + (size_t)t * s->m->record);
}

double *financing_series(financing_fill *b);  // (n) zeros; sets `failed`
void    financing_flows(financing_fill *b, int32_t *cost_of_racks, int32_t *cost_of_construction, int32_t *cost_of_generation);

#endif
