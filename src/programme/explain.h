// Explain: what a path of a programme file, an output or a row of the catalogue means, from the field tables alone.
#ifndef PROGRAMME_EXPLAIN_H
#define PROGRAMME_EXPLAIN_H

#include "../../include/stargate.h"
#include "../base/text.h"
#include "model.h"

// One output quantity, as the layer above describes it.
typedef struct programme_metric {
  const char *name;     // last part of the dotted name: "capacity_mw"
  const char *scope;    // "programme", "campus", "party", ...
  const char *unit;     // "" where it has none
  const char *kind;     // "level", "flow", "cumulative", or "whole" for one number of the whole scenario
  const char *meaning;  // one line
} programme_metric;

// Adds the help page of `path` to *out: a class ("campuses"), an input ("campuses.grid.limit"; names in between, as for
// --set, are skipped), an output ("campus.capacity_mw", "campus.abilene.capacity_mw"), "metrics", "distributions",
// "base_rates", a row of the catalogue ("racks.GB200-NVL72") or one of its values; NULL or "": the overview.
// metrics: (n), those of a scope together. width: columns, 60 at least; colour: 1 for ANSI colours.
// Errors: SG_ERR_NAME (unknown; *out says so, with a hint), SG_ERR_MEMORY.
sg_err programme_explain(programme_classes classes, const programme_metric *metrics, size_t n, const char *path,
                         int width, int colour, text_buffer *out);

#endif
