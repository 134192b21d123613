// Contracts of use in a scenario: when they ran, what they billed, and what is left to pay when customers leave first.
#include <math.h>
#include <string.h>

#include "../base/calendar.h"
#include "../capital/returns.h"
#include "capital_lender.h"

static double usd(int64_t cents) { return (double)cents / 100; }

static const twin_campus_month *campus_at(const report_capital *c, int32_t campus, int32_t t) {
  double *record = c->s->record + (size_t)t * c->m->record;
  return (const twin_campus_month *)(const void *)twin_record_at(record, c->m, SCOPE_CAMPUS, campus);
}

static double demand_at(const report_capital *c, int32_t t) {
  const double *record = c->s->record + (size_t)t * c->m->record;
  return ((const twin_programme_month *)(const void *)record)->demand_index;
}

// ---- Contracts ----------------------------------------------------------------------------------------------------------

bool report_use_is(const report_capital *c, int32_t deal) {
  int32_t rule = c->m->deal[deal].rule;
  return rule == CAPITAL_RULE_LEASE || rule == CAPITAL_RULE_COMPUTE;
}

static const capital_contract *contract_of(const report_capital *c, int32_t deal) {
  return &c->s->v.contract[c->m->deal[deal].contract];
}

static void use_dates(const report_capital *c, int32_t deal, report_use *out) {
  const twin_deal_now *now = &c->s->deal[deal];
  double               term = contract_of(c, deal)->tenor_day / CALENDAR_DAYS_PER_MONTH;
  int32_t              whole = isnan(term) ? INT32_MAX : (int32_t)ceil(term - 1e-9);
  *out = (report_use){.deal = deal, .term_months = term, .begun = now->begun_month, .ends = -1};
  if (now->begun_month < 0) return;
  bool early = now->ended_month >= 0 && now->ended_month - now->begun_month < whole;
  if (early) out->ends = now->ended_month + 1;  // billed in the month of its default
  else out->ends = whole == INT32_MAX ? INT32_MAX : now->begun_month + whole;
  out->failed = early;
}

static int64_t *leg_months(const report_capital *c, int32_t leg) {
  int64_t *cents = ARENA_NEW(c->a, int64_t, c->m->n_month + 1);
  for (int32_t t = 0; cents && leg >= 0 && t < c->m->n_month; t++)
    cents[t] = c->s->ledger.amount_cents[(size_t)leg * (size_t)c->m->n_month + (size_t)t];
  return cents;
}

bool report_use_of(const report_capital *c, int32_t deal, report_use *out) {
  const twin_deal *d = &c->m->deal[deal];
  use_dates(c, deal, out);
  out->billed_cents = leg_months(c, d->line < 0 ? -1 : c->m->line[d->line].bill_leg);
  out->relet_cents = leg_months(c, d->relet_leg);
  out->damages_cents = leg_months(c, d->damages_line < 0 ? -1 : c->m->line[d->damages_line].bill_leg);
  return out->billed_cents && out->relet_cents && out->damages_cents;
}

// ---- A contract on one campus -------------------------------------------------------------------------------------------

static bool covers(const report_capital *c, int32_t deal, int32_t campus) {
  return report_covers_campus(c->s, deal, campus);
}

// Of campuses that count (counts: (n campus)), this one's part by GPU-hours or megawatts; where none of these, evenly.
static double share_of(const report_capital *c, const bool *counts, int32_t campus, int32_t t, bool by_gpu_h) {
  double here[3] = {0, 0, counts[campus]}, all[3] = {0, 0, 0};  // GPU-hours, megawatts, campuses
  for (int32_t k = 0; k < c->m->n[CLASS_CAMPUS]; k++) {
    const twin_campus_month *at = campus_at(c, k, t);
    if (!counts[k]) continue;
    const double size[3] = {by_gpu_h ? at->gpu_hours : 0, at->capacity_mw, 1};
    for (int i = 0; i < 3; i++) {
      all[i] += size[i];
      if (k == campus) here[i] = size[i];
    }
  }
  for (int i = 0; i < 3; i++)
    if (all[i] > 0) return here[i] / all[i];
  return 0;
}

// This campus's part of what a contract bills in a month: by megawatts under a lease, by GPU-hours under any other.
static double part_of(const report_capital *c, int32_t deal, int32_t campus, int32_t t) {
  bool counts[TWIN_MAX_CAMPUSES];
  for (int32_t k = 0; k < c->m->n[CLASS_CAMPUS]; k++) counts[k] = covers(c, deal, k);
  return counts[campus] ? share_of(c, counts, campus, t, c->m->deal[deal].rule == CAPITAL_RULE_COMPUTE) : 0;
}

static double leg_usd(const report_capital *c, int32_t leg, int32_t deal, int32_t campus, int32_t t) {
  int64_t cents = leg < 0 ? 0 : c->s->ledger.amount_cents[(size_t)leg * (size_t)c->m->n_month + (size_t)t];
  return cents ? usd(cents) * part_of(c, deal, campus, t) : 0;
}

// Adds `sign` times what a line pays, in the campus's part.
static void add_paid(const report_capital *c, int32_t line, int32_t deal, int32_t campus, int sign, double *to) {
  for (int32_t t = 0; line >= 0 && t < c->m->n_month; t++)
    to[t] += sign * leg_usd(c, c->m->line[line].pay_leg, deal, campus, t);
}

static void add_services(const report_capital *c, int32_t party, int32_t campus, double *to) {
  bool counts[TWIN_MAX_CAMPUSES];
  for (int32_t k = 0; k < c->m->n[CLASS_CAMPUS]; k++) counts[k] = c->m->operator_[2 * k + c->s->variant[k]] == party;
  for (int32_t k = 0; k < c->m->n[CLASS_SERVICE] && counts[campus]; k++) {
    int32_t line = c->m->service_line[k];
    if (c->s->v.service[k].by != party) continue;
    for (int32_t t = 0; t < c->m->n_month; t++) {
      size_t at = (size_t)t, n = (size_t)c->m->n_month;
      double sales = c->m->sales_leg[k] < 0 ? 0 : usd(c->s->ledger.amount_cents[(size_t)c->m->sales_leg[k] * n + at]);
      double cost = line < 0 ? 0 : usd(c->s->ledger.amount_cents[(size_t)c->m->line[line].pay_leg * n + at]);
      if (sales - cost != 0) to[t] += (sales - cost) * share_of(c, counts, campus, t, true);
    }
  }
}

void report_campus_cash(const report_capital *c, int32_t party, int32_t campus, double *out) {
  const twin_model        *m = c->m;
  const twin_campus_lines *k = &m->campus_lines[2 * campus + c->s->variant[campus]];
  const int32_t            line[] = {k->energy, k->fuel, k->opex};
  memset(out, 0, (size_t)m->n_month * sizeof *out);
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    int              sign = (deal->payee == party) - (deal->payer == party);
    if (!report_use_is(c, d) || !sign || !covers(c, d, campus)) continue;
    add_paid(c, deal->line, d, campus, sign, out);
    add_paid(c, deal->damages_line, d, campus, -sign, out);
    for (int32_t t = 0; t < m->n_month && sign > 0; t++) out[t] += leg_usd(c, deal->relet_leg, d, campus, t);
  }
  for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
    int sign = line[i] < 0 ? 0 : (m->line[line[i]].payee == party) - (m->line[line[i]].payer == party);
    for (int32_t t = 0; t < m->n_month && sign; t++)
      out[t] +=
          sign * usd(c->s->ledger.amount_cents[(size_t)m->line[line[i]].pay_leg * (size_t)m->n_month + (size_t)t]);
  }
  add_services(c, party, campus, out);
  int32_t tax = m->tax_line[party];
  double  part = tax < 0 ? 0 : report_tax_part(c, campus, party);
  for (int32_t t = 0; t < m->n_month && part > 0; t++)
    out[t] -= part * usd(c->s->ledger.amount_cents[(size_t)m->line[tax].pay_leg * (size_t)m->n_month + (size_t)t]);
}

// The contract under which a party's last customer on a campus leaves; -1: it has none, none has come, or one stays.
// *month: the first month without any.
static int32_t last_customer(const report_capital *c, int32_t party, int32_t campus, int32_t *month) {
  int32_t last = -1;
  *month = -1;
  for (int32_t d = 0; d < c->m->n_deal; d++) {
    report_use use;
    if (!report_use_is(c, d) || c->m->deal[d].payee != party || !covers(c, d, campus)) continue;
    use_dates(c, d, &use);
    if (use.ends <= *month) continue;
    *month = use.ends;
    last = d;
  }
  return *month < c->m->n_month ? last : -1;
}

// ---- Prices of what is let again ----------------------------------------------------------------------------------------

static double monthly(double frac_per_yr) { return expm1(log1p(frac_per_yr) / 12); }

static void price_gpus(const report_capital *c, const double *due_usd, int32_t campus, int32_t first, int32_t last,
                       double rate, report_price *out) {
  int32_t             row = c->s->v.rack[c->s->v.campus[campus].racks].rent, n = last - first + 1;
  const revenue_rent *rent = row < 0 ? NULL : &c->s->v.rent[row];
  double              let[TWIN_MAX_MONTHS] = {0}, all = 0, worth = 0;
  out->occupancy_frac = rent ? rent->occupancy_frac : (double)NAN;
  for (int32_t t = 0; t < n; t++) {
    let[t] = campus_at(c, campus, first + t)->gpu_hours * (rent ? rent->occupancy_frac : 1);
    all += let[t];
    out->gpu_months += let[t] > 0;
    if (rent) worth += let[t] * revenue_rent_usd_per_gpu_h(rent, c->m->day0[first + t], demand_at(c, first + t));
  }
  out->usd_per_gpu_h = capital_levelised_cost(due_usd, let, (size_t)n, rate);
  if (rent && all > 0) out->market_usd_per_gpu_h = worth / all;
}

// due_usd: of months first .. last.
static report_price price_of(const report_capital *c, const double *due_usd, int32_t party, int32_t campus,
                             int32_t customer, int32_t first, int32_t last) {
  const double            none = (double)NAN, rate = monthly(c->s->v.party[party].rate_frac_per_yr);
  const capital_contract *k = contract_of(c, customer);
  report_price            out = {none, none, none, none, none, 0};
  double                  let[TWIN_MAX_MONTHS] = {0}, all = 0, worth = 0;
  for (int32_t t = first; t <= last; t++) {
    double years = floor((t - c->s->deal[customer].begun_month) / 12.0);
    let[t - first] = campus_at(c, campus, t)->capacity_mw;
    all += let[t - first];
    worth += let[t - first] * k->rent_usd_per_mw_month * pow(1 + fmax(0, k->escalates_frac_per_yr), years) *
             fmin(1, demand_at(c, t));
  }
  out.usd_per_mw_month = capital_levelised_cost(due_usd, let, (size_t)(last - first + 1), rate);
  if (c->m->deal[customer].rule == CAPITAL_RULE_LEASE && all > 0) out.market_usd_per_mw_month = worth / all;
  if (c->m->buyer[2 * campus + c->s->variant[campus]] == party) price_gpus(c, due_usd, campus, first, last, rate, &out);
  return out;
}

// What is due in months first .. last, at the first month of the report.
static double value_of(const report_capital *c, const double *due_usd, int32_t party, int32_t first, int32_t last) {
  double rate = monthly(c->s->v.party[party].rate_frac_per_yr);
  return capital_npv(due_usd, (size_t)(last - first + 1), rate) / pow(1 + rate, first - c->m->report0);
}

static double relet_usd(const report_capital *c, int32_t party, int32_t campus, int32_t first, int32_t last) {
  double sum = 0;
  for (int32_t d = 0; d < c->m->n_deal; d++)
    for (int32_t t = first; t <= last && report_use_is(c, d) && c->m->deal[d].payee == party; t++)
      sum += leg_usd(c, c->m->deal[d].relet_leg, d, campus, t);
  return sum;
}

// ---- Rent beyond the customers' terms -----------------------------------------------------------------------------------

// What the party owes for the campus in months from g->first on; of the contracts the one that lasts longest is kept.
static void owed_by(const report_capital *c, report_gap *g, double *due_usd) {
  int32_t longest = -1;
  for (int32_t d = 0; d < c->m->n_deal; d++) {
    const twin_deal *deal = &c->m->deal[d];
    report_use       use;
    if (!report_use_is(c, d) || deal->payer != g->party || deal->line < 0 || !covers(c, d, g->campus)) continue;
    use_dates(c, d, &use);
    if (use.ends <= g->first) continue;
    for (int32_t t = g->first; t < c->m->n_month && t < use.ends; t++)
      due_usd[t - g->first] += leg_usd(c, c->m->line[deal->line].bill_leg, d, g->campus, t);
    if (use.ends > longest) {
      longest = use.ends;
      g->supplier = d;
    }
  }
  if (longest > c->m->n_month && longest < INT32_MAX) g->beyond = longest - c->m->n_month;
}

static bool gap_of(const report_capital *c, int32_t party, int32_t campus, report_gap *g) {
  double due_usd[TWIN_MAX_MONTHS] = {0};
  *g = (report_gap){.party = party, .campus = campus, .supplier = -1, .last = -1};
  g->customer = last_customer(c, party, campus, &g->first);
  if (g->customer < 0) return false;
  owed_by(c, g, due_usd);
  for (int32_t t = g->first; t < c->m->n_month; t++) {
    double due = due_usd[t - g->first];
    if (!(due > 0)) continue;
    g->months++;
    g->due_usd += due;
    g->last = t;
  }
  if (!g->months) return false;
  g->value_usd = value_of(c, due_usd, party, g->first, g->last);
  g->relet_usd = relet_usd(c, party, campus, g->first, g->last);
  g->price = price_of(c, due_usd, party, campus, g->customer, g->first, g->last);
  return true;
}

bool report_gaps(const report_capital *c, report_gap **out, int32_t *n) {
  int32_t campuses = c->m->n[CLASS_CAMPUS], parties = c->m->n[CLASS_PARTY];
  *n = 0;
  *out = ARENA_NEW(c->a, report_gap, (size_t)campuses * (size_t)parties + 1);
  for (int32_t k = 0; k < campuses && *out; k++)
    for (int32_t p = 0; p < parties; p++)
      if (gap_of(c, p, k, &(*out)[*n])) (*n)++;
  return *out != NULL;
}

// ---- Loans beyond the customers' terms ----------------------------------------------------------------------------------

// Adds what a loan still asks for from t->first on, by its schedule of that time and the rates that came.
static void add_service(const report_capital *c, const report_loan *loan, report_tail *t, double *due_usd) {
  double balance = loan->row[REPORT_LOAN_BALANCE][t->first - 1];
  if (!(balance > 0.005)) return;
  t->debt_usd += balance;
  if (loan->called >= 0 && loan->called < t->first) t->why = "the loan had been called before";
  else if (!loan->repays_since_left) t->why = "the loan had not turned to repayment";
  for (int32_t k = t->first; k < c->m->n_month && !t->why; k++) {
    double principal = fmin(balance, fmax(0, loan->left_due_usd[k]));
    if (balance - principal < 1) principal = balance;  // cents of rounding go with the last instalment
    due_usd[k - t->first] += balance * fmax(0, loan->row[REPORT_LOAN_RATE][k]) / 12 + principal;
    balance -= principal;
  }
  t->left_usd += balance;
}

static bool tail_of(const report_capital *c, int32_t party, int32_t campus, report_tail *out) {
  double  due_usd[TWIN_MAX_MONTHS] = {0};
  int32_t last = -1;
  *out = (report_tail){.party = party, .campus = campus, .service_usd = 0};
  out->customer = last_customer(c, party, campus, &out->first);
  if (out->customer < 0) return false;
  for (int32_t i = 0; i < c->n_loan && out->first > 0; i++)
    if (c->loan[i].campus == campus && c->m->deal[c->loan[i].deal].payee == party)
      add_service(c, &c->loan[i], out, due_usd);
  if (!(out->debt_usd > 0)) return false;
  for (int32_t t = out->first; t < c->m->n_month && !out->why; t++)
    if (due_usd[t - out->first] > 0) {
      out->months++;
      out->service_usd += due_usd[t - out->first];
      last = t;
    }
  if (!out->why && last < 0) out->why = "no debt service falls due within the horizon";
  if (out->why) {
    const double none = (double)NAN;
    out->service_usd = out->value_usd = none;
    out->price = (report_price){none, none, none, none, none, 0};
    return true;
  }
  out->value_usd = value_of(c, due_usd, party, out->first, last);
  out->relet_usd = relet_usd(c, party, campus, out->first, last);
  out->price = price_of(c, due_usd, party, campus, out->customer, out->first, last);
  return true;
}

bool report_tails(const report_capital *c, report_tail **out, int32_t *n) {
  int32_t campuses = c->m->n[CLASS_CAMPUS], parties = c->m->n[CLASS_PARTY];
  *n = 0;
  *out = ARENA_NEW(c->a, report_tail, (size_t)campuses * (size_t)parties + 1);
  for (int32_t k = 0; k < campuses && *out; k++)
    for (int32_t p = 0; p < parties; p++)
      if (tail_of(c, p, k, &(*out)[*n])) (*n)++;
  return *out != NULL;
}
