// Run, as JSON for programs: schema stargate.run/1. Keys stand in a fixed order; numbers
// are those of the ensemble; what does not exist is null.
#ifndef REPORT_RUN_JSON_H
#define REPORT_RUN_JSON_H

#include "../base/json.h"
#include "../twin/ensemble.h"

// Adds the text to *out; false: out of memory. indent: spaces a level; 0: on one line.
bool report_run_json(const twin_ensemble *e, int indent, text_buffer *out);

// Shared by the reports in JSON.
void report_month(json_writer *w, const twin_model *m, int32_t month);  // "2025-12"; null outside the simulated months
void report_seed(json_writer *w, const char *key, uint64_t seed);        // beyond 63 bits as a string
void report_plan_months(json_writer *w, const twin_model *m);           // the months of the report, in a row
extern const char *const report_scalar_name[SCALAR_COUNT], *const report_scalar_unit[SCALAR_COUNT];

#endif
