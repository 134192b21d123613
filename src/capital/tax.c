#include "tax.h"

#include <math.h>

#include "../base/number.h"

// ---- Depreciation -----------------------------------------------------------------------------------------

// IRS Publication 946 (2024), table A-1, half-year convention.
static const double macrs_5[] = {0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576};
static const double macrs_15[] = {0.05,   0.095, 0.0855, 0.077, 0.0693, 0.0623, 0.059,  0.059,
                                  0.0591, 0.059, 0.0591, 0.059, 0.0591, 0.059,  0.0591, 0.0295};

static double table_frac(const double *table, int32_t n, int32_t year) {
  return year >= 0 && year < n ? table[year] : 0.0;
}

// Half a year, life - 1 whole years, half a year.
static double straight_frac(int32_t life, int32_t year) {
  if (year < 0 || year > life) return 0.0;
  return (year == 0 || year == life ? 0.5 : 1.0) / life;
}

double capital_write_off_frac(const capital_tax_class *k, int32_t year) {
  switch ((capital_write_off)k->write_off) {
    case CAPITAL_MACRS_5: return table_frac(macrs_5, (int32_t)(sizeof macrs_5 / sizeof *macrs_5), year);
    case CAPITAL_MACRS_15: return table_frac(macrs_15, (int32_t)(sizeof macrs_15 / sizeof *macrs_15), year);
    case CAPITAL_STRAIGHT_5: return straight_frac(5, year);
    case CAPITAL_STRAIGHT_15: return straight_frac(15, year);
    case CAPITAL_STRAIGHT_20: return straight_frac(20, year);
    case CAPITAL_STRAIGHT_39: return straight_frac(39, year);
    case CAPITAL_CUSTOM: return table_frac(k->custom_frac, k->n_custom, year);
    case CAPITAL_NEVER:
    case CAPITAL_WRITE_OFF_COUNT: break;
  }
  return 0.0;
}

// Tax years of the table of a class: from there on nothing is written off.
static int32_t write_off_years(const capital_tax_class *k) {
  static const int32_t years[CAPITAL_WRITE_OFF_COUNT] = {
      [CAPITAL_MACRS_5] = sizeof macrs_5 / sizeof *macrs_5,
      [CAPITAL_MACRS_15] = sizeof macrs_15 / sizeof *macrs_15,
      [CAPITAL_STRAIGHT_5] = 6,
      [CAPITAL_STRAIGHT_15] = 16,
      [CAPITAL_STRAIGHT_20] = 21,
      [CAPITAL_STRAIGHT_39] = 40,
  };
  if (k->write_off < 0 || k->write_off >= CAPITAL_WRITE_OFF_COUNT) return 0;
  return k->write_off == CAPITAL_CUSTOM ? k->n_custom : years[k->write_off];
}

static void add_table(const capital_tax_class *k, double usd, int32_t year0, int32_t n_year, double *write_off_usd) {
  int32_t years = write_off_years(k);
  for (int32_t year = 0; year < years && year < n_year - year0; year++)
    write_off_usd[year0 + year] += usd * capital_write_off_frac(k, year);
}

double capital_write_off_add(const capital_tax_class *k, double cost_usd, int32_t year0, int32_t n_year,
                             double *federal_usd, double *state_usd) {
  double credit = k->credit_frac * cost_usd, basis = cost_usd - 0.5 * credit;
  if (k->write_off == CAPITAL_NEVER || year0 >= n_year) return credit;
  capital_tax_class state = *k;
  if (k->state_write_off > 0) state.write_off = k->state_write_off - 1;
  federal_usd[year0] += k->bonus_federal_frac * basis;
  state_usd[year0] += k->bonus_state_frac * basis;
  add_table(k, (1.0 - k->bonus_federal_frac) * basis, year0, n_year, federal_usd);
  add_table(&state, (1.0 - k->bonus_state_frac) * basis, year0, n_year, state_usd);
  return credit;
}

// Days from 1970-01-01 to midnight at the start of each date.
#define DAY_2017_09_28 17437.0
#define DAY_2025_01_20 20108.0

double capital_bonus_frac(int32_t write_off, double acquired_day, double service_day) {
  static const struct {
    double before_day, frac;
  } in_service[] = {
      {19358.0, 1.0}, // 2023-01-01
      {19723.0, 0.8}, // 2024-01-01
      {20089.0, 0.6}, // 2025-01-01
      {20454.0, 0.4}, // 2026-01-01
      {20819.0, 0.2}, // 2027-01-01
  };
  if (write_off < CAPITAL_MACRS_5 || write_off > CAPITAL_STRAIGHT_20 || !(acquired_day >= DAY_2017_09_28)) return 0.0;
  if (acquired_day >= DAY_2025_01_20) return 1.0;
  for (size_t i = 0; i < sizeof in_service / sizeof *in_service; i++)
    if (service_day < in_service[i].before_day) return in_service[i].frac;
  return 0.0;
}

// ---- Income tax -------------------------------------------------------------------------------------------

// Interest that may be deducted: 26 USC 163(j)(1), with business interest income beside the share of adjusted income.
static double allow_interest(const capital_tax_terms *k, capital_tax_state *state, const capital_tax_year *in) {
  double waits = state->interest_usd + in->interest_usd, allowed = waits;
  if (!isnan(k->interest_limit_frac)) {
    double adjusted = in->ebitda_usd + in->federal_only_income_usd;
    if (k->interest_base_ebit) adjusted -= in->federal_write_off_usd;
    double received = number_most(0.0, in->other_income_usd);
    allowed = number_least(waits, received + k->interest_limit_frac * number_most(0.0, adjusted));
  }
  state->interest_usd = waits - allowed;
  return allowed;
}

// Income that is taxed: negative only where losses are refunded.
static double taxed_income(const capital_tax_terms *k, double income_usd, double *loss_usd, double *used_usd) {
  *used_usd = 0.0;
  if (k->losses == CAPITAL_LOSSES_REFUND) return income_usd;
  if (income_usd <= 0.0) {
    *loss_usd -= income_usd;
    return 0.0;
  }
  *used_usd = number_least(*loss_usd, k->loss_limit_frac * income_usd);
  *loss_usd -= *used_usd;
  return income_usd - *used_usd;
}

void capital_tax_settle(const capital_tax_terms *k, capital_tax_state *state, const capital_tax_year *in,
                        capital_tax_due *out) {
  double state_loss_used, allowed = allow_interest(k, state, in);
  double before = in->ebitda_usd + in->other_income_usd - allowed;
  double state_income = before - in->state_write_off_usd + in->state_only_income_usd;
  out->interest_allowed_usd = allowed;
  out->state_income_usd = taxed_income(k, state_income, &state->loss_state_usd, &state_loss_used);
  out->state_usd = k->state_frac * out->state_income_usd;

  double federal_income = before - in->federal_write_off_usd + in->federal_only_income_usd - out->state_usd;
  out->federal_income_usd = taxed_income(k, federal_income, &state->loss_federal_usd, &out->loss_used_usd);
  out->federal_usd = k->federal_frac * out->federal_income_usd;

  double credit = state->credit_usd + in->credit_usd;
  out->credit_usd = k->losses == CAPITAL_LOSSES_REFUND ? credit : number_least(credit, out->federal_usd);
  state->credit_usd = credit - out->credit_usd;
}

// ---- Property tax -----------------------------------------------------------------------------------------

double capital_property_tax_usd(const capital_property_tax *k, double cost_usd, int32_t year) {
  double assessed_usd = cost_usd * k->assessed_frac * fmax(0.0, 1.0 - k->decline_frac_per_yr * year);
  return k->rate_frac * assessed_usd * (year < k->abated_years ? 1.0 - k->abated_frac : 1.0);
}
