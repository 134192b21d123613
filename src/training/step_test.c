// Step: identities that hold for any plan, closed forms, published runs.
#include <math.h>

#include "../../tests/machines.h"
#include "../../tests/test.h"

// Rows state what differs from a plain plan.
#pragma GCC diagnostic ignored "-Woverride-init"
#include "plan_parts.h"

// Rows name what differs from the usual plan.
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif

// clang-format off
#define ALL_TOKENS .capacity_frac = (double)NAN
#define GPT(l, h, a) {.layers = l, .hidden = h, .heads = a, .kv_heads = a, .ffn = 4 * (h), .activation = TRAINING_GELU, .vocab = 51200, .tied = 1, .biases = 1, ALL_TOKENS}
static const training_shape gpt22b = GPT(48, 6144, 64), gpt3 = GPT(96, 12288, 96), gpt1t = GPT(128, 25600, 160);
static const training_shape llama8b = {.layers = 32, .hidden = 4096, .heads = 32, .kv_heads = 8, .ffn = 14336, .activation = TRAINING_SWIGLU, .vocab = 128256, ALL_TOKENS};
static const training_shape llama405b = {.layers = 126, .hidden = 16384, .heads = 128, .kv_heads = 8, .ffn = 53248, .activation = TRAINING_SWIGLU, .vocab = 128256, ALL_TOKENS};
static const training_shape deepseek = {.layers = 61, .hidden = 7168, .heads = 128, .kv_heads = 128, .head_dim = 128, .ffn = 18432, .activation = TRAINING_SWIGLU, .vocab = 129280, .q_rank = 1536, .kv_rank = 512, .rope_dim = 64, .v_dim = 128, .experts = 256, .top_k = 8, .expert_ffn = 2048, .shared_experts = 1, .dense_layers = 3, .capacity_frac = 1.0};

#define PLAN(...) {.tp = 1, .cp = 1, .pp = 1, .vp = 1, .dp = 1, .ep = 1, .etp = 1, .zero = 1, .batch = 64, .micro_batch = 1, .seq_tokens = 4096, .precision = COMPUTE_BF16, .sequence_parallel = 1, .overlap_tp_frac = 1, .overlap_cp_frac = 1, .overlap_pp_frac = 1, .overlap_dp_frac = 1, __VA_ARGS__}

// Plans of every kind, for identities.
static const struct kind { const char *what, *machine; const training_shape *shape; training_plan plan; } kinds[] = {
  { "one GPU",                      "A100",  &gpt22b,    PLAN(.precision = COMPUTE_FP16) },
  { "tensor, unfused, full",        "A100",  &gpt22b,    PLAN(.tp = 8, .unfused = 1, .sequence_parallel = 0, .overlap_tp_frac = 0, .recompute = TRAINING_RECOMPUTE_FULL) },
  { "three dimensions, interleaved","H100",  &gpt3,      PLAN(.tp = 4, .pp = 8, .vp = 6, .dp = 4, .schedule = TRAINING_INTERLEAVED) },
  { "zero-bubble",                  "H100",  &gpt3,      PLAN(.tp = 8, .pp = 8, .schedule = TRAINING_ZERO_BUBBLE, .recompute = TRAINING_RECOMPUTE_SELECTIVE) },
  { "context, 8 bits",              "B200",  &llama405b, PLAN(.tp = 4, .cp = 2, .pp = 8, .vp = 8, .dp = 2, .schedule = TRAINING_INTERLEAVED, .seq_tokens = 8192, .precision = COMPUTE_FP8) },
  { "FSDP, 4 bits",                 "GB200", &llama8b,   PLAN(.dp = 64, .zero = 3, .precision = COMPUTE_NVFP4) },
  { "FSDP in groups",               "H100",  &llama8b,   PLAN(.dp = 64, .zero = 3, .shard = 8, .flash2 = 1) },
  { "gathered flat, FlashAttention-1","A100",&llama8b,   PLAN(.dp = 64, .zero = 3, .flat_gather = 1, .flash1 = 1) },
  { "experts, MX",                  "GB200", &deepseek,  PLAN(.pp = 4, .vp = 4, .dp = 64, .ep = 64, .batch = 1024, .schedule = TRAINING_INTERLEAVED, .precision = COMPUTE_MXFP8, .overlap_ep_frac = 1) },
  { "experts across domains",       "H100",  &deepseek,  PLAN(.tp = 2, .pp = 8, .dp = 32, .ep = 32, .etp = 2, .batch = 1024, .recompute = TRAINING_RECOMPUTE_ATTENTION) },
  { "experts under a graph",        "B200",  &deepseek,  PLAN(.pp = 8, .dp = 32, .ep = 32, .batch = 1024, .cuda_graphs = 1, .recompute = TRAINING_RECOMPUTE_FULL, .recompute_layers = 2) },
};
// clang-format on
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static training_step run(const training_shape *s, const compute_machine *m, const training_plan *p) {
  const training_software w = training_software_default();
  training_step           out;
  char                    why[160] = "";
  training_plan_check(s, p, why, sizeof why);
  ck_assert_msg(training_plan_evaluate(s, m, &w, p, &out) == SG_OK, "%s", why);
  return out;
}

static double parts_s(const training_step *t) {
  return t->forward_s + t->backward_s + t->recompute_s + t->optimizer_s + t->bubble_s + t->tp_s + t->cp_s + t->pp_s +
         t->dp_s + t->ep_s + t->straggler_s + t->other_s;
}

static double links_s(const training_step *t) {
  return t->tp_link_s + t->cp_link_s + t->pp_link_s + t->dp_link_s + t->ep_link_s;
}

// ---- Identities --------------------------------------------------------------------------------------------

START_TEST(parts_add_up) {
  for (size_t i = 0; i < KINDS; i++) {
    const compute_machine m = test_machine(kinds[i].machine, 0);
    const training_step   t = run(kinds[i].shape, &m, &kinds[i].plan);
    ck_assert_msg(fabs(parts_s(&t) / t.step_s - 1) < 1e-12, "%s", kinds[i].what);
    const double *x = &t.step_s;
    for (size_t k = 0; k < sizeof t / sizeof *x; k++)
      ck_assert_msg(isfinite(x[k]) && x[k] >= 0, "%s: number %zu", kinds[i].what, k);
    ck_assert_msg(t.mfu_frac > 0 && t.mfu_frac < 1 && t.hfu_frac >= 0.999 * t.mfu_frac, "%s: MFU %.3f", kinds[i].what,
                  t.mfu_frac);
  }
}
END_TEST

START_TEST(one_gpu_is_alone) {
  const compute_machine m = test_machine("H100", 0);
  const training_plan   p = PLAN(.batch = 4);
  const training_step   t = run(&llama8b, &m, &p);
  ck_assert(links_s(&t) == 0 && t.tp_s + t.cp_s + t.pp_s + t.dp_s + t.ep_s + t.bubble_s + t.straggler_s == 0);
}
END_TEST

START_TEST(more_of_anything_never_slows) {
  for (size_t i = 0; i < KINDS; i++) {
    const compute_machine m = test_machine(kinds[i].machine, 0);
    const double          before_s = run(kinds[i].shape, &m, &kinds[i].plan).step_s;
    for (int32_t what = 0; what < 6; what++) {
      compute_machine more = m;
      if (what == 0) more.memory_bytes_per_s *= 2;
      if (what == 1) more.tier[0].bytes_per_s *= 2;
      if (what == 2) more.tier[1].bytes_per_s *= 2;
      if (what == 3) more.tier[0].latency_s = more.tier[1].latency_s = 0;
      if (what == 4) more.vector_flop_per_s *= 2;
      for (int32_t p = 0; what == 5 && p < COMPUTE_PRECISION_COUNT; p++)
        for (int32_t k = 0; k < more.matrix_efficiency[p].n; k++) more.matrix_efficiency[p].frac[k] *= 1.5;
      const double after_s = run(kinds[i].shape, &more, &kinds[i].plan).step_s;
      ck_assert_msg(after_s <= before_s * (1 + 1e-12), "%s, resource %d: %.6f after %.6f", kinds[i].what, what, after_s,
                    before_s);
    }
  }
}
END_TEST

START_TEST(more_gpus_never_raise_the_work) {
  const compute_machine m = test_machine("H100", 0);
  double                last_s = HUGE_VAL;
  for (int32_t dp = 1; dp <= 64; dp *= 2) {
    const training_plan p = PLAN(.tp = 8, .dp = dp);
    const training_step t = run(&gpt22b, &m, &p);
    const double        work_s = t.step_s - t.dp_s - t.straggler_s;
    ck_assert_msg(work_s < last_s, "dp %d: %.4f after %.4f", dp, work_s, last_s);
    last_s = work_s;
  }
}
END_TEST

START_TEST(overlap_never_slows) {
  for (size_t i = 0; i < KINDS; i++) {
    const compute_machine m = test_machine(kinds[i].machine, 0);
    training_plan         with = kinds[i].plan, without = with;
    with.overlap_tp_frac = with.overlap_cp_frac = with.overlap_pp_frac = with.overlap_dp_frac = with.overlap_ep_frac =
        1;
    without.overlap_tp_frac = without.overlap_cp_frac = without.overlap_pp_frac = 0;
    without.overlap_dp_frac = without.overlap_ep_frac = 0;
    const training_step a = run(kinds[i].shape, &m, &with), b = run(kinds[i].shape, &m, &without);
    ck_assert_msg(a.step_s <= b.step_s, "%s: %.6f s with, %.6f s without", kinds[i].what, a.step_s, b.step_s);
    // A pipeline's uneven stages are evened out by their times, and links are those of the slowest.
    const double slack = kinds[i].plan.pp == 1 ? 1e-9 : 1e-3;
    ck_assert_msg(fabs(links_s(&a) - links_s(&b)) <= slack * links_s(&b), "%s: links %.6f s with, %.6f s without",
                  kinds[i].what, links_s(&a), links_s(&b));
  }
}
END_TEST

START_TEST(halves_make_the_whole) {
  // A block serves all plans that share what it depends on.
  const compute_machine   m = test_machine("H100", 0);
  const training_software w = training_software_default();
  const training_plan     p = kinds[2].plan;
  training_plan           other = p;
  other.dp = 8, other.batch = 128, other.zero = 0, other.overlap_dp_frac = 0;
  training_block b;
  ck_assert(training_block_prepare(&gpt3, &m, &w, &p, &b) == SG_OK);
  training_step half;
  training_step_run(&b, &other, &half);
  ck_assert(half.step_s == run(&gpt3, &m, &other).step_s);
}
END_TEST

START_TEST(refuses_what_it_cannot_price) {
  const compute_machine   m = test_machine("A100", 0);
  const training_software w = training_software_default();
  training_plan           p = PLAN(.precision = COMPUTE_FP8);
  training_step           t;
  ck_assert(training_plan_evaluate(&llama8b, &m, &w, &p, &t) == SG_ERR_RANGE);  // no unit for 8 bits
  p.precision = COMPUTE_BF16, p.tp = 3;
  ck_assert(training_plan_evaluate(&llama8b, &m, &w, &p, &t) == SG_ERR_RANGE);
}
END_TEST

// ---- Closed forms -------------------------------------------------------------------------------------------

// Narayanan et al. 2021, arXiv:2104.04473 eq. 3: 96 B s l h^2 (1 + s / 6h + V / 16lh) with full recompute; Korthikanti et
// al. 2022, arXiv:2205.05198 eq. 7 and 9: 72 B s l h^2 (1 + s / 6h + V / 12lh), selective recompute s / 3h in place of s / 6h
// less half: 8 B l s^2 h / 2 more for what is done again.
START_TEST(flop_are_the_closed_forms) {
  const compute_machine m = test_machine("A100", 0);
  training_plan         p = PLAN(.tp = 8, .pp = 8, .dp = 2, .seq_tokens = 2048, .unfused = 1, .zero = 0);
  const double          b = p.batch, s = p.seq_tokens, l = 96, h = 12288, v = 51200;
  const double          plain = 72 * b * s * l * h * h * (1 + s / (6 * h) + v / (12 * l * h));
  test_near(run(&gpt3, &m, &p).hardware_flop / plain, 1, 1e-12);
  p.recompute = TRAINING_RECOMPUTE_FULL;
  const double full = 96 * b * s * l * h * h * (1 + s / (6 * h) + v / (16 * l * h));
  test_near(run(&gpt3, &m, &p).hardware_flop / full, 1, 1e-12);
  p.recompute = TRAINING_RECOMPUTE_ATTENTION;
  test_near(run(&gpt3, &m, &p).hardware_flop / (plain + 4 * b * l * s * s * h), 1, 1e-12);
}
END_TEST

// Bubble of equal stages over the ideal time: (p - 1) / (v m) (Narayanan 2021, sec. 2.2), where sending takes no time.
START_TEST(bubble_is_the_closed_form) {
  compute_machine   m = test_machine("A100", 0);
  training_software w = training_software_reference();
  m.tier[0].latency_s = m.tier[1].latency_s = 0;
  m.tier[0].bytes_per_s = m.tier[1].bytes_per_s = 1e30;
  for (int32_t vp = 1; vp <= 4; vp *= 2) {
    const training_plan p = PLAN(.pp = 8, .vp = vp, .schedule = vp > 1 ? TRAINING_INTERLEAVED : TRAINING_1F1B);
    training_step       t;
    ck_assert(training_plan_evaluate(&gpt3, &m, &w, &p, &t) == SG_OK);
    test_near(t.bubble_s / (t.forward_s + t.backward_s), 7.0 / (vp * 64), 1e-9);
  }
  training_plan p = PLAN(.pp = 8, .schedule = TRAINING_ZERO_BUBBLE);
  training_step t;
  ck_assert(training_plan_evaluate(&gpt3, &m, &w, &p, &t) == SG_OK);
  ck_assert(t.bubble_s < 7.0 / 64 * (t.forward_s + t.backward_s) / 2);
}
END_TEST

// ---- Published ------------------------------------------------------------------------------------------------

// Calculon (commit caa4b11), Megatron 1T on 512 A100, selective recompute, sequence parallelism: its system file as printed.
START_TEST(reference_is_calculon) {
  const compute_curve matrix = {
      4, 1, {0,   1e9, 16e9, 128e9},
        {0.1, 0.6, 0.9,  0.95 }
  };
  const compute_curve vector = {
      3, 1, {0,   1e9, 16e9},
        {0.1, 0.5, 0.95}
  };
  const compute_curve memory = {
      4, 1, {0,   0x1p20, 10 * 0x1p20, 100 * 0x1p20},
        {0.3, 0.6,    0.75,        0.9         }
  };
  compute_machine m = {
      .vector_flop_per_s = 78e12, .vector_efficiency = vector, .memory_efficiency = memory, .n_tier = 2};
  for (int32_t p = 0; p < COMPUTE_PRECISION_COUNT; p++)
    m.matrix_flop_per_s[p] = 312e12, m.matrix_efficiency[p] = matrix;
  m.memory_bytes = 80 * 0x1p30, m.memory_bytes_per_s = 2048e9;
  m.tier[0] = (compute_tier){
      .gpus = 8, .bytes_per_s = 300e9, .efficiency = {1, 1, {0}, {0.65}},
              .latency_s = 10e-6
  };
  m.tier[1] = (compute_tier){
      .gpus = INT32_MAX, .bytes_per_s = 25e9, .efficiency = {1, 1, {0}, {0.9}},
              .latency_s = 20e-6
  };
  training_software w = training_software_reference();
  w.convention.all_reduce[0] = (training_link){2.0, -1.0}, w.convention.gather[0] = (training_link){1.5, -1.0};
  const training_plan p =
      PLAN(.tp = 8, .pp = 64, .batch = 512, .seq_tokens = 2048, .zero = 0, .unfused = 1, .precision = COMPUTE_FP16,
           .recompute = TRAINING_RECOMPUTE_ATTENTION, .overlap_tp_frac = 0, .overlap_pp_frac = 0, .overlap_dp_frac = 0);
  training_step t;
  ck_assert(training_plan_evaluate(&gpt1t, &m, &w, &p, &t) == SG_OK);
  test_near(t.step_s / 66.0406745, 1, 0.03);
  test_near(t.forward_s / 16.5727507, 1, 0.01);
  test_near(t.backward_s / 32.6257717, 1, 0.01);
  test_near(t.tp_link_s / (6.8197647 + 1.4659017), 1, 0.005);
  test_near(t.pp_link_s / 0.6170032, 1, 0.005);
}
END_TEST

// Runs as printed; the whole set with errors by stratum is data/validation/training (docs/validation-training.md).
START_TEST(published_runs_are_near) {
  // clang-format off
  static const struct { const char *what, *machine; const training_shape *shape; training_plan plan; double step_s, within; } runs[] = {
    { "GPT-3 175B, 128 H100, dgxc-benchmarking 2025-02", "H100", &gpt3, PLAN(.tp = 4, .pp = 8, .vp = 12, .dp = 4, .batch = 256, .seq_tokens = 2048, .schedule = TRAINING_INTERLEAVED), 8.309, 0.10 },
    { "the same in 8 bits", "H100", &gpt3, PLAN(.tp = 4, .pp = 8, .vp = 12, .dp = 4, .batch = 256, .seq_tokens = 2048, .schedule = TRAINING_INTERLEAVED, .precision = COMPUTE_FP8), 5.626, 0.12 },
    { "GPT-3 175B, 64 A100, Korthikanti 2022 table 5", "A100", &gpt3, PLAN(.tp = 8, .pp = 8, .vp = 3, .seq_tokens = 2048, .zero = 0, .unfused = 1, .schedule = TRAINING_INTERLEAVED, .recompute = TRAINING_RECOMPUTE_ATTENTION, .overlap_tp_frac = 0, .overlap_pp_frac = 0, .overlap_dp_frac = 0, .precision = COMPUTE_FP16), 13.75, 0.10 },
    { "Llama 3.1 405B, 576 H100, dgxc-benchmarking 2025-02", "H100", &llama405b, PLAN(.tp = 8, .cp = 2, .pp = 9, .vp = 7, .dp = 4, .batch = 252, .seq_tokens = 8192, .schedule = TRAINING_INTERLEAVED, .precision = COMPUTE_FP8), 11.0, 0.15 },
    { "Llama 3.1 405B, 128 GB200, dgxc-benchmarking 2025-09", "GB200", &llama405b, PLAN(.tp = 4, .cp = 2, .pp = 8, .vp = 8, .dp = 2, .seq_tokens = 8192, .schedule = TRAINING_INTERLEAVED), 9.347, 0.12 },
    { "DeepSeek-V3, 256 GB200, Megatron-Bridge 25.09", "GB200", &deepseek, PLAN(.pp = 4, .vp = 4, .dp = 64, .ep = 64, .batch = 2048, .schedule = TRAINING_INTERLEAVED, .recompute = TRAINING_RECOMPUTE_ATTENTION, .precision = COMPUTE_FP8), 9.487, 0.20 },
  };
  // clang-format on
  for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
    const compute_machine m = test_machine(runs[i].machine, 0);
    const double          step_s = run(runs[i].shape, &m, &runs[i].plan).step_s;
    ck_assert_msg(fabs(step_s / runs[i].step_s - 1) < runs[i].within, "%s: %.3f s, measured %.3f s", runs[i].what,
                  step_s, runs[i].step_s);
  }
}
END_TEST

TEST_LIST("step", parts_add_up, one_gpu_is_alone, more_of_anything_never_slows, more_gpus_never_raise_the_work,
          overlap_never_slows, halves_make_the_whole, refuses_what_it_cannot_price, flop_are_the_closed_forms,
          bubble_is_the_closed_form, reference_is_calculon, published_runs_are_near)
