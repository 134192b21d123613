// Model: the compiled programme, interpreted from field tables; checked, in inside units, defaults filled in.
//
// All rows of all classes lie in one pointer-free block (doubles, int32 ids, spans), which is const and shared by all
// threads; a scenario is a copy of it in which the uncertain numbers are overwritten. Everything else here describes it.
#ifndef PROGRAMME_MODEL_H
#define PROGRAMME_MODEL_H

#include "../base/arena.h"
#include "../base/diag.h"
#include "../base/field.h"
#include "../uncertainty/dist.h"
#include "spec.h"

enum { PROGRAMME_MAX_FACTORS = 4 };

// The classes of a programme. [0] describes the top of the file itself and has exactly one row; [1] is "share".
typedef struct programme_classes {
  const class_row *const *class;  // (n)
  size_t                  n;
  const char             *help;   // command that lists all keys, for hints; NULL: `stargate explain`, also key by key
} programme_classes;

// Rows of one class in the block.
typedef struct programme_rows {
  size_t  offset;  // of row 0, bytes
  int32_t n;
} programme_rows;

// Where a value came from.
typedef enum programme_origin { ORIGIN_FILE, ORIGIN_CATALOGUE, ORIGIN_DEFAULT } programme_origin;

// One uncertain number.
typedef struct programme_draw {
  size_t   slot;                        // bytes from the start of the block
  dist     of;
  double   plan;                        // value in the plan run
  uint64_t key;                         // stream of its name
  double   share_programme, share_campus, share_building;  // of its variance; sum 1
  double   loading[PROGRAMME_MAX_FACTORS];                 // correlation with each factor, on the normal scale
  int32_t  value;                       // its programme_value
} programme_draw;

// Provenance of one number or date that the model uses.
typedef struct programme_value {
  const char      *path;     // "campuses.abilene.grid.main.limit"
  const char      *text;     // as written
  const char      *source;   // NULL: an assumption
  const char      *as_of;    // NULL: not dated
  const field_row *field;
  programme_origin origin;
  diag_place       place;    // source NULL for defaults
  int32_t          draw;     // -1: certain
  size_t           slot;
} programme_value;

typedef struct programme_model {
  programme_classes      classes;
  programme_rows        *rows;        // (classes.n)
  unsigned char         *block;       // (block_bytes)
  size_t                 block_bytes;
  size_t                 refs_offset; // pool of int32 that FIELD_REFS spans point into, inside the block
  const char            *text;        // pool of NUL-terminated names and texts
  programme_draw        *draw;        // (n_draw) sorted by path
  int32_t                n_draw;
  programme_value       *value;       // (n_value) sorted by path
  int32_t                n_value;
  dist_pool              pool;
  const char            *factor[PROGRAMME_MAX_FACTORS];
  int32_t                n_factor;
  double                 as_of_day;
} programme_model;

// Compiles a file. user: the root map; catalogue: n_catalogue root maps of data files. All memory from the arena, which
// must outlive the model, like the sources of the trees. Collects findings and keeps going; returns the first error.
sg_err programme_compile(programme_classes classes, const spec_node *user, const spec_node *const *catalogue, size_t n_catalogue,
                         arena *a, sg_diags *diags, programme_model *out);

const void *programme_row(const programme_model *m, size_t class_index, int32_t row);  // in m->block
const char *programme_name(const programme_model *m, size_t class_index, int32_t row);
int32_t     programme_find(const programme_model *m, size_t class_index, const char *name);  // -1: none
int         programme_class_index(programme_classes classes, const char *name);              // -1: none
const char *programme_text(const programme_model *m, int32_t offset);                        // "" for -1
const int32_t *programme_refs(const programme_model *m, field_span span);

#endif
