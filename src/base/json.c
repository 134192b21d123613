// JSON: commas, indentation, escapes. Source of the grammar: RFC 8259 (2017).
#include "json.h"

#include <inttypes.h>
#include <math.h>

json_writer json_begin(text_buffer *out, int indent) {
  return (json_writer){.out = out, .indent = indent < 0 ? 0 : indent > 16 ? 16 : indent, .digits = 12};
}

// ---- Places ---------------------------------------------------------------------------------------------

static json_level *innermost(json_writer *w) { return w->depth > 0 ? &w->level[w->depth - 1] : NULL; }

static void new_line(json_writer *w) {
  text_puts(w->out, "\n");
  for (int i = 0; i < w->indent * w->depth; i++) text_add(w->out, " ", 1);
}

// What separates an item from the one before it, or from the bracket.
static void put_separator(json_writer *w, json_level *in) {
  if (in->filled) text_puts(w->out, ",");
  if (w->indent > 0 && !in->one_line) new_line(w);
  else if (w->indent > 0 && in->filled) text_puts(w->out, " ");
  in->filled = true;
}

// Prepares for a value; false (and failed) where none may stand.
static bool value_here(json_writer *w) {
  json_level *in = innermost(w);
  bool        allowed = in ? in->object == w->keyed : !w->done;
  if (!allowed) w->out->failed = true;
  if (w->out->failed) return false;
  if (!in) w->done = true;
  else if (!in->object) put_separator(w, in);
  w->keyed = false;
  return true;
}

static void open_level(json_writer *w, bool object, bool one_line) {
  if (!value_here(w)) return;
  if (w->depth == JSON_MAX_DEPTH) {
    w->out->failed = true;
    return;
  }
  const json_level *in = innermost(w);
  w->level[w->depth] = (json_level){.object = object, .one_line = one_line || (in && in->one_line)};
  w->depth++;
  text_puts(w->out, object ? "{" : "[");
}

void json_object(json_writer *w) { open_level(w, true, false); }
void json_array(json_writer *w) { open_level(w, false, false); }
void json_row(json_writer *w) { open_level(w, false, true); }

void json_end(json_writer *w) {
  if (w->depth == 0 || w->keyed) w->out->failed = true;
  if (w->out->failed) return;
  json_level in = w->level[--w->depth];
  if (w->indent > 0 && in.filled && !in.one_line) new_line(w);
  text_puts(w->out, in.object ? "}" : "]");
}

bool json_finish(json_writer *w) {
  if (w->depth > 0 || !w->done) w->out->failed = true;
  text_puts(w->out, "\n");
  return !w->out->failed;
}

// ---- Values ---------------------------------------------------------------------------------------------

// The escape of a character that must not stand for itself, or NULL. U+2028 and U+2029 are legal, but end lines in
// older JavaScript; "</" would end a script element in HTML.
static const char *escape_of(long code, char previous, char room[8]) {
  switch (code) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    case 0x2028: return "\\u2028";
    case 0x2029: return "\\u2029";
    case '/': return previous == '<' ? "\\/" : NULL;
    case -1: return "\xEF\xBF\xBD";  // U+FFFD
    default: break;
  }
  if (code >= 0x20 && code != 0x7F) return NULL;
  static const char digit[] = "0123456789abcdef";
  const char        written[] = {'\\', 'u', '0', '0', digit[code >> 4 & 15], digit[code & 15], '\0'};
  for (size_t i = 0; i < sizeof written; i++) room[i] = written[i];
  return room;
}

static void put_string(text_buffer *out, text_slice s) {
  size_t plain = 0, i = 0, bytes;  // [plain, i) stands for itself
  text_puts(out, "\"");
  for (; i < s.n; i += bytes) {
    char        room[8];
    long        code = text_utf8_next(s.at + i, s.n - i, &bytes);
    const char *escape = escape_of(code, i > 0 ? s.at[i - 1] : '\0', room);
    if (!escape) continue;
    text_add(out, s.at + plain, i - plain);
    text_puts(out, escape);
    plain = i + bytes;
  }
  if (s.n > plain) text_add(out, s.at + plain, s.n - plain);
  text_puts(out, "\"");
}

static void put_number(json_writer *w, double value) {
  if (isfinite(value)) text_add_number(w->out, value, w->digits);
  else text_puts(w->out, "null");
}

void json_key(json_writer *w, const char *key) {
  json_level *in = innermost(w);
  if (!in || !in->object || w->keyed) w->out->failed = true;
  if (w->out->failed) return;
  put_separator(w, in);
  put_string(w->out, text_of(key));
  text_puts(w->out, w->indent > 0 ? ": " : ":");
  w->keyed = true;
}

void json_text(json_writer *w, text_slice s) {
  if (value_here(w)) put_string(w->out, s);
}

void json_string(json_writer *w, const char *s) {
  if (s) json_text(w, text_of(s));
  else json_null(w);
}

void json_number(json_writer *w, double value) {
  if (value_here(w)) put_number(w, value);
}

void json_int(json_writer *w, int64_t value) {
  if (value_here(w)) text_addf(w->out, "%" PRId64, value);
}

void json_bool(json_writer *w, bool value) {
  if (value_here(w)) text_puts(w->out, value ? "true" : "false");
}

void json_null(json_writer *w) {
  if (value_here(w)) text_puts(w->out, "null");
}

void json_numbers(json_writer *w, const double *value, size_t n) {
  json_row(w);
  for (size_t i = 0; i < n; i++) json_number(w, value[i]);
  json_end(w);
}

void json_ints(json_writer *w, const int64_t *value, size_t n) {
  json_row(w);
  for (size_t i = 0; i < n; i++) json_int(w, value[i]);
  json_end(w);
}

void json_put_string(json_writer *w, const char *key, const char *value) {
  json_key(w, key);
  json_string(w, value);
}

void json_put_number(json_writer *w, const char *key, double value) {
  json_key(w, key);
  json_number(w, value);
}

void json_put_int(json_writer *w, const char *key, int64_t value) {
  json_key(w, key);
  json_int(w, value);
}

void json_put_flag(json_writer *w, const char *key, bool value) {
  json_key(w, key);
  json_bool(w, value);
}
