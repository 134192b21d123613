#include "project.h"

#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "project_parts.h"
#include "returns.h"

#define NAME(code, name, about)  name,
#define ABOUT(code, name, about) about,
const char *const capital_project_name[CAPITAL_PROJECT_ROWS] = {CAPITAL_PROJECT_SERIES(NAME)};
const char *const capital_project_about[CAPITAL_PROJECT_ROWS] = {CAPITAL_PROJECT_SERIES(ABOUT)};
const char *const capital_facility_name[CAPITAL_FACILITY_ROWS] = {CAPITAL_FACILITY_SERIES(NAME)};
const char *const capital_facility_about[CAPITAL_FACILITY_ROWS] = {CAPITAL_FACILITY_SERIES(ABOUT)};

// ---- Memory -----------------------------------------------------------------------------------------------

enum { SCRATCH_ROWS = 15, GUESS_ROWS = 2 + CAPITAL_STEPS };  // of n + 1 each, beside those of facilities

static size_t count(int32_t n, int32_t most) { return n > 0 ? (size_t)(n < most ? n : most) : 0; }

static size_t longest_tenor(const capital_project *p) {
  size_t longest = count(p->n, INT32_MAX);
  for (size_t j = 0; j < count(p->n_facility, CAPITAL_FACILITIES); j++) {
    size_t tenor = count(p->facility[j].tenor, INT32_MAX), own = count(p->facility[j].terms.draw_tenor, INT32_MAX);
    if (tenor < own) tenor = own;
    if (longest < tenor) longest = tenor;
  }
  return longest;
}

size_t capital_result_bytes(const capital_project *p) {
  size_t n = count(p->n, INT32_MAX) + 1, f = count(p->n_facility, CAPITAL_FACILITIES);
  size_t rows = CAPITAL_PROJECT_ROWS + f * (CAPITAL_FACILITY_ROWS + 2) + 2 * CAPITAL_OWNERS + SCRATCH_ROWS + GUESS_ROWS;
  size_t long_rows = 2 * f + 2, longest = longest_tenor(p) + 1, most = SIZE_MAX / sizeof(double) / 2;
  if (n > most / rows || longest > most / long_rows) return SIZE_MAX;
  return (n * rows + longest * long_rows + GUESS_ROWS * (CAPITAL_FACILITIES + 2)) * sizeof(double);
}

static double *cut(double **at, size_t n) {
  double *piece = *at;
  *at += n;
  return piece;
}

void capital_result_bind(const capital_project *p, void *memory, capital_result *out) {
  double *at = memory;
  size_t  n = count(p->n, INT32_MAX);
  memset(out, 0, sizeof *out);
  out->n = p->n;
  out->n_facility = (int32_t)count(p->n_facility, CAPITAL_FACILITIES);
  out->n_owner = (int32_t)count(p->equity.n_owner, CAPITAL_OWNERS);
  for (int32_t i = 0; i < CAPITAL_PROJECT_ROWS; i++) out->row[i] = cut(&at, n);
  for (int32_t j = 0; j < out->n_facility; j++)
    for (int32_t i = 0; i < CAPITAL_FACILITY_ROWS; i++) out->facility[j][i] = cut(&at, n);
  for (int32_t i = 0; i < out->n_owner; i++) {
    out->call[i] = cut(&at, n);
    out->got[i] = cut(&at, n);
  }
  out->scratch = at;
}

// ---- Before close -----------------------------------------------------------------------------------------

static void lay_out_scratch(capital_run *x) {
  double  *at = x->r->scratch;
  size_t   n = (size_t)x->p->n + 1, longest = longest_tenor(x->p) + 1;
  double **rows[] = {&x->years,
                     &x->write_off_federal_usd,
                     &x->write_off_state_usd,
                     &x->book_step_usd_per_yr,
                     &x->book_last_usd,
                     &x->lender_cfads_usd,
                     &x->cash_left_usd,
                     &x->part_usd,
                     &x->ones,
                     &x->tax_usd,
                     &x->working_wanted_usd,
                     &x->senior_interest_usd,
                     &x->senior_principal_usd,
                     &x->senior_balance_usd,
                     &x->senior_rate};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) *rows[i] = cut(&at, n);
  x->guess_usd = cut(&at, n + CAPITAL_FACILITIES + 2);
  x->change_usd = cut(&at, n + CAPITAL_FACILITIES + 2);
  x->step_usd = cut(&at, (n + CAPITAL_FACILITIES + 2) * CAPITAL_STEPS);
  x->long_year = cut(&at, longest);
  x->long_rate = cut(&at, longest);
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    x->tranche[j].schedule_usd = cut(&at, n);
    x->tranche[j].balloon_usd = cut(&at, n);
    x->tranche[j].profile_frac = cut(&at, longest);
    x->tranche[j].served_frac = cut(&at, longest);
  }
}

// First close, last completion, ranks.
static void find_dates(capital_run *x) {
  const capital_project *p = x->p;
  x->working_years = p->working_months / 12.0;
  x->built = x->close = p->n_facility ? INT32_MAX : 0;
  for (int32_t j = 0; j < p->n_facility; j++) {
    const capital_facility *k = &p->facility[j];
    x->tranche[j].k = k;
    x->tranche[j].row = x->r->facility[j];
    if (k->close < x->close) x->close = k->close;
    if (j == 0 || k->conversion > x->built) x->built = k->conversion;
    if (k->rank >= x->n_rank) x->n_rank = k->rank + 1;
    x->tested |= !isnan(k->lockup_dscr) || !isnan(k->default_dscr);
    x->sweeps |= k->sweep_frac > 0.0;
    x->reserves |= k->reserve_months > 0.0;
    x->tranche[j].reserve_years = k->reserve_months / 12.0;
  }
  int32_t placed = 0;
  for (int32_t rank = 0; rank < x->n_rank; rank++) {
    for (int32_t j = 0; j < p->n_facility; j++)
      if (p->facility[j].rank == rank) x->by_rank[placed++] = j;
    x->rank_from[rank + 1] = placed;
  }
  for (int32_t i = 0; !p->n_facility && i < p->n_cost; i++)
    if (i == 0 || p->cost[i].in_service < x->built) x->built = p->cost[i].in_service;
  x->n_tax_year = p->tax_year[p->n - 1] + 1;
  x->years[0] = 0.0;
  for (int32_t t = 0; t < p->n; t++) x->years[t + 1] = x->years[t] + p->year[t];
}

// First period of operating flows, of completion, of proceeds held; one earlier where working capital is wanted before it.
static void find_start(capital_run *x) {
  const capital_project *p = x->p;
  x->starts = x->built;
  for (int32_t j = 0; j < p->n_facility; j++) {
    const capital_facility *k = &p->facility[j];
    int32_t                 first = k->n_completion ? k->completion[0] : k->conversion;
    if (k->drawn_at_close || k->terms.draw_tenor > 0) first = k->close;
    if (first < x->starts) x->starts = first;
  }
  const double *flows[] = {p->receipts_usd, p->opex_usd,        p->other_income_usd,
                           p->output,       p->maintenance_usd, p->maintenance_fund_usd};
  for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
    for (int32_t t = 0; flows[i] && t <= x->starts; t++)
      if (flows[i][t] != 0.0) x->starts = t > 0 ? t - 1 : 0;
}

static double sum_to(const double *usd, int32_t n) {
  double sum = 0.0;
  for (int32_t t = 0; t < n; t++) sum += usd[t];
  return sum;
}

// Budgets, and how close cost, interest and fees of construction are split: like cost up to service.
static void find_budgets(capital_run *x) {
  const capital_project *p = x->p;
  double                 split = 0.0;
  x->cost_ends = x->built;
  for (int32_t i = 0; i < p->n_cost; i++) {
    const capital_cost *c = &p->cost[i];
    int32_t             last = p->n - 1;
    while (last > x->cost_ends && last > c->in_service && c->usd[last] == 0.0) last--;
    if (last > x->cost_ends) x->cost_ends = last;
    double whole = sum_to(c->usd, last + 1), built = sum_to(c->usd, x->built + 1);
    double served = sum_to(c->usd, c->in_service + 1);
    x->budget_frac[i] = isnan(c->budget_usd) || whole == 0.0 ? 1.0 : c->budget_usd / whole;
    x->budget_usd[i] = isnan(c->budget_usd) ? HUGE_VAL : c->budget_usd;
    x->budget_built_usd[i] = built * x->budget_frac[i];
    x->share_frac[i] = served * x->budget_frac[i];
    split += x->share_frac[i];
  }
  for (int32_t i = 0; i < p->n_cost; i++) x->share_frac[i] = split > 0.0 ? x->share_frac[i] / split : i == 0;
}

// Working capital for the operating cost of the next period; cover asked where none is.
static void find_wants(capital_run *x) {
  const capital_project *p = x->p;
  for (int32_t t = 0; t < p->n; t++) {
    int wants = x->working_years > 0.0 && t + 1 < p->n && p->year[t + 1] > 0.0;
    x->working_wanted_usd[t] = wants ? x->working_years * p->opex_usd[t + 1] / p->year[t + 1] : 0.0;
  }
  for (int32_t t = 0; t < p->n; t++) x->ones[t] = 1.0;
}

static void begin(capital_run *x, const capital_project *p, capital_result *r) {
  memset(x, 0, offsetof(capital_run, tranche));
  memset(x->tranche, 0, (size_t)p->n_facility * sizeof *x->tranche);
  x->p = p;
  x->r = r;
  x->row = r->row;
  x->tranche_bytes = sizeof *x->tranche - offsetof(capital_tranche, open);
  lay_out_scratch(x);
  for (int32_t j = 0; j < p->n_facility; j++) memset(x->tranche[j].schedule_usd, 0, (size_t)p->n * sizeof(double));
  find_dates(x);
  find_start(x);
  find_budgets(x);
  find_wants(x);
}

void capital_run_reset(capital_run *x) {
  size_t row = ((size_t)x->p->n + 1) * sizeof(double), tax_row = (size_t)x->n_tax_year * sizeof(double);
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    capital_tranche *f = &x->tranche[j];
    if (f->has_balloon) memset(f->balloon_usd, 0, row);
    int foreseen = x->budgeted && f->k->lender_rate_frac_per_yr;
    f->rate_frac_per_yr = foreseen ? f->k->lender_rate_frac_per_yr : f->k->rate_frac_per_yr;
    memset(f->schedule_usd, 0, (size_t)(f->debt.last + 1) * sizeof(double));  // beyond it there is nothing
    memset((char *)f + offsetof(capital_tranche, open), 0, x->tranche_bytes);
  }
  size_t run_bytes = offsetof(capital_run, cost) - offsetof(capital_run, ends) + (size_t)x->p->n_cost * sizeof *x->cost;
  memset((char *)x + offsetof(capital_run, ends), 0, run_bytes);
  memset(x->write_off_federal_usd, 0, tax_row);
  memset(x->write_off_state_usd, 0, tax_row);
  if (x->books) {
    memset(x->book_step_usd_per_yr, 0, row);
    memset(x->book_last_usd, 0, row);
  }
  capital_equity_open(&x->p->equity, &x->equity);
}

// ---- Periods ----------------------------------------------------------------------------------------------

// Ends a period: what each facility has done, and the sums over them.
static void note_facilities(capital_run *x, int32_t t) {
  capital_lent sum = {0};
  double       debt = 0.0, owed = 0.0, arrears = 0.0;
  for (int32_t j = 0; x->n_open > 0 && j < x->p->n_facility; j++) {
    const capital_tranche *f = &x->tranche[j];
    const capital_debt    *d = &f->debt;
    const capital_lent    *now = &f->now;
    if (!f->open) continue;
    double due = d->due_fee_usd + d->due_interest_usd;
    f->row[FACILITY_DRAW][t] = now->drawn_usd;
    f->row[FACILITY_CAPITALISED][t] = now->capitalised_usd;
    f->row[FACILITY_INTEREST_DUE][t] = now->interest_due_usd;
    f->row[FACILITY_FEE][t] = now->paid.fee_usd;
    f->row[FACILITY_INTEREST][t] = now->paid.interest_usd;
    f->row[FACILITY_PRINCIPAL_DUE][t] = now->principal_due_usd;
    f->row[FACILITY_PRINCIPAL][t] = now->paid.principal_usd;
    f->row[FACILITY_SWEPT][t] = now->swept_usd;
    f->row[FACILITY_UNDRAWN][t] = t + 1 < x->p->n ? capital_debt_undrawn(d, t + 1) : 0.0;
    f->row[FACILITY_BALANCE][t] = d->balance_usd;
    f->row[FACILITY_ARREARS][t] = due + d->due_principal_usd;
    f->row[FACILITY_RATE][t] = f->k->rate_frac_per_yr[t];
    sum.drawn_usd += now->drawn_usd;
    sum.capitalised_usd += now->capitalised_usd;
    sum.swept_usd += now->swept_usd;
    sum.paid.fee_usd += now->paid.fee_usd;
    sum.paid.interest_usd += now->paid.interest_usd;
    sum.paid.principal_usd += now->paid.principal_usd;
    debt += d->balance_usd;
    owed += due;
    arrears += due + d->due_principal_usd;
  }
  x->row[PROJECT_FEES][t] = sum.paid.fee_usd;
  x->row[PROJECT_INTEREST][t] = sum.paid.interest_usd;
  x->row[PROJECT_PRINCIPAL][t] = sum.paid.principal_usd;
  x->row[PROJECT_SWEPT][t] = sum.swept_usd;
  x->row[PROJECT_CAPITALISED][t] = sum.capitalised_usd;
  x->row[PROJECT_DRAWS][t] = sum.drawn_usd - x->now.refinanced_usd;
  x->row[PROJECT_DEBT][t] = debt;
  x->row[PROJECT_OWED][t] = owed;
  x->row[PROJECT_ARREARS][t] = arrears;
}

static void note_owners(capital_run *x, int32_t t) {
  const capital_equity_terms *k = &x->p->equity;
  double                      paid[CAPITAL_OWNERS], got[CAPITAL_OWNERS];
  x->row[PROJECT_EQUITY][t] = x->now.equity_usd;
  x->row[PROJECT_OVERRUN][t] = x->now.contingent_usd;
  x->row[PROJECT_CURE][t] = x->now.cure_usd;
  x->row[PROJECT_DISTRIBUTION][t] = x->distributed_usd;
  if (k->n_owner == 0) return;
  capital_equity_accrue(k, &x->equity, x->p->year[t]);
  capital_equity_call(k, &x->equity, x->now.equity_usd, paid);
  capital_equity_distribute(k, &x->equity, x->distributed_usd, got);
  for (int32_t i = 0; i < k->n_owner; i++) x->r->call[i][t] = paid[i], x->r->got[i][t] = got[i];
}

static void note(capital_run *x, int32_t t) {
  note_facilities(x, t);
  note_owners(x, t);
  x->row[PROJECT_CAPEX][t] = x->now.cost_usd;
  x->row[PROJECT_SERVICE][t] = x->now.service_usd;
  x->row[PROJECT_REFINANCED][t] = x->now.refinanced_usd;
  x->row[PROJECT_RESERVE][t] = x->reserve_usd;
  x->row[PROJECT_MAINTENANCE][t] = x->maintenance_usd;
  x->row[PROJECT_WORKING][t] = x->working_usd;
  x->row[PROJECT_HELD][t] = x->held_usd;
  x->row[PROJECT_RESERVE_INTEREST][t] = x->now.earned_usd;
  x->row[PROJECT_CASH][t] = x->cash_usd;
  x->row[PROJECT_GAP][t] = x->payable_usd;
  x->row[PROJECT_LOCKED][t] = x->locked;
  x->row[PROJECT_DEFAULT][t] = x->defaults;
  x->row[PROJECT_ASSETS][t] = x->book_usd;
  x->row[PROJECT_BOOK_DEPRECIATION][t] = x->depreciation_usd;
  x->row[PROJECT_PROFIT][t] = x->now.profit_usd;
  x->row[PROJECT_LOSSES][t] = x->tax.loss_federal_usd;
}

// After a sale in default there is nothing any more.
static void over(capital_run *x, int32_t t) {
  for (int32_t j = 0; j < x->p->n_facility; j++) capital_fund_over(x, &x->tranche[j], t);
  x->now = (capital_period){0};
  x->tax = (capital_tax_state){0};
  x->depreciation_usd = x->distributed_usd = 0.0;
  x->locked = 0;
  x->defaults = 1;
  x->row[PROJECT_CFADS][t] = x->senior_interest_usd[t] = x->senior_principal_usd[t] = 0.0;
}

static void period(capital_run *x, int32_t t) {
  capital_fund_open(x, t);
  if (t <= x->cost_ends) capital_books_place(x, t);
  double tax = capital_books_tax(x, t);
  if (t < x->starts && x->cash_usd == 0.0) {
    capital_waterfall_idle(x, tax);
  } else {
    capital_waterfall_operate(x, t, tax);
    capital_waterfall_serve(x, 0, 1);
    capital_waterfall_reserve(x, t);
    capital_waterfall_serve(x, 1, x->n_rank);
  }
  capital_fund_need(x, t);
  capital_fund_convert(x, t);
  if (x->budgeted) {
    x->cash_usd = t <= x->built ? x->pool_usd : 0.0;
    return;
  }
  if (x->books) x->depreciation_usd = capital_books_depreciate(x, t);
  x->now.profit_usd -= x->depreciation_usd;
  capital_waterfall_test(x, t);
  capital_waterfall_distribute(x, t);
}

void capital_run_periods(capital_run *x, int32_t to) {
  x->ends = to;
  for (int32_t t = 0; t < to; t++) {
    if (x->sold) over(x, t);
    else period(x, t);
    if (x->budgeted) continue;
    x->row[PROJECT_FLOW][t] = x->distributed_usd - x->now.equity_usd;
    if (!x->flow_only) note(x, t);
  }
}

// ---- Run ------------------------------------------------------------------------------------------------------

// Copies what is given, NULL: zeros, up to the period `live`; 0 from it on.
static void copy_row(double *row, const double *given, int32_t live, int32_t n) {
  size_t copied = given ? (size_t)live : 0;
  if (given) memcpy(row, given, copied * sizeof(double));
  memset(row + copied, 0, ((size_t)n - copied) * sizeof(double));
}

// Rows that follow from what is given, and from other rows. `live`: periods before the project was sold.
static void finish_rows(capital_run *x, int32_t live) {
  const capital_project *p = x->p;
  double *const         *row = x->row;
  for (int32_t t = 0; t < p->n; t++)
    row[PROJECT_PRETAX][t] = row[PROJECT_FLOW][t] + row[PROJECT_TAX_STATE][t] + row[PROJECT_TAX_FEDERAL][t];
  memset(row[PROJECT_RECEIPTS] + live, 0, (size_t)(p->n - live) * sizeof(double));
  copy_row(row[PROJECT_OPEX], p->opex_usd, live, p->n);
  copy_row(row[PROJECT_OTHER], p->other_income_usd, live, p->n);
  copy_row(row[PROJECT_MAINTAINED], p->maintenance_usd, live, p->n);
  for (int32_t j = 0; j < p->n_facility; j++) {
    const capital_tranche *f = &x->tranche[j];
    int32_t                from = f->open || f->over ? f->opened : p->n, to = f->open ? p->n : f->over;
    for (int32_t i = 0; i < CAPITAL_FACILITY_ROWS; i++) {
      if (i == FACILITY_RECOVERED || i == FACILITY_LOST) continue;
      memset(f->row[i], 0, (size_t)from * sizeof(double));
      if (to > from) memset(f->row[i] + to, 0, (size_t)(p->n - to) * sizeof(double));
    }
  }
}

// Rows that few periods write: 0 in all others.
static void clear_rows(capital_run *x) {
  static const int32_t rare[] = {PROJECT_TAX_STATE,       PROJECT_TAX_FEDERAL,       PROJECT_CREDIT,
                                 PROJECT_WRITE_OFF_STATE, PROJECT_WRITE_OFF_FEDERAL, PROJECT_RECOVERED};
  size_t               bytes = (size_t)x->p->n * sizeof(double);
  for (size_t i = 0; i < sizeof rare / sizeof *rare; i++) memset(x->row[rare[i]], 0, bytes);
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    memset(x->tranche[j].row[FACILITY_RECOVERED], 0, bytes);
    memset(x->tranche[j].row[FACILITY_LOST], 0, bytes);
  }
}

// Balance of the senior debt, and its rate, weighted by opening balance.
static void senior_debt(capital_run *x) {
  int32_t n = x->p->n, many = x->n_rank > 0 ? x->rank_from[1] : 0;
  for (int32_t t = 0; t < n; t++) x->senior_balance_usd[t] = x->senior_rate[t] = 0.0;
  for (int32_t i = 0; i < many; i++) {
    const capital_tranche *f = &x->tranche[x->by_rank[i]];
    const double          *balance = f->row[FACILITY_BALANCE], *rate = f->k->rate_frac_per_yr;
    for (int32_t t = 0; t < n; t++) x->senior_balance_usd[t] += balance[t];
    if (many == 1) memcpy(x->senior_rate, rate, (size_t)n * sizeof(double));
    for (int32_t t = 1; many > 1 && t < n; t++) x->senior_rate[t] += balance[t - 1] * rate[t];
  }
  for (int32_t t = 0; many > 1 && t < n; t++) {
    double opening = t > 0 ? x->senior_balance_usd[t - 1] : 0.0;
    if (opening > 0.0) x->senior_rate[t] /= opening;
    else x->senior_rate[t] = x->tranche[x->by_rank[0]].k->rate_frac_per_yr[t];
  }
}

// Ratios of all periods, and the sums at completion.
static sg_err finish(capital_run *x) {
  capital_result *r = x->r;
  // Unpaid sums at thousands of percent can outgrow what a double holds: then there is no answer.
  for (int32_t t = 0; t < x->p->n; t++)
    if (!(fabs(x->row[PROJECT_DEBT][t]) + x->row[PROJECT_ARREARS][t] < 1e250)) return SG_ERR_NUMERIC;
  finish_rows(x, x->sold ? x->sold : x->p->n);
  senior_debt(x);
  capital_cover cover = {r->row[PROJECT_DSCR], r->row[PROJECT_LLCR], r->row[PROJECT_PLCR], r->row[PROJECT_ICR]};
  capital_cover_run(r->row[PROJECT_CFADS], x->senior_interest_usd, x->senior_principal_usd, x->senior_balance_usd,
                    x->senior_rate, x->p->year, x->p->n, &cover);
  r->uses_usd = x->uses_usd;
  r->interest_construction_usd = x->interest_usd;
  r->fees_construction_usd = x->fees_usd;
  r->reserve_close_usd = r->row[PROJECT_RESERVE][x->built];
  r->working_close_usd = r->row[PROJECT_WORKING][x->built];
  r->debt_usd = r->equity_usd = 0.0;
  for (int32_t t = 0; t <= x->built; t++) {
    r->debt_usd += r->row[PROJECT_DRAWS][t] + r->row[PROJECT_CAPITALISED][t];
    r->equity_usd += r->row[PROJECT_EQUITY][t];
  }
  return SG_OK;
}

// Periods 0 .. to - 1, on what close finds. flow_only: of the rows, only the owners' flow is good after it.
static sg_err run(capital_run *x, int32_t flow_only, int32_t to) {
  const capital_project *p = x->p;
  double                *receipts = x->row[PROJECT_RECEIPTS];
  memcpy(receipts, p->receipts_usd, (size_t)p->n * sizeof(double));
  for (int32_t t = 0; p->output && t < p->n; t++) receipts[t] += p->price_usd * p->output[t];
  sg_err err = capital_close(x);
  if (err) return err;
  x->budgeted = 0;
  x->flow_only = flow_only;
  x->books = !flow_only || x->p->recovery_frac != NULL;  // what is sold in default is sold for a share of it
  if (!flow_only) clear_rows(x);
  capital_run_reset(x);
  capital_run_periods(x, to);
  return SG_OK;
}

sg_err capital_project_run(const capital_project *p, capital_result *out) {
  const char *why;
  int32_t     facility;
  capital_run x;
  sg_err      err = capital_project_check(p, &why, &facility);
  if (err) return err;
  begin(&x, p, out);
  err = run(&x, 0, p->n);
  return err ? err : finish(&x);
}

// ---- Price ----------------------------------------------------------------------------------------------------

// Value of the owners' flow at close, discounted from the end of each period, and the scale it is zero against.
static double value_usd(const capital_run *x, double target, int32_t last, double *scale_usd) {
  const double *flow = x->r->row[PROJECT_FLOW];
  double        sum = 0.0, discount = 1.0, step = 1.0, year = 0.0;
  *scale_usd = 0.0;
  for (int32_t t = 0; t <= last; t++) {
    if (x->p->year[t] != year) year = x->p->year[t], step = pow(1.0 + target, -year);
    discount *= step;
    sum += flow[t] * discount;
    *scale_usd += fabs(flow[t]) * discount;
  }
  return sum;
}

static double first_price(const capital_project *p) {
  double sold = sum_to(p->output, p->n), cost = sum_to(p->opex_usd, p->n);
  for (int32_t i = 0; i < p->n_cost; i++) cost += sum_to(p->cost[i].usd, p->n);
  return p->price_usd > 0.0 ? p->price_usd : sold > 0.0 ? cost / sold : 0.0;
}

enum { PRICES = 60, FLOWS = 2 };  // prices tried; the first two of them only draw a line

sg_err capital_project_price(capital_project *p, capital_result *out, double target_frac_per_yr, int32_t target_period,
                             const char **why) {
  capital_run x;
  int32_t     facility;
  sg_err      err = capital_project_check(p, why, &facility);
  if (err) return err;
  if (!p->output || !(first_price(p) > 0.0)) return *why = "nothing is sold at a price", SG_ERR_NUMERIC;
  if (!(target_frac_per_yr > -1.0)) return *why = "the target is -100 % a year or less", SG_ERR_RANGE;
  if (target_period < 0 || target_period >= p->n)
    return *why = "the target period is not one of the project's", SG_ERR_RANGE;
  // Straight lines through the last two values: the value is linear in the price while the size of debt is, and nearly so
  // else. Where that leaves the bracket, halves.
  double price = first_price(p), before = 0.0, value_before = 0.0, low = -HUGE_VAL, high = HUGE_VAL, scale;
  *why = "no price brings the target";
  begin(&x, p, out);
  for (int32_t i = 0; i < PRICES; i++) {
    p->price_usd = price;
    err = run(&x, i < FLOWS, i < FLOWS ? target_period + 1 : p->n);
    if (err) return err;
    double value = value_usd(&x, target_frac_per_yr, target_period, &scale);
    if (fabs(value) <= 1e-13 * scale) {
      *why = NULL;
      if (i < FLOWS) err = run(&x, 0, p->n);
      return err ? err : finish(&x);
    }
    if (value < 0.0) low = price;
    else high = price;
    double next =
        i == 0 ? price * (value < 0.0 ? 1.25 : 0.8) : price - value * (price - before) / (value - value_before);
    if (!(next > low && next < high))
      next = isfinite(low) && isfinite(high) ? 0.5 * (low + high) : 2.0 * price - before;
    if (!isfinite(next) || next == price) return SG_ERR_NUMERIC;
    before = price;
    value_before = value;
    price = next;
  }
  return SG_ERR_NUMERIC;
}
