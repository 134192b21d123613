// Outputs: one row per quantity that a scenario yields: name, unit, kind, place. Promises, facts, charts, JSON, help and
// the ensemble all go by these rows.
#ifndef TWIN_OUTPUTS_H
#define TWIN_OUTPUTS_H

#include <stddef.h>
#include <stdint.h>

#include "../uncertainty/bins.h"

// The states that a tranche of megawatts passes through (a building is a tranche).
#define TRANCHE_LIST(X)                                                                    \
  X(TRANCHE_PROMISED, promised, "announced, nothing agreed")                               \
  X(TRANCHE_CONTRACTED, contracted, "site agreed among the parties")                       \
  X(TRANCHE_PERMITTED, permitted, "permits given")                                         \
  X(TRANCHE_FINANCED, financed, "financial close reached, funds for completion at hand")   \
  X(TRANCHE_CONSTRUCTION, construction, "works begun")                                     \
  X(TRANCHE_ENERGISED, energised, "power connected, not yet commissioned")                 \
  X(TRANCHE_OPERATING, operating, "commissioned")                                          \
  X(TRANCHE_RELET, relet, "its tenant failed; let again on the market")                    \
  X(TRANCHE_DROPPED, dropped, "given up")
#define TRANCHE_ENUM(code, word, meaning) code,
typedef enum twin_tranche { TRANCHE_LIST(TRANCHE_ENUM) TRANCHE_COUNT } twin_tranche;
#undef TRANCHE_ENUM

// What is observed at the end of each month. Doubles only: the rows of the output table point into these.
typedef struct twin_campus_month {
  double capacity_mw, connected_mw, it_mw, load_mw;
  double buildings, gpus, superchips, schedulable_gpus, gpu_hours;
  double pue_frac, energy_mwh, grid_mwh, onsite_mwh, curtailed_mwh, energy_usd, demand_usd, water_m3, co2_t;
  double lost_usd;
  double capex_usd, committed_usd, jobs;
  double tranche_mw[TRANCHE_COUNT];
} twin_campus_month;

typedef struct twin_programme_month {
  double capacity_mw, connected_mw, it_mw, load_mw;
  double buildings, campuses, gpus, superchips, schedulable_gpus, gpu_hours, goodput_frac;
  double energy_mwh, grid_mwh, onsite_mwh, curtailed_mwh, energy_usd, demand_usd, water_m3, co2_t;
  double throttled_gpu_hours, paused_gpu_hours, shed_gpu_hours, lost_usd;
  double spent_usd, capex_usd, committed_usd, equity_usd, funding_gap_usd, debt_usd, interest_usd, debt_service_usd;
  double dscr_frac, arrears_usd, receipts_usd, sales_usd, opex_usd;
  double jobs, jobs_build, jobs_run;
  double training_gpu_hours, service_gpu_hours, idle_gpu_hours, tokens_served, tokens_demanded;
  double cost_usd_per_gpu_h, cost_usd_per_mtok;
  double demand_index, power_index, interest_frac, shares_index;
  double tranche_mw[TRANCHE_COUNT], tranche_usd[TRANCHE_COUNT];
} twin_programme_month;

typedef struct twin_party_month {
  double cash_usd, cash_in_usd, cash_out_usd, debt_usd, arrears_usd, assets_usd, equity_usd, income_usd, reserve_usd, dscr_frac;
} twin_party_month;

typedef struct twin_perimeter_month {
  double spent_usd, capex_usd, capacity_mw, it_mw, gpus;
} twin_perimeter_month;

typedef struct twin_run_month {
  double done_frac, released;
} twin_run_month;

typedef enum twin_scope { SCOPE_PROGRAMME, SCOPE_CAMPUS, SCOPE_PARTY, SCOPE_PERIMETER, SCOPE_RUN, SCOPE_COUNT } twin_scope;

typedef enum twin_output_kind {
  OUTPUT_LEVEL,       // state at the end of the month
  OUTPUT_FLOW,        // of the month
  OUTPUT_CUMULATIVE   // since the first month simulated
} twin_output_kind;

typedef struct twin_output {
  const char      *name;    // last part of the dotted name
  twin_scope       scope;
  const char      *unit;
  twin_output_kind kind;
  size_t           offset;  // of the double in the month's struct
  const char      *meaning;
} twin_output;

extern const twin_output twin_output_rows[];
extern const size_t      twin_output_count;

const char *twin_scope_word(twin_scope scope);      // "campus"
size_t      twin_scope_outputs(twin_scope scope);   // rows of the scope
size_t      twin_scope_first(twin_scope scope);     // its first row; rows of a scope stand together
bins_layout twin_output_layout(const char *unit);   // how its values are counted

// Quantities of a whole scenario, beside those made of series.
#define TWIN_SCALAR_LIST(X)                                                                                           \
  X(SCALAR_CAPEX, "programme.capex_total_usd", "USD", "construction, generation and racks, over the horizon")          \
  X(SCALAR_PEAK_GAP, "programme.peak_funding_gap_usd", "USD", "greatest monthly shortfall of funds for what is planned") \
  X(SCALAR_FIRST_POWER, "programme.first_capacity_month", "month", "months from the first to the first commissioned building") \
  X(SCALAR_COMPLETE, "programme.complete_month", "month", "months from the first until all is commissioned; horizon + 1: never") \
  X(SCALAR_NPV, "programme.npv_usd", "USD", "net present value to the parties inside, each at its own rate")           \
  X(SCALAR_DEFAULTS, "programme.defaults", "", "contracts that failed")                                                \
  X(SCALAR_LATE_MW_MONTHS, "programme.late_mw_months", "MW-month", "megawatt-months later than planned")
#define TWIN_SCALAR_ENUM(code, name, unit, meaning) code,
typedef enum twin_scalar { TWIN_SCALAR_LIST(TWIN_SCALAR_ENUM) SCALAR_COUNT } twin_scalar;
#undef TWIN_SCALAR_ENUM

#endif
