// Bins: quantiles of any number of values in fixed memory, independent of the order in which they came.
//
// Integer counts in logarithmic bins, 32 to an octave, both signs and zero. Inside a bin the values are taken to be
// spread evenly, so that a quantile read from them errs by less than 1/32 of its value (one bin; far less where values
// are smooth), by less than `least` near zero, and never leaves [least, greatest], which are kept exactly. Sums are
// integers of a stated quantum, so means too are the same for any number of workers.
//
// The edges of the bins are numbers of six significant bits, aligned so that `layout.least` lies in the first one.
//
// Special values: NaN is not counted at all. An infinite value (a date that never comes) counts in the last bin; a
// quantile that falls there is then infinite, and so is the mean (NaN if both signs occurred). In the sum a value
// counts as at most 2^62 quanta, either way: choose the quantum so that this does not matter (at 0.01 USD: 4.6e16 USD).
#ifndef UNCERTAINTY_BINS_H
#define UNCERTAINTY_BINS_H

#include <stddef.h>
#include <stdint.h>

// One layout serves all cells of a kind of quantity.
typedef struct bins_layout {
  double  least;     // magnitudes below it count as zero in the bins (not in sum, least, greatest); normal, > 0
  double  quantum;   // of the sum; > 0
  int32_t octaves;   // magnitudes up to least * 2^octaves; above: last bin, from its edge to `greatest`; 1 .. 2046
  int32_t sign;      // 1: negative values too; 0: they count as zero in the bins (not in sum, least, greatest)
} bins_layout;

typedef struct bins_cell {   // one quantity, e.g. capacity in one month
  int64_t sum_high, sum_low; // 128-bit two's complement sum of round(value / quantum), halves away from zero
  int64_t n;                 // at most 2^32 - 1
  double  least, greatest;   // +INFINITY, -INFINITY when empty
} bins_cell;

size_t bins_size(const bins_layout *layout);                    // counters of one cell
void   bins_clear(bins_cell *cell, uint32_t *count, const bins_layout *layout);
void   bins_cell_clear(bins_cell *cell);                        // without the counters
void   bins_add(bins_cell *cell, uint32_t *count, const bins_layout *layout, double value);

// Many values at once. The counters of neighbouring bins lie `stride` apart, so that those of many cells can be kept bin by
// bin: cells whose values are near each other, such as the months of a quantity, then raise counters in the same lines
// of the cache. All counters zero: nothing has been added.
void   bins_add_all(bins_cell *cell, uint32_t *count, size_t stride, const bins_layout *layout, const double *value, size_t n);

// Afterwards `into` is as if every value of `from` had been added to it. Both must have the same layout; no aliasing.
void   bins_merge(bins_cell *into, uint32_t *into_count, const bins_cell *from, const uint32_t *from_count,
                  const bins_layout *layout);
double bins_mean(const bins_cell *cell, const bins_layout *layout);               // NaN when empty

// The value of rank p (n - 1) among the n sorted values, linear between neighbours (Hyndman & Fan 1996, definition 7).
// p is cut to [0, 1]; never falls as p rises; p = 0 and p = 1 give least and greatest exactly. NaN when empty.
double bins_quantile(const bins_cell *cell, const uint32_t *count, const bins_layout *layout, double p);
// Several in one pass, of counters `stride` apart. p: (n) rising; out: (n).
void   bins_quantiles(const bins_cell *cell, const uint32_t *count, size_t stride, const bins_layout *layout, const double *p, size_t n,
                      double *out);

#endif
