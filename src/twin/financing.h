// Financing: one campus and its borrower as a project of capital/project.h, on the course that a scenario has taken.
//
// Megawatts, hours, prices, bills and dates are those of the scenario; what is drawn, due and paid out follows from the
// contracts, campus by campus, as if each were a company of its own with owners who pay in what is needed. In a scenario in
// which nobody fails and a party has one campus that is what the twin's ledger says too (financing_test.c).
#ifndef TWIN_FINANCING_H
#define TWIN_FINANCING_H

#include "state.h"
#include "../capital/project.h"

typedef struct twin_financing {
  int32_t         campus, borrower;             // rows
  int32_t         loan[CAPITAL_FACILITIES];     // (n_facility) deal of each facility
  int32_t         owner[CAPITAL_OWNERS];        // (n_owner) party of each owner
  const char     *cost_name[CAPITAL_COSTS];     // "construction", "generation", "racks"
  double          discount_frac_per_yr;         // of the borrower
  capital_project project;
  capital_result  result;
  capital_metrics metrics;
} twin_financing;

// Campuses of a finished scenario whose owner has loans or owners of its own, in the order of the file. out: (n campus).
// All memory from the arena; valid as long as it and the state are, and the state is not run again.
// Errors: SG_ERR_MEMORY; what capital_project_run says: then *bad is the campus and *why a sentence.
sg_err twin_financings(const twin_state *s, arena *a, twin_financing *out, int32_t *n, int32_t *bad, const char **why);

#endif
