// Hubs: see hubs.h.
#include "hubs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "../programme/embedded.h"
#include "weather.h"

enum { MONTHS = POWER_MONTHS * TWIN_HUB_YEARS };

// Offer caps as they stand: PUCT 52631, 2021-12 (ERCOT, since 2022); PJM and CAISO: FERC order 831, 2016, with PJM's adders.
static const struct {
  const char *prices;
  const char *weather;
  double      cap_usd_per_mwh;
} hubs[POWER_HUBS] = {
    [POWER_HUB_ERCOT] = {"ercot_dam_hb_hubavg", "hub_ercot", 5000.0},
    [POWER_HUB_PJM] = {"pjm_rt_dom",          "hub_pjm",   3700.0},
    [POWER_HUB_CAISO] = {"caiso_dam_np15",      "hub_caiso", 2000.0},
};

// Five years of one market, hours in order; scratch of what is made of them.
typedef struct history {
  int32_t              n_h;
  int32_t             *month;  // (n_h) 0 .. 59
  double              *usd_per_mwh, *dry_degc, *wet_degc;
  double              *price_frac;  // over the programme's own price
  double               gas_usd_per_mmbtu[MONTHS];
  double               mean_frac[MONTHS];  // of price_frac
  int32_t              first_h[MONTHS + 1];
  int32_t             *order;   // (n_h) of each year the hours by falling price, counted from its first
  int32_t              middle;  // the year whose mean is the third of five
  power_price_process *process;
} history;

// ---- Files ------------------------------------------------------------------------------------------------

// Columns of a built-in table, as many as have a place in `out`, from the row whose first field is not less than `from` on (NULL: the
// first row), `most` rows at most.
typedef struct column {
  const char *name, *unit;
  double      low, high, *out;
} column;

static sg_err read_columns(const char *file, const column *columns, int32_t n_column, const char *from, int32_t most,
                           sg_diags *diags, int32_t *n_out) {
  arena       *scratch = arena_create();
  diag_source *source = scratch ? ARENA_NEW(scratch, diag_source, 1) : NULL;
  csv_table    t;
  text_slice   note;
  int32_t      at[2], n = 0;
  sg_err       err = !source ? SG_ERR_MEMORY : programme_embedded_find(file, source) ? SG_OK : SG_ERR_NAME;
  if (!err) err = power_table_read(source, scratch, diags, &t, &note);
  for (int32_t c = 0; c < n_column && !err; c++)
    err = power_table_column(&t, columns[c].name, columns[c].unit, diags, &at[c]);
  for (int32_t r = 0; !err && r < t.n_row && n < most; r++) {
    const text_slice first = csv_field(&t, r, 0);
    if (from && (first.n < strlen(from) || memcmp(first.at, from, strlen(from)) < 0)) continue;
    for (int32_t c = 0; c < n_column && !err; c++)
      err = power_table_number(&t, r, at[c], columns[c].low, columns[c].high, diags, &columns[c].out[n]);
    n++;
  }
  arena_free(scratch);
  *n_out = n;
  return err;
}

static sg_err read_prices(int32_t hub, sg_diags *diags, history *h) {
  char    file[80];
  int32_t n, at = 0;
  sg_err  err = SG_OK;
  for (int32_t y = TWIN_HUB_FIRST_YEAR; y < TWIN_HUB_FIRST_YEAR + TWIN_HUB_YEARS && !err; y++) {
    const int32_t want = (int32_t)power_year_hours(y);
    const column  price = {"price", "usd_per_mwh", -1e5, 1e5, h->usd_per_mwh + at};
    snprintf(file, sizeof file, "prices/%s_%d.csv", hubs[hub].prices, y);
    err = read_columns(file, &price, 1, NULL, want, diags, &n);
    if (!err && n != want) err = SG_ERR_RANGE;
    at += want;
  }
  const column gas = {"gas", "usd_per_mmbtu", 0, 1e3, h->gas_usd_per_mmbtu};
  if (!err) err = read_columns("prices/henry_hub_monthly.csv", &gas, 1, "2020-01", MONTHS, diags, &n);
  return err ? err : n == MONTHS ? SG_OK : SG_ERR_RANGE;
}

static sg_err read_weather(int32_t hub, sg_diags *diags, history *h) {
  const column air[] = {
      {"dry_bulb", "C", -60, 60, h->dry_degc},
      {"wet_bulb", "C", -60, 60, h->wet_degc}
  };
  char    file[80];
  int32_t n;
  snprintf(file, sizeof file, "weather/%s_2020_2024.csv", hubs[hub].weather);
  const sg_err err = read_columns(file, air, 2, NULL, h->n_h, diags, &n);
  return err ? err : n == h->n_h ? SG_OK : SG_ERR_RANGE;
}

// ---- A year that was not ----------------------------------------------------------------------------------

static void draw_year(const power_price_process *p, double gas_usd_per_mmbtu, uint64_t seed, double *usd_per_mwh) {
  const stream      s = {.seed = seed};
  double            gas[POWER_MONTHS], level[POWER_MONTHS];
  power_price_carry carry = {0};
  for (int32_t k = 0; k < POWER_MONTHS; k++) gas[k] = gas_usd_per_mmbtu;
  power_price_levels(p, gas, 0, POWER_MONTHS, s, stream_key("power.drawn-level"), level);
  for (int32_t k = 0; k < POWER_MONTHS; k++) {
    const size_t n = 24 * (size_t)calendar_days_in_month(k);  // of 1970: no leap day
    power_price_hours(p, level[k], k, n, s, stream_key("power.drawn-hours"), (uint32_t)k, &carry, usd_per_mwh);
    usd_per_mwh += n;
  }
}

sg_err twin_hub_draw(int32_t hub, uint64_t seed, sg_diags *diags, double *usd_per_mwh) {
  arena                    *a = arena_create();
  double                   *scratch = a ? ARENA_NEW(a, double, 744 * (TWIN_HUB_YEARS + 1)) : NULL, gas = 0.0;
  history                   h = {.usd_per_mwh = a ? ARENA_NEW(a, double, TWIN_HUB_YEARS *POWER_LEAP_HOURS) : NULL};
  power_price_process       process;
  sg_err                    err = scratch && h.usd_per_mwh ? read_prices(hub, diags, &h) : SG_ERR_MEMORY;
  const power_price_history past = {TWIN_HUB_FIRST_YEAR, TWIN_HUB_YEARS, h.usd_per_mwh, h.gas_usd_per_mmbtu};
  if (!err) err = power_price_fit(&past, hubs[hub].cap_usd_per_mwh, scratch, diags, &process);
  for (int32_t k = 0; k < MONTHS && !err; k++) gas += h.gas_usd_per_mmbtu[k] / MONTHS;
  if (!err) draw_year(&process, gas, seed, usd_per_mwh);
  arena_free(a);
  return err;
}

// ---- Prices over the programme's own ----------------------------------------------------------------------

static int rising(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Each hour over the level of its month, times the season of levels; all over their mean, so that the mean is 1.
static void relate_prices(double cap_usd_per_mwh, double *scratch, history *h) {
  double year_mean[TWIN_HUB_YEARS] = {0}, sorted[TWIN_HUB_YEARS], mean = 0.0;
  for (int32_t k = 0; k < MONTHS; k++) {
    const int32_t first = h->first_h[k], n = h->first_h[k + 1] - first;
    const double  level = power_price_level(h->usd_per_mwh + first, (size_t)n, scratch);
    const double  season = exp(h->process->season[k % POWER_MONTHS]);
    h->mean_frac[k] = 0.0;
    for (int32_t t = first; t < first + n; t++) {
      h->price_frac[t] = number_least(h->usd_per_mwh[t], cap_usd_per_mwh) / level * season;
      h->mean_frac[k] += h->price_frac[t] / n;
    }
    year_mean[k / POWER_MONTHS] += h->mean_frac[k] / POWER_MONTHS;
    mean += h->mean_frac[k] / MONTHS;
  }
  for (int32_t t = 0; t < h->n_h; t++) h->price_frac[t] /= mean;
  for (int32_t k = 0; k < MONTHS; k++) h->mean_frac[k] /= mean;
  memcpy(sorted, year_mean, sizeof sorted);
  qsort(sorted, TWIN_HUB_YEARS, sizeof *sorted, rising);
  while (year_mean[h->middle] != sorted[TWIN_HUB_YEARS / 2]) h->middle++;
}

typedef struct priced_hour {
  double  usd_per_mwh;
  int32_t hour;
} priced_hour;

static int falling(const void *a, const void *b) {
  const priced_hour *x = a, *y = b;
  if (x->usd_per_mwh != y->usd_per_mwh) return x->usd_per_mwh > y->usd_per_mwh ? -1 : 1;
  return x->hour - y->hour;
}

// Once for all places.
static bool order_hours(arena *a, history *h) {
  priced_hour *sorted = ARENA_NEW(a, priced_hour, POWER_LEAP_HOURS);
  h->order = ARENA_NEW(a, int32_t, h->n_h);
  if (!sorted || !h->order) return false;
  for (int32_t y = 0; y < TWIN_HUB_YEARS; y++) {
    const int32_t first = h->first_h[POWER_MONTHS * y], n = h->first_h[POWER_MONTHS * (y + 1)] - first;
    for (int32_t t = 0; t < n; t++) sorted[t] = (priced_hour){h->usd_per_mwh[first + t], t};
    qsort(sorted, (size_t)n, sizeof *sorted, falling);
    for (int32_t t = 0; t < n; t++) h->order[first + t] = sorted[t].hour;
  }
  return true;
}

static sg_err make_history(int32_t hub, arena *a, sg_diags *diags, power_price_process *process, history *h) {
  *h = (history){.process = process};
  for (int32_t k = 0; k < MONTHS; k++)
    h->first_h[k + 1] = h->first_h[k] + 24 * calendar_days_in_month((TWIN_HUB_FIRST_YEAR - 1970) * 12 + k);
  h->n_h = h->first_h[MONTHS];
  double *scratch = ARENA_NEW(a, double, 744);
  h->month = ARENA_NEW(a, int32_t, h->n_h);
  double **const array[] = {&h->usd_per_mwh, &h->dry_degc, &h->wet_degc, &h->price_frac};
  bool           taken = scratch && h->month;
  for (size_t i = 0; i < sizeof array / sizeof array[0]; i++)
    taken = (*array[i] = ARENA_NEW(a, double, h->n_h)) && taken;
  if (!taken) return SG_ERR_MEMORY;
  for (int32_t k = 0; k < MONTHS; k++)
    for (int32_t t = h->first_h[k]; t < h->first_h[k + 1]; t++) h->month[t] = k;
  sg_err err = read_prices(hub, diags, h);
  if (!err) err = read_weather(hub, diags, h);
  const power_price_history past = {TWIN_HUB_FIRST_YEAR, TWIN_HUB_YEARS, h->usd_per_mwh, h->gas_usd_per_mmbtu};
  if (!err) err = power_price_fit_levels(&past, scratch, diags, process);
  if (!err) relate_prices(hubs[hub].cap_usd_per_mwh, scratch, h);
  return err || order_hours(a, h) ? err : SG_ERR_MEMORY;
}

// ---- Places -----------------------------------------------------------------------------------------------

// Hours of one place in one year, as they are filled.
typedef struct year_hours {
  int32_t        n_h;
  int32_t       *month;  // 0 .. 11
  const int32_t *order;  // NULL: not known
  double        *price_frac, *dry_degc, *wet_degc, *it_mw, *pue_frac, *water_l_per_kwh;
  power_hour    *scratch;
} year_hours;

static bool take_year(arena *a, int32_t n, year_hours *y) {
  double **const array[] = {&y->price_frac, &y->dry_degc, &y->wet_degc, &y->it_mw, &y->pue_frac, &y->water_l_per_kwh};
  bool           taken = (y->month = ARENA_NEW(a, int32_t, n)) != NULL;
  for (size_t i = 0; i < sizeof array / sizeof array[0]; i++) taken = (*array[i] = ARENA_NEW(a, double, n)) && taken;
  for (int32_t t = 0; taken && t < n; t++) y->it_mw[t] = 1.0;
  return (y->scratch = ARENA_NEW(a, power_hour, 2 * n)) && taken;
}

// Means of dry and wet bulb by month.
static void monthly_means(int32_t n_h, const int32_t *month, const double *dry, const double *wet,
                          double out[2][POWER_MONTHS]) {
  double n[POWER_MONTHS] = {0};
  memset(out, 0, 2 * sizeof *out);
  for (int32_t t = 0; t < n_h; t++) {
    const int32_t k = month[t] % POWER_MONTHS;
    n[k]++, out[0][k] += dry[t], out[1][k] += wet[t];
  }
  for (int32_t k = 0; k < POWER_MONTHS; k++) out[0][k] /= number_most(1.0, n[k]), out[1][k] /= number_most(1.0, n[k]);
}

// One year of the hub's city moved to the site: each calendar month by the difference of the site's mean from that of the
// city's five years, so that a cold February stays cold. Source: shift of Belcher, Hacker and Powell, Building Services
// Engineering Research and Technology 26 (2005) 49, sec. 3, used between places: assumption, see docs/assumptions.md#paired-years.
static void move_year(const history *h, const power_hours *site, int32_t year, year_hours *y) {
  double        here[2][POWER_MONTHS], there[2][POWER_MONTHS];
  const int32_t first = h->first_h[POWER_MONTHS * year];
  monthly_means(site->n, site->month, site->dry_degc, site->wet_degc, here);
  monthly_means(h->n_h, h->month, h->dry_degc, h->wet_degc, there);
  y->n_h = h->first_h[POWER_MONTHS * (year + 1)] - first;
  y->order = h->order + first;
  for (int32_t t = 0; t < y->n_h; t++) {
    const int32_t k = y->month[t] = h->month[first + t] % POWER_MONTHS;
    y->price_frac[t] = h->price_frac[first + t];
    y->dry_degc[t] = h->dry_degc[first + t] + here[0][k] - there[0][k];
    y->wet_degc[t] = number_least(h->wet_degc[first + t] + here[1][k] - there[1][k], y->dry_degc[t]);
  }
}

static void typical_year(const power_hours *site, year_hours *y) {
  y->n_h = site->n;
  y->order = NULL;
  for (int32_t t = 0; t < y->n_h; t++) y->price_frac[t] = 1.0;
  memcpy(y->month, site->month, (size_t)y->n_h * sizeof *y->month);
  memcpy(y->dry_degc, site->dry_degc, (size_t)y->n_h * sizeof *y->dry_degc);
  memcpy(y->wet_degc, site->wet_degc, (size_t)y->n_h * sizeof *y->wet_degc);
}

static void group_year(const twin_model *m, const twin_place *place, year_hours *y, power_groups groups[POWER_MONTHS]) {
  const twin_view *v = &m->plan_view;
  power_cooling_hours(&v->cooling[place->cooling], &v->weather[place->weather], y->dry_degc, y->wet_degc, y->it_mw, 1.0,
                      y->n_h, y->pue_frac, y->water_l_per_kwh, NULL);
  power_groups_fill(&(power_hours_of_year){y->n_h, y->month, y->price_frac, y->pue_frac, y->dry_degc, y->order},
                    y->scratch, groups);
}

// What cooling takes in the year just grouped, over the typical year's table.
static void relate_cooling(const twin_model *m, const power_cooling_table *table, const twin_place *place,
                           const year_hours *y, twin_place_month *month) {
  const power_cooling *cooling = &m->plan_view.cooling[place->cooling];
  double               mean[2][POWER_MONTHS];
  monthly_means(y->n_h, y->month, y->pue_frac, y->water_l_per_kwh, mean);
  for (int32_t k = 0; k < POWER_MONTHS; k++) {
    const double over = power_table_pue(cooling, table, k, 1.0) - 1.0,
                 water = power_table_wue_l_per_kwh(cooling, table, k);
    month[k].overhead_frac = over > 0.0 ? (mean[0][k] - 1.0) / over : 1.0;
    month[k].water_frac = water > 0.0 ? mean[1][k] / water : 1.0;
  }
}

static void fill_place(const twin_model *m, const power_cooling_table *table, const history *h, year_hours *y,
                       twin_place *place) {
  const power_hours *site = &m->hours[place->weather];
  power_groups       groups[POWER_MONTHS];
  for (int32_t i = 0; i < place->n_year; i++) {
    if (!h) typical_year(site, y);
    else move_year(h, site, i ? i - 1 : h->middle, y);
    for (int32_t t = 0; h && !i && t < y->n_h; t++)
      y->price_frac[t] /= h->mean_frac[POWER_MONTHS * h->middle + y->month[t]];
    group_year(m, place, y, groups);
    for (int32_t k = 0; k < POWER_MONTHS; k++) place->year[i][k] = (twin_place_month){groups[k], 1.0, 1.0};
    if (i) relate_cooling(m, table, place, y, place->year[i]);
  }
}

// The place of a campus: that of an earlier one where they are alike. NULL: out of memory; n_year 0: to be filled.
static twin_place *find_place(const twin_model *m, int32_t campus) {
  const twin_campus *c = &m->plan_view.campus[campus];
  const int32_t      hub = m->plan_view.tariff[c->tariff].hub;
  for (int32_t i = 0; i < campus; i++)
    if (m->place[i]->weather == c->weather && m->place[i]->cooling == c->cooling && m->place[i]->hub == hub)
      return m->place[i];
  twin_place *place = ARENA_NEW(m->a, twin_place, 1);
  if (place) place->weather = c->weather, place->cooling = c->cooling, place->hub = hub;
  return place;
}

sg_err twin_make_places(twin_model *m, sg_diags *diags) {
  const int32_t n_campus = m->n[CLASS_CAMPUS];
  int32_t       most_h = POWER_LEAP_HOURS;
  arena        *scratch = arena_create();
  history       history_of[POWER_HUBS] = {{0}};
  year_hours    y;
  sg_err        err = SG_OK;
  m->place = ARENA_NEW(m->a, twin_place *, n_campus + 1);
  m->hub_process = ARENA_NEW(m->a, power_price_process, POWER_HUBS);
  for (int32_t w = 0; w < m->n[CLASS_WEATHER]; w++)
    if (m->hours[w].n > most_h) most_h = m->hours[w].n;
  if (!scratch || !m->place || !m->hub_process || !take_year(scratch, most_h, &y)) err = SG_ERR_MEMORY;
  for (int32_t c = 0; c < n_campus && !err; c++) {
    twin_place *place = m->place[c] = find_place(m, c);
    if (!place) err = SG_ERR_MEMORY;
    if (err || place->n_year) continue;
    history *h = &history_of[place->hub];
    place->n_year = place->hub ? TWIN_PLACE_YEARS : 1;
    if (place->hub && !h->n_h) err = make_history(place->hub, scratch, diags, &m->hub_process[place->hub], h);
    if (!err) fill_place(m, &m->cooling_table[c], place->hub ? h : NULL, &y, place);
  }
  if (scratch) arena_free(scratch);
  return err;
}

// ---- Scenarios --------------------------------------------------------------------------------------------

int32_t twin_hub_year(stream s, int32_t calendar_year) {
  return 1 + power_price_paired_year(s, stream_key("power.paired-year"), (uint32_t)calendar_year, TWIN_HUB_YEARS);
}

void twin_hub_levels(const power_price_process *p, const twin_hub_walk *walk, const double *x, const double *demand_z,
                     const double *z, int32_t from, int32_t n, double *factor) {
  const double fresh = p->level_sd * sqrt(1.0 - p->level_phi * p->level_phi), keep = 1.0 - walk->gas_reversion;
  const double own = sqrt(number_most(0.0, 1.0 - walk->demand * walk->demand)), b = p->gas_slope;
  double       e = 0.0, var_x = 0.0, var_e = 0.0, both = 0.0;
  for (int32_t t = 0; t < n; t++) {
    const double step = walk->demand * demand_z[t] + own * z[t];
    factor[t] = 1.0;
    if (t < from) continue;
    factor[t] = exp(b * x[t] + e - 0.5 * (b * b * var_x + 2.0 * b * both + var_e));
    e = p->level_phi * e + fresh * step;
    both = keep * p->level_phi * both + walk->gas_step * fresh * walk->gas_demand * walk->demand;
    var_x = keep * keep * var_x + walk->gas_step * walk->gas_step;
    var_e = p->level_phi * p->level_phi * var_e + fresh * fresh;
  }
}
