// Streams: a drawn number is a function of (seed, scenario, variable name, step), through a counter-based generator.
//
// So scenario 4711 runs alone, threads may be any number, and a new variable leaves all others as they were.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (Philox-4x32-10).
//
// The exact recipe, so that any other program can draw the same numbers (all integers little-endian words):
//   name hash  FNV-1a 64 of the name's bytes, then the 64-bit finaliser of MurmurHash3
//   key        (seed low, seed high)
//   counter    (step / 2, scenario, hash low, hash high), hash = key of the name xor attempt * 0x9e3779b97f4a7c15
//   uniform    words 0, 1 (even step) or 2, 3 (odd step) of the block as one 64-bit number w, low word first;
//              u = (2 (w / 2^12) + 1) / 2^53: an odd multiple of 2^-53, so neither u nor 1 - u is ever 0
//   normal     normal_quantile(u), see dist.h
#ifndef UNCERTAINTY_STREAM_H
#define UNCERTAINTY_STREAM_H

#include <stdint.h>

// attempt: 0 for the scenario itself; others are independent redraws of the same scenario.
typedef struct stream {
  uint64_t seed;
  uint32_t scenario, attempt;
} stream;

#define STREAM_MIDDLE UINT32_MAX  // as attempt: nothing is drawn; every uniform is 1/2, every normal 0

uint64_t stream_key(const char *name);                          // of a variable's full name, NUL-terminated
uint64_t stream_key_join(uint64_t key, uint64_t part);          // of a part: campus, building, round; order matters
double stream_uniform(stream s, uint64_t key, uint32_t step);   // in (0, 1), never an end
double stream_normal(stream s, uint64_t key, uint32_t step);    // standard normal, by inversion of stream_uniform

// out: (n) normals of steps first_step .. first_step + n - 1 (they wrap at 2^32), bit for bit those of stream_normal.
// Faster: one block of the generator serves two steps.
void stream_normals(stream s, uint64_t key, uint32_t first_step, uint32_t n, double *out);

#endif
