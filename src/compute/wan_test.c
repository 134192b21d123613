// Tests of wan.c.
#include "wan.h"

#include <math.h>

#include "../../tests/test.h"

START_TEST(great_circles) {
  static const struct {
    const char   *what;
    compute_place a, b;
    double        km;
  } rows[] = {
      {"the same place",           {32.4, -99.7},   {32.4, -99.7},    0.0                         },
      {"a quarter of the equator", {0.0, 0.0},      {0.0, 90.0},      10007.557                   },
      {"pole to pole",             {90.0, 0.0},     {-90.0, 12.0},    20015.114                   },
 // Worked example of R. W. Sinnott's formula on a sphere of 6372.8 km (Nashville to Los Angeles, 2887.26 km), to our radius
      {"Nashville to Los Angeles", {36.12, -86.67}, {33.94, -118.40}, 2887.26 * 6371.0088 / 6372.8},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    ck_assert_msg(fabs(compute_wan_straight_km(rows[i].a, rows[i].b) - rows[i].km) < 0.01, "%s", rows[i].what);
    test_near(compute_wan_straight_km(rows[i].b, rows[i].a), compute_wan_straight_km(rows[i].a, rows[i].b), 1e-9);
  }
}
END_TEST

START_TEST(a_link_takes_whole_pairs_and_both_ends) {
  compute_fibre fibre = compute_fibre_usual();
  compute_link  link = compute_link_for(&fibre, 1000.0, 65e12);
  test_near(link.route_km, 1300.0, 1e-9);
  test_near(link.delay_s, 1300.0 * 4.9e-6, 1e-12);
  test_near(link.pairs, 2.0, 1e-12);
  test_near(link.transceivers, 2.0 * 163.0, 1e-12);  // 65e12 / 400e9 = 162.5
  test_near(link.amplifiers, 16.0, 1e-12);           // 1300 / 77 = 16.9: 17 spans
  test_near(link.build_usd, 1300.0 * 120e3, 1e-3);
  test_near(link.optics_usd, 326.0 * 10e3, 1e-3);
}
END_TEST

START_TEST(nothing_sent_costs_nothing) {
  compute_fibre fibre = compute_fibre_usual();
  compute_link  link = compute_link_for(&fibre, 1000.0, 0.0);
  test_near(link.pairs + link.transceivers + link.build_usd + link.optics_usd + link.optics_w, 0.0, 1e-12);
  ck_assert_double_gt(link.delay_s, 0.0);
}
END_TEST

START_TEST(a_cable_of_ten_times_the_pairs_costs_twice) {
  compute_fibre fibre = compute_fibre_usual();
  double        usual = compute_link_for(&fibre, 100.0, 432.0 * 64e12).build_usd;
  test_near(compute_link_for(&fibre, 100.0, 4320.0 * 64e12).build_usd / usual, 2.0, 1e-3);
  double before = 0.0;
  for (double bits = 1e9; bits < 1e19; bits *= 3.0) {
    compute_link link = compute_link_for(&fibre, 100.0, bits);
    ck_assert_double_ge(link.build_usd + link.optics_usd, before);
    before = link.build_usd + link.optics_usd;
  }
}
END_TEST

TEST_LIST("wan", great_circles, a_link_takes_whole_pairs_and_both_ends, nothing_sent_costs_nothing,
          a_cable_of_ten_times_the_pairs_costs_twice)
