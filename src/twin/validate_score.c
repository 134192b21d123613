// Scores: see validate_score.h.
#include "validate_score.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *p, const void *q) {
  double a = *(const double *)p, b = *(const double *)q;
  return (a > b) - (a < b);
}

void score_sort(double *x, size_t n) { qsort(x, n, sizeof *x, ascending); }

double score_crps(const double *x, size_t n, double y) {
  double away = 0.0, spread = 0.0, count = (double)n;
  for (size_t i = 0; i < n; i++) {
    away += fabs(x[i] - y);
    spread += (2.0 * (double)i + 1.0 - count) * x[i];
  }
  return away / count - spread / (count * count);
}

double score_quantile(const double *x, size_t n, double p) {
  double at = p * (double)(n - 1);
  size_t i = (size_t)floor(at);
  if (i + 1 >= n) return x[n - 1];
  return x[i] + (at - (double)i) * (x[i + 1] - x[i]);
}

// Number of members below y (or not above it).
static size_t count_below(const double *x, size_t n, double y, int or_equal) {
  size_t low = 0, high = n;
  while (low < high) {
    size_t mid = low + (high - low) / 2;
    if (x[mid] < y || (or_equal && x[mid] <= y)) low = mid + 1;
    else high = mid;
  }
  return low;
}

double score_pit(const double *x, size_t n, double y, double v) {
  // Shares of a plan that differ by rounding only are the same share.
  const double same = 1e-9;
  size_t       below = count_below(x, n, y - same, 0), to = count_below(x, n, y + same, 1);
  return ((double)below + v * (double)(to - below)) / (double)n;
}

double score_uniform_distance(const double *weight, size_t n_bin) {
  double total = 0.0, sum = 0.0, most = 0.0;
  for (size_t i = 0; i < n_bin; i++) total += weight[i];
  if (!(total > 0.0)) return 0.0;
  for (size_t i = 0; i < n_bin; i++) {
    sum += weight[i];
    most = fmax(most, fabs(sum / total - (double)(i + 1) / (double)n_bin));
  }
  return most;
}
