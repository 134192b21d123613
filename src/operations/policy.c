// Policy: see policy.h.
#include "policy.h"

#include <string.h>

static bool read_count(const char **at, const char *end, int32_t *out) {
  int64_t n = 0;
  for (; *at < end && **at >= '0' && **at <= '9' && n <= OPERATIONS_MAX_GPUS; ++*at) n = 10 * n + (**at - '0');
  *out = (int32_t)n;
  return n > 0 && n <= OPERATIONS_MAX_GPUS;
}

// "nodes64x8"
static bool read_nodes(text_slice s, operations_partition *out) {
  const char *at = s.at + 5, *end = s.at + s.n;
  if (s.n < 8 || memcmp(s.at, "nodes", 5) || !read_count(&at, end, &out->n_node)) return false;
  return at < end && *at++ == 'x' && read_count(&at, end, &out->gpus_per_node) && at == end;
}

static bool read_word(text_slice s, operations_policy *p, operations_partition *partition) {
  if (text_equal(s, "fcfs")) p->backfill = OPERATIONS_NO_BACKFILL;
  else if (text_equal(s, "easy"))
    p->backfill = p->backfill == OPERATIONS_EASY_SJBF ? OPERATIONS_EASY_SJBF : OPERATIONS_EASY;
  else if (text_equal(s, "sjbf")) p->backfill = OPERATIONS_EASY_SJBF;
  else if (text_equal(s, "conservative")) p->backfill = OPERATIONS_CONSERVATIVE;
  else if (text_equal(s, "batch")) p->ties = OPERATIONS_TIES_BATCH;
  else if (text_equal(s, "pyss") || text_equal(s, "ties")) p->ties = OPERATIONS_TIES_SINGLE;
  else if (text_equal(s, "priority")) p->by_priority = true;
  else if (text_equal(s, "preempt")) p->preempt = p->by_priority = true;
  else if (text_equal(s, "firstfit")) p->fit = OPERATIONS_FIRST_FIT;
  else if (text_equal(s, "bestfit")) p->fit = OPERATIONS_BEST_FIT;
  else if (text_equal(s, "rackfit")) p->fit = OPERATIONS_RACK_FIT;
  else return read_nodes(s, partition);
  return true;
}

bool operations_policy_parse(text_slice words, operations_policy *policy, operations_partition *partition,
                             text_slice *bad) {
  *policy = operations_policy_default();
  for (size_t at = 0; at <= words.n;) {
    const char *stop = at < words.n ? memchr(words.at + at, '-', words.n - at) : NULL;
    *bad = (text_slice){words.at + at, stop ? (size_t)(stop - words.at) - at : words.n - at};
    if (!read_word(*bad, policy, partition)) return false;
    at += bad->n + 1;
  }
  return true;
}
