// Validation of the step model: see validate_training.h.
#include "validate_training.h"


#include <string.h>

#include "../programme/embedded.h"
#include "validate_training_reference.h"
#include "validate_training_rows.h"
#include "validate_training_score.h"

// The shipped runs calibrate as well, but for those whose experiment the directory names.
static sg_err add_shipped(validate_machines *machines, arena *a, sg_diags *diags, validate_runs *runs) {
  validate_runs shipped = {0};
  diag_source  *source = ARENA_NEW(a, diag_source, 1);  // the runs point into it
  if (!source) return SG_ERR_MEMORY;
  if (!programme_embedded_find("validation/training/published.csv", source))
    return diag_add(diags, SG_ERROR, SG_ERR_IO, (diag_place){0},
                    "list validation/training/published.csv in scripts/embed", "the calibration set is not built in");
  sg_err err = validate_runs_read(source, RUNS_PUBLISHED, machines, a, diags, &shipped);
  return err ? err : validate_runs_join(runs, &shipped, a);
}

static sg_err run(const validate_training_files *files, arena *a, sg_diags *diags, validate_report *out) {
  const diag_source *const source[RUNS_SETS] = {files->published, files->multi, files->single};
  validate_runs            runs = {0};
  sg_err                   err = SG_OK;
  if (!source[0] && !source[1] && !source[2] && !files->calculon)
    return diag_add(diags, SG_ERROR, SG_ERR_RANGE, (diag_place){0},
                    "published.csv, vtrain_multi.csv, vtrain_single.csv or calculon.csv is needed", "there is no case");
  if (source[0] || source[1] || source[2]) {
    validate_machines *machines = validate_machines_create(a, diags);
    if (!machines) return SG_ERR_MEMORY;
    for (int set = 0; set < RUNS_SETS && !err; set++)
      if (source[set]) err = validate_runs_read(source[set], (validate_run_set)set, machines, a, diags, &runs);
    int32_t own = runs.n;
    if (!err && own == 0) err = diag_add(diags, SG_ERROR, SG_ERR_RANGE, (diag_place){0}, NULL, "the files hold no run");
    if (!err) err = add_shipped(machines, a, diags, &runs);
    if (!err) err = validate_training_score(&runs, own, a, out);
  }
  if (!err && files->calculon)
    err = validate_training_reference(files->calculon, files->systems, files->n_systems, a, diags, out);
  return err;
}

sg_err validate_training(const validate_training_files *files, sg_diags *diags, validate_report *out) {
  out->domain = "training";
  out->holds = true;
  arena *a = arena_create();
  sg_err err = a ? run(files, a, diags, out) : SG_ERR_MEMORY;
  if (!err && out->failed) err = SG_ERR_MEMORY;
  if (err) out->holds = false;
  arena_free(a);
  return err;
}
