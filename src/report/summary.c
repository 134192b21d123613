// Summary: header, promises, what breaks first, joint odds, and where to look next.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "summary_parts.h"

// ---- Promises -----------------------------------------------------------------------------------------------------------

typedef struct held {
  int    cause;
  double share;
} held;

// Late megawatt-days by cause of the campuses that a promise is about: its own, or those of its perimeter, or all.
static void late_of(const twin_ensemble *e, const twin_series *series, double share[CAUSE_COUNT + 1]) {
  const twin_model *m = e->m;
  double            sum = 0;
  for (int c = 0; c <= CAUSE_COUNT; c++) share[c] = 0;
  for (int32_t k = 0; k < m->n[CLASS_CAMPUS]; k++) {
    bool ours = true;
    if (series && series->output->scope == SCOPE_CAMPUS) ours = series->instance == k;
    if (series && series->output->scope == SCOPE_PERIMETER) {
      field_span of = m->plan_view.perimeter[series->instance].campuses;
      ours = !of.n;
      for (int32_t i = 0; i < of.n; i++) ours |= m->plan_view.ref[of.first + i] == k;
    }
    for (int c = 0; c <= CAUSE_COUNT && ours; c++) {
      share[c] += (double)twin_late(e, k, -1, c);
      sum += (double)twin_late(e, k, -1, c);
    }
  }
  for (int c = 0; c <= CAUSE_COUNT && sum > 0; c++) share[c] /= sum;
}

// Causes by falling share; returns how many have half a percent or more.
static int rank_causes(const double share[CAUSE_COUNT + 1], held out[CAUSE_COUNT]) {
  int n = 0;
  for (int c = 0; c < CAUSE_COUNT; c++) {
    if (share[c] < 0.005) continue;
    int at = n++;
    for (; at > 0 && out[at - 1].share < share[c]; at--) out[at] = out[at - 1];
    out[at] = (held){c, share[c]};
  }
  return n;
}

// "chips 41%, shell 33%, grid 14%"; empty where the promise is all but sure.
static void held_back(const summary *s, int32_t i, char out[120]) {
  const twin_promise_odds *odds = &s->e->promise[i];
  double                   share[CAUSE_COUNT + 1];
  held                     by[CAUSE_COUNT];
  size_t                   at = 0;
  out[0] = '\0';
  if (s->m->series[s->m->promise[i].series].output->scope == SCOPE_PARTY)
    return;  // a party's accounts wait for no megawatt
  if (!s->e->done || (double)odds->kept >= 0.995 * (double)s->e->done) return;
  late_of(s->e, &s->m->series[s->m->promise[i].series], share);
  int n = rank_causes(share, by);
  for (int k = 0; k < n && k < 3; k++)
    at +=
        (size_t)snprintf(out + at, 120 - at, "%s%s %.0f%%", k ? ", " : "", cause_word(by[k].cause), 100 * by[k].share);
  if (!n) snprintf(out, 120, "no delay against plan");
}

// Median month; ">2034-12" where fewer than half of the scenarios get there.
static void median_month(const summary *s, int32_t i, char out[PHRASE]) {
  const twin_model *m = s->m;
  char              text[8];
  int32_t           month = twin_promise_month(s->e, i, 0.5);
  calendar_month_text(m->month0 + (month < 0 ? m->n_month - 1 : month), text);
  snprintf(out, PHRASE, "%s%s", month < 0 ? ">" : "", text);
  if (m->promise[i].at_most) snprintf(out, PHRASE, "-");
}

// A promise in words: what was said, else what it is held against.
static void promise_text(const twin_model *m, int32_t i, char out[240]) {
  const twin_promise_rule *rule = &m->promise[i];
  const char              *says = programme_text(&m->p, m->plan_view.promise[rule->row].says);
  char                     need[PHRASE];
  text_quantity(rule->threshold, rule->unit, need, sizeof need);
  if (says[0]) snprintf(out, 240, "%s", says);
  else snprintf(out, 240, "%s %s %s", m->series[rule->series].name, rule->at_most ? "at most" : "at least", need);
}

typedef struct promise_columns {
  int id, what, by, odds, median, held;
} promise_columns;

static promise_columns promise_layout(const summary *s) {
  promise_columns c = {2, 0, 7, 5, 8, 0};
  for (int32_t i = 0; i < s->m->n[CLASS_PROMISE]; i++) {
    int n = page_columns(programme_name(&s->m->p, CLASS_PROMISE, s->m->promise[i].row));
    if (n > c.id) c.id = n;
  }
  if (c.id > s->p.width / 6) c.id = s->p.width / 6;
  int left = s->p.width - 2 - c.id - c.by - c.odds - c.median - 9;
  c.held = left / 2 < 21 ? left / 2 : left / 2 < 31 ? left - left / 2 : 31;
  c.what = left - c.held;
  return c;
}

static page_look odds_look(const summary *s, uint64_t kept) {
  return s->e->done && (double)kept < 0.1 * (double)s->e->done ? LOOK_BOLD : LOOK_PLAIN;
}

static void promise_line(const summary *s, const promise_columns *c, const char *const cell[6], page_look look,
                         page_look odds) {
  const page *p = &s->p;
  page_gap(p, 2);
  page_cell(p, cell[0], c->id, false, look);
  page_gap(p, 1);
  page_cell(p, cell[1], c->what, false, look);
  page_gap(p, 2);
  page_cell(p, cell[2], c->by, false, look);
  page_gap(p, 2);
  page_cell(p, cell[3], c->odds, true, look == LOOK_PLAIN ? odds : look);
  page_gap(p, 2);
  page_cell(p, cell[4], c->median, true, look);
  page_gap(p, 2);
  page_cell(p, cell[5], c->held, false, look);
  page_end(p);
}

// The next line of a wrapped cell; on the last line that is allowed, all that is left (and cut by the cell).
static void next_cell(const char **rest, int columns, bool last, char out[240]) {
  if (last) {
    while (**rest == ' ') ++*rest;
    snprintf(out, 240, "%s", *rest);
    *rest += strlen(*rest);
    return;
  }
  text_slice line = page_next_line(rest, columns);
  snprintf(out, 240, "%.*s", (int)line.n, line.at);
}

static void promise_row(const summary *s, const promise_columns *c, int32_t i) {
  enum { LINES = 3 };
  const twin_promise_rule *rule = &s->m->promise[i];
  const twin_promise      *p = &s->m->plan_view.promise[rule->row];
  char                     text[240], held_text[120], by[8], odds[PHRASE], median[PHRASE], what[240], why[240];
  promise_text(s->m, i, text);
  held_back(s, i, held_text);
  calendar_month_text(isnan(p->by_day) ? s->m->month0 + rule->by_month : calendar_month_of_day(p->by_day), by);
  phrase_odds(s->e->promise[i].kept, s->e->done, odds);
  median_month(s, i, median);
  const char *left = text, *right = held_text;
  for (int line = 0; line < LINES && (line == 0 || *left || *right); line++) {
    next_cell(&left, c->what, line == LINES - 1, what);
    next_cell(&right, c->held, line == LINES - 1, why);
    const char *const first[6] = {programme_name(&s->m->p, CLASS_PROMISE, rule->row), what, by, odds, median, why};
    const char *const more[6] = {"", what, "", "", "", why};
    promise_line(s, c, line ? more : first, LOOK_PLAIN, odds_look(s, s->e->promise[i].kept));
  }
}

void summary_promises(const summary *s) {
  if (!s->m->n[CLASS_PROMISE]) {
    page_blank(&s->p);
    page_wrap(&s->p, 0, LOOK_PLAIN,
              "The file holds no promises: what follows is what happens, not what was said of it.");
    return;
  }
  promise_columns          c = promise_layout(s);
  static const char *const head[6] = {"", "promise", "by", "odds", "median", "held back by"};
  page_blank(&s->p);
  promise_line(s, &c, head, LOOK_DIM, LOOK_DIM);
  bool later = false;
  for (int32_t i = 0; i < s->m->n[CLASS_PROMISE]; i++) {
    promise_row(s, &c, i);
    later |= twin_promise_month(s->e, i, 0.5) < 0 && !s->m->promise[i].at_most;
  }
  if (later) page_wrapf(&s->p, 2, LOOK_DIM, "> : in most scenarios not before the end of what is simulated.");
  page_wrap(&s->p, 2, LOOK_DIM,
            "Odds: share of scenarios that keep the promise. Held back by: where the delay of its megawatts came from, "
            "against plan.");
}

// ---- What breaks first --------------------------------------------------------------------------------------------------

enum { WATCHED = 3 };

// The promises whose odds are nearest to even, among those that are neither sure nor lost.
static int watched_promises(const summary *s, int32_t out[WATCHED]) {
  int    n = 0;
  double away[WATCHED];
  for (int32_t i = 0; i < s->m->n[CLASS_PROMISE] && s->e->done; i++) {
    double odds = (double)s->e->promise[i].kept / (double)s->e->done, best = odds;
    for (int c = 0; c < CAUSE_COUNT && s->e->without; c++)
      best = fmax(best, (double)s->e->promise[i].kept_without[c] / (double)s->e->done);
    if (best <= 0 || odds >= 1) continue;  // nothing to tell: lost whatever is removed, or sure
    double d = fabs(odds - 0.5);
    int    at = n < WATCHED ? n++ : WATCHED;
    while (at > 0 && away[at - 1] > d) {
      if (at < WATCHED) {
        away[at] = away[at - 1];
        out[at] = out[at - 1];
      }
      at--;
    }
    if (at < WATCHED) {
      away[at] = d;
      out[at] = i;
    }
  }
  return n;
}

static void breaks_line(const summary *s, const char *word, const char *share, const char *const *odds, int n,
                        const char *meaning, page_look look) {
  const page *p = &s->p;
  page_gap(p, 2);
  page_cell(p, word, 12, false, look);
  page_cell(p, share, 6, true, look);
  for (int k = 0; k < n; k++) {
    page_gap(p, 2);
    page_cell(p, odds[k], 8, true, look);
  }
  page_gap(p, 3);
  if (page_columns(meaning) <= p->width - 23 - 10 * n) page_cell(p, meaning, p->width - 23 - 10 * n, false, LOOK_DIM);
  page_end(p);
}

static void breaks_row(const summary *s, int which, double share, const int32_t *watched, int n, bool meanings) {
  char        text[WATCHED][PHRASE], part[PHRASE];
  const char *odds[WATCHED];
  for (int k = 0; k < n; k++) {
    const twin_promise_odds *p = &s->e->promise[watched[k]];
    phrase_odds(which < 0 ? p->kept : p->kept_without[which], s->e->done, text[k]);
    odds[k] = text[k];
  }
  if (which < 0) snprintf(part, sizeof part, "%s", "");
  else phrase_share(share, part);
  breaks_line(s, which < 0 ? "as it is" : cause_word(which), part, odds, n,
              which < 0 || !meanings ? "" : cause_meaning(which), LOOK_PLAIN);
}

// The inputs that decide a promise: where better knowledge would tell most.
static void influence_line(const summary *s, int32_t promise) {
  enum { MOST = 3, ENOUGH = 200 };  // scenarios below which shares of a few percent are noise
  twin_influence top[MOST];
  char           text[600];
  int32_t        n = s->e->done >= ENOUGH ? twin_promise_influence(s->e, promise, top, MOST) : 0;
  size_t         at = (size_t)snprintf(text, sizeof text, "%.60s hangs most on ",
                                       programme_name(&s->m->p, CLASS_PROMISE, s->m->promise[promise].row));
  int            shown = 0;
  for (int32_t i = 0; i < n; i++) {
    if (top[i].share < 0.05) continue;
    at += (size_t)snprintf(text + at, sizeof text - at, "%s%.120s (%.0f%%)", shown ? ", " : "",
                           s->m->p.value[top[i].value].path, 100 * top[i].share);
    shown++;
  }
  if (shown) page_wrapf(&s->p, 2, LOOK_PLAIN, "%s.", text);
}

void summary_breaks(const summary *s) {
  double  share[CAUSE_COUNT + 1];
  held    by[CAUSE_COUNT];
  int32_t watched[WATCHED];
  late_of(s->e, NULL, share);
  int n_cause = rank_causes(share, by), n_watched = watched_promises(s, watched), n = s->e->without ? n_watched : 0;
  page_title(&s->p, "What breaks first");
  if (!n_cause) {
    page_wrap(&s->p, 2, LOOK_PLAIN, "Nothing comes later than planned.");
    return;
  }
  const char *head[WATCHED] = {0};
  for (int k = 0; k < n; k++) head[k] = programme_name(&s->m->p, CLASS_PROMISE, s->m->promise[watched[k]].row);
  char late[PHRASE];
  phrase_number(twin_cell_mean(&s->e->scalar[SCALAR_LATE_MW_MONTHS], s->e->scalar_layout[SCALAR_LATE_MW_MONTHS]) / 1000,
                late);
  page_wrapf(&s->p, 2, LOOK_PLAIN, "%s GW-months come later than planned, on average. Share of them by cause%s:", late,
             n ? ", and the odds of a promise with that cause removed, the draws equal" : "");
  breaks_line(s, "cause", "share", head, n, "", LOOK_DIM);
  bool meanings = true;  // of all or of none
  for (int k = 0; k < n_cause; k++) meanings &= page_columns(cause_meaning(by[k].cause)) <= s->p.width - 23 - 10 * n;
  if (n) breaks_row(s, -1, 0, watched, n, meanings);
  for (int k = 0; k < n_cause; k++) breaks_row(s, by[k].cause, by[k].share, watched, n, meanings);
  if (share[CAUSE_COUNT] >= 0.005) {
    char part[PHRASE];
    phrase_share(share[CAUSE_COUNT], part);
    breaks_line(s, "no cause", part, NULL, 0, "later than planned without having waited", LOOK_PLAIN);
  }
  for (int k = 0; k < n_watched; k++) influence_line(s, watched[k]);
}

// ---- On time and within budget ------------------------------------------------------------------------------------------

void summary_joint(const summary *s) {
  enum { DATES = 4 };
  static const double over[] = {1, 1.25, 1.5, 2, 0};  // 0: whatever it costs
  const twin_model   *m = s->m;
  double              plan_usd = m->plan_scalar[SCALAR_CAPEX];
  int32_t             length = m->n_month - m->report0, planned = (int32_t)m->plan_scalar[SCALAR_COMPLETE];
  if (!s->e->done || !(plan_usd > 0)) return;
  page_title(&s->p, "On time and within budget");
  if (planned >= length) {
    page_wrap(&s->p, 2, LOOK_PLAIN, "Not even by plan is everything complete before the end of what is simulated.");
    return;
  }
  char plan[PHRASE], month[8];
  text_quantity(plan_usd, "USD", plan, sizeof plan);
  calendar_month_text(m->month0 + m->report0 + planned, month);
  page_wrapf(&s->p, 2, LOOK_PLAIN,
             "Odds that everything is complete by a date for no more than a sum (plan: %s, %s):", month, plan);
  static const int32_t months_later[DATES] = {0, 12, 24, 48};
  page_gap(&s->p, 2);
  page_cell(&s->p, "capital at most", 24, false, LOOK_DIM);
  for (int k = 0; k < DATES && planned + months_later[k] < length; k++) {
    calendar_month_text(m->month0 + m->report0 + planned + months_later[k], month);
    page_cell(&s->p, month, 10, true, LOOK_DIM);
  }
  page_end(&s->p);
  for (size_t i = 0; i < sizeof over / sizeof over[0]; i++) {
    int32_t class = TWIN_JOINT_COSTS - 1;
    char label[PHRASE + 24] = "whatever it costs", sum[PHRASE], odds[PHRASE];
    for (int32_t k = TWIN_JOINT_COSTS - 2; over[i] > 0 && k >= 0; k--)  // the nearest of the classes that were counted
      if (fabs(s->e->joint_cost_usd[k] - plan_usd * over[i]) < fabs(s->e->joint_cost_usd[class] - plan_usd * over[i]) ||
          class == TWIN_JOINT_COSTS - 1)
        class = k;
    text_quantity(s->e->joint_cost_usd[class], "USD", sum, sizeof sum);
    if (over[i] > 0)
      snprintf(label, sizeof label, "%s (%.0f%% of plan)", sum, 100 * s->e->joint_cost_usd[class] / plan_usd);
    page_gap(&s->p, 2);
    page_cell(&s->p, label, 24, false, LOOK_PLAIN);
    for (int k = 0; k < DATES && planned + months_later[k] < length; k++) {
      phrase_share(twin_joint_odds(s->e, class, m->report0 + planned + months_later[k]), odds);
      page_cell(&s->p, odds, 10, true, LOOK_PLAIN);
    }
    page_end(&s->p);
  }
}

// ---- The whole ----------------------------------------------------------------------------------------------------------

static void choose_dates(summary *s) {
  const twin_model *m = s->m;
  int32_t           as_of = m->month0 + m->as_of_month, december = as_of + 11 - calendar_month_of_year(as_of);
  if (december - as_of < 6) december += 12;  // the first year-end is about a year on
  static const int32_t later[3] = {0, 12, 36};
  int32_t              last = m->n_month - 1;
  for (int k = 0; k < 3; k++) {
    int32_t t = december + later[k] - m->month0;
    if (t >= m->report0 && t < last) s->date[s->n_date++] = t;
  }
  if (s->p.width >= 96 || !s->n_date) s->date[s->n_date++] = last;
}

static void header(const summary *s) {
  const twin_model *m = s->m;
  char              as_of[11], done[PHRASE], wanted[PHRASE], line[240];
  const char       *name = programme_text(&m->p, m->plan_view.top->programme);
  calendar_day_text((int32_t)m->p.as_of_day, as_of);
  text_quantity(s->e->done, "", done, sizeof done);
  text_quantity(s->e->scenarios, "", wanted, sizeof wanted);
  snprintf(line, sizeof line, "%.100s as known on %s | %s scenario%s | seed %llu", name, as_of, done,
           s->e->done == 1 ? "" : "s", (unsigned long long)s->e->seed);
  page_cell(&s->p, line, s->p.width, false, LOOK_BOLD);
  page_end(&s->p);
  if (s->e->cancelled)
    page_wrapf(&s->p, 0, LOOK_BOLD, "STOPPED EARLY: %s of %s scenarios; the figures below are of those alone.", done,
               wanted);
  if (s->e->redrawn && m->n_fact) {
    char redrawn[PHRASE], facts[PHRASE];
    text_quantity((double)s->e->redrawn, "", redrawn, sizeof redrawn);
    text_quantity(m->n_fact, "", facts, sizeof facts);
    page_wrapf(&s->p, 0, LOOK_DIM, "Held to %s observed fact%s: %s scenarios that contradicted them were drawn anew.",
               facts, m->n_fact == 1 ? "" : "s", redrawn);
  }
  if (s->e->unmatched) {
    char unmatched[PHRASE];
    text_quantity((double)s->e->unmatched, "", unmatched, sizeof unmatched);
    page_wrapf(&s->p, 0, LOOK_BOLD, "In %s of the scenarios no draw agreed with the facts: the inputs and the facts do not fit together.", unmatched);
  }
}

bool report_summary(const twin_ensemble *e, sg_style style, text_buffer *out) {
  summary s = {.p = page_begin(out, style), .e = e, .m = e->m};
  choose_dates(&s);
  header(&s);
  if (e->done > 0) {
    summary_promises(&s);
    summary_money(&s);
    summary_power(&s);
    summary_compute(&s);
    summary_parties(&s);
    summary_breaks(&s);
    summary_joint(&s);
  }
  page_blank(&s.p);
  page_wrap(&s.p, 0, LOOK_DIM,
            "Next: `stargate check FILE` for contradictions and assumptions, `--scenario K` for one scenario month by "
            "month, `--json FILE` for every figure.");
  return !out->failed;
}
