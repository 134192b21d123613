// Catalogue: the trees of the files that are built in under data/catalogue.
#ifndef PROGRAMME_CATALOGUE_H
#define PROGRAMME_CATALOGUE_H

#include "spec.h"

enum { CATALOGUE_MAX_FILES = 64 };

typedef struct programme_catalogue {
  const spec_node *root[CATALOGUE_MAX_FILES];  // (n) maps, in ascending byte order of file name
  size_t           n;
} programme_catalogue;

// Reads them all; trees and places live in the arena. diags may be NULL. Errors: those of spec_read.
sg_err programme_catalogue_read(arena *a, sg_diags *diags, programme_catalogue *out);

#endif
