// Wide-area links: how long a route between campuses is, how late a bit arrives, how much fibre a rate takes, what it costs.
//
// Lengths are great circles times a route factor, since conduits follow roads and railways. Pure, no allocation.
#ifndef COMPUTE_WAN_H
#define COMPUTE_WAN_H

typedef struct compute_place {
  double latitude_deg, longitude_deg;  // -90 .. 90, -180 .. 360
} compute_place;

// Great circle by the haversine formula, Earth a sphere of 6371.0088 km (mean radius R1, IUGG 1980; Moritz, Geodetic
// Reference System 1980, Journal of Geodesy 74 (2000), p. 128). Within 0.6 % of the ellipsoid.
double compute_wan_straight_km(compute_place a, compute_place b);

// Fibre between campuses: what a kilometre and a bit per second take.
typedef struct compute_fibre {
  double route_factor;      // length of the conduit over the great circle, >= 1
  double delay_s_per_km;    // one way
  double pair_bits_per_s;   // of one pair of fibres, each way, with amplifiers on the way
  double cable_pairs;       // pairs of a usual new cable
  double cable_usd_per_km;  // a new cable of that many pairs, built and lit for a long route
  double strand_exponent;   // cost of a cable goes as (pairs / cable_pairs) to this power
  double amplifier_spacing_km;
  double transceiver_bits_per_s;
  double transceiver_usd, transceiver_w;
  double lead_time_day;  // of the cable itself, before it can be laid
} compute_fibre;

// Usual values, for a long route in the United States:
//   route_factor          1.3     median of 120 population centres, Bozkurt et al. 2018, arXiv:1811.10737
//   delay_s_per_km        4.9 us  index of refraction 1.468: n / c
//   pair_bits_per_s       64e12   C+L band, 1,200 km of laid G.652 fibre, EDFA only, China Telecom trial, 2023 to 2025
//   cable_pairs           432     864 fibres, the lesser of 864 to 1,728 of new long-haul cables, FBA / RVA 2025
//   cable_usd_per_km      120e3   120 USD/m, base case of a long link, Thunder Said Energy 2025. Building underground alone:
//                                 18 USD/ft = 59 USD/m, median, FBA / Cartesian, Fiber Deployment Cost Annual Report 2025
//   strand_exponent       0.301   ten times the strands cost twice as much (same model): log10(2)
//   amplifier_spacing_km  77      Umatilla to Reno, 622 miles with 13 huts, Zayo 2024
//   transceiver           400G ZR: 10,000 USD (8,000 to 12,000 at launch, 2019; low confidence), 19 W (15 to 20)
//   lead_time_day         420     60 weeks and more for ribbon cable, early 2026, Superior Essex
compute_fibre compute_fibre_usual(void);

// What a link of one route takes.
typedef struct compute_link {
  double route_km, delay_s;     // one way
  double pairs;                 // whole pairs
  double transceivers;          // at both ends
  double amplifiers;            // huts on the way, ends not counted
  double build_usd;             // cable of its own, all of it new
  double optics_usd, optics_w;  // both ends
} compute_link;

// A link of straight_km as the crow flies that carries bits_per_s each way. A cable is built whole: fewer pairs than
// usual cost as much as a usual cable. The price is capital at once; leased fibre is another contract.
// straight_km >= 0; bits_per_s >= 0; both finite. Zero bits: nothing but the length.
compute_link compute_link_for(const compute_fibre *fibre, double straight_km, double bits_per_s);

#endif
