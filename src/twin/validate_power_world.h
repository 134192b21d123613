// What published values of facilities are computed from: designs, sites and plants of the catalogue, hours of the stations.
#ifndef TWIN_VALIDATE_POWER_WORLD_H
#define TWIN_VALIDATE_POWER_WORLD_H

#include "../base/arena.h"
#include "../base/diag.h"
#include "../base/text.h"
#include "../power/power.h"

enum { WORLD_DESIGNS = 16, WORLD_SITES = 64 };

typedef struct world_site {
  const char          *name;
  const power_weather *site;
  power_hours          hours;
} world_site;

// The published quantity "annual" is taken at this mean load of the IT design: assumption, docs/assumptions.md#load.
#define WORLD_LOAD_FRAC 0.8

typedef struct world {
  int32_t              n_design, n_site, n_plant;
  const char          *design_name[WORLD_DESIGNS];
  const power_cooling *design;  // (n_design)
  world_site           site[WORLD_SITES];
  const char          *plant_name[WORLD_DESIGNS];
  const power_plant   *plant;                                 // (n_plant)
  double               pue_frac[WORLD_DESIGNS][WORLD_SITES];  // annual, at WORLD_LOAD_FRAC
  double               wue_l_per_kwh[WORLD_DESIGNS][WORLD_SITES];
  double table_error;  // largest |annual PUE of the monthly table - that of the hours|, steady and serving by day
} world;

// Reads the catalogue and the hours of its sites and computes the years. All memory from the arena. Errors: those of
// programme_compile and power_hours_read; SG_ERR_LIMIT.
sg_err world_read(arena *a, sg_diags *diags, world *out);

// The design that words describe ("air-cooled chillers", "open towers", "evaporative", "closed loop"); -1: none of them.
int32_t world_design_of(const world *w, text_slice words);

// The station next to a place that words name (a campus, a state, a state's letters), its distance by the great circle;
// -1: no place is named.
int32_t world_site_of(const world *w, text_slice words, double *distance_km);

// True where a word in `words` begins with `part`, whatever the case.
bool world_has(text_slice words, const char *part);

#endif
