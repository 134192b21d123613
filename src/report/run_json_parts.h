// Parts of the run JSON, each its keys of the object at the top. Not for others, but for report_inputs.
#ifndef REPORT_RUN_JSON_PARTS_H
#define REPORT_RUN_JSON_PARTS_H

#include "run_json.h"

enum { REPORT_INFLUENCES = 20 };  // inputs that are ranked for each promise

// Bins tell a quantile to 3 %, and ten thousand scenarios a mean to about 1 %: beyond six digits nothing is known.
enum { REPORT_DIGITS = 6, REPORT_DIGITS_EXACT = 12 };

void report_origin(json_writer *w, const twin_ensemble *e);    // command, horizon
void report_programme(json_writer *w, const twin_model *m);    // campuses, covenants, facts_known
void report_schedule(json_writer *w, const twin_ensemble *e);  // schedule, delay_by_year
void report_flows(json_writer *w, const twin_ensemble *e);     // flows
void report_validation(json_writer *w);                        // validation

// inputs: every uncertain one and every one that the file states. e may be NULL: without influence on promises.
void report_inputs(json_writer *w, const twin_model *m, const twin_ensemble *e);

#endif
