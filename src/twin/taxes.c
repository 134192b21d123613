// Income tax of the twin's parties: what a year's profit, interest and write-offs make due, by capital/tax.h.
//
// Settled in each December and in the last month. A party that has a contract of rule `tax` pays; losses are carried.
#include "taxes.h"

#include <math.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "parts.h"

static double usd(int64_t cents) { return (double)cents / 100; }

// Pub. L. 119-21, signed on 2025-07-04: full bonus for what is acquired after 2025-01-19, interest limited before
// depreciation. A programme known earlier lives with the law of its day.
enum { NEW_LAW_DAY = 20273, NEW_BONUS_DAY = 20108 };  // days since 1970-01-01 of 2025-07-04 and 2025-01-20

static bool is_new_law(const twin_state *s) { return s->m->p.as_of_day >= NEW_LAW_DAY; }

capital_tax_class twin_tax_class(const twin_state *s, int32_t write_off, int32_t c, int32_t month) {
  double service_day = s->m->day0[month + 1] - 1, acquired_day = number_least(s->start_day[c], service_day);
  if (!is_new_law(s)) acquired_day = number_least(acquired_day, NEW_BONUS_DAY - 1);
  return (capital_tax_class){ .write_off = write_off, .bonus_federal_frac = capital_bonus_frac(write_off, acquired_day, service_day) };
}

// What came into service this year is written off from it: cost to date in the share of the campus that runs.
static void place(twin_state *s, const capital_contract *k, int32_t p, int32_t year) {
  const twin_model *m = s->m;
  double           *federal = s->federal_write_off_usd + (size_t)p * (size_t)m->n_year, *state = s->state_write_off_usd + (size_t)p * (size_t)m->n_year;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    int32_t at = 2 * c + s->variant[c];
    double  run = s->campus[c].buildings / (m->campus_first[c + 1] - m->campus_first[c]);
    if (m->owner[at] == p) {
      double            cost = run * s->construction_usd[c] - s->placed_buildings_usd[c];
      capital_tax_class of = twin_tax_class(s, k->write_off, c, s->month);
      if (cost > 0) capital_write_off_add(&of, cost, year, m->n_year, federal, state), s->placed_buildings_usd[c] += cost;
    }
    if (m->buyer[at] == p) {
      double            cost = run * s->machines_usd[c] - s->placed_machines_usd[c];
      capital_tax_class of = twin_tax_class(s, k->machines_write_off, c, s->month);
      if (cost > 0) capital_write_off_add(&of, cost, year, m->n_year, federal, state), s->placed_machines_usd[c] += cost;
    }
  }
}

capital_tax_terms twin_tax_terms(const twin_state *s, const capital_contract *tax) {
  if (!tax) return (capital_tax_terms){ .losses = CAPITAL_LOSSES_CARRY, .loss_limit_frac = 0.8, .interest_limit_frac = (double)NAN };
  return (capital_tax_terms){ tax->tax_frac, tax->state_frac, CAPITAL_LOSSES_CARRY, 0.8, tax->interest_limit_frac, !is_new_law(s) };
}

static double settle(twin_state *s, const capital_contract *k, int32_t p, int32_t year) {
  const twin_model *m = s->m;
  place(s, k, p, year);
  double profit = usd(ledger_balance(&s->ledger, p, LEDGER_REVENUE) - ledger_balance(&s->ledger, p, LEDGER_EXPENSE));
  capital_tax_terms terms = twin_tax_terms(s, k);
  capital_tax_year  of = {
    .ebitda_usd = profit - s->taxed_profit_usd[p] + s->year_interest_usd[p] + s->year_depreciation_usd[p],
    .interest_usd = s->year_interest_usd[p],
    .federal_write_off_usd = s->federal_write_off_usd[(size_t)p * (size_t)m->n_year + (size_t)year],
    .state_write_off_usd = s->state_write_off_usd[(size_t)p * (size_t)m->n_year + (size_t)year],
  };
  capital_tax_due due;
  capital_tax_settle(&terms, &s->tax[p], &of, &due);
  double tax = number_most(0, due.state_usd + due.federal_usd - due.credit_usd);
  s->taxed_profit_usd[p] = profit - tax;  // the tax becomes an expense when it is billed
  s->year_interest_usd[p] = s->year_depreciation_usd[p] = 0;
  return tax;
}

double twin_tax_usd(twin_state *s, int32_t p) {
  const twin_model *m = s->m;
  int32_t           month = m->month0 + s->month, year = month / 12 - m->month0 / 12;
  bool              ends = month % 12 == 11 || s->month == m->n_month - 1;
  if (m->tax_line[p] < 0 || !ends) return 0;
  return settle(s, &s->v.contract[m->line[m->tax_line[p]].contract], p, year);
}
