// Power study: see power_study.h.
#include "power_study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "../power/plant.h"
#include "parts.h"
#include "weather.h"

enum { LAST_PRICE_YEAR = 2024, LEAP_DAY_FIRST_H = 59 * 24 };

static const int32_t month_days[POWER_MONTHS] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

#define REFUSE(code, hint, ...) diag_add(diags, SG_ERROR, (code), (diag_place){0}, (hint), __VA_ARGS__)

// What the steps of one study share.
typedef struct study_in {
  const twin_model   *m;
  const twin_view    *v;
  const twin_campus  *row;
  const power_tariff *tariff;
  int32_t             campus, index;  // index: simulated month of the state
  sg_diags           *diags;
} study_in;

twin_power_clock twin_power_clock_of(int32_t t) {
  twin_power_clock at = {0, 1, t % 24};
  for (at.day += t / 24; at.month < POWER_MONTHS - 1 && at.day > month_days[at.month];)
    at.day -= month_days[at.month++];
  return at;
}

double twin_power_units_mw(const twin_power_study *s, int32_t t) {
  double mw = 0.0;
  for (int32_t i = 0; i < s->n_unit; i++) mw += s->unit_mw[(size_t)i * (size_t)s->n_h + (size_t)t];
  return mw;
}

// ---- Which campus, when -----------------------------------------------------------------------------------

static const twin_campus_month *planned(const twin_model *m, int32_t campus, int32_t index) {
  return (const twin_campus_month *)(const void *)twin_record_at(m->plan_record + (size_t)index * m->record, m,
                                                                 SCOPE_CAMPUS, campus);
}

// IT load that the racks of commissioned halls are made for: the supply is left out, since every hour asks for it.
static double design_it_mw(const twin_model *m, int32_t campus, int32_t index) {
  const twin_view         *v = &m->plan_view;
  const twin_campus       *row = &v->campus[campus];
  const compute_rack      *rack = &v->rack[row->racks];
  const twin_campus_month *at = planned(m, campus, index);
  const double             racks_mw = at->gpus / rack->gpus * rack->it_kw * 1e-3;
  return (1.0 - row->outage_frac) * number_least(at->capacity_mw / row->facility_frac, racks_mw);
}

static sg_err find_month(study_in *in, const twin_power_opts *o) {
  const twin_model *m = in->m;
  sg_diags         *diags = in->diags;
  const int32_t     first = m->month0 / 12 + 1970, last = (m->month0 + m->n_month - 1) / 12 + 1970;
  in->index = m->n_month - 1;
  if (!o->year) return SG_OK;
  if (o->year < first || o->year > last)
    return REFUSE(SG_ERR_RANGE, "see `horizon`", "the year %d is not simulated; %d to %d are", o->year, first, last);
  in->index = (o->year - 1970) * 12 + 11 - m->month0;
  if (in->index > m->n_month - 1) in->index = m->n_month - 1;
  return SG_OK;
}

static sg_err find_campus(study_in *in, const char *name) {
  const twin_model *m = in->m;
  sg_diags         *diags = in->diags;
  const bool        any = !name || !*name;
  char              when[8];
  in->campus = -1;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    if (any ? in->campus < 0 || design_it_mw(m, c, in->index) > design_it_mw(m, in->campus, in->index)
            : !strcmp(programme_name(&m->p, CLASS_CAMPUS, c), name))
      in->campus = c;
  }
  if (in->campus < 0)
    return REFUSE(SG_ERR_NAME, "`stargate check` lists the campuses", "there is no campus '%.80s'", any ? "" : name);
  calendar_month_text(m->month0 + in->index, when);
  if (!(design_it_mw(m, in->campus, in->index) > 0.0))
    return REFUSE(SG_ERR_RANGE, "choose a later year or another campus", "by plan, no racks stand at '%.80s' in %s",
                  programme_name(&m->p, CLASS_CAMPUS, in->campus), when);
  in->v = &m->plan_view;
  in->row = &in->v->campus[in->campus];
  in->tariff = &in->v->tariff[in->row->tariff];
  return SG_OK;
}

// ---- Hours ------------------------------------------------------------------------------------------------

static bool take_arrays(twin_power_study *s) {
  const size_t n = (size_t)s->n_h;
  double     **array[] = {&s->dry_degc, &s->it_mw,        &s->pue_frac,          &s->wue_l_per_kwh, &s->facility_mw,
                          &s->grid_mw,  &s->curtailed_mw, &s->price_usd_per_mwh, &s->energy_usd,    &s->fuel_usd,
                          &s->om_usd,   &s->co2_kg,       &s->demand_usd};
  bool         taken = (s->month = ARENA_NEW(s->a, int32_t, n)) != NULL;
  for (size_t i = 0; i < sizeof array / sizeof array[0]; i++) taken = (*array[i] = ARENA_NEW(s->a, double, n)) && taken;
  s->unit_mw = ARENA_NEW(s->a, double, n *POWER_SOURCES);
  return taken && s->unit_mw;
}

// The site's year on our calendar. A year of a clock is taken as it is; where only so many quantiles of each month are
// known, they fill the month in their order, with straight lines between.
static sg_err site_hours(const study_in *in, twin_power_study *s, double *wet_degc) {
  const power_hours *h = &in->m->hours[in->row->weather];
  int32_t            count[POWER_MONTHS] = {0}, first[POWER_MONTHS], t = 0;
  for (int32_t i = h->n; i-- > 0;) count[h->month[i]]++, first[h->month[i]] = i;
  s->clock = h->clock && h->n == s->n_h;
  for (int32_t k = 0; k < POWER_MONTHS; k++) {
    const int32_t hours = 24 * month_days[k];
    if (!count[k]) return SG_ERR_RANGE;  // of no reader
    for (int32_t i = 0; i < hours; i++, t++) {
      const double  at = number_least(number_most(0.0, (i + 0.5) * count[k] / hours - 0.5), count[k] - 1.0);
      const int32_t from = first[k] + (int32_t)at, to = from + (at > floor(at));
      s->month[t] = k;
      s->dry_degc[t] = h->dry_degc[from] + (at - floor(at)) * (h->dry_degc[to] - h->dry_degc[from]);
      wet_degc[t] = h->wet_degc[from] + (at - floor(at)) * (h->wet_degc[to] - h->wet_degc[from]);
    }
  }
  return SG_OK;
}

// What racks draw and what cooling adds. Training is steady: power_work_default.
static sg_err load_hours(const study_in *in, twin_power_study *s) {
  const power_cooling *cooling = &in->v->cooling[in->row->cooling];
  const power_weather *site = &in->v->weather[in->row->weather];
  const power_work     work = power_work_default(s->design_it_mw);
  double              *wet_degc = ARENA_NEW(s->a, double, s->n_h), *limit = ARENA_NEW(s->a, double, s->n_h);
  if (!wet_degc || !limit) return SG_ERR_MEMORY;
  sg_err err = site_hours(in, s, wet_degc);
  if (err) return err;
  power_it_hours(&work, 0, s->n_h, s->it_mw);
  s->load_frac = s->it_mw[0] / s->design_it_mw;
  power_cooling_hours(cooling, site, s->dry_degc, wet_degc, s->it_mw, s->design_it_mw, s->n_h, s->pue_frac,
                      s->wue_l_per_kwh, limit);
  for (int32_t t = 0; t < s->n_h; t++) {
    const double carried = number_least(s->it_mw[t], limit[t] * s->design_it_mw);
    s->sum[s->month[t]].throttled_mwh += s->it_mw[t] - carried;
    s->it_mw[t] = carried;
    s->facility_mw[t] = carried * s->pue_frac[t];
  }
  s->design_peak_mw = power_design_peak_mw(s->design_it_mw, power_design_day_pue(cooling, site));
  return SG_OK;
}

// ---- Prices -----------------------------------------------------------------------------------------------

// Factor of a row of markets by plan. The same as the twin's paths without draws: level exp(drift years).
static double market_factor(const study_in *in, int32_t market, int32_t month) {
  const twin_market *k = market < 0 ? NULL : &in->v->market[market];
  const int32_t      at = calendar_month_of_year(in->m->month0 + in->index);
  const double       years = (in->index - at + month - in->m->report0) / 12.0;
  return k ? k->level * exp(k->drift_frac_yr * number_most(0.0, years)) : 1.0;
}

// Hours of a market in a year, built in, over their mean; the leap day is passed over. scratch holds the file meanwhile.
static sg_err price_shape(const char *file, const twin_power_study *s, arena *scratch, sg_diags *diags, double *shape) {
  diag_source *source = ARENA_NEW(scratch, diag_source, 1);
  csv_table    t;
  text_slice   note;
  int32_t      column;
  double       mean = 0.0;
  if (!source) return SG_ERR_MEMORY;
  if (!twin_embedded(file, source))
    return REFUSE(SG_ERR_RANGE, "2020 to 2024 are", "prices of %d are not built in", s->price_year);
  sg_err err = power_table_read(source, scratch, diags, &t, &note);
  if (!err) err = power_table_column(&t, "price", "usd_per_mwh", diags, &column);
  const int32_t skip = t.n_row - s->n_h;
  if (!err && skip != 0 && skip != 24) err = SG_ERR_RANGE;
  for (int32_t h = 0; h < s->n_h && !err; h++) {
    err = power_table_number(&t, h < LEAP_DAY_FIRST_H ? h : h + skip, column, -1e5, 1e5, diags, &shape[h]);
    mean += shape[h] / s->n_h;
  }
  for (int32_t h = 0; h < s->n_h && !err; h++) shape[h] /= mean;
  return err;
}

// The tariff's energy price moves through the year as the hours of its market did: a tariff whose name begins with that of a
// market with hours built in belongs to it. Others have one price a month, and so have hours without a clock.
static sg_err price_hours(const study_in *in, int32_t price_year, twin_power_study *s) {
  static const struct {
    const char *begins, *name, *file;
  } markets[] = {
      {"ercot", "ERCOT", "ercot_dam_hb_hubavg"},
      {"pjm",   "PJM",   "pjm_rt_dom"         },
      {"caiso", "CAISO", "caiso_dam_np15"     },
  };
  arena *scratch = arena_create();
  char   file[80];
  sg_err err = SG_OK;
  if (!scratch) return SG_ERR_MEMORY;
  for (int32_t t = 0; t < s->n_h; t++) s->price_usd_per_mwh[t] = 1.0;
  for (size_t i = 0; i < sizeof markets / sizeof markets[0] && !err && s->clock; i++) {
    if (strncmp(s->tariff, markets[i].begins, strlen(markets[i].begins)) != 0) continue;
    s->market = markets[i].name;
    s->price_year = price_year ? price_year : LAST_PRICE_YEAR;
    snprintf(file, sizeof file, "prices/%s_%d.csv", markets[i].file, s->price_year);
    err = price_shape(file, s, scratch, in->diags, s->price_usd_per_mwh);
  }
  const int32_t market = in->m->tariff_market[in->row->tariff];
  for (int32_t t = 0; t < s->n_h; t++)
    s->price_usd_per_mwh[t] =
        s->price_usd_per_mwh[t] * in->tariff->energy_usd_per_mwh * market_factor(in, market, s->month[t]) +
        in->tariff->delivery_usd_per_mwh;
  arena_free(scratch);
  return err;
}

// ---- Supply -----------------------------------------------------------------------------------------------

// On-site units in service, by kind, as much as can be expected of an hour: the twin's means, within the permit.
static sg_err find_units(const study_in *in, double day, twin_power_study *s) {
  sg_diags *diags = in->diags;
  double    all_mw = 0.0;
  for (int32_t i = 0; i < in->row->generation.n; i++) {
    const power_generation *g = &in->v->generation[in->row->generation.first + i];
    const power_plant      *kind = &in->v->plant[g->plant];
    power_onsite            on;
    power_onsite_on(g, 1, in->v->plant, day, &on);
    if (!(on.mean_mw > 0.0)) continue;
    if (s->n_unit == POWER_SOURCES)
      return REFUSE(SG_ERR_LIMIT, NULL, "more than %d kinds of unit on '%.80s'", POWER_SOURCES, s->campus);
    s->unit[s->n_unit++] = (twin_power_unit){.name = programme_name(&in->m->p, CLASS_PLANT, g->plant),
                                             .mw = on.mean_mw,
                                             .om_usd_per_mwh = kind->om_usd_per_mwh,
                                             .co2_kg_per_mwh = kind->co2_kg_per_mwh,
                                             .fuel_usd_per_mwh = kind->heat_rate_mmbtu_per_mwh};
    all_mw += on.mean_mw;
  }
  for (int32_t i = 0; i < s->n_unit && all_mw > in->row->permit_mw; i++) s->unit[i].mw *= in->row->permit_mw / all_mw;
  for (int32_t i = 0; i < s->n_unit; i++) {  // so far the heat rate
    double factor = 0.0;
    for (int32_t k = 0; k < POWER_MONTHS; k++) factor += market_factor(in, in->m->market_gas, k) / POWER_MONTHS;
    s->unit[i].fuel_usd_per_mwh =
        power_fuel_usd_per_mwh(s->unit[i].fuel_usd_per_mwh, in->tariff->gas_usd_per_mmbtu * factor, 0.0, 0.0);
  }
  return SG_OK;
}

// Day by which a campus's own dates are read: those of a copy are its pattern's, moved with its start.
static double own_day(const study_in *in, double day) {
  const int32_t like = in->row->like;
  if (like < 0) return day;
  return day - (twin_campus_start_day(in->v, in->m, in->campus) - twin_campus_start_day(in->v, in->m, like));
}

// Merit order, hour by hour: the rule of dispatch.h without a battery. Power is cut only where there is none.
static sg_err serve_hours(const study_in *in, double grid_mw, twin_power_study *s) {
  power_supply   supply = {.n_h = (size_t)s->n_h,
                           .month = s->month,
                           .load_mw = s->facility_mw,
                           .grid_usd_per_mwh = s->price_usd_per_mwh,
                           .grid_mw = grid_mw,
                           .demand_usd_per_mw_month = in->tariff->demand_usd_per_mw_month,
                           .n_source = s->n_unit,
                           .shed_usd_per_mwh = HUGE_VAL};
  power_dispatch dispatch = {.grid_mw = s->grid_mw, .shed_mw = s->curtailed_mw, .source_mw = s->unit_mw};
  for (int32_t i = 0; i < s->n_unit; i++)
    supply.source[i] = (power_source){.name = s->unit[i].name,
                                      .mw = s->unit[i].mw,
                                      .usd_per_mwh = s->unit[i].fuel_usd_per_mwh + s->unit[i].om_usd_per_mwh};
  sg_err err = power_supply_check(&supply, in->diags);
  if (!err) power_dispatch_run(&supply, NULL, &dispatch);
  return err;
}

static sg_err supply_hours(const study_in *in, twin_power_study *s) {
  power_onsite onsite;
  double       grid_mw, firm_mw, most_mw = 0.0;
  const double day = in->m->day0[in->index + 1];
  twin_supply_on(in->v, in->m, in->campus, day, &onsite, &grid_mw, &firm_mw);
  s->grid_limit_mw = isinf(grid_mw) ? (double)NAN : grid_mw;
  s->firm_mw = isinf(firm_mw) ? (double)NAN : firm_mw;
  for (int32_t t = 0; t < s->n_h; t++) most_mw = number_most(most_mw, s->facility_mw[t]);
  sg_err err = find_units(in, own_day(in, day), s);
  return err ? err : serve_hours(in, isinf(grid_mw) ? most_mw + 1.0 : grid_mw, s);
}

// ---- Bill and account -------------------------------------------------------------------------------------

static sg_err bill_hours(const study_in *in, twin_power_study *s) {
  power_terms terms = {.contract_kw = isnan(s->grid_limit_mw) ? 0.0 : s->grid_limit_mw * 1e3,
                       .minimum_frac = in->tariff->minimum_frac};
  double     *kw = ARENA_NEW(s->a, double, s->n_h), *usd_per_kwh = ARENA_NEW(s->a, double, s->n_h);
  if (!kw || !usd_per_kwh) return SG_ERR_MEMORY;
  for (int32_t t = 0; t < s->n_h; t++) kw[t] = s->grid_mw[t] * 1e3, usd_per_kwh[t] = s->price_usd_per_mwh[t] * 1e-3;
  for (int32_t k = 0; k < POWER_MONTHS; k++) terms.demand_usd_per_kw[k] = in->tariff->demand_usd_per_mw_month * 1e-3;
  terms.energy_usd_per_kwh = usd_per_kwh;
  return power_bill_run(&terms, kw, s->month, (size_t)s->n_h, in->diags, &s->bill);
}

static void account_hour(const study_in *in, twin_power_study *s, int32_t t) {
  twin_power_sum *sum = &s->sum[s->month[t]];
  const double    served = s->facility_mw[t] > 0.0 ? 1.0 - s->curtailed_mw[t] / s->facility_mw[t] : 0.0;
  s->energy_usd[t] = s->grid_mw[t] * s->price_usd_per_mwh[t];
  s->co2_kg[t] = s->grid_mw[t] * in->tariff->grid_co2_kg_per_mwh;
  for (int32_t i = 0; i < s->n_unit; i++) {
    twin_power_unit *u = &s->unit[i];
    const double     mw = s->unit_mw[(size_t)i * (size_t)s->n_h + (size_t)t];
    s->fuel_usd[t] += mw * u->fuel_usd_per_mwh;
    s->om_usd[t] += mw * u->om_usd_per_mwh;
    s->co2_kg[t] += mw * u->co2_kg_per_mwh;
    sum->onsite_mwh += mw;
    u->mwh += mw;
    u->fuel_usd += mw * u->fuel_usd_per_mwh;
    u->om_usd += mw * u->om_usd_per_mwh;
    u->co2_t += mw * u->co2_kg_per_mwh * 1e-3;
  }
  sum->it_mwh += s->it_mw[t];
  sum->it_served_mwh += s->it_mw[t] * served;
  sum->facility_mwh += s->facility_mw[t];
  sum->grid_mwh += s->grid_mw[t];
  sum->curtailed_mwh += s->curtailed_mw[t];
  sum->water_m3 += s->it_mw[t] * served * s->wue_l_per_kwh[t];  // 1 MWh at 1 L/kWh is 1 m3
  sum->peak_mw = number_most(sum->peak_mw, s->facility_mw[t]);
  sum->energy_usd += s->energy_usd[t];
  sum->fuel_usd += s->fuel_usd[t];
  sum->om_usd += s->om_usd[t];
  sum->co2_t += s->co2_kg[t] * 1e-3;
}

static void close_sum(twin_power_sum *sum) {
  const double supplied = sum->grid_mwh + sum->onsite_mwh;
  sum->pue_frac = sum->it_mwh > 0.0 ? sum->facility_mwh / sum->it_mwh : 1.0;
  sum->wue_l_per_kwh = sum->it_served_mwh > 0.0 ? sum->water_m3 / sum->it_served_mwh : 0.0;
  sum->total_usd = sum->energy_usd + sum->demand_usd + sum->fuel_usd + sum->om_usd;
  sum->usd_per_mwh = supplied > 0.0 ? sum->total_usd / supplied : 0.0;
}

static void add_to_year(const twin_power_sum *of, twin_power_sum *year) {
  const double weight = year->it_mwh + of->it_mwh;  // table_pue_frac: mean by IT energy
  if (weight > 0.0)
    year->table_pue_frac = (year->table_pue_frac * year->it_mwh + of->table_pue_frac * of->it_mwh) / weight;
  year->hours_h += of->hours_h;
  year->it_mwh += of->it_mwh;
  year->it_served_mwh += of->it_served_mwh;
  year->facility_mwh += of->facility_mwh;
  year->grid_mwh += of->grid_mwh;
  year->onsite_mwh += of->onsite_mwh;
  year->curtailed_mwh += of->curtailed_mwh;
  year->throttled_mwh += of->throttled_mwh;
  year->water_m3 += of->water_m3;
  year->peak_mw = number_most(year->peak_mw, of->peak_mw);
  year->grid_peak_mw = number_most(year->grid_peak_mw, of->grid_peak_mw);
  year->billed_mw = number_most(year->billed_mw, of->billed_mw);
  year->energy_usd += of->energy_usd;
  year->demand_usd += of->demand_usd;
  year->fuel_usd += of->fuel_usd;
  year->om_usd += of->om_usd;
  year->co2_t += of->co2_t;
}

static void account(const study_in *in, twin_power_study *s) {
  const power_cooling       *cooling = &in->v->cooling[in->row->cooling];
  const power_cooling_table *table = &in->m->cooling_table[in->campus];
  for (int32_t t = 0; t < s->n_h; t++) account_hour(in, s, t);
  for (int32_t k = 0; k < POWER_MONTHS; k++) {
    twin_power_sum *sum = &s->sum[k];
    sum->hours_h = 24.0 * month_days[k];
    sum->table_pue_frac = power_table_pue(cooling, table, k, s->load_frac);
    sum->grid_peak_mw = s->bill.peak_kw[k] * 1e-3;
    sum->billed_mw = s->bill.billed_kw[k] * 1e-3;
    sum->demand_usd = sum->billed_mw * in->tariff->demand_usd_per_mw_month;
    close_sum(sum);
    add_to_year(sum, &s->sum[POWER_STUDY_WHOLE]);
  }
  close_sum(&s->sum[POWER_STUDY_WHOLE]);
  for (int32_t t = 0; t < s->n_h; t++) s->demand_usd[t] = s->sum[s->month[t]].demand_usd / s->sum[s->month[t]].hours_h;
}

// ---- Worst hours ------------------------------------------------------------------------------------------

static double hour_usd(const twin_power_study *s, int32_t t) {
  return s->energy_usd[t] + s->fuel_usd[t] + s->om_usd[t];
}
static double hour_heat(const twin_power_study *s, int32_t t) { return s->dry_degc[t]; }
static double hour_short(const twin_power_study *s, int32_t t) { return s->curtailed_mw[t]; }

// The hours of the highest values above `least`, ties to the earlier.
static void worst_hours(const twin_power_study *s, double (*value)(const twin_power_study *, int32_t), double least,
                        twin_power_worst *out) {
  for (int32_t t = 0; t < s->n_h; t++) {
    const double x = value(s, t);
    int32_t      at = out->n;
    if (!(x > least) || (at == POWER_STUDY_WORST && !(x > value(s, out->hour[at - 1])))) continue;
    if (at == POWER_STUDY_WORST) at--;
    else out->n++;
    for (; at > 0 && x > value(s, out->hour[at - 1]); at--) out->hour[at] = out->hour[at - 1];
    out->hour[at] = t;
  }
}

// ---- All of it --------------------------------------------------------------------------------------------

static sg_err study(const study_in *in, int32_t price_year, twin_power_study *s) {
  const twin_model *m = in->m;
  s->campus = programme_name(&m->p, CLASS_CAMPUS, in->campus);
  s->weather = programme_name(&m->p, CLASS_WEATHER, in->row->weather);
  s->cooling = programme_name(&m->p, CLASS_COOLING, in->row->cooling);
  s->tariff = programme_name(&m->p, CLASS_TARIFF, in->row->tariff);
  s->state_month = m->month0 + in->index;
  s->year = 1970 + s->state_month / 12;
  s->design_it_mw = design_it_mw(m, in->campus, in->index);
  s->gpus = planned(m, in->campus, in->index)->gpus;
  s->n_h = POWER_STUDY_HOURS;
  sg_err err = take_arrays(s) ? load_hours(in, s) : SG_ERR_MEMORY;
  if (!err) err = price_hours(in, price_year, s);
  if (!err) err = supply_hours(in, s);
  if (!err) err = bill_hours(in, s);
  if (err) return err;
  account(in, s);
  worst_hours(s, hour_heat, -HUGE_VAL, &s->hottest);
  worst_hours(s, hour_usd, -HUGE_VAL, &s->dearest);
  worst_hours(s, hour_short, 1e-9, &s->shortest);
  return SG_OK;
}

sg_err twin_power_study_run(const twin_model *m, const twin_power_opts *opts, sg_diags *diags, twin_power_study **out) {
  study_in in = {.m = m, .diags = diags};
  *out = NULL;
  sg_err err = find_month(&in, opts);
  if (!err) err = find_campus(&in, opts->campus);
  if (err) return err;
  arena            *a = arena_create();
  twin_power_study *s = a ? ARENA_NEW(a, twin_power_study, 1) : NULL;
  if (s) s->a = a;
  err = s ? study(&in, opts->price_year, s) : SG_ERR_MEMORY;
  if (err) arena_free(a);
  else *out = s;
  return err;
}

void twin_power_study_free(twin_power_study *s) {
  if (s) arena_free(s->a);
}
