// Tests of the programme reader: trees and places, findings in plain words, limits, --set, merging.
#include "spec.h"

#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

typedef struct reading {
  arena      *a;
  sg_diags    diags;
  diag_source source;
  spec_node  *root;
  sg_err      err;
} reading;

static reading *read_bytes(const char *text, size_t n) {
  reading *r = calloc(1, sizeof(*r));
  r->a = arena_create();
  r->source = (diag_source){"plan.yaml", text, n};
  diag_init(&r->diags);
  r->err = spec_read(&r->source, r->a, &r->diags, &r->root);
  return r;
}

static reading *read_text(const char *text) { return read_bytes(text, strlen(text)); }

static void reading_free(reading *r) {
  arena_free(r->a);
  free(r);
}

// Follows keys parted by '/'.
static const spec_node *at(const spec_node *node, const char *path) {
  char key[64];
  while (node && *path) {
    size_t n = strcspn(path, "/");
    memcpy(key, path, n);
    key[n] = '\0';
    node = spec_get(node, key);
    path += n + (path[n] == '/');
  }
  return node;
}

static const char *text_at(const spec_node *root, const char *path) {
  const spec_node *node = at(root, path);
  return node && node->kind == SPEC_SCALAR ? node->text.at : "(none)";
}

static void check_place(const diag_place *p, int line, int column, int span) {
  ck_assert_int_eq(p->line, line);
  ck_assert_int_eq(p->column, column);
  ck_assert_int_eq(p->span, span);
}

// ---- What is read ----------------------------------------------------------------------------------------------

// clang-format off
static const struct {
  const char *what, *text, *path, *want;
} value_rows[] = {
    {"a quantity with a unit", "a: 1.2 GW\n", "a", "1.2 GW"},
    {"dollars", "a: $38B\n", "a", "$38B"},
    {"percent after a blank", "a: 40 %\n", "a", "40 %"},
    {"a range", "a: 5 % to 6 %", "a", "5 % to 6 %"},
    {"a unit with a slash in brackets", "a: {b: 2.6 USD/GPU-h, c: 40 %}", "a/b", "2.6 USD/GPU-h"},
    {"percent in brackets", "a: {b: 2.6 USD/GPU-h, c: 40 %}", "a/c", "40 %"},
    {"a key with a blank", "a: {listed shares: {worth: 1}}", "a/listed shares/worth", "1"},
    {"a comment is not part of a value", "a: 1 # one\n", "a", "1"},
    {"quotes are taken off", "a: \"x: y\"\n", "a", "x: y"},
    {"an apostrophe doubled", "a: 'it''s'\n", "a", "it's"},
    {"an escape", "a: \"\\u00e9\"\n", "a", "\xC3\xA9"},
    {"a block of text", "a: |\n  two\n  lines\nb: 1\n", "a", "two\nlines\n"},
    {"Windows line ends", "a: 1\r\nb: 2\r\n", "b", "2"},
    {"a byte order mark", "\xEF\xBB\xBF" "a: 1\n", "a", "1"},
    {"one document mark at the top", "---\na: 1\n", "a", "1"},
    {"a value without a text", "a:\nb: 1\n", "a", ""},
    {"commas outside brackets are left to the units", "a: 100,000\n", "a", "100,000"},
};
// clang-format on

START_TEST(values_are_read) {
  for (size_t i = 0; i < sizeof(value_rows) / sizeof(value_rows[0]); i++) {
    reading *r = read_text(value_rows[i].text);
    ck_assert_msg(r->err == SG_OK && r->diags.n == 0, "%s: %s", value_rows[i].what, r->diags.item[0].message);
    ck_assert_msg(strcmp(text_at(r->root, value_rows[i].path), value_rows[i].want) == 0, "%s: got '%s'",
                  value_rows[i].what, text_at(r->root, value_rows[i].path));
    reading_free(r);
  }
}
END_TEST

START_TEST(nodes_keep_their_places) {
  reading *r = read_text("\xC3\xA9t\xC3\xA9: 1.2 GW\nb:\n  c: {d: \"\xC3\xA9\xC3\xA9\", e: [x, yy]}\n  f:\n");
  ck_assert_int_eq(r->err, SG_OK);
  const spec_node *first = r->root->first;
  check_place(&first->key_place, 1, 1, 3);  // characters, not bytes
  check_place(&first->place, 1, 6, 6);
  const spec_node *c = at(r->root, "b/c"), *e = at(r->root, "b/c/e");
  check_place(&c->place, 3, 6, 21);
  check_place(&at(c, "d")->place, 3, 10, 4);
  ck_assert(at(c, "d")->quoted && !first->quoted);
  check_place(&e->key_place, 3, 16, 1);
  ck_assert(e->kind == SPEC_LIST && e->n == 2);
  check_place(&e->first->next->place, 3, 23, 2);
  check_place(&at(r->root, "b/f")->place, 4, 3, 1);
  ck_assert_ptr_eq(e->place.source, &r->source);
  ck_assert(!spec_get(r->root, "none") && !spec_get(first, "a") && !spec_get(NULL, "a"));
  reading_free(r);
}
END_TEST

START_TEST(a_byte_order_mark_has_no_column) {
  reading *r = read_text(
      "\xEF\xBB\xBF"
      "a: 1\n");
  check_place(&r->root->first->key_place, 1, 1, 1);
  reading_free(r);
}
END_TEST

// ---- What is refused -------------------------------------------------------------------------------------------

// Text, place and a part of message and hint of the first finding, number of findings, and a value that must survive.
// clang-format off
static const struct {
  const char *what, *text;
  sg_err      code;
  int         line, column;
  const char *message, *hint;
  size_t      n;
  const char *path, *want;
} error_rows[] = {
  // clang-format off
    {"empty", "", SG_ERR_SYNTAX, 1, 1, "the file is empty", "programme: NAME", 1, NULL, NULL},
    {"comments only", "# a\n\n", SG_ERR_SYNTAX, 1, 1, "the file is empty", "programme: NAME", 1, NULL, NULL},
    {"a list", "- a\n", SG_ERR_SYNTAX, 1, 1, "map of keys", "programme: NAME", 1, NULL, NULL},
    {"a word", "hello\n", SG_ERR_SYNTAX, 1, 1, "map of keys", "programme: NAME", 1, NULL, NULL},
    {"a first line without colon", "programme Stargate\nb: 1\n",
        SG_ERR_SYNTAX, 1, 1, "no ': '", "key: value", 1, "b", "1"},
    {"no blank after the colon", "a: 1\nb:2\nc: 3\n",
        SG_ERR_SYNTAX, 2, 1, "no ': '", "blank after the colon", 1, "c", "3"},
    {"tab as indentation", "a:\n\tb: 1\n", SG_ERR_SYNTAX, 2, 1, "indented with a tab", "blanks", 1, NULL, NULL},
    {"tab after an entry", "a:\n  b: 1\n\tc: 2\n", SG_ERR_SYNTAX, 3, 1, "indented with a tab", "blanks", 1, NULL, NULL},
    {"two colons", "a: b: c\nd: 1\n", SG_ERR_SYNTAX, 1, 5, "second ': '", "quotes", 1, "d", "1"},
    {"too deep", "a: 1\n  b: 2\n", SG_ERR_SYNTAX, 2, 3, "indented deeper", "same column", 1, "a", "1"},
    {"like no entry above", "a:\n    b: 1\n  c: 2\n",
        SG_ERR_SYNTAX, 3, 3, "like no entry", "same column", 1, "a/b", "1"},
    {"quote to the end", "a: 1\nb: 'foo\nc: 1\n", SG_ERR_SYNTAX, 2, 4, "never closed", "close the quote", 1, "a", "1"},
    {"quote to the next quote", "a: \"foo\nb: \"bar\"\n",
        SG_ERR_SYNTAX, 1, 4, "not closed on its line", "close it", 1, "b", "bar"},
    {"unclosed quote keeps its line", "a: \"foo\nb: \"bar\"\n",
        SG_ERR_SYNTAX, 1, 4, "not closed", "close it", 1, "a", "foo"},
    {"apostrophe", "a: 'it's'\n", SG_ERR_SYNTAX, 1, 8, "already complete", "written twice", 1, NULL, NULL},
    {"text after quotes", "a: \"x\" y\nb: 1\n",
        SG_ERR_SYNTAX, 1, 8, "already complete", "whole text in quotes", 1, "b", "1"},
    {"percent first", "a: %5\n", SG_ERR_SYNTAX, 1, 4, "begin with '%'", "5 %", 1, NULL, NULL},
    {"at first", "a: @x\n", SG_ERR_SYNTAX, 1, 4, "begin with '@'", "quotes", 1, NULL, NULL},
    {"star first", "a: *x* y\n", SG_ERR_SYNTAX, 1, 4, "begin with '*'", "quotes", 1, NULL, NULL},
    {"map not closed", "a: {b: 1\nc: 2\n", SG_ERR_SYNTAX, 1, 4, "'{' that opens here", "'}'", 1, "c", "2"},
    {"list not closed", "a: [x, y\nc: 2\n", SG_ERR_SYNTAX, 1, 4, "'[' that opens here", "']'", 1, "c", "2"},
    {"open at the end", "{a: 1\n", SG_ERR_SYNTAX, 1, 1, "'{' that opens here", "'}'", 1, "a", "1"},
    {"comma forgotten", "a: {b: 1\n  c: 2}\n", SG_ERR_SYNTAX, 2, 4, "',' or '}' expected", "commas", 1, "a/b", "1"},
    {"bracket too many", "a: {b: 1}}\n", SG_ERR_SYNTAX, 1, 10, "'}' closes nothing", "remove", 1, "a/b", "1"},
    {"list on the line of its key", "a: - b\n", SG_ERR_SYNTAX, 1, 4, "list cannot begin here", "[a, b]", 1, NULL, NULL},
    {"two commas", "a: [x,,y]\n", SG_ERR_SYNTAX, 1, 7, "value is missing", "comma", 1, NULL, NULL},
    {"unknown escape", "a: \"\\q\"\n", SG_ERR_SYNTAX, 1, 5, "unknown escape", "single quotes", 1, NULL, NULL},
    {"comparison as a value", "a: >9\nb: 1\n", SG_ERR_SYNTAX, 1, 4, "block of text", "quotes", 1, "b", "1"},
    {"comma in a number", "a: {count: 100,000, b: 2}\n",
        SG_ERR_SYNTAX, 1, 12, "'100,000' holds a comma", "write 100000 or 100_000", 1, "a/count", "100000"},
    {"two commas in a number", "a: {p: $1,000,000 USD, q: 3}",
        SG_ERR_SYNTAX, 1, 9, "'1,000,000'", "1000000 or 1_000_000", 1, "a/p", "$1000000 USD"},
    {"comma in a range", "a: {p: 1,000 to 1,200 MW}",
        SG_ERR_SYNTAX, 1, 8, "'1,000'", "1000 or 1_000", 1, "a/p", "1000 to 1200 MW"},
    {"comma in a list", "a: [100,000]\n", SG_ERR_SYNTAX, 1, 5, "'100,000'", "100000 or 100_000", 1, NULL, NULL},
    {"comma in a text", "a: {b: one, within the year}\n",
        SG_ERR_SYNTAX, 1, 13, "'within the year' has no value", "quotes", 1, "a/b", "one"},
    {"no blank in brackets", "a: {b: 1, c:2}\n",
        SG_ERR_SYNTAX, 1, 11, "'c:2' is not an entry", "blank after the colon", 1, "a/b", "1"},
    {"alias", "a: *x\nb: 1\n", SG_ERR_SYNTAX, 1, 4, "aliases", "like: NAME", 1, "b", "1"},
    {"anchor", "a: &x 1\n", SG_ERR_SYNTAX, 1, 4, "anchors", "like: NAME", 1, "a", "1"},
    {"tag", "a: !x 1\n", SG_ERR_SYNTAX, 1, 4, "tags", "remove it", 1, "a", "1"},
    {"merge key", "<<: {a: 1}\nb: 2\n", SG_ERR_SYNTAX, 1, 1, "merge keys", "like: NAME", 1, "b", "2"},
    {"map as a key", "? [a, b]\n: 5\nd: 6\n", SG_ERR_SYNTAX, 1, 3, "where a key is expected", "quotes", 1, "d", "6"},
    {"directive", "%YAML 1.1\n---\na: 1\n",
        SG_ERR_SYNTAX, 1, 1, "directives are not read", "begin with '%'", 1, "a", "1"},
    {"two documents", "a: 1\n---\nb: 2\n", SG_ERR_SYNTAX, 2, 1, "second document", "one programme", 1, "a", "1"},
    {"repeated key", "a: 1\nb: 2\na: 3\n",
        SG_ERR_KEY, 3, 1, "'a' repeats the one at line 1, column 1", "keep one", 1, "a", "1"},
    {"repeated twice, in order", "a: {x: 1, y: 2, x: 3, y: 4}",
        SG_ERR_KEY, 1, 17, "'x' repeats the one at line 1, column 5", "keep one", 2, "a/y", "2"},
    {"not UTF-8", "a: 1\nb: x\xFFy\n",
        SG_ERR_SYNTAX, 2, 5, "0xFF is not UTF-8", "save the file as UTF-8", 1, NULL, NULL},
    {"UTF-16", "\xFF\xFE" "a", SG_ERR_SYNTAX, 1, 1, "not UTF-8", "UTF-16", 1, NULL, NULL},
    {"escape character", "a: \x1b[2J\n", SG_ERR_SYNTAX, 1, 4, "control character", "remove", 1, NULL, NULL},
    {"escaped control character", "a: \"x\\0y\"\n", SG_ERR_SYNTAX, 1, 4, "control character", "remove", 1, "a", "x"},
    {"lone carriage return", "a: 1\rb: 2\n", SG_ERR_SYNTAX, 1, 5, "carriage return", "line ends", 1, NULL, NULL},
    {"line separator", "a: x\xE2\x80\xA8y\n", SG_ERR_SYNTAX, 1, 5, "invisible", "remove", 1, NULL, NULL},
    // clang-format on
};
// clang-format on

START_TEST(errors_have_a_place_and_a_hint) {
  for (size_t i = 0; i < sizeof(error_rows) / sizeof(error_rows[0]); i++) {
    reading       *r = read_text(error_rows[i].text);
    const sg_diag *d = &r->diags.item[0];
    const char    *what = error_rows[i].what;
    ck_assert_msg(r->err == error_rows[i].code && d->code == r->err, "%s: code %d", what, (int)r->err);
    ck_assert_msg(d->line == error_rows[i].line && d->column == error_rows[i].column, "%s: %d:%d %s", what, d->line,
                  d->column, d->message);
    ck_assert_msg(strstr(d->message, error_rows[i].message), "%s: message '%s'", what, d->message);
    ck_assert_msg(strstr(d->hint, error_rows[i].hint), "%s: hint '%s'", what, d->hint);
    ck_assert_msg(r->diags.n == error_rows[i].n, "%s: %zu findings, second '%s'", what, r->diags.n,
                  r->diags.item[1].message);
    if (error_rows[i].path)
      ck_assert_msg(strcmp(text_at(r->root, error_rows[i].path), error_rows[i].want) == 0, "%s: kept '%s'", what,
                    text_at(r->root, error_rows[i].path));
    reading_free(r);
  }
}
END_TEST

START_TEST(nul_bytes_are_no_text) {
  reading *r = read_bytes("a: 1\nb\0c\n", 9);
  ck_assert_int_eq(r->err, SG_ERR_SYNTAX);
  ck_assert(!r->root && r->diags.item[0].line == 2 && r->diags.item[0].column == 2);
  ck_assert(strstr(r->diags.item[0].message, "NUL"));
  reading_free(r);
}
END_TEST

// Every separate mistake is reported, and nothing that only follows from one.
START_TEST(reading_goes_on_after_errors) {
  reading *r = read_text("a: \"foo\nb: 2\nc: \"x\"\nd: 4\ne: {f: 1\ng: 2\nh: i: j\nk: 5\nk: 6\n");
  ck_assert_uint_eq(r->diags.n, 4);
  static const int line[] = {1, 5, 7, 9};
  for (size_t i = 0; i < 4; i++) ck_assert_int_eq(r->diags.item[i].line, line[i]);
  ck_assert_int_eq(r->err, SG_ERR_SYNTAX);
  ck_assert_uint_eq(r->root->n, 8);
  ck_assert_uint_eq(at(r->root, "e")->n, 1);
  ck_assert_str_eq(text_at(r->root, "e/f"), "1");
  ck_assert_str_eq(text_at(r->root, "g"), "2");
  ck_assert_int_eq(at(r->root, "k")->place.line, 8);
  reading_free(r);
}
END_TEST

// ---- Limits ----------------------------------------------------------------------------------------------------

// Without an early stop libyaml takes seconds for these; the test's time limit would show it.
START_TEST(depth_is_limited_early) {
  enum { N = 100000 };
  static const char *const unit[] = {"[", "{a: ", "- ", "? "};
  for (size_t u = 0; u < 4; u++) {
    size_t n_unit = strlen(unit[u]), n = 4;
    char  *text = malloc(4 + N * n_unit);
    memcpy(text, "a:\n ", 4);
    for (size_t i = 0; i < N; i++, n += n_unit) memcpy(text + n, unit[u], n_unit);
    reading *r = read_bytes(text, n);
    ck_assert_msg(r->err == SG_ERR_LIMIT || r->diags.item[r->diags.n - 1].code == SG_ERR_LIMIT, "%s: %d", unit[u],
                  (int)r->err);
    reading_free(r);
    free(text);
  }
}
END_TEST

START_TEST(sixty_four_levels_are_read) {
  char text[400] = "a: ";
  for (int more = 0; more < 2; more++) {
    size_t n = 3, deep = SPEC_MAX_DEPTH - 1 + (size_t)more;  // the root is one
    memset(text + n, '[', deep);
    memset(text + n + deep, ']', deep);
    text[n + 2 * deep] = '\0';
    reading *r = read_text(text);
    ck_assert_int_eq(r->err, more ? SG_ERR_LIMIT : SG_OK);
    reading_free(r);
  }
}
END_TEST

START_TEST(size_is_limited) {
  size_t n = SPEC_MAX_BYTES + 1;
  char  *text = malloc(n);
  memset(text, ' ', n);
  memcpy(text, "a: 1\n", 5);
  reading *r = read_bytes(text, n), *fits = read_bytes(text, n - 1);
  ck_assert(r->err == SG_ERR_LIMIT && !r->root);
  ck_assert_int_eq(fits->err, SG_OK);
  for (size_t i = 0; i + 2 <= n; i += 2) memcpy(text + i, ",a", 2);
  memcpy(text, "k: [a", 5);
  reading *many = read_bytes(text, n - 1);
  ck_assert_int_eq(many->err, SG_ERR_LIMIT);
  ck_assert(strstr(many->diags.item[0].message, "1000000 entries"));
  reading_free(r);
  reading_free(fits);
  reading_free(many);
  free(text);
}
END_TEST

// A quadratic search for repeated keys would need minutes.
START_TEST(large_maps_are_quick) {
  enum { N = 100000 };
  char  *text = malloc(N * 20 + 20);
  size_t n = 0;
  for (int i = 0; i < N; i++) n += (size_t)sprintf(text + n, "key%d: %d\n", i, i);
  n += (size_t)sprintf(text + n, "key77: again\n");
  reading *r = read_bytes(text, n);
  ck_assert_int_eq(r->err, SG_ERR_KEY);
  ck_assert_uint_eq(r->diags.n, 1);
  ck_assert(strstr(r->diags.item[0].message, "'key77' repeats the one at line 78, column 1"));
  ck_assert_uint_eq(r->root->n, N);
  const spec_node *same = spec_merge(r->root, r->root, r->a);
  ck_assert_uint_eq(same->n, N);
  reading_free(r);
  free(text);
}
END_TEST

// ---- --set -----------------------------------------------------------------------------------------------------

static const char SET_TEXT[] = "campuses:\n  abilene: {grid: 1 GW, it-load: 2}\n  empty:\nlist: [a]\na.b: {c: 1}\n";

// clang-format off
static const struct {
  const char *what, *path, *value, *want_path, *want;
} set_rows[] = {
    {"replaces a value", "campuses.abilene.grid", "200 MW", "campuses/abilene/grid", "200 MW"},
    {"leaves the neighbours", "campuses.abilene.grid", "200 MW", "campuses/abilene/it-load", "2"},
    {"a part with a dash", "campuses.abilene.it-load", "3", "campuses/abilene/it-load", "3"},
    {"makes maps on the way", "parties.Oracle.cash", "$5B", "parties/Oracle/cash", "$5B"},
    {"a key with a dot, in double quotes", "\"a.b\".c", "7", "a.b/c", "7"},
    {"a key with a dot, in single quotes", "'a.b'.d", "8", "a.b/d", "8"},
    {"a map as a value", "campuses.abilene", "{grid: {limit: 3 MW}}", "campuses/abilene/grid/limit", "3 MW"},
    {"a map replaces the map", "campuses.abilene", "{grid: 3}", "campuses/abilene/it-load", "(none)"},
    {"into a key without a value", "campuses.empty.grid", "4", "campuses/empty/grid", "4"},
    {"a name with a blank", "campuses.abilene.big hall", "x", "campuses/abilene/big hall", "x"},
    {"a comma outside brackets", "list", "38,000", "list", "38,000"},
    {"nothing", "campuses.abilene.grid", "", "campuses/abilene/grid", ""},
};
// clang-format on

START_TEST(set_puts_values) {
  for (size_t i = 0; i < sizeof(set_rows) / sizeof(set_rows[0]); i++) {
    reading *r = read_text(SET_TEXT);
    sg_err   err = spec_set(r->root, set_rows[i].path, set_rows[i].value, r->a, &r->diags);
    ck_assert_msg(err == SG_OK, "%s: %s", set_rows[i].what, r->diags.item[0].message);
    ck_assert_msg(strcmp(text_at(r->root, set_rows[i].want_path), set_rows[i].want) == 0, "%s: got '%s'",
                  set_rows[i].what, text_at(r->root, set_rows[i].want_path));
    reading_free(r);
  }
}
END_TEST

START_TEST(set_values_have_a_place) {
  reading *r = read_text(SET_TEXT);
  char     path[] = "campuses.abilene.grid", value[] = "{limit: 2 GWh}";
  ck_assert_int_eq(spec_set(r->root, path, value, r->a, &r->diags), SG_OK);
  memset(path, 'x', sizeof(path) - 1);  // the caller's texts may go
  memset(value, 'x', sizeof(value) - 1);
  const spec_node *grid = at(r->root, "campuses/abilene/grid"), *limit = spec_get(grid, "limit");
  ck_assert_str_eq(limit->place.source->name, "--set");
  ck_assert_int_eq(memcmp(limit->place.source->text, "campuses.abilene.grid={limit: 2 GWh}", 36), 0);
  check_place(&limit->place, 1, 31, 5);
  check_place(&limit->key_place, 1, 24, 5);
  ck_assert_str_eq(grid->key_place.source->name, "plan.yaml");
  reading_free(r);
}
END_TEST

// clang-format off
static const struct {
  const char *what, *path, *value;
  sg_err      code;
  int         column;
  const char *message;
} set_error_rows[] = {
    {"through a value", "campuses.abilene.grid.limit", "1", SG_ERR_TYPE, 23, "'grid' is a single value"},
    {"through a list", "list.a", "1", SG_ERR_TYPE, 6, "'list' is a list"},
    {"no name", "", "1", SG_ERR_SYNTAX, 1, "a name is missing"},
    {"two dots", "a..b", "1", SG_ERR_SYNTAX, 3, "a name is missing"},
    {"dot at the end", "a.", "1", SG_ERR_SYNTAX, 3, "a name is missing"},
    {"open quote", "x.\"a", "1", SG_ERR_SYNTAX, 3, "not closed"},
    {"text after a quote", "\"a\"b", "1", SG_ERR_SYNTAX, 4, "a dot is expected"},
    {"value with a syntax error", "list", "{a: 1", SG_ERR_SYNTAX, 6, "not closed"},
    {"value with a repeated key", "list", "{a: 1, a: 2}", SG_ERR_KEY, 13, "repeats"},
    {"value with an alias", "list", "*x", SG_ERR_SYNTAX, 6, "aliases"},
    {"value of two documents", "list", "a\n---\nb", SG_ERR_SYNTAX, 1, "second document"},
};
// clang-format on

START_TEST(set_failures_change_nothing) {
  for (size_t i = 0; i < sizeof(set_error_rows) / sizeof(set_error_rows[0]); i++) {
    reading       *r = read_text(SET_TEXT);
    const sg_diag *d = &r->diags.item[0];
    sg_err         err = spec_set(r->root, set_error_rows[i].path, set_error_rows[i].value, r->a, &r->diags);
    ck_assert_msg(err == set_error_rows[i].code, "%s: %d", set_error_rows[i].what, (int)err);
    ck_assert_msg(d->column == set_error_rows[i].column && strcmp(d->file, "--set") == 0, "%s: %d %s",
                  set_error_rows[i].what, d->column, d->message);
    ck_assert_msg(strstr(d->message, set_error_rows[i].message), "%s: %s", set_error_rows[i].what, d->message);
    ck_assert_uint_eq(r->root->n, 3);
    ck_assert_str_eq(text_at(r->root, "campuses/abilene/grid"), "1 GW");
    ck_assert_uint_eq(at(r->root, "list")->n, 1);
    reading_free(r);
  }
}
END_TEST

// ---- Merging ---------------------------------------------------------------------------------------------------

START_TEST(merge_lays_over) {
  reading *from = read_text("a: 1\nb: {c: 2, d: 3}\ne: {x: 1}\nl: [1, 2]\n");
  reading *over = read_text("\nb: {d: 4, f: 5}\ne: 6\nl: [3]\nz: 7\n");
  arena   *a = arena_create();
  over->source.name = "over.yaml";
  const spec_node *m = spec_merge(from->root, over->root, a);
  ck_assert_str_eq(text_at(m, "a"), "1");
  ck_assert_str_eq(text_at(m, "b/c"), "2");
  ck_assert_str_eq(text_at(m, "b/d"), "4");
  ck_assert_str_eq(text_at(m, "b/f"), "5");
  ck_assert_str_eq(text_at(m, "e"), "6");
  ck_assert_str_eq(text_at(m, "z"), "7");
  ck_assert_uint_eq(at(m, "l")->n, 1);
  ck_assert_uint_eq(m->n, 5);
  ck_assert_str_eq(at(m, "b/c")->place.source->name, "plan.yaml");  // places stay those of the origin
  check_place(&at(m, "b/c")->place, 2, 8, 1);
  ck_assert_str_eq(at(m, "b/d")->place.source->name, "over.yaml");
  check_place(&at(m, "b")->key_place, 2, 1, 1);
  ck_assert_str_eq(at(m, "b")->key_place.source->name, "over.yaml");
  ck_assert_uint_eq(from->root->n, 4);  // the originals are untouched
  ck_assert_str_eq(text_at(from->root, "b/d"), "3");
  ck_assert_uint_eq(at(over->root, "b")->n, 2);
  static const char *const order[] = {"a", "b", "e", "l", "z"};
  const spec_node         *c = m->first;
  for (size_t i = 0; i < 5; i++, c = c->next) ck_assert_str_eq(c->key.at, order[i]);
  reading_free(from);
  ck_assert_str_eq(text_at(m, "b/c"), "2");  // the copy does not lean on the original's arena
  reading_free(over);
  arena_free(a);
}
END_TEST

START_TEST(merge_with_nothing_copies) {
  reading         *r = read_text("a: {b: 1}\n");
  const spec_node *left = spec_merge(r->root, NULL, r->a), *right = spec_merge(NULL, r->root, r->a);
  ck_assert(left != r->root && right != r->root);
  ck_assert_str_eq(text_at(left, "a/b"), "1");
  ck_assert_str_eq(text_at(right, "a/b"), "1");
  ck_assert_ptr_null(spec_merge(NULL, NULL, r->a));
  reading_free(r);
}
END_TEST

TEST_LIST("spec", values_are_read, nodes_keep_their_places, a_byte_order_mark_has_no_column,
          errors_have_a_place_and_a_hint, nul_bytes_are_no_text, reading_goes_on_after_errors, depth_is_limited_early,
          sixty_four_levels_are_read, size_is_limited, large_maps_are_quick, set_puts_values, set_values_have_a_place,
          set_failures_change_nothing, merge_lays_over, merge_with_nothing_copies)
