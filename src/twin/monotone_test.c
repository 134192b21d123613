// More of anything delays nothing: with the same draws, each building of an improved programme is done no later.
//
// Crews, supplies and money are granted in plan order, never by arrival, so this holds scenario by scenario. The paths of
// interest and shares are held still: a loan that closes earlier closes at another day's rate.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/random_programme.h"
#include "../../tests/twin_run.h"
#include "../base/calendar.h"
#include "parts.h"

enum { PROGRAMMES = 24, SCENARIOS = 8 };

// Each improvement changes one input by --set, from `from` or from what stands there.
typedef struct improvement {
  const char *what;
  int         times;  // programmes, in PROGRAMMES: few buildings wait for money alone
  bool (*make)(const twin_model *m, uint64_t pick, char path[100], char value[100]);
  const char *from;
} improvement;

static bool pick_row(const twin_model *m, twin_class class, uint64_t pick, int32_t *row) {
  if (!m->n[class]) return false;
  *row = (int32_t)(pick % (uint64_t)m->n[class]);
  return true;
}

// A party that can run dry; pledging: that has pledged.
static bool pick_party(const twin_model *m, uint64_t pick, bool pledging, int32_t *row) {
  int32_t n = m->n[CLASS_PARTY];
  for (int32_t i = 0; i < n; i++) {
    *row = (int32_t)((pick + (uint64_t)i) % (uint64_t)n);
    const capital_party *p = &m->plan_view.party[*row];
    if (!p->deep && (!pledging || !isnan(p->pledges_usd))) return true;
  }
  return false;
}

static bool more_cash(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t p = 0;
  if (!pick_party(m, pick, false, &p)) return false;
  snprintf(path, 100, "parties.\"%s\".cash", programme_name(&m->p, CLASS_PARTY, p));
  snprintf(value, 100, "%.17g USD", m->plan_view.party[p].cash_usd * 1.5 + 3e8);
  return true;
}

static bool more_pledged(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t p = 0;
  if (!pick_party(m, pick, true, &p)) return false;
  snprintf(path, 100, "parties.\"%s\".pledges", programme_name(&m->p, CLASS_PARTY, p));
  snprintf(value, 100, "%.17g USD", m->plan_view.party[p].pledges_usd * 1.5 + 1e8);
  return true;
}

static bool honoured(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t p = 0;
  if (!pick_party(m, pick, true, &p)) return false;
  snprintf(path, 100, "parties.\"%s\".honours", programme_name(&m->p, CLASS_PARTY, p));
  snprintf(value, 100, "100 %%");
  return true;
}

static bool more_advance(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t k = 0;
  if (!pick_row(m, CLASS_CONTRACT, pick, &k) || isnan(m->plan_view.contract[k].advance_frac)) return false;
  snprintf(path, 100, "contracts.%s.advance", programme_name(&m->p, CLASS_CONTRACT, k));
  snprintf(value, 100, "%.17g %%", 100 * fmin(1, m->plan_view.contract[k].advance_frac + 0.1));
  return true;
}

static bool more_crews(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t c = 0;
  if (!pick_row(m, CLASS_CREW, pick, &c)) return false;
  snprintf(path, 100, "crews.%s.count", programme_name(&m->p, CLASS_CREW, c));
  snprintf(value, 100, "%d", m->plan_view.crew[c].count + 1);
  return true;
}

static bool site_crews(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t c = 0;
  if (!pick_row(m, CLASS_CAMPUS, pick, &c) || m->plan_view.campus[c].copy || m->plan_view.campus[c].crews < 0)
    return false;
  snprintf(path, 100, "campuses.%s.crews", programme_name(&m->p, CLASS_CAMPUS, c));
  snprintf(value, 100, "%d", m->plan_view.campus[c].crews + 1);
  return true;
}

static bool more_rate(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t k = 0;
  if (!pick_row(m, CLASS_SUPPLY, pick, &k)) return false;
  snprintf(path, 100, "supplies.%s.rate_per_month", programme_name(&m->p, CLASS_SUPPLY, k));
  snprintf(value, 100, "%.17g", m->plan_view.supply[k].rate_per_month * 1.7);
  return true;
}

static bool shorter_lead(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t k = 0;
  if (!pick_row(m, CLASS_SUPPLY, pick, &k)) return false;
  snprintf(path, 100, "supplies.%s.lead", programme_name(&m->p, CLASS_SUPPLY, k));
  snprintf(value, 100, "%.17g days", m->plan_view.supply[k].lead_day * 0.6);
  return true;
}

static bool no_ramp(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t k = 0;
  if (!pick_row(m, CLASS_SUPPLY, pick, &k)) return false;
  snprintf(path, 100, "supplies.%s.ramp", programme_name(&m->p, CLASS_SUPPLY, k));
  snprintf(value, 100, "%.17g days", m->plan_view.supply[k].ramp_day * 0.5);
  return true;
}

static bool easy_demand(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t c = 0;
  if (!pick_row(m, CLASS_CAMPUS, pick, &c) || m->plan_view.campus[c].copy) return false;
  snprintf(path, 100, "campuses.%s.needs_demand", programme_name(&m->p, CLASS_CAMPUS, c));
  snprintf(value, 100, "0 %%");
  return true;
}

static bool more_grid(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t c = 0;
  if (!pick_row(m, CLASS_CAMPUS, pick, &c) || m->plan_view.campus[c].copy || m->plan_view.campus[c].like >= 0 ||
      !m->plan_view.campus[c].grid.n)
    return false;
  const power_grid *g = &m->plan_view.grid[m->plan_view.campus[c].grid.first];
  snprintf(path, 100, "campuses.%s.grid.%s.limit", programme_name(&m->p, CLASS_CAMPUS, c),
           programme_text(&m->p, g->name));
  snprintf(value, 100, "{value: %.17g to %.17g MW, plan: %.17g MW}", g->limit_mw * 1.2, g->limit_mw * 2, g->limit_mw);
  return true;
}

// Days are moved in the scenarios only: the plan, which orders the work, keeps its own.
static void earlier(double day, char value[100]) {
  char first[11], last[11], plan[11];
  calendar_day_text((int32_t)day - 200, first);
  calendar_day_text((int32_t)day - 40, last);
  calendar_day_text((int32_t)day, plan);
  snprintf(value, 100, "{value: %s to %s, plan: %s}", first, last, plan);
}

static bool earlier_grid(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t c = 0;
  if (!pick_row(m, CLASS_CAMPUS, pick, &c) || m->plan_view.campus[c].copy || m->plan_view.campus[c].like >= 0 ||
      !m->plan_view.campus[c].grid.n)
    return false;
  const power_grid *g = &m->plan_view.grid[m->plan_view.campus[c].grid.first + m->plan_view.campus[c].grid.n - 1];
  snprintf(path, 100, "campuses.%s.grid.%s.from", programme_name(&m->p, CLASS_CAMPUS, c),
           programme_text(&m->p, g->name));
  earlier(g->from_day, value);
  return true;
}

static bool earlier_supply(const twin_model *m, uint64_t pick, char path[100], char value[100]) {
  int32_t k = 0;
  if (!pick_row(m, CLASS_SUPPLY, pick, &k) || isnan(m->plan_view.supply[k].earliest_day)) return false;
  snprintf(path, 100, "supplies.%s.earliest", programme_name(&m->p, CLASS_SUPPLY, k));
  snprintf(value, 100, "2026-06-01 to 2026-11-01");
  return true;
}

static const improvement rows[] = {
    {"more cash",                4, more_cash,      NULL     },
    {"a larger pledge",          4, more_pledged,   NULL     },
    {"pledges are honoured",     4, honoured,       NULL     },
    {"a larger advance",         4, more_advance,   NULL     },
    {"one more crew of a trade", 6, more_crews,     NULL     },
    {"one more crew on site",    1, site_crews,     NULL     },
    {"a higher rate of supply",  1, more_rate,      NULL     },
    {"a shorter lead time",      1, shorter_lead,   NULL     },
    {"a shorter ramp",           1, no_ramp,        NULL     },
    {"demand matters less",      1, easy_demand,    NULL     },
    {"a larger connection",      1, more_grid,      NULL     },
    {"an earlier connection",    2, earlier_grid,   NULL     },
    {"earlier deliveries",       4, earlier_supply, "2027-03"},
};

// The base has the input that will be improved as a certain number, so that no draw changes.
static const char *const still[] = {"markets.interest.volatility", "0 %", "markets.shares.volatility", "0 %", NULL};

typedef struct tally {
  long compared, sooner, defaults;
} tally;

static bool same_draws(const twin_state *a, const twin_state *b) {
  for (int32_t i = 0; i < a->m->net.n_activity; i++)
    if (a->draw.work_day[i] != b->draw.work_day[i]) return false;
  return true;
}

// Runs one scenario in both. True where a contract is in default in the second that is not yet in the first: what a party
// that must pay more, or earlier, can no longer pay is another matter than what can be built.
static bool run_both(twin_state *s, twin_state *t, uint32_t k) {
  bool fails = false;
  twin_scenario_prepare(s, MODE_SCENARIO, (stream){1, k, 0}, CAUSE_NONE);
  twin_scenario_prepare(t, MODE_SCENARIO, (stream){1, k, 0}, CAUSE_NONE);
  for (s->month = t->month = 0; s->month < s->m->n_month; s->month++, t->month++) {
    twin_month(s);
    twin_month(t);
    for (int32_t d = 0; d < s->m->n_deal; d++) fails |= t->deal[d].failed > s->deal[d].failed;
  }
  return fails;
}

static void compare(const twin_model *m, const twin_model *n, const improvement *row, uint64_t seed, const char *path,
                    const char *from, const char *to, tally *sum) {
  twin_state *s = twin_state_create(m), *t = twin_state_create(n);
  for (uint32_t k = 0; k < SCENARIOS; k++) {
    bool fails = run_both(s, t, k);
    MUST(same_draws(s, t), "%s: other draws", row->what);
    sum->compared++;
    if (fails) {
      sum->defaults++;
      continue;
    }
    for (int32_t b = 0; b < m->net.n_building; b++) {
      double before = s->build.finish_day[m->net.last[b]], after = t->build.finish_day[n->net.last[b]];
      MUST(after <= before + 1e-6,
           "%s: programme %llu scenario %u building %d of %s is done on day %.3f, before it was %.3f: %s: %s -> %s",
           row->what, (unsigned long long)seed, k, m->building[b].number,
           programme_name(&m->p, CLASS_CAMPUS, m->building[b].campus), after, before, path, from, to);
      sum->sooner += after < before - 1e-6;
    }
  }
  twin_state_free(s);
  twin_state_free(t);
}

static const char *at_rest(const twin_model *m, const char *path, char out[64]) {
  char   plain[100];
  size_t n = 0;
  for (; *path; path++)
    if (*path != '"') plain[n++] = *path;
  plain[n] = 0;
  for (int32_t i = 0; i < m->p.n_value; i++)
    if (!strcmp(m->p.value[i].path, plain)) {
      double v;
      memcpy(&v, m->p.block + m->p.value[i].slot, sizeof v);
      const char *unit = m->p.value[i].field->unit;
      char        day[11];
      if (m->p.value[i].field->type == FIELD_DATE) {
        calendar_day_text((int32_t)v, day);
        return snprintf(out, 64, "%s", day), out;
      }
      snprintf(out, 64, "%.17g%s%s", !strcmp(unit ? unit : "", "frac") ? 100 * v : v, unit ? " " : "",
               !unit                   ? ""
               : !strcmp(unit, "frac") ? "%"
                                       : unit);
      return out;
    }
  return NULL;
}

START_TEST(more_delays_nothing) {
  static random_programme p;
  const improvement      *row = &rows[_i];
  tally                   sum = {0};
  for (uint64_t seed = 1; seed <= (uint64_t)(PROGRAMMES * row->times); seed++) {
    random_programme_make(&p, seed * 16 + (uint64_t)_i, RANDOM_CALM | RANDOM_PLANNED);
    text_buffer text = {0};
    random_programme_write(&p, 0, &text);
    twin_model *any = twin_must(text.at, still);
    char        path[100], value[100], before[64];
    bool        made = row->make(any, random_bits(&p), path, value);
    const char *from = !made ? NULL : row->from ? row->from : at_rest(any, path, before);
    if (made) {
      const char *base[] = {still[0], still[1], still[2], still[3], path, from, NULL},
                 *next[] = {still[0], still[1], still[2], still[3], path, value, NULL};
      if (!from) base[4] = NULL;
      twin_model *m = twin_must(text.at, base), *n = twin_must(text.at, next);
      compare(m, n, row, seed * 16 + (uint64_t)_i, path, from ? from : "-", value, &sum);
      twin_model_free(m);
      twin_model_free(n);
    }
    twin_model_free(any);
    text_buffer_free(&text);
  }
  MUST(sum.compared > 50 && sum.sooner > 0 && 2 * sum.defaults < sum.compared,
       "%s: %ld compared, %ld sooner, %ld with defaults", row->what, sum.compared, sum.sooner, sum.defaults);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("monotone");
  TCase *all = tcase_create("monotone");
  tcase_set_timeout(all, 120);
  tcase_add_loop_test(all, more_delays_nothing, 0, (int)(sizeof rows / sizeof rows[0]));
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
