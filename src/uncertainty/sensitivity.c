#include "sensitivity.h"

#include <math.h>
#include <string.h>

#define NONE        ((double)NAN)  // the C library's is a float
#define MOST_QUANTA 2147483647.0

__extension__ typedef __int128 wide;

// Upper ends of the first nine deciles of the standard normal.
// Source: Fisher, Statistical Methods for Research Workers (1925), table I; digits from normal_quantile (AS 241).
static const double decile_end[SENSITIVITY_DECILES - 1] = {
    -1.2815515655446004, -0.8416212335729143, -0.5244005127080407, -0.2533471031357997, 0.0,
    0.2533471031357997,  0.5244005127080407,  0.8416212335729143,  1.2815515655446004};

// 95th percentile of chi-square with 9 degrees of freedom. Source: Abramowitz & Stegun (1964), table 26.8.
#define CHI_SQUARE_9_95 16.919

static int32_t decile_of(double z) {
  int32_t decile = 0;
  for (int i = 0; i < SENSITIVITY_DECILES - 1; i++) decile += z >= decile_end[i];
  return decile;
}

// ---- Memory ---------------------------------------------------------------------------------------------

size_t sensitivity_bytes(int32_t n_input, int32_t n_outcome) {
  if (n_input < 0 || n_outcome < 0) return 0;
  size_t rows, cells, wide_cells, bytes, narrow;
  if (__builtin_mul_overflow((size_t)n_input, (size_t)SENSITIVITY_DECILES, &rows)) return 0;
  if (__builtin_mul_overflow(rows, (size_t)n_outcome, &cells)) return 0;
  if (__builtin_add_overflow(cells, 4 * (size_t)n_outcome, &wide_cells)) return 0;  // total, two squares, q
  if (__builtin_mul_overflow(wide_cells, sizeof(int64_t), &bytes)) return 0;
  if (__builtin_mul_overflow(cells + (size_t)n_outcome, sizeof(uint32_t), &narrow)) return 0;
  if (__builtin_add_overflow(bytes, narrow, &bytes)) return 0;
  return bytes ? bytes : sizeof(int64_t);
}

void sensitivity_init(sensitivity *s, void *memory, int32_t n_input, int32_t n_outcome,
                      const sensitivity_scale *scale) {
  memset(memory, 0, sensitivity_bytes(n_input, n_outcome));
  const size_t o = (size_t)n_outcome, cells = (size_t)n_input * SENSITIVITY_DECILES * o;
  *s = (sensitivity){.n_input = n_input, .n_outcome = n_outcome, .scale = scale, .sum = memory};
  s->total = s->sum + cells;
  s->square_low = s->total + o;
  s->square_high = s->square_low + o;
  s->q = s->square_high + o;
  s->n = (uint32_t *)(void *)(s->q + o);
  s->present = s->n + cells;
}

// ---- Adding ---------------------------------------------------------------------------------------------

// Halves away from zero, saturated. value is no NaN.
static int64_t quanta_of(sensitivity_scale scale, double value) {
  const double q = (value - scale.origin) / scale.quantum;
  return (int64_t)round(fmin(fmax(q, -MOST_QUANTA), MOST_QUANTA));
}

void sensitivity_add(sensitivity *s, const double *z, const double *outcome) {
  const size_t n_outcome = (size_t)s->n_outcome;
  for (size_t o = 0; o < n_outcome; o++) {
    s->present[o] = isnan(outcome[o]) ? 0U : 1U;
    s->q[o] = s->present[o] ? quanta_of(s->scale[o], outcome[o]) : 0;
    const uint64_t square = (uint64_t)(s->q[o] * s->q[o]);
    s->total[o] += s->q[o];
    s->square_low[o] += (int64_t)(square & UINT32_MAX);
    s->square_high[o] += (int64_t)(square >> 32);
  }
  for (size_t i = 0; i < (size_t)s->n_input; i++) {
    const size_t row = (i * SENSITIVITY_DECILES + (size_t)decile_of(z[i])) * n_outcome;
    int64_t     *sum = s->sum + row;
    uint32_t    *n = s->n + row;
    for (size_t o = 0; o < n_outcome; o++) sum[o] += s->q[o];
    for (size_t o = 0; o < n_outcome; o++) n[o] += s->present[o];
  }
}

void sensitivity_merge(sensitivity *into, const sensitivity *from) {
  const size_t n_outcome = (size_t)into->n_outcome, cells = (size_t)into->n_input * SENSITIVITY_DECILES * n_outcome;
  for (size_t c = 0; c < cells; c++) into->sum[c] += from->sum[c];
  for (size_t c = 0; c < cells; c++) into->n[c] += from->n[c];
  for (size_t o = 0; o < n_outcome; o++) {
    into->total[o] += from->total[o];
    into->square_low[o] += from->square_low[o];
    into->square_high[o] += from->square_high[o];
  }
}

// ---- Reading --------------------------------------------------------------------------------------------

// n^2 times the variance of q, exactly: n sum(q^2) - sum(q)^2, below 2^126.
static wide spread_of(const sensitivity *s, size_t outcome, int64_t n) {
  const wide square = (wide)s->square_high[outcome] * ((wide)1 << 32) + s->square_low[outcome];
  return n * square - (wide)s->total[outcome] * s->total[outcome];
}

sensitivity_effect sensitivity_of(const sensitivity *s, int32_t input, int32_t outcome) {
  const sensitivity_effect none = {NONE, NONE, NONE, NONE, NONE};
  const size_t             o = (size_t)outcome, stride = (size_t)s->n_outcome;
  const size_t             first = (size_t)input * SENSITIVITY_DECILES * stride + o;
  double                   mean[SENSITIVITY_DECILES], weight[SENSITIVITY_DECILES];
  int64_t                  n = 0, moment = 0;
  for (int d = 0; d < SENSITIVITY_DECILES; d++) {
    const size_t cell = first + (size_t)d * stride;
    n += s->n[cell];
    moment += (int64_t)d * s->n[cell];
    weight[d] = (double)s->n[cell];
    mean[d] = s->n[cell] ? (double)s->sum[cell] / weight[d] : 0.0;
  }
  if (n <= SENSITIVITY_DECILES) return none;
  const wide spread = spread_of(s, o, n);
  if (spread <= 0) return none;

  // Sums of squares around the means: all, between deciles; of the decile numbers; and the product of the two.
  const double centre = (double)s->total[o] / (double)n, centre_d = (double)moment / (double)n;
  const double all = (double)spread / (double)n;
  double       between = 0.0, deciles = 0.0, product = 0.0;
  for (int d = 0; d < SENSITIVITY_DECILES; d++) {
    between += weight[d] * (mean[d] - centre) * (mean[d] - centre);
    deciles += weight[d] * (d - centre_d) * (d - centre_d);
    product += weight[d] * (d - centre_d) * (mean[d] - centre);
  }

  // Kelley's epsilon squared: ten means stand apart by chance too; what remains may be below zero and is cut there.
  const double            ratio = fmin(between / all, 1.0), loose = (double)(n - 1) / (double)(n - SENSITIVITY_DECILES);
  const double            trend = deciles > 0.0 ? product / sqrt(deciles * all) : 0.0;
  const sensitivity_scale scale = s->scale[o];
  const size_t            top = first + (SENSITIVITY_DECILES - 1) * stride;
  return (sensitivity_effect){
      .share_frac = fmax(1.0 - loose * (1.0 - ratio), 0.0),
      .noise_frac = fmax(1.0 - loose * (1.0 - CHI_SQUARE_9_95 / (double)n), 0.0),
      .trend = fmin(fmax(trend, -1.0), 1.0),
      .low = s->n[first] ? scale.origin + mean[0] * scale.quantum : NONE,
      .high = s->n[top] ? scale.origin + mean[SENSITIVITY_DECILES - 1] * scale.quantum : NONE,
  };
}
