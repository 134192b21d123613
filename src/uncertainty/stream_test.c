#include "stream.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/test.h"
#include "dist.h"

enum { N_DRAWS = 200000 };

// ---- Published answers ----------------------------------------------------------------------------------

// Philox-4x32-10, known-answer vectors of Random123 (tests/kat_vectors): counter, key, four words. The vector of all
// ones has a counter beyond the last step and cannot be reached from here.
static const struct {
  const char *what;
  uint32_t    counter[4], key[2], word[4];
} philox_rows[] = {
    {"all zero",     {0, 0, 0, 0},                     {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {"digits of pi",
     {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}                                                          },
};

static double pair_uniform(uint32_t low, uint32_t high) {
  const uint64_t w = (uint64_t)high << 32 | low;
  return ldexp((double)(w / 4096) * 2.0 + 1.0, -53);
}

START_TEST(philox_gives_its_known_answers) {
  for (size_t i = 0; i < sizeof philox_rows / sizeof philox_rows[0]; i++) {
    const uint32_t *c = philox_rows[i].counter, *k = philox_rows[i].key, *w = philox_rows[i].word;
    const stream    s = {.seed = (uint64_t)k[1] << 32 | k[0], .scenario = c[1]};
    const uint64_t  hash = (uint64_t)c[3] << 32 | c[2];
    ck_assert_msg(stream_uniform(s, hash, 2 * c[0]) == pair_uniform(w[0], w[1]), "%s, even", philox_rows[i].what);
    ck_assert_msg(stream_uniform(s, hash, 2 * c[0] + 1) == pair_uniform(w[2], w[3]), "%s, odd", philox_rows[i].what);
  }
}
END_TEST

// FNV-1a, 64 bits: test vectors of Noll's reference page (isthe.com/chongo/tech/comp/fnv, test_fnv.c).
static const struct {
  const char *name;
  uint64_t    fnv;
} fnv_rows[] = {
    {"",       UINT64_C(0xcbf29ce484222325)},
    {"a",      UINT64_C(0xaf63dc4c8601ec8c)},
    {"foobar", UINT64_C(0x85944171f73967e8)},
};

// The finaliser backwards: its shifts undo themselves, its factors have inverses modulo 2^64.
static uint64_t unfinalise(uint64_t h) {
  h ^= h >> 33;
  h *= UINT64_C(0x9cb4b2f8129337db);
  h ^= h >> 33;
  h *= UINT64_C(0x4f74430c22a54005);
  return h ^ h >> 33;
}

START_TEST(key_is_the_finalised_fnv_hash) {
  for (size_t i = 0; i < sizeof fnv_rows / sizeof fnv_rows[0]; i++)
    ck_assert_msg(unfinalise(stream_key(fnv_rows[i].name)) == fnv_rows[i].fnv, "'%s'", fnv_rows[i].name);
}
END_TEST

START_TEST(bytes_above_127_hash_as_unsigned) {
  // One step of FNV-1a by hand for the byte 0xff.
  const uint64_t want = (UINT64_C(0xcbf29ce484222325) ^ 0xff) * UINT64_C(0x100000001b3);
  ck_assert(unfinalise(stream_key("\xff")) == want);
}
END_TEST

// ---- Keys -----------------------------------------------------------------------------------------------

static int by_value(const void *a, const void *b) {
  const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

START_TEST(joined_keys_differ_by_part_and_order) {
  static uint64_t keys[3 * 100 * 100];
  size_t          n = 0;
  for (uint64_t i = 0; i < 100; i++)
    for (uint64_t j = 0; j < 100; j++) {
      const uint64_t k = stream_key_join(stream_key("campus.grid_mw"), i);
      keys[n++] = stream_key_join(k, j);
      keys[n++] = stream_key_join(i * 100 + j, 0);
      keys[n++] = stream_key_join(stream_key("campus.grid_mw"), 100 + i * 100 + j);
    }
  qsort(keys, n, sizeof keys[0], by_value);
  for (size_t i = 1; i < n; i++) ck_assert(keys[i] != keys[i - 1]);
}
END_TEST

// ---- Draws ----------------------------------------------------------------------------------------------

START_TEST(uniform_is_an_odd_multiple_so_never_an_end) {
  const stream s = {.seed = 7, .scenario = 11};
  for (uint32_t i = 0; i < N_DRAWS; i++) {
    const double k = ldexp(stream_uniform(s, 5, i), 53);
    ck_assert(k == floor(k) && fmod(k, 2.0) == 1.0 && k > 0.0 && k < 0x1p53);
  }
}
END_TEST

START_TEST(uniform_fills_a_thousand_cells_evenly) {
  static double count[1000];
  memset(count, 0, sizeof count);
  const stream s = {.seed = 1};
  for (uint32_t i = 0; i < N_DRAWS; i++) count[(int)(1000.0 * stream_uniform(s, stream_key("x"), i))] += 1.0;
  double chi_square = 0.0;
  for (int i = 0; i < 1000; i++)
    chi_square += (count[i] - N_DRAWS / 1000.0) * (count[i] - N_DRAWS / 1000.0) / (N_DRAWS / 1000.0);
  // 999 degrees of freedom: mean 999, sd 44.7; five sds either way.
  ck_assert_double_ge(chi_square, 999.0 - 5 * 44.7);
  ck_assert_double_le(chi_square, 999.0 + 5 * 44.7);
}
END_TEST

START_TEST(normals_are_those_of_single_steps) {
  static const struct {
    const char *what;
    uint32_t    first, n;
  } rows[] = {
      {"none",               3,           0  },
      {"one, even",          4,           1  },
      {"one, odd",           5,           1  },
      {"two, even",          4,           2  },
      {"two across blocks",  5,           2  },
      {"many, even",         0,           121},
      {"many, odd",          1,           120},
      {"past the last step", 0xfffffffdU, 6  }
  };
  const stream s = {.seed = UINT64_C(0xfedcba9876543210), .scenario = 4711, .attempt = 2};
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    double out[122];
    for (size_t i = 0; i < 122; i++) out[i] = -99.0;
    stream_normals(s, 42, rows[r].first, rows[r].n, out);
    for (uint32_t i = 0; i < rows[r].n; i++)
      ck_assert_msg(out[i] == stream_normal(s, 42, rows[r].first + i), "%s, %u", rows[r].what, i);
    ck_assert_msg(out[rows[r].n] == -99.0, "%s: wrote too far", rows[r].what);
  }
}
END_TEST

START_TEST(normal_is_the_inverse_of_the_uniform) {
  const stream s = {.seed = 3, .scenario = 9};
  for (uint32_t i = 0; i < 1000; i++) {
    const double u = stream_uniform(s, 1, i);
    ck_assert_double_eq_tol(normal_cdf(stream_normal(s, 1, i)), u, 4e-16);
  }
}
END_TEST

START_TEST(normal_has_the_normal_moments) {
  static double z[N_DRAWS];
  stream_normals((stream){.seed = 2}, stream_key("moments"), 0, N_DRAWS, z);
  double m1 = 0.0, m2 = 0.0, m3 = 0.0, m4 = 0.0;
  for (int i = 0; i < N_DRAWS; i++) m1 += z[i], m2 += z[i] * z[i], m3 += pow(z[i], 3.0), m4 += pow(z[i], 4.0);
  // Five standard errors: the variances of z, z^2, z^3, z^4 are 1, 2, 15, 96.
  const double five = 5.0 / sqrt(N_DRAWS);
  ck_assert_double_eq_tol(m1 / N_DRAWS, 0.0, five);
  ck_assert_double_eq_tol(m2 / N_DRAWS, 1.0, five * sqrt(2.0));
  ck_assert_double_eq_tol(m3 / N_DRAWS, 0.0, five * sqrt(15.0));
  ck_assert_double_eq_tol(m4 / N_DRAWS, 3.0, five * sqrt(96.0));
}
END_TEST

START_TEST(the_middle_draws_nothing) {
  const stream s = {.seed = 5, .scenario = 3, .attempt = STREAM_MIDDLE};
  double       z[5] = {9, 9, 9, 9, 9};
  for (uint32_t i = 0; i < 100; i++) {
    ck_assert_double_eq(stream_uniform(s, stream_key("v"), i), 0.5);
    ck_assert_double_eq(stream_normal(s, stream_key("v"), i), 0);
  }
  stream_normals(s, stream_key("v"), 1, 4, z);
  for (int i = 0; i < 4; i++) ck_assert_double_eq(z[i], 0);
  ck_assert_double_eq(z[4], 9);
}
END_TEST

// Two families of draws that differ in one coordinate only.
typedef enum coordinate { SEED_LOW, SEED_HIGH, SCENARIO, ATTEMPT, NAME, PART, STEP } coordinate;

static double draw_at(coordinate which, uint32_t value, uint32_t i) {
  stream   s = {.seed = 1};
  uint64_t key = stream_key("v");
  uint32_t step = 0;
  // The other coordinate that runs is the step; where the step is compared, the scenario.
  if (which == STEP) s.scenario = i;
  else step = i;
  if (which == SEED_LOW) s.seed += value;
  if (which == SEED_HIGH) s.seed += (uint64_t)value << 32;
  if (which == SCENARIO) s.scenario = value;
  if (which == ATTEMPT) s.attempt = value;
  if (which == NAME) key = stream_key(value ? "w" : "v");
  if (which == PART) key = stream_key_join(key, value);
  if (which == STEP) step = value;
  return stream_normal(s, key, step);
}

START_TEST(neighbours_in_any_coordinate_are_uncorrelated) {
  static const char *word[] = {"seed", "seed, high word", "scenario", "attempt", "name", "part", "step"};
  const int          n = 20000;
  for (int c = SEED_LOW; c <= STEP; c++) {
    double xy = 0.0;
    for (uint32_t i = 0; i < (uint32_t)n; i++) xy += draw_at((coordinate)c, 0, i) * draw_at((coordinate)c, 1, i);
    ck_assert_msg(fabs(xy / n) < 5.0 / sqrt(n), "%s: correlation %g", word[c], xy / n);
  }
}
END_TEST

TEST_LIST("stream", philox_gives_its_known_answers, key_is_the_finalised_fnv_hash, bytes_above_127_hash_as_unsigned,
          joined_keys_differ_by_part_and_order, uniform_is_an_odd_multiple_so_never_an_end,
          uniform_fills_a_thousand_cells_evenly, normals_are_those_of_single_steps,
          normal_is_the_inverse_of_the_uniform, normal_has_the_normal_moments,
          the_middle_draws_nothing, neighbours_in_any_coordinate_are_uncorrelated)
