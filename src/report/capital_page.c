// Capital on a terminal: a year a column, as many columns as the page holds, then the next years below.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "capital_tables.h"

static void find_years(report_sheet *s) {
  const twin_model *m = s->c->m;
  for (int32_t t = 0; t < m->n_month; t++) {
    int32_t year = calendar_of_day(calendar_first_day(m->month0 + t)).year;
    if (!s->n_year || s->year[s->n_year - 1] != year) {
      s->year[s->n_year] = year;
      s->first[s->n_year++] = t;
    }
    s->last[s->n_year - 1] = t;
  }
}

// ---- Statements ---------------------------------------------------------------------------------------------------------

static double of_year(const report_sheet *s, const report_row *r, int32_t y) {
  int64_t cents = r->level ? r->cents[s->last[y]] : 0;
  for (int32_t k = s->first[y]; k <= s->last[y] && !r->level; k++) cents += r->cents[k];
  return (double)cents / 100;
}

// The greatest that any line comes to in a year.
static double greatest_of(const report_sheet *s, const report_rows *rows) {
  double most = 0;
  for (int32_t i = 0; i < rows->n; i++)
    for (int32_t y = 0; y < s->n_year; y++) most = fmax(most, fabs(of_year(s, &rows->row[i], y)));
  return most;
}

// Totals as they are called on the page; a line's own word otherwise.
static const char *label_of(const report_row *r) {
  static const struct {
    const char *word, *label;
  } total[] = {
      {"operating",   "from operation"  },
      {"investing",   "from investment" },
      {"financing",   "from financing"  },
      {"own",         "from own affairs"},
      {"change",      "change of cash"  },
      {"revenue",     "all revenue"     },
      {"expense",     "all expense"     },
      {"assets",      "all assets"      },
      {"liabilities", "all liabilities" },
      {"equity",      "all equity"      },
  };
  for (size_t i = 0; r->total && i < sizeof total / sizeof total[0]; i++)
    if (!strcmp(total[i].word, r->word)) return total[i].label;
  return r->word;
}

static void add_line(const report_sheet *s, const report_row *r, double per, report_table *t) {
  report_line *line = &t->line[t->n++];
  *line = (report_line){.look = r->total ? LOOK_BOLD : LOOK_PLAIN};
  (void)snprintf(line->label, sizeof line->label, "%s", label_of(r));
  bool any = false;
  for (int32_t y = 0; y < s->n_year; y++) {
    line->value[y] = of_year(s, r, y) / per;
    any |= fabs(line->value[y]) >= REPORT_SHOWN;
  }
  t->n -= !any;  // what would read 0 in all years is left out
}

static bool put_party(const report_sheet *s, int32_t party, report_rows *rows, report_table *t) {
  arena_mark mark = arena_mark_get(s->a);
  if (!report_statements(s->c, party, s->a, rows)) return false;
  double      greatest = greatest_of(s, rows);
  phrase_unit unit = report_money_unit(greatest);
  if (greatest > 0) page_title(&s->p, report_party(s->c, party));
  for (int which = 0; which < REPORT_STATEMENT_COUNT; which++) {
    char head[PHRASE];
    (void)snprintf(head, sizeof head, "%s, %s", report_statement_title[which], unit.word);
    *t = (report_table){.head = head};
    for (int32_t i = 0; i < rows->n; i++)
      if (rows->row[i].statement == (report_statement)which) add_line(s, &rows->row[i], unit.per, t);
    report_put_table(s, t);
  }
  arena_release(s->a, mark);
  return true;
}

// ---- Loans --------------------------------------------------------------------------------------------------------------

static void add_loan_line(const report_sheet *s, const report_loan *loan, int row, double per, report_table *t) {
  const report_loan_about *about = &report_loan_rows[row];
  char                     label[64];
  bool                     money = !strcmp(about->unit, "USD"), share = !strcmp(about->unit, "frac");
  const double            *commitment = loan->row[REPORT_LOAN_COMMITMENT], *balance = loan->row[REPORT_LOAN_BALANCE];
  (void)snprintf(label, sizeof label, "%s%s", about->label, money ? "" : share ? ", %" : ", x");
  int32_t n = t->n, repaid = s->c->m->n_month;  // repaid: month after the last in which something was owed
  report_add_series(s, label, money ? REPORT_MONEY : REPORT_RATIO, about->fold, loan->row[row],
                    money   ? per
                    : share ? 0.01
                            : 1,
                    t);
  if (t->n == n || (row != REPORT_LOAN_RATE && row != REPORT_LOAN_COMMITMENT)) return;
  while (repaid > 0 && !(balance[repaid - 1] > 0.005)) repaid--;
  for (int32_t y = 0; y < s->n_year; y++) {
    bool before = !(commitment[s->last[y]] > 0), after = repaid > 0 && s->first[y] > repaid;
    if (after || (before && row == REPORT_LOAN_RATE)) t->line[n].value[y] = (double)NAN;
  }
}

// Month from which a borrower has something to repay; n_month: none.
static int32_t repays_from(const report_sheet *s, int32_t borrower) {
  int32_t from = s->c->m->n_month;
  for (int32_t i = 0; i < s->c->n_loan; i++)
    for (int32_t t = 0; t < from && s->c->m->deal[s->c->loan[i].deal].payee == borrower; t++) {
      const report_loan *loan = &s->c->loan[i];
      double             due =
          loan->row[REPORT_LOAN_INSTALMENT][t] + loan->row[REPORT_LOAN_BALLOON][t] + loan->row[REPORT_LOAN_CALLED][t];
      if (due > 0) from = t;
    }
  return from;
}

static void put_loan(const report_sheet *s, const report_loan *loan, report_table *t) {
  const twin_deal *deal = &s->c->m->deal[loan->deal];
  double           most = 0;
  for (int32_t k = 0; k < s->c->m->n_month; k++)
    most = fmax(most, fmax(loan->row[REPORT_LOAN_COMMITMENT][k], loan->row[REPORT_LOAN_BALANCE][k]));
  phrase_unit unit = report_money_unit(most);
  page_wrapf(&s->p, 2, LOOK_BOLD, "%s of %s to %s, for %s", programme_name(&s->c->m->p, CLASS_CONTRACT, deal->contract),
             report_party(s->c, deal->payer), report_party(s->c, deal->payee),
             programme_name(&s->c->m->p, CLASS_CAMPUS, loan->campus));
  report_put_terms(s, loan);
  *t = (report_table){.head = unit.word};
  for (int row = 0; row < REPORT_LOAN_COUNT; row++)
    if (row < REPORT_LOAN_INSTALMENT || row > REPORT_LOAN_CALLED) add_loan_line(s, loan, row, unit.per, t);
  const double *reserve = s->c->reserve_usd + (size_t)deal->payee * (size_t)s->c->m->n_month;
  const double *locked = s->c->locked + (size_t)deal->payee * (size_t)s->c->m->n_month;
  report_add_series(s, "reserve of borrower", REPORT_MONEY, REPORT_LAST, reserve, unit.per, t);
  const double *target = s->c->target_usd + (size_t)deal->payee * (size_t)s->c->m->n_month;
  report_add_series(s, "reserve target", REPORT_MONEY, REPORT_LAST, target, unit.per, t);
  report_add_series(s, "lock-up, months", REPORT_MONTHS, REPORT_SUM, locked, 1, t);
  report_line *cover = &t->line[t->n++];
  *cover = (report_line){.format = REPORT_RATIO};
  (void)snprintf(cover->label, sizeof cover->label, "cover of borrower, x");
  int32_t from = repays_from(s, deal->payee);
  for (int32_t y = 0; y < s->n_year; y++)
    cover->value[y] = s->last[y] < from ? (double)NAN : report_cover(s->c, deal->payee, s->first[y], s->last[y]);
  report_put_table(s, t);
}

static void put_loans(const report_sheet *s, report_table *t) {
  page_title(&s->p, "Loans");
  for (int32_t i = 0; i < s->c->n_loan; i++) put_loan(s, &s->c->loan[i], t);
  if (!s->c->n_loan) page_wrap(&s->p, 2, LOOK_PLAIN, "None was closed.");
  else
    page_wrap(
        &s->p, 2, LOOK_DIM,
        "Cover: the borrower's cash from operation over what fell due to all its lenders in the year, paid or not, "
        "loans in construction included; from the year of the first repayment on.");
}

// ---- Projects -----------------------------------------------------------------------------------------------------------

// Rows that the page shows; JSON has all.
static const int project_shown[] = {
    PROJECT_RECEIPTS, PROJECT_OPEX,     PROJECT_TAX_STATE, PROJECT_TAX_FEDERAL,  PROJECT_CFADS,   PROJECT_CAPEX,
    PROJECT_FEES,     PROJECT_INTEREST, PROJECT_PRINCIPAL, PROJECT_SWEPT,        PROJECT_DRAWS,   PROJECT_CAPITALISED,
    PROJECT_EQUITY,   PROJECT_OVERRUN,  PROJECT_CURE,      PROJECT_GAP,          PROJECT_RESERVE, PROJECT_CASH,
    PROJECT_ARREARS,  PROJECT_DEBT,     PROJECT_ASSETS,    PROJECT_DISTRIBUTION, PROJECT_FLOW,    PROJECT_DSCR,
    PROJECT_LLCR,     PROJECT_PLCR,     PROJECT_ICR,       PROJECT_LOCKED,       PROJECT_DEFAULT};

static void add_project_line(const report_sheet *s, const twin_financing *f, int row, double per, report_table *t) {
  report_format format = report_project_format(row);
  char          label[64];
  (void)snprintf(label, sizeof label, "%s%s", capital_project_name[row],
                 format == REPORT_RATIO    ? ", x"
                 : format == REPORT_MONTHS ? ", months"
                                           : "");
  report_add_series(s, label, format, report_project_fold(row), f->result.row[row], format == REPORT_MONEY ? per : 1,
                    t);
}

// Debt outlives the horizon: cash that would cover it behind that is not known, so life cover means nothing.
static bool is_left(const twin_financing *f) { return f->result.row[PROJECT_DEBT][f->result.n - 1] > 0.005; }

static void put_owners(const report_sheet *s, const twin_financing *f) {
  const capital_metrics *k = &f->metrics;
  char                   npv[PHRASE], irr[PHRASE], moic[PHRASE], back[PHRASE], debt[PHRASE], uses[PHRASE];
  text_quantity(k->npv_usd, "USD", npv, sizeof npv);
  text_quantity(f->result.uses_usd, "USD", uses, sizeof uses);
  report_rate(k->irr_frac_per_yr, irr);
  report_fixed(k->moic, 2, "x", moic);
  report_fixed(k->payback_years, 1, " years", back);
  report_fixed(100 * k->debt_frac, 1, "%", debt);
  if (isnan(k->moic))
    page_wrapf(&s->p, 2, LOOK_PLAIN, "Owners: value %s, nothing was paid in. Debt %s of uses of %s.", npv, debt, uses);
  else
    page_wrapf(&s->p, 2, LOOK_PLAIN, "Owners: value %s, rate %s, multiple %s, %s%s. Debt %s of uses of %s.", npv, irr,
               moic, isnan(k->payback_years) ? "not paid back" : "paid back in ", isnan(k->payback_years) ? "" : back,
               debt, uses);
}

static void put_least(const report_sheet *s, const twin_financing *f) {
  const double least[4] = {f->metrics.dscr_least, f->metrics.icr_least, f->metrics.llcr_least, f->metrics.plcr_least};
  char         cover[4][PHRASE];
  if (!f->result.n_facility) return;
  for (int i = 0; i < 4; i++) report_ratio_text(least[i], "x", cover[i]);
  if (is_left(f))
    page_wrapf(&s->p, 2, LOOK_PLAIN,
               "Least cover: DSCR %s, interest %s; LLCR and PLCR n/a: debt is left at the horizon.", cover[0],
               cover[1]);
  else
    page_wrapf(&s->p, 2, LOOK_PLAIN, "Least cover: DSCR %s, interest %s, LLCR %s, PLCR %s.", cover[0], cover[1],
               cover[2], cover[3]);
}

static void put_project(const report_sheet *s, const twin_financing *f, report_table *t) {
  double most = 0;
  for (int row = 0; row < CAPITAL_PROJECT_ROWS; row++)
    for (int32_t y = 0; y < s->n_year && report_project_format(row) == REPORT_MONEY; y++)
      most = fmax(most, fabs(report_folded(report_project_fold(row), f->result.row[row], s->first[y], s->last[y])));
  phrase_unit unit = report_money_unit(most);
  *t = (report_table){.head = unit.word};
  for (size_t k = 0; k < sizeof project_shown / sizeof project_shown[0]; k++)
    if (!is_left(f) || (project_shown[k] != PROJECT_LLCR && project_shown[k] != PROJECT_PLCR))
      add_project_line(s, f, project_shown[k], unit.per, t);
  report_put_table(s, t);
  put_owners(s, f);
  put_least(s, f);
}

static void put_projects(const report_sheet *s, report_table *t) {
  bool any = false;
  if (!s->c->n_project) return;
  page_title(&s->p, "Projects: each campus as a company of its own");
  for (int32_t i = 0; i < s->c->n_project; i++) {
    const twin_financing *f = &s->c->project[i];
    char                  why[REPORT_WHY];
    page_wrapf(&s->p, 2, LOOK_BOLD, "%s, of %s", programme_name(&s->c->m->p, CLASS_CAMPUS, f->campus),
               report_party(s->c, f->borrower));
    any |= !f->why;
    if (f->why) {
      report_project_why(s->c, f, why);
      page_wrapf(&s->p, 2, LOOK_PLAIN, "n/a, because %s%s.", f->why_facility < 0 ? "" : "of ", why);
    } else {
      put_project(s, f, t);
    }
  }
  if (any)
    page_wrap(
        &s->p, 2, LOOK_DIM,
        "On the course that the scenario has taken, with owners who pay in what is needed. Ratios: the least of the "
        "year's months; PLCR counts cash up to the horizon. Rate n/a: the flows have none, or several.");
}

// ---- Sources and uses ---------------------------------------------------------------------------------------------------

static void put_flows(const report_sheet *s, const char *head, const report_flow *flow, int32_t n, phrase_unit unit,
                      int64_t total) {
  char number[PHRASE], share[PHRASE];
  page_gap(&s->p, 2);
  page_cell(&s->p, head, REPORT_LABEL + 2, false, LOOK_DIM);
  page_cell(&s->p, unit.word, 10, true, LOOK_DIM);
  page_end(&s->p);
  for (int32_t i = 0; i <= n; i++) {
    int64_t cents = i < n ? flow[i].cents : total;
    if (i < n && (double)cents / 100 / unit.per < REPORT_SHOWN) continue;
    phrase_number((double)cents / 100 / unit.per, number);
    report_fixed(total ? 100 * (double)cents / (double)total : 0, 1, "%", share);
    page_gap(&s->p, 2);
    page_cell(&s->p, i < n ? flow[i].word : "in all", REPORT_LABEL + 2, false, i < n ? LOOK_PLAIN : LOOK_BOLD);
    page_cell(&s->p, number, 10, true, LOOK_PLAIN);
    page_cell(&s->p, share, 9, true, LOOK_DIM);
    page_end(&s->p);
  }
}

static void put_uses(const report_sheet *s) {
  for (int32_t party = 0; party < s->c->m->n[CLASS_PARTY]; party++) {
    report_uses uses;
    char        until[8], title[200];
    if (!s->c->m->inside[party]) continue;
    report_sources_uses(s->c, party, &uses);
    if (!uses.builds) continue;
    calendar_month_text(s->c->m->month0 + uses.last_month, until);
    (void)snprintf(title, sizeof title, "Sources and uses of %.100s until %s%s", report_party(s->c, party), until,
                   uses.complete ? ", when all is commissioned" : ": not all is commissioned");
    page_title(&s->p, title);
    phrase_unit unit = report_money_unit((double)uses.total_cents / 100);
    put_flows(s, "sources", uses.source, uses.n_source, unit, uses.total_cents);
    put_flows(s, "uses", uses.use, uses.n_use, unit, uses.total_cents);
  }
}

// ---- Returns ------------------------------------------------------------------------------------------------------------

static void put_return(const report_sheet *s, const report_return *r) {
  char npv[PHRASE], irr[PHRASE], moic[PHRASE];
  text_quantity(r->npv_usd, "USD", npv, sizeof npv);
  if (r->n_root == 1) report_rate(r->irr_frac_per_yr, irr);
  else (void)snprintf(irr, sizeof irr, "%s", r->n_root ? "several" : "n/a");
  report_fixed(r->moic, 2, "x", moic);
  page_cell(&s->p, npv, 11, true, LOOK_PLAIN);
  page_cell(&s->p, irr, 9, true, LOOK_PLAIN);
  page_cell(&s->p, moic, 9, true, LOOK_PLAIN);
}

static void put_roots(const report_sheet *s, const report_return *r, const char *whose, const char *what) {
  char   text[400];
  size_t at = 0;
  for (int32_t i = 0; i < r->n_root && at < sizeof text - 24; i++) {
    char rate[PHRASE];
    report_rate(r->root[i], rate);
    at += (size_t)snprintf(text + at, sizeof text - at, "%s%.20s", i ? ", " : "", rate);
  }
  if (r->n_root > 1) page_wrapf(&s->p, 2, LOOK_DIM, "%s, %s: rates at which the value is zero: %s.", whose, what, text);
}

static void put_returns(const report_sheet *s, double *scratch) {
  int            name = s->p.width - 2 - 2 * 29;
  report_returns r;
  page_title(&s->p, "Returns");
  page_gap(&s->p, 2 + name);
  page_cell(&s->p, "cash alone", 29, true, LOOK_DIM);
  page_cell(&s->p, "with what is left", 29, true, LOOK_DIM);
  page_end(&s->p);
  page_gap(&s->p, 2);
  page_cell(&s->p, "party", name, false, LOOK_DIM);
  for (int i = 0; i < 2; i++) {
    page_cell(&s->p, "value", 11, true, LOOK_DIM);
    page_cell(&s->p, "rate", 9, true, LOOK_DIM);
    page_cell(&s->p, "multiple", 9, true, LOOK_DIM);
  }
  page_end(&s->p);
  for (int32_t party = 0; party < s->c->m->n[CLASS_PARTY]; party++) {
    report_returns_of(s->c, party, scratch, &r);
    if (!r.any) continue;
    page_gap(&s->p, 2);
    page_cell(&s->p, report_party(s->c, party), name, false, LOOK_PLAIN);
    put_return(s, &r.without);
    put_return(s, &r.with);
    page_end(&s->p);
  }
  for (int32_t party = 0; party < s->c->m->n[CLASS_PARTY]; party++) {
    report_returns_of(s->c, party, scratch, &r);
    put_roots(s, &r.without, report_party(s->c, party), "cash alone");
    put_roots(s, &r.with, report_party(s->c, party), "with what is left");
  }
  page_wrap(
      &s->p, 2, LOOK_DIM,
      "Of dealings in the programme, without the party's other affairs and costs. Value: present value at the "
      "party's own rate. Rate: internal rate a year (IRR). Multiple: cash received over cash paid, month by month "
      "(MOIC). Left at the end: what the books hold but cash and listed assets, less what is owed; equity of another "
      "party as a share in what that one has.");
  if (!s->c->m->report0) return;
  char begins[16], since[16];
  report_month_text(s->c, s->c->m->report0, begins);
  report_month_text(s->c, 0, since);
  page_wrapf(&s->p, 2, LOOK_DIM, "Values count what comes from %s on; rates and multiples all since %s.", begins,
             since);
}

// ---- The page -----------------------------------------------------------------------------------------------------------

static void put_header(const report_sheet *s) {
  const twin_model *m = s->c->m;
  char              which[PHRASE], as_of[11], line[300];
  report_capital_case(s->c, which);
  calendar_day_text((int32_t)m->p.as_of_day, as_of);
  (void)snprintf(line, sizeof line, "%.100s as known on %s | %s", programme_text(&m->p, m->plan_view.top->programme),
                 as_of, which);
  page_cell(&s->p, line, s->p.width, false, LOOK_BOLD);
  page_end(&s->p);
  if (s->c->k < 0)
    page_wrap(
        &s->p, 0, LOOK_DIM,
        "Every uncertain input at its median, no shocks, markets at their level; money and supplies scarce as stated.");
}

sg_err report_capital_text(const report_capital *c, sg_style style, text_buffer *out) {
  report_sheet  s = {.p = page_begin(out, style), .c = c, .a = arena_create()};
  size_t        books = (size_t)c->m->n[CLASS_PARTY] * LEDGER_ACCOUNT_COUNT;
  report_rows  *rows = s.a ? ARENA_NEW(s.a, report_rows, 1) : NULL;
  report_table *t = s.a ? ARENA_NEW(s.a, report_table, 1) : NULL;
  double       *flow = s.a ? ARENA_NEW(s.a, double, c->m->n_month + 1) : NULL;
  int64_t      *scratch = s.a ? ARENA_NEW(s.a, int64_t, books + 1) : NULL;
  sg_err        err = rows && t && flow && scratch ? SG_OK : SG_ERR_MEMORY;
  if (!err && ledger_check(&c->s->ledger, c->m->n_month - 1, scratch).fault != LEDGER_SOUND) err = SG_ERR_NUMERIC;
  if (!err) {
    find_years(&s);
    put_header(&s);
    for (int32_t party = 0; party < c->m->n[CLASS_PARTY] && !err; party++)
      if (!c->s->v.party[party].deep && !put_party(&s, party, rows, t)) err = SG_ERR_MEMORY;
    report_put_contracts(&s, t);
    put_loans(&s, t);
    report_put_covers(&s);
    report_put_walls(&s, t);
    report_put_gaps(&s);
    put_projects(&s, t);
    report_put_levelised(&s);
    put_uses(&s);
    put_returns(&s, flow);
    page_blank(&s.p);
    page_wrap(&s.p, 2, LOOK_DIM,
              "Every balance sheet balances each month, to the cent. Parties without limit on their cash are left out "
              "above; --json has all of them, by month.");
  }
  arena_free(s.a);
  return err ? err : out->failed ? SG_ERR_MEMORY : SG_OK;
}
