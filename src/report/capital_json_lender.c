// Capital as JSON, the part for lenders. What does not exist is null, with a reason beside it.
#include "../base/calendar.h"
#include "capital_lender.h"
#include "run_json.h"

// A month, also behind the horizon; null: never.
static void put_month(json_writer *w, const report_capital *c, const char *key, int32_t month) {
  char text[8];
  json_key(w, key);
  if (month < 0 || month == INT32_MAX) {
    json_null(w);
    return;
  }
  calendar_month_text(c->m->month0 + month, text);
  json_string(w, text);
}

static void put_campus(json_writer *w, const report_capital *c, int32_t campus) {
  json_put_string(w, "campus", programme_name(&c->m->p, CLASS_CAMPUS, campus));
}

static const char *contract_name(const report_capital *c, int32_t deal) {
  return programme_name(&c->m->p, CLASS_CONTRACT, c->m->deal[deal].contract);
}

// ---- Contracts of use, re-letting ---------------------------------------------------------------------------------------

static bool put_contracts(json_writer *w, const report_capital *c) {
  bool ok = true;
  json_key(w, "contracts");
  json_array(w);
  for (int32_t d = 0; d < c->m->n_deal; d++) {
    const twin_deal        *deal = &c->m->deal[d];
    const capital_contract *k = &c->s->v.contract[deal->contract];
    size_t                  n = (size_t)c->m->n_month;
    report_use              use;
    if (!report_use_is(c, d)) continue;
    arena_mark mark = arena_mark_get(c->a);
    ok &= report_use_of(c, d, &use);
    if (!ok) break;
    json_object(w);
    json_put_string(w, "contract", contract_name(c, d));
    json_put_string(w, "kind", deal->rule == CAPITAL_RULE_LEASE ? "lease" : "compute");
    json_put_string(w, "payer", report_party(c, deal->payer));
    json_put_string(w, "payee", report_party(c, deal->payee));
    json_put_number(w, "rent_usd_per_mw_month", k->rent_usd_per_mw_month);
    json_put_number(w, "price_usd_per_gpu_h", k->price_usd_per_gpu_h);
    json_put_number(w, "minimum_take", k->minimum_take_frac);
    json_put_number(w, "escalation", k->escalates_frac_per_yr);
    json_put_number(w, "term_months", use.term_months);
    put_month(w, c, "begins", use.begun);
    put_month(w, c, "ends", use.begun < 0 || use.ends == INT32_MAX ? -1 : use.ends - 1);
    json_put_string(w, "ended_by", use.begun < 0 || use.ends > c->m->n_month ? NULL : use.failed ? "default" : "term");
    json_key(w, "billed_cents");
    json_ints(w, use.billed_cents, n);
    json_key(w, "damages_cents");
    json_ints(w, use.damages_cents, n);
    json_key(w, "relet_cents");
    json_ints(w, use.relet_cents, n);
    json_end(w);
    arena_release(c->a, mark);
  }
  json_end(w);
  return ok;
}

static void put_price(json_writer *w, const report_price *k, double relet_usd) {
  json_key(w, "break_even");
  json_object(w);
  json_put_number(w, "usd_per_gpu_h", k->usd_per_gpu_h);
  json_put_number(w, "usd_per_mw_month", k->usd_per_mw_month);
  json_put_number(w, "occupancy", k->occupancy_frac);
  json_put_int(w, "months_with_gpus", k->gpu_months);
  json_end(w);
  json_key(w, "market");
  json_object(w);
  json_put_number(w, "usd_per_gpu_h", k->market_usd_per_gpu_h);
  json_put_number(w, "usd_per_mw_month", k->market_usd_per_mw_month);
  json_put_number(w, "relet_usd", relet_usd);
  json_end(w);
}

static void put_gap(json_writer *w, const report_capital *c, const report_gap *g) {
  json_object(w);
  json_put_string(w, "party", report_party(c, g->party));
  put_campus(w, c, g->campus);
  json_put_string(w, "owes_under", contract_name(c, g->supplier));
  json_put_string(w, "last_customer", contract_name(c, g->customer));
  put_month(w, c, "first", g->first);
  put_month(w, c, "last", g->last);
  json_put_int(w, "months", g->months);
  json_put_int(w, "months_beyond_horizon", g->beyond);
  json_put_number(w, "rate", c->s->v.party[g->party].rate_frac_per_yr);
  json_put_number(w, "due_usd", g->due_usd);
  json_put_number(w, "present_value_usd", g->value_usd);
  put_price(w, &g->price, g->relet_usd);
  json_end(w);
}

static void put_tail(json_writer *w, const report_capital *c, const report_tail *t) {
  json_object(w);
  json_put_string(w, "borrower", report_party(c, t->party));
  put_campus(w, c, t->campus);
  json_put_string(w, "last_customer", contract_name(c, t->customer));
  put_month(w, c, "first", t->first);
  json_put_number(w, "rate", c->s->v.party[t->party].rate_frac_per_yr);
  json_put_number(w, "debt_usd", t->debt_usd);
  json_put_int(w, "months", t->months);
  json_put_number(w, "service_usd", t->service_usd);
  json_put_number(w, "present_value_usd", t->value_usd);
  json_put_number(w, "beyond_horizon_usd", t->left_usd);
  json_put_string(w, "not_computed", t->why);
  put_price(w, &t->price, t->relet_usd);
  json_end(w);
}

static bool put_reletting(json_writer *w, const report_capital *c) {
  arena_mark   mark = arena_mark_get(c->a);
  report_gap  *gap;
  report_tail *tail;
  int32_t      gaps, tails;
  if (!report_gaps(c, &gap, &gaps) || !report_tails(c, &tail, &tails)) return false;
  json_key(w, "reletting");
  json_object(w);
  json_key(w, "rent");
  json_array(w);
  for (int32_t i = 0; i < gaps; i++) put_gap(w, c, &gap[i]);
  json_end(w);
  json_key(w, "debt");
  json_array(w);
  for (int32_t i = 0; i < tails; i++) put_tail(w, c, &tail[i]);
  json_end(w);
  json_end(w);
  arena_release(c->a, mark);
  return true;
}

// ---- Facilities ---------------------------------------------------------------------------------------------------------

static void put_ratio(json_writer *w, const char *key, const report_ratio *k) {
  json_key(w, key);
  json_object(w);
  json_put_number(w, "least", k->least);
  json_put_number(w, "average", k->average);
  json_put_string(w, "not_computed", k->why);
  json_end(w);
}

static void put_covers(json_writer *w, const report_covers *k) {
  json_key(w, "cover");
  json_object(w);
  put_ratio(w, "dscr", &k->dscr);
  put_ratio(w, "llcr", &k->llcr);
  put_ratio(w, "interest", &k->icr);
  json_end(w);
}

static void put_size(json_writer *w, const report_terms *k) {
  static const char *const key[CAPITAL_SIZE_LIMITS] = {"dscr_usd", "llcr_usd", "leverage_usd", "commitment_usd"};
  json_key(w, "limits_at_close");
  json_object(w);
  for (int i = 0; i < CAPITAL_SIZE_LIMITS; i++) json_put_number(w, key[i], k->limit_usd[i]);
  json_end(w);
  json_key(w, "lender_case");
  json_object(w);
  json_put_number(w, "percentile", k->contract->case_frac);
  json_put_number(w, "cash_usd_per_month", k->lender_case.cash_usd);
  json_put_number(w, "months", k->lender_case.months);
  json_end(w);
}

static void put_covenant(json_writer *w, const char *key, double asked, int32_t failed) {
  json_key(w, key);
  json_object(w);
  json_put_number(w, "dscr", asked);
  json_key(w, "months_failed");
  if (failed < 0) json_null(w);
  else json_int(w, failed);
  json_end(w);
}

void report_terms_json(json_writer *w, const report_capital *c, const report_loan *loan) {
  static const char *const repays[CAPITAL_REPAYS_COUNT] = {"level", "constant", "bullet", "sculpted"};
  report_terms             k = report_terms_of(c, loan);
  report_covers            covers = report_facility_covers(c, loan);
  json_key(w, "terms");
  json_object(w);
  json_put_number(w, "commitment_usd", k.now->debt.commitment_usd);
  put_month(w, c, "closed", k.now->open_month);
  put_month(w, c, "draws_until", k.draws_end - 1);
  put_size(w, &k);
  json_put_number(w, "benchmark_at_close", k.now->swap_frac);
  json_put_number(w, "margin", k.contract->margin_frac_per_yr);
  json_put_number(w, "hedged", k.contract->hedged_frac);
  json_put_number(w, "upfront_fee", k.contract->upfront_frac);
  json_put_number(w, "commitment_fee_per_yr", k.contract->commitment_fee_frac_per_yr);
  json_put_number(w, "agency_usd_per_yr", k.contract->agency_usd_per_yr);
  json_put_int(w, "tenor_months", k.tenor_months);
  json_put_string(w, "tenor_of", k.contract->matures == CAPITAL_MATURES_EACH ? "each draw" : "all");
  json_put_string(w, "repays", repays[k.contract->repays]);
  json_put_number(w, "balloon", k.contract->balloon_frac);
  put_month(w, c, "repays_from", k.now->converted_month);
  put_month(w, c, "last_instalment", k.last);
  put_month(w, c, "called", k.called);
  json_put_number(w, "effective_rate", k.effective_frac_per_yr);
  json_put_number(w, "effective_rate_nominal_monthly", k.nominal_frac_per_yr);
  json_put_number(w, "effective_rate_cash_alone", k.cash_frac_per_yr);
  json_put_int(w, "rates_found", k.n_rate);
  json_put_string(w, "not_computed", k.why);
  put_covenant(w, "lockup", k.contract->lockup_dscr, k.lockup_months);
  put_covenant(w, "default", k.contract->default_dscr, k.default_months);
  put_covers(w, &covers);
  json_end(w);
}

static void put_borrower(json_writer *w, const report_capital *c, int32_t party, const report_wall *k) {
  size_t         n = (size_t)c->m->n_month;
  report_reserve r = report_reserve_of(c, party);
  report_covers  covers = report_borrower_covers(c, party);
  json_object(w);
  json_put_string(w, "borrower", report_party(c, party));
  put_covers(w, &covers);
  json_key(w, "cover_tested");
  json_numbers(w, c->cover + (size_t)party * n, n);
  json_key(w, "reserve");
  json_object(w);
  json_put_int(w, "months_with_target", r.months);
  json_put_int(w, "months_short", r.short_months);
  json_put_number(w, "least_share", r.least_frac);
  json_key(w, "target_usd");
  json_numbers(w, c->target_usd + (size_t)party * n, n);
  json_end(w);
  json_key(w, "principal");
  json_object(w);
  const struct {
    const char   *key;
    const double *row;
  } rows[] = {
      {"instalments_due_usd", k->instalments_usd},
      {"balloons_due_usd",    k->balloons_usd   },
      {"called_usd",          k->called_usd     },
      {"prepaid_usd",         k->prepaid_usd    },
      {"balance_usd",         k->balance_usd    }
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    json_key(w, rows[i].key);
    json_numbers(w, rows[i].row, n);
  }
  json_put_number(w, "left_usd", k->left_usd);
  json_put_number(w, "overdue_usd", k->overdue_usd);
  json_end(w);
  json_end(w);
}

static bool put_borrowers(json_writer *w, const report_capital *c) {
  bool ok = true;
  json_key(w, "borrowers");
  json_array(w);
  for (int32_t p = 0; p < c->m->n[CLASS_PARTY] && ok; p++) {
    bool        borrows = false;
    report_wall k;
    for (int32_t i = 0; i < c->n_loan; i++) borrows |= c->m->deal[c->loan[i].deal].payee == p;
    if (!borrows) continue;
    arena_mark mark = arena_mark_get(c->a);
    ok = report_wall_of(c, p, &k);
    if (ok) put_borrower(w, c, p, &k);
    arena_release(c->a, mark);
  }
  json_end(w);
  return ok;
}

// ---- Levelised costs ----------------------------------------------------------------------------------------------------

static void put_levelised_row(json_writer *w, const report_capital *c, const report_levelised *k) {
  json_object(w);
  if (k->campus < 0) {
    json_key(w, "campus");
    json_null(w);
  } else {
    put_campus(w, c, k->campus);
  }
  json_put_number(w, "rate", k->rate_frac_per_yr);
  json_put_number(w, "usd_per_gpu_h", k->usd_per_gpu_h);
  json_put_number(w, "usd_per_gpu_h_less_book_value", k->net_usd_per_gpu_h);
  json_put_number(w, "usd_per_mwh_it", k->usd_per_mwh_it);
  json_put_number(w, "usd_per_mtok", k->usd_per_mtok);
  json_put_number(w, "capital_share", k->capital_frac);
  json_put_number(w, "energy_share", k->energy_frac);
  json_put_number(w, "operation_share", k->operation_frac);
  json_put_number(w, "tax_share", k->tax_frac);
  json_put_number(w, "present_value_usd", k->cost_usd);
  json_put_number(w, "present_value_gpu_h", k->gpu_h);
  json_put_number(w, "present_value_mwh_it", k->mwh_it);
  json_end(w);
}

static bool put_levelised(json_writer *w, const report_capital *c) {
  int32_t           n = c->m->n[CLASS_CAMPUS];
  arena_mark        mark = arena_mark_get(c->a);
  report_levelised *k = ARENA_NEW(c->a, report_levelised, n + 1);
  bool              ok = k && report_levelised_of(c, k);
  json_key(w, "levelised");
  json_array(w);
  for (int32_t i = 0; i <= n && ok; i++) put_levelised_row(w, c, &k[i]);
  json_end(w);
  arena_release(c->a, mark);
  return ok;
}

bool report_lender_json(json_writer *w, const report_capital *c) {
  return put_contracts(w, c) && put_reletting(w, c) && put_borrowers(w, c) && put_levelised(w, c);
}
