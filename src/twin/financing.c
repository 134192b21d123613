#include <math.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "financing_parts.h"
#include "loans.h"
#include "parts.h"
#include "taxes.h"

typedef financing_fill fill;

// ---- Cost -----------------------------------------------------------------------------------------------------------------

static void add_cost(fill *b, int32_t of, const char *name, double life_years, int32_t write_off) {
  capital_project *p = &b->f->project;
  double          *cost = financing_series(b);
  int32_t          first = 0;
  if (of < 0 || b->failed) return;
  while (first < b->n - 1 && !(financing_campus(b->s, b->f->campus, first)->buildings > 0)) first++;
  b->f->cost_name[of] = name;
  p->cost[of] = (capital_cost){ .usd = cost, .budget_usd = (double)NAN, .in_service = first, .life_years = life_years,
                                .tax = twin_tax_class(b->s, write_off, b->f->campus, first) };
  if (of >= p->n_cost) p->n_cost = of + 1;
}

// Sums of flows.
static void fill_flows(fill *b, const capital_contract *tax) {
  const compute_rack *rack = &b->s->v.rack[b->s->v.campus[b->f->campus].racks];
  capital_project    *p = &b->f->project;
  double             *receipts = financing_series(b), *opex = financing_series(b);
  int32_t             racks, construction, generation;
  int32_t             buildings = tax ? tax->write_off : CAPITAL_STRAIGHT_39, machines = tax ? tax->machines_write_off : CAPITAL_MACRS_5;
  financing_flows(b, &racks, &construction, &generation);
  add_cost(b, construction, "construction", TWIN_BUILDING_LIFE_YEARS, buildings);
  add_cost(b, generation, "generation", TWIN_BUILDING_LIFE_YEARS, buildings);
  add_cost(b, racks, "racks", rack->life_day / CALENDAR_DAYS_PER_YEAR, machines);
  if (b->failed) return;
  for (int32_t i = 0; i < b->f->n_flow; i++) {
    const twin_flow *f = &b->f->flow[i];
    double *to = f->kind == TWIN_FLOW_RECEIPT ? receipts : f->kind == TWIN_FLOW_OPEX ? opex : (double *)(uintptr_t)p->cost[f->of].usd;
    for (int32_t t = 0; t < b->n; t++) to[t] += twin_flow_usd(f, t);
  }
  p->receipts_usd = receipts;
  p->opex_usd = opex;
}

// ---- Loans and owners -------------------------------------------------------------------------------------------------------

// Month at whose end a loan turns to repayment. Where each draw has a schedule of its own, what is built then is complete.
static int32_t conversion_of(const fill *b, int32_t d, const capital_debt_terms *terms) {
  const twin_loan_now *now = twin_loan_of(b->s, d, b->f->campus);
  int32_t              settled = b->s->settled_month[b->f->campus];
  if (terms->draw_tenor > 0) return settled < b->n ? settled : b->n;
  return now->converted_month >= 0 ? now->converted_month - 1 : b->n;
}

static void add_facility(fill *b, int32_t d) {
  const twin_state       *s = b->s;
  const capital_contract *k = &s->v.contract[s->m->deal[d].contract];
  const twin_loan_now    *now = twin_loan_of(s, d, b->f->campus);
  const twin_lender_case *of = twin_lender_case_of(s->m, d, b->f->campus, s->variant[b->f->campus]);
  capital_project        *p = &b->f->project;
  capital_debt_terms      terms = twin_loan_terms(k);
  double                 *rate = financing_series(b), *planned = financing_series(b);
  const double            month = CALENDAR_DAYS_PER_MONTH;
  if (b->failed) return;
  for (int32_t t = 0; t < b->n; t++) {
    rate[t] = capital_debt_rate(b->f->base_frac_per_yr[t], 0, k->margin_frac_per_yr, k->hedged_frac, now->swap_frac);
    planned[t] = now->swap_frac + k->margin_frac_per_yr;
  }
  int32_t tenor = (int32_t)number_most(1, floor(k->tenor_day / month + 0.5)), repays = k->repays;
  // To a lender's case that is the same in every month: level, while that lasts. Assumption, see docs/assumptions.md#sculpted.
  if (repays == CAPITAL_REPAYS_SCULPTED) {
    repays = CAPITAL_REPAYS_LEVEL;
    if (of->cash_usd > 0 && of->months >= 1 && of->months < tenor) tenor = (int32_t)ceil(of->months);
  }
  b->f->loan[p->n_facility] = d;
  b->f->swap_frac[p->n_facility] = now->swap_frac;
  p->facility[p->n_facility++] = (capital_facility){
    .terms = terms,
    .rank = capital_contract_rank(k, &s->v.contract_type[k->type]),
    .repays = repays,
    .tenor = tenor,
    .grace = (int32_t)number_least(tenor - 1, floor(k->grace_day / month + 0.5)),
    .balloon_frac = k->balloon_frac,
    .rate_frac_per_yr = rate,
    .lender_rate_frac_per_yr = planned,
    .llcr = (double)NAN, .leverage_frac = (double)NAN,
    .commitment_usd = now->debt.commitment_usd,
    .advance_frac = isnan(k->advance_frac) ? (double)NAN : k->advance_frac * s->v.share[s->m->deal[d].share].frac,
    .close = now->open_month,
    .draws_end = now->debt.draws_end < b->n ? now->debt.draws_end : b->n,
    .conversion = conversion_of(b, d, &terms),
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

// Benchmark by month, and what reserves and held proceeds earn: its mean. Assumption, see docs/assumptions.md#reserve-earnings.
static double fill_benchmark(fill *b) {
  double *base = financing_series(b), sum = 0;
  for (int32_t t = 0; base && t < b->n; t++) sum += base[t] = financing_programme(b->s, t)->interest_frac;
  b->f->base_frac_per_yr = base;
  return number_most(0, sum / b->n);
}

static void fill_project(fill *b) {
  const twin_state *s = b->s;
  const twin_model *m = s->m;
  capital_project  *p = &b->f->project;
  double           *year = financing_series(b);
  int32_t          *tax_year = ARENA_NEW(b->a, int32_t, b->n + 1);
  b->failed |= !tax_year;
  if (b->failed) return;
  for (int32_t t = 0; t < b->n; t++) {
    year[t] = 1.0 / 12;
    tax_year[t] = (m->month0 + t) / 12 - m->month0 / 12;
  }
  int32_t line = m->tax_line[b->f->borrower];
  const capital_contract *tax = line < 0 ? NULL : &s->v.contract[m->line[line].contract];
  // Owners make good whatever is missing: assumption, see docs/assumptions.md#cure.
  *p = (capital_project){
    .n = b->n, .year = year, .tax_year = tax_year, .cfads_after_tax = 1, .reserve_rule = CAPITAL_RESERVE_AHEAD,
    .funding = CAPITAL_FUND_PRO_RATA, .equity_usd = (double)NAN, .cure_usd = HUGE_VAL,
    .reserve_rate_frac_per_yr = fill_benchmark(b), .tax = twin_tax_terms(s, tax),
  };
  for (int32_t d = 0; d < m->n_deal; d++)
    if (m->deal[d].rule == CAPITAL_RULE_EQUITY && m->deal[d].payee == b->f->borrower && s->v.contract[m->deal[d].contract].calls == CAPITAL_CALLS_FIRST)
      p->funding = CAPITAL_FUND_EQUITY_FIRST;
  fill_flows(b, tax);
  fill_loans(b);
  fill_owners(b);
  b->f->built = 0;
  for (int32_t j = 0; j < p->n_facility; j++)
    if (p->facility[j].conversion > b->f->built) b->f->built = p->facility[j].conversion;
  for (int32_t i = 0; !p->n_facility && i < p->n_cost; i++)
    if (i == 0 || p->cost[i].in_service < b->f->built) b->f->built = p->cost[i].in_service;
}

static bool is_financed(const twin_state *s, int32_t campus, int32_t party) {
  bool financed = s->m->distributes[party];
  for (int32_t d = 0; d < s->m->n_deal; d++)
    financed |= s->m->deal[d].rule == CAPITAL_RULE_LOAN && s->m->deal[d].payee == party && twin_loan_of(s, d, campus)->open;
  return financed;
}

// What the kernel would call a date outside the project, in a lender's words.
static const char *unfinished(const capital_project *p, int32_t *facility) {
  for (*facility = 0; *facility < p->n_facility; (*facility)++)
    if (p->facility[*facility].conversion >= p->n) return "what it pays for is not complete at the horizon";
  return NULL;
}

static sg_err finance(const twin_state *s, arena *a, int32_t campus, int32_t party, twin_financing *f) {
  *f = (twin_financing){ .campus = campus, .borrower = party, .why_facility = -1, .discount_frac_per_yr = s->v.party[party].rate_frac_per_yr };
  fill b = { .s = s, .a = a, .n = s->month + 1, .at = 2 * campus + s->variant[campus], .f = f };
  fill_project(&b);
  size_t bytes = b.failed ? 0 : capital_result_bytes(&f->project);
  void  *memory = bytes ? arena_take(a, bytes, 1) : NULL;
  if (!memory) return SG_ERR_MEMORY;
  if (!f->project.n_cost) return SG_OK;
  if ((f->why = unfinished(&f->project, &f->why_facility))) return SG_OK;
  if (capital_project_check(&f->project, &f->why, &f->why_facility)) return SG_OK;
  capital_result_bind(&f->project, memory, &f->result);
  sg_err err = capital_project_run(&f->project, &f->result);
  if (err == SG_ERR_MEMORY) return err;
  if (err) f->why = sg_err_meaning(err);
  else capital_project_metrics(&f->project, &f->result, f->discount_frac_per_yr, &f->metrics);
  return SG_OK;
}

sg_err twin_financings(const twin_state *s, arena *a, twin_financing *out, int32_t *n) {
  *n = 0;
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
    int32_t at = 2 * c + s->variant[c], party[2] = { s->m->owner[at], s->m->buyer[at] };
    for (int32_t i = 0; i < (party[0] == party[1] ? 1 : 2); i++) {
      if (!is_financed(s, c, party[i])) continue;
      sg_err err = finance(s, a, c, party[i], &out[*n]);
      if (err) return err;
      *n += out[*n].project.n_cost > 0;  // else nothing was ever built here
    }
  }
  return SG_OK;
}
