// Classes and fields, from their tables.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/units.h"
#include "explain_parts.h"
#include "value.h"
#include "value_forms.h"

enum { LABEL = 16 };

int explain_class_of(const explainer *e, const field_row *field) {
  return field->of && field->type != FIELD_CHOICE ? programme_class_index(e->classes, field->of) : -1;
}

// `copy` is filled in by the compiler: a mark that rows can be repeated, not a key.
static bool is_key(const field_row *field) { return strcmp(field->name, "copy") != 0; }

const field_row *explain_field_named(const class_row *class, const char *key) {
  for (size_t i = 0; i < class->n_field; i++)
    if (is_key(&class->field[i]) && !strcmp(class->field[i].name, key)) return &class->field[i];
  return NULL;
}

bool explain_can_copy(const class_row *class) {
  for (size_t i = 0; i < class->n_field; i++)
    if (!is_key(&class->field[i])) return true;
  return false;
}

const char *explain_shown_name(const class_row *class) { return class->plural ? class->plural : class->name; }

static const char *where_at_depth(const explainer *e, int class, int depth) {
  const class_row *cl = e->classes.class[class];
  if (class == 0) return "";
  if (cl->plural) return explain_text(e, "%s.NAME", cl->plural);
  for (size_t i = 0; i < e->classes.n && depth < 8; i++)
    for (size_t f = 0; f < e->classes.class[i] -> n_field; f++) {
      const field_row *field = &e->classes.class[i]->field[f];
      if (field->type != FIELD_CHILDREN || (int)i == class || explain_class_of(e, field) != class) continue;
      const char *parent = where_at_depth(e, (int)i, depth + 1);
      return explain_text(e, "%s%s%s.NAME", parent, parent[0] ? "." : "", field->name);
    }
  return "(nowhere)";
}

const char *explain_where(const explainer *e, int class) { return where_at_depth(e, class, 0); }

// ---- What a field takes ---------------------------------------------------------------------------------

static const char *number_kind(const explainer *e, const char *u) {
  unit       of;
  text_slice bad;
  if (!u || !u[0] || !strcmp(u, "x")) return "number";
  if (!strcmp(u, "frac")) return "fraction";
  if (!unit_parse(text_of(u), &of, &bad)) return u;
  return explain_text(e, "quantity in %s", u);
}

// "a, b or c" from "a|b|c".
static const char *choices(const explainer *e, const char *words) {
  text_buffer b = {0};
  for (const char *w = words; *w;) {
    size_t n = strcspn(w, "|");
    text_add(&b, w, n);
    w += n;
    if (*w) text_puts(&b, strchr(w + 1, '|') ? ", " : " or "), w++;
  }
  const char *s = explain_text(e, "%s", b.at ? b.at : "");
  text_buffer_free(&b);
  return s;
}

static const char *class_shown(const explainer *e, const field_row *field) {
  int k = explain_class_of(e, field);
  return k < 0 ? field->of : explain_shown_name(e->classes.class[k]);
}

const char *explain_kind(const explainer *e, const field_row *field) {
  switch (field->type) {
    case FIELD_NUMBER: return number_kind(e, field->unit);
    case FIELD_DATE: return "date";
    case FIELD_COUNT: return "whole number";
    case FIELD_FLAG: return "yes or no";
    case FIELD_CHOICE: return choices(e, field->of);
    case FIELD_TEXT: return field->of ? "words" : "text";
    case FIELD_REF: return explain_text(e, "name from `%s`", class_shown(e, field));
    case FIELD_REFS: return explain_text(e, "names from `%s`", class_shown(e, field));
    case FIELD_CHILDREN: return "map of names";
    case FIELD_SHARES: return explain_text(e, "name from `%s`, or shares by name", class_shown(e, field));
  }
  return "";
}

static const char *amount(const explainer *e, double v, const char *u) {
  char text[64];
  if (u && !strcmp(u, "date")) u = NULL;
  text_quantity(v, u, text, sizeof text);
  return explain_text(e, "%s", text);
}

const char *explain_range(const explainer *e, const field_row *field) {
  if (field->type != FIELD_NUMBER && field->type != FIELD_COUNT) return "";
  bool        low = isfinite(field->low), high = isfinite(field->high);
  const char *u = field->type == FIELD_NUMBER ? field->unit : NULL;
  if (low && high) return explain_text(e, "%s to %s", amount(e, field->low, u), amount(e, field->high, u));
  if (low) return explain_text(e, "%s or more", amount(e, field->low, u));
  if (high) return explain_text(e, "at most %s", amount(e, field->high, u));
  return "";
}

const char *explain_default(const explainer *e, const field_row *field) {
  if (!field->fallback) return "required";
  if (!field->fallback[0]) return "";
  return explain_text(e, "default %s", field->fallback);
}

static const char *summary(const explainer *e, const field_row *field) {
  const char *range = explain_range(e, field), *given = explain_default(e, field);
  return explain_text(e, "%s%s%s%s%s", explain_kind(e, field), range[0] ? ", " : "", range, given[0] ? "; " : "",
                      given);
}

// ---- Overview -------------------------------------------------------------------------------------------

static void class_item(const explainer *e, const class_row *class, int label) {
  explain_item(&e->page, explain_shown_name(class), label, explain_sentence(e, class->meaning));
}

static void classes_of_kind(const explainer *e, const char *heading, bool catalogue) {
  explain_heading(&e->page, heading);
  for (size_t i = 1; i < e->classes.n; i++) {
    const class_row *class = e->classes.class[i];
    if (class->plural && (class->kind != CLASS_PLAIN) == catalogue) class_item(e, class, LABEL);
  }
}

void explain_overview(const explainer *e) {
  const explain_page *page = &e->page;
  explain_paragraph(page, 0, "What a programme file may hold. `stargate explain NAME` says more of each key below.");
  explain_heading(page, "The programme itself");
  const class_row *top = e->classes.class[0];
  for (size_t i = 0; i < top->n_field; i++)
    explain_item(page, top->field[i].name, LABEL,
                 explain_text(e, "%s%s", explain_sentence(e, top->field[i].meaning),
                              top->field[i].fallback ? "" : " Required."));
  for (size_t i = 0; i < common_key_count; i++)
    if (common_keys[i].where == COMMON_TOP) explain_item(page, common_keys[i].name, LABEL, common_keys[i].meaning);
  classes_of_kind(e, "Maps of named things: KEY: {NAME: {...}, NAME: {...}}", false);
  classes_of_kind(e, "The same, with rows in the catalogue that a file may name, change or add to", true);
  explain_heading(page, "More");
  static const char *const more[][2] = {
      {"stargate explain campuses.grid",       "a class and all its keys"                           },
      {"stargate explain campuses.grid.limit", "one key: unit, range, default and its source"       },
      {"stargate explain racks.GB200-NVL72",   "a row of the catalogue, with sources and dates"     },
      {"stargate explain distributions",       "how uncertain values are written"                   },
      {"stargate explain base_rates",          "distributions that have a name"                     },
      {"stargate explain metrics",             "what a run yields and a promise may be held against"},
      {"stargate schema",                      "the same as JSON Schema, for editors"               },
  };
  for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) explain_item(page, more[i][0], 36, more[i][1]);
}

// ---- A class --------------------------------------------------------------------------------------------

static void catalogue_list(const explainer *e, const class_row *class) {
  const char *name[256];
  size_t      n = explain_catalogue_names(e, class->plural, name, 256);
  if (!n) return;
  explain_heading(&e->page, "In the catalogue");
  text_buffer b = {0};
  for (size_t i = 0; i < n; i++) text_addf(&b, "%s%s", i ? ", " : "", name[i]);
  explain_paragraph(&e->page, 2, b.at ? b.at : "");
  text_buffer_free(&b);
  explain_paragraph(&e->page, 2,
                    explain_text(e, "`stargate explain %s.%s` shows one with its sources.", class->plural, name[0]));
}

static void outputs_of(const explainer *e, const class_row *class) {
  for (size_t i = 0; i < e->n_metric; i++)
    if (!strcmp(e->metric[i].scope, class->name)) {
      explain_heading(&e->page, "Outputs");
      explain_paragraph(&e->page, 2,
                        explain_text(e, "%s.NAME.%s and others: `stargate explain metrics` lists them.", class->name,
                                     e->metric[i].name));
      return;
    }
}

void explain_class(const explainer *e, int k) {
  const explain_page *page = &e->page;
  const class_row *class = e->classes.class[k];
  const char *where = explain_where(e, k);
  explain_heading(page, k ? where : class->name);
  explain_paragraph(page, 2, explain_sentence(e, class->meaning));
  if (!class->plural && k) explain_paragraph(page, 2, "One alone may be written without its name.");
  explain_heading(page, "Keys");
  int label = 8;
  for (size_t i = 0; i < class->n_field; i++)
    if (explain_columns(class->field[i].name) > label) label = explain_columns(class->field[i].name);
  for (size_t i = 0; i < class->n_field; i++)
    if (is_key(&class->field[i]))
      explain_entry(page, class->field[i].name, label, summary(e, &class->field[i]),
                    explain_sentence(e, class->field[i].meaning));
  explain_heading(page, "And");
  for (size_t i = 0; i < common_key_count; i++) {
    const common_key *c = &common_keys[i];
    bool              has = c->where == COMMON_ROW || (c->where == COMMON_TOP && !k) ||
               (c->where == COMMON_COPIES && explain_can_copy(class));
    if (has && !explain_field_named(class, c->name)) explain_item(page, c->name, label, c->meaning);
  }
  if (class->plural && class->kind != CLASS_PLAIN) catalogue_list(e, class);
  outputs_of(e, class);
}

// ---- A field --------------------------------------------------------------------------------------------

static const char *takes(const explainer *e, const field_row *field) {
  unit       of;
  text_slice bad;
  switch (field->type) {
    case FIELD_NUMBER:
      if (!field->unit || !field->unit[0] || !strcmp(field->unit, "x")) return "a number without unit";
      if (!strcmp(field->unit, "frac")) return "a fraction: 35 % or 0.35";
      if (unit_parse(text_of(field->unit), &of, &bad)) {
        const char *word = unit_dimension_word(&of);
        if (strncmp(word, "a compound", 10))
          return explain_text(e, "%s, in %s or any unit of the kind", word, field->unit);
      }
      return explain_text(e, "a quantity in %s or any unit of the kind", field->unit);
    case FIELD_DATE:
      return field->low > 0 ? "a date: 2025-06-30, 2025-06 or 2025 (a month or a year means its last day)"
                            : "a date: 2025-06-30, 2025-06 or 2025 (a month or a year means its first day)";
    case FIELD_COUNT: return "a whole number; never uncertain";
    case FIELD_FLAG: return "yes or no";
    case FIELD_CHOICE: return explain_text(e, "one of %s", choices(e, field->of));
    case FIELD_TEXT: return field->of ? "a word, or a list of words: [a, b]" : "text";
    case FIELD_REF: return explain_text(e, "the name of one of `%s`", class_shown(e, field));
    case FIELD_REFS: return explain_text(e, "names from `%s`: [a, b], or one alone", class_shown(e, field));
    case FIELD_CHILDREN:
      return explain_text(e, "a map {NAME: {...}}, or one without its name; `stargate explain %s` lists its keys",
                          class_shown(e, field));
    case FIELD_SHARES:
      return explain_text(e, "one name from `%s`, or shares: {a: 40 %%, b: 60 %%}", class_shown(e, field));
  }
  return "";
}

// The shape of `a to b`.
static const char *range_shape(const field_row *field) {
  if (field->type == FIELD_DATE && field->low > 0) return NULL;  // a date that was said, not one that will come
  if (field->type == FIELD_DATE)
    return "`a to b` is the 5th to 95th percentile of a shifted lognormal: dates slip more than they gain";
  if (field->type != FIELD_NUMBER) return NULL;
  const dist_scale scale = value_scale(field);
  if (scale == DIST_SCALE_BOUNDED)
    return "`a to b` is the 5th to 95th percentile, linear between and out to the bounds";
  return scale == DIST_SCALE_POSITIVE ? "`a to b` is the 5th to 95th percentile of a lognormal"
                                      : "`a to b` is the 5th to 95th percentile of a normal";
}

// What follows "PATH=": the default, or the form of a value.
static const char *example(const explainer *e, const field_row *field) {
  if (field->fallback && field->fallback[0]) return field->fallback;
  switch (field->type) {
    case FIELD_NUMBER:
      if (!field->unit || !field->unit[0] || !strcmp(field->unit, "x")) return "NUMBER";
      return explain_text(e, "NUMBER %s", !strcmp(field->unit, "frac") ? "%" : field->unit);
    case FIELD_DATE: return "2025-12";
    case FIELD_COUNT: return "NUMBER";
    case FIELD_FLAG: return "yes";
    case FIELD_CHOICE: return explain_text(e, "%.*s", (int)strcspn(field->of, "|"), field->of);
    default: return NULL;
  }
}

void explain_field(const explainer *e, int k, const field_row *field) {
  const explain_page *page = &e->page;
  const char         *where = explain_where(e, k), *range = explain_range(e, field), *shape = range_shape(field);
  const char *path = explain_text(e, "%s%s%s", where, where[0] ? "." : "", field->name), *shown = example(e, field);
  explain_heading(page, path);
  explain_paragraph(page, 2, explain_sentence(e, field->meaning));
  explain_blank(page);
  explain_item(page, "takes", 8, takes(e, field));
  if (shape) explain_item(page, "range", 8, explain_text(e, "%s; `stargate explain distributions`", shape));
  if (range[0]) explain_item(page, "allowed", 8, range);
  explain_item(page, "default", 8,
               !field->fallback     ? "none: it is required"
               : field->fallback[0] ? field->fallback
                                    : "none: stays unset");
  if (field->source && field->fallback && field->fallback[0]) explain_item(page, "source", 8, field->source);
  if (shown) explain_item(page, "example", 8, explain_text(e, "--set '%s=%s'", path, shown));
  const char *rate[2] = {"base_rates", field->fallback};
  if (field->fallback && field->type == FIELD_NUMBER && explain_catalogue_node(e, rate, 2)) {
    explain_heading(page, "The default, in the catalogue");
    explain_base_rates(e, field->fallback);
  }
}

void explain_common(const explainer *e, int k, const char *key) {
  for (size_t i = 0; i < common_key_count; i++) {
    if (strcmp(common_keys[i].name, key)) continue;
    const char *where = explain_where(e, k);
    explain_heading(&e->page, explain_text(e, "%s%s%s", where, where[0] ? "." : "", key));
    explain_paragraph(&e->page, 2, common_keys[i].meaning);
    return;
  }
}

// ---- One key in many classes ----------------------------------------------------------------------------

bool explain_is_key(const explainer *e, const char *key) {
  for (size_t i = 0; i < e->classes.n; i++)
    if (i != 1 && explain_field_named(e->classes.class[i], key)) return true;
  for (size_t i = 0; i < e->n_metric; i++)
    if (!strcmp(e->metric[i].name, key)) return true;
  return false;
}

void explain_same_key(const explainer *e, const char *key) {
  const explain_page *page = &e->page;
  bool                first = true;
  for (size_t i = 0; i < e->classes.n; i++) {
    const field_row *field = i == 1 ? NULL : explain_field_named(e->classes.class[i], key);
    if (!field) continue;
    if (first) explain_heading(page, explain_text(e, "Inputs named '%s'", key));
    first = false;
    explain_entry(page, explain_text(e, "%s.%s", explain_where(e, (int)i), key), 20, summary(e, field),
                  explain_sentence(e, field->meaning));
  }
  first = true;
  for (size_t i = 0; i < e->n_metric; i++) {
    const programme_metric *m = &e->metric[i];
    if (strcmp(m->name, key)) continue;
    if (first) explain_heading(page, explain_text(e, "Outputs named '%s'", key));
    first = false;
    explain_item(page, explain_text(e, "%s.%s", m->scope, key), 20, explain_sentence(e, m->meaning));
  }
}
