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

START_TEST(withheld_hours_are_those_of_the_step_in_force) {
  const power_grid steps[] = {
      {.limit_mw = 200, .from_day = 100, .firm_frac = 1, .withheld_h_per_yr = 10},
      {.limit_mw = 1200, .from_day = 300, .firm_frac = 0.9, .withheld_h_per_yr = 80},
  };
  test_near(power_grid_withheld_h(steps, 2, 99), 0, 1e-12);
  test_near(power_grid_withheld_h(steps, 2, 100), 10, 1e-12);
  test_near(power_grid_withheld_h(steps, 2, 300), 80, 1e-12);
}
END_TEST

START_TEST(weather_is_not_firm_and_stand_by_is_not_expected) {
  enum { GAS, SUN, DIESEL, KINDS };
  const power_plant kinds[KINDS] = {
      [GAS] = {.kind = POWER_SIMPLE_CYCLE, .unit_mw = 30, .derate_frac = 0.9},
      [SUN] = {.kind = POWER_SUN, .unit_mw = 1, .derate_frac = 1, .yield_frac = 0.25},
      [DIESEL] = {.kind = POWER_STANDBY, .unit_mw = 3, .derate_frac = 1},
  };
  const power_generation g[] = {
      {.plant = GAS,    .units = 2,   .from_day = 0, .ordered_day = (double)NAN},
      {.plant = SUN,    .units = 100, .from_day = 0, .ordered_day = (double)NAN},
      {.plant = DIESEL, .units = 50,  .from_day = 0, .ordered_day = (double)NAN},
  };
  power_onsite site;
  power_onsite_on(g, 3, kinds, 1, &site);
  test_near(site.derated_mw, 54, 1e-12);
  test_near(site.firm_mw, 27, 1e-12);
  test_near(site.mean_mw, 54 + 25, 1e-12);
}
END_TEST

START_TEST(batteries_add_and_age) {
  const power_battery_kind kinds[2] = {
      {.hours_h = 4, .efficiency_frac = 0.81, .wear_usd_per_mwh = 2, .capex_usd_per_mwh = 250000, .lead_day = 300, .cycle_frac = 1e-4},
      {.hours_h = 2, .efficiency_frac = 0.64, .wear_usd_per_mwh = 5, .capex_usd_per_mwh = 300000, .lead_day = 0, .calendar_frac = 0.1},
  };
  const power_storage s[2] = {
      {.kind = 0, .mw = 100, .from_day = (double)NAN, .ordered_day = 0           },
      {.kind = 1, .mw = 200, .from_day = 100,         .ordered_day = (double)NAN},
  };
  test_near(power_storage_day(&s[0], &kinds[0]), 300, 1e-12);
  test_near(power_storage_capex_usd(&s[0], &kinds[0]), 100e6, 1e-3);
  ck_assert(power_storage_on(s, 2, kinds, 99).mw <= 0);
  const power_battery one = power_storage_on(s, 2, kinds, 100);  // the second, new
  test_near(one.mw, 200, 1e-12);
  test_near(one.hours_h, 2, 1e-12);
  test_near(one.store_frac, 0.8, 1e-12);
  const power_battery both = power_storage_on(s, 2, kinds, 100 + 365.2425);
  const double        old_mwh = 400 * 0.9, new_mwh = 400 * (1 - 165.2425 * 1e-4);
  test_near(both.mw * both.hours_h, old_mwh + new_mwh, 1e-9);
  test_near(both.store_frac * both.dispatch_frac, (0.64 * old_mwh + 0.81 * new_mwh) / (old_mwh + new_mwh), 1e-12);
  test_near(both.usd_per_mwh_out, (5 * old_mwh + 2 * new_mwh) / (old_mwh + new_mwh), 1e-12);
}
END_TEST

TEST_LIST("power", weather_is_not_firm_and_stand_by_is_not_expected, batteries_add_and_age, grid_steps_are_totals, units_arrive_and_one_may_fail, withheld_hours_are_those_of_the_step_in_force)
