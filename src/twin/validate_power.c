// Validation of power: see validate_power.h.
#include "validate_power.h"

#include <string.h>

#include "../base/arena.h"
#include "validate_power_dispatch.h"
#include "validate_power_parts.h"
#include "validate_power_tariffs.h"

// The part of a name behind the last `folder/` in it, so that a path may stand before it; NULL: it is not in there.
static bool is_below(const char *name, const char *folder) {
  const char *at = strstr(name, folder);
  return at && (at == name || at[-1] == '/');
}

static const diag_source *find(const validate_power_files *files, const char *name) {
  for (size_t i = 0; i < files->n; i++) {
    const size_t n = strlen(files->at[i].name), m = strlen(name);
    if (n >= m && !strcmp(files->at[i].name + n - m, name) && (n == m || files->at[i].name[n - m - 1] == '/'))
      return &files->at[i];
  }
  return NULL;
}

static bool holds_any(const validate_power_files *files, const char *folder) {
  for (size_t i = 0; i < files->n; i++)
    if (is_below(files->at[i].name, folder)) return true;
  return false;
}

static sg_err run(const validate_power_files *files, arena *a, sg_diags *diags, validate_report *out) {
  validate_power_traces_out traces;
  const diag_source        *published = find(files, "published.csv");
  const bool                dispatch = holds_any(files, "dispatch/"), tariffs = holds_any(files, "tariffs/");
  if (!published && !dispatch && !tariffs)
    return diag_add(diags, SG_ERROR, SG_ERR_RANGE, (diag_place){0}, NULL,
                    "there is no published.csv, no dispatch/ and no tariffs/");
  sg_err err = validate_power_traces(a, diags, out, &traces);
  if (!err && published) err = validate_power_published(published, &traces, a, diags, out);
  if (!err && dispatch) err = validate_power_dispatch(files->at, files->n, diags, out);
  if (!err && tariffs) err = validate_power_tariffs(files->at, files->n, diags, out);
  return err;
}

sg_err validate_power(const validate_power_files *files, sg_diags *diags, validate_report *out) {
  out->domain = "power";
  out->holds = true;
  arena *a = arena_create();
  sg_err err = a ? run(files, a, diags, out) : SG_ERR_MEMORY;
  if (!err && out->failed) err = SG_ERR_MEMORY;
  if (err) out->holds = false;
  arena_free(a);
  return err;
}
