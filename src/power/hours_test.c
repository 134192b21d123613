#include "hours.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tests/packed.h"
#include "../../tests/test.h"
#include "../uncertainty/stream.h"

enum { MOST_H = POWER_LEAP_HOURS };

static const int32_t days[POWER_MONTHS] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

// Real hours: prices of a market's year over their mean, and a load that follows heat, with the weather of the same year.
typedef struct year {
  int32_t      n_h, month[MOST_H];
  double       price[MOST_H], load[MOST_H], dry[MOST_H];
  power_hour   scratch[2 * MOST_H];
  power_groups groups[POWER_MONTHS];
} year;

// Rows of a file behind its head; the first field of each.
static int32_t numbers(const char *path, int32_t skip, double *out, int32_t most) {
  text_buffer b = {0};
  int32_t     n = 0;
  ck_assert_msg(packed_read(path, &b), "%s", path);
  for (char *line = strtok(b.at, "\n"); line && n < most; line = strtok(NULL, "\n")) {
    char  *end;
    double x = strtod(line, &end);
    if (end != line && (*end == ',' || !*end) && skip-- <= 0) out[n++] = x;
  }
  text_buffer_free(&b);
  return n;
}

static year *year_of(const char *market, const char *weather, int y) {
  year   *x = calloc(1, sizeof *x);
  char    path[80];
  double  mean = 0.0;
  int32_t skip = 0;
  for (int k = 2020; k < y; k++) skip += k % 4 ? 8760 : 8784;
  x->n_h = y % 4 ? 8760 : 8784;
  snprintf(path, sizeof path, "data/prices/%s_%d.csv", market, y);
  ck_assert_int_eq(numbers(path, 0, x->price, MOST_H), x->n_h);
  snprintf(path, sizeof path, "data/weather/%s_2020_2024.csv", weather);
  ck_assert_int_eq(numbers(path, skip, x->dry, x->n_h), x->n_h);
  for (int32_t m = 0, t = 0; m < POWER_MONTHS; m++)
    for (int32_t h = 24 * (days[m] + (m == 1 && y % 4 == 0)); h > 0; h--) x->month[t++] = m;
  for (int32_t t = 0; t < x->n_h; t++) mean += x->price[t] / x->n_h;
  for (int32_t t = 0; t < x->n_h; t++) {
    x->price[t] /= mean;
    x->load[t] = 1.08 + 0.008 * fmax(0.0, x->dry[t] - 12.0);
  }
  power_groups_fill(&(power_hours_of_year){x->n_h, x->month, x->price, x->load, x->dry, NULL}, x->scratch, x->groups);
  return x;
}

static const struct {
  const char *market, *weather;
  int         year;
} years[] = {
    {"ercot_dam_hb_hubavg", "hub_ercot", 2021},
    {"ercot_dam_hb_hubavg", "hub_ercot", 2023},
    {"ercot_dam_hb_hubavg", "hub_ercot", 2024},
    {"pjm_rt_dom",          "hub_pjm",   2022},
    {"caiso_dam_np15",      "hub_caiso", 2020},
    {"caiso_dam_np15",      "hub_caiso", 2023},
};
enum { YEARS = sizeof years / sizeof years[0] };

// Sums over a month's hours against those over its groups: price, load, money of a flat share of load, heat; the dearest hour
// and the hour of most load keep their size.
START_TEST(means_are_exact_and_spikes_keep_their_size) {
  for (int i = 0; i < YEARS; i++) {
    year *x = year_of(years[i].market, years[i].weather, years[i].year);
    for (int m = 0; m < POWER_MONTHS; m++) {
      const power_groups *g = &x->groups[m];
      double              n = 0, want[4] = {0}, got[5] = {0}, dearest = -HUGE_VAL, most = 0, group_dearest = -HUGE_VAL;
      for (int32_t t = 0; t < x->n_h; t++) {
        if (x->month[t] != m) continue;
        n++;
        want[0] += x->price[t], want[1] += x->load[t], want[2] += fmax(0.0, (x->dry[t] - 15) / 23),
            want[3] += x->price[t] * x->load[t];
        dearest = fmax(dearest, x->price[t]), most = fmax(most, x->load[t]);
      }
      for (int k = 0; k < POWER_GROUPS; k++) {
        got[0] += g->weight_frac[k] * g->price_frac[k], got[1] += g->weight_frac[k] * g->load_frac[k];
        got[2] += g->weight_frac[k] * g->hot_frac[k], got[4] += g->weight_frac[k];
        got[3] += g->weight_frac[k] * g->load_frac[k] * g->price_frac[k];
        group_dearest = fmax(group_dearest, g->price_frac[k]);
        ck_assert(g->from_frac[k] < g->to_frac[k] && g->weight_frac[k] >= 0);
      }
      test_near(got[4], 1, 1e-12);
      test_near(got[0] / (want[0] / n), 1, 3e-3);  // by load, which is dearest hours' more
      test_near(got[1], 1, 1e-12);
      test_near(got[2], want[2] / n, 1e-12);
      test_near(got[3], g->paid_frac, 1e-12 * (1 + fabs(got[3])));
      test_near(g->paid_frac / (want[3] / want[1]), 1, 1e-11);
      test_near(g->load_frac[0], most / (want[1] / n), 1e-12);
      test_near(group_dearest, dearest, 1e-9 * fabs(dearest));
    }
    free(x);
  }
}
END_TEST

// A month of hours with nothing in them but means.
static power_groups flat(void) {
  static power_hour scratch[2 * 12 * 30];
  static int32_t    month[12 * 30];
  static double     one[12 * 30], degc[12 * 30];
  power_groups      out[POWER_MONTHS];
  for (int t = 0; t < 12 * 30; t++) month[t] = t / 30, one[t] = 1, degc[t] = 15;
  power_groups_fill(&(power_hours_of_year){12 * 30, month, NULL, one, degc, NULL}, scratch, out);
  return out[0];
}

static power_month_in plain_month(const power_groups *groups) {
  return (power_month_in){
      .groups = groups,
      .it_mw = 100,
      .hours_h = 730,
      .pue_frac = 1.25,
      .wue_l_per_kwh = 1,
      .grid_mw = 100,
      .onsite_mw = 50,
      .onsite_hot_mw = 50,
      .onsite_limit_mw = HUGE_VAL,
      .energy_usd_per_mwh = 30,
      .demand_usd_per_mw_month = 5000,
      .minimum_mw = 80,
      .gas_usd_per_mmbtu = 3,
      .grid_co2_kg_per_mwh = 350,
      .heat_rate_mmbtu_per_mwh = 9,
      .om_usd_per_mwh = 5,
      .onsite_co2_kg_per_mwh = 480,
      .work = {0.5, 0.4, 1000, 2, 4}
  };
}

START_TEST(months_by_hand) {
  static const struct {
    const char *what;
    double      grid, onsite, energy, it, limit;
    double      grid_mw, onsite_mw, curtailed_mw, billed_mw;
  } rows[] = {
      {"grid first when it is cheaper (30 < 32)", 100,      50, 30,  100, HUGE_VAL, 100, 25, 0,   100},
      {"on site first when that is",              100,      50, 40,  100, HUGE_VAL, 75,  50, 0,   80 },
      {"within its permit",                       100,      50, 40,  100, 30,       95,  30, 0,   95 },
      {"too little of both",                      60,       40, 30,  100, HUGE_VAL, 60,  40, 25,  80 },
      {"paid to take it",                         200,      50, -10, 100, HUGE_VAL, 125, 0,  0,   125},
      {"nothing there",                           0,        0,  30,  100, HUGE_VAL, 0,   0,  125, 80 },
      {"no load: the least billed demand stays",  100,      50, 30,  0,   HUGE_VAL, 0,   0,  0,   80 },
      {"no limit",                                HUGE_VAL, 0,  30,  100, HUGE_VAL, 125, 0,  0,   125},
  };
  const power_groups groups = flat();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    power_month_in in = plain_month(&groups);
    in.grid_mw = rows[i].grid, in.onsite_mw = in.onsite_hot_mw = rows[i].onsite, in.energy_usd_per_mwh = rows[i].energy,
    in.it_mw = rows[i].it, in.onsite_limit_mw = rows[i].limit;
    power_month_out out;
    power_month(&in, &out);
    ck_assert_msg(fabs(out.grid_mwh - 730 * rows[i].grid_mw) < 1e-9, "%s: grid", rows[i].what);
    ck_assert_msg(fabs(out.onsite_mwh - 730 * rows[i].onsite_mw) < 1e-9, "%s: on site", rows[i].what);
    ck_assert_msg(fabs(out.curtailed_mwh - 730 * rows[i].curtailed_mw) < 1e-9, "%s: curtailed", rows[i].what);
    ck_assert_msg(fabs(out.demand_usd - 5000 * rows[i].billed_mw) < 1e-6, "%s: demand", rows[i].what);
    ck_assert_msg(fabs(out.energy_usd - 730 * rows[i].grid_mw * rows[i].energy) < 1e-6, "%s: energy", rows[i].what);
    ck_assert_msg(fabs(out.fuel_usd - 730 * rows[i].onsite_mw * 27) < 1e-6, "%s: fuel", rows[i].what);
    ck_assert_msg(fabs(out.water_m3 - out.it_mwh) < 1e-9, "%s: water", rows[i].what);
    ck_assert_msg(fabs(out.co2_t - 0.73 * (350 * rows[i].grid_mw + 480 * rows[i].onsite_mw)) < 1e-6, "%s: CO2",
                  rows[i].what);
  }
}
END_TEST

// 125 MW of load by 1,000 GPUs, half of it trains, four tenths serve, a tenth idles: 12.5 MW go for nothing, then a fifth of
// the 112.5 that run, then what pauses or is shed.
START_TEST(shortage_takes_idle_clocks_training_service) {
  static const struct {
    const char *what;
    double      short_mw, throttled, paused, shed;  // GPUs
  } rows[] = {
      {"idle racks are enough",                                                        12,               0,            0,      0     },
      {"clocks fall",                                                                  12.5 + 10,        10 * 0.5 * 8, 0,      0     },
      {"training pauses: 8 GPUs a MW, 10 at low clocks, at nine tenths of their work", 12.5 + 22.5 + 20, 90,
       20 * 8 / 0.8 * 0.9,                                                                                                     0     },
      {"all goes",                                                                     125,              90,           50 * 9, 40 * 9},
  };
  const power_groups groups = flat();
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    power_month_in in = plain_month(&groups);
    in.grid_mw = 125 - rows[i].short_mw, in.onsite_mw = in.onsite_hot_mw = 0;
    power_month_out out;
    power_month(&in, &out);
    ck_assert_msg(fabs(out.throttled_gpu_h - 730 * rows[i].throttled) < 1e-6, "%s: throttled %g", rows[i].what,
                  out.throttled_gpu_h / 730);
    ck_assert_msg(fabs(out.paused_gpu_h - 730 * rows[i].paused) < 1e-6, "%s: paused %g", rows[i].what,
                  out.paused_gpu_h / 730);
    ck_assert_msg(fabs(out.shed_gpu_h - 730 * rows[i].shed) < 1e-6, "%s: shed %g", rows[i].what, out.shed_gpu_h / 730);
    const double usd = out.throttled_gpu_h * (5 * 2 + 4 * 4) / 9.0 + out.paused_gpu_h * 2 + out.shed_gpu_h * 4;
    test_near(out.lost_usd, usd, 1e-6 * (1 + usd));
  }
}
END_TEST

static double uniform(uint32_t *step) { return stream_uniform((stream){7, 0, 0}, stream_key("hours"), (*step)++); }

static power_month_in drawn_month(const power_groups *groups, uint32_t *step) {
  power_month_in in = plain_month(groups);
  in.it_mw = 1000 * uniform(step), in.pue_frac = 1 + 0.4 * uniform(step), in.grid_mw = 1200 * uniform(step);
  in.onsite_mw = 600 * uniform(step), in.onsite_hot_mw = in.onsite_mw * uniform(step),
  in.onsite_limit_mw = 700 * uniform(step);
  in.energy_usd_per_mwh = 100 * uniform(step) - 20, in.delivery_usd_per_mwh = 8 * uniform(step),
  in.gas_usd_per_mmbtu = 8 * uniform(step);
  in.withheld_mw = uniform(step) < 0.5 ? 0 : in.grid_mw * uniform(step), in.withheld_frac = 0.05 * uniform(step);
  in.minimum_mw = 0;
  return in;
}

static double cost_usd(const power_month_out *o) { return o->energy_usd + o->fuel_usd + o->om_usd; }

START_TEST(energy_in_is_energy_out) {
  year    *x = year_of("ercot_dam_hb_hubavg", "hub_ercot", 2021);
  uint32_t step = 0;
  for (int i = 0; i < 20000; i++) {
    power_month_in  in = drawn_month(&x->groups[i % 12], &step);
    power_month_out out, more;
    power_month(&in, &out);
    const double scale = 1e-9 * (1 + out.load_mwh);
    test_near(out.load_mwh, in.it_mw * in.pue_frac * in.hours_h, scale);
    test_near(out.grid_mwh + out.onsite_mwh + out.curtailed_mwh, out.load_mwh, scale);
    test_near(out.it_mwh + out.overhead_mwh, out.grid_mwh + out.onsite_mwh, scale);
    ck_assert(out.grid_mwh >= -scale && out.onsite_mwh >= -scale && out.curtailed_mwh >= 0 &&
              out.overhead_mwh >= -scale);
    ck_assert(out.peak_mw <= in.grid_mw * (1 + 1e-12) && out.coincident_mw <= in.grid_mw * (1 + 1e-12));
    ck_assert(out.grid_mwh <= out.peak_mw * in.hours_h + scale);
    ck_assert(out.onsite_mwh <= fmin(in.onsite_mw, in.onsite_limit_mw) * in.hours_h + scale);
    const double lost = out.throttled_gpu_h + out.paused_gpu_h + out.shed_gpu_h;
    ck_assert(lost >= 0 && lost <= in.work.gpus * in.hours_h * (1 + 1e-9) && (out.curtailed_mwh > 0 || lost == 0));

    more = out;  // cheaper fuel never costs more, nor does it curtail anything
    in.gas_usd_per_mmbtu *= 0.7;
    power_month(&in, &more);
    ck_assert(cost_usd(&more) <= cost_usd(&out) + 1e-9 * (1 + fabs(cost_usd(&out))));
    test_near(more.curtailed_mwh, out.curtailed_mwh, scale);
    power_month_in wider = in;  // more of anything never curtails more, and costs no more for what was served before
    wider.grid_mw += 50, wider.onsite_limit_mw += 50;
    power_month_out most;
    power_month(&wider, &most);
    ck_assert(most.curtailed_mwh <= more.curtailed_mwh + scale);
    if (!(more.curtailed_mwh > 0)) ck_assert(cost_usd(&most) <= cost_usd(&more) + 1e-9 * (1 + fabs(cost_usd(&more))));
  }
  free(x);
}
END_TEST

// The grid alone carries every hour: the shorter way, against the longer one with a unit that never pays.
START_TEST(both_ways_agree) {
  year *x = year_of("pjm_rt_dom", "hub_pjm", 2022);
  for (int m = 0; m < POWER_MONTHS; m++) {
    power_month_in in = plain_month(&x->groups[m]), with = in;
    in.grid_mw = with.grid_mw = 300, in.onsite_mw = in.onsite_hot_mw = 0;
    with.gas_usd_per_mmbtu = 1e6;
    power_month_out a, b;
    power_month(&in, &a);
    power_month(&with, &b);
    test_near(a.energy_usd, b.energy_usd, 1e-9 * fabs(b.energy_usd));
    test_near(a.grid_mwh, b.grid_mwh, 1e-9 * b.grid_mwh);
    test_near(a.peak_mw, b.peak_mw, 1e-9 * b.peak_mw);
    test_near(a.coincident_mw, b.coincident_mw, 1e-9 * b.peak_mw);
  }
  free(x);
}
END_TEST

// The same month hour by hour: merit order, heat, permits, and the dearest hours of the year withheld.
typedef struct hourly {
  double usd, grid_mwh, short_mwh, peak_mw;
} hourly;

static int falling(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

static hourly by_hour(const year *x, const power_month_in *in, int month) {
  hourly        s = {0};
  double        mean = 0, n = 0;
  static double sorted[MOST_H];
  memcpy(sorted, x->price, (size_t)x->n_h * sizeof *sorted);
  qsort(sorted, (size_t)x->n_h, sizeof *sorted, falling);
  const double from = in->withheld_frac > 0 ? sorted[(int32_t)(in->withheld_frac * x->n_h) - 1] : HUGE_VAL;
  for (int32_t t = 0; t < x->n_h; t++)
    if (x->month[t] == month) mean += x->load[t], n++;
  mean /= n;
  for (int32_t t = 0; t < x->n_h; t++) {
    if (x->month[t] != month) continue;
    const double dt_h = in->hours_h / n, load = in->it_mw * in->pue_frac * x->load[t] / mean,
                 heat = fmax(0, (x->dry[t] - 15) / 23);
    const double onsite =
        fmin(in->onsite_limit_mw, fmax(0, in->onsite_mw - (in->onsite_mw - in->onsite_hot_mw) * heat));
    const double limit = in->grid_mw - (x->price[t] >= from ? in->withheld_mw : 0);
    const double price = in->energy_usd_per_mwh * x->price[t] + in->delivery_usd_per_mwh;
    const double fuel = in->heat_rate_mmbtu_per_mwh * in->gas_usd_per_mmbtu + in->om_usd_per_mwh;
    const double served = fmin(load, limit + onsite),
                 grid = fuel < price ? served - fmin(load, onsite) : fmin(load, limit);
    s.usd += dt_h * (grid * price + (served - grid) * fuel);
    s.grid_mwh += dt_h * grid;
    s.short_mwh += dt_h * (load - served);
    s.peak_mw = fmax(s.peak_mw, grid);
  }
  return s;
}

// What a year by groups differs from the year by hours. Bounds as in docs/validation-power.md: of cost 0.5 %, 2.5 % where dear hours are
// withheld and 1e-9 where the grid carries all; of the grid's energy 1.2 % and of what lacks 0.1 % of the load; of the peak, where
// nothing stands on site, 1e-9, with hours withheld 1 %.
START_TEST(a_year_of_groups_is_a_year_of_hours) {
  static const struct {
    const char *what;
    double      grid, onsite, withheld, hours, gas, bound;
  } cases[] = {
      {"grid alone",                    400, 0,   0,   0,   3, 1e-9  },
      {"turbines when prices are high", 400, 150, 0,   0,   3, 5e-3  },
      {"turbines most of the time",     400, 250, 0,   0,   2, 5e-3  },
      {"grid limited",                  200, 250, 0,   0,   4, 5e-3  },
      {"short on hot days",             260, 66,  0,   0,   3, 5e-3  },
      {"short without turbines",        300, 0,   0,   0,   3, 5e-3  },
      {"100 hours withheld",            400, 0,   200, 100, 3, 2.5e-2},
      {"500 hours withheld, turbines",  400, 180, 300, 500, 3, 2.5e-2},
  };
  for (int i = 0; i < YEARS; i++) {
    year *x = year_of(years[i].market, years[i].weather, years[i].year);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
      double usd[2] = {0}, grid[2] = {0}, lack[2] = {0}, load = 0;
      for (int m = 0; m < POWER_MONTHS; m++) {
        power_month_in in = plain_month(&x->groups[m]);
        in.it_mw = 250, in.pue_frac = 1.2, in.grid_mw = cases[c].grid, in.onsite_mw = cases[c].onsite,
        in.onsite_hot_mw = 0.85 * in.onsite_mw;
        in.withheld_mw = cases[c].withheld, in.withheld_frac = cases[c].hours / x->n_h,
        in.gas_usd_per_mmbtu = cases[c].gas;
        in.energy_usd_per_mwh = 35;
        power_month_out out;
        power_month(&in, &out);
        const hourly want = by_hour(x, &in, m);
        usd[0] += cost_usd(&out), usd[1] += want.usd, grid[0] += out.grid_mwh, grid[1] += want.grid_mwh;
        lack[0] += out.curtailed_mwh, lack[1] += want.short_mwh, load += out.load_mwh;
        if (!(cases[c].onsite > 0)) test_near(out.peak_mw / want.peak_mw, 1, cases[c].hours > 0 ? 1e-2 : 1e-9);
      }
      const double off[3] = {fabs(usd[0] - usd[1]) / fabs(usd[1]), fabs(grid[0] - grid[1]) / load,
                             fabs(lack[0] - lack[1]) / load};
      ck_assert_msg(off[0] <= cases[c].bound && off[1] <= 1.2e-2 && off[2] <= 1e-3,
                    "%s %d, %s: cost %.5f, grid %.5f, lack %.5f", years[i].market, years[i].year, cases[c].what, off[0],
                    off[1], off[2]);
    }
    free(x);
  }
}
END_TEST

TEST_LIST("power hours", means_are_exact_and_spikes_keep_their_size, months_by_hand,
          shortage_takes_idle_clocks_training_service, energy_in_is_energy_out, both_ways_agree,
          a_year_of_groups_is_a_year_of_hours)
