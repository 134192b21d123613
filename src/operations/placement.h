// Placement: which nodes a gang job gets, and how far apart they stand in the fabric.
//
// A job of at most one node's GPUs gets all of them on one node; a larger one gets whole free nodes, as many as it
// needs. Whether a job fits is known from counts, so only a job that starts looks at the nodes. Pure; memory from the
// caller's arena. The rule for gangs and the two fits are those of validation/cluster/README.md ("nodes64x8").
#ifndef OPERATIONS_PLACEMENT_H
#define OPERATIONS_PLACEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/arena.h"

typedef enum operations_fit {
  OPERATIONS_FIRST_FIT,  // nodes in their fixed order
  OPERATIONS_BEST_FIT,   // nodes with the least GPUs free first, equal ones in their fixed order
  OPERATIONS_RACK_FIT    // the fewest fabric tiers: the fullest rack that holds the gang, else the fullest block, else
                         // the emptiest racks of the emptiest blocks
} operations_fit;

// How far apart the nodes of a job stand: the highest switch between any two of them.
typedef enum operations_tier {
  OPERATIONS_IN_NODE,
  OPERATIONS_IN_RACK,
  OPERATIONS_IN_BLOCK,
  OPERATIONS_ACROSS,
  OPERATIONS_TIERS
} operations_tier;

// Nodes of one kind, in racks and blocks of racks by their number.
typedef struct operations_nodes {
  int32_t  n_node, gpus_per_node, nodes_per_rack, nodes_per_block, n_rack, n_block;
  int32_t *held;         // GPUs that jobs hold            (n_node)
  int32_t *closed;       // reasons to take no job         (n_node)
  int32_t *with_free;    // open nodes by their free GPUs  (gpus_per_node + 1)
  int32_t *rack_whole;   // open nodes without a job       (n_rack)
  int32_t *block_whole;  //                                (n_block)
  int64_t  closed_gpus;  // free GPUs of nodes that take no job
} operations_nodes;

// All nodes open and free. n_node, gpus_per_node >= 1; nodes_per_rack, racks_per_block 0: one of all.
// Returns false when memory ran out. Cost O(n_node).
bool operations_nodes_make(operations_nodes *nodes, int32_t n_node, int32_t gpus_per_node, int32_t nodes_per_rack,
                           int32_t racks_per_block, arena *a);
// Makes `to`, made alike, what `from` is now, to try jobs on: it shares which nodes are closed. O(n_node)
void operations_nodes_foresee(operations_nodes *to, const operations_nodes *from);

int32_t operations_nodes_needed(const operations_nodes *nodes, int32_t gpus);  // nodes a job of gpus >= 1 gets
bool    operations_nodes_fits(const operations_nodes *nodes, int32_t gpus);    // O(gpus_per_node)

// Nodes for a job that fits, in `chosen`, (operations_nodes_needed). Cost O(n_node).
void operations_nodes_choose(const operations_nodes *nodes, int32_t gpus, operations_fit fit, int32_t *chosen);

// Gives the job's share of one of its nodes to it (sign 1) or takes it back (-1).
void operations_nodes_hold(operations_nodes *nodes, int32_t node, int32_t gpus, int sign);

// Adds (1) or removes (-1) one reason why a node takes no job; it is open while there is none.
void operations_nodes_close(operations_nodes *nodes, int32_t node, int sign);

operations_tier operations_nodes_tier(const operations_nodes *nodes, const int32_t *chosen, int32_t n);

#endif
