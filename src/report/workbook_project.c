// Inputs, scenario, construction and operation of one project.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "../twin/loans.h"
#include "workbook_parts.h"

static char *key_of(report_book *b, const char *what, int32_t i) { return report_book_text(b, "%s%d", what, (int)i); }

// ---- Inputs -----------------------------------------------------------------------------------------------------------------

// Flows that share an input share its name: that of the first.
static int32_t named_by(const report_book *b, int32_t i) {
  const twin_flow *f = b->f->flow;
  for (int32_t k = 0; k < i; k++)
    if (f[i].price_slot != SIZE_MAX && f[k].price_slot == f[i].price_slot && !f[k].price_path) return k;
  return i;
}

// Name of an input of a flow: "capacity_billed_price"; a number keeps equal ones apart.
static const char *name_of(report_book *b, int32_t i, const char *what) {
  enum { MOST = 24 };
  const twin_flow *f = b->f->flow;
  char             slug[MOST + 1];
  size_t           n = 0;
  bool             again = false;
  for (int32_t k = 0; k < i; k++) again |= !strncmp(f[k].name, f[i].name, MOST);
  for (const char *c = f[i].name; *c && n < MOST; c++) {
    char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain) slug[n++] = lower;
    else if (n && slug[n - 1] != '_') slug[n++] = '_';
  }
  while (n && slug[n - 1] == '_') n--;
  bool letter = n && slug[0] >= 'a' && slug[0] <= 'z';
  return report_book_text(b, "%s%.*s_%s%s", letter ? "" : "c_", (int)n, slug, what, again ? report_book_text(b, "%d", (int)i) : "");
}

static void flow_inputs(report_book *b) {
  static const char *const kind[] = { "receipt", "operating cost", "cost" };
  for (int32_t i = 0; i < b->f->n_flow; i++) {
    const twin_flow *f = &b->f->flow[i];
    if (!f->price_path && named_by(b, i) == i)
      report_book_input(b, name_of(b, i, "price"), !strcmp(f->unit, "progress") ? report_book_text(b, "%s, at completion", f->name) : report_book_text(b, "%s, price (%s)", f->name, kind[f->kind]), f->price_unit, f->price, f->price_slot,
                     f->price_slot == SIZE_MAX ? "what the engine has come to in this scenario, in all" : NULL);
    if (f->part_name) report_book_input(b, name_of(b, i, "part"), report_book_text(b, "%s, %s", f->name, f->part_name), "frac", f->part, f->part_slot, NULL);
    if (f->escalates_frac_per_yr > 0) {
      report_book_input(b, name_of(b, i, "grows"), report_book_text(b, "%s, escalation", f->name), "frac/yr", f->escalates_frac_per_yr, f->escalates_slot, NULL);
      report_book_input(b, name_of(b, i, "begins"), report_book_text(b, "%s, first period", f->name), "period", f->begins, SIZE_MAX, "date of the scenario");
    }
  }
}

static const capital_contract *contract_of(const report_book *b, int32_t j) { return &b->c->s->v.contract[b->c->m->deal[b->f->loan[j]].contract]; }

static void facility_inputs(report_book *b, int32_t j) {
  const capital_facility *k = &b->f->project.facility[j];
  const capital_contract *c = contract_of(b, j);
  const twin_deal        *deal = &b->c->m->deal[b->f->loan[j]];
  static const char *const repays[] = { "level service", "constant principal", "bullet", "sculpted" };
  bool each = k->terms.draw_tenor > 0;
  size_t tenor = (size_t)((const unsigned char *)&c->tenor_day - b->c->s->block);
  report_book_heading(b, report_book_text(b, "%s: %s of %s", programme_name(&b->c->m->p, CLASS_CONTRACT, deal->contract), repays[each ? k->terms.draw_repays : k->repays], report_party(b->c, deal->payer)));
  report_book_input_at(b, "margin", "Margin over benchmark", "frac/yr", &c->margin_frac_per_yr);
  report_book_input_at(b, "hedged", "Hedged share", "frac", &c->hedged_frac);
  report_book_input(b, "swap", "Benchmark at close: what the hedged part pays", "frac/yr", b->f->swap_frac[j], SIZE_MAX, "of the scenario, in the month of close");
  report_book_input_at(b, "upfront", "Upfront fee", "frac", &c->upfront_frac);
  report_book_input_at(b, "undrawn_fee", "Commitment fee on what is undrawn", "frac/yr", &c->commitment_fee_frac_per_yr);
  report_book_input_at(b, "agency", "Agency fee", "USD/yr", &c->agency_usd_per_yr);
  report_book_input(b, "capitalises", "Interest during construction is added to the loan", "0/1", k->terms.capitalises, SIZE_MAX, "contract: before_completion");
  report_book_input(b, "at_close", "Drawn at close, proceeds held", "0/1", k->drawn_at_close, SIZE_MAX, "contract: drawn");
  report_book_input(b, "tenor", each ? "Tenor of each draw" : "Tenor after conversion", "months", each ? k->terms.draw_tenor : k->tenor, tenor, "to whole months");
  if (!each) report_book_input(b, "grace", "Grace: interest only", "months", k->grace, SIZE_MAX, "contract: grace");
  if (!each) report_book_input_at(b, "balloon", "Balloon", "frac", &c->balloon_frac);
  if (!isnan(c->advance_frac)) report_book_input_at(b, "advance", "Advance rate: share of cost", "frac", &c->advance_frac);
  report_book_input_at(b, "lent", "Share of this lender", "frac", &b->c->s->v.share[deal->share].frac);
  report_book_input(b, "close", "Close", "period", k->close, SIZE_MAX, "date of the scenario");
  report_book_input(b, "draws_end", "Draws end before", "period", each || k->draws_end <= k->conversion ? k->draws_end : k->conversion + 1, SIZE_MAX, "date of the scenario");
  report_book_input(b, "conversion", "Last period of construction", "period", k->conversion, SIZE_MAX, "date of the scenario; repayment begins in the next");
  if (k->reserve_months > 0) report_book_input(b, "reserve_months", report_book_text(b, "Debt service reserve, up to %d months", (int)number_most(6, ceil(k->reserve_months - 1e-9))), "months ", k->reserve_months, (size_t)((const unsigned char *)&c->reserve_day - b->c->s->block), "as months");
  report_book_input_at(b, "sweep", "Cash sweep", "frac", &c->sweep_frac);
  if (!isnan(k->lockup_dscr)) report_book_input_at(b, "lockup", "Lock-up DSCR", "x", &c->lockup_dscr);
  if (!isnan(k->default_dscr)) report_book_input_at(b, "default_at", "Default DSCR", "x", &c->default_dscr);
}

static void tax_inputs(report_book *b) {
  const capital_project *p = &b->f->project;
  int32_t                line = b->c->m->tax_line[b->f->borrower];
  const capital_contract *tax = line < 0 ? NULL : &b->c->s->v.contract[b->c->m->line[line].contract];
  report_book_heading(b, "Tax and owners");
  if (tax) report_book_input_at(b, "federal", "Federal income tax", "frac", &tax->tax_frac);
  else report_book_input(b, "federal", "Federal income tax", "frac", 0, SIZE_MAX, "the borrower has no contract of rule `tax`");
  if (tax) report_book_input_at(b, "state", "State income tax", "frac", &tax->state_frac);
  else report_book_input(b, "state", "State income tax", "frac", 0, SIZE_MAX, NULL);
  report_book_input(b, "loss_limit", "Losses carried may cover at most, of income", "frac", p->tax.loss_limit_frac, SIZE_MAX, "26 USC 172(a)(2)");
  if (!isnan(p->tax.interest_limit_frac)) report_book_input_at(b, "interest_limit", "Interest deducted at most, of adjusted income", "frac", &tax->interest_limit_frac);
  report_book_input(b, "ebit", "That income is after depreciation", "0/1", p->tax.interest_base_ebit, SIZE_MAX, "26 USC 163(j); by the date of the programme");
  for (int32_t i = 0; i < p->n_cost; i++) {
    report_book_input(b, key_of(b, "bonus", i), report_book_text(b, "%s: bonus depreciation", b->f->cost_name[i]), "frac", p->cost[i].tax.bonus_federal_frac, SIZE_MAX, "26 USC 168(k), by dates of start and service");
    report_book_input(b, key_of(b, "life", i), report_book_text(b, "%s: life in the books", b->f->cost_name[i]), "years", p->cost[i].life_years, SIZE_MAX, "straight line");
    report_book_input(b, key_of(b, "service", i), report_book_text(b, "%s: in service", b->f->cost_name[i]), "period", p->cost[i].in_service, SIZE_MAX, "date of the scenario");
  }
  report_book_input(b, "earns", "Earned on reserves and proceeds held", "frac/yr", p->reserve_rate_frac_per_yr, SIZE_MAX, "mean benchmark of the scenario");
  report_book_input_at(b, "discount", "Discount rate of the borrower", "frac/yr", &b->c->s->v.party[b->f->borrower].rate_frac_per_yr);
  report_book_input(b, "built", "Last period of construction of all", "period", b->f->built, SIZE_MAX, "the last of all facilities");
  const capital_equity_terms *e = &p->equity;
  for (int32_t i = 0; i < e->n_owner; i++)
    report_book_input(b, key_of(b, "calls", i), report_book_text(b, "%s: share of calls", report_party(b->c, b->f->owner[i])), "frac", e->call_frac[i], SIZE_MAX, "contract of equity");
  for (int32_t k = 0; k < e->n_tier; k++) {
    if (k + 1 < e->n_tier) report_book_input(b, key_of(b, "hurdle", k), report_book_text(b, "Tier %d: preferred return", (int)k + 1), "frac/yr", e->tier[k].hurdle_frac_per_yr, SIZE_MAX, "contract of equity");
    for (int32_t i = 0; i < e->n_owner; i++)
      report_book_input(b, report_book_text(b, "tier%d_%d", (int)k, (int)i), report_book_text(b, "Tier %d: share of %s", (int)k + 1, report_party(b->c, b->f->owner[i])), "frac", e->tier[k].share_frac[i], SIZE_MAX, "contract of equity");
  }
}

void report_book_project_inputs(report_book *b) {
  flow_inputs(b);
  for (int32_t j = 0; j < b->f->project.n_facility; j++) {
    (void)snprintf(b->place.facility, sizeof b->place.facility, "%.6s%c", b->place.project, (char)('a' + j));
    facility_inputs(b, j);
    b->place.facility[0] = '\0';
  }
  tax_inputs(b);
}

// ---- Scenario ---------------------------------------------------------------------------------------------------------------

void report_book_project_scenario(report_book *b) {
  static const struct { const char *label, *unit; size_t at; } seen[] = {
    { "Capacity", "MW", offsetof(twin_campus_month, capacity_mw) }, { "IT load that can run", "MW", offsetof(twin_campus_month, it_mw) },
    { "Buildings in use", "number", offsetof(twin_campus_month, buildings) }, { "GPUs", "number", offsetof(twin_campus_month, gpus) },
    { "GPU-hours offered", "GPU-h", offsetof(twin_campus_month, gpu_hours) }, { "Energy", "MWh", offsetof(twin_campus_month, energy_mwh) },
    { "Energy from the grid", "MWh", offsetof(twin_campus_month, grid_mwh) } };
  const twin_state *s = b->c->s;
  for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
    double *x = report_book_series(b);
    for (int32_t t = 0; x && t < b->n; t++)
      memcpy(&x[t], (const char *)twin_record_at(s->record + (size_t)t * s->m->record, s->m, SCOPE_CAMPUS, b->f->campus) + seen[i].at, sizeof x[t]);
    report_book_line(b, key_of(b, "seen", (int32_t)i), seen[i].label, seen[i].unit, false, x, NULL);
  }
  for (int32_t i = 0; i < b->f->n_flow; i++) {
    const twin_flow *f = &b->f->flow[i];
    report_book_line(b, key_of(b, "q", i), f->name, f->unit, true, f->quantity, NULL);
    if (f->price_path) report_book_line(b, key_of(b, "path", i), report_book_text(b, "%s: price", f->name), f->price_unit, false, f->price_path, NULL);
    if (f->factor) report_book_line(b, key_of(b, "x", i), report_book_text(b, "%s: %s", f->name, f->factor_name), "factor", false, f->factor, NULL);
  }
}

// ---- Flows ------------------------------------------------------------------------------------------------------------------

static void flow_line(report_book *b, int32_t i) {
  const twin_flow *f = &b->f->flow[i];
  double          *usd = report_book_series(b);
  for (int32_t t = 0; usd && t < b->n; t++) usd[t] = twin_flow_usd(f, t);
  int n = (int)i;
  const char *price = f->price_path ? report_book_text(b, "[path%d]", n) : report_book_text(b, "{%s}", name_of(b, named_by(b, i), "price"));
  const char *part = f->part_name ? report_book_text(b, "*{%s}", name_of(b, i, "part")) : "";
  const char *grows = f->escalates_frac_per_yr > 0 ? report_book_text(b, "*(1+{%s})^INT(MAX(0,[t]-{%s})/{months})", name_of(b, i, "grows"), name_of(b, i, "begins")) : "";
  const char *factor = f->factor ? report_book_text(b, "*[x%d]", n) : "";
  report_book_line(b, key_of(b, "flow", i), f->name, "USD", true, usd, report_book_text(b, "=[q%d]*%s%s%s%s", n, price, part, grows, factor));
}

// Lines of a kind and then their sum.
static void flow_sum(report_book *b, twin_flow_kind kind, const char *key, const char *label, const double *value) {
  const char *sum = "=";
  for (int32_t i = 0; i < b->f->n_flow; i++) {
    if (b->f->flow[i].kind != kind) continue;
    flow_line(b, i);
    sum = report_book_text(b, "%s%s[flow%d]", sum, sum[1] ? "+" : "", (int)i);
  }
  report_book_line(b, key, label, "USD", true, value, sum[1] ? sum : "=0");
}

// ---- Operation and its waterfall ----------------------------------------------------------------------------------------------

static double building_usd(const report_book *b, int32_t t) {
  double sum = 0;
  for (int32_t j = 0; j < b->f->project.n_facility; j++)
    if (t <= b->f->project.facility[j].conversion)
      sum += report_book_facility(b, j, FACILITY_INTEREST_DUE)[t] - report_book_facility(b, j, FACILITY_CAPITALISED)[t] + report_book_facility(b, j, FACILITY_FEE)[t];
  return sum;
}

typedef struct waterfall { double *ebitda, *tax, *release, *pool, *claims, *cured, *paid, *left, *build, *freed, *rest, *held_open, *need, *drawn; } waterfall;

// What the engine has done, told apart as the formulas tell it.
static void make_waterfall(report_book *b, waterfall *w) {
  double **all[] = { &w->ebitda, &w->tax, &w->release, &w->pool, &w->claims, &w->cured, &w->paid, &w->left, &w->build, &w->freed, &w->rest, &w->held_open, &w->need, &w->drawn };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = report_book_series(b);
  const double *reserve = report_book_result(b, PROJECT_RESERVE), *cash = report_book_result(b, PROJECT_CASH), *held = report_book_result(b, PROJECT_HELD);
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    double building = building_usd(b, t), bonds = 0;
    for (int32_t j = 0; j < b->f->project.n_facility; j++) {
      const capital_facility *k = &b->f->project.facility[j];
      bool bond = k->drawn_at_close && t == k->close;
      if (bond) bonds += report_book_facility(b, j, FACILITY_DRAW)[t];
      else w->drawn[t] += report_book_facility(b, j, FACILITY_DRAW)[t];
    }
    w->ebitda[t] = report_book_result(b, PROJECT_RECEIPTS)[t] - report_book_result(b, PROJECT_OPEX)[t];
    w->tax[t] = report_book_result(b, PROJECT_TAX_STATE)[t] + report_book_result(b, PROJECT_TAX_FEDERAL)[t];
    w->release[t] = number_most(0, report_book_before(reserve, t) - reserve[t]);
    w->pool[t] = report_book_before(cash, t) + w->ebitda[t] + report_book_result(b, PROJECT_RESERVE_INTEREST)[t] - w->tax[t] + w->release[t];
    w->claims[t] = report_book_result(b, PROJECT_FEES)[t] + report_book_result(b, PROJECT_INTEREST)[t] + report_book_result(b, PROJECT_PRINCIPAL)[t] - building + number_most(0, reserve[t] - report_book_before(reserve, t));
    w->paid[t] = number_least(number_most(0, w->pool[t]), w->claims[t]);
    w->cured[t] = w->claims[t] - w->paid[t] + (t > b->f->built ? number_most(0, -w->pool[t]) : 0);
    w->left[t] = number_most(0, w->pool[t]) - w->paid[t];
    double need = report_book_result(b, PROJECT_CAPEX)[t] + (t <= b->f->built ? building + number_most(0, -w->pool[t]) : 0);
    w->build[t] = number_least(w->left[t], need);
    w->held_open[t] = report_book_before(held, t) + bonds;
    double from_held = number_least(w->held_open[t], need - w->build[t]);
    w->need[t] = need - w->build[t] - from_held;
    w->freed[t] = t == b->f->built ? w->held_open[t] - from_held : 0;
    w->rest[t] = w->left[t] - w->build[t] + w->freed[t];
  }
}

static const char *over_facilities(report_book *b, const char *term) {
  const char *sum = "";
  for (int32_t j = 0; j < b->f->project.n_facility; j++) sum = report_book_text(b, "%s%s[%s%s%c]", sum, *sum ? "+" : "", term, b->place.project, (char)('a' + j));
  return *sum ? sum : "0";
}

void report_book_project_operation(report_book *b) {
  waterfall w;
  make_waterfall(b, &w);
  if (b->failed) return;
  report_book_heading(b, "Receipts: quantity x price x escalation x share paid");
  flow_sum(b, TWIN_FLOW_RECEIPT, "receipts", "Receipts", report_book_result(b, PROJECT_RECEIPTS));
  report_book_heading(b, "Operating cost");
  flow_sum(b, TWIN_FLOW_OPEX, "opex", "Operating cost", report_book_result(b, PROJECT_OPEX));
  report_book_heading(b, "Cash for debt service");
  report_book_line(b, "ebitda", "Receipts less operating cost", "USD", true, w.ebitda, "=[receipts]-[opex]");
  report_book_line_when(b, "tax", "Income tax paid", "USD", true, w.tax, "=[tax_year_usd@]", b->year_end);
  report_book_line(b, "cfads", "Cash for debt service", "USD", true, report_book_result(b, PROJECT_CFADS), "=[ebitda]-[tax]");
  report_book_heading(b, "Waterfall");
  report_book_line(b, "earned", "Interest received on reserves, proceeds, cash", "USD", true, report_book_result(b, PROJECT_RESERVE_INTEREST), report_book_text(b, "={earns}/{months}*([reserve-1]+[cash-1]+[held-1])"));
  report_book_line(b, "release", "Released from the debt service reserve", "USD", true, w.release, "=MAX(0,[reserve-1]-[reserve])");
  report_book_line(b, "pool", "Cash available", "USD", false, w.pool, "=[cash-1]+[ebitda]+[earned]-[tax]+[release]");
  report_book_line(b, "claims", "Debt service from operation, and what the reserve lacks", "USD", true, w.claims,
                report_book_text(b, "=%s+MAX(0,[reserve]-[reserve-1])", over_facilities(b, "served")));
  report_book_line(b, "paid", "Paid out of cash", "USD", true, w.paid, "=MIN(MAX(0,[pool]),[claims])");
  report_book_line(b, "cure", "Made good by owners", "USD", true, report_book_result(b, PROJECT_CURE), "=[claims]-[paid]+IF([t]>{built},MAX(0,-[pool]),0)");
  report_book_line(b, "left", "Cash left", "USD", false, w.left, "=MAX(0,[pool])-[paid]");
  report_book_line(b, "build", "Of it spent on construction and machines", "USD", true, w.build, "=MIN([left],[need_all])");
  report_book_line(b, "freed", "Proceeds that construction has not used", "USD", true, w.freed, "=IF([t]={built},[held_open]-[from_held],0)");
  report_book_line(b, "rest", "Cash for sweep and owners", "USD", false, w.rest, "=[left]-[build]+[freed]");
  double *kept = report_book_series(b);
  for (int32_t t = 0; kept && t < b->n; t++) kept[t] = t <= b->f->built || report_book_result(b, PROJECT_LOCKED)[t] > 0;
  report_book_line(b, "kept", "Distributions stay in: construction or lock-up", "0/1", false, kept, "=IF(OR([t]<={built},[locked]=1),1,0)");
  report_book_line(b, "swept", "Cash sweep", "USD", true, report_book_result(b, PROJECT_SWEPT), report_book_text(b, "=%s", over_facilities(b, "swept")));
  report_book_line(b, "distribution", "Distributions", "USD", true, report_book_result(b, PROJECT_DISTRIBUTION), "=IF([kept]=1,0,[rest]-[swept])");
  report_book_line(b, "cash", "Cash kept, end of period", "USD", false, report_book_result(b, PROJECT_CASH), "=IF([kept]=1,[rest],0)");
}

// ---- Construction -------------------------------------------------------------------------------------------------------------

// By class, where a class has several flows; in the books with interest and fees; in service for tax.
static void cost_classes(report_book *b) {
  const capital_project *p = &b->f->project;
  double total[CAPITAL_COSTS] = {0}, all = 0;
  for (int32_t i = 0; i < p->n_cost; i++) {
    const char *sum = "=";
    for (int32_t k = 0; k < b->f->n_flow; k++)
      if (b->f->flow[k].kind == TWIN_FLOW_COST && b->f->flow[k].of == i) sum = report_book_text(b, "%s%s[flow%d]", sum, sum[1] ? "+" : "", (int)k);
    report_book_line(b, key_of(b, "cost", i), report_book_text(b, "Cost of %s", b->f->cost_name[i]), "USD", true, p->cost[i].usd, sum);
    for (int32_t t = 0; t < b->n && t <= p->cost[i].in_service; t++) total[i] += p->cost[i].usd[t];
    all += total[i];
  }
  report_book_heading(b, "Into service: for tax the cost alone, in the books with interest and fees of construction");
  const char *served = "";
  for (int32_t i = 0; i < p->n_cost; i++) {
    report_book_cell(b, key_of(b, "early", i), report_book_text(b, "%s: cost until in service", b->f->cost_name[i]), "USD", total[i], report_book_text(b, "=SUMIF([t*],\"<=\"&{service%d},[cost%d*])", (int)i, (int)i));
    served = report_book_text(b, "%s%s[early%d$]", served, *served ? "+" : "", (int)i);
  }
  for (int32_t i = 0; i < p->n_cost; i++) {
    double *tax = report_book_series(b), *book = report_book_series(b), *placed = report_book_series(b), waits = 0, waits_book = 0, share = all > 0 ? total[i] / all : i == 0;
    int     n = (int)i;
    for (int32_t t = 0; !b->failed && t < b->n; t++) {
      double fees = building_usd(b, t);
      for (int32_t j = 0; j < p->n_facility; j++)
        if (t <= p->facility[j].conversion) fees += report_book_facility(b, j, FACILITY_CAPITALISED)[t];
      book[t] = p->cost[i].usd[t] + share * fees;
      waits += p->cost[i].usd[t];
      waits_book += book[t];
      tax[t] = t < p->cost[i].in_service ? 0 : t == p->cost[i].in_service ? waits : p->cost[i].usd[t];
      placed[t] = t < p->cost[i].in_service ? 0 : t == p->cost[i].in_service ? waits_book : book[t];
    }
    const char *placing = "=IF([t]<{service%d},0,IF([t]={service%d},SUM([%s%d<]),[%s%d]))";
    report_book_line(b, key_of(b, "intax", i), report_book_text(b, "%s: in service, for tax", b->f->cost_name[i]), "USD", true, tax, report_book_text(b, placing, n, n, "cost", n, "cost", n));
    report_book_line(b, key_of(b, "book", i), report_book_text(b, "%s: cost in the books", b->f->cost_name[i]), "USD", true, book,
                  report_book_text(b, "=[cost%d]+([building]+%s)*[early%d$]/MAX(0.01,%s)", n, over_facilities(b, "into_cost"), n, served));
    report_book_line(b, key_of(b, "placed", i), report_book_text(b, "%s: in service, in the books", b->f->cost_name[i]), "USD", true, placed, report_book_text(b, placing, n, n, "book", n, "book", n));
  }
}

void report_book_project_construction(report_book *b) {
  waterfall w;
  double   *building = report_book_series(b), *deficit = report_book_series(b), *need = report_book_series(b), *from_held = report_book_series(b), *call = report_book_series(b);
  make_waterfall(b, &w);
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    building[t] = building_usd(b, t);
    deficit[t] = t <= b->f->built ? number_most(0, -w.pool[t]) : 0;
    need[t] = report_book_result(b, PROJECT_CAPEX)[t] + building[t] + deficit[t];
    from_held[t] = need[t] - w.build[t] - w.need[t];
    call[t] = w.need[t] - w.drawn[t];
  }
  if (b->failed) return;
  report_book_heading(b, "Cost: progress x cost at completion, racks x price");
  flow_sum(b, TWIN_FLOW_COST, "cost", "Cost of construction and machines", report_book_result(b, PROJECT_CAPEX));
  report_book_heading(b, "Uses");
  report_book_line(b, "building", "Interest and fees paid during construction", "USD", true, building, report_book_text(b, "=%s", over_facilities(b, "building")));
  report_book_line(b, "deficit", "Deficit of operation during construction", "USD", true, deficit, "=IF([t]<={built},MAX(0,-[pool]),0)");
  report_book_line(b, "need_all", "Uses", "USD", true, need, "=[cost]+[building]+[deficit]");
  report_book_heading(b, "Sources");
  report_book_line(b, "from_cash", "Cash of operation", "USD", true, w.build, "=[build]");
  report_book_line(b, "held_open", "Proceeds held, before spending", "USD", false, w.held_open, report_book_text(b, "=[held-1]+%s", over_facilities(b, "bond")));
  report_book_line(b, "from_held", "Proceeds held, spent", "USD", true, from_held, "=MIN([held_open],[need_all]-[from_cash])");
  report_book_line(b, "need", "Left to debt and equity", "USD", true, w.need, "=[need_all]-[from_cash]-[from_held]");
  report_book_line(b, "drawn", "Debt drawn for it", "USD", true, w.drawn, report_book_text(b, "=%s", over_facilities(b, "draw_need")));
  report_book_line(b, "call", "Equity called for it", "USD", true, call, "=[need]-[drawn]");
  report_book_line(b, "held", "Proceeds held, end of period", "USD", false, report_book_result(b, PROJECT_HELD), "=IF([t]={built},0,[held_open]-[from_held])");
  report_book_heading(b, "By class");
  cost_classes(b);
}
