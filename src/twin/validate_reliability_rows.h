// Rows of reliability.csv: what the engine says to each quantity.
#ifndef TWIN_VALIDATE_RELIABILITY_ROWS_H
#define TWIN_VALIDATE_RELIABILITY_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/text.h"

enum { RELIABILITY_VALUES = 8, RELIABILITY_KNOWN_MOST = 96 };

// Numbers of a field, "30/30/60", "5-20", "<0.01 / 0.12", "16 of 18": each with the sign before it.
typedef struct reliability_values {
  double  at[RELIABILITY_VALUES];
  char    sign[RELIABILITY_VALUES];  // '<', '>' or '='
  int32_t n;
} reliability_values;

// Thousands may be parted by commas. At most RELIABILITY_VALUES of them; the others are left.
reliability_values reliability_values_of(text_slice field);

// What the engine has for a quantity: one number for each of the field, NaN where it has none for that one.
typedef struct reliability_answer {
  double computed[RELIABILITY_VALUES];
  double tolerance_frac;  // of what is published
  double low, high;       // NaN: none; a range that the model spans and the first published number must lie in,
                          // computed[0] being its middle
  const char *why;        // what it feeds, or why it is not held
  bool        held;       // false: `why` alone
} reliability_answer;

// The answer to a quantity as it is written; false: not known.
bool reliability_answer_of(text_slice quantity, reliability_answer *out);

int32_t     reliability_known(void);  // how many quantities are known
const char *reliability_quantity(int32_t i);

// Multiplier of a fleet with so many interruptions (node_only: node failures) per 1,000 days of 8-GPU nodes, and its
// place z in the spread of the published fleets.
double reliability_fleet_z(double per_1000_node_day, bool node_only);

// Expected training time ratio of job runs of gpus_low .. gpus_high GPUs at a rate per 1,000 node-days: mean over
// sizes even in the logarithm and over restarts of 5 and 20 min, a checkpoint an hour; write_s of each standing
// still.
double reliability_run_ettr(double gpus_low, double gpus_high, double per_1000_node_day, double write_s);

#endif
