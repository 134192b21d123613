#include "storage.h"

#include <math.h>

#include "../../tests/test.h"
#include "../uncertainty/stream.h"

// 100 MW for four hours through a month of 30 days with four dear, four cheap and sixteen ordinary hours a day.
START_TEST(batteries_buy_cheap_and_sell_dear) {
  const power_battery b = {.mw = 100, .hours_h = 4, .store_frac = 0.9, .dispatch_frac = 0.9, .usd_per_mwh_out = 2};
  const double        weight[3] = {4.0 / 24, 16.0 / 24, 4.0 / 24}, price[3] = {100, 40, 10}, flat[3] = {40, 40, 40};
  const double        given = 100 * 4 * 0.9 * 30;  // a full store each day, less the loss on the way out
  power_shift         shift = power_battery_shift(&b, weight, price, 3, 720);
  test_near(shift.discharge_mwh, given, 1e-6);
  test_near(shift.charge_mwh, given / 0.81, 1e-6);
  // Four cheap hours at 100 MW fill 9,720 MWh of 10,800; the rest is bought at 40.
  test_near(shift.saved_usd, 9720 * (100 - 10 / 0.81 - 2) + (given - 9720) * (100 - 40 / 0.81 - 2), 1e-3);
  shift = power_battery_shift(&b, weight, flat, 3, 720);
  ck_assert(shift.saved_usd <= 0 && shift.charge_mwh <= 0);
  shift = power_battery_shift(&(power_battery){0}, weight, price, 3, 720);
  ck_assert(shift.saved_usd <= 0);
}
END_TEST

// A month of random hours: 24 groups, each of one hour in 24.
static void random_month(stream s, uint64_t key, power_groups *g, power_month_in *in) {
  double paid = 0.0, load = 0.0;
  for (int k = 0; k < POWER_GROUPS; k++) {
    g->weight_frac[k] = 1.0 / POWER_GROUPS;
    g->load_frac[k] = 0.9 + 0.2 * stream_uniform(s, key, (uint32_t)k);
    load += g->load_frac[k] / POWER_GROUPS;
  }
  for (int k = 0; k < POWER_GROUPS; k++) {
    g->load_frac[k] /= load;
    g->price_frac[k] = 4.0 * stream_uniform(s, key, (uint32_t)(100 + k)) - 0.5;
    g->from_frac[k] = (double)k / POWER_GROUPS, g->to_frac[k] = (k + 1.0) / POWER_GROUPS;
    paid += g->price_frac[k] * g->load_frac[k] / POWER_GROUPS;
  }
  g->paid_frac = paid;
  *in = (power_month_in){.groups = g,
                         .it_mw = 100,
                         .hours_h = 720,
                         .pue_frac = 1.2,
                         .wue_l_per_kwh = 0.5,
                         .grid_mw = 100 + 60 * stream_uniform(s, key, 200),
                         .onsite_mw = 30 * stream_uniform(s, key, 201),
                         .onsite_limit_mw = HUGE_VAL,
                         .energy_usd_per_mwh = 40,
                         .delivery_usd_per_mwh = 5,
                         .gas_usd_per_mmbtu = 3,
                         .grid_co2_kg_per_mwh = 350,
                         .heat_rate_mmbtu_per_mwh = 10,
                         .work = {.train_frac = 0.6, .serve_frac = 0.2, .gpus = 50000, .train_usd_per_gpu_h = 2, .serve_usd_per_gpu_h = 4}};
  in->onsite_hot_mw = 0.8 * in->onsite_mw;
}

START_TEST(a_month_with_a_battery_adds_up) {
  const stream s = {.seed = 7};
  int          relieved = 0, cheaper = 0;
  for (uint64_t key = 1; key <= 500; key++) {
    power_groups    g = {0};
    power_month_in  in;
    power_month_out bare, out;
    random_month(s, key, &g, &in);
    power_month(&in, &bare);
    double usd_before = HUGE_VAL, lost_before = HUGE_VAL;
    for (double mw = 0; mw <= 80; mw += 20) {
      const power_battery b = {.mw = mw, .hours_h = 4, .store_frac = 0.95, .dispatch_frac = 0.95, .usd_per_mwh_out = 1};
      out = bare;
      power_month_store(&in, &b, &out);
      if (mw <= 0) ck_assert_mem_eq(&out, &bare, sizeof out);
      test_near((out.grid_mwh + out.onsite_mwh + out.curtailed_mwh) / out.load_mwh, 1, 1e-9);
      test_near((out.it_mwh + out.overhead_mwh) / (out.grid_mwh + out.onsite_mwh), 1, 1e-9);
      ck_assert_msg(out.curtailed_mwh >= -1e-9 && out.curtailed_mwh <= bare.curtailed_mwh + 1e-9, "key %d", (int)key);
      ck_assert_msg(out.grid_mwh <= in.grid_mw * in.hours_h * (1 + 1e-9), "key %d: beyond the limit", (int)key);
      ck_assert_msg(out.lost_usd <= lost_before * (1 + 1e-9), "key %d: more battery, more lost", (int)key);
      if (!(bare.curtailed_mwh > 0)) {
        const double usd = out.energy_usd + out.om_usd;
        ck_assert_msg(usd <= usd_before + 1e-6 * fabs(usd), "key %d: more battery costs more: %g after %g", (int)key, usd, usd_before);
        usd_before = usd;
      }
      lost_before = out.lost_usd;
    }
    relieved += out.curtailed_mwh < bare.curtailed_mwh;
    cheaper += !(bare.curtailed_mwh > 0) && out.energy_usd < bare.energy_usd;
  }
  ck_assert_msg(relieved > 50 && cheaper > 50, "%d months relieved, %d cheaper", relieved, cheaper);
}
END_TEST

TEST_LIST("storage", batteries_buy_cheap_and_sell_dear, a_month_with_a_battery_adds_up)
