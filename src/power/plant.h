// Plant: what stands behind the sources of dispatch.h: machines that burn gas, their permits and outages; batteries as they
// age; contracts for sun and wind; diesel and the seconds until it carries; the grid as it is connected and curtailed; and
// who goes without when power is short. Pure arithmetic on plain structs.
#ifndef POWER_PLANT_H
#define POWER_PLANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>


// ---- Machines -----------------------------------------------------------------------------------------------------

typedef enum power_machine_kind {
  POWER_SIMPLE_CYCLE,
  POWER_COMBINED_CYCLE,
  POWER_ENGINE,
  POWER_FUEL_CELL,
  POWER_MACHINES
} power_machine_kind;

enum { POWER_PART_LOADS = 4 };  // 25, 50, 75, 100 % of what the unit can give

// How a kind of machine behaves; size and heat rate at full load come with the plant.
typedef struct power_machine {
  const char *word;
  double      part_frac[POWER_PART_LOADS];  // heat rate over that at full load
  double      least_frac;                   // below this a unit is switched off
  double      per_degc_frac;                // output lost per degree above hot_from_degc
  double      hot_from_degc;
  double      heat_per_degc_frac;  // heat rate gained per degree above 15 degC
  double      altitude_share;      // of the fall of air pressure that output follows, above free_m
  double      free_m;
  double      start_s;  // to full load
} power_machine;

// By kind. Sources and what is assumed: at the table in plant.c.
extern const power_machine power_machines[POWER_MACHINES];

// Air pressure over that at sea level. Source: ISO 2533:1975, standard atmosphere below 11 km.
double power_pressure_frac(double altitude_m);

// Share of ISO output at dry bulb and altitude, 0 .. 1: machines are not run above their rating in the cold.
double power_machine_output_frac(const power_machine *m, double dry_degc, double altitude_m);

// Heat rate over its value at full load and 15 degC, at load_frac (0 .. 1) of the possible output. Piecewise linear.
double power_machine_heat_frac(const power_machine *m, double load_frac, double dry_degc);

// Units of one size that run together.
typedef struct power_fleet {
  power_machine_kind kind;
  int32_t            units;
  double             unit_mw;                  // ISO
  double             heat_rate_mmbtu_per_mwh;  // full load, ISO, higher heating value
} power_fleet;

// Fuel of an hour at `mw` (within what `running` units can give): as few units as carry it, plus `spare` for the loss of
// some, share it evenly. Returns MMBtu. 0 at 0 MW.
double power_fleet_fuel_mmbtu(const power_fleet *fleet, double mw, int32_t spare, double dry_degc, double altitude_m);

// Power with the k largest units of all fleets out. fleet: (n). N+k planning: k = 1 is the largest unit out.
double power_fleet_firm_mw(const power_fleet *fleet, int32_t n, int32_t k, double dry_degc, double altitude_m);

// Marginal cost: heat x (fuel + carbon) + O&M. co2_usd_per_t: price of carbon, 0 where there is none.
double power_fuel_usd_per_mwh(double heat_rate_mmbtu_per_mwh, double fuel_usd_per_mmbtu, double co2_usd_per_t,
                              double om_usd_per_mwh);

// Share of a sum that a yearly payment at the end of each of life_yr years makes up at rate_frac a year.
//   r / (1 - (1 + r)^-n), 1/n at r = 0. Source: capital recovery factor, Short, Packey and Holt, A Manual for the Economic
// Evaluation of Energy Efficiency and Renewable Energy Technologies, NREL/TP-462-5173, 1995, ch. 2.
double power_capital_recovery_frac(double rate_frac, double life_yr);

#define POWER_GAS_CO2_KG_PER_MMBTU 53.06  // natural gas, US EPA 40 CFR 98, table C-1

// ---- Battery, diesel, ride-through ---------------------------------------------------------------------------------------

typedef struct power_ageing {
  double calendar_frac_per_sqrt_yr;  // lost with the square root of age
  double cycle_frac;                 // lost per full cycle
} power_ageing;

// Share of the first capacity left after some years and full cycles. Square root of time and linear in throughput: Schmalstieg
// et al., Journal of Power Sources 257 (2014) 325, simplified; numbers: docs/assumptions.md#battery-ageing.
double power_battery_left_frac(const power_ageing *ageing, double age_yr, double cycles);

typedef struct power_backup {
  double  ups_mwh;    // stored between the racks and the engines
  double  diesel_mw;  // of one engine
  int32_t engines;    // standing
  int32_t spare;      // of these, not counted on
  double  start_s;    // until they carry
  double  tank_mwh;   // electricity that the fuel on site makes
  double  permit_h;   // hours a year that they may run
} power_backup;

typedef struct power_ride {
  bool   holds;     // the stored energy lasts until engines carry, and these can carry the load
  double gap_s;     // seconds without power in between, 0 when it holds
  double short_mw;  // what engines lack
  double lasts_h;   // of fuel and permit, the shorter
} power_ride;

// Engines that wait for the grid to fail: all that a campus has of them. They carry within 10 s (NFPA 110:2022, type 10) and
// may run 100 h a year for other than emergencies (40 CFR 60.4211(f), 2022); batteries of the halls hold five minutes and
// tanks a day: assumptions, see docs/assumptions.md#stand-by.
power_backup power_standby_of(int32_t engines, double unit_mw);

power_ride power_ride_through(const power_backup *backup, double load_mw, double used_h);

// ---- Sun and wind by contract or owned -------------------------------------------------------------------------------------

typedef enum power_contract_kind {
  POWER_AS_PRODUCED,  // pays for what is generated, used or not
  POWER_TAKEN,        // pays for what is used
  POWER_OWNED         // a yearly sum
} power_contract_kind;

typedef struct power_contract {
  power_contract_kind kind;
  double              usd_per_mwh, annual_usd;
} power_contract;

double power_contract_usd(const power_contract *contract, double generated_mwh, double used_mwh);
double power_contract_marginal_usd(
    const power_contract *contract);  // what using one more MWh costs: the dispatch's cost

// ---- What the grid withholds ----------------------------------------------------------------------------------------------------

// Hours in which the grid withholds a share: the `hours` of highest stress (price or system load), as interruptible service
// and emergency orders fall there. grid_frac: (n_h) set to 1 and left_frac; scratch: (n_h). Ties: the earlier hour.
void power_curtailed_hours(const double *stress, size_t n_h, size_t hours, double left_frac, double *grid_frac,
                           double *scratch);

// ---- When power is short --------------------------------------------------------------------------------------------------

// Facility power that IT could give up, in the order of the fields.
typedef struct power_flexibility {
  double throttle_mw;  // by lower clocks, all work together
  double
      throttle_loss_frac;  // work lost over power saved by it, relative to the running mean (< 1: clocks fall, work less)
  double train_mw, serve_mw;  // training that can pause; service
  double gpu_per_mw;          // GPUs whose power is one MW of facility load
  double train_usd_per_gpu_h, serve_usd_per_gpu_h;
} power_flexibility;

typedef struct power_shortfall {
  double throttle_mw, pause_mw, shed_mw, unmet_mw;  // sum: the shortage; unmet: more than all of it
  double throttle_gpu_h, pause_gpu_h, shed_gpu_h;
  double usd;
} power_shortfall;

// One hour's shortage: throttle, then pause training, then shed service.
power_shortfall power_shortage(const power_flexibility *flexibility, double short_mw);

#endif
