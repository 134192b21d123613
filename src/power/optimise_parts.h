// Optimise, inside: the two ways.
#ifndef POWER_OPTIMISE_PARTS_H
#define POWER_OPTIMISE_PARTS_H

#include "dispatch_parts.h"
#include "optimise.h"

// Sizes in force: what the small programme decides.
typedef struct optimise_sizes {
  double source_mw[POWER_SOURCES], battery_mw, peak_mw[POWER_BILL_MONTHS];
} optimise_sizes;

// A bound on the energy cost from the duals of one solution, linear in the sizes, valid for all of them:
//   energy_usd >= at_zero_usd - sum of saved x size
typedef struct optimise_cut {
  double         at_zero_usd;
  optimise_sizes saved;  // USD per MW
} optimise_cut;

// The year at given sizes, memory kept between calls.
typedef struct optimise_year optimise_year;
optimise_year               *optimise_year_create(const power_supply *supply);  // NULL: out of memory
void                         optimise_year_free(optimise_year *year);           // NULL is fine

// Least energy cost at these sizes and its cut. False: out of memory.
bool optimise_year_solve(optimise_year *year, const optimise_sizes *sizes, power_dispatch *out, optimise_cut *cut);

double optimise_size_usd(const power_supply *supply, const optimise_sizes *sizes);  // yearly cost of sizes
void   optimise_fixed_sizes(const power_supply *supply, optimise_sizes *out);       // those not sized; 0 elsewhere
double optimise_scale_mw(const power_supply *supply);                               // highest load, at least 1

sg_err optimise_whole(const power_supply *supply, sg_diags *diags, power_optimum *out);
// closed: whether the gap was reached.
sg_err optimise_cuts(const power_supply *supply, sg_diags *diags, power_optimum *out, bool *closed);

#endif
