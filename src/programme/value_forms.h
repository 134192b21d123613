// Forms of values: what value.c reads, as tables for help and schema. value_forms_test.c holds the two together.
#ifndef PROGRAMME_VALUE_FORMS_H
#define PROGRAMME_VALUE_FORMS_H

#include <stddef.h>

// A named distribution: {distribution: WORD, parameter: ..., ...}.
typedef struct value_form {
  const char *word;
  const char *parameter[4];  // keys; NULL after the last
  unsigned    plain;         // bit i: parameter i is a plain number, else it bears the field's unit
  const char *example;       // in power, MW
  const char *meaning;
} value_form;

extern const value_form value_forms[];
extern const size_t     value_form_count;

// A key of a value that is written as a map.
typedef struct value_key {
  const char *name;
  const char *form;     // JSON Schema definition of what stands there: "scalar", "text", "date", "shares", ...
  const char *meaning;  // NULL: the parameter of a distribution
} value_key;

extern const value_key value_key_rows[];
extern const size_t    value_key_count;

// Keys that any row may have beside its class's own fields.
typedef enum common_where { COMMON_ROW, COMMON_COPIES, COMMON_TOP } common_where;
typedef struct common_key {
  const char  *name;
  common_where where;  // every row; rows of a class that can be repeated; the top of the file
  const char  *form, *meaning;
} common_key;

extern const common_key common_keys[];
extern const size_t     common_key_count;

#endif
