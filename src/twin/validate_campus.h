// Campus: an ensemble of one campus' build-out from base rates alone, through build_network; and its calibration.
//
// Each member draws the pace of the site, of each building, the number of crews and of halls; then the activities of all
// buildings run through build_month. Nothing is fitted beside the network: the four calibrated numbers are its inputs.
#ifndef TWIN_VALIDATE_CAMPUS_H
#define TWIN_VALIDATE_CAMPUS_H

#include "../base/arena.h"
#include "validate_sites.h"

// name, start of the search, low, high, first step, meaning
#define CAMPUS_PARAMETER_LIST(X)                                                                                       \
  X(CAMPUS_MONTHS, "months_log", 3.4, 2.0, 5.0, 0.10, "log of the median months to the first building, start 2024-01") \
  X(CAMPUS_TREND, "trend_per_year", 0.0, -0.4, 0.2, 0.05, "log change of those months per year of start")              \
  X(CAMPUS_SITE, "site_sd", 0.40, 0.05, 1.2, 0.08, "standard deviation of the log pace that a site's buildings share") \
  X(CAMPUS_BUILDING, "building_sd", 0.20, 0.02, 0.8, 0.05, "the same of each building by itself")

#define CAMPUS_PARAMETER_ENUM(code, name, start, low, high, step, meaning) code,
enum { CAMPUS_PARAMETER_LIST(CAMPUS_PARAMETER_ENUM) CAMPUS_PARAMETERS };
#undef CAMPUS_PARAMETER_ENUM

typedef struct campus_parameters {
  double value[CAMPUS_PARAMETERS];
} campus_parameters;

extern const char *const campus_parameter_name[CAMPUS_PARAMETERS];

// Shares of the time to first power, activity by activity: land, civil, shell, the longer of electrical and cooling, the
// longer of energise and racks, commission sum to 1.
#define CAMPUS_SHARE_LAND       0.10
#define CAMPUS_SHARE_CIVIL      0.20
#define CAMPUS_SHARE_SHELL      0.46
#define CAMPUS_SHARE_ELECTRICAL 0.10
#define CAMPUS_SHARE_COOLING    0.10
#define CAMPUS_SHARE_ENERGISE   0.05
#define CAMPUS_SHARE_RACKS      0.06
#define CAMPUS_SHARE_COMMISSION 0.08

// Steps by which the plan comes on line in one member: at day[i], frac[i] of the plan more. Not sorted.
typedef struct campus_curve {
  int32_t n;
  double *day, *frac;  // (3 x VALIDATE_MAX_BUILDINGS at most)
  double  first_day;
} campus_curve;

typedef struct campus_work  campus_work;   // scratch of one member's network
typedef struct campus_draws campus_draws;  // every random number of one site's members

campus_work *campus_work_create(int32_t buildings, arena *a);  // for sites of at most so many; NULL: out of memory

// The same members for the same (seed, name of the site), whatever other sites there are. NULL: out of memory.
campus_draws *campus_draws_create(const validate_site *site, uint64_t seed, int32_t members, arena *a);

// Runs one member. The curve points into the work space: good until the next call.
campus_curve campus_run(const validate_site *site, const campus_draws *draws, int32_t member,
                        const campus_parameters *parameters, campus_work *work);

// Share of the plan on line at the 28th of each month, from the month of works_start. out: (n_month)
void   campus_months(const validate_site *site, const campus_curve *curve, int32_t n_month, double *out);
double campus_month_day(const validate_site *site, int32_t k);  // the 28th of its k-th month

// What the calibration looks at.
typedef struct campus_fit_options {
  double  until_day;   // months whose 28th is later are not looked at
  double  listed_day;  // members without power by then are left out (the list was made then); HUGE_VAL: none is
  int32_t sweeps;
} campus_fit_options;

// Minimises the mean over sites of the months' mean CRPS (on a grid of 1/200), plus a weak prior on the pace: 0.002 for
// each 0.3 that months_log is off 3.4. It hardly acts where the list's condition is not used; with the condition, the
// list alone cannot tell 27 months from 55 (docs/validation-build.md#what-the-list-cannot-say). By pattern search, one parameter at a time,
// from the stated start; deterministic. site, draws: (n); use[i] = 0: left out. Returns the value reached.
// Source of the search: Hooke and Jeeves, "Direct search solution of numerical and statistical problems", JACM 8 (1961).
double campus_fit(const validate_site *const *site, campus_draws *const *draws, const unsigned char *use, int32_t n,
                  int32_t members, const campus_fit_options *options, campus_work *work, campus_parameters *out);

#endif
