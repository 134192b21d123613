// Dispatch, inside: one hour's stack of sources, what a battery's move is worth in it, and the value of stored energy.
// Used by the rule (dispatch.c) and by the exact programme (optimise.c).
#ifndef POWER_DISPATCH_PARTS_H
#define POWER_DISPATCH_PARTS_H

#include "dispatch.h"

enum { POWER_STACK = POWER_SOURCES + 2, POWER_OF_GRID = POWER_SOURCES, POWER_OF_SHED = POWER_SOURCES + 1 };

// Sources by rising cost, grid and shedding apart. Ties keep the order given, so that results do not depend on a sort.
typedef struct power_order {
  int32_t n, at[POWER_SOURCES];
} power_order;

// One hour's sources by rising cost: shedding without limit is where nothing else is left.
typedef struct power_stack {
  int32_t n, of[POWER_STACK];                                   // which source; POWER_OF_GRID, POWER_OF_SHED
  double  usd_per_mwh[POWER_STACK], below_mw[POWER_STACK + 1];  // power of all that is cheaper; [n]: of all
} power_stack;

// Where an hour ends up: x_mw is what the stack gives, load + charge - discharge.
typedef struct power_point {
  double charge_mw, discharge_mw, x_mw;
} power_point;

#define POWER_NO_SHED_USD_PER_MWH 1e7  // stands for "not allowed": far above any price of lost load

double      power_shed_price(const power_supply *supply);
power_order power_order_of(const power_supply *supply);

// size_mw: (n_source) sizes in force; grid_mw: import limit in force.
void power_stack_of(const power_supply *supply, const power_order *order, const double *size_mw, double grid_mw,
                    size_t t, power_stack *out);

// Walks from full charge to full discharge, always by the move that costs least for a MWh taken out of the store, until
// `stop_mwh` (HUGE_VAL: to the end) has been taken. curve: steps of cost over energy taken (slopes rise; (POWER_CURVE_STEPS)
// or NULL); the curve begins at -store_frac x mw. both: charge and discharge in one hour, as a linear programme may where
// prices are deeply negative; else not, and where that makes the curve bend down, steps are pooled. Returns the steps.
int32_t power_hour_walk(const power_stack *stack, double load_mw, const power_battery *battery, bool both,
                        double stop_mwh, power_dispatch_step *curve, power_point *at);

// Value before the hour from value after it: infimal convolution, kept to what the store can hold.
//   before(s) = min over u of curve(u) + after(s - u),  0 <= s - u <= energy
// after, before: steps by rising slope, total width energy_mwh; before must not alias the others.
int32_t power_value_before(const power_dispatch_step *after, int32_t n_after, const power_dispatch_step *curve,
                           int32_t n_curve, double charge_mwh, double energy_mwh, power_dispatch_step *before);

// Energy to take out of the store (negative: to put in) at stored energy soc_mwh, given the value after the hour.
double power_hour_choice(const power_dispatch_step *after, int32_t n_after, const power_dispatch_step *curve,
                         int32_t n_curve, double charge_mwh, double energy_mwh, double soc_mwh);

// Adds one hour to the results.
void power_hour_record(const power_supply *supply, const power_stack *stack, size_t t, const power_point *at,
                       double soc_mwh, power_dispatch *out);
void power_dispatch_clear(power_dispatch *out);
void power_dispatch_close(const power_supply *supply, power_dispatch *out);

#endif
