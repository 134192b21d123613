// JSON: a streaming writer into a text buffer (RFC 8259).
//
// The caller opens, fills and closes objects and arrays in order; commas and line breaks come by themselves. The text
// is always valid UTF-8. A call that makes no sense there (a value without a key in an object, more than
// JSON_MAX_DEPTH open) sets out->failed, as running out of memory does: check it once, at the end.
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum { JSON_MAX_DEPTH = 64 };

typedef struct json_level {
  bool object, one_line, filled;
} json_level;

typedef struct json_writer {
  text_buffer *out;     // owned by the caller
  int          indent;  // spaces a level; 0: everything on one line, without spaces
  int          depth;
  int          digits;  // significant ones of numbers, 1 to 17; 12 unless the caller sets it
  bool         keyed, done;  // a key waits for its value; the one value at the top was written
  json_level   level[JSON_MAX_DEPTH];
} json_writer;

// Starts a text at the end of *out, which must outlive the writer. indent: 0 to 16.
json_writer json_begin(text_buffer *out, int indent);

void json_object(json_writer *w);
void json_array(json_writer *w);
void json_row(json_writer *w);     // an array on one line, with all that is in it; closes with json_end
void json_end(json_writer *w);   // closes the innermost object or array
bool json_finish(json_writer *w);  // ends the text with a newline; false: failed, or something is still open

void json_key(json_writer *w, const char *key);
void json_string(json_writer *w, const char *s);        // NULL: null
void json_text(json_writer *w, text_slice s);           // bytes that are not UTF-8 become U+FFFD
void json_number(json_writer *w, double value);         // "%.{digits}g"; NaN and infinities: null
void json_int(json_writer *w, int64_t value);
void json_bool(json_writer *w, bool value);
void json_null(json_writer *w);
void json_numbers(json_writer *w, const double *value, size_t n);  // an array on one line; value: (n)
void json_ints(json_writer *w, const int64_t *value, size_t n);

// A key with its value.
void json_put_string(json_writer *w, const char *key, const char *value);  // NULL: null
void json_put_number(json_writer *w, const char *key, double value);
void json_put_int(json_writer *w, const char *key, int64_t value);
void json_put_flag(json_writer *w, const char *key, bool value);

#endif
