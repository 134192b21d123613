// The month's energy: permits in tonnes, batteries.
#include <math.h>
#include <stdio.h>

#include "../../tests/twin_run.h"

static const char *const campus =
    "programme: Plain\nas_of: 2025-01-21\nstart: 2025-01\nhorizon: 5 years\nowner: Builder\n"
    "parties: {Builder: {role: owner, cash: $20B}}\n"
    "campuses:\n"
    "  mesa:\n"
    "    works_start: 2024-01\n"
    "    weather: abilene_tx\n"
    "    tariff: ercot-large-load\n"
    "    facility_to_it: 1.3\n"
    "    buildings: {count: 2, it: 50 MW}\n"
    "    grid: {limit: 150 MW, from: 2024-01}\n"
    "    generation: {plant: gas-engine, units: 40, from: 2024-01}\n"
    "    storage: {battery: lfp-4h, power: 40 MW, from: 2024-01}\n"
    "services:\n"
    "  tokens: {by: Builder, demand: 900000000 Mtok/month, price: 30 USD/Mtok, growth: 0 %/yr, price_decline: 0 %/yr, "
    "speed: 0.5 Mtok/GPU-h}\n";

typedef struct years {
  double onsite_mwh, curtailed_mwh, lost_usd, energy_usd, co2_t, most_t;  // most_t: of twelve months in a row
} years;

static years run(const char *const *set) {
  twin_model *m = twin_must(campus, set);
  twin_state *s = twin_state_create(m);
  years       y = {0};
  ck_assert_ptr_nonnull(s);
  twin_scenario_run(s, MODE_BASE, 1, 0, CAUSE_NONE, m->n_month);
  for (int32_t t = m->n_month - 36; t < m->n_month; t++) {
    double twelve = 0;
    y.onsite_mwh += twin_value(s, "campus.mesa.onsite_mwh", t);
    y.curtailed_mwh += twin_value(s, "campus.mesa.curtailed_mwh", t);
    y.lost_usd += twin_value(s, "campus.mesa.lost_usd", t);
    y.energy_usd += twin_value(s, "campus.mesa.energy_usd", t);
    y.co2_t += twin_value(s, "campus.mesa.co2_t", t);
    for (int32_t k = t - 11; k <= t; k++) twelve += twin_value(s, "campus.mesa.co2_t", k);
    y.most_t = fmax(y.most_t, twelve);
  }
  twin_state_free(s);
  twin_model_free(m);
  return y;
}

// Engines that must run, since the grid gives a tenth: no twelve months emit more than the permit, and what cannot be made lacks.
START_TEST(a_permit_in_tonnes_binds) {
  static const char *const alone[] = {"campuses.mesa.grid.limit", "15 MW", "tariffs.ercot-large-load.co2", "0 kg/MWh", NULL, NULL};
  static const char *const held[] = {"campuses.mesa.grid.limit", "15 MW", "tariffs.ercot-large-load.co2", "0 kg/MWh",
                                     "campuses.mesa.permit_co2", "200000 t/yr", NULL, NULL};
  const years free_of = run(alone), within = run(held);
  MUST(free_of.most_t > 250000, "%g t without a permit", free_of.most_t);
  MUST(within.most_t <= 200000 * 1.003 && within.most_t > 190000, "%g t within it", within.most_t);  // months differ in length
  ck_assert(within.onsite_mwh < free_of.onsite_mwh);
  ck_assert(within.curtailed_mwh > free_of.curtailed_mwh + 1000 && within.lost_usd > free_of.lost_usd);
}
END_TEST

// A battery earns on the hours' prices and at the four peaks, and gives what a withheld grid does not.
START_TEST(a_battery_pays_and_carries) {
  static const char *const none[] = {"campuses.mesa.storage.power", "0 MW", NULL, NULL};
  static const char *const small[] = {"campuses.mesa.storage.power", "20 MW", NULL, NULL};
  const years without = run(none), some = run(small), full = run(NULL);
  ck_assert_msg(full.energy_usd < some.energy_usd && some.energy_usd < without.energy_usd, "%g, %g, %g USD", full.energy_usd,
                some.energy_usd, without.energy_usd);
#define SHORT "campuses.mesa.grid.firm", "50 %", "campuses.mesa.on_nonfirm", "50 %", "campuses.mesa.grid.withheld", "600 h/yr", \
              "campuses.mesa.generation.units", "1"
  static const char *const lacks[] = {SHORT, "campuses.mesa.storage.power", "0 MW", NULL, NULL};
  static const char *const carried[] = {SHORT, NULL, NULL};
  const years bare = run(lacks), stored = run(carried);
  MUST(bare.curtailed_mwh > 100, "%g MWh lack", bare.curtailed_mwh);
  MUST(stored.curtailed_mwh < 0.7 * bare.curtailed_mwh, "%g of %g MWh lack", stored.curtailed_mwh, bare.curtailed_mwh);
}
END_TEST

TEST_LIST("twin energy", a_permit_in_tonnes_binds, a_battery_pays_and_carries)
