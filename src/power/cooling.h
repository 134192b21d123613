// Cooling: how a design gets the heat of the IT out of the building, hour by hour, with what power and what water.
//
// Heat leaves in two streams, by liquid and by air, each to be supplied to the racks at a temperature. Outside stands one
// sink: dry air, wet air in a tower, or sprayed air. Where the sink is cold enough it cools for nothing but fans; above
// that a chiller takes the part that is left. All results are shares of the IT load, so that any size may use them.
#ifndef POWER_COOLING_H
#define POWER_COOLING_H

#include <stdint.h>

#include "weather.h"

typedef enum power_sink {
  POWER_SINK_NONE,   // neither heat rejection nor height is looked at: base_pue is all there is
  POWER_SINK_DRY,    // outside air at its dry bulb: dry coolers, air-cooled chillers, air economisers
  POWER_SINK_TOWER,  // open tower: water at the wet bulb
  POWER_SINK_SPRAY   // outside air, wetted while it is warmer than evaporates_above
} power_sink;

typedef struct power_cooling {
  int32_t name;
  int32_t sink;                   // power_sink
  double  base_pue_frac;          // facility over IT at design load, at the sea, with all cooling free
  double  moving_frac;            // share of base_pue - 1 that moves air and water inside; the rest is electrical
  double  liquid_frac;            // share of the heat caught by liquid
  double  supply_degc;            // liquid supplied to the racks
  double  approach_degc;          // its free cooling needs a sink so much colder
  double  air_supply_degc;        // air supplied to the racks
  double  air_approach_degc;      // the same for the air stream
  double  rise_degc;              // warming of liquid, air and sink on their way through
  double  lift_degc;              // chiller: condensing over sink plus evaporating under liquid supply
  double  carnot_frac;            // chiller: share of the Carnot coefficient of performance that it reaches
  double  reject_frac;            // fans of heat rejection at full speed, per unit of heat, at the sea
  double  spray_frac;             // of dry less wet bulb that wetted media recover
  double  evaporates_above_degc;  // dry bulb above which they are wetted
  double  cycles;                 // cycles of concentration of evaporated water, > 1
  double  freeze_degc,
      freeze_frac;          // dry bulb below which basins and pipes are heated, with how much of the design IT load
  double heat_margin_degc;  // the plant carries full heat up to so much above the site's design temperature
  double heat_fall_frac_per_degc;  // and loses so much of it per degree beyond
} power_cooling;

extern const class_row power_cooling_class;

// Table of one design at one place: what does not depend on drawn sizes, quality and shares. Pure numbers, 1.3 kB.
enum { POWER_STREAMS = 2, POWER_BY_LIQUID = 0, POWER_BY_AIR = 1 };
typedef struct power_stream_month {
  double lift;               // chiller work for the whole stream at carnot_frac 1, per unit of its heat
  double speed;              // cube of the speed of rejection fans
  double speed_lift;         // mean of the product of the two
  double water, water_lift;  // litres evaporated per kWh of heat, and per kWh of chiller work at carnot_frac 1
} power_stream_month;

typedef struct power_cooling_month {
  power_stream_month stream[POWER_STREAMS];
  double             freezing_frac;  // share of hours below freeze_degc
} power_cooling_month;

typedef struct power_cooling_table {
  double              density_frac;  // of the site's air over that at the sea; 1 for POWER_SINK_NONE
  double              square, cube;  // means of the load's square and cube over the day, its mean being 1
  power_cooling_month month[POWER_MONTHS];
} power_cooling_table;

// Means of the hours of each month, weighted by the load of a day (24 local hours, > 0, any scale; NULL: flat, and always so
// where the hours are no clock's). A month without hours: zeros. About 15 ns an hour.
void power_cooling_table_fill(const power_cooling *cooling, const power_weather *site, const power_hours *hours,
                              const double *day_load, power_cooling_table *out);

// What the table depends on: 0 where a and b share one. Sizes, shares, quality and cycles may differ.
int power_cooling_table_differs(const power_cooling *a, const power_cooling *b);

// Facility over IT energy of a month (>= 1; ISO/IEC 30134-2:2016) at a mean load of load_frac of the design IT load
// (0 to 1, kept to at least 0.01) that follows the day the table was made for. Equals the hours' to rounding, as long as no
// hour's load leaves 0.01 to 1. About 20 ns.
//   pue = 1 + (base - 1) (moving m(x) / d^2 + (1 - moving) e(x)) + sum over streams of share (lift / carnot
//         + reject (speed + speed_lift / carnot) / d^2) + freeze freezing / x
//   m(x) = 0.3 + 0.7 x^2: flow follows load, a third of the head does not; e(x) = 0.25 / x + 0.35 + 0.4 x: losses
//   at no load, in proportion, with the square; x^2 times the day's mean cube, 0.4 x times its mean square.
//   x = load_frac, d = density over that at the sea.
// Source: form of e: Rasmussen, Electrical Efficiency Modeling for Data Centers, APC white paper 113, 2011; fan and
// affinity laws: ASHRAE Handbook HVAC Systems and Equipment 2020, ch. 21; shares: assumption, see docs/assumptions.md#cooling.
double power_table_pue(const power_cooling *cooling, const power_cooling_table *table, int32_t month, double load_frac);

// Water taken at the site per kWh of IT, litres (ISO/IEC 30134-9:2022): evaporated x cycles / (cycles - 1).
double power_table_wue_l_per_kwh(const power_cooling *cooling, const power_cooling_table *table, int32_t month);

// One hour at one load: what the tables are means of. Arrays may not overlap; it_mw: load (n), design_mw > 0.
//   pue_frac (n) >= 1, water_l_per_kwh (n), limit_frac (n): share of the design heat that the plant can carry, 0 to 1.
// Outputs may be NULL but for pue_frac. One pass, no allocation, about 15 ns an hour.
void power_cooling_hours(const power_cooling *cooling, const power_weather *site, const double *dry_degc,
                         const double *wet_degc, const double *it_mw, double design_mw, int32_t n, double *pue_frac,
                         double *water_l_per_kwh, double *limit_frac);

// PUE at the site's design temperatures and full load: the mechanical and electrical peak that supply and plant must
// cover. No yearly mean: it sizes, it does not bill. Published peak ratios also hold redundancy and margins, and lie higher.
double power_design_day_pue(const power_cooling *cooling, const power_weather *site);

// Monthly means from the mean and deviation of dry and wet bulb alone, at full load: quantiles of normal months, for
// places without hours. elevation_m: as power_weather. About 2 us.
double power_pue(const power_cooling *cooling, const power_weather_month *month, double elevation_m);
double power_wue_l_per_kwh(const power_cooling *cooling, const power_weather_month *month);

#endif
