// Field tables: one row describes one thing that a user may set.
//
// Reader, diagnostics, --set, `explain`, JSON Schema and reference pages all follow from these rows.
// A domain keeps its rows beside its structs; `programme` interprets them and knows no domain.
#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "cause.h"

typedef enum field_type {
  FIELD_NUMBER,    // double; may be uncertain (`a to b`, named distributions, base rates)
  FIELD_DATE,      // double, days since 1970-01-01; may be uncertain
  FIELD_COUNT,     // int32; never uncertain
  FIELD_FLAG,      // int32 0/1, written yes/no or true/false
  FIELD_CHOICE,    // int32 index into the words of `of` ("red|green|blue"), -1 where unset
  FIELD_TEXT,      // int32 offset into the model's text, -1 where unset; `of` set: a list of words is allowed as well
  FIELD_REF,       // int32 row of the class named by `of`, -1 where unset
  FIELD_REFS,      // field_span of int32 rows in the model's reference pool
  FIELD_CHILDREN,  // field_span of rows of the class named by `of`: a map of named rows
  FIELD_SHARES     // field_span of rows of class "share": a map {name of class `of`: fraction}, or one name
} field_type;

// Rows first .. first+n-1 of a class (children), or slots of the reference pool (refs).
typedef struct field_span {
  int32_t first, n;
} field_span;

typedef struct field_row {
  const char *name;      // key in the file
  field_type  type;
  const char *unit;      // the one unit inside ("MW", "USD", "day", "frac", ...); NULL where it has none
  size_t      offset;    // place in the struct
  const char *fallback;  // default, as a user would write it; "" = stays unset (NaN, -1, empty); NULL = required
  double      low, high; // allowed range of every value drawn, in `unit` (dates: low 1 = a month or year means its last day)
  const char *of;        // class or choices, see field_type
  const char *meaning;   // one line
  const char *source;    // of the default: citation with date, or "assumption, see docs/assumptions.md#..."; NULL: none
} field_row;

typedef enum class_kind {
  CLASS_PLAIN,      // rows come from the user's file
  CLASS_CATALOGUE,  // rows come from data/ when something names them; a user may add or override
  CLASS_STANDING    // like CLASS_CATALOGUE, but every row of data/ is always there
} class_kind;

// One class of named things: parties, campuses, ... Every struct starts with `int32_t name` (text offset).
typedef struct class_row {
  const char      *name;      // "campus"
  const char      *plural;    // key of its map at the top of the file, "campuses"; NULL for children only
  size_t           size;      // of the struct
  const field_row *field;     // (n_field)
  size_t           n_field;
  class_kind       kind;
  const char      *meaning;   // one line
} class_row;

// FIELD(struct, member, C type) yields the offset and fails to compile when the member has another type.
#define FIELD_AT(S, member, T) \
  (offsetof(S, member) + 0 * sizeof(char[_Generic(((S *)0)->member, T : 1)]))

// clang-format off
#define ROW_NUMBER(S, m, key, unit, fallback, low, high, meaning, source) { key, FIELD_NUMBER, unit, FIELD_AT(S, m, double), fallback, low, high, NULL, meaning, source }
#define ROW_DATE(S, m, key, fallback, meaning, source)          { key, FIELD_DATE,  "date", FIELD_AT(S, m, double), fallback, 0, 0, NULL, meaning, source }
#define ROW_DATE_END(S, m, key, fallback, meaning)              { key, FIELD_DATE,  "date", FIELD_AT(S, m, double), fallback, 1, 0, NULL, meaning, NULL }
#define ROW_COUNT(S, m, key, fallback, low, high, meaning)      { key, FIELD_COUNT, NULL, FIELD_AT(S, m, int32_t), fallback, low, high, NULL, meaning, NULL }
#define ROW_FLAG(S, m, key, fallback, meaning)                  { key, FIELD_FLAG,  NULL, FIELD_AT(S, m, int32_t), fallback, 0, 1, NULL, meaning, NULL }
#define ROW_CHOICE(S, m, key, words, fallback, meaning)         { key, FIELD_CHOICE, NULL, FIELD_AT(S, m, int32_t), fallback, 0, 0, words, meaning, NULL }
#define ROW_TEXT(S, m, key, fallback, meaning)                  { key, FIELD_TEXT,  NULL, FIELD_AT(S, m, int32_t), fallback, 0, 0, NULL, meaning, NULL }
#define ROW_REF(S, m, key, class, fallback, meaning)            { key, FIELD_REF,   NULL, FIELD_AT(S, m, int32_t), fallback, 0, 0, class, meaning, NULL }
#define ROW_REFS(S, m, key, class, fallback, meaning)           { key, FIELD_REFS,  NULL, FIELD_AT(S, m, field_span), fallback, 0, 0, class, meaning, NULL }
#define ROW_CHILDREN(S, m, key, class, meaning)                 { key, FIELD_CHILDREN, NULL, FIELD_AT(S, m, field_span), "", 0, 0, class, meaning, NULL }
#define ROW_SHARES(S, m, key, class, fallback, meaning)         { key, FIELD_SHARES, NULL, FIELD_AT(S, m, field_span), fallback, 0, 0, class, meaning, NULL }
// clang-format on

#define FIELD_TABLE(rows) (rows), sizeof(rows) / sizeof((rows)[0])

// Row of the built-in class "share": one entry of a FIELD_SHARES map.
typedef struct field_share {
  int32_t name;   // text of the key
  int32_t of;     // row of the class that the field names
  double  frac;   // share; may be uncertain; 1 where only a name was given
} field_share;

#endif
