// Sites: the campuses of a validation set, read from sites.csv and observations.csv.
#ifndef TWIN_VALIDATE_SITES_H
#define TWIN_VALIDATE_SITES_H

#include <stdbool.h>

#include "../base/arena.h"
#include "../base/diag.h"

typedef struct validate_reading {
  double day, facility_mw;  // what ran from this day on, until the next reading
} validate_reading;

typedef struct validate_site {
  char              name[64];
  double            works_start_day, planned_mw;
  int32_t           buildings;          // planned, 1 .. VALIDATE_MAX_BUILDINGS
  int32_t           first_month;        // month number of works_start_day
  bool              bad;                // its line cannot be used; a finding says why
  int32_t           n_reading;          // 0: not observed
  validate_reading *reading;            // (n_reading) by day
} validate_site;

enum { VALIDATE_MAX_BUILDINGS = 400, VALIDATE_MAX_SITES = 5000 };

typedef struct validate_sites {
  validate_site *site;  // (n) in the order of the file
  int32_t        n;
  double         last_day;  // of the latest reading; -HUGE_VAL: none
} validate_sites;

// Reads sites.csv (site, works_start, planned_facility_mw, planned_buildings, in any order among other columns) and,
// unless NULL, observations.csv (site, date, facility_mw). All memory from the arena. Lines that cannot be read are
// reported with their place; a bad site is kept and marked, a bad reading marks its site.
// Errors: SG_ERR_KEY (a column is missing), SG_ERR_LIMIT, SG_ERR_MEMORY, SG_ERR_RANGE (no site at all).
sg_err validate_sites_read(const diag_source *sites, const diag_source *observations, arena *a, sg_diags *diags,
                           validate_sites *out);

// Observed share of the plan at a day: last reading dated on or before it / planned MW; 0 before the first.
double validate_site_frac(const validate_site *site, double day);

int32_t validate_sites_find(const validate_sites *sites, const char *name);  // -1: none

#endif
