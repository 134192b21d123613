// Schema: JSON Schema draft-07 of a programme file, from the field tables, for editors and other programs.
#ifndef PROGRAMME_SCHEMA_H
#define PROGRAMME_SCHEMA_H

#include "../../include/stargate.h"
#include "../base/text.h"
#include "model.h"

// Adds the schema to *out. It knows keys, kinds, choices and whole-number ranges; units, names that must exist and
// ranges of quantities are for `check`. Errors: SG_ERR_MEMORY.
sg_err programme_schema(programme_classes classes, text_buffer *out);

#endif
