// Published values of power and cooling, each by what its row says of itself: see validate_power.h.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/csv.h"
#include "../programme/embedded.h"
#include "validate_capital_case.h"
#include "validate_power_parts.h"
#include "validate_power_world.h"

#define LITRES_PER_GALLON 3.785411784  // US gallon, exact

static const double pue_tolerance = 0.03, ratio_tolerance_frac = 0.10, water_tolerance_frac = 0.25,
                    table_tolerance = 1e-4;

// What a campus has that names no design (twin/classes.c).
static const char *const usual_design = "dry-cooler-liquid";

typedef struct columns {
  int32_t id, category, context, metric, value, unit, low, high, year, use;
} columns;

typedef struct row {
  text_slice    category, context, metric, unit;
  double        value, low, high, year;  // NaN: none
  double        last_digit;              // worth of the last digit of value as printed
  double        mw;                      // "at 177 MW"; NaN: none
  int32_t       design, site;            // -1: not named
  bool          usual;                   // the design is not named: that of a campus which names none
  double        distance_km;
  validate_row *out;
} row;

typedef struct validation {
  arena                           *a;
  sg_diags                        *diags;
  validate_report                 *report;
  const validate_power_traces_out *traces;
  world                            w;
  csv_table                        t;
  columns                          c;
  double                           pue_error;  // sum of absolute errors
  int32_t                          n_pue, n_reproduce, n_computed, n_within, n_input, n_used, n_context, n_in_range;
} validation;

// A number the model may give for a row; NaN: it has none. What it was computed from goes to why.
typedef struct answer {
  double low, high;  // equal: one number
  double tolerance;
  bool   is_pue;
} answer;

static const answer no_answer = {(double)NAN, (double)NAN, (double)NAN, false};

static bool says(text_slice words, const char *part) { return world_has(words, part); }

static void because(validate_row *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void because(validate_row *out, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(out->why, sizeof out->why, format, args);
  va_end(args);
}

// ---- Facilities ---------------------------------------------------------------------------------------------------

// Range of a quantity over the designs and sites that the row leaves open.
typedef double (*site_quantity)(const world *w, const row *r, int32_t design, int32_t site);

static answer over_open(const validation *v, const row *r, site_quantity of, double tolerance) {
  answer out = {HUGE_VAL, -HUGE_VAL, tolerance, false};
  for (int32_t d = 0; d < v->w.n_design; d++)
    for (int32_t s = 0; s < v->w.n_site; s++) {
      if ((r->design >= 0 && d != r->design) || (r->site >= 0 && s != r->site)) continue;
      const double x = of(&v->w, r, d, s);
      out.low = fmin(out.low, x);
      out.high = fmax(out.high, x);
    }
  return out.low <= out.high ? out : no_answer;
}

static double annual_pue(const world *w, const row *r, int32_t design, int32_t site) {
  (void)r;
  return w->pue_frac[design][site];
}

static double annual_wue(const world *w, const row *r, int32_t design, int32_t site) {
  const double wue = w->wue_l_per_kwh[design][site];
  return says(r->unit, "of total electricity") ? wue / w->pue_frac[design][site] : wue;
}

static double peak_ratio(const world *w, const row *r, int32_t design, int32_t site) {
  (void)r;
  return power_design_day_pue(&w->design[design], w->site[site].site);
}

// Of the catalogue and of load.h, where a row asks for what stands there.
static answer given_answer(const validation *v, const row *r) {
  const power_chain chain = power_chain_default();
  double            x = (double)NAN;
  if (says(r->metric, "server power over GPU")) x = chain.server_per_gpu_frac;
  else if (says(r->metric, "IT power over server")) x = chain.it_per_server_frac;
  for (int32_t d = 0; d < v->w.n_design && says(r->metric, "outside-air changeover"); d++)
    if (!strcmp(v->w.design_name[d], "direct-evaporative")) x = v->w.design[d].evaporates_above_degc;
  return (answer){x, x, (double)NAN, false};
}

// Facility megawatts are a design peak: the IT design is that over the ratio of the design day, the mean IT load
// WORLD_LOAD_FRAC of it. 1 MW for a day at 1 L/kWh is 24 m3.
static double water_million_gal_per_day(const world *w, const row *r, int32_t design, int32_t site) {
  const double it_mw = r->mw / peak_ratio(w, r, design, site) * WORLD_LOAD_FRAC;
  return it_mw * 24000.0 * w->wue_l_per_kwh[design][site] / LITRES_PER_GALLON / 1e6;
}

static answer facility_answer(const validation *v, const row *r) {
  if (says(r->category, "pue")) {
    const bool design_day = says(r->metric, "peak");
    answer     out = over_open(v, r, design_day ? peak_ratio : annual_pue, pue_tolerance);
    out.is_pue = true;
    return out;
  }
  if (says(r->category, "facility/IT") && says(r->metric, "peak facility power"))
    return over_open(v, r, peak_ratio, ratio_tolerance_frac * r->value);
  if (says(r->category, "wue") && says(r->unit, "L/kWh"))
    return over_open(v, r, annual_wue, fmax(water_tolerance_frac * r->value, 0.02));
  if (says(r->category, "wue") && says(r->unit, "million gal/day") && !isnan(r->mw))
    return over_open(v, r, water_million_gal_per_day, water_tolerance_frac * r->value);
  return given_answer(v, r);
}

// ---- Grids --------------------------------------------------------------------------------------------------------

// A column of a series that is built in, all hours of it, in the arena; 0: it is not there.
static int32_t series_of(const validation *v, const char *file, const char *column, double **out) {
  diag_source *source = ARENA_NEW(v->a, diag_source, 1);
  csv_table    t;
  text_slice   note;
  if (!source || !programme_embedded_find(file, source)) return 0;
  if (power_table_read(source, v->a, v->diags, &t, &note)) return 0;
  const int32_t c = csv_column(&t, column);
  *out = ARENA_NEW(v->a, double, t.n_row + 1);
  for (int32_t i = 0; c >= 0 && *out && i < t.n_row; i++)
    if (!text_number(csv_field(&t, i, c), &(*out)[i])) return 0;
  return c >= 0 && *out ? t.n_row : 0;
}

static int by_value(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

// The number behind a word, "p99", "above 500"; NaN: none.
static double number_after(text_slice s, const char *word) {
  const size_t n = strlen(word);
  for (size_t i = 0; i + n < s.n; i++) {
    double x;
    if (memcmp(s.at + i, word, n) != 0) continue;
    while (i + n < s.n && s.at[i + n] == ' ') i++;
    if (text_number_scan((text_slice){s.at + i + n, s.n - i - n}, &x) > 0) return x;
  }
  return (double)NAN;
}

// What a metric asks of a series (n), which is sorted: mean, least, largest, a percentile (linear between ranks), hours
// below or above a price. NaN: nothing of these.
static double statistic(text_slice metric, double *at, int32_t n) {
  double sum = 0.0, below = number_after(metric, "below"), above = number_after(metric, "above"), hours = 0.0;
  qsort(at, (size_t)n, sizeof *at, by_value);
  for (int32_t i = 0; i < n; i++) {
    sum += at[i];
    hours += at[i] < below || at[i] > above;
  }
  if (says(metric, "hours") && !(isnan(below) && isnan(above))) return hours;
  if (says(metric, "max") || says(metric, "highest")) return at[n - 1];
  if (says(metric, "min") || says(metric, "lowest")) return at[0];
  const double percentile = says(metric, "median") ? 50.0 : number_after(metric, "p");
  if (percentile >= 0.0 && percentile <= 100.0) {
    const double  rank = percentile / 100.0 * (n - 1);
    const int32_t k = (int32_t)rank < n - 1 ? (int32_t)rank : n - 2;
    return n > 1 ? at[k] + (rank - k) * (at[k + 1] - at[k]) : at[0];
  }
  return says(metric, "mean") || says(metric, "average") ? sum / n : (double)NAN;
}

// Letters in the last brackets: "AVERT Texas (TE)".
static bool bracketed(text_slice s, char *out, size_t n) {
  const char *open = NULL;
  for (size_t i = 0; i < s.n; i++)
    if (s.at[i] == '(') open = s.at + i + 1;
  const char *close = open ? memchr(open, ')', (size_t)(s.at + s.n - open)) : NULL;
  if (!close || (size_t)(close - open) >= n) return false;
  snprintf(out, n, "%.*s", (int)(close - open), open);
  return true;
}

// Within half of the last digit that is printed.
static answer grid_answer(const validation *v, const row *r) {
  static const struct {
    const char *word, *file;
  } markets[] = {
      {"ERCOT", "prices/ercot_dam_hb_hubavg_%d.csv"},
      {"PJM",   "prices/pjm_rt_dom_%d.csv"         },
      {"CAISO", "prices/caiso_dam_np15_%d.csv"     },
  };
  char    region[16], file[64];
  double *series = NULL;
  int32_t n = 0;
  if (says(r->context, "AVERT") && bracketed(r->context, region, sizeof region))
    n = series_of(v, "prices/marginal_co2_avert_2023.csv", region, &series);
  for (size_t i = 0; i < sizeof markets / sizeof markets[0] && !n && r->year > 2000.0; i++) {
    const char *star = strchr(markets[i].file, '%');
    if (!says(r->context, markets[i].word)) continue;
    snprintf(file, sizeof file, "%.*s%d%s", (int)(star - markets[i].file), markets[i].file, (int)r->year, star + 2);
    n = series_of(v, file, "price_usd_per_mwh", &series);
  }
  if (!n) return no_answer;
  const double x = statistic(r->metric, series, n);
  return (answer){x, x, 0.5 * r->last_digit + 1e-9 * fabs(r->value), false};
}

// ---- Machines -----------------------------------------------------------------------------------------------------

static answer rack_answer(const validation *v, const row *r) {
  const validate_power_traces_out *t = v->traces;
  double                           x = (double)NAN;
  if (!says(r->context, "MLPerf")) return no_answer;
  if (says(r->metric, "load factor")) x = t->fit.load_factor_frac;
  else if (says(r->metric, "energy of the run")) x = t->fit_kwh;
  else if (says(r->metric, "per GPU") && says(r->context, "B200")) x = t->b200_w_per_gpu;
  else if (says(r->metric, "per GPU")) x = t->fit.mean_w / t->fit_gpus;
  return (answer){x, x, 0.05 * r->value, false};
}

// Of the catalogue's plant that the words name, in the row's unit. Heat rates stand on the higher heating value, published
// efficiencies of turbines and engines on the lower, unless they say HHV: natural gas, 1.109 (US DOE, Hydrogen
// Tools, heating values, 2015).
static answer plant_answer(const validation *v, const row *r) {
  static const struct {
    const char *word, *plant;
  } kinds[] = {
      {"LM2500",             "aeroderivative"},
      {"LM6000",             "aeroderivative"},
      {"Jenbacher",          "gas-engine"    },
      {"engine",             "gas-engine"    },
      {"Wartsila",           "gas-engine"    },
      {"Taurus",             "small-turbine" },
      {"Titan",              "small-turbine" },
      {"combustion turbine", "small-turbine" },
      {"CCGT",               "combined-cycle"},
      {"combined",           "combined-cycle"},
      {"fuel cell",          "fuel-cell"     },
      {"gas turbine",        "frame-turbine" },
      {"gas plant",          "combined-cycle"},
  };
  const power_plant *p = NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !p; i++)
    for (int32_t k = 0; k < v->w.n_plant && says(r->context, kinds[i].word); k++)
      if (!strcmp(v->w.plant_name[k], kinds[i].plant)) p = &v->w.plant[k];
  if (!p || says(r->metric, "50% load")) return no_answer;
  double x = (double)NAN;
  if (says(r->metric, "efficiency"))
    x = 100.0 * 3.412141633 / p->heat_rate_mmbtu_per_mwh * (says(r->unit, "HHV") ? 1.0 : 1.109);
  else if (says(r->metric, "heat rate")) x = 1000.0 * p->heat_rate_mmbtu_per_mwh;
  else if (says(r->metric, "cost")) x = p->capex_usd_per_mw / 1000.0;
  else if (says(r->metric, "O&M")) x = p->om_usd_per_mwh;
  else if (says(r->metric, "output")) x = p->unit_mw;
  else if (says(r->unit, "year")) x = p->lead_day / 365.2425;
  else if (says(r->unit, "month")) x = p->lead_day / 30.436875;
  else if (says(r->unit, "week")) x = p->lead_day / 7.0;
  return isnan(x) ? no_answer : (answer){x, x, (double)NAN, false};
}

// ---- Where inputs go ----------------------------------------------------------------------------------------------

// A number of the model that takes rows of this kind. Words NULL: any.
typedef struct place {
  const char *category, *context, *metric;
  const char *where;
} place;

static const place places[] = {
    {"cooling control",      NULL,              "changeover",     "coolings.direct-evaporative.evaporates_above"                },
    {"facility/IT",          NULL,              "server power",   "power_chain: from GPU to server, from server to IT"          },
    {"facility/IT",          NULL,              "critical power", "buildings.it of a campus"                                    },
    {"facility/IT",          NULL,              NULL,             "campuses.NAME.facility_to_it"                                },
    {"generation",           NULL,              "capacity",       "campuses.NAME.permit, generation.units"                      },
    {"generation",           NULL,              "output",         "plants.NAME.unit"                                            },
    {"generation",           NULL,              "50% load",       "plants.NAME: heat rate at part load"                         },
    {"generation",           NULL,              "efficiency",     "plants.NAME.heat_rate"                                       },
    {"generation",           NULL,              "heat rate",      "plants.NAME.heat_rate"                                       },
    {"generation",           NULL,              "start",          "dispatch by the hour: units that start within it are at hand"},
    {"generation",           NULL,              "cost",           "plants.NAME.capex"                                           },
    {"generation",           NULL,              "O&M",            "plants.NAME.om"                                              },
    {"lead time",            "turbine",         NULL,             "plants.NAME.lead, supplies.turbines"                         },
    {"lead time",            "engine",          NULL,             "plants.gas-engine.lead, base_rates.engine-lead"              },
    {"lead time",            "transformer",     NULL,             "supplies.transformers, base_rates.transformer-lead-new-order"},
    {"lead time",            "interconnection", NULL,             "campuses.NAME.grid.from"                                     },
    {"lead time",            NULL,              NULL,             "supplies.NAME, building_types.NAME.activities"               },
    {"construction cost",    "on-site",         NULL,             "plants.NAME.capex beside the cost of buildings"              },
    {"construction cost",    NULL,              NULL,             "building_types.NAME.activities: cost per MW"                 },
    {"tariff / flexibility", NULL,              "minimum",        "tariffs.NAME.minimum"                                        },
    {"tariff / flexibility", NULL,              NULL,             "tariffs.NAME"                                                },
    {"PPA",                  NULL,              NULL,             "price of contracted sun and wind"                            },
    {"storage",              NULL,              "efficiency",     "battery: efficiency both ways"                               },
    {"storage",              NULL,              NULL,             "battery: cost of energy"                                     },
    {"rack / IT",            "MLPerf",          NULL,             "power-traces: levels of a run (traces.h)"                    },
    {"rack / IT",            "tray",            NULL,             "racks.NAME.it: eighteen trays, switches and supplies"        },
    {"rack / IT",            NULL,              NULL,             "racks.NAME.it"                                               },
    {"Frontier twin",        NULL,              "efficiency",     "power-traces/meters.csv: conversion"                         },
    {"Frontier twin",        NULL,              NULL,             "racks.NAME.it, buildings.racks: a machine's size and kW"     },
    {"grid",                 NULL,              NULL,             "tariffs.NAME, prices"                                        },
    {"pue",                  NULL,              NULL,             "coolings.NAME.base_pue"                                      },
    {"wue",                  NULL,              NULL,             "coolings.NAME.cycles"                                        },
};

// Why a published value need not be ours.
static const place reasons[] = {
    {"pue",                  NULL,     NULL,              "other mixes of halls, loads, climates, older plant"                      },
    {"wue",                  NULL,     "million gal/day", "a closed loop is filled once: people use the rest"                       },
    {"wue",                  "closed", NULL,              "a closed loop is filled once: people use the rest"                       },
    {"wue",                  NULL,     NULL,              "the load behind it is not said"                                          },
    {"facility/IT",          NULL,     NULL,              "holds redundancy and margins; design not said"                           },
    {"generation",           NULL,     NULL,              "not of 2025-01, to which the catalogue is dated"                         },
    {"lead time",            NULL,     NULL,              "generation in the queue, not a load: the date of a grid step is an input"},
    {"construction cost",    NULL,     NULL,              "a model's constant, within 5 % of building_types.hyperscale-liquid, 11.3"},
    {"tariff / flexibility", NULL,     NULL,              "a total of many grids: a campus has its own limit and curtailment"       },
    {"storage",              NULL,     NULL,              "the size of one battery: an input of its campus"                         },
    {"rack / IT",            "Acme",   NULL,              "GPUs of a shared cluster, idle half of the time"                         },
    {"rack / IT",            NULL,     NULL,              "the supply of one campus: an input"                                      },
    {"Frontier twin",        NULL,     NULL,              "another machine, run by another twin: not modelled"                      },
    {NULL,                   NULL,     NULL,              "no quantity of the model"                                                },
};

static const char *find_place(const place *at, size_t n, const row *r) {
  for (size_t i = 0; i < n; i++) {
    if (at[i].category && !says(r->category, at[i].category)) continue;
    if (at[i].context && !says(r->context, at[i].context)) continue;
    if (at[i].metric && !says(r->metric, at[i].metric) && !says(r->unit, at[i].metric)) continue;
    return at[i].where;
  }
  return NULL;
}

// ---- Rows ---------------------------------------------------------------------------------------------------------

static answer answer_of(const validation *v, const row *r) {
  if (says(r->category, "grid")) return grid_answer(v, r);
  if (says(r->category, "rack / IT")) return rack_answer(v, r);
  if (says(r->category, "generation") || says(r->category, "lead time")) return plant_answer(v, r);
  return facility_answer(v, r);
}

// From what a number of a facility was computed; open: the design or the site is not named.
static void say_from(const validation *v, const row *r, bool facility) {
  if (!facility || r->design < 0 || r->site < 0) return;
  const char *usual = r->usual ? " (none is named)" : "", *design = v->w.design_name[r->design];
  const char *site = v->w.site[r->site].name;
  if (says(r->metric, "peak"))
    because(r->out, "%s%s, design day of %s, %.0f km away", design, usual, site, r->distance_km);
  else
    because(r->out, "%s%s, hours of %s, %.0f km away, at %g of the design load", design, usual, site, r->distance_km,
            WORLD_LOAD_FRAC);
}

static void reproduce(validation *v, row *r) {
  const bool facility = says(r->category, "pue") || says(r->category, "wue") || says(r->category, "facility/IT");
  for (int32_t d = 0; d < v->w.n_design && facility && r->design < 0; d++)
    if (!strcmp(v->w.design_name[d], usual_design)) r->design = d, r->usual = true;
  const answer x = answer_of(v, r);
  v->n_reproduce++;
  if (isnan(x.low) || x.high > x.low) {
    r->out->status = "input";
    v->report->holds = false;
    if (facility && r->site < 0) because(r->out, "not computed: the context names no place that is known");
    else because(r->out, "not computed: no series that is built in, or no such quantity");
    return;
  }
  // Against a range: to its nearer end.
  const double near = isnan(r->low) || isnan(r->high) ? r->value : fmin(fmax(x.low, r->low), r->high);
  const bool   ok = fabs(x.low - r->value) <= x.tolerance || fabs(x.low - near) <= x.tolerance;
  say_from(v, r, facility);
  r->out->computed = x.low;
  r->out->rel_error = r->value != 0.0 ? x.low / r->value - 1.0 : (double)NAN;
  r->out->tolerance = x.tolerance;
  r->out->status = ok ? "ok" : "off";
  v->n_computed++;
  v->n_within += ok;
  if (x.is_pue) {
    v->pue_error += fabs(x.low - r->value);
    v->n_pue++;
  } else if (!says(r->category, "wue")) {  // nobody states a bound for water: its error is shown
    v->report->holds = v->report->holds && ok;
  }
}

static void take_input(validation *v, row *r) {
  const char  *where = find_place(places, sizeof places / sizeof places[0], r);
  const answer x = answer_of(v, r);
  v->n_input++;
  if (!where) {
    because(r->out, "an input that nothing here takes");
    return;
  }
  v->n_used++;
  r->out->status = "ok";
  if (isnan(x.low) || x.high > x.low) {
    because(r->out, "input, used: %s", where);
    return;
  }
  r->out->computed = x.low;
  r->out->rel_error = r->value != 0.0 ? x.low / r->value - 1.0 : (double)NAN;
  because(r->out, "input, used: %s; what it is there stands beside it", where);
}

static void put_in_context(validation *v, row *r) {
  const char *reason = find_place(reasons, sizeof reasons / sizeof reasons[0], r);
  answer      x = answer_of(v, r);
  v->n_context++;
  if (isnan(x.low)) {
    because(r->out, "range: %s", reason);
    return;
  }
  if (x.high <= x.low) {
    const double give = isnan(x.tolerance) ? 0.1 * fabs(x.low) : x.tolerance;
    x.low -= give;
    x.high += give;
  }
  const double low = isnan(r->low) ? r->value : r->low, high = isnan(r->high) ? r->value : r->high;
  r->out->computed = 0.5 * (x.low + x.high);
  if (high >= x.low && low <= x.high) {
    r->out->status = "ok";
    r->out->tolerance = 0.5 * (x.high - x.low) + 0.5 * (high - low);
    because(r->out, "range: the model gives %.4g to %.4g", x.low, x.high);
    v->n_in_range++;
  } else {
    because(r->out, "range: the model gives %.4g to %.4g; %s", x.low, x.high, reason);
  }
}

// ---- The file -----------------------------------------------------------------------------------------------------

static double optional(text_slice s) {
  double x;
  return text_number(s, &x) ? x : (double)NAN;
}

// The number before " MW" in the words, NaN: none.
static double megawatts(text_slice s) {
  for (size_t i = 0; i + 3 <= s.n; i++) {
    if (memcmp(s.at + i, " MW", 3) != 0) continue;
    size_t from = i;
    while (from > 0 && (s.at[from - 1] == '.' || (s.at[from - 1] >= '0' && s.at[from - 1] <= '9'))) from--;
    double x;
    if (from < i && text_number((text_slice){s.at + from, i - from}, &x)) return x;
  }
  return (double)NAN;
}

// "28.09": 0.01; "586": 1.
static double last_digit_of(text_slice s) {
  const char *point = memchr(s.at, '.', s.n);
  return point ? pow(10.0, -(double)(s.at + s.n - point - 1)) : 1.0;
}

static row read_row(const validation *v, int32_t i) {
  const columns *c = &v->c;
  row            r = {.category = csv_field(&v->t, i, c->category),
                      .context = csv_field(&v->t, i, c->context),
                      .metric = csv_field(&v->t, i, c->metric),
                      .unit = csv_field(&v->t, i, c->unit),
                      .low = optional(csv_field(&v->t, i, c->low)),
                      .high = optional(csv_field(&v->t, i, c->high)),
                      .year = optional(csv_field(&v->t, i, c->year)),
                      .value = optional(csv_field(&v->t, i, c->value)),
                      .distance_km = HUGE_VAL};
  r.last_digit = last_digit_of(csv_field(&v->t, i, c->value));
  r.mw = megawatts(r.metric);
  if (isnan(r.mw)) r.mw = megawatts(r.context);
  r.design = world_design_of(&v->w, r.context);
  r.site = world_site_of(&v->w, r.context, &r.distance_km);
  return r;
}

static void do_row(validation *v, int32_t i) {
  row              r = read_row(v, i);
  const text_slice id = csv_field(&v->t, i, v->c.id), use = csv_field(&v->t, i, v->c.use);
  char             name[96], quantity[48], unit[16];
  snprintf(name, sizeof name, "%.*s %.*s", id.n < 20 ? (int)id.n : 20, id.at, r.context.n < 70 ? (int)r.context.n : 70,
           r.context.at);
  snprintf(quantity, sizeof quantity, "%.*s", r.metric.n < 47 ? (int)r.metric.n : 47, r.metric.at);
  snprintf(unit, sizeof unit, "%.*s", r.unit.n < 15 ? (int)r.unit.n : 15, r.unit.at);
  if (!(r.out = validate_add_row(v->report, name, quantity, unit))) return;
  r.out->expected = r.value;
  if (isnan(r.value)) {
    r.out->status = "input";
    v->report->holds = false;
    because(r.out, "line %d: the value is no number", v->t.line[i]);
  } else if (text_equal(use, "reproduce")) {
    reproduce(v, &r);
  } else if (text_equal(use, "input")) {
    take_input(v, &r);
  } else if (text_equal(use, "context")) {
    put_in_context(v, &r);
  } else {
    r.out->status = "input";
    v->report->holds = false;
    because(r.out, "line %d: use is reproduce, input or context", v->t.line[i]);
  }
}

static sg_err find_columns(validation *v) {
  const struct {
    const char *name;
    int32_t    *at;
    bool        must;
  } wanted[] = {
      {"id",       &v->c.id,       true },
      {"category", &v->c.category, true },
      {"context",  &v->c.context,  true },
      {"metric",   &v->c.metric,   true },
      {"value",    &v->c.value,    true },
      {"unit",     &v->c.unit,     true },
      {"use",      &v->c.use,      true },
      {"low",      &v->c.low,      false},
      {"high",     &v->c.high,     false},
      {"year",     &v->c.year,     false},
  };
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
    *wanted[i].at = csv_column(&v->t, wanted[i].name);
    if (*wanted[i].at < 0 && wanted[i].must)
      return diag_add(v->diags, SG_ERROR, SG_ERR_KEY, csv_place(&v->t, -1, -1), "the first line names the columns",
                      "column '%s' is missing", wanted[i].name);
  }
  return SG_OK;
}

static void summarise(const validation *v) {
  validate_report *report = v->report;
  validate_add_value(report, "reproduce_rows", v->n_reproduce);
  validate_add_value(report, "reproduce_computed", v->n_computed);
  validate_add_value(report, "reproduce_within", v->n_within);
  if (v->n_pue) {
    const double mean = v->pue_error / v->n_pue;
    validate_add_value(report, "pue_mean_absolute_error", mean);
    if (!(mean <= pue_tolerance)) report->holds = false;
  }
  validate_add_value(report, "pue_table_error", v->w.table_error);
  if (!(v->w.table_error <= table_tolerance)) report->holds = false;
  validate_add_value(report, "input_rows", v->n_input);
  validate_add_value(report, "input_used", v->n_used);
  validate_add_value(report, "context_rows", v->n_context);
  validate_add_value(report, "context_within_range", v->n_in_range);
}

sg_err validate_power_published(const diag_source *published, const validate_power_traces_out *traces, arena *a,
                                sg_diags *diags, validate_report *report) {
  validation *v = ARENA_NEW(a, validation, 1);
  if (!v) return SG_ERR_MEMORY;
  *v = (validation){.a = a, .diags = diags, .report = report, .traces = traces};
  sg_err err = validate_table_read(published, a, diags, &v->t);
  if (!err) err = find_columns(v);
  if (!err) err = world_read(a, diags, &v->w);
  if (err) return err;
  if (v->t.n_row == 0)
    return diag_add(diags, SG_ERROR, SG_ERR_RANGE, csv_place(&v->t, -1, -1), NULL, "there is no row");
  for (int32_t i = 0; i < v->t.n_row; i++) do_row(v, i);
  summarise(v);
  return SG_OK;
}
