// The capital page for lenders: contracts of use, terms of each loan, cover, principal by year, what is left to pay when
// customers leave, levelised costs.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "capital_tables.h"

static void dollars(double usd, char out[PHRASE]) { text_quantity(usd, "USD", out, PHRASE); }

static const char *contract_name(const report_sheet *s, int32_t deal) {
  return programme_name(&s->c->m->p, CLASS_CONTRACT, s->c->m->deal[deal].contract);
}

static const char *campus_name(const report_sheet *s, int32_t campus) {
  return programme_name(&s->c->m->p, CLASS_CAMPUS, campus);
}

// "15 years", "30 months".
static void put_term(double months, char out[PHRASE]) {
  double whole = floor(months + 0.5);
  if (isnan(months)) (void)snprintf(out, PHRASE, "no fixed term");
  else if (fmod(whole, 12) == 0 && whole > 0)
    (void)snprintf(out, PHRASE, "%.0f year%s", whole / 12, whole == 12 ? "" : "s");
  else (void)snprintf(out, PHRASE, "%.0f month%s", whole, whole == 1 ? "" : "s");
}

// ---- Contracts of use ---------------------------------------------------------------------------------------------------

// "95,000 USD/MW-month", "2.70 USD/GPU-h for at least 90% of the hours".
static void put_price(const capital_contract *k, int32_t rule, char out[200]) {
  char number[PHRASE], take[PHRASE], grows[PHRASE], rises[80] = "";
  report_fixed(100 * k->minimum_take_frac, 1, "%", take);
  report_fixed(100 * k->escalates_frac_per_yr, 1, "%", grows);
  if (k->escalates_frac_per_yr > 0) (void)snprintf(rises, sizeof rises, ", %s more each year", grows);
  if (rule == CAPITAL_RULE_LEASE) {
    phrase_number(k->rent_usd_per_mw_month, number);
    (void)snprintf(out, 200, "%s USD/MW-month%s", number, rises);
  } else if (!isnan(k->price_usd_per_gpu_h)) {
    phrase_number(k->price_usd_per_gpu_h, number);
    if (k->minimum_take_frac > 0) (void)snprintf(out, 200, "%s USD/GPU-h, %s take-or-pay%s", number, take, rises);
    else (void)snprintf(out, 200, "%s USD/GPU-h as used%s", number, rises);
  } else {
    dollars(k->total_usd, number);
    (void)snprintf(out, 200, "%s in all", number);
  }
}

static void put_dates(const report_sheet *s, const report_use *use, char out[120]) {
  char from[16], to[16], term[PHRASE];
  put_term(use->term_months, term);
  if (use->begun < 0) {
    (void)snprintf(out, 120, "%s, not begun", term);
    return;
  }
  report_month_text(s->c, use->begun, from);
  if (use->ends == INT32_MAX) {
    (void)snprintf(out, 120, "%s, from %s", term, from);
    return;
  }
  report_month_text(s->c, use->ends - 1, to);
  (void)snprintf(out, 120, "%s, %s to %s%s", term, from, to,
                 use->failed                    ? ", when the customer defaulted"
                 : use->ends > s->c->m->n_month ? ", beyond the horizon"
                                                : "");
}

static void add_cents(const report_sheet *s, const char *label, const int64_t *cents, double per, report_table *t) {
  double usd[TWIN_MAX_MONTHS];
  for (int32_t k = 0; k < s->c->m->n_month; k++) usd[k] = (double)cents[k] / 100;
  report_add_series(s, label, REPORT_MONEY, REPORT_SUM, usd, per, t);
}

static void put_contract(const report_sheet *s, const report_use *use, report_table *t) {
  const twin_deal *deal = &s->c->m->deal[use->deal];
  char             price[200], dates[120];
  double           most = 0;
  put_price(&s->c->s->v.contract[deal->contract], deal->rule, price);
  put_dates(s, use, dates);
  page_wrapf(&s->p, 2, LOOK_BOLD, "%s, paid by %s to %s", contract_name(s, use->deal), report_party(s->c, deal->payer),
             report_party(s->c, deal->payee));
  page_wrapf(&s->p, 2, LOOK_PLAIN, "%s; %s", price, dates);
  for (int32_t y = 0; y < s->n_year; y++) {
    double year = 0;
    for (int32_t k = s->first[y]; k <= s->last[y]; k++)
      year += (double)(use->billed_cents[k] + use->relet_cents[k]) / 100;
    most = fmax(most, year);
  }
  phrase_unit unit = report_money_unit(most);
  *t = (report_table){.head = unit.word};
  add_cents(s, "billed", use->billed_cents, unit.per, t);
  add_cents(s, "damages for delay", use->damages_cents, unit.per, t);
  add_cents(s, "let again since", use->relet_cents, unit.per, t);
  report_put_table(s, t);
}

void report_put_contracts(const report_sheet *s, report_table *t) {
  int32_t shown = 0;
  for (int32_t d = 0; d < s->c->m->n_deal; d++) {
    report_use use;
    arena_mark mark = arena_mark_get(s->c->a);
    if (report_use_is(s->c, d) && report_use_of(s->c, d, &use)) {
      if (!shown++) page_title(&s->p, "Contracts of use");
      put_contract(s, &use, t);
    }
    arena_release(s->c->a, mark);
  }
}

// ---- Terms of a loan ----------------------------------------------------------------------------------------------------

static void put_limits(const report_sheet *s, const report_terms *k) {
  static const char *const word[CAPITAL_SIZE_LIMITS] = {"DSCR", "LLCR", "leverage", "commitment"};
  char                     asked[400] = "", none[80] = "", money[PHRASE];
  for (int i = 0; i < CAPITAL_SIZE_LIMITS; i++) {
    bool   on = !isnan(k->limit_usd[i]);
    char  *to = on ? asked : none;
    size_t at = strlen(to), size = on ? sizeof asked : sizeof none;
    dollars(k->limit_usd[i], money);
    if (on)
      (void)snprintf(to + at, size - at, "%s%s %s%s", at ? ", " : "", word[i], money,
                     k->now->size.binds == i ? " (binds)" : "");
    else (void)snprintf(to + at, size - at, "%s%s", at ? ", " : "", word[i]);
  }
  report_item(s, "limits at close", "%s%s%s", asked, *none ? "; no limit by " : "", none);
}

static void put_case(const report_sheet *s, const report_terms *k) {
  char money[PHRASE], at[PHRASE];
  dollars(k->lender_case.cash_usd, money);
  if (!(k->lender_case.cash_usd > 0)) {
    report_item(s, "lender's case", "n/a: no contract leaves the borrower cash for debt service here");
    return;
  }
  if (isnan(k->contract->case_frac)) (void)snprintf(at, sizeof at, "plan values");
  else (void)snprintf(at, sizeof at, "percentile %.0f of prices", 100 * k->contract->case_frac);
  report_item(s, "lender's case", "%s a month for debt service, for %.0f months, all running; %s", money,
              k->lender_case.months, at);
}

static void put_rates(const report_sheet *s, const report_terms *k) {
  char swap[PHRASE], margin[PHRASE], hedged[PHRASE], upfront[PHRASE], undrawn[PHRASE], agency[PHRASE], fees[240];
  report_rate(k->now->swap_frac, swap);
  report_rate(k->contract->margin_frac_per_yr, margin);
  report_rate(k->contract->upfront_frac, upfront);
  report_rate(k->contract->commitment_fee_frac_per_yr, undrawn);
  (void)snprintf(hedged, sizeof hedged, "%.0f%% hedged at close", 100 * k->contract->hedged_frac);
  dollars(k->contract->agency_usd_per_yr, agency);
  report_item(s, "rate", "benchmark, %s at close, + margin %s; %s", swap, margin,
              k->contract->hedged_frac >= 1  ? "all hedged at close"
              : k->contract->hedged_frac > 0 ? hedged
                                             : "not hedged");
  (void)snprintf(fees, sizeof fees, "%s upfront, %s a year on what is undrawn%s%s%s", upfront, undrawn,
                 k->contract->agency_usd_per_yr > 0 ? ", agency " : "",
                 k->contract->agency_usd_per_yr > 0 ? agency : "", k->contract->agency_usd_per_yr > 0 ? " a year" : "");
  report_item(s, "fees", "%s", fees);
}

static void put_repayment(const report_sheet *s, const report_terms *k) {
  static const char *const word[CAPITAL_REPAYS_COUNT] = {"level payments", "constant principal", "bullet", "sculpted"};
  char                     term[PHRASE], grace[PHRASE], from[16], to[16], more[120] = "", share[PHRASE];
  bool                     each = k->contract->matures == CAPITAL_MATURES_EACH;
  put_term(k->tenor_months, term);
  put_term(k->contract->grace_day / CALENDAR_DAYS_PER_MONTH, grace);
  (void)snprintf(share, sizeof share, "%.0f%%", 100 * k->contract->balloon_frac);
  if (k->contract->balloon_frac > 0) (void)snprintf(more, sizeof more, ", balloon %s", share);
  if (k->contract->grace_day > 0)
    (void)snprintf(more + strlen(more), sizeof more - strlen(more), ", the first %s interest alone", grace);
  report_month_text(s->c, k->now->converted_month, from);
  report_month_text(s->c, k->last, to);
  if (each)
    report_item(s, "repayment", "%s, each draw over %s%s%s%s", word[k->contract->repays], term, more,
                k->last < 0 ? "" : ", the last in ", k->last < 0 ? "" : to);
  else if (k->called >= 0 && k->now->converted_month >= 0 && k->now->converted_month < k->called)
    report_item(s, "repayment", "%s over %s%s; begun in %s, until it was called", word[k->contract->repays], term, more,
                from);
  else if (k->last < 0) report_item(s, "repayment", "%s over %s%s; not begun", word[k->contract->repays], term, more);
  else report_item(s, "repayment", "%s over %s, %s to %s%s", word[k->contract->repays], term, from, to, more);
}

static void put_test(int32_t failed, double asked, const char *word, char out[120]) {
  char x[PHRASE];
  report_fixed(asked, 2, "x", x);
  if (failed < 0) (void)snprintf(out, 120, "no %s test", word);
  else if (!failed) (void)snprintf(out, 120, "%s below %s: never failed", word, x);
  else (void)snprintf(out, 120, "%s below %s: failed in %d month%s", word, x, (int)failed, failed == 1 ? "" : "s");
}

static void put_effective(const report_sheet *s, const report_terms *k) {
  char effective[PHRASE], nominal[PHRASE], cash[PHRASE], left[PHRASE];
  report_rate(k->effective_frac_per_yr, effective);
  report_rate(k->nominal_frac_per_yr, nominal);
  if (isnan(k->cash_frac_per_yr)) (void)snprintf(cash, sizeof cash, "n/a, too little came back,");
  else report_rate(k->cash_frac_per_yr, cash);
  dollars(k->left_usd, left);
  if (k->why) report_item(s, "effective rate", "n/a: %s", k->why);
  else if (k->left_usd > 0.005)
    report_item(s, "effective rate",
                "%s a year, %s nominal by month, fees included, if the %s left at the horizon is "
                "paid then; %s on cash alone",
                effective, nominal, left, cash);
  else report_item(s, "effective rate", "%s a year, %s nominal by month, fees included", effective, nominal);
}

void report_put_terms(const report_sheet *s, const report_loan *loan) {
  report_terms k = report_terms_of(s->c, loan);
  char         money[PHRASE], close[16], until[16], lockup[120], fails[120];
  dollars(k.now->debt.commitment_usd, money);
  report_month_text(s->c, k.now->open_month, close);
  report_month_text(s->c, k.draws_end - 1, until);
  report_item(s, "commitment", "%s, closed in %s, drawn %s %s", money, close,
              k.contract->drawn == CAPITAL_DRAWN_AT_CLOSE ? "at close, repaid after" : "until", until);
  put_limits(s, &k);
  put_case(s, &k);
  put_rates(s, &k);
  put_repayment(s, &k);
  put_effective(s, &k);
  put_test(k.lockup_months, k.contract->lockup_dscr, "lock-up", lockup);
  put_test(k.default_months, k.contract->default_dscr, "default", fails);
  report_item(s, "covenants", "%s; %s", lockup, fails);
  if (k.called < 0) return;
  report_month_text(s->c, k.called, until);
  report_item(s, "called", "in %s, by default of the borrower", until);
}

// ---- Cover --------------------------------------------------------------------------------------------------------------

enum { COVER_CELL = 7 };

static int cover_name(const report_sheet *s) { return s->p.width - 2 - 6 * COVER_CELL; }

static void put_ratio_cell(const report_sheet *s, double v) {
  char text[PHRASE];
  report_ratio_text(v, "", text);
  page_cell(&s->p, text, COVER_CELL, true, LOOK_PLAIN);
}

static void put_cover_row(const report_sheet *s, int indent, const char *name, const report_covers *k, page_look look) {
  const report_ratio *at[3] = {&k->dscr, &k->llcr, &k->icr};
  page_gap(&s->p, 2 + indent);
  page_cell(&s->p, name, cover_name(s) - indent, false, look);
  for (int i = 0; i < 3; i++) {
    put_ratio_cell(s, at[i]->least);
    put_ratio_cell(s, at[i]->average);
  }
  page_end(&s->p);
}

// Why figures are n/a: each reason once.
static void note_reasons(const report_covers *k, const char *reason[5], int *n) {
  const report_ratio *at[3] = {&k->dscr, &k->llcr, &k->icr};
  for (int i = 0; i < 3; i++) {
    bool known = !at[i]->why;
    for (int j = 0; j < *n; j++) known |= !strcmp(reason[j], at[i]->why ? at[i]->why : "");
    if (!known && *n < 5) reason[(*n)++] = at[i]->why;
  }
}

static void put_reserve(const report_sheet *s, int32_t party) {
  report_reserve r = report_reserve_of(s->c, party);
  char           least[PHRASE];
  phrase_share(r.least_frac, least);
  if (!r.months) return;
  if (!r.short_months)
    page_wrapf(&s->p, 2, LOOK_PLAIN, "%s: debt service reserve at its target in all %d months.",
               report_party(s->c, party), (int)r.months);
  else
    page_wrapf(&s->p, 2, LOOK_PLAIN, "%s: debt service reserve below its target in %d of %d months, at worst %s of it.",
               report_party(s->c, party), (int)r.short_months, (int)r.months, least);
}

static bool borrows(const report_sheet *s, int32_t party) {
  for (int32_t i = 0; i < s->c->n_loan; i++)
    if (s->c->m->deal[s->c->loan[i].deal].payee == party) return true;
  return false;
}

void report_put_covers(const report_sheet *s) {
  static const char *const head[3] = {"DSCR", "LLCR", "interest"};
  const char              *reason[5];
  int                      n = 0;
  if (!s->c->n_loan) return;
  page_title(&s->p, "Cover");
  page_gap(&s->p, 2 + cover_name(s));
  for (int i = 0; i < 3; i++) page_cell(&s->p, head[i], 2 * COVER_CELL, true, LOOK_DIM);
  page_end(&s->p);
  page_gap(&s->p, 2 + cover_name(s));
  for (int i = 0; i < 6; i++) page_cell(&s->p, i % 2 ? "avg" : "min", COVER_CELL, true, LOOK_DIM);
  page_end(&s->p);
  for (int32_t p = 0; p < s->c->m->n[CLASS_PARTY]; p++) {
    if (!borrows(s, p)) continue;
    report_covers k = report_borrower_covers(s->c, p);
    put_cover_row(s, 0, report_party(s->c, p), &k, LOOK_BOLD);
    note_reasons(&k, reason, &n);
    for (int32_t i = 0; i < s->c->n_loan; i++) {
      const report_loan *loan = &s->c->loan[i];
      char               name[120];
      if (s->c->m->deal[loan->deal].payee != p) continue;
      (void)snprintf(name, sizeof name, "%.50s on %.50s", contract_name(s, loan->deal), campus_name(s, loan->campus));
      k = report_facility_covers(s->c, loan);
      put_cover_row(s, 2, name, &k, LOOK_PLAIN);
      note_reasons(&k, reason, &n);
    }
  }
  char   why[400] = "";
  size_t at = 0;
  for (int i = 0; i < n; i++) at += (size_t)snprintf(why + at, sizeof why - at, "%s%.60s", i ? "; " : "", reason[i]);
  if (n) page_wrapf(&s->p, 2, LOOK_PLAIN, "n/a: %s.", why);
  for (int32_t p = 0; p < s->c->m->n[CLASS_PARTY]; p++)
    if (borrows(s, p)) put_reserve(s, p);
  page_wrap(&s->p, 2, LOOK_DIM,
            "Over twelve months (DSCR, interest), until loans are called. Borrowers: all loans in repayment, DSCR as "
            "covenants test it. Loans: cash of the campus alone over what ranks with the loan or before it, without "
            "balloons.");
}

// ---- Principal by year --------------------------------------------------------------------------------------------------

static void put_wall(const report_sheet *s, int32_t party, const report_wall *w, report_table *t) {
  char   end[16], left[PHRASE], overdue[PHRASE];
  double most = 0;
  for (int32_t k = 0; k < s->c->m->n_month; k++) most = fmax(most, w->balance_usd[k]);
  phrase_unit unit = report_money_unit(most);
  char        head[PHRASE];
  (void)snprintf(head, sizeof head, "%.20s, %s", report_party(s->c, party), unit.word);
  *t = (report_table){.head = head};
  report_add_series(s, "instalments due", REPORT_MONEY, REPORT_SUM, w->instalments_usd, unit.per, t);
  report_add_series(s, "balloons, bullets due", REPORT_MONEY, REPORT_SUM, w->balloons_usd, unit.per, t);
  report_add_series(s, "called in default", REPORT_MONEY, REPORT_SUM, w->called_usd, unit.per, t);
  report_add_series(s, "prepaid", REPORT_MONEY, REPORT_SUM, w->prepaid_usd, unit.per, t);
  report_add_series(s, "balance", REPORT_MONEY, REPORT_LAST, w->balance_usd, unit.per, t);
  report_put_table(s, t);
  report_month_text(s->c, s->c->m->n_month - 1, end);
  dollars(w->left_usd, left);
  dollars(w->overdue_usd, overdue);
  if (!(w->left_usd > 0.005)) page_wrapf(&s->p, 2, LOOK_PLAIN, "Nothing is left at the horizon, %s.", end);
  else if (w->overdue_usd > 0.005)
    page_wrapf(&s->p, 2, LOOK_PLAIN, "Left at the horizon, %s: %s, of it %s due and unpaid.", end, left, overdue);
  else page_wrapf(&s->p, 2, LOOK_PLAIN, "Left at the horizon, %s: %s.", end, left);
}

void report_put_walls(const report_sheet *s, report_table *t) {
  int32_t shown = 0;
  for (int32_t p = 0; p < s->c->m->n[CLASS_PARTY]; p++) {
    report_wall w;
    if (!borrows(s, p)) continue;
    if (!shown++) page_title(&s->p, "Principal falling due");
    arena_mark mark = arena_mark_get(s->c->a);
    if (report_wall_of(s->c, p, &w)) put_wall(s, p, &w, t);
    arena_release(s->c->a, mark);
  }
}

// ---- When customers leave -----------------------------------------------------------------------------------------------

static void put_break_even(const report_sheet *s, const report_price *k, double relet_usd) {
  char gpu[PHRASE], mw[PHRASE], market[PHRASE], full[PHRASE], earned[PHRASE], hours[160] = "", text[PHRASE * 2] = "";
  phrase_number(k->usd_per_gpu_h, gpu);
  phrase_number(k->usd_per_mw_month, mw);
  (void)snprintf(full, sizeof full, "%.0f%%", 100 * k->occupancy_frac);
  dollars(relet_usd, earned);
  if (!isnan(k->usd_per_gpu_h))
    (void)snprintf(hours, sizeof hours, "%s USD/GPU-h at %s occupancy, in the %d month%s with machines; or ", gpu,
                   isnan(k->occupancy_frac) ? "full" : full, (int)k->gpu_months, k->gpu_months == 1 ? "" : "s");
  if (isnan(k->usd_per_mw_month)) report_item(s, "break-even rent", "n/a: there is nothing to let");
  else report_item(s, "break-even rent", "%s%s USD/MW-month", hours, mw);
  if (!isnan(k->market_usd_per_gpu_h)) {
    phrase_number(k->market_usd_per_gpu_h, market);
    (void)snprintf(text, sizeof text, "%s USD/GPU-h", market);
  } else if (!isnan(k->market_usd_per_mw_month)) {
    phrase_number(k->market_usd_per_mw_month, market);
    (void)snprintf(text, sizeof text, "%s USD/MW-month", market);
  }
  report_item(s, "market rent", "%s; re-letting earned %s", *text ? text : "n/a: nothing was let", earned);
}

static void put_span(const report_sheet *s, int32_t first, int32_t last, char out[40]) {
  char from[16], to[16];
  report_month_text(s->c, first, from);
  report_month_text(s->c, last, to);
  (void)snprintf(out, 40, "%.15s to %.15s", from, to);
}

static void put_gap(const report_sheet *s, const report_gap *g) {
  const report_capital *c = s->c;
  char                  due[PHRASE], value[PHRASE], rate[PHRASE], span[40], beyond[80] = "";
  dollars(g->due_usd, due);
  dollars(g->value_usd, value);
  report_rate(c->s->v.party[g->party].rate_frac_per_yr, rate);
  put_span(s, g->first, g->last, span);
  if (g->beyond) (void)snprintf(beyond, sizeof beyond, "; %d more beyond the horizon", (int)g->beyond);
  page_wrapf(&s->p, 2, LOOK_BOLD, "%s, %s: payments under '%s' after the last customer's contract, '%s'",
             report_party(c, g->party), campus_name(s, g->campus), contract_name(s, g->supplier),
             contract_name(s, g->customer));
  report_item(s, "uncovered", "%d months, %s%s", (int)g->months, span, beyond);
  report_item(s, "due in them", "%s, present value %s at %s a year", due, value, rate);
  put_break_even(s, &g->price, g->relet_usd);
}

static void put_tail(const report_sheet *s, const report_tail *t) {
  const report_capital *c = s->c;
  char                  debt[PHRASE], due[PHRASE], value[PHRASE], rate[PHRASE], left[PHRASE], month[16], more[120] = "";
  dollars(t->debt_usd, debt);
  dollars(t->service_usd, due);
  dollars(t->value_usd, value);
  dollars(t->left_usd, left);
  report_rate(c->s->v.party[t->party].rate_frac_per_yr, rate);
  report_month_text(c, t->first, month);
  if (t->left_usd > 0.005) (void)snprintf(more, sizeof more, "; %s of principal beyond the horizon", left);
  page_wrapf(&s->p, 2, LOOK_BOLD, "%s, %s: debt after the last customer's contract, '%s'", report_party(c, t->party),
             campus_name(s, t->campus), contract_name(s, t->customer));
  report_item(s, "debt outstanding", "%s at its end; uncovered from %s", debt, month);
  if (t->why) {
    report_item(s, "debt service", "n/a: %s", t->why);
    return;
  }
  report_item(s, "debt service left", "%s in %d months, present value %s at %s a year%s", due, (int)t->months, value,
              rate, more);
  put_break_even(s, &t->price, t->relet_usd);
}

void report_put_gaps(const report_sheet *s) {
  report_gap  *gap;
  report_tail *tail;
  int32_t      gaps, tails;
  page_title(&s->p, "Re-letting: rent and debt beyond customers' contracts");
  arena_mark mark = arena_mark_get(s->c->a);
  if (report_gaps(s->c, &gap, &gaps) && report_tails(s->c, &tail, &tails)) {
    for (int32_t i = 0; i < gaps; i++) put_gap(s, &gap[i]);
    for (int32_t i = 0; i < tails; i++) put_tail(s, &tail[i]);
    if (!gaps && !tails) page_wrap(&s->p, 2, LOOK_PLAIN, "None within the horizon.");
    else
      page_wrap(&s->p, 2, LOOK_DIM,
                "Break-even rent: level from the first uncovered month, its present value that of what is due; before "
                "energy and operation. Market rent: mean of the same months in this scenario.");
  }
  arena_release(s->c->a, mark);
}

// ---- Levelised costs ----------------------------------------------------------------------------------------------------

enum {
  LEVEL_COLUMNS = 8,
  LEVEL_CELL = 8,
  LEVEL_PRICES = 4,
  LEVEL_NAME = 12
};  // prices first; shares where the page has room

static int level_columns(const report_sheet *s) {
  return s->p.width < 2 + LEVEL_NAME + LEVEL_COLUMNS * LEVEL_CELL ? LEVEL_PRICES : LEVEL_COLUMNS;
}

static void put_level_row(const report_sheet *s, const char *name, page_look look, const report_levelised *k,
                          const char *const head[LEVEL_COLUMNS]) {
  int n = level_columns(s);
  page_gap(&s->p, 2);
  page_cell(&s->p, name, s->p.width - 2 - n * LEVEL_CELL, false, look);
  for (int i = 0; i < n; i++) {
    char text[PHRASE] = "";
    if (k) {
      const double value[LEVEL_COLUMNS] = {k->usd_per_gpu_h, k->net_usd_per_gpu_h, k->usd_per_mwh_it, k->usd_per_mtok,
                                           k->capital_frac,  k->energy_frac,       k->operation_frac, k->tax_frac};
      if (i < LEVEL_PRICES || isnan(value[i])) phrase_number(value[i], text);
      else report_fixed(100 * value[i], 1, "%", text);
    }
    page_cell(&s->p, k ? text : head[i], LEVEL_CELL, true, k ? LOOK_PLAIN : LOOK_DIM);
  }
  page_end(&s->p);
}

void report_put_levelised(const report_sheet *s) {
  static const char *const head[2][LEVEL_COLUMNS] = {
      {"USD per", "net of", "USD per", "USD per", "",        "",       "",    ""   },
      {"GPU-h",   "book",   "MWh IT",  "Mtok",    "capital", "energy", "O&M", "tax"}
  };
  int32_t           n = s->c->m->n[CLASS_CAMPUS];
  report_levelised *k = ARENA_NEW(s->a, report_levelised, n + 1);
  arena_mark        mark = arena_mark_get(s->c->a);
  if (k && report_levelised_of(s->c, k)) {
    page_title(&s->p, "Levelised costs");
    for (int row = 0; row < 2; row++) put_level_row(s, "", LOOK_DIM, NULL, head[row]);
    for (int32_t i = 0; i < n; i++)
      if (k[i].cost_usd > 0) put_level_row(s, campus_name(s, i), LOOK_PLAIN, &k[i], NULL);
    put_level_row(s, "programme", LOOK_BOLD, &k[n], NULL);
    if (isnan(k[n].usd_per_gpu_h)) page_wrap(&s->p, 2, LOOK_PLAIN, "n/a: no GPU runs within the horizon.");
    else if (isnan(k[n].usd_per_mtok))
      page_wrap(&s->p, 2, LOOK_PLAIN, "Per million tokens n/a: the programme serves none itself.");
    page_wrap(
        &s->p, 2, LOOK_DIM,
        "What owners, buyers and operators pay to others to build, equip and run, over what comes out to the "
        "horizon, at the owner's rate; shares of that cost. Net of book: per GPU-h, if at the horizon all is worth "
        "its book value.");
  }
  arena_release(s->c->a, mark);
}
