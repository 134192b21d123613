// Fuzzes the programme reader: any bytes must yield a well-formed tree and findings, never a crash or a hang.
// The whole input is read as a file; then it is split at the '=' of its first line and set into a small fixed tree.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/programme/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void hold(int truth) {
  if (!truth) __builtin_trap();
}

static void check_place(const diag_place *p) {
  hold(p->source && p->source->name && p->line >= 1 && p->column >= 1 && p->span >= 1);
}

static void check_text(text_slice s) { hold(s.at && s.at[s.n] == '\0' && strlen(s.at) == s.n); }

// Number of nodes below and with `node`.
static size_t check_tree(const spec_node *node, int depth) {
  hold(depth <= SPEC_MAX_DEPTH + 1);
  check_place(&node->place);
  size_t n = 0, all = 1;
  if (node->kind == SPEC_SCALAR) {
    check_text(node->text);
    hold(!node->first && node->n == 0);
  }
  for (const spec_node *c = node->first; c; c = c->next, n++) {
    if (node->kind == SPEC_MAP) {
      check_text(c->key);
      check_place(&c->key_place);
      hold(c->key.n > 0);
      if (n < 64) hold(spec_get(node, c->key.at) == c);  // keys are unique
    } else {
      hold(!c->key.at);
    }
    all += check_tree(c, depth + 1);
  }
  hold(n == node->n);
  return all;
}

static void check_findings(const sg_diags *d, sg_err err) {
  hold((err == SG_OK) == (d->n_errors == 0));
  hold(err == SG_OK || d->item[0].code == err);
  for (size_t i = 0; i < d->n; i++) {
    char out[2048];
    hold(d->item[i].message[0] != '\0');
    hold(diag_render(&d->item[i], 0, out, sizeof(out)) > 0);
  }
}

static void check_set(const char *text, size_t n, arena *a, sg_diags *d) {
  const char       *line_end = memchr(text, '\n', n);
  size_t            n_line = line_end ? (size_t)(line_end - text) : n;
  const char       *equals = n_line ? memchr(text, '=', n_line) : NULL;
  size_t            n_path = equals ? (size_t)(equals - text) : n_line;
  const char       *path = arena_text(a, text, n_path);
  const char       *value = arena_text(a, text + n_path, n - n_path);
  static const char base[] = "campuses:\n  abilene: {grid: 1 GW, it-load: 2}\n  empty:\nlist: [a]\na.b: {c: 1}\n";
  const diag_source source = {"base.yaml", base, sizeof(base) - 1};
  spec_node        *root = NULL;
  diag_init(d);
  hold(spec_read(&source, a, d, &root) == SG_OK);
  size_t was = check_tree(root, 0);
  diag_init(d);
  sg_err err = spec_set(root, path, *value ? value + 1 : value, a, d);
  check_findings(d, err);
  size_t is = check_tree(root, 0);
  if (err != SG_OK) hold(is == was);  // a failure changes nothing
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  arena    *a = arena_create();
  sg_diags *d = malloc(sizeof(*d));
  char     *text = malloc(n ? n : 1);  // exact size: AddressSanitizer sees one byte too far
  if (!a || !d || !text) abort();
  if (n) memcpy(text, bytes, n);
  diag_source source = {"fuzz.yaml", text, n};
  spec_node  *root = NULL;
  diag_init(d);
  sg_err err = spec_read(&source, a, d, &root);
  check_findings(d, err);
  hold(err != SG_OK || root);
  if (root) {
    hold(root->kind == SPEC_MAP);
    size_t     all = check_tree(root, 0);
    spec_node *same = spec_merge(root, root, a);
    hold(same && check_tree(same, 0) == all);  // laid over itself, a tree stays what it is
  }
  check_set(text, n, a, d);
  free(text);
  free(d);
  arena_free(a);
  return 0;
}
