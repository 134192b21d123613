// Diagnostics: findings about the user's text, with a place, an excerpt and a hint.
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdarg.h>

#include "../../include/stargate.h"

// A text that was read: kept by its owner for as long as places in it are reported.
typedef struct diag_source {
  const char *name;   // shown as file
  const char *text;   // UTF-8, need not end in NUL
  size_t      bytes;
} diag_source;

// A place in a source; source may be NULL (no place).
typedef struct diag_place {
  const diag_source *source;
  int32_t            line, column, span;  // from 1; columns in characters
} diag_place;

void diag_init(sg_diags *list);

// Adds a finding; the message is printf-formatted; hint may be NULL. list may be NULL (nothing is kept).
// The excerpt is cut from the place's source. Always returns `code`, so that callers can `return diag_add(...)`.
sg_err diag_add(sg_diags *list, sg_severity severity, sg_err code, diag_place place, const char *hint,
                const char *format, ...) __attribute__((format(printf, 6, 7)));

// Renders one finding as it is shown to a user (several lines, ends in a newline); colour != 0 uses ANSI colours.
// Returns the bytes that the whole text needs, as snprintf does.
size_t diag_render(const sg_diag *diag, int colour, char *out, size_t capacity);

#endif
