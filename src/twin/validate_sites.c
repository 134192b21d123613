// Sites: see validate_sites.h.
#include "validate_sites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/csv.h"
#include "../base/text.h"

// Finds the wanted columns; reports each that is missing.
static sg_err find_columns(const csv_table *t, const char *const *want, int32_t n, int32_t *column, sg_diags *diags) {
  sg_err err = SG_OK;
  for (int32_t w = 0; w < n; w++) {
    column[w] = csv_column(t, want[w]);
    if (column[w] < 0)
      err = diag_add(diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1), "the first line names the columns",
                     "column '%s' is missing", want[w]);
  }
  return err;
}

static bool read_day(text_slice s, double *day) {
  int32_t first, last;
  if (!calendar_parse(s, &first, &last)) return false;
  *day = first;
  return true;
}

enum { SITE_NAME, SITE_START, SITE_MW, SITE_BUILDINGS, SITE_COLUMNS };
static const char *const site_columns[] = {"site", "works_start", "planned_facility_mw", "planned_buildings"};

// What is wrong with a line of sites.csv; NULL: nothing.
static const char *read_site(const csv_table *t, int32_t row, const int32_t *column, validate_site *out) {
  text_slice name = csv_field(t, row, column[SITE_NAME]);
  double     buildings = 0.0;
  *out = (validate_site){.n_reading = 0};
  snprintf(out->name, sizeof out->name, "%.*s", (int)(name.n > 63 ? 63 : name.n), name.at);
  if (name.n == 0 || memchr(name.at, '\0', name.n)) return "the site has no name";
  if (!read_day(csv_field(t, row, column[SITE_START]), &out->works_start_day)) return "works_start is not a date";
  out->first_month = calendar_month_of_day(out->works_start_day);
  if (!text_number(csv_field(t, row, column[SITE_MW]), &out->planned_mw) || !(out->planned_mw > 0.0))
    return "planned_facility_mw is not a positive number";
  if (!text_number(csv_field(t, row, column[SITE_BUILDINGS]), &buildings) || !(buildings >= 1.0) ||
      !(buildings <= VALIDATE_MAX_BUILDINGS))
    return "planned_buildings is not a number from 1 to 400";
  out->buildings = (int32_t)lround(buildings);
  return NULL;
}

static sg_err read_sites(const diag_source *source, arena *a, sg_diags *diags, validate_sites *out) {
  csv_table t;
  int32_t   column[SITE_COLUMNS];
  sg_err    err = csv_read(source, a, diags, &t);
  if (!err) err = find_columns(&t, site_columns, SITE_COLUMNS, column, diags);
  if (err) return err;
  if (t.n_row > VALIDATE_MAX_SITES)
    return diag_add(diags, SG_ERROR, SG_ERR_LIMIT, csv_place(&t, VALIDATE_MAX_SITES, -1), NULL, "more than %d sites",
                    VALIDATE_MAX_SITES);
  out->site = ARENA_NEW(a, validate_site, t.n_row + 1);
  if (!out->site) return SG_ERR_MEMORY;
  for (int32_t row = 0; row < t.n_row; row++) {
    validate_site *site = &out->site[out->n];
    const char    *wrong = read_site(&t, row, column, site);
    if (!wrong && validate_sites_find(out, site->name) >= 0) wrong = "the site stands twice";
    site->bad = wrong != NULL;
    if (wrong) diag_add(diags, SG_ERROR, SG_ERR_RANGE, csv_place(&t, row, -1), NULL, "%s: %s", site->name, wrong);
    out->n++;
  }
  if (out->n == 0)
    return diag_add(diags, SG_ERROR, SG_ERR_RANGE, (diag_place){source, 1, 1, 1}, NULL, "the file lists no site");
  return SG_OK;
}

enum { OBSERVED_SITE, OBSERVED_DATE, OBSERVED_MW, OBSERVED_COLUMNS };
static const char *const observed_columns[] = {"site", "date", "facility_mw"};

// One reading as it is read: its site and its place in the file keep the order of equal days.
typedef struct site_reading {
  validate_reading of;
  int32_t          site, line;
} site_reading;

static int by_site_and_day(const void *p, const void *q) {
  const site_reading *a = p, *b = q;
  if (a->site != b->site) return a->site < b->site ? -1 : 1;
  if (a->of.day < b->of.day || b->of.day < a->of.day) return a->of.day < b->of.day ? -1 : 1;
  return (a->line > b->line) - (a->line < b->line);
}

// Reads one line; the site's row, or -1 where the line cannot be used.
static int32_t read_reading(const csv_table *t, int32_t row, const int32_t *column, sg_diags *diags,
                            validate_sites *sites, validate_reading *out) {
  char       name[64];
  text_slice s = csv_field(t, row, column[OBSERVED_SITE]);
  snprintf(name, sizeof name, "%.*s", (int)(s.n > 63 ? 63 : s.n), s.at);
  int32_t i = validate_sites_find(sites, name);
  if (i < 0) {
    diag_add(diags, SG_WARNING, SG_ERR_NAME, csv_place(t, row, -1), NULL, "no site is called '%s'", name);
    return -1;
  }
  bool day = read_day(csv_field(t, row, column[OBSERVED_DATE]), &out->day);
  bool mw = text_number(csv_field(t, row, column[OBSERVED_MW]), &out->facility_mw) && out->facility_mw >= 0.0;
  if (day && mw) return i;
  sites->site[i].bad = true;
  diag_add(diags, SG_ERROR, SG_ERR_RANGE, csv_place(t, row, -1), NULL, "%s: %s", name,
           day ? "facility_mw is not a number of at least 0" : "not a date");
  return -1;
}

static sg_err read_observations(const diag_source *source, arena *a, sg_diags *diags, validate_sites *out) {
  csv_table t;
  int32_t   column[OBSERVED_COLUMNS], n = 0;
  sg_err    err = csv_read(source, a, diags, &t);
  if (!err) err = find_columns(&t, observed_columns, OBSERVED_COLUMNS, column, diags);
  if (err) return err;
  site_reading     *read = ARENA_NEW(a, site_reading, t.n_row + 1);
  validate_reading *kept = ARENA_NEW(a, validate_reading, t.n_row + 1);
  if (!read || !kept) return SG_ERR_MEMORY;
  for (int32_t row = 0; row < t.n_row; row++) {
    site_reading one = {.line = row};
    one.site = read_reading(&t, row, column, diags, out, &one.of);
    if (one.site >= 0) read[n++] = one;
  }
  qsort(read, (size_t)n, sizeof *read, by_site_and_day);
  for (int32_t k = 0; k < n; k++) {
    validate_site *site = &out->site[read[k].site];
    kept[k] = read[k].of;
    if (site->n_reading++ == 0) site->reading = &kept[k];
    out->last_day = fmax(out->last_day, kept[k].day);
  }
  return SG_OK;
}

sg_err validate_sites_read(const diag_source *sites, const diag_source *observations, arena *a, sg_diags *diags,
                           validate_sites *out) {
  *out = (validate_sites){.last_day = -HUGE_VAL};
  sg_err err = read_sites(sites, a, diags, out);
  if (err || !observations) return err;
  return read_observations(observations, a, diags, out);
}

double validate_site_frac(const validate_site *site, double day) {
  double mw = 0.0;
  for (int32_t k = 0; k < site->n_reading && site->reading[k].day <= day; k++) mw = site->reading[k].facility_mw;
  return mw / site->planned_mw;
}

int32_t validate_sites_find(const validate_sites *sites, const char *name) {
  for (int32_t i = 0; i < sites->n; i++)
    if (strcmp(sites->site[i].name, name) == 0) return i;
  return -1;
}
