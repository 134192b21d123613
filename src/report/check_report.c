// Check report.
#include "check_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/json.h"
#include "run_json_parts.h"

static const char *kind_words(twin_finding_kind kind) {
  switch (kind) {
    case FINDING_MISSED_BY_PLAN: return "missed even by the plan";
    case FINDING_BEYOND_DESIGN: return "more than what is planned can give";
    case FINDING_UNFUNDED: return "shares and pledges do not meet";
    case FINDING_READING: return "two readings of the same words";
    case FINDING_TOTALS: return "one total, said in two ways";
  }
  return "";
}

static const char *kind_key(twin_finding_kind kind) {
  switch (kind) {
    case FINDING_MISSED_BY_PLAN: return "missed_by_plan";
    case FINDING_BEYOND_DESIGN: return "beyond_design";
    case FINDING_UNFUNDED: return "unfunded";
    case FINDING_READING: return "reading";
    case FINDING_TOTALS: return "totals";
  }
  return "";
}

// ---- Findings -----------------------------------------------------------------------------------------------------------

static void put_findings(const page *p, const twin_findings *found, const char *title, bool contradictions) {
  bool any = false;
  for (int32_t i = 0; i < found->n; i++) {
    const twin_finding *f = &found->item[i];
    if ((f->contradiction != 0) != contradictions) continue;
    if (!any) page_title(p, title);
    any = true;
    char head[200];
    snprintf(head, sizeof head, "%s: %s", f->about, kind_words(f->kind));
    page_gap(p, 2);
    page_cell(p, head, p->width - 2, false, contradictions ? LOOK_BOLD : LOOK_PLAIN);
    page_end(p);
    page_wrap(p, 4, LOOK_PLAIN, f->text);
  }
}

// ---- Assumptions --------------------------------------------------------------------------------------------------------

// A range as it was written ("300 to 450 MW"); of a name or another distribution its 5 to 95 %.
static void value_words(const twin_model *m, const programme_value *v, char out[160]) {
  const char *unit = v->field->unit ? v->field->unit : "";
  char        low[PHRASE], high[PHRASE];
  if (v->draw < 0) {
    double at;
    memcpy(&at, m->p.block + v->slot, sizeof at);
    phrase_quantity(at, unit, low);
    snprintf(out, 160, "%s", low);
    return;
  }
  const dist *d = &m->p.draw[v->draw].of;
  phrase_quantity(dist_quantile(d, &m->p.pool, 0.05), unit, low);
  phrase_quantity(dist_quantile(d, &m->p.pool, 0.95), unit, high);
  if (strstr(v->text, " to ")) snprintf(out, 160, "%s", v->text);
  else if (d->kind == DIST_EVENT) snprintf(out, 160, "happens in %.0f%%", 100 * d->a);
  else snprintf(out, 160, "%s to %s", low, high);
}

// The group of a path: "campuses.abilene" of "campuses.abilene.grid.main.limit", the first part of a shorter one.
static text_slice group_of(const char *path) {
  size_t one = strcspn(path, ".");
  if (!path[one]) return (text_slice){path, one};
  size_t two = one + 1 + strcspn(path + one + 1, ".");
  return (text_slice){path, path[two] ? two : one};
}

static bool same_group(const char *a, const char *b) {
  text_slice x = group_of(a), y = group_of(b);
  return x.n == y.n && !memcmp(x.at, y.at, x.n);
}

static void value_line(const page *p, const twin_model *m, const programme_value *v, size_t skip, int indent) {
  char words[160];
  int  path = p->width * 11 / 20 - indent;
  value_words(m, v, words);
  page_gap(p, indent);
  page_cell(p, v->path + skip, path, false, LOOK_PLAIN);
  page_gap(p, 2);
  page_cell(p, words, p->width - indent - 2 - path, false, LOOK_PLAIN);
  page_end(p);
}

enum { SHOWN_IN_GROUP = 6, SHOWN_IN_ALL = 48, GROUP_MAX = 1024 };

// One group: its uncertain values first, as they matter most; few values stand under their full names.
static int put_group(const page *p, const twin_model *m, const int32_t *value, int32_t n, int left) {
  text_slice group = group_of(m->p.value[value[0]].path);
  char       head[240];
  snprintf(head, sizeof head, "%.*s (%d values)", (int)(group.n < 180 ? group.n : 180), group.at, n);
  if (n > 2) {
    page_gap(p, 2);
    page_cell(p, head, p->width - 2, false, LOOK_DIM);
    page_end(p);
  }
  int most = left < SHOWN_IN_GROUP ? left : SHOWN_IN_GROUP, shown = 0;
  for (int pass = 0; pass < 2; pass++)
    for (int32_t i = 0; i < n && shown < most; i++) {
      const programme_value *v = &m->p.value[value[i]];
      if ((v->draw >= 0) != (pass == 0)) continue;
      value_line(p, m, v, n > 2 && v->path[group.n] == '.' ? group.n + 1 : 0, n > 2 ? 4 : 2);
      shown++;
    }
  return shown;
}

// What the file says itself; of the catalogue and the defaults what is uncertain. A row that several campuses repeat is
// told once.
static bool is_listed(const twin_model *m, const int32_t *value, int32_t i, bool of_file) {
  const programme_value *v = &m->p.value[value[i]];
  if ((v->origin == ORIGIN_FILE) != of_file || (!of_file && v->draw < 0)) return false;
  for (int32_t k = 0; k < i && of_file; k++) {
    const diag_place *a = &m->p.value[value[k]].place, *b = &v->place;
    if (a->source == b->source && a->line == b->line && a->column == b->column &&
        m->p.value[value[k]].field == v->field)
      return false;
  }
  return true;
}

static int32_t *assumptions_of(const twin_model *m, int32_t *n) {
  int32_t *value = malloc(((size_t)m->p.n_value + 1) * sizeof *value);
  *n = value ? twin_assumptions(m, value, m->p.n_value) : 0;
  return value;
}

static void put_assumptions(const page *p, const twin_model *m, const int32_t *value, int32_t n) {
  char title[80];
  int  shown = 0;
  snprintf(title, sizeof title, "Assumed: %d value%s without a source", n, n == 1 ? "" : "s");
  page_title(p, title);
  for (int pass = 0; pass < 2; pass++)
    for (int32_t i = 0, next; i < n; i = next) {
      int32_t mine[GROUP_MAX], k = 0;
      for (next = i; next < n && same_group(m->p.value[value[i]].path, m->p.value[value[next]].path); next++)
        if (k < GROUP_MAX && is_listed(m, value, next, pass == 0)) mine[k++] = value[next];
      if (k && shown < SHOWN_IN_ALL) shown += put_group(p, m, mine, k, SHOWN_IN_ALL - shown);
    }
  if (n > shown)
    page_wrapf(p, 2, LOOK_DIM, "and %d more; `stargate check FILE --json` lists all of them, with the place of each.",
               n - shown);
}

static void put_header(const page *p, const twin_model *m, int contradictions, int notes, int32_t assumptions) {
  char as_of[11], line[240];
  calendar_day_text((int32_t)m->p.as_of_day, as_of);
  snprintf(line, sizeof line, "%.100s as known on %s | %d contradiction%s, %d note%s, %d assumption%s",
           programme_text(&m->p, m->plan_view.top->programme), as_of, contradictions, contradictions == 1 ? "" : "s",
           notes, notes == 1 ? "" : "s", assumptions, assumptions == 1 ? "" : "s");
  page_wrap(p, 0, LOOK_BOLD, line);
}

static int notes_of(const twin_findings *found) {
  int n = 0;
  for (int32_t i = 0; i < found->n; i++) n += !found->item[i].contradiction;
  return n;
}

sg_err report_check(const twin_model *m, sg_style style, text_buffer *out, int *n_contradictions) {
  int32_t        n = 0, *value = assumptions_of(m, &n);
  twin_findings *found = malloc(sizeof *found);
  if (found && value) {
    page p = page_begin(out, style);
    twin_check(m, found);
    put_header(&p, m, found->n_contradictions, notes_of(found), n);
    put_findings(&p, found, "Contradictions", true);
    put_findings(&p, found, "Worth knowing", false);
    if (n) put_assumptions(&p, m, value, n);
    if (n_contradictions) *n_contradictions = found->n_contradictions;
  }
  sg_err err = found && value && !out->failed ? SG_OK : SG_ERR_MEMORY;
  free(found);
  free(value);
  return err;
}

// ---- JSON ---------------------------------------------------------------------------------------------------------------

static void json_diags(json_writer *w, const sg_diags *diags) {
  static const char *const severity[] = {"error", "warning", "note"};
  json_key(w, "diagnostics");
  json_array(w);
  for (size_t i = 0; diags && i < diags->n; i++) {
    const sg_diag *d = &diags->item[i];
    json_object(w);
    json_put_string(w, "severity", severity[d->severity]);
    json_put_string(w, "code", sg_err_word(d->code));
    json_put_string(w, "file", d->file);
    json_put_int(w, "line", d->line);
    json_put_int(w, "column", d->column);
    json_put_int(w, "span", d->span);
    json_put_string(w, "message", d->message);
    json_put_string(w, "hint", d->hint[0] ? d->hint : NULL);
    json_put_string(w, "excerpt", d->excerpt[0] ? d->excerpt : NULL);
    json_put_int(w, "excerpt_column", d->excerpt_column);
    json_end(w);
  }
  json_end(w);
  json_put_int(w, "diagnostics_not_kept", diags ? (int64_t)diags->n_more : 0);
  json_put_int(w, "errors", diags ? (int64_t)diags->n_errors : 0);
}

static void json_findings(json_writer *w, const twin_findings *found, const char *key, bool contradictions) {
  json_key(w, key);
  json_array(w);
  for (int32_t i = 0; found && i < found->n; i++) {
    const twin_finding *f = &found->item[i];
    if ((f->contradiction != 0) != contradictions) continue;
    json_object(w);
    json_put_string(w, "kind", kind_key(f->kind));
    json_put_string(w, "about", f->about);
    json_put_string(w, "text", f->text);
    json_end(w);
  }
  json_end(w);
}

static void json_value(json_writer *w, const twin_model *m, const programme_value *v) {
  static const char *const origin[] = {"file", "catalogue", "default"};
  double                   at;
  memcpy(&at, m->p.block + v->slot, sizeof at);
  json_object(w);
  json_put_string(w, "path", v->path);
  json_put_string(w, "text", v->text);
  json_key(w, "plan");
  json_number(w, at);
  json_put_string(w, "unit", v->field->unit);
  if (v->draw >= 0) {
    const dist *d = &m->p.draw[v->draw].of;
    static const struct {
      const char *key;
      double      p;
    } q[] = {
        {"p5",  0.05},
        {"p50", 0.5 },
        {"p95", 0.95}
    };
    for (size_t i = 0; i < sizeof q / sizeof q[0]; i++) {
      json_key(w, q[i].key);
      json_number(w, dist_quantile(d, &m->p.pool, q[i].p));
    }
  }
  json_put_string(w, "origin", origin[v->origin]);
  json_put_string(w, "source", v->source);
  json_put_string(w, "as_of", v->as_of);
  json_put_string(w, "file", v->place.source ? v->place.source->name : NULL);
  json_put_int(w, "line", v->place.line);
  json_end(w);
}

static void json_values(json_writer *w, const twin_model *m, const int32_t *assumed, int32_t n) {
  json_key(w, "assumptions");
  json_array(w);
  for (int32_t i = 0; i < n; i++) json_string(w, m->p.value[assumed[i]].path);
  json_end(w);
  json_key(w, "values");
  json_array(w);
  for (int32_t i = 0; m && i < m->p.n_value; i++) json_value(w, m, &m->p.value[i]);
  json_end(w);
}

sg_err report_check_json(const twin_model *m, const sg_diags *diags, text_buffer *out) {
  int32_t        n = 0, *value = m ? assumptions_of(m, &n) : NULL;
  twin_findings *found = m ? malloc(sizeof *found) : NULL;
  sg_err         err = SG_ERR_MEMORY;
  if (!m || (found && value)) {
    json_writer w = json_begin(out, 1);
    if (m) twin_check(m, found);
    json_object(&w);
    json_put_string(&w, "schema", "stargate.check/1");
    json_put_string(&w, "version", SG_VERSION);
    json_put_string(&w, "programme", m ? programme_text(&m->p, m->plan_view.top->programme) : NULL);
    json_key(&w, "ok");
    json_bool(&w, m != NULL);
    json_key(&w, "ok");
    json_bool(&w, m != NULL);
    json_diags(&w, diags);
    json_findings(&w, found, "contradictions", true);
    json_findings(&w, found, "notes", false);
    json_values(&w, m, value, n);
    if (m) report_inputs(&w, m, NULL);
    json_end(&w);
    if (json_finish(&w)) err = SG_OK;
  }
  free(found);
  free(value);
  return err;
}
