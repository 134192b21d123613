#include "party.h"

#include <math.h>

#include "../base/calendar.h"

#define ANY ((double)INFINITY)

// Sources of defaults.
#define FROM_PLEDGES "assumption, see docs/assumptions.md#pledges"
#define FROM_SALES   "assumption, see docs/assumptions.md#asset-sales"
#define FROM_BLOCKS \
  "17 CFR 240.15c3-1(c)(2)(vi)(J), SEC net capital rule: 15 % off the market value of listed shares, as of 2024-12"
#define FROM_SLOPE \
  "Gabaix, Koijen, The Inelastic Markets Hypothesis, NBER WP 28967, 2021: elasticity of single shares about 1"
#define FROM_COST "Damodaran, Cost of capital by sector (US), January 2024: total market near 8 %"
#define FROM_FEE \
  "assumption, see docs/assumptions.md#commitment-fee (Yescombe 2014: a fraction of the margin, near half)"
#define FROM_HEDGE    "assumption, see docs/assumptions.md#loans"
#define FROM_LOANS    "assumption, see docs/assumptions.md#loans"
#define FROM_RECOVERY "assumption, see docs/assumptions.md#recovery"
#define FROM_TAX "26 USC 11(b) as amended by Pub. L. 115-97, 2017"

// clang-format off
static const field_row party_rows[] = {
  ROW_CHOICE  (capital_party, role, "role", CAPITAL_ROLES, NULL, "what the party does in the programme"),
  ROW_FLAG    (capital_party, deep, "deep", "no", "yes: its cash never runs out (lenders, customers, utilities)"),
  ROW_NUMBER  (capital_party, cash_usd, "cash", "USD", "$0", 0, ANY, "cash on hand at the start", NULL),
  ROW_NUMBER  (capital_party, pledges_usd, "pledges", "USD", "", 0, ANY, "money promised to the programme in all", NULL),
  ROW_NUMBER  (capital_party, honours_frac, "honours", "frac", "100 %", 0, 1, "share of the pledge that it pays when called", FROM_PLEDGES),
  ROW_CHILDREN(capital_party, sells, "sells", "asset", "assets that it can sell for cash"),
  ROW_NUMBER  (capital_party, income_usd_per_yr, "income", "USD/yr", "0 USD/yr", -ANY, ANY, "income beside the programme, net of its other costs", NULL),
  ROW_NUMBER  (capital_party, income_growth_frac_per_yr, "income_growth", "frac/yr", "0 %/yr", -ANY, ANY, "growth of that income per year", NULL),
  ROW_NUMBER  (capital_party, liquidity_frac, "liquidity", "frac", "0 %", 0, 1, "how far the honoured share follows the market path: 0 not at all, 1 wholly", FROM_PLEDGES),
  ROW_NUMBER  (capital_party, rate_frac_per_yr, "rate", "frac/yr", "8 %/yr", 0, ANY, "discount rate for its own net present values", FROM_COST),
};

static const field_row asset_rows[] = {
  ROW_NUMBER(capital_asset, worth_usd, "worth", "USD", NULL, 0, ANY, "market value of the holding at the start", NULL),
  ROW_NUMBER(capital_asset, haircut_frac, "haircut", "frac", "15 %", 0, 1, "share of the market value lost on each sale", FROM_BLOCKS),
  ROW_NUMBER(capital_asset, pace_usd_per_yr, "pace", "USD/yr", "", 0, ANY, "market value that can be sold per year; unset: no limit", NULL),
  ROW_NUMBER(capital_asset, impact, "impact", NULL, "1", 0, ANY, "relative price fall per fraction of the holding sold, for small sales", FROM_SLOPE),
  ROW_NUMBER(capital_asset, beta, "beta", NULL, "0", -ANY, ANY, "price follows the demand path to this power; 0: not at all", FROM_SALES),
};

static const field_row contract_type_rows[] = {
  ROW_CHOICE(capital_contract_type, rule, "rule", CAPITAL_RULES, NULL, "billing rule"),
  ROW_COUNT (capital_contract_type, rank, "rank", "3", 0, 99, "order of payment when cash is short; 0 is paid first"),
  ROW_CHOICE(capital_contract_type, books, "books", CAPITAL_BOOKS, "expense", "what a payment is in the payer's books"),
  ROW_NUMBER(capital_contract_type, cure_day, "cure", "day", "30 days", 0, ANY, "how long a payment may stay unpaid before it is a default", "assumption, see docs/assumptions.md#cure-periods"),
};

static const field_row contract_rows[] = {
  ROW_REF   (capital_contract, type, "type", "contract_type", NULL, "template: equity, loan, lease, compute, purchase, construction, energy, operation, tax, sales"),
  ROW_SHARES(capital_contract, from, "from", "party", NULL, "who pays, or provides the money, and in what shares"),
  ROW_REF   (capital_contract, to, "to", "party", NULL, "who is paid, or receives the money"),
  ROW_REFS  (capital_contract, campuses, "campuses", "campus", "", "campuses that it covers; unset: all of payer and payee"),
  ROW_COUNT (capital_contract, rank, "rank", "", 0, 99, "order of payment when cash is short; unset: that of the type"),
  ROW_NUMBER(capital_contract, total_usd, "total", "USD", "", 0, ANY, "equity: intended total; loan: cap; construction, purchase, compute: a fixed sum in all", NULL),
  ROW_NUMBER(capital_contract, tenor_day, "tenor", "day", "", 0, ANY, "how long it runs; loan: how long repayment takes", NULL),
  ROW_DATE  (capital_contract, starts_day, "starts", "", "first day; unset: when what it bills is there", NULL),
  ROW_NUMBER(capital_contract, escalates_frac_per_yr, "escalates", "frac/yr", "0 %/yr", -ANY, ANY, "growth of price and rent per year", NULL),
  ROW_NUMBER(capital_contract, cure_day, "cure", "day", "", 0, ANY, "how long a payment may stay unpaid; unset: that of the type", NULL),
  ROW_NUMBER(capital_contract, price_usd_per_gpu_h, "price", "USD/GPU-h", "", 0, ANY, "compute: price of a GPU-hour", NULL),
  ROW_NUMBER(capital_contract, rent_usd_per_mw_month, "rent", "USD/MW-month", "", 0, ANY, "lease, operation: per MW of capacity and month", NULL),
  ROW_NUMBER(capital_contract, minimum_take_frac, "minimum_take", "frac", "0 %", 0, 1, "compute: share of the GPU-hours offered that is paid whether used or not", NULL),
  ROW_NUMBER(capital_contract, deposit_frac, "deposit", "frac", "0 %", 0, 1, "purchase: share of the price paid when racks are ordered", NULL),
  ROW_DATE  (capital_contract, due_day, "due", "", "lease, compute: date promised for all megawatts; damages run from it", NULL),
  ROW_NUMBER(capital_contract, late_usd_per_mw_month, "late_damages", "USD/MW-month", "0 USD/MW-month", 0, ANY, "lease, compute: damages for each megawatt that is late", NULL),
  ROW_NUMBER(capital_contract, termination_frac, "termination", "frac", "0 %", 0, 1, "lease, compute: share of what would still fall due that is owed when the customer fails", NULL),
  ROW_NUMBER(capital_contract, residual_frac, "residual_guarantee", "frac", "0 %", 0, 1, "lease: share of the cost of construction that the tenant guarantees at the end of the term", NULL),
  ROW_NUMBER(capital_contract, advance_frac, "advance", "frac", "", 0, 1, "loan: largest share of the budget", NULL),
  ROW_NUMBER(capital_contract, dscr, "dscr", NULL, "", 1, ANY, "loan: cash flow over debt service that the lender wants at close", NULL),
  ROW_NUMBER(capital_contract, llcr, "llcr", NULL, "", 1, ANY, "loan: present value of cash flow over the loan's life, over the loan, that the lender wants at close", NULL),
  ROW_NUMBER(capital_contract, case_frac, "lender_case", "frac", "", 0.01, 0.99, "loan: percentile of uncertain prices and rents in the case on which it is sized; costs at the other end; unset: plan values", NULL),
  ROW_NUMBER(capital_contract, margin_frac_per_yr, "margin", "frac/yr", "", 0, 1, "loan: interest over the benchmark", NULL),
  ROW_NUMBER(capital_contract, hedged_frac, "hedged", "frac", "100 %", 0, 1, "loan: share of the balance whose benchmark is fixed at close by a swap; the rest floats", FROM_HEDGE),
  ROW_NUMBER(capital_contract, upfront_frac, "upfront_fee", "frac", "0 %", 0, 1, "loan: fee on the commitment, paid at close", NULL),
  ROW_NUMBER(capital_contract, commitment_fee_frac_per_yr, "commitment_fee", "frac/yr", "0.5 %/yr", 0, 1, "loan: fee on what is committed and not drawn", FROM_FEE),
  ROW_NUMBER(capital_contract, agency_usd_per_yr, "agency_fee", "USD/yr", "0 USD/yr", 0, ANY, "loan: fee of the agent", NULL),
  ROW_CHOICE(capital_contract, before, "before_completion", CAPITAL_BEFORE, "capitalised", "loan: interest until it turns to repayment"),
  ROW_CHOICE(capital_contract, matures, "matures", CAPITAL_MATURES, "together", "loan: tenor from completion, or of each draw from its own date (delayed draw)"),
  ROW_CHOICE(capital_contract, drawn, "drawn", CAPITAL_DRAWN, "as-needed", "loan: drawn as bills fall due, or all at close with the proceeds held (bond)"),
  ROW_NUMBER(capital_contract, draws_day, "draws", "day", "48 months", 0, ANY, "loan: how long after close it can be drawn", FROM_LOANS),
  ROW_CHOICE(capital_contract, repays, "repays", CAPITAL_REPAYS, "level", "loan: equal payments, equal principal, all at the end, or sculpted to the lender's case"),
  ROW_NUMBER(capital_contract, grace_day, "grace", "day", "0 days", 0, ANY, "loan: interest only for so long after completion", NULL),
  ROW_NUMBER(capital_contract, balloon_frac, "balloon", "frac", "0 %", 0, 1, "loan: share left to the end of the tenor", NULL),
  ROW_NUMBER(capital_contract, reserve_day, "reserve", "day", "0 days", 0, ANY, "loan: debt service kept in reserve, in time to come", NULL),
  ROW_NUMBER(capital_contract, sweep_frac, "sweep", "frac", "0 %", 0, 1, "loan: share of cash after debt service and reserve that prepays it", NULL),
  ROW_NUMBER(capital_contract, lockup_dscr, "lockup_dscr", NULL, "", 0.01, ANY, "loan: no distributions while cover of the last twelve months is below", NULL),
  ROW_NUMBER(capital_contract, default_dscr, "default_dscr", NULL, "", 0.01, ANY, "loan: in default while cover of the last twelve months is below", NULL),
  ROW_NUMBER(capital_contract, recovery_frac, "recovery", "frac", "50 %", 0, 1, "loan: share of book value that a sale of the assets brings in default", FROM_RECOVERY),
  ROW_CHOICE(capital_contract, calls, "calls", CAPITAL_CALLS, "pro-rata", "equity: called beside the loan in proportion, or before it"),
  ROW_NUMBER(capital_contract, contingent_usd, "contingent", "USD", "$0", 0, ANY, "equity: beyond the total, for cost overruns", NULL),
  ROW_NUMBER(capital_contract, preferred_frac_per_yr, "preferred", "frac/yr", "0 %/yr", 0, ANY, "equity: return on what was paid in, before profits are shared by `profits`", NULL),
  ROW_SHARES(capital_contract, profits, "profits", "party", "", "equity: shares of distributions beyond the preferred return; unset: as paid in"),
  ROW_NUMBER(capital_contract, tax_frac, "tax", "frac", "21 %", 0, 1, "tax: share of taxable income", FROM_TAX),
  ROW_NUMBER(capital_contract, state_frac, "state_tax", "frac", "0 %", 0, 1, "tax: share of taxable income for the state, deducted from federal income", NULL),
  ROW_CHOICE(capital_contract, write_off, "buildings", CAPITAL_WRITE_OFFS, "straight-39", "tax: how buildings and generation are written off"),
  ROW_CHOICE(capital_contract, machines_write_off, "machines", CAPITAL_WRITE_OFFS, "macrs-5", "tax: how racks are written off"),
  ROW_NUMBER(capital_contract, interest_limit_frac, "interest_limit", "frac", "30 %", 0, 1, "tax: share of income before interest and depreciation that interest may take off", "26 USC 163(j), as amended by Pub. L. 119-21, 2025"),
};

const class_row capital_classes[CAPITAL_CLASSES] = {
  { "party", "parties", sizeof(capital_party), FIELD_TABLE(party_rows), CLASS_STANDING, "someone with cash, sources of cash, obligations and aims" },
  { "asset", NULL, sizeof(capital_asset), FIELD_TABLE(asset_rows), CLASS_PLAIN, "something that a party can sell at a haircut, a pace and a price impact" },
  { "contract_type", "contract_types", sizeof(capital_contract_type), FIELD_TABLE(contract_type_rows), CLASS_STANDING, "a template of contracts: how it bills, its rank and its books" },
  { "contract", "contracts", sizeof(capital_contract), FIELD_TABLE(contract_rows), CLASS_PLAIN, "who pays whom, for what, how much and in which order" },
};
// clang-format on

// ---- Contracts ------------------------------------------------------------------------------------------

static const char *loan_missing(const capital_contract *c) {
  if (isnan(c->margin_frac_per_yr)) return "margin";
  if (isnan(c->tenor_day)) return "tenor";
  return isnan(c->advance_frac) && isnan(c->dscr) && isnan(c->total_usd) ? "advance" : NULL;
}

const char *capital_contract_missing(const capital_contract *contract, int32_t rule) {
  switch (rule) {
    case CAPITAL_RULE_EQUITY: return isnan(contract->total_usd) ? "total" : NULL;
    case CAPITAL_RULE_LOAN: return loan_missing(contract);
    case CAPITAL_RULE_LEASE:
      if (isnan(contract->rent_usd_per_mw_month)) return "rent";
      return isnan(contract->tenor_day) ? "tenor" : NULL;
    case CAPITAL_RULE_COMPUTE:
      if (isnan(contract->price_usd_per_gpu_h) && isnan(contract->total_usd)) return "price";
      return isnan(contract->tenor_day) ? "tenor" : NULL;
    case CAPITAL_RULE_OPERATION: return isnan(contract->rent_usd_per_mw_month) ? "rent" : NULL;
    case CAPITAL_RULE_TAX: return isnan(contract->tax_frac) ? "tax" : NULL;
    default: return NULL;
  }
}

int32_t capital_contract_rank(const capital_contract *contract, const capital_contract_type *type) {
  return contract->rank >= 0 ? contract->rank : type->rank;
}

double capital_contract_cure_day(const capital_contract *contract, const capital_contract_type *type) {
  return isnan(contract->cure_day) ? type->cure_day : contract->cure_day;
}

// ---- Selling assets -------------------------------------------------------------------------------------

// Market value of the whole original holding at the price of now.
static double whole_usd(const capital_asset *a, const capital_asset_state *s, double demand) {
  double path = a->beta == 0.0 ? 1.0 : a->beta == 1.0 ? demand : pow(demand, a->beta);
  return a->worth_usd * path * (s->sold_frac > 0.0 ? exp(-a->impact * s->sold_frac) : 1.0);
}

double capital_asset_worth(const capital_asset *asset, const capital_asset_state *state, double demand) {
  return whole_usd(asset, state, demand) * (1.0 - state->sold_frac);
}

// Market value raised by selling the fraction q: whole * (1 - exp(-impact q)) / impact; and the q that raises it.
static double gross_of(double whole, double impact, double q) {
  return impact > 0.0 ? whole * -expm1(-impact * q) / impact : whole * q;
}

static double fraction_of(double whole, double impact, double gross) {
  return impact > 0.0 ? -log1p(-gross * impact / whole) / impact : gross / whole;
}

static double gross_limit(const capital_asset *a, const capital_asset_state *s, double demand, double span_day) {
  double all = gross_of(whole_usd(a, s, demand), a->impact, 1.0 - s->sold_frac);
  double pace = isnan(a->pace_usd_per_yr) ? (double)INFINITY : a->pace_usd_per_yr * span_day / CALENDAR_DAYS_PER_YEAR;
  double most = all < pace ? all : pace;
  return most > 0.0 ? most : 0.0;
}

double capital_asset_capacity(const capital_asset *asset, const capital_asset_state *state, double demand,
                              double span_day) {
  return gross_limit(asset, state, demand, span_day) * (1.0 - asset->haircut_frac);
}

capital_sale capital_asset_sale(const capital_asset *asset, capital_asset_state *state, double demand, double span_day,
                                double need_usd) {
  capital_sale sale = {0};
  double       kept = 1.0 - asset->haircut_frac;
  double       limit = gross_limit(asset, state, demand, span_day);
  if (!(need_usd > 0.0) || !(kept > 0.0) || !(limit > 0.0)) return sale;  // a sale that brings nothing is not made
  double before = capital_asset_worth(asset, state, demand), whole = whole_usd(asset, state, demand);

  double all = gross_of(whole, asset->impact, 1.0 - state->sold_frac);
  double gross = need_usd / kept < limit ? need_usd / kept : limit;
  double q = gross < all ? fraction_of(whole, asset->impact, gross) : 1.0 - state->sold_frac;
  if (!(q < 1.0 - state->sold_frac)) q = 1.0 - state->sold_frac;
  state->sold_frac = q < 1.0 - state->sold_frac ? state->sold_frac + q : 1.0;

  sale.proceeds_usd = need_usd / kept < limit ? need_usd : limit * kept;
  sale.haircut_usd = gross - sale.proceeds_usd;
  sale.sold_frac = q;
  double fall = before - gross - capital_asset_worth(asset, state, demand);
  sale.impact_usd = fall > 0.0 ? fall : 0.0;
  state->gross_usd += gross;
  state->raised_usd += sale.proceeds_usd;
  return sale;
}
