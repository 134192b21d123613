// Load: what the racks draw, hour by hour and within seconds.
//
// Four megawatts that never mix: GPUs, servers, IT (with network and storage) and the facility (with cooling and losses).
// And two kinds of number: the design peak sizes connection and plant; the energy of a year makes the bill.
#ifndef POWER_LOAD_H
#define POWER_LOAD_H

#include <stdint.h>

// ---- From GPU to meter --------------------------------------------------------------------------------------------

typedef struct power_chain {
  double server_per_gpu_frac;  // servers over their GPUs
  double it_per_server_frac;   // all IT over servers: network, storage, management
} power_chain;

// 1.53 and 1.14. Source: Epoch AI, GPUs account for about 40 % of power in AI data centers, 2025.
power_chain power_chain_default(void);

typedef struct power_ladder {
  double gpu_mw, server_mw, it_mw, facility_mw;
} power_ladder;

// What gpus of gpu_kw each draw at every level. pue_frac: of the moment meant, design day or mean. Source: definitions.
power_ladder power_ladder_of(double gpus, double gpu_kw, const power_chain *chain, double pue_frac);

// ---- The hours -------------------------------------------------------------------------------------------------

// What the racks of a campus do. Shares of the racks: training + serving <= 1, the rest idles.
typedef struct power_work {
  double design_it_mw;        // nameplate of racks with network and storage: what the IT is sized for
  double training_frac;       // of the racks
  double training_use_frac;   // mean draw over nameplate while training: steady through day and night
  double serving_frac;        // of the racks
  double serving_use_frac;    // mean draw over nameplate while serving
  double serving_swing_frac;  // the day's swing about that mean, 0 to 1
  double peak_hour;           // local hour of the busiest service, 0 to 24
  double idle_frac;           // draw over nameplate of racks that do nothing, and the least of those that serve
} power_work;

// Trains on all racks: 0.9 of nameplate (mean over largest of the GPT-3 runs, 0.94, less checkpoints and restarts), idle 0.3
// (386 of 898 W a GPU in the same runs, less host processors that idle too): assumptions, docs/assumptions.md#load.
power_work power_work_default(double design_it_mw);

// IT load of the 24 hours of a local day, from midnight. it_mw: (24).
void power_it_day(const power_work *work, double *it_mw);

// IT load of n hours, the first of which begins at local hour first_hour (0 .. 23). it_mw: (n). One pass.
//   it = design (training use + serving u(h) + rest idle), u(h) = use (1 + swing cos(2 pi (h + 1/2 - peak) / 24)) within
//   idle .. 1
void power_it_hours(const power_work *work, int32_t first_hour, int32_t n, double *it_mw);

// Facility load and its account over n hours of dt_h each.
//   facility = it pue. it_mw, pue_frac: (n); facility_mw: (n) or NULL, may not overlap.
typedef struct power_year {
  double  it_mwh, facility_mwh;  // energy: for the bill
  double  pue_frac;              // facility over IT energy, weighted by load
  double  peak_mw;               // largest hour
  int32_t peak_hour;             // its index
  double  load_factor_frac;      // mean over largest hour
  double  water_m3;              // 0 where water_l_per_kwh is NULL
  double  wue_l_per_kwh;
  double  throttled_mwh;  // IT energy above what cooling could carry
} power_year;

// limit_mw: (n) IT load that cooling can carry, NULL: no limit; water_l_per_kwh: (n) or NULL. What is throttled is not
// drawn. Identities: facility_mwh = sum it pue dt; facility >= it where pue >= 1.
void power_facility_hours(const double *it_mw, const double *pue_frac, const double *water_l_per_kwh,
                          const double *limit_mw, double dt_h, int32_t n, double *facility_mw, power_year *out);

// The peak that a campus is sized for: design IT load x ratio of the design day (power_design_day_pue, or a published
// ratio, which holds margins as well). Never a bill.
double power_design_peak_mw(double design_it_mw, double peak_ratio_frac);

// ---- Seconds -----------------------------------------------------------------------------------------------------

// The steps of training within seconds, and what takes them.
typedef struct power_swing_in {
  double  training_mw;              // mean facility draw of training
  double  step_frac;                // largest step over the mean of a run, at a resolution of seconds (traces.h)
  int32_t jobs;                     // independent runs of equal size
  double  period_s;                 // between steps of the same sign
  double  grid_step_mw;             // step that the grid's operator allows at the meter
  double  battery_mw, battery_mwh;  // that may be used for it, each way
  double  ballast_frac;             // of the step that software fills (idle work, ramps of power limits), 0 to 1
} power_swing_in;

typedef struct power_swing {
  double step_mw;        // at the meter with nothing done: training x step / sqrt(jobs)
  double filled_mw;      // by ballast
  double battery_mw;     // by batteries: as far as their power and, for half a period, their energy go
  double grid_mw;        // what is left for the grid
  double excess_mw;      // above what it allows
  double training_frac;  // share of training that may run so that nothing is in excess
} power_swing;

// Steps of independent runs add as the root of their squares; one run of all racks moves as one. What happens below the
// resolution of the traces (1 to 2 s) is not observed: see docs/validation-power.md. Source: sums of independent
// deviations; the rest are definitions.
power_swing power_swing_of(const power_swing_in *in);

#endif
