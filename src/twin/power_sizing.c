// Power sizing: see power_sizing.h.
#include "power_sizing.h"

#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "../power/optimise.h"
#include "../programme/catalogue.h"
#include "power_study_parts.h"

#define SIZES_GAP_FRAC  1e-7  // of the sizes themselves: a hundredth of a percent of a size
#define TRIALS_GAP_FRAC 1e-6  // of what one more is worth: 0.1 % of it

// What is offered beside the kinds that the programme names. A row without fields is that of the catalogue.
static const char offered[] =
    "programme: offered\nas_of: 2100-01-01\n"
    "plants: {aeroderivative: {}, frame-turbine: {}, combined-cycle: {}, gas-engine: {}, solar: {}, wind: {}}\n"
    "batteries: {lfp-4h: {}}\n";

typedef struct sizing {
  study_in                in;
  const twin_power_study *s;
  twin_power_sizing      *z;
  const power_plant      *plant[POWER_SOURCES];
  power_supply            supply;
  double                  most_mw;  // largest hour of the load
  sg_diags               *quiet;    // of trials: nobody reads them
} sizing;

// ---- What could be built ------------------------------------------------------------------------------------

static bool known_item(const twin_power_sizing *z, const char *name) {
  for (int32_t i = 0; i < z->n_item; i++)
    if (!strcmp(z->item[i].name, name)) return true;
  return false;
}

static bool serves_now(const sizing *o, const char *name) {
  for (int32_t i = 0; i < o->s->n_unit; i++)
    if (!strcmp(o->s->unit[i].name, name)) return true;
  return false;
}

static sg_err add_plant(sizing *o, const power_plant *plant, const char *name) {
  twin_power_sizing *z = o->z;
  power_source      *of = &o->supply.source[z->n_item];
  // A machine larger than the whole load is for somebody else, unless it stands there.
  if (plant->kind == POWER_STANDBY || known_item(z, name)) return SG_OK;
  if (plant->kind < POWER_MACHINES && plant->unit_mw > o->most_mw && !serves_now(o, name)) return SG_OK;
  if (z->n_item == POWER_SOURCES)
    return STUDY_REFUSE(&o->in, SG_ERR_LIMIT, "leave kinds out of `plants`",
                        "more than %d kinds of plant to choose from", POWER_SOURCES);
  double *avail = ARENA_NEW(z->a, double, o->s->n_h), made = 0.0;
  if (!avail) return SG_ERR_MEMORY;
  study_availability(&o->in, o->s, plant, avail);
  for (int32_t t = 0; t < o->s->n_h; t++) made += avail[t];
  twin_power_item *item = &z->item[z->n_item];
  *item = (twin_power_item){.name = name,
                            .serves_day = o->in.v->top->as_of_day + plant->lead_day,
                            .owning_usd_per_mw_yr = study_owning_usd_per_mw_yr(&o->in, plant),
                            .worth_usd_per_mw_yr = (double)NAN,
                            .running_usd_per_mwh = study_running_usd_per_mwh(o->s, plant)};
  if (plant->contract == POWER_AS_PRODUCED) item->owning_usd_per_mw_yr += made * plant->om_usd_per_mwh;
  item->in_time = item->serves_day <= o->in.day || serves_now(o, name);
  *of = (power_source){.name = name,
                       .usd_per_mwh = item->running_usd_per_mwh,
                       .avail_frac = avail,
                       .extendable = true,
                       .max_mw = item->in_time ? HUGE_VAL : 0.0,
                       .annual_usd_per_mw = item->owning_usd_per_mw_yr,
                       .co2_kg_per_mwh = plant->co2_kg_per_mwh};
  o->plant[z->n_item++] = plant;
  return SG_OK;
}

static sg_err add_plants(sizing *o, const programme_model *p, const power_plant *plant) {
  sg_err err = SG_OK;
  for (int32_t i = 0; i < p->rows[CLASS_PLANT].n && !err; i++)
    err = add_plant(o, &plant[i], programme_name(p, CLASS_PLANT, i));
  return err;
}

// The last item: the programme's first kind of battery, else the one offered.
static void add_battery(sizing *o, const programme_model *p, const power_battery_kind *kind) {
  twin_power_sizing *z = o->z;
  const double       way = sqrt(kind->efficiency_frac);
  twin_power_item   *item = &z->item[z->n_item++];
  *item = (twin_power_item){.name = programme_name(p, CLASS_BATTERY, 0),
                            .serves_day = o->in.v->top->as_of_day + kind->lead_day,
                            .owning_usd_per_mw_yr = study_battery_usd_per_mw_yr(&o->in, kind),
                            .worth_usd_per_mw_yr = (double)NAN,
                            .running_usd_per_mwh = kind->wear_usd_per_mwh};
  item->in_time = item->serves_day <= o->in.day || o->s->battery.mw > 0.0;
  o->supply.battery = (power_battery){.hours_h = kind->hours_h,
                                      .store_frac = way,
                                      .dispatch_frac = way,
                                      .usd_per_mwh_out = kind->wear_usd_per_mwh,
                                      .extendable = true,
                                      .max_mw = item->in_time ? HUGE_VAL : 0.0,
                                      .annual_usd_per_mw = item->owning_usd_per_mw_yr};
}

static sg_err find_items(sizing *o) {
  twin_power_sizing   *z = o->z;
  programme_catalogue *catalogue = ARENA_NEW(z->a, programme_catalogue, 1);
  programme_model     *p = ARENA_NEW(z->a, programme_model, 1);
  diag_source         *source = ARENA_NEW(z->a, diag_source, 1);
  spec_node           *user = NULL;
  twin_view            v;
  if (!catalogue || !p || !source) return SG_ERR_MEMORY;
  *source = (diag_source){"catalogue", offered, sizeof offered - 1};
  sg_err err = programme_catalogue_read(z->a, o->in.diags, catalogue);
  if (!err) err = spec_read(source, z->a, o->in.diags, &user);
  if (!err) err = programme_compile(twin_classes(), user, catalogue->root, catalogue->n, z->a, o->in.diags, p);
  if (err) return err;
  twin_view_bind(p, p->block, &v);
  err = add_plants(o, &o->in.m->p, o->in.v->plant);
  if (!err) err = add_plants(o, p, v.plant);
  if (err) return err;
  o->supply.n_source = z->n_item;
  if (o->in.m->n[CLASS_BATTERY]) add_battery(o, &o->in.m->p, o->in.v->battery);
  else add_battery(o, p, v.battery);
  return SG_OK;
}

// ---- Least cost ---------------------------------------------------------------------------------------------

// Only one kind of machine, within the permit.
static power_supply one_machine(const sizing *o, const power_supply *supply, int32_t only, double permit_mw) {
  power_supply one = *supply;
  for (int32_t i = 0; i < one.n_source; i++)
    if (o->plant[i]->kind < POWER_MACHINES)
      one.source[i].max_mw = i == only ? number_least(one.source[i].max_mw, permit_mw) : 0.0;
  return one;
}

// A permit holds for all machines together, while sizes are limited one by one: so one kind is taken, that with which all costs
// least, or, where none can serve the load, lacks least. Without a permit all kinds together.
static sg_err solve(const sizing *o, const power_supply *supply, double permit_mw, sg_diags *diags,
                    power_optimum *best) {
  int32_t chosen = -1;
  double  chosen_usd = HUGE_VAL;
  if (isnan(permit_mw)) return power_optimise(supply, POWER_METHOD_AUTO, diags, best);
  for (int32_t only = 0; only < supply->n_source; only++) {
    if (o->plant[only]->kind >= POWER_MACHINES || !(supply->source[only].max_mw > 0.0)) continue;
    const power_supply one = one_machine(o, supply, only, permit_mw);
    power_optimum      of = {.gap_frac = best->gap_frac};
    diag_init(o->quiet);
    const sg_err err = power_optimise(&one, POWER_METHOD_AUTO, o->quiet, &of);
    if (err && err != SG_ERR_LIMIT) return err;
    if (chosen >= 0 && !(of.cost_usd < chosen_usd)) continue;  // load not served costs most of all
    chosen = only;
    chosen_usd = of.cost_usd;
  }
  const power_supply one = one_machine(o, supply, chosen, permit_mw);
  return power_optimise(&one, POWER_METHOD_AUTO, diags, best);
}

// What a MW more of something saves in a year, at step_mw of it.
static double worth_usd(const sizing *o, const power_supply *more, double permit_mw, double step_mw) {
  power_optimum of = {.gap_frac = TRIALS_GAP_FRAC};
  diag_init(o->quiet);
  if (solve(o, more, permit_mw, o->quiet, &of)) return (double)NAN;
  return number_most(0.0, (o->z->cost_usd - of.cost_usd) / step_mw);
}

// At the optimum what is built within its limits is worth its cost; of the rest a little is given for nothing, and of limits
// that bind a little more.
static void find_worths(const sizing *o, double step_mw) {
  twin_power_sizing *z = o->z;
  const double       permit_mw = z->permit_mw;
  double             machines_mw = 0.0;
  for (int32_t i = 0; i < z->n_item; i++) {
    twin_power_item *item = &z->item[i];
    power_supply     more = o->supply;
    if (!item->in_time) continue;
    if (i < o->supply.n_source && o->plant[i]->kind < POWER_MACHINES) machines_mw += item->mw;
    item->worth_usd_per_mw_yr = item->owning_usd_per_mw_yr;
    if (item->mw > 1e-3 * step_mw) continue;
    for (int32_t k = 0; k < more.n_source; k++)  // what is not built will not be for so little
      if (!(z->item[k].mw > 1e-3 * step_mw)) more.source[k].max_mw = 0.0;
    if (i < o->supply.n_source) more.source[i].extendable = false, more.source[i].mw = step_mw;
    else more.battery.extendable = false, more.battery.mw = step_mw;
    item->worth_usd_per_mw_yr = worth_usd(o, &more, permit_mw, step_mw);
  }
  if (z->grid_peak_mw > z->grid_limit_mw - 1e-3 * step_mw) {  // false for NaN: no limit
    power_supply more = o->supply;
    more.grid_mw += step_mw;
    z->grid_worth_usd_per_mw_yr = worth_usd(o, &more, permit_mw, step_mw);
  }
  if (machines_mw > permit_mw - 1e-3 * step_mw)
    z->permit_worth_usd_per_mw_yr = worth_usd(o, &o->supply, permit_mw + step_mw, step_mw);
}

static void account(const sizing *o, const power_optimum *best) {
  twin_power_sizing    *z = o->z;
  const power_dispatch *d = &best->dispatch;
  const double          lost_usd = o->s->lost_load_usd_per_mwh;
  for (int32_t i = 0; i < z->n_item; i++) {
    twin_power_item *item = &z->item[i];
    const bool       plant = i < o->supply.n_source;
    item->mw = plant ? best->source_mw[i] : best->battery_mw;
    item->mwh = plant ? d->source_mwh[i] : d->discharge_mwh;
    item->owning_usd = item->mw * item->owning_usd_per_mw_yr;
    item->running_usd = item->mwh * item->running_usd_per_mwh;
    z->owning_usd += item->owning_usd;
    z->running_usd += item->running_usd;
  }
  for (int k = 0; k < POWER_BILL_MONTHS; k++) z->grid_peak_mw = number_most(z->grid_peak_mw, d->peak_mw[k]);
  z->grid_mwh = d->grid_mwh;
  z->shed_mwh = d->shed_mwh;
  z->load_mwh = d->load_mwh;
  z->co2_t = d->co2_t + d->grid_mwh * o->in.tariff->grid_co2_kg_per_mwh * 1e-3;
  z->lost_usd = isnan(lost_usd) ? 0.0 : lost_usd * d->shed_mwh;
  double peaks_mw = 0.0;
  for (int k = 0; k < POWER_STUDY_COINCIDENT; k++) peaks_mw += d->grid_mw[o->s->peaks.hour[k]] / POWER_STUDY_COINCIDENT;
  const double peaks_usd = peaks_mw * o->in.tariff->coincident_usd_per_mw_yr;  // within the energy of those hours
  z->energy_usd = d->energy_usd - z->running_usd - z->lost_usd - peaks_usd;
  z->demand_usd = d->demand_usd + peaks_usd;
  z->cost_usd = best->cost_usd;
  z->bound_usd = best->bound_usd;
}

// A finding about an hour, and when that is.
static void tell_hour(const sizing *o, const power_optimum *best) {
  const twin_power_clock at = twin_power_clock_of((int32_t)best->dispatch.worst_h);
  diag_add(o->in.diags, SG_NOTE, SG_ERR_LIMIT, (diag_place){0}, NULL, "hour %zu begins on %d-%02d-%02d at %02d:00",
           best->dispatch.worst_h, o->s->year, at.month + 1, at.day, at.hour);
}

static sg_err size(sizing *o) {
  twin_power_sizing    *z = o->z;
  const twin_power_sum *y = &o->s->sum[POWER_STUDY_WHOLE];
  power_optimum         best = {.gap_frac = SIZES_GAP_FRAC};
  o->supply = o->s->supply;
  z->grid_limit_mw = o->s->grid_limit_mw;
  z->permit_mw = o->in.row->permit_mw;
  z->permit_worth_usd_per_mw_yr = isnan(z->permit_mw) ? (double)NAN : 0.0;
  z->plan_usd = y->total_usd + o->s->capital_usd + o->s->lost_usd;
  for (int32_t t = 0; t < o->s->n_h; t++) o->most_mw = number_most(o->most_mw, o->s->facility_mw[t]);
  sg_err err = find_items(o);
  if (err) return err;
  // A charge on the four peaks is one on their hours: a quarter of it for each MWh drawn in them.
  double *price = ARENA_NEW(z->a, double, o->s->n_h);
  best.dispatch.grid_mw = ARENA_NEW(z->a, double, o->s->n_h);
  if (!price || !best.dispatch.grid_mw) return SG_ERR_MEMORY;
  memcpy(price, o->s->price_usd_per_mwh, (size_t)o->s->n_h * sizeof *price);
  for (int32_t k = 0; k < o->s->peaks.n; k++)
    price[o->s->peaks.hour[k]] += o->in.tariff->coincident_usd_per_mw_yr / POWER_STUDY_COINCIDENT;
  o->supply.grid_usd_per_mwh = price;
  if (isnan(z->grid_limit_mw)) o->supply.grid_mw = 2.0 * o->most_mw + 1.0;  // room to charge by
  err = solve(o, &o->supply, z->permit_mw, o->in.diags, &best);
  if (err == SG_ERR_LIMIT && best.dispatch.worst_mw > 0.0) tell_hour(o, &best);
  if (err) return err;
  account(o, &best);
  find_worths(o, 0.01 * o->most_mw);
  return SG_OK;
}

sg_err twin_power_sizing_run(const twin_model *m, const twin_power_opts *opts, const twin_power_study *study,
                             sg_diags *diags, twin_power_sizing **out) {
  arena  *a = arena_create();
  sizing *o = a ? ARENA_NEW(a, sizing, 1) : NULL;
  *out = NULL;
  if (o) *o = (sizing){.s = study, .z = ARENA_NEW(a, twin_power_sizing, 1), .quiet = ARENA_NEW(a, sg_diags, 1)};
  if (!o || !o->z || !o->quiet) {
    arena_free(a);
    return SG_ERR_MEMORY;
  }
  o->z->a = a;
  sg_err err = study_find(m, opts, diags, &o->in);
  if (!err) err = size(o);
  if (err) arena_free(a);
  else *out = o->z;
  return err;
}

void twin_power_sizing_free(twin_power_sizing *z) {
  if (z) arena_free(z->a);
}
