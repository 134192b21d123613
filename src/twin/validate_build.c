// Validation of the build-out: see validate_build.h.
#include "validate_build.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "../programme/embedded.h"
#include "../uncertainty/stream.h"
#include "validate_campus.h"
#include "validate_score.h"

enum {
  MEMBERS = 500,      // of a forecast
  FIT_MEMBERS = 250,  // of them, while calibrating
  FIT_SWEEPS = 9,
  FOLDS = 10,
  LEAST_OBSERVED = 20,  // sites for folds of their own
  LEAST_MEMBERS = 8,    // of a conditional forecast; else it is the unconditional one
  PIT_BINS = 100,
  PIT_RUNS = 200,    // of the forecast against itself
  RESAMPLES = 10000  // of the paired bootstrap over sites
};

// The list was made on 2026-08-16 of sites that had power by then (data/validation/build/README.md); months to
// 2026-08 inclusive are scored.
static const calendar_date list_date = {2026, 8, 16};
// What the base rates of a programme dated 2025-01 may stand on, and the site that such a programme tells of.
static const calendar_date early_date = {2025, 1, 21};
static const char *const   early_without = "OpenAI Stargate Abilene";

// Three ways to calibrate and forecast.
typedef enum way {
  WAY_LISTED,     // calibrated on the listed sites as they are, forecast from the site's row: the headline
  WAY_CORRECTED,  // calibrated with the list's condition, forecast without it: base rates of a campus not on any list
  WAY_GIVEN,      // calibrated and forecast with it: given that the site had power when the list was made
  WAYS
} way;
enum { FITS = 2 };  // WAY_LISTED's, and the one that the two others share

typedef struct pit_tally {
  double pairs[PIT_BINS], first[PIT_BINS];  // weights
} pit_tally;

typedef struct build_case {
  arena           *a;
  uint64_t         seed;
  sg_diags        *diags;
  validate_report *report;
  validate_sites   own, shipped;
  int32_t n, n_own, n_observed, n_fold;  // sites in all; usable of the directory (they come first); observed; folds
  const validate_site **site;            // (n)
  campus_draws        **draws;           // (n)
  int32_t              *fold;            // (n) -1: in none
  unsigned char        *use;             // (n) scratch
  campus_work          *work;
  double                list_day;
  int32_t               last_month;
  campus_parameters     fit[FITS][FOLDS + 1];  // the last: on everything
  // by site of the directory
  double   *crps[WAYS], *clim;              // (n_own)
  double   *first_observed, *first_median;  // (n_own) months; NaN
  double    band_pairs, pairs, band_months;
  pit_tally pit, *against;               // against: (PIT_RUNS)
  double   *x, *sorted, *month, *first;  // (n_month x MEMBERS) twice, (n_month), (MEMBERS)
} build_case;

// ---- Setting up -------------------------------------------------------------------------------------------------------

static sg_err read_shipped(build_case *c) {
  diag_source sites, observed;
  if (!programme_embedded_find("validation/build/sites.csv", &sites) ||
      !programme_embedded_find("validation/build/observations.csv", &observed))
    return diag_add(c->diags, SG_ERROR, SG_ERR_IO, (diag_place){0}, "list validation/build/*.csv in scripts/embed",
                    "the calibration set is not built in");
  return validate_sites_read(&sites, &observed, c->a, c->diags, &c->shipped);
}

static void reject_site(build_case *c, const validate_site *site) {
  validate_row *row = validate_add_row(c->report, site->name, "input", "");
  c->report->holds = false;
  if (!row) return;
  row->status = "input";
  snprintf(row->why, sizeof row->why, "a line of this site cannot be read");
}

// Usable sites of the directory first, then the shipped ones that it does not name.
static sg_err gather_sites(build_case *c) {
  size_t most = (size_t)(c->own.n + c->shipped.n), bytes_less = most + 1;
  c->site = arena_take(c->a, bytes_less, sizeof *c->site);
  c->draws = arena_take(c->a, bytes_less, sizeof *c->draws);
  c->fold = ARENA_NEW(c->a, int32_t, bytes_less);
  c->use = ARENA_NEW(c->a, unsigned char, bytes_less);
  if (!c->site || !c->draws || !c->fold || !c->use) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < c->own.n; i++) {
    const validate_site *site = &c->own.site[i];
    if (site->bad) {
      reject_site(c, site);
      continue;
    }
    c->fold[c->n] = site->n_reading > 0 ? c->n_observed++ : -1;
    c->site[c->n++] = site;
  }
  c->n_own = c->n;
  c->n_fold = c->n_observed >= LEAST_OBSERVED ? FOLDS : 0;
  for (int32_t i = 0; i < c->n_own; i++) c->fold[i] = c->n_fold && c->fold[i] >= 0 ? c->fold[i] % FOLDS : -1;
  for (int32_t i = 0; i < c->shipped.n; i++) {
    if (validate_sites_find(&c->own, c->shipped.site[i].name) >= 0) continue;
    c->fold[c->n] = -1;
    c->site[c->n++] = &c->shipped.site[i];
  }
  return SG_OK;
}

static int32_t months_of(const build_case *c, const validate_site *site) {
  int32_t n = c->last_month - site->first_month + 1;
  return n > 1 ? n : 1;
}

static sg_err take_memory(build_case *c) {
  int32_t buildings = 1, months = 1;
  for (int32_t i = 0; i < c->n; i++) {
    buildings = c->site[i]->buildings > buildings ? c->site[i]->buildings : buildings;
    months = months_of(c, c->site[i]) > months ? months_of(c, c->site[i]) : months;
    c->draws[i] = campus_draws_create(c->site[i], c->seed, i < c->n_own ? MEMBERS : FIT_MEMBERS, c->a);
    if (!c->draws[i]) return SG_ERR_MEMORY;
  }
  size_t own = (size_t)c->n_own + 1, n_month = (size_t)months;
  c->work = campus_work_create(buildings, c->a);
  double *by_site = ARENA_NEW(c->a, double, (WAYS + 3) * own);
  c->x = ARENA_NEW(c->a, double, n_month *MEMBERS);
  c->sorted = ARENA_NEW(c->a, double, n_month *MEMBERS);
  c->month = ARENA_NEW(c->a, double, n_month);
  c->first = ARENA_NEW(c->a, double, MEMBERS);
  c->against = ARENA_NEW(c->a, pit_tally, PIT_RUNS);
  if (!c->work || !by_site || !c->x || !c->sorted || !c->month || !c->first || !c->against) return SG_ERR_MEMORY;
  for (int w = 0; w < WAYS; w++, by_site += own) c->crps[w] = by_site;
  c->clim = by_site;
  c->first_observed = by_site + own;
  c->first_median = by_site + 2 * own;
  return SG_OK;
}

// ---- Calibration --------------------------------------------------------------------------------------------------------

// Out of fold f (FOLDS: on everything that may be used).
static void fit_fold(build_case *c, int32_t f) {
  for (int32_t i = 0; i < c->n; i++) {
    bool own = i < c->n_own;
    c->use[i] = c->site[i]->n_reading > 0 && !c->site[i]->bad && (own ? c->n_fold > 0 && c->fold[i] != f : true);
  }
  campus_fit_options options = {c->list_day, HUGE_VAL, FIT_SWEEPS};
  campus_fit(c->site, c->draws, c->use, c->n, FIT_MEMBERS, &options, c->work, &c->fit[WAY_LISTED][f]);
  if (c->n_fold == 0) return;
  options.listed_day = c->list_day;
  campus_fit(c->site, c->draws, c->use, c->n, FIT_MEMBERS, &options, c->work, &c->fit[WAY_CORRECTED][f]);
}

static void fit_all(build_case *c) {
  for (int32_t f = 0; f < c->n_fold; f++) fit_fold(c, f);
  fit_fold(c, FOLDS);
}

static const campus_parameters *parameters_for(const build_case *c, int32_t i, way w) {
  int32_t f = c->fold[i] >= 0 ? c->fold[i] : FOLDS;
  return &c->fit[w == WAY_LISTED ? WAY_LISTED : WAY_CORRECTED][f];
}

static void add_parameters(build_case *c, const char *prefix, const campus_parameters *p) {
  for (int k = 0; k < CAMPUS_PARAMETERS; k++) {
    char name[48];
    snprintf(name, sizeof name, "%s.%s", prefix, campus_parameter_name[k]);
    validate_add_value(c->report, name, p->value[k]);
  }
}

// The corrected fit on what the shipped readings showed by early_date.
static void fit_early(build_case *c) {
  double early_day = calendar_day(early_date);
  for (int32_t i = 0; i < c->n; i++) {
    const validate_site *site = c->site[i];
    bool                 shipped = validate_sites_find(&c->shipped, site->name) >= 0;
    c->use[i] = shipped && site->n_reading > 0 && !site->bad && site->works_start_day < early_day &&
                strcmp(site->name, early_without) != 0;
  }
  campus_fit_options options = {early_day, c->list_day, FIT_SWEEPS};
  campus_parameters  p;
  campus_fit(c->site, c->draws, c->use, c->n, FIT_MEMBERS, &options, c->work, &p);
  add_parameters(c, "fit_2025", &p);
}

// ---- One site -------------------------------------------------------------------------------------------------------------

// The forecast: c->x (month x member), c->sorted, c->first (months to first power, by member). Returns its members.
static int32_t simulate(build_case *c, int32_t i, way w) {
  const validate_site     *site = c->site[i];
  const campus_parameters *p = parameters_for(c, i, w);
  int32_t                  n_month = months_of(c, site), n = 0;
  for (int pass = 0; pass < 2 && n < LEAST_MEMBERS; pass++) {
    n = 0;
    for (int32_t m = 0; m < MEMBERS; m++) {
      campus_curve curve = campus_run(site, c->draws[i], m, p, c->work);
      if (w == WAY_GIVEN && pass == 0 && curve.first_day > c->list_day) continue;
      campus_months(site, &curve, n_month, c->month);
      for (int32_t k = 0; k < n_month; k++) c->x[k * MEMBERS + n] = c->month[k];
      c->first[n++] = (curve.first_day - site->works_start_day) / CALENDAR_DAYS_PER_MONTH;
    }
  }
  memcpy(c->sorted, c->x, (size_t)n_month * MEMBERS * sizeof *c->x);
  for (int32_t k = 0; k < n_month; k++) score_sort(c->sorted + k * MEMBERS, (size_t)n);
  return n;
}

static double observed_frac(const validate_site *site, int32_t k) {
  return validate_site_frac(site, campus_month_day(site, k));
}

// Mean over the site's months of the CRPS of what `simulate` left.
static double mean_crps(const build_case *c, const validate_site *site, int32_t n) {
  int32_t n_month = months_of(c, site);
  double  sum = 0.0;
  for (int32_t k = 0; k < n_month; k++) sum += score_crps(c->sorted + k * MEMBERS, (size_t)n, observed_frac(site, k));
  return sum / n_month;
}

// Climatology: the other observed sites' values at the same age, as far as they have reached it. Where no other site is
// that old, the last age that one has reached serves. NaN: there is no other site.
static double climatology_crps(build_case *c, int32_t i) {
  int32_t n_month = months_of(c, c->site[i]);
  double  sum = 0.0;
  for (int32_t k = 0; k < n_month; k++) {
    size_t n = 0;
    for (int32_t age = k; age >= 0 && n == 0; age--)
      for (int32_t j = 0; j < (c->n_fold ? c->n_own : c->n); j++) {
        const validate_site *other = c->site[j];
        if (j == i || other->n_reading == 0 || other->bad || months_of(c, other) <= age) continue;
        c->sorted[n++] = observed_frac(other, age);
        if (n == MEMBERS) break;
      }
    if (n == 0) return (double)NAN;
    score_sort(c->sorted, n);
    sum += score_crps(c->sorted, n, observed_frac(c->site[i], k));
  }
  return sum / n_month;
}

static double first_power_months(const validate_site *site) {
  for (int32_t k = 0; k < site->n_reading; k++)
    if (site->reading[k].facility_mw > 0.0)
      return (site->reading[k].day - site->works_start_day) / CALENDAR_DAYS_PER_MONTH;
  return (double)NAN;
}

static size_t bin_of(double pit) {
  size_t bin = (size_t)(pit * PIT_BINS);
  return bin < PIT_BINS ? bin : PIT_BINS - 1;
}

// Transforms of one course of events (observed, or one of the members) under the site's own forecast.
static void tally(const build_case *c, int32_t i, const double *y, double first, int32_t run, pit_tally *out) {
  uint64_t key = stream_key_join(stream_key("validate.build.pit"), stream_key(c->site[i]->name));
  int32_t  n_month = months_of(c, c->site[i]);
  stream   s = {c->seed, (uint32_t)(run + 1), 0};
  for (int32_t k = 0; k < n_month; k++) {
    double v = stream_uniform(s, key, (uint32_t)k);
    out->pairs[bin_of(score_pit(c->sorted + k * MEMBERS, MEMBERS, y[k], v))] += 1.0 / n_month;
  }
  if (!isfinite(first)) return;  // no power yet
  out->first[bin_of(score_pit(c->first, MEMBERS, first, stream_uniform(s, key, (uint32_t)n_month)))] += 1.0;
}

// Beside the observed course, PIT_RUNS members stand in for it: how far from uniform a perfect forecast would look, months
// of a site hanging together as they do.
static void tally_site(build_case *c, int32_t i, const double *y) {
  const validate_site *site = c->site[i];
  int32_t              n_month = months_of(c, site);
  uint64_t             key = stream_key_join(stream_key("validate.build.pit.member"), stream_key(site->name));
  double               first[PIT_RUNS];
  int32_t              member[PIT_RUNS];
  for (int32_t r = 0; r < PIT_RUNS; r++) {
    member[r] = (int32_t)(stream_uniform((stream){c->seed, (uint32_t)r, 0}, key, 0) * MEMBERS);
    first[r] = c->first[member[r]];
  }
  score_sort(c->first, MEMBERS);
  tally(c, i, y, c->first_observed[i], -1, &c->pit);
  for (int32_t r = 0; r < PIT_RUNS; r++) {
    for (int32_t k = 0; k < n_month; k++) c->month[k] = c->x[k * MEMBERS + member[r]];
    tally(c, i, c->month, first[r], r, &c->against[r]);
  }
}

// A row that is held against the forecast's central 80 %.
static void add_banded(build_case *c, const char *site, const char *quantity, const char *unit, double observed,
                       const double *sorted) {
  validate_row *row = validate_add_row(c->report, site, quantity, unit);
  if (!row) return;
  double low = score_quantile(sorted, MEMBERS, 0.1), high = score_quantile(sorted, MEMBERS, 0.9);
  row->computed = score_quantile(sorted, MEMBERS, 0.5);
  row->expected = observed;
  if (observed > 0.0) row->rel_error = row->computed / observed - 1.0;
  if (!isfinite(observed)) {
    snprintf(row->why, sizeof row->why, "not observed; forecast 80 %% band %.3g to %.3g", low, high);
    return;
  }
  bool inside = observed >= low - 1e-9 && observed <= high + 1e-9;
  row->status = inside ? "ok" : "off";
  snprintf(row->why, sizeof row->why, "%s the 80 %% band %.3g to %.3g", inside ? "inside" : "outside", low, high);
}

static void add_quantiles(build_case *c, const validate_site *site) {
  int32_t            n_month = months_of(c, site);
  validate_forecast *f = validate_add_forecast(c->report, site->name, site->first_month, n_month);
  if (!f) return;
  for (int32_t k = 0; k < n_month; k++)
    for (int q = 0; q < VALIDATE_QUANTILES; q++)
      f->quantile[k * VALIDATE_QUANTILES + q] = score_quantile(c->sorted + k * MEMBERS, MEMBERS, (q + 1) / 100.0);
}

static void count_band(build_case *c, int32_t n_month, const double *y) {
  for (int32_t k = 0; k < n_month; k++) {
    const double *x = c->sorted + k * MEMBERS;
    c->band_pairs += y[k] >= score_quantile(x, MEMBERS, 0.1) - 1e-9 && y[k] <= score_quantile(x, MEMBERS, 0.9) + 1e-9;
    c->pairs += 1.0;
  }
}

// Forecasts and, where it was observed, scores one site of the directory.
static sg_err do_site(build_case *c, int32_t i) {
  const validate_site *site = c->site[i];
  int32_t              n_month = months_of(c, site);
  arena_mark           mark = arena_mark_get(c->a);
  double              *y = ARENA_NEW(c->a, double, n_month);
  if (!y) return SG_ERR_MEMORY;
  bool observed = site->n_reading > 0;
  for (int w = WAYS - 1; w >= 0; w--) {  // the headline last: its ensemble is what the rest is told of
    if (w != WAY_LISTED && (!observed || c->n_fold == 0)) continue;
    int32_t n = simulate(c, i, (way)w);
    c->crps[w][i] = observed ? mean_crps(c, site, n) : (double)NAN;
  }
  for (int32_t k = 0; k < n_month; k++) y[k] = observed ? observed_frac(site, k) : (double)NAN;
  c->first_observed[i] = first_power_months(site);
  add_quantiles(c, site);
  if (observed) {
    count_band(c, n_month, y);
    tally_site(c, i, y);
  }
  score_sort(c->first, MEMBERS);
  c->first_median[i] = score_quantile(c->first, MEMBERS, 0.5);
  add_banded(c, site->name, "months to first power", "month", c->first_observed[i], c->first);
  add_banded(c, site->name, "share of plan on line, last month", "frac", y[n_month - 1],
             c->sorted + (n_month - 1) * MEMBERS);
  c->clim[i] = observed ? climatology_crps(c, i) : (double)NAN;
  validate_row *row = observed ? validate_add_row(c->report, site->name, "CRPS against climatology", "frac") : NULL;
  if (row) {
    row->expected = c->clim[i];
    row->computed = c->crps[WAY_LISTED][i];
    row->rel_error = row->computed / row->expected - 1.0;
    row->status = row->computed <= row->expected ? "ok" : "off";
  }
  arena_release(c->a, mark);
  return SG_OK;
}

// ---- The whole ------------------------------------------------------------------------------------------------------------

static double mean_observed(const build_case *c, const double *of) {
  double sum = 0.0;
  for (int32_t i = 0; i < c->n_own; i++)
    if (c->site[i]->n_reading > 0) sum += of[i];
  return sum / c->n_observed;
}

static double median_observed(const build_case *c, const double *of, double *scratch) {
  size_t n = 0;
  for (int32_t i = 0; i < c->n_own; i++)
    if (isfinite(c->first_observed[i])) scratch[n++] = of[i];
  score_sort(scratch, n);
  return n ? score_quantile(scratch, n, 0.5) : (double)NAN;
}

// 95 % interval of the mean difference of CRPS, forecast less climatology: sites drawn with replacement, both scores of a
// site together. Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), percentile interval.
static sg_err add_interval(build_case *c, const char *prefix, const double *crps) {
  double  *mean = ARENA_NEW(c->a, double, RESAMPLES), *difference = ARENA_NEW(c->a, double, c->n_own + 1);
  uint64_t key = stream_key("validate.build.bootstrap");
  int32_t  n = 0;
  if (!mean || !difference) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < c->n_own; i++)
    if (c->site[i]->n_reading > 0) difference[n++] = crps[i] - c->clim[i];
  for (int32_t r = 0; r < RESAMPLES; r++) {
    double sum = 0.0;
    for (int32_t k = 0; k < n; k++) {
      double u = stream_uniform((stream){c->seed, (uint32_t)r, 0}, key, (uint32_t)k);
      sum += difference[(int32_t)(u * n)];
    }
    mean[r] = sum / n;
  }
  score_sort(mean, RESAMPLES);
  char name[48];
  snprintf(name, sizeof name, "%s_difference_p025", prefix);
  validate_add_value(c->report, name, score_quantile(mean, RESAMPLES, 0.025));
  snprintf(name, sizeof name, "%s_difference_p975", prefix);
  validate_add_value(c->report, name, score_quantile(mean, RESAMPLES, 0.975));
  return SG_OK;
}

static void add_pit(build_case *c) {
  double pairs = score_uniform_distance(c->pit.pairs, PIT_BINS), first = score_uniform_distance(c->pit.first, PIT_BINS);
  int    beyond_pairs = 0, beyond_first = 0;
  for (int r = 0; r < PIT_RUNS; r++) {
    beyond_pairs += score_uniform_distance(c->against[r].pairs, PIT_BINS) >= pairs;
    beyond_first += score_uniform_distance(c->against[r].first, PIT_BINS) >= first;
  }
  validate_add_value(c->report, "pit_distance", pairs);
  validate_add_value(c->report, "pit_p", (beyond_pairs + 1.0) / (PIT_RUNS + 1.0));
  validate_add_value(c->report, "first_power_pit_distance", first);
  validate_add_value(c->report, "first_power_pit_p", (beyond_first + 1.0) / (PIT_RUNS + 1.0));
  for (int b = 0; b < 10; b++) {
    double sum = 0.0;
    char   name[48];
    for (int k = 0; k < PIT_BINS / 10; k++) sum += c->pit.pairs[b * (PIT_BINS / 10) + k];
    snprintf(name, sizeof name, "pit_share_%02d", b + 1);
    validate_add_value(c->report, name, sum / c->n_observed);
  }
}

static void add_verdict(build_case *c, double crps, double clim) {
  validate_row *row = validate_add_row(c->report, "all sites", "CRPS out of fold, at most", "frac");
  if (!row) return;
  row->expected = VALIDATE_BUILD_BAR * clim;
  row->computed = crps;
  row->rel_error = crps / row->expected - 1.0;
  bool met = crps <= row->expected;
  row->status = met ? "ok" : "off";
  snprintf(row->why, sizeof row->why, "climatology %.4f; %+.1f %%", clim, 100.0 * (crps / clim - 1.0));
  if (!met) c->report->holds = false;
}

static sg_err summarise(build_case *c) {
  validate_add_value(c->report, "sites", c->n_own);
  validate_add_value(c->report, "sites_observed", c->n_observed);
  validate_add_value(c->report, "folds", c->n_fold);
  validate_add_value(c->report, "members", MEMBERS);
  add_parameters(c, "fit_listed", &c->fit[WAY_LISTED][FOLDS]);
  if (c->n_observed == 0) return SG_OK;
  double crps = mean_observed(c, c->crps[WAY_LISTED]), clim = mean_observed(c, c->clim);
  validate_add_value(c->report, "pairs", c->pairs);
  validate_add_value(c->report, "crps", crps);
  validate_add_value(c->report, "crps_climatology", clim);
  validate_add_value(c->report, "crps_ratio", crps / clim);
  sg_err err = add_interval(c, "crps", c->crps[WAY_LISTED]);
  if (err) return err;
  validate_add_value(c->report, "band80_frac", c->band_pairs / c->pairs);
  validate_add_value(c->report, "first_power_observed_months", median_observed(c, c->first_observed, c->x));
  validate_add_value(c->report, "first_power_forecast_months", median_observed(c, c->first_median, c->x));
  add_pit(c);
  add_verdict(c, crps, clim);
  if (c->n_fold == 0) return SG_OK;
  validate_add_value(c->report, "crps_corrected", mean_observed(c, c->crps[WAY_CORRECTED]));
  err = add_interval(c, "crps_corrected", c->crps[WAY_CORRECTED]);
  if (err) return err;
  validate_add_value(c->report, "crps_given_listed", mean_observed(c, c->crps[WAY_GIVEN]));
  err = add_interval(c, "crps_given_listed", c->crps[WAY_GIVEN]);
  if (err) return err;
  add_parameters(c, "fit_corrected", &c->fit[WAY_CORRECTED][FOLDS]);
  fit_early(c);
  return SG_OK;
}

static sg_err run(build_case *c, const diag_source *sites_csv, const diag_source *observations_csv) {
  sg_err err = validate_sites_read(sites_csv, observations_csv, c->a, c->diags, &c->own);
  if (!err) err = read_shipped(c);
  if (!err) err = gather_sites(c);
  if (err) return err;
  c->list_day = calendar_day(list_date);
  c->last_month = calendar_month_of_day(fmax(c->list_day, c->own.last_day));
  err = take_memory(c);
  if (err || c->n_own == 0) return err;
  fit_all(c);
  for (int32_t i = 0; i < c->n_own && !err; i++) err = do_site(c, i);
  return err ? err : summarise(c);
}

sg_err validate_build(const diag_source *sites_csv, const diag_source *observations_csv, uint64_t seed, sg_diags *diags,
                      validate_report *out) {
  out->domain = "build";
  out->holds = true;
  arena      *a = arena_create();
  build_case *c = a ? ARENA_NEW(a, build_case, 1) : NULL;
  sg_err      err = SG_ERR_MEMORY;
  if (c) {
    c->a = a;
    c->seed = seed;
    c->diags = diags;
    c->report = out;
    err = run(c, sites_csv, observations_csv);
  }
  if (!err && out->failed) err = SG_ERR_MEMORY;
  if (err) out->holds = false;
  arena_free(a);
  return err;
}
