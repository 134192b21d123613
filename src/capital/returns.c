#include "returns.h"

#include <math.h>
#include <stdbool.h>

// ---- Present value --------------------------------------------------------------------------------------

double capital_npv(const double *flow_usd, size_t n, double rate_frac) {
  if (!(rate_frac > -1.0)) return (double)NAN;
  double value = 0.0, growth = 1.0 + rate_frac;
  for (size_t t = n; t-- > 0;) value = value / growth + flow_usd[t];
  return value;
}

double capital_npv_dates(const double *flow_usd, const double *day, size_t n, double rate_frac_per_yr) {
  if (!(rate_frac_per_yr > -1.0)) return (double)NAN;
  double value = 0.0, u = log1p(rate_frac_per_yr);
  for (size_t i = n; i-- > 0;) value += flow_usd[i] * exp(-u * (day[i] - day[0]) / CAPITAL_YEAR_DAYS);
  return value;
}

double capital_npv_scale(const double *flow_usd, const double *day, size_t n, double rate_frac) {
  if (!(rate_frac > -1.0)) return (double)NAN;
  double value = 0.0, u = log1p(rate_frac), growth = 1.0 + rate_frac;
  for (size_t i = n; i-- > 0;) {
    if (day) value += fabs(flow_usd[i]) * exp(-u * (day[i] - day[0]) / CAPITAL_YEAR_DAYS);
    else value = value / growth + fabs(flow_usd[i]);
  }
  return value;
}

// ---- The function whose roots are wanted ------------------------------------------------------------------

enum { MAX_CUTS = 11, MAX_CHANGES = MAX_CUTS + 1, GRID = 256 };

// sum_i flow_i * prod_{k < n_cut} (cut_k - t_i) / span * exp(-u t_i), for t counted from the first flow.
typedef struct series {
  const double *flow, *day;  // day NULL: periods
  size_t        n;
  double        span;  // last t, > 0
  double        cut[MAX_CUTS];
  int32_t       n_cut;
} series;

static double time_of(const series *s, size_t i) {
  return s->day ? (s->day[i] - s->day[0]) / CAPITAL_YEAR_DAYS : (double)i;
}

static double weight_of(const series *s, size_t i, double t) {
  double w = s->flow[i];
  for (int32_t k = 0; k < s->n_cut; k++) w *= (s->cut[k] - t) / s->span;
  return w;
}

// Value times a positive factor that keeps every term finite: exp(u span) where u < 0. *scale: sum of |terms|.
static double value_at(const series *s, double u, double *scale) {
  double sum = 0.0, size = 0.0;
  if (s->day) {
    double shift = u < 0.0 ? s->span : 0.0;
    for (size_t i = 0; i < s->n; i++) {
      double t = time_of(s, i), term = weight_of(s, i, t) * exp(u * (shift - t));
      sum += term, size += fabs(term);
    }
  } else if (u < 0.0) {  // powers of exp(u) < 1, from the first flow
    double v = exp(u);
    for (size_t i = 0; i < s->n; i++) {
      double w = weight_of(s, i, (double)i);
      sum = sum * v + w, size = size * v + fabs(w);
    }
  } else {
    double v = exp(-u);
    for (size_t i = s->n; i-- > 0;) {
      double w = weight_of(s, i, (double)i);
      sum = sum * v + w, size = size * v + fabs(w);
    }
  }
  *scale = size;
  return sum;
}

static int sign_of(double x) { return (x > 0.0) - (x < 0.0); }

// Sign of the sum of terms i and following (towards +1 or -1) at one time; *next: the first beyond them. Flows of one
// day are one flow: 0 where they cancel but for rounding.
static int sign_of_time(const series *s, size_t i, int towards, size_t *next) {
  double t = time_of(s, i), sum = 0.0, size = 0.0;
  for (; i < s->n && time_of(s, i) == t; i += (size_t)towards) {  // below 0 it wraps round and is not < n
    double w = weight_of(s, i, t);
    sum += w, size += fabs(w);
  }
  *next = i;
  return fabs(sum) <= 4.0 * 0x1p-52 * size ? 0 : sign_of(sum);
}

// Sign of the first or last term that is not zero: that of the value far right, or far left.
static int end_sign(const series *s, bool first) {
  int sign = 0;
  for (size_t i = first ? 0 : s->n - 1; i < s->n && !sign;) sign = sign_of_time(s, i, first ? 1 : -1, &i);
  return sign;
}

// ---- One root between two signs -----------------------------------------------------------------------------

// fa, fb of opposite sign at a, b. Chandrupatla 1997: inverse quadratic interpolation where it is safe, else bisection.
static double solve(const series *s, double a, double b, double fa, double fb) {
  double c = a, fc = fa, step = 0.5, scale;
  double best = fabs(fa) < fabs(fb) ? a : b;
  for (int i = 0; i < 200; i++) {
    double x = a + step * (b - a), fx = value_at(s, x, &scale);
    if (sign_of(fx) == sign_of(fa)) {
      c = a, fc = fa;
    } else {
      c = b, fc = fb;
      b = a, fb = fa;
    }
    a = x, fa = fx;
    bool a_best = fabs(fa) < fabs(fb);
    best = a_best ? a : b;
    double least_step = 2.0 * 0x1p-52 * fabs(best) + 0x1p-60;
    double near = 0.5 * least_step / fabs(b - a);
    if (near > 0.5 || fa == 0.0) return best;
    double xi = (a - b) / (c - b), phi = (fa - fb) / (fc - fb);
    step = 0.5;
    if (phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi)
      step = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb);
    if (!(step > near)) step = near;
    if (step > 1.0 - near) step = 1.0 - near;
  }
  return best;
}

enum { FURTHEST = 700 };  // exp(700) is still finite: rates up to 1e304 per period

// A point beyond `from` (towards +1 or -1) where the value has the sign that it has far out. False: none within reach.
static bool reach(const series *s, double from, int towards, int far_sign, double *at, double *value) {
  double scale, step = 1.0 / 16.0;
  for (double u = from; fabs(u) <= FURTHEST; step *= 2.0) {
    u += towards * step;
    if (fabs(u) > FURTHEST) u = towards * (double)FURTHEST;
    double f = value_at(s, u, &scale);
    if (sign_of(f) == far_sign) {
      *at = u, *value = f;
      return true;
    }
    if (fabs(u) >= FURTHEST) break;
  }
  return false;
}

// ---- All roots ------------------------------------------------------------------------------------------

// Roots of s between and beyond `knot`s, on each side of which it is monotone up to a positive factor.
// The far signs stand in for the ends; a knot where the value vanishes is itself a root.
static int32_t roots_between(const series *s, const double *knot, int32_t n_knot, double *root, int32_t most) {
  int32_t n = 0;
  double  scale, left_u = 0.0, left_f = 0.0;
  int     left = end_sign(s, false);
  for (int32_t k = 0; k <= n_knot && n < most; k++) {
    bool   last = k == n_knot;
    double u = last ? 0.0 : knot[k], f = last ? 0.0 : value_at(s, u, &scale);
    bool   touches = !last && fabs(f) <= 1e-14 * scale;
    int    right = last ? end_sign(s, true) : touches ? 0 : sign_of(f);
    if (left * right < 0) {
      double a = left_u, fa = left_f, b = u, fb = f;
      bool   found = true;
      double inner = k > 0 ? left_u : last ? 0.0 : u;  // the finite end nearest to an open one
      if (k == 0) found = reach(s, inner, -1, left, &a, &fa);
      if (last) found = found && reach(s, k > 0 ? left_u : a, 1, right, &b, &fb);
      if (found) root[n++] = solve(s, a, b, fa, fb);
    } else if (touches) {
      root[n++] = u;
    }
    left_u = u, left_f = f, left = right;
  }
  return n;
}

// Places of the changes of sign, as times between the two flows; returns how many there are (may exceed most).
static int32_t sign_changes(const series *s, double *cut, int32_t most) {
  int32_t n = 0;
  int     before = 0;
  double  before_t = 0.0;
  for (size_t i = 0; i < s->n;) {
    double t = time_of(s, i);
    int    sign = sign_of_time(s, i, 1, &i);
    if (!sign) continue;
    if (before && sign != before) {
      if (n < most) cut[n] = 0.5 * (before_t + t);
      n++;
    }
    before = sign, before_t = t;
  }
  return n;
}

// Beyond MAX_CHANGES: signs on a grid of rates from -99 % to 1e6 % per period, or year, dense around zero (steps of
// 0.014 % there, 7 % of u = ln(1 + rate) far out).
static int32_t roots_on_grid(const series *s, double *root) {
  const double knee = 0.002, low = asinh(log(0.01) / knee), high = asinh(log(1e4) / knee);
  double       scale, u = knee * sinh(low), f = value_at(s, u, &scale);
  int32_t      n = 0;
  for (int i = 1; i <= GRID && n < CAPITAL_IRR_ROOTS; i++) {
    double next_u = knee * sinh(low + (high - low) * i / GRID), next_f = value_at(s, next_u, &scale);
    if (sign_of(f) * sign_of(next_f) < 0) root[n++] = solve(s, u, next_u, f, next_f);
    else if (next_f == 0.0) root[n++] = next_u;
    u = next_u, f = next_f;
  }
  return n;
}

static int32_t all_roots(series *s, const double *cut, int32_t n_change, double *root) {
  double  knot[CAPITAL_IRR_ROOTS];
  int32_t n = 0;
  for (int32_t level = n_change - 1; level >= 0; level--) {  // from one change of sign to all of them
    for (int32_t k = 0; k < n; k++) knot[k] = root[k];
    for (int32_t k = 0; k < level; k++) s->cut[k] = cut[k];
    s->n_cut = level;
    n = roots_between(s, knot, n, root, CAPITAL_IRR_ROOTS);
  }
  return n;
}

static sg_err irr_of(series *s, capital_irr_result *out) {
  *out = (capital_irr_result){.rate_frac = (double)NAN, .complete = 1};
  for (size_t i = 0; i < s->n; i++)
    if (!isfinite(s->flow[i])) return SG_ERR_NUMERIC;
  while (s->n && s->flow[s->n - 1] == 0.0) s->n--;  // so that both ends of the series are terms
  while (s->n && s->flow[0] == 0.0) {
    s->n--, s->flow++;
    if (s->day) s->day++;
  }
  double cut[MAX_CHANGES];
  s->span = s->n ? time_of(s, s->n - 1) : 0.0;
  if (!(s->span > 0.0)) return SG_ERR_NUMERIC;
  out->n_change = sign_changes(s, cut, MAX_CHANGES);
  out->complete = out->n_change <= MAX_CHANGES;
  out->n_root = out->complete ? all_roots(s, cut, out->n_change, out->root) : roots_on_grid(s, out->root);
  for (int32_t i = 0; i < out->n_root; i++) out->root[i] = expm1(out->root[i]);
  if (out->n_root != 1) return SG_ERR_NUMERIC;
  out->rate_frac = out->root[0];
  return SG_OK;
}

sg_err capital_irr(const double *flow_usd, size_t n, capital_irr_result *out) {
  series s = {.flow = flow_usd, .n = n};
  return irr_of(&s, out);
}

sg_err capital_irr_dates(const double *flow_usd, const double *day, size_t n, capital_irr_result *out) {
  *out = (capital_irr_result){.rate_frac = (double)NAN};
  for (size_t i = 0; i < n; i++)
    if (!isfinite(day[i]) || (i > 0 && day[i] < day[i - 1])) return SG_ERR_RANGE;
  series s = {.flow = flow_usd, .day = day, .n = n};
  return irr_of(&s, out);
}

// ---- Multiples and levelised cost ---------------------------------------------------------------------------

double capital_moic(const double *flow_usd, size_t n) {
  double in = 0.0, out = 0.0;
  for (size_t i = 0; i < n; i++) *(flow_usd[i] > 0.0 ? &in : &out) += fabs(flow_usd[i]);
  return out > 0.0 ? in / out : (double)NAN;
}

double capital_payback(const double *flow_usd, size_t n) {
  double sum = 0.0, at = 0.0;
  bool   below = false;
  for (size_t i = 0; i < n; i++) {
    double before = sum;
    sum += flow_usd[i];
    if (below && sum >= 0.0) at = (double)i - 1.0 + -before / flow_usd[i];
    below = sum < 0.0;
  }
  return below ? (double)NAN : at;
}

double capital_levelised_cost(const double *cost_usd, const double *output, size_t n, double rate_frac) {
  double made = capital_npv(output, n, rate_frac);
  return made > 0.0 ? capital_npv(cost_usd, n, rate_frac) / made : (double)NAN;
}
