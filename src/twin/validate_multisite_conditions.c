// Conditions of a published row: see validate_multisite_parts.h.
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "validate_multisite_parts.h"

typedef struct number_rule {
  const char *key;
  size_t      at;
  double      least, most;
  bool        whole;
} number_rule;

static const number_rule numbers[] = {
    {"N",               offsetof(multisite_case, params),          1e5,  1e16,                  false},
    {"M",               offsetof(multisite_case, sites),           1,    1e6,                   true },
    {"H",               offsetof(multisite_case, inner_steps),     1,    1e5,                   true },
    {"D",               offsetof(multisite_case, tokens),          1e6,  1e18,                  false},
    {"layers",          offsetof(multisite_case, layers),          1,    TRAINING_SITES_LAYERS, true },
    {"step_s",          offsetof(multisite_case, step_s),          1e-6, 1e6,                   false},
    {"fragment_layers", offsetof(multisite_case, fragment_layers), 1,    TRAINING_SITES_LAYERS, true },
    {"CU",              offsetof(multisite_case, target_frac),     1e-3, 0.9999,                false},
};

static bool read_method(text_slice value, multisite_case *out) {
  static const struct {
    const char           *word;
    training_sites_method method;
    bool                  overlap, four_bits;
  } words[] = {
      {"dp",                    TRAINING_SITES_SYNCHRONOUS, false, false},
      {"diloco",                TRAINING_SITES_DILOCO,      false, false},
      {"streaming",             TRAINING_SITES_STREAMING,   false, false},
      {"streaming+overlap",     TRAINING_SITES_STREAMING,   true,  false},
      {"streaming+overlap+fp4", TRAINING_SITES_STREAMING,   true,  true }
  };
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (!text_equal(value, words[i].word)) continue;
    out->method = words[i].method;
    out->overlap = words[i].overlap;
    out->four_bits = words[i].four_bits;
    out->has_method = true;
    return true;
  }
  return false;
}

static bool read_number(text_slice key, text_slice value, multisite_case *out) {
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    const number_rule *rule = &numbers[i];
    double             x;
    if (!text_equal(key, rule->key)) continue;
    if (!text_number(value, &x) || x < rule->least || x > rule->most || (rule->whole && x != floor(x))) return false;
    memcpy((char *)out + rule->at, &x, sizeof x);
    return true;
  }
  return false;
}

static bool read_word(text_slice part, multisite_case *out) {
  static const char *const plain[] = {"tuned", "hyperparameters extrapolated", "simulated"};
  for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
    if (text_equal(part, plain[i])) return true;
  if (text_equal(part, "double global batch")) return out->double_batch = true;
  if (text_equal(part, "printed 1000.0+ (lower bound)")) return out->lower_bound = true;
  return false;
}

static bool read_part(text_slice part, multisite_case *out) {
  const char *equals = memchr(part.at, '=', part.n);
  if (!equals) return read_word(part, out);
  text_slice key = text_trim((text_slice){part.at, (size_t)(equals - part.at)});
  text_slice value = text_trim((text_slice){equals + 1, part.n - (size_t)(equals - part.at) - 1});
  if (text_equal(key, "alg")) return read_method(value, out);
  if (text_equal(key, "model")) return value.n > 0;
  if (text_equal(key, "data")) {
    out->has_data = true;
    out->dolma = text_equal(value, "Dolma");
    return out->dolma || text_equal(value, "C4");
  }
  if (text_equal(key, "D") && text_equal(value, "20N")) return out->tokens_20n = true;
  return read_number(key, value, out);
}

bool multisite_case_read(text_slice conditions, multisite_case *out, char *why, size_t n) {
  *out = (multisite_case){.has_method = false};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    double none = (double)NAN;
    memcpy((char *)out + numbers[i].at, &none, sizeof none);
  }
  while (conditions.n > 0) {
    const char *end = memchr(conditions.at, ';', conditions.n);
    size_t      length = end ? (size_t)(end - conditions.at) : conditions.n;
    text_slice  part = text_trim((text_slice){conditions.at, length});
    if (!read_part(part, out)) {
      snprintf(why, n, "the condition '%.*s' is not known, or out of range", part.n < 60 ? (int)part.n : 60, part.at);
      return false;
    }
    size_t taken = end ? length + 1 : length;
    conditions = (text_slice){conditions.at + taken, conditions.n - taken};
  }
  return true;
}

// ---- Numbers in free text -----------------------------------------------------------------------------------------------

static const char *find(text_slice s, const char *key) {
  size_t k = strlen(key);
  for (size_t i = 0; i + k <= s.n; i++)
    if (memcmp(s.at + i, key, k) == 0) return s.at + i;
  return NULL;
}

bool multisite_number_after(text_slice s, const char *key, double *out, text_slice *rest) {
  const char *at = find(s, key);
  if (!at) return false;
  at += strlen(key);
  text_slice tail = text_trim((text_slice){at, s.n - (size_t)(at - s.at)});
  size_t     taken = text_number_scan(tail, out);
  if (taken == 0 || !isfinite(*out)) return false;
  if (rest) *rest = text_trim((text_slice){tail.at + taken, tail.n - taken});
  return true;
}

bool multisite_number_before(text_slice s, const char *key, double *out) {
  const char *at = find(s, key);
  if (!at) return false;
  text_slice head = text_trim((text_slice){s.at, (size_t)(at - s.at)});
  size_t     from = head.n;
  while (from > 0 && head.at[from - 1] != ' ' && head.at[from - 1] != '/' && head.at[from - 1] != ';') from--;
  return text_number((text_slice){head.at + from, head.n - from}, out);
}
