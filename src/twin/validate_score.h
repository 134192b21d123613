// Scores of ensemble forecasts.
#ifndef TWIN_VALIDATE_SCORE_H
#define TWIN_VALIDATE_SCORE_H

#include <stddef.h>

// Sorts ascending, in place.
void score_sort(double *x, size_t n);

// CRPS of n >= 1 sorted members at y: mean|x_i - y| - mean|x_i - x_j| / 2, all n^2 ordered pairs. By sorting:
//   mean|x_i - x_j| / 2 = sum_i (2 i + 1 - n) x_i / n^2
// Source: Gneiting and Raftery, "Strictly proper scoring rules", JASA 102 (2007), eq. 21.
double score_crps(const double *x, size_t n, double y);

// Quantile by linear interpolation between order statistics: position p (n - 1). x sorted, n >= 1.
double score_quantile(const double *x, size_t n, double p);

// Randomised probability integral transform: share below y plus v of the share equal to y; uniform where the forecast is
// calibrated. Source: Czado, Gneiting, Held, "Predictive model assessment for count data", Biometrics 65 (2009).
double score_pit(const double *x, size_t n, double y, double v);

// Greatest distance between the cumulated weights of n_bin equal bins of (0, 1) and the uniform ones.
double score_uniform_distance(const double *weight, size_t n_bin);

#endif
