// From campuses and catalogue types to buildings, activities and gates, in plan order.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "../uncertainty/stream.h"
#include "parts.h"

// ---- Reading rows -------------------------------------------------------------------------------------------

double twin_campus_start_day(const twin_view *v, const twin_model *m, int32_t campus) {
  (void)m;
  const twin_campus *c = &v->campus[campus];
  if (c->copy > 0) return c->first_day + (c->copy - 1) * c->every_day;
  return c->works_start_day;
}

// Dates of a campus that repeats another move with its start.
double twin_shift_day(const twin_view *v, const twin_model *m, int32_t campus) {
  int32_t like = v->campus[campus].like;
  return like < 0 ? 0 : twin_campus_start_day(v, m, campus) - twin_campus_start_day(v, m, like);
}

double twin_building_it_mw(const twin_view *v, const twin_building *b) {
  const twin_campus *c = &v->campus[b->campus];
  double density_mw = v->building_type[b->type].density_mw_per_rack, rack_mw = v->rack[c->racks].it_kw * 1e-3;
  double held = isnan(density_mw) || rack_mw <= density_mw ? 1 : density_mw / rack_mw;  // a hall of old density holds fewer
  const twin_buildings *group = &v->buildings[b->group];
  return (isnan(group->facility_mw) ? group->it_mw : group->facility_mw / c->facility_frac) * held;
}

double twin_building_mw(const twin_view *v, const twin_building *b) {
  return twin_building_it_mw(v, b) * v->campus[b->campus].facility_frac;
}

double twin_building_racks(const twin_view *v, const twin_building *b) {
  return floor(twin_building_it_mw(v, b) / (v->rack[v->campus[b->campus].racks].it_kw * 1e-3) + 1e-9);
}

static const twin_gate *gate_of(const twin_view *v, const twin_model *m, int32_t campus, int32_t kind) {
  for (int32_t g = 0; g < m->n[CLASS_GATE]; g++) {
    const twin_gate *gate = &v->gate[g];
    if (gate->kind < 0 || v->gate_kind[gate->kind].kind != kind) continue;
    if (!gate->campuses.n) return gate;
    for (int32_t i = 0; i < gate->campuses.n; i++)
      if (v->ref[gate->campuses.first + i] == campus) return gate;
  }
  return NULL;
}

static const build_gate_kind *kind_of(const twin_view *v, const twin_model *m, int32_t kind) {
  for (int32_t k = 0; k < m->n[CLASS_GATE_KIND]; k++)
    if (v->gate_kind[k].kind == kind) return &v->gate_kind[k];
  return NULL;
}

build_gate_terms twin_gate_terms(const twin_view *v, const twin_model *m, int32_t campus, int32_t kind) {
  const twin_gate *gate = gate_of(v, m, campus, kind);
  const build_gate_kind *row = kind_of(v, m, kind);
  build_gate_terms t = {0};
  if (!row) return t;
  t = (build_gate_terms){ .deciders = 1, .rounds = row->rounds, .takes_day = row->takes_day, .spread = row->spread,
                          .disagrees_frac = row->disagrees_frac };
  if (kind == BUILD_GATE_SITE) t.deciders = v->campus[campus].consent.n;
  if (!gate) return t;
  if (gate->deciders.n) t.deciders = gate->deciders.n;
  if (!isnan(gate->takes_day)) t.takes_day = gate->takes_day;
  if (!isnan(gate->disagrees_frac)) t.disagrees_frac = gate->disagrees_frac;
  if (gate->rounds > 0) t.rounds = gate->rounds;
  return t;
}

void twin_supply_on(const twin_view *v, const twin_model *m, int32_t campus, double day, power_onsite *onsite,
                    double *grid_mw, double *firm_mw) {
  const twin_campus *c = &v->campus[campus];
  double shift = twin_shift_day(v, m, campus), grid_firm = HUGE_VAL;
  *grid_mw = HUGE_VAL;
  if (c->grid.n) {
    *grid_mw = power_grid_limit_mw(v->grid + c->grid.first, c->grid.n, day - shift);
    grid_firm = power_grid_firm_mw(v->grid + c->grid.first, c->grid.n, day - shift);
  }
  *onsite = (power_onsite){0};
  if (c->generation.n) power_onsite_on(v->generation + c->generation.first, c->generation.n, v->plant, day - shift, onsite);
  *firm_mw = power_firm_mw(grid_firm, onsite->firm_mw, c->permit_mw);
}

void twin_withheld_on(const twin_view *v, const twin_model *m, int32_t campus, double day, double *withheld_mw,
                      double *withheld_frac) {
  const twin_campus *c = &v->campus[campus];
  const power_grid  *grid = v->grid + c->grid.first;
  double own_day = day - twin_shift_day(v, m, campus);
  *withheld_mw = power_grid_limit_mw(grid, c->grid.n, own_day) - power_grid_firm_mw(grid, c->grid.n, own_day);
  *withheld_frac = power_grid_withheld_h(grid, c->grid.n, own_day) / (24 * CALENDAR_DAYS_PER_YEAR);
}

double twin_usable_mw(const twin_campus *c, const power_onsite *onsite, double grid_mw, double firm_mw) {
  if (!(c->nonfirm_frac > 0)) return firm_mw;
  double all_mw = power_firm_mw(grid_mw, onsite->derated_mw, c->permit_mw);
  return c->nonfirm_frac < 1 ? number_least(all_mw, firm_mw / (1 - c->nonfirm_frac)) : all_mw;
}

// Day of the i-th thing that changes the supply of a campus: steps of the grid first, then on-site units.
static double supply_day(const twin_view *v, const twin_campus *c, int32_t i) {
  if (i < c->grid.n) return v->grid[c->grid.first + i].from_day;
  const power_generation *g = &v->generation[c->generation.first + i - c->grid.n];
  return power_generation_day(g, &v->plant[g->plant]);
}

double twin_supply_until_day(const twin_view *v, const twin_model *m, int32_t campus, double day) {
  const twin_campus *c = &v->campus[campus];
  double shift = twin_shift_day(v, m, campus), next = HUGE_VAL;
  for (int32_t i = 0; i < c->grid.n + c->generation.n; i++) {
    double at = supply_day(v, c, i) + shift;
    if (at > day && at < next) next = at;
  }
  return next;
}

double twin_power_day(const twin_view *v, const twin_model *m, int32_t campus, double need_mw, int32_t *generation) {
  const twin_campus *c = &v->campus[campus];
  double shift = twin_shift_day(v, m, campus), best = HUGE_VAL, grid_mw, firm_mw;
  *generation = 0;
  if (!c->grid.n && !c->generation.n) return -HUGE_VAL;
  power_onsite onsite;
  for (int32_t i = 0; i < c->grid.n + c->generation.n; i++) {
    double day = shift + supply_day(v, c, i);
    if (!(day < best)) continue;
    twin_supply_on(v, m, campus, day, &onsite, &grid_mw, &firm_mw);
    if (twin_usable_mw(c, &onsite, grid_mw, firm_mw) + 1e-6 < need_mw) continue;
    best = day;
    *generation = i >= c->grid.n;
  }
  return best;
}

// ---- Buildings and activities -------------------------------------------------------------------------------------

typedef struct planned { double start_day, finish_day; int32_t campus, building, step, row; } planned;

typedef struct sorter { double day; int32_t campus, index; } sorter;

static int compare_sorter(const void *a, const void *b) {
  const sorter *x = a, *y = b;
  if (x->day != y->day) return x->day < y->day ? -1 : 1;
  if (x->campus != y->campus) return x->campus - y->campus;
  return x->index - y->index;
}

// By campus, since campuses share no crews; within one building by building: that is the order in which they are granted.
static int compare_planned(const void *a, const void *b) {
  const planned *x = a, *y = b;
  if (x->campus != y->campus) return x->campus - y->campus;
  if (x->building != y->building) return x->building - y->building;
  return x->step - y->step;
}

static double group_day(const twin_view *v, const twin_model *m, int32_t campus, int32_t group) {
  double start = twin_campus_start_day(v, m, campus), from = v->buildings[group].from_day + twin_shift_day(v, m, campus);
  return from > start ? from : start;
}

static sg_err make_buildings(twin_model *m) {
  const twin_view *v = &m->plan_view;
  int32_t n = 0;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
    for (int32_t g = 0; g < v->campus[c].buildings.n; g++) n += v->buildings[v->campus[c].buildings.first + g].count;
  twin_building *all = ARENA_NEW(m->a, twin_building, n + 1);
  sorter *by = ARENA_NEW(m->a, sorter, n + 1);
  m->building = ARENA_NEW(m->a, twin_building, n + 1);
  if (!all || !by || !m->building) return SG_ERR_MEMORY;
  int32_t k = 0;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    int32_t number = 0;
    for (int32_t g = 0; g < v->campus[c].buildings.n; g++) {
      int32_t group = v->campus[c].buildings.first + g;
      for (int32_t i = 0; i < v->buildings[group].count; i++, k++, number++) {
        int32_t of_type = 0;
        for (int32_t j = 0; j < k; j++) of_type += all[j].campus == c && all[j].type == v->buildings[group].type;
        all[k] = (twin_building){ c, group, v->buildings[group].type, number, of_type, -1, -1, -1 };
        by[k] = (sorter){ group_day(v, m, c, group), c, k };
      }
    }
  }
  qsort(by, (size_t)n, sizeof *by, compare_sorter);
  for (int32_t i = 0; i < n; i++) m->building[i] = all[by[i].index];
  m->net.n_building = n;
  return SG_OK;
}

// Gates of a campus by plan, one after the other, from the start of works.
static void plan_gates(twin_model *m, int32_t campus, double *open_day) {
  const twin_view *v = &m->plan_view;
  double day = twin_campus_start_day(v, m, campus);
  bool history = day < m->p.as_of_day;
  for (int32_t k = 1; k <= TWIN_GATES; k++) {
    build_gate_terms t = twin_gate_terms(v, m, campus, k);
    if (!history) day += build_gate_plan_day(&t);
    open_day[campus * TWIN_GATES + k - 1] = day;
  }
}

// Activities of a building in an order in which each stands behind those it comes after. Returns how many could be
// placed: fewer than all means a cycle.
static int32_t topological(const twin_view *v, const build_type *type, int32_t *order) {
  int32_t n = type->activities.n, done = 0;
  for (int32_t pass = 0; pass < n && done < n; pass++)
    for (int32_t i = 0; i < n; i++) {
      int32_t row = type->activities.first + i, missing = 0, placed = 0;
      for (int32_t k = 0; k < done; k++) placed += order[k] == row;
      if (placed) continue;
      const build_activity *act = &v->activity[row];
      for (int32_t p = 0; p < act->after.n; p++) {
        int32_t found = 0;
        for (int32_t k = 0; k < done; k++) found |= order[k] == v->ref[act->after.first + p];
        missing += !found;
      }
      if (!missing) order[done++] = row;
    }
  return done;
}

static bool is_placed(const int32_t *order, int32_t n, int32_t row) {
  for (int32_t k = 0; k < n; k++)
    if (order[k] == row) return true;
  return false;
}

// Reports a circle among the activities that could not be placed: each of them waits for another of them.
static sg_err report_cycle(twin_load *load, int32_t t, const int32_t *order, int32_t done) {
  twin_model *m = load->m;
  const twin_view *v = &m->plan_view;
  const build_type *type = &v->building_type[t];
  int32_t row = type->activities.first, start = -1;
  while (is_placed(order, done, row)) row++;
  char chain[140] = "";
  for (int32_t step = 0; step <= 2 * type->activities.n; step++) {
    int32_t next = row;
    for (int32_t p = v->activity[row].after.n - 1; p >= 0; p--)
      if (!is_placed(order, done, v->ref[v->activity[row].after.first + p])) next = v->ref[v->activity[row].after.first + p];
    row = next;
    if (step == type->activities.n) start = row;  // so many steps back it surely goes in a circle
    if (step < type->activities.n) continue;
    size_t n = strlen(chain);
    snprintf(chain + n, sizeof chain - n, "%s%s", n ? " after " : "", programme_name(&m->p, CLASS_ACTIVITY, row));
    if (step > type->activities.n && row == start) break;
  }
  const char *name = programme_name(&m->p, CLASS_BUILDING_TYPE, t);
  const spec_node *written = twin_row_node(load, CLASS_BUILDING_TYPE, name), *all = written ? spec_get(written, "activities") : NULL;
  const spec_node *one = all ? spec_get(all, programme_name(&m->p, CLASS_ACTIVITY, row)) : NULL, *after = one ? spec_get(one, "after") : NULL;
  return diag_add(load->diags, SG_ERROR, SG_ERR_CYCLE, after ? after->place : twin_row_place(load, CLASS_BUILDING_TYPE, name, NULL),
                  "take one of them out of an `after`", "activities of building type '%s' wait for each other: %s", name, chain);
}

static sg_err check_types(twin_load *load) {
  twin_model *m = load->m;
  const twin_view *v = &m->plan_view;
  sg_err err = SG_OK;
  for (int32_t t = 0; t < m->n[CLASS_BUILDING_TYPE]; t++) {
    const build_type *type = &v->building_type[t];
    const char *name = programme_name(&m->p, CLASS_BUILDING_TYPE, t);
    int32_t order[64], done;
    diag_place place = twin_row_place(load, CLASS_BUILDING_TYPE, name, NULL);
    if (type->activities.n > 64)
      err = diag_add(load->diags, SG_ERROR, SG_ERR_LIMIT, place, NULL, "building type '%s' has more than 64 activities", name);
    else if (!type->activities.n)
      err = diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "give it activities, or `like:` another type", "building type '%s' has no activities", name);
    else if ((done = topological(v, type, order)) < type->activities.n)
      err = report_cycle(load, t, order, done);
  }
  return err;
}


// Plan dates of all activities when nothing is scarce but the stated power; in plan order.
static sg_err plan_dates(twin_model *m, const double *gate_day, planned **out, int32_t *n_out) {
  const twin_view *v = &m->plan_view;
  int32_t n = 0;
  for (int32_t b = 0; b < m->net.n_building; b++) n += v->building_type[m->building[b].type].activities.n;
  planned *at = ARENA_NEW(m->a, planned, n + 1);
  double *connected = ARENA_NEW(m->a, double, m->n[CLASS_CAMPUS] + 1);
  if (!at || !connected) return SG_ERR_MEMORY;
  int32_t k = 0;
  for (int32_t b = 0; b < m->net.n_building; b++) {
    twin_building *building = &m->building[b];
    const build_type *type = &v->building_type[building->type];
    int32_t order[64], first = k, generation;
    topological(v, type, order);
    connected[building->campus] += twin_building_mw(v, building);
    for (int32_t i = 0; i < type->activities.n; i++, k++) {
      const build_activity *act = &v->activity[order[i]];
      double start = group_day(v, m, building->campus, building->group);
      if (act->gate > 0) start = fmax(start, gate_day[building->campus * TWIN_GATES + act->gate - 1]);
      for (int32_t p = 0; p < act->after.n; p++)
        for (int32_t j = first; j < k; j++)
          if (at[j].row == v->ref[act->after.first + p]) start = fmax(start, at[j].finish_day);
      if (act->cause == CAUSE_GRID) start = fmax(start, twin_power_day(v, m, building->campus, connected[building->campus], &generation));
      double day = build_activity_work_day(act, type, twin_building_it_mw(v, building), building->of_type) *
                   v->campus[building->campus].rework_frac;
      at[k] = (planned){ start, start + day, building->campus, b, i, order[i] };
    }
  }
  qsort(at, (size_t)n, sizeof *at, compare_planned);
  *out = at;
  *n_out = n;
  return SG_OK;
}

static sg_err take_network(twin_model *m, int32_t n, int32_t n_pred, int32_t n_pool, int32_t n_crew) {
  build_network *net = &m->net;
  net->n_activity = n;
  net->n_pred = n_pred;
  net->n_pool = n_pool;
  net->n_crew = n_crew;
  net->n_gate = m->n[CLASS_CAMPUS] * TWIN_GATES;
  int32_t **const per_activity[] = { &net->building, &net->pred_first, &net->pred_n, &net->gate, &net->pool,
                                     &net->own_cause, &net->supply_cause, &m->no_pool };
  for (size_t i = 0; i < sizeof per_activity / sizeof per_activity[0]; i++)
    if (!(*per_activity[i] = ARENA_NEW(m->a, int32_t, n + 1))) return SG_ERR_MEMORY;
  net->pred = ARENA_NEW(m->a, int32_t, n_pred + 1);
  net->pool_first = ARENA_NEW(m->a, int32_t, n_pool + 1);
  net->pool_n = ARENA_NEW(m->a, int32_t, n_pool + 1);
  net->gate_cause = ARENA_NEW(m->a, int32_t, net->n_gate + 1);
  net->last = ARENA_NEW(m->a, int32_t, net->n_building + 1);
  m->work = ARENA_NEW(m->a, twin_work, n + 1);
  m->part = ARENA_NEW(m->a, build_part, m->n[CLASS_CAMPUS] + 1);
  m->part_first = ARENA_NEW(m->a, int32_t, m->n[CLASS_CAMPUS] + 1);
  m->supply_need = ARENA_NEW(m->a, double, n + 1);
  m->supply_before = ARENA_NEW(m->a, double, n + 1);
  bool ok = net->pred && net->pool_first && net->pool_n && net->gate_cause && net->last && m->work && m->part && m->part_first && m->supply_need && m->supply_before;
  return ok ? SG_OK : SG_ERR_MEMORY;
}

static void make_pools(twin_model *m) {
  const twin_view *v = &m->plan_view;
  int32_t crew = 0;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
    for (int32_t t = 0; t < m->n[CLASS_CREW]; t++) {
      int32_t pool = c * m->n[CLASS_CREW] + t;
      int32_t n = v->campus[c].crews > 0 ? v->campus[c].crews : v->crew[t].count;
      m->net.pool_first[pool] = crew;
      m->net.pool_n[pool] = n;
      crew += n;
    }
}

static void make_network(twin_model *m, const planned *at, int32_t n) {
  const twin_view *v = &m->plan_view;
  build_network *net = &m->net;
  int32_t pred = 0;
  for (int32_t i = 0; i < n; i++) {
    int32_t b = at[i].building, campus = m->building[b].campus;
    const build_activity *act = &v->activity[at[i].row];
    const build_type *type = &v->building_type[m->building[b].type];
    double it_mw = twin_building_it_mw(v, &m->building[b]);
    double at_reference = act->takes_day > 0 ? act->takes_day : 1;
    m->work[i] = (twin_work){ b, at[i].row, build_activity_work_day(act, type, it_mw, m->building[b].of_type) / at_reference, act->supply };
    net->building[i] = b;
    net->gate[i] = act->gate > 0 ? campus * TWIN_GATES + act->gate - 1 : -1;
    net->pool[i] = act->crew >= 0 ? campus * m->n[CLASS_CREW] + act->crew : -1;
    m->no_pool[i] = -1;
    net->own_cause[i] = act->cause;
    net->supply_cause[i] = act->cause;
    net->pred_first[i] = pred;
    for (int32_t p = 0; p < act->after.n; p++)
      for (int32_t j = 0; j < i; j++)
        if (at[j].building == b && at[j].row == v->ref[act->after.first + p]) net->pred[pred++] = j;
    net->pred_n[i] = pred - net->pred_first[i];
    if (act->cause == CAUSE_GRID) m->building[b].energise_activity = i;
    if (act->cause == CAUSE_CHIPS) m->building[b].racks_activity = i;
    net->last[b] = i;
    if (act->supply >= 0) m->supply_need[i] = act->supply_per_mw * it_mw;
    if (act->cause == CAUSE_CHIPS && v->rack[v->campus[campus].racks].supply >= 0) {
      m->work[i].supply = v->rack[v->campus[campus].racks].supply;
      m->supply_need[i] = twin_building_racks(v, &m->building[b]);
    }
  }
  // The activity that ends last by plan commissions the building.
  for (int32_t i = 0; i < n; i++)
    if (at[i].finish_day > at[net->last[at[i].building]].finish_day) net->last[at[i].building] = i;
  for (int32_t i = 0; i < n; i++)  // supplies are shared by all campuses: in the plan order of all buildings
    for (int32_t j = 0; j < n; j++) {
      bool before = at[j].building < at[i].building || (at[j].building == at[i].building && j < i);
      if (before && m->work[i].supply >= 0 && m->work[j].supply == m->work[i].supply) m->supply_before[i] += m->supply_need[j];
    }
  for (int32_t c = 0, i = 0; c < m->n[CLASS_CAMPUS]; c++) {
    int32_t crews = m->n[CLASS_CREW], first = i;
    while (i < n && at[i].campus == c) i++;
    int32_t last_pool = (c + 1) * crews - 1;
    m->part_first[c] = first;
    m->part[c] = (build_part){ .n_open = i - first, .crew_first = crews ? net->pool_first[c * crews] : 0,
                               .crew_last = crews ? net->pool_first[last_pool] + net->pool_n[last_pool] : 0, .pool_first = c * crews, .pool_n = crews };
  }
  for (int32_t g = 0; g < net->n_gate; g++) {
    const build_gate_kind *kind = kind_of(v, m, g % TWIN_GATES + 1);
    net->gate_cause[g] = kind ? kind->cause : CAUSE_CONSENT;
  }
}

static sg_err group_activities(twin_model *m) {
  m->of_building = ARENA_NEW(m->a, int32_t, m->net.n_activity + 1);
  m->building_first = ARENA_NEW(m->a, int32_t, m->net.n_building + 2);
  if (!m->of_building || !m->building_first) return SG_ERR_MEMORY;
  int32_t k = 0;
  for (int32_t b = 0; b < m->net.n_building; b++) {
    m->building_first[b] = k;
    for (int32_t i = 0; i < m->net.n_activity; i++)
      if (m->net.building[i] == b) m->of_building[k++] = i;
    m->building[b].begin_activity = m->of_building[m->building_first[b]];
  }
  m->building_first[m->net.n_building] = k;
  return SG_OK;
}

static sg_err group_buildings(twin_model *m) {
  m->of_campus = ARENA_NEW(m->a, int32_t, m->net.n_building + 1);
  m->campus_first = ARENA_NEW(m->a, int32_t, m->n[CLASS_CAMPUS] + 2);
  if (!m->of_campus || !m->campus_first) return SG_ERR_MEMORY;
  int32_t k = 0;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    m->campus_first[c] = k;
    for (int32_t b = 0; b < m->net.n_building; b++)
      if (m->building[b].campus == c) m->of_campus[k++] = b;
  }
  m->campus_first[m->n[CLASS_CAMPUS]] = k;
  return SG_OK;
}

static sg_err make_keys(twin_model *m) {
  m->campus_key = ARENA_NEW(m->a, uint64_t, m->n[CLASS_CAMPUS] + 1);
  m->gate_key = ARENA_NEW(m->a, uint64_t, m->net.n_gate + 1);
  if (!m->campus_key || !m->gate_key) return SG_ERR_MEMORY;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    m->campus_key[c] = stream_key(programme_name(&m->p, CLASS_CAMPUS, c));
    for (int32_t k = 0; k < TWIN_GATES; k++)
      m->gate_key[c * TWIN_GATES + k] = stream_key_join(stream_key_join(stream_key("gates"), m->campus_key[c]), (uint64_t)k + 1);
  }
  return SG_OK;
}

static sg_err order_campuses(twin_model *m) {
  int32_t n = m->n[CLASS_CAMPUS];
  sorter *by = ARENA_NEW(m->a, sorter, n + 1);
  m->order = ARENA_NEW(m->a, int32_t, n + 1);
  if (!by || !m->order) return SG_ERR_MEMORY;
  for (int32_t c = 0; c < n; c++) by[c] = (sorter){ twin_campus_start_day(&m->plan_view, m, c), c, c };
  qsort(by, (size_t)n, sizeof *by, compare_sorter);
  for (int32_t c = 0; c < n; c++) m->order[c] = by[c].campus;
  return SG_OK;
}

// The campus that is meant when `--set` made one by a misspelt name; NULL: none.
static const char *unknown_by_set(const twin_load *load, const char *name, diag_place place) {
  const char *names[TWIN_MAX_CAMPUSES];
  size_t n = 0;
  if (!place.source || strcmp(place.source->name ? place.source->name : "", "--set")) return NULL;
  for (int32_t c = 0; c < load->m->n[CLASS_CAMPUS] && n < TWIN_MAX_CAMPUSES; c++) {
    const char *other = programme_name(&load->m->p, CLASS_CAMPUS, c);
    if (strcmp(other, name)) names[n++] = other;
  }
  return text_nearest(text_of(name), names, n);
}

static sg_err check_campuses(twin_load *load) {
  twin_model *m = load->m;
  const twin_view *v = &m->plan_view;
  sg_err err = SG_OK;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    const twin_campus *campus = &v->campus[c];
    const char *name = programme_name(&m->p, CLASS_CAMPUS, c);
    diag_place place = twin_row_place(load, CLASS_CAMPUS, name, NULL);
    if (campus->copy > 1) continue;  // as the first
    const spec_node *written = twin_row_node(load, CLASS_CAMPUS, name);
    bool own = campus->like < 0 || (written && spec_get(written, "buildings"));
    const char *near = unknown_by_set(load, name, place);
    if (near) {
      char hint[200];
      snprintf(hint, sizeof hint, "did you mean campuses.%.150s?", near);
      err = diag_add(load->diags, SG_ERROR, SG_ERR_NAME, place, hint, "there is no campus '%s'", name);
      continue;
    }
    if (isnan(twin_campus_start_day(v, m, c)))
      err = campus->copy > 0 ? diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "first: 2026-01 to 2027-06, every: 9 months", "the copies of a campus need 'first'")
                             : diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "works_start: 2025-06", "campus '%s' has no start of works", name);
    for (int32_t g = campus->buildings.first; g < campus->buildings.first + campus->buildings.n; g++) {
      bool it = !isnan(v->buildings[g].it_mw), facility = !isnan(v->buildings[g].facility_mw);
      if (it == facility && own)
        err = diag_add(load->diags, SG_ERROR, SG_ERR_KEY, twin_row_place(load, CLASS_CAMPUS, name, "buildings"),
                       it ? "keep one: IT power, or the peak at the meter" : "buildings: {count: 8, it: 75 MW}",
                       it ? "buildings of campus '%s' have both `it` and `facility`" : "buildings of campus '%s' have neither `it` nor `facility`", name);
    }
    if (v->weather[campus->weather].months.n != 12)
      err = diag_add(load->diags, SG_ERROR, SG_ERR_RANGE, twin_row_place(load, CLASS_CAMPUS, name, "weather"), "jan, feb, ... dec", "the weather of campus '%s' needs twelve months and has %d", name, v->weather[campus->weather].months.n);
    if (!campus->buildings.n && own)
      err = diag_add(load->diags, SG_ERROR, SG_ERR_KEY, place, "buildings: {count: 8, type: hyperscale-liquid, it: 75 MW}", "campus '%s' has no buildings", name);
  }
  if (!m->n[CLASS_CAMPUS])
    err = diag_add(load->diags, SG_ERROR, SG_ERR_KEY, (diag_place){ load->user->place.source, 1, 1, 1 }, "campuses: {mine: {works_start: 2025-06, buildings: {count: 2, it: 50 MW}}}", "the programme has no campus");
  return err;
}

sg_err twin_check_tranches(twin_load *load) {
  sg_err err = check_campuses(load), types = check_types(load);
  return err ? err : types;
}

sg_err twin_make_tranches(twin_load *load) {
  twin_model *m = load->m;
  sg_err err = order_campuses(m);
  if (!err) err = make_buildings(m);
  if (err) return err;
  const twin_view *v = &m->plan_view;
  double *gate_day = ARENA_NEW(m->a, double, m->n[CLASS_CAMPUS] * TWIN_GATES + 1);
  if (!gate_day) return SG_ERR_MEMORY;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) plan_gates(m, c, gate_day);
  planned *at;
  int32_t n, n_pred = 0, n_crew = 0;
  err = plan_dates(m, gate_day, &at, &n);
  if (err) return err;
  for (int32_t i = 0; i < n; i++) n_pred += v->activity[at[i].row].after.n;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
    for (int32_t t = 0; t < m->n[CLASS_CREW]; t++) n_crew += v->campus[c].crews > 0 ? v->campus[c].crews : v->crew[t].count;
  err = take_network(m, n, n_pred, m->n[CLASS_CAMPUS] * m->n[CLASS_CREW], n_crew);
  if (err) return err;
  make_pools(m);
  make_network(m, at, n);
  err = group_activities(m);
  if (!err) err = group_buildings(m);
  return err ? err : make_keys(m);
}
