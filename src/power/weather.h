// Weather: the hours of a year at a place, read from a table, and what air they mean.
//
// A typical or an actual year is an array of dry and wet bulb; the sky and the wind come along for solar and wind
// plants. Temperatures are degrees Celsius.
#ifndef POWER_WEATHER_H
#define POWER_WEATHER_H

#include <stdint.h>

#include "../base/arena.h"
#include "../base/csv.h"
#include "../base/diag.h"
#include "../base/field.h"

enum { POWER_MONTHS = 12, POWER_YEAR_HOURS = 8760, POWER_LEAP_HOURS = 8784 };

// Dry and wet bulb of one calendar month over all its hours. Catalogue rows: scripts/weather.py from NREL TMY3.
typedef struct power_weather_month {
  int32_t name;  // jan .. dec, in this order
  double  dry_mean_degc, dry_sd_degc;
  double  wet_mean_degc, wet_sd_degc;
} power_weather_month;

typedef struct power_weather {
  int32_t    name;
  double     elevation_m;
  double     design_dry_degc, design_wet_degc;  // exceeded in 0.4 % of the hours
  field_span months;                            // twelve rows of class "weather_month"
} power_weather;

extern const class_row power_weather_class, power_weather_month_class;

// Hours of one year, or of several in a row. All arrays (n); sky and wind NULL where the file has none.
typedef struct power_hours {
  int32_t  n;
  double   elevation_m, lat_deg, lon_deg, utc_offset_h;  // NaN: not said (offset 0 where the clock is UTC)
  int32_t  first_year;                                   // of an actual file; 0: typical
  int32_t  clock;  // 1: hours in their order, the first from midnight; 0: quantiles
  int32_t *month;  // 0 .. 11
  double  *dry_degc, *wet_degc;
  double  *wind_m_s, *ghi_w_m2, *dni_w_m2, *dhi_w_m2;
} power_hours;

// Reads a year of hours. Two forms, known by their columns, a first line of `# key=value; ...` before them:
//   typical  month, day, hour_end_lst (1-24), dry_bulb_C, wet_bulb_C [wind_speed_m_s, ghi_W_m2, dni_W_m2, dhi_W_m2]:
//            8,760 rows, no leap day
//   actual   time_utc (2020-01-01T05:00Z), dry_bulb_C, rel_humidity_pct [wind_speed_10m_m_s]: whole years of hours;
//            wet bulb from humidity and the standard pressure at the station's height
// All memory from the arena. Errors, with place and hint: those of csv_read; SG_ERR_KEY (a column is missing); SG_ERR_UNIT
// (a column is in another unit); SG_ERR_TYPE (no number); SG_ERR_RANGE (outside what air can be, an hour missing or twice,
// not a whole year).
sg_err power_hours_read(const diag_source *source, arena *a, sg_diags *diags, power_hours *out);

// The rows of an actual file that fall into one calendar year of UTC: first row and how many. n 0: none.
typedef struct power_span {
  int32_t first, n;
} power_span;
power_span power_hours_year(const power_hours *hours, int32_t year);

// Table with comment lines ("# ...") before its head; *note is the first of them, without "#", empty where there is none.
// Otherwise as csv_read; lines are those of the whole file.
sg_err power_table_read(const diag_source *source, arena *a, sg_diags *diags, csv_table *out, text_slice *note);

// The column `name`_`unit`. SG_ERR_UNIT with a hint where `name` stands there in another unit, SG_ERR_KEY where it does not
// stand there at all.
sg_err power_table_column(const csv_table *t, const char *name, const char *unit, sg_diags *diags, int32_t *column);

// A finite number of a cell within [low, high]; else SG_ERR_TYPE or SG_ERR_RANGE with the place.
sg_err power_table_number(const csv_table *t, int32_t row, int32_t column, double low, double high, sg_diags *diags,
                          double *out);

// A pseudo-year of 12 x per_month hours whose months have the stated means and deviations: quantiles of a normal
// distribution, dry and wet bulb rising together, wet bulb never above dry. For places of which only months are known.
// month: twelve rows; out arrays of 12 x per_month in the arena. SG_ERR_MEMORY.
sg_err power_hours_of_months(const power_weather_month *month, double elevation_m, int32_t per_month, arena *a,
                             power_hours *out);

// The temperature exceeded in 0.4 % of n values (as the design conditions of the ASHRAE handbook); `scratch` (n) is
// overwritten. n > 0.
double power_design_degc(const double *degc, int32_t n, double *scratch);

// ---- Air ------------------------------------------------------------------------------------------------------

// Pressure at a height, hPa. Source: ASHRAE Handbook Fundamentals 2017, ch. 1, eq. 3 (US standard atmosphere).
double power_pressure_hpa(double elevation_m);

// Density of air at a height over that at the sea, same temperature.
double power_density_frac(double elevation_m);

// Vapour pressure at saturation over water, hPa, -60 to 60 degC, within 0.5 % of the ASHRAE tables above 0 degC.
// Source: Magnus form with the coefficients of WMO-No. 8 (2018 edition), annex 4.B.
double power_saturation_hpa(double degc);

// Thermodynamic wet bulb of moist air. rel_humidity_frac 0 to 1. Source: ASHRAE Handbook Fundamentals 2017, ch. 1, eq. 33
// (wet bulb above freezing; used below as well, where it errs by less than 0.3 K), solved by bisection.
double power_wet_bulb_degc(double dry_degc, double rel_humidity_frac, double pressure_hpa);

#endif
