#include "power.h"

#include <math.h>

#include "../../tests/test.h"

START_TEST(grid_steps_are_totals) {
  const power_grid steps[] = {
      {.limit_mw = 200,  .from_day = 100, .firm_frac = 1  },
      {.limit_mw = 1200, .from_day = 300, .firm_frac = 0.9},
      {.limit_mw = 500,  .from_day = 400, .firm_frac = 1  }
  };
  static const struct {
    const char *what;
    double      day, limit, firm;
  } rows[] = {
      {"before the first",                       99,  0,    0   },
      {"on its day",                             100, 200,  200 },
      {"the larger replaces it",                 300, 1200, 1080},
      {"a smaller one later takes nothing away", 400, 1200, 1080},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    ck_assert_msg(fabs(power_grid_limit_mw(steps, 3, rows[i].day) - rows[i].limit) < 1e-9, "%s", rows[i].what);
    ck_assert_msg(fabs(power_grid_firm_mw(steps, 3, rows[i].day) - rows[i].firm) < 1e-9, "%s", rows[i].what);
  }
}
END_TEST

START_TEST(units_arrive_and_one_may_fail) {
  const power_plant kinds[] = {
      {.unit_mw = 34,
       .heat_rate_mmbtu_per_mwh = 9,
       .derate_frac = 0.85,
       .forced_outage_frac = 0.05,
       .om_usd_per_mwh = 5,
       .co2_kg_per_mwh = 480,
       .lead_day = 450},
      {.unit_mw = 16,
       .heat_rate_mmbtu_per_mwh = 10,
       .derate_frac = 0.85,
       .forced_outage_frac = 0.05,
       .om_usd_per_mwh = 10,
       .co2_kg_per_mwh = 540,
       .lead_day = 365}
  };
  const double           unset = (double)NAN;
  const power_generation plant[] = {
      {.plant = 0, .units = 5, .from_day = unset, .ordered_day = 0    }, // day 450
      {.plant = 1, .units = 5, .from_day = 200,   .ordered_day = 0    }, // 365: cannot come before its lead time
      {.plant = 1, .units = 1, .from_day = 700,   .ordered_day = unset}, // as said
      {.plant = 1, .units = 9, .from_day = unset, .ordered_day = unset}, // never
  };
  test_near(power_generation_day(&plant[0], &kinds[0]), 450, 1e-12);
  test_near(power_generation_day(&plant[1], &kinds[1]), 365, 1e-12);
  test_near(power_generation_day(&plant[2], &kinds[1]), 700, 1e-12);
  power_onsite site;
  power_onsite_on(plant, 4, kinds, 300, &site);
  test_near(site.firm_mw + site.mean_mw + site.heat_rate_mmbtu_per_mwh, 0, 1e-12);
  power_onsite_on(plant, 4, kinds, 1000, &site);
  test_near(site.derated_mw, 0.85 * (5 * 34 + 6 * 16), 1e-9);
  test_near(site.firm_mw, 0.85 * (4 * 34 + 6 * 16), 1e-9);
  test_near(site.mean_mw, 0.95 * site.derated_mw, 1e-9);
  test_near(site.heat_rate_mmbtu_per_mwh, (170 * 9.0 + 96 * 10.0) / 266, 1e-9);
  test_near(power_firm_mw(200, site.firm_mw, unset), 200 + site.firm_mw, 1e-9);
  test_near(power_firm_mw(200, site.firm_mw, 100), 300, 1e-9);
}
END_TEST

static power_month_in plain_month(void) {
  return (power_month_in){.it_mw = 100,
                          .hours_h = 730,
                          .pue_frac = 1.25,
                          .wue_l_per_kwh = 1,
                          .grid_mw = 100,
                          .onsite_mw = 50,
                          .energy_usd_per_mwh = 30,
                          .demand_usd_per_mw_month = 5000,
                          .minimum_mw = 80,
                          .demand_peak_frac = 1,
                          .gas_usd_per_mmbtu = 3,
                          .grid_co2_kg_per_mwh = 350,
                          .heat_rate_mmbtu_per_mwh = 9,
                          .om_usd_per_mwh = 5,
                          .onsite_co2_kg_per_mwh = 480};
}

START_TEST(months_by_hand) {
  static const struct {
    const char *what;
    double      grid, onsite, energy, it;
    double      grid_mw, onsite_mw, curtailed_mw, billed_mw;
  } rows[] = {
      {"grid first when it is cheaper (30 < 32)", 100, 50, 30, 100, 100, 25, 0,   100},
      {"on site first when that is",              100, 50, 40, 100, 75,  50, 0,   80 },
      {"too little of both",                      60,  40, 30, 100, 60,  40, 25,  80 },
      {"nothing there",                           0,   0,  30, 100, 0,   0,  125, 80 },
      {"no load: the least billed demand stays",  100, 50, 30, 0,   0,   0,  0,   80 },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    power_month_in in = plain_month();
    in.grid_mw = rows[i].grid, in.onsite_mw = rows[i].onsite, in.energy_usd_per_mwh = rows[i].energy,
    in.it_mw = rows[i].it;
    power_month_out out;
    power_month(&in, &out);
    ck_assert_msg(fabs(out.grid_mwh - 730 * rows[i].grid_mw) < 1e-9, "%s: grid", rows[i].what);
    ck_assert_msg(fabs(out.onsite_mwh - 730 * rows[i].onsite_mw) < 1e-9, "%s: on site", rows[i].what);
    ck_assert_msg(fabs(out.curtailed_mwh - 730 * rows[i].curtailed_mw) < 1e-9, "%s: curtailed", rows[i].what);
    ck_assert_msg(fabs(out.demand_usd - 5000 * rows[i].billed_mw) < 1e-9, "%s: demand", rows[i].what);
    ck_assert_msg(fabs(out.energy_usd - 730 * rows[i].grid_mw * rows[i].energy) < 1e-6, "%s: energy", rows[i].what);
    ck_assert_msg(fabs(out.fuel_usd - 730 * rows[i].onsite_mw * 27) < 1e-6, "%s: fuel", rows[i].what);
    ck_assert_msg(fabs(out.water_m3 - out.it_mwh) < 1e-9, "%s: water", rows[i].what);
    ck_assert_msg(fabs(out.co2_t - 0.73 * (350 * rows[i].grid_mw + 480 * rows[i].onsite_mw)) < 1e-6, "%s: CO2",
                  rows[i].what);
  }
}
END_TEST

START_TEST(energy_in_is_energy_out) {
  for (int i = 0; i < 2000; i++) {
    power_month_in in = plain_month();
    in.it_mw = i % 17 * 70.0, in.pue_frac = 1 + i % 7 * 0.06, in.grid_mw = i % 13 * 100.0, in.onsite_mw = i % 11 * 36.0;
    in.energy_usd_per_mwh = i % 5 * 20.0 - 20, in.demand_peak_frac = 1 + i % 3 * 0.1;
    power_month_out out;
    power_month(&in, &out);
    const double scale = 1e-12 * (1 + out.load_mwh);
    test_near(out.grid_mwh + out.onsite_mwh + out.curtailed_mwh, out.load_mwh, scale);
    test_near(out.it_mwh + out.overhead_mwh, out.grid_mwh + out.onsite_mwh, scale);
    ck_assert(out.grid_mwh <= in.grid_mw * in.hours_h + scale && out.onsite_mwh <= in.onsite_mw * in.hours_h + scale);
    ck_assert(out.curtailed_mwh >= -scale && out.it_served_mw <= in.it_mw + 1e-9);
    in.grid_mw += 50;  // more supply never curtails more
    power_month_out more;
    power_month(&in, &more);
    ck_assert(more.curtailed_mwh <= out.curtailed_mwh + scale);
  }
}
END_TEST

TEST_LIST("power", grid_steps_are_totals, units_arrive_and_one_may_fail, months_by_hand,
          energy_in_is_energy_out)
