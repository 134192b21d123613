// Explain: finds what a path means by walking the classes, then lets the other files describe it.
#include "explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "explain_parts.h"
#include "value_forms.h"

const char *explain_text(const explainer *e, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  char *s = n < 0 ? NULL : ARENA_NEW(e->a, char, (size_t)n + 1);
  if (!s) {
    e->page.out->failed = true;
    return "";
  }
  va_start(arguments, format);
  (void)vsnprintf(s, (size_t)n + 1, format, arguments);
  va_end(arguments);
  return s;
}

const char *explain_sentence(const explainer *e, const char *meaning) {
  size_t n = strlen(meaning);
  if (!n) return "";
  char first = meaning[0] >= 'a' && meaning[0] <= 'z' ? (char)(meaning[0] - 'a' + 'A') : meaning[0];
  return explain_text(e, "%c%s%s", first, meaning + 1, strchr(".!?", meaning[n - 1]) ? "" : ".");
}

// ---- Paths ----------------------------------------------------------------------------------------------

typedef enum found_kind { FOUND_CLASS, FOUND_FIELD, FOUND_COMMON, FOUND_NAME } found_kind;

typedef struct found {
  found_kind kind;
  int class;
  const field_row *field;
  const char      *key;    // FOUND_COMMON
  size_t           stuck;  // the deepest part that nothing answers to, and the class in which it stands
  int              stuck_class;
  const field_row *stuck_field;  // the part lies below this field, which has nothing below it
} found;

typedef struct walk {
  const explainer *e;
  char             buffer[EXPLAIN_PATH_BYTES];
  const char      *part[EXPLAIN_PARTS_MAX];
  size_t           n;
} walk;

// Splits at dots; a part in double quotes may hold some. False: too long, or an empty part.
static bool split(walk *w, const char *path) {
  size_t n = strlen(path);
  if (n + 1 > sizeof w->buffer) return false;
  memcpy(w->buffer, path, n + 1);
  for (char *at = w->buffer;;) {
    if (w->n == EXPLAIN_PARTS_MAX) return false;
    char *end;
    if (*at == '"') {
      end = strchr(++at, '"');
      if (!end || (end[1] && end[1] != '.')) return false;
      *end++ = '\0';
    } else {
      end = at + strcspn(at, ".");
    }
    if (end == at) return false;
    w->part[w->n++] = at;
    if (!*end) return true;
    *end = '\0';
    at = end + 1;
  }
}

static bool is_value_key(const char *key) {
  for (size_t i = 0; i < value_key_count; i++)
    if (!strcmp(value_key_rows[i].name, key)) return true;
  return false;
}

static bool is_common(const explainer *e, int class, const char *key) {
  for (size_t i = 0; i < common_key_count; i++) {
    const common_key *c = &common_keys[i];
    if (strcmp(c->name, key)) continue;
    return c->where == COMMON_ROW || (c->where == COMMON_TOP ? class == 0 : explain_can_copy(e->classes.class[class]));
  }
  return false;
}

static void stuck_at(found *f, size_t i, int class, const field_row *field) {
  if (f->stuck_class >= 0 && (i < f->stuck || (i == f->stuck && f->stuck_field))) return;
  f->stuck = i;
  f->stuck_class = class;
  f->stuck_field = field;
}

static bool walk_map(const walk *w, int class, size_t i, found *f);

static bool found_field(int class, const field_row *field, found *f) {
  f->kind = FOUND_FIELD;
  f->class = class;
  f->field = field;
  return true;
}

// What follows a field's key: nothing, a name below children or shares, or the key of a value that is a map.
static bool walk_field(const walk *w, int class, const field_row *field, size_t i, found *f) {
  if (i == w->n) return found_field(class, field, f);
  if (field->type == FIELD_CHILDREN) return walk_map(w, explain_class_of(w->e, field), i, f);
  bool value = field->type == FIELD_NUMBER || field->type == FIELD_DATE;
  if (value && is_value_key(w->part[i])) return found_field(class, field, f);
  if (field->type == FIELD_SHARES && i + 1 == w->n) return found_field(class, field, f);
  stuck_at(f, i, class, field);
  return false;
}

// One key in a row of the class.
static bool walk_row(const walk *w, int class, size_t i, found *f) {
  const field_row *field = explain_field_named(w->e->classes.class[class], w -> part[i]);
  if (field) return walk_field(w, class, field, i + 1, f);
  if (is_common(w->e, class, w->part[i])) {
    f->kind = FOUND_COMMON;
    f->class = class;
    f->key = w->part[i];
    return true;
  }
  stuck_at(f, i, class, NULL);
  return false;
}

// Within a map of rows: a key of one row written alone, or a name and then a key.
static bool walk_map(const walk *w, int class, size_t i, found *f) {
  if (class < 0) return false;
  f->class = class;
  if (i == w->n) {
    f->kind = FOUND_CLASS;
    return true;
  }
  if (walk_row(w, class, i, f)) return true;
  if (i + 1 < w->n) return walk_row(w, class, i + 1, f);
  f->kind = FOUND_NAME;
  f->class = class;
  return true;
}

static int class_by_key(const explainer *e, const char *key) {
  for (size_t i = 1; i < e->classes.n; i++)
    if (e->classes.class[i] -> plural && !strcmp(e->classes.class[i] -> plural, key)) return (int)i;
  for (size_t i = 2; i < e->classes.n; i++)
    if (!strcmp(e->classes.class[i] -> name, key)) return (int)i;
  return -1;
}

static bool walk_path(const walk *w, found *f) {
  int class = class_by_key(w->e, w->part[0]);
  if (class >= 0) return walk_map(w, class, 1, f);
  return walk_row(w, 0, 0, f);
}

// ---- Unknown paths --------------------------------------------------------------------------------------

typedef struct candidates {
  const char **at;
  size_t       n, capacity;
} candidates;

static void offer(candidates *c, const char *s) {
  if (c->n < c->capacity) c->at[c->n++] = s;
}

static void offer_class(const explainer *e, candidates *c, int class) {
  const class_row *cl = e->classes.class[class];
  for (size_t i = 0; i < cl->n_field; i++)
    if (strcmp(cl->field[i].name, "copy")) offer(c, cl->field[i].name);
}

static void offer_all(const explainer *e, candidates *c) {
  static const char *const words[] = {"metrics", "distributions", "base_rates", "inputs", "factors"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) offer(c, words[i]);
  for (size_t i = 1; i < e->classes.n; i++)
    if (e->classes.class[i] -> plural) offer(c, e->classes.class[i] -> plural);
  for (size_t i = 2; i < e->classes.n; i++) offer(c, e->classes.class[i] -> name);
  for (size_t i = 0; i < e->classes.n; i++)
    if (i != 1) offer_class(e, c, (int)i);
  for (size_t i = 0; i < e->n_metric; i++) offer(c, e->metric[i].name);
}

static sg_err unknown(const explainer *e, const char *path, const char *what, const char *near, const char *otherwise) {
  const explain_page *page = &e->page;
  explain_paragraph(page, 0, what[0] ? what : explain_text(e, "Nothing is called '%s'.", path));
  if (near) explain_paragraph(page, 0, explain_text(e, "Did you mean %s?", near));
  else explain_paragraph(page, 0, otherwise);
  return SG_ERR_NAME;
}

// "campuses.abilene.grid" + "limit": the path up to the part that nothing answers to, with the right one in its place.
static const char *repaired(const walk *w, size_t i, const char *part) {
  text_buffer b = {0};
  for (size_t k = 0; k < w->n; k++) text_addf(&b, "%s%s", k ? "." : "", k == i ? part : w->part[k]);
  const char *s = explain_text(w->e, "%s", b.at ? b.at : "");
  text_buffer_free(&b);
  return s;
}

static sg_err unknown_metric(const walk *w, const char *path, candidates *c) {
  const explainer *e = w->e;
  size_t           last = w->n - 1;
  for (size_t i = 0; i < e->n_metric; i++)
    if (!strcmp(e->metric[i].scope, w->part[0])) offer(c, e->metric[i].name);
  const char *near = text_nearest(text_of(w->part[last]), c->at, c->n);
  return unknown(e, path, explain_text(e, "There is no output '%s'.", path), near ? repaired(w, last, near) : NULL,
                 "`stargate explain metrics` lists the outputs.");
}

// The path with one misspelt part put right, wherever in it that is; NULL: none makes sense.
static const char *nearest_path(const walk *w, const candidates *all) {
  for (size_t i = w->n; i-- > 0;) {
    const char *near = text_nearest(text_of(w->part[i]), all->at, all->n);
    if (!near || !strcmp(near, w->part[i])) continue;
    walk  other = *w;
    found f = {.stuck_class = -1};
    other.part[i] = near;
    if (explain_metric_named(w->e, other.part, other.n) || (walk_path(&other, &f) && f.kind != FOUND_NAME))
      return repaired(w, i, near);
  }
  return NULL;
}

static sg_err unknown_path(const walk *w, const char *path, const found *f) {
  const explainer *e = w->e;
  candidates       c = {ARENA_NEW(e->a, const char *, 2048), 0, 2048};
  if (!c.at) return SG_ERR_MEMORY;
  if (w->n > 1) {
    offer_all(e, &c);
    const char *near = nearest_path(w, &c);
    if (near) return unknown(e, path, "", near, "");
    c.n = 0;
  }
  bool scope = false;
  for (size_t i = 0; i < e->n_metric; i++) scope |= !strcmp(e->metric[i].scope, w->part[0]);
  if (scope && w->n > 1 && strcmp(w->part[0], "programme") == 0) return unknown_metric(w, path, &c);
  if (f->stuck_field)
    return unknown(
        e, path, explain_text(e, "'%s' has no keys of its own: nothing can be below it.", f->stuck_field->name), NULL,
        explain_text(
            e, "`stargate explain %s` says what it takes.",
            explain_text(e, "%s.%s", explain_shown_name(e->classes.class[f->stuck_class]), f->stuck_field->name)));
  size_t at = f->stuck_class > 0 ? f->stuck : 0;
  if (f->stuck_class > 0) {
    offer_class(e, &c, f->stuck_class);
    if (scope && w->n <= 3)
      for (size_t i = 0; i < e->n_metric; i++)
        if (!strcmp(e->metric[i].scope, w->part[0])) offer(&c, e->metric[i].name);
  } else {
    offer_all(e, &c);
  }
  const char *near = text_nearest(text_of(w->part[at]), c.at, c.n);
  const char *what = f->stuck_class > 0 ? explain_text(e, "'%s' is no key of a %s.", w->part[at],
                                                       e->classes.class[f->stuck_class] -> name)
                                        : "";
  const char *otherwise = f->stuck_class > 0 ? explain_text(e, "`stargate explain %s` lists them.",
                                                            explain_shown_name(e->classes.class[f->stuck_class]))
                                             : "`stargate explain` alone lists what there is.";
  return unknown(e, path, what, near ? repaired(w, at, near) : NULL, otherwise);
}

// ---- What was found -------------------------------------------------------------------------------------

// The last part is a name: of a row of the catalogue, of the user's own, or a misspelt key.
static sg_err explain_name(const walk *w, const char *path, const found *f) {
  const explainer *e = w->e;
  const class_row *class = e->classes.class[f->class];
  const char      *last = w->part[w->n - 1], *name[256];
  const spec_node *row = explain_catalogue_node(e, w->part, w->n);
  if (row && row->kind == SPEC_MAP) {
    explain_row(e, f->class, path, row);
    return SG_OK;
  }
  size_t      n = explain_catalogue_names(e, w->n == 2 ? class->plural : NULL, name, 256);
  const char *near = text_nearest(text_of(last), name, n);
  candidates  keys = {ARENA_NEW(e->a, const char *, 256), 0, 256};
  if (!keys.at) return SG_ERR_MEMORY;
  offer_class(e, &keys, f->class);
  for (size_t i = 0; i < e->n_metric && keys.n < keys.capacity; i++)
    if (w->n == 2 && !strcmp(e->metric[i].scope, w->part[0])) offer(&keys, e->metric[i].name);
  if (!near) near = text_nearest(text_of(last), keys.at, keys.n);
  if (near || class->kind == CLASS_CATALOGUE)
    return unknown(
        e, path,
        explain_text(
            e, class->kind == CLASS_CATALOGUE ? "The catalogue has no %s '%s'." : "Nothing of a %s is called '%s'.",
            class->name, last),
        near ? repaired(w, w->n - 1, near) : NULL,
        explain_text(e, "`stargate explain %s` lists its rows.", explain_shown_name(class)));
  explain_paragraph(&e->page, 0, explain_text(e, "'%s' is a name that a file gives.", last));
  explain_class(e, f->class);
  return SG_OK;
}

static sg_err show(const walk *w, const char *path, const found *f) {
  const explainer *e = w->e;
  const spec_node *node = explain_catalogue_node(e, w->part, w->n);
  switch (f->kind) {
    case FOUND_NAME: return explain_name(w, path, f);
    case FOUND_CLASS:
      if (node && w->n > 1 && explain_catalogue_node(e, w->part, 2)) explain_value_of_row(e, path, node);
      explain_class(e, f->class);
      break;
    case FOUND_COMMON:
      if (!strcmp(f->key, "base_rates")) explain_base_rates(e, NULL);
      else explain_common(e, f->class, f->key);
      break;
    case FOUND_FIELD:
      if (f->field->type == FIELD_CHILDREN) {
        explain_paragraph(&e->page, 0, explain_text(e, "%s: %s", path, explain_sentence(e, f->field->meaning)));
        if (node) explain_value_of_row(e, path, node);
        explain_class(e, explain_class_of(e, f->field));
        break;
      }
      explain_field(e, f->class, f->field);
      if (node) explain_value_of_row(e, path, node);
      if (f->class == 0 && !strcmp(f->field->name, path) &&
          explain_metric_named(e, (const char *const[]){path, "capacity_mw"}, 2)) {
        explain_blank(&e->page);
        explain_paragraph(&e->page, 2, "`stargate explain metrics` lists the outputs of the programme.");
      }
      break;
  }
  return SG_OK;
}

static sg_err explain_path(const explainer *e, const char *path) {
  walk w = {.e = e};
  if (!split(&w, path))
    return unknown(e, "", "That is no path: write keys and names with dots between, a.b.c.", NULL,
                   "`stargate explain` alone lists what there is.");
  if (w.n == 1 && !strcmp(path, "metrics")) return explain_metrics(e), SG_OK;
  if (w.n == 1 && !strcmp(path, "distributions")) return explain_distributions(e), SG_OK;
  if (w.n == 2 && !strcmp(w.part[0], "base_rates")) {
    const char *name[512], *near = NULL;
    size_t      n = explain_catalogue_names(e, "base_rates", name, 512);
    if (explain_catalogue_node(e, w.part, 2)) return explain_base_rates(e, w.part[1]), SG_OK;
    near = text_nearest(text_of(w.part[1]), name, n);
    return unknown(e, path, explain_text(e, "The catalogue has no base rate '%s'.", w.part[1]),
                   near ? repaired(&w, 1, near) : NULL, "`stargate explain base_rates` lists them.");
  }
  found f = {.stuck_class = -1};
  bool  any = walk_path(&w, &f);
  // A row of the catalogue may bear the name of a key ("markets.demand"): then both are meant.
  const spec_node *row = w.n == 2 ? explain_catalogue_node(e, w.part, 2) : NULL;
  if (any && f.kind == FOUND_FIELD && f.class > 0 && row && row->kind == SPEC_MAP) {
    explain_row(e, f.class, path, row);
    explain_field(e, f.class, f.field);
    return SG_OK;
  }
  const programme_metric *m = explain_metric_named(e, w.part, w.n);
  // An output whose path could be a name of the user's ("run.released") is the output.
  if (m && (!any || f.kind == FOUND_NAME)) return explain_metric(e, m), SG_OK;
  if (any) return show(&w, path, &f);
  if (w.n == 1 && explain_is_key(e, path)) return explain_same_key(e, path), SG_OK;
  return unknown_path(&w, path, &f);
}

sg_err programme_explain(programme_classes classes, const programme_metric *metrics, size_t n, const char *path,
                         int width, int colour, text_buffer *out) {
  explainer e = {
      .classes = classes, .metric = metrics, .n_metric = n, .page = {out, width < 60 ? 60 : width, colour != 0}
  };
  e.a = arena_create();
  if (!e.a) return SG_ERR_MEMORY;
  sg_err err = explain_catalogue_open(&e);
  if (!err && (!path || !path[0])) explain_overview(&e);
  else if (!err) err = explain_path(&e, path);
  arena_free(e.a);
  return out->failed ? SG_ERR_MEMORY : err;
}
