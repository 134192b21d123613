// Search: the answer is that of brute force, whatever is cut off, however it is cut in parts.
#include "search.h"

#include <math.h>
#include <string.h>

#include "../../tests/machines.h"
#include "../../tests/test.h"

#define ALL_TOKENS .capacity_frac = (double)NAN

// clang-format off
static const struct space { const char *what, *machine; int32_t gpus, batch, seq; compute_precision precision; training_shape shape; } spaces[] = {
  { "a small GPT on one node",            "A100",  8,  16, 2048, COMPUTE_FP16, {.layers = 12, .hidden = 1024, .heads = 16, .kv_heads = 16, .ffn = 4096, .activation = TRAINING_GELU, .vocab = 51200, .tied = 1, .biases = 1, ALL_TOKENS} },
  { "layers that do not divide",          "A100", 12,  12, 2048, COMPUTE_BF16, {.layers = 22, .hidden = 2048, .heads = 24, .kv_heads = 24, .head_dim = 128, .ffn = 8192, .activation = TRAINING_GELU, .vocab = 51200, ALL_TOKENS} },
  { "many more places than layers",       "A100", 16,  16, 2048, COMPUTE_FP16, {.layers = 20, .hidden = 1024, .heads = 4, .kv_heads = 4, .ffn = 4096, .activation = TRAINING_GELU, .vocab = 51200, ALL_TOKENS} },
  { "grouped queries, long sequences",    "H100", 8,  8, 32768, COMPUTE_BF16, {.layers = 12, .hidden = 4096, .heads = 32, .kv_heads = 8, .ffn = 14336, .activation = TRAINING_SWIGLU, .vocab = 128256, ALL_TOKENS} },
  { "a model that is tight in memory",    "H100", 8, 8, 8192, COMPUTE_FP8, {.layers = 20, .hidden = 8192, .heads = 64, .kv_heads = 8, .ffn = 28672, .activation = TRAINING_SWIGLU, .vocab = 128256, ALL_TOKENS} },
  { "a mixture of experts",               "B200", 16,  16, 4096, COMPUTE_MXFP8, {.layers = 10, .hidden = 2048, .heads = 32, .kv_heads = 4, .head_dim = 128, .ffn = 6144, .activation = TRAINING_SWIGLU, .vocab = 151936, .experts = 16, .top_k = 4, .expert_ffn = 768, ALL_TOKENS} },
  { "experts after costly dense layers",  "H200", 16,  16, 4096, COMPUTE_BF16, {.layers = 13, .hidden = 2048, .heads = 16, .kv_heads = 16, .ffn = 32768, .activation = TRAINING_SWIGLU, .vocab = 32000, .experts = 8, .top_k = 1, .expert_ffn = 512, .dense_layers = 3, ALL_TOKENS} },
  { "a model that fits nowhere",          "A100",  2,   4, 2048, COMPUTE_BF16, {.layers = 96, .hidden = 12288, .heads = 96, .kv_heads = 96, .ffn = 49152, .activation = TRAINING_GELU, .vocab = 51200, ALL_TOKENS} },
};
// clang-format on
enum { SPACES = sizeof spaces / sizeof spaces[0] };

static training_space space_of(const struct space *c) {
  training_space space = training_space_default(c->gpus, c->batch, c->seq, (int32_t)c->precision);
  space.free_overlap = 1;
  return space;
}

static training_search found[3];  // large: not on the stack

static void search(const struct space *c, const compute_machine *m, const training_space *space, int32_t parts,
                   training_search *out) {
  const training_software w = training_software_default();
  static training_search  piece;
  for (int32_t part = 0; part < parts; part++) {
    training_search *to = part ? &piece : out;
    to->n_wanted = 10;
    ck_assert_msg(training_search_run(&c->shape, m, &w, space, part, parts, to) == SG_OK, "%s", c->what);
    if (part) training_search_merge(out, to);
  }
}

static void expect_same(const char *what, const training_search *a, const training_search *b) {
  ck_assert_msg(a->n == b->n, "%s: %d plans kept, wanted %d", what, a->n, b->n);
  for (int32_t i = 0; i < a->n; i++) {
    ck_assert_msg(a->best[i].step.step_s == b->best[i].step.step_s && a->best[i].number == b->best[i].number,
                  "%s, place %d: %.9g s (plan %llu), wanted %.9g s (plan %llu)", what, i, a->best[i].step.step_s,
                  (unsigned long long)a->best[i].number, b->best[i].step.step_s, (unsigned long long)b->best[i].number);
  }
  ck_assert_msg(a->nearest.plan.tp == b->nearest.plan.tp && a->nearest.number == b->nearest.number, "%s: nearest",
                what);
  ck_assert_msg(a->n_priced + a->n_cut == b->n_priced + b->n_cut, "%s: plans of the space", what);
}

START_TEST(cutting_loses_nothing) {
  uint64_t cut = 0;
  for (size_t i = 0; i < SPACES; i++) {
    const compute_machine m = test_machine(spaces[i].machine, 0);
    training_space        space = space_of(&spaces[i]);
    search(&spaces[i], &m, &space, 1, &found[0]);
    space.brute = 1;
    search(&spaces[i], &m, &space, 1, &found[1]);
    ck_assert_msg(found[1].n_cut == 0 && found[1].n_priced > 200, "%s: %llu plans", spaces[i].what,
                  (unsigned long long)found[1].n_priced);
    expect_same(spaces[i].what, &found[0], &found[1]);
    cut += found[0].n_cut;
  }
  ck_assert_msg(cut > 0, "nothing was cut off anywhere");
}
END_TEST

START_TEST(parts_do_not_matter) {
  for (size_t i = 0; i < SPACES; i++) {
    const compute_machine m = test_machine(spaces[i].machine, 0);
    const training_space  space = space_of(&spaces[i]);
    search(&spaces[i], &m, &space, 1, &found[0]);
    search(&spaces[i], &m, &space, 7, &found[1]);
    expect_same(spaces[i].what, &found[1], &found[0]);
  }
}
END_TEST

START_TEST(plans_found_are_plans) {
  const training_software w = training_software_default();
  for (size_t i = 0; i < SPACES; i++) {
    const compute_machine m = test_machine(spaces[i].machine, 0);
    const training_space  space = space_of(&spaces[i]);
    search(&spaces[i], &m, &space, 1, &found[0]);
    for (int32_t k = 0; k < found[0].n; k++) {
      const training_found *f = &found[0].best[k];
      training_step         again;
      char                  why[160] = "";
      ck_assert_msg(training_plan_check(&spaces[i].shape, &f->plan, why, sizeof why) == SG_OK, "%s: %s", spaces[i].what,
                    why);
      ck_assert_int_eq(training_plan_gpus(&f->plan), spaces[i].gpus);
      ck_assert_int_eq(training_plan_evaluate(&spaces[i].shape, &m, &w, &f->plan, &again), SG_OK);
      ck_assert_msg(!memcmp(&again, &f->step, sizeof again), "%s: place %d alone takes %.9g s, in the search %.9g s",
                    spaces[i].what, k, again.step_s, f->step.step_s);
      ck_assert_msg(f->step.memory.total_bytes <= m.memory_bytes && f->step.mfu_frac > 0 && f->step.mfu_frac < 1,
                    "%s: mfu %g", spaces[i].what, f->step.mfu_frac);
    }
  }
}
END_TEST

// ---- More of a resource ---------------------------------------------------------------------------------------

typedef struct growth {
  const char *what;
  void (*grow)(compute_machine *m);
} growth;
static void more_memory(compute_machine *m) { m->memory_bytes *= 2; }
static void more_rate(compute_machine *m) {
  for (int32_t p = 0; p < COMPUTE_PRECISION_COUNT; p++) m->matrix_flop_per_s[p] *= 2;
}
static void more_bandwidth(compute_machine *m) { m->memory_bytes_per_s *= 2; }
static void more_inside(compute_machine *m) { m->tier[0].bytes_per_s *= 2; }
static void more_outside(compute_machine *m) {
  for (int32_t t = 1; t < m->n_tier; t++) m->tier[t].bytes_per_s *= 2;
}
static const growth growths[] = {
    {"memory",           more_memory   },
    {"peak",             more_rate     },
    {"memory bandwidth", more_bandwidth},
    {"scale-up",         more_inside   },
    {"scale-out",        more_outside  }
};

START_TEST(best_never_slows_when_a_resource_grows) {
  for (size_t i = 0; i + 1 < SPACES; i++) {
    const compute_machine m = test_machine(spaces[i].machine, 0);
    const training_space  space = space_of(&spaces[i]);
    search(&spaces[i], &m, &space, 1, &found[0]);
    ck_assert_msg(found[0].n > 0, "%s: no plan fits", spaces[i].what);
    for (size_t g = 0; g < sizeof growths / sizeof growths[0]; g++) {
      compute_machine more = m;
      growths[g].grow(&more);
      search(&spaces[i], &more, &space, 1, &found[1]);
      ck_assert_msg(found[1].n > 0 && found[1].best[0].step.step_s <= found[0].best[0].step.step_s * (1 + 1e-12),
                    "%s, twice the %s: %.9g s, before %.9g s", spaces[i].what, growths[g].what,
                    found[1].best[0].step.step_s, found[0].best[0].step.step_s);
    }
  }
}
END_TEST

// ---- What cannot be ---------------------------------------------------------------------------------------------

START_TEST(says_what_lacks_least_where_nothing_fits) {
  const struct space   *c = &spaces[SPACES - 1];
  const compute_machine m = test_machine(c->machine, 0);
  const training_space  space = space_of(c);
  search(c, &m, &space, 1, &found[0]);
  ck_assert_int_eq(found[0].n, 0);
  ck_assert_uint_eq(found[0].n_too_large, found[0].n_priced);
  ck_assert_int_gt(found[0].nearest.plan.tp, 0);
  ck_assert_double_gt(found[0].nearest.step.memory.total_bytes, m.memory_bytes);
}
END_TEST

START_TEST(refuses_what_makes_no_sense) {
  const compute_machine   m = test_machine("H100", 0);
  const training_software w = training_software_default();
  training_shape          none = spaces[0].shape;
  none.heads = 0;
  const struct {
    const char           *what;
    const training_shape *shape;
    int32_t               gpus, batch, seq, wanted;
  } rows[] = {
      {"no heads",        &none,            8, 16, 2048, 1                },
      {"no GPUs",         &spaces[0].shape, 0, 16, 2048, 1                },
      {"no batch",        &spaces[0].shape, 8, 0,  2048, 1                },
      {"no sequence",     &spaces[0].shape, 8, 16, 0,    1                },
      {"no plan wanted",  &spaces[0].shape, 8, 16, 2048, 0                },
      {"too many wanted", &spaces[0].shape, 8, 16, 2048, TRAINING_BEST + 1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const training_space space = training_space_default(rows[i].gpus, rows[i].batch, rows[i].seq, COMPUTE_BF16);
    found[0].n_wanted = rows[i].wanted;
    ck_assert_msg(training_search_run(rows[i].shape, &m, &w, &space, 0, 1, &found[0]) == SG_ERR_RANGE, "%s",
                  rows[i].what);
  }
  const training_space odd =
      training_space_default(13, 3, 2048, COMPUTE_BF16);  // neither batch nor layers for thirteen
  found[0].n_wanted = 1;
  ck_assert_int_eq(training_search_run(&spaces[0].shape, &m, &w, &odd, 0, 1, &found[0]), SG_OK);
  ck_assert_int_eq(found[0].n, 0);
}
END_TEST

TEST_LIST("search", cutting_loses_nothing, parts_do_not_matter, plans_found_are_plans,
          best_never_slows_when_a_resource_grows, says_what_lacks_least_where_nothing_fits, refuses_what_makes_no_sense)
