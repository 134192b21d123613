// Validation of the step model: `stargate validate training --cases DIR`.
//
// Holds measured training runs, and the predictions of another model, against ours. Constants are fitted on the shipped runs and
// on those of the directory, always without the runs that are predicted. What is compared: docs/validation-training.md.
#ifndef TWIN_VALIDATE_TRAINING_H
#define TWIN_VALIDATE_TRAINING_H

#include "../base/diag.h"
#include "validate.h"

// Files of a directory; NULL: not there. At least one of the first four must be.
typedef struct validate_training_files {
  const diag_source *published, *multi, *single;  // published.csv, vtrain_multi.csv, vtrain_single.csv
  const diag_source *calculon;                    // calculon.csv
  const diag_source *systems;                     // (n_systems) systems/NAME.json, known by the end of their names
  size_t             n_systems;
} validate_training_files;

// Rows of the report: see validate_training_score.h and validate_training_reference.h. A run that cannot be computed is
// "skipped" (not published what it takes) or "input" (cannot be read, or no possible plan), row->why says why.
// out: zeroed by the caller; give it back with validate_report_free whatever is returned. out->holds: every bar is met and no
// row is "input". Deterministic. About a minute of one core at most.
// Errors, with place and hint in diags: those of csv_read, SG_ERR_KEY (a column is missing), SG_ERR_RANGE (no run at all),
// SG_ERR_MEMORY.
sg_err validate_training(const validate_training_files *files, sg_diags *diags, validate_report *out);

#endif
