#include "plant.h"

#include <math.h>

#include "../../tests/test.h"

static const struct {
  const char        *what;
  power_machine_kind kind;
  double             dry_degc, altitude_m, want;
} output_rows[] = {
    {"rated at 15 degC and the sea",        POWER_SIMPLE_CYCLE, 15.0, 0.0,    1.0               },
    {"no more in the cold",                 POWER_SIMPLE_CYCLE, -20., 0.0,    1.0               },
    {"0.7 % a degree",                      POWER_SIMPLE_CYCLE, 38.0, 0.0,    1.0 - 23.0 * 0.007},
    {"thin air of 1,500 m (ISO 2533)",      POWER_SIMPLE_CYCLE, 15.0, 1500.0, 84556.0 / 101325.0},
    {"an engine breathes by force to 1 km", POWER_ENGINE,       30.0, 1000.0, 1.0               },
};

START_TEST(heat_and_height_take_output) {
  for (size_t i = 0; i < sizeof output_rows / sizeof output_rows[0]; i++)
    ck_assert_msg(fabs(power_machine_output_frac(&power_machines[output_rows[i].kind], output_rows[i].dry_degc,
                                                 output_rows[i].altitude_m) -
                       output_rows[i].want) < 1e-5,
                  "%s", output_rows[i].what);
}
END_TEST

START_TEST(part_load_burns_more_and_units_share) {
  // Jenbacher JMS 624 at half load: 45.6 / 42.5.
  test_near(power_machine_heat_frac(&power_machines[POWER_ENGINE], 0.5, 15.0), 45.6 / 42.5, 1e-12);
  test_near(power_machine_heat_frac(&power_machines[POWER_ENGINE], 0.625, 15.0), 0.5 * (45.6 / 42.5 + 1.03), 1e-12);
  const power_fleet f = {POWER_SIMPLE_CYCLE, 10, 34.0, 9.124};
  test_near(power_fleet_fuel_mmbtu(&f, 340.0, 0, 15.0, 0.0), 340.0 * 9.124, 1e-9);
  test_near(power_fleet_fuel_mmbtu(&f, 102.0, 0, 15.0, 0.0), 102.0 * 9.124, 1e-9);         // three full units
  test_near(power_fleet_fuel_mmbtu(&f, 102.0, 1, 15.0, 0.0), 102.0 * 9.124 * 1.08, 1e-9);  // four at 75 %
  ck_assert_double_eq(power_fleet_fuel_mmbtu(&f, 0.0, 1, 15.0, 0.0), 0.0);
  double before = 0.0;
  for (double mw = 1.0; mw <= 340.0; mw += 1.0) {
    const double fuel = power_fleet_fuel_mmbtu(&f, mw, 0, 30.0, 500.0);
    ck_assert(fuel > 0.0 && fuel >= mw * 9.124);
    ck_assert(fuel > 0.5 * before);
    before = fuel;
  }
}
END_TEST

START_TEST(firm_power_is_without_the_largest_units) {
  const power_fleet f[2] = {
      {POWER_SIMPLE_CYCLE, 5, 34.0, 9.1},
      {POWER_SIMPLE_CYCLE, 5, 38.1, 9.1}
  };  // 360.5 MW, Abilene
  test_near(power_fleet_firm_mw(f, 2, 0, 15.0, 0.0), 360.5, 1e-9);
  test_near(power_fleet_firm_mw(f, 2, 1, 15.0, 0.0), 360.5 - 38.1, 1e-9);
  test_near(power_fleet_firm_mw(f, 2, 7, 15.0, 0.0), 3.0 * 34.0, 1e-9);
  test_near(power_fleet_firm_mw(f, 2, 99, 15.0, 0.0), 0.0, 1e-9);
}
END_TEST

START_TEST(ride_through_needs_energy_power_and_fuel) {
  const power_backup b = {.ups_mwh = 5.0,
                          .diesel_mw = 3.0,
                          .engines = 36,
                          .spare = 2,
                          .start_s = 60.0,
                          .tank_mwh = 4800.0,
                          .permit_h = 100.0};
  power_ride         r = power_ride_through(&b, 100.0, 0.0);  // 5 MWh at 100 MW: 180 s
  ck_assert(r.holds);
  test_near(r.lasts_h, 48.0, 1e-9);
  r = power_ride_through(&b, 600.0, 0.0);  // 30 s of 60; 34 x 3 = 102 MW of 600
  ck_assert(!r.holds);
  test_near(r.gap_s, 30.0, 1e-9);
  test_near(r.short_mw, 498.0, 1e-9);
  ck_assert(!power_ride_through(&b, 100.0, 100.0).holds);  // hours used up
  const power_ageing a = {.calendar_frac_per_sqrt_yr = 0.03, .cycle_frac = 1e-4 / 4.0};
  test_near(power_battery_left_frac(&a, 4.0, 1000.0), 1.0 - 0.06 - 0.025, 1e-12);
}
END_TEST

START_TEST(the_grid_is_withheld_when_it_is_short) {
  const double stress[6] = {1.0, 9.0, 5.0, 9.0, 5.0, 5.0};
  double       frac[6], scratch[6];
  power_curtailed_hours(stress, 6, 3, 0.25, frac, scratch);
  const double want[6] = {1.0, 0.25, 0.25, 0.25, 1.0, 1.0};
  for (int h = 0; h < 6; h++) ck_assert_double_eq(frac[h], want[h]);
  power_curtailed_hours(stress, 6, 0, 0.25, frac, scratch);
  for (int h = 0; h < 6; h++) ck_assert_double_eq(frac[h], 1.0);
  test_near(power_contract_usd(&(power_contract){POWER_AS_PRODUCED, 40.0, 0.0}, 100.0, 60.0), 4000.0, 1e-9);
  test_near(power_contract_usd(&(power_contract){POWER_TAKEN, 40.0, 0.0}, 100.0, 60.0), 2400.0, 1e-9);
  test_near(power_contract_usd(&(power_contract){POWER_OWNED, 0.0, 900.0}, 100.0, 60.0), 900.0, 1e-9);
}
END_TEST

START_TEST(a_shortage_throttles_then_pauses_then_sheds) {
  const power_flexibility f = {.throttle_mw = 20.0,
                               .throttle_loss_frac = 0.5,
                               .train_mw = 60.0,
                               .serve_mw = 40.0,
                               .gpu_per_mw = 500.0,
                               .train_usd_per_gpu_h = 2.0,
                               .serve_usd_per_gpu_h = 4.0};
  power_shortfall         s = power_shortage(&f, 10.0);
  test_near(s.throttle_mw, 10.0, 1e-12);
  test_near(s.throttle_gpu_h, 2500.0, 1e-9);
  test_near(s.usd, 2500.0 * 2.8, 1e-9);
  // 50 MW: 20 by throttling; the throttled rest draws 48 + 32, of which training gives 30.
  s = power_shortage(&f, 50.0);
  test_near(s.pause_mw, 30.0, 1e-12);
  test_near(s.shed_mw, 0.0, 1e-12);
  // All of it: 100 MW hold 50,000 GPUs, and no more than their hours can be lost.
  s = power_shortage(&f, 130.0);
  test_near(s.shed_mw, 32.0, 1e-12);
  test_near(s.unmet_mw, 30.0, 1e-12);
  test_near(s.throttle_gpu_h + s.pause_gpu_h + s.shed_gpu_h, 50000.0, 1e-6);
  double before = -1.0;
  for (double mw = 0.0; mw < 150.0; mw += 1.0) {
    s = power_shortage(&f, mw);
    ck_assert(s.usd >= before);
    test_near(s.throttle_mw + s.pause_mw + s.shed_mw + s.unmet_mw, mw, 1e-9);
    before = s.usd;
  }
}
END_TEST

// 0.1019 at 8 % and 20 years, 0.1424 at 7 % and 10: tables of capital recovery factors, Short, Packey and Holt 1995, app. B.
START_TEST(costs_are_recovered) {
  static const struct {
    double rate_frac, life_yr, want;
  } rows[] = {
      {0.08, 20, 0.10185},
      {0.07, 10, 0.14238},
      {0.0,  25, 0.04   },
      {0.10, 1,  1.1    },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const double share = power_capital_recovery_frac(rows[i].rate_frac, rows[i].life_yr);
    ck_assert_msg(fabs(share - rows[i].want) < 5e-6, "row %zu: %g", i, share);
    double left = 1.0;  // what is owed after each year's payment
    for (int y = 0; y < (int)rows[i].life_yr; y++) left = left * (1 + rows[i].rate_frac) - share;
    ck_assert_msg(fabs(left) < 1e-9, "row %zu: %g is left", i, left);
  }
}
END_TEST

START_TEST(stand_by_carries_but_for_a_spare) {
  const power_backup of = power_standby_of(11, 3.0);
  ck_assert(power_ride_through(&of, 30.0, 0.0).holds);
  ck_assert(!power_ride_through(&of, 31.0, 0.0).holds);  // ten of eleven
  ck_assert(!power_ride_through(&of, 30.0, of.permit_h).holds);
  ck_assert(!power_ride_through(&(power_backup){0}, 1.0, 0.0).holds);
}
END_TEST

TEST_LIST("plant", costs_are_recovered, stand_by_carries_but_for_a_spare, heat_and_height_take_output,
          part_load_burns_more_and_units_share, firm_power_is_without_the_largest_units, ride_through_needs_energy_power_and_fuel,
          the_grid_is_withheld_when_it_is_short, a_shortage_throttles_then_pauses_then_sheds)
