#include "revenue.h"

#include <math.h>

#include "../../tests/test.h"

static revenue_service plain_service(void) {
  return (revenue_service){.demand_mtok_per_month = 1e9,
                           .growth_frac_per_yr = 2,
                           .price_usd_per_mtok = 4,
                           .price_decline_frac_per_yr = 0.5,
                           .paid_frac = 0.8,
                           .speed_mtok_per_gpu_h = 10,
                           .speed_growth_frac_per_yr = 1,
                           .fade_frac_per_yr = 0.3,
                           .share_frac = 1,
                           .opex_frac = 0.2};
}

START_TEST(factors) {
  static const struct {
    const char *what;
    double      rate, fade, years, want;
  } rows[] = {
      {"at the start",              2,    0.3, 0,    1                },
      {"before it",                 2,    0.3, -1,   1                },
      {"no fade: compound",         2,    0,   3,    27               },
      {"a fall",                    -0.5, 0,   2,    0.25             },
      {"no rate",                   0,    0.3, 7,    1                },
      {"for ever: (1 + r)^(1 / k)", 1,    0.5, 1000, 2.718281828459045}
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const double got = revenue_growth_factor(rows[i].rate, rows[i].fade, rows[i].years);
    ck_assert_msg(fabs(got - rows[i].want) < 1e-12 * rows[i].want, "%s: %.15g", rows[i].what, got);
  }
  double last = 1;
  for (double years = 0.1; years < 20; years += 0.1) {  // grows, ever slower, below the compound
    const double now = revenue_growth_factor(2, 0.3, years);
    ck_assert(now > last && now < pow(3, years));
    last = now;
  }
}
END_TEST

START_TEST(a_published_day_of_serving) {
  // DeepSeek V3/R1, 24 h to 2025-02-28 (open-infra-index, day 6): 226.75 nodes of 8 H800; 342e9 input tokens from
  // cache at 0.14, 266e9 at 0.55, 168e9 output at 2.19 USD/Mtok: 562,027 USD at list prices against 87,072 USD of
  // rent (x 6.45).
  const double           mtok = 776e3, list_usd = 342e3 * 0.14 + 266e3 * 0.55 + 168e3 * 2.19, gpu_h = 226.75 * 8 * 24;
  const revenue_service  day = {.demand_mtok_per_month = mtok,
                                .price_usd_per_mtok = list_usd / mtok,
                                .paid_frac = 1,
                                .speed_mtok_per_gpu_h = mtok / gpu_h,
                                .share_frac = 1};
  const revenue_month_in in = {.demand_factor = 1, .price_factor = 1, .speed_factor = 1, .gpu_h = 2 * gpu_h};
  revenue_month_out      out;
  revenue_service_month(&day, &in, &out);
  test_near(out.sales_usd / 562027, 1, 0.001);
  test_near(out.gpu_h / gpu_h, 1, 1e-12);
  test_near(out.sales_usd / (2 * out.gpu_h), 6.45, 0.02);  // 2 USD per GPU-hour
}
END_TEST

START_TEST(served_is_the_lesser) {
  const revenue_service service = plain_service();
  for (double years = 0; years < 10; years += 0.7) {
    for (double gpu_h = 0; gpu_h < 1e10; gpu_h = gpu_h * 3 + 1000) {
      const revenue_month_in in = {
          .years = years, .demand_factor = 1.1, .price_factor = 0.9, .speed_factor = 2, .gpu_h = gpu_h};
      revenue_month_out out;
      revenue_service_month(&service, &in, &out);
      const double speed = revenue_speed_mtok_per_gpu_h(&service, years, 2);
      const double wanted_h = revenue_wanted_gpu_h(&service, years, 1.1, 2);
      test_near(out.served_mtok, fmin(out.demand_mtok, gpu_h * speed), 1e-9 * out.demand_mtok);
      test_near(out.gpu_h, fmin(gpu_h, wanted_h), 1e-9 * (1 + wanted_h));
      test_near(out.sales_usd, out.served_mtok * 0.8 * out.price_usd_per_mtok, 1e-9 * (1 + out.sales_usd));
      test_near(out.opex_usd, 0.2 * out.sales_usd, 1e-9 * (1 + out.sales_usd));
      ck_assert(out.price_usd_per_mtok <= 4 * 0.9 && out.price_usd_per_mtok > 0);
    }
  }
  revenue_month_out none;
  revenue_service_month(&service, &(revenue_month_in){.years = -0.1, .demand_factor = 1, .gpu_h = 1e6}, &none);
  ck_assert(none.sales_usd == 0 && none.gpu_h == 0 && revenue_wanted_gpu_h(&service, -0.1, 1, 1) == 0);
}
END_TEST

START_TEST(rents_fall_to_a_floor) {
  const revenue_rent h100 = {.rent_usd_per_gpu_h = 3,
                             .from_day = 20000,
                             .decline_frac_per_yr = 0.2,
                             .floor_usd_per_gpu_h = 0.5,
                             .occupancy_frac = 0.7};
  test_near(revenue_rent_usd_per_gpu_h(&h100, 19000, 1), 3, 1e-12);
  test_near(revenue_rent_usd_per_gpu_h(&h100, 20000 + 365.2425, 1), 2.4, 1e-12);
  test_near(revenue_rent_usd_per_gpu_h(&h100, 20000 + 365.2425, 0.5), 1.2, 1e-12);
  test_near(revenue_rent_usd_per_gpu_h(&h100, 40000, 1), 0.5, 1e-12);
  test_near(revenue_relet_usd(&h100, 20000, 1, 1000), 2100, 1e-9);
}
END_TEST

TEST_LIST("revenue", factors, a_published_day_of_serving, served_is_the_lesser, rents_fall_to_a_floor)
