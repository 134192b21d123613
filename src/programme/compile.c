// file -> spec -> model: collect rows (user's over the catalogue's), count, fill, resolve references last.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "../uncertainty/stream.h"
#include "model.h"
#include "value.h"

enum { CLASS_TOP = 0, CLASS_SHARE = 1 };

// Where one row comes from.
typedef struct row_source {
  const spec_node *node;         // its map (a share: its value); NULL: all defaults
  const spec_node *own;          // copies: the map as written, without what comes through `like`
  const char      *name, *path;  // "abilene", "campuses.abilene"
  const char      *drawn_as;     // path under which the numbers written in `own` are drawn: copies share them
  const char      *source, *as_of;
  diag_place       used_at;      // first place that asked for a catalogue row
  int32_t          copy;         // 0, or 1.. for copies of one row
  int32_t          siblings_first, siblings_n;  // rows of the same class and parent
  const char      *inside;       // children: path within the row that they belong to, "grid.first"
  bool             from_catalogue;
  bool             broken;       // is no map: reported, and kept so that its name is known
} row_source;

typedef struct class_rows {
  row_source *row;
  size_t      n, capacity;
  bool        broken;  // the user's map of them cannot be read: names may be missing
} class_rows;

typedef struct compiler {
  programme_classes        classes;
  const spec_node         *user;
  const spec_node *const  *catalogue;
  size_t                   n_catalogue;
  arena                   *a;
  sg_diags                *diags;
  class_rows              *rows;      // (classes.n)
  unsigned char           *fill;      // rows before the reference pool is known
  size_t                   fill_bytes;
  int32_t                 *refs;
  size_t                   n_refs, refs_capacity;
  text_buffer              text;
  value_pool               pool;
  value_context            value;
  programme_model         *out;
  size_t                   draw_capacity, value_capacity;
  bool                     torn;      // a syntax error left entries out: what seems to be missing may not be
  sg_err                   err;       // first error
} compiler;

static void fail(compiler *c, sg_err err) {
  if (err && !c->err) c->err = err;
}

static char *join(compiler *c, const char *a, const char *b) {
  size_t na = strlen(a), nb = strlen(b);
  char *s = ARENA_NEW(c->a, char, na + nb + 2);
  if (!s) return NULL;
  memcpy(s, a, na);
  if (na) s[na++] = '.';
  memcpy(s + na, b, nb);
  return s;
}

// A vector in the arena: room for one more, old content kept. False: out of memory.
static bool room(arena *a, void **at, size_t n, size_t *capacity, size_t size) {
  if (n < *capacity) return true;
  size_t more = *capacity ? 2 * *capacity : 32;
  void *next = arena_take(a, more, size);
  if (!next) return false;
  if (n) memcpy(next, *at, n * size);
  *at = next;
  *capacity = more;
  return true;
}

static int class_named(const compiler *c, const char *name) { return programme_class_index(c->classes, name); }

static const field_row *field_named(const class_row *class, text_slice key) {
  for (size_t i = 0; i < class->n_field; i++)
    if (text_equal(key, class->field[i].name)) return &class->field[i];
  return NULL;
}

// ---- Collecting rows -----------------------------------------------------------------------------------------

static const spec_node *catalogue_row(const compiler *c, const class_row *class, const char *name) {
  for (size_t i = 0; i < c->n_catalogue && class->plural; i++) {
    const spec_node *map = spec_get(c->catalogue[i], class->plural), *row = map ? spec_get(map, name) : NULL;
    if (row) return row;
  }
  return NULL;
}

static row_source *add_row(compiler *c, int class, row_source row) {
  class_rows *list = &c->rows[class];
  if (!room(c->a, (void **)&list->row, list->n, &list->capacity, sizeof *list->row)) {
    fail(c, SG_ERR_MEMORY);
    return NULL;
  }
  const spec_node *source = row.node && row.node->kind == SPEC_MAP ? spec_get(row.node, "source") : NULL;
  const spec_node *as_of = row.node && row.node->kind == SPEC_MAP ? spec_get(row.node, "as_of") : NULL;
  bool own = field_named(c->classes.class[class], text_of("source")) != NULL;  // then it is the row's own field
  if (source && source->kind == SPEC_SCALAR && !own) row.source = source->text.at;
  if (as_of && as_of->kind == SPEC_SCALAR) row.as_of = as_of->text.at;
  list->row[list->n] = row;
  return &list->row[list->n++];
}

static size_t list_names(const spec_node *map, const char *names[], size_t n, size_t capacity) {
  for (const spec_node *at = map ? map->first : NULL; at && n < capacity; at = at->next)
    if (at->key.n) names[n++] = at->key.at;
  return n;
}

static void say_unknown(compiler *c, const class_row *class, const char *name, diag_place place, const char *const *names,
                        size_t n) {
  const char *near = text_nearest(text_of(name), names, n);
  int of = class_named(c, class->name);
  // Names may have been lost with what could not be read: then only likely misspellings are worth a finding.
  if (!near && (c->torn || (of >= 0 && c->rows[of].broken))) { fail(c, SG_ERR_NAME); return; }
  char hint[180] = "", kind[40];
  for (size_t i = 0; i < n && !near && name[0] && name[1]; i++)
    if (!strncmp(names[i], name, strlen(name))) near = names[i];
  snprintf(kind, sizeof kind, "%s", class->name);
  for (char *at = kind; *at; at++) *at = *at == '_' ? ' ' : *at;
  if (near) snprintf(hint, sizeof hint, "did you mean '%s'?", near);
  else if (n) snprintf(hint, sizeof hint, "known: %s%s%s%s%s%s", names[0], n > 1 ? ", " : "", n > 1 ? names[1] : "", n > 2 ? ", " : "",
                       n > 2 ? names[2] : "", n > 3 ? ", ..." : "");
  else snprintf(hint, sizeof hint, "the file names no %s", kind);
  fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_NAME, place, hint, "there is no %s '%s'", kind, name));
}

static void unknown_like(compiler *c, const class_row *class, const spec_node *rows, const spec_node *like) {
  const char *names[2048];
  size_t n = list_names(rows, names, 0, 2048);
  for (size_t i = 0; i < c->n_catalogue && class->plural; i++) n = list_names(spec_get(c->catalogue[i], class->plural), names, n, 2048);
  say_unknown(c, class, like->text.at, like->place, names, n);
}

// The row laid over the row that it is `like`, which may itself be like another.
static const spec_node *resolve_like(compiler *c, const class_row *class, const spec_node *rows, const spec_node *row,
                                     int depth) {
  const spec_node *like = row->kind == SPEC_MAP ? spec_get(row, "like") : NULL;
  const spec_node *standing = catalogue_row(c, class, row->key.at);
  if (!like) return standing ? spec_merge(standing, row, c->a) : row;
  const spec_node *base = like->kind == SPEC_SCALAR ? spec_get(rows, like->text.at) : NULL;
  if (!base && like->kind == SPEC_SCALAR) base = catalogue_row(c, class, like->text.at);
  if (!base || depth > 16) {
    if (base || like->kind != SPEC_SCALAR)
      fail(c, diag_add(c->diags, SG_ERROR, base ? SG_ERR_CYCLE : SG_ERR_TYPE, like->place,
                       base ? "write one of them out" : "write the name alone",
                       base ? "'%s' is like itself, perhaps through others" : "'like' is one name, not a list or map%s",
                       base ? like->text.at : ""));
    else unknown_like(c, class, rows, like);
    return row;
  }
  const spec_node *merged = spec_merge(resolve_like(c, class, rows, base, depth + 1), row, c->a);
  if (!merged) fail(c, SG_ERR_MEMORY);
  return merged ? merged : row;
}

// Copies asked for by `count` in a class whose rows can be replicated (it has a field "copy"); 0: not a replica.
static int32_t copies_wanted(compiler *c, const class_row *class, const spec_node *row) {
  const spec_node *count = row->kind == SPEC_MAP ? spec_get(row, "count") : NULL;
  if (!count || !field_named(class, text_of("copy"))) return 0;
  double n;
  if (count->kind == SPEC_SCALAR && text_number(text_trim(count->text), &n) && n >= 1 && n <= 1000 && n == floor(n))
    return (int32_t)n;
  fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_RANGE, count->place, "a whole number from 1 to 1000",
                   "'count' of copies cannot be '%.*s'", (int)count->text.n, count->text.n ? count->text.at : ""));
  return 1;
}

static void bad_map(compiler *c, const class_row *class, const spec_node *map) {
  char hint[120];
  snprintf(hint, sizeof hint, "write each under its own name: `%s: {NAME: {key: value, ...}, ...}`", class->plural);
  fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_TYPE, map->place, hint, "'%s' is a map of names, not a %s", class->plural,
                   map->kind == SPEC_LIST ? "list" : "single value"));
}

static void add_user_rows(compiler *c, int class) {
  const class_row *cl = c->classes.class[class];
  const spec_node *map = cl->plural ? spec_get(c->user, cl->plural) : NULL;
  if (!map) return;
  if (map->kind != SPEC_MAP) {
    if (!(map->kind == SPEC_SCALAR && !map->text.n))
      c->rows[class].broken = true, bad_map(c, cl, map);
    return;
  }
  for (const spec_node *row = map->first; row; row = row->next) {
    if (row->kind != SPEC_MAP && !(row->kind == SPEC_SCALAR && !row->text.n)) {
      fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_TYPE, row->place, "write {key: value, ...}", "%s '%s' is a map of keys, not a %s",
                       cl->name, row->key.at, row->kind == SPEC_LIST ? "list" : "single value"));
      char *path = join(c, cl->plural, row->key.at);
      add_row(c, class, (row_source){ .node = row, .name = row->key.at, .path = path, .drawn_as = path, .broken = true });
      continue;
    }
    const spec_node *full = resolve_like(c, cl, map, row, 0);
    int32_t n = copies_wanted(c, cl, full);
    for (int32_t i = n ? 1 : 0; i <= n; i++) {
      char suffix[16] = "";
      if (n > 1) snprintf(suffix, sizeof suffix, "-%d", (int)i);
      size_t length = row->key.n + sizeof suffix;
      char *name = ARENA_NEW(c->a, char, length);
      if (!name) { fail(c, SG_ERR_MEMORY); return; }
      snprintf(name, length, "%s%s", row->key.at, suffix);
      add_row(c, class, (row_source){ .node = full, .own = row, .name = name, .path = join(c, cl->plural, name),
                                      .drawn_as = join(c, cl->plural, row->key.at), .copy = n ? i : 0 });
    }
  }
}

static bool has_row(const compiler *c, int class, const char *name) {
  for (size_t i = 0; i < c->rows[class].n; i++)
    if (!strcmp(c->rows[class].row[i].name, name)) return true;
  return false;
}

static void scan_row(compiler *c, int class, const spec_node *node, diag_place used_at);

// Takes a catalogue row into the model when it is named for the first time.
static void include(compiler *c, int class, const char *name, diag_place used_at) {
  const class_row *cl = c->classes.class[class];
  if (!cl->plural || has_row(c, class, name)) return;
  const spec_node *node = catalogue_row(c, cl, name), *like = node ? spec_get(node, "like") : NULL;
  if (!node) return;  // resolving reports it
  for (int depth = 0; like && depth < 8; depth++) {  // rows of data/ may be alike, too
    const spec_node *base = catalogue_row(c, cl, like->text.at), *merged = base ? spec_merge(base, node, c->a) : NULL;
    if (!merged) break;
    node = merged;
    like = spec_get(base, "like");
  }
  char *path = join(c, cl->plural, name);
  add_row(c, class, (row_source){ .node = node, .name = arena_text(c->a, name, strlen(name)), .path = path, .drawn_as = path,
                                  .used_at = used_at, .from_catalogue = true });
  scan_row(c, class, node, used_at);
}

static bool single_child(const class_row *child, const spec_node *map) {
  for (const spec_node *at = map->first; at; at = at->next)
    if (field_named(child, at->key)) return true;
  return false;
}

static void scan_field(compiler *c, const field_row *f, const spec_node *node, diag_place used_at) {
  int of = f->of ? class_named(c, f->of) : -1;
  if (of < 0) return;
  diag_place at = node && !used_at.source ? node->place : used_at;
  if (f->type == FIELD_CHILDREN) {
    if (!node || node->kind != SPEC_MAP) return;
    if (single_child(c->classes.class[of], node)) scan_row(c, of, node, used_at);
    else for (const spec_node *child = node->first; child; child = child->next) scan_row(c, of, child, used_at);
    return;
  }
  if (f->type != FIELD_REF && f->type != FIELD_REFS && f->type != FIELD_SHARES) return;
  if (!node) {
    if (f->fallback && f->fallback[0]) include(c, of, f->fallback, at);
  } else if (node->kind == SPEC_SCALAR) {
    include(c, of, node->text.at, at);
  } else {
    for (const spec_node *e = node->first; e; e = e->next)
      if (e->key.at || e->kind == SPEC_SCALAR) include(c, of, e->key.at ? e->key.at : e->text.at, at);
  }
}

static void scan_row(compiler *c, int class, const spec_node *node, diag_place used_at) {
  const class_row *cl = c->classes.class[class];
  for (size_t i = 0; i < cl->n_field; i++)
    scan_field(c, &cl->field[i], node && node->kind == SPEC_MAP ? spec_get(node, cl->field[i].name) : NULL, used_at);
}

static void add_standing_rows(compiler *c, int class) {
  const class_row *cl = c->classes.class[class];
  for (size_t i = 0; i < c->n_catalogue && cl->plural; i++) {
    const spec_node *map = spec_get(c->catalogue[i], cl->plural);
    for (const spec_node *row = map ? map->first : NULL; row; row = row->next)
      include(c, class, row->key.at, (diag_place){0});
  }
}

static int compare_rows(const void *a, const void *b) {
  return strcmp(((const row_source *)a)->name, ((const row_source *)b)->name);
}

static void collect(compiler *c) {
  add_row(c, CLASS_TOP, (row_source){ .node = c->user, .name = "", .path = "", .drawn_as = "" });
  for (size_t i = CLASS_SHARE + 1; i < c->classes.n; i++) add_user_rows(c, (int)i);
  for (size_t i = 0; i < c->classes.n; i++)
    if (c->classes.class[i]->kind == CLASS_STANDING) add_standing_rows(c, (int)i);
  for (size_t i = 0; i < c->classes.n; i++)
    for (size_t r = 0; r < c->rows[i].n; r++)
      if (!c->rows[i].row[r].from_catalogue) scan_row(c, (int)i, c->rows[i].row[r].node, (diag_place){0});
  for (size_t i = CLASS_SHARE + 1; i < c->classes.n; i++) {
    if (!c->rows[i].n) continue;
    qsort(c->rows[i].row, c->rows[i].n, sizeof(row_source), compare_rows);
    for (size_t r = 0; r < c->rows[i].n; r++) c->rows[i].row[r].siblings_n = (int32_t)c->rows[i].n;
  }
}

// ---- Filling rows ----------------------------------------------------------------------------------------------

static int32_t keep_text(compiler *c, const char *s) {
  int32_t at = (int32_t)c->text.n;
  text_add(&c->text, s, strlen(s) + 1);
  if (c->text.failed) fail(c, SG_ERR_MEMORY);
  return at;
}

static void put_int(compiler *c, size_t at, int32_t v) { memcpy(c->fill + at, &v, sizeof v); }
static void put_double(compiler *c, size_t at, double v) { memcpy(c->fill + at, &v, sizeof v); }
static void put_span(compiler *c, size_t at, field_span v) { memcpy(c->fill + at, &v, sizeof v); }

static sg_err bad_value(compiler *c, const spec_node *node, sg_err code, const char *hint, const char *what, const char *of) {
  sg_err err = diag_add(c->diags, SG_ERROR, code, node->place, hint, what, of, node->text.n ? node->text.at : "");
  fail(c, err);
  return err;
}

// A value of the catalogue may be newer than the programme: that is reported where the programme asks for it.
static void check_as_of(compiler *c, const row_source *row, const field_row *f, const value_read *v) {
  const char *as_of = v->as_of ? v->as_of : row->as_of;
  int32_t first, last;
  if (!as_of || !calendar_parse(text_of(as_of), &first, &last) || last <= c->out->as_of_day) return;
  diag_place at = row->from_catalogue ? row->used_at : v->place;
  bool named = row->from_catalogue;  // elsewhere the place says which it is; rows that are alike share it
  fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_AS_OF, at, "use what was known then, or state your own value",
                   "'%s'%s%s%s was not known at the programme's as_of date (it is of %s)", f->name, named ? " of '" : "",
                   named ? row->name : "", named ? "'" : "", as_of));
}

static void fill_number(compiler *c, const row_source *row, const field_row *f, const spec_node *node, size_t at) {
  value_read v;
  spec_node fallback = { .kind = SPEC_SCALAR };
  if (!node) {
    put_double(c, at, (double)NAN);
    if (!f->fallback || !f->fallback[0]) return;
    fallback.text = text_of(f->fallback);
    fallback.key = text_of(f->name);
  }
  sg_err err = value_parse(&c->value, f, node ? node : &fallback, &v);
  if (err) { fail(c, err); return; }
  if (node) check_as_of(c, row, f, &v);
  programme_model *m = c->out;
  if (!room(c->a, (void **)&m->value, (size_t)m->n_value, &c->value_capacity, sizeof *m->value) ||
      !room(c->a, (void **)&m->draw, (size_t)m->n_draw, &c->draw_capacity, sizeof *m->draw)) {
    fail(c, SG_ERR_MEMORY);
    return;
  }
  bool user = node && node->place.source && !row->from_catalogue;
  for (size_t i = 0; user && i < c->n_catalogue; i++) user = node->place.source != c->catalogue[i]->place.source;
  programme_value *value = &m->value[m->n_value];
  *value = (programme_value){ .path = join(c, row->path, f->name), .text = v.text, .field = f, .draw = -1, .slot = at,
    .source = v.source ? v.source : node ? row->source : f->source, .as_of = v.as_of ? v.as_of : node ? row->as_of : NULL,
    .origin = !node ? ORIGIN_DEFAULT : user ? ORIGIN_FILE : ORIGIN_CATALOGUE, .place = v.place };
  if (v.of.kind == DIST_CONSTANT) {
    put_double(c, at, v.of.a);
  } else {
    bool shared = row->own && spec_get(row->own, f->name);
    const char *name = v.input ? join(c, "inputs", v.input) : join(c, shared ? row->drawn_as : row->path, f->name);
    if (!name) { fail(c, SG_ERR_MEMORY); return; }
    value->draw = m->n_draw;
    m->draw[m->n_draw++] = (programme_draw){ .slot = at, .of = v.of, .plan = v.plan, .key = stream_key(name),
      .share_programme = v.share[0], .share_campus = v.share[1], .share_building = v.share[2], .value = m->n_value,
      .loading = { v.loading[0], v.loading[1], v.loading[2], v.loading[3] } };
  }
  m->n_value++;
}

static void fill_count(compiler *c, const row_source *row, const field_row *f, const spec_node *node, size_t at) {
  double v = -1;
  if (!strcmp(f->name, "copy")) { put_int(c, at, row->copy); return; }
  if (!node && (!f->fallback || !f->fallback[0])) { put_int(c, at, -1); return; }
  text_slice s = node ? text_trim(node->text) : text_of(f->fallback);
  if (node && (node->kind != SPEC_SCALAR || !text_number(s, &v) || v != floor(v))) {
    bad_value(c, node, SG_ERR_TYPE, "a whole number, without a unit; counts are never uncertain",
              "'%s' is a count, not '%s'", f->name);
    return;
  }
  if (!node) text_number(s, &v);
  if (node && (v < f->low || v > f->high)) {
    char hint[80];
    snprintf(hint, sizeof hint, "allowed: %.0f to %.0f", f->low, f->high);
    bad_value(c, node, SG_ERR_RANGE, hint, "'%s' is out of range: %s", f->name);
    return;
  }
  put_int(c, at, (int32_t)v);
}

static void fill_flag(compiler *c, const field_row *f, const spec_node *node, size_t at) {
  text_slice s = node ? text_trim(node->text) : text_of(f->fallback);
  bool yes = text_equal(s, "yes") || text_equal(s, "true"), no = text_equal(s, "no") || text_equal(s, "false");
  if (node && !yes && !no) bad_value(c, node, SG_ERR_TYPE, "write yes or no", "'%s' is yes or no, not '%s'", f->name);
  put_int(c, at, yes);
}

static void fill_choice(compiler *c, const field_row *f, const spec_node *node, size_t at) {
  text_slice s = node ? text_trim(node->text) : text_of(f->fallback ? f->fallback : "");
  const char *word[32];
  char words[400];
  int32_t n = 0, found = -1;
  snprintf(words, sizeof words, "%s", f->of);
  for (char *w = words; *w && n < 32;) {
    char *end = w + strcspn(w, "|"), *next = *end ? end + 1 : end;
    *end = 0;
    if (text_equal(s, w)) found = n;
    word[n++] = w;
    w = next;
  }
  if (node && found < 0) {
    const char *near = text_nearest(s, word, (size_t)n);
    char hint[200];
    snprintf(hint, sizeof hint, near ? "did you mean %s?" : "one of ", near);
    for (int32_t i = 0; i < n && !near; i++) {
      size_t length = strlen(hint);
      snprintf(hint + length, sizeof hint - length, "%s%s", i ? ", " : "", word[i]);
    }
    bad_value(c, node, SG_ERR_NAME, hint, "'%s' cannot be '%s'", f->name);
  }
  put_int(c, at, found);
}

static int compare_name(const void *key, const void *row) { return strcmp(key, ((const row_source *)row)->name); }

// Row of a class by name: among the row's own siblings for classes that are only children; -1: none (reported).
static int32_t resolve(compiler *c, int class, const row_source *row, int row_class, text_slice name, const spec_node *node) {
  const class_rows *list = &c->rows[class];
  size_t first = 0, n = list->n;
  if (class == row_class && !c->classes.class[class]->plural) {
    first = (size_t)row->siblings_first;
    n = (size_t)row->siblings_n;
  }
  char buffer[200];
  snprintf(buffer, sizeof buffer, "%.*s", (int)name.n, name.at);
  const row_source *found = n ? bsearch(buffer, list->row + first, n, sizeof(row_source), compare_name) : NULL;
  if (found) return (int32_t)(found - list->row);
  const char *names[2048];
  size_t k = 0;
  for (size_t i = first; i < first + n && k < 2048; i++) names[k++] = list->row[i].name;
  const class_row *cl = c->classes.class[class];
  for (size_t i = 0; i < c->n_catalogue && cl->plural; i++) k = list_names(spec_get(c->catalogue[i], cl->plural), names, k, 2048);
  say_unknown(c, cl, buffer, node ? node->place : row->used_at, names, k);
  return -1;
}

static void push_ref(compiler *c, int32_t ref) {
  if (!room(c->a, (void **)&c->refs, c->n_refs, &c->refs_capacity, sizeof *c->refs)) fail(c, SG_ERR_MEMORY);
  else c->refs[c->n_refs++] = ref;
}

static int compare_int(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

static void fill_refs(compiler *c, int class, const row_source *row, const field_row *f, const spec_node *node, size_t at) {
  int of = class_named(c, f->of);
  field_span span = { (int32_t)c->n_refs, 0 };
  if (node && node->kind == SPEC_LIST) {
    for (const spec_node *e = node->first; e; e = e->next) {
      if (e->kind == SPEC_SCALAR) push_ref(c, resolve(c, of, row, class, e->text, e));
      else bad_value(c, e, SG_ERR_TYPE, "write [a, b, c]", "each entry of '%s' is a name%s", f->name);
    }
  } else if (node && node->kind == SPEC_SCALAR) {
    if (node->text.n) push_ref(c, resolve(c, of, row, class, node->text, node));
  } else if (node) {
    bad_value(c, node, SG_ERR_TYPE, "write [a, b, c]", "'%s' is a list of names, not a map%s", f->name);
  } else if (f->fallback && f->fallback[0]) {
    push_ref(c, resolve(c, of, row, class, text_of(f->fallback), NULL));
  }
  span.n = (int32_t)c->n_refs - span.first;
  if (span.n > 1) qsort(c->refs + span.first, (size_t)span.n, sizeof(int32_t), compare_int);  // order of writing: none
  put_span(c, at, span);
}

static void fill_ref(compiler *c, int class, const row_source *row, const field_row *f, const spec_node *node, size_t at) {
  int32_t ref = -1;
  if (node && node->kind != SPEC_SCALAR)
    bad_value(c, node, SG_ERR_TYPE, "write the name alone", "'%s' is one name, not a list or map%s", f->name);
  else if (node) ref = resolve(c, class_named(c, f->of), row, class, text_trim(node->text), node);
  else if (f->fallback && f->fallback[0]) ref = resolve(c, class_named(c, f->of), row, class, text_of(f->fallback), NULL);
  put_int(c, at, ref);
}

// "campus 'mesa'", or for what stands inside of another row "'campuses.mesa.grid'".
static void row_label(const class_row *class, const row_source *row, char *out, size_t capacity) {
  if (class->plural) snprintf(out, capacity, "%s '%s'", class->name, row->name);
  else snprintf(out, capacity, "'%s'", row->inside ? row->inside : row->path);
}

static void check_row_keys(compiler *c, const class_row *cl, const row_source *row) {
  static const char *const common[] = { "like", "source", "as_of", "note", "tells_of", "count", "inputs", "base_rates", "factors" };
  const char *known[160];
  size_t n = 0;
  for (size_t i = 0; i < cl->n_field && n < 100; i++)
    if (strcmp(cl->field[i].name, "copy")) known[n++] = cl->field[i].name;
  size_t fields = n;
  bool top = cl == c->classes.class[CLASS_TOP], copies = field_named(cl, text_of("copy")) != NULL;
  if (top)
    for (size_t i = 0; i < c->classes.n && n < 140; i++)
      if (c->classes.class[i]->plural) known[n++] = c->classes.class[i]->plural;
  for (size_t i = 0; i < 5; i++) known[n++] = common[i];
  if (copies) known[n++] = common[5];
  if (top) for (size_t i = 6; i < 9; i++) known[n++] = common[i];
  const spec_node *as_of = spec_get(row->node, "as_of");
  int32_t first, last;
  if (as_of && !field_named(cl, text_of("as_of")) && (as_of->kind != SPEC_SCALAR || !calendar_parse(text_trim(as_of->text), &first, &last)))
    fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_TYPE, as_of->place, "dates are written 2025, 2025-06 or 2025-06-30", "'as_of' is a date"));
  // What comes through `like` is complained of where it stands, and copies are all alike.
  for (const spec_node *at = row->copy > 1 ? NULL : row->own ? row->own->first : row->node->first; at; at = at->next) {
    bool ok = false;
    for (size_t i = 0; i < n && !ok; i++) ok = text_equal(at->key, known[i]);
    if (ok) continue;
    const char *near = text_nearest(at->key, known, n);
    char hint[190];
    if (near) snprintf(hint, sizeof hint, "did you mean '%s'?", near);
    else if (c->classes.help) snprintf(hint, sizeof hint, "`%s` lists the keys", c->classes.help);
    else if (top) snprintf(hint, sizeof hint, "`stargate explain` lists what a programme may contain");
    else snprintf(hint, sizeof hint, "`stargate explain %s` lists its %zu keys", cl->plural ? cl->plural : cl->name, fields);
    char where[200];
    row_label(cl, row, where, sizeof where);
    fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_KEY, at->key_place, hint, "unknown key '%s'%s%s", at->key.at, top ? "" : " in ", top ? "" : where));
  }
}

static void missing_key(compiler *c, int class, const row_source *row, const field_row *f) {
  const class_row *cl = c->classes.class[class];
  diag_place place = row->node ? row->node->place : row->used_at;
  if (class == CLASS_TOP) place = (diag_place){ place.source, 1, 1, 1 };
  if (row->node && row->node->place.source && row->node->key.at && row->node->key_place.source) place = row->node->key_place;
  fail(c, SG_ERR_KEY);
  if (c->torn || row->broken || row->copy > 1) return;
  char where[200];
  row_label(cl, row, where, sizeof where);
  diag_add(c->diags, SG_ERROR, SG_ERR_KEY, place, f->meaning, class == CLASS_TOP ? "the programme needs '%s'" : "'%s' is missing in %s", f->name, where);
}

static void fill_field(compiler *c, int class, size_t r, const field_row *f, size_t base) {
  const row_source *row = &c->rows[class].row[r];
  const spec_node *node = row->node && row->node->kind == SPEC_MAP ? spec_get(row->node, f->name) : NULL;
  if (node && node->kind == SPEC_SCALAR && !node->text.n && !node->quoted) node = NULL;  // `key:` alone is the default
  size_t at = base + f->offset;
  bool single = f->type == FIELD_COUNT || f->type == FIELD_FLAG || f->type == FIELD_CHOICE || f->type == FIELD_TEXT || f->type == FIELD_REF;
  if (single && node && node->kind == SPEC_MAP && spec_get(node, "value")) node = spec_get(node, "value");  // with its source
  if (!node && !f->fallback) {
    missing_key(c, class, row, f);
    return;
  }
  switch (f->type) {
    case FIELD_NUMBER: case FIELD_DATE: fill_number(c, row, f, node, at); break;
    case FIELD_COUNT: fill_count(c, row, f, node, at); break;
    case FIELD_FLAG: fill_flag(c, f, node, at); break;
    case FIELD_CHOICE: fill_choice(c, f, node, at); break;
    case FIELD_TEXT:
      if (node && node->kind == SPEC_LIST && f->of) put_int(c, at, -1);  // a list of words, read by the compiler itself
      else if (node && node->kind != SPEC_SCALAR) bad_value(c, node, SG_ERR_TYPE, f->of ? "write [a, b, c]" : "a text with brackets or ': ' in it needs quotes", f->of ? "'%s' is a list of words, not a map%s" : "'%s' is a text, not a list or map%s", f->name);
      else put_int(c, at, node ? keep_text(c, node->text.at) : f->fallback[0] ? keep_text(c, f->fallback) : -1);
      break;
    case FIELD_REF: fill_ref(c, class, row, f, node, at); break;
    case FIELD_REFS: fill_refs(c, class, row, f, node, at); break;
    case FIELD_CHILDREN: case FIELD_SHARES: break;  // placed while children were added
  }
}

// ---- Children: added before anything is filled, so that all counts are known --------------------------------------

typedef struct child_slot { int class; size_t row; const field_row *field; field_span span; } child_slot;
typedef struct child_slots { child_slot *at; size_t n, capacity; } child_slots;

static void bad_children(compiler *c, int of, const field_row *f, const spec_node *node) {
  const class_row *cl = c->classes.class[of];
  char hint[180] = "write {";
  for (size_t i = 0, n = 7; f->type == FIELD_CHILDREN && i < cl->n_field && n + 20 < sizeof hint; i++, n = strlen(hint))
    if (!cl->field[i].fallback) snprintf(hint + n, sizeof hint - n, "%s: ..., ", cl->field[i].name);
  size_t n = strlen(hint);
  snprintf(hint + n, sizeof hint - n, "...}; several: {NAME: {...}, NAME: {...}}");
  fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_TYPE, node->place, f->type == FIELD_SHARES ? "write {name: 40 %, ...} or one name" : hint,
                   "'%s' is a map, not a %s", f->name, node->kind == SPEC_LIST ? "list" : "single value"));
}

static field_span add_children(compiler *c, int of, const row_source *parent, const field_row *f, const spec_node *node) {
  class_rows *list = &c->rows[of];
  field_span span = { (int32_t)list->n, 0 };
  row_source like_parent = *parent;  // add_row may move the parent's own list
  char *path = join(c, like_parent.path, f->name), *inside = join(c, like_parent.inside ? like_parent.inside : "", f->name);
  row_source child = { .source = like_parent.source, .as_of = like_parent.as_of, .used_at = like_parent.used_at,
                       .from_catalogue = like_parent.from_catalogue };
  if (node->kind == SPEC_SCALAR && f->type == FIELD_SHARES) {
    child.node = NULL;
    child.name = node->text.at;
    child.path = child.drawn_as = join(c, path, child.name);
    add_row(c, of, child);
  } else if (node->kind == SPEC_MAP && f->type == FIELD_CHILDREN && single_child(c->classes.class[of], node)) {
    child.node = node;
    child.inside = inside;
    child.name = f->name;
    child.path = child.drawn_as = path;
    add_row(c, of, child);
  } else if (node->kind == SPEC_MAP) {
    for (const spec_node *e = node->first; e; e = e->next) {
      child.node = e;
      child.name = e->key.at;
      child.inside = inside ? join(c, inside, child.name) : NULL;
      child.path = child.drawn_as = join(c, path, child.name);
      if (f->type == FIELD_CHILDREN && e->kind != SPEC_MAP) {
        bad_value(c, e, SG_ERR_TYPE, "write {key: value, ...}", e->kind == SPEC_LIST ? "each of '%s' is a map, not a list%s" : "each of '%s' is a map, not '%s'", f->name);
        continue;
      }
      add_row(c, of, child);
    }
  } else if (!(node->kind == SPEC_SCALAR && !node->text.n)) {
    bad_children(c, of, f, node);
  }
  span.n = (int32_t)list->n - span.first;
  if (span.n) qsort(list->row + span.first, (size_t)span.n, sizeof(row_source), compare_rows);
  for (int32_t i = 0; i < span.n; i++) {
    list->row[span.first + i].siblings_first = span.first;
    list->row[span.first + i].siblings_n = span.n;
  }
  return span;
}

static void add_children_of(compiler *c, int class, size_t first, size_t n, child_slots *slots) {
  const class_row *cl = c->classes.class[class];
  for (size_t r = first; r < first + n; r++)
    for (size_t i = 0; i < cl->n_field; i++) {
      const field_row *f = &cl->field[i];
      if (f->type != FIELD_CHILDREN && f->type != FIELD_SHARES) continue;
      const row_source *row = &c->rows[class].row[r];
      const spec_node *node = row->node && row->node->kind == SPEC_MAP ? spec_get(row->node, f->name) : NULL;
      spec_node fallback = { .kind = SPEC_SCALAR };
      if (!node && f->type == FIELD_SHARES && f->fallback && f->fallback[0]) {
        fallback.text = text_of(f->fallback);
        node = &fallback;
      }
      child_slot slot = { class, r, f, { 0, 0 } };
      int of = f->type == FIELD_SHARES ? CLASS_SHARE : class_named(c, f->of);
      if (node) slot.span = add_children(c, of, row, f, node);
      if (!room(c->a, (void **)&slots->at, slots->n, &slots->capacity, sizeof *slots->at)) { fail(c, SG_ERR_MEMORY); return; }
      slots->at[slots->n++] = slot;
      if (slot.span.n && f->type == FIELD_CHILDREN)
        add_children_of(c, of, (size_t)slot.span.first, (size_t)slot.span.n, slots);
    }
}

// ---- Shares --------------------------------------------------------------------------------------------------------

static void fill_shares(compiler *c, const child_slots *slots) {
  static const field_row frac = { "share", FIELD_NUMBER, "frac", offsetof(field_share, frac), "100 %", 0, 1, NULL,
                                  "share of the whole", "a single name takes the whole" };
  for (size_t i = 0; i < slots->n; i++) {
    const child_slot *slot = &slots->at[i];
    if (slot->field->type != FIELD_SHARES) continue;
    for (int32_t k = 0; k < slot->span.n; k++) {
      size_t r = (size_t)(slot->span.first + k), base = c->out->rows[CLASS_SHARE].offset + r * sizeof(field_share);
      const row_source *row = &c->rows[CLASS_SHARE].row[r];
      const row_source *parent = &c->rows[slot->class].row[slot->row];
      const spec_node *node = row->node ? row->node : parent->node ? spec_get(parent->node, slot->field->name) : NULL;
      put_int(c, base + offsetof(field_share, name), keep_text(c, row->name));
      spec_node named = node ? *node : (spec_node){ .kind = SPEC_SCALAR };
      if (row->node && row->node->key_place.source) named.place = row->node->key_place;  // the name is the key
      put_int(c, base + offsetof(field_share, of), resolve(c, class_named(c, slot->field->of), parent, slot->class, text_of(row->name), node ? &named : NULL));
      fill_number(c, row, &frac, row->node, base + offsetof(field_share, frac));
    }
  }
}

// ---- The whole -----------------------------------------------------------------------------------------------------

static void lay_out(compiler *c) {
  size_t at = 0;
  for (size_t i = 0; i < c->classes.n; i++) {
    c->out->rows[i] = (programme_rows){ .offset = at, .n = (int32_t)c->rows[i].n };
    at += (c->rows[i].n * c->classes.class[i]->size + 15) & ~(size_t)15;
  }
  c->fill_bytes = at;
  c->fill = arena_take(c->a, at ? at : 1, 1);
  if (!c->fill) fail(c, SG_ERR_MEMORY);
}

static void fill_rows(compiler *c, const child_slots *slots) {
  for (size_t i = 0; i < c->classes.n; i++) {
    const class_row *cl = c->classes.class[i];
    for (size_t r = 0; r < c->rows[i].n; r++) {
      size_t base = c->out->rows[i].offset + r * cl->size;
      const row_source *row = &c->rows[i].row[r];
      if (i == CLASS_SHARE) continue;
      put_int(c, base, keep_text(c, row->name));  // every struct starts with its name
      if (row->node && row->node->kind == SPEC_MAP) check_row_keys(c, cl, row);
      for (size_t f = 0; f < cl->n_field; f++) fill_field(c, (int)i, r, &cl->field[f], base);
    }
  }
  for (size_t i = 0; i < slots->n; i++)
    put_span(c, c->out->rows[slots->at[i].class].offset + slots->at[i].row * c->classes.class[slots->at[i].class]->size +
                    slots->at[i].field->offset, slots->at[i].span);
  fill_shares(c, slots);
}

static void finish(compiler *c) {
  programme_model *m = c->out;
  m->refs_offset = c->fill_bytes;
  m->block_bytes = c->fill_bytes + c->n_refs * sizeof(int32_t);
  m->block = arena_take(c->a, m->block_bytes ? m->block_bytes : 1, 1);
  char *text = arena_text(c->a, c->text.at ? c->text.at : "", c->text.n);
  if (!m->block || !text) { fail(c, SG_ERR_MEMORY); return; }
  memcpy(m->block, c->fill, c->fill_bytes);
  if (c->n_refs) memcpy(m->block + c->fill_bytes, c->refs, c->n_refs * sizeof(int32_t));
  m->text = text;
  m->pool = (dist_pool){ c->pool.value, c->pool.weight, c->pool.component };
  for (int32_t i = 0; i < m->n_draw; i++) {
    programme_draw *d = &m->draw[i];
    if (isnan(d->plan)) d->plan = dist_median(&d->of, &m->pool);
    memcpy(m->block + d->slot, &d->plan, sizeof d->plan);  // the block at rest is the plan
  }
}

// Whether an entry of a list is a name; reports it if not.
static bool is_name(compiler *c, const spec_node *entry, const char *list) {
  if (entry->kind == SPEC_SCALAR && entry->text.n) return true;
  bad_value(c, entry, SG_ERR_TYPE, "write [a, b, c]", "each entry of '%s' is a name", list);
  return false;
}

// A top-level map of named values; NULL: none, or none that can be used (reported).
static const spec_node *values_of(compiler *c, const char *key) {
  const spec_node *map = spec_get(c->user, key);
  if (!map || map->kind == SPEC_MAP) return map;
  if (map->kind == SPEC_SCALAR && !map->text.n) return NULL;  // `key:` alone
  char hint[60];
  snprintf(hint, sizeof hint, "write `%s: {NAME: value, ...}`", key);
  fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_TYPE, map->place, hint, "'%s' is a map of names, not a %s", key,
                   map->kind == SPEC_LIST ? "list" : "single value"));
  return NULL;
}

static bool read_head(compiler *c) {
  const spec_node *as_of = spec_get(c->user, "as_of"), *about = spec_get(c->user, "about"), *factors = spec_get(c->user, "factors");
  int32_t first = 0, last = 0;
  if (as_of && as_of->kind == SPEC_MAP && spec_get(as_of, "value")) as_of = spec_get(as_of, "value");
  c->out->as_of_day = as_of && as_of->kind == SPEC_SCALAR && calendar_parse(text_trim(as_of->text), &first, &last) ? last : 1e9;
  c->out->factor[c->out->n_factor++] = "demand";
  if (factors && factors->kind != SPEC_LIST)
    fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_TYPE, factors->place, "write [a, b, c]", "'factors' is a list of names"));
  for (const spec_node *f = factors && factors->kind == SPEC_LIST ? factors->first : NULL; f; f = f->next) {
    if (c->out->n_factor == PROGRAMME_MAX_FACTORS) {
      fail(c, diag_add(c->diags, SG_ERROR, SG_ERR_LIMIT, f->place, "leave the least of them out", "at most %d factors beside demand", PROGRAMME_MAX_FACTORS - 1));
      break;
    }
    c->out->factor[c->out->n_factor++] = is_name(c, f, "factors") ? f->text.at : "";
  }
  const char **tags = ARENA_NEW(c->a, const char *, about ? about->n + 1 : 1);
  if (!tags) { fail(c, SG_ERR_MEMORY); return false; }
  size_t n = 0;
  if (about && about->kind == SPEC_SCALAR) tags[n++] = about->text.at;
  for (const spec_node *t = about && about->kind == SPEC_LIST ? about->first : NULL; t; t = t->next)
    if (is_name(c, t, "about")) tags[n++] = t->text.at;
  const spec_node *rates = NULL;
  for (size_t i = 0; i < c->n_catalogue && !rates; i++) rates = spec_get(c->catalogue[i], "base_rates");
  c->value = (value_context){ .a = c->a, .diags = c->diags, .pool = &c->pool, .base_rates = values_of(c, "base_rates"),
    .catalogue_rates = rates, .inputs = values_of(c, "inputs"), .as_of_day = c->out->as_of_day, .tags = tags,
    .n_tag = n, .factor = c->out->factor, .n_factor = c->out->n_factor };
  return true;
}

sg_err programme_compile(programme_classes classes, const spec_node *user, const spec_node *const *catalogue, size_t n_catalogue,
                         arena *a, sg_diags *diags, programme_model *out) {
  *out = (programme_model){ .classes = classes };
  compiler c = { .classes = classes, .user = user, .catalogue = catalogue, .n_catalogue = n_catalogue, .a = a,
                 .diags = diags, .out = out };
  c.rows = ARENA_NEW(a, class_rows, classes.n);
  out->rows = ARENA_NEW(a, programme_rows, classes.n);
  if (!c.rows || !out->rows) return SG_ERR_MEMORY;
  if (user->kind != SPEC_MAP)
    return diag_add(diags, SG_ERROR, SG_ERR_TYPE, user->place, "a programme begins with `programme: NAME`", "the file is not a map of keys");
  for (size_t i = 0; i < diags->n; i++) c.torn |= diags->item[i].code == SG_ERR_SYNTAX || diags->item[i].code == SG_ERR_LIMIT;
  child_slots slots = {0};
  if (read_head(&c)) {
    collect(&c);
    for (size_t i = 0; i < classes.n; i++)
      if (i == CLASS_TOP || classes.class[i]->plural) add_children_of(&c, (int)i, 0, c.rows[i].n, &slots);
    lay_out(&c);
    if (c.fill) fill_rows(&c, &slots);
    if (c.fill) finish(&c);
  }
  text_buffer_free(&c.text);
  return c.err;
}

// ---- Reading the model ------------------------------------------------------------------------------------------------

const void *programme_row(const programme_model *m, size_t class_index, int32_t row) {
  return m->block + m->rows[class_index].offset + (size_t)row * m->classes.class[class_index]->size;
}

const char *programme_text(const programme_model *m, int32_t offset) { return offset < 0 ? "" : m->text + offset; }

const char *programme_name(const programme_model *m, size_t class_index, int32_t row) {
  int32_t name;
  memcpy(&name, programme_row(m, class_index, row), sizeof name);
  return programme_text(m, name);
}

int32_t programme_find(const programme_model *m, size_t class_index, const char *name) {
  for (int32_t i = 0; i < m->rows[class_index].n; i++)
    if (!strcmp(programme_name(m, class_index, i), name)) return i;
  return -1;
}

int programme_class_index(programme_classes classes, const char *name) {
  for (size_t i = 0; i < classes.n; i++)
    if (!strcmp(classes.class[i]->name, name)) return (int)i;
  return -1;
}

const int32_t *programme_refs(const programme_model *m, field_span span) {
  return (const int32_t *)(const void *)(m->block + m->refs_offset) + span.first;
}
