// What `stargate cluster` says: for a terminal, as JSON, as configuration of Slurm.
#ifndef REPORT_CLUSTER_REPORT_H
#define REPORT_CLUSTER_REPORT_H

#include "../base/json.h"
#include "../twin/cluster.h"
#include "page.h"

sg_err report_cluster_text(const twin_cluster *c, sg_style style, text_buffer *out);

// Schema stargate.cluster/1.
sg_err report_cluster_json(const twin_cluster *c, text_buffer *out);

// One file of Slurm's for a machine with nodes: "slurm.conf" (its lines for nodes and partition), "gres.conf",
// "topology.conf" (topology/tree), "topology-block.conf" (topology/block of Slurm 23.11 and later; to be renamed to
// topology.conf). Errors: NAME (no such file), USAGE (a pool without nodes), MEMORY.
sg_err report_cluster_emit(const twin_cluster *c, const char *file, text_buffer *out);

#endif
