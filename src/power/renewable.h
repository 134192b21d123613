// Renewable: what sun and wind give in each hour of a site's year, per MW of plant.
//
// One common plant each: photovoltaics on single-axis trackers, turbines of a middle class at 100 m.
// A typical year of one station stands for a plant near it; plants elsewhere, spread and clipping by others are left out.
#ifndef POWER_RENEWABLE_H
#define POWER_RENEWABLE_H

#include <stdbool.h>

#include "weather.h"

// Position of the sun: angles in radians, azimuth from south to west.
typedef struct power_sun {
  double elevation_rad, azimuth_rad;
} power_sun;

// At solar time of longitude and clock: day_of_year 0 .. 365, hour of local standard time at the middle of the interval.
// Source: Duffie and Beckman, Solar Engineering of Thermal Processes, 4th ed. 2013, ch. 1: Cooper's declination (eq. 1.6.1a),
// Spencer's equation of time (eq. 1.5.3).
power_sun power_sun_at(double lat_deg, double lon_deg, double utc_offset_h, int32_t day_of_year, double hour);

// Output over rating, 0 .. 1, of n hours of a typical year from 1 January. False: the file has no sky or no place.
//   panel = beam on the tracker + sky + ground; dc = 1.3 panel/1000 (1 - 0.0035 (cell - 25)) 0.86; ac = min(1, 0.96 dc)
// Source: Dobos, PVWatts Version 5 Manual, NREL/TP-6A20-62641, 2014 (losses 14 %, inverter 96 %, premium module -0.35 %/K);
// tracker within 52 degrees of flat: assumption; cell temperature by its nominal 45 degC: Duffie and Beckman, sec. 23.3.
// DC over AC 1.3: Bolinger et al., Utility-Scale Solar, LBNL 2023 (memory).
bool power_solar_hours(const power_hours *hours, double *out_frac);

// The same of wind. False: the file has no wind.
//   v = v10 (100/10)^(1/7), output = 0.85 (v^3 - 3^3)/(11^3 - 3^3) within 3 .. 11 m/s, 0.85 up to 25 m/s, less thin air below 11
// Source: power law of exponent 1/7, Justus and Mikhail, Geophysical Research Letters 3 (1976) 261; speeds of a turbine of IEC
// class II and losses of 15 %: assumption, see docs/assumptions.md#sun-and-wind.
bool power_wind_hours(const power_hours *hours, double *out_frac);

#endif
