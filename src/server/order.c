#include "order.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static bool fail(const char **error, const char **hint, const char *what, const char *todo) {
  *error = what;
  *hint = todo;
  return false;
}

static bool has_only(const json_t *object, const char *const *known, size_t n) {
  const char *key;
  json_t     *value;
  json_object_foreach((json_t *)(uintptr_t)object, key, value) {
    bool found = false;
    for (size_t i = 0; i < n; i++) found |= !strcmp(key, known[i]);
    if (!found) return false;
  }
  return true;
}

// The one object that a body is.
static json_t *read_object(const char *body, size_t n, const char *const *known, size_t n_known, const char **error,
                           const char **hint) {
  json_error_t where;
  json_t      *root = json_loadb(body, n, JSON_REJECT_DUPLICATES, &where);
  if (root && json_is_object(root) && has_only(root, known, n_known)) return root;
  (void)(!root ? fail(error, hint, "the body is not JSON", NULL)
         : !json_is_object(root)
             ? fail(error, hint, "the body is not an object", NULL)
             : fail(error, hint, "the body has a key that is not known", "docs/serve.md lists them"));
  json_decref(root);
  return NULL;
}

// A whole number, as one or as digits in quotes (beyond 2^53 JavaScript has no other).
static bool whole(const json_t *value, uint64_t *out) {
  const char *text = json_string_value(value);
  if (json_is_integer(value)) {
    *out = (uint64_t)json_integer_value(value);
    return json_integer_value(value) >= 0;
  }
  if (!text || !*text || strlen(text) != json_string_length(value)) return false;
  for (*out = 0; *text; text++) {
    uint64_t d = (uint64_t)(*text - '0');
    if (*text < '0' || *text > '9' || *out > (UINT64_MAX - d) / 10) return false;
    *out = 10 * *out + d;
  }
  return true;
}

// One line, so that it can stand in a comment.
static bool one_line(const json_t *text) {
  const char *s = json_string_value(text);
  if (!s) return false;
  for (; *s; s++)
    if ((unsigned char)*s < ' ') return false;
  return true;
}

static bool read_sets(const json_t *list, order *o) {
  static const char *const keys[] = {"path", "value"};
  size_t                   n = json_array_size(list);
  if (!list) return true;
  if (!json_is_array(list) || n > ORDER_SETS_MAX) return false;
  o->set = calloc(n + 1, sizeof *o->set);
  for (size_t i = 0; o->set && i < n; i++) {
    const json_t *one = json_array_get(list, i), *path = json_object_get(one, "path"),
                 *value = json_object_get(one, "value");
    if (!json_is_object(one) || !has_only(one, keys, 2) || !one_line(path) || !one_line(value)) return false;
    o->set[o->n_set++] = (sg_set){json_string_value(path), json_string_value(value)};
  }
  return o->set != NULL;
}

static bool read_flag(const json_t *value, int *out) {
  if (!value) return true;
  if (json_is_boolean(value)) return *out = json_is_true(value), true;
  *out = json_integer_value(value) != 0;
  return json_is_integer(value);
}

static bool read_page(const json_t *value, char page[ORDER_PAGE + 1]) {
  const char *text = json_string_value(value);
  if (!value) return true;
  if (!text || json_string_length(value) > ORDER_PAGE) return false;
  memcpy(page, text, strlen(text) + 1);
  return true;
}

static bool read_numbers(const json_t *root, order *o) {
  uint64_t      scenarios = o->scenarios;
  const json_t *seed = json_object_get(root, "seed"), *many = json_object_get(root, "scenarios");
  if ((seed && !whole(seed, &o->seed)) || (many && !whole(many, &scenarios))) return false;
  o->scenarios = scenarios > ORDER_SCENARIOS_MAX ? 0 : (uint32_t)scenarios;
  return o->scenarios > 0;
}

bool order_read(const char *body, size_t n, order *out, const char **error, const char **hint) {
  static const char *const keys[] = {"yaml", "set", "seed", "scenarios", "without", "page"};
  sg_run_opts              usual = sg_run_opts_default();
  *out = (order){.seed = usual.seed, .scenarios = usual.scenarios, .without = usual.without};
  json_t *root = read_object(body, n, keys, sizeof keys / sizeof keys[0], error, hint);
  out->root = root;
  if (!root) return false;
  const json_t *yaml = json_object_get(root, "yaml");
  if (!json_is_string(yaml)) return fail(error, hint, "'yaml' is missing", "the text of the programme");
  out->yaml = json_string_value(yaml);
  out->n_yaml = json_string_length(yaml);
  if (!read_sets(json_object_get(root, "set"), out))
    return fail(error, hint, "'set' is not a list of at most 1,000 overrides",
                "[{\"path\": ..., \"value\": ...}], texts of one line");
  if (!read_numbers(root, out))
    return fail(error, hint, "'seed' or 'scenarios' is not a whole number in its range", "scenarios: 1 to 1,000,000");
  if (!read_flag(json_object_get(root, "without"), &out->without))
    return fail(error, hint, "'without' is true or false", NULL);
  if (!read_page(json_object_get(root, "page"), out->page))
    return fail(error, hint, "'page' is a text of at most 64 bytes", NULL);
  return true;
}

void order_free(order *o) {
  free(o->set);
  json_decref(o->root);
  *o = (order){0};
}

bool order_read_save(const char *body, size_t n, order_save *out, const char **error, const char **hint) {
  static const char *const keys[] = {"kind", "id", "name"};
  json_t                  *root = read_object(body, n, keys, sizeof keys / sizeof keys[0], error, hint);
  if (!root) return false;
  const char *kind = json_string_value(json_object_get(root, "kind"));
  bool        fine = whole(json_object_get(root, "id"), &out->run);
  if (!fine) (void)fail(error, hint, "'id' is not that of a run", NULL);
  out->file = REQUEST_FILES;
  for (int i = 0; kind && i < REQUEST_FILES; i++)
    if (!strcmp(kind, request_files[i].kind)) out->file = (request_file)i;
  if (fine && out->file == REQUEST_FILES)
    fine = fail(error, hint, "'kind' is not one that can be saved", "programme, report, workbook, journal or json");
  json_decref(root);
  return fine;
}
