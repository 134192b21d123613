// Score of the step model on measured runs: constants fitted without the runs that are predicted, errors by stratum.
#ifndef TWIN_VALIDATE_TRAINING_SCORE_H
#define TWIN_VALIDATE_TRAINING_SCORE_H

#include "validate_training_rows.h"

// What of the runs is to be reported: the first n_own (those of the directory); the others (shipped) only calibrate.
// Adds to the report, for every own run with a measured step, a row "step_time" (constants fitted without its group, speed of
// its stack and precision from other groups) and one "step_time, other stacks" (constants without its stack, no speed); peak
// memory; ratios by group; medians by stratum, stack and hardware; null models. What a fold is: docs/validation-training.md.
// report->holds is false afterwards where a bar is missed. Errors: SG_ERR_MEMORY.
sg_err validate_training_score(validate_runs *runs, int32_t n_own, arena *a, validate_report *report);

#endif
