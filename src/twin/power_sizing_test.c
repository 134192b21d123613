#include "power_sizing.h"

#include <math.h>
#include <string.h>

#include "../../tests/twin_run.h"

static twin_model *loaded(const char *const *set) {
  static char text[60000];
  FILE       *file = fopen("programmes/one-campus.yaml", "rb");
  ck_assert_ptr_nonnull(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  return twin_must(text, set);
}

static twin_power_study *studied(const twin_model *m, sg_diags *diags) {
  const twin_power_opts opts = {.year = 2028, .it_mw = 70};
  twin_power_study     *s = NULL;
  diag_init(diags);
  MUST(twin_power_study_run(m, &opts, diags, &s) == SG_OK, "%s", diags->n ? diags->item[0].message : "");
  return s;
}

static sg_err sized(const twin_model *m, const twin_power_study *s, sg_diags *diags, twin_power_sizing **z) {
  const twin_power_opts opts = {.year = 2028, .it_mw = 70};
  return twin_power_sizing_run(m, &opts, s, diags, z);
}

static const twin_power_item *item_of(const twin_power_sizing *z, const char *name) {
  for (int32_t i = 0; i < z->n_item; i++)
    if (!strcmp(z->item[i].name, name)) return &z->item[i];
  return NULL;
}

static const char *const tight[] = {"campuses.mesa.grid.limit", "60 MW", "campuses.mesa.lost_load", "5000 USD/MWh",
                                    NULL};

// The parts add up, nothing is above a limit, and a plan of the same sizes is no cheaper by the rule.
START_TEST(parts_add_up) {
  twin_model        *m = loaded(tight);
  sg_diags           diags;
  twin_power_study  *s = studied(m, &diags);
  twin_power_sizing *z = NULL;
  ck_assert_int_eq(sized(m, s, &diags, &z), SG_OK);
  double mwh = z->grid_mwh + z->shed_mwh;
  for (int32_t i = 0; i < z->n_item - 1; i++) mwh += z->item[i].mwh;
  ck_assert(mwh >= z->load_mwh * (1 - 1e-9));  // what is lost in the battery comes on top
  test_near((z->energy_usd + z->demand_usd + z->running_usd + z->owning_usd + z->lost_usd) / z->cost_usd, 1, 1e-9);
  ck_assert(z->bound_usd <= z->cost_usd * (1 + 1e-9) && z->bound_usd > z->cost_usd * (1 - 1e-6));
  ck_assert(z->grid_peak_mw <= 60 + 1e-6 && z->cost_usd < z->plan_usd);
  ck_assert(z->grid_worth_usd_per_mw_yr > 0);  // it binds
  for (int32_t i = 0; i < z->n_item; i++) {
    const twin_power_item *item = &z->item[i];
    ck_assert(item->mw >= 0 && item->owning_usd_per_mw_yr > 0);
    if (!item->in_time) ck_assert(item->mw <= 1e-6 && isnan(item->worth_usd_per_mw_yr));
    else if (item->mw < 1e-6)  // not built, since it is not worth its cost
      MUST(item->worth_usd_per_mw_yr < item->owning_usd_per_mw_yr * 1.01, "%s: %g over %g", item->name,
           item->worth_usd_per_mw_yr, item->owning_usd_per_mw_yr);
  }
  ck_assert_ptr_null(item_of(z, "combined-cycle"));  // 541 MW are larger than the campus
  ck_assert_ptr_nonnull(item_of(z, "solar"));
  ck_assert(!item_of(z, "diesel"));
  twin_power_sizing_free(z);
  twin_power_study_free(s);
  twin_model_free(m);
}
END_TEST

// A cheaper battery is taken more of; what orders come too late for is not taken.
START_TEST(prices_decide) {
  static const char *const cheap[] = {"campuses.mesa.grid.limit",
                                      "60 MW",
                                      "campuses.mesa.lost_load",
                                      "5000 USD/MWh",
                                      "batteries.lfp-4h.capex",
                                      "20000 USD/MWh",
                                      "plants.aeroderivative.lead",
                                      "9 years",
                                      NULL};
  twin_model              *m[2] = {loaded(tight), loaded(cheap)};
  double                   battery[2], cost[2];
  twin_power_sizing       *z = NULL;
  for (int i = 0; i < 2; i++) {
    sg_diags          diags;
    twin_power_study *s = studied(m[i], &diags);
    ck_assert_int_eq(sized(m[i], s, &diags, &z), SG_OK);
    battery[i] = item_of(z, "lfp-4h")->mw, cost[i] = z->cost_usd;
    ck_assert(item_of(z, "aeroderivative")->in_time == (i == 0));
    ck_assert(i == 0 || item_of(z, "aeroderivative")->mw <= 1e-6);
    twin_power_sizing_free(z);
    twin_power_study_free(s);
    twin_model_free(m[i]);
  }
  ck_assert_msg(battery[1] > battery[0] + 1, "%g and %g MW for %g and %g USD", battery[0], battery[1], cost[0],
                cost[1]);
}
END_TEST

// No size can serve the load: the hour and what it lacks are named.
START_TEST(what_cannot_be_served_is_told) {
  static const char *const none[] = {"campuses.mesa.grid.limit",
                                     "60 MW",
                                     "campuses.mesa.permit",
                                     "5 MW",
                                     "plants.solar.lead",
                                     "20 years",
                                     "plants.wind.lead",
                                     "20 years",
                                     "batteries.lfp-4h.lead",
                                     "20 years",
                                     NULL};
  twin_model              *m = loaded(none);
  sg_diags                 diags;
  twin_power_study        *s = studied(m, &diags);
  twin_power_sizing       *z = (twin_power_sizing *)&diags;
  ck_assert_int_eq(sized(m, s, &diags, &z), SG_ERR_LIMIT);
  ck_assert_ptr_null(z);
  double lacks = 0;
  for (int32_t t = 0; t < s->n_h; t++) lacks = fmax(lacks, s->facility_mw[t] - 60 - 5);
  ck_assert(lacks > 0);
  ck_assert_uint_ge(diags.n, 2);
  ck_assert_msg(strstr(diags.item[0].message, "hour ") && strstr(diags.item[0].message, "lacks"), "%s",
                diags.item[0].message);
  ck_assert_msg(strstr(diags.item[1].message, "2028-"), "%s", diags.item[1].message);
  twin_power_study_free(s);
  twin_model_free(m);
}
END_TEST

TEST_LIST("power_sizing", parts_add_up, prices_decide, what_cannot_be_served_is_told)
