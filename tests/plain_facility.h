// A loan for tests and benches: level payments from conversion on, no limit on its size, no covenants.
#ifndef TESTS_PLAIN_FACILITY_H
#define TESTS_PLAIN_FACILITY_H

#include <math.h>

#include "../src/capital/project.h"

static inline capital_facility plain_facility(const double *rate, int32_t conversion, int32_t tenor) {
  return (capital_facility){.repays = CAPITAL_REPAYS_LEVEL,
                            .tenor = tenor,
                            .rate_frac_per_yr = rate,
                            .llcr = (double)NAN,
                            .leverage_frac = (double)NAN,
                            .commitment_usd = (double)NAN,
                            .advance_frac = (double)NAN,
                            .draws_end = conversion + 1,
                            .conversion = conversion,
                            .lockup_dscr = (double)NAN,
                            .default_dscr = (double)NAN};
}

#endif
