// Streams: a drawn number is a function of (seed, scenario, variable name, step), through a counter-based generator.
//
// So scenario 4711 runs alone, threads may be any number, and a new variable leaves all others as they were.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11 (Philox-4x32-10).
#ifndef UNCERTAINTY_STREAM_H
#define UNCERTAINTY_STREAM_H

#include <stdint.h>

typedef struct stream { uint64_t seed; uint32_t scenario, attempt; } stream;

uint64_t stream_key(const char *name);                          // of a variable's full name
uint64_t stream_key_join(uint64_t key, uint64_t part);          // of a part of it: campus, building, round
double stream_uniform(stream s, uint64_t key, uint32_t step);   // in (0, 1), never an end
double stream_normal(stream s, uint64_t key, uint32_t step);    // standard normal, by inversion of stream_uniform
void stream_normals(stream s, uint64_t key, uint32_t first_step, uint32_t n, double *out);  // the same numbers, faster

#endif
