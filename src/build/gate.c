// Gate: see gate.h.
#include "gate.h"

#include <math.h>
#include <stdbool.h>

static int32_t clamp_count(int32_t n, int32_t low, int32_t high) { return n < low ? low : n > high ? high : n; }

static build_gate_terms in_range(const build_gate_terms *terms) {
  build_gate_terms t = *terms;
  t.deciders = clamp_count(t.deciders, 0, BUILD_GATE_MAX_DECIDERS);
  t.rounds = clamp_count(t.rounds, 1, BUILD_GATE_MAX_ROUNDS);
  t.takes_day = fmax(t.takes_day, 0.0);
  t.spread = fmax(t.spread, 0.0);
  t.disagrees_frac = fmin(fmax(t.disagrees_frac, 0.0), 1.0);
  return t;
}

static size_t pairs_of(const build_gate_terms *t) {
  size_t n = (size_t)t->deciders;
  return n < 2 ? 0 : n * (n - 1) / 2;
}

size_t build_gate_normals(const build_gate_terms *terms) {
  build_gate_terms t = in_range(terms);
  return (size_t)t.rounds * (size_t)t.deciders;
}

size_t build_gate_uniforms(const build_gate_terms *terms) {
  build_gate_terms t = in_range(terms);
  return (size_t)t.rounds * pairs_of(&t);
}

static double slowest_day(const build_gate_terms *t, const double *z) {
  double most = z[0];
  for (int32_t j = 1; j < t->deciders; j++) most = fmax(most, z[j]);
  return t->takes_day * exp(t->spread * most);
}

static bool any_below(const double *u, size_t n, double limit) {
  for (size_t k = 0; k < n; k++)
    if (u[k] < limit) return true;
  return false;
}

build_gate_result build_gate_run(const build_gate_terms *terms, const double *z, const double *u) {
  build_gate_terms  t = in_range(terms);
  build_gate_result out = {0.0, 0, 0};
  if (t.deciders == 0) return out;
  size_t pairs = pairs_of(&t);
  for (int32_t r = 0; r < t.rounds; r++) {
    out.delay_day += slowest_day(&t, z + (size_t)r * (size_t)t.deciders);
    out.rounds++;
    out.bilateral = any_below(u + (size_t)r * pairs, pairs, t.disagrees_frac);
    if (!out.bilateral) break;
  }
  return out;
}

double build_gate_plan_day(const build_gate_terms *terms) {
  build_gate_terms t = in_range(terms);
  return t.deciders == 0 ? 0.0 : t.takes_day;
}

// Chance that a round ends in disagreement.
static double discord_frac(const build_gate_terms *t) {
  size_t pairs = pairs_of(t);
  return pairs == 0 ? 0.0 : 1.0 - pow(1.0 - t->disagrees_frac, (double)pairs);
}

double build_gate_expected_rounds(const build_gate_terms *terms) {
  build_gate_terms t = in_range(terms);
  if (t.deciders == 0) return 0.0;
  double discord = discord_frac(&t), chance = 1.0, sum = 0.0;
  for (int32_t r = 0; r < t.rounds; r++) {
    sum += chance;
    chance *= discord;
  }
  return sum;
}

double build_gate_bilateral_frac(const build_gate_terms *terms) {
  build_gate_terms t = in_range(terms);
  return t.deciders < 2 ? 0.0 : pow(discord_frac(&t), (double)t.rounds);
}
