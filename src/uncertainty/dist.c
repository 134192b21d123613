#include "dist.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

#define INF          ((double)INFINITY)  // the C library's are floats
#define NONE         ((double)NAN)
#define Z_95         1.6448536269514727   // normal_quantile(0.95); Fisher (1925), table I: 1.644854; digits from AS 241
#define SQRT_HALF    0.70710678118654752  // 1 / sqrt(2)
#define HALF_LOG_2PI 0.91893853320467274  // ln(2 pi) / 2

// ---- Normal ---------------------------------------------------------------------------------------------

double normal_cdf(double z) { return 0.5 * erfc(-z * SQRT_HALF); }

// c[0] + c[1] x + ... + c[7] x^7, paired (Estrin) so that the processor can work on several terms at once.
static inline double poly8(const double c[8], double x) {
  const double x2 = x * x;
  const double low = (c[0] + c[1] * x) + (c[2] + c[3] * x) * x2;
  const double high = (c[4] + c[5] * x) + (c[6] + c[7] * x) * x2;
  return low + high * (x2 * x2);
}

// Source: Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988)
// 477-484, PPND16: three rational functions, for |p - 1/2| <= 0.425, and by r = sqrt(-ln(tail)) for r <= 5 and above.
static const double centre_num[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                                     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                                     3.3430575583588128105e4, 2.5090809287301226727e3};
static const double centre_den[8] = {1.0,
                                     4.2313330701600911252e1,
                                     6.8718700749205790830e2,
                                     5.3941960214247511077e3,
                                     2.1213794301586595867e4,
                                     3.9307895800092710610e4,
                                     2.8729085735721942674e4,
                                     5.2264952788528545610e3};
static const double tail_num[8] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                   3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                   2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double tail_den[8] = {1.0,
                                   2.05319162663775882187e0,
                                   1.67638483018380384940e0,
                                   6.89767334985100004550e-1,
                                   1.48103976427480074590e-1,
                                   1.51986665636164571966e-2,
                                   5.47593808499534494600e-4,
                                   1.05075007164441684324e-9};
static const double far_num[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                  2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                  2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_den[8] = {1.0,
                                  5.99832206555887937690e-1,
                                  1.36929880922735805310e-1,
                                  1.48753612908506148525e-2,
                                  7.86869131145613259100e-4,
                                  1.84631831751005468180e-5,
                                  1.42151175831644588870e-7,
                                  2.04426310338993978564e-15};

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * poly8(centre_num, r) / poly8(centre_den, r);
  }
  const double tail = q < 0.0 ? p : 1.0 - p;
  if (!(tail > 0.0)) return tail == 0.0 ? copysign(INF, q) : NONE;
  const double r = sqrt(-log(tail));
  const double z = r <= 5.0 ? poly8(tail_num, r - 1.6) / poly8(tail_den, r - 1.6)
                            : poly8(far_num, r - 5.0) / poly8(far_den, r - 5.0);
  return q < 0.0 ? -z : z;
}

// ---- Beta -----------------------------------------------------------------------------------------------

// ln Gamma(x), x > 0: Stirling's series from x >= 10 on, reached by Gamma(x + 1) = x Gamma(x).
// Written out because the C library's lgamma may write a global. Source: DLMF 5.11.1, 5.5.1; error below 1e-15 relative
// to max(1, result).
static double log_gamma(double x) {
  double product = 1.0;
  for (; x < 10.0; x += 1.0) product *= x;
  const double y = 1.0 / (x * x);
  const double series =
      (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * (691.0 / 360360)))))) / x;
  return (x - 0.5) * log(x) - x + HALF_LOG_2PI + series - log(product);
}

static double log_beta(double a, double b) { return log_gamma(a) + log_gamma(b) - log_gamma(a + b); }

// The continued fraction of I_x(a, b) without its front factor, by the modified Lentz method.
// Source: DLMF 8.17.22; Thompson & Barnett, J. Comput. Phys. 64 (1986) 490-509. Terms needed: about sqrt(max(a, b)).
static double beta_fraction(double x, double a, double b) {
  const double tiny = 1e-300;
  double       c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0);
  d = 1.0 / (fabs(d) < tiny ? tiny : d);
  double h = d;
  for (int m = 1; m <= 20000; m++) {
    const double m2 = 2.0 * m;
    const double even = m * (b - m) * x / ((a + m2 - 1.0) * (a + m2));
    d = 1.0 + even * d;
    c = 1.0 + even / c;
    d = 1.0 / (fabs(d) < tiny ? tiny : d);
    c = fabs(c) < tiny ? tiny : c;
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + m2) * (a + m2 + 1.0));
    d = 1.0 + odd * d;
    c = 1.0 + odd / c;
    d = 1.0 / (fabs(d) < tiny ? tiny : d);
    c = fabs(c) < tiny ? tiny : c;
    h *= d * c;
    if (fabs(d * c - 1.0) < 2.0 * DBL_EPSILON) break;
  }
  return h;
}

// I_x(a, b); *front: x^a (1 - x)^b / B(a, b), which is x (1 - x) times the density. ln_b = ln B(a, b). 0 < x < 1.
static double beta_both(double x, double a, double b, double ln_b, double *front) {
  *front = exp(a * log(x) + b * log1p(-x) - ln_b);
  if (x < (a + 1.0) / (a + b + 2.0)) return *front * beta_fraction(x, a, b) / a;
  return 1.0 - *front * beta_fraction(1.0 - x, b, a) / b;
}

double beta_cdf(double x, double a, double b) {
  if (x <= 0.0) return 0.0;
  if (x >= 1.0) return 1.0;
  double front;
  return beta_both(x, a, b, log_beta(a, b), &front);
}

// A first guess: normal scores where both shapes exceed 1, else the power law of the lower end.
// Source: Abramowitz & Stegun (1964) 26.5.22; 26.5.4 for x -> 0.
static double beta_guess(double p, double a, double b, double ln_b) {
  if (a <= 1.0 || b <= 1.0) return exp((log(p) + log(a) + ln_b) / a);
  const double y = -normal_quantile(p), ra = 1.0 / (2.0 * a - 1.0), rb = 1.0 / (2.0 * b - 1.0);
  const double lambda = (y * y - 3.0) / 6.0, h = 2.0 / (ra + rb);
  const double w =
      y * sqrt(h + lambda > 0.0 ? h + lambda : 0.0) / h - (rb - ra) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
  return a / (a + b * exp(2.0 * w));
}

// Newton on ln I against ln x, which is concave and in the lower tail nearly a line of slope a, kept in a bracket.
static double beta_root(double p, double a, double b, double ln_b) {
  double low = 0.0, high = 1.0, x = beta_guess(p, a, b, ln_b);
  if (x < DBL_MIN) return x > 0.0 ? x : 0.0;  // below it the power law of the guess is exact
  if (!(x < high)) x = a / (a + b);
  for (int i = 0; i < 200; i++) {
    double       front;
    const double mass = beta_both(x, a, b, ln_b, &front);
    if (mass < p) low = x;
    else high = x;
    const double slope = front / (mass * (1.0 - x));
    double       next = x * exp((log(p) - log(mass)) / slope);
    if (!(next > low && next < high)) next = low > 0.0 && high / low > 4.0 ? sqrt(low * high) : 0.5 * (low + high);
    const double moved = fabs(next - x);
    x = next;
    if (moved <= 4.0 * DBL_EPSILON * x) break;
  }
  return x;
}

// An x above 1/2 is solved for as 1 - x from 1 - p, unless p is so small that 1 - p would lose its digits.
double beta_quantile(double p, double a, double b) {
  if (!(p > 0.0)) return p == 0.0 ? 0.0 : NONE;
  if (!(p < 1.0)) return p == 1.0 ? 1.0 : NONE;
  const double ln_b = log_beta(a, b);
  double       front;
  const bool   upper = p > 0.25 && p > beta_both(0.5, a, b, ln_b, &front);
  return upper ? 1.0 - beta_root(1.0 - p, b, a, ln_b) : beta_root(p, a, b, ln_b);
}

// ---- From a range ---------------------------------------------------------------------------------------

static dist lognormal_through(double p5, double p95, double shift) {
  const double low = log(p5 - shift), high = log(p95 - shift);
  return (dist){.kind = DIST_LOGNORMAL, .a = 0.5 * (low + high), .b = (high - low) / (2.0 * Z_95), .c = shift};
}

bool dist_from_range(double p5, double p95, dist_scale scale, double low, double high, dist *out) {
  if (!isfinite(p5) || !isfinite(p95) || !(p5 < p95)) return false;
  if (!(low >= high) && (p5 < low || p95 > high)) return false;
  switch (scale) {
    case DIST_SCALE_POSITIVE:
      if (p5 <= 0.0) return false;
      *out = lognormal_through(p5, p95, 0.0);
      return true;
    case DIST_SCALE_BOUNDED:
      if (!isfinite(low) || !isfinite(high) || low >= high) return false;
      *out = (dist){.kind = DIST_BOUNDED, .a = low, .b = p5, .c = p95, .d = high};
      return true;
    case DIST_SCALE_DATE: *out = lognormal_through(p5, p95, p5 - (p95 - p5)); return true;
    case DIST_SCALE_REAL:
      *out = (dist){.kind = DIST_NORMAL, .a = 0.5 * (p5 + p95), .b = (p95 - p5) / (2.0 * Z_95)};
      return true;
  }
  return false;
}

// ---- Validity -------------------------------------------------------------------------------------------

static bool table_valid(const dist *d, const dist_pool *pool) {
  if (!pool || !pool->value || d->first < 0 || d->n < 1) return false;
  const double *v = pool->value + d->first;
  for (int32_t i = 0; i < d->n; i++)
    if (!isfinite(v[i]) || (i > 0 && v[i] < v[i - 1])) return false;
  return true;
}

static bool mixture_valid(const dist *d, const dist_pool *pool) {
  if (!pool || !pool->weight || !pool->component || d->first < 0 || d->n < 1) return false;
  double sum = 0.0;
  for (int32_t i = d->first; i < d->first + d->n; i++) {
    const dist *part = &pool->component[i];
    if (part->kind == DIST_MIXTURE || !dist_valid(part, pool) || !(pool->weight[i] >= 0.0)) return false;
    sum += pool->weight[i];
  }
  return fabs(sum - 1.0) <= 1e-9;
}

bool dist_valid(const dist *d, const dist_pool *pool) {
  const double a = d->a, b = d->b, c = d->c;
  if (!isfinite(a) || !isfinite(b) || !isfinite(c) || !isfinite(d->d)) return false;
  switch (d->kind) {
    case DIST_CONSTANT: return true;
    case DIST_NORMAL:
    case DIST_LOGNORMAL: return b >= 0.0;
    case DIST_UNIFORM: return a <= b;
    case DIST_TRIANGULAR: return a <= b && b <= c;
    case DIST_BOUNDED: return a <= b && b <= c && c <= d->d;
    case DIST_WEIBULL:
    case DIST_PARETO: return a > 0.0 && b > 0.0;
    case DIST_EXPONENTIAL: return a > 0.0;
    case DIST_BETA: return a > 0.0 && b > 0.0 && c <= d->d;
    case DIST_EVENT: return a >= 0.0 && a <= 1.0;
    case DIST_TABLE: return table_valid(d, pool);
    case DIST_MIXTURE: return mixture_valid(d, pool);
  }
  return false;
}

// ---- Quantiles ------------------------------------------------------------------------------------------

static double triangular_quantile(const dist *d, double u) {
  const double width = d->c - d->a;
  if (u * width <= d->b - d->a) return d->a + sqrt(u * width * (d->b - d->a));
  return d->c - sqrt((1.0 - u) * width * (d->c - d->b));
}

static double bounded_quantile(const dist *d, double u) {
  if (u < 0.05) return d->a + (d->b - d->a) * (u / 0.05);
  if (u <= 0.95) return d->b + (d->c - d->b) * ((u - 0.05) / 0.9);
  return d->c + (d->d - d->c) * ((u - 0.95) / 0.05);
}

static double table_quantile(const dist *d, const dist_pool *pool, double u) {
  const double *v = pool->value + d->first, at = u * d->n - 0.5;
  if (at <= 0.0) return v[0];
  if (at >= d->n - 1) return v[d->n - 1];
  const int32_t i = (int32_t)at;
  return v[i] + (v[i + 1] - v[i]) * (at - i);
}

// By the cumulative hazard h = -ln(1 - u), which keeps its digits in both tails.
static double hazard_quantile(const dist *d, double h) {
  if (d->kind == DIST_EXPONENTIAL) return d->a * h;
  if (d->kind == DIST_WEIBULL) return d->a * pow(h, 1.0 / d->b);
  return d->a * exp(h / d->b);  // Pareto
}

// A bracket of the mixture's quantile: between its components' quantiles, cut at the ends of their supports, where the
// cumulative distribution may jump, so that an atom there is met exactly.
static void mixture_bracket(const dist *d, const dist_pool *pool, double u, double *low, double *high) {
  const dist *part = pool->component + d->first;
  *low = INF, *high = -INF;
  for (int32_t i = 0; i < d->n; i++) {
    const double q = dist_quantile(&part[i], pool, u);
    *low = q < *low ? q : *low;
    *high = q > *high ? q : *high;
  }
  for (int32_t i = 0; i < 2 * d->n; i++) {
    double end[2];
    dist_support(&part[i / 2], pool, &end[0], &end[1]);
    const double x = end[i % 2];
    if (!(x > *low && x < *high)) continue;
    if (dist_cdf(d, pool, x) < u) *low = x;
    else *high = x;
  }
}

// Source: Ridders, "A new algorithm for computing a single root of a real continuous function", IEEE Trans. Circuits
// Syst. 26 (1979) 979-980. The bracket halves at least, so atoms inside are found too, to rounding.
static double mixture_quantile(const dist *d, const dist_pool *pool, double u) {
  double low, high, last = NONE;
  mixture_bracket(d, pool, u, &low, &high);
  double f_low = dist_cdf(d, pool, low) - u, f_high = dist_cdf(d, pool, high) - u;
  if (f_low >= 0.0) return low;
  for (int i = 0; i < 100 && f_high > 0.0; i++) {
    const double mid = 0.5 * (low + high), f_mid = dist_cdf(d, pool, mid) - u;
    const double x = mid - (mid - low) * f_mid / sqrt(f_mid * f_mid - f_low * f_high);
    const double f = dist_cdf(d, pool, x) - u;
    if (f == 0.0) return x;
    // The tightest pair of opposite signs among low, mid, x, high.
    if (f_mid < 0.0 && mid > low) low = mid, f_low = f_mid;
    if (f_mid >= 0.0 && mid < high) high = mid, f_high = f_mid;
    if (f < 0.0 && x > low) low = x, f_low = f;
    if (f > 0.0 && x < high) high = x, f_high = f;
    const double near = 1e-14 * fmax(fabs(low), fabs(high));
    if (high - low <= near) break;
    if (fabs(x - last) <= 0.01 * near) return high - x <= near ? high : x;
    last = x;
  }
  return high;
}

// All kinds whose quantile is easiest from u.
static double quantile_of(const dist *d, const dist_pool *pool, double u) {
  switch (d->kind) {
    case DIST_UNIFORM: return d->a + (d->b - d->a) * u;
    case DIST_TRIANGULAR: return triangular_quantile(d, u);
    case DIST_BOUNDED: return bounded_quantile(d, u);
    case DIST_BETA: return d->c + (d->d - d->c) * beta_quantile(u, d->a, d->b);
    case DIST_TABLE: return table_quantile(d, pool, u);
    case DIST_MIXTURE: return mixture_quantile(d, pool, u);
    default: return NONE;  // handled by the callers
  }
}

double dist_quantile(const dist *d, const dist_pool *pool, double u) {
  switch (d->kind) {
    case DIST_CONSTANT: return d->a;
    case DIST_NORMAL:
    case DIST_LOGNORMAL: return dist_of_normal(d, pool, normal_quantile(u));
    case DIST_WEIBULL:
    case DIST_EXPONENTIAL:
    case DIST_PARETO: return hazard_quantile(d, -log1p(-u));
    case DIST_EVENT: return 1.0 - u < d->a ? 1.0 : 0.0;
    default: return quantile_of(d, pool, u);
  }
}

// Phi(z) kept off 0 and 1, where a quantile may be infinite.
static double inner_cdf(double z) {
  const double u = normal_cdf(z);
  return u < DBL_MIN ? DBL_MIN : u > 1.0 - 0x1p-53 ? 1.0 - 0x1p-53 : u;
}

double dist_of_normal(const dist *d, const dist_pool *pool, double z) {
  switch (d->kind) {
    case DIST_CONSTANT: return d->a;
    case DIST_NORMAL: return d->a + d->b * z;
    case DIST_LOGNORMAL: return d->c + exp(d->a + d->b * z);
    case DIST_WEIBULL:
    case DIST_EXPONENTIAL:
    case DIST_PARETO: return hazard_quantile(d, z > 0.0 ? -log(inner_cdf(-z)) : -log1p(-inner_cdf(z)));
    case DIST_EVENT: return inner_cdf(-z) < d->a ? 1.0 : 0.0;
    default: return quantile_of(d, pool, inner_cdf(z));
  }
}

double dist_median(const dist *d, const dist_pool *pool) { return dist_quantile(d, pool, 0.5); }

// ---- Cumulative distribution, mean, support --------------------------------------------------------------

static double spread_cdf(double x, double centre, double spread) {
  return spread > 0.0 ? normal_cdf((x - centre) / spread) : x >= centre ? 1.0 : 0.0;
}

// Share of the way from low to high, in [0, 1]; a step up at low where they are equal.
static double ramp(double x, double low, double high) {
  return x < low ? 0.0 : x >= high ? 1.0 : (x - low) / (high - low);
}

static double triangular_cdf(const dist *d, double x) {
  if (x < d->a || x >= d->c) return x < d->a ? 0.0 : 1.0;
  if (x < d->b) return (x - d->a) * (x - d->a) / ((d->c - d->a) * (d->b - d->a));
  return 1.0 - (d->c - x) * (d->c - x) / ((d->c - d->a) * (d->c - d->b));
}

static double table_cdf(const dist *d, const dist_pool *pool, double x) {
  const double *v = pool->value + d->first;
  if (x < v[0]) return 0.0;
  if (x >= v[d->n - 1]) return 1.0;
  int32_t at = 0, above = d->n - 1;  // v[at] <= x < v[above]
  while (above - at > 1) {
    const int32_t mid = at + (above - at) / 2;
    if (v[mid] <= x) at = mid;
    else above = mid;
  }
  return (at + 0.5 + (x - v[at]) / (v[above] - v[at])) / d->n;
}

static double mixture_cdf(const dist *d, const dist_pool *pool, double x) {
  double sum = 0.0;
  for (int32_t i = d->first; i < d->first + d->n; i++) sum += pool->weight[i] * dist_cdf(&pool->component[i], pool, x);
  return sum;
}

double dist_cdf(const dist *d, const dist_pool *pool, double x) {
  switch (d->kind) {
    case DIST_CONSTANT: return x >= d->a ? 1.0 : 0.0;
    case DIST_NORMAL: return spread_cdf(x, d->a, d->b);
    case DIST_LOGNORMAL: return x > d->c ? spread_cdf(log(x - d->c), d->a, d->b) : 0.0;
    case DIST_UNIFORM: return ramp(x, d->a, d->b);
    case DIST_TRIANGULAR: return triangular_cdf(d, x);
    case DIST_BOUNDED: return 0.05 * ramp(x, d->a, d->b) + 0.9 * ramp(x, d->b, d->c) + 0.05 * ramp(x, d->c, d->d);
    case DIST_WEIBULL: return x > 0.0 ? -expm1(-pow(x / d->a, d->b)) : 0.0;
    case DIST_EXPONENTIAL: return x > 0.0 ? -expm1(-x / d->a) : 0.0;
    case DIST_BETA: return d->d > d->c ? beta_cdf((x - d->c) / (d->d - d->c), d->a, d->b) : x >= d->c ? 1.0 : 0.0;
    case DIST_PARETO: return x > d->a ? -expm1(-d->b * log(x / d->a)) : 0.0;
    case DIST_EVENT: return x < 0.0 ? 0.0 : x < 1.0 ? 1.0 - d->a : 1.0;
    case DIST_TABLE: return table_cdf(d, pool, x);
    case DIST_MIXTURE: return mixture_cdf(d, pool, x);
  }
  return NONE;
}

static double table_mean(const dist *d, const dist_pool *pool) {
  double sum = 0.0;
  for (int32_t i = d->first; i < d->first + d->n; i++) sum += pool->value[i];
  return sum / d->n;
}

static double mixture_mean(const dist *d, const dist_pool *pool) {
  double sum = 0.0;
  for (int32_t i = d->first; i < d->first + d->n; i++)
    if (pool->weight[i] > 0.0) sum += pool->weight[i] * dist_mean(&pool->component[i], pool);
  return sum;
}

double dist_mean(const dist *d, const dist_pool *pool) {
  switch (d->kind) {
    case DIST_CONSTANT:
    case DIST_NORMAL:
    case DIST_EXPONENTIAL:
    case DIST_EVENT: return d->a;
    case DIST_LOGNORMAL: return d->c + exp(d->a + 0.5 * d->b * d->b);
    case DIST_UNIFORM: return 0.5 * (d->a + d->b);
    case DIST_TRIANGULAR: return (d->a + d->b + d->c) / 3.0;
    case DIST_BOUNDED: return 0.025 * (d->a + d->b) + 0.45 * (d->b + d->c) + 0.025 * (d->c + d->d);
    case DIST_WEIBULL: return d->a * tgamma(1.0 + 1.0 / d->b);
    case DIST_BETA: return d->c + (d->d - d->c) * d->a / (d->a + d->b);
    case DIST_PARETO: return d->b > 1.0 ? d->a * d->b / (d->b - 1.0) : INF;
    case DIST_TABLE: return table_mean(d, pool);
    case DIST_MIXTURE: return mixture_mean(d, pool);
  }
  return NONE;
}

static void span_set(double a, double b, double *low, double *high) {
  *low = a;
  *high = b;
}

static void mixture_support(const dist *d, const dist_pool *pool, double *low, double *high) {
  span_set(INF, -INF, low, high);
  for (int32_t i = d->first; i < d->first + d->n; i++) {
    double a, b;
    dist_support(&pool->component[i], pool, &a, &b);
    if (!(pool->weight[i] > 0.0)) continue;
    *low = a < *low ? a : *low;
    *high = b > *high ? b : *high;
  }
}

void dist_support(const dist *d, const dist_pool *pool, double *low, double *high) {
  const double point = d->kind == DIST_LOGNORMAL ? d->c + exp(d->a) : d->a;  // of a spread of zero
  switch (d->kind) {
    case DIST_CONSTANT: span_set(d->a, d->a, low, high); return;
    case DIST_NORMAL: span_set(d->b > 0.0 ? -INF : point, d->b > 0.0 ? INF : point, low, high); return;
    case DIST_LOGNORMAL: span_set(d->b > 0.0 ? d->c : point, d->b > 0.0 ? INF : point, low, high); return;
    case DIST_UNIFORM: span_set(d->a, d->b, low, high); return;
    case DIST_TRIANGULAR: span_set(d->a, d->c, low, high); return;
    case DIST_BOUNDED: span_set(d->a, d->d, low, high); return;
    case DIST_WEIBULL:
    case DIST_EXPONENTIAL: span_set(0.0, INF, low, high); return;
    case DIST_BETA: span_set(d->c, d->d, low, high); return;
    case DIST_PARETO: span_set(d->a, INF, low, high); return;
    case DIST_EVENT: span_set(d->a < 1.0 ? 0.0 : 1.0, d->a > 0.0 ? 1.0 : 0.0, low, high); return;
    case DIST_TABLE: span_set(pool->value[d->first], pool->value[d->first + d->n - 1], low, high); return;
    case DIST_MIXTURE: mixture_support(d, pool, low, high); return;
  }
}
