// Validation of power supply against reference optima: part of `stargate validate power --cases DIR`.
//
// Every dispatch/NAME_params.json with its NAME_hourly_inputs.csv is solved as the linear programme of power/optimise.h; where
// NAME_result.json is there, the cost is held against it, and where nothing is sized, so is the rule of power/dispatch.h.
// Format: data/validation/power/dispatch/README.md.
#ifndef TWIN_VALIDATE_POWER_DISPATCH_H
#define TWIN_VALIDATE_POWER_DISPATCH_H

#include "../base/diag.h"
#include "validate.h"

// files: (n), of which those whose folder is "dispatch" are read; a name may end in ".gz" (the text is unpacked). Adds a row for
// each figure: "ok" or "off" (cost within 1e-6, capacities within 0.1 %, rule within 0.1 % of the optimum, merit order within
// 1e-6), "skipped" where nothing was published, or for a key of the file that is not known. out->holds is cleared by an "off".
// Errors, with place and hint in diags: SG_ERR_KEY (a key, column or file is missing), SG_ERR_RANGE (a value out of range, hours
// that are missing, a load below 0), SG_ERR_LIMIT (the limits cannot serve the load), SG_ERR_SYNTAX, SG_ERR_MEMORY.
sg_err validate_power_dispatch(const diag_source *files, size_t n, sg_diags *diags, validate_report *out);

#endif
