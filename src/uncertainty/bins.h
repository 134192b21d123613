// Bins: quantiles of any number of values in fixed memory, independent of the order in which they came.
//
// Integer counts in logarithmic bins, 32 to an octave, both signs and zero; a quantile read from them errs by at most
// 1/64 of its value (half a bin), and never leaves [least, greatest], which are kept exactly. Sums are integers of a
// stated quantum, so means too are the same for any number of workers.
#ifndef UNCERTAINTY_BINS_H
#define UNCERTAINTY_BINS_H

#include <stddef.h>
#include <stdint.h>

// One layout serves all cells of a kind of quantity.
typedef struct bins_layout {
  double  least;     // magnitudes below it count as zero in the bins (not in sum, least, greatest)
  double  quantum;   // of the sum
  int32_t octaves;   // magnitudes up to least * 2^octaves; above: last bin
  int32_t sign;      // 1: negative values too
} bins_layout;

typedef struct bins_cell {   // one quantity, e.g. capacity in one month
  int64_t sum_high, sum_low; // 128-bit sum of round(value / quantum)
  int64_t n;
  double  least, greatest;
} bins_cell;

size_t bins_size(const bins_layout *layout);                    // counters of one cell
void   bins_clear(bins_cell *cell, uint32_t *count, const bins_layout *layout);
void   bins_add(bins_cell *cell, uint32_t *count, const bins_layout *layout, double value);
void   bins_merge(bins_cell *into, uint32_t *into_count, const bins_cell *from, const uint32_t *from_count, const bins_layout *layout);
double bins_mean(const bins_cell *cell, const bins_layout *layout);               // NaN when empty
double bins_quantile(const bins_cell *cell, const uint32_t *count, const bins_layout *layout, double p);  // NaN when empty

#endif
