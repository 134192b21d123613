#include "outputs.h"

#include <string.h>

// clang-format off
#define AT_CAMPUS(m, unit, kind, meaning)    { #m, SCOPE_CAMPUS, unit, kind, offsetof(twin_campus_month, m), meaning },
#define AT_PROGRAMME(m, unit, kind, meaning) { #m, SCOPE_PROGRAMME, unit, kind, offsetof(twin_programme_month, m), meaning },
#define AT_PARTY(m, unit, kind, meaning)     { #m, SCOPE_PARTY, unit, kind, offsetof(twin_party_month, m), meaning },
#define AT_PERIMETER(m, unit, kind, meaning) { #m, SCOPE_PERIMETER, unit, kind, offsetof(twin_perimeter_month, m), meaning },
#define AT_RUN(m, unit, kind, meaning)       { #m, SCOPE_RUN, unit, kind, offsetof(twin_run_month, m), meaning },
#define CAMPUS_TRANCHE(code, word, meaning)    { #word "_mw", SCOPE_CAMPUS, "MW", OUTPUT_LEVEL, offsetof(twin_campus_month, tranche_mw) + code * sizeof(double), "design peak of buildings in state '" #word "': " meaning },
#define PROGRAMME_TRANCHE(code, word, meaning) { #word "_mw", SCOPE_PROGRAMME, "MW", OUTPUT_LEVEL, offsetof(twin_programme_month, tranche_mw) + code * sizeof(double), "design peak of buildings in state '" #word "': " meaning },
#define MONEY_TRANCHE(code, word, meaning)     { #word "_usd", SCOPE_PROGRAMME, "USD", OUTPUT_LEVEL, offsetof(twin_programme_month, tranche_usd) + code * sizeof(double), "budget of buildings in state '" #word "': " meaning },

const twin_output twin_output_rows[] = {
  AT_PROGRAMME(capacity_mw, "MW", OUTPUT_LEVEL, "design peak of commissioned buildings at the meter")
  AT_PROGRAMME(connected_mw, "MW", OUTPUT_LEVEL, "firm supply: grid, and on-site with the largest unit out")
  AT_PROGRAMME(it_mw, "MW", OUTPUT_LEVEL, "IT load that shell, cooling, racks and firm supply allow")
  AT_PROGRAMME(load_mw, "MW", OUTPUT_LEVEL, "facility power drawn, mean of the month")
  AT_PROGRAMME(buildings, "", OUTPUT_LEVEL, "commissioned buildings")
  AT_PROGRAMME(campuses, "", OUTPUT_LEVEL, "campuses with a commissioned building")
  AT_PROGRAMME(gpus, "GPU", OUTPUT_LEVEL, "GPU packages in racks that have been fitted")
  AT_PROGRAMME(superchips, "GPU", OUTPUT_LEVEL, "the same counted in superchips (one of GB200 holds two GPU packages)")
  AT_PROGRAMME(schedulable_gpus, "GPU", OUTPUT_LEVEL, "GPUs accepted, powered and in working order")
  AT_PROGRAMME(gpu_hours, "GPU-h", OUTPUT_FLOW, "schedulable GPU-hours")
  AT_PROGRAMME(goodput_frac, "frac", OUTPUT_LEVEL, "share of training time that is useful work")
  AT_PROGRAMME(energy_mwh, "MWh", OUTPUT_FLOW, "facility energy used")
  AT_PROGRAMME(grid_mwh, "MWh", OUTPUT_FLOW, "of it from the grid")
  AT_PROGRAMME(onsite_mwh, "MWh", OUTPUT_FLOW, "of it from on-site generation")
  AT_PROGRAMME(curtailed_mwh, "MWh", OUTPUT_FLOW, "wanted and not supplied")
  AT_PROGRAMME(energy_usd, "USD", OUTPUT_FLOW, "cost of energy, demand charges and fuel")
  AT_PROGRAMME(demand_usd, "USD", OUTPUT_FLOW, "of it demand charges and coincident peaks")
  AT_PROGRAMME(water_m3, "m3", OUTPUT_FLOW, "water consumed on site")
  AT_PROGRAMME(co2_t, "t", OUTPUT_FLOW, "carbon dioxide of grid and on-site energy")
  AT_PROGRAMME(throttled_gpu_hours, "GPU-h", OUTPUT_FLOW, "lost to lower clocks while power was short")
  AT_PROGRAMME(paused_gpu_hours, "GPU-h", OUTPUT_FLOW, "of training, paused while power was short")
  AT_PROGRAMME(shed_gpu_hours, "GPU-h", OUTPUT_FLOW, "of service, shed while power was short")
  AT_PROGRAMME(lost_usd, "USD", OUTPUT_FLOW, "what these GPU-hours would have been worth")
  AT_PROGRAMME(spent_usd, "USD", OUTPUT_CUMULATIVE, "cash that left the programme's parties for capital, operation, energy, interest and tax; not loans paid back")
  AT_PROGRAMME(capex_usd, "USD", OUTPUT_CUMULATIVE, "of it construction, generation and racks")
  AT_PROGRAMME(committed_usd, "USD", OUTPUT_LEVEL, "budgets of buildings that have funds for completion")
  AT_PROGRAMME(equity_usd, "USD", OUTPUT_CUMULATIVE, "equity paid in")
  AT_PROGRAMME(funding_gap_usd, "USD", OUTPUT_LEVEL, "budgets of all buildings due to have begun by plan, less the funds for them")
  AT_PROGRAMME(debt_usd, "USD", OUTPUT_LEVEL, "loans owed by the programme's parties")
  AT_PROGRAMME(interest_usd, "USD", OUTPUT_FLOW, "interest accrued, capitalised or paid")
  AT_PROGRAMME(debt_service_usd, "USD", OUTPUT_FLOW, "interest and principal due in cash")
  AT_PROGRAMME(dscr_frac, "frac", OUTPUT_LEVEL, "cash available for debt service over debt service, last twelve months; 10 at most, 10 where none is due")
  AT_PROGRAMME(arrears_usd, "USD", OUTPUT_LEVEL, "due and unpaid among all parties")
  AT_PROGRAMME(receipts_usd, "USD", OUTPUT_FLOW, "cash that came to the programme's parties from outside, without equity and loans")
  AT_PROGRAMME(sales_usd, "USD", OUTPUT_FLOW, "sales of services to customers")
  AT_PROGRAMME(opex_usd, "USD", OUTPUT_FLOW, "staff, maintenance, insurance, property tax")
  AT_PROGRAMME(jobs, "job", OUTPUT_LEVEL, "people at work on the sites")
  AT_PROGRAMME(jobs_build, "job", OUTPUT_LEVEL, "of them building")
  AT_PROGRAMME(jobs_run, "job", OUTPUT_LEVEL, "of them permanent")
  AT_PROGRAMME(training_gpu_hours, "GPU-h", OUTPUT_FLOW, "spent on training runs")
  AT_PROGRAMME(service_gpu_hours, "GPU-h", OUTPUT_FLOW, "spent on serving")
  AT_PROGRAMME(idle_gpu_hours, "GPU-h", OUTPUT_FLOW, "schedulable and unused")
  AT_PROGRAMME(tokens_served, "token", OUTPUT_FLOW, "tokens served")
  AT_PROGRAMME(tokens_demanded, "token", OUTPUT_FLOW, "tokens that would be bought at the month's price")
  AT_PROGRAMME(cost_usd_per_gpu_h, "USD/GPU-h", OUTPUT_LEVEL, "all costs of the month over schedulable GPU-hours: energy, operation, and capital spread over its life; 0 where there are none")
  AT_PROGRAMME(cost_usd_per_mtok, "USD/Mtok", OUTPUT_LEVEL, "cost of the GPU-hours that serve, per million tokens; 0 where none are served")
  AT_PROGRAMME(demand_index, "frac", OUTPUT_LEVEL, "path of AI demand, first month 1")
  AT_PROGRAMME(power_index, "frac", OUTPUT_LEVEL, "path of the power price, first month 1")
  AT_PROGRAMME(interest_frac, "frac/yr", OUTPUT_LEVEL, "base interest rate")
  AT_PROGRAMME(shares_index, "frac", OUTPUT_LEVEL, "path of listed shares, first month 1")
  TRANCHE_LIST(PROGRAMME_TRANCHE)
  TRANCHE_LIST(MONEY_TRANCHE)
  AT_CAMPUS(capacity_mw, "MW", OUTPUT_LEVEL, "design peak of commissioned buildings at the meter")
  AT_CAMPUS(connected_mw, "MW", OUTPUT_LEVEL, "firm supply: grid, and on-site with the largest unit out")
  AT_CAMPUS(it_mw, "MW", OUTPUT_LEVEL, "IT load that shell, cooling, racks and firm supply allow")
  AT_CAMPUS(load_mw, "MW", OUTPUT_LEVEL, "facility power drawn, mean of the month")
  AT_CAMPUS(buildings, "", OUTPUT_LEVEL, "commissioned buildings")
  AT_CAMPUS(gpus, "GPU", OUTPUT_LEVEL, "GPU packages in racks that have been fitted")
  AT_CAMPUS(superchips, "GPU", OUTPUT_LEVEL, "the same counted in superchips (one of GB200 holds two GPU packages)")
  AT_CAMPUS(schedulable_gpus, "GPU", OUTPUT_LEVEL, "GPUs accepted, powered and in working order")
  AT_CAMPUS(gpu_hours, "GPU-h", OUTPUT_FLOW, "schedulable GPU-hours")
  AT_CAMPUS(pue_frac, "frac", OUTPUT_LEVEL, "facility energy over IT energy of the month; 1 where nothing runs")
  AT_CAMPUS(energy_mwh, "MWh", OUTPUT_FLOW, "facility energy used")
  AT_CAMPUS(grid_mwh, "MWh", OUTPUT_FLOW, "of it from the grid")
  AT_CAMPUS(onsite_mwh, "MWh", OUTPUT_FLOW, "of it from on-site generation")
  AT_CAMPUS(curtailed_mwh, "MWh", OUTPUT_FLOW, "wanted and not supplied")
  AT_CAMPUS(energy_usd, "USD", OUTPUT_FLOW, "cost of energy, demand charges and fuel")
  AT_CAMPUS(demand_usd, "USD", OUTPUT_FLOW, "of it demand charges and coincident peaks")
  AT_CAMPUS(water_m3, "m3", OUTPUT_FLOW, "water consumed on site")
  AT_CAMPUS(co2_t, "t", OUTPUT_FLOW, "carbon dioxide of grid and on-site energy")
  AT_CAMPUS(lost_usd, "USD", OUTPUT_FLOW, "what GPU-hours lost for want of power would have been worth")
  AT_CAMPUS(capex_usd, "USD", OUTPUT_CUMULATIVE, "construction, generation and racks")
  AT_CAMPUS(committed_usd, "USD", OUTPUT_LEVEL, "budgets of buildings that have funds for completion")
  AT_CAMPUS(jobs, "job", OUTPUT_LEVEL, "people at work on the site")
  TRANCHE_LIST(CAMPUS_TRANCHE)
  AT_PARTY(cash_usd, "USD", OUTPUT_LEVEL, "cash")
  AT_PARTY(cash_in_usd, "USD", OUTPUT_FLOW, "cash received from other parties")
  AT_PARTY(cash_out_usd, "USD", OUTPUT_FLOW, "cash paid to other parties")
  AT_PARTY(debt_usd, "USD", OUTPUT_LEVEL, "loans owed")
  AT_PARTY(arrears_usd, "USD", OUTPUT_LEVEL, "due and unpaid by it")
  AT_PARTY(assets_usd, "USD", OUTPUT_LEVEL, "assets at book value")
  AT_PARTY(equity_usd, "USD", OUTPUT_LEVEL, "assets less liabilities, at book value")
  AT_PARTY(income_usd, "USD", OUTPUT_FLOW, "revenue less expense of the month")
  AT_PARTY(reserve_usd, "USD", OUTPUT_LEVEL, "cash kept for debt service")
  AT_PARTY(dscr_frac, "frac", OUTPUT_LEVEL, "cash of operation over debt service of loans in repayment, last twelve months; 10 at most, and until a year of it was due")
  AT_PERIMETER(spent_usd, "USD", OUTPUT_CUMULATIVE, "cash that left the perimeter for capital, operation, energy, interest and tax; not loans paid back")
  AT_PERIMETER(capex_usd, "USD", OUTPUT_CUMULATIVE, "of it construction, generation and racks")
  AT_PERIMETER(capacity_mw, "MW", OUTPUT_LEVEL, "design peak of its commissioned buildings at the meter")
  AT_PERIMETER(it_mw, "MW", OUTPUT_LEVEL, "IT load that its campuses can run")
  AT_PERIMETER(gpus, "GPU", OUTPUT_LEVEL, "GPU packages in racks fitted on its campuses")
  AT_RUN(done_frac, "frac", OUTPUT_LEVEL, "share of the training run that is done")
  AT_RUN(released, "", OUTPUT_LEVEL, "1 from the month in which the model is released")
};
// clang-format on

const size_t twin_output_count = sizeof twin_output_rows / sizeof twin_output_rows[0];

const char *twin_scope_word(twin_scope scope) {
  static const char *const word[SCOPE_COUNT] = { "programme", "campus", "party", "perimeter", "run" };
  return word[scope];
}

size_t twin_scope_first(twin_scope scope) {
  size_t i = 0;
  while (i < twin_output_count && twin_output_rows[i].scope != scope) i++;
  return i;
}

size_t twin_scope_outputs(twin_scope scope) {
  size_t n = 0;
  for (size_t i = 0; i < twin_output_count; i++) n += twin_output_rows[i].scope == scope;
  return n;
}

// Magnitudes from `least` up, 32 bins to an octave; the quantum keeps means exact to far below what is printed.
bins_layout twin_output_layout(const char *unit) {
  static const struct { const char *unit; bins_layout layout; } rows[] = {
    { "USD", { 1e5, 0.01, 27, 1 } },   { "MW", { 1e-2, 1e-9, 23, 0 } },     { "GPU", { 1, 1e-6, 27, 0 } },
    { "GPU-h", { 1, 1e-6, 36, 0 } },   { "MWh", { 1e-2, 1e-6, 32, 0 } },    { "frac", { 1e-4, 1e-12, 18, 1 } },
    { "frac/yr", { 1e-4, 1e-12, 14, 1 } }, { "token", { 1e3, 1, 48, 0 } },  { "m3", { 1e-2, 1e-6, 32, 0 } },
    { "t", { 1e-2, 1e-6, 32, 0 } },    { "job", { 1e-1, 1e-9, 22, 0 } },    { "MW-month", { 1e-2, 1e-6, 26, 0 } },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (!strcmp(rows[i].unit, unit)) return rows[i].layout;
  return (bins_layout){ 1e-3, 1e-9, 20, 1 };
}
