// Tests of the arena: alignment, zeroing, overflow, mark and release.
#include "arena.h"

#include <stdint.h>
#include <string.h>

#include "../../tests/test.h"

static int all_zero(const unsigned char *at, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (at[i] != 0) return 0;
  return 1;
}

START_TEST(pieces_are_aligned_zero_and_apart) {
  arena         *a = arena_create();
  unsigned char *piece[300];
  size_t         bytes[300];
  for (size_t i = 0; i < 300; i++) {
    bytes[i] = (i * 37) % 911;  // crosses several chunks, some of size 0
    piece[i] = arena_take(a, bytes[i], 1);
    ck_assert_ptr_nonnull(piece[i]);
    ck_assert_uint_eq((uintptr_t)piece[i] % 16, 0);
    ck_assert(all_zero(piece[i], bytes[i]));
    memset(piece[i], (int)(i % 251) + 1, bytes[i]);
  }
  for (size_t i = 0; i < 300; i++)  // nothing moved and no piece overwrote another
    for (size_t k = 0; k < bytes[i]; k++) ck_assert_uint_eq(piece[i][k], i % 251 + 1);
  ck_assert_ptr_ne(piece[0], piece[1]);
  arena_free(a);
}
END_TEST

START_TEST(overflow_is_out_of_memory) {
  const struct {
    const char *what;
    size_t      n, size;
  } rows[] = {
      {"product wraps",     SIZE_MAX / 2,  3},
      {"rounding up wraps", SIZE_MAX,      1},
      {"chunk head wraps",  SIZE_MAX - 16, 1},
  };
  arena *a = arena_create();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    ck_assert_msg(arena_take(a, rows[i].n, rows[i].size) == NULL, "%s", rows[i].what);
  ck_assert_ptr_null(arena_text(a, "x", SIZE_MAX));
  ck_assert_ptr_nonnull(ARENA_NEW(a, double, 10));  // the arena still works
  arena_free(a);
}
END_TEST

START_TEST(release_gives_back_and_holds_steady) {
  arena     *a = arena_create();
  char      *kept = arena_text(a, "kept", 4);
  arena_mark mark = arena_mark_get(a);
  size_t     held = 0;
  void      *first = NULL;
  for (int round = 0; round < 50; round++) {
    unsigned char *scratch = arena_take(a, 1000, 1);
    ck_assert(all_zero(scratch, 1000));  // also when the memory was used before
    memset(scratch, 0xff, 1000);
    for (int i = 0; i < 30; i++) memset(arena_take(a, 5000, 1), 0xff, 5000);
    if (round == 0) {
      first = scratch;
      held = arena_bytes(a);
    }
    ck_assert_ptr_eq(scratch, first);
    ck_assert_uint_eq(arena_bytes(a), held);
    arena_release(a, mark);
  }
  ck_assert_str_eq(kept, "kept");
  arena_free(a);
}
END_TEST

START_TEST(mark_of_an_empty_arena) {
  arena     *a = arena_create();
  arena_mark mark = arena_mark_get(a);
  void      *one = arena_take(a, 64, 1);
  arena_release(a, mark);
  ck_assert_ptr_eq(arena_take(a, 64, 1), one);
  arena_free(a);
  arena_free(NULL);
}
END_TEST

START_TEST(large_pieces_count_in_bytes) {
  arena  *a = arena_create();
  size_t  before = arena_bytes(a);
  double *x = ARENA_NEW(a, double, 1000000);
  x[999999] = 1.0;
  ck_assert_uint_ge(arena_bytes(a), before + 8000000);
  ck_assert_uint_lt(arena_bytes(a), before + 8100000);
  arena_free(a);
}
END_TEST

START_TEST(text_copies_bytes_and_ends_in_nul) {
  arena *a = arena_create();
  char  *t = arena_text(a, "abcdef", 3);
  ck_assert_str_eq(t, "abc");
  ck_assert_str_eq(arena_text(a, NULL, 0), "");
  arena_free(a);
}
END_TEST

TEST_LIST("arena", pieces_are_aligned_zero_and_apart, overflow_is_out_of_memory, release_gives_back_and_holds_steady,
          mark_of_an_empty_arena, large_pieces_count_in_bytes, text_copies_bytes_and_ends_in_nul)
