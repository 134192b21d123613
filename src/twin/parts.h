// Inside of the twin: the parts that make a model. Not for other folders.
#ifndef TWIN_PARTS_H
#define TWIN_PARTS_H

#include "model.h"

// Where findings about the file go, and the file's own tree to point at.
typedef struct twin_load {
  twin_model      *m;
  const spec_node *user;
  sg_diags        *diags;
  const twin_model *like;  // loaded before, to take over from; NULL: none
} twin_load;

// Node of a dotted path in the user's file, or NULL.
const spec_node *twin_node(const twin_load *load, const char *path);

// Where a row of a class stands in the user's file (a copy: the row that it is copied from), and the place of its key, or
// of `key` in it if that is there; the start of the file for rows that are not in it.
const spec_node *twin_row_node(const twin_load *load, twin_class class, const char *name);
diag_place       twin_row_place(const twin_load *load, twin_class class, const char *name, const char *key);

// What makes no sense in campuses, types, parties and contracts; all that is found is reported.
sg_err twin_check_tranches(twin_load *load);
sg_err twin_check_books(twin_load *load);  // also finds who owns, operates and buys

sg_err twin_make_tranches(twin_load *load);  // buildings, network, plan order, plan dates without scarcity
sg_err twin_make_books(twin_load *load);     // parties, legs, lines, deals
sg_err twin_make_series(twin_load *load);    // names of all series
sg_err twin_make_rules(twin_load *load);     // promises, facts, shocks

// Day on which work on a campus starts, in the given rows.
double twin_campus_start_day(const twin_view *v, const twin_model *m, int32_t campus);

// Gate of a campus: its terms under the given rows (deciders, rounds, time); kind 1 .. TWIN_GATES.
build_gate_terms twin_gate_terms(const twin_view *v, const twin_model *m, int32_t campus, int32_t kind);

// Day from which the campus can energise `need_mw` of facility load, INFINITY: never; *generation: 1 when on-site supply
// is what allows it.
double twin_power_day(const twin_view *v, const twin_model *m, int32_t campus, double need_mw, int32_t *generation);

// Firm and expected supply of a campus on a day.
void twin_supply_on(const twin_view *v, const twin_model *m, int32_t campus, double day, power_onsite *onsite,
                    double *grid_mw, double *firm_mw);

// What of the grid's limit on that day may be withheld, and in which share of a year's hours.
void twin_withheld_on(const twin_view *v, const twin_model *m, int32_t campus, double day, double *withheld_mw,
                      double *withheld_frac);

// What of it a campus may load: `firm_mw`, and beyond that supply that is not firm, up to on_nonfirm of the whole.
double twin_usable_mw(const twin_campus *c, const power_onsite *onsite, double grid_mw, double firm_mw);

// First day after `day` on which that changes; HUGE_VAL: never.
double twin_supply_until_day(const twin_view *v, const twin_model *m, int32_t campus, double day);

// Whether a contract holds for a campus.
bool twin_contract_covers(const twin_view *v, const capital_contract *k, int32_t campus);

// Design IT of a building under the density limit of its type, and its design peak at the meter.
double twin_building_it_mw(const twin_view *v, const twin_building *b);
double twin_building_mw(const twin_view *v, const twin_building *b);
double twin_building_racks(const twin_view *v, const twin_building *b);

#endif
