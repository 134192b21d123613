#include "catalogue.h"

#include <string.h>

#include "embedded.h"

bool programme_embedded_find(const char *name, diag_source *out) {
  for (size_t i = 0; i < programme_embedded_count; i++) {
    const programme_embedded *file = &programme_embedded_files[i];
    if (strcmp(file->name, name) != 0) continue;
    *out = (diag_source){file->name, file->at, file->bytes};
    return true;
  }
  return false;
}

static bool is_catalogue(const char *name) {
  static const char folder[] = "catalogue/", suffix[] = ".yaml";
  size_t            n = strlen(name);
  return !strncmp(name, folder, sizeof folder - 1) && n >= sizeof suffix &&
         !strcmp(name + n - (sizeof suffix - 1), suffix);
}

sg_err programme_catalogue_read(arena *a, sg_diags *diags, programme_catalogue *out) {
  out->n = 0;
  for (size_t i = 0; i < programme_embedded_count; i++) {
    const programme_embedded *file = &programme_embedded_files[i];
    if (!is_catalogue(file->name)) continue;
    diag_source *source = ARENA_NEW(a, diag_source, 1);
    if (!source) return SG_ERR_MEMORY;
    *source = (diag_source){file->name, file->at, file->bytes};
    spec_node *root = NULL;
    sg_err     err = spec_read(source, a, diags, &root);
    if (err) return err;
    if (out->n == CATALOGUE_MAX_FILES) return SG_ERR_LIMIT;
    if (root) out->root[out->n++] = root;
  }
  return SG_OK;
}
