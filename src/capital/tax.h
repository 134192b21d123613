// Tax: depreciation by class, losses, interest limit, credits, property and sales tax. United States.
//
// Income tax is settled by tax year: losses, the limit on interest and depreciation tables are annual. A project with
// shorter periods settles in the last period of each tax year.
#ifndef CAPITAL_TAX_H
#define CAPITAL_TAX_H

#include <stddef.h>
#include <stdint.h>

#include "../../include/stargate.h"

#define CAPITAL_WRITE_OFFS "macrs-5|macrs-15|straight-5|straight-15|straight-20|straight-39|custom|never"
typedef enum capital_write_off {
  CAPITAL_MACRS_5,
  CAPITAL_MACRS_15,
  CAPITAL_STRAIGHT_5,
  CAPITAL_STRAIGHT_15,
  CAPITAL_STRAIGHT_20,
  CAPITAL_STRAIGHT_39,
  CAPITAL_CUSTOM,
  CAPITAL_NEVER,  // land
  CAPITAL_WRITE_OFF_COUNT
} capital_write_off;

typedef struct capital_tax_class {
  int32_t       write_off;                       // capital_write_off
  double        bonus_federal_frac, bonus_state_frac;  // of the basis, in the first year; the rest follows the table
  double        credit_frac;                     // investment credit on cost; half of it lowers both bases (26 USC 50(c)(3))
  const double *custom_frac;                     // (n_custom) by tax year
  int32_t       n_custom;
} capital_tax_class;

// Share of the basis written off in tax year `year` (0 = in service), without bonus; half-year convention.
// Source: IRS Publication 946 (2024), tables A-1 (MACRS, 5 and 15 years) and A-8 (straight line). 39 years: half, whole,
// half year as the reference model does, not mid-month.
double capital_write_off_frac(const capital_tax_class *k, int32_t year);

// Adds what a cost put in service in tax year year0 writes off: federal, state (n_year) grow. Returns the credit.
double capital_write_off_add(const capital_tax_class *k, double cost_usd, int32_t year0, int32_t n_year, double *federal_usd, double *state_usd);

// Bonus share allowed by law, by class life and day acquired (days of base/calendar): 26 USC 168(k): 100 % acquired after
// 2025-01-19 (Pub. L. 119-21) or from 2017-09-28 to 2022, 80/60/40 % in 2023/2024/2025 before that date; lives over 20 years none.
double capital_bonus_frac(int32_t write_off, double acquired_day);

typedef enum capital_losses { CAPITAL_LOSSES_CARRY, CAPITAL_LOSSES_REFUND } capital_losses;  // refund: the owner uses them at once
#define CAPITAL_LOSSES "carry|refund"

typedef struct capital_tax_terms {
  double  federal_frac, state_frac;  // rates
  int32_t losses;                    // capital_losses
  double  loss_limit_frac;           // of income that carried losses may cover: 0.8 (26 USC 172(a)(2))
  double  interest_limit_frac;       // of adjusted income; NaN: no limit; 0.3 (26 USC 163(j))
  int32_t interest_base_ebit;        // 1: after depreciation (2022-2024), 0: before (from 2025, Pub. L. 119-21)
} capital_tax_terms;

typedef struct capital_tax_state { double loss_federal_usd, loss_state_usd, interest_usd, credit_usd; } capital_tax_state;  // carried

typedef struct capital_tax_year {  // in: of the year
  double ebitda_usd, other_income_usd;  // other: interest received
  double interest_usd;
  double federal_write_off_usd, state_write_off_usd;
  double state_only_income_usd, federal_only_income_usd;  // grants taxed
  double credit_usd;
} capital_tax_year;

typedef struct capital_tax_due {  // out: positive = to pay
  double state_usd, federal_usd, credit_usd;  // credit: used this year
  double interest_allowed_usd, state_income_usd, federal_income_usd;  // income after losses used
  double loss_used_usd;  // federal
} capital_tax_due;

// Settles a year. State tax is deductible federally. With REFUND losses and credits beyond the tax are paid out at once;
// with CARRY they wait (credits 22 years are not counted: they wait for as long as it takes).
void capital_tax_settle(const capital_tax_terms *k, capital_tax_state *state, const capital_tax_year *in, capital_tax_due *out);

// Property tax of year `year` (0 = first): rate * assessed * cost * max(0, 1 - decline * year) * (1 - abated share while abated).
typedef struct capital_property_tax { double rate_frac, assessed_frac, decline_frac_per_yr, abated_frac; int32_t abated_years; } capital_property_tax;
double capital_property_tax_usd(const capital_property_tax *k, double cost_usd, int32_t year);

#endif
