// Renewable: see renewable.h.
#include "renewable.h"

#include <math.h>

#include "../base/number.h"

#define RAD_PER_DEG (3.14159265358979323846 / 180.0)

// ---- Sun ------------------------------------------------------------------------------------------------------------

power_sun power_sun_at(double lat_deg, double lon_deg, double utc_offset_h, int32_t day_of_year, double hour) {
  const double year = 2.0 * 180.0 * RAD_PER_DEG * day_of_year / 365.0, lat = lat_deg * RAD_PER_DEG;
  const double declination = 23.45 * RAD_PER_DEG * sin(360.0 * RAD_PER_DEG * (285 + day_of_year) / 365.0);
  const double equation_min = 229.2 * (0.000075 + 0.001868 * cos(year) - 0.032077 * sin(year) -
                                       0.014615 * cos(2.0 * year) - 0.04089 * sin(2.0 * year));
  const double solar = hour + (lon_deg - 15.0 * utc_offset_h) / 15.0 + equation_min / 60.0;
  const double angle = 15.0 * RAD_PER_DEG * (solar - 12.0);  // afternoon: positive
  const double up = sin(lat) * sin(declination) + cos(lat) * cos(declination) * cos(angle);
  const double west = cos(declination) * sin(angle);
  const double south = sin(lat) * cos(declination) * cos(angle) - cos(lat) * sin(declination);
  return (power_sun){asin(number_most(-1.0, number_least(1.0, up))), atan2(west, south)};
}

// Light on a panel that turns about a north-south axis, W/m2.
static double tracker_w_m2(const power_sun *sun, double dni, double dhi, double ghi) {
  const double most = 52.0 * RAD_PER_DEG;
  const double up = sin(sun->elevation_rad), west = cos(sun->elevation_rad) * sin(sun->azimuth_rad);
  const double turn = up > 0.0 ? number_most(-most, number_least(most, atan2(west, up))) : 0.0;
  const double beam = up > 0.0 ? number_most(0.0, up * cos(turn) + west * sin(turn)) : 0.0;
  return dni * beam + dhi * 0.5 * (1.0 + cos(turn)) + ghi * 0.2 * 0.5 * (1.0 - cos(turn));  // ground: albedo 0.2
}

bool power_solar_hours(const power_hours *h, double *out_frac) {
  if (!h->ghi_w_m2 || !h->dni_w_m2 || !h->dhi_w_m2 || isnan(h->lat_deg) || isnan(h->lon_deg) || isnan(h->utc_offset_h))
    return false;
  for (int32_t t = 0; t < h->n; t++) {
    const power_sun sun = power_sun_at(h->lat_deg, h->lon_deg, h->utc_offset_h, t / 24, t % 24 + 0.5);
    const double    panel = tracker_w_m2(&sun, h->dni_w_m2[t], h->dhi_w_m2[t], h->ghi_w_m2[t]);
    const double    cell_degc = h->dry_degc[t] + panel * (45.0 - 20.0) / 800.0;
    const double    dc = 1.3 * panel * 1e-3 * (1.0 - 0.0035 * (cell_degc - 25.0)) * 0.86;
    out_frac[t] = number_most(0.0, number_least(1.0, 0.96 * dc));
  }
  return true;
}

// ---- Wind -----------------------------------------------------------------------------------------------------------

bool power_wind_hours(const power_hours *h, double *out_frac) {
  const double in = 3.0, rated = 11.0, off = 25.0, up = pow(100.0 / 10.0, 1.0 / 7.0);
  if (!h->wind_m_s) return false;
  const double air = isnan(h->elevation_m) ? 1.0 : power_density_frac(h->elevation_m);
  for (int32_t t = 0; t < h->n; t++) {
    const double v = h->wind_m_s[t] * up;
    const double part = air * (v * v * v - in * in * in) / (rated * rated * rated - in * in * in);
    out_frac[t] = v >= off ? 0.0 : 0.85 * number_most(0.0, number_least(1.0, part));
  }
  return true;
}
