#include "bins.h"

#include <math.h>
#include <stdbool.h>
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

void bins_cell_clear(bins_cell *cell) { *cell = (bins_cell){.least = INF, .greatest = -INF}; }

void bins_clear(bins_cell *cell, uint32_t *count, const bins_layout *layout) {
  bins_cell_clear(cell);
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

// What of a layout places a value.
typedef struct scale {
  double  least;
  int64_t below, last, zero;  // step before that of `least`; bins of a side; slot of zero
  int64_t down;               // -1: negative values have bins; 0: they count as zero
} scale;

static inline scale scale_of(const bins_layout *layout) {
  return (scale){layout->least, step_of(layout->least) - 1, side_size(layout), zero_slot(layout), layout->sign ? -1 : 0};
}

// Choices instead of branches: signs and zeros come as they please.
static inline int64_t slot_of(const scale *at, double value) {
  const double magnitude = fabs(value);
  int64_t      k = step_of(magnitude) - at->below;
  k = k < at->last ? k : at->last;
  k = magnitude < at->least ? 0 : k;
  return at->zero + (value < 0.0 ? k * at->down : k);
}

static bool all_zero(const double *value, size_t n) {
  uint64_t any = 0;
  for (size_t i = 0; i < n; i++) {
    uint64_t bits;
    memcpy(&bits, &value[i], sizeof bits);
    any |= bits;
  }
  return any << 1 == 0;  // the sign alone
}

static void add_zeros(bins_cell *cell, uint32_t *count, size_t stride, const bins_layout *layout, size_t n) {
  count[(size_t)zero_slot(layout) * stride] += (uint32_t)n;
  cell->n += (int64_t)n;
  cell->least = cell->least < 0.0 ? cell->least : 0.0;
  cell->greatest = cell->greatest > 0.0 ? cell->greatest : 0.0;
}

// Any value: no number, or too many quanta to be rounded in passing.
static void add_one(bins_cell *cell, uint32_t *count, size_t stride, const bins_layout *layout, double value) {
  const scale  at = scale_of(layout);
  const double v = value + 0.0;  // -0 becomes 0, else least and greatest would depend on the order
  if (isnan(v)) return;
  ++count[(size_t)slot_of(&at, v) * stride];
  sum_add(cell, quanta_of(v, layout->quantum));
  cell->n++;
  cell->least = v < cell->least ? v : cell->least;
  cell->greatest = v > cell->greatest ? v : cell->greatest;
}

enum { BATCH = 64 };  // values placed before any is counted: their counters lie far apart, and are asked for meanwhile

static void add_batch(bins_cell *cell, uint32_t *count, size_t stride, const bins_layout *layout, const double *value, size_t n) {
  const scale at = scale_of(layout);
  double      least = cell->least, greatest = cell->greatest, v[BATCH], quanta[BATCH];
  int64_t     sum = 0;
  uint32_t   *raise[BATCH];
  int32_t     odd = 0;
  for (size_t i = 0; i < n; i++) {
    v[i] = value[i] + 0.0;
    const double q = v[i] / layout->quantum;
    quanta[i] = q + copysign(0.5, q);
    odd |= !(fabs(quanta[i]) < 0x1p52);
  }
  if (odd) {
    for (size_t i = 0; i < n; i++) add_one(cell, count, stride, layout, value[i]);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    raise[i] = count + (size_t)slot_of(&at, v[i]) * stride;
    __builtin_prefetch(raise[i], 1);
    least = v[i] < least ? v[i] : least;
    greatest = v[i] > greatest ? v[i] : greatest;
    sum += (int64_t)quanta[i];
  }
  for (size_t i = 0; i < n; i++) ++*raise[i];
  sum_add(cell, sum);
  cell->n += (int64_t)n;
  cell->least = least;
  cell->greatest = greatest;
}

void bins_add_all(bins_cell *cell, uint32_t *count, size_t stride, const bins_layout *layout, const double *value, size_t n) {
  for (size_t i = 0; i < n; i += BATCH) {
    const size_t some = n - i < BATCH ? n - i : BATCH;
    if (all_zero(value + i, some)) add_zeros(cell, count, stride, layout, some);  // many quantities are, for years
    else add_batch(cell, count, stride, layout, value + i, some);
  }
}

void bins_add(bins_cell *cell, uint32_t *count, const bins_layout *layout, double value) {
  bins_add_all(cell, count, 1, layout, &value, 1);
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

// The rank-th value (from 0) in a slot of so many values, where `before` values lie in lower slots.
static double ranked(const bins_cell *cell, const bins_layout *layout, int64_t slot, uint32_t in_slot, int64_t before,
                     int64_t rank) {
  if (rank == 0) return cell->least;
  if (rank == cell->n - 1) return cell->greatest;
  double low, high;
  slot_ends(cell, layout, slot, &low, &high);
  if (isinf(low) || isinf(high)) return isinf(low) ? low : high;
  const double share = ((double)(rank - before) + 0.5) / in_slot;
  return fmin(fmax(low * (1.0 - share) + high * share, cell->least), cell->greatest);
}

void bins_quantiles(const bins_cell *cell, const uint32_t *count, size_t stride, const bins_layout *layout, const double *p, size_t n,
                    double *out) {
  const scale     on = scale_of(layout);
  int64_t         slot = cell->n ? slot_of(&on, cell->least) : 0, before = 0;  // below it all are empty
  const uint32_t *in = count + (size_t)slot * stride;
  for (size_t i = 0; i < n; i++) {
    out[i] = cell->n == 0 || isnan(p[i]) ? NONE : cell->least;
    if (isnan(out[i]) || cell->least == cell->greatest) continue;
    const double  at = fmin(fmax(p[i], 0.0), 1.0) * (double)(cell->n - 1);
    const int64_t rank = (int64_t)at;
    const double  between = at - (double)rank;
    for (; before + *in <= rank; in += stride, slot++) before += *in;  // where the last one lay, or further on
    const double below = out[i] = ranked(cell, layout, slot, *in, before, rank);
    if (between == 0.0) continue;
    int64_t         next_slot = slot, next_before = before;
    const uint32_t *next = in;
    for (; next_before + *next <= rank + 1; next += stride, next_slot++) next_before += *next;
    const double above = ranked(cell, layout, next_slot, *next, next_before, rank + 1);
    if (below == above || isinf(below) || isinf(above)) out[i] = isinf(below) ? below : above;
    else out[i] = below + (above - below) * between;
  }
}

double bins_quantile(const bins_cell *cell, const uint32_t *count, const bins_layout *layout, double p) {
  double out;
  bins_quantiles(cell, count, 1, layout, &p, 1, &out);
  return out;
}
