#include "workload.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/number.h"

enum { MOST_JOBS = 20000000 };

// ---- Fit -----------------------------------------------------------------------------------------------------------

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int descending_count(const void *a, const void *b) {
  const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x < y) - (x > y);
}

static int octave_of(double gpus) {
  int k = 0;
  while (k < OPERATIONS_SIZES - 1 && gpus >= ldexp(1.0, k + 1)) k++;
  return k;
}

static bool usable(double run_s) { return run_s >= 0.0 && run_s < HUGE_VAL; }

static void fit_sizes(const double *run_s, const int32_t *gpus, int32_t n, double *scratch, operations_workload *out) {
  for (int k = 0; k < OPERATIONS_SIZES; k++) {
    double  sum = 0.0;
    int32_t m = 0;
    for (int32_t i = 0; i < n; i++) {
      if (!usable(run_s[i]) || octave_of(gpus[i]) != k) continue;
      scratch[m++] = run_s[i];
      sum += gpus[i];
    }
    out->size_frac[k] = m;  // counts, until all are known
    if (!m) continue;
    out->size_gpus[k] = sum / m;
    qsort(scratch, (size_t)m, sizeof *scratch, ascending);
    for (int q = 0; q < OPERATIONS_QUANTILES; q++) {
      const double  at = (double)q / (OPERATIONS_QUANTILES - 1) * (m - 1);
      const int32_t low = (int32_t)at, high = low + 1 < m ? low + 1 : low;
      out->run_s[k][q] = scratch[low] + (at - low) * (scratch[high] - scratch[low]);
    }
  }
}

// Users: counts of each, the most active first; how often the next job is by the same user, and of the same octave.
static void fit_users(const int32_t *gpus, const int32_t *user, int32_t n, int32_t *count, operations_workload *out) {
  int32_t known = 0, same = 0, like = 0, most = 0;
  for (int32_t i = 0; i < n; i++) {
    if (user[i] < 0 || user[i] >= n) continue;
    known++;
    if (!count[user[i]]++) out->users++;
    if (user[i] > most) most = user[i];
    if (i == 0 || user[i - 1] != user[i]) continue;
    same++;
    like += octave_of(gpus[i - 1]) == octave_of(gpus[i]);
  }
  if (!known) return;
  qsort(count, (size_t)most + 1, sizeof *count, descending_count);
  for (int k = 0; k < OPERATIONS_USERS && k <= most; k++) out->user_frac[k] = (double)count[k] / known;
  out->same_user_frac = (double)same / known;
  out->same_size_frac = same ? (double)like / same : 0.0;
}

sg_err operations_workload_fit(const double *submit_s, const double *run_s, const int32_t *gpus, const int32_t *user,
                               int32_t n, arena *a, operations_workload *out) {
  *out = (operations_workload){0};
  double  *scratch = n > 0 ? ARENA_NEW(a, double, n) : NULL;
  int32_t *count = n > 0 ? ARENA_NEW(a, int32_t, n) : NULL;
  if (n > 0 && (!scratch || !count)) return SG_ERR_MEMORY;
  double  gpu_s = 0.0;
  int32_t m = 0;
  for (int32_t i = 0; i < n; i++) {
    if (gpus[i] < 1 || !(fabs(submit_s[i]) < HUGE_VAL) || (i > 0 && submit_s[i] < submit_s[i - 1])) return SG_ERR_RANGE;
    if (!usable(run_s[i])) continue;
    m++;
    gpu_s += gpus[i] * run_s[i];
    const double days = submit_s[i] / 86400.0, day = floor(days);
    out->hour_frac[(int)((submit_s[i] - 86400.0 * day) / 3600.0) % 24] += 1.0;  // exact on the hour
    out->day_frac[(int)(day - 7.0 * floor(day / 7.0))] += 1.0;
  }
  const double span_s = m ? submit_s[n - 1] - submit_s[0] : 0.0;
  if (m < 10 || !(span_s > 0.0)) return SG_ERR_RANGE;
  fit_sizes(run_s, gpus, n, scratch, out);
  if (user) fit_users(gpus, user, n, count, out);
  for (int h = 0; h < 24; h++) out->hour_frac[h] /= m;
  for (int d = 0; d < 7; d++) out->day_frac[d] /= m;
  for (int k = 0; k < OPERATIONS_SIZES; k++) out->size_frac[k] /= m;
  out->jobs_per_day = m / (span_s / 86400.0);
  out->mean_gpus = gpu_s / span_s;
  return SG_OK;
}

// ---- Draw ----------------------------------------------------------------------------------------------------------

static double run_at(const operations_workload *w, int size, double u, double longest_s) {
  const double at = u * (OPERATIONS_QUANTILES - 1);
  const int    low = at < OPERATIONS_QUANTILES - 2 ? (int)at : OPERATIONS_QUANTILES - 2;
  const double run_s = w->run_s[size][low] + (at - low) * (w->run_s[size][low + 1] - w->run_s[size][low]);
  return number_least(run_s, longest_s);
}

static double scaled_gpus(const operations_workload *w, const operations_workload_scale *scale, int size) {
  return number_least(number_most(1.0, floor(w->size_gpus[size] * scale->size_factor + 0.5)), floor(scale->gpus));
}

double operations_workload_mean_gpu_s(const operations_workload *w, const operations_workload_scale *scale) {
  enum { POINTS = 2000 };  // of a piecewise linear curve with a cut
  double sum = 0.0;
  for (int k = 0; k < OPERATIONS_SIZES; k++) {
    double mean_s = 0.0;
    for (int i = 0; i < POINTS && w->size_frac[k] > 0.0; i++)
      mean_s += run_at(w, k, (i + 0.5) / POINTS, scale->longest_s) / POINTS;
    sum += w->size_frac[k] * scaled_gpus(w, scale, k) * mean_s;
  }
  return sum;
}

static int choose(const double *frac, int n, double u) {
  int last = 0;
  for (int k = 0; k < n; k++) {
    if (!(frac[k] > 0.0)) continue;
    last = k;
    if ((u -= frac[k]) < 0.0) break;
  }
  return last;
}

static int32_t choose_user(const operations_workload *w, double u) {
  for (int32_t k = 0; k < OPERATIONS_USERS && k < w->users; k++)
    if ((u -= w->user_frac[k]) < 0.0) return k;
  const int32_t others = w->users - OPERATIONS_USERS;
  return others > 0 ? OPERATIONS_USERS + (int32_t)(fmod(1e6 * fabs(u), 1.0) * others) : 0;
}

enum { JOB_KEEP, JOB_SAME, JOB_USER, JOB_LIKE, JOB_SIZE, JOB_RUN, JOB_GAP, JOB_MARKS };

static sg_err check_scale(const operations_workload_scale *s) {
  const bool good = s->gpus >= 1.0 && s->gpus < 2147483647.0 && s->load_frac >= 0.0 && s->load_frac < 1e6 &&
                    s->size_factor > 0.0 && s->size_factor < 1e9 && s->longest_s > 0.0 && s->days > 0.0 &&
                    s->days < 1e5;
  return good ? SG_OK : SG_ERR_RANGE;
}

// One job; `before` is the one before it or NULL, *size its octave and then this one's.
static operations_fleet_job draw_job(const operations_workload *w, const operations_workload_scale *scale,
                                     operations_kind kind, stream s, uint64_t key, uint32_t step, double time_s,
                                     const operations_fleet_job *before, int *size) {
  operations_fleet_job j = {.submit_s = time_s, .user = -1, .kind = kind};
  const bool           same = before && w->users && stream_uniform(s, key, step + JOB_SAME) < w->same_user_frac;
  if (w->users) j.user = same ? before->user : choose_user(w, stream_uniform(s, key, step + JOB_USER));
  if (!same || stream_uniform(s, key, step + JOB_LIKE) >= w->same_size_frac)
    *size = choose(w->size_frac, OPERATIONS_SIZES, stream_uniform(s, key, step + JOB_SIZE));
  j.gpus = (int32_t)scaled_gpus(w, scale, *size);
  j.work_s = run_at(w, *size, stream_uniform(s, key, step + JOB_RUN), scale->longest_s);
  return j;
}

sg_err operations_workload_draw(const operations_workload *w, const operations_workload_scale *scale,
                                operations_kind kind, stream s, arena *a, operations_fleet_job **out, int32_t *n) {
  sg_err err = check_scale(scale);
  *out = NULL;
  *n = 0;
  if (err) return err;
  const double mean_gpu_s = operations_workload_mean_gpu_s(w, scale);
  const double per_s = mean_gpu_s > 0.0 ? scale->load_frac * scale->gpus / mean_gpu_s : 0.0;
  if (!(per_s > 0.0)) return SG_OK;
  double most = 0.0;  // of hour x day, of which the mean is 1
  for (int i = 0; i < 24 * 7; i++) most = number_most(most, 168.0 * w->hour_frac[i % 24] * w->day_frac[i / 24]);
  const double expected = per_s * scale->days * 86400.0;
  if (expected > MOST_JOBS / 2) return SG_ERR_LIMIT;
  const int32_t         room = (int32_t)(expected + 10.0 * sqrt(expected) + 100.0) * 2;
  operations_fleet_job *job = ARENA_NEW(a, operations_fleet_job, room);
  if (!job) return SG_ERR_MEMORY;
  const uint64_t key = stream_key_join(stream_key("operations.workload"), (uint64_t)kind);
  double         time_s = 0.0;
  int            size = 0;
  for (uint32_t i = 0; *n < room && i < UINT32_MAX / JOB_MARKS; i++) {
    const uint32_t step = i * JOB_MARKS;
    time_s -= log(stream_uniform(s, key, step + JOB_GAP)) / (per_s * most);
    if (time_s >= scale->days * 86400.0) break;
    const int hour = (int)fmod(time_s / 3600.0, 24.0), day = (int)fmod(time_s / 86400.0, 7.0);
    if (stream_uniform(s, key, step + JOB_KEEP) * most >= 168.0 * w->hour_frac[hour] * w->day_frac[day]) continue;
    job[*n] = draw_job(w, scale, kind, s, key, step, time_s, *n ? &job[*n - 1] : NULL, &size);
    ++*n;
  }
  *out = job;
  return SG_OK;
}

static void one_job(operations_kind kind, double gpus, double days, operations_fleet_job *out, int32_t *n) {
  if (gpus >= 1.0) out[(*n)++] = (operations_fleet_job){0.0, days * 86400.0, (int32_t)gpus, -1, kind};
}

sg_err operations_workload_mixed(const operations_workload *w, const operations_workload_scale *scale,
                                 const operations_mix *mix, stream s, arena *a, operations_fleet_job **out,
                                 int32_t *n) {
  operations_workload_scale of = *scale;
  operations_fleet_job     *part[2], *all;
  int32_t                   n_part[2], m = 0;
  of.load_frac = mix->research;
  sg_err err = operations_workload_draw(w, &of, OPERATIONS_RESEARCH, s, a, &part[0], &n_part[0]);
  of.load_frac = mix->evaluation;
  of.longest_s = number_least(scale->longest_s, OPERATIONS_EVALUATION_S);
  if (!err) err = operations_workload_draw(w, &of, OPERATIONS_EVALUATION, s, a, &part[1], &n_part[1]);
  if (err) return err;
  all = ARENA_NEW(a, operations_fleet_job, (size_t)n_part[0] + (size_t)n_part[1] + 2);
  if (!all) return SG_ERR_MEMORY;
  one_job(OPERATIONS_SERVING, mix->serving * scale->gpus, scale->days, all, &m);
  one_job(OPERATIONS_FRONTIER, mix->frontier * scale->gpus, scale->days, all, &m);
  for (int32_t i = 0, k = 0; i < n_part[0] || k < n_part[1];) {
    const bool first = k >= n_part[1] || (i < n_part[0] && part[0][i].submit_s <= part[1][k].submit_s);
    all[m++] = first ? part[0][i++] : part[1][k++];
  }
  *out = all;
  *n = m;
  return SG_OK;
}
