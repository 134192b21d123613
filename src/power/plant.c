// Plant: see plant.h.
#include "plant.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/number.h"

// ---- Machines -------------------------------------------------------------------------------------------------------

// Part-load of the engine at 50 %: Jenbacher JMS 624, 45.6 % at full and 42.5 % at half load, technical description 2016.
// Turbines lose 0.7 % per degree above 15 degC (the figure of the reference dispatch cases, 2026); start of the aeroderivative
// 5 min: GE LM2500XPRESS, Turbomachinery Magazine 2024. All else: assumption, see docs/assumptions.md#machines.
// clang-format off
const power_machine power_machines[POWER_MACHINES] = {
  //                25 %   50 %           75 %   100 %  least  /degC   from  heat    press  free    start
  { "simple-cycle",   { 1.65, 1.25,          1.08,  1.0 }, 0.40, 0.007,  15.0, 0.0020, 1.0,    0.0,   300.0 },
  { "combined-cycle", { 1.35, 1.12,          1.03,  1.0 }, 0.40, 0.005,  15.0, 0.0005, 1.0,    0.0, 10800.0 },
  { "engine",         { 1.25, 45.6 / 42.5,   1.03,  1.0 }, 0.30, 0.006,  35.0, 0.0003, 1.0, 1000.0,   300.0 },
  { "fuel-cell",      { 1.10, 0.98,          0.98,  1.0 }, 0.20, 0.002,  35.0, 0.0000, 0.3, 1000.0, 36000.0 },
};
// clang-format on

double power_pressure_frac(double altitude_m) { return pow(1.0 - 2.25577e-5 * altitude_m, 5.25588); }

double power_machine_output_frac(const power_machine *m, double dry_degc, double altitude_m) {
  const double hot = number_most(0.0, dry_degc - m->hot_from_degc) * m->per_degc_frac;
  const double thin = 1.0 - power_pressure_frac(number_most(0.0, altitude_m - m->free_m));
  return number_most(0.0, (1.0 - hot) * (1.0 - m->altitude_share * thin));
}

double power_machine_heat_frac(const power_machine *m, double load_frac, double dry_degc) {
  const double at = number_most(0.0, number_least(load_frac, 1.0) * POWER_PART_LOADS - 1.0);
  const int    i = at >= POWER_PART_LOADS - 2 ? POWER_PART_LOADS - 2 : (int)at;
  const double part = m->part_frac[i] + (at - i) * (m->part_frac[i + 1] - m->part_frac[i]);
  return part * (1.0 + m->heat_per_degc_frac * number_most(0.0, dry_degc - 15.0));
}

static double unit_now_mw(const power_fleet *f, double dry_degc, double altitude_m) {
  return f->unit_mw * power_machine_output_frac(&power_machines[f->kind], dry_degc, altitude_m);
}

double power_fleet_fuel_mmbtu(const power_fleet *f, double mw, int32_t spare, double dry_degc, double altitude_m) {
  const power_machine *m = &power_machines[f->kind];
  const double         unit_mw = unit_now_mw(f, dry_degc, altitude_m);
  if (!(mw > 0.0) || !(unit_mw > 0.0)) return 0.0;
  double running = ceil(mw / unit_mw - 1e-9) + spare;
  // No more spares than keep every unit at its least load, nor more units than there are.
  running = number_least(running, number_most(1.0, floor(mw / (m->least_frac * unit_mw))));
  running = number_least(running, f->units);
  const double load_frac = mw / (running * unit_mw);
  return mw * f->heat_rate_mmbtu_per_mwh * power_machine_heat_frac(m, load_frac, dry_degc);
}

double power_fleet_firm_mw(const power_fleet *fleet, int32_t n, int32_t k, double dry_degc, double altitude_m) {
  double all_mw = 0.0, below_mw = HUGE_VAL;
  for (int32_t i = 0; i < n; i++) all_mw += fleet[i].units * unit_now_mw(&fleet[i], dry_degc, altitude_m);
  // The largest size, then the next: of each as many units as are still to be taken out.
  while (k > 0) {
    double  size_mw = 0.0;
    int32_t units = 0;
    for (int32_t i = 0; i < n; i++) {
      const double mw = unit_now_mw(&fleet[i], dry_degc, altitude_m);
      if (mw >= below_mw || mw < size_mw) continue;
      units = mw > size_mw ? fleet[i].units : units + fleet[i].units;
      size_mw = mw;
    }
    if (size_mw <= 0.0) break;
    const int32_t out = units < k ? units : k;
    all_mw -= out * size_mw;
    k -= out;
    below_mw = size_mw;
  }
  return number_most(0.0, all_mw);
}

double power_fuel_usd_per_mwh(double heat_rate_mmbtu_per_mwh, double fuel_usd_per_mmbtu, double co2_usd_per_t,
                              double om_usd_per_mwh) {
  return heat_rate_mmbtu_per_mwh * (fuel_usd_per_mmbtu + POWER_GAS_CO2_KG_PER_MMBTU * co2_usd_per_t / 1000.0) +
         om_usd_per_mwh;
}

double power_capital_recovery_frac(double rate_frac, double life_yr) {
  return rate_frac > 0.0 ? rate_frac / (1.0 - pow(1.0 + rate_frac, -life_yr)) : 1.0 / life_yr;
}

// ---- Battery, diesel ------------------------------------------------------------------------------------------------

double power_battery_left_frac(const power_ageing *a, double age_yr, double cycles) {
  return number_most(0.0, 1.0 - a->calendar_frac_per_sqrt_yr * sqrt(age_yr) - a->cycle_frac * cycles);
}

power_backup power_standby_of(int32_t engines, double unit_mw) {
  return (power_backup){.ups_mwh = engines * unit_mw * 5.0 / 60.0,
                        .diesel_mw = unit_mw,
                        .engines = engines,
                        .spare = engines > 1,
                        .start_s = 10.0,
                        .tank_mwh = engines * unit_mw * 24.0,
                        .permit_h = 100.0};
}

power_ride power_ride_through(const power_backup *b, double load_mw, double used_h) {
  power_ride   ride = {.holds = true};
  const double engines_mw = number_most(0.0, b->engines - b->spare) * b->diesel_mw;
  ride.short_mw = number_most(0.0, load_mw - engines_mw);
  if (load_mw <= 0.0) return ride;
  ride.gap_s = number_most(0.0, b->start_s - b->ups_mwh / load_mw * 3600.0);
  ride.lasts_h = number_least(b->tank_mwh / load_mw, number_most(0.0, b->permit_h - used_h));
  ride.holds = ride.gap_s <= 0.0 && ride.short_mw <= 0.0 && ride.lasts_h > 0.0;
  return ride;
}

// ---- Contracts --------------------------------------------------------------------------------------------------------

double power_contract_usd(const power_contract *c, double generated_mwh, double used_mwh) {
  if (c->kind == POWER_OWNED) return c->annual_usd + used_mwh * c->usd_per_mwh;
  return c->annual_usd + c->usd_per_mwh * (c->kind == POWER_TAKEN ? used_mwh : generated_mwh);
}

double power_contract_marginal_usd(const power_contract *c) {
  return c->kind == POWER_AS_PRODUCED ? 0.0 : c->usd_per_mwh;
}

// ---- Grid ---------------------------------------------------------------------------------------------------------------

static int falling(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

void power_curtailed_hours(const double *stress, size_t n_h, size_t hours, double left_frac, double *grid_frac,
                           double *scratch) {
  for (size_t h = 0; h < n_h; h++) grid_frac[h] = 1.0;
  if (hours == 0 || n_h == 0) return;
  if (hours > n_h) hours = n_h;
  memcpy(scratch, stress, n_h * sizeof *scratch);
  qsort(scratch, n_h, sizeof *scratch, falling);
  const double edge = scratch[hours - 1];
  size_t       at_edge = 0;  // hours equal to the edge that belong to the highest
  for (size_t i = 0; i < hours; i++) at_edge += scratch[i] == edge;
  for (size_t h = 0; h < n_h; h++) {
    if (stress[h] < edge || (stress[h] == edge && at_edge == 0)) continue;
    at_edge -= stress[h] == edge;
    grid_frac[h] = left_frac;
  }
}

// ---- When power is short --------------------------------------------------------------------------------------------------

power_shortfall power_shortage(const power_flexibility *f, double short_mw) {
  power_shortfall out = {0};
  double          left_mw = number_most(0.0, short_mw);
  out.throttle_mw = number_least(left_mw, f->throttle_mw);
  left_mw -= out.throttle_mw;
  // Throttling first lowers what running work draws: what can pause or be shed afterwards is that much less.
  const double running = f->train_mw + f->serve_mw;
  const double kept = running > 0.0 ? number_most(0.0, 1.0 - out.throttle_mw / running) : 0.0;
  out.pause_mw = number_least(left_mw, f->train_mw * kept);
  left_mw -= out.pause_mw;
  out.shed_mw = number_least(left_mw, f->serve_mw * kept);
  out.unmet_mw = left_mw - out.shed_mw;
  out.throttle_gpu_h = out.throttle_mw * f->throttle_loss_frac * f->gpu_per_mw;
  // A megawatt of throttled work holds more GPUs than one at full clocks,
  // and what throttling took from it is not lost twice.
  const double gpu_per_mw = kept > 0.0 ? f->gpu_per_mw / kept * (1.0 - (1.0 - kept) * f->throttle_loss_frac) : 0.0;
  out.pause_gpu_h = out.pause_mw * gpu_per_mw;
  out.shed_gpu_h = out.shed_mw * gpu_per_mw;
  const double train_share = running > 0.0 ? f->train_mw / running : 0.0;
  out.usd = out.throttle_gpu_h * (train_share * f->train_usd_per_gpu_h + (1.0 - train_share) * f->serve_usd_per_gpu_h) +
            out.pause_gpu_h * f->train_usd_per_gpu_h + out.shed_gpu_h * f->serve_usd_per_gpu_h;
  return out;
}
