// Looks up, sets and merges nodes of a spec.
#include "spec.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec_reader.h"

spec_node *spec_get(const spec_node *map, const char *key) {
  if (!map || map->kind != SPEC_MAP) return NULL;
  for (spec_node *c = map->first; c; c = c->next)
    if (text_equal(c->key, key)) return c;
  return NULL;
}

// ---- --set path=value ----------------------------------------------------------------------------------------

typedef struct path_parts {
  size_t     n;
  text_slice at[SPEC_MAX_DEPTH];
} path_parts;

// Splits at dots; a part in quotes may hold dots. `path` lies at the start of r->source.
static sg_err split_path(spec_reader *r, text_slice path, path_parts *out) {
  size_t i = 0;
  out->n = 0;
  for (;;) {
    char   quote = i < path.n && (path.at[i] == '"' || path.at[i] == '\'') ? path.at[i] : '\0';
    size_t from = quote ? i + 1 : i, to = from;
    while (to < path.n && path.at[to] != (quote ? quote : '.')) to++;
    size_t     end = quote ? to + 1 : to;
    diag_place place = spec_place_of_byte(r->source, from);
    if (end > path.n)
      return spec_report(r, SG_ERR_SYNTAX, spec_place_of_byte(r->source, i), "close the quote",
                         "a quote in the path is not closed");
    if (to == from || memchr(path.at + from, '\n', to - from))
      return spec_report(r, SG_ERR_SYNTAX, place, "write names with dots between them: campuses.abilene.grid",
                         "a name is missing in the path");
    if (out->n == SPEC_MAX_DEPTH)
      return spec_report(r, SG_ERR_LIMIT, place, NULL, "the path has more than %d parts", SPEC_MAX_DEPTH);
    out->at[out->n++] = (text_slice){path.at + from, to - from};
    if (end == path.n) return SG_OK;
    if (path.at[end] != '.')
      return spec_report(r, SG_ERR_SYNTAX, spec_place_of_byte(r->source, end), "write \"name.with.dots\".next",
                         "a dot is expected after a name in quotes");
    i = end + 1;
  }
}

static spec_node *get_part(const spec_node *map, text_slice part) {
  for (spec_node *c = map->first; c; c = c->next)
    if (spec_compare_keys(c->key, part) == 0) return c;
  return NULL;
}

static diag_place place_of_part(const spec_reader *r, text_slice part) {
  diag_place place = spec_place_of_byte(r->source, (size_t)(part.at - r->source->text));
  place.span = spec_count_characters(part);
  return place;
}

static bool is_unset(const spec_node *node) { return node->kind == SPEC_SCALAR && !node->quoted && node->text.n == 0; }

// How far the path leads through maps that exist. *depth: parts that were found; *node: the last of them.
static sg_err walk_path(spec_reader *r, const path_parts *path, spec_node **node, size_t *depth) {
  size_t i = 0;
  for (; i < path->n; i++) {
    spec_node *at = *node;
    if (at->kind != SPEC_MAP && !is_unset(at)) {
      text_slice name = i ? path->at[i - 1] : (text_slice){"the programme", 13};
      return spec_report(r, SG_ERR_TYPE, place_of_part(r, path->at[i]), "set the whole value instead",
                         "'%.*s' is %s, so it has no '%.*s'", spec_shown(name), name.at,
                         at->kind == SPEC_LIST ? "a list" : "a single value", spec_shown(path->at[i]), path->at[i].at);
    }
    spec_node *next = get_part(at, path->at[i]);
    if (!next) break;
    *node = next;
  }
  *depth = i;
  return SG_OK;
}

// Makes the missing maps of a path. Everything is made before anything is attached, so a failure changes nothing.
static spec_node *make_path(spec_reader *r, const path_parts *path, size_t depth, spec_node *node) {
  spec_node *top = NULL, *leaf = NULL;
  for (size_t i = depth; i < path->n; i++) {
    spec_node *made = spec_new_node(r);
    char      *key = made ? arena_text(r->a, path->at[i].at, path->at[i].n) : NULL;
    if (!key) return made ? spec_out_of_memory(r) : NULL;
    made->kind = SPEC_MAP;
    made->key = (text_slice){key, path->at[i].n};
    made->key_place = made->place = place_of_part(r, path->at[i]);
    if (leaf) leaf->first = made, leaf->n = 1;
    else top = made;
    leaf = made;
  }
  if (!top) return node;
  spec_node *last = node->first;
  while (last && last->next) last = last->next;
  node->kind = SPEC_MAP;
  spec_append(node, &last, top);
  return leaf;
}

static diag_source *set_source(arena *a, const char *path, const char *value) {
  size_t       n_path = strlen(path), n_value = strlen(value);
  diag_source *source = n_path < SIZE_MAX / 4 && n_value < SIZE_MAX / 4 ? ARENA_NEW(a, diag_source, 1) : NULL;
  char        *text = source ? ARENA_NEW(a, char, n_path + n_value + 2) : NULL;
  if (!text) return NULL;
  memcpy(text, path, n_path);
  text[n_path] = '=';
  memcpy(text + n_path + 1, value, n_value);
  *source = (diag_source){"--set", text, n_path + 1 + n_value};
  return source;
}

sg_err spec_set(spec_node *root, const char *path, const char *value, arena *a, sg_diags *diags) {
  spec_reader  r = {.a = a, .diags = diags, .any_root = true};
  diag_source *source = set_source(a, path, value);
  r.source = source;
  if (!source) return spec_out_of_memory(&r), SG_ERR_MEMORY;
  size_t n_path = strlen(path), depth = 0;
  if (source->bytes > SPEC_MAX_BYTES)
    return spec_report(&r, SG_ERR_LIMIT, (diag_place){source, 0, 0, 0}, NULL,
                       "the text has %zu bytes; at most %d are read", source->bytes, SPEC_MAX_BYTES);
  path_parts parts;
  spec_node *node = root;
  if (spec_check_text(&r) != SG_OK || split_path(&r, (text_slice){source->text, n_path}, &parts) != SG_OK ||
      walk_path(&r, &parts, &node, &depth) != SG_OK)
    return r.first;
  diag_place after = spec_place_of_byte(source, n_path + 1);
  r.start_byte = n_path + 1;
  r.start_column = after.column - 1;
  r.base_depth = (unsigned)parts.n;
  if (!spec_read_piece(&r) || r.first != SG_OK) return r.first;
  spec_node unset = {.place = after};
  unset.text = (text_slice){"", 0};
  unset.place = spec_place_of_byte(source, 0);
  unset.place.span = spec_count_characters((text_slice){source->text, n_path});
  const spec_node *from = r.root && !is_unset(r.root) ? r.root : &unset;
  spec_node       *leaf = make_path(&r, &parts, depth, node);
  if (!leaf) return r.first;
  leaf->kind = from->kind;
  leaf->place = from->place;
  leaf->text = from->text;
  leaf->quoted = from->quoted;
  leaf->first = from->first;
  leaf->n = from->n;
  return SG_OK;
}

// ---- Merging -------------------------------------------------------------------------------------------------

// A copy of one node without its children and siblings; NULL: out of memory.
static spec_node *copy_node(const spec_node *from, arena *a) {
  spec_node *node = ARENA_NEW(a, spec_node, 1);
  if (!node) return NULL;
  *node = *from;
  node->first = node->next = NULL;
  node->n = 0;
  if (from->text.at && !(node->text.at = arena_text(a, from->text.at, from->text.n))) return NULL;
  if (from->key.at && !(node->key.at = arena_text(a, from->key.at, from->key.n))) return NULL;
  return node;
}

static spec_node *copy_tree(const spec_node *from, arena *a) {
  spec_node *node = copy_node(from, a), *last = NULL;
  for (const spec_node *c = from->first; node && c; c = c->next) {
    spec_node *child = copy_tree(c, a);
    if (!child) return NULL;
    spec_append(node, &last, child);
  }
  return node;
}

static int node_by_key(const void *left, const void *right) {
  return spec_compare_keys((*(const spec_node *const *)left)->key, (*(const spec_node *const *)right)->key);
}

// The children of a map in the order of their keys, in scratch; NULL: out of memory, or no children.
static const spec_node **sorted_children(const spec_node *map, arena *scratch) {
  const spec_node **all = map->n ? ARENA_NEW(scratch, const spec_node *, map->n) : NULL;
  size_t            n = 0;
  for (const spec_node *c = map->first; all && c; c = c->next) all[n++] = c;
  if (all) qsort(all, n, sizeof(*all), node_by_key);
  return all;
}

static const spec_node *find_sorted(const spec_node *const *all, size_t n, const spec_node *like) {
  const spec_node *const *hit = n ? bsearch(&like, all, n, sizeof(*all), node_by_key) : NULL;
  return hit ? *hit : NULL;
}

static spec_node *merge(const spec_node *from, const spec_node *over, arena *a, arena *scratch) {
  if (from->kind != SPEC_MAP || over->kind != SPEC_MAP) return copy_tree(over, a);
  const spec_node **old = sorted_children(from, scratch), **new = sorted_children(over, scratch);
  spec_node        *node = copy_node(over, a), *last = NULL;
  if (!node || (from->n && !old) || (over->n && !new)) return NULL;
  for (const spec_node *c = from->first; c; c = c->next) {
    const spec_node *laid = find_sorted(new, over->n, c);
    spec_node       *child = laid ? merge(c, laid, a, scratch) : copy_tree(c, a);
    if (!child) return NULL;
    spec_append(node, &last, child);
  }
  for (const spec_node *c = over->first; c; c = c->next) {
    if (find_sorted(old, from->n, c)) continue;
    spec_node *child = copy_tree(c, a);
    if (!child) return NULL;
    spec_append(node, &last, child);
  }
  return node;
}

spec_node *spec_merge(const spec_node *from, const spec_node *over, arena *a) {
  if (!from && !over) return NULL;
  if (!from || !over) return copy_tree(from ? from : over, a);
  arena     *scratch = arena_create();
  spec_node *node = scratch ? merge(from, over, a, scratch) : NULL;
  arena_free(scratch);
  return node;
}
