// Check: findings about a programme, each a sentence with its figures. Nothing is drawn here: everything is held against
// the plan run and the design.
#include "check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "parts.h"

enum { QUANTITY = 40 };

typedef struct quantity {
  char text[QUANTITY];
} quantity;

static quantity shown(double value, const char *unit) {
  quantity q;
  text_quantity(value, unit, q.text, sizeof q.text);
  return q;
}

typedef struct month_text {
  char text[8];
} month_text;

static month_text month_of(const twin_model *m, int32_t month) {
  month_text t;
  calendar_month_text(m->month0 + month, t.text);
  return t;
}

// Cuts a text that did not fit back to whole characters.
static void trim_broken(char *text) {
  size_t bad;
  if (!text_utf8_valid(text, strlen(text), &bad)) text[bad] = '\0';
}

static twin_finding *add(twin_findings *out, twin_finding_kind kind, bool contradiction, const char *about) {
  if (contradiction) out->n_contradictions++;
  if (out->n == TWIN_FINDINGS_MAX) return NULL;
  twin_finding *f = &out->item[out->n++];
  *f = (twin_finding){.kind = kind, .contradiction = contradiction};
  (void)snprintf(f->about, sizeof f->about, "%.*s", (int)sizeof f->about - 1, about);
  trim_broken(f->about);
  return f;
}

static void say(twin_finding *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(twin_finding *f, const char *format, ...) {
  if (!f) return;  // the list is full
  va_list args;
  va_start(args, format);
  (void)vsnprintf(f->text, sizeof f->text, format, args);
  va_end(args);
  trim_broken(f->text);
}

// A name or a phrase of the file, kept short.
typedef struct phrase {
  char text[100];
} phrase;

static phrase brief(const char *s, size_t most) {
  phrase p;
  size_t n = strlen(s);
  bool   whole = n <= most;
  (void)snprintf(p.text, sizeof p.text, "%.*s", (int)(whole ? n : most - 3), s);
  trim_broken(p.text);
  if (!whole) strcat(p.text, "...");
  return p;
}

// ---- Readings of a promise ----------------------------------------------------------------------------------------------

static double value_at(const twin_model *m, int32_t series, const double *record, int32_t month) {
  return record[(size_t)month * m->record + m->series[series].at];
}

int32_t twin_reading_within(const twin_model *m, const twin_promise_rule *rule, int32_t series, const double *record,
                            int32_t n) {
  double need = rule->threshold - 1e-9 * fabs(rule->threshold);
  if (rule->at_most) {
    for (int32_t t = m->report0; t <= rule->by_month && t < n; t++)
      if (value_at(m, series, record, t) > rule->threshold) return m->n_month;
    return rule->by_month;
  }
  for (int32_t t = 0; t < n; t++)
    if (value_at(m, series, record, t) >= need) return t;
  return m->n_month;
}

typedef struct reading {
  double  by_then, greatest;  // value at the date; greatest of all months
  int32_t month;              // first in which it holds; n_month: never
  bool    kept;
} reading;

static reading read_plan(const twin_model *m, const twin_promise_rule *rule, int32_t series) {
  reading r = {value_at(m, series, m->plan_record, rule->by_month), -HUGE_VAL, 0, false};
  for (int32_t t = 0; t < m->n_month; t++) r.greatest = fmax(r.greatest, value_at(m, series, m->plan_record, t));
  r.month = twin_reading_month(m, rule, series, m->plan_record);
  r.kept = r.month <= rule->by_month;
  return r;
}

static const char *promise_name(const twin_model *m, int32_t i) { return programme_name(&m->p, CLASS_PROMISE, i); }

// What was promised, in the promise's own words where it has some.
static phrase promise_words(const twin_model *m, int32_t i, size_t most) {
  const char *says = programme_text(&m->p, m->plan_view.promise[m->promise[i].row].says);
  return brief(says[0] ? says : m->series[m->promise[i].series].name, most);
}

// ---- (a) Missed even by plan --------------------------------------------------------------------------------------------

static void check_plan(const twin_model *m, int32_t i, twin_findings *out) {
  const twin_promise_rule *rule = &m->promise[i];
  reading                  r = read_plan(m, rule, rule->series);
  if (r.kept) return;
  quantity need = shown(rule->threshold, rule->unit), then = shown(r.by_then, rule->unit),
           most = shown(r.greatest, rule->unit);
  month_text    by = month_of(m, rule->by_month), end = month_of(m, m->n_month - 1);
  twin_finding *f = add(out, FINDING_MISSED_BY_PLAN, true, promise_name(m, i));
  phrase        words = promise_words(m, i, 90);
  if (rule->at_most)
    say(f, "\"%s\" allows %s until %s; by plan it is %s in that month and %s at most.", words.text, need.text, by.text,
        then.text, most.text);
  else if (r.month < m->n_month)
    say(f,
        "\"%s\" needs %s by %s; with nothing scarce and every pledge paid the plan has %s by then, and reaches %s in "
        "%s, %d months late.",
        words.text, need.text, by.text, then.text, need.text, month_of(m, r.month).text, r.month - rule->by_month);
  else
    say(f,
        "\"%s\" needs %s by %s; with nothing scarce and every pledge paid the plan has %s by then, and never more than "
        "%s until %s.",
        words.text, need.text, by.text, then.text, most.text, end.text);
}

// ---- (b) Beyond design --------------------------------------------------------------------------------------------------

typedef struct design {
  double capacity_mw, it_mw, gpus, superchips, buildings, campuses;
} design;

static bool in_refs(const twin_view *v, field_span span, int32_t row) {
  for (int32_t i = 0; i < span.n; i++)
    if (v->ref[span.first + i] == row) return true;
  return !span.n;  // none named: all
}

// Campuses whose megawatts a series counts.
static bool counts(const twin_model *m, const twin_series *series, int32_t campus) {
  const twin_view *v = &m->plan_view;
  if (series->output->scope == SCOPE_CAMPUS) return series->instance == campus;
  if (series->output->scope != SCOPE_PERIMETER) return true;
  const twin_perimeter *q = &v->perimeter[series->instance];
  return in_refs(v, q->campuses, campus) && in_refs(v, q->parties, m->owner[2 * campus]);
}

static design design_of(const twin_model *m, const twin_series *series) {
  const twin_view *v = &m->plan_view;
  design           d = {0};
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    if (!counts(m, series, c)) continue;
    double before = d.buildings;
    for (int32_t b = 0; b < m->net.n_building; b++) {
      const twin_building *building = &m->building[b];
      if (building->campus != c) continue;
      const compute_rack *rack = &v->rack[v->campus[c].racks];
      double              gpus = building->racks_activity >= 0 ? twin_building_racks(v, building) * rack->gpus : 0;
      d.capacity_mw += twin_building_mw(v, building);
      d.it_mw += twin_building_it_mw(v, building);
      d.gpus += gpus;
      d.superchips += gpus / (rack->superchip_gpus > 1 ? rack->superchip_gpus : 1);
      d.buildings++;
    }
    d.campuses += d.buildings > before;
  }
  return d;
}

// What everything planned gives of a metric when it is complete; NaN: the design sets no limit to it.
static double design_limit(const design *d, const char *metric) {
  const struct {
    const char *metric;
    double      limit;
  } rows[] = {
      {"capacity_mw",      d->capacity_mw},
      {"operating_mw",     d->capacity_mw},
      {"it_mw",            d->it_mw      },
      {"gpus",             d->gpus       },
      {"schedulable_gpus", d->gpus       },
      {"superchips",       d->superchips },
      {"buildings",        d->buildings  },
      {"campuses",         d->campuses   },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (!strcmp(rows[i].metric, metric)) return rows[i].limit;
  return (double)NAN;
}

static bool check_design(const twin_model *m, int32_t i, twin_findings *out) {
  const twin_promise_rule *rule = &m->promise[i];
  const twin_series       *series = &m->series[rule->series];
  design                   d = design_of(m, series);
  double                   limit = design_limit(&d, series->output->name);
  if (rule->at_most || isnan(limit) || rule->threshold <= limit * (1 + 1e-6)) return false;
  quantity      need = shown(rule->threshold, rule->unit), gives = shown(limit, rule->unit);
  twin_finding *f = add(out, FINDING_BEYOND_DESIGN, true, promise_name(m, i));
  int           campuses = (int)d.campuses;
  if (campuses > 1 && strcmp(series->output->name, "campuses"))
    say(f,
        "\"%s\" needs %s; the %d campuses with their %.0f buildings give %s when all is complete (%s each): each would "
        "need %s.",
        promise_words(m, i, 90).text, need.text, campuses, d.buildings, gives.text,
        shown(limit / campuses, rule->unit).text, shown(rule->threshold / campuses, rule->unit).text);
  else
    say(f, "\"%s\" needs %s; everything planned, %d campus%s with %.0f building%s, gives %s when all is complete.",
        promise_words(m, i, 90).text, need.text, campuses, campuses == 1 ? "" : "es", d.buildings,
        d.buildings == 1 ? "" : "s", gives.text);
  return true;
}

// ---- (c) Shares given out, pledges short --------------------------------------------------------------------------------

// Equity contracts that a party pays into: a pledge is shared out among them.
static int32_t equity_contracts(const twin_model *m, int32_t party) {
  const twin_view *v = &m->plan_view;
  int32_t          n = 0;
  for (int32_t k = 0; k < m->n[CLASS_CONTRACT]; k++) {
    if (v->contract_type[v->contract[k].type].rule != CAPITAL_RULE_EQUITY) continue;
    for (int32_t i = 0; i < v->contract[k].from.n; i++) n += v->share[v->contract[k].from.first + i].of == party;
  }
  return n;
}

static void check_equity(const twin_model *m, int32_t contract, twin_findings *out) {
  const twin_view        *v = &m->plan_view;
  const capital_contract *k = &v->contract[contract];
  if (v->contract_type[k->type].rule != CAPITAL_RULE_EQUITY || isnan(k->total_usd)) return;
  double  pledged = 0, shares = 0;
  int32_t stated = 0;
  for (int32_t i = 0; i < k->from.n; i++) {
    const field_share *share = &v->share[k->from.first + i];
    double             pledge = v->party[share->of].pledges_usd;
    shares += share->frac;
    stated += !isnan(pledge);
    pledged += isnan(pledge) ? share->frac * k->total_usd : pledge / equity_contracts(m, share->of);
  }
  quantity have = shown(pledged, "USD"), total = shown(k->total_usd, "USD"), gone = shown(shares, "frac"),
           open = shown(k->total_usd - pledged, "USD");
  const char *name = programme_name(&m->p, CLASS_CONTRACT, contract);
  phrase      called = brief(name, 60);
  if (shares > 1 + 1e-6)
    say(add(out, FINDING_UNFUNDED, true, name), "The shares of '%s' add up to %s.", called.text, gone.text);
  if (pledged < k->total_usd * 0.999)
    say(add(out, FINDING_UNFUNDED, true, name), "'%s': %s of %s is pledged, for %s of the shares; %s is nobody's.",
        called.text, have.text, total.text, gone.text, open.text);
  else if (stated && pledged > k->total_usd * 1.001)
    say(add(out, FINDING_UNFUNDED, false, name), "'%s': %s is pledged where %s is wanted.", called.text, have.text,
        total.text);
}

// ---- (d) The same words, read by another metric ---------------------------------------------------------------------------

static void reading_words(const twin_model *m, const twin_promise_rule *rule, int32_t series, const reading *r,
                          char out[160]) {
  quantity then = shown(r->by_then, m->series[series].output->unit);
  if (rule->at_most) (void)snprintf(out, 160, "%s (%s)", then.text, r->kept ? "kept" : "missed");
  else if (r->month >= m->n_month) (void)snprintf(out, 160, "%s and never gets there", then.text);
  else
    (void)snprintf(out, 160, "%s and gets there in %s (%s)", then.text, month_of(m, r->month).text,
                   r->kept ? "kept" : "missed");
}

static void check_reading(const twin_model *m, int32_t i, twin_findings *out) {
  const twin_promise_rule *rule = &m->promise[i];
  if (rule->also < 0 || strcmp(m->series[rule->also].output->unit, rule->unit)) return;
  reading one = read_plan(m, rule, rule->series), other = read_plan(m, rule, rule->also);
  double  low = fmin(one.by_then, other.by_then), high = fmax(one.by_then, other.by_then);
  bool    twofold = high > 0 && high >= low * 2 * (1 - 1e-9), contradiction = one.kept != other.kept || twofold;
  char    a[160], b[160];
  reading_words(m, rule, rule->series, &one, a);
  reading_words(m, rule, rule->also, &other, b);
  say(add(out, FINDING_READING, contradiction, promise_name(m, i)),
      "\"%s\" can be read in two ways. As %s the plan has, by %s, %s; as %s it has %s.%s", promise_words(m, i, 60).text,
      brief(m->series[rule->series].name, 60).text, month_of(m, rule->by_month).text, a,
      brief(m->series[rule->also].name, 60).text, b,
      one.kept != other.kept ? " One reading is kept, the other is not." : "");
}

// ---- (e) Statements about one total -----------------------------------------------------------------------------------------

static void check_pair(const twin_model *m, int32_t i, int32_t j, twin_findings *out) {
  const twin_promise_rule *a = &m->promise[i], *b = &m->promise[j];
  if (a->series != b->series || a->at_most != b->at_most) return;
  bool same_total = fabs(a->threshold - b->threshold) <= 1e-3 * fmax(fabs(a->threshold), fabs(b->threshold)),
       same_date = a->by_month == b->by_month;
  if (same_total == same_date) return;  // the same, or steps on one path
  const twin_promise *p = &m->plan_view.promise[a->row], *q = &m->plan_view.promise[b->row];
  // What was said again later, with another date or figure, is a revision; and where the greater of two is twice the
  // lesser or more, they are milestones on one way rather than two sizes of it. Worth knowing, no contradiction.
  double most = fmax(fabs(a->threshold), fabs(b->threshold)), least = fmin(fabs(a->threshold), fabs(b->threshold));
  bool   milestones = same_date && most >= 2 * least;
  bool   revised = !isnan(p->made_day) && !isnan(q->made_day) && p->made_day != q->made_day;
  char   both[sizeof(phrase) * 2 + 8];
  (void)snprintf(both, sizeof both, "%s, %s", brief(promise_name(m, i), 44).text, brief(promise_name(m, j), 44).text);
  quantity      one = shown(a->threshold, a->unit), other = shown(b->threshold, b->unit);
  twin_finding *f = add(out, FINDING_TOTALS, !revised && !milestones, both);
  if (same_date)
    say(f, "Two totals for %s in %s: %s in \"%s\", %s in \"%s\".%s", brief(m->series[a->series].name, 90).text,
        month_of(m, a->by_month).text, one.text, promise_words(m, i, 70).text, other.text, promise_words(m, j, 70).text,
        revised ? " One was said later." : "");
  else
    say(f, "Two dates for %s of %s: %s in \"%s\", %s in \"%s\".%s", one.text, brief(m->series[a->series].name, 90).text,
        month_of(m, a->by_month).text, promise_words(m, i, 70).text, month_of(m, b->by_month).text,
        promise_words(m, j, 70).text, revised ? " One was said later." : "");
}

// ---- The whole ----------------------------------------------------------------------------------------------------------

void twin_check(const twin_model *m, twin_findings *out) {
  out->n = out->n_contradictions = 0;
  for (int32_t i = 0; i < m->n[CLASS_PROMISE]; i++)
    if (!check_design(m, i, out)) check_plan(m, i, out);  // what no plan can give is missed by it, too: said once
  for (int32_t k = 0; k < m->n[CLASS_CONTRACT]; k++) check_equity(m, k, out);
  for (int32_t i = 0; i < m->n[CLASS_PROMISE]; i++) check_reading(m, i, out);
  for (int32_t i = 0; i < m->n[CLASS_PROMISE]; i++)
    for (int32_t j = i + 1; j < m->n[CLASS_PROMISE]; j++) check_pair(m, i, j, out);
}

// What the file is about is no assumption: its dates, and what was said or seen by others.
static bool is_statement(const char *path) {
  static const char *const whole[] = {"as_of", "start", "horizon"}, *const within[] = {"promises.", "facts."};
  for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
    if (!strcmp(path, whole[i])) return true;
  for (size_t i = 0; i < sizeof within / sizeof within[0]; i++)
    if (!strncmp(path, within[i], strlen(within[i]))) return true;
  return false;
}

int32_t twin_assumptions(const twin_model *m, int32_t *out, int32_t n) {
  int32_t found = 0;
  for (int32_t i = 0; i < m->p.n_value; i++) {
    const char *source = m->p.value[i].source;
    if ((source && source[0] && strncmp(source, "assumption", 10)) || is_statement(m->p.value[i].path)) continue;
    if (found < n) out[found] = i;
    found++;
  }
  return found;
}
