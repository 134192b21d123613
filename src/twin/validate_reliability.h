// Validation of failures and goodput: part of `stargate validate operations --cases DIR`.
//
// Holds published figures (reliability.csv, by its column `use`), the expected training time ratio
// (ettr-reference.csv) and spares (spares-reference.csv) against what operations/ computes. What each row is held
// against: docs/validation-reliability.md.
#ifndef TWIN_VALIDATE_RELIABILITY_H
#define TWIN_VALIDATE_RELIABILITY_H

#include "../base/diag.h"
#include "validate.h"

// Adds rows to out, which is zeroed by the caller or holds the rows of another part of the same domain; out->domain
// and out->holds are the caller's to set before, holds is only ever cleared. Any file may be NULL: not there, nothing
// is said.
//   input      computed: the constant of the engine; row->why names what it feeds. A row that nothing takes: "input"
//   reproduce  computed from cluster size, rates and conditions, with its error
//   context    "ok" or "off" by the range that the model falls in; "skipped": row->why says why it is not held
// Rows are known by their quantity, so that other files of the same format can be held too; rates per node-day of
// other fleets are held against the spread of the published ones. A file that has most of the known rows must have
// all.
// Errors, with place and hint in diags: those of validate_table_read, SG_ERR_KEY (a column is missing),
// SG_ERR_MEMORY.
sg_err validate_reliability(const diag_source *reliability, const diag_source *ettr, const diag_source *spares,
                            sg_diags *diags, validate_report *out);

#endif
