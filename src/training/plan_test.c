// Plan: what cannot be is refused, and the reason names it.
#include "plan.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"

// Rows state what differs from a plain plan.
#pragma GCC diagnostic ignored "-Woverride-init"

// Rows name what differs from the usual plan.
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif

// clang-format off
static const training_shape llama = {.layers = 32, .hidden = 4096, .heads = 32, .kv_heads = 8, .ffn = 14336, .activation = TRAINING_SWIGLU, .vocab = 128256, .capacity_frac = (double)NAN};
static const training_shape mixture = {.layers = 48, .hidden = 2048, .heads = 32, .kv_heads = 4, .head_dim = 128, .ffn = 6144, .activation = TRAINING_SWIGLU, .vocab = 151936, .experts = 128, .top_k = 8, .expert_ffn = 768, .capacity_frac = 1.0};

#define PLAN(...) {.tp = 1, .cp = 1, .pp = 1, .vp = 1, .dp = 1, .ep = 1, .etp = 1, .batch = 32, .micro_batch = 1, .seq_tokens = 8192, .precision = COMPUTE_BF16, __VA_ARGS__}
static const struct refused { const char *what; const training_shape *shape; training_plan plan; const char *word; } refused_rows[] = {
  { "no tensor parallelism at all",   &llama,   PLAN(.tp = 0),                                    "tp is 0" },
  { "a negative degree",              &llama,   PLAN(.dp = -4),                                   "dp is -4" },
  { "no batch",                       &llama,   PLAN(.batch = 0),                                 "batch is 0" },
  { "no tokens",                      &llama,   PLAN(.seq_tokens = 0),                            "seq_tokens is 0" },
  { "more GPUs than there can be",    &llama,   PLAN(.tp = 8, .dp = 1 << 23),                     "GPUs" },
  { "ZeRO-4",                         &llama,   PLAN(.zero = 4),                                  "zero is 4" },
  { "an unknown recompute",           &llama,   PLAN(.recompute = 9),                             "recompute is 9" },
  { "an overlap above 1",             &llama,   PLAN(.overlap_dp_frac = 1.5),                     "overlap is 1.5" },
  { "an overlap that is no number",   &llama,   PLAN(.overlap_tp_frac = (double)NAN),             "overlap" },
  { "heads that tp does not divide",  &llama,   PLAN(.tp = 3),                                    "32 attention heads" },
  { "key-value heads, neither way",   &mixture, PLAN(.tp = 1, .dp = 32, .ep = 3),                 "128 experts are not divisible by ep 3" },
  { "more stages than layers",        &llama,   PLAN(.pp = 64, .batch = 64),                      "64 pipeline stages for 32 layers" },
  { "more chunks than layers",        &llama,   PLAN(.pp = 8, .vp = 8, .schedule = TRAINING_INTERLEAVED), "64 chunks" },
  { "experts where there are none",   &llama,   PLAN(.ep = 8, .dp = 8),                           "no experts" },
  { "experts over more GPUs than are",&mixture, PLAN(.ep = 16, .dp = 8),                          "8 GPUs of a stage" },
  { "experts cut unevenly",           &mixture, PLAN(.etp = 5, .dp = 5, .batch = 40),             "expert width 768" },
  { "a batch that dp does not divide",&llama,   PLAN(.dp = 5),                                    "batch 32 is not divisible by dp 5" },
  { "nor the micro-batch",            &llama,   PLAN(.dp = 8, .micro_batch = 8),                  "micro-batch 8" },
  { "interleaving on one stage",      &llama,   PLAN(.vp = 2, .schedule = TRAINING_INTERLEAVED),  "nothing to interleave" },
  { "chunks without interleaving",    &llama,   PLAN(.pp = 4, .vp = 2),                           "interleaved schedule" },
  { "too few micro-batches",          &llama,   PLAN(.pp = 8, .vp = 2, .dp = 8, .schedule = TRAINING_INTERLEAVED), "4 for pp 8" },
  { "a sequence that cp does not cut",&llama,   PLAN(.cp = 3),                                    "2 x cp 3" },
  { "nor sequence parallelism",       &llama,   PLAN(.tp = 4, .seq_tokens = 4098, .sequence_parallel = 1), "cut by tp 4" },
  { "shards that do not come out",    &llama,   PLAN(.dp = 8, .zero = 3, .shard = 3),             "shard 3" },
};
// clang-format on

START_TEST(refuses_what_cannot_be) {
  for (size_t i = 0; i < sizeof refused_rows / sizeof refused_rows[0]; i++) {
    const struct refused *r = &refused_rows[i];
    char                  why[160] = "";
    ck_assert_msg(training_plan_check(r->shape, &r->plan, why, sizeof why) == SG_ERR_RANGE, "%s: accepted", r->what);
    ck_assert_msg(strstr(why, r->word) != NULL, "%s: '%s' does not say '%s'", r->what, why, r->word);
  }
}
END_TEST

START_TEST(accepts_published_plans) {
  // Llama 3 8B on H100 (dgxc-benchmarking 25.09), Qwen3-30B-A3B on GB200 (Megatron-Bridge 26.08); fewer key-value heads
  // than tp are copied.
  static const training_plan dense = PLAN(.cp = 2, .dp = 4, .batch = 128),
                             sparse = PLAN(.dp = 8, .ep = 8, .batch = 512);
  static const training_plan copied = PLAN(.tp = 8, .batch = 8, .seq_tokens = 4096, .sequence_parallel = 1);
  char                       why[160] = "";
  ck_assert_msg(training_plan_check(&llama, &dense, why, sizeof why) == SG_OK, "%s", why);
  ck_assert_msg(training_plan_check(&mixture, &sparse, why, sizeof why) == SG_OK, "%s", why);
  ck_assert_msg(training_plan_check(&mixture, &copied, why, sizeof why) == SG_OK, "%s", why);
}
END_TEST

START_TEST(default_is_one_gpu) {
  const training_plan p = training_plan_default();
  char                why[160] = "";
  ck_assert_int_eq(training_plan_gpus(&p), 1);
  ck_assert_msg(training_plan_check(&llama, &p, why, sizeof why) == SG_OK, "%s", why);
}
END_TEST

START_TEST(constants_stay_in_bounds) {
  training_software w = training_software_default();
  for (int32_t k = 0; k < TRAINING_CONSTANTS; k++) {
    double least, most;
    training_software_range(k, &least, &most);
    const double x = training_software_get(&w, k);
    ck_assert_msg(least <= x && x <= most && least < most, "%s", training_software_name(k));
    training_software_set(&w, k, most);
    ck_assert(training_software_get(&w, k) == most);
  }
  ck_assert(w.matrix_frac[2] > 1.0 && w.cast_bytes == 8.0);
}
END_TEST

TEST_LIST("plan", refuses_what_cannot_be, accepts_published_plans, default_is_one_gpu, constants_stay_in_bounds)
