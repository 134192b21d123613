// System: a description of hardware as Calculon's systems/*.json write it, as a machine of ours.
#ifndef TWIN_VALIDATE_TRAINING_SYSTEM_H
#define TWIN_VALIDATE_TRAINING_SYSTEM_H

#include "../base/arena.h"
#include "../base/diag.h"
#include "../training/plan.h"

enum { SYSTEM_NETWORKS = 2 };  // within a domain, beyond
typedef struct system_description {
  compute_machine machine;  // its efficiencies are steps by size of the operation
  training_link   all_reduce[SYSTEM_NETWORKS], gather[SYSTEM_NETWORKS];  // factors on bytes: Calculon's "ops"
} system_description;

// Reads one file (JSON, of which the YAML that spec_read takes is a superset). Errors: those of spec_read, SG_ERR_KEY (a key is
// missing, with its name in diags), SG_ERR_RANGE (a number that cannot be).
sg_err validate_system_read(const diag_source *source, arena *a, sg_diags *diags, system_description *out);

#endif
