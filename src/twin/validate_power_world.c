// What published values of facilities are computed from: see validate_power_world.h.
#include "validate_power_world.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../programme/catalogue.h"
#include "../programme/model.h"
#include "classes.h"
#include "weather.h"

// ---- Catalogue ----------------------------------------------------------------------------------------------------

// The file of which these sections are all there is: the catalogue itself stands for the user's.
typedef struct world_top {
  int32_t name, note;
} world_top;
static const field_row top_fields[] = {ROW_TEXT(world_top, note, "note", "", "Nothing else stands here.")};
static const class_row top_class = {"validation", NULL,        sizeof(world_top), FIELD_TABLE(top_fields),
                                    CLASS_PLAIN,  "Catalogue."};

enum { OF_TOP, OF_SHARE, OF_COOLING, OF_WEATHER, OF_MONTH, OF_PLANT, OF_COUNT };

static sg_err compile(arena *a, sg_diags *diags, programme_model *out) {
  programme_catalogue *catalogue = ARENA_NEW(a, programme_catalogue, 1);
  const class_row **class = ARENA_NEW(a, const class_row *, OF_COUNT);
  spec_node *sections = ARENA_NEW(a, spec_node, OF_COUNT);
  if (!catalogue || !class || !sections) return SG_ERR_MEMORY;
  class[OF_TOP] = &top_class;
  class[OF_SHARE] = twin_class_rows[CLASS_SHARE];
  class[OF_COOLING] = &power_cooling_class;
  class[OF_WEATHER] = &power_weather_class;
  class[OF_MONTH] = &power_weather_month_class;
  class[OF_PLANT] = &power_plant_class;
  sg_err    err = programme_catalogue_read(a, diags, catalogue);
  spec_node root = {.kind = SPEC_MAP};
  if (err) return err;
  for (int k = OF_COOLING; k < OF_COUNT; k++) {
    spec_node *section = NULL;
    for (size_t i = 0; i < catalogue->n && class[k] -> plural && !section; i++)
      section = spec_get(catalogue->root[i], class[k] -> plural);
    if (!section) continue;
    sections[root.n] = *section;
    sections[root.n].next = NULL;
    if (root.n) sections[root.n - 1].next = &sections[root.n];
    else root.place = section->place;
    root.n++;
  }
  root.first = sections;
  return programme_compile((programme_classes){class, OF_COUNT, NULL}, &root, catalogue->root, catalogue->n, a, diags,
                           out);
}

// ---- Years --------------------------------------------------------------------------------------------------------

// Annual PUE of the monthly table for a day of work, weighted by hours.
static double table_pue(const power_cooling *c, const world_site *at, const power_work *work) {
  power_cooling_table table;
  double              day[24], load_frac = 0.0, sum = 0.0;
  power_it_day(work, day);
  for (int h = 0; h < 24; h++) load_frac += day[h] / 24.0 / work->design_it_mw;
  power_cooling_table_fill(c, at->site, &at->hours, day, &table);
  for (int32_t t = 0; t < at->hours.n; t++) sum += power_table_pue(c, &table, at->hours.month[t], load_frac);
  return sum / at->hours.n;
}

typedef struct year_scratch {
  double it[POWER_LEAP_HOURS], pue[POWER_LEAP_HOURS], water[POWER_LEAP_HOURS];
} year_scratch;

static power_year year_of(const power_cooling *c, const world_site *at, year_scratch *y) {
  const power_hours *h = &at->hours;
  power_year         out;
  power_cooling_hours(c, at->site, h->dry_degc, h->wet_degc, y->it, 1.0, h->n, y->pue, y->water, NULL);
  power_facility_hours(y->it, y->pue, y->water, NULL, 1.0, h->n, NULL, &out);
  return out;
}

static void compute_years(world *w, year_scratch *y) {
  power_work serves = power_work_default(1.0);
  serves.training_frac = serves.serving_frac = 0.5;
  for (int32_t d = 0; d < w->n_design; d++)
    for (int32_t s = 0; s < w->n_site; s++) {
      const world_site *at = &w->site[s];
      power_work        steady = power_work_default(1.0);
      steady.training_use_frac = WORLD_LOAD_FRAC;
      power_it_hours(&steady, 0, at->hours.n, y->it);
      power_year year = year_of(&w->design[d], at, y);
      w->pue_frac[d][s] = year.pue_frac;
      w->wue_l_per_kwh[d][s] = year.wue_l_per_kwh;
      w->table_error = fmax(w->table_error, fabs(table_pue(&w->design[d], at, &steady) - year.pue_frac));
      power_it_hours(&serves, 0, at->hours.n, y->it);
      year = year_of(&w->design[d], at, y);
      w->table_error = fmax(w->table_error, fabs(table_pue(&w->design[d], at, &serves) - year.pue_frac));
    }
}

sg_err world_read(arena *a, sg_diags *diags, world *out) {
  programme_model *p = ARENA_NEW(a, programme_model, 1);
  year_scratch    *scratch = ARENA_NEW(a, year_scratch, 1);
  if (!p || !scratch) return SG_ERR_MEMORY;
  sg_err err = compile(a, diags, p);
  if (err) return err;
  *out = (world){.n_design = p->rows[OF_COOLING].n, .n_site = p->rows[OF_WEATHER].n, .n_plant = p->rows[OF_PLANT].n};
  if (out->n_design > WORLD_DESIGNS || out->n_site > WORLD_SITES || out->n_plant > WORLD_DESIGNS) return SG_ERR_LIMIT;
  out->design = programme_row(p, OF_COOLING, 0);
  out->plant = programme_row(p, OF_PLANT, 0);
  for (int32_t i = 0; i < out->n_design; i++) out->design_name[i] = programme_name(p, OF_COOLING, i);
  for (int32_t i = 0; i < out->n_plant; i++) out->plant_name[i] = programme_name(p, OF_PLANT, i);
  for (int32_t i = 0; i < out->n_site && !err; i++) {
    world_site *at = &out->site[i];
    at->name = programme_name(p, OF_WEATHER, i);
    at->site = programme_row(p, OF_WEATHER, i);
    err = twin_station_hours(at->name, a, diags, &at->hours);
    if (err == SG_ERR_NAME)
      err = diag_add(diags, SG_ERROR, err, (diag_place){0}, NULL, "there are no hours of '%s'", at->name);
  }
  if (!err) compute_years(out, scratch);
  return err;
}

// ---- Words --------------------------------------------------------------------------------------------------------

static bool same_text(const char *at, const char *part, size_t n, bool exact) {
  for (size_t i = 0; i < n; i++)
    if (exact ? at[i] != part[i] : tolower((unsigned char)at[i]) != tolower((unsigned char)part[i])) return false;
  return true;
}

// exact: in this case of letters and as a whole word; else as the beginning of one.
static bool has(text_slice words, const char *part, bool exact) {
  const size_t n = strlen(part);
  for (size_t i = 0; i + n <= words.n; i++) {
    const bool starts = i == 0 || !isalpha((unsigned char)words.at[i - 1]);
    const bool ends = !exact || i + n == words.n || !isalpha((unsigned char)words.at[i + n]);
    if (starts && ends && same_text(words.at + i, part, n, exact)) return true;
  }
  return false;
}

bool world_has(text_slice words, const char *part) { return has(words, part, false); }

// The first that fits counts: what names two machines stands before what names one.
static const struct {
  const char *words, *design;
} design_words[] = {
    {"thermosyphon",       "hybrid"                },
    {"hybrid",             "hybrid"                },
    {"adiabatic",          "hybrid"                },
    {"dry cooler + tower", "hybrid"                },
    {"chip cooling",       "dry-cooler-liquid"     },
    {"closed loop",        "dry-cooler-liquid"     },
    {"closed-loop",        "dry-cooler-liquid"     },
    {"zero-water",         "dry-cooler-liquid"     },
    {"dry cooler",         "dry-cooler-liquid"     },
    {"tower",              "tower-liquid"          },
    {"water-cooled",       "tower-liquid"          },
    {"evaporative",        "direct-evaporative"    },
    {"outside air",        "direct-evaporative"    },
    {"outside-air",        "direct-evaporative"    },
    {"free air",           "direct-evaporative"    },
    {"direct-to-chip",     "dry-cooler-liquid"     },
    {"immersion",          "dry-cooler-liquid"     },
    {"water cooled",       "tower-liquid"          },
    {"air-cooled",         "air-economiser-chiller"},
    {"air cooled",         "air-economiser-chiller"},
    {"chiller",            "air-economiser-chiller"},
    {"economiser",         "air-economiser-chiller"},
    {"economizer",         "air-economiser-chiller"},
};

int32_t world_design_of(const world *w, text_slice words) {
  for (size_t i = 0; i < sizeof design_words / sizeof design_words[0]; i++) {
    if (!world_has(words, design_words[i].words)) continue;
    for (int32_t d = 0; d < w->n_design; d++)
      if (!strcmp(w->design_name[d], design_words[i].design)) return d;
  }
  return -1;
}

// Places of the United States, to a tenth of a degree: sites before states. Letters of states stand in capitals.
static const struct {
  const char *name;
  double      lat_deg, lon_deg;
} places[] = {
    {"Abilene",         32.4, -99.7 },
    {"Shackelford",     32.7, -99.4 },
    {"Memphis",         35.1, -90.0 },
    {"Southaven",       35.0, -90.0 },
    {"New Albany",      40.1, -82.8 },
    {"Lancaster",       39.7, -82.6 },
    {"Columbus",        40.0, -83.0 },
    {"Lordstown",       41.2, -80.9 },
    {"Golden",          39.7, -105.2},
    {"Denver",          39.7, -105.0},
    {"Goodyear",        33.4, -112.4},
    {"Mesa",            33.4, -111.8},
    {"Phoenix",         33.4, -112.1},
    {"Denton",          33.2, -97.1 },
    {"Dallas",          32.8, -96.8 },
    {"Fort Worth",      32.8, -97.3 },
    {"Midlothian",      32.5, -97.0 },
    {"San Antonio",     29.4, -98.5 },
    {"Milam",           30.8, -97.0 },
    {"Waco",            31.5, -97.1 },
    {"El Paso",         31.8, -106.5},
    {"Dona Ana",        32.3, -106.8},
    {"Port Washington", 43.4, -87.9 },
    {"Mount Pleasant",  42.7, -87.9 },
    {"Saline",          42.2, -83.8 },
    {"Ashburn",         39.0, -77.5 },
    {"Loudoun",         39.1, -77.6 },
    {"Dulles",          38.9, -77.4 },
    {"Prineville",      44.3, -120.8},
    {"The Dalles",      45.6, -121.2},
    {"Council Bluffs",  41.3, -95.9 },
    {"Omaha",           41.3, -95.9 },
    {"New Carlisle",    41.7, -86.5 },
    {"Atlanta",         33.7, -84.4 },
    {"Quincy",          47.2, -119.9},
    {"Santa Clara",     37.4, -122.0},
    {"Cheyenne",        41.1, -104.8},
    {"Las Vegas",       36.2, -115.1},
    {"Reno",            39.5, -119.8},
    {"Salt Lake",       40.8, -111.9},
    {"New Mexico",      34.4, -106.1},
    {"Arizona",         34.2, -111.6},
    {"Ohio",            40.3, -82.8 },
    {"Texas",           31.5, -99.3 },
    {"Virginia",        37.5, -78.8 },
    {"Wisconsin",       43.0, -88.5 },
    {"Michigan",        42.6, -84.5 },
    {"Tennessee",       35.8, -86.3 },
    {"Wyoming",         43.0, -107.5},
    {"Colorado",        39.0, -105.5},
    {"Iowa",            42.0, -93.5 },
    {"Nebraska",        41.5, -99.8 },
    {"Oregon",          44.0, -120.5},
    {"Nevada",          39.3, -116.6},
    {"Utah",            39.3, -111.7},
    {"Indiana",         39.9, -86.3 },
    {"Louisiana",       31.0, -92.0 },
    {"Georgia",         32.7, -83.4 },
    {"Oklahoma",        35.6, -97.5 },
    {"Kansas",          38.5, -98.4 },
    {"Missouri",        38.4, -92.5 },
    {"Mississippi",     32.7, -89.7 },
    {"Alabama",         32.8, -86.8 },
    {"Illinois",        40.0, -89.2 },
    {"Minnesota",       46.3, -94.3 },
    {"Pennsylvania",    40.9, -77.8 },
    {"North Carolina",  35.6, -79.4 },
    {"South Carolina",  33.9, -80.9 },
    {"North Dakota",    47.4, -100.5},
    {"California",      37.2, -119.3},
    {"Kentucky",        37.5, -85.3 },
    {"Maryland",        39.0, -76.8 },
    {"TX",              31.5, -99.3 },
    {"NM",              34.4, -106.1},
    {"AZ",              34.2, -111.6},
    {"OH",              40.3, -82.8 },
    {"VA",              37.5, -78.8 },
    {"WI",              43.0, -88.5 },
    {"MI",              42.6, -84.5 },
    {"TN",              35.8, -86.3 },
    {"WY",              43.0, -107.5},
    {"CO",              39.0, -105.5},
    {"IA",              42.0, -93.5 },
    {"NE",              41.5, -99.8 },
    {"OR",              44.0, -120.5},
    {"NV",              39.3, -116.6},
    {"UT",              39.3, -111.7},
    {"IN",              39.9, -86.3 },
    {"LA",              31.0, -92.0 },
    {"GA",              32.7, -83.4 },
    {"OK",              35.6, -97.5 },
    {"KS",              38.5, -98.4 },
    {"MO",              38.4, -92.5 },
    {"MS",              32.7, -89.7 },
    {"AL",              32.8, -86.8 },
    {"IL",              40.0, -89.2 },
    {"MN",              46.3, -94.3 },
    {"PA",              40.9, -77.8 },
    {"NC",              35.6, -79.4 },
    {"SC",              33.9, -80.9 },
    {"ND",              47.4, -100.5},
    {"CA",              37.2, -119.3},
    {"KY",              37.5, -85.3 },
    {"MD",              39.0, -76.8 },
};

// Great circle on a sphere of 6,371 km (haversine).
static double distance_km_of(double lat1, double lon1, double lat2, double lon2) {
  const double deg = 0.017453292519943295;
  const double a = sin((lat2 - lat1) * deg / 2.0), b = sin((lon2 - lon1) * deg / 2.0);
  return 2.0 * 6371.0 * asin(sqrt(a * a + cos(lat1 * deg) * cos(lat2 * deg) * b * b));
}

int32_t world_site_of(const world *w, text_slice words, double *distance_km) {
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    const bool letters = strlen(places[i].name) == 2;
    int32_t    best = -1;
    if (!has(words, places[i].name, letters)) continue;
    for (int32_t s = 0; s < w->n_site; s++) {
      const power_hours *h = &w->site[s].hours;
      const double       km = distance_km_of(places[i].lat_deg, places[i].lon_deg, h->lat_deg, h->lon_deg);
      if (isnan(km) || (best >= 0 && km >= *distance_km)) continue;
      best = s;
      *distance_km = km;
    }
    return best;
  }
  return -1;
}
