// Arena: a list of chunks, filled from the oldest to the newest.
//
// Chunks behind `current` are spare: release only steps back, so a loop of mark, take, release stops asking the system
// for memory after its first round.
#define _DEFAULT_SOURCE  // madvise
#include "arena.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_ALIGN = 16, ARENA_FIRST_BYTES = 4096, ARENA_MOST_GROWTH_BYTES = 1 << 20 };

typedef struct chunk {
  struct chunk *next;
  size_t        size, used;  // of the bytes behind this head
} chunk;

struct arena {
  chunk *first, *current;  // current: NULL before the first take
  size_t held;             // bytes from the system, this struct included
};

// The head is padded so that the bytes behind it keep the alignment.
enum { CHUNK_HEAD = (int)((sizeof(chunk) + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN) };

static char *chunk_bytes(chunk *c) { return (char *)c + CHUNK_HEAD; }

arena *arena_create(void) {
  arena *a = calloc(1, sizeof *a);
  if (a) a->held = sizeof *a;
  return a;
}

void arena_free(arena *a) {
  if (!a) return;
  for (chunk *c = a->first, *next; c; c = next) {
    next = c->next;
    free(c);
  }
  free(a);
}

// Large blocks that are read in no order cost less on large pages, where the system can give them (Linux).
static void advise_large_pages(char *at, size_t n) {
#ifdef MADV_HUGEPAGE
  const uintptr_t page = (uintptr_t)1 << 21, first = ((uintptr_t)at + page - 1) & ~(page - 1), last = ((uintptr_t)at + n) & ~(page - 1);
  if (last > first && last - first >= 2 * page) madvise((void *)first, last - first, MADV_HUGEPAGE);
#else
  (void)at, (void)n;
#endif
}

// A new chunk with room for `need` bytes, linked in right behind `current`.
static chunk *chunk_add(arena *a, size_t need) {
  size_t size = a->held < ARENA_FIRST_BYTES ? ARENA_FIRST_BYTES : a->held;  // doubles what is held
  if (size > ARENA_MOST_GROWTH_BYTES) size = ARENA_MOST_GROWTH_BYTES;
  if (size < need) size = need;
  if (size > SIZE_MAX - CHUNK_HEAD - ARENA_ALIGN) return NULL;
  size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;  // aligned_alloc asks for a multiple
  chunk *c = aligned_alloc(ARENA_ALIGN, CHUNK_HEAD + size);
  if (!c) return NULL;
  advise_large_pages(chunk_bytes(c), size);
  chunk **link = a->current ? &a->current->next : &a->first;
  *c = (chunk){.next = *link, .size = size, .used = 0};
  *link = c;
  a->held += CHUNK_HEAD + size;
  return c;
}

// The chunk in which `need` bytes fit: the current one, the spare one behind it, or a new one.
static chunk *chunk_for(arena *a, size_t need) {
  if (a->current && a->current->size - a->current->used >= need) return a->current;
  chunk *spare = a->current ? a->current->next : a->first;
  chunk *c = spare && spare->size >= need ? spare : chunk_add(a, need);
  if (!c) return NULL;
  c->used = 0;
  return a->current = c;
}

void *arena_take(arena *a, size_t n, size_t size) {
  if (size != 0 && n > (SIZE_MAX - ARENA_ALIGN) / size) return NULL;
  size_t need = n * size;
  if (need == 0) need = 1;  // so that every piece has an address of its own
  need = (need + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
  chunk *c = chunk_for(a, need);
  if (!c) return NULL;
  char *at = chunk_bytes(c) + c->used;
  c->used += need;
  memset(at, 0, need);
  return at;
}

char *arena_text(arena *a, const char *s, size_t n) {
  if (n == SIZE_MAX) return NULL;
  char *copy = arena_take(a, n + 1, 1);
  if (copy && n > 0) memcpy(copy, s, n);
  return copy;
}

arena_mark arena_mark_get(const arena *a) {
  return (arena_mark){.chunk = a->current, .used = a->current ? a->current->used : 0};
}

void arena_release(arena *a, arena_mark mark) {
  a->current = mark.chunk;
  if (a->current) a->current->used = mark.used;
}

size_t arena_bytes(const arena *a) { return a->held; }
