// The planned machine as Slurm wants it told. Read by slurmctld 22.05 in tests/scripts/slurm.sh.
// Source: SchedMD, Slurm 22.05 documentation: slurm.conf(5), gres.conf(5), topology.conf(5); topology/block: 23.11.
#include <stdio.h>
#include <string.h>

#include "cluster_report.h"

// Nodes of one rack, racks of one block, all racks; the last of each may be short.
typedef struct layout {
  int32_t nodes, gpus, per_rack, racks, per_block, blocks;
} layout;

static layout layout_of(const operations_partition *m) {
  layout l = {
      .nodes = m->n_node, .gpus = m->gpus_per_node, .per_rack = m->nodes_per_rack ? m->nodes_per_rack : m->n_node};
  l.racks = (l.nodes + l.per_rack - 1) / l.per_rack;
  l.per_block = m->racks_per_block ? m->racks_per_block : l.racks;
  l.blocks = (l.racks + l.per_block - 1) / l.per_block;
  return l;
}

// "NAME[FROM-TO]", counted from 0 and up to but not with `end`.
static void range(text_buffer *out, const char *name, int32_t from, int32_t end) {
  text_addf(out, end - from == 1 ? "%s%d" : "%s[%d-%d]", name, from, end - 1);
}

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

// Lines that go into an operator's own slurm.conf; sockets, cores and memory are the hardware's to tell (`slurmd -C`).
static void slurm_conf(const layout *l, text_buffer *out) {
  text_puts(out,
            "# Nodes of the planned machine. Include this in slurm.conf; add CPUs and RealMemory of each node as\n"
            "# `slurmd -C` prints them.\n"
            "GresTypes=gpu\n"
            "SelectType=select/cons_tres\n"
            "TopologyPlugin=topology/tree\n"
            "NodeName=");
  range(out, "node", 0, l->nodes);
  text_addf(out, " Gres=gpu:%d State=UNKNOWN\nPartitionName=all Nodes=", l->gpus);
  range(out, "node", 0, l->nodes);
  text_puts(out, " Default=YES MaxTime=INFINITE State=UP\n");
}

static void gres_conf(const layout *l, text_buffer *out) {
  text_puts(out, "# On every node; device files as NVIDIA's driver names them.\nNodeName=");
  range(out, "node", 0, l->nodes);
  text_puts(out, " Name=gpu File=");
  range(out, "/dev/nvidia", 0, l->gpus);
  text_puts(out, "\n");
}

static void tree(const layout *l, text_buffer *out) {
  text_puts(out, "# topology/tree: a switch to a rack, one to a block of racks, one over all.\n");
  for (int32_t i = 0; i < l->racks; i++) {
    text_addf(out, "SwitchName=rack%d Nodes=", i);
    range(out, "node", i * l->per_rack, least((i + 1) * l->per_rack, l->nodes));
    text_puts(out, "\n");
  }
  for (int32_t i = 0; i < l->blocks && l->racks > 1; i++) {
    text_addf(out, "SwitchName=block%d Switches=", i);
    range(out, "rack", i * l->per_block, least((i + 1) * l->per_block, l->racks));
    text_puts(out, "\n");
  }
  if (l->blocks < 2) return;
  text_puts(out, "SwitchName=core Switches=");
  range(out, "block", 0, l->blocks);
  text_puts(out, "\n");
}

// A block of Slurm's is what NVLink joins: a rack.
static void block(const layout *l, text_buffer *out) {
  text_puts(out,
            "# topology/block, Slurm 23.11 and later: rename to topology.conf and set TopologyPlugin=topology/block.\n"
            "# A block is a rack.\n");
  for (int32_t i = 0; i < l->racks; i++) {
    text_addf(out, "BlockName=rack%d Nodes=", i);
    range(out, "node", i * l->per_rack, least((i + 1) * l->per_rack, l->nodes));
    text_puts(out, "\n");
  }
  text_addf(out, "BlockSizes=%d\n", l->per_rack);
}

sg_err report_cluster_emit(const twin_cluster *c, const char *file, text_buffer *out) {
  static const struct {
    const char *name;
    void (*write)(const layout *l, text_buffer *out);
  } files[] = {
      {"slurm.conf",          slurm_conf},
      {"gres.conf",           gres_conf },
      {"topology.conf",       tree      },
      {"topology-block.conf", block     },
  };
  if (!c->placed) return SG_ERR_USAGE;
  layout l = layout_of(&c->machine);
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    if (strcmp(files[i].name, file) != 0) continue;
    files[i].write(&l, out);
    return out->failed ? SG_ERR_MEMORY : SG_OK;
  }
  return SG_ERR_NAME;
}
