// Arena: memory that is taken piece by piece and released whole.
//
// Grows in chunks; nothing returned ever moves. Mark and release give scratch space.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

typedef struct arena arena;
typedef struct arena_mark { void *chunk; size_t used; } arena_mark;

arena *arena_create(void);                       // NULL: out of memory
void   arena_free(arena *a);                     // NULL is fine
void  *arena_take(arena *a, size_t n, size_t size);   // n * size bytes, zeroed, 16-aligned; NULL: out of memory
char  *arena_text(arena *a, const char *s, size_t n); // copy of n bytes and a NUL; NULL: out of memory
arena_mark arena_mark_get(const arena *a);
void   arena_release(arena *a, arena_mark mark); // gives back, for later takes, everything taken since the mark
size_t arena_bytes(const arena *a);              // held from the system

#define ARENA_NEW(a, T, n) ((T *)arena_take((a), (size_t)(n), sizeof(T)))

#endif
