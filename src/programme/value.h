// Values: how a number or a date is written, certain or uncertain, and what it says of its origin.
#ifndef PROGRAMME_VALUE_H
#define PROGRAMME_VALUE_H

#include "../base/field.h"
#include "../base/units.h"
#include "../uncertainty/dist.h"
#include "spec.h"

// Growing pool behind tables and mixtures.
typedef struct value_pool {
  double *value, *weight;
  dist   *component;
  size_t  n_value, n_component, value_capacity, component_capacity;
} value_pool;

// What stands beside the rows while values are read.
typedef struct value_context {
  arena           *a;
  sg_diags        *diags;
  value_pool      *pool;
  const spec_node *base_rates, *catalogue_rates;  // maps of named distributions; may be NULL
  const spec_node *inputs;                        // map of named draws; may be NULL
  double           as_of_day;
  const char *const *tags;                        // what the programme is about: rows that tell of it are refused
  size_t           n_tag;
  const char *const *factor;
  int32_t          n_factor;
} value_context;

typedef struct value_read {
  dist        of;             // DIST_CONSTANT when certain
  double      plan;
  double      share[3];       // programme, campus, building
  double      loading[4];
  const char *source, *as_of; // NULL: not said
  const char *text;           // as written
  const char *input;          // name of the named input that it is; NULL: its own draw
  diag_place  place;
} value_read;

// The form of `a to b`, which follows from the field's kind, unit and range: docs/model.md#ranges.
dist_scale value_scale(const field_row *field);

// Reads the value of a FIELD_NUMBER or FIELD_DATE. Findings go to ctx->diags; the first error is returned.
sg_err value_parse(const value_context *ctx, const field_row *field, const spec_node *node, value_read *out);

#endif
