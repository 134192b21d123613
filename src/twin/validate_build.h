// Validation of the build-out: `stargate validate build --cases DIR`.
//
// Forecasts the share of its plan that each campus has on line, month by month, from its row in sites.csv alone, and
// scores it by CRPS against climatology (the other sites' values at the same age). What is scored, conditional on what,
// and the figures: docs/validation-build.md.
#ifndef TWIN_VALIDATE_BUILD_H
#define TWIN_VALIDATE_BUILD_H

#include "../base/diag.h"
#include "validate.h"

// The bar: CRPS out of fold at most this part of the climatology's.
#define VALIDATE_BUILD_BAR 0.92

// observations_csv may be NULL: forecasts only. With at least 20 observed sites, parameters are calibrated in 10 folds
// over them (and on the shipped sites that the directory does not name); else on the shipped sites alone, without those
// of the same name. The same bytes for the same seed. out: zeroed by the caller; give it back with validate_report_free
// whatever is returned. out->holds: the bar is met (or there was nothing to score) and every line could be read.
// Errors: those of validate_sites_read (SG_ERR_KEY, SG_ERR_LIMIT, SG_ERR_RANGE), SG_ERR_MEMORY. Bad lines alone are no
// error: they are reported, and stand as rows with status "input".
sg_err validate_build(const diag_source *sites_csv, const diag_source *observations_csv, uint64_t seed, sg_diags *diags,
                      validate_report *out);

#endif
