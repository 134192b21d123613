// Validation of the scheduler: `stargate validate operations --cases DIR`.
//
// Schedules every trace as each file of reference starts says, from the trace alone, and holds every start and every
// summary figure against ours. What the files are: data/validation/cluster/README.md; what is compared:
// docs/validation-operations.md. Reliability, checkpoints and spares: validate_reliability.h.
#ifndef TWIN_VALIDATE_OPERATIONS_H
#define TWIN_VALIDATE_OPERATIONS_H

#include "../base/diag.h"
#include "validate.h"

// Files, unpacked; of a name only what follows the last '/' counts, and a ".gz" at its end does not.
typedef struct validate_operations_files {
  const diag_source *summary;    // scheduler-summary.csv: capacity and figures of each file of starts; NULL: not there
  const diag_source *tiny;       // tiny-cases.csv; NULL: not there
  const diag_source *published;  // published.csv; NULL: not there
  const diag_source *starts;     // TRACE.POLICY.starts.csv     (n_starts)
  size_t             n_starts;
  const diag_source *trace;      // TRACE.csv                   (n_trace)
  size_t             n_trace;
} validate_operations_files;

// For each file of starts a row "starts": how many there are (expected) and how many of ours are the same (computed),
// then one for each figure of the summary and of published.csv; for each tiny case one for each policy. "off": anything
// differs; "input": the case cannot be computed, row->why says why. out: zeroed by the caller; give it back with
// validate_report_free whatever is returned. out->holds: none is "off" or "input".
// Errors, with place and hint in diags: those of csv_read and operations_trace_next; SG_ERR_KEY (a column is missing);
// SG_ERR_RANGE (neither starts nor tiny cases).
sg_err validate_operations(const validate_operations_files *files, sg_diags *diags, validate_report *out);

#endif
