// Hours: see hours.h.
#include "hours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/number.h"
#include "plant.h"

// ---- Groups -----------------------------------------------------------------------------------------------

// The groups of a month: the hour of most load; of the rest by falling price four small groups, since spikes are few and large; of
// what is left the hours of most load, two groups, since power lacks in few hours; the rest by price, each group but the last halved
// by load. Ends of groups in hours of a month of 730.
enum { TOPS = 4, TAILS = 2, MIDDLES = 8, BOTTOM_H = 20, MONTH_H = 730 };
static const int32_t top_end[TOPS] = {2, 5, 13, 33}, tail_end[TAILS] = {8, 32};

static const double cool_degc = 15.0, hot_degc = 38.0;  // ISO, and the hot day of the catalogue's plants

static int by_price(const void *left, const void *right) {
  const power_hour *a = left, *b = right;
  if (a->price_frac != b->price_frac) return a->price_frac > b->price_frac ? -1 : 1;
  if (a->load != b->load) return a->load > b->load ? -1 : 1;
  return a->hour - b->hour;
}

// What is summed up in one month.
typedef struct filling {
  double        year_h, month_h, mean_load;
  int           k;  // the next group
  power_groups *out;
} filling;

// The next group: the mean of the hours of hour[0 .. n) whose load is on the given side of `split`; side 0: all. Prices are weighted by
// load, so that the bill of a campus that follows its load is exact.
static void close_group(filling *f, const power_hour *hour, int32_t n, double split, int side) {
  power_groups *out = f->out;
  const int     k = f->k++;
  double        paid = 0.0, load = 0.0, hot = 0.0;
  int32_t       count = 0, first = INT32_MAX, last = 0;
  for (int32_t i = 0; i < n; i++) {
    if (side && (hour[i].load > split) != (side > 0)) continue;
    paid += hour[i].price_frac * hour[i].load;
    load += hour[i].load;
    hot += hour[i].hot_frac;
    if (hour[i].rank < first) first = hour[i].rank;
    if (hour[i].rank + 1 > last) last = hour[i].rank + 1;
    count++;
  }
  out->weight_frac[k] = count / f->month_h;
  if (!count) {  // repeats the one before; the first always has its hour
    out->price_frac[k] = out->price_frac[k - 1], out->load_frac[k] = out->load_frac[k - 1];
    out->hot_frac[k] = out->hot_frac[k - 1];
    out->from_frac[k] = out->from_frac[k - 1], out->to_frac[k] = out->to_frac[k - 1];
    return;
  }
  out->price_frac[k] = paid / load;
  out->load_frac[k] = load / count / f->mean_load;
  out->hot_frac[k] = hot / count;
  out->from_frac[k] = first / f->year_h;
  out->to_frac[k] = last / f->year_h;
  out->paid_frac += out->weight_frac[k] * out->load_frac[k] * out->price_frac[k];
}

// Brings the `count` hours of most load to the front; the others keep their order.
static void most_load_first(power_hour *hour, int32_t n, int32_t count) {
  for (int32_t at = 0; at < count; at++) {
    int32_t most = at;
    for (int32_t i = at + 1; i < n; i++)
      if (hour[i].load > hour[most].load) most = i;
    const power_hour found = hour[most];
    memmove(hour + at + 1, hour + at, (size_t)(most - at) * sizeof *hour);
    hour[at] = found;
  }
}

static int32_t scaled(int32_t of_month_h, int32_t n) { return (int32_t)(of_month_h * (double)n / MONTH_H + 0.5); }

// Hours of one month by falling price.
static void fill_month(power_hour *hour, int32_t n, double year_h, power_groups *out) {
  filling f = {.year_h = year_h, .month_h = n, .out = out};
  for (int32_t i = 0; i < n; i++) f.mean_load += hour[i].load / n;
  out->paid_frac = 0.0;
  most_load_first(hour, n, 1);
  close_group(&f, hour, 1, 0.0, 0);
  int32_t from = 1;
  for (int g = 0; g < TOPS; g++) {
    int32_t to = scaled(top_end[g], n) > from ? scaled(top_end[g], n) : from + 1;
    if (to > n) to = n;
    close_group(&f, hour + from, to - from, 0.0, 0);
    from = to;
  }
  const int32_t left = from,
                tail = scaled(tail_end[TAILS - 1], n) < n - left ? scaled(tail_end[TAILS - 1], n) : n - left;
  most_load_first(hour + left, n - left, tail);
  for (int g = 0; g < TAILS; g++) {
    const int32_t to = left + scaled(tail_end[g], n) < left + tail ? left + scaled(tail_end[g], n) : left + tail;
    close_group(&f, hour + from, to - from, 0.0, 0);
    from = to;
  }
  const int32_t middle = from, end = n - scaled(BOTTOM_H, n) > middle ? n - scaled(BOTTOM_H, n) : middle;
  for (int g = 0; g < MIDDLES; g++) {
    const int32_t to = middle + (int32_t)((int64_t)(end - middle) * (g + 1) / MIDDLES);
    double        split = 0.0;
    for (int32_t i = from; i < to; i++) split += hour[i].load / (to - from);
    close_group(&f, hour + from, to - from, split, 1);
    close_group(&f, hour + from, to - from, split, -1);
    from = to;
  }
  close_group(&f, hour + from, n - from, 0.0, 0);
}

static power_hour hour_of(const power_hours_of_year *year, int32_t h) {
  const double hot = (year->dry_degc[h] - cool_degc) / (hot_degc - cool_degc);
  return (power_hour){year->price_frac ? year->price_frac[h] : 1.0, year->load[h], number_most(0.0, hot), h, 0};
}

void power_groups_fill(const power_hours_of_year *year, power_hour *scratch, power_groups out[POWER_MONTHS]) {
  power_hour *sorted = scratch + year->n_h;
  int32_t     first[POWER_MONTHS + 1] = {0}, at[POWER_MONTHS];
  for (int32_t h = 0; h < year->n_h; h++) {
    sorted[h] = hour_of(year, year->order ? year->order[h] : h);
    first[year->month[h] + 1]++;
  }
  if (!year->order) qsort(sorted, (size_t)year->n_h, sizeof *sorted, by_price);
  for (int32_t m = 0; m < POWER_MONTHS; m++) at[m] = first[m], first[m + 1] += first[m];
  for (int32_t i = 0; i < year->n_h; i++) {  // every month's hours in the year's order
    sorted[i].rank = i;
    scratch[at[year->month[sorted[i].hour]]++] = sorted[i];
  }
  for (int32_t m = 0; m < POWER_MONTHS; m++)
    fill_month(scratch + first[m], first[m + 1] - first[m], year->n_h, &out[m]);
}

// ---- The month --------------------------------------------------------------------------------------------

// Sums over groups, weighted: means of the month.
typedef struct served {
  double all_mw, grid_mw, grid_usd_per_h, peak_mw, coincident_mw;
} served;

// On-site power where hot_frac of the way from 15 to 38 degC is gone.
static inline double onsite_mw(double cool_mw, double lost_mw, double limit_mw, double hot_frac) {
  const double warm_mw = cool_mw - lost_mw * hot_frac, some_mw = warm_mw > 0.0 ? warm_mw : 0.0;
  return some_mw < limit_mw ? some_mw : limit_mw;
}

// Merit order in every group at once: plain loops over arrays without branches, which a compiler makes two groups wide, and sums in a
// fixed order. share: of the first group.
static void serve(const power_month_in *in, const double *weight, double grid_limit_mw, double share, served *s) {
  const power_groups *at = in->groups;
  const double load_mw = in->it_mw * in->pue_frac, cool_mw = in->onsite_mw, lost_mw = in->onsite_mw - in->onsite_hot_mw;
  const double limit_mw = in->onsite_limit_mw, level = in->energy_usd_per_mwh, more = in->delivery_usd_per_mwh;
  const double fuel = in->heat_rate_mmbtu_per_mwh * in->gas_usd_per_mmbtu + in->om_usd_per_mwh;
  double       all[POWER_GROUPS], first[POWER_GROUPS], next[POWER_GROUPS], price[POWER_GROUPS];
  for (int k = 0; k < POWER_GROUPS; k++) {
    const double load = load_mw * at->load_frac[k];
    const double onsite = onsite_mw(cool_mw, lost_mw, limit_mw, at->hot_frac[k]), both = grid_limit_mw + onsite;
    all[k] = load < both ? load : both;
    first[k] = load < grid_limit_mw ? load : grid_limit_mw;
    next[k] = all[k] - (load < onsite ? load : onsite);
  }
  for (int k = 0; k < POWER_GROUPS; k++) {
    price[k] = level * at->price_frac[k] + more;
    first[k] = fuel < price[k] ? next[k] : first[k];
  }
  double sum[3][4] = {{0.0}}, peak[4] = {s->peak_mw, s->peak_mw, s->peak_mw, s->peak_mw};
  for (int k = 0; k < POWER_GROUPS; k += 4) {
    for (int j = 0; j < 4; j++) {
      const double grid = first[k + j], part = weight[k + j] * grid;
      sum[0][j] += weight[k + j] * all[k + j];
      sum[1][j] += part;
      sum[2][j] += part * price[k + j];
      peak[j] = peak[j] > grid ? peak[j] : grid;
    }
  }
  s->all_mw += (sum[0][0] + sum[0][1]) + (sum[0][2] + sum[0][3]);
  s->grid_mw += (sum[1][0] + sum[1][1]) + (sum[1][2] + sum[1][3]);
  s->grid_usd_per_h += (sum[2][0] + sum[2][1]) + (sum[2][2] + sum[2][3]);
  s->peak_mw = number_most(number_most(peak[0], peak[1]), number_most(peak[2], peak[3]));
  s->coincident_mw += share * first[0];
}

// What goes where the groups lack power.
static void lose(const power_month_in *in, const double *weight, double grid_limit_mw, power_month_out *out) {
  const power_at_stake *w = &in->work;
  const double          load_mw = in->it_mw * in->pue_frac;
  for (int k = 0; k < POWER_GROUPS; k++) {
    const double load = load_mw * in->groups->load_frac[k], hours_h = weight[k] * in->hours_h;
    const double short_mw =
        load - grid_limit_mw -
        onsite_mw(in->onsite_mw, in->onsite_mw - in->onsite_hot_mw, in->onsite_limit_mw, in->groups->hot_frac[k]);
    const double            running = number_least(1.0, w->train_frac + w->serve_frac);
    const power_flexibility f = {.throttle_mw = POWER_THROTTLE_FRAC * running * load,
                                 .throttle_loss_frac = POWER_THROTTLE_LOSS_FRAC,
                                 .train_mw = w->train_frac * load,
                                 .serve_mw = w->serve_frac * load,
                                 .gpu_per_mw = load > 0.0 ? w->gpus / load : 0.0,
                                 .train_usd_per_gpu_h = w->train_usd_per_gpu_h,
                                 .serve_usd_per_gpu_h = w->serve_usd_per_gpu_h};
    const power_shortfall   lost = power_shortage(&f, short_mw - (1.0 - running) * load);
    out->throttled_gpu_h += hours_h * lost.throttle_gpu_h;
    out->paused_gpu_h += hours_h * lost.pause_gpu_h;
    out->shed_gpu_h += hours_h * lost.shed_gpu_h;
    out->lost_usd += hours_h * lost.usd;
  }
}

// Weights of the hours in which the grid gives all [0] and in which it withholds a part [1].
static void part_weights(const power_month_in *in, double weight[2][POWER_GROUPS]) {
  const power_groups *at = in->groups;
  for (int k = 0; k < POWER_GROUPS; k++) {
    const double part = (in->withheld_frac - at->from_frac[k]) / (at->to_frac[k] - at->from_frac[k]);
    const double withheld = number_most(0.0, number_least(1.0, part));
    weight[0][k] = at->weight_frac[k] * (1.0 - withheld);
    weight[1][k] = at->weight_frac[k] * withheld;
  }
}

void power_month(const power_month_in *in, power_month_out *out) {
  const bool   withholds = in->withheld_mw > 0.0 && in->withheld_frac > 0.0;
  const double load_mw = in->it_mw * in->pue_frac, low_mw = number_most(0.0, in->grid_mw - in->withheld_mw);
  double       weight[2][POWER_GROUPS];
  served       s = {0};
  const double most_mw = load_mw * in->groups->load_frac[0];
  if (!(in->onsite_mw > 0.0) && most_mw <= (withholds ? low_mw : in->grid_mw)) {  // the grid carries every hour
    s = (served){load_mw, load_mw,
                 load_mw * (in->energy_usd_per_mwh * in->groups->paid_frac + in->delivery_usd_per_mwh), most_mw,
                 most_mw};
  } else if (withholds) {
    part_weights(in, weight);
    const double share = weight[1][0] / in->groups->weight_frac[0];
    serve(in, weight[0], in->grid_mw, 1.0 - share, &s);
    serve(in, weight[1], low_mw, share, &s);
  } else {
    serve(in, in->groups->weight_frac, in->grid_mw, 1.0, &s);
  }

  // Energy. Weights sum to 1 but for rounding: what lacks by no more than that does not.
  const double all_mw = load_mw - s.all_mw > 1e-12 * load_mw ? s.all_mw : load_mw,
               grid_mw = number_least(s.grid_mw, all_mw);
  *out = (power_month_out){.load_mw = load_mw, .peak_mw = s.peak_mw, .coincident_mw = s.coincident_mw};
  out->it_served_mw = in->pue_frac > 0.0 ? all_mw / in->pue_frac : 0.0;
  out->load_mwh = load_mw * in->hours_h;
  out->grid_mwh = grid_mw * in->hours_h;
  out->onsite_mwh = (all_mw - grid_mw) * in->hours_h;
  out->curtailed_mwh = (load_mw - all_mw) * in->hours_h;
  out->it_mwh = out->it_served_mw * in->hours_h;
  out->overhead_mwh = (all_mw - out->it_served_mw) * in->hours_h;

  // Money, water, carbon. 1 MWh at 1 L/kWh is 1 m3.
  out->energy_usd = s.grid_usd_per_h * in->hours_h;
  out->demand_usd = number_most(in->minimum_mw, s.peak_mw) * in->demand_usd_per_mw_month;
  out->fuel_usd = out->onsite_mwh * in->heat_rate_mmbtu_per_mwh * in->gas_usd_per_mmbtu;
  out->om_usd = out->onsite_mwh * in->om_usd_per_mwh;
  out->water_m3 = out->it_mwh * in->wue_l_per_kwh;
  out->co2_t = (out->grid_mwh * in->grid_co2_kg_per_mwh + out->onsite_mwh * in->onsite_co2_kg_per_mwh) / 1000.0;

  if (!(out->curtailed_mwh > 0.0)) return;
  lose(in, withholds ? weight[0] : in->groups->weight_frac, in->grid_mw, out);
  if (withholds) lose(in, weight[1], low_mw, out);
}
