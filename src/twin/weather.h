// Weather of the twin's campuses: hours of the built-in years, and what cooling makes of them month by month.
#ifndef TWIN_WEATHER_H
#define TWIN_WEATHER_H

#include "../base/diag.h"
#include "../power/power.h"
#include "model.h"

// Hours of the station that a row of the catalogue is named after. SG_ERR_NAME (no finding): there are none; else as
// power_hours_read. All memory from the arena.
sg_err twin_station_hours(const char *name, arena *a, sg_diags *diags, power_hours *out);

// Fills m->hours, by row of the class weather, and m->cooling_table, by campus, at plan values. Where a programme
// writes months of its own, or a place has no built-in year, the hours are quantiles of its months. Errors: those of
// power_hours_read; SG_ERR_MEMORY.
sg_err twin_make_weather(twin_model *m, sg_diags *diags);

// PUE and water of a campus in the twelve months from January, of the numbers that v holds: by its table, about 20 ns a month.
// Where drawn temperatures of the design differ from the plan's the table is made anew (about 0.2 ms), where the weather's do
// the months are taken as normal.
void twin_campus_cooling(const twin_model *m, const twin_view *v, int32_t campus, double pue_frac[POWER_MONTHS],
                         double water_l_per_kwh[POWER_MONTHS]);

#endif
