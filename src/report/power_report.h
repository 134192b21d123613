// What `stargate power` says: for a terminal, as JSON, hour by hour as CSV.
#ifndef REPORT_POWER_REPORT_H
#define REPORT_POWER_REPORT_H

#include "../base/json.h"
#include "../twin/power_sizing.h"
#include "page.h"

// z: sizes of least cost; NULL: not asked for.
sg_err report_power_text(const twin_power_study *s, const twin_power_sizing *z, sg_style style, text_buffer *out);

// Schema stargate.power/1; `optimum` is null where z is NULL.
sg_err report_power_json(const twin_power_study *s, const twin_power_sizing *z, text_buffer *out);

// A head and a line for each of the 8,760 hours: RFC 4180, units in the names of the columns.
sg_err report_power_hourly(const twin_power_study *s, text_buffer *out);

#endif
