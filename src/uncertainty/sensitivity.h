// Sensitivity: which uncertain inputs move which outcomes, in one pass over the scenarios and fixed memory.
//
// Every uncertain input is drawn through a standard normal z, so the rank of a draw is known without looking at any
// other: its decile is that of Phi(z). For each (input, decile, outcome) the sum of the outcome is kept. How far the
// ten means stand apart is the share of the outcome's variance that this input explains alone (first-order index,
// correlation ratio); how they rise with the decile is a rank correlation. Sums are integers, so the result depends
// neither on the order of the scenarios nor on the number of workers.
//
// What it does not see: effects of two inputs together (shares then sum to less than 1), and variation inside a decile
// (an outcome that is linear in the rank loses 1/100 of its share, one linear in z about 1/25). Where inputs are
// correlated, shares overlap and may sum to more than 1.
//
// Sources: Saltelli et al., Global Sensitivity Analysis: The Primer (2008), S_i = V(E(Y | X_i)) / V(Y);
// Pearson (1905), correlation ratio; Kelley, "An unbiased correlation ratio measure", PNAS 21 (1935) 554-559.
#ifndef UNCERTAINTY_SENSITIVITY_H
#define UNCERTAINTY_SENSITIVITY_H

#include <stddef.h>
#include <stdint.h>

enum { SENSITIVITY_DECILES = 10 };

// An outcome counts in whole quanta from its origin: q = round((value - origin) / quantum), cut to +-(2^31 - 1); its
// variance is that of q. A promise (0 or 1): origin 0, quantum 1. A date: an origin near its middle, quantum 1 day.
typedef struct sensitivity_scale {
  double origin, quantum;
} sensitivity_scale;

typedef struct sensitivity {
  int32_t                  n_input, n_outcome;
  const sensitivity_scale *scale;        // (n_outcome), not owned
  int64_t                 *sum;          // of q          (n_input x 10 x n_outcome), row-major
  int64_t                 *total;        // of q          (n_outcome)
  int64_t                 *square_low;   // of q^2 mod 2^32 and q^2 / 2^32   (n_outcome)
  int64_t                 *square_high;
  int64_t                 *q;            // of the scenario being added      (n_outcome)
  uint32_t                *n;            // values        (n_input x 10 x n_outcome); at most 2^31 scenarios
  uint32_t                *present;      // 0 or 1, of the scenario being added  (n_outcome)
} sensitivity;

typedef struct sensitivity_effect {
  double share_frac;    // share of the outcome's variance that the input explains alone, freed of bias, 0 .. 1
  double noise_frac;    // an input without any effect shows a share above this in 5 % of ensembles
  double trend;         // correlation of the input's decile with the outcome, -1 .. 1
  double low, high;     // mean outcome in the lowest and in the highest decile of the input
} sensitivity_effect;

// Bytes to give to sensitivity_init, 8-aligned. 0: a negative count, or more than memory can hold.
size_t sensitivity_bytes(int32_t n_input, int32_t n_outcome);

// Lays the tables out in memory of that size and clears them. memory and scale stay the caller's and must outlive *s.
void sensitivity_init(sensitivity *s, void *memory, int32_t n_input, int32_t n_outcome, const sensitivity_scale *scale);

// One scenario. z: (n_input) standard normals that the inputs were drawn through; outcome: (n_outcome), NaN: none in
// this scenario (it then counts nowhere). A NaN in z counts in the lowest decile. Cost O(n_input * n_outcome).
void sensitivity_add(sensitivity *s, const double *z, const double *outcome);

// As if all scenarios of `from` had been added to `into`. Both have the same counts and scales; no aliasing.
void sensitivity_merge(sensitivity *into, const sensitivity *from);

// All NaN where fewer than 11 scenarios had the outcome, or where it never varied. low, high: NaN where their decile is
// empty.
sensitivity_effect sensitivity_of(const sensitivity *s, int32_t input, int32_t outcome);

#endif
