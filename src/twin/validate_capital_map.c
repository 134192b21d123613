// Map: see validate_capital_map.h. Conventions: data/validation/finance/README.md.
#include "validate_capital_map.h"

#include <math.h>
#include <string.h>

#include "../capital/project.h"
#include "../capital/returns.h"

#define FIGURE_RESULT_RULE(name, unit, tolerance) [RESULT_##name] = {#name, unit, tolerance},
#define FIGURE_ANNUAL_RULE(name, unit, tolerance) [ANNUAL_##name] = {#name, unit, tolerance},
const figure_rule figure_result_rule[RESULT_COUNT] = {FIGURE_RESULTS(FIGURE_RESULT_RULE)};
const figure_rule figure_annual_rule[ANNUAL_COUNT] = {FIGURE_ANNUALS(FIGURE_ANNUAL_RULE)};

#define CENTS 100.0  // per USD

// A case on its way through the kernel. Arrays have n + 1 places: the instant of close, then the years.
typedef struct books {
  const validate_case *c;
  arena               *a;
  validate_report     *report;
  validate_figures    *out;
  const char          *why;
  int32_t              n;
  double               cost_usd, idc_usd;  // total_installed_cost; interest and fees of the construction loans
  double              *price_factor;       // price of a year / price of year 1
  double              *output, *receipts_usd, *spend_usd, *fund_usd, *grant_usd, *year, *rate, *dscr, *federal, *state;
  int32_t             *tax_year;
  capital_project      p;
  capital_result       r;
} books;

static double number(const books *b, case_column k) { return b->c->number[k]; }
static double frac(const books *b, case_column k) { return b->c->number[k] / 100.0; }
static bool   on(const books *b, case_column k) { return b->c->number[k] != 0.0; }

static double at_year(const books *b, case_column k, int32_t t) {
  return b->c->year[k] ? b->c->year[k][t - 1] : b->c->number[k];
}

// A schedule as it stands; a single value grows from year 1 on.
static double grown(const books *b, case_column k, double growth_frac, int32_t t) {
  return b->c->year[k] ? b->c->year[k][t - 1] : b->c->number[k] * pow(1.0 + growth_frac, t - 1);
}

static sg_err refuse(books *b, sg_err err, const char *why) {
  b->why = why;
  return err;
}

// ---- Receipts and cost of operation -------------------------------------------------------------------------------------

static void fill_receipts(books *b) {
  double **out = b->out->annual, first_kwh = 8760.0 * number(b, CASE_gen_kw);
  bool     solved = !on(b, CASE_ppa_soln_mode), scheduled = b->c->year[CASE_ppa_price_input] != NULL;
  if (solved && scheduled)
    validate_note(b->report, b->c->name, "ppa_price_input", "skipped",
                  "the price is solved for: its schedule is not used");
  for (int32_t t = 1; t <= b->n; t++) {
    double left = b->c->year[CASE_degradation] ? 1.0 - at_year(b, CASE_degradation, t) / 100.0
                                               : pow(1.0 - frac(b, CASE_degradation), t - 1);
    out[ANNUAL_energy][t] = first_kwh * left;
    b->price_factor[t] =
        scheduled && !solved ? at_year(b, CASE_ppa_price_input, t) : pow(1.0 + frac(b, CASE_ppa_escalation), t - 1);
    b->output[t] = out[ANNUAL_energy][t] * b->price_factor[t];
    out[ANNUAL_capacity_revenue][t] =
        grown(b, CASE_cp_capacity_payment_amount, frac(b, CASE_cp_capacity_payment_esc), t);
    out[ANNUAL_salvage][t] = t == b->n ? frac(b, CASE_salvage_percentage) * b->cost_usd : 0.0;
    b->receipts_usd[t] = out[ANNUAL_capacity_revenue][t] + out[ANNUAL_salvage][t];
  }
  b->p.price_usd = scheduled && !solved ? 1.0 : number(b, CASE_ppa_price_input);
}

static sg_err fill_opex(books *b) {
  double             **out = b->out->annual, inflation = frac(b, CASE_inflation_rate);
  bool                 renews = on(b, CASE_system_use_recapitalization);
  capital_property_tax tax = {.rate_frac = frac(b, CASE_property_tax_rate),
                              .assessed_frac = frac(b, CASE_prop_tax_cost_assessed_percent),
                              .decline_frac_per_yr = frac(b, CASE_prop_tax_assessed_decline)};
  if (renews && on(b, CASE_system_lifetime_recapitalize) && !b->c->year[CASE_system_lifetime_recapitalize])
    return refuse(b, SG_ERR_RANGE, "system_lifetime_recapitalize: write SCHED and the years, a single flag names none");
  for (int32_t t = 1; t <= b->n; t++) {
    double prices = pow(1.0 + inflation, t - 1);
    out[ANNUAL_om_fixed][t] = grown(b, CASE_om_fixed, inflation + frac(b, CASE_om_fixed_escal), t);
    out[ANNUAL_om_production][t] =
        grown(b, CASE_om_production, inflation + frac(b, CASE_om_production_escal), t) * out[ANNUAL_energy][t] / 1000.0;
    out[ANNUAL_om_capacity][t] =
        grown(b, CASE_om_capacity, inflation + frac(b, CASE_om_capacity_escal), t) * number(b, CASE_system_capacity);
    out[ANNUAL_land_lease][t] =
        grown(b, CASE_om_land_lease, inflation + frac(b, CASE_om_land_lease_escal), t) * number(b, CASE_land_area);
    out[ANNUAL_property_tax][t] = capital_property_tax_usd(&tax, b->cost_usd, t - 1);
    out[ANNUAL_insurance][t] = frac(b, CASE_insurance_rate) * b->cost_usd * prices;
    if (renews)
      out[ANNUAL_recapitalization][t] = number(b, CASE_system_recapitalization_cost) *
                                        at_year(b, CASE_system_lifetime_recapitalize, t) *
                                        pow(1.0 + inflation + frac(b, CASE_system_recapitalization_escalation), t - 1);
    for (int k = ANNUAL_om_fixed; k <= ANNUAL_recapitalization; k++) out[ANNUAL_operating_expenses][t] += out[k][t];
  }
  return SG_OK;
}

// Spending every f years, put aside in equal parts over the f years up to each.
static sg_err fill_equipment(books *b) {
  for (int k = 0; k < CASE_EQUIPMENT_COUNT; k++) {
    double  cost = number(b, (case_column)(CASE_equip1_reserve_cost + 2 * k));
    int32_t every = (int32_t)number(b, (case_column)(CASE_equip1_reserve_freq + 2 * k));
    if (cost == 0.0) continue;
    if (every < 1) return refuse(b, SG_ERR_RANGE, "an equipment reserve has a cost, and a frequency of 0 years");
    for (int32_t y = every; y <= b->n; y += every) {
      double usd = cost * 1000.0 * number(b, CASE_system_capacity) * pow(1.0 + frac(b, CASE_inflation_rate), y - 1);
      b->spend_usd[y] += usd;
      for (int32_t t = y - every + 1; t <= y; t++) b->fund_usd[t] += usd / every;
    }
  }
  // The reference's numbers of classes run as ours do.
  b->p.maintenance_tax = (capital_tax_class){.write_off = (int32_t)number(b, CASE_equip_reserve_depr_fed),
                                             .state_write_off = 1 + (int32_t)number(b, CASE_equip_reserve_depr_sta),
                                             .custom_frac = b->p.cost[CAPITAL_CUSTOM].tax.custom_frac,
                                             .n_custom = b->c->n_custom};
  return SG_OK;
}

// ---- Cost, tax, debt ----------------------------------------------------------------------------------------------------

static double construction_interest(const books *b) {
  double sum = 0.0;
  if (!b->c->idc) return number(b, CASE_construction_financing_cost);
  for (int k = 0; k < CASE_LOAN_COUNT; k++) {
    const double *loan = &b->c->number[CASE_const_per_percent1 + 4 * k];  // percent, rate, months, upfront
    sum += b->cost_usd * loan[0] / 100.0 * (loan[1] / 100.0 / 12.0 * loan[2] / 2.0 + loan[3] / 100.0);
  }
  return sum;
}

// One cost for each tax class in the order of capital_write_off, the last: what is never written off.
static sg_err fill_costs(books *b) {
  double *custom = ARENA_NEW(b->a, double, b->c->n_custom + 1), rest = 1.0;
  if (!custom) return SG_ERR_MEMORY;
  for (int32_t t = 0; t < b->c->n_custom; t++) custom[t] = b->c->custom_percent[t] / 100.0;
  b->p.n_cost = CASE_CLASS_COUNT + 1;
  for (int k = 0; k <= CASE_CLASS_COUNT; k++) {
    double *usd = ARENA_NEW(b->a, double, b->n + 1), share = rest;
    if (!usd) return SG_ERR_MEMORY;
    capital_tax_class tax = {.write_off = CAPITAL_MACRS_5 + k};
    if (k < CASE_CLASS_COUNT) {
      share = frac(b, (case_column)(CASE_depr_alloc_macrs_5_percent + k));
      tax.bonus_federal_frac = frac(b, CASE_depr_bonus_fed) * number(b, (case_column)(CASE_depr_bonus_fed_macrs_5 + k));
      tax.bonus_state_frac = frac(b, CASE_depr_bonus_sta) * number(b, (case_column)(CASE_depr_bonus_sta_macrs_5 + k));
      tax.credit_frac = frac(b, CASE_itc_fed_percent) * number(b, (case_column)(CASE_depr_itc_fed_macrs_5 + k));
    }
    if (tax.write_off == CAPITAL_CUSTOM) tax.custom_frac = custom, tax.n_custom = b->c->n_custom;
    rest -= share;
    if (rest < -1e-6) return refuse(b, SG_ERR_RANGE, "the depr_alloc_ shares sum to more than 100 %");
    usd[0] = (share > 1e-12 ? share : 0.0) * b->cost_usd;
    b->p.cost[k] =
        (capital_cost){.usd = usd, .budget_usd = (double)NAN, .in_service = 0, .life_years = b->n, .tax = tax};
  }
  if (on(b, CASE_depr_alloc_custom_percent) && b->c->n_custom == 0)
    return refuse(b, SG_ERR_RANGE, "depr_alloc_custom_percent without a depr_custom_schedule");
  b->p.close_cost_usd = b->idc_usd + number(b, CASE_cost_debt_closing) + number(b, CASE_cost_other_financing);
  b->p.close_cost_basis_usd = b->idc_usd + number(b, CASE_cost_other_financing);
  return SG_OK;
}

static void fill_tax(books *b) {
  for (int32_t t = 1; t <= b->n; t++) {
    b->federal[t - 1] = at_year(b, CASE_federal_tax_rate, t) / 100.0;
    b->state[t - 1] = at_year(b, CASE_state_tax_rate, t) / 100.0;
  }
  b->p.tax = (capital_tax_terms){.federal_frac = b->federal[0],
                                 .state_frac = b->state[0],
                                 .losses = CAPITAL_LOSSES_REFUND,
                                 .loss_limit_frac = 1.0,
                                 .interest_limit_frac = (double)NAN};
  b->p.federal_frac = b->federal;
  b->p.state_frac = b->state;
}

static double working_capital(const books *b) {
  return number(b, CASE_months_working_reserve) / 12.0 * b->out->annual[ANNUAL_operating_expenses][1];
}

// What the reference lends by `debt_percent`: q A (1 + q fee), where A holds the reserve of the first service, which
// follows from the debt: D = q (A0 + months / 12 * service of a dollar * D) (1 + q fee).
static sg_err lend_by_percent(books *b, const capital_facility *f, double *usd) {
  double  q = frac(b, CASE_debt_percent), of_cost = q * (1.0 + q * frac(b, CASE_cost_debt_fee));
  double  before = b->cost_usd + b->p.close_cost_usd + working_capital(b) - number(b, CASE_ibi_sta_amount);
  double *principal = ARENA_NEW(b->a, double, f->tenor), *year = ARENA_NEW(b->a, double, f->tenor),
         *rate = ARENA_NEW(b->a, double, f->tenor);
  if (!principal || !year || !rate) return SG_ERR_MEMORY;
  for (int32_t t = 0; t < f->tenor; t++) year[t] = 1.0, rate[t] = b->rate[1];
  capital_repay_plan plan = {
      .repays = f->repays, .n = f->tenor, .grace = f->grace, .year = year, .rate_frac_per_yr = rate};
  if (capital_repay_profile(&plan, principal, NULL))
    return refuse(b, SG_ERR_RANGE, "the loan cannot be repaid: the moratorium is as long as the tenor");
  double reserve = f->reserve_months / 12.0 * (rate[0] + principal[0]);
  if (reserve * of_cost >= 1.0) return refuse(b, SG_ERR_RANGE, "the reserve of the debt is larger than the debt");
  *usd = of_cost * before / (1.0 - reserve * of_cost);
  return SG_OK;
}

static sg_err fill_debt(books *b) {
  capital_facility *f = &b->p.facility[0];
  bool              sculpted = on(b, CASE_debt_option);
  int32_t           tenor = (int32_t)number(b, CASE_term_tenor);
  if (!sculpted && !on(b, CASE_debt_percent)) return SG_OK;
  if (tenor < 1) return refuse(b, SG_ERR_RANGE, "there is debt, and term_tenor is 0");
  if (sculpted && (on(b, CASE_loan_moratorium) || on(b, CASE_payment_option)))
    validate_note(b->report, b->c->name, "loan_moratorium, payment_option", "skipped",
                  "sculpted debt has neither: the case was computed without them");
  if (sculpted && !(number(b, CASE_dscr) > 0.0)) return refuse(b, SG_ERR_RANGE, "debt_option 1 needs a dscr above 0");
  for (int32_t t = 0; t <= b->n; t++) b->rate[t] = frac(b, CASE_term_int_rate), b->dscr[t] = number(b, CASE_dscr);
  *f = (capital_facility){.terms = {.upfront_frac = frac(b, CASE_cost_debt_fee)},
                          .tenor = sculpted && tenor > b->n ? b->n : tenor,
                          .rate_frac_per_yr = b->rate,
                          .llcr = (double)NAN,
                          .leverage_frac = (double)NAN,
                          .commitment_usd = (double)NAN,
                          .advance_frac = (double)NAN,
                          .draws_end = 1,
                          .reserve_months = number(b, CASE_dscr_reserve_months),
                          .lockup_dscr = (double)NAN,
                          .default_dscr = (double)NAN};
  b->p.n_facility = 1;
  if (!sculpted) {
    f->repays = on(b, CASE_payment_option) ? CAPITAL_REPAYS_CONSTANT : CAPITAL_REPAYS_LEVEL;
    f->grace = (int32_t)number(b, CASE_loan_moratorium);
    return lend_by_percent(b, f, &f->commitment_usd);
  }
  f->repays = CAPITAL_REPAYS_SCULPTED;
  f->dscr = b->dscr;
  if (on(b, CASE_dscr_limit_debt_fraction))  // of a cost in which the debt's fee and reserve are estimated or left out
    f->commitment_usd = frac(b, CASE_dscr_maximum_debt_fraction) *
                        (b->cost_usd + b->p.close_cost_usd + f->terms.upfront_frac * b->cost_usd + working_capital(b) -
                         number(b, CASE_ibi_sta_amount));
  return SG_OK;
}

// ---- The run ------------------------------------------------------------------------------------------------------------

static sg_err take_memory(books *b) {
  size_t   n = (size_t)b->n + 1;
  double **own[] = {&b->price_factor, &b->output, &b->receipts_usd, &b->spend_usd, &b->fund_usd, &b->grant_usd,
                    &b->year,         &b->rate,   &b->dscr,         &b->federal,   &b->state};
  for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
    if (!(*own[i] = ARENA_NEW(b->a, double, n))) return SG_ERR_MEMORY;
  for (int k = 0; k < ANNUAL_COUNT; k++)
    if (!(b->out->annual[k] = ARENA_NEW(b->a, double, n))) return SG_ERR_MEMORY;
  b->tax_year = ARENA_NEW(b->a, int32_t, n);
  if (!b->tax_year) return SG_ERR_MEMORY;
  for (int32_t t = 0; t <= b->n; t++) b->year[t] = t > 0, b->tax_year[t] = t - 1;
  return SG_OK;
}

static void fill_project(books *b) {
  capital_project *p = &b->p;
  p->n = b->n + 1;
  p->year = b->year;
  p->tax_year = b->tax_year;
  p->receipts_usd = b->receipts_usd;
  p->output = b->output;
  p->opex_usd = b->out->annual[ANNUAL_operating_expenses];
  b->grant_usd[0] = number(b, CASE_ibi_sta_amount);
  p->other_income_usd = b->grant_usd;
  p->working_months = number(b, CASE_months_working_reserve);
  p->maintenance_usd = b->spend_usd;
  p->maintenance_fund_usd = b->fund_usd;
  p->cfads_after_tax = 0;
  p->reserve_rule = CAPITAL_RESERVE_NEXT;
  p->reserve_at_close = 1;
  p->reserve_rate_frac_per_yr = frac(b, CASE_reserves_interest);
  p->funding = CAPITAL_FUND_DEBT_FIRST;
  p->equity_usd = (double)NAN;
  p->cure_usd = HUGE_VAL;
  p->equity = (capital_equity_terms){.n_owner = 1, .n_tier = 1, .call_frac = {1.0}};
  p->equity.tier[0] = (capital_tier){.hurdle_frac_per_yr = (double)NAN, .measured = -1, .share_frac = {1.0}};
}

static sg_err bind_result(books *b) {
  size_t bytes = capital_result_bytes(&b->p);
  void  *memory = bytes == SIZE_MAX ? NULL : arena_take(b->a, bytes, 1);
  if (!memory) return SG_ERR_MEMORY;
  capital_result_bind(&b->p, memory, &b->r);
  return SG_OK;
}

static capital_flip flip_terms(const books *b) {
  return (capital_flip){.target_frac = frac(b, CASE_flip_target_percent),
                        .equity_frac = frac(b, CASE_tax_investor_equity_percent),
                        .cash_before_frac = frac(b, CASE_tax_investor_preflip_cash_percent),
                        .tax_before_frac = frac(b, CASE_tax_investor_preflip_tax_percent),
                        .cash_after_frac = frac(b, CASE_tax_investor_postflip_cash_percent),
                        .tax_after_frac = frac(b, CASE_tax_investor_postflip_tax_percent)};
}

// Income tax received, credits included: what the reference shares out beside cash.
static double tax_received(const books *b, int32_t t) {
  return b->r.row[PROJECT_FLOW][t] - b->r.row[PROJECT_PRETAX][t];
}

// NPV at the target of what the investor has with the shares before the flip, up to the target year.
static sg_err investor_short(books *b, double price_usd, double *npv_usd) {
  capital_flip k = flip_terms(b);
  int32_t      last = (int32_t)number(b, CASE_flip_target_year);
  double       sum = 0.0, discount = 1.0;
  b->p.price_usd = price_usd;
  sg_err err = capital_project_run(&b->p, &b->r);
  for (int32_t t = 0; t <= last && !err; t++, discount /= 1.0 + k.target_frac) {
    double cash_frac = t ? k.cash_before_frac : k.equity_frac;
    sum += discount * (cash_frac * b->r.row[PROJECT_PRETAX][t] + (t ? k.tax_before_frac * tax_received(b, t) : 0.0));
  }
  *npv_usd = sum;
  return err;
}

// The price at which the investor has its target in the target year: secant steps, the flows being linear in the price
// but where a cap on the debt begins to bind.
static sg_err price_for_investor(books *b) {
  double low = 0.0, high = number(b, CASE_ppa_price_input), f_low, f_high;
  if (high == low) high = 0.1;
  sg_err err = investor_short(b, low, &f_low);
  if (!err) err = investor_short(b, high, &f_high);
  for (int i = 0; i < 60 && !err; i++) {
    if (fabs(f_high) <= 1e-14 * b->cost_usd || high == low) return SG_OK;
    if (f_high == f_low) break;
    double next = high - f_high * (high - low) / (f_high - f_low);
    low = high, f_low = f_high, high = next;
    err = investor_short(b, high, &f_high);
  }
  return err                                   ? err
         : fabs(f_high) <= 1e-11 * b->cost_usd ? SG_OK
                                               : refuse(b, SG_ERR_NUMERIC, "no price gives the investor its target");
}

static sg_err run(books *b) {
  int32_t last = (int32_t)number(b, CASE_flip_target_year), facility = -1;
  bool    solved = !on(b, CASE_ppa_soln_mode);
  if (solved && (last < 1 || last > b->n)) return refuse(b, SG_ERR_RANGE, "flip_target_year lies outside the analysis");
  sg_err err = capital_project_check(&b->p, &b->why, &facility);
  if (!err) err = bind_result(b);
  if (err) return err;
  if (!solved) return capital_project_run(&b->p, &b->r);
  if (b->c->flip) return price_for_investor(b);
  return capital_project_price(&b->p, &b->r, frac(b, CASE_flip_target_percent), last, &b->why);
}

// ---- Figures by the reference's names -----------------------------------------------------------------------------------

// The only rate; of several, where the first flow is paid out, the greatest: the one above which NPV is negative.
static double irr_percent(const double *flow, int32_t n) {
  capital_irr_result found;
  if (!capital_irr(flow, (size_t)n, &found)) return 100.0 * found.rate_frac;
  return found.n_root > 1 && flow[0] < 0.0 ? 100.0 * found.root[found.n_root - 1] : (double)NAN;
}

static double row_of(const books *b, capital_project_row k, int32_t t) { return b->r.row[k][t]; }

static void give_year(books *b, int32_t t) {
  double **out = b->out->annual, price = b->p.price_usd;
  out[ANNUAL_price][t] = CENTS * price * b->price_factor[t];
  out[ANNUAL_energy_revenue][t] = price * b->output[t];
  out[ANNUAL_total_revenue][t] = row_of(b, PROJECT_RECEIPTS, t);
  out[ANNUAL_ebitda][t] = row_of(b, PROJECT_RECEIPTS, t) - row_of(b, PROJECT_OPEX, t);
  out[ANNUAL_equip_funding][t] = b->fund_usd[t];
  out[ANNUAL_equip_disbursement][t] = -b->spend_usd[t];
  out[ANNUAL_cafds][t] = t && t <= number(b, CASE_term_tenor) ? row_of(b, PROJECT_CFADS, t) : 0.0;
  // Where sculpted service is less than interest, the kernel relends the rest and the reference has negative principal.
  out[ANNUAL_debt_interest][t] = b->p.n_facility ? b->r.facility[0][FACILITY_INTEREST_DUE][t] : 0.0;
  out[ANNUAL_debt_principal][t] = row_of(b, PROJECT_SERVICE, t) - out[ANNUAL_debt_interest][t];
  out[ANNUAL_debt_service][t] = row_of(b, PROJECT_SERVICE, t);
  out[ANNUAL_debt_balance][t] = row_of(b, PROJECT_DEBT, t);
  out[ANNUAL_dscr][t] = isnan(row_of(b, PROJECT_DSCR, t)) ? 0.0 : row_of(b, PROJECT_DSCR, t);
  out[ANNUAL_dsra_balance][t] = row_of(b, PROJECT_RESERVE, t);
  out[ANNUAL_working_capital_balance][t] = row_of(b, PROJECT_WORKING, t);
  out[ANNUAL_equip_balance][t] = row_of(b, PROJECT_MAINTENANCE, t);
  out[ANNUAL_reserve_interest][t] = row_of(b, PROJECT_RESERVE_INTEREST, t);
  out[ANNUAL_state_depreciation][t] = row_of(b, PROJECT_WRITE_OFF_STATE, t);
  out[ANNUAL_federal_depreciation][t] = row_of(b, PROJECT_WRITE_OFF_FEDERAL, t);
  out[ANNUAL_itc][t] = row_of(b, PROJECT_CREDIT, t);
  out[ANNUAL_state_tax][t] = -row_of(b, PROJECT_TAX_STATE, t);
  out[ANNUAL_federal_tax][t] = -row_of(b, PROJECT_TAX_FEDERAL, t) - row_of(b, PROJECT_CREDIT, t);
  out[ANNUAL_pretax_cashflow][t] = row_of(b, PROJECT_PRETAX, t);
  out[ANNUAL_aftertax_cashflow][t] = row_of(b, PROJECT_FLOW, t);
  out[ANNUAL_annual_costs][t] =
      row_of(b, PROJECT_FLOW, t) - out[ANNUAL_energy_revenue][t] - out[ANNUAL_capacity_revenue][t];
  out[ANNUAL_project_pretax_cashflow][t] = row_of(b, PROJECT_PRETAX, t);
  out[ANNUAL_project_aftertax_cashflow][t] = row_of(b, PROJECT_FLOW, t);
}

static void give_sizes(books *b) {
  double *out = b->out->result;
  double  installed = b->r.uses_usd - number(b, CASE_ibi_sta_amount);
  out[RESULT_size_of_debt] = b->r.debt_usd;
  out[RESULT_debt_fraction] = 100.0 * b->r.debt_usd / installed;
  out[RESULT_total_installed_cost] = b->cost_usd;
  out[RESULT_construction_financing_cost] = b->idc_usd;
  out[RESULT_cost_debt_upfront] = b->r.fees_construction_usd;
  out[RESULT_cost_financing] = b->r.uses_usd - b->cost_usd;
  out[RESULT_cost_installed] = installed;
  out[RESULT_size_of_equity] = b->r.equity_usd;
  out[RESULT_min_dscr] = capital_cover_least(b->r.row[PROJECT_DSCR], b->n + 1);
  out[RESULT_avg_dscr] = capital_cover_average(b->r.row[PROJECT_DSCR], b->n + 1);
  out[RESULT_tax_basis] = b->cost_usd + b->p.close_cost_basis_usd;
}

static void give_returns(books *b) {
  double *out = b->out->result, **annual = b->out->annual;
  size_t  n = (size_t)b->n + 1;
  double  real = frac(b, CASE_real_discount_rate), d = (1.0 + frac(b, CASE_inflation_rate)) * (1.0 + real) - 1.0;
  double  energy = capital_npv(annual[ANNUAL_energy], n, d), energy_real = capital_npv(annual[ANNUAL_energy], n, real);
  double  revenue = capital_npv(annual[ANNUAL_energy_revenue], n, d);
  double  cost = -capital_npv(annual[ANNUAL_annual_costs], n, d);
  int32_t last = (int32_t)number(b, CASE_flip_target_year);
  for (size_t t = 0; t < n; t++)
    annual[ANNUAL_aftertax_npv_cumulative][t] = capital_npv(annual[ANNUAL_aftertax_cashflow], t + 1, d);
  out[RESULT_ppa_year1] = annual[ANNUAL_price][1];
  out[RESULT_npv_aftertax] = out[RESULT_project_npv_aftertax] = annual[ANNUAL_aftertax_npv_cumulative][b->n];
  out[RESULT_irr_exact] = out[RESULT_irr_aftertax_ssc] = out[RESULT_project_irr_exact] =
      irr_percent(annual[ANNUAL_aftertax_cashflow], b->n + 1);
  if (last >= 1 && last <= b->n)
    out[RESULT_irr_at_target_year_exact] = irr_percent(annual[ANNUAL_aftertax_cashflow], last + 1);
  out[RESULT_npv_pretax] = capital_npv(annual[ANNUAL_pretax_cashflow], n, d);
  out[RESULT_npv_annual_costs] = cost;
  out[RESULT_npv_energy_nom] = energy;
  out[RESULT_npv_energy_real] = energy_real;
  out[RESULT_nominal_discount_rate] = d;
  out[RESULT_pv_cafds] = capital_npv(annual[ANNUAL_cafds], n, frac(b, CASE_term_int_rate));
  if (energy == 0.0 || energy_real == 0.0) return;
  out[RESULT_lcoe_nom] = CENTS * cost / energy;
  out[RESULT_lcoe_real] = CENTS * cost / energy_real;
  out[RESULT_lppa_nom] = CENTS * revenue / energy;
  out[RESULT_lppa_real] = CENTS * revenue / energy_real;
}

static sg_err give_flip(books *b) {
  capital_flip k = flip_terms(b);
  double     **annual = b->out->annual, *tax = ARENA_NEW(b->a, double, b->n + 1);
  double       d = b->out->result[RESULT_nominal_discount_rate];
  if (!tax) return SG_ERR_MEMORY;
  for (int32_t t = 1; t <= b->n; t++) tax[t] = tax_received(b, t);
  int32_t first = capital_flip_run(&k, b->r.row[PROJECT_PRETAX], tax, b->n + 1, annual[ANNUAL_investor_aftertax],
                                   annual[ANNUAL_developer_aftertax], annual[ANNUAL_investor_irr_to_date_exact]);
  for (int32_t t = 0; t <= b->n; t++) {
    double cash_frac = t == 0 ? k.equity_frac : t < first ? k.cash_before_frac : k.cash_after_frac;
    annual[ANNUAL_investor_cash][t] = cash_frac * b->r.row[PROJECT_PRETAX][t];
    annual[ANNUAL_investor_tax][t] = (t < first ? k.tax_before_frac : k.tax_after_frac) * tax[t];
    annual[ANNUAL_developer_cash][t] = b->r.row[PROJECT_PRETAX][t] - annual[ANNUAL_investor_cash][t];
    annual[ANNUAL_developer_tax][t] = tax[t] - annual[ANNUAL_investor_tax][t];
    double *irr = &annual[ANNUAL_investor_irr_to_date_exact][t];
    *irr = isnan(*irr) ? irr_percent(annual[ANNUAL_investor_aftertax], t + 1) : 100.0 * *irr;
  }
  double *out = b->out->result, *investor = annual[ANNUAL_investor_aftertax];
  size_t  n = (size_t)b->n + 1;
  // Reached in the last year, it leaves no year for the shares after it: looked at apart.
  bool reached = capital_npv(investor, n, k.target_frac) >= -1e-9 * capital_npv_scale(investor, NULL, n, k.target_frac);
  if (first <= b->n || reached) out[RESULT_flip_year] = first - 1;
  out[RESULT_investor_irr_exact] = irr_percent(annual[ANNUAL_investor_aftertax], b->n + 1);
  out[RESULT_developer_irr_exact] = irr_percent(annual[ANNUAL_developer_aftertax], b->n + 1);
  out[RESULT_investor_npv] = capital_npv(annual[ANNUAL_investor_aftertax], n, d);
  out[RESULT_developer_npv] = capital_npv(annual[ANNUAL_developer_aftertax], n, d);
  return SG_OK;
}

// What the reference sizes on, and lenders do not.
static sg_err check_size(books *b) {
  if (b->p.n_facility && b->r.debt_usd < b->r.size[0].usd * (1.0 - 1e-12))
    return refuse(b, SG_ERR_RANGE, "the loan is larger than all cost: owners would be paid out at close");
  for (int32_t t = 1; t <= b->n && on(b, CASE_debt_option); t++)
    if (b->out->annual[ANNUAL_cafds][t] < 0.0)
      return refuse(b, SG_ERR_RANGE,
                    "cash for debt service is negative in a year of sculpted debt: nothing is lent on it here");
  return SG_OK;
}

sg_err validate_case_compute(const validate_case *c, arena *a, validate_report *report, validate_figures *out,
                             const char **why) {
  books b = {.c = c, .a = a, .report = report, .out = out, .n = c->n, .cost_usd = c->number[CASE_total_installed_cost]};
  for (int k = 0; k < RESULT_COUNT; k++) out->result[k] = (double)NAN;
  *why = NULL;
  sg_err err = take_memory(&b);
  if (err) return err;
  b.idc_usd = construction_interest(&b);
  fill_project(&b);
  fill_receipts(&b);
  fill_tax(&b);
  err = fill_opex(&b);
  if (!err) err = fill_costs(&b);
  if (!err) err = fill_equipment(&b);
  if (!err) err = fill_debt(&b);
  if (!err) err = run(&b);
  if (!err) {
    for (int32_t t = 0; t <= b.n; t++) give_year(&b, t);
    give_sizes(&b);
    give_returns(&b);
    err = check_size(&b);
  }
  if (!err && c->flip) err = give_flip(&b);
  for (int k = ANNUAL_investor_cash; k <= ANNUAL_investor_irr_to_date_exact && !c->flip; k++) out->annual[k] = NULL;
  *why = b.why ? b.why : sg_err_meaning(err);
  return err;
}
