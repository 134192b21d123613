// Inside of the spec reader: what its files share. Not for other modules.
//
// spec.c builds the tree from libyaml's events; spec_syntax.c says in plain words what is wrong; spec_edit.c changes
// trees.
#ifndef PROGRAMME_SPEC_READER_H
#define PROGRAMME_SPEC_READER_H

#include <yaml.h>

#include "spec.h"

enum { SPEC_MESSAGE_BYTES = 200 };

#define SPEC_ENTRY_HINT "write `key: value`, with a blank after the colon"

typedef struct spec_reader {
  yaml_parser_t      parser;
  const diag_source *source;
  arena             *a;
  sg_diags          *diags;
  sg_err             first;  // first error found
  size_t             n_nodes;
  spec_node         *root;
  spec_node         *root_last;  // last child of the root
  bool               any_root;   // true: a value for --set, which may be of any kind
  unsigned           base_depth;

  // The piece being parsed: libyaml's marks count from its start.
  size_t  start_byte;
  int32_t start_line, start_column;  // of the piece in the source, from 0

  // Character index of the piece -> byte of the source; moves forward with the marks.
  size_t cursor_index, cursor_byte;

  // The last plain scalar that was a value, while nothing else came after it: finds numbers cut by a comma.
  spec_node  *plain;
  yaml_mark_t plain_start, plain_end;
  bool        plain_cut;  // already reported

  // The last quoted scalar that went over several lines: likely where a quote was not closed.
  spec_node  *quote;
  yaml_mark_t quote_start, quote_end;

  int32_t error_line;  // line of the source at which a syntax error was reported, from 1; 0: none
} spec_reader;

static inline bool spec_is_continuation(char c) { return ((unsigned char)c & 0xC0u) == 0x80u; }
static inline bool spec_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool spec_is_blank(char c) { return c == ' ' || c == '\t'; }

// Reports an error (printf-formatted), remembers the first one, returns `code`.
sg_err spec_report(spec_reader *r, sg_err code, diag_place place, const char *hint, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void *spec_out_of_memory(spec_reader *r);  // reports it; NULL

int32_t spec_count_characters(text_slice s);
int     spec_shown(text_slice s);  // for "%.*s": bytes of a name to show, whole characters of one line

size_t     spec_byte_of(spec_reader *r, yaml_mark_t mark);             // byte of the source at which a mark stands
text_slice spec_rest_of_line(const diag_source *source, size_t byte);  // from a byte to the end of its line
diag_place spec_place_at(const spec_reader *r, yaml_mark_t mark, int32_t span);
diag_place spec_place_between(spec_reader *r, yaml_mark_t from, yaml_mark_t to);  // multi-line: to the end of the first
diag_place spec_place_of_byte(const diag_source *source, size_t byte);

// Length of a character at `at` that programmes may not hold (control characters, odd line ends), or 0. Valid UTF-8.
size_t spec_forbidden(const char *at, size_t n);

sg_err spec_check_text(spec_reader *r);  // UTF-8 without control characters, before anything is parsed
void   spec_explain(spec_reader *r);     // reports the syntax error at which libyaml stopped

spec_node *spec_new_node(spec_reader *r);  // NULL: reported
void       spec_append(spec_node *parent, spec_node **last, spec_node *child);
int        spec_compare_keys(text_slice a, text_slice b);
bool       spec_read_piece(spec_reader *r);  // parses from r->start_byte into r->root; false: stopped by an error

#endif
