// Tests of the schema's shape, read back as a tree. tests/scripts/schema.sh holds it against programmes.
#include "schema.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "value_forms.h"

typedef struct site {
  int32_t    name, copy;
  field_span lines;
  double     power_mw, opens_day;
  int32_t    like, n;
  field_span from, also;
  int32_t    mood, words;
} site;
typedef struct line {
  int32_t name;
  double  limit_mw;
} line;
typedef struct kind {
  int32_t name;
  double  price_usd;
} kind;
typedef struct top {
  int32_t name, programme;
} top;

// clang-format off
static const field_row top_rows[] = { ROW_TEXT(top, programme, "programme", NULL, "Name.") };
static const field_row share_rows[] = { { "share", FIELD_NUMBER, "frac", FIELD_AT(field_share, frac, double), "100 %", 0, 1, NULL, "Share.", NULL } };
static const field_row site_rows[] = {
  ROW_COUNT(site, copy, "copy", "", 0, 9, "Number of this copy."),
  ROW_CHILDREN(site, lines, "lines", "line", "Lines."),
  ROW_NUMBER(site, power_mw, "power", "MW", NULL, 0, HUGE_VAL, "Power.", NULL),
  ROW_DATE(site, opens_day, "opens", "", "When.", NULL),
  ROW_COUNT(site, n, "units", "1", 1, 40, "How many."),
  ROW_REF(site, like, "next", "site", "", "Another."),
  ROW_SHARES(site, from, "from", "site", "", "Who."),
  ROW_REFS(site, also, "also", "site", "", "Who else."),
  ROW_CHOICE(site, mood, "mood", "calm|cross", "calm", "How."),
  ROW_TEXT(site, words, "source", "", "Its own source."),
};
static const field_row line_rows[] = { ROW_NUMBER(line, limit_mw, "limit", "MW", NULL, 0, 500, "Most.", NULL) };
static const field_row kind_rows[] = { ROW_NUMBER(kind, price_usd, "price", "USD", NULL, 0, HUGE_VAL, "Price \"in all\".", NULL) };
static const class_row top_class = { "programme", NULL, sizeof(top), FIELD_TABLE(top_rows), CLASS_PLAIN, "The programme." };
static const class_row share_class = { "share", NULL, sizeof(field_share), FIELD_TABLE(share_rows), CLASS_PLAIN, "A share." };
static const class_row site_class = { "site", "sites", sizeof(site), FIELD_TABLE(site_rows), CLASS_PLAIN, "A place." };
static const class_row line_class = { "line", NULL, sizeof(line), FIELD_TABLE(line_rows), CLASS_PLAIN, "A line." };
static const class_row kind_class = { "kind", "kinds", sizeof(kind), FIELD_TABLE(kind_rows), CLASS_CATALOGUE, "A kind." };
static const class_row *const rows[] = { &top_class, &share_class, &site_class, &line_class, &kind_class };
// clang-format on
static const programme_classes classes = {.class = rows, .n = sizeof rows / sizeof rows[0]};

// The schema as a tree: JSON is YAML.
static const spec_node *schema(arena *a) {
  text_buffer b = {0};
  ck_assert_int_eq(programme_schema(classes, &b), SG_OK);
  diag_source *source = ARENA_NEW(a, diag_source, 1);
  *source = (diag_source){"schema", arena_text(a, b.at, b.n), b.n};
  spec_node      *root = NULL;
  static sg_diags diags;
  diag_init(&diags);
  ck_assert_msg(spec_read(source, a, &diags, &root) == SG_OK, "%s", diags.n ? diags.item[0].message : "");
  text_buffer_free(&b);
  return root;
}

static const spec_node *at(const spec_node *node, const char *const *path) {
  for (; *path && node; path++) node = spec_get(node, *path);
  return node;
}
#define AT(node, ...) at(node, (const char *const[]){__VA_ARGS__, NULL})

static void refs_resolve(const spec_node *node, const spec_node *definitions, int *n) {
  static const char prefix[] = "#/definitions/";
  if (node->kind == SPEC_SCALAR && text_equal(node->key, "$ref")) {
    ck_assert_msg(!strncmp(node->text.at, prefix, sizeof prefix - 1), "%s", node->text.at);
    ck_assert_msg(spec_get(definitions, node->text.at + sizeof prefix - 1) != NULL, "%s leads nowhere", node->text.at);
    ++*n;
  }
  for (const spec_node *child = node->first; child; child = child->next) refs_resolve(child, definitions, n);
}

START_TEST(references_resolve) {
  arena           *a = arena_create();
  const spec_node *root = schema(a);
  int              n = 0;
  refs_resolve(root, spec_get(root, "definitions"), &n);
  ck_assert_int_gt(n, 40);
  ck_assert_str_eq(AT(root, "$schema")->text.at, "http://json-schema.org/draft-07/schema#");
  arena_free(a);
}
END_TEST

START_TEST(rows_are_closed) {
  arena                   *a = arena_create();
  const spec_node         *root = schema(a), *d = spec_get(root, "definitions");
  static const char *const closed[] = {"sites", "line", "kinds", "value_map", "variance_shares"};
  ck_assert_str_eq(AT(root, "additionalProperties")->text.at, "false");
  for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
    ck_assert_str_eq(AT(d, closed[i], "additionalProperties")->text.at, "false");
  ck_assert_ptr_null(AT(d, "share"));
  ck_assert_ptr_nonnull(AT(root, "properties", "sites"));
  ck_assert_ptr_nonnull(AT(root, "properties", "inputs"));
  ck_assert_ptr_null(AT(root, "properties", "line"));  // not at the top
  arena_free(a);
}
END_TEST

START_TEST(fields_by_kind) {
  arena           *a = arena_create();
  const spec_node *root = schema(a), *p = AT(root, "definitions", "sites", "properties");
  ck_assert_ptr_null(spec_get(p, "copy"));
  ck_assert_ptr_nonnull(spec_get(p, "count"));  // sites can be repeated, kinds cannot
  ck_assert_ptr_null(AT(root, "definitions", "kinds", "properties", "count"));
  ck_assert_ptr_null(AT(root, "definitions", "kinds", "properties", "inputs"));
  ck_assert_ptr_nonnull(AT(root, "definitions", "kinds", "properties", "like"));
  static const char *const definition[][2] = {
      {"power", "number"     },
      {"opens", "date_value" },
      {"lines", "map_of_line"},
      {"from",  "shares"     },
      {"also",  "names"      }
  };
  for (size_t i = 0; i < sizeof definition / sizeof definition[0]; i++) {
    char want[80];
    snprintf(want, sizeof want, "#/definitions/%s", definition[i][1]);
    ck_assert_str_eq(AT(p, definition[i][0], "allOf")->first->first->text.at, want);
  }
  ck_assert_str_eq(AT(p, "units", "else", "minimum")->text.at, "1");
  ck_assert_str_eq(AT(p, "units", "else", "maximum")->text.at, "40");
  ck_assert_str_eq(AT(p, "units", "then", "$ref")->text.at, "#/definitions/with_source");
  ck_assert_str_eq(AT(p, "mood", "else", "enum")->first->text.at, "calm");
  ck_assert_uint_eq(AT(p, "mood", "else", "enum")->n, 3);  // and null
  ck_assert_str_eq(AT(p, "source", "else", "$ref")->text.at, "#/definitions/text");
  ck_assert_ptr_nonnull(AT(p, "next", "else", "type"));
  ck_assert_str_eq(AT(root, "definitions", "kinds", "properties", "price", "description")->text.at,
                   "Price \"in all\". In USD.");
  arena_free(a);
}
END_TEST

// What is required: at the top always; of a row unless it is like another; never where the catalogue may fill it in.
START_TEST(required_keys) {
  arena           *a = arena_create();
  const spec_node *root = schema(a), *d = spec_get(root, "definitions");
  ck_assert_str_eq(AT(root, "required")->first->text.at, "programme");
  const spec_node *either = AT(d, "sites", "anyOf");
  ck_assert_ptr_nonnull(either);
  ck_assert_str_eq(AT(either->first, "required")->first->text.at, "like");
  ck_assert_str_eq(AT(either->first->next, "required")->first->text.at, "power");
  ck_assert_ptr_null(AT(d, "kinds", "anyOf"));
  ck_assert_ptr_null(AT(d, "kinds", "required"));
  ck_assert_str_eq(AT(d, "map_of_line", "if", "anyOf")->first->first->first->text.at, "limit");
  arena_free(a);
}
END_TEST

START_TEST(values) {
  arena           *a = arena_create();
  const spec_node *d = spec_get(schema(a), "definitions");
  ck_assert_uint_eq(AT(d, "value_map", "properties")->n, value_key_count);
  ck_assert_uint_eq(AT(d, "distribution", "enum")->n, value_form_count);
  for (size_t i = 0; i < common_key_count; i++)
    ck_assert_msg(AT(d, common_keys[i].form) != NULL, "%s", common_keys[i].form);
  arena_free(a);
}
END_TEST

TEST_LIST("schema", references_resolve, rows_are_closed, fields_by_kind, required_keys, values)
