// Says what is wrong with a text: findings, places, and libyaml's problems in plain words with a hint.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "spec_reader.h"

enum { SHOWN_BYTES = 48 };  // of a name quoted in a message

// ---- Findings and places --------------------------------------------------------------------------------

sg_err spec_report(spec_reader *r, sg_err code, diag_place place, const char *hint, const char *format, ...) {
  char    message[SPEC_MESSAGE_BYTES];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof(message), format, args);
  va_end(args);
  if (r->first == SG_OK) r->first = code;
  return diag_add(r->diags, SG_ERROR, code, place, hint, "%s", message);
}

void *spec_out_of_memory(spec_reader *r) {
  spec_report(r, SG_ERR_MEMORY, (diag_place){r->source, 0, 0, 0}, NULL, "out of memory while reading");
  return NULL;
}

int32_t spec_count_characters(text_slice s) {
  int32_t n = 0;
  for (size_t i = 0; i < s.n; i++) n += !spec_is_continuation(s.at[i]);
  return n;
}

// For "%.*s": how many bytes of a name to show, whole characters and one line only.
int spec_shown(text_slice s) {
  size_t n = s.n;
  if (n > SHOWN_BYTES) {
    n = SHOWN_BYTES;
    while (n > 0 && spec_is_continuation(s.at[n])) n--;
  }
  const char *line_end = n ? memchr(s.at, '\n', n) : NULL;
  return (int)(line_end ? (size_t)(line_end - s.at) : n);
}

// Byte of the source at which a mark stands.
size_t spec_byte_of(spec_reader *r, yaml_mark_t mark) {
  if (mark.index < r->cursor_index) r->cursor_index = 0, r->cursor_byte = r->start_byte;
  const char *text = r->source->text;
  while (r->cursor_index < mark.index && r->cursor_byte < r->source->bytes) {
    r->cursor_byte++;
    while (r->cursor_byte < r->source->bytes && spec_is_continuation(text[r->cursor_byte])) r->cursor_byte++;
    r->cursor_index++;
  }
  return r->cursor_byte;
}

// From a byte to the end of its line.
text_slice spec_rest_of_line(const diag_source *source, size_t byte) {
  const char *at = source->text + byte;
  size_t      n = source->bytes - byte;
  const char *end = n ? memchr(at, '\n', n) : NULL;
  if (end) n = (size_t)(end - at);
  if (n && at[n - 1] == '\r') n--;
  return (text_slice){at, n};
}

static text_slice line_at(const diag_source *source, size_t byte) {
  while (byte > 0 && source->text[byte - 1] != '\n') byte--;
  return spec_rest_of_line(source, byte);
}

diag_place spec_place_at(const spec_reader *r, yaml_mark_t mark, int32_t span) {
  int32_t column = (int32_t)mark.column + 1 + (mark.line == 0 ? r->start_column : 0);
  return (diag_place){r->source, (int32_t)mark.line + 1 + r->start_line, column, span > 1 ? span : 1};
}

// A place that ends on the same line is underlined whole, else up to the end of its first line.
diag_place spec_place_between(spec_reader *r, yaml_mark_t from, yaml_mark_t to) {
  if (from.line == to.line) return spec_place_at(r, from, (int32_t)(to.column - from.column));
  return spec_place_at(r, from, spec_count_characters(spec_rest_of_line(r->source, spec_byte_of(r, from))));
}

// Place of a byte of a whole source.
diag_place spec_place_of_byte(const diag_source *source, size_t byte) {
  size_t  start = 0;
  int32_t line = 1;
  for (size_t i = 0; i < byte; i++)
    if (source->text[i] == '\n') line++, start = i + 1;
  return (diag_place){source, line, spec_count_characters((text_slice){source->text + start, byte - start}) + 1, 1};
}

// ---- Before parsing: is it text at all? ------------------------------------------------------------------

size_t spec_forbidden(const char *at, size_t n) {
  unsigned char c = (unsigned char)at[0], d = n > 1 ? (unsigned char)at[1] : 0, e = n > 2 ? (unsigned char)at[2] : 0;
  if (c == '\r') return at[n > 1] != '\n';  // a lone carriage return is a line end for libyaml only
  if (c < 0x20) return c != '\t' && c != '\n';
  if (c == 0x7F) return 1;
  if (c == 0xC2 && d < 0xA0) return 2;                                                // C1 controls and NEL
  if (c == 0xE2 && d == 0x80 && (e == 0xA8 || e == 0xA9)) return 3;                   // line and paragraph separators
  if (c == 0xEF && ((d == 0xBB && e == 0xBF) || (d == 0xBF && e >= 0xBE))) return 3;  // byte order mark, U+FFFE, U+FFFF
  return 0;
}

static sg_err report_character(spec_reader *r, size_t bad, bool valid) {
  const char   *text = r->source->text;
  diag_place    place = spec_place_of_byte(r->source, bad);
  unsigned char c = (unsigned char)text[bad];
  if (!valid)
    return spec_report(
        r, SG_ERR_SYNTAX, place,
        bad == 0 && c >= 0xFE ? "this looks like UTF-16: save the file as UTF-8" : "save the file as UTF-8",
        "byte 0x%02X is not UTF-8 text", c);
  if (c == 0)
    return spec_report(r, SG_ERR_SYNTAX, place, "a programme is a text file in UTF-8: has another kind of file been given?",
                       "the file holds a NUL byte, so it is not text");
  if (c == '\r')
    return spec_report(r, SG_ERR_SYNTAX, place, "save the file with line ends of Unix (LF) or Windows (CR LF)",
                       "a carriage return stands alone");
  if (c < 0x80) return spec_report(r, SG_ERR_SYNTAX, place, "remove it", "an invisible control character (0x%02X)", c);
  return spec_report(r, SG_ERR_SYNTAX, place, "remove it, or type the line anew",
                     "an invisible character that is not allowed here");
}

sg_err spec_check_text(spec_reader *r) {
  const diag_source *s = r->source;
  size_t             good = s->bytes;
  bool               valid = s->bytes == 0 || text_utf8_valid(s->text, s->bytes, &good);
  if (valid) good = s->bytes;
  // Another kind of file altogether: no use in speaking of its first odd character. UTF-16 is told by its mark.
  const char *nul = s->bytes ? memchr(s->text, '\0', s->bytes) : NULL;
  if (nul && (unsigned char)s->text[0] < 0xFE) return report_character(r, (size_t)(nul - s->text), true);
  for (size_t i = 0; i < good; i++)
    if (spec_forbidden(s->text + i, good - i)) return report_character(r, i, true);
  return valid ? SG_OK : report_character(r, good, false);
}

// ---- Syntax errors in plain words ------------------------------------------------------------------------

typedef struct finding {
  yaml_mark_t at;
  int32_t     span;
  const char *hint;
  char        message[SPEC_MESSAGE_BYTES];
} finding;

static const char QUOTE_HINT[] = "put the whole text in quotes";

// libyaml's problem (a part of its text), whether the place is the context's, and our words.
// clang-format off
static const struct {
  const char *problem, *context;
  bool        at_context;
  const char *message, *hint;
} problem_rows[] = {
    {"could not find expected ':'", NULL, true, "this line has no ': ', so it is not an entry",
     SPEC_ENTRY_HINT},
    {"block sequence entries are not allowed", NULL, false, "a list cannot begin here",
     "begin the list on its own line, or write [a, b]; text that begins with '- ' needs quotes"},
    {"mapping keys are not allowed", NULL, false, "a key cannot begin here", QUOTE_HINT},
    {"did not find expected '-' indicator", NULL, false, "this stands among the entries of a list but is none",
     "begin each entry of the list with '- ', all in one column"},
    {"unexpected end of stream", "quoted scalar", true, "the quote that begins here is never closed",
     "close the quote at the end of the text"},
    {"unexpected document indicator", "quoted scalar", true, "the quote that begins here is never closed",
     "close the quote at the end of the text"},
    {"unknown escape character", NULL, false, "unknown escape after a backslash in double quotes",
     "write \\\\ for a backslash, or use single quotes"},
    {"hexdecimal number", NULL, false, "an escape in double quotes lacks its hexadecimal digits",
     "write \\\\ for a backslash, or use single quotes"},
    {"Unicode character escape", NULL, false, "this escape is not a character",
     "write the character itself: the file is UTF-8"},
    {"", "an alias", true, "a value cannot begin with '*'", QUOTE_HINT},
    {"", "an anchor", true, "a value cannot begin with '&'", QUOTE_HINT},
    {"", "a tag", true, "a value cannot begin with '!'", QUOTE_HINT},
    {"tag handle", NULL, false, "a value cannot begin with '!'", QUOTE_HINT},
    {"", "a directive", true, "a line cannot begin with '%' (a YAML directive)",
     "remove the line; a value that begins with % needs quotes"},
    {"directive", NULL, false, "a line cannot begin with '%' (a YAML directive)", "remove the line"},
    {"incompatible YAML document", NULL, false, "YAML directives are not read", "remove the line"},
    {"", "a block scalar", true, "nothing may follow '|' or '>' on its line",
     "begin the text on the next line, indented with blanks; text that begins with | or > needs quotes"},
    {"did not find expected <document start>", NULL, false, "this does not belong to the entries above",
     "begin all top-level keys in column 1; remove '...' and '%' lines"},
};
// clang-format on

static char char_at(spec_reader *r, yaml_mark_t mark) {
  size_t byte = spec_byte_of(r, mark);
  return byte < r->source->bytes ? r->source->text[byte] : '\0';
}

// The part of the line of a mark that stands before it.
static text_slice before(spec_reader *r, yaml_mark_t mark) {
  size_t     byte = spec_byte_of(r, mark);
  text_slice line = line_at(r->source, byte);
  size_t     n = (size_t)(r->source->text + byte - line.at);
  if (n < line.n) line.n = n;
  if (mark.line == 0 && line.at < r->source->text + r->start_byte) {  // --set: the path stands before the value
    size_t path = (size_t)(r->source->text + r->start_byte - line.at);
    line.at += path, line.n = line.n > path ? line.n - path : 0;
  }
  return line;
}

static size_t indentation(text_slice line) {
  size_t n = 0;
  while (n < line.n && spec_is_blank(line.at[n])) n++;
  return n;
}

static void say(finding *f, yaml_mark_t at, const char *message, const char *hint) {
  f->at = at;
  f->hint = hint;
  snprintf(f->message, sizeof(f->message), "%s", message);
}

static bool explain_tab(spec_reader *r, finding *f) {
  yaml_mark_t at = r->parser.problem_mark;
  text_slice  own = before(r, at);
  text_slice  all = {own.at, own.n + spec_rest_of_line(r->source, spec_byte_of(r, at)).n};
  size_t      n = indentation(all);
  const char *tab = n ? memchr(all.at, '\t', n) : NULL;
  if (!tab || strstr(r->parser.problem, "',' or")) return false;
  size_t column = (size_t)(tab - all.at);
  at.index = at.index - at.column + column;
  at.column = column;
  say(f, at, "this line is indented with a tab", "indent with blanks: two for each level");
  return true;
}

// A value that swallowed the lines below it keeps what stands on its own line: that was probably meant.
static void keep_first_line(spec_reader *r, spec_node *node, yaml_mark_t start, size_t skip) {
  size_t     byte = spec_byte_of(r, start) + skip;
  text_slice text = text_trim(spec_rest_of_line(r->source, byte));
  char      *copy = arena_text(r->a, text.at, text.n);
  if (copy) node->text = (text_slice){copy, text.n};
}

// A quote that is closed by the next quote, lines below, shows only after it.
static bool explain_runaway_quote(spec_reader *r, finding *f) {
  if (!r->quote || r->quote_end.line != r->parser.problem_mark.line) return false;
  say(f, r->quote_start, "the quote that begins here is not closed on its line", "close it at the end of the text");
  keep_first_line(r, r->quote, r->quote_start, 1);
  return true;
}

static bool explain_first_character(spec_reader *r, finding *f) {
  if (!strstr(r->parser.problem, "cannot start any token")) return false;
  char c = char_at(r, r->parser.problem_mark);
  say(f, r->parser.problem_mark, "", c == '%' ? "write the number first (5 %), or put the text in quotes" : QUOTE_HINT);
  if (c == '\t') f->hint = "use blanks instead of tabs";
  snprintf(f->message, sizeof(f->message),
           c == '\t' ? "a tab stands where a value begins" : "a value cannot begin with '%c'", c);
  return true;
}

// "mapping values are not allowed": a second colon, a line too deep, or a line above that is not an entry.
static bool explain_colon(spec_reader *r, finding *f) {
  if (!strstr(r->parser.problem, "mapping values are not allowed")) return false;
  yaml_mark_t at = r->parser.problem_mark;
  text_slice  own = before(r, at);
  size_t      deep = indentation(own);
  for (size_t i = deep; i + 1 < own.n; i++)
    if (own.at[i] == ':' && spec_is_blank(own.at[i + 1])) {
      say(f, at, "a second ': ' in one value", "put a text that holds ': ' in quotes, or begin a new line");
      return true;
    }
  yaml_mark_t start = at;
  start.column = deep;
  say(f, start, "this line is indented deeper than the one above, which already has a value",
      "entries of one map begin in the same column");
  size_t line_byte = (size_t)(own.at - r->source->text);
  if (at.line == 0 || line_byte == 0) return true;
  text_slice above = line_at(r->source, line_byte - 1);
  if (text_trim(above).n == 0 || indentation(above) < deep) return true;
  start.line--, start.column = indentation(above);
  say(f, start, "this line has no ': ', so it is not an entry", SPEC_ENTRY_HINT);
  f->span = spec_count_characters(text_trim(above));
  return true;
}

// A flow collection: not closed, or something stands between two entries.
static bool explain_bracket(spec_reader *r, finding *f) {
  if (!strstr(r->parser.problem, "',' or")) return false;
  yaml_mark_t open = r->parser.context_mark, at = r->parser.problem_mark;
  bool        list = strchr(r->parser.problem, ']') != NULL;
  size_t      open_deep = indentation(before(r, open)), deep = indentation(before(r, at));
  char        c = char_at(r, at);
  if (c == '\0' || (at.line > open.line && deep <= open_deep && c != ']' && c != '}')) {
    say(f, open, list ? "the '[' that opens here is not closed" : "the '{' that opens here is not closed",
        list ? "close the list with ']'" : "close the map with '}'");
    text_slice rest = spec_rest_of_line(r->source, spec_byte_of(r, open));
    for (size_t i = 1; i < rest.n; i++)
      if (rest.at[i] == '#' && spec_is_blank(rest.at[i - 1]))
        f->hint = "a '#' behind a blank begins a comment, up to the end of the line; text that holds it needs quotes";
    return true;
  }
  text_slice own = before(r, at);
  if (own.n && own.at[own.n - 1] == '\'') {
    say(f, at, "this follows a text that is already complete", "inside single quotes an apostrophe is written twice: 'it''s'");
    return true;
  }
  say(f, at, "",
      c == ':' ? "separate entries with commas; put a text that holds ': ' in quotes"
               : "separate entries with commas; put text with brackets or quotes inside it in quotes");
  snprintf(f->message, sizeof(f->message), "',' or '%c' expected here, for the '%c' of line %d", list ? ']' : '}',
           list ? '[' : '{', (int)open.line + 1 + r->start_line);
  return true;
}

// "did not find expected key" and the like: something stands where an entry of a map should begin.
static bool explain_entry(spec_reader *r, finding *f) {
  const char *problem = r->parser.problem;
  bool        top = strstr(problem, "<document start>") != NULL;
  if (!top && !strstr(problem, "did not find expected key")) return false;
  yaml_mark_t at = r->parser.problem_mark;
  text_slice  own = before(r, at);
  char        c = char_at(r, at);
  bool        first = indentation(own) == own.n;
  if (c == ']' || c == '}') {
    say(f, at, "", "remove it, or open the bracket before it");
    snprintf(f->message, sizeof(f->message), "this '%c' closes nothing", c);
  } else if (!first) {
    say(f, at, "this follows a value that is already complete",
        memchr(own.at, '\'', own.n) ? "inside single quotes an apostrophe is written twice: 'it''s'"
                                    : "put the whole text in quotes, or remove the rest");
  } else if (c == '-') {
    say(f, at, "an entry of a list stands among the entries of a map", "indent the list below its key");
  } else if (top) {
    return false;
  } else {
    say(f, at, "this line is indented like no entry above it", "entries of one map begin in the same column");
  }
  return true;
}

static bool explain_missing(spec_reader *r, finding *f) {
  if (!strstr(r->parser.problem, "expected node content")) return false;
  char c = char_at(r, r->parser.problem_mark);
  say(f, r->parser.problem_mark, "a value is missing at the end", "write the value");
  if (c == '\0') return true;
  f->hint = "write the value, or remove the comma; text that begins with such a character needs quotes";
  snprintf(f->message, sizeof(f->message), "a value is missing before this '%c'", c);
  return true;
}

static void explain_by_table(spec_reader *r, finding *f) {
  const char *context = r->parser.context ? r->parser.context : "";
  for (size_t i = 0; i < sizeof(problem_rows) / sizeof(problem_rows[0]); i++) {
    if (!strstr(r->parser.problem, problem_rows[i].problem)) continue;
    if (problem_rows[i].context && !strstr(context, problem_rows[i].context)) continue;
    say(f, problem_rows[i].at_context ? r->parser.context_mark : r->parser.problem_mark, problem_rows[i].message,
        problem_rows[i].hint);
    return;
  }
  say(f, r->parser.problem_mark, "", "check quotes, brackets and indentation here");
  snprintf(f->message, sizeof(f->message), "the text cannot be read: %s", r->parser.problem);
}

// Reports the error at which libyaml stopped.
void spec_explain(spec_reader *r) {
  if (r->parser.error == YAML_MEMORY_ERROR || !r->parser.problem) {
    spec_out_of_memory(r);
    return;
  }
  finding f = {.span = 1};
  if (!explain_tab(r, &f) && !explain_runaway_quote(r, &f) && !explain_first_character(r, &f) &&
      !explain_colon(r, &f) && !explain_bracket(r, &f) && !explain_entry(r, &f) && !explain_missing(r, &f))
    explain_by_table(r, &f);
  if (r->plain && r->plain_start.line < r->plain_end.line && r->plain_end.line == r->parser.problem_mark.line)
    keep_first_line(r, r->plain, r->plain_start, 0);
  diag_place place = spec_place_at(r, f.at, f.span);
  r->error_line = place.line;
  spec_report(r, SG_ERR_SYNTAX, place, f.hint, "%s", f.message);
}
