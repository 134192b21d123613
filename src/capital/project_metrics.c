// Returns and identities of a project that has run.
#include <math.h>

#include "../base/number.h"
#include "project.h"
#include "returns.h"

// ---- Metrics ----------------------------------------------------------------------------------------------

// Length that all periods have but an instant at the start; NaN: they differ.
static double equal_year(const capital_project *p) {
  double year = p->year[p->n - 1];
  for (int32_t t = 0; t < p->n; t++)
    if (fabs(p->year[t] - year) > 1e-12 && !(t == 0 && p->year[t] == 0.0)) return (double)NAN;
  return year > 0.0 ? year : (double)NAN;
}

// IRR a year. Equal periods: that of the flows, compounded to a year; else on days of a year of 365. scratch: (n)
static double irr_per_yr(const capital_project *p, const double *flow, double *scratch) {
  capital_irr_result irr;
  double             year = equal_year(p), years = 0.0;
  if (!isnan(year)) {
    if (capital_irr(flow, (size_t)p->n, &irr)) return (double)NAN;
    return year == 1.0 ? irr.rate_frac : expm1(log1p(irr.rate_frac) / year);
  }
  for (int32_t t = 0; t < p->n; t++) {
    years += p->year[t];
    scratch[t] = years * CAPITAL_YEAR_DAYS;
  }
  return capital_irr_dates(flow, scratch, (size_t)p->n, &irr) ? (double)NAN : irr.rate_frac;
}

static double payback_years(const capital_project *p, const double *flow) {
  double periods = capital_payback(flow, (size_t)p->n), years = 0.0;
  if (isnan(periods)) return periods;
  int32_t whole = (int32_t)periods;
  for (int32_t t = 0; t <= whole && t < p->n; t++) years += p->year[t];
  return whole + 1 < p->n ? years + (periods - whole) * p->year[whole + 1] : years;
}

// What a lender pays out and gets back; a balance at the horizon counts as repaid there.
static double effective_rate(const capital_project *p, const capital_result *r, int32_t j) {
  double *const *f = r->facility[j];
  double        *flow = r->scratch, *days = r->scratch + p->n;
  for (int32_t t = 0; t < p->n; t++)
    flow[t] = f[FACILITY_FEE][t] + f[FACILITY_INTEREST][t] + f[FACILITY_PRINCIPAL][t] + f[FACILITY_SWEPT][t] +
              f[FACILITY_RECOVERED][t] - f[FACILITY_DRAW][t];
  flow[p->n - 1] += f[FACILITY_BALANCE][p->n - 1];
  return irr_per_yr(p, flow, days);
}

// Values at close, each flow at the end of its period.
static void discount(const capital_project *p, const capital_result *r, double rate, capital_metrics *out) {
  double factor = 1.0, step = 1.0, year = 0.0;
  for (int32_t t = 0; t < p->n; t++) {
    if (p->year[t] != year) year = p->year[t], step = pow(1.0 + rate, -year);
    factor *= step;
    double output = p->output ? p->output[t] : 0.0, flow = r->row[PROJECT_FLOW][t];
    out->npv_usd += flow * factor;
    out->npv_pretax_usd += r->row[PROJECT_PRETAX][t] * factor;
    out->output_pv += output * factor;
    out->cost_pv_usd += (p->price_usd * output - flow) * factor;
  }
  out->levelised_cost_usd = out->output_pv > 0.0 ? out->cost_pv_usd / out->output_pv : (double)NAN;
}

void capital_project_metrics(const capital_project *p, const capital_result *r, double discount_frac_per_yr,
                             capital_metrics *out) {
  const double *flow = r->row[PROJECT_FLOW];
  *out = (capital_metrics){0};
  discount(p, r, discount_frac_per_yr, out);
  out->irr_frac_per_yr = irr_per_yr(p, flow, r->scratch);
  out->moic = capital_moic(flow, (size_t)p->n);
  out->payback_years = payback_years(p, flow);
  out->dscr_least = capital_cover_least(r->row[PROJECT_DSCR], p->n);
  out->dscr_average = capital_cover_average(r->row[PROJECT_DSCR], p->n);
  out->llcr_least = capital_cover_least(r->row[PROJECT_LLCR], p->n);
  out->plcr_least = capital_cover_least(r->row[PROJECT_PLCR], p->n);
  out->icr_least = capital_cover_least(r->row[PROJECT_ICR], p->n);
  out->debt_frac = r->uses_usd > 0.0 ? r->debt_usd / r->uses_usd : (double)NAN;
  for (int32_t j = 0; j < CAPITAL_FACILITIES; j++)
    out->effective_rate_frac_per_yr[j] = j < r->n_facility ? effective_rate(p, r, j) : (double)NAN;
}

// ---- Identities -----------------------------------------------------------------------------------------------

static const int32_t kept_rows[] = {PROJECT_RESERVE, PROJECT_MAINTENANCE, PROJECT_WORKING, PROJECT_HELD, PROJECT_CASH};
static const int32_t in_rows[] = {PROJECT_RECEIPTS,   PROJECT_OTHER,  PROJECT_RESERVE_INTEREST, PROJECT_DRAWS,
                                  PROJECT_REFINANCED, PROJECT_EQUITY, PROJECT_RECOVERED};
static const int32_t out_rows[] = {PROJECT_OPEX,        PROJECT_MAINTAINED,  PROJECT_CAPEX,    PROJECT_TAX_STATE,
                                   PROJECT_TAX_FEDERAL, PROJECT_FEES,        PROJECT_INTEREST, PROJECT_PRINCIPAL,
                                   PROJECT_SWEPT,       PROJECT_DISTRIBUTION};

static double sum_rows(const capital_result *r, const int32_t *rows, size_t n, int32_t t) {
  double sum = 0.0;
  for (size_t i = 0; i < n && t >= 0; i++) sum += r->row[rows[i]][t];
  return sum;
}

static double sum_facilities(const capital_result *r, int32_t row, int32_t t) {
  double sum = 0.0;
  for (int32_t j = 0; j < r->n_facility; j++) sum += r->facility[j][row][t];
  return sum;
}

#define COUNT(rows) (sizeof rows / sizeof *rows)

// Money in, money out, and what is kept of it; suppliers who wait lend, so to speak.
static double cash_error(const capital_result *r, int32_t t) {
  double waits = r->row[PROJECT_GAP][t] - (t > 0 ? r->row[PROJECT_GAP][t - 1] : 0.0);
  double in = sum_rows(r, in_rows, COUNT(in_rows), t) + waits;
  double out = sum_rows(r, out_rows, COUNT(out_rows), t) + sum_facilities(r, FACILITY_RECOVERED, t);
  return in - out - (sum_rows(r, kept_rows, COUNT(kept_rows), t) - sum_rows(r, kept_rows, COUNT(kept_rows), t - 1));
}

// What the project has paid is what lenders and owners have received, one by one, and the other way round.
static double parties_error(const capital_result *r, int32_t t) {
  double lenders = r->row[PROJECT_DRAWS][t] + r->row[PROJECT_REFINANCED][t] - r->row[PROJECT_FEES][t] -
                   r->row[PROJECT_INTEREST][t] - r->row[PROJECT_PRINCIPAL][t] - r->row[PROJECT_SWEPT][t];
  double               owners = r->n_owner ? r->row[PROJECT_FLOW][t] : 0.0;
  static const int32_t paid[] = {FACILITY_FEE, FACILITY_INTEREST, FACILITY_PRINCIPAL, FACILITY_SWEPT};
  lenders -= sum_facilities(r, FACILITY_DRAW, t);
  for (size_t i = 0; i < COUNT(paid); i++) lenders += sum_facilities(r, paid[i], t);
  for (int32_t i = 0; i < r->n_owner; i++) owners -= r->got[i][t] - r->call[i][t];
  return number_most(fabs(lenders), fabs(owners));
}

// Debt left after its maturity, where nothing is overdue; and debt that does not follow from draws and payments.
static double debt_error(const capital_project *p, const capital_result *r, int32_t j) {
  const capital_facility *k = &p->facility[j];
  double *const          *f = r->facility[j];
  double                  balance = 0.0, worst = 0.0;
  for (int32_t t = 0; t < r->n; t++) {
    if (r->row[PROJECT_RECOVERED][t] != 0.0 || f[FACILITY_LOST][t] != 0.0) return worst;
    balance += f[FACILITY_DRAW][t] + f[FACILITY_CAPITALISED][t] - f[FACILITY_PRINCIPAL][t] - f[FACILITY_SWEPT][t];
    worst = number_most(worst, fabs(balance - f[FACILITY_BALANCE][t]));
  }
  int32_t last = r->n - 1, matures = k->conversion + k->tenor;
  if (k->terms.draw_tenor > 0) matures = (k->draws_end < r->n ? k->draws_end : r->n) - 1 + k->terms.draw_tenor;
  return matures <= last && !(f[FACILITY_ARREARS][last] > 0.0) ? number_most(worst, f[FACILITY_BALANCE][last]) : worst;
}

capital_identities capital_project_identities(const capital_project *p, const capital_result *r) {
  capital_identities worst = {0.0, 0.0, 0.0, 0.0};
  double             owners = 0.0, scale = number_most(r->uses_usd, 1.0);
  for (int32_t t = 0; t < r->n; t++) {
    owners += r->row[PROJECT_PROFIT][t] - r->row[PROJECT_FLOW][t];
    double assets = r->row[PROJECT_ASSETS][t] + sum_rows(r, kept_rows, COUNT(kept_rows), t);
    double owed = r->row[PROJECT_DEBT][t] + r->row[PROJECT_OWED][t] + r->row[PROJECT_GAP][t];
    worst.balance_sheet = number_most(worst.balance_sheet, fabs(assets - owed - owners) / scale);
    worst.sources_uses = number_most(worst.sources_uses, fabs(cash_error(r, t)) / scale);
    worst.parties = number_most(worst.parties, parties_error(r, t) / scale);
  }
  for (int32_t j = 0; j < r->n_facility; j++) worst.debt_end = number_most(worst.debt_end, debt_error(p, r, j) / scale);
  return worst;
}
