// Gate: how long it takes until all who must agree have agreed.
//
// In each round every decider takes its own time, and the round lasts as long as the slowest. Then each pair of deciders
// disagrees with some probability; any disagreement costs another round. After so many rounds in vain the gate opens
// without consent of all: the parties go on bilaterally.
#ifndef BUILD_GATE_H
#define BUILD_GATE_H

#include <stddef.h>
#include <stdint.h>

enum { BUILD_GATE_MAX_ROUNDS = 12, BUILD_GATE_MAX_DECIDERS = 64 };

// What is true of the gate in one scenario.
typedef struct build_gate_terms {
  int32_t deciders;       // n: 0 .. BUILD_GATE_MAX_DECIDERS; 0: nobody is asked, the gate is open at once
  int32_t rounds;         // 1 .. BUILD_GATE_MAX_ROUNDS: after the last the gate opens bilaterally
  double  takes_day;      // median time that one decider takes in one round, days, >= 0
  double  spread;         // standard deviation of the logarithm of that time, >= 0
  double  disagrees_frac; // chance that a given pair disagrees in a given round, 0 .. 1
} build_gate_terms;

typedef struct build_gate_result {
  double  delay_day;   // from the day at which the question is put
  int32_t rounds;      // that were held
  int32_t bilateral;   // 1: opened without consent of all
} build_gate_result;

// Draws that a gate of these terms may use: normals, a decider's time in a round: (rounds x deciders), row-major;
// uniforms, whether a pair disagrees in a round: (rounds x deciders (deciders - 1) / 2), pairs (0,1) (0,2) .. (1,2) ..
size_t build_gate_normals(const build_gate_terms *terms);
size_t build_gate_uniforms(const build_gate_terms *terms);

// Time that the gate takes: sum over the rounds held of max_j takes_day exp(spread z[r,j]).
// z, u: arrays of the sizes above; terms outside their ranges are moved to the nearest end. Cost O(rounds deciders^2).
// Source: assumption, see docs/assumptions.md#gates (the shape, rounds and pairwise disagreement, is this project's own).
build_gate_result build_gate_run(const build_gate_terms *terms, const double *z, const double *u);

// By plan one round is held at the stated time, and all agree.
double build_gate_plan_day(const build_gate_terms *terms);

// Expected number of rounds: with p = (1 - q)^(n (n - 1) / 2) the chance that a round ends in consent,
//   E = sum_{r=0}^{rounds-1} (1 - p)^r
double build_gate_expected_rounds(const build_gate_terms *terms);

// Chance that the last round too ends without consent: (1 - p)^rounds.
double build_gate_bilateral_frac(const build_gate_terms *terms);

#endif
