// Load: see load.h.
#include "load.h"

#include <math.h>

#include "../base/number.h"

power_chain power_chain_default(void) { return (power_chain){1.53, 1.14}; }

power_ladder power_ladder_of(double gpus, double gpu_kw, const power_chain *chain, double pue_frac) {
  power_ladder out = {.gpu_mw = gpus * gpu_kw / 1000.0};
  out.server_mw = out.gpu_mw * chain->server_per_gpu_frac;
  out.it_mw = out.server_mw * chain->it_per_server_frac;
  out.facility_mw = out.it_mw * pue_frac;
  return out;
}

power_work power_work_default(double design_it_mw) {
  return (power_work){.design_it_mw = design_it_mw,
                      .training_frac = 1.0,
                      .training_use_frac = 0.9,
                      .serving_use_frac = 0.65,
                      .serving_swing_frac = 0.25,
                      .peak_hour = 15.0,
                      .idle_frac = 0.3};
}

void power_it_day(const power_work *work, double *it_mw) {
  const double rest = number_most(0.0, 1.0 - work->training_frac - work->serving_frac);
  for (int32_t h = 0; h < 24; h++) {
    const double turn = 6.28318530717958647693 * (h + 0.5 - work->peak_hour) / 24.0;
    const double use = work->serving_use_frac * (1.0 + work->serving_swing_frac * cos(turn));
    const double serving = number_least(number_most(use, work->idle_frac), 1.0);
    it_mw[h] = work->design_it_mw *
               (work->training_frac * work->training_use_frac + work->serving_frac * serving + rest * work->idle_frac);
  }
}

void power_it_hours(const power_work *work, int32_t first_hour, int32_t n, double *it_mw) {
  double day[24];
  power_it_day(work, day);
  for (int32_t t = 0, h = first_hour; t < n; t++, h = h == 23 ? 0 : h + 1) it_mw[t] = day[h];
}

void power_facility_hours(const double *it_mw, const double *pue_frac, const double *water_l_per_kwh,
                          const double *limit_mw, double dt_h, int32_t n, double *facility_mw, power_year *out) {
  *out = (power_year){.peak_hour = 0};
  for (int32_t t = 0; t < n; t++) {
    const double it = limit_mw ? number_least(it_mw[t], limit_mw[t]) : it_mw[t];
    const double facility = it * pue_frac[t];
    out->it_mwh += it * dt_h;
    out->throttled_mwh += (it_mw[t] - it) * dt_h;
    out->facility_mwh += facility * dt_h;
    if (water_l_per_kwh) out->water_m3 += it * dt_h * water_l_per_kwh[t];  // 1 MWh at 1 L/kWh is 1 m3
    if (facility_mw) facility_mw[t] = facility;
    if (facility > out->peak_mw) {
      out->peak_mw = facility;
      out->peak_hour = t;
    }
  }
  if (out->it_mwh > 0.0) {
    out->pue_frac = out->facility_mwh / out->it_mwh;
    out->wue_l_per_kwh = out->water_m3 / out->it_mwh;
  }
  if (out->peak_mw > 0.0) out->load_factor_frac = out->facility_mwh / (out->peak_mw * dt_h * n);
}

double power_design_peak_mw(double design_it_mw, double peak_ratio_frac) { return design_it_mw * peak_ratio_frac; }

power_swing power_swing_of(const power_swing_in *in) {
  power_swing  out = {.step_mw = in->training_mw * in->step_frac / sqrt(in->jobs > 1 ? in->jobs : 1)};
  const double half_h = in->period_s / 2.0 / 3600.0;
  const double by_energy_mw = half_h > 0.0 ? in->battery_mwh / half_h : HUGE_VAL;
  out.filled_mw = out.step_mw * in->ballast_frac;
  out.battery_mw = number_least(out.step_mw - out.filled_mw, number_least(in->battery_mw, by_energy_mw));
  out.grid_mw = out.step_mw - out.filled_mw - out.battery_mw;
  out.excess_mw = number_most(0.0, out.grid_mw - in->grid_step_mw);
  // Of less training every part of the step shrinks, but what battery and grid take stays.
  const double left_mw = out.step_mw - out.filled_mw, taken_mw = out.battery_mw + in->grid_step_mw;
  out.training_frac = left_mw > taken_mw ? taken_mw / left_mw : 1.0;
  return out;
}
