// Spec: what the user wrote, as a tree in which every node keeps its place.
//
// A subset of YAML through libyaml's events: maps, lists and scalars; no anchors, tags, merge keys, directives, or
// several documents; depth 64; 8 MB; a million nodes; no repeated keys. Findings go to the list and reading goes on
// where it can: after a syntax error at the next top-level key.
#ifndef PROGRAMME_SPEC_H
#define PROGRAMME_SPEC_H

#include <stdbool.h>

#include "../base/arena.h"
#include "../base/diag.h"
#include "../base/text.h"

enum { SPEC_MAX_DEPTH = 64, SPEC_MAX_BYTES = 8 * 1024 * 1024, SPEC_MAX_NODES = 1000000 };

typedef enum spec_kind { SPEC_SCALAR, SPEC_MAP, SPEC_LIST } spec_kind;

typedef struct spec_node {
  spec_kind          kind;
  diag_place         place;       // of the value; of its key where `key:` has none
  text_slice         text;        // scalar: its text, unquoted; NUL-terminated as well
  bool               quoted;      // scalar: was in quotes
  text_slice         key;         // in a map: its key, NUL-terminated as well
  diag_place         key_place;
  struct spec_node  *first, *next;  // first child; next sibling
  size_t             n;             // children
} spec_node;

// Reads a whole text. *out is the root map, in the arena, with what could be read; NULL when nothing could be kept.
// Returns the first error. Of a repeated key the first is kept; an entry that cannot be understood is left out; a
// number with commas inside brackets (`{count: 100,000}`) is reported and joined. The source outlives the places.
// Errors: SG_ERR_SYNTAX, SG_ERR_LIMIT, SG_ERR_KEY (repeated), SG_ERR_MEMORY.
sg_err spec_read(const diag_source *source, arena *a, sg_diags *diags, spec_node **out);

spec_node *spec_get(const spec_node *map, const char *key);  // NULL: none, or not a map

// `--set path=value`: parses value as YAML and puts it at the dotted path, making maps on the way; what stood there is
// replaced. A part with dots is written in quotes: `"a.b".c`. The new nodes' places are in a source named "--set",
// kept in the arena, whose text is `path=value`; a key that existed keeps its place. A failure changes nothing.
// Errors: SG_ERR_TYPE (a path through what is no map), SG_ERR_SYNTAX, SG_ERR_LIMIT, SG_ERR_KEY, SG_ERR_MEMORY.
sg_err spec_set(spec_node *root, const char *path, const char *value, arena *a, sg_diags *diags);

// A copy of `from` with the entries of `over` laid over it (maps merge, anything else replaces); in the arena, texts
// included. Every node keeps the place that it was written at; a map in both has that of `over`. Entries of `from` come
// first. Either may be NULL. NULL: both are, or out of memory.
spec_node *spec_merge(const spec_node *from, const spec_node *over, arena *a);

#endif
