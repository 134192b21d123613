// From parties and contracts to ledger legs, lines of payment and deals.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "parts.h"

// ---- Who is who ---------------------------------------------------------------------------------------------------

static int32_t by_name(const twin_model *m, const char *name) { return programme_find(&m->p, CLASS_PARTY, name); }

static void find_outside(twin_model *m) {
  m->party_builders = by_name(m, "builders");
  m->party_vendor = by_name(m, "chip-vendor");
  m->party_utility = by_name(m, "utility");
  m->party_fuel = by_name(m, "fuel-supplier");
  m->party_staff = by_name(m, "staff");
  m->party_customers = by_name(m, "customers");
  m->party_tax = by_name(m, "tax-authority");
  m->party_markets = by_name(m, "markets");
}

static int32_t first_inside(const twin_model *m) {
  for (int32_t i = 0; i < m->n[CLASS_PARTY]; i++)
    if (m->inside[i]) return i;
  return -1;
}

// Who receives equity or a loan is who builds, when nobody is named.
static int32_t likely_owner(const twin_model *m) {
  const twin_view *v = &m->plan_view;
  for (int32_t k = 0; k < m->n[CLASS_CONTRACT]; k++) {
    int32_t rule = v->contract_type[v->contract[k].type].rule;
    if (rule == CAPITAL_RULE_EQUITY || rule == CAPITAL_RULE_LOAN) return v->contract[k].to;
  }
  return first_inside(m);
}

// Who sells services runs the machines, when nobody is named.
static int32_t likely_operator(const twin_model *m, int32_t owner) {
  const twin_view *v = &m->plan_view;
  for (int32_t k = 0; k < m->n[CLASS_CONTRACT]; k++)
    if (v->contract_type[v->contract[k].type].rule == CAPITAL_RULE_COMPUTE && v->contract[k].to == owner) return owner;
  return owner;
}

static sg_err find_parties(twin_load *load) {
  twin_model *m = load->m;
  const twin_view *v = &m->plan_view;
  int32_t n_campus = m->n[CLASS_CAMPUS];
  m->inside = ARENA_NEW(m->a, unsigned char, m->n[CLASS_PARTY] + 1);
  m->owner = ARENA_NEW(m->a, int32_t, 2 * n_campus + 1);
  m->operator_ = ARENA_NEW(m->a, int32_t, 2 * n_campus + 1);
  m->buyer = ARENA_NEW(m->a, int32_t, 2 * n_campus + 1);
  if (!m->inside || !m->owner || !m->operator_ || !m->buyer) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < m->n[CLASS_PARTY]; i++) m->inside[i] = !v->party[i].deep && !v->top->parties_inside.n;
  for (int32_t i = 0; i < v->top->parties_inside.n; i++) m->inside[v->ref[v->top->parties_inside.first + i]] = 1;
  int32_t owner = v->top->owner >= 0 ? v->top->owner : likely_owner(m);
  if (owner < 0)
    return diag_add(load->diags, SG_ERROR, SG_ERR_KEY, (diag_place){ load->user->place.source, 1, 1, 1 },
                    "parties: {builder: {role: owner, cash: $1B}}", "the programme has no party that could own anything");
  int32_t operator_ = v->top->operator_ >= 0 ? v->top->operator_ : likely_operator(m, owner);
  for (int32_t c = 0; c < n_campus; c++) {
    const twin_campus *campus = &v->campus[c];
    m->owner[2 * c] = campus->owner >= 0 ? campus->owner : owner;
    m->operator_[2 * c] = campus->operator_ >= 0 ? campus->operator_ : campus->owner >= 0 && v->top->operator_ < 0 ? campus->owner : operator_;
    m->buyer[2 * c] = campus->buyer >= 0 ? campus->buyer : m->owner[2 * c];
    bool other = campus->otherwise >= 0;
    m->owner[2 * c + 1] = other ? campus->otherwise : m->owner[2 * c];
    m->operator_[2 * c + 1] = other && m->operator_[2 * c] == m->owner[2 * c] ? campus->otherwise : m->operator_[2 * c];
    m->buyer[2 * c + 1] = other && m->buyer[2 * c] == m->owner[2 * c] ? campus->otherwise : m->buyer[2 * c];
  }
  return SG_OK;
}

// ---- Legs and lines -------------------------------------------------------------------------------------------------

static int32_t add_leg(twin_model *m, int32_t a, int debit_a, int credit_a, int32_t b, int debit_b, int credit_b,
                       int32_t campus, int32_t contract, twin_kind kind) {
  m->leg[m->n_leg] = (ledger_leg){ a, debit_a, credit_a, b, debit_b, credit_b, campus, contract, (int32_t)kind };
  return m->n_leg++;
}

// A line on which `payer` owes `payee`; -1 when they are one.
static int32_t add_line(twin_model *m, int32_t payer, int32_t payee, int books, int32_t rank, int32_t campus,
                        int32_t contract, twin_kind kind) {
  if (payer < 0 || payee < 0 || payer == payee) return -1;
  int32_t bill = -1, pay;
  if (books == CAPITAL_BOOKS_EQUITY) {
    pay = add_leg(m, payer, LEDGER_INVESTMENTS, LEDGER_CASH, payee, LEDGER_CASH, LEDGER_CONTRIBUTED, campus, contract, kind);
  } else if (books == CAPITAL_BOOKS_LOAN) {
    pay = add_leg(m, payer, LEDGER_LOANS_OWED, LEDGER_CASH, payee, LEDGER_CASH, LEDGER_LOANS_GIVEN, campus, contract, kind);
  } else {
    int debit = books == CAPITAL_BOOKS_ASSET ? LEDGER_FIXED_ASSETS : LEDGER_EXPENSE;
    bill = add_leg(m, payer, debit, LEDGER_PAYABLE, payee, LEDGER_RECEIVABLE, LEDGER_REVENUE, campus, contract, kind);
    pay = add_leg(m, payer, LEDGER_PAYABLE, LEDGER_CASH, payee, LEDGER_CASH, LEDGER_RECEIVABLE, campus, contract, kind);
  }
  bool capital = kind == KIND_CONSTRUCTION || kind == KIND_GENERATION || kind == KIND_RACKS || kind == KIND_PURCHASE;
  bool operating = !capital && kind != KIND_INTEREST && kind != KIND_PRINCIPAL && kind != KIND_EQUITY && kind != KIND_OUTGO;
  m->line[m->n_line] = (twin_line){ payer, payee, bill, pay, rank, m->n_line, campus, contract, kind, capital, operating };
  return m->n_line++;
}

static int32_t rank_of(const twin_model *m, int rule, int32_t fallback) {
  for (int32_t t = 0; t < m->n[CLASS_CONTRACT_TYPE]; t++)
    if (m->plan_view.contract_type[t].rule == rule) return m->plan_view.contract_type[t].rank;
  return fallback;
}

bool twin_contract_covers(const twin_view *v, const capital_contract *k, int32_t campus) {
  if (!k->campuses.n) return true;
  for (int32_t i = 0; i < k->campuses.n; i++)
    if (v->ref[k->campuses.first + i] == campus) return true;
  return false;
}

static bool is_payer(const twin_view *v, const capital_contract *k, int32_t party) {
  for (int32_t i = 0; i < k->from.n; i++)
    if (v->share[k->from.first + i].of == party) return true;
  return false;
}

// Whom a campus pays under a rule: the payee of the first contract that covers it, else the outside party.
static int32_t payee_of(const twin_model *m, int32_t campus, int32_t payer, int rule, int32_t outside, int32_t *contract) {
  const twin_view *v = &m->plan_view;
  *contract = -1;
  for (int32_t k = 0; k < m->n[CLASS_CONTRACT]; k++) {
    const capital_contract *at = &v->contract[k];
    if (v->contract_type[at->type].rule != rule || !twin_contract_covers(v, at, campus) || !is_payer(v, at, payer)) continue;
    *contract = k;
    return at->to;
  }
  return outside;
}

static int32_t campus_line(twin_model *m, int32_t campus, int32_t payer, int rule, int32_t outside, int books, twin_kind kind) {
  int32_t contract, payee = payee_of(m, campus, payer, rule, outside, &contract);
  int32_t rank = contract >= 0 && m->plan_view.contract[contract].rank >= 0 ? m->plan_view.contract[contract].rank : rank_of(m, rule, 1);
  return add_line(m, payer, payee, books, rank, campus, contract, kind);
}

static void make_campus_lines(twin_model *m) {
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
    for (int32_t variant = 0; variant < 2; variant++) {
      int32_t at = 2 * c + variant;
      twin_campus_lines *lines = &m->campus_lines[at];
      if (variant && m->plan_view.campus[c].otherwise < 0) { *lines = m->campus_lines[at - 1]; continue; }
      lines->construction = campus_line(m, c, m->owner[at], CAPITAL_RULE_CONSTRUCTION, m->party_builders, CAPITAL_BOOKS_ASSET, KIND_CONSTRUCTION);
      lines->generation = campus_line(m, c, m->owner[at], CAPITAL_RULE_CONSTRUCTION, m->party_builders, CAPITAL_BOOKS_ASSET, KIND_GENERATION);
      lines->racks = campus_line(m, c, m->buyer[at], CAPITAL_RULE_PURCHASE, m->party_vendor, CAPITAL_BOOKS_ASSET, KIND_RACKS);
      lines->energy = campus_line(m, c, m->operator_[at], CAPITAL_RULE_ENERGY, m->party_utility, CAPITAL_BOOKS_EXPENSE, KIND_ENERGY);
      lines->fuel = add_line(m, m->operator_[at], m->party_fuel, CAPITAL_BOOKS_EXPENSE, rank_of(m, CAPITAL_RULE_ENERGY, 0), c, -1, KIND_FUEL);
      lines->opex = campus_line(m, c, m->operator_[at], CAPITAL_RULE_OPERATION, m->party_staff, CAPITAL_BOOKS_EXPENSE, KIND_OPEX);
      lines->depreciation_owner = add_leg(m, m->owner[at], LEDGER_EXPENSE, LEDGER_FIXED_ASSETS, -1, 0, 0, c, -1, KIND_DEPRECIATION);
      lines->depreciation_buyer = add_leg(m, m->buyer[at], LEDGER_EXPENSE, LEDGER_FIXED_ASSETS, -1, 0, 0, c, -1, KIND_DEPRECIATION);
    }
}

static void make_deal(twin_model *m, int32_t k, int32_t share) {
  const twin_view *v = &m->plan_view;
  const capital_contract *at = &v->contract[k];
  int rule = v->contract_type[at->type].rule;
  int32_t other = v->share[share].of, rank = capital_contract_rank(at, &v->contract_type[at->type]);
  twin_deal d = { .contract = k, .share = share, .rule = rule, .payer = other, .payee = at->to, .line = -1, .principal = -1, .draw_leg = -1,
                  .capitalised_leg = -1, .relet_leg = -1, .distribution_leg = -1, .damages_line = -1 };
  switch (rule) {
    case CAPITAL_RULE_EQUITY:
      d.line = add_line(m, other, at->to, CAPITAL_BOOKS_EQUITY, rank, -1, k, KIND_EQUITY);
      d.distribution_leg = add_leg(m, at->to, LEDGER_CONTRIBUTED, LEDGER_CASH, other, LEDGER_CASH, LEDGER_REVENUE, -1, k, KIND_DISTRIBUTION);
      for (int32_t i = 0; i < m->n_deal; i++) d.owner += m->deal[i].rule == CAPITAL_RULE_EQUITY && m->deal[i].payee == at->to;
      break;
    case CAPITAL_RULE_LOAN:  // the lender is `from`; the borrower pays it back
      d.line = add_line(m, at->to, other, CAPITAL_BOOKS_EXPENSE, rank, -1, k, KIND_INTEREST);
      d.principal = add_line(m, at->to, other, CAPITAL_BOOKS_LOAN, rank + 1, -1, k, KIND_PRINCIPAL);
      d.draw_leg = add_leg(m, other, LEDGER_LOANS_GIVEN, LEDGER_CASH, at->to, LEDGER_CASH, LEDGER_LOANS_OWED, -1, k, KIND_DRAW);
      d.capitalised_leg = add_leg(m, other, LEDGER_LOANS_GIVEN, LEDGER_REVENUE, at->to, LEDGER_FIXED_ASSETS, LEDGER_LOANS_OWED, -1, k, KIND_CAPITALISED);
      break;
    case CAPITAL_RULE_LEASE: case CAPITAL_RULE_COMPUTE:
      d.line = add_line(m, other, at->to, CAPITAL_BOOKS_EXPENSE, rank, -1, k, rule == CAPITAL_RULE_LEASE ? KIND_LEASE : KIND_COMPUTE);
      if (at->to != m->party_customers)
        d.relet_leg = add_leg(m, m->party_customers, LEDGER_EXPENSE, LEDGER_CASH, at->to, LEDGER_CASH, LEDGER_REVENUE, -1, k, KIND_RELET);
      if (at->late_usd_per_mw_month > 0) d.damages_line = add_line(m, at->to, other, CAPITAL_BOOKS_EXPENSE, rank, -1, k, KIND_DAMAGES);
      break;
    default: return;  // the others say whom a campus pays: payee_of
  }
  if (d.line >= 0) m->deal[m->n_deal++] = d;
}

static void make_party_legs(twin_model *m) {
  const twin_view *v = &m->plan_view;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    m->income_leg[p] = m->outgo_line[p] = m->tax_line[p] = m->revaluation_leg[p] = m->asset_sale_leg[p] = m->asset_loss_leg[p] = m->founding_leg[p] = m->earned_leg[p] = -1;
    if (v->party[p].deep) continue;
    m->income_leg[p] = add_leg(m, m->party_customers, LEDGER_EXPENSE, LEDGER_CASH, p, LEDGER_CASH, LEDGER_REVENUE, -1, -1, KIND_INCOME);
    m->outgo_line[p] = add_line(m, p, m->party_staff, CAPITAL_BOOKS_EXPENSE, 0, -1, -1, KIND_OUTGO);
    m->revaluation_leg[p] = add_leg(m, p, LEDGER_LISTED_ASSETS, LEDGER_REVALUATION, -1, 0, 0, -1, -1, KIND_REVALUATION);
    m->asset_sale_leg[p] = add_leg(m, m->party_markets, LEDGER_LISTED_ASSETS, LEDGER_CASH, p, LEDGER_CASH, LEDGER_LISTED_ASSETS, -1, -1, KIND_ASSET_SALE);
    m->asset_loss_leg[p] = add_leg(m, p, LEDGER_EXPENSE, LEDGER_LISTED_ASSETS, -1, 0, 0, -1, -1, KIND_ASSET_LOSS);
    m->founding_leg[p] = add_leg(m, m->party_markets, LEDGER_INVESTMENTS, LEDGER_CASH, p, LEDGER_CASH, LEDGER_CONTRIBUTED, -1, -1, KIND_FOUNDING);
    m->earned_leg[p] = add_leg(m, m->party_markets, LEDGER_EXPENSE, LEDGER_CASH, p, LEDGER_CASH, LEDGER_REVENUE, -1, -1, KIND_EARNED);
    int32_t contract, payee = payee_of(m, 0, p, CAPITAL_RULE_TAX, m->party_tax, &contract);
    if (contract >= 0) m->tax_line[p] = add_line(m, p, payee, CAPITAL_BOOKS_EXPENSE, rank_of(m, CAPITAL_RULE_TAX, 0), -1, contract, KIND_TAX);
  }
}

// ---- Sense ------------------------------------------------------------------------------------------------------------

static sg_err check_contracts(twin_load *load) {
  twin_model *m = load->m;
  const twin_view *v = &m->plan_view;
  sg_err err = SG_OK;
  for (int32_t k = 0; k < m->n[CLASS_CONTRACT]; k++) {
    const capital_contract *at = &v->contract[k];
    const char *name = programme_name(&m->p, CLASS_CONTRACT, k);
    diag_place place = twin_row_place(load, CLASS_CONTRACT, name, NULL), from = twin_row_place(load, CLASS_CONTRACT, name, "from");
    const char *missing = capital_contract_missing(at, v->contract_type[at->type].rule);
    if (missing)
      err = diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "`stargate explain contracts` says what each type needs", "contract '%s' is of type '%s' and needs '%s'", name,
                     programme_name(&m->p, CLASS_CONTRACT_TYPE, at->type), missing);
    double sum = 0;
    for (int32_t i = 0; i < at->from.n; i++) {
      sum += v->share[at->from.first + i].frac;
      if (v->share[at->from.first + i].of == at->to)
        err = diag_add(load->diags, SG_ERROR, SG_ERR_RANGE, twin_row_place(load, CLASS_CONTRACT, name, "to"), "name two different parties", "contract '%s' is between '%s' and itself", name, programme_name(&m->p, CLASS_PARTY, at->to));
    }
    if (sum > 1 + 1e-9)
      err = diag_add(load->diags, SG_ERROR, SG_ERR_RANGE, from, "shares add up to at most 100 %", "the shares of contract '%s' add up to %.6g %%", name, 100 * sum);
  }
  return err;
}

static sg_err take_books(twin_model *m) {
  int32_t campuses = m->n[CLASS_CAMPUS], parties = m->n[CLASS_PARTY], shares = m->n[CLASS_SHARE], services = m->n[CLASS_SERVICE];
  size_t lines = (size_t)(12 * campuses + 3 * shares + 4 * parties + 2 * services + 8);
  m->line = ARENA_NEW(m->a, twin_line, lines);
  m->leg = ARENA_NEW(m->a, ledger_leg, 2 * lines + (size_t)(4 * campuses + 4 * shares + 11 * parties + 2 * services + 8));
  m->deal = ARENA_NEW(m->a, twin_deal, shares + 1);
  m->campus_lines = ARENA_NEW(m->a, twin_campus_lines, 2 * campuses + 1);
  int32_t **const per_party[] = { &m->income_leg, &m->outgo_line, &m->tax_line, &m->revaluation_leg, &m->asset_sale_leg, &m->asset_loss_leg, &m->founding_leg, &m->earned_leg };
  for (size_t i = 0; i < sizeof per_party / sizeof per_party[0]; i++)
    if (!(*per_party[i] = ARENA_NEW(m->a, int32_t, parties + 1))) return SG_ERR_MEMORY;
  m->sales_leg = ARENA_NEW(m->a, int32_t, services + 1);
  m->service_line = ARENA_NEW(m->a, int32_t, services + 1);
  m->borrows = ARENA_NEW(m->a, unsigned char, parties + 1);
  m->distributes = ARENA_NEW(m->a, unsigned char, parties + 1);
  bool ok = m->line && m->leg && m->deal && m->campus_lines && m->sales_leg && m->service_line && m->borrows && m->distributes;
  return ok ? SG_OK : SG_ERR_MEMORY;
}

// What the campus leaves a party for debt service in a month when all of it runs, at the values of v.
static twin_lender_case lender_case(const twin_model *m, const twin_view *v, int32_t campus, int32_t variant, int32_t party) {
  int32_t at = 2 * campus + variant;
  const twin_campus *c = &v->campus[campus];
  const compute_rack *rack = &v->rack[c->racks];
  double it_mw = 0, racks = 0, income = 0, months = 0;
  for (int32_t k = m->campus_first[campus]; k < m->campus_first[campus + 1]; k++) {
    it_mw += twin_building_it_mw(v, &m->building[m->of_campus[k]]);
    racks += twin_building_racks(v, &m->building[m->of_campus[k]]);
  }
  double gpu_h = racks * rack->gpus * compute_availability(rack, 1) * CALENDAR_HOURS_PER_MONTH;
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    const capital_contract *k = &v->contract[deal->contract];
    int32_t rule = deal->rule;
    if ((rule != CAPITAL_RULE_LEASE && rule != CAPITAL_RULE_COMPUTE) || (deal->payee != party && deal->payer != party) || !twin_contract_covers(v, k, campus)) continue;
    double share = v->share[deal->share].frac, take = isnan(k->minimum_take_frac) ? 0 : k->minimum_take_frac, due;
    if (rule == CAPITAL_RULE_LEASE) due = k->rent_usd_per_mw_month * it_mw * c->facility_frac;
    else if (!isnan(k->price_usd_per_gpu_h)) due = k->price_usd_per_gpu_h * gpu_h * take;
    else due = k->total_usd / (k->tenor_day / CALENDAR_DAYS_PER_MONTH);
    income += deal->payee == party ? share * due : -share * due;
    if (deal->payee == party) months = fmax(months, isnan(k->tenor_day) ? 0 : k->tenor_day / CALENDAR_DAYS_PER_MONTH);
  }
  if (m->operator_[at] == party) {
    const power_tariff *t = &v->tariff[c->tariff];
    double mwh = it_mw * c->facility_frac * CALENDAR_HOURS_PER_MONTH;
    income -= c->opex_usd_per_mw_yr * it_mw / 12 + mwh * (t->energy_usd_per_mwh + t->delivery_usd_per_mwh) + it_mw * (t->demand_usd_per_mw_month + t->coincident_usd_per_mw_yr / 12);
  }
  return (twin_lender_case){ fmax(0, income), months };
}

// Whether more of an input is better (1) or worse (-1) for who lends; 0: it is not in the lender's case.
static int good_for_lenders(const field_row *f, const char *path) {
  static const struct { const char *field, *of; int sign; } known[] = {
    { "price", "contracts.", 1 }, { "rent", "contracts.", 1 }, { "minimum_take", "contracts.", 1 },
    { "opex", "campuses.", -1 },  { "energy", "tariffs.", -1 }, { "delivery", "tariffs.", -1 }, { "demand", "tariffs.", -1 },
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (!strcmp(f->name, known[i].field) && !strncmp(path, known[i].of, strlen(known[i].of))) return known[i].sign;
  return 0;
}

// Each loan is sized on its own case: uncertain prices at its percentile, uncertain costs as far on the other side, shocks
// off, everything built.
static void fill_lender_case(twin_model *m, int32_t deal, unsigned char *block) {
  double prudent = deal < m->n_deal ? m->plan_view.contract[m->deal[deal].contract].case_frac : (double)NAN;
  twin_view v = m->plan_view;
  if (!isnan(prudent)) {
    memcpy(block, m->p.block, m->p.block_bytes);
    for (int32_t i = 0; i < m->p.n_draw; i++) {
      const programme_draw *draw = &m->p.draw[i];
      int good = good_for_lenders(m->p.value[draw->value].field, m->p.value[draw->value].path);
      double x = dist_quantile(&draw->of, &m->p.pool, good > 0 ? prudent : 1 - prudent);
      if (good) memcpy(block + draw->slot, &x, sizeof x);
    }
    twin_view_bind(&m->p, block, &v);
  }
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
    for (int32_t variant = 0; variant < 2; variant++)
      m->lender_case[((size_t)deal * (size_t)m->n[CLASS_CAMPUS] + (size_t)c) * 2 + (size_t)variant] = lender_case(m, &v, c, variant, deal < m->n_deal ? m->deal[deal].payee : m->owner[2 * c + variant]);
}

static sg_err make_lender_cases(twin_model *m) {
  m->lender_case = ARENA_NEW(m->a, twin_lender_case, (size_t)(m->n_deal + 1) * (size_t)m->n[CLASS_CAMPUS] * 2 + 1);
  unsigned char *block = ARENA_NEW(m->a, unsigned char, m->p.block_bytes + 1);
  if (!m->lender_case || !block) return SG_ERR_MEMORY;
  for (int32_t d = 0; d <= m->n_deal; d++)
    if (d == m->n_deal || m->deal[d].rule == CAPITAL_RULE_LOAN) fill_lender_case(m, d, block);
  return SG_OK;
}

sg_err twin_check_books(twin_load *load) {
  find_outside(load->m);
  sg_err err = find_parties(load), contracts = check_contracts(load);
  return err ? err : contracts;
}

sg_err twin_make_books(twin_load *load) {
  twin_model *m = load->m;
  const twin_view *v = &m->plan_view;
  sg_err err = take_books(m);
  if (err) return err;
  make_campus_lines(m);
  for (int32_t k = 0; k < m->n[CLASS_CONTRACT]; k++)
    for (int32_t i = 0; i < v->contract[k].from.n; i++) make_deal(m, k, v->contract[k].from.first + i);
  for (int32_t d = 0; d < m->n_deal; d++)
    for (int32_t i = 0; i < m->n_deal; i++)
      m->deal[d].pledged_to += m->deal[i].payer == m->deal[d].payer && m->deal[i].rule == CAPITAL_RULE_EQUITY;
  for (int32_t d = 0; d < m->n_deal; d++) {
    if (m->deal[d].rule == CAPITAL_RULE_LOAN) m->borrows[m->deal[d].payee] = 1;
    if (m->deal[d].rule == CAPITAL_RULE_EQUITY) m->distributes[m->deal[d].payee] = 1;
  }
  make_party_legs(m);
  for (int32_t s = 0; s < m->n[CLASS_SERVICE]; s++) {
    int32_t by = v->service[s].by;
    m->sales_leg[s] = by == m->party_customers ? -1 : add_leg(m, m->party_customers, LEDGER_EXPENSE, LEDGER_CASH, by, LEDGER_CASH, LEDGER_REVENUE, -1, -1, KIND_SALES);
    m->service_line[s] = add_line(m, by, m->party_staff, CAPITAL_BOOKS_EXPENSE, 0, -1, -1, KIND_SERVICE_COST);
  }
  return make_lender_cases(m);
}
