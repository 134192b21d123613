// Cases: inputs of the annual project-finance cases of a validation set, as inputs.csv and schedules.csv give them.
//
// The columns bear the reference's own names and units (rates in %, price in $/kWh, capacity in kW): numbers are kept as
// they are written, validate_capital_map.c converts.
#ifndef TWIN_VALIDATE_CAPITAL_CASE_H
#define TWIN_VALIDATE_CAPITAL_CASE_H

#include <stdbool.h>

#include "../base/csv.h"
#include "validate.h"

// How a column may be written.
typedef enum case_kind {
  CASE_NUMBER,
  CASE_WHOLE,
  CASE_YEARLY,    // a number, or SCHED: a number per year in schedules.csv
  CASE_PERCENTS,  // 0, SCHED, or a list of numbers in one field: "20|32|19.2"
  CASE_IDC,       // a number, or IDC: follows from the construction loans
  CASE_FIXED      // the one value of which the reference's convention is known: its default
} case_kind;

// name; kind; default where the column is missing or the field empty (NaN: must be there), least, most.
#define CASE_CLASSES(X, prefix, tail, usual, most)                \
  X(prefix##macrs_5##tail, CASE_NUMBER, usual, 0, most)           \
  X(prefix##macrs_15##tail, CASE_NUMBER, 0, 0, most)              \
  X(prefix##sl_5##tail, CASE_NUMBER, 0, 0, most)                  \
  X(prefix##sl_15##tail, CASE_NUMBER, 0, 0, most)                 \
  X(prefix##sl_20##tail, CASE_NUMBER, 0, 0, most)                 \
  X(prefix##sl_39##tail, CASE_NUMBER, 0, 0, most)                 \
  X(prefix##custom##tail, CASE_NUMBER, 0, 0, most)
#define CASE_LOAN(X, k)                                           \
  X(const_per_percent##k, CASE_NUMBER, 0, 0, 100)                 \
  X(const_per_interest_rate##k, CASE_NUMBER, 0, 0, 1000)          \
  X(const_per_months##k, CASE_NUMBER, 0, 0, 1200)                 \
  X(const_per_upfront_rate##k, CASE_NUMBER, 0, 0, 100)
#define CASE_EQUIPMENT(X, k)                                      \
  X(equip##k##_reserve_cost, CASE_NUMBER, 0, 0, 1e12)             \
  X(equip##k##_reserve_freq, CASE_WHOLE, 0, 0, 1000)

// clang-format off
#define CASE_COLUMNS(X)                                           \
  X(analysis_period, CASE_WHOLE, (double)NAN, 1, 200)            \
  X(inflation_rate, CASE_NUMBER, 0, -50, 1000)                    \
  X(real_discount_rate, CASE_NUMBER, (double)NAN, -50, 1000)      \
  X(federal_tax_rate, CASE_YEARLY, 0, 0, 100)                     \
  X(state_tax_rate, CASE_YEARLY, 0, 0, 100)                       \
  X(property_tax_rate, CASE_NUMBER, 0, 0, 100)                    \
  X(prop_tax_cost_assessed_percent, CASE_NUMBER, 100, 0, 1000)    \
  X(prop_tax_assessed_decline, CASE_NUMBER, 0, 0, 100)            \
  X(insurance_rate, CASE_NUMBER, 0, 0, 100)                       \
  X(system_capacity, CASE_NUMBER, 0, 0, 1e12)                     \
  X(total_installed_cost, CASE_NUMBER, (double)NAN, 1, 1e15)      \
  X(construction_financing_cost, CASE_IDC, 0, 0, 1e15)            \
  X(gen_kw, CASE_NUMBER, 0, 0, 1e12)                              \
  X(degradation, CASE_YEARLY, 0, -100, 100)                       \
  X(ppa_soln_mode, CASE_WHOLE, 1, 0, 1)                          \
  X(ppa_price_input, CASE_YEARLY, 0, -1e6, 1e6)                   \
  X(ppa_escalation, CASE_NUMBER, 0, -99, 1000)                    \
  X(flip_target_percent, CASE_NUMBER, 0, -99, 1000)               \
  X(flip_target_year, CASE_WHOLE, 0, 0, 200)                     \
  X(cp_capacity_payment_amount, CASE_YEARLY, 0, -1e15, 1e15)      \
  X(cp_capacity_payment_esc, CASE_NUMBER, 0, -99, 1000)           \
  X(om_fixed, CASE_YEARLY, 0, -1e15, 1e15)                        \
  X(om_fixed_escal, CASE_NUMBER, 0, -99, 1000)                    \
  X(om_production, CASE_YEARLY, 0, -1e9, 1e9)                     \
  X(om_production_escal, CASE_NUMBER, 0, -99, 1000)               \
  X(om_capacity, CASE_YEARLY, 0, -1e9, 1e9)                       \
  X(om_capacity_escal, CASE_NUMBER, 0, -99, 1000)                 \
  X(om_land_lease, CASE_YEARLY, 0, -1e9, 1e9)                     \
  X(om_land_lease_escal, CASE_NUMBER, 0, -99, 1000)               \
  X(land_area, CASE_NUMBER, 0, 0, 1e12)                           \
  X(salvage_percentage, CASE_NUMBER, 0, -1000, 1000)              \
  X(debt_option, CASE_WHOLE, 0, 0, 1)                            \
  X(debt_percent, CASE_NUMBER, 0, 0, 100)                         \
  X(payment_option, CASE_WHOLE, 0, 0, 1)                         \
  X(loan_moratorium, CASE_WHOLE, 0, 0, 200)                      \
  X(term_tenor, CASE_WHOLE, 0, 0, 200)                           \
  X(term_int_rate, CASE_NUMBER, 0, 0, 1000)                       \
  X(dscr, CASE_NUMBER, 0, 0, 1000)                                \
  X(dscr_limit_debt_fraction, CASE_WHOLE, 0, 0, 1)               \
  X(dscr_maximum_debt_fraction, CASE_NUMBER, 100, 0, 1000)        \
  X(dscr_reserve_months, CASE_NUMBER, 0, 0, 1200)                 \
  X(months_working_reserve, CASE_NUMBER, 0, 0, 1200)              \
  X(reserves_interest, CASE_NUMBER, 0, 0, 1000)                   \
  X(cost_debt_closing, CASE_NUMBER, 0, 0, 1e15)                   \
  X(cost_debt_fee, CASE_NUMBER, 0, 0, 100)                        \
  X(cost_other_financing, CASE_NUMBER, 0, 0, 1e15)                \
  CASE_EQUIPMENT(X, 1)                                            \
  CASE_EQUIPMENT(X, 2)                                            \
  CASE_EQUIPMENT(X, 3)                                            \
  X(equip_reserve_depr_sta, CASE_WHOLE, 0, 0, 6)                 \
  X(equip_reserve_depr_fed, CASE_WHOLE, 0, 0, 6)                 \
  CASE_CLASSES(X, depr_alloc_, _percent, 0, 100)                  \
  X(depr_custom_schedule, CASE_PERCENTS, 0, 0, 100)               \
  X(depr_bonus_fed, CASE_NUMBER, 0, 0, 100)                       \
  X(depr_bonus_sta, CASE_NUMBER, 0, 0, 100)                       \
  CASE_CLASSES(X, depr_bonus_fed_, , 1, 1)                        \
  CASE_CLASSES(X, depr_bonus_sta_, , 1, 1)                        \
  CASE_CLASSES(X, depr_itc_fed_, , 1, 1)                          \
  X(itc_fed_percent, CASE_NUMBER, 0, 0, 100)                      \
  X(ibi_sta_amount, CASE_NUMBER, 0, 0, 1e15)                      \
  X(system_use_recapitalization, CASE_WHOLE, 0, 0, 1)            \
  X(system_recapitalization_cost, CASE_NUMBER, 0, 0, 1e15)        \
  X(system_recapitalization_escalation, CASE_NUMBER, 0, -99, 1000)\
  X(system_lifetime_recapitalize, CASE_YEARLY, 0, 0, 1)           \
  CASE_LOAN(X, 1)                                                 \
  CASE_LOAN(X, 2)                                                 \
  CASE_LOAN(X, 3)                                                 \
  CASE_LOAN(X, 4)                                                 \
  CASE_LOAN(X, 5)                                                 \
  X(tax_investor_equity_percent, CASE_NUMBER, (double)NAN, 0, 100)         \
  X(tax_investor_preflip_cash_percent, CASE_NUMBER, (double)NAN, 0, 100)   \
  X(tax_investor_preflip_tax_percent, CASE_NUMBER, (double)NAN, 0, 100)    \
  X(tax_investor_postflip_cash_percent, CASE_NUMBER, (double)NAN, 0, 100)  \
  X(tax_investor_postflip_tax_percent, CASE_NUMBER, (double)NAN, 0, 100)   \
  X(system_use_lifetime_output, CASE_FIXED, 0, 0, 0)              \
  X(ppa_multiplier_model, CASE_FIXED, 1, 0, 0)                    \
  X(dispatch_factors_ts, CASE_FIXED, 1, 0, 0)                     \
  X(en_electricity_rates, CASE_FIXED, 1, 0, 0)                    \
  X(cp_capacity_payment_type, CASE_FIXED, 1, 0, 0)                \
  X(months_receivables_reserve, CASE_FIXED, 0, 0, 0)              \
  X(depr_stabas_method, CASE_FIXED, 1, 0, 0)                      \
  X(depr_fedbas_method, CASE_FIXED, 1, 0, 0)                      \
  X(ptc_fed_amount, CASE_FIXED, 0, 0, 0)                          \
  X(cost_dev_fee_percent, CASE_FIXED, 0, 0, 0)                    \
  X(cost_equity_closing, CASE_FIXED, 0, 0, 0)
// clang-format on

#define CASE_ENUM(name, kind, usual, least, most) CASE_##name,
typedef enum case_column { CASE_COLUMNS(CASE_ENUM) CASE_COUNT } case_column;
#undef CASE_ENUM

enum { CASE_CLASS_COUNT = 7, CASE_EQUIPMENT_COUNT = 3, CASE_LOAN_COUNT = 5, CASE_MAX_YEARS = 200 };

typedef struct validate_case {
  char          name[64];
  bool          flip;                // of flip_inputs.csv
  bool          bad;                 // its row with status "input" says why
  bool          idc;                 // construction_financing_cost follows from the loans
  int32_t       n;                   // years
  double        number[CASE_COUNT];  // as written; of a schedule its first year
  const double *year[CASE_COUNT];    // (n), of year 1 first; NULL: no schedule
  const double *custom_percent;      // (n_custom)
  int32_t       n_custom;
} validate_case;

typedef struct validate_cases {
  validate_case *at;  // (n) in the order of the file
  int32_t        n;
} validate_cases;

// Reads the cases of inputs and flip_inputs with their schedules; any of the three may be NULL. All memory from the arena.
// What a case holds that cannot be used is a row of the report, with status "input" (the case is bad; what is no number
// stands in diags as well) or "skipped" (the case goes on without it). Errors, with place and hint in diags: those of
// validate_table_read, SG_ERR_KEY (a column that must be there is missing), SG_ERR_LIMIT, SG_ERR_MEMORY.
sg_err validate_cases_read(const diag_source *inputs, const diag_source *flip_inputs, const diag_source *schedules,
                           arena *a, sg_diags *diags, validate_report *report, validate_cases *out);

// csv_read, and every line has as many fields as the head, else SG_ERR_SYNTAX.
sg_err validate_table_read(const diag_source *source, arena *a, sg_diags *diags, csv_table *out);

validate_case *validate_cases_find(const validate_cases *cases, text_slice name);  // NULL: none

// Adds a row with a status and why it has it.
void validate_note(validate_report *report, const char *case_name, const char *quantity, const char *status,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
