// Embedded files: the catalogue and the tables that are built into the library.
//
// scripts/embed lists what goes in; cmake/embed.cmake writes the table. Nothing is read from disk.
#ifndef PROGRAMME_EMBEDDED_H
#define PROGRAMME_EMBEDDED_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/diag.h"

typedef struct programme_embedded {
  const char *name;   // relative to data/, "catalogue/racks.yaml"
  const char *at;     // its bytes; at[bytes] is a NUL that is not counted, so that text may be read as a string
  size_t      bytes;
} programme_embedded;

// In ascending byte order of name; the row after the last is all zero.
extern const programme_embedded programme_embedded_files[];
extern const size_t             programme_embedded_count;

bool programme_embedded_find(const char *name, diag_source *out);  // false: there is none of that name

#endif
