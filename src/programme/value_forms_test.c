// The tables for help and schema against the reader of values: every form that they promise is read, no other is.
#include "value_forms.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "value.h"

static const field_row power = {"limit", FIELD_NUMBER, "MW", 0, "", 0, HUGE_VAL, NULL, "limit", NULL};

static sg_err parse(const char *text, sg_diags *diags, value_read *out, value_pool *pool, arena *a) {
  diag_source *source = ARENA_NEW(a, diag_source, 1);
  spec_node   *root = NULL;
  ck_assert_ptr_nonnull(source);
  *source = (diag_source){"test", text, strlen(text)};
  diag_init(diags);
  ck_assert_msg(spec_read(source, a, diags, &root) == SG_OK, "%s", text);
  value_context context = {.a = a, .diags = diags, .pool = pool, .as_of_day = 1e9};
  return value_parse(&context, &power, spec_get(root, "v"), out);
}

// Each example stands in the help: it must be read, as an uncertain value.
START_TEST(examples_are_read) {
  static sg_diags diags;
  for (size_t i = 0; i < value_form_count; i++) {
    arena     *a = arena_create();
    value_pool pool = {0};
    value_read out;
    char       text[300];
    snprintf(text, sizeof text, "v: %s\n", value_forms[i].example);
    sg_err err = parse(text, &diags, &out, &pool, a);
    ck_assert_msg(err == SG_OK, "%s: %s", text, diags.n ? diags.item[0].message : "");
    ck_assert_msg(out.of.kind != DIST_CONSTANT, "%s is certain", text);
    arena_free(a);
  }
}
END_TEST

// A parameter that is left out is missed, and by that name: the table lists no parameter that the reader ignores.
START_TEST(every_parameter_is_needed) {
  static sg_diags diags;
  for (size_t i = 0; i < value_form_count; i++)
    for (size_t k = 0; k < 4 && value_forms[i].parameter[k]; k++) {
      const char *left_out = value_forms[i].parameter[k], *at = strstr(value_forms[i].example, left_out);
      // "beta" is a word and a parameter: the parameter is the last of them
      for (const char *next = at; next; next = strstr(next + 1, left_out)) at = next;
      ck_assert_msg(at != NULL, "%s is not in %s", left_out, value_forms[i].example);
      arena     *a = arena_create();
      value_pool pool = {0};
      value_read out;
      char       text[300];
      snprintf(text, sizeof text, "v: %.*snote: x, %s\n", (int)(at - value_forms[i].example), value_forms[i].example,
               at[strcspn(at, ",")] ? at + strcspn(at, ",") + 2 : "}");
      ck_assert_msg(parse(text, &diags, &out, &pool, a) == SG_ERR_KEY, "%s", text);
      ck_assert_msg(strstr(diags.item[0].message, left_out) != NULL, "%s: %s", text, diags.item[0].message);
      arena_free(a);
    }
}
END_TEST

START_TEST(unknown_distribution_names_all) {
  static sg_diags diags;
  arena          *a = arena_create();
  value_pool      pool = {0};
  value_read      out;
  ck_assert_int_eq(parse("v: {distribution: qqqqqqqqqqqq}\n", &diags, &out, &pool, a), SG_ERR_NAME);
  size_t commas = 0;
  for (const char *c = diags.item[0].hint; *c; c++) commas += *c == ',';
  ck_assert_uint_eq(commas + 1, value_form_count);
  for (size_t i = 0; i < value_form_count; i++) ck_assert_ptr_nonnull(strstr(diags.item[0].hint, value_forms[i].word));
  arena_free(a);
}
END_TEST

START_TEST(keys_are_known_to_the_reader) {
  static sg_diags diags;
  for (size_t i = 0; i < value_key_count; i++) {
    arena     *a = arena_create();
    value_pool pool = {0};
    value_read out;
    char       text[200];
    snprintf(text, sizeof text, "v: {%s: 1}\n", value_key_rows[i].name);
    (void)parse(text, &diags, &out, &pool, a);
    for (size_t k = 0; k < diags.n; k++)
      ck_assert_msg(strstr(diags.item[k].message, "unknown key") == NULL, "%s: %s", text, diags.item[k].message);
    snprintf(text, sizeof text, "v: {%sx: 1}\n", value_key_rows[i].name);
    ck_assert_msg(parse(text, &diags, &out, &pool, a) == SG_ERR_KEY, "%s", text);
    arena_free(a);
  }
}
END_TEST

TEST_LIST("value_forms", examples_are_read, every_parameter_is_needed, unknown_distribution_names_all,
          keys_are_known_to_the_reader)
