#include "dispatch.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/number.h"
#include "../uncertainty/stream.h"

enum { HOURS = 24 * 61 };

static double  load_mw[HOURS], price[HOURS], sun[HOURS], gas[HOURS], withheld[HOURS], carbon[HOURS];
static int32_t month[HOURS];
static double  out_grid[HOURS], out_shed[HOURS], out_source[3 * HOURS], out_in[HOURS], out_out[HOURS], out_soc[HOURS];
static power_dispatch_memory memory;

static double uniform(uint32_t scenario, const char *name, uint32_t step) {
  return stream_uniform((stream){.seed = 7, .scenario = scenario}, stream_key(name), step);
}

// A campus of random hours: prices below zero, spikes, grid that is withheld, sun by day.
static power_supply campus(uint32_t scenario, double battery_mw) {
  for (uint32_t t = 0; t < HOURS; t++) {
    const double kind = uniform(scenario, "kind", t);
    month[t] = (int32_t)(t * 12 / HOURS);
    load_mw[t] = 60.0 + 80.0 * uniform(scenario, "load", t);
    price[t] = kind < 0.1 ? -60.0 * uniform(scenario, "price", t)
                          : (kind < 0.13 ? 2000.0 : 60.0) * uniform(scenario, "price", t);
    sun[t] = fmax(0.0, sin(0.2617993877991494 * ((double)(t % 24) - 6.0)));
    gas[t] = 0.8 + 0.2 * uniform(scenario, "gas", t);
    carbon[t] = 300.0 + 400.0 * uniform(scenario, "carbon", t);
    withheld[t] = uniform(scenario, "withheld", t) < 0.1 ? 0.3 : 1.0;
  }
  power_supply s = {.n_h = HOURS,
                    .month = month,
                    .load_mw = load_mw,
                    .grid_usd_per_mwh = price,
                    .grid_frac = withheld,
                    .grid_co2_kg_per_mwh = carbon,
                    .grid_mw = 90.0,
                    .demand_usd_per_mw_month = 10.0,
                    .n_source = 3,
                    .shed_usd_per_mwh = 3000.0};
  s.source[0] =
      (power_source){.name = "gas", .mw = 30.0, .usd_per_mwh = 33.0, .avail_frac = gas, .co2_kg_per_mwh = 484.0};
  s.source[1] = (power_source){.name = "sun", .mw = 50.0, .avail_frac = sun};
  s.source[2] = (power_source){.name = "flex", .mw = 10.0, .usd_per_mwh = 350.0};
  s.battery = (power_battery){
      .mw = battery_mw, .hours_h = 3.0, .store_frac = 0.92, .dispatch_frac = 0.94, .usd_per_mwh_out = 2.0};
  return s;
}

static power_dispatch hourly(void) {
  return (power_dispatch){.grid_mw = out_grid,
                          .shed_mw = out_shed,
                          .source_mw = out_source,
                          .charge_mw = out_in,
                          .discharge_mw = out_out,
                          .soc_mwh = out_soc};
}

static void check_hours(const power_supply *s, const power_dispatch *d) {
  double usd = 0.0, soc = 0.0, co2_kg = 0.0;
  for (size_t t = 0; t < s->n_h; t++) {
    double given = out_grid[t] + out_shed[t] + out_out[t] - out_in[t];
    usd += out_grid[t] * price[t] + out_shed[t] * s->shed_usd_per_mwh + out_out[t] * s->battery.usd_per_mwh_out;
    for (int32_t i = 0; i < s->n_source; i++) {
      const double mw = out_source[(size_t)i * s->n_h + t];
      const double most = s->source[i].mw * (s->source[i].avail_frac ? s->source[i].avail_frac[t] : 1.0);
      given += mw;
      usd += mw * s->source[i].usd_per_mwh;
      co2_kg += mw * s->source[i].co2_kg_per_mwh;
      ck_assert(mw >= 0.0 && mw <= most * (1.0 + 1e-12));
    }
    co2_kg += out_grid[t] * s->grid_co2_kg_per_mwh[t];
    test_near(given, load_mw[t], 1e-9 * load_mw[t]);
    ck_assert(out_grid[t] >= 0.0 && out_grid[t] <= s->grid_mw * withheld[t] * (1.0 + 1e-12));
    ck_assert(out_in[t] >= 0.0 && out_in[t] <= s->battery.mw && out_out[t] >= 0.0 && out_out[t] <= s->battery.mw);
    ck_assert_msg(out_in[t] == 0.0 || out_out[t] == 0.0, "hour %zu charges and discharges", t);
    if (s->battery.mw > 0.0) soc += out_in[t] * s->battery.store_frac - out_out[t] / s->battery.dispatch_frac;
    test_near(soc, out_soc[t], 1e-9 * (1.0 + s->battery.mw));
    ck_assert(out_soc[t] >= 0.0 && out_soc[t] <= s->battery.mw * s->battery.hours_h);
  }
  test_near(usd, d->energy_usd, 1e-9 * fabs(usd));
  test_near(co2_kg, 1000.0 * d->co2_t, 1e-9 * co2_kg);
}

START_TEST(energy_balances_and_no_limit_is_passed) {
  for (uint32_t k = 0; k < 6; k++) {
    const power_supply s = campus(k, k % 2 ? 40.0 : 0.0);
    power_dispatch     d = hourly();
    power_dispatch_run(&s, &memory, &d);
    check_hours(&s, &d);
    if (s.battery.mw > 0.0) ck_assert_double_eq_tol(out_soc[HOURS - 1], 0.0, 1e-9);
  }
}
END_TEST

// The block code against the order written down hour by hour.
START_TEST(merit_order_is_that_of_the_sorted_list) {
  const power_supply s = campus(11, 0.0);
  power_dispatch     d = {0};
  double             usd = 0.0;
  power_dispatch_run(&s, NULL, &d);
  for (size_t t = 0; t < HOURS; t++) {
    const double cost[4] = {price[t], 33.0, 0.0, 350.0},
                 most[4] = {90.0 * withheld[t], 30.0 * gas[t], 50.0 * sun[t], 10.0};
    double left = load_mw[t];
    bool   used[4] = {false};
    for (int round = 0; round < 4; round++) {
      int at = -1;
      for (int i = 0; i < 4; i++)
        if (!used[i] && (at < 0 || cost[i] < cost[at])) at = i;
      const double mw = number_least(left, most[at]);
      used[at] = true;
      left -= mw;
      usd += mw * cost[at];
    }
    usd += left * 3000.0;
  }
  test_near(d.energy_usd, usd, 1e-9 * usd);
}
END_TEST

START_TEST(a_battery_pays_and_more_sun_never_costs_more) {
  double before = HUGE_VAL;
  for (int k = 0; k < 5; k++) {
    power_supply   s = campus(3, 0.0);
    power_dispatch d = {0};
    s.source[1].mw = 20.0 * k;
    power_dispatch_run(&s, NULL, &d);
    ck_assert(d.energy_usd <= before);
    before = d.energy_usd;
  }
  power_supply   s = campus(3, 40.0);
  power_dispatch with = {0}, without = {0};
  power_dispatch_run(&s, &memory, &with);
  s.battery.mw = 0.0;
  power_dispatch_run(&s, NULL, &without);
  ck_assert(with.energy_usd < without.energy_usd);
}
END_TEST

START_TEST(same_input_same_bytes) {
  const power_supply s = campus(5, 40.0);
  power_dispatch     a = {0}, b = {0};
  power_dispatch_run(&s, &memory, &a);
  memset(&memory, 0x5a, sizeof memory);
  power_dispatch_run(&s, &memory, &b);
  ck_assert_mem_eq(&a, &b, sizeof a);
}
END_TEST

START_TEST(short_hours_are_found) {
  power_supply s = campus(2, 0.0);
  size_t       worst;
  double       gap;
  s.grid_mw = 1000.0;
  s.grid_frac = NULL;
  ck_assert(power_supply_suffices(&s, &worst, &gap));
  ck_assert_double_eq(gap, 0.0);
  s.n_source = 0;
  s.grid_mw = 50.0;
  load_mw[77] = 500.0;
  ck_assert(!power_supply_suffices(&s, &worst, &gap));
  ck_assert_uint_eq(worst, 77);
  ck_assert_double_eq(gap, 450.0);
}
END_TEST

static const struct {
  const char *what;
  double     *at, value;
  sg_err      want;
  const char *says;
} bad_rows[] = {
    {"negative price is valid", &price[100],   -500.0,   SG_OK,        ""              },
    {"negative load",           &load_mw[100], -1.0,     SG_ERR_RANGE, "hour 100: load"},
    {"load that is none",       &load_mw[100], HUGE_VAL, SG_ERR_RANGE, "hour 100: load"},
    {"price that is none",      &price[7],     HUGE_VAL, SG_ERR_RANGE, "hour 7: price" },
    {"negative availability",   &sun[9],       -0.1,     SG_ERR_RANGE, "hour 9: sun"   },
    {"negative share of grid",  &withheld[3],  -0.1,     SG_ERR_RANGE, "hour 3: share" },
};

START_TEST(bad_input_is_named_by_its_hour) {
  for (size_t i = 0; i < sizeof bad_rows / sizeof bad_rows[0]; i++) {
    const power_supply s = campus(1, 10.0);
    sg_diags           d;
    diag_init(&d);
    *bad_rows[i].at = bad_rows[i].value;
    ck_assert_msg(power_supply_check(&s, &d) == bad_rows[i].want, "%s", bad_rows[i].what);
    if (bad_rows[i].want)
      ck_assert_msg(strstr(d.item[0].message, bad_rows[i].says), "%s: %s", bad_rows[i].what, d.item[0].message);
  }
  power_supply s = campus(1, 10.0);
  s.battery.store_frac = 1.1;
  ck_assert_int_eq(power_supply_check(&s, NULL), SG_ERR_RANGE);
  s = campus(1, 0.0);
  s.n_source = POWER_SOURCES + 1;
  ck_assert_int_eq(power_supply_check(&s, NULL), SG_ERR_LIMIT);
}
END_TEST

TEST_LIST("dispatch", energy_balances_and_no_limit_is_passed, merit_order_is_that_of_the_sorted_list,
          a_battery_pays_and_more_sun_never_costs_more, same_input_same_bytes, short_hours_are_found,
          bad_input_is_named_by_its_hour)
