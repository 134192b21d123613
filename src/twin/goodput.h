// Goodput of the twin: what of the GPUs that training holds is progress, by size, age, rack and practice.
//
// Made once when a programme is loaded: the factor of age by month, the time until failures are noticed on each kind of
// rack, the best interval between checkpoints. Months evaluate the exact form from them (operations/goodput.h), so that
// whatever is drawn of rack and practice counts.
#ifndef TWIN_GOODPUT_H
#define TWIN_GOODPUT_H

#include "../operations/goodput.h"
#include "parts.h"
#include "state.h"

typedef struct twin_goodput {
  double                   *by_age;  // (n_month) failures over those that mtbf states, by months since delivery
  operations_notice        *notice;  // (n rack)
  operations_interval_table interval;
} twin_goodput;

// How a rack fails: its trays, and the nearest of the two published shapes for all else.
operations_shape twin_goodput_shape(const compute_rack *rack, const compute_accelerator *accelerator);

// Fills m->goodput. Errors: RANGE (a practice leaves no tray of a rack to training), MEMORY.
sg_err twin_make_goodput(twin_load *load);

// What a training run meets on so many GPUs of the campuses on[i] (n > 0), of this month: gpus[i] of each.
void twin_goodput_run(const twin_state *s, const int32_t *on, const double *gpus, int32_t n, operations_run *out);

// Share of each GPU of a campus that training may hold.
double twin_goodput_held_frac(const twin_state *s, int32_t campus);

#endif
