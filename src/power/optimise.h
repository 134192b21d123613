// Optimise: the least that a year of power could have cost, and the sizes that achieve it: the exact linear programme.
//
// Perfect foresight, no unit commitment, no ramps, no export; for each hour t
//   load = grid + sum of sources + discharge - charge + shed
//   grid <= limit x grid_frac, source <= MW x availability, charge and discharge <= MW, 0 <= soc <= hours x MW
//   soc(t) = soc(t-1) + store_frac charge - discharge / dispatch_frac; before the first hour as after the last
//   demand charge on the month's highest grid draw; sizes pay annual_usd_per_mw
// solved with CLP (COIN-OR linear programming, EPL-2.0). Unlike the rest of the library this takes memory of its own.
#ifndef POWER_OPTIMISE_H
#define POWER_OPTIMISE_H

#include "dispatch.h"

typedef enum power_method {
  POWER_METHOD_AUTO,  // WHOLE where nothing is sized and no demand is charged, else CUTS; WHOLE where CUTS does not close
  POWER_METHOD_WHOLE,  // one programme of all hours
  POWER_METHOD_CUTS  // Benders' decomposition: sizes in a small programme, hours by dynamic programming and their duals
} power_method;

typedef struct power_optimum {
  double         gap_frac;   // set before the call: content with this gap; 0: POWER_OPTIMUM_GAP
  double         cost_usd;   // energy + demand + sizes
  double         bound_usd;  // no plan costs less
  double         size_usd;   // yearly cost of what was sized
  double         source_mw[POWER_SOURCES], battery_mw;
  double         peak_mw[POWER_BILL_MONTHS];
  power_dispatch dispatch;  // its array pointers are the caller's, set before the call
  int32_t        rounds;    // cuts; 0: one programme
} power_optimum;

// Relative gap between cost_usd and bound_usd at which CUTS ends, and that it is content with when rounding or the number
// of rounds stops it earlier. Costs are flat near the optimum: at 1e-8 sizes can be a percent off, at the first 0.01 %.
#define POWER_OPTIMUM_GAP    1e-11
#define POWER_OPTIMUM_ENOUGH 1e-8

// Solves. out: zeroed but for gap_frac and the array pointers of its dispatch. Errors: those of power_supply_check; SG_ERR_LIMIT: the
// load cannot be served in some hour though shedding is not allowed (which hour, by how much; out is filled), or a size
// without limit grows without end; SG_ERR_MEMORY; SG_ERR_RANGE: CLP gave up.
// Source: Benders, Numerische Mathematik 4 (1962) 238; trust region: Marsten, Hogan, Blankenship, Operations Research 23
// (1975) 389 (boxstep). A round takes about 5 ms for 8,760 hours.
sg_err power_optimise(const power_supply *supply, power_method method, sg_diags *diags, power_optimum *out);

#endif
