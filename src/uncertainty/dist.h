// Distributions by their inverse: value = quantile(u). Drawn by inversion, so correlation is on the normal scale.
//
// All functions are pure and safe in any number of threads. The quantile never falls as u rises.
#ifndef UNCERTAINTY_DIST_H
#define UNCERTAINTY_DIST_H

#include <stdbool.h>
#include <stdint.h>

typedef enum dist_kind {
  DIST_CONSTANT,    // a
  DIST_NORMAL,      // mean a, sd b >= 0
  DIST_LOGNORMAL,   // c + exp(a + b z), b >= 0; c: shift
  DIST_UNIFORM,     // a .. b
  DIST_TRIANGULAR,  // low a, mode b, high c
  DIST_BOUNDED,     // of a fraction or bounded number: piecewise linear through (0,a) (0.05,b) (0.95,c) (1,d)
  DIST_WEIBULL,     // scale a > 0, shape b > 0
  DIST_EXPONENTIAL, // mean a > 0
  DIST_BETA,        // shapes a, b > 0 on c .. d; x or u right to about 1e-12 (relative) for shapes up to 1000
  DIST_PARETO,      // scale a > 0, tail index b > 0
  DIST_EVENT,       // 1 with probability a, else 0; 1 for the greatest u
  DIST_TABLE,       // empirical: n values with equal weight, sorted, linear between: value i (from 0) stands at
                    // u = (i + 1/2) / n, so the mean is the table's (Hyndman & Fan 1996, definition 5)
  DIST_MIXTURE      // n (weight, dist) pairs: weights in pool.weight, components in pool.component
} dist_kind;

typedef struct dist {
  dist_kind kind;
  double    a, b, c, d;
  int32_t   first, n;  // slots of the table (TABLE: values) or components of the mixture
} dist;

// What TABLE and MIXTURE point into; owned by whoever compiled the model. May be NULL for all other kinds.
typedef struct dist_pool {
  const double *value;      // TABLE: sorted values
  const double *weight;     // MIXTURE: weights that sum to 1, by component slot
  const dist   *component;  // MIXTURE: no nested mixtures
} dist_pool;

// `p5 to p95`: 5th to 95th percentile, both met exactly (to rounding). See docs/model.md#ranges.
//   POSITIVE  lognormal: a = (ln p5 + ln p95) / 2, b = (ln p95 - ln p5) / (2 * 1.64485...); needs p5 > 0
//   BOUNDED   DIST_BOUNDED through low, p5, p95, high: a tenth of the mass lies between the bounds and the percentiles
//   DATE      lognormal from an origin one width of the range before p5: c = p5 - (p95 - p5). Dates slip more than they
//             gain: the median lies 41 % into the range, p99 at 1.31 widths after p5, p1 at 0.13 widths before it, and
//             nothing before c
//   REAL      normal
// low, high: allowed range of the percentiles; infinite or NaN: no such bound; low >= high (dates write 0, 0): none.
// Only BOUNDED keeps every value inside them. False, *out untouched: not finite, p5 >= p95, outside the bounds,
// POSITIVE with p5 <= 0, BOUNDED without two finite bounds.
typedef enum dist_scale { DIST_SCALE_POSITIVE, DIST_SCALE_BOUNDED, DIST_SCALE_DATE, DIST_SCALE_REAL } dist_scale;
bool dist_from_range(double p5, double p95, dist_scale scale, double low, double high, dist *out);

// Parameters finite and in the ranges above, tables sorted, weights summing to 1 (to 1e-9), components no mixtures.
// The functions below expect a valid distribution.
bool dist_valid(const dist *d, const dist_pool *pool);

double dist_quantile(const dist *d, const dist_pool *pool, double u);    // 0 < u < 1
double dist_of_normal(const dist *d, const dist_pool *pool, double z);   // quantile(Phi(z)); direct where it can be
double dist_cdf(const dist *d, const dist_pool *pool, double x);         // probability of a value <= x
double dist_median(const dist *d, const dist_pool *pool);
double dist_mean(const dist *d, const dist_pool *pool);                  // INFINITY: PARETO with b <= 1
void   dist_support(const dist *d, const dist_pool *pool, double *low, double *high);  // may be infinite

double normal_cdf(double z);                           // both tails to full relative precision
double normal_quantile(double p);                      // Wichura AS 241, relative error about 1e-16; 0, 1: -+INFINITY
double beta_cdf(double x, double a, double b);         // regularised incomplete beta I_x(a, b)
double beta_quantile(double p, double a, double b);    // x with I_x(a, b) = p; in [0, 1]

#endif
