#include "power_study.h"

#include <math.h>

#include "../../tests/twin_run.h"
#include "weather.h"

static const char *const programmes[] = {"programmes/one-campus.yaml", "programmes/colossus-1.yaml"};
enum { PROGRAMMES = sizeof programmes / sizeof programmes[0] };

static twin_model *loaded(const char *path, const char *const *set) {
  static char text[60000];
  FILE       *file = fopen(path, "rb");
  ck_assert_ptr_nonnull(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  return twin_must(text, set);
}

static twin_power_study *studied(const twin_model *m, twin_power_opts opts) {
  sg_diags          diags;
  twin_power_study *s = NULL;
  diag_init(&diags);
  sg_err err = twin_power_study_run(m, &opts, &diags, &s);
  MUST(err == SG_OK, "%s: %s", sg_err_word(err), diags.n ? diags.item[0].message : "");
  return s;
}

static void balance_of(const char *programme) {
  twin_model       *m = loaded(programme, NULL);
  twin_power_study *s = studied(m, (twin_power_opts){0});
  double            sum[3] = {0};
  for (int32_t t = 0; t < s->n_h; t++) {
    const double gap = s->facility_mw[t] - s->grid_mw[t] - twin_power_units_mw(s, t) - s->curtailed_mw[t];
    MUST(fabs(gap) <= 1e-9, "%s hour %d: %g MW", programme, t, gap);
    MUST(fabs(s->facility_mw[t] - s->it_mw[t] * s->pue_frac[t]) <= 1e-9 && s->pue_frac[t] >= 1, "hour %d", t);
    MUST(isnan(s->grid_limit_mw) || s->grid_mw[t] <= s->grid_limit_mw + 1e-9, "hour %d: above the limit", t);
    for (int32_t i = 0; i < s->n_unit; i++)
      MUST(s->unit_mw[(size_t)i * (size_t)s->n_h + (size_t)t] <= s->unit[i].mw + 1e-9, "hour %d: unit %d", t, i);
    sum[0] += s->facility_mw[t], sum[1] += s->energy_usd[t] + s->demand_usd[t] + s->fuel_usd[t] + s->om_usd[t],
        sum[2] += s->co2_kg[t] * 1e-3;
  }
  const twin_power_sum *y = &s->sum[POWER_STUDY_WHOLE];
  ck_assert(y->facility_mwh > 0);
  test_near(y->hours_h, 8760, 1e-9);
  test_near(y->facility_mwh / sum[0], 1, 1e-12);
  test_near(y->total_usd / sum[1], 1, 1e-12);
  test_near(y->co2_t / sum[2], 1, 1e-12);
  test_near((y->grid_mwh + y->onsite_mwh + y->curtailed_mwh) / y->facility_mwh, 1, 1e-12);
  twin_power_study_free(s);
  twin_model_free(m);
}

START_TEST(energy_balances_each_hour) {
  for (size_t i = 0; i < PROGRAMMES; i++) balance_of(programmes[i]);
}
END_TEST

// What the utility bills is what the tariff's functions make of the hours, and, by hand, energy at the hour's price and the
// largest of peak and contract minimum.
static void bill_of(const char *programme) {
  twin_model         *m = loaded(programme, NULL);
  twin_power_study   *s = studied(m, (twin_power_opts){0});
  const power_tariff *tariff = &m->plan_view.tariff[m->plan_view.campus[0].tariff];
  double              energy[POWER_MONTHS] = {0}, peak[POWER_MONTHS] = {0}, total = 0;
  for (int32_t t = 0; t < s->n_h; t++) {
    energy[s->month[t]] += s->grid_mw[t] * s->price_usd_per_mwh[t];
    peak[s->month[t]] = fmax(peak[s->month[t]], s->grid_mw[t]);
  }
  for (int k = 0; k < POWER_MONTHS; k++) {
    const double least = isnan(s->grid_limit_mw) ? 0 : tariff->minimum_frac * s->grid_limit_mw;
    const double demand = fmax(peak[k], least) * tariff->demand_usd_per_mw_month;
    test_near((s->sum[k].energy_usd + s->sum[k].demand_usd) / (energy[k] + demand), 1, 1e-12);
    test_near(s->bill.month_usd[k] / (energy[k] + demand), 1, 1e-12);
    total += s->bill.month_usd[k];
  }
  const twin_power_sum *y = &s->sum[POWER_STUDY_WHOLE];
  test_near(s->bill.total_usd / total, 1, 1e-12);
  test_near((y->energy_usd + y->demand_usd) / s->bill.total_usd, 1, 1e-12);
  ck_assert(y->demand_usd > 0 && y->energy_usd > 0);
  twin_power_study_free(s);
  twin_model_free(m);
}

START_TEST(the_bill_is_the_tariffs) {
  for (size_t i = 0; i < PROGRAMMES; i++) bill_of(programmes[i]);
}
END_TEST

static void table_of(const char *programme) {
  twin_model       *m = loaded(programme, NULL);
  twin_power_study *s = studied(m, (twin_power_opts){0});
  ck_assert(s->clock && s->sum[POWER_STUDY_WHOLE].throttled_mwh <= 0);
  for (int k = 0; k <= POWER_MONTHS; k++) test_near(s->sum[k].pue_frac, s->sum[k].table_pue_frac, 1e-4);
  for (int k = 0; k < POWER_MONTHS; k++) {
    const power_cooling *cooling = &m->plan_view.cooling[m->plan_view.campus[0].cooling];
    test_near(s->sum[k].wue_l_per_kwh, power_table_wue_l_per_kwh(cooling, &m->cooling_table[0], k), 1e-4);
  }
  ck_assert(s->sum[6].pue_frac > s->sum[0].pue_frac);
  twin_power_study_free(s);
  twin_model_free(m);
}

START_TEST(the_year_is_that_of_the_monthly_tables) {
  for (size_t i = 0; i < PROGRAMMES; i++) table_of(programmes[i]);
}
END_TEST

// Months that the plan simulated are paid at their own price of the path.
START_TEST(prices_follow_the_plan) {
  twin_model         *m = loaded(programmes[1], NULL);
  twin_power_study   *s = studied(m, (twin_power_opts){0});
  const power_tariff *tariff = &m->plan_view.tariff[m->plan_view.campus[0].tariff];
  ck_assert_ptr_null(s->market);
  const int32_t january = (s->year - 1970) * 12 - m->month0;
  for (int32_t t = 0; t < s->n_h && january + s->month[t] < m->n_month; t++) {
    const twin_programme_month *at =
        (const twin_programme_month *)(const void *)(m->plan_record + (size_t)(january + s->month[t]) * m->record);
    const double want = tariff->energy_usd_per_mwh * at->power_index + tariff->delivery_usd_per_mwh;
    MUST(fabs(s->price_usd_per_mwh[t] - want) < 1e-9, "hour %d: %g, not %g", t, s->price_usd_per_mwh[t], want);
  }
  twin_power_study_free(s);
  twin_model_free(m);
}
END_TEST

// Hours of a market move the price and leave its mean; months without hours keep the PUE within the same bound.
START_TEST(prices_and_months) {
  static const char *const own[] = {"weather_sites.dallas_fort_worth_tx.months.jul.dry_mean", "27 degC", NULL};
  twin_model              *m = loaded(programmes[0], NULL), *cool = loaded(programmes[0], own);
  twin_power_study        *last = studied(m, (twin_power_opts){0}),
                   *freeze = studied(m, (twin_power_opts){.price_year = 2021}),
                   *months = studied(cool, (twin_power_opts){0});
  ck_assert_str_eq(last->market, "ERCOT");
  ck_assert_int_eq(last->price_year, 2024);
  double mean[2] = {0};
  for (int32_t t = 0; t < last->n_h; t++)
    mean[0] += last->price_usd_per_mwh[t] / last->n_h, mean[1] += freeze->price_usd_per_mwh[t] / last->n_h;
  const double delivery = m->plan_view.tariff[m->plan_view.campus[0].tariff].delivery_usd_per_mwh;
  ck_assert(fabs(mean[0] / mean[1] - 1) < 0.02 && mean[0] > delivery);
  ck_assert_int_eq(twin_power_clock_of(freeze->dearest.hour[0]).month, 1);  // the freeze of 2021
  ck_assert(!months->clock && months->market == NULL && months->sum[POWER_STUDY_WHOLE].throttled_mwh <= 0);
  for (int k = 0; k <= POWER_MONTHS; k++) test_near(months->sum[k].pue_frac, months->sum[k].table_pue_frac, 1e-4);
  ck_assert(months->sum[6].pue_frac < last->sum[6].pue_frac - 0.01);
  twin_power_study_free(last);
  twin_power_study_free(freeze);
  twin_power_study_free(months);
  twin_model_free(m);
  twin_model_free(cool);
}
END_TEST

START_TEST(worst_hours_are_the_worst) {
  static const char *const tight[] = {"campuses.memphis.grid.substation.limit",
                                      "152 MW",
                                      "campuses.memphis.generation.units",
                                      "0",
                                      "campuses.memphis.facility_to_it",
                                      "1",
                                      NULL};
  twin_model              *m = loaded(programmes[1], tight);
  twin_power_study        *s = studied(m, (twin_power_opts){0});
  ck_assert_int_eq(s->hottest.n, POWER_STUDY_WORST);
  ck_assert_int_eq(s->shortest.n, POWER_STUDY_WORST);
  double degc = -99, lacking = 0, all = 0;
  for (int32_t t = 0; t < s->n_h; t++)
    degc = fmax(degc, s->dry_degc[t]), lacking = fmax(lacking, s->curtailed_mw[t]), all += s->curtailed_mw[t];
  test_near(s->dry_degc[s->hottest.hour[0]], degc, 1e-12);
  test_near(s->curtailed_mw[s->shortest.hour[0]], lacking, 1e-12);
  ck_assert(lacking > 0);
  test_near(s->sum[POWER_STUDY_WHOLE].curtailed_mwh / all, 1, 1e-12);
  for (int i = 1; i < POWER_STUDY_WORST; i++) {
    ck_assert(s->dry_degc[s->hottest.hour[i]] <= s->dry_degc[s->hottest.hour[i - 1]]);
    ck_assert(s->curtailed_mw[s->shortest.hour[i]] <= s->curtailed_mw[s->shortest.hour[i - 1]]);
  }
  twin_power_study_free(s);
  twin_model_free(m);
}
END_TEST

START_TEST(clock_of_the_year) {
  static const struct {
    int32_t t, month, day, hour;
  } rows[] = {
      {0,    0,  1,  0 },
      {743,  0,  31, 23},
      {744,  1,  1,  0 },
      {1416, 2,  1,  0 },
      {8759, 11, 31, 23},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const twin_power_clock at = twin_power_clock_of(rows[i].t);
    ck_assert_int_eq(at.month, rows[i].month);
    ck_assert_int_eq(at.day, rows[i].day);
    ck_assert_int_eq(at.hour, rows[i].hour);
  }
}
END_TEST

START_TEST(what_cannot_be_is_refused) {
  static const struct {
    twin_power_opts opts;
    sg_err          want;
  } rows[] = {
      {{"nowhere", 0, 0},    SG_ERR_NAME },
      {{NULL, 1999, 0},      SG_ERR_RANGE},
      {{NULL, 2025, 0},      SG_ERR_RANGE}, // nothing stands yet
      {{.price_year = 1999}, SG_ERR_RANGE},
  };
  twin_model *m = loaded(programmes[0], NULL);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    sg_diags          diags;
    twin_power_study *s = (twin_power_study *)&diags;
    diag_init(&diags);
    ck_assert_msg(twin_power_study_run(m, &rows[i].opts, &diags, &s) == rows[i].want, "row %zu", i);
    ck_assert_ptr_null(s);
    ck_assert_uint_eq(diags.n_errors, 1);
  }
  twin_model_free(m);
}
END_TEST

TEST_LIST("power_study", energy_balances_each_hour, the_bill_is_the_tariffs, the_year_is_that_of_the_monthly_tables,
          prices_follow_the_plan, prices_and_months, worst_hours_are_the_worst, clock_of_the_year,
          what_cannot_be_is_refused)
