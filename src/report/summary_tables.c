// Summary: what is read off the monthly series at a few dates (money, power, compute), and the parties' accounts.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "summary_parts.h"

enum { LABEL = 22 };

static const char *name_of(const summary *s, twin_class class, int32_t row) {
  return programme_name(&s->m->p, class, row);
}

static int cell_width(const summary *s) {
  int n = (s->p.width - 2 - LABEL) / (s->n_date ? s->n_date : 1);
  return n > 24 ? 24 : n;
}

// ---- Rows of series -----------------------------------------------------------------------------------------------------

static void dates_line(const summary *s) {
  char month[8];
  page_gap(&s->p, 2);
  page_cell(&s->p, "median (10-90%)", LABEL, false, LOOK_DIM);
  for (int32_t k = 0; k < s->n_date; k++) {
    calendar_month_text(s->m->month0 + s->date[k], month);
    page_cell(&s->p, month, cell_width(s), true, LOOK_DIM);
  }
  page_end(&s->p);
}

static double plan_at(const summary *s, int32_t series, int32_t month) {
  return s->m->plan_record[(size_t)month * s->m->record + s->m->series[series].at];
}

static phrase_unit unit_at(const summary *s, int32_t series, bool plan) {
  double most = 0;
  for (int32_t k = 0; k < s->n_date; k++) {
    most = fmax(most, fabs(twin_series_quantile(s->e, series, s->date[k], 0.9)));
    if (plan) most = fmax(most, plan_at(s, series, s->date[k]));
  }
  return phrase_unit_of(s->m->series[series].output->unit, most);
}

static void label_cell(const summary *s, const char *label, const char *word, page_look look) {
  char text[80];
  snprintf(text, sizeof text, "%.50s%s%.12s", label, word[0] ? ", " : "", word);
  page_gap(&s->p, 2);
  page_cell(&s->p, text, LABEL, false, look);
}

// A series at the dates; plan: a second line with what the plan has by then.
static void series_row(const summary *s, const char *series_name, const char *label, bool plan) {
  int32_t i = twin_series_find(s->m, series_name);
  if (i < 0) return;
  phrase_unit u = unit_at(s, i, plan);
  char        text[PHRASE];
  label_cell(s, label, u.word, LOOK_PLAIN);
  for (int32_t k = 0; k < s->n_date; k++) {
    int32_t t = s->date[k];
    phrase_band(twin_series_quantile(s->e, i, t, 0.5) / u.per, twin_series_quantile(s->e, i, t, 0.1) / u.per,
                twin_series_quantile(s->e, i, t, 0.9) / u.per, text);
    page_cell(&s->p, text, cell_width(s), true, LOOK_PLAIN);
  }
  page_end(&s->p);
  if (!plan) return;
  label_cell(s, "  by plan", "", LOOK_DIM);
  for (int32_t k = 0; k < s->n_date; k++) {
    phrase_number(plan_at(s, i, s->date[k]) / u.per, text);
    page_cell(&s->p, text, cell_width(s), true, LOOK_DIM);
  }
  page_end(&s->p);
}

// ---- Money --------------------------------------------------------------------------------------------------------------

static void dscr_number(double value, char out[PHRASE]) {
  if (value >= 9.99) snprintf(out, PHRASE, "none due");
  else phrase_number(value, out);
}

static void dscr_row(const summary *s) {
  int32_t i = twin_series_find(s->m, "programme.dscr_frac");
  if (i < 0) return;
  label_cell(s, "debt cover (DSCR)", "x", LOOK_PLAIN);
  for (int32_t k = 0; k < s->n_date; k++) {
    char middle[PHRASE], low[PHRASE], text[2 * PHRASE + 8];
    dscr_number(twin_series_quantile(s->e, i, s->date[k], 0.5), middle);
    dscr_number(twin_series_quantile(s->e, i, s->date[k], 0.1), low);
    if (!strcmp(middle, low)) snprintf(text, sizeof text, "%s", middle);
    else snprintf(text, sizeof text, "%s (from %s)", middle, low);
    page_cell(&s->p, text, cell_width(s), true, LOOK_PLAIN);
  }
  page_end(&s->p);
}

// "$640B (10-90%: $510B to $890B)"
static void scalar_text(const summary *s, twin_scalar k, const char *unit, char out[4 * PHRASE]) {
  char             middle[PHRASE], low[PHRASE], high[PHRASE];
  const twin_cell *c = &s->e->scalar[k];
  text_quantity(twin_cell_quantile(c, s->e->scalar_layout[k], 0.5), unit, middle, sizeof middle);
  text_quantity(twin_cell_quantile(c, s->e->scalar_layout[k], 0.1), unit, low, sizeof low);
  text_quantity(twin_cell_quantile(c, s->e->scalar_layout[k], 0.9), unit, high, sizeof high);
  snprintf(out, 4 * PHRASE, "%s (%s to %s)", middle, low, high);
}

void summary_money(const summary *s) {
  page_title(&s->p, "Money");
  dates_line(s);
  series_row(s, "programme.spent_usd", "spent", true);
  series_row(s, "programme.capex_usd", "of it capital", true);
  series_row(s, "programme.equity_usd", "equity paid in", false);
  series_row(s, "programme.debt_usd", "debt", false);
  series_row(s, "programme.funding_gap_usd", "funding gap", false);
  series_row(s, "programme.arrears_usd", "unpaid bills", false);
  dscr_row(s);
  char total[4 * PHRASE], gap[4 * PHRASE], plan[PHRASE], failed[PHRASE], end[8];
  scalar_text(s, SCALAR_CAPEX, "USD", total);
  scalar_text(s, SCALAR_PEAK_GAP, "USD", gap);
  text_quantity(s->m->plan_scalar[SCALAR_CAPEX], "USD", plan, sizeof plan);
  phrase_number(twin_cell_mean(&s->e->scalar[SCALAR_DEFAULTS], s->e->scalar_layout[SCALAR_DEFAULTS]), failed);
  calendar_month_text(s->m->month0 + s->m->n_month - 1, end);
  page_wrapf(&s->p, 2, LOOK_PLAIN,
             "Until %s: capital %s, by plan %s; greatest funding gap %s; contracts that fail, on average: %s.", end,
             total, plan, gap, failed);
  page_wrap(&s->p, 2, LOOK_DIM,
            "Spent: all cash that leaves the programme's parties. Of it capital: construction, generation, racks. "
            "Funding gap: budgets due to have begun by plan for which no money is there.");
}

// ---- Power and capacity -------------------------------------------------------------------------------------------------

void summary_power(const summary *s) {
  page_title(&s->p, "Power and capacity");
  dates_line(s);
  series_row(s, "programme.capacity_mw", "capacity", true);
  series_row(s, "programme.connected_mw", "firm supply", false);
  series_row(s, "programme.load_mw", "load", false);
  series_row(s, "programme.energy_mwh", "energy a month", false);
  series_row(s, "programme.jobs", "people at work", false);
  page_wrap(&s->p, 2, LOOK_DIM,
            "Capacity: design peak of commissioned buildings at the meter, as announcements count it. Load: drawn, "
            "mean of the month.");
}

// ---- Compute and training -----------------------------------------------------------------------------------------------

// First month by which a share of the scenarios has released a run; -1: fewer do.
static int32_t release_month(const summary *s, int32_t series, double share) {
  for (int32_t t = s->m->report0; t < s->m->n_month; t++)
    if (twin_series_mean(s->e, series, t) >= share - 1e-9) return t;
  return -1;
}

static void run_line(const summary *s, int32_t run) {
  char name[300], median[8], early[8], late[8], odds[PHRASE];
  snprintf(name, sizeof name, "run.%s.released", name_of(s, CLASS_RUN, run));
  int32_t i = twin_series_find(s->m, name), last = s->m->n_month - 1;
  if (i < 0) return;
  int32_t when[3] = {release_month(s, i, 0.5), release_month(s, i, 0.1), release_month(s, i, 0.9)};
  calendar_month_text(s->m->month0 + when[0], median);
  calendar_month_text(s->m->month0 + when[1], early);
  calendar_month_text(s->m->month0 + when[2], late);
  phrase_share(twin_series_mean(s->e, i, last), odds);
  if (when[0] < 0)
    page_wrapf(&s->p, 2, LOOK_PLAIN, "%s: released in %s of the scenarios.", name_of(s, CLASS_RUN, run), odds);
  else if (when[2] < 0)
    page_wrapf(&s->p, 2, LOOK_PLAIN, "%s: released %s (one in ten by %s; %s ever).", name_of(s, CLASS_RUN, run), median,
               early, odds);
  else page_wrapf(&s->p, 2, LOOK_PLAIN, "%s: released %s (%s to %s).", name_of(s, CLASS_RUN, run), median, early, late);
}

void summary_compute(const summary *s) {
  page_title(&s->p, "Compute and training");
  dates_line(s);
  series_row(s, "programme.gpus", "GPUs installed", true);
  series_row(s, "programme.schedulable_gpus", "GPUs ready", false);
  series_row(s, "programme.gpu_hours", "GPU-h/month", false);
  series_row(s, "programme.cost_usd_per_gpu_h", "cost", false);
  if (s->m->n[CLASS_RUN]) series_row(s, "programme.goodput_frac", "goodput", false);
  for (int32_t r = 0; r < s->m->n[CLASS_RUN]; r++) run_line(s, r);
}

// ---- Who wins and who loses ---------------------------------------------------------------------------------------------

typedef struct account {
  int32_t party;
  double  npv, low, high, in, out;
} account;

static int compare_accounts(const void *a, const void *b) {
  const account *x = a, *y = b;
  if (x->npv != y->npv) return x->npv > y->npv ? -1 : 1;
  return x->party - y->party;
}

static void account_line(const summary *s, const char *const cell[5], page_look look) {
  int name = s->p.width - 2 - 12 - 22 - 10 - 10;
  if (name > 36) name = 36;
  static const int wide[4] = {12, 22, 10, 10};
  page_gap(&s->p, 2);
  page_cell(&s->p, cell[0], name, false, look);
  for (int i = 0; i < 4; i++) page_cell(&s->p, cell[i + 1], wide[i], true, look);
  page_end(&s->p);
}

static int32_t read_accounts(const summary *s, bool inside, account *out) {
  bins_layout money = twin_output_layout("USD");
  int32_t     n = 0;
  for (int32_t p = 0; p < s->m->n[CLASS_PARTY]; p++) {
    account a = {p,
                 twin_cell_quantile(&s->e->party_npv[p], money, 0.5),
                 twin_cell_quantile(&s->e->party_npv[p], money, 0.1),
                 twin_cell_quantile(&s->e->party_npv[p], money, 0.9),
                 twin_cell_quantile(&s->e->party_in[p], money, 0.5),
                 twin_cell_quantile(&s->e->party_out[p], money, 0.5)};
    bool    idle = a.in == 0 && a.out == 0 && a.low == 0 && a.high == 0;
    if ((s->m->inside[p] != 0) == inside && !idle) out[n++] = a;
  }
  qsort(out, (size_t)n, sizeof *out, compare_accounts);
  return n;
}

static void account_rows(const summary *s, const account *a, int32_t n) {
  for (int32_t i = 0; i < n; i++) {
    char npv[PHRASE], low[PHRASE], high[PHRASE], band[2 * PHRASE + 8], in[PHRASE], out[PHRASE];
    text_quantity(a[i].npv, "USD", npv, sizeof npv);
    text_quantity(a[i].low, "USD", low, sizeof low);
    text_quantity(a[i].high, "USD", high, sizeof high);
    text_quantity(a[i].in, "USD", in, sizeof in);
    text_quantity(a[i].out, "USD", out, sizeof out);
    snprintf(band, sizeof band, "%s to %s", low, high);
    const char *const cell[5] = {name_of(s, CLASS_PARTY, a[i].party), npv, band, in, out};
    account_line(s, cell, LOOK_PLAIN);
  }
}

void summary_parties(const summary *s) {
  account                  rows[TWIN_MAX_PARTIES];
  static const char *const head[5] = {"the programme's parties", "value today", "10-90%", "cash in", "cash out"};
  static const char *const outside[5] = {"others, before own costs", "", "", "", ""};
  page_title(&s->p, "Who wins and who loses");
  int32_t n = read_accounts(s, true, rows);
  account_line(s, head, LOOK_DIM);
  account_rows(s, rows, n);
  n = read_accounts(s, false, rows);
  if (n) account_line(s, outside, LOOK_DIM);
  account_rows(s, rows, n);
  char end[8];
  calendar_month_text(s->m->month0 + s->m->n_month - 1, end);
  page_wrapf(&s->p, 2, LOOK_DIM,
             "Value today: cash in less cash out until %s, each party at its own rate; debt and assets left then are "
             "not in it. Medians, each on its own.",
             end);
}
