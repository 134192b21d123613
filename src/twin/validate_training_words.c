// Words of the files of measured runs: see validate_training_rows.h.
#include <string.h>

#include "validate_training_rows.h"

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool begins(text_slice s, const char *word) {
  size_t n = strlen(word);
  if (s.n < n) return false;
  for (size_t i = 0; i < n; i++)
    if (lower(s.at[i]) != lower(word[i])) return false;
  return true;
}

static text_slice from(text_slice s, size_t i) { return (text_slice){s.at + i, s.n - i}; }

bool validate_words_find(text_slice s, const char *word, text_slice *behind) {
  for (size_t i = 0; i + strlen(word) <= s.n; i++) {
    if (!begins(from(s, i), word)) continue;
    if (behind) *behind = from(s, i + strlen(word));
    return true;
  }
  return false;
}

static bool has(text_slice s, const char *word) { return validate_words_find(s, word, NULL); }

// Digits at the start of s as a number, -1: none; *s moves behind them.
static int32_t take_whole(text_slice *s) {
  int32_t n = -1;
  for (; s->n > 0 && is_digit(s->at[0]) && n < 100000000; *s = from(*s, 1)) n = 10 * (n < 0 ? 0 : n) + (s->at[0] - '0');
  return n;
}

int32_t validate_words_number(text_slice s, const char *word) {
  text_slice behind;
  if (!validate_words_find(s, word, &behind)) return -1;
  behind = text_trim(behind);
  return take_whole(&behind);
}

int32_t validate_words_number_before(text_slice s, const char *word) {
  text_slice behind;
  if (!validate_words_find(s, word, &behind)) return -1;
  size_t end = (size_t)(behind.at - s.at) - strlen(word), i;
  while (end > 0 && s.at[end - 1] == ' ') end--;
  for (i = end; i > 0 && is_digit(s.at[i - 1]); i--) continue;
  text_slice digits = {s.at + i, end - i};
  return take_whole(&digits);
}

bool validate_read_precision(text_slice word, int32_t *precision) {
  static const struct {
    const char       *word;
    compute_precision is;
  } known[] = {
      {"fp32",   COMPUTE_FP32 },
      {"fp16",   COMPUTE_FP16 },
      {"bf16",   COMPUTE_BF16 },
      {"fp8",    COMPUTE_FP8  },
      {"fp8-cs", COMPUTE_FP8  },
      {"mxfp8",  COMPUTE_MXFP8},
      {"nvfp4",  COMPUTE_NVFP4}
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (text_equal(word, known[i].word)) {
      *precision = (int32_t)known[i].is;
      return true;
    }
  return false;
}

bool validate_read_activation(text_slice word, int32_t *activation) {
  static const char *const known[TRAINING_ACTIVATION_COUNT] = {"gelu", "relu2", "swiglu", "geglu"};
  for (int32_t i = 0; i < TRAINING_ACTIVATION_COUNT; i++)
    if (text_equal(word, known[i])) {
      *activation = i;
      return true;
    }
  return false;
}

// "selective: core_attn", "selective(attention)...": attention alone. Every other module, or none named (torchtitan's
// "selective" works by operation), counts as the wider kind.
static training_recompute selective_kind(text_slice words) {
  static const char *const wider[] = {"mla_up", "norm", "act", "mlp", "moe", "per-op"};
  if (!has(words, "core_attn") && !has(words, "attention")) return TRAINING_RECOMPUTE_SELECTIVE;
  for (size_t i = 0; i < sizeof wider / sizeof *wider; i++)
    if (has(words, wider[i])) return TRAINING_RECOMPUTE_SELECTIVE;
  return TRAINING_RECOMPUTE_ATTENTION;
}

bool validate_read_recompute(text_slice words, training_plan *plan) {
  plan->recompute = TRAINING_RECOMPUTE_NONE;
  plan->recompute_layers = 0;
  if (has(words, "sequence-parallel") || has(words, "sequence parallel")) plan->sequence_parallel = 1;
  if (words.n == 0 || begins(words, "none") || begins(words, "not stated")) return true;
  if (begins(words, "full")) {
    int32_t layers = validate_words_number_before(words, "layer");
    plan->recompute = TRAINING_RECOMPUTE_FULL;
    plan->recompute_layers = layers > 0 ? layers : 0;
    return true;
  }
  if (!begins(words, "selective") && !begins(words, "model dependent") && !begins(words, "custom remat")) return false;
  plan->recompute = (int32_t)selective_kind(words);
  return true;
}

// "0" to "3", "zero2"; "fsdp", "fsdp32", "fsdp128+dp16": sharded over so many GPUs; weights that are kept after the forward
// pass ("no reshard after forward") are as in ZeRO 2.
bool validate_read_zero(text_slice word, training_plan *plan) {
  plan->zero = plan->shard = 0;
  if (word.n == 0) return true;
  bool fsdp = begins(word, "fsdp");
  if (fsdp) word = from(word, 4);
  else if (begins(word, "zero")) word = from(word, 4);
  if (!fsdp && word.n > 0 && word.at[0] == '-') word = from(word, 1);
  int32_t n = take_whole(&word);
  if (!fsdp) {
    plan->zero = n;
    return n >= 0 && n <= 3 && word.n == 0;
  }
  plan->zero = has(word, "no reshard") ? 2 : 3;
  plan->shard = n > 0 ? n : 0;
  word = text_trim(word);
  return word.n == 0 || word.at[0] == '(' || word.at[0] == '+';
}

// A clause says "on" unless it says "off" or that nothing is set.
static void read_clause(text_slice s, validate_overlap *out) {
  int on = !has(s, " off") && !has(s, "none set");
  if (has(s, "CUDA graph")) {
    out->graphs = on;
    return;
  }
  if (begins(s, "asyncTP")) out->tp = 1;
  if (begins(s, "vanilla")) out->tp = 0;
  if (!has(s, "overlap")) return;
  if (has(s, "all-to-all")) out->ep = on;
  else if (begins(s, "MoE")) return;
  if (begins(s, "TP") || has(s, " TP")) out->tp = on;
  if (begins(s, "CP") || has(s, " CP")) out->cp = on;
  if (begins(s, "PP") || has(s, " PP") || has(s, "+PP") || has(s, "p2p")) out->pp = on;
  if (has(s, "grad") || has(s, "param") || has(s, "DP")) out->dp = on;
}

void validate_read_overlap(text_slice words, validate_overlap *out) {
  *out = (validate_overlap){-1, -1, -1, -1, -1, -1};
  while (words.n > 0) {
    const char *end = memchr(words.at, ';', words.n);
    size_t      n = end ? (size_t)(end - words.at) : words.n;
    read_clause(text_trim((text_slice){words.at, n}), out);
    words = from(words, end ? n + 1 : n);
  }
}
