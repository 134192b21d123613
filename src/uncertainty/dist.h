// Distributions by their inverse: value = quantile(u). Drawn by inversion, so correlation is on the normal scale.
#ifndef UNCERTAINTY_DIST_H
#define UNCERTAINTY_DIST_H

#include <stdbool.h>
#include <stdint.h>

typedef enum dist_kind {
  DIST_CONSTANT,    // a
  DIST_NORMAL,      // mean a, sd b
  DIST_LOGNORMAL,   // c + exp(a + b z); c: shift
  DIST_UNIFORM,     // a .. b
  DIST_TRIANGULAR,  // low a, mode b, high c
  DIST_BOUNDED,     // of a fraction or bounded number: piecewise linear through (0,a) (0.05,b) (0.95,c) (1,d)
  DIST_WEIBULL,     // scale a, shape b
  DIST_EXPONENTIAL, // mean a
  DIST_BETA,        // shapes a, b on c .. d
  DIST_PARETO,      // scale a, tail index b
  DIST_EVENT,       // 1 with probability a, else 0
  DIST_TABLE,       // empirical: n values with equal weight, sorted, linear between
  DIST_MIXTURE      // n (weight, dist) pairs: weights in table, components in mix
} dist_kind;

typedef struct dist {
  dist_kind kind;
  double    a, b, c, d;
  int32_t   first, n;  // slots of the table (TABLE: values) or components of the mixture
} dist;

// What TABLE and MIXTURE point into; owned by whoever compiled the model.
typedef struct dist_pool {
  const double *value;      // TABLE: sorted values
  const double *weight;     // MIXTURE: weights that sum to 1, by component slot
  const dist   *component;  // MIXTURE: no nested mixtures
} dist_pool;

// `a to b`: 5th to 95th percentile. Of a positive quantity: lognormal; of a number in [low, high] with both finite:
// bounded (mass between the bounds and the percentiles); of a date: lognormal shifted to 2 (b - a) / 3 before a... see
// docs/model.md#ranges. False: impossible (a >= b, outside the bounds).
typedef enum dist_scale { DIST_SCALE_POSITIVE, DIST_SCALE_BOUNDED, DIST_SCALE_DATE, DIST_SCALE_REAL } dist_scale;
bool dist_from_range(double p5, double p95, dist_scale scale, double low, double high, dist *out);

double dist_quantile(const dist *d, const dist_pool *pool, double u);    // 0 < u < 1
double dist_of_normal(const dist *d, const dist_pool *pool, double z);   // quantile(Phi(z)); direct where it can be
double dist_median(const dist *d, const dist_pool *pool);
double dist_mean(const dist *d, const dist_pool *pool);
void   dist_support(const dist *d, const dist_pool *pool, double *low, double *high);  // may be infinite

double normal_cdf(double z);
double normal_quantile(double p);  // Wichura AS 241, relative error about 1e-16
double beta_quantile(double p, double a, double b);

#endif
