// Reads a programme's text into a tree of nodes with places: libyaml finds the events, this file builds the tree and
// refuses the parts of YAML that programmes do not use.
#include "spec.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spec_reader.h"

enum { MAX_RESTARTS = 10 };  // pieces read after syntax errors: bounds the work on hostile input

#define MINIMAL "a minimal programme is two lines: `programme: NAME` and `as_of: 2025-01-21`"

// ---- Building the tree -------------------------------------------------------------------------------------

static bool next_event(spec_reader *r, yaml_event_t *event) {
  if (yaml_parser_parse(&r->parser, event)) return true;
  spec_explain(r);
  return false;
}

spec_node *spec_new_node(spec_reader *r) {
  if (++r->n_nodes > SPEC_MAX_NODES) {
    spec_report(r, SG_ERR_LIMIT, spec_place_at(r, r->parser.mark, 1),
                "split the programme, or move tables into data files", "more than %d entries", SPEC_MAX_NODES);
    return NULL;
  }
  spec_node *node = ARENA_NEW(r->a, spec_node, 1);
  return node ? node : spec_out_of_memory(r);
}

void spec_append(spec_node *parent, spec_node **last, spec_node *child) {
  if (*last) (*last)->next = child;
  else parent->first = child;
  *last = child;
  parent->n++;
}

// Copies a scalar's text. False: out of memory. Escaped control characters are refused: they would reach terminals.
static bool take_text(spec_reader *r, const yaml_event_t *event, diag_place place, text_slice *out) {
  const char *at = (const char *)event->data.scalar.value;
  size_t      n = event->data.scalar.length;
  char       *s = arena_text(r->a, at, n);
  if (!s) return spec_out_of_memory(r) != NULL;
  *out = (text_slice){s, n};
  for (size_t i = 0; i < n; i++)
    if (spec_forbidden(s + i, n - i)) {
      spec_report(r, SG_ERR_SYNTAX, place, "remove the escape", "the text holds an escaped control character");
      out->n = i, s[i] = '\0';
      break;
    }
  return true;
}

// Anchors, aliases and tags make the text harder to read than it is worth.
static void refuse_decoration(spec_reader *r, const yaml_event_t *event, diag_place place) {
  const yaml_char_t *anchor = NULL, *tag = NULL;
  if (event->type == YAML_SCALAR_EVENT) anchor = event->data.scalar.anchor, tag = event->data.scalar.tag;
  if (event->type == YAML_MAPPING_START_EVENT)
    anchor = event->data.mapping_start.anchor, tag = event->data.mapping_start.tag;
  if (event->type == YAML_SEQUENCE_START_EVENT)
    anchor = event->data.sequence_start.anchor, tag = event->data.sequence_start.tag;
  if (event->type == YAML_ALIAS_EVENT)
    spec_report(r, SG_ERR_SYNTAX, place,
                "write the value out or use `like: NAME`; text that begins with * needs quotes",
                "aliases (*name) are not read");
  if (anchor)
    spec_report(r, SG_ERR_SYNTAX, place,
                "remove it, and use `like: NAME` instead; text that begins with & needs quotes",
                "anchors (&name) are not read");
  if (tag)
    spec_report(r, SG_ERR_SYNTAX, place, "remove it; text that begins with ! needs quotes",
                "tags (!name) are not read");
}

typedef struct twin {
  spec_node *node, *first;
} twin;

int spec_compare_keys(text_slice a, text_slice b) {
  if (a.n != b.n) return a.n < b.n ? -1 : 1;
  return a.n ? memcmp(a.at, b.at, a.n) : 0;
}

static int compare_places(const spec_node *a, const spec_node *b) {
  if (a->key_place.line != b->key_place.line) return a->key_place.line < b->key_place.line ? -1 : 1;
  return (a->key_place.column > b->key_place.column) - (a->key_place.column < b->key_place.column);
}

static int twin_by_key(const void *left, const void *right) {
  const spec_node *a = ((const twin *)left)->node, *b = ((const twin *)right)->node;
  int              c = spec_compare_keys(a->key, b->key);
  return c ? c : compare_places(a, b);
}

static int twin_by_place(const void *left, const void *right) {
  return compare_places(((const twin *)left)->node, ((const twin *)right)->node);
}

// Reports and drops repeated keys of a map that was read. Sorts, so that no choice of keys makes it quadratic.
static void drop_repeated(spec_reader *r, spec_node *map) {
  if (map->kind != SPEC_MAP || map->n < 2) return;
  arena_mark mark = arena_mark_get(r->a);
  twin      *all = ARENA_NEW(r->a, twin, map->n);
  if (!all) {
    spec_out_of_memory(r);
    return;
  }
  size_t n = 0, n_twin = 0;
  for (spec_node *c = map->first; c; c = c->next) all[n++].node = c;
  qsort(all, n, sizeof(*all), twin_by_key);
  spec_node *first = all[0].node;
  for (size_t i = 1; i < n; i++) {
    if (spec_compare_keys(first->key, all[i].node->key) != 0) first = all[i].node;
    else all[n_twin++] = (twin){all[i].node, first};
  }
  qsort(all, n_twin, sizeof(*all), twin_by_place);
  spec_node **link = &map->first;
  for (size_t i = 0; i < n_twin; i++) {
    const twin *t = &all[i];
    spec_report(r, SG_ERR_KEY, t->node->key_place, "keep one of the two, or give the second another name",
                "key '%.*s' repeats the one at line %d, column %d", spec_shown(t->node->key), t->node->key.at,
                (int)t->first->key_place.line, (int)t->first->key_place.column);
    while (*link != t->node) link = &(*link)->next;
    *link = t->node->next;
    map->n--;
  }
  arena_release(r->a, mark);
}

// Fills `node` from an event and the events that belong to it; takes the event. False: stop reading.
static bool read_value(spec_reader *r, yaml_event_t *event, unsigned depth, spec_node *node);

// `at_least: >9` would be an empty block of text with an indentation of nine.
static void refuse_indicator(spec_reader *r, const yaml_event_t *event, const spec_node *node) {
  text_slice head = spec_rest_of_line(r->source, spec_byte_of(r, event->start_mark));
  for (size_t i = 1; i < head.n && !spec_is_blank(head.at[i]); i++)
    if (spec_is_digit(head.at[i])) {
      spec_report(r, SG_ERR_SYNTAX, node->place, "text that begins with | or > needs quotes",
                  "'%.*s' opens a block of text, and is no value", spec_shown(head), head.at);
      return;
    }
}

static bool read_scalar(spec_reader *r, const yaml_event_t *event, spec_node *node) {
  yaml_scalar_style_t style = event->data.scalar.style;
  node->kind = SPEC_SCALAR;
  node->quoted = style != YAML_PLAIN_SCALAR_STYLE && style != YAML_ANY_SCALAR_STYLE;
  if (!take_text(r, event, node->place, &node->text)) return false;
  if (node->key.at && !node->quoted && node->text.n == 0) node->place = node->key_place;  // `key:` and nothing
  if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) refuse_indicator(r, event, node);
  r->plain = node->quoted || node->text.n == 0 ? NULL : node;
  r->plain_start = event->start_mark;
  r->plain_end = event->end_mark;
  r->plain_cut = false;
  r->quote = NULL;
  if ((style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) &&
      event->start_mark.line != event->end_mark.line) {
    r->quote = node;
    r->quote_start = event->start_mark;
    r->quote_end = event->end_mark;
  }
  return true;
}

// Reports a number with commas inside brackets, of which the first stands at r->plain_end.
static void report_commas(spec_reader *r) {
  const char *text = r->source->text;
  size_t      comma = spec_byte_of(r, r->plain_end), from = comma, to = comma, n = r->source->bytes;
  while (from > 0 && comma - from < 20 && spec_is_digit(text[from - 1])) from--;
  while (to - comma < 24 && to + 3 < n && text[to] == ',' && spec_is_digit(text[to + 1]) &&
         spec_is_digit(text[to + 2]) && spec_is_digit(text[to + 3]))
    to += 4;
  char   joined[64] = "", spaced[64] = "", hint[176];
  size_t n_joined = 0, n_spaced = 0;
  for (size_t i = from; i < to; i++) {
    spaced[n_spaced++] = text[i] == ',' ? '_' : text[i];
    if (text[i] != ',') joined[n_joined++] = text[i];
  }
  snprintf(hint, sizeof(hint), "numbers take no commas: write %s or %s; text that holds one needs quotes", joined, spaced);
  diag_place place = spec_place_at(r, r->plain_end, (int32_t)(to - from));
  place.column -= (int32_t)(comma - from);
  spec_report(r, SG_ERR_SYNTAX, place, hint, "'%.*s' holds a comma, which ends a value inside brackets",
              (int)(to - from), text + from);
}

// Three digits, then no digit: the rest of a number behind a comma.
static bool is_thousands(text_slice s) {
  return s.n >= 3 && spec_is_digit(s.at[0]) && spec_is_digit(s.at[1]) && spec_is_digit(s.at[2]) &&
         !(s.n > 3 && spec_is_digit(s.at[3]));
}

// A number cut in two by its comma: `{count: 100,000}` reads as count 100 and a key 000. True: `cut` is such a rest,
// and was joined to the value before it. In a list [100,200] may be meant: only a rest that begins with 0 counts.
static bool join_cut_number(spec_reader *r, yaml_mark_t start, text_slice cut, bool in_list) {
  if (!r->plain || start.line != r->plain_end.line || start.column != r->plain_end.column + 1) return false;
  text_slice was = r->plain->text;
  if (!is_thousands(cut) || !spec_is_digit(was.at[was.n - 1])) return false;
  if (in_list && !r->plain_cut && cut.at[0] != '0') return false;
  if (!r->plain_cut) report_commas(r);
  r->plain_cut = true;
  char *both = ARENA_NEW(r->a, char, was.n + cut.n + 1);
  if (!both) return spec_out_of_memory(r), true;
  memcpy(both, was.at, was.n);
  memcpy(both + was.n, cut.at, cut.n);
  size_t more = (size_t)spec_count_characters(cut) + 1;
  r->plain->text = (text_slice){both, was.n + cut.n};
  r->plain->place.span += (int32_t)more;
  r->plain_end.column += more;
  r->plain_end.index += more;
  return true;
}

typedef struct key_read {
  bool        usable, plain;
  yaml_mark_t start;
} key_read;

// Reads a key into node->key. Takes the event. False: stop reading.
static bool read_key(spec_reader *r, yaml_event_t *event, unsigned depth, spec_node *node, key_read *out) {
  diag_place place = spec_place_between(r, event->start_mark, event->end_mark);
  *out = (key_read){false, false, event->start_mark};
  if (event->type != YAML_SCALAR_EVENT) {
    bool       alias = event->type == YAML_ALIAS_EVENT;
    spec_node *lost = spec_new_node(r);
    if (!alias)
      spec_report(r, SG_ERR_SYNTAX, place, "a key is a name: put a text with brackets in quotes",
                  "a map or a list stands where a key is expected");
    if (lost) return read_value(r, event, depth + 1, lost);
    yaml_event_delete(event);
    return false;
  }
  refuse_decoration(r, event, place);
  out->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  node->key_place = place;
  bool ok = take_text(r, event, place, &node->key);
  yaml_event_delete(event);
  if (!ok) return false;
  if (node->key.n == 0) spec_report(r, SG_ERR_SYNTAX, place, "write `key: value`", "an entry has no key");
  else if (memchr(node->key.at, '\n', node->key.n))
    spec_report(r, SG_ERR_SYNTAX, place, "write the key on one line", "a key goes over several lines");
  else if (out->plain && text_equal(node->key, "<<"))
    spec_report(r, SG_ERR_SYNTAX, place, "use `like: NAME` to start from another entry",
                "merge keys (<<) are not read");
  else out->usable = true;
  return true;
}

// An entry of { } without a value is nearly always a comma or a colon that went wrong. True: dropped.
static bool refuse_bare_entry(spec_reader *r, const key_read *key, const spec_node *node) {
  if (!key->plain) return false;
  if (join_cut_number(r, key->start, node->key, false)) return true;
  const char *colon = memchr(node->key.at, ':', node->key.n);
  if (colon)
    spec_report(r, SG_ERR_SYNTAX, node->key_place, "write a blank after the colon", "'%.*s' is not an entry",
                spec_shown(node->key), node->key.at);
  else if (memchr(node->key.at, ' ', node->key.n))
    spec_report(r, SG_ERR_SYNTAX, node->key_place,
                "a text that holds a comma needs quotes; a key needs ': ' and a value", "'%.*s' has no value",
                spec_shown(node->key), node->key.at);
  else return false;
  return true;
}

static bool read_entry(spec_reader *r, yaml_event_t *event, unsigned depth, spec_node *map, spec_node **last,
                       bool flow) {
  key_read   key;
  spec_node *node = spec_new_node(r);
  if (!node) {
    yaml_event_delete(event);
    return false;
  }
  if (!read_key(r, event, depth, node, &key) || !next_event(r, event)) return false;
  bool bare = event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
              event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  if (flow && bare && key.usable && refuse_bare_entry(r, &key, node)) {
    yaml_event_delete(event);
    return true;
  }
  if (key.usable && event->type != YAML_ALIAS_EVENT) spec_append(map, last, node);
  return read_value(r, event, depth, node);
}

static bool read_map(spec_reader *r, unsigned depth, spec_node *map, spec_node **last, bool flow) {
  yaml_event_t event;
  while (next_event(r, &event)) {
    if (event.type == YAML_MAPPING_END_EVENT) {
      if (flow && (int32_t)event.end_mark.line + 1 + r->start_line == map->place.line)
        map->place.span = spec_place_at(r, event.end_mark, 1).column - map->place.column;
      yaml_event_delete(&event);
      return true;
    }
    if (!read_entry(r, &event, depth, map, last, flow)) return false;
    if (!flow && map->n == 1) map->place.span = map->first->key_place.span;
  }
  return false;
}

static bool read_list(spec_reader *r, unsigned depth, spec_node *list, bool flow) {
  yaml_event_t event;
  spec_node   *last = NULL;
  while (next_event(r, &event)) {
    if (event.type == YAML_SEQUENCE_END_EVENT) {
      if (flow && (int32_t)event.end_mark.line + 1 + r->start_line == list->place.line)
        list->place.span = spec_place_at(r, event.end_mark, 1).column - list->place.column;
      yaml_event_delete(&event);
      return true;
    }
    if (flow && event.type == YAML_SCALAR_EVENT && event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
      text_slice text = {(const char *)event.data.scalar.value, event.data.scalar.length};
      if (join_cut_number(r, event.start_mark, text, true)) {
        yaml_event_delete(&event);
        continue;
      }
    }
    bool       alias = event.type == YAML_ALIAS_EVENT;
    spec_node *node = spec_new_node(r);
    if (node && !alias) spec_append(list, &last, node);
    if (!node) yaml_event_delete(&event);
    if (!node || !read_value(r, &event, depth, node)) return false;
  }
  return false;
}

static bool read_collection(spec_reader *r, yaml_event_t *event, unsigned depth, spec_node *node) {
  bool is_map = event->type == YAML_MAPPING_START_EVENT;
  bool flow = is_map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                     : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
  node->kind = is_map ? SPEC_MAP : SPEC_LIST;
  yaml_event_delete(event);
  r->plain = r->quote = NULL;
  if (depth >= SPEC_MAX_DEPTH) {
    spec_report(r, SG_ERR_LIMIT, node->place, "are brackets or indentation doubled by mistake?",
                "maps and lists are nested deeper than %d levels", SPEC_MAX_DEPTH);
    return false;
  }
  spec_node *last = NULL;
  bool       ok = is_map ? read_map(r, depth + 1, node, &last, flow) : read_list(r, depth + 1, node, flow);
  drop_repeated(r, node);
  r->plain = NULL;
  return ok;
}

static bool read_value(spec_reader *r, yaml_event_t *event, unsigned depth, spec_node *node) {
  node->place = spec_place_between(r, event->start_mark, event->end_mark);
  refuse_decoration(r, event, node->place);
  if (event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT)
    return read_collection(r, event, depth, node);
  bool ok = event->type != YAML_SCALAR_EVENT || read_scalar(r, event, node);
  yaml_event_delete(event);
  return ok;
}

// ---- The whole text ------------------------------------------------------------------------------------------

static bool read_root(spec_reader *r, yaml_event_t *event) {
  bool map = event->type == YAML_MAPPING_START_EVENT;
  bool empty = event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 && !event->data.scalar.anchor &&
               !event->data.scalar.tag && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  diag_place place = spec_place_between(r, event->start_mark, event->end_mark);
  if (!map && !r->any_root) {
    if (event->type == YAML_SCALAR_EVENT && event->start_mark.line != event->end_mark.line) {
      spec_report(r, SG_ERR_SYNTAX, place, SPEC_ENTRY_HINT, "this line has no ': ', so it is not an entry");
      r->error_line = place.line;
    } else if (empty) spec_report(r, SG_ERR_SYNTAX, (diag_place){r->source, 1, 1, 1}, MINIMAL, "the file is empty");
    else spec_report(r, SG_ERR_SYNTAX, place, MINIMAL, "a programme is a map of keys and values, and this is none");
    yaml_event_delete(event);
    return false;
  }
  if (r->root && map) {  // a later piece of a text that had a syntax error
    yaml_event_delete(event);
    return read_map(r, 1, r->root, &r->root_last, false);
  }
  r->root = spec_new_node(r);
  if (!r->root) {
    yaml_event_delete(event);
    return false;
  }
  if (!map || r->any_root) return read_value(r, event, r->base_depth, r->root);
  bool flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
  r->root->kind = SPEC_MAP;
  r->root->place = place;
  refuse_decoration(r, event, place);
  yaml_event_delete(event);
  return read_map(r, 1, r->root, &r->root_last, flow);
}

static void refuse_directives(spec_reader *r, const yaml_event_t *event) {
  if (event->data.document_start.version_directive ||
      event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
    spec_report(r, SG_ERR_SYNTAX, spec_place_at(r, event->start_mark, 1), "remove the lines that begin with '%'",
                "YAML directives are not read");
}

// The events of one piece. False: stopped by an error.
static bool read_document(spec_reader *r) {
  yaml_event_t event;
  bool         seen = false;
  while (next_event(r, &event)) {
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        refuse_directives(r, &event);
        if (seen) {
          spec_report(r, SG_ERR_SYNTAX, spec_place_between(r, event.start_mark, event.end_mark),
                      "keep one programme in a file: remove the '---' and what follows",
                      "a second document begins here");
          yaml_event_delete(&event);
          return false;
        }
        seen = true;
        yaml_event_delete(&event);
        break;
      case YAML_STREAM_END_EVENT:
        if (!seen && !r->any_root && !r->root)
          spec_report(r, SG_ERR_SYNTAX, (diag_place){r->source, 1, 1, 1}, MINIMAL, "the file is empty");
        yaml_event_delete(&event);
        return true;
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_END_EVENT: yaml_event_delete(&event); break;
      default:
        if (!read_root(r, &event)) return false;
    }
  }
  return false;
}

bool spec_read_piece(spec_reader *r) {
  r->cursor_index = 0;
  r->cursor_byte = r->start_byte;
  r->error_line = 0;
  r->plain = r->quote = NULL;
  if (!yaml_parser_initialize(&r->parser)) return spec_out_of_memory(r) != NULL;
  yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
  const char *text = r->source->bytes ? r->source->text : "";
  yaml_parser_set_input_string(&r->parser, (const unsigned char *)text + r->start_byte,
                               r->source->bytes - r->start_byte);
  bool ok = read_document(r);
  yaml_parser_delete(&r->parser);
  return ok;
}

// Drops what was read below the line of an error: a bracket that was not closed swallows the entries that follow.
static void trim_after(spec_node *node, int32_t line) {
  while (node && node->kind != SPEC_SCALAR) {
    spec_node *keep = NULL;
    size_t     n = 0;
    for (spec_node *c = node->first; c; c = c->next, n++) {
      if ((c->key.at ? c->key_place.line : c->place.line) > line) break;
      keep = c;
    }
    node->n = n;
    if (keep) keep->next = NULL;
    else node->first = NULL;
    node = keep;
  }
}

// Byte of the first line below `line` that looks like a top-level entry; moves start_line there. 0: none.
static size_t find_restart(spec_reader *r, int32_t line) {
  const diag_source *s = r->source;
  int32_t            at = 1;
  for (size_t byte = 0; byte < s->bytes; at++) {
    text_slice here = spec_rest_of_line(s, byte);
    if (at > line && here.n > 1 && !strchr(" \t#-[]{}\"'%&*!|>@`?:,.", here.at[0])) {
      const char *colon = memchr(here.at, ':', here.n);
      if (colon && (colon == here.at + here.n - 1 || spec_is_blank(colon[1]))) {
        r->start_line = at - 1;
        return byte;
      }
    }
    const char *end = memchr(here.at, '\n', s->bytes - byte);
    if (!end) break;
    byte = (size_t)(end - s->text) + 1;
  }
  return 0;
}

sg_err spec_read(const diag_source *source, arena *a, sg_diags *diags, spec_node **out) {
  *out = NULL;
  spec_reader r = {.source = source, .a = a, .diags = diags};
  if (source->bytes > SPEC_MAX_BYTES)
    return spec_report(&r, SG_ERR_LIMIT, (diag_place){source, 0, 0, 0}, "move long tables into data files",
                       "the file has %zu bytes; at most %d are read", source->bytes, SPEC_MAX_BYTES);
  if (source->bytes >= 3 && memcmp(source->text, "\xEF\xBB\xBF", 3) == 0) {  // byte order mark: not part of the text
    diag_source *rest = ARENA_NEW(a, diag_source, 1);
    if (!rest) return spec_out_of_memory(&r), SG_ERR_MEMORY;
    *rest = (diag_source){source->name, source->text + 3, source->bytes - 3};
    r.source = rest;
  }
  if (spec_check_text(&r) != SG_OK) return r.first;
  bool ok = spec_read_piece(&r);
  for (int i = 0; !ok && r.error_line > 0 && i < MAX_RESTARTS; i++) {
    trim_after(r.root, r.error_line);
    r.start_byte = find_restart(&r, r.error_line);
    if (r.start_byte == 0) break;
    if (!r.root && !(r.root = spec_new_node(&r))) break;
    if (!r.root->place.source) r.root->kind = SPEC_MAP, r.root->place = (diag_place){r.source, 1, 1, 1};
    r.root_last = r.root->first;
    while (r.root_last && r.root_last->next) r.root_last = r.root_last->next;
    ok = spec_read_piece(&r);
  }
  if (r.root) drop_repeated(&r, r.root);
  *out = r.root;
  return r.first;
}
