#include "tariff.h"

#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/calendar.h"

enum { YEAR_H = 8760 };

static double  load_kw[YEAR_H], price[YEAR_H];
static int32_t month[YEAR_H];

static void flat(double kw) {
  const int32_t first = calendar_day((calendar_date){2022, 1, 1});
  for (int32_t h = 0; h < YEAR_H; h++) {
    load_kw[h] = kw;
    month[h] = calendar_of_day(first + h / 24).month - 1;
  }
}

static power_bill bill(const power_terms *terms) {
  power_bill out;
  ck_assert_int_eq(power_bill_run(terms, load_kw, month, YEAR_H, NULL, &out), SG_OK);
  double sum = 0.0;
  for (int m = 0; m < POWER_BILL_MONTHS; m++) sum += out.month_usd[m];
  test_near(out.total_usd, sum, 1e-6);
  test_near(out.total_usd,
            out.energy_usd + out.demand_usd + out.coincident_usd + out.rider_usd + out.fixed_usd + out.minimum_usd +
                out.penalty_usd - out.credit_usd,
            1e-6 * (1.0 + fabs(out.total_usd)));
  return out;
}

static void each_month(power_terms *t, double usd_per_kw) {
  for (int m = 0; m < POWER_BILL_MONTHS; m++) t->demand_usd_per_kw[m] = usd_per_kw;
}

// AEP Ohio, data centre tariff (settlement of October 2024, ordered July 2025): billed demand is at least 85 % of contract
// capacity and of the highest demand of the eleven months before. Rate of 10 USD/kW-month: for the sum's sake.
//   contract 200 MW, drawn 100 MW, in March 190 MW in one hour
//   eleven months: max(100, 0.85 x 190 = 161.5, 0.85 x 200 = 170) = 170 MW;  March: 190 MW
//   (11 x 170,000 + 190,000) x 10 = 20,600,000
START_TEST(aep_ohio_minimum_demand) {
  power_terms t = {.contract_kw = 200000.0, .minimum_frac = 0.85, .ratchet_frac = 0.85, .ratchet_months = 11};
  each_month(&t, 10.0);
  flat(100000.0);
  load_kw[24 * 70] = 190000.0;
  const power_bill b = bill(&t);
  test_near(b.billed_kw[0], 170000.0, 1e-9);
  test_near(b.billed_kw[2], 190000.0, 1e-9);
  test_near(b.demand_usd, 20600000.0, 0.005);
  // A contract of 180 MW: 0.85 x 180 = 153 lies below the ratchet's 161.5.
  t.contract_kw = 180000.0;
  test_near(bill(&t).demand_usd, (11.0 * 161500.0 + 190000.0) * 10.0, 0.005);
  // With a quiet year before, the ratchet looks back only from March on: January and February at 153.
  const double quiet_kw[12] = {0};
  t.past_peak_kw = quiet_kw;
  test_near(bill(&t).demand_usd, (2.0 * 153000.0 + 190000.0 + 9.0 * 161500.0) * 10.0, 0.005);
}
END_TEST

// Florida Power & Light, commercial and industrial demand reduction rider (settlement of 2021): 8.76 USD/kW-month for load
// that the utility may switch off.
//   100 MW, firm 40 MW: 60,000 x 8.76 x 12 = 6,307,200.
//   A call in July that is followed costs nothing; one that leaves 45 MW on: 5,000 kW x the penalty rate.
START_TEST(fpl_interruptible_credit) {
  static unsigned char called[YEAR_H];
  power_terms          t = {.n_interruptible = 1};
  t.interruptible[0] = (power_interruptible){
      .firm_kw = 40000.0, .credit_usd_per_kw = 8.76, .penalty_usd_per_kw = 20.0, .called = called};
  flat(100000.0);
  called[4700] = 1;
  load_kw[4700] = 40000.0;
  power_bill b = bill(&t);
  test_near(b.credit_usd, 6307200.0, 0.005);
  test_near(b.penalty_usd, 0.0, 1e-9);
  load_kw[4700] = 45000.0;
  b = bill(&t);
  test_near(b.penalty_usd, 100000.0, 0.005);
  // Two blocks share the load: 100 to 70 at 5, 70 to 40 at 8.76.
  t.n_interruptible = 2;
  t.interruptible[1] = t.interruptible[0];
  t.interruptible[0] = (power_interruptible){.firm_kw = 70000.0, .credit_usd_per_kw = 5.0};
  test_near(bill(&t).credit_usd, 30000.0 * (5.0 + 8.76) * 12.0, 0.005);
}
END_TEST

// ERCOT: transmission is billed on the mean of four hours, one each in June to September; about 67 USD/kW-year in 2024 (PUCT
// transmission matrix). Down to 20 MW in three of the four: (3 x 20 + 100) / 4 = 40 MW.
START_TEST(ercot_four_coincident_peaks) {
  const int32_t hours[4] = {24 * 170 + 16, 24 * 200 + 17, 24 * 230 + 16, 24 * 250 + 16};
  power_terms   t = {.n_coincident = 1};
  t.coincident[0] = (power_coincident){.hour = hours, .n = 4, .mean = true, .usd_per_kw = 67.0};
  flat(100000.0);
  for (int k = 0; k < 3; k++) load_kw[hours[k]] = 20000.0;
  test_near(bill(&t).coincident_usd, 40000.0 * 67.0, 0.005);
  t.coincident[0].mean = false;
  test_near(bill(&t).coincident_usd, 100000.0 * 67.0, 0.005);
}
END_TEST

START_TEST(energy_by_hour_basis_riders_and_least_bill) {
  power_terms t = {.energy_usd_per_kwh = price,
                   .basis_usd_per_kwh = -0.002,
                   .rider_usd_per_kwh = 0.001,
                   .rider_frac = 0.1,
                   .fixed_usd_per_month = 50.0};
  flat(1000.0);
  for (int h = 0; h < YEAR_H; h++) price[h] = h % 2 ? 0.05 : -0.01;  // mean 0.02
  const double kwh = 8760000.0, energy = kwh * 0.018;
  power_bill   b = bill(&t);
  test_near(b.energy_usd, energy, 1e-6 * energy);
  test_near(b.rider_usd, kwh * 0.001 + 0.1 * energy, 1e-6 * energy);
  t.minimum_usd_per_month = 1e6;
  b = bill(&t);
  test_near(b.total_usd, 12e6, 1e-3);
}
END_TEST

START_TEST(bad_terms_and_loads_are_refused) {
  power_bill  out;
  power_terms t = {0};
  sg_diags    d;
  diag_init(&d);
  flat(1.0);
  load_kw[123] = -1.0;
  ck_assert_int_eq(power_bill_run(&t, load_kw, month, YEAR_H, &d, &out), SG_ERR_RANGE);
  ck_assert_ptr_nonnull(strstr(d.item[0].message, "hour 123"));
  flat(1.0);
  t.energy = (power_blocks){
      .n = 2, .up_to = {100.0, 50.0}
  };
  ck_assert_int_eq(power_bill_run(&t, load_kw, month, YEAR_H, NULL, &out), SG_ERR_RANGE);
  t.energy = (power_blocks){.n = 1, .up_to = {100.0}};
  ck_assert_int_eq(power_bill_run(&t, load_kw, month, YEAR_H, NULL, &out), SG_ERR_RANGE);
  const int32_t hour = YEAR_H;
  t = (power_terms){.n_coincident = 1, .coincident = {{.hour = &hour, .n = 1}}};
  ck_assert_int_eq(power_bill_run(&t, load_kw, month, YEAR_H, NULL, &out), SG_ERR_RANGE);
}
END_TEST

TEST_LIST("tariff", aep_ohio_minimum_demand, fpl_interruptible_credit, ercot_four_coincident_peaks,
          energy_by_hour_basis_riders_and_least_bill, bad_terms_and_loads_are_refused)
