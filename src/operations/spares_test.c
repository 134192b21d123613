// Tests of spares.c.
#include "spares.h"

#include <math.h>

#include "../../tests/test.h"

// data/validation/cluster/spares-reference.csv
static const struct {
  const char *what;
  double      mean;
  int64_t     p99, p999;
} pool_rows[] = {
    {"1,024 GPUs, half a day", 0.416,  2,    3   },
    {"16,384 GPUs, a week",    93.184, 116,  124 },
    {"1,000,000 GPUs, a week", 2047.5, 2153, 2189},
};

START_TEST(pools_as_published) {
  for (size_t i = 0; i < sizeof pool_rows / sizeof pool_rows[0]; i++) {
    ck_assert_msg(operations_spares(pool_rows[i].mean, 0.99) == pool_rows[i].p99, "%s", pool_rows[i].what);
    ck_assert_msg(operations_spares(pool_rows[i].mean, 0.999) == pool_rows[i].p999, "%s", pool_rows[i].what);
  }
}
END_TEST

START_TEST(quantile_and_cover_agree) {
  ck_assert_int_eq(operations_spares(0, 0.99), 0);
  ck_assert_double_eq(operations_spares_cover(0, 0), 1);
  test_near(operations_spares_cover(2, 1), 3 * exp(-2), 1e-14);
  ck_assert_double_eq(operations_spares_cover(5, -1), 0);
  for (double mean = 0.01; mean < 1e7; mean *= 3) {
    int64_t s = operations_spares(mean, 0.99);
    ck_assert(operations_spares_cover(mean, s) >= 0.99 && operations_spares_cover(mean, s - 1) < 0.99);
    ck_assert_int_le(s, operations_spares(mean * 1.1, 0.99));
  }
}
END_TEST

START_TEST(racks) {
  double up = operations_unit_availability(0.0065, 7);
  test_near(operations_at_least(18, 18, up), 0.448918, 5.001e-7);
  test_near(operations_at_least(18, 17, up), 0.816582, 5.001e-7);
  test_near(operations_at_least(18, 16, up), 0.958777, 5.001e-7);
  ck_assert_double_eq(operations_at_least(18, 0, 0.3), 1);
  ck_assert_double_eq(operations_at_least(18, 5, 1), 1);
  ck_assert_double_eq(operations_at_least(18, 5, 0), 0);
  for (int k = 1; k <= 18; k++) ck_assert(operations_at_least(18, k, 0.9) <= operations_at_least(18, k - 1, 0.9));
}
END_TEST

TEST_LIST("spares", pools_as_published, quantile_and_cover_agree, racks)
