// Validation of the capital kernel: `stargate validate capital --cases DIR`.
//
// Computes annual project-finance cases from their inputs alone and holds every figure that the reference published
// against ours. What is compared and whose conventions apply: docs/validation-capital.md.
#ifndef TWIN_VALIDATE_CAPITAL_H
#define TWIN_VALIDATE_CAPITAL_H

#include "../base/diag.h"
#include "validate.h"

// Files of a directory; NULL: not there. The figures of a case without results are computed only.
typedef struct validate_capital_files {
  const diag_source *inputs, *schedules, *results, *annual;
  const diag_source *flip_inputs, *flip_results, *flip_annual;
} validate_capital_files;

// One row per case, quantity and year ("cafds, year 3"): "ok" or "off" by its tolerance; "skipped": nothing published, or
// shown only; "input": the case or the published value cannot be used, row->why says why. out: zeroed by the caller; give
// it back with validate_report_free whatever is returned. out->holds: every figure is "ok" and none is "input".
// Errors, with place and hint in diags: those of validate_cases_read, SG_ERR_RANGE (no case at all).
sg_err validate_capital(const validate_capital_files *files, sg_diags *diags, validate_report *out);

#endif
