// Placement: see placement.h.
#include "placement.h"

#include <string.h>

bool operations_nodes_make(operations_nodes *nodes, int32_t n_node, int32_t gpus_per_node, int32_t nodes_per_rack,
                           int32_t racks_per_block, arena *a) {
  const int32_t rack = nodes_per_rack > 0 && nodes_per_rack < n_node ? nodes_per_rack : n_node;
  const int32_t racks = (n_node - 1) / rack + 1;
  const int32_t per_block = racks_per_block > 0 && racks_per_block < racks ? racks_per_block : racks;
  *nodes = (operations_nodes){.n_node = n_node,
                              .gpus_per_node = gpus_per_node,
                              .nodes_per_rack = rack,
                              .nodes_per_block = rack * per_block,
                              .n_rack = racks,
                              .n_block = (racks - 1) / per_block + 1};
  nodes->held = ARENA_NEW(a, int32_t, n_node);
  nodes->closed = ARENA_NEW(a, int32_t, n_node);
  nodes->with_free = ARENA_NEW(a, int32_t, gpus_per_node + 1);
  nodes->rack_whole = ARENA_NEW(a, int32_t, nodes->n_rack);
  nodes->block_whole = ARENA_NEW(a, int32_t, nodes->n_block);
  if (!nodes->held || !nodes->closed || !nodes->with_free || !nodes->rack_whole || !nodes->block_whole) return false;
  nodes->with_free[gpus_per_node] = n_node;
  for (int32_t i = 0; i < n_node; i++) {
    nodes->rack_whole[i / rack]++;
    nodes->block_whole[i / nodes->nodes_per_block]++;
  }
  return true;
}

void operations_nodes_foresee(operations_nodes *to, const operations_nodes *from) {
  to->closed = from->closed;
  memcpy(to->held, from->held, (size_t)from->n_node * sizeof *to->held);
  memcpy(to->with_free, from->with_free, ((size_t)from->gpus_per_node + 1) * sizeof *to->with_free);
  memcpy(to->rack_whole, from->rack_whole, (size_t)from->n_rack * sizeof *to->rack_whole);
  memcpy(to->block_whole, from->block_whole, (size_t)from->n_block * sizeof *to->block_whole);
  to->closed_gpus = from->closed_gpus;
}

int32_t operations_nodes_needed(const operations_nodes *nodes, int32_t gpus) {
  return (gpus - 1) / nodes->gpus_per_node + 1;
}

bool operations_nodes_fits(const operations_nodes *nodes, int32_t gpus) {
  if (gpus > nodes->gpus_per_node)
    return nodes->with_free[nodes->gpus_per_node] >= operations_nodes_needed(nodes, gpus);
  for (int32_t free = gpus; free <= nodes->gpus_per_node; free++)
    if (nodes->with_free[free] > 0) return true;
  return false;
}

// ---- Choice -------------------------------------------------------------------------------------------------------------

// GPUs free on a node for a new job; -1: it takes none.
static int32_t free_on(const operations_nodes *nodes, int32_t node) {
  return nodes->closed[node] ? -1 : nodes->gpus_per_node - nodes->held[node];
}

// One node for a small job. Rack fit breaks ties towards racks that have the fewest whole nodes left, so that large
// gangs find whole racks.
static int32_t choose_one(const operations_nodes *nodes, int32_t gpus, operations_fit fit) {
  int32_t best = -1, best_free = INT32_MAX, best_rack = INT32_MAX, fewest = gpus;
  while (nodes->with_free[fewest] == 0) fewest++;  // of the job that fits there is such a node
  for (int32_t i = 0; i < nodes->n_node; i++) {
    const int32_t free = free_on(nodes, i), whole = nodes->rack_whole[i / nodes->nodes_per_rack];
    if (free < gpus) continue;
    if (fit == OPERATIONS_FIRST_FIT || (fit == OPERATIONS_BEST_FIT && free == fewest)) return i;
    if (free > best_free || (free == best_free && whole >= best_rack)) continue;
    best = i, best_free = free, best_rack = whole;
  }
  return best;
}

// Takes whole free nodes first .. end-1 in order, at most `most`, passing over racks that have none. Returns how many.
static int32_t take_whole(const operations_nodes *nodes, int32_t first, int32_t end, int32_t most, int32_t *chosen) {
  int32_t n = 0;
  for (int32_t i = first; i < end && n < most; i++) {
    const int32_t rack = i / nodes->nodes_per_rack;
    if (nodes->rack_whole[rack] == 0) i = (rack + 1) * nodes->nodes_per_rack - 1;
    else if (free_on(nodes, i) == nodes->gpus_per_node) chosen[n++] = i;
  }
  return n;
}

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

// Group (rack or block) with the least whole nodes that still hold the gang; -1: none does.
static int32_t tightest(const int32_t *whole, int32_t first, int32_t end, int32_t needed) {
  int32_t best = -1;
  for (int32_t i = first; i < end; i++)
    if (whole[i] >= needed && (best < 0 || whole[i] < whole[best])) best = i;
  return best;
}

// Group with the most whole nodes of those that come after (`below` of them, group `after`) in falling order of it; -1: no more.
static int32_t emptiest(const int32_t *whole, int32_t first, int32_t end, int32_t below, int32_t after) {
  int32_t best = -1;
  for (int32_t i = first; i < end; i++) {
    if (whole[i] > below || (whole[i] == below && i <= after)) continue;
    if (best < 0 || whole[i] > whole[best]) best = i;
  }
  return best;
}

// Fills a gang from the emptiest racks of a block, so that it spans few.
static int32_t take_of_block(const operations_nodes *nodes, int32_t block, int32_t needed, int32_t *chosen) {
  const int32_t per_block = nodes->nodes_per_block / nodes->nodes_per_rack;
  const int32_t first = block * per_block, end = least(first + per_block, nodes->n_rack);
  const int32_t rack = tightest(nodes->rack_whole, first, end, needed);
  int32_t       n = 0, below = INT32_MAX, after = -1;
  while (n < needed) {
    const int32_t r = rack >= 0 ? rack : emptiest(nodes->rack_whole, first, end, below, after);
    if (r < 0 || nodes->rack_whole[r] == 0) break;
    n += take_whole(nodes, r * nodes->nodes_per_rack, least((r + 1) * nodes->nodes_per_rack, nodes->n_node), needed - n,
                    chosen + n);
    below = nodes->rack_whole[r], after = r;
  }
  return n;
}

static void choose_racks(const operations_nodes *nodes, int32_t needed, int32_t *chosen) {
  const int32_t rack = tightest(nodes->rack_whole, 0, nodes->n_rack, needed);
  const int32_t per_block = nodes->nodes_per_block / nodes->nodes_per_rack;
  const int32_t block = rack >= 0 ? rack / per_block : tightest(nodes->block_whole, 0, nodes->n_block, needed);
  if (rack >= 0) {
    take_whole(nodes, rack * nodes->nodes_per_rack, least((rack + 1) * nodes->nodes_per_rack, nodes->n_node), needed,
               chosen);
    return;
  }
  int32_t n = 0, below = INT32_MAX, after = -1;
  while (n < needed) {
    const int32_t b = block >= 0 ? block : emptiest(nodes->block_whole, 0, nodes->n_block, below, after);
    n += take_of_block(nodes, b, needed - n, chosen + n);
    below = nodes->block_whole[b], after = b;
  }
}

void operations_nodes_choose(const operations_nodes *nodes, int32_t gpus, operations_fit fit, int32_t *chosen) {
  const int32_t needed = operations_nodes_needed(nodes, gpus);
  if (gpus < nodes->gpus_per_node) chosen[0] = choose_one(nodes, gpus, fit);
  else if (fit == OPERATIONS_RACK_FIT) choose_racks(nodes, needed, chosen);
  else take_whole(nodes, 0, nodes->n_node, needed, chosen);  // all whole nodes are equal: both fits take the first
}

// ---- Change -------------------------------------------------------------------------------------------------------------

// Counts an open node in or out of the tables of free ones.
static void count_node(operations_nodes *nodes, int32_t node, int32_t by) {
  const int32_t free = nodes->gpus_per_node - nodes->held[node];
  if (nodes->closed[node]) {
    nodes->closed_gpus += (int64_t)by * free;
    return;
  }
  nodes->with_free[free] += by;
  if (free < nodes->gpus_per_node) return;
  nodes->rack_whole[node / nodes->nodes_per_rack] += by;
  nodes->block_whole[node / nodes->nodes_per_block] += by;
}

void operations_nodes_hold(operations_nodes *nodes, int32_t node, int32_t gpus, int sign) {
  count_node(nodes, node, -1);
  nodes->held[node] += sign * least(gpus, nodes->gpus_per_node);
  count_node(nodes, node, 1);
}

void operations_nodes_close(operations_nodes *nodes, int32_t node, int sign) {
  count_node(nodes, node, -1);
  nodes->closed[node] += sign;
  count_node(nodes, node, 1);
}

operations_tier operations_nodes_tier(const operations_nodes *nodes, const int32_t *chosen, int32_t n) {
  operations_tier tier = n > 1 ? OPERATIONS_IN_RACK : OPERATIONS_IN_NODE;
  for (int32_t i = 1; i < n; i++) {
    if (chosen[i] / nodes->nodes_per_block != chosen[0] / nodes->nodes_per_block) return OPERATIONS_ACROSS;
    if (chosen[i] / nodes->nodes_per_rack != chosen[0] / nodes->nodes_per_rack) tier = OPERATIONS_IN_BLOCK;
  }
  return tier;
}
