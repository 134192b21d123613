// Power as JSON, schema stargate.power/1, and as CSV hour by hour. Units are in the names; what is not known is null.
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "power_report.h"
#include "run_json.h"

// ---- JSON -------------------------------------------------------------------------------------------------

#define SUM(m) \
  { #m, offsetof(twin_power_sum, m) }
static const struct {
  const char *key;
  size_t      offset;
} sum_rows[] = {
    SUM(hours_h),       SUM(it_mwh),       SUM(it_served_mwh),  SUM(facility_mwh),  SUM(grid_mwh),
    SUM(onsite_mwh),    SUM(charge_mwh),   SUM(discharge_mwh),  SUM(curtailed_mwh), SUM(firm_it_mw),
    SUM(throttled_mwh), SUM(pue_frac),     SUM(table_pue_frac), SUM(water_m3),      SUM(wue_l_per_kwh),
    SUM(peak_mw),       SUM(grid_peak_mw), SUM(billed_mw),      SUM(energy_usd),    SUM(demand_usd),
    SUM(fuel_usd),      SUM(om_usd),       SUM(total_usd),      SUM(usd_per_mwh),   SUM(co2_t),
};

static void sum_of(json_writer *w, const twin_power_sum *sum, int month) {
  json_object(w);
  if (month) json_put_int(w, "month", month);
  for (size_t i = 0; i < sizeof sum_rows / sizeof sum_rows[0]; i++)
    json_put_number(w, sum_rows[i].key, *(const double *)(const void *)((const char *)sum + sum_rows[i].offset));
  json_end(w);
}

static void worst(json_writer *w, const char *key, const twin_power_study *s, const twin_power_worst *of) {
  json_key(w, key);
  json_array(w);
  for (int32_t i = 0; i < of->n; i++) {
    const int32_t          t = of->hour[i];
    const twin_power_clock at = twin_power_clock_of(t);
    json_object(w);
    json_put_int(w, "hour", t);
    json_put_int(w, "month", at.month + 1);
    if (s->clock) {
      json_put_int(w, "day", at.day);
      json_put_int(w, "hour_of_day", at.hour);
    }
    json_put_number(w, "dry_bulb_degc", s->dry_degc[t]);
    json_put_number(w, "pue_frac", s->pue_frac[t]);
    json_put_number(w, "facility_mw", s->facility_mw[t]);
    json_put_number(w, "grid_mw", s->grid_mw[t]);
    json_put_number(w, "curtailed_mw", s->curtailed_mw[t]);
    json_put_number(w, "price_usd_per_mwh", s->price_usd_per_mwh[t]);
    json_put_number(w, "cost_usd", s->energy_usd[t] + s->fuel_usd[t] + s->om_usd[t]);
    json_end(w);
  }
  json_end(w);
}

static void units(json_writer *w, const twin_power_study *s) {
  json_key(w, "units");
  json_array(w);
  for (int32_t i = 0; i < s->n_unit; i++) {
    const twin_power_unit *u = &s->unit[i];
    json_object(w);
    json_put_string(w, "plant", u->name);
    json_put_int(w, "units", u->units);
    json_put_number(w, "iso_mw", u->mw);
    json_put_number(w, "expected_mw", u->mean_mw);
    json_put_number(w, "heat_rate_mmbtu_per_mwh", u->heat_rate_mmbtu_per_mwh);
    json_put_number(w, "energy_mwh", u->mwh);
    json_put_number(w, "fuel_usd", u->fuel_usd);
    json_put_number(w, "om_usd", u->om_usd);
    json_put_number(w, "co2_t", u->co2_t);
    json_end(w);
  }
  json_end(w);
}

static void supply(json_writer *w, const twin_power_study *s) {
  json_key(w, "battery");
  json_object(w);
  json_put_number(w, "power_mw", s->battery.mw);
  json_put_number(w, "energy_mwh", s->battery.mw * s->battery.hours_h);
  json_put_number(w, "efficiency_frac", s->battery.store_frac * s->battery.dispatch_frac);
  json_end(w);
  json_key(w, "machines_in_the_hottest_hour_mw");
  json_array(w);
  for (int k = 0; k < POWER_STUDY_OUT; k++) json_number(w, s->machines_mw[k]);
  json_end(w);
  json_put_number(w, "permit_share_frac", s->permit_frac);
  json_key(w, "swing");
  json_object(w);
  json_put_number(w, "step_mw", s->swing.step_mw);
  json_put_number(w, "battery_mw", s->swing.battery_mw);
  json_put_number(w, "grid_mw", s->swing.grid_mw);
  json_put_number(w, "allowed_mw", s->step_mw);
  json_put_number(w, "training_frac", s->swing.training_frac);
  json_end(w);
  json_key(w, "ride_through");
  json_object(w);
  json_put_int(w, "engines", s->engines);
  json_key(w, "holds");
  json_bool(w, s->engines > 0 && s->ride.holds);
  json_put_number(w, "gap_s", s->ride.gap_s);
  json_put_number(w, "short_mw", s->ride.short_mw);
  json_put_number(w, "lasts_h", s->ride.lasts_h);
  json_end(w);
  json_key(w, "coincident_peaks");
  json_object(w);
  json_key(w, "hours");
  json_array(w);
  for (int32_t k = 0; k < s->peaks.n; k++) json_int(w, s->peaks.hour[k]);
  json_end(w);
  json_put_number(w, "mean_mw", s->peaks.mean_mw);
  json_put_number(w, "demand_usd", s->peaks.usd);
  json_put_number(w, "battery_mw", s->peaks.battery_mw);
  json_put_number(w, "battery_usd", s->peaks.battery_usd);
  json_end(w);
  json_put_number(w, "capital_usd", s->capital_usd);
  json_put_number(w, "lost_load_usd_per_mwh", s->lost_load_usd_per_mwh);
  json_put_number(w, "lost_usd", s->lost_usd);
}

static void optimum(json_writer *w, const twin_power_sizing *z) {
  json_key(w, "optimum");
  if (!z) {
    json_null(w);
    return;
  }
  json_object(w);
  json_key(w, "sizes");
  json_array(w);
  for (int32_t i = 0; i < z->n_item; i++) {
    const twin_power_item *item = &z->item[i];
    json_object(w);
    json_put_string(w, "name", item->name);
    json_key(w, "in_time");
    json_bool(w, item->in_time);
    json_put_number(w, "size_mw", item->mw);
    json_put_number(w, "owning_usd_per_mw_yr", item->owning_usd_per_mw_yr);
    json_put_number(w, "worth_usd_per_mw_yr", item->worth_usd_per_mw_yr);
    json_put_number(w, "running_usd_per_mwh", item->running_usd_per_mwh);
    json_put_number(w, "energy_mwh", item->mwh);
    json_put_number(w, "owning_usd", item->owning_usd);
    json_put_number(w, "running_usd", item->running_usd);
    json_end(w);
  }
  json_end(w);
  json_put_number(w, "grid_peak_mw", z->grid_peak_mw);
  json_put_number(w, "grid_mwh", z->grid_mwh);
  json_put_number(w, "grid_limit_worth_usd_per_mw_yr", z->grid_worth_usd_per_mw_yr);
  json_put_number(w, "permit_mw", z->permit_mw);
  json_put_number(w, "permit_worth_usd_per_mw_yr", z->permit_worth_usd_per_mw_yr);
  json_put_number(w, "energy_usd", z->energy_usd);
  json_put_number(w, "demand_usd", z->demand_usd);
  json_put_number(w, "running_usd", z->running_usd);
  json_put_number(w, "owning_usd", z->owning_usd);
  json_put_number(w, "lost_usd", z->lost_usd);
  json_put_number(w, "cost_usd", z->cost_usd);
  json_put_number(w, "bound_usd", z->bound_usd);
  json_put_number(w, "shed_mwh", z->shed_mwh);
  json_put_number(w, "co2_t", z->co2_t);
  json_put_number(w, "plan_usd", z->plan_usd);
  json_end(w);
}

sg_err report_power_json(const twin_power_study *s, const twin_power_sizing *z, text_buffer *out) {
  json_writer w = json_begin(out, 1);
  char        when[8];
  calendar_month_text(s->state_month, when);
  json_object(&w);
  json_put_string(&w, "schema", "stargate.power/1");
  json_put_string(&w, "campus", s->campus);
  json_put_string(&w, "as_it_stands_in", when);
  json_put_int(&w, "year", s->year);
  json_put_string(&w, "weather", s->weather);
  json_put_string(&w, "weather_moved_from", s->city);
  json_key(&w, "hours_of_a_clock");
  json_bool(&w, s->clock);
  json_put_string(&w, "cooling", s->cooling);
  json_put_string(&w, "tariff", s->tariff);
  json_put_string(&w, "market", s->market);
  json_key(&w, "price_year");
  if (s->market && !s->drawn) json_int(&w, s->price_year);
  else json_null(&w);
  if (s->drawn) report_seed(&w, "price_seed", s->price_seed);
  else json_put_string(&w, "price_seed", NULL);
  json_put_number(&w, "gpus", s->gpus);
  json_put_number(&w, "design_it_mw", s->design_it_mw);
  json_put_number(&w, "load_frac", s->load_frac);
  json_put_number(&w, "design_peak_mw", s->design_peak_mw);
  json_put_number(&w, "grid_limit_mw", s->grid_limit_mw);
  json_put_number(&w, "firm_mw", s->firm_mw);
  json_put_number(&w, "withheld_mw", s->withheld_mw);
  json_put_int(&w, "withheld_h", s->withheld_mw > 0 ? s->withheld_h : 0);
  units(&w, s);
  supply(&w, s);
  optimum(&w, z);
  json_key(&w, "total");
  sum_of(&w, &s->sum[POWER_STUDY_WHOLE], 0);
  json_key(&w, "months");
  json_array(&w);
  for (int k = 0; k < POWER_MONTHS; k++) sum_of(&w, &s->sum[k], k + 1);
  json_end(&w);
  json_key(&w, "worst_hours");
  json_object(&w);
  worst(&w, "hottest", s, &s->hottest);
  worst(&w, "dearest", s, &s->dearest);
  worst(&w, "curtailed", s, &s->shortest);
  json_end(&w);
  json_end(&w);
  return json_finish(&w) ? SG_OK : SG_ERR_MEMORY;
}

// ---- CSV --------------------------------------------------------------------------------------------------

// A name as part of a column's: quotes and commas would end the field, and so become '_'.
static void column_of(text_buffer *out, const char *name) {
  for (; *name; name++) text_add(out, strchr(",\"\r\n", *name) ? "_" : name, 1);
}

sg_err report_power_hourly(const twin_power_study *s, text_buffer *out) {
  const double *before[] = {s->dry_degc, s->it_mw, s->pue_frac, s->facility_mw, s->grid_mw};
  const double *after[] = {
      s->curtailed_mw, s->charge_mw,  s->discharge_mw, s->soc_mwh, s->wue_l_per_kwh, s->price_usd_per_mwh,
      s->energy_usd,   s->demand_usd, s->fuel_usd,     s->om_usd,  s->co2_kg};
  text_puts(out, "hour,month,day,hour_of_day,dry_bulb_degc,it_mw,pue_frac,facility_mw,grid_mw");
  for (int32_t i = 0; i < s->n_unit; i++) {
    text_puts(out, ",");
    column_of(out, s->unit[i].name);
    text_puts(out, "_mw");
  }
  text_puts(out,
            ",curtailed_mw,charge_mw,discharge_mw,soc_mwh,wue_l_per_kwh,price_usd_per_mwh,energy_usd,demand_usd,fuel_"
            "usd,om_usd,co2_kg\n");
  for (int32_t t = 0; t < s->n_h; t++) {
    const twin_power_clock at = twin_power_clock_of(t);
    text_addf(out, "%d,%d,%d,%d", t, at.month + 1, at.day, at.hour);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
      text_puts(out, ",");
      text_add_number(out, before[i][t], 15);
    }
    for (int32_t i = 0; i < s->n_unit; i++) {
      text_puts(out, ",");
      text_add_number(out, s->unit_mw[(size_t)i * (size_t)s->n_h + (size_t)t], 15);
    }
    for (size_t i = 0; i < sizeof after / sizeof after[0]; i++) {
      text_puts(out, ",");
      text_add_number(out, after[i][t], 15);
    }
    text_puts(out, "\n");
  }
  return out->failed ? SG_ERR_MEMORY : SG_OK;
}
