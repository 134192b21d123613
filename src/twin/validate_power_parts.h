// Parts of validate_power.c: traces and published values.
#ifndef TWIN_VALIDATE_POWER_PARTS_H
#define TWIN_VALIDATE_POWER_PARTS_H

#include "../base/arena.h"
#include "../power/traces.h"
#include "validate_power.h"

// What the measured run says by itself, for published rows about it.
typedef struct validate_power_traces_out {
  power_trace_law     law;
  power_trace_figures fit;      // of the run fitted on
  double              fit_kwh;  // energy of it
  double              fit_gpus;
  double              b200_w_per_gpu;  // mean over the runs of one node of eight; NaN: none
} validate_power_traces_out;

sg_err validate_power_traces(arena *a, sg_diags *diags, validate_report *report, validate_power_traces_out *out);

sg_err validate_power_published(const diag_source *published, const validate_power_traces_out *traces, arena *a,
                                sg_diags *diags, validate_report *report);

#endif
