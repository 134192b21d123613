// Campus: see validate_campus.h.
#include "validate_campus.h"

#include <math.h>
#include <string.h>

#include "../base/calendar.h"
#include "../build/network.h"
#include "../uncertainty/dist.h"
#include "../uncertainty/stream.h"

enum {
  MAX_HALLS = 3,
  SITE_ACTIVITIES = 1,                      // land
  BUILDING_ACTIVITIES = 5 + 2 * MAX_HALLS,  // civil, shell, electrical, cooling, energise; racks and commission by hall
  BUILDING_PREDS = 5 + 5 * MAX_HALLS,
  GRID = 200  // of the CRPS while searching
};

#define PARAMETER_NAME(code, name, start, low, high, step, meaning) name,
const char *const campus_parameter_name[CAMPUS_PARAMETERS] = {CAMPUS_PARAMETER_LIST(PARAMETER_NAME)};

typedef struct parameter_row {
  double start, low, high, step;
} parameter_row;
#define PARAMETER_ROW(code, name, start, low, high, step, meaning) {start, low, high, step},
static const parameter_row parameter_rows[CAMPUS_PARAMETERS] = {CAMPUS_PARAMETER_LIST(PARAMETER_ROW)};

// Shell crews: two, times the square root of the buildings planned, differing between sites by this much (sd of the log);
// a building in three comes on line in two or three steps. Assumptions, see docs/assumptions.md#crews: the set cannot
// tell them from other values (docs/validation-build.md); of its eleven sites of one building, three came in steps.
static const double crews_log = 0.70, crews_exponent = 0.5, crews_sd = 0.6, halls_frac = 0.30;

// Prior of the pace: assumption, see docs/assumptions.md#pace.
static const double prior_months_log = 3.4, prior_sd = 0.3, prior_weight = 0.002;

// The trend of pace with the year of start is not drawn on beyond these: fewer than five sites of the set started before
// 2021, and none could start after mid-2025 and have power. Days of 2021-01-01, 2024-01-01, 2025-01-01.
static const double trend_first_day = 18628.0, trend_zero_day = 19723.0, trend_last_day = 20089.0;

struct campus_draws {
  double *site_z, *crews_z;     // (members) standard normals
  double *building_z, *hall_u;  // (members x buildings)
};

struct campus_work {
  build_network  net;
  build_draw     draw;
  build_state    state;
  int32_t       *hall_last;  // (3 x buildings) commission of each hall
  double        *hall_frac;  // (3 x buildings)
  double        *day;        // (3 x buildings) the curve's days
  unsigned char *go;         // (buildings)
  double        *month;      // (months) of one member, while fitting
  int32_t       *count;      // (months x (GRID + 1)), while fitting
};

enum { MAX_MONTHS = 1200 };

campus_work *campus_work_create(int32_t buildings, arena *a) {
  size_t       nb = (size_t)buildings, n = SITE_ACTIVITIES + nb * BUILDING_ACTIVITIES, n_hall = nb * MAX_HALLS;
  campus_work *w = ARENA_NEW(a, campus_work, 1);
  int32_t     *whole = ARENA_NEW(a, int32_t, 9 * n + nb * BUILDING_PREDS + 4 * nb + n_hall + 8);
  double      *real = ARENA_NEW(a, double, 6 * n + nb + 2 * n_hall + MAX_MONTHS + 1);
  if (!w || !whole || !real) return NULL;
  w->go = ARENA_NEW(a, unsigned char, nb);
  w->count = ARENA_NEW(a, int32_t, (size_t)MAX_MONTHS * (GRID + 1));
  if (!w->go || !w->count) return NULL;
  memset(w->go, 1, nb);
  int32_t **by_activity[] = {&w->net.building,     &w->net.pred_first, &w->net.pred_n,
                             &w->net.gate,         &w->net.pool,       &w->net.own_cause,
                             &w->net.supply_cause, &w->state.driver,   &w->state.wait_cause};
  for (size_t k = 0; k < sizeof by_activity / sizeof by_activity[0]; k++, whole += n) *by_activity[k] = whole;
  w->net.pred = whole, whole += nb * BUILDING_PREDS;
  w->net.last = whole, whole += nb;
  w->state.crew_user = whole, whole += nb;
  w->hall_last = whole, whole += n_hall;
  w->net.pool_first = whole, whole += 1;
  w->net.pool_n = whole, whole += 1;
  w->state.crew = ARENA_NEW(a, int32_t, n);
  double **reals[] = {&w->draw.work_day,    &w->draw.available_day, &w->state.start_day,
                      &w->state.finish_day, &w->state.ready_day,    &w->state.pause_day};
  for (size_t k = 0; k < sizeof reals / sizeof reals[0]; k++, real += n) *reals[k] = real;
  w->state.free_day = real, real += nb;
  w->hall_frac = real, real += n_hall;
  w->day = real, real += n_hall;
  w->month = real;
  return w->state.crew ? w : NULL;
}

// Powers of the inverse of the plastic number, 1.32471795724...: x^3 = x + 1.
static const double plastic_1 = 0.75487766624669276, plastic_2 = 0.56984029099805327;

// What all buildings of a member share weighs most, so members are spread evenly over it: an additive recurrence with a
// random start, of which each beginning is evenly spread too.
// Source: Roberts, "The unreasonable effectiveness of quasirandom sequences" (2018); random shift: Cranley and Patterson,
// "Randomization of number theoretic methods for multiple integration", SIAM J. Numer. Anal. 13 (1976).
static double spread_normal(uint64_t seed, uint64_t key, size_t m, double step) {
  double u = stream_uniform((stream){seed, 0, 0}, key, 0) + (double)m * step;
  u -= floor(u);
  return normal_quantile(fmin(fmax(u, 1e-12), 1.0 - 1e-12));
}

campus_draws *campus_draws_create(const validate_site *site, uint64_t seed, int32_t members, arena *a) {
  size_t        n = (size_t)members, nb = (size_t)site->buildings;
  campus_draws *d = ARENA_NEW(a, campus_draws, 1);
  double       *at = ARENA_NEW(a, double, n *(2 + 2 * nb));
  if (!d || !at) return NULL;
  *d = (campus_draws){at, at + n, at + 2 * n, at + 2 * n + n * nb};
  uint64_t name = stream_key(site->name);
  uint64_t key_site = stream_key_join(stream_key("validate.campus.pace"), name);
  uint64_t key_crews = stream_key_join(stream_key("validate.campus.crews"), name);
  uint64_t key_building = stream_key_join(stream_key("validate.campus.building.pace"), name);
  uint64_t key_halls = stream_key_join(stream_key("validate.campus.building.halls"), name);
  for (size_t m = 0; m < n; m++) {
    stream s = {seed, (uint32_t)m, 0};
    d->site_z[m] = spread_normal(seed, key_site, m, plastic_1);
    d->crews_z[m] = spread_normal(seed, key_crews, m, plastic_2);
    for (size_t b = 0; b < nb; b++) {
      d->building_z[m * nb + b] = stream_normal(s, key_building, (uint32_t)b);
      d->hall_u[m * nb + b] = stream_uniform(s, key_halls, (uint32_t)b);
    }
  }
  return d;
}

// ---- One member's network -----------------------------------------------------------------------------------------

static int32_t add(campus_work *w, int32_t building, double work_day, int32_t pool, int32_t after) {
  build_network *net = &w->net;
  int32_t        i = net->n_activity++;
  net->building[i] = building;
  net->pool[i] = pool;
  net->gate[i] = -1;
  net->own_cause[i] = CAUSE_WORK;
  net->supply_cause[i] = CAUSE_GRID;
  net->pred_first[i] = net->n_pred;
  net->pred_n[i] = 0;
  w->draw.work_day[i] = work_day;
  w->draw.available_day[i] = -HUGE_VAL;
  if (after >= 0) {
    net->pred[net->n_pred++] = after;
    net->pred_n[i] = 1;
  }
  return i;
}

static void also_after(campus_work *w, int32_t activity, int32_t pred) {
  w->net.pred[w->net.n_pred++] = pred;
  w->net.pred_n[activity]++;
}

// One building of `share` of the plan: t_day is its time to first power but for the land. Returns its halls.
static int32_t add_building(campus_work *w, int32_t b, int32_t land, double t_day, int32_t halls, double share,
                            int32_t n_hall) {
  int32_t civil = add(w, b, CAMPUS_SHARE_CIVIL * t_day, -1, land);
  int32_t shell = add(w, b, CAMPUS_SHARE_SHELL * t_day, 0, civil);
  int32_t electrical = add(w, b, CAMPUS_SHARE_ELECTRICAL * t_day, -1, shell);
  int32_t cooling = add(w, b, CAMPUS_SHARE_COOLING * t_day, -1, shell);
  int32_t energise = add(w, b, CAMPUS_SHARE_ENERGISE * t_day, -1, electrical);
  int32_t racks = -1, commission = -1;
  for (int32_t h = 0; h < halls; h++) {
    int32_t before = commission;
    racks = add(w, b, CAMPUS_SHARE_RACKS * t_day, -1, h == 0 ? electrical : racks);
    if (h == 0) also_after(w, racks, cooling);
    commission = add(w, b, CAMPUS_SHARE_COMMISSION * t_day, -1, racks);
    also_after(w, commission, h == 0 ? energise : before);
    w->hall_last[n_hall + h] = commission;
    w->hall_frac[n_hall + h] = share / halls;
  }
  w->net.last[b] = commission;
  return halls;
}

static int32_t halls_of(double u) {
  if (u >= halls_frac) return 1;
  return u < halls_frac / 2.0 ? 2 : 3;
}

static double pace_day(const validate_site *site, const campus_parameters *p, double site_z) {
  double start_day = fmin(fmax(site->works_start_day, trend_first_day), trend_last_day);
  double years = (start_day - trend_zero_day) / CALENDAR_DAYS_PER_YEAR;
  double log_months = p->value[CAMPUS_MONTHS] + p->value[CAMPUS_TREND] * years + p->value[CAMPUS_SITE] * site_z;
  return exp(log_months) * CALENDAR_DAYS_PER_MONTH;
}

static int32_t crews_of(const validate_site *site, double z) {
  double crews = exp(crews_log + crews_exponent * log((double)site->buildings) + crews_sd * z);
  return (int32_t)fmin(fmax(floor(crews + 0.5), 1.0), (double)site->buildings);
}

campus_curve campus_run(const validate_site *site, const campus_draws *draws, int32_t member,
                        const campus_parameters *parameters, campus_work *work) {
  size_t  m = (size_t)member, nb = (size_t)site->buildings;
  double  t_day = pace_day(site, parameters, draws->site_z[m]);
  int32_t n_hall = 0;
  work->net.n_activity = work->net.n_pred = work->net.n_gate = 0;
  work->net.n_building = site->buildings;
  work->net.n_pool = 1;
  work->net.pool_first[0] = 0;
  work->net.pool_n[0] = work->net.n_crew = crews_of(site, draws->crews_z[m]);
  int32_t land = add(work, 0, CAMPUS_SHARE_LAND * t_day, -1, -1);
  work->draw.available_day[land] = site->works_start_day;
  for (int32_t b = 0; b < site->buildings; b++) {
    size_t  at = m * nb + (size_t)b;
    double  own = exp(parameters->value[CAMPUS_BUILDING] * draws->building_z[at]);
    int32_t halls = halls_of(draws->hall_u[at]);
    n_hall += add_building(work, b, land, t_day * own, halls, 1.0 / site->buildings, n_hall);
  }
  // Neither money nor a gate acts here, so that one step as long as everything takes gives the dates of any number of
  // months (network_test.c: length_of_the_step_does_not_matter).
  build_clear(&work->net, &work->state);
  build_month(&work->net, &work->draw, site->works_start_day, site->works_start_day + 1e7, work->go, &work->state);
  campus_curve curve = {n_hall, work->day, work->hall_frac, HUGE_VAL};
  for (int32_t h = 0; h < n_hall; h++) {
    work->day[h] = work->state.finish_day[work->hall_last[h]];
    curve.first_day = fmin(curve.first_day, work->day[h]);
  }
  return curve;
}

double campus_month_day(const validate_site *site, int32_t k) {
  return calendar_first_day(site->first_month + k) + 27.0;
}

// The first of its months whose 28th is not before the day.
static double month_from(const validate_site *site, double day) {
  int32_t k = calendar_month_of_day(day) - site->first_month;
  return k + (campus_month_day(site, k) < day ? 1.0 : 0.0);
}

void campus_months(const validate_site *site, const campus_curve *curve, int32_t n_month, double *out) {
  double latest_day = campus_month_day(site, n_month - 1);
  for (int32_t k = 0; k < n_month; k++) out[k] = 0.0;
  for (int32_t h = 0; h < curve->n; h++)
    if (curve->day[h] <= latest_day) out[(int32_t)fmax(month_from(site, curve->day[h]), 0.0)] += curve->frac[h];
  for (int32_t k = 1; k < n_month; k++) out[k] += out[k - 1];
  for (int32_t k = 0; k < n_month; k++) out[k] = fmin(out[k], 1.0);
}

// ---- Calibration ----------------------------------------------------------------------------------------------------

// CRPS of a forecast given as counts on the grid i / GRID: integral over x of (F(x) - [x >= y])^2.
// Source: Matheson and Winkler, "Scoring rules for continuous probability distributions", Management Science 22 (1976).
static double grid_crps(const int32_t *count, int32_t n, double y) {
  double  sum = 0.0;
  int32_t below = 0;
  for (int32_t i = 0; i < GRID; i++) {
    below += count[i];
    double f = (double)below / n, left = (double)i / GRID, width = 1.0 / GRID;
    double before = fmin(fmax(y - left, 0.0), width);  // part of the cell in which x < y
    sum += f * f * before + (1.0 - f) * (1.0 - f) * (width - before);
  }
  return y > 1.0 ? sum + (y - 1.0) : sum;
}

// Months of a site that the fit looks at.
static int32_t fit_months(const validate_site *site, double until_day) {
  int32_t n = calendar_month_of_day(until_day) - site->first_month + 1;
  if (n > MAX_MONTHS) n = MAX_MONTHS;
  if (n > 0 && campus_month_day(site, n - 1) > until_day) n--;
  return n;
}

// Mean CRPS of one site over n_month months. Where hardly any member had power when the list was made, the site is
// scored as if none had any: such parameters are far off.
static double site_crps(const validate_site *site, const campus_draws *draws, int32_t members, int32_t n_month,
                        const campus_fit_options *o, const campus_parameters *p, campus_work *w) {
  enum { LEAST_MEMBERS = 8 };
  memset(w->count, 0, (size_t)n_month * (GRID + 1) * sizeof *w->count);
  int32_t n = 0;
  for (int32_t m = 0; m < members; m++) {
    campus_curve curve = campus_run(site, draws, m, p, w);
    if (curve.first_day > o->listed_day) continue;
    campus_months(site, &curve, n_month, w->month);
    for (int32_t k = 0; k < n_month; k++) w->count[k * (GRID + 1) + (int32_t)(w->month[k] * GRID + 0.5)]++;
    n++;
  }
  for (int32_t k = 0; k < n_month && n < LEAST_MEMBERS; k++) {
    memset(w->count + k * (GRID + 1), 0, (GRID + 1) * sizeof *w->count);
    w->count[k * (GRID + 1)] = 1;
  }
  if (n < LEAST_MEMBERS) n = 1;
  double sum = 0.0;
  for (int32_t k = 0; k < n_month; k++)
    sum += grid_crps(w->count + k * (GRID + 1), n, validate_site_frac(site, campus_month_day(site, k)));
  return sum / n_month;
}

typedef struct fit_set {
  const validate_site *const *site;
  campus_draws *const        *draws;
  const unsigned char        *use;
  int32_t                     n, members;
  const campus_fit_options   *options;
  campus_work                *work;
} fit_set;

static double objective(const fit_set *s, const campus_parameters *p) {
  double  sum = 0.0;
  int32_t n = 0;
  for (int32_t i = 0; i < s->n; i++) {
    int32_t n_month = s->use[i] ? fit_months(s->site[i], s->options->until_day) : 0;
    if (n_month < 1) continue;
    sum += site_crps(s->site[i], s->draws[i], s->members, n_month, s->options, p, s->work);
    n++;
  }
  double off = (p->value[CAMPUS_MONTHS] - prior_months_log) / prior_sd;
  return (n ? sum / n : 0.0) + prior_weight * off * off;
}

// Tries a step up and one down; true: the better one was kept.
static bool try_steps(const fit_set *s, int k, double step, campus_parameters *p, double *best) {
  double old = p->value[k];
  for (int sign = 1; sign >= -1; sign -= 2) {
    p->value[k] = fmin(fmax(old + sign * step, parameter_rows[k].low), parameter_rows[k].high);
    double got = objective(s, p);
    if (got < *best - 1e-7) {
      *best = got;
      return true;
    }
  }
  p->value[k] = old;
  return false;
}

double campus_fit(const validate_site *const *site, campus_draws *const *draws, const unsigned char *use, int32_t n,
                  int32_t members, const campus_fit_options *options, campus_work *work, campus_parameters *out) {
  fit_set s = {site, draws, use, n, members, options, work};
  double  step[CAMPUS_PARAMETERS];
  for (int k = 0; k < CAMPUS_PARAMETERS; k++) {
    out->value[k] = parameter_rows[k].start;
    step[k] = parameter_rows[k].step;
  }
  double best = objective(&s, out);
  for (int32_t sweep = 0; sweep < options->sweeps; sweep++)
    for (int k = 0; k < CAMPUS_PARAMETERS; k++) step[k] *= try_steps(&s, k, step[k], out, &best) ? 1.3 : 0.5;
  return best;
}
