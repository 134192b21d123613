// Spares: how many nodes to keep so that a failed one is replaced at once, and how often a rack has enough trays.
//
// Pure, no allocation.
#ifndef OPERATIONS_SPARES_H
#define OPERATIONS_SPARES_H

#include <stdint.h>

// Nodes that fail independently and are repaired side by side: the number down is Poisson with mean units x failures
// per unit and day x days of repair, whatever the distribution of the repair (M/G/infinity).
// Source: Palm, "Intensitätsschwankungen im Fernsprechverkehr", 1943; Feeney & Sherbrooke, Management Science 12(5),
// 1966.
//
// Least s with P(down <= s) >= p; mean_down >= 0 (up to about 1e12), 0 < p < 1. O(sqrt(mean)).
int64_t operations_spares(double mean_down, double p);

// P(down <= spares). spares < 0: 0.
double operations_spares_cover(double mean_down, int64_t spares);

// Share of time in which a unit is up: 1 / (1 + rate x repair), both >= 0 in the same unit of time.
double operations_unit_availability(double failures_per_day, double repair_day);

// P(at least k of n units are up), each with that availability, independent (binomial). 0 <= k <= n <= 10,000.
double operations_at_least(int32_t n, int32_t k, double availability);

#endif
