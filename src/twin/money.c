// Steps of the month that move money: what falls due, what is drawn and sold, what is paid.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/number.h"
#include "../base/calendar.h"
#include "loans.h"
#include "parts.h"
#include "taxes.h"

static double day0_of(const twin_state *s) { return s->m->day0[s->month]; }
static double day1_of(const twin_state *s) { return s->m->day0[s->month + 1]; }
static bool free_money(const twin_state *s) { return s->mode == MODE_PLAN || s->removed == CAUSE_MONEY; }
static double usd(int64_t cents) { return (double)cents / 100; }

static bool covers(const twin_state *s, const capital_contract *k, int32_t campus) { return twin_contract_covers(&s->v, k, campus); }

// What a line owes from now on.
static void bill(twin_state *s, int32_t line, double amount_usd) {
  if (line < 0 || !(amount_usd > 0)) return;
  int64_t cents = capital_cents(amount_usd);
  ledger_post(&s->ledger, s->m->line[line].bill_leg, s->month, cents);
  s->owed_cents[line] += cents;
}

// Cash that changes hands at once, outside clearing: sales to customers who can always pay.
static void receive(twin_state *s, int32_t leg, int32_t party, double amount_usd) {
  if (leg < 0 || !(amount_usd > 0)) return;
  int64_t cents = capital_cents(amount_usd);
  ledger_post(&s->ledger, leg, s->month, cents);
  s->month_in_cents[party] += cents;
  s->month_out_cents[s->m->party_customers] += cents;
  s->operating_cents[party] += cents;
  if (s->m->inside[party]) s->receipts_usd += usd(cents);
}

// ---- 8. Accrue: construction --------------------------------------------------------------------------------------------

// Share of an activity's work that was done this month; start < d1, finish > d0.
static double work_share(double start, double finish, double work_day, double d0, double d1) {
  if (!(work_day > 0)) return start >= d0 ? 1 : 0;
  double days = number_least(finish, d1) - number_most(start, d0);
  return number_most(0, number_least(1, days / work_day));
}

// Works of a campus that are paid for this month: of its activities that are not done, in plan order.
static void accrue_works(twin_state *s, int32_t c, double *construction, double *racks) {
  const build_part *part = &s->part[c];
  double d0 = day0_of(s), d1 = day1_of(s);
  for (int32_t k = 0; k < part->n_begun; k++) {
    int32_t i = part->open[k].activity, b = part->open[k].building;
    double start = s->build.start_day[i], finish = s->build.finish_day[i];
    if (start >= d1 || finish <= d0) continue;
    if (s->go[b]) {
      double share = work_share(start, finish, s->draw.work_day[i], d0, d1);
      *construction += share * s->work_cost_usd[i];
      *racks += share * s->rack_cost_usd[i];
    } else if (finish > d1) {  // paused: what runs per month goes on costing
      *construction += s->v.activity[s->m->work[i].row].monthly_usd_per_mw_month * s->building_it_mw[b];
    }
  }
}

// Whether nothing is left to be paid for after this month, where all is commissioned or given up.
static bool is_settled(const twin_state *s, int32_t c) {
  const build_part *part = &s->part[c];
  for (int32_t k = 0; k < part->n_open; k++)
    if (s->build.finish_day[part->open[k].activity] > day1_of(s) && !s->dropped[part->open[k].building]) return false;
  return true;
}

// Of units and batteries that begin to serve this month; *fixed_usd: what all that serve cost in it however much they run.
static double generation_due_usd(const twin_state *s, int32_t campus, double *fixed_usd) {
  field_span g = s->v.campus[campus].generation, b = s->v.campus[campus].storage;
  int32_t like = s->v.campus[campus].like;
  double sum = 0, shift = like < 0 ? 0 : s->start_day[campus] - s->start_day[like];
  for (int32_t i = g.first; i < g.first + g.n; i++) {
    const power_plant *plant = &s->v.plant[s->v.generation[i].plant];
    double day = power_generation_day(&s->v.generation[i], plant) + shift;
    if (day >= day0_of(s) && day < day1_of(s)) sum += plant->capex_usd_per_mw * plant->unit_mw * s->v.generation[i].units;
    if (day < day1_of(s)) *fixed_usd += plant->fixed_usd_per_mw_yr / 12 * plant->unit_mw * s->v.generation[i].units;
  }
  for (int32_t i = b.first; i < b.first + b.n; i++) {
    const power_battery_kind *kind = &s->v.battery[s->v.storage[i].kind];
    double day = power_storage_day(&s->v.storage[i], kind) + shift;
    if (day >= day0_of(s) && day < day1_of(s)) sum += power_storage_capex_usd(&s->v.storage[i], kind);
    if (day < day1_of(s)) *fixed_usd += kind->fixed_usd_per_mw_yr / 12 * s->v.storage[i].mw;
  }
  return sum;
}

// Operation by contract at a rent, or at what it costs by experience.
static double opex_usd(const twin_state *s, int32_t c, const twin_campus_lines *lines) {
  int32_t contract = lines->opex < 0 ? -1 : s->m->line[lines->opex].contract;
  if (contract >= 0 && !isnan(s->v.contract[contract].rent_usd_per_mw_month)) return s->v.contract[contract].rent_usd_per_mw_month * s->campus[c].it_shell_mw;
  return s->v.campus[c].opex_usd_per_mw_yr * s->campus[c].it_shell_mw / 12;
}

static void accrue_campuses(twin_state *s) {
  const twin_model *m = s->m;
  double construction[TWIN_MAX_CAMPUSES], racks[TWIN_MAX_CAMPUSES];
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    construction[c] = racks[c] = 0;
    if (s->start_day[c] >= day1_of(s) || s->settled_month[c] != INT32_MAX) continue;
    accrue_works(s, c, &construction[c], &racks[c]);
    if (s->work_left[c] == 0 && is_settled(s, c)) s->settled_month[c] = s->month;
  }
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    const twin_campus_lines *lines = &m->campus_lines[2 * c + s->variant[c]];
    const twin_campus_now *now = &s->campus[c];
    const compute_rack *rack = &s->v.rack[s->v.campus[c].racks];
    double fixed = 0, generation = generation_due_usd(s, c, &fixed), opex = opex_usd(s, c, lines);
    s->campus[c].energy.om_usd += fixed;
    s->construction_usd[c] += s->extra_usd[c];
    bill(s, lines->construction, construction[c] + s->extra_usd[c]);
    bill(s, lines->racks, s->rack_rest_frac[c] * racks[c] + s->deposit_usd[c] + s->renewed_racks[c] * compute_rack_cost_usd(rack));
    bill(s, lines->generation, generation);
    bill(s, lines->energy, now->energy.energy_usd + now->energy.demand_usd);
    bill(s, lines->fuel, now->energy.fuel_usd + now->energy.om_usd);
    bill(s, lines->opex, opex);
    s->opex_usd += opex;
    s->construction_usd[c] += construction[c] + generation;
    s->machines_usd[c] += s->rack_rest_frac[c] * racks[c] + s->deposit_usd[c] + s->renewed_racks[c] * compute_rack_cost_usd(rack);
    // Straight line: buildings from first use, racks over their life.
    double life_months = 12 * TWIN_BUILDING_LIFE_YEARS;
    double building = now->buildings > 0 ? number_least(s->construction_usd[c] / life_months, s->construction_usd[c] - s->depreciated_usd[c]) : 0;
    double machines = now->fleet.racks * compute_rack_cost_usd(rack) / (rack->life_day / CALENDAR_DAYS_PER_MONTH);
    s->depreciated_usd[c] += building;
    s->capital_usd += building + machines;
    s->renewal_usd[c] += machines - s->renewed_racks[c] * compute_rack_cost_usd(rack);
    s->year_depreciation_usd[m->owner[2 * c + s->variant[c]]] += building;
    s->year_depreciation_usd[m->buyer[2 * c + s->variant[c]]] += machines;
    if (building > 0) ledger_post(&s->ledger, lines->depreciation_owner, s->month, capital_cents(building));
    if (machines > 0) ledger_post(&s->ledger, lines->depreciation_buyer, s->month, capital_cents(machines));
  }
}

// ---- 8. Accrue: contracts of use ------------------------------------------------------------------------------------------

// Megawatts, GPU-hours offered and used that a contract of `owner` covers.
typedef struct covered { double mw, gpu_h, used_gpu_h; int32_t rack; } covered;

static covered covered_by(const twin_state *s, const capital_contract *k, int32_t owner) {
  covered sum = { 0, 0, 0, -1 };
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
    int32_t at = 2 * c + s->variant[c];
    if (!covers(s, k, c) || (s->m->owner[at] != owner && s->m->buyer[at] != owner)) continue;
    sum.mw += s->campus[c].capacity_mw;
    sum.gpu_h += s->campus[c].gpu_h;
    sum.used_gpu_h += number_least(s->campus[c].used_gpu_h, s->campus[c].gpu_h);
    sum.rack = s->v.campus[c].racks;
  }
  return sum;
}

static bool is_covered(const twin_state *s, const capital_contract *k, int32_t owner, int32_t c) {
  return covers(s, k, c) && s->m->owner[2 * c + s->variant[c]] == owner;
}

static double covered_design_mw(const twin_state *s, const capital_contract *k, int32_t owner) {
  double sum = 0;
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++)
    if (is_covered(s, k, owner, c)) sum += s->campus_mw[c];
  return sum;
}

// What a tenant's guarantee of the residual value costs it at the end of its lease: what the buildings are worth less than
// guaranteed. Worth: book value, in a weak market as much less as demand is (assumption, see docs/assumptions.md#residual).
static double residual_usd(const twin_state *s, const capital_contract *k, int32_t owner) {
  double sum = 0, market = number_least(1, s->markets.level[PATH_DEMAND]);
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS] && k->residual_frac > 0; c++)
    if (is_covered(s, k, owner, c)) sum += number_most(0, k->residual_frac * s->construction_usd[c] - market * (s->construction_usd[c] - s->depreciated_usd[c]));
  return sum;
}

// Cover that lenders to contracted projects ask where a contract says nothing: assumption, see docs/assumptions.md#loans.
static const double USUAL_DSCR = 1.3;

enum { RELET_MONTHS = 3 };  // from a tenant's failure to the next one: assumption, see docs/assumptions.md#reletting

static double relet_usd(const twin_state *s, const twin_deal *deal, covered what, double rent_usd) {
  double demand = s->markets.level[PATH_DEMAND];
  if (deal->rule == CAPITAL_RULE_LEASE) return rent_usd * what.mw * number_least(1, demand);
  int32_t rent = what.rack < 0 ? -1 : s->v.rack[what.rack].rent;
  return rent < 0 ? 0 : revenue_relet_usd(&s->v.rent[rent], day0_of(s), demand, what.gpu_h);
}

static void accrue_use(twin_state *s, int32_t d) {
  const twin_deal *deal = &s->m->deal[d];
  const capital_contract *k = &s->v.contract[deal->contract];
  twin_deal_now *now = &s->deal[d];
  covered what = covered_by(s, k, deal->payee);
  double share = s->v.share[deal->share].frac, take = isnan(k->minimum_take_frac) ? 0 : k->minimum_take_frac;
  if (deal->damages_line >= 0 && now->ended_month < 0 && day0_of(s) >= k->due_day)
    bill(s, deal->damages_line, share * k->late_usd_per_mw_month * number_most(0, covered_design_mw(s, k, deal->payee) - what.mw));
  if (!(what.mw > 0) || (!isnan(k->starts_day) && day1_of(s) <= k->starts_day)) return;
  if (now->begun_month < 0) now->begun_month = s->month;
  double years = (s->month - now->begun_month) / 12.0, grown = k->escalates_frac_per_yr > 0 ? pow(1 + k->escalates_frac_per_yr, floor(years)) : 1;
  double rent = isnan(k->rent_usd_per_mw_month) ? 0 : k->rent_usd_per_mw_month * grown;
  if (now->ended_month < 0 && !isnan(k->tenor_day) && (s->month - now->begun_month) * CALENDAR_DAYS_PER_MONTH >= k->tenor_day) {
    now->ended_month = s->month;
    bill(s, deal->line, share * residual_usd(s, k, deal->payee));
    twin_note(s, "contract %s with %s is over", programme_name(&s->m->p, CLASS_CONTRACT, deal->contract), programme_name(&s->m->p, CLASS_PARTY, deal->payer));
  }
  if (now->ended_month >= 0) {
    if (!now->failed || s->month >= now->ended_month + RELET_MONTHS) receive(s, deal->relet_leg, deal->payee, share * relet_usd(s, deal, what, rent));
    return;
  }
  double due = rent * what.mw;
  if (deal->rule == CAPITAL_RULE_COMPUTE) {
    if (!isnan(k->price_usd_per_gpu_h)) due = k->price_usd_per_gpu_h * grown * number_most(take * what.gpu_h, what.used_gpu_h);
    else due = k->total_usd / (k->tenor_day / CALENDAR_DAYS_PER_MONTH);
  }
  now->monthly_usd = share * due;
  bill(s, deal->line, share * due);
}

// ---- 8. Accrue: the rest ----------------------------------------------------------------------------------------------------

static void accrue_parties(twin_state *s) {
  const twin_model *m = s->m;
  double years = (s->month - m->report0) / 12.0;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    const capital_party *party = &s->v.party[p];
    if (party->deep) continue;
    double income = isnan(party->income_usd_per_yr) ? 0 : party->income_usd_per_yr / 12;
    double growth = party->income_growth_frac_per_yr;
    if (income != 0 && growth != 0 && !isnan(growth) && years > 0) income *= pow(1 + growth, years);
    if (s->month < m->as_of_month) income = 0;  // cash is as stated for as_of
    if (income > 0) {
      int64_t cents = capital_cents(income);
      ledger_post(&s->ledger, m->income_leg[p], s->month, cents);
      s->month_in_cents[p] += cents;
      s->month_out_cents[m->party_customers] += cents;
    } else {
      bill(s, m->outgo_line[p], -income);
    }
    s->income_usd[p] += income;
    for (int32_t i = party->sells.first; i < party->sells.first + party->sells.n; i++) {
      double price = s->markets.level[PATH_SHARES], worth = capital_asset_worth(&s->v.asset[i], &s->asset[i], price);
      int64_t cents = capital_cents(worth - s->asset_booked_usd[i]);
      if (cents) ledger_post(&s->ledger, m->revaluation_leg[p], s->month, cents);
      s->asset_booked_usd[i] += usd(cents);
      s->asset_span_day[i] += day1_of(s) - day0_of(s);
      if (s->month >= m->as_of_month)
        s->raisable_usd[p] += capital_asset_sale(&s->v.asset[i], &s->asset_could[i], price, day1_of(s) - day0_of(s), HUGE_VAL).proceeds_usd;
    }
    bill(s, m->tax_line[p], twin_tax_usd(s, p));
  }
}

// What operation leaves for building on: of each megawatt that runs, what the lender's own case leaves after debt service,
// for as long as its tenant pays. It does not go by the cash of the month, which earlier megawatts may lower for a time:
// so megawatts that come earlier never take funds away.
static void retain(twin_state *s) {
  const twin_model *m = s->m;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    int32_t at = 2 * c + s->variant[c], owner = m->owner[at];
    double dscr = 0;
    if (s->month < m->as_of_month || s->tenant_failed[c] || !(s->campus[c].it_shell_mw > 0)) continue;
    for (int32_t d = 0; d < m->n_deal; d++) {
      const capital_contract *k = &s->v.contract[m->deal[d].contract];
      if (m->deal[d].payee == owner && m->deal[d].rule == CAPITAL_RULE_LOAN && covers(s, k, c)) dscr = number_most(dscr, isnan(k->dscr) ? USUAL_DSCR : k->dscr);
    }
    s->retained_usd[owner] += twin_lender_case_of(m, m->n_deal, c, s->variant[c])->cash_usd * s->campus[c].it_shell_mw / s->campus_it_mw[c] * (dscr > 1 ? 1 - 1 / dscr : 1);
  }
}

void twin_step_accrue(twin_state *s) {
  const twin_model *m = s->m;
  memset(s->month_in_cents, 0, (size_t)m->n[CLASS_PARTY] * sizeof(int64_t));
  memset(s->month_out_cents, 0, (size_t)m->n[CLASS_PARTY] * sizeof(int64_t));
  s->interest_usd = s->debt_service_usd = s->receipts_usd = s->opex_usd = s->capital_usd = 0;
  memset(s->service_cents, 0, (size_t)m->n[CLASS_PARTY] * sizeof(int64_t));
  memset(s->operating_cents, 0, (size_t)m->n[CLASS_PARTY] * sizeof(int64_t));
  twin_loans_earn(s);
  memset(s->capital_cents, 0, (size_t)m->n[CLASS_PARTY] * sizeof(int64_t));
  twin_equity_accrue(s);
  accrue_campuses(s);
  for (int32_t k = 0; k < m->n[CLASS_SERVICE]; k++) {
    receive(s, m->sales_leg[k], s->v.service[k].by, s->service_sales_usd[k]);
    bill(s, m->service_line[k], s->service_cost_usd[k]);
  }
  for (int32_t d = 0; d < m->n_deal; d++) {
    int32_t rule = m->deal[d].rule;
    if (rule == CAPITAL_RULE_LEASE || rule == CAPITAL_RULE_COMPUTE) accrue_use(s, d);
    if (rule == CAPITAL_RULE_LOAN) twin_loan_accrue(s, d);
  }
  accrue_parties(s);
  retain(s);
}

// ---- 9. Clear -----------------------------------------------------------------------------------------------------------------

static int64_t cash_of(const twin_state *s, int32_t p) { return ledger_balance(&s->ledger, p, LEDGER_CASH); }

typedef struct due { int64_t out, in, capital; } due;

// Beyond what is firm, for cost overruns.
static double contingent_usd(const twin_state *s, int32_t d) {
  return s->v.contract[s->m->deal[d].contract].contingent_usd * s->v.share[s->m->deal[d].share].frac;
}

// Calls equity pro rata to the shares, up to what each will honour.
static void call_equity(twin_state *s, int32_t party, int64_t want) {
  const twin_model *m = s->m;
  double shares = 0;
  for (int32_t d = 0; d < m->n_deal; d++)
    if (m->deal[d].payee == party && m->deal[d].rule == CAPITAL_RULE_EQUITY && twin_deal_firm_usd(s, d) + contingent_usd(s, d) > s->paid_in_usd[d]) shares += s->v.share[m->deal[d].share].frac;
  for (int32_t d = 0; d < m->n_deal && shares > 0; d++) {
    const twin_deal *deal = &m->deal[d];
    if (deal->payee != party || deal->rule != CAPITAL_RULE_EQUITY) continue;
    double ask = usd(want) * s->v.share[deal->share].frac / shares, left = twin_deal_firm_usd(s, d) + contingent_usd(s, d) - s->paid_in_usd[d];
    s->owed_cents[deal->line] = ask > 0 && left > 0 ? capital_cents(number_least(ask, left)) : 0;
  }
}

static void sell_assets(twin_state *s, int32_t p, int64_t need) {
  const twin_model *m = s->m;
  const capital_party *party = &s->v.party[p];
  double price = s->markets.level[PATH_SHARES];
  for (int32_t i = party->sells.first; i < party->sells.first + party->sells.n && need > 0; i++) {
    double before = s->asset_booked_usd[i];
    capital_sale sale = capital_asset_sale(&s->v.asset[i], &s->asset[i], price, s->asset_span_day[i], usd(need));
    if (!(sale.proceeds_usd > 0)) continue;
    int64_t got = capital_cents(sale.proceeds_usd), after = capital_cents(capital_asset_worth(&s->v.asset[i], &s->asset[i], price));
    int64_t lost = capital_cents(before) - after - got;
    ledger_post(&s->ledger, m->asset_sale_leg[p], s->month, got);
    if (lost) ledger_post(&s->ledger, m->asset_loss_leg[p], s->month, lost);
    s->asset_booked_usd[i] = usd(capital_cents(before) - got - lost);
    if (!isnan(s->v.asset[i].pace_usd_per_yr) && s->v.asset[i].pace_usd_per_yr > 0)
      s->asset_span_day[i] -= (sale.proceeds_usd + sale.haircut_usd) / s->v.asset[i].pace_usd_per_yr * CALENDAR_DAYS_PER_YEAR;
    s->month_in_cents[p] += got;
    s->month_out_cents[m->party_markets] += got;
    need -= got;
    twin_note(s, "%s sells %s for $%.2fB", programme_name(&m->p, CLASS_PARTY, p), programme_name(&m->p, CLASS_ASSET, i), sale.proceeds_usd / 1e9);
  }
}

// Equity that is to be called before any loan is drawn, and not all of it has been.
static bool equity_first(const twin_state *s, int32_t party) {
  for (int32_t d = 0; d < s->m->n_deal; d++)
    if (s->m->deal[d].payee == party && s->m->deal[d].rule == CAPITAL_RULE_EQUITY && s->v.contract[s->m->deal[d].contract].calls == CAPITAL_CALLS_FIRST &&
        twin_deal_firm_usd(s, d) > s->paid_in_usd[d] + 0.01) return true;
  return false;
}

// Adds up what is due, calls equity, draws on loans and sells assets. Leaves the lines on which something is or may be due.
static void raise_money(twin_state *s, due *sum) {
  const twin_model *m = s->m;
  s->n_claim = 0;
  for (int32_t l = 0; l < m->n_line; l++) {
    if (!s->owed_cents[l] && m->line[l].kind != KIND_EQUITY) continue;
    s->claim_line[s->n_claim++] = l;
    sum[m->line[l].payer].out += s->owed_cents[l];
    sum[m->line[l].payee].in += s->owed_cents[l];
    if (m->line[l].capital) sum[m->line[l].payer].capital += s->owed_cents[l];
  }
  // Loans that have been called are paid out of what operation yields: owners and their shares do not stand for them.
  for (int32_t d = 0; d < m->n_deal; d++)
    if (m->deal[d].rule == CAPITAL_RULE_LOAN && s->deal[d].failed) sum[m->deal[d].payee].out -= s->owed_cents[m->deal[d].principal];
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    if (s->v.party[p].deep) continue;
    if (!equity_first(s, p)) twin_loans_draw(s, p, sum[p].capital, true);
    int64_t need = sum[p].out - sum[p].in - (cash_of(s, p) - s->reserve_cents[p]);
    if (need > 0 && s->reserve_cents[p] > 0) need -= twin_reserve_release(s, p, need);
    if (need <= 0) continue;
    call_equity(s, p, need);
    int64_t called = 0;
    for (int32_t d = 0; d < m->n_deal; d++)
      if (m->deal[d].payee == p && m->deal[d].rule == CAPITAL_RULE_EQUITY) called += s->owed_cents[m->deal[d].line];
    if (called < need && sum[p].capital > 0) twin_loans_draw(s, p, need - called < sum[p].capital ? need - called : sum[p].capital, false);
  }
  for (int32_t d = 0; d < m->n_deal; d++)
    if (m->deal[d].rule == CAPITAL_RULE_EQUITY) sum[m->deal[d].payer].out += s->owed_cents[m->deal[d].line];
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++)
    if (!s->v.party[p].deep && sum[p].out > sum[p].in + cash_of(s, p)) sell_assets(s, p, sum[p].out - sum[p].in - cash_of(s, p));
}

static void book_payment(twin_state *s, int32_t l, int64_t cents) {
  const twin_model *m = s->m;
  const twin_line *line = &m->line[l];
  ledger_post(&s->ledger, line->pay_leg, s->month, cents);
  s->owed_cents[l] -= cents;
  s->line_paid_cents[l] += cents;
  s->month_out_cents[line->payer] += cents;
  s->month_in_cents[line->payee] += cents;
  if (line->capital) s->capital_cents[line->payer] += cents;
  if (line->operating) {
    s->operating_cents[line->payer] -= cents;
    s->operating_cents[line->payee] += cents;
  }
  int32_t n = m->n[CLASS_PERIMETER] + 1;
  for (int32_t q = 0; q < n; q++) {
    if (!s->leaves[l * n + q]) continue;
    s->spent_usd[q] += usd(cents);
    if (line->capital) s->capex_usd[q] += usd(cents);
  }
}

static bool has_party(const twin_state *s, int32_t perimeter, int32_t party) {
  if (perimeter == s->m->n[CLASS_PERIMETER]) return s->m->inside[party];
  field_span parties = s->v.perimeter[perimeter].parties;
  for (int32_t i = 0; i < parties.n; i++)
    if (s->v.ref[parties.first + i] == party) return true;
  return false;
}

void twin_perimeter_lines(twin_state *s) {
  const twin_model *m = s->m;
  int32_t n = m->n[CLASS_PERIMETER];
  for (int32_t l = 0; l < m->n_line; l++)
    for (int32_t q = 0; q <= n; q++) {
      const twin_line *line = &m->line[l];
      bool spent = line->kind != KIND_OUTGO && line->kind != KIND_PRINCIPAL;  // a loan paid back is no cost
      bool holds = q == n || line->campus < 0 || twin_perimeter_holds(s, q, line->campus);
      s->leaves[l * (n + 1) + q] = spent && holds && has_party(s, q, line->payer) && !has_party(s, q, line->payee);
    }
}

bool twin_perimeter_holds(const twin_state *s, int32_t perimeter, int32_t campus) {
  field_span c = s->v.perimeter[perimeter].campuses;
  for (int32_t i = 0; i < c.n; i++)
    if (s->v.ref[c.first + i] == campus) return true;
  return !c.n;
}

// What stays unpaid ages; past the time to cure it is a default.
static void age(twin_state *s) {
  const twin_model *m = s->m;
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    const capital_contract *k = &s->v.contract[deal->contract];
    int32_t rule = deal->rule;
    if (rule == CAPITAL_RULE_EQUITY) {
      s->owed_cents[deal->line] = 0;  // a call that was not met lapses; it is made anew when needed
      continue;
    }
    int64_t overdue = s->owed_cents[deal->line] + (deal->principal >= 0 ? s->owed_cents[deal->principal] : 0);
    twin_deal_now *now = &s->deal[d];
    now->missed_months = overdue > 0 ? now->missed_months + 1 : 0;
    double cure = capital_contract_cure_day(k, &s->v.contract_type[k->type]);
    if (now->failed || now->missed_months * CALENDAR_DAYS_PER_MONTH <= cure + CALENDAR_DAYS_PER_MONTH) continue;
    if (rule == CAPITAL_RULE_LOAN) {
      char why[60];
      snprintf(why, sizeof why, "$%.2fB overdue", usd(overdue) / 1e9);
      twin_loan_fail(s, d, why);
      continue;
    }
    now->failed = 1;
    s->defaults++;
    twin_note(s, "default: %s under %s, $%.2fB overdue", programme_name(&m->p, CLASS_PARTY, deal->payer), programme_name(&m->p, CLASS_CONTRACT, deal->contract), usd(overdue) / 1e9);
    if (now->ended_month < 0) {
      double months_left = isnan(k->tenor_day) ? 0 : k->tenor_day / CALENDAR_DAYS_PER_MONTH - (s->month - now->begun_month);
      bill(s, deal->line, k->termination_frac * now->monthly_usd * number_most(0, months_left));
      now->ended_month = s->month;
    }
    for (int32_t b = 0; b < m->net.n_building; b++) {
      int32_t c = m->building[b].campus;
      if (covers(s, k, c) && m->owner[2 * c + s->variant[c]] == deal->payee) s->failed_tenant[b] = s->tenant_failed[c] = 1;
    }
  }
}

// Cash is as the file states it for as_of. What was spent before came from money that was there then: it is booked as
// capital paid in from outside, when history ends.
static void settle_history(twin_state *s) {
  const twin_model *m = s->m;
  if (s->month != m->as_of_month - 1) return;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    double stated = isnan(s->v.party[p].cash_usd) ? 0 : s->v.party[p].cash_usd;
    int64_t missing = capital_cents(stated) - cash_of(s, p);
    if (s->v.party[p].deep || !missing) continue;
    ledger_post(&s->ledger, m->founding_leg[p], s->month, missing);
    s->month_in_cents[p] += missing;
    s->month_out_cents[m->party_markets] += missing;
  }
}

void twin_step_clear(twin_state *s) {
  const twin_model *m = s->m;
  due sum[TWIN_MAX_PARTIES];
  memset(sum, 0, (size_t)m->n[CLASS_PARTY] * sizeof *sum);
  int32_t n = 0;
  raise_money(s, sum);
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++)
    s->cash_cents[p] = s->v.party[p].deep || free_money(s) || s->month < m->as_of_month ? CAPITAL_DEEP : cash_of(s, p) - s->reserve_cents[p];
  memset(s->paid_cents, 0, (size_t)m->n_line * sizeof(int64_t));
  for (int32_t i = 0; i < s->n_claim; i++) {
    int32_t l = s->claim_line[i];
    if (s->owed_cents[l] <= 0) continue;
    const twin_line *line = &m->line[l];
    s->claim[n] = (capital_claim){ line->payer, line->payee, line->rank, line->order, s->owed_cents[l] };
    s->claim_line[n++] = l;
  }
  s->n_claim = n;
  if (n) capital_clear(s->claim, (size_t)n, s->cash_cents, (size_t)m->n[CLASS_PARTY], s->clear_scratch, s->claim_paid, NULL);
  for (int32_t i = 0; i < n; i++) {
    s->paid_cents[s->claim_line[i]] = s->claim_paid[i];
    if (s->claim_paid[i] > 0) book_payment(s, s->claim_line[i], s->claim_paid[i]);
    if (s->trace && s->claim_paid[i] < s->claim[i].owed_cents)
      twin_note(s, "%s pays %s $%.3fB of $%.3fB due", programme_name(&m->p, CLASS_PARTY, s->claim[i].payer), programme_name(&m->p, CLASS_PARTY, s->claim[i].payee), usd(s->claim_paid[i]) / 1e9, usd(s->claim[i].owed_cents) / 1e9);
  }
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    int32_t rule = deal->rule;
    if (rule == CAPITAL_RULE_LOAN) twin_loan_pay(s, d, s->paid_cents[deal->line], s->paid_cents[deal->principal]);
    if (rule == CAPITAL_RULE_EQUITY && s->paid_cents[deal->line] > 0) {
      double paid[CAPITAL_OWNERS];
      capital_equity_call(&s->equity_terms[deal->payee], &s->equity_state[deal->payee], usd(s->paid_cents[deal->line]), paid);
      s->paid_in_usd[d] += usd(s->paid_cents[deal->line]);
      if (m->inside[deal->payee]) s->equity_usd += usd(s->paid_cents[deal->line]);
    }
  }
  age(s);
  twin_loans_settle(s, free_money(s));
  settle_history(s);
}
