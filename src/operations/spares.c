#include "spares.h"

#include <math.h>

// Poisson probabilities relative to that of the mode, so that none underflows where it matters.
typedef struct poisson {
  double  mean, total;  // total: of the relative probabilities
  int64_t low;          // first that counts
  double  at_low;
} poisson;

static poisson poisson_of(double mean) {
  const double  small = 1e-19;
  const int64_t mode = (int64_t)mean;
  poisson       d = {.mean = mean, .total = 1.0, .low = mode, .at_low = 1.0};
  double        up = 1.0;
  for (int64_t k = mode + 1; (up *= mean / (double)k) > small; k++) d.total += up;
  while (d.low > 0 && d.at_low > small) {
    d.at_low *= (double)d.low / mean;
    d.low--;
    d.total += d.at_low;
  }
  return d;
}

int64_t operations_spares(double mean_down, double p) {
  const poisson d = poisson_of(mean_down);
  double        term = d.at_low, sum = term;
  int64_t       k = d.low;
  while (sum < p * d.total && term > 0.0) {
    k++;
    term *= d.mean / (double)k;
    sum += term;
  }
  return k;
}

// Chernoff: P(down >= k) <= exp(k - mean) (mean / k)^k for k > mean; below half of the last digit it is nothing.
double operations_spares_cover(double mean_down, int64_t spares) {
  const double more = (double)spares + 1.0;
  if (more > mean_down && (!(mean_down > 0.0) || more - mean_down + more * log(mean_down / more) < -37.0)) return 1.0;
  const poisson d = poisson_of(mean_down);
  if (spares < d.low) return 0.0;
  double term = d.at_low, sum = term;
  for (int64_t k = d.low + 1; k <= spares && term > 0.0; k++) {
    term *= d.mean / (double)k;
    sum += term;
  }
  return fmin(1.0, sum / d.total);
}

double operations_unit_availability(double failures_per_day, double repair_day) {
  return 1.0 / (1.0 + failures_per_day * repair_day);
}

double operations_at_least(int32_t n, int32_t k, double availability) {
  if (k <= 0) return 1.0;
  if (availability <= 0.0 || availability >= 1.0) return availability >= 1.0 ? 1.0 : 0.0;
  double sum = 0.0, ways_ln = 0.0;  // log of n choose down
  for (int32_t down = 0; down <= n - k; down++) {
    if (down > 0) ways_ln += log((double)(n - down + 1) / down);
    sum += exp(ways_ln + (n - down) * log(availability) + down * log1p(-availability));
  }
  return fmin(1.0, sum);
}
