// stargate: what will really happen to a gigawatt-scale AI programme.
//
// The public face of the engine: load a programme, run an ensemble of scenarios, write what came out.
// The library reads and writes memory only: files, clock, terminal and environment belong to the caller.
// It keeps no global state: any number of models, runs and results may live in one process.
#ifndef STARGATE_H
#define STARGATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SG_VERSION "0.1.0"

// ---- Errors ---------------------------------------------------------------------------------------------

// code, word in brackets, meaning. 0 is success.
#define SG_ERR_LIST(X)                                                                                   \
  X(SG_OK, "ok", "no error")                                                                             \
  X(SG_ERR_MEMORY, "memory", "out of memory")                                                            \
  X(SG_ERR_IO, "io", "a file could not be read or written")                                              \
  X(SG_ERR_SYNTAX, "syntax", "the text is not a programme file")                                         \
  X(SG_ERR_LIMIT, "limit", "too large or too deep")                                                      \
  X(SG_ERR_KEY, "key", "unknown, missing or repeated key")                                               \
  X(SG_ERR_TYPE, "type", "a value of another kind was expected")                                         \
  X(SG_ERR_UNIT, "unit", "unit missing, unknown or of the wrong dimension")                              \
  X(SG_ERR_RANGE, "range", "value outside its allowed range")                                            \
  X(SG_ERR_NAME, "name", "a name that nothing bears")                                                    \
  X(SG_ERR_CYCLE, "cycle", "things that wait for each other")                                            \
  X(SG_ERR_AS_OF, "as-of", "not known at the programme's date, or tells of the programme itself")        \
  X(SG_ERR_USAGE, "usage", "the call makes no sense")                                                    \
  X(SG_ERR_NUMERIC, "numeric", "no finite answer exists")                                                \
  X(SG_ERR_CANCELLED, "cancelled", "stopped before the end; what was done is kept")

#define SG_ERR_ENUM(code, word, meaning) code,
typedef enum sg_err { SG_ERR_LIST(SG_ERR_ENUM) SG_ERR_COUNT } sg_err;
#undef SG_ERR_ENUM

const char *sg_err_word(sg_err code);     // "unit"; never NULL
const char *sg_err_meaning(sg_err code);  // one line; never NULL

typedef enum sg_severity { SG_ERROR, SG_WARNING, SG_NOTE } sg_severity;

// One finding about the user's text. Lines and columns count from 1 (columns in characters); 0 = no place.
typedef struct sg_diag {
  sg_err      code;
  sg_severity severity;
  int32_t     line, column, span;  // span: characters underlined, at least 1 where there is a place
  char        file[128];           // name as the caller gave it
  char        message[240];        // what was found, what was expected
  char        hint[200];           // what to do; may be empty
  char        excerpt[168];        // the line of the file, tabs as spaces, cut around the column; may be empty
  int32_t     excerpt_column;      // where the underline starts in excerpt, from 1
} sg_diag;

// A list that keeps the first SG_DIAGS_MAX findings and counts the rest.
enum { SG_DIAGS_MAX = 100 };
typedef struct sg_diags {
  size_t  n, n_errors, n_more;  // kept; errors among all; not kept
  sg_diag item[SG_DIAGS_MAX];
} sg_diags;

#ifdef __cplusplus
}
#endif
#endif
