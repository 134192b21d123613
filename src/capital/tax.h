// Tax: depreciation by class, losses, interest limit, credits, property tax. United States.
//
// Income tax is settled by tax year: losses, the limit on interest and depreciation tables are annual. A project with
// shorter periods settles in the last period of each tax year. Sales tax is part of the cost it is paid on, and so of
// the basis: the caller adds it there.
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
  int32_t       write_off;           // capital_write_off
  int32_t       state_write_off;     // 0: the same; else 1 + capital_write_off, where the state has another
  double        bonus_federal_frac;  // of the basis, in the first year; the rest follows the table
  double        bonus_state_frac;
  double        credit_frac;  // investment credit on cost; half lowers both bases (26 USC 50(c)(3))
  const double *custom_frac;  // (n_custom) by tax year
  int32_t       n_custom;
} capital_tax_class;

// Share of the basis written off in tax year `year` (0 = in service), without bonus; half-year convention.
// 0 before service and after the table; the shares of a class sum to 1, those of custom to what was given.
// Source: IRS Publication 946 (2024), tables A-1 (MACRS, 5 and 15 years) and A-8 (straight line; here unrounded: half a
// year, whole years, half a year). 39 years the same way, as ssc's Single Owner model does, not mid-month (table A-7a).
double capital_write_off_frac(const capital_tax_class *k, int32_t year);

// Adds what a cost put in service in tax year year0 >= 0 writes off: federal, state (n_year) grow; what falls beyond
// n_year is not written off. Returns the credit, which arises in year0. Land is never written off, whatever its bonus.
//   basis = cost * (1 - credit / 2);  year0: bonus * basis;  year0 + y: (1 - bonus) * basis * frac(y)
double capital_write_off_add(const capital_tax_class *k, double cost_usd, int32_t year0, int32_t n_year,
                             double *federal_usd, double *state_usd);

// Bonus share allowed by law, by class, day acquired and day placed in service. Days count from 1970-01-01 (a fraction
// is a time of that day); property is acquired no later than the day its binding contract was written.
//   acquired after 2025-01-19:       100 %
//   acquired from 2017-09-28 on:     in service to 2022 100 %, 2023 80 %, 2024 60 %, 2025 40 %, 2026 20 %, later 0
// Lives over 20 years and land: 0. Custom classes: 0, their life being unknown; earlier acquisitions: 0, their rules
// (50 % and less) are past. Property of long production periods (26 USC 168(k)(2)(B)) is treated as any other.
// Source: 26 USC 168(k)(2), (6) as of 2024; Pub. L. 119-21 (2025-07-04), sec. 70301.
double capital_bonus_frac(int32_t write_off, double acquired_day, double service_day);

// Refund: the owner has other income and uses losses and credits at once.
typedef enum capital_losses { CAPITAL_LOSSES_CARRY, CAPITAL_LOSSES_REFUND } capital_losses;
#define CAPITAL_LOSSES "carry|refund"

typedef struct capital_tax_terms {
  double  federal_frac, state_frac;  // rates, in [0, 1)
  int32_t losses;                    // capital_losses
  double  loss_limit_frac;           // of income that carried losses may cover: 0.8 (26 USC 172(a)(2)); states alike
  double  interest_limit_frac;       // of adjusted income; NaN: no limit; 0.3 (26 USC 163(j)); states alike
  int32_t interest_base_ebit;        // 1: after depreciation (2022-2024), 0: before (Pub. L. 119-21 sec. 70303)
} capital_tax_terms;

// Carried to the next year, all >= 0; {0} at the start.
typedef struct capital_tax_state {
  double loss_federal_usd, loss_state_usd, interest_usd, credit_usd;
} capital_tax_state;

// in: of the year
typedef struct capital_tax_year {
  double ebitda_usd, other_income_usd;  // other: interest received
  double interest_usd;                  // >= 0
  double federal_write_off_usd, state_write_off_usd;
  double state_only_income_usd, federal_only_income_usd;  // grants taxed
  double credit_usd;                                      // arisen this year, >= 0
} capital_tax_year;

// out. What leaves the project this year: state_usd + federal_usd - credit_usd.
typedef struct capital_tax_due {
  double state_usd, federal_usd;  // tax, before the credit; negative (REFUND only): received
  double credit_usd;              // used this year, >= 0
  double interest_allowed_usd, state_income_usd, federal_income_usd;  // income after losses used
  double loss_used_usd;                                               // federal
} capital_tax_due;

// Settles a year. State tax is deductible federally. With REFUND losses and credits beyond the tax are paid out at
// once; with CARRY they wait: losses without end (26 USC 172(b)(1)(A)(ii)), and credits too (the 22 years of 26 USC
// 39(a) are not counted). A credit may cover the whole federal tax: the limit of 26 USC 38(c) is left out. These two,
// states that follow the federal limits, and adjusted income before state tax are assumptions, see
// docs/assumptions.md#tax
//   allowed interest = min(interest + carried, received + limit * max(0, adjusted));  the rest is carried
//   adjusted = EBITDA + federal-only income, less federal depreciation with the EBIT base; before state tax (which
//              itself depends on the interest allowed), so that one limit serves both
//   state income   = EBITDA + received - allowed interest - state depreciation + state-only income
//   federal income = the same with the federal figures, - state tax
//   CARRY: a loss is added to those carried; of an income, losses cover at most loss_limit
void capital_tax_settle(const capital_tax_terms *k, capital_tax_state *state, const capital_tax_year *in,
                        capital_tax_due *out);

// Property tax of year `year` (0 = first).
//   rate * assessed * cost * max(0, 1 - decline * year) * (1 - abated, in the first abated_years)
typedef struct capital_property_tax {
  double  rate_frac, assessed_frac, decline_frac_per_yr, abated_frac;
  int32_t abated_years;
} capital_property_tax;
double capital_property_tax_usd(const capital_property_tax *k, double cost_usd, int32_t year);

#endif
