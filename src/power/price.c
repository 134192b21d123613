// Price: see price.h.
#include "price.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"

size_t power_year_hours(int32_t year) {
  return 24u * (size_t)(calendar_day((calendar_date){year + 1, 1, 1}) - calendar_day((calendar_date){year, 1, 1}));
}

// ---- Fit ------------------------------------------------------------------------------------------------------------

// Sums over the history, month by month.
typedef struct fit {
  double  log_level[12 * 64], log_gas[12 * 64];
  int32_t n_month;
  double  shape_sum[12][24];
  int64_t shape_n[12][24], hours[12], runs, spikes;
  int64_t starts[12];
  double  log_excess;
  double  square, product, previous;  // hourly error
  bool    was_spike;
} fit;

static int rising(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// The value that stands at `at` when x (n) is sorted; x is left in part sorted. Hoare, Algorithm 65: find, CACM 4 (1961) 321.
static double value_at(double *x, size_t n, size_t at) {
  size_t low = 0, high = n - 1;
  while (low < high) {
    const double pivot = x[low + (high - low) / 2];
    size_t       i = low, j = high;
    for (;;) {
      while (x[i] < pivot) i++;
      while (x[j] > pivot) j--;
      if (i >= j) break;
      const double other = x[i];
      x[i++] = x[j], x[j--] = other;
    }
    if (x[j] > pivot) j--;  // now all up to j are at most the pivot, all behind at least
    if (at <= j) high = j;
    else low = j + 1;
  }
  return x[at];
}

// Mean of the month's ordinary hours and the price above which an hour is none.
static double month_level(const double *price, size_t n, double *scratch, double *spike_usd) {
  memcpy(scratch, price, n * sizeof *scratch);
  *spike_usd = POWER_SPIKE * number_most(value_at(scratch, n, n / 2), 1.0);
  double sum = 0.0;
  size_t ordinary = 0;
  for (size_t h = 0; h < n; h++)
    if (price[h] <= *spike_usd) sum += price[h], ordinary++;
  return number_most(sum / (double)ordinary, 1.0);
}

double power_price_level(const double *usd_per_mwh, size_t n_h, double *scratch) {
  double spike_usd;
  return month_level(usd_per_mwh, n_h, scratch, &spike_usd);
}

// First pass: levels, shapes, spikes.
static void see_month(fit *f, const double *price, size_t n, int32_t moy, double gas, double *scratch) {
  double       spike_usd;
  const double level = month_level(price, n, scratch, &spike_usd);
  f->log_level[f->n_month] = log(level);
  f->log_gas[f->n_month++] = log(gas);
  for (size_t h = 0; h < n; h++) {
    const bool spike = price[h] > spike_usd;
    f->hours[moy]++;
    if (spike) {
      f->spikes++;
      f->log_excess += log(price[h] / level / POWER_SPIKE > 1.0 ? price[h] / level / POWER_SPIKE : 1.0);
      f->starts[moy] += !f->was_spike;
      f->runs += !f->was_spike;
    } else {
      f->shape_sum[moy][h % 24] += price[h] / level;
      f->shape_n[moy][h % 24]++;
    }
    f->was_spike = spike;
  }
}

// Errors around the shape of one calendar month, all years together: their quantiles, and what one hour keeps of the last.
static void see_errors(fit *f, power_price_process *p, const power_price_history *history, int32_t moy,
                       double *scratch) {
  const int32_t first = (history->first_year - 1970) * 12;
  const double *price = history->usd_per_mwh;
  double       *error = scratch + 744;
  size_t        n = 0;
  for (int32_t m = 0; m < 12 * history->n_year; m++) {
    const size_t hours = 24u * (size_t)calendar_days_in_month(first + m);
    double       spike_usd;
    const double level = m % 12 == moy ? month_level(price, hours, scratch, &spike_usd) : 0.0;
    f->previous = 0.0;
    for (size_t h = 0; m % 12 == moy && h < hours; h++) {
      if (price[h] > spike_usd) continue;
      error[n] = price[h] / level - p->shape[moy][h % 24];
      f->square += error[n] * error[n];
      f->product += error[n] * f->previous;
      f->previous = error[n++];
    }
    price += hours;
  }
  qsort(error, n, sizeof *error, rising);
  for (int k = 0; k < POWER_ERRORS; k++) {
    const double share = 0.5 * erfc(-(0.5 * k - 3.0) * 0.70710678118654752440);
    p->error[moy][k] = error[(size_t)(share * (double)(n - 1) + 0.5)];
  }
}

// Least squares of ln level on ln gas with a mean for each calendar month: the within estimator.
static void fit_levels(const fit *f, power_price_process *out) {
  double        x[12] = {0}, y[12] = {0}, sxy = 0.0, sxx = 0.0, square = 0.0, product = 0.0, before = 0.0;
  const int32_t years = f->n_month / 12;
  for (int32_t i = 0; i < f->n_month; i++) x[i % 12] += f->log_gas[i] / years, y[i % 12] += f->log_level[i] / years;
  for (int32_t i = 0; i < f->n_month; i++) {
    sxy += (f->log_gas[i] - x[i % 12]) * (f->log_level[i] - y[i % 12]);
    sxx += (f->log_gas[i] - x[i % 12]) * (f->log_gas[i] - x[i % 12]);
  }
  out->gas_slope = sxx > 0.0 ? sxy / sxx : 0.0;
  out->intercept = 0.0;
  for (int m = 0; m < 12; m++) out->intercept += (y[m] - out->gas_slope * x[m]) / 12.0;
  for (int m = 0; m < 12; m++) out->season[m] = y[m] - out->gas_slope * x[m] - out->intercept;
  for (int32_t i = 0; i < f->n_month; i++) {
    const double e = f->log_level[i] - out->intercept - out->gas_slope * f->log_gas[i] - out->season[i % 12];
    square += e * e;
    product += i ? e * before : 0.0;
    before = e;
  }
  out->level_phi = square > 0.0 ? number_most(0.0, number_least(0.99, product / square)) : 0.0;
  // Twelve means and a slope were taken from the data.
  out->level_sd = sqrt(square / number_most(1.0, f->n_month - 13));
}

static void fit_hours(fit *f, power_price_process *out) {
  for (int m = 0; m < 12; m++) {
    for (int h = 0; h < 24; h++)
      out->shape[m][h] = f->shape_n[m][h] ? f->shape_sum[m][h] / (double)f->shape_n[m][h] : 1.0;
    out->spike_start[m] = (double)f->starts[m] / number_most(1.0, (double)f->hours[m]);
  }
  out->spike_stay = f->spikes ? 1.0 - (double)f->runs / (double)f->spikes : 0.0;
  // Hill's estimator over all spikes, 1975; at least 1.05, so that the mean exists before the cap cuts it.
  out->spike_alpha = f->log_excess > 0.0 ? number_most(1.05, (double)f->spikes / f->log_excess) : 10.0;
}

static sg_err check_history(const power_price_history *h, size_t n, sg_diags *diags) {
  if (h->n_year < 2 || h->n_year > 64)
    return diag_add(diags, SG_ERROR, SG_ERR_RANGE, (diag_place){0}, NULL, "%d years of prices; 2 to 64 are needed",
                    h->n_year);
  for (size_t t = 0; t < n; t++)
    if (!isfinite(h->usd_per_mwh[t]))
      return diag_add(diags, SG_ERROR, SG_ERR_RANGE, (diag_place){0}, NULL, "hour %zu: the price is no number", t);
  for (int32_t m = 0; m < 12 * h->n_year; m++)
    if (!(h->gas_usd_per_mmbtu[m] > 0.0 && isfinite(h->gas_usd_per_mmbtu[m])))
      return diag_add(diags, SG_ERROR, SG_ERR_RANGE, (diag_place){0}, NULL, "month %d: gas must cost more than 0",
                      m + 1);
  return SG_OK;
}

// First pass over all months.
static sg_err see_history(const power_price_history *history, double *scratch, sg_diags *diags, fit *f) {
  size_t n = 0;
  for (int32_t y = 0; y < history->n_year; y++) n += power_year_hours(history->first_year + y);
  const sg_err  err = check_history(history, n, diags);
  const int32_t first = (history->first_year - 1970) * 12;
  const double *price = history->usd_per_mwh;
  for (int32_t m = 0; m < 12 * history->n_year && !err; m++) {
    const size_t hours = 24u * (size_t)calendar_days_in_month(first + m);
    see_month(f, price, hours, m % 12, history->gas_usd_per_mmbtu[m], scratch);
    price += hours;
  }
  return err;
}

sg_err power_price_fit_levels(const power_price_history *history, double *scratch, sg_diags *diags,
                              power_price_process *out) {
  fit          f = {0};
  const sg_err err = see_history(history, scratch, diags, &f);
  if (!err) fit_levels(&f, out);
  return err;
}

sg_err power_price_fit(const power_price_history *history, double cap_usd_per_mwh, double *scratch, sg_diags *diags,
                       power_price_process *out) {
  fit          f = {0};
  const sg_err err = see_history(history, scratch, diags, &f);
  if (err) return err;
  *out = (power_price_process){.cap_usd_per_mwh = cap_usd_per_mwh};
  fit_hours(&f, out);
  for (int32_t moy = 0; moy < 12; moy++) see_errors(&f, out, history, moy, scratch);
  out->hour_rho = f.square > 0.0 ? number_most(0.0, number_least(0.999, f.product / f.square)) : 0.0;
  fit_levels(&f, out);
  return SG_OK;
}

// ---- Draw -----------------------------------------------------------------------------------------------------------

void power_price_levels(const power_price_process *p, const double *gas_usd_per_mmbtu, int32_t month_of_year, int32_t n,
                        stream s, uint64_t key, double *level_usd_per_mwh) {
  const double fresh = p->level_sd * sqrt(1.0 - p->level_phi * p->level_phi);
  double       e = 0.0;
  for (int32_t i = 0; i < n; i++) {
    const double z = stream_normal(s, key, (uint32_t)i);
    e = i ? p->level_phi * e + fresh * z : p->level_sd * z;
    level_usd_per_mwh[i] =
        exp(p->intercept + p->gas_slope * log(gas_usd_per_mmbtu[i]) + p->season[(month_of_year + i) % 12] + e);
  }
}

// Error at z: between the quantiles.
static double error_at(const double *error, double z) {
  const double at = 2.0 * (z + 3.0);
  if (at <= 0.0) return error[0];
  if (at >= POWER_ERRORS - 1) return error[POWER_ERRORS - 1];
  const int i = (int)at;
  return error[i] + (at - i) * (error[i + 1] - error[i]);
}

void power_price_hours(const power_price_process *p, double level_usd_per_mwh, int32_t month_of_year, size_t n_h,
                       stream s, uint64_t key, uint32_t month, power_price_carry *carry, double *usd_per_mwh) {
  const uint64_t errors = stream_key_join(key, 2u * (uint64_t)month),
                 spikes = stream_key_join(key, 2u * (uint64_t)month + 1u);
  const double fresh = sqrt(1.0 - p->hour_rho * p->hour_rho);
  stream_normals(s, errors, 0, (uint32_t)n_h, usd_per_mwh);
  for (size_t h = 0; h < n_h; h++) {
    carry->z = p->hour_rho * carry->z + fresh * usd_per_mwh[h];
    const double chance = carry->in_spike ? p->spike_stay : p->spike_start[month_of_year];
    carry->in_spike = stream_uniform(s, spikes, 2u * (uint32_t)h) < chance;
    double times = p->shape[month_of_year][h % 24] + error_at(p->error[month_of_year], carry->z);
    if (carry->in_spike)
      times = POWER_SPIKE * pow(stream_uniform(s, spikes, 2u * (uint32_t)h + 1u), -1.0 / p->spike_alpha);
    usd_per_mwh[h] = number_least(p->cap_usd_per_mwh, level_usd_per_mwh * times);
  }
}

double power_price_mean(const power_price_process *p, double level_usd_per_mwh, int32_t month_of_year) {
  const double start = p->spike_start[month_of_year], share = start / (start + 1.0 - p->spike_stay);
  double       shape = 0.0;
  for (int h = 0; h < 24; h++) shape += p->shape[month_of_year][h] / 24.0;
  // Mean of a Pareto multiple cut at the cap: alpha/(alpha-1) - c^(1-alpha)/(alpha-1), c the cap over the least spike.
  const double least = POWER_SPIKE * level_usd_per_mwh, c = p->cap_usd_per_mwh / least, a = p->spike_alpha;
  const double spike = c > 1.0 ? least * (a - pow(c, 1.0 - a)) / (a - 1.0) : p->cap_usd_per_mwh;
  return (1.0 - share) * shape * level_usd_per_mwh + share * spike;
}

int32_t power_price_paired_year(stream s, uint64_t key, uint32_t year, int32_t n_year) {
  const int32_t at = (int32_t)(stream_uniform(s, key, year) * n_year);
  return at < n_year ? at : n_year - 1;
}
