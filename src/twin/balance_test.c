// Balances: what must hold to the cent, or to rounding, in every month of any scenario of any programme.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/random_programme.h"
#include "../../tests/twin_run.h"
#include "../base/calendar.h"
#include "hubs.h"
#include "parts.h"

enum { PROGRAMMES = 250, SCENARIOS = 4, MODES = 4 };  // modes: plan, scenario, money removed, grid removed

// ---- One check a month ---------------------------------------------------------------------------------------------------

typedef struct watch {
  const twin_state *s;
  uint64_t          seed;
  uint32_t          scenario;
  int               mode;
  int64_t          *scratch;  // (n party x accounts)
} watch;

#define HOLDS(w, what, got, want, of)                                                           \
  MUST(what, "programme %llu scenario %u mode %d month %d: " #what ": %.17g, wanted %.17g; %s", \
       (unsigned long long)(w)->seed, (w)->scenario, (w)->mode, (w)->s->month, (double)(got), (double)(want), of)

static const char *party_name(const watch *w, int32_t p) { return programme_name(&w->s->m->p, CLASS_PARTY, p); }
static const char *campus_name(const watch *w, int32_t c) { return programme_name(&w->s->m->p, CLASS_CAMPUS, c); }
static const char *deal_name(const watch *w, int32_t d) {
  return programme_name(&w->s->m->p, CLASS_CONTRACT, w->s->m->deal[d].contract);
}

static bool close_to(double a, double b) { return fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b))); }

static void check_ledger(const watch *w) {
  const twin_state *s = w->s;
  int32_t           n = s->m->n[CLASS_PARTY];
  HOLDS(w, s->ledger.error == 0, s->ledger.error, 0, "");
  bool           whole = s->month % 12 == 11 || s->month == s->m->n_month - 1;  // recomputes all months so far: dear
  ledger_finding found = {0};
  if (whole) found = ledger_check(&s->ledger, s->month, w->scratch);
  HOLDS(w, found.fault == LEDGER_SOUND, found.fault, found.off_cents, ledger_account_word(found.account));
  int64_t all = 0, cash = 0, opening = 0;
  for (int32_t p = 0; p < n; p++) {
    int64_t sheet = 0;
    for (int a = 0; a < LEDGER_ACCOUNT_COUNT; a++) sheet += s->ledger.balance_cents[p * LEDGER_ACCOUNT_COUNT + a];
    HOLDS(w, sheet == 0, sheet, 0, party_name(w, p));
    all += sheet;
    cash += s->ledger.balance_cents[p * LEDGER_ACCOUNT_COUNT + LEDGER_CASH];
    opening += s->ledger.opening_cents[p * LEDGER_ACCOUNT_COUNT + LEDGER_CASH];
  }
  HOLDS(w, all == 0, all, 0, "");
  HOLDS(w, cash == opening, cash, opening, "");
}

// What lines owe is what the books say is payable and receivable.
static void check_payables(const watch *w) {
  const twin_state *s = w->s;
  int64_t           owed[TWIN_MAX_PARTIES] = {0}, due[TWIN_MAX_PARTIES] = {0};
  for (int32_t l = 0; l < s->m->n_line; l++) {
    HOLDS(w, s->owed_cents[l] >= 0, s->owed_cents[l], 0, party_name(w, s->m->line[l].payer));
    if (s->m->line[l].bill_leg < 0) continue;
    owed[s->m->line[l].payer] += s->owed_cents[l];
    due[s->m->line[l].payee] += s->owed_cents[l];
  }
  for (int32_t p = 0; p < s->m->n[CLASS_PARTY]; p++) {
    int64_t payable = ledger_balance(&s->ledger, p, LEDGER_PAYABLE),
            receivable = ledger_balance(&s->ledger, p, LEDGER_RECEIVABLE);
    HOLDS(w, owed[p] == payable, payable, owed[p], party_name(w, p));
    HOLDS(w, due[p] == receivable, receivable, due[p], party_name(w, p));
  }
}

// The terms of every loan and the books of both sides.
static void check_loans(const watch *w) {
  const twin_state *s = w->s;
  int64_t           owed[TWIN_MAX_PARTIES] = {0}, given[TWIN_MAX_PARTIES] = {0};
  for (int32_t d = 0; d < s->m->n_deal; d++)
    for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
      const capital_debt *l = &twin_loan_of(s, d, c)->debt;
      if (!twin_loan_of(s, d, c)->open) continue;
      double taken = l->drawn_usd + l->capitalised_usd, gone = l->principal_usd + l->prepaid_usd + l->lost_usd;
      HOLDS(w, close_to(taken, l->balance_usd + gone), taken, l->balance_usd + gone, deal_name(w, d));
      bool relends = s->v.contract[s->m->deal[d].contract].repays == CAPITAL_REPAYS_SCULPTED;  // interest above the service
      HOLDS(w, l->drawn_usd <= l->commitment_usd + 0.004, l->drawn_usd, l->commitment_usd, deal_name(w, d));
      HOLDS(w, relends || taken <= l->commitment_usd + 0.004, taken, l->commitment_usd, deal_name(w, d));
      HOLDS(w, l->balance_usd >= 0, l->balance_usd, 0, deal_name(w, d));
      HOLDS(w, fabs(l->balance_usd * 100 - (double)capital_cents(l->balance_usd)) < 0.01, l->balance_usd, 0, "whole cents");
      owed[s->m->deal[d].payee] += capital_cents(l->balance_usd);
      given[s->m->deal[d].payer] += capital_cents(l->balance_usd);
    }
  for (int32_t p = 0; p < s->m->n[CLASS_PARTY]; p++) {
    HOLDS(w, owed[p] == ledger_balance(&s->ledger, p, LEDGER_LOANS_OWED),
          ledger_balance(&s->ledger, p, LEDGER_LOANS_OWED), owed[p], party_name(w, p));
    HOLDS(w, given[p] == ledger_balance(&s->ledger, p, LEDGER_LOANS_GIVEN),
          ledger_balance(&s->ledger, p, LEDGER_LOANS_GIVEN), given[p], party_name(w, p));
  }
}

// Nobody who can run dry pays what it does not have, from as_of on.
static void check_cash(watch *w) {
  const twin_state *s = w->s;
  for (int32_t p = 0; p < s->m->n[CLASS_PARTY]; p++) {
    int64_t cash = ledger_balance(&s->ledger, p, LEDGER_CASH);
    bool    sober = !s->v.party[p].deep && w->mode == 1 && s->month >= s->m->as_of_month;
    HOLDS(w, !sober || cash >= 0, cash, 0, party_name(w, p));
  }
}

// Cash that came in less cash that went out is the change of cash: what the party's series say is what its books say.
static void check_flows(const watch *w, int deep) {
  const twin_state *s = w->s;
  for (int32_t p = 0; p < s->m->n[CLASS_PARTY]; p++) {
    if (s->v.party[p].deep != deep) continue;
    int64_t      in, out;
    ledger_query of = ledger_query_default();
    of.party = p;
    of.first_month = of.last_month = s->month;
    ledger_cash(&s->ledger, &of, &in, &out);
    const twin_party_month *o = twin_party_at(s, p, s->month);
    HOLDS(w, fabs(o->cash_in_usd - o->cash_out_usd - (double)(in - out) / 100) < 0.004,
          o->cash_in_usd - o->cash_out_usd, (double)(in - out) / 100, party_name(w, p));
    HOLDS(w, close_to(o->cash_usd, (double)ledger_balance(&s->ledger, p, LEDGER_CASH) / 100), o->cash_usd, 0, "");
  }
}

static void check_energy(const watch *w) {
  const twin_state *s = w->s;
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
    const twin_campus_now *now = &s->campus[c];
    const power_month_out *e = &now->energy;
    const int32_t          at = s->m->month0 + s->month, season = calendar_month_of_year(at);
    const bool             paired = s->hub_drawn[s->v.campus[c].tariff] && s->month >= s->m->as_of_month;
    const int32_t          year = paired ? s->hub_year[at / 12 - s->m->month0 / 12] : 0;
    double                 hours = 24 * (s->m->day0[s->month + 1] - s->m->day0[s->month]),
           pue = 1 + (s->pue[12 * c + season] - 1) * s->m->place[c]->year[year][season].overhead_frac,
           wanted = now->fleet.it_mw * now->power_frac * pue * hours;
    HOLDS(w, close_to(e->grid_mwh + e->onsite_mwh, e->it_mwh + e->overhead_mwh), e->grid_mwh + e->onsite_mwh,
          e->it_mwh + e->overhead_mwh, campus_name(w, c));
    HOLDS(w, close_to(e->grid_mwh + e->onsite_mwh + e->curtailed_mwh, wanted),
          e->grid_mwh + e->onsite_mwh + e->curtailed_mwh, wanted, campus_name(w, c));
    HOLDS(w, e->grid_mwh >= 0 && e->onsite_mwh >= 0 && e->curtailed_mwh >= -1e-9, e->curtailed_mwh, 0,
          campus_name(w, c));
    HOLDS(w, e->grid_mwh <= (isinf(now->grid_mw) ? HUGE_VAL : now->grid_mw * hours * (1 + 1e-12)), e->grid_mwh,
          now->grid_mw * hours, campus_name(w, c));
    HOLDS(w, e->onsite_mwh <= now->onsite.cool_mw * hours * (1 + 1e-12) + 1e-12 * e->load_mwh, e->onsite_mwh, now->onsite.cool_mw * hours,
          campus_name(w, c));
    HOLDS(w, now->capacity_mw >= 0 && now->it_limit_mw >= 0 && now->firm_mw >= 0 && now->fleet.racks >= 0,
          now->it_limit_mw, now->firm_mw, campus_name(w, c));
    HOLDS(w, now->schedulable_gpus >= 0 && now->schedulable_gpus <= now->gpus * (1 + 1e-12), now->schedulable_gpus,
          now->gpus, campus_name(w, c));
    HOLDS(w, now->it_limit_mw <= now->it_shell_mw * (1 + 1e-12), now->it_limit_mw, now->it_shell_mw, campus_name(w, c));
  }
}

// GPU-hours are used once.
static void check_work(watch *w) {
  const twin_state *s = w->s;
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
    const twin_campus_now *now = &s->campus[c];
    HOLDS(w, now->used_gpu_h <= now->gpu_h * (1 + 1e-9), now->used_gpu_h, now->gpu_h, campus_name(w, c));
  }
  const twin_programme_month *all = twin_programme_at(s, s->month);
  HOLDS(w, all->training_gpu_hours + all->service_gpu_hours <= all->gpu_hours * (1 + 1e-9),
        all->training_gpu_hours + all->service_gpu_hours, all->gpu_hours, "");
  const double lost = all->throttled_gpu_hours + all->paused_gpu_hours + all->shed_gpu_hours;
  HOLDS(w, close_to(all->training_gpu_hours + all->service_gpu_hours + all->idle_gpu_hours + lost, all->gpu_hours),
        all->idle_gpu_hours, all->gpu_hours, "");
}

static void check_tranches(const watch *w) {
  const twin_state           *s = w->s;
  const twin_programme_month *all = twin_programme_at(s, s->month);
  double                      programme = 0, design = 0, of_campuses = 0;
  for (int k = 0; k < TRANCHE_COUNT; k++) programme += all->tranche_mw[k];
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
    const twin_campus_month *o = twin_campus_at(s, c, s->month);
    double                   sum = 0, mw = 0;
    for (int k = 0; k < TRANCHE_COUNT; k++) {
      HOLDS(w, o->tranche_mw[k] >= 0, o->tranche_mw[k], 0, "");
      sum += o->tranche_mw[k];
    }
    for (int32_t b = 0; b < s->m->net.n_building; b++)
      if (s->m->building[b].campus == c) mw += twin_building_mw(&s->v, &s->m->building[b]);
    HOLDS(w, close_to(sum, mw), sum, mw, campus_name(w, c));
    HOLDS(w, close_to(o->tranche_mw[TRANCHE_OPERATING] + o->tranche_mw[TRANCHE_RELET], o->capacity_mw),
          o->tranche_mw[TRANCHE_OPERATING], o->capacity_mw, campus_name(w, c));
    design += mw;
    of_campuses += sum;
  }
  HOLDS(w, close_to(programme, design) && close_to(of_campuses, programme), programme, design, "");
}

static void check_record(const watch *w) {
  const twin_state *s = w->s;
  const double     *record = s->record + (size_t)s->month * s->m->record;
  for (int32_t i = 0; i < s->m->n_series; i++) {
    const twin_series *x = &s->m->series[i];
    double             v = record[x->at], before = s->month > 0 ? (record - s->m->record)[x->at] : 0;
    HOLDS(w, isfinite(v), v, 0, x->name);
    bool falls = x->output->kind == OUTPUT_CUMULATIVE && v < before * (1 - 1e-15);
    HOLDS(w, !falls, v, before, x->name);
    bool physical = !strcmp(x->output->unit, "MW") || !strcmp(x->output->unit, "MWh") ||
                    !strcmp(x->output->unit, "GPU") || !strcmp(x->output->unit, "GPU-h");
    if (physical) HOLDS(w, v >= -1e-9, v, 0, x->name);
  }
}

// ---- The programmes --------------------------------------------------------------------------------------------------------

typedef void check_month(watch *w);
static void  check_books(watch *w) {
   check_ledger(w);
   check_payables(w);
   check_loans(w);
}
static void check_dry(watch *w) { check_cash(w); }
static void check_series(watch *w) { check_flows(w, 0); }
static void check_outside(watch *w) { check_flows(w, 1); }
static void check_physics(watch *w) {
  check_energy(w);
  check_tranches(w);
  check_record(w);
}

static void watch_scenario(twin_state *s, watch *w, check_month *check) {
  static const int removed[MODES] = {CAUSE_NONE, CAUSE_NONE, CAUSE_MONEY, CAUSE_GRID};
  twin_scenario_prepare(s, w->mode == 0 ? MODE_PLAN : MODE_SCENARIO, (stream){1, w->scenario, 0}, removed[w->mode]);
  for (s->month = 0; s->month < s->m->n_month; s->month++) {
    twin_month(s);
    check(w);
  }
  s->month = s->m->n_month - 1;
  twin_step_delays(s);
  for (int i = 0; i < SCALAR_COUNT; i++) HOLDS(w, isfinite(s->scalar[i]), s->scalar[i], i, "scalar");
}

static void watch_programmes(check_month *check, uint64_t first, uint64_t last) {
  static random_programme p;
  for (uint64_t seed = first; seed < first + test_cases(last - first); seed++) {
    text_buffer text = {0};
    random_programme_make(&p, seed, seed % 2 ? RANDOM_MORE : 0);
    random_programme_write(&p, 0, &text);
    twin_model *m = twin_must(text.at, NULL);
    twin_state *s = twin_state_create(m);
    watch       w = {s, seed, 0, 0, calloc((size_t)m->n[CLASS_PARTY] * LEDGER_ACCOUNT_COUNT, sizeof(int64_t))};
    ck_assert(s && w.scratch);
    for (w.scenario = 0; w.scenario < SCENARIOS; w.scenario++)
      for (w.mode = 0; w.mode < MODES; w.mode++) watch_scenario(s, &w, check);
    free(w.scratch);
    twin_state_free(s);
    twin_model_free(m);
    text_buffer_free(&text);
  }
}

START_TEST(books_balance) { watch_programmes(check_books, 1, PROGRAMMES); }
END_TEST
START_TEST(nobody_pays_without_cash) { watch_programmes(check_dry, 1, PROGRAMMES); }
END_TEST
START_TEST(cash_series_are_the_books) { watch_programmes(check_series, 1, PROGRAMMES); }
END_TEST
START_TEST(outside_cash_series_are_the_books) { watch_programmes(check_outside, 1, PROGRAMMES); }
END_TEST
START_TEST(gpu_hours_are_used_once) { watch_programmes(check_work, 1, PROGRAMMES); }
END_TEST
START_TEST(physics_balances) { watch_programmes(check_physics, 1, PROGRAMMES); }
END_TEST

TEST_LIST("balance", books_balance, nobody_pays_without_cash, cash_series_are_the_books,
          outside_cash_series_are_the_books, gpu_hours_are_used_once, physics_balances)
