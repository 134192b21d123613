// Tests of placement: what each fit chooses, and counts against a recount after random changes.
#include "placement.h"

#include <string.h>

#include "../../tests/test.h"

// 3 blocks of 2 racks of 3 nodes of 8 GPUs, but that the last rack has one node.
static operations_nodes make(arena *a) {
  operations_nodes n;
  ck_assert(operations_nodes_make(&n, 16, 8, 3, 2, a));
  ck_assert_int_eq(n.n_rack, 6);
  ck_assert_int_eq(n.n_block, 3);
  return n;
}

// clang-format off
static const struct {
  const char     *what;
  int32_t         held[16];
  int32_t         gpus;
  operations_fit  fit;
  int32_t         n, chosen[8];
  operations_tier tier;
} rows[] = {
    {"first with room", {8, 6, 0, 4}, 3, OPERATIONS_FIRST_FIT, 1, {2}, OPERATIONS_IN_NODE},
    {"least room that is enough", {8, 6, 0, 4}, 3, OPERATIONS_BEST_FIT, 1, {3}, OPERATIONS_IN_NODE},
    {"first of equals", {4, 4, 4, 4}, 3, OPERATIONS_BEST_FIT, 1, {0}, OPERATIONS_IN_NODE},
    {"in the rack that is used most", {4, 0, 0, 4, 8, 8}, 3, OPERATIONS_RACK_FIT, 1, {3}, OPERATIONS_IN_NODE},
    {"whole nodes in order", {1, 0, 0, 1, 0}, 24, OPERATIONS_FIRST_FIT, 3, {1, 2, 4}, OPERATIONS_IN_BLOCK},
    {"a part of a node takes it whole", {0}, 9, OPERATIONS_BEST_FIT, 2, {0, 1}, OPERATIONS_IN_RACK},
    {"the fullest rack that holds it", {1, 0, 0, 1, 0, 0, 0, 0, 0}, 16, OPERATIONS_RACK_FIT, 2, {1, 2}, OPERATIONS_IN_RACK},
    {"one node: the rack of one", {0}, 8, OPERATIONS_RACK_FIT, 1, {15}, OPERATIONS_IN_NODE},
    {"the fullest block that holds it", {0, 0, 0, 0, 0, 1}, 40, OPERATIONS_RACK_FIT, 5, {0, 1, 2, 3, 4}, OPERATIONS_IN_BLOCK},
    {"emptiest racks of a block", {0, 1, 1, 0, 0, 1, 8, 8, 8, 8, 8, 8, 8, 8, 8}, 24, OPERATIONS_RACK_FIT, 3, {3, 4, 0}, OPERATIONS_IN_BLOCK},
    {"emptiest blocks", {0, 0, 0, 0, 0, 0, 8, 8, 0, 0, 0, 8, 8, 8, 8}, 64, OPERATIONS_RACK_FIT, 8, {0, 1, 2, 3, 4, 5, 9, 10}, OPERATIONS_ACROSS},
};
// clang-format on

START_TEST(each_fit_chooses_as_it_says) {
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    arena           *a = arena_create();
    operations_nodes n = make(a);
    int32_t          chosen[16] = {0};
    for (int32_t k = 0; k < 16; k++)
      if (rows[i].held[k]) operations_nodes_hold(&n, k, rows[i].held[k], 1);
    ck_assert_msg(operations_nodes_fits(&n, rows[i].gpus), "%s", rows[i].what);
    ck_assert_int_eq(operations_nodes_needed(&n, rows[i].gpus), rows[i].n);
    operations_nodes_choose(&n, rows[i].gpus, rows[i].fit, chosen);
    for (int32_t k = 0; k < rows[i].n; k++)
      ck_assert_msg(chosen[k] == rows[i].chosen[k], "%s: node %d", rows[i].what, chosen[k]);
    ck_assert_msg(operations_nodes_tier(&n, chosen, rows[i].n) == rows[i].tier, "%s", rows[i].what);
    arena_free(a);
  }
}
END_TEST

static void recount(const operations_nodes *n) {
  int32_t with_free[9] = {0}, rack[6] = {0}, block[3] = {0};
  int64_t closed = 0;
  for (int32_t i = 0; i < 16; i++) {
    const int32_t free = 8 - n->held[i];
    if (n->closed[i]) closed += free;
    else with_free[free]++, rack[i / 3] += free == 8, block[i / 6] += free == 8;
  }
  ck_assert_mem_eq(with_free, n->with_free, sizeof with_free);
  ck_assert_mem_eq(rack, n->rack_whole, sizeof rack);
  ck_assert_mem_eq(block, n->block_whole, sizeof block);
  ck_assert_int_eq(closed, n->closed_gpus);
}

START_TEST(counts_stay_right_and_gangs_get_distinct_nodes) {
  arena           *a = arena_create();
  operations_nodes n = make(a), copy = make(a);
  uint64_t         s = 5;
  int32_t          chosen[16];
  for (int step = 0; step < 20000; step++) {
    s = s * 6364136223846793005u + 1442695040888963407u;
    const int32_t node = (int32_t)(s >> 33) % 16, gpus = 1 + (int32_t)(s >> 40) % 100;
    switch ((s >> 60) % 4) {
      case 0:
        if (n.held[node]) operations_nodes_hold(&n, node, n.held[node], -1);
        break;
      case 1: operations_nodes_close(&n, node, n.closed[node] ? -1 : 1); break;
      default:
        if (!operations_nodes_fits(&n, gpus)) break;
        operations_nodes_choose(&n, gpus, (operations_fit)(step % 3), chosen);
        for (int32_t i = 0; i < operations_nodes_needed(&n, gpus); i++) {
          ck_assert_int_eq(n.closed[chosen[i]], 0);
          ck_assert_int_le(n.held[chosen[i]], gpus > 8 ? 0 : 8 - gpus);
          operations_nodes_hold(&n, chosen[i], gpus, 1);
        }
    }
    recount(&n);
  }
  operations_nodes_foresee(&copy, &n);
  recount(&copy);
  ck_assert_mem_eq(copy.held, n.held, 16 * sizeof *n.held);
  arena_free(a);
}
END_TEST

START_TEST(odd_shapes_are_made) {
  static const int32_t shape[][5] = {
      {1,  1, 0,   0, 1},
      {10, 4, 4,   0, 3},
      {10, 4, 4,   2, 3},
      {10, 4, 100, 5, 1},
      {7,  4, 1,   3, 7}
  };
  for (size_t i = 0; i < sizeof shape / sizeof shape[0]; i++) {
    arena           *a = arena_create();
    operations_nodes n;
    int32_t          chosen[16];
    ck_assert(operations_nodes_make(&n, shape[i][0], shape[i][1], shape[i][2], shape[i][3], a));
    ck_assert_int_eq(n.n_rack, shape[i][4]);
    const int32_t all = shape[i][0] * shape[i][1];
    ck_assert(operations_nodes_fits(&n, all) && !operations_nodes_fits(&n, all + 1));
    operations_nodes_choose(&n, all, OPERATIONS_RACK_FIT, chosen);
    int32_t sum = 0;
    for (int32_t k = 0; k < shape[i][0]; k++) sum += chosen[k];
    ck_assert_int_eq(sum, shape[i][0] * (shape[i][0] - 1) / 2);
    arena_free(a);
  }
}
END_TEST

TEST_LIST("placement", each_fit_chooses_as_it_says, counts_stay_right_and_gangs_get_distinct_nodes, odd_shapes_are_made)
