#include "bins.h"

#include <math.h>
#include <string.h>

#define INF  ((double)INFINITY)  // the C library's are floats
#define NONE ((double)NAN)

enum { BINS_PER_OCTAVE = 32, MANTISSA_CUT = 52 - 5 };  // exponent and 5 bits of mantissa: 32 steps to an octave

__extension__ typedef __int128 wide;

// Position of a magnitude on the scale of edges: the leading bits of its IEEE 754 form, which order as numbers do.
static inline int64_t step_of(double magnitude) {
  uint64_t bits;
  memcpy(&bits, &magnitude, sizeof bits);
  return (int64_t)(bits >> MANTISSA_CUT);
}

static double edge_of(int64_t step) {
  const uint64_t bits = (uint64_t)step << MANTISSA_CUT;
  double         magnitude;
  memcpy(&magnitude, &bits, sizeof magnitude);
  return magnitude;
}

// Bins of one sign: octaves * 32 regular ones and the last.
static inline int64_t side_size(const bins_layout *layout) { return (int64_t)layout->octaves * BINS_PER_OCTAVE + 1; }

// Slot of zero. Slots rise with the values: negative bins (last one first), zero, positive bins.
static inline int64_t zero_slot(const bins_layout *layout) { return layout->sign ? side_size(layout) : 0; }

size_t bins_size(const bins_layout *layout) { return (size_t)(zero_slot(layout) + 1 + side_size(layout)); }

void bins_clear(bins_cell *cell, uint32_t *count, const bins_layout *layout) {
  *cell = (bins_cell){.least = INF, .greatest = -INF};
  memset(count, 0, bins_size(layout) * sizeof *count);
}

static inline wide sum_of(const bins_cell *cell) {
  return (wide)cell->sum_high * ((wide)1 << 64) + (uint64_t)cell->sum_low;
}

static inline void sum_add(bins_cell *cell, wide more) {
  const wide sum = sum_of(cell) + more;
  cell->sum_high = (int64_t)(sum >> 64);
  cell->sum_low = (int64_t)(uint64_t)sum;
}

// round(value / quantum), saturated; value is no NaN.
static inline int64_t quanta_of(double value, double quantum) {
  const double q = value / quantum;
  if (fabs(q) < 0x1p52) return (int64_t)(q + copysign(0.5, q));
  if (fabs(q) < 0x1p62) return (int64_t)q;  // already whole
  return q > 0.0 ? (int64_t)1 << 62 : -((int64_t)1 << 62);
}

static inline int64_t slot_of(const bins_layout *layout, double value) {
  const double  magnitude = fabs(value);
  const int64_t zero = zero_slot(layout), last = side_size(layout) - 1;
  if (magnitude < layout->least || (value < 0.0 && !layout->sign)) return zero;
  int64_t k = step_of(magnitude) - step_of(layout->least);
  k = k < last ? k : last;
  return value < 0.0 ? zero - 1 - k : zero + 1 + k;
}

void bins_place(bins_cell *cell, uint32_t *count, const bins_layout *layout, const double *value, size_t n,
                bins_batch *out) {
  double  least = cell->least, greatest = cell->greatest;
  wide    sum = 0;
  int32_t added = 0;
  for (size_t i = 0; i < n; i++) {
    const double v = value[i] + 0.0;  // -0 becomes 0, else least and greatest would depend on the order
    if (isnan(v)) continue;
    out->slot[added] = count + slot_of(layout, v);
    __builtin_prefetch(out->slot[added++], 1);
    least = v < least ? v : least;
    greatest = v > greatest ? v : greatest;
    if (v != 0.0) sum += quanta_of(v, layout->quantum);
  }
  sum_add(cell, sum);
  cell->n += added;
  cell->least = least;
  cell->greatest = greatest;
  out->n = added;
  out->by = 1;
}

void bins_place_zeros(bins_cell *cell, uint32_t *count, const bins_layout *layout, size_t n, bins_batch *out) {
  out->slot[0] = count + zero_slot(layout);
  out->n = 1;
  out->by = (uint32_t)n;
  __builtin_prefetch(out->slot[0], 1);
  cell->n += (int64_t)n;
  cell->least = cell->least < 0.0 ? cell->least : 0.0;
  cell->greatest = cell->greatest > 0.0 ? cell->greatest : 0.0;
}

void bins_raise(const bins_batch *batch) {
  for (int32_t i = 0; i < batch->n; i++) *batch->slot[i] += batch->by;
}

void bins_add_all(bins_cell *cell, uint32_t *count, const bins_layout *layout, const double *value, size_t n) {
  bins_batch batch;
  for (size_t i = 0; i < n; i += BINS_BATCH) {
    bins_place(cell, count, layout, value + i, n - i < BINS_BATCH ? n - i : BINS_BATCH, &batch);
    bins_raise(&batch);
  }
}

void bins_add(bins_cell *cell, uint32_t *count, const bins_layout *layout, double value) {
  bins_add_all(cell, count, layout, &value, 1);
}

void bins_merge(bins_cell *into, uint32_t *into_count, const bins_cell *from, const uint32_t *from_count,
                const bins_layout *layout) {
  const size_t size = bins_size(layout);
  for (size_t i = 0; i < size; i++) into_count[i] += from_count[i];
  sum_add(into, sum_of(from));
  into->n += from->n;
  into->least = from->least < into->least ? from->least : into->least;
  into->greatest = from->greatest > into->greatest ? from->greatest : into->greatest;
}

double bins_mean(const bins_cell *cell, const bins_layout *layout) {
  if (cell->n == 0) return NONE;
  const double low = isinf(cell->least) ? cell->least : 0.0, high = isinf(cell->greatest) ? cell->greatest : 0.0;
  if (low != 0.0 || high != 0.0) return low + high;
  return (double)sum_of(cell) / (double)cell->n * layout->quantum;
}

// ---- Quantiles ------------------------------------------------------------------------------------------

// Ends of the values that slot may hold. The last bins reach as far as the values did.
static void slot_ends(const bins_cell *cell, const bins_layout *layout, int64_t slot, double *low, double *high) {
  const int64_t at = slot - zero_slot(layout), last = side_size(layout) - 1;
  *low = *high = 0.0;
  if (at == 0) return;
  const int64_t k = (at > 0 ? at : -at) - 1, step = step_of(layout->least) + k;
  const double  inner = edge_of(step), outer = k < last ? edge_of(step + 1) : INF;
  *low = at > 0 ? inner : -outer;
  *high = at > 0 ? outer : -inner;
  if (k == last && at > 0) *high = cell->greatest;
  if (k == last && at < 0) *low = cell->least;
}

// The rank-th value (from 0) where `before` values lie in lower slots than this one.
static double ranked(const bins_cell *cell, const uint32_t *count, const bins_layout *layout, int64_t slot,
                     int64_t before, int64_t rank) {
  if (rank == 0) return cell->least;
  if (rank == cell->n - 1) return cell->greatest;
  double low, high;
  slot_ends(cell, layout, slot, &low, &high);
  if (isinf(low) || isinf(high)) return isinf(low) ? low : high;
  const double share = ((double)(rank - before) + 0.5) / count[slot];
  return fmin(fmax(low * (1.0 - share) + high * share, cell->least), cell->greatest);
}

double bins_quantile(const bins_cell *cell, const uint32_t *count, const bins_layout *layout, double p) {
  if (cell->n == 0 || isnan(p)) return NONE;
  const double  at = fmin(fmax(p, 0.0), 1.0) * (double)(cell->n - 1);
  const int64_t rank = (int64_t)at;
  const double  between = at - (double)rank;
  int64_t       slot = 0, before = 0;
  while (before + count[slot] <= rank) before += count[slot++];
  const double below = ranked(cell, count, layout, slot, before, rank);
  if (between == 0.0) return below;
  while (before + count[slot] <= rank + 1) before += count[slot++];
  const double above = ranked(cell, count, layout, slot, before, rank + 1);
  if (below == above || isinf(below) || isinf(above)) return isinf(below) ? below : above;
  return below + (above - below) * between;
}
