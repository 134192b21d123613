// Tax, owners and books of one project.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/number.h"
#include "../capital/returns.h"
#include "workbook_parts.h"

// ---- Tax ----------------------------------------------------------------------------------------------------------------------

typedef struct tax_years {
  double *year, *ebitda, *other, *interest, *federal_off, *state_off, *waits, *adjusted, *allowed, *carried, *state_income, *state_open, *state_used, *state_left, *state_tax, *income, *open, *used, *left, *tax, *all;
} tax_years;

static double value_of(const report_book *b, const char *key, int32_t t) {
  const report_book_row *row = report_book_find_row(&b->place, key);
  return row && row->value ? row->value[t] : 0;
}

// Year by year, as capital_tax_settle does.
static void settle(const report_book *b, tax_years *y, int32_t n_year) {
  const capital_tax_terms *k = &b->f->project.tax;
  for (int32_t i = 0; i < n_year; i++) {
    y->waits[i] = report_book_before(y->carried, i) + y->interest[i];
    y->adjusted[i] = y->ebitda[i] - (k->interest_base_ebit ? y->federal_off[i] : 0);
    y->allowed[i] = isnan(k->interest_limit_frac) ? y->waits[i] : number_least(y->waits[i], number_most(0, y->other[i]) + k->interest_limit_frac * number_most(0, y->adjusted[i]));
    y->carried[i] = y->waits[i] - y->allowed[i];
    double before = y->ebitda[i] + y->other[i] - y->allowed[i];
    y->state_income[i] = before - y->state_off[i];
    y->state_open[i] = report_book_before(y->state_left, i);
    y->state_used[i] = number_least(y->state_open[i], k->loss_limit_frac * number_most(0, y->state_income[i]));
    y->state_left[i] = y->state_open[i] - y->state_used[i] + number_most(0, -y->state_income[i]);
    y->state_tax[i] = k->state_frac * (number_most(0, y->state_income[i]) - y->state_used[i]);
    y->income[i] = before - y->federal_off[i] - y->state_tax[i];
    y->open[i] = report_book_before(y->left, i);
    y->used[i] = number_least(y->open[i], k->loss_limit_frac * number_most(0, y->income[i]));
    y->left[i] = y->open[i] - y->used[i] + number_most(0, -y->income[i]);
    y->tax[i] = k->federal_frac * (number_most(0, y->income[i]) - y->used[i]);
    y->all[i] = y->tax[i] + y->state_tax[i];
  }
}

static void put_write_offs(report_book *b, tax_years *y, int32_t n_year) {
  static const char *const word[] = { "MACRS, 5 years", "MACRS, 15 years", "straight line, 5 years", "straight line, 15 years", "straight line, 20 years", "straight line, 39 years", "own table", "never" };
  const capital_project *p = &b->f->project;
  const char            *federal = "=", *state = "=";
  report_book_heading(b, "Write-offs by class: bonus in the first year, the rest by table");
  for (int32_t i = 0; i < p->n_cost && !b->failed; i++) {
    double *placed = report_book_series(b), *table = report_book_series(b), *by_table = report_book_series(b), *off = report_book_series(b), bonus = p->cost[i].tax.bonus_federal_frac;
    int     n = (int)i;
    const char *name = b->f->cost_name[i];
    for (int32_t t = 0; !b->failed && t < b->n; t++) placed[b->place.year_of[t]] += value_of(b, report_book_text(b, "intax%d", n), t);
    for (int32_t v = 0; !b->failed && v < n_year; v++) {
      double frac = p->cost[i].tax.write_off == CAPITAL_NEVER ? 0 : capital_write_off_frac(&p->cost[i].tax, v);
      table[n_year - 1 - v] = frac;
      for (int32_t u = 0; u <= v; u++) by_table[v] += placed[u] * (p->cost[i].tax.write_off == CAPITAL_NEVER ? 0 : capital_write_off_frac(&p->cost[i].tax, v - u));
    }
    for (int32_t v = 0; !b->failed && v < n_year; v++) {
      off[v] = p->cost[i].tax.write_off == CAPITAL_NEVER ? 0 : bonus * placed[v] + (1 - bonus) * by_table[v];
      y->federal_off[v] += off[v];
      y->state_off[v] += by_table[v];
    }
    report_book_line(b, report_book_text(b, "table%d", n), report_book_text(b, "%s: table (%s), last year first", name, word[p->cost[i].tax.write_off]), "frac", false, table, NULL);
    report_book_line(b, report_book_text(b, "basis%d", n), report_book_text(b, "%s: in service", name), "USD", true, placed, report_book_text(b, "=SUM([intax%d@])", n));
    report_book_line(b, report_book_text(b, "by_table%d", n), report_book_text(b, "%s: by table", name), "USD", true, by_table, report_book_text(b, "=SUMPRODUCT([basis%d<],[table%d>])", n, n));
    report_book_line(b, report_book_text(b, "off%d", n), report_book_text(b, "%s: federal write-off", name), "USD", true, off,
                  p->cost[i].tax.write_off == CAPITAL_NEVER ? "=0" : report_book_text(b, "={bonus%d}*[basis%d]+(1-{bonus%d})*[by_table%d]", n, n, n, n));
    federal = report_book_text(b, "%s%s[off%d]", federal, federal[1] ? "+" : "", n);
    state = report_book_text(b, "%s%s[by_table%d]", state, state[1] ? "+" : "", n);
  }
  report_book_line(b, "federal_off", "Federal write-off", "USD", true, y->federal_off, federal);
  report_book_line(b, "state_off", "State write-off: no bonus", "USD", true, y->state_off, state);
}

void report_book_project_tax(report_book *b) {
  tax_years y;
  int32_t   n_year = b->place.n;
  double  **all[] = { &y.year, &y.ebitda, &y.other, &y.interest, &y.federal_off, &y.state_off, &y.waits, &y.adjusted, &y.allowed, &y.carried, &y.state_income, &y.state_open, &y.state_used, &y.state_left, &y.state_tax, &y.income, &y.open, &y.used, &y.left, &y.tax, &y.all };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = report_book_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    int32_t i = b->place.year_of[t];
    y.year[i] = i;
    y.ebitda[i] += value_of(b, "ebitda", t) - value_of(b, "late_fees", t);
    y.other[i] += value_of(b, "earned", t);
    y.interest[i] += value_of(b, "all_interest", t);
  }
  if (b->failed) return;
  report_book_line(b, "year", "Tax year, from 0", "year", false, y.year, NULL);
  put_write_offs(b, &y, n_year);
  settle(b, &y, n_year);
  report_book_heading(b, "Interest");
  report_book_line(b, "ebitda_year", "Receipts less operating cost and fees", "USD", true, y.ebitda, "=SUM([ebitda@])-SUM([late_fees@])");
  report_book_line(b, "other_year", "Interest received", "USD", true, y.other, "=SUM([earned@])");
  report_book_line(b, "interest_year", "Interest of the year", "USD", true, y.interest, "=SUM([all_interest@])");
  report_book_line(b, "waits", "With what was carried", "USD", false, y.waits, "=[carried-1]+[interest_year]");
  report_book_line(b, "adjusted", "Adjusted income", "USD", false, y.adjusted, "=[ebitda_year]-{ebit}*[federal_off]");
  report_book_line(b, "allowed", "Interest deducted", "USD", true, y.allowed, isnan(b->f->project.tax.interest_limit_frac) ? "=[waits]" : "=MIN([waits],MAX(0,[other_year])+{interest_limit}*MAX(0,[adjusted]))");
  report_book_line(b, "carried", "Interest carried", "USD", false, y.carried, "=[waits]-[allowed]");
  report_book_heading(b, "State tax");
  report_book_line(b, "state_income", "Income", "USD", true, y.state_income, "=[ebitda_year]+[other_year]-[allowed]-[state_off]");
  report_book_line(b, "state_open", "Losses carried, start", "USD", false, y.state_open, "=[state_left-1]");
  report_book_line(b, "state_used", "Losses used", "USD", true, y.state_used, "=MIN([state_open],{loss_limit}*MAX(0,[state_income]))");
  report_book_line(b, "state_left", "Losses carried, end", "USD", false, y.state_left, "=[state_open]-[state_used]+MAX(0,-[state_income])");
  report_book_line(b, "state_tax", "State tax", "USD", true, y.state_tax, "={state}*(MAX(0,[state_income])-[state_used])");
  report_book_heading(b, "Federal tax");
  report_book_line(b, "income", "Income", "USD", true, y.income, "=[ebitda_year]+[other_year]-[allowed]-[federal_off]-[state_tax]");
  report_book_line(b, "loss_open", "Losses carried, start", "USD", false, y.open, "=[loss_left-1]");
  report_book_line(b, "loss_used", "Losses used", "USD", true, y.used, "=MIN([loss_open],{loss_limit}*MAX(0,[income]))");
  report_book_line(b, "loss_left", "Losses carried, end", "USD", false, y.left, "=[loss_open]-[loss_used]+MAX(0,-[income])");
  report_book_line(b, "federal_tax", "Federal tax", "USD", true, y.tax, "={federal}*(MAX(0,[income])-[loss_used])");
  report_book_line(b, "tax_year_usd", "Tax of the year, paid in its last month", "USD", true, y.all, "=[state_tax]+[federal_tax]");
}

// ---- Owners -------------------------------------------------------------------------------------------------------------------

// A tier takes cash until whom it measures has its return; the last one takes what is left.
static void put_tiers(report_book *b) {
  const capital_equity_terms *e = &b->f->project.equity;
  const double *distribution = report_book_result(b, PROJECT_DISTRIBUTION), *equity = report_book_result(b, PROJECT_EQUITY);
  double *takes[CAPITAL_TIERS], *left = report_book_series(b);
  const char *taken = "";
  report_book_heading(b, "Tiers of distributions");
  for (int32_t t = 0; !b->failed && t < b->n; t++) left[t] = distribution[t];
  for (int32_t k = 0; k < e->n_tier; k++) takes[k] = report_book_series(b);
  for (int32_t k = 0; k < e->n_tier && !b->failed; k++) {
    int     n = (int)k;
    int32_t who = e->tier[k].measured;
    double *before = report_book_series(b), *after = report_book_series(b), *rest = report_book_series(b);
    if (k + 1 == e->n_tier) {
      for (int32_t t = 0; !b->failed && t < b->n; t++) takes[k][t] = left[t];
      report_book_line(b, report_book_text(b, "takes%d", n), report_book_text(b, "Tier %d pays out", n + 1), "USD", true, takes[k], report_book_text(b, "=[distribution]%s", taken));
      break;
    }
    double growth = pow(1 + e->tier[k].hurdle_frac_per_yr, 1.0 / 12), share = who < 0 ? 1 : e->tier[k].share_frac[who];
    const char *had = "", *got = "", *paid = who < 0 ? "[equity]" : report_book_text(b, "{calls%d}*[equity]", (int)who);
    for (int32_t q = 0; q < e->n_tier; q++) {
      const char *one = who < 0 ? report_book_text(b, "-[takes%d]", (int)q) : report_book_text(b, "-{tier%d_%d}*[takes%d]", (int)q, (int)who, (int)q);
      got = report_book_text(b, "%s%s", got, one);
      if (q < k) had = got;
    }
    for (int32_t t = 0; !b->failed && t < b->n; t++) {
      double had_usd = 0;
      for (int32_t q = 0; q < k; q++) had_usd += takes[q][t] * (who < 0 ? 1 : e->tier[q].share_frac[who]);
      before[t] = report_book_before(after, t) * growth + equity[t] * (who < 0 ? 1 : e->call_frac[who]);
      double lacks = before[t] - had_usd;
      takes[k][t] = !(lacks > 0) ? 0 : lacks < left[t] * share ? lacks / share : left[t];
      rest[t] = left[t] - takes[k][t];
      after[t] = before[t] - (who < 0 ? distribution[t] : 0);
      for (int32_t i = 0; who >= 0 && i == 0; i++) after[t] = before[t] - b->f->result.got[who][t];
    }
    const char *share_text = who < 0 ? "1" : report_book_text(b, "{tier%d_%d}", n, (int)who);
    report_book_line(b, report_book_text(b, "lacks%d", n), report_book_text(b, "Tier %d: owed to its return, before payment", n + 1), "USD", false, before, report_book_text(b, "=[owed%d-1]*(1+{hurdle%d})^(1/{months})+%s", n, n, paid));
    report_book_line(b, report_book_text(b, "takes%d", n), report_book_text(b, "Tier %d pays out", n + 1), "USD", true, takes[k],
                  report_book_text(b, "=IF([lacks%d]%s<=0,0,MIN([distribution]%s,([lacks%d]%s)/%s))", n, had, taken, n, had, share_text));
    report_book_line(b, report_book_text(b, "owed%d", n), report_book_text(b, "Tier %d: owed to its return, end of period", n + 1), "USD", false, after, report_book_text(b, "=[lacks%d]%s", n, got));
    taken = report_book_text(b, "%s-[takes%d]", taken, n);
    left = rest;
  }
}

static void put_return(report_book *b, const char *key, const char *flow_key, const char *who, const double *flow) {
  capital_irr_result irr;
  bool               one = capital_irr(flow, (size_t)b->n, &irr) == SG_OK;
  double             in = 0, out = 0, rate = one ? expm1(12 * log1p(irr.rate_frac)) : 0;
  for (int32_t t = 0; t < b->n; t++) flow[t] > 0 ? (in += flow[t]) : (out -= flow[t]);
  // Excel's search needs a rate that it can find: very low and high ones stay the engine's.
  if (one && rate > -0.5 && rate < 5)
    report_book_cell(b, report_book_text(b, "irr%s", key), report_book_text(b, "%s: internal rate of return a year", who), "frac/yr", rate, report_book_text(b, "=(1+IRR([%s*],{irr_guess}))^{months}-1", flow_key));
  else
    report_book_note(b, report_book_text(b, "%s: internal rate of return n/a, because %s", who, !one && irr.n_root > 1 ? "several rates make the value of the flows zero" : !one ? "no rate makes the value of the flows zero" : "it lies beyond what the search of a spreadsheet finds"));
  report_book_cell(b, report_book_text(b, "moic%s", key), report_book_text(b, "%s: multiple of what was paid in, by month", who), "x", out > 0 ? in / out : 0, report_book_text(b, "=IF(SUMIF([%s*],\"<0\")<0,-SUMIF([%s*],\">0\")/SUMIF([%s*],\"<0\"),0)", flow_key, flow_key, flow_key));
}

static void put_owners(report_book *b) {
  const capital_equity_terms *e = &b->f->project.equity;
  for (int32_t i = 0; i < e->n_owner && !b->failed; i++) {
    const char *who = report_party(b->c, b->f->owner[i]), *got = "=";
    double     *flow = report_book_series(b);
    int         n = (int)i;
    for (int32_t t = 0; !b->failed && t < b->n; t++) flow[t] = b->f->result.got[i][t] - b->f->result.call[i][t];
    for (int32_t k = 0; k < e->n_tier; k++) got = report_book_text(b, "%s%s{tier%d_%d}*[takes%d]", got, k ? "+" : "", (int)k, n, (int)k);
    if (b->failed) return;
    report_book_heading(b, who);
    report_book_line(b, report_book_text(b, "paid%d", n), "Paid in", "USD", true, b->f->result.call[i], report_book_text(b, "={calls%d}*[equity]", n));
    report_book_line(b, report_book_text(b, "got%d", n), "Received", "USD", true, b->f->result.got[i], got);
    report_book_line(b, report_book_text(b, "owner%d", n), "Flow", "USD", true, flow, report_book_text(b, "=[got%d]-[paid%d]", n, n));
    put_return(b, report_book_text(b, "_%d", n), report_book_text(b, "owner%d", n), who, flow);
  }
}

// ---- Books --------------------------------------------------------------------------------------------------------------------

static void put_books(report_book *b) {
  const capital_project *p = &b->f->project;
  const char            *written = "=", *spent = "";
  double *off = report_book_series(b), *own = report_book_series(b), *check = report_book_series(b), *cash_check = report_book_series(b), *parties = report_book_series(b);
  report_book_heading(b, "Books");
  for (int32_t i = 0; i < p->n_cost && !b->failed; i++) {
    const double *placed = report_book_find_row(&b->place, report_book_text(b, "placed%d", (int)i))->value;
    double       *part = report_book_series(b), life = p->cost[i].life_years * 12;
    int           n = (int)i;
    for (int32_t t = 0; !b->failed && t < b->n; t++) {
      for (int32_t v = 0; v <= t; v++) part[t] += placed[v] * number_most(0, number_least(1, life - (t - v))) / life;
      off[t] += part[t];
    }
    report_book_line(b, report_book_text(b, "written%d", n), report_book_text(b, "Depreciation of %s", b->f->cost_name[i]), "USD", true, part,
                  report_book_text(b, "=(SUMIF([t<],\">\"&([t]-INT({life%d}*{months}+1E-9)),[placed%d<])+({life%d}*{months}-INT({life%d}*{months}+1E-9))*SUMIF([t<],[t]-INT({life%d}*{months}+1E-9),[placed%d<]))/({life%d}*{months})", n, n, n, n, n, n, n));
    written = report_book_text(b, "%s%s[written%d]", written, written[1] ? "+" : "", n);
    spent = report_book_text(b, "%s%s[book%d]", spent, *spent ? "+" : "", n);
  }
  const double *profit = report_book_result(b, PROJECT_PROFIT), *flow = report_book_result(b, PROJECT_FLOW);
  for (int32_t t = 0; !b->failed && t < b->n; t++) own[t] = report_book_before(own, t) + profit[t] - flow[t];
  if (b->failed) return;
  report_book_line(b, "written", "Depreciation", "USD", true, off, written);
  report_book_line(b, "assets", "Fixed assets, end of period", "USD", false, report_book_result(b, PROJECT_ASSETS), report_book_text(b, "=[assets-1]+%s-[written]", spent));
  report_book_line(b, "profit", "Profit after tax", "USD", true, profit, "=[ebitda]+[earned]-[tax]-[late_fees]-([all_interest]-[interest_built])-[written]");
  report_book_line(b, "own", "Owners' capital: paid in and profit, less distributions", "USD", false, own, "=[own-1]+[profit]-[flow]");
  report_book_line(b, "balance_check", "Assets less debt and owners' capital: 0", "USD", false, check, "=[assets]+[cash]+[reserve]+[held]-[debt]-[own]");
  report_book_line(b, "cash_check", "Cash in less cash out and what is kept: 0", "USD", false, cash_check,
                "=[ebitda]+[earned]-[tax]+[draws]+[equity]-[cost]-[fees]-[interests]-[principals]-[swept]-[distribution]-([cash]+[reserve]+[held]-[cash-1]-[reserve-1]-[held-1])");
  const char *sum = "=[flow]";
  for (int32_t i = 0; i < p->equity.n_owner; i++) sum = report_book_text(b, "%s-[owner%d]", sum, (int)i);
  report_book_line(b, "parties_check", "Owners' flow less that of each: 0", "USD", false, parties, sum);
}

void report_book_project_equity(report_book *b) {
  double *factor = report_book_series(b), *call = report_book_series(b), npv = 0;
  const double *flow = report_book_result(b, PROJECT_FLOW), *row;
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    factor[t] = pow(1 + b->f->discount_frac_per_yr, -(t + 1) / 12.0);
    npv += flow[t] * factor[t];
    call[t] = report_book_result(b, PROJECT_EQUITY)[t];
  }
  if (b->failed) return;
  row = report_book_result(b, PROJECT_DISTRIBUTION);
  report_book_heading(b, "Owners together");
  report_book_line(b, "equity", "Paid in: calls, and what owners make good", "USD", true, call, "=[call]+[cure]");
  report_book_line(b, "paid_out", "Distributions", "USD", true, row, "=[distribution]");
  report_book_line(b, "flow", "Owners' flow", "USD", true, flow, "=[paid_out]-[equity]");
  report_book_line(b, "discounting", "Discount factor, end of period", "factor", false, factor, "=(1+{discount})^-(([t]+1)/{months})");
  report_book_cell(b, "npv", "Net present value", "USD", npv, "=SUMPRODUCT([flow*],[discounting*])");
  put_return(b, "", "flow", "All owners", flow);
  put_tiers(b);
  put_owners(b);
  put_books(b);
}
