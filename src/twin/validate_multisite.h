// Validation of training across sites: `stargate validate multisite --cases DIR`.
//
// Holds published losses, bandwidth tables and figures of runs against training/sites.h. What is compared, and where it
// disagrees: docs/validation-multisite.md.
#ifndef TWIN_VALIDATE_MULTISITE_H
#define TWIN_VALIDATE_MULTISITE_H

#include "../base/diag.h"
#include "validate.h"

// published: DIR/published.csv. One row of the report for each of its rows: "ok" or "off" by the tolerance of its group;
// "skipped": an input, or nothing here computes it, row->why says which; "input": the row cannot be read. The summary has, by
// group, counts, median and worst error and the share within tolerance, and the same out of fold: losses of a size by a law
// fitted without that size, bandwidths of a model by a reading of the grid calibrated without it.
// out: zeroed by the caller; give it back with validate_report_free whatever is returned. out->holds: every loss on C4 is
// within 0.4 % and the rounding of its print, 80 % of the bandwidths are within a step of the grid, every loss on other data
// and every figure of a run that is computed is within its row's tol_rel, and no row is "input".
// Errors, with place and hint in diags: those of csv_read, SG_ERR_KEY (a column is missing), SG_ERR_SYNTAX (a line of too few
// fields), SG_ERR_RANGE (no row at all), SG_ERR_MEMORY.
sg_err validate_multisite(const diag_source *published, sg_diags *diags, validate_report *out);

#endif
