#include <math.h>

#include "../../tests/test.h"
#include "plan.h"

#define GIB 1073741824.0

// clang-format off
#define GPT(l, h, a) {.layers = l, .hidden = h, .heads = a, .kv_heads = a, .ffn = 4 * (h), .activation = TRAINING_GELU, .vocab = 51200, .tied = 1, .biases = 1, .positions = 2048, .capacity_frac = (double)NAN}
#define LLAMA(l, h, a, kv, f) {.layers = l, .hidden = h, .heads = a, .kv_heads = kv, .ffn = f, .activation = TRAINING_SWIGLU, .vocab = 128256, .capacity_frac = (double)NAN}
static const training_shape gpt3 = GPT(96, 12288, 96), mtnlg = GPT(105, 20480, 128), llama8b = LLAMA(32, 4096, 32, 8, 14336);
static const training_shape deepseek = {.layers = 61, .hidden = 7168, .heads = 128, .kv_heads = 128, .head_dim = 128, .ffn = 18432, .activation = TRAINING_SWIGLU, .vocab = 129280, .q_rank = 1536, .kv_rank = 512, .rope_dim = 64, .v_dim = 128, .experts = 256, .top_k = 8, .expert_ffn = 2048, .shared_experts = 1, .dense_layers = 3, .mtp_layers = 1, .capacity_frac = (double)NAN};
// clang-format on

static training_plan plan_of(int32_t tp, int32_t pp, int32_t dp) {
  return (training_plan){.tp = tp,
                         .cp = 1,
                         .pp = pp,
                         .vp = 1,
                         .dp = dp,
                         .ep = 1,
                         .etp = 1,
                         .batch = 64 * dp,
                         .micro_batch = 1,
                         .seq_tokens = 2048,
                         .sequence_parallel = 1,
                         .precision = COMPUTE_BF16};
}

static training_memory of(const training_shape *s, const training_plan *p) {
  training_memory m;
  training_memory_of(s, p, &m);
  return m;
}

static double states(const training_memory *m) { return m->weights_bytes + m->gradients_bytes + m->optimizer_bytes; }

static double params(const training_shape *s) {
  training_params n;
  training_count_params(s, &n);
  return n.total;
}

// ---- Activations ------------------------------------------------------------------------------------------

// Korthikanti 2022, sec. 4: bytes of layers on the first stage; L (1 + (p - 1) / (p v)) layers in flight (eq. 5 for v = 1),
// p micro-batches of the embedding's mask and, with p = 1, 4 s b h / t (1 + v / h) for the output (sec. 4.3).
static double korthikanti(const training_shape *k, const training_plan *p) {
  const double s = p->seq_tokens, b = p->micro_batch, h = k->hidden, a = k->heads, t = p->tp,
               cut = p->sequence_parallel ? t : 1;
  const double square = p->recompute == TRAINING_RECOMPUTE_NONE ? 5 * a * s / h / t : 0;
  const double layer = p->recompute == TRAINING_RECOMPUTE_FULL ? 2 / cut : 10 / cut + 24 / t + square;
  const double flight = p->vp > 1 ? 1 + (p->pp - 1.0) / (p->pp * p->vp) : 1;
  const double output = p->pp == 1 ? 4 * s * b * h / cut + 4 * s * b * k->vocab / t : 0;
  return s * b * h * k->layers * layer * flight + s * b * h * p->pp / cut + output;
}

START_TEST(activations_of_korthikanti) {
  static const training_shape shapes[] = {GPT(48, 6144, 64), GPT(96, 12288, 96), GPT(128, 25600, 160)};
  static const int32_t recomputes[] = {TRAINING_RECOMPUTE_NONE, TRAINING_RECOMPUTE_ATTENTION, TRAINING_RECOMPUTE_FULL};
  for (int i = 0; i < 3 * 3 * 2 * 3; i++) {
    const training_shape *s = &shapes[i % 3];
    training_plan         p = plan_of(8, i / 18 == 0 ? 1 : 8, 1);
    p.unfused = 1, p.recompute = recomputes[i / 3 % 3], p.sequence_parallel = i / 9 % 2, p.micro_batch = 1 + i % 2;
    if (i / 18 == 2) p.vp = 2, p.schedule = TRAINING_INTERLEAVED;
    test_near(of(s, &p).activations_bytes / korthikanti(s, &p), 1, 1e-13);
  }
  // "Selective activation recomputation saves 70 and 65 % for GPT-3 and MT-NLG": sec. 5, 5 a s / h being 80 and 64.
  const training_shape *both[] = {&gpt3, &mtnlg};
  for (int i = 0; i < 2; i++) {
    training_plan p = plan_of(8, 1, 1);
    p.unfused = 1;
    const double fixed = 2048.0 / 8 * (5.0 * both[i]->hidden + 4.0 * both[i]->vocab);
    const double all = of(both[i], &p).activations_bytes - fixed;
    p.recompute = TRAINING_RECOMPUTE_ATTENTION;
    test_near(1 - (of(both[i], &p).activations_bytes - fixed) / all, i == 0 ? 0.70 : 0.65, 0.005);
  }
}
END_TEST

START_TEST(recompute_frees) {
  const training_shape *shapes[] = {&gpt3, &llama8b, &deepseek};
  for (int i = 0; i < 6; i++) {
    training_plan p = plan_of(2, 4, 1);
    p.unfused = i % 2;
    double before = HUGE_VAL;
    for (int r = 0; r < TRAINING_RECOMPUTE_COUNT; r++) {
      p.recompute = r;
      const double now = of(shapes[i / 2], &p).activations_bytes;
      ck_assert(now < before);
      before = now;
    }
    p.recompute_layers = 3;  // of the layers of a stage: between none and all
    const double some = of(shapes[i / 2], &p).activations_bytes;
    p.recompute = TRAINING_RECOMPUTE_NONE;
    ck_assert(some > before && some < of(shapes[i / 2], &p).activations_bytes);
  }
}
END_TEST

START_TEST(cuts_divide) {
  training_plan p = plan_of(1, 1, 1);
  p.seq_tokens = 65536;
  const training_memory whole = of(&llama8b, &p);
  p.cp = 8;
  test_near(of(&llama8b, &p).activations_bytes / whole.activations_bytes, 1.0 / 8, 1e-12);
  p.cp = 1, p.tp = 8;
  const training_memory cut = of(&llama8b, &p);
  test_near(cut.activations_bytes / whole.activations_bytes, 1.0 / 8, 1e-12);
  ck_assert(cut.weights_bytes < whole.weights_bytes / 7.9 && cut.total_bytes < whole.total_bytes / 6);
  p.sequence_parallel = 0;
  ck_assert(of(&llama8b, &p).activations_bytes > cut.activations_bytes);
  p.sequence_parallel = 1, p.seq_tokens *= 2;  // fused attention: no square
  test_near(of(&llama8b, &p).activations_bytes / cut.activations_bytes, 2, 1e-12);
}
END_TEST

START_TEST(schedules_hold) {  // multiples of one micro-batch on the first stage, under the same layers
  training_plan p = plan_of(8, 8, 1);
  p.recompute = TRAINING_RECOMPUTE_NONE;
  const double plain = of(&gpt3, &p).activations_bytes;
  p.schedule = TRAINING_INTERLEAVED, p.vp = 3;
  test_near(of(&gpt3, &p).activations_bytes / plain, 1 + 7.0 / 24, 1e-12);
  p.schedule = TRAINING_ZERO_BUBBLE, p.vp = 1;
  ck_assert(of(&gpt3, &p).activations_bytes >= plain);
  p.schedule = TRAINING_1F1B, p.batch = 2;  // a step of two micro-batches holds no more than two
  test_near(of(&gpt3, &p).activations_bytes / plain, 2.0 / 8, 0.02);
}
END_TEST

// ---- States -----------------------------------------------------------------------------------------------

// Table 1 of Rajbhandari et al. 2020: 2 + 2 + 12 bytes for each parameter, of which stages 1, 2, 3 share 12, 14, 16.
START_TEST(states_of_zero) {
  for (int32_t d = 1; d <= 1024; d *= 4) {
    const double share = 1.0 / d, bytes[] = {16, 4 + 12 * share, 2 + 14 * share, 16 * share};
    for (int32_t zero = 0; zero < 4; zero++) {
      training_plan p = plan_of(1, 1, d);
      p.precision = COMPUTE_FP16, p.zero = zero;
      const training_memory m = of(&gpt3, &p);
      test_near(states(&m) / params(&gpt3) / bytes[zero], 1, 1e-12);
    }
  }
}
END_TEST

START_TEST(
    states_of_megatron) {  // bf16 with fp32 gradients: 18, with the distributed optimizer 6 + 12 / d (its documentation)
  training_plan   p = plan_of(1, 1, 16);
  training_memory m = of(&llama8b, &p);
  test_near(states(&m) / params(&llama8b), 18, 1e-9);
  p.zero = 1;
  m = of(&llama8b, &p);
  test_near(states(&m) / params(&llama8b), 6 + 12.0 / 16, 1e-9);
  p.cp = 2;  // context parallelism shares states as well
  m = of(&llama8b, &p);
  test_near(states(&m) / params(&llama8b), 6 + 12.0 / 32, 1e-9);
  p.shard = 4;
  m = of(&llama8b, &p);
  test_near(states(&m) / params(&llama8b), 6 + 12.0 / 4, 1e-9);
}
END_TEST

// Experts have their own replicas: 64 GPUs with ep 64 hold each once, so that their optimizer is not shared.
START_TEST(states_of_experts) {
  training_shape s = deepseek;
  s.mtp_layers = 0;
  training_params n;
  training_count_params(&s, &n);
  training_plan p = plan_of(1, 1, 64);
  p.zero = 1, p.ep = 64;
  training_memory m = of(&s, &p);
  test_near(states(&m) / ((n.total - n.expert) * (6 + 12.0 / 64) + n.expert / 64 * 18), 1, 1e-12);
  p.dp = 128;
  m = of(&s, &p);
  test_near(states(&m) / ((n.total - n.expert) * (6 + 12.0 / 128) + n.expert / 64 * (6 + 12.0 / 2)), 1, 1e-12);
  const double before = of(&s, &p).weights_bytes;
  p.ep = 8;
  test_near((of(&s, &p).weights_bytes - before) / (2 * n.expert * (1.0 / 8 - 1.0 / 64)), 1, 1e-12);
}
END_TEST

START_TEST(low_precision_keeps_casts) {  // two of each matrix; inputs of matrix multiplications are kept smaller
  training_plan         p = plan_of(2, 1, 4);
  const training_memory half = of(&llama8b, &p);
  p.precision = COMPUTE_FP8;
  const training_memory eight = of(&llama8b, &p);
  p.precision = COMPUTE_NVFP4;
  const training_memory four = of(&llama8b, &p);
  const double          matrices = (params(&llama8b) - 2.0 * 4096 * 128256 - 65 * 4096) / 2;
  test_near((eight.weights_bytes - half.weights_bytes) / (2 * matrices), 1, 1e-9);
  ck_assert(four.weights_bytes < eight.weights_bytes && four.activations_bytes < eight.activations_bytes);
  ck_assert(eight.activations_bytes < half.activations_bytes && eight.optimizer_bytes == half.optimizer_bytes);
}
END_TEST

// ---- Measured peaks ---------------------------------------------------------------------------------------

// Peak of PyTorch's allocator in GiB. torchtitan: its documents, 2024-12 (arXiv:2410.06511), H100, FSDP. SimuMax: its measured
// cases, Megatron-LM on 8 B200, distributed optimizer, first layers of Llama 3.
static const struct {
  const char    *what;
  double         gib;
  training_shape shape;
  int32_t        tp, cp, pp, dp, zero, micro, seq, recompute;
} measured[] = {
    {"torchtitan 8B on 8",        77.0,   LLAMA(32, 4096,  32,  8, 14336), 1, 1, 1, 8,   3, 2,  8192,   TRAINING_RECOMPUTE_SELECTIVE},
    {"torchtitan 8B on 128",      62.0,   LLAMA(32, 4096,  32,  8, 14336), 1, 1, 1, 128, 3, 2,  8192,
     TRAINING_RECOMPUTE_SELECTIVE                                                                                                   },
    {"torchtitan 8B at 32k",      83.9,   LLAMA(32, 4096,  32,  8, 14336), 1, 1, 1, 8,   3, 1,  32768,  TRAINING_RECOMPUTE_FULL     },
    {"torchtitan 8B at 262k",     84.5,   LLAMA(32, 4096,  32,  8, 14336), 1, 8, 1, 1,   3, 1,  262144, TRAINING_RECOMPUTE_FULL     },
    {"torchtitan 70B, tp 8",      71.9,   LLAMA(80, 8192,  64,  8, 28672), 8, 1, 1, 32,  3, 16, 8192,   TRAINING_RECOMPUTE_FULL     },
    {"405B, 4 layers, tp 1 pp 2", 87.08,  LLAMA(4,  16384, 128, 8, 53248), 1, 1, 2, 4,   1, 1,  4096,
     TRAINING_RECOMPUTE_NONE                                                                                                        },
    {"405B, 4 layers, tp 2",      81.59,  LLAMA(4,  16384, 128, 8, 53248), 2, 1, 1, 4,   1, 1,  4096,   TRAINING_RECOMPUTE_NONE     },
    {"405B, 4 layers, tp 8",      38.57,  LLAMA(4,  16384, 128, 8, 53248), 8, 1, 1, 1,   1, 1,  4096,   TRAINING_RECOMPUTE_NONE     },
    {"405B, 4 layers, cp 8",      139.22, LLAMA(4,  16384, 128, 8, 53248), 1, 8, 1, 1,   1, 1,  32768,  TRAINING_RECOMPUTE_NONE     },
    {"70B, 12 layers, at 131k",   112.67, LLAMA(12, 8192,  64,  8, 28672), 2, 4, 1, 1,   1, 1,  131072,
     TRAINING_RECOMPUTE_NONE                                                                                                        },
};

START_TEST(measured_peaks) {
  for (size_t i = 0; i < sizeof measured / sizeof measured[0]; i++) {
    training_plan p = plan_of(measured[i].tp, measured[i].pp, measured[i].dp);
    p.cp = measured[i].cp, p.zero = measured[i].zero, p.recompute = measured[i].recompute;
    p.micro_batch = measured[i].micro, p.seq_tokens = measured[i].seq, p.batch = 4 * p.dp * p.micro_batch;
    const training_memory m = of(&measured[i].shape, &p);
    const double          gib = (m.total_bytes - m.context_bytes) / GIB;
    ck_assert_msg(fabs(gib / measured[i].gib - 1) < 0.05, "%s: %.1f, measured %.1f", measured[i].what, gib,
                  measured[i].gib);
  }
}
END_TEST

START_TEST(parts_add_up) {
  static const int32_t pps[] = {1, 2, 8, 16, 61};
  for (int i = 0; i < 5; i++) {
    training_plan p = plan_of(1, pps[i], 64);
    p.ep = 64, p.zero = 1;
    const training_memory m = of(&deepseek, &p);
    test_near((states(&m) + m.activations_bytes + m.buffers_bytes + m.context_bytes) / m.total_bytes, 1, 1e-12);
    ck_assert(m.weights_bytes > 0 && m.activations_bytes > 0 && m.buffers_bytes > 0);
  }
}
END_TEST

TEST_LIST("memory", activations_of_korthikanti, recompute_frees, cuts_divide, schedules_hold, states_of_zero,
          states_of_megatron, states_of_experts, low_precision_keeps_casts, measured_peaks, parts_add_up)
