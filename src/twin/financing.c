#include "financing.h"

#include <math.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "loans.h"
#include "parts.h"

static double usd(int64_t cents) { return (double)cents / 100; }

// What is being filled: one campus, its borrower, and arrays of one double a month.
typedef struct fill {
  const twin_state *s;
  arena            *a;
  int32_t           n, at;  // months; 2 * campus + variant
  twin_financing   *f;
  bool              failed;  // memory
} fill;

static double *series(fill *b) {
  double *x = ARENA_NEW(b->a, double, b->n + 1);
  b->failed |= !x;
  return x;
}

static const twin_campus_month *campus_at(const twin_state *s, int32_t campus, int32_t t) {
  return (const twin_campus_month *)(const void *)twin_record_at(s->record + (size_t)t * s->m->record, s->m, SCOPE_CAMPUS, campus);
}

static void add_leg(const fill *b, int32_t leg, double *to) {
  for (int32_t t = 0; leg >= 0 && t < b->n; t++) to[t] += usd(b->s->ledger.amount_cents[(size_t)leg * (size_t)b->s->m->n_month + (size_t)t]);
}

static void add_bills(const fill *b, int32_t line, double *to) {
  if (line >= 0 && b->s->m->line[line].payer == b->f->borrower) add_leg(b, b->s->m->line[line].bill_leg, to);
}

// ---- Cost -----------------------------------------------------------------------------------------------------------------

static void add_cost(fill *b, const char *name, int32_t line, double life_years, int32_t write_off) {
  if (line < 0 || b->s->m->line[line].payer != b->f->borrower) return;
  capital_project *p = &b->f->project;
  double          *cost = series(b), sum = 0;
  if (!cost) return;
  add_bills(b, line, cost);
  for (int32_t t = 0; t < b->n; t++) sum += cost[t];
  if (!(sum > 0)) return;
  int32_t first = 0;
  while (first < b->n - 1 && !(campus_at(b->s, b->f->campus, first)->buildings > 0)) first++;
  b->f->cost_name[p->n_cost] = name;
  p->cost[p->n_cost++] = (capital_cost){ .usd = cost, .budget_usd = (double)NAN, .in_service = first, .life_years = life_years,
    .tax = { .write_off = write_off, .bonus_federal_frac = capital_bonus_frac(write_off, b->s->start_day[b->f->campus], b->s->m->day0[first + 1] - 1) } };
}

static void fill_costs(fill *b, const capital_contract *tax) {
  const twin_campus_lines *lines = &b->s->m->campus_lines[b->at];
  const compute_rack      *rack = &b->s->v.rack[b->s->v.campus[b->f->campus].racks];
  int32_t buildings = tax ? tax->write_off : CAPITAL_STRAIGHT_39, machines = tax ? tax->machines_write_off : CAPITAL_MACRS_5;
  add_cost(b, "construction", lines->construction, TWIN_BUILDING_LIFE_YEARS, buildings);
  add_cost(b, "generation", lines->generation, TWIN_BUILDING_LIFE_YEARS, buildings);
  add_cost(b, "racks", lines->racks, rack->life_day / CALENDAR_DAYS_PER_YEAR, machines);
}

// ---- Receipts and operating cost --------------------------------------------------------------------------------------------

// This campus's part of what a contract bills in a month: by megawatts under a lease, by GPU-hours under any other.
static double part_of(const fill *b, const twin_deal *deal, int32_t t) {
  const twin_state       *s = b->s;
  const capital_contract *k = &s->v.contract[deal->contract];
  double here = 0, all = 0;
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
    int32_t at = 2 * c + s->variant[c];
    if (!twin_contract_covers(&s->v, k, c) || (s->m->owner[at] != deal->payee && s->m->buyer[at] != deal->payee)) continue;
    double size = deal->rule == CAPITAL_RULE_LEASE ? campus_at(s, c, t)->capacity_mw : campus_at(s, c, t)->gpu_hours;
    all += size;
    if (c == b->f->campus) here = size;
  }
  return all > 0 ? here / all : 0;
}

static void add_part(const fill *b, const twin_deal *deal, int32_t leg, double *to) {
  for (int32_t t = 0; leg >= 0 && t < b->n; t++) {
    int64_t cents = b->s->ledger.amount_cents[(size_t)leg * (size_t)b->s->m->n_month + (size_t)t];
    if (cents) to[t] += usd(cents) * part_of(b, deal, t);
  }
}

static void fill_use(fill *b, double *receipts, double *opex) {
  const twin_model *m = b->s->m;
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    if (deal->rule != CAPITAL_RULE_LEASE && deal->rule != CAPITAL_RULE_COMPUTE) continue;
    if (deal->payee == b->f->borrower) {
      add_part(b, deal, m->line[deal->line].pay_leg, receipts);
      add_part(b, deal, deal->relet_leg, receipts);
    }
    if (deal->payer == b->f->borrower) add_part(b, deal, m->line[deal->line].bill_leg, opex);
  }
}

static void fill_operation(fill *b) {
  const twin_model        *m = b->s->m;
  const twin_campus_lines *lines = &m->campus_lines[b->at];
  double *receipts = series(b), *opex = series(b);
  if (b->failed) return;
  fill_use(b, receipts, opex);
  add_bills(b, lines->energy, opex);
  add_bills(b, lines->fuel, opex);
  add_bills(b, lines->opex, opex);
  for (int32_t k = 0; k < m->n[CLASS_SERVICE] && m->operator_[b->at] == b->f->borrower; k++) {
    if (b->s->v.service[k].by != b->f->borrower) continue;
    add_leg(b, m->sales_leg[k], receipts);
    add_bills(b, m->service_line[k], opex);
  }
  b->f->project.receipts_usd = receipts;
  b->f->project.opex_usd = opex;
}

// ---- Loans and owners -------------------------------------------------------------------------------------------------------

static void add_facility(fill *b, int32_t d) {
  const twin_state       *s = b->s;
  const capital_contract *k = &s->v.contract[s->m->deal[d].contract];
  const twin_loan_now    *now = twin_loan_of(s, d, b->f->campus);
  capital_project        *p = &b->f->project;
  double                 *rate = series(b);
  if (!rate) return;
  for (int32_t t = 0; t < b->n; t++) {
    const twin_programme_month *all = (const twin_programme_month *)(const void *)(s->record + (size_t)t * s->m->record);
    rate[t] = capital_debt_rate(all->interest_frac, 0, k->margin_frac_per_yr, k->hedged_frac, now->swap_frac);
  }
  const double month = CALENDAR_DAYS_PER_MONTH;
  b->f->loan[p->n_facility] = d;
  p->facility[p->n_facility++] = (capital_facility){
    .terms = twin_loan_terms(k),
    .rank = capital_contract_rank(k, &s->v.contract_type[k->type]),
    .repays = k->repays,
    .tenor = (int32_t)number_most(1, floor(k->tenor_day / month + 0.5)),
    .grace = (int32_t)floor(k->grace_day / month + 0.5),
    .balloon_frac = k->balloon_frac,
    .rate_frac_per_yr = rate,
    .llcr = (double)NAN, .leverage_frac = (double)NAN,
    .commitment_usd = now->debt.commitment_usd,
    .advance_frac = isnan(k->advance_frac) ? (double)NAN : k->advance_frac * s->v.share[s->m->deal[d].share].frac,
    .close = now->open_month,
    .draws_end = now->debt.draws_end < b->n ? now->debt.draws_end : b->n,
    .conversion = now->converted_month >= 0 ? now->converted_month - 1 : b->n,
    .drawn_at_close = k->drawn == CAPITAL_DRAWN_AT_CLOSE,
    .reserve_months = k->reserve_day / month,
    .sweep_frac = k->sweep_frac,
    .lockup_dscr = k->lockup_dscr, .default_dscr = k->default_dscr,
    .cure_periods = (int32_t)ceil(capital_contract_cure_day(k, &s->v.contract_type[k->type]) / month) + 1,
  };
}

static void fill_loans(fill *b) {
  for (int32_t d = 0; d < b->s->m->n_deal; d++) {
    const twin_deal     *deal = &b->s->m->deal[d];
    const twin_loan_now *now = twin_loan_of(b->s, d, b->f->campus);
    bool ours = deal->rule == CAPITAL_RULE_LOAN && deal->payee == b->f->borrower && now->open && now->debt.commitment_usd > 0;
    if (ours && b->f->project.n_facility < CAPITAL_FACILITIES) add_facility(b, d);
  }
  capital_project *p = &b->f->project;  // ranks count from the senior one
  int32_t senior = INT32_MAX;
  for (int32_t i = 0; i < p->n_facility; i++) senior = p->facility[i].rank < senior ? p->facility[i].rank : senior;
  for (int32_t i = 0; i < p->n_facility; i++) p->facility[i].rank -= senior;
}

static void fill_owners(fill *b) {
  const twin_state     *s = b->s;
  capital_equity_terms *terms = &b->f->project.equity;
  if (s->m->distributes[b->f->borrower]) {
    *terms = s->equity_terms[b->f->borrower];
    for (int32_t d = 0; d < s->m->n_deal; d++)
      if (s->m->deal[d].rule == CAPITAL_RULE_EQUITY && s->m->deal[d].payee == b->f->borrower) b->f->owner[s->m->deal[d].owner] = s->m->deal[d].payer;
    return;
  }
  terms->n_owner = terms->n_tier = 1;
  terms->call_frac[0] = terms->tier[0].share_frac[0] = 1;
  terms->tier[0].hurdle_frac_per_yr = (double)NAN;
  terms->tier[0].measured = -1;
  b->f->owner[0] = b->f->borrower;
}

// ---- The whole --------------------------------------------------------------------------------------------------------------

static void fill_project(fill *b) {
  const twin_state *s = b->s;
  const twin_model *m = s->m;
  capital_project  *p = &b->f->project;
  double           *year = series(b);
  int32_t          *tax_year = ARENA_NEW(b->a, int32_t, b->n + 1);
  b->failed |= !tax_year;
  if (b->failed) return;
  for (int32_t t = 0; t < b->n; t++) {
    year[t] = 1.0 / 12;
    tax_year[t] = (m->month0 + t) / 12 - m->month0 / 12;
  }
  int32_t line = m->tax_line[b->f->borrower];
  const capital_contract *tax = line < 0 ? NULL : &s->v.contract[m->line[line].contract];
  *p = (capital_project){
    .n = b->n, .year = year, .tax_year = tax_year, .cfads_after_tax = 1, .reserve_rule = CAPITAL_RESERVE_AHEAD,
    .funding = CAPITAL_FUND_PRO_RATA, .equity_usd = (double)NAN,
    .tax = { .federal_frac = tax ? tax->tax_frac : 0, .state_frac = tax ? tax->state_frac : 0, .losses = CAPITAL_LOSSES_CARRY,
             .loss_limit_frac = 0.8, .interest_limit_frac = tax ? tax->interest_limit_frac : (double)NAN },
  };
  for (int32_t d = 0; d < m->n_deal; d++)
    if (m->deal[d].rule == CAPITAL_RULE_EQUITY && m->deal[d].payee == b->f->borrower && s->v.contract[m->deal[d].contract].calls == CAPITAL_CALLS_FIRST)
      p->funding = CAPITAL_FUND_EQUITY_FIRST;
  fill_costs(b, tax);
  fill_operation(b);
  fill_loans(b);
  fill_owners(b);
}

static bool is_financed(const twin_state *s, int32_t campus, int32_t owner) {
  bool financed = s->m->distributes[owner];
  for (int32_t d = 0; d < s->m->n_deal; d++)
    financed |= s->m->deal[d].rule == CAPITAL_RULE_LOAN && s->m->deal[d].payee == owner && twin_loan_of(s, d, campus)->open;
  return financed;
}

sg_err twin_financings(const twin_state *s, arena *a, twin_financing *out, int32_t *n, int32_t *bad, const char **why) {
  *n = 0;
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
    int32_t at = 2 * c + s->variant[c], owner = s->m->owner[at], facility;
    if (!is_financed(s, c, owner)) continue;
    twin_financing *f = &out[*n];
    *f = (twin_financing){ .campus = c, .borrower = owner, .discount_frac_per_yr = s->v.party[owner].rate_frac_per_yr };
    fill b = { s, a, s->month + 1, at, f, false };
    fill_project(&b);
    size_t bytes = b.failed ? 0 : capital_result_bytes(&f->project);
    void  *memory = bytes ? arena_take(a, bytes, 1) : NULL;
    if (!memory) return SG_ERR_MEMORY;
    if (!f->project.n_cost) continue;  // nothing was ever built here
    capital_result_bind(&f->project, memory, &f->result);
    sg_err err = capital_project_check(&f->project, why, &facility);
    if (!err) err = capital_project_run(&f->project, &f->result);
    *bad = c;
    if (err) return err;
    capital_project_metrics(&f->project, &f->result, f->discount_frac_per_yr, &f->metrics);
    (*n)++;
  }
  return SG_OK;
}
