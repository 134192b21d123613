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

static void balance_of(const char *programme, const char *const *set) {
  twin_model       *m = loaded(programme, set);
  twin_power_study *s = studied(m, (twin_power_opts){0});
  double            sum[3] = {0};
  for (int32_t t = 0; t < s->n_h; t++) {
    const double gap = s->facility_mw[t] - s->grid_mw[t] - twin_power_units_mw(s, t) - s->curtailed_mw[t] -
                       s->discharge_mw[t] + s->charge_mw[t];
    MUST(fabs(gap) <= 1e-9, "%s hour %d: %g MW", programme, t, gap);
    MUST(fabs(s->facility_mw[t] - s->it_mw[t] * s->pue_frac[t]) <= 1e-9 && s->pue_frac[t] >= 1, "hour %d", t);
    MUST(isnan(s->grid_limit_mw) || s->grid_mw[t] <= s->grid_limit_mw + 1e-9, "hour %d: above the limit", t);
    for (int32_t i = 0; i < s->n_unit; i++)
      MUST(s->unit_mw[(size_t)i * (size_t)s->n_h + (size_t)t] <= s->unit[i].mw * s->unit[i].avail_frac[t] + 1e-9,
           "hour %d: unit %d", t, i);
    sum[0] += s->facility_mw[t], sum[1] += s->energy_usd[t] + s->demand_usd[t] + s->fuel_usd[t] + s->om_usd[t],
        sum[2] += s->co2_kg[t] * 1e-3;
  }
  const twin_power_sum *y = &s->sum[POWER_STUDY_WHOLE];
  ck_assert(y->facility_mwh > 0);
  test_near(y->hours_h, 8760, 1e-9);
  test_near(y->facility_mwh / sum[0], 1, 1e-12);
  test_near(y->total_usd / sum[1], 1, 1e-12);
  test_near(y->co2_t / sum[2], 1, 1e-12);
  test_near((y->grid_mwh + y->onsite_mwh + y->discharge_mwh - y->charge_mwh + y->curtailed_mwh) / y->facility_mwh, 1,
            1e-12);
  twin_power_study_free(s);
  twin_model_free(m);
}

// Everything that may stand on a campus, on a connection that is too small and partly not firm.
static const char *const full[] = {"campuses.mesa.grid.limit",
                                   "60 MW",
                                   "campuses.mesa.generation.gas",
                                   "{plant: aeroderivative, units: 1, from: 2027-01}",
                                   "campuses.mesa.generation.sun",
                                   "{plant: solar, units: 60, from: 2027-01}",
                                   "campuses.mesa.generation.wind",
                                   "{plant: wind, units: 20, from: 2027-01}",
                                   "campuses.mesa.generation.diesel",
                                   "{plant: diesel, units: 40, from: 2027-01}",
                                   "campuses.mesa.storage",
                                   "{battery: lfp-4h, power: 20 MW, from: 2027-01}",
                                   "campuses.mesa.permit_co2",
                                   "60000 t/yr",
                                   "campuses.mesa.lost_load",
                                   "5000 USD/MWh",
                                   "campuses.mesa.load_step",
                                   "5 MW",
                                   NULL};

START_TEST(energy_balances_each_hour) {
  for (size_t i = 0; i < PROGRAMMES; i++) balance_of(programmes[i], NULL);
  balance_of(programmes[0], full);
}
END_TEST

// What each thing on site does, by definition.
START_TEST(sources_keep_to_what_they_are) {
  static const twin_power_opts opts = {.it_mw = 90};
  twin_model                  *m = loaded(programmes[0], full);
  twin_power_study            *s = studied(m, opts);
  const double                 most_mwh = s->battery.mw * s->battery.hours_h;
  double                       before = 0, ran_h = 0;
  ck_assert_int_eq(s->n_unit, 4);
  ck_assert_int_eq(s->unit[3].plant->kind, POWER_STANDBY);  // behind all others
  test_near(s->design_it_mw, 90, 1e-12);
  for (int32_t t = 0; t < s->n_h; t++) {
    const double into = s->charge_mw[t] * s->battery.store_frac - s->discharge_mw[t] / s->battery.dispatch_frac;
    MUST(fabs(s->soc_mwh[t] - before - into) < 1e-6 && s->soc_mwh[t] < most_mwh + 1e-6, "hour %d: %g MWh", t,
         s->soc_mwh[t]);
    MUST(!(s->charge_mw[t] > 1e-9 && s->discharge_mw[t] > 1e-9), "hour %d: both ways", t);
    before = s->soc_mwh[t];
    ran_h += s->unit_mw[3 * (size_t)s->n_h + (size_t)t] > 1e-9;
  }
  ck_assert(most_mwh > 60 && most_mwh < 80);  // four hours of 20 MW, aged
  ck_assert(ran_h > 0 && ran_h <= 100);       // the hours that stand-by may run beyond emergencies
  ck_assert(s->permit_frac > 0 && s->permit_frac < 1);
  test_near(s->unit[0].co2_t / 60000, 1, 1e-4);
  ck_assert(s->unit[0].heat_rate_mmbtu_per_mwh > s->unit[0].plant->heat_rate_mmbtu_per_mwh);  // heat and part load
  ck_assert(s->unit[1].fuel_usd <= 0 && s->unit[1].co2_t <= 0 && s->unit[1].mwh > 0.2 * 8760 * 60 * 0.9);
  test_near(s->lost_usd, 5000 * s->sum[POWER_STUDY_WHOLE].curtailed_mwh, 1e-6);
  ck_assert(s->machines_mw[0] > 0 && s->machines_mw[1] <= 0);  // one turbine: nothing with the largest out
  ck_assert_int_eq(s->engines, 40);
  ck_assert(s->ride.gap_s <= 0 && s->ride.lasts_h > 20);
  test_near(s->swing.step_mw, s->swing.filled_mw + s->swing.battery_mw + s->swing.grid_mw, 1e-9);
  twin_power_study_free(s);
  twin_model_free(m);
}
END_TEST

// Sun, wind and batteries are bought in the twin as well: their price when they begin to serve, their upkeep month by month.
START_TEST(what_stands_there_is_paid) {
  static const char *const sets[][5] = {
      {NULL },
      { "campuses.mesa.storage",        "{battery: lfp-4h, power: 10 MW, from: 2027-01}", NULL},
      { "campuses.mesa.generation.sun", "{plant: solar, units: 20, from: 2027-01}", NULL},
  };
  static const double capex_usd[] = {0, 10 * 4 * 253000.0, 20 * 1400000.0};
  double              capex[3], sun_mwh[3];
  for (int i = 0; i < 3; i++) {
    twin_model *m = loaded(programmes[0], sets[i]);
    capex[i] = m->plan_scalar[SCALAR_CAPEX];
    sun_mwh[i] = ((const twin_programme_month *)(const void *)(m->plan_record + (size_t)(m->n_month - 1) * m->record))
                     ->onsite_mwh;
    twin_model_free(m);
    MUST(fabs(capex[i] - capex[0] - capex_usd[i]) < 1, "%d: %g USD more, not %g", i, capex[i] - capex[0], capex_usd[i]);
  }
  ck_assert(sun_mwh[0] <= 0 && sun_mwh[1] <= 0);
  ck_assert_msg(sun_mwh[2] > 20 * 0.28 * 0.98 * 672 && sun_mwh[2] < 20 * 0.28 * 744, "%g MWh", sun_mwh[2]);
}
END_TEST

// More of what is free never costs more, nor leaves more unserved.
START_TEST(more_helps) {
  static const char *const sizes[] = {"0 MW", "10 MW", "40 MW"};
  double                   usd = HUGE_VAL;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    const char *set[sizeof full / sizeof full[0] + 2];
    size_t      n = 0;
    for (; full[n]; n++) set[n] = full[n];
    set[n++] = "campuses.mesa.storage.power", set[n++] = sizes[i], set[n] = NULL;
    twin_model       *m = loaded(programmes[0], set);
    twin_power_study *s = studied(m, (twin_power_opts){.it_mw = 90});
    const double      now = s->sum[POWER_STUDY_WHOLE].total_usd - s->sum[POWER_STUDY_WHOLE].demand_usd + s->lost_usd;
    MUST(now < usd, "%s: %g, not below %g", sizes[i], now, usd);
    usd = now;
    twin_power_study_free(s);
    twin_model_free(m);
  }
}
END_TEST

// What is not firm is withheld in the dearest hours; what four peaks cost is on the bill.
START_TEST(withheld_and_coincident) {
  static const char *const set[] = {"campuses.mesa.grid.firm",
                                    "40 %",
                                    "campuses.mesa.grid.withheld",
                                    "50 h/yr",
                                    "tariffs.ercot-large-load.coincident",
                                    "60000 USD/MW-yr",
                                    "tariffs.ercot-large-load.demand",
                                    "0 USD/MW-month",
                                    NULL};
  twin_model              *m = loaded(programmes[0], set);
  twin_power_study        *s = studied(m, (twin_power_opts){.price_year = 2023, .it_mw = 70});
  double                   least = HUGE_VAL;
  int32_t                  held = 0;
  ck_assert_int_eq(s->withheld_h, 50);
  test_near(s->withheld_mw, 66, 1e-9);
  for (int32_t t = 0; t < s->n_h; t++)
    if (s->grid_frac[t] < 1)
      held++, least = fmin(least, s->price_usd_per_mwh[t]), ck_assert(s->grid_mw[t] <= 44 + 1e-9);
  ck_assert_int_eq(held, 50);
  for (int32_t t = 0; t < s->n_h; t++) MUST(s->grid_frac[t] < 1 || s->price_usd_per_mwh[t] <= least, "hour %d", t);
  double peak = 0;
  for (int k = 0; k < POWER_STUDY_COINCIDENT; k++) {
    ck_assert_int_eq(twin_power_clock_of(s->peaks.hour[k]).month, 5 + k);
    peak += s->grid_mw[s->peaks.hour[k]] / 4;
  }
  test_near(s->sum[POWER_STUDY_WHOLE].demand_usd, 60000 * peak, 1e-3);
  test_near(s->peaks.usd, 60000 * peak, 1e-3);
  twin_power_study_free(s);
  twin_model_free(m);
}
END_TEST

// Prices of a year bring its weather, moved to the site: the same monthly means, and February 2021 far colder than usual.
START_TEST(prices_bring_their_weather) {
  twin_model       *m = loaded(programmes[0], NULL);
  twin_power_study *typical = studied(m, (twin_power_opts){0}),
                   *freeze = studied(m, (twin_power_opts){.price_year = 2021});
  double mean[2][POWER_MONTHS] = {{0}}, coldest[2] = {99, 99};
  ck_assert_ptr_null(typical->city);
  ck_assert_str_eq(freeze->city, "Dallas");
  for (int32_t t = 0; t < typical->n_h; t++) {
    mean[0][typical->month[t]] += typical->dry_degc[t], mean[1][freeze->month[t]] += freeze->dry_degc[t];
    coldest[0] = fmin(coldest[0], typical->dry_degc[t]), coldest[1] = fmin(coldest[1], freeze->dry_degc[t]);
  }
  for (int k = 0; k < POWER_MONTHS; k++) test_near(mean[0][k], mean[1][k], 1e-6);
  ck_assert_msg(coldest[1] < coldest[0] && coldest[1] < -12, "%g and %g", coldest[0], coldest[1]);
  twin_power_study_free(typical);
  twin_power_study_free(freeze);
  twin_model_free(m);
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
    double       demand = fmax(peak[k], least) * tariff->demand_usd_per_mw_month;
    for (int i = 0; i < POWER_STUDY_COINCIDENT; i++)  // a twelfth of a year's charge on the mean of four hours
      demand += s->grid_mw[s->peaks.hour[i]] / 4 * tariff->coincident_usd_per_mw_yr / 12;
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

// Hours that were not: of their seed alone, at the plan's mean, with spikes, and with the site's typical weather.
START_TEST(drawn_prices) {
  twin_model       *m = loaded(programmes[0], NULL);
  twin_power_study *past = studied(m, (twin_power_opts){0}),
                   *one = studied(m, (twin_power_opts){.drawn = true, .price_seed = 1}),
                   *again = studied(m, (twin_power_opts){.drawn = true, .price_seed = 1, .price_year = 2021}),
                   *other = studied(m, (twin_power_opts){.drawn = true, .price_seed = 2});
  const size_t bytes = sizeof(double) * (size_t)one->n_h;
  double       mean[2] = {0}, most = 0;
  ck_assert_mem_eq(one->price_usd_per_mwh, again->price_usd_per_mwh, bytes);
  ck_assert_mem_eq(one->dry_degc, past->dry_degc, bytes);
  ck_assert(one->drawn && one->price_seed == 1 && one->price_year == 0 && !past->drawn && !again->city);
  int32_t differ = 0;
  for (int32_t t = 0; t < one->n_h; t++) {
    differ += fabs(one->price_usd_per_mwh[t] - other->price_usd_per_mwh[t]) > 1e-6;
    mean[0] += past->price_usd_per_mwh[t] / one->n_h, mean[1] += one->price_usd_per_mwh[t] / one->n_h;
    most = fmax(most, one->price_usd_per_mwh[t]);
  }
  ck_assert_int_gt(differ, 8000);
  ck_assert(fabs(mean[1] / mean[0] - 1) < 0.02);  // the plan's price moves a little within the year
  ck_assert_msg(most > 10 * mean[1], "dearest hour: %g", most);
  twin_power_study_free(past);
  twin_power_study_free(one);
  twin_power_study_free(again);
  twin_power_study_free(other);
  twin_model_free(m);
}
END_TEST

START_TEST(drawn_prices_need_a_market) {
  static const char *const months[] = {"weather_sites.dallas_fort_worth_tx.months.jul.dry_mean", "27 degC", NULL};
  static const struct {
    const char        *programme;
    const char *const *set;
    const char        *says;
  } rows[] = {
      {"programmes/colossus-1.yaml", NULL,   "follows no market"     },
      {"programmes/one-campus.yaml", months, "is known by month only"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    twin_model       *m = loaded(rows[i].programme, rows[i].set);
    twin_power_study *s = NULL;
    sg_diags          diags;
    diag_init(&diags);
    ck_assert_int_eq(twin_power_study_run(m, &(twin_power_opts){.drawn = true}, &diags, &s), SG_ERR_RANGE);
    ck_assert_ptr_null(s);
    ck_assert_uint_eq(diags.n_errors, 1);
    ck_assert_msg(strstr(diags.item[0].message, rows[i].says) != NULL, "%s", diags.item[0].message);
    twin_model_free(m);
  }
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
      {{.campus = "nowhere"}, SG_ERR_NAME },
      {{.year = 1999},        SG_ERR_RANGE},
      {{.year = 2025},        SG_ERR_RANGE}, // nothing stands yet
      {{.price_year = 1999},  SG_ERR_RANGE},
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

TEST_LIST("power_study", energy_balances_each_hour, sources_keep_to_what_they_are, what_stands_there_is_paid,
          more_helps, withheld_and_coincident, prices_bring_their_weather, the_bill_is_the_tariffs,
          the_year_is_that_of_the_monthly_tables, prices_follow_the_plan, prices_and_months, drawn_prices,
          drawn_prices_need_a_market, worst_hours_are_the_worst, clock_of_the_year, what_cannot_be_is_refused)
