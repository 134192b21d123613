// A cooling design for tests and benches: rows of data/catalogue/cooling.yaml at their plan values.
#ifndef TESTS_COOLING_DESIGN_H
#define TESTS_COOLING_DESIGN_H

#include "../src/power/cooling.h"

static inline power_cooling cooling_design(power_sink sink) {
  power_cooling c = {.sink = (int32_t)sink,
                     .base_pue_frac = 1.12,
                     .moving_frac = 0.35,
                     .liquid_frac = 0.8,
                     .supply_degc = 28,
                     .approach_degc = 7,
                     .air_supply_degc = 25,
                     .air_approach_degc = 12,
                     .rise_degc = 10,
                     .lift_degc = 15,
                     .carnot_frac = 0.55,
                     .reject_frac = 0.025,
                     .spray_frac = 0.85,
                     .evaporates_above_degc = 20,
                     .cycles = 4,
                     .freeze_degc = -5,
                     .freeze_frac = 0.005,
                     .heat_margin_degc = 3,
                     .heat_fall_frac_per_degc = 0.04};
  return c;
}

#endif
