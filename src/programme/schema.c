// JSON Schema from field tables: one definition for each class, and the forms in which values are written.
//
// A schema is laxer than the compiler where it must be: `like` and the catalogue fill in what a row leaves out, so a
// missing key of a row is only reported where nothing can.
#include "schema.h"

#include <stdio.h>
#include <string.h>

#include "../base/json.h"
#include "value_forms.h"

#define DATE "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"

// ---- Small pieces ---------------------------------------------------------------------------------------

static void put(json_writer *w, const char *key, const char *value) {
  json_key(w, key);
  json_string(w, value);
}

static void put_false(json_writer *w, const char *key) {
  json_key(w, key);
  json_bool(w, false);
}

static void words(json_writer *w, const char *key, const char *const *word, size_t n) {
  json_key(w, key);
  json_row(w);
  for (size_t i = 0; i < n; i++) json_string(w, word[i]);
  json_end(w);
}

static void types(json_writer *w, const char *a, const char *b, const char *c, const char *d) {
  const char *const all[] = {a, b, c, d};
  words(w, "type", all, d ? 4 : c ? 3 : b ? 2 : 1);
}

static void refer_value(json_writer *w, const char *definition) {
  char at[128];
  snprintf(at, sizeof at, "#/definitions/%s", definition);
  put(w, "$ref", at);
}

static void refer_row(json_writer *w, const char *definition) {
  json_object(w);
  refer_value(w, definition);
  json_end(w);
}

static void refer(json_writer *w, const char *key, const char *definition) {
  json_key(w, key);
  refer_row(w, definition);
}

// Siblings of $ref are not read in draft-07: a reference with a description stands in allOf.
static void refer_all(json_writer *w, const char *definition) {
  json_key(w, "allOf");
  json_array(w);
  refer_row(w, definition);
  json_end(w);
}

static void open(json_writer *w, const char *definition) {
  json_key(w, definition);
  json_object(w);
}

// {"anyOf": [{"$ref": a}, {"$ref": b}, ...]}
static void any_of(json_writer *w, const char *const *definition, size_t n) {
  json_key(w, "anyOf");
  json_array(w);
  for (size_t i = 0; i < n; i++) refer_row(w, definition[i]);
  json_end(w);
}

static void map_of(json_writer *w, const char *definition) {
  types(w, "object", "null", NULL, NULL);
  refer(w, "additionalProperties", definition);
}

static void list_of(json_writer *w, const char *definition) {
  put(w, "type", "array");
  refer(w, "items", definition);
}

static void pattern(json_writer *w, const char *regex) {
  put(w, "type", "string");
  put(w, "pattern", regex);
}

// ---- Forms of values ------------------------------------------------------------------------------------

static void simple_forms(json_writer *w) {
  open(w, "scalar");
  put(w, "description",
      "A number, a quantity with its unit, a range `a to b`, a date, or the name of a base rate or input.");
  types(w, "number", "string", NULL, NULL);
  json_end(w);
  open(w, "text");
  types(w, "string", "number", "boolean", "null");
  json_end(w);
  open(w, "name");
  types(w, "string", "number", NULL, NULL);
  json_end(w);
  open(w, "name_list");
  list_of(w, "name");
  json_end(w);
  open(w, "no_value");
  put(w, "type", "null");
  json_end(w);
  open(w, "names");
  any_of(w, (const char *const[]){"name", "name_list", "no_value"}, 3);
  json_end(w);
  open(w, "flag");
  json_key(w, "enum");
  json_row(w);
  json_bool(w, true);
  json_bool(w, false);
  for (size_t i = 0; i < 4; i++) json_string(w, (const char *const[]){"yes", "no", "true", "false"}[i]);
  json_null(w);
  json_end(w);
  json_end(w);
}

static void date_forms(json_writer *w) {
  open(w, "year");
  put(w, "type", "integer");
  json_key(w, "minimum");
  json_int(w, 1000);
  json_key(w, "maximum");
  json_int(w, 9999);
  json_end(w);
  open(w, "date_text");
  pattern(w, "^\\s*" DATE "\\s*$");
  json_end(w);
  open(w, "date");
  put(w, "description", "2025, 2025-06 or 2025-06-30.");
  any_of(w, (const char *const[]){"date_text", "year", "no_value"}, 3);
  json_end(w);
  open(w, "date_range");
  pattern(w, "^\\s*(" DATE "( to " DATE ")?|[A-Za-z][A-Za-z0-9_-]*)\\s*$");
  json_end(w);
  open(w, "date_value");
  put(w, "description", "2025, 2025-06 or 2025-06-30; uncertain: 2025-06 to 2026-03, or the name of an input.");
  any_of(w, (const char *const[]){"date_range", "year", "value_map", "no_value"}, 4);
  json_end(w);
}

static void value_map(json_writer *w) {
  open(w, "value_map");
  put(w, "description", "A value with what is known of it, or a distribution: `stargate explain distributions`.");
  put(w, "type", "object");
  json_key(w, "properties");
  json_object(w);
  for (size_t i = 0; i < value_key_count; i++) {
    const value_key *key = &value_key_rows[i];
    json_key(w, key->name);
    json_object(w);
    refer_all(w, key->form);
    put(w, "description", key->meaning ? key->meaning : "Parameter of the distribution.");
    json_end(w);
  }
  json_end(w);
  put_false(w, "additionalProperties");
  json_key(w, "anyOf");
  json_array(w);
  for (size_t i = 0; i < 4; i++) {
    json_object(w);
    words(w, "required",
          (const char *const[]){
              (const char *const[]){"value", "values", "mixture", "distribution"}
                [i]
    },
          1);
    json_end(w);
  }
  json_end(w);
  json_end(w);
}

static void value_parts(json_writer *w) {
  const char *word[32];
  for (size_t i = 0; i < value_form_count && i < 32; i++) word[i] = value_forms[i].word;
  open(w, "distribution");
  words(w, "enum", word, value_form_count < 32 ? value_form_count : 32);
  json_end(w);
  open(w, "table");
  list_of(w, "scalar");
  json_key(w, "minItems");
  json_int(w, 1);
  json_end(w);
  open(w, "mixture");
  put(w, "type", "array");
  open(w, "items");
  put(w, "type", "object");
  open(w, "properties");
  refer(w, "weight", "scalar");
  refer(w, "value", "number");
  json_end(w);
  words(w, "required", (const char *const[]){"weight", "value"}, 2);
  json_end(w);
  json_end(w);
  open(w, "variance_shares");
  put(w, "type", "object");
  open(w, "properties");
  for (size_t i = 0; i < 3; i++) refer(w, (const char *const[]){"programme", "campus", "building"}[i], "scalar");
  json_end(w);
  put_false(w, "additionalProperties");
  json_end(w);
  open(w, "loadings");
  map_of(w, "scalar");
  json_end(w);
}

static void with_source(json_writer *w) {
  open(w, "with_source");
  put(w, "type", "object");
  open(w, "properties");
  open(w, "value");
  json_end(w);
  refer(w, "source", "text");
  refer(w, "as_of", "date");
  refer(w, "note", "text");
  json_end(w);
  words(w, "required", (const char *const[]){"value"}, 1);
  put_false(w, "additionalProperties");
  json_end(w);
}

static void value_forms_all(json_writer *w) {
  simple_forms(w);
  date_forms(w);
  open(w, "number");
  any_of(w, (const char *const[]){"scalar", "value_map", "no_value"}, 3);
  json_end(w);
  value_map(w);
  value_parts(w);
  with_source(w);
  open(w, "values");
  map_of(w, "number");
  json_end(w);
  open(w, "factor_map");
  put(w, "type", "object");
  json_end(w);
  open(w, "factors");
  any_of(w, (const char *const[]){"name_list", "factor_map", "no_value"}, 3);
  json_end(w);
  open(w, "share_map");
  map_of(w, "number");
  json_end(w);
  open(w, "shares");
  any_of(w, (const char *const[]){"name", "share_map", "no_value"}, 3);
  json_end(w);
  open(w, "count");
  types(w, "integer", "null", NULL, NULL);
  json_end(w);
}

// ---- Fields ---------------------------------------------------------------------------------------------

static void class_definition(const class_row *class, bool map, char *out, size_t n) {
  snprintf(out, n, map ? "map_of_%s" : "%s", class->plural && !map ? class->plural : class->name);
}

static void description(json_writer *w, const field_row *f) {
  char text[600];
  bool quantity = f->type == FIELD_NUMBER && f->unit && f->unit[0] && strcmp(f->unit, "x");
  snprintf(text, sizeof text, "%s%s%s%s%s%s", f->meaning ? f->meaning : "", quantity ? " In " : "",
           !quantity                  ? ""
           : !strcmp(f->unit, "frac") ? "fractions or %"
                                      : f->unit,
           quantity ? "." : "", f->fallback && f->fallback[0] ? " Default: " : "", f->fallback ? f->fallback : "");
  put(w, "description", text);
}

static void choice(json_writer *w, const field_row *f) {
  json_key(w, "enum");
  json_row(w);
  for (const char *at = f->of; *at;) {
    size_t n = strcspn(at, "|");
    json_text(w, (text_slice){at, n});
    at += n + (at[n] == '|');
  }
  json_null(w);
  json_end(w);
}

static void count_range(json_writer *w, double low, double high) {
  types(w, "integer", "null", NULL, NULL);
  json_key(w, "minimum");
  json_number(w, low);
  json_key(w, "maximum");
  json_number(w, high);
}

// What is never uncertain: the value itself, or {value: ..., source: ...}.
static void single_kind(json_writer *w, const field_row *f) {
  open(w, "if");
  put(w, "type", "object");
  json_end(w);
  refer(w, "then", "with_source");
  open(w, "else");
  switch (f->type) {
    case FIELD_COUNT: count_range(w, f->low, f->high); break;
    case FIELD_FLAG: refer_value(w, "flag"); break;
    case FIELD_CHOICE: choice(w, f); break;
    case FIELD_TEXT: refer_value(w, f->of ? "names" : "text"); break;
    default: types(w, "string", "number", "null", NULL); break;
  }
  json_end(w);
}

static void field_kind(json_writer *w, programme_classes classes, const field_row *f) {
  char name[96];
  switch (f->type) {
    case FIELD_NUMBER: refer_all(w, "number"); break;
    case FIELD_DATE: refer_all(w, "date_value"); break;
    case FIELD_COUNT:
    case FIELD_FLAG:
    case FIELD_CHOICE:
    case FIELD_TEXT:
    case FIELD_REF: single_kind(w, f); break;
    case FIELD_REFS: refer_all(w, "names"); break;
    case FIELD_SHARES: refer_all(w, "shares"); break;
    case FIELD_CHILDREN: {
      int k = programme_class_index(classes, f->of);
      if (k < 0) break;
      class_definition(classes.class[k], true, name, sizeof name);
      refer_all(w, name);
      break;
    }
  }
}

static bool has_field(const class_row *class, const char *key) {
  for (size_t i = 0; i < class->n_field; i++)
    if (!strcmp(class->field[i].name, key)) return true;
  return false;
}

static bool takes_common(const class_row *class, bool top, const common_key *c) {
  if (has_field(class, c->name)) return false;
  return c->where == COMMON_ROW || (c->where == COMMON_TOP ? top : has_field(class, "copy"));
}

static void properties_of(json_writer *w, programme_classes classes, const class_row *class, bool top) {
  for (size_t i = 0; i < class->n_field; i++) {
    if (!strcmp(class->field[i].name, "copy")) continue;  // filled in by the compiler
    open(w, class->field[i].name);
    description(w, &class->field[i]);
    field_kind(w, classes, &class->field[i]);
    json_end(w);
  }
  for (size_t i = 0; i < common_key_count; i++) {
    if (!takes_common(class, top, &common_keys[i])) continue;
    open(w, common_keys[i].name);
    put(w, "description", common_keys[i].meaning);
    refer_all(w, common_keys[i].form);
    json_end(w);
  }
}

static void required(json_writer *w, const class_row *class) {
  json_key(w, "required");
  json_row(w);
  for (size_t i = 0; i < class->n_field; i++)
    if (!class->field[i].fallback) json_string(w, class->field[i].name);
  json_end(w);
}

static bool any_required(const class_row *class) {
  for (size_t i = 0; i < class->n_field; i++)
    if (!class->field[i].fallback) return true;
  return false;
}

// Keys of a row that nothing else can fill in: unless it is `like` another.
static void required_or_like(json_writer *w, const class_row *class) {
  json_key(w, "anyOf");
  json_array(w);
  json_object(w);
  words(w, "required", (const char *const[]){"like"}, 1);
  json_end(w);
  json_object(w);
  required(w, class);
  json_end(w);
  json_end(w);
}

static void class_row_schema(json_writer *w, programme_classes classes, const class_row *class) {
  char name[96];
  class_definition(class, false, name, sizeof name);
  open(w, name);
  put(w, "description", class->meaning);
  types(w, "object", "null", NULL, NULL);
  open(w, "properties");
  properties_of(w, classes, class, false);
  json_end(w);
  put_false(w, "additionalProperties");
  if (class->plural && class->kind == CLASS_PLAIN && any_required(class)) required_or_like(w, class);
  json_end(w);
}

// Children: a map of rows, or one row alone, told by a key of its own.
static void class_map_schema(json_writer *w, const class_row *class) {
  char map[96], row[96];
  class_definition(class, true, map, sizeof map);
  class_definition(class, false, row, sizeof row);
  open(w, map);
  types(w, "object", "null", NULL, NULL);
  open(w, "if");
  json_key(w, "anyOf");
  json_array(w);
  for (size_t i = 0; i < class->n_field; i++) {
    json_object(w);
    words(w, "required", &class->field[i].name, 1);
    json_end(w);
  }
  json_end(w);
  json_end(w);
  refer(w, "then", row);
  open(w, "else");
  refer(w, "additionalProperties", row);
  json_end(w);
  json_end(w);
}

static bool is_child(programme_classes classes, const class_row *class) {
  for (size_t i = 0; i < classes.n; i++)
    for (size_t f = 0; f < classes.class[i] -> n_field; f++)
      if (classes.class[i] -> field[f].type == FIELD_CHILDREN && !strcmp(classes.class[i] -> field[f].of, class->name))
        return true;
  return false;
}

// ---- The whole ------------------------------------------------------------------------------------------

sg_err programme_schema(programme_classes classes, text_buffer *out) {
  json_writer      w = json_begin(out, 1);
  const class_row *top = classes.class[0];
  json_object(&w);
  put(&w, "$schema", "http://json-schema.org/draft-07/schema#");
  put(&w, "title", "Stargate programme");
  put(&w, "description", top->meaning);
  put(&w, "type", "object");
  open(&w, "properties");
  properties_of(&w, classes, top, true);
  for (size_t i = 1; i < classes.n; i++) {
    const class_row *class = classes.class[i];
    if (!class->plural) continue;
    open(&w, class->plural);
    put(&w, "description", class->meaning);
    map_of(&w, class->plural);
    json_end(&w);
  }
  json_end(&w);
  required(&w, top);
  put_false(&w, "additionalProperties");
  open(&w, "definitions");
  value_forms_all(&w);
  for (size_t i = 2; i < classes.n; i++) {
    class_row_schema(&w, classes, classes.class[i]);
    if (is_child(classes, classes.class[i])) class_map_schema(&w, classes.class[i]);
  }
  json_end(&w);
  json_end(&w);
  return json_finish(&w) ? SG_OK : SG_ERR_MEMORY;
}
