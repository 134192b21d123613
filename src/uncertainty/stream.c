#include "stream.h"

#include <stddef.h>

#include "dist.h"

// Random123 is someone else's header: our warnings do not apply to it. (clang understands the GCC spelling.)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <Random123/philox.h>
#pragma GCC diagnostic pop

// 2^64 / golden ratio, odd: spreads small integers over all bits. Source: Knuth, TAOCP vol. 3, 6.4 (1973).
#define GOLDEN_64 UINT64_C(0x9e3779b97f4a7c15)

// A bijection on 64 bits in which each input bit changes each output bit with probability near 1/2.
// Source: Appleby, MurmurHash3, fmix64 (2011).
static uint64_t finalise(uint64_t h) {
  h ^= h >> 33;
  h *= UINT64_C(0xff51afd7ed558ccd);
  h ^= h >> 33;
  h *= UINT64_C(0xc4ceb9fe1a85ec53);
  h ^= h >> 33;
  return h;
}

// FNV-1a alone leaves names that differ in their last letter close together; the finaliser parts them.
// Source: Fowler, Noll, Vo, Eastlake, "The FNV non-cryptographic hash algorithm" (FNV-1a, 64 bits).
uint64_t stream_key(const char *name) {
  uint64_t h = UINT64_C(0xcbf29ce484222325);
  for (const char *at = name; *at; at++) {
    h ^= (unsigned char)*at;
    h *= UINT64_C(0x100000001b3);
  }
  return finalise(h);
}

uint64_t stream_key_join(uint64_t key, uint64_t part) { return finalise(key ^ finalise(part + GOLDEN_64)); }

// The block of steps 2 block and 2 block + 1, as two 64-bit numbers.
typedef struct block_pair {
  uint64_t half[2];
} block_pair;

static inline block_pair block_draw(stream s, uint64_t key, uint32_t block) {
  const uint64_t         hash = key ^ (s.attempt * GOLDEN_64);
  const philox4x32_ctr_t counter = {
      {block, s.scenario, (uint32_t)hash, (uint32_t)(hash >> 32)}
  };
  const philox4x32_key_t seed = {
      {(uint32_t)s.seed, (uint32_t)(s.seed >> 32)}
  };
  const philox4x32_ctr_t word = philox4x32_R(10, counter, seed);
  return (block_pair){
      {word.v[0] | (uint64_t)word.v[1] << 32, word.v[2] | (uint64_t)word.v[3] << 32}
  };
}

// 52 bits and a last 1: with 53 free bits, (k + 1/2) / 2^53 would round to 1 for the largest k.
static inline double uniform_of(uint64_t w) { return (double)(int64_t)(w >> 12 << 1 | 1) * 0x1p-53; }

double stream_uniform(stream s, uint64_t key, uint32_t step) {
  if (s.attempt == STREAM_MIDDLE) return 0.5;
  return uniform_of(block_draw(s, key, step >> 1).half[step & 1]);
}

double stream_normal(stream s, uint64_t key, uint32_t step) {
  return s.attempt == STREAM_MIDDLE ? 0 : normal_quantile(stream_uniform(s, key, step));
}

void stream_normals(stream s, uint64_t key, uint32_t first_step, uint32_t n, double *out) {
  uint32_t done = 0;
  for (; s.attempt == STREAM_MIDDLE && done < n; done++) out[done] = 0;
  if (n > done && (first_step & 1)) out[done++] = stream_normal(s, key, first_step);
  for (; n - done >= 2; done += 2) {
    const block_pair pair = block_draw(s, key, (first_step + done) >> 1);
    out[done] = normal_quantile(uniform_of(pair.half[0]));
    out[done + 1] = normal_quantile(uniform_of(pair.half[1]));
  }
  if (done < n) out[done] = stream_normal(s, key, first_step + done);
}
