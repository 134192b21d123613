// Machines of measured runs, out of the catalogue: see validate_training_rows.h.
#include <math.h>
#include <string.h>

#include "train.h"
#include "validate_training_rows.h"

enum { MACHINES_MAX = 256 };

typedef struct machine_key {
  const compute_accelerator *accelerator;
  int32_t                    domain;
  double                     nic_gbps;
} machine_key;

struct validate_machines {
  programme_model accelerators;
  int32_t         class_index;
  compute_fabric  fabric;             // InfiniBand without oversubscription; domain and rate as a row says
  machine_key     key[MACHINES_MAX];  // (n)
  compute_machine machine[MACHINES_MAX];
  int32_t         n;
};

static const char *const usual_fabric = "infiniband-400";

validate_machines *validate_machines_create(arena *a, sg_diags *diags) {
  validate_machines *m = ARENA_NEW(a, validate_machines, 1);
  programme_model   *fabrics = ARENA_NEW(a, programme_model, 1);
  int32_t class = 0;
  if (!m || !fabrics) return NULL;
  if (twin_train_catalogue("accelerators", a, &m->accelerators, &m->class_index)) return NULL;
  if (twin_train_catalogue("fabrics", a, fabrics, &class)) return NULL;
  int32_t row = programme_find(fabrics, (size_t) class, usual_fabric);
  if (row < 0) {
    diag_add(diags, SG_ERROR, SG_ERR_NAME, (diag_place){0}, NULL, "the catalogue has no fabric '%s'", usual_fabric);
    return NULL;
  }
  m->fabric = *(const compute_fabric *)programme_row(fabrics, (size_t) class, row);
  return m;
}

static const compute_accelerator *accelerator_at(const validate_machines *m, int32_t row) {
  return programme_row(&m->accelerators, (size_t)m->class_index, row);
}

// "H100" and "H100-80" are parts of the family H100, "H100-SXM" is one as well; the number is the memory in GB.
static const compute_accelerator *find_accelerator(const validate_machines *m, text_slice hardware, double memory_gb) {
  const char                *dash = memchr(hardware.at, '-', hardware.n);
  text_slice                 family = {hardware.at, dash ? (size_t)(dash - hardware.at) : hardware.n};
  double                     x, best = HUGE_VAL;
  const compute_accelerator *found = NULL;
  if (dash && text_number((text_slice){dash + 1, hardware.n - family.n - 1}, &x) && isnan(memory_gb)) memory_gb = x;
  for (int32_t i = 0; i < m->accelerators.rows[m->class_index].n; i++) {
    const char                *name = programme_name(&m->accelerators, (size_t)m->class_index, i);
    const compute_accelerator *at = accelerator_at(m, i);
    if (strncmp(name, family.at, family.n) != 0 || (name[family.n] != '\0' && name[family.n] != '-')) continue;
    // Without a memory the row that bears the family's own name; with one, that of this memory.
    double far = isnan(memory_gb) ? (name[family.n] != '\0') : fabs(at->hbm_gb - memory_gb);
    if (far < best) {
      best = far;
      found = at;
    }
  }
  return best <= 1.0 ? found : NULL;
}

const compute_machine *validate_machine(validate_machines *m, text_slice hardware, double memory_gb, int32_t domain,
                                        double nic_gbps, const char **why) {
  const compute_accelerator *of = hardware.n > 0 ? find_accelerator(m, hardware, memory_gb) : NULL;
  char                       wrong[8];
  *why = NULL;
  if (!of) {
    *why = "the catalogue has no such accelerator (`stargate train --list accelerators`)";
    return NULL;
  }
  for (int32_t i = 0; i < m->n; i++) {
    const machine_key *k = &m->key[i];
    bool               same_rate = k->nic_gbps == nic_gbps || (isnan(k->nic_gbps) && isnan(nic_gbps));
    if (k->accelerator == of && k->domain == domain && same_rate) return &m->machine[i];
  }
  if (m->n == MACHINES_MAX) {
    *why = "more than 256 kinds of machines";
    return NULL;
  }
  compute_fabric fabric = m->fabric;
  fabric.domain_gpus = domain;
  fabric.nic_gbps = nic_gbps;
  compute_machine_of(of, &fabric, &m->machine[m->n]);
  if (compute_machine_check(&m->machine[m->n], wrong, sizeof wrong)) {
    *why = "the accelerator in this network makes no machine";
    return NULL;
  }
  m->key[m->n] = (machine_key){of, domain, nic_gbps};
  return &m->machine[m->n++];
}
