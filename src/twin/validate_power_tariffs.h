// Validation of electricity bills with known answers: part of `stargate validate power --cases DIR`.
//
// tariffs/cases.json holds loads and tariffs, tariffs/expected.csv the parts of their bills (without it: `expected_usd` of the
// case). Format: data/validation/power/tariffs/README.md.
#ifndef TWIN_VALIDATE_POWER_TARIFFS_H
#define TWIN_VALIDATE_POWER_TARIFFS_H

#include "../base/diag.h"
#include "validate.h"

// files: (n), of which tariffs/cases.json and tariffs/expected.csv are read. A row for each part of a bill and each billed
// demand: "ok" within the cent (or the case's tolerance, if tighter), else "off", which clears out->holds. Errors, with
// place and hint in diags: SG_ERR_KEY (a key that is missing, or not known in a tariff or load), SG_ERR_RANGE, SG_ERR_SYNTAX,
// SG_ERR_LIMIT, SG_ERR_MEMORY.
sg_err validate_power_tariffs(const diag_source *files, size_t n, sg_diags *diags, validate_report *out);

#endif
