#include "hubs.h"

#include <math.h>
#include <stdio.h>

#include "../../tests/twin_run.h"
#include "weather.h"

static const char *const campus =
    "programme: Plain\nas_of: 2025-01-21\nstart: 2025-01\nhorizon: 6 years\nowner: Builder\n"
    "parties: {Builder: {role: owner, cash: $20B}}\n"
    "campuses:\n"
    "  mesa:\n"
    "    works_start: 2024-01\n"
    "    weather: abilene_tx\n"
    "    tariff: ercot-large-load\n"
    "    facility_to_it: 1.3\n"
    "    buildings: {count: 2, it: 100 MW}\n"
    "    grid: {limit: 400 MW, from: 2024-01}\n"
    "services:\n"
    "  tokens: {by: Builder, demand: 900000000 Mtok/month, price: 30 USD/Mtok, growth: 0 %/yr, price_decline: 0 %/yr, "
    "speed: 0.5 Mtok/GPU-h}\n";

static double mean_price(const power_groups *g) {
  double sum = 0;
  for (int k = 0; k < POWER_GROUPS; k++) sum += g->weight_frac[k] * g->price_frac[k];
  return sum;
}

// The five years are over the programme's own price, so their mean is 1 (by load: a hair off); the plan's months are 1 each.
START_TEST(years_are_over_the_programmes_price) {
  twin_model       *m = twin_must(campus, NULL);
  const twin_place *place = m->place[0];
  double            mean = 0;
  ck_assert_int_eq(place->n_year, TWIN_PLACE_YEARS);
  for (int k = 0; k < POWER_MONTHS; k++) {
    test_near(place->year[0][k].groups.paid_frac, 1, 0.02);
    for (int y = 1; y < TWIN_PLACE_YEARS; y++)
      mean += mean_price(&place->year[y][k].groups) / (POWER_MONTHS * TWIN_HUB_YEARS);
  }
  test_near(mean, 1, 3e-3);
  twin_model_free(m);
}
END_TEST

// February 2021 in Texas: the dearest and coldest month of the sixty, its price many times what the programme reckons with, and cold when
// dear; August 2023 dear and hot. Cooling takes less than usual in the one and more in the other.
START_TEST(what_met_then_meets_again) {
  twin_model         *m = twin_must(campus, NULL);
  const twin_place   *place = m->place[0];
  const power_groups *freeze = &place->year[2][1].groups, *heat = &place->year[4][7].groups;
  for (int y = 1; y < TWIN_PLACE_YEARS; y++)
    for (int k = 0; k < POWER_MONTHS; k++)
      MUST((y == 2 && k == 1) || mean_price(&place->year[y][k].groups) < 0.5 * mean_price(freeze), "year %d month %d",
           y, k);
  ck_assert(mean_price(freeze) > 10);
  ck_assert(freeze->hot_frac[1] <= 0 && freeze->hot_frac[3] <= 0);  // the dearest hours
  ck_assert(heat->hot_frac[1] > 0.9 && heat->load_frac[1] > 1.0);
  ck_assert(place->year[2][1].overhead_frac < 1 && place->year[4][7].overhead_frac > 1.05);
  twin_model_free(m);
}
END_TEST

// Over scenarios the level's mean is that of the programme's path, month by month; it rises with gas and with demand as told.
START_TEST(levels_keep_the_mean) {
  enum { N = 60, DRAWS = 20000 };
  const power_price_process p = {.gas_slope = 0.8, .level_phi = 0.6, .level_sd = 0.25};
  const twin_hub_walk       walk = {.gas_reversion = 0.05, .gas_step = 0.14, .gas_demand = 0.3, .demand = 0.4};
  double                    sum[N] = {0}, square[N] = {0}, gas = 0, demand = 0;
  for (uint32_t i = 0; i < DRAWS; i++) {
    double       x[N] = {0}, d[N], g[N], f[N];
    const stream s = {3, i, 0};
    stream_normals(s, stream_key("d"), 0, N, d);
    stream_normals(s, stream_key("g"), 0, N, g);
    stream_normals(s, stream_key("p"), 0, N, f);
    for (int t = 12; t + 1 < N; t++)
      x[t + 1] = (1 - walk.gas_reversion) * x[t] +
                 walk.gas_step * (walk.gas_demand * d[t] + sqrt(1 - walk.gas_demand * walk.gas_demand) * g[t]);
    twin_hub_levels(&p, &walk, x, d, f, 12, N, f);
    for (int t = 0; t < N; t++) sum[t] += f[t], square[t] += f[t] * f[t];
    gas += (f[40] - 1) * x[40], demand += (f[40] - 1) * d[39];
  }
  for (int t = 0; t < N; t++) {
    const double mean = sum[t] / DRAWS, sd = sqrt(fmax(0, square[t] / DRAWS - mean * mean));
    MUST(t <= 12 ? mean == 1 && sd < 1e-12 : fabs(mean - 1) < 4 * sd / sqrt(DRAWS), "month %d: %g", t, mean);
  }
  ck_assert(gas / DRAWS > 0.05 && demand / DRAWS > 0.03);
}
END_TEST

// What scenarios pay for a megawatt-hour, mean over years and scenarios, is what the plan pays: within four standard errors.
START_TEST(scenarios_pay_what_the_plan_pays) {
  enum { DRAWS = 1500 };
  const char *const set[] = {"markets.power.drift", "3 %/yr", NULL, NULL};
  twin_model       *m = twin_must(campus, set);
  twin_state       *s = twin_state_create(m);
  const int32_t     tariff = m->plan_view.campus[0].tariff, first = m->report0 + 12, years = (m->n_month - first) / 12;
  double            sum = 0, square = 0, plan = 0;
  for (int32_t t = first; t < first + 12 * years; t++) plan += exp(0.03 * (t - m->report0) / 12.0) / (12 * years);
  for (uint32_t i = 0; i < DRAWS; i++) {
    double paid = 0;
    twin_scenario_prepare(s, MODE_SCENARIO, (stream){5, i, 0}, CAUSE_NONE);
    ck_assert(s->hub_drawn[tariff]);
    for (int32_t t = first; t < first + 12 * years; t++) {
      const int32_t at = m->month0 + t, year = s->hub_year[at / 12 - m->month0 / 12];
      ck_assert(year >= 1 && year <= TWIN_HUB_YEARS);
      paid += s->hub_path[(size_t)tariff * (size_t)m->n_month + (size_t)t] *
              mean_price(&m->place[0]->year[year][at % 12].groups) / (12 * years);
    }
    sum += paid, square += paid * paid;
  }
  const double mean = sum / DRAWS, se = sqrt((square / DRAWS - mean * mean) / DRAWS);
  MUST(fabs(mean - plan) < 4 * se + 4e-3 * plan, "mean %g, plan %g, standard error %g", mean, plan, se);
  twin_scenario_prepare(s, MODE_BASE, (stream){5, 0, STREAM_MIDDLE}, CAUSE_NONE);
  ck_assert(!s->hub_drawn[tariff]);
  test_near(s->hub_path[(size_t)tariff * (size_t)m->n_month + (size_t)first], exp(0.03 * 12 / 12.0), 1e-12);
  twin_state_free(s);
  twin_model_free(m);
}
END_TEST

// PUE of each actual year by the months' tables, against its hours weighted by nothing but their number, as the groups hold them; and
// the typical year's tables are untouched.
START_TEST(groups_hold_the_years_pue) {
  twin_model       *m = twin_must(campus, NULL);
  const twin_place *place = m->place[0];
  double            pue[POWER_MONTHS], water[POWER_MONTHS], mean[TWIN_PLACE_YEARS] = {0};
  twin_campus_cooling(m, &m->plan_view, 0, pue, water);
  for (int y = 0; y < TWIN_PLACE_YEARS; y++) {
    for (int k = 0; k < POWER_MONTHS; k++) {
      const power_groups *g = &place->year[y][k].groups;
      double              load = 0;
      for (int i = 0; i < POWER_GROUPS; i++) load += g->weight_frac[i] * g->load_frac[i];
      test_near(load, 1, 1e-12);
      const double month = 1 + (pue[k] - 1) * place->year[y][k].overhead_frac;
      ck_assert(month > 1 && month * g->load_frac[0] < 2);
      mean[y] += month / POWER_MONTHS;
    }
    test_near(mean[y], mean[0], 0.01);  // warm and cold years differ by less
    ck_assert(y == 0 || fabs(mean[y] - mean[0]) > 1e-6);
  }
  twin_model_free(m);
}
END_TEST

// Lost for want of power, in the month after which work is known: with half of the load on a connection of which half is
// withheld for 300 hours, machines stand or slow down in those hours, and the work that is done is that much less.
START_TEST(what_is_withheld_is_lost) {
  static const char *const firm[] = {
      "campuses.mesa.grid.firm", "100 %", "campuses.mesa.on_nonfirm", "50 %", NULL, NULL};
  static const char *const half[] = {"campuses.mesa.grid.firm",
                                     "40 %",
                                     "campuses.mesa.on_nonfirm",
                                     "50 %",
                                     "campuses.mesa.grid.withheld",
                                     "300 h/yr",
                                     NULL,
                                     NULL};
  twin_model              *m[2] = {twin_must(campus, firm), twin_must(campus, half)};
  double                   lost[2] = {0}, usd[2] = {0}, idle[2] = {0}, used[2] = {0}, ready[2] = {0}, hours = 0;
  for (int i = 0; i < 2; i++) {
    twin_state *s = twin_state_create(m[i]);
    ck_assert_ptr_nonnull(s);
    twin_scenario_run(s, MODE_BASE, 1, 0, CAUSE_NONE, m[i]->n_month);
    for (int32_t t = m[i]->n_month - 24; t < m[i]->n_month; t++) {
      lost[i] += twin_value(s, "programme.throttled_gpu_hours", t) + twin_value(s, "programme.paused_gpu_hours", t) +
                 twin_value(s, "programme.shed_gpu_hours", t);
      usd[i] += twin_value(s, "campus.mesa.lost_usd", t);
      idle[i] += twin_value(s, "programme.idle_gpu_hours", t);
      used[i] += twin_value(s, "programme.service_gpu_hours", t) + twin_value(s, "programme.training_gpu_hours", t);
      ready[i] += twin_value(s, "programme.gpu_hours", t);
      hours += i * twin_value(s, "campus.mesa.curtailed_mwh", t);
      ck_assert(twin_value(s, "campus.mesa.connected_mw", t) <= (i ? 160.001 : 400.001));
    }
    twin_state_free(s);
    twin_model_free(m[i]);
  }
  ck_assert(used[0] > 0 && lost[0] <= 0 && usd[0] <= 0);
  MUST(lost[1] > 0 && usd[1] > 0 && hours > 0, "lost %g GPU-h, %g USD, %g MWh; used %g of %g", lost[1], usd[1], hours,
       used[1], ready[1]);
  test_near((used[1] + idle[1] + lost[1]) / ready[1], 1, 1e-9);
  ck_assert(used[1] < used[0]);
}
END_TEST

// Four summer peaks, billed over the next calendar year: nothing before, then the rate on their mean, whatever is drawn.
START_TEST(coincident_peaks_are_billed_a_year_later) {
  static const char *const set[] = {"tariffs.ercot-large-load.demand",
                                    "0 USD/MW-month",
                                    "tariffs.ercot-large-load.coincident",
                                    "60000 USD/MW-yr",
                                    NULL,
                                    NULL};
  twin_model              *m = twin_must(campus, set);
  twin_state              *s = twin_state_create(m);
  twin_scenario_run(s, MODE_BASE, 1, 0, CAUSE_NONE, m->n_month);
  const int32_t last = m->n_month - 1, january = last - (m->month0 + last) % 12;
  double        year = 0;
  for (int32_t t = january - 12; t < january; t++) year += twin_value(s, "campus.mesa.demand_usd", t);
  double peaks_mw = 0;
  for (int32_t t = january - 24 + 5; t <= january - 24 + 8; t++) {
    const power_groups *g = &m->place[0]->year[0][(m->month0 + t) % 12].groups;
    peaks_mw += twin_value(s, "campus.mesa.load_mw", t) * g->load_frac[0] / 4;
  }
  ck_assert(peaks_mw > 100);
  test_near(year, 60000 * peaks_mw, 1e-6 * year);
  test_near(twin_value(s, "campus.mesa.demand_usd", m->report0), 0, 1e-9);
  twin_state_free(s);
  twin_model_free(m);
}
END_TEST

TEST_LIST("twin hubs", years_are_over_the_programmes_price, what_met_then_meets_again, levels_keep_the_mean,
          scenarios_pay_what_the_plan_pays, groups_hold_the_years_pue, what_is_withheld_is_lost,
          coincident_peaks_are_billed_a_year_later)
