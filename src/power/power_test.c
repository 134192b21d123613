#include "power.h"

#include <math.h>

#include "../../tests/test.h"

// Youngstown OH, NREL TMY3 (data/catalogue/weather.yaml): dry mean, sd, wet mean, sd.
static const power_weather_month ohio[POWER_MONTHS] = {
    {0, -3.84, 5.36, -5.39, 5.00},
    {0, -3.59, 6.63, -4.98, 6.17},
    {0, 4.20,  7.37, 1.58,  6.26},
    {0, 8.15,  5.91, 4.93,  4.51},
    {0, 13.68, 6.46, 10.75, 5.09},
    {0, 19.01, 5.53, 15.12, 4.71},
    {0, 21.99, 4.83, 19.05, 3.39},
    {0, 20.16, 5.08, 17.31, 3.69},
    {0, 16.58, 5.99, 14.05, 5.20},
    {0, 9.51,  5.53, 6.95,  4.31},
    {0, 5.84,  5.05, 3.57,  4.22},
    {0, -2.26, 7.12, -3.44, 6.84},
};

static power_cooling tower(void) {
  return (power_cooling){.base_pue_frac = 1.08,
                         .wet_rise_per_degc = 0.009,
                         .wet_limit_degc = 14,
                         .dry_limit_degc = 20,
                         .liquid_frac = 0.8,
                         .supply_degc = 28,
                         .approach_degc = 6,
                         .water_l_per_kwh = 1.08,
                         .evaporates_above_degc = -60};
}

static power_cooling chiller(void) {
  return (power_cooling){.base_pue_frac = 1.13,
                         .dry_rise_per_degc = 0.013,
                         .dry_limit_degc = 16,
                         .wet_limit_degc = 16,
                         .liquid_frac = 0.7,
                         .supply_degc = 24,
                         .approach_degc = 8};
}

START_TEST(excess_of_a_normal) {
  static const struct {
    const char *what;
    double      mean, sd, limit, want;
  } rows[] = {
      {"at the mean: sd / sqrt(2 pi)",            0,   1, 0,  0.39894228040143267794},
      {"unit normal loss at 1 (tables: 0.08332)", 0,   1, 1,  0.083315470587        },
      {"unit normal loss at -1: 1 + 0.08332",     0,   1, -1, 1.083315470587        },
      {"scaled and shifted",                      20,  5, 25, 5 * 0.083315470587    },
      {"no spread, above",                        30,  0, 24, 6                     },
      {"no spread, below",                        10,  0, 24, 0                     },
      {"far below",                               -20, 5, 30, 0                     },
      {"far above",                               90,  5, 30, 60                    },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const double got = power_mean_excess(rows[i].mean, rows[i].sd, rows[i].limit);
    ck_assert_msg(fabs(got - rows[i].want) < 1e-9, "%s: %.12f", rows[i].what, got);
  }
}
END_TEST

START_TEST(excess_splits_the_mean) {  // E[T - l]+ - E[l - T]+ = E[T] - l, and the share above is -d/dl of the first
  for (double limit = -30; limit <= 50; limit += 3.7) {
    const double up = power_mean_excess(12, 6, limit), down = power_mean_excess(-12, 6, -limit);
    test_near(up - down, 12 - limit, 1e-12);
    const double slope = (power_mean_excess(12, 6, limit + 1e-4) - power_mean_excess(12, 6, limit - 1e-4)) / 2e-4;
    test_near(power_share_above(12, 6, limit), -slope, 1e-6);
  }
}
END_TEST

START_TEST(pue_follows_the_weather) {
  const power_cooling plant = chiller(), wet = tower();
  double              last = 0;
  for (double t = -20; t <= 45; t += 1) {
    const power_weather_month month = {.dry_mean_degc = t, .dry_sd_degc = 5, .wet_mean_degc = t - 5, .wet_sd_degc = 4};
    const double              pue = power_pue(&plant, &month);
    ck_assert(pue >= last && pue >= plant.base_pue_frac);
    ck_assert(power_pue(&wet, &month) >= wet.base_pue_frac);
    last = pue;
  }
  ck_assert(last > plant.base_pue_frac + 0.3);
  power_cooling warm = plant;
  warm.supply_degc = 40;  // warmer water needs less
  const power_weather_month july = {.dry_mean_degc = 28, .dry_sd_degc = 5};
  ck_assert(power_pue(&warm, &july) < power_pue(&plant, &july));
  warm.base_pue_frac = 0.9;  // a draw below what physics allows
  warm.dry_rise_per_degc = 0;
  test_near(power_pue(&warm, &july), 1.0, 1e-12);
}
END_TEST

START_TEST(water_and_pue_in_ohio) {
  const power_cooling wet = tower();
  double              pue = 0, wue = 0;
  for (int m = 0; m < POWER_MONTHS; m++) {
    pue += power_pue(&wet, &ohio[m]) / 12;
    wue += power_wue_l_per_kwh(&wet, &ohio[m]) / 12;
  }
  // Google, New Albany OH, cooling towers: 0.966 million gallons a day at 177 MW of facility and a ratio of 1.2
  // (Epoch AI, Frontier Data Centers, CC BY 4.0) = 1.03 L per kWh of IT. Within 10 %.
  const double seen = 0.966e6 * 3.785411784 / (177e3 / 1.2 * 24);
  ck_assert_msg(fabs(wue / seen - 1) < 0.10, "wue %.3f, seen %.3f", wue, seen);
  // Google, Lancaster and Columbus OH: 12-month PUE 1.04 to 1.06 (Data Centre Magazine 2026-02); fleet 1.10. The
  // design row is of an average operator: within 5 %.
  ck_assert_msg(fabs(pue / 1.05 - 1) < 0.05, "pue %.3f", pue);
  power_cooling adiabatic = wet;
  adiabatic.evaporates_above_degc = 22;
  double less = 0;
  for (int m = 0; m < POWER_MONTHS; m++) less += power_wue_l_per_kwh(&adiabatic, &ohio[m]) / 12;
  ck_assert(less > 0.02 * wue && less < 0.3 * wue);
}
END_TEST

START_TEST(design_day_is_the_worst_month) {
  const power_cooling plant = chiller();
  const power_weather site = {.design_dry_degc = 36.7, .design_wet_degc = 23.4};
  test_near(power_design_day_pue(&plant, &site), 1.13 + 0.013 * 20.7, 1e-12);  // both streams limited at 16 degC
  const power_weather_month july = {.dry_mean_degc = 28.2, .dry_sd_degc = 4.8};
  ck_assert(power_design_day_pue(&plant, &site) > power_pue(&plant, &july));
}
END_TEST

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

TEST_LIST("power", excess_of_a_normal, excess_splits_the_mean, pue_follows_the_weather, water_and_pue_in_ohio,
          design_day_is_the_worst_month, grid_steps_are_totals, units_arrive_and_one_may_fail, months_by_hand,
          energy_in_is_energy_out)
