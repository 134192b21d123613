// Steps of the month that lead to buildings: markets, decisions, building.
#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "../base/calendar.h"
#include "../build/supply.h"
#include "parts.h"
#include "state.h"

static double day0_of(const twin_state *s) { return s->m->day0[s->month]; }
static double day1_of(const twin_state *s) { return s->m->day0[s->month + 1]; }
static bool is_history(const twin_state *s) { return s->month < s->m->as_of_month; }
static const char *campus_name(const twin_state *s, int32_t c) { return programme_name(&s->m->p, CLASS_CAMPUS, c); }

// ---- 1. Markets ---------------------------------------------------------------------------------------------------------

void twin_step_markets(twin_state *s) {
  const twin_model *m = s->m;
  const int32_t rows[PATH_COUNT] = { m->market_demand, m->market_power, m->market_gas, m->market_interest, m->market_shares };
  for (int i = 0; i < PATH_COUNT; i++)
    s->markets.level[i] = (rows[i] < 0 ? i == PATH_INTEREST ? 0.04 : 1 : s->v.market[rows[i]].level) * s->path[i][s->month];
  s->markets.level[PATH_DEMAND] *= s->release_factor;
}

// ---- 2. Decide ----------------------------------------------------------------------------------------------------------

enum { MAX_DECIDERS = 16 };

// How long the decision takes once the question is put. By plan: one round, all agree.
static double gate_delay_day(twin_state *s, int32_t gate, int *bilateral) {
  int32_t campus = gate / TWIN_GATES, kind = gate % TWIN_GATES + 1;
  build_gate_terms t = twin_gate_terms(&s->v, s->m, campus, kind);
  if (t.deciders > MAX_DECIDERS) t.deciders = MAX_DECIDERS;
  build_gate_terms stated = twin_gate_terms(&s->m->plan_view, s->m, campus, kind);
  *bilateral = 0;
  double plan = build_gate_plan_day(&stated);
  if (s->mode == MODE_PLAN) return plan;
  double z[BUILD_GATE_MAX_ROUNDS * MAX_DECIDERS], u[BUILD_GATE_MAX_ROUNDS * MAX_DECIDERS * (MAX_DECIDERS - 1) / 2];
  uint64_t key = s->m->gate_key[gate];
  stream_normals(s->s, key, 0, (uint32_t)build_gate_normals(&t), z);
  uint64_t pairs = stream_key_join(key, 1);
  for (size_t i = 0; i < build_gate_uniforms(&t); i++) u[i] = stream_uniform(s->s, pairs, (uint32_t)i);
  build_gate_result r = build_gate_run(&t, z, u);
  *bilateral = r.bilateral;
  if (s->removed == s->m->net.gate_cause[gate]) {
    *bilateral = 0;
    return number_least(plan, r.delay_day);
  }
  if (r.delay_day > plan || r.bilateral) s->causes_seen |= 1u << s->m->net.gate_cause[gate];
  if (r.bilateral) twin_note(s, "%s: no agreement after %d rounds; the parties go on bilaterally", campus_name(s, campus), r.rounds);
  return r.delay_day;
}

bool twin_demand_allows(const twin_state *s, int32_t campus) {
  if (s->mode == MODE_PLAN || s->removed == CAUSE_DEMAND || is_history(s)) return true;
  return s->markets.level[PATH_DEMAND] >= s->v.campus[campus].min_demand_frac;
}

static void open_gate(twin_state *s, int32_t gate, double day) {
  s->draw.gate_open_day[gate] = day;
  build_part_tell(&s->part[gate / TWIN_GATES]);
  if (!s->trace) return;
  static const char *const words[TWIN_GATES] = { "site agreed", "permits given", "offtake signed", "financial close", "go-ahead" };
  char text[11];
  calendar_day_text((int32_t)day, text);
  twin_note(s, "%s: %s on %s", campus_name(s, gate / TWIN_GATES), words[gate % TWIN_GATES], text);
}

// The gates of a campus, one after the other. `funded`: whether its first building has funds for completion.
static void decide_gates(twin_state *s, int32_t campus, bool funded) {
  double day1 = day1_of(s), put = s->start_day[campus];
  bool begun = s->start_day[campus] < s->m->p.as_of_day;  // what had begun by as_of had been agreed
  for (int32_t k = 0; k < TWIN_GATES; k++) {
    int32_t gate = campus * TWIN_GATES + k;
    if (isinf(s->draw.gate_open_day[gate])) {
      if (put >= day1) return;
      if (isinf(s->gate_ready_day[gate])) {
        int bilateral = 0;
        s->gate_ready_day[gate] = begun ? put : put + gate_delay_day(s, gate, &bilateral);
        if (bilateral && k + 1 == BUILD_GATE_SITE) {
          s->variant[campus] = 1;
          s->needs_known = false;
        }
      }
      double ready = s->gate_ready_day[gate];
      if (ready >= day1) { s->causes_seen |= 1u << s->m->net.gate_cause[gate]; return; }
      bool stopped = (k + 1 == BUILD_GATE_OFFTAKE && !twin_demand_allows(s, campus)) || (k + 1 == BUILD_GATE_CLOSE && !funded);
      if (stopped && !begun) {
        s->causes_seen |= 1u << (k + 1 == BUILD_GATE_OFFTAKE ? CAUSE_DEMAND : CAUSE_MONEY);
        twin_note(s, "%s: %s", campus_name(s, campus), k + 1 == BUILD_GATE_OFFTAKE ? "demand does not carry a new campus" : "no financial close, funds for completion are short");
        return;
      }
      open_gate(s, gate, ready > day0_of(s) || begun ? ready : day0_of(s));
    }
    put = s->draw.gate_open_day[gate];
  }
}

// A dispute stops what has not begun.
static void hold_site(twin_state *s, int32_t campus) {
  if (!(s->v.campus[campus].hold_flag > 0) || s->removed == CAUSE_CONSENT) return;
  s->causes_seen |= 1u << CAUSE_CONSENT;
  build_part_tell(&s->part[campus]);
  for (int32_t k = 0; k < TWIN_GATES; k++) {
    double *open = &s->draw.gate_open_day[campus * TWIN_GATES + k];
    if (*open < day1_of(s)) *open = day1_of(s);
  }
  twin_note(s, "%s: the site is in dispute", campus_name(s, campus));
}

// Orders are placed when all gates are open; supplies then come in plan order.
static void place_orders(twin_state *s, int32_t campus) {
  const twin_model *m = s->m;
  double day = s->draw.gate_open_day[campus * TWIN_GATES + TWIN_GATES - 1];
  if (isinf(day) || !isinf(s->order_day[campus])) return;
  s->order_day[campus] = day;
  int32_t racks = m->campus_lines[2 * campus + s->variant[campus]].racks, contract = racks < 0 ? -1 : m->line[racks].contract;
  if (contract >= 0) {
    s->rack_rest_frac[campus] = 1 - s->v.contract[contract].deposit_frac;
    s->deposit_usd[campus] = s->v.contract[contract].deposit_frac * s->campus_buyer_usd[campus];
  }
  build_part_tell(&s->part[campus]);
  double connected = 0;
  for (int32_t b = 0; b < m->net.n_building; b++) {
    if (m->building[b].campus != campus) continue;
    connected += s->building_mw[b];
    for (int32_t j = m->building_first[b]; j < m->building_first[b + 1]; j++) {
      int32_t i = m->of_building[j], supply = m->work[i].supply, generation = 0;
      double ready = -HUGE_VAL;
      bool plan = s->mode == MODE_PLAN || s->removed == s->net.supply_cause[i];
      if (supply >= 0 && !plan) {
        const build_supply_row *row = &s->v.supply[supply];
        double earliest = isnan(row->earliest_day) ? -HUGE_VAL : row->earliest_day;
        if (day < s->first_order_day[supply]) s->first_order_day[supply] = day;
        build_supply at = { row->lead_day, earliest, row->rate_per_month, row->ramp_day };
        ready = build_supply_ready_day(&at, s->first_order_day[supply], m->supply_before[i], m->supply_need[i]);
        ready = number_most(ready, day + row->lead_day);
      }
      if (m->building[b].energise_activity == i) {
        double power = twin_power_day(&s->v, m, campus, connected, &generation);
        if (s->mode == MODE_SCENARIO && (s->removed == CAUSE_GRID || s->removed == CAUSE_GENERATION)) {
          int32_t by_plan;
          double plan_mw = connected / s->v.campus[campus].facility_frac * m->plan_view.campus[campus].facility_frac;
          double stated = twin_power_day(&m->plan_view, m, campus, plan_mw, &by_plan) + s->start_day[campus] - twin_campus_start_day(&m->plan_view, m, campus);
          if ((s->removed == CAUSE_GENERATION) == (generation > 0)) power = number_least(power, stated);
        }
        if (generation) s->net.supply_cause[i] = CAUSE_GENERATION;
        ready = number_most(ready, power);
      }
      s->draw.available_day[i] = ready;
    }
  }
}

// Funds for completion of each party up to now: cash at the start, what its pledgers could have paid by now, loans that
// are open, and what operation has left over. It never depends on how the money was spent.
static void count_funds(twin_state *s) {
  const twin_model *m = s->m;
  const twin_view *v = &s->v;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    const capital_party *party = &v->party[p];
    double cash = isnan(party->cash_usd) ? 0 : party->cash_usd;
    s->funds_usd[p] = party->deep ? HUGE_VAL : number_most(0, cash + s->income_usd[p]) + s->retained_usd[p] + s->raisable_usd[p];
  }
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    for (int32_t c = 0; deal->rule == CAPITAL_RULE_LOAN && c < m->n[CLASS_CAMPUS]; c++) {
      const twin_loan_now *loan = twin_loan_of(s, d, c);
      if (loan->open && !s->deal[d].failed) s->funds_usd[deal->payee] += loan->debt.commitment_usd;
    }
  }
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    if (deal->rule != CAPITAL_RULE_EQUITY) continue;
    double firm = twin_deal_firm_usd(s, d), means = s->funds_usd[deal->payer];
    s->funds_usd[deal->payee] += number_least(firm, means);
  }
}

double twin_deal_firm_usd(const twin_state *s, int32_t d) {
  const twin_deal *deal = &s->m->deal[d];
  const capital_party *payer = &s->v.party[deal->payer];
  double pledge = payer->pledges_usd, total = s->v.contract[deal->contract].total_usd;
  double stated = isnan(pledge) ? (isnan(total) ? 0 : total * s->v.share[deal->share].frac) : pledge / deal->pledged_to;
  if (s->mode == MODE_PLAN || s->removed == CAUSE_MONEY) return stated;
  double honours = isnan(payer->honours_frac) ? 1 : payer->honours_frac;
  double shares = number_least(1, s->markets.level[PATH_SHARES]);  // liquidity is tied to markets: what falls is not replaced
  return stated * honours * (1 - payer->liquidity_frac * (1 - shares));
}

// What has not begun by its long-stop date is given up; what begins again after a pause costs something.
static void give_up_or_restart(twin_state *s, int32_t c, int32_t b, bool stops) {
  const twin_model *m = s->m;
  const twin_campus *campus = &s->v.campus[c];
  double day0 = day0_of(s), budget = s->budget_owner_usd[b] + s->budget_buyer_usd[b];
  bool begun = s->build.start_day[m->building[b].begin_activity] < day0, running = begun && !s->commissioned[b];
  if (running && s->paused[b] && !stops) s->extra_usd[c] += campus->restart_frac * budget;
  s->paused[b] = running && stops;
  if (begun || s->mode == MODE_PLAN || day0 < m->plan_begin_day[b] + campus->long_stop_day) return;
  s->dropped[b] = 1;
  s->needs_known = false;
  s->go[b] = 0;
  s->work_left[c]--;
  build_part_wake(&s->part[c]);
  if (!isinf(s->order_day[c])) s->extra_usd[c] += campus->cancel_frac * budget;
  twin_note(s, "%s/%d: given up, it has not begun by its long-stop date", campus_name(s, c), m->building[b].number + 1);
}

// Budgets up to each building, in plan order, by who pays. What is given up keeps its place: money is committed by
// project, and what was meant for one that failed is not pledged anew to the next (so more money never delays a building).
static void count_needs(twin_state *s) {
  const twin_model *m = s->m;
  if (s->needs_known) return;
  double sum[TWIN_MAX_PARTIES] = {0};
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) s->first_live[c] = -1;
  for (int32_t b = 0; b < m->net.n_building; b++) {
    int32_t c = m->building[b].campus, at = 2 * c + s->variant[c];
    sum[m->owner[at]] += s->budget_owner_usd[b];
    sum[m->buyer[at]] += s->budget_buyer_usd[b];
    if (!s->dropped[b] && s->first_live[c] < 0) s->first_live[c] = b;
    s->need_owner_usd[b] = sum[m->owner[at]];
    s->need_buyer_usd[b] = sum[m->buyer[at]];
  }
  s->needs_known = true;
}

// Funds of those who pay for a campus, with what loans its owner may count on beside.
typedef struct campus_funds { double owner_usd, buyer_usd; } campus_funds;

static campus_funds funds_of(const twin_state *s, int32_t c, double prospect_usd) {
  int32_t at = 2 * c + s->variant[c], owner = s->m->owner[at], buyer = s->m->buyer[at];
  return (campus_funds){ s->funds_usd[owner] + prospect_usd, s->funds_usd[buyer] + (buyer == owner ? prospect_usd : 0) };
}

static bool is_funded(const twin_state *s, int32_t b, campus_funds funds) {
  return s->need_owner_usd[b] <= funds.owner_usd && s->need_buyer_usd[b] <= funds.buyer_usd;
}

// How many buildings of a campus, in plan order, have funds: needs rise from one to the next, so it is looked for from last
// month's number on.
static int32_t count_funded(const twin_state *s, int32_t c, campus_funds funds) {
  const int32_t *of = s->m->of_campus + s->m->campus_first[c];
  int32_t all = s->m->campus_first[c + 1] - s->m->campus_first[c], n = s->funded[c].buildings;
  while (n < all && is_funded(s, of[n], funds)) n++;
  while (n > 0 && !is_funded(s, of[n - 1], funds)) n--;
  return n;
}

// Returns whether the first building has funds for completion, with the loans that its close would bring.
static bool decide_campus_money(twin_state *s, int32_t c, bool free_money) {
  const twin_model *m = s->m;
  int32_t first = m->campus_first[c], last = m->campus_first[c + 1], live = s->first_live[c];
  if (live < 0) return false;
  campus_funds funds = funds_of(s, c, 0);
  int32_t n = free_money ? last - first : count_funded(s, c, funds);
  bool first_funded = n == last - first || is_funded(s, live, funds) || is_funded(s, live, funds_of(s, c, twin_loan_prospect_usd(s, c)));
  bool may_drop = s->work_left[c] > 0 && day0_of(s) >= s->first_plan_day[c] + s->v.campus[c].long_stop_day;
  twin_funded now = { n, s->work_left[c], first_funded }, *before = &s->funded[c];
  bool same = now.buildings == before->buildings && now.work_left == before->work_left && now.first == before->first;
  *before = now;
  if (same && !may_drop) return first_funded;  // each goes on, or stands, as last month
  for (int32_t k = first; k < last; k++) {
    int32_t b = m->of_campus[k];
    if (s->dropped[b]) continue;
    bool funded = b == live ? first_funded : k - first < n;
    bool stops = !funded && !s->commissioned[b];
    if (may_drop || s->go[b] == stops) give_up_or_restart(s, c, b, stops);
    if (s->dropped[b]) continue;
    if (stops) s->causes_seen |= 1u << CAUSE_MONEY;
    if (s->go[b] != stops) continue;
    build_part_wake(&s->part[c]);  // it changes
    s->go[b] = !stops;
  }
  return first_funded;
}

static void decide_money(twin_state *s, bool *first_funded) {
  bool free_money = s->mode == MODE_PLAN || s->removed == CAUSE_MONEY || is_history(s);
  count_needs(s);
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) first_funded[c] = decide_campus_money(s, c, free_money);
}

void twin_step_decide(twin_state *s) {
  const twin_model *m = s->m;
  bool first_funded[TWIN_MAX_CAMPUSES];
  memset(s->extra_usd, 0, (size_t)m->n[CLASS_CAMPUS] * sizeof(double));
  memset(s->deposit_usd, 0, (size_t)m->n[CLASS_CAMPUS] * sizeof(double));
  count_funds(s);
  decide_money(s, first_funded);
  for (int32_t i = 0; i < m->n[CLASS_CAMPUS]; i++) {
    int32_t c = m->order[i];
    decide_gates(s, c, first_funded[c]);
    twin_loan_close(s, c);
    hold_site(s, c);
    place_orders(s, c);
  }
}

// ---- 3. Build -----------------------------------------------------------------------------------------------------------

static void note_buildings(twin_state *s) {
  const twin_model *m = s->m;
  for (int32_t b = 0; b < m->net.n_building; b++)
    for (int32_t j = m->building_first[b]; j < m->building_first[b + 1]; j++) {
      int32_t i = m->of_building[j];
      const char *activity = programme_name(&m->p, CLASS_ACTIVITY, m->work[i].row);
      double start = s->build.start_day[i], finish = s->build.finish_day[i];
      char day[11];
      if (start >= day0_of(s) && start < day1_of(s)) {
        calendar_day_text((int32_t)start, day);
        twin_note(s, "%s/%d: %s begins on %s (%.0f days of work)", campus_name(s, m->building[b].campus), m->building[b].number + 1, activity, day, s->draw.work_day[i]);
      }
      if (finish >= day0_of(s) && finish < day1_of(s)) {
        calendar_day_text((int32_t)finish, day);
        twin_note(s, "%s/%d: %s done on %s", campus_name(s, m->building[b].campus), m->building[b].number + 1, activity, day);
      }
      if (isinf(start) && s->build.ready_day[i] < day1_of(s) && s->build.wait_cause[i] >= 0 && s->build.ready_day[i] > -1e8)
        twin_note(s, "%s/%d: %s waits for %s", campus_name(s, m->building[b].campus), m->building[b].number + 1, activity, cause_word(s->build.wait_cause[i]));
      if (!s->go[b] && start < day1_of(s) && finish >= day1_of(s))
        twin_note(s, "%s/%d: %s is paused for money", campus_name(s, m->building[b].campus), m->building[b].number + 1, activity);
    }
}

static void commission(twin_state *s, int32_t c) {
  const twin_model *m = s->m;
  int32_t before = s->work_left[c];
  for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++) {
    int32_t b = m->of_campus[k];
    if (s->commissioned[b] || !(s->build.finish_day[m->net.last[b]] < day1_of(s))) continue;
    s->commissioned[b] = 1;
    s->work_left[c]--;
  }
  if (s->work_left[c] == before) return;
  twin_campus_now *now = &s->campus[c];
  now->capacity_mw = now->it_shell_mw = now->buildings = 0;
  for (int32_t k = m->campus_first[c]; k < m->campus_first[c + 1]; k++) {
    int32_t b = m->of_campus[k];
    if (!s->commissioned[b]) continue;
    now->capacity_mw += s->building_mw[b];
    now->it_shell_mw += s->building_it_mw[b];
    now->buildings += 1;
  }
}

void twin_step_build(twin_state *s) {
  const twin_model *m = s->m;
  double day0 = day0_of(s), day1 = day1_of(s);
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    if (s->start_day[c] >= day1 || s->work_left[c] == 0) continue;  // works have not started, or all is done
    build_month_part(&s->net, &s->draw, day0, day1, s->go, &s->part[c], &s->build);
  }
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
    if (s->start_day[c] < day1 && s->work_left[c] > 0) commission(s, c);
  if (s->trace) note_buildings(s);
}
