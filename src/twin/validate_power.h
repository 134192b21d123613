// Validation of power: `stargate validate power --cases DIR`.
//
// Published values of facilities and grids, measured traces of training runs, and, beside them, dispatch and bills
// (validate_power_dispatch.h, validate_power_tariffs.h). What is compared: docs/validation-power.md.
#ifndef TWIN_VALIDATE_POWER_H
#define TWIN_VALIDATE_POWER_H

#include "../base/diag.h"
#include "validate.h"

// The files of the directory, named relative to it: "published.csv", "dispatch/x_params.json", "tariffs/cases.json".
typedef struct validate_power_files {
  const diag_source *at;  // (n)
  size_t             n;
} validate_power_files;

// published.csv gives one row of the report for each of its rows, by column `use`: "reproduce" is computed from its own
// context, "ok" or "off" by the tolerance of its kind, "input" where its context does not suffice (the bar is missed); "input"
// is "ok" where a number of the model takes it, and `why` says which; "context" is "ok" where the model's range holds it, else
// "skipped" with the reason. The traces are those built into the library, always. Weather and prices are as well.
// out: zeroed by the caller; give it back with validate_report_free whatever is returned. out->holds: no reproduce row is
// missing, the mean absolute error of PUE is at most 0.03, peak ratios are within 10 % and means of grids within what is
// printed (water: its error is shown, no bound is known), every trace that trace_summary.csv holds is predicted within its
// bounds, and dispatch and tariffs hold.
// Errors, with place and hint in diags: those of csv_read, SG_ERR_KEY (a column is missing), SG_ERR_SYNTAX (a line of too few
// fields), SG_ERR_RANGE (nothing to compare), SG_ERR_MEMORY; those of dispatch and tariffs.
sg_err validate_power(const validate_power_files *files, sg_diags *diags, validate_report *out);

#endif
