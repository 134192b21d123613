// Cost in the books and in tax: what is put in service when, depreciation, the tax of each tax year.
#include <math.h>

#include "../base/number.h"
#include "project_parts.h"

double capital_books_cost(const capital_run *x, int32_t i, int32_t t) {
  double usd = x->p->cost[i].usd[t];
  return x->budgeted ? usd * x->budget_frac[i] : usd;
}

// ---- In service -------------------------------------------------------------------------------------------

// Straight line over the life from the start of period t. The yearly rate goes up at t and down after the end of the
// life, whose period takes what is left: O(1) for each cost, since the ends of one class never go back.
static void depreciate_from(capital_run *x, int32_t i, int32_t t, double usd) {
  double life = x->p->cost[i].life_years, rate = usd / life, end_years = x->years[t] + life;
  if (!(rate != 0.0)) return;
  x->book_step_usd_per_yr[t] += rate;
  int32_t end = x->cost[i].book_end > t ? x->cost[i].book_end : t;
  while (end < x->p->n && x->years[end + 1] < end_years - 1e-9) end++;
  x->cost[i].book_end = end;
  if (end == x->p->n) return;
  x->book_step_usd_per_yr[end + 1] -= rate;
  x->book_last_usd[end] += rate * (end_years - x->years[end + 1]);
}

void capital_books_place(capital_run *x, int32_t t) {
  const capital_project *p = x->p;
  double                 book = x->now.building_fee_usd + x->now.building_interest_usd, extra_tax = 0.0;
  if (p->basis_interest) extra_tax += x->now.building_interest_usd;
  if (p->basis_fees) extra_tax += x->now.building_fee_usd;
  if (t == x->close) book += p->close_cost_usd, extra_tax += p->close_cost_basis_usd + p->basis_extra_usd;
  for (int32_t i = 0; i < p->n_cost; i++) {
    double usd = capital_books_cost(x, i, t);
    double in_book = usd + x->share_frac[i] * book, in_tax = usd + x->share_frac[i] * extra_tax;
    x->book_usd += in_book;
    if (t < p->cost[i].in_service) {
      x->cost[i].waits_book_usd += in_book;
      x->cost[i].waits_tax_usd += in_tax;
      continue;
    }
    if (t == p->cost[i].in_service) in_book += x->cost[i].waits_book_usd, in_tax += x->cost[i].waits_tax_usd;
    x->cost[i].placed_tax_usd += in_tax;
    x->writes_off |= in_tax != 0.0;
    if (in_book != 0.0 && x->books) depreciate_from(x, i, t, in_book);
  }
  if (p->n_cost == 0) x->book_usd += book;
}

double capital_books_depreciate(capital_run *x, int32_t t) {
  x->book_rate_usd_per_yr += x->book_step_usd_per_yr[t];
  double usd = x->book_rate_usd_per_yr * x->p->year[t] + x->book_last_usd[t];
  x->book_usd -= usd;
  return usd;
}

// ---- Tax ----------------------------------------------------------------------------------------------------

static double place_for_tax(capital_run *x, int32_t year) {
  const capital_project *p = x->p;
  double                 credit = 0.0;
  for (int32_t i = 0; i < p->n_cost; i++) {
    if (x->cost[i].placed_tax_usd == 0.0) continue;
    credit += capital_write_off_add(&p->cost[i].tax, x->cost[i].placed_tax_usd, year, x->n_tax_year,
                                    x->write_off_federal_usd, x->write_off_state_usd);
    x->cost[i].placed_tax_usd = 0.0;
  }
  if (x->maintained_usd != 0.0)
    credit += capital_write_off_add(&p->maintenance_tax, x->maintained_usd, year, x->n_tax_year,
                                    x->write_off_federal_usd, x->write_off_state_usd);
  x->maintained_usd = 0.0;
  x->writes_off = 0;
  return credit;
}

static void note_tax(const capital_run *x, int32_t t, const capital_tax_due *due) {
  x->row[PROJECT_TAX_STATE][t] = due->state_usd;
  x->row[PROJECT_TAX_FEDERAL][t] = due->federal_usd - due->credit_usd;
  x->row[PROJECT_CREDIT][t] = due->credit_usd;
  x->row[PROJECT_WRITE_OFF_STATE][t] = x->tax_year.state_write_off_usd;
  x->row[PROJECT_WRITE_OFF_FEDERAL][t] = x->tax_year.federal_write_off_usd;
}

static double settle(capital_run *x, int32_t t) {
  const capital_project   *p = x->p;
  int32_t                  year = p->tax_year[t];
  capital_tax_terms        of_year;
  const capital_tax_terms *terms = &p->tax;
  if (p->federal_frac || p->state_frac) {
    of_year = p->tax;
    if (p->federal_frac) of_year.federal_frac = p->federal_frac[year];
    if (p->state_frac) of_year.state_frac = p->state_frac[year];
    terms = &of_year;
  }
  x->tax_year.credit_usd = x->writes_off ? place_for_tax(x, year) : 0.0;
  x->tax_year.federal_write_off_usd = x->write_off_federal_usd[year];
  x->tax_year.state_write_off_usd = x->write_off_state_usd[year];
  capital_tax_due due;
  capital_tax_settle(terms, &x->tax, &x->tax_year, &due);
  if (!x->budgeted && !x->flow_only) note_tax(x, t, &due);
  x->tax_year = (capital_tax_year){0};
  return due.state_usd + due.federal_usd - due.credit_usd;
}

double capital_books_tax(capital_run *x, int32_t t) {
  const capital_project *p = x->p;
  int32_t                year = p->tax_year[t];
  x->tax_year.ebitda_usd += x->row[PROJECT_RECEIPTS][t] - p->opex_usd[t];
  x->tax_year.other_income_usd += (p->other_income_usd ? p->other_income_usd[t] : 0.0) + x->now.earned_usd;
  if (p->maintenance_usd) x->maintained_usd += p->maintenance_usd[t], x->writes_off |= p->maintenance_usd[t] != 0.0;
  return x->tax_usd[t] = year < 0 || (t + 1 < p->n && p->tax_year[t + 1] == year) ? 0.0 : settle(x, t);
}
