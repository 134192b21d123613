// Last step of the month: what is seen of it. And, after the last month, where the delay came from.
#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "../base/calendar.h"
#include "parts.h"
#include "state.h"

static double usd(int64_t cents) { return (double)cents / 100; }

// ---- Tranches -----------------------------------------------------------------------------------------------------------

// States of the buildings of a campus that have not begun: [0] of those without funds, [1] of those that have them.
static void waiting_tranches(const twin_state *s, int32_t c, double day1, twin_tranche out[2]) {
  const double *gate = s->draw.gate_open_day + c * TWIN_GATES;
  out[0] = gate[BUILD_GATE_PERMIT - 1] < day1 ? TRANCHE_PERMITTED : gate[BUILD_GATE_SITE - 1] < day1 ? TRANCHE_CONTRACTED : TRANCHE_PROMISED;
  out[1] = gate[BUILD_GATE_CLOSE - 1] < day1 ? TRANCHE_FINANCED : out[0];
}

static twin_tranche tranche_of(const twin_state *s, int32_t b, double day1, const twin_tranche waiting[2]) {
  const twin_building *building = &s->m->building[b];
  if (s->dropped[b]) return TRANCHE_DROPPED;
  if (s->commissioned[b]) return s->failed_tenant[b] ? TRANCHE_RELET : TRANCHE_OPERATING;
  if (building->energise_activity >= 0 && s->build.finish_day[building->energise_activity] < day1) return TRANCHE_ENERGISED;
  if (s->build.start_day[building->begin_activity] < day1) return TRANCHE_CONSTRUCTION;
  return waiting[s->go[b]];
}

static void observe_buildings(const twin_state *s, int32_t c, twin_programme_month *all, twin_campus_month *campus) {
  const twin_model *m = s->m;
  double day1 = m->day0[s->month + 1], jobs_per_mw = s->v.campus[c].jobs_build_per_mw;
  bool drawn = s->mode != MODE_PLAN;
  twin_tranche waiting[2];
  waiting_tranches(s, c, day1, waiting);
  for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++) {
    int32_t b = m->of_campus[k];
    twin_tranche state = tranche_of(s, b, day1, waiting);
    double mw = s->building_mw[b], budget = s->budget_owner_usd[b] + s->budget_buyer_usd[b];
    campus->tranche_mw[state] += mw;
    all->tranche_mw[state] += mw;
    all->tranche_usd[state] += budget;
    if (state == TRANCHE_CONSTRUCTION || state == TRANCHE_ENERGISED) {
      double jobs = jobs_per_mw * mw * s->go[b];
      all->jobs_build += jobs;
      campus->jobs += jobs;
    }
    if (s->go[b] && state >= TRANCHE_FINANCED && state != TRANCHE_DROPPED) campus->committed_usd += budget;
    else if (drawn && state != TRANCHE_DROPPED && m->plan_begin_day[b] < day1) all->funding_gap_usd += budget;  // due by plan, and no funds for it
  }
}

// A campus whose works have not begun: all of it is promised, and what is due by plan has no funds yet.
static void observe_promised(const twin_state *s, int32_t c, twin_programme_month *all, twin_campus_month *campus) {
  const twin_model *m = s->m;
  campus->tranche_mw[TRANCHE_PROMISED] = s->campus_mw[c];
  all->tranche_mw[TRANCHE_PROMISED] += s->campus_mw[c];
  all->tranche_usd[TRANCHE_PROMISED] += s->campus_owner_usd[c] + s->campus_buyer_usd[c];
  for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1] && s->mode != MODE_PLAN; k++) {
    int32_t b = m->of_campus[k];
    if (m->plan_begin_day[b] < m->day0[s->month + 1]) all->funding_gap_usd += s->budget_owner_usd[b] + s->budget_buyer_usd[b];
  }
}

static void observe_tranches(twin_state *s, twin_programme_month *all, double *record) {
  const twin_model *m = s->m;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    twin_campus_month *campus = (twin_campus_month *)(void *)twin_record_at(record, m, SCOPE_CAMPUS, c);
    double budget = s->campus_owner_usd[c] + s->campus_buyer_usd[c];
    bool all_on = (int32_t)s->campus[c].buildings == m->campus_first[c + 1] - m->campus_first[c];
    if (all_on && !s->tenant_failed[c]) {
      campus->tranche_mw[TRANCHE_OPERATING] = s->campus_mw[c];
      all->tranche_mw[TRANCHE_OPERATING] += s->campus_mw[c];
      all->tranche_usd[TRANCHE_OPERATING] += budget;
      campus->committed_usd = budget;
      continue;
    }
    if (s->start_day[c] >= m->day0[s->month + 1] && s->work_left[c] == m->campus_first[c + 1] - m->campus_first[c]) {
      observe_promised(s, c, all, campus);
      continue;
    }
    observe_buildings(s, c, all, campus);
  }
}

// The states in which buildings stand when a year of the report ends, or the horizon.
static void note_states(twin_state *s) {
  const twin_model *m = s->m;
  int32_t year = twin_report_year(m, s->month), years = twin_report_years(m);
  if (s->month < m->report0 || (calendar_month_of_year(m->month0 + s->month) != 11 && s->month + 1 < m->n_month)) return;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    double day1 = m->day0[s->month + 1];
    twin_tranche waiting[2];
    waiting_tranches(s, c, day1, waiting);
    for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++) {
      int32_t b = m->of_campus[k];
      s->stood[b * years + year] = (unsigned char)tranche_of(s, b, day1, waiting);
    }
  }
}

// ---- Campuses and the programme -------------------------------------------------------------------------------------------

static void observe_campuses(twin_state *s, twin_programme_month *all, double *record) {
  const twin_model *m = s->m;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    const twin_campus_now *now = &s->campus[c];
    const power_month_out *e = &now->energy;
    twin_campus_month *o = (twin_campus_month *)(void *)twin_record_at(record, m, SCOPE_CAMPUS, c);
    double used = e->grid_mwh + e->onsite_mwh, run = s->v.campus[c].jobs_run_per_mw * now->capacity_mw;
    o->capacity_mw = now->capacity_mw;
    o->connected_mw = now->firm_mw;
    o->it_mw = now->it_limit_mw;
    o->load_mw = used / (24 * (m->day0[s->month + 1] - m->day0[s->month]));
    o->buildings = now->buildings;
    o->gpus = now->gpus;
    int32_t per = s->v.rack[s->v.campus[c].racks].superchip_gpus;
    o->superchips = now->gpus / (per > 1 ? per : 1);
    o->schedulable_gpus = now->schedulable_gpus;
    o->gpu_hours = now->gpu_h;
    o->pue_frac = e->it_mwh > 0 ? used / e->it_mwh : 1;
    o->energy_mwh = used;
    o->grid_mwh = e->grid_mwh;
    o->onsite_mwh = e->onsite_mwh;
    o->curtailed_mwh = e->curtailed_mwh;
    o->energy_usd = e->energy_usd + e->demand_usd + e->fuel_usd + e->om_usd;
    o->demand_usd = e->demand_usd;
    o->lost_usd = e->lost_usd;
    o->water_m3 = e->water_m3;
    o->co2_t = e->co2_t;
    o->jobs += run;
    const twin_campus_lines *lines = m->campus_lines + 2 * c;
    for (int32_t k = 0; k <= s->variant[c]; k++)
      o->capex_usd += usd((lines[k].construction < 0 ? 0 : s->line_paid_cents[lines[k].construction]) + (lines[k].racks < 0 ? 0 : s->line_paid_cents[lines[k].racks]) +
                          (lines[k].generation < 0 ? 0 : s->line_paid_cents[lines[k].generation]));
    all->capacity_mw += o->capacity_mw;
    all->connected_mw += o->connected_mw;
    all->it_mw += o->it_mw;
    all->load_mw += o->load_mw;
    all->buildings += o->buildings;
    all->campuses += o->buildings > 0;
    all->gpus += o->gpus;
    all->superchips += o->superchips;
    all->schedulable_gpus += o->schedulable_gpus;
    all->gpu_hours += o->gpu_hours;
    all->energy_mwh += o->energy_mwh;
    all->grid_mwh += o->grid_mwh;
    all->onsite_mwh += o->onsite_mwh;
    all->curtailed_mwh += o->curtailed_mwh;
    all->energy_usd += o->energy_usd;
    all->demand_usd += o->demand_usd;
    all->throttled_gpu_hours += e->throttled_gpu_h;
    all->paused_gpu_hours += e->paused_gpu_h;
    all->shed_gpu_hours += e->shed_gpu_h;
    all->lost_usd += o->lost_usd;
    all->water_m3 += o->water_m3;
    all->co2_t += o->co2_t;
    all->committed_usd += o->committed_usd;
    all->jobs_run += run;
  }
  all->jobs = all->jobs_build + all->jobs_run;
}

// Service over the last twelve months; 10 where nothing is due.
static double dscr(twin_state *s, double cash_usd) {
  double cash = 0, due = 0;
  s->dscr_cash[s->month % 12] = cash_usd;
  s->dscr_due[s->month % 12] = s->debt_service_usd;
  for (int i = 0; i < 12; i++) {
    cash += s->dscr_cash[i];
    due += s->dscr_due[i];
  }
  return due > 0 ? number_most(-10, number_least(10, cash / due)) : 10;
}

// Operating cash of the month of those who owe, before debt service.
static double operating_cash_usd(const twin_state *s, const bool *owes) {
  const twin_model *m = s->m;
  double sum = 0;
  for (int32_t i = 0; i < s->n_claim; i++) {
    int32_t l = s->claim_line[i];
    const twin_line *line = &m->line[l];
    if (!line->operating) continue;
    if (owes[line->payee] != owes[line->payer]) sum += owes[line->payee] ? usd(s->paid_cents[l]) : -usd(s->paid_cents[l]);
  }
  for (int32_t d = 0; d < m->n_deal; d++)
    if (owes[m->deal[d].payee] && m->deal[d].relet_leg >= 0) sum += usd(s->ledger.amount_cents[(size_t)m->deal[d].relet_leg * (size_t)m->n_month + (size_t)s->month]);
  for (int32_t k = 0; k < m->n[CLASS_SERVICE]; k++)
    if (owes[s->v.service[k].by]) sum += s->service_sales_usd[k];
  return sum;
}

static void observe_money(twin_state *s, twin_programme_month *all) {
  const twin_model *m = s->m;
  int32_t n = m->n[CLASS_PERIMETER];
  all->spent_usd = s->spent_usd[n];
  all->capex_usd = s->capex_usd[n];
  all->equity_usd = s->equity_usd;
  all->interest_usd = s->interest_usd;
  all->debt_service_usd = s->debt_service_usd;
  all->receipts_usd = s->receipts_usd;
  all->sales_usd = s->sales_usd;
  all->opex_usd = s->opex_usd;
  for (int32_t i = 0; i < s->n_claim; i++) all->arrears_usd += usd(s->owed_cents[s->claim_line[i]]);
  bool owes[TWIN_MAX_PARTIES], any = false;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    int64_t debt = m->inside[p] ? ledger_balance(&s->ledger, p, LEDGER_LOANS_OWED) : 0;
    all->debt_usd += usd(debt);
    owes[p] = debt > 0;
    any |= owes[p];
  }
  double borrowers_cash = any ? operating_cash_usd(s, owes) : 0;
  all->dscr_frac = dscr(s, borrowers_cash);
  double capital_share = all->gpu_hours > 0 ? (s->capital_usd + all->energy_usd + all->opex_usd + all->interest_usd) / all->gpu_hours : 0;
  all->cost_usd_per_gpu_h = capital_share;
  all->cost_usd_per_mtok = s->served_mtok > 0 ? capital_share * s->service_gpu_h / s->served_mtok : 0;
}

static void observe_parties(twin_state *s, double *record) {
  const twin_model *m = s->m;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    twin_party_month *o = (twin_party_month *)(void *)twin_record_at(record, m, SCOPE_PARTY, p);
    o->cash_in_usd = usd(s->month_in_cents[p]);
    o->cash_out_usd = usd(s->month_out_cents[p]);
    o->cash_usd = usd(ledger_balance(&s->ledger, p, LEDGER_CASH));
    if (s->v.party[p].deep) continue;  // of the outside world only its cash is told
    int64_t assets = 0, liabilities = 0;
    for (int a = 0; a < LEDGER_FIRST_LIABILITY; a++) assets += ledger_balance(&s->ledger, p, a);
    for (int a = LEDGER_FIRST_LIABILITY; a < LEDGER_FIRST_EQUITY; a++) liabilities += ledger_balance(&s->ledger, p, a);
    o->debt_usd = usd(ledger_balance(&s->ledger, p, LEDGER_LOANS_OWED));
    o->arrears_usd = usd(ledger_balance(&s->ledger, p, LEDGER_PAYABLE));
    o->assets_usd = usd(assets);
    o->equity_usd = usd(assets - liabilities);
    double result = usd(ledger_balance(&s->ledger, p, LEDGER_REVENUE) - ledger_balance(&s->ledger, p, LEDGER_EXPENSE));
    o->income_usd = result - s->party_last_income_usd[p];
    o->reserve_usd = usd(s->reserve_cents[p]);
    o->dscr_frac = number_most(-10, number_least(10, s->cover_frac[p]));
    s->party_last_income_usd[p] = result;
  }
}

static void observe_perimeters(twin_state *s, double *record) {
  const twin_model *m = s->m;
  for (int32_t q = 0; q < m->n[CLASS_PERIMETER]; q++) {
    twin_perimeter_month *o = (twin_perimeter_month *)(void *)twin_record_at(record, m, SCOPE_PERIMETER, q);
    field_span parties = s->v.perimeter[q].parties;
    o->spent_usd = s->spent_usd[q];
    o->capex_usd = s->capex_usd[q];
    for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
      if (!(s->campus[c].buildings > 0 || s->campus[c].gpus > 0)) continue;
      int32_t owner = m->owner[2 * c + s->variant[c]];
      bool ours = !parties.n;  // megawatts count where the owner of the day belongs to the perimeter
      for (int32_t i = 0; i < parties.n; i++) ours |= s->v.ref[parties.first + i] == owner;
      if (!ours || !twin_perimeter_holds(s, q, c)) continue;
      o->capacity_mw += s->campus[c].capacity_mw;
      o->it_mw += s->campus[c].it_limit_mw;
      o->gpus += s->campus[c].gpus;
    }
  }
}

void twin_step_observe(twin_state *s) {
  const twin_model *m = s->m;
  double *record = s->record + (size_t)s->month * m->record;
  memset(record, 0, m->record * sizeof(double));
  twin_programme_month *all = (twin_programme_month *)(void *)record;
  observe_tranches(s, all, record);
  note_states(s);
  observe_campuses(s, all, record);
  observe_money(s, all);
  observe_parties(s, record);
  observe_perimeters(s, record);
  all->goodput_frac = s->goodput_frac;
  all->training_gpu_hours = s->training_gpu_h;
  all->service_gpu_hours = s->service_gpu_h;
  all->idle_gpu_hours = number_most(0, all->gpu_hours - s->training_gpu_h - s->service_gpu_h - all->throttled_gpu_hours - all->paused_gpu_hours - all->shed_gpu_hours);
  all->tokens_served = 1e6 * s->served_mtok;
  all->tokens_demanded = 1e6 * s->demanded_mtok;
  all->demand_index = s->markets.level[PATH_DEMAND];
  all->power_index = s->markets.level[PATH_POWER];
  all->interest_frac = s->markets.level[PATH_INTEREST];
  all->shares_index = s->markets.level[PATH_SHARES];
  for (int32_t r = 0; r < m->n[CLASS_RUN]; r++) {
    twin_run_month *o = (twin_run_month *)(void *)twin_record_at(record, m, SCOPE_RUN, r);
    o->done_frac = s->run_total_flop[r] > 0 ? 1 - s->run_left_flop[r] / s->run_total_flop[r] : 1;
    o->released = s->run_done_month[r] >= 0;
  }
  if (s->trace && (s->month % 3 == 2 || s->month == m->n_month - 1))
    twin_note(s, "= %.0f MW capacity, %.0f GPUs, $%.2fB spent, $%.2fB debt, $%.2fB arrears, demand %.2f", all->capacity_mw, all->gpus, all->spent_usd / 1e9, all->debt_usd / 1e9, all->arrears_usd / 1e9, all->demand_index);
}

// ---- After the last month: delays and totals -----------------------------------------------------------------------------

// Spreads megawatt-days by cause over the years in which the days lie; what lies before the report is told of its first year.
static void spread_delay(const double *year_end_day, double from_day, double days, const double mw_days[CAUSE_COUNT + 1], double *late) {
  double before = 0;
  for (int32_t y = 0; before < days; y++, late += CAUSE_COUNT + 1) {
    double until = number_most(0, number_least(days, year_end_day[y] - from_day)), part = (until - before) / days;
    before = until;
    for (int c = 0; c <= CAUSE_COUNT && part > 0; c++) late[c] += part * mw_days[c];
  }
}

// A building is late from the day on which it was to be done.
static void count_delay(twin_state *s) {
  const twin_model *m = s->m;
  double end = m->day0[s->month + 1], year_end_day[TWIN_MAX_MONTHS / 12 + 2];
  for (int32_t t = m->report0; t <= s->month; t++) year_end_day[twin_report_year(m, t)] = t < s->month ? m->day0[t + 1] : HUGE_VAL;
  size_t size = (size_t)twin_report_years(m) * (CAUSE_COUNT + 1);
  for (int32_t b = 0; b < m->net.n_building; b++) {
    double by_cause[CAUSE_COUNT + 1];
    double days = build_delay(&s->net, &s->draw, &s->build, &m->plan_draw, &m->plan_build, b, end, by_cause), told = 0;
    if (!(days > 0)) continue;
    for (int c = 0; c < CAUSE_COUNT; c++) told += by_cause[c];
    by_cause[CAUSE_COUNT] = number_most(0, days - told);
    for (int c = 0; c <= CAUSE_COUNT; c++) by_cause[c] *= s->building_mw[b];
    spread_delay(year_end_day, m->plan_build.finish_day[m->net.last[b]], days, by_cause, s->late + (size_t)m->building[b].campus * size);
  }
}

static void count_scalars(twin_state *s) {
  const twin_model *m = s->m;
  const double *last = s->record + (size_t)s->month * m->record;
  const twin_programme_month *end = (const twin_programme_month *)(const void *)last;
  double gap = 0, first = m->n_month - m->report0 + 1, complete = first, late = 0;
  for (int32_t t = m->report0; t <= s->month; t++) {
    const twin_programme_month *at = (const twin_programme_month *)(const void *)(s->record + (size_t)t * m->record);
    gap = number_most(gap, at->funding_gap_usd);
    if (at->buildings > 0 && first > t - m->report0) first = t - m->report0;
    if (at->buildings >= m->net.n_building && complete > t - m->report0) complete = t - m->report0;
  }
  for (int32_t i = 0; i < m->n[CLASS_CAMPUS] * twin_report_years(m) * (CAUSE_COUNT + 1); i++) late += s->late[i];
  s->scalar[SCALAR_CAPEX] = end->capex_usd;
  s->scalar[SCALAR_PEAK_GAP] = gap;
  s->scalar[SCALAR_FIRST_POWER] = first;
  s->scalar[SCALAR_COMPLETE] = complete;
  s->scalar[SCALAR_DEFAULTS] = s->defaults;
  s->scalar[SCALAR_LATE_MW_MONTHS] = late / CALENDAR_DAYS_PER_MONTH;
  s->scalar[SCALAR_NPV] = 0;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++)
    if (m->inside[p]) s->scalar[SCALAR_NPV] += twin_party_npv_usd(s, p);
}

// Cash that the party receives less what it pays, at its own rate; assets and debt left at the horizon are not in it.
double twin_party_npv_usd(const twin_state *s, int32_t party) {
  const twin_model *m = s->m;
  double rate = s->v.party[party].rate_frac_per_yr, month = pow(1 + rate, -1.0 / 12), factor = 1, sum = 0;
  for (int32_t t = m->report0; t <= s->month; t++, factor *= month) {
    const twin_party_month *o = (const twin_party_month *)(const void *)twin_record_at(s->record + (size_t)t * m->record, m, SCOPE_PARTY, party);
    sum += factor * (o->cash_in_usd - o->cash_out_usd);
  }
  return sum;
}

void twin_step_delays(twin_state *s) {
  s->causes_seen |= s->build.waited;  // what nothing waited for changes nothing when it is removed
  if (s->mode != MODE_PLAN) count_delay(s);
  count_scalars(s);
}
