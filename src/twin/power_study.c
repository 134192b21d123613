// Power study: see power_study.h.
#include "power_study.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "../power/price.h"
#include "../programme/embedded.h"
#include "hubs.h"
#include "parts.h"
#include "power_study_parts.h"
#include "weather.h"

enum { FIRST_PRICE_YEAR = 2020, LAST_PRICE_YEAR = 2024, LEAP_DAY_FIRST_H = 59 * 24 };

static const int32_t month_days[POWER_MONTHS] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

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

// What is asked for, or what the plan has.
static double asked_it_mw(const study_in *in, int32_t campus) {
  return in->it_mw > 0.0 ? in->it_mw : design_it_mw(in->m, campus, in->index);
}

static double rack_gpus(const study_in *in) {
  const compute_rack *rack = &in->v->rack[in->row->racks];
  return floor(in->it_mw * 1e3 / rack->it_kw) * rack->gpus;
}

static sg_err find_month(study_in *in, const twin_power_opts *o) {
  const twin_model *m = in->m;
  const int32_t     first = m->month0 / 12 + 1970, last = (m->month0 + m->n_month - 1) / 12 + 1970;
  in->index = m->n_month - 1;
  if (!o->year) return SG_OK;
  if (o->year < first || o->year > last)
    return STUDY_REFUSE(in, SG_ERR_RANGE, "see `horizon`", "the year %d is not simulated; %d to %d are", o->year, first,
                        last);
  in->index = (o->year - 1970) * 12 + 11 - m->month0;
  if (in->index > m->n_month - 1) in->index = m->n_month - 1;
  return SG_OK;
}

static sg_err find_campus(study_in *in, const char *name) {
  const twin_model *m = in->m;
  const bool        any = !name || !*name;
  char              when[8];
  in->campus = -1;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    if (any ? in->campus < 0 || design_it_mw(m, c, in->index) > design_it_mw(m, in->campus, in->index)
            : !strcmp(programme_name(&m->p, CLASS_CAMPUS, c), name))
      in->campus = c;
  }
  if (in->campus < 0)
    return STUDY_REFUSE(in, SG_ERR_NAME, "`stargate check` lists the campuses", "there is no campus '%.80s'",
                        any ? "" : name);
  calendar_month_text(m->month0 + in->index, when);
  if (!(asked_it_mw(in, in->campus) > 0.0))
    return STUDY_REFUSE(in, SG_ERR_RANGE, "choose a later year or another campus",
                        "by plan, no racks stand at '%.80s' in %s", programme_name(&m->p, CLASS_CAMPUS, in->campus),
                        when);
  in->v = &m->plan_view;
  in->row = &in->v->campus[in->campus];
  in->tariff = &in->v->tariff[in->row->tariff];
  in->elevation_m = in->v->weather[in->row->weather].elevation_m;
  // A copy's own dates are its pattern's, moved with its start.
  in->day = m->day0[in->index + 1];
  if (in->row->like >= 0)
    in->day -= twin_campus_start_day(in->v, m, in->campus) - twin_campus_start_day(in->v, m, in->row->like);
  return SG_OK;
}

// ---- Hours ------------------------------------------------------------------------------------------------

static bool take_arrays(twin_power_study *s) {
  const size_t n = (size_t)s->n_h;
  double     **array[] = {&s->dry_degc,    &s->it_mw,     &s->pue_frac,     &s->wue_l_per_kwh,
                          &s->facility_mw, &s->grid_mw,   &s->curtailed_mw, &s->price_usd_per_mwh,
                          &s->energy_usd,  &s->fuel_usd,  &s->om_usd,       &s->co2_kg,
                          &s->demand_usd,  &s->charge_mw, &s->discharge_mw, &s->soc_mwh};
  bool         taken = (s->month = ARENA_NEW(s->a, int32_t, n)) != NULL;
  for (size_t i = 0; i < sizeof array / sizeof array[0]; i++) taken = (*array[i] = ARENA_NEW(s->a, double, n)) && taken;
  s->unit_mw = ARENA_NEW(s->a, double, n *POWER_SOURCES);
  return taken && s->unit_mw;
}

// Markets with hours built in, and the city whose weather goes with them.
static const struct {
  const char *name, *prices, *weather, *city;
} markets[POWER_HUBS] = {
    [POWER_HUB_ERCOT] = {"ERCOT", "ercot_dam_hb_hubavg", "hub_ercot", "Dallas"      },
    [POWER_HUB_PJM] = {"PJM",   "pjm_rt_dom",          "hub_pjm",   "Philadelphia"},
    [POWER_HUB_CAISO] = {"CAISO", "caiso_dam_np15",      "hub_caiso", "Santa Clara" },
};

typedef struct year_column {
  const char *name, *unit;
  double      low, high;
} year_column;

// A column of a built-in table for the study's price year, whose first hour is row first_row; a leap day is passed over.
static sg_err read_year(const study_in *in, const char *file, year_column of, int32_t first_row, double *out) {
  arena        *scratch = arena_create();
  diag_source  *source = scratch ? ARENA_NEW(scratch, diag_source, 1) : NULL;
  const int32_t skip = (int32_t)power_year_hours(in->price_year) - POWER_STUDY_HOURS;
  csv_table     t;
  text_slice    note;
  int32_t       column;
  sg_err        err = source ? SG_OK : SG_ERR_MEMORY;
  if (!err && !programme_embedded_find(file, source))
    err = STUDY_REFUSE(in, SG_ERR_RANGE, "2020 to 2024 are", "hours of %d are not built in", in->price_year);
  if (!err) err = power_table_read(source, scratch, in->diags, &t, &note);
  if (!err) err = power_table_column(&t, of.name, of.unit, in->diags, &column);
  if (!err && t.n_row < first_row + POWER_STUDY_HOURS + skip)
    err = STUDY_REFUSE(in, SG_ERR_RANGE, NULL, "'%s' has %d rows; %d are needed", file, t.n_row,
                       first_row + POWER_STUDY_HOURS + skip);
  for (int32_t h = 0; h < POWER_STUDY_HOURS && !err; h++)
    err = power_table_number(&t, first_row + h + (h < LEAP_DAY_FIRST_H ? 0 : skip), column, of.low, of.high, in->diags,
                             &out[h]);
  arena_free(scratch);
  return err;
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

static void monthly_means(const twin_power_study *s, const double *at, double mean[POWER_MONTHS]) {
  for (int32_t k = 0; k < POWER_MONTHS; k++) mean[k] = 0.0;
  for (int32_t t = 0; t < s->n_h; t++) mean[s->month[t]] += at[t] / (24.0 * month_days[s->month[t]]);
}

// The weather of the hours whose prices are paid: that of the market's city, moved month by month to the site's means, which
// keeps what is unusual in it. Source: shift of Belcher, Hacker and Powell, Building Services Engineering Research and
// Technology 26 (2005) 49, sec. 3; between places: assumption, see docs/assumptions.md#paired-years.
static sg_err paired_hours(const study_in *in, twin_power_study *s, double *wet_degc) {
  char    file[80];
  double *there = ARENA_NEW(s->a, double, s->n_h), here[POWER_MONTHS], mean[POWER_MONTHS];
  size_t  before_h = 0;
  if (!there) return SG_ERR_MEMORY;
  for (int32_t y = FIRST_PRICE_YEAR; y < s->price_year; y++) before_h += power_year_hours(y);
  snprintf(file, sizeof file, "weather/%s_2020_2024.csv", markets[in->tariff->hub].weather);
  double *const     at[] = {s->dry_degc, wet_degc};
  const year_column column[] = {
      {"dry_bulb", "C", -60, 60},
      {"wet_bulb", "C", -60, 60}
  };
  for (int i = 0; i < 2; i++) {
    const sg_err err = read_year(in, file, column[i], (int32_t)before_h, there);
    if (err) return err;
    monthly_means(s, at[i], here);
    monthly_means(s, there, mean);
    for (int32_t t = 0; t < s->n_h; t++) at[i][t] = there[t] + here[s->month[t]] - mean[s->month[t]];
  }
  for (int32_t t = 0; t < s->n_h; t++) wet_degc[t] = number_least(wet_degc[t], s->dry_degc[t]);
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
  if (!err && s->clock && in->tariff->hub != POWER_HUB_NONE) {
    s->market = markets[in->tariff->hub].name;
    s->price_year = in->drawn ? 0 : in->price_year;
    s->drawn = in->drawn, s->price_seed = in->price_seed;
    if (in->paired) s->city = markets[in->tariff->hub].city, err = paired_hours(in, s, wet_degc);
  }
  if (!err && in->drawn && !s->market)
    err = s->clock ? STUDY_REFUSE(in, SG_ERR_RANGE, "tariffs.NAME.hub: ercot, pjm or caiso; or leave out --prices",
                                  "no hours can be drawn: the tariff '%.80s' follows no market", s->tariff)
                   : STUDY_REFUSE(in, SG_ERR_RANGE, "a place as the catalogue has it, without months of its own",
                                  "no hours can be drawn: the weather '%.80s' is known by month only", s->weather);
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

// The same as the twin's paths without draws: level exp(drift years).
double study_market_factor(const study_in *in, int32_t market, int32_t month) {
  const twin_market *k = market < 0 ? NULL : &in->v->market[market];
  const int32_t      at = calendar_month_of_year(in->m->month0 + in->index);
  const double       years = (in->index - at + month - in->m->report0) / 12.0;
  return k ? k->level * exp(k->drift_frac_yr * number_most(0.0, years)) : 1.0;
}

// The tariff's energy price moves through the year as the hours of its market did, or as they might have. Tariffs without a
// market have one price a month, and so have hours without a clock.
static sg_err price_hours(const study_in *in, twin_power_study *s) {
  const int32_t market = in->m->tariff_market[in->row->tariff];
  char          file[80];
  double        mean = 0.0;
  sg_err        err = SG_OK;
  for (int32_t t = 0; t < s->n_h; t++) s->price_usd_per_mwh[t] = 1.0;
  if (s->drawn) err = twin_hub_draw(in->tariff->hub, s->price_seed, in->diags, s->price_usd_per_mwh);
  else if (s->market) {
    snprintf(file, sizeof file, "prices/%s_%d.csv", markets[in->tariff->hub].prices, s->price_year);
    err = read_year(in, file, (year_column){"price", "usd_per_mwh", -1e5, 1e5}, 0, s->price_usd_per_mwh);
  }
  for (int32_t t = 0; t < s->n_h; t++) mean += s->price_usd_per_mwh[t] / s->n_h;
  for (int32_t t = 0; t < s->n_h && !err; t++)
    s->price_usd_per_mwh[t] =
        s->price_usd_per_mwh[t] / mean * in->tariff->energy_usd_per_mwh * study_market_factor(in, market, s->month[t]) +
        in->tariff->delivery_usd_per_mwh;
  return err;
}

// ---- Bill and account -------------------------------------------------------------------------------------

static sg_err bill_hours(const study_in *in, twin_power_study *s) {
  power_terms terms = {.contract_kw = isnan(s->grid_limit_mw) ? 0.0 : s->grid_limit_mw * 1e3,
                       .minimum_frac = in->tariff->minimum_frac};
  double     *kw = ARENA_NEW(s->a, double, s->n_h), *usd_per_kwh = ARENA_NEW(s->a, double, s->n_h);
  if (!kw || !usd_per_kwh) return SG_ERR_MEMORY;
  for (int32_t t = 0; t < s->n_h; t++) kw[t] = s->grid_mw[t] * 1e3, usd_per_kwh[t] = s->price_usd_per_mwh[t] * 1e-3;
  if (in->tariff->coincident_usd_per_mw_yr > 0.0)
    terms.coincident[terms.n_coincident++] =
        (power_coincident){s->peaks.hour, POWER_STUDY_COINCIDENT, true, in->tariff->coincident_usd_per_mw_yr * 1e-3};
  for (int32_t k = 0; k < POWER_MONTHS; k++) terms.demand_usd_per_kw[k] = in->tariff->demand_usd_per_mw_month * 1e-3;
  terms.energy_usd_per_kwh = usd_per_kwh;
  return power_bill_run(&terms, kw, s->month, (size_t)s->n_h, in->diags, &s->bill);
}

static void account_hour(const study_in *in, twin_power_study *s, int32_t t) {
  twin_power_sum *sum = &s->sum[s->month[t]];
  const double    served = s->facility_mw[t] > 0.0 ? 1.0 - s->curtailed_mw[t] / s->facility_mw[t] : 0.0;
  s->energy_usd[t] = s->grid_mw[t] * s->price_usd_per_mwh[t];
  s->co2_kg[t] += s->grid_mw[t] * in->tariff->grid_co2_kg_per_mwh;
  sum->onsite_mwh += twin_power_units_mw(s, t);
  sum->charge_mwh += s->charge_mw[t];
  sum->discharge_mwh += s->discharge_mw[t];
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
  const double supplied = sum->facility_mwh - sum->curtailed_mwh;
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
  year->charge_mwh += of->charge_mwh;
  year->discharge_mwh += of->discharge_mwh;
  year->curtailed_mwh += of->curtailed_mwh;
  year->throttled_mwh += of->throttled_mwh;
  year->water_m3 += of->water_m3;
  year->firm_it_mw = number_least(year->firm_it_mw, of->firm_it_mw);
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
  s->sum[POWER_STUDY_WHOLE].firm_it_mw = isnan(s->grid_limit_mw) ? (double)NAN : HUGE_VAL;
  for (int32_t k = 0; k < POWER_MONTHS; k++) {
    twin_power_sum *sum = &s->sum[k];
    sum->hours_h = 24.0 * month_days[k];
    sum->table_pue_frac = power_table_pue(cooling, table, k, s->load_frac);
    sum->grid_peak_mw = s->bill.peak_kw[k] * 1e-3;
    sum->billed_mw = s->bill.billed_kw[k] * 1e-3;
    sum->demand_usd = sum->billed_mw * in->tariff->demand_usd_per_mw_month + s->bill.coincident_usd / POWER_MONTHS;
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

static sg_err study(const study_in *in, twin_power_study *s) {
  const twin_model *m = in->m;
  s->campus = programme_name(&m->p, CLASS_CAMPUS, in->campus);
  s->weather = programme_name(&m->p, CLASS_WEATHER, in->row->weather);
  s->cooling = programme_name(&m->p, CLASS_COOLING, in->row->cooling);
  s->tariff = programme_name(&m->p, CLASS_TARIFF, in->row->tariff);
  s->state_month = m->month0 + in->index;
  s->year = 1970 + s->state_month / 12;
  s->design_it_mw = asked_it_mw(in, in->campus);
  s->gpus = in->it_mw > 0.0 ? rack_gpus(in) : planned(m, in->campus, in->index)->gpus;
  s->n_h = POWER_STUDY_HOURS;
  sg_err err = take_arrays(s) ? load_hours(in, s) : SG_ERR_MEMORY;
  if (!err) err = price_hours(in, s);
  if (!err) err = study_supply(in, s);
  if (!err) study_peaks(in, s);
  if (!err) err = bill_hours(in, s);
  if (err) return err;
  account(in, s);
  if (!isnan(s->lost_load_usd_per_mwh))
    s->lost_usd = s->lost_load_usd_per_mwh * s->sum[POWER_STUDY_WHOLE].curtailed_mwh;
  worst_hours(s, hour_heat, -HUGE_VAL, &s->hottest);
  worst_hours(s, hour_usd, -HUGE_VAL, &s->dearest);
  worst_hours(s, hour_short, 1e-9, &s->shortest);
  return SG_OK;
}

sg_err study_find(const twin_model *m, const twin_power_opts *opts, sg_diags *diags, study_in *in) {
  *in = (study_in){.m = m,
                   .diags = diags,
                   .it_mw = opts->it_mw,
                   .paired = opts->price_year != 0 && !opts->drawn,
                   .drawn = opts->drawn,
                   .price_seed = opts->price_seed,
                   .price_year = opts->price_year ? opts->price_year : LAST_PRICE_YEAR};
  sg_err err = find_month(in, opts);
  return err ? err : find_campus(in, opts->campus);
}

sg_err twin_power_study_run(const twin_model *m, const twin_power_opts *opts, sg_diags *diags, twin_power_study **out) {
  study_in in;
  *out = NULL;
  sg_err err = study_find(m, opts, diags, &in);
  if (err) return err;
  arena            *a = arena_create();
  twin_power_study *s = a ? ARENA_NEW(a, twin_power_study, 1) : NULL;
  if (s) s->a = a;
  err = s ? study(&in, s) : SG_ERR_MEMORY;
  if (err) arena_free(a);
  else *out = s;
  return err;
}

void twin_power_study_free(twin_power_study *s) {
  if (s) arena_free(s->a);
}
