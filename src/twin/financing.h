// Financing: one campus and one of its borrowers as a project of capital/project.h, on the course that a scenario has taken.
//
// Megawatts, hours, prices, bills and dates are those of the scenario; what is drawn, due and paid out follows from the
// contracts, campus by campus, as if each were a company of its own with owners who pay in what is needed
// (docs/assumptions.md#cure). In a scenario in
// which nobody fails and a party has one campus that is what the twin's ledger says too (financing_test.c).
//
// Receipts, operating cost and cost of construction come as flows: a quantity by month that the scenario has fixed, and the
// prices that a lender or sponsor would want to change.
#ifndef TWIN_FINANCING_H
#define TWIN_FINANCING_H

#include "state.h"
#include "../capital/project.h"

typedef enum twin_flow_kind { TWIN_FLOW_RECEIPT, TWIN_FLOW_OPEX, TWIN_FLOW_COST } twin_flow_kind;

enum { TWIN_FLOW_NAME = 96 };

// USD of month t = quantity * price * part * (1 + escalates)^(whole years since `begins`) * factor. Quantities follow from
// the books: hours billed are what was billed over the price.
typedef struct twin_flow {
  char           name[TWIN_FLOW_NAME];  // "capacity: billed"
  twin_flow_kind kind;
  int32_t        of;               // cost: its place in project.cost
  const char    *unit;             // of quantity
  const double  *quantity;         // (n)
  const char    *price_unit;
  double         price;
  const double  *price_path;       // (n) by month, where the price follows a market; NULL: price
  double         part;             // another input without dimension, 1: none
  const char    *part_name;        // "network"; NULL: none
  double         escalates_frac_per_yr;
  int32_t        begins;           // month from which it escalates
  const double  *factor;           // (n) without dimension; NULL: 1
  const char    *factor_name;      // "share paid", "power price index"
  size_t         price_slot, part_slot, escalates_slot;  // bytes in the block of rows; SIZE_MAX: no input of the programme
} twin_flow;

double twin_flow_usd(const twin_flow *f, int32_t t);

typedef struct twin_financing {
  int32_t         campus, borrower;             // rows
  const char     *why;                          // NULL: computed; else why not: then there is no result and there are no metrics
  int32_t         why_facility;                 // whose terms that is about, -1: the whole project
  int32_t         loan[CAPITAL_FACILITIES];     // (n_facility) deal of each facility
  double          swap_frac[CAPITAL_FACILITIES];  // benchmark at close: what the hedged part pays, and what it is sized on
  int32_t         owner[CAPITAL_OWNERS];        // (n_owner) party of each owner
  const char     *cost_name[CAPITAL_COSTS];     // "construction", "generation", "racks"
  double          discount_frac_per_yr;         // of the borrower
  const double   *base_frac_per_yr;             // (n) benchmark
  twin_flow      *flow;                         // (n_flow) receipts, operating cost and cost are sums of these
  int32_t         n_flow, built;                // built: last period of construction
  capital_project project;
  capital_result  result;
  capital_metrics metrics;
} twin_financing;

// Owners and buyers of machines, campus by campus in the order of the file, that have loans or owners of their own. out:
// (2 x n campus). All memory from the arena; valid as long as it and the state are, and the state is not run again.
// What cannot be computed says so in `why`; the others stand without it. Errors: SG_ERR_MEMORY.
sg_err twin_financings(const twin_state *s, arena *a, twin_financing *out, int32_t *n);

#endif
