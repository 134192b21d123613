// Check report: contradictions, what is worth knowing, and what is assumed; for people, and as JSON (stargate.check/1).
#ifndef REPORT_CHECK_REPORT_H
#define REPORT_CHECK_REPORT_H

#include "../twin/check.h"
#include "page.h"

// *n_contradictions may be NULL. Errors: SG_ERR_MEMORY.
sg_err report_check(const twin_model *m, sg_style style, text_buffer *out, int *n_contradictions);

// m NULL: the file could not be loaded, and diags say why. diags may be NULL.
sg_err report_check_json(const twin_model *m, const sg_diags *diags, text_buffer *out);

#endif
