// Reference: the predictions of Calculon (calculon.csv) against the step model with Calculon's assumptions switched on.
#ifndef TWIN_VALIDATE_TRAINING_REFERENCE_H
#define TWIN_VALIDATE_TRAINING_REFERENCE_H

#include "../base/arena.h"
#include "../base/diag.h"
#include "validate.h"

// Adds a row for each case and compared quantity: FLOP, state bytes and link times within 0.5 %, total time within 3 %; "off"
// rows say why where the reason is known. systems: (n) by the end of their names. report->holds is false where a bar is missed.
// Errors: those of csv_read and spec_read, SG_ERR_KEY (a column or a system is missing), SG_ERR_MEMORY.
sg_err validate_training_reference(const diag_source *cases, const diag_source *systems, size_t n, arena *a,
                                   sg_diags *diags, validate_report *report);

#endif
