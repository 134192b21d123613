// Capital report: the scenario that it tells of.
#include "capital_report.h"

#include <inttypes.h>
#include <stdio.h>

#include "capital_parts.h"

// Rows of loans that are summed, from what was so far to what a month added.
static void take_differences(report_capital *c) {
  for (int32_t i = 0; i < c->n_loan; i++)
    for (int r = 0; r < REPORT_LOAN_COUNT; r++)
      for (int32_t t = c->m->n_month - 1; t > 0 && report_loan_rows[r].fold == REPORT_SUM; t--)
        c->loan[i].row[r][t] -= c->loan[i].row[r][t - 1];
}

// Loans that only a draw of the scenario knew which was thrown away, because it contradicted what was observed.
static void drop_unused(report_capital *c) {
  int32_t kept = 0;
  for (int32_t i = 0; i < c->n_loan; i++) {
    bool used = false;
    for (int32_t t = 0; t < c->m->n_month; t++) used |= c->loan[i].row[REPORT_LOAN_COMMITMENT][t] > 0;
    if (used) c->loan[kept++] = c->loan[i];
  }
  c->n_loan = kept;
}

static sg_err run_projects(report_capital *c) {
  c->project = ARENA_NEW(c->a, twin_financing, 2 * c->m->n[CLASS_CAMPUS] + 1);
  return c->project ? twin_financings(c->s, c->a, c->project, &c->n_project) : SG_ERR_MEMORY;
}

sg_err report_capital_run(const twin_model *m, uint64_t seed, int64_t k, report_capital **out) {
  *out = NULL;
  if (k < -1 || k > UINT32_MAX) return SG_ERR_RANGE;
  arena *a = arena_create();
  if (!a) return SG_ERR_MEMORY;
  size_t          loans = (size_t)m->n_deal * (size_t)m->n[CLASS_CAMPUS];
  size_t          months = (size_t)m->n[CLASS_PARTY] * (size_t)m->n_month;
  report_capital *c = ARENA_NEW(a, report_capital, 1);
  if (c) *c = (report_capital){.m = m, .s = twin_state_create(m), .a = a, .seed = seed, .k = k};
  if (!c || !c->s || !(c->loan = ARENA_NEW(a, report_loan, loans + 1)) ||
      !(c->loan_at = ARENA_NEW(a, int32_t, loans + 1)) || !(c->reserve_usd = ARENA_NEW(a, double, months + 1)) ||
      !(c->locked = ARENA_NEW(a, double, months + 1)) || !(c->target_usd = ARENA_NEW(a, double, months + 1)) ||
      !(c->cover = ARENA_NEW(a, double, months + 1))) {
    if (c) twin_state_free(c->s);
    arena_free(a);
    return SG_ERR_MEMORY;
  }
  for (size_t i = 0; i < loans; i++) c->loan_at[i] = -1;
  c->s->watch = report_loans_watch;
  c->s->watch_user = c;
  c->redrawn =
      twin_scenario_run(c->s, k < 0 ? MODE_BASE : MODE_SCENARIO, seed, k < 0 ? 0 : (uint32_t)k, CAUSE_NONE, m->n_month);
  if (c->failed) {
    report_capital_free(c);
    return SG_ERR_MEMORY;
  }
  drop_unused(c);
  take_differences(c);
  sg_err err = run_projects(c);
  if (err) {
    report_capital_free(c);
    return err;
  }
  *out = c;
  return SG_OK;
}

void report_capital_free(report_capital *c) {
  if (!c) return;
  twin_state_free(c->s);
  arena_free(c->a);
}

void report_capital_case(const report_capital *c, char out[PHRASE]) {
  if (c->k < 0) (void)snprintf(out, PHRASE, "base case");
  else (void)snprintf(out, PHRASE, "scenario %" PRId64 " | seed %" PRIu64, c->k, c->seed);
}

sg_err report_capital_journal(const report_capital *c, sg_journal_syntax syntax, text_buffer *out) {
  char which[PHRASE], title[400];
  report_capital_case(c, which);
  (void)snprintf(title, sizeof title, "%.300s, %s", programme_text(&c->m->p, c->m->plan_view.top->programme), which);
  return report_journal(c->m, &c->s->ledger, title, syntax, out);
}
