// Outputs, and how uncertain values are written.
#include <string.h>

#include "explain_parts.h"
#include "value_forms.h"

enum { LABEL = 18 };

// The programme is one; of the others there are many, each by its name.
static const char *dotted(const explainer *e, const programme_metric *m, const char *name) {
  return explain_text(e, !strcmp(m->scope, "programme") ? "%s.%s" : "%s.NAME.%s", m->scope, name);
}

static const char *unit_and_kind(const explainer *e, const programme_metric *m) {
  const char *unit = m->unit && m->unit[0] ? m->unit : "count";
  return explain_text(e, "%s, %s", !strcmp(unit, "frac") ? "fraction" : unit, m->kind);
}

void explain_metrics(const explainer *e) {
  const explain_page *page = &e->page;
  explain_paragraph(
      page, 0,
      "What a run yields, month by month. Promises, facts and charts name these; a level is the state at the "
      "end of a month, a flow is of the month, cumulative counts from the first month on, whole is one "
      "number of the whole scenario.");
  for (size_t i = 0; i < e->n_metric; i++) {
    const programme_metric *m = &e->metric[i];
    if (i == 0 || strcmp(m->scope, e->metric[i - 1].scope)) explain_heading(page, dotted(e, m, "*"));
    explain_entry(page, m->name, LABEL, unit_and_kind(e, m), explain_sentence(e, m->meaning));
  }
}

void explain_metric(const explainer *e, const programme_metric *m) {
  const explain_page *page = &e->page;
  explain_heading(page, dotted(e, m, m->name));
  explain_paragraph(page, 2, explain_sentence(e, m->meaning));
  explain_blank(page);
  explain_item(page, "unit", 8, m->unit && m->unit[0] ? m->unit : "a count");
  static const char *const kinds[][2] = {
      {"level",      "level: the state at the end of a month"     },
      {"flow",       "flow: what the month brought"               },
      {"cumulative", "cumulative: since the first month simulated"},
      {"whole",      "whole: one number of the whole scenario"    },
  };
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
    if (!strcmp(kinds[i][0], m->kind)) explain_item(page, "kind", 8, kinds[i][1]);
  if (strcmp(m->kind, "whole"))
    explain_item(page, "example", 8,
                 explain_text(e, "promises: {P1: {metric: %s, at_least: ..., by: 2026-12}}", dotted(e, m, m->name)));
}

// "capacity_mw" in scope "campus": campus.capacity_mw, or with the name of a campus between.
const programme_metric *explain_metric_named(const explainer *e, const char *const *part, size_t n) {
  if (n < 2 || n > 3) return NULL;
  for (size_t i = 0; i < e->n_metric; i++) {
    const programme_metric *m = &e->metric[i];
    if (!strcmp(m->scope, part[0]) && !strcmp(m->name, part[n - 1]) && (n == 2 || strcmp(m->scope, "programme")))
      return m;
  }
  return NULL;
}

void explain_distributions(const explainer *e) {
  const explain_page *page = &e->page;
  explain_paragraph(page, 0, "Any number or date may be uncertain; counts, names and choices may not.");
  explain_heading(page, "Ranges");
  explain_line(page, 2, "limit: 300 to 450 MW");
  explain_paragraph(
      page, 2,
      "5th to 95th percentile. Of a quantity that is never negative: lognormal. Of one with a least and a "
      "greatest value, such as a fraction: linear between the percentiles and out to both bounds. Of a "
      "date: a shifted lognormal, as dates slip more than they gain. Of any other: normal.");
  explain_heading(page, "Named distributions");
  for (size_t i = 0; i < value_form_count; i++)
    explain_entry(page, value_forms[i].word, 12, value_forms[i].example, value_forms[i].meaning);
  explain_heading(page, "Names");
  explain_item(page, "base rate", 12,
               "A bare word such as `building-cost-overrun` is a distribution from `base_rates` of the file or "
               "the catalogue, drawn anew for each field.");
  explain_item(page, "input", 12, "A bare word from `inputs` of the file is one draw, the same wherever it stands.");
  explain_heading(page, "Beside a value: {value: 300 to 450 MW, source: ..., as_of: 2024-12}");
  for (size_t i = 0; i < value_key_count; i++)
    if (value_key_rows[i].meaning) explain_item(page, value_key_rows[i].name, 12, value_key_rows[i].meaning);
}
