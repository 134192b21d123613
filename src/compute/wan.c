// Wide-area links: see wan.h.
#include "wan.h"

#include <math.h>

#include "../base/number.h"

static const double earth_km = 6371.0088, radian_per_deg = 3.14159265358979323846 / 180.0;

double compute_wan_straight_km(compute_place a, compute_place b) {
  double phi_a = a.latitude_deg * radian_per_deg, phi_b = b.latitude_deg * radian_per_deg;
  double s = sin(0.5 * (phi_b - phi_a)), l = sin(0.5 * (b.longitude_deg - a.longitude_deg) * radian_per_deg);
  double h = s * s + cos(phi_a) * cos(phi_b) * l * l;
  return 2.0 * earth_km * asin(sqrt(number_least(h, 1.0)));
}

compute_fibre compute_fibre_usual(void) {
  return (compute_fibre){.route_factor = 1.3,
                         .delay_s_per_km = 4.9e-6,
                         .pair_bits_per_s = 64e12,
                         .cable_pairs = 432.0,
                         .cable_usd_per_km = 120e3,
                         .strand_exponent = 0.301,
                         .amplifier_spacing_km = 77.0,
                         .transceiver_bits_per_s = 400e9,
                         .transceiver_usd = 10e3,
                         .transceiver_w = 19.0,
                         .lead_time_day = 420.0};
}

compute_link compute_link_for(const compute_fibre *fibre, double straight_km, double bits_per_s) {
  compute_link link = {.route_km = straight_km * fibre->route_factor};
  link.delay_s = link.route_km * fibre->delay_s_per_km;
  if (!(bits_per_s > 0.0)) return link;
  link.pairs = ceil(bits_per_s / fibre->pair_bits_per_s);
  link.transceivers = 2.0 * ceil(bits_per_s / fibre->transceiver_bits_per_s);
  link.amplifiers = number_most(ceil(link.route_km / fibre->amplifier_spacing_km) - 1.0, 0.0);
  double cables = pow(number_most(link.pairs / fibre->cable_pairs, 1.0), fibre->strand_exponent);
  link.build_usd = link.route_km * fibre->cable_usd_per_km * cables;
  link.optics_usd = link.transceivers * fibre->transceiver_usd;
  link.optics_w = link.transceivers * fibre->transceiver_w;
  return link;
}
