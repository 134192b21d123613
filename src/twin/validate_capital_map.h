// Map: one annual case of the reference onto capital_project (and capital_flip), and its figures by the reference's names.
//
// The kernel runs as lenders do; what the reference does otherwise is asked of it by the options of the case: cash for
// debt service before tax, losses refunded, reserve from the next service, owners who make good whatever is missing, and
// a commitment that was sized outside (debt percent, cap by estimated cost). See docs/validation-capital.md.
#ifndef TWIN_VALIDATE_CAPITAL_MAP_H
#define TWIN_VALIDATE_CAPITAL_MAP_H

#include "validate_capital_case.h"

// What counts as equal.
typedef enum figure_tolerance {
  FIGURE_USD,       // within 1e-9 of total_installed_cost
  FIGURE_RELATIVE,  // within 1e-9 of the value
  FIGURE_RATIO,     // within 1e-9, or 1e-9 of a value above 1
  FIGURE_POINTS,    // within 1e-7 percentage points
  FIGURE_EXACT,
  FIGURE_SHOWN      // not held to
} figure_tolerance;

// clang-format off
// Columns of results.csv and flip_results.csv: name, unit, tolerance.
#define FIGURE_RESULTS(X)                                    \
  X(ppa_year1, "c/kWh", FIGURE_RELATIVE)                     \
  X(size_of_debt, "USD", FIGURE_USD)                         \
  X(debt_fraction, "%", FIGURE_RELATIVE)                     \
  X(total_installed_cost, "USD", FIGURE_USD)                 \
  X(construction_financing_cost, "USD", FIGURE_USD)          \
  X(cost_debt_upfront, "USD", FIGURE_USD)                    \
  X(cost_financing, "USD", FIGURE_USD)                       \
  X(cost_installed, "USD", FIGURE_USD)                       \
  X(size_of_equity, "USD", FIGURE_USD)                       \
  X(min_dscr, "", FIGURE_RATIO)                              \
  X(avg_dscr, "", FIGURE_RATIO)                              \
  X(npv_aftertax, "USD", FIGURE_USD)                         \
  X(irr_aftertax_ssc, "%", FIGURE_SHOWN)                     \
  X(irr_exact, "%", FIGURE_POINTS)                           \
  X(irr_at_target_year_exact, "%", FIGURE_POINTS)            \
  X(npv_pretax, "USD", FIGURE_USD)                           \
  X(lcoe_nom, "c/kWh", FIGURE_RELATIVE)                      \
  X(lcoe_real, "c/kWh", FIGURE_RELATIVE)                     \
  X(lppa_nom, "c/kWh", FIGURE_RELATIVE)                      \
  X(lppa_real, "c/kWh", FIGURE_RELATIVE)                     \
  X(npv_annual_costs, "USD", FIGURE_USD)                     \
  X(npv_energy_nom, "kWh", FIGURE_RELATIVE)                  \
  X(npv_energy_real, "kWh", FIGURE_RELATIVE)                 \
  X(nominal_discount_rate, "frac", FIGURE_RELATIVE)          \
  X(pv_cafds, "USD", FIGURE_USD)                             \
  X(tax_basis, "USD", FIGURE_USD)                            \
  X(flip_year, "", FIGURE_EXACT)                             \
  X(investor_irr_exact, "%", FIGURE_POINTS)                  \
  X(investor_npv, "USD", FIGURE_USD)                         \
  X(developer_irr_exact, "%", FIGURE_POINTS)                 \
  X(developer_npv, "USD", FIGURE_USD)                        \
  X(project_npv_aftertax, "USD", FIGURE_USD)                 \
  X(project_irr_exact, "%", FIGURE_POINTS)

// Columns of annual.csv and flip_annual.csv.
#define FIGURE_ANNUALS(X)                                    \
  X(energy, "kWh", FIGURE_RELATIVE)                          \
  X(price, "c/kWh", FIGURE_RELATIVE)                         \
  X(energy_revenue, "USD", FIGURE_USD)                       \
  X(capacity_revenue, "USD", FIGURE_USD)                     \
  X(salvage, "USD", FIGURE_USD)                              \
  X(total_revenue, "USD", FIGURE_USD)                        \
  X(om_fixed, "USD", FIGURE_USD)                             \
  X(om_production, "USD", FIGURE_USD)                        \
  X(om_capacity, "USD", FIGURE_USD)                          \
  X(land_lease, "USD", FIGURE_USD)                           \
  X(property_tax, "USD", FIGURE_USD)                         \
  X(insurance, "USD", FIGURE_USD)                            \
  X(recapitalization, "USD", FIGURE_USD)                     \
  X(operating_expenses, "USD", FIGURE_USD)                   \
  X(ebitda, "USD", FIGURE_USD)                               \
  X(equip_funding, "USD", FIGURE_USD)                        \
  X(equip_disbursement, "USD", FIGURE_USD)                   \
  X(cafds, "USD", FIGURE_USD)                                \
  X(debt_interest, "USD", FIGURE_USD)                        \
  X(debt_principal, "USD", FIGURE_USD)                       \
  X(debt_service, "USD", FIGURE_USD)                         \
  X(debt_balance, "USD", FIGURE_USD)                         \
  X(dscr, "", FIGURE_RATIO)                                  \
  X(dsra_balance, "USD", FIGURE_USD)                         \
  X(working_capital_balance, "USD", FIGURE_USD)              \
  X(equip_balance, "USD", FIGURE_USD)                        \
  X(reserve_interest, "USD", FIGURE_USD)                     \
  X(state_depreciation, "USD", FIGURE_USD)                   \
  X(federal_depreciation, "USD", FIGURE_USD)                 \
  X(itc, "USD", FIGURE_USD)                                  \
  X(state_tax, "USD", FIGURE_USD)                            \
  X(federal_tax, "USD", FIGURE_USD)                          \
  X(pretax_cashflow, "USD", FIGURE_USD)                      \
  X(aftertax_cashflow, "USD", FIGURE_USD)                    \
  X(aftertax_npv_cumulative, "USD", FIGURE_USD)              \
  X(annual_costs, "USD", FIGURE_USD)                         \
  X(project_pretax_cashflow, "USD", FIGURE_USD)              \
  X(project_aftertax_cashflow, "USD", FIGURE_USD)            \
  X(investor_cash, "USD", FIGURE_USD)                        \
  X(investor_tax, "USD", FIGURE_USD)                         \
  X(investor_aftertax, "USD", FIGURE_USD)                    \
  X(developer_cash, "USD", FIGURE_USD)                       \
  X(developer_tax, "USD", FIGURE_USD)                        \
  X(developer_aftertax, "USD", FIGURE_USD)                   \
  X(investor_irr_to_date_exact, "%", FIGURE_POINTS)
// clang-format on

#define FIGURE_RESULT_ENUM(name, unit, tolerance) RESULT_##name,
#define FIGURE_ANNUAL_ENUM(name, unit, tolerance) ANNUAL_##name,
typedef enum figure_result { FIGURE_RESULTS(FIGURE_RESULT_ENUM) RESULT_COUNT } figure_result;
typedef enum figure_annual { FIGURE_ANNUALS(FIGURE_ANNUAL_ENUM) ANNUAL_COUNT } figure_annual;
#undef FIGURE_RESULT_ENUM
#undef FIGURE_ANNUAL_ENUM

typedef struct figure_rule {
  const char      *name, *unit;
  figure_tolerance tolerance;
} figure_rule;
extern const figure_rule figure_result_rule[RESULT_COUNT], figure_annual_rule[ANNUAL_COUNT];

// In the reference's units and signs; NaN: not applicable to this case.
typedef struct validate_figures {
  double  result[RESULT_COUNT];
  double *annual[ANNUAL_COUNT];  // (n + 1), year 0 first
} validate_figures;

// Computes a case that is not bad; memory from the arena. Conventions that do not apply to it are noted in the report.
// *why: a sentence where there is no answer. Errors: SG_ERR_RANGE (the case cannot be represented), SG_ERR_NUMERIC (it has
// no price, or its size does not settle), SG_ERR_MEMORY.
sg_err validate_case_compute(const validate_case *c, arena *a, validate_report *report, validate_figures *out,
                             const char **why);

#endif
