// Weather of the twin's campuses: see weather.h.
#include "weather.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../programme/embedded.h"

enum { QUANTILES = 64 };  // of a month without hours

// Rows of a map stand in the order of their names: apr, aug, dec, ...
static const int32_t by_name[POWER_MONTHS] = {4, 3, 7, 0, 8, 6, 5, 1, 11, 10, 9, 2};

static const double rounding_degc = 0.011;  // data/catalogue/weather.yaml holds two digits

sg_err twin_station_hours(const char *name, arena *a, sg_diags *diags, power_hours *out) {
  char         file[120];
  diag_source *source = ARENA_NEW(a, diag_source, 1);  // findings point to it
  if (!source) return SG_ERR_MEMORY;
  snprintf(file, sizeof file, "weather/%.80s.csv", name);
  return programme_embedded_find(file, source) ? power_hours_read(source, a, diags, out) : SG_ERR_NAME;
}

static void months_of(const twin_view *v, int32_t weather, power_weather_month out[POWER_MONTHS]) {
  for (int32_t k = 0; k < POWER_MONTHS; k++) out[k] = v->weather_month[v->weather[weather].months.first + by_name[k]];
}

// Whether the months are those of the hours, as the catalogue rounds them.
static bool describes(const power_weather_month month[POWER_MONTHS], const power_hours *h) {
  double n[POWER_MONTHS] = {0}, sum[POWER_MONTHS][2] = {{0}}, square[POWER_MONTHS][2] = {{0}};
  for (int32_t i = 0; i < h->n; i++) {
    const int32_t m = h->month[i];
    const double  at[2] = {h->dry_degc[i], h->wet_degc[i]};
    n[m]++;
    for (int k = 0; k < 2; k++) {
      sum[m][k] += at[k];
      square[m][k] += at[k] * at[k];
    }
  }
  for (int32_t m = 0; m < POWER_MONTHS; m++) {
    const double mean[2] = {month[m].dry_mean_degc, month[m].wet_mean_degc};
    const double sd[2] = {month[m].dry_sd_degc, month[m].wet_sd_degc};
    for (int k = 0; k < 2; k++) {
      const double centre = sum[m][k] / n[m], spread = sqrt(fmax(0.0, square[m][k] / n[m] - centre * centre));
      if (!(fabs(centre - mean[k]) <= rounding_degc && fabs(spread - sd[k]) <= rounding_degc)) return false;
    }
  }
  return true;
}

static bool copy_hours(const power_hours *from, arena *a, power_hours *to) {
  const size_t n = (size_t)from->n;
  *to = (power_hours){.n = from->n, .clock = from->clock, .elevation_m = from->elevation_m};
  to->month = ARENA_NEW(a, int32_t, n);
  to->dry_degc = ARENA_NEW(a, double, n);
  to->wet_degc = ARENA_NEW(a, double, n);
  if (!to->month || !to->dry_degc || !to->wet_degc) return false;
  memcpy(to->month, from->month, n * sizeof *to->month);
  memcpy(to->dry_degc, from->dry_degc, n * sizeof *to->dry_degc);
  memcpy(to->wet_degc, from->wet_degc, n * sizeof *to->wet_degc);
  return true;
}

// What the text of a year takes while it is read is given back: only the hours are kept.
static sg_err make_hours(twin_model *m, int32_t weather, sg_diags *diags, power_hours *out) {
  arena              *scratch = arena_create();
  power_weather_month month[POWER_MONTHS];
  power_hours         read;
  if (!scratch) return SG_ERR_MEMORY;
  months_of(&m->plan_view, weather, month);
  sg_err err = twin_station_hours(programme_name(&m->p, CLASS_WEATHER, weather), scratch, diags, &read);
  if (!err && describes(month, &read)) err = copy_hours(&read, m->a, out) ? SG_OK : SG_ERR_MEMORY;
  else if (!err || err == SG_ERR_NAME)
    err = power_hours_of_months(month, m->plan_view.weather[weather].elevation_m, QUANTILES, m->a, out);
  arena_free(scratch);
  return err;
}

sg_err twin_make_weather(twin_model *m, sg_diags *diags) {
  sg_err err = SG_OK;
  m->hours = ARENA_NEW(m->a, power_hours, m->n[CLASS_WEATHER] + 1);
  m->cooling_table = ARENA_NEW(m->a, power_cooling_table, m->n[CLASS_CAMPUS] + 1);
  if (!m->hours || !m->cooling_table) return SG_ERR_MEMORY;
  for (int32_t w = 0; w < m->n[CLASS_WEATHER] && !err; w++) err = make_hours(m, w, diags, &m->hours[w]);
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS] && !err; c++) {
    const twin_view   *v = &m->plan_view;
    const twin_campus *campus = &v->campus[c];
    power_cooling_table_fill(&v->cooling[campus->cooling], &v->weather[campus->weather], &m->hours[campus->weather],
                             NULL, &m->cooling_table[c]);
  }
  return err;
}

static bool same_weather(const twin_view *a, const twin_view *b, int32_t weather) {
  const power_weather *x = &a->weather[weather], *y = &b->weather[weather];
  return !memcmp(x, y, sizeof *x) && !memcmp(a->weather_month + x->months.first, b->weather_month + y->months.first,
                                             POWER_MONTHS * sizeof *a->weather_month);
}

void twin_campus_cooling(const twin_model *m, const twin_view *v, int32_t campus, double pue_frac[POWER_MONTHS],
                         double water_l_per_kwh[POWER_MONTHS]) {
  const twin_campus         *c = &v->campus[campus];
  const power_cooling       *cooling = &v->cooling[c->cooling];
  const power_cooling_table *table = &m->cooling_table[campus];
  power_cooling_table        own;
  power_weather_month        month[POWER_MONTHS];
  const bool                 planned = same_weather(v, &m->plan_view, c->weather);
  if (!planned) {
    months_of(v, c->weather, month);
  } else if (power_cooling_table_differs(cooling, &m->plan_view.cooling[c->cooling])) {
    power_cooling_table_fill(cooling, &v->weather[c->weather], &m->hours[c->weather], NULL, &own);
    table = &own;
  }
  for (int32_t k = 0; k < POWER_MONTHS; k++) {
    pue_frac[k] = planned ? power_table_pue(cooling, table, k, 1.0)
                          : power_pue(cooling, &month[k], v->weather[c->weather].elevation_m);
    water_l_per_kwh[k] =
        planned ? power_table_wue_l_per_kwh(cooling, table, k) : power_wue_l_per_kwh(cooling, &month[k]);
  }
}
