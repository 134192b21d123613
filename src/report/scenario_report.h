// One scenario of an ensemble, alone: the months in words, or its numbers (schema stargate.scenario/1).
#ifndef REPORT_SCENARIO_REPORT_H
#define REPORT_SCENARIO_REPORT_H

#include "../twin/model.h"
#include "page.h"

// Scenario k of the ensemble with this seed. Errors: SG_ERR_MEMORY.
sg_err report_scenario_trace(const twin_model *m, uint64_t seed, uint32_t k, sg_style style, text_buffer *out);
sg_err report_scenario_json(const twin_model *m, uint64_t seed, uint32_t k, text_buffer *out);

#endif
