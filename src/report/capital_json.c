// Capital as JSON: schema stargate.capital/1. Money of the books in whole cents, by month; keys in a fixed order.
#include "../base/calendar.h"
#include "capital_lender.h"
#include "run_json.h"

// ---- Statements ---------------------------------------------------------------------------------------------------------

static void put_row(json_writer *w, const report_capital *c, const char *part, const report_row *r) {
  json_object(w);
  json_put_string(w, "line", r->word);
  json_put_string(w, "part", r->part);
  json_put_flag(w, "total", r->total);
  json_key(w, "account");
  if (r->account >= 0) {
    char name[REPORT_ACCOUNT_NAME];
    report_account_name(part, r->account, r->kind, name);
    json_string(w, name);
  } else {
    json_null(w);
  }
  if (r->level) json_put_int(w, "opening_cents", r->opening_cents);
  json_key(w, "cents");
  json_ints(w, r->cents, (size_t)c->m->n_month);
  json_end(w);
}

static void put_statements(json_writer *w, const report_capital *c, const char *part, const report_rows *rows) {
  for (int which = 0; which < REPORT_STATEMENT_COUNT; which++) {
    json_key(w, report_statement_key[which]);
    json_array(w);
    for (int32_t i = 0; i < rows->n; i++)
      if (rows->row[i].statement == (report_statement)which) put_row(w, c, part, &rows->row[i]);
    json_end(w);
  }
}

// ---- Sources, uses, returns ---------------------------------------------------------------------------------------------

static void put_flows(json_writer *w, const char *key, const report_flow *flow, int32_t n) {
  json_key(w, key);
  json_object(w);
  for (int32_t i = 0; i < n; i++) json_put_int(w, flow[i].word, flow[i].cents);
  json_end(w);
}

static void put_uses(json_writer *w, const report_capital *c, int32_t party) {
  report_uses uses;
  report_sources_uses(c, party, &uses);
  json_key(w, "sources_and_uses");
  if (!uses.builds) {
    json_null(w);
    return;
  }
  json_object(w);
  json_key(w, "until");
  report_month(w, c->m, uses.last_month);
  json_put_flag(w, "complete", uses.complete);
  json_put_int(w, "total_cents", uses.total_cents);
  put_flows(w, "sources_cents", uses.source, uses.n_source);
  put_flows(w, "uses_cents", uses.use, uses.n_use);
  json_end(w);
}

static void put_return(json_writer *w, const char *key, const report_return *r) {
  json_key(w, key);
  json_object(w);
  json_put_number(w, "npv_usd", r->npv_usd);
  json_put_number(w, "irr", r->irr_frac_per_yr);
  json_key(w, "irr_all");
  json_numbers(w, r->root, (size_t)r->n_root);
  json_put_number(w, "moic", r->moic);
  json_end(w);
}

static void put_returns(json_writer *w, const report_capital *c, int32_t party, double *scratch) {
  report_returns r;
  report_returns_of(c, party, scratch, &r);
  json_key(w, "returns");
  json_object(w);
  json_put_number(w, "rate", c->s->v.party[party].rate_frac_per_yr);
  json_put_number(w, "received_usd", r.in_usd);
  json_put_number(w, "paid_usd", r.out_usd);
  json_put_number(w, "left_usd", r.left_usd);
  put_return(w, "cash", &r.without);
  put_return(w, "with_what_is_left", &r.with);
  json_put_number(w, "npv_all_cash_usd", twin_party_npv_usd(c->s, party));
  json_end(w);
}

// ---- Loans --------------------------------------------------------------------------------------------------------------

enum { COVER_MONTHS = 12 };

static void put_cover(json_writer *w, const report_capital *c, int32_t borrower, double *scratch) {
  for (int32_t t = 0; t < c->m->n_month; t++)
    scratch[t] = report_cover(c, borrower, t < COVER_MONTHS ? 0 : t - COVER_MONTHS + 1, t);
  json_key(w, "cover_12_months");
  json_numbers(w, scratch, (size_t)c->m->n_month);
}

static void put_loan(json_writer *w, const report_capital *c, const report_loan *loan) {
  const twin_deal *deal = &c->m->deal[loan->deal];
  json_object(w);
  json_put_string(w, "contract", programme_name(&c->m->p, CLASS_CONTRACT, deal->contract));
  json_put_string(w, "lender", report_party(c, deal->payer));
  json_put_string(w, "borrower", report_party(c, deal->payee));
  json_put_string(w, "campus", programme_name(&c->m->p, CLASS_CAMPUS, loan->campus));
  json_put_string(w, "size_bound_by", report_loan_limit(c, loan->deal, loan->campus));
  report_terms_json(w, c, loan);
  json_key(w, "rows");
  json_object(w);
  for (int i = 0; i < REPORT_LOAN_COUNT; i++) {
    json_key(w, report_loan_rows[i].key);
    json_object(w);
    json_put_string(w, "unit", report_loan_rows[i].unit);
    json_put_string(w, "kind", report_loan_rows[i].fold == REPORT_SUM ? "flow" : "level");
    json_key(w, "value");
    json_numbers(w, loan->row[i], (size_t)c->m->n_month);
    json_end(w);
  }
  json_end(w);
  json_end(w);
}

// ---- Projects -----------------------------------------------------------------------------------------------------------

static void put_metrics(json_writer *w, const capital_metrics *k) {
  json_key(w, "metrics");
  json_object(w);
  json_put_number(w, "npv_usd", k->npv_usd);
  json_put_number(w, "npv_pretax_usd", k->npv_pretax_usd);
  json_put_number(w, "irr", k->irr_frac_per_yr);
  json_put_number(w, "moic", k->moic);
  json_put_number(w, "payback_years", k->payback_years);
  json_put_number(w, "dscr_least", k->dscr_least);
  json_put_number(w, "dscr_average", k->dscr_average);
  json_put_number(w, "llcr_least", k->llcr_least);
  json_put_number(w, "plcr_least", k->plcr_least);
  json_put_number(w, "icr_least", k->icr_least);
  json_put_number(w, "debt_frac", k->debt_frac);
  json_end(w);
}

// A project that could not be computed: the same keys, without values.
static void put_none(json_writer *w) {
  static const char *const key[] = {"uses_usd", "metrics", "loans", "rows"};
  for (size_t i = 0; i < sizeof key / sizeof key[0]; i++) {
    json_key(w, key[i]);
    json_null(w);
  }
  json_end(w);
}

static void put_project(json_writer *w, const report_capital *c, const twin_financing *f) {
  char why[REPORT_WHY];
  if (f->why) report_project_why(c, f, why);
  json_object(w);
  json_put_string(w, "campus", programme_name(&c->m->p, CLASS_CAMPUS, f->campus));
  json_put_string(w, "borrower", report_party(c, f->borrower));
  json_put_string(w, "not_computed", f->why ? why : NULL);
  if (f->why) {
    put_none(w);
    return;
  }
  json_put_number(w, "uses_usd", f->result.uses_usd);
  put_metrics(w, &f->metrics);
  json_key(w, "loans");
  json_array(w);
  for (int32_t i = 0; i < f->result.n_facility; i++) {
    const twin_deal *deal = &c->m->deal[f->loan[i]];
    json_object(w);
    json_put_string(w, "contract", programme_name(&c->m->p, CLASS_CONTRACT, deal->contract));
    json_put_string(w, "lender", report_party(c, deal->payer));
    json_put_number(w, "effective_rate", f->metrics.effective_rate_frac_per_yr[i]);
    json_end(w);
  }
  json_end(w);
  json_key(w, "rows");
  json_object(w);
  for (int row = 0; row < CAPITAL_PROJECT_ROWS; row++) {
    json_key(w, capital_project_name[row]);
    json_object(w);
    json_put_string(w, "unit", report_project_format(row) == REPORT_MONEY ? "USD" : "x");
    json_put_string(w, "kind", report_project_fold(row) == REPORT_SUM ? "flow" : "level");
    json_key(w, "value");
    json_numbers(w, f->result.row[row], (size_t)f->result.n);
    json_end(w);
  }
  json_end(w);
  json_end(w);
}

// ---- The whole ----------------------------------------------------------------------------------------------------------

static bool put_party(json_writer *w, const report_capital *c, int32_t party, const report_part part, arena *a) {
  arena_mark   mark = arena_mark_get(a);
  report_rows *rows = ARENA_NEW(a, report_rows, 1);
  double      *scratch = ARENA_NEW(a, double, c->m->n_month + 1);
  if (!rows || !scratch || !report_statements(c, party, a, rows)) return false;
  json_object(w);
  json_put_string(w, "name", report_party(c, party));
  json_put_flag(w, "inside", c->m->inside[party]);
  json_put_flag(w, "unlimited_cash", c->s->v.party[party].deep);
  put_statements(w, c, part, rows);
  put_uses(w, c, party);
  put_returns(w, c, party, scratch);
  put_cover(w, c, party, scratch);
  json_key(w, "reserve_usd");
  json_numbers(w, c->reserve_usd + (size_t)party * (size_t)c->m->n_month, (size_t)c->m->n_month);
  json_key(w, "locked_up");
  json_numbers(w, c->locked + (size_t)party * (size_t)c->m->n_month, (size_t)c->m->n_month);
  json_end(w);
  arena_release(a, mark);
  return true;
}

static void put_head(json_writer *w, const report_capital *c) {
  json_put_string(w, "schema", "stargate.capital/1");
  json_put_string(w, "version", SG_VERSION);
  json_put_string(w, "programme", programme_text(&c->m->p, c->m->plan_view.top->programme));
  json_put_string(w, "case", c->k < 0 ? "base" : "scenario");
  json_key(w, "scenario");
  if (c->k < 0) json_null(w);
  else json_int(w, c->k);
  report_seed(w, "seed", c->seed);
  json_put_int(w, "redrawn", c->redrawn);
  json_key(w, "month");
  json_row(w);
  for (int32_t t = 0; t < c->m->n_month; t++) report_month(w, c->m, t);
  json_end(w);
}

sg_err report_capital_json(const report_capital *c, text_buffer *out) {
  int32_t      n = c->m->n[CLASS_PARTY];
  arena       *a = arena_create();
  report_part *part = a ? ARENA_NEW(a, report_part, n + 1) : NULL;
  int64_t     *books = a ? ARENA_NEW(a, int64_t, (size_t)n * LEDGER_ACCOUNT_COUNT + 1) : NULL;
  sg_err       err = part && books ? SG_OK : SG_ERR_MEMORY;
  json_writer  w = json_begin(out, 1);
  if (!err && ledger_check(&c->s->ledger, c->m->n_month - 1, books).fault != LEDGER_SOUND) err = SG_ERR_NUMERIC;
  if (!err) {
    report_party_parts(c->m, part);
    json_object(&w);
    put_head(&w, c);
    json_key(&w, "parties");
    json_array(&w);
    for (int32_t party = 0; party < n && !err; party++)
      if (!put_party(&w, c, party, part[party], a)) err = SG_ERR_MEMORY;
    json_end(&w);
    json_key(&w, "loans");
    json_array(&w);
    for (int32_t i = 0; i < c->n_loan; i++) put_loan(&w, c, &c->loan[i]);
    json_end(&w);
    json_key(&w, "projects");
    json_array(&w);
    for (int32_t i = 0; i < c->n_project; i++) put_project(&w, c, &c->project[i]);
    json_end(&w);
    if (!err && !report_lender_json(&w, c)) err = SG_ERR_MEMORY;
    json_end(&w);
    if (!err && !json_finish(&w)) err = SG_ERR_MEMORY;
  }
  arena_free(a);
  return err;
}
