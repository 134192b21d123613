// Settings of a cluster, from words: the machine and its parts, the policy, how jobs are kept running. For the files
// twin/cluster*.c alone.
#ifndef TWIN_CLUSTER_SETTINGS_H
#define TWIN_CLUSTER_SETTINGS_H

#include "cluster.h"

typedef struct twin_cluster_settings {
  const char *const *key, *const *value;  // (n)
  size_t    n;
  sg_diags *diags;
} twin_cluster_settings;

// A finding without a place; `what` has one %s for `word`. Always returns code.
sg_err twin_cluster_refuse(const twin_cluster_settings *s, sg_err code, const char *hint, const char *what,
                           const char *word);

const char *twin_cluster_setting(const twin_cluster_settings *s, const char *name);  // the last of that name, or NULL
// SG_ERR_KEY where a setting is none of the known.
sg_err twin_cluster_only(const twin_cluster_settings *s, const char *const *known, size_t n_known);

// "8x18x4": up to `most` positive whole numbers of at most OPERATIONS_MAX_GPUS. Returns how many; 0: not so.
int twin_cluster_numbers(const char *word, int most, int64_t out[]);
// A number from low to high, or SG_ERR_RANGE with the hint. *out is left alone where the setting is not there.
sg_err twin_cluster_number(const twin_cluster_settings *s, const char *name, double low, double high, const char *hint,
                           double *out);

sg_err twin_cluster_read_machine(const twin_cluster_settings *s, operations_partition *out);
sg_err twin_cluster_read_policy(const twin_cluster_settings *s, const operations_partition *machine,
                                operations_policy *out);
// Parts of the machine (c->machine) and its maintenance.
sg_err twin_cluster_read_parts(const twin_cluster_settings *s, twin_cluster *c);
// checkpoint and restart. restart_min: NaN where it is not given.
sg_err twin_cluster_read_practice(const twin_cluster_settings *s, operations_practice *out, double *restart_min);

// What one run can expect, from all of its settings (cluster_goodput.c).
sg_err twin_cluster_goodput_make(const twin_cluster_settings *s, uint64_t seed, twin_cluster_goodput *out);

#endif
