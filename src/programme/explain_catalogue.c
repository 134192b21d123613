// Rows of the catalogue that is built in: each value with its source and date.
#include <string.h>

#include "explain_parts.h"

sg_err explain_catalogue_open(explainer *e) {
  return programme_catalogue_read(e->a, NULL, &e->files) == SG_ERR_MEMORY ? SG_ERR_MEMORY : SG_OK;
}

const spec_node *explain_catalogue_node(const explainer *e, const char *const *part, size_t n) {
  for (size_t i = 0; i < e->files.n; i++) {
    const spec_node *at = e->files.root[i];
    for (size_t k = 0; k < n && at; k++) at = spec_get(at, part[k]);
    if (at && n) return at;
  }
  return NULL;
}

size_t explain_catalogue_names(const explainer *e, const char *plural, const char **name, size_t capacity) {
  size_t n = 0;
  for (size_t i = 0; i < e->files.n; i++) {
    const spec_node *map = plural ? spec_get(e->files.root[i], plural) : NULL;
    for (const spec_node *row = map ? map->first : NULL; row && n < capacity; row = row->next) name[n++] = row->key.at;
  }
  return n;
}

// ---- Values as text -------------------------------------------------------------------------------------

static bool is_provenance(const char *key) {
  return !strcmp(key, "source") || !strcmp(key, "as_of") || !strcmp(key, "note");
}

// One line, as it would be written.
static void write_node(text_buffer *b, const spec_node *node) {
  if (node->kind == SPEC_SCALAR) {
    text_add(b, node->text.at, node->text.n);
    return;
  }
  text_puts(b, node->kind == SPEC_MAP ? "{" : "[");
  for (const spec_node *at = node->first; at; at = at->next) {
    if (at != node->first) text_puts(b, ", ");
    if (at->key.n) text_addf(b, "%s: ", at->key.at);
    write_node(b, at);
  }
  text_puts(b, node->kind == SPEC_MAP ? "}" : "]");
}

// The value first, then what is said of it; where it comes from is left to the caller.
static void write_value(text_buffer *b, const spec_node *node) {
  const spec_node *value = node->kind == SPEC_MAP ? spec_get(node, "value") : NULL;
  size_t           start = b->n;
  if (node->kind != SPEC_MAP) write_node(b, node);
  if (value) write_node(b, value);
  for (const spec_node *at = node->kind == SPEC_MAP ? node->first : NULL; at; at = at->next) {
    if (at == value || is_provenance(at->key.at)) continue;
    text_addf(b, "%s%s: ", b->n > start ? "; " : "", at->key.at);
    write_node(b, at);
  }
}

static const char *value_text(const explainer *e, const spec_node *node) {
  text_buffer b = {0};
  write_value(&b, node);
  const char *s = explain_text(e, "%s", b.at ? b.at : "");
  text_buffer_free(&b);
  return s;
}

static const char *said(const spec_node *node, const char *key) {
  const spec_node *at = node->kind == SPEC_MAP ? spec_get(node, key) : NULL;
  return at && at->kind == SPEC_SCALAR ? at->text.at : NULL;
}

static void provenance(const explainer *e, const spec_node *node, int indent) {
  const char *source = said(node, "source"), *as_of = said(node, "as_of"), *note = said(node, "note");
  if (source || as_of)
    explain_paragraph(&e->page, indent,
                      explain_text(e, "%s%s%s%s%s", source ? "source: " : "", source ? source : "",
                                   source && as_of ? "; " : "", as_of ? "as of " : "", as_of ? as_of : ""));
  if (note) explain_paragraph(&e->page, indent, explain_text(e, "note: %s", note));
}

// ---- A row ----------------------------------------------------------------------------------------------

static const char *names_in(const explainer *e, const spec_node *map) {
  text_buffer b = {0};
  for (const spec_node *at = map->first; at; at = at->next) text_addf(&b, "%s%s", b.n ? ", " : "", at->key.at);
  const char *s = explain_text(e, "%s", b.at ? b.at : "");
  text_buffer_free(&b);
  return s;
}

static void row_field(const explainer *e, const field_row *f, const spec_node *node, int label) {
  const explain_page *page = &e->page;
  if (!node) {
    if (f->fallback && f->fallback[0]) explain_item(page, f->name, label, explain_text(e, "%s (default)", f->fallback));
  } else if (f->type == FIELD_CHILDREN && node->kind == SPEC_MAP) {
    explain_item(page, f->name, label, names_in(e, node));
  } else {
    explain_item(page, f->name, label, value_text(e, node));
    provenance(e, node, label + 4);
  }
}

void explain_row(const explainer *e, int k, const char *path, const spec_node *row) {
  const class_row *class = e->classes.class[k];
  explain_heading(&e->page, explain_text(e, "%s, of the catalogue", path));
  explain_paragraph(&e->page, 2, explain_sentence(e, class->meaning));
  provenance(e, row, 2);
  explain_heading(&e->page, "Values");
  int label = 4;
  for (size_t i = 0; i < class->n_field; i++)
    if (explain_columns(class->field[i].name) > label) label = explain_columns(class->field[i].name);
  for (size_t i = 0; i < class->n_field; i++)
    row_field(e, &class->field[i], spec_get(row, class->field[i].name), label);
  explain_blank(&e->page);
  explain_paragraph(&e->page, 2,
                    explain_text(e, "`stargate explain %s` says what each key means.", explain_shown_name(class)));
}

void explain_value_of_row(const explainer *e, const char *path, const spec_node *value) {
  explain_heading(&e->page, "In the catalogue");
  explain_item(&e->page, path, explain_columns(path), value_text(e, value));
  provenance(e, value, explain_columns(path) + 4);
}

void explain_base_rates(const explainer *e, const char *wanted) {
  const explain_page *page = &e->page;
  if (!wanted) {
    explain_common(e, 0, "base_rates");
    explain_heading(page, "In the catalogue");
  }
  for (size_t i = 0; i < e->files.n; i++) {
    const spec_node *map = spec_get(e->files.root[i], "base_rates");
    for (const spec_node *row = map ? map->first : NULL; row; row = row->next) {
      if (wanted && strcmp(wanted, row->key.at)) continue;
      explain_item(page, row->key.at, 26, value_text(e, row));
      provenance(e, row, 30);
    }
  }
}
